//! The keys of objects, by number. Where objects are alike, each key is where it is expected.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Keys, in an order.
#[derive(Debug, Default)]
pub(super) struct Keys {
    names: Vec<String>,
    by_name: HashMap<String, usize, RandomState>,
    /// The key that comes next where objects are alike.
    next: usize,
}

impl Keys {
    /// These keys, each another.
    pub(super) fn new<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        let mut keys = Keys::default();
        for name in names {
            keys.add(name.as_ref());
        }
        keys
    }

    /// Begins with another object.
    pub(super) fn begin(&mut self) {
        self.next = 0;
    }

    /// The number of a key, where it is one of these.
    pub(super) fn find(&mut self, name: &str) -> Option<usize> {
        let at = match self.names.get(self.next) {
            Some(known) if known == name => self.next,
            _ => self.of(name)?,
        };
        self.next = at + 1;
        Some(at)
    }

    /// The same, of a key that may come in any place.
    pub(super) fn of(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Adds a key behind the others.
    pub(super) fn add(&mut self, name: &str) -> usize {
        let at = self.names.len();
        self.names.push(name.to_owned());
        self.by_name.insert(name.to_owned(), at);
        self.next = at + 1;
        at
    }

    pub(super) fn name(&self, at: usize) -> &str {
        self.names.get(at).map_or("", String::as_str)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}
