//! Which holds are on a cell? Asked when less is there than is held.
//!
//! Each cell has a chain of the holds that got units of it. A hold joins when it gets them, and nobody takes it out when
//! it ends: that would cost each release and each expiry two more places of memory, for a question that is seldom asked.
//! Instead, a chain of more than twice as many links as units are held is cleared when the next hold joins. Each live
//! hold holds a unit at least, so half of such a chain, or more, has ended: joining costs O(1) in the long run, and reading
//! a chain O(units held) at most, and those that ended since.

use super::book::{Book, No};
use super::number::*;
use super::rows::Rows;
use crate::units::Index;

const NONE: u32 = u32::MAX;

/// Links a chain may have however little is held.
const FEW: u64 = 4;

/// The chain of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    first: u32,
    links: u32,
}

impl Default for Chain {
    fn default() -> Self {
        Chain { first: NONE, links: 0 }
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

    /// Leaves each hold that is still meant in a chain once.
    fn clear(&mut self, chain: &mut Chain, mut is_meant: impl FnMut(u32) -> bool) {
        let mut holds: Vec<u32> = self.of(*chain).filter(|&hold| is_meant(hold)).collect();
        holds.sort_unstable();
        holds.dedup();
        let mut last = chain.first;
        while let Some(link) = self.links.get(last as usize).filter(|link| link.next != NONE) {
            last = link.next;
        }
        if let Some(link) = self.links.get_mut(last as usize) {
            link.next = std::mem::replace(&mut self.unused, chain.first);
        }
        *chain = Chain::default();
        holds.into_iter().for_each(|hold| self.join(chain, hold));
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
            self.on_cells.clear(&mut row.chain, |row| holds.units_on(row, cell, at).is_some());
        }
        self.on_cells.join(&mut row.chain, hold.row());
        Ok(())
    }

    /// Live holds on a cell, with the units each holds of it. O(units held, and holds that ended since one was placed).
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
    fn a_cleared_chain_gives_its_links_to_the_next_one() {
        let (mut all, mut one, mut other) = (OnCells::default(), Chain::default(), Chain::default());
        (0..10).for_each(|hold| all.join(&mut one, hold % 5));
        assert!(one.is_long(2) && !one.is_long(3));
        all.clear(&mut one, |hold| hold > 2);
        assert_eq!(all.of(one).collect::<Vec<_>>(), [4, 3]);
        (20..28).for_each(|hold| all.join(&mut other, hold));
        assert_eq!((all.links.len(), one.links, other.links), (10, 2, 8));
        assert_eq!(all.of(one).collect::<Vec<_>>(), [4, 3]);
        all.clear(&mut one, |_| false);
        assert_eq!(all.of(one).next(), None);
        all.join(&mut one, 7);
        assert_eq!((all.of(one).collect::<Vec<_>>(), all.links.len()), (vec![7], 10));
    }
}
