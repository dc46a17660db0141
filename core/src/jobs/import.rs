//! Import of contacts from a file.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use macro_rules_attribute::apply;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::checkpoint::{Body, Checkpoint};
use super::columns::{Columns, Target, attribute_name, attributes_of, squeezed};
use super::csv::{Encoding, rows_of};
use super::process::{self, PAGE, Waiting, id_of};
use super::rows::{Batch, Format, Keep, Origin, Rejects, Rows, Source, Unfit};
use super::{
    Input, Job, Progress, Report, blocking, call, deadline, input_error, make, model_of, take_list, text_of,
    to_map, to_value,
};
use crate::api::contacts::{
    CreateAttribute, CreateList, GetAttributes, GetFolders, GetLists, ImportContacts,
    ImportContactsRequestNewList,
};
use crate::client::{CallOptions, Client};
use crate::error::{Error, Kind, Result};
use crate::gate::{Opener, gate};
use crate::schema::{Map, Operation as _, Typed};

/// Rejected rows that the result holds.
pub(super) const REJECTS_SHOWN: usize = 100;
/// Largest report of Brevo that is read.
const REPORT_LIMIT: usize = 24 << 20;
/// Time for sending one body: 8 MB on a slow line.
const BODY_TIMEOUT: Duration = Duration::from_secs(300);
const REPORT_TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes of bodies that are on the way at once, and their number.
const ON_THE_WAY: i64 = 16_000_000;
const MOST_ON_THE_WAY: i64 = 4;
/// Time in which Brevo makes a process of a body that was received.
const SETTLING: Duration = Duration::from_secs(2);
/// Refused rows whose lines are looked up at once.
const FOUND_AT_ONCE: usize = 10_000;

/// Row of the table.
pub static JOB: Job = Job {
    resource: "contacts",
    name: "import_file",
    arguments: model_of::<ImportFileArguments>(),
    output: ImportFileResult::TY,
    rows: None,
    doc: "Imports the contacts of a file, CSV or JSON Lines, into lists.\n\n\
          The first row of a CSV file names the columns; in JSON Lines the keys do, either flat or in the form\n\
          `{\"email\": ..., \"attributes\": {...}}`. `EMAIL` or `E-mail` is the address; every other name stands\n\
          for the attribute of that name, whatever its case, spaces and hyphens, unless `columns` says otherwise.\n\
          Brevo ignores attributes that the account does not have; these are reported in `unknown_columns`, or\n\
          made with `create_attributes`.\n\
          Rows are checked first: those that cannot be read, or whose address is missing, malformed or was there\n\
          before, are rejected with line and reason. The others are sent in bodies of 8 MB, two at a time; then\n\
          the processes are waited for, and the rows that Brevo refused join the rejected ones, with their lines.\n\
          Numbers and truth values are sent as such where the attribute has that type. Empty cells are not sent.\n\
          Cells that do not fit the type of their attribute are counted in `unfit_cells`; `unfit` says what else\n\
          happens to them.\n\
          The rows are read once, as they come. Memory is bounded whatever their number: three bodies, and the\n\
          addresses by which repeats are found; of more than a million and a half, most are in a temporary file,\n\
          eight bytes each.\n\n\
          With `checkpoint_path` an import that was interrupted, even killed, goes on where it stopped when it is\n\
          started again, and sends no row twice. Bodies are on the way together, but the last byte of each is kept\n\
          back until the answer to the one before is written down, so that there is never more than one of which\n\
          it is not known whether it was taken. The same rows must be given again, from the first one on: those\n\
          that were sent are read, compared and passed over, and others are refused. Where a body was sent and the\n\
          answer not seen, the account's processes tell whether it was taken; this holds as long as nothing else\n\
          imports into the account meanwhile. When more than one process may be that body's, `in_doubt` decides.\n\
          An import that is done is not done again: its result is given anew.",
};

/// Arguments of `contacts.import_file`.
#[apply(model!)]
pub struct ImportFileArguments {
    /// The file, unless the rows are given otherwise. CSV: UTF-8, UTF-16 or Windows-1252, with commas,
    /// semicolons, tabs or bars. JSON Lines: an object on each line.
    pub path: Option<String>,
    /// `csv` or `jsonl`; by default told by the file's name: `.jsonl` and `.ndjson` are JSON Lines. What is
    /// in no file is JSON Lines where it begins with an object.
    pub format: Option<String>,
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
    /// CSV file for all rejected rows: line, reason, then the fields as they were; of JSON Lines, the line.
    pub rejects_path: Option<String>,
    /// What happens to cells that do not fit the type of their attribute: `send` sends them as text, and
    /// Brevo ignores them (the default), `skip` leaves them out, `reject` rejects the row with the reason.
    pub unfit: Option<String>,
    /// File that keeps what was sent, so that an interrupted import can go on; made where it is not there.
    /// Two imports must not use one at the same time.
    pub checkpoint_path: Option<String>,
    /// What happens where it cannot be known whether a body was taken before the interruption: `send` sends
    /// it again (the default, unless `update_existing_contacts` is false: the same values written again
    /// change nothing), `skip` takes it as sent, `refuse` ends with an error that names the processes.
    pub in_doubt: Option<String>,
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
    /// Rows of the file, without the names of its columns.
    pub rows: i64,
    /// Rows sent and not refused by Brevo; in a dry run, rows that would be sent.
    pub imported: i64,
    /// Of the rows imported, those that an earlier run had sent.
    pub resumed: i64,
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
    /// Cells that do not fit the type of their attribute, counted by attribute.
    pub unfit_cells: Map<i64>,
    /// Encoding that the file was read in.
    pub encoding: String,
    /// What else went wrong, such as a report of Brevo's that could not be read.
    pub warnings: Vec<String>,
}

/// A row that was not imported.
#[apply(model!)]
pub struct RejectedRow {
    /// Line of the file on which it begins; absent where Brevo rejected a row that the file does not have.
    pub line: Option<i64>,
    /// Why.
    pub reason: String,
    /// Its fields; the line as it stands where it could not be read.
    pub row: Vec<String>,
}

/// Imports a file, or the rows of `input` where `path` is not given. Progress counts rows for `read` (of
/// an estimate, where the size is known) and `send`, and processes for `wait`.
pub async fn import_file(
    client: &Client,
    arguments: ImportFileArguments,
    input: Option<Input>,
    progress: Report<'_>,
) -> Result<ImportFileResult> {
    let is_dry = arguments.dry_run.unwrap_or(false);
    if !is_dry && arguments.list_ids.as_ref().is_none_or(Vec::is_empty) && arguments.new_list.is_none() {
        return Err(Error::argument("list_ids", "an import needs lists that exist, or a new one"));
    }
    let mut arguments = arguments;
    let input = told_by_rows(&mut arguments, input).await?;
    let origin = origin(&arguments, input)?;
    import_rows(client, arguments, origin, None, progress).await
}

/// Sees by the first byte whether rows that are in no file are JSON Lines, where the caller does not say.
pub(super) async fn told_by_rows(
    arguments: &mut ImportFileArguments,
    input: Option<Input>,
) -> Result<Option<Input>> {
    match input {
        Some(input) if arguments.format.is_none() && arguments.path.is_none() => {
            let (input, is_object) =
                blocking(move || input.begins_with_object()).await?.map_err(input_error)?;
            arguments.format = Some(if is_object { "jsonl" } else { "csv" }.to_owned());
            Ok(Some(input))
        }
        input => Ok(input),
    }
}

/// The rows to import where they are not all of them, and the account's attributes, which are known then.
pub(super) struct Chosen {
    pub(super) keep: Keep,
    pub(super) defined: Value,
}

/// The same, of the rows that are chosen.
pub(super) async fn import_rows(
    client: &Client,
    arguments: ImportFileArguments,
    origin: Origin,
    chosen: Option<Chosen>,
    progress: Report<'_>,
) -> Result<ImportFileResult> {
    let is_dry = arguments.dry_run.unwrap_or(false);
    let deadline = deadline(arguments.timeout);
    let (delimiter, encoding, format) = how_to_read(&arguments)?;
    let (unfit, in_doubt) = (unfit(&arguments)?, in_doubt(&arguments)?);
    let kept = arguments.checkpoint_path.clone().filter(|_| !is_dry);
    let mut source = blocking(move || Source::open(origin, format, delimiter, encoding)).await??;
    let waits = arguments.wait.unwrap_or(true);
    let mut checkpoint = Checkpoint::default();
    if let Some(path) = kept {
        let (size, what) = (source.size(), what_matters(&arguments)?);
        checkpoint = blocking(move || Checkpoint::open(&path, size, what)).await??;
        if let Some(result) = checkpoint.done(waits) {
            let print;
            (source, print) = blocking(move || source.print_of_all()).await??;
            if checkpoint.is_of(print) {
                return Ok(result);
            }
            source = match blocking(move || source.again()).await?? {
                Some(source) => source,
                None => return Err(checkpoint.refusal(OTHER_CONTENT)),
            };
            checkpoint.renew();
        }
    }
    let (keep, defined) = match chosen {
        Some(Chosen { keep, defined }) => (Some(keep), defined),
        None => (None, call(client, GetAttributes {}, deadline).await?),
    };
    let attributes = attributes_of(defined);
    let header = source.header().to_vec();
    let columns = Columns::new(&header, &attributes, format, &arguments)?;
    let rejects = Rejects::new(&arguments, &header, format)?;
    if !is_dry {
        for name in &columns.created {
            create_attribute(client, name, deadline).await?;
        }
    }
    let mut result = ImportFileResult {
        list_ids: arguments.list_ids.clone().unwrap_or_default(),
        columns: columns.by_name(&header),
        unknown_columns: columns.unknown.clone(),
        ..Default::default()
    };
    let mut rows = Rows::new(source, &columns, unfit, &arguments, rejects);
    rows.keep = keep;
    let mut import = Import {
        client,
        arguments: &arguments,
        deadline,
        progress,
        is_dry,
        in_doubt,
        size: rows.size(),
        rows: Some(rows),
        checkpoint,
        processes: Vec::new(),
        settled: 0,
        held: VecDeque::new(),
        spare: Vec::new(),
        print: 0,
        clock: None,
    };
    let mut done = import.transfer(&mut result).await;
    result.process_ids = import.processes.iter().copied().flatten().collect();
    let sent = result.imported;
    if done.is_ok() && !is_dry && waits {
        done = import.await_processes(&header, &columns.targets, &mut result).await;
    }
    if let Some(rows) = import.rows.take() {
        let mut rejects = rows.rejects;
        result.rejected = rejects.count;
        result.rejects = std::mem::take(&mut rejects.first);
        // What was rejected is written down even where the import broke off.
        blocking(move || rejects.finish()).await??;
    }
    let is_kept = import.checkpoint.is_kept();
    match done {
        Ok(()) => {
            import.checkpoint.finish(&result, waits, import.print);
            import.checkpoint.save().await?;
            Ok(result)
        }
        Err(error) => {
            let ids = result.process_ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            let note = format!("{sent} rows had been sent, in the processes {ids}");
            let error = if result.process_ids.is_empty() { error } else { error.with_note(&note) };
            let is_final = matches!(error.kind(), Kind::InvalidArgument | Kind::Conflict);
            Err(if is_kept && !is_final { error.with_advice(GO_ON) } else { error })
        }
    }
}

const OTHER_CONTENT: &str = "other content";
const GO_ON: &str = "Start the same import with the same checkpoint again when the cause is gone: it goes on where it stopped.";

/// What another run must share to go on.
fn what_matters(given: &ImportFileArguments) -> Result<Value> {
    Ok(json!([
        to_value(&given.format)?,
        to_value(&given.list_ids)?,
        to_value(&given.new_list)?,
        to_value(&given.columns)?,
        to_value(&given.delimiter)?,
        to_value(&given.encoding)?,
        given.update_existing_contacts.unwrap_or(true),
        given.empty_contacts_attributes.unwrap_or(false),
        given.unfit.as_deref().unwrap_or("send"),
    ]))
}

/// What every step of an import needs.
struct Import<'a> {
    client: &'a Client,
    arguments: &'a ImportFileArguments,
    deadline: Instant,
    progress: Report<'a>,
    is_dry: bool,
    in_doubt: InDoubt,
    /// Bytes of the file.
    size: Option<u64>,
    /// Away while another thread reads.
    rows: Option<Rows>,
    checkpoint: Checkpoint,
    /// Process of each body.
    processes: Vec<Option<i64>>,
    /// Bodies of earlier runs.
    settled: usize,
    /// With a checkpoint, bodies on the way whose end is held back.
    held: VecDeque<(Body, Opener)>,
    /// Memory of bodies that were sent.
    spare: Vec<Vec<u8>>,
    /// Stands for the rows read so far.
    print: u64,
    /// When this run began to send, and the rows that had been read then.
    clock: Option<(Instant, u64)>,
}

/// A body that has come to its end.
struct Landed {
    place: usize,
    /// Its contacts.
    count: u64,
    process: Result<i64>,
    memory: Option<Vec<u8>>,
}

/// Rows that Brevo refused, whose lines have yet to be looked up.
#[derive(Default)]
struct Refused {
    reasons: Vec<String>,
    /// Of a source that can be read again, by address: the number of the reason.
    wanted: HashMap<u64, u16>,
    /// Of any other.
    waiting: Vec<(u64, RejectedRow)>,
}

impl Refused {
    fn number_of(&mut self, reason: &str) -> u16 {
        let known = self.reasons.iter().position(|known| known == reason);
        known.unwrap_or_else(|| {
            self.reasons.push(reason.to_owned());
            self.reasons.len() - 1
        }) as u16
    }
}

impl Import<'_> {
    /// Reads and sends, body after body.
    async fn transfer(&mut self, result: &mut ImportFileResult) -> Result<()> {
        self.settle(result).await?;
        self.pass_over(result).await?;
        let mut flights = JoinSet::new();
        let done = self.send_all(&mut flights, result).await;
        // What is on the way comes to its end, whatever happened to the others.
        let mut landed = Ok(());
        while let Some(flight) = flights.join_next().await {
            landed = landed.and(self.land(flight, result).await);
        }
        done.and(landed)
    }

    /// Finds out whether the body that was on the way when an earlier run ended was taken.
    async fn settle(&mut self, result: &mut ImportFileResult) -> Result<()> {
        let Some(newest) = self.checkpoint.state.newest_process else {
            if self.checkpoint.is_kept() {
                let newest = self.processes_after(i64::MAX).await?.0;
                self.checkpoint.state.newest_process = Some(newest);
                self.checkpoint.save().await?;
            }
            return Ok(());
        };
        if self.checkpoint.state.bodies.last().is_none_or(|body| body.process.is_some()) {
            return Ok(());
        }
        tokio::time::sleep(SETTLING.saturating_sub(self.checkpoint.age())).await;
        let known: Vec<i64> = self.checkpoint.state.bodies.iter().filter_map(|body| body.process).collect();
        // Processes are numbered in the order of their bodies.
        let after = known.iter().copied().max().unwrap_or(newest).max(newest);
        let candidates = self.processes_after(after).await?.1;
        let Some(body) = self.checkpoint.state.bodies.last_mut() else { return Ok(()) };
        match (candidates.as_slice(), self.in_doubt) {
            ([], _) => {
                self.checkpoint.state.bodies.pop();
            }
            ([process], _) => body.process = Some(*process),
            (_, in_doubt) => {
                let ids = candidates.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
                let what = format!(
                    "{} contacts were on the way when the import was interrupted, and the processes {ids} \
                     have begun since",
                    body.count
                );
                match in_doubt {
                    InDoubt::Send => {
                        result.warnings.push(format!("{what}: they are sent again"));
                        self.checkpoint.state.bodies.pop();
                    }
                    InDoubt::Skip => result.warnings.push(format!("{what}: they are taken as sent")),
                    InDoubt::Refuse => {
                        let message = format!("{what}, so it cannot be known whether they were taken");
                        return Err(Error::new(Kind::Conflict, message).with_advice(
                            "Look at these processes, then start again with `in_doubt` set to `send` or `skip`.",
                        ));
                    }
                }
            }
        }
        self.checkpoint.save().await
    }

    /// The newest process of the account, and the imports that are newer than `after`.
    async fn processes_after(&self, after: i64) -> Result<(i64, Vec<i64>)> {
        let (mut newest, mut imports, mut offset) = (0, Vec::new(), 0);
        loop {
            let page = process::newest(self.client, offset, self.deadline).await?;
            let ids = page.iter().filter_map(id_of);
            newest = ids.clone().chain([newest]).max().unwrap_or(newest);
            let is_over = page.len() < PAGE as usize || ids.clone().any(|id| id <= after);
            let is_import =
                |process: &&Value| text_of(process, "name").is_none_or(|name| name == "IMPORTUSER");
            let new = page.iter().filter(is_import).filter_map(id_of);
            imports.extend(new.filter(|id| *id > after));
            if is_over {
                imports.sort_unstable();
                imports.dedup();
                return Ok((newest, imports));
            }
            offset += PAGE;
        }
    }

    /// Reads the rows that earlier runs have sent: their addresses must not come again.
    async fn pass_over(&mut self, result: &mut ImportFileResult) -> Result<()> {
        if let Some(list) = self.checkpoint.state.new_list.filter(|list| *list > 0) {
            result.list_ids.push(list);
        }
        for body in self.checkpoint.state.bodies.clone() {
            let mut batch;
            loop {
                batch = self.with_rows(move |rows| rows.pass_over(body.end)).await??;
                self.note(&batch, result);
                if batch.end >= body.end || batch.is_last {
                    break;
                }
            }
            if (batch.end, batch.print) != (body.end, body.print) {
                return Err(self.checkpoint.refusal(OTHER_CONTENT));
            }
            self.processes.push(body.process);
            result.imported += body.count as i64;
            result.resumed += body.count as i64;
        }
        self.settled = self.processes.len();
        Ok(())
    }

    async fn send_all(&mut self, flights: &mut JoinSet<Landed>, result: &mut ImportFileResult) -> Result<()> {
        let size = self.arguments.body_limit.unwrap_or(ON_THE_WAY / 2);
        let most = (ON_THE_WAY / size.max(1)).clamp(1, MOST_ON_THE_WAY) as usize;
        self.clock = Some((Instant::now(), result.rows as u64));
        loop {
            // What has landed already gives its memory to the next body.
            while let Some(flight) = flights.try_join_next() {
                self.land(flight, result).await?;
            }
            let spare = self.spare.pop();
            let batch = self.with_rows(|rows| rows.fill(spare)).await??;
            self.note(&batch, result);
            let is_last = batch.is_last;
            if self.is_dry {
                result.imported += batch.count as i64;
                self.spare.push(batch.body.text);
            } else if batch.count > 0 {
                while flights.len() >= most {
                    if let Some(flight) = flights.join_next().await {
                        self.land(flight, result).await?;
                    }
                }
                self.send(batch, flights, result).await?;
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Works on the rows on another thread, where it holds up nobody.
    async fn with_rows<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Rows) -> T + Send + 'static,
    ) -> Result<T> {
        let Some(mut rows) = self.rows.take() else {
            return Err(Error::new(Kind::Io, "the reading of the rows was broken off"));
        };
        let (rows, done) = blocking(move || {
            let done = work(&mut rows);
            (rows, done)
        })
        .await?;
        self.rows = Some(rows);
        Ok(done)
    }

    /// Tells how far the reading has come.
    fn note(&mut self, batch: &Batch, result: &mut ImportFileResult) {
        self.print = batch.print;
        let Some(rows) = &mut self.rows else { return };
        result.rows = rows.count as i64;
        result.unfit_cells = rows.unfit_cells();
        result.encoding = rows.encoding().as_str().to_owned();
        result.unknown_columns.extend(rows.take_unknown());
        let done = rows.count;
        let total = rows.estimate(batch.is_last);
        let mut told = Progress::of("read", done, total);
        (told.bytes, told.total_bytes) = (Some(batch.bytes), self.size);
        self.clocked(&mut told, done);
        (self.progress)(&told);
    }

    /// Adds the rate, and the time that the rest takes.
    fn clocked(&self, told: &mut Progress, done: u64) {
        let Some((begun, earlier)) = self.clock else { return };
        let rate = done.saturating_sub(earlier) as f64 / begun.elapsed().as_secs_f64().max(1e-6);
        if rate > 0.0 {
            told.rate = Some(rate);
            told.remaining = told.total.map(|total| total.saturating_sub(done) as f64 / rate);
        }
    }

    /// Sends a body on its way.
    async fn send(
        &mut self,
        batch: Batch,
        flights: &mut JoinSet<Landed>,
        result: &mut ImportFileResult,
    ) -> Result<()> {
        let given = self.arguments;
        let has_new_list = result.list_ids.len() > given.list_ids.as_ref().map_or(0, Vec::len);
        if let (Some(new_list), false) = (&given.new_list, has_new_list) {
            result.list_ids.push(self.create_list(new_list).await?);
        }
        let operation = ImportContacts {
            list_ids: Some(result.list_ids.clone()),
            update_existing_contacts: given.update_existing_contacts,
            empty_contacts_attributes: given.empty_contacts_attributes,
            disable_notification: Some(given.disable_notification.unwrap_or(true)),
            ..Default::default()
        };
        let is_kept = self.checkpoint.is_kept();
        // One that is held waits for those before it.
        let before = if is_kept { flights.len() as u32 } else { 0 };
        let options = CallOptions { timeout: Some(BODY_TIMEOUT * (before + 1)), ..CallOptions::default() };
        let values = to_map(&operation)?.into();
        let mut prepared =
            self.client.prepare_behind(Some(batch.body), ImportContacts::SPEC, values, options)?;
        let (place, count) = (self.processes.len(), batch.count);
        self.processes.push(None);
        let gate = is_kept.then(|| {
            let (opener, gate) = gate();
            let body = Body { end: batch.end, count, print: batch.print, process: None };
            self.held.push_back((body, opener));
            gate
        });
        self.release(false).await?;
        if let Some(gate) = &gate {
            prepared = prepared.held(gate);
        }
        let (client, deadline) = (self.client.clone(), self.deadline);
        flights.spawn(async move {
            let mut reply = make(&client, &prepared, deadline).await;
            if let Some(mut gate) = gate {
                let was_whole = gate.is_open();
                let turn = gate.opened().await;
                reply = match (reply, turn) {
                    (_, Err(_)) => Err(Error::new(Kind::Cancelled, "a body before this one was not taken")),
                    // What failed before it was whole was not taken, so it is sent in its turn.
                    (Err(_), Ok(())) if !was_whole => make(&client, &prepared, deadline).await,
                    (reply, Ok(())) => reply,
                };
            }
            let process = reply.and_then(|reply| {
                let id = reply.get("processId").and_then(Value::as_i64);
                id.ok_or_else(|| Error::new(Kind::Decode, "the reply to an import names no process"))
            });
            Landed { place, count, process, memory: prepared.into_memory() }
        });
        Ok(())
    }

    /// Lets the next body become whole, where of all before it is known what became of them: whatever
    /// happens, there is one at most of which it is not. It is written down before.
    async fn release(&mut self, has_news: bool) -> Result<()> {
        let bodies = &mut self.checkpoint.state.bodies;
        let opener = match bodies.last() {
            Some(Body { process: None, .. }) if bodies.len() > self.settled => None,
            _ => self.held.pop_front().map(|(body, opener)| {
                bodies.push(body);
                opener
            }),
        };
        if has_news || opener.is_some() {
            self.checkpoint.save().await?;
        }
        if let Some(opener) = opener {
            opener.open();
        }
        Ok(())
    }

    /// Notes how a body ended. Those after one that failed are given up before they are whole.
    async fn land(
        &mut self,
        flight: Result<Landed, tokio::task::JoinError>,
        result: &mut ImportFileResult,
    ) -> Result<()> {
        let landed = self.note_landed(flight, result).await;
        if landed.is_err() {
            self.held.clear();
        }
        landed
    }

    async fn note_landed(
        &mut self,
        flight: Result<Landed, tokio::task::JoinError>,
        result: &mut ImportFileResult,
    ) -> Result<()> {
        let Landed { place, count, process, memory } = flight.map_err(|error| {
            Error::new(Kind::Io, "the sending of a body was broken off").with_source(error)
        })?;
        self.spare.extend(memory);
        match process {
            Ok(id) => {
                self.processes[place] = Some(id);
                if let Some(body) = self.checkpoint.state.bodies.get_mut(place) {
                    body.process = Some(id);
                }
                self.release(true).await?;
                result.imported += count as i64;
                let done = result.imported as u64;
                let mut told = Progress::of("send", done, None);
                self.clocked(&mut told, done);
                (self.progress)(&told);
                Ok(())
            }
            Err(error) => {
                let unknown = matches!(
                    error.kind(),
                    Kind::Server | Kind::Timeout | Kind::Connection | Kind::Cancelled | Kind::Decode
                );
                if !unknown && self.checkpoint.is_kept() {
                    self.checkpoint.state.bodies.truncate(place);
                    self.checkpoint.save().await?;
                }
                Err(error)
            }
        }
    }

    async fn create_list(&mut self, list: &ImportContactsRequestNewList) -> Result<i64> {
        let known = match self.checkpoint.state.new_list {
            // An earlier run was about to create it.
            Some(0) => newest_list(self.client, list, self.deadline).await?,
            known => known,
        };
        let id = match known {
            Some(id) => id,
            None => {
                self.checkpoint.state.new_list = Some(0);
                self.checkpoint.save().await?;
                create_list(self.client, list, self.deadline).await?
            }
        };
        self.checkpoint.state.new_list = Some(id);
        self.checkpoint.save().await?;
        Ok(id)
    }

    /// Waits, and adds the rows that Brevo rejected; where the waiting breaks off, those that are known.
    async fn await_processes(
        &mut self,
        header: &[String],
        targets: &[Target],
        result: &mut ImportFileResult,
    ) -> Result<()> {
        // The bodies are sent, and what is in the reports needs memory.
        self.spare.clear();
        let mut refused = Refused::default();
        let read = self.read_reports(header, targets, &mut refused, result).await;
        let added = self.find_lines(&mut refused.waiting, result).await;
        let found = self.find(refused.wanted, refused.reasons, result).await;
        read.and(added).and(found)
    }

    /// Reads the reports of all processes, as these end.
    async fn read_reports(
        &mut self,
        header: &[String],
        targets: &[Target],
        refused: &mut Refused,
        result: &mut ImportFileResult,
    ) -> Result<()> {
        let total = result.process_ids.len() as u64;
        let progress = self.progress;
        let done = AtomicU64::new(0);
        let tell = || progress(&Progress::of("wait", done.load(Ordering::Relaxed), Some(total)));
        let mut processes = Waiting::new(self.client, &result.process_ids, self.deadline);
        loop {
            let ended = processes.next(&tell).await?;
            if ended.is_empty() {
                tell();
                return Ok(());
            }
            let mut failed = Ok(());
            for process in ended {
                match process {
                    Ok((id, process)) => {
                        done.fetch_add(1, Ordering::Relaxed);
                        self.read_report(id, &process, header, targets, refused, result).await?;
                    }
                    // Others that have ended are read all the same.
                    Err(error) => failed = failed.and(Err(error)),
                }
            }
            failed?;
        }
    }

    async fn read_report(
        &mut self,
        id: i64,
        process: &Value,
        header: &[String],
        targets: &[Target],
        refused: &mut Refused,
        result: &mut ImportFileResult,
    ) -> Result<()> {
        let can_find = self.rows.as_ref().is_some_and(Rows::can_find);
        let reports = process.pointer("/info/import").and_then(Value::as_object);
        for (kind, url) in reports.into_iter().flatten() {
            let Some(url) = url.as_str().filter(|url| !url.is_empty()) else { continue };
            let reason = format!("Brevo: {}", kind.trim_end_matches("_id").replace('_', " "));
            let number = refused.number_of(&reason);
            let text = match self.fetch(url).await {
                Ok(text) => text,
                Err(why) => {
                    result.warnings.push(format!("the report `{kind}` of process {id} {why}: {url}"));
                    continue;
                }
            };
            for row in arranged(rows_of(text), header, targets) {
                let Some(rows) = &mut self.rows else { continue };
                let known = match address_in(&row, targets) {
                    Some(address) => rows.known(address)?,
                    None => None,
                };
                let reject = RejectedRow { line: None, reason: reason.clone(), row };
                match known {
                    // The file tells the line.
                    Some(hash) if can_find => {
                        refused.wanted.entry(hash).or_insert(number);
                    }
                    Some(hash) => {
                        refused.waiting.push((hash, reject));
                        if refused.waiting.len() == FOUND_AT_ONCE {
                            self.find_lines(&mut refused.waiting, result).await?;
                        }
                    }
                    None => {
                        result.imported = (result.imported - 1).max(0);
                        rows.rejects.add(reject)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds rows that Brevo rejected, with their lines, where the source cannot be read again.
    async fn find_lines(
        &mut self,
        waiting: &mut Vec<(u64, RejectedRow)>,
        result: &mut ImportFileResult,
    ) -> Result<()> {
        let waiting = std::mem::take(waiting);
        result.imported = (result.imported - waiting.len() as i64).max(0);
        let add = move |rows: &mut Rows| {
            let lines = rows.lines_of(waiting.iter().map(|(hash, _)| *hash))?;
            for (hash, reject) in waiting {
                let line = lines.get(&hash).filter(|line| **line > 0).map(|line| *line as i64);
                rows.rejects.add(RejectedRow { line, ..reject })?;
            }
            Ok(())
        };
        self.with_rows(add).await?
    }

    /// Reads the file again for the rows that Brevo rejected.
    async fn find(
        &mut self,
        mut wanted: HashMap<u64, u16>,
        reasons: Vec<String>,
        result: &mut ImportFileResult,
    ) -> Result<()> {
        if wanted.is_empty() {
            return Ok(());
        }
        let add = move |rows: &mut Rows| {
            rows.rewind()?;
            rows.find(&mut wanted, &reasons)
        };
        let found = self.with_rows(add).await??;
        result.imported = (result.imported - found).max(0);
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

/// The newest list of this name, where it is among the newest of the account.
async fn newest_list(
    client: &Client,
    list: &ImportContactsRequestNewList,
    deadline: Instant,
) -> Result<Option<i64>> {
    let newest = GetLists { limit: Some(50), sort: Some("desc".into()), ..Default::default() };
    let mut lists = call(client, newest, deadline).await?;
    let lists = take_list(&mut lists, "lists");
    let of = |item: &Value, key: &str| item.get(key).and_then(Value::as_i64);
    let same = lists.iter().filter(|item| {
        text_of(item, "name") == list.list_name
            && list.folder_id.is_none_or(|folder| of(item, "folderId") == Some(folder))
    });
    Ok(same.filter_map(|item| of(item, "id")).max())
}

/// How a source is read, as far as the arguments say.
pub(super) fn how_to_read(given: &ImportFileArguments) -> Result<(Option<u8>, Option<Encoding>, Format)> {
    Ok((delimiter(given)?, encoding(given)?, format(given)?))
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

/// Where the rows come from.
pub(super) fn origin(arguments: &ImportFileArguments, input: Option<Input>) -> Result<Origin> {
    match (&arguments.path, input) {
        (Some(path), None) => Ok(Origin::File(path.clone())),
        (None, Some(input)) => Ok(Origin::Input(input)),
        (None, None) => Err(Error::argument("path", "required, since no rows are given otherwise")),
        (Some(_), Some(_)) => Err(Error::argument("path", "rows are given already; leave one of both out")),
    }
}

fn encoding(arguments: &ImportFileArguments) -> Result<Option<Encoding>> {
    let Some(name) = &arguments.encoding else { return Ok(None) };
    Encoding::named(name).map(Some).ok_or_else(|| {
        Error::argument("encoding", "expected `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`")
    })
}

fn format(arguments: &ImportFileArguments) -> Result<Format> {
    let by_name = || {
        let path = std::path::Path::new(arguments.path.as_deref().unwrap_or("rows.jsonl"));
        path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
    };
    match arguments.format.as_deref() {
        Some("csv") => Ok(Format::Csv),
        Some("jsonl" | "ndjson") => Ok(Format::JsonLines),
        Some(_) => Err(Error::argument("format", "expected `csv` or `jsonl`")),
        None if matches!(by_name().as_str(), "jsonl" | "ndjson") => Ok(Format::JsonLines),
        None => Ok(Format::Csv),
    }
}

fn unfit(arguments: &ImportFileArguments) -> Result<Unfit> {
    match arguments.unfit.as_deref() {
        None | Some("send") => Ok(Unfit::Send),
        Some("skip") => Ok(Unfit::Skip),
        Some("reject") => Ok(Unfit::Reject),
        Some(_) => Err(Error::argument("unfit", "expected `send`, `skip` or `reject`")),
    }
}

/// What happens to a body of which it is not known whether it was taken.
#[derive(Clone, Copy)]
enum InDoubt {
    Send,
    Skip,
    Refuse,
}

fn in_doubt(arguments: &ImportFileArguments) -> Result<InDoubt> {
    match arguments.in_doubt.as_deref() {
        Some("send") => Ok(InDoubt::Send),
        Some("skip") => Ok(InDoubt::Skip),
        Some("refuse") => Ok(InDoubt::Refuse),
        Some(_) => Err(Error::argument("in_doubt", "expected `send`, `skip` or `refuse`")),
        None if arguments.update_existing_contacts.unwrap_or(true) => Ok(InDoubt::Send),
        None => Ok(InDoubt::Refuse),
    }
}

/// Rows of a report of Brevo's. Where it names its columns, the fields are put into the order of
/// the file's.
fn arranged(
    rows: impl Iterator<Item = Vec<String>>,
    header: &[String],
    targets: &[Target],
) -> impl Iterator<Item = Vec<String>> {
    let bare = |name: &str| squeezed(&attribute_name(name));
    let mut rows = rows.peekable();
    let names = rows.next_if(|first| {
        first.iter().all(|name| !name.contains('@')) && first.iter().any(|name| bare(name) == "EMAIL")
    });
    let places: Option<Vec<Option<usize>>> = names.map(|names| {
        let names: Vec<String> = names.iter().map(|name| bare(name)).collect();
        let place = |(name, target): (&String, &Target)| {
            let name = bare(target.name().unwrap_or(name));
            names.iter().position(|known| *known == name)
        };
        header.iter().zip(targets).map(place).collect()
    });
    rows.map(move |row| match &places {
        None => row,
        Some(places) => {
            let field = |place: &Option<usize>| place.and_then(|at| row.get(at).cloned()).unwrap_or_default();
            places.iter().map(field).collect()
        }
    })
}

/// The address in a row of a report, put into the order of the file's.
fn address_in<'a>(row: &'a [String], targets: &[Target]) -> Option<&'a str> {
    let column = targets.iter().position(|target| *target == Target::Email);
    let there = column.and_then(|at| row.get(at)).filter(|text| text.contains('@'));
    there.or_else(|| row.iter().find(|text| text.contains('@'))).map(|text| text.trim())
}

#[cfg(test)]
mod tests {
    use super::super::columns::Type;
    use super::*;

    #[test]
    fn reports_are_put_into_the_order_of_the_file() {
        let header = ["Nom".to_owned(), "E-mail".to_owned(), "Other".to_owned()];
        let targets = [Target::Attribute("LASTNAME".into(), Type::Text), Target::Email, Target::Nowhere];
        let report = rows_of(b"EMAIL;LASTNAME\na@b.c;Doe\n".to_vec());
        let rows: Vec<_> = arranged(report, &header, &targets).collect();
        assert_eq!(rows, [["Doe", "a@b.c", ""]]);
        let bare = rows_of(b"a@b.c\nd@e.f\n".to_vec());
        let rows: Vec<_> = arranged(bare, &header, &targets).collect();
        assert_eq!(rows, [["a@b.c"], ["d@e.f"]]);
    }
}
