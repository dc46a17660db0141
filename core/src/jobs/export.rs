//! Export of contacts: those of a list, or those that a filter leaves.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};

use foldhash::fast::RandomState;
use macro_rules_attribute::apply;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::csv::{Encoding, Reader, Row};
use super::entries::{Entries, Whole};
use super::notes::foreign;
use super::stream::Column;
use super::target::{FileFormat, Output, Target, format_of, part_of, replace};
use super::{
    ATTRIBUTES, Job, Progress, Report, blocking, call, deadline, io_error, is_of_contacts, model_of,
    reply_by, take_list, text_of, to_map,
};
use crate::api::contacts::{Contact, GetAttributes, GetContacts, GetContactsFromList};
use crate::api::shared::Sort;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::reply::Reply;
use crate::schema::{DateTime, Operation as _, Spec, Ty, Typed};

/// Page sizes: the maxima of the endpoints.
const LIST_PAGE: i64 = 500;
const PAGE: i64 = 1_000;
/// Contacts that a page has in common with the one before: where the first of them is not known,
/// others have left the list meanwhile, and some were passed over.
const OVERLAP: i64 = 20;
/// How often reading goes back a page, at most.
const MOST_RETURNS: u32 = 1_000;
/// Columns before the attributes, by their names on the wire.
const COLUMNS: [(&str, Ty); 7] = [
    ("id", Ty::Integer),
    ("email", Ty::String),
    ("emailBlacklisted", Ty::Boolean),
    ("smsBlacklisted", Ty::Boolean),
    ("whatsappBlacklisted", Ty::Boolean),
    ("createdAt", Ty::DateTime),
    ("modifiedAt", Ty::DateTime),
];

/// Row of the table.
pub static JOB: Job = Job {
    resource: "contacts",
    name: "export_list",
    arguments: model_of::<ExportListArguments>(),
    output: ExportListResult::TY,
    rows: Some(Contact::TY),
    doc: "Writes all contacts of a list to a file: CSV, or JSON Lines by its ending.\n\n\
          Columns: `id`, `email`, `emailBlacklisted`, `smsBlacklisted`, `whatsappBlacklisted`, `createdAt`,\n\
          `modifiedAt`, then the attributes. CSV is UTF-8 by RFC 4180. Cells are written as they are, also those\n\
          that begin with `=`, `+`, `-` or `@`: a spreadsheet program may take them for formulas, so open the file\n\
          as text there. Values with several choices are JSON lists. A line of JSON Lines is the contact as Brevo\n\
          gives it, with the chosen attributes.\n\
          The file takes its place under its name only when it is whole. With `checkpoint_path` an export that\n\
          broke off, or was killed, goes on where it stopped when it is started again with the same arguments.\n\
          Contacts are read by pages of 500, oldest first, the next page while one is written. Pages overlap, so\n\
          that none is missed where others leave the list meanwhile; a contact that comes twice is written once.\n\
          What Brevo does not let one know: a contact that is removed and added again while the export runs may\n\
          be missed, and each contact is as it was when its page was read. Memory holds two pages, and a bit for\n\
          each identifier.",
};

/// Row of the table.
pub static CONTACTS: Job = Job {
    resource: "contacts",
    name: "export_contacts",
    arguments: model_of::<ExportContactsArguments>(),
    output: ExportListResult::TY,
    rows: Some(Contact::TY),
    doc: "Writes all contacts, or those that filters leave, to a file: CSV, or JSON Lines by its ending.\n\n\
          Like `export_list`, but by pages of 1000: a call for each 980 contacts.\n\
          With `modified_since`, a contact that is changed while the export runs may come into its reach late and\n\
          be missed; the next export, from the moment when this one began, has it.",
};

/// Arguments of `contacts.export_list`.
#[apply(model!)]
pub struct ExportListArguments {
    /// Identifier of the list.
    pub list_id: i64,
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Form of the file; by its ending by default (`.jsonl`, `.ndjson`, `.json`: JSON Lines).
    pub format: Option<FileFormat>,
    /// Attributes to write, in this order; by default all that the account has.
    pub attributes: Option<Vec<String>>,
    /// File that keeps how far the export has come, so that it can go on after it broke off; removed at the end.
    pub checkpoint_path: Option<String>,
    /// Seconds to wait at most for rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// Arguments of `contacts.export_contacts`.
#[apply(model!)]
pub struct ExportContactsArguments {
    /// File to write; one that exists is replaced.
    pub path: String,
    /// Form of the file; by its ending by default (`.jsonl`, `.ndjson`, `.json`: JSON Lines).
    pub format: Option<FileFormat>,
    /// Attributes to write, in this order; by default all that the account has.
    pub attributes: Option<Vec<String>>,
    /// Only contacts modified after this moment.
    pub modified_since: Option<DateTime>,
    /// Only contacts created after this moment.
    pub created_since: Option<DateTime>,
    /// Only contacts of this segment; excludes `list_ids`.
    pub segment_id: Option<i64>,
    /// Only contacts of these lists; excludes `segment_id`.
    pub list_ids: Option<Vec<i64>>,
    /// Only contacts with this attribute value, such as `equals(TOWN,"Paris")`.
    pub filter: Option<String>,
    /// File that keeps how far the export has come, so that it can go on after it broke off; removed at the end.
    pub checkpoint_path: Option<String>,
    /// Seconds to wait at most for rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
}

/// What an export has done.
#[apply(model!)]
pub struct ExportListResult {
    /// Contacts written.
    pub rows: i64,
    /// The file.
    pub path: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Attributes that contacts had but the account did not define when the export began; not written.
    pub left_out: Vec<String>,
}

/// Exports a list. Progress counts contacts.
pub(super) async fn export_list(
    client: &Client,
    arguments: ExportListArguments,
    output: Output,
    progress: Report<'_>,
) -> Result<ExportListResult> {
    let ExportListArguments { list_id, path, format, attributes, checkpoint_path, timeout } = arguments;
    let query = GetContactsFromList { list_id, sort: Some(Sort::from("asc")), ..Default::default() };
    let pages = Pages { spec: GetContactsFromList::SPEC, query: to_map(&query)?, size: LIST_PAGE };
    Export { client, pages, path, format, attributes, checkpoint_path, timeout }.run(output, progress).await
}

/// Exports contacts. Progress counts them.
pub(super) async fn export_contacts(
    client: &Client,
    arguments: ExportContactsArguments,
    output: Output,
    progress: Report<'_>,
) -> Result<ExportListResult> {
    let given = arguments;
    if given.segment_id.is_some() && given.list_ids.is_some() {
        return Err(Error::argument("segment_id", "contacts are those of a segment or of lists, not both"));
    }
    let query = GetContacts {
        modified_since: given.modified_since,
        created_since: given.created_since,
        segment_id: given.segment_id,
        list_ids: given.list_ids,
        filter: given.filter,
        sort: Some(Sort::from("asc")),
        ..Default::default()
    };
    let pages = Pages { spec: GetContacts::SPEC, query: to_map(&query)?, size: PAGE };
    let (path, format, attributes) = (given.path, given.format, given.attributes);
    let (checkpoint_path, timeout) = (given.checkpoint_path, given.timeout);
    Export { client, pages, path, format, attributes, checkpoint_path, timeout }.run(output, progress).await
}

/// How contacts are listed.
#[derive(Clone)]
struct Pages {
    spec: &'static Spec,
    query: serde_json::Map<String, Value>,
    size: i64,
}

struct Export<'a> {
    client: &'a Client,
    pages: Pages,
    path: String,
    format: Option<FileFormat>,
    attributes: Option<Vec<String>>,
    checkpoint_path: Option<String>,
    timeout: Option<f64>,
}

impl Export<'_> {
    async fn run(self, output: Output, progress: Report<'_>) -> Result<ExportListResult> {
        let deadline = deadline(self.timeout);
        let format = format_of(&self.path, self.format.as_ref())?;
        if output.is_file() {
            // What cannot be written fails before anything is asked for.
            drop(Target::create(&self.path, format.clone(), Vec::new())?);
        }
        let defined = Attribute::all(call(self.client, GetAttributes {}, deadline).await?);
        let attributes: Vec<Attribute> = match &self.attributes {
            Some(wanted) => chosen(wanted, &defined)?,
            None => defined.iter().filter(|attribute| attribute.is_of_contacts).cloned().collect(),
        };
        let own = COLUMNS.iter().map(|(name, ty)| Column::new(*name, *ty));
        let columns: Vec<Column> = own.chain(attributes.iter().map(Attribute::column)).collect();
        let whole =
            Whole { key: ATTRIBUTES, known: defined.into_iter().map(|attribute| attribute.name).collect() };
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let job = json!({"job": "export", "path": self.pages.spec.path, "query": self.pages.query,
            "columns": names, "format": format, "target": self.path});
        let mut seen = Seen::default();
        let (mut offset, mut rows, mut length) = (0, 0, 0);
        if let Some(checkpoint) = &self.checkpoint_path
            && let Some(found) = checkpointed(checkpoint, &job)?
        {
            let number = |name: &str| found.get(name).and_then(Value::as_i64).unwrap_or(0);
            (offset, rows, length) = (number("offset"), number("rows"), number("length") as u64);
        }
        let mut target = match &self.checkpoint_path {
            Some(_) => Target::resume(&self.path, format.clone(), columns, length)?,
            None => output.open(&self.path, Some(&format), columns).await?,
        };
        let mut contacts = Entries::new(&["contacts", "count"], &target, Some(whole));
        if rows > 0 {
            let (path, format) = (self.path.clone(), format.clone());
            seen = blocking(move || written(&path, &format)).await??;
        }
        let (mut left_out, mut returns) = (Vec::<String>::new(), 0);
        let mut ahead = JoinSet::new();
        self.fetch(&mut ahead, offset, deadline);
        while let Some(reply) = ahead.join_next().await {
            let broken = |error| Error::new(crate::Kind::Io, "a page was given up").with_source(error);
            let reply = reply.map_err(broken)??;
            let mut page = Page { may_return: offset > 0 && returns < MOST_RETURNS, ..Page::default() };
            let keep = &mut |id| page.keep(id, &mut seen);
            let total = if target.reads_pages() {
                target.read(&reply, "contacts", Some("count"), keep)?.total
            } else {
                contacts.read(&reply)?;
                contacts.retain(keep);
                contacts.total
            };
            if page.returns(&seen) {
                returns += 1;
                offset = (offset - self.pages.size / 2).max(0);
                self.fetch(&mut ahead, offset, deadline);
                continue;
            }
            offset += if page.are_known && page.count > OVERLAP { page.count - OVERLAP } else { page.count };
            let has_more = page.count >= self.pages.size;
            // A program that reads rows may stop at any page.
            if has_more && !target.is_feed() {
                self.fetch(&mut ahead, offset, deadline);
            }
            rows += page.rows;
            contacts.write(&mut target)?;
            for name in contacts.strangers() {
                if !left_out.iter().any(|known| known == name) {
                    left_out.push(name.to_owned());
                }
            }
            target.page().await?;
            if has_more && target.is_feed() {
                self.fetch(&mut ahead, offset, deadline);
            }
            progress(&Progress::of("read", rows as u64, total));
            if let Some(path) = &self.checkpoint_path {
                let mut state = job.clone();
                state["offset"] = offset.into();
                state["rows"] = rows.into();
                state["length"] = target.settle()?.into();
                replace(path, state.to_string().as_bytes())?;
            }
        }
        // Without its checkpoint a file in the making counts for nothing, so this comes first.
        if let Some(path) = &self.checkpoint_path {
            std::fs::remove_file(path).map_err(|error| io_error(path, error))?;
        }
        target.finish().await?;
        Ok(ExportListResult { rows, path: self.path, columns: names, left_out })
    }

    /// Begins to read a page.
    fn fetch(&self, ahead: &mut JoinSet<Result<Reply>>, offset: i64, deadline: std::time::Instant) {
        let (client, Pages { spec, mut query, size }) = (self.client.clone(), self.pages.clone());
        query.insert("limit".to_owned(), size.into());
        query.insert("offset".to_owned(), offset.into());
        ahead.spawn(async move { reply_by(&client, spec, query, deadline).await });
    }
}

/// What is found out about a page while its contacts go by.
#[derive(Default)]
struct Page {
    /// Whether reading may go back a page where this one does not join the one before.
    may_return: bool,
    /// Whether it does not: its first contact is new.
    is_apart: bool,
    /// Contacts.
    count: i64,
    /// Those that were not seen before.
    rows: i64,
    /// Whether all have an identifier.
    are_known: bool,
}

impl Page {
    /// Whether a contact becomes a row.
    fn keep(&mut self, id: Option<i64>, seen: &mut Seen) -> bool {
        if self.count == 0 {
            self.are_known = true;
            self.is_apart = self.may_return && id.is_some_and(|id| !seen.has(id));
        }
        self.count += 1;
        self.are_known &= id.is_some();
        let is_kept = !self.is_apart && id.is_none_or(|id| seen.add(id));
        self.rows += i64::from(is_kept);
        is_kept
    }

    /// Whether contacts before this page may have been passed over.
    fn returns(&self, seen: &Seen) -> bool {
        self.is_apart || self.count == 0 && self.may_return && !seen.is_empty()
    }
}

/// Identifiers that were written: a bit for each, since they are close together.
#[derive(Default)]
pub(super) struct Seen(HashMap<i64, u64, RandomState>);

impl Seen {
    /// Adds one; gives whether it is new.
    pub(super) fn add(&mut self, id: i64) -> bool {
        let (block, bit) = (id.div_euclid(64), 1 << id.rem_euclid(64));
        let bits = self.0.entry(block).or_default();
        let is_new = *bits & bit == 0;
        *bits |= bit;
        is_new
    }

    pub(super) fn has(&self, id: i64) -> bool {
        self.0.get(&id.div_euclid(64)).is_some_and(|bits| bits & (1 << id.rem_euclid(64)) != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What an earlier run left, where it was the same job.
pub(super) fn checkpointed(path: &str, job: &Value) -> Result<Option<Value>> {
    let text = match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|error| io_error(path, error))?,
    };
    let found: Value = serde_json::from_slice(&text).unwrap_or_default();
    let is_same =
        job.as_object().is_some_and(|job| job.iter().all(|(name, value)| found.get(name) == Some(value)));
    if is_same {
        return Ok(Some(found));
    }
    Err(foreign(path))
}

/// A contact in a file of JSON Lines.
#[derive(Default, Deserialize)]
struct Written {
    #[serde(default)]
    id: Value,
}

/// The identifiers in the unfinished file of an earlier run.
fn written(path: &str, format: &FileFormat) -> Result<Seen> {
    let part = part_of(path)?.to_string_lossy().into_owned();
    let failed = |error| io_error(&part, error);
    let mut seen = Seen::default();
    if *format == FileFormat::Csv {
        let (mut rows, mut row) = (Reader::open(&part, Some(b','), Some(Encoding::Utf8))?, Row::default());
        while rows.next_row(&mut row).map_err(failed)? {
            let id = std::str::from_utf8(row.field(0)).ok().and_then(|id| id.parse().ok());
            id.map(|id| seen.add(id));
        }
    } else {
        for line in BufReader::new(File::open(&part).map_err(failed)?).lines() {
            let contact: Written = serde_json::from_str(&line.map_err(failed)?).unwrap_or_default();
            contact.id.as_i64().map(|id| seen.add(id));
        }
    }
    Ok(seen)
}

/// An attribute of the account.
#[derive(Clone)]
struct Attribute {
    name: String,
    /// Whether contacts carry a value of their own.
    is_of_contacts: bool,
    ty: Ty,
}

impl Attribute {
    fn all(mut body: Value) -> Vec<Self> {
        take_list(&mut body, "attributes")
            .iter()
            .filter_map(|item| {
                let (name, is_of_contacts) = (text_of(item, "name")?, is_of_contacts(item));
                Some(Attribute { name, is_of_contacts, ty: Attribute::ty(item) })
            })
            .collect()
    }

    /// What its values are. The options of a category may be numbers or texts, so they are texts.
    fn ty(item: &Value) -> Ty {
        let text = |key: &str| item.get(key).and_then(Value::as_str);
        match (text("category"), text("type")) {
            (Some("category"), _) => Ty::String,
            (_, Some("float")) => Ty::Number,
            (_, Some("boolean")) => Ty::Boolean,
            (_, Some("date")) => Ty::Date,
            (_, Some("multiple-choice")) => Ty::List(&Ty::String),
            _ => Ty::String,
        }
    }

    fn column(&self) -> Column {
        Column::within(ATTRIBUTES, self.name.clone(), self.ty)
    }
}

fn chosen(wanted: &[String], defined: &[Attribute]) -> Result<Vec<Attribute>> {
    wanted
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let found = defined.iter().find(|known| known.name.eq_ignore_ascii_case(name));
            found.cloned().ok_or_else(|| {
                let known = defined.iter().map(|known| known.name.as_str()).collect::<Vec<_>>().join(", ");
                let message = format!("the account has no attribute `{name}`; it has {known}");
                Error::argument(format!("attributes[{at}]"), message)
            })
        })
        .collect()
}
