//! Transactional WhatsApp messages.

use macro_rules_attribute::apply;

use super::shared::Sort;
use crate::schema::{Date, Map};

resource! {
    "Transactional WhatsApp messages.",
    SendWhatsappMessage,
    GetWhatsappEventReport,
}

/// Sends a WhatsApp message to one or more numbers.
///
/// Give either `template_id` or `text`. A first message needs an approved template; free `text` is
/// possible only as an answer, once the contact has written. There is no idempotency key, so a
/// blind retry may send twice.
#[apply(operation!)]
#[http(POST "/whatsapp/sendMessage" -> 201 SendWhatsappMessageResponse)]
#[errors(400)]
pub struct SendWhatsappMessage {
    /// Numbers of the recipients, with the country code.
    pub contact_numbers: Vec<String>,
    /// Values for the variables of the template, by name; not used with `text`.
    pub params: Option<Map>,
    /// WhatsApp number of the account that sends, with the country code.
    #[api(format = "mobile")]
    pub sender_number: String,
    /// Identifier of the approved template; alternative to `text`.
    pub template_id: Option<i64>,
    /// Free text of the message; alternative to `template_id`.
    pub text: Option<String>,
}

/// Lists the events of transactional WhatsApp messages one by one.
///
/// Give `start_date` and `end_date` together, or `days` instead; without them the last 30 days are
/// covered. The reply has no total: the last page is the one that comes back short.
#[apply(operation!)]
#[http(GET "/whatsapp/statistics/events" -> 200 GetWhatsappEventReportResponse)]
#[errors(400)]
#[page(Offset, "events")]
pub struct GetWhatsappEventReport {
    /// Page size; at most 10000, 2500 by default.
    #[api(min = 0, max = 10000, default = 2500)]
    pub limit: Option<i64>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// First day of the period, as `YYYY-MM-DD`; goes with `end_date`, excludes `days`.
    pub start_date: Option<Date>,
    /// Last day of the period, as `YYYY-MM-DD`; goes with `start_date`, excludes `days`.
    pub end_date: Option<Date>,
    /// Number of past days to cover, today included; excludes `start_date` and `end_date`.
    pub days: Option<i64>,
    /// Keeps only the events of this recipient number, with the country code.
    #[api(format = "mobile")]
    pub contact_number: Option<String>,
    /// Keeps only the events of this kind.
    pub event: Option<WhatsappEvent>,
    /// Order of the events by date, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// One page of WhatsApp events.
#[apply(model!)]
pub struct GetWhatsappEventReportResponse {
    /// The events of this page.
    pub events: Option<Vec<GetWhatsappEventReportResponseEventsItem>>,
}

/// One event of a transactional WhatsApp message.
#[apply(model!)]
pub struct GetWhatsappEventReportResponseEventsItem {
    /// Text that the contact sent back; on replies only.
    pub body: Option<String>,
    /// Number of the recipient.
    #[api(format = "mobile")]
    pub contact_number: Option<String>,
    /// Time of the event, as an ISO 8601 date-time.
    pub date: Option<String>,
    /// Kind of event.
    pub event: Option<WhatsappEvent>,
    /// Address of the media file that the contact sent back; on replies only.
    #[api(format = "url")]
    pub media_url: Option<String>,
    /// Identifier of the message.
    pub message_id: Option<String>,
    /// Cause of an error.
    pub reason: Option<String>,
    /// WhatsApp number that sent the message.
    #[api(format = "mobile")]
    pub sender_number: Option<String>,
}

/// Receipt of a WhatsApp message.
#[apply(model!)]
pub struct SendWhatsappMessageResponse {
    /// Identifier of the message, a version 4 UUID.
    #[api(format = "uuidv4")]
    pub message_id: Option<String>,
}

/// Kind of event of a transactional WhatsApp message.
#[apply(open_enum!)]
pub enum WhatsappEvent {
    Sent = "sent",
    Delivered = "delivered",
    Read = "read",
    Error = "error",
    Unsubscribe = "unsubscribe",
    Reply = "reply",
    SoftBounce = "soft-bounce",
}
