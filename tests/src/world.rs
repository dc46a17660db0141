//! A Brevo of its own for each case of a job: a sandbox that earlier calls have filled, and a folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use brevo_core::names::operation_by_id;
use brevo_core::{Arguments, CallOptions, Client};
use brevo_sandbox::{Options, Running};
use serde_json::{Value, json};

/// When every case begins. Far ahead of this machine's clock, so that nothing becomes old meanwhile.
const BEGIN: &str = "2066-11-22T12:00:00Z";
/// Rounds in which everything that is due is done, an import's end too.
const ROUNDS: usize = 5;

/// What a case of a job works on.
pub(crate) struct World {
    running: Running,
    client: Client,
    folder: PathBuf,
    /// Calls that filled the sandbox.
    calls: usize,
    /// The key that the case uses.
    pub(crate) key: String,
}

impl World {
    /// Fills a sandbox by the steps of the case, and a folder with its files.
    pub(crate) async fn new(case: &Value, folder: PathBuf) -> Result<Self, String> {
        let failed = |what: &str, error: &dyn std::fmt::Display| format!("{what}: {error}");
        // What an earlier run has left.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|error| failed("the folder", &error))?;
        for (name, text) in case["files"].as_object().into_iter().flatten() {
            std::fs::write(folder.join(name), text_of(text)).map_err(|error| failed(name, &error))?;
        }
        let running = brevo_sandbox::start(Options { seed: 1, ..Options::default() }, "127.0.0.1", 0);
        let running = running.await.map_err(|error| failed("the sandbox", &error))?;
        let now = brevo_sandbox::time::parse(BEGIN).ok_or("the time")?;
        running.sandbox.clock.freeze(true);
        running.sandbox.clock.set(now);
        let made = running.sandbox.transaction(|db| {
            brevo_sandbox::keys::create(db, brevo_sandbox::keys::KeyKind::Api, "conformance", now)
        });
        let made = made.map_err(|error| format!("the key: {error:?}"))?;
        let key = made["key"].as_str().unwrap_or_default().to_owned();
        let mut settings = Client::builder().api_key(&key).base_url(running.url());
        settings.pacing = Some(false);
        let client = settings.build().map_err(|error| failed("the client", &error))?;
        let mut world = World { running, client, folder, calls: 0, key };
        for step in case["brevo"].as_array().into_iter().flatten() {
            world.step(step).await.map_err(|error| format!("{step}: {error}"))?;
        }
        world.calls = world.running.sandbox.calls().len();
        world.running.sandbox.clock.freeze(false);
        Ok(world)
    }

    /// The API's address.
    pub(crate) fn address(&self) -> &str {
        self.running.url()
    }

    /// A call, `["contacts.create_contact", {...}]`, or time that goes by, `{"seconds": 60}`.
    async fn step(&self, step: &Value) -> Result<(), String> {
        let Some(seconds) = step["seconds"].as_i64() else {
            return self.call(&step[0], &step[1]).await.map(drop);
        };
        self.running.sandbox.clock.advance(seconds * 1000);
        for _ in 0..ROUNDS {
            let sandbox = self.running.sandbox.clone();
            let ticked = tokio::task::spawn_blocking(move || sandbox.tick()).await;
            ticked.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    async fn call(&self, operation: &Value, arguments: &Value) -> Result<Value, String> {
        let id = operation.as_str().unwrap_or_default();
        let spec = operation_by_id(id).ok_or_else(|| format!("no operation `{id}`"))?;
        let arguments: Arguments = arguments.as_object().cloned().unwrap_or_default().into();
        let reply = self.client.call(spec, arguments, CallOptions::default()).await;
        reply.map_err(|error| error.to_string()).map(|reply| reply.json().unwrap_or_default())
    }

    /// What is not as the case says after its job.
    pub(crate) async fn judge(&self, case: &Value) -> Vec<String> {
        let mut problems = self.judge_files(case);
        let calls = self.running.sandbox.calls();
        let new = calls.iter().rev().skip(self.calls);
        let changes: Value = new
            .filter(|call| call["method"] != "GET")
            .map(|call| json!(format!("{} {}", text(&call["method"]), text(&call["path"]))))
            .collect();
        let wanted = match &case["changes"] {
            Value::Null => json!([]),
            wanted => wanted.clone(),
        };
        if changes != wanted {
            problems.push(format!("changes by {changes}, expected {wanted}"));
        }
        for left in case["leaves"].as_array().into_iter().flatten() {
            match self.call(&left[0], &left[1]).await {
                Ok(got) if includes(&got, &left[2]) => {}
                Ok(got) => problems.push(format!("leaves {} {got}, expected {}", left[0], left[2])),
                Err(error) => problems.push(format!("{}: {error}", left[0])),
            }
        }
        problems
    }

    /// The folder must hold the files of the case, as they were, what the job writes, and nothing else.
    fn judge_files(&self, case: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        let mut wanted = BTreeSet::new();
        for key in ["files", "writes"] {
            for (name, expected) in case[key].as_object().into_iter().flatten() {
                wanted.insert(name.clone());
                let mut expected = text_of(expected);
                if key == "writes" && name.ends_with(".csv") {
                    expected = expected.replace('\n', "\r\n");
                }
                match std::fs::read_to_string(self.folder.join(name)) {
                    Ok(got) if got == expected => {}
                    Ok(got) => problems.push(format!("{name} holds {got:?}, expected {expected:?}")),
                    Err(error) => problems.push(format!("{name}: {error}")),
                }
            }
        }
        let there = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for name in there.map(|entry| entry.file_name().to_string_lossy().into_owned()) {
            if !wanted.contains(&name) {
                problems.push(format!("the file {name} is left"));
            }
        }
        problems
    }
}

/// A case whose `{"$path": "people.csv"}` stand for paths in a folder.
pub(crate) fn with_paths(value: &Value, folder: &Path) -> Value {
    match value {
        Value::Object(map) => match map.get("$path") {
            Some(name) => json!(folder.join(text(name))),
            None => {
                let member = |(key, value): (&String, &Value)| (key.clone(), with_paths(value, folder));
                Value::Object(map.iter().map(member).collect())
            }
        },
        Value::Array(list) => list.iter().map(|value| with_paths(value, folder)).collect(),
        other => other.clone(),
    }
}

/// A file's text: its lines, each with an end.
fn text_of(lines: &Value) -> String {
    lines.as_array().into_iter().flatten().map(|line| format!("{}\n", text(line))).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Whether everything wanted is there; of objects more may be.
fn includes(got: &Value, wanted: &Value) -> bool {
    match (got, wanted) {
        (Value::Object(got), Value::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| got.get(key).is_some_and(|got| includes(got, wanted)))
        }
        (Value::Array(got), Value::Array(wanted)) => {
            got.len() == wanted.len() && got.iter().zip(wanted).all(|(got, wanted)| includes(got, wanted))
        }
        _ => got == wanted,
    }
}
