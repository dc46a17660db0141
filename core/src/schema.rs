//! The vocabulary in which `api/` is written: what an operation, a model and a field are, and the
//! macros that turn an ordinary struct into serde code and into a row of the operation table.
//!
//! The table is plain static data. Core, bindings, sandbox and facades read it; nothing is parsed
//! or built at run time.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Free-form JSON object, such as the attributes of a contact. Keys are never renamed.
pub type Map<T = Value> = BTreeMap<String, T>;

/// The type of a value on the wire.
#[derive(Debug, Clone, Copy)]
pub enum Ty {
    /// No value at all: the reply of an operation that answers without a body.
    Nothing,
    /// Any JSON value.
    Any,
    /// UTF-8 text.
    String,
    /// Whole number of 64 bits.
    Integer,
    /// Number with or without a fraction.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Day, `YYYY-MM-DD`.
    Date,
    /// Moment in RFC 3339 form.
    DateTime,
    /// File sent as a part of a multipart body.
    File,
    /// Raw bytes of a reply.
    Bytes,
    /// Array.
    List(&'static Ty),
    /// Object with free keys.
    Map(&'static Ty),
    /// Object with known keys. By way of a function, since models may hold themselves.
    Model(fn() -> &'static Model),
    /// Text with known values; others are passed through.
    Enum(&'static Enum),
    /// One of several types.
    Union(fn() -> &'static Union),
}

impl Ty {
    /// Whether bytes are taken, as base64: where text is wanted, they are a mistake.
    pub fn takes_bytes(&self) -> bool {
        match self {
            Ty::Any | Ty::File => true,
            Ty::Union(union) => union().variants.iter().any(Ty::takes_bytes),
            _ => false,
        }
    }

    /// The type of an entry of an object under this key, or of the entries of a list.
    pub fn below(&self, key: &str) -> &Ty {
        match self {
            Ty::List(item) | Ty::Map(item) => item,
            Ty::Model(model) => type_of(model().fields, key),
            _ => &Ty::Any,
        }
    }
}

/// The type of a parameter or key; any, where it is not known or takes what is to be base64.
pub fn type_of(fields: &'static [Field], name: &str) -> &'static Ty {
    match find_field(fields, name) {
        Some(field) if field.limits().format != Some("byte") => &field.ty,
        _ => &Ty::Any,
    }
}

/// Object with known keys.
#[derive(Debug)]
pub struct Model {
    /// Name, in CamelCase.
    pub name: &'static str,
    /// Documentation; see [`lines`].
    pub doc: &'static str,
    /// Keys, in the order of the definition.
    pub fields: &'static [Field],
}

impl Model {
    /// Whether it carries a file: its name, and its `content` in base64.
    pub fn is_file(&self) -> bool {
        self.fields.iter().any(|field| field.name() == "content" && field.limits().format == Some("byte"))
    }
}

/// Text with known values. Brevo adds values without notice, so the list is open.
#[derive(Debug)]
pub struct Enum {
    /// Name, in CamelCase.
    pub name: &'static str,
    /// Documentation; see [`lines`].
    pub doc: &'static str,
    /// The values known today.
    pub values: &'static [&'static str],
}

/// One of several types, told apart by the form of the value.
#[derive(Debug)]
pub struct Union {
    /// Name, in CamelCase.
    pub name: &'static str,
    /// Documentation; see [`lines`].
    pub doc: &'static str,
    /// The types known today.
    pub variants: &'static [Ty],
}

/// Parameter of an operation, or key of a model.
#[derive(Debug)]
pub struct Field {
    /// Name, name on the wire and documentation. They are one text since each text costs a pointer, which is set
    /// while the library is loaded.
    pub(crate) text: &'static str,
    /// Length of the name.
    pub(crate) name: u8,
    /// Length of the name on the wire.
    pub(crate) wire: u8,
    /// Type of the value.
    pub ty: Ty,
    /// Where the value travels. Meaningless for the keys of a model.
    pub place: Place,
    /// Whether a call without it is refused before the wire.
    pub required: bool,
    /// What is known of its bounds, where anything is: most have none.
    pub bounds: Option<&'static Limits>,
}

impl Field {
    /// Name in snake_case, as Python, C and Rust write it.
    pub fn name(&self) -> &'static str {
        &self.text[..self.name.into()]
    }

    /// Name on the wire.
    pub fn wire(&self) -> &'static str {
        &self.text[self.name.into()..][..self.wire.into()]
    }

    /// Documentation; see [`lines`].
    pub fn doc(&self) -> &'static str {
        &self.text[usize::from(self.name) + usize::from(self.wire)..]
    }

    /// What is known of its bounds.
    pub fn limits(&self) -> &'static Limits {
        self.bounds.unwrap_or(&Limits::NONE)
    }
}

/// Lines of a documentation.
pub fn lines(doc: &str) -> impl Iterator<Item = &str> {
    doc.lines().map(str::trim)
}

/// Where a parameter travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the path, percent-encoded.
    Path,
    /// In the query string.
    Query,
    /// In the body: key of a JSON object, part of a form, or part of a multipart body.
    Body,
}

/// Bounds of a value, as far as they are certain. Those that are set are checked before the wire.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Least number.
    pub min: Option<i64>,
    /// Greatest number.
    pub max: Option<i64>,
    /// Least length of a text, in characters.
    pub min_length: Option<i64>,
    /// Greatest length of a text, in characters.
    pub max_length: Option<i64>,
    /// Least number of entries.
    pub min_items: Option<i64>,
    /// Greatest number of entries.
    pub max_items: Option<i64>,
    /// What Brevo takes when the value is absent, as JSON text. Never sent by us.
    pub default: Option<&'static str>,
    /// Form of a text, in the words of JSON Schema (`email`, `uri`, `uuid`, ...). Not checked.
    pub format: Option<&'static str>,
    /// Sent in the query although the method has a body.
    pub query: bool,
    /// A list in the query is joined by commas instead of repeating the name.
    pub comma: bool,
}

impl Limits {
    /// No bound known.
    pub const NONE: Limits = Limits {
        min: None,
        max: None,
        min_length: None,
        max_length: None,
        min_items: None,
        max_items: None,
        default: None,
        format: None,
        query: false,
        comma: false,
    };
}

/// HTTP method.
#[allow(clippy::upper_case_acronyms)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    GET,
    /// Creates or triggers.
    POST,
    /// Replaces.
    PUT,
    /// Changes parts.
    PATCH,
    /// Removes.
    DELETE,
}

impl Method {
    /// The method's name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::GET => "GET",
            Method::POST => "POST",
            Method::PUT => "PUT",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
        }
    }
}

/// Form of a request body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// JSON object.
    Json,
    /// `multipart/form-data`.
    Multipart,
    /// `application/x-www-form-urlencoded`.
    Form,
}

/// How an operation that lists gives one page after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageStyle {
    /// `limit` and `offset`.
    Offset,
    /// A page number counted from 1, and a size.
    Page,
    /// All entries in one reply.
    Single,
}

/// Paging of an operation that lists. Page-size default and maximum are limits of the size parameter.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// How pages are asked for.
    pub style: PageStyle,
    /// Key of the reply that holds the entries; empty where the reply itself is the array.
    pub items: &'static str,
    /// Key of the reply that holds the number of all entries, where there is one.
    pub total: Option<&'static str>,
}

/// What may be done with a call whose outcome is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Repeating changes nothing: reads, replacements, removals.
    Safe,
    /// Repeated only under an idempotency key, which the core adds where the caller gave none.
    Keyed,
    /// Repeated only where no byte of it can have been processed: connect failure, or 429.
    Unprocessed,
}

/// One operation of the API.
#[derive(Debug)]
pub struct Spec {
    /// Resource that it belongs to (`contacts`).
    pub resource: &'static str,
    /// Name in snake_case (`create_contact`).
    pub name: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path below the base URL, with wire names in braces.
    pub path: &'static str,
    /// Parameters, in the order of the definition.
    pub fields: &'static [Field],
    /// Form of the request body, where there is one.
    pub body: BodyKind,
    /// Statuses of success.
    pub success: &'static [u16],
    /// Type of the reply's body.
    pub output: Ty,
    /// Whether a success may come without a body.
    pub may_be_empty: bool,
    /// Statuses of failure that Brevo documents.
    pub errors: &'static [u16],
    /// Paging, where it lists.
    pub page: Option<Page>,
    /// What may be done when the outcome is unknown.
    pub repeat: Repeat,
    /// Why it should no longer be used, and what to use instead.
    pub deprecated: Option<&'static str>,
    /// Documentation; see [`lines`]. The first paragraph is the summary.
    pub doc: &'static str,
}

impl Spec {
    /// Parameter by its name or its wire name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        find_field(self.fields, name)
    }

    /// The name by which it is called from C and found in the table: `contacts.create_contact`.
    pub fn id(&self) -> String {
        format!("{}.{}", self.resource, self.name)
    }

    /// Whether it lies beside `/v3` and is called without a key: the token endpoint.
    pub fn is_open(&self) -> bool {
        self.path.starts_with("/realms/")
    }

    /// The sentence that says what it does.
    pub fn summary(&self) -> &'static str {
        lines(self.doc).next().unwrap_or_default()
    }

    /// Type of an entry, of an operation that lists.
    pub fn item(&self) -> Option<Ty> {
        let page = self.page?;
        let list = match self.output {
            Ty::Model(model) => model().fields.iter().find(|field| field.wire() == page.items).map(|f| f.ty),
            output => Some(output),
        };
        Some(match list {
            Some(Ty::List(item)) => *item,
            _ => Ty::Any,
        })
    }

    /// The size parameter, of an operation that gives pages.
    pub fn page_size(&self) -> Option<&'static Field> {
        self.page.and_then(|_| self.field("limit"))
    }
}

/// Field by its name or its wire name.
pub fn find_field(fields: &'static [Field], name: &str) -> Option<&'static Field> {
    find_place(fields, name).map(|place| &fields[place])
}

/// Place of the field with this name or wire name.
pub(crate) fn find_place(fields: &[Field], name: &str) -> Option<usize> {
    fields.iter().position(|f| f.wire() == name).or_else(|| fields.iter().position(|f| f.name() == name))
}

/// Operations that belong together.
#[derive(Debug)]
pub struct Resource {
    /// Name in snake_case.
    pub name: &'static str,
    /// What it is about.
    pub doc: &'static str,
    /// Its operations.
    pub operations: &'static [&'static Spec],
}

/// An operation as a Rust type: its fields are the parameters.
pub trait Operation: Serialize {
    /// What a successful call gives.
    type Output: FromReply;
    /// Its row of the table.
    const SPEC: &'static Spec;
}

/// What the body of a successful reply is turned into.
pub trait FromReply: Sized {
    /// Reads the body. An empty body counts as `null`.
    fn from_reply(body: &[u8]) -> Result<Self, serde_json::Error>;
}

impl<T: DeserializeOwned> FromReply for T {
    fn from_reply(body: &[u8]) -> Result<Self, serde_json::Error> {
        let body = body.trim_ascii();
        serde_json::from_slice(if body.is_empty() { b"null" } else { body })
    }
}

impl FromReply for Bytes {
    fn from_reply(body: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(Bytes(body.to_vec()))
    }
}

/// Raw bytes of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

/// File argument: in JSON either `{"path": "..."}` or `{"name": "...", "content": "<base64>"}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct File {
    /// Path of a file to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// File name to send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Content in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl<T: Into<String>> From<T> for $name {
            fn from(text: T) -> Self {
                $name(text.into())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_type! {
    /// Day, `YYYY-MM-DD`. Kept as text: replies mix forms.
    Date
}
text_type! {
    /// Moment, RFC 3339 with its zone (`2026-12-01T09:00:00Z`). Kept as text: replies mix forms.
    DateTime
}

/// Rust type with a place in the table.
pub trait Typed {
    /// Its type on the wire.
    const TY: Ty;
    /// Whether it may be left out.
    const OPTIONAL: bool = false;
    /// Whether it is left out when serialized.
    fn is_absent(&self) -> bool {
        false
    }
}

macro_rules! typed {
    ($($rust:ty => $ty:ident),* $(,)?) => { $(impl Typed for $rust { const TY: Ty = Ty::$ty; })* };
}
typed! {
    () => Nothing, Value => Any, String => String, i64 => Integer, f64 => Number, bool => Boolean,
    Date => Date, DateTime => DateTime, File => File, Bytes => Bytes,
}

impl<T: Typed> Typed for Option<T> {
    const TY: Ty = T::TY;
    const OPTIONAL: bool = true;
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Typed> Typed for Vec<T> {
    const TY: Ty = Ty::List(const { &T::TY });
}

impl<T: Typed> Typed for Map<T> {
    const TY: Ty = Ty::Map(const { &T::TY });
}

impl<T: Typed> Typed for Box<T> {
    const TY: Ty = T::TY;
}

/// Serde's `skip_serializing_if` of every field.
pub fn is_absent<T: Typed>(value: &T) -> bool {
    value.is_absent()
}

/// Serde's `deserialize_with` of every field: `null` counts as absent.
pub fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Names worked out while compiling, so that the definition writes each name once.
pub mod names {
    /// An identifier without the `r#` that Rust's keywords need.
    pub const fn plain(identifier: &'static str) -> &'static str {
        match identifier.as_bytes() {
            [b'r', b'#', ..] => identifier.split_at(2).1,
            _ => identifier,
        }
    }

    /// The last part of a module path.
    pub const fn last_segment(path: &'static str) -> &'static str {
        let bytes = path.as_bytes();
        let mut at = bytes.len();
        while at > 0 && bytes[at - 1] != b':' {
            at -= 1;
        }
        path.split_at(at).1
    }

    /// Length of [`camel`].
    pub const fn camel_len(snake: &str) -> usize {
        let bytes = snake.as_bytes();
        let (mut i, mut n) = (0, 0);
        while i < bytes.len() {
            n += (bytes[i] != b'_') as usize;
            i += 1;
        }
        n
    }

    /// `list_ids` as `listIds`, in the manner of serde's `camelCase`.
    pub const fn camel<const N: usize>(snake: &str) -> [u8; N] {
        let bytes = snake.as_bytes();
        let mut out = [0; N];
        let (mut i, mut n, mut up) = (0, 0, false);
        while i < bytes.len() {
            if bytes[i] == b'_' {
                up = true;
            } else {
                out[n] = if up { bytes[i].to_ascii_uppercase() } else { bytes[i] };
                up = false;
                n += 1;
            }
            i += 1;
        }
        out
    }

    /// Length of [`snake`].
    pub const fn snake_len(camel: &str) -> usize {
        let bytes = camel.as_bytes();
        let (mut i, mut n) = (0, bytes.len());
        while i < bytes.len() {
            n += (i > 0 && bytes[i].is_ascii_uppercase()) as usize;
            i += 1;
        }
        n
    }

    /// `CreateContact` as `create_contact`.
    pub const fn snake<const N: usize>(camel: &str) -> [u8; N] {
        let bytes = camel.as_bytes();
        let mut out = [0; N];
        let (mut i, mut n) = (0, 0);
        while i < bytes.len() {
            if bytes[i].is_ascii_uppercase() && i > 0 {
                out[n] = b'_';
                n += 1;
            }
            out[n] = bytes[i].to_ascii_lowercase();
            n += 1;
            i += 1;
        }
        out
    }

    /// Length of a name.
    pub const fn short_len(name: &str) -> u8 {
        assert!(name.len() <= u8::MAX as usize, "names are short");
        name.len() as u8
    }

    /// Length of [`joined`].
    pub const fn joined_len(parts: [&str; 3]) -> usize {
        parts[0].len() + parts[1].len() + parts[2].len()
    }

    /// The parts, one after the other.
    pub const fn joined<const N: usize>(parts: [&str; 3]) -> [u8; N] {
        let mut out = [0; N];
        let (mut part, mut n) = (0, 0);
        while part < parts.len() {
            let bytes = parts[part].as_bytes();
            let mut i = 0;
            while i < bytes.len() {
                out[n] = bytes[i];
                n += 1;
                i += 1;
            }
            part += 1;
        }
        out
    }

    /// Text made by the functions above.
    pub const fn text(bytes: &'static [u8]) -> &'static str {
        match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => panic!("names are ASCII"),
        }
    }

    /// Whether `path` has `{name}`.
    pub const fn in_path(path: &str, name: &str) -> bool {
        let (path, name) = (path.as_bytes(), name.as_bytes());
        let mut at = 0;
        while at + name.len() + 1 < path.len() {
            if path[at] == b'{' && path[at + 1 + name.len()] == b'}' {
                let mut i = 0;
                while i < name.len() && path[at + 1 + i] == name[i] {
                    i += 1;
                }
                if i == name.len() {
                    return true;
                }
            }
            at += 1;
        }
        false
    }
}

/// Where a parameter travels: as the path says, else in the body where the method has one.
pub const fn place(method: Method, path: &str, wire: &str, bounds: Option<&Limits>) -> Place {
    match method {
        _ if names::in_path(path, wire) => Place::Path,
        Method::GET | Method::DELETE => Place::Query,
        _ if matches!(bounds, Some(Limits { query: true, .. })) => Place::Query,
        _ => Place::Body,
    }
}

/// The repeat rule where the definition states none.
pub const fn repeat(method: Method) -> Repeat {
    match method {
        Method::GET | Method::PUT | Method::DELETE => Repeat::Safe,
        Method::POST | Method::PATCH => Repeat::Unprocessed,
    }
}

/// Expands to one [`Field`].
macro_rules! field {
    ($method:expr, $path:expr, [$($doc:literal)*], [$($wire:literal)?], [$($key:ident $(= $value:literal)?),*], $name:ident, $ty:ty) => {{
        const NAME: &str = $crate::schema::names::plain(stringify!($name));
        const WIRE: &str = field!(@wire NAME $($wire)?);
        const BOUNDS: Option<&$crate::schema::Limits> = field!(@bounds $($key $(= $value)?),*);
        const PARTS: [&str; 3] = [NAME, WIRE, concat!($($doc, "\n"),*)];
        const TEXT: [u8; $crate::schema::names::joined_len(PARTS)] = $crate::schema::names::joined(PARTS);
        $crate::schema::Field {
            text: $crate::schema::names::text(&TEXT),
            name: $crate::schema::names::short_len(NAME),
            wire: $crate::schema::names::short_len(WIRE),
            ty: <$ty as $crate::schema::Typed>::TY,
            place: $crate::schema::place($method, $path, WIRE, BOUNDS),
            required: !<$ty as $crate::schema::Typed>::OPTIONAL,
            bounds: BOUNDS,
        }
    }};
    (@wire $name:ident) => {{
        const CAMEL: [u8; $crate::schema::names::camel_len($name)] = $crate::schema::names::camel($name);
        $crate::schema::names::text(&CAMEL)
    }};
    (@wire $name:ident $wire:literal) => { $wire };
    (@bounds) => { None };
    (@bounds $($key:ident $(= $value:literal)?),*) => {
        Some(&$crate::schema::Limits {
            $($key: field!(@limit $key $($value)?),)*
            ..$crate::schema::Limits::NONE
        })
    };
    (@limit default $value:literal) => { Some(stringify!($value)) };
    (@limit $key:ident $value:literal) => { Some($value) };
    (@limit $key:ident) => { true };
}

/// Attribute of an operation: `#[apply(operation!)]` above
/// `#[http(METHOD "path" -> statuses Output)]`, then, each where it applies and in this order,
/// `#[errors(status, ...)]`, `#[page(Style, "items", "total")]`, `#[body(Kind)]`, `#[repeat(Rule)]`,
/// `#[deprecated = "what to use instead"]`. On a field: `#[serde(rename = "wire")]` where the wire
/// name is not the camelCase of the name, and `#[api(max = 50, default = 10, ...)]`, the keys of
/// [`Limits`]. A field that is no `Option` is required.
macro_rules! operation {
    (
        $(#[doc = $doc:literal])*
        #[http($method:ident $path:literal -> $($status:literal)|+ $output:ty)]
        $(#[errors($($error:literal),*)])?
        $(#[page($style:ident, $items:literal $(, $total:literal)?)])?
        $(#[body($body:ident)])?
        $(#[repeat($repeat:ident)])?
        $(#[deprecated = $deprecated:literal])?
        pub struct $name:ident {
            $(
                $(#[doc = $field_doc:literal])*
                $(#[serde(rename = $wire:literal)])?
                $(#[api($($key:ident $(= $value:literal)?),*)])?
                pub $field:ident: $ty:ty,
            )*
        }
    ) => {
        $(#[doc = $doc])*
        $(#[doc = concat!("\n\nDeprecated: ", $deprecated)])?
        #[derive(Debug, Clone, Default, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $(
                $(#[doc = $field_doc])*
                $(#[serde(rename = $wire)])?
                #[serde(skip_serializing_if = "crate::schema::is_absent")]
                pub $field: $ty,
            )*
        }

        impl $crate::schema::Operation for $name {
            type Output = $output;
            const SPEC: &'static $crate::schema::Spec = {
                const METHOD: $crate::schema::Method = $crate::schema::Method::$method;
                const NAME: &str = {
                    const SNAKE: [u8; $crate::schema::names::snake_len(stringify!($name))] =
                        $crate::schema::names::snake(stringify!($name));
                    $crate::schema::names::text(&SNAKE)
                };
                static SPEC: $crate::schema::Spec = $crate::schema::Spec {
                    resource: $crate::schema::names::last_segment(module_path!()),
                    name: NAME,
                    method: METHOD,
                    path: $path,
                    fields: &[$(
                        field!(METHOD, $path, [$($field_doc)*], [$($wire)?], [$($($key $(= $value)?),*)?], $field, $ty),
                    )*],
                    body: operation!(@or $crate::schema::BodyKind::Json $(, $crate::schema::BodyKind::$body)?),
                    success: &[$($status),+],
                    output: <$output as $crate::schema::Typed>::TY,
                    may_be_empty: <$output as $crate::schema::Typed>::OPTIONAL,
                    errors: operation!(@or &[] $(, &[$($error),*])?),
                    page: operation!(@or None $(, Some($crate::schema::Page {
                        style: $crate::schema::PageStyle::$style,
                        items: $items,
                        total: operation!(@or None $(, Some($total))?),
                    }))?),
                    repeat: operation!(@or $crate::schema::repeat(METHOD) $(, $crate::schema::Repeat::$repeat)?),
                    deprecated: operation!(@or None $(, Some($deprecated))?),
                    doc: concat!($($doc, "\n"),*),
                };
                &SPEC
            };
        }
    };
    (@or $default:expr) => { $default };
    (@or $default:expr, $value:expr) => { $value };
}

/// Attribute of a struct that is sent or received: `#[apply(model!)]`. Fields as in `operation!`;
/// in replies every field is an `Option`.
macro_rules! model {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident {
            $(
                $(#[doc = $field_doc:literal])*
                $(#[serde(rename = $wire:literal)])?
                $(#[api($($key:ident $(= $value:literal)?),*)])?
                pub $field:ident: $ty:ty,
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub struct $name {
            $(
                $(#[doc = $field_doc])*
                $(#[serde(rename = $wire)])?
                #[serde(skip_serializing_if = "crate::schema::is_absent", deserialize_with = "crate::schema::or_default")]
                pub $field: $ty,
            )*
        }

        impl $crate::schema::Typed for $name {
            const TY: $crate::schema::Ty = $crate::schema::Ty::Model(|| {
                static MODEL: $crate::schema::Model = $crate::schema::Model {
                    name: stringify!($name),
                    doc: concat!($($doc, "\n"),*),
                    fields: &[$(
                        field!($crate::schema::Method::POST, "", [$($field_doc)*], [$($wire)?], [$($($key $(= $value)?),*)?], $field, $ty),
                    )*],
                };
                &MODEL
            });
        }
    };
}

/// Attribute of an enum of texts: `#[apply(open_enum!)]`, each variant `Name = "value"`. A value
/// that is not listed arrives as `Unknown`.
macro_rules! open_enum {
    ($(#[doc = $doc:literal])* pub enum $name:ident { $($variant:ident = $value:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $value, "` on the wire.")] $variant,)*
            /// A value that this version does not know.
            Unknown(String),
        }

        impl $name {
            /// The value on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $($name::$variant => $value,)*
                    $name::Unknown(value) => value,
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                $name::Unknown(String::new())
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => $name::$variant,)*
                    _ => $name::Unknown(value.to_owned()),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(|value| $name::from(value.as_str()))
            }
        }

        impl $crate::schema::Typed for $name {
            const TY: $crate::schema::Ty = {
                static ENUM: $crate::schema::Enum = $crate::schema::Enum {
                    name: stringify!($name),
                    doc: concat!($($doc, "\n"),*),
                    values: &[$($value),*],
                };
                $crate::schema::Ty::Enum(&ENUM)
            };
        }
    };
}

/// Attribute of an enum of types: `#[apply(union!)]`, each variant `Name(Type)`, the narrower type
/// first. A value of another form arrives as `Other`.
macro_rules! union {
    ($(#[doc = $doc:literal])* pub enum $name:ident { $($variant:ident($ty:ty),)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(untagged)]
        pub enum $name {
            $(#[doc = concat!("A `", stringify!($ty), "`.")] $variant($ty),)*
            /// A value of another form.
            Other(serde_json::Value),
        }

        impl Default for $name {
            fn default() -> Self {
                $name::Other(serde_json::Value::Null)
            }
        }

        $(impl From<$ty> for $name {
            fn from(value: $ty) -> Self {
                $name::$variant(value)
            }
        })*

        impl $crate::schema::Typed for $name {
            const TY: $crate::schema::Ty = $crate::schema::Ty::Union(|| {
                static UNION: $crate::schema::Union = $crate::schema::Union {
                    name: stringify!($name),
                    doc: concat!($($doc, "\n"),*),
                    variants: &[$(<$ty as $crate::schema::Typed>::TY),*],
                };
                &UNION
            });
        }
    };
}

/// The list of a file's operations: `resource! { "what it is about", First, Second, ... }`.
macro_rules! resource {
    ($doc:literal, $($operation:ident),+ $(,)?) => {
        /// This resource's row of the table.
        pub static RESOURCE: $crate::schema::Resource = $crate::schema::Resource {
            name: $crate::schema::names::last_segment(module_path!()),
            doc: $doc,
            operations: &[$(<$operation as $crate::schema::Operation>::SPEC),+],
        };
    };
}
