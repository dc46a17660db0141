//! Rows as lines of JSON: what a program has at hand, written down fast.
//!
//! A row is an argument like any other, save where a table knows more than a call: `None`, NaN and NaT are
//! empty cells, a time without a zone is a time all the same, and whole numbers that became floats on
//! the way, because some other cell of their column is empty, are whole again.

use brevo_core::arguments::MAX_DEPTH;
use brevo_core::json::write_text;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyDate, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTime, PyTuple, PyType,
};

use crate::convert::{self, Fail, type_name};

/// Whole numbers up to here are exact in a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Writes a row as an object.
pub(crate) fn write_row(row: &Bound<'_, PyAny>, out: &mut Vec<u8>) -> Result<(), Fail> {
    match row.cast::<PyDict>() {
        Ok(dict) => write_dict(dict, out, 1),
        Err(_) => match object(row)? {
            Some(dict) => write_dict(&dict, out, 1),
            None => Err(Fail::new(format!("a row must be an object, not {}", type_name(row)))),
        },
    }
}

/// The entries of what stands for an object.
fn object<'py>(given: &Bound<'py, PyAny>) -> Result<Option<Bound<'py, PyDict>>, Fail> {
    let py = given.py();
    if given.is_instance_of::<PyType>() {
        return Ok(None);
    }
    if given.hasattr("model_dump")? {
        let settings = PyDict::new(py);
        settings.set_item("by_alias", true)?;
        return Ok(given.call_method("model_dump", (), Some(&settings))?.cast_into().ok());
    }
    if let Some(fields) = given.getattr_opt("__dataclass_fields__")? {
        let dict = PyDict::new(py);
        for name in fields.try_iter()? {
            let name = name?.cast_into::<PyString>().map_err(PyErr::from)?;
            dict.set_item(&name, given.getattr(&name)?)?;
        }
        return Ok(Some(dict));
    }
    // Named tuples and rows of SQLAlchemy.
    if given.hasattr("_asdict")? {
        return Ok(given.call_method0("_asdict")?.cast_into().ok());
    }
    // Mappings, and what is read like one, such as rows of sqlite3.
    if given.cast::<PyMapping>().is_ok() || (given.hasattr("keys")? && given.hasattr("__getitem__")?) {
        return Ok(Some(py.get_type::<PyDict>().call1((given,))?.cast_into().map_err(PyErr::from)?));
    }
    Ok(None)
}

fn write_dict(dict: &Bound<'_, PyDict>, out: &mut Vec<u8>, depth: usize) -> Result<(), Fail> {
    out.push(b'{');
    for (key, value) in dict {
        let Ok(name) = key.cast::<PyString>() else {
            return Err(Fail::new(format!("a key must be text, not {}", type_name(&key))));
        };
        let name = name.to_cow()?;
        convert::begin_entry(&name, out);
        write(&value, out, depth).map_err(|fail| fail.under(&name))?;
    }
    out.push(b'}');
    Ok(())
}

fn write(value: &Bound<'_, PyAny>, out: &mut Vec<u8>, depth: usize) -> Result<(), Fail> {
    if let Ok(text) = value.cast::<PyString>() {
        match text.to_str() {
            Ok(text) => write_text(out, text),
            // Half a surrogate pair, from a text that was cut: the core rejects the row.
            Err(_) => {
                let escaped = value.py().import("json")?.call_method1("dumps", (text,))?;
                out.extend_from_slice(escaped.cast::<PyString>().map_err(PyErr::from)?.to_str()?.as_bytes());
            }
        }
    } else if value.is_none() {
        out.extend_from_slice(b"null");
    } else if let Ok(flag) = value.cast::<PyBool>() {
        out.extend_from_slice(if flag.is_true() { b"true" } else { b"false" });
    } else if value.is_exact_instance_of::<PyInt>() {
        match value.extract::<i64>() {
            Ok(number) => write_display(out, number),
            Err(_) => return other(value, out, depth),
        }
    } else if let Ok(number) = value.cast::<PyFloat>() {
        write_float(out, number.value());
    } else if depth == MAX_DEPTH {
        return Err(Fail::TooDeep);
    } else if let Ok(dict) = value.cast::<PyDict>() {
        return write_dict(dict, out, depth + 1);
    } else if let Ok(list) = value.cast::<PyList>() {
        return write_list(list.iter(), out, depth);
    } else if let Ok(tuple) = value.cast::<PyTuple>() {
        return write_list(tuple.iter(), out, depth);
    } else if value.is_instance_of::<PyDateTime>()
        || value.is_instance_of::<PyDate>()
        || value.is_instance_of::<PyTime>()
    {
        // pandas' NaT is a datetime, and the only one that does not equal itself.
        if value.eq(value)? {
            let text = value.call_method0("isoformat")?;
            write_text(out, text.cast::<PyString>().map_err(PyErr::from)?.to_str()?);
        } else {
            out.extend_from_slice(b"null");
        }
    } else {
        return other(value, out, depth);
    }
    Ok(())
}

fn write_list<'py>(
    items: impl Iterator<Item = Bound<'py, PyAny>>,
    out: &mut Vec<u8>,
    depth: usize,
) -> Result<(), Fail> {
    out.push(b'[');
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(&item, out, depth + 1).map_err(|fail| fail.under(&format!("[{at}]")))?;
    }
    out.push(b']');
    Ok(())
}

/// What comes up now and then, as arguments are written.
fn other(value: &Bound<'_, PyAny>, out: &mut Vec<u8>, depth: usize) -> Result<(), Fail> {
    // NaN of Decimal and of numpy's floats; pandas' NA is equal to nothing, not even to an answer.
    if value.hasattr("is_nan")? && value.call_method0("is_nan")?.is_truthy()? || is_missing(value)? {
        out.extend_from_slice(b"null");
        return Ok(());
    }
    convert::write_any(value, out, depth)
}

/// Whether a value is one that stands for none: pandas' NA, and numpy's NaN and NaT.
fn is_missing(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let kind = value.get_type();
    let module = kind.module()?;
    let module = module.to_cow()?;
    Ok(match &*module {
        "pandas._libs.missing" => kind.name()?.to_cow()? == "NAType",
        "numpy" => !value.eq(value)?,
        _ => false,
    })
}

/// A number in JSON, which has neither NaN nor infinities: they are empty cells.
pub(crate) fn write_float(out: &mut Vec<u8>, number: f64) {
    if !number.is_finite() {
        out.extend_from_slice(b"null");
    } else if number.fract() == 0.0 && number.abs() < EXACT {
        write_display(out, number as i64);
    } else {
        // Writing to memory does not fail.
        let _ = serde_json::to_writer(out, &number);
    }
}

/// A value as it is shown.
pub(crate) fn write_display(out: &mut Vec<u8>, value: impl std::fmt::Display) {
    use std::io::Write;
    let _ = write!(out, "{value}");
}
