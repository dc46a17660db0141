//! Certificates, a server behind TLS that speaks HTTP/1.1 and HTTP/2, and a proxy, all on real sockets.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tempfile::NamedTempFile;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use tokio_rustls::TlsAcceptor;

use crate::server::{Seen, read_request};

/// A host that exists behind the test proxy only.
pub const HOST: &str = "api.example.test";
const ACCOUNT: &str = r#"{"email":"ada@example.com"}"#;

/// A certificate authority of its own.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: NamedTempFile,
}

/// A certificate with its key.
pub struct Leaf {
    certificate: CertificateDer<'static>,
    key: KeyPair,
    pem: String,
}

impl Authority {
    pub fn new() -> Self {
        // Two authorities of one name would be taken for one with a bad signature.
        static COUNT: AtomicUsize = AtomicUsize::new(1);
        let mut params = named(&format!("Authority {}", COUNT.fetch_add(1, Ordering::SeqCst)));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let file = file(&issuer.pem());
        Authority { issuer, file }
    }

    /// Path of its certificate.
    pub fn path(&self) -> &str {
        self.file.path().to_str().expect("a path in UTF-8")
    }

    /// A good certificate for these hosts.
    pub fn issue(&self, hosts: &[&str]) -> Leaf {
        self.sign(hosts, 4000)
    }

    /// A certificate that ended long ago.
    pub fn issue_expired(&self, hosts: &[&str]) -> Leaf {
        self.sign(hosts, 2001)
    }

    fn sign(&self, hosts: &[&str], end: i32) -> Leaf {
        let mut params = named("leaf");
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        params.subject_alt_names = CertificateParams::new(hosts).expect("host names").subject_alt_names;
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(end, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let pem = format!("{}{}", certificate.pem(), key.serialize_pem());
        Leaf { certificate: certificate.der().clone(), key, pem }
    }
}

impl Leaf {
    /// A file with the certificate and its key.
    pub fn file(&self) -> NamedTempFile {
        file(&self.pem)
    }
}

/// A temporary file with this content.
pub fn file(content: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(content.as_bytes()).expect("written");
    file
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// How a server answers every request.
#[derive(Clone)]
pub enum Answer {
    /// With an account.
    Account,
    /// With these bytes, and then the end of the connection.
    Bytes(&'static str),
    /// With the first bytes once and the second again and again, after this pause each time.
    Endless(&'static str, &'static str, Duration),
    /// With a body of so many bytes.
    Large(usize),
    /// With an account; after the first request, not before so many are there at once.
    Together(Arc<Barrier>),
    /// With an account; over HTTP/2 the first request is refused before it was looked at.
    Refusing,
    /// As an account takes imports; over HTTP/2. Requests are kept once they are whole.
    Imports,
    /// With an account; over HTTP/2 the first connection ends when two requests have come after the first one.
    Leaving(Farewell),
}

/// How a server takes leave of a connection over HTTP/2.
#[derive(Clone, Copy)]
pub struct Farewell {
    /// The last request that it has looked at, by its stream.
    pub last: u32,
    /// Whether these are answered before the end.
    pub answers: bool,
    /// Why.
    pub reason: h2::Reason,
}

/// What a large body repeats.
pub fn chunk() -> Vec<u8> {
    (0..=u8::MAX).cycle().take(1 << 16).collect()
}

/// A server behind TLS.
pub struct Tls {
    pub address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Tls {
    /// Speaks these protocols, the first one preferred. Where an authority for clients is given, asks each
    /// client for a certificate of it.
    pub async fn start(leaf: Leaf, protocols: &[&str], clients: Option<&Authority>, answer: Answer) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("protocol versions");
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.issuer.der().clone()).expect("an authority");
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build();
                builder.with_client_cert_verifier(verifier.expect("a verifier"))
            }
        };
        let key = PrivateKeyDer::try_from(leaf.key.serialize_der()).expect("a key");
        let mut config = builder.with_single_cert(vec![leaf.certificate], key).expect("a good pair");
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (accepted, seen) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (count, kept) = (accepted.clone(), seen.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let is_first = count.fetch_add(1, Ordering::SeqCst) == 0;
                let (acceptor, kept, answer) = (acceptor.clone(), kept.clone(), answer.clone());
                tokio::spawn(async move {
                    match acceptor.accept(stream).into_fallible().await {
                        Ok(stream) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => match answer {
                            Answer::Leaving(farewell) if is_first => leave(stream, &kept, farewell).await,
                            _ => serve_h2(stream, &kept, &answer).await,
                        },
                        Ok(stream) => serve_h1(stream, &kept, &answer).await,
                        // A connection closed with unread bytes is reset, and the alert with it lost.
                        Err((_, mut stream)) => {
                            let _ = stream.shutdown().await;
                            let _ = stream.read_to_end(&mut Vec::new()).await;
                        }
                    }
                });
            }
        });
        Tls { address, accepted, seen }
    }

    /// Base URL.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// How many connections were made.
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// The requests that came.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("not poisoned").clone()
    }
}

async fn serve_h1(mut stream: impl AsyncRead + AsyncWrite + Unpin, kept: &Mutex<Vec<Seen>>, answer: &Answer) {
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer).await {
        kept.lock().expect("not poisoned").push(request);
        let head =
            |length: usize| format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").into_bytes();
        match answer {
            Answer::Account
            | Answer::Together(_)
            | Answer::Refusing
            | Answer::Imports
            | Answer::Leaving(_) => {
                let _ = stream.write_all(&[&head(ACCOUNT.len()), ACCOUNT.as_bytes()].concat()).await;
            }
            Answer::Bytes(text) => {
                let _ = stream.write_all(text.as_bytes()).await;
                return;
            }
            Answer::Endless(first, then, pause) => {
                let mut sent = stream.write_all(first.as_bytes()).await;
                while sent.is_ok() {
                    if !pause.is_zero() {
                        let _ = stream.flush().await;
                        tokio::time::sleep(*pause).await;
                    }
                    sent = stream.write_all(then.as_bytes()).await;
                }
                return;
            }
            Answer::Large(length) => {
                let _ = stream.write_all(&head(*length)).await;
                let chunk = chunk();
                let mut left = *length;
                while left > 0 {
                    let now = left.min(chunk.len());
                    if stream.write_all(&chunk[..now]).await.is_err() {
                        return;
                    }
                    left -= now;
                }
            }
        }
        // Written bytes may still wait in the TLS session.
        let _ = stream.flush().await;
    }
}

async fn serve_h2(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    kept: &Arc<Mutex<Vec<Seen>>>,
    answer: &Answer,
) {
    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap_or("?")));
        let seen = Seen {
            line: format!("{} {} {:?}", request.method(), request.uri().path(), request.version()),
            headers: headers.collect(),
            body: String::new(),
        };
        if matches!(answer, Answer::Imports) {
            let kept = kept.clone();
            tokio::spawn(async move { take_import(request, respond, seen, &kept).await });
            continue;
        }
        let is_first = {
            let mut kept = kept.lock().expect("not poisoned");
            kept.push(seen);
            kept.len() == 1
        };
        if is_first && matches!(answer, Answer::Refusing) {
            respond.send_reset(h2::Reason::REFUSED_STREAM);
            continue;
        }
        let answer = answer.clone();
        tokio::spawn(async move {
            if let Answer::Together(barrier) = answer
                && !is_first
            {
                barrier.wait().await;
            }
            let mut body = respond.send_response(http::Response::new(()), false).expect("a head is sent");
            body.send_data(ACCOUNT.into(), true).expect("a body is sent");
        });
    }
}

/// One connection in frames that are written here, as no library says which requests it has not looked at.
async fn leave(mut stream: impl AsyncRead + AsyncWrite + Unpin, kept: &Mutex<Vec<Seen>>, farewell: Farewell) {
    const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    const SETTINGS_TAKEN: [u8; 9] = [0, 0, 0, 4, 1, 0, 0, 0, 0];
    const PREFACE: usize = 24;
    let frame = |kind: u8, flags: u8, id: u32, content: &[u8]| {
        let length = (content.len() as u32).to_be_bytes();
        [&length[1..], &[kind, flags], &id.to_be_bytes(), content].concat()
    };
    let answer = |id: u32| {
        // The head is `:status: 200`, by its number in the table of HPACK.
        [frame(1, 4, id, &[0x88]), frame(0, 1, id, ACCOUNT.as_bytes())].concat()
    };
    stream.read_exact(&mut [0; PREFACE]).await.expect("the preface");
    stream.write_all(&[SETTINGS, SETTINGS_TAKEN].concat()).await.expect("written");
    let mut open = Vec::new();
    while open.len() < 2 {
        let _ = stream.flush().await;
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.expect("a frame");
        let mut content = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        stream.read_exact(&mut content).await.expect("a whole frame");
        let (kind, is_end) = (head[3], head[4] & 1 == 1);
        // Heads and bodies: a request is whole with the last of them.
        if !(matches!(kind, 0 | 1) && is_end) {
            continue;
        }
        let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let line = format!("stream {id}");
        kept.lock().expect("not poisoned").push(Seen { line, headers: String::new(), body: String::new() });
        match id {
            1 => stream.write_all(&answer(id)).await.expect("written"),
            _ => open.push(id),
        }
    }
    let end = [farewell.last.to_be_bytes(), u32::from(farewell.reason).to_be_bytes()].concat();
    stream.write_all(&frame(7, 0, 0, &end)).await.expect("written");
    for id in open.into_iter().filter(|id| farewell.answers && *id <= farewell.last) {
        stream.write_all(&answer(id)).await.expect("written");
    }
    let _ = stream.shutdown().await;
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

async fn take_import(
    request: http::Request<h2::RecvStream>,
    mut respond: h2::server::SendResponse<bytes::Bytes>,
    mut seen: Seen,
    kept: &Mutex<Vec<Seen>>,
) {
    let path = request.uri().path().to_owned();
    let mut body = request.into_body();
    while let Some(Ok(piece)) = body.data().await {
        let _ = body.flow_control().release_capacity(piece.len());
        seen.body += &String::from_utf8_lossy(&piece);
    }
    let number = {
        let mut kept = kept.lock().expect("not poisoned");
        kept.push(seen);
        kept.len()
    };
    let text = match path.rsplit('/').next() {
        Some("import") => format!(r#"{{"processId":{number}}}"#),
        Some("attributes") => r#"{"attributes":[]}"#.to_owned(),
        _ => r#"{"processes":[],"count":0}"#.to_owned(),
    };
    let mut body = respond.send_response(http::Response::new(()), false).expect("a head is sent");
    body.send_data(text.into(), true).expect("a body is sent");
}

/// A proxy that tunnels everything to one server and keeps what passes.
pub struct Tunnel {
    pub address: SocketAddr,
    heads: Arc<Mutex<Vec<Seen>>>,
    passed: Arc<Mutex<[Vec<u8>; 2]>>,
}

impl Tunnel {
    /// With a value of `Proxy-Authorization` where it is to ask for one.
    pub async fn start(server: SocketAddr, authorization: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let heads = Arc::new(Mutex::new(Vec::new()));
        let passed = Arc::new(Mutex::new([Vec::new(), Vec::new()]));
        let (kept, bytes) = (heads.clone(), passed.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (kept, bytes) = (kept.clone(), bytes.clone());
                tokio::spawn(async move {
                    let Some(head) = read_request(&mut stream, &mut Vec::new()).await else { return };
                    let open = authorization.is_none_or(|a| head.header("proxy-authorization") == Some(a));
                    kept.lock().expect("not poisoned").push(head);
                    if !open {
                        let refusal =
                            b"HTTP/1.1 407 X\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n";
                        let _ = stream.write_all(refusal).await;
                        return;
                    }
                    let onward = TcpStream::connect(server).await.expect("the server listens");
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
                    let (from_client, to_client) = stream.into_split();
                    let (from_server, to_server) = onward.into_split();
                    tokio::join!(
                        pass(from_client, to_server, &bytes, 0),
                        pass(from_server, to_client, &bytes, 1)
                    );
                });
            }
        });
        Tunnel { address, heads, passed }
    }

    /// What it was asked for.
    pub fn heads(&self) -> Vec<Seen> {
        self.heads.lock().expect("not poisoned").clone()
    }

    /// What passed to the server and back.
    pub fn passed(&self) -> [Vec<u8>; 2] {
        self.passed.lock().expect("not poisoned").clone()
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    kept: &Mutex<[Vec<u8>; 2]>,
    way: usize,
) {
    let mut buffer = vec![0; 1 << 14];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        kept.lock().expect("not poisoned")[way].extend(&buffer[..length]);
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}
