//! A file for what is needed while a job runs.

use std::fs::File;
use std::path::PathBuf;

use super::io_error;
use super::target::beside;
use crate::error::Result;

/// The file goes when the job ends. Nobody else may read it.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// Beside a file that is written.
    pub(super) fn near(path: &str) -> Result<Self> {
        beside(path, &ending()).map(Scratch)
    }

    /// Among the temporary files.
    pub(super) fn temporary() -> Self {
        Scratch(std::env::temp_dir().join(format!(".brevo.{}", ending())))
    }

    pub(super) fn name(&self) -> String {
        self.0.to_string_lossy().into_owned()
    }

    /// Begins it, or begins it anew.
    pub(super) fn create(&self) -> Result<File> {
        let mut options = File::options();
        options.create(true).truncate(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.0).map_err(|error| io_error(&self.name(), error))
    }
}

fn ending() -> String {
    format!("{:016x}.part", fastrand::u64(..))
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It may not be there, and nothing can be done where this fails.
        let _ = std::fs::remove_file(&self.0);
    }
}
