//! What an operation is given, and what it answers.

use axum::http::StatusCode;
use brevo_core::schema::Spec;
use serde_json::{Map, Value, json};

use crate::state::{Db, Sandbox};
use crate::time;

/// One call of an operation, checked against the table.
pub struct Call<'a> {
    /// The operation's row of the table.
    pub spec: &'static Spec,
    /// Arguments by wire name, of the types of the table. Files are `{"name", "content"}` with the
    /// content in base64.
    pub args: Map<String, Value>,
    /// The transaction of this call; rolled back when the handler fails.
    pub db: &'a Db,
    /// Account of the caller.
    pub account: i64,
    /// The sandbox's time, in milliseconds since 1970.
    pub now: i64,
    /// The sandbox.
    pub sandbox: &'a Sandbox,
}

impl Call<'_> {
    /// An argument; `null` counts as absent.
    pub fn get(&self, wire: &str) -> Option<&Value> {
        self.args.get(wire).filter(|value| !value.is_null())
    }

    /// A text argument.
    pub fn text(&self, wire: &str) -> Option<&str> {
        self.get(wire)?.as_str()
    }

    /// A whole number.
    pub fn int(&self, wire: &str) -> Option<i64> {
        self.get(wire)?.as_i64()
    }

    /// A flag; absent counts as false.
    pub fn flag(&self, wire: &str) -> bool {
        self.get(wire).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A list of whole numbers; empty where absent.
    pub fn ints(&self, wire: &str) -> Vec<i64> {
        self.list(wire).iter().filter_map(Value::as_i64).collect()
    }

    /// A list of texts; empty where absent.
    pub fn texts(&self, wire: &str) -> Vec<String> {
        self.list(wire).iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// A list; empty where absent.
    pub fn list(&self, wire: &str) -> &[Value] {
        self.get(wire).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// `limit` and `offset`, with the default page size of the table.
    pub fn page(&self) -> (i64, i64) {
        let size = self.spec.field("limit").and_then(|f| f.limits().default).and_then(|d| d.parse().ok());
        (self.int("limit").or(size).unwrap_or(50), self.int("offset").unwrap_or(0).max(0))
    }

    /// The moments `startDate` and `endDate`, which go together.
    pub fn period(&self) -> Result<Option<(i64, i64)>, ApiError> {
        match (self.text("startDate"), self.text("endDate")) {
            (None, None) => Ok(None),
            (Some(start), Some(end)) => match (time::parse(start), time::parse(end)) {
                (Some(start), Some(end)) => Ok(Some((start, end))),
                _ => Err(ApiError::invalid("startDate and endDate should be date-times")),
            },
            _ => Err(ApiError::missing("startDate and endDate should be given together")),
        }
    }

    /// A moment that has not come yet.
    pub fn later(&self, wire: &str) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.text(wire) else { return Ok(None) };
        match time::parse(text) {
            None => Err(ApiError::invalid(format!("{wire} is not a valid date-time"))),
            Some(at) if at <= self.now => {
                Err(ApiError::invalid(format!("{wire} should be a time in the future")))
            }
            at => Ok(at),
        }
    }

    /// `ASC` or `DESC`, from `sort`.
    pub fn order(&self) -> &'static str {
        if self.text("sort") == Some("asc") { "ASC" } else { "DESC" }
    }
}

/// Body of an answer.
#[derive(Debug, Clone)]
pub enum Body {
    /// No body.
    Empty,
    /// JSON.
    Json(Value),
    /// Anything else, with its content type.
    Bytes(&'static str, Vec<u8>),
}

/// A success.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: Body,
    /// Headers beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
}

impl Answer {
    /// An answer with a JSON body.
    pub fn json(status: u16, body: Value) -> Self {
        Answer { status, body: Body::Json(body), headers: Vec::new() }
    }

    /// 200.
    pub fn ok(body: Value) -> Self {
        Answer::json(200, body)
    }

    /// 201.
    pub fn created(body: Value) -> Self {
        Answer::json(201, body)
    }

    /// 202.
    pub fn accepted(body: Value) -> Self {
        Answer::json(202, body)
    }

    /// 204, without a body.
    pub fn no_content() -> Self {
        Answer::empty(204)
    }

    /// Any status, without a body.
    pub fn empty(status: u16) -> Self {
        Answer { status, body: Body::Empty, headers: Vec::new() }
    }

    /// 200 with raw bytes.
    pub fn bytes(content_type: &'static str, bytes: Vec<u8>) -> Self {
        Answer { status: 200, body: Body::Bytes(content_type, bytes), headers: Vec::new() }
    }
}

/// A refusal, in Brevo's form: `{"code", "message"}`, with `metadata` or other keys where there are
/// any.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// Brevo's code.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// Further keys of the body; in a box, so that a result stays small.
    pub more: Box<Map<String, Value>>,
}

impl ApiError {
    /// A refusal.
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        ApiError { status, code: code.into(), message: message.into(), more: Box::default() }
    }

    /// 400 `invalid_parameter`.
    pub fn invalid(message: impl Into<String>) -> Self {
        ApiError::new(400, "invalid_parameter", message)
    }

    /// 400 `missing_parameter`.
    pub fn missing(message: impl Into<String>) -> Self {
        ApiError::new(400, "missing_parameter", message)
    }

    /// 404 `document_not_found`.
    pub fn not_found(message: impl Into<String>) -> Self {
        ApiError::new(404, "document_not_found", message)
    }

    /// Adds `metadata`.
    pub fn with_metadata(self, metadata: Value) -> Self {
        self.with("metadata", metadata)
    }

    /// Adds a key to the body.
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.more.insert(key.into(), value);
        self
    }

    /// The body.
    pub fn body(&self) -> Value {
        let mut body = json!({"code": self.code, "message": self.message});
        for (key, value) in self.more.iter() {
            body[key] = value.clone();
        }
        body
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        ApiError::new(
            StatusCode::INTERNAL_SERVER_ERROR.as_u16(),
            "internal_error",
            format!("sandbox: {error}"),
        )
    }
}

/// What an operation gives.
pub type Outcome = Result<Answer, ApiError>;

/// Code of an operation.
pub type Handler = fn(&Call) -> Outcome;
