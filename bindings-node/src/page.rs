//! A page of a listing, laid out so that JavaScript makes its entries quickly: the keys of alike objects
//! are told once, and the values follow each other in one flat list.
//!
//! JSON.parse spends most of its time on the keys of objects. So each object is here the number of its
//! form (its keys), and then its values. Lists, and what is in them, stay as they are.

use std::collections::HashMap;

use crate::text::{Reader, push_latin};

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
        let is_ascii = text.is_ascii();
        let mut layout = Layout { is_ascii, ..Layout::new(text) };
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
                    layout.reader.next()?;
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
    is_ascii: bool,
    /// The entries have been found.
    is_there: bool,
    count: u32,
    pieces: Vec<Vec<u8>>,
    piece: Vec<u8>,
    /// Keys of the objects that are open, with their quotes; and whether their values have forms.
    keys: Vec<(&'a str, bool)>,
    forms: Vec<Vec<(&'a str, bool)>>,
    numbers: HashMap<Vec<(&'a str, bool)>, usize>,
    /// The form of the object before, by level.
    expected: [usize; LEVELS],
}

impl<'a> Layout<'a> {
    fn new(text: &'a str) -> Self {
        Layout {
            reader: Reader::new(text),
            is_ascii: false,
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
            if self.reader.next()? == b'{' {
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
        let mut more = self.reader.begins(b'{')?;
        while more {
            let key = self.reader.key()?;
            // What is not a key like any other.
            if key == "\"__proto__\"" || key.contains('\\') {
                return None;
            }
            let has_form = self.reader.next()? == b'{' && level + 1 < LEVELS;
            self.keys.push((key, has_form));
            if has_form {
                self.object(outer + 1, level + 1)?;
            } else {
                self.value(outer + 1)?;
            }
            more = self.reader.goes_on(b'{')?;
        }
        let keys = &self.keys[first..];
        if self.forms.get(expected).is_none_or(|form| form != keys) {
            let next = self.forms.len();
            let number = match self.numbers.get(keys) {
                Some(number) => *number,
                None => {
                    self.forms.push(keys.to_vec());
                    self.numbers.insert(keys.to_vec(), next);
                    next
                }
            };
            self.expected[level] = number;
            if number != expected {
                let mut digits = Vec::new();
                push_number(&mut digits, number);
                self.piece.splice(place..values, digits);
            }
        }
        self.keys.truncate(first);
        Some(())
    }

    fn value(&mut self, outer: usize) -> Option<()> {
        let start = self.reader.at;
        self.reader.value(outer)?;
        self.push(start);
        self.piece.push(b',');
        Some(())
    }

    fn push(&mut self, start: usize) {
        let text = self.reader.since(start);
        if self.is_ascii {
            self.piece.extend_from_slice(text.as_bytes());
        } else {
            push_latin(&mut self.piece, text);
        }
    }

    fn page(self, total: Option<f64>) -> Page {
        let mut forms = vec![b'['];
        for form in &self.forms {
            if forms.len() > 1 {
                forms.push(b',');
            }
            forms.push(b'[');
            for (i, (key, has_form)) in form.iter().enumerate() {
                if i > 0 {
                    forms.push(b',');
                }
                let (before, behind) = if *has_form { ("[", "]") } else { ("", "") };
                forms.extend_from_slice(before.as_bytes());
                push_latin(&mut forms, key);
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
                {"id": 2, "a": {"N": "Ł", "Ł": null}, "l": []}, {"id": 3, "a": {}, "l": {}}, 5, {"id":4,"a":{},"l":{}}]}"#,
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
            let values: Vec<serde_json::Value> = serde_json::from_slice(piece).unwrap();
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
