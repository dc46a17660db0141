//! Events that track what contacts do.

use macro_rules_attribute::apply;
use serde_json::Value;

use super::shared::{Scalar, TextOrInteger};
use crate::schema::{DateTime, Map};

resource! {
    "Events that track what contacts do.",
    GetEvents,
    CreateEvent,
    CreateBatchEvents,
}

/// Lists the custom events of contacts, with filters and paging.
///
/// Only custom events are covered. Without dates the last 6 months are searched; `start_date` and
/// `end_date` have to be given together (source: SDK 5.1).
#[apply(operation!)]
#[http(GET "/events" -> 200 GetEventsList)]
#[errors(400, 401, 500)]
#[page(Offset, "events", "count")]
pub struct GetEvents {
    /// Keeps only events of the contacts with these identifiers.
    #[serde(rename = "contact_id")]
    pub contact_id: Option<Vec<i64>>,
    /// Keeps only events with one of these names.
    #[serde(rename = "event_name")]
    pub event_name: Option<Vec<String>>,
    /// Keeps only events tied to objects of one of these types.
    #[serde(rename = "object_type")]
    pub object_type: Option<Vec<String>>,
    /// Start of the period, as `YYYY-MM-DD` or RFC 3339; required with `end_date`, and not later
    /// than it.
    pub start_date: Option<DateTime>,
    /// End of the period, as `YYYY-MM-DD` or RFC 3339; required with `start_date`, and not earlier
    /// than it.
    pub end_date: Option<DateTime>,
    /// Page size, from 1 to 10000; default 100.
    #[api(min = 1, max = 10000, default = 100)]
    pub limit: Option<i64>,
    /// Number of entries to skip before the page starts; default 0.
    #[api(min = 0, default = 0)]
    pub offset: Option<i64>,
}

/// Records a custom event of a contact.
///
/// The event can start automations and, through `contact_properties`, change attributes of the
/// contact. A success has no body. The limit is 10 calls per second on the general plans, 20 on
/// advanced ones (source: API limits page). There is no protection against duplicates, so a
/// repeated call records the event twice.
#[apply(operation!)]
#[http(POST "/events" -> 204 ())]
#[errors(400, 401)]
pub struct CreateEvent {
    /// Contact attributes to set along with the event, by attribute name.
    #[serde(rename = "contact_properties")]
    pub contact_properties: Option<Map<Scalar>>,
    /// Moment of the event, in ISO 8601; the time of the call when not given.
    #[serde(rename = "event_date")]
    pub event_date: Option<DateTime>,
    /// Name of the event, at most 255 characters: letters, digits, hyphens and underscores.
    #[serde(rename = "event_name")]
    pub event_name: String,
    /// Data of the event, possibly nested, at most 50 KB; keys of at most 255 letters, digits,
    /// hyphens and underscores.
    #[serde(rename = "event_properties")]
    pub event_properties: Option<Map<CreateEventRequestEventPropertiesValue>>,
    /// Identifiers of the contact; at least one has to be set.
    pub identifiers: EventIdentifiers,
    /// Object record to which the event belongs; ignored when the type or record does not exist.
    pub object: Option<EventObject>,
}

/// Records many custom events in one call.
///
/// The list has to be wrapped in an object under `events`; a bare list is no longer taken since
/// 2026-04-21 (source: changelog). The reply tells how many events were accepted, and rejected ones
/// are reported by their index. There is no protection against duplicates.
#[apply(operation!)]
#[http(POST "/events/batch" -> 201 BatchAcceptedResponse)]
#[errors(400, 401)]
pub struct CreateBatchEvents {
    /// Events to record.
    pub events: Vec<CreateBatchEventsRequestEventsItem>,
}

/// Acknowledgement of a batch of events.
#[apply(model!)]
pub struct BatchAcceptedResponse {
    /// Readable outcome of the batch.
    pub message: Option<String>,
    /// Number of events that were accepted.
    pub count: Option<i64>,
}

/// One event in a batch.
#[apply(model!)]
pub struct CreateBatchEventsRequestEventsItem {
    /// Contact attributes to set along with the event, by attribute name.
    #[serde(rename = "contact_properties")]
    pub contact_properties: Option<Map<TextOrInteger>>,
    /// Moment of the event, in ISO 8601; the time of the call when not given.
    #[serde(rename = "event_date")]
    pub event_date: Option<DateTime>,
    /// Name of the event, at most 255 characters: letters, digits, hyphens and underscores.
    #[serde(rename = "event_name")]
    pub event_name: String,
    /// Data of the event, possibly nested, at most 50 KB; keys of at most 255 letters, digits,
    /// hyphens and underscores.
    #[serde(rename = "event_properties")]
    pub event_properties: Option<Map<CreateBatchEventsRequestEventsItemEventPropertiesValue>>,
    /// Identifiers of the contact; at least one has to be set.
    pub identifiers: EventIdentifiers,
    /// Object record to which the event belongs; ignored when the type or record does not exist.
    pub object: Option<EventObject>,
}

/// Value of one property of an event in a batch: text, number, object or list.
#[apply(union!)]
pub enum CreateBatchEventsRequestEventsItemEventPropertiesValue {
    Integer(i64),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Object(Map),
}

/// Value of one property of an event: text, number, boolean, object or list.
#[apply(union!)]
pub enum CreateEventRequestEventPropertiesValue {
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Text(String),
    List(Vec<Value>),
    Object(Map),
}

/// Identifiers of the contact to whom an event belongs; at least one is necessary.
#[apply(model!)]
pub struct EventIdentifiers {
    /// Internal identifier of the contact; it takes precedence over all others.
    #[serde(rename = "contact_id")]
    pub contact_id: Option<i64>,
    /// E-mail address of the contact.
    #[serde(rename = "email_id")]
    pub email_id: Option<String>,
    /// External identifier of the contact.
    #[serde(rename = "ext_id")]
    pub ext_id: Option<String>,
    /// Landline number of the contact.
    #[serde(rename = "landline_number_id")]
    pub landline_number_id: Option<String>,
    /// Mobile phone number of the contact, as used for SMS.
    #[serde(rename = "phone_id")]
    pub phone_id: Option<String>,
    /// WhatsApp number of the contact.
    #[serde(rename = "whatsapp_id")]
    pub whatsapp_id: Option<String>,
}

/// Object record to which an event belongs.
#[apply(model!)]
pub struct EventObject {
    /// Identifiers of the object record.
    pub identifiers: Option<EventObjectIdentifiers>,
    /// Key of the object type, such as `vehicle`.
    pub r#type: Option<String>,
}

/// Identifiers of the object record of an event.
#[apply(model!)]
pub struct EventObjectIdentifiers {
    /// External identifier of the object record.
    #[serde(rename = "ext_id")]
    pub ext_id: Option<String>,
    /// Internal identifier of the object record, as text.
    pub id: Option<String>,
}

/// One page of events.
#[apply(model!)]
pub struct GetEventsList {
    /// Events of this page.
    pub events: Option<Vec<GetEventsListEventsItem>>,
    /// Number of events; the sources do not say whether over all pages.
    pub count: Option<i64>,
}

/// A recorded custom event.
#[apply(model!)]
pub struct GetEventsListEventsItem {
    /// Internal identifier of the contact.
    #[serde(rename = "contact_id")]
    pub contact_id: Option<i64>,
    /// Moment of the event.
    #[serde(rename = "event_date")]
    pub event_date: Option<DateTime>,
    /// Name of the event.
    #[serde(rename = "event_name")]
    pub event_name: Option<String>,
    /// Identifier of the event filter; the sources do not explain it further.
    #[serde(rename = "event_filter_id")]
    pub event_filter_id: Option<String>,
    /// Key of the type of the object to which the event belongs.
    #[serde(rename = "object_type")]
    pub object_type: Option<String>,
    /// Data of the event, as it was sent.
    #[serde(rename = "event_properties")]
    pub event_properties: Option<Map>,
    /// Contact attributes that were sent along with the event.
    #[serde(rename = "contact_properties")]
    pub contact_properties: Option<Map>,
}
