//! Who is told of a job's progress: a function of the caller's, or the one who reads the error output.

use std::sync::{Arc, Mutex, PoisonError};

use brevo_core::jobs::{self, Bar};
use pyo3::prelude::*;

use crate::reply::Progress;

/// What `progress=` stands for.
pub(crate) enum Teller {
    Function(Py<PyAny>),
    /// `True`: a bar on a terminal, else a line now and then.
    Bar(Mutex<Bar>),
    /// That of several calls, which are one job: each of them tells, and does not finish it.
    Shared(Arc<Teller>),
}

impl Teller {
    pub(crate) fn of(py: Python<'_>, given: Option<Bound<'_, PyAny>>) -> PyResult<Option<Self>> {
        let Some(given) = given else { return Ok(None) };
        match given.extract::<bool>() {
            Ok(false) => Ok(None),
            Ok(true) => Ok(Some(Teller::Bar(Mutex::new(Bar::new(width(py)?))))),
            Err(_) => Ok(Some(Teller::Function(given.unbind()))),
        }
    }

    pub(crate) fn tell(&self, py: Python<'_>, progress: &jobs::Progress) -> PyResult<()> {
        match self {
            Teller::Function(function) => function.call1(py, (Progress::from(progress),)).map(drop),
            Teller::Bar(bar) => {
                let text = bar.lock().unwrap_or_else(PoisonError::into_inner).tell(progress);
                text.map_or(Ok(()), |text| write(py, &text))
            }
            Teller::Shared(teller) => teller.tell(py, progress),
        }
    }

    /// The job is over.
    pub(crate) fn finish(&self, py: Python<'_>) -> PyResult<()> {
        let Teller::Bar(bar) = self else { return Ok(()) };
        let text = bar.lock().unwrap_or_else(PoisonError::into_inner).finish();
        text.map_or(Ok(()), |text| write(py, &text))
    }
}

/// Tells progress out of work that is driven without the GIL. What the function raises ends the work.
pub(crate) struct Telling<'a> {
    teller: Option<&'a Teller>,
    raised: Mutex<Option<PyErr>>,
}

impl<'a> Telling<'a> {
    pub(crate) fn new(teller: Option<&'a Teller>) -> Self {
        Telling { teller, raised: Mutex::default() }
    }

    pub(crate) fn report(&self, progress: &jobs::Progress) {
        let Some(teller) = self.teller else { return };
        Python::attach(|py| {
            if let Err(error) = teller.tell(py, progress) {
                *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
        });
    }

    /// What was raised.
    pub(crate) fn raised(&self) -> Option<PyErr> {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What was raised, also by a signal handler.
    pub(crate) fn tick(&self) -> Option<PyErr> {
        self.raised().or_else(|| Python::attach(|py| py.check_signals().err()))
    }
}

/// Columns of the terminal that the error output is; `None` where it is none, such as in a notebook.
fn width(py: Python<'_>) -> PyResult<Option<usize>> {
    let output = py.import("sys")?.getattr("stderr")?;
    if output.is_none() || !output.call_method0("isatty")?.is_truthy()? {
        return Ok(None);
    }
    let size = py.import("shutil")?.call_method0("get_terminal_size")?;
    size.getattr("columns")?.extract().map(Some)
}

/// Programs without a console have no error output.
fn write(py: Python<'_>, text: &str) -> PyResult<()> {
    let output = py.import("sys")?.getattr("stderr")?;
    if !output.is_none() {
        output.call_method1("write", (text,))?;
        output.call_method0("flush")?;
    }
    Ok(())
}
