//! SMS and WhatsApp from sending to figures, over loopback.
#![allow(clippy::unwrap_used)]

mod mailing;

use mailing::{Box, fits};
use serde_json::{Value, json};

/// A list of contacts with mobile numbers: five that say by their endings what happens, and more.
async fn phones(sandbox: &Box, more: usize) -> (i64, i64) {
    let list = sandbox.ok("POST", "/contacts/lists", json!({"name": "Phones", "folderId": 1})).await;
    let list = list["id"].as_i64().unwrap();
    let fixed = ["33612349900", "33612349901", "33612349902", "33612349903", "33612349904"];
    let others = (0..more).map(|i| format!("3369000{i:04}"));
    let mut count = 0;
    for number in fixed.iter().map(|n| (*n).to_owned()).chain(others) {
        let body = json!({"email": format!("p{number}@example.com"), "listIds": [list],
            "attributes": {"SMS": number, "WHATSAPP": number}});
        sandbox.ok("POST", "/contacts", body).await;
        count += 1;
    }
    let plain = json!({"email": "nophone@example.com", "listIds": [list]});
    sandbox.ok("POST", "/contacts", plain).await;
    (list, count)
}

fn n(stats: &Value, key: &str) -> i64 {
    stats[key].as_i64().unwrap_or_else(|| panic!("{key} of {stats}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sms_campaign_goes_out_and_its_figures_add_up() {
    let sandbox = Box::open(7).await;
    let (list, count) = phones(&sandbox, 60).await;
    let body = json!({"name": "Sale", "sender": "Shop", "content": "Sale today. STOP to 36180",
        "recipients": {"listIds": [list]}, "scheduledAt": "2026-11-23T14:00:00+01:00"});
    let created = sandbox.ok("POST", "/smsCampaigns", body.clone()).await;
    fits("sms_campaigns.create_sms_campaign", &created);
    let path = format!("/smsCampaigns/{}", created["id"]);
    assert_eq!(sandbox.get(&path).await["status"], "queued");
    assert_eq!(sandbox.refused("DELETE", &path, Value::Null, 403).await, "permission_denied");
    let export = format!("{path}/exportRecipients");
    let early = sandbox.refused("POST", &export, json!({"recipientsType": "all"}), 400).await;
    assert_eq!(early, "invalid_parameter");

    sandbox.advance(3_600).await;
    let running = sandbox.get(&path).await;
    assert_eq!((&running["status"], n(&running["statistics"], "processing")), (&json!("inProcess"), count));
    assert_eq!(sandbox.refused("PUT", &path, json!({"name": "x"}), 400).await, "campaign_processing");

    sandbox.advance(2 * 86_400).await;
    let sent = sandbox.get(&path).await;
    fits("sms_campaigns.get_sms_campaign", &sent);
    let s = &sent["statistics"];
    assert_eq!((&sent["status"], &sent["sentDate"]), (&json!("sent"), &json!("2026-11-23T13:00:00.000Z")));
    assert_eq!((n(s, "sent"), n(s, "processing")), (count, 0));
    assert_eq!(n(s, "delivered") + n(s, "softBounces") + n(s, "hardBounces"), count, "{s}");
    assert!(n(s, "answered") >= 1 && n(s, "unsubscriptions") >= 1 && n(s, "hardBounces") >= 1, "{s}");
    assert_eq!(sent["recipients"]["lists"][0], json!({"id": list, "name": "Phones"}));

    let page = sandbox.get("/smsCampaigns?status=sent&limit=10").await;
    fits("sms_campaigns.get_sms_campaigns", &page);
    assert_eq!((&page["count"], &page["campaigns"][0]["statistics"]), (&json!(1), s));
    assert_eq!(page["campaigns"][0]["recipients"]["lists"], json!([list]));
    assert_eq!(sandbox.get("/smsCampaigns?status=draft").await["count"], 0);

    for (kind, number) in
        [("answered", "33612349903"), ("hardBounces", "33612349901"), ("unsubscribed", "33612349904")]
    {
        let started = sandbox.ok("POST", &export, json!({"recipientsType": kind})).await;
        fits("sms_campaigns.request_sms_recipient_export", &started);
        let process = sandbox.process(&started["processId"]).await;
        let (status, csv) = {
            let url = process["export_url"].as_str().unwrap();
            let answer = sandbox.client.get(url).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        assert_eq!(status, 200);
        let figure = if kind == "unsubscribed" { "unsubscriptions" } else { kind };
        assert_eq!(csv.lines().count() as i64, n(s, figure) + 1, "{kind}: {csv}");
        assert!(csv.contains(number) && csv.starts_with("CONTACT_ID;EMAIL;SMS;"), "{csv}");
    }
    let unknown = sandbox.refused("POST", &export, json!({"recipientsType": "x"}), 400).await;
    assert_eq!(unknown, "invalid_parameter");

    // Who opted out gets no second one.
    let person = sandbox.get("/contacts/p33612349904@example.com").await;
    assert_eq!(person["smsBlacklisted"], true);
    let mut body = body;
    body.as_object_mut().unwrap().remove("scheduledAt");
    let again = sandbox.ok("POST", "/smsCampaigns", body).await;
    let path = format!("/smsCampaigns/{}", again["id"]);
    assert_eq!(sandbox.get(&path).await["status"], "draft");
    sandbox.ok("POST", &format!("{path}/sendNow"), Value::Null).await;
    sandbox.advance(3_600).await;
    assert_eq!(n(&sandbox.get(&path).await["statistics"], "sent"), count - n(s, "unsubscriptions"));
    sandbox.ok("PUT", &format!("{path}/status"), json!({"status": "archive"})).await;
    assert_eq!(sandbox.get(&path).await["status"], "archive");

    let filter = json!({"customContactFilter": {"actionForSmsCampaigns": "hardBounces"}});
    let export = sandbox.ok("POST", "/contacts/export", filter).await;
    let process = sandbox.process(&export["processId"]).await;
    let text = sandbox.client.get(process["export_url"].as_str().unwrap()).send().await.unwrap();
    assert!(text.text().await.unwrap().contains("p33612349901@example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn transactional_sms_have_events_and_reports() {
    let sandbox = Box::open(3).await;
    let sms = |recipient: &str, tag: Value| json!({"sender": "Shop", "recipient": recipient, "content": "Your code is 1234", "tag": tag});
    let sent = sandbox.ok("POST", "/transactionalSMS/sms", sms("+33612349900", json!(["code", "web"]))).await;
    fits("transactional_sms.send_transac_sms", &sent);
    assert_eq!(
        (&sent["smsCount"], sent["messageId"].as_i64() > Some(i64::from(u32::MAX))),
        (&json!(1), true)
    );
    let later = sandbox.ok("POST", "/transactionalSMS/send", sms("33612349901", json!("code"))).await;
    fits("transactional_sms.send_async_transactional_sms", &later);
    let long = json!({"sender": "Shop", "recipient": "33612349903", "content": "x".repeat(161)});
    assert_eq!(sandbox.ok("POST", "/transactionalSMS/sms", long).await["smsCount"], 2);
    for (body, code) in [
        (sms("12345", Value::Null), "invalid_parameter"),
        (json!({"sender": "Shop", "recipient": "33612349900"}), "missing_parameter"),
        (
            json!({"sender": "A name too long", "recipient": "33612349900", "content": "x"}),
            "invalid_parameter",
        ),
    ] {
        assert_eq!(sandbox.refused("POST", "/transactionalSMS/sms", body, 400).await, code);
    }
    sandbox.advance(2 * 86_400).await;
    let other = sandbox.ok("POST", "/transactionalSMS/sms", sms("33612349902", Value::Null)).await;
    sandbox.advance(60).await;

    let all = sandbox.get("/transactionalSMS/statistics/events?sort=asc").await;
    fits("transactional_sms.get_sms_events", &all);
    let of = |all: &Value, id: &Value| -> Vec<String> {
        let events = all["events"].as_array().unwrap().iter();
        let mine = events.filter(|event| event["messageId"] == id.to_string().as_str());
        mine.map(|event| event["event"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(of(&all, &sent["messageId"]), ["sent", "accepted", "delivered"]);
    assert_eq!(of(&all, &later["messageId"]), ["sent", "accepted", "hardBounces"]);
    assert_eq!(of(&all, &other["messageId"]), ["sent", "accepted", "softBounces"]);
    let replies = sandbox.get("/transactionalSMS/statistics/events?event=replies").await;
    assert_eq!(replies["events"][0]["reply"], "Thank you!");
    let bounces = sandbox.get("/transactionalSMS/statistics/events?event=bounces").await;
    assert_eq!(bounces["events"].as_array().unwrap().len(), 2);
    let tagged = sandbox.get("/transactionalSMS/statistics/events?tags=%5B%22code%22,%22web%22%5D").await;
    assert_eq!(of(&tagged, &sent["messageId"]).len(), tagged["events"].as_array().unwrap().len());
    let one =
        sandbox.get("/transactionalSMS/statistics/events?phoneNumber=%2B33612349901&limit=1&offset=1").await;
    assert_eq!(one["events"].as_array().unwrap().len(), 1);

    let span = "startDate=2026-11-22&endDate=2026-11-25";
    let total = sandbox.get(&format!("/transactionalSMS/statistics/aggregatedReport?{span}")).await;
    fits("transactional_sms.get_transac_aggregated_sms_report", &total);
    assert_eq!(total["range"], "2026-11-22|2026-11-25");
    for (figure, expected) in [
        ("requests", 4),
        ("accepted", 4),
        ("delivered", 2),
        ("hardBounces", 1),
        ("softBounces", 1),
        ("replied", 1),
    ] {
        assert_eq!(total[figure], expected, "{figure} of {total}");
    }
    let daily = sandbox.get(&format!("/transactionalSMS/statistics/reports?{span}&sort=asc")).await;
    fits("transactional_sms.get_transac_sms_report", &daily);
    let days: Vec<_> = daily["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| (day["date"].as_str().unwrap(), n(day, "requests")))
        .collect();
    assert_eq!(days, [("2026-11-22", 0), ("2026-11-23", 3), ("2026-11-24", 0), ("2026-11-25", 1)]);
    let tagged = sandbox.get(&format!("/transactionalSMS/statistics/aggregatedReport?{span}&tag=code")).await;
    assert_eq!(tagged["requests"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whatsapp_campaign_is_scheduled_sent_and_counted() {
    let sandbox = Box::open(7).await;
    let (list, count) = phones(&sandbox, 60).await;
    let body = json!({"name": "Sale", "templateId": 9, "recipients": {"listIds": [list]},
        "scheduledAt": "2026-11-23T13:00:00Z"});
    let created = sandbox.ok("POST", "/whatsappCampaigns", body).await;
    fits("whats_app_campaigns.create_whats_app_campaign", &created);
    let path = format!("/whatsappCampaigns/{}", created["id"]);
    sandbox.ok("PUT", &path, json!({"campaignStatus": "suspended", "campaignName": "Big sale"})).await;
    sandbox.advance(7_200).await;
    let waiting = sandbox.get(&path).await;
    assert_eq!((&waiting["campaignStatus"], &waiting["stats"]["sent"]), (&json!("suspended"), &json!(0)));
    sandbox.ok("PUT", &path, json!({"rescheduleFor": "2026-11-23T15:00:00Z"})).await;
    sandbox.advance(2 * 86_400).await;
    let sent = sandbox.get(&path).await;
    fits("whats_app_campaigns.get_whats_app_campaign", &sent);
    let s = &sent["stats"];
    assert_eq!((&sent["campaignStatus"], &sent["campaignName"]), (&json!("sent"), &json!("Big sale")));
    assert_eq!(n(s, "delivered") + n(s, "notSent"), count, "{s}");
    assert!(n(s, "read") > 10 && n(s, "read") <= n(s, "delivered") && n(s, "notSent") >= 1, "{s}");
    let page = sandbox.get("/whatsappCampaigns").await;
    fits("whats_app_campaigns.get_whats_app_campaigns", &page);
    assert_eq!((&page["count"], &page["campaigns"][0]["stats"]), (&json!(1), s));
    assert_eq!(page["campaigns"][0]["templateId"], "9");
    let none = json!({"name": "x", "templateId": 1, "recipients": {}, "scheduledAt": "2027-01-01T00:00:00Z"});
    assert_eq!(sandbox.refused("POST", "/whatsappCampaigns", none, 400).await, "missing_parameter");
    assert_eq!(sandbox.refused("PUT", &path, json!({"campaignName": "x"}), 400).await, "campaign_sent");
    sandbox.ok("DELETE", &path, Value::Null).await;
    assert_eq!(sandbox.refused("GET", &path, Value::Null, 404).await, "document_not_found");
}
