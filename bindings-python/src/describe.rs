//! Documentation and signatures of methods, from the table.

use std::collections::BTreeMap;

use brevo_core::api::RESOURCES;
use brevo_core::jobs::JOBS;
use brevo_core::schema::{Field, Model, Spec, Ty};

use crate::client::Target;

/// Documentation of a method: what it does, its parameters, and where it goes.
pub(crate) fn doc(target: Target) -> String {
    let (lines, end) = match target {
        Target::Operation(spec) => (spec.doc, about(spec)),
        Target::Job(job) => {
            (job.doc, "progress: a function called with the progress, or True to print it.".into())
        }
    };
    let mut text = joined(lines, "");
    if !target.fields().is_empty() {
        text.push_str("\n\nParameters:\n");
        for field in target.fields() {
            let need = if field.required { ", required" } else { "" };
            text.push_str(&format!("\n{} ({}{need})\n", field.name, annotation(&field.ty)));
            text.push_str(&joined(field.doc, "    "));
        }
    }
    format!("{text}\n\n{end}")
}

fn about(spec: &Spec) -> String {
    let mut text = format!("{} {}", spec.method.as_str(), spec.path);
    if spec.page.is_some() {
        text.push_str("\n\n`.iter(...)` gives every entry, page after page.");
    }
    if let Some(why) = spec.deprecated {
        text.push_str(&format!("\n\nDeprecated: {why}"));
    }
    text
}

fn joined(lines: &[&str], indent: &str) -> String {
    let lines = lines.iter().map(|line| format!("{indent}{}", line.trim()).trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}

/// What `_calls.signature` needs: name, whether required and annotation of each parameter; the
/// keyword beside them; and the annotation of what is given back.
pub(crate) fn signature(target: Target) -> (Vec<(&'static str, bool, String)>, &'static str, String) {
    let mut fields: Vec<&Field> = target.fields().iter().collect();
    fields.sort_by_key(|field| !field.required);
    let parameters = fields.iter().map(|f| (f.name, f.required, annotation(&f.ty))).collect();
    (parameters, target.extra_keyword(), annotation(target.output()))
}

/// The signature as text, for tools that read no more than that.
pub(crate) fn text_signature(target: Target) -> String {
    let (parameters, extra, _) = signature(target);
    let mut text = "(*".to_owned();
    for (name, required, _) in parameters {
        text.push_str(", ");
        text.push_str(name);
        if !required {
            text.push_str("=None");
        }
    }
    format!("{text}, {extra}=None)")
}

/// A type as Python's annotations write it.
fn annotation(ty: &Ty) -> String {
    match ty {
        Ty::Nothing => "None".to_owned(),
        Ty::Any => "Any".to_owned(),
        Ty::String | Ty::Enum(_) => "str".to_owned(),
        Ty::Integer => "int".to_owned(),
        Ty::Number => "float".to_owned(),
        Ty::Boolean => "bool".to_owned(),
        Ty::Date => "str | date".to_owned(),
        Ty::DateTime => "str | datetime".to_owned(),
        Ty::File => "FileParam".to_owned(),
        Ty::Bytes => "bytes".to_owned(),
        Ty::List(item) => format!("list[{}]", annotation(item)),
        Ty::Map(item) => format!("dict[str, {}]", annotation(item)),
        Ty::Model(model) => model().name.to_owned(),
        Ty::Union(union) => union().variants.iter().map(annotation).collect::<Vec<_>>().join(" | "),
    }
}

/// Every model that an operation or a job takes or gives, by name.
pub(crate) fn models() -> BTreeMap<&'static str, &'static Model> {
    let mut found = BTreeMap::new();
    for spec in RESOURCES.iter().flat_map(|resource| resource.operations) {
        spec.fields.iter().for_each(|field| walk(&field.ty, &mut found));
        walk(&spec.output, &mut found);
    }
    for job in JOBS {
        walk(&Ty::Model(job.arguments), &mut found);
        walk(&job.output, &mut found);
    }
    found
}

fn walk(ty: &Ty, found: &mut BTreeMap<&'static str, &'static Model>) {
    match ty {
        Ty::List(item) | Ty::Map(item) => walk(item, found),
        Ty::Union(union) => union().variants.iter().for_each(|variant| walk(variant, found)),
        Ty::Model(model) => {
            let model = model();
            if found.insert(model.name, model).is_none() {
                model.fields.iter().for_each(|field| walk(&field.ty, found));
            }
        }
        _ => {}
    }
}

/// Name and keys on the wire of every field of every model.
pub(crate) fn field_names() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut names: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for field in models().values().flat_map(|model| model.fields) {
        let wires = names.entry(field.name).or_default();
        if !wires.contains(&field.wire) {
            wires.push(field.wire);
        }
    }
    names
}

/// A model as Python needs it: documentation, and name, key and annotation of each field.
pub(crate) fn model(name: &str) -> Option<(String, Vec<(&'static str, &'static str, String)>)> {
    let model = *models().get(name)?;
    let fields = model.fields.iter().map(|f| (f.name, f.wire, annotation(&f.ty))).collect();
    Some((joined(model.doc, ""), fields))
}

/// A key of the wire in snake_case, for completion.
pub(crate) fn snake(key: &str) -> String {
    let mut out = String::with_capacity(key.len() + 4);
    let mut after_small = false;
    for letter in key.chars() {
        if letter.is_ascii_uppercase() && after_small {
            out.push('_');
        }
        after_small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        out.push(letter.to_ascii_lowercase());
    }
    out
}
