//! Jobs that people really want, each several calls long.

use serde_json::{Map, Value};

use crate::client::Client;
use crate::error::Result;
use crate::schema::{Model, Ty};

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
    /// Documentation, a line per element.
    pub doc: &'static [&'static str],
}

/// How far a job has come.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Progress {
    /// What is being done, in one word (`read`, `send`, `wait`, `write`).
    pub stage: &'static str,
    /// Units done.
    pub done: u64,
    /// All units, where known.
    pub total: Option<u64>,
}

/// Every job.
pub static JOBS: &[&Job] = &[];

/// Job by resource and name.
pub fn job(resource: &str, name: &str) -> Option<&'static Job> {
    JOBS.iter().copied().find(|job| job.resource == resource && job.name == name)
}

/// Does a job. `progress` is called now and then, on the thread that drives the job.
pub async fn run(
    _client: &Client,
    _job: &'static Job,
    _arguments: Map<String, Value>,
    _progress: &(dyn Fn(&Progress) + Send + Sync),
) -> Result<Value> {
    unimplemented!("being written")
}
