//! Contacts: created, found, changed, merged, deleted.

use rusqlite::{OptionalExtension, Result, params, params_from_iter};
use serde_json::{Map, Value, json};

use super::attributes::Definitions;
use super::{ContactRow, lists};
use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::state::{Db, Sandbox, lock, next_id, random_text};
use crate::{simulate, templates, time, transactional, webhooks};

const DAY: i64 = 86_400_000;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "get_contacts" => get_contacts,
        "create_contact" => create_contact,
        "get_contact_info" => get_contact_info,
        "update_contact" => update_contact,
        "delete_contact" => delete_contact,
        "get_contact_stats" => get_contact_stats,
        "update_batch_contacts" => update_batch_contacts,
        "create_doi_contact" => create_doi_contact,
        _ => return None,
    })
}

/// A value that only one contact can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Email,
    ExtId,
    Sms,
    Whatsapp,
    Landline,
}

impl Key {
    pub(super) const ALL: [Key; 5] = [Key::Email, Key::ExtId, Key::Sms, Key::Whatsapp, Key::Landline];

    fn column(self) -> &'static str {
        match self {
            Key::Email => "email",
            Key::ExtId => "ext_id",
            Key::Sms => "sms",
            Key::Whatsapp => "whatsapp",
            Key::Landline => "landline",
        }
    }

    /// Name as an attribute.
    pub(super) fn attribute(self) -> &'static str {
        match self {
            Key::Email => "EMAIL",
            Key::ExtId => "EXT_ID",
            Key::Sms => "SMS",
            Key::Whatsapp => "WHATSAPP",
            Key::Landline => "LANDLINE_NUMBER",
        }
    }

    /// Name in `duplicate_identifiers`.
    fn label(self) -> &'static str {
        if self == Key::Email { "email" } else { self.attribute() }
    }

    /// The value as it is stored.
    pub(super) fn normalized(self, text: &str) -> Result<String, ApiError> {
        let text = text.trim();
        match self {
            Key::Email if valid_email(text) => Ok(text.to_lowercase()),
            Key::Email => Err(ApiError::invalid("Invalid email address")),
            Key::ExtId => Ok(text.to_owned()),
            _ => phone(text).ok_or_else(|| ApiError::invalid(format!("Invalid {} number", self.attribute()))),
        }
    }
}

/// Whether a text has the form of an e-mail address.
pub fn valid_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let odd = |c: char| c.is_whitespace() || c.is_control() || "@,;:<>()[]\"\\".contains(c);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || !c.is_ascii())
    };
    !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && !local.chars().any(odd)
        && domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(label)
        && domain.rsplit('.').next().is_some_and(|top| top.chars().count() > 1)
}

/// Digits of a phone number: `33...`, `+33...` and `0033...` are the same.
fn phone(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/')).collect();
    let digits = text.strip_prefix('+').or_else(|| text.strip_prefix("00")).unwrap_or(&text);
    ((6..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0'))
    .then(|| digits.to_owned())
}

/// What is to be changed in a contact, or to be in a new one.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    /// Identifiers; `None` takes one away.
    pub(super) keys: Vec<(Key, Option<String>)>,
    pub(super) attributes: Map<String, Value>,
    pub(super) lists: Vec<i64>,
    pub(super) unlink: Vec<i64>,
    pub(super) email_blacklisted: Option<bool>,
    pub(super) sms_blacklisted: Option<bool>,
    pub(super) blocked_senders: Option<Vec<String>>,
}

impl Change {
    /// From attributes and the identifiers that have parameters of their own.
    pub(super) fn new(
        attributes: Map<String, Value>,
        email: Option<&str>,
        ext_id: Option<&str>,
    ) -> Result<Self, ApiError> {
        let mut change = Change::default();
        for (key, value) in [(Key::Email, email), (Key::ExtId, ext_id)] {
            if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
                change.keys.push((key, Some(key.normalized(value)?)));
            }
        }
        for (name, value) in attributes {
            let Some(key) = Key::ALL.into_iter().find(|key| key.attribute() == name) else {
                change.attributes.insert(name, value);
                continue;
            };
            if change.keys.iter().any(|(known, _)| *known == key) {
                continue;
            }
            let text = match &value {
                Value::String(text) => text.trim().to_owned(),
                Value::Number(number) => number.to_string(),
                _ => String::new(),
            };
            let value = if text.is_empty() { None } else { Some(key.normalized(&text)?) };
            change.keys.push((key, value));
        }
        Ok(change)
    }

    fn from_call(call: &Call) -> Result<Self, ApiError> {
        let attributes = call.get("attributes").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut change = Change::new(attributes, call.text("email"), call.text("ext_id"))?;
        change.fill(&call.args);
        Ok(change)
    }

    /// Lists and blocklists.
    fn fill(&mut self, args: &Map<String, Value>) {
        let ints = |name: &str| {
            let list = args.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(Value::as_i64).collect()
        };
        self.lists = ints("listIds");
        self.unlink = ints("unlinkListIds");
        self.email_blacklisted = args.get("emailBlacklisted").and_then(Value::as_bool);
        self.sms_blacklisted = args.get("smsBlacklisted").and_then(Value::as_bool);
        self.blocked_senders = args
            .get("smtpBlacklistSender")
            .and_then(Value::as_array)
            .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }

    /// The identifiers that it gives, in the order in which they are looked up.
    pub(super) fn given(&self) -> impl Iterator<Item = (Key, &str)> {
        Key::ALL.into_iter().filter_map(|key| {
            let (_, value) = self.keys.iter().find(|(known, _)| *known == key)?;
            Some((key, value.as_deref()?))
        })
    }
}

pub(super) fn by_id(db: &Db, account: i64, id: i64) -> Result<Option<ContactRow>> {
    db.prepare_cached(&format!(
        "SELECT {} FROM contacts WHERE account = ?1 AND id = ?2",
        ContactRow::COLUMNS
    ))?
    .query_row([account, id], ContactRow::read)
    .optional()
}

pub(super) fn by_key(db: &Db, account: i64, key: Key, value: &str) -> Result<Option<ContactRow>> {
    let sql =
        format!("SELECT {} FROM contacts WHERE account = ?1 AND {} = ?2", ContactRow::COLUMNS, key.column());
    db.prepare_cached(&sql)?.query_row(params![account, value], ContactRow::read).optional()
}

fn duplicate(action: &str, keys: &[Key]) -> ApiError {
    let labels: Vec<&str> = keys.iter().map(|key| key.label()).collect();
    let (verb, be) = (labels.join(", "), if labels.len() > 1 { "are" } else { "is" });
    ApiError::new(
        400,
        "duplicate_parameter",
        format!("Unable to {action} contact, {verb} {be} already associated with another Contact"),
    )
    .with_metadata(json!({"duplicate_identifiers": labels}))
}

/// Makes a contact whose identifiers are known to be free.
pub(super) fn insert(
    db: &Db,
    account: i64,
    change: &Change,
    definitions: &Definitions,
    now: i64,
) -> Result<i64> {
    let id = next_id(db, account, "contact")?;
    let mut contact = ContactRow { id, created: now, ..ContactRow::default() };
    apply(&mut contact, change, definitions, now);
    let key = |key: Key| {
        let given = change.keys.iter().rev().find(|(known, _)| *known == key);
        given.and_then(|(_, value)| value.as_deref())
    };
    db.prepare_cached(
        "INSERT INTO contacts (account, id, email, ext_id, sms, whatsapp, landline, attributes, email_blacklisted,
            sms_blacklisted, blacklist_reason, blocked_senders, created, modified)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, CASE WHEN ?9 THEN 'adminBlocked' END, ?11, ?12, ?12)",
    )?
    .execute(params![
        account,
        id,
        contact.email,
        key(Key::ExtId),
        key(Key::Sms),
        key(Key::Whatsapp),
        key(Key::Landline),
        serde_json::to_string(&contact.attributes).unwrap_or_default(),
        contact.email_blacklisted,
        contact.sms_blacklisted,
        json!(change.blocked_senders.as_deref().unwrap_or_default()).to_string(),
        now,
    ])?;
    join(db, account, id, change)?;
    Ok(id)
}

/// Changes a contact; identifiers that clash with others refuse the change, or merge the contacts.
/// Gives the identifier of the contact that remains.
fn update(
    db: &Db,
    account: i64,
    contact: ContactRow,
    change: &Change,
    merge: bool,
    now: i64,
) -> Result<i64, ApiError> {
    let definitions = Definitions::load(db, account)?;
    let mut others: Vec<(Key, ContactRow)> = Vec::new();
    for (key, value) in change.given() {
        if let Some(other) = by_key(db, account, key, value)?.filter(|other| other.id != contact.id) {
            others.push((key, other));
        }
    }
    if !others.is_empty() && !merge {
        return Err(duplicate("update", &others.iter().map(|(key, _)| *key).collect::<Vec<_>>()));
    }
    // The most recently modified one stays.
    let mut kept = contact;
    for (_, other) in others {
        if other.id == kept.id {
            continue;
        }
        let (stays, goes) = if other.modified > kept.modified { (other, kept) } else { (kept, other) };
        kept = absorb(db, account, stays, goes)?;
    }
    write(db, account, &mut kept, change, &definitions, now)?;
    Ok(kept.id)
}

/// Takes over the attributes, lists and free identifiers of a contact that goes.
fn absorb(db: &Db, account: i64, mut stays: ContactRow, goes: ContactRow) -> Result<ContactRow, ApiError> {
    lists::take_over(db, account, stays.id, goes.id)?;
    remove(db, account, goes.id)?;
    let mut change = Change::new(goes.attributes, goes.email.as_deref(), goes.ext_id.as_deref())?;
    change.keys.retain(|(key, _)| match key {
        Key::Email => stays.email.is_none(),
        Key::ExtId => stays.ext_id.is_none(),
        _ => !stays.attributes.contains_key(key.attribute()),
    });
    change.attributes.retain(|name, _| !stays.attributes.contains_key(name));
    let (definitions, modified) = (Definitions::load(db, account)?, stays.modified);
    write(db, account, &mut stays, &change, &definitions, modified)?;
    Ok(stays)
}

/// Writes a change whose identifiers are free.
pub(super) fn write(
    db: &Db,
    account: i64,
    contact: &mut ContactRow,
    change: &Change,
    definitions: &Definitions,
    now: i64,
) -> Result<()> {
    for (key, value) in &change.keys {
        let sql = format!("UPDATE contacts SET {} = ?3 WHERE account = ?1 AND id = ?2", key.column());
        db.prepare_cached(&sql)?.execute(params![account, contact.id, value])?;
    }
    apply(contact, change, definitions, now);
    db.prepare_cached(
        "UPDATE contacts SET attributes = ?3, email_blacklisted = ?4, sms_blacklisted = ?5, modified = ?6,
            blacklist_reason = CASE WHEN ?4 THEN COALESCE(blacklist_reason, 'adminBlocked') END,
            blocked_senders = COALESCE(?7, blocked_senders)
         WHERE account = ?1 AND id = ?2",
    )?
    .execute(params![
        account,
        contact.id,
        serde_json::to_string(&contact.attributes).unwrap_or_default(),
        contact.email_blacklisted,
        contact.sms_blacklisted,
        now,
        change.blocked_senders.as_ref().map(|senders| json!(senders).to_string()),
    ])?;
    join(db, account, contact.id, change)
}

/// Makes a contact what a change asks for.
fn apply(contact: &mut ContactRow, change: &Change, definitions: &Definitions, now: i64) {
    for (key, value) in &change.keys {
        if *key == Key::Email && value.is_some() && contact.email.is_some() && contact.email != *value {
            // Brevo takes a contact off the blocklist when its address changes.
            contact.email_blacklisted = false;
        }
        match (key, value) {
            (Key::Email, value) => contact.email.clone_from(value),
            (_, Some(value)) => {
                contact.attributes.insert(key.attribute().into(), value.as_str().into());
            }
            (_, None) => {
                contact.attributes.shift_remove(key.attribute());
            }
        }
    }
    for (name, value) in &change.attributes {
        definitions.set(&mut contact.attributes, name, value);
    }
    contact.email_blacklisted = change.email_blacklisted.unwrap_or(contact.email_blacklisted);
    contact.sms_blacklisted = change.sms_blacklisted.unwrap_or(contact.sms_blacklisted);
    contact.modified = now;
}

/// Puts a contact into the lists of a change, and takes it out of others.
fn join(db: &Db, account: i64, contact: i64, change: &Change) -> Result<()> {
    for list in &change.lists {
        lists::add_member(db, account, *list, contact)?;
    }
    for list in &change.unlink {
        lists::remove_member(db, account, *list, contact)?;
    }
    Ok(())
}

fn remove(db: &Db, account: i64, id: i64) -> Result<()> {
    db.execute("DELETE FROM contacts WHERE account = ?1 AND id = ?2", [account, id])?;
    db.execute("DELETE FROM list_members WHERE account = ?1 AND contact = ?2", [account, id]).map(drop)
}

fn create_contact(call: &Call) -> Outcome {
    let change = Change::from_call(call)?;
    if change.given().next().is_none() {
        return Err(ApiError::missing(
            "Either email, ext_id or SMS attribute is required to create a contact",
        ));
    }
    lists::must_exist(call.db, call.account, &change.lists)?;
    let found = holders(call.db, call.account, &change)?;
    let merge = call.flag("forceMerge");
    if found.is_empty() {
        let definitions = Definitions::load(call.db, call.account)?;
        let id = insert(call.db, call.account, &change, &definitions, call.now)?;
        tell_added(call.db, call.sandbox, call.account, id, &change.lists, call.now)?;
        return Ok(Answer::created(json!({"id": id})));
    }
    let meant = meant(&change, &found).or_else(|| found.first().filter(|_| merge).map(|(_, other)| other));
    let Some(contact) = meant.filter(|_| merge || call.flag("updateEnabled")) else {
        return Err(duplicate("create", &found.iter().map(|(key, _)| *key).collect::<Vec<_>>()));
    };
    let id = update(call.db, call.account, contact.clone(), &change, merge, call.now)?;
    tell_updated(call, id, &change)?;
    Ok(if call.flag("getId") { Answer::created(json!({"id": id})) } else { Answer::no_content() })
}

/// The contacts that have one of the identifiers given.
pub(super) fn holders(db: &Db, account: i64, change: &Change) -> Result<Vec<(Key, ContactRow)>> {
    let mut found = Vec::new();
    for (key, value) in change.given() {
        found.extend(by_key(db, account, key, value)?.map(|contact| (key, contact)));
    }
    Ok(found)
}

/// Which of the holders is meant: the one of the first identifier given, else one that has no such
/// identifier yet. A contact with another address is somebody else, even if the number is the same.
pub(super) fn meant<'a>(change: &Change, found: &'a [(Key, ContactRow)]) -> Option<&'a ContactRow> {
    let (first, _) = change.given().next()?;
    let (key, contact) = found.first()?;
    let has_other = match first {
        Key::Email => contact.email.is_some(),
        Key::ExtId => contact.ext_id.is_some(),
        _ => contact.attributes.contains_key(first.attribute()),
    };
    (*key == first || !has_other).then_some(contact)
}

/// The contact that an identifier means. Without a type, an e-mail address, a phone number (where
/// the operation guesses it) or the number of the contact.
fn find(call: &Call, guess_phone: bool) -> Result<ContactRow, ApiError> {
    let text = match call.get("identifier") {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let key = |key: Key| match key.normalized(&text) {
        Ok(value) => by_key(call.db, call.account, key, &value).map_err(ApiError::from),
        Err(error) => Err(error),
    };
    let number = || text.parse::<i64>().map_err(|_| ApiError::invalid("Invalid contact identifier"));
    let found = match call.text("identifierType") {
        Some("email_id") => key(Key::Email)?,
        Some("contact_id") => by_id(call.db, call.account, number()?)?,
        Some("ext_id") => key(Key::ExtId)?,
        Some("phone_id") => key(Key::Sms)?,
        Some("whatsapp_id") => key(Key::Whatsapp)?,
        Some("landline_number_id") => key(Key::Landline)?,
        Some(_) => return Err(ApiError::invalid("Invalid identifierType")),
        None if text.contains('@') => key(Key::Email)?,
        None => {
            let by_number = match text.parse::<i64>() {
                Ok(id) if !text.starts_with('+') => by_id(call.db, call.account, id)?,
                _ => None,
            };
            match by_number {
                None if guess_phone && phone(&text).is_some() => key(Key::Sms)?,
                None => {
                    number()?;
                    None
                }
                found => found,
            }
        }
    };
    found.ok_or_else(|| ApiError::not_found("Contact does not exist"))
}

fn update_contact(call: &Call) -> Outcome {
    let contact = find(call, false)?;
    let change = Change::from_call(call)?;
    lists::must_exist(call.db, call.account, &change.lists)?;
    let id = update(call.db, call.account, contact, &change, call.flag("forceMerge"), call.now)?;
    tell_updated(call, id, &change)?;
    Ok(Answer::no_content())
}

/// Tells the webhooks that a contact joined lists.
pub(super) fn tell_added(
    db: &Db,
    sandbox: &Sandbox,
    account: i64,
    contact: i64,
    lists: &[i64],
    now: i64,
) -> Result<()> {
    let email = by_id(db, account, contact)?.and_then(|contact| contact.email);
    let (Some(email), false) = (email, lists.is_empty()) else { return Ok(()) };
    let particulars = Map::from_iter([("list_id".to_owned(), json!(lists))]);
    webhooks::contact_event(db, sandbox, account, "listAddition", &email, &particulars, now)
}

/// Tells the webhooks what was changed in a contact.
fn tell_updated(call: &Call, id: i64, change: &Change) -> Result<()> {
    let Some(contact) = by_id(call.db, call.account, id)? else { return Ok(()) };
    tell_added(call.db, call.sandbox, call.account, id, &change.lists, call.now)?;
    let names =
        change.attributes.keys().map(String::as_str).chain(change.keys.iter().map(|(k, _)| k.attribute()));
    let content: Map<String, Value> =
        names.filter_map(|name| Some((name.to_owned(), contact.attributes.get(name)?.clone()))).collect();
    let Some(email) = contact.email else { return Ok(()) };
    let particulars = Map::from_iter([("content".to_owned(), json!([content]))]);
    webhooks::contact_event(
        call.db,
        call.sandbox,
        call.account,
        "contactUpdated",
        &email,
        &particulars,
        call.now,
    )
}

fn delete_contact(call: &Call) -> Outcome {
    let contact = find(call, false)?;
    remove(call.db, call.account, contact.id)?;
    if let Some(email) = &contact.email {
        let none = Map::new();
        webhooks::contact_event(
            call.db,
            call.sandbox,
            call.account,
            "contactDeleted",
            email,
            &none,
            call.now,
        )?;
    }
    Ok(Answer::no_content())
}

/// The changes of a batch; entries that name nobody are passed over.
fn update_batch_contacts(call: &Call) -> Outcome {
    let entries = call.list("contacts");
    if entries.is_empty() {
        return Err(ApiError::missing("contacts is missing"));
    }
    for (i, entry) in entries.iter().enumerate() {
        let Some(entry) = entry.as_object() else { continue };
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        let id = entry.get("id").and_then(Value::as_i64);
        let contact = match (text("email"), id, text("sms")) {
            (Some(email), None, None) => {
                by_key(call.db, call.account, Key::Email, &Key::Email.normalized(email)?)?
            }
            (None, Some(id), None) => by_id(call.db, call.account, id)?,
            (None, None, Some(sms)) => by_key(call.db, call.account, Key::Sms, &Key::Sms.normalized(sms)?)?,
            _ => {
                return Err(ApiError::invalid(format!(
                    "contacts[{i}] needs exactly one of email, id and sms"
                )));
            }
        };
        let Some(contact) = contact else { continue };
        let attributes = entry.get("attributes").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut change = Change::new(attributes, None, text("ext_id"))?;
        change.fill(entry);
        lists::must_exist(call.db, call.account, &change.lists)?;
        let id = update(call.db, call.account, contact, &change, false, call.now)?;
        tell_updated(call, id, &change)?;
    }
    Ok(Answer::no_content())
}

/// A contact as replies show it.
pub(super) fn to_json(db: &Db, account: i64, contact: &ContactRow) -> Result<Value> {
    let memberships = db
        .prepare_cached(
            // By itself it would go through all members of all lists, since those are in order.
            "SELECT list, unsubscribed FROM list_members INDEXED BY list_members_of_contact
             WHERE account = ?1 AND contact = ?2 ORDER BY list",
        )?
        .query_map([account, contact.id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?)))?
        .collect::<Result<Vec<_>>>()?;
    let ids = |unsubscribed: bool| -> Vec<i64> {
        memberships.iter().filter(|(_, left)| *left == unsubscribed).map(|(list, _)| *list).collect()
    };
    let left = ids(true);
    let mut out = json!({
        "id": contact.id,
        "emailBlacklisted": contact.email_blacklisted,
        "smsBlacklisted": contact.sms_blacklisted,
        "whatsappBlacklisted": contact.whatsapp_blacklisted,
        "createdAt": time::rfc3339(contact.created),
        "modifiedAt": time::rfc3339(contact.modified),
        "listIds": ids(false),
        "listUnsubscribed": if left.is_empty() { Value::Null } else { left.into() },
        "attributes": contact.attributes,
    });
    if let Some(email) = &contact.email {
        out["email"] = email.as_str().into();
    }
    Ok(out)
}

/// A page of contacts that fulfil conditions on their columns, of some lists or of all.
pub(super) fn page(
    call: &Call,
    lists: Option<&[i64]>,
    conditions: &[String],
    values: Vec<rusqlite::types::Value>,
) -> Outcome {
    let (limit, offset) = call.page();
    let wanted = Wanted::new(call.account, lists, conditions, call.order());
    let mut bookmarks = lock(&call.sandbox.bookmarks);
    let marks = bookmarks.of(&format!("{} {} {values:?}", wanted.sql, wanted.order), call.db.total_changes());
    let count = match marks.count {
        Some(count) => count,
        None => call.db.query_row(
            &format!("SELECT COUNT(*) FROM ({})", wanted.sql),
            params_from_iter(values.iter()),
            |row| row.get(0),
        )?,
    };
    marks.count = Some(count);
    let rows = call
        .db
        .prepare(&wanted.page(limit, offset, marks.before(offset)))?
        .query_map(params_from_iter(values.iter()), ContactRow::read)?
        .collect::<Result<Vec<_>>>()?;
    marks.add(offset, &rows);
    let contacts = rows.iter().map(|row| to_json(call.db, call.account, row)).collect::<Result<Vec<_>>>()?;
    Ok(Answer::ok(json!({"contacts": contacts, "count": count})))
}

/// A query for the identifiers of contacts, from the index that has them in order.
struct Wanted {
    account: i64,
    sql: String,
    /// The column of the index.
    column: &'static str,
    order: &'static str,
}

impl Wanted {
    fn new(account: i64, lists: Option<&[i64]>, conditions: &[String], order: &'static str) -> Self {
        let (mut sql, column) = match lists {
            None => (format!("SELECT id AS wanted FROM contacts WHERE account = {account}"), "id"),
            Some(lists) => {
                let distinct = if lists.len() == 1 { "" } else { "DISTINCT" };
                // The columns are looked up only where a condition needs them.
                let columns = match conditions {
                    [] => "",
                    _ => "CROSS JOIN contacts c ON c.account = m.account AND c.id = m.contact",
                };
                let lists = lists.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
                let sql = format!(
                    "SELECT {distinct} m.contact AS wanted FROM list_members m {columns}
                     WHERE m.account = {account} AND m.list IN ({lists}) AND m.unsubscribed = 0"
                );
                (sql, "m.contact")
            }
        };
        for condition in conditions {
            sql.push_str(" AND ");
            sql.push_str(condition);
        }
        Wanted { account, sql, column, order }
    }

    /// The contacts of a page. Those passed over are not looked up, and those before a place that is known
    /// are not even passed over.
    fn page(&self, limit: i64, offset: i64, known: Option<(i64, i64)>) -> String {
        let Wanted { account, sql, column, order } = self;
        let (from, offset) = match known {
            Some((place, contact)) => {
                let compare = if *order == "ASC" { ">=" } else { "<=" };
                (format!("AND {column} {compare} {contact}"), offset - place)
            }
            None => (String::new(), offset),
        };
        format!(
            "SELECT {} FROM ({sql} {from} ORDER BY wanted {order} LIMIT {limit} OFFSET {offset})
             CROSS JOIN contacts ON account = {account} AND id = wanted ORDER BY wanted {order}",
            ContactRow::COLUMNS
        )
    }
}

/// Condition on a moment, from an argument in RFC 3339 form.
pub(super) fn since(call: &Call, argument: &str, column: &str) -> Result<Option<String>, ApiError> {
    let Some(text) = call.text(argument) else { return Ok(None) };
    let moment = time::parse(text).ok_or_else(|| ApiError::invalid(format!("Invalid {argument} format")))?;
    Ok(Some(format!("{column} > {moment}")))
}

fn get_contacts(call: &Call) -> Outcome {
    let (lists, segment) = (call.ints("listIds"), call.int("segmentId"));
    if segment.is_some() && !lists.is_empty() {
        return Err(ApiError::invalid("Either listIds or segmentId can be passed, not both"));
    }
    let (mut conditions, mut values) = (Vec::new(), Vec::new());
    conditions.extend(since(call, "modifiedSince", "modified")?);
    conditions.extend(since(call, "createdSince", "created")?);
    let joined = |ids: &[i64]| ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    if call.get("ids").is_some() {
        conditions.push(format!("id IN ({})", joined(&call.ints("ids"))));
    }
    if let Some(filter) = call.text("filter") {
        lists::add_filter(filter, &mut conditions, &mut values)?;
    }
    if let Some(segment) = segment {
        let filter = lists::segment_filter(call.db, call.account, segment)?
            .ok_or_else(|| ApiError::not_found("Segment does not exist"))?;
        lists::add_filter(&filter, &mut conditions, &mut values)?;
    }
    let lists = call.get("listIds").map(|_| &lists[..]);
    page(call, lists, &conditions, values)
}

/// The span of statistics: the last 90 days, or from `startDate` to `endDate`, both included.
fn span(call: &Call, at_most: Option<i64>) -> Result<(i64, i64), ApiError> {
    let day = |name: &str| match call.text(name) {
        None => Ok(None),
        Some(text) => time::parse_day(text)
            .map(Some)
            .ok_or_else(|| ApiError::invalid(format!("Invalid {name} format, YYYY-MM-DD is expected"))),
    };
    match (day("startDate")?, day("endDate")?) {
        (None, None) => Ok((call.now - 90 * DAY, call.now)),
        (Some(from), Some(to)) if from > to => Err(ApiError::invalid("startDate must not be after endDate")),
        (Some(_), Some(to)) if to > call.now => Err(ApiError::invalid("endDate must not be in the future")),
        (Some(from), Some(to)) if at_most.is_some_and(|days| to - from > days * DAY) => Err(
            ApiError::invalid(format!("The date range must not exceed {} days", at_most.unwrap_or_default())),
        ),
        (Some(from), Some(to)) => Ok((from, to + DAY - 1)),
        _ => Err(ApiError::missing("startDate and endDate are needed together")),
    }
}

fn get_contact_info(call: &Call) -> Outcome {
    let (from, to) = span(call, None)?;
    let contact = find(call, true)?;
    let mut body = to_json(call.db, call.account, &contact)?;
    body["statistics"] = simulate::contact_stats(call.db, call.account, contact.id, from, to)?;
    Ok(Answer::ok(body))
}

fn get_contact_stats(call: &Call) -> Outcome {
    let (from, to) = span(call, Some(90))?;
    let contact = find(call, false)?;
    Ok(Answer::ok(simulate::contact_stats(call.db, call.account, contact.id, from, to)?))
}

// Double opt-in ------------------------------------------------------------------------------------

fn create_doi_contact(call: &Call) -> Outcome {
    let email = Key::Email.normalized(call.text("email").unwrap_or_default())?;
    let (template, lists) = (call.int("templateId").unwrap_or_default(), call.ints("includeListIds"));
    lists::must_exist(call.db, call.account, &lists)?;
    if !templates::is_active_doi(call.db, call.account, template)? {
        return Err(ApiError::invalid("An active DOI template does not exist"));
    }
    let known = by_key(call.db, call.account, Key::Email, &email)?.is_some();
    let token = random_text(32);
    let contact = json!({
        "email": email,
        "attributes": call.get("attributes"),
        "listIds": lists,
        "unlinkListIds": call.ints("excludeListIds"),
    });
    call.db.execute(
        "INSERT INTO doi_requests VALUES (?1, ?2, ?3, ?4)",
        params![token, call.account, contact.to_string(), call.text("redirectionUrl").unwrap_or_default()],
    )?;
    let url = format!("{}/_sandbox/doi/{token}", call.sandbox.base_url());
    let parameters = json!({"DOIurl": url});
    transactional::send_template(
        call.db,
        call.account,
        template,
        &email,
        &parameters,
        call.now,
        call.sandbox,
    )?;
    Ok(Answer::empty(if known { 204 } else { 201 }))
}

/// Carries out a double opt-in that was confirmed, and gives the page to show. A second click only
/// shows the page.
pub fn confirm_doi(db: &Db, sandbox: &Sandbox, token: &str, now: i64) -> Result<Option<String>, ApiError> {
    let found: Option<(i64, String, String)> = db
        .query_row("SELECT account, contact, redirect FROM doi_requests WHERE token = ?1", [token], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((account, contact, redirect)) = found else { return Ok(None) };
    let Ok(Value::Object(contact)) = serde_json::from_str(&contact) else { return Ok(Some(redirect)) };
    let mut attributes = contact.get("attributes").and_then(Value::as_object).cloned().unwrap_or_default();
    attributes.insert("DOUBLE_OPT-IN".into(), 1.into());
    let email = contact.get("email").and_then(Value::as_str);
    let mut change = Change::new(attributes, email, None)?;
    change.fill(&contact);
    change.email_blacklisted = Some(false);
    let id = match by_key(db, account, Key::Email, email.unwrap_or_default())? {
        Some(known) => update(db, account, known, &change, false, now)?,
        None => insert(db, account, &change, &Definitions::load(db, account)?, now)?,
    };
    tell_added(db, sandbox, account, id, &change.lists, now)?;
    Ok(Some(redirect))
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, StatementStatus, types};

    use super::*;

    fn account(contacts: i64) -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(super::super::SCHEMA).unwrap();
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             INSERT INTO contacts (account, id, email, created, modified)
             SELECT 1, i, 'p' || i || '@example.com', i, i FROM n",
            [contacts],
        )
        .unwrap();
        db.execute("INSERT INTO list_members SELECT 1, 1 + id % 3, id, id % 10 = 0 FROM contacts", [])
            .unwrap();
        db
    }

    /// Identifiers of a page, and the steps that the database took for it.
    fn read(
        db: &Connection,
        lists: Option<&[i64]>,
        conditions: &[&str],
        (limit, offset): (i64, i64),
        known: Option<(i64, i64)>,
    ) -> (Vec<i64>, i32) {
        let conditions: Vec<String> = conditions.iter().map(|text| (*text).to_owned()).collect();
        let sql = Wanted::new(1, lists, &conditions, "ASC").page(limit, offset, known);
        let mut statement = db.prepare(&sql).unwrap();
        let none: [types::Value; 0] = [];
        let ids = statement
            .query_map(params_from_iter(none), |row| row.get(0))
            .unwrap()
            .collect::<Result<Vec<i64>>>()
            .unwrap();
        let steps = statement.get_status(StatementStatus::VmStep);
        (ids, steps)
    }

    #[test]
    fn pages_hold_the_right_contacts() {
        let db = account(60);
        for known in [None, Some((0, 3))] {
            assert_eq!(read(&db, None, &[], (3, 2), known.map(|_| (1, 2))).0, [3, 4, 5]);
            let ids = read(&db, Some(&[1]), &[], (9, 1), known).0;
            assert_eq!(ids, [6, 9, 12, 15, 18, 21, 24, 27, 33]);
            let ids = read(&db, Some(&[1, 2]), &["modified > 50"], (9, 0), known).0;
            assert_eq!(ids, [51, 52, 54, 55, 57, 58]);
            assert_eq!(
                read(&db, Some(&[3]), &["created > 50", "id IN (53,56,59)"], (2, 1), known).0,
                [56, 59]
            );
            assert_eq!(read(&db, Some(&[]), &[], (9, 0), known).0, [0; 0]);
        }
        let descending = Wanted::new(1, Some(&[1]), &[], "DESC").page(2, 3, Some((1, 54)));
        let ids: Vec<i64> = db
            .prepare(&descending)
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(ids, [48, 45]);
    }

    #[test]
    fn a_page_costs_its_own_rows_and_a_step_for_each_that_is_passed_over() {
        let db = account(30_000);
        for lists in [None, Some(&[1][..])] {
            let (first, steps) = read(&db, lists, &[], (10, 0), None);
            assert!(first.len() == 10 && steps < 1_000, "{steps} steps for the first page of {lists:?}");
            let (last, steps) = read(&db, lists, &[], (10, 8_000), None);
            assert!(last.len() == 10 && steps < 60_000, "{steps} steps to pass over 8,000 of {lists:?}");
            let (next, steps) = read(&db, lists, &[], (10, 8_010), Some((8_009, last[9])));
            assert!(next[0] > last[9] && steps < 1_000, "{steps} steps for a page after one that is known");
            for known in [None, Some((0, 3))] {
                let plan: Vec<String> = db
                    .prepare(&format!(
                        "EXPLAIN QUERY PLAN {}",
                        Wanted::new(1, lists, &[], "DESC").page(10, 5, known)
                    ))
                    .unwrap()
                    .query_map([], |row| row.get(3))
                    .unwrap()
                    .collect::<Result<_>>()
                    .unwrap();
                let looked_up = plan.iter().filter(|step| step.contains("contacts USING INDEX")).count();
                assert!(
                    looked_up == 1 && !plan.iter().any(|step| step.starts_with("SCAN contacts")),
                    "{plan:?}"
                );
            }
        }
    }
}
