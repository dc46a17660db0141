//! Transactional SMS: sending, events and statistics.

use macro_rules_attribute::apply;

use super::shared::{MessageKind, Sort};
use crate::schema::{Date, Map};

resource! {
    "Transactional SMS: sending, events and statistics.",
    SendAsyncTransactionalSms,
    SendTransacSms,
    GetTransacAggregatedSmsReport,
    GetSmsEvents,
    GetTransacSmsReport,
}

/// Queues one SMS to one recipient without waiting for the sending.
///
/// Give either `content` or `template_id`. The reply carries only the message identifier, so
/// credits and number of parts stay unknown. There is no idempotency key for SMS, so a blind retry
/// may send twice. The limit is 150 calls per second on standard plans (source: API limits page).
#[apply(operation!)]
#[http(POST "/transactionalSMS/send" -> 201 SendAsyncTransactionalSmsResponse)]
#[errors(400)]
pub struct SendAsyncTransactionalSms {
    /// Brand name put in front of the text; counts towards the message length. US carriers
    /// recommend it.
    pub organisation_prefix: Option<String>,
    /// Mobile number with the country code, 6 to 15 digits, with an optional leading `+`.
    pub recipient: String,
    /// Sender name or number: up to 11 alphanumeric characters or up to 15 digits.
    #[api(max_length = 15)]
    pub sender: String,
    /// One tag or several, at most 10, to find the message again in the statistics.
    #[api(max_items = 10)]
    pub tag: Option<SendTransacSmsTag>,
    /// Purpose of the message; `transactional` by default. Marketing messages obey opt-out and
    /// sending-hour rules.
    #[api(default = "transactional")]
    pub r#type: Option<MessageKind>,
    /// Whether the text is sent as Unicode, which shortens the capacity of each SMS; `false` by
    /// default.
    #[api(default = false)]
    pub unicode_enabled: Option<bool>,
    /// Address that receives a webhook call for each event of this message.
    #[api(format = "url")]
    pub web_url: Option<String>,
    /// Values for the variables of the template, by name.
    pub params: Option<Map>,
    /// Identifier of the SMS template; alternative to `content`.
    pub template_id: Option<i64>,
    /// Text of the message; alternative to `template_id`. Beyond 160 characters it goes out as
    /// several SMS.
    pub content: Option<String>,
}

/// Sends one SMS to one recipient and reports the credits used.
///
/// Give either `content` or `template_id`. A stop code in the text turns it into a marketing SMS,
/// which in France is not sent from 22h to 8h, on Sundays and on holidays (source: SDK 5.1). Error
/// 402 means that credits lack. There is no idempotency key for SMS, so a blind retry may send
/// twice.
#[apply(operation!)]
#[http(POST "/transactionalSMS/sms" -> 201 SendTransacSmsResponse)]
#[errors(400, 402, 429)]
pub struct SendTransacSms {
    /// Brand name put in front of the text; counts towards the message length. US carriers
    /// recommend it.
    pub organisation_prefix: Option<String>,
    /// Mobile number with the country code, 6 to 15 digits, with an optional leading `+`.
    pub recipient: String,
    /// Sender name or number: up to 11 alphanumeric characters or up to 15 digits.
    #[api(max_length = 15)]
    pub sender: String,
    /// One tag or several, at most 10, to find the message again in the statistics.
    #[api(max_items = 10)]
    pub tag: Option<SendTransacSmsTag>,
    /// Purpose of the message; `transactional` by default. Marketing messages obey opt-out and
    /// sending-hour rules.
    #[api(default = "transactional")]
    pub r#type: Option<MessageKind>,
    /// Whether the text is sent as Unicode, which shortens the capacity of each SMS; `false` by
    /// default.
    #[api(default = false)]
    pub unicode_enabled: Option<bool>,
    /// Address that receives a webhook call for each event of this message.
    #[api(format = "url")]
    pub web_url: Option<String>,
    /// Values for the variables of the template, by name.
    pub params: Option<Map>,
    /// Identifier of the SMS template; alternative to `content`.
    pub template_id: Option<i64>,
    /// Text of the message; alternative to `template_id`. Beyond 160 characters it goes out as
    /// several SMS.
    pub content: Option<String>,
}

/// Sums up the transactional SMS activity over a period.
///
/// Give `start_date` and `end_date` together, or `days` instead. Brevo asks to use webhooks rather
/// than to poll statistics.
#[apply(operation!)]
#[http(GET "/transactionalSMS/statistics/aggregatedReport" -> 200 GetTransacAggregatedSmsReportResponse)]
#[errors(400)]
pub struct GetTransacAggregatedSmsReport {
    /// First day of the period, as `YYYY-MM-DD`; goes with `end_date`, excludes `days`.
    pub start_date: Option<Date>,
    /// Last day of the period, as `YYYY-MM-DD`; goes with `start_date`, excludes `days`.
    pub end_date: Option<Date>,
    /// Number of past days to cover, today included; excludes `start_date` and `end_date`.
    pub days: Option<i64>,
    /// Keeps only the messages that carry this tag.
    pub tag: Option<String>,
}

/// Lists the events of transactional SMS one by one.
///
/// Give `start_date` and `end_date` together, or `days` instead. The reply has no total: the last
/// page is the one that comes back short. Brevo asks to use webhooks rather than to poll
/// statistics.
#[apply(operation!)]
#[http(GET "/transactionalSMS/statistics/events" -> 200 GetSmsEventsResponse)]
#[errors(400)]
#[page(Offset, "events")]
pub struct GetSmsEvents {
    /// Page size; at most 100, 50 by default.
    #[api(min = 0, max = 100, default = 50)]
    pub limit: Option<i64>,
    /// First day of the period, as `YYYY-MM-DD`; goes with `end_date`, excludes `days`.
    pub start_date: Option<Date>,
    /// Last day of the period, as `YYYY-MM-DD`; goes with `start_date`, excludes `days`.
    pub end_date: Option<Date>,
    /// Number of entries to skip; 0 by default.
    #[api(default = 0)]
    pub offset: Option<i64>,
    /// Number of past days to cover, today included; excludes `start_date` and `end_date`.
    pub days: Option<i64>,
    /// Keeps only the events of this recipient number.
    pub phone_number: Option<String>,
    /// Keeps only the events of this kind.
    pub event: Option<SmsEvent>,
    /// Keeps only messages with these tags; a JSON array of strings in text form.
    pub tags: Option<String>,
    /// Order of the events by date, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// Breaks the transactional SMS activity down by day.
///
/// Give `start_date` and `end_date` together, or `days` instead. The reply is not paged.
#[apply(operation!)]
#[http(GET "/transactionalSMS/statistics/reports" -> 200 GetTransacSmsReportResponse)]
#[errors(400)]
#[page(Single, "reports")]
pub struct GetTransacSmsReport {
    /// First day of the period, as `YYYY-MM-DD`; goes with `end_date`, excludes `days`.
    pub start_date: Option<Date>,
    /// Last day of the period, as `YYYY-MM-DD`; goes with `start_date`, excludes `days`.
    pub end_date: Option<Date>,
    /// Number of past days to cover, today included; excludes `start_date` and `end_date`.
    pub days: Option<i64>,
    /// Keeps only the messages that carry this tag.
    pub tag: Option<String>,
    /// Order of the days, newest first (`desc`) by default.
    #[api(default = "desc")]
    pub sort: Option<Sort>,
}

/// One page of transactional SMS events.
#[apply(model!)]
pub struct GetSmsEventsResponse {
    /// The events of this page.
    pub events: Option<Vec<GetSmsEventsResponseEventsItem>>,
}

/// One event of a transactional SMS.
#[apply(model!)]
pub struct GetSmsEventsResponseEventsItem {
    /// Time of the event, as an ISO 8601 date-time.
    pub date: Option<String>,
    /// Kind of event.
    pub event: Option<SmsEvent>,
    /// Identifier of the message, here as text.
    pub message_id: Option<String>,
    /// Number of the recipient.
    pub phone_number: Option<String>,
    /// Cause of a bounce or of a refused message.
    pub reason: Option<String>,
    /// Text that the recipient sent back; on replies only.
    pub reply: Option<String>,
    /// Tag of the message.
    pub tag: Option<String>,
}

/// Totals of the transactional SMS of a period.
#[apply(model!)]
pub struct GetTransacAggregatedSmsReportResponse {
    /// Number of messages accepted for delivery.
    pub accepted: Option<i64>,
    /// Number of messages to blocklisted recipients, thus not sent.
    pub blocked: Option<i64>,
    /// Number of messages delivered.
    pub delivered: Option<i64>,
    /// Number of messages that failed permanently.
    pub hard_bounces: Option<i64>,
    /// First and last day of the period, joined by a vertical bar.
    pub range: Option<String>,
    /// Number of messages rejected.
    pub rejected: Option<i64>,
    /// Number of messages that got a reply.
    pub replied: Option<i64>,
    /// Number of sending requests.
    pub requests: Option<i64>,
    /// Number of messages skipped.
    pub skipped: Option<i64>,
    /// Number of messages that failed temporarily.
    pub soft_bounces: Option<i64>,
    /// Number of recipients who opted out.
    pub unsubscribed: Option<i64>,
}

/// Daily figures of the transactional SMS.
#[apply(model!)]
pub struct GetTransacSmsReportResponse {
    /// One entry for each day.
    pub reports: Option<Vec<GetTransacSmsReportResponseReportsItem>>,
}

/// Transactional SMS figures of one day.
#[apply(model!)]
pub struct GetTransacSmsReportResponseReportsItem {
    /// Number of messages accepted for delivery.
    pub accepted: Option<i64>,
    /// Number of messages to blocklisted recipients, thus not sent.
    pub blocked: Option<i64>,
    /// Day that the figures belong to.
    pub date: Option<Date>,
    /// Number of messages delivered.
    pub delivered: Option<i64>,
    /// Number of messages that failed permanently.
    pub hard_bounces: Option<i64>,
    /// Number of messages rejected.
    pub rejected: Option<i64>,
    /// Number of messages that got a reply.
    pub replied: Option<i64>,
    /// Number of sending requests.
    pub requests: Option<i64>,
    /// Number of messages skipped.
    pub skipped: Option<i64>,
    /// Number of messages that failed temporarily.
    pub soft_bounces: Option<i64>,
    /// Number of recipients who opted out.
    pub unsubscribed: Option<i64>,
}

/// Receipt of a queued SMS.
#[apply(model!)]
pub struct SendAsyncTransactionalSmsResponse {
    /// Identifier of the message, a 64-bit number that overflows 32-bit integers.
    pub message_id: Option<i64>,
}

/// Receipt of an SMS with its cost.
#[apply(model!)]
pub struct SendTransacSmsResponse {
    /// Identifier of the message, a 64-bit number that overflows 32-bit integers.
    pub message_id: Option<i64>,
    /// Reference of the message as text.
    pub reference: Option<String>,
    /// SMS credits left on the account after this message.
    pub remaining_credits: Option<f64>,
    /// Number of SMS that the text was split into.
    pub sms_count: Option<i64>,
    /// SMS credits that this message cost.
    pub used_credits: Option<f64>,
}

/// One tag as text, or several tags as a list of at most 10.
#[apply(union!)]
pub enum SendTransacSmsTag {
    Text(String),
    Texts(Vec<String>),
}

/// Kind of event of a transactional SMS; webhooks spell some of these differently.
#[apply(open_enum!)]
pub enum SmsEvent {
    Bounces = "bounces",
    HardBounces = "hardBounces",
    SoftBounces = "softBounces",
    Delivered = "delivered",
    Sent = "sent",
    Accepted = "accepted",
    Unsubscription = "unsubscription",
    Replies = "replies",
    Blocked = "blocked",
    Rejected = "rejected",
    Skipped = "skipped",
}
