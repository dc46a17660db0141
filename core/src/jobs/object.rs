//! A line of JSON that is a contact, read in one pass: what each of its names says, and where that stands.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::csv::MAX_ROW;
use super::keys::Keys;
use super::rows::NOT_TEXT;

/// The name under which the API has the attributes of a contact.
const ATTRIBUTES: &str = "attributes";
/// Lists and objects in a value beyond which its depth is looked at.
const MOST_NESTED: usize = 100;
/// Digits of a number that is certainly in the range of numbers.
const SHORT: usize = 300;

/// The lines of a source: one after the other is read into the same memory.
pub(super) struct Objects {
    names: Keys,
    cells: Vec<Cell>,
    /// Texts that had escapes, and names that are not known.
    texts: String,
    /// What a line says, written plainly, where it could not be read in one pass.
    plain: Option<Vec<u8>>,
}

/// A name of a line, and what it says. A name that comes twice in an object says what it said last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    /// Its place among the names; none where it is not one of them.
    pub(super) name: Option<usize>,
    pub(super) kind: Kind,
    is_attribute: bool,
    /// Where its text stands.
    start: usize,
    end: usize,
}

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Null,
    /// `true` or `false`.
    Truth,
    /// As it is written.
    Number,
    /// Text that is written as it is.
    Plain,
    /// Text that had escapes.
    Text,
    /// A list or an object, as JSON.
    Nested,
}

impl Objects {
    /// Lines with these names.
    pub(super) fn new(names: &[String]) -> Self {
        Objects { names: Keys::new(names), cells: Vec::new(), texts: String::new(), plain: None }
    }

    /// Reads a line, or says why it cannot be read.
    pub(super) fn read(&mut self, line: &[u8]) -> Result<(), Cow<'static, str>> {
        if line.len() > MAX_ROW {
            return Err("the line is too long".into());
        }
        self.plain = None;
        if self.pass(line, false).is_some() {
            return Ok(());
        }
        let plain = Value::Object(object_of(line)?).to_string().into_bytes();
        let read = self.pass(&plain, true);
        self.plain = Some(plain);
        read.ok_or_else(|| "the line is not valid JSON".into())
    }

    /// What the line says.
    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The text of a cell; that of a name which is not known.
    pub(super) fn text<'a>(&'a self, line: &'a [u8], cell: &Cell) -> &'a [u8] {
        let source = match cell.kind {
            Kind::Text => self.texts.as_bytes(),
            _ => self.plain.as_deref().unwrap_or(line),
        };
        source.get(cell.start..cell.end).unwrap_or_default()
    }

    /// That text for people: lists and objects without the spaces in them.
    pub(super) fn shown<'a>(&self, text: &'a [u8], cell: &Cell) -> Cow<'a, str> {
        match cell.kind {
            Kind::Nested => serde_json::from_slice::<Value>(text).unwrap_or_default().to_string().into(),
            _ => String::from_utf8_lossy(text),
        }
    }

    /// One pass over a line, which gives nothing where it is not certain; `is_sound` says that a tree of
    /// values has held it.
    fn pass(&mut self, line: &[u8], is_sound: bool) -> Option<()> {
        self.cells.clear();
        self.texts.clear();
        self.names.begin();
        let text = std::str::from_utf8(line).ok()?;
        // Without an end before the last byte, so that many bytes are looked at in one step.
        let has_controls = line.iter().fold(false, |has, &byte| has | (byte < 0x20));
        let mut scan = Scan { text, line, at: 0, has_controls, is_sound };
        scan.mark(b'{').then_some(())?;
        self.object(&mut scan, false)?;
        scan.blank();
        (scan.at == line.len()).then_some(())
    }

    /// Reads an object whose brace is behind; that of the attributes is in another.
    fn object(&mut self, scan: &mut Scan<'_>, is_attribute: bool) -> Option<()> {
        if scan.mark(b'}') {
            return Some(());
        }
        // Names that come in their order are no repeats.
        let (mut highest, mut had_attributes) = (None, false);
        loop {
            let key = self.key(scan, is_attribute)?;
            scan.mark(b':').then_some(())?;
            scan.blank();
            let mut name = key.name;
            if key.is_attributes {
                if std::mem::replace(&mut had_attributes, true) {
                    return None;
                }
                name = self.names.of(ATTRIBUTES);
            }
            if key.is_attributes && scan.mark(b'{') {
                self.object(scan, true)?;
            } else {
                let mut cell = Cell { name, is_attribute, ..self.value(scan)? };
                if name.is_none() {
                    let (start, end) = self.keep(&key.text);
                    cell = Cell { kind: Kind::Text, start, end, ..cell };
                }
                let is_same = |known: &&mut Cell| known.name == name && known.is_attribute == is_attribute;
                let is_repeat = name.is_some() && name <= highest;
                match if is_repeat { self.cells.iter_mut().find(is_same) } else { None } {
                    Some(known) => *known = cell,
                    None => self.cells.push(cell),
                }
                highest = highest.max(name);
            }
            if scan.mark(b'}') {
                return Some(());
            }
            scan.mark(b',').then_some(())?;
        }
    }

    fn key<'a>(&mut self, scan: &mut Scan<'a>, is_attribute: bool) -> Option<Key<'a>> {
        scan.mark(b'"').then_some(())?;
        let (start, end, has_escapes) = scan.text()?;
        let text = match has_escapes {
            false => Cow::Borrowed(scan.text.get(start..end)?),
            true => Cow::Owned(serde_json::from_slice(&scan.line[start - 1..=end]).ok()?),
        };
        let is_attributes = !is_attribute && text == ATTRIBUTES;
        let name = if is_attributes { None } else { self.names.find(&text) };
        Some(Key { name, is_attributes, text })
    }

    /// Reads a value; refuses what a tree of values would not hold.
    fn value(&mut self, scan: &mut Scan<'_>) -> Option<Cell> {
        let (kind, start, end) = match scan.line.get(scan.at)? {
            b'"' => {
                scan.at += 1;
                match scan.text()? {
                    (start, end, false) => (Kind::Plain, start, end),
                    (start, end, true) => {
                        let text: String = serde_json::from_slice(&scan.line[start - 1..=end]).ok()?;
                        let (start, end) = self.keep(&text);
                        (Kind::Text, start, end)
                    }
                }
            }
            b'n' => scan.word(b"null", Kind::Null)?,
            b't' => scan.word(b"true", Kind::Truth)?,
            b'f' => scan.word(b"false", Kind::Truth)?,
            b'[' | b'{' => scan.nested()?,
            _ => scan.number()?,
        };
        Some(Cell { name: None, kind, is_attribute: false, start, end })
    }

    /// Keeps a text, and gives where.
    fn keep(&mut self, text: &str) -> (usize, usize) {
        let start = self.texts.len();
        self.texts.push_str(text);
        (start, self.texts.len())
    }
}

/// A name in a line.
struct Key<'a> {
    name: Option<usize>,
    /// Whether it is the one of the attributes.
    is_attributes: bool,
    text: Cow<'a, str>,
}

/// What is left of a line.
struct Scan<'a> {
    text: &'a str,
    /// Its bytes.
    line: &'a [u8],
    at: usize,
    /// Whether the line has control characters, which are good between values only.
    has_controls: bool,
    is_sound: bool,
}

impl Scan<'_> {
    fn blank(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.line.get(self.at) {
            self.at += 1;
        }
    }

    /// Passes over blanks, and this byte where it comes next.
    fn mark(&mut self, byte: u8) -> bool {
        self.blank();
        let is_there = self.line.get(self.at) == Some(&byte);
        self.at += usize::from(is_there);
        is_there
    }

    /// Where the text stands whose quote is behind, and whether it has escapes.
    fn text(&mut self) -> Option<(usize, usize, bool)> {
        let (start, mut has_escapes) = (self.at, false);
        loop {
            let end = self.at + memchr::memchr2(b'"', b'\\', self.line.get(self.at..)?)?;
            if self.line[end] == b'"' {
                self.at = end + 1;
                let is_broken = self.has_controls && self.line[start..end].iter().any(|byte| *byte < 0x20);
                return (!is_broken).then_some((start, end, has_escapes));
            }
            has_escapes = true;
            self.at = end + 2;
        }
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Option<(Kind, usize, usize)> {
        let start = self.at;
        self.at += word.len();
        (self.line.get(start..self.at)? == word).then_some((kind, start, self.at))
    }

    fn number(&mut self) -> Option<(Kind, usize, usize)> {
        let start = self.at;
        self.at += usize::from(self.line.get(self.at) == Some(&b'-'));
        let is_zero = self.line.get(self.at) == Some(&b'0');
        if self.digits()? > 1 && is_zero {
            return None;
        }
        if self.line.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        let has_exponent = matches!(self.line.get(self.at), Some(b'e' | b'E'));
        if has_exponent {
            self.at += 1;
            self.at += usize::from(matches!(self.line.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        if has_exponent || self.at - start > SHORT {
            serde_json::from_slice::<f64>(&self.line[start..self.at]).ok()?;
        }
        Some((Kind::Number, start, self.at))
    }

    /// Passes over digits, of which there must be one.
    fn digits(&mut self) -> Option<usize> {
        let count = self.line.get(self.at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(count)
    }

    fn nested(&mut self) -> Option<(Kind, usize, usize)> {
        let start = self.at;
        let mut values = serde_json::Deserializer::from_slice(&self.line[start..]).into_iter::<Value>();
        values.next()?.ok()?;
        self.at += values.byte_offset();
        let openings = self.line[start..self.at].iter().filter(|byte| matches!(byte, b'[' | b'{')).count();
        // In the line it lies deeper than alone.
        (self.is_sound || openings <= MOST_NESTED).then_some((Kind::Nested, start, self.at))
    }
}

/// The line as an object, or why it is none.
fn object_of(line: &[u8]) -> Result<Map<String, Value>, Cow<'static, str>> {
    match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("the line is JSON, but no object".into()),
        Err(_) if std::str::from_utf8(line).is_err() => Err(NOT_TEXT.into()),
        Err(error) => {
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default();
            Err(format!("the line is not valid JSON: {what} (column {})", error.column()).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each cell as `name=text`, one of the attributes as `.name=text`.
    fn read(line: &str) -> Result<String, String> {
        let mut objects = Objects::new(&["email", "age", "town"].map(str::to_owned));
        objects.read(line.as_bytes()).map_err(Cow::into_owned)?;
        let shown = objects.cells().iter().map(|cell| {
            let text = String::from_utf8(objects.text(line.as_bytes(), cell).to_vec()).expect("text");
            let name = cell.name.map_or("?", |at| objects.names.name(at));
            format!("{}{name}={text}:{:?}", if cell.is_attribute { "." } else { "" }, cell.kind)
        });
        Ok(shown.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_line_is_told_as_it_stands() {
        for (line, expected) in [
            ("{}", ""),
            (r#" {"email" : "a@b.co" , "age":1.50} "#, "email=a@b.co:Plain age=1.50:Number"),
            (
                r#"{"town":"Zo\u00eb \"","age":null,"email":true}"#,
                "town=Zoë \":Text age=null:Null email=true:Truth",
            ),
            (r#"{"e\u006dail":"é","where":1}"#, "email=é:Plain ?=where:Text"),
            (
                r#"{"age":1,"attributes":{"age":2,"no":[3]},"town":[ 4 ]}"#,
                "age=1:Number .age=2:Number .?=no:Text town=[ 4 ]:Nested",
            ),
            (r#"{"attributes":{"attributes":{"age":2}}}"#, ".?=attributes:Text"),
            (
                r#"{"attributes":7,"age":123456789012345678901234567890}"#,
                "?=attributes:Text age=123456789012345678901234567890:Number",
            ),
            // What is said twice is what was said last, where it was said first.
            (r#"{"age":1,"town":"x","age":2}"#, "age=2:Number town=x:Plain"),
            (r#"{"town":"x","age":1,"town":"y"}"#, "town=y:Plain age=1:Number"),
            (
                r#"{"attributes":{"age":1},"email":"x","attributes":{"town":"y"}}"#,
                ".town=y:Plain email=x:Plain",
            ),
            (r#"{"age":-0e1}"#, "age=-0e1:Number"),
        ] {
            assert_eq!(read(line).as_deref(), Ok(expected), "{line}");
        }
        let deep = |depth: usize| format!(r#"{{"age":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        let many = format!(r#"{{"age":[{}]}}"#, ["[1]"; 200].join(","));
        for line in [deep(90), deep(126), many] {
            assert!(read(&line).is_ok_and(|text| text.starts_with("age=[") && text.ends_with(":Nested")));
        }
        assert_eq!(
            read(&deep(127)),
            Err("the line is not valid JSON: recursion limit exceeded (column 134)".into())
        );
    }

    #[test]
    fn a_line_that_a_tree_of_values_cannot_hold_is_refused_in_the_same_words() {
        for line in [
            "",
            "{",
            "[1]",
            "7",
            r#"{"age":}"#,
            r#"{"age":01}"#,
            r#"{"age":1e400}"#,
            r#"{"nobody":-1e999}"#,
            r#"{"age":"\ud800"}"#,
            r#"{"nobody":"\ud800"}"#,
            r#"{"nobody":["\ud800"]}"#,
            r#"{"attributes":{"age":"\x"}}"#,
            r#"{"attributes":{"age":1}"#,
            "{\"age\":\"a\tb\"}",
            r#"{"age":1}{"#,
            r#"{"age":1,}"#,
            r#"{age:1}"#,
            r#"{"age":tru}"#,
        ] {
            let expected = object_of(line.as_bytes()).err().map(Cow::into_owned);
            assert!(expected.is_some(), "{line}");
            assert_eq!(read(line).err(), expected, "{line}");
        }
        let mut objects = Objects::new(&[]);
        assert_eq!(objects.read(b"{\"a\":\"\xff\"}").err().as_deref(), Some(NOT_TEXT));
        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(MAX_ROW));
        assert_eq!(objects.read(long.as_bytes()).err().as_deref(), Some("the line is too long"));
    }

    #[test]
    fn no_line_is_read_that_a_tree_of_values_would_not_hold() {
        let seed = fastrand::u64(..);
        let mut random = fastrand::Rng::with_seed(seed);
        let whole = r#"{"email":"a@b.co", "age":-10.5e+2,"attributes":{"town":"Zo\u00eb é","age":[1,{"b":null}]},"no":true}"#;
        let pieces = [
            "\"",
            "\\",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "0",
            "1",
            "-",
            ".",
            "e",
            "E",
            "+",
            " ",
            "\t",
            "\u{1}",
            "null",
            "true",
            "\\u",
            "é",
            "\"age\"",
            "\"attributes\":",
        ];
        let mut good = 0;
        for _ in 0..20_000 {
            let mut line = whole.to_owned();
            for _ in 0..random.usize(1..4) {
                let places: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
                let at = places[random.usize(..places.len())];
                match random.u8(..3) {
                    0 => drop(line.remove(at)),
                    1 => line.insert_str(at, pieces[random.usize(..pieces.len())]),
                    _ => {
                        line.remove(at);
                        line.insert_str(at, pieces[random.usize(..pieces.len())]);
                    }
                }
            }
            let object = object_of(line.as_bytes());
            let mut objects = Objects::new(&["email", "age", "town"].map(str::to_owned));
            let read = objects.read(line.as_bytes());
            assert_eq!(read.as_ref().err(), object.as_ref().err(), "seed {seed}: {line}");
            let (Ok(object), Ok(())) = (object, read) else { continue };
            good += 1;
            let inner = object.get("attributes").and_then(Value::as_object);
            for (name, value) in &object {
                let at = objects.names.of(name);
                let cell = objects.cells.iter().find(|cell| cell.name == at && !cell.is_attribute);
                check(&objects, &line, cell.filter(|_| at.is_some()), value, at.is_some());
            }
            for (name, value) in inner.into_iter().flatten() {
                let at = objects.names.of(name);
                let cell = objects.cells.iter().find(|cell| cell.name == at && cell.is_attribute);
                check(&objects, &line, cell.filter(|_| at.is_some()), value, at.is_some());
            }
        }
        assert!(good > 1_000, "{good} good lines");
    }

    fn check(objects: &Objects, line: &str, cell: Option<&Cell>, value: &Value, is_wanted: bool) {
        assert_eq!(cell.is_some(), is_wanted, "{line}");
        let Some(cell) = cell else { return };
        let text = std::str::from_utf8(objects.text(line.as_bytes(), cell)).expect("text");
        let told = match cell.kind {
            Kind::Plain | Kind::Text => Value::from(text),
            _ => serde_json::from_str(text).expect("a value"),
        };
        assert_eq!(told, *value, "{line}");
    }
}
