//! Where the rows of a source stand that cannot be read again: the line of each contact beside the hash
//! of its address, in a file without a name, so that memory does not grow with the rows.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Bytes that are kept in memory.
const KEPT: usize = 1 << 20;
/// Bytes of a place: a hash and a line.
const PLACE: usize = 16;

/// The places, in the order of the rows.
#[derive(Default)]
pub(super) struct Places {
    kept: Vec<u8>,
    /// Those that came before the ones in memory.
    file: Option<File>,
}

impl Places {
    pub(super) fn add(&mut self, hash: u64, line: u64) -> io::Result<()> {
        if self.kept.len() >= KEPT {
            let file = match &mut self.file {
                Some(file) => file,
                file => file.insert(nameless_file().map_err(of_temporary)?),
            };
            file.write_all(&self.kept).map_err(of_temporary)?;
            self.kept.clear();
        }
        self.kept.extend_from_slice(&hash.to_le_bytes());
        self.kept.extend_from_slice(&line.to_le_bytes());
        Ok(())
    }

    /// Replaces the zero at each hash by its line, where it has one.
    pub(super) fn find(&mut self, wanted: &mut HashMap<u64, u64>) -> io::Result<()> {
        let mut look = |bytes: &[u8]| {
            for place in bytes.chunks_exact(PLACE) {
                let number = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap_or_default());
                if let Some(line) = wanted.get_mut(&number(&place[..8])) {
                    *line = number(&place[8..]);
                }
            }
        };
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(0)).map_err(of_temporary)?;
            let mut buffer = vec![0; KEPT / 16];
            loop {
                match read_full(file, &mut buffer).map_err(of_temporary)? {
                    0 => break,
                    count => look(&buffer[..count]),
                }
            }
            file.seek(SeekFrom::End(0)).map_err(of_temporary)?;
        }
        look(&self.kept);
        Ok(())
    }
}

/// Reads until the buffer is full or the end is there.
pub(super) fn read_full(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A temporary file that goes with the last who has it open.
pub(super) fn nameless_file() -> io::Result<File> {
    let folder = std::env::temp_dir();
    loop {
        let path = folder.join(format!(".brevo-{:016x}", fastrand::u64(..)));
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(file) => {
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// An error of a temporary file, which says where that is.
pub(super) fn of_temporary(error: io::Error) -> io::Error {
    let what = format!("a temporary file in {}: {error}", std::env::temp_dir().display());
    io::Error::new(error.kind(), what)
}

/// What helps there.
pub(super) const TEMPORARY_ADVICE: &str = "Make room in the folder for temporary files, or name another one by the environment variable TMPDIR (TMP on Windows).";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_in_memory_and_in_the_file() {
        let mut places = Places::default();
        let count = 3 * (KEPT / PLACE) as u64 + 5;
        for n in 0..count {
            places.add(n.wrapping_mul(0x9e37_79b9_7f4a_7c15), n + 2).unwrap();
        }
        for _ in 0..2 {
            let asked = [0, 1, count / 2, count - 1].map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let mut wanted: HashMap<u64, u64> = asked.into_iter().chain([7]).map(|hash| (hash, 0)).collect();
            places.find(&mut wanted).unwrap();
            assert_eq!(asked.map(|hash| wanted[&hash]), [2, 3, count / 2 + 2, count + 1]);
            assert_eq!(wanted[&7], 0);
        }
        assert!(places.file.is_some());
    }
}
