//! Node binding: JSON text in, JSON text out, and nothing that blocks the event loop.
//!
//! `lib/*.js` gives this its shape in JavaScript: classes, promises and iteration.

// Unit tests are built without the registration that uses what is exported.
#![cfg_attr(test, allow(dead_code))]

mod integers;
mod names;
mod page;
mod port;
mod table;
mod text;

use std::sync::Arc;

use brevo_core::jobs::stream::{Page, Stream};
use brevo_core::names::camel;
use brevo_core::pages::Pager;
use brevo_core::{Arguments, Builder, CallOptions, Error, FilePart, Kind};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::names::Scope;
use crate::port::{Port, Screen, Shown, Wish};

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
            let options = match options {
                Some(json) => CallOptions::from_json(&object(&json, Kind::InvalidArgument, "the options")?)?,
                None => CallOptions::default(),
            };
            client.call(spec, arguments, options).await
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
            let progress = |progress: &_| match &shown {
                Some(shown) => shown.tell(progress),
                None => outbox.progress(id, progress),
            };
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
    stream: Arc<Mutex<Stream>>,
    scope: Scope,
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
            .map(|stream| Rows { stream: Arc::new(Mutex::new(stream)), scope })
            .map_err(|error| thrown(&error, scope))
    }

    /// Waits for the next page. `port` reports it under `id`: an array as JSON, and nothing behind the last.
    #[napi(catch_unwind)]
    pub fn next(&self, port: &mut Port, id: u32) {
        let stream = self.stream.clone();
        port.start(id, self.scope, Wish::ROWS, async move {
            let body = match stream.lock().await.next().await? {
                Some(Page::Rows(rows)) => rows.into(),
                _ => Default::default(),
            };
            Ok(brevo_core::Reply { body, ..brevo_core::Reply::default() })
        });
    }

    /// Ends what is under way.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        let stream = self.stream.clone();
        // A page that was given up may be let go a moment later.
        brevo_core::runtime::spawn(async move { stream.lock().await.close() });
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
