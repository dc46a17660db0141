//! Exports of contacts, against a server that lists them by pages.

#![allow(clippy::unwrap_used)]

mod server;

use std::sync::Mutex;

use brevo_core::jobs::{job, run};
use brevo_core::{Client, Error, Kind};
use serde_json::{Value, json};
use server::Server;
use tempfile::TempDir;

async fn export(client: &Client, name: &str, arguments: Value) -> Result<Value, Error> {
    let Value::Object(arguments) = arguments else { panic!("an object is needed") };
    run(client, job("contacts", name).expect("a job"), arguments, &|_| {}).await
}

/// A server with contacts of ids 1 to `count`. The call of number `broken` is refused; before each page
/// the oldest `leave` contacts go.
async fn lister(count: i64, leave: i64, broken: usize) -> Server {
    let state = Mutex::new((0, 0));
    Server::answering(move |seen| {
        if seen.line.starts_with("GET /v3/contacts/attributes") {
            let names = ["NAME", "TOWN"].map(|name| json!({"name": name, "category": "normal"}));
            return (200, json!({"attributes": names}).to_string());
        }
        let number = |name: &str| -> i64 {
            let found = seen.line.split(['?', '&', ' ']).find_map(|pair| pair.strip_prefix(name));
            found.expect(name).parse().expect("a number")
        };
        let (limit, offset) = (number("limit="), number("offset="));
        let mut state = state.lock().unwrap();
        state.0 += 1;
        if state.0 == broken {
            return (401, json!({"code": "unauthorized", "message": "Key not found"}).to_string());
        }
        let gone = state.1;
        state.1 += leave;
        let contact = |id: i64| {
            json!({"id": id, "email": format!("p{id}@example.com"), "listIds": [1, 2],
                "attributes": {"NAME": format!("N, {id}"), "TOWN": "X", "LATE": 1}})
        };
        let contacts: Vec<_> = (1 + gone + offset..=count).take(limit as usize).map(contact).collect();
        (200, json!({"contacts": contacts, "count": count - gone}).to_string())
    })
    .await
}

fn inside(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_string_lossy().into_owned()
}

fn pages(server: &Server) -> Vec<String> {
    let lines =
        server.seen().into_iter().map(|seen| seen.line.replace(" HTTP/1.1", "").replace("GET /v3", ""));
    lines.filter(|line| !line.contains("attributes")).collect()
}

#[tokio::test]
async fn contacts_that_filters_leave_are_exported_in_both_forms() {
    let server = lister(2_100, 0, 0).await;
    let folder = tempfile::tempdir().unwrap();
    let path = inside(&folder, "all.jsonl");
    let arguments = json!({"path": path, "modified_since": "2026-01-01T00:00:00Z", "list_ids": [3, 4],
        "filter": "equals(TOWN,\"X\")", "attributes": ["name"]});
    let result = export(&server.client(), "export_contacts", arguments).await.unwrap();
    assert_eq!((&result["rows"], &result["leftOut"]), (&json!(2_100), &json!(["LATE"])));
    let pages = pages(&server);
    assert_eq!(pages.len(), 3);
    for part in ["modifiedSince=2026-01-01", "listIds=3&listIds=4", "filter=equals", "sort=asc", "limit=1000"]
    {
        assert!(pages[1].contains(part), "{part} in {}", pages[1]);
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines[0],
        json!({"id": 1, "email": "p1@example.com", "listIds": [1, 2], "attributes": {"NAME": "N, 1"}})
    );
    let ids: Vec<_> = lines.iter().map(|line| line["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, (1..=2_100).collect::<Vec<_>>());

    let path = inside(&folder, "list.txt");
    let arguments = json!({"list_id": 4, "path": path, "format": "jsonl"});
    assert_eq!(export(&server.client(), "export_list", arguments).await.unwrap()["rows"], json!(2_100));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("{\"id\":1,"));

    let both = json!({"path": path, "segment_id": 1, "list_ids": [1]});
    let error = export(&server.client(), "export_contacts", both).await.expect_err("not both");
    assert_eq!((error.kind(), error.parameter()), (Kind::InvalidArgument, Some("segment_id")));
}

#[tokio::test]
async fn an_export_that_broke_off_goes_on_where_it_stopped() {
    for (name, ending) in [("export_contacts", "csv"), ("export_list", "jsonl")] {
        let server = lister(2_900, 0, 3).await;
        let folder = tempfile::tempdir().unwrap();
        let (path, checkpoint) = (inside(&folder, &format!("all.{ending}")), inside(&folder, "checkpoint"));
        let mut arguments = json!({"path": path, "checkpoint_path": checkpoint});
        if name == "export_list" {
            arguments["list_id"] = json!(1);
        }
        let error = export(&server.client(), name, arguments.clone()).await.expect_err("the third page");
        assert_eq!(error.kind(), Kind::Unauthorized);
        assert!(!std::path::Path::new(&path).exists());
        let mut other = arguments.clone();
        other["attributes"] = json!(["TOWN"]);
        let refused = export(&server.client(), name, other).await.expect_err("another export");
        assert_eq!(refused.parameter(), Some("checkpoint_path"));

        let before = pages(&server).len();
        let result = export(&server.client(), name, arguments).await.unwrap();
        assert_eq!(result["rows"], json!(2_900));
        let further = pages(&server)[before..].to_vec();
        assert!(!further[0].contains("offset=0"), "{further:?}");
        let text = std::fs::read_to_string(&path).unwrap();
        let ids: Vec<i64> = text
            .lines()
            .filter_map(|line| match ending {
                "csv" => line.split(',').next()?.parse().ok(),
                _ => serde_json::from_str::<Value>(line).ok()?["id"].as_i64(),
            })
            .collect();
        assert_eq!(ids, (1..=2_900).collect::<Vec<_>>(), "{name}");
        assert_eq!(text.lines().count(), 2_900 + usize::from(ending == "csv"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "only the file is left");
    }
}

#[tokio::test]
async fn nobody_is_missed_where_others_leave_meanwhile() {
    for leave in [5, 19, 300] {
        let server = lister(4_000, leave, 0).await;
        let folder = tempfile::tempdir().unwrap();
        let path = inside(&folder, "all.csv");
        export(&server.client(), "export_contacts", json!({"path": path})).await.unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let ids: Vec<i64> =
            text.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), ids.len(), "nobody comes twice");
        // Those who never left are all there.
        let gone = leave * pages(&server).len() as i64;
        assert!((gone..=4_000).all(|id| sorted.binary_search(&id).is_ok()), "{leave} leave before each page");
    }
}
