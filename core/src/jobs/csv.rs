//! CSV. The reader loses no row of a broken file: a row that cannot be read is given as it stands,
//! with the reason, and reading goes on with the next line. The writer follows RFC 4180.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::places::read_full;
use super::{Input, io_error};
use crate::error::{Error, Kind, Result};

/// Longest row that is read.
pub(super) const MAX_ROW: usize = 1 << 20;
/// Bytes read at once.
const BLOCK: usize = 256 << 10;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
const NEVER_CLOSED: &str = "a quote is opened and never closed";

/// How text is written down in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

impl Encoding {
    /// By its usual name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().replace(['-', '_'], "").as_str() {
            "utf8" => Encoding::Utf8,
            "utf16" | "utf16le" => Encoding::Utf16Le,
            "utf16be" => Encoding::Utf16Be,
            "windows1252" | "cp1252" | "latin1" | "iso88591" => Encoding::Windows1252,
            _ => return None,
        })
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Windows1252 => "windows-1252",
        }
    }
}

/// A row of a file. One and the same is filled again and again, so that rows cost no memory.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Line on which it begins, from 1.
    pub(super) line: u64,
    /// Why it cannot be read.
    pub(super) problem: Option<&'static str>,
    /// Whether all of it is good UTF-8.
    pub(super) is_text: bool,
    /// Whether it certainly has no quote, backslash or control character.
    pub(super) is_plain: bool,
    /// Where its fields begin and end; of a row that cannot be read there is one, the line as it stands.
    places: Vec<(usize, usize)>,
    text: Vec<u8>,
}

impl Row {
    /// How many fields it has.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn fields(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.places.iter().map(|&(start, end)| &self.text[start..end])
    }

    pub(super) fn field(&self, at: usize) -> &[u8] {
        self.places.get(at).map_or(&[], |&(start, end)| &self.text[start..end])
    }

    /// The fields as text; what is none is replaced.
    pub(super) fn texts(&self) -> Vec<String> {
        self.fields().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
    }

    fn clear(&mut self) {
        self.problem = None;
        self.is_plain = false;
        self.places.clear();
        self.text.clear();
    }

    fn end_field(&mut self) {
        let start = self.places.last().map_or(0, |&(_, end)| end);
        self.places.push((start, self.text.len()));
    }

    /// Finds the fields of a line in which no quote has a meaning; gives false where one may.
    fn split(&mut self, delimiter: u8) -> bool {
        let end = self.text.strip_suffix(b"\n").unwrap_or(&self.text);
        let end = end.strip_suffix(b"\r").unwrap_or(end).len();
        let mut start = 0;
        for at in memchr::memchr2_iter(delimiter, b'"', &self.text[..end]) {
            if self.text[at] == b'"' {
                return false;
            }
            self.places.push((start, at));
            start = at + 1;
        }
        self.places.push((start, end));
        // Without an end before the last byte, so that many bytes are looked at in one step.
        self.is_plain =
            !self.text[..end].iter().fold(false, |odd, &byte| odd | (byte < 0x20) | (byte == b'\\'));
        true
    }
}

/// Reads rows one after the other, of which it has some blocks in memory.
pub(super) struct Reader {
    input: Decoder,
    delimiter: u8,
    /// What was read, up to `end`.
    text: Vec<u8>,
    end: usize,
    /// Where the row begins that was given last; it stays until the next one is asked for.
    begin: usize,
    /// Where the next line begins.
    at: usize,
    /// Up to here it is good UTF-8.
    good: usize,
    /// The line given last was too long, and its rest was not read.
    is_cut: bool,
    /// Number of the line given last.
    pub(super) line: u64,
    /// Size of the whole file; none where it is no file.
    pub(super) size: Option<u64>,
}

impl Reader {
    /// Opens a file of CSV. What is not given is found out: the delimiter from the first line, the encoding
    /// from the first characters that are not ASCII.
    pub(super) fn open(path: &str, delimiter: Option<u8>, encoding: Option<Encoding>) -> Result<Self> {
        let reader = Reader::lines(path, encoding)?;
        reader.with_delimiter(delimiter).map_err(|error| io_error(path, error))
    }

    /// Opens a file of lines.
    pub(super) fn lines(path: &str, encoding: Option<Encoding>) -> Result<Self> {
        let failed = |error| io_error(path, error);
        // Looked at before it is opened, since opening a pipe waits for its writer.
        if !std::fs::metadata(path).map_err(failed)?.is_file() {
            return Err(Error::new(Kind::Io, format!("{path}: this is not a regular file")));
        }
        let file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        Ok(Reader { size: Some(size), ..Reader::new(file, encoding) })
    }

    /// Reads lines that are in no file.
    pub(super) fn over(input: Input, encoding: Option<Encoding>) -> Self {
        Reader::new(input, encoding)
    }

    /// Reads the same file again, from its first line.
    pub(super) fn again(&self, path: &str) -> Result<Self> {
        let mut reader = Reader::lines(path, self.input.given)?;
        reader.delimiter = self.delimiter;
        Ok(reader)
    }

    /// Finds out what stands between the fields, where that is not given: Excel's `sep=;` in the first line
    /// counts, then what stands most often there.
    pub(super) fn with_delimiter(mut self, given: Option<u8>) -> io::Result<Self> {
        let Some((start, end)) = self.find_line()? else { return Ok(self) };
        let first = &self.text[start..end];
        let declared = match first.trim_ascii_end() {
            [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some(*delimiter),
            _ => None,
        };
        let mut quoted = false;
        let mut counts = [0; DELIMITERS.len()];
        for byte in first {
            quoted ^= *byte == b'"';
            if let Some(at) = DELIMITERS.iter().position(|delimiter| delimiter == byte && !quoted) {
                counts[at] += 1;
            }
        }
        let most = (0..counts.len()).rev().max_by_key(|&at| counts[at]).unwrap_or(0);
        self.delimiter = given.or(declared).unwrap_or(DELIMITERS[most]);
        if declared.is_some() {
            self.take(end);
        }
        Ok(self)
    }

    /// Looks for Excel's `sep=;` again.
    pub(super) fn skip_declaration(self) -> io::Result<Self> {
        let delimiter = self.delimiter;
        self.with_delimiter(Some(delimiter))
    }

    fn new(input: impl Read + Send + Sync + 'static, encoding: Option<Encoding>) -> Self {
        Reader {
            input: Decoder::new(Box::new(input), encoding),
            delimiter: b',',
            text: Vec::new(),
            end: 0,
            begin: 0,
            at: 0,
            good: 0,
            is_cut: false,
            line: 0,
            size: None,
        }
    }

    /// Encoding, as far as it is known: what is ASCII so far counts as UTF-8.
    pub(super) fn encoding(&self) -> Encoding {
        self.input.encoding.unwrap_or(Encoding::Utf8)
    }

    /// Bytes of the source that were given, about: of other encodings than UTF-8, those that were read.
    pub(super) fn bytes(&self) -> u64 {
        let unread = if self.encoding() == Encoding::Utf8 { self.end - self.at } else { 0 };
        self.input.count.saturating_sub(unread as u64)
    }

    /// The row or line given last, as it stands.
    pub(super) fn raw(&self) -> &[u8] {
        &self.text[self.begin..self.at]
    }

    /// Shows lines that come next, at most so many and of about so many bytes, and gives them again later.
    pub(super) fn look_ahead(
        &mut self,
        lines: usize,
        bytes: usize,
        mut look: impl FnMut(&[u8]),
    ) -> io::Result<()> {
        self.begin = self.at;
        let line = self.line;
        for _ in 0..lines {
            let Some((start, end)) = self.find_line()? else { break };
            look(&self.text[start..end]);
            self.take(end);
            if self.is_cut || self.at - self.begin >= bytes {
                break;
            }
        }
        (self.at, self.line, self.is_cut) = (self.begin, line, false);
        Ok(())
    }

    /// Fills in the next row that is not blank; gives false at the end of the file.
    pub(super) fn next_row(&mut self, row: &mut Row) -> io::Result<bool> {
        loop {
            self.begin = self.at;
            let Some((start, end)) = self.find_line()? else { return Ok(false) };
            self.take(end);
            row.clear();
            row.text.extend_from_slice(&self.text[start..end]);
            if row.text.trim_ascii().is_empty() {
                continue;
            }
            row.line = self.line;
            if row.text.len() > MAX_ROW || !row.split(self.delimiter) {
                self.quoted_row(row)?;
            }
            row.is_text = self.at <= self.good || std::str::from_utf8(self.raw()).is_ok();
            return Ok(true);
        }
    }

    /// Takes a row apart whose first line is there, and in which quotes have a meaning.
    fn quoted_row(&mut self, row: &mut Row) -> io::Result<()> {
        row.clear();
        let mut parser = Parser { delimiter: self.delimiter, state: State::Start };
        let first = self.at - self.begin;
        let (mut from, mut lines) = (self.begin, 1);
        let problem = loop {
            if self.at - self.begin > MAX_ROW {
                break if lines == 1 { "the line is too long" } else { NEVER_CLOSED };
            }
            match parser.feed(&self.text[from..self.at], row) {
                Fed::Complete => return Ok(()),
                Fed::Broken(problem) => break problem,
                Fed::Open => {}
            }
            let Some((start, end)) = self.find_line()? else { break NEVER_CLOSED };
            from = start;
            self.take(end);
            lines += 1;
        };
        // The lines after the first may be good rows.
        if lines > 1 {
            self.is_cut = false;
            self.line -= lines - 1;
        }
        self.at = self.begin + first;
        row.clear();
        let whole = self.raw().trim_ascii_end();
        row.text.extend_from_slice(&whole[..whole.len().min(MAX_ROW)]);
        row.end_field();
        row.problem = Some(problem);
        Ok(())
    }

    /// Reads a line; gives false at the end of the file.
    pub(super) fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        self.begin = self.at;
        line.clear();
        let Some((start, end)) = self.find_line()? else { return Ok(false) };
        self.take(end);
        line.extend_from_slice(&self.text[start..end]);
        Ok(true)
    }

    /// Where the next line begins and ends; of one that is too long, the start of it.
    fn find_line(&mut self) -> io::Result<Option<(usize, usize)>> {
        if self.is_cut {
            self.skip_line()?;
        }
        let mut searched = 0;
        loop {
            let from = self.at + searched;
            let found = memchr::memchr(b'\n', &self.text[from..self.end]).map(|at| from + at + 1);
            let length = found.unwrap_or(self.end) - self.at;
            if length > MAX_ROW {
                return Ok(Some((self.at, self.at + MAX_ROW + 1)));
            }
            if let Some(end) = found {
                return Ok(Some((self.at, end)));
            }
            searched = length;
            if !self.more()? {
                return Ok((searched > 0).then_some((self.at, self.end)));
            }
        }
    }

    fn take(&mut self, end: usize) {
        self.is_cut = end - self.at > MAX_ROW && self.text[end - 1] != b'\n';
        self.at = end;
        self.line += 1;
    }

    fn skip_line(&mut self) -> io::Result<()> {
        self.is_cut = false;
        loop {
            let found = memchr::memchr(b'\n', &self.text[self.at..self.end]);
            self.at = found.map_or(self.end, |at| self.at + at + 1);
            self.begin = self.at;
            if found.is_some() || !self.more()? {
                return Ok(());
            }
        }
    }

    /// Reads a block; gives false where there is none.
    fn more(&mut self) -> io::Result<bool> {
        if self.input.is_over {
            return Ok(false);
        }
        self.text.copy_within(self.begin..self.end, 0);
        self.at -= self.begin;
        self.end -= self.begin;
        self.good = self.good.saturating_sub(self.begin);
        self.begin = 0;
        self.end = self.input.more(&mut self.text, self.end)?;
        self.good += match std::str::from_utf8(&self.text[self.good..self.end]) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        Ok(true)
    }
}

/// Takes a row apart, line after line.
struct Parser {
    delimiter: u8,
    state: State,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Start,
    Quoted,
    AfterQuote,
}

enum Fed {
    Complete,
    /// A quoted field goes on in the next line.
    Open,
    Broken(&'static str),
}

impl Parser {
    fn feed(&mut self, line: &[u8], row: &mut Row) -> Fed {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let mut rest = text;
        loop {
            let (next, used) = match self.state {
                State::Quoted => {
                    let end = memchr::memchr(b'"', rest);
                    row.text.extend_from_slice(&rest[..end.unwrap_or(rest.len())]);
                    let Some(end) = end else { break };
                    (State::AfterQuote, end + 1)
                }
                State::AfterQuote => match rest.first() {
                    None => break,
                    Some(b'"') => {
                        row.text.push(b'"');
                        (State::Quoted, 1)
                    }
                    Some(byte) if *byte == self.delimiter => {
                        row.end_field();
                        (State::Start, 1)
                    }
                    Some(b' ') => (State::AfterQuote, 1),
                    Some(_) => return Fed::Broken("text stands after a closing quote"),
                },
                State::Start if rest.first() == Some(&b'"') => (State::Quoted, 1),
                State::Start => {
                    let end = memchr::memchr(self.delimiter, rest);
                    row.text.extend_from_slice(&rest[..end.unwrap_or(rest.len())]);
                    let Some(end) = end else { break };
                    row.end_field();
                    (State::Start, end + 1)
                }
            };
            self.state = next;
            rest = &rest[used..];
        }
        if self.state == State::Quoted {
            row.text.extend_from_slice(&line[text.len()..]);
            return Fed::Open;
        }
        row.end_field();
        Fed::Complete
    }
}

/// Gives the bytes of a source as UTF-8, block by block.
struct Decoder {
    input: Box<dyn Read + Send + Sync>,
    given: Option<Encoding>,
    /// None as long as all that came is ASCII, which is the same in UTF-8 and Windows-1252.
    encoding: Option<Encoding>,
    /// Bytes of a character that is not complete.
    rest: Vec<u8>,
    /// Bytes read.
    count: u64,
    is_over: bool,
}

impl Decoder {
    fn new(input: Box<dyn Read + Send + Sync>, given: Option<Encoding>) -> Self {
        Decoder { input, given, encoding: given, rest: Vec::new(), count: 0, is_over: false }
    }

    /// Adds a block to a text that ends at `end`, and gives its new end.
    fn more(&mut self, text: &mut Vec<u8>, end: usize) -> io::Result<usize> {
        if text.len() < end + BLOCK {
            text.resize(end + BLOCK, 0);
        }
        let is_first = self.count == 0;
        let mut count = read_full(&mut self.input, &mut text[end..end + BLOCK])?;
        self.count += count as u64;
        self.is_over = count < BLOCK;
        if is_first
            && let Some((found, mark)) = mark_of(&text[end..end + count])
            && self.encoding.is_none_or(|encoding| encoding == found)
        {
            self.encoding = Some(found);
            text.copy_within(end + mark..end + count, end);
            count -= mark;
        }
        if self.encoding.is_none() && !text[end..end + count].is_ascii() {
            // Text in Windows-1252 is hardly ever good UTF-8; a broken row or two in UTF-8 stays UTF-8.
            let (good, bad) = good_and_bad(&text[end..end + count], !self.is_over);
            self.encoding = Some(if bad > good { Encoding::Windows1252 } else { Encoding::Utf8 });
        }
        let Some(encoding @ (Encoding::Utf16Le | Encoding::Utf16Be | Encoding::Windows1252)) = self.encoding
        else {
            return Ok(end + count);
        };
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend_from_slice(&text[end..end + count]);
        text.truncate(end);
        let mut utf8 = [0; 4];
        let mut write = |c: char| text.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
        if encoding == Encoding::Windows1252 {
            bytes.iter().for_each(|&byte| write(windows_1252(byte)));
            return Ok(text.len());
        }
        let unit = |pair: &[u8]| match encoding {
            Encoding::Utf16Be => u16::from_be_bytes([pair[0], pair[1]]),
            _ => u16::from_le_bytes([pair[0], pair[1]]),
        };
        let mut units: Vec<u16> = bytes.chunks_exact(2).map(unit).collect();
        if !self.is_over {
            // Half a unit, and half a pair of surrogates, wait for their other half.
            let half_pair = units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
            units.truncate(units.len() - usize::from(half_pair));
            self.rest = bytes[units.len() * 2..].to_vec();
        }
        char::decode_utf16(units).for_each(|c| write(c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Ok(text.len())
    }
}

/// The encoding that the start of a file tells, and the length of its byte order mark.
fn mark_of(start: &[u8]) -> Option<(Encoding, usize)> {
    match start {
        [0xef, 0xbb, 0xbf, ..] => Some((Encoding::Utf8, 3)),
        [0xff, 0xfe, ..] => Some((Encoding::Utf16Le, 2)),
        [0xfe, 0xff, ..] => Some((Encoding::Utf16Be, 2)),
        [a, 0, b, 0, ..] if *a > 0 && *b > 0 => Some((Encoding::Utf16Le, 0)),
        [0, a, 0, b, ..] if *a > 0 && *b > 0 => Some((Encoding::Utf16Be, 0)),
        _ => None,
    }
}

/// Characters outside ASCII that are good UTF-8, and places that are not. A character that the end of
/// the block cuts counts for nothing.
fn good_and_bad(block: &[u8], is_cut: bool) -> (u64, u64) {
    let characters = |text: &str| text.bytes().filter(|byte| *byte >= 0xc0).count() as u64;
    let (mut good, mut bad, mut at) = (0, 0, 0);
    for piece in block.utf8_chunks() {
        good += characters(piece.valid());
        let end = at + piece.valid().len();
        let may_be_cut = is_cut && end + 4 > block.len();
        bad += u64::from(!piece.invalid().is_empty() && !may_be_cut);
        at = end + piece.invalid().len();
    }
    (good, bad)
}

fn windows_1252(byte: u8) -> char {
    // From 0x80 on; the five that are not defined stay what they are in Latin 1.
    const UPPER: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => UPPER[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// CSV file in the making: it takes its place under its name only when it is whole.
pub(super) struct Writer {
    path: String,
    part: PathBuf,
    output: BufWriter<File>,
    is_whole: bool,
}

impl Writer {
    /// Begins the file beside its final place, so that what cannot be written fails at once.
    pub(super) fn create(path: &str) -> Result<Self> {
        let target = Path::new(path);
        if std::fs::metadata(target).is_ok_and(|data| !data.is_file()) || target.file_name().is_none() {
            return Err(Error::new(Kind::Io, format!("{path}: this is not a regular file")));
        }
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let part = target.with_file_name(format!(".{name}.{:08x}.part", fastrand::u32(..)));
        let output = File::create_new(&part).map_err(|error| io_error(path, error))?;
        Ok(Writer { path: path.to_owned(), part, output: BufWriter::new(output), is_whole: false })
    }

    /// Writes a row.
    pub(super) fn row<T: AsRef<[u8]>>(&mut self, fields: impl IntoIterator<Item = T>) -> Result<()> {
        write_row(&mut self.output, fields).map_err(|error| io_error(&self.path, error))
    }

    /// Gives the file its name.
    pub(super) fn finish(mut self) -> Result<()> {
        let written = self.output.flush().and_then(|()| self.output.get_ref().sync_all());
        written
            .and_then(|()| std::fs::rename(&self.part, &self.path))
            .map_err(|e| io_error(&self.path, e))?;
        self.is_whole = true;
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.is_whole {
            // Nothing can be done, and nobody told, where even this fails.
            let _ = std::fs::remove_file(&self.part);
        }
    }
}

fn write_row<T: AsRef<[u8]>>(output: &mut impl Write, fields: impl IntoIterator<Item = T>) -> io::Result<()> {
    let mut line = Vec::with_capacity(128);
    for (at, field) in fields.into_iter().enumerate() {
        if at > 0 {
            line.push(b',');
        }
        write_field(&mut line, field.as_ref());
    }
    line.extend_from_slice(b"\r\n");
    output.write_all(&line)
}

/// Writes a field, quoted where it must be.
pub(super) fn write_field(out: &mut Vec<u8>, field: &[u8]) {
    // Without an end before the last byte, so that many bytes are looked at in one step.
    let is_special = |byte| matches!(byte, b',' | b'"' | b'\r' | b'\n');
    if !field.iter().fold(false, |is, &byte| is | is_special(byte)) {
        out.extend_from_slice(field);
        return;
    }
    out.push(b'"');
    for (at, piece) in field.split(|&byte| byte == b'"').enumerate() {
        if at > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(piece);
    }
    out.push(b'"');
}

/// Rows of CSV text, such as Brevo's reports.
pub(super) fn rows_of(text: Vec<u8>) -> impl Iterator<Item = Vec<String>> {
    let reader = Reader::new(io::Cursor::new(text), Some(Encoding::Utf8)).with_delimiter(None);
    let mut row = Row::default();
    // Reading from memory does not fail.
    reader.into_iter().flat_map(move |mut reader| {
        let mut row = std::mem::take(&mut row);
        std::iter::from_fn(move || matches!(reader.next_row(&mut row), Ok(true)).then(|| row.texts()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &[u8]) -> (tempfile::TempPath, String) {
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        std::fs::write(&path, content).unwrap();
        let name = path.to_string_lossy().into_owned();
        (path, name)
    }

    /// Each row as `line: field|field`, a broken one with its reason.
    fn read(content: &[u8]) -> Vec<String> {
        let (_kept, name) = file(content);
        let mut reader = Reader::open(&name, None, None).unwrap();
        let (mut out, mut row) = (Vec::new(), Row::default());
        while reader.next_row(&mut row).unwrap() {
            let problem = row.problem.map(|problem| format!(" !{problem}")).unwrap_or_default();
            out.push(format!("{}: {}{problem}", row.line, row.texts().join("|")));
        }
        out
    }

    #[test]
    fn quoted_fields_hold_delimiters_quotes_and_line_breaks() {
        let text = b"EMAIL,NAME\r\na@b.c,\"Doe, \"\"J\"\"\r\nsecond line\"\r\n\r\n   \r\nc@d.e,5\" disk\nf@g.h,\"\" \nlast,x";
        assert_eq!(
            read(text),
            [
                "1: EMAIL|NAME",
                "2: a@b.c|Doe, \"J\"\r\nsecond line",
                "6: c@d.e|5\" disk",
                "7: f@g.h|",
                "8: last|x"
            ]
        );
    }

    #[test]
    fn a_broken_row_does_not_swallow_the_rows_after_it() {
        let text = b"E;N\na@x.y;\"Ann\nb@x.y;Bob\nc@x.y;\"Carl\"\nd@x.y;\"Dan\"oh\ne@x.y;\"Eve";
        assert_eq!(
            read(text),
            [
                "1: E|N",
                "2: a@x.y;\"Ann !text stands after a closing quote",
                "3: b@x.y|Bob",
                "4: c@x.y|Carl",
                "5: d@x.y;\"Dan\"oh !text stands after a closing quote",
                "6: e@x.y;\"Eve !a quote is opened and never closed",
            ]
        );
    }

    #[test]
    fn an_open_quote_and_an_endless_line_are_bounded() {
        let mut text = b"E,N\na@x.y,\"open\n".to_vec();
        for n in 0..60_000 {
            text.extend_from_slice(format!("n{n}@example.com,somebody\n").as_bytes());
        }
        text.extend_from_slice(&vec![b'x'; 3 * MAX_ROW]);
        text.extend_from_slice(b"\nlast@x.y,end\n");
        let rows = read(&text);
        assert_eq!(rows.len(), 60_004);
        assert!(rows[1].ends_with("!a quote is opened and never closed"), "{}", rows[1]);
        assert_eq!(rows[2], "3: n0@example.com|somebody");
        assert!(rows[60_002].ends_with("!the line is too long"));
        assert_eq!(rows[60_003], "60004: last@x.y|end");
    }

    #[test]
    fn delimiters_are_found() {
        for (text, delimiter) in [
            ("a;b;c\n", b';'),
            ("a,b\n", b','),
            ("a\tb\tc,d\n", b'\t'),
            ("a|b\n", b'|'),
            ("\"a,b,c\";d\n", b';'),
            ("alone\n", b','),
            ("sep=|\na,b|c\n", b'|'),
        ] {
            let (_kept, name) = file(text.as_bytes());
            assert_eq!(Reader::open(&name, None, None).unwrap().delimiter, delimiter, "{text}");
        }
        assert_eq!(read(b"sep=;\na;b\n"), ["2: a|b"]);
    }

    #[test]
    fn encodings_are_found() {
        let text = "EMAIL;NAME\nzoe@x.y;Zoë € 日本 😀\n";
        let expected = ["1: EMAIL|NAME".to_owned(), "2: zoe@x.y|Zoë € 日本 😀".to_owned()];
        let wide = |to: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
            let mark = mark.then_some(0xfeff_u16);
            mark.into_iter().chain(text.encode_utf16()).flat_map(to).collect()
        };
        for content in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            wide(u16::to_le_bytes, true),
            wide(u16::to_be_bytes, true),
            wide(u16::to_le_bytes, false),
            wide(u16::to_be_bytes, false),
        ] {
            assert_eq!(read(&content), expected, "{content:02x?}");
        }
        assert_eq!(read(b"E;N\nx@y.z;Zo\xeb \x80\n"), ["1: E|N", "2: x@y.z|Zoë €"]);
        // One broken row among good UTF-8 does not change the encoding of the others.
        assert_eq!(
            read("E\né\nè\n".as_bytes().iter().copied().chain(*b"\xff\n").collect::<Vec<_>>().as_slice())
                [1..3],
            ["2: é", "3: è"]
        );
    }

    #[test]
    fn a_character_may_be_cut_by_the_end_of_a_block() {
        for shift in 0..4 {
            // The first character that is not ASCII comes where a block ends, and a row as well.
            let start = format!("E,N\n{},", "x".repeat(BLOCK - 8 + shift));
            let text = format!("{start}😀é\n{}last,😀\n", "a@b.co,é😀\n".repeat(BLOCK / 8));
            let rows = read(text.as_bytes());
            assert_eq!(rows.len(), 3 + BLOCK / 8, "{shift}");
            assert!(rows[1].ends_with("x|😀é"));
            assert!(rows[2..].iter().all(|row| row.ends_with("|é😀") || row.ends_with("last|😀")));
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(read(&wide), rows, "{shift}");
        }
    }

    #[test]
    fn a_row_with_line_breaks_may_be_cut_by_the_end_of_a_block() {
        let mut text = b"E,N\n".to_vec();
        for n in 0..BLOCK / 16 {
            text.extend_from_slice(format!("p{n}@b.co,\"A\n\"\"{n}\"\"\r\nB\"\n").as_bytes());
        }
        text.extend_from_slice(b"last@b.co,\"open\nx,y\n");
        let rows = read(&text);
        assert_eq!(rows.len(), BLOCK / 16 + 3);
        for (n, row) in rows[1..=BLOCK / 16].iter().enumerate() {
            assert_eq!(*row, format!("{}: p{n}@b.co|A\n\"{n}\"\r\nB", 2 + 3 * n));
        }
        assert!(rows[BLOCK / 16 + 1].ends_with("!a quote is opened and never closed"));
        assert!(rows[BLOCK / 16 + 2].ends_with("x|y"));
    }

    #[test]
    fn an_encoding_may_show_late() {
        let mut text = b"E,N\n".to_vec();
        text.extend(b"a@b.co,plain\n".repeat(BLOCK / 8));
        text.extend_from_slice(b"z@b.co,Zo\xeb\n");
        assert!(read(&text).last().is_some_and(|row| row.ends_with("z@b.co|Zoë")));
    }

    #[test]
    fn lines_that_were_looked_at_come_again() {
        let text = [&b"first\n\n"[..], &b"x".repeat(BLOCK), b"\nlast"].concat();
        let mut reader = Reader::new(io::Cursor::new(text), None);
        let mut line = Vec::new();
        assert!(reader.next_line(&mut line).unwrap());
        for _ in 0..2 {
            let mut lengths = Vec::new();
            reader.look_ahead(2, MAX_ROW, |line| lengths.push(line.len())).unwrap();
            assert_eq!(lengths, [1, BLOCK + 1]);
        }
        let mut lengths = Vec::new();
        while reader.next_line(&mut line).unwrap() {
            lengths.push((reader.line, line.len()));
        }
        assert_eq!(lengths, [(2, 1), (3, BLOCK + 1), (4, 4)]);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv").to_string_lossy().into_owned();
        let fields = ["plain", "a,b", "say \"hi\"", "two\r\nlines", "", "=1+1", "日本"];
        let mut writer = Writer::create(&path).unwrap();
        writer.row(fields).unwrap();
        assert!(!Path::new(&path).exists(), "a file in the making has no name yet");
        writer.finish().unwrap();
        let rows: Vec<_> = rows_of(std::fs::read(&path).unwrap()).collect();
        assert_eq!(rows, [fields.map(str::to_owned).to_vec()]);
        assert_eq!(std::fs::read(&path).unwrap()[..13], *b"plain,\"a,b\",\"");

        drop(Writer::create(&path).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "what was begun is removed");
        assert_eq!(Writer::create("/no/such/folder/x.csv").err().map(|e| e.kind()), Some(Kind::Io));
        let is_folder = folder.path().to_string_lossy().into_owned();
        assert_eq!(Writer::create(&is_folder).err().map(|e| e.kind()), Some(Kind::Io));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_told_and_the_old_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv").to_string_lossy().into_owned();
        std::fs::write(&path, "old").unwrap();
        let mut writer = Writer::create(&path).unwrap();
        // The kernel's own full disk in the place of the file that is being made.
        writer.output = BufWriter::new(File::options().write(true).open("/dev/full").unwrap());
        writer.row(["new"]).unwrap();
        let error = writer.finish().expect_err("no space");
        assert_eq!(error.kind(), Kind::Io);
        assert!(error.message().contains("No space left on device"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "what was begun is removed");
    }
}
