//! The client, and the one call through which everything goes: check and lay out, wait for a turn,
//! send, repeat where that is safe.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use hyper::Uri;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue,
    USER_AGENT,
};
use serde_json::{Map, Value};
use tokio::runtime;
use tokio::time::{sleep, timeout_at};
use url::Position;

use crate::arguments::{Arguments, Body, BodyStart, request};
use crate::auth::{Auth, TokenSource, add_token};
use crate::error::{Error, Kind, Result};
use crate::fork::Process;
use crate::gate::Gate;
use crate::pace::{Class, Pacer, class_of};
use crate::reply::{Headers, Reply};
use crate::retry::{self, Outcome, Verdict};
use crate::schema::{BodyKind, FromReply, Method, Operation, Repeat, Spec, Ty};
pub use crate::settings::Builder;
use crate::settings::{Settings, seconds, setting};
use crate::transport::{Failure, Payload, Transport, elsewhere};

/// Header of the reply that stands for an answer which got lost: an earlier attempt was accepted,
/// as the refusal of its repeat proves.
pub const ACCEPTED_HEADER: &str = "x-brevo-native-accepted";

/// Headers that only the client itself may set.
const RESERVED: &[&str] = &[
    "api-key",
    "partner-key",
    "authorization",
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
];

/// Connection to one account. Cheap to clone; clones share connections, pace and tokens. It may be
/// used on several tokio runtimes, each of which has connections of its own.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    settings: Settings,
    /// Headers of calls without a body, and of those with one.
    headers: [HeaderMap; 2],
    state: ArcSwap<State>,
}

/// What a forked child must not share with its parent.
struct State {
    process: Process,
    transport: Transport,
    elsewhere: Pools,
    pacer: Pacer,
    tokens: Option<TokenSource>,
}

/// Connections to other places than the API, by the runtime that drives them: on another they would
/// stand still.
#[derive(Default)]
struct Pools(Mutex<Vec<(runtime::Id, reqwest::Client)>>);

/// Runtimes that have connections at the same time; the ones that came first give way.
const MOST_POOLS: usize = 8;

/// Options of one call.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    /// Time for the whole call with its repeats.
    pub timeout: Option<Duration>,
    /// Repeats allowed after the first attempt.
    pub max_retries: Option<u32>,
    /// Idempotency key of a transactional e-mail; made automatically where absent.
    pub idempotency_key: Option<String>,
    /// Headers added to the request.
    pub headers: Vec<(String, String)>,
    /// Fields added to the body, or to the query where there is no body, unchecked.
    pub extra: Map<String, Value>,
}

/// A call on its way.
type Making<'a> = Pin<Box<dyn Future<Output = Result<Reply>> + Send + 'a>>;

/// A call, checked and laid out, but not made.
pub struct Prepared {
    spec: &'static Spec,
    method: Method,
    /// Path and query on the host.
    target: Uri,
    /// Where they are others than those of every call.
    headers: Option<HeaderMap>,
    payload: Payload,
    timeout: Option<Duration>,
    max_retries: Option<u32>,
}

impl Prepared {
    /// The same call, whose body is not whole before the gate is open.
    pub(crate) fn held(mut self, gate: &Gate) -> Self {
        if let Payload::Bytes(kind, body) = self.payload {
            self.payload = Payload::Held(kind, body, gate.clone());
        }
        self
    }

    /// The memory of the body, once nothing else holds it.
    pub(crate) fn into_memory(self) -> Option<Vec<u8>> {
        let (Payload::Bytes(_, body) | Payload::Held(_, body, _)) = self.payload else { return None };
        let mut body = body.try_into_mut().ok()?;
        body.clear();
        Some(body.into())
    }
}

impl CallOptions {
    /// From a JSON object with the keys `timeout` (seconds), `max_retries`, `idempotency_key`,
    /// `headers` and `extra`, in snake_case or camelCase. An unknown key is refused by name.
    pub fn from_json(options: &Map<String, Value>) -> Result<Self> {
        let mut out = CallOptions::default();
        for (name, value) in options {
            let wrong =
                |expected: &str| Error::argument(format!("options.{name}"), format!("expected {expected}"));
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                ("timeout", _) => {
                    let number = value.as_f64().ok_or_else(|| wrong("a number of seconds"))?;
                    out.timeout = Some(
                        seconds(name, Some(number), 0.0).map_err(|_| wrong("a number of seconds above 0"))?,
                    );
                }
                ("max_retries" | "maxRetries", _) => {
                    let number = value.as_u64().and_then(|n| u32::try_from(n).ok());
                    out.max_retries = Some(number.ok_or_else(|| wrong("a count of repeats"))?);
                }
                ("idempotency_key" | "idempotencyKey", _) => {
                    out.idempotency_key = Some(value.as_str().ok_or_else(|| wrong("text"))?.to_owned());
                }
                ("headers", Value::Object(map)) => {
                    for (name, value) in map {
                        let value = value.as_str().ok_or_else(|| wrong("an object of texts"))?;
                        out.headers.push((name.clone(), value.to_owned()));
                    }
                }
                ("extra", Value::Object(map)) => out.extra = map.clone(),
                ("headers" | "extra", _) => return Err(wrong("an object")),
                _ => {
                    let known = "timeout, max_retries, idempotency_key, headers, extra";
                    return Err(Error::argument(
                        format!("options.{name}"),
                        format!("there is no such option; known are {known}"),
                    ));
                }
            }
        }
        Ok(out)
    }
}

impl Client {
    /// Settings, to be completed from the environment by `build`.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(settings: Settings) -> Result<Self> {
        let state = ArcSwap::from_pointee(State::new(&settings)?);
        let mut headers = settings.identity.headers()?;
        headers.extend(common_headers(&settings)?);
        let headers = [headers.clone(), with_body(headers)];
        Ok(Client(Arc::new(Inner { settings, headers, state })))
    }

    /// One line about the client, without secrets, for `repr` and logs.
    pub fn describe(&self) -> String {
        format!("Brevo({}, {})", self.0.settings.base, self.0.settings.identity)
    }

    /// Carries out an operation given as a Rust type.
    pub async fn send<O: Operation>(&self, operation: O) -> Result<O::Output> {
        self.send_with(operation, CallOptions::default()).await
    }

    /// Like [`Client::send`], with options.
    pub async fn send_with<O: Operation>(&self, operation: O, options: CallOptions) -> Result<O::Output> {
        let reply = self.call(O::SPEC, Arguments::of(&operation)?, options).await?;
        let output = match O::SPEC.output {
            Ty::Bytes => O::Output::from_reply(&reply.body),
            // Whatever came instead of nothing.
            Ty::Nothing => O::Output::from_reply(b""),
            _ => O::Output::from_reply(reply.text().as_bytes()),
        };
        output.map_err(|error| {
            let message = format!("the reply is not what the operation promises: {error}");
            Error::decode(reply, message).with_source(error).in_operation(O::SPEC.id())
        })
    }

    /// Carries out an operation of the table. Any status from 200 to 299 is a success, whatever the
    /// body.
    pub async fn call(
        &self,
        spec: &'static Spec,
        arguments: Arguments,
        options: CallOptions,
    ) -> Result<Reply> {
        let prepared = self.prepare(spec, arguments, options)?;
        self.make(&prepared).await
    }

    /// The pool of connections, for what needs no key.
    pub(crate) fn http(&self) -> Result<reqwest::Client> {
        self.state()?.elsewhere.here(&self.0.settings)
    }

    /// How long so many further calls of an operation have to wait for the rate limit, as far as that is
    /// known.
    pub(crate) fn outlook(&self, spec: &Spec, calls: u64) -> Duration {
        match self.state() {
            Ok(state) if self.0.settings.pacing => state.pacer.outlook(class_of(spec), Instant::now(), calls),
            _ => Duration::ZERO,
        }
    }

    /// Checks a call and lays it out, as [`Client::call`] does first. Sends nothing. It may be made several
    /// times; a mail keeps its idempotency key, so that Brevo takes it once.
    pub fn prepare(
        &self,
        spec: &'static Spec,
        arguments: Arguments,
        options: CallOptions,
    ) -> Result<Prepared> {
        self.prepare_behind(None, spec, arguments, options)
    }

    /// The same, where the first part of the body is there already.
    pub(crate) fn prepare_behind(
        &self,
        start: Option<BodyStart>,
        spec: &'static Spec,
        arguments: Arguments,
        options: CallOptions,
    ) -> Result<Prepared> {
        self.lay_out(spec, arguments, options, start).map_err(|error| error.in_operation(spec.id()))
    }

    /// Makes a call that was laid out.
    pub async fn make(&self, prepared: &Prepared) -> Result<Reply> {
        self.make_unnamed(prepared).await.map_err(|error| error.in_operation(prepared.spec.id()))
    }

    fn lay_out(
        &self,
        spec: &'static Spec,
        arguments: Arguments,
        options: CallOptions,
        start: Option<BodyStart>,
    ) -> Result<Prepared> {
        let own_headers = self.own_headers(spec, &options)?;
        let knows_keys = spec.repeat == Repeat::Keyed && spec.body == BodyKind::Json;
        if options.idempotency_key.is_some() && !knows_keys {
            let message = "Brevo knows idempotency keys for transactional e-mail only";
            return Err(Error::argument("options.idempotency_key", message));
        }
        let path = if spec.is_open() { "" } else { self.0.settings.base.path() };
        let request = request(path, spec, arguments, options.extra, options.idempotency_key)?;
        let payload = match (request.body, start) {
            (Body::Json(rest), Some(start)) => Payload::json(start.closed(&rest)),
            (body, _) => Payload::from(body),
        };
        let (timeout, max_retries) = (options.timeout, options.max_retries);
        let (method, target) = (request.method, target(request.target)?);
        let headers =
            own_headers.map(|headers| if payload.is_empty() { headers } else { with_body(headers) });
        Ok(Prepared { spec, method, target, headers, payload, timeout, max_retries })
    }

    /// In a place of its own: futures are moved on their way to whoever waits for them, and this one is
    /// large. It is compiled here alone, too, not once more for every place that waits.
    fn make_unnamed<'a>(&'a self, prepared: &'a Prepared) -> Making<'a> {
        Box::pin(self.attempts(prepared))
    }

    async fn attempts(&self, prepared: &Prepared) -> Result<Reply> {
        let settings = &self.0.settings;
        let Prepared { spec, method, target, headers, payload, timeout, max_retries } = prepared;
        let (spec, method) = (*spec, *method);
        let headers = headers.as_ref().unwrap_or(&self.0.headers[usize::from(!payload.is_empty())]);
        let allowed = timeout.unwrap_or(settings.timeout);
        let max_retries = max_retries.unwrap_or(settings.max_retries);
        let deadline = Instant::now() + allowed;
        let class = class_of(spec);
        let (mut attempts, mut unknown, mut renewed) = (0, false, false);
        let mut earlier: Option<Error> = None;
        loop {
            let state = self.state()?;
            if let Err(closed) = self.turn(&state, class, deadline).await {
                // What an attempt was answered says more than that there is no turn for another.
                return Err(match (earlier, closed.retry_after()) {
                    (Some(error), Some(wait)) if error.kind() == Kind::RateLimited => {
                        error.with_retry_after(wait)
                    }
                    (Some(error), _) => error,
                    (None, _) => closed.with_attempts(attempts),
                });
            }
            attempts += 1;
            let sent = async {
                let mut headers = Cow::Borrowed(headers);
                let token = match &state.tokens {
                    Some(tokens) if !spec.is_open() => {
                        // Seldom waited for, and large.
                        let token = Box::pin(tokens.token(|| state.elsewhere.here(settings)));
                        Some(token.await.map_err(before)?)
                    }
                    _ => None,
                };
                if let Some(token) = &token {
                    add_token(headers.to_mut(), token).map_err(before)?;
                }
                let reply = state.transport.attempt(method, target, &headers, payload).await?;
                Ok((reply, token))
            };
            let result = timeout_at(deadline.into(), sent).await.unwrap_or_else(|_| Err(late(allowed)));
            let (outcome, error) = match result {
                Ok((mut reply, token)) => {
                    reply.attempts = attempts;
                    if let Some(limit) = reply.rate_limit() {
                        state.pacer.learn(class, Instant::now(), limit);
                    }
                    if (200..300).contains(&reply.status) {
                        return Ok(reply);
                    }
                    if let (401, Some(token), Some(tokens), false) =
                        (reply.status, &token, &state.tokens, renewed)
                    {
                        Box::pin(tokens.invalidate(token)).await;
                        renewed = true;
                        continue;
                    }
                    if retry::accepted_before(spec.repeat, unknown, &reply) {
                        return Ok(accepted(attempts));
                    }
                    (Outcome::Answer(reply.status), Error::from_reply(reply))
                }
                Err(failure) => (failure.outcome, failure.error),
            };
            let error = error.with_attempts(attempts);
            let verdict = retry::verdict(spec.repeat, outcome);
            unknown |= !matches!(outcome, Outcome::NotSent | Outcome::Answer(..500));
            let wait = match verdict {
                Verdict::RepeatAtReset => state.pacer.close(class, Instant::now(), error.retry_after()),
                _ => retry::delay(attempts),
            };
            let error = if verdict == Verdict::RepeatAtReset { error.with_retry_after(wait) } else { error };
            let left = deadline.saturating_duration_since(Instant::now()).min(settings.max_wait);
            if verdict == Verdict::Final || attempts > max_retries || wait > left {
                return Err(error);
            }
            // After a 429 the class is closed, and waiting for a turn is waiting for the reset.
            if verdict == Verdict::Repeat || !settings.pacing {
                sleep(wait).await;
            }
            earlier = Some(error);
        }
    }

    /// Waits for a turn under the rate limits.
    async fn turn(&self, state: &State, class: Class, deadline: Instant) -> Result<()> {
        let settings = &self.0.settings;
        if !settings.pacing {
            return Ok(());
        }
        let now = Instant::now();
        let longest = deadline.saturating_duration_since(now).min(settings.max_wait);
        match state.pacer.reserve(class, now, longest) {
            Ok(Duration::ZERO) => Ok(()),
            Ok(wait) => {
                sleep(wait).await;
                Ok(())
            }
            Err(wait) => {
                let seconds = wait.as_secs_f64().ceil();
                let message = format!(
                    "the rate limit of the class `{}` opens in {seconds} s; nothing was sent",
                    class.as_str()
                );
                Err(Error::new(Kind::RateLimited, message).with_retry_after(wait))
            }
        }
    }

    /// Headers of a call that has others than every call. Those of the options go before ours.
    fn own_headers(&self, spec: &Spec, options: &CallOptions) -> Result<Option<HeaderMap>> {
        if options.headers.is_empty() && !spec.is_open() {
            return Ok(None);
        }
        let mut given = HeaderMap::new();
        for (name, value) in &options.headers {
            let path = format!("options.headers.{name}");
            if RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
                return Err(Error::argument(path, "the client sets this header itself"));
            }
            let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
            else {
                return Err(Error::argument(path, "no header can have this name or value"));
            };
            given.append(name, value);
        }
        let mut headers =
            if spec.is_open() { common_headers(&self.0.settings)? } else { self.0.headers[0].clone() };
        headers.extend(given);
        Ok(Some(headers))
    }

    /// The state of this process; a forked child makes its own.
    fn state(&self) -> Result<Arc<State>> {
        let state = self.0.state.load_full();
        if state.process.is_this() {
            return Ok(state);
        }
        // The parent's connections and locks must not be touched, not even to be closed.
        std::mem::forget(state);
        self.0.state.store(Arc::new(State::new(&self.0.settings)?));
        Ok(self.0.state.load_full())
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.describe())
    }
}

impl State {
    fn new(settings: &Settings) -> Result<Self> {
        let tokens = match &settings.identity.auth {
            Auth::Key(_) => None,
            Auth::App { id, secret, scope, url } => {
                Some(TokenSource::new(id, secret.expose(), scope.as_deref(), url)?)
            }
        };
        Ok(State {
            process: Process::this(),
            transport: Transport::new(settings)?,
            elsewhere: Pools::default(),
            pacer: Pacer::default(),
            tokens,
        })
    }
}

impl Pools {
    /// The connections of the runtime that this runs on.
    fn here(&self, settings: &Settings) -> Result<reqwest::Client> {
        let here = runtime::Handle::current().id();
        let mut pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, http)) = pools.iter().find(|(place, _)| *place == here) {
            return Ok(http.clone());
        }
        if pools.len() == MOST_POOLS {
            pools.remove(0);
        }
        let http = elsewhere(settings)?;
        pools.push((here, http.clone()));
        Ok(http)
    }
}

/// Path and query on the host.
fn target(text: String) -> Result<Uri> {
    Uri::from_maybe_shared(bytes::Bytes::from(text))
        .map_err(|error| Error::new(Kind::Configuration, format!("the address cannot be made: {error}")))
}

/// Headers of every request.
fn common_headers(settings: &Settings) -> Result<HeaderMap> {
    let user_agent = HeaderValue::from_str(&settings.user_agent)
        .map_err(|_| setting("user_agent", "must be visible ASCII"))?;
    let host = HeaderValue::from_str(&settings.base[Position::BeforeHost..Position::AfterPort])
        .map_err(|_| setting("base_url", "is not the address of an API"))?;
    Ok(HeaderMap::from_iter([
        (HOST, host),
        (ACCEPT, HeaderValue::from_static("application/json")),
        (ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate")),
        (USER_AGENT, user_agent),
    ]))
}

/// The same with places for the headers of a body. So their memory is got once, and not bit by bit for
/// each request.
fn with_body(mut headers: HeaderMap) -> HeaderMap {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    headers
}

/// A failure before the call itself was sent.
fn before(error: Error) -> Failure {
    let outcome = if matches!(error.kind(), Kind::Connection | Kind::Timeout | Kind::Server) {
        Outcome::NotSent
    } else {
        Outcome::Answer(0)
    };
    Failure { outcome, error }
}

fn late(allowed: Duration) -> Failure {
    let error = Error::new(Kind::Timeout, format!("no answer within {} s", allowed.as_secs_f64()));
    Failure { outcome: Outcome::Unknown, error }
}

/// The reply that stands for one that got lost.
fn accepted(attempts: u32) -> Reply {
    Reply {
        status: 202,
        headers: Headers::of_one(ACCEPTED_HEADER, "true"),
        body: bytes::Bytes::from_static(b"{}"),
        attempts,
    }
}
