//! Attributes of contacts.
use crate::handler::Handler;
use crate::state::Db;
use rusqlite::Result;
pub(super) fn handler(_operation: &str) -> Option<Handler> {
    None
}
pub(super) fn init(_db: &Db) -> Result<()> {
    Ok(())
}
