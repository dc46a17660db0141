//! What came back.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::error::{Error, Result};

/// Status, headers and body of an answer.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Header names in lower case, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// Body as it came, decompressed.
    pub body: Bytes,
    /// How many times the request was sent for this answer.
    pub attempts: u32,
}

/// What the `x-sib-ratelimit-*` headers say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls allowed in the window.
    pub limit: Option<u64>,
    /// Calls left in the window.
    pub remaining: Option<u64>,
    /// Time until the window starts anew. Brevo documents the unit as usually seconds.
    pub reset: Option<Duration>,
}

impl Reply {
    /// First header of that name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether there is no body but white space.
    pub fn is_empty(&self) -> bool {
        self.body.trim_ascii().is_empty()
    }

    /// The body as JSON; an empty one is `null`.
    pub fn json(&self) -> Result<Value> {
        if self.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            Error::decode(self.clone(), format!("the reply is not JSON: {error}")).with_source(error)
        })
    }

    /// The account's rate limit, where the reply tells it.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        let number = |name: &str| self.header(name).and_then(|value| value.trim().parse::<f64>().ok());
        let count = |name: &str| number(name).filter(|n| *n >= 0.0).map(|n| n as u64);
        let limit = RateLimit {
            limit: count("x-sib-ratelimit-limit"),
            remaining: count("x-sib-ratelimit-remaining"),
            reset: number("x-sib-ratelimit-reset")
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        };
        (limit != RateLimit::default()).then_some(limit)
    }
}
