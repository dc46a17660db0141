//! The way back into JavaScript: outcomes are collected in one queue, and one wake-up of the event
//! loop takes all that are there.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use brevo_core::jobs::{self, Bar, Feed, Input, Progress};
use brevo_core::runtime::{self, Bell, Mailbox};
use brevo_core::schema::{Spec, Ty};
use brevo_core::{Error, Kind, Reply, Result};
use futures_util::FutureExt;
use futures_util::future::{AbortHandle, abortable};
use napi::bindgen_prelude::{Array, Buffer, Either, ToNapiValue};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, JsValue, Status, sys};
use napi_derive::napi;
use serde_json::{Map, Value, json};

use crate::names::Scope;
use crate::page::Page;
use crate::text::{Json, Text};

/// What JavaScript calls to be told that there is something to take. Weak: it does not keep the
/// process alive by itself.
type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

/// The calls of one JavaScript environment. Used on its thread only.
#[napi]
pub struct Port {
    env: Env,
    outbox: Outbox,
    calls: HashMap<u32, AbortHandle>,
    /// What jobs read from JavaScript.
    feeds: HashMap<u32, Feed>,
    /// Calls that have not gone to the runtime yet.
    starting: Vec<Work>,
}

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The queue.
#[derive(Clone)]
pub(crate) struct Outbox(Arc<Mailbox<Report, EventLoop>>);

struct EventLoop(Wake);

/// News of a call.
pub(crate) struct Report {
    id: u32,
    news: News,
    /// Status, headers, attempts and rate limit of a reply as JSON, where they were asked for.
    head: Option<String>,
}

/// What JavaScript is told; it knows the kinds by their numbers (`lib/port.js`).
enum News {
    /// An error, as JSON.
    Failed(String),
    /// Progress of a job, as JSON.
    Progress(String),
    /// A reply without a body.
    Empty,
    /// A body in JSON.
    Json(Text),
    /// A body in JSON whose integers beyond 2^53 are texts that begin with the marker.
    Marked(String, Text),
    /// A body in bytes.
    Bytes(Vec<u8>),
    /// A page of a listing.
    Page(Page),
    /// A job wants the next piece of what it reads.
    Wanted,
    /// Progress of a job as text for the error output.
    Shown(String),
}

/// News of several calls: a list of four values for each.
pub struct Reports(Vec<Report>);

/// What a call is to give.
#[derive(Clone, Copy)]
pub(crate) struct Wish {
    form: Form,
    /// Everything but the body too.
    head: bool,
    /// Where a page has its entries, and their number.
    page: Option<(&'static str, Option<&'static str>)>,
}

/// What JavaScript makes of a body.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Nothing,
    Json,
    Bytes,
}

impl Wish {
    /// The result of a job.
    pub(crate) const RESULT: Self = Wish { form: Form::Json, head: false, page: None };

    /// A page of the rows of a job.
    pub(crate) const ROWS: Self = Wish { form: Form::Json, head: false, page: Some(("", None)) };

    /// Bytes that were made here.
    pub(crate) const BYTES: Self = Wish { form: Form::Bytes, head: false, page: None };

    /// The reply of an operation, as a page of a listing or as it is.
    pub(crate) fn of(spec: &Spec, head: bool, as_page: bool) -> Self {
        let form = match spec.output {
            Ty::Bytes => Form::Bytes,
            Ty::Nothing => Form::Nothing,
            _ => Form::Json,
        };
        let page = spec.page.filter(|_| as_page).map(|page| (page.items, page.total));
        Wish { form, head, page }
    }
}

#[napi]
impl Port {
    /// Calls `wake` when `take` has something to give.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, wake: Wake) -> Self {
        Port {
            env,
            outbox: Outbox(Mailbox::new(EventLoop(wake))),
            calls: HashMap::new(),
            feeds: HashMap::new(),
            starting: Vec::new(),
        }
    }

    /// Everything that happened since the last time: for each report the call, the kind, the value, and the
    /// reply without its body where it was asked for.
    #[napi(catch_unwind)]
    pub fn take(&mut self) -> Reports {
        let reports = self.outbox.0.take();
        for report in &reports {
            if !matches!(report.news, News::Progress(_) | News::Wanted | News::Shown(_)) {
                self.calls.remove(&report.id);
                self.feeds.remove(&report.id);
            }
        }
        if self.calls.is_empty() {
            self.keep_alive(false);
        }
        Reports(reports)
    }

    /// Hands over the calls that were started since the last time, all at once: waking the runtime for each of
    /// them would cost more than what they do.
    #[napi(catch_unwind)]
    pub fn send(&mut self) {
        let mut starting = std::mem::take(&mut self.starting);
        match starting.pop() {
            Some(only) if starting.is_empty() => drop(runtime::spawn(only)),
            Some(last) => drop(runtime::spawn(async move {
                starting.into_iter().chain([last]).for_each(|work| drop(tokio::spawn(work)));
            })),
            None => {}
        }
    }

    /// Gives up on a call. Nothing more is reported of it, save what is in the queue.
    #[napi(catch_unwind)]
    pub fn cancel(&mut self, id: u32) {
        self.feeds.remove(&id);
        if let Some(call) = self.calls.remove(&id) {
            call.abort();
            if self.calls.is_empty() {
                self.keep_alive(false);
            }
        }
    }

    /// Gives a job the piece that it wanted; none at the end.
    #[napi(catch_unwind)]
    pub fn give(&mut self, id: u32, piece: Option<Either<String, Buffer>>) {
        let Some(feed) = self.feeds.get(&id) else { return };
        match piece {
            Some(Either::A(text)) => drop(feed.push(text.into_bytes())),
            Some(Either::B(bytes)) => drop(feed.push(bytes.to_vec())),
            None => feed.end(),
        }
    }

    /// What a job reads cannot be read to its end.
    #[napi(catch_unwind)]
    pub fn break_off(&mut self, id: u32) {
        self.feeds.remove(&id);
    }

    /// Keeps the process alive, or no longer.
    fn keep_alive(&self, alive: bool) {
        let wake = self.outbox.0.bell().0.raw();
        // SAFETY: on the environment's own thread, with the live function that the queue owns; both
        // calls only set a flag of its handle.
        unsafe {
            if alive {
                sys::napi_ref_threadsafe_function(self.env.raw(), wake);
            } else {
                sys::napi_unref_threadsafe_function(self.env.raw(), wake);
            }
        }
    }
}

impl Port {
    /// The queue, for a job's progress.
    pub(crate) fn outbox(&self) -> Outbox {
        self.outbox.clone()
    }

    /// What a job reads, which JavaScript gives piece by piece.
    pub(crate) fn input(&mut self, id: u32, rows: Option<u32>) -> Input {
        let outbox = self.outbox();
        let (feed, fed) = jobs::feed(move || outbox.push(Report { id, news: News::Wanted, head: None }));
        self.feeds.insert(id, feed);
        let input = Input::new(fed);
        match rows {
            Some(rows) => input.with_rows(rows.into()),
            None => input,
        }
    }

    /// Starts a call, which goes to the core's runtime with `send`. Errors are told in the names of `scope`.
    pub(crate) fn start<F>(&mut self, id: u32, scope: Scope, wish: Wish, work: F)
    where
        F: Future<Output = Result<Reply>> + Send + 'static,
    {
        let mut ticket = Ticket { id, scope, outbox: Some(self.outbox()) };
        let (work, handle) = abortable(async move {
            let reply = work.await;
            ticket.hand_in(Report::of(id, scope, wish, reply));
        });
        self.starting.push(Box::pin(work.map(drop)));
        if self.calls.is_empty() {
            self.keep_alive(true);
        }
        self.calls.insert(id, handle);
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.calls.values().for_each(AbortHandle::abort);
    }
}

impl Outbox {
    /// Reports how far a job has come.
    pub(crate) fn progress(&self, id: u32, progress: &Progress) {
        let Ok(progress) = serde_json::to_string(progress) else { return };
        self.push(Report { id, news: News::Progress(progress), head: None });
    }

    fn show(&self, id: u32, text: Option<String>) {
        if let Some(text) = text {
            self.push(Report { id, news: News::Shown(text), head: None });
        }
    }

    fn push(&self, report: Report) {
        self.0.push(report);
    }
}

impl Bell for EventLoop {
    fn ring(&self) {
        // Refused only when the environment ends, and then nobody waits any more.
        self.0.call((), ThreadsafeFunctionCallMode::NonBlocking);
    }
}

impl Report {
    fn of(id: u32, scope: Scope, wish: Wish, reply: Result<Reply>) -> Self {
        let told = reply.and_then(|reply| {
            let head = wish.head.then(|| head(&reply));
            Ok((News::of(wish, reply)?, head))
        });
        let (news, head) =
            told.unwrap_or_else(|error| (News::Failed(crate::error_text(&error, scope)), None));
        Report { id, news, head }
    }
}

impl News {
    fn kind(&self) -> u32 {
        match self {
            News::Failed(_) => 0,
            News::Progress(_) => 1,
            News::Empty => 2,
            News::Json(_) => 3,
            News::Marked(..) => 4,
            News::Bytes(_) => 5,
            News::Page(_) => 6,
            News::Wanted => 7,
            News::Shown(_) => 8,
        }
    }

    /// A reply. Refuses a body that the core would refuse; where nothing is promised, anything else than JSON
    /// is nothing.
    fn of(wish: Wish, reply: Reply) -> Result<Self> {
        let page = wish.page.and_then(|(items, total)| Page::of(&reply.body, items, total));
        if let Some(page) = page {
            return Ok(News::Page(page));
        }
        let json = match wish.form {
            Form::Bytes => return Ok(News::Bytes(reply.body.into())),
            Form::Nothing => Json::of(&reply).unwrap_or_default(),
            Form::Json => Json::of(&reply)?,
        };
        Ok(match json {
            None => News::Empty,
            Some(Json { text, marker: None }) => News::Json(text),
            Some(Json { text, marker: Some(marker) }) => News::Marked(marker, text),
        })
    }
}

impl ToNapiValue for Reports {
    unsafe fn to_napi_value(env: sys::napi_env, reports: Self) -> napi::Result<sys::napi_value> {
        let list_env = Env::from_raw(env);
        let mut list = list_env.create_array(4 * reports.0.len() as u32)?;
        for (at, Report { id, news, head }) in (0..).step_by(4).zip(reports.0) {
            list.set(at, id)?;
            list.set(at + 1, news.kind())?;
            match news {
                News::Empty | News::Wanted => {}
                News::Failed(text) | News::Progress(text) | News::Shown(text) => list.set(at + 2, text)?,
                News::Json(text) => list.set(at + 2, text)?,
                News::Marked(marker, text) => {
                    let mut both = list_env.create_array(2)?;
                    both.set(0, marker)?;
                    both.set(1, text)?;
                    list.set(at + 2, both)?;
                }
                News::Bytes(bytes) => list.set(at + 2, Buffer::from(bytes))?,
                News::Page(page) => list.set(at + 2, page)?,
            }
            if let Some(head) = head {
                list.set(at + 3, head)?;
            }
        }
        // SAFETY: the list belongs to this environment.
        unsafe { Array::to_napi_value(env, list) }
    }
}

impl ToNapiValue for Text {
    unsafe fn to_napi_value(env: sys::napi_env, text: Self) -> napi::Result<sys::napi_value> {
        match text {
            // SAFETY: the caller's environment.
            Text::Wide(text) => unsafe { String::to_napi_value(env, text) },
            Text::Latin(bytes) => Env::from_raw(env).create_string_latin1(bytes).map(|string| string.raw()),
        }
    }
}

/// Number of entries, of all entries, forms, pieces.
impl ToNapiValue for Page {
    unsafe fn to_napi_value(env: sys::napi_env, page: Self) -> napi::Result<sys::napi_value> {
        let list_env = Env::from_raw(env);
        let mut list = list_env.create_array(3 + page.pieces.len() as u32)?;
        list.set(0, page.count)?;
        list.set(1, page.total)?;
        for (at, text) in (2..).zip(std::iter::once(page.forms).chain(page.pieces)) {
            list.set(at, Text::Latin(text.into()))?;
        }
        // SAFETY: the list belongs to this environment.
        unsafe { Array::to_napi_value(env, list) }
    }
}

/// Where progress is shown.
#[napi(object, object_to_js = false)]
pub struct Screen {
    /// Columns of the terminal, where it is one.
    pub columns: Option<u32>,
}

/// Shows the progress of a job, until it is dropped.
pub(crate) struct Shown {
    id: u32,
    outbox: Outbox,
    bar: Mutex<Bar>,
}

impl Shown {
    pub(crate) fn new(id: u32, outbox: Outbox, screen: &Screen) -> Self {
        let bar = Bar::new(screen.columns.map(|columns| columns as usize));
        Shown { id, outbox, bar: Mutex::new(bar) }
    }

    pub(crate) fn tell(&self, progress: &Progress) {
        let text = self.bar.lock().unwrap_or_else(PoisonError::into_inner).tell(progress);
        self.outbox.show(self.id, text);
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let text = self.bar.get_mut().unwrap_or_else(PoisonError::into_inner).finish();
        self.outbox.show(self.id, text);
    }
}

/// The promise that a call is reported, whatever happens to it.
struct Ticket {
    id: u32,
    scope: Scope,
    outbox: Option<Outbox>,
}

impl Ticket {
    fn hand_in(&mut self, report: Report) {
        if let Some(outbox) = self.outbox.take() {
            outbox.push(report);
        }
    }
}

impl Drop for Ticket {
    /// Where nothing was reported, the call panicked or was cancelled.
    fn drop(&mut self) {
        if self.outbox.is_none() {
            return;
        }
        let error = Error::new(Kind::Cancelled, "the call ended before there was an answer");
        let report = Report::of(self.id, self.scope, Wish::RESULT, Err(error));
        self.hand_in(report);
    }
}

/// Everything of a reply but its body, as JSON.
fn head(reply: &Reply) -> String {
    let mut headers = Map::new();
    for (name, value) in reply.headers.iter() {
        match headers.get_mut(name) {
            Some(Value::String(all)) => *all = format!("{all}, {value}"),
            _ => drop(headers.insert(name.to_owned(), value.into())),
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
