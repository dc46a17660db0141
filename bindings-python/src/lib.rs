//! The Python binding. It turns keywords into the core's JSON arguments, waits in the manner of
//! threads or of an event loop, and turns replies and errors into Python's. Everything about the
//! API itself is the core's.

use pyo3::prelude::*;

mod aio;
mod call;
mod client;
mod convert;
mod describe;
mod errors;
mod reply;

/// The native half of `brevo_native`.
#[pymodule(gil_used = false)]
mod _brevo_native {
    use std::collections::BTreeMap;

    use brevo_core::Kind;
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::aio::LoopQueue;
    #[pymodule_export]
    use crate::client::{AsyncBrevo, Brevo, Method, Resource};
    #[pymodule_export]
    use crate::reply::{Progress, RateLimit, RawReply};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", brevo_core::VERSION)?;
        crate::client::add_resources(module.py())
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

    /// A model of the table by its name.
    #[pyfunction]
    #[allow(clippy::type_complexity)]
    fn _model(name: &str) -> Option<(String, Vec<(&'static str, &'static str, String)>)> {
        crate::describe::model(name)
    }

    /// Names of all models.
    #[pyfunction]
    fn _models() -> Vec<&'static str> {
        crate::describe::models().into_keys().collect()
    }

    /// Names of all kinds of errors.
    #[pyfunction]
    fn _kinds() -> Vec<&'static str> {
        Kind::ALL.iter().map(|kind| kind.as_str()).collect()
    }
}
