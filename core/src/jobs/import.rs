//! Import of contacts from a CSV file.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use macro_rules_attribute::apply;
use serde_json::Value;

use super::csv::{Encoding, Reader, Row, Writer, rows_of};
use super::process::wait;
use super::{
    Job, Progress, Report, blocking, call, call_with, deadline, io_error, is_of_contacts, model_of,
    take_list, text_of, to_map,
};
use crate::api::contacts::{
    CreateAttribute, CreateList, GetAttributes, GetFolders, ImportContacts,
    ImportContactsRequestJsonBodyItem, ImportContactsRequestNewList,
};
use crate::client::Client;
use crate::error::{Error, Kind, Result};
use crate::schema::{Map, Operation as _, Typed};

/// Largest body, in bytes: what Brevo advises.
const BODY_LIMIT: i64 = 8_000_000;
/// Rejected rows that the result holds.
const REJECTS_SHOWN: usize = 100;
/// Identifiers of a contact that need not be attributes of the account.
const IDENTIFIERS: [&str; 4] = ["SMS", "WHATSAPP", "EXT_ID", "LANDLINE_NUMBER"];
/// Largest report of Brevo that is read.
const REPORT_LIMIT: usize = 64 << 20;
/// Time for sending one body: 8 MB on a slow line.
const BODY_TIMEOUT: Duration = Duration::from_secs(300);
const REPORT_TIMEOUT: Duration = Duration::from_secs(60);

/// Row of the table.
pub static JOB: Job = Job {
    resource: "contacts",
    name: "import_file",
    arguments: model_of::<ImportFileArguments>(),
    output: ImportFileResult::TY,
    doc: &[
        " Imports the contacts of a CSV file into lists.",
        "",
        " The first row names the columns. `EMAIL` or `E-mail` is the address; every other name stands for the",
        " attribute of that name, whatever its case, spaces and hyphens, unless `columns` says otherwise. Brevo",
        " ignores attributes that the account does not have; these are reported in `unknown_columns`, or made",
        " with `create_attributes`.",
        " Rows are checked first: those that cannot be read, or whose address is missing, malformed or was there",
        " before, are rejected with line and reason. The others are sent in bodies of 8 MB; then the processes",
        " are waited for, and the rows that Brevo refused join the rejected ones. The file is read as a stream,",
        " so memory is bounded by a body and eight bytes for each address.",
        " Numbers and truth values are sent as such where the attribute has that type. Empty cells are not sent.",
    ],
};

/// Arguments of `contacts.import_file`.
#[apply(model!)]
pub struct ImportFileArguments {
    /// The CSV file: UTF-8, UTF-16 or Windows-1252, with commas, semicolons, tabs or bars.
    pub path: String,
    /// Lists to import into; required unless `new_list` is given.
    pub list_ids: Option<Vec<i64>>,
    /// A list to create and import into. Without `folder_id` it goes into the account's first folder.
    pub new_list: Option<ImportContactsRequestNewList>,
    /// Name of the attribute (or `EMAIL`) by name of the column; an empty name leaves the column out.
    pub columns: Option<Map<String>>,
    /// What stands between the fields; found out from the first line by default.
    pub delimiter: Option<String>,
    /// `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`; found out from the file by default.
    pub encoding: Option<String>,
    /// Whether to create attributes that the account does not have, as text; false by default.
    #[api(default = false)]
    pub create_attributes: Option<bool>,
    /// Whether contacts that exist already are updated; true by default.
    #[api(default = true)]
    pub update_existing_contacts: Option<bool>,
    /// Whether empty cells erase what is stored; false by default.
    #[api(default = false)]
    pub empty_contacts_attributes: Option<bool>,
    /// Whether Brevo's e-mail about each finished body is suppressed; true by default, unlike in the
    /// operation.
    #[api(default = true)]
    pub disable_notification: Option<bool>,
    /// CSV file for all rejected rows: line, reason, then the fields as they were.
    pub rejects_path: Option<String>,
    /// Whether to check only and send nothing; false by default.
    #[api(default = false)]
    pub dry_run: Option<bool>,
    /// Whether to wait until Brevo has done the import; true by default.
    #[api(default = true)]
    pub wait: Option<bool>,
    /// Seconds to wait at most for processes and rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
    /// Largest body in bytes; Brevo advises 8 MB and takes 10 MB at most.
    #[api(min = 1000, max = 10000000, default = 8000000)]
    pub body_limit: Option<i64>,
}

/// What an import has done.
#[apply(model!)]
pub struct ImportFileResult {
    /// Rows of the file, without its first.
    pub rows: i64,
    /// Rows sent and not refused by Brevo; in a dry run, rows that would be sent.
    pub imported: i64,
    /// Rows rejected, here or by Brevo.
    pub rejected: i64,
    /// The first hundred of them.
    pub rejects: Vec<RejectedRow>,
    /// Processes of the import, one for each body.
    pub process_ids: Vec<i64>,
    /// Lists imported into.
    pub list_ids: Vec<i64>,
    /// Attribute (or `EMAIL`) by name of the column.
    pub columns: Map<String>,
    /// Columns that were not sent, since the account has no such attribute.
    pub unknown_columns: Vec<String>,
    /// Cells that do not fit the type of their attribute, counted by attribute; Brevo ignores them.
    pub unfit_cells: Map<i64>,
    /// Encoding that the file was read in.
    pub encoding: String,
    /// What else went wrong, such as a report of Brevo's that could not be read.
    pub warnings: Vec<String>,
}

/// A row that was not imported.
#[apply(model!)]
pub struct RejectedRow {
    /// Line of the file on which it begins; absent where Brevo rejected it.
    pub line: Option<i64>,
    /// Why.
    pub reason: String,
    /// Its fields; the line as it stands where it could not be read.
    pub row: Vec<String>,
}

/// Imports a file. Progress counts rows for `read` (of an estimate) and `send`, and processes for
/// `wait`.
pub async fn import_file(
    client: &Client,
    arguments: ImportFileArguments,
    progress: Report<'_>,
) -> Result<ImportFileResult> {
    let is_dry = arguments.dry_run.unwrap_or(false);
    if !is_dry && arguments.list_ids.as_ref().is_none_or(Vec::is_empty) && arguments.new_list.is_none() {
        return Err(Error::argument("list_ids", "an import needs lists that exist, or a new one"));
    }
    let deadline = deadline(arguments.timeout);
    let (path, delimiter, encoding) = (arguments.path.clone(), delimiter(&arguments)?, encoding(&arguments)?);
    let (reader, header) = blocking(move || open(&path, delimiter, encoding)).await??;
    let attributes = attributes_of(call(client, GetAttributes {}, deadline).await?);
    let columns = Columns::new(&header, &attributes, &arguments)?;
    let mut rejects = Rejects::new(&arguments, &header)?;
    if !is_dry {
        for name in &columns.created {
            create_attribute(client, name, deadline).await?;
        }
    }
    let mut result = ImportFileResult {
        list_ids: arguments.list_ids.clone().unwrap_or_default(),
        columns: columns.by_name(&header),
        unknown_columns: columns.unknown,
        encoding: reader.encoding.as_str().to_owned(),
        ..Default::default()
    };
    let rows = Rows::new(reader, header.len(), columns.targets.clone(), &arguments);
    let mut import = Import { client, arguments: &arguments, deadline, progress, is_dry };
    let done = import.transfer(rows, &mut rejects, &mut result).await;
    let done = match done {
        Ok(()) if !is_dry && arguments.wait.unwrap_or(true) => {
            import.await_processes(&header, &columns.targets, &mut rejects, &mut result).await
        }
        other => other,
    };
    result.rejected = rejects.count;
    result.rejects = std::mem::take(&mut rejects.first);
    // What was rejected is written down even where the import broke off.
    rejects.finish()?;
    match done {
        Ok(()) => Ok(result),
        Err(error) if result.process_ids.is_empty() => Err(error),
        Err(error) => {
            let ids = result.process_ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            Err(error.with_note(&format!("{} rows had been sent, in the processes {ids}", result.imported)))
        }
    }
}

/// What every step of an import needs.
struct Import<'a> {
    client: &'a Client,
    arguments: &'a ImportFileArguments,
    deadline: Instant,
    progress: Report<'a>,
    is_dry: bool,
}

impl Import<'_> {
    /// Reads and sends, body after body.
    async fn transfer(
        &mut self,
        mut rows: Rows,
        rejects: &mut Rejects,
        result: &mut ImportFileResult,
    ) -> Result<()> {
        loop {
            let (back, batch) = blocking(move || {
                let batch = rows.fill();
                (rows, batch)
            })
            .await?;
            rows = back;
            let batch = batch?;
            result.rows = rows.count;
            result.unfit_cells = rows.unfit.clone();
            for reject in batch.rejected {
                rejects.add(reject)?;
            }
            let done = rows.count as u64;
            let total = if batch.is_last { done } else { rows.estimate.max(done) };
            (self.progress)(&Progress { stage: "read", done, total: Some(total) });
            if batch.count > 0 {
                if !self.is_dry {
                    self.send(batch.contacts, result).await?;
                }
                result.imported += batch.count;
                if !self.is_dry {
                    (self.progress)(&Progress { stage: "send", done: result.imported as u64, total: None });
                }
            }
            if batch.is_last {
                return Ok(());
            }
        }
    }

    /// Sends a body. `contacts` is the text of a JSON list: far smaller than the list itself.
    async fn send(&mut self, contacts: Vec<u8>, result: &mut ImportFileResult) -> Result<()> {
        let given = self.arguments;
        let has_new_list = result.list_ids.len() > given.list_ids.as_ref().map_or(0, Vec::len);
        if let (Some(new_list), false) = (&given.new_list, has_new_list) {
            result.list_ids.push(create_list(self.client, new_list, self.deadline).await?);
        }
        let operation = ImportContacts {
            list_ids: Some(result.list_ids.clone()),
            update_existing_contacts: given.update_existing_contacts,
            empty_contacts_attributes: given.empty_contacts_attributes,
            disable_notification: Some(given.disable_notification.unwrap_or(true)),
            ..Default::default()
        };
        let arguments = || {
            let mut values = to_map(&operation)?;
            let contacts = serde_json::from_slice(&contacts)
                .map_err(|error| Error::new(Kind::Io, "the rows cannot be sent").with_source(error))?;
            values.insert("jsonBody".to_owned(), contacts);
            Ok(values)
        };
        let spec = ImportContacts::SPEC;
        let reply = call_with(self.client, spec, &arguments, Some(BODY_TIMEOUT), self.deadline).await?;
        let id = reply.get("processId").and_then(Value::as_i64);
        let id = id.ok_or_else(|| Error::new(Kind::Decode, "the reply to an import names no process"))?;
        result.process_ids.push(id);
        Ok(())
    }

    /// Waits, and adds the rows that Brevo rejected.
    async fn await_processes(
        &self,
        header: &[String],
        targets: &[Target],
        rejects: &mut Rejects,
        result: &mut ImportFileResult,
    ) -> Result<()> {
        let total = result.process_ids.len() as u64;
        let progress = |done| (self.progress)(&Progress { stage: "wait", done, total: Some(total) });
        for (done, id) in result.process_ids.clone().into_iter().enumerate() {
            let process = wait(self.client, id, self.deadline, &|_| progress(done as u64)).await?;
            let reports = process.pointer("/info/import").and_then(Value::as_object);
            for (kind, url) in reports.into_iter().flatten() {
                let Some(url) = url.as_str().filter(|url| !url.is_empty()) else { continue };
                let reason = format!("Brevo: {}", kind.trim_end_matches("_id").replace('_', " "));
                match self.fetch(url).await {
                    Ok(text) => {
                        for row in arranged(rows_of(text), header, targets) {
                            result.imported = (result.imported - 1).max(0);
                            rejects.add(RejectedRow { line: None, reason: reason.clone(), row })?;
                        }
                    }
                    Err(why) => {
                        result.warnings.push(format!("the report `{kind}` of process {id} {why}: {url}"));
                    }
                }
            }
        }
        progress(total);
        Ok(())
    }

    /// A report. It lies on another host, which gets no key.
    async fn fetch(&self, url: &str) -> Result<Vec<u8>, String> {
        let failed = |error: reqwest::Error| format!("cannot be fetched ({})", error.without_url());
        let http = self.client.http().map_err(|error| error.message().to_owned())?;
        let mut response = http.get(url).timeout(REPORT_TIMEOUT).send().await.map_err(failed)?;
        if !response.status().is_success() {
            return Err(format!("was answered with HTTP {}", response.status().as_u16()));
        }
        let mut text = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            text.extend_from_slice(&chunk);
            if text.len() > REPORT_LIMIT {
                return Err("is too large".to_owned());
            }
        }
        Ok(text)
    }
}

async fn create_attribute(client: &Client, name: &str, deadline: Instant) -> Result<()> {
    let attribute = CreateAttribute {
        attribute_category: "normal".into(),
        attribute_name: name.to_owned(),
        r#type: Some("text".into()),
        ..Default::default()
    };
    call(client, attribute, deadline).await.map(drop)
}

async fn create_list(client: &Client, list: &ImportContactsRequestNewList, deadline: Instant) -> Result<i64> {
    let name = list.list_name.clone().filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| Error::argument("new_list.list_name", "a new list needs a name"))?;
    let id = |value: &Value| value.get("id").and_then(Value::as_i64);
    let folder_id = match list.folder_id {
        Some(id) => id,
        None => {
            let first = GetFolders { limit: Some(1), sort: Some("asc".into()), ..Default::default() };
            let mut folders = call(client, first, deadline).await?;
            take_list(&mut folders, "folders").first().and_then(id).ok_or_else(|| {
                Error::argument("new_list.folder_id", "the account has no folder yet, so name or create one")
            })?
        }
    };
    let created = call(client, CreateList { folder_id, name }, deadline).await?;
    id(&created).ok_or_else(|| Error::new(Kind::Decode, "the reply to the creation of a list names no list"))
}

fn delimiter(arguments: &ImportFileArguments) -> Result<Option<u8>> {
    match arguments.delimiter.as_deref().map(str::as_bytes) {
        None => Ok(None),
        Some([byte]) if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => {
            Ok(Some(*byte))
        }
        Some(b"tab" | b"\\t") => Ok(Some(b'\t')),
        Some(_) => Err(Error::argument("delimiter", "expected one character such as `,`, `;` or a tab")),
    }
}

fn encoding(arguments: &ImportFileArguments) -> Result<Option<Encoding>> {
    let Some(name) = &arguments.encoding else { return Ok(None) };
    Encoding::named(name).map(Some).ok_or_else(|| {
        Error::argument("encoding", "expected `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`")
    })
}

/// The file, and the names of its columns.
fn open(path: &str, delimiter: Option<u8>, encoding: Option<Encoding>) -> Result<(Reader, Vec<String>)> {
    let mut reader = Reader::open(path, delimiter, encoding)?;
    let first = reader.next_row().map_err(|error| io_error(path, error))?;
    let refuse = |message: &str| Err(Error::argument("path", format!("{path}: {message}")));
    let Some(first) = first else { return refuse("the file is empty") };
    if let Some(problem) = first.problem {
        return refuse(&format!("the first row cannot be read: {problem}"));
    }
    let Ok(header) = first.fields.into_iter().map(String::from_utf8).collect::<Result<Vec<_>, _>>() else {
        return refuse("the first row is not text in this encoding");
    };
    let header: Vec<_> = header.iter().map(|name| name.trim().to_owned()).collect();
    if header.iter().any(|name| name.contains('@')) {
        return refuse("the first row holds an address; it must name the columns");
    }
    Ok((reader, header))
}

/// Type of an attribute's values, as far as JSON can tell them apart.
#[derive(Debug, Clone, PartialEq)]
enum Type {
    Text,
    Number,
    Boolean,
    /// Several of these options.
    Choices(Vec<String>),
}

/// The account's attributes that an import can set.
fn attributes_of(mut body: Value) -> Vec<(String, Type)> {
    let mut attributes: Vec<_> = take_list(&mut body, "attributes")
        .iter()
        .filter(|item| is_of_contacts(item))
        .filter_map(|item| {
            let kind = match text_of(item, "type").as_deref() {
                Some("float") => Type::Number,
                Some("boolean") => Type::Boolean,
                Some("multiple-choice") => {
                    let options = item.get("multiCategoryOptions").and_then(Value::as_array);
                    let options = options.into_iter().flatten().filter_map(Value::as_str);
                    Type::Choices(options.map(str::to_owned).collect())
                }
                _ => Type::Text,
            };
            Some((text_of(item, "name")?, kind))
        })
        .collect();
    for name in IDENTIFIERS {
        if !attributes.iter().any(|(known, _)| known == name) {
            attributes.push((name.to_owned(), Type::Text));
        }
    }
    attributes
}

/// Where a column goes.
#[derive(Debug, Clone, PartialEq)]
enum Target {
    Email,
    Attribute(String, Type),
    Nowhere,
}

impl Target {
    fn name(&self) -> Option<&str> {
        match self {
            Target::Email => Some("EMAIL"),
            Target::Attribute(name, _) => Some(name),
            Target::Nowhere => None,
        }
    }
}

/// Where the columns go.
struct Columns {
    targets: Vec<Target>,
    /// Columns that no attribute has the name of.
    unknown: Vec<String>,
    /// Attributes to create.
    created: Vec<String>,
}

impl Columns {
    fn new(
        header: &[String],
        attributes: &[(String, Type)],
        arguments: &ImportFileArguments,
    ) -> Result<Self> {
        let renamed = arguments.columns.clone().unwrap_or_default();
        if let Some(stray) = renamed.keys().find(|name| !header.contains(name)) {
            let message = format!("the file has no such column; it has {}", header.join(", "));
            return Err(Error::argument(format!("columns.{stray}"), message));
        }
        let mut columns = Columns { targets: Vec::new(), unknown: Vec::new(), created: Vec::new() };
        for (at, name) in header.iter().enumerate() {
            let wanted = attribute_name(renamed.get(name).unwrap_or(name));
            let bare = squeezed(&wanted);
            let known = attributes.iter().find(|(known, _)| squeezed(&attribute_name(known)) == bare);
            let target = match (bare.as_str(), known) {
                ("", _) if renamed.contains_key(name) => Target::Nowhere,
                ("EMAIL" | "EMAILADDRESS" | "MAIL", _) => Target::Email,
                (_, Some((known, kind))) => Target::Attribute(known.clone(), kind.clone()),
                _ if arguments.create_attributes == Some(true) && may_be_created(&wanted) => {
                    columns.created.push(wanted.clone());
                    Target::Attribute(wanted, Type::Text)
                }
                _ => {
                    let shown = if name.is_empty() { format!("column {}", at + 1) } else { name.clone() };
                    columns.unknown.push(shown);
                    Target::Nowhere
                }
            };
            if let Some(earlier) =
                columns.targets.iter().position(|t| target.name().is_some() && t.name() == target.name())
            {
                let message = format!(
                    "the columns `{}` and `{name}` both stand for {}; leave one out by `columns`",
                    header[earlier],
                    target.name().unwrap_or_default()
                );
                return Err(Error::argument("path", message));
            }
            columns.targets.push(target);
        }
        if !columns.targets.contains(&Target::Email) {
            let message = format!(
                "no column holds the address; the file has {}; name it, as in {{\"Courriel\": \"EMAIL\"}}",
                header.join(", ")
            );
            return Err(Error::argument("columns", message));
        }
        Ok(columns)
    }

    fn by_name(&self, header: &[String]) -> Map<String> {
        let named = header.iter().zip(&self.targets);
        named.filter_map(|(name, target)| Some((name.clone(), target.name()?.to_owned()))).collect()
    }
}

/// A column's name in the manner of attributes: `First name` as `FIRST_NAME`.
fn attribute_name(name: &str) -> String {
    name.trim().to_uppercase().replace(|c: char| c.is_whitespace() || matches!(c, '-' | '.'), "_")
}

fn squeezed(name: &str) -> String {
    name.replace('_', "")
}

fn may_be_created(name: &str) -> bool {
    !name.is_empty() && name.len() <= 50 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The rows of the file, on their way to bodies.
struct Rows {
    reader: Reader,
    path: String,
    fields: usize,
    targets: Vec<Target>,
    sends_empty: bool,
    /// Bytes that the contacts of a body may have.
    limit: usize,
    /// Hashes of the addresses that were there already.
    seen: HashSet<u64>,
    count: i64,
    estimate: u64,
    unfit: Map<i64>,
    /// A contact that did not fit into the last body.
    carried: Option<Vec<u8>>,
}

/// What goes into one body, and what was rejected on the way.
#[derive(Default)]
struct Batch {
    /// JSON list.
    contacts: Vec<u8>,
    count: i64,
    rejected: Vec<RejectedRow>,
    is_last: bool,
}

impl Batch {
    fn add(&mut self, contact: &[u8]) {
        if self.count > 0 {
            self.contacts.push(b',');
        }
        self.contacts.extend_from_slice(contact);
        self.count += 1;
    }
}

impl Rows {
    fn new(reader: Reader, fields: usize, targets: Vec<Target>, arguments: &ImportFileArguments) -> Self {
        let lists = arguments.list_ids.as_ref().map_or(0, Vec::len);
        // All that stands around the contacts; an identifier has 20 digits at most.
        let around = 300 + 21 * (lists + 1);
        let limit = usize::try_from(arguments.body_limit.unwrap_or(BODY_LIMIT)).unwrap_or(0);
        Rows {
            path: arguments.path.clone(),
            fields,
            targets,
            sends_empty: arguments.empty_contacts_attributes.unwrap_or(false),
            limit: limit.saturating_sub(around),
            seen: HashSet::new(),
            count: 0,
            estimate: reader.lines.saturating_sub(1),
            unfit: Map::new(),
            carried: None,
            reader,
        }
    }

    /// Reads until a body is full or the file ends.
    fn fill(&mut self) -> Result<Batch> {
        let mut batch = Batch { contacts: vec![b'['], ..Batch::default() };
        let mut rejected = 0;
        if let Some(contact) = self.carried.take() {
            batch.add(&contact);
        }
        while rejected <= self.limit {
            let Some(row) = self.reader.next_row().map_err(|error| io_error(&self.path, error))? else {
                batch.is_last = true;
                break;
            };
            self.count += 1;
            let contact = self.contact(&row).and_then(|contact| {
                let text = serde_json::to_vec(&contact).unwrap_or_default();
                let fits = (1..self.limit).contains(&text.len());
                if fits { Ok(text) } else { Err("the row is larger than a body") }
            });
            match contact {
                Ok(contact) if batch.contacts.len() + contact.len() >= self.limit => {
                    self.carried = Some(contact);
                    break;
                }
                Ok(contact) => batch.add(&contact),
                Err(reason) => {
                    rejected += row.fields.iter().map(|field| field.len() + 32).sum::<usize>();
                    batch.rejected.push(RejectedRow {
                        line: Some(row.line as i64),
                        reason: reason.to_owned(),
                        row: texts(&row.fields),
                    });
                }
            }
        }
        batch.contacts.push(b']');
        Ok(batch)
    }

    /// The contact of a row, or why it is none.
    fn contact(&mut self, row: &Row) -> Result<ImportContactsRequestJsonBodyItem, &'static str> {
        if let Some(problem) = row.problem {
            return Err(problem);
        }
        // Spreadsheet programs like to end rows with delimiters.
        if row.fields.len() < self.fields || row.fields[self.fields..].iter().any(|field| !field.is_empty()) {
            return Err(if row.fields.len() < self.fields {
                "fields are missing"
            } else {
                "there are too many fields"
            });
        }
        let (mut email, mut attributes) = ("", Map::new());
        for (field, target) in row.fields.iter().zip(&self.targets) {
            let text =
                std::str::from_utf8(field).map_err(|_| "the row is not text in the file's encoding")?;
            match target {
                Target::Email => email = trimmed(text),
                Target::Attribute(name, _) if text.trim().is_empty() => {
                    if self.sends_empty {
                        attributes.insert(name.clone(), Value::String(String::new()));
                    }
                }
                Target::Attribute(name, kind) => {
                    let (value, fits) = typed(text, kind);
                    if !fits {
                        *self.unfit.entry(name.clone()).or_default() += 1;
                    }
                    attributes.insert(name.clone(), value);
                }
                Target::Nowhere => {}
            }
        }
        if let Some(problem) = address_problem(email) {
            return Err(problem);
        }
        let mut hasher = DefaultHasher::new();
        email.to_lowercase().hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) {
            return Err("the address is in an earlier row");
        }
        let attributes = (!attributes.is_empty()).then_some(attributes);
        Ok(ImportContactsRequestJsonBodyItem { email: Some(email.to_owned()), attributes })
    }
}

/// Without white space and the invisible characters that come along when addresses are copied.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}'))
}

fn texts(fields: &[Vec<u8>]) -> Vec<String> {
    fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
}

/// A cell as a value of its attribute's type, and whether it is one. What is none is sent as text.
fn typed(text: &str, kind: &Type) -> (Value, bool) {
    let bare = text.trim();
    let value = match kind {
        Type::Text => Some(Value::from(text)),
        Type::Number => number(bare),
        Type::Boolean => match bare.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(Value::from(true)),
            "false" | "no" | "0" => Some(Value::from(false)),
            _ => None,
        },
        Type::Choices(options) if options.iter().any(|option| option == bare) => {
            Some(Value::from(vec![bare]))
        }
        Type::Choices(_) if bare.starts_with('[') => serde_json::from_str(bare).ok(),
        Type::Choices(_) => Some(bare.split(',').map(str::trim).collect()),
    };
    let fits = value.is_some();
    (value.unwrap_or_else(|| Value::from(text)), fits)
}

fn number(text: &str) -> Option<Value> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Value::from(whole));
    }
    // A lone comma is the decimal sign of half the world.
    let text = if text.contains('.') { text.to_owned() } else { text.replacen(',', ".", 1) };
    let is_plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    text.parse::<f64>().ok().filter(|n| is_plain && n.is_finite()).map(Value::from)
}

/// What is certainly wrong with an address; Brevo knows the rest.
fn address_problem(address: &str) -> Option<&'static str> {
    const MALFORMED: Option<&str> = Some("the address is malformed");
    if address.is_empty() {
        return Some("the address is missing");
    }
    let Some((local, domain)) = address.rsplit_once('@') else { return MALFORMED };
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "()<>,;:\\\"[]@".contains(c);
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c == '-' || c.is_alphanumeric())
    };
    let has_good_local = !local.is_empty()
        && local.len() <= 64
        && !local.contains(is_odd)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let top = domain.rsplit('.').next().unwrap_or("");
    let has_good_domain = domain.contains('.')
        && domain.split('.').all(is_label)
        && top.chars().count() > 1
        && !top.bytes().all(|byte| byte.is_ascii_digit());
    if address.len() <= 254 && has_good_local && has_good_domain { None } else { MALFORMED }
}

/// Rejected rows: the first ones kept, all counted, and all written where a file is wanted.
struct Rejects {
    first: Vec<RejectedRow>,
    count: i64,
    file: Option<Writer>,
}

impl Rejects {
    fn new(arguments: &ImportFileArguments, header: &[String]) -> Result<Self> {
        let mut file = arguments.rejects_path.as_deref().map(Writer::create).transpose()?;
        if let Some(file) = &mut file {
            file.row(["line", "reason"].into_iter().chain(header.iter().map(String::as_str)))?;
        }
        Ok(Rejects { first: Vec::new(), count: 0, file })
    }

    fn add(&mut self, reject: RejectedRow) -> Result<()> {
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

    fn finish(self) -> Result<()> {
        self.file.map_or(Ok(()), Writer::finish)
    }
}

/// Rows of a report of Brevo's. Where it names its columns, the fields are put into the order of
/// the file's.
fn arranged(rows: Vec<Vec<Vec<u8>>>, header: &[String], targets: &[Target]) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = rows.iter().map(|row| texts(row)).collect();
    let bare = |name: &str| squeezed(&attribute_name(name));
    let names_columns = rows.first().is_some_and(|first| {
        first.iter().all(|name| !name.contains('@')) && first.iter().any(|name| bare(name) == "EMAIL")
    });
    if !names_columns {
        return rows;
    }
    let names: Vec<String> = rows.remove(0).iter().map(|name| bare(name)).collect();
    let places: Vec<Option<usize>> = header
        .iter()
        .zip(targets)
        .map(|(name, target)| {
            let name = bare(target.name().unwrap_or(name));
            names.iter().position(|known| *known == name)
        })
        .collect();
    let field =
        |row: &[String], place: Option<usize>| place.and_then(|at| row.get(at).cloned()).unwrap_or_default();
    rows.iter().map(|row| places.iter().map(|place| field(row, *place)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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

    #[test]
    fn cells_take_the_type_of_their_attribute() {
        let choices = Type::Choices(vec!["red".into(), "green, dark".into()]);
        for (text, kind, expected, fits) in [
            ("007", Type::Text, json!("007"), true),
            (" 42 ", Type::Number, json!(42), true),
            ("1,5", Type::Number, json!(1.5), true),
            ("-0.25", Type::Number, json!(-0.25), true),
            ("1,234.5", Type::Number, json!("1,234.5"), false),
            ("NaN", Type::Number, json!("NaN"), false),
            ("Yes", Type::Boolean, json!(true), true),
            ("0", Type::Boolean, json!(false), true),
            ("maybe", Type::Boolean, json!("maybe"), false),
            ("green, dark", choices.clone(), json!(["green, dark"]), true),
            ("red, blue", choices.clone(), json!(["red", "blue"]), true),
            ("[\"red\"]", choices, json!(["red"]), true),
        ] {
            assert_eq!(typed(text, &kind), (expected, fits), "{text}");
        }
    }

    fn columns(header: &[&str], arguments: Value) -> Result<Columns> {
        let attributes = attributes_of(json!({"attributes": [
            {"name": "FIRSTNAME", "category": "normal", "type": "text"},
            {"name": "AGE", "category": "normal", "type": "float"},
            {"name": "ORDER_ID", "category": "transactional", "type": "id"},
        ]}));
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        Columns::new(&header, &attributes, &serde_json::from_value(arguments).unwrap())
    }

    #[test]
    fn columns_find_their_attributes() {
        let text = |name: &str| Target::Attribute(name.into(), Type::Text);
        let found = columns(&["First name", "E-Mail", "age", "ext id", "Town", ""], json!({})).unwrap();
        let age = Target::Attribute("AGE".into(), Type::Number);
        let expected =
            [text("FIRSTNAME"), Target::Email, age, text("EXT_ID"), Target::Nowhere, Target::Nowhere];
        assert_eq!(found.targets, expected);
        assert_eq!(found.unknown, ["Town", "column 6"]);

        let found = columns(&["email", "Home town", "Größe"], json!({"createAttributes": true})).unwrap();
        assert_eq!(found.targets, [Target::Email, text("HOME_TOWN"), Target::Nowhere]);
        assert_eq!((found.created, found.unknown), (vec!["HOME_TOWN".to_owned()], vec!["Größe".to_owned()]));

        let renames = json!({"columns": {"Courriel": "email", "Nom": "firstname", "age": ""}});
        let found = columns(&["Courriel", "Nom", "age"], renames).unwrap();
        assert_eq!(found.targets, [Target::Email, text("FIRSTNAME"), Target::Nowhere]);
        assert!(found.unknown.is_empty(), "what is left out on purpose is not unknown");
    }

    #[test]
    fn columns_that_cannot_be_are_refused() {
        let refusal = |header: &[&str], arguments| {
            let error = columns(header, arguments).err().expect("it must be refused");
            assert_eq!(error.kind(), Kind::InvalidArgument);
            format!("{}: {}", error.parameter().unwrap_or_default(), error.message())
        };
        assert!(refusal(&["Name", "Town"], json!({})).starts_with("columns: no column holds the address"));
        assert!(
            refusal(&["email", "e-mail"], json!({})).contains("`email` and `e-mail` both stand for EMAIL")
        );
        assert!(refusal(&["email"], json!({"columns": {"Nam": "X"}})).starts_with("columns.Nam: "));
    }

    #[test]
    fn reports_are_put_into_the_order_of_the_file() {
        let header = ["Nom".to_owned(), "E-mail".to_owned(), "Other".to_owned()];
        let targets = [Target::Attribute("LASTNAME".into(), Type::Text), Target::Email, Target::Nowhere];
        let report = rows_of(b"EMAIL;LASTNAME\na@b.c;Doe\n".to_vec());
        assert_eq!(arranged(report, &header, &targets), [["Doe", "a@b.c", ""]]);
        let bare = rows_of(b"a@b.c\nd@e.f\n".to_vec());
        assert_eq!(arranged(bare, &header, &targets), [["a@b.c"], ["d@e.f"]]);
    }
}
