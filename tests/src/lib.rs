//! The recording server of the conformance run: it plays the case that a request names in its
//! header `x-case`, compares what arrived with what the case expects, and answers as the case says.
//! A runner in any language only makes the calls and compares the decoded replies.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The key that every runner uses.
pub const KEY: &str =
    "xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-CONFORMANCE12345";

/// Status of an answer that says what was wrong with the request. It is never repeated.
const MISMATCH: u16 = 418;

/// Cases by name: the resource, a colon, and the position in its file.
pub type Cases = BTreeMap<String, Value>;

/// Reads `tests/conformance/*.json`.
pub fn cases() -> Cases {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let files = std::fs::read_dir(&folder).expect("tests/conformance");
    let mut cases = Cases::new();
    for path in files
        .map(|entry| entry.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
    {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let mut file: Value = serde_json::from_str(&text).expect("JSON");
        let resource = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let Value::Array(list) = file["cases"].take() else { panic!("{resource} has no cases") };
        cases.extend(list.into_iter().enumerate().map(|(i, case)| (format!("{resource}:{i}"), case)));
    }
    cases
}

struct Recorder {
    cases: Cases,
    passed: Mutex<BTreeSet<String>>,
}

/// Serves until the process ends.
pub async fn serve(listener: TcpListener, cases: Cases) {
    let recorder = Arc::new(Recorder { cases, passed: Mutex::default() });
    let router = Router::new().fallback(answer).with_state(recorder);
    axum::serve(listener, router).await.expect("the server runs");
}

async fn answer(State(recorder): State<Arc<Recorder>>, request: Request) -> Response {
    if request.uri().path() == "/_report" {
        return respond(200, &[], recorder.report().to_string().into_bytes());
    }
    let name = request.headers().get("x-case").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let Some(case) = recorder.cases.get(&name) else {
        return respond(
            MISMATCH,
            &[],
            json!({"message": format!("no case `{name}`")}).to_string().into_bytes(),
        );
    };
    let wrong = compare(&case["expect"], request).await;
    if !wrong.is_empty() {
        let body = json!({"code": "mismatch", "message": format!("{name}: {}", wrong.join("; "))});
        return respond(MISMATCH, &[], body.to_string().into_bytes());
    }
    recorder.passed.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
    let reply = &case["reply"];
    let headers: Vec<(&str, &str)> = reply["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(k, v)| Some((k.as_str(), v.as_str()?)))
        .collect();
    respond(reply["status"].as_u64().unwrap_or(200) as u16, &headers, bytes_of(&reply["body"]))
}

impl Recorder {
    fn report(&self) -> Value {
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let operations: BTreeSet<_> =
            passed.iter().map(|name| &self.cases[name]["operation"]).map(Value::to_string).collect();
        let missing: Vec<_> = self.cases.keys().filter(|name| !passed.contains(*name)).collect();
        json!({"cases": self.cases.len(), "passed": passed.len(), "operations": operations.len(), "missing": missing})
    }
}

fn respond(status: u16, headers: &[(&str, &str)], body: Vec<u8>) -> Response {
    let response =
        headers.iter().fold(Response::builder().status(status), |r, (name, value)| r.header(*name, *value));
    response.body(Body::from(body)).expect("the case has good headers")
}

/// Text, or bytes as `{"base64": ...}`.
fn bytes_of(value: &Value) -> Vec<u8> {
    match value["base64"].as_str() {
        Some(text) => STANDARD.decode(text).expect("base64"),
        None => value.as_str().unwrap_or_default().as_bytes().to_vec(),
    }
}

async fn compare(expect: &Value, request: Request) -> Vec<String> {
    let (parts, body) = request.into_parts();
    let mut wrong = compare_head(expect, &parts);
    let mut differs = |what: &str, got: String, wanted: String| {
        if got != wanted {
            wrong.push(format!("{what}: got {got:?}, expected {wanted:?}"));
        }
    };
    if let Value::Array(wanted) = &expect["multipart"] {
        let wanted = wanted.iter().map(|part| {
            let content = part["text"]
                .as_str()
                .map_or_else(|| part["content"].clone(), |text| STANDARD.encode(text).into());
            json!([part["name"], part["filename"], content])
        });
        let wanted = Value::Array(wanted.collect()).to_string();
        let got = match Multipart::from_request(Request::from_parts(parts, body), &()).await {
            Ok(form) => received(form).await,
            Err(error) => error.to_string(),
        };
        differs("multipart", got, wanted);
    } else {
        let got = to_bytes(body, usize::MAX).await.unwrap_or_default();
        differs(
            "body",
            String::from_utf8_lossy(&got).into_owned(),
            expect["body"].as_str().unwrap_or_default().to_owned(),
        );
    }
    wrong
}

async fn received(mut form: Multipart) -> String {
    let mut list = Vec::new();
    loop {
        match form.next_field().await {
            Ok(Some(field)) => {
                let (name, file) = (field.name().map(str::to_owned), field.file_name().map(str::to_owned));
                let content = field.bytes().await.unwrap_or_default();
                list.push(json!([name, file, STANDARD.encode(content)]));
            }
            Ok(None) => return Value::Array(list).to_string(),
            Err(error) => return error.to_string(),
        }
    }
}

fn compare_head(expect: &Value, parts: &Parts) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut differs = |what: &str, got: &str, wanted: &str| {
        if got != wanted {
            wrong.push(format!("{what}: got {got:?}, expected {wanted:?}"));
        }
    };
    let text = |key: &str| expect[key].as_str().unwrap_or_default();
    let open = text("path").starts_with("/realms/");
    differs("method", parts.method.as_str(), text("method"));
    differs("path", parts.uri.path(), &format!("{}{}", if open { "" } else { "/v3" }, text("path")));
    differs("query", parts.uri.query().unwrap_or_default(), text("query"));
    let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    differs("api-key", header("api-key"), if open { "" } else { KEY });
    differs("accept", header("accept"), "application/json");
    let kind = header("content-type");
    let wanted = expect["headers"]["content-type"].as_str().unwrap_or_default();
    differs(
        "content-type",
        if wanted.starts_with("multipart/") { kind.split(';').next().unwrap_or_default() } else { kind },
        wanted,
    );
    if !header("user-agent").ends_with(concat!("brevo-native/", env!("CARGO_PKG_VERSION"))) {
        wrong.push(format!("user-agent: got {:?}", header("user-agent")));
    }
    wrong
}

/// The Rust examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
