//! One attempt at one request: connections, TLS, proxies, redirects. Everything of reqwest is here.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::multipart::Form;
use reqwest::{Certificate, ClientBuilder, Identity, NoProxy, Proxy, StatusCode, Url, redirect};
use serde_json::Value;

use crate::arguments::{Body, Part};
use crate::error::{Error, Kind, Result};
use crate::gate::{Gate, Held};
use crate::reply::Reply;
use crate::retry::Outcome;
use crate::schema::Method;
use crate::settings::{Settings, is_this_machine, setting};

const MOST_REDIRECTS: usize = 5;

/// A body that can be sent again.
#[derive(Debug, Clone)]
pub(crate) enum Payload {
    Empty,
    Bytes(&'static str, Bytes),
    /// Whose end waits until the gate is open.
    Held(&'static str, Bytes, Gate),
    Parts(Vec<Part>),
}

impl From<Body> for Payload {
    fn from(body: Body) -> Self {
        match body {
            Body::None => Payload::Empty,
            Body::Json(map) => Payload::Bytes("application/json", Value::Object(map).to_string().into()),
            Body::Form(text) => Payload::Bytes("application/x-www-form-urlencoded", text.into()),
            Body::Multipart(parts) => Payload::Parts(parts),
        }
    }
}

/// A failed attempt.
pub(crate) struct Failure {
    pub(crate) outcome: Outcome,
    pub(crate) error: Error,
}

/// Makes the pool of connections.
pub(crate) fn connect(settings: &Settings) -> Result<reqwest::Client> {
    let error = match builder(settings)?.build() {
        Ok(http) => return Ok(http),
        // Plain http to this machine needs no certificates; without any, every https is refused.
        Err(_) if settings.base.scheme() == "http" && settings.ca_file.is_none() => {
            match builder(settings)?.tls_certs_only([]).build() {
                Ok(http) => return Ok(http),
                Err(error) => error,
            }
        }
        Err(error) => error,
    };
    let message = format!("the TLS settings cannot be used: {}", causes(&error));
    let advice = if message.contains("No CA certificates") {
        "Install the system's certificates (package ca-certificates), or give `ca_file`."
    } else {
        "Correct `ca_file` and `client_certificate_file`."
    };
    Err(Error::new(Kind::Configuration, message).with_advice(advice).with_source(error.without_url()))
}

fn builder(settings: &Settings) -> Result<ClientBuilder> {
    // Another part of the process may have chosen a provider already; then that one serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(&settings.user_agent)
        .connect_timeout(settings.connect_timeout)
        .pool_idle_timeout(Duration::from_secs(50))
        .redirect(redirect::Policy::none());
    if let Some(url) = &settings.proxy {
        builder = builder.proxy(proxy(url.expose())?);
    }
    if is_this_machine(&settings.base) {
        builder = builder.no_proxy();
    }
    if let Some(path) = &settings.ca_file {
        let certificates = Certificate::from_pem_bundle(&read("ca_file", path)?)
            .map_err(|error| setting("ca_file", "holds no readable certificate").with_source(error))?;
        if certificates.is_empty() {
            return Err(setting("ca_file", "holds no readable certificate"));
        }
        builder = builder.tls_certs_merge(certificates);
    }
    if let Some(path) = &settings.client_certificate_file {
        let identity = Identity::from_pem(&read("client_certificate_file", path)?).map_err(|error| {
            setting("client_certificate_file", "holds no readable certificate with its key")
                .with_source(error)
        })?;
        builder = builder.identity(identity);
    }
    Ok(builder)
}

/// The proxy of a URL; without a scheme it is http. Other schemes would be passed over in silence, and the
/// calls go past the proxy.
fn proxy(text: &str) -> Result<Proxy> {
    let text = text.trim();
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    url.ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .and_then(|url| Proxy::all(url).ok())
        // As curl does with its option.
        .map(|proxy| proxy.no_proxy(NoProxy::from_env()))
        .ok_or_else(|| setting("proxy", "must be the URL of a proxy, beginning with http:// or https://"))
}

fn read(name: &str, path: &std::path::Path) -> Result<Vec<u8>> {
    std::fs::read(path)
        .map_err(|error| setting(name, &format!("{}: {error}", path.display())).with_source(error))
}

/// Sends a request once and reads the whole answer.
pub(crate) async fn attempt(
    http: &reqwest::Client,
    method: Method,
    mut url: Url,
    headers: HeaderMap,
    payload: &Payload,
) -> Result<Reply, Failure> {
    for _ in 0..=MOST_REDIRECTS {
        let name = reqwest::Method::from_bytes(method.as_str().as_bytes()).unwrap_or_default();
        let mut request = http.request(name, url.clone()).headers(headers.clone());
        request = match payload {
            Payload::Empty => request,
            Payload::Bytes(kind, bytes) => request.header(CONTENT_TYPE, *kind).body(bytes.clone()),
            Payload::Held(kind, bytes, gate) if gate.is_open() => {
                request.header(CONTENT_TYPE, *kind).body(bytes.clone())
            }
            Payload::Held(kind, bytes, gate) => request
                .header(CONTENT_TYPE, *kind)
                .header(CONTENT_LENGTH, bytes.len())
                .body(reqwest::Body::wrap(Held::new(bytes.clone(), gate))),
            Payload::Parts(parts) => request.multipart(form(parts)),
        };
        let response = request.send().await.map_err(failure)?;
        if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
            return whole(response).await.map_err(failure);
        }
        let next = response
            .headers()
            .get(LOCATION)
            .and_then(|location| location.to_str().ok())
            .and_then(|location| url.join(location).ok());
        match next {
            // Only within the same origin, so that the key never leaves it, and only for reads.
            Some(next) if method == Method::GET && next.origin() == url.origin() => url = next,
            _ => {
                let status = response.status().as_u16();
                let host = next
                    .and_then(|url| url.host_str().map(str::to_owned))
                    .unwrap_or_else(|| "nowhere".into());
                let message = format!("a redirect (HTTP {status}) to {host} was not followed");
                let error = Error::new(Kind::Connection, message).with_advice(
                    "Set the base URL to the address that answers itself; keys are not sent on.",
                );
                return Err(Failure { outcome: Outcome::Answer(status), error });
            }
        }
    }
    let error = Error::new(Kind::Connection, format!("more than {MOST_REDIRECTS} redirects"));
    Err(Failure { outcome: Outcome::Answer(StatusCode::LOOP_DETECTED.as_u16()), error })
}

async fn whole(response: reqwest::Response) -> Result<Reply, reqwest::Error> {
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let body = response.bytes().await?;
    Ok(Reply { status, headers, body, attempts: 0 })
}

fn form(parts: &[Part]) -> Form {
    parts.iter().fold(Form::new(), |form, part| match part {
        Part::Text(name, text) => form.text(*name, text.clone()),
        Part::File(name, file) => {
            let part = reqwest::multipart::Part::bytes(file.bytes.clone()).file_name(file.name.clone());
            form.part(*name, part)
        }
    })
}

fn failure(error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let (outcome, kind, what) = if error.is_connect() && error.is_timeout() {
        (Outcome::NotSent, Kind::Timeout, "no connection in time")
    } else if error.is_connect() {
        (Outcome::NotSent, Kind::Connection, "no connection")
    } else if error.is_builder() {
        (Outcome::Answer(0), Kind::Configuration, "the request cannot be made")
    } else if error.is_decode() {
        (Outcome::Unknown, Kind::Connection, "the answer cannot be decompressed or is cut off")
    } else if error.is_timeout() {
        (Outcome::Unknown, Kind::Timeout, "no answer in time")
    } else {
        (Outcome::Unknown, Kind::Connection, "the connection broke")
    };
    let message = format!("{what}: {}", causes(&error));
    // A certificate is no better the next moment: no repeat. The texts are those of rustls; HTTP/2 keeps no more.
    let advice = if message.contains("invalid peer certificate") {
        "Check the base URL and this machine's clock; name the server's authority by `ca_file`."
    } else if ["alert: CertificateRequired", "alert: UnknownCA"].iter().any(|alert| message.contains(alert)) {
        "The server wants a certificate that it knows; give `client_certificate_file`."
    } else {
        return Failure { outcome, error: Error::new(kind, message).with_source(error) };
    };
    let error = Error::new(kind, message).with_advice(advice).with_source(error);
    Failure { outcome: Outcome::Answer(0), error }
}

/// The causes of an error, outermost left out: it says no more than ours.
fn causes(error: &dyn std::error::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !texts.iter().any(|seen| seen.contains(&text)) {
            texts.push(text);
        }
        cause = error.source();
    }
    if texts.is_empty() { error.to_string() } else { texts.join(": ") }
}
