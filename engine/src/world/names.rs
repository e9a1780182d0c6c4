//! Keys of one kind of thing, both ways: index to key and key to index.

use crate::units::Index;
use hashbrown::HashTable;
use smallvec::SmallVec;
use std::hash::BuildHasher;
use std::marker::PhantomData;

/// Keys in sorted order in one arena; looking a key up reads one hash bucket and compares one string.
#[derive(Clone, Debug)]
pub struct Names<I> {
    text: String,
    ends: Vec<u32>,
    /// Row and part of the hash of each key: another key is mostly told from it without its text being read.
    table: HashTable<(u32, u32)>,
    index: PhantomData<fn(I)>,
}

const HASHER: foldhash::fast::FixedState = foldhash::fast::FixedState::with_seed(0x56_6f6c_6f6b);

/// Keys that are looked for side by side.
const SIDE_BY_SIDE: usize = 16;

/// The part of a hash that stands beside a row: bits that say neither which bucket nor what its tag is.
fn part(hash: u64) -> u32 {
    (hash >> 24) as u32
}

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
            table.insert_unique(hash, (row, part(hash)), |&(other, _)| HASHER.hash_one(names.text_of(other)));
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
        let hash = HASHER.hash_one(key);
        let same = |&(row, part): &(u32, u32)| part == self::part(hash) && self.text_of(row) == key;
        self.table.find(hash, same).map(|&(row, _)| I::of(row as usize))
    }

    /// Indices of many keys, each written where its key stands. Faster than one after the other where there are many
    /// names: while one key waits for memory, others are looked for.
    pub fn find_all<'k>(&self, keys: impl Iterator<Item = &'k str>, found: &mut [Option<I>]) {
        let mut keys = keys.zip(found);
        loop {
            // First the buckets of all of them, then their texts: neither waits for the one before.
            let asked = keys.by_ref().take(SIDE_BY_SIDE).map(|(key, found)| {
                let hash = HASHER.hash_one(key);
                let row = self.table.find(hash, |&(_, part)| part == self::part(hash)).map(|&(row, _)| row);
                (key, row, found)
            });
            let asked: SmallVec<[_; SIDE_BY_SIDE]> = asked.collect();
            if asked.is_empty() {
                return;
            }
            for (key, row, found) in asked {
                *found = match row {
                    Some(row) if self.text_of(row) == key => Some(I::of(row as usize)),
                    // Two keys share that part of their hashes.
                    Some(_) => self.find(key),
                    None => None,
                };
            }
        }
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

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::world::SkuIx;

    #[test]
    fn many_keys_are_found_as_one_is() {
        let known: Vec<String> = (0..5_000).map(|key| format!("sku-{key:05}")).collect();
        let names: Names<SkuIx> = Names::from_sorted(known.iter().map(String::as_str)).unwrap();
        // Every third is unknown, and the last block is not full.
        let asked: Vec<String> = (0..7_001).map(|key| format!("sku-{:05}", key * 7_919 % 7_500)).collect();
        let mut found = vec![Some(SkuIx(7)); asked.len()];
        names.find_all(asked.iter().map(String::as_str), &mut found);
        let one_by_one: Vec<_> = asked.iter().map(|key| names.find(key)).collect();
        assert_eq!(found, one_by_one);
        assert!(found.contains(&None));
        assert_eq!(names.find("sku-00007"), Some(SkuIx(7)));
    }
}
