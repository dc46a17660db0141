//! The table as C sees it: which operations and jobs there are, and what they take.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::LazyLock;

use brevo_core::jobs::{JOBS, Job, job};
use brevo_core::names::nearest_operation;
use brevo_core::schema::{Field, Limits, Place, Spec, Ty, lines};
use brevo_core::{api, operation_by_id};
use serde_json::{Map, Value, json};

use crate::boundary::{Result, c_string, guard, need_text, shield};
use crate::error::Error;
use crate::reply::Reply;

/// Names of the operations, then of the jobs, as C reads them.
static NAMES: LazyLock<[Vec<CString>; 2]> = LazyLock::new(|| {
    let operations = api::RESOURCES.iter().flat_map(|resource| resource.operations);
    [
        operations.map(|spec| c_string(&spec.id())).collect(),
        JOBS.iter().map(|job| c_string(&format!("{}.{}", job.resource, job.name))).collect(),
    ]
});

/// Operation by its name.
pub(crate) fn find_operation(name: &str) -> Result<&'static Spec> {
    operation_by_id(name).ok_or_else(|| {
        let message = match (by_name(name), nearest_operation(name)) {
            (Some(_), _) => "is a job; call it with brevo_job".to_owned(),
            (_, Some(known)) => format!("there is no such operation; did you mean `{known}`?"),
            _ => "there is no such operation; brevo_operation_at lists them".to_owned(),
        };
        brevo_core::Error::argument("operation", message).into()
    })
}

/// Job by its name.
pub(crate) fn find_job(name: &str) -> Result<&'static Job> {
    by_name(name).ok_or_else(|| {
        let message = match operation_by_id(name) {
            Some(_) => "is an operation; call it with brevo_call",
            None => "there is no such job; brevo_job_at lists them",
        };
        brevo_core::Error::argument("job", message).into()
    })
}

/// Job by its name, where there is one.
pub(crate) fn by_name(name: &str) -> Option<&'static Job> {
    let (resource, name) = name.split_once('.')?;
    job(resource, name)
}

fn describe(spec: &'static Spec) -> Value {
    json!({
        "name": spec.id(),
        "summary": spec.summary(),
        "doc": text(spec.doc),
        "deprecated": spec.deprecated,
        "method": spec.method.as_str(),
        "path": spec.path,
        "pages": spec.page.is_some(),
        "parameters": fields(spec.fields, true, &mut Vec::new()),
        "output": ty(&spec.output, &mut Vec::new()),
    })
}

fn describe_job(job: &'static Job) -> Value {
    json!({
        "name": format!("{}.{}", job.resource, job.name),
        "summary": lines(job.doc).next().unwrap_or_default(),
        "doc": text(job.doc),
        "job": true,
        "pages": job.rows.is_some(),
        "parameters": fields((job.arguments)().fields, false, &mut Vec::new()),
        "output": ty(&job.output, &mut Vec::new()),
    })
}

fn text(doc: &str) -> String {
    lines(doc).collect::<Vec<_>>().join("\n")
}

fn fields(fields: &'static [Field], top: bool, within: &mut Vec<&'static str>) -> Value {
    let one = |field: &'static Field| {
        let mut out = Map::new();
        out.insert("name".into(), field.name().into());
        out.insert("wire".into(), field.wire().into());
        if let Value::Object(ty) = ty(&field.ty, within) {
            out.extend(ty);
        }
        out.insert("required".into(), field.required.into());
        if top {
            let place = match field.place {
                Place::Path => "path",
                Place::Query => "query",
                Place::Body => "body",
            };
            out.insert("place".into(), place.into());
        }
        out.extend(limits(field.limits()));
        out.insert("doc".into(), text(field.doc()).into());
        Value::Object(out)
    };
    fields.iter().map(one).collect()
}

fn limits(limits: &Limits) -> Map<String, Value> {
    let bounds = [
        ("minimum", limits.min),
        ("maximum", limits.max),
        ("min_length", limits.min_length),
        ("max_length", limits.max_length),
        ("min_items", limits.min_items),
        ("max_items", limits.max_items),
    ];
    let mut out: Map<String, Value> =
        bounds.into_iter().filter_map(|(name, bound)| Some((name.to_owned(), bound?.into()))).collect();
    if let Some(default) = limits.default {
        out.insert("default".into(), serde_json::from_str(default).unwrap_or_else(|_| default.into()));
    }
    out
}

/// A type with all that is below it. A model inside itself is only named.
fn ty(of: &Ty, within: &mut Vec<&'static str>) -> Value {
    match of {
        Ty::Nothing => json!({"type": "nothing"}),
        Ty::Any => json!({"type": "any"}),
        Ty::String => json!({"type": "string"}),
        Ty::Integer => json!({"type": "integer"}),
        Ty::Number => json!({"type": "number"}),
        Ty::Boolean => json!({"type": "boolean"}),
        Ty::Date => json!({"type": "date"}),
        Ty::DateTime => json!({"type": "date-time"}),
        Ty::File => json!({"type": "file"}),
        Ty::Bytes => json!({"type": "bytes"}),
        Ty::List(entry) => json!({"type": "array", "items": ty(entry, within)}),
        Ty::Map(entry) => json!({"type": "map", "items": ty(entry, within)}),
        Ty::Enum(known) => json!({"type": "string", "model": known.name, "values": known.values}),
        Ty::Union(union) => {
            let union = union();
            let variants: Vec<Value> = union.variants.iter().map(|variant| ty(variant, within)).collect();
            json!({"type": "union", "model": union.name, "variants": variants})
        }
        Ty::Model(model) => {
            let model = model();
            if within.contains(&model.name) {
                return json!({"type": "object", "model": model.name});
            }
            within.push(model.name);
            let keys = fields(model.fields, false, within);
            within.pop();
            json!({"type": "object", "model": model.name, "keys": keys})
        }
    }
}

fn name_at(list: usize, index: usize) -> *const c_char {
    shield(ptr::null(), || NAMES[list].get(index).map_or(ptr::null(), |name| name.as_ptr()))
}

/// Number of operations.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_operation_count() -> usize {
    shield(0, || NAMES[0].len())
}

/// Name of an operation, counted from 0; NULL beyond the last. Lives for ever; do not free.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_operation_at(index: usize) -> *const c_char {
    name_at(0, index)
}

/// Number of jobs.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_job_count() -> usize {
    shield(0, || NAMES[1].len())
}

/// Name of a job, counted from 0; NULL beyond the last. Lives for ever; do not free.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_job_at(index: usize) -> *const c_char {
    name_at(1, index)
}

/// Describes an operation or a job: an object with name, summary, doc, parameters (array of objects
/// with name, wire, type, required, doc and limits), output, pages (whether brevo_iterate takes it),
/// and for an operation method, path and deprecated. Read like a reply, with the status 0; the caller frees it with
/// brevo_reply_free. NULL when there is no such operation.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_operation_describe(
    operation: *const c_char,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Reply>> {
    guard(error, || {
        // SAFETY: `operation` is a text or NULL, as the header says.
        let name = unsafe { need_text("operation", operation) }?;
        let description = match by_name(name) {
            Some(job) => describe_job(job),
            None => describe(find_operation(name)?),
        };
        Ok(Reply::from_value(description))
    })
}
