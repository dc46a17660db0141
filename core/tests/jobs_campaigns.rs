//! Exports of campaigns' figures and recipients and of reports, against a server that plays the part of
//! Brevo which they need.

#![allow(clippy::unwrap_used)]

mod server;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use brevo_core::jobs::{Progress, job, run};
use brevo_core::{Client, Error, Kind};
use serde_json::{Value, json};
use server::{Seen, Server};

async fn done(client: &Client, id: &str, arguments: Value) -> (Result<Value, Error>, Vec<Progress>) {
    let (resource, name) = id.split_once('.').expect("an id");
    let Value::Object(arguments) = arguments else { panic!("an object is needed") };
    let told = Arc::new(Mutex::new(Vec::new()));
    let kept = told.clone();
    let progress = move |progress: &Progress| kept.lock().unwrap().push(progress.clone());
    let result = run(client, job(resource, name).expect("a job"), arguments, &progress).await;
    let told = told.lock().unwrap().clone();
    (result, told)
}

/// A client that keeps to no limits and repeats nothing.
fn unpaced(server: &Server) -> Client {
    let mut settings = server.settings().max_retries(0);
    settings.pacing = Some(false);
    settings.build().unwrap()
}

const STATISTICS: &str = "email_campaigns.export_statistics";

fn parameter(seen: &Seen, name: &str) -> Option<String> {
    let query = seen.line.split(' ').nth(1)?.split_once('?')?.1.to_owned();
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

fn number(seen: &Seen, name: &str) -> usize {
    parameter(seen, name)
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| panic!("{name} in {}", seen.line))
}

/// The figures of a campaign, in the block that is asked for.
fn figures(id: usize, block: &str) -> Value {
    let stats =
        |sent: usize| json!({"sent": sent, "delivered": sent, "uniqueClicks": sent / 2, "opensRate": 12.5});
    let reading = json!({"clickers": id, "uniqueClicks": 1, "viewed": 2, "uniqueViews": 2});
    let mut out = json!({"globalStats": {"sent": 0}, "campaignStats": [], "linksStats": {}, "statsByDomain": {},
        "statsByDevice": {}, "statsByBrowser": {}, "mirrorClick": 3, "remaining": 0});
    out[block] = match block {
        "globalStats" => stats(100 + id),
        "linksStats" => json!({"https://shop.example/a": id, "https://shop.example/b": 2}),
        "statsByDomain" => json!({"a.example": stats(60), "b.example": stats(40 + id)}),
        "statsByDevice" => {
            json!({"desktop": {"Windows": reading, "Linux": reading}, "mobile": {"iOS": reading}})
        }
        _ => json!({"Firefox": reading, "Safari": reading}),
    };
    if block == "globalStats" {
        let list = |id: i64, sent: usize| {
            let mut list = stats(sent);
            list["listId"] = id.into();
            list
        };
        out["campaignStats"] = json!([list(4, 70), list(5, 30 + id)]);
    }
    out
}

/// Campaign 1 is a draft; every tenth was sent long ago, and the list has none of its figures.
fn campaign(id: usize, block: &str, in_list: bool) -> Value {
    let is_old = id.is_multiple_of(10);
    let mut out = json!({"id": id, "name": format!("C{id}"), "subject": "Hi", "type": "classic",
        "status": if id == 1 { "draft" } else { "sent" }, "htmlContent": "<p>long</p>"});
    let block = if in_list && (is_old || block.is_empty()) { "" } else { block };
    if id != 1 {
        out["sentDate"] = if is_old { "2020-01-01T00:00:00Z" } else { "2999-01-01T00:00:00Z" }.into();
        out["statistics"] = figures(id, if block.is_empty() { "none" } else { block });
    }
    out
}

/// A server with campaigns 1 to `count`. `fails` is told the number of the call.
async fn campaigns(count: usize, fails: impl Fn(usize) -> bool + Send + Sync + 'static) -> Server {
    let calls = AtomicUsize::new(0);
    Server::answering(move |seen| {
        if fails(calls.fetch_add(1, Ordering::SeqCst)) {
            return (500, "down".to_owned());
        }
        let block = parameter(seen, "statistics").unwrap_or_default();
        assert_eq!(parameter(seen, "excludeHtmlContent").as_deref(), Some("true"));
        if let Some(rest) = seen.line.strip_prefix("GET /v3/emailCampaigns/") {
            let id: usize = rest.split('?').next().unwrap().parse().unwrap();
            return match id {
                999 => (
                    404,
                    r#"{"code":"document_not_found","message":"Campaign ID does not exist"}"#.to_owned(),
                ),
                id => (200, campaign(id, &block, false).to_string()),
            };
        }
        assert_eq!(parameter(seen, "sort").as_deref(), Some("asc"));
        let page: Vec<_> = (1..=count)
            .skip(number(seen, "offset"))
            .take(number(seen, "limit"))
            .map(|id| campaign(id, &block, true))
            .collect();
        (200, json!({"campaigns": page, "count": count}).to_string())
    })
    .await
}

fn table(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    (rows.next().unwrap(), rows.collect())
}

#[tokio::test]
async fn figures_are_broken_down_with_few_calls() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.csv");
    // 23 campaigns in a page, two of them old, one a draft.
    for (by, columns, row, rows, calls) in [
        (None, &["sent", "clicksRate", "mirrorClick"][..], &["102", "50", "3"][..], 23, 3),
        (Some("list"), &["listId", "sent", "clicksRate"], &["4", "70", "50"], 44, 3),
        (Some("domain"), &["domain", "delivered", "opensRate"], &["a.example", "60", "12.5"], 44, 3),
        (Some("device"), &["device", "system", "clickers"], &["desktop", "Windows", "2"], 66, 23),
        (Some("browser"), &["browser", "uniqueViews"], &["Firefox", "2"], 44, 23),
        (Some("link"), &["link", "clicks"], &["https://shop.example/a", "2"], 44, 3),
    ] {
        let server = campaigns(23, |_| false).await;
        let mut arguments = json!({"path": path});
        if let Some(by) = by {
            arguments["by"] = by.into();
        }
        let (result, told) = done(&server.client(), STATISTICS, arguments.clone()).await;
        let result = result.unwrap();
        assert_eq!((&result["rows"], &result["calls"]), (&json!(rows), &json!(calls)), "{by:?}");
        assert_eq!(server.seen().len(), calls, "{by:?}");
        let (header, all) = table(&path);
        assert_eq!(json!(header), result["columns"]);
        assert_eq!(all.len(), rows, "{by:?}");
        let second = all.iter().find(|row| row[0] == "2").unwrap();
        let at = |name: &&str| second[header.iter().position(|column| column == name).unwrap()].clone();
        assert_eq!(columns.iter().map(at).collect::<Vec<_>>(), row, "{by:?}");
        let ids: Vec<usize> = all.iter().map(|row| row[0].parse().unwrap()).collect();
        assert!(ids.is_sorted(), "oldest first: {ids:?}");
        assert!(all.iter().filter(|row| row[0] == "10").count() > 0, "the old ones have theirs");
        // Told before the first call for a single campaign.
        let first = told.iter().position(|told| told.stage == "read").unwrap();
        assert_eq!((told[first].done, told[first].total), (1, Some(calls as u64)), "{by:?}");
        assert_eq!(told.last().unwrap().done, calls as u64);

        arguments["dryRun"] = true.into();
        std::fs::remove_file(&path).unwrap();
        let server = campaigns(23, |_| false).await;
        let dry = done(&server.client(), STATISTICS, arguments).await.0.unwrap();
        assert_eq!((&dry["calls"], &dry["rows"]), (&json!(calls), &json!(0)));
        assert!(server.seen().len() == 1 && !path.exists());
    }
}

#[tokio::test]
async fn an_export_goes_on_and_asks_for_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (path, checkpoint) = (folder.path().join("s.csv"), folder.path().join("s.checkpoint"));
    let arguments = json!({"path": path, "by": "device", "checkpointPath": checkpoint});
    // Two pages, then 129 campaigns singly; the server is down at the second page, then at the 60th call.
    let mut asked = Vec::new();
    for (down, made) in [(1, 1), (60, 60), (usize::MAX, 70)] {
        let server = campaigns(130, move |call| call >= down).await;
        let client = unpaced(&server);
        let (result, _) = done(&client, STATISTICS, arguments.clone()).await;
        let lines: Vec<String> = server.seen().into_iter().map(|seen| seen.line).collect();
        asked.extend(lines.iter().take(down).cloned());
        assert_eq!(lines.len().min(down), made);
        if down == usize::MAX {
            assert_eq!(result.unwrap()["rows"], json!(129 * 3));
        } else {
            let error = result.expect_err("the server is down");
            assert_eq!(error.kind(), Kind::Server);
            assert!(!path.exists() && checkpoint.exists());
        }
    }
    assert_eq!(asked.len(), 131, "each call once");
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), 131, "each call once");
    assert!(!checkpoint.exists());
    let (resumed, server) = (table(&path), campaigns(130, |_| false).await);
    let client = unpaced(&server);
    done(&client, STATISTICS, json!({"path": path, "by": "device"})).await.0.unwrap();
    assert_eq!(table(&path), resumed);

    std::fs::write(&checkpoint, "[\"something else\"]\n").unwrap();
    let error = done(&client, STATISTICS, arguments).await.0.expect_err("not its checkpoint");
    assert_eq!((error.kind(), error.parameter()), (Kind::InvalidArgument, Some("checkpoint_path")));
}

#[tokio::test]
async fn no_campaign_goes_missing_where_others_are_deleted() {
    // Campaigns 1 to 250; after the first page three of it are deleted, so that the others move up.
    let calls = AtomicUsize::new(0);
    let server = Server::answering(move |seen| {
        let gone = calls.fetch_add(1, Ordering::SeqCst) > 0;
        let all = (1..=250).filter(|id| !gone || !(20..23).contains(id));
        let page: Vec<_> = all
            .skip(number(seen, "offset"))
            .take(number(seen, "limit"))
            .map(|id| json!({"id": id, "status": "draft"}))
            .collect();
        (200, json!({"campaigns": page, "count": 247}).to_string())
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.csv");
    let result = done(&server.client(), STATISTICS, json!({"path": path})).await.0.unwrap();
    let (_, rows) = table(&path);
    let ids: Vec<usize> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    assert_eq!(ids, (1..=250).collect::<Vec<_>>());
    assert_eq!(result["campaigns"], json!(250));
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.csv");
    let server = campaigns(400, |_| false).await;
    let error =
        done(&server.client(), STATISTICS, json!({"path": path, "by": "colour"})).await.0.unwrap_err();
    assert_eq!((error.kind(), error.parameter()), (Kind::InvalidArgument, Some("by")));
    assert_eq!(server.seen().len(), 0);
    // 5 pages and 399 campaigns, at 100 calls an hour.
    let (result, _) = done(&server.client(), STATISTICS, json!({"path": path, "by": "browser"})).await;
    let error = result.unwrap_err();
    assert_eq!(error.kind(), Kind::RateLimited);
    assert!(error.message().contains("404 calls") && error.advice().contains("checkpoint_path"), "{error}");
    assert_eq!(server.seen().len(), 5);
    let arguments = json!({"path": path, "by": "browser", "campaignIds": [5, 999]});
    let error = done(&server.client(), STATISTICS, arguments).await.0.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
}

/// A server that makes files of recipients; the file breaks off `breaks` times.
async fn recipients(breaks: usize) -> Server {
    let (fetched, polls) = (AtomicUsize::new(0), AtomicUsize::new(0));
    Server::answering(move |seen| {
        let line = seen.line.as_str();
        if line.contains("/exportRecipients") {
            return (202, r#"{"processId":41}"#.to_owned());
        }
        if line.starts_with("GET /v3/processes/41") {
            let url = format!("http://{}/files/x.csv", seen.header("host").unwrap());
            return match polls.fetch_add(1, Ordering::SeqCst) {
                0 => (200, json!({"id": 41, "status": "in_process"}).to_string()),
                _ => (200, json!({"id": 41, "status": "completed", "export_url": url}).to_string()),
            };
        }
        assert!(line.starts_with("GET /files/x.csv"), "{line}");
        assert!(seen.header("api-key").is_none(), "a file is fetched without the key");
        if fetched.fetch_add(1, Ordering::SeqCst) < breaks {
            return (503, "later".to_owned());
        }
        let rows = (0..2_500).map(|n| format!("{n};p{n}@example.com;\"Paris; {n}e\";\r\n"));
        (200, format!("\u{feff}ID;EMAIL;TOWN;EMAIL\r\n{}", rows.collect::<String>()))
    })
    .await
}

#[tokio::test]
async fn recipients_are_waited_for_fetched_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.csv");
    for (id, address) in [
        ("email_campaigns.export_campaign_recipients", "POST /v3/emailCampaigns/7/exportRecipients"),
        ("sms_campaigns.export_sms_campaign_recipients", "POST /v3/smsCampaigns/7/exportRecipients"),
    ] {
        let server = recipients(2).await;
        let arguments = json!({"campaignId": 7, "recipientsType": "unsubscribed", "path": path});
        let (result, told) = done(&server.client(), id, arguments).await;
        let result = result.unwrap();
        assert_eq!((&result["rows"], &result["processId"]), (&json!(2_500), &json!(41)));
        assert_eq!(result["columns"], json!(["ID", "EMAIL", "TOWN", "EMAIL_2"]));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with("ID,EMAIL,TOWN,EMAIL_2\r\n0,p0@example.com,Paris; 0e,\r\n"),
            "{}",
            &text[..80]
        );
        assert!(text.ends_with("2499,p2499@example.com,Paris; 2499e,\r\n"));
        let seen = server.seen();
        assert!(seen[0].line.starts_with(address), "{}", seen[0].line);
        assert_eq!(seen[0].body, r#"{"recipientsType":"unsubscribed"}"#);
        assert!(told.iter().any(|told| told.stage == "fetch" && told.bytes > Some(0)));
        assert_eq!(told.last(), Some(&Progress::of("write", 2_500, None)));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }
}

#[tokio::test]
async fn a_file_that_does_not_come_is_not_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, checkpoint) = (folder.path().join("r.jsonl"), folder.path().join("r.checkpoint"));
    let server = recipients(3).await;
    let arguments = json!({"campaignId": 7, "path": path, "checkpointPath": checkpoint});
    let id = "email_campaigns.export_campaign_recipients";
    let error = done(&server.client(), id, arguments.clone()).await.0.unwrap_err();
    assert_eq!(error.kind(), Kind::Connection);
    assert!(error.message().contains("process 41") && error.message().contains("HTTP 503"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "the checkpoint alone");
    assert_eq!(done(&server.client(), id, arguments).await.0.unwrap()["rows"], json!(2_500));
    let made = server.seen().iter().filter(|seen| seen.line.starts_with("POST")).count();
    assert_eq!(made, 1);
    let text = std::fs::read_to_string(&path).unwrap();
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first, json!({"ID": "0", "EMAIL": "p0@example.com", "TOWN": "Paris; 0e"}));
    assert!(!checkpoint.exists());
}

/// A server of reports, whose figure is the day of the month.
async fn reports(fails: impl Fn(usize) -> bool + Send + Sync + 'static) -> Server {
    let calls = AtomicUsize::new(0);
    Server::answering(move |seen| {
        if fails(calls.fetch_add(1, Ordering::SeqCst)) {
            return (500, "down".to_owned());
        }
        let (from, to) = (parameter(seen, "startDate").unwrap(), parameter(seen, "endDate").unwrap());
        assert_eq!(parameter(seen, "tag").as_deref(), Some("code"));
        let days = days(&from, &to);
        if seen.line.contains("/aggregatedReport?") {
            assert!(days.len() <= 31 && from[..7] == to[..7], "{from} {to}");
            return (200, json!({"range": format!("{from}|{to}"), "requests": days.len()}).to_string());
        }
        assert!(seen.line.contains("/reports?") && days.len() <= 30, "{from} {to}");
        assert_eq!(parameter(seen, "sort").as_deref(), Some("asc"));
        if seen.line.contains("/smtp/") {
            assert_eq!(number(seen, "limit"), 30);
        }
        let rows: Vec<_> =
            days.iter().map(|day| json!({"date": day, "requests": 1, "delivered": 1})).collect();
        (200, json!({"reports": rows}).to_string())
    })
    .await
}

/// The days of a span within 2027.
fn days(from: &str, to: &str) -> Vec<String> {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months = lengths.iter().enumerate();
    months
        .flat_map(|(month, days)| (1..=*days).map(move |day| format!("2027-{:02}-{day:02}", month + 1)))
        .filter(|day| (from..=to).contains(&day.as_str()))
        .collect()
}

#[tokio::test]
async fn reports_are_cut_into_spans_and_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (path, checkpoint) = (folder.path().join("r.csv"), folder.path().join("r.checkpoint"));
    for id in ["transactional_emails.export_email_reports", "transactional_sms.export_sms_reports"] {
        let arguments = |interval: &str| {
            json!({"startDate": "2027-01-15", "endDate": "2027-12-10", "path": path, "interval": interval,
                "tag": "code", "checkpointPath": checkpoint})
        };
        let server = reports(|call| call == 4).await;
        let client = server.settings().max_retries(0).build().unwrap();
        assert_eq!(done(&client, id, arguments("day")).await.0.unwrap_err().kind(), Kind::Server);
        let (result, told) = done(&client, id, arguments("day")).await;
        assert_eq!(result.unwrap()["rows"], json!(330));
        assert_eq!(server.seen().len(), 11 + 1, "eleven spans, and the call that failed");
        assert_eq!(told.first().map(|told| (told.done, told.total)), Some((0, Some(11))));
        let (header, rows) = table(&path);
        assert_eq!((header[0].as_str(), header.contains(&"month".to_owned())), ("date", false));
        assert!(rows.iter().map(|row| row[0].clone()).eq(days("2027-01-15", "2027-12-10")));
        assert!(!checkpoint.exists());

        let server = reports(|_| false).await;
        let result = done(&server.client(), id, arguments("month")).await.0.unwrap();
        assert_eq!((&result["rows"], server.seen().len()), (&json!(12), 12));
        let (header, rows) = table(&path);
        let requests = header.iter().position(|name| name == "requests").unwrap();
        let shown: Vec<_> = rows.iter().map(|row| (row[0].as_str(), row[requests].as_str())).collect();
        assert_eq!(
            (header[0].as_str(), shown[0], shown[1], shown[11]),
            ("month", ("2027-01", "17"), ("2027-02", "28"), ("2027-12", "10"))
        );
        let error = done(&server.client(), id, arguments("week")).await.0.unwrap_err();
        assert_eq!((error.kind(), error.parameter()), (Kind::InvalidArgument, Some("interval")));
    }
}

#[tokio::test]
async fn campaigns_by_sms_and_whatsapp_are_listed_with_their_figures() {
    let server = Server::answering(|seen| {
        let (offset, limit) = (number(seen, "offset"), number(seen, "limit"));
        let all = (1..=1_005).skip(offset).take(limit);
        let (page, count): (Vec<_>, _) = if seen.line.contains("/smsCampaigns?") {
            assert_eq!((limit, parameter(seen, "status").as_deref()), (1_000, Some("sent")));
            let one = |id| {
                json!({"id": id, "name": "Sale, big", "recipients": {"lists": [4, 5]},
                "statistics": {"sent": 9, "answered": 1}})
            };
            (all.map(one).collect(), 1_005)
        } else {
            assert_eq!(limit, 100);
            let one = |id| {
                json!({"id": id, "campaignName": "Sale", "templateId": "9", "readPercentage": 50.5,
                "stats": {"sent": 9, "notSent": 1}})
            };
            (all.take_while(|id| *id <= 7).map(one).collect(), 7)
        };
        (200, json!({"campaigns": page, "count": count}).to_string())
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.csv");
    let arguments = json!({"path": path, "status": "sent"});
    let result = done(&server.client(), "sms_campaigns.export_sms_statistics", arguments).await.0.unwrap();
    assert_eq!((&result["rows"], server.seen().len()), (&json!(1_005), 2));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("\r\n1005,\"Sale, big\",") && text.contains(",\"4,5\",9,,,,,1,"),
        "{}",
        &text[..200]
    );
    let path = folder.path().join("s.jsonl");
    let result =
        done(&server.client(), "whats_app_campaigns.export_whatsapp_statistics", json!({"path": path})).await;
    assert_eq!(result.0.unwrap()["rows"], json!(7));
    let text = std::fs::read_to_string(&path).unwrap();
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        first,
        json!({"id": 1, "campaignName": "Sale", "templateId": "9", "sent": 9, "readPercentage": 50.5,
        "notSent": 1})
    );
}
