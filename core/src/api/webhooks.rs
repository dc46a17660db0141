//! Webhooks: what Brevo posts to its users, and the history of it.

use macro_rules_attribute::apply;

use super::shared::{CreatedId, KeyValue, MessageKind, ProcessId, Sort};
use crate::schema::{Date, Map};

resource! {
    "Webhooks: what Brevo posts to its users, and the history of it.",
    GetWebhooks,
    CreateWebhook,
    ExportWebhooksHistory,
    GetWebhook,
    UpdateWebhook,
    DeleteWebhook,
}

/// Lists the webhooks of one type in one reply.
///
/// Only transactional webhooks come by default; ask for each `type` in turn to see all. An account
/// may hold 40 marketing and transactional webhooks together (source: webhook guide).
#[apply(operation!)]
#[http(GET "/webhooks" -> 200 GetWebhooksResponse)]
#[errors(400)]
#[page(Single, "webhooks")]
pub struct GetWebhooks {
    /// Type of the webhooks to list, transactional by default.
    #[api(default = "transactional")]
    pub r#type: Option<WebhookType>,
    /// Order by creation of the webhooks, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Creates a webhook that reports events to a URL of yours.
///
/// Events are subscribed in camel case here, but arrive in snake case (`hardBounce` becomes
/// `hard_bounce`). Deliveries carry no signature, may come twice and in any order; a receiver that
/// answers with a 4xx (except 429) or 5xx status loses the event (source: retry guide). An account
/// may hold 40 marketing and transactional webhooks (source: webhook guide).
#[apply(operation!)]
#[http(POST "/webhooks" -> 201 CreatedId)]
#[errors(400)]
pub struct CreateWebhook {
    /// Credentials that Brevo sends along with each delivery.
    pub auth: Option<WebhookAuth>,
    /// True collects events over five minutes and delivers up to 500 of them per call.
    pub batched: Option<bool>,
    /// Channel whose events are reported, `email` by default.
    #[api(default = "email")]
    pub channel: Option<CreateWebhookRequestChannel>,
    /// Free description of the webhook.
    pub description: Option<String>,
    /// Domain whose incoming mail is reported; required for the type `inbound`.
    pub domain: Option<String>,
    /// Events to report; required for transactional and marketing webhooks, `inboundEmailProcessed`
    /// by default for inbound ones.
    pub events: Option<Vec<WebhookEvent>>,
    /// HTTP headers that Brevo adds to each delivery.
    pub headers: Option<Vec<KeyValue>>,
    /// Type of the webhook, transactional by default.
    #[api(default = "transactional")]
    pub r#type: Option<WebhookType>,
    /// Address that receives the deliveries.
    #[api(format = "url")]
    pub url: String,
}

/// Starts an export of past webhook events into a CSV file.
///
/// This is an Enterprise feature that Brevo must activate. The export runs in the background (202),
/// and the link to the file is sent to `notify_url`. Give either `days` or both `start_date` and
/// `end_date`.
#[apply(operation!)]
#[http(POST "/webhooks/export" -> 202 ProcessId)]
#[errors(400)]
pub struct ExportWebhooksHistory {
    /// Number of past days to export, today included; excludes `start_date` and `end_date`.
    pub days: Option<i64>,
    /// Keeps only events of this recipient address.
    pub email: Option<String>,
    /// Last day, form `YYYY-MM-DD`, not before `start_date`; required with it.
    pub end_date: Option<Date>,
    /// Kind of event to export, or `allEvents`.
    pub event: ExportWebhooksHistoryRequestEvent,
    /// Keeps only events of this message; only for transactional webhooks.
    pub message_id: Option<String>,
    /// Address that gets the link to the CSV file; spelled `notifyURL` on the wire.
    #[serde(rename = "notifyURL")]
    pub notify_url: String,
    /// Order of the records, `asc` or `desc`.
    pub sort: Option<String>,
    /// First day, form `YYYY-MM-DD`, not after `end_date`; required with it.
    pub start_date: Option<Date>,
    /// Type of the webhooks whose events are exported.
    pub r#type: MessageKind,
    /// Keeps only events of the webhook with this identifier.
    pub webhook_id: Option<i64>,
}

/// Gets one webhook with its settings.
///
/// Official examples also show an untyped `channel` field.
#[apply(operation!)]
#[http(GET "/webhooks/{webhookId}" -> 200 Webhook)]
#[errors(400, 404)]
pub struct GetWebhook {
    /// Identifier of the webhook.
    pub webhook_id: i64,
}

/// Changes the settings of a webhook.
///
/// The type and the channel cannot be changed. The reply is empty on success.
#[apply(operation!)]
#[http(PUT "/webhooks/{webhookId}" -> 204 ())]
#[errors(400, 404)]
pub struct UpdateWebhook {
    /// Identifier of the webhook.
    pub webhook_id: i64,
    /// New credentials that Brevo sends along with each delivery.
    pub auth: Option<WebhookAuth>,
    /// True collects events over five minutes and delivers up to 500 of them per call.
    pub batched: Option<bool>,
    /// New description of the webhook.
    pub description: Option<String>,
    /// New domain whose incoming mail is reported; only for the type `inbound`.
    pub domain: Option<String>,
    /// New set of events to report, in camel case; allowed values depend on the type.
    pub events: Option<Vec<WebhookEvent>>,
    /// HTTP headers that Brevo adds to each delivery.
    pub headers: Option<Vec<KeyValue>>,
    /// New address that receives the deliveries.
    #[api(format = "url")]
    pub url: Option<String>,
}

/// Deletes a webhook for good and ends its deliveries.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/webhooks/{webhookId}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteWebhook {
    /// Identifier of the webhook.
    pub webhook_id: i64,
}

/// Channel whose events a webhook reports.
#[apply(open_enum!)]
pub enum CreateWebhookRequestChannel {
    Email = "email",
    Sms = "sms",
}

/// Kind of event in an export of the webhook history; two error names in it look like slips of the
/// official definition.
#[apply(open_enum!)]
pub enum ExportWebhooksHistoryRequestEvent {
    InvalidParameter = "invalid_parameter",
    MissingParameter = "missing_parameter",
    HardBounce = "hardBounce",
    SoftBounce = "softBounce",
    Delivered = "delivered",
    Spam = "spam",
    Request = "request",
    Opened = "opened",
    Click = "click",
    Invalid = "invalid",
    Deferred = "deferred",
    Blocked = "blocked",
    Unsubscribed = "unsubscribed",
    Error = "error",
    UniqueOpened = "uniqueOpened",
    LoadedByProxy = "loadedByProxy",
    AllEvents = "allEvents",
}

/// The webhooks of one type.
#[apply(model!)]
pub struct GetWebhooksResponse {
    /// The webhooks.
    pub webhooks: Option<Vec<Webhook>>,
}

/// A webhook with its settings.
#[apply(model!)]
pub struct Webhook {
    /// Credentials sent along with each delivery.
    pub auth: Option<Map>,
    /// Whether events are collected and delivered in batches.
    pub batched: Option<bool>,
    /// Time at which the webhook was created, UTC or with an offset.
    pub created_at: Option<String>,
    /// Description of the webhook.
    pub description: Option<String>,
    /// Names of the events that the webhook reports, in camel case.
    pub events: Option<Vec<String>>,
    /// HTTP headers added to each delivery, one entry per header.
    pub headers: Option<Vec<Map>>,
    /// Identifier of the webhook.
    pub id: Option<i64>,
    /// Time of the last change of the webhook, UTC or with an offset.
    pub modified_at: Option<String>,
    /// Type of the webhook.
    pub r#type: Option<WebhookType>,
    /// Domain whose incoming mail is reported; only for inbound webhooks.
    pub domain: Option<String>,
    /// Address that receives the deliveries.
    #[api(format = "url")]
    pub url: Option<String>,
}

/// Credentials that Brevo sends along with each delivery of a webhook.
#[apply(model!)]
pub struct WebhookAuth {
    /// The secret token.
    pub token: Option<String>,
    /// Way of authentication, such as `bearer`; the full set of values is not documented in our
    /// sources.
    pub r#type: Option<String>,
}

/// Event that a webhook can report; `list*` and `contact*` events are for marketing, `inbound*` for
/// inbound webhooks.
#[apply(open_enum!)]
pub enum WebhookEvent {
    Sent = "sent",
    HardBounce = "hardBounce",
    SoftBounce = "softBounce",
    Blocked = "blocked",
    Spam = "spam",
    Delivered = "delivered",
    Request = "request",
    Click = "click",
    Invalid = "invalid",
    Deferred = "deferred",
    Opened = "opened",
    UniqueOpened = "uniqueOpened",
    Unsubscribed = "unsubscribed",
    ListAddition = "listAddition",
    ContactUpdated = "contactUpdated",
    ContactDeleted = "contactDeleted",
    InboundEmailProcessed = "inboundEmailProcessed",
    Reply = "reply",
}

/// Kind of traffic that a webhook reports on.
#[apply(open_enum!)]
pub enum WebhookType {
    Transactional = "transactional",
    Marketing = "marketing",
    Inbound = "inbound",
}
