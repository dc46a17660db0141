//! Contacts: created, found, changed, merged, deleted.

use rusqlite::{OptionalExtension, Result, params};

use super::ContactRow;
use crate::handler::Handler;
use crate::state::Db;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    let _ = operation;
    None
}

pub(super) fn by_id(db: &Db, account: i64, id: i64) -> Result<Option<ContactRow>> {
    db.prepare_cached(&format!("SELECT {} FROM contacts WHERE account = ?1 AND id = ?2", ContactRow::COLUMNS))?
        .query_row([account, id], ContactRow::read)
        .optional()
}

pub(super) fn by_column(db: &Db, account: i64, column: &str, value: &str) -> Result<Option<ContactRow>> {
    let sql = format!("SELECT {} FROM contacts WHERE account = ?1 AND {column} = ?2", ContactRow::COLUMNS);
    db.prepare_cached(&sql)?.query_row(params![account, value], ContactRow::read).optional()
}

/// Carries out a double opt-in that was confirmed, and gives the page to show.
pub fn confirm_doi(_db: &Db, _token: &str, _now: i64) -> Result<Option<String>> {
    Ok(None)
}
