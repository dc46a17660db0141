//! What an import has sent, written down before and after each body, so that the next run goes on
//! where this one stopped.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::import::ImportFileResult;
use super::{blocking, io_error};
use crate::error::{Error, Kind, Result};

const VERSION: u32 = 2;

/// The file, and what it says.
#[derive(Debug, Default)]
pub(super) struct Checkpoint {
    /// None where there is no file: then nothing is written.
    path: Option<PathBuf>,
    pub(super) state: State,
}

/// What the file says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    version: u32,
    /// Size of the file; none where it is no file.
    size: Option<u64>,
    /// Stands for all rows, once they were read.
    print: u64,
    /// Arguments that another run must share.
    arguments: Value,
    /// Number of the newest process before the first body; none before it was asked for.
    pub(super) newest_process: Option<i64>,
    /// The list that was created, or zero while that is on the way.
    pub(super) new_list: Option<i64>,
    pub(super) bodies: Vec<Body>,
    /// The result, once everything is done.
    result: Option<ImportFileResult>,
    /// Whether the processes were waited for.
    has_waited: bool,
}

/// A body that was sent, or may have been: it is written down before its last byte goes. Those on the way
/// after it are not whole, and not written down.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Body {
    /// Rows of the file that were read when it ended.
    pub(super) end: u64,
    /// Its contacts.
    pub(super) count: u64,
    /// Stands for the rows up to its end.
    pub(super) print: u64,
    /// Its process; none while it is not known whether it was taken.
    pub(super) process: Option<i64>,
}

impl Checkpoint {
    /// Reads the file, or begins a new one. That of another import is refused, unless that is done.
    pub(super) fn open(path: &str, size: Option<u64>, arguments: Value) -> Result<Self> {
        let fresh = State { version: VERSION, size, arguments, ..State::default() };
        let mut checkpoint = Checkpoint { path: Some(path.into()), state: fresh };
        match std::fs::read(path) {
            Ok(text) => {
                let state: State = serde_json::from_slice(&text).unwrap_or_default();
                if state.version != VERSION {
                    return Err(checkpoint.refused("is no checkpoint of this version"));
                }
                let is_same = state.arguments == checkpoint.state.arguments;
                if is_same && state.size == size {
                    checkpoint.state = state;
                    return Ok(checkpoint);
                }
                if state.result.is_none() {
                    return Err(checkpoint.refusal(if is_same {
                        "other content"
                    } else {
                        "other arguments"
                    }));
                }
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(io_error(path, error)),
        }
        write(Path::new(path), &checkpoint.state)?;
        Ok(checkpoint)
    }

    /// The result of an import that is done, as far as is asked for.
    pub(super) fn done(&self, waits: bool) -> Option<ImportFileResult> {
        self.state.result.clone().filter(|_| self.state.has_waited || !waits)
    }

    /// Whether the rows of the import that is done are those that the number stands for.
    pub(super) fn is_of(&self, print: u64) -> bool {
        self.state.print == print
    }

    /// Begins anew, after an import of other rows.
    pub(super) fn renew(&mut self) {
        let State { size, arguments, .. } = std::mem::take(&mut self.state);
        self.state = State { version: VERSION, size, arguments, ..State::default() };
    }

    /// Notes that everything is done.
    pub(super) fn finish(&mut self, result: &ImportFileResult, has_waited: bool, print: u64) {
        self.state.result = self.is_kept().then(|| result.clone());
        (self.state.has_waited, self.state.print) = (has_waited, print);
    }

    /// The refusal of a checkpoint that belongs to an import with something else.
    pub(super) fn refusal(&self, what: &str) -> Error {
        self.refused(&format!("belongs to an import with {what}, which is not done"))
    }

    fn refused(&self, what: &str) -> Error {
        let path = self.path.as_deref().unwrap_or(Path::new("")).display();
        Error::new(Kind::InvalidArgument, format!("checkpoint_path: {path} {what}"))
            .with_advice("Give the same rows and arguments to go on, or remove the checkpoint to begin anew.")
    }

    pub(super) fn is_kept(&self) -> bool {
        self.path.is_some()
    }

    /// Writes down what is known. When this is done, it is on the disk.
    pub(super) async fn save(&self) -> Result<()> {
        let Some(path) = self.path.clone() else { return Ok(()) };
        let state = self.state.clone();
        blocking(move || write(&path, &state)).await?
    }

    /// Time since it was written last.
    pub(super) fn age(&self) -> Duration {
        let modified = self.path.as_deref().and_then(|path| std::fs::metadata(path).ok()?.modified().ok());
        modified.and_then(|at| SystemTime::now().duration_since(at).ok()).unwrap_or_default()
    }
}

/// Replaces the file as a whole.
fn write(path: &Path, state: &State) -> Result<()> {
    let failed = |error| io_error(&path.to_string_lossy(), error);
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let text = serde_json::to_vec(state).map_err(|error| failed(error.into()))?;
    let mut file = File::create(&part).map_err(failed)?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(failed)?;
    std::fs::rename(&part, path).map_err(failed)?;
    // The new name is on the disk when the folder is; where folders cannot be opened, the system sees to it.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_checkpoint_is_read_back_and_guards_its_import() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("c.json").to_string_lossy().into_owned();
        let open = |size, arguments| Checkpoint::open(&path, Some(size), arguments);
        let mut first = open(1, json!({"a": 1})).expect("a new one");
        assert!(first.state.bodies.is_empty());
        first.state.bodies.push(Body { end: 5, count: 4, print: 9, process: None });
        first.save().await.expect("a disk");
        let again = open(1, json!({"a": 1})).expect("the same");
        assert_eq!((again.state.bodies[0].end, again.state.bodies[0].print), (5, 9));
        for (size, arguments, what) in
            [(2, json!({"a": 1}), "other content"), (1, json!({"a": 2}), "other arguments")]
        {
            let error = open(size, arguments).expect_err("it belongs to another import");
            assert!(error.message().contains(what), "{error}");
        }
        first.finish(&ImportFileResult::default(), false, 7);
        first.save().await.expect("a disk");
        let again = open(1, json!({"a": 1})).expect("the same");
        assert!(again.done(true).is_none() && again.done(false).is_some());
        assert!(again.is_of(7) && !again.is_of(8));
        assert!(open(2, json!({"a": 1})).expect("the first is done").done(false).is_none());
        std::fs::write(&path, "something else").expect("a disk");
        let error = open(1, json!({"a": 1})).expect_err("not ours");
        assert!(error.message().contains("no checkpoint"));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }
}
