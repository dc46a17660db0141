//! Errors as C sees them: everything that the core knows, as texts ready to be read.

use std::ffi::{CStr, CString, c_char, c_int};

use crate::boundary::{c_string, free, shield};
use crate::reply::{Body, Headers, read_body};

/// What went wrong. The numbers never change; new ones may be added, so keep a default branch.
#[repr(C)]
#[allow(dead_code)] // written for the header; the numbers come from the core
pub enum Kind {
    /// No error.
    None = 0,
    /// The client cannot be made or used as configured: no key, a key of the wrong kind, a bad URL.
    Configuration = 1,
    /// An argument was refused before anything was sent.
    InvalidArgument = 2,
    /// No connection, or it broke.
    Connection = 3,
    /// No answer within the time allowed.
    Timeout = 4,
    /// The caller gave up on the call.
    Cancelled = 5,
    /// A success whose body is not what the operation promises. The body is kept.
    Decode = 6,
    /// A local file could not be read or written.
    Io = 7,
    /// Brevo refused the request (400, 405, 406, 415, 417, 422 and other statuses below 500).
    BadRequest = 20,
    /// The API key or token is missing, wrong, expired or revoked (401).
    Unauthorized = 21,
    /// The key is right but this machine's address is not authorised (401).
    IpNotAuthorized = 22,
    /// The account is not activated or still under validation (403).
    AccountNotActivated = 23,
    /// The credits are used up (402).
    NoCredits = 24,
    /// The account or key may not do this (403).
    PermissionDenied = 25,
    /// There is no such thing (404).
    NotFound = 26,
    /// It exists already; the duplicate identifiers may name the keys that clash.
    Duplicate = 27,
    /// The state of the thing does not allow it now (409, 412, 424, 425).
    Conflict = 28,
    /// Too many calls (429); the retry-after time says when to come back.
    RateLimited = 29,
    /// Brevo failed (5xx).
    Server = 30,
    /// A defect of this library; please report it.
    Internal = 99,
}

/// What went wrong with a call. Owned by the caller once handed out; never changes, and may be
/// read from several threads. Every text that belongs to it lives until brevo_error_free.
pub struct Error {
    pub(crate) kind: i32,
    pub(crate) text: CString,
    kind_name: CString,
    status: c_int,
    attempts: u32,
    code: CString,
    message: CString,
    parameter: CString,
    operation: CString,
    advice: CString,
    retry_after: f64,
    duplicate_identifiers: Vec<CString>,
    headers: Headers,
    body: Body,
}

impl Error {
    /// The error of a panic.
    pub(crate) fn internal(message: &str) -> Self {
        let as_core = brevo_core::Error::new(
            brevo_core::Kind::Configuration,
            format!("a defect of this library: {message}"),
        );
        let mut error = *Box::<Error>::from(as_core);
        let advice = "Please report this with the operation's name; look before calling again.";
        error.kind = Kind::Internal as i32;
        error.kind_name = c_string("internal");
        error.text = c_string(&format!("{} [internal] {advice}", error.message.to_string_lossy()));
        error.advice = c_string(advice);
        error
    }

    /// Names the operation where the core did not know it yet.
    pub(crate) fn in_operation(mut self: Box<Self>, operation: &str) -> Box<Self> {
        if self.operation.is_empty() {
            self.operation = c_string(operation);
            self.text = c_string(&format!("{operation}: {}", self.text.to_string_lossy()));
        }
        self
    }
}

impl From<brevo_core::Error> for Box<Error> {
    fn from(error: brevo_core::Error) -> Self {
        let optional = |text: Option<&str>| c_string(text.unwrap_or_default());
        Box::new(Error {
            kind: error.kind().number(),
            text: c_string(&error.to_string()),
            kind_name: c_string(error.kind().as_str()),
            status: error.status().map_or(0, c_int::from),
            attempts: error.attempts(),
            code: optional(error.code()),
            message: c_string(error.message()),
            parameter: optional(error.parameter()),
            operation: optional(error.operation()),
            advice: c_string(error.advice()),
            retry_after: error.retry_after().map_or(-1.0, |wait| wait.as_secs_f64()),
            duplicate_identifiers: error.duplicate_identifiers().iter().map(|name| c_string(name)).collect(),
            headers: error.reply().map(|reply| Headers::new(reply.headers.clone())).unwrap_or_default(),
            body: Body::new(error.body().to_vec()),
        })
    }
}

fn text_of(error: Option<&Error>, text: impl FnOnce(&Error) -> &CStr) -> *const c_char {
    shield(c"".as_ptr(), || error.map_or(c"", text).as_ptr())
}

/// Frees an error and every text that belongs to it. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_free(error: Option<Box<Error>>) {
    free(error);
}

/// What went wrong: one of enum brevo_kind. BREVO_KIND_NONE for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_kind(error: Option<&Error>) -> c_int {
    error.map_or(Kind::None as c_int, |error| error.kind)
}

/// Name of the kind, such as "not_found". Never NULL; belongs to the error.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_kind_name(error: Option<&Error>) -> *const c_char {
    text_of(error, |error| &error.kind_name)
}

/// HTTP status; 0 where there was no answer.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_status(error: Option<&Error>) -> c_int {
    error.map_or(0, |error| error.status)
}

/// Brevo's code, such as "document_not_found"; empty where there is none. Never NULL; belongs to
/// the error.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_code(error: Option<&Error>) -> *const c_char {
    text_of(error, |error| &error.code)
}

/// One sentence: Brevo's own where it answered. Never NULL; belongs to the error.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_message(error: Option<&Error>) -> *const c_char {
    text_of(error, |error| &error.message)
}

/// Argument that was refused, as a path such as "recipients.listIds[0]"; empty where none was.
/// Never NULL; belongs to the error.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_parameter(error: Option<&Error>) -> *const c_char {
    text_of(error, |error| &error.parameter)
}

/// Operation that failed, such as "contacts.create_contact"; empty where it is not known. Never
/// NULL; belongs to the error.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_operation(error: Option<&Error>) -> *const c_char {
    text_of(error, |error| &error.operation)
}

/// What to do next, in one line. Never NULL; belongs to the error.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_advice(error: Option<&Error>) -> *const c_char {
    text_of(error, |error| &error.advice)
}

/// Everything in one line, for a log. Never NULL, never holds a key; belongs to the error.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_text(error: Option<&Error>) -> *const c_char {
    text_of(error, |error| &error.text)
}

/// Body of the answer as it came, ended by a NUL that `length` (which may be NULL) does not count.
/// Empty where there was no answer. Never NULL; belongs to the error.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_body(error: Option<&Error>, length: Option<&mut usize>) -> *const c_char {
    read_body(error.map(|error| &error.body), length)
}

/// Header of the answer, by its name in any case; NULL where it is missing. Belongs to the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_error_header(error: Option<&Error>, name: *const c_char) -> *const c_char {
    // SAFETY: `name` is a text or NULL, as the header says.
    unsafe { Headers::read(error.map(|error| &error.headers), name) }
}

/// Seconds until a repeat makes sense; below 0 where that is not known.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_retry_after(error: Option<&Error>) -> f64 {
    error.map_or(-1.0, |error| error.retry_after)
}

/// How many times the request was sent.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_attempts(error: Option<&Error>) -> u32 {
    error.map_or(0, |error| error.attempts)
}

/// Number of identifiers that clash with another contact.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_duplicate_identifiers_count(error: Option<&Error>) -> usize {
    error.map_or(0, |error| error.duplicate_identifiers.len())
}

/// Identifier that clashes ("email", "SMS", "EXT_ID", ...), counted from 0; NULL beyond the last.
/// Belongs to the error.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_error_duplicate_identifiers_get(
    error: Option<&Error>,
    index: usize,
) -> *const c_char {
    error
        .and_then(|error| error.duplicate_identifiers.get(index))
        .map_or(std::ptr::null(), |name| name.as_ptr())
}
