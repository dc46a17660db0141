//! Replies as Python values.

use std::marker::PhantomData;

use brevo_core::arguments::MAX_DEPTH;
use brevo_core::schema::Ty;
use brevo_core::{Error, Reply};
use jiter::{Jiter, JiterError, NumberAny, Peek};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyList, PyString, PyType};

use crate::errors;

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
    match json(py, &reply) {
        Ok(value) => Ok(value),
        Err(Unreadable::Raised(error)) => Err(error),
        Err(Unreadable::Broken(_)) if matches!(promised, Ty::Nothing) => Ok(py.None().into_bound(py)),
        // The core says why in the same words in every language.
        Err(Unreadable::Broken(why)) => {
            let error = reply.check_json().err().unwrap_or_else(|| Error::decode(reply, why));
            Err(errors::raise_in(py, error, &operation()))
        }
    }
}

enum Unreadable {
    Broken(String),
    Raised(PyErr),
}

impl From<JiterError> for Unreadable {
    fn from(error: JiterError) -> Self {
        Unreadable::Broken(format!("the reply is not JSON: {error}"))
    }
}

impl From<PyErr> for Unreadable {
    fn from(error: PyErr) -> Self {
        Unreadable::Raised(error)
    }
}

fn json<'py>(py: Python<'py>, reply: &Reply) -> Result<Bound<'py, PyAny>, Unreadable> {
    static OBJECT: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    if reply.is_empty() {
        return Ok(py.None().into_bound(py));
    }
    let text = reply.text();
    let mut reader = Reader {
        json: Jiter::new(text.as_bytes()),
        object: OBJECT.import(py, "brevo_native.objects", "Object")?,
    };
    let _rest = CollectorAtRest::new(py);
    let peek = reader.json.peek()?;
    let value = reader.value(peek, 0)?;
    reader.json.finish()?;
    Ok(value)
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

/// Builds values in one pass, every JSON object as an `Object` of ours.
struct Reader<'j, 'py> {
    json: Jiter<'j>,
    object: &'j Bound<'py, PyType>,
}

impl<'py> Reader<'_, 'py> {
    fn value(&mut self, peek: Peek, depth: usize) -> Result<Bound<'py, PyAny>, Unreadable> {
        let py = self.object.py();
        if depth == MAX_DEPTH && matches!(peek, Peek::Array | Peek::Object) {
            let why = format!("the reply is nested more than {MAX_DEPTH} levels deep");
            return Err(Unreadable::Broken(why));
        }
        Ok(match peek {
            Peek::String => PyString::new(py, self.json.known_str()?).into_any(),
            Peek::Null => {
                self.json.known_null()?;
                py.None().into_bound(py)
            }
            Peek::True | Peek::False => PyBool::new(py, self.json.known_bool(peek)?).to_owned().into_any(),
            Peek::Array => {
                let list = PyList::empty(py);
                let mut next = self.json.known_array()?;
                while let Some(peek) = next {
                    list.append(self.value(peek, depth + 1)?)?;
                    next = self.json.array_step()?;
                }
                list.into_any()
            }
            Peek::Object => {
                let object = self.object.call0()?;
                let dict = object.cast::<PyDict>().map_err(PyErr::from)?;
                let mut key = self.json.known_object()?.map(|key| jiter::cached_py_string(py, key));
                while let Some(name) = key {
                    let peek = self.json.peek()?;
                    dict.set_item(name, self.value(peek, depth + 1)?)?;
                    key = self.json.next_key()?.map(|key| jiter::cached_py_string(py, key));
                }
                object
            }
            _ => match self.json.known_number(peek)? {
                NumberAny::Float(number) if !number.is_finite() => {
                    return Err(Unreadable::Broken("the reply is not JSON: number out of range".to_owned()));
                }
                number => number.into_pyobject(py)?,
            },
        })
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
