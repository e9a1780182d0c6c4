//! Cells of a book: what they are, how much is there, and which hold the same SKU at a node.

use super::balance::Balance;
use super::before::Before;
use super::command::CellFacts;
use super::number::*;
use super::on_cell::Chain;
use super::rows::{Rows, SharedRows};
use crate::units::Index;
use hashbrown::HashTable;
use std::hash::BuildHasher;

const HASHER: foldhash::fast::FixedState = foldhash::fast::FixedState::with_seed(0x63_656c_6c73);
const LAST: u32 = u32::MAX;

/// A cell's facts and its place among cells of the same SKU at the same node.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub facts: CellFacts,
    /// What was announced has come in.
    pub arrived: bool,
    /// The next one to leave: by expiry, then by number.
    next: u32,
}

impl Spot {
    /// Whether it is announced and not there yet.
    pub fn is_awaited(&self) -> bool {
        self.facts.due.is_some() && !self.arrived
    }
}

/// What a hold touches of a cell, in one line of the processor's cache: read and changed with each line of each hold.
#[derive(Clone, Debug, Default)]
#[repr(align(64))]
pub(super) struct CellRow {
    pub balance: Balance,
    /// Holds on it.
    pub chain: Chain,
}

/// All cells of a book.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells {
    pub rows: SharedRows<CellRow>,
    pub spots: Rows<Spot>,
    /// First cell of each (SKU, node).
    heads: HashTable<u32>,
    balances_before: Before<CellNo, Balance>,
    spots_before: Before<CellNo, Spot>,
}

impl Cells {
    pub fn len(&self) -> usize {
        self.spots.len()
    }

    pub fn balance(&self, cell: CellNo) -> Option<&Balance> {
        self.rows.get(cell.row()).map(|row| &row.balance)
    }

    pub fn row_mut(&mut self, cell: CellNo) -> Option<&mut CellRow> {
        let row = self.rows.get_mut(cell.row())?;
        self.balances_before.note(cell, || row.balance.clone());
        Some(row)
    }

    pub fn balance_mut(&mut self, cell: CellNo) -> Option<&mut Balance> {
        self.row_mut(cell).map(|row| &mut row.balance)
    }

    /// The cell's balance, what has ended dropped.
    pub fn settled(&mut self, cell: CellNo, at: Second) -> Option<&mut Balance> {
        let balance = self.balance_mut(cell)?;
        balance.settle(at);
        Some(balance)
    }

    pub fn spot(&self, cell: CellNo) -> Option<&Spot> {
        self.spots.get(cell.row())
    }

    pub fn spot_mut(&mut self, cell: CellNo) -> Option<&mut Spot> {
        let spot = self.spots.get_mut(cell.row())?;
        self.spots_before.note(cell, || spot.clone());
        Some(spot)
    }

    /// Whether a group runs that may be undone.
    pub fn is_in_group(&self) -> bool {
        self.balances_before.is_noting()
    }

    pub fn begin_group(&mut self) {
        self.balances_before.begin();
        self.spots_before.begin();
    }

    pub fn keep_group(&mut self) {
        self.balances_before.end();
        self.spots_before.end();
    }

    /// Chains stay: holds that are no more are left out when they are read.
    pub fn undo_group(&mut self) {
        for (cell, balance) in self.balances_before.end() {
            if let Some(row) = self.rows.get_mut(cell.row()) {
                row.balance = balance;
            }
        }
        for (cell, before) in self.spots_before.end() {
            if let Some(spot) = self.spots.get_mut(cell.row()) {
                *spot = before;
            }
        }
    }

    /// Cells of an SKU at a node, what expires first first.
    pub fn of(&self, sku: SkuNo, node: NodeNo) -> impl Iterator<Item = (CellNo, &Spot)> {
        let head = self.heads.find(hash(sku, node), |&head| self.is_of(head, sku, node)).copied();
        let mut at = head.unwrap_or(LAST);
        std::iter::from_fn(move || {
            let spot = self.spots.get(at as usize)?;
            let cell = CellNo(at);
            at = spot.next;
            Some((cell, spot))
        })
    }

    fn is_of(&self, cell: u32, sku: SkuNo, node: NodeNo) -> bool {
        self.spots.get(cell as usize).is_some_and(|spot| spot.facts.sku == sku && spot.facts.node == node)
    }

    /// The cell with these facts, expiry apart: one batch has one.
    pub fn find(&self, facts: &CellFacts) -> Option<CellNo> {
        let same = |other: &CellFacts| {
            (other.seller, other.zone, other.lot, other.due)
                == (facts.seller, facts.zone, facts.lot, facts.due)
        };
        self.of(facts.sku, facts.node).find(|(_, spot)| same(&spot.facts)).map(|(cell, _)| cell)
    }

    /// Opens an empty cell.
    pub fn open(&mut self, facts: CellFacts) -> CellNo {
        let number = self.spots.len() as u32;
        let before = self
            .of(facts.sku, facts.node)
            .take_while(|(_, spot)| spot.facts.expires <= facts.expires && !planted!(LatestLotFirst))
            .last()
            .map(|(cell, _)| cell);
        let hash_of = hash(facts.sku, facts.node);
        let next = match before {
            Some(before) => {
                let before = self.spots.get_mut(before.row());
                before.map_or(LAST, |before| std::mem::replace(&mut before.next, number))
            }
            None => {
                let spots = &self.spots;
                let of = |&head: &u32| {
                    let head = spots.get(head as usize);
                    head.is_some_and(|head| head.facts.sku == facts.sku && head.facts.node == facts.node)
                };
                match self.heads.find_mut(hash_of, of) {
                    Some(head) => std::mem::replace(head, number),
                    None => {
                        self.heads.insert_unique(hash_of, number, |&head| {
                            let head = spots.get(head as usize).map(|head| &head.facts);
                            head.map_or(hash_of, |head| hash(head.sku, head.node))
                        });
                        LAST
                    }
                }
            }
        };
        self.spots.push(Spot { facts, arrived: false, next });
        self.rows.push(CellRow::default());
        CellNo(number)
    }
}

fn hash(sku: SkuNo, node: NodeNo) -> u64 {
    HASHER.hash_one((sku.0, node.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Instant;

    fn facts(sku: u32, node: u32, expires: i64) -> CellFacts {
        CellFacts {
            sku: SkuNo(sku),
            seller: SellerNo(0),
            node: NodeNo(node),
            zone: ZoneNo(0),
            lot: None,
            expires: Instant(expires),
            due: None,
        }
    }

    #[test]
    fn a_row_is_one_line_of_the_cache() {
        assert_eq!(size_of::<CellRow>(), 64);
    }

    #[test]
    fn what_expires_first_stands_first_whatever_came_first() {
        let mut cells = Cells::default();
        for (expires, node) in [(30, 1), (10, 1), (20, 2), (20, 1), (10, 1)] {
            cells.open(facts(7, node, expires));
        }
        let at = |node| cells.of(SkuNo(7), NodeNo(node)).map(|(cell, _)| cell.0).collect::<Vec<_>>();
        assert_eq!((at(1), at(2), at(3)), (vec![1, 4, 3, 0], vec![2], vec![]));
        assert_eq!(cells.find(&facts(7, 2, 99)), Some(CellNo(2)));
    }
}
