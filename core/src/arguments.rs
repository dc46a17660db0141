//! From arguments to a checked request: what is certainly wrong is refused here, by name, and the
//! rest is laid out as path, query and body.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::error::{Error, Kind, Result};
use crate::limits;
use crate::names::camel;
use crate::schema::{BodyKind, Field, Method, Model, Place, Spec, Ty, find_field};

/// Everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How many lists and objects may stand one inside the other, in arguments and in replies. The
/// outermost one counts. serde_json reads no more.
pub const MAX_DEPTH: usize = 127;

/// What a caller gives to an operation. Keys are names or wire names, on every level. A `null` on
/// the first level counts as left out.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    /// Values, as JSON.
    pub values: Map<String, Value>,
    /// Content of file parameters, by parameter name.
    pub files: BTreeMap<String, FilePart>,
}

/// A file to send.
#[derive(Debug, Clone, Default)]
pub struct FilePart {
    /// File name.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

impl FilePart {
    /// A file of this machine, under its own name.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| {
            Error::new(Kind::Io, format!("{}: {error}", path.display())).with_source(error)
        })?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(FilePart { name, bytes })
    }
}

/// The start of a JSON body: a field whose value is too large for a tree of values. Who writes it answers
/// for its form.
#[derive(Debug)]
pub(crate) struct BodyStart {
    /// `{"field":`, then the value.
    pub(crate) text: Vec<u8>,
}

impl BodyStart {
    /// A body in the memory of another text.
    pub(crate) fn new(field: &str, mut text: Vec<u8>) -> Self {
        text.clear();
        text.extend_from_slice(b"{\"");
        text.extend_from_slice(field.as_bytes());
        text.extend_from_slice(b"\":");
        BodyStart { text }
    }

    /// The body with its other fields.
    pub(crate) fn closed(mut self, rest: Map<String, Value>) -> Bytes {
        let rest = Value::Object(rest).to_string();
        if rest.len() > 2 {
            self.text.push(b',');
        }
        self.text.extend_from_slice(&rest.as_bytes()[1..]);
        self.text.into()
    }
}

/// A request, complete but for host and authentication.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Path below the base URL, with the query string.
    pub(crate) target: String,
    pub(crate) body: Body,
}

/// Body of a request.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    None,
    Json(Map<String, Value>),
    Form(String),
    Multipart(Vec<Part>),
}

/// One part of a multipart body.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(&'static str, String),
    File(&'static str, FilePart),
}

impl Arguments {
    /// From the text of a JSON object; an empty text counts as an empty object.
    pub fn from_json(text: &str) -> Result<Self> {
        json_object("arguments", text).map(Arguments::from)
    }
}

/// Reads the text of a JSON object; an empty text counts as an empty object. `what` names it in
/// errors: `arguments`, `options` or `settings`.
pub fn json_object(what: &str, text: &str) -> Result<Map<String, Value>> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    let message = match serde_json::from_str(text) {
        Ok(Value::Object(map)) => return Ok(map),
        Ok(other) => format!("is not a JSON object but {}", form_of(&other)),
        Err(error) if is_too_deep(&error) => return Err(too_deep(what)),
        Err(error) => format!("is not valid JSON: {error}"),
    };
    Err(Error::argument(what, message).with_kind(kind_of(what)))
}

/// The kind of an error in arguments, options or settings.
fn kind_of(what: &str) -> Kind {
    if what == "settings" { Kind::Configuration } else { Kind::InvalidArgument }
}

/// Whether a text was refused for its nesting.
pub(crate) fn is_too_deep(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("recursion limit exceeded")
}

/// The error of arguments, options or settings that are nested more than [`MAX_DEPTH`] levels deep.
pub fn too_deep(what: &str) -> Error {
    let message = format!("the {what} are nested more than {MAX_DEPTH} levels deep");
    Error::new(kind_of(what), message)
}

/// Whether a value has more levels than these. Goes no deeper than they do.
fn is_deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(list) => levels == 0 || list.iter().any(|item| is_deeper(item, levels - 1)),
        Value::Object(map) => levels == 0 || map.values().any(|item| is_deeper(item, levels - 1)),
        _ => false,
    }
}

impl From<Map<String, Value>> for Arguments {
    fn from(values: Map<String, Value>) -> Self {
        Arguments { values, files: BTreeMap::new() }
    }
}

/// Checks arguments against the table without sending anything. Gives the values back with wire names on
/// every level.
pub fn check(spec: &'static Spec, arguments: Arguments) -> Result<Map<String, Value>> {
    let Arguments { values, .. } = settled(spec, arguments)?;
    for field in spec.fields {
        match (values.get(field.wire), field.place, &field.ty) {
            (Some(value), Place::Path, _) => drop(segment(field, value)?),
            (Some(value), _, Ty::File) => drop(read_file(field.name, value)?),
            _ => {}
        }
    }
    limits::check(spec, &values)?;
    Ok(values)
}

/// Checks an object against a model and gives it back with wire names. `what` opens the names in
/// errors.
pub fn check_model(model: &Model, values: Map<String, Value>, what: &str) -> Result<Map<String, Value>> {
    checked_object(model.fields, values, At::Top(what), false)
}

/// Checks the parameters of what is no operation, and gives them back with wire names. As with
/// operations, a misspelt one is named before one that is missing.
pub(crate) fn check_parameters(
    fields: &'static [Field],
    values: Map<String, Value>,
) -> Result<Map<String, Value>> {
    let values = checked_object(fields, values, At::Top(""), true)?;
    match fields.iter().find(|field| field.required && !values.contains_key(field.wire)) {
        Some(missing) => Err(missing_parameter(missing)),
        None => Ok(values),
    }
}

fn missing_parameter(field: &Field) -> Error {
    Error::argument(field.name, "this parameter is required")
}

/// Checks the arguments one by one, and gives them their wire names; files their names.
fn settled(spec: &'static Spec, arguments: Arguments) -> Result<Arguments> {
    let Arguments { values, files: given } = arguments;
    if values.values().any(|value| is_deeper(value, MAX_DEPTH - 1)) {
        return Err(too_deep("arguments"));
    }
    let mut files = BTreeMap::new();
    for (name, file) in given {
        let field = field_named(spec.fields, &name, At::Top(""))?;
        if !matches!(field.ty, Ty::File) {
            return Err(Error::argument(name, "this parameter is not a file"));
        }
        check_file_name(field.name, &file.name)?;
        files.insert(field.name.to_owned(), file);
    }
    let values = checked_object(spec.fields, values, At::Top(""), true)?;
    let is_missing = |field: &&Field| {
        field.required && !values.contains_key(field.wire) && !files.contains_key(field.name)
    };
    match spec.fields.iter().find(is_missing) {
        Some(missing) => Err(missing_parameter(missing)),
        None => Ok(Arguments { values, files }),
    }
}

/// Checks the arguments and lays them out.
pub(crate) fn request(
    spec: &'static Spec,
    arguments: Arguments,
    extra: Map<String, Value>,
) -> Result<Request> {
    if extra.values().any(|value| is_deeper(value, MAX_DEPTH - 1)) {
        return Err(too_deep("arguments"));
    }
    let Arguments { mut values, mut files } = settled(spec, arguments)?;
    let (mut path, mut query, mut body) = (String::from(spec.path), String::new(), Map::new());
    let mut parts = Vec::new();
    for field in spec.fields {
        if let Some(file) = files.remove(field.name) {
            parts.push(Part::File(field.wire, file));
            continue;
        }
        let Some(value) = values.remove(field.wire) else {
            if let (BodyKind::Form, Some(default)) = (spec.body, field.limits.default) {
                append(&mut query, field.wire, default.trim_matches('"'));
            }
            continue;
        };
        match (field.place, spec.body) {
            (Place::Path, _) => path = path.replace(&format!("{{{}}}", field.wire), &segment(field, &value)?),
            (Place::Query, _) | (Place::Body, BodyKind::Form) => append_value(&mut query, field, &value),
            (Place::Body, BodyKind::Json) => {
                body.insert(field.wire.to_owned(), value);
            }
            (Place::Body, BodyKind::Multipart) => parts.push(match field.ty {
                Ty::File => Part::File(field.wire, read_file(field.name, &value)?),
                _ => Part::Text(field.wire, text_of(&value)),
            }),
        }
    }
    limits::check(spec, &body)?;
    let has_body = !matches!(spec.method, Method::GET | Method::DELETE);
    for (name, value) in extra {
        match spec.body {
            BodyKind::Json if has_body => {
                body.insert(name, value);
            }
            BodyKind::Multipart => {
                return Err(Error::argument("extra", "extra fields are not possible in a multipart body"));
            }
            _ => append(&mut query, &name, &text_of(&value)),
        }
    }
    let body = match spec.body {
        _ if !has_body => Body::None,
        BodyKind::Json if body.is_empty() && !spec.fields.iter().any(|f| f.place == Place::Body) => {
            Body::None
        }
        BodyKind::Json => Body::Json(body),
        BodyKind::Form => Body::Form(std::mem::take(&mut query)),
        BodyKind::Multipart => Body::Multipart(parts),
    };
    if !query.is_empty() {
        path.push('?');
        path.push_str(&query);
    }
    Ok(Request { method: spec.method, target: path, body })
}

/// Where a value stands. It is written out for an error only.
#[derive(Clone, Copy)]
enum At<'a> {
    /// The arguments, or what they are called.
    Top(&'a str),
    Key(&'a At<'a>, &'a str),
    Entry(&'a At<'a>, usize),
}

impl std::fmt::Display for At<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            At::Top(name) | At::Key(At::Top(""), name) => f.write_str(name),
            At::Key(at, name) => write!(f, "{at}.{name}"),
            At::Entry(at, index) => write!(f, "{at}[{index}]"),
        }
    }
}

impl At<'_> {
    fn error(&self, message: impl Into<String>) -> Error {
        Error::argument(self.to_string(), message)
    }
}

/// Checks every entry and renames it to its wire name.
fn checked_object(
    fields: &'static [Field],
    values: Map<String, Value>,
    at: At<'_>,
    first_level: bool,
) -> Result<Map<String, Value>> {
    let mut out = Map::with_capacity(values.len());
    for (name, value) in values {
        let field = field_named(fields, &name, at)?;
        let here = At::Key(&at, if first_level { field.name } else { &name });
        if value.is_null() && (first_level || !field.required) {
            if !first_level {
                out.insert(field.wire.to_owned(), value);
            }
            continue;
        }
        let mut value = checked(&field.ty, value, here)?;
        if let (Ty::Date, Value::String(text)) = (&field.ty, &mut value) {
            keep_day(text);
        }
        check_limits(field, &value, here)?;
        if out.insert(field.wire.to_owned(), value).is_some() {
            return Err(here.error("given twice, by its name and by its wire name"));
        }
    }
    if !first_level && let Some(missing) = fields.iter().find(|f| f.required && !out.contains_key(f.wire)) {
        return Err(At::Key(&at, missing.wire).error("this key is required"));
    }
    Ok(out)
}

/// Where a day is wanted and a moment given, its day as it is written. Languages whose dates are
/// moments (JavaScript's) give these.
fn keep_day(text: &mut String) {
    let is_moment = text.len() > 10 && text.is_char_boundary(10) && text[10..].starts_with(['T', 't']);
    if is_moment && text[..10].bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        text.truncate(10);
    }
}

fn field_named(fields: &'static [Field], name: &str, at: At<'_>) -> Result<&'static Field> {
    find_field(fields, name).ok_or_else(|| {
        // Where both spellings are as near, the one without capitals is meant.
        let nearest = fields
            .iter()
            .flat_map(|f| [(f.name.to_owned(), false), (f.wire.to_owned(), true), (camel(f.name), true)])
            .map(|(known, capitals)| (strsim::damerau_levenshtein(&known, name), capitals, known))
            .min();
        let kind = if matches!(at, At::Top("")) { "parameter" } else { "key" };
        let message = match nearest {
            Some((distance, _, known)) if distance <= 1 + name.len() / 3 => {
                format!("there is no such {kind}; did you mean `{known}`?")
            }
            Some(_) => format!(
                "there is no such {kind}; known are {}",
                fields.iter().map(|f| f.name).collect::<Vec<_>>().join(", ")
            ),
            None => "this operation takes no parameters".to_owned(),
        };
        At::Key(&at, name).error(message)
    })
}

/// Checks a value against its type and gives it back with wire names inside.
fn checked(ty: &Ty, value: Value, at: At<'_>) -> Result<Value> {
    let value = match (ty, value) {
        (Ty::List(item), Value::Array(mut list)) => {
            for (i, value) in list.iter_mut().enumerate() {
                *value = checked(item, value.take(), At::Entry(&at, i))?;
            }
            return Ok(list.into());
        }
        (Ty::Map(item), Value::Object(mut map)) => {
            // A null clears an entry of a free-form map, whatever its type.
            for (key, value) in map.iter_mut().filter(|(_, value)| !value.is_null()) {
                *value = checked(item, value.take(), At::Key(&at, key))?;
            }
            return Ok(map.into());
        }
        (Ty::Model(model), Value::Object(map)) => {
            return checked_object(model().fields, map, at, false).map(Value::Object);
        }
        (Ty::Union(union), value) => {
            let variants = || union().variants.iter().filter(|ty| has_form(ty, &value));
            if let (Some(only), None) = (variants().next(), variants().nth(1)) {
                return checked(only, value, at);
            }
            if let Some(fit) = variants().find_map(|ty| checked(ty, value.clone(), at).ok()) {
                return Ok(fit);
            }
            value
        }
        (_, value) if has_form(ty, &value) => return Ok(value),
        (_, value) => value,
    };
    let got = match (ty, &value) {
        // Such a one is a double to the parser.
        (Ty::Integer, Value::Number(n)) if n.as_f64().is_some_and(|n| n.abs() >= 9.2e18) => "a larger one",
        _ => form_of(&value),
    };
    Err(at.error(format!("expected {}, got {got}", describe(ty))))
}

/// Whether a value is what a type wants, as far as can be seen from outside.
fn has_form(ty: &Ty, value: &Value) -> bool {
    match (ty, value) {
        (Ty::Any, _) | (Ty::Number, Value::Number(_)) | (Ty::Boolean, Value::Bool(_)) => true,
        (Ty::String | Ty::Date | Ty::DateTime | Ty::Enum(_), Value::String(_)) => true,
        (Ty::Integer, Value::Number(number)) => number.is_i64() || number.is_u64(),
        (Ty::File | Ty::Map(_) | Ty::Model(_), Value::Object(_)) | (Ty::List(_), Value::Array(_)) => true,
        (Ty::Union(union), value) => union().variants.iter().any(|ty| has_form(ty, value)),
        _ => false,
    }
}

/// A type in words, for errors.
pub fn describe(ty: &Ty) -> String {
    match ty {
        Ty::Nothing => "nothing".into(),
        Ty::Any => "any value".into(),
        Ty::String | Ty::Enum(_) => "text".into(),
        Ty::Integer => "a whole number of 64 bits".into(),
        Ty::Number => "a number".into(),
        Ty::Boolean => "true or false".into(),
        Ty::Date => "a date as text, YYYY-MM-DD".into(),
        Ty::DateTime => "a date and time as text, RFC 3339".into(),
        Ty::File => "a file".into(),
        Ty::Bytes => "bytes".into(),
        Ty::List(item) => format!("a list (each {})", describe(item)),
        Ty::Map(_) | Ty::Model(_) => "an object".into(),
        Ty::Union(union) => union().variants.iter().map(describe).collect::<Vec<_>>().join(" or "),
    }
}

fn form_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a whole number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn check_limits(field: &Field, value: &Value, at: At<'_>) -> Result<()> {
    let limits = &field.limits;
    let within = |size: i64, min: Option<i64>, max: Option<i64>, unit: &str| match (min, max) {
        (Some(min), _) if size < min => Err(at.error(format!("{size}{unit} given, at least {min} needed"))),
        (_, Some(max)) if size > max => Err(at.error(format!("{size}{unit} given, at most {max} allowed"))),
        _ => Ok(()),
    };
    match value {
        Value::Number(number) => {
            // Beyond i64 the number is above any bound of the table.
            let size = number.as_i64().unwrap_or_else(|| number.as_f64().map_or(i64::MAX, |n| n as i64));
            within(size, limits.min, limits.max, "")
        }
        Value::String(text) => {
            let size = text.chars().count() as i64;
            within(size, limits.min_length, limits.max_length, " characters")
        }
        Value::Array(list) => within(list.len() as i64, limits.min_items, limits.max_items, " entries"),
        _ => Ok(()),
    }
}

/// A value in the path, encoded. An empty one would reach another operation, and `.` and `..` are
/// taken out of URLs on the way.
fn segment(field: &Field, value: &Value) -> Result<String> {
    let text = text_of(value);
    if matches!(text.as_str(), "" | "." | "..") {
        return Err(Error::argument(field.name, format!("`{text}` cannot stand in a path")));
    }
    Ok(utf8_percent_encode(&text, ENCODED).to_string())
}

fn append(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.extend(utf8_percent_encode(name, ENCODED));
    query.push('=');
    query.extend(utf8_percent_encode(value, ENCODED));
}

fn append_value(query: &mut String, field: &Field, value: &Value) {
    match value {
        Value::Array(list) if field.limits.comma => {
            let joined = list.iter().map(text_of).collect::<Vec<_>>().join(",");
            append(query, field.wire, &joined);
        }
        Value::Array(list) => list.iter().for_each(|item| append(query, field.wire, &text_of(item))),
        // The official clients write `name[key]=value`.
        Value::Object(map) => {
            map.iter()
                .for_each(|(key, item)| append(query, &format!("{}[{key}]", field.wire), &text_of(item)));
        }
        _ => append(query, field.wire, &text_of(value)),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `{"path": ...}` or `{"name": ..., "content": base64}`.
fn read_file(parameter: &str, value: &Value) -> Result<FilePart> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let file = match (text("path"), text("content")) {
        (Some(path), None) => {
            let mut file = FilePart::read(path.as_ref())?;
            if let Some(name) = text("name") {
                file.name = name.to_owned();
            }
            file
        }
        (None, Some(content)) => {
            let bytes = STANDARD
                .decode(content)
                .map_err(|error| Error::argument(parameter, format!("the content is not base64: {error}")))?;
            FilePart { name: text("name").unwrap_or_default().to_owned(), bytes }
        }
        _ => return Err(Error::argument(parameter, "a file needs either `path`, or `name` and `content`")),
    };
    check_file_name(parameter, &file.name)?;
    Ok(file)
}

/// Refuses names that Brevo or the multipart form cannot carry.
pub(crate) fn check_file_name(parameter: &str, name: &str) -> Result<()> {
    let problem = if name.trim().is_empty() {
        "a file needs a name"
    } else if name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\')) {
        "a file name must not hold slashes or control characters"
    } else {
        return Ok(());
    };
    Err(Error::argument(parameter, problem))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::names::operation_by_id;

    fn laid(id: &str, arguments: Value) -> Result<Request> {
        let Value::Object(values) = arguments else { panic!("an object is needed") };
        request(operation_by_id(id).expect(id), values.into(), Map::new())
    }

    fn refused(id: &str, arguments: Value) -> String {
        let error = laid(id, arguments).expect_err("it must be refused");
        assert_eq!(error.kind(), Kind::InvalidArgument);
        format!("{}: {}", error.parameter().unwrap_or_default(), error.message())
    }

    #[test]
    fn a_day_may_be_given_as_a_moment() {
        for (given, sent) in [
            ("2026-12-01", "2026-12-01"),
            ("2026-12-01T23:00:00.000-05:00", "2026-12-01"),
            ("next Tuesday in éé", "next%20Tuesday%20in%20%C3%A9%C3%A9"),
        ] {
            let request = laid("account.get_account_activity", json!({"start_date": given})).unwrap();
            assert_eq!(request.target, format!("/organization/activities?startDate={sent}"));
        }
    }

    #[test]
    fn a_path_holds_the_identifier_encoded_once() {
        let request = laid("contacts.get_contact_info", json!({"identifier": "zoë+1@exämple.com"})).unwrap();
        assert_eq!(request.target, "/contacts/zo%C3%AB%2B1%40ex%C3%A4mple.com");
        for bad in ["", ".", ".."] {
            assert!(refused("contacts.get_contact_info", json!({"identifier": bad})).contains("path"));
        }
    }

    #[test]
    fn names_of_both_spellings_become_wire_names() {
        let snake = json!({"email": "a@b.c", "list_ids": [1], "update_enabled": true});
        let wire = json!({"email": "a@b.c", "listIds": [1], "updateEnabled": true});
        let body = |arguments| match laid("contacts.create_contact", arguments).unwrap().body {
            Body::Json(body) => Value::from(body).to_string(),
            _ => panic!("JSON expected"),
        };
        assert_eq!(body(snake), r#"{"email":"a@b.c","listIds":[1],"updateEnabled":true}"#);
        assert_eq!(body(wire), r#"{"email":"a@b.c","listIds":[1],"updateEnabled":true}"#);
        let twice = json!({"list_ids": [1], "listIds": [2]});
        assert!(refused("contacts.create_contact", twice).contains("twice"));
    }

    #[test]
    fn mistakes_are_named() {
        let id = "contacts.create_contact";
        assert_eq!(
            refused(id, json!({"emial": "a"})),
            "emial: there is no such parameter; did you mean `email`?"
        );
        assert_eq!(refused(id, json!({"email": 1})), "email: expected text, got a whole number");
        assert_eq!(
            refused(id, json!({"listIds": [1, "2"]})),
            "list_ids[1]: expected a whole number of 64 bits, got text"
        );
        assert_eq!(refused("contacts.get_list", json!({})), "list_id: this parameter is required");
        assert_eq!(
            refused("contacts.get_contacts", json!({"limit": 1001})),
            "limit: 1001 given, at most 1000 allowed"
        );
        assert_eq!(
            refused("email_campaigns.create_email_campaign", json!({"recipients": {"listIDs": [2]}})),
            "recipients.listIDs: there is no such key; did you mean `listIds`?"
        );
    }

    #[test]
    fn lists_in_the_query_repeat_or_join() {
        let request = laid("contacts.get_contacts", json!({"ids": [1, 2], "filter": "a b+c"})).unwrap();
        assert_eq!(request.target, "/contacts?ids=1&ids=2&filter=a%20b%2Bc");
        let request =
            laid("transactional_emails.get_transac_blocked_contacts", json!({"senders": ["a@b.c", "d@e.f"]}))
                .unwrap();
        assert_eq!(request.target, "/smtp/blockedContacts?senders=a%40b.c%2Cd%40e.f");
    }

    #[test]
    fn a_form_sends_its_constants() {
        let request = laid("o_auth.get_o_auth_m2m_token", json!({"client_id": "a", "client_secret": "b c"}));
        match request.unwrap().body {
            Body::Form(form) => {
                assert_eq!(form, "client_id=a&client_secret=b%20c&grant_type=client_credentials")
            }
            _ => panic!("form expected"),
        }
    }

    #[test]
    fn null_is_left_out_above_and_kept_below() {
        let arguments = json!({"identifier": "a@b.c", "ext_id": null, "attributes": {"CITY": null}});
        match laid("contacts.update_contact", arguments).unwrap().body {
            Body::Json(body) => assert_eq!(Value::from(body).to_string(), r#"{"attributes":{"CITY":null}}"#),
            _ => panic!("JSON expected"),
        }
    }
}
