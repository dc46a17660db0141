//! The jobs, against a server that plays the part of Brevo which they need.

#![allow(clippy::unwrap_used)]

mod server;

use std::path::Path;
use std::sync::{Arc, Mutex};

use brevo_core::jobs::{JOBS, Progress, job, run};
use brevo_core::{Client, Error, Kind};
use serde_json::{Value, json};
use server::{Seen, Server};
use tempfile::TempDir;

const HEADER: &str = "E-mail;First name;Age;Town\n";

/// Runs a job and gives its result with the progress that it told.
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

async fn good(server: &Server, id: &str, arguments: Value) -> Value {
    done(&server.client(), id, arguments).await.0.expect("the job succeeds")
}

async fn bad(server: &Server, id: &str, arguments: Value) -> Error {
    let error = done(&server.client(), id, arguments).await.0.expect_err("the job fails");
    assert_eq!(error.operation().map(|o| o.split('.').next()), Some(id.split('.').next()), "{error}");
    error
}

fn path(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.to_string_lossy().into_owned()
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn body(seen: &Seen) -> Value {
    serde_json::from_str(&seen.body).unwrap_or_default()
}

/// Method and path of what was received, and the part of the path after `/v3`.
fn lines(server: &Server) -> Vec<String> {
    let lines = server.seen().into_iter().map(|seen| seen.line.replace(" HTTP/1.1", "").replace("/v3", ""));
    lines.collect()
}

/// A server that takes imports; each process ends as `process` says.
async fn importer(process: impl Fn(i64, usize, &str) -> Value + Send + Sync + 'static) -> Server {
    let (imports, polls, host) = (Mutex::new(0), Mutex::new(0), Mutex::new(String::new()));
    Server::answering(move |seen| {
        let line = seen.line.as_str();
        *host.lock().unwrap() = format!("http://{}", seen.header("host").unwrap());
        if line.starts_with("GET /v3/contacts/attributes") {
            let attribute =
                |name: &str, kind: &str| json!({"name": name, "category": "normal", "type": kind});
            (
                200,
                json!({"attributes": [attribute("FIRSTNAME", "text"), attribute("AGE", "float")]})
                    .to_string(),
            )
        } else if line.starts_with("POST /v3/contacts/import") {
            *imports.lock().unwrap() += 1;
            (202, json!({"processId": *imports.lock().unwrap()}).to_string())
        } else if line.starts_with("GET /v3/processes?") {
            // What no page shows is asked for by its number.
            (200, json!({"processes": [], "count": 0}).to_string())
        } else if let Some(rest) = line.strip_prefix("GET /v3/processes/") {
            *polls.lock().unwrap() += 1;
            let id = rest.split(' ').next().unwrap().parse().unwrap();
            (200, process(id, *polls.lock().unwrap(), &host.lock().unwrap()).to_string())
        } else if line.starts_with("GET /report.csv") {
            assert!(seen.header("api-key").is_none(), "a report is fetched without the key");
            (200, "EMAIL;FIRSTNAME\nzoe@example.com;Zoë\n".to_owned())
        } else if line.starts_with("GET /v3/contacts/folders") {
            (200, r#"{"folders":[{"id":5,"name":"First"}],"count":1}"#.to_owned())
        } else if line.starts_with("POST /v3/contacts/lists") {
            (201, r#"{"id":77}"#.to_owned())
        } else if line.starts_with("POST /v3/contacts/attributes/normal/") {
            (201, String::new())
        } else {
            (404, r#"{"code":"document_not_found","message":"no such thing"}"#.to_owned())
        }
    })
    .await
}

fn completed(id: i64, _: usize, _: &str) -> Value {
    json!({"id": id, "status": "completed", "name": "IMPORTUSER"})
}

#[tokio::test]
async fn a_file_is_checked_sent_and_reported() {
    let server = importer(|id, polls, host| match polls {
        1 => json!({"id": id, "status": "in_process"}),
        _ => json!({"id": id, "status": "completed", "info": {"import":
            {"invalid_emails": format!("{host}/report.csv"), "duplicate_email_id": format!("{host}/gone.csv"),
             "duplicate_phone_id": null}}}),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let rows = "ada@example.com;Ada;36;London\n\
                zoe@example.com;Zoë;old;\"Paris; 7e\"\n\
                ADA@example.com;Again;;\n\
                ;Nobody;;\n\
                not an address;X;;\n\
                few@example.com;Few\n\
                many@example.com;Many;;;;extra\n\
                open@example.com;\"Open;;\n\
                li@example.com;\u{674e};;;;\n";
    let file = path(&folder, "people.csv", format!("{HEADER}{rows}"));
    let rejects = folder.path().join("rejects.csv").to_string_lossy().into_owned();
    let arguments =
        json!({"path": file, "list_ids": [3], "rejectsPath": rejects, "updateExistingContacts": false});
    let (result, told) = done(&server.client(), "contacts.import_file", arguments).await;
    let result = result.expect("the import succeeds");

    let sent = server.seen().into_iter().find(|seen| seen.line.starts_with("POST")).expect("an import");
    assert_eq!(
        body(&sent),
        json!({"jsonBody": [
            {"email": "ada@example.com", "attributes": {"FIRSTNAME": "Ada", "AGE": 36}},
            {"email": "zoe@example.com", "attributes": {"FIRSTNAME": "Zoë", "AGE": "old"}},
            {"email": "li@example.com", "attributes": {"FIRSTNAME": "李"}},
        ], "listIds": [3], "updateExistingContacts": false, "disableNotification": true})
    );
    let rejected = |line: Option<i64>, reason: &str| (line, reason.to_owned());
    let told_rejects: Vec<_> = result["rejects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reject| {
            (reject.get("line").and_then(Value::as_i64), reject["reason"].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(
        told_rejects,
        [
            rejected(Some(4), "the address is in an earlier row"),
            rejected(Some(5), "the address is missing"),
            rejected(Some(6), "the address is malformed"),
            rejected(Some(7), "fields are missing"),
            rejected(Some(8), "there are too many fields"),
            rejected(Some(9), "a quote is opened and never closed"),
            rejected(Some(3), "Brevo: invalid emails"),
        ]
    );
    assert_eq!(
        (&result["rows"], &result["imported"], &result["rejected"]),
        (&json!(9), &json!(2), &json!(7))
    );
    assert_eq!(result["processIds"], json!([1]));
    assert_eq!(result["unknownColumns"], json!(["Town"]));
    assert_eq!(result["columns"], json!({"E-mail": "EMAIL", "First name": "FIRSTNAME", "Age": "AGE"}));
    assert_eq!(result["unfitCells"], json!({"AGE": 1}));
    assert!(result["warnings"][0].as_str().unwrap().contains("HTTP 404"), "{result}");
    assert_eq!(result["warnings"].as_array().unwrap().len(), 1);

    let written = read(&rejects);
    assert!(written.starts_with("line,reason,E-mail,First name,Age,Town\r\n4,the address is in an earlier row,ADA@example.com,Again,,\r\n"), "{written}");
    assert!(
        written.ends_with("\r\n3,Brevo: invalid emails,zoe@example.com,Zoë,old,Paris; 7e\r\n"),
        "{written}"
    );
    assert_eq!(written.lines().count(), 8);
    let stages: Vec<_> = told.iter().map(|p| (p.stage, p.done, p.total)).collect();
    assert_eq!(stages[..2], [("read", 9, Some(9)), ("send", 3, None)]);
    assert_eq!(stages.last(), Some(&("wait", 1, Some(1))));
}

#[tokio::test]
async fn a_large_file_goes_in_several_bodies() {
    let server = importer(completed).await;
    let folder = tempfile::tempdir().unwrap();
    let mut text = HEADER.to_owned();
    for n in 0..1_000 {
        text.push_str(&format!("person.{n}@example.com;\u{1f600}\"{n};{n};\n"));
    }
    let arguments = json!({"path": path(&folder, "many.csv", &text), "new_list": {"list_name": "Many"}, "body_limit": 10_000});
    let result = good(&server, "contacts.import_file", arguments).await;
    assert_eq!(
        (&result["rows"], &result["imported"], &result["rejected"]),
        (&json!(1_000), &json!(1_000), &json!(0))
    );
    assert_eq!(result["listIds"], json!([77]));

    let imports: Vec<_> =
        server.seen().into_iter().filter(|seen| seen.line.contains("/contacts/import ")).collect();
    assert!(imports.len() > 5, "{} bodies", imports.len());
    assert_eq!(result["processIds"].as_array().unwrap().len(), imports.len());
    let mut sent = Vec::new();
    for import in &imports {
        assert!(import.body.len() <= 10_000, "a body of {}", import.body.len());
        assert_eq!(body(import)["listIds"], json!([77]));
        sent.extend(
            body(import)["jsonBody"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c["email"].as_str().unwrap().to_owned()),
        );
    }
    assert_eq!(sent, (0..1_000).map(|n| format!("person.{n}@example.com")).collect::<Vec<_>>());
    let lists: Vec<_> =
        server.seen().into_iter().filter(|seen| seen.line.contains("/contacts/lists")).collect();
    assert_eq!(lists.len(), 1, "one list for all bodies");
    assert_eq!(body(&lists[0]), json!({"folderId": 5, "name": "Many"}));
}

#[tokio::test]
async fn a_dry_run_sends_nothing() {
    let server = importer(completed).await;
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "x.csv", format!("{HEADER}ada@example.com;Ada;;\nbad;;;\n"));
    let arguments =
        json!({"path": file, "dryRun": true, "createAttributes": true, "newList": {"listName": "X"}});
    let result = good(&server, "contacts.import_file", arguments).await;
    assert_eq!(
        (&result["imported"], &result["rejected"], &result["processIds"]),
        (&json!(1), &json!(1), &json!([]))
    );
    assert_eq!(lines(&server), ["GET /contacts/attributes"]);
}

#[tokio::test]
async fn attributes_are_created_and_waiting_is_a_choice() {
    let server = importer(completed).await;
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "x.csv", format!("{HEADER}ada@example.com;Ada;;London\n"));
    let arguments = json!({"path": file, "listIds": [1], "createAttributes": true, "wait": false});
    let result = good(&server, "contacts.import_file", arguments).await;
    assert_eq!((&result["imported"], &result["unknownColumns"]), (&json!(1), &json!([])));
    let expected =
        ["GET /contacts/attributes", "POST /contacts/attributes/normal/TOWN", "POST /contacts/import"];
    assert_eq!(lines(&server), expected);
    assert_eq!(body(&server.seen()[1]), json!({"type": "text"}));
    assert_eq!(body(&server.seen()[2])["jsonBody"][0]["attributes"]["TOWN"], json!("London"));
}

#[tokio::test]
async fn files_that_cannot_be_imported_are_refused_before_anything_is_sent() {
    let server = importer(completed).await;
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "good.csv", format!("{HEADER}ada@example.com;Ada;;\n"));
    for (arguments, kind, parameter, message) in [
        (json!({"path": "/no/such/file.csv", "listIds": [1]}), Kind::Io, None, "/no/such/file.csv"),
        (json!({"path": folder.path(), "listIds": [1]}), Kind::Io, None, "not a regular file"),
        (
            json!({"path": path(&folder, "a.csv", ""), "listIds": [1]}),
            Kind::InvalidArgument,
            Some("path"),
            "empty",
        ),
        (
            json!({"path": path(&folder, "b.csv", "ada@example.com,Ada\n"), "listIds": [1]}),
            Kind::InvalidArgument,
            Some("path"),
            "must name the columns",
        ),
        (
            json!({"path": path(&folder, "c.csv", "Name,Town\nA,B\n"), "listIds": [1]}),
            Kind::InvalidArgument,
            Some("columns"),
            "no column holds the address",
        ),
        (json!({"path": file}), Kind::InvalidArgument, Some("list_ids"), "needs lists"),
        (json!({"path": file, "listIds": ["1"]}), Kind::InvalidArgument, Some("list_ids[0]"), "whole number"),
        (
            json!({"path": file, "listIds": [1], "delimiter": "ab"}),
            Kind::InvalidArgument,
            Some("delimiter"),
            "one",
        ),
        (
            json!({"path": file, "listIds": [1], "encoding": "ebcdic"}),
            Kind::InvalidArgument,
            Some("encoding"),
            "utf-8",
        ),
        (json!({"path": file, "pth": file}), Kind::InvalidArgument, Some("pth"), "did you mean `path`"),
        (json!({"listIds": [1]}), Kind::InvalidArgument, Some("path"), "required"),
        (json!({"pathh": file}), Kind::InvalidArgument, Some("pathh"), "did you mean `path`"),
        (
            json!({"path": file, "listIds": [1], "rejectsPath": "/no/such/folder/r.csv"}),
            Kind::Io,
            None,
            "/no/such/folder/r.csv",
        ),
    ] {
        let error = bad(&server, "contacts.import_file", arguments.clone()).await;
        assert_eq!((error.kind(), error.parameter()), (kind, parameter), "{arguments}: {error}");
        assert!(error.message().contains(message), "{arguments}: {error}");
    }
    assert!(lines(&server).iter().all(|line| line.starts_with("GET ")), "{:?}", lines(&server));
}

#[tokio::test]
async fn an_import_that_fails_tells_what_was_sent_and_keeps_the_rejects() {
    let server =
        importer(|id, _, _| json!({"id": id, "status": "failed", "name": "IMPORTUSER", "error": "disk"}))
            .await;
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "x.csv", format!("{HEADER}ada@example.com;Ada;;\nbad;;;\n"));
    let rejects = folder.path().join("rejects.csv");
    let arguments = json!({"path": file, "listIds": [1], "rejectsPath": rejects});
    let error = bad(&server, "contacts.import_file", arguments).await;
    assert_eq!(
        error.message(),
        "process 1 (IMPORTUSER) has failed: disk; 1 rows had been sent, in the processes 1"
    );
    assert_eq!(
        read(&rejects),
        "line,reason,E-mail,First name,Age,Town\r\n3,the address is malformed,bad,,,\r\n"
    );
}

#[tokio::test]
async fn other_encodings_arrive_as_they_were_meant() {
    let folder = tempfile::tempdir().unwrap();
    let text = "EMAIL;FIRSTNAME\r\nzoe@example.com;Zoë\r\n";
    let wide: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let narrow: Vec<u8> = text.chars().map(|c| u32::from(c) as u8).collect();
    for (content, encoding) in [(wide, "utf-16le"), (narrow, "windows-1252"), (text.into(), "utf-8")] {
        let server = importer(completed).await;
        let arguments = json!({"path": path(&folder, "x.csv", content), "listIds": [1], "wait": false});
        let result = good(&server, "contacts.import_file", arguments).await;
        assert_eq!((&result["encoding"], &result["imported"]), (&json!(encoding), &json!(1)));
        let sent = body(&server.seen()[1]);
        assert_eq!(sent["jsonBody"][0]["attributes"], json!({"FIRSTNAME": "Zoë"}), "{encoding}");
    }
}

#[tokio::test]
async fn waiting_ends_with_the_process_or_with_the_time() {
    let server = importer(|id, polls, _| {
        let status = match (id, polls) {
            (1, ..3) => "processing",
            (1, _) => "completed",
            (2, _) => "cancelled",
            _ => "queued",
        };
        json!({"id": id, "status": status, "name": "CONTACT_EXPORT", "export_url": "https://x", "new_field": 1})
    })
    .await;
    let (result, told) = done(&server.client(), "process.wait_for_process", json!({"process_id": 1})).await;
    let result = result.expect("it completes");
    assert_eq!((&result["status"], &result["new_field"]), (&json!("completed"), &json!(1)));
    assert_eq!(told.len(), 3);
    let error = bad(&server, "process.wait_for_process", json!({"processId": 2})).await;
    assert_eq!((error.kind(), error.message()), (Kind::Conflict, "process 2 (CONTACT_EXPORT) was cancelled"));
    let error = bad(&server, "process.wait_for_process", json!({"processId": 3, "timeout": 0.2})).await;
    assert_eq!(error.kind(), Kind::Timeout);
    let error = bad(&server, "process.wait_for_process", json!({})).await;
    assert_eq!((error.kind(), error.parameter()), (Kind::InvalidArgument, Some("process_id")));
}

/// A server with so many contacts on list 4, by pages. After the first page, the oldest `leave` of them
/// are gone.
async fn lister(count: i64, leave: i64) -> Server {
    let gone = Mutex::new(0);
    Server::answering(move |seen| {
        if seen.line.starts_with("GET /v3/contacts/attributes") {
            let attribute = |name: &str, category: &str| json!({"name": name, "category": category});
            let names = [("FIRSTNAME", "normal"), ("COLOURS", "normal"), ("ORDER", "transactional")];
            return (
                200,
                json!({"attributes": names.map(|(name, category)| attribute(name, category))}).to_string(),
            );
        }
        let Some((_, query)) = seen.line.split_once("GET /v3/contacts/lists/4/contacts?") else {
            return (404, r#"{"code":"document_not_found","message":"List ID does not exist"}"#.to_owned());
        };
        let number = |name: &str| -> i64 {
            let value = query.split(['&', ' ']).find_map(|pair| pair.strip_prefix(name)).expect(name);
            value.parse().expect("a number")
        };
        let (limit, offset) = (number("limit="), number("offset="));
        assert!(limit <= 500 && query.contains("sort=asc"), "{query}");
        let contact = |n: i64| {
            // The contact at the page's end moves, and comes again on the next page.
            let id = if n == 500 { 499 } else { n };
            let mut attributes = json!({"FIRSTNAME": format!("N \"{id}\","), "COLOURS": ["red", "blue"]});
            if n == 0 {
                attributes = json!({"FIRSTNAME": "=1+1", "LATE": 3});
            }
            json!({"id": id, "email": format!("p{id}@example.com"), "emailBlacklisted": id == 1,
                "smsBlacklisted": false, "createdAt": "2026-01-01T00:00:00Z", "attributes": attributes})
        };
        let mut gone = gone.lock().unwrap();
        let start = offset + *gone;
        *gone = leave;
        let contacts: Vec<_> = (start..count.min(start + limit)).map(contact).collect();
        (200, json!({"contacts": contacts, "count": count}).to_string())
    })
    .await
}

#[tokio::test]
async fn a_list_is_exported_page_by_page() {
    let server = lister(1_200, 0).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.csv");
    std::fs::write(&file, "what was there before").unwrap();
    let arguments = json!({"list_id": 4, "path": file});
    let (result, told) = done(&server.client(), "contacts.export_list", arguments).await;
    let result = result.expect("the export succeeds");
    let columns =
        "id,email,emailBlacklisted,smsBlacklisted,whatsappBlacklisted,createdAt,modifiedAt,FIRSTNAME,COLOURS";
    assert_eq!(result["rows"], json!(1_199), "the contact that came twice is written once");
    assert_eq!(result["columns"].as_array().unwrap().len(), 9);
    assert_eq!(result["leftOut"], json!(["LATE"]));
    let written = read(&file);
    let rows: Vec<_> = written.split("\r\n").collect();
    assert_eq!(rows[0], columns);
    assert_eq!(rows[1], "0,p0@example.com,false,false,,2026-01-01T00:00:00Z,,=1+1,");
    assert_eq!(
        rows[2],
        r#"1,p1@example.com,true,false,,2026-01-01T00:00:00Z,,"N ""1"",","[""red"",""blue""]""#
    );
    assert_eq!(rows.len(), 1_201);
    assert_eq!(
        told.iter().map(|p| (p.done, p.total)).collect::<Vec<_>>(),
        [(500, Some(1_200)), (979, Some(1_200)), (1_199, Some(1_200))]
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn an_export_misses_nobody_where_others_leave_meanwhile() {
    for (leave, count) in [(19, 1_200), (300, 1_200), (500, 1_000), (500, 510)] {
        let server = lister(count, leave).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.csv");
        let result = good(&server, "contacts.export_list", json!({"list_id": 4, "path": file})).await;
        let doubled = i64::from(count > 500);
        assert_eq!(result["rows"], json!(count - doubled), "{leave} of {count} left");
    }
}

#[tokio::test]
async fn an_export_that_fails_leaves_the_old_file() {
    let server = lister(3, 0).await;
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "list.csv", "old");
    let error = bad(&server, "contacts.export_list", json!({"list_id": 9, "path": file})).await;
    assert_eq!((error.kind(), error.operation()), (Kind::NotFound, Some("contacts.get_contacts_from_list")));
    let error = bad(
        &server,
        "contacts.export_list",
        json!({"list_id": 4, "path": file, "attributes": ["firstname", "X"]}),
    )
    .await;
    assert_eq!((error.kind(), error.parameter()), (Kind::InvalidArgument, Some("attributes[1]")));
    assert_eq!(read(&file), "old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let arguments = json!({"list_id": 4, "path": file, "attributes": ["firstname"]});
    assert_eq!(good(&server, "contacts.export_list", arguments).await["columns"][7], json!("FIRSTNAME"));
    assert!(read(&file).starts_with("id,email,"));
}

#[tokio::test]
async fn statistics_come_from_the_list_and_singly_where_the_list_lacks_them() {
    let server = Server::answering(|seen| {
        let campaign = |id: i64, sent: Value, figures: Value| {
            json!({"id": id, "name": format!("C{id}"), "subject": "Hi, you", "status": "sent", "sentDate": sent,
                "statistics": {"globalStats": figures}})
        };
        let figures = json!({"sent": 100, "delivered": 80, "uniqueClicks": 20, "opensRate": 50.5});
        let line = seen.line.as_str();
        assert!(line.contains("statistics=globalStats") && line.contains("excludeHtmlContent=true"), "{line}");
        if line.starts_with("GET /v3/emailCampaigns?") {
            let offset = if line.contains("offset=99") { 99 } else { 0 };
            let all: Vec<_> = (0..103)
                .map(|id| match id {
                    101 => campaign(id, json!("2020-01-01T00:00:00Z"), json!({"sent": 0})),
                    102 => campaign(id, Value::Null, Value::Null),
                    _ => campaign(id, json!("2999-01-01T00:00:00Z"), figures.clone()),
                })
                .skip(offset)
                .take(100)
                .collect();
            (200, json!({"campaigns": all, "count": 103}).to_string())
        } else if let Some(rest) = line.strip_prefix("GET /v3/emailCampaigns/") {
            let id = rest.split('?').next().unwrap().parse().unwrap();
            (200, campaign(id, json!("2020-01-01T00:00:00Z"), json!({"sent": 7, "delivered": 7})).to_string())
        } else {
            (404, String::new())
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("campaigns.csv");
    let arguments = json!({"path": file, "status": "sent"});
    let (result, told) = done(&server.client(), "email_campaigns.export_statistics", arguments).await;
    let result = result.expect("the export succeeds");
    assert_eq!(result["rows"], json!(103));
    assert_eq!(lines(&server).len(), 3, "two pages and one campaign");
    assert!(lines(&server)[0].contains("status=sent"));
    assert_eq!(told.last().map(|told| (told.done, told.total)), Some((3, Some(3))), "calls");

    let written = read(&file);
    let names: Vec<_> = written.lines().next().unwrap().split(',').collect();
    let cell = |row: usize, name: &str| {
        let row = written.lines().nth(row).unwrap().replace("\"Hi, you\"", "Hi");
        row.split(',').nth(names.iter().position(|n| *n == name).unwrap()).unwrap().to_owned()
    };
    assert_eq!(names[..7], ["id", "name", "subject", "type", "status", "scheduledAt", "sentDate"]);
    let values = |row| ["id", "sent", "delivered", "opensRate", "clicksRate"].map(|name| cell(row, name));
    assert_eq!(values(1), ["0", "100", "80", "50.5", "25"]);
    assert_eq!(values(102), ["101", "7", "7", "", ""]);
    assert_eq!(values(103), ["102", "", "", "", ""]);

    let arguments = json!({"path": file, "campaignIds": [5, 6]});
    assert_eq!(good(&server, "email_campaigns.export_statistics", arguments).await["rows"], json!(2));
    let arguments = json!({"path": file, "campaignIds": [5], "status": "sent"});
    let error = bad(&server, "email_campaigns.export_statistics", arguments).await;
    assert_eq!(error.parameter(), Some("campaign_ids"));
}

#[test]
fn the_table_describes_every_job() {
    assert_eq!(JOBS.len(), 16);
    for job in JOBS {
        assert!(brevo_core::names::resource(job.resource).is_some(), "{}", job.resource);
        assert!(brevo_core::operation(job.resource, job.name).is_none(), "{} hides an operation", job.name);
        assert!(!(job.arguments)().fields.is_empty() && !job.doc.is_empty());
        assert!((job.arguments)().fields.iter().all(|field| !field.doc().is_empty()));
    }
    assert!(job("contacts", "no_such_job").is_none());
}
