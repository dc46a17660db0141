//! WhatsApp campaigns and templates.

use macro_rules_attribute::apply;

use super::shared::{CreatedId, Sort};
use crate::schema::DateTime;

resource! {
    "WhatsApp campaigns and templates.",
    GetWhatsAppCampaigns,
    CreateWhatsAppCampaign,
    GetWhatsAppConfig,
    CreateWhatsAppTemplate,
    GetWhatsAppTemplates,
    SendWhatsAppTemplateApproval,
    GetWhatsAppCampaign,
    UpdateWhatsAppCampaign,
    DeleteWhatsAppCampaign,
}

/// Lists the WhatsApp campaigns of the account.
///
/// `start_date` and `end_date` go together. The reply carries the total in `count`.
#[apply(operation!)]
#[http(GET "/whatsappCampaigns" -> 200 GetWhatsAppCampaignsResponse)]
#[errors(400)]
#[page(Offset, "campaigns", "count")]
pub struct GetWhatsAppCampaigns {
    /// Start of the period in which the campaigns were made, as `YYYY-MM-DDTHH:mm:ss.SSSZ`; goes
    /// with `end_date`.
    pub start_date: Option<DateTime>,
    /// End of the period in which the campaigns were made, as `YYYY-MM-DDTHH:mm:ss.SSSZ`; goes with
    /// `start_date`.
    pub end_date: Option<DateTime>,
    /// Page size; at most 100, 50 by default.
    #[api(min = 0, max = 100, default = 50)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by last change, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Creates a scheduled WhatsApp campaign from an approved template.
///
/// Recipients need `list_ids` or `segments`. The template must have been approved by Meta before.
#[apply(operation!)]
#[http(POST "/whatsappCampaigns" -> 201 CreatedId)]
#[errors(400)]
pub struct CreateWhatsAppCampaign {
    /// Name of the campaign.
    pub name: String,
    /// Lists or segments that receive the campaign, and lists left out.
    pub recipients: WhatsappCampaignRecipients,
    /// Sending time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`, preferably with the time zone.
    pub scheduled_at: DateTime,
    /// Identifier of the approved WhatsApp template.
    pub template_id: i64,
}

/// Shows the state of the WhatsApp Business account linked to Brevo.
///
/// Tells the review status, the quality rating of the number and the sending limit set by Meta.
#[apply(operation!)]
#[http(GET "/whatsappCampaigns/config" -> 200 GetWhatsAppConfigResponse)]
#[errors(400)]
pub struct GetWhatsAppConfig {}

/// Creates a WhatsApp template.
///
/// The template is a draft until it is submitted with `send_whats_app_template_approval`. A header
/// is either `header_text` or `media_url`, not both.
#[apply(operation!)]
#[http(POST "/whatsappCampaigns/template" -> 201 CreatedId)]
#[errors(400)]
pub struct CreateWhatsAppTemplate {
    /// Text of the message; at most 1024 characters.
    #[api(max_length = 1024)]
    pub body_text: String,
    /// Category that Meta applies to the template.
    pub category: CreateWhatsAppTemplateRequestCategory,
    /// Text of the header, at most 45 characters; excludes `media_url`.
    #[api(max_length = 45)]
    pub header_text: Option<String>,
    /// Language code of the template, such as `en`.
    pub language: String,
    /// Absolute address of the media file of the header; excludes `header_text`.
    pub media_url: Option<String>,
    /// Name of the template.
    pub name: String,
    /// Part of Brevo that the template is meant for.
    pub source: Option<WhatsappTemplateSource>,
}

/// Lists the WhatsApp templates of the account.
///
/// `start_date` and `end_date` go together. The reply carries the total in `count`.
#[apply(operation!)]
#[http(GET "/whatsappCampaigns/template-list" -> 200 GetWhatsAppTemplatesResponse)]
#[errors(400)]
#[page(Offset, "templates", "count")]
pub struct GetWhatsAppTemplates {
    /// Start of the period in which the templates were made, as `YYYY-MM-DDTHH:mm:ss.SSSZ`; goes
    /// with `end_date`.
    pub start_date: Option<DateTime>,
    /// End of the period in which the templates were made, as `YYYY-MM-DDTHH:mm:ss.SSSZ`; goes with
    /// `start_date`.
    pub end_date: Option<DateTime>,
    /// Page size; at most 100, 50 by default.
    #[api(min = 0, max = 100, default = 50)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by last change, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
    /// Keeps only the templates made for this part of Brevo.
    pub source: Option<WhatsappTemplateSource>,
}

/// Submits a WhatsApp template to Meta for approval.
///
/// The reply is empty; the decision comes later and shows in the status of the template.
#[apply(operation!)]
#[http(POST "/whatsappCampaigns/template/approval/{templateId}" -> 200 ())]
#[errors(400)]
pub struct SendWhatsAppTemplateApproval {
    /// Identifier of the WhatsApp template.
    pub template_id: i64,
}

/// Fetches one WhatsApp campaign with its template, recipients and counters.
#[apply(operation!)]
#[http(GET "/whatsappCampaigns/{campaignId}" -> 200 GetWhatsAppCampaignResponse)]
#[errors(400, 404)]
pub struct GetWhatsAppCampaign {
    /// Identifier of the WhatsApp campaign.
    pub campaign_id: i64,
}

/// Changes, reschedules or suspends a WhatsApp campaign.
///
/// Only the given fields change. An empty reply means success. The name and time are called
/// `campaign_name` and `reschedule_for` here, unlike at creation.
#[apply(operation!)]
#[http(PUT "/whatsappCampaigns/{campaignId}" -> 204 ())]
#[errors(400)]
pub struct UpdateWhatsAppCampaign {
    /// Identifier of the WhatsApp campaign.
    pub campaign_id: i64,
    /// New name of the campaign.
    pub campaign_name: Option<String>,
    /// State asked for; `scheduled` by default, so omitting it does not suspend the campaign.
    #[api(default = "scheduled")]
    pub campaign_status: Option<UpdateWhatsAppCampaignRequestCampaignStatus>,
    /// Lists or segments that receive the campaign, and lists left out.
    pub recipients: Option<WhatsappCampaignRecipients>,
    /// New sending time, as `YYYY-MM-DDTHH:mm:ss.SSSZ`, preferably with the time zone.
    pub reschedule_for: Option<DateTime>,
}

/// Deletes a WhatsApp campaign.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/whatsappCampaigns/{campaignId}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteWhatsAppCampaign {
    /// Identifier of the WhatsApp campaign.
    pub campaign_id: i64,
}

/// Meta category of a WhatsApp template.
#[apply(open_enum!)]
pub enum CreateWhatsAppTemplateRequestCategory {
    Marketing = "MARKETING",
    Utility = "UTILITY",
}

/// One WhatsApp campaign in full.
#[apply(model!)]
pub struct GetWhatsAppCampaignResponse {
    /// Name of the campaign.
    pub campaign_name: Option<String>,
    /// State of the campaign.
    pub campaign_status: Option<WhatsappCampaignStatus>,
    /// Creation time, as an ISO 8601 date-time.
    pub created_at: Option<String>,
    /// Identifier of the campaign.
    pub id: Option<i64>,
    /// Time of the last change, as an ISO 8601 date-time.
    pub modified_at: Option<String>,
    /// Planned sending time, as an ISO 8601 date-time.
    pub scheduled_at: Option<String>,
    /// Who receives the campaign and who is left out.
    pub recipients: Option<GetWhatsAppCampaignResponseRecipients>,
    /// WhatsApp number that sends the campaign.
    pub sender_number: Option<String>,
    /// Counters of the campaign.
    pub stats: Option<WhatsappCampStats>,
    /// Template that the campaign uses.
    pub template: Option<GetWhatsAppCampaignResponseTemplate>,
}

/// Audience of a WhatsApp campaign.
#[apply(model!)]
pub struct GetWhatsAppCampaignResponseRecipients {
    /// Identifiers of the lists left out.
    pub excluded_lists: Option<Vec<i64>>,
    /// Identifiers of the lists that receive the campaign.
    pub included_lists: Option<Vec<i64>>,
    /// Identifiers of the segments that receive the campaign.
    pub segments: Option<Vec<i64>>,
    /// Kind of audience, by list or by segment.
    pub r#type: Option<String>,
}

/// Template as used by a WhatsApp campaign.
#[apply(model!)]
pub struct GetWhatsAppCampaignResponseTemplate {
    /// Variables of the body text.
    #[serde(rename = "body_variables")]
    pub body_variables: Option<Vec<VariablesItems>>,
    /// Kind of the buttons of the template.
    #[serde(rename = "button_type")]
    pub button_type: Option<String>,
    /// Meta category of the template.
    pub category: Option<String>,
    /// Parts of the template, such as header, body and footer.
    pub components: Option<Vec<GetWhatsAppCampaignResponseTemplateComponentsItem>>,
    /// Whether the template has buttons.
    #[serde(rename = "contains_button")]
    pub contains_button: Option<bool>,
    /// Whether the header is shown.
    #[serde(rename = "display_header")]
    pub display_header: Option<bool>,
    /// Kind of header, such as text or a media type.
    #[serde(rename = "header_type")]
    pub header_type: Option<String>,
    /// Variables of the header.
    #[serde(rename = "header_variables")]
    pub header_variables: Option<Vec<VariablesItems>>,
    /// Whether the footer is hidden.
    #[serde(rename = "hide_footer")]
    pub hide_footer: Option<bool>,
    /// Language code of the template.
    pub language: Option<String>,
    /// Name of the template.
    pub name: Option<String>,
}

/// One part of a WhatsApp template.
#[apply(model!)]
pub struct GetWhatsAppCampaignResponseTemplateComponentsItem {
    /// Text of the part.
    pub text: Option<String>,
    /// Role of the part, such as body or footer.
    pub r#type: Option<String>,
}

/// One page of WhatsApp campaigns.
#[apply(model!)]
pub struct GetWhatsAppCampaignsResponse {
    /// The campaigns of this page.
    pub campaigns: Option<Vec<GetWhatsAppCampaignsResponseCampaignsItem>>,
    /// Total number of campaigns that match.
    pub count: Option<i64>,
}

/// One WhatsApp campaign in a listing.
#[apply(model!)]
pub struct GetWhatsAppCampaignsResponseCampaignsItem {
    /// Name of the campaign.
    pub campaign_name: Option<String>,
    /// State of the campaign.
    pub campaign_status: Option<WhatsappCampaignStatus>,
    /// Creation time, as an ISO 8601 date-time.
    pub created_at: Option<String>,
    /// Why the campaign failed or was refused.
    pub error_reason: Option<String>,
    /// Identifier of the campaign.
    pub id: Option<i64>,
    /// Number of contacts that could not be messaged.
    pub invalidated_contacts: Option<i64>,
    /// Time of the last change, as an ISO 8601 date-time.
    pub modified_at: Option<String>,
    /// Share of messages read, in percent.
    pub read_percentage: Option<f64>,
    /// Planned sending time, as an ISO 8601 date-time.
    pub scheduled_at: Option<String>,
    /// Counters of the campaign.
    pub stats: Option<WhatsappCampStats>,
    /// Identifier of the template, here as text although it is a number elsewhere.
    pub template_id: Option<String>,
}

/// State of the WhatsApp Business account.
#[apply(model!)]
pub struct GetWhatsAppConfigResponse {
    /// Verification status of the business with Meta.
    pub business_status: Option<String>,
    /// Review status of the display name of the number.
    pub phone_number_name_status: Option<WhatsappReviewStatus>,
    /// Quality rating of the number given by Meta.
    pub phone_number_quality: Option<GetWhatsAppConfigResponsePhoneNumberQuality>,
    /// Messaging limit granted by Meta, as text.
    pub sending_limit: Option<String>,
    /// Identifier of the WhatsApp Business account.
    pub whatsapp_business_account_id: Option<String>,
    /// Review status of the WhatsApp Business account.
    pub whatsapp_business_account_status: Option<WhatsappReviewStatus>,
}

/// Quality rating of a WhatsApp number, from `GREEN` (good) to `RED` (poor).
#[apply(open_enum!)]
pub enum GetWhatsAppConfigResponsePhoneNumberQuality {
    Green = "GREEN",
    Yellow = "YELLOW",
    Red = "RED",
}

/// One page of WhatsApp templates.
#[apply(model!)]
pub struct GetWhatsAppTemplatesResponse {
    /// Total number of templates that match.
    pub count: Option<i64>,
    /// The templates of this page.
    pub templates: Option<Vec<GetWhatsAppTemplatesResponseTemplatesItem>>,
}

/// One WhatsApp template in a listing.
#[apply(model!)]
pub struct GetWhatsAppTemplatesResponseTemplatesItem {
    /// Meta category of the template.
    pub category: Option<String>,
    /// Creation time, as an ISO 8601 date-time.
    pub created_at: Option<String>,
    /// Why Meta refused the template.
    pub error_reason: Option<String>,
    /// Identifier of the template.
    pub id: Option<i64>,
    /// Language code of the template.
    pub language: Option<String>,
    /// Time of the last change, as an ISO 8601 date-time.
    pub modified_at: Option<String>,
    /// Name of the template.
    pub name: Option<String>,
    /// Approval status of the template.
    pub status: Option<String>,
    /// Kind of the template.
    pub r#type: Option<String>,
}

/// State that a WhatsApp campaign may be put in.
#[apply(open_enum!)]
pub enum UpdateWhatsAppCampaignRequestCampaignStatus {
    Scheduled = "scheduled",
    Suspended = "suspended",
}

/// One variable of a WhatsApp template.
#[apply(model!)]
pub struct VariablesItems {
    /// Data type of the variable.
    pub datatype: Option<String>,
    /// Value used when the contact has none.
    pub default: Option<String>,
    /// Name of the variable.
    pub name: Option<String>,
}

/// Counters of a WhatsApp campaign.
#[apply(model!)]
pub struct WhatsappCampStats {
    /// Number of messages delivered.
    pub delivered: Option<i64>,
    /// Number of messages that were not sent.
    pub not_sent: Option<i64>,
    /// Number of messages read.
    pub read: Option<i64>,
    /// Number of messages sent.
    pub sent: Option<i64>,
    /// Number of contacts who opted out.
    pub unsubscribe: Option<i64>,
}

/// Audience chosen for a WhatsApp campaign; needs lists or segments.
#[apply(model!)]
pub struct WhatsappCampaignRecipients {
    /// Identifiers of the lists whose contacts are left out.
    pub excluded_list_ids: Option<Vec<i64>>,
    /// Identifiers of the lists that receive the campaign; needed without `segments`.
    pub list_ids: Option<Vec<i64>>,
    /// Identifiers of the segments that receive the campaign; needed without `list_ids`.
    pub segments: Option<Vec<i64>>,
}

/// State of a WhatsApp campaign.
#[apply(open_enum!)]
pub enum WhatsappCampaignStatus {
    Draft = "draft",
    Scheduled = "scheduled",
    Pending = "pending",
    Approved = "approved",
    Running = "running",
    Suspended = "suspended",
    Rejected = "rejected",
    Sent = "sent",
}

/// Result of a review by Meta.
#[apply(open_enum!)]
pub enum WhatsappReviewStatus {
    Approved = "APPROVED",
    Pending = "PENDING",
    Rejected = "REJECTED",
}

/// Part of Brevo that a WhatsApp template is made for.
#[apply(open_enum!)]
pub enum WhatsappTemplateSource {
    Automation = "Automation",
    Conversations = "Conversations",
}
