//! Transactional mail: sending, scheduling, the log, statistics, blocked recipients; and the stored
//! mails of every kind at `GET /_sandbox/mails`.

mod log;
mod stored;

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{OptionalExtension, Result, params};
use serde_json::{Map, Value, json};

use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::senders::{self, Sender, is_address};
use crate::simulate::{self, Dice, Message, new_message_id, plan};
use crate::state::{Db, Sandbox};
use crate::templates::render::{self, Links, render};
use crate::templates::{self, is_web};
use crate::{contacts, time};

pub(crate) use log::{DAY, period, tags as tags_of};
pub use stored::routes;

/// Tables of this module.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS scheduled_mails (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, batch_id TEXT NOT NULL, message_id TEXT NOT NULL,
    created INTEGER NOT NULL, scheduled_at INTEGER NOT NULL, status TEXT NOT NULL, version TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS scheduled_mails_batch ON scheduled_mails (account, batch_id);
CREATE INDEX IF NOT EXISTS scheduled_mails_message ON scheduled_mails (account, message_id);
CREATE INDEX IF NOT EXISTS scheduled_mails_due ON scheduled_mails (scheduled_at) WHERE status = 'queued';
CREATE TABLE IF NOT EXISTS idempotency (
    account INTEGER NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS blocked (
    account INTEGER NOT NULL, email TEXT NOT NULL, sender TEXT NOT NULL, code TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (account, email, sender)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blocked_domains (
    account INTEGER NOT NULL, domain TEXT NOT NULL, PRIMARY KEY (account, domain)) WITHOUT ROWID;
";

/// How long an idempotency key refuses repeats.
const KEY_LIFE: i64 = 30 * 60_000;
/// How far ahead a mail can be scheduled.
const FARTHEST: i64 = 72 * 3_600_000;
const MOST_VERSIONS: usize = 1_000;
const MOST_RECIPIENTS: usize = 99;
const MOST_PARAMS: usize = 100_000;
const MOST_BYTES: usize = 20 << 20;
const EXTENSIONS: &str = " xlsx xls ods docx docm doc csv pdf txt gif jpg jpeg png tif tiff rtf bmp cgm css shtml html \
    htm zip xml ppt pptx tar ez ics mobi msg pub eps odt mp3 m4a m4v wma ogg flac wav aif aifc aiff mp4 mov avi mkv \
    mpeg mpg wmv pkpass xlsm ";

/// Code of an operation of this module, by its name.
pub fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "send_transac_email" => send,
        "delete_scheduled_email_by_id" => delete_scheduled,
        "get_scheduled_email_by_id" => get_scheduled,
        "get_transac_blocked_contacts" => blocked_contacts,
        "unblock_or_resubscribe_a_transactional_contact" => unblock,
        "get_blocked_domains" => blocked_domains,
        "block_new_domain" => block_domain,
        "delete_blocked_domain" => unblock_domain,
        "delete_hardbounces" => delete_hardbounces,
        _ => return log::handler(operation),
    })
}

/// `to`, `cc` or `bcc`, with address and name.
type Recipient = (&'static str, String, Option<String>);

/// One message with its recipients, ready to go out.
#[derive(Debug, Clone)]
struct Version {
    message_id: String,
    recipients: Vec<Recipient>,
    sender: Sender,
    reply_to: Option<String>,
    subject: String,
    html: String,
    text: Option<String>,
    params: Value,
    template: Option<i64>,
    tags: Vec<String>,
    headers: Map<String, Value>,
    attachments: Vec<Value>,
}

fn send(call: &Call) -> Outcome {
    let headers = call.get("headers").and_then(Value::as_object).cloned().unwrap_or_default();
    let header = |wanted: &str| {
        headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .and_then(|(_, value)| value.as_str())
    };
    let versions = versions(call, &headers)?;
    let scheduled_at = call.later("scheduledAt")?;
    if scheduled_at.is_some_and(|at| at - call.now > FARTHEST) {
        return Err(ApiError::invalid("scheduledAt should be within the next 72 hours"));
    }
    if let Some(key) = header("idempotencyKey") {
        claim_key(call, key)?;
    }
    let ids = versions.iter().map(|version| version.message_id.clone()).collect::<Vec<_>>();
    let mut reply = match (call.get("messageVersions"), ids.first()) {
        (None, Some(id)) => json!({"messageId": id}),
        _ => json!({"messageIds": ids}),
    };
    if header("X-Sib-Sandbox").is_some_and(|value| value.eq_ignore_ascii_case("drop")) {
        return Ok(Answer::created(reply));
    }
    let Some(at) = scheduled_at else {
        for version in &versions {
            go_out(call.db, call.account, version, call.now, call.sandbox)?;
        }
        return Ok(Answer::created(reply));
    };
    let batch = call.text("batchId").map_or_else(
        || {
            simulate::uuid(&mut Dice::new(
                call.sandbox.seed,
                &["batch", ids.first().map_or("", String::as_str)],
            ))
        },
        str::to_owned,
    );
    for version in &versions {
        call.db
            .prepare_cached(
                "INSERT INTO scheduled_mails (account, batch_id, message_id, created, scheduled_at, status, version)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'queued', ?6)",
            )?
            .execute(params![call.account, batch, version.message_id, call.now, at, version.to_json().to_string()])?;
    }
    reply["batchId"] = batch.into();
    Ok(Answer::accepted(reply))
}

/// Refuses a key that was used within its life.
fn claim_key(call: &Call, key: &str) -> Result<(), ApiError> {
    call.db.execute("DELETE FROM idempotency WHERE at <= ?1", [call.now - KEY_LIFE])?;
    let claimed = call.db.execute(
        "INSERT OR IGNORE INTO idempotency VALUES (?1, ?2, ?3)",
        params![call.account, key, call.now],
    )?;
    if claimed == 0 {
        return Err(ApiError::new(
            400,
            "duplicate_parameter",
            "Request with the same idempotencyKey already received",
        ));
    }
    Ok(())
}

/// The messages that a request asks for, checked.
fn versions(call: &Call, headers: &Map<String, Value>) -> Result<Vec<Version>, ApiError> {
    let template = match call.int("templateId") {
        None => None,
        Some(id) => Some(
            templates::by_id(call.db, call.account, id)?
                .filter(|template| template.active)
                .ok_or_else(|| ApiError::invalid("templateId is not valid, or the template is inactive"))?,
        ),
    };
    let own = |key: &str| call.text(key).filter(|text| !text.is_empty()).map(str::to_owned);
    let stored = |key: &str| template.as_ref().map(|template| template.text(key).to_owned());
    let sender = match (call.get("sender"), &template) {
        (Some(wanted), _) => senders::resolve(call.db, call.account, wanted)?,
        (None, Some(template)) => {
            let sender = template.data.get("sender").cloned().unwrap_or_default();
            senders::resolve(
                call.db,
                call.account,
                &json!({"email": sender["email"], "name": sender["name"]}),
            )?
        }
        (None, None) => return Err(ApiError::missing("sender is missing")),
    };
    if let Some(batch) = call.text("batchId")
        && (batch.len() != 36 || !batch.chars().all(|c| c == '-' || c.is_ascii_hexdigit()))
    {
        return Err(ApiError::invalid("batchId is not a valid UUIDv4"));
    }
    let mut common = Version {
        message_id: String::new(),
        recipients: Vec::new(),
        sender,
        reply_to: reply_to(call.get("replyTo"))?,
        subject: own("subject").or_else(|| stored("subject")).unwrap_or_default(),
        // With a template the bodies of the request are ignored.
        html: stored("htmlContent").or_else(|| own("htmlContent")).unwrap_or_default(),
        text: own("textContent").filter(|_| template.is_none()),
        params: call.get("params").cloned().unwrap_or_else(|| json!({})),
        template: template.as_ref().map(|template| template.id),
        tags: call.texts("tags"),
        headers: headers
            .iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("idempotencyKey"))
            .map(owned)
            .collect(),
        attachments: attachments(call)?,
    };
    if common.reply_to.is_none() {
        common.reply_to = stored("replyTo").filter(|reply_to| !reply_to.is_empty());
    }
    let given = call.list("messageVersions");
    if template.is_none() {
        let all = |key: &str| !given.is_empty() && given.iter().all(|version| version[key].is_string());
        if common.subject.is_empty() && !all("subject") {
            return Err(ApiError::missing("subject is missing"));
        }
        if common.html.is_empty() && common.text.is_none() {
            return Err(ApiError::missing("htmlContent or textContent is missing"));
        }
    }
    let mut versions = Vec::new();
    if call.get("messageVersions").is_none() {
        common.recipients = recipients(&Value::from(call.args.clone()))?;
        check_size(&common)?;
        versions.push(common);
    } else {
        if given.is_empty() || given.len() > MOST_VERSIONS {
            return Err(ApiError::invalid(format!(
                "messageVersions should hold 1 to {MOST_VERSIONS} versions"
            )));
        }
        for version in given {
            versions.push(Version {
                recipients: recipients(version)?,
                subject: version["subject"].as_str().map_or_else(|| common.subject.clone(), str::to_owned),
                html: version["htmlContent"]
                    .as_str()
                    .filter(|_| template.is_none())
                    .map_or_else(|| common.html.clone(), str::to_owned),
                text: version["textContent"].as_str().map(str::to_owned).or_else(|| common.text.clone()),
                params: match &version["params"] {
                    Value::Null => common.params.clone(),
                    params => params.clone(),
                },
                reply_to: reply_to(version.get("replyTo"))?.or_else(|| common.reply_to.clone()),
                ..common.clone()
            });
        }
    }
    for version in &mut versions {
        version.message_id = new_message_id(call.db, call.account, call.now)?;
    }
    Ok(versions)
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// Bounds of a message that has no versions; those of versions are in the table.
fn check_size(message: &Version) -> Result<(), ApiError> {
    if message.recipients.len() > MOST_RECIPIENTS {
        return Err(ApiError::invalid(format!(
            "to, cc and bcc should hold {MOST_RECIPIENTS} recipients at most"
        )));
    }
    if message.params.to_string().len() > MOST_PARAMS {
        return Err(ApiError::invalid("params should not be greater than 100 KB"));
    }
    Ok(())
}

fn reply_to(given: Option<&Value>) -> Result<Option<String>, ApiError> {
    let Some(email) = given.and_then(|given| given["email"].as_str()) else { return Ok(None) };
    if is_address(email) {
        Ok(Some(email.to_owned()))
    } else {
        Err(ApiError::invalid("email is not valid in replyTo"))
    }
}

/// `to`, `cc` and `bcc` of a request or a version.
fn recipients(from: &Value) -> Result<Vec<Recipient>, ApiError> {
    let mut out = Vec::new();
    for role in ["to", "cc", "bcc"] {
        for person in from[role].as_array().map_or(&[][..], Vec::as_slice) {
            let email = person["email"].as_str().unwrap_or_default().trim();
            if !is_address(email) {
                return Err(ApiError::invalid(format!("email is not valid in {role}")));
            }
            out.push((role, email.to_owned(), person["name"].as_str().map(str::to_owned)));
        }
        if role == "to" && out.is_empty() {
            return Err(ApiError::missing("to is missing"));
        }
    }
    Ok(out)
}

/// The attached files, checked: name and size, or name and address.
fn attachments(call: &Call) -> Result<Vec<Value>, ApiError> {
    let mut total = 0;
    let mut out = Vec::new();
    for file in call.list("attachment") {
        let text = |key: &str| file[key].as_str().filter(|text| !text.is_empty());
        let name = match (text("name"), text("url")) {
            (Some(name), _) => name,
            (None, Some(url)) => {
                url.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default()
            }
            (None, None) => return Err(ApiError::missing("attachment: name is missing")),
        };
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        if extension.is_empty() || !EXTENSIONS.contains(&format!(" {extension} ")) {
            return Err(ApiError::invalid(format!("attachment: unsupported file format of {name}")));
        }
        match (text("content"), text("url")) {
            (Some(content), _) => {
                let bytes = STANDARD
                    .decode(content)
                    .map_err(|_| ApiError::invalid(format!("attachment: content of {name} is not base64")))?;
                total += bytes.len();
                out.push(json!({"name": name, "size": bytes.len()}));
            }
            (None, Some(url)) if is_web(url) => out.push(json!({"name": name, "url": url})),
            _ => return Err(ApiError::invalid("attachment: url is not a valid absolute url")),
        }
    }
    if total > MOST_BYTES {
        return Err(ApiError::new(400, "out_of_range", "The email should not be greater than 20 MB"));
    }
    Ok(out)
}

impl Version {
    fn to_json(&self) -> Value {
        json!({
            "messageId": self.message_id,
            "recipients": self.recipients,
            "sender": self.sender.to_json(),
            "replyTo": self.reply_to,
            "subject": self.subject,
            "html": self.html,
            "text": self.text,
            "params": self.params,
            "template": self.template,
            "tags": self.tags,
            "headers": self.headers,
            "attachments": self.attachments,
        })
    }

    /// From what was stored when it was scheduled; its sender is looked up anew.
    fn from_json(db: &Db, account: i64, from: &Value) -> Option<Self> {
        let text = |key: &str| from[key].as_str().map(str::to_owned);
        let recipients = from["recipients"].as_array()?.iter().filter_map(|person| {
            let role = ["to", "cc", "bcc"].into_iter().find(|role| person[0] == *role)?;
            Some((role, person[1].as_str()?.to_owned(), person[2].as_str().map(str::to_owned)))
        });
        let known = senders::resolve(db, account, &json!({"email": from["sender"]["email"]})).ok()?;
        let name = from["sender"]["name"].as_str().unwrap_or_default().to_owned();
        Some(Version {
            message_id: text("messageId")?,
            recipients: recipients.collect(),
            sender: Sender { name, ..known },
            reply_to: text("replyTo"),
            subject: text("subject")?,
            html: text("html")?,
            text: text("text"),
            params: from["params"].clone(),
            template: from["template"].as_i64(),
            tags: from["tags"].as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            headers: from["headers"].as_object().cloned().unwrap_or_default(),
            attachments: from["attachments"].as_array().cloned().unwrap_or_default(),
        })
    }
}

/// Sends a message: a stored mail for each recipient, and what will happen to it.
fn go_out(db: &Db, account: i64, version: &Version, at: i64, sandbox: &Sandbox) -> Result<()> {
    let links = Links::of(sandbox.base_url(), version.message_id.trim_matches(['<', '>']));
    for (role, email, name) in &version.recipients {
        let contact = contacts::contact_by_email(db, account, email)?;
        let attributes = contact.as_ref().map(|contact| contact.attributes.clone()).unwrap_or_default();
        let key = format!("{} {email} {role}", version.message_id);
        let values = render::values(&version.params, email, &attributes, &links);
        let rendered = render(&version.subject, &values, false)
            .and_then(|subject| Ok((subject, render(&version.html, &values, true)?)));
        let text =
            version.text.as_ref().map(|text| render(text, &values, false).unwrap_or_else(|_| text.clone()));
        let (subject, html, broken) = match rendered {
            Ok((subject, html)) => (subject, html, None),
            Err(error) => (version.subject.clone(), version.html.clone(), Some(error)),
        };
        let clickable = simulate::links(&html);
        let message = Message {
            account,
            message_id: version.message_id.clone(),
            contact: contact.map(|contact| contact.id),
            email: email.clone(),
            name: name.clone(),
            role,
            sender: version.sender.email.clone(),
            sender_name: version.sender.name.clone(),
            reply_to: version.reply_to.clone(),
            subject,
            html: Some(html).filter(|html| !html.is_empty()),
            text,
            template: version.template,
            tags: version.tags.clone(),
            headers: version.headers.clone(),
            attachments: version.attachments.clone(),
            sent: at,
            ..Message::default()
        }
        .insert(db)?;
        simulate::add_event(db, message, "requests", at, None)?;
        let soon = at + 50;
        if let Some(error) = broken {
            simulate::add_event(db, message, "error", soon, Some(&format!("Template error: {error}")))?;
        } else if !version.sender.active {
            let reason = format!(
                "Sending has been rejected because the sender you used {} is not valid. Validate your sender or \
                 authenticate your domain",
                version.sender.email
            );
            simulate::add_event(db, message, "error", soon, Some(&reason))?;
        } else if let Some(reason) = block_of(db, account, email, &version.sender.email)? {
            simulate::add_event(db, message, "blocked", soon, Some(&reason))?;
        } else if email.to_ascii_lowercase().ends_with(".invalid") {
            simulate::add_event(
                db,
                message,
                "invalid",
                soon,
                Some("The domain of the address does not exist"),
            )?;
        } else {
            let plan = plan(sandbox.seed, &key, email, clickable.len(), false, false);
            simulate::add_plan(db, message, at, &plan, &clickable)?;
        }
    }
    Ok(())
}

/// Why mail of a sender does not go to an address, where that is so.
fn block_of(db: &Db, account: i64, email: &str, sender: &str) -> Result<Option<String>> {
    let (email, sender) = (email.to_lowercase(), sender.to_lowercase());
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    let domain: bool = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM blocked_domains WHERE account = ?1 AND domain = ?2)")?
        .query_row(params![account, domain], |row| row.get(0))?;
    if domain {
        return Ok(Some("blocked : domain is blocked".to_owned()));
    }
    let code = db
        .prepare_cached(&format!(
            "SELECT code FROM ({BLOCKS}) WHERE email = ?2 AND (sender = '' OR sender = ?3) LIMIT 1"
        ))?
        .query_row(params![account, email, sender], |row| row.get::<_, String>(0))
        .optional()?;
    Ok(code.map(|code| format!("blocked : {}", block_reason(&code))))
}

/// Blocks of the account: what recipients did, and what the API was told of contacts.
const BLOCKS: &str = "SELECT email, sender, code, at FROM blocked WHERE account = ?1
    UNION ALL
    SELECT c.email, lower(s.value), 'unsubscribedViaApi', c.modified
        FROM contacts c JOIN json_each(c.blocked_senders) s
        WHERE c.account = ?1 AND c.email IS NOT NULL AND c.blocked_senders <> '[]'";

fn block_reason(code: &str) -> &'static str {
    match code {
        "hardBounce" => "due to hard bounce",
        "contactFlaggedAsSpam" => "contact flagged the sender's mail as spam",
        "unsubscribedViaEmail" => "contact unsubscribed by a link in a mail",
        "unsubscribedViaMA" => "contact unsubscribed in a marketing automation",
        "unsubscribedViaApi" => "contact unsubscribed by the API",
        _ => "contact blocked by an administrator",
    }
}

/// Keeps transactional mail from an address: that of one sender, or of all.
pub fn block(db: &Db, account: i64, email: &str, sender: Option<&str>, code: &str, at: i64) -> Result<()> {
    db.prepare_cached("INSERT OR IGNORE INTO blocked VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![account, email.to_lowercase(), sender.unwrap_or_default().to_lowercase(), code, at])
        .map(drop)
}

/// Sends the mail of a template to one address, as the service itself does (double opt-in).
pub fn send_template(
    db: &Db,
    account: i64,
    template: i64,
    to: &str,
    params: &Value,
    now: i64,
    sandbox: &Sandbox,
) -> Result<()> {
    let Some(template) = templates::by_id(db, account, template)? else { return Ok(()) };
    let sender = template.data.get("sender").cloned().unwrap_or_default();
    let text = |key: &str| sender[key].as_str().unwrap_or_default().to_owned();
    let version = Version {
        message_id: new_message_id(db, account, now)?,
        recipients: vec![("to", to.to_owned(), None)],
        sender: Sender { id: sender["id"].as_i64(), name: text("name"), email: text("email"), active: true },
        reply_to: None,
        subject: template.text("subject").to_owned(),
        html: template.text("htmlContent").to_owned(),
        text: None,
        params: params.clone(),
        template: Some(template.id),
        tags: Vec::new(),
        headers: Map::new(),
        attachments: Vec::new(),
    };
    go_out(db, account, &version, now, sandbox)
}

/// Sends what was scheduled and is due.
pub fn tick(db: &Db, now: i64, sandbox: &Sandbox) -> Result<()> {
    loop {
        let due = db
            .prepare_cached(
                "SELECT id, account, scheduled_at, version FROM scheduled_mails
                 WHERE status = 'queued' AND scheduled_at <= ?1 ORDER BY scheduled_at, id LIMIT 500",
            )?
            .query_map([now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect::<Result<Vec<(i64, i64, i64, String)>>>()?;
        if due.is_empty() {
            return Ok(());
        }
        for (id, account, at, version) in due {
            let version: Value = serde_json::from_str(&version).unwrap_or_default();
            let status = match Version::from_json(db, account, &version) {
                Some(version) => {
                    go_out(db, account, &version, at, sandbox)?;
                    "processed"
                }
                None => "error",
            };
            db.prepare_cached("UPDATE scheduled_mails SET status = ?2 WHERE id = ?1")?
                .execute(params![id, status])?;
        }
    }
}

/// A message identifier with its angle brackets.
fn bracketed(identifier: &str) -> String {
    format!("<{}>", identifier.trim().trim_start_matches('<').trim_end_matches('>'))
}

fn delete_scheduled(call: &Call) -> Outcome {
    let identifier = call.text("identifier").unwrap_or_default();
    let deleted = call.db.execute(
        "DELETE FROM scheduled_mails WHERE account = ?1 AND (batch_id = ?2 OR message_id = ?3) AND status = 'queued'",
        params![call.account, identifier, bracketed(identifier)],
    )?;
    if deleted == 0 {
        return Err(ApiError::not_found("No scheduled email with this identifier"));
    }
    Ok(Answer::no_content())
}

fn get_scheduled(call: &Call) -> Outcome {
    let identifier = call.text("identifier").unwrap_or_default();
    let entry = |row: &rusqlite::Row| {
        Ok(json!({
            "createdAt": time::rfc3339(row.get(0)?),
            "scheduledAt": time::rfc3339(row.get(1)?),
            "status": row.get::<_, String>(2)?,
        }))
    };
    const COLUMNS: &str = "SELECT created, scheduled_at, status FROM scheduled_mails";
    // Data is kept for 30 days.
    let oldest = call.now - 30 * 86_400_000;
    if identifier.contains('@') {
        let one = call
            .db
            .query_row(
                &format!("{COLUMNS} WHERE account = ?1 AND message_id = ?2 AND created >= ?3"),
                params![call.account, bracketed(identifier), oldest],
                entry,
            )
            .optional()?;
        return one.map(Answer::ok).ok_or_else(|| ApiError::not_found("No email with this identifier"));
    }
    let (from, to) = match (call.text("startDate"), call.text("endDate")) {
        (None, None) => (oldest, i64::MAX),
        (Some(_), Some(_)) => log::days(call, 30)?,
        _ => return Err(ApiError::missing("startDate and endDate should be given together")),
    };
    let (limit, offset) = call.page();
    let filter =
        "WHERE account = ?1 AND batch_id = ?2 AND created BETWEEN ?3 AND ?4 AND (?5 IS NULL OR status = ?5)";
    let count: i64 = call.db.query_row(
        &format!("SELECT COUNT(*) FROM scheduled_mails {filter}"),
        params![call.account, identifier, from, to, call.text("status")],
        |row| row.get(0),
    )?;
    let known: bool = call.db.query_row(
        "SELECT EXISTS (SELECT 1 FROM scheduled_mails WHERE account = ?1 AND batch_id = ?2)",
        params![call.account, identifier],
        |row| row.get(0),
    )?;
    if !known {
        return Err(ApiError::not_found("No batch with this identifier"));
    }
    let batches = call
        .db
        .prepare(&format!("{COLUMNS} {filter} ORDER BY id {} LIMIT ?6 OFFSET ?7", call.order()))?
        .query_map(params![call.account, identifier, from, to, call.text("status"), limit, offset], entry)?
        .collect::<Result<Vec<_>>>()?;
    Ok(Answer::ok(json!({"count": count, "batches": batches})))
}

fn blocked_contacts(call: &Call) -> Outcome {
    let (from, to) = match (call.text("startDate"), call.text("endDate")) {
        (None, None) => (0, i64::MAX),
        _ => log::days(call, i64::MAX / 86_400_000)?,
    };
    let senders = call.texts("senders").iter().map(|sender| sender.to_lowercase()).collect::<HashSet<_>>();
    let (limit, offset) = call.page();
    let all = call
        .db
        .prepare(&format!(
            "SELECT email, sender, code, at FROM ({BLOCKS}) WHERE at BETWEEN ?2 AND ?3 ORDER BY at {0}, email {0}",
            call.order()
        ))?
        .query_map([call.account, from, to], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, i64>(3)?,
            ))
        })?
        .collect::<Result<Vec<_>>>()?;
    let all = all
        .into_iter()
        .filter(|(_, sender, ..)| senders.is_empty() || senders.contains(sender))
        .collect::<Vec<_>>();
    let page = all.iter().skip(offset as usize).take(limit as usize).map(|(email, sender, code, at)| {
        json!({
            "email": email,
            "senderEmail": Some(sender).filter(|sender| !sender.is_empty()),
            "reason": {"code": code, "message": block_reason(code)},
            "blockedAt": time::rfc3339(*at),
        })
    });
    Ok(Answer::ok(json!({"count": all.len(), "contacts": page.collect::<Vec<_>>()})))
}

fn unblock(call: &Call) -> Outcome {
    let email = call.text("email").unwrap_or_default().to_lowercase();
    let hard: bool = call.db.query_row(
        "SELECT EXISTS (SELECT 1 FROM blocked WHERE account = ?1 AND email = ?2 AND sender = '')",
        params![call.account, email],
        |row| row.get(0),
    )?;
    let mut freed = call
        .db
        .execute("DELETE FROM blocked WHERE account = ?1 AND email = ?2", params![call.account, email])?;
    freed += call.db.execute(
        "UPDATE contacts SET blocked_senders = '[]', modified = ?3
         WHERE account = ?1 AND email = ?2 AND blocked_senders <> '[]'",
        params![call.account, email, call.now],
    )?;
    if hard {
        contacts::unblock(call.db, call.account, &email, call.now)?;
    }
    if freed == 0 {
        return Err(ApiError::not_found("Contact is not blocked"));
    }
    Ok(Answer::no_content())
}

fn blocked_domains(call: &Call) -> Outcome {
    let domains = call
        .db
        .prepare("SELECT domain FROM blocked_domains WHERE account = ?1 ORDER BY domain")?
        .query_map([call.account], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>>>()?;
    Ok(Answer::ok(json!({"domains": domains})))
}

fn block_domain(call: &Call) -> Outcome {
    let domain = call.text("domain").unwrap_or_default().trim().to_lowercase();
    if !is_address(&format!("a@{domain}")) {
        return Err(ApiError::invalid("domain is not valid"));
    }
    let added = call
        .db
        .execute("INSERT OR IGNORE INTO blocked_domains VALUES (?1, ?2)", params![call.account, domain])?;
    if added == 0 {
        return Err(ApiError::new(400, "duplicate_parameter", "Domain is already blocked"));
    }
    Ok(Answer::empty(201))
}

fn unblock_domain(call: &Call) -> Outcome {
    let domain = call.text("domain").unwrap_or_default().to_lowercase();
    let removed = call.db.execute(
        "DELETE FROM blocked_domains WHERE account = ?1 AND domain = ?2",
        params![call.account, domain],
    )?;
    if removed == 0 {
        return Err(ApiError::not_found("Domain does not exist"));
    }
    Ok(Answer::no_content())
}

fn delete_hardbounces(call: &Call) -> Outcome {
    let (from, to) = match (call.text("startDate"), call.text("endDate")) {
        (None, None) => (0, i64::MAX),
        _ => log::days(call, i64::MAX / 86_400_000)?,
    };
    let email = call.text("contactEmail").map(str::to_lowercase);
    let filter =
        "account = ?1 AND code = 'hardBounce' AND at BETWEEN ?2 AND ?3 AND (?4 IS NULL OR email = ?4)";
    let freed = call
        .db
        .prepare(&format!("SELECT DISTINCT email FROM blocked WHERE {filter}"))?
        .query_map(params![call.account, from, to, email], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>>>()?;
    call.db
        .execute(&format!("DELETE FROM blocked WHERE {filter}"), params![call.account, from, to, email])?;
    for email in freed {
        call.db.execute(
            "UPDATE contacts SET email_blacklisted = 0, blacklist_reason = NULL, modified = ?3
             WHERE account = ?1 AND email = ?2 AND blacklist_reason = 'hardBounce'",
            params![call.account, email, call.now],
        )?;
    }
    Ok(Answer::no_content())
}
