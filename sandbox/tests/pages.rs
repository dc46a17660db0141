//! What the pages say, and what they must not say.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Site, site};
use serde_json::{Value, json};

async fn page(site: &Site, path: &str) -> String {
    let reply = site.request("GET", path).send().await.unwrap();
    assert_eq!(reply.status(), 200, "{path}");
    let policy = reply.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-eval"), "{policy}");
    reply.text().await.unwrap()
}

#[tokio::test]
async fn the_key_page_shows_ends_of_keys_and_the_one_v2_key() {
    let site = site().await;
    let html = page(&site, "/settings/keys/api").await;
    assert!(html.contains(&format!("********{}", &site.key[site.key.len() - 6..])));
    assert!(!html.contains(&site.key));
    let v2 =
        html.split("id=\"plugins\" readonly value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(v2.len() == 16 && v2.bytes().all(|b| b.is_ascii_alphanumeric()), "{v2}");
    assert!(page(&site, "/settings/keys/api").await.contains(&v2), "there is one such key, and it stays");
    let refused = common::got(site.request("GET", "/v3/account").header("api-key", &v2)).await;
    assert_eq!((refused.status, &refused.body["message"]), (401, &json!("Key not found")));

    site.local("POST", "/_sandbox/keys", json!({"name": "<script>alert(1)</script>"})).await;
    let html = page(&site, "/settings/keys/api").await;
    assert!(html.contains("&lt;script&gt;alert(1)") && !html.contains("<script>alert"));
    let smtp = page(&site, "/settings/keys/smtp").await;
    assert!(smtp.contains("There is no SMTP key yet") && !smtp.contains("id=\"plugins\""));
}

#[tokio::test]
async fn the_dashboard_shows_what_the_api_did() {
    let site = site().await;
    let contact = json!({"email": "a@example.com", "listIds": [2], "attributes": {"FIRSTNAME": "Ada"}});
    site.post("/contacts", contact).await;
    let campaign = json!({
        "name": "Spring <news>", "subject": "Hello", "sender": {"id": 1}, "recipients": {"listIds": [2]},
        "htmlContent": "<html><body><p>Read <a href='https://example.com/a'>this</a></p></body></html>",
    });
    let id = site.post("/emailCampaigns", campaign).await.body["id"].clone();
    assert_eq!(site.post(&format!("/emailCampaigns/{id}/sendNow"), Value::Null).await.status, 204);
    site.advance(3.0 * 86_400.0).await;

    let html = page(&site, "/").await;
    for part in [
        "<b>1</b><span>contacts</span>",
        "Spring &lt;news&gt;",
        "/campaigns/1",
        "Your first list",
        "/v3/contacts",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let html = page(&site, &format!("/campaigns/{id}")).await;
    assert!(html.contains("<b>1</b><span>sent</span>") && html.contains("Sandbox Ltd"));
    assert!(page(&site, &format!("/campaigns/{id}/content")).await.contains("https://example.com/a"));
    assert_eq!(site.request("GET", "/campaigns/99").send().await.unwrap().status(), 404);
    let calls = page(&site, "/calls").await;
    assert!(
        calls.contains("contacts.create_contact")
            && calls.contains("a@example.com")
            && !calls.contains(&site.key)
    );
}
