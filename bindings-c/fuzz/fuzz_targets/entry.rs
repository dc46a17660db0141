//! The entry points of C under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|program: &[u8]| brevo::exercise::run(program));
