//! What a job can be given to read: a path, content, a table, or anything that gives rows.

use std::io::{self, Cursor, Read};
use std::time::{Duration, Instant};

use brevo_core::jobs::Input;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyMapping, PyString};

use crate::arrow_in::Table;
use crate::convert::{Fail, bytes_of, path_text, type_name};
use crate::rows;

/// Bytes that are read from a file at once, and in which rows are handed on.
const PIECE: usize = 128 << 10;

/// What the caller gave as `source`.
pub(crate) enum Source {
    /// A file that the core opens.
    Path(String),
    /// What the core reads, on a thread of its own.
    Input(Input),
    /// What is asked for rows in the caller's own thread, to which cursors of databases and the like belong;
    /// and how many there are, where that is known.
    Rows(Rows, Option<u64>),
}

impl Source {
    pub(crate) fn of(given: &Bound<'_, PyAny>, asynchronous: bool) -> Result<Self, Fail> {
        if let Some(path) = path_text(given)? {
            return Ok(Source::Path(path));
        }
        if let Some(bytes) = bytes_of(given)? {
            return Ok(Source::Input(Input::new(Cursor::new(bytes))));
        }
        if let Some(export) = given.getattr_opt("__arrow_c_stream__")? {
            let input = Input::new(Table::new(&export.call0()?)?);
            return Ok(Source::Input(match table_rows(given) {
                Some(rows) => input.with_rows(rows),
                None => input,
            }));
        }
        if given.hasattr("__aiter__")? {
            if !asynchronous {
                return Err(Fail::new(format!("{} can be read by AsyncBrevo only", type_name(given))));
            }
            let rows = given.call_method0("__aiter__")?;
            return Ok(Source::Rows(Rows::new(From::Later(rows.unbind())), None));
        }
        if given.hasattr("read")? {
            return Ok(Source::Input(Input::new(File {
                file: given.clone().unbind(),
                piece: Vec::new(),
                used: 0,
            })));
        }
        if given.cast::<PyMapping>().is_ok() {
            return Err(Fail::new("a mapping is a single row; put rows into a list or another iterable"));
        }
        if !given.hasattr("__iter__")? {
            let what = type_name(given);
            return Err(Fail::new(format!("a path, a file, a table or an iterable is needed, not {what}")));
        }
        let count = given.len().ok().map(|count| count as u64);
        Ok(Source::Rows(Rows::new(From::Now(given.try_iter()?.unbind())), count))
    }
}

/// How many rows a table of pyarrow, polars or pandas has. Others may have to work it out.
fn table_rows(given: &Bound<'_, PyAny>) -> Option<u64> {
    let of = |name| given.getattr_opt(name).ok().flatten();
    let count = of("num_rows").or_else(|| of("height")).and_then(|count| count.extract().ok());
    count.or_else(|| of("index")?.len().ok().map(|count| count as u64))
}

/// An open file, read on whatever thread the core reads on.
struct File {
    file: Py<PyAny>,
    piece: Vec<u8>,
    used: usize,
}

impl Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.used == self.piece.len() {
            let read = Python::try_attach(|py| {
                let read = self.file.bind(py).call_method1("read", (PIECE,))?;
                let mut piece = Vec::new();
                if add_content(&read, &mut piece)? {
                    return Ok(piece);
                }
                let what = type_name(&read);
                Err(PyTypeError::new_err(format!("read() of the source gave {what}, neither bytes nor text")))
            });
            self.piece = match read {
                Some(Ok(piece)) => piece,
                Some(Err(raised)) => return Err(io::Error::other(raised)),
                None => return Err(io::Error::other("the interpreter has ended")),
            };
            self.used = 0;
        }
        let count = buffer.len().min(self.piece.len() - self.used);
        buffer[..count].copy_from_slice(&self.piece[self.used..self.used + count]);
        self.used += count;
        Ok(count)
    }
}

/// Adds bytes, or text as bytes of UTF-8; false where it is neither.
fn add_content(given: &Bound<'_, PyAny>, piece: &mut Vec<u8>) -> PyResult<bool> {
    if let Ok(text) = given.cast::<PyString>() {
        piece.extend_from_slice(text.to_str()?.as_bytes());
        return Ok(true);
    }
    match bytes_of(given) {
        Ok(Some(bytes)) => {
            piece.extend_from_slice(&bytes);
            Ok(true)
        }
        Ok(None) => Ok(false),
        Err(fail) => Err(fail.raised()),
    }
}

/// What is asked for rows.
enum From {
    Now(Py<PyIterator>),
    /// An asynchronous iterator.
    Later(Py<PyAny>),
}

/// Rows on their way, gathered into pieces. Where the first item is bytes or text, all are pieces of a file.
pub(crate) struct Rows {
    from: From,
    /// Items that came.
    count: u64,
    is_content: bool,
    piece: Vec<u8>,
    begun: Option<Instant>,
}

impl Rows {
    fn new(from: From) -> Self {
        Rows { from, count: 0, is_content: false, piece: Vec::new(), begun: None }
    }

    /// The asynchronous iterator, where it is one.
    pub(crate) fn later<'py>(&self, py: Python<'py>) -> Option<&Bound<'py, PyAny>> {
        match &self.from {
            From::Later(iterator) => Some(iterator.bind(py)),
            From::Now(_) => None,
        }
    }

    /// Takes an item. True: it is enough for a piece, since it is large or was a while in the making.
    pub(crate) fn add(&mut self, item: &Bound<'_, PyAny>, patience: Duration) -> Result<bool, Fail> {
        let before = self.piece.len();
        let is_content = add_content(item, &mut self.piece)?;
        if self.count == 0 {
            self.is_content = is_content;
        }
        let at = |fail: Fail| fail.under(&format!("[{}]", self.count));
        match (is_content, self.is_content) {
            (true, true) => {}
            (false, false) => {
                if let Err(fail) = rows::write_row(item, &mut self.piece) {
                    let fail = at(fail);
                    self.piece.truncate(before);
                    return Err(fail);
                }
                self.piece.push(b'\n');
            }
            _ => return Err(at(Fail::new("rows, and pieces of a file, cannot be mixed"))),
        }
        self.count += 1;
        let begun = *self.begun.get_or_insert_with(Instant::now);
        Ok(!self.piece.is_empty() && (self.piece.len() >= PIECE || begun.elapsed() >= patience))
    }

    /// The piece that was gathered.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.begun = None;
        std::mem::take(&mut self.piece)
    }

    /// Gathers the next piece; an empty one at the end.
    pub(crate) fn next(&mut self, py: Python<'_>, patience: Duration) -> Result<Vec<u8>, Fail> {
        let From::Now(iterator) = &self.from else { return Ok(Vec::new()) };
        for item in iterator.bind(py).clone() {
            if self.add(&item?, patience)? {
                break;
            }
        }
        Ok(self.take())
    }
}
