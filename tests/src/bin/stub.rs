//! `brevo-stub`: a server for measuring clients. It answers from memory, as fast as one core can.
//!
//! It knows what the bench asks for and nothing else; `brevo-sandbox` is the faithful one. One thread serves all
//! connections, straight from the system's event queue: a request costs it one read and one write. It looks
//! for the next one for a moment before it sleeps, so that a client in sequence does not wait for it to wake.

use std::collections::HashMap;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::time::{Duration, Instant};

use memchr::memmem;
use mio::event::Event;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

/// Contacts of the account, and of every list.
const CONTACTS: usize = 200_000;
/// Largest page of contacts, as Brevo's.
const PAGE: usize = 1_000;
/// How long it looks for more before it sleeps.
const AWAKE: Duration = Duration::from_millis(1);
/// Bytes read at once.
const ROOM: usize = 256 << 10;
/// The stub's own name among the connections.
const LISTENER: Token = Token(0);

const ACCOUNT: &str = r#"{"organization_id":"6229a9a8d1f3c40001b2c3d4","user_id":4511223,"enterprise":false,"companyName":"Example Ltd","email":"owner@example.com","firstName":"Ada","lastName":"King","address":{"city":"Paris","country":"France","street":"106 boulevard Haussmann","zipCode":"75008"},"plan":[{"type":"subscription","credits":123456.0,"creditsType":"sendLimit","startDate":"2026-01-01","endDate":"2026-12-31"},{"type":"sms","credits":250.0,"creditsType":"sendLimit"}],"relay":{"enabled":true,"data":{"userName":"owner@example.com","relay":"smtp-relay.brevo.com","port":587}},"marketingAutomation":{"enabled":true}}"#;
const ATTRIBUTES: &str = r#"{"attributes":[
{"name":"LASTNAME","category":"normal","type":"text"},{"name":"FIRSTNAME","category":"normal","type":"text"},
{"name":"CITY","category":"normal","type":"text"},{"name":"SCORE","category":"normal","type":"float"},
{"name":"NOTE","category":"normal","type":"text"},{"name":"SMS","category":"normal","type":"text"}]}"#;
const SENT: &str = r#"{"messageId":"<202611231200.12345678901@smtp-relay.mailin.fr>"}"#;
const ACCEPTED: &str = r#"{"processId":78}"#;
const PROCESS: &str = r#"{"id":78,"status":"completed","name":"IMPORTUSER","info":{"import":{}}}"#;
const UNKNOWN: &str = r#"{"code":"document_not_found","message":"Not known to the stub"}"#;
const NO_LENGTH: &str = r#"{"code":"bad_request","message":"The stub reads bodies of a told length only"}"#;

/// Everything that can be answered, made once.
struct Replies {
    account: Vec<u8>,
    sent: Vec<u8>,
    accepted: Vec<u8>,
    process: Vec<u8>,
    processes: Vec<u8>,
    attributes: Vec<u8>,
    unknown: Vec<u8>,
    no_length: Vec<u8>,
    /// All contacts, with commas between them.
    contacts: Vec<u8>,
    /// Where each begins, and where one more would.
    starts: Vec<usize>,
}

impl Replies {
    fn new() -> Self {
        let (mut contacts, mut starts) = (Vec::new(), vec![0]);
        for id in 1..=CONTACTS {
            contacts.extend(contact(id).into_bytes());
            contacts.push(b',');
            starts.push(contacts.len());
        }
        Self {
            account: reply("200 OK", ACCOUNT),
            sent: reply("201 Created", SENT),
            accepted: reply("202 Accepted", ACCEPTED),
            process: reply("200 OK", PROCESS),
            processes: reply("200 OK", &format!("{{\"processes\":[{PROCESS}],\"count\":1}}")),
            attributes: reply("200 OK", ATTRIBUTES),
            unknown: reply("404 Not Found", UNKNOWN),
            no_length: reply("411 Length Required", NO_LENGTH),
            contacts,
            starts,
        }
    }

    fn of(&'static self, method: &[u8], target: &[u8]) -> Output {
        let mark = memchr::memchr(b'?', target).unwrap_or(target.len());
        let (path, query) = target.split_at(mark);
        let path = path.strip_prefix(b"/v3").unwrap_or_default();
        let whole = match (method, path) {
            (b"GET", b"/account") => &self.account,
            (b"POST", b"/smtp/email") => &self.sent,
            (b"POST", b"/contacts/import") => &self.accepted,
            (b"GET", b"/contacts/attributes") => &self.attributes,
            (b"GET", b"/contacts") => return self.page(query),
            (b"GET", b"/processes") => &self.processes,
            (b"GET", path) if path.starts_with(b"/processes/") => &self.process,
            (b"GET", path) if path.starts_with(b"/contacts/lists/") && path.ends_with(b"/contacts") => {
                return self.page(query);
            }
            _ => &self.unknown,
        };
        Output { body: whole, ..Output::default() }
    }

    /// A page of contacts: a piece of what lies in memory.
    fn page(&'static self, query: &[u8]) -> Output {
        let number = |name: &[u8]| {
            let value = query[1.min(query.len())..]
                .split(|byte| *byte == b'&')
                .find_map(|pair| pair.strip_prefix(name));
            value.and_then(|value| std::str::from_utf8(value).ok()?.parse::<usize>().ok())
        };
        let from = number(b"offset=").unwrap_or(0).min(CONTACTS);
        let to = (from + number(b"limit=").unwrap_or(50).min(PAGE)).min(CONTACTS);
        // Without the comma after the last one.
        let piece = &self.contacts[self.starts[from]..self.starts[to]];
        let piece = piece.strip_suffix(b",").unwrap_or(piece);
        let (open, close) = (br#"{"contacts":["#, br#"],"count":200000}"#);
        let head = head("200 OK", open.len() + piece.len() + close.len());
        Output { head: [head.as_bytes(), open].concat(), body: piece, tail: close, ..Output::default() }
    }
}

fn head(status: &str, length: usize) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n")
}

fn reply(status: &str, body: &str) -> Vec<u8> {
    [head(status, body.len()).as_bytes(), body.as_bytes()].concat()
}

/// A contact of about 500 bytes.
fn contact(id: usize) -> String {
    let first = ["Zoë", "Jürgen", "Åsa", "Włodzimierz", "Нина", "さくら", "Ana"][id % 7];
    let city = ["Frankfurt am Main", "Paris", "Kraków", "São Paulo", "Београд"][id % 5];
    format!(
        r#"{{"id":{id},"email":"contact.number.{id}@subscribers.example.com","emailBlacklisted":false,"smsBlacklisted":false,"whatsappBlacklisted":false,"createdAt":"2026-03-04T05:06:07.000+01:00","modifiedAt":"2026-10-11T12:13:14.000+01:00","listIds":[2,5,8,13],"listUnsubscribed":null,"attributes":{{"FIRSTNAME":"{first}","LASTNAME":"Łukasiewicz-Ø'Neil","CITY":"{city}","SCORE":{id}.5,"NOTE":"a text of some length that an integration has written once upon a time","SMS":"49151{id:08}"}}}}"#
    )
}

/// A reply on its way.
#[derive(Default)]
struct Output {
    /// What was made for this reply only.
    head: Vec<u8>,
    body: &'static [u8],
    tail: &'static [u8],
    /// Bytes that are gone.
    done: usize,
    /// Nothing can follow it.
    is_last: bool,
}

impl Output {
    /// Writes what the connection takes; gives whether that was all.
    fn write(&mut self, stream: &mut TcpStream) -> io::Result<bool> {
        loop {
            let mut skip = self.done;
            let mut left = [IoSlice::new(&[]); 3];
            let (mut count, mut length) = (0, 0);
            for part in [&self.head[..], self.body, self.tail] {
                let rest = &part[skip.min(part.len())..];
                skip = skip.saturating_sub(part.len());
                if !rest.is_empty() {
                    left[count] = IoSlice::new(rest);
                    count += 1;
                    length += rest.len();
                }
            }
            if length == 0 {
                return Ok(true);
            }
            match stream.write_vectored(&left[..count]) {
                Ok(written) => self.done += written,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// A client's connection.
struct Connection {
    stream: TcpStream,
    /// What came of a head that is not whole yet.
    begun: Vec<u8>,
    /// The request whose body is not whole yet, answered when it is: its reply, and the bytes to come.
    awaited: Option<(Output, usize)>,
    /// A reply that the connection did not take at once.
    output: Option<Output>,
}

impl Connection {
    /// Does what there is to do; gives whether the connection stays.
    fn serve(&mut self, event: &Event, replies: &'static Replies, room: &mut [u8]) -> io::Result<bool> {
        if let Some(mut output) = self.output.take()
            && !self.send(&mut output)?
        {
            self.output = Some(output);
        }
        if !event.is_readable() {
            return Ok(true);
        }
        loop {
            let count = match self.stream.read(room) {
                Ok(0) => return Ok(false),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if !self.take(&room[..count], replies)? {
                return Ok(false);
            }
            if count < room.len() {
                // That was all: more is an event of its own.
                return Ok(true);
            }
        }
    }

    /// Takes bytes that came, and answers the requests that they complete.
    fn take(&mut self, came: &[u8], replies: &'static Replies) -> io::Result<bool> {
        let joined;
        let mut bytes = came;
        if !self.begun.is_empty() {
            self.begun.extend_from_slice(came);
            joined = std::mem::take(&mut self.begun);
            bytes = &joined;
        }
        loop {
            if let Some((mut output, left)) = self.awaited.take() {
                if bytes.len() < left {
                    self.awaited = Some((output, left - bytes.len()));
                    return Ok(true);
                }
                bytes = &bytes[left..];
                let is_last = output.is_last;
                if !self.send(&mut output)? {
                    self.output = Some(output);
                }
                if is_last {
                    return Ok(false);
                }
            }
            let Some(end) = memmem::find(bytes, b"\r\n\r\n") else {
                self.begun.extend_from_slice(bytes);
                return Ok(true);
            };
            self.awaited = Some(answer(&bytes[..end + 2], replies));
            bytes = &bytes[end + 4..];
        }
    }

    fn send(&mut self, output: &mut Output) -> io::Result<bool> {
        output.write(&mut self.stream)
    }
}

/// The reply to a request, and the length of its body.
fn answer(head: &[u8], replies: &'static Replies) -> (Output, usize) {
    let mut lines = head.split(|byte| *byte == b'\n');
    let mut words = lines.next().unwrap_or_default().split(|byte| *byte == b' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if method == b"GET" {
        return (replies.of(method, target), 0);
    }
    let length = lines.find_map(|line| {
        const NAME: &[u8] = b"content-length:";
        let (name, value) = line.split_at_checked(NAME.len())?;
        name.eq_ignore_ascii_case(NAME).then(|| std::str::from_utf8(value.trim_ascii()).ok()?.parse().ok())?
    });
    match length {
        Some(length) => (replies.of(method, target), length),
        None => (Output { body: &replies.no_length, is_last: true, ..Output::default() }, 0),
    }
}

#[allow(clippy::print_stdout)]
fn main() -> io::Result<()> {
    let replies: &'static Replies = Box::leak(Box::new(Replies::new()));
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    println!("http://{}/v3", listener.local_addr()?);
    let mut connections: HashMap<Token, Connection> = HashMap::new();
    let (mut events, mut room) = (Events::with_capacity(256), vec![0; ROOM]);
    let (mut next, mut last) = (LISTENER.0 + 1, Instant::now());
    loop {
        let timeout = (last.elapsed() < AWAKE).then_some(Duration::ZERO);
        match poll.poll(&mut events, timeout) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            polled => polled?,
        }
        if events.is_empty() {
            continue;
        }
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    stream.set_nodelay(true)?;
                    let token = Token(next);
                    next += 1;
                    poll.registry().register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
                    connections
                        .insert(token, Connection { stream, begun: Vec::new(), awaited: None, output: None });
                }
            } else if let Some(connection) = connections.get_mut(&event.token()) {
                // A connection that breaks off is the client's affair.
                if !connection.serve(event, replies, &mut room).unwrap_or(false) {
                    connections.remove(&event.token());
                }
            }
        }
        last = Instant::now();
    }
}
