//! What came back.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::arguments::{MAX_DEPTH, is_too_deep};
use crate::error::{Error, Result};
use crate::json::Reader;

/// Status, headers and body of an answer.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Headers,
    /// Body as it came, decompressed.
    pub body: Bytes,
    /// How many times the request was sent for this answer.
    pub attempts: u32,
}

/// Headers of an answer, in the order of arrival.
#[derive(Debug, Clone, Default)]
pub struct Headers(HeaderMap);

impl Headers {
    /// The one of this name, for an answer of our own.
    pub(crate) fn of_one(name: &'static str, value: &'static str) -> Self {
        let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
        Headers(HeaderMap::from_iter([(name, value)]))
    }

    /// Names, in lower case, and values. A name comes as often as it came in the answer.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
    }
}

impl From<HeaderMap> for Headers {
    fn from(headers: HeaderMap) -> Self {
        Headers(headers)
    }
}

static LIMIT: HeaderName = HeaderName::from_static("x-sib-ratelimit-limit");
static REMAINING: HeaderName = HeaderName::from_static("x-sib-ratelimit-remaining");
static RESET: HeaderName = HeaderName::from_static("x-sib-ratelimit-reset");

fn text_of(value: &HeaderValue) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()).ok()
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
    /// First header of that name, where its value is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.0.get(name).and_then(text_of)
    }

    /// Whether there is no body but white space.
    pub fn is_empty(&self) -> bool {
        self.body.trim_ascii().is_empty()
    }

    /// The body as JSON; an empty one is `null`. See [`Reply::text`].
    pub fn json(&self) -> Result<Value> {
        if self.is_empty() { Ok(Value::Null) } else { self.read() }
    }

    /// Refuses a body that [`Reply::json`] would refuse, without keeping what is in it.
    pub fn check_json(&self) -> Result<()> {
        let is_plain = std::str::from_utf8(&self.body).is_ok_and(|text| Reader::new(text).whole().is_some());
        if is_plain || self.is_empty() { Ok(()) } else { self.read::<Valid>().map(drop) }
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.text()).map_err(|error| {
            let message = match is_too_deep(&error) {
                true => format!("the reply is nested more than {MAX_DEPTH} levels deep"),
                false => format!("the reply is not JSON: {error}"),
            };
            Error::decode(self.clone(), message).with_source(error)
        })
    }

    /// The body as text. What is no text in it becomes U+FFFD: bytes that are not UTF-8, and in JSON
    /// the half of a surrogate pair (`\ud83d`), as some programs leave behind where they cut an emoji
    /// in two. One such name must not take a page of a thousand others away. `body` keeps it.
    pub fn text(&self) -> Cow<'_, str> {
        // Nearly every body is UTF-8, which is found out faster than it is mended.
        let text = match std::str::from_utf8(&self.body) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(&self.body),
        };
        let start = text.len() - text.trim_start_matches('\u{feff}').len();
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[start..]),
            Cow::Owned(text) => Cow::Owned(text[start..].to_owned()),
        };
        match mended(&text) {
            Some(mended) => Cow::Owned(mended),
            None => text,
        }
    }

    /// The account's rate limit, where the reply tells it.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        let value = |name: &HeaderName| self.headers.0.get(name).and_then(text_of);
        let number = |name| value(name).and_then(|value| value.trim().parse::<f64>().ok());
        let count = |name| number(name).filter(|n| *n >= 0.0).map(|n| n as u64);
        let limit = RateLimit {
            limit: count(&LIMIT),
            remaining: count(&REMAINING),
            reset: number(&RESET).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        };
        (limit != RateLimit::default()).then_some(limit)
    }
}

/// A JSON text in which halves of surrogate pairs are U+FFFD; `None` where there are none.
fn mended(text: &str) -> Option<String> {
    let mut out: Option<String> = None;
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = memchr::memchr(b'\\', &text.as_bytes()[at..]) {
        at += found;
        let Some(unit) = escaped(text, at) else {
            // Another escape; a backslash behind this one is part of it.
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        };
        let is_first = (0xD800..0xDC00).contains(&unit);
        let is_second = |unit| (0xDC00..0xE000).contains(&unit);
        if is_first && escaped(text, at + 6).is_some_and(is_second) {
            at += 12;
            continue;
        }
        if is_first || is_second(unit) {
            let out = out.get_or_insert_default();
            out.push_str(&text[copied..at]);
            out.push_str("\\ufffd");
            copied = at + 6;
        }
        at += 6;
    }
    let mut out = out?;
    out.push_str(&text[copied..]);
    Some(out)
}

/// The unit of a `\uXXXX` that begins here.
fn escaped(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// JSON that is read and let go.
struct Valid;

impl<'de> Deserialize<'de> for Valid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Valid)
    }
}

impl<'de> Visitor<'de> for Valid {
    type Value = Valid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_str<E>(self, _: &str) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Valid, A::Error> {
        while list.next_element::<Valid>()?.is_some() {}
        Ok(Valid)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Valid, A::Error> {
        while map.next_entry::<Valid, Valid>()?.is_some() {}
        Ok(Valid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(body: &[u8]) -> Reply {
        Reply { body: Bytes::copy_from_slice(body), ..Reply::default() }
    }

    #[test]
    fn what_is_no_text_is_replaced() {
        for (body, expected) in [
            (&b"{\"a\": \"b\\ud83dc\"}"[..], "{\"a\": \"b\\ufffdc\"}"),
            (br#""\ud83d\ude00 \uDE00 \\ud83d \\\ud83d""#, r#""\ud83d\ude00 \ufffd \\ud83d \\\ufffd""#),
            (br#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (br#""\ud83"#, r#""\ud83"#),
            (br#""\u+d83""#, r#""\u+d83""#),
            ("\"\\é\\".as_bytes(), "\"\\é\\"),
            (b"\xef\xbb\xbf[\"Jos\xe9\"]", "[\"Jos\u{fffd}\"]"),
        ] {
            assert_eq!(reply(body).text(), expected);
        }
        assert!(matches!(reply(br#""\ud83d\ude00""#).text(), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_checked_is_what_is_read() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        for good in ["", " ", "null", "{\"a\":[1,-2,1.5e300,true,\"x\"]}", &deep(MAX_DEPTH)] {
            assert!(
                reply(good.as_bytes()).check_json().is_ok() && reply(good.as_bytes()).json().is_ok(),
                "{good}"
            );
        }
        for bad in ["{", "[1,]", "NaN", "1e400", "{\"a\":1}x", "\"\u{1}\"", &deep(MAX_DEPTH + 1)] {
            let (checked, read) = (reply(bad.as_bytes()).check_json(), reply(bad.as_bytes()).json());
            assert_eq!(checked.unwrap_err().message(), read.unwrap_err().message(), "{bad}");
        }
        let message = reply(deep(100_000).as_bytes()).json().unwrap_err();
        assert_eq!(message.message(), "the reply is nested more than 127 levels deep");
    }
}
