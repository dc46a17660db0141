//! Reads pages of JSON into columns.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef};

use super::column::Builder;
use super::{Unfit, schema_of};
use crate::jobs::stream::{At, Column, Keep, Place, Sheet, Taken};
use crate::json::{Reader, unquoted, write_text};

/// Keys of an object whose place is remembered.
const MOST_KEYS: usize = 4_096;

/// The rows that were read since the last batch, column by column.
pub(super) struct Columns {
    columns: Vec<Builder>,
    /// Objects that hold values of columns, the row itself first.
    levels: Vec<Level>,
    /// The column whose values are whole rows.
    whole: Option<usize>,
    /// The column of identifiers.
    id: Option<usize>,
    rows: usize,
    /// Columns that a value of this row did not fit.
    misfits: Vec<usize>,
    schema: SchemaRef,
    unfit: Unfit,
}

// What is read gives `None` where the text is no JSON. `outer` says how many objects and lists are open.
impl Columns {
    pub(super) fn new(unfit: Unfit) -> Self {
        Columns {
            columns: Vec::new(),
            levels: Vec::new(),
            whole: None,
            id: None,
            rows: 0,
            misfits: Vec::new(),
            schema: Arc::new(Schema::empty()),
            unfit,
        }
    }

    fn page(&mut self, json: &mut Reader<'_>, place: &Place<'_>, keep: Keep<'_>) -> Option<Taken> {
        let mut taken = Taken::default();
        match json.look()? {
            b'[' if place.items.is_empty() => taken.items = self.entries(json, 0, keep)?,
            first @ b'{' => {
                let mut more = json.begins(first)?;
                while more {
                    let name = unquoted(json.key()?);
                    let (value, start) = (json.look()?, json.at);
                    if value == b'[' && name == place.items {
                        taken.items = self.entries(json, 1, keep)?;
                    } else {
                        json.value(1)?;
                        if place.total.is_some_and(|total| total == name) {
                            taken.total = json.since(start).parse().ok().or(taken.total);
                        }
                    }
                    more = json.goes_on(first)?;
                }
            }
            _ => json.value(0)?,
        }
        json.ends().then_some(taken)
    }

    fn entries(&mut self, json: &mut Reader<'_>, outer: usize, keep: Keep<'_>) -> Option<usize> {
        let mut count = 0;
        let mut more = json.begins(b'[')?;
        while more {
            self.entry(json, outer + 1, keep)?;
            count += 1;
            more = json.goes_on(b'[')?;
        }
        Some(count)
    }

    fn entry(&mut self, json: &mut Reader<'_>, outer: usize, keep: Keep<'_>) -> Option<()> {
        self.misfits.clear();
        match self.whole {
            Some(whole) => self.value(json, outer, whole)?,
            None if json.look()? == b'{' => self.object(json, outer, 0)?,
            None => json.value(outer)?,
        }
        let id = self.id.and_then(|id| self.columns[id].whole_number(self.rows));
        if !keep(id) {
            self.columns.iter_mut().for_each(|column| column.truncate(self.rows));
            return Some(());
        }
        self.columns.iter_mut().filter(|column| column.len() == self.rows).for_each(Builder::null);
        self.rows += 1;
        self.misfits.iter().for_each(|column| self.unfit.add(*column));
        Some(())
    }

    fn object(&mut self, json: &mut Reader<'_>, outer: usize, level: usize) -> Option<()> {
        let mut last = None;
        let mut more = json.begins(b'{')?;
        while more {
            match self.levels[level].slot(json, &mut last)? {
                Slot::Column(column) => self.value(json, outer + 1, column)?,
                Slot::Level(level) if json.look()? == b'{' => self.object(json, outer + 1, level)?,
                _ => json.value(outer + 1)?,
            }
            more = json.goes_on(b'{')?;
        }
        Some(())
    }

    fn value(&mut self, json: &mut Reader<'_>, outer: usize, column: usize) -> Option<()> {
        let builder = &mut self.columns[column];
        // Of a key that comes twice the last one counts, as everywhere.
        builder.truncate(self.rows);
        self.misfits.retain(|misfit| *misfit != column);
        if !builder.value(json, outer)? {
            self.misfits.push(column);
        }
        Some(())
    }
}

impl Sheet for Columns {
    fn begin(&mut self, columns: &[Column]) {
        self.schema = schema_of(columns);
        self.columns = columns.iter().map(|column| Builder::new(&column.ty)).collect();
        self.levels = vec![Level::default()];
        for (index, column) in columns.iter().enumerate() {
            match column.at {
                At::Row => self.whole = Some(index),
                At::Key => self.levels[0].add(&column.name, Slot::Column(index)),
                At::Within(key) => {
                    let level = match self.levels[0].find(key) {
                        Some(Slot::Level(level)) => level,
                        _ => {
                            let level = self.levels.len();
                            self.levels[0].add(key, Slot::Level(level));
                            self.levels.push(Level::default());
                            level
                        }
                    };
                    self.levels[level].add(&column.name, Slot::Column(index));
                }
            }
        }
        self.id = columns.iter().position(|column| column.name == "id" && column.at == At::Key);
        self.unfit.begin(columns);
    }

    fn read(&mut self, place: &Place<'_>, keep: Keep<'_>) -> Result<Taken, String> {
        self.page(&mut Reader::new(place.text), place, keep).ok_or_else(|| "the reply is not JSON".to_owned())
    }

    fn page(&mut self) -> Option<Box<dyn Any + Send>> {
        let rows = std::mem::take(&mut self.rows);
        if rows == 0 {
            return None;
        }
        let columns = self.columns.iter_mut().map(Builder::finish).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), columns);
        batch.ok().map(|batch| Box::new(batch) as Box<dyn Any + Send>)
    }
}

/// The keys of an object.
#[derive(Default)]
struct Level {
    keys: Vec<Key>,
    /// The key that came first in the last object.
    first: usize,
}

struct Key {
    /// As it is written, with its quotes and the colon.
    text: String,
    slot: Slot,
    /// The key that came after it in the last object.
    next: usize,
}

impl Key {
    /// Whether it is the key of this text, which has its quotes.
    fn is(&self, text: &str) -> bool {
        self.text.strip_suffix(':') == Some(text)
    }
}

/// Where a value goes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Slot {
    Nowhere,
    Column(usize),
    Level(usize),
}

impl Level {
    fn add(&mut self, name: &str, slot: Slot) {
        self.add_quoted(quoted(name), slot);
    }

    fn add_quoted(&mut self, mut text: String, slot: Slot) {
        text.push(':');
        let next = self.keys.len() + 1;
        self.keys.push(Key { text, slot, next });
    }

    fn find(&self, name: &str) -> Option<Slot> {
        let text = quoted(name);
        self.keys.iter().find(|key| key.is(&text)).map(|key| key.slot)
    }

    /// Passes a key and its colon, and tells where the value goes. Objects of a page have their keys in the
    /// same order, mostly: where a key was found the last time, it is looked for first.
    fn slot(&mut self, json: &mut Reader<'_>, last: &mut Option<usize>) -> Option<Slot> {
        let guess = last.map_or(self.first, |last: usize| self.keys[last].next);
        if let Some(key) = self.keys.get(guess)
            && json.passes(&key.text)
        {
            *last = Some(guess);
            return Some(key.slot);
        }
        let text = json.key()?;
        // The same key may be written with other escapes.
        let text = match text.contains('\\') {
            true => Cow::Owned(quoted(&unquoted(text))),
            false => Cow::Borrowed(text),
        };
        let at = match self.keys.iter().position(|key| key.is(&text)) {
            Some(at) => at,
            None if self.keys.len() < MOST_KEYS => {
                self.add_quoted(text.into_owned(), Slot::Nowhere);
                self.keys.len() - 1
            }
            None => return Some(Slot::Nowhere),
        };
        match *last {
            Some(last) => self.keys[last].next = at,
            None => self.first = at,
        }
        *last = Some(at);
        Some(self.keys[at].slot)
    }
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    let mut out = Vec::new();
    write_text(&mut out, text);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray as _;
    use arrow_array::types::{Float64Type, Int64Type};
    use serde_json::Value;

    use super::*;
    use crate::mutated::mutated;
    use crate::schema::Ty;

    fn sheet(columns: &[Column]) -> Columns {
        let mut sheet = Columns::new(Unfit::default());
        sheet.begin(columns);
        sheet
    }

    fn contacts() -> Columns {
        sheet(&[
            Column::new("id", Ty::Integer),
            Column::new("email", Ty::String),
            Column::within("attributes", "NAME", Ty::String),
            Column::within("attributes", "A \"B\"/é", Ty::Number),
            Column::new("listIds", Ty::List(&Ty::Integer)),
        ])
    }

    fn read(sheet: &mut Columns, text: &str, keep: Keep<'_>) -> Result<Taken, String> {
        Sheet::read(sheet, &Place { text, items: "contacts", total: Some("count") }, keep)
    }

    fn batch(sheet: &mut Columns) -> Option<RecordBatch> {
        Sheet::page(sheet).map(|page| *page.downcast().expect("a batch"))
    }

    /// A column of texts.
    fn texts(batch: &RecordBatch, column: usize) -> Vec<Option<&str>> {
        batch.column(column).as_string::<i32>().iter().collect()
    }

    fn ids(batch: &RecordBatch) -> Vec<Option<i64>> {
        batch.column(0).as_primitive::<Int64Type>().iter().collect()
    }

    #[test]
    fn a_page_becomes_columns() {
        let mut sheet = contacts();
        let page = r#" {"count": 7, "contacts": [
            {"id":1,"email":"a@b.co","attributes":{"NAME":"Zo\u00eb","A \"B\"\/\u00e9":"1.5","X":{}},"listIds":[1, 2]},
            {"attributes":{"A \"B\"/é":2,"N\u0041ME":{"a":1}},"id":2.0,"email":null,"id":3,"listIds":[1,"x"]},
            {"id":4,"email":true}, 7, {"email": "", "listIds":[]}], "more": [[]]} "#;
        let taken = read(&mut sheet, page, &mut |id| id != Some(4)).expect("a page");
        assert_eq!(taken, Taken { items: 5, total: Some(7) });
        let found = batch(&mut sheet).expect("rows");
        assert_eq!(ids(&found), [Some(1), Some(3), None, None]);
        assert_eq!(texts(&found, 1), [Some("a@b.co"), None, None, Some("")]);
        assert_eq!(texts(&found, 2), [Some("Zoë"), Some(r#"{"a":1}"#), None, None]);
        let scores: Vec<_> = found.column(3).as_primitive::<Float64Type>().iter().collect();
        assert_eq!(scores, [Some(1.5), Some(2.0), None, None]);
        let lists = found.column(4).as_list::<i32>();
        assert_eq!(lists.values().as_primitive::<Int64Type>().values(), &[1, 2]);
        let lists: Vec<_> = lists.iter().map(|list| list.map(|list| list.len())).collect();
        assert_eq!(lists, [Some(2), None, None, Some(0)]);
        assert_eq!(sheet.unfit.counts().collect::<Vec<_>>(), [("listIds", 1)]);
        assert!(batch(&mut sheet).is_none(), "each row is given once");
        read(&mut sheet, r#"{"contacts":[{"id":"5","email":1}]}"#, &mut |_| true).expect("a page");
        let found = batch(&mut sheet).expect("rows");
        assert_eq!((ids(&found), texts(&found, 1)), (vec![Some(5)], vec![Some("1")]));
    }

    #[test]
    fn numbers_are_those_of_their_texts() {
        let mut sheet = sheet(&[Column::new("id", Ty::Integer), Column::new("x", Ty::Number)]);
        let numbers = [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("1e3", Some(1_000)),
            ("-2.50e1", Some(-25)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("1e16", None),
            ("0.1", None),
        ];
        let entries: Vec<_> =
            numbers.iter().map(|(text, _)| format!("{{\"id\":{text},\"x\":{text}}}")).collect();
        read(&mut sheet, &format!("{{\"contacts\":[{}]}}", entries.join(",")), &mut |_| true)
            .expect("a page");
        let found = batch(&mut sheet).expect("rows");
        assert_eq!(ids(&found), numbers.map(|(_, id)| id));
        let floats: Vec<_> = found.column(1).as_primitive::<Float64Type>().iter().collect();
        assert_eq!(floats, numbers.map(|(text, _)| text.parse::<f64>().ok()));
        assert_eq!(sheet.unfit.counts().collect::<Vec<_>>(), [("id", 3)]);
    }

    #[test]
    fn rows_may_be_values() {
        let mut sheet = sheet(&Column::of(&Ty::String));
        let place = Place { text: r#"["a", {"b": [1]}, null]"#, items: "", total: None };
        assert_eq!(sheet.read(&place, &mut |_| true).expect("a page").items, 3);
        let found = batch(&mut sheet).expect("rows");
        assert_eq!(texts(&found, 0), [Some("a"), Some(r#"{"b": [1]}"#), None]);
    }

    /// Pages that are JSON but for a few bytes: refused where the parser refuses them, and else read as by it.
    #[test]
    fn no_page_is_read_otherwise_than_by_a_tree() {
        // A page that fails is told whole.
        let mut random = fastrand::Rng::new();
        let whole = r#"{"contacts":[{"id":1,"email":"a@b.co","no":[1,2.50],"attributes":{"NAME":"Zo\u00eb, é","LATE":-0.1e-7},"listIds":[1]},{"id":2,"attributes":{"NAME":null},"email":{}},{"email":"c","id":3}],"count":3}"#;
        let pieces = ["\"id\":", "\"NAME\":", "\"attributes\":", "1,", "{},", "[],"];
        let mut good = 0;
        for _ in 0..20_000 {
            let mut sheet = contacts();
            let page = mutated(&mut random, whole, &pieces);
            let taken = read(&mut sheet, &page, &mut |_| true);
            let found = batch(&mut sheet);
            let tree = serde_json::from_str::<Value>(&page);
            assert_eq!(taken.is_ok(), tree.is_ok(), "{page}");
            let (Ok(taken), Ok(tree)) = (taken, tree) else { continue };
            let Some(entries) = tree["contacts"].as_array() else { continue };
            if page.matches("\"contacts\"").count() > 1 {
                continue; // rows that were read are not taken back
            }
            good += 1;
            assert_eq!((taken.items, taken.total), (entries.len(), tree["count"].as_u64()), "{page}");
            let emails = found.as_ref().map_or_else(Vec::new, |batch| texts(batch, 1));
            assert_eq!(emails.len(), entries.len(), "{page}");
            for (found, entry) in emails.iter().zip(entries) {
                match (found, &entry["email"]) {
                    (None, Value::Null) => {}
                    (Some(found), Value::String(email)) => assert_eq!(found, email, "{page}"),
                    (Some(found), email) => {
                        assert_eq!(serde_json::from_str::<Value>(found).ok().as_ref(), Some(email), "{page}")
                    }
                    (None, email) => panic!("{email} is missing: {page}"),
                }
            }
        }
        assert!(good > 2_000, "{good} good pages");
    }
}
