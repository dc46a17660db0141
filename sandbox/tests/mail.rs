//! Transactional mail: sending, templates, schedule, log, statistics and blocks, over loopback.
#![allow(clippy::unwrap_used)]

mod mailing;

use mailing::{Box, fits};
use serde_json::{Value, json};

fn mail(to: &str) -> Value {
    json!({"sender": {"email": "shop@example.com", "name": "Shop"}, "to": [{"email": to, "name": "Somebody"}],
        "subject": "Order {{ params.number }}", "params": {"number": 42}, "tags": ["order", "test"],
        "htmlContent": "<p>Thanks, {{ params.number }}</p><a href=\"https://shop.example/order\">see</a>"})
}

fn with(mut body: Value, changes: Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

async fn kinds(sandbox: &Box, query: &str) -> Vec<String> {
    let events = sandbox.get(&format!("/smtp/statistics/events?sort=asc&{query}")).await;
    fits("transactional_emails.get_email_event_report", &events);
    let events = events["events"].as_array().unwrap();
    events.iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_sent_logged_and_counted() {
    let sandbox = Box::open(1).await;
    let sent = sandbox.call("POST", "/smtp/email", mail("ada+click@example.com")).await;
    assert_eq!(sent.0, 201, "{}", sent.1);
    fits("transactional_emails.send_transac_email", &sent.1);
    let id = sent.1["messageId"].as_str().unwrap().to_owned();
    assert!(id.starts_with("<202611231200.") && id.ends_with("@smtp-relay.mailin.fr>"), "{id}");

    let stored = &sandbox.mails("").await[0];
    assert_eq!(stored["subject"], "Order 42");
    assert!(stored["html"].as_str().unwrap().starts_with("<p>Thanks, 42</p>"));
    assert_eq!(stored["to"]["email"], "ada+click@example.com");

    sandbox.advance(3).await;
    assert_eq!(kinds(&sandbox, "email=ada%2Bclick@example.com").await, ["requests", "delivered"]);
    sandbox.advance(3 * 86_400).await;
    let all = kinds(&sandbox, "email=ada%2Bclick@example.com").await;
    assert!(all.contains(&"opened".to_owned()) && all.contains(&"clicks".to_owned()), "{all:?}");
    let clicks = sandbox.get("/smtp/statistics/events?event=clicks&tags=%5B%22order%22%5D").await;
    assert_eq!(clicks["events"][0]["link"], "https://shop.example/order");
    assert_eq!(clicks["events"][0]["messageId"], id);
    assert_eq!(sandbox.get("/smtp/statistics/events?tags=other").await["events"], json!([]));

    sandbox.refused("GET", "/smtp/emails", Value::Null, 400).await;
    let listed = sandbox.get("/smtp/emails?email=ada%2Bclick@example.com").await;
    fits("transactional_emails.get_transac_emails_list", &listed);
    assert_eq!(
        (&listed["count"], &listed["transactionalEmails"][0]["subject"]),
        (&json!(1), &json!("Order 42"))
    );
    let uuid = listed["transactionalEmails"][0]["uuid"].as_str().unwrap();
    let content = sandbox.get(&format!("/smtp/emails/{uuid}")).await;
    fits("transactional_emails.get_transac_email_content", &content);
    assert_eq!(content["events"][1]["name"], "delivered");

    sandbox.ok("DELETE", "/smtp/log/ada%2Bclick@example.com", Value::Null).await;
    assert_eq!(sandbox.get("/smtp/emails?email=ada%2Bclick@example.com").await["count"], 0);
    sandbox.refused("GET", &format!("/smtp/emails/{uuid}"), Value::Null, 404).await;
    sandbox.refused("DELETE", "/smtp/log/ada%2Bclick@example.com", Value::Null, 404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_add_up() {
    let sandbox = Box::open(5).await;
    for i in 0..60 {
        let tags = json!({"tags": [if i % 2 == 0 { "even" } else { "odd" }]});
        sandbox.ok("POST", "/smtp/email", with(mail(&format!("p{i}@example.com")), tags)).await;
    }
    for to in ["x+hardbounce@example.com", "x+softbounce@example.com", "x@nowhere.invalid"] {
        sandbox.ok("POST", "/smtp/email", mail(to)).await;
    }
    sandbox.advance(5 * 86_400).await;
    let all = sandbox.get("/smtp/statistics/aggregatedReport").await;
    fits("transactional_emails.get_aggregated_smtp_report", &all);
    let n = |report: &Value, key: &str| report[key].as_i64().unwrap();
    assert_eq!(n(&all, "requests"), 63);
    let ends = ["delivered", "hardBounces", "softBounces", "invalid", "blocked"];
    assert_eq!(ends.iter().map(|key| n(&all, key)).sum::<i64>(), 63);
    assert!(n(&all, "uniqueOpens") > 15 && n(&all, "uniqueOpens") <= n(&all, "delivered"), "{all}");
    assert!(n(&all, "uniqueClicks") <= n(&all, "uniqueOpens") && n(&all, "opens") >= n(&all, "uniqueOpens"));
    assert!(n(&all, "hardBounces") >= 1 && n(&all, "softBounces") >= 1 && n(&all, "invalid") == 1);
    let tagged = |tag: &str| format!("/smtp/statistics/aggregatedReport?tag={tag}");
    assert_eq!(n(&sandbox.get(&tagged("even")).await, "requests"), 30);
    let daily = sandbox.get("/smtp/statistics/reports?days=10&limit=30").await;
    fits("transactional_emails.get_smtp_report", &daily);
    let daily = daily["reports"].as_array().unwrap();
    assert_eq!(daily.len(), 10);
    for key in ["requests", "delivered", "opens", "clicks", "hardBounces"] {
        assert_eq!(daily.iter().map(|day| n(day, key)).sum::<i64>(), n(&all, key), "{key}");
    }
    let of_the_day = sandbox.get("/smtp/statistics/reports?startDate=2026-11-23&endDate=2026-11-23").await;
    assert_eq!(n(&of_the_day["reports"][0], "requests"), 63);
    for query in
        ["days=31", "startDate=2026-11-01", "days=5&startDate=2026-11-01&endDate=2026-11-02", "limit=31"]
    {
        sandbox.refused("GET", &format!("/smtp/statistics/reports?{query}"), Value::Null, 400).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_mails_are_refused() {
    let sandbox = Box::open(1).await;
    let many = (0..100).map(|i| json!({"email": format!("p{i}@example.com")})).collect::<Vec<_>>();
    let versions = (0..21).map(|_| json!({"to": many[..98]})).collect::<Vec<_>>();
    for (changes, code) in [
        (json!({"sender": null}), "missing_parameter"),
        (json!({"sender": {"email": "nonsense"}}), "invalid_parameter"),
        (json!({"sender": {"id": 99}}), "invalid_parameter"),
        (json!({"to": null}), "missing_parameter"),
        (json!({"to": [{"email": "not an address"}]}), "invalid_parameter"),
        (json!({"to": many}), "invalid_parameter"),
        (json!({"messageVersions": versions}), "invalid_parameter"),
        (json!({"subject": null}), "missing_parameter"),
        (json!({"htmlContent": null}), "missing_parameter"),
        (json!({"templateId": 77}), "invalid_parameter"),
        (json!({"scheduledAt": "2026-11-26T12:00:01Z"}), "invalid_parameter"),
        (json!({"scheduledAt": "2026-11-23T11:00:00Z"}), "invalid_parameter"),
        (json!({"batchId": "nonsense"}), "invalid_parameter"),
        (json!({"attachment": [{"name": "a.exe", "content": "YQ=="}]}), "invalid_parameter"),
        (json!({"attachment": [{"name": "a.pdf", "content": "*"}]}), "invalid_parameter"),
        (json!({"attachment": [{"name": "a.pdf"}]}), "invalid_parameter"),
        (json!({"params": {"big": "x".repeat(100_001)}}), "invalid_parameter"),
    ] {
        let body = with(mail("a@example.com"), changes);
        assert_eq!(sandbox.refused("POST", "/smtp/email", body, 400).await, code);
    }
    assert_eq!(sandbox.mails("").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_refuses_repeats_and_drop_leaves_no_trace() {
    let sandbox = Box::open(1).await;
    let keyed = with(mail("a@example.com"), json!({"headers": {"idempotencyKey": "5c6cfa04"}}));
    sandbox.ok("POST", "/smtp/email", keyed.clone()).await;
    assert_eq!(sandbox.refused("POST", "/smtp/email", keyed.clone(), 400).await, "duplicate_parameter");
    sandbox.advance(29 * 60).await;
    assert_eq!(sandbox.refused("POST", "/smtp/email", keyed.clone(), 400).await, "duplicate_parameter");
    sandbox.advance(61).await;
    sandbox.ok("POST", "/smtp/email", keyed).await;
    // A refused mail does not use its key up.
    let bad = with(mail("a@example.com"), json!({"headers": {"idempotencyKey": "two"}, "subject": null}));
    sandbox.refused("POST", "/smtp/email", bad.clone(), 400).await;
    sandbox.ok("POST", "/smtp/email", with(bad, json!({"subject": "now"}))).await;
    assert_eq!(sandbox.mails("").await.len(), 3);

    let dropped = with(mail("a@example.com"), json!({"headers": {"X-Sib-Sandbox": "drop"}}));
    assert!(sandbox.ok("POST", "/smtp/email", dropped).await["messageId"].is_string());
    assert_eq!(sandbox.mails("").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_and_schedule() {
    let sandbox = Box::open(1).await;
    let versions = json!({"to": null, "messageVersions": [
        {"to": [{"email": "a+silent@example.com"}, {"email": "b+silent@example.com"}], "params": {"number": 1}},
        {"to": [{"email": "c+silent@example.com"}], "subject": "Special", "htmlContent": "<p>Only for you</p>"},
    ]});
    let body = with(mail("x@example.com"), versions);
    let (status, sent) = sandbox.call("POST", "/smtp/email", body.clone()).await;
    assert_eq!((status, sent["messageIds"].as_array().unwrap().len()), (201, 2));
    fits("transactional_emails.send_transac_email", &sent);
    let mails = sandbox.mails("").await;
    let subjects = mails.iter().map(|mail| mail["subject"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(subjects, ["Special", "Order 1", "Order 1"]);
    assert_eq!(mails[1]["messageId"], mails[2]["messageId"]);
    assert_eq!(mails[0]["messageId"], sent["messageIds"][1]);

    let batch = "5c6cfa04-eed9-42c2-8b5c-6d470d978e9d";
    let body = with(body, json!({"scheduledAt": "2026-11-23T13:00:00.000Z", "batchId": batch}));
    let (status, queued) = sandbox.call("POST", "/smtp/email", body).await;
    assert_eq!((status, &queued["batchId"]), (202, &json!(batch)));
    let path = format!("/smtp/emailStatus/{batch}");
    let state = sandbox.get(&path).await;
    fits("transactional_emails.get_scheduled_email_by_id", &state);
    assert_eq!((&state["count"], &state["batches"][0]["status"]), (&json!(2), &json!("queued")));
    let message = queued["messageIds"][0].as_str().unwrap().replace('<', "%3C").replace('>', "%3E");
    sandbox.ok("DELETE", &format!("/smtp/email/{message}"), Value::Null).await;
    sandbox.refused("GET", &format!("/smtp/emailStatus/{message}"), Value::Null, 404).await;
    assert_eq!(sandbox.mails("").await.len(), 3);
    sandbox.advance(3_600).await;
    let done = sandbox.get(&path).await;
    assert_eq!((&done["count"], &done["batches"][0]["status"]), (&json!(1), &json!("processed")));
    assert_eq!(sandbox.mails("").await.len(), 4);
    assert_eq!(sandbox.mails("").await[0]["date"], "2026-11-23T13:00:00.000Z");
    sandbox.refused("DELETE", &format!("/smtp/email/{batch}"), Value::Null, 404).await;
    sandbox.refused("GET", "/smtp/emailStatus/b8a1c5d0-0000-4000-8000-000000000000", Value::Null, 404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_are_kept_rendered_and_sent() {
    let sandbox = Box::open(1).await;
    let body = json!({"templateName": "Welcome", "subject": "Hi {{ contact.FIRSTNAME }}", "sender": {"id": 1},
        "htmlContent": "<p>{% if params.vip %}Dear{% else %}Hello{% endif %} {{ contact.FIRSTNAME|default:\"you\" }}</p>"});
    let created = sandbox.ok("POST", "/smtp/templates", body.clone()).await;
    let path = format!("/smtp/templates/{}", created["id"]);
    let one = sandbox.get(&path).await;
    fits("transactional_emails.get_smtp_template", &one);
    assert_eq!((&one["isActive"], &one["sender"]["id"]), (&json!(false), &json!("1")));
    let id = json!({"templateId": created["id"]});
    sandbox.refused("POST", "/smtp/email", with(mail("a@example.com"), id.clone()), 400).await;
    sandbox.ok("PUT", &path, json!({"isActive": true, "tag": "w"})).await;
    let list = sandbox.get("/smtp/templates?templateStatus=true").await;
    fits("transactional_emails.get_smtp_templates", &list);
    assert_eq!((&list["count"], &list["templates"][0]["tag"]), (&json!(1), &json!("w")));
    sandbox.list("People", &["ada+silent@example.com".to_owned()]).await;

    let preview =
        json!({"templateId": created["id"], "email": "ada+silent@example.com", "params": {"vip": true}});
    let preview = sandbox.ok("POST", "/smtp/template/preview", preview).await;
    fits("transactional_emails.post_preview_smtp_email_templates", &preview);
    assert_eq!((&preview["html"], &preview["subject"]), (&json!("<p>Dear ada</p>"), &json!("Hi ada")));
    sandbox.refused("POST", "/smtp/template/preview", id.clone(), 400).await;

    let to = json!({"to": [{"email": "ada+silent@example.com"}, {"email": "new+silent@example.com"}]});
    sandbox.ok("POST", "/smtp/email", with(to, id)).await;
    let mails = sandbox.mails("").await;
    assert_eq!(
        (&mails[1]["html"], &mails[0]["html"]),
        (&json!("<p>Hello ada</p>"), &json!("<p>Hello you</p>"))
    );
    assert_eq!(mails[0]["from"]["email"], "owner@sandbox.example");
    sandbox.ok("POST", &format!("{path}/sendTest"), json!({"emailTo": ["ada+silent@example.com"]})).await;
    assert_eq!(sandbox.get(&path).await["testSent"], true);

    assert_eq!(sandbox.refused("DELETE", &path, Value::Null, 405).await, "method_not_allowed");
    sandbox.ok("PUT", &path, json!({"isActive": false})).await;
    sandbox.ok("DELETE", &path, Value::Null).await;
    sandbox.refused("GET", &path, Value::Null, 404).await;
    for (changes, code) in [
        (json!({"htmlContent": null}), "missing_parameter"),
        (json!({"htmlContent": "short"}), "invalid_parameter"),
        (json!({"sender": {"email": "x@unknown.io"}}), "invalid_parameter"),
    ] {
        assert_eq!(sandbox.refused("POST", "/smtp/templates", with(body.clone(), changes), 400).await, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_keep_mail_away() {
    let sandbox = Box::open(1).await;
    let gone = "gone+hardbounce@example.com";
    sandbox.ok("POST", "/smtp/email", mail(gone)).await;
    sandbox.ok("POST", "/smtp/email", mail("off+unsubscribe@example.com")).await;
    sandbox.advance(4 * 86_400).await;
    let blocked = sandbox.get("/smtp/blockedContacts?sort=asc").await;
    fits("transactional_emails.get_transac_blocked_contacts", &blocked);
    assert_eq!(blocked["count"], 2);
    assert_eq!(
        (&blocked["contacts"][0]["reason"]["code"], &blocked["contacts"][0]["senderEmail"]),
        (&json!("hardBounce"), &Value::Null)
    );
    assert_eq!(blocked["contacts"][1]["senderEmail"], "shop@example.com");
    assert_eq!(sandbox.get("/smtp/blockedContacts?senders=shop@example.com").await["count"], 1);

    for to in [gone, "off+unsubscribe@example.com"] {
        sandbox.ok("POST", "/smtp/email", mail(to)).await;
        sandbox.advance(1).await;
        let events = kinds(&sandbox, &format!("email={}", to.replace('+', "%2B"))).await;
        assert_eq!(events.last().unwrap(), "blocked");
    }
    // Another sender was not unsubscribed from.
    let other = json!({"sender": {"email": "other@example.com"}});
    sandbox.ok("POST", "/smtp/email", with(mail("off+unsubscribe@example.com"), other)).await;
    sandbox.advance(3).await;
    let events = kinds(&sandbox, "email=off%2Bunsubscribe@example.com").await;
    assert_eq!(events.last().unwrap(), "delivered");

    sandbox.ok("POST", "/smtp/deleteHardbounces", json!({"contactEmail": gone})).await;
    assert_eq!(sandbox.get("/smtp/blockedContacts").await["count"], 1);
    sandbox.ok("DELETE", "/smtp/blockedContacts/off%2Bunsubscribe@example.com", Value::Null).await;
    sandbox.refused("DELETE", "/smtp/blockedContacts/off%2Bunsubscribe@example.com", Value::Null, 404).await;

    // Blocks that the contact carries.
    let contact = json!({"email": "c+silent@example.com", "smtpBlacklistSender": ["shop@example.com"]});
    sandbox.ok("POST", "/contacts", contact).await;
    assert_eq!(
        sandbox.get("/smtp/blockedContacts").await["contacts"][0]["reason"]["code"],
        "unsubscribedViaApi"
    );

    let (status, _) = sandbox.call("POST", "/smtp/blockedDomains", json!({"domain": "Spam.example"})).await;
    assert_eq!(status, 201);
    fits("transactional_emails.get_blocked_domains", &sandbox.get("/smtp/blockedDomains").await);
    sandbox.ok("POST", "/smtp/email", mail("x@spam.example")).await;
    sandbox.advance(1).await;
    assert_eq!(kinds(&sandbox, "email=x@spam.example").await, ["requests", "blocked"]);
    sandbox.ok("DELETE", "/smtp/blockedDomains/spam.example", Value::Null).await;
    sandbox.refused("DELETE", "/smtp/blockedDomains/spam.example", Value::Null, 404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_after_acceptance_shows_in_the_log() {
    let sandbox = Box::open(1).await;
    let stranger = json!({"sender": {"email": "me@not-mine.io", "name": "Me"}});
    sandbox.ok("POST", "/smtp/email", with(mail("a@example.com"), stranger)).await;
    sandbox
        .ok("POST", "/smtp/email", with(mail("b@example.com"), json!({"htmlContent": "<p>{% if x %}</p>"})))
        .await;
    sandbox.advance(2).await;
    for to in ["a@example.com", "b@example.com"] {
        assert_eq!(kinds(&sandbox, &format!("email={to}")).await, ["requests", "error"], "{to}");
    }
    let events = sandbox.get("/smtp/statistics/events?event=error&email=a@example.com").await;
    assert!(events["events"][0]["reason"].as_str().unwrap().contains("is not valid"));

    // A reader follows the unsubscription link.
    let link = json!({"htmlContent": "<a href=\"{{ unsubscribe }}\">no more</a>"});
    sandbox.ok("POST", "/smtp/email", with(mail("c+silent@example.com"), link)).await;
    sandbox.advance(2).await;
    let html = sandbox.mails("?email=c%2Bsilent@example.com").await[0]["html"].as_str().unwrap().to_owned();
    let url = html.split('"').nth(1).unwrap().replace("&#x2f;", "/");
    let (status, _) =
        sandbox.plain("GET", url.strip_prefix(sandbox.running.url()).unwrap(), Value::Null).await;
    assert_eq!(status, 200, "{url}");
    assert_eq!(sandbox.get("/smtp/blockedContacts").await["contacts"][0]["email"], "c+silent@example.com");
}
