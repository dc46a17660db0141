//! E-mail campaigns: drafts, schedule, sending to lists and segments, A/B tests, statistics, export
//! of recipients.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use axum::Router;
use rusqlite::{OptionalExtension, Result, Row, params};
use serde_json::{Map, Value, json};

use crate::contacts::{self, ContactRow};
use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::simulate::{self, By, Dice, Message, Tally, percent, plan};
use crate::state::{Db, Sandbox, all, next_id};
use crate::templates::{self, DEFAULT_REPLY_TO, check_content, fetch_html, is_web, send_test, usable_sender};
use crate::{processes, time};

/// Tables of this module.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS campaigns (
    account INTEGER NOT NULL, id INTEGER NOT NULL, status TEXT NOT NULL, type TEXT NOT NULL,
    data TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL, scheduled_at INTEGER,
    started INTEGER, test_sent INTEGER NOT NULL DEFAULT 0, winner TEXT, PRIMARY KEY (account, id));
CREATE INDEX IF NOT EXISTS campaigns_status ON campaigns (status);
";

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;

/// Code of an operation of this module, by its name.
pub fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "get_email_campaigns" => get_campaigns,
        "create_email_campaign" => create_campaign,
        "get_email_campaign" => get_campaign,
        "update_email_campaign" => update_campaign,
        "delete_email_campaign" => delete_campaign,
        "send_email_campaign_now" => send_now,
        "update_campaign_status" => update_status,
        "send_test_email" => send_test_email,
        "send_report" => send_report,
        "email_export_recipients" => export_recipients,
        "get_ab_test_campaign_result" => ab_test_result,
        "get_shared_template_url" => shared_url,
        "upload_image_to_gallery" => upload_image,
        _ => return None,
    })
}

/// Pages and `/_sandbox` addresses of this module: none, mails are shown by `transactional`.
pub fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
}

/// A campaign.
#[derive(Debug, Clone)]
struct Campaign {
    account: i64,
    id: i64,
    status: String,
    kind: String,
    data: Map<String, Value>,
    created: i64,
    modified: i64,
    scheduled_at: Option<i64>,
    started: Option<i64>,
    test_sent: bool,
    winner: Option<String>,
}

impl Campaign {
    const SELECT: &'static str =
        "SELECT account, id, status, type, data, created, modified, scheduled_at, started,
        test_sent, winner FROM campaigns";

    fn read(row: &Row) -> Result<Self> {
        let data: String = row.get(4)?;
        Ok(Campaign {
            account: row.get(0)?,
            id: row.get(1)?,
            status: row.get(2)?,
            kind: row.get(3)?,
            data: serde_json::from_str(&data).unwrap_or_default(),
            created: row.get(5)?,
            modified: row.get(6)?,
            scheduled_at: row.get(7)?,
            started: row.get(8)?,
            test_sent: row.get(9)?,
            winner: row.get(10)?,
        })
    }

    fn text(&self, key: &str) -> &str {
        self.data.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn flag(&self, key: &str) -> bool {
        self.data.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    fn int(&self, key: &str) -> Option<i64> {
        self.data.get(key).and_then(Value::as_i64)
    }

    fn recipients(&self, key: &str) -> Vec<i64> {
        recipients(&self.data, key)
    }

    fn has_recipients(&self) -> bool {
        !self.recipients("listIds").is_empty() || !self.recipients("segmentIds").is_empty()
    }

    fn save(&self, db: &Db, now: i64) -> Result<()> {
        db.prepare_cached(
            "UPDATE campaigns SET status = ?3, data = ?4, modified = ?5, scheduled_at = ?6, started = ?7,
                 test_sent = ?8, winner = ?9
             WHERE account = ?1 AND id = ?2",
        )?
        .execute(params![
            self.account,
            self.id,
            self.status,
            Value::from(self.data.clone()).to_string(),
            now,
            self.scheduled_at,
            self.started,
            self.test_sent,
            self.winner,
        ])
        .map(drop)
    }

    /// Whether `sent` is the state or was it before the campaign was archived.
    fn is_sent(&self) -> bool {
        matches!(self.status.as_str(), "sent" | "archive") && self.started.is_some()
    }

    fn to_json(
        &self,
        db: &Db,
        now: i64,
        statistics: Option<&str>,
        in_list: bool,
        html: bool,
    ) -> Result<Value> {
        let mut out = json!({
            "id": self.id,
            "name": self.text("name"),
            "type": self.kind,
            "status": self.status,
            "testSent": self.test_sent,
            "header": self.data.get("header").cloned().unwrap_or_else(|| "[DEFAULT_HEADER]".into()),
            "footer": self.data.get("footer").cloned().unwrap_or_else(|| "[DEFAULT_FOOTER]".into()),
            "sender": self.data.get("sender"),
            "replyTo": self.data.get("replyTo").cloned().unwrap_or_else(|| DEFAULT_REPLY_TO.into()),
            "toField": self.text("toField"),
            "previewText": self.text("previewText"),
            "htmlContent": if html { self.text("htmlContent") } else { "" },
            "shareLink": "",
            "tag": self.text("tag"),
            "createdAt": time::rfc3339(self.created),
            "modifiedAt": time::rfc3339(self.modified),
            "inlineImageActivation": self.flag("inlineImageActivation"),
            "mirrorActive": self.flag("mirrorActive"),
            "recurring": self.flag("recurring"),
            "sendAtBestTime": self.flag("sendAtBestTime"),
            "abTesting": self.flag("abTesting"),
            "attachmentUrl": self.text("attachmentUrl"),
            "recipients": {
                "lists": self.recipients("listIds"),
                "exclusionLists": self.recipients("exclusionListIds"),
                "segments": self.recipients("segmentIds"),
                "excludedSegments": self.recipients("exclusionSegmentIds"),
            },
        });
        if self.flag("abTesting") {
            for key in ["subjectA", "subjectB", "splitRule", "winnerCriteria", "winnerDelay"] {
                if let Some(value) = self.data.get(key) {
                    out[key] = value.clone();
                }
            }
        } else {
            out["subject"] = self.text("subject").into();
        }
        for key in ["emailExpirationDate", "utmContent", "utmId", "utmMedium", "utmSource", "utmTerm"] {
            if let Some(value) = self.data.get(key) {
                out[key] = value.clone();
            }
        }
        if let Some(value) = self.data.get("utmCampaign") {
            out["utmCampaignValue"] = value.clone();
        }
        if let Ok(number) = self.text("utmId").parse::<i64>() {
            out["utmID"] = number.into();
        }
        if !self.text("tag").is_empty() {
            out["tags"] = json!([self.text("tag")]);
        }
        if let Some(at) = self.scheduled_at {
            out["scheduledAt"] = time::rfc3339(at).into();
        }
        if let Some(at) = self.started {
            out["sentDate"] = time::rfc3339(at).into();
            out["shareLink"] = format!("https://app.brevo.com/share/{:08x}", self.id).into();
        }
        let (stats, all) = self.statistics(db, now, statistics, in_list)?;
        out["returnBounce"] = (all.all("softBounces") + all.all("hardBounces")).into();
        out["statistics"] = stats;
        Ok(out)
    }

    /// `statistics`, with the block that was asked for filled, and the figures as a whole.
    fn statistics(&self, db: &Db, now: i64, block: Option<&str>, in_list: bool) -> Result<(Value, Tally)> {
        // Lists cover the last six months only.
        let stale = in_list && self.started.is_some_and(|started| started < now - 183 * DAY);
        let known = self.started.is_some() && !stale;
        let all = if known { simulate::tally(db, self.account, self.id, now)? } else { Tally::default() };
        let by = |by| {
            if known { simulate::tallies(db, self.account, self.id, by, now) } else { Ok(BTreeMap::new()) }
        };
        let per_list = by(By::List)?
            .into_iter()
            .filter_map(|(list, tally)| {
                let mut stats = tally.campaign_stats();
                stats["listId"] = list.parse::<i64>().ok()?.into();
                Some(stats)
            })
            .collect::<Vec<_>>();
        let wanted = |name: &str| block == Some(name);
        let global =
            if wanted("globalStats") { all.campaign_stats() } else { Tally::default().campaign_stats() };
        let mut out = json!({
            "globalStats": global,
            "campaignStats": per_list,
            "mirrorClick": all.all("mirror"),
            "remaining": all.remaining(),
            "linksStats": {},
            "statsByDomain": {},
        });
        if !in_list {
            out["statsByDevice"] = json!({});
            out["statsByBrowser"] = json!({});
        }
        match block {
            Some("linksStats") if known => {
                let clicks = simulate::link_clicks(db, self.account, self.id, None)?;
                let clicks = clicks.into_iter().map(|(link, count)| (link, count.into()));
                out["linksStats"] = clicks.collect::<Map<_, _>>().into();
            }
            Some("statsByDomain") => {
                let domains = by(By::Domain)?;
                let domains = domains.into_iter().map(|(domain, tally)| (domain, tally.campaign_stats()));
                out["statsByDomain"] = domains.collect::<Map<_, _>>().into();
            }
            Some("statsByDevice") if known && !in_list => {
                out["statsByDevice"] = simulate::by_device(db, self.account, self.id)?;
            }
            Some("statsByBrowser") if known && !in_list => {
                out["statsByBrowser"] = simulate::by_browser(db, self.account, self.id)?;
            }
            _ => (),
        }
        Ok((out, all))
    }
}

/// Identifiers of `recipients`: `listIds`, `exclusionListIds`, `segmentIds` and the like.
pub(crate) fn recipients(campaign: &Map<String, Value>, key: &str) -> Vec<i64> {
    let ids = campaign.get("recipients").and_then(|recipients| recipients.get(key));
    ids.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64).collect()
}

/// Checks that what `recipients` names exists, in `lists` or `segments`.
pub(crate) fn check_recipients(
    call: &Call,
    campaign: &Map<String, Value>,
    keys: &[(&str, &str)],
) -> Result<(), ApiError> {
    for (key, table) in keys {
        for id in recipients(campaign, key) {
            let exists: bool = call.db.query_row(
                &format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE account = ?1 AND id = ?2)"),
                [call.account, id],
                |row| row.get(0),
            )?;
            if !exists {
                return Err(ApiError::invalid(format!("{key}: {id} does not exist")));
            }
        }
    }
    Ok(())
}

fn by_id(db: &Db, account: i64, id: i64) -> Result<Option<Campaign>> {
    db.prepare_cached(&format!("{} WHERE account = ?1 AND id = ?2", Campaign::SELECT))?
        .query_row([account, id], Campaign::read)
        .optional()
}

fn find(call: &Call) -> Result<Campaign, ApiError> {
    let id = call.int("campaignId").unwrap_or_default();
    by_id(call.db, call.account, id)?.ok_or_else(|| ApiError::not_found("Campaign ID does not exist"))
}

fn get_campaign(call: &Call) -> Outcome {
    let html = !call.flag("excludeHtmlContent");
    let campaign = find(call)?;
    Ok(Answer::ok(campaign.to_json(call.db, call.now, call.text("statistics"), false, html)?))
}

fn get_campaigns(call: &Call) -> Outcome {
    let (limit, offset) = call.page();
    // The filter spells two states unlike the replies.
    let status = call.text("status").map(|status| match status {
        "inProcess" => "in_process",
        "inReview" => "in_review",
        other => other,
    });
    let period = call.period()?;
    if period.is_some_and(|(start, end)| end < start || end - start > 2 * 366 * DAY) {
        return Err(ApiError::new(400, "out_of_range", "The period should be of two years at most"));
    }
    check_period(period, status)?;
    let filter = "WHERE account = ?1 AND (?2 IS NULL OR type = ?2) AND (?3 IS NULL OR status = ?3)
        AND (?4 IS NULL OR (status = 'sent' AND started BETWEEN ?4 AND ?5))
        AND (?6 = 0 OR json_extract(data, '$.attachmentUrl') IS NULL)";
    let (from, to) = (period.map(|period| period.0), period.map(|period| period.1));
    let no_files = call.flag("excludePdfAttachment");
    let count: i64 = call.db.query_row(
        &format!("SELECT COUNT(*) FROM campaigns {filter}"),
        params![call.account, call.text("type"), status, from, to, no_files],
        |row| row.get(0),
    )?;
    let sql = format!("{} {filter} ORDER BY id {} LIMIT ?7 OFFSET ?8", Campaign::SELECT, call.order());
    let values = params![call.account, call.text("type"), status, from, to, no_files, limit, offset];
    let page = all(call.db, &sql, values, Campaign::read)?;
    let html = !call.flag("excludeHtmlContent");
    let campaigns = page
        .iter()
        .map(|campaign| campaign.to_json(call.db, call.now, call.text("statistics"), true, html))
        .collect::<Result<Vec<_>>>()?;
    Ok(Answer::ok(json!({"count": count, "campaigns": campaigns})))
}

/// A period is of campaigns that are sent.
pub(crate) fn check_period(period: Option<(i64, i64)>, status: Option<&str>) -> Result<(), ApiError> {
    if period.is_some() && status.is_some_and(|status| status != "sent") {
        return Err(ApiError::invalid("startDate and endDate can be used with status sent only"));
    }
    Ok(())
}

/// What a campaign keeps of its creation, beside `sender`.
const KEYS: [&str; 33] = [
    "name",
    "tag",
    "subject",
    "subjectA",
    "subjectB",
    "abTesting",
    "splitRule",
    "winnerCriteria",
    "winnerDelay",
    "htmlContent",
    "htmlUrl",
    "previewText",
    "replyTo",
    "toField",
    "recipients",
    "attachmentUrl",
    "inlineImageActivation",
    "mirrorActive",
    "footer",
    "header",
    "utmCampaign",
    "utmContent",
    "utmId",
    "utmMedium",
    "utmSource",
    "utmTerm",
    "params",
    "sendAtBestTime",
    "ipWarmupEnable",
    "initialQuota",
    "increaseRate",
    "emailExpirationDate",
    "recurring",
];

/// Takes over what a call gives, and checks the campaign that comes of it.
fn take(call: &Call, campaign: &mut Campaign) -> Result<(), ApiError> {
    check_content(call)?;
    for key in KEYS {
        if let Some(value) = call.get(key) {
            campaign.data.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(sender) = call.get("sender") {
        campaign.data.insert("sender".to_owned(), usable_sender(call, sender)?);
    }
    if campaign.flag("abTesting") {
        let (a, b) = (campaign.text("subjectA"), campaign.text("subjectB"));
        if a.is_empty() || b.is_empty() {
            return Err(ApiError::missing("subjectA and subjectB are required when abTesting is enabled"));
        }
        if a == b {
            return Err(ApiError::invalid("subjectA and subjectB should be different"));
        }
        if campaign.flag("sendAtBestTime") {
            return Err(ApiError::invalid("sendAtBestTime can not be used with abTesting"));
        }
        if campaign.has_recipients() {
            let split = campaign
                .int("splitRule")
                .ok_or_else(|| ApiError::missing("splitRule is required when abTesting is enabled"))?;
            if split < 50
                && (campaign.text("winnerCriteria").is_empty() || campaign.int("winnerDelay").is_none())
            {
                return Err(ApiError::missing("winnerCriteria and winnerDelay are required"));
            }
        }
    } else if campaign.text("subject").is_empty() {
        return Err(ApiError::missing("subject is missing"));
    }
    if campaign.flag("ipWarmupEnable")
        && (campaign.int("initialQuota") < Some(2) || campaign.int("increaseRate").is_none())
    {
        return Err(ApiError::missing(
            "initialQuota and increaseRate are required when ipWarmupEnable is true",
        ));
    }
    let tables = [
        ("listIds", "lists"),
        ("exclusionListIds", "lists"),
        ("segmentIds", "segments"),
        ("exclusionSegmentIds", "segments"),
    ];
    check_recipients(call, &campaign.data, &tables)?;
    if let Some(at) = call.later("scheduledAt")? {
        campaign.scheduled_at = Some(at);
        if campaign.has_recipients() {
            campaign.status = "queued".to_owned();
        }
    }
    Ok(())
}

fn create_campaign(call: &Call) -> Outcome {
    match ["htmlContent", "htmlUrl", "templateId"].iter().filter(|key| call.get(key).is_some()).count() {
        0 => return Err(ApiError::missing("htmlContent, htmlUrl or templateId is missing")),
        1 => (),
        _ => return Err(ApiError::invalid("Only one of htmlContent, htmlUrl and templateId can be passed")),
    }
    let mut campaign = Campaign {
        account: call.account,
        id: 0,
        status: "draft".to_owned(),
        kind: "classic".to_owned(),
        data: Map::new(),
        created: call.now,
        modified: call.now,
        scheduled_at: None,
        started: None,
        test_sent: false,
        winner: None,
    };
    if let Some(id) = call.int("templateId") {
        let template = templates::by_id(call.db, call.account, id)?
            .filter(|template| template.active)
            .ok_or_else(|| ApiError::invalid("Template ID is not that of an active template"))?;
        campaign.data.insert("htmlContent".to_owned(), template.text("htmlContent").into());
        campaign.data.insert("templateId".to_owned(), id.into());
    }
    take(call, &mut campaign)?;
    campaign.id = insert(call.db, &campaign)?;
    fetch_html(call, "campaigns", campaign.id);
    Ok(Answer::created(json!({"id": campaign.id})))
}

fn insert(db: &Db, campaign: &Campaign) -> Result<i64> {
    let id = next_id(db, campaign.account, "campaign")?;
    db.execute(
        "INSERT INTO campaigns (account, id, status, type, data, created, modified, scheduled_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)",
        params![
            campaign.account,
            id,
            campaign.status,
            campaign.kind,
            Value::from(campaign.data.clone()).to_string(),
            campaign.created,
            campaign.scheduled_at,
        ],
    )?;
    Ok(id)
}

/// Refuses to change what goes or went out. The states of SMS campaigns are spelt in their own way.
pub(crate) fn check_unsent(status: &str) -> Result<(), ApiError> {
    match status {
        "in_process" | "inProcess" | "cancelling" => {
            Err(ApiError::new(400, "campaign_processing", "Campaign is being processed"))
        }
        "sent" | "archive" => Err(ApiError::new(400, "campaign_sent", "Campaign is already sent")),
        _ => Ok(()),
    }
}

fn update_campaign(call: &Call) -> Outcome {
    let mut campaign = find(call)?;
    check_unsent(&campaign.status)?;
    if call.get("htmlContent").is_some() && call.get("htmlUrl").is_some() {
        return Err(ApiError::invalid("Only one of htmlContent and htmlUrl can be passed"));
    }
    take(call, &mut campaign)?;
    campaign.save(call.db, call.now)?;
    fetch_html(call, "campaigns", campaign.id);
    Ok(Answer::no_content())
}

/// The refusal to delete a campaign.
pub(crate) fn kept() -> ApiError {
    ApiError::new(403, "permission_denied", "Scheduled or sent campaigns can not be deleted")
}

fn delete_campaign(call: &Call) -> Outcome {
    let campaign = find(call)?;
    if !matches!(campaign.status.as_str(), "draft" | "suspended" | "cancelled") {
        return Err(kept());
    }
    call.db.execute("DELETE FROM campaigns WHERE account = ?1 AND id = ?2", [call.account, campaign.id])?;
    Ok(Answer::no_content())
}

fn schedule(campaign: &mut Campaign, at: i64) -> Result<(), ApiError> {
    check_unsent(&campaign.status)?;
    if !campaign.has_recipients() {
        return Err(ApiError::missing("Campaign has no recipients"));
    }
    if campaign.text("htmlContent").is_empty() {
        return Err(ApiError::missing("Campaign has no content"));
    }
    campaign.status = "queued".to_owned();
    campaign.scheduled_at = Some(at);
    Ok(())
}

fn send_now(call: &Call) -> Outcome {
    let mut campaign = find(call)?;
    schedule(&mut campaign, call.now)?;
    campaign.save(call.db, call.now)?;
    Ok(Answer::no_content())
}

fn update_status(call: &Call) -> Outcome {
    let wanted = call.text("status").ok_or_else(|| ApiError::missing("status is missing"))?;
    if let ("replicate" | "replicateTemplate", id) = (wanted, call.int("campaignId").unwrap_or_default())
        && let Some(template) = templates::by_id(call.db, call.account, id)?
    {
        let mut data = template.data.clone();
        data.insert("templateName".to_owned(), format!("{} - Copy", template.text("templateName")).into());
        templates::insert(call, &data, false)?;
        return Ok(Answer::no_content());
    }
    let mut campaign = find(call)?;
    let refused = || {
        Err(ApiError::invalid(format!(
            "Status of a campaign in status {} can not be {wanted}",
            campaign.status
        )))
    };
    let next = match (wanted, campaign.status.as_str()) {
        ("suspended", "queued" | "in_process" | "suspended") => "suspended",
        ("archive", "sent" | "draft" | "suspended" | "cancelled" | "archive") => "archive",
        ("darchive", "archive") if campaign.started.is_some() => "sent",
        ("darchive", "archive") => "draft",
        ("draft", "draft" | "queued" | "suspended" | "cancelled") => "draft",
        ("cancel", "queued" | "in_process" | "suspended") => "cancelled",
        ("queued", "draft" | "suspended" | "queued" | "cancelled") => {
            let at = campaign.scheduled_at.ok_or_else(|| ApiError::missing("Campaign has no scheduledAt"))?;
            schedule(&mut campaign, at.max(call.now))?;
            "queued"
        }
        ("sent", "draft" | "suspended" | "queued" | "cancelled") => {
            schedule(&mut campaign, call.now)?;
            "queued"
        }
        ("replicate", _) => {
            let mut copy = campaign.clone();
            copy.data.insert("name".to_owned(), format!("{} - Copy", campaign.text("name")).into());
            (copy.status, copy.scheduled_at, copy.created) = ("draft".to_owned(), None, call.now);
            insert(call.db, &copy)?;
            return Ok(Answer::no_content());
        }
        ("replicateTemplate", _) => return Err(ApiError::invalid("replicateTemplate is for templates only")),
        _ => return refused(),
    };
    campaign.status = next.to_owned();
    campaign.save(call.db, call.now)?;
    Ok(Answer::no_content())
}

fn send_test_email(call: &Call) -> Outcome {
    let mut campaign = find(call)?;
    let subject = if campaign.flag("abTesting") { "subjectA" } else { "subject" };
    let tested = Message {
        campaign: Some(campaign.id),
        subject: campaign.text(subject).to_owned(),
        html: Some(campaign.text("htmlContent").to_owned()),
        ..Message::default()
    };
    let params = campaign.data.get("params").cloned().unwrap_or_else(|| json!({}));
    let sender = campaign.data.get("sender").cloned().unwrap_or_default();
    send_test(call, tested, &sender, &params)?;
    campaign.test_sent = true;
    campaign.save(call.db, campaign.modified)?;
    Ok(Answer::no_content())
}

fn send_report(call: &Call) -> Outcome {
    let campaign = find(call)?;
    let figures = simulate::tally(call.db, call.account, campaign.id, call.now)?.campaign_stats();
    mail_report(call, Some(campaign.id), campaign.text("name"), &figures)
}

/// Sends the figures of a campaign by mail, to whom `email` names. `campaign` is one of mails.
pub(crate) fn mail_report(call: &Call, campaign: Option<i64>, name: &str, figures: &Value) -> Outcome {
    let email = call.get("email").cloned().unwrap_or_default();
    let to = email["to"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
    let body = email["body"].as_str().unwrap_or_default();
    if to.is_empty() || body.is_empty() {
        return Err(ApiError::missing("email.to and email.body are needed"));
    }
    for address in to {
        Message {
            account: call.account,
            kind: "report",
            campaign,
            email: address.to_owned(),
            sender: "contact@brevo.com".to_owned(),
            sender_name: "Brevo".to_owned(),
            subject: format!("Report of the campaign {name}"),
            text: Some(format!("{body}\n\n{figures:#}\n")),
            sent: call.now,
            ..Message::default()
        }
        .insert(call.db)?;
    }
    Ok(Answer::no_content())
}

fn export_recipients(call: &Call) -> Outcome {
    let campaign = find(call)?;
    if campaign.started.is_none() {
        return Err(ApiError::invalid("Campaign is not sent"));
    }
    let kind = call.text("recipientsType").unwrap_or_default();
    let known = [
        "all",
        "nonClickers",
        "nonOpeners",
        "clickers",
        "openers",
        "softBounces",
        "hardBounces",
        "unsubscribed",
    ];
    if !known.contains(&kind) {
        return Err(ApiError::invalid("recipientsType is not valid"));
    }
    let csv = recipients_csv(call.db, &campaign, kind)
        .map_err(|error| ApiError::new(500, "internal_error", error.to_string()))?;
    let name = format!("campaign-{}-{kind}.csv", campaign.id);
    processes::export(call, "CAMPAIGN_PROCESSING", call.text("notifyURL"), |_| name, &csv)
}

type Failure = Box<dyn std::error::Error>;

/// A row per recipient: address, the attributes at the time of sending, what came of the mail.
fn recipients_csv(db: &Db, campaign: &Campaign, kind: &str) -> Result<Vec<u8>, Failure> {
    let wanted = simulate::contacts_by_action(db, campaign.account, Some(campaign.id), kind)?;
    let wanted = wanted.into_iter().collect::<HashSet<_>>();
    let rows = db
        .prepare(
            "SELECT m.contact, m.email, m.context, m.sent,
                 COALESCE(MAX(CASE WHEN e.kind IN ('delivered', 'hardBounces', 'softBounces') THEN e.kind END), ''),
                 SUM(e.kind = 'opened'), SUM(e.kind = 'clicks'),
                 MAX(CASE WHEN e.kind = 'unsubscribed' THEN e.at END)
             FROM messages m LEFT JOIN events e ON e.message = m.id AND e.fired = 1
             WHERE m.account = ?1 AND m.campaign = ?2 AND m.kind = 'campaign' GROUP BY m.id ORDER BY m.id",
        )?
        .query_map([campaign.account, campaign.id], |row| {
            let context: Option<String> = row.get(2)?;
            let attributes: Map<String, Value> =
                context.and_then(|context| serde_json::from_str(&context).ok()).unwrap_or_default();
            let counts = (row.get::<_, Option<i64>>(5)?, row.get::<_, Option<i64>>(6)?);
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                attributes,
                row.get::<_, i64>(3)?,
                row.get::<_, String>(4)?,
                counts,
                row.get::<_, Option<i64>>(7)?,
            ))
        })?
        .collect::<Result<Vec<_>>>()?;
    let rows = rows.into_iter().filter(|row| wanted.contains(&row.0)).collect::<Vec<_>>();
    let names = rows.iter().flat_map(|row| row.2.keys().cloned()).collect::<BTreeSet<_>>();
    let mut csv = csv::Writer::from_writer(Vec::new());
    let head = ["CONTACT_ID", "EMAIL"].into_iter().chain(names.iter().map(String::as_str));
    csv.write_record(head.chain(["SENT_AT", "DELIVERY", "OPENS", "CLICKS", "UNSUBSCRIBED_AT"]))?;
    for (contact, email, attributes, sent, delivery, (opens, clicks), unsubscribed) in rows {
        let mut record = vec![contact.to_string(), email];
        record.extend(names.iter().map(|name| match attributes.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }));
        record.extend([
            time::rfc3339(sent),
            delivery,
            opens.unwrap_or(0).to_string(),
            clicks.unwrap_or(0).to_string(),
            unsubscribed.map(time::rfc3339).unwrap_or_default(),
        ]);
        csv.write_record(&record)?;
    }
    Ok(csv.into_inner()?)
}

fn ab_test_result(call: &Call) -> Outcome {
    let campaign = find(call)?;
    if !campaign.flag("abTesting") {
        return Err(ApiError::invalid("Campaign is not an A/B test campaign"));
    }
    let tallies = simulate::tallies(call.db, call.account, campaign.id, By::Version, call.now)?;
    let tally = |version: &str| tallies.get(version).cloned().unwrap_or_default();
    let (a, b) = (tally("A"), tally("B"));
    let share = |tally: &Tally, kind: &str| percent(tally.unique(kind), tally.all("sent"));
    let text = |rate: f64| format!("{rate}%");
    let pair = |kind: &str| json!({"Version A": text(share(&a, kind)), "Version B": text(share(&b, kind))});
    let by_click = campaign.text("winnerCriteria") == "click";
    let criterion = if by_click { "clicks" } else { "opened" };
    let (rate_a, rate_b) = (share(&a, criterion), share(&b, criterion));
    let best = if rate_b > rate_a { "B" } else { "A" };
    let version = match (&campaign.started, &campaign.winner) {
        (None, _) => "notAvailable",
        (Some(_), Some(winner)) => winner.as_str(),
        (Some(_), None) if campaign.status == "in_process" => "pending",
        (Some(_), None) if rate_a == rate_b => "tie",
        (Some(_), None) => best,
    };
    let leader = if matches!(version, "A" | "B") { version } else { best };
    let leading = if leader == "B" { &b } else { &a };
    let clicked = |version: &str, tally: &Tally| -> Result<Value> {
        let links = simulate::link_clicks(call.db, call.account, campaign.id, Some(version))?;
        let links = links.into_iter().map(|(link, count)| {
            json!({"link": link, "clicksCount": count, "clickRate": text(percent(count, tally.all("clicks")))})
        });
        Ok(links.collect())
    };
    Ok(Answer::ok(json!({
        "winningVersion": version,
        "winningCriteria": if by_click { "Click" } else { "Open" },
        "winningSubjectLine": campaign.text(if leader == "B" { "subjectB" } else { "subjectA" }),
        "openRate": text(share(leading, "opened")),
        "clickRate": text(share(leading, "clicks")),
        "winningVersionRate": text(share(leading, criterion)),
        "statistics": {
            "openers": pair("opened"),
            "clicks": pair("clicks"),
            "unsubscribed": pair("unsubscribed"),
            "hardBounces": pair("hardBounces"),
            "softBounces": pair("softBounces"),
            "complaints": pair("spam"),
        },
        "clickedLinks": {"Version A": clicked("A", &a)?, "Version B": clicked("B", &b)?},
    })))
}

fn shared_url(call: &Call) -> Outcome {
    let id = call.int("campaignId").unwrap_or_default();
    let exists =
        by_id(call.db, call.account, id)?.is_some() || templates::by_id(call.db, call.account, id)?.is_some();
    if !exists {
        return Err(ApiError::not_found("Campaign ID does not exist"));
    }
    Ok(Answer::ok(
        json!({"sharedUrl": format!("https://app.brevo.com/template/{:x}/share", id * 7919 + 104_729)}),
    ))
}

/// Adds an image to the gallery. The image itself is not fetched.
fn upload_image(call: &Call) -> Outcome {
    let url = call.text("imageUrl").unwrap_or_default();
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    let name = call.text("name").unwrap_or(file);
    let kind = |name: &str| name.rsplit_once('.').map(|(_, kind)| kind.to_ascii_lowercase());
    let is_image = |name: &str| {
        kind(name).is_some_and(|kind| ["jpeg", "jpg", "png", "bmp", "gif"].contains(&kind.as_str()))
    };
    if !is_web(url) || !is_image(file) {
        return Err(ApiError::invalid(
            "imageUrl should be the absolute url of a jpeg, jpg, png, bmp or gif image",
        ));
    }
    if !is_image(name) {
        return Err(ApiError::invalid("name should end with the extension of the image"));
    }
    let id = next_id(call.db, call.account, "image")?;
    Ok(Answer::created(
        json!({"url": format!("https://img.mailinblue.com/{}/images/{id}/{name}", call.account)}),
    ))
}

/// Starts the campaigns whose time has come.
pub fn tick(db: &Db, now: i64, sandbox: &Sandbox) -> Result<()> {
    let due = "WHERE status = 'queued' AND scheduled_at <= ?1 ORDER BY scheduled_at, account, id";
    for mut campaign in all(db, &format!("{} {due}", Campaign::SELECT), [now], Campaign::read)? {
        let at = campaign.scheduled_at.unwrap_or(now);
        if campaign.text("htmlContent").is_empty() && !campaign.text("htmlUrl").is_empty() {
            // Its content is still being fetched; without it there is nothing to send.
            if now - at > HOUR {
                campaign.status = "suspended".to_owned();
                campaign.save(db, now)?;
            }
            continue;
        }
        campaign.status = "in_process".to_owned();
        campaign.started = Some(at);
        let mut people = audience(db, &campaign)?;
        if campaign.flag("abTesting") {
            people.sort_by_cached_key(|(contact, _)| {
                Dice::new(sandbox.seed, &["version", &campaign.id.to_string(), &contact.id.to_string()])
                    .roll()
            });
            let (a, rest) = people.split_at(test_size(&campaign, people.len()));
            let b = if has_second_part(&campaign) { &rest[..a.len()] } else { rest };
            send(db, sandbox, &campaign, a, Some("A"), at)?;
            send(db, sandbox, &campaign, b, Some("B"), at)?;
        } else {
            send(db, sandbox, &campaign, &people, None, at)?;
        }
        campaign.save(db, at)?;
    }
    Ok(())
}

/// Whether some recipients wait for the winner of the test. A rule of 50 leaves nobody.
fn has_second_part(campaign: &Campaign) -> bool {
    campaign.flag("abTesting") && campaign.int("splitRule").unwrap_or(50) < 50
}

/// How many get the first version while the test runs.
fn test_size(campaign: &Campaign, people: usize) -> usize {
    let rule = campaign.int("splitRule").unwrap_or(50).clamp(1, 50) as usize;
    people * rule / 100
}

/// Ends the campaigns whose mail has all arrived or bounced, and sends the winner of an A/B test to
/// the rest once the test is over. True when there is new mail.
pub(crate) fn settle(db: &Db, now: i64, sandbox: &Sandbox) -> Result<bool> {
    let running = "WHERE status = 'in_process' ORDER BY account, id";
    let mut more = false;
    for mut campaign in all(db, &format!("{} {running}", Campaign::SELECT), [], Campaign::read)? {
        let started = campaign.started.unwrap_or(now);
        if has_second_part(&campaign) && campaign.winner.is_none() {
            let over = started + campaign.int("winnerDelay").unwrap_or(1) * HOUR;
            if over > now {
                continue;
            }
            let winner = winner(db, &campaign, over)?;
            campaign.winner = Some(winner.to_owned());
            campaign.save(db, over)?;
            let version = if winner == "B" { "B" } else { "A" };
            send(db, sandbox, &campaign, &audience(db, &campaign)?, Some(version), over)?;
            more = true;
        } else if simulate::tally(db, campaign.account, campaign.id, now)?.remaining() == 0 {
            campaign.status = "sent".to_owned();
            campaign.save(db, started)?;
        }
    }
    Ok(more)
}

fn winner(db: &Db, campaign: &Campaign, until: i64) -> Result<&'static str> {
    let tallies = simulate::tallies(db, campaign.account, campaign.id, By::Version, until)?;
    let criterion = if campaign.text("winnerCriteria") == "click" { "clicks" } else { "opened" };
    let rate = |version: &str| {
        tallies.get(version).map_or(0.0, |tally| percent(tally.unique(criterion), tally.all("sent")))
    };
    Ok(match rate("A").total_cmp(&rate("B")) {
        std::cmp::Ordering::Greater => "A",
        std::cmp::Ordering::Less => "B",
        std::cmp::Ordering::Equal => "tie",
    })
}

type Recipient = (ContactRow, Option<i64>);

/// Whom a campaign reaches and has not reached yet, each once, with the list that it is reached by.
fn audience(db: &Db, campaign: &Campaign) -> Result<Vec<Recipient>> {
    let account = campaign.account;
    let excluded_lists = campaign.recipients("exclusionListIds");
    let reached = db
        .prepare_cached(
            "SELECT contact FROM messages WHERE account = ?1 AND campaign = ?2 AND kind = 'campaign'",
        )?
        .query_map([account, campaign.id], |row| row.get::<_, i64>(0))?
        .collect::<Result<HashSet<_>>>()?;
    let excluded = contacts::contacts_in_segments(db, account, &campaign.recipients("exclusionSegmentIds"))?
        .into_iter()
        .chain(contacts::contacts_in_lists(db, account, &excluded_lists, &[])?)
        .map(|contact| contact.id)
        .chain(reached)
        .collect::<HashSet<_>>();
    let mut out = BTreeMap::<i64, Recipient>::new();
    for list in campaign.recipients("listIds") {
        for contact in contacts::contacts_in_lists(db, account, &[list], &[])? {
            out.entry(contact.id).or_insert((contact, Some(list)));
        }
    }
    for contact in contacts::contacts_in_segments(db, account, &campaign.recipients("segmentIds"))? {
        out.entry(contact.id).or_insert((contact, None));
    }
    out.retain(|id, (contact, _)| {
        contact.email.is_some() && !contact.email_blacklisted && !excluded.contains(id)
    });
    Ok(out.into_values().collect())
}

fn send(
    db: &Db,
    sandbox: &Sandbox,
    campaign: &Campaign,
    people: &[Recipient],
    version: Option<&'static str>,
    at: i64,
) -> Result<()> {
    let links = simulate::links(campaign.text("htmlContent"));
    let mirror = campaign.flag("mirrorActive");
    let mailing = format!("campaign {}", campaign.id);
    let sender = campaign.data.get("sender").cloned().unwrap_or_default();
    let subject = match version {
        None => "subject",
        Some("B") => "subjectB",
        Some(_) => "subjectA",
    };
    let tags = Some(campaign.text("tag")).filter(|tag| !tag.is_empty()).map(str::to_owned);
    for (contact, list) in people {
        let Some(email) = &contact.email else { continue };
        let message = Message {
            account: campaign.account,
            kind: "campaign",
            campaign: Some(campaign.id),
            list: *list,
            version,
            contact: Some(contact.id),
            email: email.clone(),
            sender: sender["email"].as_str().unwrap_or_default().to_owned(),
            sender_name: sender["name"].as_str().unwrap_or_default().to_owned(),
            reply_to: Some(campaign.text("replyTo")).filter(|text| !text.is_empty()).map(str::to_owned),
            subject: campaign.text(subject).to_owned(),
            tags: tags.iter().cloned().collect(),
            context: Some(contact.attributes.clone().into()),
            sent: at,
            ..Message::default()
        }
        .insert(db)?;
        let plan = plan(sandbox.seed, &mailing, email, links.len(), true, mirror);
        simulate::add_plan(db, message, at, &plan, &links)?;
    }
    Ok(())
}

/// The body and `params` of a campaign, to render the mail of one recipient.
pub(crate) fn content(db: &Db, account: i64, campaign: i64) -> Result<Option<(String, Value)>> {
    let campaign = by_id(db, account, campaign)?;
    Ok(campaign.map(|campaign| {
        let params = campaign.data.get("params").cloned().unwrap_or_else(|| json!({}));
        (campaign.text("htmlContent").to_owned(), params)
    }))
}

/// `campaignStats` of a list: `[{"campaignId", "stats"}]`, of campaigns sent between two moments.
pub fn list_stats(db: &Db, account: i64, list: i64, from: i64, to: i64) -> Result<Vec<Value>> {
    let sent = "WHERE account = ?1 AND started BETWEEN ?2 AND ?3 ORDER BY started, id";
    let sent = all(db, &format!("{} {sent}", Campaign::SELECT), [account, from, to], Campaign::read)?;
    let mut out = Vec::new();
    for campaign in sent.iter().filter(|campaign| campaign.is_sent() || campaign.status == "in_process") {
        let tallies = simulate::tallies(db, account, campaign.id, By::List, i64::MAX)?;
        if let Some(tally) = tallies.get(&list.to_string()) {
            let mut stats = tally.campaign_stats();
            stats["listId"] = list.into();
            out.push(json!({"campaignId": campaign.id, "stats": stats}));
        }
    }
    Ok(out)
}
