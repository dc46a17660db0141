//! Tables of other libraries (pandas, polars, pyarrow, duckdb, ...) as lines of JSON, by the Arrow C stream
//! interface: batch after batch, without a copy of the table and without the GIL.

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::io::{self, Read};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::ffi::{FFI_ArrowArray, from_ffi_and_data_type};
use arrow_array::types::*;
use arrow_array::{
    ArrowPrimitiveType, BinaryArray, BinaryViewArray, BooleanArray, FixedSizeBinaryArray, LargeBinaryArray,
    LargeStringArray, PrimitiveArray, StringArray, StringViewArray,
};
use arrow_buffer::{ArrowNativeType, ScalarBuffer};
use arrow_data::ArrayData;
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{DataType, Field, Fields, TimeUnit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use brevo_core::json::write_text;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::convert::Fail;
use crate::rows::{write_display, write_float};

/// Bytes that are written ahead.
const PIECE: usize = 64 << 10;
/// Digits that a number of JSON keeps; one with more is written as text.
const DIGITS: usize = 15;
/// Seconds of a day, and of a quarter of an hour.
const DAY: i64 = 86_400;
const QUARTER: i64 = 900;

/// The rows of a stream, as lines of JSON.
pub(crate) struct Table {
    stream: Stream,
    fields: Fields,
    zones: Zones,
    columns: Vec<Column>,
    /// Rows of the batch, and those that are written.
    rows: usize,
    row: usize,
    lines: Vec<u8>,
    used: usize,
}

/// `"NAME":`, and the cells beneath.
type Column = (Vec<u8>, Cells);
/// Writes the cell of a row.
type Cells = Box<dyn Fn(usize, &mut Vec<u8>) + Send>;
/// Zones by name, for the whole stream.
type Zones = HashMap<Arc<str>, Arc<Zone>>;

impl Table {
    /// Takes the stream over from the capsule that `__arrow_c_stream__` gave.
    pub(crate) fn new(capsule: &Bound<'_, PyAny>) -> Result<Self, Fail> {
        let py = capsule.py();
        let capsule = capsule.cast::<PyCapsule>().map_err(PyErr::from)?;
        let stream = capsule.pointer_checked(Some(c"arrow_array_stream"))?;
        // SAFETY: a capsule of this name holds such a structure, by the Arrow PyCapsule interface, and who
        // is given it may move the structure out. The GIL is held, so that nobody else does so now.
        let mut stream = unsafe { Stream::take(stream.as_ptr().cast()) };
        let fields = stream
            .fields()
            .map_err(|why| PyValueError::new_err(format!("the Arrow stream cannot be read: {why}")))?;
        let mut zones = Zones::new();
        for field in &fields {
            if let Some(kind) = unknown(field.data_type()) {
                let why = format!("a column of the type {kind} cannot be imported; convert or drop it");
                return Err(Fail::new(why).under(field.name()));
            }
            find_zones(py, field, &mut zones)?;
        }
        Ok(Table { stream, fields, zones, columns: Vec::new(), rows: 0, row: 0, lines: Vec::new(), used: 0 })
    }

    /// Writes some rows; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        self.lines.clear();
        self.used = 0;
        while self.row == self.rows {
            // What a batch holds may be much; it goes before the next one comes.
            self.columns.clear();
            match self.stream.next(&self.fields).map_err(io::Error::other)? {
                None => return Ok(false),
                Some(batch) => {
                    self.columns = columns(&self.fields, &batch, &self.zones);
                    (self.rows, self.row) = (batch.len(), 0);
                }
            }
        }
        while self.row < self.rows && self.lines.len() < PIECE {
            self.lines.push(b'{');
            for (at, (key, cells)) in self.columns.iter().enumerate() {
                if at > 0 {
                    self.lines.push(b',');
                }
                self.lines.extend_from_slice(key);
                cells(self.row, &mut self.lines);
            }
            self.lines.extend_from_slice(b"}\n");
            self.row += 1;
        }
        Ok(true)
    }
}

impl Read for Table {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.used == self.lines.len() && !self.fill()? {
            return Ok(0);
        }
        let count = buffer.len().min(self.lines.len() - self.used);
        buffer[..count].copy_from_slice(&self.lines[self.used..self.used + count]);
        self.used += count;
        Ok(count)
    }
}

/// `struct ArrowArrayStream` of the Arrow C stream interface. `arrow_array` has a reader of its own, which
/// makes arrays of every type that there is: that was 300 kB.
#[repr(C)]
struct Stream {
    get_schema: Option<unsafe extern "C" fn(*mut Stream, *mut FFI_ArrowSchema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut Stream, *mut FFI_ArrowArray) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut Stream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut Stream)>,
    private_data: *mut c_void,
}

// SAFETY: the interface asks of a stream that it may be used from any thread, by one at a time.
unsafe impl Send for Stream {}

impl Stream {
    /// Moves the stream out of a place, which then holds one that is released.
    ///
    /// # Safety
    ///
    /// The place holds a stream by the C stream interface, and nobody else uses it now.
    unsafe fn take(place: *mut Stream) -> Stream {
        let released = Stream {
            get_schema: None,
            get_next: None,
            get_last_error: None,
            release: None,
            private_data: ptr::null_mut(),
        };
        // SAFETY: as the caller promises.
        unsafe { ptr::replace(place, released) }
    }

    /// The columns.
    fn fields(&mut self) -> Result<Fields, String> {
        if self.release.is_none() {
            return Err("it was read before".to_owned());
        }
        let get_schema = self.get_schema.ok_or("it has no schema")?;
        let mut schema = FFI_ArrowSchema::empty();
        // SAFETY: the stream is not released, and the schema is a place to write to.
        let code = unsafe { get_schema(self, &raw mut schema) };
        if code != 0 {
            return Err(self.last_error(code));
        }
        match DataType::try_from(&schema).map_err(|error| error.to_string())? {
            DataType::Struct(fields) => Ok(fields),
            other => Err(format!("it has no columns, but {other}")),
        }
    }

    /// The next rows, as one column of structures.
    fn next(&mut self, fields: &Fields) -> Result<Option<ArrayData>, String> {
        let get_next = self.get_next.ok_or("it has no rows")?;
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: the stream is not released, and the array is a place to write to.
        let code = unsafe { get_next(self, &raw mut array) };
        if code != 0 {
            return Err(self.last_error(code));
        }
        if array.is_released() {
            return Ok(None);
        }
        // SAFETY: the array is of the type that the stream told, by the interface.
        let data = unsafe { from_ffi_and_data_type(array, DataType::Struct(fields.clone())) };
        let data = data.map_err(|error| error.to_string())?;
        if data.child_data().iter().any(|column| column.len() < data.offset() + data.len()) {
            return Err("a column is shorter than the table".to_owned());
        }
        Ok(Some(data))
    }

    /// What the stream says about its last call, which failed.
    fn last_error(&mut self, code: c_int) -> String {
        // SAFETY: the stream is not released, and its last call failed.
        let text = self.get_last_error.map_or(ptr::null(), |get| unsafe { get(self) });
        if text.is_null() {
            return format!("error {code}");
        }
        // SAFETY: a text by the interface, good until the next call.
        unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: it is not released, and is not used again.
            unsafe { release(self) };
        }
    }
}

/// The type within, or itself, that has no form as a cell.
fn unknown(kind: &DataType) -> Option<&DataType> {
    match kind {
        DataType::Duration(_)
        | DataType::Interval(_)
        | DataType::Union(..)
        | DataType::RunEndEncoded(..)
        | DataType::ListView(_)
        | DataType::LargeListView(_) => Some(kind),
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            unknown(item.data_type())
        }
        DataType::Map(entries, _) => unknown(entries.data_type()),
        DataType::Struct(fields) => fields.iter().find_map(|field| unknown(field.data_type())),
        DataType::Dictionary(_, value) => unknown(value),
        _ => None,
    }
}

fn find_zones(py: Python<'_>, field: &Field, zones: &mut Zones) -> PyResult<()> {
    match field.data_type() {
        DataType::Timestamp(_, Some(name)) if !zones.contains_key(name) => {
            zones.insert(name.clone(), Arc::new(Zone::new(py, name)?));
            Ok(())
        }
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            find_zones(py, item, zones)
        }
        DataType::Map(entries, _) => find_zones(py, entries, zones),
        DataType::Struct(fields) => fields.iter().try_for_each(|field| find_zones(py, field, zones)),
        DataType::Dictionary(_, value) => {
            find_zones(py, &Field::new("", value.as_ref().clone(), true), zones)
        }
        _ => Ok(()),
    }
}

/// The columns of a structure, whose own offset is not in them yet.
fn columns(fields: &Fields, data: &ArrayData, zones: &Zones) -> Vec<Column> {
    let column = |(field, column): (&Arc<Field>, &ArrayData)| {
        (key(field.name()), behind(data.offset(), cells(column, zones)))
    };
    fields.iter().zip(data.child_data()).map(column).collect()
}

/// Cells that are counted from a later row on.
fn behind(offset: usize, cells: Cells) -> Cells {
    if offset == 0 { cells } else { Box::new(move |row, out| cells(offset + row, out)) }
}

fn key(name: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(name.len() + 3);
    write_text(&mut key, name);
    key.push(b':');
    key
}

/// How the cells of a column are written. Those that are null are `null`.
fn cells(data: &ArrayData, zones: &Zones) -> Cells {
    let values = values(data, zones);
    match data.nulls().filter(|nulls| nulls.null_count() > 0).cloned() {
        None => values,
        Some(nulls) => Box::new(move |row, out| match nulls.is_null(row) {
            true => out.extend_from_slice(b"null"),
            false => values(row, out),
        }),
    }
}

fn values(data: &ArrayData, zones: &Zones) -> Cells {
    macro_rules! cell {
        ($array:ty, |$value:ident, $out:ident| $write:expr) => {{
            let array = <$array>::from(data.clone());
            Box::new(move |row, $out: &mut Vec<u8>| {
                let $value = array.value(row);
                $write
            })
        }};
    }
    let base64 = |bytes: &[u8], out: &mut Vec<u8>| write_text(out, &STANDARD.encode(bytes));
    match data.data_type() {
        // Without rows there may be no buffers either.
        _ if data.is_empty() => Box::new(|_, _| {}),
        DataType::Int8 => whole::<Int8Type>(data),
        DataType::Int16 => whole::<Int16Type>(data),
        DataType::Int32 => whole::<Int32Type>(data),
        DataType::Int64 => whole::<Int64Type>(data),
        DataType::UInt8 => whole::<UInt8Type>(data),
        DataType::UInt16 => whole::<UInt16Type>(data),
        DataType::UInt32 => whole::<UInt32Type>(data),
        DataType::UInt64 => whole::<UInt64Type>(data),
        DataType::Boolean => {
            cell!(BooleanArray, |value, out| out.extend_from_slice(if value { b"true" } else { b"false" }))
        }
        DataType::Utf8 => cell!(StringArray, |value, out| write_text(out, value)),
        DataType::LargeUtf8 => cell!(LargeStringArray, |value, out| write_text(out, value)),
        DataType::Utf8View => cell!(StringViewArray, |value, out| write_text(out, value)),
        DataType::Binary => cell!(BinaryArray, |value, out| base64(value, out)),
        DataType::LargeBinary => cell!(LargeBinaryArray, |value, out| base64(value, out)),
        DataType::BinaryView => cell!(BinaryViewArray, |value, out| base64(value, out)),
        DataType::FixedSizeBinary(_) => cell!(FixedSizeBinaryArray, |value, out| base64(value, out)),
        DataType::Float16 => number::<Float16Type>(data, |value, out| write_float(out, value.to_f64())),
        // As short as it is shown, and not with the digits of a double.
        DataType::Float32 => number::<Float32Type>(data, |value, out| {
            write_float(out, value.to_string().parse().unwrap_or(f64::NAN));
        }),
        DataType::Float64 => number::<Float64Type>(data, |value, out| write_float(out, value)),
        DataType::Decimal32(_, scale) => decimal::<Decimal32Type>(data, *scale),
        DataType::Decimal64(_, scale) => decimal::<Decimal64Type>(data, *scale),
        DataType::Decimal128(_, scale) => decimal::<Decimal128Type>(data, *scale),
        DataType::Decimal256(_, scale) => decimal::<Decimal256Type>(data, *scale),
        DataType::Date32 => number::<Date32Type>(data, |days, out| quoted(out, |out| day(out, days.into()))),
        DataType::Date64 => number::<Date64Type>(data, |millis, out| {
            quoted(out, |out| day(out, millis.div_euclid(1_000 * DAY)));
        }),
        DataType::Time32(TimeUnit::Second) => time::<Time32SecondType>(data, 1),
        DataType::Time32(_) => time::<Time32MillisecondType>(data, 1_000),
        DataType::Time64(TimeUnit::Microsecond) => time::<Time64MicrosecondType>(data, 1_000_000),
        DataType::Time64(_) => time::<Time64NanosecondType>(data, 1_000_000_000),
        DataType::Timestamp(unit, name) => {
            let zone = name.as_ref().and_then(|name| zones.get(name)).cloned();
            match unit {
                TimeUnit::Second => timestamp::<TimestampSecondType>(data, 1, zone),
                TimeUnit::Millisecond => timestamp::<TimestampMillisecondType>(data, 1_000, zone),
                TimeUnit::Microsecond => timestamp::<TimestampMicrosecondType>(data, 1_000_000, zone),
                TimeUnit::Nanosecond => timestamp::<TimestampNanosecondType>(data, 1_000_000_000, zone),
            }
        }
        DataType::Dictionary(kind, _) => {
            let (keys, values) = (dictionary_keys(kind, data), cells(&data.child_data()[0], zones));
            Box::new(move |row, out| values(keys[row], out))
        }
        DataType::List(_) => items(cells(&data.child_data()[0], zones), ends::<i32>(data)),
        DataType::LargeList(_) => items(cells(&data.child_data()[0], zones), ends::<i64>(data)),
        DataType::FixedSizeList(_, size) => {
            let (offset, size) = (data.offset(), size.as_usize());
            items(cells(&data.child_data()[0], zones), move |row| {
                let start = (offset + row) * size;
                (start, start + size)
            })
        }
        DataType::Struct(fields) => {
            let fields = columns(fields, data, zones);
            Box::new(move |row, out| {
                out.push(b'{');
                for (at, (key, cells)) in fields.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    out.extend_from_slice(key);
                    cells(row, out);
                }
                out.push(b'}');
            })
        }
        DataType::Map(..) => {
            let entries = &data.child_data()[0];
            let column = |at: usize| behind(entries.offset(), cells(&entries.child_data()[at], zones));
            let (keys, values, ends) = (column(0), column(1), ends::<i32>(data));
            Box::new(move |row, out| {
                let (first, end) = ends(row);
                out.push(b'{');
                for entry in first..end {
                    if entry > first {
                        out.push(b',');
                    }
                    let start = out.len();
                    keys(entry, out);
                    // A key is text, whatever the type of keys.
                    if out.get(start) != Some(&b'"') {
                        out.insert(start, b'"');
                        out.push(b'"');
                    }
                    out.push(b':');
                    values(entry, out);
                }
                out.push(b'}');
            })
        }
        // Null; the others were refused before.
        _ => Box::new(|_, out| out.extend_from_slice(b"null")),
    }
}

/// The place of each row's word.
fn dictionary_keys(kind: &DataType, data: &ArrayData) -> Vec<usize> {
    fn keys<T: ArrowNativeType>(data: &ArrayData) -> Vec<usize> {
        data.buffer::<T>(0)[..data.len()].iter().map(|key| key.as_usize()).collect()
    }
    match kind {
        DataType::Int8 => keys::<i8>(data),
        DataType::Int16 => keys::<i16>(data),
        DataType::Int32 => keys::<i32>(data),
        DataType::Int64 => keys::<i64>(data),
        DataType::UInt8 => keys::<u8>(data),
        DataType::UInt16 => keys::<u16>(data),
        DataType::UInt32 => keys::<u32>(data),
        _ => keys::<u64>(data),
    }
}

/// Where the items of each row's list begin and end.
fn ends<T: ArrowNativeType>(data: &ArrayData) -> impl Fn(usize) -> (usize, usize) + Send + 'static {
    let ends = ScalarBuffer::<T>::new(data.buffers()[0].clone(), data.offset(), data.len() + 1);
    move |row| (ends[row].as_usize(), ends[row + 1].as_usize())
}

fn number<T: ArrowPrimitiveType>(
    data: &ArrayData,
    write: impl Fn(T::Native, &mut Vec<u8>) + Send + 'static,
) -> Cells {
    let array = PrimitiveArray::<T>::from(data.clone());
    Box::new(move |row, out| write(array.value(row), out))
}

fn whole<T: ArrowPrimitiveType>(data: &ArrayData) -> Cells
where
    T::Native: std::fmt::Display,
{
    number::<T>(data, |value, out| write_display(out, value))
}

fn items(items: Cells, range: impl Fn(usize) -> (usize, usize) + Send + 'static) -> Cells {
    Box::new(move |row, out| {
        let (start, end) = range(row);
        out.push(b'[');
        for item in start..end {
            if item > start {
                out.push(b',');
            }
            items(item, out);
        }
        out.push(b']');
    })
}

/// Decimals keep all digits. Those that a number of JSON would lose make it a text.
fn decimal<T: DecimalType>(data: &ArrayData, scale: i8) -> Cells
where
    T::Native: std::fmt::Display,
{
    number::<T>(data, move |value, out| {
        let text = decimal_text(&value.to_string(), scale);
        let is_exact = text.bytes().filter(u8::is_ascii_digit).count() <= DIGITS;
        if is_exact { out.extend_from_slice(text.as_bytes()) } else { write_text(out, &text) }
    })
}

/// `-1234` at the scale 2 is `-12.34`; zeros at the end say nothing.
fn decimal_text(unscaled: &str, scale: i8) -> String {
    let (sign, digits) = unscaled.strip_prefix('-').map_or(("", unscaled), |digits| ("-", digits));
    if scale <= 0 {
        let zeros = if digits == "0" { 0 } else { usize::from(scale.unsigned_abs()) };
        return format!("{sign}{digits}{}", "0".repeat(zeros));
    }
    let scale = usize::from(scale.unsigned_abs());
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn time<T: ArrowPrimitiveType>(data: &ArrayData, unit: i64) -> Cells
where
    T::Native: Into<i64>,
{
    number::<T>(data, move |value, out| quoted(out, |out| clock(out, value.into(), unit)))
}

/// A moment as ISO 8601 writes it: as it stands where it has no zone, else with the clock of its zone.
fn timestamp<T: ArrowPrimitiveType<Native = i64>>(
    data: &ArrayData,
    unit: i64,
    zone: Option<Arc<Zone>>,
) -> Cells {
    number::<T>(data, move |value, out| {
        let offset = zone.as_ref().map(|zone| zone.offset(value.div_euclid(unit)));
        let local = value.saturating_add(i64::from(offset.unwrap_or(0)).saturating_mul(unit));
        quoted(out, |out| {
            day(out, local.div_euclid(DAY * unit));
            out.push(b'T');
            clock(out, local.rem_euclid(DAY * unit), unit);
            if let Some(offset) = offset {
                let (sign, size) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
                write_display(out, format_args!("{sign}{:02}:{:02}", size / 3600, size / 60 % 60));
            }
        });
    })
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

/// A day, counted from 1970-01-01, as `YYYY-MM-DD`. The algorithm is that of Howard Hinnant's
/// `civil_from_days`: years that begin in March, in cycles of 400 years.
fn day(out: &mut Vec<u8>, days: i64) {
    let days = days + 719_468;
    let (cycle, of_cycle) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = year + cycle * 400 + i64::from(month <= 2);
    write_display(out, format_args!("{year:04}-{month:02}-{day:02}"));
}

/// A time of the day, counted in units of a second.
fn clock(out: &mut Vec<u8>, value: i64, unit: i64) {
    let (seconds, fraction) = (value / unit, value % unit);
    write_display(out, format_args!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
    if fraction > 0 {
        let width = unit.ilog10() as usize;
        let digits = format!("{fraction:0width$}");
        write_display(out, format_args!(".{}", digits.trim_end_matches('0')));
    }
}

/// How far the clock of a zone is from UTC.
enum Zone {
    Fixed(i32),
    Named(Mutex<Named>),
}

/// A zone that Python's `zoneinfo` knows; what it said is kept.
struct Named {
    zone: Py<PyAny>,
    from_timestamp: Py<PyAny>,
    /// The day asked for last.
    last: (i64, Option<i32>),
    /// The offset of each day, where it is the same all day.
    days: HashMap<i64, Option<i32>>,
    /// That of the others by the quarter of an hour, at which clocks change.
    quarters: HashMap<i64, i32>,
}

impl Zone {
    fn new(py: Python<'_>, name: &str) -> PyResult<Self> {
        if let Some(offset) = fixed(name) {
            return Ok(Zone::Fixed(offset));
        }
        Ok(Zone::Named(Mutex::new(Named {
            zone: py.import("zoneinfo")?.getattr("ZoneInfo")?.call1((name,))?.unbind(),
            from_timestamp: py.import("datetime")?.getattr("datetime")?.getattr("fromtimestamp")?.unbind(),
            last: (i64::MIN, None),
            days: HashMap::new(),
            quarters: HashMap::new(),
        })))
    }

    /// Seconds ahead of UTC at a moment.
    fn offset(&self, seconds: i64) -> i32 {
        match self {
            Zone::Fixed(offset) => *offset,
            Zone::Named(named) => named.lock().unwrap_or_else(PoisonError::into_inner).offset(seconds),
        }
    }
}

impl Named {
    fn offset(&mut self, seconds: i64) -> i32 {
        let day = seconds.div_euclid(DAY);
        if self.last.0 != day {
            let of_day = self.days.get(&day).copied().unwrap_or_else(|| {
                let (first, next) = (self.ask(day * DAY), self.ask((day + 1) * DAY));
                let of_day = (first == next).then_some(first);
                self.days.insert(day, of_day);
                of_day
            });
            self.last = (day, of_day);
        }
        self.last.1.unwrap_or_else(|| {
            let quarter = seconds.div_euclid(QUARTER);
            self.quarters.get(&quarter).copied().unwrap_or_else(|| {
                let offset = self.ask(quarter * QUARTER);
                self.quarters.insert(quarter, offset);
                offset
            })
        })
    }

    /// Beyond the years that Python knows, and when it ends, it is UTC.
    fn ask(&self, seconds: i64) -> i32 {
        let offset = Python::try_attach(|py| {
            let moment = self.from_timestamp.bind(py).call1((seconds, &self.zone)).ok()?;
            let offset = moment.call_method0("utcoffset").ok()?;
            offset.call_method0("total_seconds").ok()?.extract::<f64>().ok()
        });
        offset.flatten().unwrap_or(0.0) as i32
    }
}

/// The offset of `UTC`, `Z`, `+02:00` or `-0530`, in seconds.
fn fixed(name: &str) -> Option<i32> {
    if name.eq_ignore_ascii_case("utc") || name.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = match name.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    let number = |range| digits.get(range).and_then(|text: &str| text.parse::<i32>().ok());
    Some(sign * (number(0..2)? * 3600 + number(2..4).unwrap_or(0) * 60))
}
