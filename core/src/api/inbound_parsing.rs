//! Inbound parsing: received e-mails, their events and attachments.

use macro_rules_attribute::apply;

use super::shared::Sort;
use crate::schema::{Bytes, DateTime};

resource! {
    "Inbound parsing: received e-mails, their events and attachments.",
    GetInboundEmailEvents,
    GetInboundEmailEventsByUuid,
    GetInboundEmailAttachment,
}

/// Lists emails that came in through inbound parsing.
///
/// The period is at most 30 days and the last 30 days by default. There is no total number in the
/// reply.
#[apply(operation!)]
#[http(GET "/inbound/events" -> 200 GetInboundEmailEventsResponse)]
#[errors(400)]
#[page(Offset, "events")]
pub struct GetInboundEmailEvents {
    /// Address of the sender whose emails are listed.
    pub sender: Option<String>,
    /// Start of the period, as a date or date-time not in the future; needs `end_date`, at most 30
    /// days apart.
    #[api(format = "datetime")]
    pub start_date: Option<DateTime>,
    /// End of the period, as a date or date-time not in the future; needs `start_date`, at most 30
    /// days apart.
    #[api(format = "datetime")]
    pub end_date: Option<DateTime>,
    /// Page size, at most 500; 100 by default.
    #[api(min = 0, max = 500, default = 100)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Order by creation, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Returns one received email with its attachments and processing log.
///
/// The log shows whether the inbound webhook was delivered or failed.
#[apply(operation!)]
#[http(GET "/inbound/events/{uuid}" -> 200 GetInboundEmailEventsByUuidResponse)]
#[errors(400, 404)]
pub struct GetInboundEmailEventsByUuid {
    /// Identifier of the received email, from the list entries.
    pub uuid: String,
}

/// Downloads an attachment of a received email.
///
/// The token comes from the `DownloadToken` of the attachment in the inbound webhook. The reply is
/// the file itself, so stream it when it may be large.
#[apply(operation!)]
#[http(GET "/inbound/attachments/{downloadToken}" -> 200 Bytes)]
#[errors(400, 404)]
pub struct GetInboundEmailAttachment {
    /// Token of the attachment from the inbound webhook.
    pub download_token: String,
}

/// Received email with its attachments and processing log.
#[apply(model!)]
pub struct GetInboundEmailEventsByUuidResponse {
    /// Files attached to the email, without their data; present only after processing.
    pub attachments: Option<Vec<GetInboundEmailEventsByUuidResponseAttachmentsItem>>,
    /// Time at which the webhook received the email; may be null.
    pub delivered_at: Option<DateTime>,
    /// Steps of processing so far.
    pub logs: Option<Vec<GetInboundEmailEventsByUuidResponseLogsItem>>,
    /// Value of the Message-ID header; present only after processing.
    pub message_id: Option<String>,
    /// Time at which Brevo received the email.
    pub received_at: Option<DateTime>,
    /// Address to which the email was sent.
    #[api(format = "email")]
    pub recipient: Option<String>,
    /// Address of the sender.
    #[api(format = "email")]
    pub sender: Option<String>,
    /// Subject line of the email; present only after processing.
    pub subject: Option<String>,
}

/// File attached to a received email, without its data.
#[apply(model!)]
pub struct GetInboundEmailEventsByUuidResponseAttachmentsItem {
    /// Value of the Content-ID header, by which HTML refers to inline images.
    pub content_id: Option<String>,
    /// Size of the file in bytes.
    pub content_length: Option<i64>,
    /// Media type of the file.
    pub content_type: Option<String>,
    /// Name of the file.
    pub name: Option<String>,
}

/// One step in the processing of a received email.
#[apply(model!)]
pub struct GetInboundEmailEventsByUuidResponseLogsItem {
    /// Time of the step.
    pub date: Option<DateTime>,
    /// Kind of step.
    pub r#type: Option<GetInboundEmailEventsByUuidResponseLogsItemType>,
}

/// Kind of step in the processing of a received email.
#[apply(open_enum!)]
pub enum GetInboundEmailEventsByUuidResponseLogsItemType {
    Received = "received",
    Processed = "processed",
    WebhookFailed = "webhookFailed",
    WebhookDelivered = "webhookDelivered",
}

/// Page of received emails, without a total number.
#[apply(model!)]
pub struct GetInboundEmailEventsResponse {
    /// Received emails on this page; may be absent when there are none.
    pub events: Option<Vec<GetInboundEmailEventsResponseEventsItem>>,
}

/// Received email in a list.
#[apply(model!)]
pub struct GetInboundEmailEventsResponseEventsItem {
    /// Time at which Brevo received the email.
    pub date: Option<DateTime>,
    /// Address to which the email was sent.
    #[api(format = "email")]
    pub recipient: Option<String>,
    /// Address of the sender.
    #[api(format = "email")]
    pub sender: Option<String>,
    /// Identifier for fetching the email with `get_inbound_email_events_by_uuid`.
    #[api(format = "uuid")]
    pub uuid: Option<String>,
}
