//! Transactional e-mail: sending, templates, logs, statistics, blocked addresses.

use macro_rules_attribute::apply;

use super::shared::{CreatedId, Sender, Sort, TextOrInteger};
use crate::schema::{Date, DateTime, Map};

resource! {
    "Transactional e-mail: sending, templates, logs, statistics, blocked addresses.",
    GetTransacBlockedContacts,
    UnblockOrResubscribeATransactionalContact,
    GetBlockedDomains,
    BlockNewDomain,
    DeleteBlockedDomain,
    DeleteHardbounces,
    SendTransacEmail,
    DeleteScheduledEmailById,
    GetScheduledEmailById,
    GetTransacEmailsList,
    GetTransacEmailContent,
    DeleteAnSmtpTransactionalLog,
    GetAggregatedSmtpReport,
    GetEmailEventReport,
    GetSmtpReport,
    PostPreviewSmtpEmailTemplates,
    GetSmtpTemplates,
    CreateSmtpTemplate,
    GetSmtpTemplate,
    UpdateSmtpTemplate,
    DeleteSmtpTemplate,
    SendTestTemplate,
}

/// Lists contacts that are blocked or unsubscribed for transactional email.
///
/// The dates must not lie in the future (source: SDK 5.1). This call shares the high limit class of
/// the sending call, 1 000 per second on all plans (source: API limits page). `sender_email` may be
/// null, which older SDKs did not expect.
#[apply(operation!)]
#[http(GET "/smtp/blockedContacts" -> 200 GetTransacBlockedContactsResponse)]
#[errors(400)]
#[page(Offset, "contacts", "count")]
pub struct GetTransacBlockedContacts {
    /// First day of the period, as `YYYY-MM-DD`; goes together with `end_date`.
    pub start_date: Option<Date>,
    /// Last day of the period, as `YYYY-MM-DD`; goes together with `start_date`.
    pub end_date: Option<Date>,
    /// Page size, at most 100; 50 by default.
    #[api(min = 0, max = 100, default = 50)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Sender addresses from which the contacts must be blocked, sent as a comma-separated list.
    #[api(comma)]
    pub senders: Option<Vec<String>>,
    /// Order by time of blocking, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Removes a contact from the blocked contacts of transactional email.
///
/// The empty reply means that the contact may get transactional email again; an address that is not
/// blocked gives 404 (source: SDK 5.1).
#[apply(operation!)]
#[http(DELETE "/smtp/blockedContacts/{email}" -> 204 ())]
#[errors(400, 404)]
pub struct UnblockOrResubscribeATransactionalContact {
    /// Address to unblock; it is URL-encoded by the client.
    pub email: String,
}

/// Lists the recipient domains that are blocked for transactional email.
///
/// The reply is complete; there are no pages.
#[apply(operation!)]
#[http(GET "/smtp/blockedDomains" -> 200 GetBlockedDomainsResponse)]
#[errors(400)]
pub struct GetBlockedDomains {}

/// Blocks a recipient domain, so that no email goes to its addresses.
///
/// The empty reply means that the domain is blocked.
#[apply(operation!)]
#[http(POST "/smtp/blockedDomains" -> 201 ())]
#[errors(400)]
pub struct BlockNewDomain {
    /// Name of the domain to block, such as `example.com`.
    pub domain: String,
}

/// Unblocks a recipient domain.
///
/// The empty reply means that email to the domain is allowed again.
#[apply(operation!)]
#[http(DELETE "/smtp/blockedDomains/{domain}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteBlockedDomain {
    /// Name of the domain to unblock.
    pub domain: String,
}

/// Clears hard bounces of a contact or a period, for example after a failure at a mailbox provider.
///
/// Use with care and set filters: all of them are optional, and what a call without any filter
/// clears is not stated; we assume every hard bounce. The empty reply means done.
#[apply(operation!)]
#[http(POST "/smtp/deleteHardbounces" -> 204 ())]
#[errors(400)]
pub struct DeleteHardbounces {
    /// Address whose hard bounces are cleared; all addresses when left out.
    #[api(format = "email")]
    pub contact_email: Option<String>,
    /// Last day of the period, as `YYYY-MM-DD`; goes together with `start_date`.
    pub end_date: Option<Date>,
    /// First day of the period, as `YYYY-MM-DD`; goes together with `end_date`.
    pub start_date: Option<Date>,
}

/// Sends an email to one or several recipients, at once or at a set time.
///
/// `sender`, `subject` and `html_content` are needed without `template_id`; with a template,
/// `html_content` and `text_content` are ignored. With `message_versions` there are up to 2 000
/// recipients per call, 99 per version, and `to` is ignored. A key named `idempotencyKey` in
/// `headers` guards against double sending for 15 to 30 minutes (the sources disagree); a repeat in
/// that time is refused with `duplicate_parameter` and the first reply is lost. A header
/// `X-Sib-Sandbox` with value `drop` only checks the form of the request (source: sandbox page).
#[apply(operation!)]
#[http(POST "/smtp/email" -> 201 | 202 SendTransacEmailResponse)]
#[errors(400)]
#[repeat(Keyed)]
pub struct SendTransacEmail {
    /// Files to attach, by address or as base64 data; the whole email is limited to 20 MB.
    pub attachment: Option<Vec<SendTransacEmailRequestAttachmentItem>>,
    /// UUIDv4 that groups scheduled emails, for later status queries and cancelling; made by Brevo
    /// when left out.
    pub batch_id: Option<String>,
    /// Recipients of blind copies; not used with `message_versions`.
    pub bcc: Option<Vec<Recipient>>,
    /// Recipients of copies; not used with `message_versions`.
    pub cc: Option<Vec<Recipient>>,
    /// Extra email headers as text values, such as `idempotencyKey`, `X-Sib-Sandbox`,
    /// `X-Mailin-custom` and `sender.ip` (dedicated IP); leave out rather than empty, ASCII values
    /// only, standard headers are not supported.
    pub headers: Option<Map>,
    /// HTML body; needed without `template_id` and ignored with it.
    pub html_content: Option<String>,
    /// Personalized versions, up to 1 000 per call with 99 recipients each and 2 000 in all;
    /// `params` up to 100 KB per version and 1 000 KB together.
    pub message_versions: Option<Vec<SendTransacEmailRequestMessageVersionsItem>>,
    /// Values for the `params` placeholders in the body or template; needs the new template
    /// language.
    pub params: Option<Map>,
    /// Address to which answers go; one only.
    pub reply_to: Option<ReplyTo>,
    /// Sending time as an ISO 8601 date-time with timezone, at most 72 hours ahead; may be up to
    /// five minutes late.
    pub scheduled_at: Option<DateTime>,
    /// Sender, by email address or by identifier; needed without `template_id`, and the name is
    /// ignored with an identifier.
    pub sender: Option<Sender>,
    /// Subject line; needed without `template_id`, replaces the template's subject otherwise.
    pub subject: Option<String>,
    /// Labels for grouping and filtering emails.
    pub tags: Option<Vec<String>>,
    /// Identifier of an active template that provides the content.
    pub template_id: Option<i64>,
    /// Plain-text body; ignored with `template_id`, and probably not enough without `html_content`
    /// (sources disagree).
    pub text_content: Option<String>,
    /// Recipients of the email; needed unless `message_versions` is given, in which case it is
    /// ignored.
    pub to: Option<Vec<Recipient>>,
}

/// Cancels scheduled email, either one message or a whole batch.
///
/// The empty reply means that it was cancelled; an unknown identifier gives 404.
#[apply(operation!)]
#[http(DELETE "/smtp/email/{identifier}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteScheduledEmailById {
    /// Batch identifier (UUIDv4), or message identifier with its angle brackets and @ sign.
    pub identifier: String,
}

/// Returns the state of scheduled email, for one message or a whole batch.
///
/// The reply is a list of batch entries or a single entry, depending on the kind of `identifier`;
/// decided by the `batches` field. Data is kept for 30 days (source: schedule page).
#[apply(operation!)]
#[http(GET "/smtp/emailStatus/{identifier}" -> 200 GetScheduledEmailByIdResponse)]
#[errors(400, 404)]
#[page(Offset, "batches", "count")]
pub struct GetScheduledEmailById {
    /// Batch identifier (UUIDv4), or message identifier with its angle brackets and @ sign.
    pub identifier: String,
    /// First day of the period, at most 30 days ago; goes together with `end_date`.
    pub start_date: Option<Date>,
    /// Last day of the period, at most one month after `start_date`, which must be given too.
    pub end_date: Option<Date>,
    /// Order by creation, newest first (`desc`) by default; ignored for message identifiers.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// State that listed entries must have; ignored for message identifiers.
    pub status: Option<GetScheduledEmailByIdRequestStatus>,
    /// Page size, at most 500; 100 by default, ignored for message identifiers.
    #[api(min = 0, max = 500, default = 100)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default, ignored for message identifiers.
    #[api(default = 0)]
    pub offset: Option<i64>,
}

/// Lists sent transactional emails with their identifiers, without content.
///
/// Give at least one of `email`, `template_id` and `message_id` (source: SDK 5.1). The period spans
/// at most one month, the last 30 days by default. Limited to 2 calls per second on all plans
/// (source: API limits page).
#[apply(operation!)]
#[http(GET "/smtp/emails" -> 200 GetTransacEmailsListResponse)]
#[errors(400)]
#[page(Offset, "transactionalEmails", "count")]
pub struct GetTransacEmailsList {
    /// Address of the recipient to search for.
    pub email: Option<String>,
    /// Identifier of the template that was used.
    pub template_id: Option<i64>,
    /// Message identifier from the sending reply.
    pub message_id: Option<String>,
    /// First day of the period, as `YYYY-MM-DD`; goes together with `end_date`, at most one month
    /// apart.
    pub start_date: Option<Date>,
    /// Last day of the period, as `YYYY-MM-DD`; goes together with `start_date`, at most one month
    /// apart.
    pub end_date: Option<Date>,
    /// Order by sending time, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Page size, at most 1000; 500 by default.
    #[api(min = 0, max = 1000, default = 500)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
}

/// Returns the body and the events of one sent transactional email.
///
/// The identifier comes from `get_transac_emails_list`, not from the sending reply. Its limit class
/// is not named; we assume that of 300 calls per hour (source: API limits page).
#[apply(operation!)]
#[http(GET "/smtp/emails/{uuid}" -> 200 GetTransacEmailContentResponse)]
#[errors(400, 404)]
pub struct GetTransacEmailContent {
    /// Identifier of the sent email, from `uuid_` of the list entries.
    pub uuid: String,
}

/// Deletes the log entries of a message or of a recipient, with stored previews of the content.
///
/// The empty reply means done. The period is optional; without it all entries of the identifier are
/// deleted.
#[apply(operation!)]
#[http(DELETE "/smtp/log/{identifier}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteAnSmtpTransactionalLog {
    /// Message identifier with its angle brackets and @ sign, or email address of the recipient.
    pub identifier: String,
    /// First day of the entries to delete, as `YYYY-MM-DD`.
    #[serde(rename = "from_date")]
    pub from_date: Option<Date>,
    /// Last day of the entries to delete, as `YYYY-MM-DD`.
    #[serde(rename = "to_date")]
    pub to_date: Option<Date>,
}

/// Returns the totals of transactional email activity over a period.
///
/// The period is at most 90 days and the last 90 days by default. Give either `start_date` and
/// `end_date` or `days`, not both. Counts in the class of 300 calls per hour, so use webhooks
/// rather than polling (source: API limits page).
#[apply(operation!)]
#[http(GET "/smtp/statistics/aggregatedReport" -> 200 GetAggregatedSmtpReportResponse)]
#[errors(400)]
pub struct GetAggregatedSmtpReport {
    /// First day of the period, as `YYYY-MM-DD`; goes together with `end_date` and excludes `days`.
    pub start_date: Option<Date>,
    /// Last day of the period, as `YYYY-MM-DD`; goes together with `start_date` and excludes
    /// `days`.
    pub end_date: Option<Date>,
    /// Length of the period in days including today, at most 90; 90 by default, excludes the dates.
    #[api(max = 90, default = 90)]
    pub days: Option<i64>,
    /// Label that emails must carry to be counted.
    pub tag: Option<String>,
}

/// Lists single events of transactional emails, such as deliveries, opens and bounces.
///
/// The period is at most 90 days and the last 30 days by default; give either `start_date` and
/// `end_date` or `days`. Event names differ from those of webhooks. Counts in the class of 300
/// calls per hour, so use webhooks rather than polling (source: API limits page). There is no total
/// number in the reply.
#[apply(operation!)]
#[http(GET "/smtp/statistics/events" -> 200 GetEmailEventReportResponse)]
#[errors(400)]
#[page(Offset, "events")]
pub struct GetEmailEventReport {
    /// Page size, at most 5000; 2500 by default.
    #[api(min = 0, max = 5000, default = 2500)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// First day of the period, as `YYYY-MM-DD`; goes together with `end_date` and excludes `days`.
    pub start_date: Option<Date>,
    /// Last day of the period, as `YYYY-MM-DD`; goes together with `start_date` and excludes
    /// `days`.
    pub end_date: Option<Date>,
    /// Length of the period in days including today, at most 90; 30 by default, excludes the dates.
    #[api(max = 90, default = 30)]
    pub days: Option<i64>,
    /// Address of the recipient whose events are listed.
    #[api(format = "email")]
    pub email: Option<String>,
    /// Kind of event to list; all kinds when left out.
    pub event: Option<EmailEvent>,
    /// Labels that emails must carry, as text holding a serialized array.
    pub tags: Option<String>,
    /// Message identifier whose events are listed.
    pub message_id: Option<String>,
    /// Identifier of the template whose events are listed.
    pub template_id: Option<i64>,
    /// Order by time, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Returns the transactional email activity day by day.
///
/// The period is at most 30 days and the last 10 days by default; give either `start_date` and
/// `end_date` or `days`. Counts in the class of 300 calls per hour on all plans (source: API limits
/// page).
#[apply(operation!)]
#[http(GET "/smtp/statistics/reports" -> 200 GetSmtpReportResponse)]
#[errors(400)]
#[page(Offset, "reports")]
pub struct GetSmtpReport {
    /// Page size, at most 30; 10 by default.
    #[api(min = 0, max = 30, default = 10)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// First day of the period, as `YYYY-MM-DD`; goes together with `end_date` and excludes `days`.
    pub start_date: Option<Date>,
    /// Last day of the period, as `YYYY-MM-DD`; goes together with `start_date` and excludes
    /// `days`.
    pub end_date: Option<Date>,
    /// Length of the period in days including today, at most 30; excludes the dates.
    #[api(max = 30)]
    pub days: Option<i64>,
    /// Label that emails must carry to be counted.
    pub tag: Option<String>,
    /// Order by day, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Renders a template with given values, without sending anything.
///
/// At least one of `email` and `params` is needed: the first fills in the attributes of a contact,
/// the second free values (source: SDK 5.1).
#[apply(operation!)]
#[http(POST "/smtp/template/preview" -> 200 PostPreviewSmtpEmailTemplatesResponse)]
#[errors(400)]
#[repeat(Safe)]
pub struct PostPreviewSmtpEmailTemplates {
    /// Address of the contact whose attributes fill the placeholders.
    pub email: Option<String>,
    /// Values for the `params` placeholders of the template.
    pub params: Option<Map>,
    /// Identifier of the template to render.
    pub template_id: i64,
}

/// Lists the email templates of the account, those of automations included.
///
/// Counts in the class of 300 calls per hour on all plans (source: API limits page).
#[apply(operation!)]
#[http(GET "/smtp/templates" -> 200 GetSmtpTemplatesResponse)]
#[errors(400)]
#[page(Offset, "templates", "count")]
pub struct GetSmtpTemplates {
    /// Lists only active (true) or only inactive (false) templates; both when left out.
    pub template_status: Option<bool>,
    /// Page size, at most 1000; 50 by default.
    #[api(min = 0, max = 1000, default = 50)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation time, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Editor with which listed templates were made; only the rich text editor can be named.
    pub editor_type: Option<String>,
}

/// Creates an email template.
///
/// Give `html_content` or `html_url`. The template is inactive unless `is_active` is true (source:
/// SDK 5.1).
#[apply(operation!)]
#[http(POST "/smtp/templates" -> 201 CreatedId)]
#[errors(400)]
pub struct CreateSmtpTemplate {
    /// Absolute address of a file to attach, below 4 MB, fetched by Brevo; local files are not
    /// accepted.
    #[api(format = "url")]
    pub attachment_url: Option<String>,
    /// HTML body, more than 10 characters; needed without `html_url`.
    pub html_content: Option<String>,
    /// Address from which Brevo takes the HTML body; needed without `html_content`.
    #[api(format = "url")]
    pub html_url: Option<String>,
    /// Whether the template is active and can be used for sending; inactive when left out.
    pub is_active: Option<bool>,
    /// Address to which answers go.
    #[api(format = "email")]
    pub reply_to: Option<String>,
    /// Sender of emails made from the template, by email address or by identifier, not both.
    pub sender: Sender,
    /// Subject line of emails made from the template.
    pub subject: String,
    /// Label for filtering statistics.
    pub tag: Option<String>,
    /// Name of the template.
    pub template_name: String,
    /// Display name of the recipient in the To header, usually built from contact attribute
    /// placeholders.
    pub to_field: Option<String>,
}

/// Returns one email template with its content.
#[apply(operation!)]
#[http(GET "/smtp/templates/{templateId}" -> 200 GetSmtpTemplateOverview)]
#[errors(400, 404)]
pub struct GetSmtpTemplate {
    /// Identifier of the template, or its custom one: at most 64 letters, digits, hyphens and
    /// underscores, starting with a letter.
    #[api(max_length = 64)]
    pub template_id: TextOrInteger,
}

/// Changes an email template.
///
/// Only the given fields change. The empty reply means that the change was saved.
#[apply(operation!)]
#[http(PUT "/smtp/templates/{templateId}" -> 204 ())]
#[errors(400, 404)]
pub struct UpdateSmtpTemplate {
    /// Identifier of the template, or its custom text identifier.
    pub template_id: TextOrInteger,
    /// Absolute address of a file to attach, below 4 MB, fetched by Brevo; local files are not
    /// accepted.
    #[api(format = "url")]
    pub attachment_url: Option<String>,
    /// HTML body, more than 10 characters; closes the drag and drop editor for templates designed
    /// in it.
    pub html_content: Option<String>,
    /// Address from which Brevo takes the HTML body, instead of `html_content`.
    #[api(format = "url")]
    pub html_url: Option<String>,
    /// Whether the template is active and can be used for sending.
    pub is_active: Option<bool>,
    /// Address to which answers go.
    #[api(format = "email")]
    pub reply_to: Option<String>,
    /// Sender of emails made from the template, by email address or by identifier, not both.
    pub sender: Option<Sender>,
    /// Subject line of emails made from the template.
    pub subject: Option<String>,
    /// Label for filtering statistics.
    pub tag: Option<String>,
    /// Name of the template.
    pub template_name: Option<String>,
    /// Display name of the recipient in the To header, usually built from contact attribute
    /// placeholders.
    pub to_field: Option<String>,
}

/// Deletes an email template for good.
///
/// Only inactive templates can be deleted; an active one gives 405, so set `is_active` to false
/// with `update_smtp_template` first (source: SDK 5.1). The empty reply means that it is gone.
#[apply(operation!)]
#[http(DELETE "/smtp/templates/{templateId}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteSmtpTemplate {
    /// Identifier of an inactive template.
    pub template_id: i64,
}

/// Sends a test email made from a template.
///
/// At most 50 test emails per account and day (source: SDK 5.1). On refusal, the error body may
/// name unknown, unlisted or blocklisted addresses.
#[apply(operation!)]
#[http(POST "/smtp/templates/{templateId}/sendTest" -> 204 ())]
#[errors(400, 404)]
pub struct SendTestTemplate {
    /// Identifier of the template to try.
    pub template_id: i64,
    /// Addresses that get the test; when left out, the whole test list of the account gets it.
    pub email_to: Option<Vec<String>>,
}

/// Kind of transactional email event in statistics; webhooks use other spellings.
#[apply(open_enum!)]
pub enum EmailEvent {
    Bounces = "bounces",
    HardBounces = "hardBounces",
    SoftBounces = "softBounces",
    Delivered = "delivered",
    Spam = "spam",
    Requests = "requests",
    Opened = "opened",
    Clicks = "clicks",
    Invalid = "invalid",
    Deferred = "deferred",
    Blocked = "blocked",
    Unsubscribed = "unsubscribed",
    Error = "error",
    LoadedByProxy = "loadedByProxy",
}

/// Totals of transactional email activity over a period.
#[apply(model!)]
pub struct GetAggregatedSmtpReportResponse {
    /// Number of emails not sent because the recipient was blocked.
    pub blocked: Option<i64>,
    /// Number of clicks, repeated ones included.
    pub clicks: Option<i64>,
    /// Number of emails that reached the receiving server.
    pub delivered: Option<i64>,
    /// Number of permanent delivery failures.
    pub hard_bounces: Option<i64>,
    /// Number of emails to addresses that are not valid.
    pub invalid: Option<i64>,
    /// Number of opens, repeated ones included.
    pub opens: Option<i64>,
    /// Period that the totals cover, as text.
    pub range: Option<String>,
    /// Number of emails that were asked to be sent.
    pub requests: Option<i64>,
    /// Number of temporary delivery failures.
    pub soft_bounces: Option<i64>,
    /// Number of spam complaints.
    pub spam_reports: Option<i64>,
    /// Number of clicks, counting each email once.
    pub unique_clicks: Option<i64>,
    /// Number of opens, counting each email once.
    pub unique_opens: Option<i64>,
    /// Number of recipients who unsubscribed.
    pub unsubscribed: Option<i64>,
}

/// Recipient domains that are blocked for transactional email.
#[apply(model!)]
pub struct GetBlockedDomainsResponse {
    /// Names of the blocked domains.
    pub domains: Option<Vec<String>>,
}

/// Page of transactional email events, without a total number.
#[apply(model!)]
pub struct GetEmailEventReportResponse {
    /// Events on this page; may be absent when there are none.
    pub events: Option<Vec<GetEmailEventReportResponseEventsItem>>,
}

/// One event of a transactional email; most fields depend on the kind of event.
#[apply(model!)]
pub struct GetEmailEventReportResponseEventsItem {
    /// Time of the event as a date-time, stated to be UTC.
    pub date: Option<DateTime>,
    /// Address of the recipient.
    #[api(format = "email")]
    pub email: Option<String>,
    /// Kind of event.
    pub event: Option<EmailEvent>,
    /// Address of the sender.
    #[api(format = "email")]
    pub from: Option<String>,
    /// IP address from which the email was opened or a link clicked; only for these events.
    pub ip: Option<String>,
    /// Link in the email; only for requests, opens and clicks.
    pub link: Option<String>,
    /// Message identifier, the same for all recipients of one message.
    pub message_id: Option<String>,
    /// Explanation of a bounce, or of a deferral or block where given.
    pub reason: Option<String>,
    /// Subject line of the email.
    pub subject: Option<String>,
    /// Label of the email.
    pub tag: Option<String>,
    /// Identifier of the template, where one was used.
    pub template_id: Option<i64>,
}

/// State by which scheduled emails are filtered.
#[apply(open_enum!)]
pub enum GetScheduledEmailByIdRequestStatus {
    Processed = "processed",
    InProgress = "inProgress",
    Queued = "queued",
}

/// State of scheduled email: a list for batch identifiers, or a single entry for message
/// identifiers.
#[apply(union!)]
pub enum GetScheduledEmailByIdResponse {
    Batches(GetScheduledEmailByIdResponseBatches),
    CreatedAt(GetScheduledEmailByIdResponseCreatedAt),
}

/// Entries of a scheduled batch with their number.
#[apply(model!)]
pub struct GetScheduledEmailByIdResponseBatches {
    /// Scheduled entries of the batch on this page.
    pub batches: Option<Vec<GetScheduledEmailByIdResponseCreatedAt>>,
    /// Number of entries in the batch over all pages.
    pub count: Option<i64>,
}

/// State of one scheduled email or entry of a batch.
#[apply(model!)]
pub struct GetScheduledEmailByIdResponseCreatedAt {
    /// Time at which the email or batch was scheduled.
    pub created_at: Option<DateTime>,
    /// Time for which the email is planned.
    pub scheduled_at: Option<DateTime>,
    /// State of the scheduled email.
    pub status: Option<GetScheduledEmailByIdResponseCreatedAtStatus>,
}

/// State of a scheduled email; unlike the filter it includes failure.
#[apply(open_enum!)]
pub enum GetScheduledEmailByIdResponseCreatedAtStatus {
    InProgress = "inProgress",
    Queued = "queued",
    Processed = "processed",
    Error = "error",
}

/// Transactional email activity day by day.
#[apply(model!)]
pub struct GetSmtpReportResponse {
    /// Entries with one day each; may be absent when there are none.
    pub reports: Option<Vec<GetSmtpReportResponseReportsItem>>,
}

/// Transactional email activity of one day.
#[apply(model!)]
pub struct GetSmtpReportResponseReportsItem {
    /// Number of emails not sent because the recipient was blocked.
    pub blocked: Option<i64>,
    /// Number of clicks, repeated ones included.
    pub clicks: Option<i64>,
    /// Day of the figures.
    pub date: Option<Date>,
    /// Number of emails that reached the receiving server.
    pub delivered: Option<i64>,
    /// Number of permanent delivery failures.
    pub hard_bounces: Option<i64>,
    /// Number of emails to addresses that are not valid.
    pub invalid: Option<i64>,
    /// Number of opens, repeated ones included.
    pub opens: Option<i64>,
    /// Number of emails that were asked to be sent.
    pub requests: Option<i64>,
    /// Number of temporary delivery failures.
    pub soft_bounces: Option<i64>,
    /// Number of spam complaints.
    pub spam_reports: Option<i64>,
    /// Number of clicks, counting each email once.
    pub unique_clicks: Option<i64>,
    /// Number of opens, counting each email once.
    pub unique_opens: Option<i64>,
    /// Number of recipients who unsubscribed.
    pub unsubscribed: Option<i64>,
}

/// Email template with its settings and content.
#[apply(model!)]
pub struct GetSmtpTemplateOverview {
    /// Creation time of the template as a UTC date-time.
    pub created_at: Option<String>,
    /// Whether the template is a valid double opt-in template; present only when a single template
    /// is fetched.
    pub doi_template: Option<bool>,
    /// HTML body of the template.
    pub html_content: Option<String>,
    /// Identifier of the template.
    pub id: Option<i64>,
    /// Whether the template can be used for sending.
    pub is_active: Option<bool>,
    /// Time of the last change as a UTC date-time.
    pub modified_at: Option<String>,
    /// Name of the template.
    pub name: Option<String>,
    /// Address to which answers go.
    #[api(format = "email")]
    pub reply_to: Option<String>,
    /// Sender of emails made from the template.
    pub sender: Option<GetSmtpTemplateOverviewSender>,
    /// Subject line of the template.
    pub subject: Option<String>,
    /// Label of the template.
    pub tag: Option<String>,
    /// Whether a test email has been sent for the template.
    pub test_sent: Option<bool>,
    /// Display name pattern of the recipient in the To header.
    pub to_field: Option<String>,
    /// Text identifier given to the template by the user, where there is one.
    pub custom_template_id: Option<String>,
}

/// Sender stored in an email template.
#[apply(model!)]
pub struct GetSmtpTemplateOverviewSender {
    /// Address of the sender.
    #[api(format = "email")]
    pub email: Option<String>,
    /// Identifier of the sender, as text.
    pub id: Option<String>,
    /// Display name of the sender.
    pub name: Option<String>,
}

/// Page of email templates with their total number.
#[apply(model!)]
pub struct GetSmtpTemplatesResponse {
    /// Number of templates that match over all pages.
    pub count: Option<i64>,
    /// Templates on this page; may be absent when there are none.
    pub templates: Option<Vec<GetSmtpTemplateOverview>>,
}

/// Page of blocked contacts with their total number.
#[apply(model!)]
pub struct GetTransacBlockedContactsResponse {
    /// Blocked contacts on this page; may be absent when there are none.
    pub contacts: Option<Vec<GetTransacBlockedContactsResponseContactsItem>>,
    /// Number of blocked contacts that match over all pages.
    pub count: Option<i64>,
}

/// Contact that is blocked or unsubscribed for transactional email.
#[apply(model!)]
pub struct GetTransacBlockedContactsResponseContactsItem {
    /// Time at which the contact was blocked or unsubscribed.
    pub blocked_at: Option<String>,
    /// Address of the blocked contact.
    #[api(format = "email")]
    pub email: Option<String>,
    /// Why the contact is blocked.
    pub reason: Option<GetTransacBlockedContactsResponseContactsItemReason>,
    /// Sender from which the contact is blocked; may be null.
    #[api(format = "email")]
    pub sender_email: Option<String>,
}

/// Reason for a block, as code and text.
#[apply(model!)]
pub struct GetTransacBlockedContactsResponseContactsItemReason {
    /// Code of the reason, safe to compare with.
    pub code: Option<GetTransacBlockedContactsResponseContactsItemReasonCode>,
    /// Explanation of the reason in words, which may change.
    pub message: Option<String>,
}

/// Code of the reason for which a contact is blocked.
#[apply(open_enum!)]
pub enum GetTransacBlockedContactsResponseContactsItemReasonCode {
    UnsubscribedViaMA = "unsubscribedViaMA",
    UnsubscribedViaEmail = "unsubscribedViaEmail",
    AdminBlocked = "adminBlocked",
    UnsubscribedViaApi = "unsubscribedViaApi",
    HardBounce = "hardBounce",
    ContactFlaggedAsSpam = "contactFlaggedAsSpam",
}

/// Body and events of one sent transactional email.
#[apply(model!)]
pub struct GetTransacEmailContentResponse {
    /// Number of files attached to the email.
    pub attachment_count: Option<i64>,
    /// Body of the email as it was sent.
    pub body: Option<String>,
    /// Sending time of the email.
    pub date: Option<String>,
    /// Address of the recipient.
    #[api(format = "email")]
    pub email: Option<String>,
    /// Events of the email so far.
    pub events: Option<Vec<GetTransacEmailContentResponseEventsItem>>,
    /// Subject line of the email.
    pub subject: Option<String>,
    /// Identifier of the template, where one was used.
    pub template_id: Option<i64>,
}

/// One event in the life of a sent email.
#[apply(model!)]
pub struct GetTransacEmailContentResponseEventsItem {
    /// Name of the event.
    pub name: Option<String>,
    /// Time of the event.
    pub time: Option<String>,
}

/// Page of sent transactional emails with their total number.
#[apply(model!)]
pub struct GetTransacEmailsListResponse {
    /// Number of emails that match over all pages.
    pub count: Option<i64>,
    /// Sent emails on this page; may be absent when there are none.
    pub transactional_emails: Option<Vec<GetTransacEmailsListResponseTransactionalEmailsItem>>,
}

/// Sent transactional email, without its content.
#[apply(model!)]
pub struct GetTransacEmailsListResponseTransactionalEmailsItem {
    /// Sending time of the email.
    pub date: Option<String>,
    /// Address of the recipient.
    #[api(format = "email")]
    pub email: Option<String>,
    /// Address of the sender.
    #[api(format = "email")]
    pub from: Option<String>,
    /// Message identifier, the same for all recipients of one message.
    pub message_id: Option<String>,
    /// Subject line of the email.
    pub subject: Option<String>,
    /// Labels of the email.
    pub tags: Option<Vec<String>>,
    /// Identifier of the template, where one was used.
    pub template_id: Option<i64>,
    /// Identifier for fetching the content with `get_transac_email_content`.
    pub uuid: Option<String>,
}

/// Template rendered with the given values.
#[apply(model!)]
pub struct PostPreviewSmtpEmailTemplatesResponse {
    /// Address of the sender in the template.
    pub from_email: Option<String>,
    /// Display name of the sender in the template.
    pub from_name: Option<String>,
    /// Rendered HTML body.
    pub html: Option<String>,
    /// Rendered text that mail programs show after the subject line.
    pub preview_text: Option<String>,
    /// Rendered subject line.
    pub subject: Option<String>,
    /// Names of the external feeds that the template uses.
    pub used_feed_names: Option<Vec<String>>,
}

/// Recipient of a transactional email: address, display name and tracking consent.
#[apply(model!)]
pub struct Recipient {
    /// Whether opens and clicks may be tied to this recipient; false counts them anonymously,
    /// absent means unknown, and without the account feature it is ignored.
    pub contact_pixel_tracking_consent: Option<bool>,
    /// Address of the recipient.
    #[api(format = "email")]
    pub email: String,
    /// Display name, at most 70 characters; may be dropped when it mixes non-ASCII letters with
    /// commas or similar signs.
    #[api(max_length = 70)]
    pub name: Option<String>,
}

/// Address and display name to which answers go.
#[apply(model!)]
pub struct ReplyTo {
    /// Address to which answers go.
    #[api(format = "email")]
    pub email: String,
    /// Display name, at most 70 characters.
    #[api(max_length = 70)]
    pub name: Option<String>,
}

/// File attached to a transactional email, by address or as base64 data; ignored with templates in
/// the old template language.
#[apply(model!)]
pub struct SendTransacEmailRequestAttachmentItem {
    /// Data of the file in base64, as an alternative to `url`; needs `name`.
    #[api(format = "byte")]
    pub content: Option<String>,
    /// File name; its extension decides the file type and must be one that Brevo accepts.
    pub name: Option<String>,
    /// Absolute address of the file, as an alternative to `content`; local files are not accepted.
    #[api(format = "url")]
    pub url: Option<String>,
}

/// One version of a batch sending with its own recipients and overrides.
#[apply(model!)]
pub struct SendTransacEmailRequestMessageVersionsItem {
    /// Recipients of blind copies of this version.
    pub bcc: Option<Vec<Recipient>>,
    /// Recipients of copies of this version.
    pub cc: Option<Vec<Recipient>>,
    /// HTML body of this version; allowed only when the request has a common HTML or text body.
    pub html_content: Option<String>,
    /// Values for the `params` placeholders of this version, at most 100 KB; needs the new template
    /// language.
    pub params: Option<Map>,
    /// Address to which answers to this version go; replaces the common one.
    pub reply_to: Option<ReplyTo>,
    /// Subject line of this version; replaces the common one.
    pub subject: Option<String>,
    /// Plain-text body of this version; allowed only when the request has a common HTML or text
    /// body.
    pub text_content: Option<String>,
    /// Recipients of this version, at most 99.
    pub to: Vec<Recipient>,
}

/// Identifiers of the accepted email; acceptance does not mean delivery.
#[apply(model!)]
pub struct SendTransacEmailResponse {
    /// Message identifier of a plain sending, the same for all its recipients.
    pub message_id: Option<String>,
    /// Message identifiers in the order of `message_versions`; only for batch sendings.
    pub message_ids: Option<Vec<String>>,
}
