//! Where the rows of a job go: to a file, CSV by RFC 4180 or JSON Lines, or to the program. A file takes
//! its place under its name only when it is whole. Where a checkpoint is kept, what is written so far
//! stays beside it, and the next run goes on from there.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use macro_rules_attribute::apply;
use serde_json::{Map, Value};

use super::cell::Cell;
use super::csv::write_field;
use super::io_error;
use super::stream::{Column, Feed, Keep, Page, Place, Taken, unreadable};
use crate::error::{Error, Kind, Result};
use crate::reply::Reply;

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

/// Where the rows of a job go.
pub(super) enum Output {
    /// To the file that its arguments name.
    File,
    /// To the program.
    Feed(Feed),
}

impl Output {
    /// Begins with these columns. What cannot be written fails at once.
    pub(super) async fn open(
        self,
        path: &str,
        format: Option<&FileFormat>,
        columns: Vec<Column>,
    ) -> Result<Target> {
        match self {
            Output::File => Target::create(path, format_of(path, format)?, columns),
            Output::Feed(feed) => Target::feed(feed, columns).await,
        }
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self, Output::File)
    }
}

/// Rows on their way to a file or to the program.
pub(super) struct Target {
    columns: Vec<Column>,
    sink: Sink,
}

enum Sink {
    File(Draft),
    /// Rows that were not given yet, as JSON that lacks its end.
    Feed(Feed, Vec<u8>),
}

/// A file in the making.
struct Draft {
    path: String,
    part: PathBuf,
    output: BufWriter<File>,
    /// Bytes written, those that wait in memory among them.
    length: u64,
    format: FileFormat,
    /// Whether what is written is kept when the job breaks off.
    is_kept: bool,
    is_whole: bool,
}

impl Target {
    /// Begins a file with these columns, beside its final place, so that what cannot be written fails
    /// at once.
    pub(super) fn create(path: &str, format: FileFormat, columns: Vec<Column>) -> Result<Self> {
        let part = beside(path, &format!("{:08x}.part", fastrand::u32(..)))?;
        let output = File::create_new(&part).map_err(|error| io_error(path, error))?;
        let mut draft = Draft::new(path, part, output, format, false);
        draft.header(&columns)?;
        Ok(Target { columns, sink: Sink::File(draft) })
    }

    /// Like [`Target::create`], for a job with a checkpoint. `length` is how much of the file an
    /// earlier run wrote that counts; 0 begins anew.
    pub(super) fn resume(path: &str, format: FileFormat, columns: Vec<Column>, length: u64) -> Result<Self> {
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
        let mut draft = Draft::new(path, part, output, format, true);
        draft.length = length;
        if length == 0 {
            draft.header(&columns)?;
        }
        Ok(Target { columns, sink: Sink::File(draft) })
    }

    /// Gives rows to the program. Comes back when it wants some.
    pub(super) async fn feed(mut feed: Feed, columns: Vec<Column>) -> Result<Self> {
        feed.begin(&columns).await?;
        Ok(Target { columns, sink: Sink::Feed(feed, Vec::new()) })
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Names of the columns.
    pub(super) fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Whether rows are cells of CSV, and not objects.
    pub(super) fn is_csv(&self) -> bool {
        matches!(&self.sink, Sink::File(draft) if draft.format == FileFormat::Csv)
    }

    /// Whether pages go to the program, which says when it wants one.
    pub(super) fn is_feed(&self) -> bool {
        matches!(self.sink, Sink::Feed(..))
    }

    /// Whether pages are read as they came: by [`Target::read`].
    pub(super) fn reads_pages(&self) -> bool {
        matches!(&self.sink, Sink::Feed(feed, _) if feed.sheet.is_some())
    }

    /// Writes a row: a value for each column. In JSON a missing one and `null` are left out.
    pub(super) fn row(&mut self, values: &[Option<&Value>]) -> Result<()> {
        if self.is_csv() {
            let mut line = Vec::new();
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    line.push(b',');
                }
                value.iter().for_each(|value| Cell { out: &mut line, is_csv: true }.write(value));
            }
            return self.line(&line);
        }
        let mut object = Map::new();
        for (column, value) in self.columns.iter().zip(values) {
            if let Some(value) = value.filter(|value| !value.is_null()) {
                object.insert(column.name.clone(), value.clone());
            }
        }
        self.line(Value::Object(object).to_string().as_bytes())
    }

    /// Writes a row that is text: the cells of CSV, or an object of JSON.
    pub(super) fn line(&mut self, line: &[u8]) -> Result<()> {
        match &mut self.sink {
            Sink::File(draft) => draft.line(line),
            Sink::Feed(_, rows) => {
                rows.push(if rows.is_empty() { b'[' } else { b',' });
                rows.extend_from_slice(line);
                Ok(())
            }
        }
    }

    /// Reads the entries of a page as they came, where [`Target::reads_pages`]; `keep` says which
    /// become rows.
    pub(super) fn read(
        &mut self,
        reply: &Reply,
        items: &str,
        total: Option<&str>,
        keep: Keep<'_>,
    ) -> Result<Taken> {
        let Sink::Feed(Feed { sheet: Some(sheet), .. }, _) = &mut self.sink else {
            return Ok(Taken::default());
        };
        if reply.is_empty() {
            return Ok(Taken::default());
        }
        sheet.read(&Place { text: &reply.text(), items, total }, keep).map_err(|why| unreadable(reply, why))
    }

    /// Tells that a page of rows is whole. A program that reads them has it when it asks for one, and
    /// the job waits for that.
    pub(super) async fn page(&mut self) -> Result<()> {
        let Sink::Feed(feed, rows) = &mut self.sink else { return Ok(()) };
        let mut rows = std::mem::take(rows);
        if !rows.is_empty() {
            rows.push(b']');
        }
        let rows = String::from_utf8(rows).unwrap_or_default();
        let page = match &mut feed.sheet {
            None if rows.is_empty() => return Ok(()),
            None => Page::Rows(rows),
            Some(sheet) => {
                if !rows.is_empty() {
                    let place = Place { text: &rows, items: "", total: None };
                    let read = sheet.read(&place, &mut |_| true);
                    read.map_err(|why| Error::new(Kind::Decode, why))?;
                }
                match sheet.page() {
                    Some(page) => Page::Sheet(page),
                    None => return Ok(()),
                }
            }
        };
        feed.give(page).await
    }

    /// Puts what was written on the disk, and gives its length.
    pub(super) fn settle(&mut self) -> Result<u64> {
        match &mut self.sink {
            Sink::File(draft) => draft.settle(),
            Sink::Feed(..) => Ok(0),
        }
    }

    /// Gives the file its name, or the last rows to the program.
    pub(super) async fn finish(mut self) -> Result<()> {
        self.page().await?;
        match self.sink {
            Sink::File(draft) => draft.finish(),
            Sink::Feed(..) => Ok(()),
        }
    }
}

impl Draft {
    fn new(path: &str, part: PathBuf, output: File, format: FileFormat, is_kept: bool) -> Self {
        let output = BufWriter::with_capacity(64 << 10, output);
        Draft { path: path.to_owned(), part, output, length: 0, format, is_kept, is_whole: false }
    }

    fn header(&mut self, columns: &[Column]) -> Result<()> {
        if self.format != FileFormat::Csv {
            return Ok(());
        }
        let mut line = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                line.push(b',');
            }
            write_field(&mut line, column.name.as_bytes());
        }
        self.line(&line)
    }

    fn line(&mut self, line: &[u8]) -> Result<()> {
        let end: &[u8] = if self.format == FileFormat::Csv { b"\r\n" } else { b"\n" };
        self.length += (line.len() + end.len()) as u64;
        let written = self.output.write_all(line).and_then(|()| self.output.write_all(end));
        written.map_err(|error| io_error(&self.path, error))
    }

    fn settle(&mut self) -> Result<u64> {
        let written = self.output.flush().and_then(|()| self.output.get_ref().sync_data());
        written.map_err(|error| io_error(&self.path, error))?;
        Ok(self.length)
    }

    fn finish(mut self) -> Result<()> {
        let written = self.output.flush().and_then(|()| self.output.get_ref().sync_all());
        written
            .and_then(|()| std::fs::rename(&self.part, &self.path))
            .map_err(|error| io_error(&self.path, error))?;
        self.is_whole = true;
        Ok(())
    }
}

impl Drop for Draft {
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
pub(super) fn beside(path: &str, ending: &str) -> Result<PathBuf> {
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
    use crate::schema::Ty;

    fn write(target: &mut Target, name: &str) {
        let (name, list) = (json!(name), json!(["x", 1]));
        target.row(&[Some(&name), None, Some(&list)]).unwrap();
    }

    fn columns() -> Vec<Column> {
        ["name", "gap", "list"].map(|name| Column::new(name, Ty::Any)).to_vec()
    }

    #[tokio::test]
    async fn rows_in_both_forms() {
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
            target.finish().await.unwrap();
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

    #[tokio::test]
    async fn what_a_checkpoint_does_not_count_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv").to_string_lossy().into_owned();
        let mut target = Target::resume(&path, FileFormat::Csv, columns(), 0).unwrap();
        write(&mut target, "first");
        let length = target.settle().unwrap();
        write(&mut target, "lost");
        drop(target);
        let mut target = Target::resume(&path, FileFormat::Csv, columns(), length).unwrap();
        write(&mut target, "second");
        target.finish().await.unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let names: Vec<_> = text.lines().map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(names, ["name", "first", "second"]);
        let error = Target::resume(&path, FileFormat::Csv, columns(), 9).err().expect("nothing there");
        assert!(error.message().contains("shorter than its checkpoint"), "{error}");
    }
}
