//! One mail to many, against a server that takes mail as Brevo does: keys that it has seen are refused.

#![allow(clippy::unwrap_used)]

mod server;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use brevo_core::jobs::{Progress, job, run};
use brevo_core::{Client, Error, Kind};
use serde_json::{Value, json};
use server::{Seen, Server};
use tempfile::TempDir;

async fn send(client: &Client, arguments: Value) -> (Result<Value, Error>, Vec<Progress>) {
    let Value::Object(arguments) = arguments else { panic!("an object is needed") };
    let told = Mutex::new(Vec::new());
    let progress = |progress: &Progress| told.lock().unwrap().push(progress.clone());
    let result =
        run(client, job("transactional_emails", "send_batch").expect("a job"), arguments, &progress).await;
    (result, told.into_inner().unwrap())
}

/// A mail by a template, with what is added.
fn mail(more: Value) -> Value {
    let mut mail = json!({"template_id": 7});
    mail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    mail
}

fn people(count: usize) -> Vec<Value> {
    (0..count).map(|n| json!({"email": format!("p{n}@example.com"), "params": {"n": n}})).collect()
}

/// What a post office has taken.
#[derive(Default)]
struct Office {
    keys: Mutex<HashMap<String, usize>>,
    /// Addresses of each message that was taken.
    messages: Mutex<Vec<Vec<String>>>,
    bodies: Mutex<Vec<usize>>,
}

impl Office {
    fn addresses(&self) -> Vec<String> {
        let mut all: Vec<_> = self.messages.lock().unwrap().iter().map(|to| to.join(" ")).collect();
        all.sort();
        all
    }

    /// Takes a call as Brevo does, or refuses it.
    fn take(&self, seen: &Seen) -> (u16, String) {
        assert!(seen.line.starts_with("POST /v3/smtp/email "), "{}", seen.line);
        let body: Value = serde_json::from_str(&seen.body).unwrap();
        let key = body["headers"]["idempotencyKey"].as_str().expect("a key").to_owned();
        let versions = body["messageVersions"].as_array().expect("versions");
        assert!((1..=1_000).contains(&versions.len()));
        let to = |version: &Value| -> Vec<String> {
            ["to", "cc", "bcc"]
                .iter()
                .flat_map(|role| version[role].as_array().into_iter().flatten())
                .map(|person| person["email"].as_str().unwrap().to_owned())
                .collect()
        };
        let refused =
            |message: &str| (400, json!({"code": "invalid_parameter", "message": message}).to_string());
        if body["templateId"] == 13 {
            return refused("templateId is not valid");
        }
        if versions.iter().flat_map(to).any(|email| email.starts_with("refused")) {
            return refused("email is not valid in to");
        }
        if self.keys.lock().unwrap().insert(key, versions.len()).is_some() {
            return (400, json!({"code": "duplicate_parameter", "message": "key was seen"}).to_string());
        }
        self.bodies.lock().unwrap().push(versions.len());
        let mut messages = self.messages.lock().unwrap();
        let ids: Vec<_> = versions
            .iter()
            .map(|version| {
                messages.push(to(version));
                format!("<{}@relay>", to(version)[0])
            })
            .collect();
        (201, json!({"messageIds": ids}).to_string())
    }
}

async fn office() -> (Arc<Office>, Server) {
    let office = Arc::new(Office::default());
    let inner = office.clone();
    (office, Server::answering(move |seen| inner.take(seen)).await)
}

fn inside(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_string_lossy().into_owned()
}

fn counts(result: &Value) -> [i64; 5] {
    ["sent", "refused", "failed", "unknown", "notSent"].map(|name| result[name].as_i64().unwrap())
}

#[tokio::test]
async fn each_recipient_gets_a_message_of_its_own() {
    let (office, server) = office().await;
    let folder = tempfile::tempdir().unwrap();
    let mut recipients = people(2_500);
    recipients[1] = json!({"email": " P1@example.com ", "name": "One", "subject": "Yours",
        "cc": [{"email": "boss@example.com"}], "replyTo": {"email": "help@example.com"}});
    recipients[2] = json!({"email": "no address"});
    recipients[3] = json!({"email": "p0@EXAMPLE.com"});
    let results = inside(&folder, "results.jsonl");
    let arguments = mail(json!({"recipients": recipients, "params": {"shop": "X", "n": -1},
        "resultsPath": results, "tags": ["t"], "jobKey": "spring"}));
    let (result, told) = send(&server.client(), arguments.clone()).await;
    let result = result.expect("it is sent");
    assert_eq!(counts(&result), [2_498, 2, 0, 0, 0]);
    assert_eq!((&result["recipients"], &result["calls"]), (&json!(2_500), &json!(3)));
    assert_eq!(
        result["results"][0],
        json!({"index": 0, "email": "p0@example.com", "status": "sent", "messageId": "<p0@example.com@relay>"})
    );
    let problems: Vec<_> = result["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["index"].as_i64().unwrap(), p["status"].as_str().unwrap(), p["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(
        problems,
        [(2, "refused", "the address is malformed"), (3, "refused", "the address came before")]
    );

    let mut sizes = office.bodies.lock().unwrap().clone();
    sizes.sort_unstable();
    assert_eq!(sizes, [498, 1_000, 1_000]);
    let messages = office.addresses();
    assert_eq!(messages.len(), 2_498);
    assert!(messages.contains(&"P1@example.com boss@example.com".to_owned()));
    assert!(messages.iter().filter(|to| to.contains(' ')).count() == 1, "nobody sees anybody else's address");
    let mut first = server.seen().into_iter().map(|seen| serde_json::from_str::<Value>(&seen.body).unwrap());
    let first = first.find(|body| body["messageVersions"][0]["to"][0]["email"] == "p0@example.com");
    let first = first.expect("the first body");
    assert_eq!((&first["templateId"], &first["tags"]), (&json!(7), &json!(["t"])));
    let version = |at: usize| first["messageVersions"][at].clone();
    assert_eq!(version(0), json!({"to": [{"email": "p0@example.com"}], "params": {"n": 0, "shop": "X"}}));
    assert_eq!(
        version(1),
        json!({"to": [{"email": "P1@example.com", "name": "One"}], "subject": "Yours",
            "cc": [{"email": "boss@example.com"}], "replyTo": {"email": "help@example.com"}})
    );

    let written = std::fs::read_to_string(&results).unwrap();
    let lines: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, *result["results"].as_array().unwrap());
    assert_eq!(told.last(), Some(&Progress::of("send", 2_498, Some(2_498))));

    // The same job again: the keys are the same, so nothing goes out.
    let (again, _) = send(&server.client(), arguments).await;
    let again = again.expect("it counts as sent");
    assert_eq!(counts(&again), [2_498, 2, 0, 0, 0]);
    assert_eq!(again["results"][0]["reason"], "an earlier call with the same key was accepted");
    assert_eq!(office.addresses(), messages);
}

#[tokio::test]
async fn recipients_come_from_files() {
    let (office, server) = office().await;
    let folder = tempfile::tempdir().unwrap();
    let csv = inside(&folder, "people.csv");
    std::fs::write(&csv, "Name;E-mail;Town\nAda;ada@example.com;\"Paris; 7e\"\n;bad;X\nZoë;zoe@example.com\nLi;li@example.com;\n")
        .unwrap();
    let results = inside(&folder, "results.csv");
    let (result, _) =
        send(&server.client(), mail(json!({"recipients_path": csv, "results_path": results}))).await;
    assert_eq!(counts(&result.unwrap()), [2, 2, 0, 0, 0]);
    let body: Value = serde_json::from_str(&server.seen()[0].body).unwrap();
    assert_eq!(
        body["messageVersions"],
        json!([{"params": {"Town": "Paris; 7e"}, "to": [{"email": "ada@example.com", "name": "Ada"}]},
            {"params": {"Town": ""}, "to": [{"email": "li@example.com", "name": "Li"}]}])
    );
    assert_eq!(
        std::fs::read_to_string(&results).unwrap(),
        "index,line,email,status,messageId,reason\r\n\
         0,2,ada@example.com,sent,<ada@example.com@relay>,\r\n\
         1,3,bad,refused,,the address is malformed\r\n\
         2,4,zoe@example.com,refused,,fields are missing\r\n\
         3,5,li@example.com,sent,<li@example.com@relay>,\r\n"
    );

    let lines = inside(&folder, "people.jsonl");
    std::fs::write(
        &lines,
        "\u{feff}{\"email\":\"a@example.com\",\"params\":{\"list\":[1,{\"x\":2}]},\"reply_to\":{\"email\":\"r@example.com\"}}\n\n\
         {\"email\":\"b@example.com\",\"parms\":{}}\n[1]\n{oops\n{\"name\":\"N\"}\n",
    )
    .unwrap();
    let (result, _) = send(&server.client(), mail(json!({"recipientsPath": lines}))).await;
    let result = result.unwrap();
    assert_eq!(counts(&result), [1, 4, 0, 0, 0]);
    let reasons: Vec<_> = result["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["line"].as_i64().unwrap(), p["reason"].as_str().unwrap().to_owned()))
        .collect();
    assert!(reasons[0].0 == 3 && reasons[0].1.contains("did you mean `params`"), "{reasons:?}");
    assert_eq!(reasons[1], (4, "the line is not a JSON object".to_owned()));
    assert!(reasons[2].0 == 5 && reasons[3] == (6, "the address is missing".to_owned()), "{reasons:?}");
    assert_eq!(office.addresses(), ["a@example.com", "ada@example.com", "li@example.com"]);
}

#[tokio::test]
async fn bodies_keep_to_the_limits_of_params_and_addresses() {
    let (office, server) = office().await;
    let mut recipients = people(30);
    for person in &mut recipients {
        person["params"] = json!({"text": "x".repeat(60_000)});
    }
    recipients[5]["params"] = json!({"text": "x".repeat(100_001)});
    let (result, _) = send(&server.client(), mail(json!({"recipients": recipients}))).await;
    let result = result.unwrap();
    assert_eq!(counts(&result), [29, 1, 0, 0, 0]);
    assert!(result["problems"][0]["reason"].as_str().unwrap().contains("more than 100000"));
    let mut sizes = std::mem::take(&mut *office.bodies.lock().unwrap());
    sizes.sort_unstable();
    assert_eq!(sizes, [13, 16], "16 times 60 KB in a call");

    let copies: Vec<_> = (0..98).map(|n| json!({"email": format!("copy{n}@example.com")})).collect();
    let mut recipients = people(21);
    recipients.iter_mut().for_each(|person| person["bcc"] = json!(copies));
    recipients[0]["cc"] = json!([{"email": "one.more@example.com"}]);
    let (result, _) = send(&server.client(), mail(json!({"recipients": recipients}))).await;
    assert_eq!(counts(&result.unwrap()), [20, 1, 0, 0, 0]);
    assert_eq!(office.bodies.lock().unwrap().len(), 1, "20 times 99 addresses fit");
}

#[tokio::test]
async fn those_whom_brevo_refuses_are_found_and_the_others_are_sent() {
    let (office, server) = office().await;
    let mut recipients = people(100);
    recipients[17] = json!({"email": "refused.a@example.com"});
    recipients[18] = json!({"email": "refused.b@example.com"});
    recipients[99] = json!({"email": "refused.c@example.com"});
    let (result, _) = send(&server.client(), mail(json!({"recipients": recipients}))).await;
    let result = result.unwrap();
    assert_eq!(counts(&result), [97, 0, 3, 0, 0]);
    let failed: Vec<_> =
        result["problems"].as_array().unwrap().iter().map(|p| (&p["index"], &p["reason"])).collect();
    let why = json!("email is not valid in to");
    assert_eq!(failed, [(&json!(17), &why), (&json!(18), &why), (&json!(99), &why)]);
    assert_eq!(office.addresses().len(), 97);
    assert!(server.seen().len() < 40, "{} calls", server.seen().len());
}

#[tokio::test]
async fn a_mail_that_is_refused_as_such_ends_the_job_soon() {
    let (_, server) = office().await;
    let arguments = json!({"template_id": 13, "recipients": people(3_000), "concurrency": 1});
    let error = send(&server.client(), arguments).await.0.expect_err("it is refused");
    assert_eq!(
        (error.kind(), error.operation()),
        (Kind::BadRequest, Some("transactional_emails.send_transac_email"))
    );
    assert!(
        error.message().starts_with("templateId is not valid; 0 recipients have been sent to, 5 failed"),
        "{error}"
    );
    assert!(server.seen().len() < 40, "{} calls", server.seen().len());
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_anything_is() {
    let (_, server) = office().await;
    let folder = tempfile::tempdir().unwrap();
    let one = people(1);
    let text = |name: &str, content: &str| {
        let path = inside(&folder, name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let foreign = text("foreign.txt", "hello\n");
    let csv = text("none.csv", "name,town\nA,B\n");
    for (arguments, kind, parameter) in [
        (mail(json!({})), Kind::InvalidArgument, Some("recipients")),
        (mail(json!({"recipients": []})), Kind::InvalidArgument, Some("recipients")),
        (
            mail(json!({"recipients": one, "recipientsPath": csv})),
            Kind::InvalidArgument,
            Some("recipients_path"),
        ),
        (mail(json!({"recipientsPath": csv})), Kind::InvalidArgument, Some("recipients_path")),
        (mail(json!({"recipientsPath": "/no/such.jsonl"})), Kind::Io, None),
        (
            mail(json!({"recipients": [{"mail": "a@example.com"}]})),
            Kind::InvalidArgument,
            Some("recipients[0].mail"),
        ),
        (
            json!({"recipients": one, "subject": "S", "htmlContent": "H"}),
            Kind::InvalidArgument,
            Some("sender"),
        ),
        (json!({"recipients": one, "sender": {"id": 1}}), Kind::InvalidArgument, Some("html_content")),
        (
            mail(json!({"recipients": one, "headers": {"IdempotencyKey": "x"}})),
            Kind::InvalidArgument,
            Some("headers.idempotencyKey"),
        ),
        (
            mail(json!({"recipients": one, "checkpointPath": foreign})),
            Kind::InvalidArgument,
            Some("checkpoint_path"),
        ),
        (mail(json!({"recipients": one, "resultsPath": "/no/such/folder/r.csv"})), Kind::Io, None),
        (
            mail(json!({"recipients": [{"email": "x@example.com"}, {"email": "x"}], "strict": true})),
            Kind::InvalidArgument,
            Some("recipients"),
        ),
    ] {
        let error = send(&server.client(), arguments.clone()).await.0.expect_err("it is refused");
        assert_eq!((error.kind(), error.parameter()), (kind, parameter), "{arguments}: {error}");
    }
    // A file that holds something else stays as it is.
    let diary = inside(&folder, "diary");
    std::fs::write(&diary, "my dear diary").unwrap();
    let given = mail(json!({"recipients": one, "checkpointPath": diary}));
    let error = send(&server.client(), given).await.0.expect_err("it is refused");
    assert_eq!(error.parameter(), Some("checkpoint_path"), "{error}");
    assert_eq!(std::fs::read_to_string(&diary).unwrap(), "my dear diary");
    let without =
        json!({"sender": {"id": 1}, "htmlContent": "H", "recipients": [{"email": "x@example.com"}]});
    let (result, _) = send(&server.client(), without).await;
    assert_eq!(result.unwrap()["problems"][0]["reason"], "there is no subject");
    let dry = mail(json!({"recipients": people(3), "dryRun": true}));
    assert_eq!(counts(&send(&server.client(), dry).await.0.unwrap()), [0, 0, 0, 0, 3]);
    assert!(server.seen().is_empty());
    assert_eq!(std::fs::read_to_string(foreign).unwrap(), "hello\n", "what is not ours stays as it is");
}

#[tokio::test]
async fn a_job_that_broke_off_goes_on_without_sending_twice() {
    let office = Arc::new(Office::default());
    let (inner, calls) = (office.clone(), AtomicUsize::new(0));
    let server = Server::answering(move |seen| match calls.fetch_add(1, Ordering::SeqCst) {
        // The credits end; later they are there again.
        2 => (402, json!({"code": "not_enough_credits", "message": "no credits"}).to_string()),
        _ => inner.take(seen),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let (checkpoint, results) = (inside(&folder, "job"), inside(&folder, "results.csv"));
    let arguments = mail(json!({"recipients": people(4_500), "checkpointPath": checkpoint,
        "resultsPath": results, "concurrency": 1}));
    let error = send(&server.client(), arguments.clone()).await.0.expect_err("no credits");
    assert_eq!(error.kind(), Kind::NoCredits);
    assert!(error.message().contains("2000 recipients have been sent to"), "{error}");
    let written = std::fs::read_to_string(&results).unwrap();
    assert_eq!(written.matches(",notSent,").count(), 2_500);

    let (result, _) = send(&server.client(), arguments.clone()).await;
    let result = result.expect("it goes on");
    assert_eq!(counts(&result), [4_500, 0, 0, 0, 0]);
    assert_eq!(result["calls"], json!(3));
    assert_eq!(office.addresses().len(), 4_500);
    let written = std::fs::read_to_string(&results).unwrap();
    assert_eq!(written.matches("@relay>").count(), 4_500, "identifiers of both runs");
    // A finished job sends nothing, and other recipients need another checkpoint.
    assert_eq!(send(&server.client(), arguments.clone()).await.0.unwrap()["calls"], json!(0));
    let other = mail(json!({"recipients": people(4_499), "checkpointPath": checkpoint}));
    let error = send(&server.client(), other).await.0.expect_err("another job");
    assert_eq!(error.parameter(), Some("checkpoint_path"));
}

#[tokio::test]
async fn a_call_that_was_under_way_too_long_ago_is_unknown() {
    let (office, server) = office().await;
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = inside(&folder, "job");
    let arguments = |more: Value| {
        let mut all = mail(json!({"recipients": people(1_500), "checkpointPath": checkpoint}));
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    send(&server.client(), arguments(json!({}))).await.0.expect("it is sent");
    // As if the run had been killed during the first call, long ago.
    let header = std::fs::read_to_string(&checkpoint).unwrap().lines().next().unwrap().to_owned();
    std::fs::write(
        &checkpoint,
        format!("{header}\n{{\"begun\":1000,\"from\":0,\"to\":1000}}\n{{\"ids\":[\"bro"),
    )
    .unwrap();
    office.keys.lock().unwrap().clear();
    office.messages.lock().unwrap().clear();
    let (result, _) = send(&server.client(), arguments(json!({}))).await;
    let result = result.unwrap();
    assert_eq!(counts(&result), [500, 0, 0, 1_000, 0]);
    assert!(result["problems"][0]["reason"].as_str().unwrap().contains("broke off"));
    assert_eq!(office.addresses().len(), 500);
    let (result, _) = send(&server.client(), arguments(json!({"sendUnknown": true}))).await;
    assert_eq!(counts(&result.unwrap()), [1_500, 0, 0, 0, 0]);
    assert_eq!(office.addresses().len(), 1_500);
}

const CHILD: &str = "BREVO_TEST_BATCH";

/// What the killed process does; does nothing when it is run as a test.
#[tokio::test]
async fn child() {
    let Ok(given) = std::env::var(CHILD) else { return };
    let given: Value = serde_json::from_str(&given).unwrap();
    let client = Client::builder()
        .api_key(server::KEY)
        .base_url(given["url"].as_str().unwrap())
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap();
    let _ = send(&client, given["arguments"].clone()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_killed_job_goes_on_and_everybody_gets_one_message() {
    let office = Arc::new(Office::default());
    let (calls, is_open) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (inner, seen_calls, gate) = (office.clone(), calls.clone(), is_open.clone());
    let server = Server::answering(move |seen| {
        let reply = inner.take(seen);
        // From the fourth call on, mail is taken and the answer does not come.
        if seen_calls.fetch_add(1, Ordering::SeqCst) >= 3 {
            tokio::task::block_in_place(|| {
                while !gate.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(5));
                }
            });
        }
        reply
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = inside(&folder, "people.csv");
    let rows: String = (0..9_500).map(|n| format!("p{n}@example.com,{n}\n")).collect();
    std::fs::write(&file, format!("email,n\n{rows}")).unwrap();
    let arguments = mail(json!({"recipientsPath": file, "checkpointPath": inside(&folder, "job"),
        "resultsPath": inside(&folder, "results.csv"), "concurrency": 2}));
    let given = json!({"url": server.address, "arguments": arguments}).to_string();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD, given)
        .spawn()
        .unwrap();
    while calls.load(Ordering::SeqCst) < 5 {
        assert!(child.try_wait().unwrap().is_none(), "the job ended before it could be killed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    is_open.store(true, Ordering::SeqCst);
    assert!(
        !Path::new(&inside(&folder, "results.csv")).exists(),
        "results take their name when they are whole"
    );
    assert_eq!(office.addresses().len(), 5_000, "two of the calls under way were taken");

    let (result, _) = send(&server.client(), arguments).await;
    let result = result.expect("it goes on");
    assert_eq!(counts(&result), [9_500, 0, 0, 0, 0]);
    let mut expected: Vec<_> = (0..9_500).map(|n| format!("p{n}@example.com")).collect();
    expected.sort();
    assert_eq!(office.addresses(), expected, "everybody once");
    let written = std::fs::read_to_string(inside(&folder, "results.csv")).unwrap();
    assert_eq!(written.matches("an earlier call with the same key was accepted").count(), 2_000);
    assert_eq!(written.matches("@relay>").count(), 7_500);
}
