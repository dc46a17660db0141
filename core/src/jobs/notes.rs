//! What a job has learnt, written down line by line, so that the next run need not ask again. A line
//! that was broken off at the end does not count.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Seek, SeekFrom, Write as _};

use serde_json::Value;

use super::io_error;
use crate::error::{Error, Kind, Result};

/// The file; nothing is written where there is none.
pub(super) struct Notes {
    path: String,
    file: Option<File>,
}

impl Notes {
    /// Opens or begins the file, and gives what earlier runs of the same job have written.
    pub(super) fn open(path: Option<&str>, job: &Value) -> Result<(Self, Vec<Value>)> {
        let Some(path) = path else { return Ok((Notes { path: String::new(), file: None }, Vec::new())) };
        let mut lines = Vec::new();
        let kept = Lines::open(path, foreign, |line, _| lines.push(line))?;
        let is_new = lines.is_empty();
        if !is_new && lines.remove(0) != *job {
            return Err(foreign(path));
        }
        let mut notes = Notes { path: path.to_owned(), file: Some(kept.go_on(path)?) };
        if is_new {
            notes.add(job)?;
        }
        Ok((notes, lines))
    }

    /// Writes a line, and waits until it is on the disk.
    pub(super) fn add(&mut self, note: &Value) -> Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(format!("{note}\n").as_bytes())
            .and_then(|()| file.sync_data())
            .map_err(|error| io_error(&self.path, error))
    }

    /// Takes the file away: the job is done.
    pub(super) fn remove(self) -> Result<()> {
        match self.file {
            None => Ok(()),
            Some(file) => {
                drop(file);
                std::fs::remove_file(&self.path).map_err(|error| io_error(&self.path, error))
            }
        }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.file.is_some()
    }
}

/// A file that was written line by line.
pub(super) struct Lines {
    file: File,
    /// Bytes of its whole lines.
    whole: u64,
}

impl Lines {
    /// Opens or begins it, and gives each line, with the place where it stands.
    pub(super) fn open(
        path: &str,
        foreign: fn(&str) -> Error,
        mut take: impl FnMut(Value, u64),
    ) -> Result<Self> {
        let failed = |error| io_error(path, error);
        if std::fs::metadata(path).is_ok_and(|data| !data.is_file()) {
            return Err(Error::new(Kind::Io, format!("{path}: this is not a regular file")));
        }
        let mut file =
            File::options().create(true).truncate(false).read(true).write(true).open(path).map_err(failed)?;
        let mut whole = 0;
        let mut input = BufReader::new(&file);
        loop {
            let mut line = Vec::new();
            let read = input.by_ref().read_until(b'\n', &mut line).map_err(failed)?;
            if read == 0 || !line.ends_with(b"\n") {
                break;
            }
            take(serde_json::from_slice(&line).map_err(|_| foreign(path))?, whole);
            whole += read as u64;
        }
        drop(input);
        // Something else that has no line end must not be lost.
        if whole == 0 && file.metadata().map_err(failed)?.len() > 0 {
            let mut start = [0];
            file.seek(SeekFrom::Start(0)).and_then(|_| file.read_exact(&mut start)).map_err(failed)?;
            if start != *b"{" {
                return Err(foreign(path));
            }
        }
        Ok(Lines { file, whole })
    }

    /// The file, to write behind the lines: what was broken off at the end goes.
    pub(super) fn go_on(self, path: &str) -> Result<File> {
        let Lines { mut file, whole } = self;
        file.set_len(whole)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .map_err(|error| io_error(path, error))?;
        Ok(file)
    }
}

/// Says of a file that it is the checkpoint of something else.
pub(super) fn foreign(path: &str) -> Error {
    let message = format!("{path}: this is not the checkpoint of an export with these arguments");
    Error::argument("checkpoint_path", message)
        .with_advice("Give the same arguments to go on; take another file for another export.")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn notes_are_read_back_and_guard_their_job() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("n").to_string_lossy().into_owned();
        let open = |job: Value| Notes::open(Some(&path), &job);
        let (mut notes, lines) = open(json!({"job": 1})).expect("a new one");
        assert!(lines.is_empty() && notes.is_kept());
        notes.add(&json!([1])).expect("a disk");
        notes.add(&json!([2])).expect("a disk");
        drop(notes);
        let text = std::fs::read_to_string(&path).expect("a file");
        std::fs::write(&path, text + "[3, \"cut off").expect("a disk");
        let (mut notes, lines) = open(json!({"job": 1})).expect("the same");
        assert_eq!(lines, [json!([1]), json!([2])]);
        notes.add(&json!([4])).expect("a disk");
        drop(notes);
        assert_eq!(open(json!({"job": 1})).expect("the same").1.len(), 3);
        assert!(open(json!({"job": 2})).err().expect("another").message().contains("not the checkpoint"));
        let (notes, _) = open(json!({"job": 1})).expect("the same");
        notes.remove().expect("a disk");
        assert!(!std::path::Path::new(&path).exists());
        std::fs::write(&path, "my dear diary").expect("a disk");
        assert_eq!(open(json!({"job": 1})).err().expect("not ours").parameter(), Some("checkpoint_path"));
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), "my dear diary");
        let (notes, lines) = Notes::open(None, &json!({})).expect("none");
        assert!(lines.is_empty() && !notes.is_kept());
        notes.remove().expect("nothing to do");
    }
}
