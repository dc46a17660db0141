//! CSV. The reader loses no row of a broken file: a row that cannot be read is given as it stands,
//! with the reason, and reading goes on with the next line. The writer follows RFC 4180.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::{Input, io_error};
use crate::error::{Error, Kind, Result};

/// Longest row that is read.
pub(super) const MAX_ROW: usize = 1 << 20;
/// Bytes read at once.
const CHUNK: usize = 64 << 10;
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
        true
    }
}

/// Reads rows one after the other.
pub(super) struct Reader {
    input: Box<dyn BufRead + Send + Sync>,
    delimiter: u8,
    /// Lines read ahead.
    waiting: VecDeque<Vec<u8>>,
    /// Length of the byte order mark that was left out.
    mark: u64,
    /// A line, kept for its memory.
    first: Vec<u8>,
    /// Number of the line given last.
    pub(super) line: u64,
    /// Bytes given, in UTF-8.
    pub(super) bytes: u64,
    pub(super) encoding: Encoding,
    /// Lines of the whole file: about as many as it has rows. None where it is no file.
    pub(super) lines: Option<u64>,
    /// Size of the whole file.
    pub(super) size: Option<u64>,
    /// Tells one content from another; only where it was asked for.
    pub(super) print: u64,
}

impl Reader {
    /// Opens a file of CSV. What is not given is found out: the encoding from all of the file, the
    /// delimiter from its first line.
    pub(super) fn open(
        path: &str,
        delimiter: Option<u8>,
        encoding: Option<Encoding>,
        has_print: bool,
    ) -> Result<Self> {
        let mut reader = Reader::lines(path, encoding, has_print)?;
        reader.find_delimiter(delimiter).map_err(|error| io_error(path, error))?;
        Ok(reader)
    }

    /// Opens a file of lines.
    pub(super) fn lines(path: &str, encoding: Option<Encoding>, has_print: bool) -> Result<Self> {
        let failed = |error| io_error(path, error);
        // Looked at before it is opened, since opening a pipe waits for its writer.
        if !std::fs::metadata(path).map_err(failed)?.is_file() {
            return Err(Error::new(Kind::Io, format!("{path}: this is not a regular file")));
        }
        let survey = Survey::of(File::open(path).map_err(failed)?, has_print).map_err(failed)?;
        let encoding = encoding.unwrap_or(survey.encoding);
        let mark = if encoding == survey.encoding { survey.mark } else { 0 };
        let mut reader = Reader::from_start(path, encoding, mark).map_err(failed)?;
        (reader.lines, reader.size) = (Some(survey.lines), Some(survey.size));
        reader.print = survey.print;
        Ok(reader)
    }

    /// Reads lines that are in no file. The encoding, where it is not given, is found out from the first
    /// bytes.
    pub(super) fn over(mut input: Input, encoding: Option<Encoding>) -> io::Result<Self> {
        let mut first = Vec::new();
        input.by_ref().take(CHUNK as u64).read_to_end(&mut first)?;
        let survey = Survey::of(&first[..], false)?;
        let encoding = encoding.unwrap_or(survey.encoding);
        let mark = if encoding == survey.encoding { survey.mark } else { 0 };
        let mut reader = Reader::from_input(io::Cursor::new(first).chain(input), encoding, mark)?;
        reader.lines = None;
        Ok(reader)
    }

    /// Finds out what stands between the fields, where that is not given.
    pub(super) fn with_delimiter(mut self, delimiter: Option<u8>) -> io::Result<Self> {
        self.find_delimiter(delimiter)?;
        Ok(self)
    }

    /// Reads the same file again, from its first line.
    pub(super) fn again(&self, path: &str) -> Result<Self> {
        let mut reader =
            Reader::from_start(path, self.encoding, self.mark).map_err(|error| io_error(path, error))?;
        reader.delimiter = self.delimiter;
        (reader.lines, reader.size, reader.print) = (self.lines, self.size, self.print);
        Ok(reader)
    }

    /// Looks for Excel's `sep=;` again.
    pub(super) fn skip_declaration(&mut self, path: &str) -> Result<()> {
        self.find_delimiter(Some(self.delimiter)).map_err(|error| io_error(path, error))
    }

    fn from_start(path: &str, encoding: Encoding, mark: u64) -> io::Result<Self> {
        Reader::from_input(File::open(path)?, encoding, mark)
    }

    fn from_input(
        input: impl Read + Send + Sync + 'static,
        encoding: Encoding,
        mark: u64,
    ) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(CHUNK, input);
        io::copy(&mut input.by_ref().take(mark), &mut io::sink())?;
        let input: Box<dyn BufRead + Send + Sync> = match encoding {
            Encoding::Utf8 => Box::new(input),
            _ => Box::new(BufReader::with_capacity(CHUNK, Transcoder::new(input, encoding))),
        };
        let mut reader = Reader::new(input);
        (reader.encoding, reader.mark) = (encoding, mark);
        Ok(reader)
    }

    fn new(input: Box<dyn BufRead + Send + Sync>) -> Self {
        Reader {
            input,
            delimiter: b',',
            waiting: VecDeque::new(),
            mark: 0,
            first: Vec::new(),
            line: 0,
            bytes: 0,
            encoding: Encoding::Utf8,
            lines: None,
            size: None,
            print: 0,
        }
    }

    /// Excel's `sep=;` in the first line counts, then what stands most often there.
    fn find_delimiter(&mut self, given: Option<u8>) -> io::Result<()> {
        let mut first = Vec::new();
        if !self.next_line(&mut first)? {
            return Ok(());
        }
        let declared = match first.trim_ascii_end() {
            [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some(*delimiter),
            _ => None,
        };
        let mut quoted = false;
        let mut counts = [0; DELIMITERS.len()];
        for byte in &first {
            quoted ^= *byte == b'"';
            if let Some(at) = DELIMITERS.iter().position(|delimiter| delimiter == byte && !quoted) {
                counts[at] += 1;
            }
        }
        let most = (0..counts.len()).rev().max_by_key(|&at| counts[at]).unwrap_or(0);
        self.delimiter = given.or(declared).unwrap_or(DELIMITERS[most]);
        if declared.is_none() {
            self.put_back(vec![first]);
        }
        Ok(())
    }

    /// Fills in the next row that is not blank; gives false at the end of the file.
    pub(super) fn next_row(&mut self, row: &mut Row) -> io::Result<bool> {
        loop {
            row.clear();
            if !self.next_line(&mut row.text)? {
                return Ok(false);
            }
            row.line = self.line;
            if row.text.trim_ascii().is_empty() {
                continue;
            }
            if row.text.len() > MAX_ROW || !row.split(self.delimiter) {
                self.quoted_row(row)?;
            }
            return Ok(true);
        }
    }

    /// Takes a row apart whose first line is there, and in which quotes have a meaning.
    fn quoted_row(&mut self, row: &mut Row) -> io::Result<()> {
        let mut first = std::mem::take(&mut self.first);
        std::mem::swap(&mut first, &mut row.text);
        row.clear();
        let mut parser = Parser { delimiter: self.delimiter, state: State::Start };
        let mut further = Vec::new();
        let mut size = first.len();
        let mut state =
            if size > MAX_ROW { Fed::Broken("the line is too long") } else { parser.feed(&first, row) };
        while let Fed::Open = state {
            let mut next = Vec::new();
            if !self.next_line(&mut next)? {
                state = Fed::Broken(NEVER_CLOSED);
                break;
            }
            size += next.len();
            state = if size > MAX_ROW { Fed::Broken(NEVER_CLOSED) } else { parser.feed(&next, row) };
            further.push(next);
        }
        if let Fed::Broken(problem) = state {
            // The lines after the first may be good rows.
            self.put_back(further);
            row.clear();
            let whole = first.trim_ascii_end();
            row.text.extend_from_slice(&whole[..whole.len().min(MAX_ROW)]);
            row.end_field();
            row.problem = Some(problem);
        }
        self.first = first;
        Ok(())
    }

    /// Reads a line; gives false at the end of the file.
    pub(super) fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        if let Some(waiting) = self.waiting.pop_front() {
            *line = waiting;
        } else {
            let most = MAX_ROW as u64 + 1;
            self.input.by_ref().take(most).read_until(b'\n', line)?;
            if line.len() > MAX_ROW && !line.ends_with(b"\n") {
                self.skip_line()?;
            }
        }
        self.line += u64::from(!line.is_empty());
        self.bytes += line.len() as u64;
        Ok(!line.is_empty())
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let end = buffer.iter().position(|&byte| byte == b'\n');
            let used = end.map_or(buffer.len(), |at| at + 1);
            let is_over = end.is_some() || buffer.is_empty();
            self.input.consume(used);
            if is_over {
                return Ok(());
            }
        }
    }

    pub(super) fn put_back(&mut self, lines: Vec<Vec<u8>>) {
        for line in lines.into_iter().rev() {
            self.line -= 1;
            self.bytes -= line.len() as u64;
            self.waiting.push_front(line);
        }
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

/// What a look at a whole file tells.
struct Survey {
    encoding: Encoding,
    /// Length of the byte order mark.
    mark: u64,
    lines: u64,
    size: u64,
    print: u64,
}

impl Survey {
    fn of(mut file: impl Read, has_print: bool) -> io::Result<Self> {
        let mut buffer = vec![0; CHUNK];
        let mut marked = None;
        // Text in Windows-1252 is hardly ever good UTF-8; a broken row or two in UTF-8 stays UTF-8.
        let (mut good, mut bad, mut lines, mut size) = (0, 0, 0, 0);
        let mut print = 0xcbf2_9ce4_8422_2325_u64;
        loop {
            let mut filled = 0;
            while filled < CHUNK {
                match file.read(&mut buffer[filled..])? {
                    0 => break,
                    count => filled += count,
                }
            }
            let chunk = &buffer[..filled];
            if size == 0 {
                marked = mark_of(chunk);
            }
            size += filled as u64;
            lines += memchr::memchr_iter(b'\n', chunk).count() as u64;
            if !chunk.is_ascii() {
                let (more_good, more_bad) = good_and_bad(chunk, size > filled as u64);
                good += more_good;
                bad += more_bad;
            }
            if has_print {
                // FNV-1a on words: every change of one word changes the result.
                for word in chunk.chunks(8) {
                    let mut bytes = [0; 8];
                    bytes[..word.len()].copy_from_slice(word);
                    print = (print ^ u64::from_le_bytes(bytes)).wrapping_mul(0x0100_0000_01b3);
                }
            }
            if filled < CHUNK {
                break;
            }
        }
        let (encoding, mark) =
            marked.unwrap_or((if bad > good { Encoding::Windows1252 } else { Encoding::Utf8 }, 0));
        Ok(Survey { encoding, mark, lines: lines.max(1), size, print })
    }
}

/// The encoding that the start of a file tells, and the length of its byte order mark.
fn mark_of(start: &[u8]) -> Option<(Encoding, u64)> {
    match start {
        [0xef, 0xbb, 0xbf, ..] => Some((Encoding::Utf8, 3)),
        [0xff, 0xfe, ..] => Some((Encoding::Utf16Le, 2)),
        [0xfe, 0xff, ..] => Some((Encoding::Utf16Be, 2)),
        [a, 0, b, 0, ..] if *a > 0 && *b > 0 => Some((Encoding::Utf16Le, 0)),
        [0, a, 0, b, ..] if *a > 0 && *b > 0 => Some((Encoding::Utf16Be, 0)),
        _ => None,
    }
}

/// Characters outside ASCII that are good UTF-8, and places that are not. A character that the ends
/// of the chunk cut counts for nothing next to the others.
fn good_and_bad(chunk: &[u8], is_further: bool) -> (u64, u64) {
    let characters = |text: &str| text.bytes().filter(|byte| *byte >= 0xc0).count() as u64;
    if let Ok(text) = std::str::from_utf8(chunk) {
        return (characters(text), 0);
    }
    let (mut good, mut bad, mut at) = (0, 0, 0);
    for piece in chunk.utf8_chunks() {
        good += characters(piece.valid());
        let end = at + piece.valid().len();
        let is_cut = (is_further && end < 4) || (chunk.len() == CHUNK && end + 4 > CHUNK);
        bad += u64::from(!piece.invalid().is_empty() && !is_cut);
        at = end + piece.invalid().len();
    }
    (good, bad)
}

/// Gives UTF-16 and Windows-1252 as UTF-8.
struct Transcoder<R> {
    input: R,
    encoding: Encoding,
    /// Bytes of a character that is not complete.
    rest: Vec<u8>,
    output: VecDeque<u8>,
}

impl<R: Read> Transcoder<R> {
    fn new(input: R, encoding: Encoding) -> Self {
        Transcoder { input, encoding, rest: Vec::new(), output: VecDeque::new() }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut buffer = [0; 8192];
        while self.output.is_empty() {
            let count = self.input.read(&mut buffer)?;
            self.rest.extend_from_slice(&buffer[..count]);
            let bytes = std::mem::take(&mut self.rest);
            if bytes.is_empty() {
                return Ok(());
            }
            let text: String = if self.encoding == Encoding::Windows1252 {
                bytes.iter().map(|&byte| windows_1252(byte)).collect()
            } else {
                let unit = |pair: &[u8]| match self.encoding {
                    Encoding::Utf16Be => u16::from_be_bytes([pair[0], pair[1]]),
                    _ => u16::from_le_bytes([pair[0], pair[1]]),
                };
                let mut units: Vec<u16> = bytes.chunks_exact(2).map(unit).collect();
                if count > 0 {
                    // Half a unit, and half a pair of surrogates, wait for their other half.
                    let half_pair = units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
                    units.truncate(units.len() - usize::from(half_pair));
                    self.rest = bytes[units.len() * 2..].to_vec();
                }
                char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            };
            self.output.extend(text.into_bytes());
            if count == 0 {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.output.is_empty() {
            self.fill()?;
        }
        self.output.read(buffer)
    }
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
    for (at, field) in fields.into_iter().enumerate() {
        let field = field.as_ref();
        if at > 0 {
            output.write_all(b",")?;
        }
        if !field.iter().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n')) {
            output.write_all(field)?;
            continue;
        }
        output.write_all(b"\"")?;
        for (at, piece) in field.split(|&byte| byte == b'"').enumerate() {
            if at > 0 {
                output.write_all(b"\"\"")?;
            }
            output.write_all(piece)?;
        }
        output.write_all(b"\"")?;
    }
    output.write_all(b"\r\n")
}

/// Rows of CSV text, such as Brevo's reports.
pub(super) fn rows_of(text: Vec<u8>) -> Vec<Vec<String>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(text);
    let mut reader = Reader::new(Box::new(io::Cursor::new(text)));
    let (mut rows, mut row) = (Vec::new(), Row::default());
    // Reading from memory does not fail.
    if reader.find_delimiter(None).is_ok() {
        while let Ok(true) = reader.next_row(&mut row) {
            rows.push(row.texts());
        }
    }
    rows
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
        let mut reader = Reader::open(&name, None, None, false).unwrap();
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
            assert_eq!(Reader::open(&name, None, None, false).unwrap().delimiter, delimiter, "{text}");
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
    fn a_character_may_be_cut_by_the_buffer() {
        for shift in 0..4 {
            let text = format!("{}{}", "x".repeat(shift), "😀é".repeat(10_000));
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let mut out = String::new();
            Transcoder::new(&bytes[..], Encoding::Utf16Le).read_to_string(&mut out).unwrap();
            assert_eq!(out, text);
        }
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
        let rows = rows_of(std::fs::read(&path).unwrap());
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
