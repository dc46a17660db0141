//! Import of contacts.
use crate::handler::Handler;
use crate::state::{Db, Sandbox};
use rusqlite::Result;
use serde_json::Value;
pub(super) fn handler(_operation: &str) -> Option<Handler> {
    None
}
/// Does the work of an import.
pub(crate) fn run(_db: &Db, _now: i64, _sandbox: &Sandbox, _account: i64, _id: i64, _work: Value) -> Result<()> {
    Ok(())
}
