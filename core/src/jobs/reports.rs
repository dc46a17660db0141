//! Export of the reports of transactional messages, by day or month, over any span.

use macro_rules_attribute::apply;
use serde_json::{Map, Value, json};

use super::events::{day, day_text};
use super::notes::Notes;
use super::stream::Column;
use super::target::{FileFormat, Output};
use super::{Job, Progress, Report, call_by, deadline, model_of, take_list};
use crate::api::transactional_emails::{GetAggregatedSmtpReport, GetSmtpReport};
use crate::api::transactional_sms::{GetTransacAggregatedSmsReport, GetTransacSmsReport};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::schema::{Date, Operation as _, Spec, Ty, Typed};

/// Days that one call for daily figures may span: the limit for e-mail (source: SDK 5.1). For SMS none
/// is documented, so the same is taken.
const SPAN: i64 = 30;

/// Row of the table.
pub static EMAIL: Job = Job {
    resource: "transactional_emails",
    name: "export_email_reports",
    arguments: model_of::<ExportReportsArguments>(),
    output: ExportReportsResult::TY,
    rows: Some(EmailReportRow::TY),
    doc: "Writes the figures of transactional emails over any span to a file, a row per day or month, oldest\n\
          first: CSV, or JSON Lines by its ending.\n\n\
          Columns are `date` (or `month`, as `YYYY-MM`) and every figure by its name on the wire. Months at the ends\n\
          of the span count the days within it. Days are told 30 at a call, a month takes a call, and 300 calls an\n\
          hour are allowed; progress tells at the start how many there will be. Unique opens and clicks count each\n\
          email once within the row, so the sum of days is more than that of their month.\n\
          With `checkpoint_path` an export that broke off goes on where it stopped when it is started again with\n\
          the same arguments.",
};

/// Row of the table.
pub static SMS: Job = Job {
    resource: "transactional_sms",
    name: "export_sms_reports",
    arguments: model_of::<ExportReportsArguments>(),
    output: ExportReportsResult::TY,
    rows: Some(SmsReportRow::TY),
    doc: "Writes the figures of transactional SMS over any span to a file, a row per day or month, oldest first:\n\
          CSV, or JSON Lines by its ending.\n\n\
          Columns are `date` (or `month`, as `YYYY-MM`) and every figure by its name on the wire. Months at the ends\n\
          of the span count the days within it. Days are told 30 at a call, a month takes a call, and 100 calls an\n\
          hour are allowed; progress tells at the start how many there will be.\n\
          With `checkpoint_path` an export that broke off goes on where it stopped when it is started again with\n\
          the same arguments.",
};

/// How much time a row of a report covers.
#[apply(open_enum!)]
pub enum ReportInterval {
    Day = "day",
    Month = "month",
}

/// Arguments of `transactional_emails.export_email_reports` and of `transactional_sms.export_sms_reports`.
#[apply(model!)]
pub struct ExportReportsArguments {
    /// First day, as `YYYY-MM-DD`.
    pub start_date: Date,
    /// Last day, which is included.
    pub end_date: Date,
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Form of the file; by its ending by default (`.jsonl`, `.ndjson`, `.json`: JSON Lines).
    pub format: Option<FileFormat>,
    /// What a row covers; a day by default.
    #[api(default = "day")]
    pub interval: Option<ReportInterval>,
    /// Only messages with this label.
    pub tag: Option<String>,
    /// File that keeps what was learnt, so that the export can go on after it broke off; removed at the end.
    pub checkpoint_path: Option<String>,
    /// Seconds to wait at most for rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// What an export of reports has done.
#[apply(model!)]
pub struct ExportReportsResult {
    /// Days or months written.
    pub rows: i64,
    /// The file.
    pub path: String,
    /// Its columns.
    pub columns: Vec<String>,
}

/// Figures of the transactional emails of a day or month.
#[apply(model!)]
pub struct EmailReportRow {
    /// The day; by day only.
    pub date: Option<Date>,
    /// The month, as `YYYY-MM`; by month only.
    pub month: Option<String>,
    /// Number of emails that were asked to be sent.
    pub requests: Option<i64>,
    /// Number of emails that reached the receiving server.
    pub delivered: Option<i64>,
    /// Number of permanent delivery failures.
    pub hard_bounces: Option<i64>,
    /// Number of temporary delivery failures.
    pub soft_bounces: Option<i64>,
    /// Number of opens, repeated ones included.
    pub opens: Option<i64>,
    /// Number of opens, counting each email once.
    pub unique_opens: Option<i64>,
    /// Number of clicks, repeated ones included.
    pub clicks: Option<i64>,
    /// Number of clicks, counting each email once.
    pub unique_clicks: Option<i64>,
    /// Number of spam complaints.
    pub spam_reports: Option<i64>,
    /// Number of emails not sent because the recipient was blocked.
    pub blocked: Option<i64>,
    /// Number of emails to addresses that are not valid.
    pub invalid: Option<i64>,
    /// Number of recipients who unsubscribed.
    pub unsubscribed: Option<i64>,
}

/// Figures of the transactional SMS of a day or month.
#[apply(model!)]
pub struct SmsReportRow {
    /// The day; by day only.
    pub date: Option<Date>,
    /// The month, as `YYYY-MM`; by month only.
    pub month: Option<String>,
    /// Number of sending requests.
    pub requests: Option<i64>,
    /// Number of messages accepted for delivery.
    pub accepted: Option<i64>,
    /// Number of messages delivered.
    pub delivered: Option<i64>,
    /// Number of messages that failed permanently.
    pub hard_bounces: Option<i64>,
    /// Number of messages that failed temporarily.
    pub soft_bounces: Option<i64>,
    /// Number of messages to blocklisted recipients, thus not sent.
    pub blocked: Option<i64>,
    /// Number of messages rejected.
    pub rejected: Option<i64>,
    /// Number of messages skipped.
    pub skipped: Option<i64>,
    /// Number of messages that got a reply.
    pub replied: Option<i64>,
    /// Number of recipients who opted out.
    pub unsubscribed: Option<i64>,
}

/// Exports reports. `arguments` were checked against the job's model. Progress counts calls.
pub(super) async fn export_reports(
    client: &Client,
    job: &Job,
    mut arguments: Map<String, Value>,
    output: Output,
    progress: Report<'_>,
) -> Result<ExportReportsResult> {
    let (daily, monthly, row): (&'static Spec, &'static Spec, Ty) = match job.resource {
        "transactional_emails" => (GetSmtpReport::SPEC, GetAggregatedSmtpReport::SPEC, EmailReportRow::TY),
        _ => (GetTransacSmsReport::SPEC, GetTransacAggregatedSmsReport::SPEC, SmsReportRow::TY),
    };
    let mut text = |name: &str| arguments.remove(name).and_then(|value| value.as_str().map(str::to_owned));
    let (path, format) = (text("path").unwrap_or_default(), text("format").as_deref().map(FileFormat::from));
    let (interval, checkpoint) = (text("interval"), text("checkpointPath"));
    let by_month = match interval.as_deref() {
        None | Some("day") => false,
        Some("month") => true,
        Some(other) => {
            return Err(Error::argument(
                "interval",
                format!("`{other}` is no interval; known are day, month"),
            ));
        }
    };
    let deadline = deadline(arguments.remove("timeout").and_then(|value| value.as_f64()));
    let (first, last) =
        (day(&arguments, "startDate", "start_date")?, day(&arguments, "endDate", "end_date")?);
    if last < first {
        return Err(Error::argument("end_date", "the last day is before the first"));
    }
    let unwanted = if by_month { "date" } else { "month" };
    let columns = Column::of(&row).into_iter().filter(|column| column.name != unwanted).collect();
    let mut file = output.open(&path, format.as_ref(), columns).await?;
    let names = file.names();
    let identity = json!([job.name, arguments, by_month]);
    let (mut notes, lines) = Notes::open(checkpoint.as_deref(), &identity)?;
    let mut known = lines.into_iter();
    let spans = spans(first, last, by_month);
    let (total, mut rows) = (spans.len() as u64, 0);
    progress(&Progress::of("read", 0, Some(total)));
    for (done, (from, to)) in spans.into_iter().enumerate() {
        let days = match known.next() {
            Some(days) => days,
            None => {
                let mut query = arguments.clone();
                query.insert("startDate".to_owned(), day_text(from).into());
                query.insert("endDate".to_owned(), day_text(to).into());
                let days = if by_month {
                    let mut month = call_by(client, monthly, query, deadline).await?;
                    month["month"] = day_text(from)[..7].into();
                    Value::from(vec![month])
                } else {
                    query.insert("sort".to_owned(), "asc".into());
                    if let Some(size) = daily.field("limit") {
                        query.insert(size.wire().to_owned(), SPAN.into());
                    }
                    let mut body = call_by(client, daily, query, deadline).await?;
                    take_list(&mut body, "reports").into()
                };
                notes.add(&days)?;
                days
            }
        };
        for day in days.as_array().into_iter().flatten() {
            file.row(&names.iter().map(|name| day.get(name)).collect::<Vec<_>>())?;
            rows += 1;
        }
        progress(&Progress::of("read", done as u64 + 1, Some(total)));
        file.page().await?;
    }
    file.finish().await?;
    notes.remove()?;
    Ok(ExportReportsResult { rows, path, columns: names })
}

/// Cuts days into spans that follow on each other and share none.
fn spans(first: i64, last: i64, by_month: bool) -> Vec<(i64, i64)> {
    let mut spans = Vec::new();
    let mut from = first;
    while from <= last {
        let end = if by_month {
            let month = day_text(from)[..7].to_owned();
            (from..).take_while(|day| day_text(*day).starts_with(&month)).last().unwrap_or(from)
        } else {
            from + SPAN - 1
        };
        spans.push((from, end.min(last)));
        from = end + 1;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::super::statistics::day_of;
    use super::*;
    use crate::api::transactional_emails::GetSmtpReportResponseReportsItem;
    use crate::api::transactional_sms::GetTransacSmsReportResponseReportsItem;

    #[test]
    fn spans_share_no_day_and_leave_none_out() {
        let day = |text: &str| day_of(text).expect("a day");
        let texts = |first, last, by_month| -> Vec<String> {
            let spans = spans(day(first), day(last), by_month).into_iter();
            spans.map(|(from, to)| format!("{} {}", day_text(from), day_text(to))).collect()
        };
        assert_eq!(
            texts("2024-01-15", "2024-02-14", false),
            ["2024-01-15 2024-02-13", "2024-02-14 2024-02-14"]
        );
        assert_eq!(
            texts("2024-01-15", "2024-03-01", true),
            ["2024-01-15 2024-01-31", "2024-02-01 2024-02-29", "2024-03-01 2024-03-01"]
        );
        assert_eq!(texts("2024-05-05", "2024-05-05", true), ["2024-05-05 2024-05-05"]);
    }

    /// What Brevo tells of a day is what a row has.
    #[test]
    fn a_row_has_every_figure() {
        for (row, item) in [
            (EmailReportRow::TY, GetSmtpReportResponseReportsItem::TY),
            (SmsReportRow::TY, GetTransacSmsReportResponseReportsItem::TY),
        ] {
            let names = |ty: &Ty| -> Vec<String> {
                let mut names: Vec<String> = Column::of(ty).into_iter().map(|column| column.name).collect();
                names.retain(|name| name != "month");
                names.sort();
                names
            };
            assert_eq!(names(&row), names(&item));
        }
    }
}
