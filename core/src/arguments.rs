//! From arguments to a checked request: what is certainly wrong is refused here, by name, and the
//! rest is laid out as path, query and body.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::{Error, Kind, Result};
use crate::json::{Reader, push_compact, unquoted};
use crate::names::camel;
use crate::schema::{BodyKind, Field, Method, Place, Repeat, Spec, Ty, find_place};
use crate::{limits, retry};

/// Everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How many lists and objects may stand one inside the other, in arguments and in replies. The
/// outermost one counts. serde_json reads no more.
pub const MAX_DEPTH: usize = 127;

/// What a caller gives to an operation. Keys are names or wire names, on every level. A `null` on
/// the first level counts as left out.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    /// The text of a JSON object, read when the call is laid out.
    text: String,
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

    /// The body with its other fields, which are a body too.
    pub(crate) fn closed(mut self, rest: &str) -> Bytes {
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
    /// Path, with that of the base URL before it, and query string.
    pub(crate) target: String,
    pub(crate) body: Body,
}

/// Body of a request.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    None,
    /// The text of an object.
    Json(String),
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
    /// From the text of a JSON object; an empty text counts as an empty object. What is no object is refused
    /// by the call.
    pub fn from_json(text: impl Into<String>) -> Self {
        Arguments { text: text.into(), files: BTreeMap::new() }
    }

    /// From what is written as a JSON object; anything else counts as an empty one.
    pub(crate) fn of(values: &impl Serialize) -> Result<Self> {
        let text = serde_json::to_string(values).map_err(|error| {
            let message = format!("the arguments cannot be written as JSON: {error}");
            Error::new(Kind::InvalidArgument, message).with_source(error)
        })?;
        Ok(Arguments::from_json(if text.starts_with('{') { text } else { String::new() }))
    }

    /// The text of the object.
    pub fn into_json(self) -> String {
        self.text
    }

    /// The values, as they were given.
    pub fn values(&self) -> Result<Map<String, Value>> {
        json_object("arguments", &self.text)
    }
}

impl From<Map<String, Value>> for Arguments {
    fn from(values: Map<String, Value>) -> Self {
        Arguments::from_json(Value::Object(values).to_string())
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
        Ok(_) => format!("is not a JSON object but {}", form_of(text.trim_start())),
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

/// Checks arguments against the table without sending anything. Gives the values back with wire names on
/// every level.
pub fn check(spec: &'static Spec, arguments: Arguments) -> Result<Map<String, Value>> {
    let (values, _) = settled(spec, arguments)?;
    for (field, value) in values.iter() {
        match (field.place, &field.ty) {
            (Place::Path, _) => drop(segment(field, &read(value))?),
            (_, Ty::File) => drop(read_file(field.name(), &read(value))?),
            _ => {}
        }
    }
    limits::check(spec, |wire| values.get(wire).map(read))?;
    Ok(values.into_map())
}

/// Checks the text of an object against the fields of a model, and gives it back with wire names.
pub fn check_object(fields: &'static [Field], text: &str) -> Result<String> {
    checked(text, |check| check.object(fields, At::Top(""), 1))
}

/// Checks the parameters of what is no operation, and gives them back with wire names. As with
/// operations, a misspelt one is named before one that is missing.
pub(crate) fn check_parameters(
    fields: &'static [Field],
    values: Map<String, Value>,
) -> Result<Map<String, Value>> {
    let values = Values::of(fields, &Value::Object(values).to_string())?;
    match fields.iter().zip(&values.places).find(|(field, place)| field.required && place.is_empty()) {
        Some((missing, _)) => Err(missing_parameter(missing)),
        None => Ok(values.into_map()),
    }
}

fn missing_parameter(field: &Field) -> Error {
    Error::argument(field.name(), "this parameter is required")
}

/// Checks the arguments one by one, and gives them their wire names; files their names.
fn settled(spec: &'static Spec, arguments: Arguments) -> Result<(Values, BTreeMap<String, FilePart>)> {
    let Arguments { text, files: given } = arguments;
    let mut files = BTreeMap::new();
    for (name, file) in given {
        let field = &spec.fields[place_named(spec.fields, &name, At::Top(""))?];
        if !matches!(field.ty, Ty::File) {
            return Err(Error::argument(name, "this parameter is not a file"));
        }
        check_file_name(field.name(), &file.name)?;
        files.insert(field.name().to_owned(), file);
    }
    let values = Values::of(spec.fields, &text)?;
    let mut all = spec.fields.iter().zip(&values.places);
    match all.find(|(f, place)| f.required && place.is_empty() && !files.contains_key(f.name())) {
        Some((missing, _)) => Err(missing_parameter(missing)),
        None => Ok((values, files)),
    }
}

/// Checks the arguments and lays them out. `base` is the path before that of every operation. `extra` goes
/// into the body, or into the query where there is none, unchecked. Where the operation knows idempotency
/// keys, the body gets `key`, or one of its own.
pub(crate) fn request(
    base: &str,
    spec: &'static Spec,
    arguments: Arguments,
    extra: Map<String, Value>,
    key: Option<String>,
) -> Result<Request> {
    if extra.values().any(|value| is_deeper(value, MAX_DEPTH - 1)) {
        return Err(too_deep("arguments"));
    }
    let (values, mut files) = settled(spec, arguments)?;
    let (mut path, mut query) = ([base, spec.path].concat(), String::new());
    let mut parts = Vec::new();
    for (field, place) in spec.fields.iter().zip(&values.places) {
        if let Some(file) = files.remove(field.name()) {
            parts.push(Part::File(field.wire(), file));
            continue;
        }
        if place.is_empty() {
            if let (BodyKind::Form, Some(default)) = (spec.body, field.limits().default) {
                append(&mut query, field.wire(), default.trim_matches('"'));
            }
            continue;
        }
        let value = || read(values.at(field, place));
        match (field.place, spec.body) {
            (Place::Path, _) => {
                path = path.replace(&format!("{{{}}}", field.wire()), &segment(field, &value())?)
            }
            (Place::Query, _) | (Place::Body, BodyKind::Form) => append_value(&mut query, field, &value()),
            (Place::Body, BodyKind::Json) => {}
            (Place::Body, BodyKind::Multipart) => parts.push(match field.ty {
                Ty::File => Part::File(field.wire(), read_file(field.name(), &value())?),
                _ => Part::Text(field.wire(), text_of(&value())),
            }),
        }
    }
    limits::check(spec, |wire| values.get(wire).map(read))?;
    let has_body = !matches!(spec.method, Method::GET | Method::DELETE);
    let body = match spec.body {
        BodyKind::Json if has_body => {
            let takes_body = !extra.is_empty() || spec.fields.iter().any(|f| f.place == Place::Body);
            if takes_body { Body::Json(json_body(spec, values, extra, key)) } else { Body::None }
        }
        BodyKind::Multipart if !extra.is_empty() => {
            return Err(Error::argument("extra", "extra fields are not possible in a multipart body"));
        }
        kind => {
            for (name, value) in extra {
                append(&mut query, &name, &text_of(&value));
            }
            match kind {
                BodyKind::Form if has_body => Body::Form(std::mem::take(&mut query)),
                BodyKind::Multipart if has_body => Body::Multipart(parts),
                _ => Body::None,
            }
        }
    };
    if !query.is_empty() {
        path.push('?');
        path.push_str(&query);
    }
    Ok(Request { method: spec.method, target: path, body })
}

/// The text of a body: the parameters that belong there, and over them what is unchecked.
fn json_body(spec: &Spec, values: Values, extra: Map<String, Value>, key: Option<String>) -> String {
    let headers = match (spec.repeat, extra.get(retry::KEY_PLACE)) {
        (Repeat::Keyed, None) => retry::with_key(values.get(retry::KEY_PLACE), key),
        (Repeat::Keyed, Some(given)) => retry::with_key(Some(&given.to_string()), key),
        _ => None,
    };
    let is_headers = |name: &str| headers.is_some() && name == retry::KEY_PLACE;
    let is_over = |wire: &str| is_headers(wire) || extra.contains_key(wire);
    let is_whole = !values.iter().any(|(field, _)| is_over(field.wire()));
    let mut body = if is_whole { values.body } else { values.body_without(is_over) };
    for (name, value) in extra.iter().filter(|(name, _)| !is_headers(name)) {
        push_next(&mut body, |body| body.push_str(&Value::from(name.as_str()).to_string()));
        body.push(':');
        body.push_str(&value.to_string());
    }
    if let Some(headers) = &headers {
        push_next(&mut body, |body| push_key(body, retry::KEY_PLACE));
        body.push_str(headers);
    }
    body.push_str(if body.is_empty() { "{}" } else { "}" });
    body
}

/// Goes on with an object that is not closed yet, or begins it.
fn push_next(object: &mut String, write: impl FnOnce(&mut String)) {
    object.push(if object.is_empty() { '{' } else { ',' });
    write(object);
}

/// Writes a wire name, which is plain, as a key.
fn push_key(out: &mut String, wire: &str) {
    out.push('"');
    out.push_str(wire);
    out.push_str("\":");
}

/// Values that were checked, as JSON with wire names.
struct Values {
    fields: &'static [Field],
    /// Those of the body: an object that is not closed yet; empty where there are none.
    body: String,
    /// The others, one behind the other.
    others: String,
    /// Where that of each field stands; empty where there is none.
    places: Vec<Range<usize>>,
}

impl Values {
    /// Checks the text of an object of these parameters.
    fn of(fields: &'static [Field], text: &str) -> Result<Self> {
        let (mut others, mut places) = (String::new(), Vec::new());
        let body = checked(if text.is_empty() { "{}" } else { text }, |check| {
            others.clear();
            places.clear();
            places.resize(fields.len(), 0..0);
            check.parameters(fields, &mut others, &mut places)
        })?;
        Ok(Values { fields, body, others, places })
    }

    fn at(&self, field: &Field, place: &Range<usize>) -> &str {
        let text = if field.place == Place::Body { &self.body } else { &self.others };
        &text[place.clone()]
    }

    /// The fields that have a value, and its text.
    fn iter(&self) -> impl Iterator<Item = (&'static Field, &str)> {
        let all = self.fields.iter().zip(&self.places);
        all.filter(|(_, place)| !place.is_empty()).map(|(field, place)| (field, self.at(field, place)))
    }

    /// The body without some of its fields.
    fn body_without(&self, is_left_out: impl Fn(&str) -> bool) -> String {
        let mut body = String::new();
        for (field, value) in self.iter() {
            if field.place == Place::Body && !is_left_out(field.wire()) {
                push_next(&mut body, |body| push_key(body, field.wire()));
                body.push_str(value);
            }
        }
        body
    }

    fn get(&self, wire: &str) -> Option<&str> {
        self.iter().find(|(field, _)| field.wire() == wire).map(|(_, value)| value)
    }

    fn into_map(self) -> Map<String, Value> {
        self.iter().map(|(field, value)| (field.wire().to_owned(), read(value))).collect()
    }
}

/// The value of a text that was checked.
fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
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

/// Why a text is not taken.
enum Wrong {
    /// It is no JSON, as far as was seen.
    Text,
    Value(Error),
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Wrong::Value(error)
    }
}

/// Checks the text of an object, and gives what the check has written.
fn checked(text: &str, mut act: impl FnMut(&mut Check<'_>) -> Result<(), Wrong>) -> Result<String> {
    let mut pass = |text: &str| {
        let mut check = Check { reader: Reader::new(text), out: String::with_capacity(text.len() + 128) };
        act(&mut check)?;
        if check.reader.ends() { Ok(check.out) } else { Err(Wrong::Text) }
    };
    match pass(text) {
        Ok(out) => Ok(out),
        Err(Wrong::Value(error)) => Err(error),
        // The parser says what is wrong with it.
        Err(Wrong::Text) => {
            let plain = Value::Object(json_object("arguments", text)?).to_string();
            pass(&plain).map_err(|wrong| match wrong {
                Wrong::Value(error) => error,
                Wrong::Text => too_deep("arguments"),
            })
        }
    }
}

/// A check under way: reads values as they were given, and writes them with wire names.
struct Check<'a> {
    reader: Reader<'a>,
    out: String,
}

impl<'a> Check<'a> {
    /// Checks the parameters of a call. Writes those of the body as the start of an object, and the values of
    /// the others one behind the other.
    fn parameters(
        &mut self,
        fields: &'static [Field],
        others: &mut String,
        places: &mut [Range<usize>],
    ) -> Result<(), Wrong> {
        let mut more = self.reader.begins(b'{').ok_or(Wrong::Text)?;
        while more {
            let name = unquoted(self.reader.key().ok_or(Wrong::Text)?);
            let at = place_named(fields, &name, At::Top(""))?;
            let (field, before) = (&fields[at], self.out.len());
            let is_of_body = field.place == Place::Body;
            if is_of_body {
                push_next(&mut self.out, |out| push_key(out, field.wire()));
            }
            let start = self.out.len();
            let is_null = self.field(field, 1, At::Top(field.name()), true)?;
            if !is_null && !places[at].is_empty() {
                return Err(twice(field, At::Top(field.name())).into());
            }
            if !is_null {
                places[at] = match is_of_body {
                    true => start..self.out.len(),
                    false => {
                        let place = others.len();
                        others.push_str(&self.out[start..]);
                        place..others.len()
                    }
                };
            }
            if is_null || !is_of_body {
                self.out.truncate(before);
            }
            more = self.reader.goes_on(b'{').ok_or(Wrong::Text)?;
        }
        Ok(())
    }

    /// Checks an object, which is inside `level` lists and objects, itself included.
    fn object(&mut self, fields: &'static [Field], at: At<'_>, level: usize) -> Result<(), Wrong> {
        let mut seen = 0_u128;
        let mut more = self.reader.begins(b'{').ok_or(Wrong::Text)?;
        self.out.push('{');
        while more {
            let name = unquoted(self.reader.key().ok_or(Wrong::Text)?);
            let place = place_named(fields, &name, at)?;
            let (field, here) = (&fields[place], At::Key(&at, &name));
            if seen != 0 {
                self.out.push(',');
            }
            if seen & 1 << place != 0 {
                return Err(twice(field, here).into());
            }
            seen |= 1 << place;
            push_key(&mut self.out, field.wire());
            self.field(field, level, here, !field.required)?;
            more = self.reader.goes_on(b'{').ok_or(Wrong::Text)?;
        }
        self.out.push('}');
        match fields.iter().enumerate().find(|(place, field)| field.required && seen & 1 << place == 0) {
            Some((_, missing)) => Err(At::Key(&at, missing.wire()).error("this key is required").into()),
            None => Ok(()),
        }
    }

    /// Checks the value of a field. Whether it is `null`, where that may be.
    fn field(&mut self, field: &Field, level: usize, at: At<'_>, may_be_null: bool) -> Result<bool, Wrong> {
        let start = self.out.len();
        if may_be_null && self.reader.look() == Some(b'n') {
            self.copy(&Ty::Any, level, at)?;
            return Ok(true);
        }
        let entries = self.value(&field.ty, level, at)?;
        if let Ty::Date = field.ty {
            keep_day(&mut self.out, start);
        }
        check_limits(field, &self.out[start..], entries, at)?;
        Ok(false)
    }

    /// Checks a value that stands inside so many lists and objects. Gives the number of a list's entries.
    fn value(&mut self, ty: &Ty, level: usize, at: At<'_>) -> Result<usize, Wrong> {
        let mut entries = 0;
        match (ty, self.reader.look().ok_or(Wrong::Text)?) {
            (Ty::List(_) | Ty::Map(_) | Ty::Model(_), b'[' | b'{') if level == MAX_DEPTH => {
                return Err(Wrong::Text);
            }
            (Ty::List(item), b'[') => {
                self.out.push('[');
                let mut more = self.reader.begins(b'[').ok_or(Wrong::Text)?;
                while more {
                    if entries > 0 {
                        self.out.push(',');
                    }
                    self.value(item, level + 1, At::Entry(&at, entries))?;
                    entries += 1;
                    more = self.reader.goes_on(b'[').ok_or(Wrong::Text)?;
                }
                self.out.push(']');
            }
            (Ty::Map(item), b'{') => {
                self.out.push('{');
                let mut more = self.reader.begins(b'{').ok_or(Wrong::Text)?;
                while more {
                    let key = self.reader.key().ok_or(Wrong::Text)?;
                    self.out.push_str(key);
                    self.out.push(':');
                    // A null clears an entry of a free-form map, whatever its type.
                    let is_null = self.reader.look() == Some(b'n');
                    self.value(
                        if is_null { &Ty::Any } else { item },
                        level + 1,
                        At::Key(&at, &unquoted(key)),
                    )?;
                    more = self.reader.goes_on(b'{').ok_or(Wrong::Text)?;
                    if more {
                        self.out.push(',');
                    }
                }
                self.out.push('}');
            }
            (Ty::Model(model), b'{') => self.object(model().fields, at, level + 1)?,
            (Ty::Union(union), _) => return self.one_of(union().variants, ty, level, at),
            _ => self.copy(ty, level, at)?,
        }
        Ok(entries)
    }

    /// Checks a value of one of several types: of the first one that it fits.
    fn one_of(&mut self, variants: &[Ty], ty: &Ty, level: usize, at: At<'_>) -> Result<usize, Wrong> {
        let (before, length) = (self.reader.clone(), self.out.len());
        let text = self.pass(level)?;
        let is_fit = |variant: &&Ty| has_form(variant, text);
        let fit = variants.iter().filter(is_fit);
        for variant in fit {
            let is_only = variants.iter().filter(is_fit).nth(1).is_none();
            self.reader = before.clone();
            match self.value(variant, level, at) {
                Err(Wrong::Value(_)) if !is_only => self.out.truncate(length),
                outcome => return outcome,
            }
        }
        Err(misfit(ty, text, at).into())
    }

    /// Checks a value that is written as it was given.
    fn copy(&mut self, ty: &Ty, level: usize, at: At<'_>) -> Result<(), Wrong> {
        let text = self.pass(level)?;
        if !has_form(ty, text) {
            return Err(misfit(ty, text, at).into());
        }
        if text.starts_with(['{', '[']) {
            push_compact(&mut self.out, text);
        } else {
            self.out.push_str(text);
        }
        Ok(())
    }

    /// Passes a value, and gives its text.
    fn pass(&mut self, level: usize) -> Result<&'a str, Wrong> {
        self.reader.look();
        let start = self.reader.at;
        self.reader.value(level).ok_or(Wrong::Text)?;
        Ok(self.reader.since(start))
    }
}

fn twice(field: &Field, at: At<'_>) -> Error {
    at.error(match field.name() == field.wire() {
        true => "given twice",
        false => "given twice, by its name and by its wire name",
    })
}

fn misfit(ty: &Ty, text: &str, at: At<'_>) -> Error {
    let got = match ty {
        Ty::Integer if text.parse().is_ok_and(|number: f64| number.abs() >= 9.2e18) => "a larger one",
        _ => form_of(text),
    };
    at.error(format!("expected {}, got {got}", describe(ty)))
}

/// Where a day is wanted and a moment given, its day as it is written. Languages whose dates are
/// moments (JavaScript's) give these.
fn keep_day(out: &mut String, start: usize) {
    let Some(text) = out.as_bytes().get(start + 1..) else { return };
    let (Some(day), Some(b'T' | b't')) = (text.get(..10), text.get(10)) else { return };
    if day.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-') {
        out.truncate(start + 11);
        out.push('"');
    }
}

/// The place among the fields of the one with this name or wire name.
fn place_named(fields: &'static [Field], name: &str, at: At<'_>) -> Result<usize> {
    find_place(fields, name).ok_or_else(|| {
        // Where both spellings are as near, the one without capitals is meant.
        let nearest = fields
            .iter()
            .flat_map(|f| {
                [(f.name().to_owned(), false), (f.wire().to_owned(), true), (camel(f.name()), true)]
            })
            .map(|(known, capitals)| (strsim::damerau_levenshtein(&known, name), capitals, known))
            .min();
        let kind = if matches!(at, At::Top("")) { "parameter" } else { "key" };
        let message = match nearest {
            Some((distance, _, known)) if distance <= 1 + name.len() / 3 => {
                format!("there is no such {kind}; did you mean `{known}`?")
            }
            Some(_) => format!(
                "there is no such {kind}; known are {}",
                fields.iter().map(|f| f.name()).collect::<Vec<_>>().join(", ")
            ),
            None => "this operation takes no parameters".to_owned(),
        };
        At::Key(&at, name).error(message)
    })
}

/// Whether a value is what a type wants, as far as can be seen from outside.
fn has_form(ty: &Ty, text: &str) -> bool {
    let first = text.as_bytes().first().copied().unwrap_or_default();
    match ty {
        Ty::Any => true,
        Ty::String | Ty::Date | Ty::DateTime | Ty::Enum(_) => first == b'"',
        Ty::Integer => is_whole(text),
        Ty::Number => matches!(first, b'-' | b'0'..=b'9'),
        Ty::Boolean => matches!(first, b't' | b'f'),
        Ty::File | Ty::Map(_) | Ty::Model(_) => first == b'{',
        Ty::List(_) => first == b'[',
        Ty::Union(union) => union().variants.iter().any(|ty| has_form(ty, text)),
        Ty::Nothing | Ty::Bytes => false,
    }
}

fn is_whole(number: &str) -> bool {
    number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok()
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

fn form_of(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        Some(b'"') => "text",
        Some(b'[') => "a list",
        Some(b'{') => "an object",
        _ if is_whole(text) => "a whole number",
        _ => "a number with a fraction",
    }
}

fn check_limits(field: &Field, text: &str, entries: usize, at: At<'_>) -> Result<()> {
    let limits = field.limits();
    let within = |size: i64, min: Option<i64>, max: Option<i64>, unit: &str| match (min, max) {
        (Some(min), _) if size < min => Err(at.error(format!("{size}{unit} given, at least {min} needed"))),
        (_, Some(max)) if size > max => Err(at.error(format!("{size}{unit} given, at most {max} allowed"))),
        _ => Ok(()),
    };
    match text.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') if limits.min.is_some() || limits.max.is_some() => {
            // Beyond i64 the number is above any bound of the table.
            let size = text.parse().unwrap_or_else(|_| text.parse().map_or(i64::MAX, |n: f64| n as i64));
            within(size, limits.min, limits.max, "")
        }
        Some(b'"') if limits.min_length.is_some() || limits.max_length.is_some() => {
            let size = unquoted(text).chars().count() as i64;
            within(size, limits.min_length, limits.max_length, " characters")
        }
        Some(b'[') => within(entries as i64, limits.min_items, limits.max_items, " entries"),
        _ => Ok(()),
    }
}

/// A value in the path, encoded. An empty one would reach another operation, and `.` and `..` are
/// taken out of URLs on the way.
fn segment(field: &Field, value: &Value) -> Result<String> {
    let text = text_of(value);
    if matches!(text.as_str(), "" | "." | "..") {
        return Err(Error::argument(field.name(), format!("`{text}` cannot stand in a path")));
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
        Value::Array(list) if field.limits().comma => {
            let joined = list.iter().map(text_of).collect::<Vec<_>>().join(",");
            append(query, field.wire(), &joined);
        }
        Value::Array(list) => list.iter().for_each(|item| append(query, field.wire(), &text_of(item))),
        // The official clients write `name[key]=value`.
        Value::Object(map) => {
            map.iter()
                .for_each(|(key, item)| append(query, &format!("{}[{key}]", field.wire()), &text_of(item)));
        }
        _ => append(query, field.wire(), &text_of(value)),
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
        request("", operation_by_id(id).expect(id), values.into(), Map::new(), None)
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
            Body::Json(body) => body,
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
            Body::Json(body) => assert_eq!(body, r#"{"attributes":{"CITY":null}}"#),
            _ => panic!("JSON expected"),
        }
    }

    /// What the checks lean on: wire names that are keys as they are, and few enough fields for a bit each.
    #[test]
    fn the_table_is_plain() {
        fn look(fields: &'static [Field], seen: &mut Vec<*const Field>) {
            assert!(fields.len() <= 128);
            for field in fields {
                assert!(field.wire().bytes().all(|byte| byte >= 0x20 && !matches!(byte, b'"' | b'\\')));
                look_at(&field.ty, seen);
            }
        }
        fn look_at(ty: &Ty, seen: &mut Vec<*const Field>) {
            match ty {
                Ty::List(item) | Ty::Map(item) => look_at(item, seen),
                Ty::Union(union) => union().variants.iter().for_each(|ty| look_at(ty, seen)),
                Ty::Model(model) if !seen.contains(&model().fields.as_ptr()) => {
                    seen.push(model().fields.as_ptr());
                    look(model().fields, seen);
                }
                _ => {}
            }
        }
        let mut seen = Vec::new();
        let operations = crate::api::RESOURCES.iter().flat_map(|resource| resource.operations);
        operations.for_each(|spec| look(spec.fields, &mut seen));
        crate::jobs::JOBS.iter().for_each(|job| look((job.arguments)().fields, &mut seen));
        assert!(seen.len() > 50);
    }

    #[test]
    fn a_text_is_checked_as_it_stands() {
        let id = "transactional_emails.send_transac_email";
        let spec = operation_by_id(id).expect(id);
        let send = |text: &str| request("", spec, Arguments::from_json(text), Map::new(), Some("k".into()));
        let body = |text: &str| match send(text).expect(text).body {
            Body::Json(body) => body,
            _ => panic!("JSON expected"),
        };
        let key = r#""headers":{"idempotencyKey":"k"}"#;
        assert_eq!(
            body(
                " { \"subject\" : \"\\u00e9\\n\", \"params\": { \"a\":[ 1.50 , null ]} ,\"to\":[{\"email\":\"a@b.c\",\"name\":null}], \"sender\":null } "
            ),
            format!(
                "{{\"subject\":\"\\u00e9\\n\",\"params\":{{\"a\":[1.50,null]}},\"to\":[{{\"email\":\"a@b.c\",\"name\":null}}],{key}}}"
            )
        );
        assert_eq!(body(r#"{"headers":{"X-A":"b"}}"#), r#"{"headers":{"X-A":"b","idempotencyKey":"k"}}"#);
        assert_eq!(body(""), format!("{{{key}}}"));
        let refusal = |text: &str| {
            let error = send(text)
                .err()
                .map(|error| (error.parameter().map(str::to_owned), error.message().to_owned()));
            let (parameter, message) = error.expect(text);
            format!("{}: {message}", parameter.unwrap_or_default())
        };
        for (text, expected) in [
            ("[1]", "arguments: is not a JSON object but a list"),
            (
                "{\"subject\":\"a\"",
                "arguments: is not valid JSON: EOF while parsing an object at line 1 column 14",
            ),
            (
                r#"{"subject":"\ud83d"}"#,
                "arguments: is not valid JSON: unexpected end of hex escape at line 1 column 19",
            ),
            (r#"{"subject":"a","subject":"b"}"#, "subject: given twice"),
            (r#"{"to":[{"email":"a@b.c","email":"d@e.f"}]}"#, "to[0].email: given twice"),
            (
                r#"{"html_content":"a","htmlContent":"b"}"#,
                "html_content: given twice, by its name and by its wire name",
            ),
            (r#"{"to":[{"name":"a"}]}"#, "to[0].email: this key is required"),
            (r#"{"to":[null]}"#, "to[0]: expected an object, got null"),
            (
                r#"{"template_id":1.0}"#,
                "template_id: expected a whole number of 64 bits, got a number with a fraction",
            ),
            (
                r#"{"template_id":18446744073709551616}"#,
                "template_id: expected a whole number of 64 bits, got a larger one",
            ),
        ] {
            assert_eq!(refusal(text), expected, "{text}");
        }
        let nested = |levels: usize| format!("{{\"params\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(send(&nested(1)).is_err(), "no object");
        let params =
            |levels: usize| format!("{{\"params\":{{\"a\":{}{}}}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(send(&params(MAX_DEPTH - 2)).is_ok());
        assert_eq!(refusal(&params(MAX_DEPTH - 1)), ": the arguments are nested more than 127 levels deep");
    }
}
