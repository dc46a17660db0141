//! From method and path to the operation of the table.

use brevo_core::api::RESOURCES;
use brevo_core::schema::Spec;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What stands at a method and a path.
pub enum Found {
    /// An operation, with its path parameters as text.
    Operation(&'static Spec, Vec<(&'static str, String)>),
    /// The path exists with other methods only.
    OtherMethod,
    /// Nothing.
    Nothing,
}

/// Finds the operation; of several that fit, the one with words rather than parameters wins.
pub fn find(method: &str, path: &str) -> Found {
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let mut best: Option<(Vec<bool>, &'static Spec)> = None;
    let mut other_method = false;
    for spec in RESOURCES.iter().flat_map(|resource| resource.operations.iter().copied()) {
        let Some(words) = fit(spec.path, &segments) else { continue };
        if spec.method.as_str() != method {
            other_method = true;
        } else if best.as_ref().is_none_or(|(known, _)| words > *known) {
            best = Some((words, spec));
        }
    }
    match best {
        Some((_, spec)) => {
            let values = spec.path.split('/').zip(&segments).filter_map(|(part, segment)| {
                let name = part.strip_prefix('{')?.strip_suffix('}')?;
                Some((name, percent_decode_str(segment).decode_utf8_lossy().into_owned()))
            });
            Found::Operation(spec, values.collect())
        }
        None if other_method => Found::OtherMethod,
        None => Found::Nothing,
    }
}

/// For each segment whether it is a word of the template, where the template fits.
fn fit(template: &str, segments: &[&str]) -> Option<Vec<bool>> {
    let mut parts = template.split('/');
    let mut words = Vec::with_capacity(segments.len());
    for segment in segments {
        let part = parts.next()?;
        if part.starts_with('{') && !segment.is_empty() {
            words.push(false);
        } else if part == *segment {
            words.push(true);
        } else {
            return None;
        }
    }
    parts.next().is_none().then_some(words)
}

/// A body without what must not stand in the record of calls, where it holds such a thing.
pub fn without_secrets(template: &str, body: &Value) -> Option<Value> {
    let has_token = template == crate::keys::TOKEN_PATH && body.get("access_token").is_some();
    has_token.then(|| {
        let mut body = body.clone();
        body["access_token"] = "(token)".into();
        body
    })
}
