//! Webhooks: the registry, and the posting of events to the addresses in it, in the form, batches
//! and rhythm of Brevo.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use rusqlite::{OptionalExtension, Result, Row, params};
use serde_json::{Map, Value, json};

use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::state::{Db, Delivery, Outgoing, Sandbox, next_id};
use crate::{processes, time};

/// Tables of this module.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS webhooks (
    account INTEGER NOT NULL, id INTEGER NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, paused_until INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id));
CREATE TABLE IF NOT EXISTS webhook_queue (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, webhook INTEGER NOT NULL, at INTEGER NOT NULL,
    payload TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS webhook_posts (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, webhook INTEGER NOT NULL, at INTEGER NOT NULL,
    body TEXT NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL,
    outcome TEXT);
CREATE INDEX IF NOT EXISTS webhook_posts_due ON webhook_posts (due) WHERE state = 'pending';
";

/// Webhooks that an account may hold.
const MOST: i64 = 40;
/// Length of the window over which batched events are collected.
const WINDOW: i64 = 5 * MINUTE;
/// Events in one batched post.
const BATCH: usize = 500;
const MINUTE: i64 = 60_000;
/// Waits before the second and later attempts.
const RETRIES: [i64; 4] = [10 * MINUTE, 60 * MINUTE, 120 * MINUTE, 480 * MINUTE];
/// How long a server that does not answer is left alone.
const PAUSE: i64 = 10 * MINUTE;
/// Address in `sending_ip`.
const SENDING_IP: &str = "1.179.112.10";

const TRANSACTIONAL: [&str; 18] = [
    "sent",
    "request",
    "delivered",
    "hardBounce",
    "softBounce",
    "blocked",
    "spam",
    "invalid",
    "deferred",
    "click",
    "opened",
    "uniqueOpened",
    "unsubscribed",
    "error",
    "proxyOpen",
    "uniqueProxyOpen",
    "loadedByProxy",
    "reply",
];
const MARKETING: [&str; 11] = [
    "delivered",
    "opened",
    "click",
    "hardBounce",
    "softBounce",
    "spam",
    "unsubscribed",
    "proxyOpen",
    "listAddition",
    "contactUpdated",
    "contactDeleted",
];
const INBOUND: [&str; 2] = ["inboundEmailProcessed", "reply"];

/// Code of an operation of this module, by its name.
pub fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "get_webhooks" => get_webhooks,
        "create_webhook" => create_webhook,
        "get_webhook" => |call| find(call).map(Answer::ok),
        "update_webhook" => update_webhook,
        "delete_webhook" => delete_webhook,
        "export_webhooks_history" => export_history,
        _ => return None,
    })
}

/// After a restart: posts whose answer was never seen go out again.
pub fn recover(db: &Db, now: i64) -> Result<()> {
    db.execute("UPDATE webhook_posts SET state = 'pending', due = ?1 WHERE state = 'posting'", [now])
        .map(drop)
}

fn to_json(row: &Row) -> Result<Value> {
    let data: String = row.get(2)?;
    let mut out = json!({"description": "", "url": "", "id": row.get::<_, i64>(0)?, "events": []});
    let data: Map<String, Value> = serde_json::from_str(&data).unwrap_or_default();
    for (key, value) in data {
        out[key] = value;
    }
    out["type"] = row.get::<_, String>(1)?.into();
    out["createdAt"] = time::rfc3339(row.get(3)?).into();
    out["modifiedAt"] = time::rfc3339(row.get(4)?).into();
    Ok(out)
}

const SELECT: &str = "SELECT id, type, data, created, modified FROM webhooks";

fn find(call: &Call) -> Result<Value, ApiError> {
    call.db
        .query_row(
            &format!("{SELECT} WHERE account = ?1 AND id = ?2"),
            params![call.account, call.int("webhookId")],
            to_json,
        )
        .optional()?
        .ok_or_else(|| ApiError::not_found("Webhook ID does not exist"))
}

fn get_webhooks(call: &Call) -> Outcome {
    let kind = call.text("type").unwrap_or("transactional");
    let webhooks = call
        .db
        .prepare(&format!("{SELECT} WHERE account = ?1 AND type = ?2 ORDER BY id {}", call.order()))?
        .query_map(params![call.account, kind], to_json)?
        .collect::<Result<Vec<_>>>()?;
    Ok(Answer::ok(json!({"webhooks": webhooks})))
}

/// Checks what `create` and `update` share.
fn check(call: &Call, kind: &str) -> Result<(), ApiError> {
    if let Some(url) = call.text("url") {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if rest.is_none_or(|rest| rest.is_empty() || rest.contains(char::is_whitespace)) {
            return Err(ApiError::invalid("URL is not valid"));
        }
    }
    let known: &[&str] = match (kind, call.text("channel")) {
        (_, Some("sms")) => return Ok(()),
        ("marketing", _) => &MARKETING,
        ("inbound", _) => &INBOUND,
        _ => &TRANSACTIONAL,
    };
    match call.texts("events").iter().find(|event| !known.contains(&event.as_str())) {
        Some(event) => Err(ApiError::invalid(format!("Event {event} is not valid for a {kind} webhook"))),
        None => Ok(()),
    }
}

const SETTINGS: [&str; 8] =
    ["url", "description", "events", "channel", "domain", "batched", "auth", "headers"];

fn create_webhook(call: &Call) -> Outcome {
    let kind = call.text("type").unwrap_or("transactional");
    if !matches!(kind, "transactional" | "marketing" | "inbound") {
        return Err(ApiError::invalid("type is not valid"));
    }
    check(call, kind)?;
    let mut data = Map::new();
    for key in SETTINGS {
        if let Some(value) = call.get(key) {
            data.insert(key.to_owned(), value.clone());
        }
    }
    if kind == "inbound" {
        if call.text("domain").is_none() {
            return Err(ApiError::missing("domain is missing"));
        }
        data.entry("events").or_insert_with(|| json!(["inboundEmailProcessed"]));
    } else {
        if call.list("events").is_empty() {
            return Err(ApiError::missing("events is missing"));
        }
        let held: i64 = call.db.query_row(
            "SELECT COUNT(*) FROM webhooks WHERE account = ?1 AND type <> 'inbound'",
            [call.account],
            |row| row.get(0),
        )?;
        if held >= MOST {
            return Err(ApiError::invalid(format!("Maximum number of webhooks ({MOST}) reached")));
        }
    }
    let id = next_id(call.db, call.account, "webhook")?;
    call.db.execute(
        "INSERT INTO webhooks (account, id, type, data, created, modified) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        params![call.account, id, kind, Value::from(data).to_string(), call.now],
    )?;
    Ok(Answer::created(json!({"id": id})))
}

fn update_webhook(call: &Call) -> Outcome {
    let webhook = find(call)?;
    check(call, webhook["type"].as_str().unwrap_or_default())?;
    let mut data = Map::new();
    for key in SETTINGS {
        let old = webhook.get(key).filter(|value| !value.is_null());
        if let Some(value) = call.get(key).or(old) {
            data.insert(key.to_owned(), value.clone());
        }
    }
    call.db.execute(
        "UPDATE webhooks SET data = ?3, modified = ?4 WHERE account = ?1 AND id = ?2",
        params![call.account, call.int("webhookId"), Value::from(data).to_string(), call.now],
    )?;
    Ok(Answer::no_content())
}

fn delete_webhook(call: &Call) -> Outcome {
    find(call)?;
    let key = params![call.account, call.int("webhookId")];
    call.db.execute("DELETE FROM webhooks WHERE account = ?1 AND id = ?2", key)?;
    call.db.execute("DELETE FROM webhook_queue WHERE account = ?1 AND webhook = ?2", key)?;
    call.db.execute(
        "UPDATE webhook_posts SET state = 'discarded', outcome = 'webhook deleted'
         WHERE account = ?1 AND webhook = ?2 AND state = 'pending'",
        key,
    )?;
    Ok(Answer::no_content())
}

/// An event of a mail, with what is told about the mail.
#[derive(Debug, Clone)]
pub struct Happening {
    /// Row of the event.
    pub id: i64,
    /// Kind, as in `GET /smtp/statistics/events`.
    pub kind: String,
    /// When.
    pub at: i64,
    /// Whether it is the first of its kind for the mail.
    pub first: bool,
    /// Link that was clicked.
    pub link: Option<String>,
    /// What the receiving server said.
    pub reason: Option<String>,
    /// Account that sent the mail.
    pub account: i64,
    /// Kind of mail.
    pub mail: String,
    /// Campaign, of marketing mail.
    pub campaign: Option<i64>,
    /// Contact with the address.
    pub contact: Option<i64>,
    /// Recipient.
    pub email: String,
    /// Sender's address.
    pub sender: String,
    message_id: String,
    subject: String,
    template: Option<i64>,
    tags: Vec<Value>,
    headers: Map<String, Value>,
    ip: Option<String>,
    device: Option<String>,
    system: Option<String>,
    browser: Option<String>,
    uuid: String,
    sent: i64,
    list: Option<i64>,
}

impl Happening {
    /// From the columns that `simulate` selects.
    pub(crate) fn read(row: &Row) -> Result<Self> {
        let (tags, headers): (String, String) = (row.get(14)?, row.get(15)?);
        Ok(Happening {
            id: row.get(0)?,
            kind: row.get(1)?,
            at: row.get(2)?,
            first: row.get(3)?,
            link: row.get(4)?,
            reason: row.get(5)?,
            account: row.get(6)?,
            mail: row.get(7)?,
            campaign: row.get(8)?,
            contact: row.get(9)?,
            email: row.get(10)?,
            message_id: row.get(11)?,
            subject: row.get(12)?,
            template: row.get(13)?,
            tags: serde_json::from_str(&tags).unwrap_or_default(),
            headers: serde_json::from_str(&headers).unwrap_or_default(),
            sender: row.get(16)?,
            ip: row.get(17)?,
            device: row.get(18)?,
            system: row.get(19)?,
            browser: row.get(20)?,
            uuid: row.get(21)?,
            sent: row.get(22)?,
            list: row.get(23)?,
        })
    }

    /// For a webhook with these events: what the event is called in the payload.
    fn name_for(&self, events: &[String]) -> Option<&'static str> {
        let wants = |names: &[&str]| names.iter().any(|name| events.iter().any(|event| event == name));
        let name: (&[&str], &'static str) = if self.campaign.is_some() {
            match self.kind.as_str() {
                "delivered" => (&["delivered"], "delivered"),
                "hardBounces" => (&["hardBounce"], "hard_bounced"),
                "softBounces" => (&["softBounce"], "soft_bounced"),
                "opened" => (&["opened"], "opened"),
                "clicks" => (&["click"], "click"),
                "spam" => (&["spam"], "spam"),
                "unsubscribed" => (&["unsubscribed"], "unsubscribed"),
                "loadedByProxy" => (&["proxyOpen"], "proxy_open"),
                _ => return None,
            }
        } else {
            match self.kind.as_str() {
                "requests" => (&["request", "sent"], "request"),
                "delivered" => (&["delivered"], "delivered"),
                "hardBounces" => (&["hardBounce"], "hard_bounce"),
                "softBounces" => (&["softBounce"], "soft_bounce"),
                "blocked" => (&["blocked"], "blocked"),
                "spam" => (&["spam"], "spam"),
                "invalid" => (&["invalid"], "invalid_email"),
                "deferred" => (&["deferred"], "deferred"),
                "error" => (&["error"], "error"),
                "clicks" => (&["click"], "click"),
                "unsubscribed" => (&["unsubscribed"], "unsubscribed"),
                // A first opening goes by its own name to those who want it, else by the common one.
                "opened" if self.first && wants(&["uniqueOpened"]) => (&["uniqueOpened"], "unique_opened"),
                "opened" => (&["opened"], "opened"),
                "loadedByProxy" if self.first && wants(&["uniqueProxyOpen"]) => {
                    (&["uniqueProxyOpen"], "unique_proxy_open")
                }
                "loadedByProxy" => (&["proxyOpen", "loadedByProxy"], "proxy_open"),
                _ => return None,
            }
        };
        wants(name.0).then_some(name.1)
    }

    fn transactional(&self, webhook: i64, event: &str, base_url: &str) -> Value {
        let mut out = json!({
            "event": event,
            "email": self.email,
            "id": webhook,
            "date": local_time(self.at),
            "ts": local_seconds(self.at),
            "message-id": self.message_id,
            "ts_event": self.at / 1000,
            "subject": self.subject,
            "sending_ip": SENDING_IP,
            "ts_epoch": self.at,
            "sender_email": self.sender,
            "mirror_link": format!("{base_url}/_sandbox/mails/{}/html", self.uuid),
        });
        let custom = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("X-Mailin-custom"));
        if let Some((_, custom)) = custom {
            out["X-Mailin-custom"] = custom.clone();
        }
        if let Some(template) = self.template {
            out["template_id"] = template.into();
        }
        if let Some(contact) = self.contact {
            out["contact_id"] = contact.into();
        }
        if !self.tags.is_empty() {
            out["tag"] = Value::from(self.tags.clone()).to_string().into();
            out["tags"] = self.tags.clone().into();
        }
        self.add_particulars(&mut out, "link");
        if matches!(self.kind.as_str(), "opened" | "clicks" | "loadedByProxy" | "unsubscribed") {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            out["device_used"] = text(&self.device).to_uppercase().into();
            out["user_agent"] = format!("{} ({})", text(&self.browser), text(&self.system)).into();
            out["ip"] = text(&self.ip).into();
        }
        out
    }

    fn marketing(&self, webhook: i64, event: &str, name: &str, tag: &str) -> Value {
        let mut out = json!({
            "id": webhook,
            "camp_id": self.campaign,
            "email": self.email,
            "campaign name": name,
            "date_sent": local_time(self.sent),
            "date_event": local_time(self.at),
            "event": event,
            "tag": tag,
            "ts": local_seconds(self.at),
            "ts_event": self.at / 1000,
            "ts_sent": self.sent / 1000,
            "segment_ids": [],
        });
        if self.kind == "unsubscribed" {
            out["list_id"] = self.list.into_iter().collect::<Vec<_>>().into();
        }
        if self.kind.ends_with("Bounces") {
            out["sending_ip"] = SENDING_IP.into();
        }
        self.add_particulars(&mut out, "URL");
        out
    }

    fn add_particulars(&self, out: &mut Value, link: &str) {
        if let Some(reason) = &self.reason {
            out["reason"] = reason.as_str().into();
        }
        if let Some(url) = &self.link {
            out[link] = url.as_str().into();
        }
    }
}

/// The webhooks that there are, while events are reported.
pub struct Hooks {
    base_url: String,
    hooks: Vec<Hook>,
    campaigns: HashMap<(i64, i64), (String, String)>,
}

struct Hook {
    account: i64,
    id: i64,
    kind: String,
    events: Vec<String>,
    batched: bool,
}

impl Hooks {
    /// Reads them.
    pub fn load(db: &Db, sandbox: &Sandbox) -> Result<Self> {
        let hooks = db
            .prepare_cached("SELECT account, id, type, data FROM webhooks ORDER BY account, id")?
            .query_map([], |row| {
                let data: Value = serde_json::from_str(&row.get::<_, String>(3)?).unwrap_or_default();
                let events = data["events"].as_array().map_or(&[][..], Vec::as_slice);
                Ok(Hook {
                    account: row.get(0)?,
                    id: row.get(1)?,
                    kind: row.get(2)?,
                    events: events.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                    batched: data["batched"].as_bool().unwrap_or(false),
                })
            })?
            .collect::<Result<_>>()?;
        Ok(Hooks { base_url: sandbox.base_url().to_owned(), hooks, campaigns: HashMap::new() })
    }

    /// Writes down what is to be posted about an event.
    pub fn report(&mut self, db: &Db, event: &Happening) -> Result<()> {
        let kind = if event.campaign.is_some() { "marketing" } else { "transactional" };
        for hook in &self.hooks {
            if hook.account != event.account || hook.kind != kind {
                continue;
            }
            let Some(name) = event.name_for(&hook.events) else { continue };
            let payload = match event.campaign {
                None => event.transactional(hook.id, name, &self.base_url),
                Some(campaign) => {
                    let (title, tag) = match self.campaigns.get(&(event.account, campaign)) {
                        Some(known) => known,
                        None => {
                            let found = campaign_name(db, event.account, campaign)?;
                            self.campaigns.entry((event.account, campaign)).or_insert(found)
                        }
                    };
                    event.marketing(hook.id, name, title, tag)
                }
            };
            enqueue(db, hook, event.at, &payload)?;
        }
        Ok(())
    }
}

fn campaign_name(db: &Db, account: i64, campaign: i64) -> Result<(String, String)> {
    let data = db
        .query_row("SELECT data FROM campaigns WHERE account = ?1 AND id = ?2", [account, campaign], |row| {
            row.get::<_, String>(0)
        })
        .optional()?;
    let data: Value = data.and_then(|data| serde_json::from_str(&data).ok()).unwrap_or_default();
    let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
    Ok((text("name"), text("tag")))
}

fn enqueue(db: &Db, hook: &Hook, at: i64, payload: &Value) -> Result<()> {
    let (table, more) = if hook.batched {
        ("webhook_queue (account, webhook, at, payload)", "")
    } else {
        ("webhook_posts (account, webhook, at, body, due, state)", ", ?3, 'pending'")
    };
    db.prepare_cached(&format!("INSERT INTO {table} VALUES (?1, ?2, ?3, ?4{more})"))?
        .execute(params![hook.account, hook.id, at, payload.to_string()])
        .map(drop)
}

/// Reports a change of a contact to marketing webhooks. `event` is `listAddition`,
/// `contactUpdated` or `contactDeleted`; `particulars` are further keys of the payload, such as
/// `list_id` or `content`.
pub fn contact_event(
    db: &Db,
    sandbox: &Sandbox,
    account: i64,
    event: &str,
    email: &str,
    particulars: &Map<String, Value>,
    now: i64,
) -> Result<()> {
    let name = match event {
        "listAddition" => "list_addition",
        "contactUpdated" => "contact_updated",
        _ => "contact_deleted",
    };
    for hook in Hooks::load(db, sandbox)?.hooks {
        if hook.account != account
            || hook.kind != "marketing"
            || !hook.events.iter().any(|wanted| wanted == event)
        {
            continue;
        }
        let mut payload = json!({
            "id": hook.id,
            "email": email,
            "event": name,
            "key": format!("{:016x}", crate::simulate::Dice::new(now as u64, &[email, name]).roll()),
            "date": local_time(now),
            "ts": local_seconds(now),
        });
        for (key, value) in particulars {
            payload[key] = value.clone();
        }
        enqueue(db, &hook, now, &payload)?;
    }
    Ok(())
}

/// Time of the account, which is that of Paris: `YYYY-MM-DD HH:MM:SS`.
fn local_time(at: i64) -> String {
    time::rfc3339(local_seconds(at) * 1000)[..19].replace('T', " ")
}

/// Brevo's `ts`: the clock on the wall, counted as if it were UTC.
fn local_seconds(at: i64) -> i64 {
    at / 1000 + if is_summer_time(at) { 7200 } else { 3600 }
}

/// From the last Sunday of March to that of October, both at 01:00 UTC.
fn is_summer_time(at: i64) -> bool {
    let Ok(moment) = Timestamp::from_millisecond(at) else { return false };
    let now = moment.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    let last_sunday = |month: i8| -> Date {
        let last = date(now.year(), month, 31);
        let back = i32::from(last.weekday().to_sunday_zero_offset());
        (0..back).fold(last, |day, _| day.yesterday().unwrap_or(day))
    };
    now >= last_sunday(3).at(1, 0, 0, 0) && now < last_sunday(10).at(1, 0, 0, 0)
}

/// Posts what is due.
pub fn tick(db: &Db, now: i64, sandbox: &Sandbox) -> Result<()> {
    close_windows(db, now)?;
    let due = db
        .prepare_cached(
            "SELECT p.id, p.body, p.attempts, w.data, w.account, w.id
             FROM webhook_posts p JOIN webhooks w ON w.account = p.account AND w.id = p.webhook
             WHERE p.state = 'pending' AND p.due <= ?1 AND w.paused_until <= ?1 ORDER BY p.due, p.id LIMIT 200",
        )?
        .query_map([now], |row| {
            Ok(Post {
                id: row.get(0)?,
                body: row.get(1)?,
                attempts: row.get(2)?,
                data: serde_json::from_str(&row.get::<_, String>(3)?).unwrap_or_default(),
                account: row.get(4)?,
                webhook: row.get(5)?,
            })
        })?
        .collect::<Result<Vec<_>>>()?;
    for post in due {
        db.prepare_cached("UPDATE webhook_posts SET state = 'posting' WHERE id = ?1")?.execute([post.id])?;
        sandbox.send(post.request());
    }
    Ok(())
}

struct Post {
    id: i64,
    account: i64,
    webhook: i64,
    body: String,
    attempts: usize,
    data: Value,
}

impl Post {
    fn request(self) -> Outgoing {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if let Some(token) = text(&self.data["auth"]["token"]) {
            let kind = text(&self.data["auth"]["type"]).unwrap_or_default();
            let scheme = if kind.eq_ignore_ascii_case("basic") { "Basic" } else { "Bearer" };
            headers.push(("authorization".to_owned(), format!("{scheme} {token}")));
        }
        for header in self.data["headers"].as_array().map_or(&[][..], Vec::as_slice) {
            if let (Some(key), Some(value)) = (text(&header["key"]), text(&header["value"])) {
                headers.push((key, value));
            }
        }
        Outgoing {
            method: "POST",
            url: text(&self.data["url"]).unwrap_or_default(),
            headers,
            body: self.body.clone().into_bytes(),
            done: Box::new(move |db, now, _, delivery| self.done(db, now, delivery)),
        }
    }

    /// Success and refusal end it; no answer and 429 are tried again, four times.
    fn done(&self, db: &Db, now: i64, delivery: Delivery) -> Result<()> {
        let (outcome, ended, silent) = match delivery {
            Delivery::Answer { status: 429, .. } => ("429".to_owned(), None, false),
            Delivery::Answer { status, .. } if status < 400 => (status.to_string(), Some("done"), false),
            Delivery::Answer { status, .. } => (status.to_string(), Some("discarded"), false),
            Delivery::Failed(reason) => (reason, None, true),
        };
        let (state, due) = match (ended, RETRIES.get(self.attempts)) {
            (Some(state), _) => (state, now),
            (None, Some(wait)) => ("pending", now + wait),
            (None, None) => ("discarded", now),
        };
        db.execute(
            "UPDATE webhook_posts SET state = ?2, due = ?3, attempts = attempts + 1, outcome = ?4 WHERE id = ?1",
            params![self.id, state, due, outcome],
        )?;
        if silent {
            db.execute(
                "UPDATE webhooks SET paused_until = ?3 WHERE account = ?1 AND id = ?2",
                params![self.account, self.webhook, now + PAUSE],
            )?;
        }
        Ok(())
    }
}

/// Makes posts of the events whose five minutes are over.
fn close_windows(db: &Db, now: i64) -> Result<()> {
    let end = now.div_euclid(WINDOW) * WINDOW;
    let events = db
        .prepare_cached(
            "SELECT account, webhook, at, payload FROM webhook_queue WHERE at < ?1 ORDER BY at, id",
        )?
        .query_map([end], |row| {
            let (account, webhook, at): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(((account, webhook, at.div_euclid(WINDOW)), row.get::<_, String>(3)?))
        })?
        .collect::<Result<Vec<_>>>()?;
    if events.is_empty() {
        return Ok(());
    }
    let mut windows = BTreeMap::<_, Vec<String>>::new();
    for (window, payload) in events {
        windows.entry(window).or_default().push(payload);
    }
    for ((account, webhook, window), payloads) in windows {
        for batch in payloads.chunks(BATCH) {
            let due = (window + 1) * WINDOW;
            db.execute(
                "INSERT INTO webhook_posts (account, webhook, at, body, due, state)
                 VALUES (?1, ?2, ?3, ?4, ?3, 'pending')",
                params![account, webhook, due, format!("[{}]", batch.join(","))],
            )?;
        }
    }
    db.execute("DELETE FROM webhook_queue WHERE at < ?1", [end]).map(drop)
}

fn export_history(call: &Call) -> Outcome {
    let (from, to) = match (call.int("days"), call.text("startDate"), call.text("endDate")) {
        (Some(days), None, None) if days > 0 => (call.now - days * 86_400_000, call.now),
        (None, Some(start), Some(end)) => match (time::parse_day(start), time::parse_day(end)) {
            (Some(start), Some(end)) if start <= end => (start, end + 86_400_000 - 1),
            _ => return Err(ApiError::invalid("startDate and endDate are not valid")),
        },
        _ => return Err(ApiError::missing("Either days, or both startDate and endDate are needed")),
    };
    let kind = call.text("type").unwrap_or("transactional");
    let mut statement = call.db.prepare(&format!(
        "SELECT p.webhook, p.at, p.body, p.state, p.outcome FROM webhook_posts p
         JOIN webhooks w ON w.account = p.account AND w.id = p.webhook
         WHERE p.account = ?1 AND w.type = ?2 AND p.at BETWEEN ?3 AND ?4 AND (?5 IS NULL OR p.webhook = ?5)
         ORDER BY p.at {0}, p.id {0}",
        call.order()
    ))?;
    let mut rows = statement.query(params![call.account, kind, from, to, call.int("webhookId")])?;
    let mut csv = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| ApiError::new(500, "internal_error", error.to_string());
    csv.write_record(["webhook_id", "date", "event", "email", "message_id", "state", "outcome"])
        .map_err(failed)?;
    let wanted = call.text("event").filter(|event| *event != "allEvents").map(payload_name);
    while let Some(row) = rows.next()? {
        let body: Value = serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default();
        let (webhook, at): (i64, i64) = (row.get(0)?, row.get(1)?);
        let (state, outcome): (String, Option<String>) = (row.get(3)?, row.get(4)?);
        let events = match body {
            Value::Array(events) => events,
            one => vec![one],
        };
        for event in events {
            let text = |key: &str| event[key].as_str().unwrap_or_default();
            let other = |given: Option<&str>, key: &str| given.is_some_and(|given| given != text(key));
            let unlike = |wanted: &String| {
                let name = text("event");
                name != wanted && name.trim_end_matches('d') != wanted
            };
            if wanted.as_ref().is_some_and(unlike)
                || other(call.text("email"), "email")
                || other(call.text("messageId"), "message-id")
            {
                continue;
            }
            csv.write_record([
                webhook.to_string().as_str(),
                &time::rfc3339(at),
                text("event"),
                text("email"),
                text("message-id"),
                &state,
                outcome.as_deref().unwrap_or_default(),
            ])
            .map_err(failed)?;
        }
    }
    let content =
        csv.into_inner().map_err(|error| ApiError::new(500, "internal_error", error.to_string()))?;
    let name = |_| "webhook-history.csv".to_owned();
    processes::export(call, "WEBHOOK_HISTORY_EXPORT", call.text("notifyURL"), name, &content)
}

/// `hardBounce` as `hard_bounce`; the few that differ otherwise by their names.
fn payload_name(event: &str) -> String {
    match event {
        "invalid" => "invalid_email".to_owned(),
        "loadedByProxy" => "proxy_open".to_owned(),
        _ => event
            .chars()
            .flat_map(|c| {
                let low = c.is_ascii_uppercase().then_some('_');
                low.into_iter().chain([c.to_ascii_lowercase()])
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_in_paris() {
        for (moment, local) in [
            ("2026-03-29T00:59:59Z", "2026-03-29 01:59:59"),
            ("2026-03-29T01:00:00Z", "2026-03-29 03:00:00"),
            ("2026-07-01T12:00:00Z", "2026-07-01 14:00:00"),
            ("2026-10-25T00:59:59Z", "2026-10-25 02:59:59"),
            ("2026-10-25T01:00:00Z", "2026-10-25 02:00:00"),
            ("2026-12-31T23:30:00Z", "2027-01-01 00:30:00"),
        ] {
            assert_eq!(local_time(time::parse(moment).unwrap()), local, "{moment}");
        }
    }

    #[test]
    fn names_of_payloads() {
        assert_eq!(payload_name("hardBounce"), "hard_bounce");
        assert_eq!(payload_name("uniqueOpened"), "unique_opened");
        assert_eq!(payload_name("invalid"), "invalid_email");
    }
}
