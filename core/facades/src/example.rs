//! Example values, made from the table: realistic where a field's name or form tells what it holds.

use brevo_core::names::typescript_key;
use brevo_core::schema::{Field, Place, Ty, find_field};
use serde_json::{Map, Value, json};

use crate::table::Call;

/// Content of example files, and of replies that are bytes.
pub(crate) const FILE: &str = "email;firstname\nada@example.com;Ada\nzoë@example.com;Zoë 🦆\n";

/// How rich the examples are.
#[derive(Clone, Copy)]
pub(crate) enum Tone {
    /// A few plain values, for readers.
    Plain,
    /// Every key, in several alphabets, for tests.
    Full,
}

/// Arguments of a call, with wire names: every parameter, or those that a short example needs.
pub(crate) fn arguments(call: &Call, tone: Tone) -> Map<String, Value> {
    let value = |field: &'static Field| (field.wire().to_owned(), value(field, tone, 0));
    match tone {
        Tone::Full => call.fields.iter().map(value).collect(),
        Tone::Plain => short(call).into_iter().map(value).collect(),
    }
}

/// Optional parameters that say what a call is about.
const TELLING: &[&str] = &[
    "attributes",
    "email",
    "html_content",
    "list_ids",
    "name",
    "recipients",
    "sender",
    "subject",
    "text",
    "to",
];

/// The required parameters; where the body has none, also the first few that say most.
fn short(call: &Call) -> Vec<&'static Field> {
    let body = || call.fields.iter().filter(|f| call.spec.is_some() && f.place == Place::Body);
    let telling = || body().filter(|f| TELLING.contains(&f.name()));
    // Jobs say in their documentation what they need.
    let named = ["html_content", "list_ids", "path", "recipients", "sender", "subject"];
    let needed = |f: &&Field| f.required || (call.spec.is_none() && named.contains(&f.name()));
    let mut fields: Vec<_> = call.fields.iter().filter(needed).collect();
    if !body().any(|f| f.required) {
        let plain = telling().next().is_none();
        fields.extend(body().filter(|f| plain || TELLING.contains(&f.name())).take(4));
    }
    fields
}

/// The same arguments with the names of Python and C, on every level.
pub(crate) fn in_snake_case(fields: &'static [Field], arguments: &Map<String, Value>) -> Map<String, Value> {
    arguments
        .iter()
        .map(|(key, value)| match find_field(fields, key) {
            Some(field) => (field.name().to_owned(), respelled(&field.ty, value)),
            None => (key.clone(), value.clone()),
        })
        .collect()
}

fn respelled(ty: &Ty, value: &Value) -> Value {
    match (ty, value) {
        (Ty::Model(model), Value::Object(map)) => Value::Object(in_snake_case(model().fields, map)),
        (Ty::List(item), Value::Array(list)) => list.iter().map(|value| respelled(item, value)).collect(),
        (Ty::Map(item), Value::Object(map)) => {
            map.iter().map(|(key, value)| (key.clone(), respelled(item, value))).collect::<Map<_, _>>().into()
        }
        // Examples take the first variant of a union.
        (Ty::Union(union), value) => {
            union().variants.first().map_or(value.clone(), |ty| respelled(ty, value))
        }
        _ => value.clone(),
    }
}

/// What a successful call answers.
pub(crate) fn reply(ty: &Ty) -> Value {
    typed(ty, "reply", Tone::Full, 0)
}

fn value(field: &Field, tone: Tone, depth: usize) -> Value {
    let limits = field.limits();
    let mut value = typed(&field.ty, field.name(), tone, depth);
    match &mut value {
        Value::Number(number) if number.is_i64() => {
            let n = number.as_i64().unwrap_or_default();
            value = n.max(limits.min.unwrap_or(n)).min(limits.max.unwrap_or(i64::MAX)).into();
        }
        Value::Number(number) => {
            let n = number.as_f64().unwrap_or_default();
            let (min, max) = (limits.min.map_or(n, |min| min as f64), limits.max.map_or(n, |max| max as f64));
            value = n.max(min).min(max).into();
        }
        Value::String(_) if field.limits().format.is_some_and(|format| format.starts_with("uuid")) => {
            value = "6fa459ea-ee8a-4ca4-894e-db77e160355e".into();
        }
        Value::String(text) => {
            while limits.min_length.is_some_and(|min| (text.chars().count() as i64) < min) {
                text.push('x');
            }
            if let Some(max) = limits.max_length {
                *text = text.chars().take(max as usize).collect();
            }
        }
        Value::Array(list) => {
            while limits.min_items.is_some_and(|min| (list.len() as i64) < min) {
                list.push(list[0].clone());
            }
            if let Some(max) = limits.max_items {
                list.truncate(max as usize);
            }
        }
        _ => {}
    }
    value
}

fn typed(ty: &Ty, name: &str, tone: Tone, depth: usize) -> Value {
    let full = matches!(tone, Tone::Full);
    match ty {
        Ty::Nothing | Ty::Bytes => Value::Null,
        Ty::Any if full => json!({"ключ": ["值", 1, true, null]}),
        Ty::Any => json!("value"),
        Ty::String => text(name, full).into(),
        Ty::Integer if name.contains("timestamp") || name.starts_with("date_") => {
            1_790_000_000_000_i64.into()
        }
        Ty::Integer if matches!(name, "limit" | "count" | "total") => 50.into(),
        Ty::Integer if name == "offset" => 0.into(),
        Ty::Integer => (2 + name.len() as i64).into(),
        Ty::Number => 12.5.into(),
        Ty::Boolean => true.into(),
        Ty::Date => "2026-12-01".into(),
        Ty::DateTime => "2026-12-01T09:00:00.000Z".into(),
        Ty::File => json!({"path": "people.csv"}),
        Ty::Enum(texts) => texts.values.first().copied().unwrap_or("value").into(),
        Ty::List(item) => {
            let first = typed(item, name.trim_end_matches('s'), tone, depth + 1);
            let second = match &first {
                Value::Number(number) if full && number.is_i64() => {
                    Some((number.as_i64().unwrap_or(0) + 1).into())
                }
                Value::String(text) if full && matches!(**item, Ty::String) => {
                    Some(format!("{text} & 2").into())
                }
                _ => None,
            };
            [Some(first), second].into_iter().flatten().collect()
        }
        Ty::Map(item) if name == "headers" => {
            json!({"X-Mailin-custom": typed_text(item, "order:2026|spring")})
        }
        Ty::Map(item) => {
            let key = if name.contains("attribute") { "FIRSTNAME" } else { "season" };
            let mut map = Map::from_iter([(key.to_owned(), map_entry(item, tone, depth))]);
            match item {
                Ty::Union(union) if full => map.extend(
                    union()
                        .variants
                        .iter()
                        .map(|ty| (format!("Größe {}", ty_name(ty)), typed(ty, "size", tone, depth + 1))),
                ),
                _ if full => drop(map.insert("Größe (cm)".to_owned(), typed(item, "size", tone, depth + 1))),
                _ => {}
            }
            map.into()
        }
        // Models that hold themselves end here.
        Ty::Model(_) if depth > 6 => json!({}),
        Ty::Model(model) => {
            let fields = model().fields.iter().filter(|f| full || f.required || model().fields.len() <= 3);
            let mut map: Map<_, _> =
                fields.map(|f| (f.wire().to_owned(), value(f, tone, depth + 1))).collect();
            if !full && map.contains_key("email") {
                // A person: either the address or the identifier, and a person's name.
                map.shift_remove("id");
                map.entry("name").and_modify(|name| *name = "Ada Lovelace".into());
            }
            map.into()
        }
        Ty::Union(union) => typed(&union().variants[0], name, tone, depth),
    }
}

/// A word for a type, to tell the entries of a map apart.
fn ty_name(ty: &Ty) -> String {
    let name = format!("{ty:?}");
    name.split('(').next().unwrap_or_default().to_lowercase()
}

/// A text where the type allows one.
fn typed_text(ty: &Ty, text: &str) -> Value {
    if matches!(ty, Ty::Any | Ty::String) { text.into() } else { typed(ty, "value", Tone::Plain, 0) }
}

/// A text where the entry's type has one, else what the type gives.
fn map_entry(ty: &Ty, tone: Tone, depth: usize) -> Value {
    let name = if matches!(tone, Tone::Full) { "Zoë" } else { "Ada" };
    match ty {
        Ty::Union(union) if union().variants.iter().any(|ty| matches!(ty, Ty::String)) => name.into(),
        Ty::Any => name.into(),
        _ => typed(ty, "first_name", tone, depth + 1),
    }
}

/// A text such as stands in a field of that name.
fn text(name: &str, full: bool) -> String {
    let has = |part: &str| name.contains(part);
    let pick = |plain: &str, unicode: &str| if full { unicode.to_owned() } else { plain.to_owned() };
    match name {
        _ if has("html") => pick("<p>Hello</p>", "<p>Grüezi \"Zoë\" — 你好 🦆</p>"),
        _ if has("email") || name == "to" || name == "from" => {
            pick("ada@example.com", "zoë+news@exämple.com")
        }
        _ if has("url") || has("uri") || has("link") => {
            pick("https://example.com/", "https://example.com/ünï?a=1&b=%20#c")
        }
        _ if has("date") || name.ends_with("_at") || has("since") || has("until") => {
            pick("2026-12-01", "2026-12-01T09:00:00.000+01:00")
        }
        _ if has("phone") || has("sms") || has("mobile") || has("number") || name == "recipient" => {
            pick("33612345678", "+33612345678")
        }
        _ if has("file") || has("path") => pick("people.csv", "Größe 2026.csv"),
        "content" => pick("SGVsbG8=", "SGVsbG8gWm/Dqw=="),
        "name" => pick("Spring", "Frühling/été 2026.pdf").replace('/', if full { " " } else { "/" }),
        "first_name" => pick("Ada", "Zoë"),
        "subject" => pick("Spring news", "Žluťoučký kůň \\ \"весна\" 春 🦆"),
        "domain" => pick("example.com", "exämple.com"),
        "language" => "en".to_owned(),
        "sort" => "desc".to_owned(),
        "currency" => "EUR".to_owned(),
        "sender" => pick("Brevo", "Zoë"),
        _ if name.ends_with("id") || has("identifier") || has("uuid") || has("token") => {
            pick("5f8d0d55b54764421b7156d9", "Zoë/7 100%+?#&=é")
        }
        _ => {
            let words = name.replace('_', " ");
            pick(&words, &format!("{words}: naïve Ωmega\t\"x\" \\ 日本語 & 50% + more/less"))
        }
    }
}

/// Python and Node take the path of a file as it is.
pub(crate) fn file_path<'a>(ty: &Ty, value: &'a Value) -> &'a Value {
    match ty {
        Ty::File => value.get("path").unwrap_or(value),
        _ => value,
    }
}

/// A value in Python.
pub(crate) fn python_literal(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Array(list) => format!("[{}]", list.iter().map(python_literal).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{}: {}", json!(key), python_literal(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        value => value.to_string(),
    }
}

/// A value in JavaScript.
pub(crate) fn node_literal(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("[{}]", list.iter().map(node_literal).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries =
                map.iter().map(|(key, value)| format!("{}: {}", typescript_key(key), node_literal(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use brevo_core::api::RESOURCES;
    use brevo_core::arguments::{Arguments, FilePart, check, check_object};

    use super::*;
    use crate::table::calls;

    #[test]
    fn the_core_accepts_every_example() {
        for call in RESOURCES.iter().flat_map(|resource| calls(resource)) {
            for tone in [Tone::Plain, Tone::Full] {
                let wire = arguments(&call, tone);
                for mut values in [in_snake_case(call.fields, &wire), wire] {
                    let Some(spec) = call.spec else {
                        let text = Value::from(values).to_string();
                        check_object(call.fields, &text)
                            .unwrap_or_else(|error| panic!("{}: {error}", call.id()));
                        continue;
                    };
                    let mut files = BTreeMap::new();
                    for field in call.fields.iter().filter(|f| matches!(f.ty, Ty::File)) {
                        if values.shift_remove(field.name()).or(values.shift_remove(field.wire())).is_some() {
                            let file = FilePart { name: "people.csv".into(), bytes: FILE.into() };
                            files.insert(field.name().into(), file);
                        }
                    }
                    let mut given = Arguments::from(values);
                    given.files = files;
                    check(spec, given).map(drop).unwrap_or_else(|error| panic!("{}: {error}", call.id()));
                }
            }
        }
    }
}
