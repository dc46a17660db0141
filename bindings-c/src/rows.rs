//! Rows that a callback of the program gives to a job.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use brevo_core::Kind;
use brevo_core::jobs::{Fed, Feed, feed};

/// Bytes in which rows are handed on, and the time that it may take to gather them.
const PIECE: usize = 64 << 10;
const PATIENCE: Duration = Duration::from_millis(50);

/// A function of the program that gives rows.
type NextRow = unsafe extern "C" fn(*mut *const c_char, *mut c_void) -> c_int;

/// The rows of a callback.
pub(crate) struct RowTexts {
    next_row: NextRow,
    user_data: *mut c_void,
    is_over: bool,
}

// SAFETY: the pointer is never followed here; it is the program's to hand over to the thread which the header
// names.
unsafe impl Send for RowTexts {}

impl RowTexts {
    pub(crate) fn new(next_row: NextRow, user_data: *mut c_void) -> Self {
        RowTexts { next_row, user_data, is_over: false }
    }

    /// The next rows as lines, none at the end; `None` where the callback stops the job.
    pub(crate) fn piece(&mut self) -> Option<Vec<u8>> {
        let (mut piece, begun) = (Vec::new(), Instant::now());
        while !self.is_over && piece.len() < PIECE && (piece.is_empty() || begun.elapsed() < PATIENCE) {
            let mut row = ptr::null();
            // SAFETY: the program gave a function of this type, and what it is to be handed.
            if unsafe { (self.next_row)(&mut row, self.user_data) } != 0 {
                return None;
            }
            if row.is_null() {
                self.is_over = true;
                break;
            }
            // SAFETY: the callback's contract: a text that ends with a NUL and does not change now.
            let text = unsafe { CStr::from_ptr(row) }.to_bytes();
            let start = piece.len();
            piece.extend_from_slice(text);
            // Between the values of JSON a new line is a blank; within them there is none.
            for byte in &mut piece[start..] {
                if matches!(byte, b'\n' | b'\r') {
                    *byte = b' ';
                }
            }
            piece.push(b'\n');
        }
        Some(piece)
    }
}

/// The rows of a job in the background: it says when it wants some, and the thread that runs its callbacks
/// makes them.
pub(crate) struct Source {
    rows: Mutex<RowTexts>,
    /// None where the job is not there yet, and where the callback has stopped it.
    feed: Mutex<Option<Feed>>,
    is_stopped: AtomicBool,
}

impl Source {
    pub(crate) fn new(rows: RowTexts) -> Self {
        Source { rows: Mutex::new(rows), feed: Mutex::default(), is_stopped: AtomicBool::new(false) }
    }

    /// The end for the job, which calls `want` when it wants rows.
    pub(crate) fn begin(&self, want: impl Fn() + Send + Sync + 'static) -> Fed {
        let (feed, fed) = feed(want);
        *self.feed() = Some(feed);
        fed
    }

    /// Makes the rows that are wanted, on this thread.
    pub(crate) fn give(&self) {
        let piece = self.rows.lock().unwrap_or_else(PoisonError::into_inner).piece();
        let mut feed = self.feed();
        match piece {
            Some(piece) => {
                if let Some(feed) = &*feed {
                    feed.give(piece);
                }
            }
            None => {
                self.is_stopped.store(true, Ordering::Release);
                *feed = None;
            }
        }
    }

    /// The outcome of the job, in other words where it was stopped by the callback.
    pub(crate) fn outcome<T>(&self, outcome: brevo_core::Result<T>) -> brevo_core::Result<T> {
        outcome.map_err(|error| match self.is_stopped.load(Ordering::Acquire) {
            true => stopped(&error),
            false => error,
        })
    }

    fn feed(&self) -> MutexGuard<'_, Option<Feed>> {
        self.feed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error of a job that the callback of its rows stopped; `outcome` is how it ended then.
pub(crate) fn stopped(outcome: &brevo_core::Error) -> brevo_core::Error {
    brevo_core::Error::new(Kind::Cancelled, format!("the row callback stopped the job: {outcome}"))
}
