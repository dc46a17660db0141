//! The recipients of a batch: read from memory, CSV or JSON Lines, checked, and cut into bodies.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use macro_rules_attribute::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use super::address::{address_problem, trimmed};
use super::csv::{Reader, Row};
use super::io_error;
use super::target::FileFormat;
use crate::api::transactional_emails::{Recipient, ReplyTo};
use crate::arguments::check_object;
use crate::error::{Error, Kind, Result};
use crate::limits::{MAX_PARAMS, MAX_PARAMS_TOTAL, MAX_RECIPIENTS, MAX_RECIPIENTS_PER_VERSION};
use crate::schema::{Map, Ty, Typed};

/// Versions of one call (source: batch-sending guide).
const MAX_VERSIONS: usize = 1_000;
/// Bytes of the versions of one call. Brevo names no limit but those of `params`; texts of their own
/// may make versions large.
const MAX_BYTES: usize = 4_000_000;
/// Recipients that are looked at for one body, those refused among them.
const MAX_ENTRIES: usize = 10_000;
/// Longest line of JSON Lines.
const MAX_LINE: usize = 4 << 20;
/// Longest display name (source: SDK 5.1).
const MAX_NAME: usize = 70;

/// One recipient of a batch, and what differs for it.
#[apply(model!)]
pub struct BatchRecipient {
    /// Address.
    pub email: String,
    /// Display name, at most 70 characters.
    pub name: Option<String>,
    /// Values for the `params` placeholders, added to those of the job and stronger than they.
    pub params: Option<Map>,
    /// Subject line in place of the job's.
    pub subject: Option<String>,
    /// HTML body in place of the job's, which must have one.
    pub html_content: Option<String>,
    /// Plain-text body in place of the job's, which must have one.
    pub text_content: Option<String>,
    /// Address to which the answer goes, in place of the job's.
    pub reply_to: Option<ReplyTo>,
    /// Others who get a copy and whom the recipient sees.
    pub cc: Option<Vec<Recipient>>,
    /// Others who get a copy without being seen.
    pub bcc: Option<Vec<Recipient>>,
}

/// Where recipients come from.
pub(super) enum Source {
    Memory(Arc<Vec<BatchRecipient>>),
    File(String, FileFormat),
}

/// A recipient as it was met.
pub(super) struct Entry {
    /// Number of it, from 0.
    pub(super) index: i64,
    /// Line of the file.
    pub(super) line: Option<i64>,
    pub(super) email: String,
    /// Why it is not sent to; none where it has a version in the body.
    pub(super) problem: Option<String>,
}

/// What goes out in one call.
#[derive(Default)]
pub(super) struct Body {
    /// Recipients in the order of the source.
    pub(super) entries: Vec<Entry>,
    /// A version for each that is sent to, in the same order.
    pub(super) versions: Vec<Value>,
    recipients: usize,
    params: usize,
    bytes: usize,
}

/// What all recipients share, as far as it decides about them.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) params: Map,
    /// Whether each recipient needs a subject of its own.
    pub(super) lacks_subject: bool,
    pub(super) allows_duplicates: bool,
}

/// Reads, checks and cuts.
pub(super) struct Cutter {
    input: Input,
    path: String,
    common: Common,
    seen: HashSet<u64>,
    count: i64,
    carried: Option<(Entry, Version)>,
    /// Stands for all versions so far.
    pub(super) digest: Uuid,
}

struct Version {
    value: Value,
    recipients: usize,
    params: usize,
    bytes: usize,
}

enum Input {
    Memory(Arc<Vec<BatchRecipient>>, usize),
    Csv(Reader, Vec<Column>),
    Lines(BufReader<File>, i64),
}

enum Column {
    Email,
    Name,
    Param(String),
    Nowhere,
}

/// A recipient that was read: its line, and itself or its address and why it cannot be.
type Read1 = (Option<i64>, Result<BatchRecipient, (String, String)>);

impl Cutter {
    pub(super) fn open(source: &Source, common: &Common) -> Result<Self> {
        let (input, path) = match source {
            Source::Memory(list) => (Input::Memory(list.clone(), 0), String::new()),
            Source::File(path, FileFormat::Csv) => (csv(path)?, path.clone()),
            Source::File(path, _) => {
                let failed = |error| io_error(path, error);
                if !std::fs::metadata(path).map_err(failed)?.is_file() {
                    return Err(Error::new(Kind::Io, format!("{path}: this is not a regular file")));
                }
                let mut input = BufReader::with_capacity(64 << 10, File::open(path).map_err(failed)?);
                if input.fill_buf().map_err(failed)?.starts_with(b"\xef\xbb\xbf") {
                    input.consume(3);
                }
                (Input::Lines(input, 0), path.clone())
            }
        };
        Ok(Cutter {
            input,
            path,
            common: common.clone(),
            seen: HashSet::new(),
            count: 0,
            carried: None,
            digest: Uuid::nil(),
        })
    }

    /// The next body; none behind the last. It may have refused recipients only.
    pub(super) fn next_body(&mut self) -> Result<Option<Body>> {
        let mut body = Body::default();
        if let Some((entry, version)) = self.carried.take() {
            self.add(&mut body, entry, version);
        }
        while body.entries.len() < MAX_ENTRIES {
            let Some((line, read)) = self.read()? else { break };
            let index = self.count;
            self.count += 1;
            let entry = |email: String, problem| Entry { index, line, email, problem };
            let checked = match read {
                Ok(recipient) => self.checked(recipient),
                Err(refused) => Err(refused),
            };
            match checked {
                Err((email, problem)) => body.entries.push(entry(email, Some(problem))),
                Ok((email, version)) if body.has_room_for(&version) => {
                    self.add(&mut body, entry(email, None), version);
                }
                Ok((email, version)) => {
                    self.carried = Some((entry(email, None), version));
                    break;
                }
            }
        }
        Ok((!body.entries.is_empty()).then_some(body))
    }

    fn add(&mut self, body: &mut Body, entry: Entry, version: Version) {
        self.digest = Uuid::new_v5(&self.digest, version.value.to_string().as_bytes());
        body.recipients += version.recipients;
        body.params += version.params;
        body.bytes += version.bytes;
        body.versions.push(version.value);
        body.entries.push(entry);
    }

    /// The version of a recipient, or its address and why it gets none.
    fn checked(&mut self, mut recipient: BatchRecipient) -> Result<(String, Version), (String, String)> {
        let email = trimmed(&recipient.email).to_owned();
        let refused = |why: &str| (email.clone(), why.to_owned());
        if let Some(problem) = address_problem(&email) {
            return Err(refused(problem));
        }
        let copies = || recipient.cc.iter().chain(&recipient.bcc).flatten();
        if let Some(copy) = copies().find(|copy| address_problem(trimmed(&copy.email)).is_some()) {
            return Err(refused(&format!("the address `{}` of a copy is malformed", copy.email)));
        }
        let answer = recipient.reply_to.as_ref().filter(|to| address_problem(trimmed(&to.email)).is_some());
        if answer.is_some() {
            return Err(refused("the address in reply_to is malformed"));
        }
        let recipients = 1 + copies().count();
        if recipients > MAX_RECIPIENTS_PER_VERSION {
            return Err(refused("it has more than 98 copies"));
        }
        if recipient.name.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME) {
            return Err(refused("the name has more than 70 characters"));
        }
        if self.common.lacks_subject && recipient.subject.as_deref().is_none_or(str::is_empty) {
            return Err(refused("there is no subject"));
        }
        let params = recipient.params.take().map(|own| {
            let mut all = self.common.params.clone();
            all.extend(own);
            all
        });
        let size = match &params {
            Some(params) => json!(params).to_string().len(),
            None => 0,
        };
        if size > MAX_PARAMS {
            return Err(refused(&format!("its params have {size} bytes, more than {MAX_PARAMS}")));
        }
        let mut hasher = DefaultHasher::new();
        email.to_lowercase().hash(&mut hasher);
        if !self.common.allows_duplicates && !self.seen.insert(hasher.finish()) {
            return Err(refused("the address came before"));
        }
        let mut to = json!({"email": email});
        if let Some(name) = recipient.name.take().filter(|name| !name.trim().is_empty()) {
            to["name"] = name.into();
        }
        recipient.params = params;
        let mut value = json!(recipient);
        if let Some(version) = value.as_object_mut() {
            version.shift_remove("email");
            version.insert("to".to_owned(), json!([to]));
        }
        let bytes = value.to_string().len();
        if bytes > MAX_BYTES {
            return Err(refused("it is larger than a call may be"));
        }
        Ok((email, Version { value, recipients, params: size, bytes }))
    }

    fn read(&mut self) -> Result<Option<Read1>> {
        match &mut self.input {
            Input::Memory(list, at) => {
                *at += 1;
                Ok(list.get(*at - 1).map(|recipient| (None, Ok(recipient.clone()))))
            }
            Input::Csv(reader, columns) => {
                let mut row = Row::default();
                if !reader.next_row(&mut row).map_err(|error| io_error(&self.path, error))? {
                    return Ok(None);
                }
                let read = match row.problem {
                    Some(problem) => Err((row.texts().swap_remove(0), problem.to_owned())),
                    None => of_row(&row, columns),
                };
                Ok(Some((Some(row.line as i64), read)))
            }
            Input::Lines(input, line) => loop {
                let mut text = Vec::new();
                let most = MAX_LINE as u64 + 1;
                let read = input.by_ref().take(most).read_until(b'\n', &mut text);
                if read.map_err(|error| io_error(&self.path, error))? == 0 {
                    return Ok(None);
                }
                if text.len() > MAX_LINE {
                    let message = format!("{}: line {} is too long", self.path, *line + 1);
                    return Err(Error::new(Kind::Io, message));
                }
                *line += 1;
                if !text.trim_ascii().is_empty() {
                    return Ok(Some((Some(*line), of_json(&text))));
                }
            },
        }
    }
}

impl Body {
    fn has_room_for(&self, version: &Version) -> bool {
        self.versions.len() < MAX_VERSIONS
            && self.recipients + version.recipients <= MAX_RECIPIENTS
            && self.params + version.params <= MAX_PARAMS_TOTAL
            && self.bytes + version.bytes <= MAX_BYTES
    }
}

fn csv(path: &str) -> Result<Input> {
    let (mut reader, mut header) = (Reader::open(path, None, None)?, Row::default());
    reader.next_row(&mut header).map_err(|error| io_error(path, error))?;
    let column = |name: &String| {
        let name = name.trim().to_owned();
        match name.to_ascii_lowercase().replace('-', "").as_str() {
            "" => Column::Nowhere,
            "email" => Column::Email,
            "name" => Column::Name,
            _ => Column::Param(name),
        }
    };
    let columns: Vec<Column> = header.texts().iter().map(column).collect();
    if columns.iter().filter(|column| matches!(column, Column::Email)).count() != 1 {
        let message = format!("{path}: the first row must name the columns, `email` exactly once among them");
        return Err(Error::argument("recipients_path", message));
    }
    Ok(Input::Csv(reader, columns))
}

fn of_row(row: &Row, columns: &[Column]) -> Result<BatchRecipient, (String, String)> {
    let text = |field: &[u8]| String::from_utf8_lossy(field).into_owned();
    let mut recipient = BatchRecipient::default();
    let mut params = Map::new();
    for (field, column) in row.fields().zip(columns) {
        match column {
            Column::Email => recipient.email = text(field),
            Column::Name => recipient.name = Some(text(field)),
            Column::Param(name) => drop(params.insert(name.clone(), text(field).into())),
            Column::Nowhere => {}
        }
    }
    let has_more = row.fields().skip(columns.len()).any(|field| !field.is_empty());
    if row.len() < columns.len() || has_more {
        let problem = if has_more { "there are too many fields" } else { "fields are missing" };
        return Err((recipient.email, problem.to_owned()));
    }
    if row.fields().any(|field| std::str::from_utf8(field).is_err()) {
        return Err((recipient.email, "the row is not text in the file's encoding".to_owned()));
    }
    recipient.params = (!params.is_empty()).then_some(params);
    Ok(recipient)
}

fn of_json(text: &[u8]) -> Result<BatchRecipient, (String, String)> {
    let Ty::Model(model) = BatchRecipient::TY else { unreachable!("it is a model") };
    let line = String::from_utf8_lossy(text);
    let read = check_object(model().fields, &line).and_then(|values| {
        serde_json::from_str(&values).map_err(|error| Error::new(Kind::InvalidArgument, error.to_string()))
    });
    let error = match read {
        Ok(recipient) if line.len() == text.len() => return Ok(recipient),
        read => read.err(),
    };
    let value: Value = serde_json::from_slice(text).map_err(|error| (String::new(), error.to_string()))?;
    let email = value.get("email").and_then(Value::as_str).unwrap_or_default().to_owned();
    if !value.is_object() {
        return Err((email, "the line is not a JSON object".to_owned()));
    }
    let problem = match error {
        Some(error) if error.parameter() == Some("email") && email.is_empty() => {
            "the address is missing".to_owned()
        }
        Some(error) => format!("{}: {}", error.parameter().unwrap_or_default(), error.message()),
        None => "the row is not text in the file's encoding".to_owned(),
    };
    Err((email, problem))
}
