//! A list made equal to a source, against the sandbox.
#![allow(clippy::unwrap_used)]

mod mailing;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use brevo_core::jobs::{Input, Progress, job, run_from};
use brevo_core::{Client, Error, Kind};
use mailing::Box;
use serde_json::{Value, json};

/// A sandbox whose clock goes, a list, and a folder.
struct World {
    sandbox: Box,
    client: Client,
    list: i64,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let sandbox = Box::open(1).await;
        sandbox.clock(json!({"freeze": false})).await;
        let client = Client::builder()
            .api_key(&sandbox.key)
            .base_url(sandbox.running.url())
            .max_retries(0)
            .build()
            .unwrap();
        let list = sandbox.ok("POST", "/contacts/lists", json!({"name": "Members", "folderId": 1})).await;
        for (name, kind) in [("AGE", "float"), ("VIP", "boolean"), ("BORN", "date")] {
            sandbox.ok("POST", &format!("/contacts/attributes/normal/{name}"), json!({"type": kind})).await;
        }
        World { sandbox, client, list: list["id"].as_i64().unwrap(), folder: tempfile::tempdir().unwrap() }
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    async fn member(&self, email: &str, attributes: Value) {
        let body = json!({"email": email, "listIds": [self.list], "attributes": attributes});
        self.sandbox.ok("POST", "/contacts", body).await;
    }

    async fn try_sync(
        &self,
        mut arguments: Value,
        input: Option<Input>,
    ) -> (Result<Value, Error>, Vec<Progress>) {
        arguments["listId"] = self.list.into();
        let Value::Object(arguments) = arguments else { panic!("an object is needed") };
        let told = Arc::new(Mutex::new(Vec::new()));
        let kept = told.clone();
        let progress = move |progress: &Progress| kept.lock().unwrap().push(progress.clone());
        let done =
            run_from(&self.client, job("contacts", "sync").unwrap(), arguments, input, &progress).await;
        let told = told.lock().unwrap().clone();
        (done, told)
    }

    async fn sync(&self, arguments: Value) -> Value {
        self.try_sync(arguments, None).await.0.expect("the sync succeeds")
    }

    async fn refused(&self, arguments: Value) -> Error {
        self.try_sync(arguments, None).await.0.expect_err("the sync is refused")
    }

    /// Addresses of the list with the values of an attribute.
    async fn members(&self, attribute: &str) -> Vec<(String, Value)> {
        let page =
            self.sandbox.get(&format!("/contacts/lists/{}/contacts?limit=500&sort=asc", self.list)).await;
        let contacts = page["contacts"].as_array().unwrap().iter();
        let mut all: Vec<_> = contacts
            .map(|contact| {
                (contact["email"].as_str().unwrap_or("").to_owned(), contact["attributes"][attribute].clone())
            })
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// Calls that change something.
    async fn changes(&self) -> Vec<String> {
        self.calls().await.into_iter().filter(|line| !line.starts_with("GET ")).collect()
    }

    /// All calls.
    async fn calls(&self) -> Vec<String> {
        let calls = self.sandbox.plain("GET", "/_sandbox/requests", Value::Null).await.1;
        let list = calls.as_array().or_else(|| calls["requests"].as_array()).unwrap();
        let line =
            |call: &Value| format!("{} {}", call["method"].as_str().unwrap(), call["path"].as_str().unwrap());
        let mut lines: Vec<String> = list.iter().map(line).collect();
        lines.reverse();
        lines
    }
}

fn numbers(result: &Value) -> [i64; 5] {
    ["added", "updated", "removed", "unchanged", "rejected"].map(|name| result[name].as_i64().unwrap())
}

fn lines(path: &Path) -> Vec<String> {
    std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_becomes_equal_and_what_is_equal_costs_nothing() {
    let world = World::new().await;
    world
        .member("ada@example.com", json!({"FIRSTNAME": "Ada", "AGE": 36, "VIP": true, "BORN": "1815-12-10"}))
        .await;
    world.member("bob@example.com", json!({"FIRSTNAME": "Bob", "AGE": 50})).await;
    world.member("cyd@example.com", json!({"FIRSTNAME": "Cyd"})).await;
    world.member("dan@example.com", json!({"FIRSTNAME": "Dan"})).await;
    // Somebody who exists and is in no list.
    world.sandbox.ok("POST", "/contacts", json!({"email": "eve@example.com"})).await;
    let path = world.write(
        "truth.csv",
        "E-mail;First name;Age;VIP;Born;Town\n\
         ADA@example.com; Ada ;36,0;yes;10-12-1815;x\n\
         bob@example.com;Bob;51;;;\n\
         cyd@example.com;;old;;;\n\
         eve@example.com;Eve;;;;\n\
         fay@example.com;Fay;7;;;\n\
         not an address;X;;;;\n\
         FAY@example.com;Again;;;;\n",
    );
    let plan = world.folder.path().join("plan.csv");
    let before = world.changes().await.len();
    let dry = world.sync(json!({"path": path, "dryRun": true, "planPath": plan})).await;
    assert_eq!(numbers(&dry), [2, 1, 1, 2, 2], "{dry}");
    assert_eq!((&dry["members"], &dry["rows"], &dry["calls"]), (&json!(4), &json!(7), &json!(2)));
    assert!(dry["refusal"].as_str().unwrap().contains("1 of the 4 contacts"), "{dry}");
    assert_eq!((&dry["unknownColumns"], &dry["unfitCells"]), (&json!(["Town"]), &json!({"AGE": 1})));
    assert_eq!(world.changes().await.len(), before, "nothing was changed");
    let mut planned = lines(&plan);
    planned.sort();
    let id = planned.iter().find(|line| line.starts_with("remove,")).unwrap().clone();
    assert!(id.ends_with(",dan@example.com"), "{planned:?}");
    assert!(planned.contains(&"add,,eve@example.com".to_owned()) && planned.len() == 5, "{planned:?}");
    assert!(planned.iter().any(|line| line.starts_with("update,") && line.ends_with(",bob@example.com")));

    let error = world.refused(json!({"path": path})).await;
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(
        error.message().contains("nothing was done") && error.advice().contains("max_removed_share"),
        "{error}"
    );
    assert_eq!(world.changes().await.len(), before);

    let rejects = world.folder.path().join("rejects.csv");
    let arguments = json!({"path": path, "maxRemovedShare": 0.25, "rejectsPath": rejects});
    let (done, told) = world.try_sync(arguments.clone(), None).await;
    let done = done.unwrap();
    assert_eq!(numbers(&done), [2, 1, 1, 2, 2], "{done}");
    assert_eq!((&done["calls"], done["processIds"].as_array().unwrap().len()), (&json!(2), 1));
    assert_eq!(done["rejects"][0]["line"], 7);
    assert_eq!(lines(&rejects).len(), 3);
    for stage in ["scan", "list", "read", "send", "wait", "remove"] {
        assert!(told.iter().any(|told| told.stage == stage), "{stage}");
    }
    let ages = [
        ("ada", json!(36)),
        ("bob", json!(51)),
        ("cyd", Value::Null),
        ("eve", Value::Null),
        ("fay", json!(7)),
    ];
    let found = world.members("AGE").await;
    assert_eq!(found.len(), 5);
    for ((email, age), (name, expected)) in found.iter().zip(&ages) {
        assert_eq!(
            (email.as_str(), age.as_f64()),
            (format!("{name}@example.com").as_str(), expected.as_f64())
        );
    }
    let names = world.members("FIRSTNAME").await;
    assert_eq!(names[2].1, "Cyd", "an empty cell erases nothing");
    assert_eq!(world.sandbox.get("/contacts/dan@example.com").await["listIds"], json!([]));

    let before = world.changes().await.len();
    let again = world.sync(arguments).await;
    assert_eq!((numbers(&again), &again["calls"]), ([0, 0, 0, 5, 2], &json!(0)));
    assert_eq!(world.changes().await.len(), before, "what is equal costs nothing");
    let emptying = json!({"path": path, "maxRemovedShare": 1, "emptyContactsAttributes": true});
    assert_eq!(numbers(&world.sync(emptying).await), [0, 1, 0, 4, 2], "an empty cell erases where it should");
    assert_eq!(world.members("FIRSTNAME").await[2].1, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_that_moved_are_found_by_their_own_identifiers() {
    let world = World::new().await;
    world.member("old@example.com", json!({"EXT_ID": "c-1", "FIRSTNAME": "Ada"})).await;
    world.member("same@example.com", json!({"EXT_ID": "c-2", "FIRSTNAME": "Bob"})).await;
    world.member("both@example.com", json!({"EXT_ID": "c-3"})).await;
    world.member("blocked@example.com", json!({"EXT_ID": "c-4", "FIRSTNAME": "Dan"})).await;
    world.sandbox.ok("PUT", "/contacts/blocked@example.com", json!({"emailBlacklisted": true})).await;
    let rows = [
        "new@example.com c-1 Ada",
        "SAME@example.com c-2 Bea",
        "both@example.com c-3 Cyd",
        "open@example.com c-4 Dan",
    ];
    let text: String = rows
        .iter()
        .map(|row| {
            let parts: Vec<&str> = row.split(' ').collect();
            format!(
                "{}\n",
                json!({"email": parts[0], "attributes": {"EXT_ID": parts[1], "FIRSTNAME": parts[2]}})
            )
        })
        .collect();
    // Rows that are in no file.
    let input = || Some(Input::new(std::io::Cursor::new(text.clone().into_bytes())));
    let done = world.try_sync(json!({}), input()).await.0.unwrap();
    assert_eq!(numbers(&done), [0, 2, 0, 2, 0], "{done}");
    assert_eq!(done["moved"], 2);
    assert_eq!(done["warnings"], json!([]));
    let attributes =
        world.calls().await.iter().filter(|call| call.ends_with("GET /v3/contacts/attributes")).count();
    assert_eq!(attributes, 1, "the account's attributes are asked for once");
    let found = world.members("FIRSTNAME").await;
    let expected = [("both", "Cyd"), ("new", "Ada"), ("open", "Dan"), ("same", "Bea")];
    let expected = expected.map(|(name, first)| (format!("{name}@example.com"), json!(first)));
    assert_eq!(found, expected);
    assert_eq!(world.sandbox.get("/contacts/open@example.com").await["emailBlacklisted"], true);
    let again = world.try_sync(json!({}), input()).await.0.unwrap();
    assert_eq!((numbers(&again), &again["calls"]), ([0, 0, 0, 4, 0], &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_source_removes_nobody() {
    let world = World::new().await;
    for n in 0..10 {
        world.member(&format!("p{n}@example.com"), json!({})).await;
    }
    let all: String = (0..10).map(|n| format!("p{n}@example.com\n")).collect();
    let cut = world.write("cut.csv", &format!("EMAIL\n{}", &all[..all.len() / 2]));
    let before = world.changes().await.len();
    let error = world.refused(json!({"path": cut})).await;
    assert!(error.message().contains("of the 10 contacts of the list would go"), "{error}");
    let bare = world.write("bare.csv", "EMAIL\n");
    assert_eq!(world.refused(json!({"path": bare})).await.kind(), Kind::Conflict);
    let nine: String = (0..9).map(|n| format!("p{n}@example.com\n")).collect();
    let nine = world.write("nine.csv", &format!("EMAIL\n{nine}"));
    let error = world.refused(json!({"path": nine, "maxRemovals": 0})).await;
    assert!(error.message().contains("only 0 may"), "{error}");
    let broken = world.write(
        "broken.csv",
        &std::fs::read_to_string(&nine).unwrap().replace("p8@example.com", "\"p8@example.com"),
    );
    let error = world.refused(json!({"path": broken, "maxRemovedShare": 1})).await;
    assert!(error.message().contains("cannot be read"), "{error}");
    for arguments in [json!({"path": nine, "removal": "burn"}), json!({"path": nine, "maxRemovedShare": 2})] {
        assert_eq!(world.refused(arguments).await.kind(), Kind::InvalidArgument);
    }
    assert_eq!((world.changes().await.len(), world.members("AGE").await.len()), (before, 10));

    assert_eq!(numbers(&world.sync(json!({"path": nine, "removal": "none"})).await), [0, 0, 0, 9, 0]);
    assert_eq!(world.members("AGE").await.len(), 10);
    let deleted = world.sync(json!({"path": nine, "removal": "delete"})).await;
    assert_eq!((numbers(&deleted), &deleted["calls"]), ([0, 0, 1, 9, 0], &json!(1)));
    world.sandbox.refused("GET", "/contacts/p9@example.com", Value::Null, 404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_broke_off_is_finished_by_the_next() {
    let world = World::new().await;
    // 400 members; the source has 200 of them, 150 others, and changes 60.
    let header = "EMAIL,FIRSTNAME\n";
    let first: String = (0..400).map(|n| format!("p{n}@example.com,Old\n")).collect();
    let first = world.write("first.csv", &format!("{header}{first}"));
    assert_eq!(numbers(&world.sync(json!({"path": first})).await), [400, 0, 0, 0, 0]);
    let kept = (0..200).map(|n| format!("p{n}@example.com,{}\n", if n < 60 { "New" } else { "Old" }));
    let others = (0..150).map(|n| format!("q{n}@example.com,New\n"));
    let second = world.write("second.csv", &format!("{header}{}", kept.chain(others).collect::<String>()));
    let arguments = json!({"path": second, "maxRemovedShare": 0.5});
    let fault = |line: &'static str, fault: &'static str| {
        let body = json!({"match": line, "times": 1, "fault": fault});
        world.sandbox.plain("POST", "/_sandbox/faults", body)
    };
    // The connection breaks before the import is taken, after it was, and at the second removal, which was done.
    let remove = format!("POST /contacts/lists/{}/contacts/remove", world.list);
    let mut seen = Vec::new();
    for (line, kind) in [
        ("POST /contacts/import", "reset"),
        ("POST /contacts/import", "reset_after"),
        (&*remove.clone().leak(), "500"),
        (&*remove.leak(), "reset_after"),
    ] {
        fault(line, kind).await;
        let error = world.refused(arguments.clone()).await;
        assert!(matches!(error.kind(), Kind::Connection | Kind::Server), "{error:?}");
        world.sandbox.advance(5).await;
        let dry = world.sync(json!({"path": second, "maxRemovedShare": 0.5, "dryRun": true})).await;
        seen.push(numbers(&dry));
    }
    assert_eq!(seen, [[150, 60, 200, 140, 0], [0, 0, 200, 350, 0], [0, 0, 200, 350, 0], [0, 0, 50, 350, 0]]);
    assert_eq!(numbers(&world.sync(arguments.clone()).await), [0, 0, 50, 350, 0]);
    assert_eq!(numbers(&world.sync(arguments).await), [0, 0, 0, 350, 0]);
    let found = world.members("FIRSTNAME").await;
    assert_eq!(found.len(), 350);
    assert_eq!(found.iter().filter(|(_, name)| name == "New").count(), 210);
}
