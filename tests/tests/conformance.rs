//! The conformance cases through Rust: the untyped call that the bindings use.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brevo_core::api::RESOURCES;
use brevo_core::arguments::json_object;
use brevo_core::jobs::stream::{Page, Stream};
use brevo_core::jobs::{Input, job, run_from};
use brevo_core::schema::Ty;
use brevo_core::{Arguments, Builder, CallOptions, Client, Error, FilePart, Pager, Reply, operation_by_id};
use brevo_tests::behaviour::bytes;
use brevo_tests::{KEY, Language, Recorder, requests};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

fn arguments(case: &Value) -> Arguments {
    let files = case["files"].as_object().into_iter().flatten().map(|(name, file)| {
        let bytes = STANDARD.decode(file["content"].as_str().expect("content")).expect("base64");
        (name.clone(), FilePart { name: file["name"].as_str().expect("a name").to_owned(), bytes })
    });
    let values = case["arguments"].as_object().expect("arguments").clone();
    let mut arguments = Arguments::from(values);
    arguments.files = files.collect();
    arguments
}

async fn serve() -> (Arc<Recorder>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let recorder = Recorder::new(Language::Rust, &address);
    tokio::spawn(recorder.clone().serve(listener));
    (recorder, address)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_passes() {
    let (_, address) = serve().await;
    let mut settings = Client::builder().api_key(KEY).base_url(&address);
    settings.pacing = Some(false);
    let client = settings.build().expect("good settings");
    let (mut wrong, mut operations) = (Vec::new(), std::collections::BTreeSet::new());
    for (name, case) in &requests::cases() {
        let id = case["operation"].as_str().expect("an operation");
        let spec = operation_by_id(id).expect(id);
        let options = CallOptions { headers: vec![("x-case".into(), name.clone())], ..Default::default() };
        match client.call(spec, arguments(case), options).await {
            Err(error) => wrong.push(error.to_string()),
            Ok(reply) => {
                operations.insert(id.to_owned());
                let got = match case["result"]["base64"].as_str() {
                    Some(_) => json!({"base64": STANDARD.encode(&reply.body)}),
                    None => reply.json().expect("JSON"),
                };
                if got != case["result"] {
                    wrong.push(format!("{name}: got {got}, expected {}", case["result"]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let all: usize = RESOURCES.iter().map(|r| r.operations.len()).sum();
    assert_eq!(operations.len(), all, "every operation has a case");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_behaviour() {
    let (recorder, _) = serve().await;
    let calls = recorder.behaviours.calls().await;
    let (mut clients, mut tasks) = (BTreeMap::new(), JoinSet::new());
    // Few at a time, so that no call's timeout ends while others are begun.
    let places = Arc::new(Semaphore::new(16));
    for call in calls.as_array().expect("calls").clone() {
        let (client, places) = (client(&call, &mut clients), places.clone());
        tasks.spawn(async move {
            let _place = places.acquire_owned().await.expect("never closed");
            let mut gives = Value::Null;
            let done = match client {
                Ok(client) => behave(&client, &call, &mut gives).await,
                Err(error) => Err(error),
            };
            (call["name"].as_str().expect("a name").to_owned(), outcome(&call, done, gives))
        });
    }
    let outcomes: Map<_, _> = tasks.join_all().await.into_iter().collect();
    let report = recorder.behaviours.judge(&outcomes.into()).await;
    let wrong = report["wrong"].as_array().expect("a list").iter().filter_map(Value::as_str);
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What became of a call, as a runner tells it.
fn outcome(call: &Value, done: Result<(), Error>, gives: Value) -> Value {
    let mut outcome = Map::new();
    if done.is_ok() || gives.is_array() {
        outcome.insert("gives".into(), gives.to_string().into());
    }
    if let Err(error) = done {
        let mut facts = error.to_json();
        // Rust's caller has the operation in his hands when its arguments are read.
        if facts["operation"].is_null() && call["how"] != "client" {
            facts["operation"] = call["operation"].clone();
        }
        outcome.insert("fails".into(), facts);
    }
    outcome.into()
}

/// One client serves all calls with the same settings.
fn client(call: &Value, clients: &mut BTreeMap<String, Client>) -> Result<Client, Error> {
    let text = call["settings"].as_str().expect("settings");
    if !clients.contains_key(text) {
        let client = Builder::from_json(&json_object("settings", text)?)?.build()?;
        clients.insert(text.to_owned(), client);
    }
    Ok(clients[text].clone())
}

async fn behave(client: &Client, call: &Value, gives: &mut Value) -> Result<(), Error> {
    if call["how"] == "client" {
        return Ok(());
    }
    let text = |key: &str| call[key].as_str().expect(key);
    let object = |key: &str| json_object(key, text(key));
    if let Some((resource, name)) = text("operation").split_once('.').filter(|_| call["how"] == "job") {
        let job = job(resource, name).expect("a job of the table");
        let rows = call["rows"].as_array().map(|rows| {
            let lines: Vec<_> = rows.iter().filter_map(Value::as_str).collect();
            Input::new(std::io::Cursor::new(lines.join("\n")))
        });
        *gives = run_from(client, job, object("arguments")?, rows, &|_| {}).await?;
        return Ok(());
    }
    if let Some((resource, name)) = text("operation").split_once('.').filter(|_| call["how"] == "rows") {
        let job = job(resource, name).expect("a job of the table");
        *gives = json!([]);
        let entries = gives.as_array_mut().expect("a list");
        let mut stream = Stream::of_job(client, job, object("arguments")?, None)?;
        while let Some(Page::Rows(page)) = stream.next().await? {
            entries.extend(serde_json::from_str::<Vec<Value>>(&page).expect("rows"));
        }
        return Ok(());
    }
    let spec = operation_by_id(text("operation")).expect("an operation of the table");
    let arguments = Arguments::from(object("arguments")?);
    let options = CallOptions::from_json(&object("options")?)?;
    let body = |reply: &Reply| match spec.output {
        Ty::Bytes => Ok(bytes(&reply.body)),
        Ty::Nothing => Ok(reply.json().unwrap_or(Value::Null)),
        _ => reply.json(),
    };
    if call["how"] == "iter" {
        let take = call["take"].as_u64().map_or(usize::MAX, |take| take as usize);
        let mut pager = Pager::new(spec, arguments)?;
        *gives = json!([]);
        let entries = gives.as_array_mut().expect("a list");
        while let (true, Some(next)) = (entries.len() < take, pager.next_arguments()) {
            let reply = client.call(spec, next, options.clone()).await?;
            entries.extend(pager.take(body(&reply)?));
        }
        entries.truncate(take);
        return Ok(());
    }
    let reply = client.call(spec, arguments, options).await?;
    *gives = body(&reply)?;
    if call["how"] == "raw" {
        let headers: Map<_, _> = reply.headers.iter().map(|(k, v)| (k.to_owned(), v.into())).collect();
        *gives = json!({"status": reply.status, "attempts": reply.attempts, "headers": headers, "body": gives.take()});
    }
    Ok(())
}
