//! Export of the statistics of e-mail campaigns.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use macro_rules_attribute::apply;
use serde_json::Value;

use super::csv::Writer;
use super::{Job, Progress, Report, call, cell, deadline, model_of, take_list};
use crate::api::email_campaigns::{
    EmailCampaignType, GetEmailCampaign, GetEmailCampaigns, GetEmailCampaignsRequestStatus,
};
use crate::api::shared::{GetCampaignStats, Sort};
use crate::client::Client;
use crate::error::Result;
use crate::schema::Typed;

/// Page size: the maximum of the endpoint.
const PAGE: i64 = 100;
/// Age from which the list no longer gives all figures, in days: six months, cautiously.
const OLD: i64 = 180;
/// Columns before the figures, by their names on the wire.
const COLUMNS: [&str; 7] = ["id", "name", "subject", "type", "status", "scheduledAt", "sentDate"];

/// Row of the table.
pub static JOB: Job = Job {
    resource: "email_campaigns",
    name: "export_statistics",
    arguments: model_of::<ExportStatisticsArguments>(),
    output: ExportStatisticsResult::TY,
    rows: None,
    doc: &[
        " Writes the figures of e-mail campaigns to a CSV file, a campaign per row.",
        "",
        " Columns: `id`, `name`, `subject`, `type`, `status`, `scheduledAt`, `sentDate`, every global figure by",
        " its name on the wire, and `clicksRate`, worked out here: unique clicks in percent of mails delivered.",
        " The file is UTF-8 by RFC 4180 and takes its place under its name only when it is whole.",
        " Campaigns are listed 100 per call. The list has figures of the last six months only, so older",
        " campaigns, and those named by `campaign_ids`, take a call each; Brevo allows 100 such calls an hour.",
    ],
};

/// Arguments of `email_campaigns.export_statistics`.
#[apply(model!)]
pub struct ExportStatisticsArguments {
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Identifiers of the campaigns; by default all campaigns are written. Excludes the filters.
    pub campaign_ids: Option<Vec<i64>>,
    /// Only campaigns in this state.
    pub status: Option<GetEmailCampaignsRequestStatus>,
    /// Only campaigns of this kind.
    pub r#type: Option<EmailCampaignType>,
    /// Seconds to wait at most for rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// What an export has done.
#[apply(model!)]
pub struct ExportStatisticsResult {
    /// Campaigns written.
    pub rows: i64,
    /// The file.
    pub path: String,
    /// Its columns.
    pub columns: Vec<String>,
}

/// Exports statistics. Progress counts campaigns.
pub async fn export_statistics(
    client: &Client,
    arguments: ExportStatisticsArguments,
    progress: Report<'_>,
) -> Result<ExportStatisticsResult> {
    let ExportStatisticsArguments { path, campaign_ids, status, r#type, timeout } = arguments;
    let deadline = deadline(timeout);
    if campaign_ids.is_some() && (status.is_some() || r#type.is_some()) {
        let message = "campaigns are chosen either by their identifiers or by filters";
        return Err(crate::Error::argument("campaign_ids", message));
    }
    let figures = figures();
    let columns: Vec<String> =
        COLUMNS.iter().chain(&figures).chain(&["clicksRate"]).map(|name| (*name).to_owned()).collect();
    let mut file = Writer::create(&path)?;
    file.row(&columns)?;
    let mut rows = 0;
    if let Some(ids) = campaign_ids {
        let total = Some(ids.len() as u64);
        for id in ids {
            file.row(row(&single(client, id, deadline).await?, &figures))?;
            rows += 1;
            progress(&Progress::of("read", rows as u64, total));
        }
    } else {
        let today = today();
        loop {
            let page = GetEmailCampaigns {
                r#type: r#type.clone(),
                status: status.clone(),
                statistics: Some("globalStats".into()),
                limit: Some(PAGE),
                offset: Some(rows),
                sort: Some(Sort::from("asc")),
                exclude_html_content: Some(true),
                ..Default::default()
            };
            let mut body = call(client, page, deadline).await?;
            let campaigns = take_list(&mut body, "campaigns");
            let total = body.get("count").and_then(Value::as_u64);
            for campaign in &campaigns {
                match campaign.get("id").and_then(Value::as_i64) {
                    Some(id) if lacks_figures(campaign, today) => {
                        file.row(row(&single(client, id, deadline).await?, &figures))?;
                    }
                    _ => file.row(row(campaign, &figures))?,
                }
                rows += 1;
                progress(&Progress::of("read", rows as u64, total));
            }
            if (campaigns.len() as i64) < PAGE {
                break;
            }
        }
    }
    file.finish()?;
    Ok(ExportStatisticsResult { rows, path, columns })
}

async fn single(client: &Client, id: i64, deadline: Instant) -> Result<Value> {
    let campaign = GetEmailCampaign {
        campaign_id: id,
        statistics: Some("globalStats".into()),
        exclude_html_content: Some(true),
    };
    call(client, campaign, deadline).await
}

/// Every global figure, by its name on the wire.
fn figures() -> Vec<&'static str> {
    let fields = model_of::<GetCampaignStats>()().fields;
    fields.iter().map(|field| field.wire).filter(|name| *name != "listId").collect()
}

fn global(campaign: &Value) -> Option<&Value> {
    campaign.pointer("/statistics/globalStats")
}

/// Whether the list may not have told everything about a campaign that was sent.
fn lacks_figures(campaign: &Value, today: i64) -> bool {
    let Some(sent) = campaign.get("sentDate").and_then(Value::as_str).filter(|date| !date.is_empty()) else {
        return false;
    };
    let is_old = day_of(sent).is_none_or(|day| today - day >= OLD);
    let figures = global(campaign).and_then(Value::as_object);
    let is_blank = figures.is_none_or(|figures| figures.values().all(|n| n.as_f64().unwrap_or(0.0) == 0.0));
    is_old || is_blank
}

fn row(campaign: &Value, figures: &[&str]) -> Vec<String> {
    let figure = |name: &str| global(campaign).and_then(|figures| figures.get(name));
    let number = |name: &str| figure(name).and_then(Value::as_f64);
    let own = COLUMNS.iter().map(|name| match (*name, campaign.get("subject")) {
        // A test of two subjects has no subject of its own.
        ("subject", None | Some(Value::Null)) => {
            let both = ["subjectA", "subjectB"].map(|name| cell(campaign.get(name)));
            both.into_iter().filter(|subject| !subject.is_empty()).collect::<Vec<_>>().join(" | ")
        }
        _ => cell(campaign.get(name)),
    });
    let rate = match (number("uniqueClicks"), number("delivered")) {
        (Some(clicks), Some(delivered)) if delivered > 0.0 => {
            format!("{}", (clicks / delivered * 10_000.0).round() / 100.0)
        }
        _ => String::new(),
    };
    own.chain(figures.iter().map(|name| cell(figure(name)))).chain([rate]).collect()
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
            |sent: Value, figures: Value| json!({"sentDate": sent, "statistics": {"globalStats": figures}});
        let today = day_of("2026-11-23").unwrap();
        let some = json!({"sent": 10, "delivered": 9});
        for (campaign, expected) in [
            (campaign(json!("2026-11-01T00:00:00Z"), some.clone()), false),
            (campaign(json!("2026-01-01T00:00:00Z"), some.clone()), true),
            (campaign(json!("2026-11-01T00:00:00Z"), json!({"sent": 0})), true),
            (campaign(json!("2026-11-01T00:00:00Z"), Value::Null), true),
            (campaign(Value::Null, Value::Null), false),
            (campaign(json!(""), json!({"sent": 0})), false),
        ] {
            assert_eq!(lacks_figures(&campaign, today), expected, "{campaign}");
        }
    }

    #[test]
    fn a_row_has_every_figure_and_the_rate_of_clicks() {
        let campaign = json!({"id": 7, "name": "Spring", "subjectA": "A", "subjectB": "B", "status": "sent",
            "statistics": {"globalStats": {"delivered": 30, "uniqueClicks": 10, "opensRate": 12.5}}});
        let figures = figures();
        assert_eq!(figures.len(), 17);
        let row = row(&campaign, &figures);
        assert_eq!(row.len(), COLUMNS.len() + figures.len() + 1);
        assert_eq!(row[..7], ["7", "Spring", "A | B", "", "sent", "", ""]);
        let at = |name: &str| &row[7 + figures.iter().position(|figure| *figure == name).unwrap()];
        assert_eq!(
            (at("delivered").as_str(), at("opensRate").as_str(), at("viewed").as_str()),
            ("30", "12.5", "")
        );
        assert_eq!(row.last().unwrap(), "33.33");
    }
}
