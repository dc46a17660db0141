//! Import of contacts, in the background, with a report file for each kind of rejected row.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::Result;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::attributes::Definitions;
use super::lists;
use super::people::{self, Change, Key};
use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::processes::{create_process, fail_process, finish_process, notify, set_body, set_work, take_body};
use crate::state::{Db, Delivery, Outgoing, Sandbox};

/// Largest body of an import.
const MAX_BODY: usize = 10 << 20;

/// Forms of a body that is kept.
const JSON: &str = "json";
const CSV: &str = "csv";

pub(super) fn handler(operation: &str) -> Option<Handler> {
    (operation == "import_contacts").then_some(import_contacts)
}

fn import_contacts(call: &Call) -> Outcome {
    let sources: Vec<&str> =
        ["fileBody", "jsonBody", "fileUrl"].into_iter().filter(|name| call.get(name).is_some()).collect();
    let [source] = sources[..] else {
        return Err(match sources.len() {
            0 => ApiError::missing("fileUrl, fileBody or jsonBody is missing"),
            _ => ApiError::invalid("Only one of fileUrl, fileBody and jsonBody can be passed"),
        });
    };
    let body = &call.args[source];
    let text = body.as_str().map_or_else(|| body.to_string().into(), Cow::from);
    if text.len() > MAX_BODY {
        return Err(ApiError::invalid(format!("{source} must be at most 10 MB")));
    }
    let holds_contacts = match body {
        Value::String(text) => rows_of_csv(text).is_some_and(|rows| !rows.is_empty()),
        Value::Array(entries) => !entries.is_empty(),
        _ => false,
    };
    if source != "fileUrl" && !holds_contacts {
        return Err(ApiError::invalid(format!("{source} holds no contacts")));
    }
    let mut list_ids = call.ints("listIds");
    lists::must_exist(call.db, call.account, &list_ids)?;
    match call.get("newList") {
        Some(_) if !list_ids.is_empty() => {
            return Err(ApiError::invalid("Either listIds or newList can be passed, not both"));
        }
        Some(list) => {
            let name = list.get("listName").and_then(Value::as_str).map(str::trim).unwrap_or_default();
            if name.is_empty() {
                return Err(ApiError::missing("newList.listName is missing"));
            }
            let folder = list.get("folderId").and_then(Value::as_i64).unwrap_or(1);
            lists::folder_must_exist(call, folder)?;
            list_ids.push(lists::new_list(call.db, call.account, name, folder, call.now)?);
        }
        None if list_ids.is_empty() => return Err(ApiError::missing("listIds or newList is missing")),
        None => {}
    }
    let id = create_process(call.db, call.account, "IMPORTUSER", call.now)?;
    notify(call.db, call.account, id, call.text("notifyUrl"))?;
    let work = json!({
        "lists": list_ids,
        "update": call.get("updateExistingContacts").and_then(Value::as_bool).unwrap_or(true),
        "empty": call.flag("emptyContactsAttributes"),
        "emailBlacklist": call.flag("emailBlacklist"),
        "smsBlacklist": call.flag("smsBlacklist"),
        "form": if source == "jsonBody" { JSON } else { CSV },
        "fetch": source == "fileUrl",
    });
    set_work(call.db, call.account, id, &work)?;
    set_body(call.db, call.account, id, &text)?;
    Ok(Answer::accepted(json!({"processId": id})))
}

/// Does the work of an import, or first fetches its file.
pub(crate) fn run(
    db: &Db,
    now: i64,
    sandbox: &Sandbox,
    account: i64,
    id: i64,
    mut work: Value,
) -> Result<()> {
    if work["fetching"] == true {
        return Ok(());
    }
    if work["fetch"] == true {
        work["fetching"] = true.into();
        set_work(db, account, id, &work)?;
        let url = take_body(db, account, id)?;
        sandbox.send(Outgoing {
            method: "GET",
            url,
            headers: Vec::new(),
            body: Vec::new(),
            done: Box::new(move |db, _, _, delivery| match delivery {
                Delivery::Answer { status: 200..=299, body } => {
                    let text = String::from_utf8_lossy(&body);
                    // A JSON file holds what `jsonBody` would.
                    let is_json = serde_json::from_str::<Vec<IgnoredAny>>(&text).is_ok();
                    work["form"] = if is_json { JSON } else { CSV }.into();
                    (work["fetch"], work["fetching"]) = (false.into(), false.into());
                    set_work(db, account, id, &work)?;
                    set_body(db, account, id, &text)
                }
                Delivery::Answer { status, .. } => {
                    fail_process(db, account, id, &format!("fileUrl answered {status}"))
                }
                Delivery::Failed(error) => fail_process(db, account, id, &format!("fileUrl: {error}")),
            }),
        });
        return Ok(());
    }
    let body = take_body(db, account, id)?;
    let rows = if work["form"] == JSON { rows_of_json(&body) } else { rows_of_csv(&body) };
    drop(body);
    let Some(rows) = rows else {
        return fail_process(db, account, id, "the file holds no contacts");
    };
    let rejects = Import::new(db, sandbox, account, now, &work)?.all(rows)?;
    let mut reports = Map::new();
    for (report, rows) in rejects {
        let file = format!("{report}_{id}.csv");
        reports.insert(report.into(), sandbox.store_file(db, account, &file, &csv(&rows), now)?.into());
    }
    let info = json!({"import": reports});
    finish_process(db, sandbox, account, id, None, &info, now)
}

/// A row: values by upper-case column, in the order of the file.
type Row = Vec<(String, Value)>;

/// The rows of JSON entries.
fn rows_of_json(text: &str) -> Option<Vec<Row>> {
    let entries: Vec<Value> = serde_json::from_str(text).ok()?;
    let row = |mut entry: Value| {
        let email = entry.get_mut("email").map(|email| ("EMAIL".to_owned(), email.take()));
        let attributes = match entry.get_mut("attributes").map(Value::take) {
            Some(Value::Object(attributes)) => attributes,
            _ => Map::new(),
        };
        email
            .into_iter()
            .chain(attributes.into_iter().map(|(name, value)| (name.to_uppercase(), value)))
            .collect()
    };
    Some(entries.into_iter().map(row).collect())
}

/// The rows of a CSV text.
fn rows_of_csv(text: &str) -> Option<Vec<Row>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let header = text.lines().next()?;
    // Semicolons as Brevo asks for; files with commas or tabs only are taken as well.
    let delimiter = *[b';', b',', b'\t'].iter().find(|d| header.bytes().any(|b| b == **d)).unwrap_or(&b';');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let columns: Vec<String> = reader.headers().ok()?.iter().map(|name| name.trim().to_uppercase()).collect();
    let rows = reader
        .records()
        .filter_map(std::result::Result::ok)
        .map(|record| columns.iter().cloned().zip(record.iter().map(Value::from)).collect());
    Some(rows.collect())
}

/// Rejected rows by report.
type Rejects = BTreeMap<&'static str, Vec<Row>>;

struct Import<'a> {
    db: &'a Db,
    sandbox: &'a Sandbox,
    /// Whether a webhook wants to know.
    heard: bool,
    account: i64,
    now: i64,
    definitions: Definitions,
    lists: Vec<i64>,
    update: bool,
    empty: bool,
    email_blacklisted: Option<bool>,
    sms_blacklisted: Option<bool>,
    /// Identifiers that earlier rows have used.
    seen: HashMap<Key, HashSet<String>>,
    rejects: Rejects,
}

impl<'a> Import<'a> {
    fn new(db: &'a Db, sandbox: &'a Sandbox, account: i64, now: i64, work: &Value) -> Result<Self> {
        let lists = work["lists"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(Import {
            db,
            sandbox,
            heard: db.query_row(
                "SELECT EXISTS (SELECT 1 FROM webhooks WHERE account = ?1 AND type = 'marketing')",
                [account],
                |row| row.get(0),
            )?,
            account,
            now,
            definitions: Definitions::load(db, account)?,
            lists: lists.iter().filter_map(Value::as_i64).collect(),
            update: work["update"] == true,
            empty: work["update"] == true && work["empty"] == true,
            email_blacklisted: (work["emailBlacklist"] == true).then_some(true),
            sms_blacklisted: (work["smsBlacklist"] == true).then_some(true),
            seen: HashMap::new(),
            rejects: Rejects::new(),
        })
    }

    fn all(mut self, rows: Vec<Row>) -> Result<Rejects> {
        for row in rows {
            if let Err(report) = self.one(&row)? {
                self.rejects.entry(report).or_default().push(row);
            }
        }
        Ok(self.rejects)
    }

    /// Imports a row, or names the report that it belongs to.
    fn one(&mut self, row: &Row) -> Result<Result<(), &'static str>> {
        let Some(mut change) = self.change(row) else { return Ok(Err("invalid_emails")) };
        let used = |(key, value): (Key, &str)| {
            self.seen.get(&key).is_some_and(|seen| seen.contains(value)).then_some(key)
        };
        let holders = people::holders(self.db, self.account, &change)?;
        let known = people::meant(&change, &holders);
        let other = holders.iter().find(|(_, holder)| known.is_none_or(|known| known.id != holder.id));
        let clash = change.given().find_map(used).or(other.map(|(key, _)| *key));
        if let Some(key) = clash {
            return Ok(Err(report(key)));
        }
        for (key, value) in change.given() {
            self.seen.entry(key).or_default().insert(value.to_owned());
        }
        change.lists.clone_from(&self.lists);
        change.email_blacklisted = self.email_blacklisted;
        change.sms_blacklisted = self.sms_blacklisted;
        let id = match known.cloned() {
            None => people::insert(self.db, self.account, &change, &self.definitions, self.now)?,
            Some(mut contact) => {
                if !self.update {
                    // Contacts that are not updated join the lists all the same.
                    change = Change { lists: change.lists, ..Change::default() };
                }
                people::write(self.db, self.account, &mut contact, &change, &self.definitions, self.now)?;
                contact.id
            }
        };
        if self.heard {
            people::tell_added(self.db, self.sandbox, self.account, id, &change.lists, self.now)?;
        }
        Ok(Ok(()))
    }

    /// The change that a row asks for; nothing where it has no usable identifier or a bad address.
    fn change(&self, row: &Row) -> Option<Change> {
        let mut change = Change::default();
        for (name, value) in row {
            let text = match value {
                Value::String(text) => text.trim().to_owned(),
                Value::Null => String::new(),
                other => other.to_string(),
            };
            let key = Key::ALL.into_iter().find(|key| key.attribute() == name);
            match key {
                Some(_) if text.is_empty() => {}
                Some(Key::Email) => change.keys.push((Key::Email, Some(Key::Email.normalized(&text).ok()?))),
                // A bad number is ignored, as a value of the wrong type.
                Some(key) => change.keys.extend(key.normalized(&text).ok().map(|value| (key, Some(value)))),
                None if !self.definitions.knows(name) || (text.is_empty() && !self.empty) => {}
                None => {
                    change.attributes.insert(name.clone(), value.clone());
                }
            }
        }
        let usable = change.given().next().is_some();
        usable.then_some(change)
    }
}

fn report(key: Key) -> &'static str {
    match key {
        Key::Email => "duplicate_email_id",
        Key::ExtId => "duplicate_ext_id",
        Key::Sms => "duplicate_phone_id",
        Key::Whatsapp => "duplicate_whatsapp_id",
        Key::Landline => "duplicate_landline_number_id",
    }
}

fn csv(rows: &[Row]) -> Vec<u8> {
    let mut columns: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flatten() {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(&columns);
    for row in rows {
        let cells = columns.iter().map(|column| match row.iter().find(|(name, _)| name == column) {
            Some((_, Value::String(text))) => text.clone(),
            Some((_, Value::Null)) | None => String::new(),
            Some((_, other)) => other.to_string(),
        });
        let _ = writer.write_record(cells);
    }
    writer.into_inner().unwrap_or_default()
}
