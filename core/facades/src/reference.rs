//! The reference pages under `docs/`.

use brevo_core::api::RESOURCES;
use brevo_core::names::{pascal, python_attribute, typescript_key};
use brevo_core::pace::class_of;
use brevo_core::schema::{Field, Repeat, Resource, Spec, Ty};
use brevo_core::{Error, Kind};
use serde_json::{Map, Value};

use crate::MARKER;
use crate::c;
use crate::example::{self, Tone, file_path, node_literal, python_literal};
use crate::table::{Call, Definition, calls, limits, one_line, paragraphs};
use crate::types::{Types, values, words};

const WIDTH: usize = 100;

/// `docs/reference/README.md`.
pub(crate) fn index() -> String {
    let mut out = format!(
        "<!-- {MARKER} -->\n# Reference\n\n\
         Every operation can be called in the same way in every language: call it for the decoded body, call \
         its `raw` for status, headers and body, and, where it lists, its `iter` for every entry of every page. \
         Parameters have one name in Python and C (snake_case) and one in Node and on the wire; all languages \
         accept both, on every level.\n\n\
         Times are texts in RFC 3339 (`2026-12-01T09:00:00Z`), integers have 64 bits, and everything in a reply \
         may be absent. Texts with known values accept any other text too, since Brevo adds values without \
         notice.\n\n\
         See also the [types](types.md), the [errors](../errors.md), and [openapi.json](../openapi.json).\n"
    );
    for resource in RESOURCES {
        out += &format!("\n## [{0}]({0}.md)\n\n{1}\n\n", resource.name, resource.doc);
        for call in calls(resource) {
            let what = paragraphs(call.doc).into_iter().next().unwrap_or_default();
            out += &format!("- [{0}]({1}.md#{0}): {what}\n", call.name, resource.name);
        }
    }
    out
}

/// `docs/reference/<resource>.md`.
pub(crate) fn page(resource: &Resource) -> String {
    let mut out = format!("<!-- {MARKER} -->\n# {}\n\n{}\n", resource.name, resource.doc);
    for call in calls(resource) {
        out += &section(&call);
    }
    out
}

fn section(call: &Call) -> String {
    let mut out = format!("\n## {}\n", call.name);
    if let Some(why) = call.spec.and_then(|spec| spec.deprecated) {
        out += &format!("\n**Deprecated:** {why}\n");
    }
    for paragraph in paragraphs(call.doc) {
        out += &format!("\n{paragraph}\n");
    }
    out += &match call.spec {
        Some(spec) => format!("\n`{} {}`\n", spec.method.as_str(), spec.path),
        None => {
            "\nA job of several calls. It reports its progress: `progress` in Python and C, `onProgress` in \
                 Node.\n"
                .to_owned()
        }
    };
    if call.fields.is_empty() {
        out += "\nIt takes no parameters.\n";
    } else {
        out += "\n| Python, C | Node, wire | Type | Required | Limits | Default | Meaning |\n|---|---|---|---|---|---|---|\n";
        call.required_first().into_iter().for_each(|field| out += &row(field, true));
    }
    out += &facts(call);
    out += &format!(
        "\n```python\n{}\n```\n\n```js\n{}\n```\n\n```c\n{}\n```\n",
        python(call),
        node(call),
        in_c(call)
    );
    out
}

fn row(field: &Field, at_top: bool) -> String {
    let yes = |is: bool| if is { "yes" } else { "" };
    let default = field.limits.default.map(|text| format!("`{}`", text.trim_matches('"')));
    let limits = limits(field);
    let meaning = one_line(field.doc).replace('|', "\\|");
    let python = if at_top { field.name.to_owned() } else { python_attribute(field.name) };
    format!(
        "| `{python}` | `{}` | {} | {} | {limits} | {} | {meaning} |\n",
        field.wire,
        words(&field.ty),
        yes(field.required),
        default.unwrap_or_default(),
    )
}

/// Reply, errors, paging, rate limit and repeat rule, a line each.
fn facts(call: &Call) -> String {
    let mut reply = words(&call.output);
    if call.may_be_empty {
        reply += ", or nothing";
    }
    let mut facts = vec![format!("Reply: {reply}")];
    if let Some(spec) = call.spec {
        let join = |list: &[u16]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        facts[0] += &format!(" ({})", join(spec.success));
        if !spec.errors.is_empty() {
            facts.push(format!("[Errors](../errors.md) that Brevo documents: {}", join(spec.errors)));
        }
        facts.extend(paging(spec));
        let (calls, seconds) = class_of(spec).limit();
        let window = match seconds {
            1 => "a second".to_owned(),
            3_600 => "an hour".to_owned(),
            seconds => format!("{seconds} seconds"),
        };
        facts.push(format!(
            "Rate limit: class `{}`, {calls} calls in {window} on general plans",
            class_of(spec).as_str()
        ));
        let repeat = match spec.repeat {
            Repeat::Safe => "repeated automatically where it failed for the moment",
            Repeat::Keyed => {
                "repeated automatically, under an idempotency key that is made where none is given"
            }
            Repeat::Unprocessed => {
                "repeated automatically only where Brevo cannot have processed the first attempt"
            }
        };
        facts.push(format!("Repeat rule: {repeat}"));
    }
    facts.iter().fold("\n".to_owned(), |out, fact| out + &format!("- {fact}\n"))
}

fn paging(spec: &Spec) -> Option<String> {
    let page = spec.page?;
    let entries =
        if page.items.is_empty() { "the reply itself".to_owned() } else { format!("`{}`", page.items) };
    let total = page.total.map(|total| format!(", their number in `{total}`")).unwrap_or_default();
    let style = format!("{:?}", page.style).to_lowercase();
    Some(format!("Paging: `iter` gives every entry; style `{style}`, entries in {entries}{total}"))
}

/// A call in Python.
fn python(call: &Call) -> String {
    let arguments = example::arguments(call, Tone::Plain);
    let arguments: Vec<_> = call
        .required_first()
        .into_iter()
        .filter_map(|f| {
            Some(format!("{}={}", f.name, python_literal(file_path(&f.ty, arguments.get(f.wire)?))))
        })
        .collect();
    let call_text = |method: &str| call_of(&format!("brevo.{}{method}", call.id()), &arguments, ("(", ")"));
    match (call.item(), &call.output) {
        (Some(_), _) => format!("for entry in {}:\n    print(entry)", call_text(".iter")),
        (None, Ty::Nothing) => call_text(""),
        _ => format!("result = {}", call_text("")),
    }
}

/// A call in Node.
fn node(call: &Call) -> String {
    let arguments = example::arguments(call, Tone::Plain);
    let arguments: Vec<_> = call
        .required_first()
        .into_iter()
        .filter_map(|f| {
            let value = node_literal(file_path(&f.ty, arguments.get(f.wire)?));
            Some(format!("{}: {value}", typescript_key(f.wire)))
        })
        .collect();
    let braces = if arguments.is_empty() { ("(", ")") } else { ("({ ", " })") };
    let call_text = |method: &str| call_of(&format!("brevo.{}{method}", call.camel()), &arguments, braces);
    match (call.item(), &call.output) {
        (Some(_), _) => {
            format!("for await (const entry of {}) {{\n  console.log(entry);\n}}", call_text(".iter"))
        }
        (None, Ty::Nothing) => format!("await {};", call_text("")),
        _ => format!("const result = await {};", call_text("")),
    }
}

/// A call in C. Long arguments are cut into several string literals.
fn in_c(call: &Call) -> String {
    let arguments = example::arguments(call, Tone::Plain);
    let arguments: Map<String, Value> = example::in_snake_case(call.fields, &arguments);
    let entries: Vec<_> = arguments.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    let quote = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let text = match &entries[..] {
        [] => "NULL".to_owned(),
        entries if entries.join(",").len() < 60 => quote(&format!("{{{}}}", entries.join(","))),
        entries => {
            let last = entries.len() - 1;
            let piece = |(i, entry): (usize, &String)| {
                let open = if i == 0 { "{" } else { "" };
                quote(&format!("{open}{entry}{}", if i == last { "}" } else { "," }))
            };
            format!("\n    {}", entries.iter().enumerate().map(piece).collect::<Vec<_>>().join("\n    "))
        }
    };
    let progress = if call.spec.is_some() { "" } else { "NULL, NULL, " };
    format!("brevo_reply *reply = {}(client, {text}, {progress}&error);", c::name(call))
        .replace(", \n", ",\n")
}

/// A call on one line where it fits, else an argument per line.
fn call_of(function: &str, arguments: &[String], (open, close): (&str, &str)) -> String {
    let line = format!("{function}{open}{}{close}", arguments.join(", "));
    if line.len() <= WIDTH {
        return line;
    }
    let indent = if open == "(" { "\n    " } else { "\n  " };
    let arguments = arguments.join(&format!(",{indent}"));
    format!("{function}{}{indent}{arguments},\n{}", open.trim_end(), close.trim_start())
}

/// `docs/reference/types.md`.
pub(crate) fn types(types: &Types) -> String {
    let mut out = format!(
        "<!-- {MARKER} -->\n# Types\n\n\
         What operations take and give. Keys of replies are wire names in every language; in Python a reply's \
         entries can also be read as attributes.\n"
    );
    for (name, named) in &types.0 {
        out += &format!("\n## {name}\n\n{}\n", paragraphs(named.doc()).join("\n\n"));
        match named.definition {
            Definition::Model(model) if model.fields.is_empty() => {}
            Definition::Model(model) => {
                out += "\n| Python | Wire | Type | Required | Limits | Default | Meaning |\n|---|---|---|---|---|---|---|\n";
                model.fields.iter().for_each(|field| out += &row(field, false));
            }
            Definition::Enum(texts) => out += &format!("\nKnown values: {}.\n", values(texts, '`', ", ")),
            Definition::Union(union) => {
                let variants: Vec<_> = union.variants.iter().map(words).collect();
                out += &format!("\nOne of: {}.\n", variants.join("; "));
            }
        }
    }
    out
}

/// `docs/errors.md`.
pub(crate) fn errors() -> String {
    let mut out = format!(
        "<!-- {MARKER} -->\n# Errors\n\n\
         Every failure has one of these kinds, with the same name and number in every language. An error also \
         tells, where it is known: the operation, the parameter that was refused, Brevo's status, `code`, message, \
         headers and raw body, the identifiers that clash, when to come back, how often the request was sent, and \
         one line of advice.\n\n\
         Python's classes all derive from `BrevoError`, those from 20 on by way of `ApiError`; Node's all derive \
         from `BrevoError`; in C, `brevo_error_kind` gives the constant.\n\n\
         | Number | Kind | Python | Node | C | Meaning | Advice |\n|---|---|---|---|---|---|---|\n"
    );
    for kind in Kind::ALL {
        let name = pascal(kind.as_str());
        out += &format!(
            "| {} | `{kind}` | `{}` | `{name}Error` | `BREVO_KIND_{}` | {} | {} |\n",
            kind.number(),
            python_class(*kind, &name),
            kind.as_str().to_uppercase(),
            one_line(kind.doc()),
            Error::new(*kind, "").advice(),
        );
    }
    out
}

/// Names that Python has taken for its own errors get our name before them.
fn python_class(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Connection | Kind::Timeout | Kind::Cancelled => format!("Brevo{name}Error"),
        Kind::Io => "BrevoFileError".to_owned(),
        _ => format!("{name}Error"),
    }
}
