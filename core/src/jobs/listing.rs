//! Campaigns or contacts, page by page, with as few calls as there can be.

use std::time::Instant;

use serde_json::{Map, Value};

use super::export::Seen;
use super::{call_by, take_list};
use crate::client::Client;
use crate::error::Result;
use crate::schema::Spec;

/// Entries that a page has in common with the one before: where the first of them is not known, others
/// have gone meanwhile, and some were passed over.
const OVERLAP: i64 = 1;
/// Pages in a row without anything new at which a listing that does not end is given up.
const MOST_BARREN: u32 = 10;
/// How often reading goes back, at most.
const MOST_RETURNS: u32 = 100;

/// A listing in progress.
pub(super) struct Listing<'a> {
    client: &'a Client,
    spec: &'static Spec,
    query: Map<String, Value>,
    size: i64,
    items: &'static str,
    overlap: i64,
    deadline: Instant,
    /// Where the next page begins; none when all were read.
    pub(super) offset: Option<i64>,
    /// Identifiers that were read.
    pub(super) known: Seen,
    /// All entries, as the last page says.
    pub(super) total: Option<i64>,
    /// Calls made.
    pub(super) calls: u64,
    returns: u32,
    /// Pages in a row that held nothing new.
    barren: u32,
}

impl<'a> Listing<'a> {
    /// A listing by an operation whose entries are `campaigns`, oldest first.
    pub(super) fn new(
        client: &'a Client,
        spec: &'static Spec,
        mut query: Map<String, Value>,
        deadline: Instant,
    ) -> Self {
        let size = spec.page_size().and_then(|field| field.limits().max).unwrap_or(50);
        query.insert("sort".to_owned(), "asc".into());
        query.insert("limit".to_owned(), size.into());
        Listing {
            client,
            spec,
            query,
            size,
            items: "campaigns",
            overlap: OVERLAP,
            deadline,
            offset: Some(0),
            known: Seen::default(),
            total: None,
            calls: 0,
            returns: 0,
            barren: 0,
        }
    }

    /// The same of other entries, with so many of the page before in each.
    pub(super) fn of(self, items: &'static str, overlap: i64) -> Self {
        Listing { items, overlap, ..self }
    }

    /// Calls that are still to be made, where that can be told.
    pub(super) fn left(&self) -> Option<u64> {
        let Some(offset) = self.offset else { return Some(0) };
        let left = (self.total? - offset - self.overlap).max(1);
        Some(((left + self.size - self.overlap - 1) / (self.size - self.overlap)) as u64)
    }

    /// The entries of the next page that were not read before; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Value>>> {
        while let Some(offset) = self.offset {
            let mut query = self.query.clone();
            query.insert("offset".to_owned(), offset.into());
            let mut body = call_by(self.client, self.spec, query, self.deadline).await?;
            self.calls += 1;
            let entries = take_list(&mut body, self.items);
            self.total = body.get("count").and_then(Value::as_i64);
            let is_joined = match entries.first().map(id_of) {
                Some(first) => first.is_none_or(|id| self.known.has(id)),
                None => self.known.is_empty(),
            };
            if offset > 0 && !is_joined && self.returns < MOST_RETURNS {
                self.returns += 1;
                self.offset = Some((offset - self.size / 2).max(0));
                continue;
            }
            let count = entries.len() as i64;
            self.offset = (count >= self.size).then_some(offset + count - self.overlap);
            let is_new = |entry: &Value| id_of(entry).is_none_or(|id| self.known.add(id));
            let entries: Vec<Value> = entries.into_iter().filter(is_new).collect();
            self.barren = if entries.is_empty() { self.barren + 1 } else { 0 };
            if self.barren >= MOST_BARREN {
                self.offset = None;
            }
            return Ok(Some(entries));
        }
        Ok(None)
    }
}

/// The identifier of an entry.
pub(super) fn id_of(entry: &Value) -> Option<i64> {
    entry.get("id").and_then(Value::as_i64)
}
