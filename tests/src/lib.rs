//! The recording server of the conformance run. It plays the case that a request names in its header
//! `x-case`, compares what arrived with what the case expects, and answers, or fails to, as the case
//! says. `tests/conformance/README.md` describes the cases and what a runner does.

pub mod behaviour;
pub mod requests;
mod world;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

pub use behaviour::Language;
use behaviour::{Answer, Behaviours};
use requests::{Cases, bytes_of, compare};

/// The key that every runner uses.
pub const KEY: &str =
    "xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-CONFORMANCE12345";

/// Status of an answer that says what was wrong with the request. It is never repeated.
const MISMATCH: u16 = 418;

/// Everything that one run of one language is judged by.
pub struct Recorder {
    cases: Cases,
    passed: Mutex<BTreeSet<String>>,
    /// The cases of behaviour.
    pub behaviours: Behaviours,
}

/// The connection ends here.
#[derive(Debug)]
struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("closed on purpose")
    }
}

impl std::error::Error for Closed {}

impl Recorder {
    /// For a run of a language against a server at this address (`http://host:port`).
    pub fn new(language: Language, address: &str) -> Arc<Self> {
        let behaviours = Behaviours::new(language, address);
        Arc::new(Recorder { cases: requests::cases(), passed: Mutex::default(), behaviours })
    }

    /// Serves until the process ends.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let recorder = self.clone();
            // A connection that breaks off is the client's affair, or was meant.
            tokio::spawn(async move {
                let _ = recorder.connection(stream).await;
            });
        }
    }

    async fn connection(
        self: Arc<Self>,
        stream: TcpStream,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let stream = stream.into_std()?;
        // A second hold of the same connection, for answers that are no HTTP.
        let wire = Arc::new(stream.try_clone()?);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let (recorder, wire) = (self.clone(), wire.clone());
            async move { recorder.answer(request.map(Body::new), &wire).await }
        });
        let io = TokioIo::new(TcpStream::from_std(stream)?);
        Ok(hyper::server::conn::http1::Builder::new().serve_connection(io, service).await?)
    }

    async fn answer(&self, request: Request, wire: &std::net::TcpStream) -> Result<Response, Closed> {
        let path = request.uri().path().to_owned();
        if path.starts_with("/_") {
            let body = to_bytes(request.into_body(), usize::MAX).await.unwrap_or_default();
            let answer = match path.as_str() {
                "/_report" => self.report(),
                "/_behaviours" => self.behaviours.calls().await,
                "/_outcomes" => {
                    self.behaviours.judge(&serde_json::from_slice(&body).unwrap_or_default()).await
                }
                _ => Value::Null,
            };
            return Ok(respond(200, &[], answer.to_string().into_bytes()));
        }
        let name =
            request.headers().get("x-case").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        if let Some(case) = self.cases.get(&name) {
            let wrong = compare(&case["expect"], request).await;
            if !wrong.is_empty() {
                return Ok(mismatch(&format!("{name}: {}", wrong.join("; "))));
            }
            self.passed.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
            return Ok(reply(&case["reply"]));
        }
        match self.behaviours.answer(&name, request).await {
            Answer::Reply(script) => Ok(reply(&script)),
            Answer::Raw(bytes) => {
                let _ = (&*wire).write_all(&bytes);
                Err(Closed)
            }
            Answer::Reset => {
                let _ = socket2::SockRef::from(wire).set_linger(Some(std::time::Duration::ZERO));
                Err(Closed)
            }
            Answer::Silence => std::future::pending().await,
            Answer::Unexpected(why) => Ok(mismatch(&why)),
        }
    }

    /// Which of the generated cases have passed.
    fn report(&self) -> Value {
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let operations: BTreeSet<_> =
            passed.iter().map(|name| &self.cases[name]["operation"]).map(Value::to_string).collect();
        let missing: Vec<_> = self.cases.keys().filter(|name| !passed.contains(*name)).collect();
        json!({"cases": self.cases.len(), "passed": passed.len(), "operations": operations.len(), "missing": missing})
    }
}

fn mismatch(message: &str) -> Response {
    respond(MISMATCH, &[], json!({"code": "mismatch", "message": message}).to_string().into_bytes())
}

/// The answer that a case lays down.
fn reply(script: &Value) -> Response {
    let headers: Vec<(&str, &str)> = script["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect();
    respond(script["status"].as_u64().unwrap_or(200) as u16, &headers, bytes_of(&script["body"]))
}

fn respond(status: u16, headers: &[(&str, &str)], body: Vec<u8>) -> Response {
    let response =
        headers.iter().fold(Response::builder().status(status), |r, (name, value)| r.header(*name, *value));
    response.body(Body::from(body)).expect("the case has good headers")
}

/// The Rust examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
