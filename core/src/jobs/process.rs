//! Waiting for a background process.

use std::time::{Duration, Instant};

use macro_rules_attribute::apply;
use serde_json::Value;

use super::{Job, Progress, Report, call, deadline, model_of};
use crate::api::process::{GetProcess, Process};
use crate::client::Client;
use crate::error::{Error, Kind, Result};
use crate::schema::Typed;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Row of the table.
pub static JOB: Job = Job {
    resource: "process",
    name: "wait_for_process",
    arguments: model_of::<WaitForProcessArguments>(),
    output: Process::TY,
    rows: None,
    doc: &[
        " Waits until a background process has ended, and gives it.",
        "",
        " A process that failed or was cancelled is an error. The state is asked for after half a second,",
        " then ever less often, every ten seconds at last: Brevo allows 100 such calls an hour.",
    ],
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
    Err(Error::new(Kind::Timeout, format!("process {id} has not ended in the time allowed"))
        .with_advice("The process goes on; wait for it again by its number, or allow more time."))
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
