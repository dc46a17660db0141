//! `brevo-stub`: a server for measuring clients. It answers from memory, as fast as one core can.
//!
//! It knows what the bench asks for and nothing else; `brevo-sandbox` is the faithful one.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Contacts of every list.
const CONTACTS: usize = 200_000;
/// Largest page of contacts, as Brevo's.
const PAGE: usize = 500;
/// Attributes of every account.
const ATTRIBUTES: &str = r#"{"attributes":[
{"name":"LASTNAME","category":"normal","type":"text"},{"name":"FIRSTNAME","category":"normal","type":"text"},
{"name":"CITY","category":"normal","type":"text"},{"name":"SCORE","category":"normal","type":"float"}]}"#;

/// Whole replies, made once.
struct Replies {
    account: Vec<u8>,
    sent: Vec<u8>,
    page: Vec<u8>,
    no_page: Vec<u8>,
    accepted: Vec<u8>,
    process: Vec<u8>,
    attributes: Vec<u8>,
    not_found: Vec<u8>,
}

impl Replies {
    fn new() -> Self {
        let page = |count| {
            let contacts: Vec<String> = (1..=count).map(contact).collect();
            reply("200 OK", &format!(r#"{{"contacts":[{}],"count":{CONTACTS}}}"#, contacts.join(",")))
        };
        Self {
            account: reply("200 OK", &account()),
            sent: reply("201 Created", r#"{"messageId":"<202611231200.12345678901@smtp-relay.mailin.fr>"}"#),
            page: page(PAGE),
            no_page: page(0),
            accepted: reply("202 Accepted", r#"{"processId":78}"#),
            process: reply(
                "200 OK",
                r#"{"id":78,"status":"completed","name":"IMPORTUSER","info":{"import":{}}}"#,
            ),
            attributes: reply("200 OK", ATTRIBUTES),
            not_found: reply(
                "404 Not Found",
                r#"{"code":"document_not_found","message":"Not known to the stub"}"#,
            ),
        }
    }

    fn of(&self, method: &[u8], target: &[u8]) -> &[u8] {
        let (path, query) = match target.iter().position(|byte| *byte == b'?') {
            Some(mark) => (&target[..mark], &target[mark + 1..]),
            None => (target, &target[target.len()..]),
        };
        match (method, path) {
            (b"GET", b"/v3/account") => &self.account,
            (b"POST", b"/v3/smtp/email") => &self.sent,
            (b"POST", b"/v3/contacts/import") => &self.accepted,
            (b"GET", b"/v3/contacts/attributes") => &self.attributes,
            (b"GET", path) if path.starts_with(b"/v3/processes/") => &self.process,
            (b"GET", path) if path.starts_with(b"/v3/contacts/lists/") && path.ends_with(b"/contacts") => {
                if offset(query) < CONTACTS {
                    &self.page
                } else {
                    &self.no_page
                }
            }
            _ => &self.not_found,
        }
    }
}

fn reply(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// An account of about 600 bytes.
fn account() -> String {
    r#"{"organization_id":"6229a9a8d1f3c40001b2c3d4","user_id":4511223,"enterprise":false,"companyName":"Example Ltd","email":"owner@example.com","firstName":"Ada","lastName":"King","address":{"city":"Paris","country":"France","street":"106 boulevard Haussmann","zipCode":"75008"},"plan":[{"type":"subscription","credits":123456.0,"creditsType":"sendLimit","startDate":"2026-01-01","endDate":"2026-12-31"},{"type":"sms","credits":250.0,"creditsType":"sendLimit"}],"relay":{"enabled":true,"data":{"userName":"owner@example.com","relay":"smtp-relay.brevo.com","port":587}},"marketingAutomation":{"enabled":true}}"#
        .to_owned()
}

/// A contact of about 500 bytes.
fn contact(id: usize) -> String {
    format!(
        r#"{{"id":{id},"email":"contact.number.{id}@subscribers.example.com","emailBlacklisted":false,"smsBlacklisted":false,"whatsappBlacklisted":false,"createdAt":"2026-03-04T05:06:07.000+01:00","modifiedAt":"2026-10-11T12:13:14.000+01:00","listIds":[2,5,8,13],"listUnsubscribed":null,"attributes":{{"FIRSTNAME":"Zoë","LASTNAME":"Łukasiewicz-Ø'Neil","CITY":"Frankfurt am Main","SCORE":{id}.5,"NOTE":"a text of some length that an integration has written once upon a time","SMS":"4915112345678"}}}}"#
    )
}

/// Value of `offset` in a query.
fn offset(query: &[u8]) -> usize {
    query
        .split(|byte| *byte == b'&')
        .find_map(|pair| pair.strip_prefix(b"offset="))
        .and_then(|value| std::str::from_utf8(value).ok()?.parse().ok())
        .unwrap_or(0)
}

/// Head of a request.
struct Head {
    /// Bytes of the head with the empty line.
    length: usize,
    /// Bytes of the body; none where it comes in chunks.
    body: Option<usize>,
    /// The client waits for `100 Continue`.
    waits: bool,
}

impl Head {
    fn find(buffer: &[u8]) -> Option<Self> {
        let length = find(buffer, b"\r\n\r\n")? + 4;
        let mut head = Self { length, body: Some(0), waits: false };
        for line in buffer[..length].split(|byte| *byte == b'\n').skip(1) {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
            let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
            if name.eq_ignore_ascii_case(b"content-length") {
                head.body = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
                head.body = None;
            } else if name.eq_ignore_ascii_case(b"expect") {
                head.waits = true;
            }
        }
        Some(head)
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// Length of a chunked body at the start of the buffer, when all of it is there.
fn chunked(buffer: &[u8]) -> io::Result<Option<usize>> {
    let mut at = 0;
    loop {
        let Some(line) = find(&buffer[at..], b"\r\n") else { return Ok(None) };
        let size = std::str::from_utf8(&buffer[at..at + line])
            .ok()
            .and_then(|text| usize::from_str_radix(text.split(';').next()?.trim(), 16).ok())
            .ok_or_else(|| io::Error::other("bad chunk"))?;
        at += line + 2 + size + 2;
        if at > buffer.len() {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some(at));
        }
    }
}

async fn serve(mut stream: TcpStream, replies: Arc<Replies>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(64 << 10);
    loop {
        let head = loop {
            if let Some(head) = Head::find(&buffer) {
                break head;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        if head.waits {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let end = loop {
            let body = match head.body {
                Some(length) => Some(length),
                None => chunked(&buffer[head.length..])?,
            };
            match body.map(|length| head.length + length) {
                Some(end) if end <= buffer.len() => break end,
                _ if stream.read_buf(&mut buffer).await? == 0 => return Ok(()),
                _ => {}
            }
        };
        let line = buffer.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let mut words = line.split(|byte| *byte == b' ');
        let reply = replies.of(words.next().unwrap_or_default(), words.next().unwrap_or_default());
        stream.write_all(reply).await?;
        buffer.drain(..end);
    }
}

#[allow(clippy::print_stdout)]
#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("http://{}/v3", listener.local_addr()?);
    let replies = Arc::new(Replies::new());
    loop {
        let (stream, _) = listener.accept().await?;
        let replies = replies.clone();
        // A connection that breaks off is the client's affair.
        tokio::spawn(async move {
            let _ = serve(stream, replies).await;
        });
    }
}
