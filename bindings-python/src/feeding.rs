//! Jobs that read rows out of Python. The job runs in the background, and says when it wants rows. They are
//! made in the thread, or the task, that called the job.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use brevo_core::jobs::{self, Feed, Input, Running, Said};
use brevo_core::{Error, Kind};
use pyo3::exceptions::{PyException, PyRuntimeError};
use pyo3::prelude::*;
use tokio::task::JoinHandle;

use crate::aio::LoopQueue;
use crate::bar::Teller;
use crate::call::{Call, Outcome, TICK};
use crate::convert::Fail;
use crate::source::Rows;

/// How long rows are gathered before they are handed on, and what came meanwhile is seen to.
const PATIENCE: Duration = Duration::from_millis(50);
/// The same in an event loop, where others wait.
const LOOP_PATIENCE: Duration = Duration::from_millis(5);

/// Runs a job to its end while this thread gives the rows. What the rows raise comes out as it is, when what
/// was on its way to Brevo has come to its end.
pub(crate) fn wait(
    py: Python<'_>,
    call: Call,
    teller: Option<&Teller>,
    mut rows: Rows,
    count: Option<u64>,
) -> PyResult<Outcome> {
    let operation = call.operation();
    let mut running =
        Running::begin(count, |input, report| async move { call.with_input(input).run(&*report).await });
    let mut raised = None;
    let outcome = loop {
        match py.detach(|| running.listen(TICK)) {
            Said::Wanted => match rows.next(py, PATIENCE) {
                Ok(piece) => running.give(piece),
                Err(fail) => {
                    let error = fail.under("source").into_py(py, &operation, "the rows");
                    // Whoever wants to leave need not wait.
                    if !error.is_instance_of::<PyException>(py) {
                        return Err(error);
                    }
                    running.break_off();
                    raised = Some(error);
                }
            },
            Said::Progress(progress) => {
                if let Some(teller) = teller {
                    teller.tell(py, &progress)?;
                }
            }
            Said::Done(outcome) => break outcome,
            Said::Nothing => {}
            Said::Gone => break Err(Error::new(Kind::Cancelled, "the call was given up")),
        }
        py.check_signals()?;
    };
    match raised {
        Some(error) => Err(noted(py, error, outcome)),
        None => Ok(outcome),
    }
}

fn input(fed: jobs::Fed, count: Option<u64>) -> Input {
    let input = Input::new(fed);
    match count {
        Some(count) => input.with_rows(count),
        None => input,
    }
}

/// What the rows raised, with a note of what had been done by then.
fn noted(py: Python<'_>, error: PyErr, outcome: Outcome) -> PyErr {
    if let Err(why) = outcome {
        // From Python 3.11 on.
        let _ = error.value(py).call_method1("add_note", (why.to_string(),));
    }
    error
}

/// A job under way in the background that wants rows. It stands in the place of the future that waits for
/// the job: each time rows are wanted, the future at hand gets this object instead of a result.
#[pyclass(module = "brevo_native", frozen)]
pub(crate) struct Feeding {
    operation: String,
    inside: Mutex<Inside>,
}

struct Inside {
    /// Away while they are asked.
    rows: Option<Rows>,
    feed: Option<Feed>,
    work: Option<JoinHandle<()>>,
    /// Who waits for the next word.
    future: Py<PyAny>,
    /// What was said while nobody waited.
    word: Option<Word>,
}

enum Word {
    Wanted,
    Value(Py<PyAny>),
    Error(Py<PyAny>),
}

impl Feeding {
    /// Begins the job; `future` gets the first word of it.
    pub(crate) fn start(
        py: Python<'_>,
        call: Call,
        rows: Rows,
        count: Option<u64>,
        queue: &LoopQueue,
        future: Py<PyAny>,
    ) -> PyResult<Py<Self>> {
        let inside = Inside { rows: Some(rows), feed: None, work: None, future, word: None };
        let feeding = Py::new(py, Feeding { operation: call.operation(), inside: Mutex::new(inside) })?;
        let (feed, fed) = jobs::feed(queue.asker(feeding.clone_ref(py)));
        // Before the job, which may ask at once.
        feeding.get().inside().feed = Some(feed);
        let work = call.with_input(input(fed, count)).begin(queue, feeding.clone_ref(py).into_any());
        feeding.get().inside().work = Some(work);
        Ok(feeding)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rows are wanted.
    pub(crate) fn want(slf: &Bound<'_, Self>) -> PyResult<()> {
        Self::say(slf, Word::Wanted)
    }

    /// Says a word to who waits; it is kept where nobody does.
    fn say(slf: &Bound<'_, Self>, word: Word) -> PyResult<()> {
        let py = slf.py();
        let future = slf.get().inside().future.clone_ref(py).into_bound(py);
        if future.call_method0("done")?.is_truthy()? {
            slf.get().inside().word = Some(word);
            return Ok(());
        }
        match word {
            Word::Wanted => future.call_method1("set_result", (slf,)),
            Word::Value(value) => future.call_method1("set_result", (value,)),
            Word::Error(error) => future.call_method1("set_exception", (error,)),
        }
        .map(drop)
    }

    /// Asks the rows for more. They run the program's own code, so nothing is locked meanwhile.
    fn ask<T>(&self, py: Python<'_>, ask: impl FnOnce(&mut Rows) -> Result<T, Fail>) -> PyResult<T> {
        let Some(mut rows) = self.inside().rows.take() else {
            return Err(PyRuntimeError::new_err("the rows are asked for more while they are being made"));
        };
        let got = ask(&mut rows);
        self.inside().rows = Some(rows);
        got.map_err(|fail| fail.under("source").into_py(py, &self.operation, "the rows"))
    }

    fn pass_on(&self, piece: Vec<u8>) {
        if let Some(feed) = &self.inside().feed {
            feed.give(piece);
        }
    }
}

#[pymethods]
impl Feeding {
    /// Ends the job.
    fn abort(&self) {
        let inside = self.inside();
        if let Some(work) = &inside.work {
            work.abort();
        }
    }

    /// There are no more rows, and the source is not at its end: the job fails when all that is on its way
    /// has come to its end.
    fn break_off(&self) {
        let feed = self.inside().feed.take();
        drop(feed);
    }

    // What a future has.

    fn done(&self) -> bool {
        false
    }

    fn set_result(slf: &Bound<'_, Self>, value: Py<PyAny>) -> PyResult<()> {
        Self::say(slf, Word::Value(value))
    }

    fn set_exception(slf: &Bound<'_, Self>, error: Py<PyAny>) -> PyResult<()> {
        Self::say(slf, Word::Error(error))
    }

    /// Whether a word was said while nobody waited.
    #[getter]
    fn has_word(&self) -> bool {
        self.inside().word.is_some()
    }

    /// That word: the result, or this object again where rows are wanted; raises where the job failed.
    fn word(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        match slf.get().inside().word.take() {
            Some(Word::Value(value)) => Ok(value),
            Some(Word::Error(error)) => Err(PyErr::from_value(error.into_bound(slf.py()))),
            Some(Word::Wanted) | None => Ok(slf.clone().into_any().unbind()),
        }
    }

    /// Has the next word said to another future.
    fn wait_in(&self, future: Py<PyAny>) {
        self.inside().future = future;
    }

    /// The asynchronous iterator that gives the rows; `None` where `give` does.
    #[getter]
    fn rows<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.inside().rows.as_ref().and_then(|rows| rows.later(py).cloned())
    }

    /// Gives the next rows of an iterator.
    fn give(&self, py: Python<'_>) -> PyResult<()> {
        let piece = self.ask(py, |rows| rows.next(py, LOOP_PATIENCE))?;
        self.pass_on(piece);
        Ok(())
    }

    /// Takes a row. True: hand on what is there.
    fn add(&self, py: Python<'_>, row: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.ask(py, |rows| rows.add(row, LOOP_PATIENCE))
    }

    /// Gives the rows that were added; none at the end.
    fn hand_on(&self, py: Python<'_>) -> PyResult<()> {
        let piece = self.ask(py, |rows| Ok(rows.take()))?;
        self.pass_on(piece);
        Ok(())
    }
}
