//! The reference pages under `docs/`.

use std::collections::BTreeMap;

use brevo_core::api::RESOURCES;
use brevo_core::names::{camel, pascal, python_attribute, typescript_key};
use brevo_core::pace::{Class, class_of};
use brevo_core::schema::{Field, PageStyle, Repeat, Resource, Spec, Ty, Typed};
use brevo_core::{Builder, Error, Kind};
use serde_json::{Map, Value};

use crate::MARKER;
use crate::c;
use crate::example::{self, Tone, file_path, node_literal, python_literal};
use crate::migrating::OtherNames;
use crate::table::{Call, Definition, calls, limits, one_line, paragraphs};
use crate::types::{Types, values, words};

/// Longest line of an example, so that it fits beside the margin of a page.
const WIDTH: usize = 80;

/// `docs/reference/README.md`.
pub(crate) fn index() -> String {
    let mut out = format!(
        "<!-- {MARKER} -->\n# Reference\n\n\
         Every operation can be called in the same way in every language: call it for the decoded body, call \
         its `raw` for status, headers and body, and, where it lists, its `iter` for every entry of every page \
         (`brevo_iterate` in C), its `arrow` for them as columns (`brevo_arrow` in C). Parameters have one name in \
         Python and C (snake_case) and one in Node and on the wire; all languages accept both, on every level.\n\n\
         Times are texts in RFC 3339 (`2026-12-01T09:00:00Z`), integers have 64 bits, and everything in a reply \
         may be absent. Texts with known values accept any other text too, since Brevo adds values without \
         notice.\n\n\
         See also the operations [by their HTTP paths](paths.md), the [types](types.md), the \
         [limits](limits.md), the [errors](../errors.md), and [openapi.json](../openapi.json). The search finds an \
         operation by its name in any language, by its path, by its title in Brevo's documentation and by its \
         name in the official SDKs.\n"
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

/// `docs/reference/paths.md`.
pub(crate) fn paths() -> String {
    let mut out = format!(
        "<!-- {MARKER} -->\n# Operations by path\n\n\
         Below `https://api.brevo.com/v3`, in the order of the paths.\n\n\
         | Request | Operation | In Node |\n|---|---|---|\n"
    );
    let mut rows: Vec<_> = RESOURCES
        .iter()
        .flat_map(|resource| calls(resource))
        .filter_map(|call| Some((call.spec?, call)))
        .map(|(spec, call)| {
            let request = format!("`{} {}`", spec.method.as_str(), spec.path);
            let link = format!("[{}]({}.md#{})", call.id(), call.resource, call.name);
            ((spec.path, spec.method.as_str()), format!("| {request} | {link} | `{}` |\n", call.camel()))
        })
        .collect();
    rows.sort();
    out.extend(rows.into_iter().map(|(_, row)| row));
    out
}

/// `docs/reference/limits.md`.
pub(crate) fn rate_limits() -> String {
    let mut out = format!(
        "<!-- {MARKER} -->\n# Limits by class\n\n\
         Brevo counts calls per account and class of operation. The figures are those of the plan \"General\" \
         (source: API limits page, October 2026); those of an account are learned from the headers of its replies. \
         [Retries and limits](../limits.md) says what the client does with them.\n\n\
         | Class | Calls | Operations |\n|---|---|---|\n"
    );
    for class in Class::ALL {
        let specs: Vec<_> =
            RESOURCES.iter().flat_map(|r| r.operations).filter(|spec| class_of(spec) == *class).collect();
        let operations = if specs.len() > 8 {
            format!("{} operations", specs.len())
        } else {
            let link = |spec: &&&Spec| format!("[{}]({}.md#{})", spec.id(), spec.resource, spec.name);
            specs.iter().map(link).collect::<Vec<_>>().join(", ")
        };
        out += &format!("| `{}` | {} | {operations} |\n", class.as_str(), rate(*class));
    }
    out += "\n## What may be repeated\n\n| Rule | Operations | |\n|---|---|---|\n";
    for (rule, name) in [
        (Repeat::Safe, "safe"),
        (Repeat::Keyed, "under an idempotency key"),
        (Repeat::Unprocessed, "only what was not processed"),
    ] {
        let count = RESOURCES.iter().flat_map(|r| r.operations).filter(|spec| spec.repeat == rule).count();
        out += &format!("| {name} | {count} | {} |\n", repeat(rule));
    }
    out
}

/// `docs/reference/<resource>.md`.
pub(crate) fn page(resource: &Resource, names: &BTreeMap<String, OtherNames>) -> String {
    let mut out = format!(
        "<!-- {MARKER} -->\n# {0}\n\n{1}\n\n\
         Defined in [core/src/api/{0}.rs](../../core/src/api/{0}.rs).\n",
        resource.name, resource.doc
    );
    for call in calls(resource) {
        out += &section(&call, names.get(&call.id()));
    }
    out
}

fn section(call: &Call, names: Option<&OtherNames>) -> String {
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
            let source = if call.takes_source {
                " What it reads may come from the program in place of a file: `source` in Python (the first \
                 argument) and Node, `brevo_job_rows` in C."
            } else {
                ""
            };
            format!(
                "\nA job of several calls. It reports its progress: `progress` in Python and C, `onProgress` in \
                 Node.{source}\n"
            )
        }
    };
    out += &format!(
        "\n```python\n{}\n```\n\n```js\n{}\n```\n\n```c\n{}\n```\n",
        python(call),
        node(call),
        in_c(call)
    );
    if call.fields.is_empty() {
        out += "\nIt takes no parameters.\n";
    } else {
        out += "\n| Parameter | Type | Meaning |\n|---|---|---|\n";
        call.required_first().into_iter().for_each(|field| out += &row(field, true));
    }
    out += &facts(call);
    out += &named(call, names);
    out
}

/// A parameter, or a key of a type: its names, type with limits, and meaning with default.
fn row(field: &Field, at_top: bool) -> String {
    let python = if at_top { field.name().to_owned() } else { python_attribute(field.name()) };
    let mut name = format!("`{python}`");
    if python != field.wire() {
        name += &format!("<br>`{}`", field.wire());
    }
    let mut ty = words(&field.ty);
    let limits = limits(field);
    if !limits.is_empty() {
        ty += &format!("<br>{limits}");
    }
    let required = if field.required { "**Required.** " } else { "" };
    let meaning = one_line(field.doc()).replace('|', "\\|");
    let default = field.limits().default.map(|text| format!(" Default: `{}`.", text.trim_matches('"')));
    format!("| {name} | {ty} | {required}{meaning}{} |\n", default.unwrap_or_default())
}

/// Reply, errors, paging, rate limit and repeat rule, a line each.
fn facts(call: &Call) -> String {
    let mut reply = words(&call.output);
    if call.may_be_empty {
        reply += ", or nothing";
    }
    let mut facts = vec![format!("**Reply**: {reply}")];
    if let Some(spec) = call.spec {
        let statuses: Vec<_> = spec.success.iter().map(ToString::to_string).collect();
        facts[0] += &format!(" ({})", statuses.join(", "));
    }
    if let Ty::Model(model) = call.output {
        let keys: Vec<_> = model().fields.iter().map(|field| format!("`{}`", field.wire())).collect();
        if !keys.is_empty() {
            facts[0] += &format!(" with {}", keys.join(", "));
        }
    }
    if let Some(row) = call.rows {
        facts.push(format!(
            "**Rows**: `iter` gives them to the program instead of to a file, each {}; `arrow` gives them as \
             columns ([how](../jobs/export.md#row-by-row))",
            words(&row)
        ));
    }
    if let Some(spec) = call.spec {
        if !spec.errors.is_empty() {
            let errors: Vec<_> = spec.errors.iter().map(|status| error_link(*status)).collect();
            facts.push(format!("**Errors** that Brevo documents: {}", errors.join(", ")));
        }
        facts.extend(paging(spec));
        let class = class_of(spec);
        facts.push(format!(
            "**Limit**: class [`{}`](limits.md#limits-by-class), {} on general plans",
            class.as_str(),
            rate(class)
        ));
        facts.push(format!("**Repeats**: {}", repeat(spec.repeat)));
    }
    facts.iter().fold("\n".to_owned(), |out, fact| out + &format!("- {fact}\n"))
}

/// The kinds of error that a status may become.
fn error_link(status: u16) -> String {
    let kinds: &[Kind] = match status {
        400 => &[Kind::BadRequest, Kind::Duplicate],
        401 => &[Kind::Unauthorized, Kind::IpNotAuthorized],
        402 => &[Kind::NoCredits],
        403 => &[Kind::PermissionDenied, Kind::AccountNotActivated],
        404 => &[Kind::NotFound],
        409 | 412 | 424 | 425 => &[Kind::Conflict],
        429 => &[Kind::RateLimited],
        500.. => &[Kind::Server],
        _ => &[Kind::BadRequest],
    };
    let links: Vec<_> = kinds.iter().map(|kind| format!("[{kind}](../errors.md#{kind})")).collect();
    format!("{status} {}", links.join(" or "))
}

/// What it is called elsewhere.
fn named(call: &Call, names: Option<&OtherNames>) -> String {
    let mut out = format!("\nIn Node `{}`, in C `{}`", call.camel(), c::name(call));
    let Some(names) = names else { return out + ".\n" };
    if !names.title.is_empty() {
        out += &format!("; in Brevo's documentation \"{}\" (`{}`)", names.title, call.name.replace('_', "-"));
    }
    if !names.methods.is_empty() {
        let methods: Vec<_> = names.methods.iter().map(|name| format!("`{name}`")).collect();
        out += &format!("; in [older official SDKs](../migrating/README.md) {}", methods.join(", "));
    }
    out + ".\n"
}

/// The calls that a class allows.
fn rate(class: Class) -> String {
    let (calls, seconds) = class.limit();
    match seconds {
        1 => format!("{calls} calls in a second"),
        3_600 => format!("{calls} calls in an hour"),
        seconds => format!("{calls} calls in {seconds} seconds"),
    }
}

fn repeat(rule: Repeat) -> &'static str {
    match rule {
        Repeat::Safe => "repeated automatically where it failed for the moment",
        Repeat::Keyed => "repeated automatically, under an idempotency key that is made where none is given",
        Repeat::Unprocessed => {
            "repeated automatically only where Brevo cannot have processed the first attempt"
        }
    }
}

fn paging(spec: &Spec) -> Option<String> {
    let page = spec.page?;
    let entries =
        if page.items.is_empty() { "the reply itself".to_owned() } else { format!("`{}`", page.items) };
    let total = page.total.map(|total| format!(", their number in `{total}`")).unwrap_or_default();
    let style = match page.style {
        PageStyle::Offset => "pages by `limit` and `offset`",
        PageStyle::Page => "numbered pages",
        PageStyle::Single => "everything in one reply",
    };
    Some(format!("**Paging**: `iter` gives every entry; {style}, entries in {entries}{total}"))
}

/// A call in Python.
fn python(call: &Call) -> String {
    let arguments = example::arguments(call, Tone::Plain);
    let arguments: Vec<_> = call
        .required_first()
        .into_iter()
        .filter_map(|f| {
            Some(format!("{}={}", f.name(), python_literal(file_path(&f.ty, arguments.get(f.wire())?))))
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
            let value = node_literal(file_path(&f.ty, arguments.get(f.wire())?)).replace("{  }", "{}");
            Some(format!("{}: {value}", typescript_key(f.wire())))
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
    let progress = if call.spec.is_some() { "" } else { "NULL, NULL, " };
    let statement = |text: &str| {
        format!("brevo_reply *reply = {}(client, {text}, {progress}&error);", c::name(call))
            .replace(", \n", ",\n")
    };
    let line = match &entries[..] {
        [] => statement("NULL"),
        entries => statement(&quote(&format!("{{{}}}", entries.join(",")))),
    };
    if line.len() <= WIDTH || entries.is_empty() {
        return line;
    }
    let last = entries.len() - 1;
    let piece = |(i, entry): (usize, &String)| {
        let open = if i == 0 { "{" } else { "" };
        quote(&format!("{open}{entry}{}", if i == last { "}" } else { "," }))
    };
    statement(&format!("\n    {}", entries.iter().enumerate().map(piece).collect::<Vec<_>>().join("\n    ")))
}

/// A call on one line where it fits, else an argument per line.
fn call_of(function: &str, arguments: &[String], (open, close): (&str, &str)) -> String {
    let line = format!("{function}{open}{}{close}", arguments.join(", "));
    if line.len() <= WIDTH || arguments.is_empty() {
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
         entries can also be read as attributes. Where two names stand, the first is Python's and C's, the second \
         that of Node and the wire.\n"
    );
    let users = users();
    for (name, named) in &types.0 {
        out += &format!("\n## {name}\n\n{}\n", paragraphs(named.doc()).join("\n\n"));
        match named.definition {
            Definition::Model(model) if model.fields.is_empty() => {}
            Definition::Model(model) => {
                out += "\n| Key | Type | Meaning |\n|---|---|---|\n";
                model.fields.iter().for_each(|field| out += &row(field, false));
            }
            Definition::Enum(texts) => out += &format!("\nKnown values: {}.\n", values(texts, '`', ", ")),
            Definition::Union(union) => {
                let variants: Vec<_> = union.variants.iter().map(words).collect();
                out += &format!("\nOne of: {}.\n", variants.join("; "));
            }
        }
        if let Some(users) = users.get(name) {
            let shown: Vec<_> = users.iter().take(12).cloned().collect();
            let more = if users.len() > shown.len() { ", ..." } else { "" };
            out += &format!("\nUsed by {}{more}.\n", shown.join(", "));
        }
    }
    out
}

/// The operations and types that name a type, as links.
fn users() -> BTreeMap<&'static str, Vec<String>> {
    let mut users: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut note = |ty: &Ty, user: String| {
        if let Some(name) = name_of(ty) {
            let list = users.entry(name).or_default();
            if !list.contains(&user) {
                list.push(user);
            }
        }
    };
    for call in RESOURCES.iter().flat_map(|resource| calls(resource)) {
        let link = format!("[{}]({}.md#{})", call.id(), call.resource, call.name);
        call.fields.iter().for_each(|field| note(&field.ty, link.clone()));
        note(&call.output, link);
    }
    for (name, named) in crate::table::types() {
        let link = format!("[{name}](#{})", name.to_lowercase());
        match named.definition {
            Definition::Model(model) => model.fields.iter().for_each(|field| note(&field.ty, link.clone())),
            Definition::Union(union) => union.variants.iter().for_each(|ty| note(ty, link.clone())),
            Definition::Enum(_) => {}
        }
    }
    users
}

fn name_of(ty: &Ty) -> Option<&'static str> {
    match ty {
        Ty::List(item) | Ty::Map(item) => name_of(item),
        Ty::Model(model) => Some(model().name),
        Ty::Enum(texts) => Some(texts.name),
        Ty::Union(union) => Some(union().name),
        _ => None,
    }
}

/// `docs/errors.md`.
pub(crate) fn errors() -> String {
    let mut out = format!(
        "<!-- {MARKER} -->\n# Errors\n\n{}\n| Kind | Python | Node | C |\n|---|---|---|---|\n",
        include_str!("errors.md")
    );
    for kind in Kind::ALL {
        let name = pascal(kind.as_str());
        out += &format!(
            "| [{kind}](#{kind}) | `{}` | `{name}Error` | `BREVO_KIND_{}` = {} |\n",
            python_class(*kind, &name),
            kind.as_str().to_uppercase(),
            kind.number(),
        );
    }
    for kind in Kind::ALL {
        out += &format!(
            "\n## {kind}\n\n{}\n\n**What to do**: {}\n",
            one_line(kind.doc()),
            Error::new(*kind, "").advice()
        );
    }
    out
}

/// `docs/settings.md`.
pub(crate) fn settings() -> String {
    let Ty::Model(model) = <Builder as Typed>::TY else { unreachable!("settings are a model") };
    let mut out = format!("<!-- {MARKER} -->\n# Settings\n\n{}\n", include_str!("settings.md"));
    out += "| Setting | Type | Meaning |\n|---|---|---|\n";
    let mut variables = Vec::new();
    for field in model().fields {
        let node = camel(field.name());
        let name = if node == field.name() {
            format!("`{node}`")
        } else {
            format!("`{}`<br>`{node}`", field.name())
        };
        let limits = limits(field);
        let limits = if limits.is_empty() { limits } else { format!("<br>{limits}") };
        let meaning = one_line(field.doc());
        out += &format!("| {name} | {}{limits} | {} |\n", words(&field.ty), meaning.replace('|', "\\|"));
        let quoted = meaning.split('`').skip(1).step_by(2).map(|text| text.split('=').next().unwrap_or(text));
        let is_variable = |text: &&str| {
            text.contains('_') && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        };
        variables.extend(quoted.filter(is_variable).map(|variable| (variable.to_owned(), field.name())));
    }
    out += "\n## Variables of the environment\n\nAn empty variable counts as absent.\n\n\
            | Variable | Setting |\n|---|---|\n";
    for (variable, setting) in variables {
        out += &format!("| `{variable}` | `{setting}` |\n");
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
