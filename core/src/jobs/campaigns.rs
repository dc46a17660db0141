//! Export of the statistics of campaigns by SMS and WhatsApp, which the listing tells.

use macro_rules_attribute::apply;
use serde_json::{Map, Value};

use super::listing::Listing;
use super::stream::Column;
use super::target::{FileFormat, Output};
use super::{Job, Progress, Report, cell, deadline, model_of, to_map};
use crate::api::sms_campaigns::{GetSmsCampaigns, SmsCampaignStatus};
use crate::api::whats_app_campaigns::{GetWhatsAppCampaigns, WhatsappCampaignStatus};
use crate::client::Client;
use crate::error::Result;
use crate::schema::{DateTime, Operation as _, Spec, Ty, Typed};

/// Row of the table.
pub static SMS: Job = Job {
    resource: "sms_campaigns",
    name: "export_sms_statistics",
    arguments: model_of::<ExportSmsStatisticsArguments>(),
    output: ExportCampaignsResult::TY,
    rows: Some(SmsCampaignStatisticsRow::TY),
    doc: "Writes the figures of SMS campaigns to a file, a campaign per row, oldest first: CSV, or JSON Lines by its\n\
          ending.\n\n\
          The file takes its place under its name only when it is whole. Campaigns are listed 1000 per call, with\n\
          all their figures; Brevo allows 100 calls an hour.",
};

/// Row of the table.
pub static WHATSAPP: Job = Job {
    resource: "whats_app_campaigns",
    name: "export_whatsapp_statistics",
    arguments: model_of::<ExportWhatsappStatisticsArguments>(),
    output: ExportCampaignsResult::TY,
    rows: Some(WhatsappCampaignStatisticsRow::TY),
    doc: "Writes the figures of WhatsApp campaigns to a file, a campaign per row, the one that changed last at the\n\
          end: CSV, or JSON Lines by its ending.\n\n\
          The file takes its place under its name only when it is whole. Campaigns are listed 100 per call, with all\n\
          their figures; Brevo allows 100 calls an hour.",
};

/// Arguments of `sms_campaigns.export_sms_statistics`.
#[apply(model!)]
pub struct ExportSmsStatisticsArguments {
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Form of the file; by its ending by default (`.jsonl`, `.ndjson`, `.json`: JSON Lines).
    pub format: Option<FileFormat>,
    /// Only campaigns in this state.
    pub status: Option<SmsCampaignStatus>,
    /// Only campaigns sent from this moment on; goes with `end_date`.
    pub start_date: Option<DateTime>,
    /// Only campaigns sent up to this moment; goes with `start_date`.
    pub end_date: Option<DateTime>,
    /// Seconds to wait at most for rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// Arguments of `whats_app_campaigns.export_whatsapp_statistics`.
#[apply(model!)]
pub struct ExportWhatsappStatisticsArguments {
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Form of the file; by its ending by default (`.jsonl`, `.ndjson`, `.json`: JSON Lines).
    pub format: Option<FileFormat>,
    /// Only campaigns made from this moment on; goes with `end_date`.
    pub start_date: Option<DateTime>,
    /// Only campaigns made up to this moment; goes with `start_date`.
    pub end_date: Option<DateTime>,
    /// Seconds to wait at most for rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// What an export of campaigns has done.
#[apply(model!)]
pub struct ExportCampaignsResult {
    /// Campaigns written.
    pub rows: i64,
    /// The file.
    pub path: String,
    /// Its columns.
    pub columns: Vec<String>,
}

/// An SMS campaign and its figures.
#[apply(model!)]
pub struct SmsCampaignStatisticsRow {
    /// Identifier of the campaign.
    pub id: Option<i64>,
    /// Name of the campaign.
    pub name: Option<String>,
    /// Text of the message.
    pub content: Option<String>,
    /// Sender name or number shown to the recipients.
    pub sender: Option<String>,
    /// State of the campaign.
    pub status: Option<SmsCampaignStatus>,
    /// When it was made, as an ISO 8601 date-time.
    pub created_at: Option<String>,
    /// When it is or was to go out, as an ISO 8601 date-time.
    pub scheduled_at: Option<String>,
    /// When it went out, as an ISO 8601 date-time.
    pub sent_date: Option<String>,
    /// Identifiers of the lists that got it, separated by commas.
    pub lists: Option<String>,
    /// Number of messages sent.
    pub sent: Option<i64>,
    /// Number of messages delivered.
    pub delivered: Option<i64>,
    /// Number of messages still being processed.
    pub processing: Option<i64>,
    /// Number of messages that failed temporarily.
    pub soft_bounces: Option<i64>,
    /// Number of messages that failed permanently.
    pub hard_bounces: Option<i64>,
    /// Number of recipients who replied.
    pub answered: Option<i64>,
    /// Number of recipients who opted out.
    pub unsubscriptions: Option<i64>,
}

/// A WhatsApp campaign and its figures.
#[apply(model!)]
pub struct WhatsappCampaignStatisticsRow {
    /// Identifier of the campaign.
    pub id: Option<i64>,
    /// Name of the campaign.
    pub campaign_name: Option<String>,
    /// State of the campaign.
    pub campaign_status: Option<WhatsappCampaignStatus>,
    /// Identifier of the template, as text.
    pub template_id: Option<String>,
    /// When it was made, as an ISO 8601 date-time.
    pub created_at: Option<String>,
    /// When it was changed last, as an ISO 8601 date-time.
    pub modified_at: Option<String>,
    /// When it is or was to go out, as an ISO 8601 date-time.
    pub scheduled_at: Option<String>,
    /// Number of messages sent.
    pub sent: Option<i64>,
    /// Number of messages delivered.
    pub delivered: Option<i64>,
    /// Number of messages read.
    pub read: Option<i64>,
    /// Share of messages read, in percent.
    pub read_percentage: Option<f64>,
    /// Number of messages that were not sent.
    pub not_sent: Option<i64>,
    /// Number of contacts who opted out.
    pub unsubscribe: Option<i64>,
    /// Number of contacts that could not be messaged.
    pub invalidated_contacts: Option<i64>,
    /// Why the campaign failed or was refused.
    pub error_reason: Option<String>,
}

/// Exports the figures of SMS campaigns. Progress counts campaigns.
pub(super) async fn export_sms(
    client: &Client,
    arguments: ExportSmsStatisticsArguments,
    output: Output,
    progress: Report<'_>,
) -> Result<ExportCampaignsResult> {
    let given = arguments;
    let query = GetSmsCampaigns {
        status: given.status,
        start_date: given.start_date,
        end_date: given.end_date,
        ..Default::default()
    };
    let (spec, query) = (GetSmsCampaigns::SPEC, to_map(&query)?);
    let (path, format, timeout) = (given.path, given.format, given.timeout);
    let row = SmsCampaignStatisticsRow::TY;
    Export { client, spec, query, block: "statistics", row, path, format, timeout }
        .run(output, progress)
        .await
}

/// Exports the figures of WhatsApp campaigns. Progress counts campaigns.
pub(super) async fn export_whatsapp(
    client: &Client,
    arguments: ExportWhatsappStatisticsArguments,
    output: Output,
    progress: Report<'_>,
) -> Result<ExportCampaignsResult> {
    let given = arguments;
    let query =
        GetWhatsAppCampaigns { start_date: given.start_date, end_date: given.end_date, ..Default::default() };
    let (spec, query) = (GetWhatsAppCampaigns::SPEC, to_map(&query)?);
    let (path, format, timeout) = (given.path, given.format, given.timeout);
    let row = WhatsappCampaignStatisticsRow::TY;
    Export { client, spec, query, block: "stats", row, path, format, timeout }.run(output, progress).await
}

struct Export<'a> {
    client: &'a Client,
    spec: &'static Spec,
    query: Map<String, Value>,
    /// Key of the figures.
    block: &'static str,
    row: Ty,
    path: String,
    format: Option<FileFormat>,
    timeout: Option<f64>,
}

impl Export<'_> {
    async fn run(self, output: Output, progress: Report<'_>) -> Result<ExportCampaignsResult> {
        let deadline = deadline(self.timeout);
        let mut file = output.open(&self.path, self.format.as_ref(), Column::of(&self.row)).await?;
        let names = file.names();
        let mut listing = Listing::new(self.client, self.spec, self.query, deadline);
        let mut rows = 0;
        while let Some(page) = listing.next().await? {
            for campaign in &page {
                let lists = campaign.pointer("/recipients/lists").and_then(Value::as_array);
                let lists = lists.map(|ids| {
                    let ids: Vec<String> = ids.iter().map(|id| cell(Some(id))).collect();
                    Value::from(ids.join(","))
                });
                let figures = campaign.get(self.block);
                let value = |name: &String| match name.as_str() {
                    "lists" => lists.as_ref(),
                    name => campaign.get(name).or_else(|| figures.and_then(|all| all.get(name))),
                };
                file.row(&names.iter().map(value).collect::<Vec<_>>())?;
                rows += 1;
            }
            progress(&Progress::of("read", rows as u64, listing.total.map(|total| total as u64)));
            file.page().await?;
        }
        file.finish().await?;
        Ok(ExportCampaignsResult { rows, path: self.path, columns: names })
    }
}
