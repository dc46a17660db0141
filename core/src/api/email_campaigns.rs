//! E-mail campaigns: creation, schedule, status, statistics, export of recipients.

use macro_rules_attribute::apply;

use super::shared::{
    CreatedId, GetCampaignRecipients, GetCampaignStats, ProcessId, ReportLanguage, SendReportEmail, Sender,
    Sort, UpdateCampaignStatusStatus,
};
use crate::schema::{DateTime, Map};

resource! {
    "E-mail campaigns: creation, schedule, status, statistics, export of recipients.",
    GetEmailCampaigns,
    CreateEmailCampaign,
    UploadImageToGallery,
    GetEmailCampaign,
    UpdateEmailCampaign,
    DeleteEmailCampaign,
    GetAbTestCampaignResult,
    EmailExportRecipients,
    SendEmailCampaignNow,
    SendReport,
    SendTestEmail,
    GetSharedTemplateUrl,
    UpdateCampaignStatus,
}

/// Lists the email campaigns of the account, filtered by type, status and sending period.
///
/// The `status` filter spells its values `inProcess` and `inReview`, while replies use `in_process`
/// and `in_review` (source: SDK 5.1). Figures in `statistics` cover only the last six months here;
/// for older campaigns read the single campaign. Most statistics blocks stay empty unless
/// `statistics` is given. Calls count in the general class of 100 per hour (source: API limits
/// page).
#[apply(operation!)]
#[http(GET "/emailCampaigns" -> 200 GetEmailCampaignsResponse)]
#[errors(400)]
#[page(Offset, "campaigns", "count")]
pub struct GetEmailCampaigns {
    /// Kind of campaign to list: one-off (`classic`) or automation (`trigger`); all kinds when left
    /// out.
    pub r#type: Option<EmailCampaignType>,
    /// State that listed campaigns must have; spelled differently from the state in replies.
    pub status: Option<GetEmailCampaignsRequestStatus>,
    /// Block of figures to fill in for each campaign; without it most blocks stay empty.
    pub statistics: Option<GetEmailCampaignsRequestStatistics>,
    /// Start of the sending period, as a date-time with timezone and not in the future; needs
    /// `end_date`, at most 2 years apart, and `status` absent or `sent`.
    pub start_date: Option<DateTime>,
    /// End of the sending period, as a date-time with timezone and not in the future; needs
    /// `start_date`, at most 2 years apart, and `status` absent or `sent`.
    pub end_date: Option<DateTime>,
    /// Page size, at most 100; 50 by default.
    #[api(min = 0, max = 100, default = 50)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation time, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Whether to return the HTML body of each campaign as empty text, which makes replies much
    /// smaller.
    pub exclude_html_content: Option<bool>,
    /// Whether to list only campaigns without a PDF attachment; a filter on campaigns, not on
    /// fields.
    pub exclude_pdf_attachment: Option<bool>,
}

/// Creates an email campaign, as a draft or scheduled for later.
///
/// Give exactly one of `html_content`, `html_url` and `template_id`. `ab_testing` needs `subject_a`
/// and `subject_b` and excludes `send_at_best_time`; `ip_warmup_enable` needs `initial_quota` and
/// `increase_rate` (source: SDK 5.1). An account holds at most 10 000 campaigns, 50 000 on
/// Enterprise (source: platform quotas page).
#[apply(operation!)]
#[http(POST "/emailCampaigns" -> 201 CreatedId)]
#[errors(400, 405)]
pub struct CreateEmailCampaign {
    /// Turns on a test of two subject lines; false by default, needs `subject_a` and `subject_b`.
    #[api(default = false)]
    pub ab_testing: Option<bool>,
    /// Absolute address of a file to attach, fetched by Brevo; local files are not accepted.
    #[api(format = "url")]
    pub attachment_url: Option<String>,
    /// Age after which the email is deleted from the recipient's inbox, where the mail program
    /// supports that.
    pub email_expiration_date: Option<EmailExpiration>,
    /// Footer of the email.
    pub footer: Option<String>,
    /// Header of the email.
    pub header: Option<String>,
    /// HTML body, between 10 characters and 1 MB; excludes `html_url` and `template_id`.
    pub html_content: Option<String>,
    /// Address from which Brevo takes the HTML body; excludes `html_content` and `template_id`.
    #[api(format = "url")]
    pub html_url: Option<String>,
    /// Daily growth of the IP warm-up quota in percent, 0 (same number each day) to 100; needed
    /// with `ip_warmup_enable`.
    #[api(min = 0, max = 100)]
    pub increase_rate: Option<i64>,
    /// Starting quota of emails for the IP warm-up, greater than 1; needed with `ip_warmup_enable`.
    pub initial_quota: Option<i64>,
    /// Embeds images in the email; false by default, only below 4 MB and for at most 5 000
    /// contacts.
    #[api(default = false)]
    pub inline_image_activation: Option<bool>,
    /// Warms up the IP address with a growing sending quota; false by default, for accounts with a
    /// dedicated IP.
    #[api(default = false)]
    pub ip_warmup_enable: Option<bool>,
    /// Whether the email carries a link to its browser version.
    pub mirror_active: Option<bool>,
    /// Name of the campaign.
    pub name: String,
    /// Values for the placeholders of a `classic` campaign; used only in the new template language.
    pub params: Option<Map>,
    /// Short text that mail programs show after the subject line.
    pub preview_text: Option<String>,
    /// Lists and segments that receive the campaign or are left out.
    pub recipients: Option<EmailCampaignRecipients>,
    /// Address to which answers go.
    #[api(format = "email")]
    pub reply_to: Option<String>,
    /// Sending time as a date-time with timezone, such as `2026-12-01T12:30:00.000Z`; only the day
    /// counts with `send_at_best_time`.
    pub scheduled_at: Option<DateTime>,
    /// Lets Brevo choose the hour of sending; false by default and not possible with `ab_testing`.
    #[api(default = false)]
    pub send_at_best_time: Option<bool>,
    /// Sender of the campaign, either by email address or by identifier, not both.
    pub sender: Sender,
    /// Size of the A/B test groups, 1 to 50, presumably in percent; needed when `ab_testing` and
    /// `recipients` are set.
    #[api(min = 1, max = 50)]
    pub split_rule: Option<i64>,
    /// Subject line; needed without `ab_testing` and ignored with it.
    pub subject: Option<String>,
    /// Subject line of test version A; needed with `ab_testing`.
    pub subject_a: Option<String>,
    /// Subject line of test version B; needed with `ab_testing` and different from A.
    pub subject_b: Option<String>,
    /// Label for grouping campaigns in reports.
    pub tag: Option<String>,
    /// Identifier of an active template whose content is copied; excludes `html_content` and
    /// `html_url`.
    pub template_id: Option<i64>,
    /// Display name of the recipient in the To header, usually built from contact attribute
    /// placeholders.
    pub to_field: Option<String>,
    /// Identifier of the unsubscribe page, 24 letters and digits; the default page when left out.
    pub unsubscription_page_id: Option<String>,
    /// Identifier of the profile update form, 24 letters and digits; the default form when left
    /// out.
    pub update_form_id: Option<String>,
    /// Value of the `utm_campaign` tracking parameter, letters, digits and spaces only; the
    /// campaign name when left out.
    pub utm_campaign: Option<String>,
    /// Value of the `utm_content` tracking parameter added to links (since July 2026).
    pub utm_content: Option<String>,
    /// Value of the `utm_id` tracking parameter added to links (since July 2026).
    pub utm_id: Option<String>,
    /// Value of the `utm_medium` tracking parameter added to links (since July 2026).
    pub utm_medium: Option<String>,
    /// Value of the `utm_source` tracking parameter added to links (since July 2026).
    pub utm_source: Option<String>,
    /// Value of the `utm_term` tracking parameter added to links (since July 2026).
    pub utm_term: Option<String>,
    /// Figure that decides the A/B test; needed when `split_rule` is below 50 and ignored at 50.
    pub winner_criteria: Option<WinnerCriteria>,
    /// Length of the A/B test in hours, 1 to 168; needed when `split_rule` is below 50 and ignored
    /// at 50.
    #[api(min = 1, max = 168)]
    pub winner_delay: Option<i64>,
}

/// Uploads an image from a public address to the image gallery of the account.
///
/// Brevo fetches the image itself, so the address must be reachable from outside; at most 2 MB
/// (source: SDK 5.1).
#[apply(operation!)]
#[http(POST "/emailCampaigns/images" -> 201 UploadImageToGalleryResponse)]
#[errors(400)]
pub struct UploadImageToGallery {
    /// Public absolute address of the image (jpeg, jpg, png, bmp or gif), at most 2 MB.
    pub image_url: String,
    /// Name shown in the gallery, including the file extension.
    pub name: Option<String>,
}

/// Returns one email campaign with its content, recipients and statistics.
///
/// Most statistics blocks stay empty unless `statistics` names the wanted block; one block per
/// call. Unlike the list, this also offers figures by device and by browser.
#[apply(operation!)]
#[http(GET "/emailCampaigns/{campaignId}" -> 200 EmailCampaign)]
#[errors(400, 404)]
pub struct GetEmailCampaign {
    /// Identifier of the campaign.
    pub campaign_id: i64,
    /// Block of figures to fill in, one per call; most blocks stay empty without it.
    pub statistics: Option<GetEmailCampaignRequestStatistics>,
    /// Whether to return the HTML body as empty text.
    pub exclude_html_content: Option<bool>,
}

/// Changes an email campaign that is a draft or scheduled.
///
/// Give at least one field. `ab_testing` needs both subjects and excludes `send_at_best_time`,
/// which turns the IP warm-up off (source: SDK 5.1). New HTML closes the drag and drop editor for a
/// campaign designed in it. The empty reply means that the change was saved.
#[apply(operation!)]
#[http(PUT "/emailCampaigns/{campaignId}" -> 204 ())]
#[errors(400, 404, 405)]
pub struct UpdateEmailCampaign {
    /// Identifier of the campaign.
    pub campaign_id: i64,
    /// Turns on a test of two subject lines; false by default, needs `subject_a` and `subject_b`.
    #[api(default = false)]
    pub ab_testing: Option<bool>,
    /// Absolute address of a file to attach, fetched by Brevo; local files are not accepted.
    #[api(format = "url")]
    pub attachment_url: Option<String>,
    /// Age after which the email is deleted from the recipient's inbox, where the mail program
    /// supports that.
    pub email_expiration_date: Option<EmailExpiration>,
    /// Footer of the email.
    pub footer: Option<String>,
    /// Header of the email.
    pub header: Option<String>,
    /// HTML body, between 10 characters and 1 MB; excludes `html_url`.
    pub html_content: Option<String>,
    /// Address from which Brevo takes the HTML body; excludes `html_content`.
    #[api(format = "url")]
    pub html_url: Option<String>,
    /// Daily growth of the IP warm-up quota in percent, 0 (same number each day) to 100; used with
    /// `ip_warmup_enable`.
    #[api(min = 0, max = 100)]
    pub increase_rate: Option<i64>,
    /// Starting quota of emails for the IP warm-up, greater than 1; used with `ip_warmup_enable`.
    pub initial_quota: Option<i64>,
    /// Embeds images in the email; false by default, only below 4 MB and for at most 5 000
    /// contacts.
    #[api(default = false)]
    pub inline_image_activation: Option<bool>,
    /// Warms up the IP address with a growing sending quota; false by default, for accounts with a
    /// dedicated IP.
    #[api(default = false)]
    pub ip_warmup_enable: Option<bool>,
    /// Whether the email carries a link to its browser version.
    pub mirror_active: Option<bool>,
    /// Name of the campaign.
    pub name: Option<String>,
    /// Values for the placeholders of a `classic` campaign; used only in the new template language.
    pub params: Option<Map>,
    /// Short text that mail programs show after the subject line.
    pub preview_text: Option<String>,
    /// Lists and segments that receive the campaign or are left out.
    pub recipients: Option<EmailCampaignRecipients>,
    /// Whether a contact may get the same trigger campaign several times; false by default, trigger
    /// campaigns only.
    #[api(default = false)]
    pub recurring: Option<bool>,
    /// Address to which answers go.
    #[api(format = "email")]
    pub reply_to: Option<String>,
    /// Sending time as a date-time with timezone, such as `2026-12-01T12:30:00.000Z`; only the day
    /// counts with `send_at_best_time`.
    pub scheduled_at: Option<DateTime>,
    /// Lets Brevo choose the hour of sending; excludes `ab_testing` and turns the IP warm-up off.
    pub send_at_best_time: Option<bool>,
    /// Sender of the campaign, either by email address or by identifier, not both.
    pub sender: Option<Sender>,
    /// Size of the A/B test groups, 1 to 50, presumably in percent; needed when `ab_testing` and
    /// `recipients` are set.
    #[api(min = 1, max = 50)]
    pub split_rule: Option<i64>,
    /// Subject line; ignored in A/B tests, which use `subject_a` and `subject_b`.
    pub subject: Option<String>,
    /// Subject line of test version A; needed with `ab_testing`.
    pub subject_a: Option<String>,
    /// Subject line of test version B; needed with `ab_testing` and different from A.
    pub subject_b: Option<String>,
    /// Label for grouping campaigns in reports.
    pub tag: Option<String>,
    /// Display name of the recipient in the To header, usually built from contact attribute
    /// placeholders.
    pub to_field: Option<String>,
    /// Identifier of the unsubscribe page, 24 letters and digits, as seen in its editing address.
    pub unsubscription_page_id: Option<String>,
    /// Identifier of the profile update form, 24 letters and digits, as seen in its editing
    /// address.
    pub update_form_id: Option<String>,
    /// Value of the `utm_campaign` tracking parameter, letters, digits and spaces only; the
    /// campaign name when empty.
    pub utm_campaign: Option<String>,
    /// Value of the `utm_content` tracking parameter added to links (since July 2026).
    pub utm_content: Option<String>,
    /// Value of the `utm_id` tracking parameter added to links (since July 2026).
    pub utm_id: Option<String>,
    /// Value of the `utm_medium` tracking parameter added to links (since July 2026).
    pub utm_medium: Option<String>,
    /// Value of the `utm_source` tracking parameter added to links (since July 2026).
    pub utm_source: Option<String>,
    /// Value of the `utm_term` tracking parameter added to links (since July 2026).
    pub utm_term: Option<String>,
    /// Figure that decides the A/B test; needed when `split_rule` is below 50 and ignored at 50.
    pub winner_criteria: Option<WinnerCriteria>,
    /// Length of the A/B test in hours, 1 to 168; needed when `split_rule` is below 50 and ignored
    /// at 50.
    #[api(min = 1, max = 168)]
    pub winner_delay: Option<i64>,
}

/// Deletes an email campaign that has not been scheduled.
///
/// The empty reply means that the campaign is gone. A campaign that was already scheduled is
/// refused with 403 (source: SDK 5.1).
#[apply(operation!)]
#[http(DELETE "/emailCampaigns/{campaignId}" -> 204 ())]
#[errors(400, 403, 404)]
pub struct DeleteEmailCampaign {
    /// Identifier of the campaign.
    pub campaign_id: i64,
}

/// Returns the outcome of the A/B test of a campaign.
///
/// The winner reads `notAvailable` before sending has begun, `pending` while the test runs and
/// `tie` when both versions did equally well (source: SDK 5.1). Rates are texts, not numbers.
#[apply(operation!)]
#[http(GET "/emailCampaigns/{campaignId}/abTestCampaignResult" -> 200 GetAbTestCampaignResultResponse)]
#[errors(400, 404)]
pub struct GetAbTestCampaignResult {
    /// Identifier of a campaign that was created with `ab_testing`.
    pub campaign_id: i64,
}

/// Starts an export of the recipients of a sent campaign to a file.
///
/// Runs asynchronously: the reply holds a process identifier to follow with `process.get_process`,
/// whose finished entry gives the download address. The callback parameter is spelled `notifyURL`
/// on the wire, unlike in the contact exports (source: SDK 5.1).
#[apply(operation!)]
#[http(POST "/emailCampaigns/{campaignId}/exportRecipients" -> 202 ProcessId)]
#[errors(400, 404)]
pub struct EmailExportRecipients {
    /// Identifier of the campaign whose recipients are exported.
    pub campaign_id: i64,
    /// Address that Brevo calls once the export is finished; the form of that call is not
    /// documented.
    #[serde(rename = "notifyURL")]
    #[api(format = "url")]
    pub notify_url: Option<String>,
    /// Group of recipients to export, chosen by what happened to the email.
    pub recipients_type: EmailExportRecipientsRequestRecipientsType,
}

/// Starts sending a campaign by scheduling it for the current time.
///
/// Recipients and content must be in place. The empty reply means that sending was accepted, not
/// that emails were delivered; 402 means that credits are lacking (source: SDK 5.1). There is no
/// idempotency key here, so check the campaign's state before repeating a call whose reply was
/// lost.
#[apply(operation!)]
#[http(POST "/emailCampaigns/{campaignId}/sendNow" -> 204 ())]
#[errors(400, 402, 404)]
pub struct SendEmailCampaignNow {
    /// Identifier of the campaign to send.
    pub campaign_id: i64,
}

/// Emails a PDF report of a campaign to the given addresses.
///
/// The empty reply means that the request was accepted.
#[apply(operation!)]
#[http(POST "/emailCampaigns/{campaignId}/sendReport" -> 204 ())]
#[errors(400, 404)]
pub struct SendReport {
    /// Identifier of the campaign to report on.
    pub campaign_id: i64,
    /// Recipients and text of the email that carries the report.
    pub email: SendReportEmail,
    /// Language of the report; French (`fr`) by default.
    #[api(default = "fr")]
    pub language: Option<ReportLanguage>,
}

/// Sends a test copy of a campaign.
///
/// At most 50 test emails per account and day (source: SDK 5.1). On refusal, the error body may
/// name unknown, unlisted or blocklisted addresses.
#[apply(operation!)]
#[http(POST "/emailCampaigns/{campaignId}/sendTest" -> 204 ())]
#[errors(400, 404)]
pub struct SendTestEmail {
    /// Identifier of the campaign to try.
    pub campaign_id: i64,
    /// Addresses that get the test; when left out, the whole test list of the account gets it.
    pub email_to: Option<Vec<String>>,
}

/// Returns a link with which another Brevo account can import the template of a campaign.
///
/// Fails with 405 for other kinds of campaign, as only email campaigns and templates can be shared.
#[apply(operation!)]
#[http(GET "/emailCampaigns/{campaignId}/sharedUrl" -> 200 GetSharedTemplateUrlResponse)]
#[errors(400, 404, 405)]
pub struct GetSharedTemplateUrl {
    /// Identifier of the campaign or template to share.
    pub campaign_id: i64,
}

/// Changes the state of an email campaign, for example to suspend, archive or copy it.
///
/// `replicateTemplate` works for templates only (source: SDK 5.1); `darchive` is read here as
/// taking a campaign out of the archive. The empty reply means that the change was accepted; the
/// identifier of a copy is not returned.
#[apply(operation!)]
#[http(PUT "/emailCampaigns/{campaignId}/status" -> 204 ())]
#[errors(400, 404)]
#[repeat(Unprocessed)]
pub struct UpdateCampaignStatus {
    /// Identifier of the campaign whose state changes.
    pub campaign_id: i64,
    /// State to set, or copy action to carry out.
    pub status: Option<UpdateCampaignStatusStatus>,
}

/// Clicks on one link in one version of an A/B test.
#[apply(model!)]
pub struct AbTestVersionClicksItem {
    /// Share of clicks on this link, as text.
    pub click_rate: Option<String>,
    /// Number of clicks on this link.
    pub clicks_count: Option<i64>,
    /// Address of the link.
    pub link: Option<String>,
}

/// One figure of an A/B test, side by side for both versions.
#[apply(model!)]
pub struct AbTestVersionStats {
    /// Figure of version A, as text.
    #[serde(rename = "Version A")]
    pub version_a: Option<String>,
    /// Figure of version B, as text.
    #[serde(rename = "Version B")]
    pub version_b: Option<String>,
}

/// Email campaign with its settings and, where asked for, content and statistics.
#[apply(model!)]
pub struct EmailCampaign {
    /// Address of the attached file; present only when the campaign has one.
    pub attachment_file: Option<String>,
    /// Whether the campaign tests two subject lines.
    pub ab_testing: Option<bool>,
    /// Identifier of the campaign.
    pub id: Option<i64>,
    /// Name of the campaign.
    pub name: Option<String>,
    /// Short text that mail programs show after the subject line.
    pub preview_text: Option<String>,
    /// Planned sending time as a UTC date-time, where one is set.
    pub scheduled_at: Option<DateTime>,
    /// Whether Brevo chooses the hour of sending.
    pub send_at_best_time: Option<bool>,
    /// Size of the A/B test groups, presumably in percent; present in A/B tests only.
    pub split_rule: Option<i64>,
    /// State of the campaign, spelled with underscores unlike in the list filter.
    pub status: Option<EmailCampaignStatus>,
    /// Subject line; absent in A/B tests.
    pub subject: Option<String>,
    /// Subject line of test version A; present in A/B tests only.
    pub subject_a: Option<String>,
    /// Subject line of test version B; present in A/B tests only.
    pub subject_b: Option<String>,
    /// Whether the campaign is one-off (`classic`) or sent by automation (`trigger`).
    pub r#type: Option<EmailCampaignType>,
    /// Figure that decides the A/B test, as text; present in A/B tests only.
    pub winner_criteria: Option<String>,
    /// Length of the A/B test in hours; present in A/B tests only.
    pub winner_delay: Option<i64>,
    /// Address of the attached file; empty text when there is none.
    pub attachment_url: Option<String>,
    /// Creation time of the campaign as a UTC date-time.
    pub created_at: Option<DateTime>,
    /// Age after which the email is deleted from inboxes that support it, where set.
    pub email_expiration_date: Option<EmailExpiration>,
    /// Footer of the email.
    pub footer: Option<String>,
    /// Header of the email.
    pub header: Option<String>,
    /// HTML body; empty text when left out on request.
    pub html_content: Option<String>,
    /// Whether images are embedded in the email.
    pub inline_image_activation: Option<bool>,
    /// Whether the email carries a link to its browser version.
    pub mirror_active: Option<bool>,
    /// Time of the last change as a UTC date-time.
    pub modified_at: Option<DateTime>,
    /// Whether a contact may get the same trigger campaign several times; trigger campaigns only.
    pub recurring: Option<bool>,
    /// Address to which answers go.
    #[api(format = "email")]
    pub reply_to: Option<String>,
    /// Number of emails of the campaign that were not delivered.
    pub return_bounce: Option<i64>,
    /// Sender of the campaign.
    pub sender: Option<Sender>,
    /// Time at which sending took place, as a UTC date-time; only for sent campaigns.
    pub sent_date: Option<DateTime>,
    /// Link for sharing the campaign on social media; a message instead of a link for trigger or
    /// unsent campaigns.
    #[api(format = "url")]
    pub share_link: Option<String>,
    /// Label for grouping campaigns in reports.
    pub tag: Option<String>,
    /// Labels of the campaign, where it has several.
    pub tags: Option<Vec<String>>,
    /// Whether a test email has been sent for this campaign.
    pub test_sent: Option<bool>,
    /// Display name pattern of the recipient in the To header.
    pub to_field: Option<String>,
    /// Value of the `utm_campaign` tracking parameter in use; present only when such tracking is
    /// on.
    pub utm_campaign_value: Option<String>,
    /// Value of the `utm_content` tracking parameter in use; present only when tracking is on and a
    /// value is set.
    pub utm_content: Option<String>,
    /// Value of the `utm_id` tracking parameter when it is a number; older field, prefer
    /// `utm_id_string`.
    #[serde(rename = "utmID")]
    pub utm_id: Option<i64>,
    /// Value of the `utm_id` tracking parameter as text, for numeric and other values alike.
    #[serde(rename = "utmId")]
    pub utm_id_string: Option<String>,
    /// Value of the `utm_medium` tracking parameter in use; present only when such tracking is on.
    pub utm_medium: Option<String>,
    /// Value of the `utm_source` tracking parameter in use; present only when such tracking is on.
    pub utm_source: Option<String>,
    /// Value of the `utm_term` tracking parameter in use; present only when tracking is on and a
    /// value is set.
    pub utm_term: Option<String>,
    /// Lists and segments that receive the campaign or are left out.
    pub recipients: Option<GetCampaignRecipients>,
    /// Figures of the campaign; most blocks stay empty unless asked for with `statistics`.
    pub statistics: Option<GetExtendedCampaignStats>,
}

/// Lists and segments that a campaign goes to or leaves out.
#[apply(model!)]
pub struct EmailCampaignRecipients {
    /// Identifiers of lists whose contacts are left out.
    pub exclusion_list_ids: Option<Vec<i64>>,
    /// Identifiers of segments whose contacts are left out.
    pub exclusion_segment_ids: Option<Vec<i64>>,
    /// Identifiers of lists whose contacts get the campaign; on update only if lists were used on
    /// creation.
    pub list_ids: Option<Vec<i64>>,
    /// Identifiers of segments whose contacts get the campaign; needed without `list_ids`, on
    /// update only if used on creation.
    pub segment_ids: Option<Vec<i64>>,
}

/// State of an email campaign in replies; the list filter spells some of these differently.
#[apply(open_enum!)]
pub enum EmailCampaignStatus {
    Draft = "draft",
    Sent = "sent",
    Archive = "archive",
    Queued = "queued",
    Suspended = "suspended",
    InProcess = "in_process",
    InReview = "in_review",
    Cancelling = "cancelling",
    Cancelled = "cancelled",
}

/// Kind of email campaign: one-off or sent by automation.
#[apply(open_enum!)]
pub enum EmailCampaignType {
    Classic = "classic",
    Trigger = "trigger",
}

/// Age after which an email is deleted from inboxes that support it, as a number of units.
#[apply(model!)]
pub struct EmailExpiration {
    /// Number of units: at most 3600 days, 480 weeks or 120 months; 1 or more.
    #[api(min = 1, max = 3600)]
    pub duration: Option<i64>,
    /// Unit of `duration`: days, weeks or months.
    pub unit: Option<EmailExpirationUnit>,
}

/// Unit of time in which the expiry of an email is given.
#[apply(open_enum!)]
pub enum EmailExpirationUnit {
    Days = "days",
    Weeks = "weeks",
    Months = "months",
}

/// Group of recipients to export, by what happened to the email after sending.
#[apply(open_enum!)]
pub enum EmailExportRecipientsRequestRecipientsType {
    All = "all",
    NonClickers = "nonClickers",
    NonOpeners = "nonOpeners",
    Clickers = "clickers",
    Openers = "openers",
    SoftBounces = "softBounces",
    HardBounces = "hardBounces",
    Unsubscribed = "unsubscribed",
}

/// Outcome of the A/B test of a campaign.
#[apply(model!)]
pub struct GetAbTestCampaignResultResponse {
    /// Click rate of the version that is winning, as text.
    pub click_rate: Option<String>,
    /// Links that were clicked, for each version.
    pub clicked_links: Option<GetAbTestCampaignResultResponseClickedLinks>,
    /// Open rate of the version that is winning, as text.
    pub open_rate: Option<String>,
    /// Figures of both versions side by side.
    pub statistics: Option<GetAbTestCampaignResultResponseStatistics>,
    /// Figure that decided the test: opens or clicks.
    pub winning_criteria: Option<GetAbTestCampaignResultResponseWinningCriteria>,
    /// Subject line of the version that is winning.
    pub winning_subject_line: Option<String>,
    /// Version that won, or why there is none yet.
    pub winning_version: Option<GetAbTestCampaignResultResponseWinningVersion>,
    /// Open or click rate of the winner, by the deciding figure, as text.
    pub winning_version_rate: Option<String>,
}

/// Links clicked in an A/B test, for each version.
#[apply(model!)]
pub struct GetAbTestCampaignResultResponseClickedLinks {
    /// Links clicked in version A.
    #[serde(rename = "Version A")]
    pub version_a: Option<Vec<AbTestVersionClicksItem>>,
    /// Links clicked in version B.
    #[serde(rename = "Version B")]
    pub version_b: Option<Vec<AbTestVersionClicksItem>>,
}

/// Figures of an A/B test, each given for both versions.
#[apply(model!)]
pub struct GetAbTestCampaignResultResponseStatistics {
    /// Clicks in each version.
    pub clicks: Option<AbTestVersionStats>,
    /// Spam complaints in each version.
    pub complaints: Option<AbTestVersionStats>,
    /// Permanent delivery failures in each version.
    pub hard_bounces: Option<AbTestVersionStats>,
    /// Recipients who opened, in each version.
    pub openers: Option<AbTestVersionStats>,
    /// Temporary delivery failures in each version.
    pub soft_bounces: Option<AbTestVersionStats>,
    /// Recipients who unsubscribed, in each version.
    pub unsubscribed: Option<AbTestVersionStats>,
}

/// Figure that decided an A/B test, capitalized unlike in the request.
#[apply(open_enum!)]
pub enum GetAbTestCampaignResultResponseWinningCriteria {
    Open = "Open",
    Click = "Click",
}

/// Winner of an A/B test, or why none can be named.
#[apply(open_enum!)]
pub enum GetAbTestCampaignResultResponseWinningVersion {
    NotAvailable = "notAvailable",
    Pending = "pending",
    Tie = "tie",
    A = "A",
    B = "B",
}

/// Opens and clicks from one kind of device or browser.
#[apply(model!)]
pub struct GetDeviceBrowserStats {
    /// Number of recipients who clicked.
    pub clickers: Option<i64>,
    /// Number of clicks, counting each recipient once.
    pub unique_clicks: Option<i64>,
    /// Number of opens, counting each recipient once.
    pub unique_views: Option<i64>,
    /// Number of opens, repeated ones included.
    pub viewed: Option<i64>,
}

/// Block of figures that can be asked for with a single campaign.
#[apply(open_enum!)]
pub enum GetEmailCampaignRequestStatistics {
    GlobalStats = "globalStats",
    LinksStats = "linksStats",
    StatsByDomain = "statsByDomain",
    StatsByDevice = "statsByDevice",
    StatsByBrowser = "statsByBrowser",
}

/// Block of figures that can be asked for with a list of campaigns.
#[apply(open_enum!)]
pub enum GetEmailCampaignsRequestStatistics {
    GlobalStats = "globalStats",
    LinksStats = "linksStats",
    StatsByDomain = "statsByDomain",
}

/// State by which campaigns are filtered; `inProcess` and `inReview` appear as `in_process` and
/// `in_review` in replies.
#[apply(open_enum!)]
pub enum GetEmailCampaignsRequestStatus {
    Suspended = "suspended",
    Archive = "archive",
    Sent = "sent",
    Queued = "queued",
    Draft = "draft",
    InProcess = "inProcess",
    InReview = "inReview",
    Cancelling = "cancelling",
    Cancelled = "cancelled",
}

/// Page of email campaigns with their total number.
#[apply(model!)]
pub struct GetEmailCampaignsResponse {
    /// Campaigns on this page.
    pub campaigns: Option<Vec<EmailCampaign>>,
    /// Number of campaigns that match the filters over all pages.
    pub count: Option<i64>,
}

/// Statistics of a campaign in all its blocks; most are empty unless asked for.
#[apply(model!)]
pub struct GetExtendedCampaignStats {
    /// Figures for each list that the campaign was sent to.
    pub campaign_stats: Option<Vec<GetCampaignStats>>,
    /// Figures over all recipients of the campaign.
    pub global_stats: Option<GetCampaignStats>,
    /// Number of clicks for each link, keyed by its address; filled only on request with
    /// `linksStats`.
    pub links_stats: Option<Map<i64>>,
    /// Number of clicks on the link to the browser version.
    pub mirror_click: Option<i64>,
    /// Number of emails still to be sent.
    pub remaining: Option<i64>,
    /// Figures for each browser, keyed by its name; single campaigns only, on request with
    /// `statsByBrowser`.
    pub stats_by_browser: Option<Map<GetDeviceBrowserStats>>,
    /// Figures for each kind of device; single campaigns only, on request with `statsByDevice`.
    pub stats_by_device: Option<GetExtendedCampaignStatsStatsByDevice>,
    /// Figures for each recipient domain, keyed by its name; filled only on request with
    /// `statsByDomain`.
    pub stats_by_domain: Option<Map<GetCampaignStats>>,
}

/// Opens and clicks grouped by kind of device, then by system name.
#[apply(model!)]
pub struct GetExtendedCampaignStatsStatsByDevice {
    /// Figures for desktop computers, keyed by system name.
    pub desktop: Option<Map<GetDeviceBrowserStats>>,
    /// Figures for phones, keyed by system name.
    pub mobile: Option<Map<GetDeviceBrowserStats>>,
    /// Figures for tablets, keyed by system name.
    pub tablet: Option<Map<GetDeviceBrowserStats>>,
    /// Figures for devices that were not recognized, keyed by system name.
    pub unknown: Option<Map<GetDeviceBrowserStats>>,
}

/// Link for sharing the template of a campaign.
#[apply(model!)]
pub struct GetSharedTemplateUrlResponse {
    /// Public link with which another account can copy the template.
    #[api(format = "url")]
    pub shared_url: Option<String>,
}

/// Address of an image that was added to the gallery.
#[apply(model!)]
pub struct UploadImageToGalleryResponse {
    /// Address under which the image can be used in emails.
    pub url: Option<String>,
}

/// Figure that decides an A/B test: opens or clicks.
#[apply(open_enum!)]
pub enum WinnerCriteria {
    Open = "open",
    Click = "click",
}
