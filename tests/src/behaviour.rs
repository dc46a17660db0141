//! The cases of behaviour: what a caller gets, in every language, for a call and a script of answers.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use axum::extract::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brevo_core::names::{camel, operation_by_id};
use brevo_core::schema::Ty;
use serde_json::{Map, Value, json};

use crate::KEY;
use crate::requests::{bytes_of, compare, files, folder};
use crate::world::{World, with_paths};

/// Who runs the cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// The core, by its untyped call.
    Rust,
    /// Python, waiting.
    Python,
    /// Python under asyncio.
    Asyncio,
    /// Node.
    Node,
    /// C.
    C,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 5] =
        [Language::Rust, Language::Python, Language::Asyncio, Language::Node, Language::C];

    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        Language::ALL.into_iter().find(|language| language.name() == name)
    }

    /// Name, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::Python => "python",
            Language::Asyncio => "asyncio",
            Language::Node => "node",
            Language::C => "c",
        }
    }

    /// Whether its callers write arguments as JSON text.
    fn writes_json(self) -> bool {
        matches!(self, Language::Rust | Language::C)
    }
}

/// What the server does with a request.
pub(crate) enum Answer {
    /// Status, headers and body.
    Reply(Value),
    /// These bytes, and the end of the connection.
    Raw(Vec<u8>),
    /// The connection is reset.
    Reset,
    /// Nothing, ever.
    Silence,
    /// No case expects this request.
    Unexpected(String),
}

/// The cases of one run, and what the server has seen.
pub struct Behaviours {
    language: Language,
    address: String,
    cases: BTreeMap<String, Value>,
    /// What was wrong with each request, by case.
    seen: Mutex<BTreeMap<String, Vec<Vec<String>>>>,
    /// What the cases of jobs work on, once the runner has asked for them; an error says why there is none.
    worlds: tokio::sync::Mutex<BTreeMap<String, Result<World, String>>>,
}

const CASE_KEYS: &[&str] = &[
    "name",
    "how",
    "call",
    "settings",
    "options",
    "arguments",
    "server",
    "sent",
    "ahead",
    "take",
    "gives",
    "fails",
    "raises",
    "except",
    "brevo",
    "files",
    "rows",
    "writes",
    "changes",
    "leaves",
];

impl Behaviours {
    /// Reads `tests/conformance/behaviour/*.json` for a language.
    pub fn new(language: Language, address: &str) -> Self {
        let mut cases = BTreeMap::new();
        for (file, mut content) in files(&folder().join("behaviour")) {
            let Value::Array(list) = content["cases"].take() else { panic!("{file} has no cases") };
            for mut case in list {
                if let Some(steps) = content["brevo"].as_array() {
                    let own = case["brevo"].as_array().cloned().unwrap_or_default();
                    case["brevo"] = steps.iter().cloned().chain(own).collect();
                }
                let name = format!("{file}: {}", case["name"].as_str().expect("a name"));
                assert!(name.is_ascii(), "{name}: the name travels in a header");
                let case = for_language(&name, case, language);
                let case = case.map(|case| with_paths(&case, &folder_of(language, &name)));
                let twice = case.and_then(|case| cases.insert(name.clone(), case));
                assert!(twice.is_none(), "{name} is there twice");
            }
        }
        let (seen, worlds) = (Mutex::default(), tokio::sync::Mutex::default());
        Behaviours { language, address: address.to_owned(), cases, seen, worlds }
    }

    /// What a runner has to do, without what is expected of it. Each case of a job gets a sandbox anew.
    pub async fn calls(&self) -> Value {
        let mut worlds = self.worlds.lock().await;
        let mut calls = Vec::new();
        for (name, case) in &self.cases {
            if matches!(case["how"].as_str(), Some("job" | "rows")) {
                worlds.insert(name.clone(), World::new(case, folder_of(self.language, name)).await);
            }
            let world = worlds.get(name).and_then(|world| world.as_ref().ok());
            calls.push(self.call(name, case, world));
        }
        calls.into()
    }

    fn call(&self, name: &str, case: &Value, world: Option<&World>) -> Value {
        let node = self.language == Language::Node;
        let spelt = |map: Map<String, Value>| -> Map<String, Value> {
            map.into_iter().map(|(key, value)| (if node { camel(&key) } else { key }, value)).collect()
        };
        let key = world.map_or(KEY, |world| &world.key);
        let address = world.map_or(self.address.as_str(), World::address);
        let base = json!({"api_key": key, "base_url": address, "pacing": false});
        let mut settings = base.as_object().cloned().unwrap_or_default();
        settings.extend(case["settings"].as_object().cloned().unwrap_or_default());
        let mut options = expand(&case["options"]);
        if options.is_null() {
            options = json!({});
        }
        if let Value::Object(map) = &mut options {
            let headers = map.entry("headers").or_insert_with(|| json!({}));
            if let Value::Object(headers) = headers {
                headers.insert("x-case".into(), name.into());
            }
            options = spelt(std::mem::take(map)).into();
        }
        let arguments = if case["arguments"].is_null() { json!({}) } else { expand(&case["arguments"]) };
        let typed = |value: Value| if self.language.writes_json() { written(&value).into() } else { value };
        let rows =
            case["rows"].as_array().map(|rows| rows.iter().map(|row| typed(expand(row))).collect::<Value>());
        let spec = operation_by_id(case["call"].as_str().unwrap_or_default());
        json!({
            "name": name,
            "how": case["how"].as_str().unwrap_or("call"),
            "operation": self.operation(case),
            "arguments": typed(arguments),
            "options": typed(options),
            "settings": typed(expand(&spelt(settings).into())),
            "take": case["take"],
            "rows": rows,
            "bytes": spec.is_some_and(|spec| matches!(spec.output, Ty::Bytes)),
        })
    }

    fn operation(&self, case: &Value) -> String {
        let id = case["call"].as_str().unwrap_or_default();
        if self.language != Language::Node {
            return id.to_owned();
        }
        id.split('.').map(camel).collect::<Vec<_>>().join(".")
    }

    /// Compares a request with the next one that its case expects, and says what to answer.
    pub(crate) async fn answer(&self, name: &str, request: Request) -> Answer {
        let Some(case) = self.cases.get(name) else { return Answer::Unexpected(format!("no case `{name}`")) };
        let at = self.lock().get(name).map_or(0, Vec::len);
        let wrong = match case["sent"].get(at) {
            Some(expected) => compare(expected, request).await,
            None => Vec::new(),
        };
        self.lock().entry(name.to_owned()).or_default().push(wrong);
        let Some(script) = case["server"].get(at) else {
            return Answer::Unexpected(format!("{name}: request {} is one too many", at + 1));
        };
        if let Some(bytes) = script.get("raw") {
            return Answer::Raw(bytes_of(bytes));
        }
        if script["reset"] == true {
            return Answer::Reset;
        }
        if script["silence"] == true {
            return Answer::Silence;
        }
        let mut headers = script["headers"].as_object().cloned().unwrap_or_default();
        let status = script["status"].as_u64().unwrap_or(200);
        if !headers.contains_key("content-type") && script.get("body").is_some() {
            headers.insert("content-type".into(), "application/json".into());
        }
        let body = match &script["body"] {
            Value::Object(body) if body.contains_key("json") => body["json"].to_string().into(),
            Value::Object(body) if body.contains_key("$nested") => written(&script["body"]).into(),
            body => expand(body),
        };
        Answer::Reply(json!({"status": status, "headers": headers, "body": body}))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<Vec<String>>>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Judges what the callers got, by case.
    pub async fn judge(&self, outcomes: &Value) -> Value {
        let worlds = self.worlds.lock().await;
        let mut wrong = Vec::new();
        for (name, case) in &self.cases {
            let requests = self.lock().get(name).cloned().unwrap_or_default();
            let mut problems = self.judge_requests(case, &requests);
            match worlds.get(name) {
                Some(Ok(world)) => {
                    problems.extend(world.judge(case).await);
                    if outcomes[name].to_string().contains(&world.key) {
                        problems.push("the key is shown".into());
                    }
                }
                Some(Err(why)) => problems.push(why.clone()),
                None => {}
            }
            match outcomes.get(name) {
                Some(outcome) => problems.extend(self.judge_outcome(case, outcome, requests.len())),
                None => problems.push("the runner tells nothing of it".into()),
            }
            wrong.extend(problems.iter().map(|problem| format!("{name}: {problem}")));
        }
        json!({"cases": self.cases.len(), "wrong": wrong})
    }

    fn judge_requests(&self, case: &Value, requests: &[Vec<String>]) -> Vec<String> {
        let most = match &case["sent"] {
            Value::Array(list) => list.len(),
            Value::Number(count) => count.as_u64().unwrap_or_default() as usize,
            _ => case["server"].as_array().map_or(0, Vec::len),
        };
        let least = most - case["ahead"].as_u64().unwrap_or_default() as usize;
        let mut problems = Vec::new();
        if !(least..=most).contains(&requests.len()) {
            problems.push(format!("{} requests came, {least} to {most} were expected", requests.len()));
        }
        for (i, wrong) in requests.iter().enumerate().filter(|(_, wrong)| !wrong.is_empty()) {
            problems.push(format!("request {}: {}", i + 1, wrong.join("; ")));
        }
        problems
    }

    fn judge_outcome(&self, case: &Value, outcome: &Value, attempts: usize) -> Vec<String> {
        let mut problems = Vec::new();
        let shown = outcome.to_string();
        for secret in [KEY, case["settings"]["api_key"].as_str().unwrap_or_default()] {
            if secret.len() >= 8 && shown.contains(secret) {
                problems.push("the key is shown".into());
            }
        }
        for key in ["gives", "fails", "raises"] {
            // A listing that fails at once gives no entries.
            let is_nothing = |got: &Value| got.is_null() || got == "[]";
            if case.get(key).is_none() && outcome.get(key).is_some_and(|got| !is_nothing(got)) {
                problems.push(format!("{key} {}", outcome[key]));
            }
        }
        if let Some(wanted) = case.get("gives") {
            // Text, so that a reply as deep as may be can be read.
            let got = outcome["gives"].as_str().and_then(|text| serde_json::from_str(text).ok());
            let (got, wanted) = (plain(&got.unwrap_or_else(|| "nothing".into())), plain(&expand(wanted)));
            let fits = match case["how"].as_str() {
                Some("raw") => holds(&got, &wanted),
                _ => same(&got, &wanted),
            };
            if !fits {
                problems.push(format!("gives {got}, expected {wanted}"));
            }
        }
        if let Some(wanted) = case.get("raises")
            && outcome["raises"] != *wanted
        {
            problems.push(format!("raises {}, expected {wanted}", outcome["raises"]));
        }
        if let Some(wanted) = case.get("fails") {
            match outcome.get("fails").filter(|got| got.is_object()) {
                Some(got) => problems.extend(self.judge_error(case, wanted, got, attempts)),
                None => problems.push(format!("does not fail with {wanted}")),
            }
        }
        problems
    }

    /// What is not expected of an error must not be there, so that no language tells more than others.
    fn judge_error(&self, case: &Value, wanted: &Value, got: &Value, attempts: usize) -> Vec<String> {
        let mut problems = Vec::new();
        let made = case["how"] == "client";
        let defaults = json!({
            "parameter": null,
            "status": null,
            "code": null,
            "retry_after": null,
            "duplicate_identifiers": [],
            "attempts": attempts,
            "operation": if made { Value::Null } else { self.operation(case).into() },
        });
        let mut wanted = wanted.clone();
        for (key, value) in defaults.as_object().into_iter().flatten() {
            if wanted.get(key).is_none() {
                wanted[key] = value.clone();
            }
        }
        for (key, wanted) in wanted.as_object().into_iter().flatten() {
            let got = got.get(key).unwrap_or(&Value::Null);
            let wanted = self.spelt(&expand(wanted));
            if !fits(got, &wanted) {
                problems.push(format!("{key} is {got}, expected {wanted}"));
            }
        }
        let text = |key: &str| got[key].as_str().unwrap_or_default();
        if !text("text").contains(text("message")) {
            problems.push(format!("the text {:?} lacks the message {:?}", text("text"), text("message")));
        }
        if text("advice").is_empty() {
            problems.push("there is no advice".into());
        }
        problems
    }

    /// Names in texts, `{list_ids|listIds}`, as the language writes them.
    fn spelt(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                let mut out = String::new();
                let mut rest = text.as_str();
                while let Some((before, both, snake, wire, after)) = names_in(rest) {
                    out.push_str(before);
                    out.push_str(if both && self.language == Language::Node { wire } else { snake });
                    rest = after;
                }
                out.push_str(rest);
                out.into()
            }
            Value::Object(map) => {
                map.iter().map(|(k, v)| (k.clone(), self.spelt(v))).collect::<Map<_, _>>().into()
            }
            Value::Array(list) => list.iter().map(|v| self.spelt(v)).collect(),
            other => other.clone(),
        }
    }
}

/// The first `{snake|wire}` of a text: what stands before, both names, and what stands behind.
fn names_in(text: &str) -> Option<(&str, bool, &str, &str, &str)> {
    let open = text.find('{')?;
    let close = open + text[open..].find('}')?;
    match text[open + 1..close].split_once('|') {
        Some((snake, wire)) => Some((&text[..open], true, snake, wire, &text[close + 1..])),
        None => Some((&text[..open], false, &text[open..=close], "", &text[close + 1..])),
    }
}

/// Where the files of a case lie: beside the program that runs it.
fn folder_of(language: Language, name: &str) -> PathBuf {
    let program = std::env::current_exe().expect("the program's path");
    let name = name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    program.with_file_name("conformance").join(language.name()).join(name)
}

/// A case with the exceptions of a language, or none where it is left out there.
fn for_language(name: &str, mut case: Value, language: Language) -> Option<Value> {
    let Value::Object(map) = &mut case else { panic!("{name} is no object") };
    for key in map.keys() {
        assert!(CASE_KEYS.contains(&key.as_str()), "{name}: there is no key `{key}`");
    }
    let Some(Value::Object(exceptions)) = map.shift_remove("except") else { return Some(case) };
    let mut found = None;
    for (languages, exception) in exceptions {
        let names: Vec<&str> = languages.split(' ').collect();
        assert!(names.iter().all(|name| Language::named(name).is_some()), "{name}: unknown in {names:?}");
        assert!(
            exception["reason"].as_str().is_some_and(|r| r.len() > 20),
            "{name}: {names:?} needs a reason"
        );
        if names.contains(&language.name()) {
            assert!(found.is_none(), "{name}: {} is excepted twice", language.name());
            found = Some(exception);
        }
    }
    let Some(Value::Object(exception)) = found else { return Some(case) };
    if exception.get("skip").is_some_and(|skip| *skip == true) {
        return None;
    }
    // An outcome of another kind takes the place of the one that all others have.
    if ["gives", "fails", "raises"].iter().any(|key| exception.contains_key(*key)) {
        map.retain(|key, _| !matches!(key.as_str(), "gives" | "fails" | "raises"));
    }
    for (key, value) in exception {
        assert!(key == "reason" || CASE_KEYS.contains(&key.as_str()), "{name}: there is no key `{key}`");
        match (map.get_mut(&key), value) {
            _ if key == "reason" => {}
            (_, value) => drop(map.insert(key, value)),
        }
    }
    Some(case)
}

/// Values that would be long or depend on the machine: `$repeat`, `$list`, `$file`.
fn expand(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            if let Some([text, count]) = pair(map, "$repeat") {
                return text
                    .as_str()
                    .expect("a text")
                    .repeat(count.as_u64().expect("a count") as usize)
                    .into();
            }
            if let Some([entry, count]) = pair(map, "$list") {
                return vec![expand(entry); count.as_u64().expect("a count") as usize].into();
            }
            if let Some(name) = map.get("$file") {
                let path = folder().join("behaviour/files").join(name.as_str().expect("a name"));
                return path.to_string_lossy().into_owned().into();
            }
            map.iter().map(|(key, value)| (key.clone(), expand(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(list) => list.iter().map(expand).collect(),
        other => other.clone(),
    }
}

fn pair<'a>(map: &'a Map<String, Value>, key: &str) -> Option<[&'a Value; 2]> {
    let list = map.get(key)?.as_array()?;
    Some([list.first()?, list.get(1)?])
}

/// A value as JSON text; see [`write`].
fn written(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// JSON text with what a value of JSON cannot hold: `$nested`, `$integer`, `$float`, `$utf16`, `$bytes`.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            if let Some(nested) = map.get("$nested") {
                let levels = nested["levels"].as_u64().expect("levels") as usize;
                let (open, close) = if nested["of"] == "object" { ("{\"a\":", "}") } else { ("[", "]") };
                out.push_str(&open.repeat(levels));
                write(&nested["holds"], out);
                out.push_str(&close.repeat(levels));
            } else if let Some(digits) = map.get("$integer").or_else(|| map.get("$float")) {
                out.push_str(digits.as_str().expect("digits"));
            } else if let Some(units) = map.get("$utf16") {
                out.push('"');
                units
                    .as_str()
                    .expect("units")
                    .split(' ')
                    .for_each(|unit| out.push_str(&format!("\\u{unit}")));
                out.push('"');
            } else if let Some(base64) = map.get("$bytes") {
                out.push_str(&base64.to_string());
            } else {
                out.push('{');
                for (i, (key, value)) in map.iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { "," });
                    out.push_str(&json!(key).to_string());
                    out.push(':');
                    write(value, out);
                }
                out.push('}');
            }
        }
        Value::Array(list) => {
            out.push('[');
            for (i, value) in list.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { "," });
                write(value, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// A value with `$integer` as a number where one holds it, and with `$nested` built.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(map) if map.contains_key("$nested") => written(value).parse().expect("JSON"),
        Value::Object(map) => {
            if let (1, Some(Value::String(digits))) = (map.len(), map.get("$integer")) {
                let number = digits.parse::<i64>().map(Value::from);
                return number.or_else(|_| digits.parse::<u64>().map(Value::from)).unwrap_or(value.clone());
            }
            map.iter().map(|(key, value)| (key.clone(), plain(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(list) => list.iter().map(plain).collect(),
        other => other.clone(),
    }
}

/// Equality in which `1.0` is `1`, but no digit of a whole number is lost.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            let small =
                |n: &serde_json::Number| n.as_f64().is_some_and(|n| n.abs() <= 9_007_199_254_740_992.0);
            a == b || (a.is_f64() != b.is_f64() && small(a) && a.as_f64() == b.as_f64())
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// Whether everything wanted is there, on the first two levels (a raw reply has more headers).
fn holds(got: &Value, wanted: &Value) -> bool {
    wanted.as_object().is_some_and(|wanted| {
        wanted.iter().all(|(key, wanted)| match (key.as_str(), wanted) {
            ("headers", Value::Object(headers)) => {
                headers.iter().all(|(k, v)| got["headers"].get(k) == Some(v))
            }
            _ => got.get(key).is_some_and(|got| same(got, wanted)),
        })
    })
}

/// A value of an error: equal, or with `{"contains": [...]}` a text with these parts.
fn fits(got: &Value, wanted: &Value) -> bool {
    match wanted.get("contains").and_then(Value::as_array) {
        Some(parts) => {
            let got = got.as_str().unwrap_or_default();
            parts.iter().all(|part| part.as_str().is_some_and(|part| got.contains(part)))
        }
        None => same(got, wanted),
    }
}

/// `{"$bytes": base64}`, as runners tell bytes.
pub fn bytes(content: &[u8]) -> Value {
    json!({"$bytes": STANDARD.encode(content)})
}
