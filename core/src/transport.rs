//! One attempt at one request: what is sent, redirects, decompression, and what failed.

use std::io::Read;

use bytes::Bytes;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use http_body_util::Full;
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{NoProxy, Proxy, redirect};
use rustls::ClientConfig;
use url::{Position, Url};

use crate::arguments::{Body, Part};
use crate::bodies::Bodies;
use crate::connection::{self, Connections};
use crate::error::{Error, Kind, Result};
use crate::gate::{Content, Gate, Held};
use crate::reply::{Headers, Reply};
use crate::retry::Outcome;
use crate::schema::Method;
use crate::settings::{Settings, is_this_machine, setting};
use crate::tls;

const MOST_REDIRECTS: usize = 5;

/// A body that can be sent again.
#[derive(Debug, Clone)]
pub(crate) enum Payload {
    Empty,
    Bytes(HeaderValue, Bytes),
    /// Whose end waits until the gate is open.
    Held(HeaderValue, Bytes, Gate),
}

impl From<Body> for Payload {
    fn from(body: Body) -> Self {
        match body {
            Body::None => Payload::Empty,
            Body::Json(text) => Payload::json(text.into()),
            Body::Form(text) => {
                Payload::Bytes(HeaderValue::from_static("application/x-www-form-urlencoded"), text.into())
            }
            Body::Multipart(parts) => form(&parts),
        }
    }
}

impl Payload {
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Payload::Empty)
    }

    pub(crate) fn json(text: Bytes) -> Self {
        Payload::Bytes(HeaderValue::from_static("application/json"), text)
    }
}

/// A form with files, as browsers write it.
fn form(parts: &[Part]) -> Payload {
    let boundary = format!("brevo-native-{}", uuid::Uuid::new_v4().simple());
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut body = Vec::new();
    for part in parts {
        let (head, content) = match part {
            Part::Text(name, text) => (format!("name=\"{}\"", quoted(name)), text.as_bytes()),
            Part::File(name, file) => {
                let head = format!("name=\"{}\"; filename=\"{}\"", quoted(name), quoted(&file.name));
                (head, file.bytes.as_slice())
            }
        };
        body.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let kind = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
    Payload::Bytes(kind.unwrap_or(HeaderValue::from_static("multipart/form-data")), body.into())
}

/// A failed attempt.
pub(crate) struct Failure {
    pub(crate) outcome: Outcome,
    pub(crate) error: Error,
}

/// The way to the API: its connections, and what stands in every request.
pub(crate) struct Transport {
    /// With the path that stands before that of every operation.
    base: Url,
    connections: Connections,
    bodies: Bodies,
}

impl Transport {
    /// Sends nothing yet, but proves the settings.
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let base = settings.base.clone();
        let unusable = |_| setting("base_url", "is not the address of an API");
        let origin: Uri = base.origin().ascii_serialization().parse().map_err(unusable)?;
        let origin = Uri::builder()
            .scheme(base.scheme())
            .authority(origin.authority().map_or("", |host| host.as_str()))
            .path_and_query("/")
            .build()
            .map_err(|_| setting("base_url", "is not the address of an API"))?;
        // A wrong file is told even where no certificate is needed.
        let needed = base.scheme() == "https"
            || settings.ca_file.is_some()
            || settings.client_certificate_file.is_some();
        let tls = needed.then(|| tls::config(settings)).transpose()?.filter(|_| base.scheme() == "https");
        let given = match &settings.proxy {
            Some(text) => Some(proxy(text.expose())?),
            None => None,
        };
        let proxy = match given {
            _ if is_this_machine(&base) => None,
            // Exceptions hold for it as they do for curl's option.
            Some(url) => Matcher::builder().all(url.as_str()).no(no_proxy()).build().intercept(&origin),
            None => Matcher::from_env().intercept(&origin),
        };
        let connections = Connections::new(origin, tls.as_ref(), proxy.as_ref(), settings.connect_timeout);
        Ok(Transport { base, connections, bodies: Bodies::default() })
    }

    /// Sends a request once and reads the whole answer. `target` is path and query on the host.
    pub(crate) async fn attempt(
        &self,
        method: Method,
        target: &Uri,
        headers: &HeaderMap,
        payload: &Payload,
    ) -> Result<Reply, Failure> {
        let mut target = target.clone();
        for _ in 0..=MOST_REDIRECTS {
            let request = request(method, target.clone(), headers.clone(), payload);
            let response = self.connections.send(request, &self.bodies).await.map_err(failure)?;
            let status = response.status();
            if !status.is_redirection() || status == StatusCode::NOT_MODIFIED {
                return whole(response, &self.bodies);
            }
            let here = self.base.join(&target.to_string()).ok();
            let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
            let next = here.zip(location).and_then(|(here, location)| here.join(location).ok());
            let within = next.as_ref().filter(|next| {
                // Only within the same origin, so that the key never leaves it, and only for reads.
                method == Method::GET && next.origin() == self.base.origin()
            });
            match within.and_then(|next| next[Position::BeforePath..Position::AfterQuery].parse().ok()) {
                Some(next) => target = next,
                None => {
                    let host = next
                        .and_then(|url| url.host_str().map(str::to_owned))
                        .unwrap_or_else(|| "nowhere".into());
                    let status = status.as_u16();
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
}

fn request(method: Method, target: Uri, mut headers: HeaderMap, payload: &Payload) -> Request<Content> {
    let whole = |bytes: &Bytes| Content::Whole(Full::new(bytes.clone()));
    let body = match payload {
        Payload::Empty => Content::Whole(Full::default()),
        Payload::Bytes(_, bytes) => whole(bytes),
        Payload::Held(_, bytes, gate) if gate.is_open() => whole(bytes),
        Payload::Held(_, bytes, gate) => Content::Held(Held::new(bytes.clone(), gate)),
    };
    if let Payload::Bytes(kind, bytes) | Payload::Held(kind, bytes, _) = payload {
        headers.insert(CONTENT_TYPE, kind.clone());
        headers.insert(CONTENT_LENGTH, bytes.len().into());
    }
    let mut request = Request::new(body);
    *request.method_mut() = match method {
        Method::GET => hyper::Method::GET,
        Method::POST => hyper::Method::POST,
        Method::PUT => hyper::Method::PUT,
        Method::PATCH => hyper::Method::PATCH,
        Method::DELETE => hyper::Method::DELETE,
    };
    *request.uri_mut() = target;
    *request.headers_mut() = headers;
    request
}

/// The answer with its body decompressed.
fn whole(response: Response<Bytes>, bodies: &Bodies) -> Result<Reply, Failure> {
    let (head, mut body) = response.into_parts();
    let mut headers = head.headers;
    let encoding = headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes);
    if let Some(gzip) = encoding.and_then(|encoding| match encoding {
        b"gzip" => Some(true),
        b"deflate" => Some(false),
        _ => None,
    }) && !body.is_empty()
    {
        let mut plain = bodies.take(4 * body.len());
        let read = match gzip {
            true => MultiGzDecoder::new(&*body).read_to_end(&mut plain),
            false => ZlibDecoder::new(&*body).read_to_end(&mut plain),
        };
        if let Err(error) = read {
            let message = format!("the answer cannot be decompressed or is cut off: {error}");
            let error = Error::new(Kind::Connection, message).with_source(error);
            return Err(Failure { outcome: Outcome::Unknown, error });
        }
        body = bodies.lend(plain);
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
    }
    Ok(Reply { status: head.status.as_u16(), headers: Headers::from(headers), body, attempts: 0 })
}

/// The proxy of a URL; without a scheme it is http. Other schemes would be passed over in silence, and the
/// calls go past the proxy.
fn proxy(text: &str) -> Result<Url> {
    let text = text.trim();
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    url.ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .filter(|url| Proxy::all(url.clone()).is_ok())
        .ok_or_else(|| setting("proxy", "must be the URL of a proxy, beginning with http:// or https://"))
}

fn no_proxy() -> String {
    std::env::var("NO_PROXY").or_else(|_| std::env::var("no_proxy")).unwrap_or_default()
}

fn failure(failure: connection::Failure) -> Failure {
    let (outcome, what, error): (_, _, Box<dyn std::error::Error + Send + Sync>) = match failure {
        connection::Failure::ConnectTimeout => {
            let error = Error::new(Kind::Timeout, "no connection in time");
            return Failure { outcome: Outcome::NotSent, error };
        }
        connection::Failure::Connect(error) => (Outcome::NotSent, "no connection", error),
        connection::Failure::Broken(error) => {
            let outcome = if is_untouched(&error) { Outcome::NotSent } else { Outcome::Unknown };
            (outcome, "the connection broke", error.into())
        }
    };
    let message = format!("{what}: {}", causes(&*error));
    // A certificate is no better the next moment: no repeat. The texts are those of rustls; HTTP/2 keeps no more.
    let advice = if message.contains("invalid peer certificate") {
        "Check the base URL and this machine's clock; name the server's authority by `ca_file`."
    } else if ["alert: CertificateRequired", "alert: UnknownCA"].iter().any(|alert| message.contains(alert)) {
        "The server wants a certificate that it knows; give `client_certificate_file`."
    } else {
        return Failure { outcome, error: Error::new(Kind::Connection, message).with_source(error) };
    };
    let error = Error::new(Kind::Connection, message).with_advice(advice).with_source(error);
    Failure { outcome: Outcome::Answer(0), error }
}

/// Whether the server says that it has not looked at the request (RFC 9113, section 8.7): servers do so
/// when they are about to close a connection over HTTP/2, or have too much to do.
fn is_untouched(error: &hyper::Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<h2::Error>());
    cause.is_some_and(|error| {
        error.is_remote()
            && match error.reason() {
                Some(h2::Reason::REFUSED_STREAM) => error.is_reset(),
                Some(h2::Reason::NO_ERROR) => error.is_go_away(),
                _ => false,
            }
    })
}

/// An error and its causes.
fn causes(error: &dyn std::error::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !texts.iter().any(|seen| seen.contains(&text)) {
            texts.push(text);
        }
        cause = error.source();
    }
    texts.join(": ")
}

/// Connections to other places than the API, for what Brevo has us fetch there.
pub(crate) fn elsewhere(settings: &Settings) -> Result<reqwest::Client> {
    let tls: ClientConfig = match tls::config(settings) {
        Ok(tls) => tls,
        Err(_) if settings.base.scheme() == "http" && settings.ca_file.is_none() => {
            tls::config_without_trust()?
        }
        Err(error) => return Err(error),
    };
    let mut builder = reqwest::Client::builder()
        .user_agent(&settings.user_agent)
        .connect_timeout(settings.connect_timeout)
        .redirect(redirect::Policy::none())
        .tls_backend_preconfigured(tls);
    if let Some(url) = &settings.proxy {
        let proxy = Proxy::all(proxy(url.expose())?);
        let proxy =
            proxy.map_err(|error| setting("proxy", "cannot be used").with_source(error.without_url()))?;
        builder = builder.proxy(proxy.no_proxy(NoProxy::from_env()));
    }
    if is_this_machine(&settings.base) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| {
        Error::new(Kind::Configuration, "the TLS settings cannot be used").with_source(error.without_url())
    })
}
