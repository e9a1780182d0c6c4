//! Keys of one kind of thing, both ways: index to key and key to index.

use crate::units::Index;
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::marker::PhantomData;

/// Keys in sorted order in one arena; looking a key up reads one hash bucket and compares one string.
#[derive(Clone, Debug)]
pub struct Names<I> {
    text: String,
    ends: Vec<u32>,
    table: HashTable<u32>,
    index: PhantomData<fn(I)>,
}

const HASHER: foldhash::fast::FixedState = foldhash::fast::FixedState::with_seed(0x56_6f6c_6f6b);

impl<I: Index> Names<I> {
    /// From keys in sorted order without repeats. Nothing when their text passes four gigabytes.
    pub fn from_sorted<'a>(keys: impl Iterator<Item = &'a str>) -> Option<Names<I>> {
        let mut names =
            Names { text: String::new(), ends: Vec::new(), table: HashTable::new(), index: PhantomData };
        for key in keys {
            names.text.push_str(key);
            names.ends.push(u32::try_from(names.text.len()).ok()?);
        }
        let mut table = HashTable::with_capacity(names.ends.len());
        for row in 0..names.ends.len() as u32 {
            let hash = HASHER.hash_one(names.text_of(row));
            table.insert_unique(hash, row, |&other| HASHER.hash_one(names.text_of(other)));
        }
        names.table = table;
        Some(names)
    }

    fn text_of(&self, row: u32) -> &str {
        let row = row as usize;
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.text[start..self.ends[row] as usize]
    }

    /// The key of an index.
    pub fn of(&self, index: I) -> &str {
        self.text_of(index.row() as u32)
    }

    /// The index of a key.
    pub fn find(&self, key: &str) -> Option<I> {
        self.table.find(HASHER.hash_one(key), |&row| self.text_of(row) == key).map(|&row| I::of(row as usize))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Keys in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).map(|row| self.text_of(row))
    }

    /// A key that looks like the one not found, for an error that helps: same when case and blanks are ignored, else
    /// the closest by Damerau-Levenshtein distance, if any is near.
    pub fn similar(&self, key: &str) -> Option<&str> {
        let allowed = (key.chars().count() / 3).clamp(1, 3);
        self.iter()
            .take(10_000)
            .filter(|known| known.len().abs_diff(key.len()) <= allowed)
            .map(|known| (distance(known, key), known))
            .filter(|&(edits, _)| edits <= allowed)
            .min()
            .map(|(_, known)| known)
    }
}

impl<I> Default for Names<I> {
    fn default() -> Self {
        Names { text: String::new(), ends: Vec::new(), table: HashTable::new(), index: PhantomData }
    }
}

/// Edits between two keys, letters taken without case (Levenshtein, 1965).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.to_lowercase().chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, &b) in other.iter().enumerate() {
            let replaced = corner + usize::from(a != b);
            corner = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[other.len()]
}
