//! A disk that is full while a job keeps what it needs in temporary files.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod mailing;

use std::time::Duration;

use brevo_core::jobs::{Input, job, run_from};
use brevo_core::{Client, Kind};
use mailing::Box;
use serde_json::{Value, json};

/// Set where this program runs again, with files that must stay small.
const FULL: &str = "BREVO_TEST_FULL_DISK";

/// Runs one of these tests again in a process whose files may have 64 blocks, of half a kilobyte or a kilobyte:
/// more is an error there, as on a full disk.
fn again(test: &str) {
    let done = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" --exact \"$1\""])
        .arg(std::env::current_exe().unwrap())
        .arg(test)
        .env(FULL, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}

/// More rows than a job remembers without a file.
fn rows() -> Input {
    let rows = (0..70_000).map(|n| format!("{{\"email\":\"person.{n}@example.com\"}}\n"));
    Input::new(std::io::Cursor::new(rows.collect::<String>()))
}

async fn fails(name: &str, arguments: Value, change: &str) {
    let sandbox = Box::open(1).await;
    sandbox.clock(json!({"freeze": false})).await;
    let client = Client::builder().api_key(&sandbox.key).base_url(sandbox.running.url()).build().unwrap();
    let list = sandbox.ok("POST", "/contacts/lists", json!({"name": "All", "folderId": 1})).await;
    let Value::Object(mut arguments) = arguments else { panic!("an object is needed") };
    match arguments.get_mut("listIds") {
        Some(lists) => *lists = json!([list["id"]]),
        None => drop(arguments.insert("listId".into(), list["id"].clone())),
    }
    let job = job("contacts", name).unwrap();
    let run = run_from(&client, job, arguments, Some(rows()), &|_| {});
    let error = tokio::time::timeout(Duration::from_secs(120), run).await.expect("it ends").unwrap_err();
    assert_eq!(error.kind(), Kind::Io, "{error}");
    let folder = std::env::temp_dir();
    assert!(error.message().contains(&folder.display().to_string()), "{error}");
    assert!(error.message().contains("File too large"), "{error}");
    assert!(error.advice().contains("Make room") && error.advice().contains("TMPDIR"), "{error}");
    let calls = sandbox.plain("GET", "/_sandbox/requests", Value::Null).await.1;
    let calls = calls.as_array().or_else(|| calls["requests"].as_array()).unwrap().clone();
    let changes = calls.iter().filter(|call| call["path"].as_str().unwrap().ends_with(change)).count();
    assert_eq!(changes, 0, "{calls:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_tells_it() {
    if std::env::var_os(FULL).is_none() {
        return again("an_import_tells_it");
    }
    fails("import_file", json!({"listIds": []}), "/contacts/import").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_tells_it() {
    if std::env::var_os(FULL).is_none() {
        return again("a_sync_tells_it");
    }
    fails("sync", json!({}), "/contacts/import").await;
}
