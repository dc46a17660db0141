//! The exports of campaigns, reports and recipients, against the sandbox.
#![allow(clippy::unwrap_used)]

mod mailing;

use std::path::Path;

use brevo_core::jobs::{job, run};
use brevo_core::{Client, Error};
use mailing::{Box, people};
use serde_json::{Value, json};

fn client(sandbox: &Box) -> Client {
    Client::builder().api_key(&sandbox.key).base_url(sandbox.running.url()).build().unwrap()
}

async fn export(client: &Client, id: &str, arguments: Value) -> Result<Value, Error> {
    let (resource, name) = id.split_once('.').unwrap();
    let Value::Object(arguments) = arguments else { panic!("an object is needed") };
    run(client, job(resource, name).unwrap(), arguments, &|_| {}).await
}

/// Rows of a CSV file, as values by column.
fn rows(path: &Path) -> Vec<std::collections::HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn sum(rows: &[std::collections::HashMap<String, String>], column: &str) -> i64 {
    rows.iter().map(|row| row[column].parse::<i64>().unwrap()).sum()
}

const HTML: &str = r#"<html><body><a href="https://shop.example/a">a</a> <a href="https://shop.example/b">b</a></body></html>"#;

#[tokio::test(flavor = "multi_thread")]
async fn every_breakdown_adds_up_to_the_figures_of_the_campaign() {
    let sandbox = Box::open(7).await;
    let client = client(&sandbox);
    let everybody = people(120);
    let (one, two) =
        (sandbox.list("One", &everybody[..80]).await, sandbox.list("Two", &everybody[60..]).await);
    let draft = json!({"name": "Spring", "subject": "News", "sender": {"email": "news@example.com", "name": "News"},
        "htmlContent": HTML, "recipients": {"listIds": [one, two]}});
    for _ in 0..2 {
        let id = sandbox.ok("POST", "/emailCampaigns", draft.clone()).await["id"].clone();
        sandbox.ok("POST", &format!("/emailCampaigns/{id}/sendNow"), Value::Null).await;
        sandbox.advance(7 * 86_400).await;
    }
    sandbox.ok("POST", "/emailCampaigns", draft).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // First as they are; then half a year later, when the list tells nothing.
    for turn in 0..2 {
        let whole = path("whole.csv");
        let result =
            export(&client, "email_campaigns.export_statistics", json!({"path": whole})).await.unwrap();
        assert_eq!((&result["rows"], &result["calls"]), (&json!(3), &json!(1 + 2 * turn)));
        let whole = rows(&whole);
        let sent: Vec<_> = whole.iter().map(|row| row["sent"].clone()).collect();
        assert_eq!((sent[0].as_str(), sent[2].as_str()), ("120", "0"));
        for (by, columns) in [
            ("list", &["sent", "delivered", "uniqueClicks", "unsubscriptions"][..]),
            ("domain", &["sent", "delivered", "uniqueViews", "hardBounces"]),
            ("device", &["viewed", "uniqueClicks"]),
            ("browser", &["viewed", "clickers"]),
            ("link", &["clicks"]),
        ] {
            let path = path("by.csv");
            let mut arguments = json!({"path": path, "by": by});
            if turn == 1 && by == "link" {
                // To a client whose clock was not moved these are recent campaigns that nobody clicked in.
                arguments["campaignIds"] = json!([1, 2]);
            }
            export(&client, "email_campaigns.export_statistics", arguments).await.unwrap();
            let parts = rows(&path);
            for column in columns {
                let whole_column = if *column == "clicks" { "clickers" } else { column };
                assert_eq!(sum(&parts, column), sum(&whole, whole_column), "{column} by {by}");
            }
            assert!(parts.iter().all(|row| row["id"] != "3") && parts.len() > 3, "{by}");
        }
        sandbox.advance(200 * 86_400).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn recipients_reports_and_phones() {
    let sandbox = Box::open(3).await;
    let client = client(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let everybody =
        ["ada+click@example.com", "bob+silent@example.com", "cyd+hardbounce@example.com"].map(str::to_owned);
    let list = sandbox.list("Readers", &everybody).await;
    for (number, email) in ["33612349903", "33612349904"].iter().zip(&everybody) {
        let change = json!({"attributes": {"SMS": number, "WHATSAPP": number}});
        sandbox.ok("PUT", &format!("/contacts/{}", email.replace('+', "%2B")), change).await;
    }
    let draft = json!({"name": "Spring", "subject": "News", "sender": {"email": "news@example.com", "name": "News"},
        "htmlContent": HTML, "recipients": {"listIds": [list]}});
    let campaign = sandbox.ok("POST", "/emailCampaigns", draft).await["id"].clone();
    sandbox.ok("POST", &format!("/emailCampaigns/{campaign}/sendNow"), Value::Null).await;
    let sale =
        json!({"name": "Sale", "sender": "Shop", "content": "Sale", "recipients": {"listIds": [list]}});
    let sms = sandbox.ok("POST", "/smsCampaigns", sale).await["id"].clone();
    sandbox.ok("POST", &format!("/smsCampaigns/{sms}/sendNow"), Value::Null).await;
    let chat = json!({"name": "Chat", "templateId": 9, "recipients": {"listIds": [list]},
        "scheduledAt": "2026-11-23T13:00:00Z"});
    sandbox.ok("POST", "/whatsappCampaigns", chat).await;
    let text = json!({"sender": "Shop", "recipient": "33612349900", "content": "1234"});
    sandbox.ok("POST", "/transactionalSMS/sms", text).await;
    let mail = json!({"sender": {"email": "news@example.com"}, "to": [{"email": "ada+click@example.com"}],
        "subject": "Hi", "htmlContent": HTML});
    sandbox.ok("POST", "/smtp/email", mail).await;
    sandbox.clock(json!({"freeze": false})).await;
    sandbox.advance(40 * 86_400).await;

    for (kind, count) in [("all", 3), ("clickers", 1), ("hardBounces", 1), ("unsubscribed", 0)] {
        let path = path("r.csv");
        let arguments = json!({"campaignId": campaign, "path": path, "recipientsType": kind});
        let result = export(&client, "email_campaigns.export_campaign_recipients", arguments).await.unwrap();
        assert_eq!((&result["rows"], rows(&path).len()), (&json!(count), count), "{kind}");
    }
    let arguments = json!({"campaignId": sms, "path": path("s.csv"), "recipientsType": "answered"});
    let result = export(&client, "sms_campaigns.export_sms_campaign_recipients", arguments).await.unwrap();
    assert_eq!(result["rows"], 1);
    assert_eq!(rows(&path("s.csv"))[0]["EMAIL"], everybody[0]);

    export(&client, "sms_campaigns.export_sms_statistics", json!({"path": path("s.csv")})).await.unwrap();
    let one = &rows(&path("s.csv"))[0];
    assert_eq!(
        [&one["sent"], &one["delivered"], &one["answered"], &one["unsubscriptions"]],
        ["2", "2", "1", "1"]
    );
    export(&client, "whats_app_campaigns.export_whatsapp_statistics", json!({"path": path("s.csv")}))
        .await
        .unwrap();
    let one = &rows(&path("s.csv"))[0];
    assert_eq!([&one["campaignName"], &one["sent"], &one["delivered"]], ["Chat", "2", "2"]);

    for (id, figure) in [
        ("transactional_emails.export_email_reports", "uniqueClicks"),
        ("transactional_sms.export_sms_reports", "accepted"),
    ] {
        let span = json!({"startDate": "2026-10-20", "endDate": "2026-12-31", "path": path("d.csv")});
        let result = export(&client, id, span.clone()).await.unwrap();
        assert_eq!(result["rows"], 73, "{id}");
        let days = rows(&path("d.csv"));
        assert_eq!((sum(&days, "requests"), sum(&days, figure)), (1, 1), "{id}");
        assert_eq!(days.iter().find(|day| day["requests"] == "1").unwrap()["date"], "2026-11-23");
        let mut span = span;
        span["interval"] = "month".into();
        assert_eq!(export(&client, id, span).await.unwrap()["rows"], 3, "{id}");
        let months = rows(&path("d.csv"));
        assert_eq!((months[1]["month"].as_str(), months[1]["requests"].as_str()), ("2026-11", "1"), "{id}");
    }
}
