//! Faults on demand: what a network and a bad day can do to a call.

use serde_json::{Value, json};

use crate::handler::ApiError;
use crate::state::{Sandbox, lock};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 429, as beyond the limits.
    TooMany,
    /// 500, and nothing is done.
    Server,
    /// The call is carried out, then answered with 500.
    ServerAfter,
    /// No answer, ever.
    Timeout,
    /// The call is carried out, then no answer comes.
    TimeoutAfter,
    /// The connection closes without an answer.
    Reset,
    /// The call is carried out, then the connection closes without an answer.
    ResetAfter,
    /// 524 with a page of HTML, as a gateway sends.
    Html,
    /// 502 without a body.
    Empty,
    /// The call is carried out; its answer breaks off in the middle.
    Truncated,
    /// 401: the caller's address is not authorised.
    IpBlocked,
    /// 403: the account may not send yet.
    NotActivated,
    /// 402: no credits.
    NoCredits,
}

const KINDS: &[(&str, Kind)] = &[
    ("429", Kind::TooMany),
    ("500", Kind::Server),
    ("500_after", Kind::ServerAfter),
    ("timeout", Kind::Timeout),
    ("timeout_after", Kind::TimeoutAfter),
    ("reset", Kind::Reset),
    ("reset_after", Kind::ResetAfter),
    ("html", Kind::Html),
    ("empty", Kind::Empty),
    ("truncated", Kind::Truncated),
    ("ip_blocked", Kind::IpBlocked),
    ("not_activated", Kind::NotActivated),
    ("no_credits", Kind::NoCredits),
];

/// A fault that waits for its call.
#[derive(Debug, Clone)]
pub struct Fault {
    method: Option<String>,
    path: String,
    times: u64,
    name: &'static str,
    kind: Kind,
}

impl Fault {
    fn fits(&self, method: &str, path: &str, template: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && match self.path.strip_suffix('*') {
                Some(start) => path.starts_with(start),
                None => self.path == path || self.path == template,
            }
    }

    fn describe(&self) -> Value {
        let method = self.method.as_deref().unwrap_or("*");
        json!({"match": format!("{method} {}", self.path), "times": self.times, "fault": self.name})
    }
}

impl Sandbox {
    /// Adds a fault: `{"match": "POST /smtp/email", "times": 1, "fault": "500"}`. The path is that
    /// of the table or of the call, below `/v3`; a `*` at its end stands for anything.
    pub fn add_fault(&self, wanted: &Value) -> Result<Value, ApiError> {
        let name = wanted.get("fault").and_then(Value::as_str).unwrap_or_default();
        let Some((name, kind)) = KINDS.iter().copied().find(|(known, _)| *known == name) else {
            let known = KINDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            return Err(ApiError::invalid(format!("fault must be one of {known}")));
        };
        let pattern = wanted.get("match").and_then(Value::as_str).unwrap_or("*").trim();
        let (method, path) = match pattern.split_once(' ') {
            Some((method, path)) => (Some(method), path.trim()),
            None => (None, pattern),
        };
        let method = method.filter(|method| *method != "*").map(str::to_owned);
        let path = path.strip_prefix("/v3").unwrap_or(path).to_owned();
        let times = wanted.get("times").and_then(Value::as_u64).unwrap_or(1);
        let fault = Fault { method, path, times, name, kind };
        let described = fault.describe();
        lock(&self.faults).push(fault);
        Ok(described)
    }

    /// The faults that still wait.
    pub fn faults(&self) -> Value {
        lock(&self.faults).iter().map(Fault::describe).collect()
    }

    /// Forgets the faults that still wait.
    pub fn clear_faults(&self) {
        lock(&self.faults).clear();
    }

    /// Takes the first fault that fits a call.
    pub(crate) fn take_fault(&self, method: &str, path: &str, template: &str) -> Option<Kind> {
        let mut faults = lock(&self.faults);
        let at = faults.iter().position(|fault| fault.fits(method, path, template))?;
        let kind = faults[at].kind;
        faults[at].times = faults[at].times.saturating_sub(1);
        if faults[at].times == 0 {
            faults.remove(at);
        }
        Some(kind)
    }
}
