//! Where pages of contacts have been found.
//!
//! A page of the API has an offset and nothing else, so that the database would count off all contacts before it,
//! and all contacts for `count`, again for every page. What was counted once holds until something changes.

use std::collections::{BTreeMap, HashMap};

/// Queries that are remembered at once.
const QUERIES: usize = 100;

/// What is known of the pages of each query.
#[derive(Default)]
pub struct Bookmarks {
    /// The database's count of changes when they were made.
    changes: u64,
    queries: HashMap<String, Marks>,
}

/// What is known of one query.
#[derive(Default)]
pub(super) struct Marks {
    /// All contacts of the query.
    pub(super) count: Option<i64>,
    /// Contacts by their places in its order.
    places: BTreeMap<i64, i64>,
}

impl Bookmarks {
    /// Those of a query, as far as they still hold.
    pub(super) fn of(&mut self, query: &str, changes: u64) -> &mut Marks {
        if self.changes != changes || self.queries.len() >= QUERIES {
            self.queries.clear();
            self.changes = changes;
        }
        self.queries.entry(query.to_owned()).or_default()
    }
}

impl Marks {
    /// The last place not after an offset that is known, with the contact there.
    pub(super) fn before(&self, offset: i64) -> Option<(i64, i64)> {
        self.places.range(..=offset).next_back().map(|(place, contact)| (*place, *contact))
    }

    /// Remembers where a page begins and ends.
    pub(super) fn add(&mut self, offset: i64, contacts: &[super::ContactRow]) {
        if let [first, .., last] = contacts {
            self.places.insert(offset, first.id);
            self.places.insert(offset + contacts.len() as i64 - 1, last.id);
        }
    }
}
