//! Replies as Python values.

use std::marker::PhantomData;

use brevo_core::schema::Ty;
use brevo_core::{Error, Reply};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::errors;
use crate::values;

/// What a call gives: `None` for an empty body, bytes where the operation promises bytes, and else
/// the decoded JSON.
pub(crate) fn output<'py>(
    py: Python<'py>,
    promised: &Ty,
    reply: Reply,
    operation: impl FnOnce() -> String,
) -> PyResult<Bound<'py, PyAny>> {
    if matches!(promised, Ty::Bytes) {
        return Ok(PyBytes::new(py, &reply.body).into_any());
    }
    match json(py, &reply)? {
        Some(value) => Ok(value),
        None if matches!(promised, Ty::Nothing) => Ok(py.None().into_bound(py)),
        // The core says why in the same words in every language.
        None => {
            let error =
                reply.check_json().err().unwrap_or_else(|| Error::decode(reply, "the reply is not JSON"));
            Err(errors::raise_in(py, error, &operation()))
        }
    }
}

/// The decoded JSON of a body; `None` where it is none.
fn json<'py>(py: Python<'py>, reply: &Reply) -> PyResult<Option<Bound<'py, PyAny>>> {
    if reply.is_empty() {
        return Ok(Some(py.None().into_bound(py)));
    }
    let _rest = CollectorAtRest::new(py);
    values::value(py, &reply.text())
}

/// Python's collector of cycles at rest: there are none among the values of a reply, and it would look for
/// them again and again while a large one is built.
struct CollectorAtRest<'py> {
    /// Whether it was at work before. No other thread can tell while this one holds the GIL.
    was_on: bool,
    py: PhantomData<Python<'py>>,
}

impl<'py> CollectorAtRest<'py> {
    fn new(_: Python<'py>) -> Self {
        // SAFETY: the GIL is held; the function only sets a flag.
        CollectorAtRest { was_on: unsafe { pyo3::ffi::PyGC_Disable() } == 1, py: PhantomData }
    }
}

impl Drop for CollectorAtRest<'_> {
    fn drop(&mut self) {
        if self.was_on {
            // SAFETY: as above; `py` says that the GIL is still held.
            unsafe { pyo3::ffi::PyGC_Enable() };
        }
    }
}

/// Answer of a call with its status and headers, as `.raw(...)` gives it.
#[pyclass(name = "Reply", module = "brevo_native", frozen)]
pub(crate) struct RawReply {
    pub(crate) reply: Reply,
    pub(crate) operation: String,
}

#[pymethods]
impl RawReply {
    /// HTTP status.
    #[getter]
    fn status(&self) -> u16 {
        self.reply.status
    }

    /// Headers, names in lower case. Several of one name are joined by commas.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let headers = PyDict::new(py);
        for (name, value) in self.reply.headers.iter() {
            match headers.get_item(name)? {
                Some(first) => headers.set_item(name, format!("{first}, {value}"))?,
                None => headers.set_item(name, value)?,
            }
        }
        Ok(headers)
    }

    /// Body as it came, decompressed.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.reply.body)
    }

    /// How many times the request was sent for this answer.
    #[getter]
    fn attempts(&self) -> u32 {
        self.reply.attempts
    }

    /// What the reply says about the account's rate limit, if it does.
    #[getter]
    fn rate_limit(&self) -> Option<RateLimit> {
        self.reply.rate_limit().map(|limit| RateLimit {
            limit: limit.limit,
            remaining: limit.remaining,
            reset: limit.reset.map(|wait| wait.as_secs_f64()),
        })
    }

    /// The body as Python values; `None` where it is empty.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        output(py, &Ty::Any, self.reply.clone(), || self.operation.clone())
    }

    fn __repr__(&self) -> String {
        format!("<Reply {} of {}, {} bytes>", self.reply.status, self.operation, self.reply.body.len())
    }
}

/// An account's rate limit, as told by the headers of a reply.
#[pyclass(module = "brevo_native", frozen, get_all)]
pub(crate) struct RateLimit {
    /// Calls allowed in the window.
    limit: Option<u64>,
    /// Calls left in the window.
    remaining: Option<u64>,
    /// Seconds until the window starts anew.
    reset: Option<f64>,
}

#[pymethods]
impl RateLimit {
    fn __repr__(&self) -> String {
        let text = |number: Option<String>| number.unwrap_or_else(|| "None".to_owned());
        format!(
            "RateLimit(limit={}, remaining={}, reset={})",
            text(self.limit.map(|n| n.to_string())),
            text(self.remaining.map(|n| n.to_string())),
            text(self.reset.map(|n| n.to_string())),
        )
    }
}

/// How far a job has come.
#[pyclass(module = "brevo_native", frozen, get_all)]
pub(crate) struct Progress {
    /// What is being done, in one word.
    stage: &'static str,
    /// Units done.
    done: u64,
    /// All units, where known.
    total: Option<u64>,
    /// Bytes of the source read, where there is one.
    bytes: Option<u64>,
    /// All bytes of the source.
    total_bytes: Option<u64>,
    /// Units done in a second.
    rate: Option<f64>,
    /// Seconds that the rest takes.
    remaining: Option<f64>,
}

impl From<&brevo_core::jobs::Progress> for Progress {
    fn from(progress: &brevo_core::jobs::Progress) -> Self {
        let brevo_core::jobs::Progress { stage, done, total, bytes, total_bytes, rate, remaining } =
            *progress;
        Progress { stage, done, total, bytes, total_bytes, rate, remaining }
    }
}

#[pymethods]
impl Progress {
    fn __repr__(&self) -> String {
        let total = self.total.map_or_else(|| "None".to_owned(), |total| total.to_string());
        format!("Progress(stage='{}', done={}, total={total})", self.stage, self.done)
    }
}
