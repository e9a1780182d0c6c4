//! Which requests were answered, and how? A key has one effect; sent again, it gets the answer it got.

use super::number::{Key, Stamp};
use super::outcome::Outcome;
use hashbrown::HashTable;
use std::collections::VecDeque;
use std::hash::BuildHasher;

const HASHER: foldhash::fast::FixedState = foldhash::fast::FixedState::with_seed(0x6b65_7973);

/// Tables the keys are spread over, so that growing one of them moves few.
const TABLES: usize = 1_024;

/// Entries of one page.
const PAGE: usize = 4_096;

/// An answered request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answered {
    pub key: Key,
    /// Digest of what was asked.
    pub digest: u64,
    pub outcome: Outcome,
}

/// Answered requests of a book, by key, and in the order of their time.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    pages: VecDeque<Vec<Answered>>,
    /// Entries forgotten at the start of the first page.
    gone: usize,
    /// Pages forgotten.
    base: u32,
    /// Entries, each with what places it, so that a table grows without reading them.
    tables: Vec<HashTable<(u32, u32)>>,
}

impl Default for Keys {
    fn default() -> Self {
        Keys { pages: VecDeque::new(), gone: 0, base: 0, tables: vec![HashTable::new(); TABLES] }
    }
}

impl Keys {
    fn at(pages: &VecDeque<Vec<Answered>>, base: u32, entry: u32) -> Option<&Answered> {
        let row = entry.wrapping_sub(base.wrapping_mul(PAGE as u32)) as usize;
        pages.get(row / PAGE)?.get(row % PAGE)
    }

    /// What a key was answered.
    pub fn get(&self, key: Key) -> Option<&Answered> {
        let (table, place) = spot(key);
        let is_it = |&(entry, at): &(u32, u32)| {
            at == place && Keys::at(&self.pages, self.base, entry).is_some_and(|it| it.key == key)
        };
        let &(entry, _) = self.tables[table].find(spread(place), is_it)?;
        Keys::at(&self.pages, self.base, entry)
    }

    /// Reads where a key stands, or would stand.
    pub fn place_of(&self, key: Key) -> u64 {
        let (table, place) = spot(key);
        self.tables[table]
            .find(spread(place), |&(_, at)| at == place)
            .map_or(0, |&(entry, _)| u64::from(entry))
    }

    /// Remembers an answer to a key that has none.
    pub fn push(&mut self, answered: Answered) {
        if self.pages.back().is_none_or(|page| page.len() == PAGE) {
            self.pages.push_back(Vec::with_capacity(PAGE));
        }
        let pages = (self.pages.len() as u32 - 1).wrapping_add(self.base);
        if let Some(page) = self.pages.back_mut() {
            let entry = pages.wrapping_mul(PAGE as u32).wrapping_add(page.len() as u32);
            let (table, place) = spot(answered.key);
            page.push(answered);
            self.tables[table].insert_unique(spread(place), (entry, place), |&(_, place)| spread(place));
        }
    }

    /// Forgets the oldest entry if it is older than a moment.
    pub fn forget_first(&mut self, before: Stamp) -> bool {
        let Some(first) = self.pages.front().and_then(|page| page.get(self.gone)) else { return false };
        if first.outcome.at >= before {
            return false;
        }
        let entry = self.base.wrapping_mul(PAGE as u32).wrapping_add(self.gone as u32);
        let (table, place) = spot(first.key);
        if let Ok(found) = self.tables[table].find_entry(spread(place), |&(other, _)| other == entry) {
            found.remove();
        }
        self.gone += 1;
        if self.gone == PAGE {
            self.pages.pop_front();
            (self.gone, self.base) = (0, self.base.wrapping_add(1));
        }
        true
    }

    /// Entries by time, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Answered> {
        self.pages.iter().flatten().skip(self.gone)
    }

    pub fn len(&self) -> usize {
        self.pages.iter().map(Vec::len).sum::<usize>() - self.gone
    }
}

/// Which table a key is in, and what places it there.
fn spot(key: Key) -> (usize, u32) {
    let hash = HASHER.hash_one(key.0);
    ((hash >> 32) as usize % TABLES, hash as u32)
}

/// Tables place by the low and by the highest bits of a hash.
fn spread(place: u32) -> u64 {
    u64::from(place).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::outcome::Done;

    fn answered(key: u128) -> Answered {
        let outcome = Outcome { at: Stamp(key as i64), result: Ok(Done::Set) };
        Answered { key: Key(key), digest: key as u64, outcome }
    }

    #[test]
    fn what_is_old_is_forgotten_and_nothing_else() {
        let mut keys = Keys::default();
        (0..10_000).for_each(|key| keys.push(answered(key)));
        let forgotten = (0..20_000).take_while(|_| keys.forget_first(Stamp(9_000))).count();
        assert_eq!((forgotten, keys.len()), (9_000, 1_000));
        assert_eq!(keys.get(Key(8_999)), None);
        assert_eq!(keys.get(Key(9_000)), Some(&answered(9_000)));
        (10_000..20_000).for_each(|key| keys.push(answered(key)));
        assert!((9_000..20_000).all(|key| keys.get(Key(key)) == Some(&answered(key))));
        assert_eq!(keys.iter().next(), Some(&answered(9_000)));
    }
}
