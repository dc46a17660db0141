//! Export of the recipients of a campaign, by what they did with it.

use std::io::Write as _;
use std::time::{Duration, Instant};

use macro_rules_attribute::apply;
use serde_json::{Map, Value, json};

use super::csv::{Reader, Row};
use super::notes::Notes;
use super::process::wait;
use super::scratch::Scratch;
use super::stream::Column;
use super::target::{FileFormat, Output, Target, format_of};
use super::{Job, Progress, Report, blocking, call_by, deadline, io_error, model_of, text_of, to_map};
use crate::api::email_campaigns::{EmailExportRecipients, EmailExportRecipientsRequestRecipientsType};
use crate::api::sms_campaigns::{RequestSmsRecipientExport, RequestSmsRecipientExportRequestRecipientsType};
use crate::client::Client;
use crate::error::{Error, Kind, Result};
use crate::schema::{Operation as _, Spec, Ty, Typed};

/// How often a file is asked for.
const ATTEMPTS: u32 = 3;
/// Silence after which a transfer counts as broken off.
const SILENCE: Duration = Duration::from_secs(60);
/// Rows that are read at once.
const ROWS_AT_ONCE: usize = 1_000;

/// Row of the table.
pub static EMAIL: Job = Job {
    resource: "email_campaigns",
    name: "export_campaign_recipients",
    arguments: model_of::<ExportCampaignRecipientsArguments>(),
    output: ExportRecipientsResult::TY,
    rows: Some(Ty::Map(&Ty::String)),
    doc: "Writes the recipients of an e-mail campaign, all or by what they did, to a file: CSV, or JSON Lines by\n\
          its ending.\n\n\
          Brevo makes the file in the background; it is waited for and fetched. Columns are those that Brevo gives:\n\
          the address, the attributes of the contact and what came of the mail. The file written is UTF-8 by\n\
          RFC 4180, whatever Brevo's is, and takes its place under its name only when it is whole.\n\
          With `checkpoint_path` an export that broke off waits for the same process when it is started again with\n\
          the same arguments. Of the file, memory holds a thousand rows; it is fetched beside the one that is\n\
          written, or into the folder for temporary files where the program reads the rows.",
};

/// Row of the table.
pub static SMS: Job = Job {
    resource: "sms_campaigns",
    name: "export_sms_campaign_recipients",
    arguments: model_of::<ExportSmsCampaignRecipientsArguments>(),
    output: ExportRecipientsResult::TY,
    rows: Some(Ty::Map(&Ty::String)),
    doc: "Writes the recipients of an SMS campaign, all or by what came of the message, to a file: CSV, or JSON\n\
          Lines by its ending.\n\n\
          Like `email_campaigns.export_campaign_recipients`.",
};

/// Arguments of `email_campaigns.export_campaign_recipients`.
#[apply(model!)]
pub struct ExportCampaignRecipientsArguments {
    /// Identifier of the campaign, which was sent.
    pub campaign_id: i64,
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Which recipients; all by default.
    #[api(default = "all")]
    pub recipients_type: Option<EmailExportRecipientsRequestRecipientsType>,
    /// Form of the file; by its ending by default (`.jsonl`, `.ndjson`, `.json`: JSON Lines).
    pub format: Option<FileFormat>,
    /// File that keeps the number of Brevo's process, so that the export can go on after it broke off; removed
    /// at the end.
    pub checkpoint_path: Option<String>,
    /// Seconds to wait at most for the process and rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// Arguments of `sms_campaigns.export_sms_campaign_recipients`.
#[apply(model!)]
pub struct ExportSmsCampaignRecipientsArguments {
    /// Identifier of the campaign, which was sent.
    pub campaign_id: i64,
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Which recipients; all by default.
    #[api(default = "all")]
    pub recipients_type: Option<RequestSmsRecipientExportRequestRecipientsType>,
    /// Form of the file; by its ending by default (`.jsonl`, `.ndjson`, `.json`: JSON Lines).
    pub format: Option<FileFormat>,
    /// File that keeps the number of Brevo's process, so that the export can go on after it broke off; removed
    /// at the end.
    pub checkpoint_path: Option<String>,
    /// Seconds to wait at most for the process and rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// What an export of recipients has done.
#[apply(model!)]
pub struct ExportRecipientsResult {
    /// Recipients written.
    pub rows: i64,
    /// The file.
    pub path: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Brevo's process that made the file.
    pub process_id: i64,
}

/// Exports the recipients of an e-mail campaign. Progress counts rows for `write`.
pub(super) async fn export_email(
    client: &Client,
    arguments: ExportCampaignRecipientsArguments,
    output: Output,
    progress: Report<'_>,
) -> Result<ExportRecipientsResult> {
    let given = arguments;
    let operation = EmailExportRecipients {
        campaign_id: given.campaign_id,
        recipients_type: given.recipients_type.unwrap_or_else(|| "all".into()),
        ..Default::default()
    };
    let (spec, query) = (EmailExportRecipients::SPEC, to_map(&operation)?);
    let (path, format, checkpoint) = (given.path, given.format, given.checkpoint_path);
    Export { client, spec, query, path, format, checkpoint, deadline: deadline(given.timeout), progress }
        .run(output)
        .await
}

/// Exports the recipients of an SMS campaign. Progress counts rows for `write`.
pub(super) async fn export_sms(
    client: &Client,
    arguments: ExportSmsCampaignRecipientsArguments,
    output: Output,
    progress: Report<'_>,
) -> Result<ExportRecipientsResult> {
    let given = arguments;
    let operation = RequestSmsRecipientExport {
        campaign_id: given.campaign_id,
        recipients_type: given.recipients_type.unwrap_or_else(|| "all".into()),
        ..Default::default()
    };
    let (spec, query) = (RequestSmsRecipientExport::SPEC, to_map(&operation)?);
    let (path, format, checkpoint) = (given.path, given.format, given.checkpoint_path);
    Export { client, spec, query, path, format, checkpoint, deadline: deadline(given.timeout), progress }
        .run(output)
        .await
}

struct Export<'a> {
    client: &'a Client,
    spec: &'static Spec,
    query: Map<String, Value>,
    path: String,
    format: Option<FileFormat>,
    checkpoint: Option<String>,
    deadline: Instant,
    progress: Report<'a>,
}

impl Export<'_> {
    async fn run(self, output: Output) -> Result<ExportRecipientsResult> {
        if output.is_file() {
            // What cannot be written fails before anything is asked for.
            let format = format_of(&self.path, self.format.as_ref())?;
            drop(Target::create(&self.path, format, Vec::new())?);
        }
        let job = json!(["recipients", self.spec.path, self.query]);
        let (mut notes, lines) = Notes::open(self.checkpoint.as_deref(), &job)?;
        let process_id = match lines.first().and_then(Value::as_i64) {
            Some(id) => id,
            None => {
                let started = call_by(self.client, self.spec, self.query.clone(), self.deadline).await?;
                let id = started.get("processId").and_then(Value::as_i64).ok_or_else(|| {
                    Error::new(Kind::Decode, "the reply to an export of recipients names no process")
                })?;
                notes.add(&id.into())?;
                id
            }
        };
        let process = match wait(self.client, process_id, self.deadline, self.progress).await {
            Ok(process) => process,
            Err(error) => {
                // A process that has failed is not waited for again.
                if matches!(error.kind(), Kind::Server | Kind::Conflict | Kind::NotFound) {
                    notes.remove()?;
                }
                return Err(error);
            }
        };
        let url = text_of(&process, "export_url").filter(|url| !url.is_empty()).ok_or_else(|| {
            let message = format!("process {process_id} has ended without a file");
            Error::new(Kind::Decode, message)
        })?;
        let scratch = if output.is_file() { Scratch::near(&self.path)? } else { Scratch::temporary() };
        self.fetch(&url, &scratch, process_id).await?;
        let (rows, columns) = self.write(&scratch, output, process_id).await?;
        notes.remove()?;
        Ok(ExportRecipientsResult { rows, path: self.path, columns, process_id })
    }

    /// Fetches the file. It lies on another host, which gets no key.
    async fn fetch(&self, url: &str, scratch: &Scratch, process: i64) -> Result<()> {
        let mut earlier = String::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            match self.try_fetch(url, scratch).await? {
                Ok(()) => return Ok(()),
                Err(why) => earlier = why,
            }
        }
        let message = format!("the file of process {process} {earlier}: {url}");
        Err(Error::new(Kind::Connection, message)
            .with_advice("Fetch it from this address, or start the export again."))
    }

    /// Fails for good where the file cannot be kept.
    async fn try_fetch(&self, url: &str, scratch: &Scratch) -> Result<Result<(), String>> {
        let failed = |error: reqwest::Error| format!("cannot be fetched ({})", error.without_url());
        let request = self.client.http()?.get(url);
        let mut response = match tokio::time::timeout(SILENCE, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Ok(Err(failed(error))),
            Err(_) => return Ok(Err("is not given".to_owned())),
        };
        if !response.status().is_success() {
            return Ok(Err(format!("was answered with HTTP {}", response.status().as_u16())));
        }
        let mut file = scratch.create()?;
        let mut told = Progress::of("fetch", 0, None);
        told.total_bytes = response.content_length();
        let mut bytes = 0;
        loop {
            let chunk = match tokio::time::timeout(SILENCE, response.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => return Ok(Err(failed(error))),
                Err(_) => return Ok(Err("stops coming".to_owned())),
            };
            file.write_all(&chunk).map_err(|error| io_error(&scratch.name(), error))?;
            bytes += chunk.len() as u64;
            told.bytes = Some(bytes);
            (self.progress)(&told);
        }
        Ok(Ok(()))
    }

    /// Writes the rows of the file that was fetched.
    async fn write(&self, scratch: &Scratch, output: Output, process: i64) -> Result<(i64, Vec<String>)> {
        let name = scratch.name();
        let opened = blocking(move || -> Result<_> {
            let mut reader = Reader::open(&name, None, None)?;
            let mut header = Row::default();
            let has_header = reader.next_row(&mut header).map_err(|error| io_error(&name, error))?;
            Ok((reader, if has_header { header.texts() } else { Vec::new() }))
        });
        let (mut reader, header) = opened.await??;
        if header.iter().any(|name| name.starts_with("PK\u{3}\u{4}")) {
            let message = format!("the file of process {process} is an archive and no CSV");
            return Err(Error::new(Kind::Decode, message));
        }
        let header = distinct(header);
        let columns = header.iter().map(|name| Column::new(name.as_str(), Ty::String)).collect();
        let mut target = output.open(&self.path, self.format.as_ref(), columns).await?;
        let mut rows = 0;
        loop {
            let name = scratch.name();
            let read = blocking(move || -> Result<_> {
                let (mut rows, mut row) = (Vec::new(), Row::default());
                while rows.len() < ROWS_AT_ONCE {
                    match reader.next_row(&mut row).map_err(|error| io_error(&name, error))? {
                        true => rows.push(row.texts()),
                        false => break,
                    }
                }
                Ok((reader, rows))
            });
            let page;
            (reader, page) = read.await??;
            for row in &page {
                let values: Vec<Option<Value>> = (0..header.len())
                    .map(|at| row.get(at).filter(|text| !text.is_empty()).map(|text| text.as_str().into()))
                    .collect();
                target.row(&values.iter().map(Option::as_ref).collect::<Vec<_>>())?;
            }
            rows += page.len() as i64;
            (self.progress)(&Progress::of("write", rows as u64, None));
            target.page().await?;
            if page.len() < ROWS_AT_ONCE {
                break;
            }
        }
        target.finish().await?;
        Ok((rows, header))
    }
}

/// Names of columns, each once.
fn distinct(names: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for name in names {
        let name = name.trim().to_owned();
        let free = (1..).map(|n| if n == 1 { name.clone() } else { format!("{name}_{n}") });
        out.extend(free.into_iter().find(|name| !out.contains(name)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_names_of_their_own() {
        let names = ["EMAIL", " TOWN", "EMAIL", "EMAIL_2", ""].map(str::to_owned).to_vec();
        assert_eq!(distinct(names), ["EMAIL", "TOWN", "EMAIL_2", "EMAIL_2_2", ""]);
    }
}
