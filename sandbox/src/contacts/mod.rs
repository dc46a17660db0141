//! Contacts with their attributes, lists, folders, segments, import and export.

mod attributes;
mod bookmarks;
mod export;
pub(crate) mod import;
mod lists;
mod people;

use rusqlite::{OptionalExtension, Result, Row, params};
use serde_json::{Map, Value};

use crate::handler::Handler;
use crate::state::Db;

pub use bookmarks::Bookmarks;
pub use lists::routes;
pub use people::{confirm_doi, valid_email};

/// Tables of this module.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS contacts (
    account INTEGER NOT NULL, id INTEGER NOT NULL, email TEXT, ext_id TEXT, sms TEXT, whatsapp TEXT,
    landline TEXT, attributes TEXT NOT NULL DEFAULT '{}', email_blacklisted INTEGER NOT NULL DEFAULT 0,
    sms_blacklisted INTEGER NOT NULL DEFAULT 0, whatsapp_blacklisted INTEGER NOT NULL DEFAULT 0,
    blacklist_reason TEXT, blocked_senders TEXT NOT NULL DEFAULT '[]', created INTEGER NOT NULL,
    modified INTEGER NOT NULL, PRIMARY KEY (account, id));
CREATE UNIQUE INDEX IF NOT EXISTS contacts_email ON contacts (account, email);
CREATE UNIQUE INDEX IF NOT EXISTS contacts_ext_id ON contacts (account, ext_id) WHERE ext_id IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS contacts_sms ON contacts (account, sms) WHERE sms IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS contacts_whatsapp ON contacts (account, whatsapp) WHERE whatsapp IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS contacts_landline ON contacts (account, landline) WHERE landline IS NOT NULL;
CREATE TABLE IF NOT EXISTS attributes (
    account INTEGER NOT NULL, category TEXT NOT NULL, name TEXT NOT NULL, type TEXT, value TEXT,
    enumeration TEXT, options TEXT, position INTEGER NOT NULL, PRIMARY KEY (account, category, name));
CREATE TABLE IF NOT EXISTS folders (
    account INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (account, id));
CREATE TABLE IF NOT EXISTS lists (
    account INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, folder INTEGER NOT NULL,
    created INTEGER NOT NULL, PRIMARY KEY (account, id));
CREATE TABLE IF NOT EXISTS list_members (
    account INTEGER NOT NULL, list INTEGER NOT NULL, contact INTEGER NOT NULL,
    unsubscribed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (account, list, contact)) WITHOUT ROWID;
DROP INDEX IF EXISTS list_members_contact;
CREATE INDEX IF NOT EXISTS list_members_of_contact ON list_members (account, contact, list, unsubscribed);
CREATE TABLE IF NOT EXISTS segments (
    account INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, category TEXT NOT NULL,
    filter TEXT, updated INTEGER NOT NULL, PRIMARY KEY (account, id));
CREATE TABLE IF NOT EXISTS doi_requests (
    token TEXT PRIMARY KEY, account INTEGER NOT NULL, contact TEXT NOT NULL, redirect TEXT NOT NULL);
";

/// A contact.
#[derive(Debug, Clone, Default)]
pub struct ContactRow {
    /// Identifier.
    pub id: i64,
    /// E-mail address.
    pub email: Option<String>,
    /// Own identifier of the user of the API.
    pub ext_id: Option<String>,
    /// Attribute values by upper-case name.
    pub attributes: Map<String, Value>,
    /// Whether campaigns by e-mail do not reach it.
    pub email_blacklisted: bool,
    /// Whether campaigns by SMS do not reach it.
    pub sms_blacklisted: bool,
    /// Whether campaigns by WhatsApp do not reach it.
    pub whatsapp_blacklisted: bool,
    /// Creation, in milliseconds.
    pub created: i64,
    /// Last change, in milliseconds.
    pub modified: i64,
}

impl ContactRow {
    const COLUMNS: &'static str = "id, email, ext_id, attributes, email_blacklisted, sms_blacklisted, \
                                   whatsapp_blacklisted, created, modified";

    fn read(row: &Row) -> Result<Self> {
        let attributes: String = row.get(3)?;
        Ok(ContactRow {
            id: row.get(0)?,
            email: row.get(1)?,
            ext_id: row.get(2)?,
            attributes: serde_json::from_str(&attributes).unwrap_or_default(),
            email_blacklisted: row.get(4)?,
            sms_blacklisted: row.get(5)?,
            whatsapp_blacklisted: row.get(6)?,
            created: row.get(7)?,
            modified: row.get(8)?,
        })
    }
}

/// Code of an operation of this module, by its name.
pub fn handler(operation: &str) -> Option<Handler> {
    people::handler(operation)
        .or_else(|| attributes::handler(operation))
        .or_else(|| lists::handler(operation))
        .or_else(|| import::handler(operation))
        .or_else(|| export::handler(operation))
}

/// What a new account has: Brevo's own attributes, one folder and one list.
pub fn init(db: &Db, now: i64) -> Result<()> {
    attributes::init(db)?;
    lists::init(db, now)
}

/// Contacts that are in one of the lists and in none of the excluded ones, in order of their
/// identifiers. Blocklisted contacts are among them; contacts that unsubscribed from a list are not
/// counted as its members.
pub fn contacts_in_lists(db: &Db, account: i64, lists: &[i64], excluded: &[i64]) -> Result<Vec<ContactRow>> {
    let members = |lists: &[i64]| {
        let lists = lists.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        format!(
            "(SELECT contact FROM list_members WHERE account = ?1 AND unsubscribed = 0 AND list IN ({lists}))"
        )
    };
    let sql = format!(
        "SELECT {} FROM contacts WHERE account = ?1 AND id IN {} AND id NOT IN {} ORDER BY id",
        ContactRow::COLUMNS,
        members(lists),
        members(excluded)
    );
    db.prepare(&sql)?.query_map([account], ContactRow::read)?.collect()
}

/// Contacts of segments, in order of their identifiers.
pub fn contacts_in_segments(db: &Db, account: i64, segments: &[i64]) -> Result<Vec<ContactRow>> {
    lists::in_segments(db, account, segments)
}

/// A contact by its identifier.
pub fn contact(db: &Db, account: i64, id: i64) -> Result<Option<ContactRow>> {
    people::by_id(db, account, id)
}

/// A contact by its e-mail address, in any case of letters.
pub fn contact_by_email(db: &Db, account: i64, email: &str) -> Result<Option<ContactRow>> {
    people::by_key(db, account, people::Key::Email, &email.trim().to_lowercase())
}

/// A contact by its mobile number, digits only.
pub fn contact_by_phone(db: &Db, account: i64, digits: &str) -> Result<Option<ContactRow>> {
    people::by_key(db, account, people::Key::Sms, digits)
}

/// The name of a list.
pub fn list_name(db: &Db, account: i64, list: i64) -> Result<Option<String>> {
    db.prepare_cached("SELECT name FROM lists WHERE account = ?1 AND id = ?2")?
        .query_row([account, list], |row| row.get(0))
        .optional()
}

/// Puts a contact on the blocklist for e-mail. The reason is one of those of
/// `GET /smtp/blockedContacts` (`hardBounce`, `unsubscribedViaEmail`, `unsubscribedViaApi`, ...).
pub fn blocklist(db: &Db, account: i64, contact: i64, reason: &str, now: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE contacts SET email_blacklisted = 1, blacklist_reason = ?3, modified = ?4
         WHERE account = ?1 AND id = ?2",
    )?
    .execute(params![account, contact, reason, now])
    .map(drop)
}

/// Takes an address off the blocklist for e-mail.
pub fn unblock(db: &Db, account: i64, email: &str, now: i64) -> Result<bool> {
    let changed = db.execute(
        "UPDATE contacts SET email_blacklisted = 0, blacklist_reason = NULL, modified = ?3
         WHERE account = ?1 AND email = ?2 AND email_blacklisted = 1",
        params![account, email.to_lowercase(), now],
    )?;
    Ok(changed > 0)
}
