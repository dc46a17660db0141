//! The addresses that came before, as hashes of 64 bits. A million and a half are kept in memory; more
//! go to files without a name, sorted. A filter, which is much smaller, answers for most addresses that did
//! not come before. That a good row is taken for a repeat has a chance of one in 30 million for a source
//! of a million rows, and of one in 370,000 for ten million.

use std::fs::File;
use std::hash::BuildHasher as _;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};

use foldhash::quality::RandomState;

use super::places::{nameless_file, of_temporary, read_full};

/// Slots in memory: at the start, at most, and at most once there are files.
const FIRST_SLOTS: usize = 1 << 13;
const MOST_SLOTS: usize = 1 << 21;
const SLOTS_BESIDE_RUNS: usize = 1 << 20;
/// How many times more there are when they are full. What is given back may lie idle in the process, so that large
/// steps keep less memory than small ones; but memory that is new costs time, and much larger ones touch more of it.
const GROWTH: usize = 4;
/// Slots for each word of the filter, and its words once there are files. Each hash belongs to one word.
const SLOTS_A_WORD: usize = 16;
const FILTER: usize = 1 << 21;
/// Hashes that are put into their slots at once. The slots lie far apart, and the processor fetches many in the
/// time that it needs for one.
const WAITING: usize = 64;
/// Hashes that are read from a file at once.
const PAGE: usize = 512;
/// Bytes that are written to a file at once.
const WRITTEN: usize = 128 << 10;

/// All addresses so far.
pub(super) struct Seen {
    state: RandomState,
    lower: Vec<u8>,
    /// Each hash is in the slot that its highest bits name, or in one of those that follow. Zero is none.
    slots: Vec<u64>,
    used: usize,
    /// Those that have no slot yet.
    waiting: Vec<u64>,
    /// Slots at most, without files and beside them.
    most: (usize, usize),
    /// Bits of all hashes. What has not all of its own here did not come before.
    filter: Vec<u64>,
    /// From large to small.
    runs: Vec<Run>,
}

impl Seen {
    pub(super) fn new() -> Self {
        Seen::with_most(MOST_SLOTS, SLOTS_BESIDE_RUNS)
    }

    fn with_most(alone: usize, beside: usize) -> Self {
        let first = FIRST_SLOTS.min(alone);
        Seen {
            state: RandomState::default(),
            lower: Vec::new(),
            slots: zeroes(first),
            used: 0,
            waiting: Vec::new(),
            most: (alone, beside),
            filter: zeroes(first / SLOTS_A_WORD),
            runs: Vec::new(),
        }
    }

    /// The same for the same address in any case, and never zero.
    pub(super) fn hash(&mut self, address: &str) -> u64 {
        // Without an end before the last byte, so that many bytes are looked at in one step.
        let is_lower = |all: bool, byte: u8| all & byte.is_ascii() & !byte.is_ascii_uppercase();
        if address.bytes().fold(true, is_lower) {
            return self.state.hash_one(address.as_bytes()).max(1);
        }
        self.lower.clear();
        if address.is_ascii() {
            self.lower.extend_from_slice(address.as_bytes());
            self.lower.make_ascii_lowercase();
        } else {
            self.lower.extend_from_slice(address.to_lowercase().as_bytes());
        }
        self.state.hash_one(self.lower.as_slice()).max(1)
    }

    /// Adds a hash; gives false where it was there already.
    pub(super) fn insert(&mut self, hash: u64) -> io::Result<bool> {
        if self.has(hash)? {
            return Ok(false);
        }
        self.mark(hash);
        self.waiting.push(hash);
        if self.waiting.len() == WAITING {
            self.settle().map_err(of_temporary)?;
        }
        Ok(true)
    }

    /// Whether a hash was added.
    pub(super) fn has(&mut self, hash: u64) -> io::Result<bool> {
        let (word, bits) = self.filter_bits(hash);
        if self.filter[word] & bits != bits {
            return Ok(false);
        }
        Ok(self.waiting.contains(&hash) || self.slots[self.slot(hash)] == hash || self.is_in_runs(hash)?)
    }

    /// Gives the memory back; the hash of an address stays the same.
    pub(super) fn forget(&mut self) {
        let state = self.state.clone();
        *self = Seen { state, ..Seen::with_most(self.most.0, self.most.1) };
    }

    /// The word of the filter that a hash belongs to, and its four bits there.
    fn filter_bits(&self, hash: u64) -> (usize, u64) {
        let bit = |shift: u32| 1 << ((hash >> shift) & 63);
        (hash as usize & (self.filter.len() - 1), bit(21) | bit(27) | bit(33) | bit(39))
    }

    fn mark(&mut self, hash: u64) {
        let (word, bits) = self.filter_bits(hash);
        self.filter[word] |= bits;
    }

    fn first_slot(&self, hash: u64) -> usize {
        (hash >> (64 - self.slots.len().trailing_zeros())) as usize
    }

    /// The slot that holds a hash, or that would.
    fn slot(&self, hash: u64) -> usize {
        let last = self.slots.len() - 1;
        let mut slot = self.first_slot(hash);
        while self.slots[slot] != hash && self.slots[slot] != 0 {
            slot = (slot + 1) & last;
        }
        slot
    }

    /// Puts those that wait into their slots.
    fn settle(&mut self) -> io::Result<()> {
        // A third more slots than hashes keep the ways short.
        if (self.used + self.waiting.len()) * 4 > self.slots.len() * 3 {
            self.make_room()?;
            // The filter may be a new one.
            for at in 0..self.waiting.len() {
                self.mark(self.waiting[at]);
            }
        }
        // So that the processor fetches them all: below, what is done next depends on what one of them holds.
        let first_slots = self.waiting.iter().map(|hash| self.slots[self.first_slot(*hash)]);
        std::hint::black_box(first_slots.fold(0, |all, slot| all | slot));
        for at in 0..self.waiting.len() {
            let hash = self.waiting[at];
            let slot = self.slot(hash);
            self.slots[slot] = hash;
        }
        self.used += self.waiting.len();
        self.waiting.clear();
        Ok(())
    }

    fn make_room(&mut self) -> io::Result<()> {
        let most = if self.runs.is_empty() { self.most.0 } else { self.most.1 };
        if self.slots.len() < most {
            let count = (self.slots.len() * GROWTH).min(most);
            if self.runs.is_empty() {
                self.filter = zeroes(count / SLOTS_A_WORD);
            }
            for hash in std::mem::replace(&mut self.slots, zeroes(count)) {
                if hash != 0 {
                    let slot = self.slot(hash);
                    self.slots[slot] = hash;
                    self.mark(hash);
                }
            }
            return Ok(());
        }
        if self.runs.is_empty() {
            // The smaller one goes first, so that never both are there.
            self.filter = Vec::new();
            self.filter = zeroes(FILTER);
        }
        self.slots.sort_unstable();
        let mut run = RunWriter::new()?;
        for at in self.slots.len() - self.used..self.slots.len() {
            let hash = self.slots[at];
            self.mark(hash);
            run.add(hash)?;
        }
        self.runs.push(run.finish()?);
        // In the same place, for the same reason.
        self.slots.truncate(self.most.1);
        self.slots.shrink_to_fit();
        self.slots.fill(0);
        self.used = 0;
        // Runs of like size become one, so that there are few.
        while let [.., larger, smaller] = self.runs.as_mut_slice()
            && larger.count < smaller.count * 2
        {
            let merged = merge(larger, smaller)?;
            self.runs.truncate(self.runs.len() - 2);
            self.runs.push(merged);
        }
        Ok(())
    }

    fn is_in_runs(&mut self, hash: u64) -> io::Result<bool> {
        for run in &mut self.runs {
            if run.has(hash).map_err(of_temporary)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Memory that is written here, as it is not with `vec!`: the system gives what is read first twice, as zeroes and to
/// write on.
#[allow(clippy::slow_vector_initialization)]
fn zeroes(count: usize) -> Vec<u64> {
    let mut memory = Vec::new();
    memory.resize(count, 0);
    memory
}

/// Hashes in a file, sorted.
struct Run {
    file: File,
    count: usize,
    /// The first of each page.
    firsts: Vec<u64>,
    page: Vec<u8>,
}

impl Run {
    fn has(&mut self, hash: u64) -> io::Result<bool> {
        let after = self.firsts.partition_point(|first| *first <= hash);
        let Some(page) = after.checked_sub(1) else { return Ok(false) };
        self.file.seek(SeekFrom::Start((page * PAGE * 8) as u64))?;
        self.page.resize(PAGE * 8, 0);
        let filled = read_full(&mut self.file, &mut self.page)?;
        let (mut from, mut to) = (0, filled / 8);
        while from < to {
            let middle = from.midpoint(to);
            let found = number(&self.page[middle * 8..middle * 8 + 8]);
            match found.cmp(&hash) {
                std::cmp::Ordering::Equal => return Ok(true),
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        Ok(false)
    }
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes.try_into().unwrap_or_default())
}

/// A run in the making.
struct RunWriter {
    run: Run,
    waiting: Vec<u8>,
}

impl RunWriter {
    fn new() -> io::Result<Self> {
        let run = Run { file: nameless_file()?, count: 0, firsts: Vec::new(), page: Vec::new() };
        Ok(RunWriter { run, waiting: Vec::with_capacity(WRITTEN) })
    }

    fn add(&mut self, hash: u64) -> io::Result<()> {
        if self.run.count.is_multiple_of(PAGE) {
            self.run.firsts.push(hash);
        }
        self.run.count += 1;
        self.waiting.extend_from_slice(&hash.to_le_bytes());
        if self.waiting.len() >= WRITTEN {
            self.run.file.write_all(&self.waiting)?;
            self.waiting.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<Run> {
        self.run.file.write_all(&self.waiting)?;
        Ok(self.run)
    }
}

/// One run with the hashes of both.
fn merge(one: &mut Run, other: &mut Run) -> io::Result<Run> {
    let mut merged = RunWriter::new()?;
    let (mut one, mut other) = (Hashes::of(one)?, Hashes::of(other)?);
    let (mut a, mut b) = (one.next()?, other.next()?);
    loop {
        match (a, b) {
            (Some(hash), Some(larger)) if hash < larger => {
                merged.add(hash)?;
                a = one.next()?;
            }
            (_, Some(hash)) => {
                merged.add(hash)?;
                b = other.next()?;
            }
            (Some(hash), None) => {
                merged.add(hash)?;
                a = one.next()?;
            }
            (None, None) => return merged.finish(),
        }
    }
}

/// The hashes of a run, one after the other.
struct Hashes<'a> {
    file: BufReader<&'a mut File>,
    left: usize,
}

impl<'a> Hashes<'a> {
    fn of(run: &'a mut Run) -> io::Result<Self> {
        run.file.seek(SeekFrom::Start(0))?;
        Ok(Hashes { left: run.count, file: BufReader::with_capacity(WRITTEN, &mut run.file) })
    }

    fn next(&mut self) -> io::Result<Option<u64>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut bytes = [0; 8];
        self.file.read_exact(&mut bytes)?;
        Ok(Some(u64::from_le_bytes(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_is_new_once_in_memory_and_in_files() {
        for (alone, beside, count, runs) in [(1 << 20, 1 << 19, 200_000, 0), (1 << 14, 1 << 13, 200_000, 5)] {
            let mut seen = Seen::with_most(alone, beside);
            for n in 0..count {
                let hash = seen.hash(&format!("person.{n}@example.com"));
                assert!(seen.insert(hash).unwrap(), "{n} is new");
                if n % 3 == 0 {
                    let earlier = seen.hash(&format!("PERSON.{}@Example.com", n / 2));
                    assert!(!seen.insert(earlier).unwrap(), "{} came before", n / 2);
                }
            }
            for n in (0..count).step_by(97) {
                let hash = seen.hash(&format!("person.{n}@example.com"));
                assert!(seen.has(hash).unwrap() && !seen.insert(hash).unwrap(), "{n}");
                let other = seen.hash(&format!("nobody.{n}@example.com"));
                assert!(!seen.has(other).unwrap(), "{n}");
            }
            assert!(
                seen.runs.len() <= runs && seen.runs.is_empty() == (runs == 0),
                "{} runs",
                seen.runs.len()
            );
            seen.forget();
            let hash = seen.hash("person.1@example.com");
            assert!(seen.insert(hash).unwrap());
        }
    }

    /// Where the test program is run again with a limit on files, a full disk is met.
    const FULL: &str = "BREVO_TEST_FULL_DISK";

    #[test]
    #[cfg(unix)]
    fn a_full_disk_is_told() {
        if std::env::var_os(FULL).is_some() {
            let mut seen = Seen::with_most(1 << 14, 1 << 13);
            let mut hashes = (1..=1 << 14).map(|n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let error = hashes.find_map(|hash| seen.insert(hash).err()).expect("an error");
            let what = format!("a temporary file in {}: ", std::env::temp_dir().display());
            assert!(error.to_string().starts_with(&what), "{error}");
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge, "{error}");
            return;
        }
        let program = std::env::current_exe().unwrap();
        // A file may have 64 blocks of half a kilobyte or a kilobyte; more is an error, and no signal.
        let done = std::process::Command::new("sh")
            .args([
                "-c",
                "trap '' XFSZ; ulimit -f 64; exec \"$0\" --exact jobs::seen::tests::a_full_disk_is_told",
            ])
            .arg(program)
            .env(FULL, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success() && said.contains("1 passed"), "{said}");
    }

    /// The documentation of syncs says 34 MB.
    #[test]
    fn memory_does_not_grow_with_the_addresses() {
        let bytes = |seen: &Seen| 8 * (seen.slots.capacity() + seen.filter.capacity());
        let mut seen = Seen::new();
        let (mut most, mut hash) = (0, 0_u64);
        for _ in 0..2_000_000 {
            hash = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
            seen.insert(hash).unwrap();
            most = most.max(bytes(&seen));
        }
        assert!(most < 26_000_000 && !seen.runs.is_empty(), "{most} bytes at rest");
        // A file is begun while all slots are there, and there are more of them while the old ones are.
        let begun = 8 * (MOST_SLOTS + FILTER);
        let grown = 8 * (MOST_SLOTS + MOST_SLOTS / GROWTH);
        assert!(begun.max(grown) + 2 * WRITTEN < 34_000_000);
    }

    #[test]
    fn addresses_are_the_same_in_any_case() {
        let mut seen = Seen::new();
        let hash = seen.hash("Zoë@Exämple.com");
        assert_eq!(seen.hash("ZOË@EXÄMPLE.COM"), hash);
        assert_ne!(seen.hash("zoe@example.com"), hash);
    }
}
