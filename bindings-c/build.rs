//! Gives the shared library its SONAME: the number changes only when a program that was built
//! against an older one would break. And keeps it in memory where a program unloads it: its threads go on.

const SONAME: &str = "libbrevo.so.0";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,{SONAME},-z,nodelete");
    }
}
