//! A server on a real socket that does what a list says, one entry per request, and keeps what it
//! received.

// Each test file uses a part of it.
#![allow(dead_code)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use brevo_core::Client;
use brevo_core::settings::Builder;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A key of the right form that opens nothing.
pub const KEY: &str =
    "xkeysib-0000000000000000000000000000000000000000000000000000000000000000-TESTtestTESTtest";

/// What to do with one request.
#[derive(Debug, Clone)]
pub enum Act {
    /// Answer with status, extra header lines and body.
    Answer(u16, &'static str, &'static str),
    /// Answer with these bytes.
    Raw(Vec<u8>),
    /// Read the request, then break the connection.
    Reset,
    /// Read the request, then stay silent.
    Hang,
    /// Answer well, then close the connection without saying so.
    AnswerAndClose(&'static str),
}

/// A received request.
#[derive(Debug, Clone)]
pub struct Seen {
    pub line: String,
    pub headers: String,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

pub struct Server {
    pub address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    cut: Arc<AtomicUsize>,
}

impl Server {
    pub async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (kept, acts) = (seen.clone(), Arc::new(Mutex::new(acts.into_iter())));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, acts.clone(), kept.clone()));
            }
        });
        Server { address, seen, cut: Arc::default() }
    }

    /// A server that answers each request as the function says.
    pub async fn answering(handler: impl Fn(&Seen) -> (u16, String) + Send + Sync + 'static) -> Self {
        Server::answering_after(Duration::ZERO, handler).await
    }

    /// The same, with a pause between what the function does and the answer to a request that has a body.
    pub async fn answering_after(
        pause: Duration,
        handler: impl Fn(&Seen) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (kept, handler) = (seen.clone(), Arc::new(handler));
        let cut = Arc::new(AtomicUsize::new(0));
        let cuts = cut.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (kept, handler, cuts) = (kept.clone(), handler.clone(), cuts.clone());
                tokio::spawn(async move {
                    let mut buffer = Vec::new();
                    while let Some(request) = read_request(&mut stream, &mut buffer).await {
                        let (status, body) = handler(&request);
                        if !request.body.is_empty() {
                            tokio::time::sleep(pause).await;
                        }
                        kept.lock().expect("not poisoned").push(request);
                        let length = body.len();
                        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n\r\n");
                        let _ = stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await;
                    }
                    cuts.fetch_add(usize::from(!buffer.is_empty()), Ordering::Relaxed);
                });
            }
        });
        Server { address, seen, cut }
    }

    /// Requests that ended before they were whole.
    pub fn cut(&self) -> usize {
        self.cut.load(Ordering::Relaxed)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("not poisoned").clone()
    }

    pub fn settings(&self) -> Builder {
        Client::builder().api_key(KEY).base_url(&self.address).timeout(Duration::from_secs(10))
    }

    pub fn client(&self) -> Client {
        self.settings().build().expect("good settings")
    }
}

async fn serve(
    mut stream: TcpStream,
    acts: Arc<Mutex<std::vec::IntoIter<Act>>>,
    kept: Arc<Mutex<Vec<Seen>>>,
) {
    let mut buffer = Vec::new();
    loop {
        let Some(request) = read_request(&mut stream, &mut buffer).await else { return };
        kept.lock().expect("not poisoned").push(request);
        let act = acts.lock().expect("not poisoned").next();
        let answer = |status: u16, headers: &str, body: &str| {
            let length = body.len();
            format!("HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes()
        };
        match act {
            None => {
                let _ = stream.write_all(&answer(418, "", "no more acts")).await;
            }
            Some(Act::Answer(status, headers, body)) => {
                let _ = stream.write_all(&answer(status, headers, body)).await;
            }
            Some(Act::Raw(bytes)) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Some(Act::AnswerAndClose(body)) => {
                let _ = stream.write_all(&answer(200, "", body)).await;
                return;
            }
            Some(Act::Reset) => {
                let _ = stream.set_zero_linger();
                return;
            }
            Some(Act::Hang) => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                return;
            }
        }
    }
}

/// The next request of a connection, or none at its end.
pub async fn read_request(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let (line, headers) = head.split_once("\r\n").unwrap_or((&head, ""));
    let mut seen = Seen { line: line.to_owned(), headers: headers.to_owned(), body: String::new() };
    let length: usize = seen.header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
    while buffer.len() < end + 4 + length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    seen.body = String::from_utf8_lossy(&buffer[end + 4..end + 4 + length]).into_owned();
    buffer.drain(..end + 4 + length);
    Some(seen)
}
