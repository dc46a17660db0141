//! Jobs that people really want, each several calls long.

mod address;
#[cfg(feature = "arrow")]
pub mod arrow;
mod audience;
mod bar;
pub mod batch;
mod campaigns;
mod cell;
mod checkpoint;
mod columns;
mod compare;
mod csv;
mod entries;
pub mod events;
pub mod export;
mod feed;
pub mod import;
mod journal;
mod keys;
mod listing;
mod notes;
mod object;
mod places;
pub mod process;
mod recipients;
mod reports;
mod rows;
mod scratch;
mod seen;
pub mod statistics;
pub mod stream;
mod sync;
mod target;

use std::future::Future;
use std::io::Read;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::arguments::check_parameters;
use crate::client::{CallOptions, Client, Prepared};
use crate::error::{Error, Kind, Result};
use crate::reply::Reply;
use crate::schema::{Model, Operation, Spec, Ty, Typed};
use target::Output;

pub use self::bar::Bar;
pub use self::feed::{Fed, Feed, Running, Said, feed};

/// A job: called like an operation, by resource and name.
pub struct Job {
    /// Resource under which it appears.
    pub resource: &'static str,
    /// Name in snake_case.
    pub name: &'static str,
    /// Its arguments.
    pub arguments: fn() -> &'static Model,
    /// Its result.
    pub output: Ty,
    /// Type of a row, of an export: such a job may give its rows to the program. See [`stream`].
    pub rows: Option<Ty>,
    /// Documentation; see [`lines`](crate::schema::lines).
    pub doc: &'static str,
}

impl Job {
    /// The name by which it is called from C: `contacts.export_list`.
    pub fn id(&self) -> String {
        format!("{}.{}", self.resource, self.name)
    }

    /// The argument in whose place an [`Input`] may be given, where there is one.
    pub fn source(&self) -> Option<&'static str> {
        matches!(self.name, "import_file" | "sync").then_some("path")
    }
}

/// Rows for a job that are in no file: the bytes of CSV or JSON Lines, read once, as they come.
///
/// Reading may wait: it is done on a thread of its own. An error of [`Read::read`] ends the job; what
/// [`std::io::Error::other`] was made of is then the [source](std::error::Error::source) of the job's
/// error.
pub struct Input {
    // Only its owner reads; the lock lets others hold a reference.
    read: Mutex<Box<dyn Read + Send>>,
    rows: Option<u64>,
}

impl Input {
    /// Rows from a reader.
    pub fn new(read: impl Read + Send + 'static) -> Self {
        Input { read: Mutex::new(Box::new(read)), rows: None }
    }

    /// Says how many rows will come, so that progress can tell how many are left.
    #[must_use]
    pub fn with_rows(mut self, rows: u64) -> Self {
        self.rows = Some(rows);
        self
    }
}

impl Input {
    /// Looks at what comes first: JSON Lines begin with an object.
    fn begins_with_object(mut self) -> std::io::Result<(Self, bool)> {
        let mut first = Vec::new();
        let is_object = loop {
            let start = first.len();
            let count = self.by_ref().take(512).read_to_end(&mut first)?;
            // Blanks, and byte order marks of UTF-8 and UTF-16.
            let begun = first[start..].iter().find(|byte| !b" \t\r\n\0\xef\xbb\xbf\xff\xfe".contains(byte));
            if count == 0 || begun.is_some() {
                break begun == Some(&b'{');
            }
        };
        let rows = self.rows;
        let again = Input { rows, ..Input::new(std::io::Cursor::new(first).chain(self)) };
        Ok((again, is_object))
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.read.get_mut().unwrap_or_else(PoisonError::into_inner).read(buffer)
    }
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input").field("rows", &self.rows).finish_non_exhaustive()
    }
}

/// How far a job has come.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// What is being done, in one word (`read`, `send`, `wait`, `write`).
    pub stage: &'static str,
    /// Units done.
    pub done: u64,
    /// All units, where known.
    pub total: Option<u64>,
    /// Bytes of the source read, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// All bytes of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_bytes: Option<u64>,
    /// Units done in a second, on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Seconds that the rest takes at this rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<f64>,
}

impl Progress {
    /// Units done, of all.
    pub fn of(stage: &'static str, done: u64, total: Option<u64>) -> Self {
        Progress { stage, done, total, ..Progress::default() }
    }
}

/// Called now and then while a job runs.
pub(crate) type Report<'a> = &'a (dyn Fn(&Progress) + Send + Sync);

/// Every job.
pub static JOBS: &[&Job] = &[
    &import::JOB,
    &sync::JOB,
    &export::JOB,
    &export::CONTACTS,
    &batch::JOB,
    &statistics::JOB,
    &audience::EMAIL,
    &audience::SMS,
    &campaigns::SMS,
    &campaigns::WHATSAPP,
    &reports::EMAIL,
    &reports::SMS,
    &process::JOB,
    &events::EMAIL,
    &events::SMS,
    &events::WHATSAPP,
];

/// Job by resource and name.
pub fn job(resource: &str, name: &str) -> Option<&'static Job> {
    JOBS.iter().copied().find(|job| job.resource == resource && job.name == name)
}

/// Does a job. `progress` is called now and then, on the thread that drives the job.
pub async fn run(
    client: &Client,
    job: &'static Job,
    arguments: Map<String, Value>,
    progress: Report<'_>,
) -> Result<Value> {
    run_from(client, job, arguments, None, progress).await
}

/// Does a job with rows that stand in for its argument [`Job::source`].
pub async fn run_from(
    client: &Client,
    job: &'static Job,
    arguments: Map<String, Value>,
    input: Option<Input>,
    progress: Report<'_>,
) -> Result<Value> {
    carry_out(client, job, arguments, input, Output::File, progress).await
}

/// Does a job whose rows come from a file or elsewhere, or go there. Boxed, so that these large futures
/// are compiled here alone, and do not make others large.
fn carry_out<'a>(
    client: &'a Client,
    job: &'static Job,
    arguments: Map<String, Value>,
    input: Option<Input>,
    output: Output,
    progress: Report<'a>,
) -> Pin<Box<dyn Future<Output = Result<Value>> + Send + 'a>> {
    Box::pin(async move {
        let done = dispatch(client, job, arguments, input, output, progress).await;
        done.map_err(|error| error.in_operation(job.id()))
    })
}

async fn dispatch(
    client: &Client,
    job: &'static Job,
    arguments: Map<String, Value>,
    input: Option<Input>,
    output: Output,
    progress: Report<'_>,
) -> Result<Value> {
    if input.is_some() && job.source().is_none() {
        return Err(Error::new(Kind::InvalidArgument, "this job reads no rows"));
    }
    match job.name {
        "import_file" => {
            to_value(import::import_file(client, checked(job, arguments)?, input, progress).await?)
        }
        "sync" => to_value(sync::sync(client, checked(job, arguments)?, input, progress).await?),
        "export_list" => {
            to_value(export::export_list(client, checked(job, arguments)?, output, progress).await?)
        }
        "export_contacts" => {
            to_value(export::export_contacts(client, checked(job, arguments)?, output, progress).await?)
        }
        "export_statistics" => {
            let arguments = checked(job, arguments)?;
            to_value(statistics::export_statistics(client, arguments, output, progress).await?)
        }
        "export_campaign_recipients" => {
            to_value(audience::export_email(client, checked(job, arguments)?, output, progress).await?)
        }
        "export_sms_campaign_recipients" => {
            to_value(audience::export_sms(client, checked(job, arguments)?, output, progress).await?)
        }
        "export_sms_statistics" => {
            to_value(campaigns::export_sms(client, checked(job, arguments)?, output, progress).await?)
        }
        "export_whatsapp_statistics" => {
            to_value(campaigns::export_whatsapp(client, checked(job, arguments)?, output, progress).await?)
        }
        "export_email_reports" | "export_sms_reports" => {
            let arguments = check_parameters((job.arguments)().fields, arguments)?;
            to_value(reports::export_reports(client, job, arguments, output, progress).await?)
        }
        "send_batch" => to_value(batch::send_batch(client, checked(job, arguments)?, progress).await?),
        "export_email_events" | "export_sms_events" | "export_whatsapp_events" => {
            let arguments = check_parameters((job.arguments)().fields, arguments)?;
            to_value(events::export_events(client, job, arguments, output, progress).await?)
        }
        "wait_for_process" => process::wait_for_process(client, checked(job, arguments)?, progress).await,
        other => Err(Error::new(Kind::InvalidArgument, format!("there is no job `{other}`"))),
    }
}

/// Checks arguments against the job's model.
fn checked<T: DeserializeOwned>(job: &Job, arguments: Map<String, Value>) -> Result<T> {
    let values = check_parameters((job.arguments)().fields, arguments)?;
    serde_json::from_value(Value::Object(values))
        .map_err(|error| Error::new(Kind::InvalidArgument, error.to_string()).with_source(error))
}

fn to_value(result: impl Serialize) -> Result<Value> {
    serde_json::to_value(result)
        .map_err(|error| Error::new(Kind::Decode, "the result cannot be written as JSON").with_source(error))
}

/// The model of a type that is one.
const fn model_of<T: Typed>() -> fn() -> &'static Model {
    match T::TY {
        Ty::Model(model) => model,
        _ => panic!("jobs take models"),
    }
}

/// An operation's reply as it came, without forcing it into a type: a job needs few of its fields.
async fn call<O: Operation + Sync>(client: &Client, operation: O, deadline: Instant) -> Result<Value> {
    call_by(client, O::SPEC, to_map(&operation)?, deadline).await
}

/// The same, by the operation's row of the table.
async fn call_by(
    client: &Client,
    spec: &'static Spec,
    values: Map<String, Value>,
    deadline: Instant,
) -> Result<Value> {
    reply_by(client, spec, values, deadline).await?.json()
}

/// The same, with the reply as it came.
async fn reply_by(
    client: &Client,
    spec: &'static Spec,
    values: Map<String, Value>,
    deadline: Instant,
) -> Result<Reply> {
    let prepared = client.prepare(spec, values.into(), CallOptions::default())?;
    reply(client, &prepared, deadline).await
}

/// Makes a call.
async fn make(client: &Client, prepared: &Prepared, deadline: Instant) -> Result<Value> {
    reply(client, prepared, deadline).await?.json()
}

/// Makes a call. Where the rate limit opens before the deadline, that is waited for.
async fn reply(client: &Client, prepared: &Prepared, deadline: Instant) -> Result<Reply> {
    loop {
        let error = match client.make(prepared).await {
            Ok(reply) => return Ok(reply),
            Err(error) => error,
        };
        let limited = error.kind() == Kind::RateLimited;
        match error.retry_after().filter(|_| limited) {
            Some(wait) if Instant::now() + wait < deadline => {
                tokio::time::sleep(wait.max(Duration::from_millis(100))).await;
            }
            _ => return Err(error),
        }
    }
}

fn to_map(operation: &impl Serialize) -> Result<Map<String, Value>> {
    match to_value(operation)? {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

/// The moment at which a job gives up waiting.
fn deadline(timeout: Option<f64>) -> Instant {
    let seconds = timeout.unwrap_or(DEFAULT_TIMEOUT).clamp(0.0, 30.0 * 86_400.0);
    Instant::now() + Duration::from_secs_f64(seconds)
}

/// Seconds that a job waits for processes and rate limits where the caller says nothing.
const DEFAULT_TIMEOUT: f64 = 600.0;

/// Runs work on files where it does not hold up other calls.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::new(Kind::Io, "the work on a file was broken off").with_source(error))
}

/// What went wrong while the rows of an [`Input`] were read.
fn input_error(error: std::io::Error) -> Error {
    let failed = Error::new(Kind::Io, format!("the rows could not be read: {error}"))
        .with_advice("Look at what the source of the rows says.");
    match error.into_inner() {
        Some(source) => failed.with_source(source),
        None => failed,
    }
}

fn io_error(path: &str, error: std::io::Error) -> Error {
    Error::new(Kind::Io, format!("{path}: {error}")).with_source(error)
}

/// A text in a reply.
fn text_of(item: &Value, key: &str) -> Option<String> {
    item.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// Whether contacts carry a value of their own for an attribute of the account.
fn is_of_contacts(attribute: &Value) -> bool {
    let category = attribute.get("category").and_then(Value::as_str);
    !matches!(category, Some("transactional" | "calculated" | "global"))
}

/// The name under which the API has the attributes of a contact.
const ATTRIBUTES: &str = "attributes";

/// A list in a reply; empty where it is missing.
fn take_list(body: &mut Value, key: &str) -> Vec<Value> {
    match body.get_mut(key).map(Value::take) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// A value as the text of a cell. Lists and objects are JSON.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
