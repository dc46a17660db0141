//! Documentation and signatures of methods, from the table.

use std::collections::BTreeMap;

use brevo_core::api::RESOURCES;
use brevo_core::jobs::JOBS;
use brevo_core::schema::{Field, Spec, Ty, Union, lines};

use crate::call::SOURCE;
use crate::client::Target;

/// Documentation of a method: what it does, its parameters, and where it goes.
pub(crate) fn doc(target: Target) -> String {
    let (doc, end) = match target {
        Target::Operation(spec) => (spec.doc, about(spec)),
        Target::Job(job) => {
            let mut end = "progress: a function called with the progress, or True to show it.".to_owned();
            if job.source().is_some() {
                end.insert_str(
                    0,
                    "source, which may stand first without its name: a path, an open file, bytes, a table of \
                     pandas, polars, pyarrow or duckdb, or an iterable of rows.\n",
                );
            }
            if job.rows.is_some() {
                end.push_str("\n\n`.iter(...)` gives the rows to the program instead of to a file, `.arrow(...)` as columns.");
            }
            (job.doc, end)
        }
    };
    let mut text = joined(doc, "");
    if !target.fields().is_empty() {
        text.push_str("\n\nParameters:\n");
        for field in target.fields() {
            let need = if field.required { ", required" } else { "" };
            text.push_str(&format!("\n{} ({}{need})\n", field.name(), annotation(&field.ty)));
            text.push_str(&joined(field.doc(), "    "));
        }
    }
    format!("{text}\n\n{end}")
}

fn about(spec: &Spec) -> String {
    let mut text = format!("{} {}", spec.method.as_str(), spec.path);
    if spec.page.is_some() {
        text.push_str("\n\n`.iter(...)` gives every entry, page after page, `.arrow(...)` as columns.");
    }
    if let Some(why) = spec.deprecated {
        text.push_str(&format!("\n\nDeprecated: {why}"));
    }
    text
}

fn joined(doc: &str, indent: &str) -> String {
    let lines = lines(doc).map(|line| format!("{indent}{line}").trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}

/// What `_calls.signature` needs: name, whether required and annotation of each parameter; the
/// keyword beside them; and the annotation of what is given back.
pub(crate) fn signature(target: Target) -> (Vec<(&'static str, bool, String)>, &'static str, String) {
    let mut fields: Vec<&Field> = target.fields().iter().collect();
    fields.sort_by_key(|field| !field.required);
    let source = target.takes_source().then(|| (SOURCE, false, "Source".to_owned()));
    let parameters = fields.iter().map(|f| (f.name(), f.required, annotation(&f.ty)));
    let parameters = source.into_iter().chain(parameters).collect();
    (parameters, target.extra_keyword(), annotation(target.output()))
}

/// The signature as text, for tools that read no more than that.
pub(crate) fn text_signature(target: Target) -> String {
    let (parameters, extra, _) = signature(target);
    let mut text = if target.takes_source() { "(source=None, *" } else { "(*" }.to_owned();
    for (name, required, _) in parameters.into_iter().filter(|(name, ..)| *name != SOURCE) {
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
        Ty::Union(union) => variants(union()),
    }
}

fn variants(union: &Union) -> String {
    union.variants.iter().map(annotation).collect::<Vec<_>>().join(" | ")
}

/// Every named type that an operation or a job takes or gives.
pub(crate) fn types() -> BTreeMap<&'static str, Ty> {
    let mut found = BTreeMap::new();
    for spec in RESOURCES.iter().flat_map(|resource| resource.operations) {
        spec.fields.iter().for_each(|field| walk(field.ty, &mut found));
        walk(spec.output, &mut found);
    }
    for job in JOBS {
        (job.arguments)().fields.iter().for_each(|field| walk(field.ty, &mut found));
        walk(job.output, &mut found);
        job.rows.iter().for_each(|row| walk(*row, &mut found));
    }
    found
}

fn walk(ty: Ty, found: &mut BTreeMap<&'static str, Ty>) {
    match ty {
        Ty::List(item) | Ty::Map(item) => walk(*item, found),
        Ty::Enum(texts) => drop(found.insert(texts.name, ty)),
        Ty::Union(union) if found.insert(union().name, ty).is_none() => {
            union().variants.iter().for_each(|variant| walk(*variant, found));
        }
        Ty::Model(model) if found.insert(model().name, ty).is_none() => {
            model().fields.iter().for_each(|field| walk(field.ty, found));
        }
        _ => {}
    }
}

/// Name and keys on the wire of every field of every model.
pub(crate) fn field_names() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut names: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for ty in types().into_values() {
        let Ty::Model(model) = ty else { continue };
        for field in model().fields {
            let wires = names.entry(field.name()).or_default();
            if !wires.contains(&field.wire()) {
                wires.push(field.wire());
            }
        }
    }
    names
}

/// A named type as Python needs it: its documentation; the type it stands for, of an alias; and
/// name and annotation of each field, of a model.
pub(crate) type Described = (String, String, Vec<(&'static str, String)>);

/// A named type by its name.
pub(crate) fn describe(name: &str) -> Option<Described> {
    Some(match types().remove(name)? {
        Ty::Model(model) => {
            let fields = model().fields.iter().map(|f| (f.name(), annotation(&f.ty))).collect();
            (joined(model().doc, ""), String::new(), fields)
        }
        Ty::Enum(texts) => (joined(texts.doc, ""), format!("Literal{:?} | str", texts.values), Vec::new()),
        Ty::Union(union) => (joined(union().doc, ""), variants(union()), Vec::new()),
        _ => return None,
    })
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
