//! Who is told of a job's progress: a function of the caller's, or the one who reads the error output.

use std::sync::{Mutex, PoisonError};

use brevo_core::jobs::{self, Bar};
use pyo3::prelude::*;

use crate::reply::Progress;

/// What `progress=` stands for.
pub(crate) enum Teller {
    Function(Py<PyAny>),
    /// `True`: a bar on a terminal, else a line now and then.
    Bar(Mutex<Bar>),
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
        }
    }

    /// The job is over.
    pub(crate) fn finish(&self, py: Python<'_>) -> PyResult<()> {
        let Teller::Bar(bar) = self else { return Ok(()) };
        let text = bar.lock().unwrap_or_else(PoisonError::into_inner).finish();
        text.map_or(Ok(()), |text| write(py, &text))
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
