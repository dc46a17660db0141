//! Declarations for TypeScript: `types.d.ts` and `index.d.ts`, beside the handwritten `base.d.ts`.

use brevo_core::api::RESOURCES;
use brevo_core::names::{camel, in_node_names, pascal, typescript_key};
use brevo_core::schema::{Field, Resource, Ty};
use serde_json::Value;

use crate::MARKER;
use crate::example::{self, Tone};
use crate::table::{Call, Definition, calls, limits, one_line, paragraphs, wrap};
use crate::types::{Types, Way, values};

const WIDTH: usize = 100;

/// `types.d.ts`: parameters, what else is sent, and what comes back.
pub(crate) fn types(types: &Types) -> String {
    let mut out = format!(
        "// {MARKER}\n//\n\
         // Everything in a reply may be absent or null. Texts with known values accept any other text\n\
         // too, since Brevo adds values without notice.\n\n\
         import type {{ AttachmentInput, Content, FileInput, Source }} from './base'\n"
    );
    for (name, named) in &types.0 {
        for way in types.ways(named) {
            let name = types.name(name, way);
            out += &comment("", paragraphs(named.doc()));
            out += &match named.definition {
                Definition::Enum(texts) => {
                    format!("export type {name} = {} | (string & {{}})\n", values(texts, '\'', " | "))
                }
                Definition::Union(union) => {
                    let variants: Vec<_> =
                        union.variants.iter().map(|ty| types.typescript(ty, way)).collect();
                    format!("export type {name} = {}\n", variants.join(" | "))
                }
                Definition::Model(model) => {
                    // Results of jobs are ours: their required fields are always there.
                    let sure = way == Way::Sent || !named.sent;
                    interface(&name, model.fields, types, way, sure)
                }
            };
        }
    }
    for call in RESOURCES.iter().flat_map(|resource| calls(resource)) {
        out += &comment("", vec![format!("Parameters of `{}`.", call.camel())]);
        let mut text = interface(&params(&call), call.fields, types, Way::Sent, true);
        if call.takes_source {
            let doc = "What is read, in place of `path`: a path or `file:` URL, content, or rows.";
            let source = format!("{}  source?: Source | null\n}}\n", comment("  ", vec![doc.to_owned()]));
            text.truncate(text.len() - "}\n".len());
            text += &source;
        }
        out += &text;
    }
    out
}

fn params(call: &Call) -> String {
    format!("{}Params", pascal(call.name))
}

fn interface(name: &str, fields: &[Field], types: &Types, way: Way, sure: bool) -> String {
    let mut out = format!("export interface {name} {{\n");
    for field in fields {
        let mut doc = vec![in_node_names(&one_line(field.doc()), fields)];
        let bounds = limits(field);
        if !bounds.is_empty() {
            doc[0] += &format!(" ({bounds})");
        }
        out += &comment("  ", doc);
        let mut ty = types.typescript(&field.ty, way);
        if way == Way::Sent && field.limits().format == Some("byte") {
            ty += " | Content";
        }
        if let (Way::Sent, Some(entry)) = (way, attachment(field)) {
            let entry = types.typescript(&entry, way);
            ty = ty.replace(&entry, &format!("({entry} | AttachmentInput)"));
        }
        let key = typescript_key(field.wire());
        out += &match sure && field.required {
            true => format!("  {key}: {ty}\n"),
            _ if ty == "any" => format!("  {key}?: any\n"),
            _ => format!("  {key}?: {ty} | null\n"),
        };
    }
    out + "}\n"
}

/// The entries of a list of objects that hold the content of a file.
fn attachment(field: &Field) -> Option<Ty> {
    let Ty::List(entry @ Ty::Model(model)) = &field.ty else { return None };
    model().fields.iter().any(|field| field.limits().format == Some("byte")).then_some(**entry)
}

/// `index.d.ts`: the client, and an interface for each resource.
pub(crate) fn index(types: &Types) -> String {
    let mut out = format!(
        "// {MARKER}\n\n\
         import type {{ Export, Job, ListOperation, Operation, Settings }} from './base'\n\
         import type * as types from './types'\n\n\
         export * from './base'\nexport * from './types'\n"
    );
    for resource in RESOURCES {
        out += &comment("", vec![resource.doc.to_owned()]);
        out += &format!("export interface {} {{\n", interface_name(resource));
        for call in calls(resource) {
            out += &comment("  ", call_doc(&call));
            out += &format!("  readonly {}: {}\n", camel(call.name), call_type(&call, types));
        }
        out += "}\n";
    }
    out += &comment(
        "",
        vec![
            "Connection to one Brevo account.".to_owned(),
            "Without an argument the key comes from `BREVO_API_KEY`, `BREVO_API_KEY_FILE` or the system's keyring."
                .to_owned(),
        ],
    );
    out += "export declare class Brevo {\n  /** @param settings an API key, or settings */\n  \
            constructor (settings?: string | Settings | null)\n  /** One line about the client, without secrets. */\n  \
            toString (): string\n";
    for resource in RESOURCES {
        out += &comment("  ", vec![resource.doc.to_owned()]);
        out += &format!("  readonly {}: {}\n", camel(resource.name), interface_name(resource));
    }
    out + "}\n"
}

fn interface_name(resource: &Resource) -> String {
    format!("{}Resource", pascal(resource.name))
}

fn call_type(call: &Call, types: &Types) -> String {
    let params = format!("types.{}", params(call));
    let mut gives = qualified(types, &call.output);
    if call.may_be_empty && !matches!(call.output, Ty::Any | Ty::Nothing) {
        gives += " | undefined";
    }
    match (call.spec, call.item()) {
        (None, _) => match call.rows {
            Some(row) => format!("Export<{params}, {gives}, {}>", qualified(types, &row)),
            None => format!("Job<{params}, {gives}>"),
        },
        (_, Some(item)) => format!("ListOperation<{params}, {gives}, {}>", qualified(types, &item)),
        _ => format!("Operation<{params}, {gives}>"),
    }
}

/// A type of a reply, where named types stand in a module of their own.
fn qualified(types: &Types, ty: &Ty) -> String {
    match ty {
        Ty::List(item) => format!("{}[]", qualified(types, item)),
        Ty::Model(_) | Ty::Enum(_) | Ty::Union(_) => format!("types.{}", types.typescript(ty, Way::Received)),
        _ => types.typescript(ty, Way::Received),
    }
}

fn call_doc(call: &Call) -> Vec<String> {
    let mut doc: Vec<_> = paragraphs(call.doc).iter().map(|text| in_node_names(text, call.fields)).collect();
    doc.extend(call.paging().map(str::to_owned));
    if let Some(why) = call.spec.and_then(|spec| spec.deprecated) {
        doc.push(format!("@deprecated {}", in_node_names(why, call.fields)));
    }
    doc
}

fn comment(indent: &str, paragraphs: Vec<String>) -> String {
    let top = if indent.is_empty() { "\n" } else { "" };
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(wrap(&paragraph.replace("*/", "*\u{200b}/"), WIDTH - 3 - indent.len()));
    }
    match &lines[..] {
        [] => top.to_owned(),
        [line] => format!("{top}{indent}/** {line} */\n"),
        lines => {
            let body: String =
                lines.iter().map(|line| format!("{}\n", format!("{indent} * {line}").trim_end())).collect();
            format!("{top}{indent}/**\n{body}{indent} */\n")
        }
    }
}

/// `tests/types/every-operation.ts`: uses every call, to be compiled and not run.
pub(crate) fn check(types: &Types) -> String {
    let mut out = format!(
        "// {MARKER}\n\nimport {{ Brevo }} from '../..'\nimport type * as types from '../../types'\n\n\
         export async function every (brevo: Brevo): Promise<void> {{\n"
    );
    for (i, call) in RESOURCES.iter().flat_map(|resource| calls(resource)).enumerate() {
        let arguments = Value::Object(example::arguments(&call, Tone::Full));
        let name = call.camel();
        let mut gives = qualified(types, &call.output);
        if call.may_be_empty && !matches!(call.output, Ty::Any | Ty::Nothing) {
            gives += " | undefined";
        }
        out += &format!("  const given{i}: types.{} = {arguments}\n", params(&call));
        out += &format!("  const body{i}: {gives} = await brevo.{name}(given{i})\n");
        if call.spec.is_some() {
            out += &format!(
                "  const raw{i}: {gives} = (await brevo.{name}.raw(given{i}, {{ timeout: 1 }})).body\n"
            );
            out += &format!("  void [body{i}, raw{i}]\n");
        } else {
            out += &format!("  void body{i}\n");
        }
        if let Some(row) = call.rows {
            let row = qualified(types, &row);
            out += &format!(
                "  for await (const item of brevo.{name}.iter(given{i})) {{ const one: {row} = item; void one }}\n"
            );
            out += &columns(&name, i);
        }
        if let Some(item) = call.item() {
            let item = qualified(types, &item);
            out += &format!(
                "  for await (const item of brevo.{name}.iter(given{i})) {{ const one: {item} = item; void one }}\n"
            );
            out += &columns(&name, i);
        }
    }
    out + "}\n"
}

/// The use of `arrow`.
fn columns(name: &str, i: usize) -> String {
    format!(
        "  for await (const piece of brevo.{name}.arrow(given{i})) {{ const one: Buffer = piece; void one }}\n"
    )
}
