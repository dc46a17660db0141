//! Export of the events of transactional messages, over any span.

use macro_rules_attribute::apply;
use serde_json::{Map, Value, json};

use super::entries::Entries;
use super::export::checkpointed;
use super::statistics::day_of;
use super::stream::Column;
use super::target::{FileFormat, Output, Target, format_of, replace};
use super::{Job, Progress, Report, deadline, io_error, model_of, reply_by};
use crate::api::transactional_emails::{
    EmailEvent, GetEmailEventReport, GetEmailEventReportResponseEventsItem,
};
use crate::api::transactional_sms::{GetSmsEvents, GetSmsEventsResponseEventsItem, SmsEvent};
use crate::api::transactional_whats_app::{
    GetWhatsappEventReport, GetWhatsappEventReportResponseEventsItem, WhatsappEvent,
};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::schema::{Date, Model, Operation as _, Spec, Ty, Typed};

/// Days that one call may span: the limit for e-mail (source: SDK 5.1). For the others none is
/// documented, so what WhatsApp covers by default is taken.
const EMAIL_SPAN: i64 = 90;
const OTHER_SPAN: i64 = 30;

/// Row of the table.
pub static EMAIL: Job = Job {
    resource: "transactional_emails",
    name: "export_email_events",
    arguments: model_of::<ExportEmailEventsArguments>(),
    output: ExportEventsResult::TY,
    rows: Some(GetEmailEventReportResponseEventsItem::TY),
    doc: "Writes the events of transactional emails over any span to a file: CSV, or JSON Lines by its ending.\n\n\
          A row per event, oldest first; columns are the keys of an event. The file takes its place under its\n\
          name only when it is whole.\n\
          Brevo tells 90 days at a time, so a longer span is cut into spans of whole days that follow on each\n\
          other and share none: no event is lost or doubled between them. A call gives 5000 events, and 300 calls\n\
          an hour are allowed. Events have no identifiers: where Brevo adds or takes away past events while pages\n\
          are read, that cannot be known. Memory holds a page. With `checkpoint_path` an export that broke off, or\n\
          was killed, goes on where it stopped when it is started again with the same arguments.",
};

/// Row of the table.
pub static SMS: Job = Job {
    resource: "transactional_sms",
    name: "export_sms_events",
    arguments: model_of::<ExportSmsEventsArguments>(),
    output: ExportEventsResult::TY,
    rows: Some(GetSmsEventsResponseEventsItem::TY),
    doc: "Writes the events of transactional SMS over any span to a file: CSV, or JSON Lines by its ending.\n\n\
          A row per event, oldest first; columns are the keys of an event. The file takes its place under its\n\
          name only when it is whole.\n\
          The span is cut into spans of 30 whole days that follow on each other and share none. A call gives 100\n\
          events, and 100 calls an hour are allowed. Memory holds a page. With `checkpoint_path` an export that\n\
          broke off, or was killed, goes on where it stopped when it is started again with the same arguments.",
};

/// Row of the table.
pub static WHATSAPP: Job = Job {
    resource: "transactional_whats_app",
    name: "export_whatsapp_events",
    arguments: model_of::<ExportWhatsappEventsArguments>(),
    output: ExportEventsResult::TY,
    rows: Some(GetWhatsappEventReportResponseEventsItem::TY),
    doc: "Writes the events of WhatsApp messages over any span to a file: CSV, or JSON Lines by its ending.\n\n\
          A row per event, oldest first; columns are the keys of an event. The file takes its place under its\n\
          name only when it is whole.\n\
          The span is cut into spans of 30 whole days that follow on each other and share none. A call gives\n\
          10000 events, and 100 calls an hour are allowed. Memory holds a page. With `checkpoint_path` an export\n\
          that broke off, or was killed, goes on where it stopped when it is started again with the same arguments.",
};

/// Arguments of `transactional_emails.export_email_events`.
#[apply(model!)]
pub struct ExportEmailEventsArguments {
    /// First day, as `YYYY-MM-DD`.
    pub start_date: Date,
    /// Last day, which is included.
    pub end_date: Date,
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Form of the file; by its ending by default (`.jsonl`, `.ndjson`, `.json`: JSON Lines).
    pub format: Option<FileFormat>,
    /// Only events of this kind.
    pub event: Option<EmailEvent>,
    /// Only events of this recipient.
    pub email: Option<String>,
    /// Only events of this message.
    pub message_id: Option<String>,
    /// Only events of messages by this template.
    pub template_id: Option<i64>,
    /// Only events of messages with these labels, as text holding a serialized array.
    pub tags: Option<String>,
    /// File that keeps how far the export has come, so that it can go on after it broke off; removed at the end.
    pub checkpoint_path: Option<String>,
    /// Seconds to wait at most for rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// Arguments of `transactional_sms.export_sms_events`.
#[apply(model!)]
pub struct ExportSmsEventsArguments {
    /// First day, as `YYYY-MM-DD`.
    pub start_date: Date,
    /// Last day, which is included.
    pub end_date: Date,
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Form of the file; by its ending by default (`.jsonl`, `.ndjson`, `.json`: JSON Lines).
    pub format: Option<FileFormat>,
    /// Only events of this kind.
    pub event: Option<SmsEvent>,
    /// Only events of this recipient.
    pub phone_number: Option<String>,
    /// Only events of messages with these labels, as text holding a serialized array.
    pub tags: Option<String>,
    /// File that keeps how far the export has come, so that it can go on after it broke off; removed at the end.
    pub checkpoint_path: Option<String>,
    /// Seconds to wait at most for rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// Arguments of `transactional_whats_app.export_whatsapp_events`.
#[apply(model!)]
pub struct ExportWhatsappEventsArguments {
    /// First day, as `YYYY-MM-DD`.
    pub start_date: Date,
    /// Last day, which is included.
    pub end_date: Date,
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Form of the file; by its ending by default (`.jsonl`, `.ndjson`, `.json`: JSON Lines).
    pub format: Option<FileFormat>,
    /// Only events of this kind.
    pub event: Option<WhatsappEvent>,
    /// Only events of this recipient.
    pub contact_number: Option<String>,
    /// File that keeps how far the export has come, so that it can go on after it broke off; removed at the end.
    pub checkpoint_path: Option<String>,
    /// Seconds to wait at most for rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// What an export has done.
#[apply(model!)]
pub struct ExportEventsResult {
    /// Events written.
    pub rows: i64,
    /// The file.
    pub path: String,
    /// Its columns.
    pub columns: Vec<String>,
}

/// Where events come from.
struct Kind {
    spec: &'static Spec,
    event: fn() -> &'static Model,
    span: i64,
}

/// Exports events. `arguments` were checked against the job's model. Progress counts events.
pub(super) async fn export_events(
    client: &Client,
    job: &Job,
    mut arguments: Map<String, Value>,
    output: Output,
    progress: Report<'_>,
) -> Result<ExportEventsResult> {
    let kind = match job.resource {
        "transactional_emails" => Kind {
            spec: GetEmailEventReport::SPEC,
            event: model_of::<GetEmailEventReportResponseEventsItem>(),
            span: EMAIL_SPAN,
        },
        "transactional_sms" => Kind {
            spec: GetSmsEvents::SPEC,
            event: model_of::<GetSmsEventsResponseEventsItem>(),
            span: OTHER_SPAN,
        },
        _ => Kind {
            spec: GetWhatsappEventReport::SPEC,
            event: model_of::<GetWhatsappEventReportResponseEventsItem>(),
            span: OTHER_SPAN,
        },
    };
    let deadline = deadline(arguments.remove("timeout").and_then(|value| value.as_f64()));
    let format = arguments.remove("format");
    let format = format.as_ref().and_then(Value::as_str).map(FileFormat::from);
    let mut text = |name: &str| arguments.remove(name).and_then(|text| text.as_str().map(str::to_owned));
    let (path, checkpoint) = (text("path").unwrap_or_default(), text("checkpointPath"));
    let (first, last) =
        (day(&arguments, "startDate", "start_date")?, day(&arguments, "endDate", "end_date")?);
    if last < first {
        return Err(Error::argument("end_date", "the last day is before the first"));
    }
    let columns = Column::of(&Ty::Model(kind.event));
    let identity = json!({"job": job.name, "arguments": arguments, "path": path, "format": format});
    let (mut rows, mut from, mut offset, mut length) = (0, first, 0, 0);
    if let Some(checkpoint) = &checkpoint
        && let Some(found) = checkpointed(checkpoint, &identity)?
    {
        let number = |name: &str| found.get(name).and_then(Value::as_i64).unwrap_or(0);
        (rows, from, offset) = (number("rows"), number("from"), number("offset"));
        length = number("length") as u64;
    }
    let mut file = match &checkpoint {
        Some(_) => Target::resume(&path, format_of(&path, format.as_ref())?, columns, length)?,
        None => output.open(&path, format.as_ref(), columns).await?,
    };
    let columns = file.names();
    let mut events = Entries::new(&["events"], &file, None);
    let size = kind.spec.page_size().and_then(|field| field.limits().max).unwrap_or(100);
    while from <= last {
        let to = last.min(from + kind.span - 1);
        loop {
            let mut query = arguments.clone();
            query.insert("startDate".to_owned(), day_text(from).into());
            query.insert("endDate".to_owned(), day_text(to).into());
            query.insert("sort".to_owned(), "asc".into());
            query.insert("limit".to_owned(), size.into());
            query.insert("offset".to_owned(), offset.into());
            events.read(&reply_by(client, kind.spec, query, deadline).await?)?;
            events.write(&mut file)?;
            offset += events.len() as i64;
            rows += events.len() as i64;
            progress(&Progress::of("read", rows as u64, None));
            file.page().await?;
            let is_over = (events.len() as i64) < size;
            if let Some(path) = &checkpoint {
                let mut state = identity.clone();
                let (from, offset) = if is_over { (to + 1, 0) } else { (from, offset) };
                (state["rows"], state["from"], state["offset"]) = (rows.into(), from.into(), offset.into());
                state["length"] = file.settle()?.into();
                replace(path, state.to_string().as_bytes())?;
            }
            if is_over {
                break;
            }
        }
        (from, offset) = (to + 1, 0);
    }
    // Without its checkpoint a file in the making counts for nothing, so this comes first.
    if let Some(path) = &checkpoint {
        std::fs::remove_file(path).map_err(|error| io_error(path, error))?;
    }
    file.finish().await?;
    Ok(ExportEventsResult { rows, path, columns })
}

pub(super) fn day(arguments: &Map<String, Value>, wire: &str, name: &str) -> Result<i64> {
    let text = arguments.get(wire).and_then(Value::as_str).unwrap_or_default();
    // There and back, so that the 30th of February is none.
    match day_of(text).filter(|day| day_text(*day) == text) {
        Some(day) => Ok(day),
        None => Err(Error::argument(name, "expected a day, as `YYYY-MM-DD`")),
    }
}

/// The date that so many days after the start of 1970 is.
pub(super) fn day_text(day: i64) -> String {
    // Eras of 400 years, whose years begin in March and have their leap day at the end.
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    format!("{:04}-{month:02}-{date:02}", era * 400 + year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_there_and_back() {
        for day in (-800_000..800_000).step_by(17) {
            let text = day_text(day);
            assert!(day < -719_000 || day_of(&text) == Some(day), "{text}");
        }
        assert_eq!((day_text(0), day_text(11_016)), ("1970-01-01".to_owned(), "2000-02-29".to_owned()));
    }
}
