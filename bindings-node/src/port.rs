//! The way back into JavaScript: outcomes are collected in one queue, and one wake-up of the event
//! loop takes all that are there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brevo_core::jobs::Progress;
use brevo_core::schema::Ty;
use brevo_core::{Error, Kind, Reply, Result};
use napi::bindgen_prelude::Buffer;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status, sys};
use napi_derive::napi;
use serde_json::{Map, Value, json};
use tokio::task::AbortHandle;

use crate::integers::mark;
use crate::names::Scope;

/// What JavaScript calls to be told that there is something to take. Weak: it does not keep the
/// process alive by itself.
type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

/// The calls of one JavaScript environment. Used on its thread only.
#[napi]
pub struct Port {
    env: Env,
    outbox: Arc<Outbox>,
    tasks: HashMap<u32, AbortHandle>,
}

/// The queue.
pub(crate) struct Outbox {
    entries: Mutex<Vec<Report>>,
    wake: Wake,
}

/// News of a call: exactly one of `error`, `progress` and `reply` is there.
#[napi(object, object_from_js = false)]
pub struct Report {
    /// The call.
    pub id: u32,
    /// An error, as JSON.
    pub error: Option<String>,
    /// Progress of a job, as JSON.
    pub progress: Option<String>,
    /// Status, headers, attempts and rate limit, as JSON.
    pub reply: Option<String>,
    /// Body of a reply in JSON. Neither this nor `bytes` where it is empty.
    pub text: Option<String>,
    /// Integers beyond 2^53 are texts in `text` that begin with this.
    pub marker: Option<String>,
    /// Body of a reply in bytes.
    pub bytes: Option<Buffer>,
}

/// What JavaScript makes of a body.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Form {
    Nothing,
    Json,
    Bytes,
}

impl Form {
    pub(crate) fn of(ty: &Ty) -> Self {
        match ty {
            Ty::Bytes => Form::Bytes,
            Ty::Nothing => Form::Nothing,
            _ => Form::Json,
        }
    }
}

#[napi]
impl Port {
    /// Calls `wake` when `take` has something to give.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, wake: Wake) -> Self {
        Port { env, outbox: Arc::new(Outbox { entries: Mutex::default(), wake }), tasks: HashMap::new() }
    }

    /// Everything that happened since the last time.
    #[napi(catch_unwind)]
    pub fn take(&mut self) -> Vec<Report> {
        let reports = std::mem::take(&mut *self.outbox.entries());
        for report in &reports {
            if report.progress.is_none() {
                self.tasks.remove(&report.id);
            }
        }
        self.keep_alive();
        reports
    }

    /// Gives up on a call. Nothing more is reported of it, save what is in the queue.
    #[napi(catch_unwind)]
    pub fn cancel(&mut self, id: u32) {
        if let Some(task) = self.tasks.remove(&id) {
            task.abort();
        }
        self.keep_alive();
    }

    /// Keeps the process alive, or no longer.
    fn keep_alive(&self) {
        let wake = self.outbox.wake.raw();
        // SAFETY: on the environment's own thread, with the live function that the queue owns; both
        // calls only set a flag of its handle.
        unsafe {
            if self.tasks.is_empty() {
                sys::napi_unref_threadsafe_function(self.env.raw(), wake);
            } else {
                sys::napi_ref_threadsafe_function(self.env.raw(), wake);
            }
        }
    }
}

impl Port {
    /// The queue, for a job's progress.
    pub(crate) fn outbox(&self) -> Arc<Outbox> {
        self.outbox.clone()
    }

    /// Starts a call on the core's runtime. Errors are told in the names of `scope`.
    pub(crate) fn start<F>(&mut self, id: u32, scope: Scope, work: F)
    where
        F: Future<Output = Result<(Form, Reply)>> + Send + 'static,
    {
        let mut ticket = Ticket { id, scope, outbox: Some(self.outbox()) };
        let task = brevo_core::runtime::spawn(async move {
            let report = outcome(id, scope, work.await);
            ticket.hand_in(report);
        });
        self.tasks.insert(id, task.abort_handle());
        self.keep_alive();
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.tasks.values().for_each(AbortHandle::abort);
    }
}

impl Outbox {
    /// Reports how far a job has come.
    pub(crate) fn progress(&self, id: u32, progress: &Progress) {
        self.push(Report { progress: serde_json::to_string(progress).ok(), ..Report::of(id) });
    }

    fn push(&self, report: Report) {
        let mut entries = self.entries();
        entries.push(report);
        let first = entries.len() == 1;
        drop(entries);
        if first {
            // Refused only when the environment ends, and then nobody waits any more.
            self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Report>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Report {
    fn of(id: u32) -> Self {
        Report { id, error: None, progress: None, reply: None, text: None, marker: None, bytes: None }
    }
}

/// The promise that a call is reported, whatever happens to it.
struct Ticket {
    id: u32,
    scope: Scope,
    outbox: Option<Arc<Outbox>>,
}

impl Ticket {
    fn hand_in(&mut self, report: Report) {
        if let Some(outbox) = self.outbox.take() {
            outbox.push(report);
        }
    }
}

impl Drop for Ticket {
    /// The call panicked or was cancelled.
    fn drop(&mut self) {
        let error = Error::new(Kind::Cancelled, "the call ended before there was an answer");
        let report = outcome(self.id, self.scope, Err(error));
        self.hand_in(report);
    }
}

fn outcome(id: u32, scope: Scope, result: Result<(Form, Reply)>) -> Report {
    let mut report = Report::of(id);
    let (form, reply) = match result.and_then(|(form, reply)| Ok((form, checked(form, reply)?))) {
        Ok(outcome) => outcome,
        Err(error) => {
            report.error = Some(crate::error_text(&error, scope));
            return report;
        }
    };
    report.reply = Some(head(&reply));
    if form == Form::Bytes {
        report.bytes = Some(Vec::from(reply.body).into());
    } else if !reply.is_empty() {
        let text = reply.text();
        match mark(&text) {
            Some(marked) => {
                report.text = Some(marked.text);
                report.marker = Some(marked.marker);
            }
            None => report.text = Some(text.into_owned()),
        }
    }
    report
}

/// Refuses a body that the core would refuse. Where nothing is promised, anything else than JSON is
/// nothing.
fn checked(form: Form, mut reply: Reply) -> Result<Reply> {
    match form {
        Form::Bytes => {}
        Form::Json => reply.check_json()?,
        Form::Nothing if reply.check_json().is_err() => reply.body.clear(),
        Form::Nothing => {}
    }
    Ok(reply)
}

/// Everything of a reply but its body, as JSON.
fn head(reply: &Reply) -> String {
    let mut headers = Map::new();
    for (name, value) in &reply.headers {
        match headers.get_mut(name) {
            Some(Value::String(all)) => *all = format!("{all}, {value}"),
            _ => drop(headers.insert(name.clone(), value.as_str().into())),
        }
    }
    let rate_limit = reply.rate_limit().map(|limit| {
        json!({
            "limit": limit.limit,
            "remaining": limit.remaining,
            "reset": limit.reset.map(|wait| wait.as_secs_f64()),
        })
    });
    json!({"status": reply.status, "headers": headers, "attempts": reply.attempts, "rateLimit": rate_limit})
        .to_string()
}
