//! Lists with their members, folders and segments.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use rusqlite::{OptionalExtension, Result, Row, params, params_from_iter};
use serde_json::{Value, json};

use super::people::{self, Key};
use super::{ContactRow, confirm_doi};
use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::server::{Json, local};
use crate::state::{ACCOUNT, Db, Sandbox, next_id};
use crate::{campaigns, processes, time};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "get_folders" => get_folders,
        "create_folder" => create_folder,
        "get_folder" => get_folder,
        "update_folder" => update_folder,
        "delete_folder" => delete_folder,
        "get_folder_lists" => get_folder_lists,
        "get_lists" => get_lists,
        "create_list" => create_list,
        "get_list" => get_list,
        "update_list" => update_list,
        "delete_list" => delete_list,
        "get_contacts_from_list" => get_contacts_from_list,
        "add_contact_to_list" => add_contacts,
        "remove_contact_from_list" => remove_contacts,
        "get_segments" => get_segments,
        _ => return None,
    })
}

/// One folder and the two lists that every account has.
pub(super) fn init(db: &Db, now: i64) -> Result<()> {
    let lists: i64 =
        db.query_row("SELECT COUNT(*) FROM counters WHERE kind = 'list'", [], |row| row.get(0))?;
    if lists == 0 {
        let folder = new_folder(db, ACCOUNT, "Your first folder")?;
        new_list(db, ACCOUNT, "identified_contacts", folder, now)?;
        new_list(db, ACCOUNT, "Your first list", folder, now)?;
    }
    Ok(())
}

fn new_folder(db: &Db, account: i64, name: &str) -> Result<i64> {
    let id = next_id(db, account, "folder")?;
    db.execute("INSERT INTO folders VALUES (?1, ?2, ?3)", params![account, id, name])?;
    Ok(id)
}

pub(super) fn new_list(db: &Db, account: i64, name: &str, folder: i64, now: i64) -> Result<i64> {
    let id = next_id(db, account, "list")?;
    db.execute("INSERT INTO lists VALUES (?1, ?2, ?3, ?4, ?5)", params![account, id, name, folder, now])?;
    Ok(id)
}

// Members ------------------------------------------------------------------------------------------

/// Puts a contact into a list; gives whether it was not in it before.
pub(super) fn add_member(db: &Db, account: i64, list: i64, contact: i64) -> Result<bool> {
    let changed = db
        .prepare_cached(
            "INSERT INTO list_members VALUES (?1, ?2, ?3, 0)
             ON CONFLICT DO UPDATE SET unsubscribed = 0 WHERE unsubscribed = 1",
        )?
        .execute([account, list, contact])?;
    Ok(changed > 0)
}

/// Takes a contact out of a list; gives whether it was in it.
pub(super) fn remove_member(db: &Db, account: i64, list: i64, contact: i64) -> Result<bool> {
    let changed = db
        .prepare_cached("DELETE FROM list_members WHERE account = ?1 AND list = ?2 AND contact = ?3")?
        .execute([account, list, contact])?;
    Ok(changed > 0)
}

/// Gives the lists of one contact to another.
pub(super) fn take_over(db: &Db, account: i64, to: i64, from: i64) -> Result<()> {
    db.execute(
        "INSERT OR IGNORE INTO list_members
         SELECT account, list, ?2, unsubscribed FROM list_members WHERE account = ?1 AND contact = ?3",
        [account, to, from],
    )
    .map(drop)
}

/// Refuses lists that do not exist.
pub(super) fn must_exist(db: &Db, account: i64, lists: &[i64]) -> Result<(), ApiError> {
    for list in lists {
        if !exists(db, account, *list)? {
            return Err(ApiError::invalid(format!("List ID {list} does not exist")));
        }
    }
    Ok(())
}

fn get_contacts_from_list(call: &Call) -> Outcome {
    let list = call.int("listId").unwrap_or_default();
    if !exists(call.db, call.account, list)? {
        return Err(ApiError::not_found(NO_LIST));
    }
    let conditions: Vec<String> = people::since(call, "modifiedSince", "modified")?.into_iter().collect();
    people::page(call, Some(&[list]), &conditions, Vec::new())
}

/// The contacts that a call names, each with its name in the reply; one of the three ways only.
fn named(call: &Call) -> Result<Vec<(Value, Option<ContactRow>)>, ApiError> {
    let given: Vec<&str> =
        ["emails", "ids", "extIds"].into_iter().filter(|name| call.get(name).is_some()).collect();
    let [way] = given[..] else {
        return Err(match given.len() {
            0 => ApiError::missing("emails, ids or extIds is missing"),
            _ => ApiError::invalid("Only one of emails, ids and extIds can be passed"),
        });
    };
    if !(1..=150).contains(&call.list(way).len()) {
        return Err(ApiError::invalid(format!("{way} must have 1 to 150 entries")));
    }
    let mut out = Vec::new();
    for name in call.list(way) {
        let text = name.as_str().unwrap_or_default();
        let contact = match way {
            "ids" => people::by_id(call.db, call.account, name.as_i64().unwrap_or_default())?,
            "emails" => people::by_key(call.db, call.account, Key::Email, &text.trim().to_lowercase())?,
            _ => people::by_key(call.db, call.account, Key::ExtId, text.trim())?,
        };
        out.push((name.clone(), contact));
    }
    Ok(out)
}

fn move_contacts(call: &Call, action: fn(&Call, i64, i64) -> Result<bool>, nothing: &str) -> Outcome {
    let list = the_list(call)?;
    let (mut success, mut failure) = (Vec::new(), Vec::new());
    for (name, contact) in named(call)? {
        let done = match contact {
            Some(contact) => action(call, list.id, contact.id)?,
            None => false,
        };
        if done { success.push(name) } else { failure.push(name) }
    }
    if success.is_empty() {
        return Err(ApiError::invalid(nothing));
    }
    Ok(Answer::created(json!({"contacts": {"success": success, "failure": failure}})))
}

fn add_contacts(call: &Call) -> Outcome {
    let add = |call: &Call, list: i64, contact: i64| -> Result<bool> {
        let added = add_member(call.db, call.account, list, contact)?;
        if added {
            people::tell_added(call.db, call.sandbox, call.account, contact, &[list], call.now)?;
        }
        Ok(added)
    };
    move_contacts(call, add, "Contact already in list and/or does not exist")
}

fn remove_contacts(call: &Call) -> Outcome {
    if !call.flag("all") {
        let remove =
            |call: &Call, list: i64, contact: i64| remove_member(call.db, call.account, list, contact);
        return move_contacts(call, remove, "Contact already removed from list and/or does not exist");
    }
    let list = the_list(call)?;
    let total = call
        .db
        .execute("DELETE FROM list_members WHERE account = ?1 AND list = ?2", [call.account, list.id])?;
    let process = processes::create_process(call.db, call.account, "IMPORTUSER", call.now)?;
    processes::finish_process(call.db, call.sandbox, call.account, process, None, &Value::Null, call.now)?;
    Ok(Answer::created(json!({"contacts": {"total": total, "processId": process}})))
}

// Lists --------------------------------------------------------------------------------------------

struct List {
    id: i64,
    name: String,
    folder: i64,
    created: i64,
    members: i64,
}

const LISTS: &str = "SELECT id, name, folder, created,
    (SELECT COUNT(*) FROM list_members m WHERE m.account = lists.account AND m.list = lists.id
     AND m.unsubscribed = 0) FROM lists WHERE account = ?1";

impl List {
    fn read(row: &Row) -> Result<Self> {
        Ok(List {
            id: row.get(0)?,
            name: row.get(1)?,
            folder: row.get(2)?,
            created: row.get(3)?,
            members: row.get(4)?,
        })
    }

    /// As pages show it. Two figures are frozen at 0 at Brevo too.
    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "folderId": self.folder,
            "uniqueSubscribers": self.members,
            "totalSubscribers": 0,
            "totalBlacklisted": 0,
        })
    }
}

const NO_LIST: &str = "List ID does not exist";

/// Whether there is such a list; [`find_list`] counts its members too, which takes its time.
fn exists(db: &Db, account: i64, id: i64) -> Result<bool> {
    db.prepare_cached("SELECT EXISTS (SELECT 1 FROM lists WHERE account = ?1 AND id = ?2)")?
        .query_row([account, id], |row| row.get(0))
}

fn find_list(db: &Db, account: i64, id: i64) -> Result<Option<List>> {
    db.prepare_cached(&format!("{LISTS} AND id = ?2"))?.query_row([account, id], List::read).optional()
}

fn the_list(call: &Call) -> Result<List, ApiError> {
    find_list(call.db, call.account, call.int("listId").unwrap_or_default())?
        .ok_or_else(|| ApiError::not_found(NO_LIST))
}

/// A page of a table.
fn page<T>(
    call: &Call,
    key: &str,
    sql: &str,
    extra: &[i64],
    read: fn(&Row) -> Result<T>,
    show: fn(&T) -> Value,
) -> Outcome {
    let (limit, offset) = call.page();
    let values: Vec<i64> = std::iter::once(call.account).chain(extra.iter().copied()).collect();
    let count: i64 =
        call.db.query_row(&format!("SELECT COUNT(*) FROM ({sql})"), params_from_iter(&values), |row| {
            row.get(0)
        })?;
    let rows = call
        .db
        .prepare_cached(&format!("{sql} ORDER BY id {} LIMIT {limit} OFFSET {offset}", call.order()))?
        .query_map(params_from_iter(&values), read)?
        .collect::<Result<Vec<T>>>()?;
    let mut body = json!({"count": count});
    body[key] = rows.iter().map(show).collect();
    Ok(Answer::ok(body))
}

fn get_lists(call: &Call) -> Outcome {
    page(call, "lists", LISTS, &[], List::read, List::to_json)
}

fn get_folder_lists(call: &Call) -> Outcome {
    let folder = the_folder(call)?;
    let without_folder = |list: &List| {
        let mut list = list.to_json();
        if let Some(list) = list.as_object_mut() {
            list.shift_remove("folderId");
        }
        list
    };
    page(call, "lists", &format!("{LISTS} AND folder = ?2"), &[folder.id], List::read, without_folder)
}

fn name_of<'a>(call: &'a Call) -> Result<Option<&'a str>, ApiError> {
    match call.text("name").map(str::trim) {
        Some("") => Err(ApiError::invalid("name must not be empty")),
        Some(name) if name.chars().count() > 255 => Err(ApiError::invalid("name is too long")),
        name => Ok(name),
    }
}

fn create_list(call: &Call) -> Outcome {
    let folder = call.int("folderId").unwrap_or_default();
    folder_must_exist(call, folder)?;
    let name = name_of(call)?.ok_or_else(|| ApiError::missing("name is missing"))?;
    let id = new_list(call.db, call.account, name, folder, call.now)?;
    Ok(Answer::created(json!({"id": id})))
}

fn get_list(call: &Call) -> Outcome {
    let list = the_list(call)?;
    let moment = |name: &str| match call.text(name) {
        None => Ok(None),
        Some(text) => {
            time::parse(text).map(Some).ok_or_else(|| ApiError::invalid(format!("Invalid {name} format")))
        }
    };
    let (from, to) = match (moment("startDate")?, moment("endDate")?) {
        (None, None) => (0, i64::MAX),
        (Some(from), Some(to)) if from <= to => (from, to),
        (Some(_), Some(_)) => return Err(ApiError::invalid("startDate must not be after endDate")),
        _ => return Err(ApiError::missing("startDate and endDate are needed together")),
    };
    let mut body = list.to_json();
    body["createdAt"] = time::rfc3339(list.created).into();
    body["dynamicList"] = false.into();
    body["campaignStats"] = campaigns::list_stats(call.db, call.account, list.id, from, to)?.into();
    Ok(Answer::ok(body))
}

fn update_list(call: &Call) -> Outcome {
    let list = the_list(call)?;
    let (name, folder) = (name_of(call)?, call.int("folderId"));
    if name.is_none() && folder.is_none() {
        return Err(ApiError::missing("name or folderId is missing"));
    }
    if let Some(folder) = folder {
        folder_must_exist(call, folder)?;
    }
    call.db.execute(
        "UPDATE lists SET name = COALESCE(?3, name), folder = COALESCE(?4, folder)
         WHERE account = ?1 AND id = ?2",
        params![call.account, list.id, name, folder],
    )?;
    Ok(Answer::no_content())
}

fn drop_list(db: &Db, account: i64, id: i64) -> Result<()> {
    db.execute("DELETE FROM list_members WHERE account = ?1 AND list = ?2", [account, id])?;
    db.execute("DELETE FROM lists WHERE account = ?1 AND id = ?2", [account, id]).map(drop)
}

fn delete_list(call: &Call) -> Outcome {
    let list = the_list(call)?;
    drop_list(call.db, call.account, list.id)?;
    Ok(Answer::no_content())
}

// Folders ------------------------------------------------------------------------------------------

struct Folder {
    id: i64,
    name: String,
    members: i64,
}

const FOLDERS: &str = "SELECT id, name,
    (SELECT COUNT(DISTINCT m.contact) FROM lists l JOIN list_members m
     ON m.account = l.account AND m.list = l.id AND m.unsubscribed = 0
     WHERE l.account = folders.account AND l.folder = folders.id) FROM folders WHERE account = ?1";

impl Folder {
    fn read(row: &Row) -> Result<Self> {
        Ok(Folder { id: row.get(0)?, name: row.get(1)?, members: row.get(2)? })
    }

    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "uniqueSubscribers": self.members,
            "totalSubscribers": 0,
            "totalBlacklisted": 0,
        })
    }
}

fn find_folder(db: &Db, account: i64, id: i64) -> Result<Option<Folder>> {
    db.prepare_cached(&format!("{FOLDERS} AND id = ?2"))?.query_row([account, id], Folder::read).optional()
}

/// Refuses a folder that does not exist, where it is an argument rather than the target.
pub(super) fn folder_must_exist(call: &Call, id: i64) -> Result<(), ApiError> {
    match find_folder(call.db, call.account, id)? {
        Some(_) => Ok(()),
        None => Err(ApiError::invalid("Folder ID does not exist")),
    }
}

fn the_folder(call: &Call) -> Result<Folder, ApiError> {
    find_folder(call.db, call.account, call.int("folderId").unwrap_or_default())?
        .ok_or_else(|| ApiError::not_found("Folder ID does not exist"))
}

fn get_folders(call: &Call) -> Outcome {
    page(call, "folders", FOLDERS, &[], Folder::read, Folder::to_json)
}

fn create_folder(call: &Call) -> Outcome {
    let name = name_of(call)?.ok_or_else(|| ApiError::missing("name is missing"))?;
    Ok(Answer::created(json!({"id": new_folder(call.db, call.account, name)?})))
}

fn get_folder(call: &Call) -> Outcome {
    Ok(Answer::ok(the_folder(call)?.to_json()))
}

fn update_folder(call: &Call) -> Outcome {
    let folder = the_folder(call)?;
    let name = name_of(call)?.ok_or_else(|| ApiError::missing("name is missing"))?;
    call.db.execute(
        "UPDATE folders SET name = ?3 WHERE account = ?1 AND id = ?2",
        params![call.account, folder.id, name],
    )?;
    Ok(Answer::no_content())
}

/// Deletes a folder with all its lists; the contacts stay.
fn delete_folder(call: &Call) -> Outcome {
    let folder = the_folder(call)?;
    let lists = call
        .db
        .prepare("SELECT id FROM lists WHERE account = ?1 AND folder = ?2")?
        .query_map([call.account, folder.id], |row| row.get(0))?
        .collect::<Result<Vec<i64>>>()?;
    for list in lists {
        drop_list(call.db, call.account, list)?;
    }
    call.db.execute("DELETE FROM folders WHERE account = ?1 AND id = ?2", [call.account, folder.id])?;
    Ok(Answer::no_content())
}

// Segments -----------------------------------------------------------------------------------------

/// Adds the condition of a filter: `equals(ATTRIBUTE,value)`, texts in double quotes.
pub(super) fn add_filter(
    filter: &str,
    conditions: &mut Vec<String>,
    values: &mut Vec<rusqlite::types::Value>,
) -> Result<(), ApiError> {
    use rusqlite::types::Value as Sql;
    if filter.trim().is_empty() {
        return Ok(());
    }
    let wrong = || ApiError::invalid("Invalid filter, equals(ATTRIBUTE,\"value\") is expected");
    let inner =
        filter.trim().strip_prefix("equals(").and_then(|rest| rest.strip_suffix(')')).ok_or_else(wrong)?;
    let (name, value) = inner.split_once(',').ok_or_else(wrong)?;
    let (name, value) = (name.trim().to_uppercase(), value.trim());
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
        return Err(wrong());
    }
    let value = match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) => Sql::Text(text.to_owned()),
        None => match value {
            "true" => Sql::Integer(1),
            "false" => Sql::Integer(0),
            number => Sql::Real(number.parse().map_err(|_| wrong())?),
        },
    };
    values.push(value);
    let at = values.len();
    conditions.push(match name.as_str() {
        "EMAIL" => format!("email = LOWER(?{at})"),
        _ => format!("json_extract(attributes, '$.\"{name}\"') = ?{at}"),
    });
    Ok(())
}

/// Filter of a segment; empty for all contacts.
pub(super) fn segment_filter(db: &Db, account: i64, segment: i64) -> Result<Option<String>> {
    db.query_row(
        "SELECT COALESCE(filter, '') FROM segments WHERE account = ?1 AND id = ?2",
        [account, segment],
        |row| row.get(0),
    )
    .optional()
}

/// Contacts of any of the segments, in order of their identifiers.
pub(super) fn in_segments(db: &Db, account: i64, segments: &[i64]) -> Result<Vec<ContactRow>> {
    let mut found = std::collections::BTreeMap::new();
    for segment in segments {
        let Some(filter) = segment_filter(db, account, *segment)? else { continue };
        let (mut conditions, mut values) = (vec![format!("account = {account}")], Vec::new());
        if add_filter(&filter, &mut conditions, &mut values).is_err() {
            continue;
        }
        let sql = format!("SELECT {} FROM contacts WHERE {}", ContactRow::COLUMNS, conditions.join(" AND "));
        for contact in db.prepare(&sql)?.query_map(params_from_iter(values), ContactRow::read)? {
            let contact = contact?;
            found.insert(contact.id, contact);
        }
    }
    Ok(found.into_values().collect())
}

fn get_segments(call: &Call) -> Outcome {
    let read = |row: &Row| {
        Ok(json!({
            "id": row.get::<_, i64>(0)?,
            "segmentName": row.get::<_, String>(1)?,
            "categoryName": row.get::<_, String>(2)?,
            "updatedAt": time::rfc3339(row.get(3)?),
        }))
    };
    page(
        call,
        "segments",
        "SELECT id, name, category, updated FROM segments WHERE account = ?1",
        &[],
        read,
        Value::clone,
    )
}

// Addresses for this machine -----------------------------------------------------------------------

/// `POST /_sandbox/segments {"name", "filter", "category"}`, since the API makes none; and the links
/// of double opt-in mails.
pub fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/_sandbox/segments", post(create_segment))
        .route("/_sandbox/doi/{token}", get(follow_doi))
}

async fn create_segment(State(sandbox): State<Arc<Sandbox>>, Json(body): Json) -> Response {
    local(sandbox, move |db, now, _| {
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        let name = text("name").ok_or_else(|| ApiError::missing("name is missing"))?;
        let filter = text("filter").unwrap_or_default();
        add_filter(filter, &mut Vec::new(), &mut Vec::new())?;
        let id = next_id(db, ACCOUNT, "segment")?;
        db.execute(
            "INSERT INTO segments VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![ACCOUNT, id, name, text("category").unwrap_or("Default"), filter, now],
        )?;
        Ok(Answer::created(json!({"id": id})))
    })
    .await
}

async fn follow_doi(State(sandbox): State<Arc<Sandbox>>, Path(token): Path<String>) -> Response {
    local(sandbox, move |db, now, sandbox| {
        let target = confirm_doi(db, sandbox, &token, now)?
            .ok_or_else(|| ApiError::not_found("Unknown confirmation"))?;
        let mut answer = Answer::empty(303);
        answer.headers.push(("location", target));
        Ok(answer)
    })
    .await
}
