//! The rows of a source, on their way to bodies: checked, and written as JSON where they go.

use std::borrow::Cow;
use std::collections::HashMap;

use super::address::{address_problem, trimmed};
use super::columns::{Columns, Target, Type, write_cell, write_plain, write_typed};
use super::csv::{Encoding, MAX_ROW, Reader, Row, Writer};
use super::import::{ImportFileArguments, REJECTS_SHOWN, RejectedRow};
use super::object::{self, Objects};
use super::places::{Places, TEMPORARY_ADVICE};
use super::seen::Seen;
use super::{Input, input_error, io_error};
use crate::arguments::BodyStart;
use crate::error::{Error, Kind, Result};
use crate::json::write_text;
use crate::schema::Map;

/// Largest body, in bytes: what Brevo advises.
const BODY_LIMIT: i64 = 8_000_000;
/// Lines of JSON that are looked at for the names of the columns, and their size.
const FIRST_LINES: usize = 1_000;
const FIRST_BYTES: usize = 1 << 20;
/// Rows that are passed over at once.
const PASSED_AT_ONCE: u64 = 200_000;
/// Names of unknown columns that are kept.
const UNKNOWN_SHOWN: usize = 100;
pub(super) const NOT_TEXT: &str = "the row is not text in the file's encoding";

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

/// Told of a contact, as JSON, says whether it is sent.
pub(super) type Keep = Box<dyn FnMut(&[u8]) -> bool + Send + Sync>;

/// Whether a row was rejected so that nobody knows whose it is, or that its contact is not among those that
/// were told.
fn is_unreadable(reason: &str) -> bool {
    !reason.starts_with("the address is ")
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
    format: Format,
    reader: Reader,
    header: Vec<String>,
    /// Stands for the row that names the columns.
    print: Print,
}

impl Source {
    pub(super) fn open(
        origin: Origin,
        format: Format,
        delimiter: Option<u8>,
        encoding: Option<Encoding>,
    ) -> Result<Self> {
        let (path, rows, mut reader) = match origin {
            Origin::File(path) => {
                let reader = Reader::lines(&path, encoding)?;
                (Some(path), None, reader)
            }
            Origin::Input(input) => (None, input.rows, Reader::over(input, encoding)),
        };
        let failed = |error| reading_error(path.as_deref(), error);
        let refuse = |message: String| {
            let message = path.as_ref().map_or(message.clone(), |path| format!("{path}: {message}"));
            Err(Error::argument("path", message))
        };
        let mut print = Print::default();
        let (reader, header) = match format {
            Format::Csv => {
                reader = reader.with_delimiter(delimiter).map_err(failed)?;
                let mut first = Row::default();
                if !reader.next_row(&mut first).map_err(failed)? {
                    return refuse(match path {
                        Some(_) => "the file is empty".into(),
                        None => "there are no rows".into(),
                    });
                }
                print.add(reader.raw());
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
                let (mut header, mut is_empty) = (Vec::<String>::new(), true);
                // Where no name is known, each is told.
                let mut objects = Objects::new(&[]);
                let look = |line: &[u8]| {
                    is_empty = false;
                    if objects.read(line).is_err() {
                        return;
                    }
                    for cell in objects.cells() {
                        let name = String::from_utf8_lossy(objects.text(line, cell));
                        if !header.iter().any(|known| *known == name) {
                            header.push(name.into_owned());
                        }
                    }
                };
                reader.look_ahead(FIRST_LINES, FIRST_BYTES, look).map_err(failed)?;
                if is_empty && path.is_none() {
                    return refuse("there are no rows".into());
                }
                if header.is_empty() {
                    return refuse("there is no object in the first lines; each line must be one".into());
                }
                (reader, header)
            }
        };
        Ok(Source { path, rows, format, reader, header, print })
    }

    /// Reads the same file again, from its first row; gives none where it is no file.
    pub(super) fn again(&self) -> Result<Option<Self>> {
        let Some(path) = &self.path else { return Ok(None) };
        let failed = |error| io_error(path, error);
        let mut reader = self.reader.again(path)?;
        if self.format == Format::Csv {
            reader = reader.skip_declaration().map_err(failed)?;
            reader.next_row(&mut Row::default()).map_err(failed)?;
        }
        Ok(Some(Source {
            path: self.path.clone(),
            rows: self.rows,
            format: self.format,
            reader,
            header: self.header.clone(),
            print: self.print.clone(),
        }))
    }

    /// Reads on to the end and gives what stands for all rows.
    pub(super) fn print_of_all(mut self) -> Result<(Self, u64)> {
        let (mut print, mut row, mut line) = (self.print.clone(), Row::default(), Vec::new());
        while self.next(&mut row, &mut line)? {
            print.add(self.reader.raw());
        }
        Ok((self, print.number()))
    }

    /// Reads a row, or a line that is not blank; gives false at the end.
    fn next(&mut self, row: &mut Row, line: &mut Vec<u8>) -> Result<bool> {
        let read = match self.format {
            Format::Csv => self.reader.next_row(row),
            Format::JsonLines => loop {
                match self.reader.next_line(line) {
                    Ok(true) if line.trim_ascii().is_empty() => {}
                    other => break other,
                }
            },
        };
        read.map_err(|error| reading_error(self.path.as_deref(), error))
    }

    /// Size of the file.
    pub(super) fn size(&self) -> Option<u64> {
        self.reader.size
    }

    /// Names of the columns.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// Whether it is a file, which can be read again.
    pub(super) fn is_file(&self) -> bool {
        self.path.is_some()
    }
}

fn temporary_error(error: std::io::Error) -> Error {
    Error::new(Kind::Io, error.to_string()).with_source(error).with_advice(TEMPORARY_ADVICE)
}

fn reading_error(path: Option<&str>, error: std::io::Error) -> Error {
    match path {
        Some(path) => io_error(path, error),
        None => input_error(error),
    }
}

/// Where a column goes, ready for writing.
enum Place {
    Email,
    /// `,"NAME":` and the type.
    Attribute(Vec<u8>, Type, String),
    Nowhere,
}

/// The rows of a file.
pub(super) struct Rows {
    source: Source,
    targets: Vec<Place>,
    /// Column of the address.
    email: usize,
    objects: Objects,
    /// Columns by the names of objects: names that stand for the same have one.
    columns: Vec<usize>,
    sends_empty: bool,
    unfit: Unfit,
    /// Bytes that a body may have before what stands around the contacts.
    limit: usize,
    seen: Seen,
    /// Which contacts are sent; all where there is none.
    pub(super) keep: Option<Keep>,
    /// Lines of the contacts, where they are wanted and the source cannot be read again.
    places: Option<Places>,
    /// Rows read.
    pub(super) count: u64,
    /// Rows that were rejected so that nobody knows whose they are.
    pub(super) unreadable: u64,
    /// Cells that do not fit, by column.
    unfit_counts: Vec<i64>,
    /// Names that no line before had.
    unknown: Vec<String>,
    /// A contact that did not fit into the last body.
    carried: Vec<u8>,
    /// Stands for the content up to the end of the last row, and of the one before; only where wanted.
    prints: Option<(Print, Print)>,
    pub(super) rejects: Rejects,
    row: Row,
    /// The line of an object, and what it holds.
    line: Vec<u8>,
    given: Vec<bool>,
}

/// What goes into one body.
pub(super) struct Batch {
    pub(super) body: BodyStart,
    /// Contacts in the body.
    pub(super) count: u64,
    /// Rows read when the body ends, without one that waits for the next body.
    pub(super) end: u64,
    /// Stands for their content, where that was wanted.
    pub(super) print: u64,
    /// Bytes read.
    pub(super) bytes: u64,
    pub(super) is_last: bool,
}

/// Tells one content from another.
#[derive(Clone, Default)]
struct Print {
    sum: crc32fast::Hasher,
    length: u32,
}

impl Print {
    fn add(&mut self, row: &[u8]) {
        self.sum.update(row);
        self.length = self.length.wrapping_add(row.len() as u32);
    }

    fn number(&self) -> u64 {
        u64::from(self.length) << 32 | u64::from(self.sum.clone().finalize())
    }
}

impl Rows {
    pub(super) fn new(
        source: Source,
        columns: &Columns,
        unfit: Unfit,
        given: &ImportFileArguments,
        rejects: Rejects,
    ) -> Self {
        let lists = given.list_ids.as_ref().map_or(0, Vec::len);
        // All that stands around the contacts; an identifier has 20 digits at most.
        let around = 320 + 21 * (lists + 1);
        let limit = usize::try_from(given.body_limit.unwrap_or(BODY_LIMIT)).unwrap_or(0);
        let place = |target: &Target| match target {
            Target::Email => Place::Email,
            Target::Attribute(name, kind) => {
                let mut key = vec![b','];
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
        Rows {
            targets: columns.targets.iter().map(place).collect(),
            email: columns.targets.iter().position(|target| *target == Target::Email).unwrap_or(0),
            objects: Objects::new(&source.header),
            columns: (0..source.header.len()).map(first).collect(),
            sends_empty: given.empty_contacts_attributes.unwrap_or(false),
            unfit,
            limit: limit.saturating_sub(around),
            keep: None,
            seen: Seen::new(),
            places: (source.path.is_none() && given.wait.unwrap_or(true)).then(Places::default),
            count: 0,
            unreadable: 0,
            unfit_counts: vec![0; source.header.len()],
            unknown: Vec::new(),
            carried: Vec::new(),
            prints: given.checkpoint_path.is_some().then(|| (source.print.clone(), source.print.clone())),
            rejects,
            row: Row::default(),
            line: Vec::new(),
            given: vec![false; source.header.len()],
            source,
        }
    }

    /// Rows that there are: the number read, or about how many.
    pub(super) fn estimate(&self, is_over: bool) -> Option<u64> {
        let reader = &self.source.reader;
        let by_bytes = |size| self.count as f64 * size as f64 / reader.bytes().max(1) as f64;
        match self.source.rows.or_else(|| Some(by_bytes(reader.size?).round() as u64)) {
            _ if is_over => Some(self.count),
            rows => rows.map(|rows| rows.max(self.count)),
        }
    }

    /// Size of the file.
    pub(super) fn size(&self) -> Option<u64> {
        self.source.reader.size
    }

    /// Encoding that the source is read in.
    pub(super) fn encoding(&self) -> Encoding {
        self.source.reader.encoding()
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

    /// Reads until a body is full or the source ends. `spare` is the memory of an earlier body.
    pub(super) fn fill(&mut self, spare: Option<Vec<u8>>) -> Result<Batch> {
        let mut body = BodyStart::new("jsonBody", spare.unwrap_or_default());
        let text = &mut body.text;
        text.reserve(self.limit + 64);
        text.push(b'[');
        let (mut count, mut is_last) = (0, false);
        if !self.carried.is_empty() {
            text.append(&mut self.carried);
            count = 1;
        }
        loop {
            if !self.next()? {
                is_last = true;
                break;
            }
            let start = text.len();
            if count > 0 {
                text.push(b',');
            }
            if !self.write_or_reject(text)? {
                text.truncate(start);
            } else if text.len() >= self.limit && count > 0 {
                self.carried.extend_from_slice(&text[start + 1..]);
                text.truncate(start);
                break;
            } else {
                count += 1;
            }
        }
        text.push(b']');
        Ok(self.batch(body, count, is_last))
    }

    /// Reads and checks the rows up to this one and makes no body of them: an earlier run has sent it.
    pub(super) fn pass_over(&mut self, end: u64) -> Result<Batch> {
        let most = self.count + PASSED_AT_ONCE;
        let (mut text, mut count, mut is_last) = (Vec::new(), 0, false);
        while self.count < end.min(most) && !is_last {
            is_last = !self.next()?;
            text.clear();
            count += u64::from(!is_last && self.write_or_reject(&mut text)?);
        }
        Ok(self.batch(BodyStart::new("jsonBody", text), count, is_last))
    }

    fn batch(&self, body: BodyStart, count: u64, is_last: bool) -> Batch {
        let is_carried = !self.carried.is_empty();
        let print = self.prints.as_ref().map(|(last, before)| if is_carried { before } else { last });
        let reader = &self.source.reader;
        let bytes = match reader.size {
            Some(size) if is_last => size,
            size => reader.bytes().min(size.unwrap_or(u64::MAX)),
        };
        let end = self.count - u64::from(is_carried);
        Batch { body, count, end, print: print.map_or(0, Print::number), bytes, is_last }
    }

    /// Writes the contact of the row that was read; gives false where it was rejected or is not to be
    /// sent, and what was written then does not count.
    fn write_or_reject(&mut self, text: &mut Vec<u8>) -> Result<bool> {
        let start = text.len();
        let written = self.write(text);
        let reason = match written {
            Ok(_) if text.len() - start >= self.limit => "the row is larger than a body".into(),
            Ok(address) if self.seen.insert(address).map_err(temporary_error)? => {
                if let Some(places) = &mut self.places {
                    let line = match self.source.format {
                        Format::Csv => self.row.line,
                        Format::JsonLines => self.source.reader.line,
                    };
                    places.add(address, line).map_err(temporary_error)?;
                }
                return Ok(self.keep.as_mut().is_none_or(|keep| keep(&text[start..])));
            }
            Ok(_) => "the address is in an earlier row".into(),
            Err(reason) => reason,
        };
        self.unreadable += u64::from(is_unreadable(&reason));
        let reject = self.rejected(&reason);
        self.rejects.add(reject)?;
        Ok(false)
    }

    /// Reads a row; gives false at the end of the file.
    fn next(&mut self) -> Result<bool> {
        let is_there = self.source.next(&mut self.row, &mut self.line)?;
        if is_there {
            self.count += 1;
            if let Some((last, before)) = &mut self.prints {
                before.clone_from(last);
                last.add(self.source.reader.raw());
            }
        }
        Ok(is_there)
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

    /// Writes the contact of the row and gives its address's hash, or says why it is none.
    fn write(&mut self, out: &mut Vec<u8>) -> Result<u64, Cow<'static, str>> {
        match self.source.format {
            Format::Csv => self.write_row(out),
            Format::JsonLines => self.write_object(out),
        }
    }

    fn write_row(&mut self, out: &mut Vec<u8>) -> Result<u64, Cow<'static, str>> {
        let email = csv_address(&self.row, self.targets.len(), self.email)?;
        let address = self.seen.hash(email);
        let mut contact = Contact::new(out, email);
        for (at, (field, place)) in self.row.fields().zip(&self.targets).enumerate() {
            let Place::Attribute(key, kind, name) = place else { continue };
            if is_blank(field) {
                if self.sends_empty {
                    contact.add(key, |out| {
                        out.extend_from_slice(b"\"\"");
                        true
                    });
                }
            } else if !contact.add(key, |out| write_cell(out, field, self.row.is_plain, kind)) {
                self.unfit_counts[at] += 1;
                match self.unfit {
                    Unfit::Send => {}
                    Unfit::Skip => contact.take_back(),
                    Unfit::Reject => return Err(unfit(&String::from_utf8_lossy(field), name, kind)),
                }
            }
        }
        contact.close();
        Ok(address)
    }

    fn write_object(&mut self, out: &mut Vec<u8>) -> Result<u64, Cow<'static, str>> {
        self.objects.read(&self.line)?;
        let email = object_address(&self.objects, &self.line, &self.columns, self.email)?;
        let address = self.seen.hash(email);
        let mut contact = Contact::new(out, email);
        self.given.fill(false);
        for cell in self.objects.cells() {
            let text = self.objects.text(&self.line, cell);
            let Some(at) = cell.name.map(|name| self.columns[name]) else {
                let name = String::from_utf8_lossy(text);
                if self.unknown.len() < UNKNOWN_SHOWN && !self.unknown.iter().any(|known| *known == name) {
                    self.unknown.push(name.into_owned());
                }
                continue;
            };
            let Place::Attribute(key, kind, attribute) = &self.targets[at] else { continue };
            if std::mem::replace(&mut self.given[at], true) {
                return Err(format!("{attribute} is given twice").into());
            }
            let is_empty = match cell.kind {
                object::Kind::Null => true,
                object::Kind::Plain | object::Kind::Text => is_blank(text),
                _ => false,
            };
            if is_empty {
                if self.sends_empty {
                    contact.add(key, |out| {
                        out.extend_from_slice(b"\"\"");
                        true
                    });
                }
            } else if !contact.add(key, |out| write_typed(out, text, cell.kind, kind)) {
                self.unfit_counts[at] += 1;
                match self.unfit {
                    Unfit::Send => {}
                    Unfit::Skip => contact.take_back(),
                    Unfit::Reject => return Err(unfit(&self.objects.shown(text, cell), attribute, kind)),
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
            places.find(&mut lines).map_err(temporary_error)?;
        }
        Ok(lines)
    }

    /// Begins anew, for [`Rows::find`].
    pub(super) fn rewind(&mut self) -> Result<()> {
        self.seen.forget();
        if let Some(source) = self.source.again()? {
            self.source = source;
        }
        Ok(())
    }

    /// The hash of an address where a row with it was sent.
    pub(super) fn known(&mut self, address: &str) -> Result<Option<u64>> {
        let hash = self.seen.hash(address);
        Ok(self.seen.has(hash).map_err(temporary_error)?.then_some(hash))
    }

    /// Reads on and rejects the rows whose addresses are wanted, for the reason of that number. Gives how
    /// many it found.
    pub(super) fn find(&mut self, wanted: &mut HashMap<u64, u16>, reasons: &[String]) -> Result<i64> {
        let mut found = 0;
        while !wanted.is_empty() && self.next()? {
            let hash = match self.source.format {
                Format::Csv => csv_address(&self.row, self.targets.len(), self.email)
                    .ok()
                    .map(|email| self.seen.hash(email)),
                Format::JsonLines => self.objects.read(&self.line).ok().and_then(|()| {
                    let email = object_address(&self.objects, &self.line, &self.columns, self.email).ok()?;
                    Some(self.seen.hash(email))
                }),
            };
            if let Some(reason) = hash.and_then(|hash| wanted.remove(&hash)) {
                let reason = reasons.get(usize::from(reason)).map_or("", String::as_str);
                let reject = self.rejected(reason);
                self.rejects.add(reject)?;
                found += 1;
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
        // No address that has the right form needs an escape.
        out.extend_from_slice(b"{\"email\":");
        write_plain(out, email.as_bytes());
        Contact { last: out.len(), out, attributes: 0 }
    }

    fn add(&mut self, key: &[u8], write: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
        self.last = self.out.len();
        if self.attributes == 0 {
            self.out.extend_from_slice(b",\"attributes\":{");
            self.out.extend_from_slice(&key[1..]);
        } else {
            self.out.extend_from_slice(key);
        }
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

/// Whether a cell has nothing but white space.
fn is_blank(cell: &[u8]) -> bool {
    match cell.first() {
        None => true,
        Some(b'!'..=b'~') => false,
        Some(_) => std::str::from_utf8(cell).is_ok_and(|text| text.trim().is_empty()),
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
    if !row.is_text {
        return Err(NOT_TEXT);
    }
    let email = trimmed(std::str::from_utf8(row.field(email)).map_err(|_| NOT_TEXT)?);
    address_problem(email).map_or(Ok(email), Err)
}

/// The address of an object that has the right form.
fn object_address<'a>(
    objects: &'a Objects,
    line: &'a [u8],
    columns: &[usize],
    email: usize,
) -> Result<&'a str, Cow<'static, str>> {
    let is_address = |cell: &&object::Cell| cell.name.is_some_and(|name| columns[name] == email);
    let email = match objects.cells().iter().find(is_address) {
        None => "",
        Some(cell) => match cell.kind {
            object::Kind::Null => "",
            object::Kind::Plain | object::Kind::Text => {
                trimmed(std::str::from_utf8(objects.text(line, cell)).map_err(|_| NOT_TEXT)?)
            }
            _ => return Err("the address is malformed".into()),
        },
    };
    address_problem(email).map_or(Ok(email), |problem| Err(problem.into()))
}

/// Rejected rows: the first ones kept, all counted, and all written where a file is wanted.
pub(super) struct Rejects {
    pub(super) first: Vec<RejectedRow>,
    pub(super) count: i64,
    file: Option<Writer>,
}

impl Rejects {
    pub(super) fn new(arguments: &ImportFileArguments, header: &[String], format: Format) -> Result<Self> {
        let mut file = arguments.rejects_path.as_deref().map(Writer::create).transpose()?;
        if let Some(file) = &mut file {
            let names: Vec<&str> = match format {
                Format::Csv => header.iter().map(String::as_str).collect(),
                Format::JsonLines => vec!["row"],
            };
            file.row(["line", "reason"].into_iter().chain(names))?;
        }
        Ok(Rejects { first: Vec::new(), count: 0, file })
    }

    /// Rejected rows that nobody asks for.
    pub(super) fn unwritten() -> Self {
        Rejects { first: Vec::new(), count: 0, file: None }
    }

    pub(super) fn add(&mut self, reject: RejectedRow) -> Result<()> {
        self.count += 1;
        if let Some(file) = &mut self.file {
            let line = reject.line.map(|line| line.to_string()).unwrap_or_default();
            file.row([&line, &reject.reason].into_iter().chain(&reject.row))?;
        }
        if self.first.len() < REJECTS_SHOWN {
            self.first.push(reject);
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<()> {
        self.file.map_or(Ok(()), Writer::finish)
    }
}
