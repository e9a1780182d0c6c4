//! Names of a book, by kind, in the order in which they were heard of.

use super::command::Kind;
use super::limits;
use super::refusal::{Code, Refusal};
use hashbrown::HashTable;
use std::hash::BuildHasher;

const HASHER: foldhash::fast::FixedState = foldhash::fast::FixedState::with_seed(0x6e_616d_6573);

/// What stands between a node and the key of its zone: nothing that is written.
pub(super) const BETWEEN: char = '\u{1f}';

/// How a book names a zone: zones of different nodes may share a key.
pub(super) fn zone_name(node: &str, key: &str) -> String {
    format!("{node}{BETWEEN}{key}")
}

/// Names of one kind.
#[derive(Clone, Debug, Default)]
pub(super) struct OfKind {
    names: Vec<Box<str>>,
    rows: HashTable<u32>,
}

impl OfKind {
    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    pub fn of(&self, row: u32) -> Option<&str> {
        self.names.get(row as usize).map(|name| &**name)
    }

    pub fn find(&self, name: &str) -> Option<u32> {
        self.rows.find(HASHER.hash_one(name), |&row| self.of(row) == Some(name)).copied()
    }

    fn push(&mut self, name: Box<str>) {
        let names = &self.names;
        let of = |&row: &u32| names.get(row as usize).map_or(0, |name| HASHER.hash_one(&**name));
        self.rows.insert_unique(HASHER.hash_one(&*name), names.len() as u32, of);
        self.names.push(name);
    }
}

/// All names of a book.
#[derive(Clone, Debug, Default)]
pub(super) struct Names([OfKind; Kind::ALL.len()]);

impl Names {
    pub fn of(&self, kind: Kind) -> &OfKind {
        &self.0[kind as usize]
    }

    /// Whether a number was given.
    pub fn knows(&self, kind: Kind, number: u32) -> bool {
        (number as usize) < self.of(kind).len()
    }

    /// Whether names have the shape of names, and there is room for their numbers.
    pub fn inspect(names: &[Box<str>]) -> Result<(), Refusal> {
        if names.is_empty() {
            return Err(Refusal::new(Code::Empty, 0u32, 1u32));
        }
        if names.len() > limits::AT_ONCE {
            return Err(Refusal::new(Code::TooMany, names.len() as u64, limits::AT_ONCE as u64));
        }
        for (row, name) in names.iter().enumerate() {
            if name.is_empty() || name.len() > limits::NAME_BYTES {
                let most = limits::NAME_BYTES as u64;
                return Err(Refusal::new(Code::Malformed, name.len() as u64, most).on(row));
            }
        }
        let mut sorted: Vec<&str> = names.iter().map(|name| &**name).collect();
        sorted.sort_unstable();
        match sorted.windows(2).all(|pair| pair[0] != pair[1]) {
            true => Ok(()),
            false => Err(Refusal::new(Code::Malformed, 2u32, 1u32)),
        }
    }

    /// Gives the next numbers to names; the first of them.
    pub fn register(&mut self, kind: Kind, names: &[Box<str>]) -> Result<u32, Refusal> {
        let of_kind = &mut self.0[kind as usize];
        for (row, name) in names.iter().enumerate() {
            if let Some(known) = of_kind.find(name) {
                return Err(Refusal::new(Code::AlreadyKnown, 0u32, known).on(row));
            }
        }
        let first = of_kind.len();
        if first + names.len() > limits::ROWS {
            return Err(Refusal::new(Code::Crowded, names.len() as u64, (limits::ROWS - first) as u64));
        }
        names.iter().for_each(|name| of_kind.push(name.clone()));
        Ok(first as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_given_in_turn_and_never_twice() {
        let mut names = Names::default();
        assert_eq!(names.register(Kind::Sku, &["pen".into(), "pan".into()]), Ok(0));
        assert_eq!(names.register(Kind::Sku, &["pin".into()]), Ok(2));
        assert_eq!(names.register(Kind::Node, &["pen".into()]), Ok(0));
        let again = names.register(Kind::Sku, &["pun".into(), "pan".into()]).unwrap_err();
        assert_eq!((again.code, again.line, again.there_is), (Code::AlreadyKnown, 1, 1));
        assert_eq!(names.of(Kind::Sku).find("pun"), None);
    }
}
