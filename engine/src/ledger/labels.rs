//! Which codes were given to handling units? Each company prefix and extension digit counts by itself, from 0; a code is
//! given once, and never again.

use super::book::{Book, No};
use super::command::{LabelTerms, Labels};
use super::outcome::Done;
use super::refusal::{Code, Refusal};
use super::sscc::Sscc;
use std::collections::BTreeMap;

/// Serial references given so far, by whose they are. An ordered map, because it is written out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Given(pub BTreeMap<LabelTerms, u64>);

impl Given {
    /// Codes that are left.
    pub fn left(&self, terms: LabelTerms) -> u64 {
        terms.prefix.serials().saturating_sub(self.0.get(&terms).copied().unwrap_or(0))
    }

    /// Whether there are so many left.
    pub fn allow(&self, terms: LabelTerms, count: u32) -> Result<(), Refusal> {
        match self.left(terms) {
            left if u64::from(count) > left => Err(Refusal::new(Code::CodesUsedUp, count, left)),
            _ => Ok(()),
        }
    }

    /// Gives the next ones, all of them or none; the first of them.
    pub fn give(&mut self, terms: LabelTerms, count: u32) -> Result<Sscc, No> {
        self.allow(terms, count)?;
        let given = self.0.entry(terms).or_default();
        let first =
            Sscc::new(terms.extension, terms.prefix, *given).map_err(|_| "a code beyond its range")?;
        *given += u64::from(count);
        Ok(first)
    }
}

impl Book {
    pub(super) fn label(&mut self, labels: &Labels) -> Result<Done, No> {
        let first = self.given.give(labels.terms, labels.count)?;
        Ok(Done::Labelled { first, count: labels.count })
    }

    /// How many codes a prefix and an extension digit still have. O(log prefixes).
    pub fn labels_left(&self, terms: LabelTerms) -> u64 {
        self.given.left(terms)
    }
}
