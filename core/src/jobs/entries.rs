//! The entries of a page as rows: what came as JSON becomes the text of each row in one pass.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::cell::Cell;
use super::keys::Keys;
use super::stream::{At, Column, unreadable};
use super::target::Target;
use crate::error::Result;
use crate::json::write_text;
use crate::reply::Reply;

/// The entries of one page after the other.
pub(super) struct Entries {
    /// Key that holds the entries, and the one that holds the number of all, where there is one.
    page: &'static [&'static str],
    columns: Vec<Column>,
    whole: Option<Whole>,
    is_csv: bool,
    /// The rows of this page.
    text: Vec<u8>,
    rows: Vec<Row>,
    /// Keys of the object within an entry, and which of them each entry has though they are not known.
    keys: Keys,
    strangers: Vec<usize>,
    /// Number of all entries, where the page tells it.
    pub(super) total: Option<u64>,
}

/// Says that a row of JSON is the entry as it came, but for an object in it that holds nothing but columns.
pub(super) struct Whole {
    /// The key of the object.
    pub(super) key: &'static str,
    /// Keys that it may have, also those that are no columns.
    pub(super) known: Vec<String>,
}

/// An entry as a row.
struct Row {
    id: Option<i64>,
    text: Range<usize>,
    strangers: Range<usize>,
}

impl Entries {
    /// Entries that go to this target. A row of JSON has its columns, without those that are null, where it
    /// is not the whole entry.
    pub(super) fn new(page: &'static [&'static str], target: &Target, whole: Option<Whole>) -> Self {
        Entries::of(page, target.columns().to_vec(), whole, target.is_csv())
    }

    fn of(page: &'static [&'static str], columns: Vec<Column>, whole: Option<Whole>, is_csv: bool) -> Self {
        Entries {
            page,
            columns,
            whole,
            is_csv,
            text: Vec::new(),
            rows: Vec::new(),
            keys: Keys::default(),
            strangers: Vec::new(),
            total: None,
        }
    }

    /// Reads a page. What was read before is let go.
    pub(super) fn read(&mut self, reply: &Reply) -> Result<()> {
        self.clear();
        self.total = None;
        if reply.is_empty() {
            return Ok(());
        }
        self.pass(&reply.text()).map_err(|error| unreadable(reply, error.to_string()))
    }

    fn pass(&mut self, text: &str) -> serde_json::Result<()> {
        let mut json = serde_json::Deserializer::from_str(text);
        let mut page = Page::new(self);
        Part { page: &mut page, level: Level::Page }.deserialize(&mut json)?;
        self.keys = page.inner.keys;
        json.end()
    }

    fn clear(&mut self) {
        self.text.clear();
        self.rows.clear();
        self.strangers.clear();
    }

    /// Number of entries.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Keeps the entries of which this is true, told of each by its identifier.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(Option<i64>) -> bool) {
        self.rows.retain(|row| keep(row.id));
    }

    /// Writes the rows.
    pub(super) fn write(&self, target: &mut Target) -> Result<()> {
        self.rows.iter().try_for_each(|row| target.line(&self.text[row.text.clone()]))
    }

    /// Keys of the object within that nobody knows, as often as an entry has one.
    pub(super) fn strangers(&self) -> impl Iterator<Item = &str> {
        let all = self.rows.iter().flat_map(|row| &self.strangers[row.strangers.clone()]);
        all.map(|key| self.keys.name(*key))
    }
}

/// A page that is being read. Made anew for each, so that the keys of many do not add up.
struct Page<'a> {
    entries: &'a mut Entries,
    keys: Keys,
    own: Object,
    /// The object within the entry, and its key in that.
    inner: Object,
    inner_at: Option<usize>,
    /// So many keys of that object are known.
    known: usize,
    /// Where the columns are: whether in that object, and under which key.
    places: Vec<(bool, usize)>,
    /// Values of this entry, and of what is passed over.
    cells: Vec<u8>,
    id_at: Option<usize>,
    id: Option<i64>,
}

/// An object of an entry.
#[derive(Default)]
struct Object {
    keys: Keys,
    /// Where the value of each key is among the cells.
    values: Vec<Option<Range<usize>>>,
    /// The keys that it has, in their order.
    order: Vec<usize>,
}

impl Object {
    fn add(&mut self, name: &str) -> usize {
        self.keys.find(name).unwrap_or_else(|| self.keys.add(name))
    }

    fn begin(&mut self) {
        self.keys.begin();
        self.values.clear();
        self.values.resize(self.keys.len(), None);
        self.order.clear();
    }

    /// Of a key that comes twice the last value counts, in the first place.
    fn set(&mut self, key: usize, value: Range<usize>) {
        if key >= self.values.len() {
            self.values.resize(key + 1, None);
        }
        if self.values[key].replace(value).is_none() {
            self.order.push(key);
        }
    }

    fn get<'a>(&self, key: usize, cells: &'a [u8]) -> Option<&'a [u8]> {
        cells.get(self.values.get(key)?.clone()?)
    }
}

impl<'a> Page<'a> {
    fn new(entries: &'a mut Entries) -> Self {
        let (mut own, mut inner) = (Object::default(), Object::default());
        for name in entries.whole.iter().flat_map(|whole| &whole.known) {
            inner.add(name);
        }
        let place = |column: &Column| match column.at {
            At::Within(_) => (true, inner.add(&column.name)),
            _ => (false, own.add(&column.name)),
        };
        let mut places: Vec<_> = entries.columns.iter().map(place).collect();
        if !entries.is_csv {
            // An object has a key once.
            let mut had = HashSet::new();
            places.retain(|place| had.insert(*place));
        }
        let inner_at = entries.whole.as_ref().map(|whole| own.add(whole.key));
        let (keys, known, id_at) = (Keys::new(entries.page), inner.keys.len(), own.keys.find("id"));
        Page { entries, keys, own, inner, inner_at, known, places, cells: Vec::new(), id_at, id: None }
    }

    /// Begins an entry.
    fn begin(&mut self) {
        self.own.begin();
        self.inner.begin();
        self.cells.clear();
        self.id = None;
    }

    /// Makes a row of the entry.
    fn end(&mut self) {
        if let Some(inner_at) = self.inner_at {
            // Where it is missing it comes last.
            self.own.set(inner_at, 0..0);
        }
        let Entries { text: out, rows, strangers, is_csv, .. } = &mut *self.entries;
        let (start, first) = (out.len(), strangers.len());
        let columns = self.places.iter().map(|&(is_inner, key)| {
            let object = if is_inner { &self.inner } else { &self.own };
            (is_inner, object.keys.name(key), object.get(key, &self.cells))
        });
        if *is_csv {
            for (at, (_, _, value)) in columns.enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(value.unwrap_or_default());
            }
        } else if let Some(inner_at) = self.inner_at {
            out.push(b'{');
            for &key in &self.own.order {
                write_key(out, self.own.keys.name(key));
                match self.own.get(key, &self.cells) {
                    _ if key == inner_at => {
                        let inner = columns.clone().filter(|(is_inner, ..)| *is_inner);
                        write_object(out, inner.filter_map(|(_, name, value)| Some((name, value?))));
                    }
                    value => out.extend_from_slice(value.unwrap_or_default()),
                }
                out.push(b',');
            }
            close(out);
        } else {
            let known = columns.filter_map(|(_, name, value)| Some((name, value?)));
            write_object(out, known.filter(|(_, value)| *value != b"null"));
        }
        strangers.extend(self.inner.order.iter().filter(|key| **key >= self.known));
        rows.push(Row { id: self.id, text: start..out.len(), strangers: first..strangers.len() });
    }

    /// Reads the value of a key; what has no place is passed over.
    fn value<'de, A: MapAccess<'de>>(
        &mut self,
        level: Level,
        key: Option<usize>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let object = match level {
            Level::Entry => Some(&mut self.own),
            Level::Inner => Some(&mut self.inner),
            Level::Page | Level::Entries => None,
        };
        let place = object.zip(key);
        let (start, is_csv) = (self.cells.len(), self.entries.is_csv && place.is_some());
        let number = map.next_value_seed(Cell { out: &mut self.cells, is_csv })?;
        if let Some((object, key)) = place {
            object.set(key, start..self.cells.len());
            if level == Level::Entry && Some(key) == self.id_at {
                self.id = number;
            }
        }
        Ok(())
    }
}

fn write_key(out: &mut Vec<u8>, name: &str) {
    write_text(out, name);
    out.push(b':');
}

/// Writes an object whose values are JSON.
fn write_object<'a>(out: &mut Vec<u8>, members: impl Iterator<Item = (&'a str, &'a [u8])>) {
    out.push(b'{');
    for (name, value) in members {
        write_key(out, name);
        out.extend_from_slice(value);
        out.push(b',');
    }
    close(out);
}

/// Ends an object behind its last comma.
fn close(out: &mut Vec<u8>) {
    out.pop_if(|byte| *byte == b',');
    out.push(b'}');
}

/// What of a page is read. What is not as it should be is passed over.
struct Part<'a, 'b> {
    page: &'a mut Page<'b>,
    level: Level,
}

#[derive(Clone, Copy, PartialEq)]
enum Level {
    Page,
    Entries,
    Entry,
    Inner,
}

impl<'de> DeserializeSeed<'de> for Part<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Part { page, level: Level::Entries } = self else {
            let out = &mut self.page.cells;
            while list.next_element_seed(Cell { out: &mut *out, is_csv: false })?.is_some() {}
            return Ok(());
        };
        loop {
            page.begin();
            if list.next_element_seed(Part { page: &mut *page, level: Level::Entry })?.is_none() {
                return Ok(());
            }
            page.end();
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Part { page, level } = self;
        // In JSON a row is the whole entry, whatever is in it.
        let is_whole = page.inner_at.is_some() && !page.entries.is_csv;
        loop {
            let find = match level {
                Level::Page | Level::Entries => Find { keys: &mut page.keys, adds: false },
                Level::Entry => Find { keys: &mut page.own.keys, adds: is_whole },
                Level::Inner => Find { keys: &mut page.inner.keys, adds: true },
            };
            let Some(key) = map.next_key_seed(find)? else { return Ok(()) };
            match (level, key) {
                (Level::Page, Some(0)) => {
                    page.entries.clear();
                    map.next_value_seed(Part { page: &mut *page, level: Level::Entries })?;
                }
                (Level::Page, Some(1)) => page.entries.total = map.next_value::<Value>()?.as_u64(),
                (Level::Entry, Some(at)) if Some(at) == page.inner_at => {
                    page.inner.begin();
                    map.next_value_seed(Part { page: &mut *page, level: Level::Inner })?;
                    page.own.set(at, 0..0);
                }
                _ => page.value(level, key, &mut map)?,
            }
        }
    }
}

/// Finds a key, or adds it.
struct Find<'a> {
    keys: &'a mut Keys,
    adds: bool,
}

impl<'de> DeserializeSeed<'de> for Find<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Find<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        let found = self.keys.find(name);
        Ok(if self.adds { found.or_else(|| Some(self.keys.add(name))) } else { found })
    }
}

#[cfg(test)]
mod tests {
    use super::super::csv::write_field;
    use super::super::take_list;
    use super::*;
    use crate::mutated::mutated;
    use crate::schema::Ty;

    const OWN: [&str; 4] = ["id", "email", "emailBlacklisted", "createdAt"];
    /// Attributes that are wanted, and those that are known.
    const WANTED: [&str; 4] = ["TOWN", "NAME", "LIKES", "NAME"];
    const KNOWN: [&str; 5] = ["NAME", "OLD", "TOWN", "LIKES", "SCORE"];

    /// What of a page goes on: the rows with their identifiers, the strangers, and the total.
    #[derive(Debug, PartialEq)]
    struct Told {
        rows: Vec<(Option<i64>, String)>,
        strangers: Vec<String>,
        total: Option<u64>,
    }

    fn entries(is_csv: bool, is_whole: bool) -> Entries {
        let within = if is_whole { &WANTED[..] } else { &[] };
        let within = within.iter().map(|name| Column::within("attributes", *name, Ty::Any));
        let columns = OWN.iter().map(|name| Column::new(*name, Ty::Any)).chain(within).collect();
        let known = KNOWN.iter().map(|name| (*name).to_owned()).collect();
        let whole = is_whole.then_some(Whole { key: "attributes", known });
        Entries::of(&["contacts", "count"], columns, whole, is_csv)
    }

    fn told(entries: &mut Entries, text: &str) -> Result<Told, String> {
        entries
            .read(&Reply { body: text.to_owned().into(), ..Reply::default() })
            .map_err(|e| e.to_string())?;
        let text = |row: &Row| String::from_utf8(entries.text[row.text.clone()].to_vec()).expect("text");
        Ok(Told {
            rows: entries.rows.iter().map(|row| (row.id, text(row))).collect(),
            strangers: entries.strangers().map(str::to_owned).collect(),
            total: entries.total,
        })
    }

    /// The same by a tree of values.
    fn by_tree(text: &str, is_csv: bool, is_whole: bool) -> Result<Told, String> {
        let reply = Reply { body: text.to_owned().into(), ..Reply::default() };
        let mut body = reply.json().map_err(|error| error.to_string())?;
        let (mut rows, mut strangers) = (Vec::new(), Vec::new());
        for mut entry in take_list(&mut body, "contacts") {
            let id = entry.get("id").and_then(Value::as_i64);
            let values = entry.get("attributes").and_then(Value::as_object).filter(|_| is_whole).cloned();
            let values = values.unwrap_or_default();
            strangers.extend(values.keys().filter(|name| !KNOWN.contains(&name.as_str())).cloned());
            let row = if is_csv {
                let own = OWN.iter().map(|name| entry.get(name));
                let all = own.chain(WANTED.iter().filter(|_| is_whole).map(|name| values.get(*name)));
                let cells = all.map(|value| {
                    let mut cell = Vec::new();
                    write_field(&mut cell, super::super::cell(value).as_bytes());
                    String::from_utf8(cell).expect("text")
                });
                cells.collect::<Vec<_>>().join(",")
            } else if is_whole {
                let kept =
                    WANTED.iter().filter_map(|name| Some(((*name).to_owned(), values.get(*name)?.clone())));
                if !entry.is_object() {
                    entry = Value::Object(serde_json::Map::new());
                }
                entry["attributes"] = Value::Object(kept.collect());
                entry.to_string()
            } else {
                let kept = OWN.iter().filter_map(|name| {
                    let value = entry.get(name).filter(|value| !value.is_null())?;
                    Some(((*name).to_owned(), value.clone()))
                });
                Value::Object(kept.collect()).to_string()
            };
            rows.push((id, row));
        }
        Ok(Told { rows, strangers, total: body.get("count").and_then(Value::as_u64) })
    }

    /// Rows of a page in each form; they are those of a tree.
    fn each(text: &str) -> [Result<Told, String>; 3] {
        [(true, true), (false, true), (false, false)].map(|(is_csv, is_whole)| {
            let told = told(&mut entries(is_csv, is_whole), text);
            assert_eq!(told, by_tree(text, is_csv, is_whole), "{text}");
            told
        })
    }

    #[test]
    fn a_page_becomes_rows() {
        let page = r#"{"count": 7, "contacts": [
            {"id":1,"email":"a@b.co","emailBlacklisted":false,"createdAt":"2026-01-01","listIds":[1, 2],"attributes":
                {"NAME":"Zo\u00eb \"Z\"","TOWN":null,"SCORE":1.50,"LIKES":["tea","oat, milk"],"LATE":1,"MORE":2}},
            {"attributes":{"LATE":{}}, "email":null,"x y":1.50,"id":"2"}], "more": [{"a": "b"}]}"#;
        let [csv, whole, columns] = each(page).map(|told| told.expect("a page"));
        let texts = |told: &Told| told.rows.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
        let name = r#""Zoë ""Z""""#;
        let first = format!(r#"1,a@b.co,false,2026-01-01,,{name},"[""tea"",""oat, milk""]",{name}"#);
        assert_eq!(texts(&csv), [first.as_str(), "2,,,,,,,"]);
        assert_eq!(
            texts(&whole),
            [
                r#"{"id":1,"email":"a@b.co","emailBlacklisted":false,"createdAt":"2026-01-01","listIds":[1,2],"attributes":{"TOWN":null,"NAME":"Zoë \"Z\"","LIKES":["tea","oat, milk"]}}"#,
                r#"{"attributes":{},"email":null,"x y":1.5,"id":"2"}"#
            ]
        );
        assert_eq!(texts(&columns)[1], r#"{"id":"2"}"#);
        assert_eq!((csv.total, csv.rows[0].0, csv.rows[1].0), (Some(7), Some(1), None));
        assert_eq!(
            (&csv.strangers[..], &whole.strangers),
            (&["LATE", "MORE", "LATE"].map(str::to_owned)[..], &csv.strangers)
        );
    }

    #[test]
    fn odd_pages_are_read_as_by_a_tree() {
        let huge = format!("[{}]", "{\"contacts\":[".repeat(100));
        for page in [
            "",
            " ",
            "null",
            "[]",
            "7",
            "{}",
            "{\"contacts\":null}",
            "{\"contacts\":{\"id\":1,\"contacts\":[{\"id\":1}],\"count\":2}}",
            "[{\"contacts\":[{\"id\":1}]}]",
            r#"{"contacts":[],"count":-1}"#,
            r#"{"contacts":[{"id":1}],"count":1.0,"contacts":[{"id":2}],"count":"2"}"#,
            r#"{"contacts":[{"id":1}],"contacts":7,"c\u006funt":1}"#,
            r#"{"contacts":[null,7,"x",true,[1,{"id":1}],-1.5,{}]}"#,
            r#"{"contacts":[{"attributes":null},{"attributes":[{"NAME":1}]},{"attributes":"NAME"},{"attributes":{}}]}"#,
            r#"{"contacts":[{"id":1,"attributes":{"NAME":1,"LATE":1},"id":2.0,"attributes":{"TOWN":1,"NEW":1,"TOWN":2}}]}"#,
            r#"{"contacts":[{"id":1,"attributes":{"NAME":1,"LATE":1},"attributes":7,"email":1,"x":1,"x":2}]}"#,
            r#"{"contacts":[{"id":9223372036854775807},{"id":9223372036854775808},{"id":-0},{"id":1e2},{"id":null}]}"#,
            r#"{"contacts":[{"email":"\ud83dx\ude00","attributes":{"\ud83d":"\ud83d\ude00"}}]}"#,
            r#"{"contacts":[{"email":{"a":[1,{"b":1,"b":"\b"}]},"createdAt":"a\r\nb","attributes":{"attributes":1,"id":3}}]}"#,
            r#"{"contacts":[{"email":1e400}]}"#,
            r#"{"contacts":[{"other":1e400}],"count":1}"#,
            r#"{"contacts":[{"id":1},]}"#,
            r#"{"contacts":[{"id":1}]}]"#,
            r#"{"contacts":[{"id":1}"#,
            "{\"contacts\":[{\"email\":\"a\tb\"}]}",
            &huge,
            &format!(r#"{{"contacts":[{{"x":{}{}}}]}}"#, "[".repeat(124), "]".repeat(124)),
            &format!(r#"{{"contacts":[{{"x":{}{}}}]}}"#, "[".repeat(125), "]".repeat(125)),
            &format!(r#"{{"contacts":[{{"attributes":{}{}}}]}}"#, "{\"NAME\":".repeat(124), "}".repeat(124)),
        ] {
            let _ = each(page);
        }
        let mut entries = entries(true, true);
        let reply =
            Reply { body: b"{\"contacts\":[{\"email\":\"Jos\xe9\"}]}"[..].into(), ..Reply::default() };
        entries.read(&reply).expect("a page");
        assert_eq!(entries.text, ",Jos\u{fffd},,,,,,".as_bytes());
    }

    #[test]
    fn what_is_kept_is_written() {
        let page = r#"{"contacts":[{"id":1,"attributes":{"A":1}},{"id":2,"attributes":{"B":1}},{"attributes":{"C":1}}]}"#;
        let mut entries = entries(false, true);
        told(&mut entries, page).expect("a page");
        entries.retain(|id| id != Some(2));
        assert_eq!((entries.len(), entries.strangers().collect::<Vec<_>>()), (2, vec!["A", "C"]));
        told(&mut entries, "{\"contacts\":[{\"id\":3}]}").expect("a page");
        assert_eq!((entries.len(), entries.strangers().count()), (1, 0), "nothing is left of another page");
        assert!(told(&mut entries, "{").is_err());
        assert_eq!(entries.len(), 0);
    }

    #[test]
    fn no_page_is_read_otherwise_than_by_a_tree() {
        // A page that fails is told whole.
        let mut random = fastrand::Rng::new();
        let whole = r#"{"contacts":[{"id":1,"email":"a@b.co","emailBlacklisted":false,"no":[1,2.50],"attributes":{"NAME":"Zo\u00eb, é","TOWN":null,"LATE":-0.1e-7}},{"id":2,"attributes":{"LIKES":["x",{"a":1}],"TOWN":"P\n"},"createdAt":{}}],"count":2}"#;
        let pieces = ["\"id\":", "\"NAME\":", "\"contacts\":", "\"attributes\":", "1,", "{},", "[],"];
        let mut good = 0;
        for _ in 0..20_000 {
            let page = mutated(&mut random, whole, &pieces);
            good += usize::from(each(&page)[0].is_ok());
        }
        assert!(good > 1_000, "{good} good pages");
    }
}
