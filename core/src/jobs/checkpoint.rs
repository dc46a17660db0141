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

const VERSION: u32 = 1;

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
    /// Tells one content of the file from another.
    source: (u64, u64),
    /// Arguments that another run must share.
    arguments: Value,
    /// Number of the newest process before the first body; none before it was asked for.
    pub(super) newest_process: Option<i64>,
    /// The list that was created, or zero while that is on the way.
    pub(super) new_list: Option<i64>,
    pub(super) bodies: Vec<Body>,
    /// The result, once everything is done.
    pub(super) result: Option<ImportFileResult>,
    /// Whether the processes were waited for.
    pub(super) has_waited: bool,
}

/// A body that was sent, or is on the way.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Body {
    /// Rows of the file that were read when it ended.
    pub(super) end: u64,
    /// Its contacts.
    pub(super) count: u64,
    /// Its process; none while it is not known whether it was taken.
    pub(super) process: Option<i64>,
}

impl Checkpoint {
    /// Reads the file, or begins a new one. That of another import is refused, unless that is done.
    pub(super) fn open(path: &str, source: (u64, u64), arguments: Value) -> Result<Self> {
        let fresh = State { version: VERSION, source, arguments, ..State::default() };
        let state = match std::fs::read(path) {
            Ok(text) => {
                let state: State = serde_json::from_slice(&text).unwrap_or_default();
                if state.version != VERSION {
                    return refuse(path, "is no checkpoint of this version");
                }
                if state.source == fresh.source && state.arguments == fresh.arguments {
                    return Ok(Checkpoint { path: Some(path.into()), state });
                }
                if state.result.is_none() {
                    let what = if state.source == fresh.source { "other arguments" } else { "other content" };
                    return refuse(path, &format!("belongs to an import with {what}, which is not done"));
                }
                fresh
            }
            Err(error) if error.kind() == ErrorKind::NotFound => fresh,
            Err(error) => return Err(io_error(path, error)),
        };
        let checkpoint = Checkpoint { path: Some(path.into()), state };
        write(Path::new(path), &checkpoint.state)?;
        Ok(checkpoint)
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

fn refuse<T>(path: &str, what: &str) -> Result<T> {
    let error = Error::new(Kind::InvalidArgument, format!("checkpoint_path: {path} {what}"));
    Err(error
        .with_advice("Give the same file and arguments to go on, or remove the checkpoint to begin anew."))
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
        let open = |print, arguments| Checkpoint::open(&path, (10, print), arguments);
        let mut first = open(1, json!({"a": 1})).expect("a new one");
        assert!(first.state.bodies.is_empty());
        first.state.bodies.push(Body { end: 5, count: 4, process: None });
        first.save().await.expect("a disk");
        let again = open(1, json!({"a": 1})).expect("the same");
        assert_eq!(again.state.bodies[0].end, 5);
        for (print, arguments, what) in
            [(2, json!({"a": 1}), "other content"), (1, json!({"a": 2}), "other arguments")]
        {
            let error = open(print, arguments).expect_err("it belongs to another import");
            assert!(error.message().contains(what), "{error}");
        }
        first.state.result = Some(ImportFileResult::default());
        first.save().await.expect("a disk");
        assert!(open(2, json!({"a": 1})).expect("the first is done").state.result.is_none());
        std::fs::write(&path, "something else").expect("a disk");
        assert!(open(1, json!({"a": 1})).expect_err("not ours").message().contains("no checkpoint"));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }
}
