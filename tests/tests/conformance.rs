//! The conformance cases through Rust: the untyped call that the bindings use.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brevo_core::api::RESOURCES;
use brevo_core::{Arguments, CallOptions, Client, FilePart, operation_by_id};
use brevo_tests::{KEY, cases, serve};
use serde_json::Value;
use tokio::net::TcpListener;

fn arguments(case: &Value) -> Arguments {
    let files = case["files"].as_object().into_iter().flatten().map(|(name, file)| {
        let bytes = STANDARD.decode(file["content"].as_str().expect("content")).expect("base64");
        (name.clone(), FilePart { name: file["name"].as_str().expect("a name").to_owned(), bytes })
    });
    let values = case["arguments"].as_object().expect("arguments").clone();
    Arguments { values, files: files.collect::<BTreeMap<_, _>>() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_passes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let cases = cases();
    let server = tokio::spawn(serve(listener, cases.clone()));
    let mut settings = Client::builder().api_key(KEY).base_url(&address);
    settings.pacing = Some(false);
    let client = settings.build().expect("good settings");
    let (mut wrong, mut operations) = (Vec::new(), std::collections::BTreeSet::new());
    for (name, case) in &cases {
        let id = case["operation"].as_str().expect("an operation");
        let spec = operation_by_id(id).expect(id);
        let options = CallOptions { headers: vec![("x-case".into(), name.clone())], ..Default::default() };
        match client.call(spec, arguments(case), options).await {
            Err(error) => wrong.push(error.to_string()),
            Ok(reply) => {
                operations.insert(id.to_owned());
                let got = match case["result"]["base64"].as_str() {
                    Some(_) => serde_json::json!({"base64": STANDARD.encode(&reply.body)}),
                    None => reply.json().expect("JSON"),
                };
                if got != case["result"] {
                    wrong.push(format!("{name}: got {got}, expected {}", case["result"]));
                }
            }
        }
    }
    server.abort();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let all: usize = RESOURCES.iter().map(|r| r.operations.len()).sum();
    assert_eq!(operations.len(), all, "every operation has a case");
}
