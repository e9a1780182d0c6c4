//! What was there before a group of commands, so that the group can be undone.
//!
//! A command looks before it changes anything, so alone it never needs to be undone. A group does: its third command may be
//! refused when two have had their effect. So each table notes a row before it is first changed, while a group runs; the
//! doors through which rows are changed are few. Without a group nothing is noted.

use std::collections::BTreeMap;

/// Rows of a table as they were; nothing while no group runs.
#[derive(Clone, Debug)]
pub(super) struct Before<K, V>(Option<BTreeMap<K, V>>);

impl<K, V> Default for Before<K, V> {
    fn default() -> Self {
        Before(None)
    }
}

impl<K: Ord, V> Before<K, V> {
    /// A group begins.
    pub fn begin(&mut self) {
        self.0 = Some(BTreeMap::new());
    }

    /// Whether a group runs.
    pub fn is_noting(&self) -> bool {
        self.0.is_some()
    }

    /// Notes how a row is before it is changed; only how it was at first counts.
    pub fn note(&mut self, row: K, is: impl FnOnce() -> V) {
        if let Some(rows) = &mut self.0 {
            rows.entry(row).or_insert_with(is);
        }
    }

    /// The group ends: rows it changed, as they were.
    pub fn end(&mut self) -> BTreeMap<K, V> {
        self.0.take().unwrap_or_default()
    }
}
