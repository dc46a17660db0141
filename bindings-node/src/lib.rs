//! Node binding: JSON text in, JSON text out, and nothing that blocks the event loop.
//!
//! `lib/*.js` gives this its shape in JavaScript: classes, promises and iteration.

// Unit tests are built without the registration that uses what is exported.
#![cfg_attr(test, allow(dead_code))]

mod integers;
mod ipc;
mod names;
mod page;
mod port;
mod table;
mod text;

use std::sync::Arc;

use brevo_core::jobs::Progress;
use brevo_core::jobs::arrow::{self, Unfit};
use brevo_core::jobs::stream::{Page, Stream};
use brevo_core::names::camel;
use brevo_core::pages::Pager;
use brevo_core::{Arguments, Builder, CallOptions, Error, FilePart, Kind};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::names::Scope;
use crate::port::{Outbox, Port, Screen, Shown, Wish};

/// A client of the core.
#[napi(js_name = "Client")]
pub struct Client(brevo_core::Client);

/// Content of a file parameter.
#[napi(object, object_to_js = false)]
pub struct File {
    /// Parameter that it belongs to.
    pub parameter: String,
    /// File name to send.
    pub name: String,
    /// Content.
    pub content: Buffer,
}

/// A job that reads what JavaScript gives.
#[napi(object, object_to_js = false)]
pub struct Feeding {
    /// How many rows there will be, where that is known.
    pub rows: Option<u32>,
}

#[napi]
impl Client {
    /// From a JSON object of settings.
    #[napi(constructor, catch_unwind)]
    pub fn new(settings: String) -> napi::Result<Self> {
        let make = || Builder::from_json(&object(&settings, Kind::Configuration, "the settings")?)?.build();
        make().map(Client).map_err(|error| thrown(&error, Scope::Settings))
    }

    /// One line about the client, without secrets.
    #[napi(catch_unwind)]
    pub fn describe(&self) -> String {
        self.0.describe()
    }

    /// Starts an operation. `port` reports the outcome under `id`. `arguments` and `options` are JSON.
    /// `wishes`: 1 for status and headers of the reply too, 2 for a page of a listing.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments)]
    pub fn call(
        &self,
        port: &mut Port,
        id: u32,
        operation: u32,
        wishes: u32,
        arguments: String,
        options: Option<String>,
        files: Option<Vec<File>>,
    ) -> napi::Result<()> {
        let (spec, client) = (table::operation(operation)?, self.0.clone());
        let wish = Wish::of(spec, wishes & 1 != 0, wishes & 2 != 0);
        let files = files
            .into_iter()
            .flatten()
            .map(|file| (file.parameter, FilePart { name: file.name, bytes: file.content.to_vec() }));
        let files = files.collect();
        port.start(id, Scope::of(spec), wish, async move {
            let mut arguments = Arguments::from_json(arguments);
            arguments.files = files;
            client.call(spec, arguments, call_options(options)?).await
        });
        Ok(())
    }

    /// Starts a job. `port` reports its progress and outcome under `id`. With `feeding` it reads what
    /// JavaScript gives; with `screen` its progress is shown instead of told.
    #[napi(catch_unwind)]
    pub fn run(
        &self,
        port: &mut Port,
        id: u32,
        job: u32,
        arguments: String,
        feeding: Option<Feeding>,
        screen: Option<Screen>,
    ) -> napi::Result<()> {
        let job = table::job(job)?;
        let client = self.0.clone();
        let outbox = port.outbox();
        let input = feeding.map(|feeding| port.input(id, feeding.rows));
        port.start(id, Scope::Call((job.arguments)().fields), Wish::RESULT, async move {
            let arguments = object(&arguments, Kind::InvalidArgument, "the arguments")?;
            let shown = screen.map(|screen| Shown::new(id, outbox.clone(), &screen));
            let progress = |progress: &_| report(shown.as_ref(), &outbox, id, progress);
            let result = brevo_core::jobs::run_from(&client, job, arguments, input, &progress).await?;
            let body = result.to_string().into_bytes().into();
            Ok(brevo_core::Reply { body, ..brevo_core::Reply::default() })
        });
        Ok(())
    }
}

/// The arguments of one page after the other.
#[napi]
pub struct Pages(Pager);

#[napi]
impl Pages {
    /// Of an operation that lists.
    #[napi(constructor, catch_unwind)]
    pub fn new(operation: u32, arguments: String) -> napi::Result<Self> {
        let spec = table::operation(operation)?;
        Pager::new(spec, Arguments::from_json(arguments))
            .map(Pages)
            .map_err(|error| thrown(&error, Scope::of(spec)))
    }

    /// Key of the reply that holds the entries.
    #[napi(getter)]
    pub fn items_key(&self) -> &'static str {
        self.0.items_key()
    }

    /// Key of the reply that holds the number of all entries; `null` where there is none.
    #[napi(getter)]
    pub fn total_key(&self) -> Option<&'static str> {
        self.0.total_key()
    }

    /// Arguments of the next page, as JSON; `null` after the last.
    #[napi(catch_unwind)]
    pub fn next(&self) -> Option<String> {
        self.0.next_arguments().map(Arguments::into_json)
    }

    /// Goes on after a page with so many entries, whose reply named this total.
    #[napi(catch_unwind)]
    pub fn advance(&mut self, items: u32, total: Option<f64>) {
        self.0.advance(items as usize, total.map(|total| total as u64));
    }
}

/// The rows of an export, page by page.
#[napi]
pub struct Rows {
    stream: Arc<Mutex<Watched<Stream>>>,
    scope: Scope,
}

/// What is read piece by piece, and what shows how far it has come.
struct Watched<T> {
    source: T,
    shown: Option<Shown>,
}

impl<T: Send + 'static> Watched<T> {
    fn new(source: T) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Watched { source, shown: None }))
    }

    /// Shows the progress from now on, where that is wanted.
    fn show(&mut self, id: u32, outbox: &Outbox, screen: Option<Screen>) {
        if let (None, Some(screen)) = (&self.shown, screen) {
            self.shown = Some(Shown::new(id, outbox.clone(), &screen));
        }
    }

    /// Ends what is under way.
    fn end(watched: &Arc<Mutex<Self>>, close: impl FnOnce(&mut T) + Send + 'static) {
        let watched = watched.clone();
        // A piece that was given up may be let go a moment later.
        brevo_core::runtime::spawn(async move {
            let mut watched = watched.lock().await;
            close(&mut watched.source);
            watched.shown = None;
        });
    }
}

/// Shows progress, or tells it to a call.
fn report(shown: Option<&Shown>, outbox: &Outbox, id: u32, progress: &Progress) {
    match shown {
        Some(shown) => shown.tell(progress),
        None => outbox.progress(id, progress),
    }
}

#[napi]
impl Rows {
    /// Of a job that gives rows.
    #[napi(constructor, catch_unwind)]
    pub fn new(client: &Client, job: u32, arguments: String) -> napi::Result<Self> {
        let job = table::job(job)?;
        let scope = Scope::Call((job.arguments)().fields);
        object(&arguments, Kind::InvalidArgument, "the arguments")
            .and_then(|arguments| Stream::of_job(&client.0, job, arguments, None))
            .map(|stream| Rows { stream: Watched::new(stream), scope })
            .map_err(|error| thrown(&error, scope))
    }

    /// Waits for the next page. `port` reports it under `id`: an array as JSON, and nothing behind the last.
    /// Progress is told meanwhile, or shown on `screen`.
    #[napi(catch_unwind)]
    pub fn next(&self, port: &mut Port, id: u32, screen: Option<Screen>) {
        let (stream, outbox) = (self.stream.clone(), port.outbox());
        port.start(id, self.scope, Wish::ROWS, async move {
            let mut watched = stream.lock().await;
            watched.show(id, &outbox, screen);
            let Watched { source, shown } = &mut *watched;
            let page = source.next_with(&|progress| report(shown.as_ref(), &outbox, id, progress)).await;
            let body = match page {
                Ok(Some(Page::Rows(rows))) => rows.into(),
                ended => {
                    *shown = None;
                    ended.map(|_| Default::default())?
                }
            };
            Ok(brevo_core::Reply { body, ..brevo_core::Reply::default() })
        });
    }

    /// Ends what is under way.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        Watched::end(&self.stream, Stream::close);
    }
}

/// The rows of an export or listing as columns: an Arrow IPC stream, piece by piece.
#[napi]
pub struct Batches {
    reading: Arc<Mutex<Watched<Reading>>>,
    unfit: Unfit,
    scope: Scope,
}

/// A stream that is read.
struct Reading {
    batches: arrow::Batches,
    next: Piece,
}

/// What of a stream comes next.
#[derive(Clone, Copy)]
enum Piece {
    Schema,
    Batch,
    Nothing,
}

#[napi]
impl Batches {
    /// Of a job that gives rows.
    #[napi(factory, catch_unwind)]
    pub fn of_job(client: &Client, job: u32, arguments: String) -> napi::Result<Self> {
        let job = table::job(job)?;
        let scope = Scope::Call((job.arguments)().fields);
        let batches = object(&arguments, Kind::InvalidArgument, "the arguments")
            .and_then(|arguments| arrow::Batches::of_job(&client.0, job, arguments));
        Batches::of(batches, scope)
    }

    /// Of an operation that lists. `arguments` and `options` are JSON.
    #[napi(factory, catch_unwind)]
    pub fn of_listing(
        client: &Client,
        operation: u32,
        arguments: String,
        options: Option<String>,
    ) -> napi::Result<Self> {
        let spec = table::operation(operation)?;
        let batches = call_options(options).and_then(|options| {
            arrow::Batches::of_listing(&client.0, spec, Arguments::from_json(arguments), options)
        });
        Batches::of(batches, Scope::of(spec))
    }

    fn of(batches: brevo_core::Result<arrow::Batches>, scope: Scope) -> napi::Result<Self> {
        let batches = batches.map_err(|error| thrown(&error, scope))?;
        let unfit = batches.unfit().clone();
        let reading = Reading { batches, next: Piece::Schema };
        Ok(Batches { reading: Watched::new(reading), unfit, scope })
    }

    /// Waits for the next piece. `port` reports it under `id`: bytes, and none behind the last. Progress is told
    /// meanwhile, or shown on `screen`.
    #[napi(catch_unwind)]
    pub fn next(&self, port: &mut Port, id: u32, screen: Option<Screen>) {
        let (reading, outbox) = (self.reading.clone(), port.outbox());
        port.start(id, self.scope, Wish::BYTES, async move {
            let mut watched = reading.lock().await;
            watched.show(id, &outbox, screen);
            let Watched { source, shown } = &mut *watched;
            let piece = source.piece(&|progress| report(shown.as_ref(), &outbox, id, progress)).await;
            if piece.as_ref().map_or(true, Vec::is_empty) {
                *shown = None;
            }
            Ok(brevo_core::Reply { body: piece?.into(), ..brevo_core::Reply::default() })
        });
    }

    /// How many values of each column did not fit its type so far, as JSON.
    #[napi(getter, catch_unwind)]
    pub fn unfit(&self) -> String {
        let counts = self.unfit.counts().map(|(name, count)| (name.to_owned(), Value::from(count)));
        Value::Object(counts.collect()).to_string()
    }

    /// Ends what is under way.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        Watched::end(&self.reading, |reading| reading.batches.close());
    }
}

impl Reading {
    async fn piece(&mut self, report: &(dyn Fn(&Progress) + Send + Sync)) -> brevo_core::Result<Vec<u8>> {
        match self.next {
            Piece::Schema => {
                let schema = self.batches.schema_with(report).await?;
                self.next = Piece::Batch;
                Ok(ipc::schema(&schema))
            }
            Piece::Batch => match self.batches.next_with(report).await? {
                Some(batch) => Ok(ipc::batch(&batch)),
                None => {
                    self.next = Piece::Nothing;
                    Ok(ipc::END.to_vec())
                }
            },
            Piece::Nothing => Ok(Vec::new()),
        }
    }
}

/// Options of a call, which are JSON.
fn call_options(json: Option<String>) -> brevo_core::Result<CallOptions> {
    match json {
        Some(json) => CallOptions::from_json(&object(&json, Kind::InvalidArgument, "the options")?),
        None => Ok(CallOptions::default()),
    }
}

fn object(text: &str, kind: Kind, what: &str) -> brevo_core::Result<Map<String, Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Error::new(kind, format!("{what} must be an object"))),
        Err(error) => Err(Error::new(kind, format!("{what} are not valid JSON: {error}"))),
    }
}

/// An error to be thrown; JavaScript reads it back from its text.
fn thrown(error: &Error, scope: Scope) -> napi::Error {
    napi::Error::from_reason(error_text(error, scope))
}

/// An error in the names of Node, with the texts of its sources, as JSON.
fn error_text(error: &Error, scope: Scope) -> String {
    let mut sources = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(next) = source {
        sources.push(Value::from(next.to_string()));
        source = next.source();
    }
    let mut json = error.to_json();
    let in_camel = |id: &str| id.split('.').map(camel).collect::<Vec<_>>().join(".");
    json["operation"] = error.operation().map(in_camel).into();
    json["message"] = scope.message(error).into();
    json["parameter"] = error.parameter().map(|path| scope.parameter(path)).into();
    json["advice"] = scope.advice(error.advice()).into();
    json["sources"] = sources.into();
    json.to_string()
}
