//! The file that a job writes: CSV by RFC 4180, or JSON Lines. It takes its place under its name only
//! when it is whole. Where a checkpoint is kept, what is written so far stays beside it, and the next
//! run goes on from there.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use macro_rules_attribute::apply;
use serde_json::{Map, Value};

use super::{cell, io_error};
use crate::error::{Error, Kind, Result};

/// Form of a file of rows.
#[apply(open_enum!)]
pub enum FileFormat {
    Csv = "csv",
    Jsonl = "jsonl",
}

/// The form of a file: as asked for, else by the ending of its name.
pub(super) fn format_of(path: &str, asked: Option<&FileFormat>) -> Result<FileFormat> {
    match asked {
        Some(FileFormat::Unknown(other)) => {
            Err(Error::argument("format", format!("`{other}` is no form of a file; known are csv, jsonl")))
        }
        Some(format) => Ok(format.clone()),
        None => {
            let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
            Ok(if matches!(ending.as_str(), "jsonl" | "ndjson" | "json") {
                FileFormat::Jsonl
            } else {
                FileFormat::Csv
            })
        }
    }
}

/// A file in the making.
pub(super) struct Target {
    path: String,
    part: PathBuf,
    output: BufWriter<File>,
    /// Bytes written, those that wait in memory among them.
    length: u64,
    columns: Vec<String>,
    format: FileFormat,
    /// Whether what is written is kept when the job breaks off.
    is_kept: bool,
    is_whole: bool,
}

impl Target {
    /// Begins a file with these columns, beside its final place, so that what cannot be written fails
    /// at once.
    pub(super) fn create(path: &str, format: FileFormat, columns: Vec<String>) -> Result<Self> {
        let part = beside(path, &format!("{:08x}.part", fastrand::u32(..)))?;
        let output = File::create_new(&part).map_err(|error| io_error(path, error))?;
        let mut target = Target::new(path, part, output, format, columns, false);
        target.header()?;
        Ok(target)
    }

    /// Like [`Target::create`], for a job with a checkpoint. `length` is how much of the file an
    /// earlier run wrote that counts; 0 begins anew.
    pub(super) fn resume(path: &str, format: FileFormat, columns: Vec<String>, length: u64) -> Result<Self> {
        let failed = |error| io_error(path, error);
        let part = part_of(path)?;
        let mut output =
            File::options().create(true).truncate(false).write(true).open(&part).map_err(failed)?;
        if output.metadata().map_err(failed)?.len() < length {
            let message =
                format!("{}: the unfinished file is shorter than its checkpoint says", part.display());
            return Err(Error::new(Kind::Io, message).with_advice("Remove the checkpoint to begin anew."));
        }
        output.set_len(length).map_err(failed)?;
        output.seek(io::SeekFrom::End(0)).map_err(failed)?;
        let mut target = Target::new(path, part, output, format, columns, true);
        target.length = length;
        if length == 0 {
            target.header()?;
        }
        Ok(target)
    }

    fn new(
        path: &str,
        part: PathBuf,
        output: File,
        format: FileFormat,
        columns: Vec<String>,
        is_kept: bool,
    ) -> Self {
        let output = BufWriter::with_capacity(64 << 10, output);
        Target { path: path.to_owned(), part, output, length: 0, columns, format, is_kept, is_whole: false }
    }

    fn header(&mut self) -> Result<()> {
        if self.format == FileFormat::Csv {
            let columns = std::mem::take(&mut self.columns);
            self.line(&columns)?;
            self.columns = columns;
        }
        Ok(())
    }

    /// Writes a row: a value for each column. In JSON Lines a missing one and `null` are left out.
    pub(super) fn row(&mut self, values: &[Option<&Value>]) -> Result<()> {
        if self.format == FileFormat::Csv {
            let cells: Vec<String> = values.iter().map(|value| cell(*value)).collect();
            return self.line(&cells);
        }
        let mut object = Map::new();
        for (name, value) in self.columns.iter().zip(values) {
            if let Some(value) = value.filter(|value| !value.is_null()) {
                object.insert(name.clone(), value.clone());
            }
        }
        self.object(&Value::Object(object))
    }

    /// Writes a JSON value as a line, whatever the columns.
    pub(super) fn object(&mut self, value: &Value) -> Result<()> {
        let mut line = value.to_string();
        line.push('\n');
        self.bytes(line.as_bytes())
    }

    fn line(&mut self, cells: &[String]) -> Result<()> {
        let mut line = Vec::with_capacity(64);
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                line.push(b',');
            }
            if cell.contains([',', '"', '\r', '\n']) {
                line.push(b'"');
                line.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
                line.push(b'"');
            } else {
                line.extend_from_slice(cell.as_bytes());
            }
        }
        line.extend_from_slice(b"\r\n");
        self.bytes(&line)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.length += bytes.len() as u64;
        self.output.write_all(bytes).map_err(|error| io_error(&self.path, error))
    }

    /// Puts what was written on the disk, and gives its length.
    pub(super) fn settle(&mut self) -> Result<u64> {
        let written = self.output.flush().and_then(|()| self.output.get_ref().sync_data());
        written.map_err(|error| io_error(&self.path, error))?;
        Ok(self.length)
    }

    /// Gives the file its name.
    pub(super) fn finish(mut self) -> Result<()> {
        let written = self.output.flush().and_then(|()| self.output.get_ref().sync_all());
        written
            .and_then(|()| std::fs::rename(&self.part, &self.path))
            .map_err(|error| io_error(&self.path, error))?;
        self.is_whole = true;
        Ok(())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if self.is_kept {
            // The next run takes what counts.
            let _ = self.output.flush();
        } else if !self.is_whole {
            // Nothing can be done, and nobody told, where even this fails.
            let _ = std::fs::remove_file(&self.part);
        }
    }
}

/// The unfinished file of a job with a checkpoint.
pub(super) fn part_of(path: &str) -> Result<PathBuf> {
    beside(path, "part")
}

/// A hidden file beside another.
fn beside(path: &str, ending: &str) -> Result<PathBuf> {
    let target = Path::new(path);
    match target.file_name() {
        Some(name) if !std::fs::metadata(target).is_ok_and(|data| !data.is_file()) => {
            Ok(target.with_file_name(format!(".{}.{ending}", name.to_string_lossy())))
        }
        _ => Err(Error::new(Kind::Io, format!("{path}: this is not a regular file"))),
    }
}

/// Writes a small file so that either the old or the new one is there, whole, whatever happens.
pub(super) fn replace(path: &str, content: &[u8]) -> Result<()> {
    let failed = |error| io_error(path, error);
    let part = beside(path, "part")?;
    let mut file = File::create(&part).map_err(failed)?;
    file.write_all(content).and_then(|()| file.sync_data()).map_err(failed)?;
    std::fs::rename(&part, path).map_err(failed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn write(target: &mut Target, name: &str) {
        let (name, list) = (json!(name), json!(["x", 1]));
        target.row(&[Some(&name), None, Some(&list)]).unwrap();
    }

    fn columns() -> Vec<String> {
        ["name", "gap", "list"].map(str::to_owned).to_vec()
    }

    #[test]
    fn rows_in_both_forms() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        for (name, expected) in [
            ("a.csv", "name,gap,list\r\n\"say \"\"hi\"\",\r\n\",,\"[\"\"x\"\",1]\"\r\n"),
            ("a.JSONL", "{\"name\":\"say \\\"hi\\\",\\r\\n\",\"list\":[\"x\",1]}\n"),
        ] {
            let path = path(name);
            let mut target = Target::create(&path, format_of(&path, None).unwrap(), columns()).unwrap();
            write(&mut target, "say \"hi\",\r\n");
            assert!(!Path::new(&path).exists(), "a file in the making has no name yet");
            target.finish().unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
        }
        drop(Target::create(&path("b.csv"), FileFormat::Csv, columns()).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "what was begun is removed");
        let wrong = format_of("x", Some(&FileFormat::from("xml"))).expect_err("no such form");
        assert_eq!(wrong.parameter(), Some("format"));
        let is_folder = folder.path().to_string_lossy().into_owned();
        let error = Target::create(&is_folder, FileFormat::Csv, columns()).err().expect("a folder");
        assert_eq!(error.kind(), Kind::Io);
    }

    #[test]
    fn what_a_checkpoint_does_not_count_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv").to_string_lossy().into_owned();
        let mut target = Target::resume(&path, FileFormat::Csv, columns(), 0).unwrap();
        write(&mut target, "first");
        let length = target.settle().unwrap();
        write(&mut target, "lost");
        drop(target);
        let mut target = Target::resume(&path, FileFormat::Csv, columns(), length).unwrap();
        write(&mut target, "second");
        target.finish().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let names: Vec<_> = text.lines().map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(names, ["name", "first", "second"]);
        let error = Target::resume(&path, FileFormat::Csv, columns(), 9).err().expect("nothing there");
        assert!(error.message().contains("shorter than its checkpoint"), "{error}");
    }
}
