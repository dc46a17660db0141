//! Webhooks: the registry, and what is posted, when, and how often.
#![allow(clippy::unwrap_used)]

mod mailing;

use mailing::{Box, Receiver, fits, people};
use serde_json::{Value, json};

fn mail(to: &str) -> Value {
    json!({"sender": {"email": "shop@example.com", "name": "Shop"}, "to": [{"email": to}], "subject": "Hi",
        "htmlContent": "<a href=\"https://shop.example/x\">x</a>", "tags": ["t1", "t2"],
        "headers": {"X-Mailin-custom": "order:1"}})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registry() {
    let sandbox = Box::open(1).await;
    let body = json!({"url": "https://hooks.example/b", "events": ["delivered", "hardBounce"], "description": "d",
        "auth": {"type": "bearer", "token": "t"}, "headers": [{"key": "x-a", "value": "b"}]});
    let created = sandbox.ok("POST", "/webhooks", body.clone()).await;
    fits("webhooks.create_webhook", &created);
    let path = format!("/webhooks/{}", created["id"]);
    let one = sandbox.get(&path).await;
    fits("webhooks.get_webhook", &one);
    assert_eq!((&one["type"], &one["events"]), (&json!("transactional"), &body["events"]));
    sandbox.ok("PUT", &path, json!({"events": ["spam"]})).await;
    let changed = sandbox.get(&path).await;
    assert_eq!((&changed["events"], &changed["url"]), (&json!(["spam"]), &body["url"]));
    let inbound = json!({"type": "inbound", "url": "https://hooks.example/i", "domain": "in.example"});
    sandbox.ok("POST", "/webhooks", inbound).await;
    fits("webhooks.get_webhooks", &sandbox.get("/webhooks").await);
    assert_eq!(sandbox.get("/webhooks").await["webhooks"].as_array().unwrap().len(), 1);
    let inbound = sandbox.get("/webhooks?type=inbound").await;
    assert_eq!(inbound["webhooks"][0]["events"], json!(["inboundEmailProcessed"]));
    for bad in [
        json!({"url": "nonsense", "events": ["spam"]}),
        json!({"url": "https://a.example", "events": ["listAddition"]}),
        json!({"url": "https://a.example", "type": "marketing", "events": ["uniqueOpened"]}),
        json!({"url": "https://a.example", "events": []}),
        json!({"url": "https://a.example"}),
        json!({"url": "https://a.example", "type": "inbound"}),
    ] {
        sandbox.refused("POST", "/webhooks", bad, 400).await;
    }
    for _ in 1..40 {
        sandbox.ok("POST", "/webhooks", body.clone()).await;
    }
    sandbox.refused("POST", "/webhooks", body, 400).await;
    sandbox.ok("DELETE", &path, Value::Null).await;
    sandbox.refused("GET", &path, Value::Null, 404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn transactional_events_are_posted() {
    let (sandbox, receiver) = (Box::open(1).await, Receiver::open().await);
    let hook = json!({"url": receiver.url, "events": ["request", "delivered", "uniqueOpened", "opened", "click", "hardBounce"],
        "auth": {"type": "bearer", "token": "secret"}, "headers": [{"key": "x-shop", "value": "one"}]});
    let hook = sandbox.ok("POST", "/webhooks", hook).await["id"].clone();
    let id = sandbox.ok("POST", "/smtp/email", mail("ada+click@example.com")).await["messageId"].clone();
    sandbox.advance(2).await;
    let posts = receiver.take();
    let names = posts.iter().map(|post| post.body["event"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&"request") && names.contains(&"delivered"), "{names:?}");
    let delivered = posts.iter().find(|post| post.body["event"] == "delivered").unwrap();
    assert_eq!(delivered.header("authorization"), Some("Bearer secret"));
    assert_eq!(delivered.header("x-shop"), Some("one"));
    assert_eq!(delivered.header("content-type"), Some("application/json"));
    let body = &delivered.body;
    assert_eq!((&body["id"], &body["message-id"]), (&hook, &id));
    assert_eq!(body["X-Mailin-custom"], "order:1");
    assert_eq!((&body["tags"], &body["tag"]), (&json!(["t1", "t2"]), &json!("[\"t1\",\"t2\"]")));
    assert_eq!((&body["email"], &body["subject"]), (&json!("ada+click@example.com"), &json!("Hi")));
    let epoch = body["ts_epoch"].as_i64().unwrap();
    assert_eq!(body["ts_event"], epoch / 1000);
    assert!(body["date"].as_str().unwrap().starts_with("2026-11-23 13:00:0"), "{body}");

    sandbox.advance(3 * 86_400).await;
    let posts = receiver.take();
    let count = |name: &str| posts.iter().filter(|post| post.body["event"] == name).count();
    assert_eq!(count("unique_opened"), 1);
    let click = posts.iter().find(|post| post.body["event"] == "click").unwrap();
    assert_eq!(click.body["link"], "https://shop.example/x");
    let logged =
        sandbox.get("/smtp/statistics/events?event=opened").await["events"].as_array().unwrap().len();
    assert_eq!(count("opened") + 1, logged);

    sandbox.ok("POST", "/smtp/email", mail("b+hardbounce@example.com")).await;
    sandbox.ok("POST", "/smtp/email", mail("c+softbounce@example.com")).await;
    sandbox.advance(2).await;
    let posts = receiver.take();
    let bounce = posts.iter().find(|post| post.body["event"] == "hard_bounce").unwrap();
    assert!(bounce.body["reason"].as_str().unwrap().starts_with('5'));
    assert!(posts.iter().all(|post| post.body["event"] != "soft_bounce"), "not asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn marketing_events_have_a_form_of_their_own() {
    let (sandbox, receiver) = (Box::open(1).await, Receiver::open().await);
    let hook = json!({"type": "marketing", "url": receiver.url, "events": ["delivered", "click", "unsubscribed", "hardBounce"]});
    sandbox.ok("POST", "/webhooks", hook).await;
    let names =
        ["a+click@example.com", "b+unsubscribe@example.com", "c+hardbounce@example.com"].map(str::to_owned);
    let list = sandbox.list("L", &names).await;
    let campaign = json!({"name": "Big news", "subject": "S", "sender": {"id": 1}, "tag": "g",
        "htmlContent": "<a href='https://shop.example/y'>y</a>", "recipients": {"listIds": [list]}});
    let id = sandbox.ok("POST", "/emailCampaigns", campaign).await["id"].clone();
    sandbox.ok("POST", &format!("/emailCampaigns/{id}/sendNow"), Value::Null).await;
    sandbox.advance(3 * 86_400).await;
    let posts = receiver.take();
    let of = |name: &str| posts.iter().filter(|post| post.body["event"] == name).collect::<Vec<_>>();
    assert_eq!(of("delivered").len(), 2);
    let click = &of("click")[0].body;
    assert_eq!((&click["camp_id"], &click["campaign name"]), (&id, &json!("Big news")));
    assert_eq!((&click["URL"], &click["tag"]), (&json!("https://shop.example/y"), &json!("g")));
    assert!(click.get("message-id").is_none() && click.get("ts_epoch").is_none());
    assert_eq!(of("unsubscribed")[0].body["list_id"], json!([list]));
    assert!(of("hard_bounced")[0].body["reason"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_and_429_are_tried_again_refusals_are_not() {
    let (sandbox, receiver) = (Box::open(1).await, Receiver::open().await);
    let hook = json!({"url": receiver.url, "events": ["request"]});
    let hook = sandbox.ok("POST", "/webhooks", hook).await["id"].clone();
    receiver.answer(&[429, 429, 429, 429, 429]);
    sandbox.ok("POST", "/smtp/email", mail("a+silent@example.com")).await;
    sandbox.advance(1).await;
    assert_eq!(receiver.take().len(), 1);
    for wait in [600, 3_600, 7_200, 28_800] {
        sandbox.advance(wait - 2).await;
        assert_eq!(receiver.take().len(), 0, "before {wait} s");
        sandbox.advance(3).await;
        assert_eq!(receiver.take().len(), 1, "after {wait} s");
    }
    sandbox.advance(86_400).await;
    assert_eq!(receiver.take().len(), 0, "given up");

    receiver.answer(&[500]);
    sandbox.ok("POST", "/smtp/email", mail("b+silent@example.com")).await;
    sandbox.advance(86_400).await;
    assert_eq!(receiver.take().len(), 1, "a 500 loses the event");

    // Nobody listens: the hook rests for ten minutes, and nothing is lost.
    sandbox.ok("PUT", &format!("/webhooks/{hook}"), json!({"url": "http://127.0.0.1:9/hook"})).await;
    sandbox.ok("POST", "/smtp/email", mail("c+silent@example.com")).await;
    sandbox.advance(1).await;
    sandbox.ok("PUT", &format!("/webhooks/{hook}"), json!({"url": receiver.url})).await;
    sandbox.ok("POST", "/smtp/email", mail("d+silent@example.com")).await;
    sandbox.advance(300).await;
    assert_eq!(receiver.take().len(), 0, "the hook rests");
    sandbox.advance(301).await;
    assert_eq!(receiver.take().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_gather_five_minutes() {
    let (sandbox, receiver) = (Box::open(1).await, Receiver::open().await);
    let hook = json!({"url": receiver.url, "events": ["request"], "batched": true});
    sandbox.ok("POST", "/webhooks", hook).await;
    let versions = (0..6)
        .map(|version| {
            let to = (0..90).map(|i| json!({"email": format!("v{version}p{i}+silent@example.com")}));
            json!({"to": to.collect::<Vec<_>>()})
        })
        .collect::<Vec<_>>();
    let mut body = mail("x@example.com");
    body["messageVersions"] = versions.into();
    sandbox.ok("POST", "/smtp/email", body).await;
    sandbox.advance(299).await;
    assert_eq!(receiver.take().len(), 0);
    sandbox.advance(1).await;
    let mut sizes =
        receiver.take().iter().map(|post| post.body.as_array().unwrap().len()).collect::<Vec<_>>();
    sizes.sort();
    assert_eq!(sizes, [40, 500]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_exported() {
    let (sandbox, receiver) = (Box::open(1).await, Receiver::open().await);
    let hook = json!({"url": receiver.url, "events": ["request", "delivered", "hardBounce"]});
    sandbox.ok("POST", "/webhooks", hook).await;
    for email in people(3) {
        sandbox.ok("POST", "/smtp/email", mail(&email.replace('@', "+silent@"))).await;
    }
    sandbox.ok("POST", "/smtp/email", mail("x+hardbounce@example.com")).await;
    sandbox.advance(5).await;
    let export =
        |event: &str| json!({"type": "transactional", "event": event, "days": 2, "notifyURL": receiver.url});
    for (event, rows) in [("allEvents", 8), ("delivered", 3), ("hardBounce", 1), ("spam", 0)] {
        let process = sandbox.ok("POST", "/webhooks/export", export(event)).await;
        fits("webhooks.export_webhooks_history", &process);
        let process = sandbox.process(&process["processId"]).await;
        assert_eq!(sandbox.csv(&process["export_url"]).await.len(), rows + 1, "{event}");
    }
    assert!(receiver.take().iter().any(|post| post.body["export_url"].is_string()), "notified");
    let both = json!({"type": "transactional", "event": "spam", "notifyURL": receiver.url});
    sandbox.refused("POST", "/webhooks/export", both, 400).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_contacts_are_posted() {
    let (sandbox, receiver) = (Box::open(1).await, Receiver::open().await);
    let lists = [sandbox.list("A", &[]).await, sandbox.list("B", &[]).await];
    let quiet = json!({"email": "before@example.com", "listIds": lists});
    sandbox.ok("POST", "/contacts", quiet).await;
    let events = ["listAddition", "contactUpdated", "contactDeleted"];
    sandbox
        .ok("POST", "/webhooks", json!({"type": "marketing", "url": receiver.url, "events": events}))
        .await;
    let new = json!({"email": "ada@example.com", "listIds": lists, "attributes": {"FIRSTNAME": "Ada", "LASTNAME": "L"}});
    sandbox.ok("POST", "/contacts", new).await;
    sandbox.advance(1).await;
    let posts = receiver.take();
    assert_eq!(posts.len(), 1, "{posts:?}");
    let body = &posts[0].body;
    assert_eq!((&body["event"], &body["list_id"]), (&json!("list_addition"), &json!(lists)));
    assert_eq!(body["email"], "ada@example.com");
    assert!(body["key"].is_string() && body.get("message-id").is_none());

    sandbox.ok("PUT", "/contacts/ada@example.com", json!({"attributes": {"LASTNAME": "Lovelace"}})).await;
    sandbox.advance(1).await;
    let posts = receiver.take();
    assert_eq!(posts.len(), 1, "{posts:?}");
    assert_eq!(posts[0].body["event"], "contact_updated");
    assert_eq!(posts[0].body["content"], json!([{"LASTNAME": "Lovelace"}]));

    sandbox.ok("DELETE", "/contacts/ada@example.com", Value::Null).await;
    sandbox.advance(1).await;
    let posts = receiver.take();
    assert_eq!(posts.len(), 1, "{posts:?}");
    assert_eq!(
        (&posts[0].body["event"], &posts[0].body["email"]),
        (&json!("contact_deleted"), &json!("ada@example.com"))
    );
}
