//! Connections to the API, and one request over one of them. hyper speaks HTTP; here is decided which
//! connection a request takes and who drives it.
//!
//! An HTTP/1.1 connection is driven by the call that uses it and by nobody else: no task, no channel
//! to another thread, no waking. Between two calls it lies still. An HTTP/2 connection carries many
//! calls and is a task of its runtime. A connection stands still where its runtime does not run, so
//! each is used on the runtime only on which it was made.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1, http2};
use hyper::header::HOST;
use hyper::rt::{Read, Write};
use hyper::{Request, Response, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::client::proxy::matcher::Intercept;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use tokio::runtime::{Handle, Id};
use tokio::time::timeout;
use tower_service::Service;

use crate::bodies::Bodies;
use crate::gate::Content;

/// Servers and what stands before them close connections that lie still; we do it first.
const LONGEST_REST: Duration = Duration::from_secs(50);
/// After so long a rest it is looked whether the other side has closed meanwhile.
const SHORT_REST: Duration = Duration::from_millis(50);

type Sent = Request<Content>;
type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Direct = HttpsConnector<HttpConnector>;

/// Where a connection leads by way of TCP, TLS and a proxy's tunnel.
trait Stream: Read + Write + Send + Unpin {}
impl<T: Read + Write + Send + Unpin> Stream for T {}

#[derive(Clone)]
enum Connector {
    Plain(HttpConnector),
    Secure(Direct),
    Tunnelled(Box<HttpsConnector<Tunnel<Direct>>>),
}

/// The connections of one client to one origin.
pub(crate) struct Connections {
    origin: Uri,
    connector: Connector,
    connect_timeout: Duration,
    /// Connections that no call has for itself, longest at rest first.
    resting: Mutex<Vec<Resting>>,
}

struct Resting {
    runtime: Id,
    since: Instant,
    line: Line,
}

enum Line {
    One(Box<Http1>),
    Many(http2::SendRequest<Content>),
}

/// A connection over which one call goes at a time.
struct Http1 {
    sender: http1::SendRequest<Content>,
    /// Gone once the connection has ended.
    connection: Option<http1::Connection<Box<dyn Stream>, Content>>,
    /// Why it has, where no call was told.
    error: Option<hyper::Error>,
}

/// Why there is no response.
pub(crate) enum Failure {
    /// No connection in time.
    ConnectTimeout,
    /// No connection.
    Connect(BoxError),
    /// The connection broke with the request on it.
    Broken(hyper::Error),
}

enum Attempt {
    Done(Response<Bytes>),
    /// The connection had ended before it took the request, for this reason.
    Unsent(Sent, hyper::Error),
    Failed(hyper::Error),
}

impl Connections {
    /// Connections to the scheme and authority of `origin`, through a proxy where one is given.
    pub(crate) fn new(
        origin: Uri,
        tls: Option<&ClientConfig>,
        proxy: Option<&Intercept>,
        connect_timeout: Duration,
    ) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(tls.is_none());
        tcp.set_nodelay(true);
        let often = Some(Duration::from_secs(15));
        tcp.set_keepalive(often);
        tcp.set_keepalive_interval(often);
        tcp.set_keepalive_retries(Some(3));
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        tcp.set_tcp_user_timeout(Some(Duration::from_secs(30)));
        let secure = |protocols: &[&str], config: &ClientConfig| {
            let mut config = config.clone();
            config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
            Arc::new(config)
        };
        const BOTH: &[&str] = &["h2", "http/1.1"];
        let connector = match (tls, proxy) {
            (None, _) => Connector::Plain(tcp),
            (Some(tls), None) => Connector::Secure((tcp, secure(BOTH, tls)).into()),
            (Some(tls), Some(proxy)) => {
                let to_proxy = Direct::from((tcp, secure(&["http/1.1"], tls)));
                let mut tunnel = Tunnel::new(proxy.uri().clone(), to_proxy);
                if let Some(auth) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(auth.clone());
                }
                Connector::Tunnelled(Box::new((tunnel, secure(BOTH, tls)).into()))
            }
        };
        Connections { origin, connector, connect_timeout, resting: Mutex::default() }
    }

    /// Sends a request and reads the whole response. The request's URI is path and query; it names the host.
    pub(crate) async fn send(&self, mut request: Sent, bodies: &Bodies) -> Result<Response<Bytes>, Failure> {
        let here = Handle::current().id();
        // What HTTP/2 says otherwise, for the case that the request then goes over another connection.
        let (target, host) = (request.uri().clone(), request.headers().get(HOST).cloned());
        loop {
            let (mut line, rested) = match self.take(here) {
                Some((line, rest)) => {
                    if rest > SHORT_REST {
                        // The runtime sees what has come meanwhile, then the task of an HTTP/2 connection.
                        tokio::task::yield_now().await;
                        tokio::task::yield_now().await;
                    }
                    (line, true)
                }
                None => (Box::pin(self.connect(here)).await?, false),
            };
            let attempt = match &mut line {
                Line::One(line) => line.exchange(request, bodies).await,
                Line::Many(sender) => exchange(sender, self.whole(request), bodies).await,
            };
            match attempt {
                Attempt::Done(response) => {
                    self.put(here, line);
                    return Ok(response);
                }
                Attempt::Failed(error) => return Err(Failure::Broken(error)),
                Attempt::Unsent(unsent, _) if rested => {
                    request = unsent;
                    *request.uri_mut() = target.clone();
                    request.headers_mut().extend(host.iter().map(|host| (HOST, host.clone())));
                }
                Attempt::Unsent(_, error) => return Err(Failure::Connect(error.into())),
            }
        }
    }

    /// A request as HTTP/2 wants it: with the whole URI, which names the host.
    fn whole(&self, mut request: Sent) -> Sent {
        let mut parts = self.origin.clone().into_parts();
        parts.path_and_query = request.uri().path_and_query().cloned();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
        request.headers_mut().remove(HOST);
        request
    }

    fn resting(&self) -> MutexGuard<'_, Vec<Resting>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection at rest, and for how long it has been.
    fn take(&self, here: Id) -> Option<(Line, Duration)> {
        let mut resting = self.resting();
        loop {
            let at = resting.iter().rposition(|resting| resting.runtime == here)?;
            let rest = resting[at].since.elapsed();
            match &resting[at].line {
                Line::Many(sender) if !sender.is_closed() => {
                    let line = Line::Many(sender.clone());
                    resting[at].since = Instant::now();
                    return Some((line, rest));
                }
                Line::One(_) if rest < LONGEST_REST => return Some((resting.remove(at).line, rest)),
                _ => drop(resting.remove(at)),
            }
        }
    }

    /// Keeps a connection that can take another request.
    fn put(&self, here: Id, line: Line) {
        let Line::One(one) = &line else { return };
        if one.connection.is_none() || !one.sender.is_ready() {
            return;
        }
        let (mut resting, now) = (self.resting(), Instant::now());
        let old = |resting: &Resting| {
            matches!(resting.line, Line::One(_)) && now.duration_since(resting.since) > LONGEST_REST
        };
        if resting.first().is_some_and(old) {
            resting.retain(|resting| !old(resting));
        }
        resting.push(Resting { runtime: here, since: now, line });
    }

    async fn connect(&self, here: Id) -> Result<Line, Failure> {
        let open = async {
            let (stream, is_http2) = match self.connector.clone() {
                Connector::Plain(connector) => open(connector, self.origin.clone()).await,
                Connector::Secure(connector) => open(connector, self.origin.clone()).await,
                Connector::Tunnelled(connector) => open(*connector, self.origin.clone()).await,
            }?;
            if !is_http2 {
                let (sender, connection) = http1::handshake(stream).await?;
                let line = Http1 { sender, connection: Some(connection), error: None };
                return Ok(Line::One(Box::new(line)));
            }
            let (sender, connection) = http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .handshake::<_, Content>(stream)
                .await?;
            tokio::spawn(async move {
                // Those whose calls are on it are told.
                let _ = connection.await;
            });
            Ok(Line::Many(sender))
        };
        let line = match timeout(self.connect_timeout, open).await {
            Ok(line) => line.map_err(Failure::Connect)?,
            Err(_) => return Err(Failure::ConnectTimeout),
        };
        if let Line::Many(sender) = &line {
            let line = Line::Many(sender.clone());
            let mut resting = self.resting();
            // Those of runtimes that are gone are asked for by nobody.
            resting.retain(|resting| !matches!(&resting.line, Line::Many(other) if other.is_closed()));
            let mut others = resting.iter().filter(|resting| resting.runtime == here);
            // Calls that began together may have made several; one will do from now on.
            if !others.any(|resting| matches!(&resting.line, Line::Many(other) if !other.is_closed())) {
                resting.push(Resting { runtime: here, since: Instant::now(), line });
            }
        }
        Ok(line)
    }
}

/// A stream to that place, and whether it speaks HTTP/2.
async fn open<C>(mut connector: C, to: Uri) -> Result<(Box<dyn Stream>, bool), BoxError>
where
    C: Service<Uri, Error: Into<BoxError>>,
    C::Response: Stream + Connection + 'static,
{
    poll_fn(|cx| connector.poll_ready(cx)).await.map_err(Into::into)?;
    let stream = connector.call(to).await.map_err(Into::into)?;
    let is_http2 = stream.connected().is_negotiated_h2();
    Ok((Box::new(stream), is_http2))
}

impl Http1 {
    /// Lets the connection do what it can do now.
    fn drive(&mut self, cx: &mut Context<'_>) {
        if let Some(connection) = &mut self.connection
            && let Poll::Ready(end) = Pin::new(connection).poll(cx)
        {
            self.connection = None;
            self.error = end.err();
        }
    }

    /// Waits for something while driving the connection.
    async fn driving<F: Future>(&mut self, wanted: F) -> F::Output {
        let mut wanted = pin!(wanted);
        poll_fn(|cx| {
            self.drive(cx);
            wanted.as_mut().poll(cx)
        })
        .await
    }

    /// Lets the connection do what it can do now, and wakes nobody when it can do more. Where it had our
    /// waker, handing it a request would wake us who are about to drive it anyway.
    fn look(&mut self) {
        self.drive(&mut Context::from_waker(Waker::noop()));
    }

    async fn exchange(&mut self, request: Sent, bodies: &Bodies) -> Attempt {
        self.look();
        if !self.sender.is_ready() {
            let ready = poll_fn(|cx| {
                self.drive(cx);
                self.sender.poll_ready(cx)
            });
            if let Err(closed) = ready.await {
                return Attempt::Unsent(request, self.error.take().unwrap_or(closed));
            }
        }
        let response = self.sender.try_send_request(request);
        let response = match self.driving(response).await {
            Ok(response) => response,
            Err(error) => return given_up(error),
        };
        let (head, body) = response.into_parts();
        match self.driving(bodies.gather(body)).await {
            Ok(body) => {
                // So that it is ready for the next request, or known to take none.
                if !self.sender.is_ready() {
                    self.look();
                }
                Attempt::Done(Response::from_parts(head, body))
            }
            Err(error) => Attempt::Failed(error),
        }
    }
}

async fn exchange(sender: &mut http2::SendRequest<Content>, request: Sent, bodies: &Bodies) -> Attempt {
    if let Err(closed) = sender.ready().await {
        return Attempt::Unsent(request, closed);
    }
    let response: Response<Incoming> = match sender.try_send_request(request).await {
        Ok(response) => response,
        Err(error) => return given_up(error),
    };
    let (head, body) = response.into_parts();
    match bodies.gather(body).await {
        Ok(body) => Attempt::Done(Response::from_parts(head, body)),
        Err(error) => Attempt::Failed(error),
    }
}

fn given_up(mut error: TrySendError<Sent>) -> Attempt {
    match error.take_message() {
        Some(request) => Attempt::Unsent(request, error.into_error()),
        None => Attempt::Failed(error.into_error()),
    }
}
