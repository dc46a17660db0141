//! Imports that are interrupted, large, or of other forms, against a server that remembers what it took.

#![allow(clippy::unwrap_used)]

mod server;

use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use brevo_core::jobs::{Input, Progress, job, run_from};
use brevo_core::{Client, Error, Kind};
use serde_json::{Value, json};
use server::{KEY, Seen, Server};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of a body.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Taken,
    /// It is taken, and the client killed before it hears of it.
    TakenThenKilled,
    /// The client is killed, and the body never arrives.
    LostThenKilled,
    /// It is taken, and the connection breaks.
    TakenThenBroken,
    /// It is refused.
    Refused,
}

/// What the server remembers.
#[derive(Default)]
struct World {
    /// Fates of the bodies, in the order of their arrival; those after the last are taken.
    fates: Vec<Fate>,
    /// Addresses of the bodies that were taken: each has a process, numbered from 101.
    taken: Vec<Vec<String>>,
    bodies: usize,
    /// The process to kill.
    child: Option<Child>,
    /// Kill when processes are asked for the first time after so many rows.
    kills_after: Option<usize>,
    /// Lists created.
    lists: usize,
    /// Processes that end between two questions; all at once where it is zero.
    pace: usize,
    /// Pages of processes that were asked for.
    pages: usize,
    /// A process that no page shows, and whether pages leave out the reports.
    hidden: Option<usize>,
    pages_are_bare: bool,
    /// A process that fails.
    failing: Option<usize>,
}

impl World {
    fn kill(&mut self) {
        self.child.as_mut().expect("a child").kill().unwrap();
    }

    fn is_running(&mut self) -> bool {
        self.child.as_mut().expect("a child").try_wait().unwrap().is_none()
    }

    /// A process of a body.
    fn process(&self, id: usize, host: &str) -> Value {
        let status = match self.pace {
            _ if self.failing == Some(id) => "failed",
            0 => "completed",
            pace if id <= 100 + pace * self.pages.saturating_sub(1) => "completed",
            _ => "processing",
        };
        let mut process = json!({"id": id, "name": "IMPORTUSER", "status": status});
        if status == "completed" {
            process["info"] = json!({"import": {"invalid_emails": format!("http://{host}/report/{id}.csv")}});
        }
        process
    }

    fn answer(&mut self, seen: &Seen) -> (u16, String) {
        let line = seen.line.as_str();
        let host = seen.header("host").unwrap();
        if line.starts_with("GET /v3/contacts/attributes") {
            let of = |name: &str, kind: &str| json!({"name": name, "category": "normal", "type": kind});
            let grade = json!({"name": "GRADE", "category": "category", "enumeration":
                [{"value": 1, "label": "Gold"}, {"value": 2, "label": "Tin"}]});
            let all = [
                of("FIRSTNAME", "text"),
                of("AGE", "float"),
                of("BORN", "date"),
                of("VIP", "boolean"),
                grade,
            ];
            (200, json!({"attributes": all}).to_string())
        } else if line.starts_with("POST /v3/contacts/import") {
            let fate = self.fates.get(self.bodies).copied().unwrap_or(Fate::Taken);
            self.bodies += 1;
            let body: Value = serde_json::from_str(&seen.body).unwrap();
            let addresses = body["jsonBody"].as_array().unwrap().iter();
            let addresses = addresses.map(|contact| contact["email"].as_str().unwrap().to_owned()).collect();
            if !matches!(fate, Fate::LostThenKilled | Fate::Refused) {
                self.taken.push(addresses);
            }
            match fate {
                Fate::TakenThenKilled | Fate::LostThenKilled => self.kill(),
                Fate::TakenThenBroken => return (524, "<html>a timeout of the CDN</html>".to_owned()),
                Fate::Refused => return (402, r#"{"code":"not_enough_credits","message":"pay"}"#.to_owned()),
                Fate::Taken => {}
            }
            (202, json!({"processId": 100 + self.taken.len()}).to_string())
        } else if line.starts_with("GET /v3/processes?") {
            let value = |key: &str| -> usize {
                let query = line.split(['?', ' ']).nth(2).unwrap().split('&');
                query.filter_map(|pair| pair.strip_prefix(key)).next().unwrap().parse().unwrap()
            };
            self.pages += usize::from(value("offset=") == 0);
            let rows: usize = self.taken.iter().map(Vec::len).sum();
            if self.kills_after.take_if(|all| rows >= *all).is_some() {
                self.kill();
            }
            let shown = (101..=100 + self.taken.len()).filter(|id| self.hidden != Some(*id));
            let imports = shown.map(|id| {
                let mut process = self.process(id, host);
                if self.pages_are_bare {
                    process.as_object_mut().unwrap().remove("info");
                }
                process
            });
            let older = [
                json!({"id": 99, "name": "IMPORTUSER", "status": "completed"}),
                json!({"id": 98, "name": "LIST_EXPORT", "status": "completed"}),
            ];
            let all: Vec<_> = imports.collect::<Vec<_>>().into_iter().rev().chain(older).collect();
            let page: Vec<_> = all.iter().skip(value("offset=")).take(value("limit=")).collect();
            (200, json!({"processes": page, "count": all.len()}).to_string())
        } else if let Some(id) = line.strip_prefix("GET /v3/processes/") {
            let id: usize = id.split(' ').next().unwrap().parse().unwrap();
            (200, self.process(id, host).to_string())
        } else if let Some(id) = line.strip_prefix("GET /report/") {
            let id: usize = id.split('.').next().unwrap().parse().unwrap();
            // The last of each body is refused.
            (200, format!("FIRSTNAME;EMAIL\n;{}\n", self.taken[id - 101].last().unwrap().to_uppercase()))
        } else if line.starts_with("POST /v3/contacts/lists") {
            self.lists += 1;
            (201, r#"{"id":77}"#.to_owned())
        } else {
            (404, r#"{"code":"document_not_found","message":"no such thing"}"#.to_owned())
        }
    }
}

async fn world(fates: &[Fate]) -> (Server, Arc<Mutex<World>>) {
    slow_world(fates, Duration::ZERO).await
}

/// A world that takes its time between taking a body and saying so.
async fn slow_world(fates: &[Fate], pause: Duration) -> (Server, Arc<Mutex<World>>) {
    let world = Arc::new(Mutex::new(World { fates: fates.to_vec(), ..World::default() }));
    let kept = world.clone();
    (Server::answering_after(pause, move |seen| kept.lock().unwrap().answer(seen)).await, world)
}

async fn import(client: &Client, arguments: Value) -> (Result<Value, Error>, Vec<Progress>) {
    import_from(client, arguments, None).await
}

async fn import_from(
    client: &Client,
    arguments: Value,
    input: Option<Input>,
) -> (Result<Value, Error>, Vec<Progress>) {
    let Value::Object(arguments) = arguments else { panic!("an object is needed") };
    let told = Mutex::new(Vec::new());
    let progress = |progress: &Progress| told.lock().unwrap().push(progress.clone());
    let result =
        run_from(client, job("contacts", "import_file").expect("a job"), arguments, input, &progress).await;
    (result, told.into_inner().unwrap())
}

/// Rows that come a few bytes at a time, and end with an error where one is given.
struct Drops {
    rows: Vec<u8>,
    at: usize,
    error: Option<Mishap>,
}

fn drops(rows: &str, error: Option<Mishap>) -> Input {
    Input::new(Drops { rows: rows.as_bytes().to_vec(), at: 0, error })
}

impl std::io::Read for Drops {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.rows[self.at..];
        let count = rest.len().min(buffer.len()).min(3);
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        match self.error.take_if(|_| count == 0) {
            Some(error) => Err(std::io::Error::other(error)),
            None => Ok(count),
        }
    }
}

/// What a caller's own source may say.
#[derive(Debug, PartialEq)]
struct Mishap(&'static str);

impl std::fmt::Display for Mishap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Mishap {}

fn path(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.to_string_lossy().into_owned()
}

/// Not a test of its own: the process that others kill and measure.
#[test]
#[ignore = "run by other tests"]
fn child() {
    let Ok(text) = std::env::var("IMPORT_CHILD") else { return };
    let given: Value = serde_json::from_str(&text).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(async {
        let client = Client::builder().api_key(KEY).base_url(given["url"].as_str().unwrap()).build().unwrap();
        let before = most_memory();
        let mut arguments = given["arguments"].clone();
        // With a format, the file is read by the test, as rows from elsewhere.
        let input = arguments["format"].is_string().then(|| {
            let path = arguments.as_object_mut().unwrap().remove("path").unwrap();
            Input::new(std::fs::File::open(path.as_str().unwrap()).unwrap())
        });
        let result = import_from(&client, arguments, input).await.0.unwrap();
        json!({"result": result, "kilobytes": most_memory() - before})
    });
    eprintln!("{result}");
}

/// The most memory that this process had so far, in KB.
fn most_memory() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().unwrap().parse().unwrap()
}

fn spawn(server: &Server, arguments: &Value) -> Child {
    let given = json!({"url": server.address, "arguments": arguments}).to_string();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--ignored", "--nocapture"]).env("IMPORT_CHILD", given);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What the child wrote, where it came to its end.
async fn outcome(world: &Mutex<World>) -> Option<Value> {
    loop {
        let ended = world.lock().unwrap().child.as_mut().unwrap().try_wait().unwrap();
        let Some(status) = ended else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let child = world.lock().unwrap().child.take().unwrap();
        let text = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
        let line = text.lines().find(|line| line.starts_with('{'));
        let result = line.map(|line| serde_json::from_str(line).unwrap());
        // Killed: no exit code. Anything else must have succeeded.
        assert!(status.code().is_none() || (status.success() && result.is_some()), "{status}: {text}");
        return result;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_import_goes_on_without_sending_a_row_twice_or_losing_one() {
    let (server, world) = world(&[
        Fate::TakenThenKilled,
        Fate::Taken,
        Fate::LostThenKilled,
        Fate::Taken,
        Fate::TakenThenKilled,
    ])
    .await;
    world.lock().unwrap().kills_after = Some(400);
    let folder = tempfile::tempdir().unwrap();
    let mut text = "EMAIL,FIRSTNAME\n".to_owned();
    for n in 0..400 {
        text.push_str(&format!("person.{n}@example.com,Zoë {n}\n"));
        if n == 300 {
            // Its first was sent by another run.
            text.push_str("PERSON.3@example.com,Again\nnobody,Nobody\n");
        }
    }
    let rejects = folder.path().join("rejects.csv");
    let arguments = json!({"path": path(&folder, "people.csv", text), "body_limit": 5_000, "rejects_path": rejects,
        "new_list": {"list_name": "New", "folder_id": 1}, "checkpoint_path": folder.path().join("checkpoint.json")});
    let mut runs = 0;
    let result = loop {
        let child = spawn(&server, &arguments);
        world.lock().unwrap().child = Some(child);
        runs += 1;
        if let Some(result) = outcome(&world).await {
            break result["result"].clone();
        }
        assert!(runs < 10);
    };
    assert_eq!(runs, 5, "killed four times");
    let sent: Vec<String> = world.lock().unwrap().taken.iter().flatten().cloned().collect();
    assert_eq!(sent, (0..400).map(|n| format!("person.{n}@example.com")).collect::<Vec<_>>());
    let bodies = world.lock().unwrap().taken.len();
    assert!(bodies > 4, "{bodies} bodies");
    let expected: Vec<_> = (1..=bodies).map(|n| 100 + n).collect();
    assert_eq!(result["processIds"], json!(expected));
    let counts =
        ["rows", "imported", "rejected", "resumed"].map(|key| result[key].as_u64().unwrap() as usize);
    assert_eq!(counts, [402, 400 - bodies, 2 + bodies, 400]);
    assert_eq!((&result["listIds"], world.lock().unwrap().lists), (&json!([77]), 1));
    assert_eq!(std::fs::read_to_string(rejects).unwrap().lines().count(), 3 + bodies);
    let local: Vec<_> =
        result["rejects"].as_array().unwrap()[..2].iter().map(|r| r["line"].clone()).collect();
    assert_eq!(local, [json!(303), json!(304)]);

    // Once more, it is done already.
    let before = server.seen().len();
    let again = import(&server.client(), arguments.clone()).await.0.unwrap();
    assert_eq!((again, server.seen().len()), (result, before));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_any_moment_neither_doubles_nor_loses_a_row() {
    const ROWS: usize = 3_000;
    let mut random = fastrand::Rng::new();
    eprintln!("seed {}", random.get_seed());
    for format in [Value::Null, json!("csv")] {
        let (server, world) = slow_world(&[], Duration::from_millis(5)).await;
        let folder = tempfile::tempdir().unwrap();
        let rows: String = (0..ROWS).map(|n| format!("person.{n}@example.com,Zoë {n}\n")).collect();
        let arguments = json!({"path": path(&folder, "p.csv", format!("EMAIL,FIRSTNAME\n{rows}")), "list_ids": [1],
            "body_limit": 5_000, "format": format, "checkpoint_path": folder.path().join("c.json")});
        let mut kills = 0;
        let result = loop {
            let child = spawn(&server, &arguments);
            world.lock().unwrap().child = Some(child);
            let before = world.lock().unwrap().bodies;
            if kills < 8 {
                // After a few bodies, and any time that a body takes.
                let bodies = before + random.usize(0..12);
                while world.lock().unwrap().bodies < bodies && world.lock().unwrap().is_running() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                tokio::time::sleep(Duration::from_micros(random.u64(0..20_000))).await;
                world.lock().unwrap().kill();
                kills += 1;
            }
            if let Some(result) = outcome(&world).await {
                break result["result"].clone();
            }
        };
        let sent: Vec<String> = world.lock().unwrap().taken.iter().flatten().cloned().collect();
        assert_eq!(sent, (0..ROWS).map(|n| format!("person.{n}@example.com")).collect::<Vec<_>>());
        let bodies = world.lock().unwrap().taken.len();
        assert_eq!(result["processIds"], json!((1..=bodies).map(|n| 100 + n).collect::<Vec<_>>()));
        assert_eq!((&result["rows"], &result["imported"]), (&json!(ROWS), &json!(ROWS - bodies)));
        assert_eq!(result["warnings"], json!([]));
        // Others were on the way, and not whole.
        assert!(server.cut() > 2, "{} bodies cut off", server.cut());
        eprintln!("{kills} kills, {bodies} bodies, {} cut off", server.cut());
    }
}

/// An import of 120 bodies: its file, and arguments.
fn many_bodies(folder: &TempDir) -> Value {
    let rows: String = (0..3_600).map(|n| format!("person.{n:04}@example.com\n")).collect();
    json!({"path": path(folder, "p.csv", format!("EMAIL\n{rows}")), "list_ids": [1], "body_limit": 1_600})
}

/// A client that does not keep to the rate limits, so that the tests need not wait.
fn unpaced(server: &Server) -> Client {
    let mut settings = server.settings();
    settings.pacing = Some(false);
    settings.build().unwrap()
}

#[tokio::test]
async fn many_processes_are_waited_for_with_few_calls() {
    for (hidden, pages_are_bare) in [(None, false), (Some(107), false), (None, true)] {
        let (server, world) = world(&[]).await;
        {
            let mut world = world.lock().unwrap();
            (world.pace, world.hidden, world.pages_are_bare) = (50, hidden, pages_are_bare);
        }
        let folder = tempfile::tempdir().unwrap();
        let (result, told) = import(&unpaced(&server), many_bodies(&folder)).await;
        let result = result.unwrap();
        let bodies = world.lock().unwrap().taken.len();
        assert!((101..150).contains(&bodies), "{bodies} bodies");
        // One row of each body was refused.
        assert_eq!((&result["rejected"], &result["imported"]), (&json!(bodies), &json!(3_600 - bodies)));
        let seen = server.seen();
        let asked = |start: &str| seen.iter().filter(|seen| seen.line.starts_with(start)).count();
        let (pages, singly) = (asked("GET /v3/processes?"), asked("GET /v3/processes/"));
        assert!(pages <= 12, "{pages} pages");
        match (hidden, pages_are_bare) {
            (Some(_), _) => assert_eq!(singly, 1),
            // What pages do not tell is asked for.
            (_, true) => assert_eq!(singly, bodies),
            _ => assert_eq!(singly, 0),
        }
        let waits: Vec<_> = told.iter().filter(|told| told.stage == "wait").collect();
        assert!(waits.windows(2).all(|pair| pair[0].done <= pair[1].done));
        let last = waits.last().unwrap();
        assert_eq!((last.done, last.total), (bodies as u64, Some(bodies as u64)));
        eprintln!("{bodies} processes: {pages} pages, {singly} singly");
    }
}

/// What Brevo refused of the others is in the file of rejected rows, with its lines.
#[tokio::test]
async fn one_of_many_processes_that_fails_is_told_and_so_is_what_others_refused() {
    for is_file in [true, false] {
        let (server, world) = world(&[]).await;
        world.lock().unwrap().failing = Some(140);
        let folder = tempfile::tempdir().unwrap();
        let mut arguments = many_bodies(&folder);
        let rejects = folder.path().join("rejects.csv");
        arguments["rejects_path"] = json!(rejects);
        let mut input = None;
        if !is_file {
            let rows = std::fs::read(arguments["path"].take().as_str().unwrap()).unwrap();
            input = Some(Input::new(std::io::Cursor::new(rows)));
        }
        let error = import_from(&unpaced(&server), arguments, input).await.0.expect_err("one failed");
        assert_eq!(error.kind(), Kind::Server);
        assert!(error.message().contains("process 140 (IMPORTUSER) has failed"), "{error}");
        assert!(error.message().contains("3600 rows had been sent"), "{error}");
        // The last of each body, but not of the one that failed; an address tells its line.
        let bodies = world.lock().unwrap().taken.clone();
        let refused =
            bodies.iter().enumerate().filter(|(at, _)| *at != 39).map(|(_, body)| body.last().unwrap());
        let expected: std::collections::BTreeSet<String> = refused
            .map(|email| {
                let number: usize = email[7..11].parse().unwrap();
                let shown = if is_file { email.clone() } else { email.to_uppercase() };
                format!("{},Brevo: invalid emails,{shown}", number + 2)
            })
            .collect();
        let written = std::fs::read_to_string(rejects).unwrap();
        let written: std::collections::BTreeSet<String> =
            written.lines().skip(1).map(str::to_owned).collect();
        assert_eq!(written, expected, "a file: {is_file}");
    }
}

/// What a server sees of bodies that are on the way together.
#[derive(Default)]
struct Road {
    /// Bodies that were there but for their last byte.
    arrived: usize,
    /// Whether the connection of the third breaks then.
    breaks_third: bool,
    /// Bodies that are whole and not answered, now and at most.
    whole: usize,
    most_whole: usize,
}

/// Serves a connection. The first body is answered when three others have arrived.
async fn serve_road(mut stream: TcpStream, road: Arc<Mutex<Road>>, world: Arc<Mutex<World>>) -> Option<()> {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at + 4;
            }
            (stream.read_buf(&mut buffer).await.ok()? > 0).then_some(())?;
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        let (line, headers) = head.split_once("\r\n").unwrap();
        let mut seen = Seen { line: line.into(), headers: headers.into(), body: String::new() };
        let length: usize = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
        let mut number = 0;
        while buffer.len() < end + length {
            if number == 0 && buffer.len() + 1 == end + length {
                let mut road = road.lock().unwrap();
                road.arrived += 1;
                number = road.arrived;
                if number == 3 && road.breaks_third {
                    return None;
                }
            }
            (stream.read_buf(&mut buffer).await.ok()? > 0).then_some(())?;
        }
        let rest = buffer.split_off(end + length);
        seen.body = String::from_utf8(buffer.split_off(end)).unwrap();
        buffer = rest;
        let is_first = length > 0 && {
            let mut road = road.lock().unwrap();
            road.arrived += usize::from(number == 0);
            road.whole += 1;
            road.most_whole = road.most_whole.max(road.whole);
            world.lock().unwrap().bodies == 0
        };
        if length > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for _ in 0..500 {
            if is_first && road.lock().unwrap().arrived < 4 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        let (status, body) = world.lock().unwrap().answer(&seen);
        road.lock().unwrap().whole -= usize::from(length > 0);
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await.ok()?;
    }
}

#[tokio::test]
async fn with_a_checkpoint_bodies_are_on_the_way_together_and_one_at_most_is_whole() {
    for (fates, breaks_third) in [
        (&[][..], false),
        (&[][..], true),
        (&[Fate::TakenThenBroken][..], false),
        (&[Fate::Refused][..], false),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let world = Arc::new(Mutex::new(World { fates: fates.to_vec(), ..World::default() }));
        let road = Arc::new(Mutex::new(Road { breaks_third, ..Road::default() }));
        let (kept_road, kept_world) = (road.clone(), world.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve_road(stream, kept_road.clone(), kept_world.clone()));
            }
        });
        let client = Client::builder().api_key(KEY).base_url(&address).build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let rows: String = (0..600).map(|n| format!("person.{n}@example.com,Zoë\n")).collect();
        let arguments = json!({"path": path(&folder, "p.csv", format!("EMAIL,FIRSTNAME\n{rows}")), "list_ids": [1],
            "body_limit": 5_000, "checkpoint_path": folder.path().join("c.json")});
        let mut result = import(&client, arguments.clone()).await.0;
        {
            let road = road.lock().unwrap();
            assert!(road.arrived >= 4, "{} bodies were on the way together", road.arrived);
            assert_eq!(road.most_whole, 1);
        }
        if !fates.is_empty() {
            let error = result.expect_err("the first body failed");
            let refused = fates == [Fate::Refused];
            assert_eq!(error.status(), Some(if refused { 402 } else { 524 }), "{error}");
            // Of the others on the way none was whole.
            assert_eq!(world.lock().unwrap().bodies, 1);
            result = import(&client, arguments).await.0;
        }
        let result = result.unwrap();
        let sent: Vec<String> = world.lock().unwrap().taken.iter().flatten().cloned().collect();
        assert_eq!(sent, (0..600).map(|n| format!("person.{n}@example.com")).collect::<Vec<_>>());
        let bodies = world.lock().unwrap().taken.len();
        assert!(bodies > 4, "{bodies} bodies");
        assert_eq!(result["processIds"], json!((1..=bodies).map(|n| 100 + n).collect::<Vec<_>>()));
        assert_eq!((&result["rows"], &result["imported"]), (&json!(600), &json!(600 - bodies)));
        assert_eq!(result["warnings"], json!([]));
    }
}

#[tokio::test]
async fn what_brevo_refused_is_told_with_its_line() {
    let (server, world) = world(&[]).await;
    let folder = tempfile::tempdir().unwrap();
    let file =
        path(&folder, "p.csv", "sep=;\nNAME;E-mail\nA;\"a@b.co\"\n;bad\n\"B;\n\nC\";B@b.co\nD;d@b.co\n");
    let arguments = json!({"path": file, "list_ids": [1], "columns": {"NAME": "FIRSTNAME"}});
    let (result, _) = import(&server.client(), arguments).await;
    let result = result.unwrap();
    assert_eq!(world.lock().unwrap().taken, [["a@b.co", "B@b.co", "d@b.co"]]);
    assert_eq!(
        result["rejects"],
        json!([
            {"line": 4, "reason": "the address is malformed", "row": ["", "bad"]},
            {"line": 8, "reason": "Brevo: invalid emails", "row": ["D", "d@b.co"]},
        ])
    );
}

/// An import that broke off with a body of which nobody knows, and what must be given to go on.
async fn doubtful(server: &Server, folder: &TempDir, extra: Value) -> Value {
    let file = path(folder, "d.csv", "EMAIL\na@b.co\nb@b.co\n");
    let mut arguments = json!({"path": file, "list_ids": [1],
        "checkpoint_path": folder.path().join("c.json"), "wait": false});
    arguments.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    let error = import(&server.client(), arguments.clone()).await.0.expect_err("it breaks off");
    assert_eq!(error.kind(), Kind::Server);
    assert!(error.advice().contains("same checkpoint"), "{error}");
    arguments
}

#[tokio::test]
async fn a_body_whose_answer_was_lost_is_looked_for() {
    let (server, world) = world(&[Fate::TakenThenBroken]).await;
    let folder = tempfile::tempdir().unwrap();
    let arguments = doubtful(&server, &folder, json!({})).await;
    let result = import(&server.client(), arguments).await.0.unwrap();
    assert_eq!((&result["imported"], &result["resumed"]), (&json!(2), &json!(2)));
    assert_eq!(result["processIds"], json!([101]));
    assert_eq!(world.lock().unwrap().bodies, 1);
}

#[tokio::test]
async fn a_body_that_cannot_be_told_from_others_is_in_doubt() {
    for (extra, bodies, warning) in [
        (json!({}), 2, Some("sent again")),
        (json!({"inDoubt": "skip", "updateExistingContacts": false}), 1, Some("taken as sent")),
        (json!({"updateExistingContacts": false}), 1, None),
    ] {
        let (server, world) = world(&[Fate::TakenThenBroken]).await;
        let folder = tempfile::tempdir().unwrap();
        let arguments = doubtful(&server, &folder, extra).await;
        // Somebody else imports as well.
        world.lock().unwrap().taken.push(vec!["other@b.co".to_owned()]);
        let result = import(&server.client(), arguments).await.0;
        match warning {
            Some(warning) => {
                let result = result.unwrap();
                assert!(result["warnings"][0].as_str().unwrap().contains(warning), "{result}");
                assert_eq!(result["imported"], json!(2));
            }
            None => {
                let error = result.expect_err("it is refused");
                assert_eq!(error.kind(), Kind::Conflict);
                assert!(error.message().contains("101, 102"), "{error}");
                assert!(error.advice().contains("in_doubt"), "{error}");
            }
        }
        assert_eq!(world.lock().unwrap().bodies, bodies);
    }
}

#[tokio::test]
async fn a_body_that_was_refused_is_no_doubt_and_another_file_no_continuation() {
    let (server, world) = world(&[Fate::Taken, Fate::Refused]).await;
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..60).map(|n| format!("a{n}@example.com\n")).collect();
    let file = path(&folder, "d.csv", format!("EMAIL\n{rows}"));
    let mut arguments = json!({"path": file, "list_ids": [1], "body_limit": 1_600,
        "checkpoint_path": folder.path().join("c.json"), "wait": false});
    let error = import(&server.client(), arguments.clone()).await.0.expect_err("it is refused");
    assert!(error.message().contains("rows had been sent, in the processes 101"), "{error}");

    arguments["list_ids"] = json!([2]);
    let error = import(&server.client(), arguments.clone()).await.0.expect_err("another list");
    assert!(error.message().contains("other arguments"), "{error}");
    arguments["list_ids"] = json!([1]);
    std::fs::write(&file, format!("EMAIL\n{}", rows.replace("a7@", "b7@"))).unwrap();
    let error = import(&server.client(), arguments.clone()).await.0.expect_err("another content");
    assert!(error.message().contains("other content"), "{error}");

    std::fs::write(&file, format!("EMAIL\n{rows}")).unwrap();
    let result = import(&server.client(), arguments).await.0.unwrap();
    assert_eq!((&result["rows"], &result["imported"]), (&json!(60), &json!(60)));
    let sent: Vec<String> = world.lock().unwrap().taken.iter().flatten().cloned().collect();
    assert_eq!(sent, (0..60).map(|n| format!("a{n}@example.com")).collect::<Vec<_>>());
}

#[tokio::test]
async fn json_lines_are_imported_flat_and_nested() {
    let (server, _) = world(&[]).await;
    let folder = tempfile::tempdir().unwrap();
    let lines = [
        r#"{"email": "a@b.co", "First name": "A \"q\"", "age": 36, "vip": true, "town": "Paris"}"#,
        "",
        r#"{"attributes": {"FIRSTNAME": "B", "AGE": "1,5", "VIP": null}, "email": " b@b.co "}"#,
        r#"{"email": "A@b.co"}"#,
        r#"{"email": "c@b.co", "age": }"#,
        r#"["d@b.co"]"#,
        r#"{"age": 3}"#,
        r#"{"email": 7}"#,
        r#"{"email": "e@b.co", "age": [1]}"#,
    ];
    let file = path(&folder, "p.jsonl", lines.join("\n"));
    let arguments = json!({"path": file, "list_ids": [1], "wait": false});
    let (result, told) = import(&server.client(), arguments).await;
    let result = result.unwrap();
    let sent = server.seen().into_iter().find(|seen| seen.line.starts_with("POST")).unwrap();
    let sent: Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(
        sent["jsonBody"],
        json!([
            {"email": "a@b.co", "attributes": {"FIRSTNAME": "A \"q\"", "AGE": 36, "VIP": true}},
            {"email": "b@b.co", "attributes": {"FIRSTNAME": "B", "AGE": 1.5}},
            {"email": "e@b.co", "attributes": {"AGE": [1]}},
        ])
    );
    let reasons: Vec<_> = result["rejects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reject| format!("{}: {}", reject["line"], reject["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(
        reasons,
        [
            "4: the address is in an earlier row",
            "5: the line is not valid JSON: expected value (column 28)",
            "6: the line is JSON, but no object",
            "7: the address is missing",
            "8: the address is malformed",
        ]
    );
    assert_eq!((&result["rows"], &result["imported"]), (&json!(8), &json!(3)));
    assert_eq!((&result["unknownColumns"], &result["unfitCells"]), (&json!(["town"]), &json!({"AGE": 1})));
    assert_eq!(result["rejects"][1]["row"], json!([lines[4]]));
    let size = Some(lines.join("\n").len() as u64);
    let read = told.iter().find(|progress| progress.stage == "read").unwrap();
    assert_eq!((read.done, read.total, read.bytes, read.total_bytes), (8, Some(8), size, size));
    assert!(read.rate.unwrap() > 0.0 && read.remaining == Some(0.0), "{read:?}");
}

#[tokio::test]
async fn rows_may_come_from_elsewhere_than_a_file() {
    for (format, rows, header) in [
        (
            Value::Null,
            "{\"email\":\"zoe@b.co\",\"firstname\":\"Zoë\"}\n\n{\"email\":\"x\"}\n{\"email\":\"d@b.co\"}\n",
            "row",
        ),
        (json!("csv"), "\u{feff}E-mail;Firstname\nzoe@b.co;Zoë\n\nx;\nd@b.co;", "E-mail,Firstname"),
    ] {
        let (server, world) = world(&[]).await;
        let folder = tempfile::tempdir().unwrap();
        let rejects = folder.path().join("rejects.csv");
        let arguments = json!({"list_ids": [1], "format": format, "rejects_path": rejects});
        let first = if format.is_null() { 1 } else { 2 };
        let (result, told) = import_from(&server.client(), arguments, Some(drops(rows, None))).await;
        let result = result.unwrap();
        assert_eq!(world.lock().unwrap().taken, [["zoe@b.co", "d@b.co"]]);
        let sent = server.seen().into_iter().find(|seen| seen.line.starts_with("POST")).unwrap();
        let sent: Value = serde_json::from_str(&sent.body).unwrap();
        assert_eq!(sent["jsonBody"][0]["attributes"], json!({"FIRSTNAME": "Zoë"}));
        assert_eq!(
            (&result["rows"], &result["imported"], &result["encoding"]),
            (&json!(3), &json!(1), &json!("utf-8"))
        );
        let told_rejects: Vec<_> =
            result["rejects"].as_array().unwrap().iter().map(|r| (&r["line"], &r["reason"])).collect();
        // The second was refused by Brevo, and its line is known nevertheless.
        assert_eq!(
            told_rejects,
            [
                (&json!(first + 2), &json!("the address is malformed")),
                (&json!(first + 3), &json!("Brevo: invalid emails")),
            ]
        );
        let written = std::fs::read_to_string(rejects).unwrap();
        assert!(written.starts_with(&format!("line,reason,{header}\r\n")), "{written}");
        assert_eq!(written.lines().count(), 3);
        let read = told.iter().find(|progress| progress.stage == "read").unwrap();
        assert_eq!((read.done, read.total, read.bytes, read.total_bytes), (3, Some(3), read.bytes, None));
    }
}

#[tokio::test]
async fn what_a_source_says_comes_out_as_it_is() {
    let (server, world) = world(&[]).await;
    let rows = drops("{\"email\":\"a@b.co\"}\n", Some(Mishap("the cursor is closed")));
    let error =
        import_from(&server.client(), json!({"list_ids": [1]}), Some(rows)).await.0.expect_err("it fails");
    assert_eq!(error.kind(), Kind::Io);
    assert_eq!(error.message(), "the rows could not be read: the cursor is closed");
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Mishap>());
    assert_eq!(source, Some(&Mishap("the cursor is closed")));
    assert!(world.lock().unwrap().taken.is_empty());
}

/// A checkpoint of rows that come from elsewhere: they must be the same ones again.
#[tokio::test]
async fn rows_from_elsewhere_go_on_too_if_they_are_the_same() {
    let (server, world) = world(&[Fate::Taken, Fate::Refused]).await;
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..60).map(|n| format!("{{\"email\":\"a{n}@example.com\"}}\n")).collect();
    let arguments = json!({"list_ids": [1], "body_limit": 1_600, "wait": false,
        "checkpoint_path": folder.path().join("c.json")});
    let import =
        async |rows: &str| import_from(&server.client(), arguments.clone(), Some(drops(rows, None))).await.0;
    let error = import(&rows).await.expect_err("it is refused");
    assert!(error.message().contains("rows had been sent, in the processes 101"), "{error}");
    for other in [
        rows.replace("a7@", "b7@"),
        rows.replacen("{\"email\":\"a0@example.com\"}\n", "", 1),
        rows[..300].to_owned(),
    ] {
        let error = import(&other).await.expect_err("another content");
        assert_eq!(error.kind(), Kind::InvalidArgument);
        assert!(error.message().contains("other content"), "{error}");
    }
    let result = import(&rows).await.unwrap();
    assert_eq!((&result["rows"], &result["imported"]), (&json!(60), &json!(60)));
    assert!(result["resumed"].as_i64().unwrap() > 10, "{result}");
    let sent: Vec<String> = world.lock().unwrap().taken.iter().flatten().cloned().collect();
    assert_eq!(sent, (0..60).map(|n| format!("a{n}@example.com")).collect::<Vec<_>>());

    // It is done: the same rows give the same result, and others are no continuation of it.
    let before = server.seen().len();
    assert_eq!(import(&rows).await.unwrap(), result);
    let error = import(&rows.replace("a59@", "b59@")).await.expect_err("another content");
    assert!(error.message().contains("other content"), "{error}");
    assert_eq!(server.seen().len(), before);
}

#[tokio::test]
async fn a_file_that_changed_after_its_import_is_imported_anew() {
    let (server, world) = world(&[]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "p.csv", "EMAIL\na@b.co\n");
    let arguments = json!({"path": file, "list_ids": [1], "wait": false, "checkpoint_path": folder.path().join("c.json")});
    for rows in ["EMAIL\na@b.co\n", "EMAIL\na@b.co\n", "EMAIL\nc@b.co\n", "EMAIL\nd@b.co\ne@b.co\n"] {
        std::fs::write(&file, rows).unwrap();
        let result = import(&server.client(), arguments.clone()).await.0.unwrap();
        assert_eq!(result["imported"], json!(rows.lines().count() - 1));
    }
    assert_eq!(world.lock().unwrap().taken, [vec!["a@b.co"], vec!["c@b.co"], vec!["d@b.co", "e@b.co"]]);
}

#[tokio::test]
async fn rows_come_from_one_place() {
    let (server, _) = world(&[]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "p.csv", "EMAIL\na@b.co\n");
    for (arguments, input, message) in [
        (json!({"path": file}), Some("EMAIL\na@b.co\n"), "rows are given already"),
        (json!({}), None, "required"),
        (json!({}), Some(""), "there are no rows"),
        (json!({"format": "csv"}), Some(""), "there are no rows"),
        (json!({"format": "csv"}), Some("a@b.co\n"), "the first row holds an address"),
        (json!({"format": "jsonl"}), Some("[]\n"), "there is no object in the first lines"),
    ] {
        let mut arguments = arguments;
        arguments["list_ids"] = json!([1]);
        let given = input.map(|rows| drops(rows, None));
        let error =
            import_from(&server.client(), arguments.clone(), given).await.0.expect_err("it is refused");
        assert_eq!((error.kind(), error.parameter()), (Kind::InvalidArgument, Some("path")), "{error}");
        assert!(error.message().starts_with(message), "{arguments}: {error}");
    }
    let waits = job("process", "wait_for_process").unwrap();
    let arguments = json!({"process_id": 101}).as_object().unwrap().clone();
    let error = run_from(&server.client(), waits, arguments, Some(drops("", None)), &|_| {})
        .await
        .expect_err("no rows");
    assert_eq!(error.message(), "this job reads no rows");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn cells_that_do_not_fit_are_sent_left_out_or_refused() {
    let file = "EMAIL,AGE,BORN,VIP,GRADE,SMS\n\
                a@b.co,36,1815-12-10,yes,Gold,+33612345678\n\
                b@b.co,old,10-13-13-13,perhaps,Silver,0612\n";
    for (unfit, second, rejected) in [
        (
            Value::Null,
            json!({"AGE": "old", "BORN": "10-13-13-13", "VIP": "perhaps", "GRADE": "Silver", "SMS": "0612"}),
            0,
        ),
        (json!("skip"), Value::Null, 0),
        (json!("reject"), Value::Null, 1),
    ] {
        let (server, _) = world(&[]).await;
        let folder = tempfile::tempdir().unwrap();
        let arguments =
            json!({"path": path(&folder, "p.csv", file), "list_ids": [1], "unfit": unfit, "wait": false});
        let result = import(&server.client(), arguments).await.0.unwrap();
        let sent = server.seen().into_iter().find(|seen| seen.line.starts_with("POST")).unwrap();
        let sent: Value = serde_json::from_str(&sent.body).unwrap();
        let first =
            json!({"AGE": 36, "BORN": "1815-12-10", "VIP": true, "GRADE": "Gold", "SMS": "+33612345678"});
        assert_eq!(sent["jsonBody"][0]["attributes"], first);
        assert_eq!(sent["jsonBody"][1].get("attributes").cloned().unwrap_or_default(), second);
        assert_eq!(result["rejected"], json!(rejected));
        if rejected > 0 {
            let reason = &result["rejects"][0]["reason"];
            assert_eq!(*reason, json!("`old` does not fit AGE: expected a number"));
            assert_eq!(
                (&result["rejects"][0]["line"], sent["jsonBody"].as_array().unwrap().len()),
                (&json!(3), 1)
            );
        } else {
            assert_eq!(result["unfitCells"], json!({"AGE": 1, "BORN": 1, "GRADE": 1, "SMS": 1, "VIP": 1}));
            assert_eq!(sent["jsonBody"][1]["email"], json!("b@b.co"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg(target_os = "linux")]
async fn memory_is_bounded_whatever_the_size() {
    let (server, world) = world(&[]).await;
    let folder = tempfile::tempdir().unwrap();
    let mut text = "EMAIL;FIRSTNAME;AGE\n".to_owned();
    for n in 0..400_000 {
        text.push_str(&format!(
            "contact.number.{n}@subscribers.example.com;Łukasiewicz-Ø'Neil of the North;{n}\n"
        ));
    }
    let arguments = json!({"path": path(&folder, "large.csv", &text), "list_ids": [1]});
    let child = spawn(&server, &arguments);
    world.lock().unwrap().child = Some(child);
    let outcome = outcome(&world).await.expect("it is not killed");
    let bodies = world.lock().unwrap().taken.len();
    assert!(bodies > 4, "{bodies} bodies");
    assert_eq!(outcome["result"]["imported"], json!(400_000 - bodies));
    let taken: usize = world.lock().unwrap().taken.iter().map(Vec::len).sum();
    assert_eq!(taken, 400_000);
    let megabytes = outcome["kilobytes"].as_i64().unwrap() / 1024;
    assert!((1..64).contains(&megabytes), "{megabytes} MB");
    eprintln!("{megabytes} MB for {} MB in {bodies} bodies", text.len() >> 20);
}
