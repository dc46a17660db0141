//! Rows as columns, by the Arrow C stream interface.

use std::ffi::{CStr, c_char, c_int};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::{Arc, OnceLock};

use arrow_array::ffi::FFI_ArrowArray;
use arrow_array::ffi_stream::FFI_ArrowArrayStream as ArrowArrayStream;
use arrow_array::{Array, StructArray};
use arrow_schema::SchemaRef;
use arrow_schema::ffi::FFI_ArrowSchema;
use brevo_core::jobs::arrow::{Batches, Unfit};

use crate::boundary::{self, Result, drive, guard, need_text, panic_text, shield, text};
use crate::client::{Client, panics, prepared, prepared_job, provoke};
use crate::error::Error;
use crate::operations::by_name;
use crate::pages::refuse_options;

/// What a stream returns when it fails: EIO, which has this number on every system.
const EIO: c_int = 5;

/// What is known of rows that are read as columns, beside the rows. Owned by the caller. The stream does not
/// need it, nor it the stream.
pub struct Table(Arc<Outcome>);

struct Outcome {
    unfit: Unfit,
    error: OnceLock<Box<Error>>,
}

/// What a stream owns.
struct Reading {
    batches: Batches,
    schema: SchemaRef,
    outcome: Arc<Outcome>,
    panics: bool,
}

/// Begins to read what brevo_iterate_with reads, as columns: the entries of an operation that lists, or the rows
/// of an export. `options` may be NULL. *stream becomes a stream of the Arrow C stream interface, whatever was
/// there before; arrow, nanoarrow, duckdb, polars and others take it as it is, and copy nothing. The account's
/// columns are asked for at once, each page when the stream is asked for the next array; the page behind it is
/// fetched in the background.
///
/// The program releases the stream as the interface says, also after the client is freed. A stream that failed
/// gives EIO, and its get_last_error the text of the error. It is for one thread at a time. After a fork the
/// child can only release it.
///
/// The caller owns the table and frees it with brevo_table_free at any time. NULL when it fails: the stream's
/// release is NULL then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_arrow(
    client: Option<&Client>,
    operation: *const c_char,
    arguments: *const c_char,
    options: *const c_char,
    mut stream: Option<&mut MaybeUninit<ArrowArrayStream>>,
    error: Option<&mut MaybeUninit<Option<Box<Error>>>>,
) -> Option<Box<Table>> {
    if let Some(stream) = &mut stream {
        stream.write(ArrowArrayStream::empty());
    }
    // SAFETY: texts or NULL, as the header says.
    guard(error, || unsafe {
        let begin = |batches: Batches, panics| {
            let Some(stream) = stream else {
                return Err(brevo_core::Error::argument("stream", "is NULL").into());
            };
            let (reading, table) = begun(batches, panics)?;
            stream.write(exported(reading));
            Ok(table)
        };
        if let Some(job) = need_text("operation", operation).ok().and_then(by_name) {
            return prepared_job(client, operation, arguments, |client, _, arguments| {
                refuse_options(options)?;
                begin(Batches::of_job(client, job, arguments)?, false)
            });
        }
        prepared(client, operation, arguments, options, |client, spec, arguments, options| {
            let panics = panics(&options);
            begin(Batches::of_listing(client, spec, arguments, options)?, panics)
        })
    })
}

/// How many values of a column did not fit its type in what was read so far; they are null there. Of all columns
/// where `column` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_table_unfit(table: Option<&Table>, column: *const c_char) -> u64 {
    shield(0, || {
        let Some(Table(outcome)) = table else { return 0 };
        // SAFETY: a text or NULL, as the header says.
        let Ok(wanted) = (unsafe { text("column", column) }) else { return 0 };
        let counts = outcome.unfit.counts();
        counts.filter(|(name, _)| wanted.is_none_or(|wanted| wanted == *name)).map(|(_, count)| count).sum()
    })
}

/// The error that ended the stream before its end; NULL where none did so far. Belongs to the table.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_table_error(table: Option<&Table>) -> Option<&Error> {
    table?.0.error.get().map(|error| &**error)
}

/// Frees a table. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_table_free(table: Option<Box<Table>>) {
    boundary::free(table);
}

/// Waits until the columns are known.
fn begun(mut batches: Batches, panics: bool) -> Result<(Reading, Table)> {
    let schema = drive(batches.schema())??;
    let outcome = Arc::new(Outcome { unfit: batches.unfit().clone(), error: OnceLock::new() });
    Ok((Reading { batches, schema, outcome: outcome.clone(), panics }, Table(outcome)))
}

impl Reading {
    /// The next page; behind the last an array that is released, as the interface has it.
    fn next(&mut self) -> Result<FFI_ArrowArray> {
        provoke(self.panics);
        let batch = drive(self.batches.next())??;
        Ok(batch.map_or_else(FFI_ArrowArray::empty, |batch| {
            FFI_ArrowArray::new(&StructArray::from(batch).into_data())
        }))
    }
}

fn exported(reading: Reading) -> ArrowArrayStream {
    let reading = Box::into_raw(Box::new(reading));
    // SAFETY: the functions below are those of the interface, and free what `reading` points at once.
    unsafe {
        ArrowArrayStream::new_unchecked(
            Some(get_schema),
            Some(get_next),
            Some(get_last_error),
            Some(release),
            reading.cast(),
        )
    }
}

/// What a stream owns.
///
/// # Safety
/// `stream` is one of ours that is not released, and nobody else uses it now.
unsafe fn reading<'a>(stream: *mut ArrowArrayStream) -> &'a mut Reading {
    // SAFETY: as promised by the caller.
    unsafe { &mut *(*stream).private_data().cast::<Reading>() }
}

/// Writes what `act` gives to `out`, and answers 0. An error, or a panic, is kept, and ends the stream.
///
/// # Safety
/// As for [`reading`]; `out` may be written.
unsafe fn answer<T>(
    stream: *mut ArrowArrayStream,
    out: *mut T,
    act: impl FnOnce(&mut Reading) -> Result<T>,
) -> c_int {
    // SAFETY: as promised by the caller.
    let reading = unsafe { reading(stream) };
    if reading.outcome.error.get().is_some() {
        return EIO;
    }
    let done = catch_unwind(AssertUnwindSafe(|| act(reading)))
        .unwrap_or_else(|panic| Err(Box::new(Error::internal(panic_text(&*panic)))));
    match done {
        Ok(done) => {
            // SAFETY: as promised by the caller.
            unsafe { out.write(done) };
            0
        }
        Err(error) => {
            let _ = reading.outcome.error.set(error);
            shield((), || reading.batches.close());
            EIO
        }
    }
}

unsafe extern "C" fn get_schema(stream: *mut ArrowArrayStream, out: *mut FFI_ArrowSchema) -> c_int {
    let schema = |reading: &mut Reading| {
        FFI_ArrowSchema::try_from(reading.schema.as_ref())
            .map_err(|error| Box::new(Error::internal(&error.to_string())))
    };
    // SAFETY: the contract of the interface.
    unsafe { answer(stream, out, schema) }
}

unsafe extern "C" fn get_next(stream: *mut ArrowArrayStream, out: *mut FFI_ArrowArray) -> c_int {
    // SAFETY: the contract of the interface.
    unsafe { answer(stream, out, Reading::next) }
}

unsafe extern "C" fn get_last_error(stream: *mut ArrowArrayStream) -> *const c_char {
    // SAFETY: the contract of the interface.
    let error = unsafe { reading(stream) }.outcome.error.get();
    error.map_or(ptr::null(), |error| CStr::as_ptr(&error.text))
}

unsafe extern "C" fn release(stream: *mut ArrowArrayStream) {
    shield((), || {
        // SAFETY: the contract of the interface: a stream of ours that is not released. From here on it is.
        unsafe {
            let stream = &mut *stream;
            stream.set_release(None);
            let reading = stream.set_private_data(ptr::null_mut()).cast::<Reading>();
            drop(Box::from_raw(reading));
        }
    });
}

const _: () = {
    const fn sent<T: Send>() {}
    const fn shared<T: Send + Sync>() {}
    sent::<Reading>();
    shared::<Table>();
};
