//! Lists, folders and segments.
use super::ContactRow;
use crate::handler::Handler;
use crate::state::{Db, Sandbox};
use rusqlite::Result;
pub(super) fn handler(_operation: &str) -> Option<Handler> {
    None
}
pub(super) fn init(_db: &Db, _now: i64) -> Result<()> {
    Ok(())
}
pub(super) fn in_segments(_db: &Db, _account: i64, _segments: &[i64]) -> Result<Vec<ContactRow>> {
    Ok(Vec::new())
}
/// Addresses of this module, for this machine only.
pub fn routes() -> axum::Router<std::sync::Arc<Sandbox>> {
    axum::Router::new()
}
