//! Arguments put together value by value, for programs without a JSON library.

use std::ffi::{c_char, c_int};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use brevo_core::arguments::MAX_DEPTH;
use serde_json::{Map, Value};

use crate::boundary::{free, shield, text};

/// Arguments under construction: a JSON object whose values are set by JSON pointer. For one thread
/// at a time.
///
/// "/email" sets a key, "/attributes/FIRSTNAME" one below it; what is missing on the way is made.
/// "-" stands for the place behind the last entry of an array: "/list_ids/-" appends a value,
/// "/to/-/email" an object, whose other keys are then set by its index ("/to/0/name"). A pointer has at
/// most 127 parts.
#[derive(Default)]
pub struct Args {
    values: Map<String, Value>,
    refused: bool,
    /// Ends with a NUL.
    text: Vec<u8>,
}

impl Args {
    fn set(&mut self, pointer: &str, value: Value) -> Option<()> {
        if pointer.matches('/').count() > MAX_DEPTH {
            return None;
        }
        let plain = |token: &str| match token.contains('~') {
            true => token.replace("~1", "/").replace("~0", "~"),
            false => token.to_owned(),
        };
        let mut tokens = pointer.strip_prefix('/')?.split('/').map(plain);
        let first = tokens.next()?;
        let mut place = self.values.entry(first).or_insert(Value::Null);
        for token in tokens {
            if place.is_null() {
                *place = if token == "-" || token == "0" {
                    Value::Array(Vec::new())
                } else {
                    Value::Object(Map::new())
                };
            }
            place = match place {
                Value::Object(map) => map.entry(token).or_insert(Value::Null),
                Value::Array(list) => {
                    let index = if token == "-" { list.len() } else { token.parse().ok()? };
                    if index == list.len() {
                        list.push(Value::Null);
                    }
                    list.get_mut(index)?
                }
                _ => return None,
            };
        }
        *place = value;
        Some(())
    }
}

/// Sets what `value` makes; 0 where that is refused.
///
/// # Safety
/// `pointer` is NULL or a text that ends with a NUL.
unsafe fn set(
    args: Option<&mut Args>,
    pointer: *const c_char,
    value: impl FnOnce() -> Option<Value>,
) -> c_int {
    let Some(args) = args else { return 0 };
    let done = shield(None, || {
        // SAFETY: as promised by the caller.
        let pointer = unsafe { text("pointer", pointer) }.ok()??;
        args.set(pointer, value()?)
    });
    args.refused |= done.is_none();
    c_int::from(done.is_some())
}

/// Makes empty arguments. The caller owns them and frees them with brevo_args_free.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_args_new() -> Option<Box<Args>> {
    Some(Box::default())
}

/// Frees arguments. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_args_free(args: Option<Box<Args>>) {
    free(args);
}

/// The arguments as JSON text, for brevo_call and the like. Belongs to the arguments and lives until
/// the next change. If any value was refused, the text is made so that a call with it fails, rather
/// than leaving the value out. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn brevo_args_text(args: Option<&mut Args>) -> *const c_char {
    shield(c"".as_ptr(), || {
        let Some(args) = args else { return c"".as_ptr() };
        if args.refused {
            return c"\"a value of the arguments was refused when it was set\"".as_ptr();
        }
        args.text.clear();
        // In JSON a NUL is written as an escape, so that the only one is the last.
        if serde_json::to_writer(&mut args.text, &args.values).is_err() {
            return c"\"the arguments cannot be written\"".as_ptr();
        }
        args.text.push(0);
        args.text.as_ptr().cast()
    })
}

/// Sets a text. All setters give 1, or 0 where the pointer leads nowhere or the value is NULL or
/// not valid UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_args_set_string(
    args: Option<&mut Args>,
    pointer: *const c_char,
    value: *const c_char,
) -> c_int {
    // SAFETY: both are texts or NULL, as the header says.
    unsafe { set(args, pointer, || Some(text("value", value).ok()??.into())) }
}

/// Sets a whole number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_args_set_int(
    args: Option<&mut Args>,
    pointer: *const c_char,
    value: i64,
) -> c_int {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe { set(args, pointer, || Some(value.into())) }
}

/// Sets a number; infinities and NaN are refused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_args_set_double(
    args: Option<&mut Args>,
    pointer: *const c_char,
    value: f64,
) -> c_int {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe { set(args, pointer, || Some(Value::from(value)).filter(|value| !value.is_null())) }
}

/// Sets true (anything but 0) or false.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_args_set_bool(
    args: Option<&mut Args>,
    pointer: *const c_char,
    value: c_int,
) -> c_int {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe { set(args, pointer, || Some((value != 0).into())) }
}

/// Sets any value given as JSON text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_args_set_json(
    args: Option<&mut Args>,
    pointer: *const c_char,
    value: *const c_char,
) -> c_int {
    // SAFETY: both are texts or NULL, as the header says.
    unsafe { set(args, pointer, || serde_json::from_str(text("value", value).ok()??).ok()) }
}

/// Sets bytes, as base64: the content of an attachment ("/attachment/0/content") or of a file
/// ("/file/content", beside "/file/name").
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_args_set_bytes(
    args: Option<&mut Args>,
    pointer: *const c_char,
    value: *const u8,
    length: usize,
) -> c_int {
    let encode = || {
        if value.is_null() || length > isize::MAX as usize {
            return (length == 0).then(|| Value::from(""));
        }
        // SAFETY: not NULL, and the caller has `length` bytes there.
        let bytes = unsafe { std::slice::from_raw_parts(value, length) };
        Some(BASE64.encode(bytes).into())
    };
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe { set(args, pointer, encode) }
}
