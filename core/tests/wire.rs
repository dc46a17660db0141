//! What happens on the wire when things go wrong: every case on a real socket.

mod server;

use std::time::{Duration, Instant};

use brevo_core::api::account::GetAccount;
use brevo_core::api::contacts::{CreateContact, DeleteList, GetContacts, GetList};
use brevo_core::api::inbound_parsing::GetInboundEmailAttachment;
use brevo_core::api::transactional_emails::{Recipient, SendTransacEmail};
use brevo_core::{ACCEPTED_HEADER, Arguments, CallOptions, Client, Kind, operation_by_id, runtime};
use serde_json::{Value, json};
use server::{Act, KEY, Server};

const ACCOUNT: &str = r#"{"email":"ada@example.com"}"#;
const DUPLICATE: &str = r#"{"code":"duplicate_parameter","message":"idempotencyKey has been used"}"#;

fn mail() -> SendTransacEmail {
    SendTransacEmail {
        to: Some(vec![Recipient { email: "ada@example.com".into(), ..Default::default() }]),
        subject: Some("Hello".into()),
        ..Default::default()
    }
}

fn answer(status: u16, body: &'static str) -> Act {
    Act::Answer(status, "", body)
}

#[tokio::test]
async fn a_read_is_repeated_until_it_succeeds() {
    let acts = vec![answer(500, ""), Act::Reset, answer(503, "<html>busy</html>"), answer(200, ACCOUNT)];
    let server = Server::start(acts).await;
    let account = server.client().send(GetAccount {}).await.expect("the fourth attempt succeeds");
    assert_eq!(account.email.as_deref(), Some("ada@example.com"));
    assert_eq!(server.seen().len(), 4);
    assert_eq!(server.seen()[0].header("api-key"), Some(KEY));
    assert!(server.seen()[0].line.starts_with("GET /v3/account "));
}

#[tokio::test]
async fn repeats_are_limited() {
    let server = Server::start(vec![answer(500, ""); 9]).await;
    let error = server.settings().max_retries(1).build().unwrap().send(GetAccount {}).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (Kind::Server, Some(500), 2));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_post_that_may_have_been_processed_is_not_repeated() {
    for act in [answer(500, ""), answer(504, "<html>"), Act::Reset, answer(408, "")] {
        let server = Server::start(vec![act, answer(201, r#"{"id":1}"#)]).await;
        let error = server.client().send(CreateContact::default()).await.expect_err("the failure is told");
        assert_eq!(server.seen().len(), 1, "{error}");
    }
}

#[tokio::test]
async fn a_post_is_repeated_after_429_when_the_limit_opens() {
    let limited =
        Act::Answer(429, "x-sib-ratelimit-reset: 1\r\n", r#"{"code":"too_many_requests","message":"slow"}"#);
    let server = Server::start(vec![limited, answer(201, r#"{"id":7}"#)]).await;
    let start = Instant::now();
    let made = server.client().send(CreateContact::default()).await.expect("the repeat succeeds");
    assert_eq!(made.and_then(|made| made.id), Some(7));
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_limit_that_opens_too_late_is_told_and_nothing_more_is_sent() {
    let limited = Act::Answer(429, "x-sib-ratelimit-reset: 1800\r\n", r#"{"message":"slow"}"#);
    let server = Server::start(vec![limited]).await;
    let client = server.client();
    for sent in [1, 0] {
        let error = client.send(GetAccount {}).await.expect_err("limited");
        assert_eq!((error.kind(), error.attempts()), (Kind::RateLimited, sent), "{error}");
        assert!(error.retry_after().unwrap() > Duration::from_secs(1790), "{error:?}");
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_mail_is_repeated_under_one_key_and_a_refused_repeat_is_a_success() {
    let server = Server::start(vec![answer(502, ""), Act::Reset, answer(400, DUPLICATE)]).await;
    let spec = operation_by_id("transactional_emails.send_transac_email").unwrap();
    let arguments = Arguments::from_json(r#"{"to":[{"email":"ada@example.com"}],"subject":"Hi"}"#);
    let reply = server.client().call(spec, arguments, CallOptions::default()).await.expect("accepted");
    assert_eq!(reply.header(ACCEPTED_HEADER), Some("true"));
    let keys: Vec<Value> = server
        .seen()
        .iter()
        .map(|seen| serde_json::from_str::<Value>(&seen.body).unwrap()["headers"]["idempotencyKey"].clone())
        .collect();
    assert_eq!(keys.len(), 3);
    assert!(keys[0].is_string() && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[tokio::test]
async fn a_key_that_was_used_before_our_call_is_an_error() {
    for before in [None, Some(Act::Answer(429, "x-sib-ratelimit-reset: 0\r\n", "{}"))] {
        let server = Server::start(before.into_iter().chain([answer(400, DUPLICATE)]).collect()).await;
        let options = CallOptions { idempotency_key: Some("mine".into()), ..Default::default() };
        let error = server.client().send_with(mail(), options).await.expect_err("a real duplicate");
        assert_eq!(error.kind(), Kind::Duplicate);
    }
}

#[tokio::test]
async fn an_idempotency_key_elsewhere_is_refused() {
    let server = Server::start(vec![]).await;
    let options = CallOptions { idempotency_key: Some("mine".into()), ..Default::default() };
    let error = server.client().send_with(GetAccount {}, options).await.expect_err("refused");
    assert_eq!((error.kind(), server.seen().len()), (Kind::InvalidArgument, 0));
}

#[tokio::test]
async fn silence_ends_in_time() {
    let server = Server::start(vec![Act::Hang]).await;
    let start = Instant::now();
    let client = server.settings().timeout(Duration::from_millis(300)).build().unwrap();
    let error = client.send(GetAccount {}).await.expect_err("no answer");
    assert_eq!(error.kind(), Kind::Timeout);
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn nobody_listening_is_a_connection_error() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client =
        Client::builder().api_key(KEY).base_url(format!("http://{free}")).max_retries(1).build().unwrap();
    let error = client.send(CreateContact::default()).await.expect_err("nobody listens");
    assert_eq!((error.kind(), error.attempts()), (Kind::Connection, 2), "{error}");
}

#[tokio::test]
async fn odd_answers_do_not_break_a_call() {
    let compressed = {
        // gzip of {"email":"ada@example.com"}, stored without compression.
        let body = ACCOUNT.as_bytes();
        let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
        let length = body.len() as u16;
        gzip.extend(length.to_le_bytes());
        gzip.extend((!length).to_le_bytes());
        gzip.extend(body);
        gzip.extend(crc32(body).to_le_bytes());
        gzip.extend(u32::from(length).to_le_bytes());
        let mut answer =
            format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", gzip.len())
                .into_bytes();
        answer.extend(gzip);
        answer
    };
    let server = Server::start(vec![
        answer(204, ""),
        answer(200, ""),
        answer(200, "null"),
        answer(201, r#"{"id":9007199254740993,"new":{"x":[1]}}"#),
        Act::Raw(compressed),
        answer(200, r#"{"email":"ada\ud83d"}"#),
        answer(200, r#"{"message":"deleted"}"#),
        answer(200, "Deleted."),
    ])
    .await;
    let client = server.client();
    for _ in 0..3 {
        assert!(client.send(CreateContact::default()).await.expect("a success").is_none());
    }
    let made = client.send(CreateContact::default()).await.expect("a success").expect("a body");
    assert_eq!(made.id, Some(9_007_199_254_740_993));
    assert_eq!(client.send(GetAccount {}).await.unwrap().email.as_deref(), Some("ada@example.com"));
    assert_eq!(client.send(GetAccount {}).await.unwrap().email.as_deref(), Some("ada\u{fffd}"));
    for _ in 0..2 {
        client.send(DeleteList { list_id: 1 }).await.expect("nothing is promised, so anything will do");
    }
}

#[tokio::test]
async fn rubbish_is_a_typed_error_that_keeps_the_body() {
    let html = "<html><body>524: A timeout occurred</body></html>";
    let server =
        Server::start(vec![answer(200, html), answer(400, html), answer(200, r#"{"email":7}"#)]).await;
    let client = server.client();
    let error = client.send(GetAccount {}).await.expect_err("HTML is no account");
    assert_eq!((error.kind(), error.body()), (Kind::Decode, html.as_bytes()));
    let error = client.send(GetAccount {}).await.expect_err("HTML is no account");
    assert_eq!((error.kind(), error.code(), error.body()), (Kind::BadRequest, None, html.as_bytes()));
    assert_eq!(client.send(GetAccount {}).await.expect_err("wrong type").kind(), Kind::Decode);
}

#[tokio::test]
async fn a_truncated_answer_is_a_broken_connection() {
    let cut = b"HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{\"id\":".to_vec();
    let server = Server::start(vec![Act::Raw(cut.clone()), Act::Raw(b"nonsense\r\n\r\n".to_vec())]).await;
    for _ in 0..2 {
        let error = server.client().send(CreateContact::default()).await.expect_err("cut off");
        assert_eq!(error.kind(), Kind::Connection, "{error}");
    }
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn errors_are_told_apart() {
    let cases = [
        (401, r#"{"code":"unauthorized","message":"Key not found"}"#, Kind::Unauthorized),
        (
            401,
            r#"{"code":"unauthorized","message":"We have detected you are using an unrecognised IP address 1.2.3.4."}"#,
            Kind::IpNotAuthorized,
        ),
        (
            403,
            r#"{"code":"permission_denied","message":"Unable to send email. Your SMTP account is not yet activated."}"#,
            Kind::AccountNotActivated,
        ),
        (403, r#"{"code":"permission_denied","message":"no"}"#, Kind::PermissionDenied),
        (402, r#"{"code":"not_enough_credits","message":"no"}"#, Kind::NoCredits),
        (404, r#"{"code":"document_not_found","message":"no"}"#, Kind::NotFound),
        (400, r#"{"code":"duplicate_parameter","message":"no"}"#, Kind::Duplicate),
        (409, r#"{"code":"conflict","message":"no"}"#, Kind::Conflict),
        (425, r#"{"code":"account_in_process","message":"no"}"#, Kind::Conflict),
        (422, r#"{"code":"unprocessable_entity","message":"no"}"#, Kind::BadRequest),
    ];
    for (status, body, kind) in cases {
        let server = Server::start(vec![answer(status, body)]).await;
        let error = server.client().send(GetList { list_id: 3, ..Default::default() }).await.expect_err(body);
        assert_eq!((error.kind(), error.status()), (kind, Some(status)), "{body}");
        assert_eq!(error.body(), body.as_bytes());
        assert_eq!(error.operation(), Some("contacts.get_list"));
        assert!(!error.advice().is_empty());
    }
    // Since 2026 a duplicate may come as `invalid_parameter`; the metadata counts.
    let body = r#"{"code":"invalid_parameter","message":"no","metadata":{"duplicate_identifiers":["SMS"]}}"#;
    let server = Server::start(vec![answer(400, body)]).await;
    let error = server.client().send(CreateContact::default()).await.expect_err(body);
    assert_eq!((error.kind(), error.duplicate_identifiers()), (Kind::Duplicate, &["SMS".to_owned()][..]));
}

#[tokio::test]
async fn the_key_is_not_sent_on_by_a_redirect() {
    let other = Server::start(vec![answer(200, ACCOUNT)]).await;
    let location: &'static str =
        Box::leak(format!("location: {}/v3/account\r\n", other.address).into_boxed_str());
    let server = Server::start(vec![Act::Answer(302, location, "")]).await;
    let error = server.client().send(GetAccount {}).await.expect_err("not followed");
    assert_eq!((error.kind(), other.seen().len()), (Kind::Connection, 0), "{error}");

    let server =
        Server::start(vec![Act::Answer(307, "location: /v3/moved\r\n", ""), answer(200, ACCOUNT)]).await;
    server.client().send(GetAccount {}).await.expect("followed within the origin");
    assert!(server.seen()[1].line.starts_with("GET /v3/moved "));
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_loses_nothing() {
    let server = Server::start(vec![Act::AnswerAndClose(ACCOUNT), answer(201, r#"{"id":1}"#)]).await;
    let client = server.client();
    client.send(GetAccount {}).await.expect("a success");
    tokio::time::sleep(Duration::from_millis(100)).await;
    client.send(CreateContact::default()).await.expect("sent on a new connection");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn no_text_shows_the_key() {
    let server =
        Server::start(vec![answer(401, r#"{"code":"unauthorized","message":"Key not found"}"#)]).await;
    let client = server.client();
    let error = client.send(GetAccount {}).await.expect_err("401");
    let texts = [format!("{client:?}"), client.describe(), format!("{error:?} {error} {}", error.to_json())];
    for text in texts.iter().chain([&format!("{:?}", server.settings())]) {
        assert!(!text.contains("0000") && !text.contains("TESTtest"), "{text}");
    }
    assert!(client.describe().contains("key xkeysib-...test"), "{}", client.describe());
}

#[tokio::test]
async fn keys_of_other_kinds_are_refused_at_once() {
    let smtp = KEY.replace("xkeysib", "xsmtpsib");
    for key in ["", "AbCdEfGhIjKlMnOp", &smtp, "xkeysib-a b", "xkeysib-0000000000000000\nInjected: x"] {
        let error = Client::builder().api_key(key).build().expect_err("refused");
        assert_eq!(error.kind(), Kind::Configuration);
        assert!(key.is_empty() || !error.to_string().contains(key), "{error}");
    }
}

#[tokio::test]
async fn a_token_is_fetched_once_and_renewed_after_a_401() {
    let token = r#"{"access_token":"one","token_type":"Bearer","expires_in":3600}"#;
    let second = r#"{"access_token":"two","token_type":"Bearer","expires_in":3600}"#;
    let acts = vec![
        answer(200, token),
        answer(200, ACCOUNT),
        answer(401, r#"{"code":"unauthorized","message":"expired"}"#),
        answer(200, second),
        answer(200, ACCOUNT),
    ];
    let server = Server::start(acts).await;
    let mut settings = Client::builder().base_url(&server.address);
    settings.client_id = Some("id".into());
    settings.client_secret = Some("secret".into());
    let client = settings.build().expect("good settings");
    for _ in 0..2 {
        client.send(GetAccount {}).await.expect("a success");
    }
    let seen = server.seen();
    assert!(seen[0].line.starts_with("POST /realms/partner/oauth/token "), "{}", seen[0].line);
    assert_eq!(seen[0].body, "grant_type=client_credentials&client_id=id&client_secret=secret");
    assert_eq!(seen[2].header("authorization"), Some("Bearer one"));
    assert_eq!(seen[4].header("authorization"), Some("Bearer two"));
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn bytes_and_extra_fields_pass() {
    let server = Server::start(vec![
        Act::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n\x00\xffZ".to_vec()),
        answer(200, r#"{"contacts":[],"count":0}"#),
        answer(201, r#"{"id":1}"#),
    ])
    .await;
    let client = server.client();
    let download = GetInboundEmailAttachment { download_token: "t".into() };
    assert_eq!(client.send(download).await.unwrap().0, b"\x00\xffZ");
    let Value::Object(extra) = json!({"new": "a b"}) else { unreachable!() };
    let options = CallOptions { extra, headers: vec![("x-trace".into(), "7".into())], ..Default::default() };
    client.send_with(GetContacts { limit: Some(1), ..Default::default() }, options.clone()).await.unwrap();
    client.send_with(CreateContact::default(), options).await.unwrap();
    assert!(server.seen()[1].line.starts_with("GET /v3/contacts?limit=1&new=a%20b "));
    assert_eq!(server.seen()[1].header("x-trace"), Some("7"));
    assert_eq!(server.seen()[2].body, r#"{"new":"a b"}"#);
    let options = CallOptions { headers: vec![("API-Key".into(), "x".into())], ..Default::default() };
    assert_eq!(client.send_with(GetAccount {}, options).await.unwrap_err().kind(), Kind::InvalidArgument);
}

/// As in RFC 1952.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8)
            .fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (0u32.wrapping_sub(crc & 1))))
    })
}

/// Threads that wait, as Python's and C's do: nobody drives their connections between two calls.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_finds_out_that_its_connection_was_closed_meanwhile() {
    let server = Server::start(vec![Act::AnswerAndClose(ACCOUNT), answer(201, r#"{"id":1}"#)]).await;
    let client = server.client();
    let thread = std::thread::spawn(move || {
        let tick = Duration::from_millis(50);
        let never = || None::<()>;
        runtime::block_on(client.send(GetAccount {}), tick, never).unwrap().expect("a success");
        std::thread::sleep(Duration::from_millis(100));
        let made = runtime::block_on(client.send(CreateContact::default()), tick, never).unwrap();
        made.expect("sent on a new connection");
    });
    tokio::task::spawn_blocking(|| thread.join().expect("no panic")).await.expect("no panic");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_threads_than_runtimes_are_all_served() {
    let server = Server::answering(|_| (200, ACCOUNT.to_owned())).await;
    let mut settings = server.settings();
    settings.pacing = Some(false);
    let client = settings.build().expect("good settings");
    let threads: Vec<_> = (0..100)
        .map(|_| {
            let client = client.clone();
            std::thread::spawn(move || {
                for _ in 0..5 {
                    let call = client.send(GetAccount {});
                    runtime::block_on(call, Duration::from_millis(50), || None::<()>)
                        .unwrap()
                        .expect("an answer");
                }
            })
        })
        .collect();
    tokio::task::spawn_blocking(|| threads.into_iter().for_each(|thread| thread.join().expect("no panic")))
        .await
        .expect("no panic");
    assert_eq!(server.seen().len(), 500);
}
