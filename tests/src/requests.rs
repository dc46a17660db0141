//! The generated cases: what one call must put on the wire, compared to the byte.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::KEY;

/// Cases by name: the resource, a colon, and the position in its file.
pub type Cases = BTreeMap<String, Value>;

/// Reads `tests/conformance/*.json`.
pub fn cases() -> Cases {
    let mut cases = Cases::new();
    for (resource, mut file) in files(&folder()) {
        let Value::Array(list) = file["cases"].take() else { panic!("{resource} has no cases") };
        cases.extend(list.into_iter().enumerate().map(|(i, case)| (format!("{resource}:{i}"), case)));
    }
    cases
}

/// `tests/conformance`.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

/// The JSON files of a folder, by name.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Value> {
    let paths = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    let read = |path: PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a readable file");
        (name, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    paths.filter(|path| path.extension().is_some_and(|e| e == "json")).map(read).collect()
}

/// Text, or bytes as `{"base64": ...}`.
pub(crate) fn bytes_of(value: &Value) -> Vec<u8> {
    match value["base64"].as_str() {
        Some(text) => STANDARD.decode(text).expect("base64"),
        None => value.as_str().unwrap_or_default().as_bytes().to_vec(),
    }
}

/// What of a request differs from what is expected.
pub(crate) async fn compare(expect: &Value, request: Request) -> Vec<String> {
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
        let got = to_bytes(Body::new(body), usize::MAX).await.unwrap_or_default();
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

/// `headers`: those that must be there, or with `null` must not; beside them every request has what
/// every request must have.
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
    let header = |name: &str| {
        let value = parts.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
        value.unwrap_or_default()
    };
    let always = [("api-key", if open { "" } else { KEY }), ("accept", "application/json")];
    for (name, wanted) in always {
        differs(name, &header(name), wanted);
    }
    for (name, wanted) in expect["headers"].as_object().into_iter().flatten() {
        let (got, wanted) = (header(name), wanted.as_str().unwrap_or_default());
        let multipart = name == "content-type" && wanted.starts_with("multipart/");
        let got = if multipart { got.split(';').next().unwrap_or_default() } else { &got };
        differs(name, got, wanted);
    }
    if !header("user-agent").ends_with(concat!("brevo-native/", env!("CARGO_PKG_VERSION"))) {
        wrong.push(format!("user-agent: got {:?}", header("user-agent")));
    }
    wrong
}
