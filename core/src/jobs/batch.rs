//! One mail to many recipients, each with values of its own.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use macro_rules_attribute::apply;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::journal::{Journal, Range};
pub use super::recipients::BatchRecipient;
use super::recipients::{Body, Common, Cutter, Entry, Source};
use super::stream::Column;
use super::target::{FileFormat, Target, format_of};
use super::{Job, Progress, Report, blocking, deadline, model_of, take_list, text_of, to_map};
use crate::api::shared::Sender;
use crate::api::transactional_emails::{ReplyTo, SendTransacEmail, SendTransacEmailRequestAttachmentItem};
use crate::client::{ACCEPTED_HEADER, CallOptions, Client};
use crate::error::{Error, Kind, Result};
use crate::reply::Reply;
use crate::retry;
use crate::schema::{DateTime, Map, Operation as _, Ty, Typed};

/// How long an idempotency key surely holds. The sources say 15 and 30 minutes.
const KEY_LIFE: Duration = Duration::from_secs(14 * 60);
/// Calls with versions, a minute (source: batch-sending guide).
const CALLS_A_MINUTE: usize = 100;
/// Time for one call with its repeats.
const CALL_TIMEOUT: Duration = Duration::from_secs(120);
/// Calls made under one key before a body without an answer is given up.
const TRIES: u32 = 3;
/// Single recipients that Brevo may refuse, while it has taken none, before the mail itself counts as
/// refused.
const MOST_REFUSALS: u64 = 5;
/// Results that the job's own result holds, and those of them that are not `sent`.
const RESULTS_SHOWN: usize = 10_000;
const PROBLEMS_SHOWN: usize = 100;
const COLUMNS: [&str; 6] = ["index", "line", "email", "status", "messageId", "reason"];
const NAMESPACE: Uuid = Uuid::from_u128(0x6d3f_7f0e_0c6b_4d0e_9a54_2b1f_6a1c_7e11);

/// Row of the table.
pub static JOB: Job = Job {
    resource: "transactional_emails",
    name: "send_batch",
    arguments: model_of::<SendBatchArguments>(),
    output: SendBatchResult::TY,
    rows: None,
    doc: "Sends one mail to any number of recipients, each with values of its own, and tells what became of\n\
          each.\n\n\
          Every recipient gets a message of its own, since those who share one see each other's addresses; only\n\
          the `cc` of a recipient shares its message. Up to 1000 recipients go in a call, within Brevo's limits of\n\
          2000 addresses and 1000 KB of `params`, several calls at a time, 100 calls a minute at most.\n\
          Recipients come as a list, or from a file: JSON Lines of the same objects, or CSV, whose columns are\n\
          `email`, `name`, and one for each value of `params`. All of them are read and checked before anything is\n\
          sent; those that cannot be sent to (no address, a malformed one, one that came before, too large\n\
          `params`) are refused with place and reason, and the others are sent.\n\
          Where Brevo refuses a call, its half is tried, and so on, until those are found to whom it is due.\n\
          Each call has an idempotency key worked out from `job_key`, the mail and its recipients, so the same job\n\
          started twice sends once; Brevo keeps keys for 15 minutes. With `checkpoint_path` what was done is\n\
          written down before and after each call: a job that broke off, or was killed, goes on where it stopped\n\
          when it is started again with the same mail and recipients. A call that was under way then is repeated\n\
          under its key; after 14 minutes that is no longer safe, so its recipients count as `unknown` unless\n\
          `send_unknown` says to send to them again. A finished job sends nothing when it is started again.\n\
          The file with recipients is read twice; memory holds some bodies and eight bytes for each address.",
};

/// Arguments of `transactional_emails.send_batch`.
#[apply(model!)]
pub struct SendBatchArguments {
    /// Recipients, where they do not come from a file.
    pub recipients: Option<Vec<BatchRecipient>>,
    /// File of recipients: CSV with a first row that names the columns, or JSON Lines.
    pub recipients_path: Option<String>,
    /// Form of that file; by its ending by default (`.jsonl`, `.ndjson`, `.json`: JSON Lines).
    pub format: Option<FileFormat>,
    /// Identifier of an active template that provides the content.
    pub template_id: Option<i64>,
    /// Sender; needed without `template_id`.
    pub sender: Option<Sender>,
    /// Subject line; needed without `template_id`, unless every recipient has its own.
    pub subject: Option<String>,
    /// HTML body; needed without `template_id`.
    pub html_content: Option<String>,
    /// Plain-text body.
    pub text_content: Option<String>,
    /// Values for the `params` placeholders that all recipients share.
    pub params: Option<Map>,
    /// Address to which answers go.
    pub reply_to: Option<ReplyTo>,
    /// Labels of the messages.
    pub tags: Option<Vec<String>>,
    /// Extra email headers, such as `X-Mailin-custom`; the idempotency key is the job's own.
    pub headers: Option<Map>,
    /// Files to attach, by address or as base64 data.
    pub attachment: Option<Vec<SendTransacEmailRequestAttachmentItem>>,
    /// Sending time, at most 72 hours ahead.
    pub scheduled_at: Option<DateTime>,
    /// UUIDv4 that groups scheduled messages, for later status queries and cancelling.
    pub batch_id: Option<String>,
    /// Name of the job, from which the idempotency keys come; made up by default.
    pub job_key: Option<String>,
    /// File that keeps what was done, so that the job can go on after it broke off.
    pub checkpoint_path: Option<String>,
    /// File for the result of every recipient: CSV, or JSON Lines by its ending.
    pub results_path: Option<String>,
    /// Whether an address that comes again gets another message; false by default: it is refused.
    #[api(default = false)]
    pub allow_duplicates: Option<bool>,
    /// Whether nothing is sent where any recipient is refused; false by default.
    #[api(default = false)]
    pub strict: Option<bool>,
    /// Whether calls of an earlier run whose end cannot be found out are made again, at the risk of
    /// sending twice; false by default.
    #[api(default = false)]
    pub send_unknown: Option<bool>,
    /// Whether to check only and send nothing; false by default.
    #[api(default = false)]
    pub dry_run: Option<bool>,
    /// Calls under way at the same time.
    #[api(min = 1, max = 32, default = 4)]
    pub concurrency: Option<i64>,
    /// Seconds to wait at most for a rate limit, each time.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// What became of a batch.
#[apply(model!)]
pub struct SendBatchResult {
    /// Recipients given.
    pub recipients: i64,
    /// Recipients whose message Brevo took, in earlier runs too.
    pub sent: i64,
    /// Recipients refused here.
    pub refused: i64,
    /// Recipients whose message Brevo refused.
    pub failed: i64,
    /// Recipients of a call whose end is not known.
    pub unknown: i64,
    /// Recipients to whom nothing was sent: all good ones of a dry run.
    pub not_sent: i64,
    /// Calls made in this run.
    pub calls: i64,
    /// Name of the job.
    pub job_key: String,
    /// What became of the first ten thousand recipients, in their order.
    pub results: Vec<BatchOutcome>,
    /// The first hundred that are not `sent`.
    pub problems: Vec<BatchOutcome>,
}

/// What became of one recipient.
#[apply(model!)]
pub struct BatchOutcome {
    /// Its number, from 0.
    pub index: i64,
    /// Its line in the file.
    pub line: Option<i64>,
    /// Its address.
    pub email: String,
    /// What became of it.
    pub status: BatchStatus,
    /// Identifier of its message. Brevo does not tell it again where the answer to a call was lost.
    pub message_id: Option<String>,
    /// Why it is not sent, or has no identifier.
    pub reason: Option<String>,
}

/// What became of a recipient of a batch: taken by Brevo, refused here, refused by Brevo, perhaps
/// sent, or not tried.
#[apply(open_enum!)]
pub enum BatchStatus {
    Sent = "sent",
    Refused = "refused",
    Failed = "failed",
    Unclear = "unknown",
    NotSent = "notSent",
}

/// What became of a version.
#[derive(Clone)]
enum Fate {
    Sent(Option<String>, Option<String>),
    Failed(String),
    Unknown(String),
    NotSent,
}

/// Sends a batch. Progress counts recipients.
pub async fn send_batch(
    client: &Client,
    arguments: SendBatchArguments,
    progress: Report<'_>,
) -> Result<SendBatchResult> {
    let source = source(&arguments)?;
    let mail = mail(&arguments)?;
    let is_dry = arguments.dry_run.unwrap_or(false);
    let common = Common {
        params: arguments.params.clone().unwrap_or_default(),
        lacks_subject: arguments.template_id.is_none()
            && arguments.subject.as_deref().is_none_or(str::is_empty),
        allows_duplicates: arguments.allow_duplicates.unwrap_or(false),
    };

    let survey = survey(&source, &common, &arguments, progress).await?;
    let mut results = Results::new(arguments.results_path.as_deref(), survey.good)?;
    results.value.recipients = survey.good + survey.refused;
    if survey.good + survey.refused == 0 {
        return Err(Error::argument(source_name(&arguments), "there are no recipients"));
    }
    let is_barred = arguments.strict.unwrap_or(false) && survey.refused > 0;
    let mail_digest = Uuid::new_v5(&NAMESPACE, Value::Object(mail.clone()).to_string().as_bytes());
    let fingerprint = Uuid::new_v5(&mail_digest, survey.digest.as_bytes()).to_string();
    let job_key = arguments.job_key.clone().unwrap_or_else(|| Uuid::new_v4().to_string());
    let (journal, job_key) = match &arguments.checkpoint_path {
        Some(path) if !is_dry && !is_barred => Journal::open(path, &job_key, &fingerprint)?,
        _ => (Journal::none(), job_key),
    };
    results.value.job_key.clone_from(&job_key);
    let shared = Arc::new(Shared {
        client: client.clone(),
        mail,
        key: format!("{job_key}\n{fingerprint}"),
        journal,
        turns: Turns::default(),
        taken: AtomicU64::new(0),
        refused: AtomicU64::new(0),
        calls: AtomicU64::new(0),
        sends_unknown: arguments.send_unknown.unwrap_or(false),
        timeout: arguments.timeout,
    });
    let concurrency = usize::try_from(arguments.concurrency.unwrap_or(4)).unwrap_or(1);
    let cutter = open(&source, &common).await?;
    let stopped = shared.work(cutter, concurrency, is_dry || is_barred, &mut results, progress).await?;
    results.value.calls = shared.calls.load(Ordering::Relaxed) as i64;
    let last_refusal = results.last_refusal.take();
    let value = results.finish().await?;
    if is_barred {
        let first = value.problems.first();
        let first = first.map(|p| format!("`{}`: {}", p.email, p.reason.as_deref().unwrap_or("")));
        let message = format!(
            "{} of {} recipients are refused, so nothing was sent; the first is {}",
            value.refused,
            value.recipients,
            first.unwrap_or_default()
        );
        return Err(Error::argument(source_name(&arguments), message));
    }
    let note = format!(
        "{} recipients have been sent to, {} failed, {} are unknown, {} were not sent to",
        value.sent, value.failed, value.unknown, value.not_sent
    );
    match stopped {
        Some(error) => Err(error.with_note(&note)),
        // A mail that nobody can get is a mistake of the caller's, not a result.
        None if value.sent == 0 && value.failed > 0 => {
            let reason = last_refusal.unwrap_or_default();
            Err(Error::new(Kind::BadRequest, reason).with_note(&note))
        }
        None => Ok(value),
    }
}

fn source(arguments: &SendBatchArguments) -> Result<Source> {
    match (&arguments.recipients, &arguments.recipients_path) {
        (Some(list), None) => Ok(Source::Memory(Arc::new(list.clone()))),
        (None, Some(path)) => Ok(Source::File(path.clone(), format_of(path, arguments.format.as_ref())?)),
        (None, None) => Err(Error::argument("recipients", "`recipients` or `recipients_path` is required")),
        (Some(_), Some(_)) => {
            Err(Error::argument("recipients_path", "recipients come as a list or from a file, not both"))
        }
    }
}

fn source_name(arguments: &SendBatchArguments) -> &'static str {
    if arguments.recipients.is_some() { "recipients" } else { "recipients_path" }
}

/// The arguments that all calls share.
fn mail(arguments: &SendBatchArguments) -> Result<serde_json::Map<String, Value>> {
    let given = arguments.clone();
    if given.headers.iter().flatten().any(|(name, _)| name.eq_ignore_ascii_case("idempotencyKey")) {
        let message = "the job makes the idempotency keys itself; name the job by `job_key`";
        return Err(Error::argument("headers.idempotencyKey", message));
    }
    if given.template_id.is_none() {
        if given.sender.is_none() {
            return Err(Error::argument("sender", "a mail without template needs a sender"));
        }
        let has = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        if !has(&given.html_content) && !has(&given.text_content) {
            return Err(Error::argument("html_content", "a mail without template needs a body"));
        }
    }
    let operation = SendTransacEmail {
        attachment: given.attachment,
        batch_id: given.batch_id,
        headers: given.headers,
        html_content: given.html_content,
        params: given.params,
        reply_to: given.reply_to,
        scheduled_at: given.scheduled_at,
        sender: given.sender,
        subject: given.subject,
        tags: given.tags,
        template_id: given.template_id,
        text_content: given.text_content,
        ..Default::default()
    };
    let mail = to_map(&operation)?;
    crate::arguments::check(SendTransacEmail::SPEC, mail.into())
}

async fn open(source: &Source, common: &Common) -> Result<Cutter> {
    let source = match source {
        Source::Memory(list) => Source::Memory(list.clone()),
        Source::File(path, format) => Source::File(path.clone(), format.clone()),
    };
    let common = common.clone();
    blocking(move || Cutter::open(&source, &common)).await?
}

async fn next_body(mut cutter: Cutter) -> Result<(Cutter, Option<Body>)> {
    let (cutter, body) = blocking(move || {
        let body = cutter.next_body();
        (cutter, body)
    })
    .await?;
    Ok((cutter, body?))
}

/// What the first reading finds out.
struct Survey {
    good: i64,
    refused: i64,
    digest: Uuid,
}

async fn survey(
    source: &Source,
    common: &Common,
    arguments: &SendBatchArguments,
    progress: Report<'_>,
) -> Result<Survey> {
    // The list is complete and was checked; a file is known when it was read.
    let total = arguments.recipients.as_ref().map(|list| list.len() as u64);
    let mut cutter = open(source, common).await?;
    let (mut good, mut all) = (0, 0);
    loop {
        let body;
        (cutter, body) = next_body(cutter).await?;
        let Some(body) = body else { break };
        good += body.versions.len() as i64;
        all += body.entries.len() as i64;
        progress(&Progress::of("read", all as u64, total));
    }
    Ok(Survey { good, refused: all - good, digest: cutter.digest })
}

/// What all calls of a job need.
struct Shared {
    client: Client,
    mail: serde_json::Map<String, Value>,
    key: String,
    journal: Journal,
    turns: Turns,
    /// Ranges that Brevo took, and single recipients that it refused.
    taken: AtomicU64,
    refused: AtomicU64,
    calls: AtomicU64,
    sends_unknown: bool,
    timeout: Option<f64>,
}

/// How a call with a range ended.
enum Ended {
    Sent(Vec<Option<String>>, Option<String>),
    Refused(Error),
    Unknown(String, Option<Error>),
    /// Nothing more can be sent; of this, nothing was.
    Stopped(Error),
}

type Settled = (u64, Vec<Entry>, Vec<Fate>, Option<Error>);

impl Shared {
    /// Cuts and sends, some bodies at a time, and writes the results in the recipients' order. Gives why
    /// it stopped early.
    async fn work(
        self: &Arc<Self>,
        cutter: Cutter,
        concurrency: usize,
        is_idle: bool,
        results: &mut Results,
        progress: Report<'_>,
    ) -> Result<Option<Error>> {
        let mut tasks: JoinSet<Result<Settled>> = JoinSet::new();
        let mut waiting: BTreeMap<u64, (Vec<Entry>, Vec<Fate>)> = BTreeMap::new();
        let (mut cutter, mut stopped) = (Some(cutter), None);
        let (mut next, mut written, mut at) = (0, 0, 0);
        loop {
            // Results wait for those before them, so no more than some bodies are ahead.
            while tasks.len() < concurrency && next - written < 2 * concurrency as u64 {
                let Some(open) = cutter.take() else { break };
                let (open, body) = next_body(open).await?;
                let Some(Body { entries, versions, .. }) = body else { break };
                cutter = Some(open);
                let (first, number) = (at, next);
                at += versions.len() as u64;
                next += 1;
                let (shared, only_known) = (self.clone(), is_idle || stopped.is_some());
                tasks.spawn(async move {
                    let (fates, error) = shared.body(first, versions, only_known).await?;
                    Ok((number, entries, fates, error))
                });
            }
            let Some(done) = tasks.join_next().await else { break };
            let (number, entries, fates, error) =
                done.map_err(|error| Error::new(Kind::Io, "a task was broken off").with_source(error))??;
            stopped = stopped.or(error);
            waiting.insert(number, (entries, fates));
            while let Some((entries, fates)) = waiting.remove(&written) {
                results.add(entries, fates)?;
                written += 1;
                progress(&Progress::of("send", results.settled, Some(results.total)));
            }
        }
        Ok(stopped)
    }

    /// Sends a body, in parts where Brevo refuses it. Where `only_known`, nothing is sent.
    async fn body(
        &self,
        first: u64,
        versions: Vec<Value>,
        only_known: bool,
    ) -> Result<(Vec<Fate>, Option<Error>)> {
        let mut fates = vec![Fate::NotSent; versions.len()];
        let mut parts = vec![(0, versions.len())];
        let mut stopped = None;
        while let Some((from, to)) = parts.pop() {
            if from == to {
                continue;
            }
            let range = (first + from as u64, first + to as u64);
            let middle = from + (to - from) / 2;
            if self.journal.known(range).is_split {
                parts.extend([(middle, to), (from, middle)]);
                continue;
            }
            if let Some(outcome) = self.journal.outcome(range)? {
                fates[from..to].clone_from_slice(&told(&outcome, to - from));
                self.taken.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            if only_known || stopped.is_some() {
                // A call whose end is not known has perhaps done its work.
                if self.journal.known(range).begun.is_some() {
                    fates[from..to].fill(Fate::Unknown(BROKEN_OFF.to_owned()));
                }
                continue;
            }
            match self.range(range, &versions[from..to]).await? {
                Ended::Sent(ids, note) => {
                    self.taken.fetch_add(1, Ordering::Relaxed);
                    self.journal.write(range, json!({"ids": ids, "note": note}))?;
                    for (fate, id) in fates[from..to].iter_mut().zip(ids) {
                        *fate = Fate::Sent(id, note.clone());
                    }
                }
                Ended::Refused(error) if to - from == 1 => {
                    let reason = error.message().to_owned();
                    let refused = self.refused.fetch_add(1, Ordering::Relaxed) + 1;
                    self.journal.write(range, json!({"undone": true}))?;
                    if self.taken.load(Ordering::Relaxed) == 0 && refused >= MOST_REFUSALS {
                        stopped = Some(error);
                    }
                    fates[from] = Fate::Failed(reason);
                }
                Ended::Refused(_) => {
                    self.journal.write(range, json!({"split": true}))?;
                    parts.extend([(middle, to), (from, middle)]);
                }
                Ended::Unknown(reason, error) => {
                    fates[from..to].fill(Fate::Unknown(reason));
                    stopped = error;
                }
                Ended::Stopped(error) => {
                    self.journal.write(range, json!({"undone": true}))?;
                    stopped = Some(error);
                }
            }
        }
        Ok((fates, stopped))
    }

    /// One call, repeated under its key while its end is not known.
    async fn range(&self, range: Range, versions: &[Value]) -> Result<Ended> {
        let known = self.journal.known(range);
        let (mut undone, mut begun, mut is_clean) = (known.undone, now(), true);
        if let Some(earlier) = known.begun {
            if (0..KEY_LIFE.as_millis() as i64).contains(&(begun - earlier)) {
                (begun, is_clean) = (earlier, false);
            } else if self.sends_unknown {
                self.journal.write(range, json!({"undone": true}))?;
                undone += 1;
            } else {
                return Ok(Ended::Unknown(BROKEN_OFF.to_owned(), None));
            }
        }
        let deadline = deadline(self.timeout);
        let mut tries = 0;
        loop {
            self.turns.take().await;
            self.journal.write(range, json!({"begun": begun}))?;
            self.calls.fetch_add(1, Ordering::Relaxed);
            let error = match self.call(range, undone, versions).await {
                Ok(reply) => return Ok(taken(&reply, versions.len())),
                Err(error) => error,
            };
            match error.kind() {
                Kind::Duplicate | Kind::BadRequest | Kind::Conflict if is_repeat(&error) => {
                    let note = "an earlier call with the same key was accepted".to_owned();
                    return Ok(Ended::Sent(vec![None; versions.len()], Some(note)));
                }
                Kind::InvalidArgument
                | Kind::BadRequest
                | Kind::NotFound
                | Kind::Duplicate
                | Kind::Conflict => {
                    return Ok(Ended::Refused(error));
                }
                // Nothing was taken; the time of a key that may have been used goes on.
                Kind::RateLimited
                    if error.retry_after().is_some_and(|wait| Instant::now() + wait < deadline) =>
                {
                    let wait = error.retry_after().unwrap_or_default();
                    if is_clean {
                        self.journal.write(range, json!({"undone": true}))?;
                        undone += 1;
                    }
                    tokio::time::sleep(wait.max(Duration::from_millis(100))).await;
                    if is_clean {
                        begun = now();
                    }
                }
                Kind::Connection | Kind::Timeout | Kind::Server | Kind::Decode | Kind::Cancelled => {
                    (tries, is_clean) = (tries + 1, false);
                    let age = Duration::from_millis(u64::try_from(now() - begun).unwrap_or(u64::MAX));
                    if tries >= TRIES || age + CALL_TIMEOUT > KEY_LIFE {
                        return Ok(Ended::Unknown(error.message().to_owned(), Some(error)));
                    }
                    tokio::time::sleep(retry::delay(tries)).await;
                }
                _ if is_clean => return Ok(Ended::Stopped(error)),
                _ => return Ok(Ended::Unknown(error.message().to_owned(), Some(error))),
            }
        }
    }

    async fn call(&self, range: Range, undone: u64, versions: &[Value]) -> Result<Reply> {
        let mut values = self.mail.clone();
        values.insert("messageVersions".to_owned(), versions.into());
        let name = format!("{}\n{}-{}\n{undone}", self.key, range.0, range.1);
        let options = CallOptions {
            timeout: Some(CALL_TIMEOUT),
            idempotency_key: Some(Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()),
            ..CallOptions::default()
        };
        self.client.call(SendTransacEmail::SPEC, values.into(), options).await
    }
}

const BROKEN_OFF: &str = "an earlier run broke off while the call was under way";

/// Whether a refusal says that the key was used before. The key is the job's own.
fn is_repeat(error: &Error) -> bool {
    matches!(error.code(), Some("duplicate_parameter" | "duplicate_request"))
}

/// What a success tells.
fn taken(reply: &Reply, count: usize) -> Ended {
    if reply.header(ACCEPTED_HEADER).is_some() {
        let note = "the answer was lost; its repeat proved that the call was accepted".to_owned();
        return Ended::Sent(vec![None; count], Some(note));
    }
    let mut body = reply.json().unwrap_or_default();
    let mut ids: Vec<_> =
        take_list(&mut body, "messageIds").iter().map(|id| id.as_str().map(str::to_owned)).collect();
    if ids.is_empty() && count == 1 {
        ids = vec![text_of(&body, "messageId")];
    }
    if ids.len() == count {
        return Ended::Sent(ids, None);
    }
    Ended::Sent(vec![None; count], Some("the answer does not name a message for each recipient".to_owned()))
}

/// The fates that the journal tells of a range.
fn told(outcome: &Value, count: usize) -> Vec<Fate> {
    let note = text_of(outcome, "note");
    let id = |at: usize| outcome.get("ids").and_then(|ids| ids.get(at)).and_then(Value::as_str);
    (0..count).map(|at| Fate::Sent(id(at).map(str::to_owned), note.clone())).collect()
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as i64)
}

/// Spaces the calls of a minute.
#[derive(Default)]
struct Turns(Mutex<VecDeque<Instant>>);

impl Turns {
    async fn take(&self) {
        const MINUTE: Duration = Duration::from_secs(60);
        loop {
            let wait = {
                let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let now = Instant::now();
                while calls.front().is_some_and(|call| now.duration_since(*call) >= MINUTE) {
                    calls.pop_front();
                }
                match calls.front() {
                    Some(first) if calls.len() >= CALLS_A_MINUTE => MINUTE - now.duration_since(*first),
                    _ => {
                        calls.push_back(now);
                        return;
                    }
                }
            };
            tokio::time::sleep(wait).await;
        }
    }
}

/// Results in the making.
struct Results {
    value: SendBatchResult,
    file: Option<Target>,
    /// Recipients that are sent to, and those of them whose fate is known.
    total: u64,
    settled: u64,
    last_refusal: Option<String>,
}

impl Results {
    fn new(path: Option<&str>, total: i64) -> Result<Self> {
        let columns = COLUMNS.map(|name| Column::new(name, Ty::Any)).to_vec();
        let file = match path {
            Some(path) => Some(Target::create(path, format_of(path, None)?, columns)?),
            None => None,
        };
        Ok(Results {
            value: SendBatchResult::default(),
            file,
            total: total as u64,
            settled: 0,
            last_refusal: None,
        })
    }

    fn add(&mut self, entries: Vec<Entry>, fates: Vec<Fate>) -> Result<()> {
        self.settled += fates.len() as u64;
        let mut fates = fates.into_iter();
        for entry in entries {
            let (status, message_id, reason) = match entry.problem {
                Some(problem) => (BatchStatus::Refused, None, Some(problem)),
                None => match fates.next().unwrap_or(Fate::NotSent) {
                    Fate::Sent(id, note) => (BatchStatus::Sent, id, note),
                    Fate::Failed(reason) => {
                        self.last_refusal = Some(reason.clone());
                        (BatchStatus::Failed, None, Some(reason))
                    }
                    Fate::Unknown(reason) => (BatchStatus::Unclear, None, Some(reason)),
                    Fate::NotSent => (BatchStatus::NotSent, None, None),
                },
            };
            let counter = match status {
                BatchStatus::Sent => &mut self.value.sent,
                BatchStatus::Refused => &mut self.value.refused,
                BatchStatus::Failed => &mut self.value.failed,
                BatchStatus::Unclear => &mut self.value.unknown,
                _ => &mut self.value.not_sent,
            };
            *counter += 1;
            let outcome = BatchOutcome {
                index: entry.index,
                line: entry.line,
                email: entry.email,
                status,
                message_id,
                reason,
            };
            if let Some(file) = &mut self.file {
                let value = json!(outcome);
                file.row(&COLUMNS.map(|name| value.get(name)))?;
            }
            if outcome.status != BatchStatus::Sent && self.value.problems.len() < PROBLEMS_SHOWN {
                self.value.problems.push(outcome.clone());
            }
            if self.value.results.len() < RESULTS_SHOWN {
                self.value.results.push(outcome);
            }
        }
        Ok(())
    }

    async fn finish(self) -> Result<SendBatchResult> {
        if let Some(file) = self.file {
            file.finish().await?;
        }
        Ok(self.value)
    }
}
