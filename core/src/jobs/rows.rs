//! The rows of a source, on their way to bodies: checked, and written as JSON where they go.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use serde_json::Value;

use super::address::{address_problem, trimmed};
use super::columns::{Columns, Target, Type, write_cell, write_text, write_typed};
use super::csv::{Encoding, MAX_ROW, Reader, Row};
use super::import::{ImportFileArguments, RejectedRow};
use super::places::Places;
use super::{Input, input_error, io_error};
use crate::arguments::BodyStart;
use crate::error::{Error, Kind, Result};
use crate::schema::Map;

/// Largest body, in bytes: what Brevo advises.
const BODY_LIMIT: i64 = 8_000_000;
/// Addresses for which memory is set aside at the start.
const FIRST_ADDRESSES: u64 = 1 << 20;
/// Lines of JSON that are looked at for the names of the columns, and their size.
const FIRST_LINES: usize = 1_000;
const FIRST_BYTES: usize = 1 << 20;
/// Names of unknown columns that are kept.
const UNKNOWN_SHOWN: usize = 100;
const NOT_TEXT: &str = "the row is not text in the file's encoding";

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Format {
    Csv,
    JsonLines,
}

/// What is done with a row that has a cell which does not fit its attribute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unfit {
    Send,
    Skip,
    Reject,
}

/// Where the rows are.
pub(super) enum Origin {
    File(String),
    Input(Input),
}

/// A file or another source, opened, and the names of its columns.
pub(super) struct Source {
    /// None where it is no file: then it cannot be read again.
    path: Option<String>,
    /// Rows that will come, where that was said.
    rows: Option<u64>,
    pub(super) format: Format,
    pub(super) reader: Reader,
    pub(super) header: Vec<String>,
}

impl Source {
    pub(super) fn open(
        origin: Origin,
        format: Format,
        delimiter: Option<u8>,
        encoding: Option<Encoding>,
        has_print: bool,
    ) -> Result<Self> {
        let (path, rows, reader) = match origin {
            Origin::File(path) => {
                let reader = Reader::lines(&path, encoding, has_print)?;
                (Some(path), None, reader)
            }
            Origin::Input(input) => {
                let rows = input.rows;
                (None, rows, Reader::over(input, encoding).map_err(input_error)?)
            }
        };
        let failed = |error| reading_error(path.as_deref(), error);
        let refuse = |message: String| {
            let message = path.as_ref().map_or(message.clone(), |path| format!("{path}: {message}"));
            Err(Error::argument("path", message))
        };
        let (reader, header) = match format {
            Format::Csv => {
                let mut reader = reader.with_delimiter(delimiter).map_err(failed)?;
                let mut first = Row::default();
                if !reader.next_row(&mut first).map_err(failed)? {
                    return refuse(match path {
                        Some(_) => "the file is empty".into(),
                        None => "there are no rows".into(),
                    });
                }
                if let Some(problem) = first.problem {
                    return refuse(format!("the first row cannot be read: {problem}"));
                }
                let names = first.fields().map(std::str::from_utf8).collect::<Result<Vec<_>, _>>();
                let Ok(names) = names else {
                    return refuse("the first row is not text in this encoding".into());
                };
                if names.iter().any(|name| name.contains('@')) {
                    return refuse("the first row holds an address; it must name the columns".into());
                }
                (reader, names.iter().map(|name| name.trim().to_owned()).collect())
            }
            Format::JsonLines => {
                let mut reader = reader;
                let (mut lines, mut bytes, mut header) = (Vec::new(), 0, Vec::<String>::new());
                while lines.len() < FIRST_LINES && bytes < FIRST_BYTES {
                    let mut line = Vec::new();
                    if !reader.next_line(&mut line).map_err(failed)? {
                        break;
                    }
                    if let Ok(Value::Object(object)) = serde_json::from_slice(&line) {
                        let names = columns_of(&object).map(|(name, _)| name);
                        for name in names {
                            if !header.contains(name) {
                                header.push(name.clone());
                            }
                        }
                    }
                    bytes += line.len();
                    lines.push(line);
                }
                let is_empty = lines.is_empty();
                reader.put_back(lines);
                if header.is_empty() && is_empty && path.is_none() {
                    return refuse("there are no rows".into());
                }
                if header.is_empty() {
                    return refuse("there is no object in the first lines; each line must be one".into());
                }
                (reader, header)
            }
        };
        Ok(Source { path, rows, format, reader, header })
    }

    /// Reads the same file again, from its first row.
    fn again(&self, path: &str) -> Result<Self> {
        let mut reader = self.reader.again(path)?;
        if self.format == Format::Csv {
            reader.skip_declaration(path)?;
            reader.next_row(&mut Row::default()).map_err(|error| io_error(path, error))?;
        }
        Ok(Source {
            path: self.path.clone(),
            rows: self.rows,
            format: self.format,
            reader,
            header: self.header.clone(),
        })
    }

    /// Whether it is a file, which can be read again.
    pub(super) fn is_file(&self) -> bool {
        self.path.is_some()
    }

    /// Rows that there are, about, where that can be known.
    fn estimate(&self) -> Option<u64> {
        let of_file = |lines: u64| lines.saturating_sub(u64::from(self.format == Format::Csv));
        self.rows.or(self.reader.lines.map(of_file))
    }
}

fn places_error(error: std::io::Error) -> Error {
    Error::new(Kind::Io, error.to_string()).with_source(error)
}

fn reading_error(path: Option<&str>, error: std::io::Error) -> Error {
    match path {
        Some(path) => io_error(path, error),
        None => input_error(error),
    }
}

/// The columns of an object: its keys, and those of `attributes` in the manner of the API.
fn columns_of(object: &serde_json::Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    object.iter().flat_map(|(name, value)| match value {
        Value::Object(inner) if name == "attributes" => Columned::Inner(inner.iter()),
        _ => Columned::Own(Some((name, value))),
    })
}

enum Columned<'a> {
    Own(Option<(&'a String, &'a Value)>),
    Inner(serde_json::map::Iter<'a>),
}

impl<'a> Iterator for Columned<'a> {
    type Item = (&'a String, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Columned::Own(one) => one.take(),
            Columned::Inner(all) => all.next(),
        }
    }
}

/// Where a column goes, ready for writing.
enum Place {
    Email,
    /// `"NAME":` and the type.
    Attribute(Vec<u8>, Type, String),
    Nowhere,
}

/// The rows of a file.
pub(super) struct Rows {
    source: Source,
    targets: Vec<Place>,
    /// Column of the address.
    email: usize,
    /// Column by name, for objects.
    by_name: HashMap<String, usize>,
    sends_empty: bool,
    unfit: Unfit,
    /// Bytes that a body may have before what stands around the contacts.
    limit: usize,
    seen: Seen,
    /// Lines of the contacts, where they are wanted and the source cannot be read again.
    places: Option<Places>,
    /// Rows read.
    pub(super) count: u64,
    /// Cells that do not fit, by column.
    unfit_counts: Vec<i64>,
    /// Names that no line before had.
    unknown: Vec<String>,
    /// A contact that did not fit into the last body.
    carried: Vec<u8>,
    row: Row,
    /// The line of an object, and what it holds.
    line: Vec<u8>,
    given: Vec<bool>,
}

/// What goes into one body, and what was rejected on the way.
pub(super) struct Batch {
    pub(super) body: BodyStart,
    /// Contacts in the body.
    pub(super) count: u64,
    /// Rows read when the body ends, without one that waits for the next body.
    pub(super) end: u64,
    /// Bytes read.
    pub(super) bytes: u64,
    pub(super) rejected: Vec<RejectedRow>,
    pub(super) is_last: bool,
}

impl Rows {
    pub(super) fn new(source: Source, columns: &Columns, unfit: Unfit, given: &ImportFileArguments) -> Self {
        let lists = given.list_ids.as_ref().map_or(0, Vec::len);
        // All that stands around the contacts; an identifier has 20 digits at most.
        let around = 320 + 21 * (lists + 1);
        let limit = usize::try_from(given.body_limit.unwrap_or(BODY_LIMIT)).unwrap_or(0);
        let place = |target: &Target| match target {
            Target::Email => Place::Email,
            Target::Attribute(name, kind) => {
                let mut key = Vec::new();
                write_text(&mut key, name);
                key.push(b':');
                Place::Attribute(key, kind.clone(), name.clone())
            }
            Target::Nowhere => Place::Nowhere,
        };
        // Names that stand for the same go to the same column.
        let first = |at: usize| {
            let same =
                |target: &Target| target.name().is_some() && target.name() == columns.targets[at].name();
            columns.targets.iter().position(same).unwrap_or(at)
        };
        let names = source.header.iter().enumerate();
        Rows {
            targets: columns.targets.iter().map(place).collect(),
            email: columns.targets.iter().position(|target| *target == Target::Email).unwrap_or(0),
            by_name: names.map(|(at, name)| (name.clone(), first(at))).collect(),
            sends_empty: given.empty_contacts_attributes.unwrap_or(false),
            unfit,
            limit: limit.saturating_sub(around),
            seen: Seen::new(source.estimate().unwrap_or(0)),
            places: (source.path.is_none() && given.wait.unwrap_or(true)).then(Places::default),
            count: 0,
            unfit_counts: vec![0; source.header.len()],
            unknown: Vec::new(),
            carried: Vec::new(),
            row: Row::default(),
            line: Vec::new(),
            given: vec![false; source.header.len()],
            source,
        }
    }

    /// Rows that there are: the number read, or about how many.
    pub(super) fn estimate(&self, is_over: bool) -> Option<u64> {
        if is_over { Some(self.count) } else { self.source.estimate().map(|rows| rows.max(self.count)) }
    }

    /// Size of the file.
    pub(super) fn size(&self) -> Option<u64> {
        self.source.reader.size
    }

    /// Encoding that the source is read in.
    pub(super) fn encoding(&self) -> Encoding {
        self.source.reader.encoding
    }

    /// Cells that do not fit, by attribute.
    pub(super) fn unfit_cells(&self) -> Map<i64> {
        let counts = self.targets.iter().zip(&self.unfit_counts).filter(|(_, count)| **count > 0);
        let named = counts.filter_map(|(place, count)| match place {
            Place::Attribute(_, _, name) => Some((name.clone(), *count)),
            _ => None,
        });
        named.collect()
    }

    /// Columns that came up after the names had been looked at.
    pub(super) fn take_unknown(&mut self) -> Vec<String> {
        std::mem::take(&mut self.unknown)
    }

    /// Reads until a body is full or the file ends. With `end`, rows are read and checked up to this
    /// one, and no body is made: an earlier run has sent it.
    pub(super) fn fill(&mut self, end: Option<u64>) -> Result<Batch> {
        let room = if end.is_some() { 0 } else { self.limit };
        let mut body = BodyStart::new("jsonBody", room + 64);
        let text = &mut body.text;
        text.push(b'[');
        let (mut count, mut rejected, mut size, mut is_last) = (0, Vec::new(), 0, false);
        if !self.carried.is_empty() {
            text.append(&mut self.carried);
            count = 1;
        }
        while size <= self.limit && end.is_none_or(|end| self.count < end) {
            if !self.next()? {
                is_last = true;
                break;
            }
            self.count += 1;
            let start = text.len();
            if count > 0 {
                text.push(b',');
            }
            let written = self.write(text);
            if let (Ok(hash), Some(places)) = (&written, &mut self.places) {
                let line = match self.source.format {
                    Format::Csv => self.row.line,
                    Format::JsonLines => self.source.reader.line,
                };
                places.add(*hash, line).map_err(places_error)?;
            }
            match written {
                Ok(_) if end.is_some() => {
                    text.truncate(start);
                    count += 1;
                }
                Ok(_) if text.len() >= self.limit && count > 0 => {
                    self.carried.extend_from_slice(&text[start + 1..]);
                    text.truncate(start);
                    break;
                }
                Ok(_) => count += 1,
                Err(reason) => {
                    text.truncate(start);
                    let reject = self.rejected(&reason);
                    size += reject.row.iter().map(|field| field.len() + 32).sum::<usize>();
                    rejected.push(reject);
                }
            }
        }
        text.push(b']');
        let end = self.count - u64::from(!self.carried.is_empty());
        let reader = &self.source.reader;
        let bytes = match reader.size {
            Some(size) if is_last => size,
            size => reader.bytes.min(size.unwrap_or(u64::MAX)),
        };
        Ok(Batch { body, count, end, bytes, rejected, is_last })
    }

    /// Reads a row; gives false at the end of the file.
    fn next(&mut self) -> Result<bool> {
        let Source { reader, path, format, .. } = &mut self.source;
        let read = match format {
            Format::Csv => reader.next_row(&mut self.row),
            Format::JsonLines => loop {
                match reader.next_line(&mut self.line) {
                    Ok(true) if self.line.trim_ascii().is_empty() => {}
                    other => break other,
                }
            },
        };
        read.map_err(|error| reading_error(path.as_deref(), error))
    }

    /// The row that was read last, as one that was rejected.
    fn rejected(&self, reason: &str) -> RejectedRow {
        let (line, row) = match self.source.format {
            Format::Csv => (self.row.line, self.row.texts()),
            Format::JsonLines => {
                let text = self.line.trim_ascii();
                let text = String::from_utf8_lossy(&text[..text.len().min(MAX_ROW)]).into_owned();
                (self.source.reader.line, vec![text])
            }
        };
        RejectedRow { line: Some(line as i64), reason: reason.to_owned(), row }
    }

    /// Writes the contact of the row and gives its address's hash, or says why it is none; what was
    /// written then does not count.
    fn write(&mut self, out: &mut Vec<u8>) -> Result<u64, Cow<'static, str>> {
        let start = out.len();
        let address = match self.source.format {
            Format::Csv => self.write_row(out)?,
            Format::JsonLines => self.write_object(out)?,
        };
        if out.len() - start >= self.limit {
            return Err("the row is larger than a body".into());
        }
        if !self.seen.insert(address) {
            return Err("the address is in an earlier row".into());
        }
        Ok(address)
    }

    fn write_row(&mut self, out: &mut Vec<u8>) -> Result<u64, Cow<'static, str>> {
        let email = csv_address(&self.row, self.targets.len(), self.email)?;
        let address = self.seen.hash(email);
        let mut contact = Contact::new(out, email);
        for (at, (field, place)) in self.row.fields().zip(&self.targets).enumerate() {
            let text = std::str::from_utf8(field).map_err(|_| NOT_TEXT)?;
            let Place::Attribute(key, kind, name) = place else { continue };
            if text.trim().is_empty() {
                if self.sends_empty {
                    contact.add(key, |out| {
                        out.extend_from_slice(b"\"\"");
                        true
                    });
                }
            } else if !contact.add(key, |out| write_cell(out, text, kind)) {
                self.unfit_counts[at] += 1;
                match self.unfit {
                    Unfit::Send => {}
                    Unfit::Skip => contact.take_back(),
                    Unfit::Reject => return Err(unfit(text, name, kind)),
                }
            }
        }
        contact.close();
        Ok(address)
    }

    fn write_object(&mut self, out: &mut Vec<u8>) -> Result<u64, Cow<'static, str>> {
        let object = object_of(&self.line)?;
        let email = object_address(&object, &self.by_name, self.email)?;
        let address = self.seen.hash(email);
        let mut contact = Contact::new(out, email);
        self.given.fill(false);
        for (name, value) in columns_of(&object) {
            let Some(&at) = self.by_name.get(name) else {
                if self.unknown.len() < UNKNOWN_SHOWN && !self.unknown.contains(name) {
                    self.unknown.push(name.clone());
                }
                continue;
            };
            let Place::Attribute(key, kind, attribute) = &self.targets[at] else { continue };
            if std::mem::replace(&mut self.given[at], true) {
                return Err(format!("{attribute} is given twice").into());
            }
            let is_empty = match value {
                Value::Null => true,
                Value::String(text) => text.trim().is_empty(),
                _ => false,
            };
            if is_empty {
                if self.sends_empty {
                    contact.add(key, |out| {
                        out.extend_from_slice(b"\"\"");
                        true
                    });
                }
            } else if !contact.add(key, |out| write_typed(out, value, kind)) {
                self.unfit_counts[at] += 1;
                match self.unfit {
                    Unfit::Send => {}
                    Unfit::Skip => contact.take_back(),
                    Unfit::Reject => return Err(unfit(&super::cell(Some(value)), attribute, kind)),
                }
            }
        }
        contact.close();
        Ok(address)
    }

    /// Whether [`Rows::find`] can find rows.
    pub(super) fn can_find(&self) -> bool {
        self.source.is_file()
    }

    /// Lines of the rows with these hashes, of a source that cannot be read again.
    pub(super) fn lines_of(&mut self, hashes: impl Iterator<Item = u64>) -> Result<HashMap<u64, u64>> {
        let mut lines = hashes.map(|hash| (hash, 0)).collect();
        if let Some(places) = &mut self.places {
            places.find(&mut lines).map_err(places_error)?;
        }
        Ok(lines)
    }

    /// Begins anew, for [`Rows::find`].
    pub(super) fn rewind(&mut self) -> Result<()> {
        if let Some(path) = &self.source.path {
            self.source = self.source.again(path)?;
        }
        self.seen.forget();
        Ok(())
    }

    /// The hash of an address, and whether a row with it was sent.
    pub(super) fn known(&mut self, address: &str) -> (u64, bool) {
        let hash = self.seen.hash(address);
        (hash, self.seen.hashes.contains(&hash))
    }

    /// Reads on and gives rows whose addresses are wanted, taking these out, at most so many; fewer
    /// at the end of the file. The number is what the address was wanted with.
    pub(super) fn find(
        &mut self,
        wanted: &mut HashMap<u64, u16>,
        most: usize,
    ) -> Result<Vec<(RejectedRow, u16)>> {
        let mut found = Vec::new();
        while found.len() < most && !wanted.is_empty() && self.next()? {
            let hash = match self.source.format {
                Format::Csv => csv_address(&self.row, self.targets.len(), self.email)
                    .ok()
                    .map(|email| self.seen.hash(email)),
                Format::JsonLines => object_of(&self.line).ok().and_then(|object| {
                    let email = object_address(&object, &self.by_name, self.email).ok()?;
                    Some(self.seen.hash(email))
                }),
            };
            if let Some(reason) = hash.and_then(|hash| wanted.remove(&hash)) {
                found.push((self.rejected(""), reason));
            }
        }
        Ok(found)
    }
}

/// The contact that is being written.
struct Contact<'a> {
    out: &'a mut Vec<u8>,
    attributes: usize,
    /// Where the attribute written last begins.
    last: usize,
}

impl<'a> Contact<'a> {
    fn new(out: &'a mut Vec<u8>, email: &str) -> Self {
        out.extend_from_slice(b"{\"email\":");
        write_text(out, email);
        Contact { last: out.len(), out, attributes: 0 }
    }

    fn add(&mut self, key: &[u8], write: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
        self.last = self.out.len();
        self.out.extend_from_slice(if self.attributes == 0 { b",\"attributes\":{" } else { b"," });
        self.out.extend_from_slice(key);
        self.attributes += 1;
        write(self.out)
    }

    fn take_back(&mut self) {
        self.out.truncate(self.last);
        self.attributes -= 1;
    }

    fn close(self) {
        self.out.extend_from_slice(if self.attributes == 0 { b"}" } else { b"}}" });
    }
}

fn unfit(text: &str, name: &str, kind: &Type) -> Cow<'static, str> {
    let shown: String = text.trim().chars().take(50).collect();
    format!("`{shown}` does not fit {name}: expected {}", kind.describe()).into()
}

/// The address of a row that has the right form.
fn csv_address(row: &Row, columns: usize, email: usize) -> Result<&str, &'static str> {
    if let Some(problem) = row.problem {
        return Err(problem);
    }
    if row.len() < columns {
        return Err("fields are missing");
    }
    // Spreadsheet programs like to end rows with delimiters.
    if row.fields().skip(columns).any(|field| !field.is_empty()) {
        return Err("there are too many fields");
    }
    let email = trimmed(std::str::from_utf8(row.field(email)).map_err(|_| NOT_TEXT)?);
    address_problem(email).map_or(Ok(email), Err)
}

fn object_of(line: &[u8]) -> Result<serde_json::Map<String, Value>, Cow<'static, str>> {
    if line.len() > MAX_ROW {
        return Err("the line is too long".into());
    }
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

fn object_address<'a>(
    object: &'a serde_json::Map<String, Value>,
    by_name: &HashMap<String, usize>,
    email: usize,
) -> Result<&'a str, Cow<'static, str>> {
    let mut addresses = columns_of(object).filter(|(name, _)| by_name.get(*name) == Some(&email));
    let email = match addresses.next().map(|(_, value)| value) {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => trimmed(text),
        Some(_) => return Err("the address is malformed".into()),
    };
    address_problem(email).map_or(Ok(email), |problem| Err(problem.into()))
}

/// Addresses that were there already, as hashes of 64 bits: ten to nineteen bytes for each. That a
/// good row is taken for a repeat has a chance of one in 30 million for a file of a million rows; it
/// is reported like every repeat.
struct Seen {
    hashes: HashSet<u64, BuildHasherDefault<Itself>>,
    state: RandomState,
    lower: String,
}

impl Seen {
    fn new(estimate: u64) -> Self {
        let room = estimate.min(FIRST_ADDRESSES) as usize;
        Seen {
            hashes: HashSet::with_capacity_and_hasher(room, BuildHasherDefault::default()),
            state: RandomState::new(),
            lower: String::new(),
        }
    }

    /// The same for the same address in any case.
    fn hash(&mut self, address: &str) -> u64 {
        if address.is_ascii() {
            self.lower.clear();
            self.lower.push_str(address);
            self.lower.make_ascii_lowercase();
        } else {
            self.lower = address.to_lowercase();
        }
        self.state.hash_one(self.lower.as_bytes())
    }

    fn insert(&mut self, hash: u64) -> bool {
        self.hashes.insert(hash)
    }

    fn forget(&mut self) {
        self.hashes = HashSet::default();
    }
}

/// Takes hashes for what they are.
#[derive(Default)]
struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_certainly_wrong_are_told() {
        for good in [
            "a@b.co",
            "zoë@exämple.fr",
            "first.last+tag@sub.example.com",
            "o'hara@example.ie",
            "用户@例子.广告",
        ] {
            assert_eq!(address_problem(good), None, "{good}");
        }
        for bad in [
            "plain",
            "@b.co",
            "a@",
            "a@b",
            "a@b.c",
            "a@@b.co",
            "a b@c.de",
            "a@b..de",
            ".a@b.de",
            "a.@b.de",
            "a..b@c.de",
            "a@-b.de",
            "a@b-.de",
            "a@b.de.",
            "a,b@c.de",
            "<a@b.de>",
            "a@b_c.de",
            "a@1.2.3.4",
            "a\0@b.de",
        ] {
            assert_eq!(address_problem(bad), Some("the address is malformed"), "{bad}");
        }
        assert_eq!(address_problem(""), Some("the address is missing"));
        assert!(address_problem(&format!("{}@example.com", "x".repeat(65))).is_some());
        assert!(address_problem(&format!("a@{}.com", "x.".repeat(130))).is_some());
        assert_eq!(trimmed("\u{feff} a@b.co\u{200b}\u{a0}"), "a@b.co");
    }
}
