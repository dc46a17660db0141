//! Python values as arguments: what a caller passes, turned into JSON and files.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use brevo_core::arguments::{MAX_DEPTH, describe, too_deep};
use brevo_core::json::write_text;
use brevo_core::schema::{Ty, Typed as _, type_of};
use brevo_core::settings::{Builder, setting};
use brevo_core::{Arguments, Error, FilePart};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDate, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyMapping,
    PyMemoryView, PyString, PyTuple, PyType,
};
use serde_json::{Map, Number, Value, json};

use crate::client::Target;
use crate::errors;
use crate::rows::write_display;

/// Why a value was refused, with the path that led to it; or what Python raised meanwhile.
pub(crate) enum Fail {
    Refused {
        path: String,
        why: String,
    },
    /// Nested too deep, or holding itself.
    TooDeep,
    /// A file that cannot be read.
    File(Error),
    Raised(PyErr),
}

impl From<PyErr> for Fail {
    fn from(error: PyErr) -> Self {
        Fail::Raised(error)
    }
}

impl Fail {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Fail::Refused { path: String::new(), why: why.into() }
    }

    /// The same failure, seen from one level further out.
    pub(crate) fn under(self, step: &str) -> Self {
        match self {
            Fail::Refused { path, why } => {
                let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
                Fail::Refused { path: format!("{step}{dot}{path}"), why }
            }
            raised => raised,
        }
    }

    /// The exception where there is no place to name.
    pub(crate) fn raised(self) -> PyErr {
        match self {
            Fail::Refused { path: _, why } => PyValueError::new_err(why),
            Fail::TooDeep => PyValueError::new_err("it is nested too deep"),
            Fail::File(error) => PyValueError::new_err(error.to_string()),
            Fail::Raised(error) => error,
        }
    }

    /// `what` was being converted.
    pub(crate) fn into_py(self, py: Python<'_>, operation: &str, what: &str) -> PyErr {
        match self {
            Fail::Refused { path, why } => errors::raise_in(py, Error::argument(path, why), operation),
            Fail::TooDeep => errors::raise_in(py, too_deep(what), operation),
            Fail::File(error) => errors::raise_in(py, error, operation),
            Fail::Raised(error) => error,
        }
    }
}

/// Keyword arguments of an operation. Those that are `None` count as not given.
pub(crate) fn arguments(
    py: Python<'_>,
    target: Target,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<Arguments> {
    let fields = target.fields();
    let mut files = BTreeMap::new();
    let mut json = Vec::with_capacity(256);
    json.push(b'{');
    for (key, item) in keywords.into_iter().flatten() {
        let name = key.cast::<PyString>()?.to_str()?;
        if item.is_none() {
            continue;
        }
        let start = json.len();
        begin_entry(name, &mut json);
        let part = match type_of(fields, name) {
            Ty::File => file(&item, &mut json),
            Ty::List(Ty::Model(model)) if model().is_file() => attachments(&item, &mut json).map(|()| None),
            ty => write(&item, &mut json, 1, ty).map(|()| None),
        };
        if let Some(part) = part.map_err(|fail| fail.under(name).into_py(py, &target.id(), "arguments"))? {
            json.truncate(start);
            files.insert(name.to_owned(), part);
        }
    }
    json.push(b'}');
    let mut arguments = Arguments::from_json(text_of(json));
    arguments.files = files;
    Ok(arguments)
}

/// The settings of a client. Those that are `None` count as not given.
pub(crate) fn settings(py: Python<'_>, keywords: &Bound<'_, PyDict>) -> PyResult<Map<String, Value>> {
    let mut json = Vec::new();
    match write_dict(keywords, &mut json, 0, &Builder::TY, true) {
        Ok(()) => Ok(map_of(&json)),
        Err(Fail::Refused { path, why }) => Err(errors::raise(py, setting(&path, &why))),
        Err(fail) => Err(fail.into_py(py, "", "settings")),
    }
}

/// The options of a call. Those that are `None` count as not given.
pub(crate) fn options(
    py: Python<'_>,
    given: &Bound<'_, PyAny>,
    operation: &str,
) -> PyResult<Map<String, Value>> {
    let refused = |fail: Fail| fail.under("options").into_py(py, operation, "options");
    let Ok(mapping) = given.cast::<PyMapping>() else {
        return Err(refused(Fail::new(format!("expected a mapping, got {}", type_name(given)))));
    };
    let mut json = Vec::new();
    write_mapping(mapping, &mut json, 0, &Ty::Any, true).map_err(refused)?;
    Ok(map_of(&json))
}

/// What was written as JSON.
fn text_of(json: Vec<u8>) -> String {
    // It is made of texts.
    String::from_utf8(json).unwrap_or_default()
}

fn map_of(json: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(json).unwrap_or_default()
}

/// The base64 of bytes that stand for a value of this type.
fn write_base64(bytes: Vec<u8>, given: &Bound<'_, PyAny>, ty: &Ty, out: &mut Vec<u8>) -> Result<(), Fail> {
    if !ty.takes_bytes() {
        return Err(Fail::new(format!("expected {}, got {}", describe(ty), type_name(given))));
    }
    write_text(out, &STANDARD.encode(bytes));
    Ok(())
}

/// A file: its path, its bytes, an open file, a pair of name and content, or the core's own form. What is
/// no content of ours is written as JSON.
fn file(given: &Bound<'_, PyAny>, out: &mut Vec<u8>) -> Result<Option<FilePart>, Fail> {
    if let Some(path) = path_text(given)? {
        out.extend_from_slice(json!({ "path": path }).to_string().as_bytes());
        return Ok(None);
    }
    let part = match given.cast::<PyDict>() {
        Ok(mapping) => named_content(mapping)?,
        Err(_) if is_content(given)? || given.is_instance_of::<PyTuple>() => Some(part(given)?),
        Err(_) => None,
    };
    if part.is_none() {
        write(given, out, 1, &Ty::Any)?;
    }
    Ok(part)
}

/// Files that travel in base64 within JSON. Each is the API's own object, whose `content` may be any
/// content, or a path object, an open file, or a pair of name and content. A text is no path here,
/// so that what a program passes on never names a file of this machine.
fn attachments(given: &Bound<'_, PyAny>, out: &mut Vec<u8>) -> Result<(), Fail> {
    if !given.is_instance_of::<PyList>() && !given.is_instance_of::<PyTuple>() {
        return write(given, out, 1, &Ty::Any);
    }
    out.push(b'[');
    for (at, item) in given.try_iter()?.enumerate() {
        let item = item?;
        if at > 0 {
            out.push(b',');
        }
        let part = match item.cast::<PyDict>() {
            Ok(mapping) => named_content(mapping),
            Err(_) if is_content(&item)? || item.is_instance_of::<PyTuple>() => part(&item).map(Some),
            Err(_) => Ok(None),
        };
        let written = part.and_then(|part| match part {
            Some(part) => {
                let json = json!({ "name": part.name, "content": STANDARD.encode(part.bytes) });
                out.extend_from_slice(json.to_string().as_bytes());
                Ok(())
            }
            None => write(&item, out, 2, &Ty::Any),
        });
        written.map_err(|fail| fail.under(&format!("[{at}]")))?;
    }
    out.push(b']');
    Ok(())
}

/// The file of `{"name": ..., "content": ...}` where the content is not yet in base64.
fn named_content(mapping: &Bound<'_, PyDict>) -> Result<Option<FilePart>, Fail> {
    let Some(inner) = mapping.get_item("content")? else { return Ok(None) };
    if inner.is_none() || inner.is_instance_of::<PyString>() {
        return Ok(None);
    }
    let mut part = content(&inner)?;
    if let Some(name) = mapping.get_item("name")?.filter(|name| !name.is_none()) {
        part.name = name.extract()?;
    }
    Ok(Some(part))
}

/// The file of a pair of name and content, or of content that knows its name.
fn part(given: &Bound<'_, PyAny>) -> Result<FilePart, Fail> {
    match given.extract::<(String, Bound<'_, PyAny>)>() {
        Ok((name, inner)) => Ok(FilePart { name, ..content(&inner)? }),
        Err(_) => content(given),
    }
}

fn is_content(given: &Bound<'_, PyAny>) -> Result<bool, Fail> {
    let is_path = !given.is_instance_of::<PyString>() && given.hasattr("__fspath__")?;
    Ok(is_path || given.hasattr("read")? || bytes_of(given)?.is_some())
}

/// Content of a file given as bytes, as an open file or as a path object, with the name that it has.
fn content(given: &Bound<'_, PyAny>) -> Result<FilePart, Fail> {
    if let Some(bytes) = bytes_of(given)? {
        return Ok(FilePart { name: String::new(), bytes });
    }
    if let Some(bytes) = read(given)? {
        let name = match given.getattr_opt("name")?.map(|name| name.extract::<String>()) {
            Some(Ok(name)) => name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        return Ok(FilePart { name, bytes });
    }
    if !given.is_instance_of::<PyString>()
        && let Some(path) = path_text(given)?
    {
        return given.py().detach(|| FilePart::read(Path::new(&path))).map_err(Fail::File);
    }
    Err(Fail::new(format!(
        "a path, bytes, an open file or a pair (name, bytes) is needed, not {}",
        type_name(given)
    )))
}

/// What is left to read of an open file; `None` where it is none.
fn read(given: &Bound<'_, PyAny>) -> Result<Option<Vec<u8>>, Fail> {
    if !given.hasattr("read")? {
        return Ok(None);
    }
    let read = given.call_method0("read")?;
    match read.cast::<PyString>() {
        Ok(text) => Ok(Some(text.to_str()?.as_bytes().to_vec())),
        Err(_) => bytes_of(&read),
    }
}

pub(crate) fn path_text(given: &Bound<'_, PyAny>) -> Result<Option<String>, Fail> {
    if let Ok(text) = given.cast::<PyString>() {
        return Ok(Some(text.to_str().map_err(|_| Fail::new(BROKEN_TEXT))?.to_owned()));
    }
    if !given.hasattr("__fspath__")? {
        return Ok(None);
    }
    let path = given.call_method0("__fspath__")?;
    let path = path.cast::<PyString>().map_err(|_| Fail::new("the path is not text"))?;
    Ok(Some(path.to_str().map_err(|_| Fail::new("the path is not UTF-8"))?.to_owned()))
}

pub(crate) fn bytes_of(given: &Bound<'_, PyAny>) -> Result<Option<Vec<u8>>, Fail> {
    if let Ok(bytes) = given.cast::<PyBytes>() {
        return Ok(Some(bytes.as_bytes().to_vec()));
    }
    if let Ok(bytes) = given.cast::<PyByteArray>() {
        return Ok(Some(bytes.to_vec()));
    }
    if given.is_instance_of::<PyMemoryView>() {
        let bytes = given.call_method0("tobytes")?;
        return Ok(Some(bytes.extract()?));
    }
    Ok(None)
}

const BROKEN_TEXT: &str = "the text holds a lone surrogate, which UTF-8 cannot carry";

/// Writes a value of any type as JSON.
pub(crate) fn write_any(given: &Bound<'_, PyAny>, out: &mut Vec<u8>, depth: usize) -> Result<(), Fail> {
    write(given, out, depth, &Ty::Any)
}

/// Writes a value of the type that the table wants. The core checks it; only what JSON cannot tell is refused
/// here.
fn write(given: &Bound<'_, PyAny>, out: &mut Vec<u8>, depth: usize, ty: &Ty) -> Result<(), Fail> {
    if let Ok(text) = given.cast::<PyString>() {
        write_text(out, text.to_str().map_err(|_| Fail::new(BROKEN_TEXT))?);
        return Ok(());
    }
    if given.is_none() {
        out.extend_from_slice(b"null");
        return Ok(());
    }
    if let Ok(flag) = given.cast::<PyBool>() {
        out.extend_from_slice(if flag.is_true() { b"true" } else { b"false" });
        return Ok(());
    }
    if given.is_instance_of::<PyInt>() {
        return write_whole(given, out);
    }
    if let Ok(number) = given.cast::<PyFloat>() {
        out.extend_from_slice(float(number.value())?.to_string().as_bytes());
        return Ok(());
    }
    if depth == MAX_DEPTH {
        return Err(Fail::TooDeep);
    }
    if let Ok(dict) = given.cast::<PyDict>() {
        return write_dict(dict, out, depth, ty, false);
    }
    if given.is_instance_of::<PyList>() || given.is_instance_of::<PyTuple>() {
        return write_list(given, out, depth, ty);
    }
    if let Some(bytes) = bytes_of(given)? {
        return write_base64(bytes, given, ty, out);
    }
    write_unusual(given, out, depth, ty)
}

/// Writes a value of the types that a caller passes now and then.
fn write_unusual(given: &Bound<'_, PyAny>, out: &mut Vec<u8>, depth: usize, ty: &Ty) -> Result<(), Fail> {
    static ENUM: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static UUID: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = given.py();
    let mut text = |text: &Bound<'_, PyAny>| -> Result<(), Fail> {
        write_text(out, &text.extract::<String>()?);
        Ok(())
    };
    if given.is_instance_of::<PyDateTime>() {
        if given.call_method0("utcoffset")?.is_none() {
            return Err(Fail::new("the datetime has no zone; give it one, such as tzinfo=timezone.utc"));
        }
        return text(&given.call_method0("isoformat")?);
    }
    if given.is_instance_of::<PyDate>() {
        return text(&given.call_method0("isoformat")?);
    }
    if given.is_instance(ENUM.import(py, "enum", "Enum")?)? {
        return write(&given.getattr("value")?, out, depth + 1, ty);
    }
    if given.is_instance(DECIMAL.import(py, "decimal", "Decimal")?)? {
        return write_decimal(given, out);
    }
    if given.is_instance(UUID.import(py, "uuid", "UUID")?)? {
        return text(given.str()?.as_any());
    }
    if let Some(path) = path_text(given)? {
        write_text(out, &path);
        return Ok(());
    }
    if let Ok(mapping) = given.cast::<PyMapping>() {
        return write_mapping(mapping, out, depth, ty, false);
    }
    if given.is_instance_of::<PyType>() {
        return Err(unknown(given));
    }
    if given.hasattr("model_dump")? {
        let settings = PyDict::new(py);
        settings.set_item("by_alias", true)?;
        settings.set_item("exclude_none", true)?;
        return write(&given.call_method("model_dump", (), Some(&settings))?, out, depth + 1, ty);
    }
    if let Some(fields) = given.getattr_opt("__dataclass_fields__")? {
        out.push(b'{');
        for name in fields.try_iter()? {
            let name: String = name?.extract()?;
            write_entry(&name, &given.getattr(name.as_str())?, out, depth, ty, true)?;
        }
        out.push(b'}');
        return Ok(());
    }
    if given.hasattr("read")? && !ty.takes_bytes() {
        return write_base64(Vec::new(), given, ty, out);
    }
    if let Some(bytes) = read(given)? {
        return write_base64(bytes, given, ty, out);
    }
    if given.hasattr("__iter__")? {
        return write_list(given, out, depth, ty);
    }
    if given.hasattr("__index__")? {
        return write_whole(&given.call_method0("__index__")?, out);
    }
    if given.hasattr("__float__")? {
        out.extend_from_slice(float(given.extract()?)?.to_string().as_bytes());
        return Ok(());
    }
    Err(unknown(given))
}

fn write_dict(
    dict: &Bound<'_, PyDict>,
    out: &mut Vec<u8>,
    depth: usize,
    ty: &Ty,
    leave_out_none: bool,
) -> Result<(), Fail> {
    out.push(b'{');
    let size = dict.len();
    for (key, item) in dict {
        write_entry(name_of(&key)?, &item, out, depth, ty, leave_out_none)?;
        if dict.len() != size {
            return Err(Fail::new("the object was changed while it was read"));
        }
    }
    out.push(b'}');
    Ok(())
}

fn write_mapping(
    mapping: &Bound<'_, PyMapping>,
    out: &mut Vec<u8>,
    depth: usize,
    ty: &Ty,
    leave_out_none: bool,
) -> Result<(), Fail> {
    out.push(b'{');
    for item in mapping.items()? {
        let (key, item) = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        write_entry(name_of(&key)?, &item, out, depth, ty, leave_out_none)?;
    }
    out.push(b'}');
    Ok(())
}

fn name_of<'a>(key: &'a Bound<'_, PyAny>) -> Result<&'a str, Fail> {
    let Ok(name) = key.cast::<PyString>() else {
        return Err(Fail::new(format!("a key must be text, not {}", type_name(key))));
    };
    name.to_str().map_err(|_| Fail::new(BROKEN_TEXT))
}

/// Writes what stands before the value of an entry.
pub(crate) fn begin_entry(name: &str, out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    write_text(out, name);
    out.push(b':');
}

fn write_entry(
    name: &str,
    item: &Bound<'_, PyAny>,
    out: &mut Vec<u8>,
    depth: usize,
    ty: &Ty,
    leave_out_none: bool,
) -> Result<(), Fail> {
    if leave_out_none && item.is_none() {
        return Ok(());
    }
    begin_entry(name, out);
    write(item, out, depth + 1, ty.below(name)).map_err(|fail| fail.under(name))
}

fn write_list(given: &Bound<'_, PyAny>, out: &mut Vec<u8>, depth: usize, ty: &Ty) -> Result<(), Fail> {
    let ty = if let Ty::List(item) = ty { item } else { &Ty::Any };
    out.push(b'[');
    for (at, item) in given.try_iter()?.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(&item?, out, depth + 1, ty).map_err(|fail| fail.under(&format!("[{at}]")))?;
    }
    out.push(b']');
    Ok(())
}

fn write_whole(given: &Bound<'_, PyAny>, out: &mut Vec<u8>) -> Result<(), Fail> {
    if let Ok(number) = given.extract::<i64>() {
        write_display(out, number);
        return Ok(());
    }
    let number = given
        .extract::<u64>()
        .map_err(|_| Fail::new("expected a whole number of 64 bits, got a larger one"))?;
    write_display(out, number);
    Ok(())
}

fn float(number: f64) -> Result<Number, Fail> {
    Number::from_f64(number).ok_or_else(|| {
        Fail::new(format!("expected a finite number, got {}", number.to_string().to_lowercase()))
    })
}

/// Whole decimals become whole numbers; others must survive the way through a double.
fn write_decimal(given: &Bound<'_, PyAny>, out: &mut Vec<u8>) -> Result<(), Fail> {
    if !given.call_method0("is_finite")?.extract::<bool>()? {
        return Err(Fail::new(format!("expected a finite number, got {given}")));
    }
    if given.eq(given.call_method0("to_integral_value")?)? {
        return write_whole(&given.call_method0("__int__")?, out);
    }
    let number = float(given.extract()?)?.to_string();
    if !given.eq(given.get_type().call1((number.as_str(),))?)? {
        return Err(Fail::new(format!("{given} has too many digits")));
    }
    out.extend_from_slice(number.as_bytes());
    Ok(())
}

fn unknown(given: &Bound<'_, PyAny>) -> Fail {
    Fail::new(format!("{} cannot be sent as JSON", type_name(given)))
}

pub(crate) fn type_name(given: &Bound<'_, PyAny>) -> String {
    given.get_type().fully_qualified_name().map_or_else(|_| "this".to_owned(), |name| name.to_string())
}
