//! Rows in Arrow's form, for pandas, polars, pyarrow, duckdb and whatever else reads it without copying: the
//! core's batches, handed over by the Arrow C stream interface.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, SchemaRef};
use brevo_core::jobs::arrow::{Batches, Unfit};
use brevo_core::jobs::{Job, Progress};
use brevo_core::schema::Spec;
use brevo_core::{Arguments, CallOptions, Error, Kind, runtime};
use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};
use serde_json::{Map, Value};

use crate::bar::{Teller, Telling};
use crate::call::TICK;
use crate::client::Method;
use crate::errors;

/// Rows in Arrow's form, as `.arrow(...)` gives them. They are read when a library asks for them, anew
/// each time.
#[pyclass(module = "brevo_native", frozen)]
pub(crate) struct Table {
    method: Method,
    plan: Plan,
    teller: Option<Arc<Teller>>,
    /// Of the last reading.
    outcome: Mutex<Option<Arc<Outcome>>>,
}

/// What is read.
#[derive(Clone)]
pub(crate) enum Plan {
    Job(&'static Job, Map<String, Value>),
    Listing(&'static Spec, Arguments, CallOptions),
}

/// What is known about a reading beside its rows.
struct Outcome {
    unfit: Unfit,
    error: Mutex<Option<Py<PyAny>>>,
}

impl Outcome {
    fn error(&self) -> MutexGuard<'_, Option<Py<PyAny>>> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    pub(crate) fn new(
        py: Python<'_>,
        method: Method,
        plan: Plan,
        teller: Option<Arc<Teller>>,
    ) -> PyResult<Self> {
        let table = Table { method, plan, teller, outcome: Mutex::default() };
        // What cannot be is refused at once.
        table.batches(py)?;
        Ok(table)
    }

    fn batches(&self, py: Python<'_>) -> PyResult<Batches> {
        let client = self.method.client.client(py)?;
        let batches = match self.plan.clone() {
            Plan::Job(job, arguments) => Batches::of_job(&client, job, arguments),
            Plan::Listing(spec, arguments, options) => Batches::of_listing(&client, spec, arguments, options),
        };
        batches.map_err(|error| errors::raise(py, error))
    }

    /// Begins to read; comes back when the columns are known.
    fn begin(&self, py: Python<'_>) -> PyResult<Reader> {
        let mut batches = self.batches(py)?;
        let telling = Telling::new(self.teller.as_deref());
        let report = |progress: &Progress| telling.report(progress);
        let schema = wait(py, batches.schema_with(&report), &telling)?;
        let outcome = Arc::new(Outcome { unfit: batches.unfit().clone(), error: Mutex::default() });
        *self.outcome() = Some(outcome.clone());
        Ok(Reader { batches, schema, teller: self.teller.clone(), outcome })
    }

    fn outcome(&self) -> MutexGuard<'_, Option<Arc<Outcome>>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Table {
    /// Begins to read, and hands the rows over as an Arrow C stream. The account's columns are asked for
    /// at once, each page when the one who has the stream asks for it.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // Types are as they are; the interface leaves it to the producer.
        drop(requested_schema);
        let stream = FFI_ArrowArrayStream::new(Box::new(self.begin(py)?));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    /// The columns, as an Arrow C schema.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.begin(py)?.schema.as_ref());
        let schema = schema.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    /// How many values of the last reading did not fit the type of their column, by its name. They are
    /// null in the rows.
    #[getter]
    fn unfit<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let found = PyDict::new(py);
        let outcome = self.outcome();
        for (name, count) in outcome.iter().flat_map(|outcome| outcome.unfit.counts()) {
            found.set_item(name, count)?;
        }
        Ok(found)
    }

    /// The exception that ended the last reading before its end, where there is one. The library that
    /// read says no more than its text.
    #[getter]
    fn error(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.outcome().as_ref()?.error().as_ref().map(|error| error.clone_ref(py))
    }

    fn __repr__(&self) -> String {
        format!("<Table of {}>", self.method.target.id())
    }
}

/// Waits without the GIL. Signal handlers run meanwhile.
fn wait<T: Send>(
    py: Python<'_>,
    work: impl Future<Output = brevo_core::Result<T>> + Send,
    telling: &Telling<'_>,
) -> PyResult<T> {
    if tokio::runtime::Handle::try_current().is_ok() {
        let why = "rows cannot be read from within the progress callback of a job";
        return Err(errors::raise(py, Error::new(Kind::Configuration, why)));
    }
    let done = py.detach(|| runtime::block_on(work, TICK, || telling.tick()))?;
    telling.raised().map_or(Ok(()), Err)?;
    done.map_err(|error| errors::raise(py, error))
}

/// The batches of one reading, a page each. Asked from whichever thread, with the GIL or without.
struct Reader {
    batches: Batches,
    schema: SchemaRef,
    teller: Option<Arc<Teller>>,
    outcome: Arc<Outcome>,
}

impl RecordBatchReader for Reader {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

impl Iterator for Reader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        // Called from C, where no panic may arrive.
        let batch = catch_unwind(AssertUnwindSafe(|| self.batch()))
            .unwrap_or_else(|_| Err("a bug in brevo_native: reading a page panicked".to_owned()));
        match batch {
            Ok(batch) => batch.map(Ok),
            Err(why) => {
                self.batches.close();
                Some(Err(ArrowError::ExternalError(why.into())))
            }
        }
    }
}

impl Reader {
    /// The next page, and `None` behind the last. An error is told by its text.
    fn batch(&mut self) -> Result<Option<RecordBatch>, String> {
        let batch = Python::try_attach(|py| {
            let telling = Telling::new(self.teller.as_deref());
            let report = |progress: &Progress| telling.report(progress);
            wait(py, self.batches.next_with(&report), &telling).map_err(|error| {
                let text = error.value(py).to_string();
                let is_interrupt = error.is_instance_of::<PyKeyboardInterrupt>(py);
                *self.outcome.error() = Some(error.into_value(py).into_any());
                if is_interrupt {
                    // The library makes an error of its own of this one; the program is told once more.
                    // SAFETY: attached to the interpreter; it only marks the signal as come.
                    unsafe { ffi::PyErr_SetInterrupt() };
                }
                text
            })
        });
        batch.unwrap_or_else(|| Err("the interpreter has ended".to_owned()))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(teller) = &self.teller {
            Python::try_attach(|py| teller.finish(py));
        }
    }
}
