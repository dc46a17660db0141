//! Making a list equal to a source of truth.

use std::borrow::Cow;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use macro_rules_attribute::apply;
use serde_json::Value;

use super::columns::{Columns, attributes_of};
use super::compare::{Comparison, Print};
use super::csv::Writer;
use super::import::{self, ImportFileArguments, RejectedRow};
use super::listing::{Listing, id_of};
use super::places::TEMPORARY_ADVICE;
use super::rows::{Batch, Keep, Origin, Rejects, Rows, Source, Unfit};
use super::scratch::Scratch;
use super::{Input, Job, Progress, Report, blocking, call, deadline, model_of, take_list, text_of, to_map};
use crate::api::contacts::{
    AttributeValue, DeleteContact, GetAttributes, GetContactsFromList, RemoveContactFromList, UpdateContact,
};
use crate::api::shared::TextOrInteger;
use crate::client::Client;
use crate::error::{Error, Kind, Result};
use crate::schema::{Map, Operation as _, Typed};

/// Contacts that are taken off a list by one call.
const REMOVED_AT_ONCE: usize = 150;
/// Rows that are read before progress is told.
const ROWS_AT_ONCE: u64 = 20_000;
/// Contacts that a page of the list has in common with the one before.
const OVERLAP: i64 = 20;
/// Share of the list that may go unless the caller says otherwise.
const MOST_REMOVED: f64 = 0.2;
/// Bytes of a body, and what stands around the contacts in it.
const BODY_LIMIT: i64 = 8_000_000;
const AROUND: i64 = 362;

/// Row of the table.
pub static JOB: Job = Job {
    resource: "contacts",
    name: "sync",
    arguments: model_of::<SyncArguments>(),
    output: SyncResult::TY,
    rows: None,
    doc: "Makes a list equal to a source of contacts, CSV or JSON Lines, with as few calls as there can be.\n\n\
          The source is read as by `import_file`, then the list, and they are compared: rows that are not in the\n\
          list are added, rows that say something else than Brevo holds are updated, and contacts of the list that\n\
          the source does not have are removed. Rows that say the same cause no call. `dry_run` ends there and\n\
          tells the numbers; `plan_path` has a line for each contact. Then what is to be added and updated is\n\
          imported, its processes are waited for, and the others are taken off the list, 150 per call.\n\n\
          A contact is found by its address, whatever its case. Where the source has the column `EXT_ID`, one that\n\
          is in the list under another address is found by that, and its address is changed, a call for each; it\n\
          stays on the blocklist if it is on it.\n\
          Values are compared by the type of their attribute: numbers and truth values as such, dates by the day,\n\
          phone numbers by their digits, categories by their option, choices in any order, texts without the white\n\
          space around them. Only attributes that the row gives are compared; empty cells count as not given\n\
          unless `empty_contacts_attributes` is true, and so do cells that do not fit, since Brevo ignores them.\n\n\
          A source that is empty or cut off must not empty the list: where more than `max_removed_share` of it\n\
          would go, a fifth by default, nothing is done at all. The same holds where rows cannot be read, since\n\
          nobody knows whose they are. Contacts of the list that have no address go too, unless their `EXT_ID` is\n\
          in the source. Who has unsubscribed from the list, so that Brevo no longer gives them as its contacts,\n\
          is added again: leave them out of the source.\n\n\
          A sync that broke off is started again: it compares anew, and does what is left. Memory: 24 bytes for\n\
          each row of the source, 16 more with `EXT_ID`, 8 for each contact that is removed, and up to 34 MB for\n\
          the addresses that came before while the source is read.",
};

/// What happens to contacts of the list that the source does not have.
#[apply(open_enum!)]
pub enum Removal {
    List = "list",
    Delete = "delete",
    None = "none",
}

/// Arguments of `contacts.sync`.
#[apply(model!)]
pub struct SyncArguments {
    /// The file of contacts, unless the rows are given otherwise. CSV: UTF-8, UTF-16 or Windows-1252, with
    /// commas, semicolons, tabs or bars. JSON Lines: an object on each line.
    pub path: Option<String>,
    /// The list that becomes equal to it.
    pub list_id: i64,
    /// `csv` or `jsonl`; by default told by the file's name: `.jsonl` and `.ndjson` are JSON Lines. Rows
    /// that are in no file are JSON Lines by default.
    pub format: Option<String>,
    /// Name of the attribute (or `EMAIL`) by name of the column; an empty name leaves the column out.
    pub columns: Option<Map<String>>,
    /// What stands between the fields; found out from the first line by default.
    pub delimiter: Option<String>,
    /// `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`; found out from the source by default.
    pub encoding: Option<String>,
    /// Whether to create attributes that the account does not have, as text; false by default.
    #[api(default = false)]
    pub create_attributes: Option<bool>,
    /// Whether empty cells erase what is stored; false by default.
    #[api(default = false)]
    pub empty_contacts_attributes: Option<bool>,
    /// What happens to cells that do not fit the type of their attribute: `send` sends them as text, and
    /// Brevo ignores them (the default), `skip` leaves them out, `reject` rejects the row with the reason.
    pub unfit: Option<String>,
    /// What happens to contacts of the list that the source does not have: `list` takes them off the list
    /// (the default), `delete` deletes them, a call for each, `none` leaves them.
    #[api(default = "list")]
    pub removal: Option<Removal>,
    /// Share of the list that may be removed, from 0 to 1; beyond it nothing is done. 0.2 by default.
    #[api(min = 0, max = 1)]
    pub max_removed_share: Option<f64>,
    /// Contacts that may be removed; beyond it nothing is done. Any number by default.
    #[api(min = 0)]
    pub max_removals: Option<i64>,
    /// CSV file for the plan, a line for each contact that changes: `action` (`add`, `update`, `move` to another
    /// address, `remove`), `id`, and `email` as it is in the list.
    pub plan_path: Option<String>,
    /// CSV file for all rejected rows: line, reason, then the fields as they were; of JSON Lines, the line.
    pub rejects_path: Option<String>,
    /// Whether to compare only and change nothing; false by default.
    #[api(default = false)]
    pub dry_run: Option<bool>,
    /// Seconds to wait at most for processes and rate limits, in all.
    #[api(min = 0, default = 600)]
    pub timeout: Option<f64>,
    /// Largest body in bytes; Brevo advises 8 MB and takes 10 MB at most.
    #[api(min = 1000, max = 10000000, default = 8000000)]
    pub body_limit: Option<i64>,
}

/// What a sync has done, or would do.
#[apply(model!)]
pub struct SyncResult {
    /// Rows of the source, without the names of its columns.
    pub rows: i64,
    /// Contacts of the list when it was read.
    pub members: i64,
    /// Rows that were not in the list, and were sent; in a dry run, that would be sent.
    pub added: i64,
    /// Rows that say something else than Brevo held, and were sent.
    pub updated: i64,
    /// Of the rows updated, those whose contact had another address.
    pub moved: i64,
    /// Rows that say the same.
    pub unchanged: i64,
    /// Contacts of the list that the source does not have, and that were removed; none with `removal` none.
    pub removed: i64,
    /// Rows rejected, here or by Brevo; the latter count in `added` or `updated` too.
    pub rejected: i64,
    /// The first hundred of them.
    pub rejects: Vec<RejectedRow>,
    /// Calls that changed something, or would: imports, removals, changes of addresses.
    pub calls: i64,
    /// Processes of the imports.
    pub process_ids: Vec<i64>,
    /// Attribute (or `EMAIL`) by name of the column.
    pub columns: Map<String>,
    /// Columns that were not sent, since the account has no such attribute.
    pub unknown_columns: Vec<String>,
    /// Cells that do not fit the type of their attribute, counted by attribute.
    pub unfit_cells: Map<i64>,
    /// Why a sync that is no dry run would be refused.
    pub refusal: Option<String>,
    /// What else went wrong.
    pub warnings: Vec<String>,
}

/// What becomes of a row of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Add,
    Update,
    Same,
}

/// A row of the source.
struct Entry {
    /// Of its address.
    hash: u64,
    content: u64,
    mask: u32,
    state: State,
}

/// A contact of the list that the source has under another address.
struct Move {
    /// Hash of the address that it is to have.
    hash: u64,
    id: i64,
    is_blocked: bool,
    is_same: bool,
}

/// What the rows of the source say.
struct Index {
    comparison: Comparison,
    entries: Vec<Entry>,
    /// Hash of `EXT_ID`, and of the address.
    ext_ids: Vec<(u64, u64)>,
}

impl Index {
    fn add(&mut self, contact: &Value) {
        let Some(email) = contact.get("email").and_then(Value::as_str) else { return };
        let values = contact.get("attributes").and_then(Value::as_object);
        let Print { content, mask } = self.comparison.of_row(values);
        let hash = self.comparison.hash(email);
        self.entries.push(Entry { hash, content, mask, state: State::Add });
        if let Some(ext_id) = ext_id(contact) {
            self.ext_ids.push((self.comparison.hash(&ext_id), hash));
        }
    }

    fn sort(&mut self) {
        self.entries.sort_unstable_by_key(|entry| entry.hash);
        self.ext_ids.sort_unstable();
    }

    fn entry(&mut self, hash: u64) -> Option<&mut Entry> {
        let at = self.entries.binary_search_by_key(&hash, |entry| entry.hash).ok()?;
        self.entries.get_mut(at)
    }

    /// Hash of the address of the row with this `EXT_ID`.
    fn by_ext_id(&self, ext_id: &str) -> Option<u64> {
        let hash = self.comparison.hash(ext_id);
        let at = self.ext_ids.binary_search_by_key(&hash, |(ext_id, _)| *ext_id).ok()?;
        self.ext_ids.get(at).map(|(_, email)| *email)
    }

    fn count(&self, state: State) -> i64 {
        self.entries.iter().filter(|entry| entry.state == state).count() as i64
    }
}

fn ext_id(contact: &Value) -> Option<String> {
    let value = contact.get("attributes").and_then(|values| values.get("EXT_ID"));
    Some(super::cell(value).trim().to_owned()).filter(|text| !text.is_empty())
}

/// What several threads add to.
struct Shared {
    index: Index,
    plan: Option<Writer>,
    /// Bytes of the contacts that are sent.
    bytes: u64,
    /// Addresses that contacts are to have, by hash.
    addresses: std::collections::HashMap<u64, String>,
    failure: Option<Error>,
}

impl Shared {
    fn plan(&mut self, fields: [&str; 3]) {
        if let Some(Err(error)) = self.plan.as_mut().map(|plan| plan.row(fields)) {
            self.failure.get_or_insert(error);
        }
    }
}

/// Makes a list equal to a source. Progress counts rows for `scan`, `read` and `send`, contacts for `list`
/// and `remove`, and processes for `wait`.
pub(super) async fn sync(
    client: &Client,
    arguments: SyncArguments,
    input: Option<Input>,
    progress: Report<'_>,
) -> Result<SyncResult> {
    if let Some(Removal::Unknown(other)) = &arguments.removal {
        let message = format!("`{other}` is no removal; known are list, delete, none");
        return Err(Error::argument("removal", message));
    }
    let deadline = deadline(arguments.timeout);
    let mut given = import_arguments(&arguments);
    let input = import::told_by_rows(&mut given, input).await?;
    let origin = import::origin(&given, input)?;
    let spool = match origin {
        Origin::File(_) => None,
        Origin::Input(input) => Some(spooled(input).await?),
    };
    let origin = || match (&spool, &arguments.path) {
        (Some(spool), _) => Origin::File(spool.name()),
        (None, path) => Origin::File(path.clone().unwrap_or_default()),
    };
    let defined = call(client, GetAttributes {}, deadline).await?;
    let mut sync =
        Sync { client, arguments: &arguments, deadline, progress, moves: Vec::new(), removals: Vec::new() };
    let mut result = SyncResult::default();
    let plan = arguments.plan_path.as_deref().map(Writer::create).transpose()?;
    let (shared, unreadable) = sync.scan(origin(), &given, &defined, plan).await?;
    let shared = Arc::new(Mutex::new(shared));
    sync.list(&shared, &mut result).await?;
    let is_dry = arguments.dry_run.unwrap_or(false);
    {
        let index = &lock(&shared).index;
        result.added = index.count(State::Add);
        result.updated = index.count(State::Update);
        result.unchanged = index.count(State::Same);
    }
    result.moved = sync.moves.len() as i64;
    result.removed = sync.removals.len() as i64;
    result.refusal = sync.refusal(&result, unreadable);
    if let (Some(refusal), false) = (&result.refusal, is_dry) {
        return Err(Error::new(Kind::Conflict, format!("{refusal}; nothing was done")).with_advice(
            "Look at the source. Where it is right, allow more by `max_removed_share` and `max_removals`, or leave the others by `removal` none.",
        ));
    }
    if !is_dry {
        sync.change_addresses(origin(), &given, &defined, &shared, &mut result).await?;
    }
    let keeping = shared.clone();
    let keep: Keep = Box::new(move |contact| keep(&keeping, contact));
    let chosen = import::Chosen { keep, defined };
    let left = deadline.saturating_duration_since(Instant::now()).as_secs_f64();
    let given = ImportFileArguments { timeout: Some(left), ..given };
    let imported = import::import_rows(client, given, origin(), Some(chosen), progress).await?;
    let (bytes, plan) = {
        let mut shared = lock(&shared);
        if let Some(failure) = shared.failure.take() {
            return Err(failure);
        }
        (shared.bytes as i64, shared.plan.take())
    };
    let limit = (arguments.body_limit.unwrap_or(BODY_LIMIT) - AROUND).max(1);
    let bodies = if is_dry { (bytes + limit - 1) / limit } else { imported.process_ids.len() as i64 };
    result.rows = imported.rows;
    result.rejected = imported.rejected;
    result.rejects = imported.rejects;
    result.process_ids = imported.process_ids;
    result.columns = imported.columns;
    result.unknown_columns = imported.unknown_columns;
    result.unfit_cells = imported.unfit_cells;
    result.warnings.extend(imported.warnings);
    if !is_dry {
        result.removed = 0;
        sync.remove(&mut result).await?;
    }
    let removals = match arguments.removal {
        Some(Removal::Delete) => sync.removals.len(),
        _ => sync.removals.len().div_ceil(REMOVED_AT_ONCE),
    };
    result.calls = bodies + result.moved + removals as i64;
    plan.map_or(Ok(()), Writer::finish)?;
    Ok(result)
}

/// Whether a contact of the source is sent.
fn keep(shared: &Mutex<Shared>, contact: &[u8]) -> bool {
    let mut shared = lock(shared);
    let email = address(contact);
    let hash = shared.index.comparison.hash(&email);
    // A row that was not there when the source was read first is sent too.
    let state = shared.index.entry(hash).map_or(State::Add, |entry| entry.state);
    if state == State::Add {
        shared.plan(["add", "", &email]);
    }
    if state == State::Same {
        return false;
    }
    shared.bytes += contact.len() as u64 + 1;
    true
}

/// The address of a contact as it is sent. Its other values are passed over.
fn address(contact: &[u8]) -> Cow<'_, str> {
    #[derive(serde::Deserialize)]
    struct Contact<'a> {
        #[serde(borrow, default)]
        email: Cow<'a, str>,
    }
    serde_json::from_slice(contact).map(|contact: Contact<'_>| contact.email).unwrap_or_default()
}

fn lock(shared: &Mutex<Shared>) -> std::sync::MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The arguments of the import.
fn import_arguments(given: &SyncArguments) -> ImportFileArguments {
    ImportFileArguments {
        path: given.path.clone(),
        format: given.format.clone(),
        list_ids: Some(vec![given.list_id]),
        columns: given.columns.clone(),
        delimiter: given.delimiter.clone(),
        encoding: given.encoding.clone(),
        create_attributes: given.create_attributes,
        empty_contacts_attributes: given.empty_contacts_attributes,
        rejects_path: given.rejects_path.clone(),
        unfit: given.unfit.clone(),
        dry_run: given.dry_run,
        timeout: given.timeout,
        body_limit: given.body_limit,
        ..Default::default()
    }
}

/// Keeps rows that are in no file, since they are read more than once.
async fn spooled(mut input: Input) -> Result<Scratch> {
    blocking(move || {
        let scratch = Scratch::temporary();
        let mut file = scratch.create().map_err(|error| error.with_advice(TEMPORARY_ADVICE))?;
        let failed = |error| super::io_error(&scratch.name(), error).with_advice(TEMPORARY_ADVICE);
        let mut buffer = vec![0; 1 << 16];
        loop {
            match std::io::Read::read(&mut input, &mut buffer) {
                Ok(0) => break,
                Ok(count) => file.write_all(&buffer[..count]).map_err(failed)?,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(super::input_error(error)),
            }
        }
        file.flush().map_err(failed)?;
        Ok(scratch)
    })
    .await?
}

struct Sync<'a> {
    client: &'a Client,
    arguments: &'a SyncArguments,
    deadline: Instant,
    progress: Report<'a>,
    moves: Vec<Move>,
    /// Identifiers of the contacts that are to be removed.
    removals: Vec<i64>,
}

impl Sync<'_> {
    /// Reads the source. Gives how many rows could not be read, too.
    async fn scan(
        &self,
        origin: Origin,
        given: &ImportFileArguments,
        defined: &Value,
        plan: Option<Writer>,
    ) -> Result<(Shared, u64)> {
        let mut rows = self.open(origin, given, defined).await?;
        let mut index = Index {
            comparison: Comparison::new(&rows.1.targets, defined),
            entries: Vec::new(),
            ext_ids: Vec::new(),
        };
        index.entries.reserve(rows.0.estimate(false).unwrap_or(0).min(1 << 22) as usize);
        let mut plan = plan;
        if let Some(plan) = &mut plan {
            plan.row(["action", "id", "email"])?;
        }
        let addresses = std::collections::HashMap::new();
        let shared = Arc::new(Mutex::new(Shared { index, plan, bytes: 0, addresses, failure: None }));
        let reading = shared.clone();
        rows.0.keep = Some(Box::new(move |contact| {
            let contact: Value = serde_json::from_slice(contact).unwrap_or_default();
            lock(&reading).index.add(&contact);
            false
        }));
        let mut rows = rows.0;
        loop {
            let (next, batch) = read(rows).await?;
            rows = next;
            let mut told = Progress::of("scan", rows.count, rows.estimate(batch.is_last));
            (told.bytes, told.total_bytes) = (Some(batch.bytes), rows.size());
            (self.progress)(&told);
            if batch.is_last {
                break;
            }
        }
        let unreadable = rows.unreadable;
        drop(rows);
        let shared = Arc::into_inner(shared).and_then(|shared| shared.into_inner().ok());
        let mut shared =
            shared.ok_or_else(|| Error::new(Kind::Io, "the reading of the source was broken off"))?;
        blocking(move || {
            shared.index.sort();
            Ok((shared, unreadable))
        })
        .await?
    }

    /// Opens the source for one more reading. Cells that do not fit reject no row here, since their contacts
    /// are in the source.
    async fn open(
        &self,
        origin: Origin,
        given: &ImportFileArguments,
        defined: &Value,
    ) -> Result<(Rows, Columns)> {
        let (delimiter, encoding, format) = import::how_to_read(given)?;
        let source = blocking(move || Source::open(origin, format, delimiter, encoding)).await??;
        let header = source.header().to_vec();
        let columns = Columns::new(&header, &attributes_of(defined.clone()), format, given)?;
        Ok((Rows::new(source, &columns, Unfit::Send, given, Rejects::unwritten()), columns))
    }

    /// Reads the list and compares.
    async fn list(&mut self, shared: &Mutex<Shared>, result: &mut SyncResult) -> Result<()> {
        let query = GetContactsFromList { list_id: self.arguments.list_id, ..Default::default() };
        let spec = GetContactsFromList::SPEC;
        let mut listing =
            Listing::new(self.client, spec, to_map(&query)?, self.deadline).of("contacts", OVERLAP);
        let removes = self.arguments.removal != Some(Removal::None);
        let mut moves: Vec<(Move, String)> = Vec::new();
        while let Some(page) = listing.next().await? {
            let mut shared = lock(shared);
            for contact in &page {
                result.members += 1;
                let Some(id) = id_of(contact) else { continue };
                let email = text_of(contact, "email").unwrap_or_default();
                let shown = id.to_string();
                let by_email =
                    if email.is_empty() { None } else { Some(shared.index.comparison.hash(&email)) };
                if let Some(hash) = by_email
                    && shared.index.entry(hash).is_some()
                {
                    let is_same = shared.compare(hash, contact);
                    if !is_same {
                        shared.plan(["update", &shown, &email]);
                    }
                    if let Some(entry) = shared.index.entry(hash) {
                        entry.state = if is_same { State::Same } else { State::Update };
                    }
                } else if let Some(hash) = ext_id(contact).and_then(|ext_id| shared.index.by_ext_id(&ext_id))
                {
                    let is_same = shared.compare(hash, contact);
                    let is_blocked =
                        contact.get("emailBlacklisted").and_then(Value::as_bool).unwrap_or(false);
                    moves.push((Move { hash, id, is_blocked, is_same }, email));
                } else if removes {
                    shared.plan(["remove", &shown, &email]);
                    self.removals.push(id);
                }
            }
            drop(shared);
            (self.progress)(&Progress::of(
                "list",
                result.members as u64,
                listing.total.map(|total| total as u64),
            ));
        }
        let mut shared = lock(shared);
        for (found, email) in moves {
            let (shown, is_free) = (
                found.id.to_string(),
                shared.index.entry(found.hash).is_some_and(|entry| entry.state == State::Add),
            );
            if is_free {
                if let Some(entry) = shared.index.entry(found.hash) {
                    entry.state = if found.is_same { State::Same } else { State::Update };
                }
                shared.plan(["move", &shown, &email]);
                self.moves.push(found);
            } else if removes {
                // The row's address is another contact's, which is in the list as well.
                shared.plan(["remove", &shown, &email]);
                self.removals.push(found.id);
            }
        }
        shared.failure.take().map_or(Ok(()), Err)
    }

    /// Why the list must not be changed like this.
    fn refusal(&self, result: &SyncResult, unreadable: u64) -> Option<String> {
        let (removed, members) = (self.removals.len(), result.members);
        if removed == 0 {
            return None;
        }
        if unreadable > 0 {
            return Some(format!(
                "{unreadable} rows of the source cannot be read, so it is not known whether the {removed} contacts that would go are theirs"
            ));
        }
        let share = self.arguments.max_removed_share.unwrap_or(MOST_REMOVED);
        if removed as f64 > share * members as f64 {
            return Some(format!(
                "{removed} of the {members} contacts of the list would go, and only a share of {share} may"
            ));
        }
        let most = self.arguments.max_removals.filter(|most| removed as i64 > *most)?;
        Some(format!("{removed} contacts of the list would go, and only {most} may"))
    }

    /// Gives contacts that were found by `EXT_ID` the addresses that the source has.
    async fn change_addresses(
        &self,
        origin: Origin,
        given: &ImportFileArguments,
        defined: &Value,
        shared: &Arc<Mutex<Shared>>,
        result: &mut SyncResult,
    ) -> Result<()> {
        if self.moves.is_empty() {
            return Ok(());
        }
        let mut rows = self.open(origin, given, defined).await?.0;
        for found in &self.moves {
            lock(shared).addresses.insert(found.hash, String::new());
        }
        let reading = shared.clone();
        rows.keep = Some(Box::new(move |contact| {
            let mut shared = lock(&reading);
            let email = address(contact);
            let hash = shared.index.comparison.hash(&email);
            if let Some(address) = shared.addresses.get_mut(&hash) {
                *address = email.into_owned();
            }
            false
        }));
        loop {
            let (next, batch) = read(rows).await?;
            rows = next;
            if batch.is_last {
                break;
            }
        }
        drop(rows);
        for (done, found) in self.moves.iter().enumerate() {
            let Some(email) = lock(shared).addresses.remove(&found.hash) else { continue };
            let change = UpdateContact {
                identifier: TextOrInteger::Integer(found.id),
                identifier_type: Some("contact_id".into()),
                attributes: Some([("EMAIL".to_owned(), AttributeValue::Text(email.clone()))].into()),
                // A new address would take the contact off the blocklist.
                email_blacklisted: found.is_blocked.then_some(true),
                ..Default::default()
            };
            match call(self.client, change, self.deadline).await {
                Ok(_) => {}
                Err(error) if matches!(error.kind(), Kind::Duplicate | Kind::NotFound) => {
                    let what = format!(
                        "contact {} could not get the address {email}: {}",
                        found.id,
                        error.message()
                    );
                    result.warnings.push(what);
                    // The contact that has the address joins the list in its place.
                    if let Some(entry) = lock(shared).index.entry(found.hash) {
                        entry.state = State::Update;
                    }
                }
                Err(error) => return Err(error),
            }
            (self.progress)(&Progress::of("move", done as u64 + 1, Some(self.moves.len() as u64)));
        }
        Ok(())
    }

    /// Takes contacts off the list, or deletes them.
    async fn remove(&self, result: &mut SyncResult) -> Result<()> {
        let total = Some(self.removals.len() as u64);
        let mut done = 0;
        if self.arguments.removal == Some(Removal::Delete) {
            for id in &self.removals {
                let delete = DeleteContact {
                    identifier: TextOrInteger::Integer(*id),
                    identifier_type: Some("contact_id".into()),
                };
                match call(self.client, delete, self.deadline).await {
                    Ok(_) => result.removed += 1,
                    // Somebody else has done it.
                    Err(error) if error.kind() == Kind::NotFound => {}
                    Err(error) => return Err(error),
                }
                done += 1;
                (self.progress)(&Progress::of("remove", done, total));
            }
            return Ok(());
        }
        for ids in self.removals.chunks(REMOVED_AT_ONCE) {
            let removal = RemoveContactFromList {
                list_id: self.arguments.list_id,
                ids: Some(ids.to_vec()),
                ..Default::default()
            };
            match call(self.client, removal, self.deadline).await {
                Ok(mut reply) => {
                    let mut contacts = reply.get_mut("contacts").map(Value::take).unwrap_or_default();
                    let failed = take_list(&mut contacts, "failure").len();
                    result.removed += ids.len().saturating_sub(failed) as i64;
                }
                // None of them is in the list any more.
                Err(error)
                    if error.kind() == Kind::BadRequest && error.message().contains("already removed") => {}
                Err(error) => return Err(error),
            }
            done += ids.len() as u64;
            (self.progress)(&Progress::of("remove", done, total));
        }
        Ok(())
    }
}

impl Shared {
    /// Whether Brevo holds what the row with this address says.
    fn compare(&mut self, hash: u64, contact: &Value) -> bool {
        let Some(entry) = self.index.entry(hash) else { return false };
        let print = Print { content: entry.content, mask: entry.mask };
        self.index.comparison.of_contact(contact, print.mask) == print
    }
}

/// Has the next rows read on another thread.
async fn read(mut rows: Rows) -> Result<(Rows, Batch)> {
    let (rows, batch) = blocking(move || {
        let end = rows.count + ROWS_AT_ONCE;
        let batch = rows.pass_over(end);
        (rows, batch)
    })
    .await?;
    Ok((rows, batch?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The documentation says how much a row takes.
    #[test]
    fn a_row_takes_24_bytes() {
        assert_eq!((size_of::<Entry>(), size_of::<(u64, u64)>(), size_of::<i64>()), (24, 16, 8));
    }
}
