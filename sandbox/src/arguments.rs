//! From a request to arguments: what came as text is read by the table's types, unknown keys are
//! ignored as Brevo does, and the rest is checked with the table.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brevo_core::Arguments;
use brevo_core::schema::{Field, Place, Spec, Ty};
use serde_json::{Map, Value, json};

use crate::handler::ApiError;

/// A part of a multipart body: a file, or text.
pub fn part(file_name: Option<String>, bytes: &[u8]) -> Value {
    match file_name {
        Some(name) => json!({"name": name, "content": STANDARD.encode(bytes)}),
        None => Value::from(String::from_utf8_lossy(bytes)),
    }
}

/// A form body.
pub fn form(bytes: &[u8]) -> Map<String, Value> {
    form_urlencoded::parse(bytes).map(|(key, value)| (key.into_owned(), Value::from(value))).collect()
}

/// A JSON body; nothing counts as `{}`.
pub fn json(spec: &Spec, bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    let bytes = bytes.trim_ascii();
    if bytes.is_empty() || !spec.fields.iter().any(|field| field.place != Place::Path) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(ApiError::new(400, "bad_request", "Input must be a valid JSON object")),
    }
}

/// The parts of a multipart body, read by the table's types.
pub fn fields(spec: &'static Spec, parts: Vec<(String, Value)>) -> Map<String, Value> {
    parts
        .into_iter()
        .map(|(name, value)| match (spec.fields.iter().find(|f| f.wire() == name), value.as_str()) {
            (Some(field), Some(text)) => (name, typed(&field.ty, text)),
            _ => (name, value),
        })
        .collect()
}

/// Puts path, query and body together and checks them. Gives the arguments and the names that were
/// ignored.
pub fn checked(
    spec: &'static Spec,
    in_path: Vec<(&'static str, String)>,
    query: &str,
    body: Map<String, Value>,
) -> Result<(Map<String, Value>, Vec<String>), ApiError> {
    let mut ignored = Vec::new();
    let mut args = prune(spec.fields, body, "", &mut ignored);
    read_query(spec, query, &mut args, &mut ignored);
    for (wire, text) in in_path {
        if let Some(field) = spec.fields.iter().find(|field| field.wire() == wire) {
            args.insert(wire.to_owned(), typed(&field.ty, &text));
        }
    }
    args.retain(|_, value| !value.is_null());
    for field in spec.fields {
        match args.get(field.wire()) {
            None if field.required => return Err(ApiError::missing(format!("{} is missing", field.wire()))),
            Some(value) => out_of_range(field, value)?,
            None => {}
        }
    }
    let args = brevo_core::arguments::check(spec, Arguments::from(args)).map_err(|error| {
        let name = error.parameter().and_then(|name| spec.field(name)).map(|field| field.wire());
        let name = name.or(error.parameter()).unwrap_or_default();
        ApiError::invalid(format!("{name} is not valid: {}", error.message()))
    })?;
    Ok((args, ignored))
}

fn out_of_range(field: &Field, value: &Value) -> Result<(), ApiError> {
    let limits = field.limits();
    let Some(number) = value.as_i64() else { return Ok(()) };
    if limits.max.is_some_and(|max| number > max) {
        let max = limits.max.unwrap_or_default();
        return Err(ApiError::new(400, "out_of_range", format!("{} exceeds max value {max}", field.wire())));
    }
    if limits.min.is_some_and(|min| number < min) || (field.wire() == "offset" && number < 0) {
        let min = limits.min.unwrap_or_default();
        return Err(ApiError::new(400, "out_of_range", format!("{} is below min value {min}", field.wire())));
    }
    Ok(())
}

/// Takes out what the table does not know.
fn prune(
    fields: &'static [Field],
    values: Map<String, Value>,
    at: &str,
    ignored: &mut Vec<String>,
) -> Map<String, Value> {
    let mut out = Map::with_capacity(values.len());
    for (key, value) in values {
        let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
        match fields.iter().find(|field| field.wire() == key) {
            Some(field) => {
                out.insert(key, prune_value(&field.ty, value, &path, ignored));
            }
            None => ignored.push(path),
        }
    }
    out
}

fn prune_value(ty: &Ty, value: Value, at: &str, ignored: &mut Vec<String>) -> Value {
    match (ty, value) {
        (Ty::Model(model), Value::Object(values)) => prune(model().fields, values, at, ignored).into(),
        (Ty::List(item), Value::Array(values)) => values
            .into_iter()
            .enumerate()
            .map(|(i, value)| prune_value(item, value, &format!("{at}[{i}]"), ignored))
            .collect(),
        (_, value) => value,
    }
}

/// The query: a name given several times or joined by commas is a list, `name[key]` an object.
fn read_query(spec: &'static Spec, query: &str, args: &mut Map<String, Value>, ignored: &mut Vec<String>) {
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        let (base, key) = match name.split_once('[') {
            Some((base, rest)) => (base, Some(rest.trim_end_matches(']'))),
            None => (&*name, None),
        };
        let field = spec.fields.iter().find(|field| field.wire() == name || field.wire() == base);
        let Some(field) = field.filter(|field| field.place != Place::Path) else {
            ignored.push(name.into_owned());
            continue;
        };
        match (&field.ty, key) {
            (Ty::List(item), _) => {
                let entry = args.entry(field.wire()).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = entry {
                    list.extend(text.split(',').map(|text| typed(item, text)));
                }
            }
            (Ty::Map(_) | Ty::Model(_), Some(key)) => {
                let entry = args.entry(field.wire()).or_insert_with(|| Value::Object(Map::new()));
                let value = match &field.ty {
                    Ty::Map(item) => typed(item, &text),
                    Ty::Model(model) => match model().fields.iter().find(|field| field.wire() == key) {
                        Some(field) => typed(&field.ty, &text),
                        None => Value::from(&*text),
                    },
                    _ => Value::from(&*text),
                };
                if let Value::Object(map) = entry {
                    map.insert(key.to_owned(), value);
                }
            }
            _ => {
                args.insert(field.wire().to_owned(), typed(&field.ty, &text));
            }
        }
    }
}

/// Text read by a type; text that does not fit stays text, for the check to refuse.
fn typed(ty: &Ty, text: &str) -> Value {
    let plain = || Value::from(text);
    match ty {
        Ty::Integer => text.parse::<i64>().map_or_else(|_| plain(), Value::from),
        Ty::Number => text.parse::<f64>().map_or_else(|_| plain(), Value::from),
        Ty::Boolean => match text {
            "true" | "1" => true.into(),
            "false" | "0" => false.into(),
            _ => plain(),
        },
        Ty::List(_) | Ty::Map(_) | Ty::Model(_) => serde_json::from_str(text).unwrap_or_else(|_| plain()),
        // `007` and `+33...` are texts: as numbers they would lose something.
        Ty::Union(union) => union()
            .variants
            .iter()
            .map(|ty| typed(ty, text))
            .find(|value| serde_json::to_string(value).is_ok_and(|read| read == text))
            .unwrap_or_else(plain),
        _ => plain(),
    }
}
