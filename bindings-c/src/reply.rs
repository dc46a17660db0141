//! Replies as C sees them: status, headers, body, and values by JSON pointer.

use std::collections::HashMap;
use std::ffi::{CString, c_char, c_int};
use std::ptr;
use std::sync::{Mutex, OnceLock, PoisonError};

use brevo_core::json::Reader;
use serde_json::Value;

use crate::boundary::{c_string, free, shield, text};

/// Bytes of a body that is looked through for each value.
const SHORT: usize = 2 << 10;

/// Type of a JSON value.
#[repr(C)]
pub enum Type {
    /// There is no such value.
    Missing = 0,
    /// null.
    Null = 1,
    /// true or false.
    Boolean = 2,
    /// Whole number that fits brevo_reply_int.
    Integer = 3,
    /// Any other number.
    Number = 4,
    /// Text.
    String = 5,
    /// Array.
    Array = 6,
    /// Object.
    Object = 7,
}

/// What came back. Owned by the caller once handed out; never changes, and may be read from
/// several threads. Every text that belongs to it lives until brevo_reply_free.
///
/// Values are addressed by JSON pointer (RFC 6901): "/id", "/contacts/0/attributes/FIRSTNAME"; the
/// empty text or NULL is the whole body. In a key, "~1" stands for "/" and "~0" for "~".
#[derive(Default)]
pub struct Reply {
    status: c_int,
    attempts: u32,
    headers: Headers,
    body: Body,
    /// The body as JSON, read when it is asked for.
    json: OnceLock<Value>,
    /// Texts made for the caller, by JSON pointer.
    strings: Mutex<HashMap<String, CString>>,
    /// JSON texts made for the caller, by JSON pointer.
    jsons: Mutex<HashMap<String, CString>>,
    /// Keys handed out, by JSON pointer and index.
    keys: Mutex<HashMap<(String, usize), CString>>,
}

impl Reply {
    /// A reply whose body is, or is not, JSON.
    pub(crate) fn new(reply: brevo_core::Reply) -> Self {
        Reply {
            status: c_int::from(reply.status),
            attempts: reply.attempts,
            headers: Headers::new(reply.headers),
            body: match reply.body.len() {
                0..=SHORT => Body::copied(&reply.body),
                _ => Body::new(reply.body.into()),
            },
            ..Reply::default()
        }
    }

    /// A value that did not come as one HTTP reply: its body is its text.
    pub(crate) fn from_value(json: Value) -> Self {
        Reply { body: Body::new(json.to_string().into_bytes()), json: json.into(), ..Reply::default() }
    }

    /// What a pointer names in a short body, which is looked through faster than it is made a tree. None where
    /// the tree must tell.
    fn looked_up(&self, pointer: &str) -> Option<Option<Value>> {
        let body = self.body.bytes();
        if body.len() > SHORT || self.json.get().is_some() {
            return None;
        }
        let mut reader = Reader::new(std::str::from_utf8(body).ok()?);
        let found = reader.pointed(pointer, 0).filter(|_| reader.ends())?;
        found.map_or(Some(None), |text| serde_json::from_str(text).ok().map(Some))
    }

    /// The body as JSON; null where it is something else.
    pub(crate) fn json(&self) -> &Value {
        self.json.get_or_init(|| {
            let body = self.body.bytes().to_vec().into();
            brevo_core::Reply { body, ..Default::default() }.json().unwrap_or_default()
        })
    }
}

/// Bytes with a NUL behind them.
pub(crate) struct Body(Vec<u8>);

impl Default for Body {
    fn default() -> Self {
        Body::new(Vec::new())
    }
}

impl Body {
    pub(crate) fn new(mut bytes: Vec<u8>) -> Self {
        bytes.push(0);
        Body(bytes)
    }

    fn copied(bytes: &[u8]) -> Self {
        let mut copy = Vec::with_capacity(bytes.len() + 1);
        copy.extend_from_slice(bytes);
        Body::new(copy)
    }

    fn bytes(&self) -> &[u8] {
        &self.0[..self.0.len() - 1]
    }
}

/// A body for the caller, with its length.
pub(crate) fn read_body(body: Option<&Body>, length: Option<&mut usize>) -> *const c_char {
    let bytes = body.map_or(&[0][..], |body| &body.0);
    if let Some(length) = length {
        *length = bytes.len() - 1;
    }
    bytes.as_ptr().cast()
}

/// Headers, and those of them that were handed out.
#[derive(Default)]
pub(crate) struct Headers {
    all: brevo_core::reply::Headers,
    texts: Mutex<HashMap<String, CString>>,
}

impl Headers {
    pub(crate) fn new(all: brevo_core::reply::Headers) -> Self {
        Headers { all, texts: Mutex::default() }
    }

    /// # Safety
    /// `name` is NULL or a text that ends with a NUL.
    pub(crate) unsafe fn read(headers: Option<&Self>, name: *const c_char) -> *const c_char {
        shield(ptr::null(), || {
            // SAFETY: as promised by the caller.
            let (Ok(Some(name)), Some(headers)) = (unsafe { text("name", name) }, headers) else {
                return ptr::null();
            };
            let mut all = headers.all.iter();
            all.find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map_or(ptr::null(), |(key, value)| keep(&headers.texts, key.to_owned(), || c_string(&value)))
        })
    }
}

/// Looks a value up and hands it to `read`; gives `otherwise` where there is none.
///
/// # Safety
/// `pointer` is NULL or a text that ends with a NUL.
unsafe fn lookup<T>(
    reply: Option<&Reply>,
    pointer: *const c_char,
    otherwise: T,
    read: impl FnOnce(&Reply, &str, &Value) -> Option<T>,
) -> T {
    let found = shield(None, || {
        // SAFETY: as promised by the caller.
        let pointer = unsafe { text("pointer", pointer) }.ok()?.unwrap_or_default();
        let reply = reply?;
        match reply.looked_up(pointer) {
            Some(found) => read(reply, pointer, &found?),
            None => read(reply, pointer, reply.json().pointer(pointer)?),
        }
    });
    found.unwrap_or(otherwise)
}

/// Keeps a text as long as the reply, and gives it as C reads it. A text once given is never moved
/// or changed, since the map holds only the pointer to it.
fn keep<K: Eq + std::hash::Hash>(
    texts: &Mutex<HashMap<K, CString>>,
    key: K,
    make: impl FnOnce() -> CString,
) -> *const c_char {
    let mut texts = texts.lock().unwrap_or_else(PoisonError::into_inner);
    texts.entry(key).or_insert_with(make).as_ptr()
}

/// A whole number, also one written with a fraction of zero.
fn integer(value: &Value) -> Option<i64> {
    const LIMIT: f64 = 9_007_199_254_740_992.0; // beyond 2^53 a double has lost digits
    value
        .as_i64()
        .or_else(|| value.as_f64().filter(|n| n.fract() == 0.0 && n.abs() <= LIMIT).map(|n| n as i64))
}

/// Frees a reply and every text that belongs to it. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_reply_free(reply: Option<Box<Reply>>) {
    free(reply);
}

/// HTTP status; 0 for NULL and for the result of a job.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_reply_status(reply: Option<&Reply>) -> c_int {
    reply.map_or(0, |reply| reply.status)
}

/// How many times the request was sent for this reply.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_reply_attempts(reply: Option<&Reply>) -> u32 {
    reply.map_or(0, |reply| reply.attempts)
}

/// Body as it came, ended by a NUL that `length` (which may be NULL) does not count. It may hold
/// NULs itself where the operation gives bytes. Never NULL; belongs to the reply.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_reply_body(reply: Option<&Reply>, length: Option<&mut usize>) -> *const c_char {
    read_body(reply.map(|reply| &reply.body), length)
}

/// Header, by its name in any case; NULL where it is missing. Belongs to the reply.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_reply_header(reply: Option<&Reply>, name: *const c_char) -> *const c_char {
    // SAFETY: `name` is a text or NULL, as the header says.
    unsafe { Headers::read(reply.map(|reply| &reply.headers), name) }
}

/// Type of a value: one of enum brevo_type. BREVO_TYPE_MISSING where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_reply_type(reply: Option<&Reply>, pointer: *const c_char) -> c_int {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    let found = unsafe {
        lookup(reply, pointer, Type::Missing, |_, _, value| {
            Some(match value {
                Value::Null => Type::Null,
                Value::Bool(_) => Type::Boolean,
                Value::Number(_) if integer(value).is_some() => Type::Integer,
                Value::Number(_) => Type::Number,
                Value::String(_) => Type::String,
                Value::Array(_) => Type::Array,
                Value::Object(_) => Type::Object,
            })
        })
    };
    found as c_int
}

/// Text of a value; a number or boolean as JSON writes it. NULL where there is none, and for null,
/// arrays and objects. U+0000 inside becomes U+FFFD. Belongs to the reply.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_reply_string(reply: Option<&Reply>, pointer: *const c_char) -> *const c_char {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe {
        lookup(reply, pointer, ptr::null(), |reply, pointer, value| {
            let make = || match value {
                Value::String(text) => c_string(text),
                other => c_string(&other.to_string()),
            };
            let plain = !matches!(value, Value::Null | Value::Array(_) | Value::Object(_));
            plain.then(|| keep(&reply.strings, pointer.to_owned(), make))
        })
    }
}

/// Whole number; `fallback` where there is none, or it does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_reply_int(
    reply: Option<&Reply>,
    pointer: *const c_char,
    fallback: i64,
) -> i64 {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe { lookup(reply, pointer, fallback, |_, _, value| integer(value)) }
}

/// Number; `fallback` where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_reply_double(
    reply: Option<&Reply>,
    pointer: *const c_char,
    fallback: f64,
) -> f64 {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe { lookup(reply, pointer, fallback, |_, _, value| value.as_f64()) }
}

/// 1 for true, 0 for false; `fallback` where there is no boolean.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_reply_bool(
    reply: Option<&Reply>,
    pointer: *const c_char,
    fallback: c_int,
) -> c_int {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe { lookup(reply, pointer, fallback, |_, _, value| value.as_bool().map(c_int::from)) }
}

/// Number of entries of an array or of keys of an object; 0 for anything else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_reply_count(reply: Option<&Reply>, pointer: *const c_char) -> usize {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe {
        lookup(reply, pointer, 0, |_, _, value| match value {
            Value::Array(list) => Some(list.len()),
            Value::Object(map) => Some(map.len()),
            _ => None,
        })
    }
}

/// Key of an object, counted from 0 in the order of the body; NULL beyond the last, and for anything
/// but objects. Belongs to the reply.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_reply_key(
    reply: Option<&Reply>,
    pointer: *const c_char,
    index: usize,
) -> *const c_char {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe {
        lookup(reply, pointer, ptr::null(), |reply, pointer, value| {
            let key = value.as_object()?.keys().nth(index)?;
            Some(keep(&reply.keys, (pointer.to_owned(), index), || c_string(key)))
        })
    }
}

/// JSON text of a value with all that is below it; NULL where there is none. Belongs to the reply.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_reply_json(reply: Option<&Reply>, pointer: *const c_char) -> *const c_char {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe {
        lookup(reply, pointer, ptr::null(), |reply, pointer, value| {
            Some(keep(&reply.jsons, pointer.to_owned(), || c_string(&value.to_string())))
        })
    }
}
