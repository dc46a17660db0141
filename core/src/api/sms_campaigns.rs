//! SMS campaigns.

use macro_rules_attribute::apply;

use super::shared::{
    CreatedId, GetCampaignRecipients, ProcessId, ReportLanguage, SendReportEmail, Sort,
    UpdateCampaignStatusStatus,
};
use crate::schema::DateTime;

resource! {
    "SMS campaigns.",
    GetSmsCampaigns,
    CreateSmsCampaign,
    GetSmsCampaign,
    UpdateSmsCampaign,
    DeleteSmsCampaign,
    RequestSmsRecipientExport,
    SendSmsCampaignNow,
    SendSmsReport,
    SendTestSms,
    UpdateSmsCampaignStatus,
}

/// Lists the SMS campaigns of the account.
///
/// `start_date` and `end_date` go together and filter on the sending date; they work only when
/// `status` is absent or `sent`. The reply carries the total in `count`. Calls fall under the
/// general limit of 100 per hour on standard plans (source: API limits page).
#[apply(operation!)]
#[http(GET "/smsCampaigns" -> 200 GetSmsCampaignsResponse)]
#[errors(400)]
#[page(Offset, "campaigns", "count")]
pub struct GetSmsCampaigns {
    /// Keeps only the campaigns in this state; SMS campaigns spell the running state `inProcess`,
    /// as replies do.
    pub status: Option<SmsCampaignStatus>,
    /// Start of the sending period, as `YYYY-MM-DDTHH:mm:ss.SSSZ`; required when `end_date` is
    /// given.
    pub start_date: Option<DateTime>,
    /// End of the sending period, as `YYYY-MM-DDTHH:mm:ss.SSSZ`; required when `start_date` is
    /// given.
    pub end_date: Option<DateTime>,
    /// Page size; at most 1000, 500 by default.
    #[api(min = 0, max = 1000, default = 500)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Creates an SMS campaign.
///
/// Without `scheduled_at` the campaign stays a draft. Recipients are needed before it can be
/// scheduled or sent. An account may hold a limited number of SMS campaigns, 300 or 600 depending
/// on the plan (source: platform quotas page).
#[apply(operation!)]
#[http(POST "/smsCampaigns" -> 201 CreatedId)]
#[errors(400)]
pub struct CreateSmsCampaign {
    /// Text of the message; beyond 160 characters it is billed and sent as several SMS.
    pub content: String,
    /// Name of the campaign.
    pub name: String,
    /// Brand name put in front of the text; counts towards the message length. US carriers
    /// recommend it.
    pub organisation_prefix: Option<String>,
    /// Contact lists that receive the campaign and lists that are left out.
    pub recipients: Option<SmsCampaignRecipients>,
    /// Sending time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`, preferably with the time zone.
    pub scheduled_at: Option<DateTime>,
    /// Sender name or number: up to 11 alphanumeric characters or up to 15 digits.
    #[api(max_length = 15)]
    pub sender: String,
    /// Whether the text is sent as Unicode, which shortens the capacity of each SMS; `false` by
    /// default.
    #[api(default = false)]
    pub unicode_enabled: Option<bool>,
    /// Opt-out sentence put after the text, which should name the STOP keyword; counts towards the
    /// message length.
    pub unsubscribe_instruction: Option<String>,
}

/// Fetches one SMS campaign with its recipients and statistics.
#[apply(operation!)]
#[http(GET "/smsCampaigns/{campaignId}" -> 200 GetSmsCampaignResponse)]
#[errors(400, 404)]
pub struct GetSmsCampaign {
    /// Identifier of the SMS campaign.
    pub campaign_id: i64,
}

/// Changes an SMS campaign that has not been sent yet.
///
/// Only the given fields change. An empty reply means success. A campaign already sent or being
/// processed may be refused (error codes `campaign_sent` and `campaign_processing`).
#[apply(operation!)]
#[http(PUT "/smsCampaigns/{campaignId}" -> 204 ())]
#[errors(400, 404)]
pub struct UpdateSmsCampaign {
    /// Identifier of the SMS campaign.
    pub campaign_id: i64,
    /// New text of the message; beyond 160 characters it is billed and sent as several SMS.
    pub content: Option<String>,
    /// New name of the campaign.
    pub name: Option<String>,
    /// Brand name put in front of the text; counts towards the message length. US carriers
    /// recommend it.
    pub organisation_prefix: Option<String>,
    /// Contact lists that receive the campaign and lists that are left out.
    pub recipients: Option<SmsCampaignRecipients>,
    /// Sending time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`, preferably with the time zone.
    pub scheduled_at: Option<DateTime>,
    /// Sender name or number: up to 11 alphanumeric characters or up to 15 digits.
    #[api(max_length = 15)]
    pub sender: Option<String>,
    /// Whether the text is sent as Unicode, which shortens the capacity of each SMS; `false` by
    /// default.
    #[api(default = false)]
    pub unicode_enabled: Option<bool>,
    /// Opt-out sentence put after the text, which should name the STOP keyword; counts towards the
    /// message length.
    pub unsubscribe_instruction: Option<String>,
}

/// Deletes an SMS campaign.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/smsCampaigns/{campaignId}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteSmsCampaign {
    /// Identifier of the SMS campaign.
    pub campaign_id: i64,
}

/// Starts an export of the recipients of an SMS campaign.
///
/// The export runs in the background: the reply only carries the process identifier, to be followed
/// through the process operations. The address parameter is spelled `notifyURL` on the wire, unlike
/// in the contact operations.
#[apply(operation!)]
#[http(POST "/smsCampaigns/{campaignId}/exportRecipients" -> 202 ProcessId)]
#[errors(400, 404)]
pub struct RequestSmsRecipientExport {
    /// Identifier of the SMS campaign.
    pub campaign_id: i64,
    /// Address that Brevo calls once the export is finished; the payload is not documented.
    #[serde(rename = "notifyURL")]
    #[api(format = "url")]
    pub notify_url: Option<String>,
    /// Which recipients to export, by what happened to their message.
    pub recipients_type: RequestSmsRecipientExportRequestRecipientsType,
}

/// Sends an SMS campaign at once.
///
/// An empty reply means that sending has been accepted, not that it is over. Error 402 means that
/// the account lacks SMS credits; a retry cannot help.
#[apply(operation!)]
#[http(POST "/smsCampaigns/{campaignId}/sendNow" -> 204 ())]
#[errors(400, 402, 404)]
pub struct SendSmsCampaignNow {
    /// Identifier of the SMS campaign.
    pub campaign_id: i64,
}

/// Mails the report of an SMS campaign as a PDF.
///
/// An empty reply means that the mail was accepted. The report is in French unless `language` says
/// otherwise.
#[apply(operation!)]
#[http(POST "/smsCampaigns/{campaignId}/sendReport" -> 204 ())]
#[errors(400, 404)]
pub struct SendSmsReport {
    /// Identifier of the SMS campaign.
    pub campaign_id: i64,
    /// Recipients and text of the mail that carries the report.
    pub email: SendReportEmail,
    /// Language of the report; `fr` by default.
    #[api(default = "fr")]
    pub language: Option<ReportLanguage>,
}

/// Sends an SMS campaign to one number as a test.
///
/// The number must belong to a contact of the account that is not blocklisted. An empty reply means
/// success.
#[apply(operation!)]
#[http(POST "/smsCampaigns/{campaignId}/sendTest" -> 204 ())]
#[errors(400, 404)]
pub struct SendTestSms {
    /// Identifier of the SMS campaign.
    pub campaign_id: i64,
    /// Mobile number of the test recipient, with the country code.
    pub phone_number: Option<String>,
}

/// Changes the state of an SMS campaign.
///
/// An empty reply means success. The list of values is shared with e-mail campaigns;
/// `replicateTemplate` applies to templates only (source: SDK 5.1).
#[apply(operation!)]
#[http(PUT "/smsCampaigns/{campaignId}/status" -> 204 ())]
#[errors(400, 404)]
#[repeat(Unprocessed)]
pub struct UpdateSmsCampaignStatus {
    /// Identifier of the SMS campaign.
    pub campaign_id: i64,
    /// State or action asked for, such as `suspended`, `archive`, `queued` or `replicate`.
    pub status: Option<UpdateCampaignStatusStatus>,
}

/// One SMS campaign in full.
#[apply(model!)]
pub struct GetSmsCampaignResponse {
    /// Text of the message.
    pub content: Option<String>,
    /// Creation time, as an ISO 8601 date-time.
    pub created_at: Option<String>,
    /// Identifier of the campaign.
    pub id: Option<i64>,
    /// Time of the last change, as an ISO 8601 date-time.
    pub modified_at: Option<String>,
    /// Name of the campaign.
    pub name: Option<String>,
    /// Brand name put in front of the text.
    pub organisation_prefix: Option<String>,
    /// Planned sending time, as an ISO 8601 date-time.
    pub scheduled_at: Option<String>,
    /// Sender name or number shown to the recipients.
    pub sender: Option<String>,
    /// Time of sending, as an ISO 8601 date-time; only on sent campaigns.
    pub sent_date: Option<String>,
    /// State of the campaign.
    pub status: Option<SmsCampaignStatus>,
    /// Opt-out sentence put after the text.
    pub unsubscribe_instruction: Option<String>,
    /// Lists included in and excluded from the campaign, with their names.
    pub recipients: Option<GetSmsCampaignResponseRecipients>,
    /// Counters of the campaign.
    pub statistics: Option<GetSmsCampaignStats>,
    /// Tags attached to the campaign.
    pub tags: Option<Vec<String>>,
}

/// Lists that an SMS campaign is sent to and lists it leaves out, with names.
#[apply(model!)]
pub struct GetSmsCampaignResponseRecipients {
    /// Lists whose contacts do not receive the campaign.
    pub exclusion_lists: Option<Vec<NamedId>>,
    /// Lists whose contacts receive the campaign.
    pub lists: Option<Vec<NamedId>>,
}

/// Counters of an SMS campaign.
#[apply(model!)]
pub struct GetSmsCampaignStats {
    /// Number of recipients who replied.
    pub answered: Option<i64>,
    /// Number of messages delivered.
    pub delivered: Option<i64>,
    /// Number of messages that failed permanently.
    pub hard_bounces: Option<i64>,
    /// Number of messages still being processed.
    pub processing: Option<i64>,
    /// Number of messages sent.
    pub sent: Option<i64>,
    /// Number of messages that failed temporarily.
    pub soft_bounces: Option<i64>,
    /// Number of recipients who opted out.
    pub unsubscriptions: Option<i64>,
}

/// One page of SMS campaigns.
#[apply(model!)]
pub struct GetSmsCampaignsResponse {
    /// The campaigns of this page.
    pub campaigns: Option<Vec<GetSmsCampaignsResponseCampaignsItem>>,
    /// Total number of campaigns that match.
    pub count: Option<i64>,
}

/// One SMS campaign in a listing.
#[apply(model!)]
pub struct GetSmsCampaignsResponseCampaignsItem {
    /// Text of the message.
    pub content: Option<String>,
    /// Creation time, as an ISO 8601 date-time.
    pub created_at: Option<String>,
    /// Identifier of the campaign.
    pub id: Option<i64>,
    /// Time of the last change, as an ISO 8601 date-time.
    pub modified_at: Option<String>,
    /// Name of the campaign.
    pub name: Option<String>,
    /// Brand name put in front of the text.
    pub organisation_prefix: Option<String>,
    /// Planned sending time, as an ISO 8601 date-time.
    pub scheduled_at: Option<String>,
    /// Sender name or number shown to the recipients.
    pub sender: Option<String>,
    /// Time of sending, as an ISO 8601 date-time; only on sent campaigns.
    pub sent_date: Option<String>,
    /// State of the campaign.
    pub status: Option<SmsCampaignStatus>,
    /// Opt-out sentence put after the text.
    pub unsubscribe_instruction: Option<String>,
    /// Lists included in and excluded from the campaign, by identifier only.
    pub recipients: Option<GetCampaignRecipients>,
    /// Counters of the campaign.
    pub statistics: Option<GetSmsCampaignStats>,
}

/// A list known by its numeric identifier and its name.
#[apply(model!)]
pub struct NamedId {
    /// Identifier of the list.
    pub id: Option<i64>,
    /// Name of the list.
    pub name: Option<String>,
}

/// Group of recipients of an SMS campaign to export.
#[apply(open_enum!)]
pub enum RequestSmsRecipientExportRequestRecipientsType {
    All = "all",
    Delivered = "delivered",
    Answered = "answered",
    SoftBounces = "softBounces",
    HardBounces = "hardBounces",
    Unsubscribed = "unsubscribed",
}

/// Contact lists chosen for an SMS campaign.
#[apply(model!)]
pub struct SmsCampaignRecipients {
    /// Identifiers of the lists whose contacts are left out.
    pub exclusion_list_ids: Option<Vec<i64>>,
    /// Identifiers of the lists whose contacts receive the campaign.
    pub list_ids: Vec<i64>,
}

/// State of an SMS campaign; spelled `inProcess` in requests and replies alike.
#[apply(open_enum!)]
pub enum SmsCampaignStatus {
    Draft = "draft",
    Sent = "sent",
    Archive = "archive",
    Queued = "queued",
    Suspended = "suspended",
    InProcess = "inProcess",
}
