//! JSON as it stands in its text: looked through once, without making values of it.

use std::borrow::Cow;

use crate::arguments::MAX_DEPTH;

/// The largest integer up to which JavaScript's numbers hold every one.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Whether a number is an integer beyond 2^53, which JavaScript would round.
pub fn is_large(number: &str) -> bool {
    let digits = number.trim_start_matches('-');
    digits.len() > 15
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.parse::<u64>().map_or(true, |n| n > MAX_SAFE_INTEGER)
}

/// Writes a text as JSON.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    write_utf8(out, text.as_bytes());
}

/// Writes a text, which is UTF-8, as JSON.
pub fn write_utf8(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    let mut rest = text;
    loop {
        let at = plain_start(rest);
        out.extend_from_slice(&rest[..at]);
        let Some(byte) = rest.get(at) else { break };
        match *byte {
            byte @ (b'"' | b'\\') => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            8 => out.extend_from_slice(b"\\b"),
            12 => out.extend_from_slice(b"\\f"),
            byte => {
                let digit = |of: u8| b"0123456789abcdef"[usize::from(of & 15)];
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte)]);
            }
        }
        rest = &rest[at + 1..];
    }
    out.push(b'"');
}

/// Appends JSON without the white space between its parts.
pub(crate) fn push_compact(out: &mut String, json: &str) {
    let bytes = json.as_bytes();
    let (mut copied, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.push_str(&json[copied..at - 1]);
                copied = at;
            }
            b'"' => {
                while let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
                    at += found + 1;
                    if bytes[at - 1] == b'"' {
                        break;
                    }
                    at += 1;
                }
            }
            _ => {}
        }
    }
    out.push_str(&json[copied..]);
}

/// Bytes at the start of a text that a string can hold as they are. Most strings are short, so that the first
/// ones are looked at by words.
fn plain_start(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(word) = text[at..].first_chunk::<8>() {
        let special = special(u64::from_le_bytes(*word));
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
        if at == 16 {
            at += plain_blocks(&text[at..]);
        }
    }
    at + text[at..].iter().take_while(|byte| !is_special(byte)).count()
}

/// Whether a string cannot hold this byte as it is: a control character, a quote (which is 0x20, were it not
/// for one bit) or a backslash. Without a branch, so that many bytes are looked at in one step.
const fn is_special(byte: &u8) -> bool {
    ((*byte ^ 2) <= 0x20) | (*byte == b'\\')
}

/// The same for a long text, by blocks that the processor looks at in a few steps.
fn plain_blocks(text: &[u8]) -> usize {
    let (blocks, _) = text.as_chunks::<32>();
    let is_plain = |block: &&[u8; 32]| !block.iter().fold(false, |found, byte| found | is_special(byte));
    32 * blocks.iter().take_while(is_plain).count()
}

/// The text that a string of JSON stands for, given with its quotes.
pub fn unquoted(string: &str) -> Cow<'_, str> {
    let inner = string.get(1..string.len().saturating_sub(1)).unwrap_or_default();
    match inner.contains('\\') {
        true => Cow::Owned(serde_json::from_str(string).unwrap_or_default()),
        false => Cow::Borrowed(inner),
    }
}

/// Whether a string, given with its quotes, stands for that text.
fn stands_for(string: &str, text: &str) -> bool {
    let is_it = string.get(1..string.len().saturating_sub(1)) == Some(text);
    (is_it && !text.contains('\\')) || (string.contains('\\') && unquoted(string) == text)
}

/// What was seen on the way through a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// There are integers beyond 2^53.
    pub large: bool,
}

/// Goes through JSON without keeping what is in it. It takes nothing that the core's parser refuses; and
/// it leaves alone, as not known, what is to be mended (halves of surrogate pairs).
#[derive(Clone)]
pub struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// Bytes that are behind.
    pub at: usize,
    /// What was seen in them.
    pub found: Found,
}

impl<'a> Reader<'a> {
    /// At the start of a text.
    pub fn new(text: &'a str) -> Self {
        Reader { text, bytes: text.as_bytes(), at: 0, found: Found { large: false } }
    }

    /// Goes through a text of one value.
    pub fn whole(mut self) -> Option<Found> {
        self.value(0)?;
        self.ends().then_some(self.found)
    }

    /// Whether there is nothing more.
    pub fn ends(&mut self) -> bool {
        self.look().is_none()
    }

    /// The text from there to here.
    pub fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    /// The next byte behind white space. It is still to come.
    pub fn look(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                byte => return byte,
            }
        }
    }

    /// Passes this text behind white space, where it is there.
    pub fn passes(&mut self, text: &str) -> bool {
        self.look();
        let is_there = begins_with(&self.bytes[self.at..], text.as_bytes());
        self.at += if is_there { text.len() } else { 0 };
        is_there
    }

    /// The next byte, white space too. It is still to come.
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes a value, and gives the text of what a JSON pointer names in it, where that is there. Of a key
    /// that comes twice the last one counts.
    pub fn pointed(&mut self, pointer: &str, outer: usize) -> Option<Option<&'a str>> {
        let Some(rest) = pointer.strip_prefix('/') else {
            self.look()?;
            let start = self.at;
            self.value(outer)?;
            return Some(pointer.is_empty().then(|| self.since(start)));
        };
        let (token, below) = rest.find('/').map_or((rest, ""), |end| rest.split_at(end));
        let (start, mut found) = (self.look()?, None);
        if !matches!(start, b'{' | b'[') {
            return self.value(outer).map(|()| None);
        }
        if outer == MAX_DEPTH {
            return None;
        }
        let plain = match token.contains('~') {
            true => Cow::Owned(token.replace("~1", "/").replace("~0", "~")),
            false => Cow::Borrowed(token),
        };
        // As serde_json reads it: no sign, and no zero before other digits.
        let is_index = !token.starts_with('+') && (token.len() == 1 || !token.starts_with('0'));
        let index = token.parse::<usize>().ok().filter(|_| is_index);
        let (mut at, mut more) = (0, self.begins(start)?);
        while more {
            let is_it = match start {
                b'{' => stands_for(self.key()?, &plain),
                _ => index == Some(at),
            };
            match is_it {
                true => found = self.pointed(below, outer + 1)?,
                false => self.value(outer + 1)?,
            }
            at += 1;
            more = self.goes_on(start)?;
        }
        Some(found)
    }

    /// Passes the start of an object or list. Whether it has members.
    pub fn begins(&mut self, start: u8) -> Option<bool> {
        (self.look()? == start).then(|| self.at += 1)?;
        let is_empty = self.look()? == end_of(start);
        self.at += usize::from(is_empty);
        Some(!is_empty)
    }

    /// Passes what is behind a member of an object or list. Whether another one follows.
    pub fn goes_on(&mut self, start: u8) -> Option<bool> {
        let byte = self.look()?;
        self.at += 1;
        if byte == b',' { Some(true) } else { (byte == end_of(start)).then_some(false) }
    }

    /// Passes a key and its colon. Gives the key with its quotes.
    pub fn key(&mut self) -> Option<&'a str> {
        self.pass_key().map(|(start, end)| &self.text[start..end])
    }

    /// Passes a key and its colon. Gives where the key stands, with its quotes.
    fn pass_key(&mut self) -> Option<(usize, usize)> {
        let start = (self.look()? == b'"').then_some(self.at)?;
        self.at += 1;
        self.string()?;
        let end = self.at;
        (self.look()? == b':').then(|| self.at += 1)?;
        Some((start, end))
    }

    /// Passes a string, and gives the text that it stands for: its own where it has no escapes.
    pub fn text(&mut self) -> Option<Cow<'a, str>> {
        let start = (self.look()? == b'"').then_some(self.at)?;
        self.at += 1;
        let has_escapes = self.string()?;
        match has_escapes {
            true => Some(unquoted(self.since(start))),
            false => Some(Cow::Borrowed(&self.text[start + 1..self.at - 1])),
        }
    }

    /// Passes a value that stands inside so many objects and lists.
    pub fn value(&mut self, outer: usize) -> Option<()> {
        // What is open inside the value; the lowest bit tells whether the innermost one is an object.
        let (mut open, mut objects) = (0, 0_u128);
        loop {
            let byte = self.look()?;
            if let b'{' | b'[' = byte {
                if outer + open == MAX_DEPTH {
                    return None;
                }
                if self.begins(byte)? {
                    (open, objects) = (open + 1, objects << 1 | u128::from(byte == b'{'));
                    if byte == b'{' {
                        self.pass_key()?;
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
                        self.pass_key()?;
                    }
                    break;
                }
                (open, objects) = (open - 1, objects >> 1);
            }
        }
    }

    /// Passes a value that is neither an object nor a list, and begins with this byte.
    pub fn scalar(&mut self, first: u8) -> Option<()> {
        self.at += 1;
        match first {
            b'"' => self.string().map(drop),
            b'-' | b'0'..=b'9' => self.number(first),
            b't' => self.word("rue"),
            b'f' => self.word("alse"),
            b'n' => self.word("ull"),
            _ => None,
        }
    }

    /// Passes the rest of a string. Whether it has escapes.
    fn string(&mut self) -> Option<bool> {
        let mut has_escapes = false;
        loop {
            self.at += plain_start(self.bytes.get(self.at..)?);
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(has_escapes),
                b'\\' => {
                    self.escape()?;
                    has_escapes = true;
                }
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

/// Whether bytes begin with these. Keys are short: to call for the comparison takes longer than to make it.
fn begins_with(bytes: &[u8], start: &[u8]) -> bool {
    let Some(bytes) = bytes.get(..start.len()) else { return false };
    let (Some(end), Some(end_of_start)) = (bytes.last_chunk::<8>(), start.last_chunk::<8>()) else {
        return bytes == start;
    };
    let (words, words_of_start) = (bytes.as_chunks::<8>().0, start.as_chunks::<8>().0);
    words.iter().zip(words_of_start).all(|(word, other)| word == other) && end == end_of_start
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
    use serde_json::Value;

    use super::*;
    use crate::mutated::mutated;

    fn is_taken(text: &str) -> bool {
        Reader::new(text).whole().is_some()
    }

    #[test]
    fn beginnings_are_compared() {
        let text = "\"a key of some length\":1";
        for length in 0..=text.len() {
            let start = &text[..length];
            assert!(Reader::new(text).passes(start));
            assert!(!Reader::new(&text[..length]).passes(&format!("{start}x")));
            for at in 0..length {
                let mut other = start.as_bytes().to_vec();
                other[at] ^= 1;
                assert!(!begins_with(text.as_bytes(), &other), "{start} {at}");
            }
        }
    }

    #[test]
    fn what_is_read_is_what_the_parser_reads() {
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
            assert!(is_taken(text) && serde_json::from_str::<Value>(text).is_ok(), "{text}");
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
            assert!(!is_taken(text) && serde_json::from_str::<Value>(text).is_err(), "{text}");
        }
        for mended in ["\"\\ud83d\"", "\"\\ude00\\ud83d\"", "\"\\ud83d\\u0041\""] {
            assert!(!is_taken(mended), "{mended}");
        }
    }

    /// Texts that are JSON but for a few bytes: taken only where the parser takes them.
    #[test]
    fn nothing_is_taken_that_the_parser_refuses() {
        // A text that fails is told whole.
        let mut random = fastrand::Rng::new();
        let start = r#"{"id":12,"a\"é":[1.5e3,-0.25,true,null,{"b":{}}],"c":"\u00e9\\ \ud83d\ude00 0123456789","d":false}"#;
        let mut taken = 0;
        for _ in 0..40_000 {
            let text = mutated(&mut random, start, &["8", "f", "\n", "n"]);
            if is_taken(&text) {
                taken += 1;
                assert!(serde_json::from_str::<Value>(&text).is_ok(), "{text}");
            } else {
                assert!(serde_json::from_str::<Value>(&text).is_err(), "{text}");
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
    }

    #[test]
    fn texts_are_written_as_the_parser_s_writer_does() {
        let all: String = (0..0x80).map(char::from).chain("é🙂\u{2028}\u{fffd}".chars()).collect();
        let mut texts: Vec<String> = (0..40).map(|at| "x".repeat(at) + "\"" + &"y".repeat(40 - at)).collect();
        texts.extend([all, String::new(), "plain".into(), "0123456789abcdef".into()]);
        for text in texts {
            let mut out = Vec::new();
            write_text(&mut out, &text);
            assert_eq!(String::from_utf8_lossy(&out), Value::from(text).to_string());
        }
    }

    #[test]
    fn white_space_between_values_is_left_out() {
        for json in
            [r#"{ "a b" : [ 1 , "x  \\" , "\" é" ,	{ } ] , "" : "\\\" " }"#, "[]", "[ \n\r ]", r#"{"a":1}"#]
        {
            let mut out = String::from("1");
            push_compact(&mut out, json);
            let value: Value = serde_json::from_str(json).expect("JSON");
            assert_eq!(out[1..], value.to_string());
        }
    }

    #[test]
    fn a_pointer_finds_what_it_finds_in_the_value() {
        let text = r#" {"a":{"b":[1,{"c/d":"x","~":[]}],"b2":null},"":{"":3},"\u0061":{"b":[ true , [[2]]]},"z":"\ud83d\ude00"} "#;
        let value: Value = serde_json::from_str(text).expect("JSON");
        for pointer in [
            "",
            "/",
            "//",
            "/a",
            "/a/b",
            "/a/b/0",
            "/a/b/1",
            "/a/b/1/0",
            "/a/b/1/0/0",
            "/a/b/01",
            "/a/b/+1",
            "/a/b/-",
            "/a/b/2",
            "/a/b2",
            "/a/b/1/c~1d",
            "/a/b/1/~0",
            "/z",
            "/z/0",
            "a",
            "/a/",
            "/none",
            "/none/a",
        ] {
            let mut reader = Reader::new(text);
            let found = reader
                .pointed(pointer, 0)
                .expect("JSON")
                .map(|text| serde_json::from_str::<Value>(text).unwrap());
            assert_eq!(found.as_ref(), value.pointer(pointer), "{pointer}");
            assert!(reader.ends());
        }
        assert!(Reader::new("{\"a\":1,}").pointed("/a", 0).is_none());
        let deep = "[".repeat(MAX_DEPTH + 1) + &"]".repeat(MAX_DEPTH + 1);
        assert!(Reader::new(&deep).pointed(&"/0".repeat(MAX_DEPTH + 1), 0).is_none());
    }

    #[test]
    fn strings_are_read_without_their_quotes() {
        assert_eq!(unquoted("\"list_ids\""), "list_ids");
        assert_eq!(unquoted("\"\\u00e9 \\\"\""), "é \"");
        assert_eq!(unquoted("\"\""), "");
    }
}
