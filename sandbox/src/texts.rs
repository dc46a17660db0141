//! Messages to phones, by SMS or WhatsApp: what the sandbox took, what their simulated recipients do
//! with them, and the campaigns that send them.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Result, Row, params};
use serde_json::{Map, Value};

use crate::campaigns;
use crate::contacts::{self, ContactRow};
use crate::handler::{ApiError, Call};
use crate::simulate::Dice;
use crate::state::{Db, Sandbox, all, next_id};

/// Tables of this module.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS texts (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, channel TEXT NOT NULL, kind TEXT NOT NULL, campaign INTEGER,
    contact INTEGER, phone TEXT NOT NULL, sender TEXT NOT NULL, content TEXT NOT NULL, tags TEXT NOT NULL,
    message_id TEXT NOT NULL, sent INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS texts_campaign ON texts (account, channel, campaign);
CREATE TABLE IF NOT EXISTS text_events (
    id INTEGER PRIMARY KEY, message INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, reason TEXT,
    reply TEXT, fired INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS text_events_message ON text_events (message, kind);
CREATE INDEX IF NOT EXISTS text_events_due ON text_events (at, id) WHERE fired = 0;
CREATE TABLE IF NOT EXISTS text_campaigns (
    account INTEGER NOT NULL, channel TEXT NOT NULL, id INTEGER NOT NULL, status TEXT NOT NULL, data TEXT NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, scheduled_at INTEGER, started INTEGER,
    PRIMARY KEY (account, channel, id));
";

/// By what a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// SMS.
    Sms,
    /// WhatsApp.
    Whatsapp,
}

impl Channel {
    const fn as_str(self) -> &'static str {
        match self {
            Channel::Sms => "sms",
            Channel::Whatsapp => "whatsapp",
        }
    }

    /// The number by which a contact is reached, unless it wants nothing.
    fn number(self, contact: &ContactRow) -> Option<&str> {
        let (attribute, is_blocked) = match self {
            Channel::Sms => ("SMS", contact.sms_blacklisted),
            Channel::Whatsapp => ("WHATSAPP", contact.whatsapp_blacklisted),
        };
        contact.attributes.get(attribute).and_then(Value::as_str).filter(|_| !is_blocked)
    }
}

/// A message to one phone.
#[derive(Debug, Clone)]
pub struct Text {
    /// Account that sends.
    pub account: i64,
    /// By what it goes.
    pub channel: Channel,
    /// `transactional`, `campaign` or `test`. Nothing happens to the last.
    pub kind: &'static str,
    /// Campaign.
    pub campaign: Option<i64>,
    /// Contact with the number.
    pub contact: Option<i64>,
    /// Number, digits only.
    pub phone: String,
    /// Sender.
    pub sender: String,
    /// What it says.
    pub content: String,
    /// Labels.
    pub tags: Vec<String>,
    /// Moment of sending.
    pub sent: i64,
}

impl Text {
    /// Stores the message and gives its row and identifier.
    pub fn insert(&self, db: &Db) -> Result<(i64, i64)> {
        // Sixteen digits, beyond what 32 bits hold, as at Brevo.
        let message_id = self.sent * 1_000 + next_id(db, self.account, "text")? % 1_000;
        db.prepare_cached(
            "INSERT INTO texts (account, channel, kind, campaign, contact, phone, sender, content, tags, message_id,
                 sent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            self.account,
            self.channel.as_str(),
            self.kind,
            self.campaign,
            self.contact,
            self.phone,
            self.sender,
            self.content,
            Value::from(self.tags.clone()).to_string(),
            message_id.to_string(),
            self.sent,
        ])?;
        Ok((db.last_insert_rowid(), message_id))
    }
}

/// Something that will happen to a message.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Planned {
    /// What happens, named as in the events of its channel.
    pub kind: &'static str,
    /// Milliseconds after sending.
    pub after: i64,
    /// What the network says.
    pub reason: Option<&'static str>,
    /// What the recipient answers.
    pub reply: Option<&'static str>,
}

impl Planned {
    /// Something without further words.
    pub fn new(kind: &'static str, after: i64) -> Self {
        Planned { kind, after, ..Planned::default() }
    }
}

/// What the owner of a phone is told to do by the last four digits of the number, so that tests need
/// no luck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Silent,
    HardBounce,
    SoftBounce,
    Reply,
    Stop,
}

fn wish(phone: &str) -> Option<Wish> {
    Some(match phone.get(phone.len().checked_sub(4)?..)? {
        "9900" => Wish::Silent,
        "9901" => Wish::HardBounce,
        "9902" => Wish::SoftBounce,
        "9903" => Wish::Reply,
        "9904" => Wish::Stop,
        _ => return None,
    })
}

/// Decides what happens to one message. `mailing` names the campaign or the message.
pub fn plan(seed: u64, channel: Channel, mailing: &str, phone: &str, has_stop: bool) -> Vec<Planned> {
    let dice = &mut Dice::new(seed, &[channel.as_str(), mailing, phone]);
    let wish = wish(phone);
    let does = |dice: &mut Dice, percent: f64, on: Wish| {
        let luck = dice.percent(percent);
        wish.map_or(luck, |wish| wish == on)
    };
    let hard = does(dice, 1.5, Wish::HardBounce);
    let soft = does(dice, 2.5, Wish::SoftBounce);
    let replies = does(dice, 4.0, Wish::Reply);
    let stops = does(dice, 2.0, Wish::Stop) && has_stop;
    let arrives = dice.between(800, 6_000);
    let reads = dice.percent(70.0) && wish != Some(Wish::Silent);
    let later = arrives + (20_000.0 * 2_000f64.powf(dice.unit())) as i64;
    let reason = |kind, after, reason| Planned { reason: Some(reason), ..Planned::new(kind, after) };
    let mut out = Vec::new();
    match channel {
        Channel::Sms => {
            out.push(Planned::new("sent", 0));
            out.push(Planned::new("accepted", arrives / 4));
            if hard {
                out.push(reason("hardBounces", arrives, "Unknown subscriber"));
            } else if soft {
                out.push(reason("softBounces", arrives, "Absent subscriber"));
            } else {
                out.push(Planned::new("delivered", arrives));
                if stops {
                    out.push(Planned { reply: Some("STOP"), ..Planned::new("unsubscription", later) });
                } else if replies {
                    out.push(Planned { reply: Some("Thank you!"), ..Planned::new("replies", later) });
                }
            }
        }
        Channel::Whatsapp => {
            if hard || soft {
                out.push(reason("notSent", arrives, "The recipient has no account"));
            } else {
                out.push(Planned::new("sent", 200));
                out.push(Planned::new("delivered", arrives));
                if reads {
                    out.push(Planned::new("read", later));
                    if stops {
                        out.push(Planned::new("unsubscribe", later + 30_000));
                    }
                }
            }
        }
    }
    out
}

/// Stores what will happen to a message.
pub fn add_plan(db: &Db, message: i64, sent: i64, plan: &[Planned]) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO text_events (message, kind, at, reason, reply) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for event in plan {
        insert.execute(params![message, event.kind, sent + event.after, event.reason, event.reply])?;
    }
    Ok(())
}

/// Lets everything happen that is due.
fn fire(db: &Db, now: i64) -> Result<()> {
    // Whoever opts out gets nothing more by this way.
    for (channel, kind, column) in
        [("sms", "unsubscription", "sms_blacklisted"), ("whatsapp", "unsubscribe", "whatsapp_blacklisted")]
    {
        db.prepare_cached(&format!(
            "UPDATE contacts SET {column} = 1, modified = ?1 WHERE (account, id) IN
                 (SELECT m.account, m.contact FROM text_events e JOIN texts m ON m.id = e.message
                  WHERE e.fired = 0 AND e.at <= ?1 AND e.kind = ?2 AND m.channel = ?3)"
        ))?
        .execute(params![now, kind, channel])?;
    }
    db.prepare_cached("UPDATE text_events SET fired = 1 WHERE fired = 0 AND at <= ?1")?
        .execute([now])
        .map(drop)
}

/// A campaign by SMS or WhatsApp.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// Account that sends.
    pub account: i64,
    /// By what it goes.
    pub channel: Channel,
    /// Identifier, counted for each channel.
    pub id: i64,
    /// State, in the words of its channel.
    pub status: String,
    /// What it was made with.
    pub data: Map<String, Value>,
    /// Creation.
    pub created: i64,
    /// Last change.
    pub modified: i64,
    /// When it is to go out.
    pub scheduled_at: Option<i64>,
    /// When it went out.
    pub started: Option<i64>,
}

impl Campaign {
    const SELECT: &'static str = "SELECT account, channel, id, status, data, created, modified, scheduled_at, started FROM text_campaigns";

    fn read(row: &Row) -> Result<Self> {
        let (channel, data): (String, String) = (row.get(1)?, row.get(4)?);
        Ok(Campaign {
            account: row.get(0)?,
            channel: if channel == "sms" { Channel::Sms } else { Channel::Whatsapp },
            id: row.get(2)?,
            status: row.get(3)?,
            data: serde_json::from_str(&data).unwrap_or_default(),
            created: row.get(5)?,
            modified: row.get(6)?,
            scheduled_at: row.get(7)?,
            started: row.get(8)?,
        })
    }

    /// A new draft.
    pub fn new(call: &Call, channel: Channel, status: &str) -> Self {
        Campaign {
            account: call.account,
            channel,
            id: 0,
            status: status.to_owned(),
            data: Map::new(),
            created: call.now,
            modified: call.now,
            scheduled_at: None,
            started: None,
        }
    }

    /// A text that it was made with.
    pub fn text(&self, key: &str) -> &str {
        self.data.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// Identifiers of `recipients`.
    pub fn recipients(&self, key: &str) -> Vec<i64> {
        campaigns::recipients(&self.data, key)
    }

    /// Stores a new one.
    pub fn insert(&mut self, db: &Db) -> Result<()> {
        self.id = next_id(db, self.account, &format!("{} campaign", self.channel.as_str()))?;
        db.execute(
            "INSERT INTO text_campaigns VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8)",
            params![
                self.account,
                self.channel.as_str(),
                self.id,
                self.status,
                Value::from(self.data.clone()).to_string(),
                self.created,
                self.scheduled_at,
                self.started,
            ],
        )
        .map(drop)
    }

    /// Stores a change.
    pub fn save(&self, db: &Db, now: i64) -> Result<()> {
        db.prepare_cached(
            "UPDATE text_campaigns SET status = ?4, data = ?5, modified = ?6, scheduled_at = ?7, started = ?8
             WHERE account = ?1 AND channel = ?2 AND id = ?3",
        )?
        .execute(params![
            self.account,
            self.channel.as_str(),
            self.id,
            self.status,
            Value::from(self.data.clone()).to_string(),
            now,
            self.scheduled_at,
            self.started,
        ])
        .map(drop)
    }

    /// Takes it away.
    pub fn delete(&self, db: &Db) -> Result<()> {
        db.execute(
            "DELETE FROM text_campaigns WHERE account = ?1 AND channel = ?2 AND id = ?3",
            params![self.account, self.channel.as_str(), self.id],
        )
        .map(drop)
    }

    /// How often each kind of event came to pass; `texts` are the messages.
    pub fn tally(&self, db: &Db) -> Result<BTreeMap<String, i64>> {
        let values = params![self.account, self.channel.as_str(), self.id];
        db.prepare_cached(
            "SELECT 'texts', COUNT(*) FROM texts
                 WHERE account = ?1 AND channel = ?2 AND campaign = ?3 AND kind = 'campaign'
             UNION ALL
             SELECT e.kind, COUNT(DISTINCT m.id) FROM texts m JOIN text_events e ON e.message = m.id
                 WHERE m.account = ?1 AND m.channel = ?2 AND m.campaign = ?3 AND m.kind = 'campaign' AND e.fired = 1
                 GROUP BY e.kind",
        )?
        .query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
    }

    /// Whom it reaches, each once.
    pub fn audience(&self, db: &Db) -> Result<Vec<(ContactRow, String)>> {
        let excluded: &str =
            if self.channel == Channel::Sms { "exclusionListIds" } else { "excludedListIds" };
        let lists = self.recipients("listIds");
        let mut people = contacts::contacts_in_lists(db, self.account, &lists, &self.recipients(excluded))?;
        people.extend(contacts::contacts_in_segments(db, self.account, &self.recipients("segments"))?);
        people.sort_by_key(|contact| contact.id);
        people.dedup_by_key(|contact| contact.id);
        let numbered = people.into_iter().filter_map(|contact| {
            let number = self.channel.number(&contact)?.to_owned();
            Some((contact, number))
        });
        Ok(numbered.collect())
    }

    fn send(&self, db: &Db, sandbox: &Sandbox, at: i64) -> Result<()> {
        let mailing = format!("campaign {}", self.id);
        for (contact, phone) in self.audience(db)? {
            let text = Text {
                account: self.account,
                channel: self.channel,
                kind: "campaign",
                campaign: Some(self.id),
                contact: Some(contact.id),
                phone,
                sender: self.text("sender").to_owned(),
                content: self.text("content").to_owned(),
                tags: Vec::new(),
                sent: at,
            };
            let (message, _) = text.insert(db)?;
            add_plan(db, message, at, &plan(sandbox.seed, self.channel, &mailing, &text.phone, true))?;
        }
        Ok(())
    }
}

/// A campaign by its identifier.
pub fn campaign(db: &Db, account: i64, channel: Channel, id: i64) -> Result<Option<Campaign>> {
    db.prepare_cached(&format!("{} WHERE account = ?1 AND channel = ?2 AND id = ?3", Campaign::SELECT))?
        .query_row(params![account, channel.as_str(), id], Campaign::read)
        .optional()
}

/// The campaign that a call means.
pub fn find(call: &Call, channel: Channel) -> Result<Campaign, ApiError> {
    let id = call.int("campaignId").unwrap_or_default();
    let found = campaign(call.db, call.account, channel, id)?;
    found.ok_or_else(|| ApiError::not_found("Campaign ID does not exist"))
}

/// A page of campaigns, and how many there are. `condition` may use `?3` to `?5`.
pub fn campaigns(
    call: &Call,
    channel: Channel,
    condition: &str,
    values: (Option<&str>, Option<i64>, Option<i64>),
    order: &str,
) -> Result<(i64, Vec<Campaign>)> {
    let (limit, offset) = call.page();
    let filter = format!("WHERE account = ?1 AND channel = ?2 AND {condition}");
    let (text, from, to) = values;
    let count = call.db.query_row(
        &format!("SELECT COUNT(*) FROM text_campaigns {filter}"),
        params![call.account, channel.as_str(), text, from, to],
        |row| row.get(0),
    )?;
    let sql = format!("{} {filter} ORDER BY {order} {} LIMIT ?6 OFFSET ?7", Campaign::SELECT, call.order());
    let values = params![call.account, channel.as_str(), text, from, to, limit, offset];
    Ok((count, all(call.db, &sql, values, Campaign::read)?))
}

/// Contacts by what came of a campaign, or of any: `all`, `delivered`, `answered`, `unsubscribed`,
/// `hardBounces`, `softBounces`.
pub fn contacts_by_action(db: &Db, account: i64, campaign: Option<i64>, action: &str) -> Result<Vec<i64>> {
    let kind = match action {
        "answered" => "replies",
        "unsubscribed" => "unsubscription",
        other => other,
    };
    db.prepare_cached(
        "SELECT DISTINCT m.contact FROM texts m
         WHERE m.account = ?1 AND m.channel = 'sms' AND m.kind = 'campaign' AND (?2 IS NULL OR m.campaign = ?2)
             AND (?3 = 'all' OR EXISTS (SELECT 1 FROM text_events e
                                        WHERE e.message = m.id AND e.kind = ?3 AND e.fired = 1))
         ORDER BY m.contact",
    )?
    .query_map(params![account, campaign, kind], |row| row.get(0))?
    .collect()
}

/// Starts the campaigns whose time has come, lets happen what is due, and ends those that are done.
pub fn tick(db: &Db, now: i64, sandbox: &Sandbox) -> Result<()> {
    let due =
        "WHERE status IN ('queued', 'scheduled') AND scheduled_at <= ?1 ORDER BY scheduled_at, channel, id";
    for mut campaign in all(db, &format!("{} {due}", Campaign::SELECT), [now], Campaign::read)? {
        let at = campaign.scheduled_at.unwrap_or(now);
        campaign.send(db, sandbox, at)?;
        campaign.started = Some(at);
        campaign.status = if campaign.channel == Channel::Sms { "inProcess" } else { "running" }.to_owned();
        campaign.save(db, at)?;
    }
    fire(db, now)?;
    let running = "WHERE status IN ('inProcess', 'running')";
    for mut campaign in all(db, &format!("{} {running}", Campaign::SELECT), [], Campaign::read)? {
        let tally = campaign.tally(db)?;
        let of = |kind: &str| tally.get(kind).copied().unwrap_or(0);
        let ended = of("delivered") + of("hardBounces") + of("softBounces") + of("notSent");
        if ended == of("texts") {
            campaign.status = "sent".to_owned();
            campaign.save(db, campaign.started.unwrap_or(now))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(channel: Channel, phone: &str) -> Vec<&'static str> {
        plan(1, channel, "campaign 1", phone, true).iter().map(|event| event.kind).collect()
    }

    #[test]
    fn the_last_digits_decide() {
        for (ending, expected) in [
            ("9900", &["sent", "accepted", "delivered"][..]),
            ("9901", &["sent", "accepted", "hardBounces"]),
            ("9902", &["sent", "accepted", "softBounces"]),
            ("9903", &["sent", "accepted", "delivered", "replies"]),
            ("9904", &["sent", "accepted", "delivered", "unsubscription"]),
        ] {
            assert_eq!(kinds(Channel::Sms, &format!("3361234{ending}")), expected, "{ending}");
        }
        assert_eq!(kinds(Channel::Whatsapp, "33612349901"), ["notSent"]);
        assert_eq!(kinds(Channel::Whatsapp, "33612349900"), ["sent", "delivered"]);
    }

    #[test]
    fn the_seed_decides_the_rest() {
        let all = |seed| -> Vec<_> {
            let phones = (0..500).map(|i| format!("336{i:08}"));
            phones.map(|phone| plan(seed, Channel::Sms, "m", &phone, true)).collect()
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
        let with =
            |kind: &str| all(3).iter().filter(|plan| plan.iter().any(|event| event.kind == kind)).count();
        assert_eq!(with("delivered") + with("hardBounces") + with("softBounces"), 500);
        assert!(with("replies") > 5 && with("unsubscription") > 2 && with("hardBounces") > 2);
    }
}
