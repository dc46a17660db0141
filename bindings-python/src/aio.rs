//! The way back to an event loop. Calls end on the core's background thread, which never waits for
//! Python: it leaves the outcome in the loop's queue and, if the queue was empty, wakes the loop by
//! one byte through a socket. The loop then takes all that has come, in its own thread.

#[cfg(unix)]
use std::io::{Read, Write};
#[cfg(unix)]
use std::os::fd::AsRawFd;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::{Arc, OnceLock};

use brevo_core::runtime::{Bell, Mailbox};
use brevo_core::{Error, Kind, jobs};
use pyo3::intern;
use pyo3::prelude::*;
use tokio::task::JoinHandle;

use crate::bar::Teller;
use crate::call::{Give, Outcome};
use crate::feeding::Feeding;

/// What has come for one event loop and is not yet taken.
#[pyclass(module = "brevo_native", frozen)]
pub(crate) struct LoopQueue(Arc<Queue>);

type Queue = Mailbox<Event, Waker>;

struct Waker {
    /// Written by the background, read by the loop.
    #[cfg(unix)]
    sockets: (UnixStream, UnixStream),
    /// For loops that cannot watch a socket: a function that wakes them from another thread.
    function: OnceLock<Py<PyAny>>,
}

enum Event {
    Done {
        future: Arc<Py<PyAny>>,
        give: Give,
        outcome: Outcome,
    },
    Progress {
        future: Arc<Py<PyAny>>,
        teller: Arc<Teller>,
        progress: jobs::Progress,
    },
    /// Nothing more is told.
    Told {
        teller: Arc<Teller>,
    },
    /// A job wants rows.
    Wanted {
        feeding: Arc<Py<Feeding>>,
    },
}

#[pymethods]
impl LoopQueue {
    #[new]
    fn new() -> PyResult<Self> {
        #[cfg(unix)]
        let sockets = UnixStream::pair()?;
        #[cfg(unix)]
        for socket in [&sockets.0, &sockets.1] {
            socket.set_nonblocking(true)?;
        }
        Ok(LoopQueue(Mailbox::new(Waker {
            #[cfg(unix)]
            sockets,
            function: OnceLock::new(),
        })))
    }

    /// Number of the socket to watch; -1 where there is none.
    fn fileno(&self) -> i32 {
        #[cfg(unix)]
        return self.0.bell().sockets.1.as_raw_fd();
        #[cfg(not(unix))]
        return -1;
    }

    /// Uses a function instead of the socket.
    fn wake_by(&self, waker: Py<PyAny>) {
        // A second function would be one too many; the first one stays.
        let _ = self.0.bell().function.set(waker);
    }

    /// Hands all that has come to those who wait for it. Called in the loop's thread.
    fn take(&self, py: Python<'_>) -> PyResult<()> {
        #[cfg(unix)]
        while matches!((&self.0.bell().sockets.1).read(&mut [0; 64]), Ok(64)) {}
        for event in self.0.take() {
            match event {
                Event::Done { future, give, outcome } => settle(future.bind(py), give.value(py, outcome))?,
                Event::Progress { future, teller, progress } => {
                    if let Err(error) = teller.tell(py, &progress) {
                        settle(future.bind(py), Err(error))?;
                    }
                }
                Event::Told { teller } => teller.finish(py)?,
                Event::Wanted { feeding } => Feeding::want(feeding.bind(py))?,
            }
        }
        Ok(())
    }
}

/// Gives a future its result, unless it was cancelled.
fn settle(future: &Bound<'_, PyAny>, result: PyResult<Bound<'_, PyAny>>) -> PyResult<()> {
    let py = future.py();
    if future.call_method0(intern!(py, "done"))?.extract()? {
        return Ok(());
    }
    match result {
        Ok(value) => future.call_method1(intern!(py, "set_result"), (value,))?,
        Err(error) => future.call_method1(intern!(py, "set_exception"), (error,))?,
    };
    Ok(())
}

impl LoopQueue {
    pub(crate) fn completion(&self, future: Py<PyAny>, teller: Option<Teller>, give: Give) -> Completion {
        Completion {
            queue: self.0.clone(),
            future: Arc::new(future),
            teller: teller.map(Arc::new),
            give: Some(give),
        }
    }

    /// What a job calls, on any thread, when it wants rows.
    pub(crate) fn asker(&self, feeding: Py<Feeding>) -> impl Fn() + Send + Sync + 'static {
        let (queue, feeding) = (self.0.clone(), Arc::new(feeding));
        move || queue.push(Event::Wanted { feeding: feeding.clone() })
    }
}

impl Bell for Waker {
    fn ring(&self) {
        if let Some(waker) = self.function.get() {
            // A loop that is already closed needs no waking, nor does an interpreter that ends.
            Python::try_attach(|py| drop(waker.call0(py)));
            return;
        }
        #[cfg(unix)]
        // A full socket has woken the loop already.
        let _ = (&self.sockets.0).write(&[1]);
    }
}

/// The duty to tell a future what came of its call. Dropped unfulfilled, it says so, and nobody
/// waits for ever.
pub(crate) struct Completion {
    queue: Arc<Queue>,
    future: Arc<Py<PyAny>>,
    teller: Option<Arc<Teller>>,
    give: Option<Give>,
}

impl Completion {
    pub(crate) fn done(mut self, outcome: Outcome) {
        self.finish(outcome);
    }

    pub(crate) fn progress(&self, progress: &jobs::Progress) {
        if let Some(teller) = &self.teller {
            let (future, teller) = (self.future.clone(), teller.clone());
            self.queue.push(Event::Progress { future, teller, progress: progress.clone() });
        }
    }

    fn finish(&mut self, outcome: Outcome) {
        if let Some(give) = self.give.take() {
            if let Some(teller) = self.teller.take() {
                self.queue.push(Event::Told { teller });
            }
            self.queue.push(Event::Done { future: self.future.clone(), give, outcome });
        }
    }
}

impl Drop for Completion {
    fn drop(&mut self) {
        if self.give.is_some() {
            self.finish(Err(Error::new(Kind::Cancelled, "the call was given up")));
        }
    }
}

/// A call under way in the background.
#[pyclass(module = "brevo_native", frozen)]
pub(crate) struct Handle(JoinHandle<()>);

impl Handle {
    pub(crate) fn new(task: JoinHandle<()>) -> Self {
        Handle(task)
    }
}

#[pymethods]
impl Handle {
    /// Ends the call, if it has not ended yet.
    fn abort(&self) {
        self.0.abort();
    }
}
