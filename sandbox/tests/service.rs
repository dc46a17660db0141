//! Keys, tokens, refusals, routes, faults, limits and the clock.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use brevo_core::api::RESOURCES;
use brevo_sandbox::Options;
use common::{got, site, site_with};
use serde_json::{Value, json};

#[tokio::test]
async fn keys_show_once_and_open_one_account() {
    let site = site().await;
    let key = &site.key;
    let form: Vec<&str> = key.split('-').collect();
    assert_eq!((form[0], form[1].len(), form[2].len(), form.len()), ("xkeysib", 64, 16, 3));
    assert!(form[1].bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
    assert!(form[2].bytes().all(|b| b.is_ascii_alphanumeric()));

    let second = site.local("POST", "/_sandbox/keys", json!({"name": "second"})).await;
    let listed = site.local("GET", "/_sandbox/keys", Value::Null).await;
    assert!(!listed.body.to_string().contains(key.as_str()));
    let shown = listed.body["keys"][1]["key"].as_str().unwrap();
    assert!(shown.starts_with("********") && key.ends_with(&shown[8..]), "{shown}");
    assert_eq!(listed.body["keys"][0]["name"], "second");

    let made = site.post("/contacts", json!({"email": "one@example.com"})).await;
    assert_eq!(made.status, 201);
    let other = second.body["key"].as_str().unwrap();
    let seen = got(site.request("GET", "/v3/contacts/one@example.com").header("api-key", other)).await;
    assert_eq!((seen.status, &seen.body["id"]), (200, &made.body["id"]));

    let address = format!("/_sandbox/keys/{}", second.body["id"]);
    assert_eq!(site.local("DELETE", &address, Value::Null).await.status, 204);
    let gone = got(site.request("GET", "/v3/account").header("api-key", other)).await;
    assert_eq!((gone.refusal(), &gone.body["message"]), ((401, "unauthorized"), &json!("Key not found")));
    assert_eq!(site.get("/account").await.status, 200);
}

#[tokio::test]
async fn wrong_and_missing_keys_are_refused_as_brevo_does() {
    let site = site().await;
    let none = got(site.request("GET", "/v3/account")).await;
    assert_eq!(none.body, json!({"code": "unauthorized", "message": "authentication not found in headers"}));
    for wrong in ["a1B2c3D4e5F6g7H8", "xkeysib-0", "xsmtpsib-0"] {
        let reply = got(site.request("GET", "/v3/account").header("api-key", wrong)).await;
        assert_eq!((reply.status, &reply.body["message"]), (401, &json!("Key not found")));
    }
    let smtp = site.local("POST", "/_sandbox/keys", json!({"name": "mail", "kind": "smtp"})).await;
    assert!(smtp.body["key"].as_str().unwrap().starts_with("xsmtpsib-"));
    let reply =
        got(site.request("GET", "/v3/account").header("api-key", smtp.body["key"].as_str().unwrap())).await;
    assert_eq!(reply.status, 401);
    assert_eq!(site.local("POST", "/_sandbox/keys", json!({"name": "old", "kind": "v2"})).await.status, 403);
    assert_eq!(
        site.local("POST", "/_sandbox/keys", json!({"name": " "})).await.refusal(),
        (400, "missing_parameter")
    );
}

#[tokio::test]
async fn v2_is_over() {
    let site = site().await;
    for (method, path, successor) in [
        ("POST", "/v2.0/email", "POST /v3/smtp/email"),
        ("GET", "/v2.0/user/ada@example.com", "GET /v3/contacts/{identifier}"),
        ("GET", "/v2.0/account", "GET /v3/account"),
    ] {
        let reply = got(site.request(method, path).header("api-key", "a1B2c3D4e5F6g7H8")).await;
        let message = reply.body["message"].as_str().unwrap();
        assert_eq!(reply.refusal(), (410, "failure"));
        assert!(message.contains("25 June 2021") && message.contains(successor), "{message}");
    }
}

#[tokio::test]
async fn tokens_for_machines() {
    let site = site().await;
    let app =
        site.local("POST", "/_sandbox/oauth-apps", json!({"name": "ci", "scopes": ["contacts:read"]})).await;
    let ask = |secret: &str, scope: &str| {
        let id = app.body["client_id"].as_str().unwrap().to_owned();
        let mut form = vec![
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", id),
            ("client_secret", secret.to_owned()),
        ];
        if !scope.is_empty() {
            form.push(("scope", scope.to_owned()));
        }
        got(site.request("POST", "/realms/partner/oauth/token").form(&form))
    };
    let secret = app.body["client_secret"].as_str().unwrap().to_owned();
    let token = ask(&secret, "").await;
    assert_eq!((token.status, &token.body["token_type"]), (200, &json!("Bearer")));
    assert_eq!(ask(&secret, "crm:read").await.body["error"], "invalid_scope");
    assert_eq!(ask("wrong", "").await.status, 401);
    let bearer = token.body["access_token"].as_str().unwrap().to_owned();
    let call = || got(site.request("GET", "/v3/account").bearer_auth(&bearer));
    assert_eq!(call().await.status, 200);
    site.advance(3601.0).await;
    assert_eq!(call().await.status, 401);
    let log = site.local("GET", "/_sandbox/requests", Value::Null).await.body.to_string();
    assert!(!log.contains(&secret) && !log.contains(&bearer));
}

#[tokio::test]
async fn pages_are_for_this_machine_and_this_site_only() {
    let site = site().await;
    let status = async |request: reqwest::RequestBuilder| got(request).await.status;
    assert_eq!(status(site.request("GET", "/_sandbox/keys").header("host", "evil.example")).await, 403);
    assert_eq!(status(site.request("GET", "/").header("host", "127.0.0.1.evil.example:80")).await, 403);
    assert_eq!(status(site.request("GET", "/").header("host", "localhost:1")).await, 200);
    let make = || site.request("POST", "/_sandbox/keys").json(&json!({"name": "x"}));
    assert_eq!(status(make().header("origin", "https://evil.example")).await, 403);
    assert_eq!(status(make().header("origin", "null")).await, 403);
    assert_eq!(status(make().header("sec-fetch-site", "cross-site")).await, 403);
    assert_eq!(status(make().header("origin", site.running.url())).await, 201);
}

#[tokio::test]
async fn every_operation_answers() {
    let site = site().await;
    let mut answered = 0;
    for spec in RESOURCES.iter().flat_map(|resource| resource.operations.iter().copied()) {
        if spec.path.starts_with("/realms/") {
            continue;
        }
        let path: String = spec
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { "1".to_owned() } else { part.to_owned() })
            .collect::<Vec<_>>()
            .join("/");
        let reply = site.api(spec.method.as_str(), &path, Value::Null).await;
        // Not found and refused arguments are answers; a missing route or method is none.
        assert_ne!(reply.status, 405, "{}", spec.id());
        assert!(reply.status < 500, "{}: {} {}", spec.id(), reply.status, reply.body);
        assert_ne!(reply.body["message"], "Route not found", "{}", spec.id());
        answered += 1;
    }
    assert!(answered >= 292, "{answered}");
}

#[tokio::test]
async fn canned_replies_agree_with_the_schema_and_with_themselves() {
    let site = site().await;
    let first = site.get("/crm/deals?limit=2").await;
    assert_eq!((first.status, first.header("x-brevo-sandbox")), (200, "canned"));
    assert_eq!(first.body["items"].as_array().unwrap().len(), 2);
    assert_eq!(site.get("/crm/deals?limit=2").await.body, first.body);
    assert!(site.get("/crm/deals?limit=2&offset=3").await.body["items"].as_array().unwrap().is_empty());
    let products = site.get("/products").await.body;
    assert_eq!(products["count"].as_i64().unwrap(), products["products"].as_array().unwrap().len() as i64);
    assert_eq!(site.get("/crm/deals/deal-7").await.body["id"], "deal-7");
}

#[tokio::test]
async fn arguments_are_checked() {
    let site = site().await;
    assert_eq!(site.get("/contacts?limit=1001").await.refusal(), (400, "out_of_range"));
    assert_eq!(site.get("/contacts/lists?limit=51").await.refusal(), (400, "out_of_range"));
    assert_eq!(site.get("/contacts?limit=many").await.refusal(), (400, "invalid_parameter"));
    assert_eq!(
        site.post("/contacts/lists", json!({"name": "x"})).await.refusal(),
        (400, "missing_parameter")
    );
    let wrong = site.post("/contacts/lists", json!({"name": "x", "folderId": "one"})).await;
    assert_eq!(wrong.refusal(), (400, "invalid_parameter"));
    assert!(wrong.body["message"].as_str().unwrap().starts_with("folderId"));
    let broken = site.request("POST", "/v3/contacts").header("api-key", &site.key).body("{\"email\":");
    assert_eq!(got(broken).await.refusal(), (400, "bad_request"));
    let unknown = site.post("/contacts", json!({"email": "u@example.com", "favourite": 1})).await;
    assert_eq!((unknown.status, unknown.header("x-brevo-sandbox-ignored")), (201, "favourite"));
    assert_eq!(site.get("/nothing/here").await.refusal(), (404, "document_not_found"));
    assert_eq!(site.api("PATCH", "/contacts", Value::Null).await.refusal(), (405, "method_not_allowed"));
}

#[tokio::test]
async fn faults_come_as_often_as_asked() {
    let site = site().await;
    let fault = async |kind: &str| {
        let wanted = json!({"match": "POST /contacts", "times": 1, "fault": kind});
        assert_eq!(site.local("POST", "/_sandbox/faults", wanted).await.status, 201, "{kind}");
    };
    let create = |email: &str| {
        site.request("POST", "/v3/contacts").header("api-key", &site.key).json(&json!({"email": email}))
    };
    let exists = async |email: &str| site.get(&format!("/contacts/{email}")).await.status == 200;

    fault("429").await;
    let reply = got(create("a@example.com")).await;
    assert_eq!((reply.status, reply.header("x-sib-ratelimit-reset")), (429, "1"));
    fault("500").await;
    assert_eq!(got(create("b@example.com")).await.status, 500);
    assert!(!exists("b@example.com").await);
    fault("500_after").await;
    assert_eq!(got(create("c@example.com")).await.status, 500);
    assert!(exists("c@example.com").await);
    fault("html").await;
    let reply = got(create("d@example.com")).await;
    assert_eq!((reply.status, reply.body.as_str().unwrap().starts_with("<!DOCTYPE")), (524, true));
    fault("empty").await;
    assert_eq!(got(create("d@example.com")).await.body, Value::Null);
    fault("truncated").await;
    let reply = create("e@example.com").send().await.unwrap();
    assert_eq!(reply.status(), 201);
    assert!(reply.bytes().await.is_err());
    assert!(exists("e@example.com").await);
    fault("reset").await;
    assert!(create("f@example.com").send().await.is_err());
    assert!(!exists("f@example.com").await);
    fault("timeout").await;
    let late = create("g@example.com").timeout(Duration::from_millis(200)).send().await;
    assert!(late.unwrap_err().is_timeout());
    fault("ip_blocked").await;
    let reply = got(create("h@example.com")).await;
    assert!(reply.body["message"].as_str().unwrap().contains("unrecognised IP address"));
    // All are used up.
    assert_eq!(got(create("h@example.com")).await.status, 201);
    let wrong = site.local("POST", "/_sandbox/faults", json!({"fault": "fire"})).await;
    assert_eq!(wrong.refusal(), (400, "invalid_parameter"));
}

#[tokio::test]
async fn limits_show_in_headers_and_hold_when_enforced() {
    let site = site().await;
    let reply = site.get("/contacts").await;
    assert_eq!(
        (reply.header("x-sib-ratelimit-limit"), reply.header("x-sib-ratelimit-remaining")),
        ("10", "9")
    );
    assert_eq!(site.get("/account").await.header("x-sib-ratelimit-limit"), "100");

    let strict = site_with(Options { enforce_limits: true, ..Options::default() }).await;
    strict.local("POST", "/_sandbox/clock", json!({"freeze": true})).await;
    for left in (0..10).rev() {
        let reply = strict.get("/contacts").await;
        assert_eq!(
            (reply.status, reply.header("x-sib-ratelimit-remaining")),
            (200, left.to_string().as_str())
        );
    }
    let beyond = strict.get("/contacts").await;
    assert_eq!((beyond.status, beyond.header("x-sib-ratelimit-remaining")), (429, "0"));
    assert_eq!(beyond.header("x-sib-ratelimit-reset"), "1");
    strict.advance(1.0).await;
    assert_eq!(strict.get("/contacts").await.status, 200);
}

#[tokio::test]
async fn the_clock_moves_and_a_reset_spares_the_keys() {
    let site = site().await;
    let set = json!({"freeze": true, "set": "2030-01-02T03:04:05Z"});
    let clock = site.local("POST", "/_sandbox/clock", set).await.body;
    assert_eq!(clock["now"], "2030-01-02T03:04:05.000Z");
    let id = site.post("/contacts", json!({"email": "t@example.com"})).await.body["id"].clone();
    assert_eq!(site.get(&format!("/contacts/{id}")).await.body["createdAt"], "2030-01-02T03:04:05.000Z");
    site.advance(60.0).await;
    assert_eq!(
        site.local("GET", "/_sandbox/clock", Value::Null).await.body["now"],
        "2030-01-02T03:05:05.000Z"
    );
    assert_eq!(site.local("POST", "/_sandbox/clock", json!({"set": "soon"})).await.status, 400);
    assert_eq!(site.local("POST", "/_sandbox/reset", Value::Null).await.status, 204);
    assert_eq!(site.get("/contacts").await.body["count"], 0);
    assert_eq!(site.get("/contacts/lists").await.body["count"], 2);
}

#[tokio::test]
async fn calls_are_recorded_without_keys() {
    let site = site().await;
    site.post("/contacts", json!({"email": "r@example.com"})).await;
    let log = site.local("GET", "/_sandbox/requests", Value::Null).await.body;
    let last = &log["requests"][0];
    assert_eq!((&last["operation"], &last["status"]), (&json!("contacts.create_contact"), &json!(201)));
    assert!(last["body"].as_str().unwrap().contains("r@example.com"));
    assert!(!log.to_string().contains(&site.key));
}

#[tokio::test]
async fn a_file_keeps_everything_over_a_restart() {
    let path = std::env::temp_dir().join(format!("brevo-sandbox-{}.db", std::process::id()));
    let options = || Options { data: Some(path.clone()), ..Options::default() };
    let first = site_with(options()).await;
    first.advance(86_400.0).await;
    first.post("/contacts", json!({"email": "keep@example.com"})).await;
    let key = first.key.clone();
    drop(first);
    let second = site_with(options()).await;
    let seen = got(second.request("GET", "/v3/contacts/keep@example.com").header("api-key", &key)).await;
    assert_eq!(seen.status, 200);
    let clock = second.local("GET", "/_sandbox/clock", Value::Null).await.body;
    assert!((86_390..=86_400).contains(&clock["offset"].as_i64().unwrap()), "{clock}");
    drop(second);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
}

#[tokio::test]
async fn names_of_operations_are_unique() {
    let mut names: Vec<&str> = RESOURCES.iter().flat_map(|r| r.operations.iter().map(|o| o.name)).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "handlers are found by these names");
}
