//! One page after the other, for operations that list.

use serde_json::{Map, Value};

use crate::arguments::{Arguments, check};
use crate::error::{Error, Kind, Result};
use crate::schema::{Page, PageStyle, Spec};

/// Arguments of the pages of one listing.
///
/// Brevo has no cursors: where entries are added or removed while pages are read, an entry may be
/// missed or come twice.
#[derive(Debug, Clone)]
pub struct Pager {
    page: Page,
    /// Those of the next page; none behind the last.
    values: Option<Map<String, Value>>,
    size: u64,
    /// Parameter that moves on.
    key: &'static str,
}

impl Pager {
    /// Begins at the `offset` (or page) of the arguments. `limit` defaults to the endpoint's
    /// maximum.
    pub fn new(spec: &'static Spec, arguments: Arguments) -> Result<Self> {
        Pager::begin(spec, arguments).map_err(|error| error.in_operation(spec.id()))
    }

    fn begin(spec: &'static Spec, arguments: Arguments) -> Result<Self> {
        let mut values = arguments.values()?;
        let Some(page) = spec.page else {
            return Err(Error::new(Kind::InvalidArgument, "this operation lists nothing; call it instead"));
        };
        let key = match page.style {
            PageStyle::Single => "",
            PageStyle::Offset => "offset",
            PageStyle::Page if spec.field("page").is_some() => "page",
            PageStyle::Page => "page_num",
        };
        // The pager writes the parameters' names; a caller may have written their wire names.
        for field in ["limit", key].iter().filter_map(|name| spec.field(name)) {
            if field.wire() != field.name()
                && let Some(value) = values.remove(field.wire())
            {
                values.insert(field.name().to_owned(), value);
            }
        }
        if spec.field(key).is_some_and(|field| field.required) {
            values.entry(key).or_insert(Value::from(1));
        }
        let mut size = u64::MAX;
        if page.style != PageStyle::Single && spec.field("limit").is_none() {
            // How many entries make a full page is not known: only an empty one is the last.
            size = 1;
        } else if page.style != PageStyle::Single {
            let limits = spec.page_size().map(|field| field.limits());
            let largest =
                limits.and_then(|l| l.max.or_else(|| l.default.and_then(|d| d.parse().ok()))).unwrap_or(50);
            let limit = values.entry("limit").or_insert(Value::Null);
            if limit.is_null() {
                *limit = Value::from(largest);
            }
            size = limit.as_u64().unwrap_or(largest as u64);
            if size == 0 {
                let message = "a page size of at least 1 is needed to read page after page";
                return Err(Error::argument("limit", message));
            }
        }
        // At once, and not when the first page is asked for.
        check(spec, values.clone().into())?;
        Ok(Pager { page, values: Some(values), size, key })
    }

    /// Key of the reply that holds the entries; empty where the reply itself is the array.
    pub fn items_key(&self) -> &'static str {
        self.page.items
    }

    /// Key of the reply that holds the number of all entries, where there is one.
    pub fn total_key(&self) -> Option<&'static str> {
        self.page.total
    }

    /// Arguments of the next page; none when all pages are read.
    pub fn next_arguments(&self) -> Option<Arguments> {
        self.values.clone().map(Arguments::from)
    }

    /// Goes on after a page with so many entries, whose reply named this total (`total_key`).
    ///
    /// An empty page is the last one. So is a page that is not full, unless by the total there are
    /// more: Brevo may give fewer than were asked for in the middle. A total is never trusted to end
    /// early, since totals drift, and some lists' stand at 0.
    pub fn advance(&mut self, items: usize, total: Option<u64>) {
        let Some(values) = &mut self.values else { return };
        let items = items as u64;
        let (first, step) = if self.page.style == PageStyle::Offset { (0, items) } else { (1, 1) };
        let at = values.get(self.key).and_then(Value::as_u64).unwrap_or(first);
        let behind = match self.page.style {
            PageStyle::Offset => at.saturating_add(items),
            _ => at.saturating_mul(self.size),
        };
        let is_full = items >= self.size;
        if self.page.style == PageStyle::Single
            || items == 0
            || !is_full && total.is_none_or(|total| total <= behind)
        {
            self.values = None;
            return;
        }
        values.insert(self.key.to_owned(), Value::from(at + step));
    }

    /// Goes on after a page given as JSON, and gives its entries.
    pub fn take(&mut self, body: Value) -> Vec<Value> {
        let total = self.page.total.and_then(|key| body.get(key)).and_then(Value::as_u64);
        let items = match body {
            Value::Array(items) => items,
            Value::Object(mut map) => match map.remove(self.page.items) {
                Some(Value::Array(items)) => items,
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        self.advance(items.len(), total);
        items
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::names::operation_by_id;

    fn pager(id: &str, arguments: Value) -> Pager {
        let Value::Object(values) = arguments else { panic!("an object is needed") };
        Pager::new(operation_by_id(id).expect(id), values.into()).expect("it lists")
    }

    #[test]
    fn pages_have_the_largest_size_and_end_with_a_short_one() {
        let mut pager = pager("contacts.get_contacts", json!({"sort": "asc"}));
        let next = |pager: &Pager| {
            pager.next_arguments().map(|a| Value::from(a.values().expect("an object")).to_string())
        };
        assert_eq!(next(&pager).as_deref(), Some(r#"{"sort":"asc","limit":1000}"#));
        pager.advance(1000, None);
        assert_eq!(next(&pager).as_deref(), Some(r#"{"sort":"asc","limit":1000,"offset":1000}"#));
        assert_eq!(pager.take(json!({"contacts": [1, 2]})).len(), 2);
        assert_eq!(next(&pager), None);
    }

    #[test]
    fn numbered_pages_count_from_one() {
        let wire = operation_by_id("custom_objects.getrecords")
            .and_then(|spec| spec.field("page_num"))
            .unwrap()
            .wire();
        let mut pager =
            pager("custom_objects.getrecords", json!({"object_type": "car", wire: 3, "limit": 2}));
        pager.advance(2, None);
        let arguments =
            Value::from(pager.next_arguments().expect("another page").values().expect("an object"));
        assert_eq!(arguments, json!({"object_type": "car", "page_num": 4, "limit": 2}));
    }

    #[test]
    fn a_short_page_ends_only_where_the_total_does_not_say_more() {
        let page = |items: u64, total: u64| {
            let items: Vec<_> = (0..items).map(Value::from).collect();
            json!({"contacts": items, "count": total})
        };
        let start = json!({"limit": 10});
        let mut lists = pager("contacts.get_contacts", start.clone());
        assert_eq!(lists.take(page(7, 25)).len(), 7);
        assert_eq!(lists.next_arguments().expect("more").values().expect("an object")["offset"], json!(7));
        lists.take(page(10, 3));
        assert_eq!(
            lists.next_arguments().expect("a full page").values().expect("an object")["offset"],
            json!(17)
        );
        lists.take(page(0, 25));
        assert!(lists.next_arguments().is_none(), "an empty page ends whatever the total");

        let mut frozen = pager("contacts.get_contacts", start);
        frozen.take(page(7, 0));
        assert!(frozen.next_arguments().is_none());
    }

    #[test]
    fn pages_whose_size_is_brevos_own_end_with_an_empty_one() {
        let mut pager = pager("custom_objects.get_associated_records", json!({"object_type": "car"}));
        assert_eq!(pager.take(json!({"items": vec![1; 20]})).len(), 20);
        let arguments =
            Value::from(pager.next_arguments().expect("another page").values().expect("an object"));
        assert_eq!(arguments, json!({"object_type": "car", "offset": 20}));
        pager.take(json!({"items": []}));
        assert!(pager.next_arguments().is_none());
    }

    #[test]
    fn what_is_given_at_once_is_one_page() {
        let mut pager = pager("senders.get_senders", json!({}));
        assert_eq!(pager.take(json!({"senders": [1]})), [json!(1)]);
        assert!(pager.next_arguments().is_none());
    }
}
