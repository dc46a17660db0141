//! The logger `brevo_native`: at level DEBUG, one line for every call that has ended. It names the
//! operation and what came of it, and never an argument, a header or a key.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::call::Outcome;

/// Logs how a call ended. Costs nothing as long as the program does not use `logging`.
pub(crate) fn ended(py: Python<'_>, operation: impl Fn() -> String, outcome: &Outcome) -> PyResult<()> {
    static LOGGER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static MODULES: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    const DEBUG: u8 = 10;
    if LOGGER.get(py).is_none() {
        let modules =
            MODULES.get_or_try_init(py, || py.import("sys")?.getattr("modules").map(Bound::unbind))?;
        if !modules.bind(py).contains(intern!(py, "logging"))? {
            return Ok(());
        }
    }
    let logger = LOGGER.get_or_try_init(py, || {
        py.import("logging")?.call_method1("getLogger", ("brevo_native",)).map(Bound::unbind)
    })?;
    let logger = logger.bind(py);
    if !logger.call_method1(intern!(py, "isEnabledFor"), (DEBUG,))?.extract::<bool>()? {
        return Ok(());
    }
    let (status, attempts) = match outcome {
        Ok(reply) => (Some(reply.status), reply.attempts),
        Err(error) => (error.status(), error.attempts()),
    };
    let kind = outcome.as_ref().err().map_or("success", |error| error.kind().as_str());
    logger.call_method1("debug", ("%s: %s, status %s, attempts %s", operation(), kind, status, attempts))?;
    Ok(())
}
