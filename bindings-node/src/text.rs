//! JSON on its way into V8: looked through once, and in bytes of Latin-1, which V8 reads twice as fast as
//! anything else.

use brevo_core::Reply;
use brevo_core::arguments::MAX_DEPTH;
use bytes::Bytes;

use crate::integers::{is_large, mark};

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

/// What was seen on the way through a text.
#[derive(Debug, PartialEq)]
pub(crate) struct Found {
    /// There are integers beyond 2^53.
    pub(crate) large: bool,
}

/// Goes through JSON without keeping what is in it. It takes nothing that the core's parser refuses; and
/// it leaves alone, as not known, what is to be mended (halves of surrogate pairs).
pub(crate) struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// Bytes that are behind.
    pub(crate) at: usize,
    pub(crate) found: Found,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Reader { text, bytes: text.as_bytes(), at: 0, found: Found { large: false } }
    }

    /// Goes through a text of one value.
    fn whole(mut self) -> Option<Found> {
        self.value(0)?;
        self.ends().then_some(self.found)
    }

    /// Whether there is nothing more.
    pub(crate) fn ends(&mut self) -> bool {
        self.space();
        self.at == self.bytes.len()
    }

    /// The text from there to here.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    /// The next byte behind white space. It is still to come.
    pub(crate) fn next(&mut self) -> Option<u8> {
        self.space();
        self.peek()
    }

    /// Passes this text behind white space, where it is there.
    pub(crate) fn passes(&mut self, text: &str) -> bool {
        self.space();
        let is_there = self.bytes[self.at..].starts_with(text.as_bytes());
        self.at += if is_there { text.len() } else { 0 };
        is_there
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Passes the start of an object or list. Whether it has members.
    pub(crate) fn begins(&mut self, start: u8) -> Option<bool> {
        (self.next()? == start).then(|| self.at += 1)?;
        let is_empty = self.next()? == end_of(start);
        self.at += usize::from(is_empty);
        Some(!is_empty)
    }

    /// Passes what is behind a member of an object or list. Whether another one follows.
    pub(crate) fn goes_on(&mut self, start: u8) -> Option<bool> {
        let byte = self.next()?;
        self.at += 1;
        if byte == b',' { Some(true) } else { (byte == end_of(start)).then_some(false) }
    }

    /// Passes a key and its colon. Gives the key with its quotes.
    pub(crate) fn key(&mut self) -> Option<&'a str> {
        let start = (self.next()? == b'"').then_some(self.at)?;
        self.at += 1;
        self.string()?;
        let key = self.since(start);
        (self.next()? == b':').then(|| self.at += 1)?;
        Some(key)
    }

    /// Passes a value that stands inside so many objects and lists.
    pub(crate) fn value(&mut self, outer: usize) -> Option<()> {
        // What is open inside the value; the lowest bit tells whether the innermost one is an object.
        let (mut open, mut objects) = (0, 0_u128);
        loop {
            let byte = self.next()?;
            if let b'{' | b'[' = byte {
                if outer + open == MAX_DEPTH {
                    return None;
                }
                if self.begins(byte)? {
                    (open, objects) = (open + 1, objects << 1 | u128::from(byte == b'{'));
                    if byte == b'{' {
                        self.key()?;
                    }
                    continue;
                }
            } else {
                self.scalar(byte)?;
            }
            loop {
                if open == 0 {
                    return Some(());
                }
                let is_object = objects & 1 == 1;
                if self.goes_on(if is_object { b'{' } else { b'[' })? {
                    if is_object {
                        self.key()?;
                    }
                    break;
                }
                (open, objects) = (open - 1, objects >> 1);
            }
        }
    }

    /// Passes a value that is neither an object nor a list, and begins with this byte.
    pub(crate) fn scalar(&mut self, first: u8) -> Option<()> {
        self.at += 1;
        match first {
            b'"' => self.string(),
            b'-' | b'0'..=b'9' => self.number(first),
            b't' => self.word("rue"),
            b'f' => self.word("alse"),
            b'n' => self.word("ull"),
            _ => None,
        }
    }

    /// Passes the rest of a string.
    fn string(&mut self) -> Option<()> {
        loop {
            while let Some(word) = self.bytes.get(self.at..)?.first_chunk::<8>() {
                let special = special(u64::from_le_bytes(*word));
                self.at += special.trailing_zeros() as usize / 8;
                if special != 0 {
                    break;
                }
            }
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                b'\\' => self.escape()?,
                0..0x20 => return None,
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => match self.unit()? {
                0xD800..0xDC00 => {
                    self.word("\\u")?;
                    matches!(self.unit()?, 0xDC00..0xE000).then_some(())
                }
                0xDC00..0xE000 => None,
                _ => Some(()),
            },
            _ => None,
        }
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..)?.first_chunk::<4>()?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
    }

    fn word(&mut self, rest: &str) -> Option<()> {
        self.bytes.get(self.at..)?.starts_with(rest.as_bytes()).then(|| self.at += rest.len())
    }

    /// Passes the rest of a number.
    fn number(&mut self, first: u8) -> Option<()> {
        let start = self.at - 1;
        let first = if first == b'-' { self.digit()? } else { first };
        if first != b'0' {
            self.digits();
        }
        let mut is_plain = true;
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digit()?;
            self.digits();
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digit()?;
            self.digits();
            is_plain = false;
        }
        if is_plain && self.at - start <= 15 {
            return Some(());
        }
        let number = self.since(start);
        self.found.large |= is_large(number);
        // The core's parser takes no other.
        number.parse::<f64>().is_ok_and(f64::is_finite).then_some(())
    }

    fn digit(&mut self) -> Option<u8> {
        let digit = self.peek().filter(u8::is_ascii_digit)?;
        self.at += 1;
        Some(digit)
    }

    fn digits(&mut self) {
        while self.digit().is_some() {}
    }
}

fn end_of(start: u8) -> u8 {
    if start == b'{' { b'}' } else { b']' }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES * 0x80;

/// Eight bytes of a string, the first one lowest. The lowest bit that is set is in the first byte that is a
/// quote, a backslash or a control character; zero where there is none.
fn special(word: u64) -> u64 {
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word;
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (equal(b'"') | equal(b'\\') | below(word, 0x20)) & HIGHS
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
    fn what_is_read_is_what_the_core_reads() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        let mixed = |levels: usize| "{\"a\":[".repeat(levels / 2) + &"]}".repeat(levels / 2);
        let good = [
            "null",
            " true ",
            "false",
            "0",
            "-0",
            "-1.5",
            "1e5",
            "1E-5",
            "1.25e+10",
            "12345678901234567890",
            "\"\"",
            "[]",
            "{}",
            "\t[ ]\r\n",
            "{ \"a\" : [ { } , [ ] , 1 ] , \"b\" : \"\" }",
            r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\uDE00""#,
            "\"a quote behind fifteen\\\" bytes, and é and 🙂 too\"",
            "0.30000000000000000000000004",
            "1e-400",
            &deep(MAX_DEPTH),
            &mixed(MAX_DEPTH),
        ];
        for text in good {
            assert!(Reader::new(text).whole().is_some(), "{text}");
            assert!(reply(text.to_owned()).check_json().is_ok(), "{text}");
        }
        let bad = [
            "",
            " ",
            "nul",
            "nulll",
            "truefalse",
            "01",
            "-",
            "+1",
            ".5",
            "1.",
            "1.e5",
            "1e",
            "1e+",
            "--1",
            "NaN",
            "1e400",
            "-1e400",
            "\"",
            "\"\\",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "\"\\u+123\"",
            "\"a\u{1}\"",
            "\"0123456\u{1f}89\"",
            "'a'",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1}",
            "{1}",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "{\"a\":1]",
            "1 1",
            "[] []",
            "[1]]",
            "\u{feff}1x",
            "[\u{a0}1]",
            "[1,\u{c}2]",
            &deep(MAX_DEPTH + 1),
            &mixed(MAX_DEPTH + 1),
        ];
        for text in bad {
            assert!(Reader::new(text).whole().is_none(), "{text}");
            if !text.trim().is_empty() {
                let error = Json::of(&reply(text.to_owned())).unwrap_err();
                assert_eq!(error.kind(), Kind::Decode);
                assert_eq!(error.message(), reply(text.to_owned()).check_json().unwrap_err().message());
            }
        }
        assert_eq!(Json::of(&reply(" ")).unwrap(), None);
        for mended in ["\"\\ud83d\"", "\"\\ude00\\ud83d\"", "\u{feff}[1]", "\"\\ud83d\\u0041\""] {
            assert!(Reader::new(mended).whole().is_none(), "{mended}");
            assert!(Json::of(&reply(mended.to_owned())).unwrap().is_some(), "{mended}");
        }
    }

    /// Texts that are JSON but for a few bytes: taken only where the core takes them.
    #[test]
    fn nothing_is_taken_that_the_core_refuses() {
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = |below: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (random % below as u64) as usize
        };
        let start = r#"{"id":12,"a\"é":[1.5e3,-0.25,true,null,{"b":{}}],"c":"\u00e9\\ \ud83d\ude00 0123456789","d":false}"#;
        let bytes = b"{}[]\",:\\0123456789.eE+-tfnu \n\x01d8\xc3\xa9";
        let mut taken = 0;
        for _ in 0..20_000 {
            let mut text = start.as_bytes().to_vec();
            for _ in 0..=next(3) {
                let (at, byte) = (next(text.len()), bytes[next(bytes.len())]);
                match next(3) {
                    0 => text[at] = byte,
                    1 => text.insert(at, byte),
                    _ => drop(text.remove(at)),
                }
            }
            let Ok(text) = String::from_utf8(text) else { continue };
            if Reader::new(&text).whole().is_some() {
                taken += 1;
                assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
            } else {
                assert!(serde_json::from_str::<serde_json::Value>(&text).is_err(), "{text}");
            }
        }
        assert!(taken > 2_000, "{taken}");
    }

    #[test]
    fn integers_beyond_2_53_are_found_outside_of_texts_only() {
        for (text, large) in [
            ("[9007199254740993]", true),
            ("[-9007199254740993]", true),
            ("[9007199254740991, 1.00000000000000000001, 1e300, \"9007199254740993\"]", false),
            ("{\"9007199254740993\":1}", false),
        ] {
            assert_eq!(Reader::new(text).whole(), Some(Found { large }), "{text}");
        }
        let marked = Json::of(&reply("[9007199254740993,\"é\"]")).unwrap().unwrap();
        let Some(marker) = marked.marker else { panic!("a marker is missing") };
        let Text::Latin(bytes) = marked.text else { panic!("not Latin-1") };
        assert!(
            bytes.starts_with(format!("[\"{marker}9007199254740993\",\"").as_bytes())
                && bytes.ends_with(b"\xe9\"]")
        );
    }
}
