//! How many units are there, and how many of them are held at a moment?
//!
//! What is held is counted by the second at which it ends. So expiry needs nobody to visit the holds: a cell drops what
//! has ended when it is next looked at, a second at a time however many holds end in it, and a reader leaves it out.

use super::number::Second;
use std::collections::BTreeMap;

/// Seconds at which held units end, with how many end then. Boxes are one word wide, so that a cell without many ends
/// stays small.
#[allow(clippy::box_collection)]
#[derive(Clone, Debug)]
enum Ends {
    /// Up to two, rising; none where the units are 0. Most cells never have more.
    Near([(u32, u32); 2]),
    /// Up to [`FEW`], rising.
    Few(Box<Vec<(u32, u32)>>),
    /// A hot cell.
    Many(Box<BTreeMap<u32, u32>>),
}

/// Ends up to which a sorted list beats a tree.
const FEW: usize = 64;

/// Units of a cell, or of a fence.
#[derive(Clone, Debug)]
pub(super) struct Balance {
    /// Units there: on hand, announced, or kept by a fence.
    pub on_hand: u32,
    /// Units held, what has ended and was not dropped yet included.
    held: u32,
    /// Units never promised.
    pub safety: u32,
    /// Before this nothing ends, so that the list of ends, which lies elsewhere, is seldom read.
    soonest: u32,
    ends: Ends,
}

impl Default for Balance {
    fn default() -> Self {
        Balance { on_hand: 0, held: 0, safety: 0, soonest: u32::MAX, ends: Ends::Near([(0, 0); 2]) }
    }
}

impl Balance {
    /// Units held at a moment.
    pub fn held(&self, at: Second) -> u32 {
        planted!(CellHoldsOn => if at.0 == self.soonest { return self.held });
        match at.0 < self.soonest {
            true => self.held,
            false => self.held - self.ends.until(at.0),
        }
    }

    /// Units that may be held: none when more is held than is there.
    pub fn free(&self, at: Second) -> u32 {
        planted!(SafetyIgnored => return self.on_hand.saturating_sub(self.held(at)));
        self.on_hand.saturating_sub(self.held(at)).saturating_sub(self.safety)
    }

    /// Units held beyond those there.
    pub fn short(&self, at: Second) -> u32 {
        planted!(ShortageUnseen => return 0);
        self.held(at).saturating_sub(self.on_hand)
    }

    /// Holds units until a moment; nothing when the sum passes what the number holds.
    pub fn hold(&mut self, qty: u32, until: Second) -> Option<()> {
        let held = self.held.checked_add(qty)?;
        self.ends.add(until.0, qty);
        (self.held, self.soonest) = (held, self.soonest.min(until.0));
        Some(())
    }

    /// Gives back units that were held until a moment; nothing, and nothing changes, when they were not.
    pub fn give_back(&mut self, qty: u32, until: Second) -> Option<()> {
        let held = self.held.checked_sub(qty)?;
        self.ends.take(until.0, qty)?;
        self.held = held;
        Some(())
    }

    /// Drops what has ended.
    pub fn settle(&mut self, at: Second) {
        if at.0 >= self.soonest {
            self.held -= self.ends.drop_until(at.0);
            self.soonest = self.ends.soonest();
        }
    }

    /// One of the ends, from the midst of the list: reading it brings cell and list near.
    pub fn some_end(&self) -> u32 {
        match &self.ends {
            Ends::Near(ends) => ends[0].0,
            Ends::Few(ends) => ends.get(ends.len() / 2).map_or(0, |end| end.0),
            Ends::Many(ends) => ends.last_key_value().map_or(0, |end| *end.0),
        }
    }

    /// Whether the ends add up to what is held.
    pub fn adds_up(&self) -> bool {
        u64::from(self.held) == self.ends.total()
    }
}

impl Ends {
    fn until(&self, at: u32) -> u32 {
        match self {
            Ends::Near(ends) => ends.iter().filter(|end| end.0 <= at).map(|end| end.1).sum(),
            Ends::Few(ends) => ends.iter().take_while(|end| end.0 <= at).map(|end| end.1).sum(),
            Ends::Many(ends) => ends.range(..=at).map(|end| end.1).sum(),
        }
    }

    fn soonest(&self) -> u32 {
        let soonest = match self {
            Ends::Near(ends) => ends.iter().filter(|end| end.1 > 0).map(|end| end.0).min(),
            Ends::Few(ends) => ends.first().map(|end| end.0),
            Ends::Many(ends) => ends.first_key_value().map(|end| *end.0),
        };
        soonest.unwrap_or(u32::MAX)
    }

    fn total(&self) -> u64 {
        match self {
            Ends::Near(ends) => ends.iter().map(|end| u64::from(end.1)).sum(),
            Ends::Few(ends) => ends.iter().map(|end| u64::from(end.1)).sum(),
            Ends::Many(ends) => ends.values().map(|&qty| u64::from(qty)).sum(),
        }
    }

    fn add(&mut self, until: u32, qty: u32) {
        match self {
            Ends::Near(ends) => {
                if let Some(end) = ends.iter_mut().find(|end| end.1 > 0 && end.0 == until) {
                    end.1 += qty;
                } else if let Some(end) = ends.iter_mut().find(|end| end.1 == 0) {
                    *end = (until, qty);
                } else {
                    let mut few = Vec::with_capacity(3);
                    few.extend_from_slice(ends);
                    few.push((until, qty));
                    few.sort_unstable();
                    *self = Ends::Few(Box::new(few));
                }
            }
            Ends::Few(ends) => match ends.binary_search_by_key(&until, |end| end.0) {
                Ok(row) => ends[row].1 += qty,
                Err(row) if ends.len() < FEW => ends.insert(row, (until, qty)),
                Err(_) => {
                    let mut many: BTreeMap<u32, u32> = ends.drain(..).collect();
                    many.insert(until, qty);
                    *self = Ends::Many(Box::new(many));
                }
            },
            Ends::Many(ends) => *ends.entry(until).or_default() += qty,
        }
    }

    fn take(&mut self, until: u32, qty: u32) -> Option<()> {
        match self {
            Ends::Near(ends) => {
                let end = ends.iter_mut().find(|end| end.1 > 0 && end.0 == until)?;
                end.1 = end.1.checked_sub(qty)?;
            }
            Ends::Few(ends) => {
                let row = ends.binary_search_by_key(&until, |end| end.0).ok()?;
                ends[row].1 = ends[row].1.checked_sub(qty)?;
                if ends[row].1 == 0 {
                    ends.remove(row);
                }
            }
            Ends::Many(ends) => {
                let end = ends.get_mut(&until)?;
                *end = end.checked_sub(qty)?;
                if *end == 0 {
                    ends.remove(&until);
                }
            }
        }
        self.shrink();
        Some(())
    }

    fn drop_until(&mut self, at: u32) -> u32 {
        let dropped = match self {
            Ends::Near(ends) => {
                let mut dropped = 0;
                for end in ends.iter_mut().filter(|end| end.0 <= at) {
                    dropped += end.1;
                    *end = (0, 0);
                }
                dropped
            }
            Ends::Few(ends) => {
                let past = ends.partition_point(|end| end.0 <= at);
                ends.drain(..past).map(|end| end.1).sum()
            }
            Ends::Many(ends) => {
                let mut dropped = 0;
                while let Some(first) = ends.first_entry().filter(|first| *first.key() <= at) {
                    dropped += first.remove();
                }
                dropped
            }
        };
        self.shrink();
        dropped
    }

    /// Gives memory back once nothing is held.
    fn shrink(&mut self) {
        let empty = match self {
            Ends::Near(_) => false,
            Ends::Few(ends) => ends.is_empty(),
            Ends::Many(ends) => ends.is_empty(),
        };
        if empty {
            *self = Ends::Near([(0, 0); 2]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn at_its_last_second_a_hold_holds_nothing_and_nobody_had_to_look() {
        let mut cell = Balance { on_hand: 5, ..Balance::default() };
        cell.hold(3, Second(100)).unwrap();
        assert_eq!((cell.free(Second(99)), cell.free(Second(100))), (2, 5));
        cell.settle(Second(100));
        assert_eq!((cell.held(Second(0)), cell.give_back(3, Second(100))), (0, None));
    }

    #[test]
    fn more_held_than_there_is_leaves_nothing_free() {
        let mut cell = Balance { on_hand: 5, ..Balance::default() };
        cell.hold(5, Second(100)).unwrap();
        cell.on_hand = 3;
        assert_eq!((cell.free(Second(1)), cell.short(Second(1)), cell.short(Second(100))), (0, 2, 0));
    }

    proptest! {
        /// Against a plain list of what was held, through all three shapes.
        #[test]
        fn what_is_held_is_what_has_not_ended(
            steps in proptest::collection::vec((0u8..4, 1u32..200, 1u32..5), 1..400)
        ) {
            let (mut cell, mut held, mut now) = (Balance::default(), Vec::<(u32, u32)>::new(), 0);
            for (what, end, qty) in steps {
                match what {
                    0 | 1 => {
                        cell.hold(qty, Second(now + end)).unwrap();
                        held.push((now + end, qty));
                    }
                    2 if !held.is_empty() => {
                        let (until, qty) = held.swap_remove(end as usize % held.len());
                        cell.give_back(qty, Second(until)).unwrap();
                    }
                    _ => {
                        now += qty;
                        cell.settle(Second(now));
                        held.retain(|hold| hold.0 > now);
                    }
                }
                for at in [now, now + 50] {
                    let expected: u32 = held.iter().filter(|hold| hold.0 > at).map(|hold| hold.1).sum();
                    prop_assert_eq!(cell.held(Second(at)), expected);
                }
                prop_assert!(cell.adds_up());
            }
        }
    }
}
