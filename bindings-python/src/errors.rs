//! The core's errors as Python exceptions. The classes stand in `errors.py`, one per kind.

use brevo_core::Error;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict};

/// The exception for an error.
pub(crate) fn raise(py: Python<'_>, error: Error) -> PyErr {
    raise_in(py, error, "")
}

/// The exception for an error of a named operation.
pub(crate) fn raise_in(py: Python<'_>, error: Error, operation: &str) -> PyErr {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if let Some(raised) = own(py, &error) {
        // From Python 3.11 on; the exception itself says the most.
        let _ = raised.value(py).call_method1("add_note", (error.to_string(),));
        return raised;
    }
    let make = || {
        let attributes = PyDict::new(py);
        let named = error.operation().is_some() || operation.is_empty();
        let operation = error.operation().or((!operation.is_empty()).then_some(operation));
        let headers = PyDict::new(py);
        for (name, value) in error.reply().into_iter().flat_map(|reply| reply.headers.iter()) {
            headers.set_item(name, value)?;
        }
        attributes.set_item("kind", error.kind().as_str())?;
        attributes.set_item("number", error.kind().number())?;
        attributes.set_item("message", error.message())?;
        attributes.set_item("operation", operation)?;
        attributes.set_item("parameter", error.parameter())?;
        attributes.set_item("status", error.status())?;
        attributes.set_item("code", error.code())?;
        attributes.set_item("body", PyBytes::new(py, error.body()))?;
        attributes.set_item("headers", headers)?;
        attributes.set_item("duplicate_identifiers", error.duplicate_identifiers())?;
        attributes.set_item("retry_after", error.retry_after().map(|wait| wait.as_secs_f64()))?;
        attributes.set_item("attempts", error.attempts())?;
        attributes.set_item("advice", error.advice())?;
        let text = match operation {
            Some(operation) if !named => format!("{operation}: {error}"),
            _ => error.to_string(),
        };
        let make = MAKE
            .get_or_try_init(py, || py.import("brevo_native.errors")?.getattr("make").map(Bound::unbind))?;
        make.bind(py).call1((text, attributes))
    };
    match make() {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}

/// What the program's own code raised while the core called it.
fn own(py: Python<'_>, error: &Error) -> Option<PyErr> {
    let mut source = std::error::Error::source(error);
    while let Some(next) = source {
        if let Some(raised) = next.downcast_ref::<PyErr>() {
            return Some(raised.clone_ref(py));
        }
        source = next.source();
    }
    None
}
