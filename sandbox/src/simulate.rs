//! Mail that the sandbox took, and what its simulated recipients do with it.
//!
//! Nothing leaves the sandbox: a mail is a row, and what will happen to it is planned at once by
//! [`plan`] and takes effect when its time comes. Statistics count what has come to pass.

mod plan;

use std::collections::BTreeMap;

use rusqlite::{Result, params};
use serde_json::{Map, Value, json};

pub use plan::{Dice, Plan, Planned, Program, plan};

use crate::handler::Handler;
use crate::state::{Db, Sandbox, next_id};
use crate::webhooks::{Happening, Hooks};
use crate::{campaigns, contacts, time, transactional};

/// Tables of this module.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, campaign INTEGER, list INTEGER,
    version TEXT, contact INTEGER, message_id TEXT NOT NULL, uuid TEXT NOT NULL, email TEXT NOT NULL,
    name TEXT, role TEXT NOT NULL, sender TEXT NOT NULL, sender_name TEXT NOT NULL, reply_to TEXT,
    subject TEXT NOT NULL, html TEXT, text TEXT, template INTEGER, tags TEXT NOT NULL, headers TEXT NOT NULL,
    attachments TEXT NOT NULL, context TEXT, sent INTEGER NOT NULL, hidden INTEGER NOT NULL DEFAULT 0,
    proxied INTEGER NOT NULL DEFAULT 0, ip TEXT, device TEXT, system TEXT, browser TEXT);
CREATE INDEX IF NOT EXISTS messages_campaign ON messages (account, campaign);
CREATE INDEX IF NOT EXISTS messages_email ON messages (account, email, sent);
CREATE INDEX IF NOT EXISTS messages_message_id ON messages (account, message_id);
CREATE INDEX IF NOT EXISTS messages_contact ON messages (account, contact);
CREATE INDEX IF NOT EXISTS messages_uuid ON messages (account, uuid);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, message INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
    first INTEGER NOT NULL, link TEXT, reason TEXT, fired INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS events_message ON events (message, kind);
CREATE INDEX IF NOT EXISTS events_due ON events (at, id) WHERE fired = 0;
CREATE INDEX IF NOT EXISTS events_at ON events (at);
";

/// A mail to one recipient.
#[derive(Debug, Clone)]
pub struct Message {
    /// Account that sends.
    pub account: i64,
    /// `campaign`, `transactional`, `test`, `report` or `verification`. Things happen to the first
    /// two only.
    pub kind: &'static str,
    /// Campaign.
    pub campaign: Option<i64>,
    /// List by which the recipient got the campaign.
    pub list: Option<i64>,
    /// Version of an A/B test, `A` or `B`.
    pub version: Option<&'static str>,
    /// Contact with the address.
    pub contact: Option<i64>,
    /// Identifier in the header; made where empty.
    pub message_id: String,
    /// Recipient.
    pub email: String,
    /// Display name of the recipient.
    pub name: Option<String>,
    /// `to`, `cc` or `bcc`.
    pub role: &'static str,
    /// Sender's address.
    pub sender: String,
    /// Sender's name.
    pub sender_name: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Subject line.
    pub subject: String,
    /// HTML body; that of a campaign is rendered when it is looked at.
    pub html: Option<String>,
    /// Plain-text body.
    pub text: Option<String>,
    /// Template.
    pub template: Option<i64>,
    /// Labels.
    pub tags: Vec<String>,
    /// Own headers.
    pub headers: Map<String, Value>,
    /// Attached files: `{"name", "size"}` or `{"name", "url"}`.
    pub attachments: Vec<Value>,
    /// Attributes of the contact at the time of sending, of a campaign.
    pub context: Option<Value>,
    /// Moment of sending.
    pub sent: i64,
}

impl Default for Message {
    fn default() -> Self {
        Message {
            account: crate::state::ACCOUNT,
            kind: "transactional",
            campaign: None,
            list: None,
            version: None,
            contact: None,
            message_id: String::new(),
            email: String::new(),
            name: None,
            role: "to",
            sender: String::new(),
            sender_name: String::new(),
            reply_to: None,
            subject: String::new(),
            html: None,
            text: None,
            template: None,
            tags: Vec::new(),
            headers: Map::new(),
            attachments: Vec::new(),
            context: None,
            sent: 0,
        }
    }
}

impl Message {
    /// Stores the mail and gives its row.
    pub fn insert(&self, db: &Db) -> Result<i64> {
        let row = next_id(db, self.account, "mail")?;
        let message_id = match self.message_id.as_str() {
            "" => new_message_id(db, self.account, self.sent)?,
            given => given.to_owned(),
        };
        db.prepare_cached(
            "INSERT INTO messages (account, kind, campaign, list, version, contact, message_id, uuid, email, name,
                 role, sender, sender_name, reply_to, subject, html, text, template, tags, headers, attachments,
                 context, sent)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
                 ?21, ?22, ?23)",
        )?
        .execute(params![
            self.account,
            self.kind,
            self.campaign,
            self.list,
            self.version,
            self.contact,
            message_id,
            uuid(&mut Dice::new(self.sent as u64, &["mail", &row.to_string()])),
            self.email,
            self.name,
            self.role,
            self.sender,
            self.sender_name,
            self.reply_to,
            self.subject,
            self.html,
            self.text,
            self.template,
            Value::from(self.tags.clone()).to_string(),
            Value::from(self.headers.clone()).to_string(),
            Value::from(self.attachments.clone()).to_string(),
            self.context.as_ref().map(Value::to_string),
            self.sent,
        ])?;
        Ok(db.last_insert_rowid())
    }
}

/// A message identifier in Brevo's form.
pub fn new_message_id(db: &Db, account: i64, now: i64) -> Result<String> {
    let number = next_id(db, account, "message")?;
    let digits = time::rfc3339(now).chars().filter(char::is_ascii_digit).take(12).collect::<String>();
    Ok(format!("<{digits}.{number}@smtp-relay.mailin.fr>"))
}

/// A UUIDv4.
pub fn uuid(dice: &mut Dice) -> String {
    let (a, b) = (dice.roll(), dice.roll());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        0x8000 | ((b >> 48) & 0x3fff),
        b & 0xffff_ffff_ffff
    )
}

/// Plans one event of a mail.
pub fn add_event(db: &Db, message: i64, kind: &str, at: i64, reason: Option<&str>) -> Result<()> {
    db.prepare_cached("INSERT INTO events (message, kind, at, first, reason) VALUES (?1, ?2, ?3, 1, ?4)")?
        .execute(params![message, kind, at, reason])
        .map(drop)
}

/// Stores what the recipient of a mail will do. Clicks go to `links`.
pub fn add_plan(db: &Db, message: i64, sent: i64, plan: &Plan, links: &[String]) -> Result<()> {
    db.prepare_cached(
        "UPDATE messages SET proxied = ?2, ip = ?3, device = ?4, system = ?5, browser = ?6 WHERE id = ?1",
    )?
    .execute(params![
        message,
        plan.proxied,
        plan.ip,
        plan.program.device,
        plan.program.system,
        plan.program.browser
    ])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO events (message, kind, at, first, link, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for event in &plan.events {
        let link = event.link.and_then(|index| links.get(index));
        insert.execute(params![message, event.kind, sent + event.after, event.first, link, event.reason])?;
    }
    Ok(())
}

/// The links of an HTML body, each once: what a recipient can click.
pub fn links(html: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find("href") {
        rest = rest[at + 4..].trim_start();
        let Some(value) = rest.strip_prefix('=').map(str::trim_start) else { continue };
        let end = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].find(quote).map(|end| (1, end + 1)),
            _ => value.find(|c: char| c.is_whitespace() || c == '>').map(|end| (0, end)),
        };
        let Some((start, end)) = end else { break };
        let link = value[start..end].trim().replace("&amp;", "&");
        let web = link.starts_with("http://") || link.starts_with("https://");
        if web && !link.contains("{{") && !out.contains(&link) {
            out.push(link);
        }
        rest = &value[end..];
    }
    out
}

/// Code of an operation of this module, by its name: it has none.
pub fn handler(_operation: &str) -> Option<Handler> {
    None
}

/// Lets everything happen that is due, in order of time.
pub fn tick(db: &Db, now: i64, sandbox: &Sandbox) -> Result<()> {
    loop {
        fire(db, now, sandbox)?;
        // The winner of an A/B test goes out after its test: new mail, new events.
        if !campaigns::settle(db, now, sandbox)? {
            return Ok(());
        }
    }
}

fn fire(db: &Db, now: i64, sandbox: &Sandbox) -> Result<()> {
    let mut hooks: Option<Hooks> = None;
    loop {
        let due = db
            .prepare_cached(
                "SELECT e.id, e.kind, e.at, e.first, e.link, e.reason, m.account, m.kind, m.campaign, m.contact,
                     m.email, m.message_id, m.subject, m.template, m.tags, m.headers, m.sender, m.ip, m.device,
                     m.system, m.browser, m.uuid, m.sent, m.list
                 FROM events e JOIN messages m ON m.id = e.message
                 WHERE e.fired = 0 AND e.at <= ?1 ORDER BY e.at, e.id LIMIT 500",
            )?
            .query_map([now], Happening::read)?
            .collect::<Result<Vec<_>>>()?;
        if due.is_empty() {
            return Ok(());
        }
        if hooks.is_none() {
            hooks = Some(Hooks::load(db, sandbox)?);
        }
        for event in due {
            db.prepare_cached("UPDATE events SET fired = 1 WHERE id = ?1")?.execute([event.id])?;
            take_effect(db, &event)?;
            if let Some(hooks) = &mut hooks {
                hooks.report(db, &event)?;
            }
        }
    }
}

/// What an event does to its recipient.
fn take_effect(db: &Db, event: &Happening) -> Result<()> {
    let campaign = event.campaign.is_some();
    let code = match event.kind.as_str() {
        "hardBounces" => "hardBounce",
        "spam" => "contactFlaggedAsSpam",
        "unsubscribed" => "unsubscribedViaEmail",
        _ => return Ok(()),
    };
    if campaign || code != "unsubscribedViaEmail" {
        let contact = match event.contact {
            Some(contact) => Some(contact),
            None => contacts::contact_by_email(db, event.account, &event.email)?.map(|contact| contact.id),
        };
        if let Some(contact) = contact {
            contacts::blocklist(db, event.account, contact, code, event.at)?;
        }
    }
    match code {
        // Nobody takes mail for an address that does not exist, whoever sends it.
        "hardBounce" => transactional::block(db, event.account, &event.email, None, code, event.at),
        _ if campaign => Ok(()),
        _ => transactional::block(db, event.account, &event.email, Some(&event.sender), code, event.at),
    }
}

/// How often each kind of event came to pass: in all, and counting each mail once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally(BTreeMap<String, (i64, i64)>);

impl Tally {
    /// All events of a kind.
    pub fn all(&self, kind: &str) -> i64 {
        self.0.get(kind).map_or(0, |counts| counts.0)
    }

    /// Mails with such an event.
    pub fn unique(&self, kind: &str) -> i64 {
        self.0.get(kind).map_or(0, |counts| counts.1)
    }

    /// Mails that are neither delivered nor refused yet.
    pub fn remaining(&self) -> i64 {
        self.all("sent") - self.all("delivered") - self.all("softBounces") - self.all("hardBounces")
    }

    /// In the form of the statistics of a campaign.
    pub fn campaign_stats(&self) -> Value {
        let (delivered, views) = (self.all("delivered"), self.unique("opened"));
        let bounces = self.all("softBounces") + self.all("hardBounces");
        let rate = percent(views, self.all("trackable"));
        json!({
            "uniqueClicks": self.unique("clicks"),
            "clickers": self.all("clicks"),
            "complaints": self.all("spam"),
            "delivered": delivered,
            "sent": self.all("sent"),
            "softBounces": self.all("softBounces"),
            "hardBounces": self.all("hardBounces"),
            "uniqueViews": views,
            "unsubscriptions": self.unique("unsubscribed"),
            "viewed": self.all("opened"),
            "trackableViews": views,
            "trackableViewsRate": rate,
            "estimatedViews": (rate * delivered as f64 / 100.0).round() as i64,
            "appleMppOpens": self.all("loadedByProxy"),
            "opensRate": percent(views, delivered),
            "deferred": self.all("deferred"),
            "returnBounce": bounces,
        })
    }
}

/// A share in percent, with two decimals.
pub fn percent(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 * 10_000.0 / whole as f64).round() / 100.0 }
}

/// By what the figures of a campaign are told apart.
#[derive(Debug, Clone, Copy)]
pub enum By {
    /// Not at all: one tally with an empty key.
    Nothing,
    /// The list by which recipients got it.
    List,
    /// The domain of the recipient.
    Domain,
    /// Version of an A/B test.
    Version,
}

impl By {
    const fn sql(self) -> &'static str {
        match self {
            By::Nothing => "''",
            By::List => "COALESCE(CAST(m.list AS TEXT), '')",
            By::Domain => "lower(substr(m.email, instr(m.email, '@') + 1))",
            By::Version => "COALESCE(m.version, '')",
        }
    }
}

/// The figures of a campaign, of events up to a moment.
pub fn tallies(db: &Db, account: i64, campaign: i64, by: By, until: i64) -> Result<BTreeMap<String, Tally>> {
    let key = by.sql();
    let mut statement = db.prepare_cached(&format!(
        "SELECT {key} AS key, 'sent', COUNT(*), COUNT(*) FROM messages m
             WHERE m.account = ?1 AND m.campaign = ?2 AND m.kind = 'campaign' GROUP BY key
         UNION ALL
         SELECT {key} AS key, e.kind, COUNT(*), COUNT(DISTINCT e.message)
             FROM messages m JOIN events e ON e.message = m.id
             WHERE m.account = ?1 AND m.campaign = ?2 AND m.kind = 'campaign' AND e.fired = 1 AND e.at <= ?3
             GROUP BY key, e.kind
         UNION ALL
         SELECT {key} AS key, 'trackable', COUNT(*), COUNT(*)
             FROM messages m JOIN events e ON e.message = m.id
             WHERE m.account = ?1 AND m.campaign = ?2 AND m.kind = 'campaign' AND e.fired = 1 AND e.at <= ?3
                 AND e.kind = 'delivered' AND m.proxied = 0
             GROUP BY key"
    ))?;
    let mut rows = statement.query([account, campaign, until])?;
    let mut out = BTreeMap::<String, Tally>::new();
    while let Some(row) = rows.next()? {
        out.entry(row.get(0)?).or_default().0.insert(row.get(1)?, (row.get(2)?, row.get(3)?));
    }
    Ok(out)
}

/// The figures of a campaign as a whole.
pub fn tally(db: &Db, account: i64, campaign: i64, until: i64) -> Result<Tally> {
    Ok(tallies(db, account, campaign, By::Nothing, until)?.remove("").unwrap_or_default())
}

/// Clicks per link of a campaign, or of one version of it.
pub fn link_clicks(
    db: &Db,
    account: i64,
    campaign: i64,
    version: Option<&str>,
) -> Result<Vec<(String, i64)>> {
    db.prepare_cached(
        "SELECT e.link, COUNT(*) FROM messages m JOIN events e ON e.message = m.id
         WHERE m.account = ?1 AND m.campaign = ?2 AND e.kind = 'clicks' AND e.fired = 1 AND e.link IS NOT NULL
             AND (?3 IS NULL OR m.version = ?3)
         GROUP BY e.link ORDER BY 2 DESC, 1",
    )?
    .query_map(params![account, campaign, version], |row| Ok((row.get(0)?, row.get(1)?)))?
    .collect()
}

/// `statsByDevice` of a campaign: device, then system.
pub fn by_device(db: &Db, account: i64, campaign: i64) -> Result<Value> {
    let mut out = json!({"desktop": {}, "mobile": {}, "tablet": {}, "unknown": {}});
    for (device, system, stats) in reading(db, account, campaign, "m.device, m.system")? {
        out[device][system] = stats;
    }
    Ok(out)
}

/// `statsByBrowser` of a campaign.
pub fn by_browser(db: &Db, account: i64, campaign: i64) -> Result<Value> {
    let stats = reading(db, account, campaign, "m.browser, ''")?;
    Ok(stats.into_iter().map(|(browser, _, stats)| (browser, stats)).collect::<Map<_, _>>().into())
}

fn reading(db: &Db, account: i64, campaign: i64, columns: &str) -> Result<Vec<(String, String, Value)>> {
    db.prepare_cached(&format!(
        "SELECT {columns}, SUM(e.kind = 'clicks'), COUNT(DISTINCT CASE WHEN e.kind = 'clicks' THEN m.id END),
             SUM(e.kind = 'opened'), COUNT(DISTINCT CASE WHEN e.kind = 'opened' THEN m.id END)
         FROM messages m JOIN events e ON e.message = m.id
         WHERE m.account = ?1 AND m.campaign = ?2 AND e.fired = 1 AND e.kind IN ('opened', 'clicks')
         GROUP BY 1, 2 ORDER BY 1, 2"
    ))?
    .query_map([account, campaign], |row| {
        let count = |index| row.get::<_, i64>(index);
        let stats = json!({
            "clickers": count(2)?, "uniqueClicks": count(3)?, "viewed": count(4)?, "uniqueViews": count(5)?,
        });
        Ok((row.get(0)?, row.get(1)?, stats))
    })?
    .collect()
}

/// Campaign statistics of one contact between two moments, in the form of
/// `GET /contacts/{identifier}/campaignStats`.
pub fn contact_stats(db: &Db, account: i64, contact: i64, from: i64, to: i64) -> Result<Value> {
    let mut out = json!({
        "messagesSent": [], "hardBounces": [], "softBounces": [], "complaints": [], "delivered": [],
        "unsubscriptions": {"userUnsubscription": [], "adminUnsubscription": []}, "opened": [], "clicked": [],
        "transacAttributes": [],
    });
    let mut push = |key: &str, entry: Value| {
        let place = match key {
            "userUnsubscription" => &mut out["unsubscriptions"][key],
            _ => &mut out[key],
        };
        if let Value::Array(list) = place {
            list.push(entry);
        }
    };
    let mut statement = db.prepare_cached(
        "SELECT campaign, sent FROM messages
         WHERE account = ?1 AND contact = ?2 AND kind = 'campaign' AND sent BETWEEN ?3 AND ?4 ORDER BY sent, id",
    )?;
    let mut rows = statement.query([account, contact, from, to])?;
    while let Some(row) = rows.next()? {
        let (campaign, sent): (i64, i64) = (row.get(0)?, row.get(1)?);
        push("messagesSent", json!({"campaignId": campaign, "eventTime": time::rfc3339(sent)}));
    }
    let mut statement = db.prepare_cached(
        "SELECT m.campaign, e.kind, COUNT(*), MAX(e.at), m.ip, e.link
         FROM messages m JOIN events e ON e.message = m.id
         WHERE m.account = ?1 AND m.contact = ?2 AND m.kind = 'campaign' AND e.fired = 1
             AND e.at BETWEEN ?3 AND ?4
         GROUP BY m.campaign, e.kind, e.link ORDER BY MAX(e.at)",
    )?;
    let mut rows = statement.query([account, contact, from, to])?;
    let mut clicked = BTreeMap::<i64, Vec<Value>>::new();
    while let Some(row) = rows.next()? {
        let (campaign, kind, count): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (at, ip): (i64, Option<String>) = (row.get(3)?, row.get(4)?);
        let (event_time, ip) = (time::rfc3339(at), ip.unwrap_or_default());
        let plain = json!({"campaignId": campaign, "eventTime": event_time});
        match kind.as_str() {
            "hardBounces" | "softBounces" | "delivered" => push(&kind, plain),
            "spam" => push("complaints", plain),
            "opened" => push(
                "opened",
                json!({"campaignId": campaign, "count": count, "eventTime": event_time, "ip": ip}),
            ),
            "clicks" => clicked.entry(campaign).or_default().push(json!({
                "count": count, "eventTime": event_time, "ip": ip, "url": row.get::<_, Option<String>>(5)?,
            })),
            "unsubscribed" => {
                push("userUnsubscription", json!({"campaignId": campaign, "eventTime": event_time, "ip": ip}))
            }
            _ => (),
        }
    }
    for (campaign, links) in clicked {
        push("clicked", json!({"campaignId": campaign, "links": links}));
    }
    Ok(out)
}

/// Contacts by what they did with a campaign, or with any: `openers`, `nonOpeners`, `clickers`,
/// `nonClickers`, `unsubscribed`, `hardBounces`, `softBounces`, or `all`.
pub fn contacts_by_action(db: &Db, account: i64, campaign: Option<i64>, action: &str) -> Result<Vec<i64>> {
    let did = |kind: &str| {
        format!(
            "EXISTS (SELECT 1 FROM events e WHERE e.message = m.id AND e.kind = '{kind}' AND e.fired = 1)"
        )
    };
    // Whoever did it with one campaign did it, when any is asked about.
    let having = match action {
        "openers" => format!("MAX({})", did("opened")),
        "nonOpeners" => format!("MAX({}) AND NOT MAX({})", did("delivered"), did("opened")),
        "clickers" => format!("MAX({})", did("clicks")),
        "nonClickers" => format!("MAX({}) AND NOT MAX({})", did("delivered"), did("clicks")),
        "unsubscribed" | "hardBounces" | "softBounces" => format!("MAX({})", did(action)),
        "all" => "1".to_owned(),
        _ => return Ok(Vec::new()),
    };
    db.prepare(&format!(
        "SELECT m.contact FROM messages m
         WHERE m.account = ?1 AND m.kind = 'campaign' AND m.contact IS NOT NULL
             AND (?2 IS NULL OR m.campaign = ?2)
         GROUP BY m.contact HAVING {having} ORDER BY m.contact"
    ))?
    .query_map(params![account, campaign], |row| row.get(0))?
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_once() {
        let html = "<a href=\"https://a.example/?x=1&amp;y=2\">1</a> <a href='http://b.example'>2</a>
            <a href=https://c.example>3</a> <a href=\"https://a.example/?x=1&amp;y=2\">4</a>
            <a href=\"mailto:x@y.z\">5</a> <a href=\"{{ unsubscribe }}\">6</a> <a href=\"https://d.example/{{ x }}\">";
        assert_eq!(links(html), ["https://a.example/?x=1&y=2", "http://b.example", "https://c.example"]);
        assert_eq!(links("no links, href=\"broken"), Vec::<String>::new());
    }

    #[test]
    fn a_tally_adds_up() {
        let counts =
            [("sent", 10), ("delivered", 8), ("softBounces", 1), ("hardBounces", 1), ("trackable", 5)];
        let mut tally = Tally(counts.iter().map(|(k, n)| (k.to_string(), (*n, *n))).collect());
        tally.0.insert("opened".into(), (6, 4));
        let stats = tally.campaign_stats();
        assert_eq!(tally.remaining(), 0);
        assert_eq!(stats["opensRate"], 50.0);
        assert_eq!(stats["trackableViewsRate"], 80.0);
        assert_eq!(stats["estimatedViews"], 6);
        assert_eq!(stats["returnBounce"], 2);
    }

    #[test]
    fn a_uuid_has_its_form() {
        let uuid = uuid(&mut Dice::new(3, &["x"]));
        let parts = uuid.split('-').map(str::len).collect::<Vec<_>>();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert!(uuid.as_bytes()[14] == b'4' && b"89ab".contains(&uuid.as_bytes()[19]));
    }
}
