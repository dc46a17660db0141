//! What a batch has done, written down line by line before and after each call, so that the next run
//! knows what must not be sent again. A line that was broken off at the end does not count.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::notes::Lines;
use super::{io_error, text_of};
use crate::error::{Error, Result};

/// Recipients from the first to before the last, counted among those that are sent to.
pub(super) type Range = (u64, u64);

/// What is known of a range from earlier runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// When a call with it began whose end is not known, in milliseconds since 1970.
    pub(super) begun: Option<i64>,
    /// Calls that certainly did nothing; each later one has another key.
    pub(super) undone: u64,
    /// It was cut in two.
    pub(super) is_split: bool,
    /// Where its outcome stands in the file.
    at: Option<u64>,
}

/// The file; nothing is written where there is none.
pub(super) struct Journal {
    path: String,
    file: Option<Mutex<File>>,
    known: HashMap<Range, Known>,
}

impl Journal {
    /// Of a job without checkpoint.
    pub(super) fn none() -> Self {
        Journal { path: String::new(), file: None, known: HashMap::new() }
    }

    /// Opens or begins the file. Gives the job's key too: the file's where it has one.
    pub(super) fn open(path: &str, job_key: &str, fingerprint: &str) -> Result<(Self, String)> {
        let failed = |error| io_error(path, error);
        let mut known: HashMap<Range, Known> = HashMap::new();
        let mut header = None;
        let lines = Lines::open(path, foreign, |line, at| match header {
            None => header = Some(line),
            Some(_) => note(&mut known, &line, at),
        })?;
        let (key, file) = match header {
            None => {
                let mut file = lines.go_on(path)?;
                let header = json!({"job": "send_batch", "key": job_key, "fingerprint": fingerprint});
                file.write_all(format!("{header}\n").as_bytes())
                    .and_then(|()| file.sync_data())
                    .map_err(failed)?;
                (job_key.to_owned(), file)
            }
            Some(header) => {
                if text_of(&header, "job").as_deref() != Some("send_batch") {
                    return Err(foreign(path));
                }
                if text_of(&header, "fingerprint").as_deref() != Some(fingerprint) {
                    let message = format!("{path}: this belongs to a job with other content or recipients");
                    return Err(Error::argument("checkpoint_path", message).with_advice(
                        "Give the same mail and recipients to go on; take another file for another job.",
                    ));
                }
                (text_of(&header, "key").unwrap_or_default(), lines.go_on(path)?)
            }
        };
        Ok((Journal { path: path.to_owned(), file: Some(Mutex::new(file)), known }, key))
    }

    /// What earlier runs say of a range.
    pub(super) fn known(&self, range: Range) -> Known {
        self.known.get(&range).cloned().unwrap_or_default()
    }

    /// The outcome of a range that was settled by an earlier run.
    pub(super) fn outcome(&self, range: Range) -> Result<Option<Value>> {
        let (Some(file), Some(at)) = (&self.file, self.known(range).at) else { return Ok(None) };
        let failed = |error| io_error(&self.path, error);
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = Vec::new();
        file.seek(SeekFrom::Start(at)).map_err(failed)?;
        let read = BufReader::new(&*file).read_until(b'\n', &mut line);
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        read.map_err(failed)?;
        serde_json::from_slice(&line).map(Some).map_err(|_| foreign(&self.path))
    }

    /// Writes a line about a range, and waits until it is on the disk.
    pub(super) fn write(&self, range: Range, mut value: Value) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        (value["from"], value["to"]) = (range.0.into(), range.1.into());
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(format!("{value}\n").as_bytes())
            .and_then(|()| file.sync_data())
            .map_err(|error| io_error(&self.path, error))
    }
}

fn note(known: &mut HashMap<Range, Known>, value: &Value, at: u64) {
    let number = |name: &str| value.get(name).and_then(Value::as_u64);
    let (Some(from), Some(to)) = (number("from"), number("to")) else { return };
    let range = known.entry((from, to)).or_default();
    if let Some(begun) = value.get("begun").and_then(Value::as_i64) {
        range.begun = Some(begun);
    } else if value.get("undone").is_some() {
        range.begun = None;
        range.undone += 1;
    } else if value.get("split").is_some() {
        range.is_split = true;
    } else {
        range.at = Some(at);
    }
}

fn foreign(path: &str) -> Error {
    Error::argument("checkpoint_path", format!("{path}: this is not the checkpoint of such a job"))
}
