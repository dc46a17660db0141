//! Connections: TLS, HTTP/2, proxies and the system's certificates, every case on real sockets.

#[path = "server/secure.rs"]
mod secure;
mod server;

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use brevo_core::api::account::GetAccount;
use brevo_core::api::contacts::CreateContact;
use brevo_core::settings::Builder;
use brevo_core::{Arguments, CallOptions, Client, Error, Kind, Reply, jobs, operation_by_id};
use secure::{Answer, Authority, Farewell, HOST, Tls, Tunnel, file};
use serde_json::{Map, Value, json};
use server::{KEY, Server};
use tokio::net::TcpListener;
use tokio::sync::Barrier;

const H1: &[&str] = &["http/1.1"];
const BOTH: &[&str] = &["h2", "http/1.1"];
/// How a child of this test run is told what to do.
const CHILD: &str = "BREVO_TEST_CHILD";
const RESULT: &str = "RESULT ";
/// What decides about proxies and certificates in the environment; a child begins without it.
const SURROUNDINGS: &[&str] = &[
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "REQUEST_METHOD",
];

/// A client with the key and these settings besides.
fn client(settings: Value) -> Client {
    build(settings).expect("good settings")
}

fn build(settings: Value) -> Result<Client, Error> {
    let mut all = Map::from_iter([("api_key".to_owned(), json!(KEY)), ("timeout".to_owned(), json!(10))]);
    all.extend(settings.as_object().expect("an object").clone());
    Builder::from_json(&all)?.build()
}

/// Everything that an error shows.
fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {}", error.to_json());
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text += &format!(" {error} {error:?}");
        cause = error.source();
    }
    text
}

/// A server for `localhost` and for [`HOST`] with its authority.
async fn server(protocols: &[&str], answer: Answer) -> (Authority, Tls) {
    let authority = Authority::new();
    let tls = Tls::start(authority.issue(&["localhost", HOST]), protocols, None, answer).await;
    (authority, tls)
}

/// The error of a call over HTTP/1.1 to a server that answers so; given with the time that it took.
async fn failure(answer: Answer, timeout: f64) -> (Error, Duration, Tls) {
    let (authority, tls) = server(H1, answer).await;
    let client = client(json!({"base_url": tls.url(), "ca_file": authority.path(), "timeout": timeout}));
    let start = Instant::now();
    let error = client.send(CreateContact::default()).await.expect_err("no good answer");
    (error, start.elapsed(), tls)
}

#[tokio::test]
async fn an_unknown_authority_is_refused_until_it_is_named() {
    let (authority, tls) = server(BOTH, Answer::Account).await;
    let other = Authority::new();
    refused(&client(json!({"base_url": tls.url()})), "UnknownIssuer").await;
    refused(&client(json!({"base_url": tls.url(), "ca_file": other.path()})), "UnknownIssuer").await;
    assert!(tls.seen().is_empty(), "nothing of a request arrives");
    let account =
        client(json!({"base_url": tls.url(), "ca_file": authority.path()})).send(GetAccount {}).await;
    assert_eq!(account.expect("trusted now").email.as_deref(), Some("ada@example.com"));
    assert_eq!(tls.seen()[0].header("api-key"), Some(KEY));
}

/// The certificate of the server is refused at the first attempt, with the reason.
async fn refused(client: &Client, reason: &str) {
    let error = client.send(GetAccount {}).await.expect_err("not trusted");
    assert_eq!((error.kind(), error.attempts()), (Kind::Connection, 1), "{error}");
    assert!(error.message().contains("certificate") && error.message().contains(reason), "{error}");
    assert!(error.advice().contains("ca_file"), "{error}");
}

#[tokio::test]
async fn an_expired_certificate_and_one_for_another_host_are_refused() {
    let authority = Authority::new();
    for (leaf, reason) in [
        (authority.issue_expired(&["localhost"]), "expired"),
        (authority.issue(&["other.example.test"]), "not valid for name \"localhost\""),
    ] {
        let tls = Tls::start(leaf, BOTH, None, Answer::Account).await;
        refused(&client(json!({"base_url": tls.url(), "ca_file": authority.path()})), reason).await;
        assert!(tls.seen().is_empty());
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_it_is_wanted() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let tls = Tls::start(authority.issue(&["localhost"]), BOTH, Some(&clients), Answer::Account).await;
    let settings = json!({"base_url": tls.url(), "ca_file": authority.path()});
    let error = client(settings.clone()).send(GetAccount {}).await.expect_err("no certificate");
    assert_eq!((error.kind(), error.attempts()), (Kind::Connection, 1), "{error}");
    assert!(error.message().contains("CertificateRequired"), "{error}");
    assert!(error.advice().contains("client_certificate_file"), "{error}");

    let with = |file: &tempfile::NamedTempFile| {
        let mut settings = settings.clone();
        settings["client_certificate_file"] = json!(file.path());
        build(settings)
    };
    let stranger = with(&authority.issue(&["a client"]).file()).expect("a good file");
    let error = stranger.send(GetAccount {}).await.expect_err("a certificate of another authority");
    assert_eq!(error.kind(), Kind::Connection, "{error}");
    assert!(tls.seen().is_empty());
    let known = with(&clients.issue(&["a client"]).file()).expect("a good file");
    known.send(GetAccount {}).await.expect("the server knows this client");
    assert_eq!(tls.seen().len(), 1);

    let error = with(&file("no certificate")).expect_err("not a certificate");
    assert_eq!(error.kind(), Kind::Configuration);
    assert!(error.to_string().contains("client_certificate_file"), "{error}");
}

#[test]
fn bad_files_and_proxies_are_refused_when_the_client_is_made() {
    let base = "https://localhost:1";
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for content in ["", "no certificate", broken] {
        let file = file(content);
        let error = build(json!({"base_url": base, "ca_file": file.path()})).expect_err(content);
        assert_eq!(error.kind(), Kind::Configuration, "{error}");
        assert!(error.to_string().contains("ca_file"), "{error}");
    }
    let error = build(json!({"base_url": base, "ca_file": "/does/not/exist.pem"})).expect_err("no such file");
    assert!(
        error.parameter() == Some("ca_file") && error.message().contains("/does/not/exist.pem"),
        "{error}"
    );
    for proxy in ["ftp://u:s3cret@proxy:1", "socks5://u:s3cret@proxy", "http://", "u:s3cret@proxy:99999", ""]
    {
        for base in [base, "https://api.brevo.com"] {
            let error = build(json!({"base_url": base, "proxy": proxy})).expect_err(proxy);
            assert_eq!(error.kind(), Kind::Configuration, "{error}");
            assert!(error.to_string().contains("proxy") && !shown(&error).contains("s3cret"), "{error}");
        }
    }
    for proxy in ["http://u:p@proxy:3128", "https://proxy", "proxy:3128", "10.0.0.1:3128", "http://[::1]:1"] {
        build(json!({"base_url": "https://api.brevo.com", "proxy": proxy})).expect(proxy);
    }
}

#[tokio::test]
async fn one_connection_serves_calls_in_turn() {
    for (protocols, version) in [(H1, "HTTP/1.1"), (BOTH, "HTTP/2.0")] {
        let (authority, tls) = server(protocols, Answer::Account).await;
        let client = client(json!({"base_url": tls.url(), "ca_file": authority.path()}));
        for _ in 0..5 {
            client.send(GetAccount {}).await.expect("an answer");
        }
        let lines: Vec<String> = tls.seen().into_iter().map(|seen| seen.line).collect();
        assert_eq!(lines, vec![format!("GET /v3/account {version}"); 5]);
        assert_eq!(tls.accepted(), 1, "{version}");
    }
}

#[tokio::test]
async fn one_http2_connection_carries_64_calls_at_once() {
    // No answer but the first comes before all 64 requests are there.
    let (authority, tls) = server(BOTH, Answer::Together(Arc::new(Barrier::new(64)))).await;
    let settings = json!({"base_url": tls.url(), "ca_file": authority.path(), "pacing": false});
    let client = client(settings);
    // Before the first answer a client cannot know that one connection will do.
    client.send(GetAccount {}).await.expect("an answer");
    for _ in 0..2 {
        let calls: Vec<_> = (0..64)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.send(GetAccount {}).await })
            })
            .collect();
        for call in calls {
            call.await.expect("no panic").expect("an answer");
        }
    }
    assert_eq!(tls.seen().len(), 129);
    assert!(tls.seen().iter().all(|seen| seen.line.ends_with("HTTP/2.0")));
    assert_eq!(tls.accepted(), 1);
}

#[tokio::test]
async fn what_a_server_refused_unseen_over_http2_is_sent_again() {
    let (authority, tls) = server(BOTH, Answer::Refusing).await;
    let client = client(json!({"base_url": tls.url(), "ca_file": authority.path()}));
    // Not repeated where Brevo may have processed it.
    let call = client.call(
        operation_by_id("contacts.create_contact").expect("in the table"),
        Arguments::from_json(r#"{"email":"a@b.co"}"#),
        CallOptions::default(),
    );
    assert_eq!(call.await.expect("sent again").attempts, 2);
    let lines: Vec<_> = tls.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(lines, ["POST /v3/contacts HTTP/2.0"; 2]);
}

/// What a server that takes leave has not looked at is sent again, and nothing else: what it has looked at may
/// be processed, with or without an answer.
#[tokio::test]
async fn what_a_server_had_not_looked_at_when_it_left_is_sent_again() {
    let left = h2::Reason::NO_ERROR;
    // A first call makes the connection; the two that count have the streams 3 and 5.
    for (last, answers, reason, attempts) in [
        (1, false, left, [Some(2), Some(2)]),
        (3, true, left, [Some(1), Some(2)]),
        (3, false, left, [None, Some(2)]),
        (5, true, left, [Some(1), Some(1)]),
        (5, false, left, [None, None]),
        // Where something went wrong, it is not known what had been looked at.
        (1, false, h2::Reason::INTERNAL_ERROR, [None, None]),
    ] {
        let answer = Answer::Leaving(Farewell { last, answers, reason });
        let (authority, tls) = server(BOTH, answer).await;
        let client = client(json!({"base_url": tls.url(), "ca_file": authority.path(), "pacing": false}));
        client.send(GetAccount {}).await.expect("an answer");
        let call = || {
            client.call(
                operation_by_id("contacts.create_contact").expect("in the table"),
                Arguments::from_json(r#"{"email":"a@b.co"}"#),
                CallOptions::default(),
            )
        };
        let (one, two) = tokio::join!(call(), call());
        let outcome = |call: Result<Reply, Error>| match call {
            Ok(reply) => Some(reply.attempts),
            Err(error) => {
                assert_eq!((error.kind(), error.attempts()), (Kind::Connection, 1), "{error}");
                None
            }
        };
        let mut outcomes = [one, two].map(outcome);
        // On a busy machine the second may get the first stream: the first looks at the connection before.
        outcomes.sort();
        assert_eq!(outcomes, attempts, "last {last}, {answers}");
        let again = attempts.iter().filter(|attempts| **attempts == Some(2)).count();
        assert_eq!(tls.seen().len(), 3 + again, "last {last}, {answers}");
    }
}

/// Four bodies share the connection, each without its last byte until its turn.
#[tokio::test]
async fn bodies_that_are_held_back_share_one_http2_connection() {
    let (authority, tls) = server(BOTH, Answer::Imports).await;
    let client = client(json!({"base_url": tls.url(), "ca_file": authority.path(), "pacing": false}));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("people.csv");
    let rows: String = (0..20_000).map(|n| format!("person.{n}@example.com\n")).collect();
    std::fs::write(&file, format!("EMAIL\n{rows}")).expect("written");
    // Each larger than what HTTP/2 sends before the other side has made room.
    let arguments = json!({"path": file, "list_ids": [1], "body_limit": 100_000, "wait": false,
        "checkpoint_path": folder.path().join("c.json")});
    let job = jobs::job("contacts", "import_file").expect("a job");
    let Value::Object(arguments) = arguments else { unreachable!("an object") };
    jobs::run(&client, job, arguments, &|_| {}).await.expect("imported");
    let seen = tls.seen();
    let sent: Vec<String> = seen
        .iter()
        .filter(|seen| seen.line.starts_with("POST") && seen.line.ends_with("HTTP/2.0"))
        .flat_map(|seen| {
            let body: Value = serde_json::from_str(&seen.body).expect("a whole body");
            let people = body["jsonBody"].as_array().expect("rows").clone();
            people.into_iter().map(|person| person["email"].as_str().expect("text").to_owned())
        })
        .collect();
    assert_eq!(sent, (0..20_000).map(|n| format!("person.{n}@example.com")).collect::<Vec<_>>());
    assert!(seen.iter().filter(|seen| seen.line.starts_with("POST")).count() > 4);
}

#[tokio::test]
async fn a_proxy_tunnels_and_sees_no_key() {
    let (authority, tls) = server(BOTH, Answer::Account).await;
    // Basic, user `ada`, password `s3cret@1`.
    let tunnel = Tunnel::start(tls.address, Some("Basic YWRhOnMzY3JldEAx")).await;
    let settings = |user: &str, base: String| {
        let proxy = format!("http://{user}{}", tunnel.address);
        json!({"base_url": base, "ca_file": authority.path(), "proxy": proxy, "max_retries": 0})
    };
    let far = || format!("https://{HOST}");
    let through = client(settings("ada:s3cret%401@", far()));
    for _ in 0..3 {
        through.send(GetAccount {}).await.expect("an answer through the proxy");
    }
    let heads = tunnel.heads();
    assert_eq!((heads.len(), tls.accepted(), tls.seen().len()), (1, 1, 3));
    assert_eq!(heads[0].line, format!("CONNECT {HOST}:443 HTTP/1.1"));
    assert_eq!(heads[0].header("api-key"), None);
    assert!(!heads[0].headers.contains(KEY));
    assert_eq!(tls.seen()[0].header("api-key"), Some(KEY));
    assert_eq!(tls.seen()[0].header("proxy-authorization"), None);
    for bytes in tunnel.passed() {
        assert!(bytes.len() > 500, "only {} bytes passed", bytes.len());
        assert!(!contains(&bytes, KEY) && !contains(&bytes, "api-key"));
    }
    assert!(!format!("{through:?}").contains("s3cret"));

    // The proxy refuses: the error says so and shows no password.
    let refused = client(settings("ada:s3cret-but-wrong@", far()));
    let error = refused.send(GetAccount {}).await.expect_err("a wrong password");
    assert_eq!(error.kind(), Kind::Connection, "{error}");
    assert!(error.message().contains("proxy authorization required"), "{error}");
    for text in [shown(&error), format!("{refused:?}")] {
        assert!(!text.contains("s3cret") && !text.contains("YWRhOn"), "{text}");
    }

    // Calls to this machine go past it.
    let before = tunnel.heads().len();
    client(settings("", tls.url())).send(GetAccount {}).await.expect("an answer without the proxy");
    assert_eq!(tunnel.heads().len(), before);
}

#[tokio::test]
async fn a_dead_or_silent_proxy_is_an_error_in_time() {
    let settings = |address: std::net::SocketAddr| {
        json!({"base_url": format!("https://{HOST}"), "proxy": format!("http://u:s3cret@{address}"),
            "connect_timeout": 0.4, "max_retries": 0})
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let start = Instant::now();
    let error = client(settings(address)).send(GetAccount {}).await.expect_err("silence");
    assert_eq!(error.kind(), Kind::Timeout, "{error}");
    assert!(!shown(&error).contains("s3cret"));
    drop(listener);
    let error = client(settings(address)).send(GetAccount {}).await.expect_err("nobody listens");
    assert_eq!(error.kind(), Kind::Connection, "{error}");
    assert!(!shown(&error).contains("s3cret"));
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn broken_answers_end_in_time() {
    let chunked = "HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{\"id\": 1\r\n";
    let (error, _, tls) = failure(Answer::Bytes(chunked), 5.0).await;
    assert_eq!((error.kind(), tls.seen().len()), (Kind::Connection, 1), "{error}");

    let slow = "HTTP/1.1 201 Created\r\ncontent-length: 1000\r\n\r\n";
    let (error, took, tls) = failure(Answer::Endless(slow, " ", Duration::from_millis(20)), 0.5).await;
    assert_eq!((error.kind(), tls.seen().len()), (Kind::Timeout, 1), "{error}");
    assert!(took < Duration::from_secs(2), "{took:?}");

    let head = "HTTP/1.1 200 OK\r\n";
    let (error, took, _) = failure(Answer::Endless(head, "x-more: and more\r\n", Duration::ZERO), 5.0).await;
    assert_eq!(error.kind(), Kind::Connection, "{error}");
    assert!(took < Duration::from_secs(4), "{took:?}");
    let pause = Duration::from_millis(50);
    let (error, took, _) = failure(Answer::Endless(head, "x-more: and more\r\n", pause), 0.5).await;
    assert_eq!(error.kind(), Kind::Timeout, "{error}");
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_of_100_mb_arrives_whole() {
    let length = 100_000_000;
    let (authority, tls) = server(H1, Answer::Large(length)).await;
    let client = client(json!({"base_url": tls.url(), "ca_file": authority.path(), "timeout": 60}));
    let spec = operation_by_id("inbound_parsing.get_inbound_email_attachment").expect("it exists");
    let Value::Object(arguments) = json!({"download_token": "token"}) else { unreachable!("an object") };
    let reply = client.call(spec, Arguments::from(arguments), CallOptions::default()).await.expect("a reply");
    assert_eq!(reply.body.len(), length);
    let sent = secure::chunk();
    assert!(reply.body.chunks(sent.len()).all(|got| got == &sent[..got.len()]));
}

// What depends on the environment runs in a process of its own: the variables of this one are shared by all
// its threads.

/// Makes a client and a call in a child, and gives what came of them: `answer`, `build` (the error of
/// the making) or `call` (the error of the call), and `shown`.
async fn in_child(environment: &[(&str, &str)], settings: Value) -> Value {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["a_child", "--exact", "--ignored", "--nocapture"]);
    for name in SURROUNDINGS {
        command.env_remove(name);
    }
    command.env(CHILD, settings.to_string()).envs(environment.iter().copied());
    let output =
        tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("a child");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let at = text.find(RESULT).unwrap_or_else(|| panic!("no result: {text} {output:?}"));
    let line = text[at + RESULT.len()..].lines().next().expect("a line");
    serde_json::from_str(line).expect("JSON")
}

#[tokio::test]
#[ignore = "started by other tests, with an environment of its own"]
#[allow(clippy::print_stdout)]
async fn a_child() {
    let Ok(settings) = std::env::var(CHILD) else { return };
    let result = match build(serde_json::from_str(&settings).expect("JSON")) {
        Err(error) => json!({"build": error.to_json(), "shown": shown(&error)}),
        Ok(client) => match client.send(GetAccount {}).await {
            Err(error) => json!({"call": error.to_json(), "shown": shown(&error)}),
            Ok(account) => json!({"answer": account.email}),
        },
    };
    println!("\n{RESULT}{result}");
}

#[tokio::test]
async fn proxies_of_the_environment_are_for_other_machines_only() {
    let (authority, tls) = server(BOTH, Answer::Account).await;
    let plain = Server::answering(|_| (200, r#"{"email":"ada@example.com"}"#.to_owned())).await;
    let tunnel = Tunnel::start(tls.address, None).await;
    let address = format!("http://u:s3cret@{}", tunnel.address);
    let proxies: Vec<(&str, &str)> = SURROUNDINGS[..6].iter().map(|name| (*name, address.as_str())).collect();
    let settings = |base: &str| json!({"base_url": base, "ca_file": authority.path(), "max_retries": 0});
    let far = format!("https://{HOST}");

    for near in [tls.url(), plain.address.clone(), plain.address.replace("127.0.0.1", "localhost")] {
        let result = in_child(&proxies, settings(&near)).await;
        assert_eq!(result["answer"], "ada@example.com", "{near}: {result}");
    }
    assert!(tunnel.heads().is_empty(), "calls to this machine use no proxy");

    let result = in_child(&proxies, settings(&far)).await;
    assert_eq!(result["answer"], "ada@example.com", "{result}");
    assert_eq!(tunnel.heads()[0].line, format!("CONNECT {HOST}:443 HTTP/1.1"));
    // HTTP_PROXY is not for https.
    for (name, used) in
        [("HTTPS_PROXY", true), ("https_proxy", true), ("ALL_PROXY", true), ("HTTP_PROXY", false)]
    {
        let before = tunnel.heads().len();
        let result = in_child(&[(name, &address)], settings(&far)).await;
        assert_eq!(result.get("answer").is_some(), used, "{name}: {result}");
        assert_eq!(tunnel.heads().len(), before + usize::from(used), "{name}");
    }

    let before = tunnel.heads().len();
    for exception in [HOST, "example.test", "*"] {
        let environment: Vec<_> = proxies.iter().copied().chain([("NO_PROXY", exception)]).collect();
        let result = in_child(&environment, settings(&far)).await;
        assert_eq!(result["call"]["kind"], "connection", "the host exists behind the proxy only: {result}");
        assert!(!result["shown"].as_str().expect("text").contains("s3cret"), "{result}");
    }
    let mut explicit = settings(&far);
    explicit["proxy"] = json!(address);
    let result = in_child(&[], explicit.clone()).await;
    assert_eq!(result["answer"], "ada@example.com", "{result}");
    let result = in_child(&[("NO_PROXY", HOST)], explicit).await;
    assert_eq!(result["call"]["kind"], "connection", "{result}");
    assert_eq!(tunnel.heads().len(), before + 1, "NO_PROXY is honoured, beside the setting too");
}

#[tokio::test]
async fn an_unknown_host_is_a_connection_error_at_once() {
    let start = Instant::now();
    let settings = json!({"base_url": "https://does-not-exist.invalid", "max_retries": 0});
    let result = in_child(&[], settings).await;
    assert_eq!(result["call"]["kind"], "connection", "{result}");
    assert!(result["call"]["message"].as_str().expect("text").contains("dns error"), "{result}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_machine_without_certificates_is_told_what_it_lacks() {
    let (authority, tls) = server(BOTH, Answer::Account).await;
    let plain = Server::answering(|_| (200, r#"{"email":"ada@example.com"}"#.to_owned())).await;
    let bare = [("SSL_CERT_FILE", "/nonexistent"), ("SSL_CERT_DIR", "/nonexistent")];

    let result = in_child(&bare, json!({"base_url": tls.url()})).await;
    assert_eq!(result["build"]["kind"], "configuration", "{result}");
    let text = result["build"]["text"].as_str().expect("text");
    assert!(text.contains("ca-certificates") && text.contains("ca_file"), "{text}");

    let result = in_child(&bare, json!({"base_url": tls.url(), "ca_file": authority.path()})).await;
    assert_eq!(result["answer"], "ada@example.com", "{result}");
    let result = in_child(&bare, json!({"base_url": plain.address})).await;
    assert_eq!(result["answer"], "ada@example.com", "plain http needs no certificates: {result}");
    // A wrong file is told even so.
    let settings = json!({"base_url": plain.address, "ca_file": file("no certificate").path()});
    assert_eq!(in_child(&bare, settings).await["build"]["kind"], "configuration");
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
