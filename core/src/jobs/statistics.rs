//! Export of the statistics of campaigns.

use std::collections::HashMap;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use macro_rules_attribute::apply;
use serde_json::{Map, Value, json};

use super::listing::{Listing, id_of};
use super::notes::Notes;
use super::stream::Column;
use super::target::{FileFormat, Output, Target};
use super::{Job, Progress, Report, call, cell, deadline, model_of, take_list, to_map, to_value};
use crate::api::email_campaigns::{
    EmailCampaignType, GetDeviceBrowserStats, GetEmailCampaign, GetEmailCampaigns,
    GetEmailCampaignsRequestStatus,
};
use crate::api::shared::GetCampaignStats;
use crate::client::Client;
use crate::error::{Error, Kind, Result};
use crate::schema::{Operation as _, Typed};

/// Age from which the list no longer gives all figures, in days: six months, cautiously.
const OLD: i64 = 180;
/// Columns before the figures, by their names on the wire.
const COLUMNS: [&str; 7] = ["id", "name", "subject", "type", "status", "scheduledAt", "sentDate"];
/// What is kept of a campaign, beside its figures.
const KEPT: [&str; 9] =
    ["id", "name", "subject", "subjectA", "subjectB", "type", "status", "scheduledAt", "sentDate"];
/// Rows that are given to a program at once.
const ROWS_AT_ONCE: i64 = 100;

/// Row of the table.
pub static JOB: Job = Job {
    resource: "email_campaigns",
    name: "export_statistics",
    arguments: model_of::<ExportStatisticsArguments>(),
    output: ExportStatisticsResult::TY,
    rows: Some(CampaignStatisticsRow::TY),
    doc: "Writes the figures of e-mail campaigns to a file: CSV, or JSON Lines by its ending.\n\n\
          A row per campaign: `id`, `name`, `subject`, `type`, `status`, `scheduledAt`, `sentDate`, every global\n\
          figure by its name on the wire, `mirrorClick`, `remaining`, and `clicksRate`, worked out here: unique\n\
          clicks in percent of mails delivered.\n\
          With `by` the figures are broken down, and a row is a campaign and a key, so that a spreadsheet can pivot\n\
          the table and pandas can group it: `list` adds `listId` before the figures, `domain` adds `domain`,\n\
          `device` adds `device` and `system`, `browser` adds `browser`, and `link` gives `link` and `clicks`. The\n\
          figures of devices and browsers are `clickers`, `uniqueClicks`, `viewed` and `uniqueViews`. Campaigns\n\
          that have nothing of the kind have no row. Export again for another breakdown: Brevo tells one at a time.\n\n\
          Campaigns are listed 100 per call, oldest first, and Brevo allows 100 calls an hour. The list has the\n\
          figures of the last six months only, and none by device or browser: older campaigns, those two breakdowns\n\
          and campaigns named by `campaign_ids` take a call each. How many calls there will be is known when all\n\
          campaigns are listed: progress tells it then, before the first of the others is made, with the seconds\n\
          that the rate limit will take; `dry_run` ends there. Allow them by `timeout`, or give `checkpoint_path`:\n\
          an export that broke off, or was killed, goes on where it stopped when it is started again with the same\n\
          arguments, and asks for nothing twice.\n\
          A campaign that is added or deleted while others are listed makes none of the others go missing. Memory\n\
          holds about a kilobyte for each campaign.",
};

/// By what the figures of campaigns are broken down.
#[apply(open_enum!)]
pub enum CampaignBreakdown {
    List = "list",
    Domain = "domain",
    Device = "device",
    Browser = "browser",
    Link = "link",
}

/// Arguments of `email_campaigns.export_statistics`.
#[apply(model!)]
pub struct ExportStatisticsArguments {
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Form of the file; by its ending by default (`.jsonl`, `.ndjson`, `.json`: JSON Lines).
    pub format: Option<FileFormat>,
    /// By what the figures are broken down; by default there is a row per campaign.
    pub by: Option<CampaignBreakdown>,
    /// Identifiers of the campaigns; by default all campaigns are written. Excludes the filters.
    pub campaign_ids: Option<Vec<i64>>,
    /// Only campaigns in this state.
    pub status: Option<GetEmailCampaignsRequestStatus>,
    /// Only campaigns of this kind.
    pub r#type: Option<EmailCampaignType>,
    /// Whether to list the campaigns only, and tell how many calls the export takes; false by default.
    #[api(default = false)]
    pub dry_run: Option<bool>,
    /// File that keeps what was learnt, so that the export can go on after it broke off; removed at the end.
    pub checkpoint_path: Option<String>,
    /// Seconds to wait at most for rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// What an export has done.
#[apply(model!)]
pub struct ExportStatisticsResult {
    /// Rows written.
    pub rows: i64,
    /// The file.
    pub path: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Campaigns looked at.
    pub campaigns: i64,
    /// Calls that the export took; in a dry run, that it would take.
    pub calls: i64,
    /// Seconds for which a dry run expects the rate limit to hold the export up; 0 otherwise.
    pub seconds: f64,
    /// Campaigns that were deleted while the export ran; not written.
    pub gone: Vec<i64>,
}

/// A row of an export of statistics. Which columns there are depends on `by`.
#[apply(model!)]
pub struct CampaignStatisticsRow {
    /// Identifier of the campaign.
    pub id: Option<i64>,
    /// Name of the campaign.
    pub name: Option<String>,
    /// Subject; both subjects of an A/B test, with a bar between them.
    pub subject: Option<String>,
    /// Kind of campaign.
    pub r#type: Option<String>,
    /// State of the campaign.
    pub status: Option<String>,
    /// When it is or was to go out, as an ISO 8601 date-time.
    pub scheduled_at: Option<String>,
    /// When it went out, as an ISO 8601 date-time.
    pub sent_date: Option<String>,
    /// List that the figures are for; by list only.
    pub list_id: Option<i64>,
    /// Domain of the recipients; by domain only.
    pub domain: Option<String>,
    /// `desktop`, `mobile`, `tablet` or `unknown`; by device only.
    pub device: Option<String>,
    /// System of the device; by device only.
    pub system: Option<String>,
    /// Browser or mail program; by browser only.
    pub browser: Option<String>,
    /// Address of the link; by link only.
    pub link: Option<String>,
    /// Clicks on the link; by link only.
    pub clicks: Option<i64>,
    /// Openings made automatically by Apple Mail Privacy Protection.
    pub apple_mpp_opens: Option<i64>,
    /// Total number of clicks.
    pub clickers: Option<i64>,
    /// Number of spam reports.
    pub complaints: Option<i64>,
    /// Number of mails whose delivery was put off.
    pub deferred: Option<i64>,
    /// Number of mails delivered.
    pub delivered: Option<i64>,
    /// Estimate of openings: the rate among trackable recipients applied to all delivered mails.
    pub estimated_views: Option<i64>,
    /// Number of mails refused for good.
    pub hard_bounces: Option<i64>,
    /// Share of recipients who opened the mail, in percent.
    pub opens_rate: Option<f64>,
    /// Number of mails of the campaign that were not delivered.
    pub return_bounce: Option<i64>,
    /// Number of mails sent.
    pub sent: Option<i64>,
    /// Number of mails refused for the moment.
    pub soft_bounces: Option<i64>,
    /// Openings by recipients whose mail program does not hide them.
    pub trackable_views: Option<i64>,
    /// Rate of openings by recipients whose mail program does not hide them.
    pub trackable_views_rate: Option<f64>,
    /// Number of recipients who clicked at least once.
    pub unique_clicks: Option<i64>,
    /// Number of recipients who opened the mail at least once.
    pub unique_views: Option<i64>,
    /// Number of unsubscriptions.
    pub unsubscriptions: Option<i64>,
    /// Total number of openings.
    pub viewed: Option<i64>,
    /// Number of clicks on the link to the browser version; of whole campaigns only.
    pub mirror_click: Option<i64>,
    /// Number of mails still to be sent; of whole campaigns only.
    pub remaining: Option<i64>,
    /// Unique clicks in percent of mails delivered, worked out here.
    pub clicks_rate: Option<f64>,
}

/// What is asked for, and where it stands in a reply.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Campaign,
    List,
    Domain,
    Device,
    Browser,
    Link,
}

impl By {
    fn of(asked: Option<&CampaignBreakdown>) -> Result<Self> {
        Ok(match asked {
            None => By::Campaign,
            Some(CampaignBreakdown::List) => By::List,
            Some(CampaignBreakdown::Domain) => By::Domain,
            Some(CampaignBreakdown::Device) => By::Device,
            Some(CampaignBreakdown::Browser) => By::Browser,
            Some(CampaignBreakdown::Link) => By::Link,
            Some(CampaignBreakdown::Unknown(other)) => {
                let message =
                    format!("`{other}` is no breakdown; known are list, domain, device, browser, link");
                return Err(Error::argument("by", message));
            }
        })
    }

    /// Value of the parameter `statistics` that has Brevo tell it. Lists come with the global figures.
    const fn parameter(self) -> &'static str {
        match self {
            By::Campaign | By::List => "globalStats",
            By::Domain => "statsByDomain",
            By::Device => "statsByDevice",
            By::Browser => "statsByBrowser",
            By::Link => "linksStats",
        }
    }

    /// Its key in `statistics`.
    const fn block(self) -> &'static str {
        match self {
            By::List => "campaignStats",
            other => other.parameter(),
        }
    }

    /// Whether the single campaign alone has it.
    const fn is_single(self) -> bool {
        matches!(self, By::Device | By::Browser)
    }

    /// Columns of the key.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            By::Campaign => &[],
            By::List => &["listId"],
            By::Domain => &["domain"],
            By::Device => &["device", "system"],
            By::Browser => &["browser"],
            By::Link => &["link"],
        }
    }

    /// Columns of figures that Brevo gives.
    fn figures(self) -> Vec<&'static str> {
        let model = match self {
            By::Link => return vec!["clicks"],
            By::Device | By::Browser => model_of::<GetDeviceBrowserStats>(),
            By::Campaign | By::List | By::Domain => model_of::<GetCampaignStats>(),
        };
        model().fields.iter().map(|field| field.wire()).filter(|name| *name != "listId").collect()
    }

    /// Columns after them.
    const fn others(self) -> &'static [&'static str] {
        match self {
            By::Campaign => &["mirrorClick", "remaining", "clicksRate"],
            By::List | By::Domain => &["clicksRate"],
            By::Device | By::Browser | By::Link => &[],
        }
    }

    fn columns(self) -> Vec<Column> {
        let fields = model_of::<CampaignStatisticsRow>()().fields;
        let names = COLUMNS.iter().chain(self.keys()).copied().chain(self.figures());
        let all = names.chain(self.others().iter().copied());
        // Every one is a field of the row; the tests see to it.
        all.filter_map(|name| fields.iter().find(|field| field.wire() == name))
            .map(|field| Column::new(field.wire(), field.ty))
            .collect()
    }
}

/// A campaign as it was listed.
struct Listed {
    id: i64,
    /// What is kept of it, as JSON; nothing where all of it is asked for.
    text: String,
    /// Whether its figures take a call of their own.
    is_asked: bool,
}

/// Exports statistics. Progress counts calls.
pub(super) async fn export_statistics(
    client: &Client,
    arguments: ExportStatisticsArguments,
    output: Output,
    progress: Report<'_>,
) -> Result<ExportStatisticsResult> {
    let given = arguments;
    let by = By::of(given.by.as_ref())?;
    if given.campaign_ids.is_some() && (given.status.is_some() || given.r#type.is_some()) {
        let message = "campaigns are chosen either by their identifiers or by filters";
        return Err(Error::argument("campaign_ids", message));
    }
    let (is_dry, is_file) = (given.dry_run.unwrap_or(false), output.is_file());
    if is_dry && !is_file {
        return Err(Error::argument("dry_run", "rows that are read by the program have no dry run"));
    }
    let job = json!([
        "export_statistics",
        by.block(),
        to_value(&given.campaign_ids)?,
        to_value(&given.status)?,
        to_value(&given.r#type)?
    ]);
    let mut file = if is_dry {
        None
    } else {
        Some(output.open(&given.path, given.format.as_ref(), by.columns()).await?)
    };
    let (notes, lines) = Notes::open(given.checkpoint_path.as_deref(), &job)?;
    let mut export = Export {
        client,
        by,
        notes,
        deadline: deadline(given.timeout),
        progress,
        listed: Vec::new(),
        is_named: given.campaign_ids.is_some(),
        answers: HashMap::new(),
        calls: 0,
        total: 0,
    };
    export.list(&given, lines).await?;
    let singles = export.listed.iter().filter(|campaign| campaign.is_asked).count() as u64;
    let to_make = singles.saturating_sub(export.answers.len() as u64);
    export.total = export.calls + to_make;
    let seconds = client.outlook(GetEmailCampaign::SPEC, to_make).as_secs_f64();
    export.tell(to_make);
    let left = export.deadline.saturating_duration_since(Instant::now()).as_secs_f64();
    if is_file && !export.notes.is_kept() && !is_dry && seconds > left {
        let message = format!(
            "{} calls are needed, for which the rate limit takes about {:.0} s; nothing was written",
            export.total,
            seconds.ceil()
        );
        return Err(Error::new(Kind::RateLimited, message).with_advice(
            "Allow as much by `timeout`, or give `checkpoint_path`, so that the export can go on later.",
        ));
    }
    let mut result = ExportStatisticsResult {
        path: given.path.clone(),
        columns: by.columns().into_iter().map(|column| column.name).collect(),
        campaigns: export.listed.len() as i64,
        calls: export.total as i64,
        ..Default::default()
    };
    match &mut file {
        None => result.seconds = seconds,
        Some(file) => export.write(file, &mut result).await.map_err(|error| {
            let left = export.total - export.calls;
            let how = if export.notes.is_kept() {
                "start the same export again to go on"
            } else {
                "give `checkpoint_path`, so that an export can go on where it stopped"
            };
            error.with_note(&format!("{left} of {} calls were still to be made; {how}", export.total))
        })?,
    }
    if let Some(file) = file {
        result.calls = export.calls as i64;
        file.finish().await?;
        export.notes.remove()?;
    }
    Ok(result)
}

struct Export<'a> {
    client: &'a Client,
    by: By,
    notes: Notes,
    deadline: Instant,
    progress: Report<'a>,
    listed: Vec<Listed>,
    /// Whether the campaigns are those that the caller names.
    is_named: bool,
    /// What single campaigns were answered with, by identifier, as JSON; of those that earlier runs
    /// asked for.
    answers: HashMap<i64, String>,
    calls: u64,
    total: u64,
}

impl Export<'_> {
    /// Tells how many of the calls were made, and how long the rate limit holds the others up.
    fn tell(&self, left: u64) {
        let mut told = Progress::of("read", self.calls, Some(self.total));
        told.remaining = Some(self.client.outlook(GetEmailCampaign::SPEC, left).as_secs_f64());
        (self.progress)(&told);
    }

    /// Finds out which campaigns there are, from what earlier runs wrote down and from Brevo.
    async fn list(&mut self, given: &ExportStatisticsArguments, lines: Vec<Value>) -> Result<()> {
        let query = GetEmailCampaigns {
            r#type: given.r#type.clone(),
            status: given.status.clone(),
            statistics: (!self.by.is_single()).then(|| self.by.parameter().into()),
            exclude_html_content: Some(true),
            ..Default::default()
        };
        let mut listing = Listing::new(self.client, GetEmailCampaigns::SPEC, to_map(&query)?, self.deadline);
        let today = today();
        for mut line in lines {
            if let Some(offset) = line.get("next") {
                listing.offset = offset.as_i64();
                for campaign in take_list(&mut line, "listed") {
                    id_of(&campaign).map(|id| listing.known.add(id));
                    self.take(&campaign, today);
                }
            } else if let Some(id) = id_of(&line) {
                self.answers.insert(id, line.get("answer").map(Value::to_string).unwrap_or_default());
            }
        }
        if let Some(ids) = &given.campaign_ids {
            let listed = |id: &i64| Listed { id: *id, text: String::new(), is_asked: true };
            self.listed = ids.iter().map(listed).collect();
            return Ok(());
        }
        while let Some(page) = listing.next().await? {
            let page: Vec<Value> = page.iter().map(|campaign| kept(campaign, self.by)).collect();
            for campaign in &page {
                self.take(campaign, today);
            }
            self.calls = listing.calls;
            let total = listing.left().map(|left| listing.calls + left);
            (self.progress)(&Progress::of("list", listing.calls, total));
            self.notes.add(&json!({"next": listing.offset, "listed": page}))?;
        }
        Ok(())
    }

    fn take(&mut self, campaign: &Value, today: i64) {
        let Some(id) = id_of(campaign) else { return };
        let is_asked = lacks_figures(campaign, self.by, today);
        let text = if is_asked { String::new() } else { campaign.to_string() };
        self.listed.push(Listed { id, text, is_asked });
    }

    /// Writes all rows, and asks for what the list did not tell.
    async fn write(&mut self, file: &mut Target, result: &mut ExportStatisticsResult) -> Result<()> {
        let mut waiting = 0;
        for listed in std::mem::take(&mut self.listed) {
            let campaign = if !listed.is_asked {
                serde_json::from_str(&listed.text).unwrap_or_default()
            } else if let Some(answer) = self.answers.remove(&listed.id) {
                serde_json::from_str(&answer).unwrap_or_default()
            } else {
                let answer = self.single(listed.id).await?;
                self.notes.add(&json!({"id": listed.id, "answer": answer}))?;
                self.calls += 1;
                self.tell(self.total.saturating_sub(self.calls));
                answer
            };
            if campaign.is_null() {
                result.gone.push(listed.id);
                continue;
            }
            let before = result.rows;
            self.rows(&campaign, file, result)?;
            waiting += result.rows - before;
            if listed.is_asked || waiting >= ROWS_AT_ONCE {
                file.page().await?;
                waiting = 0;
            }
        }
        file.page().await
    }

    /// A campaign, with its figures; null where it is gone.
    async fn single(&self, id: i64) -> Result<Value> {
        let campaign = GetEmailCampaign {
            campaign_id: id,
            statistics: Some(self.by.parameter().into()),
            exclude_html_content: Some(true),
        };
        match call(self.client, campaign, self.deadline).await {
            Ok(campaign) => Ok(kept(&campaign, self.by)),
            Err(error) if error.kind() == Kind::NotFound && !self.is_named => Ok(Value::Null),
            Err(error) => Err(error),
        }
    }

    fn rows(&self, campaign: &Value, file: &mut Target, result: &mut ExportStatisticsResult) -> Result<()> {
        let own: Vec<Value> = COLUMNS.iter().map(|name| own(campaign, name)).collect();
        let figures = self.by.figures();
        let statistics = campaign.get("statistics");
        let mut write = |keys: &[Value], stats: &Value| {
            let others: Vec<Value> = self
                .by
                .others()
                .iter()
                .map(|name| match *name {
                    "clicksRate" => clicks_rate(stats),
                    name => statistics.and_then(|all| all.get(name)).cloned().unwrap_or_default(),
                })
                .collect();
            let row = own.iter().chain(keys).map(Some);
            let row = row.chain(figures.iter().map(|name| stats.get(name))).chain(others.iter().map(Some));
            result.rows += 1;
            file.row(&row.collect::<Vec<_>>())
        };
        let block = statistics.and_then(|all| all.get(self.by.block())).unwrap_or(&Value::Null);
        match (self.by, block) {
            (By::Campaign, block) => write(&[], block)?,
            (By::List, Value::Array(lists)) => {
                for stats in lists {
                    write(&[stats.get("listId").cloned().unwrap_or_default()], stats)?;
                }
            }
            (By::Link, Value::Object(links)) => {
                for (link, clicks) in links {
                    write(&[link.as_str().into()], &json!({"clicks": clicks}))?;
                }
            }
            (By::Device, Value::Object(devices)) => {
                for (device, systems) in devices {
                    for (system, stats) in systems.as_object().into_iter().flatten() {
                        write(&[device.as_str().into(), system.as_str().into()], stats)?;
                    }
                }
            }
            (_, Value::Object(keys)) => {
                for (key, stats) in keys {
                    write(&[key.as_str().into()], stats)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// What an export needs of a campaign.
fn kept(campaign: &Value, by: By) -> Value {
    let mut out = Map::new();
    for name in KEPT {
        if let Some(value) = campaign.get(name).filter(|value| !value.is_null()) {
            out.insert(name.to_owned(), value.clone());
        }
    }
    let mut statistics = Map::new();
    for name in [by.block(), "mirrorClick", "remaining"] {
        let is_needed = name == by.block() || by == By::Campaign;
        if let Some(value) = campaign.get("statistics").and_then(|all| all.get(name)).filter(|_| is_needed) {
            statistics.insert(name.to_owned(), value.clone());
        }
    }
    out.insert("statistics".to_owned(), statistics.into());
    out.into()
}

/// Whether the list may not have told everything about a campaign that was sent.
fn lacks_figures(campaign: &Value, by: By, today: i64) -> bool {
    let Some(sent) = campaign.get("sentDate").and_then(Value::as_str).filter(|date| !date.is_empty()) else {
        return false;
    };
    let is_old = day_of(sent).is_none_or(|day| today - day >= OLD);
    let is_zero = |figures: &Value| {
        figures.as_object().is_none_or(|all| all.values().all(|n| n.as_f64().unwrap_or(0.0) == 0.0))
    };
    let block = campaign.get("statistics").and_then(|all| all.get(by.block())).unwrap_or(&Value::Null);
    let is_blank = match by {
        By::Campaign => is_zero(block),
        By::List => block.as_array().is_none_or(|lists| {
            lists.iter().all(|stats| {
                stats
                    .as_object()
                    .is_none_or(|all| all.iter().all(|(name, n)| name == "listId" || n.as_f64() == Some(0.0)))
            })
        }),
        By::Domain => block.as_object().is_none_or(|domains| domains.values().all(is_zero)),
        // A campaign in which nobody clicked has no links.
        By::Link => block.is_null(),
        By::Device | By::Browser => true,
    };
    is_old || is_blank
}

/// The value of a column that is not a figure.
fn own(campaign: &Value, name: &str) -> Value {
    match (name, campaign.get(name)) {
        // A test of two subjects has no subject of its own.
        ("subject", None | Some(Value::Null)) => {
            let both = ["subjectA", "subjectB"].map(|name| cell(campaign.get(name)));
            let both: Vec<String> = both.into_iter().filter(|subject| !subject.is_empty()).collect();
            if both.is_empty() { Value::Null } else { both.join(" | ").into() }
        }
        (_, value) => value.cloned().unwrap_or_default(),
    }
}

fn clicks_rate(stats: &Value) -> Value {
    let number = |name: &str| stats.get(name).and_then(Value::as_f64);
    match (number("uniqueClicks"), number("delivered")) {
        (Some(clicks), Some(delivered)) if delivered > 0.0 => {
            let rate = (clicks / delivered * 10_000.0).round() / 100.0;
            // Whole numbers are written as such.
            if rate.fract() == 0.0 { Value::from(rate as i64) } else { Value::from(rate) }
        }
        _ => Value::Null,
    }
}

fn today() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| (time.as_secs() / 86_400) as i64)
}

/// Days from 1970 to the date with which a text begins (`2026-11-23...`).
pub(super) fn day_of(text: &str) -> Option<i64> {
    let mut parts = text.get(..10)?.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn days_are_counted() {
        for (date, day) in [
            ("1970-01-01", 0),
            ("1970-03-01T10:00:00Z", 59),
            ("2000-02-29", 11_016),
            ("2000-03-01", 11_017),
            ("2026-11-23T09:00:00.000+02:00", 20_780),
        ] {
            assert_eq!(day_of(date), Some(day), "{date}");
        }
        for bad in ["", "soon", "2026/11/23", "2026-11-é"] {
            assert_eq!(day_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn old_or_blank_figures_are_asked_for_singly() {
        let campaign =
            |sent: Value, statistics: Value| json!({"id": 1, "sentDate": sent, "statistics": statistics});
        let global = |figures: Value| json!({"globalStats": figures});
        let today = day_of("2026-11-23").unwrap();
        let some = json!({"sent": 10, "delivered": 9});
        let recent = json!("2026-11-01T00:00:00Z");
        for (sent, statistics, by, expected) in [
            (recent.clone(), global(some.clone()), By::Campaign, false),
            (json!("2026-01-01T00:00:00Z"), global(some.clone()), By::Campaign, true),
            (recent.clone(), global(json!({"sent": 0})), By::Campaign, true),
            (recent.clone(), global(Value::Null), By::Campaign, true),
            (Value::Null, Value::Null, By::Campaign, false),
            (json!(""), global(json!({"sent": 0})), By::Device, false),
            (recent.clone(), json!({}), By::Device, true),
            (recent.clone(), json!({"campaignStats": [{"listId": 4, "sent": 0}]}), By::List, true),
            (recent.clone(), json!({"campaignStats": [{"listId": 4, "sent": 3}]}), By::List, false),
            (recent.clone(), json!({"statsByDomain": {}}), By::Domain, true),
            (recent.clone(), json!({"statsByDomain": {"a.example": some}}), By::Domain, false),
            (recent.clone(), json!({"linksStats": {}}), By::Link, false),
            (recent, json!({}), By::Link, true),
        ] {
            let campaign = campaign(sent, statistics);
            assert_eq!(lacks_figures(&campaign, by, today), expected, "{campaign}");
        }
    }

    #[test]
    fn every_column_is_a_field_of_the_row() {
        for (by, count) in [
            (By::Campaign, 7 + 17 + 3),
            (By::List, 7 + 1 + 17 + 1),
            (By::Domain, 7 + 1 + 17 + 1),
            (By::Device, 7 + 2 + 4),
            (By::Browser, 7 + 1 + 4),
            (By::Link, 7 + 2),
        ] {
            let names: Vec<String> = by.columns().into_iter().map(|column| column.name).collect();
            assert_eq!(names.len(), count, "{names:?}");
        }
        let stats = |clicks: i64, delivered: i64| json!({"uniqueClicks": clicks, "delivered": delivered});
        for (stats, rate) in
            [(stats(10, 30), json!(33.33)), (stats(1, 4), json!(25)), (stats(1, 0), Value::Null)]
        {
            assert_eq!(clicks_rate(&stats), rate);
        }
        let campaign = json!({"subjectA": "A", "subjectB": "B"});
        assert_eq!((own(&campaign, "subject"), own(&campaign, "name")), (json!("A | B"), Value::Null));
    }
}
