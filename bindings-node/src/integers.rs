//! Integers that JavaScript's numbers cannot hold.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use brevo_core::json::is_large;

/// A JSON text whose integers beyond 2^53 are texts that begin with a marker.
#[derive(Debug, PartialEq)]
pub(crate) struct Marked {
    pub(crate) text: String,
    pub(crate) marker: String,
}

/// Marks the integers of a JSON text that JavaScript would round; `None` where there are none.
/// The marker cannot be guessed, so that no text of the sender passes for a number.
pub(crate) fn mark(text: &str) -> Option<Marked> {
    let mut large = LargeIntegers { text, at: 0 }.peekable();
    large.peek()?;
    let random = RandomState::new();
    let marker = format!("{:016x}{:016x}:", random.build_hasher().finish(), random.hash_one(text.len()));
    let mut marked = String::with_capacity(text.len() + 64);
    let mut end = 0;
    for number in large {
        marked.push_str(&text[end..number.start]);
        end = number.end;
        marked.push_str(&format!("\"{marker}{}\"", &text[number]));
    }
    marked.push_str(&text[end..]);
    Some(Marked { text: marked, marker })
}

/// The places of integers beyond 2^53.
struct LargeIntegers<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for LargeIntegers<'_> {
    type Item = std::ops::Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            let start = self.at;
            self.at += 1;
            match byte {
                b'"' => self.skip_string(),
                b'-' | b'0'..=b'9' => {
                    while bytes
                        .get(self.at)
                        .is_some_and(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
                    {
                        self.at += 1;
                    }
                    if is_large(&self.text[start..self.at]) {
                        return Some(start..self.at);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

impl LargeIntegers<'_> {
    fn skip_string(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_integers_that_would_be_rounded_are_marked() {
        for text in [
            "",
            "9007199254740991",
            "[-9007199254740991, 1.00000000000000000001, 1e300]",
            r#""9007199254740993""#,
        ] {
            assert_eq!(mark(text), None, "{text}");
        }
        let marked =
            mark(r#"{"a\"1":9007199254740993,"b":"9007199254740993","c":[-18446744073709551616]}"#).unwrap();
        let m = &marked.marker;
        assert_eq!(
            marked.text,
            format!(
                r#"{{"a\"1":"{m}9007199254740993","b":"9007199254740993","c":["{m}-18446744073709551616"]}}"#
            )
        );
    }

    #[test]
    fn broken_json_is_left_to_the_parser() {
        for text in ["\"\\", "{\"a", "-", "\"", "12345678901234567890-", "\u{1F600}\"\u{1F600}"] {
            assert_eq!(mark(text), None, "{text}");
        }
    }
}
