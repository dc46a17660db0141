//! Replies made from the schema, for operations without state.

use brevo_core::schema::Spec;
use serde_json::{Map, Value};

use crate::handler::Answer;

/// Header of a reply that was made from the schema.
pub const HEADER: &str = "x-brevo-sandbox";

/// A plausible reply.
pub fn answer(spec: &'static Spec, _args: &Map<String, Value>, _seed: u64, _now: i64) -> Answer {
    let mut answer = Answer::empty(spec.success.first().copied().unwrap_or(200));
    answer.headers.push((HEADER, "canned".into()));
    answer
}
