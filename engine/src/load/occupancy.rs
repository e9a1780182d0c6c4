//! How many are present, moment by moment.

use crate::units::Instant;
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

/// A count that changes at some moments: from each key to the next it is the key's value, before the first it is
/// nothing. Neighbours differ, so the map is no longer than what is present makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Occupancy {
    steps: BTreeMap<Instant, u32>,
}

impl Occupancy {
    /// How many are present at a moment.
    fn at(&self, moment: Instant) -> u32 {
        self.steps.range(..=moment).next_back().map_or(0, |(_, &present)| present)
    }

    /// The most that are present at any moment from `from` to before `until`; nothing when there is no such moment.
    pub(super) fn peak(&self, from: Instant, until: Instant) -> u32 {
        if from >= until {
            return 0;
        }
        let within = self.steps.range((Excluded(from), Excluded(until)));
        within.map(|(_, &present)| present).fold(self.at(from), u32::max)
    }

    /// One more is present from `from` to before `until`. Whether it fits a count is asked before.
    pub(super) fn add(&mut self, from: Instant, until: Instant) {
        self.change(from, until, |present| present.saturating_add(1));
    }

    /// One less is present from `from` to before `until`. It was added before.
    pub(super) fn remove(&mut self, from: Instant, until: Instant) {
        self.change(from, until, |present| present.saturating_sub(1));
    }

    /// The first moment from `from` on such that from it until what follows from it at most `most` are present;
    /// [`Instant::NEVER`] when there is none. O(steps between).
    pub(super) fn first_with_at_most(
        &self,
        most: u32,
        from: Instant,
        until: impl Fn(Instant) -> Instant,
    ) -> Instant {
        let mut start = from;
        loop {
            if until(start) <= start {
                return start;
            }
            let within = self.steps.range((Excluded(start), Excluded(until(start))));
            let full = within.filter(|(_, present)| **present > most).map(|(&at, _)| at).next_back();
            let full = full.or_else(|| (self.at(start) > most).then_some(start));
            let Some(full) = full else { return start };
            let frees = self.steps.range((Excluded(full), Unbounded)).find(|(_, present)| **present <= most);
            match frees {
                Some((&at, _)) => start = at,
                None => return Instant::NEVER,
            }
        }
    }

    /// The moments at which someone comes or goes.
    pub(super) fn moments(&self) -> impl Iterator<Item = Instant> {
        self.steps.keys().copied()
    }

    /// The first of the moments at which most are present, if those are more than so many.
    pub(super) fn fullest_beyond(&self, most: u32) -> Option<Instant> {
        let beyond = self.steps.iter().filter(|&(_, &present)| present > most);
        beyond.max_by_key(|&(&at, &present)| (present, std::cmp::Reverse(at))).map(|(&at, _)| at)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    fn change(&mut self, from: Instant, until: Instant, to: impl Fn(u32) -> u32) {
        if from >= until {
            return;
        }
        let (first, last) = (self.at(from), self.at(until));
        self.steps.insert(from, first);
        self.steps.insert(until, last);
        for (_, present) in self.steps.range_mut(from..until) {
            *present = to(*present);
        }
        // Only the ends can have become equal to what is before them: inside, all changed alike.
        for end in [from, until] {
            let before =
                self.steps.range((Unbounded, Excluded(end))).next_back().map_or(0, |(_, &count)| count);
            if self.steps.get(&end) == Some(&before) {
                self.steps.remove(&end);
            }
        }
    }
}
