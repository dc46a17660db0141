//! `include/brevo.h` is what cbindgen makes of the sources. `BREVO_WRITE_HEADER=1` writes it.

use std::path::Path;

/// The numbers that the sources cannot give as literals, and a note for the reader.
fn preamble() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut parts = version.split(['.', '-']);
    let mut macros = String::new();
    for name in ["MAJOR", "MINOR", "PATCH"] {
        let part = parts.next().expect("three numbers");
        macros.push_str(&format!("#define BREVO_VERSION_{name} {part}\n"));
    }
    format!(
        "\n/* A compiler without this header declares uint8_t, int64_t and the like first, and BREVO_NO_STDINT. */\n\
         #ifndef BREVO_NO_STDINT\n#include <stdint.h>\n#endif\n\n\
         /** Version that this header belongs to; compare with brevo_version(). */\n\
         #define BREVO_VERSION \"{version}\"\n{macros}\n\
         /** Binary interface that this header belongs to; compare with brevo_abi_version(). */\n\
         #define BREVO_ABI_VERSION 0\n\n\
         /* Of the Arrow C stream interface; a program that uses it has it from there. */\n\
         struct ArrowArrayStream;\n"
    )
}

fn header() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).expect("cbindgen.toml");
    config.after_includes = Some(preamble());
    let mut text = Vec::new();
    // The modules follow, in the order of their declaration.
    cbindgen::Builder::new()
        .with_config(config)
        .with_src(folder.join("src/lib.rs"))
        .generate()
        .expect("a header")
        .write(&mut text);
    // C89 allows no comma behind the last name of an enum, and no such comments.
    let text = String::from_utf8(text).expect("UTF-8").replace(",\n}", "\n}");
    text.replace("  // extern \"C\"", "")
        .replace("#endif  // __cplusplus", "#endif")
        .replace("#endif // __cplusplus", "#endif")
}

#[test]
fn the_header_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/brevo.h");
    let fresh = header();
    if std::env::var_os("BREVO_WRITE_HEADER").is_some() {
        std::fs::write(&path, &fresh).expect("the header is written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == fresh, "include/brevo.h is stale: run `make header` in bindings-c");
}

#[test]
fn the_kinds_are_those_of_the_core() {
    let header = header();
    for kind in brevo_core::Kind::ALL {
        let line = format!("    BREVO_KIND_{} = {},\n", kind.as_str().to_uppercase(), kind.number());
        assert!(header.contains(&line), "the header lacks {line}");
    }
    let written = header.matches("    BREVO_KIND_").count();
    assert_eq!(written, brevo_core::Kind::ALL.len() + 2, "NONE and INTERNAL are ours");
}
