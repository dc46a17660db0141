//! The operation table, as JavaScript needs it to make its prototypes.

use std::sync::LazyLock;

use brevo_core::api::RESOURCES;
use brevo_core::arguments::describe;
use brevo_core::jobs::{JOBS, Job};
use brevo_core::names::{camel, in_node_names, pascal};
use brevo_core::schema::{Field, Spec, Ty, Typed as _, lines, type_of};
use brevo_core::{Builder, Kind};
use napi_derive::napi;
use serde_json::{Value, json};

static OPERATIONS: LazyLock<Vec<&'static Spec>> =
    LazyLock::new(|| RESOURCES.iter().flat_map(|resource| resource.operations).copied().collect());

/// Operation by its place in the table.
pub(crate) fn operation(index: u32) -> napi::Result<&'static Spec> {
    OPERATIONS
        .get(index as usize)
        .copied()
        .ok_or_else(|| napi::Error::from_reason("there is no such operation"))
}

/// Job by its place in the core's table.
pub(crate) fn job(index: u32) -> napi::Result<&'static Job> {
    JOBS.get(index as usize).copied().ok_or_else(|| napi::Error::from_reason("there is no such job"))
}

/// Version of the addon.
#[napi(catch_unwind)]
pub(crate) fn version() -> &'static str {
    brevo_core::VERSION
}

/// What is needed to load, as JSON: `kinds` of errors with their names in CamelCase, and
/// `resources`: `name`, `type`, and the place of their `first` operation.
#[napi(catch_unwind)]
pub(crate) fn table() -> String {
    let mut first = 0;
    let resources = RESOURCES.iter().map(|resource| {
        let row = json!({"name": camel(resource.name), "type": pascal(resource.name), "first": first});
        first += resource.operations.len();
        row
    });
    let resources = resources.collect::<Vec<_>>();
    let kinds =
        Kind::ALL.iter().map(|kind| [kind.as_str().to_owned(), pascal(kind.as_str())]).collect::<Vec<_>>();
    json!({"kinds": kinds, "resources": resources}).to_string()
}

/// The `operations` and `jobs` of a resource, as JSON. `files`, `dates` and `attachments` name the
/// parameters that are files, days, and lists of objects that hold the content of a file.
#[napi(catch_unwind)]
pub(crate) fn resource(index: u32) -> napi::Result<String> {
    let resource =
        RESOURCES.get(index as usize).ok_or_else(|| napi::Error::from_reason("there is no such resource"))?;
    let operations = resource.operations.iter().map(|spec| operation_row(spec)).collect::<Vec<_>>();
    let jobs = JOBS.iter().enumerate().filter(|(_, job)| job.resource == resource.name);
    let jobs = jobs.map(|(index, job)| {
        let mut row = json!({"name": camel(job.name), "index": index});
        if job.rows.is_some() {
            row["rows"] = true.into();
        }
        if let Some(source) = job.source() {
            row["source"] = source.into();
        }
        row
    });
    Ok(json!({"operations": operations, "jobs": jobs.collect::<Vec<_>>()}).to_string())
}

fn operation_row(spec: &Spec) -> Value {
    let mut row = json!({"name": camel(spec.name), "method": spec.method.as_str(), "path": spec.path});
    let with = |is: fn(&Ty) -> bool| {
        let names =
            spec.fields.iter().filter(|field| is(&field.ty)).flat_map(|field| [field.wire(), field.name()]);
        names.collect::<Vec<_>>()
    };
    let mut set = |key: &str, value: Value| row[key] = value;
    if spec.page.is_some() {
        set("lists", true.into());
    }
    if let Some(deprecated) = spec.deprecated {
        set("deprecated", in_node_names(deprecated, spec.fields).into());
    }
    let parameters = [
        ("files", with(|ty| matches!(ty, Ty::File))),
        ("dates", with(|ty| matches!(ty, Ty::Date))),
        ("attachments", with(is_attachments)),
    ];
    for (key, names) in parameters {
        if !names.is_empty() {
            set(key, names.into());
        }
    }
    row
}

fn is_attachments(ty: &Ty) -> bool {
    let Ty::List(Ty::Model(model)) = ty else { return false };
    model().fields.iter().any(|field| field.limits().format == Some("byte"))
}

/// What is wanted in the place of bytes at a path such as `to[0].email` of the parameters of an `operation` or a
/// `job`, by its place in the table, or of the `settings`; nothing where bytes are taken.
#[napi(catch_unwind)]
pub(crate) fn instead_of_bytes(of: String, index: Option<u32>, path: String) -> napi::Result<Option<String>> {
    let index = index.unwrap_or_default();
    let mut steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']'));
    let first = steps.next().unwrap_or_default();
    let whole = match of.as_str() {
        "operation" => type_of(operation(index)?.fields, first),
        "job" => type_of((job(index)?.arguments)().fields, first),
        _ => {
            let Ty::Model(model) = &Builder::TY else { return Ok(None) };
            let field = model().fields.iter().find(|field| camel(field.name()) == first);
            Builder::TY.below(field.map_or(first, |field| field.name()))
        }
    };
    let ty = steps.fold(whole, |ty, step| ty.below(step));
    Ok((!ty.takes_bytes()).then(|| describe(ty)))
}

/// Documentation of an operation.
#[napi(catch_unwind)]
pub(crate) fn operation_doc(index: u32) -> napi::Result<String> {
    let spec = operation(index)?;
    Ok(documentation(spec.doc, spec.fields, spec.deprecated))
}

/// Documentation of a job.
#[napi(catch_unwind)]
pub(crate) fn job_doc(index: u32) -> napi::Result<String> {
    let job = job(index)?;
    Ok(documentation(job.doc, (job.arguments)().fields, None))
}

fn documentation(doc: &str, fields: &[Field], deprecated: Option<&str>) -> String {
    let mut text = joined(doc, "\n");
    if let Some(deprecated) = deprecated {
        text.push_str(&format!("\n\nDeprecated: {deprecated}"));
    }
    if !fields.is_empty() {
        text.push_str("\n\nParameters:");
    }
    for field in fields {
        let needed = if field.required { " (required)" } else { "" };
        text.push_str(&format!("\n  {}{needed}: {}", field.wire(), joined(field.doc(), "\n    ")));
    }
    in_node_names(&text, fields)
}

fn joined(doc: &str, by: &str) -> String {
    lines(doc).collect::<Vec<_>>().join(by)
}
