//! Exports of events, against a server that has some on each day.

#![allow(clippy::unwrap_used)]

mod server;

use std::sync::atomic::{AtomicUsize, Ordering};

use brevo_core::jobs::{JOBS, Job, run};
use brevo_core::{Client, Error, Kind};
use serde_json::{Value, json};
use server::Server;

/// The one job of these resources that exports events.
fn job_of(resource: &str) -> &'static Job {
    let exports = |job: &&&Job| job.resource == resource && job.name.ends_with("_events");
    JOBS.iter().find(exports).expect("a job")
}

async fn export(client: &Client, resource: &str, arguments: Value) -> Result<Value, Error> {
    let Value::Object(arguments) = arguments else { panic!("an object is needed") };
    run(client, job_of(resource), arguments, &|_| {}).await
}

/// Days of the months from January 2027, as text.
fn calendar() -> Vec<String> {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months = lengths.iter().enumerate();
    months
        .flat_map(|(month, days)| (1..=*days).map(move |day| format!("2027-{:02}-{day:02}", month + 1)))
        .collect()
}

/// A server with `each` events on every day of 2027.
async fn year(each: usize, most_days: usize) -> Server {
    failing_year(each, most_days, usize::MAX).await
}

/// The same, down at one call.
async fn failing_year(each: usize, most_days: usize, down: usize) -> Server {
    let calls = AtomicUsize::new(0);
    Server::answering(move |seen| {
        if calls.fetch_add(1, Ordering::SeqCst) == down {
            return (500, "down".to_owned());
        }
        let value = |name: &str| {
            let found = seen.line.split(['?', '&', ' ']).find_map(|pair| pair.strip_prefix(name));
            found.unwrap_or_else(|| panic!("{name} in {}", seen.line)).to_owned()
        };
        assert_eq!(value("sort="), "asc");
        let (from, to) = (value("startDate="), value("endDate="));
        let days: Vec<_> = calendar().into_iter().filter(|day| (&from..=&to).contains(&day)).collect();
        if days.len() > most_days {
            return (400, json!({"code": "out_of_range", "message": "too long"}).to_string());
        }
        let number = |name: &str| value(name).parse::<usize>().unwrap();
        let events = days.iter().flat_map(|day| (0..each).map(move |n| (day, n)));
        let events = events.skip(number("offset=")).take(number("limit="));
        let event = |(day, n): (&String, usize)| {
            json!({"date": format!("{day}T00:00:{n:02}Z"), "event": "delivered", "messageId": format!("<{day}-{n}>"), "new": 1})
        };
        (200, json!({"events": events.map(event).collect::<Vec<_>>()}).to_string())
    })
    .await
}

#[tokio::test]
async fn no_event_is_lost_or_doubled_where_spans_and_pages_meet() {
    let folder = tempfile::tempdir().unwrap();
    let days = calendar();
    let expected = |each: usize| -> Vec<String> {
        days.iter().flat_map(|day| (0..each).map(move |n| format!("<{day}-{n}>"))).collect()
    };
    for (resource, each, most_days, calls) in [
        ("transactional_emails", 60, 90, 9),
        ("transactional_sms", 2, 30, 13),
        ("transactional_whats_app", 3, 30, 13),
    ] {
        let server = year(each, most_days).await;
        let path = folder.path().join(format!("{resource}.jsonl"));
        let arguments = json!({"start_date": "2027-01-01", "end_date": "2027-12-31", "path": path,
            "event": "delivered"});
        let result = export(&server.client(), resource, arguments).await.unwrap();
        assert_eq!(result["rows"], json!(365 * each));
        let text = std::fs::read_to_string(&path).unwrap();
        let ids: Vec<String> = text
            .lines()
            .map(|line| {
                serde_json::from_str::<Value>(line).unwrap()["messageId"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(ids, expected(each), "{resource}");
        assert_eq!(server.seen().len(), calls, "calls of {resource}");
        assert!(server.seen().iter().all(|seen| seen.line.contains("event=delivered")));
    }
}

#[tokio::test]
async fn the_table_has_a_column_for_each_key_and_days_are_checked() {
    let server = year(1, 90).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.csv");
    let span = |from: &str, to: &str| json!({"startDate": from, "endDate": to, "path": path});
    let result =
        export(&server.client(), "transactional_emails", span("2027-02-28", "2027-03-01")).await.unwrap();
    let columns: Vec<_> = result["columns"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().next().unwrap(), columns.join(","));
    assert!(columns.contains(&"messageId") && columns.contains(&"reason") && text.contains("<2027-03-01-0>"));
    assert_eq!(text.lines().count(), 3);
    for (from, to, parameter) in [
        ("2027-02-30", "2027-03-01", "start_date"),
        ("2027-02-01", "soon", "end_date"),
        ("2027-02-02", "2027-02-01", "end_date"),
    ] {
        let error =
            export(&server.client(), "transactional_emails", span(from, to)).await.expect_err("refused");
        assert_eq!((error.kind(), error.parameter()), (Kind::InvalidArgument, Some(parameter)));
    }
}

#[tokio::test]
async fn an_export_that_broke_off_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (path, checkpoint) = (folder.path().join("events.csv"), folder.path().join("events.checkpoint"));
    let arguments = json!({"startDate": "2027-01-01", "endDate": "2027-03-31", "path": path,
        "checkpointPath": checkpoint});
    // Ninety days of 60 events are three spans of 18 pages; down within the second, then at its end.
    for down in [25, 36] {
        let server = failing_year(60, 30, down).await;
        let client = server.settings().max_retries(0).build().unwrap();
        let error = export(&client, "transactional_sms", arguments.clone()).await.expect_err("it is down");
        assert_eq!(error.kind(), Kind::Server);
        assert!(!path.exists() && checkpoint.exists());
        let result = export(&client, "transactional_sms", arguments.clone()).await.unwrap();
        assert_eq!(result["rows"], json!(5_400));
        let whole = std::fs::read_to_string(&path).unwrap();
        let lines: std::collections::HashSet<&str> = whole.lines().collect();
        assert_eq!((whole.lines().count(), lines.len()), (5_401, 5_401), "none is lost or doubled");
        // Each span ends with a page that is empty.
        assert_eq!(server.seen().len(), 3 * 19 + 1, "nothing is asked for twice");
        assert!(!checkpoint.exists());
        std::fs::remove_file(&path).unwrap();
    }
}
