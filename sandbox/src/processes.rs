//! Background processes: queued, then processing, then completed, a step with every tick.

use rusqlite::{OptionalExtension, Result, Row, params};
use serde_json::{Value, json};

use crate::contacts::import;
use crate::handler::{Answer, ApiError, Call, Handler, Outcome};
use crate::state::{Db, Outgoing, Sandbox, next_id};

/// Tables of this module.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS processes (
    account INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,
    created INTEGER NOT NULL, work TEXT, ready INTEGER NOT NULL DEFAULT 0, export_url TEXT,
    info TEXT, error TEXT, notify_url TEXT, PRIMARY KEY (account, id));
CREATE TABLE IF NOT EXISTS import_bodies (
    account INTEGER NOT NULL, process INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, process));
CREATE INDEX IF NOT EXISTS processes_pending ON processes (account, id) WHERE status IN ('queued', 'processing');
";

/// Code of an operation of this module, by its name.
pub fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "get_processes" => Some(get_processes),
        "get_process" => Some(get_process),
        _ => None,
    }
}

/// Starts a process. Its result is given by [`finish_process`] or [`fail_process`], at once or
/// later; it shows when the process has gone through its states.
pub fn create_process(db: &Db, account: i64, name: &str, now: i64) -> Result<i64> {
    let id = next_id(db, account, "process")?;
    db.execute(
        "INSERT INTO processes (account, id, name, status, created) VALUES (?1, ?2, ?3, 'queued', ?4)",
        params![account, id, name, now],
    )?;
    Ok(id)
}

/// Gives the result of a process: a CSV file that is served from now on, and `info`.
pub fn finish_process(
    db: &Db,
    sandbox: &Sandbox,
    account: i64,
    id: i64,
    export_csv: Option<(&str, &[u8])>,
    info: &Value,
    now: i64,
) -> Result<()> {
    let url = match export_csv {
        Some((name, content)) => Some(sandbox.store_file(db, account, name, content, now)?),
        None => None,
    };
    let info = (!info.is_null()).then(|| info.to_string());
    db.execute(
        "UPDATE processes SET ready = 1, work = NULL, export_url = ?3, info = ?4 WHERE account = ?1 AND id = ?2",
        params![account, id, url, info],
    )
    .map(drop)
}

/// Lets a process fail, with the reason.
pub fn fail_process(db: &Db, account: i64, id: i64, error: &str) -> Result<()> {
    db.execute(
        "UPDATE processes SET ready = 1, work = NULL, error = ?3 WHERE account = ?1 AND id = ?2",
        params![account, id, error],
    )
    .map(drop)
}

/// Sets the address that is called when the process has ended.
pub fn notify(db: &Db, account: i64, id: i64, url: Option<&str>) -> Result<()> {
    db.execute(
        "UPDATE processes SET notify_url = ?3 WHERE account = ?1 AND id = ?2",
        params![account, id, url],
    )
    .map(drop)
}

/// Answers with a process that is done, of which `file` makes the name of what it gives.
pub(crate) fn export(
    call: &Call,
    name: &str,
    notify_url: Option<&str>,
    file: impl FnOnce(i64) -> String,
    content: &[u8],
) -> Outcome {
    let id = create_process(call.db, call.account, name, call.now)?;
    notify(call.db, call.account, id, notify_url)?;
    let file = file(id);
    finish_process(call.db, call.sandbox, call.account, id, Some((&file, content)), &Value::Null, call.now)?;
    Ok(Answer::accepted(json!({"processId": id})))
}

/// Sets the work of an import, which is done when the process gets its turn.
pub(crate) fn set_work(db: &Db, account: i64, id: i64, work: &Value) -> Result<()> {
    db.execute(
        "UPDATE processes SET work = ?3 WHERE account = ?1 AND id = ?2",
        params![account, id, work.to_string()],
    )
    .map(drop)
}

/// Sets the contacts of an import, or the address where they are.
pub(crate) fn set_body(db: &Db, account: i64, id: i64, body: &str) -> Result<()> {
    db.execute("INSERT OR REPLACE INTO import_bodies VALUES (?1, ?2, ?3)", params![account, id, body])
        .map(drop)
}

/// What was set; it is kept no longer.
pub(crate) fn take_body(db: &Db, account: i64, id: i64) -> Result<String> {
    db.query_row(
        "DELETE FROM import_bodies WHERE account = ?1 AND process = ?2 RETURNING body",
        [account, id],
        |row| row.get(0),
    )
    .optional()
    .map(Option::unwrap_or_default)
}

/// A process that has not ended.
struct Pending {
    account: i64,
    id: i64,
    status: String,
    work: Option<String>,
    ready: bool,
}

/// Moves every process one step on.
pub fn tick(db: &Db, now: i64, sandbox: &Sandbox) -> Result<()> {
    let pending = db
        .prepare_cached(
            "SELECT account, id, status, work, ready FROM processes
             WHERE status IN ('queued', 'processing') ORDER BY account, id",
        )?
        .query_map([], |row| {
            Ok(Pending {
                account: row.get(0)?,
                id: row.get(1)?,
                status: row.get(2)?,
                work: row.get(3)?,
                ready: row.get(4)?,
            })
        })?
        .collect::<Result<Vec<_>>>()?;
    for process in pending {
        let Pending { account, id, .. } = process;
        if process.status == "queued" {
            set_status(db, account, id, "processing")?;
        } else if process.ready {
            end(db, sandbox, account, id)?;
        } else if let Some(work) = process.work.and_then(|work| serde_json::from_str(&work).ok()) {
            import::run(db, now, sandbox, account, id, work)?;
        }
    }
    Ok(())
}

fn set_status(db: &Db, account: i64, id: i64, status: &str) -> Result<()> {
    db.execute(
        "UPDATE processes SET status = ?3 WHERE account = ?1 AND id = ?2",
        params![account, id, status],
    )
    .map(drop)
}

/// Shows the result and calls the address that waits for it. The form of that call is ours: Brevo
/// documents none.
fn end(db: &Db, sandbox: &Sandbox, account: i64, id: i64) -> Result<()> {
    let (failed, url): (bool, Option<String>) = db.query_row(
        "SELECT error IS NOT NULL, notify_url FROM processes WHERE account = ?1 AND id = ?2",
        [account, id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    set_status(db, account, id, if failed { "failed" } else { "completed" })?;
    if let (Some(url), Some(process)) = (url, find(db, account, id)?) {
        sandbox.send(Outgoing {
            method: "POST",
            url,
            headers: vec![("content-type".into(), "application/json".into())],
            body: process.to_string().into_bytes(),
            done: Box::new(|_, _, _, _| Ok(())),
        });
    }
    Ok(())
}

fn find(db: &Db, account: i64, id: i64) -> Result<Option<Value>> {
    db.prepare_cached(&format!("{SELECT} WHERE account = ?1 AND id = ?2"))?
        .query_row([account, id], to_json)
        .optional()
}

const SELECT: &str = "SELECT id, name, status, export_url, info, error FROM processes";

fn to_json(row: &Row) -> Result<Value> {
    let status: String = row.get(2)?;
    let mut process =
        json!({"id": row.get::<_, i64>(0)?, "status": status, "name": row.get::<_, String>(1)?});
    let ended = matches!(status.as_str(), "completed" | "failed");
    if let Some(url) = row.get::<_, Option<String>>(3)?.filter(|_| ended) {
        process["export_url"] = url.into();
    }
    if let Some(info) = row.get::<_, Option<String>>(4)?.filter(|_| ended) {
        process["info"] = serde_json::from_str(&info).unwrap_or_default();
    }
    if let Some(error) = row.get::<_, Option<String>>(5)?.filter(|_| ended) {
        process["error"] = error.into();
    }
    Ok(process)
}

fn get_processes(call: &Call) -> Outcome {
    let (limit, offset) = call.page();
    let count: i64 =
        call.db
            .query_row("SELECT COUNT(*) FROM processes WHERE account = ?1", [call.account], |r| r.get(0))?;
    let sql = format!("{SELECT} WHERE account = ?1 ORDER BY id {} LIMIT ?2 OFFSET ?3", call.order());
    let processes = call
        .db
        .prepare_cached(&sql)?
        .query_map([call.account, limit, offset], to_json)?
        .collect::<Result<Vec<_>>>()?;
    Ok(Answer::ok(json!({"processes": processes, "count": count})))
}

fn get_process(call: &Call) -> Outcome {
    let id = call.int("processId").unwrap_or_default();
    let process = find(call.db, call.account, id)?;
    process.map(Answer::ok).ok_or_else(|| ApiError::not_found("Process not found"))
}
