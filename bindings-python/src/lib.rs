//! The Python binding. It turns keywords into the core's JSON arguments, waits in the manner of
//! threads or of an event loop, and turns replies and errors into Python's. Everything about the
//! API itself is the core's.

use pyo3::prelude::*;

mod aio;
mod arrow_in;
mod arrow_out;
mod bar;
mod call;
mod client;
mod convert;
mod describe;
mod errors;
mod feeding;
mod log;
mod reply;
mod rows;
mod source;
mod values;

/// The native half of `brevo_native`.
#[pymodule(gil_used = false)]
mod _brevo_native {
    use std::collections::BTreeMap;

    use brevo_core::Kind;
    use pyo3::exceptions::PyImportError;
    use pyo3::ffi;
    use pyo3::prelude::*;

    use crate::describe::Described;

    #[pymodule_export]
    use crate::aio::LoopQueue;
    #[pymodule_export]
    use crate::arrow_out::Table;
    #[pymodule_export]
    use crate::client::{AsyncBrevo, Brevo, Method, Resource};
    #[pymodule_export]
    use crate::feeding::Feeding;
    #[pymodule_export]
    use crate::reply::{Progress, RateLimit, RawReply};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        refuse_subinterpreters()?;
        module.setattr("__version__", brevo_core::VERSION)?;
        // What is public is said by the package.
        module.delattr("__all__")?;
        crate::client::add_resources(module.py())
    }

    /// Classes and caches are shared by the whole process, and must not be by interpreters, which CPython
    /// sees to by itself from 3.12 on only.
    fn refuse_subinterpreters() -> PyResult<()> {
        // SAFETY: the caller is attached to an interpreter, and both only read its state.
        let number = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) };
        if number == 0 {
            return Ok(());
        }
        Err(PyImportError::new_err(
            "brevo_native does not support loading in subinterpreters; use it in the main one \
             (mod_wsgi: WSGIApplicationGroup %{GLOBAL})",
        ))
    }

    /// Keys on the wire for every name of a field.
    #[pyfunction]
    fn _field_names(py: Python<'_>) -> PyResult<BTreeMap<&'static str, Bound<'_, pyo3::types::PyTuple>>> {
        let names = crate::describe::field_names().into_iter();
        names.map(|(name, wires)| Ok((name, pyo3::types::PyTuple::new(py, wires)?))).collect()
    }

    /// A key of the wire in snake_case.
    #[pyfunction]
    fn _snake_name(key: &str) -> String {
        crate::describe::snake(key)
    }

    /// A named type of the table.
    #[pyfunction]
    fn _type(name: &str) -> Option<Described> {
        crate::describe::describe(name)
    }

    /// Names of all named types.
    #[pyfunction]
    fn _types() -> Vec<&'static str> {
        crate::describe::types().into_keys().collect()
    }

    /// Names of all kinds of errors.
    #[pyfunction]
    fn _kinds() -> Vec<&'static str> {
        Kind::ALL.iter().map(|kind| kind.as_str()).collect()
    }
}
