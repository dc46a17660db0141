//! What may be repeated, when, and with which idempotency key: the only place that decides.

use std::time::Duration;

use serde_json::{Map, Value};
use uuid::fmt::Hyphenated;

use crate::reply::Reply;
use crate::schema::Repeat;
use crate::unique;

const FIRST_DELAY: Duration = Duration::from_millis(500);
const LONGEST_DELAY: Duration = Duration::from_secs(30);
const KEY: &str = "idempotencyKey";

/// The field of a mail in which its idempotency key stands.
pub(crate) const KEY_PLACE: &str = "headers";

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No byte of the request can have been processed.
    NotSent,
    /// The request may have been processed; no answer came.
    Unknown,
    /// An answer with this status came.
    Answer(u16),
}

/// What an outcome allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Take it as it is.
    Final,
    /// Repeat after the usual delay.
    Repeat,
    /// Repeat when the rate limit opens.
    RepeatAtReset,
}

/// Decides whether a call may be repeated.
pub(crate) fn verdict(rule: Repeat, outcome: Outcome) -> Verdict {
    let unknown = match rule {
        Repeat::Safe | Repeat::Keyed => Verdict::Repeat,
        Repeat::Unprocessed => Verdict::Final,
    };
    match outcome {
        Outcome::NotSent => Verdict::Repeat,
        Outcome::Answer(429) => Verdict::RepeatAtReset,
        Outcome::Unknown | Outcome::Answer(408 | 500 | 502..=504 | 520..=530) => unknown,
        Outcome::Answer(_) => Verdict::Final,
    }
}

/// Exponential delay with full jitter before the repeat number `attempt` (from 1).
pub(crate) fn delay(attempt: u32) -> Duration {
    let ceiling = FIRST_DELAY.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(LONGEST_DELAY);
    ceiling.mul_f64(fastrand::f64())
}

/// The headers of a transactional e-mail with an idempotency key, where Brevo looks for it:
/// `headers.idempotencyKey` (source: guide on batch sending). None where a key that the caller wrote there
/// himself stays, or where they are no headers.
pub(crate) fn with_key(headers: Option<&str>, key: Option<String>) -> Option<String> {
    let Some(headers) = headers else {
        let key = key.map_or_else(new_key, |key| Value::from(key).to_string());
        return Some(["{\"", KEY, "\":", &key, "}"].concat());
    };
    let mut headers: Map<String, Value> = serde_json::from_str(headers).ok()?;
    if headers.keys().any(|name| name.eq_ignore_ascii_case(KEY)) {
        return None;
    }
    headers.insert(KEY.to_owned(), Value::String(key.unwrap_or_else(|| unique::uuid().to_string())));
    Some(Value::Object(headers).to_string())
}

/// A new key, as JSON.
fn new_key() -> String {
    let mut room = [0; Hyphenated::LENGTH];
    ["\"", unique::uuid().hyphenated().encode_lower(&mut room), "\""].concat()
}

/// Whether a refused repeat proves that an earlier attempt was accepted. Brevo refuses a key that it
/// has seen with `duplicate_parameter` and does not replay the first answer, so the message's id is
/// lost.
pub(crate) fn accepted_before(rule: Repeat, was_unknown: bool, reply: &Reply) -> bool {
    let code = || serde_json::from_slice::<Value>(&reply.body).ok()?.get("code")?.as_str().map(str::to_owned);
    rule == Repeat::Keyed
        && was_unknown
        && matches!(reply.status, 400 | 409)
        && matches!(code().as_deref(), Some("duplicate_parameter" | "duplicate_request"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_repeated_only_when_it_cannot_have_been_processed() {
        for outcome in [Outcome::Unknown, Outcome::Answer(500), Outcome::Answer(503), Outcome::Answer(524)] {
            assert_eq!(verdict(Repeat::Unprocessed, outcome), Verdict::Final, "{outcome:?}");
            assert_eq!(verdict(Repeat::Safe, outcome), Verdict::Repeat, "{outcome:?}");
            assert_eq!(verdict(Repeat::Keyed, outcome), Verdict::Repeat, "{outcome:?}");
        }
        assert_eq!(verdict(Repeat::Unprocessed, Outcome::NotSent), Verdict::Repeat);
        assert_eq!(verdict(Repeat::Unprocessed, Outcome::Answer(429)), Verdict::RepeatAtReset);
        for status in [200, 204, 400, 401, 402, 403, 404, 409, 422, 501] {
            assert_eq!(verdict(Repeat::Safe, Outcome::Answer(status)), Verdict::Final, "{status}");
        }
    }

    #[test]
    fn delays_grow_and_stay_bounded() {
        for attempt in 1..40 {
            let ceiling = FIRST_DELAY * 2u32.pow((attempt - 1).min(10));
            assert!(delay(attempt) <= ceiling.min(LONGEST_DELAY));
        }
    }

    #[test]
    fn a_key_of_the_caller_stays() {
        assert_eq!(with_key(Some(r#"{"IdempotencyKey":"mine"}"#), Some("other".into())), None);
        assert_eq!(with_key(Some("7"), None), None);
        let other = with_key(Some(r#"{"X-A":"b"}"#), Some("other".into()));
        assert_eq!(other.as_deref(), Some(r#"{"X-A":"b","idempotencyKey":"other"}"#));
        let made: Value = serde_json::from_str(&with_key(None, None).expect("headers")).expect("JSON");
        assert_eq!(made[KEY].as_str().map(str::len), Some(36));
    }
}
