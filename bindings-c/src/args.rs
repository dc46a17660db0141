//! Arguments put together value by value, for programs without a JSON library.

use std::borrow::Cow;
use std::ffi::{c_char, c_int};
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use brevo_core::arguments::MAX_DEPTH;
use brevo_core::json::{write_text, write_utf8};
use serde_json::Value;

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
    tree: Tree,
    refused: bool,
    /// Ends with a NUL.
    text: Vec<u8>,
}

/// Values in few pieces of memory: arguments are made for each call. The first node is the outermost object.
#[derive(Default)]
struct Tree {
    nodes: Vec<Node>,
    /// Keys, and values as JSON.
    texts: Vec<u8>,
    /// How much memory is held by what was set again since.
    waste: usize,
}

struct Node {
    /// In an object.
    key: Range<usize>,
    /// The entry of the object that comes behind.
    next: Option<usize>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    /// Nothing was set yet.
    Null,
    /// A value that holds no others.
    Json(Range<usize>),
    /// The first and the last entry.
    Object(Option<(usize, usize)>),
    List(Vec<usize>),
}

/// What is set.
enum Given<'a> {
    Text(&'a str),
    Value(Value),
}

impl Tree {
    /// As much waste is let be.
    const MOST_WASTE: usize = 64 << 10;

    fn add(&mut self, key: Range<usize>) -> usize {
        if self.nodes.is_empty() {
            // Room for the arguments of most calls.
            self.nodes.reserve(16);
            self.texts.reserve(2 << 10);
        }
        self.nodes.push(Node { key, next: None, kind: Kind::Null });
        self.nodes.len() - 1
    }

    fn keep(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Range<usize> {
        let start = self.texts.len();
        write(&mut self.texts);
        start..self.texts.len()
    }

    /// The entry of an object with this key, made where there is none.
    fn entry(&mut self, object: usize, key: &str) -> usize {
        let Kind::Object(ends) = self.nodes[object].kind else { return object };
        let mut at = ends.map(|(first, _)| first);
        while let Some(entry) = at {
            if self.texts[self.nodes[entry].key.clone()] == *key.as_bytes() {
                return entry;
            }
            at = self.nodes[entry].next;
        }
        let key = self.keep(|texts| texts.extend_from_slice(key.as_bytes()));
        let entry = self.add(key);
        if let Some((_, last)) = ends {
            self.nodes[last].next = Some(entry);
        }
        self.nodes[object].kind = Kind::Object(Some((ends.map_or(entry, |(first, _)| first), entry)));
        entry
    }

    fn set(&mut self, pointer: &str, given: Given<'_>) -> Option<()> {
        if self.nodes.is_empty() {
            self.add(0..0);
            self.nodes[0].kind = Kind::Object(None);
        }
        // The parts are short. Looking for one letter is prepared for long texts, for several it begins at once.
        let mut tokens = pointer.strip_prefix('/')?.split(['/']);
        let mut place = self.entry(0, &plain(tokens.next()?));
        for (depth, token) in tokens.enumerate() {
            if depth + 1 == MAX_DEPTH {
                return None;
            }
            if let Kind::Null = self.nodes[place].kind {
                self.nodes[place].kind = match token {
                    "-" | "0" => Kind::List(Vec::new()),
                    _ => Kind::Object(None),
                };
            }
            place = match &self.nodes[place].kind {
                Kind::Object(_) => self.entry(place, &plain(token)),
                Kind::List(list) => {
                    let index = if token == "-" { list.len() } else { token.parse().ok()? };
                    if index == list.len() { self.append(place) } else { *list.get(index)? }
                }
                _ => return None,
            };
        }
        self.waste += match &self.nodes[place].kind {
            Kind::Null => 0,
            Kind::Json(text) => text.len(),
            // What is below it is not counted one by one.
            Kind::Object(_) | Kind::List(_) => Self::MOST_WASTE,
        };
        match given {
            Given::Text(text) => {
                let text = self.keep(|texts| write_text(texts, text));
                self.nodes[place].kind = Kind::Json(text);
            }
            Given::Value(value) => self.put(place, value),
        }
        if self.waste > Self::MOST_WASTE.max(self.texts.len() / 2) {
            self.tidy();
        }
        Some(())
    }

    fn append(&mut self, list: usize) -> usize {
        let entry = self.add(0..0);
        if let Kind::List(list) = &mut self.nodes[list].kind {
            list.push(entry);
        }
        entry
    }

    fn put(&mut self, place: usize, value: Value) {
        self.nodes[place].kind = match value {
            Value::Null => Kind::Null,
            Value::Array(_) => Kind::List(Vec::new()),
            Value::Object(_) => Kind::Object(None),
            Value::String(ref text) => Kind::Json(self.keep(|texts| write_text(texts, text))),
            ref other => Kind::Json(self.keep(|texts| texts.extend_from_slice(other.to_string().as_bytes()))),
        };
        match value {
            Value::Array(list) => list.into_iter().for_each(|value| {
                let entry = self.append(place);
                self.put(entry, value);
            }),
            Value::Object(map) => map.into_iter().for_each(|(key, value)| {
                let entry = self.entry(place, &key);
                self.put(entry, value);
            }),
            _ => {}
        }
    }

    /// Throws away what was set again since.
    fn tidy(&mut self) {
        let mut fresh = Tree::default();
        if !self.nodes.is_empty() {
            fresh.add(0..0);
            self.copy(0, &mut fresh, 0);
        }
        *self = fresh;
    }

    fn copy(&self, from: usize, to: &mut Tree, place: usize) {
        match &self.nodes[from].kind {
            Kind::Null => {}
            Kind::Json(text) => {
                let text = to.keep(|texts| texts.extend_from_slice(&self.texts[text.clone()]));
                to.nodes[place].kind = Kind::Json(text);
            }
            Kind::List(list) => {
                to.nodes[place].kind = Kind::List(Vec::with_capacity(list.len()));
                for entry in list {
                    let fresh = to.append(place);
                    self.copy(*entry, to, fresh);
                }
            }
            Kind::Object(ends) => {
                let mut at = ends.map(|(first, _)| first);
                let (mut first, mut last) = (None, None::<usize>);
                while let Some(entry) = at {
                    let key = self.nodes[entry].key.clone();
                    let key = to.keep(|texts| texts.extend_from_slice(&self.texts[key]));
                    let fresh = to.add(key);
                    match last {
                        Some(last) => to.nodes[last].next = Some(fresh),
                        None => first = Some(fresh),
                    }
                    last = Some(fresh);
                    self.copy(entry, to, fresh);
                    at = self.nodes[entry].next;
                }
                to.nodes[place].kind = Kind::Object(first.zip(last));
            }
        }
    }

    fn write(&self, place: usize, out: &mut Vec<u8>) {
        match &self.nodes[place].kind {
            Kind::Null => out.extend_from_slice(b"null"),
            Kind::Json(text) => out.extend_from_slice(&self.texts[text.clone()]),
            Kind::List(list) => {
                out.push(b'[');
                for (at, entry) in list.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    self.write(*entry, out);
                }
                out.push(b']');
            }
            Kind::Object(ends) => {
                out.push(b'{');
                let mut at = ends.map(|(first, _)| first);
                while let Some(entry) = at {
                    let Node { key, next, .. } = &self.nodes[entry];
                    // Keys came as texts.
                    write_utf8(out, &self.texts[key.clone()]);
                    out.push(b':');
                    self.write(entry, out);
                    at = *next;
                    if at.is_some() {
                        out.push(b',');
                    }
                }
                out.push(b'}');
            }
        }
    }
}

/// The key that a part of a pointer names.
fn plain(token: &str) -> Cow<'_, str> {
    match token.bytes().any(|byte| byte == b'~') {
        true => Cow::Owned(token.replace("~1", "/").replace("~0", "~")),
        false => Cow::Borrowed(token),
    }
}

/// Sets what `value` makes; 0 where that is refused.
///
/// # Safety
/// `pointer` is NULL or a text that ends with a NUL.
unsafe fn set<'a>(
    args: Option<&mut Args>,
    pointer: *const c_char,
    value: impl FnOnce() -> Option<Given<'a>>,
) -> c_int {
    let Some(args) = args else { return 0 };
    let done = shield(None, || {
        // SAFETY: as promised by the caller.
        let pointer = unsafe { text("pointer", pointer) }.ok()??;
        args.tree.set(pointer, value()?)
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
        args.text.reserve(args.tree.texts.len() + 8 * args.tree.nodes.len() + 8);
        match args.tree.nodes.is_empty() {
            true => args.text.extend_from_slice(b"{}"),
            false => args.tree.write(0, &mut args.text),
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
    unsafe { set(args, pointer, || Some(Given::Text(text("value", value).ok()??))) }
}

/// Sets a whole number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_args_set_int(
    args: Option<&mut Args>,
    pointer: *const c_char,
    value: i64,
) -> c_int {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe { set(args, pointer, || Some(Given::Value(value.into()))) }
}

/// Sets a number; infinities and NaN are refused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_args_set_double(
    args: Option<&mut Args>,
    pointer: *const c_char,
    value: f64,
) -> c_int {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe {
        set(args, pointer, || Some(Value::from(value)).filter(|value| !value.is_null()).map(Given::Value))
    }
}

/// Sets true (anything but 0) or false.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_args_set_bool(
    args: Option<&mut Args>,
    pointer: *const c_char,
    value: c_int,
) -> c_int {
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe { set(args, pointer, || Some(Given::Value((value != 0).into()))) }
}

/// Sets any value given as JSON text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn brevo_args_set_json(
    args: Option<&mut Args>,
    pointer: *const c_char,
    value: *const c_char,
) -> c_int {
    // SAFETY: both are texts or NULL, as the header says.
    unsafe {
        set(args, pointer, || {
            serde_json::from_str::<Value>(text("value", value).ok()??).ok().map(Given::Value)
        })
    }
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
            return (length == 0).then_some(Given::Text(""));
        }
        // SAFETY: not NULL, and the caller has `length` bytes there.
        let bytes = unsafe { std::slice::from_raw_parts(value, length) };
        Some(Given::Value(BASE64.encode(bytes).into()))
    };
    // SAFETY: `pointer` is a text or NULL, as the header says.
    unsafe { set(args, pointer, encode) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(tree: &Tree) -> String {
        let mut out = Vec::new();
        tree.write(0, &mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn what_is_set_again_costs_no_memory() {
        let mut tree = Tree::default();
        let long = "x".repeat(1_000);
        for at in 0..2_000 {
            tree.set("/to/0/email", Given::Text(&format!("{at}@example.com"))).expect("a place");
            tree.set("/to/0/name", Given::Text(&long)).expect("a place");
            tree.set("/params", Given::Value(json!({"a~/": [1, null, {"b": at}], "n": {}})))
                .expect("a place");
            tree.set("/params/n/m", Given::Value(json!(true))).expect("a place");
        }
        assert!(
            tree.texts.len() < 200_000 && tree.nodes.len() < 1_000,
            "{} {}",
            tree.texts.len(),
            tree.nodes.len()
        );
        let expected = format!(
            r#"{{"to":[{{"email":"1999@example.com","name":"{long}"}}],"params":{{"a~/":[1,null,{{"b":1999}}],"n":{{"m":true}}}}}}"#
        );
        assert_eq!(text(&tree), expected);
        tree.set("/params/a~0~1/1", Given::Text("é\n")).expect("a place");
        assert!(text(&tree).contains(r#""a~/":[1,"é\n",{"b":1999}]"#));
        assert!(tree.set("/to/5/email", Given::Text("a")).is_none(), "behind the end");
        assert!(tree.set("/to/0/email/x", Given::Text("a")).is_none(), "below a text");
    }
}
