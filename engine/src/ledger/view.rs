//! What planners read: a book's cells and capacity claims as of one operation, while the writer goes on.

use super::cells::CellRow;
use super::command::Claim;
use super::fences::FenceKey;
use super::number::*;
use super::rows::SharedRows;
use super::state::State;
use crate::units::Index;

/// A book's cells and claims as of one operation.
#[derive(Clone, Debug)]
pub struct View {
    sequence: u64,
    at: Stamp,
    cells: SharedRows<CellRow>,
    claims: Vec<Claim>,
    fences: Vec<(FenceKey, Vec<ChannelNo>, u32)>,
}

impl View {
    /// What a state shows of a book.
    pub fn of(state: &State, tenant: Tenant) -> Option<View> {
        let book = state.book(tenant)?;
        let at = state.at().second();
        let claims = book.taken(at);
        Some(View {
            sequence: state.sequence(),
            at: state.at(),
            cells: book.cells.rows.clone(),
            claims,
            fences: book.fences.left(at),
        })
    }

    /// The operation it is as of.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// When that was.
    pub fn at(&self) -> Stamp {
        self.at
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.cells.len()
    }

    /// Units of a cell: there, held, never promised. What expired by then is not held.
    pub fn cell(&self, cell: CellNo) -> Option<[u32; 3]> {
        let balance = &self.cells.get(cell.row())?.balance;
        let at = if planted!(ViewForgetsExpiry) { Second(0) } else { self.at.second() };
        Some([balance.on_hand, balance.held(at), balance.safety])
    }

    /// Units a fence keeps, by (sku, seller, node) and channels.
    pub fn fenced(&self, key: (SkuNo, SellerNo, NodeNo), channels: &[ChannelNo]) -> Option<u32> {
        self.fences.iter().find(|fence| fence.0 == key && fence.1 == channels).map(|fence| fence.2)
    }

    /// Capacity claims that are taken, by hold.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }
}
