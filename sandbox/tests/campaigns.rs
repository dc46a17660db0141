//! Campaigns from draft to statistics, over loopback.
#![allow(clippy::unwrap_used)]

mod mailing;

use mailing::{Box, Receiver, fits, people};
use serde_json::{Value, json};

const HTML: &str = r#"<html><body><p>Hello {{ contact.FIRSTNAME }}</p>
    <a href="https://shop.example/a">a</a> <a href="https://shop.example/b?x=1&amp;y=2">b</a>
    <a href="{{ unsubscribe }}">no more</a></body></html>"#;

fn draft(list: i64) -> Value {
    json!({"name": "Spring", "subject": "News for {{ contact.FIRSTNAME }}", "sender": {"email": "news@example.com",
        "name": "News"}, "htmlContent": HTML, "recipients": {"listIds": [list]}, "tag": "spring",
        "mirrorActive": true})
}

fn stats(campaign: &Value) -> &Value {
    &campaign["statistics"]["globalStats"]
}

fn n(stats: &Value, key: &str) -> i64 {
    stats[key].as_i64().unwrap_or_else(|| panic!("{key} of {stats}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_goes_out_at_its_time_and_its_figures_add_up() {
    let sandbox = Box::open(7).await;
    let mut everybody = people(298);
    everybody.extend(["one+hardbounce@example.com".to_owned(), "two+unsubscribe@example.com".to_owned()]);
    let list = sandbox.list("Readers", &everybody).await;
    let mut body = draft(list);
    body["scheduledAt"] = "2026-11-23T14:00:00+01:00".into();
    let created = sandbox.ok("POST", "/emailCampaigns", body).await;
    fits("email_campaigns.create_email_campaign", &created);
    let path = format!("/emailCampaigns/{}", created["id"]);

    let waiting = sandbox.get(&path).await;
    assert_eq!(
        (&waiting["status"], &waiting["scheduledAt"]),
        (&json!("queued"), &json!("2026-11-23T13:00:00.000Z"))
    );
    assert_eq!(waiting.get("sentDate"), None);
    assert_eq!(sandbox.refused("DELETE", &path, Value::Null, 403).await, "permission_denied");
    sandbox.advance(3_599).await;
    assert_eq!(sandbox.get(&path).await["status"], "queued");

    sandbox.advance(1).await;
    let running = sandbox.get(&path).await;
    assert_eq!(running["status"], "in_process");
    assert_eq!(running["statistics"]["remaining"], 300);
    assert_eq!(sandbox.refused("PUT", &path, json!({"name": "x"}), 400).await, "campaign_processing");

    sandbox.advance(10).await;
    let sent = sandbox.get(&format!("{path}?statistics=globalStats")).await;
    fits("email_campaigns.get_email_campaign", &sent);
    assert_eq!((&sent["status"], &sent["sentDate"]), (&json!("sent"), &json!("2026-11-23T13:00:00.000Z")));
    assert_eq!(n(stats(&sent), "sent"), 300);
    let arrived = |s: &Value| n(s, "delivered") + n(s, "softBounces") + n(s, "hardBounces");
    assert_eq!(arrived(stats(&sent)), 300);
    assert_eq!(sandbox.refused("PUT", &path, json!({"name": "x"}), 400).await, "campaign_sent");

    sandbox.advance(4 * 86_400).await;
    let old = sandbox.get(&format!("{path}?statistics=globalStats")).await;
    let s = stats(&old);
    assert_eq!(arrived(s), 300);
    assert!(n(s, "uniqueViews") > 60 && n(s, "uniqueViews") <= n(s, "delivered"), "{s}");
    assert!(n(s, "uniqueClicks") > 10 && n(s, "uniqueClicks") <= n(s, "uniqueViews"), "{s}");
    assert!(n(s, "viewed") >= n(s, "uniqueViews") && n(s, "clickers") >= n(s, "uniqueClicks"), "{s}");
    assert!(n(s, "unsubscriptions") >= 1 && n(s, "hardBounces") >= 1 && n(s, "appleMppOpens") > 20, "{s}");
    let rate = n(s, "uniqueViews") as f64 * 100.0 / n(s, "delivered") as f64;
    assert!((s["opensRate"].as_f64().unwrap() - rate).abs() < 0.01);
    assert_eq!(old["returnBounce"], n(s, "softBounces") + n(s, "hardBounces"));

    let of_list = &old["statistics"]["campaignStats"][0];
    assert_eq!((n(of_list, "listId"), n(of_list, "sent")), (list, 300));
    let links =
        sandbox.get(&format!("{path}?statistics=linksStats")).await["statistics"]["linksStats"].clone();
    let clicks: i64 = links.as_object().unwrap().values().map(|n| n.as_i64().unwrap()).sum();
    assert_eq!(clicks, n(s, "clickers"));
    assert!(links["https://shop.example/b?x=1&y=2"].as_i64().unwrap() > 0, "{links}");
    let domains =
        sandbox.get(&format!("{path}?statistics=statsByDomain")).await["statistics"]["statsByDomain"].clone();
    assert_eq!(n(&domains["example.com"], "sent") + n(&domains["mail.example.org"], "sent"), 300);
    let devices = sandbox.get(&format!("{path}?statistics=statsByDevice")).await;
    fits("email_campaigns.get_email_campaign", &devices);
    let devices = devices["statistics"]["statsByDevice"].clone();
    let views: i64 = devices
        .as_object()
        .unwrap()
        .values()
        .flat_map(|systems| systems.as_object().unwrap().values())
        .map(|stats| n(stats, "uniqueViews"))
        .sum();
    assert_eq!(views, n(s, "uniqueViews"));
    let browsers = sandbox.get(&format!("{path}?statistics=statsByBrowser")).await;
    assert!(browsers["statistics"]["statsByBrowser"].as_object().unwrap().len() > 2);

    let page = sandbox.get("/emailCampaigns?statistics=globalStats&status=sent&limit=10").await;
    fits("email_campaigns.get_email_campaigns", &page);
    assert_eq!((&page["count"], stats(&page["campaigns"][0])), (&json!(1), s));
    assert_eq!(stats(&sandbox.get("/emailCampaigns").await["campaigns"][0])["sent"], 0);
    let bare = sandbox.get("/emailCampaigns?excludeHtmlContent=true").await;
    assert_eq!(bare["campaigns"][0]["htmlContent"], "");

    // What recipients did shows at the contacts too.
    for email in ["one%2Bhardbounce@example.com", "two%2Bunsubscribe@example.com"] {
        assert_eq!(sandbox.get(&format!("/contacts/{email}")).await["emailBlacklisted"], true, "{email}");
    }
    let person = sandbox.get("/contacts/two%2Bunsubscribe@example.com/campaignStats").await;
    assert_eq!(person["unsubscriptions"]["userUnsubscription"][0]["campaignId"], created["id"], "{person}");
    assert_eq!(person["messagesSent"].as_array().unwrap().len(), 1);

    // A second campaign does not reach them.
    let again = sandbox.ok("POST", "/emailCampaigns", draft(list)).await;
    sandbox.ok("POST", &format!("/emailCampaigns/{}/sendNow", again["id"]), Value::Null).await;
    sandbox.advance(10).await;
    let second = sandbox.get(&format!("/emailCampaigns/{}?statistics=globalStats", again["id"])).await;
    assert_eq!(second["status"], "sent");
    let lost = n(s, "hardBounces") + n(s, "unsubscriptions") + n(s, "complaints");
    assert_eq!(n(stats(&second), "sent"), 300 - lost);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seed_decides_the_figures() {
    let mut seen = Vec::new();
    for seed in [1, 1, 2] {
        let sandbox = Box::open(seed).await;
        let list = sandbox.list("Readers", &people(80)).await;
        let id = sandbox.ok("POST", "/emailCampaigns", draft(list)).await["id"].clone();
        sandbox.ok("POST", &format!("/emailCampaigns/{id}/sendNow"), Value::Null).await;
        sandbox.advance(7 * 86_400).await;
        seen.push(stats(&sandbox.get(&format!("/emailCampaigns/{id}?statistics=globalStats")).await).clone());
    }
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0], seen[2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn recipients_are_exported_and_mails_are_kept() {
    let sandbox = Box::open(1).await;
    let people =
        ["ada+click@example.com", "bob+silent@example.com", "cyd+softbounce@example.com"].map(str::to_owned);
    let (list, others) = (sandbox.list("Readers", &people).await, sandbox.list("Staff", &people[1..2]).await);
    let mut body = draft(list);
    body["replyTo"] = "answers@example.com".into();
    let id = sandbox.ok("POST", "/emailCampaigns", body).await["id"].clone();
    let path = format!("/emailCampaigns/{id}");
    let export = json!({"recipientsType": "all"});
    sandbox.refused("POST", &format!("{path}/exportRecipients"), export.clone(), 400).await;
    sandbox.ok("PUT", &format!("{path}/status"), json!({"status": "sent"})).await;
    sandbox.advance(5 * 86_400).await;

    for (kind, expected) in [
        ("all", vec!["ada+click", "bob+silent", "cyd+softbounce"]),
        ("clickers", vec!["ada+click"]),
        ("openers", vec!["ada+click"]),
        ("nonOpeners", vec!["bob+silent"]),
        ("nonClickers", vec!["bob+silent"]),
        ("softBounces", vec!["cyd+softbounce"]),
        ("hardBounces", vec![]),
    ] {
        let process =
            sandbox.ok("POST", &format!("{path}/exportRecipients"), json!({"recipientsType": kind})).await;
        fits("email_campaigns.email_export_recipients", &process);
        let process = sandbox.process(&process["processId"]).await;
        let rows = sandbox.csv(&process["export_url"]).await;
        assert_eq!(rows[0][1], "EMAIL");
        let names = rows[1..].iter().map(|row| row[1].split('@').next().unwrap()).collect::<Vec<_>>();
        assert_eq!(names, expected, "{kind}");
    }
    let mails = sandbox.mails("?kind=campaign&email=ada%2Bclick@example.com").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["subject"], "News for ada");
    assert_eq!(mails[0]["replyTo"], "answers@example.com");
    assert!(mails[0]["html"].as_str().unwrap().contains("<p>Hello ada</p>"), "{}", mails[0]);
    assert!(mails[0]["events"].as_array().unwrap().iter().any(|event| event["event"] == "clicks"));
    let (status, html) = sandbox
        .plain("GET", &format!("/_sandbox/mails/{}/html", mails[0]["uuid"].as_str().unwrap()), Value::Null)
        .await;
    assert!(status == 200 && html.as_str().unwrap().contains("Hello ada"));
    let from_list =
        sandbox.get(&format!("/contacts/lists/{list}?startDate=2026-11-01&endDate=2026-11-28")).await;
    assert_eq!(from_list["campaignStats"][0]["campaignId"], id, "{from_list}");

    // Excluded lists, and people in two lists.
    let mut body = draft(list);
    body["recipients"] = json!({"listIds": [list, others], "exclusionListIds": [others]});
    let id = sandbox.ok("POST", "/emailCampaigns", body).await["id"].clone();
    sandbox.ok("POST", &format!("/emailCampaigns/{id}/sendNow"), Value::Null).await;
    sandbox.advance(5).await;
    let sent = sandbox.get(&format!("/emailCampaigns/{id}?statistics=globalStats")).await;
    assert_eq!(n(stats(&sent), "sent"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ab_test_has_a_winner() {
    let sandbox = Box::open(3).await;
    let list = sandbox.list("Readers", &people(100)).await;
    let mut body = draft(list);
    body.as_object_mut().unwrap().remove("subject");
    for (key, value) in [
        ("abTesting", json!(true)),
        ("subjectA", json!("One")),
        ("subjectB", json!("Two")),
        ("splitRule", json!(20)),
        ("winnerCriteria", json!("open")),
        ("winnerDelay", json!(5)),
    ] {
        body[key] = value;
    }
    let mut same = body.clone();
    same["subjectB"] = "One".into();
    sandbox.refused("POST", "/emailCampaigns", same, 400).await;
    let id = sandbox.ok("POST", "/emailCampaigns", body).await["id"].clone();
    let result = format!("/emailCampaigns/{id}/abTestCampaignResult");
    assert_eq!(sandbox.get(&result).await["winningVersion"], "notAvailable");
    sandbox.ok("POST", &format!("/emailCampaigns/{id}/sendNow"), Value::Null).await;
    sandbox.advance(60).await;
    let during = sandbox.get(&result).await;
    fits("email_campaigns.get_ab_test_campaign_result", &during);
    assert_eq!(during["winningVersion"], "pending");
    let path = format!("/emailCampaigns/{id}?statistics=globalStats");
    assert_eq!(n(stats(&sandbox.get(&path).await), "sent"), 40);
    sandbox.advance(5 * 3_600).await;
    let done = sandbox.get(&path).await;
    assert_eq!((&done["status"], n(stats(&done), "sent")), (&json!("sent"), 100));
    let after = sandbox.get(&result).await;
    let winner = after["winningVersion"].as_str().unwrap();
    assert!(["A", "B", "tie"].contains(&winner), "{after}");
    let mails = sandbox.mails("?kind=campaign&limit=200&body=false").await;
    let of = |version: &str| mails.iter().filter(|mail| mail["version"] == version).count();
    assert_eq!(of("A") + of("B"), 100);
    assert_eq!(of(if winner == "B" { "B" } else { "A" }), 80);
    let subject = after["winningSubjectLine"].as_str().unwrap();
    assert_eq!(subject == "Two", winner == "B");
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_checked_changed_copied_and_deleted() {
    let sandbox = Box::open(1).await;
    let list = sandbox.list("Readers", &people(2)).await;
    let change = |changes: Value| {
        let mut body = draft(list);
        for (key, value) in changes.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    for (changes, code) in [
        (json!({"htmlContent": null}), "missing_parameter"),
        (json!({"htmlContent": "short"}), "invalid_parameter"),
        (json!({"templateId": 1}), "invalid_parameter"),
        (json!({"sender": {"email": "me@unknown-domain.io", "name": "Me"}}), "invalid_parameter"),
        (json!({"sender": {"email": "news@example.com", "id": 1}}), "invalid_parameter"),
        (json!({"recipients": {"listIds": [999]}}), "invalid_parameter"),
        (json!({"scheduledAt": "2026-11-22T00:00:00Z"}), "invalid_parameter"),
        (json!({"scheduledAt": "tomorrow"}), "invalid_parameter"),
        (json!({"ipWarmupEnable": true}), "missing_parameter"),
        (json!({"subject": null}), "missing_parameter"),
    ] {
        assert_eq!(
            sandbox.refused("POST", "/emailCampaigns", change(changes.clone()), 400).await,
            code,
            "{changes}"
        );
    }
    let mut body = draft(list);
    body["recipients"] = Value::Null;
    let id = sandbox.ok("POST", "/emailCampaigns", body).await["id"].clone();
    let path = format!("/emailCampaigns/{id}");
    sandbox.refused("POST", &format!("{path}/sendNow"), Value::Null, 400).await;
    sandbox.ok("PUT", &path, json!({"subject": "Other", "recipients": {"listIds": [list]}})).await;
    sandbox.ok("PUT", &path, json!({"scheduledAt": "2026-11-24T00:00:00Z"})).await;
    let changed = sandbox.get(&path).await;
    assert_eq!((&changed["status"], &changed["subject"]), (&json!("queued"), &json!("Other")));
    sandbox.ok("PUT", &format!("{path}/status"), json!({"status": "suspended"})).await;
    sandbox.advance(3 * 86_400).await;
    assert_eq!(sandbox.get(&path).await["status"], "suspended");
    sandbox.refused("PUT", &format!("{path}/status"), json!({"status": "darchive"}), 400).await;

    sandbox.ok("PUT", &format!("{path}/status"), json!({"status": "replicate"})).await;
    let copies = sandbox.get("/emailCampaigns?status=draft").await;
    assert_eq!(copies["campaigns"][0]["name"], "Spring - Copy");
    sandbox.ok("DELETE", &path, Value::Null).await;
    assert_eq!(sandbox.refused("GET", &path, Value::Null, 404).await, "document_not_found");

    let copy = format!("/emailCampaigns/{}", copies["campaigns"][0]["id"]);
    let test = json!({"emailTo": ["p0@example.com"]});
    sandbox.ok("POST", &format!("{copy}/sendTest"), test).await;
    let (status, body) =
        sandbox.call("POST", &format!("{copy}/sendTest"), json!({"emailTo": ["nobody@example.com"]})).await;
    assert_eq!((status, &body["unexistingEmails"]), (400, &json!(["nobody@example.com"])));
    let tests = sandbox.mails("?kind=test").await;
    assert_eq!((tests.len(), &tests[0]["subject"]), (1, &json!("Other")));
    assert_eq!(sandbox.get(&copy).await["testSent"], true);
    let report = json!({"language": "en", "email": {"to": ["boss@example.com"], "body": "Look"}});
    sandbox.ok("POST", &format!("{copy}/sendReport"), report).await;
    assert!(sandbox.mails("?kind=report").await[0]["text"].as_str().unwrap().starts_with("Look"));
    fits("email_campaigns.get_shared_template_url", &sandbox.get(&format!("{copy}/sharedUrl")).await);
    let image = json!({"imageUrl": "https://img.example/pic.png"});
    fits(
        "email_campaigns.upload_image_to_gallery",
        &sandbox.ok("POST", "/emailCampaigns/images", image).await,
    );
    sandbox
        .refused("POST", "/emailCampaigns/images", json!({"imageUrl": "https://img.example/pic.tiff"}), 400)
        .await;
    sandbox.refused("GET", "/emailCampaigns?limit=101", Value::Null, 400).await;
    sandbox.refused("GET", "/emailCampaigns?startDate=2026-01-01T00:00:00Z", Value::Null, 400).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn content_comes_from_an_address_or_a_template() {
    let sandbox = Box::open(1).await;
    let server = Receiver::open().await;
    let list = sandbox.list("Readers", &["ada+silent@example.com".to_owned()]).await;
    let mut body = draft(list);
    body["htmlContent"] = Value::Null;
    body["htmlUrl"] = server.url.replace("/hook", "/body.html").into();
    let id = sandbox.ok("POST", "/emailCampaigns", body).await["id"].clone();
    sandbox.advance(1).await;
    sandbox.ok("POST", &format!("/emailCampaigns/{id}/sendNow"), Value::Null).await;
    sandbox.advance(5).await;
    assert!(sandbox.mails("?kind=campaign").await[0]["html"].as_str().unwrap().contains("Fetched for ada"));

    let template = json!({"templateName": "T", "subject": "S", "sender": {"id": 1}, "isActive": true,
        "htmlContent": "<p>From a template, {{ contact.FIRSTNAME }}</p>"});
    let template = sandbox.ok("POST", "/smtp/templates", template).await["id"].clone();
    let mut body = draft(list);
    body["htmlContent"] = Value::Null;
    body["templateId"] = template;
    let id = sandbox.ok("POST", "/emailCampaigns", body).await["id"].clone();
    let html = sandbox.get(&format!("/emailCampaigns/{id}")).await["htmlContent"].clone();
    assert!(html.as_str().unwrap().starts_with("<p>From a template"));
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_are_verified_by_a_code() {
    let sandbox = Box::open(1).await;
    let all = sandbox.get("/senders").await;
    fits("senders.get_senders", &all);
    assert_eq!(all["senders"][0]["active"], true);
    let friend = sandbox.ok("POST", "/senders", json!({"name": "A", "email": "a@example.com"})).await;
    assert_eq!(friend["dkimError"], false);
    let new = json!({"name": "B", "email": "b@elsewhere.io"});
    let id = sandbox.ok("POST", "/senders", new.clone()).await["id"].clone();
    assert_eq!(sandbox.refused("POST", "/senders", new, 400).await, "duplicate_parameter");
    let active = async || {
        let all = sandbox.get("/senders").await;
        all["senders"].as_array().unwrap().iter().find(|s| s["id"] == id).unwrap()["active"].clone()
    };
    assert_eq!(active().await, false);
    let mail = sandbox.mails("?kind=verification&email=b@elsewhere.io").await;
    let code: i64 = mail[0]["text"]
        .as_str()
        .unwrap()
        .chars()
        .filter(char::is_ascii_digit)
        .collect::<String>()
        .parse()
        .unwrap();
    let path = format!("/senders/{id}/validate");
    let wrong = if code == 100_000 { 100_001 } else { 100_000 };
    assert_eq!(sandbox.refused("PUT", &path, json!({"otp": wrong}), 400).await, "Invalid OTP code provided");
    sandbox.ok("PUT", &path, json!({"otp": code})).await;
    assert_eq!(active().await, true);
    sandbox.ok("PUT", &format!("/senders/{id}"), json!({"name": "Bee"})).await;
    fits("senders.get_ips_from_sender", &sandbox.get(&format!("/senders/{id}/ips")).await);
    sandbox.ok("DELETE", &format!("/senders/{id}"), Value::Null).await;
    sandbox.refused("DELETE", &format!("/senders/{id}"), Value::Null, 404).await;
    sandbox.refused("POST", "/senders", json!({"name": "C", "email": "no address"}), 400).await;
}
