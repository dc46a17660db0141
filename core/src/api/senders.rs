//! Senders and their dedicated addresses.

use macro_rules_attribute::apply;

resource! {
    "Senders and their dedicated addresses.",
    GetSenders,
    CreateSender,
    GetIps,
    UpdateSender,
    DeleteSender,
    GetIpsFromSender,
    ValidateSenderByOtp,
}

/// Lists the e-mail senders of the account in one reply.
///
/// The IP details are empty unless the account has dedicated IP addresses.
#[apply(operation!)]
#[http(GET "/senders" -> 200 GetSendersResponse)]
#[errors(400)]
#[page(Single, "senders")]
pub struct GetSenders {
    /// Keeps only the senders that use this dedicated IP address.
    pub ip: Option<String>,
    /// Keeps only the senders of this domain.
    pub domain: Option<String>,
}

/// Creates an e-mail sender.
///
/// A mail with a six-digit code goes to the address; the sender is usable once the code has been
/// passed to `validate_sender_by_otp`. With dedicated IP addresses `ips` is required, and the
/// weights must add up to 100.
#[apply(operation!)]
#[http(POST "/senders" -> 201 CreateSenderResponse)]
#[errors(400)]
pub struct CreateSender {
    /// Sender address, which also gets the verification mail.
    #[api(format = "email")]
    pub email: String,
    /// Dedicated IP addresses of the sender; required for accounts that have some, otherwise left
    /// out.
    pub ips: Option<Vec<SenderIp>>,
    /// Sender name that recipients see.
    pub name: String,
}

/// Lists all dedicated IP addresses of the account in one reply.
#[apply(operation!)]
#[http(GET "/senders/ips" -> 200 GetIpsResponse)]
#[errors(400)]
#[page(Single, "ips")]
pub struct GetIps {}

/// Changes the name, the address or the dedicated IP addresses of a sender.
///
/// If `ips` is passed it replaces all earlier IP addresses of the sender. The reply is empty on
/// success.
#[apply(operation!)]
#[http(PUT "/senders/{senderId}" -> 204 ())]
#[errors(400, 404)]
pub struct UpdateSender {
    /// Identifier of the sender.
    pub sender_id: i64,
    /// New sender address.
    #[api(format = "email")]
    pub email: Option<String>,
    /// Dedicated IP addresses that replace all present ones; only for accounts that have some.
    pub ips: Option<Vec<SenderIp>>,
    /// New sender name.
    pub name: Option<String>,
}

/// Deletes an e-mail sender.
///
/// An empty reply means success.
#[apply(operation!)]
#[http(DELETE "/senders/{senderId}" -> 204 ())]
#[errors(400, 404)]
pub struct DeleteSender {
    /// Identifier of the sender.
    pub sender_id: i64,
}

/// Lists the dedicated IP addresses of one sender in one reply.
#[apply(operation!)]
#[http(GET "/senders/{senderId}/ips" -> 200 GetIpsFromSenderResponse)]
#[errors(400, 404)]
#[page(Single, "ips")]
pub struct GetIpsFromSender {
    /// Identifier of the sender.
    pub sender_id: i64,
}

/// Verifies a sender with the code that was mailed to its address.
///
/// An empty reply means that the sender is verified. A wrong or expired code is an error, whose
/// code field then holds a sentence such as `Invalid OTP code provided` or `OTP code has expired`
/// (source: SDK 5.1).
#[apply(operation!)]
#[http(PUT "/senders/{senderId}/validate" -> 204 ())]
#[errors(400, 404)]
pub struct ValidateSenderByOtp {
    /// Identifier of the sender to verify.
    pub sender_id: i64,
    /// The six-digit code from the verification mail, 100000 to 999999.
    #[api(min = 100000, max = 999999)]
    pub otp: i64,
}

/// A sender just created, with hints on its DNS records.
#[apply(model!)]
pub struct CreateSenderResponse {
    /// True when the DKIM record of the domain is not set up properly.
    pub dkim_error: Option<bool>,
    /// Identifier of the new sender.
    pub id: Option<i64>,
    /// True when the SPF record of the domain is not set up properly.
    pub spf_error: Option<bool>,
}

/// The dedicated IP addresses of one sender.
#[apply(model!)]
pub struct GetIpsFromSenderResponse {
    /// The dedicated IP addresses.
    pub ips: Option<Vec<GetIpsFromSenderResponseIpsItem>>,
}

/// A dedicated IP address of a sender.
#[apply(model!)]
pub struct GetIpsFromSenderResponseIpsItem {
    /// Domain that belongs to the IP address.
    pub domain: Option<String>,
    /// Identifier of the dedicated IP address.
    pub id: Option<i64>,
    /// The IP address itself.
    pub ip: Option<String>,
    /// Share of the sender's mail that goes through this IP address, in percent.
    pub weight: Option<i64>,
}

/// The dedicated IP addresses of the account.
#[apply(model!)]
pub struct GetIpsResponse {
    /// The dedicated IP addresses.
    pub ips: Option<Vec<GetIpsResponseIpsItem>>,
}

/// A dedicated IP address of the account.
#[apply(model!)]
pub struct GetIpsResponseIpsItem {
    /// Identifier of the dedicated IP address.
    pub id: Option<i64>,
    /// Whether the IP address is active.
    pub active: Option<bool>,
    /// Domain that belongs to the IP address.
    pub domain: Option<String>,
    /// The IP address itself.
    pub ip: Option<String>,
}

/// The e-mail senders of the account.
#[apply(model!)]
pub struct GetSendersResponse {
    /// The senders; the field may be absent.
    pub senders: Option<Vec<GetSendersResponseSendersItem>>,
}

/// An e-mail sender.
#[apply(model!)]
pub struct GetSendersResponseSendersItem {
    /// Whether the sender is verified and ready for use.
    pub active: Option<bool>,
    /// Sender address.
    #[api(format = "email")]
    pub email: Option<String>,
    /// Identifier of the sender.
    pub id: Option<i64>,
    /// Dedicated IP addresses of the sender; empty for accounts without any.
    pub ips: Option<Vec<GetSendersResponseSendersItemIpsItem>>,
    /// Sender name that recipients see.
    pub name: Option<String>,
}

/// A dedicated IP address in the list of senders.
#[apply(model!)]
pub struct GetSendersResponseSendersItemIpsItem {
    /// Domain that belongs to the IP address.
    pub domain: Option<String>,
    /// The IP address itself.
    pub ip: Option<String>,
    /// Share of the sender's mail that goes through this IP address, in percent.
    pub weight: Option<i64>,
}

/// A dedicated IP address to be used by a sender.
#[apply(model!)]
pub struct SenderIp {
    /// Domain that belongs to the IP address.
    pub domain: String,
    /// A dedicated IP address of the account.
    pub ip: String,
    /// Share in percent, 1 to 100; give it for all addresses (sum 100) or for none, then shares are
    /// equal.
    #[api(min = 1, max = 100)]
    pub weight: Option<i64>,
}
