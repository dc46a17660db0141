//! JSON on its way into V8: looked through once, and in bytes of Latin-1, which V8 reads twice as fast as
//! anything else.

use brevo_core::Reply;
use brevo_core::json::{Found, Reader};
use bytes::Bytes;

use crate::integers::mark;

/// A text in the form in which V8 takes it fastest.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Text {
    /// One byte for each character.
    Latin(Bytes),
    /// Anything else.
    Wide(String),
}

/// A body for JSON.parse.
#[derive(Debug, PartialEq)]
pub(crate) struct Json {
    pub(crate) text: Text,
    /// Integers beyond 2^53 are texts that begin with this.
    pub(crate) marker: Option<String>,
}

impl Json {
    /// The body of a reply, where it is one that the core reads. An empty one is none.
    pub(crate) fn of(reply: &Reply) -> brevo_core::Result<Option<Json>> {
        let text = match std::str::from_utf8(&reply.body) {
            Ok(text) => match Reader::new(text).whole() {
                Some(Found { large: false }) if text.is_ascii() => {
                    return Ok(Some(Json { text: Text::Latin(reply.body.clone()), marker: None }));
                }
                Some(Found { large: false }) => {
                    return Ok(Some(Json { text: latin_or(text.to_owned()), marker: None }));
                }
                _ => reply.text(),
            },
            Err(_) => reply.text(),
        };
        if reply.is_empty() {
            return Ok(None);
        }
        // The core says what is wrong with it, or has mended what is no text.
        reply.check_json()?;
        Ok(Some(match mark(&text) {
            Some(marked) => Json { text: latin_or(marked.text), marker: Some(marked.marker) },
            None => Json { text: latin_or(text.into_owned()), marker: None },
        }))
    }
}

/// JSON with the same values, in Latin-1 unless that made it much longer.
fn latin_or(json: String) -> Text {
    let mut out = Vec::with_capacity(json.len() + json.len() / 4);
    push_latin(&mut out, &json);
    if out.len() > json.len() + json.len() / 2 { Text::Wide(json) } else { Text::Latin(out.into()) }
}

/// Appends JSON in Latin-1: characters beyond it are written as escapes.
pub(crate) fn push_latin(out: &mut Vec<u8>, json: &str) {
    let mut rest = json;
    while let Some(at) = first_not_ascii(rest.as_bytes()) {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let mut characters = rest[at..].chars();
        let Some(character) = characters.next() else { return };
        match u8::try_from(character) {
            Ok(byte) => out.push(byte),
            Err(_) => character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| push_escape(out, *unit)),
        }
        rest = characters.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
}

fn push_escape(out: &mut Vec<u8>, unit: u16) {
    out.extend_from_slice(b"\\u");
    out.extend([12, 8, 4, 0].map(|shift| b"0123456789abcdef"[usize::from(unit >> shift & 15)]));
}

const HIGHS: u64 = 0x8080_8080_8080_8080;

fn first_not_ascii(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let high = u64::from_le_bytes(*word) & HIGHS;
        if high != 0 {
            return Some(8 * i + high.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|byte| !byte.is_ascii()).map(|at| 8 * words.len() + at)
}

#[cfg(test)]
mod tests {
    use brevo_core::Kind;

    use super::*;

    fn reply(body: impl Into<Bytes>) -> Reply {
        Reply { body: body.into(), ..Reply::default() }
    }

    fn latin(text: &str) -> String {
        match Json::of(&reply(text.to_owned())).unwrap().unwrap().text {
            Text::Latin(bytes) => bytes.iter().map(|byte| char::from(*byte)).collect(),
            Text::Wide(text) => panic!("{text} is wide"),
        }
    }

    #[test]
    fn texts_are_latin_where_that_is_short() {
        assert_eq!(latin(r#"{"a": [1, "b"]}"#), r#"{"a": [1, "b"]}"#);
        assert_eq!(latin("[\"Zoë and Łukasz, 🙂\"]"), "[\"Zoë and \\u0141ukasz, \\ud83d\\ude42\"]");
        let wide = "\"Привет, мир\"";
        assert_eq!(Json::of(&reply(wide)).unwrap().unwrap().text, Text::Wide(wide.into()));
        assert_eq!(
            latin("\"0123456789012345678901234567890123456789ÿĀ\""),
            "\"0123456789012345678901234567890123456789ÿ\\u0100\""
        );
    }

    #[test]
    fn what_is_no_json_is_told_in_the_words_of_the_core() {
        let deep = "[".repeat(128) + &"]".repeat(128);
        for text in ["nul", "[1,]", "{\"a\" 1}", "1 1", "\u{feff}1x", "1e400", &deep] {
            let error = Json::of(&reply(text.to_owned())).unwrap_err();
            assert_eq!(error.kind(), Kind::Decode);
            assert_eq!(error.message(), reply(text.to_owned()).check_json().unwrap_err().message());
        }
        assert_eq!(Json::of(&reply(" ")).unwrap(), None);
        for mended in ["\"\\ud83d\"", "\"\\ude00\\ud83d\"", "\u{feff}[1]", "\"\\ud83d\\u0041\""] {
            assert!(Json::of(&reply(mended.to_owned())).unwrap().is_some(), "{mended}");
        }
    }

    #[test]
    fn large_integers_are_marked() {
        let marked = Json::of(&reply("[9007199254740993,\"é\"]")).unwrap().unwrap();
        let Some(marker) = marked.marker else { panic!("a marker is missing") };
        let Text::Latin(bytes) = marked.text else { panic!("not Latin-1") };
        assert!(
            bytes.starts_with(format!("[\"{marker}9007199254740993\",\"").as_bytes())
                && bytes.ends_with(b"\xe9\"]")
        );
    }
}
