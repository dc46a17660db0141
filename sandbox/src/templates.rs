//! Templates of transactional mail, and what they share with campaigns: content, its fetching from
//! an address, test mails.

pub(crate) mod render;

use rusqlite::{OptionalExtension, Result, Row, params};
use serde_json::{Map, Value, json};

use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::senders::{self, is_address};
use crate::simulate::{Message, new_message_id};
use crate::state::{Db, Delivery, Outgoing, Sandbox, next_id};
use crate::{contacts, time};
use render::{Links, render};

/// Tables of this module.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS templates (
    account INTEGER NOT NULL, id INTEGER NOT NULL, data TEXT NOT NULL, active INTEGER NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, test_sent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id));
";

/// What stands for the reply address where none is set.
pub(crate) const DEFAULT_REPLY_TO: &str = "[DEFAULT_REPLY_TO]";
/// Test mails of an account in a day.
const TESTS_A_DAY: i64 = 50;
/// Greatest size of a body.
const MOST_HTML: usize = 1 << 20;

/// Code of an operation of this module, by its name.
pub fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "get_smtp_templates" => get_templates,
        "create_smtp_template" => create_template,
        "get_smtp_template" => |call| find(call).map(|template| Answer::ok(template.to_json(true))),
        "update_smtp_template" => update_template,
        "delete_smtp_template" => delete_template,
        "send_test_template" => send_test_template,
        "post_preview_smtp_email_templates" => preview,
        _ => return None,
    })
}

/// Does what is due: nothing, templates are at rest.
pub fn tick(_db: &Db, _now: i64, _sandbox: &Sandbox) -> Result<()> {
    Ok(())
}

/// A template.
#[derive(Debug, Clone)]
pub struct Template {
    /// Identifier, counted together with those of campaigns.
    pub id: i64,
    /// What was given at its creation, by wire name, `sender` resolved.
    pub data: Map<String, Value>,
    /// Whether it can be used.
    pub active: bool,
    created: i64,
    modified: i64,
    test_sent: bool,
}

impl Template {
    const SELECT: &'static str = "SELECT id, data, active, created, modified, test_sent FROM templates";

    fn read(row: &Row) -> Result<Self> {
        let data: String = row.get(1)?;
        Ok(Template {
            id: row.get(0)?,
            data: serde_json::from_str(&data).unwrap_or_default(),
            active: row.get(2)?,
            created: row.get(3)?,
            modified: row.get(4)?,
            test_sent: row.get(5)?,
        })
    }

    /// A text of it; empty where absent.
    pub fn text(&self, key: &str) -> &str {
        self.data.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn is_doi(&self) -> bool {
        self.text("htmlContent").to_ascii_lowercase().contains("params.doiurl")
    }

    fn to_json(&self, single: bool) -> Value {
        let sender = self.data.get("sender").cloned().unwrap_or_default();
        let mut out = json!({
            "id": self.id,
            "name": self.text("templateName"),
            "subject": self.text("subject"),
            "isActive": self.active,
            "testSent": self.test_sent,
            "sender": {
                "name": sender["name"].as_str().unwrap_or_default(),
                "email": sender["email"].as_str().unwrap_or_default(),
                "id": sender["id"].as_i64().map_or_else(String::new, |id| id.to_string()),
            },
            "replyTo": self.data.get("replyTo").cloned().unwrap_or_else(|| DEFAULT_REPLY_TO.into()),
            "toField": self.text("toField"),
            "tag": self.text("tag"),
            "htmlContent": self.text("htmlContent"),
            "createdAt": time::rfc3339(self.created),
            "modifiedAt": time::rfc3339(self.modified),
        });
        if single {
            out["doiTemplate"] = self.is_doi().into();
        }
        out
    }
}

/// A template by its identifier.
pub fn by_id(db: &Db, account: i64, id: i64) -> Result<Option<Template>> {
    db.prepare_cached(&format!("{} WHERE account = ?1 AND id = ?2", Template::SELECT))?
        .query_row([account, id], Template::read)
        .optional()
}

/// Whether this is an active double opt-in template: it uses `params.DOIurl`.
pub fn is_active_doi(db: &Db, account: i64, template: i64) -> Result<bool> {
    Ok(by_id(db, account, template)?.is_some_and(|template| template.active && template.is_doi()))
}

fn find(call: &Call) -> Result<Template, ApiError> {
    let id = match call.get("templateId") {
        Some(Value::String(text)) => text.parse().ok(),
        other => other.and_then(Value::as_i64),
    };
    let found = id.map(|id| by_id(call.db, call.account, id)).transpose()?.flatten();
    found.ok_or_else(|| ApiError::not_found("Template ID does not exist"))
}

fn get_templates(call: &Call) -> Outcome {
    let (limit, offset) = call.page();
    let active = call.get("templateStatus").and_then(Value::as_bool);
    let filter = "WHERE account = ?1 AND (?2 IS NULL OR active = ?2)";
    let count: i64 = call.db.query_row(
        &format!("SELECT COUNT(*) FROM templates {filter}"),
        params![call.account, active],
        |row| row.get(0),
    )?;
    let templates = call
        .db
        .prepare(&format!("{} {filter} ORDER BY id {} LIMIT ?3 OFFSET ?4", Template::SELECT, call.order()))?
        .query_map(params![call.account, active, limit, offset], Template::read)?
        .map(|template| Ok(template?.to_json(false)))
        .collect::<Result<Vec<_>>>()?;
    Ok(Answer::ok(json!({"count": count, "templates": templates})))
}

const KEYS: [&str; 8] =
    ["templateName", "subject", "htmlContent", "htmlUrl", "replyTo", "tag", "toField", "attachmentUrl"];

/// Takes over what the call gives, checked.
fn take(call: &Call, data: &mut Map<String, Value>) -> Result<(), ApiError> {
    check_content(call)?;
    for key in KEYS {
        if let Some(value) = call.get(key) {
            data.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(sender) = call.get("sender") {
        data.insert("sender".to_owned(), usable_sender(call, sender)?);
    }
    Ok(())
}

fn create_template(call: &Call) -> Outcome {
    if call.get("htmlContent").is_none() && call.get("htmlUrl").is_none() {
        return Err(ApiError::missing("htmlContent or htmlUrl is missing"));
    }
    let mut data = Map::new();
    take(call, &mut data)?;
    let id = insert(call, &data, call.flag("isActive"))?;
    fetch_html(call, "templates", id);
    Ok(Answer::created(json!({"id": id})))
}

/// Stores a new template.
pub(crate) fn insert(call: &Call, data: &Map<String, Value>, active: bool) -> Result<i64> {
    let id = next_id(call.db, call.account, "campaign")?;
    call.db.execute(
        "INSERT INTO templates (account, id, data, active, created, modified) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        params![call.account, id, Value::from(data.clone()).to_string(), active, call.now],
    )?;
    Ok(id)
}

fn update_template(call: &Call) -> Outcome {
    let mut template = find(call)?;
    take(call, &mut template.data)?;
    let active = call.get("isActive").and_then(Value::as_bool).unwrap_or(template.active);
    call.db.execute(
        "UPDATE templates SET data = ?3, active = ?4, modified = ?5 WHERE account = ?1 AND id = ?2",
        params![call.account, template.id, Value::from(template.data).to_string(), active, call.now],
    )?;
    fetch_html(call, "templates", template.id);
    Ok(Answer::no_content())
}

fn delete_template(call: &Call) -> Outcome {
    let template = find(call)?;
    if template.active {
        return Err(ApiError::new(405, "method_not_allowed", "Active templates can not be deleted"));
    }
    call.db.execute("DELETE FROM templates WHERE account = ?1 AND id = ?2", [call.account, template.id])?;
    Ok(Answer::no_content())
}

fn send_test_template(call: &Call) -> Outcome {
    let template = find(call)?;
    let data = Value::from(template.data.clone());
    let tested = Message {
        template: Some(template.id),
        subject: template.text("subject").to_owned(),
        html: Some(template.text("htmlContent").to_owned()),
        ..Message::default()
    };
    send_test(call, tested, &data["sender"], &Value::Null)?;
    call.db.execute(
        "UPDATE templates SET test_sent = 1 WHERE account = ?1 AND id = ?2",
        [call.account, template.id],
    )?;
    Ok(Answer::no_content())
}

fn preview(call: &Call) -> Outcome {
    if call.get("email").is_none() && call.get("params").is_none() {
        return Err(ApiError::missing("Either email or params is needed"));
    }
    let template = find(call)?;
    let email = call.text("email").unwrap_or_default();
    let contact = contacts::contact_by_email(call.db, call.account, email)?;
    if contact.is_none() && !email.is_empty() {
        return Err(ApiError::invalid("Contact does not exist"));
    }
    let attributes = contact.map(|contact| contact.attributes).unwrap_or_default();
    let params = call.get("params").cloned().unwrap_or_else(|| json!({}));
    let values = render::values(&params, email, &attributes, &Links::of(call.sandbox.base_url(), "preview"));
    let print = |key: &str, html: bool| {
        render(template.text(key), &values, html)
            .map_err(|error| ApiError::invalid(format!("Template could not be rendered: {error}")))
    };
    let sender = template.data.get("sender").cloned().unwrap_or_default();
    Ok(Answer::ok(json!({
        "html": print("htmlContent", true)?,
        "subject": print("subject", false)?,
        "previewText": "",
        "fromEmail": sender["email"].as_str().unwrap_or_default(),
        "fromName": sender["name"].as_str().unwrap_or_default(),
        "usedFeedNames": [],
    })))
}

/// Checks the content that a call gives for a template or a campaign.
pub(crate) fn check_content(call: &Call) -> Result<(), ApiError> {
    if let Some(html) = call.text("htmlContent") {
        if html.chars().count() < 10 {
            return Err(ApiError::invalid("htmlContent should have more than 10 characters"));
        }
        if html.len() > MOST_HTML {
            return Err(ApiError::new(400, "out_of_range", "htmlContent should not be greater than 1MB"));
        }
    }
    for key in ["htmlUrl", "attachmentUrl"] {
        if call.text(key).is_some_and(|url| !is_web(url)) {
            return Err(ApiError::invalid(format!("{key} is not a valid absolute url")));
        }
    }
    for key in ["subject", "templateName", "name"] {
        if call.text(key).is_some_and(|text| text.trim().is_empty()) {
            return Err(ApiError::missing(format!("{key} is missing")));
        }
    }
    if call.text("replyTo").is_some_and(|reply_to| !is_address(reply_to)) {
        return Err(ApiError::invalid("replyTo is not valid"));
    }
    Ok(())
}

/// Whether a text is an absolute web address.
pub(crate) fn is_web(url: &str) -> bool {
    url.strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
        .is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

/// The sender that a template or campaign names, which must be one that can be used.
pub(crate) fn usable_sender(call: &Call, wanted: &Value) -> Result<Value, ApiError> {
    let is_given = |key: &str| wanted.get(key).is_some_and(|value| !value.is_null());
    if is_given("id") && is_given("email") {
        return Err(ApiError::invalid("Either sender id or sender email can be passed"));
    }
    let sender = senders::resolve(call.db, call.account, wanted)?;
    if !sender.active {
        return Err(ApiError::invalid("Sender is invalid / inactive"));
    }
    Ok(sender.to_json())
}

/// Fetches the body of a template or campaign from its `htmlUrl`, in the background.
pub(crate) fn fetch_html(call: &Call, table: &'static str, id: i64) {
    let (Some(url), account) = (call.text("htmlUrl"), call.account) else { return };
    call.sandbox.send(Outgoing {
        method: "GET",
        url: url.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        done: Box::new(move |db, _, _, delivery| {
            let Delivery::Answer { status: 200, body } = delivery else { return Ok(()) };
            db.execute(
                &format!(
                    "UPDATE {table} SET data = json_set(data, '$.htmlContent', ?3) WHERE account = ?1 AND id = ?2"
                ),
                params![account, id, String::from_utf8_lossy(&body)],
            )
            .map(drop)
        }),
    });
}

/// Sends a test of a template or campaign to the addresses of `emailTo`: mails that are stored and
/// that nothing happens to.
pub(crate) fn send_test(
    call: &Call,
    tested: Message,
    sender: &Value,
    params: &Value,
) -> Result<(), ApiError> {
    let to = call.texts("emailTo");
    if to.is_empty() {
        return Err(ApiError::invalid("There is no contact in your test list"));
    }
    let (mut unknown, mut blocked) = (Vec::new(), Vec::new());
    let mut people = Vec::new();
    for email in &to {
        match contacts::contact_by_email(call.db, call.account, email)? {
            None => unknown.push(email),
            Some(contact) if contact.email_blacklisted => blocked.push(email),
            Some(contact) => people.push((email, contact)),
        }
    }
    if !unknown.is_empty() || !blocked.is_empty() {
        return Err(ApiError::invalid("Test email could not be sent to the given email addresses")
            .with("unexistingEmails", json!(unknown))
            .with("withoutListEmails", json!([]))
            .with("blackListedEmails", json!(blocked)));
    }
    let today: i64 = call.db.query_row(
        "SELECT COUNT(*) FROM messages WHERE account = ?1 AND kind = 'test' AND sent > ?2",
        [call.account, call.now - 86_400_000],
        |row| row.get(0),
    )?;
    if today + to.len() as i64 > TESTS_A_DAY {
        return Err(ApiError::invalid(format!("Only {TESTS_A_DAY} test emails can be sent in a day")));
    }
    for (email, contact) in people {
        let links = Links::of(call.sandbox.base_url(), "test");
        let values = render::values(params, email, &contact.attributes, &links);
        let html = tested.html.as_deref().unwrap_or_default();
        let print = |text: &str, html: bool| {
            render(text, &values, html)
                .map_err(|error| ApiError::invalid(format!("The content could not be rendered: {error}")))
        };
        Message {
            account: call.account,
            kind: "test",
            message_id: new_message_id(call.db, call.account, call.now)?,
            email: email.clone(),
            contact: Some(contact.id),
            sender: sender["email"].as_str().unwrap_or_default().to_owned(),
            sender_name: sender["name"].as_str().unwrap_or_default().to_owned(),
            subject: print(&tested.subject, false)?,
            html: Some(print(html, true)?),
            sent: call.now,
            ..tested.clone()
        }
        .insert(call.db)?;
    }
    Ok(())
}
