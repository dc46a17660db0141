//! The state: database, clock, faults, the calls seen, and what is to be posted to others.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OptionalExtension, Params, Row, params};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::contacts::Bookmarks;
use crate::faults::Fault;
use crate::limits::Limiter;
use crate::tick;

/// A connection within a transaction, or outside of one.
pub type Db = Connection;

/// The one account of a sandbox.
pub const ACCOUNT: i64 = 1;

/// Calls kept for `GET /_sandbox/requests`.
const CALLS_KEPT: usize = 500;

/// Memory that the database may use for pages, when there is so much.
const CACHE_KB: i64 = 256 << 10;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (account INTEGER NOT NULL, kind TEXT NOT NULL, value INTEGER NOT NULL,
    PRIMARY KEY (account, kind));
CREATE TABLE IF NOT EXISTS files (token TEXT PRIMARY KEY, account INTEGER NOT NULL, name TEXT NOT NULL,
    content BLOB NOT NULL, created INTEGER NOT NULL);
";

/// How a sandbox is set up.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// SQLite file; in memory where absent.
    pub data: Option<PathBuf>,
    /// Decides what simulated recipients do and what canned replies say.
    pub seed: u64,
    /// Answers 429 beyond Brevo's limits.
    pub enforce_limits: bool,
    /// Plan by which the limits are counted.
    pub tier: crate::limits::Tier,
}

/// Everything a sandbox holds.
pub struct Sandbox {
    /// State that lasts. Use [`Sandbox::transaction`].
    db: Mutex<Connection>,
    /// The sandbox's time.
    pub clock: Clock,
    /// Decides what simulated recipients do.
    pub seed: u64,
    /// How it was set up.
    pub options: Options,
    pub(crate) faults: Mutex<Vec<Fault>>,
    pub(crate) limiter: Limiter,
    pub(crate) bookmarks: Mutex<Bookmarks>,
    calls: Mutex<VecDeque<Value>>,
    base_url: OnceLock<String>,
    outbox: mpsc::UnboundedSender<Outgoing>,
    under_way: AtomicUsize,
}

/// A request that the sandbox makes to somebody's address: a webhook, a notification, a file.
pub struct Outgoing {
    /// `POST` or `GET`.
    pub method: &'static str,
    /// Address.
    pub url: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// What to do with the answer, in a transaction of its own.
    pub done: Done,
}

/// What to do with the answer to an [`Outgoing`] request.
pub type Done = Box<dyn FnOnce(&Db, i64, &Sandbox, Delivery) -> rusqlite::Result<()> + Send>;

/// How an [`Outgoing`] request went.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// An answer came.
    Answer {
        /// HTTP status.
        status: u16,
        /// Body.
        body: Vec<u8>,
    },
    /// No answer came: connection failure or timeout.
    Failed(String),
}

impl Sandbox {
    /// Opens the state. The receiver takes what is to be posted to others.
    pub fn open(options: Options) -> rusqlite::Result<(Arc<Sandbox>, mpsc::UnboundedReceiver<Outgoing>)> {
        let db = match &options.data {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "NORMAL")?;
        db.pragma_update(None, "foreign_keys", false)?;
        // Addresses come in no order: the pages of their index that are in use must fit, or each row reads some.
        db.pragma_update(None, "cache_size", -CACHE_KB)?;
        db.set_prepared_statement_cache_capacity(256);
        db.execute_batch(SCHEMA)?;
        tick::create_tables(&db)?;
        let offset = db
            .query_row("SELECT value FROM meta WHERE key = 'clock'", [], |row| row.get::<_, String>(0))
            .optional()?;
        let (outbox, receiver) = mpsc::unbounded_channel();
        let sandbox = Arc::new(Sandbox {
            db: Mutex::new(db),
            clock: Clock::default(),
            seed: options.seed,
            faults: Mutex::default(),
            limiter: Limiter::new(options.tier, options.enforce_limits),
            bookmarks: Mutex::default(),
            calls: Mutex::default(),
            base_url: OnceLock::new(),
            outbox,
            under_way: AtomicUsize::new(0),
            options,
        });
        if let Some(offset) = offset.and_then(|text| text.parse().ok()) {
            sandbox.clock.set_offset(offset);
        }
        let now = sandbox.clock.now();
        sandbox.transaction(|db| tick::init(db, now, &sandbox))?;
        Ok((sandbox, receiver))
    }

    /// Runs something in one transaction, which is rolled back when it fails.
    pub fn transaction<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Db) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut db = lock(&self.db);
        let transaction = db.transaction()?;
        let out = work(&transaction)?;
        transaction.commit()?;
        Ok(out)
    }

    /// Runs all due work, in one transaction.
    pub fn tick(&self) -> rusqlite::Result<()> {
        self.transaction(|db| tick::run(db, self.clock.now(), self))
    }

    /// Forgets everything but the API keys and OAuth applications, or those too.
    pub fn reset(&self, keys_too: bool) -> rusqlite::Result<()> {
        lock(&self.faults).clear();
        lock(&self.calls).clear();
        self.limiter.reset();
        self.clock.reset();
        let now = self.clock.now();
        self.transaction(|db| {
            let tables = db
                .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?
                .query_map([], |row| row.get::<_, String>(0))?
                .collect::<Result<Vec<_>, _>>()?;
            for table in tables {
                if keys_too || !crate::keys::TABLES.contains(&table.as_str()) {
                    db.execute(&format!("DELETE FROM \"{table}\""), [])?;
                }
            }
            tick::init(db, now, self)
        })
    }

    /// Keeps the clock's offset over a restart.
    pub(crate) fn save_clock(&self) -> rusqlite::Result<()> {
        self.transaction(|db| {
            db.execute(
                "INSERT INTO meta VALUES ('clock', ?1) ON CONFLICT DO UPDATE SET value = excluded.value",
                [self.clock.offset().to_string()],
            )
            .map(drop)
        })
    }

    /// Sends a request to somebody's address in the background.
    pub fn send(&self, request: Outgoing) {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        if self.outbox.send(request).is_err() {
            self.sent();
        }
    }

    pub(crate) fn sent(&self) {
        self.under_way.fetch_sub(1, Ordering::SeqCst);
    }

    /// Waits until nothing is being sent, up to a limit.
    pub(crate) async fn quiet(&self, limit: Duration) {
        let until = tokio::time::Instant::now() + limit;
        while self.under_way.load(Ordering::SeqCst) > 0 && tokio::time::Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Address of the sandbox, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.base_url.get().map_or("http://127.0.0.1", String::as_str)
    }

    pub(crate) fn set_base_url(&self, url: String) {
        let _ = self.base_url.set(url);
    }

    pub(crate) fn record(&self, call: Value) {
        let mut calls = lock(&self.calls);
        if calls.len() == CALLS_KEPT {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    /// The last calls, newest first.
    pub fn calls(&self) -> Vec<Value> {
        lock(&self.calls).iter().rev().cloned().collect()
    }

    /// Stores a file and gives the address where it is served.
    pub fn store_file(
        &self,
        db: &Db,
        account: i64,
        name: &str,
        content: &[u8],
        now: i64,
    ) -> rusqlite::Result<String> {
        let token = random_text(24);
        db.execute(
            "INSERT INTO files VALUES (?1, ?2, ?3, ?4, ?5)",
            params![token, account, name, content, now],
        )?;
        let extension = name.rsplit_once('.').map_or("csv", |(_, extension)| extension);
        Ok(format!("{}/_sandbox/files/{token}.{extension}", self.base_url()))
    }
}

/// Locks, whatever happened to other holders.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The next identifier of a kind, counted from 1 for each account.
pub fn next_id(db: &Db, account: i64, kind: &str) -> rusqlite::Result<i64> {
    db.prepare_cached(
        "INSERT INTO counters VALUES (?1, ?2, 1)
         ON CONFLICT (account, kind) DO UPDATE SET value = value + 1 RETURNING value",
    )?
    .query_row(params![account, kind], |row| row.get(0))
}

/// All rows of a query.
pub fn all<T>(
    db: &Db,
    sql: &str,
    values: impl Params,
    read: impl FnMut(&Row) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    db.prepare_cached(sql)?.query_map(values, read)?.collect()
}

/// Random alphanumerics from the operating system.
#[allow(clippy::expect_used)] // without randomness no secret can be made
pub fn random_text(length: usize) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut out = String::with_capacity(length);
    let mut bytes = [0; 64];
    while out.len() < length {
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        // 248 is the greatest multiple of 62 in a byte: no letter is likelier than another.
        let letters =
            bytes.iter().filter(|byte| **byte < 248).map(|byte| LETTERS[*byte as usize % 62] as char);
        out.extend(letters.take(length - out.len()));
    }
    out
}

/// Time that tests can move: real time plus an offset, or standing still.
#[derive(Default)]
pub struct Clock(Mutex<ClockState>);

#[derive(Default, Clone, Copy)]
struct ClockState {
    offset: i64,
    frozen: Option<i64>,
}

impl Clock {
    /// Milliseconds since 1970.
    pub fn now(&self) -> i64 {
        let state = *lock(&self.0);
        state.frozen.unwrap_or_else(|| real_now() + state.offset)
    }

    /// Moves forward, or back.
    pub fn advance(&self, milliseconds: i64) {
        let mut state = lock(&self.0);
        match &mut state.frozen {
            Some(now) => *now += milliseconds,
            None => state.offset += milliseconds,
        }
    }

    /// Sets the time.
    pub fn set(&self, now: i64) {
        let mut state = lock(&self.0);
        match &mut state.frozen {
            Some(frozen) => *frozen = now,
            None => state.offset = now - real_now(),
        }
    }

    /// Stops the clock, or lets it go on from where it stands.
    pub fn freeze(&self, frozen: bool) {
        let now = self.now();
        let mut state = lock(&self.0);
        *state = if frozen {
            ClockState { offset: now - real_now(), frozen: Some(now) }
        } else {
            ClockState { offset: now - real_now(), frozen: None }
        };
    }

    /// Back to real time.
    pub fn reset(&self) {
        *lock(&self.0) = ClockState::default();
    }

    /// `{"now", "offset" (seconds), "frozen"}`.
    pub fn describe(&self) -> Value {
        let now = self.now();
        json!({
            "now": crate::time::rfc3339(now),
            "offset": (now - real_now()) / 1000,
            "frozen": lock(&self.0).frozen.is_some(),
        })
    }

    fn offset(&self) -> i64 {
        self.now() - real_now()
    }

    fn set_offset(&self, offset: i64) {
        lock(&self.0).offset = offset;
    }
}

fn real_now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
