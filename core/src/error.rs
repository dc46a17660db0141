//! One error type for everything that can go wrong, in every language.
//!
//! The kinds are a closed list with a stable name and number each; bindings map kinds to classes
//! or codes of their own and never look at statuses.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::reply::Reply;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $number:literal, $text:literal;)*) => {
        /// What went wrong. Names and numbers are stable; new ones may be added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum Kind {
            $($(#[doc = $doc])* $name = $number,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$name),*];

            /// Stable name, in snake_case.
            pub const fn as_str(self) -> &'static str {
                match self { $(Kind::$name => $text,)* }
            }

            /// What it means; see [`lines`](crate::schema::lines).
            pub const fn doc(self) -> &'static str {
                match self { $(Kind::$name => concat!($($doc, "\n"),*),)* }
            }
        }
    };
}

kinds! {
    /// The client cannot be made or used as configured: no key, a key of the wrong kind, a bad URL.
    Configuration = 1, "configuration";
    /// An argument was refused before anything was sent.
    InvalidArgument = 2, "invalid_argument";
    /// No connection, or it broke.
    Connection = 3, "connection";
    /// No answer within the time allowed.
    Timeout = 4, "timeout";
    /// The caller gave up on the call.
    Cancelled = 5, "cancelled";
    /// A success whose body is not what the operation promises. The body is kept.
    Decode = 6, "decode";
    /// A local file could not be read or written.
    Io = 7, "io";
    /// Brevo refused the request (400, 405, 406, 415, 417, 422 and other statuses below 500).
    BadRequest = 20, "bad_request";
    /// The API key or token is missing, wrong, expired or revoked (401).
    Unauthorized = 21, "unauthorized";
    /// The key is right but this machine's address is not authorised (401).
    IpNotAuthorized = 22, "ip_not_authorized";
    /// The account is not activated or still under validation (403).
    AccountNotActivated = 23, "account_not_activated";
    /// The credits are used up (402).
    NoCredits = 24, "no_credits";
    /// The account or key may not do this (403).
    PermissionDenied = 25, "permission_denied";
    /// There is no such thing (404).
    NotFound = 26, "not_found";
    /// It exists already; `duplicate_identifiers` may name the keys that clash.
    Duplicate = 27, "duplicate";
    /// The state of the thing does not allow it now (409, 412, 424, 425).
    Conflict = 28, "conflict";
    /// Too many calls (429); `retry_after` says when to come back.
    RateLimited = 29, "rate_limited";
    /// Brevo failed (5xx).
    Server = 30, "server";
}

impl Kind {
    /// Stable number.
    pub const fn number(self) -> i32 {
        self as i32
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What went wrong, with everything that is known about it. Never holds a key.
pub struct Error(Box<Inner>);

#[derive(Default)]
struct Inner {
    kind: Option<Kind>,
    message: String,
    operation: Option<String>,
    parameter: Option<String>,
    code: Option<String>,
    reply: Option<Reply>,
    duplicate_identifiers: Vec<String>,
    retry_after: Option<Duration>,
    advice: Option<&'static str>,
    attempts: u32,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of a kind, with one sentence.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner { kind: Some(kind), message: message.into(), ..Inner::default() }))
    }

    /// A refused argument.
    pub fn argument(parameter: impl Into<String>, message: impl Into<String>) -> Self {
        let mut error = Error::new(Kind::InvalidArgument, message);
        error.0.parameter = Some(parameter.into());
        error
    }

    /// A success whose body cannot be read.
    pub fn decode(reply: Reply, message: impl Into<String>) -> Self {
        let mut error = Error::new(Kind::Decode, message).with_attempts(reply.attempts);
        error.0.reply = Some(reply);
        error
    }

    /// What Brevo's answer means: told apart by status, `code` and message.
    pub fn from_reply(reply: Reply) -> Self {
        let body: Value = serde_json::from_str(&reply.text()).unwrap_or(Value::Null);
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        let code = text("code").or_else(|| text("error"));
        let message = text("message")
            .or_else(|| text("error_description"))
            .unwrap_or_else(|| format!("HTTP {} without a message", reply.status));
        let duplicates: Vec<String> = body
            .pointer("/metadata/duplicate_identifiers")
            .and_then(Value::as_array)
            .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            .unwrap_or_default();
        let kind = kind_of(reply.status, code.as_deref().unwrap_or(""), &message, !duplicates.is_empty());
        let mut error = Error::new(kind, message.trim());
        error.0.code = code;
        error.0.duplicate_identifiers = duplicates;
        if kind == Kind::RateLimited {
            error.0.retry_after = reply.rate_limit().and_then(|limit| limit.reset);
        }
        error.0.reply = Some(reply);
        error
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_kind(mut self, kind: Kind) -> Self {
        self.0.kind = Some(kind);
        self
    }

    pub(crate) fn with_note(mut self, note: &str) -> Self {
        self.0.message.push_str("; ");
        self.0.message.push_str(note);
        self
    }

    pub(crate) fn with_advice(mut self, advice: &'static str) -> Self {
        self.0.advice = Some(advice);
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    pub(crate) fn in_operation(mut self, operation: String) -> Self {
        self.0.operation.get_or_insert(operation);
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> Kind {
        self.0.kind.unwrap_or(Kind::Configuration)
    }

    /// One sentence: Brevo's own where it answered.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Operation that failed, as `contacts.create_contact`.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// Parameter that was refused, as a path such as `recipients.listIds[0]`.
    pub fn parameter(&self) -> Option<&str> {
        self.0.parameter.as_deref()
    }

    /// HTTP status, where there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.reply.as_ref().map(|reply| reply.status)
    }

    /// Brevo's `code`, as it came: sometimes a word of a list, sometimes prose.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The whole answer, where there was one.
    pub fn reply(&self) -> Option<&Reply> {
        self.0.reply.as_ref()
    }

    /// Raw body of the answer; empty where there was none.
    pub fn body(&self) -> &[u8] {
        self.0.reply.as_ref().map_or(&[], |reply| &reply.body)
    }

    /// Identifiers that clash with another contact (`email`, `SMS`, `EXT_ID`, ...).
    pub fn duplicate_identifiers(&self) -> &[String] {
        &self.0.duplicate_identifiers
    }

    /// When a repeat makes sense, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many times the request was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// What to do next, in one line.
    pub fn advice(&self) -> &'static str {
        self.0.advice.unwrap_or_else(|| advice_for(self.kind()))
    }

    /// Everything as JSON, for the bindings. Keys: `kind`, `number`, `message`, `operation`,
    /// `parameter`, `status`, `code`, `body` (text), `headers`, `duplicate_identifiers`,
    /// `retry_after` (seconds), `attempts`, `advice`, `text` (what `Display` prints).
    pub fn to_json(&self) -> Value {
        json!({
            "kind": self.kind().as_str(),
            "number": self.kind().number(),
            "message": self.message(),
            "operation": self.operation(),
            "parameter": self.parameter(),
            "status": self.status(),
            "code": self.code(),
            "body": String::from_utf8_lossy(self.body()),
            "headers": self.reply().map(|r| r.headers.iter().map(|(k, v)| (k.to_owned(), Value::from(v))).collect::<serde_json::Map<_, _>>()),
            "duplicate_identifiers": self.duplicate_identifiers(),
            "retry_after": self.retry_after().map(|wait| wait.as_secs_f64()),
            "attempts": self.attempts(),
            "advice": self.advice(),
            "text": self.to_string(),
        })
    }
}

/// Facts: statuses and codes of `facts.md` 2.1 and 2.2. Codes change under users and are sometimes
/// prose, so messages and metadata count as much.
fn kind_of(status: u16, code: &str, message: &str, has_duplicates: bool) -> Kind {
    let message = message.to_ascii_lowercase();
    let not_active = code == "account_under_validation"
        || message.contains("not yet activated")
        || message.contains("account is under validation");
    let exists = has_duplicates
        || matches!(code, "duplicate_parameter" | "duplicate_request" | "Request already processed")
        || code == "Domain already exists in your account"
        || message.contains("already associated with another contact")
        || message.contains("contact already exist");
    match status {
        401 if message.contains("unrecognised ip") || message.contains("ip not authorized") => {
            Kind::IpNotAuthorized
        }
        401 => Kind::Unauthorized,
        402 => Kind::NoCredits,
        403 if not_active => Kind::AccountNotActivated,
        403 => Kind::PermissionDenied,
        404 => Kind::NotFound,
        408 => Kind::Timeout,
        429 => Kind::RateLimited,
        500.. => Kind::Server,
        _ if exists => Kind::Duplicate,
        _ if matches!(code, "not_enough_credits" | "Insufficient credits") => Kind::NoCredits,
        _ if code == "document_not_found" => Kind::NotFound,
        _ if code == "permission_denied" => Kind::PermissionDenied,
        _ if not_active => Kind::AccountNotActivated,
        409 | 412 | 424 | 425 => Kind::Conflict,
        _ if matches!(code, "campaign_processing" | "campaign_sent" | "account_in_process") => Kind::Conflict,
        _ => Kind::BadRequest,
    }
}

fn advice_for(kind: Kind) -> &'static str {
    match kind {
        Kind::Configuration => "Correct the client's settings.",
        Kind::InvalidArgument => "Correct the argument; nothing was sent.",
        Kind::Connection => "Check the network, the proxy and the base URL, then call again.",
        Kind::Timeout => "The call may have been carried out; look before calling again, or allow more time.",
        Kind::Cancelled => "The call may have been carried out; look before calling again.",
        Kind::Decode => {
            "The call was carried out; read the raw body, and report this with the operation's name."
        }
        Kind::Io => "Check that the file exists and that this process may use it.",
        Kind::BadRequest => "Read Brevo's message and correct the arguments.",
        Kind::Unauthorized => {
            "Check the API key under Settings, SMTP & API, API keys; make a new one if it is lost or expired."
        }
        Kind::IpNotAuthorized => {
            "Add this machine's address at https://app.brevo.com/security/authorised_ips, or turn the blocking off."
        }
        Kind::AccountNotActivated => {
            "Complete the account's profile, or ask Brevo's support to activate sending."
        }
        Kind::NoCredits => "Buy credits or wait for the plan's next period; repeating does not help.",
        Kind::PermissionDenied => "Use an account, plan or key that may do this.",
        Kind::NotFound => "Check the identifier, and that it belongs to this account.",
        Kind::Duplicate => {
            "Update what exists instead (contacts: `update_enabled`), or leave out the identifier that clashes."
        }
        Kind::Conflict => "Look at the present state, and call again when it allows this.",
        Kind::RateLimited => "Wait until the limit resets, then call again.",
        Kind::Server => "Call again later; look first where the operation creates or sends.",
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation() {
            write!(f, "{operation}: ")?;
        }
        if let Some(parameter) = self.parameter() {
            write!(f, "{parameter}: ")?;
        }
        f.write_str(self.message())?;
        match (self.status(), self.code()) {
            (Some(status), Some(code)) => write!(f, " (HTTP {status}, {code})")?,
            (Some(status), None) => write!(f, " (HTTP {status})")?,
            _ => {}
        }
        write!(f, " [{}] {}", self.kind(), self.advice())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("message", &self.message())
            .field("operation", &self.operation())
            .field("parameter", &self.parameter())
            .field("status", &self.status())
            .field("code", &self.code())
            .field("attempts", &self.attempts())
            .field("source", &self.0.source.as_ref().map(ToString::to_string))
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}

/// Most functions of this crate give this.
pub type Result<T, E = Error> = std::result::Result<T, E>;
