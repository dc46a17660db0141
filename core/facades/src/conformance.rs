//! `tests/conformance/<resource>.json`: calls with what must go over the wire and come back, for
//! runners in every language. What is expected is laid out here by rules of its own, not by the
//! core's, since the cases test the core.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brevo_core::schema::{BodyKind, Field, Place, Repeat, Resource, Spec, Ty};
use serde_json::{Map, Value, json};

use crate::MARKER;
use crate::example::{self, FILE, Tone};
use crate::table::{Call, calls};

/// The cases of one resource, an entry of a case per line.
pub(crate) fn print(resource: &Resource) -> String {
    let cases = calls(resource)
        .iter()
        .filter_map(|call| Some((call, call.spec?)))
        .flat_map(|(call, spec)| [case(call, spec, Tone::Full), case(call, spec, Tone::Plain)])
        .map(|case| {
            let entries = case.iter().map(|(key, value)| format!("    {}: {value}", json!(key)));
            format!("  {{\n{}\n  }}", entries.collect::<Vec<_>>().join(",\n"))
        })
        .collect::<Vec<_>>();
    format!("{{\"generated\": \"{MARKER}\",\n\"cases\": [\n{}\n]}}\n", cases.join(",\n"))
}

/// `Full`: every parameter by its snake_case name, and the fullest reply. `Plain`: a short call by
/// wire names, and the emptiest reply that is a success.
fn case(call: &Call, spec: &Spec, tone: Tone) -> Map<String, Value> {
    let mut wire = example::arguments(call, tone);
    if spec.repeat == Repeat::Keyed {
        // A key of the caller's, since the core would make a random one.
        let headers = wire.entry("headers").or_insert_with(|| json!({}));
        headers["idempotencyKey"] = "6fa459ea-ee8a-4ca4-894e-db77e160355e".into();
    }
    let mut files = Map::new();
    for field in spec.fields.iter().filter(|f| matches!(f.ty, Ty::File)) {
        if wire.shift_remove(field.wire()).is_some() {
            let file = json!({"name": "Größe 2026.csv", "content": STANDARD.encode(FILE)});
            files.insert(field.name().to_owned(), file);
        }
    }
    let expect = expected(spec, &wire, &files);
    let arguments = match tone {
        Tone::Full => example::in_snake_case(spec.fields, &wire),
        Tone::Plain => wire,
    };
    let (reply, result) = reply(spec, tone);
    Map::from_iter([
        ("operation".to_owned(), spec.id().into()),
        ("arguments".to_owned(), arguments.into()),
        ("files".to_owned(), files.into()),
        ("expect".to_owned(), expect),
        ("reply".to_owned(), reply),
        ("result".to_owned(), result),
    ])
}

/// The request: path below the base URL, query and body as they stand on the wire.
fn expected(spec: &Spec, arguments: &Map<String, Value>, files: &Map<String, Value>) -> Value {
    let mut path = String::new();
    for piece in spec.path.split('/').skip(1) {
        path.push('/');
        match piece.strip_prefix('{').and_then(|piece| piece.strip_suffix('}')) {
            Some(name) => path.push_str(&percent(&plain(&arguments[name]))),
            None => path.push_str(piece),
        }
    }
    let placed = |place: Place| spec.fields.iter().filter(move |f| f.place == place);
    let given = |field: &Field| arguments.get(field.wire()).cloned();
    let query: Vec<String> =
        placed(Place::Query).filter_map(|f| Some(pairs(f, &given(f)?))).flatten().collect();
    let fields: Vec<&Field> = placed(Place::Body).collect();
    let (mut content_type, mut body, mut parts) = (Value::Null, Value::Null, Value::Null);
    match spec.body {
        _ if fields.is_empty() => {}
        BodyKind::Json => {
            let mut values = arguments.clone();
            values.retain(|name, _| fields.iter().any(|f| f.wire() == name));
            body = Value::Object(values).to_string().into();
            content_type = "application/json".into();
        }
        BodyKind::Form => {
            let text = |f: &Field| given(f).or_else(|| serde_json::from_str(f.limits().default?).ok());
            let values = fields.iter().filter_map(|f| Some(pairs(f, &text(f)?))).flatten();
            body = values.collect::<Vec<_>>().join("&").into();
            content_type = "application/x-www-form-urlencoded".into();
        }
        BodyKind::Multipart => {
            let part = |f: &&Field| match files.get(f.name()) {
                Some(file) => {
                    Some(json!({"name": f.wire(), "filename": file["name"], "content": file["content"]}))
                }
                None => Some(json!({"name": f.wire(), "text": plain(&given(f)?)})),
            };
            parts = fields.iter().filter_map(part).collect();
            content_type = "multipart/form-data".into();
        }
    }
    json!({
        "method": spec.method.as_str(),
        "path": path,
        "query": query.join("&"),
        "headers": {"content-type": content_type},
        "body": body,
        "multipart": parts,
    })
}

fn reply(spec: &Spec, tone: Tone) -> (Value, Value) {
    let last = matches!(tone, Tone::Plain);
    let status = if last { spec.success.last() } else { spec.success.first() };
    let empty = matches!(spec.output, Ty::Nothing) || last && spec.may_be_empty;
    let (headers, body, result) = match spec.output {
        _ if empty => (json!({}), json!(""), Value::Null),
        Ty::Bytes => {
            let content = json!({"base64": STANDARD.encode(FILE)});
            (json!({"content-type": "text/csv"}), content.clone(), content)
        }
        _ => {
            let result = example::reply(&spec.output);
            (json!({"content-type": "application/json"}), result.to_string().into(), result)
        }
    };
    (json!({"status": status, "headers": headers, "body": body}), result)
}

/// `name=value`, encoded; several for lists and maps.
fn pairs(field: &Field, value: &Value) -> Vec<String> {
    let pair = |name: &str, value: &str| format!("{}={}", percent(name), percent(value));
    match value {
        Value::Array(list) => {
            let texts: Vec<String> = list.iter().map(plain).collect();
            let texts = if field.limits().comma { vec![texts.join(",")] } else { texts };
            texts.iter().map(|text| pair(field.wire(), text)).collect()
        }
        Value::Object(map) => {
            map.iter().map(|(key, value)| pair(&format!("{}[{key}]", field.wire()), &plain(value))).collect()
        }
        value => vec![pair(field.wire(), &plain(value))],
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Everything but the unreserved characters of RFC 3986 as `%XX`.
fn percent(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(percent("Zoë a+b/~._-"), "Zo%C3%AB%20a%2Bb%2F~._-");
    }

    #[test]
    fn a_full_contact_is_laid_out_by_the_book() {
        let spec = brevo_core::operation("contacts", "delete_contact").unwrap();
        let arguments = json!({"identifier": "a b@c.d", "identifierType": "email_id"});
        let expect = expected(spec, arguments.as_object().unwrap(), &Map::new());
        assert_eq!(expect["path"], "/contacts/a%20b%40c.d");
        assert_eq!(expect["query"], "identifierType=email_id");
        assert_eq!(expect["body"], Value::Null);
    }
}
