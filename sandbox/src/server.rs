//! The server: connections, routes, authentication, checks, faults, and the record of calls.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body as HttpBody, Bytes};
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use brevo_core::schema::Spec;
use http_body_util::{BodyExt, Limited};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tower::ServiceExt;

use crate::faults::Kind;
use crate::handler::{Answer, ApiError, Body, Call};
use crate::state::{Delivery, Options, Outgoing, Sandbox};
use crate::{arguments, campaigns, canned, contacts, keys, pages, tick, transactional, v2};

/// Largest body taken, as Brevo's largest (a mail of 20 MB, in base64).
const MAX_BODY: usize = 32 << 20;
/// Longest text of a body that the record of calls keeps.
const MAX_RECORDED: usize = 8 << 10;
/// Time between two looks at what is due.
const TICK: Duration = Duration::from_millis(200);
/// Time that somebody's address has to answer.
const OUTGOING_TIMEOUT: Duration = Duration::from_secs(10);

/// Requests to others that are under way at once.
const OUTGOING_AT_ONCE: usize = 16;

/// Peer of a connection.
#[derive(Debug, Clone, Copy)]
struct Peer(IpAddr);

/// Mark of a response that is never sent: the connection closes instead.
#[derive(Debug, Clone, Copy)]
struct Abort;

/// A sandbox that serves. Stops when dropped.
pub struct Running {
    /// Address that it listens at.
    pub address: SocketAddr,
    /// The sandbox.
    pub sandbox: Arc<Sandbox>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Running {
    /// Address without a slash at its end: `http://127.0.0.1:9900`.
    pub fn url(&self) -> &str {
        self.sandbox.base_url()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

/// Starts a sandbox on an address; port 0 takes a free one.
pub async fn start(options: Options, host: &str, port: u16) -> io::Result<Running> {
    let (sandbox, outbox) = Sandbox::open(options).map_err(io::Error::other)?;
    let listener = TcpListener::bind((host, port)).await?;
    let address = listener.local_addr()?;
    let shown = match address.ip() {
        ip if ip.is_unspecified() => SocketAddr::from(([127, 0, 0, 1], address.port())),
        _ => address,
    };
    sandbox.set_base_url(format!("http://{shown}"));
    let tasks = vec![
        tokio::spawn(accept(listener, router(sandbox.clone()))),
        tokio::spawn(tick_for_ever(sandbox.clone())),
        tokio::spawn(send_for_ever(sandbox.clone(), outbox)),
    ];
    Ok(Running { address, sandbox, tasks })
}

async fn accept(listener: TcpListener, router: Router) {
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        tokio::spawn(async move {
            let service =
                hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                    let mut request = request.map(HttpBody::new);
                    request.extensions_mut().insert(Peer(peer.ip()));
                    let router = router.clone();
                    async move {
                        let Ok::<Response, Infallible>(response) = router.oneshot(request).await;
                        match response.extensions().get::<Abort>() {
                            Some(Abort) => Err(io::Error::other("closed on purpose")),
                            None => Ok(response),
                        }
                    }
                });
            let _ = auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn tick_for_ever(sandbox: Arc<Sandbox>) {
    loop {
        tokio::time::sleep(TICK).await;
        let sandbox = sandbox.clone();
        let result = tokio::task::spawn_blocking(move || sandbox.tick()).await;
        if let Ok(Err(error)) = result {
            eprintln!("brevo-sandbox: background work failed: {error}");
        }
    }
}

async fn send_for_ever(sandbox: Arc<Sandbox>, mut outbox: mpsc::UnboundedReceiver<Outgoing>) {
    // A second installation is refused, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = match reqwest::Client::builder().timeout(OUTGOING_TIMEOUT).build() {
        Ok(client) => client,
        Err(error) => return eprintln!("brevo-sandbox: no HTTP client: {error}"),
    };
    // Receivers under test often have a short queue of connections.
    let places = Arc::new(tokio::sync::Semaphore::new(OUTGOING_AT_ONCE));
    while let Some(request) = outbox.recv().await {
        let (sandbox, client, places) = (sandbox.clone(), client.clone(), places.clone());
        tokio::spawn(async move {
            let _place = places.acquire().await;
            let Outgoing { method, url, headers, body, done } = request;
            let delivery = deliver(&client, method, &url, headers, body).await;
            let delivery = delivery.unwrap_or_else(|error| Delivery::Failed(error.to_string()));
            let _ = tokio::task::spawn_blocking(move || {
                let now = sandbox.clock.now();
                if let Err(error) = sandbox.transaction(|db| done(db, now, &sandbox, delivery)) {
                    eprintln!("brevo-sandbox: a delivery could not be noted: {error}");
                }
                sandbox.sent();
            })
            .await;
        });
    }
}

async fn deliver(
    client: &reqwest::Client,
    method: &str,
    url: &str,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
) -> reqwest::Result<Delivery> {
    let mut builder = match method {
        "GET" => client.get(url),
        _ => client.post(url).body(body),
    };
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    let answer = builder.send().await?;
    let status = answer.status().as_u16();
    Ok(Delivery::Answer { status, body: answer.bytes().await?.to_vec() })
}

fn router(sandbox: Arc<Sandbox>) -> Router {
    let local = Router::new()
        .route("/_sandbox/clock", get(clock).post(move_clock))
        .route("/_sandbox/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/_sandbox/requests", get(requests))
        .route("/_sandbox/reset", post(reset))
        .route("/_sandbox/keys", get(list_keys).post(create_key))
        .route("/_sandbox/keys/{id}", delete(delete_key))
        .route("/_sandbox/oauth-apps", post(create_app))
        .route("/_sandbox/oauth-tokens", delete(revoke_tokens))
        .merge(pages::routes())
        .merge(contacts::routes())
        .merge(campaigns::routes())
        .merge(transactional::routes())
        .layer(axum::middleware::from_fn(only_from_here));
    Router::new()
        .merge(local)
        .route("/_sandbox/files/{name}", get(file))
        .route("/_sandbox/health", get(|| async { "ok" }))
        .fallback(api)
        .with_state(sandbox)
}

/// Lets only this machine in, and only pages of this server: the peer must be loopback, the host
/// named must be this machine (against DNS rebinding), and a request that changes something must not
/// come from another origin (against forgery by web pages).
async fn only_from_here(request: Request, next: axum::middleware::Next) -> Response {
    let headers = request.headers();
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.to_canonical());
    let host =
        text(header::HOST).or_else(|| request.uri().authority().map(|a| a.as_str())).unwrap_or_default();
    let refusal = if !peer.is_some_and(|ip| ip.is_loopback()) {
        Some("The pages of the sandbox are reachable from its own machine only.")
    } else if !is_this_machine(host) {
        Some("The pages of the sandbox are reachable as localhost or 127.0.0.1 only.")
    } else if !matches!(*request.method(), Method::GET | Method::HEAD) && comes_from_elsewhere(headers, host)
    {
        Some("The request comes from another web page.")
    } else {
        None
    };
    let mut response = match refusal {
        Some(message) => reply(ApiError::new(403, "permission_denied", message).into()),
        None => next.run(request).await,
    };
    for (name, value) in [
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn comes_from_elsewhere(headers: &HeaderMap, host: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let other_origin = text("origin").is_some_and(|origin| {
        !origin.split_once("://").is_some_and(|(_, named)| named.eq_ignore_ascii_case(host))
    });
    other_origin || text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

/// Runs something that uses the database away from the threads that serve connections.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| ApiError::new(500, "internal_error", format!("sandbox: {error}")))
}

/// Answers a `/_sandbox` request by work within one transaction.
pub(crate) async fn local<F>(sandbox: Arc<Sandbox>, work: F) -> Response
where
    F: FnOnce(&crate::state::Db, i64, &Sandbox) -> Result<Answer, ApiError> + Send + 'static,
{
    let outcome = blocking(move || {
        let now = sandbox.clock.now();
        sandbox.transaction(|db| work(db, now, &sandbox))
    })
    .await
    .and_then(|outcome| outcome);
    reply(outcome.unwrap_or_else(Answer::from))
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Answer::json(error.status, error.body())
    }
}

fn reply(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match answer.body {
        Body::Empty => status.into_response(),
        Body::Json(body) => {
            (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
        }
        Body::Bytes(content_type, bytes) => {
            (status, [(header::CONTENT_TYPE, content_type)], bytes).into_response()
        }
    };
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

// Control ------------------------------------------------------------------------------------------

type App = State<Arc<Sandbox>>;

/// JSON body of a control request; nothing counts as `{}`.
pub(crate) struct Json(pub(crate) Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Json {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let bytes = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        match serde_json::from_slice(if bytes.trim_ascii().is_empty() { b"{}" } else { &bytes }) {
            Ok(Value::Object(body)) => Ok(Json(body)),
            _ => Err(reply(ApiError::new(400, "bad_request", "Input must be a valid JSON object").into())),
        }
    }
}

async fn clock(State(sandbox): App) -> Response {
    reply(Answer::ok(sandbox.clock.describe()))
}

/// `{"advance": seconds}`, `{"set": "2026-12-01T09:00:00Z"}`, `{"freeze": true}`, in any combination.
/// Answers when everything that became due is done, deliveries included.
async fn move_clock(State(sandbox): App, Json(body): Json) -> Response {
    let set = match body.get("set").map(|set| set.as_str().and_then(crate::time::parse)) {
        Some(None) => return reply(ApiError::invalid("set must be a moment in RFC 3339 form").into()),
        Some(set) => set,
        None => None,
    };
    let advance = body.get("advance").map(Value::as_f64);
    if advance == Some(None) {
        return reply(ApiError::invalid("advance must be a number of seconds").into());
    }
    if let Some(frozen) = body.get("freeze").and_then(Value::as_bool) {
        sandbox.clock.freeze(frozen);
    }
    if let Some(now) = set {
        sandbox.clock.set(now);
    }
    if let Some(Some(seconds)) = advance {
        sandbox.clock.advance((seconds * 1000.0) as i64);
    }
    // Three rounds let a queued import end; the others take up what deliveries have brought.
    for _ in 0..5 {
        let ticking = sandbox.clone();
        let outcome = blocking(move || ticking.tick().and_then(|()| ticking.save_clock())).await;
        if let Err(error) = outcome.and_then(|result| result.map_err(ApiError::from)) {
            return reply(error.into());
        }
        sandbox.quiet(Duration::from_secs(15)).await;
    }
    reply(Answer::ok(sandbox.clock.describe()))
}

async fn faults(State(sandbox): App) -> Response {
    reply(Answer::ok(json!({"faults": sandbox.faults()})))
}

async fn add_fault(State(sandbox): App, Json(body): Json) -> Response {
    reply(sandbox.add_fault(&Value::Object(body)).map_or_else(Answer::from, Answer::created))
}

async fn clear_faults(State(sandbox): App) -> Response {
    sandbox.clear_faults();
    reply(Answer::no_content())
}

async fn requests(State(sandbox): App) -> Response {
    reply(Answer::ok(json!({"requests": sandbox.calls()})))
}

/// Forgets everything but the keys, or with `{"keys": true}` these too.
async fn reset(State(sandbox): App, Json(body): Json) -> Response {
    let keys_too = body.get("keys").and_then(Value::as_bool).unwrap_or(false);
    let outcome = blocking(move || sandbox.reset(keys_too)).await;
    reply(match outcome.and_then(|result| result.map_err(ApiError::from)) {
        Ok(()) => Answer::no_content(),
        Err(error) => error.into(),
    })
}

async fn list_keys(State(sandbox): App) -> Response {
    local(sandbox, |db, _, _| Ok(Answer::ok(json!({"keys": keys::list(db, keys::KeyKind::Api)?})))).await
}

/// `{"name": "...", "kind": "api" | "smtp"}`; the key shows in this answer only.
async fn create_key(State(sandbox): App, Json(body): Json) -> Response {
    local(sandbox, move |db, now, _| {
        let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
        let kind = match body.get("kind").and_then(Value::as_str) {
            None | Some("api") => keys::KeyKind::Api,
            Some("smtp") => keys::KeyKind::Smtp,
            Some("v2" | "plugins") => {
                return Err(ApiError::new(403, "permission_denied", "No v2 key can be created any more"));
            }
            Some(_) => return Err(ApiError::invalid("kind must be api or smtp")),
        };
        keys::create(db, kind, name, now).map(Answer::created)
    })
    .await
}

async fn delete_key(State(sandbox): App, Path(id): Path<i64>) -> Response {
    local(sandbox, move |db, _, _| keys::delete(db, id).map(|()| Answer::no_content())).await
}

/// `{"name": "...", "scopes": ["contacts:read"]}`; without scopes all are granted.
async fn create_app(State(sandbox): App, Json(body): Json) -> Response {
    local(sandbox, move |db, now, _| {
        let name = body.get("name").and_then(Value::as_str).unwrap_or("application").to_owned();
        let scopes = body.get("scopes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let scopes: Vec<String> = scopes.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        Ok(Answer::created(keys::create_app(db, &name, &scopes, now)?))
    })
    .await
}

async fn revoke_tokens(State(sandbox): App) -> Response {
    local(sandbox, |db, _, _| Ok(Answer::ok(json!({"revoked": keys::revoke_tokens(db)?})))).await
}

/// A file that a process made. Its name is the secret, as with Brevo's own links.
async fn file(State(sandbox): App, Path(name): Path<String>) -> Response {
    local(sandbox, move |db, _, _| {
        let token = name.split('.').next().unwrap_or_default();
        let found = db.query_row("SELECT name, content FROM files WHERE token = ?1", [token], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
        });
        match found {
            Ok((name, content)) => {
                let mut answer = Answer::bytes("text/csv; charset=utf-8", content);
                answer.headers.push(("content-disposition", format!("attachment; filename=\"{name}\"")));
                Ok(answer)
            }
            Err(rusqlite::Error::QueryReturnedNoRows) => Err(ApiError::not_found("File not found")),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

// The API ------------------------------------------------------------------------------------------

/// A request, read.
struct Asked {
    method: Method,
    /// Path below `/v3`.
    path: String,
    query: String,
    headers: HeaderMap,
    body: Sent,
}

/// Body of a request, read.
enum Sent {
    Bytes(Bytes),
    Fields(Vec<(String, Value)>),
}

async fn api(State(sandbox): App, request: Request) -> Response {
    let started = Instant::now();
    let path = request.uri().path().to_owned();
    if path == "/v2.0" || path.starts_with("/v2.0/") || path == "/v1.0" || path.starts_with("/v1.0/") {
        return reply(v2::answer(request.method().as_str(), &path).into());
    }
    let below = match path.strip_prefix("/v3") {
        Some(below) if below.starts_with('/') => below,
        _ if path == keys::TOKEN_PATH => path.as_str(),
        _ => return reply(ApiError::not_found("There is no such address").into()),
    };
    let asked = match read(request, below.to_owned()).await {
        Ok(asked) => asked,
        Err(error) => return reply(error.into()),
    };
    let served = {
        let sandbox = sandbox.clone();
        blocking(move || serve(&sandbox, asked, started)).await
    };
    match served {
        Ok(served) => finish(served).await,
        Err(error) => reply(error.into()),
    }
}

async fn read(request: Request, path: String) -> Result<Asked, ApiError> {
    let (parts, body) = request.into_parts();
    let multipart = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("multipart/form-data"));
    let broken = |error: &dyn std::fmt::Display| ApiError::new(400, "bad_request", error.to_string());
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let body = if multipart {
        let body = HttpBody::new(Limited::new(body, MAX_BODY));
        let mut builder = Request::builder();
        if let Some(headers) = builder.headers_mut() {
            *headers = parts.headers.clone();
        }
        let request = builder.body(body).map_err(|error| broken(&error))?;
        let mut form = Multipart::from_request(request, &()).await.map_err(|error| broken(&error))?;
        let mut fields = Vec::new();
        while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().map(str::to_owned);
            let bytes = field.bytes().await.map_err(|error| broken(&error))?;
            fields.push((name, arguments::part(file, &bytes)));
        }
        Sent::Fields(fields)
    } else {
        let collected = Limited::new(body, MAX_BODY).collect().await;
        Sent::Bytes(
            collected.map_err(|_| ApiError::new(413, "bad_request", "The request is too large"))?.to_bytes(),
        )
    };
    Ok(Asked { method: parts.method, path, query, headers: parts.headers, body })
}

/// What is to be sent, and how.
struct Served {
    answer: Answer,
    fault: Option<Kind>,
}

fn serve(sandbox: &Sandbox, asked: Asked, started: Instant) -> Served {
    let now = sandbox.clock.now();
    let (method, path) = (asked.method.as_str().to_owned(), asked.path.clone());
    let route = crate::routes::find(&method, &path);
    let template = match &route {
        crate::routes::Found::Operation(spec, _) => spec.path,
        _ => "",
    };
    let fault = sandbox.take_fault(&method, &path, template);
    let sent = recorded(&asked, template);
    let query = asked.query.clone();
    let mut spec = None;
    let answer = match fault.and_then(instead) {
        Some(answer) => answer,
        None => match carry_out(sandbox, asked, route, now, &mut spec) {
            Ok(answer) => answer,
            Err(error) => error.into(),
        },
    };
    let mut answer = match fault {
        Some(Kind::ServerAfter) => ApiError::new(500, "internal_error", "Internal server error").into(),
        _ => answer,
    };
    let mut told = Value::Null;
    if let Body::Json(body) = &answer.body {
        let text = body.to_string();
        told = match crate::routes::without_secrets(template, body) {
            Some(body) => shortened(&body.to_string()).into(),
            None => shortened(&text).into(),
        };
        answer.body = Body::Bytes("application/json", text.into_bytes());
    }
    sandbox.record(json!({
        "time": crate::time::rfc3339(now),
        "method": method,
        "path": format!("/v3{path}"),
        "query": query,
        "operation": spec.map(Spec::id),
        "body": sent,
        "status": answer.status,
        "answer": told,
        "canned": answer.headers.iter().any(|(name, _)| *name == canned::HEADER),
        "fault": fault.map(|fault| format!("{fault:?}")),
        "milliseconds": started.elapsed().as_secs_f64() * 1000.0,
    }));
    Served { answer, fault }
}

/// Body of a request as the record keeps it: short, and without client secrets.
fn recorded(asked: &Asked, template: &str) -> Value {
    if template == keys::TOKEN_PATH {
        return Value::from("(credentials)");
    }
    match &asked.body {
        Sent::Bytes(bytes) if bytes.is_empty() => Value::Null,
        Sent::Bytes(bytes) => Value::from(shortened(&String::from_utf8_lossy(bytes))),
        Sent::Fields(fields) => fields.iter().map(|(name, _)| Value::from(name.as_str())).collect(),
    }
}

fn shortened(text: &str) -> String {
    let mut end = text.len().min(MAX_RECORDED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    if end < text.len() { format!("{}...", &text[..end]) } else { text.to_owned() }
}

/// The answer of a fault that takes the place of the call.
fn instead(fault: Kind) -> Option<Answer> {
    let limited = |answer: Answer, reset: &str| Answer {
        headers: vec![("x-sib-ratelimit-remaining", "0".into()), ("x-sib-ratelimit-reset", reset.into())],
        ..answer
    };
    Some(match fault {
        Kind::TooMany => limited(ApiError::new(429, "too_many_requests", "Too many requests").into(), "1"),
        Kind::Server => ApiError::new(500, "internal_error", "Internal server error").into(),
        Kind::Html => Answer {
            status: 524,
            ..Answer::bytes(
                "text/html; charset=UTF-8",
                b"<!DOCTYPE html><html><head><title>524: A timeout occurred</title></head>\
                  <body><h1>Error 524</h1></body></html>"
                    .to_vec(),
            )
        },
        Kind::Empty => Answer::empty(502),
        Kind::IpBlocked => ApiError::new(
            401,
            "unauthorized",
            "We have detected you are using an unrecognised IP address 192.0.2.1. If you performed this action \
             make sure to add the new IP address in this link: https://app.brevo.com/security/authorised_ips",
        )
        .into(),
        Kind::NotActivated => ApiError::new(
            403,
            "permission_denied",
            "Unable to send email. Your SMTP account is not yet activated. Please contact us at contact@brevo.com \
             to request activation",
        )
        .into(),
        Kind::NoCredits => ApiError::new(402, "not_enough_credits", "Not enough credits").into(),
        Kind::Timeout | Kind::Reset => Answer::empty(500),
        Kind::ServerAfter | Kind::TimeoutAfter | Kind::ResetAfter | Kind::Truncated => return None,
    })
}

async fn finish(served: Served) -> Response {
    match served.fault {
        Some(Kind::Timeout | Kind::TimeoutAfter) => std::future::pending().await,
        Some(Kind::Reset | Kind::ResetAfter) => {
            let mut response = Response::default();
            response.extensions_mut().insert(Abort);
            response
        }
        Some(Kind::Truncated) => {
            let (parts, body) = reply(served.answer).into_parts();
            let bytes = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            let first = Some(bytes.slice(..bytes.len() / 2));
            let broken = Broken { first, pause: Box::pin(tokio::time::sleep(Duration::from_millis(20))) };
            let mut response = Response::from_parts(parts, HttpBody::new(broken));
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len().max(1)));
            response
        }
        _ => reply(served.answer),
    }
}

/// Body that breaks off, a moment after its first part has gone out.
struct Broken {
    first: Option<Bytes>,
    pause: std::pin::Pin<Box<tokio::time::Sleep>>,
}

impl hyper::body::Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, io::Error>>> {
        if let Some(bytes) = self.first.take() {
            return std::task::Poll::Ready(Some(Ok(hyper::body::Frame::data(bytes))));
        }
        self.pause.as_mut().poll(context).map(|()| Some(Err(io::Error::other("broken off on purpose"))))
    }
}

fn carry_out(
    sandbox: &Sandbox,
    asked: Asked,
    route: crate::routes::Found,
    now: i64,
    called: &mut Option<&'static Spec>,
) -> Result<Answer, ApiError> {
    let header = |name: &str| asked.headers.get(name).and_then(|value| value.to_str().ok());
    if let crate::routes::Found::Operation(spec, _) = &route {
        *called = Some(spec);
        if spec.path == keys::TOKEN_PATH {
            let form = match &asked.body {
                Sent::Bytes(bytes) => arguments::form(bytes),
                Sent::Fields(fields) => fields.iter().cloned().collect(),
            };
            return sandbox.transaction(|db| keys::issue_token(db, &form, now)).map(Answer::ok);
        }
    }
    let account =
        sandbox.transaction(|db| keys::authenticate(db, header("api-key"), header("authorization"), now))?;
    let standing = sandbox.limiter.count(asked.method.as_str(), &asked.path, now);
    let outcome = if standing.exceeded {
        Err(ApiError::new(429, "too_many_requests", "Too many requests"))
    } else {
        operate(sandbox, asked, route, now, account)
    };
    let mut answer = outcome.unwrap_or_else(Answer::from);
    answer.headers.extend([
        ("x-sib-ratelimit-limit", standing.limit.to_string()),
        ("x-sib-ratelimit-remaining", standing.remaining.to_string()),
        ("x-sib-ratelimit-reset", standing.reset.to_string()),
    ]);
    Ok(answer)
}

fn operate(
    sandbox: &Sandbox,
    asked: Asked,
    route: crate::routes::Found,
    now: i64,
    account: i64,
) -> Result<Answer, ApiError> {
    let (spec, in_path) = match route {
        crate::routes::Found::Operation(spec, in_path) => (spec, in_path),
        crate::routes::Found::OtherMethod => {
            return Err(ApiError::new(405, "method_not_allowed", "Method not allowed"));
        }
        crate::routes::Found::Nothing => return Err(ApiError::not_found("Route not found")),
    };
    let body = match asked.body {
        Sent::Bytes(bytes) => arguments::json(spec, &bytes)?,
        Sent::Fields(fields) => arguments::fields(spec, fields),
    };
    let (args, ignored) = arguments::checked(spec, in_path, &asked.query, body)?;
    let mut answer = match tick::handler(spec.name) {
        Some(handler) => {
            sandbox.transaction(|db| handler(&Call { spec, args, db, account, now, sandbox }))?
        }
        None => canned::answer(spec, &args, sandbox.seed, now),
    };
    if !ignored.is_empty() {
        answer.headers.push(("x-brevo-sandbox-ignored", ignored.join(", ")));
    }
    Ok(answer)
}
