//! A sandbox on a real socket, and short ways to call it.
#![allow(dead_code, clippy::unwrap_used)]

use brevo_sandbox::{Options, Running};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

/// A running sandbox with one key.
pub struct Site {
    pub running: Running,
    pub http: Client,
    pub key: String,
}

/// Status, body and headers of a reply.
pub struct Got {
    pub status: u16,
    pub body: Value,
    pub headers: reqwest::header::HeaderMap,
}

impl Got {
    /// Status and code, of a refusal.
    pub fn refusal(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or(""))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub async fn site() -> Site {
    site_with(Options { seed: 7, ..Options::default() }).await
}

pub async fn site_with(options: Options) -> Site {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let running = brevo_sandbox::start(options, "127.0.0.1", 0).await.unwrap();
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut site = Site { running, http, key: String::new() };
    let made = site.local("POST", "/_sandbox/keys", json!({"name": "tests"})).await;
    assert_eq!(made.status, 201);
    site.key = made.body["key"].as_str().unwrap().to_owned();
    site
}

pub async fn got(request: RequestBuilder) -> Got {
    let reply = request.send().await.unwrap();
    let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
    let bytes = reply.bytes().await.unwrap();
    let body =
        serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&bytes)));
    Got { status, headers, body: if bytes.is_empty() { Value::Null } else { body } }
}

impl Site {
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.http.request(method, format!("{}{path}", self.running.url()))
    }

    /// A call of the API, with the key.
    pub async fn api(&self, method: &str, path: &str, body: Value) -> Got {
        let request = self.request(method, &format!("/v3{path}")).header("api-key", &self.key);
        got(if body.is_null() { request } else { request.json(&body) }).await
    }

    pub async fn get(&self, path: &str) -> Got {
        self.api("GET", path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Got {
        self.api("POST", path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Got {
        self.api("PUT", path, body).await
    }

    pub async fn delete(&self, path: &str) -> Got {
        self.api("DELETE", path, Value::Null).await
    }

    /// A call of the control addresses, without a key.
    pub async fn local(&self, method: &str, path: &str, body: Value) -> Got {
        let request = self.request(method, path);
        got(if body.is_null() { request } else { request.json(&body) }).await
    }

    pub async fn advance(&self, seconds: f64) {
        assert_eq!(self.local("POST", "/_sandbox/clock", json!({"advance": seconds})).await.status, 200);
    }

    /// A process, when it has ended.
    pub async fn ended(&self, id: &Value) -> Value {
        for _ in 0..100 {
            let process = self.get(&format!("/processes/{id}")).await.body;
            if matches!(process["status"].as_str(), Some("completed" | "failed")) {
                return process;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("process {id} does not end");
    }

    pub async fn text(&self, url: &Value) -> String {
        let reply = self.http.get(url.as_str().unwrap()).send().await.unwrap();
        assert_eq!(reply.status(), 200);
        reply.text().await.unwrap()
    }
}
