//! Which holds are on a cell? Asked when less is there than is held.
//!
//! Each cell has a chain of the holds that got units of it. A hold joins when it gets them, and nobody takes it out when
//! it ends: that would cost each release and each expiry two more places of memory, for a question that is seldom asked.
//! Instead, while a chain has more than twice as many links as units are held, each hold that joins looks at two links and
//! drops those that have ended. Each live hold holds a unit at least, so half of such a chain, or more, has ended: it
//! becomes shorter faster than it grows, and no hold waits for more than two links, however many ended at once.

use super::book::{Book, No};
use super::number::*;
use super::rows::Rows;
use crate::units::Index;

const NONE: u32 = u32::MAX;

/// Links a chain may have however little is held.
const FEW: u64 = 4;

/// Links of a long chain that are looked at when a hold joins it.
const TIDIED: u32 = 2;

/// The chain of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    first: u32,
    links: u32,
    /// The last link that was looked at and stays; what follows it is next. None: the first is next.
    tidied: u32,
}

impl Default for Chain {
    fn default() -> Self {
        Chain { first: NONE, links: 0, tidied: NONE }
    }
}

impl Chain {
    fn is_long(self, held: u32) -> bool {
        u64::from(self.links) > 2 * u64::from(held) + FEW
    }
}

#[derive(Clone, Copy, Debug)]
struct Link {
    /// Row of a hold that got units; it may have ended, or be another hold by now.
    hold: u32,
    next: u32,
}

/// The links of all chains of a book.
#[derive(Clone, Debug)]
pub(super) struct OnCells {
    links: Rows<Link>,
    /// The first link that is in no chain.
    unused: u32,
}

impl Default for OnCells {
    fn default() -> Self {
        OnCells { links: Rows::default(), unused: NONE }
    }
}

impl OnCells {
    fn join(&mut self, chain: &mut Chain, hold: u32) {
        let link = Link { hold, next: chain.first };
        chain.links += 1;
        match self.links.get_mut(self.unused as usize) {
            Some(unused) => {
                chain.first = std::mem::replace(&mut self.unused, unused.next);
                *unused = link;
            }
            None => {
                chain.first = self.links.len() as u32;
                self.links.push(link);
            }
        }
    }

    /// Looks at the next link of a chain, and drops it if its hold is not meant any more.
    fn tidy(&mut self, chain: &mut Chain, mut is_meant: impl FnMut(u32) -> bool) {
        let next = self.links.get(chain.tidied as usize).map_or(chain.first, |last| last.next);
        let Some(&Link { hold, next: after }) = self.links.get(next as usize) else {
            // The end: from the beginning again.
            chain.tidied = NONE;
            return;
        };
        if is_meant(hold) {
            chain.tidied = next;
            return;
        }
        match self.links.get_mut(chain.tidied as usize) {
            Some(last) => last.next = after,
            None => chain.first = after,
        }
        chain.links -= 1;
        if let Some(link) = self.links.get_mut(next as usize) {
            link.next = std::mem::replace(&mut self.unused, next);
        }
    }

    /// Rows of the holds of a chain: some have ended, some stand there twice.
    fn of(&self, chain: Chain) -> impl Iterator<Item = u32> {
        let mut at = chain.first;
        std::iter::from_fn(move || {
            let link = self.links.get(at as usize)?;
            at = link.next;
            Some(link.hold)
        })
    }
}

impl Book {
    /// Holds units of a cell for a hold that may be new on it.
    pub(super) fn hold_for(
        &mut self,
        hold: HoldId,
        (cell, qty): (CellNo, u32),
        until: Second,
        at: Second,
    ) -> Result<(), No> {
        let is_in_group = self.cells.is_in_group();
        let row = self.cells.row_mut(cell).ok_or("a line names no cell")?;
        row.balance.settle(at);
        row.balance.hold(qty, until).ok_or("more is held of a cell than a number can say")?;
        // A group that is undone takes no link back, so it may not give one away.
        if !is_in_group && row.chain.is_long(row.balance.held(at)) {
            let holds = &self.holds;
            for _ in 0..TIDIED {
                self.on_cells.tidy(&mut row.chain, |row| holds.units_on(row, cell, at).is_some());
            }
        }
        self.on_cells.join(&mut row.chain, hold.row());
        Ok(())
    }

    /// Live holds on a cell, with the units each holds of it. O(units held, and holds that ended and were not dropped yet).
    pub(super) fn holding(&self, cell: CellNo, at: Second) -> Vec<(HoldId, u32)> {
        let chain = self.cells.rows.get(cell.row()).map(|row| row.chain).unwrap_or_default();
        let on_it = self.on_cells.of(chain).filter_map(|row| self.holds.units_on(row, cell, at));
        let mut holding: Vec<(HoldId, u32)> = on_it.collect();
        holding.sort_unstable();
        holding.dedup();
        holding
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_chain_drops_what_has_ended_two_links_at_a_time() {
        let (mut all, mut one, mut other) = (OnCells::default(), Chain::default(), Chain::default());
        (0..10).for_each(|hold| all.join(&mut one, hold));
        assert!(one.is_long(2) && !one.is_long(3));
        let left = |all: &OnCells, chain: Chain| all.of(chain).collect::<Vec<_>>();
        let tidy = |all: &mut OnCells, chain: &mut Chain| all.tidy(chain, |hold| hold.is_multiple_of(4));
        tidy(&mut all, &mut one);
        assert_eq!((left(&all, one), one.links), (vec![8, 7, 6, 5, 4, 3, 2, 1, 0], 9));
        (0..3).for_each(|_| tidy(&mut all, &mut one));
        assert_eq!(left(&all, one), [8, 5, 4, 3, 2, 1, 0]);
        // Who joins meanwhile stands before what was looked at, and is looked at in the next round.
        all.join(&mut one, 13);
        (0..6).for_each(|_| tidy(&mut all, &mut one));
        assert_eq!((left(&all, one), one.links), (vec![13, 8, 4, 0], 4));
        (0..2).for_each(|_| tidy(&mut all, &mut one));
        assert_eq!(left(&all, one), [8, 4, 0]);
        // Links that were dropped are used again, by any chain.
        (20..27).for_each(|hold| all.join(&mut other, hold));
        assert_eq!((all.links.len(), other.links, left(&all, one)), (10, 7, vec![8, 4, 0]));
        all.join(&mut other, 27);
        assert_eq!(all.links.len(), 11);
    }

    #[test]
    fn an_empty_chain_is_begun_anew() {
        let (mut all, mut chain) = (OnCells::default(), Chain::default());
        all.join(&mut chain, 1);
        (0..3).for_each(|_| all.tidy(&mut chain, |_| false));
        assert_eq!((all.of(chain).next(), chain.links), (None, 0));
        all.join(&mut chain, 2);
        assert_eq!(all.of(chain).collect::<Vec<_>>(), [2]);
    }
}
