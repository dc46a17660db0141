//! `brevo_operations.h`: a documented helper for each operation and job, on top of `brevo.h`.

use brevo_core::api::RESOURCES;
use brevo_core::schema::Ty;

use crate::MARKER;
use crate::table::{Call, calls, limits, one_line, paragraphs, wrap};

const WIDTH: usize = 100;

pub(crate) fn print() -> String {
    let mut out = format!(
        "/* {MARKER} */\n\
         /* One helper for each operation and job of the table. `arguments` is a JSON object, whose keys\n \
         * stand with each helper; NULL where there are none. Freeing and errors: see brevo.h. */\n\n\
         #ifndef BREVO_OPERATIONS_H\n#define BREVO_OPERATIONS_H\n\n#include \"brevo.h\"\n\n\
         /* A function that nobody need call: C89 knows no inline. */\n\
         #if defined(__cplusplus) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L)\n\
         #define BREVO_HELPER static inline\n\
         #elif defined(__GNUC__) || defined(_MSC_VER)\n\
         #define BREVO_HELPER static __inline\n\
         #else\n\
         #define BREVO_HELPER static\n\
         #endif\n\n\
         #ifdef __cplusplus\nextern \"C\" {{\n#endif\n"
    );
    for call in RESOURCES.iter().flat_map(|resource| calls(resource)) {
        out += &format!("\n{}{}", comment(&call), function(&call));
    }
    out + "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* BREVO_OPERATIONS_H */\n"
}

/// Name of a helper in C.
pub(crate) fn name(call: &Call) -> String {
    format!("brevo_{}_{}", call.resource, call.name)
}

fn function(call: &Call) -> String {
    let (name, id) = (name(call), call.id());
    match call.spec {
        Some(_) => format!(
            "BREVO_HELPER brevo_reply *{name}(const brevo_client *client, const char *arguments, brevo_error **error)\n\
             {{ return brevo_call(client, \"{id}\", arguments, error); }}\n"
        ),
        None => format!(
            "BREVO_HELPER brevo_reply *{name}(const brevo_client *client, const char *arguments, \
             brevo_on_progress on_progress, void *user_data, brevo_error **error)\n\
             {{ return brevo_job(client, \"{id}\", arguments, on_progress, user_data, error); }}\n"
        ),
    }
}

fn comment(call: &Call) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs(call.doc) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(wrap(&paragraph, WIDTH - 3));
    }
    if let Some(why) = call.spec.and_then(|spec| spec.deprecated) {
        lines.extend(wrap(&format!("Deprecated: {why}"), WIDTH - 3));
    }
    if !call.fields.is_empty() {
        lines.push(String::new());
    }
    for field in call.required_first() {
        let mut kind = kind(&field.ty);
        if field.required {
            kind += ", required";
        }
        let bounds = limits(field);
        if !bounds.is_empty() {
            kind += &format!(", {bounds}");
        }
        let text = format!("- {} ({kind}): {}", field.name(), one_line(field.doc()));
        let indented = wrap(&text, WIDTH - 5).into_iter().enumerate();
        lines.extend(indented.map(|(i, line)| if i == 0 { line } else { format!("  {line}") }));
    }
    let safe = |line: &String| line.replace("*/", "* /").replace("/*", "/ *");
    let lines: String =
        lines.iter().map(|line| format!("{}\n", format!(" * {}", safe(line)).trim_end())).collect();
    format!("/**\n{lines} */\n")
}

fn kind(ty: &Ty) -> String {
    match ty {
        Ty::Nothing => "nothing".into(),
        Ty::Any => "any value".into(),
        Ty::String | Ty::Enum(_) => "text".into(),
        Ty::Integer => "integer".into(),
        Ty::Number => "number".into(),
        Ty::Boolean => "boolean".into(),
        Ty::Date => "date".into(),
        Ty::DateTime => "date and time".into(),
        Ty::File => "file: {\"path\": ...} or {\"name\": ..., \"content\": base64}".into(),
        Ty::Bytes => "bytes".into(),
        Ty::List(item) => format!("array of {}", kind(item)),
        Ty::Map(_) => "object".into(),
        Ty::Model(model) => format!("object {}", model().name),
        Ty::Union(union) => union().variants.iter().map(kind).collect::<Vec<_>>().join(" or "),
    }
}
