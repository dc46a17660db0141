//! Pages fetched ahead: when the next one begins, that there is never more than one, and that nothing
//! goes on when nobody waits.

mod server;

use std::time::Duration;

use brevo_core::{Arguments, CallOptions, Client, Kind, Pages, operation_by_id, runtime};
use serde_json::{Value, json};
use server::{Act, Seen, Server, read_request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const PAGE: &str = r#"{"contacts":[{"id":1},{"id":2}]}"#;

fn pages(client: &Client) -> Pages {
    let Value::Object(arguments) = json!({"limit": 2}) else { unreachable!() };
    let spec = operation_by_id("contacts.get_contacts").expect("in the table");
    Pages::new(client, spec, Arguments::from(arguments), CallOptions::default()).expect("it lists")
}

/// Waits until so many requests have come, and a little longer for one too many.
async fn requests(server: &Server, count: usize) -> Vec<Seen> {
    for _ in 0..500 {
        if server.seen().len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.seen()
}

#[tokio::test]
async fn the_next_page_comes_while_this_one_is_read_and_no_more() {
    let server = Server::start(vec![Act::Answer(200, "", PAGE); 9]).await;
    let mut pages = pages(&server.client());
    assert!(requests(&server, 0).await.is_empty(), "nothing is sent before a page is asked for");
    for read in 1..4 {
        let page = pages.fetch().expect("another page").await.expect("an answer");
        assert_eq!(&page.body[..], PAGE.as_bytes());
        assert_eq!(server.seen().len(), read);
        pages.advance(2, None);
        let seen = requests(&server, read + 1).await;
        assert_eq!(seen.len(), read + 1, "one page ahead");
        assert!(seen[read].line.contains(&format!("offset={}", 2 * read)), "{}", seen[read].line);
    }
    let last = pages.fetch().expect("the one ahead").await.expect("an answer");
    assert_eq!(last.status, 200);
    pages.advance(1, None);
    assert!(pages.fetch().is_none());
    assert_eq!(requests(&server, 4).await.len(), 4, "nothing is fetched behind the last page");
}

#[tokio::test]
async fn what_failed_ahead_is_told_when_it_is_asked_for_and_can_be_fetched_again() {
    let acts = vec![
        Act::Answer(200, "", PAGE),
        Act::Answer(404, "", r#"{"message":"Gone"}"#),
        Act::Answer(200, "", PAGE),
    ];
    let server = Server::start(acts).await;
    let mut pages = pages(&server.client());
    pages.fetch().expect("a page").await.expect("an answer");
    pages.advance(2, None);
    requests(&server, 2).await;
    let error = pages.fetch().expect("a page").await.expect_err("it failed ahead");
    assert_eq!((error.kind(), error.operation()), (Kind::NotFound, Some("contacts.get_contacts")));
    pages.fetch().expect("the same page").await.expect("an answer");
    let seen = server.seen();
    assert_eq!(seen[1].line, seen[2].line);
}

#[tokio::test]
async fn dropped_pages_and_waits_end_the_call_that_is_under_way() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let client = Client::builder().api_key(server::KEY).base_url(&address).build().expect("good settings");
    for drop_the_wait in [false, true] {
        let mut pages = pages(&client);
        pages.advance(2, None);
        let (mut stream, _) = listener.accept().await.expect("the call ahead");
        read_request(&mut stream, &mut Vec::new()).await.expect("a request");
        if drop_the_wait {
            let wait = tokio::time::timeout(Duration::from_millis(50), pages.fetch().expect("a page"));
            assert!(wait.await.is_err(), "nobody answers");
        } else {
            drop(pages);
        }
        let end = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut [0])).await;
        assert!(matches!(end, Ok(Ok(0) | Err(_))), "the connection is closed: {end:?}");
    }
}

/// A client that waits on the calling thread and fetches in the background does both by connections
/// of their own: those of a runtime that nobody drives would stand still.
#[test]
fn the_calling_threads_and_the_background_have_their_own_connections() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let serving = runtime::spawn(async move {
        listener.set_nonblocking(true).expect("a socket");
        let listener = TcpListener::from_std(listener).expect("a socket");
        let mut connections = 0;
        while let Ok(Ok((mut stream, _))) =
            tokio::time::timeout(Duration::from_secs(3), listener.accept()).await
        {
            connections += 1;
            tokio::spawn(async move {
                let mut buffer = Vec::new();
                while read_request(&mut stream, &mut buffer).await.is_some() {
                    let head = format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n", PAGE.len());
                    let _ = stream.write_all(&[head.as_bytes(), PAGE.as_bytes()].concat()).await;
                }
            });
        }
        connections
    });
    let mut settings = Client::builder().api_key(server::KEY).base_url(&address);
    settings.pacing = Some(false);
    let client = settings.build().expect("good settings");
    let mut pages = pages(&client);
    for _ in 0..20 {
        let page = pages.fetch().expect("another page");
        let page = runtime::block_on(page, Duration::from_secs(10), || Some("nothing comes"));
        assert_eq!(page.expect("in time").expect("an answer").status, 200);
        pages.advance(2, None);
        let account = client.send(brevo_core::api::account::GetAccount {});
        let account = runtime::block_on(account, Duration::from_secs(10), || Some("nothing comes"));
        assert!(account.expect("in time").is_ok());
    }
    drop(pages);
    let connections = runtime::block_on(serving, Duration::from_secs(20), || Some("it goes on"));
    let connections = connections.expect("in time").expect("no panic");
    assert!(connections >= 2, "{connections} connections");
}
