//! A running sandbox and how the tests of campaigns, mail and webhooks talk to it.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)] // each test program uses a part of it

use std::sync::{Arc, Mutex, OnceLock};

use brevo_core::names::operation_by_id;
use brevo_core::schema::{Model, Ty};
use brevo_sandbox::{Options, Running};
use serde_json::{Value, json};

/// Noon of a Monday, in winter time.
pub const START: &str = "2026-11-23T12:00:00Z";

/// A sandbox whose clock stands still at [`START`], with a key.
pub struct Box {
    pub running: Running,
    pub client: reqwest::Client,
    pub key: String,
}

impl Box {
    pub async fn open(seed: u64) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = Options { seed, ..Options::default() };
        let running = brevo_sandbox::start(options, "127.0.0.1", 0).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut sandbox = Box { running, client, key: String::new() };
        let (status, key) = sandbox.plain("POST", "/_sandbox/keys", json!({"name": "tests"})).await;
        assert_eq!(status, 201, "{key}");
        sandbox.key = key["key"].as_str().unwrap().to_owned();
        sandbox.clock(json!({"freeze": true, "set": START})).await;
        sandbox
    }

    async fn request(&self, method: &str, url: String, body: &Value) -> (u16, Value) {
        let method = method.parse::<reqwest::Method>().unwrap();
        let mut request = self.client.request(method, url).header("api-key", &self.key);
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(text.into()) };
        (status, body)
    }

    /// Anything below the root.
    pub async fn plain(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.request(method, format!("{}{path}", self.running.url()), &body).await
    }

    /// A call of the API, whatever comes of it.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.request(method, format!("{}/v3{path}", self.running.url()), &body).await
    }

    /// A call that must succeed.
    pub async fn ok(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(method, path, body.clone()).await;
        assert!((200..300).contains(&status), "{method} {path} {body}: {status} {answer}");
        answer
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ok("GET", path, Value::Null).await
    }

    /// A call that must be refused; gives the code.
    pub async fn refused(&self, method: &str, path: &str, body: Value, status: u16) -> String {
        let (got, answer) = self.call(method, path, body.clone()).await;
        assert_eq!(got, status, "{method} {path} {body}: {answer}");
        assert!(answer["message"].is_string(), "{answer}");
        answer["code"].as_str().unwrap().to_owned()
    }

    pub async fn clock(&self, change: Value) {
        let (status, answer) = self.plain("POST", "/_sandbox/clock", change).await;
        assert_eq!(status, 200, "{answer}");
    }

    pub async fn advance(&self, seconds: i64) {
        self.clock(json!({"advance": seconds})).await;
    }

    /// The stored mails, newest first.
    pub async fn mails(&self, query: &str) -> Vec<Value> {
        let (status, answer) = self.plain("GET", &format!("/_sandbox/mails{query}"), Value::Null).await;
        assert_eq!(status, 200, "{answer}");
        answer["mails"].as_array().unwrap().clone()
    }

    /// A new list with these people in it.
    pub async fn list(&self, name: &str, people: &[String]) -> i64 {
        let list = self.ok("POST", "/contacts/lists", json!({"name": name, "folderId": 1})).await;
        let list = list["id"].as_i64().unwrap();
        for email in people {
            let body = json!({"email": email, "listIds": [list], "updateEnabled": true,
                "attributes": {"FIRSTNAME": email.split(['@', '+']).next()}});
            self.ok("POST", "/contacts", body).await;
        }
        list
    }

    /// Waits until a process has ended, and gives it.
    pub async fn process(&self, id: &Value) -> Value {
        for _ in 0..50 {
            self.advance(1).await;
            let process = self.get(&format!("/processes/{id}")).await;
            if matches!(process["status"].as_str(), Some("completed" | "failed")) {
                return process;
            }
        }
        panic!("process {id} does not end");
    }

    /// Rows of a served CSV file.
    pub async fn csv(&self, url: &Value) -> Vec<Vec<String>> {
        let bytes = self.client.get(url.as_str().unwrap()).send().await.unwrap().bytes().await.unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}

/// Addresses `p0@example.com`, `p1@example.com`, ...
pub fn people(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("p{i}@{}", ["example.com", "mail.example.org"][i % 2])).collect()
}

/// Checks that a reply is of the type that the table gives for an operation: every key known, every
/// value of its type; and that the official clients find in it every key that they need.
pub fn fits(operation: &str, reply: &Value) {
    let spec = operation_by_id(operation).unwrap();
    check(&spec.output, reply, operation);
    let inventory = inventory();
    let named = |entry: &&Value| entry["resource"] == spec.resource && entry["operation"] == spec.name;
    let entry = inventory["operations"].as_array().unwrap().iter().find(named).unwrap();
    complete(&entry["response"]["type"], reply, operation);
}

/// The inventory of the API, whose types say what a client's models need.
fn inventory() -> &'static Value {
    static INVENTORY: OnceLock<Value> = OnceLock::new();
    INVENTORY.get_or_init(|| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/inventory/catalogue.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    })
}

fn complete(ty: &Value, value: &Value, path: &str) {
    match ty["kind"].as_str().unwrap() {
        "ref" => complete(&inventory()["types"][ty["name"].as_str().unwrap()], value, path),
        "alias" => complete(&ty["target"], value, path),
        "list" => value.as_array().unwrap().iter().for_each(|item| complete(&ty["of"], item, path)),
        "map" => value.as_object().unwrap().values().for_each(|item| complete(&ty["value"], item, path)),
        "model" => {
            for field in ty["fields"].as_array().unwrap() {
                let key = field["wire_name"].as_str().unwrap();
                let path = format!("{path}.{key}");
                match value.get(key) {
                    None => assert!(field["required"] != true, "{path} is missing"),
                    Some(Value::Null) => assert!(field["nullable"] == true, "{path} is null"),
                    Some(value) => complete(&field["type"], value, &path),
                }
            }
        }
        _ => (),
    }
}

fn check(ty: &Ty, value: &Value, path: &str) {
    let fits = match ty {
        Ty::Any => true,
        Ty::Nothing => value.is_null(),
        Ty::String | Ty::Date | Ty::DateTime | Ty::Enum(_) => value.is_string(),
        Ty::Integer => value.is_i64(),
        Ty::Number => value.is_number(),
        Ty::Boolean => value.is_boolean(),
        Ty::List(item) => {
            let list = value.as_array().unwrap_or_else(|| panic!("{path}: no list: {value}"));
            return list
                .iter()
                .enumerate()
                .for_each(|(i, value)| check(item, value, &format!("{path}[{i}]")));
        }
        Ty::Map(item) => {
            let map = value.as_object().unwrap_or_else(|| panic!("{path}: no object: {value}"));
            return map.iter().for_each(|(key, value)| check(item, value, &format!("{path}.{key}")));
        }
        Ty::Model(model) => return check_model(model(), value, path),
        Ty::Union(union) => {
            return union().variants.iter().for_each(|variant| {
                if let (Ty::Model(model), Some(map)) = (variant, value.as_object())
                    && map.keys().all(|key| model().fields.iter().any(|field| field.wire() == key))
                {
                    check(variant, value, path);
                }
            });
        }
        Ty::File | Ty::Bytes => false,
    };
    assert!(fits, "{path}: {value} is not {ty:?}");
}

fn check_model(model: &Model, value: &Value, path: &str) {
    let map = value.as_object().unwrap_or_else(|| panic!("{path}: no object: {value}"));
    for (key, value) in map {
        let field = model.fields.iter().find(|field| field.wire() == key);
        let field = field.unwrap_or_else(|| panic!("{path}.{key}: {} has no such key", model.name));
        // `senderEmail` of blocked contacts may be null.
        if !(value.is_null() && key == "senderEmail") {
            check(&field.ty, value, &format!("{path}.{key}"));
        }
    }
}

/// A server that notes what is posted to it and answers as told.
pub struct Receiver {
    pub url: String,
    posts: Arc<Mutex<Vec<Post>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

/// What was posted.
#[derive(Debug, Clone)]
pub struct Post {
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Post {
    pub fn header(&self, wanted: &str) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }
}

impl Receiver {
    pub async fn open() -> Self {
        let posts = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(Mutex::new(Vec::<u16>::new()));
        let (noted, told) = (posts.clone(), answers.clone());
        let take = move |headers: axum::http::HeaderMap, body: String| async move {
            let headers = headers.iter();
            noted.lock().unwrap().push(Post {
                headers: headers
                    .map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned()))
                    .collect(),
                body: serde_json::from_str(&body).unwrap(),
            });
            let mut told = told.lock().unwrap();
            let status = if told.is_empty() { 200 } else { told.remove(0) };
            axum::http::StatusCode::from_u16(status).unwrap()
        };
        let router = axum::Router::new().route("/hook", axum::routing::post(take)).route(
            "/body.html",
            axum::routing::get(|| async { "<p>Fetched for {{ contact.FIRSTNAME }}</p>" }),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Receiver { url, posts, answers }
    }

    /// Statuses of the next answers; afterwards 200.
    pub fn answer(&self, statuses: &[u16]) {
        *self.answers.lock().unwrap() = statuses.to_vec();
    }

    /// What has come since the last look.
    pub fn take(&self) -> Vec<Post> {
        std::mem::take(&mut *self.posts.lock().unwrap())
    }
}
