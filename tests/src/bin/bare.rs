//! `brevo-bare`: what hyper alone costs, on one thread: `brevo-bare get|send URL COUNT`.
//!
//! The limit that the bench holds the clients against. The request is made once, no JSON is written or read;
//! of a reply only the status is looked at.

use std::cell::Cell;
use std::error::Error;
use std::fs;
use std::rc::Rc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustix::time::{ClockId, clock_gettime};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const KEY: &str = "xkeysib-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-0123456789abcdef";
const AT_A_TIME: usize = 64;

/// One kind of call, and where it goes.
#[derive(Clone)]
struct Call {
    authority: String,
    request: Request<Full<Bytes>>,
}

impl Call {
    fn new(work: &str, url: &str) -> Result<Self> {
        let (authority, path) =
            url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).ok_or("no address")?;
        let request = match work {
            "get" => Request::get(format!("/{path}/account")).body(Full::default()),
            _ => Request::post(format!("/{path}/smtp/email"))
                .header("content-type", "application/json")
                .body(Full::from(mail())),
        };
        let mut request = request?;
        for (name, value) in [("host", authority), ("api-key", KEY), ("accept", "application/json")] {
            request.headers_mut().insert(name, value.parse()?);
        }
        Ok(Self { authority: authority.to_owned(), request })
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>> {
        let stream = TcpStream::connect(&self.authority).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::task::spawn_local(connection);
        Ok(sender)
    }

    async fn make(&self, sender: &mut SendRequest<Full<Bytes>>) -> Result<Bytes> {
        sender.ready().await?;
        let reply = sender.send_request(self.request.clone()).await?;
        if !reply.status().is_success() {
            return Err(reply.status().to_string().into());
        }
        Ok(reply.into_body().collect().await?.to_bytes())
    }
}

/// The mail that the other clients send.
fn mail() -> String {
    let html = "<p>Thank you for your order.</p>".repeat(25);
    format!(
        r#"{{"sender":{{"email":"shop@example.com","name":"Shop"}},"to":[{{"email":"ada@example.com","name":"Ada King"}}],"subject":"Your order 4711 is on its way","htmlContent":"<html><body>{html}</body></html>","tags":["orders"]}}"#
    )
}

/// Makes calls in sequence on each of some connections, and says what they cost.
async fn measure(call: &Call, connections: usize, count: usize) -> Result<(Duration, Duration)> {
    let mut senders = Vec::new();
    for _ in 0..connections {
        let mut sender = call.connect().await?;
        call.make(&mut sender).await?;
        senders.push(sender);
    }
    let left = Rc::new(Cell::new(count));
    let (cpu, start) = (used(), Instant::now());
    let tasks: Vec<_> = senders
        .into_iter()
        .map(|mut sender| {
            let (call, left) = (call.clone(), left.clone());
            tokio::task::spawn_local(async move {
                while left.get() > 0 {
                    left.set(left.get() - 1);
                    call.make(&mut sender).await?;
                }
                Result::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok((used() - cpu, start.elapsed()))
}

/// Time of the processor that this process has used.
fn used() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.try_into().unwrap_or_default())
}

fn peak_kb() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

#[allow(clippy::print_stdout)]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [work, url, count, ..] = &arguments[..] else { return Err("brevo-bare get|send URL COUNT".into()) };
    let call = Call::new(work, url)?;
    let connections = if work == "get" { 1 } else { AT_A_TIME };
    let (cpu, wall) = LocalSet::new().run_until(measure(&call, connections, count.parse()?)).await?;
    println!(
        r#"{{"cpu": {:.6}, "wall": {:.6}, "peak_kb": {}}}"#,
        cpu.as_secs_f64(),
        wall.as_secs_f64(),
        peak_kb()?
    );
    Ok(())
}
