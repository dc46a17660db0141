//! Rows in Arrow's form, for pandas, polars, pyarrow, duckdb and whatever else reads it without copying.
//! Pages of JSON are read straight into columns in the background, and handed over by the Arrow C stream
//! interface.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, ListArray, RecordBatch, RecordBatchReader,
    StringArray, TimestampMicrosecondArray,
};
use arrow_buffer::{BooleanBufferBuilder, Buffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use brevo_core::jobs::Job;
use brevo_core::jobs::stream::{At, Column, Keep, Page, Place, Sheet, Stream, Taken};
use brevo_core::schema::{Spec, Ty};
use brevo_core::{Arguments, CallOptions, Error, Kind, runtime};
use jiter::{Jiter, JiterError, JiterResult, NumberAny, NumberInt, Peek};
use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};
use serde_json::{Map, Value};

use crate::call::TICK;
use crate::client::Method;
use crate::errors;

/// Keys of an object whose place is remembered.
const MOST_KEYS: usize = 4_096;

/// Rows in Arrow's form, as `.arrow(...)` gives them. They are read when a library asks for them, anew
/// each time.
#[pyclass(module = "brevo_native", frozen)]
pub(crate) struct Table {
    method: Method,
    plan: Plan,
    /// Of the last reading.
    outcome: Mutex<Option<Arc<Outcome>>>,
}

/// What is read.
#[derive(Clone)]
pub(crate) enum Plan {
    Job(&'static Job, Map<String, Value>),
    Listing(&'static Spec, Arguments, CallOptions),
}

/// What is known about a reading beside its rows.
#[derive(Default)]
struct Outcome {
    /// Values of each column that did not fit its type.
    unfit: OnceLock<Vec<(String, AtomicU64)>>,
    error: Mutex<Option<Py<PyAny>>>,
}

impl Outcome {
    fn error(&self) -> MutexGuard<'_, Option<Py<PyAny>>> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    pub(crate) fn new(py: Python<'_>, method: Method, plan: Plan) -> PyResult<Self> {
        let table = Table { method, plan, outcome: Mutex::default() };
        // What cannot be is refused at once.
        table.stream(py, Arc::default())?;
        Ok(table)
    }

    fn stream(&self, py: Python<'_>, outcome: Arc<Outcome>) -> PyResult<Stream> {
        let client = self.method.client.client(py)?;
        let sheet = Box::new(Columns::new(outcome));
        let stream = match self.plan.clone() {
            Plan::Job(job, arguments) => Stream::of_job(&client, job, arguments, Some(sheet)),
            Plan::Listing(spec, arguments, options) => {
                Stream::of_listing(&client, spec, arguments, options, sheet)
            }
        };
        stream.map_err(|error| errors::raise(py, error))
    }

    /// Begins to read; comes back when the columns are known.
    fn begin(&self, py: Python<'_>) -> PyResult<Reader> {
        let outcome = Arc::new(Outcome::default());
        let mut stream = self.stream(py, outcome.clone())?;
        let schema = wait(py, async { stream.columns().await.map(schema_of) })?;
        *self.outcome() = Some(outcome.clone());
        Ok(Reader { stream: Some(stream), schema, outcome })
    }

    fn outcome(&self) -> MutexGuard<'_, Option<Arc<Outcome>>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Table {
    /// Begins to read, and hands the rows over as an Arrow C stream. The account's columns are asked for
    /// at once, each page when the one who has the stream asks for it.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // Types are as they are; the interface leaves it to the producer.
        drop(requested_schema);
        let stream = FFI_ArrowArrayStream::new(Box::new(self.begin(py)?));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    /// The columns, as an Arrow C schema.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.begin(py)?.schema.as_ref());
        let schema = schema.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    /// How many values of the last reading did not fit the type of their column, by its name. They are
    /// null in the rows.
    #[getter]
    fn unfit<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let found = PyDict::new(py);
        let outcome = self.outcome();
        for (name, count) in outcome.iter().filter_map(|outcome| outcome.unfit.get()).flatten() {
            match count.load(Ordering::Relaxed) {
                0 => {}
                count => found.set_item(name, count)?,
            }
        }
        Ok(found)
    }

    /// The exception that ended the last reading before its end, where there is one. The library that
    /// read says no more than its text.
    #[getter]
    fn error(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.outcome().as_ref()?.error().as_ref().map(|error| error.clone_ref(py))
    }

    fn __repr__(&self) -> String {
        format!("<Table of {}>", self.method.target.id())
    }
}

/// Waits without the GIL. Signal handlers run meanwhile.
fn wait<T: Send>(py: Python<'_>, work: impl Future<Output = brevo_core::Result<T>> + Send) -> PyResult<T> {
    if tokio::runtime::Handle::try_current().is_ok() {
        let why = "rows cannot be read from within the progress callback of a job";
        return Err(errors::raise(py, Error::new(Kind::Configuration, why)));
    }
    let tick = || Python::attach(|py| py.check_signals().err());
    py.detach(|| runtime::block_on(work, TICK, tick))?.map_err(|error| errors::raise(py, error))
}

/// The batches of one reading, a page each. Asked from whichever thread, with the GIL or without.
struct Reader {
    /// None behind an error.
    stream: Option<Stream>,
    schema: SchemaRef,
    outcome: Arc<Outcome>,
}

impl RecordBatchReader for Reader {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

impl Iterator for Reader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        // Called from C, where no panic may arrive.
        let batch = catch_unwind(AssertUnwindSafe(|| self.batch()))
            .unwrap_or_else(|_| Err("a bug in brevo_native: reading a page panicked".to_owned()));
        match batch {
            Ok(batch) => batch.map(Ok),
            Err(why) => {
                self.stream = None;
                Some(Err(ArrowError::ExternalError(why.into())))
            }
        }
    }
}

impl Reader {
    /// The next page, and `None` behind the last. An error is told by its text.
    fn batch(&mut self) -> Result<Option<RecordBatch>, String> {
        let Some(stream) = &mut self.stream else { return Ok(None) };
        let page = Python::try_attach(|py| {
            wait(py, stream.next()).map_err(|error| {
                let text = error.value(py).to_string();
                let is_interrupt = error.is_instance_of::<PyKeyboardInterrupt>(py);
                *self.outcome.error() = Some(error.into_value(py).into_any());
                if is_interrupt {
                    // The library makes an error of its own of this one; the program is told once more.
                    // SAFETY: attached to the interpreter; it only marks the signal as come.
                    unsafe { ffi::PyErr_SetInterrupt() };
                }
                text
            })
        });
        match page {
            Some(Ok(Some(Page::Sheet(batch)))) => match batch.downcast::<RecordBatch>() {
                Ok(batch) => Ok(Some(*batch)),
                Err(_) => Err("these rows are no columns".to_owned()),
            },
            Some(Ok(Some(Page::Rows(_)))) => Err("these rows are no columns".to_owned()),
            Some(Ok(None)) => Ok(None),
            Some(Err(text)) => Err(text),
            None => Err("the interpreter has ended".to_owned()),
        }
    }
}

/// The rows that were read since the last batch, column by column.
struct Columns {
    columns: Vec<Builder>,
    /// Objects that hold values of columns, the row itself first.
    levels: Vec<Level>,
    /// The column whose values are whole rows.
    whole: Option<usize>,
    /// The column of identifiers.
    id: Option<usize>,
    rows: usize,
    /// Columns that a value of this row did not fit.
    unfit: Vec<usize>,
    schema: SchemaRef,
    outcome: Arc<Outcome>,
}

impl Columns {
    fn new(outcome: Arc<Outcome>) -> Self {
        Columns {
            columns: Vec::new(),
            levels: Vec::new(),
            whole: None,
            id: None,
            rows: 0,
            unfit: Vec::new(),
            schema: Arc::new(Schema::empty()),
            outcome,
        }
    }

    fn entries(&mut self, json: &mut Jiter<'_>, first: Option<Peek>, keep: Keep<'_>) -> JiterResult<usize> {
        let (mut next, mut count) = (first, 0);
        while let Some(peek) = next {
            self.entry(json, peek, keep)?;
            count += 1;
            next = json.array_step()?;
        }
        Ok(count)
    }

    fn entry(&mut self, json: &mut Jiter<'_>, peek: Peek, keep: Keep<'_>) -> JiterResult<()> {
        self.unfit.clear();
        match self.whole {
            Some(whole) => self.value(json, peek, whole)?,
            None if peek == Peek::Object => self.object(json, 0)?,
            None => json.known_skip(peek)?,
        }
        let id = self.id.and_then(|id| self.columns[id].whole_number(self.rows));
        if !keep(id) {
            self.columns.iter_mut().for_each(|column| column.truncate(self.rows));
            return Ok(());
        }
        self.columns.iter_mut().filter(|column| column.len() == self.rows).for_each(Builder::null);
        self.rows += 1;
        let counts = self.outcome.unfit.get();
        for &column in &self.unfit {
            if let Some((_, count)) = counts.and_then(|counts| counts.get(column)) {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    fn object(&mut self, json: &mut Jiter<'_>, level: usize) -> JiterResult<()> {
        let mut last = None;
        let mut key = json.known_object()?;
        while let Some(name) = key {
            let slot = self.levels[level].slot(name, &mut last);
            let peek = json.peek()?;
            match slot {
                Slot::Column(column) => self.value(json, peek, column)?,
                Slot::Level(level) if peek == Peek::Object => self.object(json, level)?,
                _ => json.known_skip(peek)?,
            }
            key = json.next_key()?;
        }
        Ok(())
    }

    fn value(&mut self, json: &mut Jiter<'_>, peek: Peek, column: usize) -> JiterResult<()> {
        let builder = &mut self.columns[column];
        // Of a key that comes twice the last one counts, as everywhere.
        builder.truncate(self.rows);
        self.unfit.retain(|unfit| *unfit != column);
        if !builder.value(json, peek)? {
            self.unfit.push(column);
        }
        Ok(())
    }
}

impl Sheet for Columns {
    fn begin(&mut self, columns: &[Column]) {
        self.schema = schema_of(columns);
        self.columns = columns.iter().map(|column| Builder::new(&column.ty)).collect();
        self.levels = vec![Level::default()];
        for (index, column) in columns.iter().enumerate() {
            match column.at {
                At::Row => self.whole = Some(index),
                At::Key => self.levels[0].add(&column.name, Slot::Column(index)),
                At::Within(key) => {
                    let level = match self.levels[0].find(key) {
                        Some(Slot::Level(level)) => level,
                        _ => {
                            let level = self.levels.len();
                            self.levels[0].add(key, Slot::Level(level));
                            self.levels.push(Level::default());
                            level
                        }
                    };
                    self.levels[level].add(&column.name, Slot::Column(index));
                }
            }
        }
        self.id = columns.iter().position(|column| column.name == "id" && column.at == At::Key);
        let counts = columns.iter().map(|column| (column.name.clone(), AtomicU64::new(0)));
        let _ = self.outcome.unfit.set(counts.collect());
    }

    fn read(&mut self, place: &Place<'_>, keep: Keep<'_>) -> Result<Taken, String> {
        let mut json = Jiter::new(place.text.as_bytes());
        let mut read = || -> JiterResult<Taken> {
            let mut taken = Taken::default();
            let peek = json.peek()?;
            if place.items.is_empty() && peek == Peek::Array {
                let first = json.known_array()?;
                taken.items = self.entries(&mut json, first, keep)?;
            } else if peek == Peek::Object {
                let mut key = json.known_object()?;
                while let Some(name) = key {
                    let (is_items, is_total) = (name == place.items, place.total == Some(name));
                    match json.peek()? {
                        Peek::Array if is_items => {
                            let first = json.known_array()?;
                            taken.items = self.entries(&mut json, first, keep)?;
                        }
                        peek if is_total && peek.is_num() => {
                            let number = json.known_number(peek)?;
                            if let NumberAny::Int(NumberInt::Int(total)) = number {
                                taken.total = u64::try_from(total).ok();
                            }
                        }
                        peek => json.known_skip(peek)?,
                    }
                    key = json.next_key()?;
                }
            } else {
                json.known_skip(peek)?;
            }
            json.finish()?;
            Ok(taken)
        };
        read().map_err(|error: JiterError| format!("the reply is not JSON: {error}"))
    }

    fn page(&mut self) -> Option<Box<dyn Any + Send>> {
        let rows = std::mem::take(&mut self.rows);
        if rows == 0 {
            return None;
        }
        let columns = self.columns.iter_mut().map(Builder::finish).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), columns);
        batch.ok().map(|batch| Box::new(batch) as Box<dyn Any + Send>)
    }
}

/// The keys of an object.
#[derive(Default)]
struct Level {
    keys: Vec<Key>,
    /// The key that came first in the last object.
    first: usize,
}

struct Key {
    name: String,
    slot: Slot,
    /// The key that came after it in the last object.
    next: usize,
}

/// Where a value goes.
#[derive(Clone, Copy)]
enum Slot {
    Nowhere,
    Column(usize),
    Level(usize),
}

impl Level {
    fn add(&mut self, name: &str, slot: Slot) {
        let next = self.keys.len() + 1;
        self.keys.push(Key { name: name.to_owned(), slot, next });
    }

    fn find(&self, name: &str) -> Option<Slot> {
        self.keys.iter().find(|key| key.name == name).map(|key| key.slot)
    }

    /// Objects of a page have their keys in the same order, mostly: where a key was found the last time,
    /// it is looked for first.
    fn slot(&mut self, name: &str, last: &mut Option<usize>) -> Slot {
        let guess = last.map_or(self.first, |last: usize| self.keys[last].next);
        if let Some(key) = self.keys.get(guess).filter(|key| key.name == name) {
            *last = Some(guess);
            return key.slot;
        }
        let at = match self.keys.iter().position(|key| key.name == name) {
            Some(at) => at,
            None if self.keys.len() < MOST_KEYS => {
                self.add(name, Slot::Nowhere);
                self.keys.len() - 1
            }
            None => return Slot::Nowhere,
        };
        match *last {
            Some(last) => self.keys[last].next = at,
            None => self.first = at,
        }
        *last = Some(at);
        self.keys[at].slot
    }
}

/// A column in the making.
struct Builder {
    values: Values,
    nulls: NullBufferBuilder,
}

enum Values {
    Int(Vec<i64>),
    Float(Vec<f64>),
    Bool(BooleanBufferBuilder),
    /// Days since 1970.
    Date(Vec<i32>),
    /// Microseconds since 1970.
    Moment(Vec<i64>),
    /// Texts, and whether they are JSON.
    Text(Vec<u8>, Vec<i32>, bool),
    List(Box<Builder>, Vec<i32>, Arc<Field>),
}

impl Builder {
    fn new(ty: &Ty) -> Self {
        let values = match ty {
            Ty::Integer => Values::Int(Vec::new()),
            Ty::Number => Values::Float(Vec::new()),
            Ty::Boolean => Values::Bool(BooleanBufferBuilder::new(0)),
            Ty::Date => Values::Date(Vec::new()),
            Ty::DateTime => Values::Moment(Vec::new()),
            Ty::List(item) if is_listed(item) => {
                let field = Arc::new(Field::new_list_field(type_of(item), true));
                Values::List(Box::new(Builder::new(item)), vec![0], field)
            }
            Ty::String | Ty::Enum(_) => Values::Text(Vec::new(), vec![0], false),
            _ => Values::Text(Vec::new(), vec![0], true),
        };
        Builder { values, nulls: NullBufferBuilder::new(0) }
    }

    fn len(&self) -> usize {
        self.nulls.len()
    }

    /// The whole number in a row, where it is one.
    fn whole_number(&self, row: usize) -> Option<i64> {
        match &self.values {
            Values::Int(values) if self.nulls.is_valid(row) => values.get(row).copied(),
            _ => None,
        }
    }

    fn null(&mut self) {
        match &mut self.values {
            Values::Int(values) | Values::Moment(values) => values.push(0),
            Values::Float(values) => values.push(0.0),
            Values::Bool(values) => values.append(false),
            Values::Date(values) => values.push(0),
            Values::Text(_, ends, _) | Values::List(_, ends, _) => {
                ends.push(ends.last().copied().unwrap_or_default());
            }
        }
        self.nulls.append_null();
    }

    fn truncate(&mut self, len: usize) {
        if self.len() <= len {
            return;
        }
        match &mut self.values {
            Values::Int(values) | Values::Moment(values) => values.truncate(len),
            Values::Float(values) => values.truncate(len),
            Values::Bool(values) => values.truncate(len),
            Values::Date(values) => values.truncate(len),
            Values::Text(text, ends, _) => {
                ends.truncate(len + 1);
                text.truncate(ends.last().copied().unwrap_or_default() as usize);
            }
            Values::List(items, ends, _) => {
                ends.truncate(len + 1);
                items.truncate(ends.last().copied().unwrap_or_default() as usize);
            }
        }
        self.nulls.truncate(len);
    }

    /// Reads a value. One that does not fit becomes null, and gives false.
    fn value(&mut self, json: &mut Jiter<'_>, peek: Peek) -> JiterResult<bool> {
        if peek == Peek::Null {
            json.known_null()?;
            self.null();
            return Ok(true);
        }
        let fits = match &mut self.values {
            Values::Int(values) => whole(json, peek)?.map(|number| values.push(number)),
            Values::Float(values) => float(json, peek)?.map(|number| values.push(number)),
            Values::Bool(values) => truth(json, peek)?.map(|truth| values.append(truth)),
            Values::Date(values) => text(json, peek)?.and_then(day).map(|day| values.push(day)),
            Values::Moment(values) => text(json, peek)?.and_then(moment).map(|moment| values.push(moment)),
            Values::Text(bytes, ends, is_json) => {
                if peek == Peek::String && !*is_json {
                    bytes.extend_from_slice(json.known_str()?.as_bytes());
                } else {
                    let start = json.current_index();
                    json.known_skip(peek)?;
                    bytes.extend_from_slice(json.slice_to_current(start));
                }
                i32::try_from(bytes.len()).ok().map(|end| ends.push(end))
            }
            Values::List(items, ends, _) if peek == Peek::Array => {
                let mut fits = true;
                let mut next = json.known_array()?;
                while let Some(peek) = next {
                    fits &= items.value(json, peek)?;
                    next = json.array_step()?;
                }
                // A list that lacks an item is another list.
                let end = i32::try_from(items.len()).ok().filter(|_| fits);
                if end.is_none() {
                    items.truncate(ends.last().copied().unwrap_or_default() as usize);
                }
                end.map(|end| ends.push(end))
            }
            Values::List(..) => {
                json.known_skip(peek)?;
                None
            }
        };
        match fits {
            Some(()) => self.nulls.append_non_null(),
            None => self.null(),
        }
        Ok(fits.is_some())
    }

    /// Gives what was read, and begins anew.
    fn finish(&mut self) -> ArrayRef {
        fn taken<T>(values: &mut Vec<T>) -> Vec<T> {
            let next = Vec::with_capacity(values.len());
            std::mem::replace(values, next)
        }
        fn offsets(ends: &mut Vec<i32>) -> OffsetBuffer<i32> {
            let ends = std::mem::replace(ends, vec![0]);
            OffsetBuffer::new(ScalarBuffer::from(ends))
        }
        let nulls = self.nulls.finish();
        match &mut self.values {
            Values::Int(values) => Arc::new(Int64Array::new(taken(values).into(), nulls)),
            Values::Float(values) => Arc::new(Float64Array::new(taken(values).into(), nulls)),
            Values::Bool(values) => Arc::new(BooleanArray::new(values.finish(), nulls)),
            Values::Date(values) => Arc::new(Date32Array::new(taken(values).into(), nulls)),
            Values::Moment(values) => {
                Arc::new(TimestampMicrosecondArray::new(taken(values).into(), nulls).with_timezone("UTC"))
            }
            Values::Text(text, ends, _) => {
                Arc::new(StringArray::new(offsets(ends), Buffer::from_vec(taken(text)), nulls))
            }
            Values::List(items, ends, field) => {
                Arc::new(ListArray::new(field.clone(), offsets(ends), items.finish(), nulls))
            }
        }
    }
}

/// A whole number, also one that is written as a text.
fn whole(json: &mut Jiter<'_>, peek: Peek) -> JiterResult<Option<i64>> {
    if peek.is_num() {
        return Ok(match json.known_number(peek)? {
            NumberAny::Int(NumberInt::Int(number)) => Some(number),
            NumberAny::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(number as i64),
            _ => None,
        });
    }
    Ok(text(json, peek)?.and_then(|text| text.parse().ok()))
}

fn float(json: &mut Jiter<'_>, peek: Peek) -> JiterResult<Option<f64>> {
    if peek.is_num() {
        return Ok(match json.known_number(peek)? {
            NumberAny::Int(NumberInt::Int(number)) => Some(number as f64),
            NumberAny::Int(NumberInt::BigInt(number)) => number.to_string().parse().ok(),
            NumberAny::Float(number) => Some(number),
        });
    }
    let number = text(json, peek)?.and_then(|text| text.parse().ok());
    Ok(number.filter(|number: &f64| number.is_finite()))
}

fn truth(json: &mut Jiter<'_>, peek: Peek) -> JiterResult<Option<bool>> {
    match peek {
        Peek::True | Peek::False => json.known_bool(peek).map(Some),
        _ => Ok(text(json, peek)?.and_then(|text| text.parse().ok())),
    }
}

/// A text; anything else is passed over.
fn text<'t>(json: &'t mut Jiter<'_>, peek: Peek) -> JiterResult<Option<&'t str>> {
    if peek == Peek::String {
        return json.known_str().map(Some);
    }
    json.known_skip(peek)?;
    Ok(None)
}

/// Days from 1970 to a day, `YYYY-MM-DD`, alone or before a time.
fn day(text: &str) -> Option<i32> {
    let text = text.as_bytes();
    let (date, rest) = text.split_at_checked(10)?;
    let is_day = matches!(rest.first(), None | Some(b'T' | b't' | b' '));
    days(date).filter(|_| is_day)
}

/// Microseconds from 1970 to a moment of RFC 3339. One that does not tell its zone is none.
fn moment(text: &str) -> Option<i64> {
    let text = text.as_bytes();
    let (date, rest) = text.split_at_checked(10)?;
    let days = i64::from(days(date)?);
    let [b'T' | b't' | b' ', time @ ..] = rest else { return None };
    let (clock, mut rest) = time.split_at_checked(5)?;
    let clock_of = |clock: &[u8]| match clock {
        [a, b, b':', c, d] => {
            let (hour, minute) = (digits(&[*a, *b])?, digits(&[*c, *d])?);
            (hour < 24 && minute < 60).then_some(i64::from(hour * 60 + minute))
        }
        _ => None,
    };
    let minutes = clock_of(clock)?;
    let (mut seconds, mut micros) = (0, 0);
    if let [b':', a, b, after @ ..] = rest {
        seconds = i64::from(digits(&[*a, *b]).filter(|second| *second < 61)?);
        rest = after;
        if let [b'.' | b',', after @ ..] = rest {
            let count = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let kept = digits(&after[..count.min(6)]).filter(|_| count > 0)?;
            micros = i64::from(kept) * 10_i64.pow(6 - count.min(6) as u32);
            rest = &after[count..];
        }
    }
    let zone = match rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), zone @ ..] => {
            let minutes = match zone {
                [a, b] => clock_of(&[*a, *b, b':', b'0', b'0'])?,
                [a, b, c, d] => clock_of(&[*a, *b, b':', *c, *d])?,
                zone => clock_of(zone)?,
            };
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    Some(((days * 1_440 + minutes - zone) * 60 + seconds) * 1_000_000 + micros)
}

/// Days from 1970 to a date.
fn days(date: &[u8]) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let year = digits(&[*y1, *y2, *y3, *y4])? as i32;
    let (month, day) = (digits(&[*m1, *m2])? as i32, digits(&[*d1, *d2])? as i32);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

fn schema_of(columns: &[Column]) -> SchemaRef {
    let field = |column: &Column| Field::new(&column.name, type_of(&column.ty), true);
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

fn type_of(ty: &Ty) -> DataType {
    match ty {
        Ty::Integer => DataType::Int64,
        Ty::Number => DataType::Float64,
        Ty::Boolean => DataType::Boolean,
        Ty::Date => DataType::Date32,
        Ty::DateTime => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Ty::List(item) if is_listed(item) => {
            DataType::List(Arc::new(Field::new_list_field(type_of(item), true)))
        }
        _ => DataType::Utf8,
    }
}

/// Whether a list of these is a list of Arrow; others are JSON.
fn is_listed(item: &Ty) -> bool {
    matches!(item, Ty::Integer | Ty::Number | Ty::Boolean | Ty::String | Ty::Enum(_))
}
