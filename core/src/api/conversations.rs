//! Conversations: live-chat messages, automatic messages and agents' status.

use macro_rules_attribute::apply;
use serde_json::Value;

use crate::schema::Map;

resource! {
    "Conversations: live-chat messages, automatic messages and agents' status.",
    SetsAgentsStatusToOnlineFor23minutes,
    SendAMessageAsAnAgent,
    GetAMessage,
    UpdateAMessageSentByAnAgent,
    DeleteAMessageSentByAnAgent,
    SendAnAutomatedMessageToAVisitor,
    GetAnAutomatedMessage,
    UpdateAnAutomatedMessage,
    DeleteAnAutomatedMessage,
    SetVisitorGroupAssignment,
}

/// Marks an agent as online for the next two to three minutes.
///
/// Repeat the call every minute or so to keep the agent online. Name the agent by `agent_id`, or by
/// `agent_email`, `agent_name` and `received_from` together. An empty reply means success.
#[apply(operation!)]
#[http(POST "/conversations/agentOnlinePing" -> 201 ())]
#[errors(400)]
pub struct SetsAgentsStatusToOnlineFor23minutes {
    /// E-mail address of the agent, for systems that do not know `agent_id`.
    pub agent_email: Option<String>,
    /// Identifier of the agent in Conversations; alternative to `agent_email`.
    pub agent_id: Option<String>,
    /// Display name of the agent; goes with `agent_email`.
    pub agent_name: Option<String>,
    /// Free label of the system that makes the call; goes with `agent_email`.
    pub received_from: Option<String>,
}

/// Sends a message to a visitor in the name of an agent.
///
/// Name the agent by `agent_id`, or by `agent_email`, `agent_name` and `received_from` together.
#[apply(operation!)]
#[http(POST "/conversations/messages" -> 200 ConversationsMessage)]
#[errors(400)]
pub struct SendAMessageAsAnAgent {
    /// E-mail address of the agent, for systems that do not know `agent_id`.
    pub agent_email: Option<String>,
    /// Identifier of the agent in Conversations; alternative to `agent_email`.
    pub agent_id: Option<String>,
    /// Display name of the agent; goes with `agent_email`.
    pub agent_name: Option<String>,
    /// Free label that tells your messages from others; goes with `agent_email`.
    pub received_from: Option<String>,
    /// Text of the message.
    pub text: String,
    /// Identifier of the visitor who receives the message.
    pub visitor_id: String,
}

/// Fetches one message of a conversation.
#[apply(operation!)]
#[http(GET "/conversations/messages/{id}" -> 200 ConversationsMessage)]
#[errors(400, 404)]
pub struct GetAMessage {
    /// Identifier of the message.
    pub id: String,
}

/// Replaces the text of a message sent by an agent.
///
/// Messages of visitors cannot be changed.
#[apply(operation!)]
#[http(PUT "/conversations/messages/{id}" -> 200 ConversationsMessage)]
#[errors(400, 404)]
pub struct UpdateAMessageSentByAnAgent {
    /// Identifier of the message.
    pub id: String,
    /// New text of the message.
    pub text: String,
}

/// Deletes a message sent by an agent.
///
/// Messages of visitors cannot be deleted. An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/conversations/messages/{id}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteAMessageSentByAnAgent {
    /// Identifier of the message.
    pub id: String,
}

/// Sends an automated message to a visitor.
///
/// Such messages suit notices like order updates; `agent_id` and `group_id` only choose the name
/// and picture shown.
#[apply(operation!)]
#[http(POST "/conversations/pushedMessages" -> 200 ConversationsMessage)]
#[errors(400)]
pub struct SendAnAutomatedMessageToAVisitor {
    /// Identifier of the agent in whose name the message is shown.
    pub agent_id: Option<String>,
    /// Identifier of the agent group in whose name the message is shown.
    pub group_id: Option<String>,
    /// Text of the message.
    pub text: String,
    /// Identifier of the visitor who receives the message.
    pub visitor_id: String,
}

/// Fetches one automated message.
#[apply(operation!)]
#[http(GET "/conversations/pushedMessages/{id}" -> 200 ConversationsMessage)]
#[errors(400, 404)]
pub struct GetAnAutomatedMessage {
    /// Identifier of the automated message.
    pub id: String,
}

/// Replaces the text of an automated message.
#[apply(operation!)]
#[http(PUT "/conversations/pushedMessages/{id}" -> 200 ConversationsMessage)]
#[errors(400, 404)]
pub struct UpdateAnAutomatedMessage {
    /// Identifier of the automated message.
    pub id: String,
    /// New text of the message.
    pub text: String,
}

/// Deletes an automated message.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/conversations/pushedMessages/{id}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteAnAutomatedMessage {
    /// Identifier of the automated message.
    pub id: String,
}

/// Assigns a visitor to a group of agents.
///
/// In SDK 5.1 the request holds `group_id` alone and nothing names the visitor, although the reply
/// carries `visitor_id`; how the visitor is chosen is not documented.
#[apply(operation!)]
#[http(PUT "/conversations/visitorGroup" -> 200 PutConversationsVisitorGroupResponse)]
#[errors(400, 404)]
pub struct SetVisitorGroupAssignment {
    /// Identifier of the agent group, normally text; the official type leaves it open.
    pub group_id: Value,
}

/// A file attached to a message of a conversation.
#[apply(model!)]
pub struct ConversationsFile {
    /// Name of the file.
    pub name: Option<String>,
    /// Address from which the file can be fetched.
    pub link: Option<String>,
    /// Media type of the file.
    pub mime_type: Option<String>,
    /// Whether the file is an image.
    pub is_image: Option<bool>,
    /// Whether the file is a sticker.
    pub is_sticker: Option<bool>,
    /// Whether the file is shown inside the text of an e-mail.
    pub is_inline: Option<bool>,
    /// Content identifier of an inline file.
    pub inline_id: Option<String>,
    /// Size of the file in bytes.
    pub size: Option<i64>,
    /// Dimensions and preview; on images only.
    pub image_info: Option<ConversationsImageInfo>,
    /// Whether Conversations accepts files of this type.
    pub is_allowed_file_type: Option<bool>,
}

/// Dimensions and preview of an image.
#[apply(model!)]
pub struct ConversationsImageInfo {
    /// Width in pixels.
    pub width: Option<i64>,
    /// Height in pixels.
    pub height: Option<i64>,
    /// Address of a small preview of the image.
    pub preview_link: Option<String>,
}

/// One message of a conversation, by an agent, a visitor or an automation.
#[apply(model!)]
pub struct ConversationsMessage {
    /// Identifier of the agent; on agent messages.
    pub agent_id: Option<String>,
    /// Name of the agent as shown to the visitor.
    pub agent_name: Option<String>,
    /// Address of the picture of the agent.
    pub agent_userpic: Option<String>,
    /// Files attached to the message.
    pub attachments: Option<Vec<ConversationsFile>>,
    /// Blind copy recipients; on e-mail messages.
    pub bcc: Option<Vec<NamedAddress>>,
    /// Copy recipients; on e-mail messages.
    pub cc: Option<Vec<NamedAddress>>,
    /// Time of the message, in milliseconds since the Unix epoch.
    #[api(min = 0)]
    pub created_at: Option<i64>,
    /// The single attached file, if there is one.
    pub file: Option<ConversationsFile>,
    /// Outcome of passing the message on to an outside channel.
    pub forwarded_to_source_status: Option<ConversationsMessageForwardedToSourceStatus>,
    /// Sender of the message; on e-mail messages.
    pub from: Option<NamedAddress>,
    /// Cleaned HTML body; on e-mail messages.
    pub html: Option<String>,
    /// Identifier of the message, for later changes or deletion.
    pub id: Option<String>,
    /// Data of linked services, in free form.
    pub integrations: Option<Map>,
    /// Whether a bot wrote the message.
    pub is_bot: Option<bool>,
    /// Whether the agents missed this message of the visitor.
    pub is_missed: Option<bool>,
    /// Whether the visitor has not seen the message.
    pub is_missed_by_visitor: Option<bool>,
    /// Whether the message was sent automatically.
    pub is_pushed: Option<bool>,
    /// Whether a trigger sent the message.
    pub is_trigger: Option<bool>,
    /// Original HTML body, not cleaned; never show it without sanitizing.
    pub raw_unsafe_html: Option<String>,
    /// Label of the system that sent the message, as given at sending.
    pub received_from: Option<String>,
    /// Reply address; on e-mail messages.
    pub reply_to: Option<NamedAddress>,
    /// Identifier of the message in the outside channel.
    pub source_message_id: Option<String>,
    /// Subject line; on e-mail messages.
    pub subject: Option<String>,
    /// Text of the message.
    pub text: Option<String>,
    /// Recipients of the message; on e-mail messages.
    pub to: Option<Vec<NamedAddress>>,
    /// Whether an agent or the visitor wrote the message.
    pub r#type: Option<ConversationsMessageType>,
    /// Whether the message came through the JavaScript API of the widget.
    pub is_sent_via_js_api: Option<bool>,
    /// Further kind of the message; values are not documented.
    pub message_type: Option<String>,
    /// Whether the message is a forwarded one.
    pub is_forward: Option<bool>,
    /// Data on the channel of origin, in free form.
    pub source: Option<Map>,
    /// Identifier of the visitor.
    pub visitor_id: Option<String>,
}

/// Outcome of passing a message on to an outside channel.
#[apply(model!)]
pub struct ConversationsMessageForwardedToSourceStatus {
    /// What went wrong, when it failed.
    pub error: Option<String>,
    /// Whether the message was passed on.
    pub is_success: Option<bool>,
}

/// Side that wrote a message.
#[apply(open_enum!)]
pub enum ConversationsMessageType {
    Agent = "agent",
    Visitor = "visitor",
}

/// An e-mail address with an optional display name.
#[apply(model!)]
pub struct NamedAddress {
    /// E-mail address.
    pub email: Option<String>,
    /// Display name.
    pub name: Option<String>,
}

/// The assignment of a visitor to a group of agents.
#[apply(model!)]
pub struct PutConversationsVisitorGroupResponse {
    /// Identifier of the agent group; its type is left open officially.
    pub group_id: Option<Value>,
    /// Identifier of the visitor; its type is left open officially.
    pub visitor_id: Option<Value>,
}
