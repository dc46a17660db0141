//! brevo-native for C. The header `include/brevo.h` is made from the functions of this crate; the
//! documentation of each is the documentation of the header.
//!
//! Handles travel as `Option<&T>` and `Option<Box<T>>`, which C sees as pointers that may be NULL.
//! So only the reading of texts and the calling of callbacks need `unsafe`.

// The documentation of each exported function is its contract.
#![allow(clippy::missing_safety_doc)]
// What is exported is for C, not for other crates.
#![allow(unreachable_pub)]

mod args;
mod arrow;
mod boundary;
mod client;
mod error;
mod operations;
mod pages;
mod queue;
mod reply;
mod rows;
mod tasks;

/// What `fuzz/` runs.
#[cfg(any(test, feature = "exercise"))]
#[path = "../fuzz/exercise.rs"]
pub mod exercise;

use std::ffi::{CStr, c_char};

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(text) => text,
    Err(_) => panic!("the version holds a NUL"),
};

/// Number that grows when a program built against an older header would break; the same as in the
/// SONAME.
const ABI_VERSION: u32 = 0;

/// Version of the library in use, such as "0.1.0". Lives for ever; do not free.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_version() -> *const c_char {
    VERSION.as_ptr()
}

/// Version of the binary interface of the library in use; compare with BREVO_ABI_VERSION, which is
/// that of the header. Where they differ, the program was built for another library.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_abi_version() -> u32 {
    ABI_VERSION
}

#[cfg(test)]
mod tests {
    /// Whatever the fuzzer has found before is tried again.
    #[test]
    fn the_corpus_of_the_fuzzer_does_no_harm() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/entry");
        let mut count = 0;
        for file in std::fs::read_dir(folder).expect(folder) {
            let path = file.expect("a file").path();
            let program = std::fs::read(&path).expect("it can be read");
            let outcome = std::panic::catch_unwind(|| crate::exercise::run(&program));
            assert!(outcome.is_ok(), "{}", path.display());
            count += 1;
        }
        assert!(count >= 9, "the corpus is there");
    }
}
