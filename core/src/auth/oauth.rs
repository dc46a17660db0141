//! OAuth for servers ("M2M"): a client id and secret are changed for a token that lasts an hour.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::Value;
use tokio::sync::Mutex;

use super::{Secret, is_visible_ascii};
use crate::error::{Error, Kind, Result};
use crate::reply::Reply;
use crate::settings::setting;

/// Longest time that one fetch may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long before its end a token is renewed; half its life where that is shorter.
const MARGIN: Duration = Duration::from_secs(120);
/// Life of a token whose reply does not tell.
const DEFAULT_LIFE: Duration = Duration::from_secs(600);
/// Longest reply that is read.
const MAX_REPLY: usize = 64 * 1024;

const CLIENT: &str = "Check `client_id` and `client_secret` (BREVO_CLIENT_ID, BREVO_CLIENT_SECRET); `brevo app secret rotate` makes a new secret.";
const SCOPE: &str = "Ask only for scopes that the app was given, or leave `scope` out to get all of them.";

/// Where tokens come from. One token serves all callers; one fetch too.
pub struct TokenSource {
    client_id: String,
    client_secret: Secret,
    scope: Option<String>,
    url: String,
    state: Mutex<State>,
    /// Fetches that have ended, so that those who waited for one share how it ended.
    fetches: AtomicU64,
}

#[derive(Default)]
struct State {
    token: Option<(Arc<Secret>, Instant)>,
    failure: Option<Failure>,
}

/// What those are told who waited for a fetch that failed.
struct Failure {
    kind: Kind,
    message: String,
    advice: &'static str,
}

impl TokenSource {
    /// `url` is the token endpoint. Sends nothing.
    pub fn new(
        client_id: &str,
        client_secret: &str,
        scope: Option<&str>,
        url: impl Into<String>,
    ) -> Result<Self> {
        let (client_id, client_secret) = (client_id.trim(), client_secret.trim());
        for (name, text) in [("client_id", client_id), ("client_secret", client_secret)] {
            if text.is_empty() || !is_visible_ascii(text) {
                let message = "empty, or holds white space, control or non-ASCII characters";
                return Err(setting(name, message).with_advice(CLIENT));
            }
        }
        Ok(TokenSource {
            client_id: client_id.to_owned(),
            client_secret: Secret::new(client_secret),
            scope: scope.map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned),
            url: url.into(),
            state: Mutex::default(),
            fetches: AtomicU64::new(0),
        })
    }

    /// The token, fetched where there is none that lasts: only then are connections asked for, since
    /// making them costs far more than a call. A failure here comes before the call itself: whoever
    /// repeats it repeats nothing else.
    pub async fn token(&self, http: impl FnOnce() -> Result<reqwest::Client>) -> Result<Arc<Secret>> {
        let seen = self.fetches.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        if let Some((token, renew_at)) = &state.token
            && Instant::now() < *renew_at
        {
            return Ok(token.clone());
        }
        if let Some(failure) = &state.failure
            && self.fetches.load(Ordering::Acquire) != seen
        {
            return Err(Error::new(failure.kind, failure.message.clone()).with_advice(failure.advice));
        }
        // A caller who gives up drops the lock here, and the next one fetches.
        let fetched = match http() {
            Ok(http) => self.fetch(&http).await,
            Err(error) => Err(error),
        };
        self.fetches.fetch_add(1, Ordering::Release);
        match fetched {
            Ok((token, life)) => {
                let token = Arc::new(token);
                let renew_at = Instant::now() + life - margin(life);
                *state = State { token: Some((token.clone(), renew_at)), failure: None };
                Ok(token)
            }
            Err(error) => {
                let message = error.message().to_owned();
                state.failure = Some(Failure { kind: error.kind(), message, advice: error.advice() });
                Err(error)
            }
        }
    }

    /// To be called when Brevo refused a token (401). Many callers may report the same one; only
    /// the first makes the next [`token`](Self::token) fetch.
    pub async fn invalidate(&self, used: &Secret) {
        let mut state = self.state.lock().await;
        if state.token.as_ref().is_some_and(|(token, _)| token.expose() == used.expose()) {
            state.token = None;
        }
    }

    fn form(&self) -> String {
        let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        let mut form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            encoded(&self.client_id),
            encoded(self.client_secret.expose())
        );
        if let Some(scope) = &self.scope {
            form.push_str(&format!("&scope={}", encoded(scope)));
        }
        form
    }

    async fn fetch(&self, http: &reqwest::Client) -> Result<(Secret, Duration)> {
        let request = http
            .post(&self.url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .timeout(TIMEOUT)
            .body(self.form());
        let mut response = request.send().await.map_err(not_reached)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(not_reached)? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_REPLY {
                return Err(unreadable("is too long"));
            }
        }
        if response.status().is_success() { read_token(&body) } else { Err(self.refusal(&response, body)) }
    }

    /// A refusal in our words. Should the server echo the secret, the body is not kept.
    fn refusal(&self, response: &reqwest::Response, body: Vec<u8>) -> Error {
        let secret = self.client_secret.expose().as_bytes();
        let echoed = body.windows(secret.len()).any(|window| window == secret);
        let reply = Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone().into(),
            body: if echoed { Bytes::new() } else { body.into() },
            attempts: 1,
        };
        let error = Error::from_reply(reply);
        match (error.code().unwrap_or(""), error.status()) {
            ("invalid_scope", _) => error.with_kind(Kind::Configuration).with_advice(SCOPE),
            ("invalid_client" | "unauthorized_client", _) | (_, Some(401)) => {
                error.with_kind(Kind::Unauthorized).with_advice(CLIENT)
            }
            _ => error,
        }
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSource")
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// How long before its end a token of that life is renewed.
fn margin(life: Duration) -> Duration {
    MARGIN.min(life / 2)
}

fn read_token(body: &[u8]) -> Result<(Secret, Duration)> {
    let reply: Value = serde_json::from_slice(body).map_err(|_| unreadable("is not JSON"))?;
    let token = reply.get("access_token").and_then(Value::as_str).unwrap_or("");
    if token.is_empty() || !is_visible_ascii(token) {
        return Err(unreadable("holds no usable `access_token`"));
    }
    let life = match reply.get("expires_in") {
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_f64(),
        None => None,
    };
    // No token lasts longer than a day, whatever is said.
    let life = life
        .filter(|seconds| *seconds > 0.0)
        .map_or(DEFAULT_LIFE, |seconds| Duration::from_secs_f64(seconds.min(86_400.0)));
    Ok((Secret::new(token), life))
}

/// The body of such a reply may hold a token, so it is not kept.
fn unreadable(why: &str) -> Error {
    Error::new(Kind::Decode, format!("the reply of the token endpoint {why}"))
        .with_advice("Check that the base URL is Brevo's.")
}

fn not_reached(error: reqwest::Error) -> Error {
    let (kind, what) = if error.is_timeout() {
        (Kind::Timeout, "did not answer in time")
    } else {
        (Kind::Connection, "cannot be reached")
    };
    Error::new(kind, format!("the token endpoint {what}"))
        .with_advice("Check the network, the proxy and the base URL; nothing but the token was asked for.")
        .with_source(error.without_url())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    const SECRET: &str = "s3cret+/=&%value";

    /// Answers the n-th request with the n-th reply (the last one repeats) and keeps the bodies.
    struct Server {
        url: String,
        seen: Arc<std::sync::Mutex<Vec<String>>>,
    }

    impl Server {
        async fn new(replies: Vec<(u16, String)>) -> Server {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}/realms/partner/oauth/token", listener.local_addr().unwrap());
            let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
            let log = seen.clone();
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    let mut bytes = Vec::new();
                    let body = loop {
                        let mut buffer = [0; 4096];
                        let n = stream.read(&mut buffer).await.unwrap();
                        bytes.extend_from_slice(&buffer[..n]);
                        let text = String::from_utf8_lossy(&bytes).into_owned();
                        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                        let head = head.to_ascii_lowercase();
                        assert!(head.starts_with("post /realms/partner/oauth/token http/1.1"), "{head}");
                        assert!(head.contains("content-type: application/x-www-form-urlencoded"), "{head}");
                        let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
                        if body.len() == length.parse::<usize>().unwrap() {
                            break body.to_owned();
                        }
                    };
                    let n = {
                        let mut log = log.lock().unwrap();
                        log.push(body);
                        log.len() - 1
                    };
                    // Time enough for everybody to be waiting.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    let (status, body) = &replies[n.min(replies.len() - 1)];
                    let reply = format!(
                        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                        body.len()
                    );
                    stream.write_all(reply.as_bytes()).await.unwrap();
                }
            });
            Server { url, seen }
        }

        fn count(&self) -> usize {
            self.seen.lock().unwrap().len()
        }

        fn source(&self, scope: Option<&str>) -> Arc<TokenSource> {
            Arc::new(TokenSource::new("my-app", SECRET, scope, &self.url).unwrap())
        }
    }

    fn http() -> reqwest::Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder().no_proxy().build().unwrap()
    }

    fn token(name: &str, life: &str) -> (u16, String) {
        (200, format!(r#"{{"access_token":"{name}","token_type":"Bearer","expires_in":{life}}}"#))
    }

    /// What 16 concurrent callers get.
    async fn all(source: &Arc<TokenSource>, http: &reqwest::Client) -> Vec<Result<Arc<Secret>>> {
        let calls: Vec<_> = (0..16)
            .map(|_| {
                let (source, http) = (source.clone(), http.clone());
                tokio::spawn(async move { source.token(|| Ok(http.clone())).await })
            })
            .collect();
        let mut out = Vec::new();
        for call in calls {
            out.push(call.await.unwrap());
        }
        out
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn one_fetch_serves_all_and_one_follows_many_refusals() {
        let server = Server::new(vec![token("first", "3600"), token("second", "\"3600\"")]).await;
        let (source, http) = (server.source(Some("contacts:read crm:read")), http());
        let first = all(&source, &http).await.pop().unwrap().unwrap();
        assert_eq!((first.expose(), server.count()), ("first", 1));
        for _ in 0..16 {
            source.invalidate(&first).await;
            assert_eq!(source.token(|| Ok(http.clone())).await.unwrap().expose(), "second");
        }
        assert_eq!(server.count(), 2);
        assert_eq!(
            server.seen.lock().unwrap()[0],
            "grant_type=client_credentials&client_id=my%2Dapp&client_secret=s3cret%2B%2F%3D%26%25value\
             &scope=contacts%3Aread%20crm%3Aread"
        );
        assert!(!format!("{source:?} {first:?}").contains("s3cret"));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_token_is_renewed_before_it_ends() {
        let server = Server::new(vec![token("brief", "1"), token("long", "3600")]).await;
        let (source, http) = (server.source(None), http());
        assert_eq!(source.token(|| Ok(http.clone())).await.unwrap().expose(), "brief");
        assert_eq!(source.token(|| Ok(http.clone())).await.unwrap().expose(), "brief");
        tokio::time::sleep(Duration::from_millis(550)).await;
        assert_eq!(source.token(|| Ok(http.clone())).await.unwrap().expose(), "long");
        assert_eq!(server.count(), 2);
    }

    #[test]
    fn the_margin_is_two_minutes_or_half_the_life() {
        for (life, expected) in [(3600, 120), (240, 120), (100, 50)] {
            assert_eq!(margin(Duration::from_secs(life)), Duration::from_secs(expected));
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn refusals_are_told_apart_and_shared_by_those_who_waited() {
        let http = http();
        for (status, body, kind, advice) in [
            (400, r#"{"error":"invalid_scope","error_description":"no"}"#, Kind::Configuration, "scope"),
            (400, r#"{"code":"invalid_scope","message":"no"}"#, Kind::Configuration, "scope"),
            (401, r#"{"error":"invalid_client"}"#, Kind::Unauthorized, "client_secret"),
            (400, r#"{"error":"unauthorized_client"}"#, Kind::Unauthorized, "client_secret"),
            (503, "<html>", Kind::Server, "later"),
        ] {
            let server = Server::new(vec![(status, body.to_owned()), token("later", "60")]).await;
            let source = server.source(None);
            for result in all(&source, &http).await {
                let error = result.unwrap_err();
                assert_eq!(error.kind(), kind, "{error}");
                assert!(error.advice().contains(advice), "{error}");
            }
            assert_eq!(server.count(), 1, "those who waited share the failure");
            assert_eq!(source.token(|| Ok(http.clone())).await.unwrap().expose(), "later");
        }
    }

    #[tokio::test]
    async fn an_echoed_secret_or_a_strange_reply_is_not_kept() {
        let http = http();
        let echo = format!(r#"{{"error":"invalid_client","error_description":"bad {SECRET}"}}"#);
        let server = Server::new(vec![(401, echo)]).await;
        let error = server.source(None).token(|| Ok(http.clone())).await.unwrap_err();
        assert!(!format!("{error} {error:?} {}", error.to_json()).contains("s3cret"));
        for body in ["", "nonsense", "{}", r#"{"access_token":""}"#, r#"{"access_token":"a\r\nb"}"#, "[1]"] {
            let server = Server::new(vec![(200, body.to_owned())]).await;
            let error = server.source(None).token(|| Ok(http.clone())).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Decode, "{body}");
            assert!(error.body().is_empty());
        }
        let server = Server::new(vec![(200, "x".repeat(MAX_REPLY + 1))]).await;
        assert!(
            server.source(None).token(|| Ok(http.clone())).await.unwrap_err().message().contains("too long")
        );
    }

    #[tokio::test]
    async fn a_dead_endpoint_is_a_connection_error() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let source = TokenSource::new("a", SECRET, None, url).unwrap();
        let error = source.token(|| Ok(http())).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Connection);
        for (id, secret) in [("", "x"), ("x", " "), ("a\nb", "x"), ("x", "a b")] {
            let error = TokenSource::new(id, secret, None, "http://localhost/").unwrap_err();
            assert_eq!(error.kind(), Kind::Configuration);
        }
    }
}
