//! A line of JSON that is a contact, read in one pass: what each of its names says, and where that stands.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::ATTRIBUTES;
use super::csv::MAX_ROW;
use super::keys::Keys;
use super::rows::NOT_TEXT;
use crate::json::Reader;

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
        if self.pass(line).is_some() {
            return Ok(());
        }
        let plain = Value::Object(object_of(line)?).to_string().into_bytes();
        let read = self.pass(&plain);
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

    /// One pass over a line, which gives nothing where it is not certain.
    fn pass(&mut self, line: &[u8]) -> Option<()> {
        self.cells.clear();
        self.texts.clear();
        self.names.begin();
        let mut reader = Reader::new(std::str::from_utf8(line).ok()?);
        self.object(&mut reader, false)?;
        reader.ends().then_some(())
    }

    /// Reads an object; that of the attributes is in another.
    fn object(&mut self, reader: &mut Reader<'_>, is_attribute: bool) -> Option<()> {
        // Names that come in their order are no repeats.
        let (mut highest, mut had_attributes) = (None, false);
        let mut more = reader.begins(b'{')?;
        while more {
            let key = reader.text()?;
            reader.passes(":").then_some(())?;
            let is_attributes = !is_attribute && key == ATTRIBUTES;
            let name = if is_attributes { self.names.of(ATTRIBUTES) } else { self.names.find(&key) };
            if is_attributes && std::mem::replace(&mut had_attributes, true) {
                return None;
            }
            if is_attributes && reader.look() == Some(b'{') {
                self.object(reader, true)?;
            } else {
                let mut cell =
                    Cell { name, is_attribute, ..self.value(reader, 1 + usize::from(is_attribute))? };
                if name.is_none() {
                    let (start, end) = self.keep(&key);
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
            more = reader.goes_on(b'{')?;
        }
        Some(())
    }

    /// Reads a value that stands inside so many objects; refuses what a tree of values would not hold.
    fn value(&mut self, reader: &mut Reader<'_>, level: usize) -> Option<Cell> {
        let (first, start) = (reader.look()?, reader.at);
        if first != b'"' {
            reader.value(level)?;
        }
        let (kind, start, end) = match first {
            b'"' => match reader.text()? {
                Cow::Borrowed(_) => (Kind::Plain, start + 1, reader.at - 1),
                Cow::Owned(text) => {
                    let (start, end) = self.keep(&text);
                    (Kind::Text, start, end)
                }
            },
            b'n' => (Kind::Null, start, reader.at),
            b't' | b'f' => (Kind::Truth, start, reader.at),
            b'[' | b'{' => (Kind::Nested, start, reader.at),
            _ => (Kind::Number, start, reader.at),
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
    use crate::mutated::mutated;

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
        let pieces = ["\"age\"", "\"attributes\":"];
        let mut good = 0;
        for _ in 0..20_000 {
            let line = mutated(&mut random, whole, &pieces);
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
