//! Rows that a program reads instead of a file: which, when they are fetched, and how they end.

#![allow(clippy::unwrap_used)]

mod server;

use std::any::Any;
use std::sync::Mutex;
use std::time::Duration;

use brevo_core::jobs::stream::{At, Column, Keep, Page, Place, Sheet, Stream, Taken};
use brevo_core::jobs::{JOBS, Progress, job};
use brevo_core::{CallOptions, Client, Error, Kind, operation_by_id};
use serde_json::{Map, Value, json};
use server::Server;

fn map(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("an object is needed") };
    map
}

fn stream(client: &Client, name: &str, arguments: Value) -> Result<Stream, Error> {
    Stream::of_job(client, job("contacts", name).expect("a job"), map(arguments), None)
}

/// A server with contacts of ids 1 to `count`; the call of number `broken` is refused; before each page the
/// oldest `leave` contacts go.
async fn lister(count: i64, leave: i64, broken: usize) -> Server {
    let state = Mutex::new((0, 0));
    Server::answering(move |seen| {
        if seen.line.starts_with("GET /v3/contacts/attributes") {
            let attribute = |name: &str, category: &str, kind: &str| json!({"name": name, "category": category, "type": kind});
            let attributes = [attribute("NAME", "normal", "text"), attribute("SCORE", "normal", "float"),
                attribute("GRADE", "category", "category"), attribute("TAGS", "normal", "multiple-choice"),
                attribute("BORN", "normal", "date"), attribute("VIP", "normal", "boolean"), attribute("ORDER", "transactional", "id")];
            return (200, json!({"attributes": attributes}).to_string());
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
        let contact = |id: i64| json!({"id": id, "email": format!("p{id}@example.com"), "attributes": {"NAME": "N", "LATE": 1}});
        let contacts: Vec<_> = (1 + gone + offset..=count).take(limit as usize).map(contact).collect();
        (200, json!({"contacts": contacts, "count": count - gone}).to_string())
    })
    .await
}

/// How many pages were asked for, after a while in which one too many would come.
async fn pages(server: &Server) -> usize {
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.seen().iter().filter(|seen| seen.line.contains("limit=")).count()
}

fn rows(page: Page) -> Vec<Value> {
    let Page::Rows(text) = page else { panic!("pages are JSON where there is no sheet") };
    serde_json::from_str(&text).unwrap()
}

async fn ids(stream: &mut Stream) -> Vec<i64> {
    let mut ids = Vec::new();
    while let Some(page) = stream.next().await.unwrap() {
        ids.extend(rows(page).iter().map(|row| row["id"].as_i64().unwrap()));
    }
    ids
}

#[tokio::test]
async fn rows_are_those_of_the_file_and_are_never_more_than_a_page_ahead() {
    let server = lister(2_100, 0, 0).await;
    let mut stream = stream(&server.client(), "export_contacts", json!({"attributes": ["name"]})).unwrap();
    assert!(server.seen().is_empty(), "nothing is sent before rows are asked for");
    let first = rows(stream.next().await.unwrap().unwrap());
    assert_eq!(first[0], json!({"id": 1, "email": "p1@example.com", "attributes": {"NAME": "N"}}));
    assert_eq!((first.len(), pages(&server).await), (1_000, 2));
    let second = rows(stream.next().await.unwrap().unwrap());
    assert_eq!((second[0]["id"].as_i64(), second.len(), pages(&server).await), (Some(1_001), 980, 3));
    assert_eq!(ids(&mut stream).await, (1_981..=2_100).collect::<Vec<_>>());
    assert!(stream.next().await.unwrap().is_none(), "the end stays the end");
    assert_eq!(pages(&server).await, 3);
}

#[tokio::test]
async fn progress_is_told_while_a_page_is_waited_for() {
    let server = lister(2_100, 0, 0).await;
    let mut stream = stream(&server.client(), "export_contacts", json!({})).unwrap();
    let told = Mutex::new(Vec::new());
    let report = |progress: &Progress| told.lock().unwrap().push((progress.done, progress.total));
    while stream.next_with(&report).await.unwrap().is_some() {}
    let (told, wanted) = (told.into_inner().unwrap(), [1_000, 1_980, 2_100].map(|done| (done, Some(2_100))));
    // Only the newest is told to who was away, the last one always.
    assert_eq!(told, wanted.into_iter().filter(|progress| told.contains(progress)).collect::<Vec<_>>());
    assert_eq!(told.last(), wanted.last());
}

#[tokio::test]
async fn columns_are_known_before_any_page() {
    let server = lister(10, 0, 0).await;
    let mut stream = stream(&server.client(), "export_list", json!({"listId": 2})).unwrap();
    let columns = stream.columns().await.unwrap();
    let found: Vec<_> = columns.iter().map(|c| (c.name.as_str(), c.at, format!("{:?}", c.ty))).collect();
    let own = |name, ty: &str| (name, At::Key, ty.to_owned());
    let attribute = |name, ty: &str| (name, At::Within("attributes"), ty.to_owned());
    assert_eq!(
        found,
        [
            own("id", "Integer"),
            own("email", "String"),
            own("emailBlacklisted", "Boolean"),
            own("smsBlacklisted", "Boolean"),
            own("whatsappBlacklisted", "Boolean"),
            own("createdAt", "DateTime"),
            own("modifiedAt", "DateTime"),
            attribute("NAME", "String"),
            attribute("SCORE", "Number"),
            attribute("GRADE", "String"),
            attribute("TAGS", "List(String)"),
            attribute("BORN", "Date"),
            attribute("VIP", "Boolean"),
        ]
    );
    assert_eq!(pages(&server).await, 0, "no page was asked for");
    assert_eq!(ids(&mut stream).await, (1..=10).collect::<Vec<_>>());
}

#[tokio::test]
async fn nobody_is_missed_or_doubled_where_others_leave_meanwhile() {
    for leave in [5, 300] {
        let server = lister(4_000, leave, 0).await;
        let mut stream = stream(&server.client(), "export_contacts", json!({})).unwrap();
        let mut found = ids(&mut stream).await;
        let all = found.len();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), all, "nobody comes twice");
        let gone = leave * pages(&server).await as i64;
        assert!((gone..=4_000).all(|id| found.binary_search(&id).is_ok()), "{leave} leave before each page");
    }
}

#[tokio::test]
async fn an_error_ends_the_rows() {
    let server = lister(2_900, 0, 2).await;
    let mut stream = stream(&server.client(), "export_contacts", json!({})).unwrap();
    assert_eq!(rows(stream.next().await.unwrap().unwrap()).len(), 1_000);
    let error = stream.next().await.err().expect("the second page fails");
    assert_eq!((error.kind(), error.operation()), (Kind::Unauthorized, Some("contacts.get_contacts")));
    assert!(stream.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_page_that_was_not_waited_for_is_not_lost_and_what_is_dropped_ends() {
    let server = lister(4_000, 0, 0).await;
    let mut stream = stream(&server.client(), "export_contacts", json!({})).unwrap();
    for wait in 0..50 {
        // Given up again and again, as a cancelled task does.
        if let Ok(page) = tokio::time::timeout(Duration::from_millis(wait), stream.next()).await {
            assert_eq!(rows(page.unwrap().unwrap())[0]["id"], json!(1));
            break;
        }
    }
    assert_eq!(pages(&server).await, 2);
    stream.close();
    assert!(stream.next().await.unwrap().is_none());
    drop(stream);
    assert_eq!(pages(&server).await, 2);
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_once() {
    let server = lister(1, 0, 0).await;
    for (name, arguments, parameter, message) in [
        ("export_list", json!({}), Some("list_id"), "required"),
        ("export_list", json!({"list_id": "2"}), Some("list_id"), "whole number"),
        ("export_list", json!({"list_id": 2, "path": "x.csv"}), Some("path"), "no file is written"),
        ("export_contacts", json!({"checkpointPath": "x"}), Some("checkpoint_path"), "no file is written"),
        ("export_contacts", json!({"format": "csv"}), Some("format"), "no file is written"),
        ("import_file", json!({"path": "x.csv"}), None, "gives no rows"),
    ] {
        let error = stream(&server.client(), name, arguments.clone()).err().expect("refused");
        assert_eq!(
            (error.kind(), error.parameter()),
            (Kind::InvalidArgument, parameter),
            "{arguments}: {error}"
        );
        assert!(error.message().contains(message), "{error}");
        assert_eq!(error.operation(), Some(format!("contacts.{name}").as_str()));
    }
    assert!(stream(&server.client(), "export_contacts", json!({"path": null})).is_ok());
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn every_job_that_gives_rows_gives_them_by_columns() {
    // A server that has nothing at all, but a file without rows for those who ask for one.
    let server = Server::answering(|seen| {
        if seen.line.starts_with("GET /x.csv") {
            return (200, "ID;EMAIL;TOWN;OPENS\n".to_owned());
        }
        let url = format!("http://{}/x.csv", seen.header("host").unwrap());
        (200, json!({"processId": 1, "status": "completed", "export_url": url}).to_string())
    })
    .await;
    for job in JOBS.iter().filter(|job| job.rows.is_some()) {
        let fields = (job.arguments)().fields;
        let given = |name: &str| match name {
            "start_date" | "end_date" => json!("2026-01-01"),
            name if name.ends_with("_id") => json!(1),
            _ => json!("x"),
        };
        let needed = fields.iter().filter(|field| field.required && field.name() != "path");
        let arguments = needed.map(|field| (field.wire().to_owned(), given(field.name()))).collect();
        let mut stream = Stream::of_job(&server.client(), job, arguments, None).unwrap();
        assert!(stream.columns().await.is_ok_and(|columns| columns.len() > 3), "{}", job.id());
        assert!(stream.next().await.unwrap().is_none(), "{}", job.id());
    }
}

/// A sheet that keeps what it is told.
#[derive(Default)]
struct Notes {
    columns: Vec<String>,
    text: Vec<String>,
}

impl Sheet for Notes {
    fn begin(&mut self, columns: &[Column]) {
        self.columns = columns.iter().map(|column| column.name.clone()).collect();
    }

    fn read(&mut self, place: &Place<'_>, keep: Keep<'_>) -> Result<Taken, String> {
        let page: Value = serde_json::from_str(place.text).map_err(|error| error.to_string())?;
        let items = if place.items.is_empty() { &page } else { &page[place.items] };
        let items = items.as_array().cloned().unwrap_or_default();
        let total = place.total.and_then(|key| page[key].as_u64());
        self.text.extend(items.iter().filter(|item| keep(item["id"].as_i64())).map(Value::to_string));
        Ok(Taken { items: items.len(), total })
    }

    fn page(&mut self) -> Option<Box<dyn Any + Send>> {
        let rows = std::mem::take(&mut self.text);
        (!rows.is_empty()).then(|| Box::new(rows) as Box<dyn Any + Send>)
    }
}

async fn noted(stream: &mut Stream) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    while let Some(page) = stream.next().await.unwrap() {
        let Page::Sheet(rows) = page else { panic!("a sheet was given") };
        pages.push(*rows.downcast::<Vec<String>>().unwrap());
    }
    pages
}

#[tokio::test]
async fn a_sheet_reads_pages_as_they_came() {
    let server = lister(4_000, 300, 0).await;
    let sheet = Box::new(Notes::default());
    let arguments = map(json!({}));
    let job = job("contacts", "export_contacts").unwrap();
    let mut stream = Stream::of_job(&server.client(), job, arguments, Some(sheet)).unwrap();
    let pages = noted(&mut stream).await;
    assert!(pages[0][0].contains("\"LATE\":1"), "as they came: {}", pages[0][0]);
    let mut found: Vec<i64> = pages
        .iter()
        .flatten()
        .map(|row| serde_json::from_str::<Value>(row).unwrap()["id"].as_i64().unwrap())
        .collect();
    let all = found.len();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), all);
    let gone = 300 * server.seen().len() as i64;
    assert!((gone..=4_000).all(|id| found.binary_search(&id).is_ok()));
}

#[tokio::test]
async fn a_sheet_reads_listings() {
    let server = lister(250, 0, 0).await;
    let spec = operation_by_id("contacts.get_contacts").unwrap();
    let list = |limit: i64| {
        let arguments = map(json!({"limit": limit, "offset": 0})).into();
        let sheet = Box::new(Notes::default());
        Stream::of_listing(&server.client(), spec, arguments, CallOptions::default(), sheet)
    };
    let mut stream = list(100).unwrap();
    assert!(stream.columns().await.unwrap().iter().any(|column| column.name == "listIds"));
    assert_eq!(pages(&server).await, 0);
    let counts: Vec<_> = noted(&mut stream).await.iter().map(Vec::len).collect();
    assert_eq!(counts, [100, 100, 50]);
    assert_eq!(list(0).err().expect("no page size").parameter(), Some("limit"));

    let broken = Server::answering(|_| (200, "{\"contacts\":[".to_owned())).await;
    let sheet = Box::new(Notes::default());
    let options = CallOptions::default();
    let mut stream = Stream::of_listing(&broken.client(), spec, Map::new().into(), options, sheet).unwrap();
    let error = stream.next().await.err().expect("no JSON");
    assert_eq!((error.kind(), error.operation()), (Kind::Decode, Some("contacts.get_contacts")));
    assert!(error.message().starts_with("the reply is not JSON: EOF"), "{error}");
}
