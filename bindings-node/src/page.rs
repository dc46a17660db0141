//! A page of a listing, laid out so that JavaScript makes its entries quickly: the keys of alike objects
//! are told once, and the values follow each other in one flat list.
//!
//! JSON.parse spends most of its time on the keys of objects. So each object is here the number of its
//! form (its keys), and then its values. Lists, and what is in them, stay as they are.

use std::collections::HashMap;

use brevo_core::json::Reader;

use crate::text::push_latin;

/// A piece is ended when it is this long. V8 keeps short texts where they cost next to nothing, and their
/// entries are made when they are asked for.
const PIECE: usize = 48 << 10;

/// Objects inside each other that have forms. What is further inside stays as it is.
const LEVELS: usize = 4;

/// What stands for the form where an entry is no object.
const NO_FORM: &[u8] = b"-1,";

/// A page.
#[derive(Debug, PartialEq)]
pub(crate) struct Page {
    /// Number of entries.
    pub(crate) count: u32,
    /// Number of the entries of all pages, where it is told.
    pub(crate) total: Option<f64>,
    /// Forms of objects, as JSON in Latin-1: each a list of keys; those of values that are objects with a
    /// form of their own stand in a list.
    pub(crate) forms: Vec<u8>,
    /// JSON lists, in Latin-1. Entries do not go across their ends.
    pub(crate) pieces: Vec<Vec<u8>>,
}

impl Page {
    /// Lays out a reply with the entries at `items` (the reply itself where that is empty) and their
    /// number at `total`. None where it is to be read in the usual way: where it is not as expected, or
    /// has what is not plain.
    pub(crate) fn of(body: &[u8], items: &str, total: Option<&str>) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        let mut layout = Layout::new(text);
        let mut sum = None;
        if items.is_empty() {
            layout.entries(1)?;
        } else {
            let mut more = layout.reader.begins(b'{')?;
            while more {
                let key = layout.reader.key()?;
                let key = &key[1..key.len() - 1];
                if key == items {
                    layout.entries(2)?;
                } else {
                    layout.reader.look()?;
                    let start = layout.reader.at;
                    layout.reader.value(1)?;
                    if Some(key) == total {
                        sum = layout.reader.since(start).parse().ok();
                    }
                }
                more = layout.reader.goes_on(b'{')?;
            }
        }
        let is_whole = layout.reader.ends() && layout.is_there && !layout.reader.found.large;
        is_whole.then(|| layout.page(sum))
    }
}

struct Layout<'a> {
    reader: Reader<'a>,
    /// The entries have been found.
    is_there: bool,
    count: u32,
    pieces: Vec<Vec<u8>>,
    piece: Vec<u8>,
    /// Keys of the objects that are open, but for those of which only what is expected has been seen.
    keys: Vec<Key<'a>>,
    forms: Vec<Vec<Key<'a>>>,
    numbers: HashMap<Vec<Key<'a>>, usize>,
    /// The form of the object before, by level.
    expected: [usize; LEVELS],
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key<'a> {
    /// All that stands before the value. Other white space makes another form, which does no harm.
    text: &'a str,
    /// Length of the key with its quotes.
    length: usize,
    /// The value is an object with a form of its own.
    has_form: bool,
}

impl<'a> Layout<'a> {
    fn new(text: &'a str) -> Self {
        Layout {
            reader: Reader::new(text),
            is_there: false,
            count: 0,
            pieces: Vec::new(),
            piece: Vec::new(),
            keys: Vec::new(),
            forms: Vec::new(),
            numbers: HashMap::new(),
            expected: [0; LEVELS],
        }
    }

    fn entries(&mut self, outer: usize) -> Option<()> {
        // Told twice, it cannot be both.
        if std::mem::replace(&mut self.is_there, true) {
            return None;
        }
        let mut more = self.reader.begins(b'[')?;
        while more {
            if self.piece.is_empty() {
                self.piece.reserve(PIECE + PIECE / 8);
                self.piece.push(b'[');
            }
            if self.reader.look()? == b'{' {
                self.object(outer, 0)?;
            } else {
                self.piece.extend_from_slice(NO_FORM);
                self.value(outer)?;
            }
            self.count += 1;
            if self.piece.len() >= PIECE {
                self.end_piece();
            }
            more = self.reader.goes_on(b'[')?;
        }
        self.end_piece();
        Some(())
    }

    /// A comma stands behind the last value.
    fn end_piece(&mut self) {
        if let Some(last) = self.piece.last_mut() {
            *last = b']';
            self.pieces.push(std::mem::take(&mut self.piece));
        }
    }

    fn object(&mut self, outer: usize, level: usize) -> Option<()> {
        let place = self.piece.len();
        let expected = self.expected[level];
        push_number(&mut self.piece, expected);
        let values = self.piece.len();
        let first = self.keys.len();
        // Keys that are those of the object before: one look at each is enough.
        let (mut alike, mut all_alike) = (0, true);
        let mut more = self.reader.begins(b'{')?;
        while more {
            let form = self.forms.get(expected).filter(|_| all_alike);
            let known = form.and_then(|form| form.get(alike)).copied();
            let key = known.filter(|key| self.reader.passes(key.text));
            let has_form = |reader: &Reader<'_>| reader.peek() == Some(b'{') && level + 1 < LEVELS;
            match key {
                Some(key) if key.has_form == has_form(&self.reader) => alike += 1,
                _ => {
                    if all_alike {
                        all_alike = false;
                        self.keys.extend(form.iter().flat_map(|form| &form[..alike]));
                    }
                    let mut key = match key {
                        Some(key) => key,
                        None => self.key()?,
                    };
                    key.has_form = has_form(&self.reader);
                    self.keys.push(key);
                }
            }
            if has_form(&self.reader) {
                self.object(outer + 1, level + 1)?;
            } else {
                self.value(outer + 1)?;
            }
            more = self.reader.goes_on(b'{')?;
        }
        let form = self.forms.get(expected).filter(|_| all_alike);
        if form.is_none_or(|form| form.len() != alike) {
            self.keys.extend(form.iter().flat_map(|form| &form[..alike]));
            let number = self.number_of(first);
            self.expected[level] = number;
            let mut digits = Vec::new();
            push_number(&mut digits, number);
            self.piece.splice(place..values, digits);
        }
        self.keys.truncate(first);
        Some(())
    }

    fn key(&mut self) -> Option<Key<'a>> {
        self.reader.look()?;
        let start = self.reader.at;
        let key = self.reader.key()?;
        self.reader.look()?;
        // What is not a key like any other.
        let is_odd = key == "\"__proto__\"" || key.contains('\\');
        (!is_odd).then(|| Key { text: self.reader.since(start), length: key.len(), has_form: false })
    }

    /// The number of the form with the keys that are open from there on.
    fn number_of(&mut self, first: usize) -> usize {
        let keys = &self.keys[first..];
        if let Some(number) = self.numbers.get(keys) {
            return *number;
        }
        let number = self.forms.len();
        self.forms.push(keys.to_vec());
        self.numbers.insert(keys.to_vec(), number);
        number
    }

    fn value(&mut self, outer: usize) -> Option<()> {
        let start = self.reader.at;
        match self.reader.peek()? {
            b'{' | b'[' => self.reader.value(outer)?,
            first => self.reader.scalar(first)?,
        }
        push_latin(&mut self.piece, self.reader.since(start));
        self.piece.push(b',');
        Some(())
    }

    fn page(self, total: Option<f64>) -> Page {
        let mut forms = vec![b'['];
        for form in &self.forms {
            if forms.len() > 1 {
                forms.push(b',');
            }
            forms.push(b'[');
            for (i, key) in form.iter().enumerate() {
                if i > 0 {
                    forms.push(b',');
                }
                let (before, behind) = if key.has_form { ("[", "]") } else { ("", "") };
                forms.extend_from_slice(before.as_bytes());
                push_latin(&mut forms, &key.text[..key.length]);
                forms.extend_from_slice(behind.as_bytes());
            }
            forms.push(b']');
        }
        forms.push(b']');
        Page { count: self.count, total, forms, pieces: self.pieces }
    }
}

/// A number with a comma.
fn push_number(out: &mut Vec<u8>, number: usize) {
    let mut digits = [b','; 21];
    let (mut at, mut rest) = (20, number);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn page(text: &str) -> Option<Page> {
        Page::of(text.as_bytes(), "items", Some("count"))
    }

    fn told(page: &Page) -> (String, String) {
        let latin = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
        (latin(&page.forms), page.pieces.iter().map(|piece| latin(piece)).collect())
    }

    #[test]
    fn keys_are_told_once() {
        let page = page(
            r#"{"count": 7, "items": [{"id": 1, "a": {"N": "ë", "Ł": 1.5}, "l": [{"x": 1}, 2]},
                {"id": 2, "a": {"N": "Ł", "Ł": null}, "l": []}, {"id": 3, "a": {}, "l": {}}, 5, {"id": 4, "a": {}, "l": {}}]}"#,
        )
        .unwrap();
        assert_eq!((page.count, page.total), (5, Some(7.0)));
        let (forms, pieces) = told(&page);
        assert_eq!(forms, r#"[["N","\u0141"],["id",["a"],"l"],[],["id",["a"],["l"]]]"#);
        assert_eq!(pieces, r#"[1,1,0,"ë",1.5,[{"x": 1}, 2],1,2,0,"\u0141",null,[],3,3,2,2,-1,5,3,4,2,2]"#);
    }

    #[test]
    fn pieces_hold_whole_entries() {
        let entries: Vec<_> =
            (0..2000).map(|id| format!(r#"{{"id":{id},"text":"{}"}}"#, "x".repeat(100))).collect();
        let page = page(&format!(r#"{{"items":[{}]}}"#, entries.join(","))).unwrap();
        assert_eq!((page.count, page.total), (2000, None));
        assert!(page.pieces.len() > 3);
        let mut ids = 0;
        for piece in &page.pieces {
            assert!(piece.len() < PIECE + 200);
            let values: Vec<Value> = serde_json::from_slice(piece).unwrap();
            for entry in values.chunks(3) {
                assert_eq!((&entry[0], &entry[1]), (&0.into(), &ids.into()));
                ids += 1;
            }
        }
        assert_eq!(ids, 2000);
    }

    #[test]
    fn a_list_may_be_the_whole_reply() {
        let page = Page::of(br#"[{"a":1},{"a":2}]"#, "", None).unwrap();
        assert_eq!((page.count, told(&page)), (2, (r#"[["a"]]"#.into(), "[0,1,0,2]".into())));
        let empty = Page::of(b"[]", "", None).unwrap();
        assert_eq!((empty.count, empty.pieces.len()), (0, 0));
    }

    /// The entries, as JavaScript makes them.
    fn entries(page: &Page) -> Vec<Value> {
        let (forms, _) = told(page);
        let forms: Vec<Vec<Value>> = serde_json::from_str(&forms).unwrap();
        let latin = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
        let lists =
            page.pieces.iter().map(|piece| serde_json::from_str::<Vec<Value>>(&latin(piece)).unwrap());
        let mut values = lists.flatten();
        std::iter::from_fn(|| {
            let form = values.next()?.as_i64()?;
            if form < 0 { values.next() } else { Some(entry(&forms, form as usize, &mut values)) }
        })
        .collect()
    }

    fn entry(forms: &[Vec<Value>], form: usize, values: &mut impl Iterator<Item = Value>) -> Value {
        let members = forms[form].iter().map(|key| {
            let value = values.next().unwrap();
            match key {
                Value::Array(key) => {
                    let inner = entry(forms, value.as_u64().unwrap() as usize, values);
                    (key[0].as_str().unwrap().to_owned(), inner)
                }
                key => (key.as_str().unwrap().to_owned(), value),
            }
        });
        members.collect::<serde_json::Map<_, _>>().into()
    }

    /// Pages that are JSON but for a few bytes: they hold what the core would read, or are left to it.
    #[test]
    fn entries_are_those_of_the_reply() {
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = |below: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (random % below as u64) as usize
        };
        let start = r#"{"count":9,"items":[{"id":1,"a":{"b":{"c":{"d":{"e":1}}},"é":"Ł\n"},"l":[1,{}]},{"id":2,"a":{"b":2,"é":null},"l":[]}, {"id":3,"a":{"b":{}},"l":true},{"id":4},7],"x":0}"#;
        let bytes = b"{}[]\",:\\0123456789.eE+-tfnuabl \n\x01";
        let mut taken = 0;
        for _ in 0..10_000 {
            let mut text = start.as_bytes().to_vec();
            for _ in 0..next(4) {
                let (at, byte) = (next(text.len()), bytes[next(bytes.len())]);
                match next(3) {
                    0 => text[at] = byte,
                    1 => text.insert(at, byte),
                    _ => drop(text.remove(at)),
                }
            }
            let Some(page) = Page::of(&text, "items", Some("count")) else { continue };
            taken += 1;
            let text = String::from_utf8(text).unwrap();
            let whole: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(whole["items"], Value::from(entries(&page)), "{text}");
            assert_eq!(whole["count"].as_f64(), page.total, "{text}");
            assert_eq!(whole["items"].as_array().map(Vec::len), Some(page.count as usize), "{text}");
        }
        assert!(taken > 2_500, "{taken}");
    }

    #[test]
    fn everything_else_is_read_in_the_usual_way() {
        for text in [
            "",
            "[]",
            "{}",
            "{\"items\":null}",
            "{\"items\":[1}",
            "{\"items\":[1]} x",
            "{\"items\":[1],\"items\":[2]}",
            "{\"items\":[{\"a\":1]}",
            "{\"items\":[{\"__proto__\":1}]}",
            "{\"items\":[{\"\\u005f_proto__\":1}]}",
            "{\"items\":[{\"a\":9007199254740993}]}",
            "{\"items\":[\"\\ud83d\"]}",
            "{\"items\":[],\"count\":9007199254740993}",
            "\u{feff}{\"items\":[]}",
            "{\"items\":[{\"a\" 1}]}",
            "{\"items\":[{\"a\":1,}]}",
            "{\"items\":[1,]}",
            "{\"items\":[{a:1}]}",
        ] {
            assert_eq!(page(text), None, "{text}");
        }
        let deep = format!("{{\"items\":[{}]}}", "[".repeat(126) + &"]".repeat(126));
        assert_eq!(page(&deep), None);
    }
}
