//! Tells the linker about the symbols that Node itself provides.

fn main() {
    napi_build::setup();
}
