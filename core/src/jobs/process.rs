//! Waiting for a background process.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use macro_rules_attribute::apply;
use serde_json::Value;

use super::{Job, Progress, Report, call, deadline, model_of, take_list, text_of};
use crate::api::process::{GetProcess, GetProcesses, Process};
use crate::client::Client;
use crate::error::{Error, Kind, Result};
use crate::schema::Typed;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Processes that are asked for one by one; of more, a page of the account's processes tells the state.
const FEW: usize = 3;
/// Processes in a page of them.
pub(super) const PAGE: i64 = 50;
const LONGEST_PAUSE_OF_MANY: Duration = Duration::from_secs(60);

/// Row of the table.
pub static JOB: Job = Job {
    resource: "process",
    name: "wait_for_process",
    arguments: model_of::<WaitForProcessArguments>(),
    output: Process::TY,
    rows: None,
    doc: "Waits until a background process has ended, and gives it.\n\n\
          A process that failed or was cancelled is an error. The state is asked for after half a second,\n\
          then ever less often, every ten seconds at last: Brevo allows 100 such calls an hour.",
};

/// Arguments of `process.wait_for_process`.
#[apply(model!)]
pub struct WaitForProcessArguments {
    /// Identifier of the process, as the operation that started it gave.
    pub process_id: i64,
    /// Seconds after which waiting ends with an error; the process goes on.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// Waits for a process. Progress counts the times that its state was asked for.
pub async fn wait_for_process(
    client: &Client,
    arguments: WaitForProcessArguments,
    progress: Report<'_>,
) -> Result<Value> {
    wait(client, arguments.process_id, deadline(arguments.timeout), progress).await
}

pub(super) async fn wait(client: &Client, id: i64, deadline: Instant, progress: Report<'_>) -> Result<Value> {
    let mut pause = FIRST_PAUSE;
    for done in 1.. {
        let process = call(client, GetProcess { process_id: id }, deadline).await?;
        progress(&Progress::of("wait", done, None));
        let status = process.get("status").and_then(Value::as_str).unwrap_or("");
        match status {
            "completed" => return Ok(process),
            "failed" | "cancelled" => return Err(ended(id, status, &process)),
            _ => {}
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        tokio::time::sleep(pause.min(left)).await;
        pause = pause.mul_f64(1.5).min(LONGEST_PAUSE);
    }
    Err(late(id))
}

fn late(id: i64) -> Error {
    Error::new(Kind::Timeout, format!("process {id} has not ended in the time allowed"))
        .with_advice("The process goes on; wait for it again by its number, or allow more time.")
}

/// A page of the account's processes, the newest first.
pub(super) async fn newest(client: &Client, offset: i64, deadline: Instant) -> Result<Vec<Value>> {
    let page = GetProcesses { limit: Some(PAGE), offset: Some(offset), sort: Some("desc".into()) };
    Ok(take_list(&mut call(client, page, deadline).await?, "processes"))
}

/// The number of a process.
pub(super) fn id_of(process: &Value) -> Option<i64> {
    process.get("id").and_then(Value::as_i64)
}

/// A process that has ended well, by its number, or the error of one that has not.
pub(super) type Ended = Result<(i64, Value)>;

/// Processes that are waited for together. Fifty cost no more calls than one: the account's newest
/// processes are asked for page by page, ever less often, once a minute at last. What the pages do not show
/// is asked for by its number.
pub(super) struct Waiting<'a> {
    client: &'a Client,
    deadline: Instant,
    /// What the pages are to tell, and what they do not.
    pending: BTreeSet<i64>,
    singly: BTreeSet<i64>,
    pause: Duration,
    /// When the pages are worth asking for again.
    due: Option<Instant>,
    /// Whether pages tell the reports of an import, once that is known, and how many processes have none
    /// in a page nor by their number.
    tells_reports: Option<bool>,
    agreed: usize,
}

impl<'a> Waiting<'a> {
    pub(super) fn new(client: &'a Client, ids: &[i64], deadline: Instant) -> Self {
        let (mut pending, mut singly) = (ids.iter().copied().collect::<BTreeSet<_>>(), BTreeSet::new());
        if pending.len() <= FEW {
            std::mem::swap(&mut pending, &mut singly);
        }
        Waiting {
            client,
            deadline,
            pending,
            singly,
            pause: FIRST_PAUSE,
            due: None,
            tells_reports: None,
            agreed: 0,
        }
    }

    /// Waits until some have ended, and gives these in the order of their numbers; none at the end.
    /// `asked` is called whenever the state was asked for.
    pub(super) async fn next(&mut self, asked: &(dyn Fn() + Send + Sync)) -> Result<Vec<Ended>> {
        while let Some(first) = self.pending.first().copied() {
            if let Some(due) = self.due {
                if Instant::now() >= self.deadline {
                    return Err(late(first));
                }
                tokio::time::sleep_until(due.min(self.deadline).into()).await;
            }
            let ended = self.ask(asked).await?;
            self.due = Some(Instant::now() + self.pause);
            self.pause = self.pause.mul_f64(1.5).min(LONGEST_PAUSE_OF_MANY);
            if !ended.is_empty() {
                return Ok(ended);
            }
        }
        let Some(id) = self.singly.pop_first() else { return Ok(Vec::new()) };
        let process = wait(self.client, id, self.deadline, &|_| asked()).await?;
        Ok(vec![Ok((id, process))])
    }

    /// Asks for pages down to the oldest process that is waited for.
    async fn ask(&mut self, asked: &(dyn Fn() + Send + Sync)) -> Result<Vec<Ended>> {
        let (mut unseen, mut ended, mut offset) = (self.pending.clone(), Vec::new(), 0);
        while let Some(oldest) = unseen.first().copied() {
            let page = match newest(self.client, offset, self.deadline).await {
                Ok(page) => page,
                // Who may not list processes may still ask for one, or is told by that why not.
                Err(error) if error.status().is_some_and(|status| (400..429).contains(&status)) => Vec::new(),
                Err(error) => return Err(error),
            };
            asked();
            offset += PAGE;
            let lowest = page.iter().filter_map(id_of).min();
            let is_last = page.len() < PAGE as usize || lowest.is_none_or(|lowest| lowest <= oldest);
            for process in page {
                let Some(id) = id_of(&process).filter(|id| unseen.remove(id)) else { continue };
                match text_of(&process, "status").as_deref() {
                    Some("completed") => ended.push((id, Ok(process))),
                    Some(status @ ("failed" | "cancelled")) => {
                        ended.push((id, Err(self::ended(id, status, &process))));
                    }
                    Some(_) => {}
                    None => drop(self.singly.insert(id)),
                }
            }
            // Where it costs no more calls, each is asked for by its number.
            if is_last || offset / PAGE >= unseen.len() as i64 {
                break;
            }
        }
        self.singly.append(&mut unseen);
        self.pending.retain(|id| !self.singly.contains(id));
        ended.sort_unstable_by_key(|(id, _)| *id);
        let mut told = Vec::new();
        for (id, process) in ended {
            self.pending.remove(&id);
            told.push(match process {
                Ok(process) => Ok((id, self.with_reports(id, process, asked).await?)),
                Err(error) => Err(error),
            });
        }
        Ok(told)
    }

    /// The process as it is told by its number, where pages leave out what they say of its reports.
    async fn with_reports(
        &mut self,
        id: i64,
        process: Value,
        asked: &(dyn Fn() + Send + Sync),
    ) -> Result<Value> {
        let has_reports = |process: &Value| process.get("info").is_some_and(Value::is_object);
        if has_reports(&process) {
            self.tells_reports = Some(true);
        }
        if self.tells_reports == Some(true) {
            return Ok(process);
        }
        let process = call(self.client, GetProcess { process_id: id }, self.deadline).await?;
        asked();
        if has_reports(&process) {
            self.tells_reports = Some(false);
        } else {
            self.agreed += 1;
            self.tells_reports = self.tells_reports.or((self.agreed == FEW).then_some(true));
        }
        Ok(process)
    }
}

fn ended(id: i64, status: &str, process: &Value) -> Error {
    let name = process.get("name").and_then(Value::as_str).unwrap_or("unknown");
    let reason = match process.get("error") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(reason)) => format!(": {reason}"),
        Some(reason) => format!(": {reason}"),
    };
    let kind = if status == "failed" { Kind::Server } else { Kind::Conflict };
    Error::new(
        kind,
        format!(
            "process {id} ({name}) {verb} {status}{reason}",
            verb = if status == "failed" { "has" } else { "was" }
        ),
    )
    .with_advice("Look at what has been done so far, remove the cause, and start it again.")
}
