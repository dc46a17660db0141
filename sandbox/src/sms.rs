//! SMS: transactional messages with their events and reports, and campaigns. Credits are not counted.

use rusqlite::{Result, params};
use serde_json::{Map, Value, json};

use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::texts::{self, Campaign, Channel, Planned, Text, plan};
use crate::transactional::{DAY, period, tags_of};
use crate::{campaigns, contacts, processes, time};

/// What an account without purchases has, in the words of `GET /account`.
pub const CREDITS: f64 = 1_000.0;
/// Longest period that is looked at.
const LONGEST: i64 = 3_660;

/// Code of an operation of this module, by its name.
pub fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "send_transac_sms" => send_now,
        "send_async_transactional_sms" => send_later,
        "get_sms_events" => events,
        "get_transac_aggregated_sms_report" => aggregated,
        "get_transac_sms_report" => daily,
        "get_sms_campaigns" => get_campaigns,
        "get_sms_campaign" => get_campaign,
        "create_sms_campaign" => create_campaign,
        "update_sms_campaign" => update_campaign,
        "delete_sms_campaign" => delete_campaign,
        "send_sms_campaign_now" => send_campaign_now,
        "update_sms_campaign_status" => update_status,
        "send_test_sms" => send_test,
        "send_sms_report" => send_report,
        "request_sms_recipient_export" => export_recipients,
        _ => return None,
    })
}

/// Digits of a number, where it is one.
fn phone(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('+').or_else(|| text.strip_prefix("00")).unwrap_or(text);
    let is_number = (6..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(digits)
}

fn check_sender(sender: &str) -> Result<(), ApiError> {
    let is_number = sender.bytes().all(|byte| byte.is_ascii_digit()) && sender.len() <= 15;
    let is_name = sender.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ') && sender.len() <= 11;
    if sender.is_empty() || !(is_number || is_name) {
        return Err(ApiError::invalid("Sender should be of at most 11 alphanumeric characters or 15 digits"));
    }
    Ok(())
}

/// Parts that a text is sent in.
fn parts(text: &str, unicode: bool) -> i64 {
    let (alone, each) = if unicode { (70, 67) } else { (160, 153) };
    let length = text.chars().count() as i64;
    if length <= alone { 1 } else { (length + each - 1) / each }
}

struct Sent {
    message_id: i64,
    parts: i64,
}

fn send(call: &Call) -> Result<Sent, ApiError> {
    let content = match (call.text("content").filter(|text| !text.is_empty()), call.int("templateId")) {
        (Some(_), Some(_)) => {
            return Err(ApiError::invalid("Only one of content and templateId can be passed"));
        }
        (Some(content), None) => content.to_owned(),
        (None, Some(id)) => format!("(template {id})"),
        (None, None) => return Err(ApiError::missing("content or templateId is missing")),
    };
    let sender = call.text("sender").unwrap_or_default();
    check_sender(sender)?;
    let number = phone(call.text("recipient").unwrap_or_default())
        .ok_or_else(|| ApiError::invalid("Telephone number is not valid"))?;
    let tags = match call.get("tag") {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(tag)) => vec![tag.clone()],
        _ => Vec::new(),
    };
    let contact = contacts::contact_by_phone(call.db, call.account, number)?;
    let whole = [call.text("organisationPrefix"), Some(&content)].into_iter().flatten().collect::<Vec<_>>();
    let text = Text {
        account: call.account,
        channel: Channel::Sms,
        kind: "transactional",
        campaign: None,
        contact: contact.as_ref().map(|contact| contact.id),
        phone: number.to_owned(),
        sender: sender.to_owned(),
        content: whole.join(" "),
        tags,
        sent: call.now,
    };
    let (message, message_id) = text.insert(call.db)?;
    let is_marketing = call.text("type") == Some("marketing");
    let plan = if is_marketing && contact.is_some_and(|contact| contact.sms_blacklisted) {
        vec![Planned { reason: Some("The contact has opted out"), ..Planned::new("blocked", 0) }]
    } else {
        plan(call.sandbox.seed, Channel::Sms, &message_id.to_string(), number, is_marketing)
    };
    texts::add_plan(call.db, message, call.now, &plan)?;
    Ok(Sent { message_id, parts: parts(&text.content, call.flag("unicodeEnabled")) })
}

fn send_now(call: &Call) -> Outcome {
    let sent = send(call)?;
    Ok(Answer::created(json!({
        "reference": format!("{:x}", sent.message_id),
        "messageId": sent.message_id,
        "smsCount": sent.parts,
        "usedCredits": sent.parts as f64,
        "remainingCredits": CREDITS,
    })))
}

fn send_later(call: &Call) -> Outcome {
    Ok(Answer::created(json!({"messageId": send(call)?.message_id})))
}

fn events(call: &Call) -> Outcome {
    let (from, to) = period(call, 30, LONGEST)?;
    let (limit, offset) = call.page();
    let wanted = Value::from(tags_of(call.text("tags").unwrap_or_default())).to_string();
    let number = call.text("phoneNumber").map(|number| phone(number).unwrap_or(number));
    let sql = format!(
        "SELECT e.kind, e.at, e.reason, e.reply, m.phone, m.message_id, m.tags
         FROM text_events e JOIN texts m ON m.id = e.message
         WHERE m.account = ?1 AND m.channel = 'sms' AND m.kind = 'transactional' AND e.fired = 1
             AND e.at BETWEEN ?2 AND ?3 AND (?4 IS NULL OR m.phone = ?4)
             AND (?5 IS NULL OR e.kind = ?5 OR (?5 = 'bounces' AND e.kind IN ('hardBounces', 'softBounces')))
             AND NOT EXISTS (SELECT 1 FROM json_each(?6) w
                 WHERE w.value NOT IN (SELECT t.value FROM json_each(m.tags) t))
         ORDER BY e.at {0}, e.id {0} LIMIT ?7 OFFSET ?8",
        call.order()
    );
    let values = params![call.account, from, to, number, call.text("event"), wanted, limit, offset];
    let events = call
        .db
        .prepare_cached(&sql)?
        .query_map(values, |row| {
            let mut out = json!({
                "phoneNumber": row.get::<_, String>(4)?,
                "date": time::rfc3339(row.get(1)?),
                "messageId": row.get::<_, String>(5)?,
                "event": row.get::<_, String>(0)?,
            });
            for (key, at) in [("reason", 2), ("reply", 3)] {
                if let Some(text) = row.get::<_, Option<String>>(at)? {
                    out[key] = text.into();
                }
            }
            let tags: Vec<String> = serde_json::from_str(&row.get::<_, String>(6)?).unwrap_or_default();
            if !tags.is_empty() {
                out["tag"] = tags.join(",").into();
            }
            Ok(out)
        })?
        .collect::<Result<Vec<_>>>()?;
    Ok(Answer::ok(json!({"events": events})))
}

/// Figures of reports, by the kind of event that is counted.
const FIGURES: [(&str, &str); 10] = [
    ("requests", "sent"),
    ("delivered", "delivered"),
    ("hardBounces", "hardBounces"),
    ("softBounces", "softBounces"),
    ("blocked", "blocked"),
    ("unsubscribed", "unsubscription"),
    ("replied", "replies"),
    ("accepted", "accepted"),
    ("rejected", "rejected"),
    ("skipped", "skipped"),
];

/// What a day has, by day and kind.
type Count = (i64, String, i64);

fn counts(call: &Call, from: i64, to: i64) -> Result<Vec<Count>> {
    call.db
        .prepare_cached(&format!(
            "SELECT e.at / {DAY} AS day, e.kind, COUNT(*) FROM text_events e JOIN texts m ON m.id = e.message
             WHERE m.account = ?1 AND m.channel = 'sms' AND m.kind = 'transactional' AND e.fired = 1
                 AND e.at BETWEEN ?2 AND ?3
                 AND (?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(m.tags) t WHERE t.value = ?4))
             GROUP BY day, e.kind"
        ))?
        .query_map(params![call.account, from, to, call.text("tag")], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect()
}

fn report<'a>(counts: impl Iterator<Item = &'a Count> + Clone) -> Value {
    let figures = FIGURES.iter().map(|(figure, kind)| {
        let sum: i64 = counts.clone().filter(|(_, of, _)| of == kind).map(|(_, _, count)| count).sum();
        ((*figure).to_owned(), Value::from(sum))
    });
    let mut out = figures.collect::<Map<_, _>>();
    // What was blocked was asked for too.
    let blocked = out.get("blocked").and_then(Value::as_i64).unwrap_or(0);
    let sent = out.get("requests").and_then(Value::as_i64).unwrap_or(0);
    out.insert("requests".to_owned(), (sent + blocked).into());
    out.into()
}

fn aggregated(call: &Call) -> Outcome {
    let (from, to) = period(call, 90, LONGEST)?;
    let counts = counts(call, from, to)?;
    let mut out = report(counts.iter());
    out["range"] = format!("{}|{}", time::day(from), time::day(to)).into();
    Ok(Answer::ok(out))
}

fn daily(call: &Call) -> Outcome {
    let (from, to) = period(call, 10, LONGEST)?;
    let counts = counts(call, from, to)?;
    let days = from.div_euclid(DAY)..=to.min(call.now).div_euclid(DAY);
    let mut reports = days
        .map(|day| {
            let mut out = report(counts.iter().filter(|(of, _, _)| *of == day));
            out["date"] = time::day(day * DAY).into();
            out
        })
        .collect::<Vec<_>>();
    if call.order() == "DESC" {
        reports.reverse();
    }
    Ok(Answer::ok(json!({"reports": reports})))
}

fn statistics(call: &Call, campaign: &Campaign) -> Result<Value> {
    let tally = campaign.tally(call.db)?;
    let of = |kind: &str| tally.get(kind).copied().unwrap_or(0);
    let ended = of("delivered") + of("hardBounces") + of("softBounces");
    Ok(json!({
        "delivered": of("delivered"),
        "sent": of("texts"),
        "processing": of("texts") - ended,
        "softBounces": of("softBounces"),
        "hardBounces": of("hardBounces"),
        "unsubscriptions": of("unsubscription"),
        "answered": of("replies"),
    }))
}

fn to_json(call: &Call, campaign: &Campaign, in_list: bool) -> Result<Value> {
    let lists = |key: &str| -> Result<Value> {
        let ids = campaign.recipients(key);
        if in_list {
            return Ok(ids.into());
        }
        let named = ids.into_iter().map(|id| {
            let name = contacts::list_name(call.db, call.account, id)?;
            Ok(json!({"id": id, "name": name.unwrap_or_default()}))
        });
        named.collect::<Result<Vec<_>>>().map(Value::from)
    };
    let mut out = json!({
        "id": campaign.id,
        "name": campaign.text("name"),
        "status": campaign.status,
        "content": campaign.text("content"),
        "sender": campaign.text("sender"),
        "createdAt": time::rfc3339(campaign.created),
        "modifiedAt": time::rfc3339(campaign.modified),
        "recipients": {"lists": lists("listIds")?, "exclusionLists": lists("exclusionListIds")?},
        "statistics": statistics(call, campaign)?,
    });
    for key in ["organisationPrefix", "unsubscribeInstruction"] {
        if let Some(value) = campaign.data.get(key) {
            out[key] = value.clone();
        }
    }
    if let Some(at) = campaign.scheduled_at {
        out["scheduledAt"] = time::rfc3339(at).into();
    }
    if let Some(at) = campaign.started {
        out["sentDate"] = time::rfc3339(at).into();
    }
    Ok(out)
}

fn get_campaigns(call: &Call) -> Outcome {
    let status = call.text("status");
    let period = call.period()?;
    campaigns::check_period(period, status)?;
    let (from, to) = period.unzip();
    let condition = "(?3 IS NULL OR status = ?3)
        AND (?4 IS NULL OR (status = 'sent' AND started BETWEEN ?4 AND ?5))";
    let (count, page) = texts::campaigns(call, Channel::Sms, condition, (status, from, to), "id")?;
    let campaigns = page.iter().map(|campaign| to_json(call, campaign, true)).collect::<Result<Vec<_>>>()?;
    Ok(Answer::ok(json!({"count": count, "campaigns": campaigns})))
}

fn get_campaign(call: &Call) -> Outcome {
    Ok(Answer::ok(to_json(call, &texts::find(call, Channel::Sms)?, false)?))
}

/// Takes over what a call gives, and checks the campaign that comes of it.
fn take(call: &Call, campaign: &mut Campaign) -> Result<(), ApiError> {
    for key in [
        "name",
        "content",
        "sender",
        "recipients",
        "organisationPrefix",
        "unsubscribeInstruction",
        "unicodeEnabled",
    ] {
        if let Some(value) = call.get(key) {
            campaign.data.insert(key.to_owned(), value.clone());
        }
    }
    check_sender(campaign.text("sender"))?;
    if campaign.text("content").is_empty() {
        return Err(ApiError::missing("content is missing"));
    }
    let lists = [("listIds", "lists"), ("exclusionListIds", "lists")];
    campaigns::check_recipients(call, &campaign.data, &lists)?;
    if let Some(at) = call.later("scheduledAt")? {
        campaign.scheduled_at = Some(at);
        if !campaign.recipients("listIds").is_empty() {
            campaign.status = "queued".to_owned();
        }
    }
    Ok(())
}

fn create_campaign(call: &Call) -> Outcome {
    let mut campaign = Campaign::new(call, Channel::Sms, "draft");
    take(call, &mut campaign)?;
    campaign.insert(call.db)?;
    Ok(Answer::created(json!({"id": campaign.id})))
}

fn update_campaign(call: &Call) -> Outcome {
    let mut campaign = texts::find(call, Channel::Sms)?;
    campaigns::check_unsent(&campaign.status)?;
    take(call, &mut campaign)?;
    campaign.save(call.db, call.now)?;
    Ok(Answer::no_content())
}

fn delete_campaign(call: &Call) -> Outcome {
    let campaign = texts::find(call, Channel::Sms)?;
    if matches!(campaign.status.as_str(), "queued" | "inProcess" | "sent" | "archive") {
        return Err(campaigns::kept());
    }
    campaign.delete(call.db)?;
    Ok(Answer::no_content())
}

fn schedule(campaign: &mut Campaign, at: i64) -> Result<(), ApiError> {
    campaigns::check_unsent(&campaign.status)?;
    if campaign.recipients("listIds").is_empty() {
        return Err(ApiError::missing("Campaign has no recipients"));
    }
    campaign.status = "queued".to_owned();
    campaign.scheduled_at = Some(at);
    Ok(())
}

fn send_campaign_now(call: &Call) -> Outcome {
    let mut campaign = texts::find(call, Channel::Sms)?;
    schedule(&mut campaign, call.now)?;
    campaign.save(call.db, call.now)?;
    Ok(Answer::no_content())
}

fn update_status(call: &Call) -> Outcome {
    let wanted = call.text("status").ok_or_else(|| ApiError::missing("status is missing"))?;
    let mut campaign = texts::find(call, Channel::Sms)?;
    let next = match (wanted, campaign.status.as_str()) {
        ("suspended", "queued" | "suspended") => "suspended",
        ("archive", "sent" | "draft" | "suspended" | "archive") => "archive",
        ("darchive", "archive") if campaign.started.is_some() => "sent",
        ("darchive", "archive") => "draft",
        ("draft", "draft" | "queued" | "suspended") => "draft",
        ("queued", "draft" | "suspended" | "queued") => {
            let at = campaign.scheduled_at.ok_or_else(|| ApiError::missing("Campaign has no scheduledAt"))?;
            schedule(&mut campaign, at.max(call.now))?;
            "queued"
        }
        ("sent", "draft" | "suspended" | "queued") => {
            schedule(&mut campaign, call.now)?;
            "queued"
        }
        ("replicate", _) => {
            let mut copy = Campaign::new(call, Channel::Sms, "draft");
            copy.data = campaign.data.clone();
            copy.data.insert("name".to_owned(), format!("{} - Copy", campaign.text("name")).into());
            copy.insert(call.db)?;
            return Ok(Answer::no_content());
        }
        ("replicateTemplate", _) => return Err(ApiError::invalid("replicateTemplate is for templates only")),
        (_, now) => {
            let message = format!("Status of a campaign in status {now} can not be {wanted}");
            return Err(ApiError::invalid(message));
        }
    };
    campaign.status = next.to_owned();
    campaign.save(call.db, call.now)?;
    Ok(Answer::no_content())
}

fn send_test(call: &Call) -> Outcome {
    let campaign = texts::find(call, Channel::Sms)?;
    let number = call.text("phoneNumber").ok_or_else(|| ApiError::missing("phoneNumber is missing"))?;
    let number = phone(number).ok_or_else(|| ApiError::invalid("Telephone number is not valid"))?;
    let contact = contacts::contact_by_phone(call.db, call.account, number)?
        .filter(|contact| !contact.sms_blacklisted)
        .ok_or_else(|| ApiError::invalid("The number is that of no contact who may be written to"))?;
    Text {
        account: call.account,
        channel: Channel::Sms,
        kind: "test",
        campaign: Some(campaign.id),
        contact: Some(contact.id),
        phone: number.to_owned(),
        sender: campaign.text("sender").to_owned(),
        content: campaign.text("content").to_owned(),
        tags: Vec::new(),
        sent: call.now,
    }
    .insert(call.db)?;
    Ok(Answer::no_content())
}

fn send_report(call: &Call) -> Outcome {
    let campaign = texts::find(call, Channel::Sms)?;
    campaigns::mail_report(call, None, campaign.text("name"), &statistics(call, &campaign)?)
}

fn export_recipients(call: &Call) -> Outcome {
    let campaign = texts::find(call, Channel::Sms)?;
    if campaign.started.is_none() {
        return Err(ApiError::invalid("Campaign is not sent"));
    }
    let kind = call.text("recipientsType").unwrap_or_default();
    if !["all", "delivered", "answered", "softBounces", "hardBounces", "unsubscribed"].contains(&kind) {
        return Err(ApiError::invalid("recipientsType is not valid"));
    }
    let csv = recipients_csv(call, &campaign, kind)
        .map_err(|error| ApiError::new(500, "internal_error", error.to_string()))?;
    let name = format!("sms-campaign-{}-{kind}.csv", campaign.id);
    processes::export(call, "CAMPAIGN_PROCESSING", call.text("notifyURL"), |_| name, &csv)
}

/// A row per recipient, separated by semicolons as in the other exports.
fn recipients_csv(
    call: &Call,
    campaign: &Campaign,
    kind: &str,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let wanted = texts::contacts_by_action(call.db, call.account, Some(campaign.id), kind)?;
    let mut csv = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    csv.write_record(["CONTACT_ID", "EMAIL", "SMS", "SENT_AT", "DELIVERY", "REPLY"])?;
    let mut rows = call.db.prepare_cached(
        "SELECT m.contact, m.phone, m.sent,
             COALESCE(MAX(CASE WHEN e.kind IN ('delivered', 'hardBounces', 'softBounces') THEN e.kind END), ''),
             COALESCE(MAX(e.reply), '')
         FROM texts m LEFT JOIN text_events e ON e.message = m.id AND e.fired = 1
         WHERE m.account = ?1 AND m.channel = 'sms' AND m.campaign = ?2 AND m.kind = 'campaign'
         GROUP BY m.id ORDER BY m.id",
    )?;
    let mut rows = rows.query([call.account, campaign.id])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if wanted.binary_search(&id).is_err() {
            continue;
        }
        let contact = contacts::contact(call.db, call.account, id)?;
        csv.write_record([
            id.to_string(),
            contact.and_then(|contact| contact.email).unwrap_or_default(),
            row.get(1)?,
            time::rfc3339(row.get(2)?),
            row.get(3)?,
            row.get(4)?,
        ])?;
    }
    Ok(csv.into_inner()?)
}
