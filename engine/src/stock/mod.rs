//! How much may still be promised?
//!
//! Quantity over time: cells on hand and announced supply, what is held, kept back or fenced off. Rows of one SKU
//! stand together in memory, so that one order line reads one run.
//!
//! This room does not know orders' wishes, ways or costs; it counts units.

mod arrange;
mod build;
mod contradictions;
mod fefo;
mod fence;
mod find;
mod rows;
mod within;

pub use arrange::StockBuilder;
pub use build::{build, build_rows};
pub use fefo::{Claim, Draw, assign};
pub use fence::Fence;
pub use rows::{Announced, Row, Rows};
pub use within::{Stored, assign_within};

use crate::units::{Index, Instant, Money, index_type};
use crate::world::{ChannelIx, NodeIx, SellerIx, SkuIx, ZoneIx};

index_type!(
    /// A cell of the stock: a row per (seller, sku, node, zone, lot), announced supply a row of its own per due time.
    CellIx
);

/// A stock record, or announced supply.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// When the batch expires; [`Instant::NEVER`] when it does not.
    pub expires: Instant,
    /// From when it can be picked; [`Instant::ALWAYS`] for stock on hand, its due time for announced supply.
    pub available_at: Instant,
    /// What taking one unit is worth to orders still to come.
    pub price: Money,
    /// Owner.
    pub seller: SellerIx,
    /// Where.
    pub node: NodeIx,
    /// In which temperature zone.
    pub zone: ZoneIx,
    /// Batch, as a row of the stock's lot names; `u32::MAX` for the nameless batch.
    pub lot: u32,
    /// Units physically there, or announced.
    pub on_hand: u32,
    /// Units claimed.
    pub held: u32,
    /// Units never promised.
    pub safety: u32,
}

impl Cell {
    /// Units nobody has claimed: on hand − held − safety, or none.
    pub fn free(&self) -> u32 {
        self.on_hand.saturating_sub(self.held).saturating_sub(self.safety)
    }
}

/// All cells, by SKU; within an SKU by node, zone, seller, then first-expiry-first-out (expiry, due time, lot).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stock {
    pub(crate) cells: Vec<Cell>,
    pub(crate) first: Vec<u32>,
    pub(crate) lots: Vec<Box<str>>,
    pub(crate) fences: Vec<Fence>,
}

impl Stock {
    /// Cells of one SKU, with the index of the first.
    pub fn of(&self, sku: SkuIx) -> (CellIx, &[Cell]) {
        let start = self.first[sku.row()];
        (CellIx(start), &self.cells[start as usize..self.first[sku.row() + 1] as usize])
    }

    /// One cell.
    pub fn cell(&self, cell: CellIx) -> &Cell {
        &self.cells[cell.row()]
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The SKU a cell belongs to. O(log SKUs).
    pub fn sku_of(&self, cell: CellIx) -> SkuIx {
        SkuIx::of(self.first.partition_point(|&start| start <= cell.0) - 1)
    }

    /// Key of a cell's batch; nothing for the nameless batch.
    pub fn lot(&self, cell: &Cell) -> Option<&str> {
        self.lots.get(cell.lot as usize).map(|lot| &**lot)
    }

    /// Keys of all batches, in their order.
    pub fn lots(&self) -> impl Iterator<Item = &str> {
        self.lots.iter().map(|lot| &**lot)
    }

    /// All ring-fences, by SKU, seller and node.
    pub fn all_fences(&self) -> &[Fence] {
        &self.fences
    }

    /// Whether anything is fenced at all.
    pub fn has_fences(&self) -> bool {
        !self.fences.is_empty()
    }

    /// Ring-fences of one (sku, seller, node); usually none.
    pub fn fences(&self, sku: SkuIx, seller: SellerIx, node: NodeIx) -> &[Fence] {
        if self.fences.is_empty() {
            return &[];
        }
        let key = |fence: &Fence| (fence.sku, fence.seller, fence.node);
        let start = self.fences.partition_point(|fence| key(fence) < (sku, seller, node));
        let end = self.fences.partition_point(|fence| key(fence) <= (sku, seller, node));
        &self.fences[start..end]
    }

    /// Available to promise for a channel at a time, over all zones and lots of one (seller, sku, node): on hand +
    /// announced by then − held − safety − what is fenced for others.
    pub fn available(
        &self,
        seller: SellerIx,
        sku: SkuIx,
        node: NodeIx,
        channel: ChannelIx,
        at: Instant,
    ) -> u64 {
        let free: u64 = self
            .of(sku)
            .1
            .iter()
            .filter(|cell| cell.seller == seller && cell.node == node && cell.available_at <= at)
            .map(|cell| u64::from(cell.free()))
            .sum();
        free.saturating_sub(self.fenced_for_others(sku, seller, node, channel))
    }

    /// Units of a (sku, seller, node) fenced for channels other than this one.
    pub fn fenced_for_others(&self, sku: SkuIx, seller: SellerIx, node: NodeIx, channel: ChannelIx) -> u64 {
        self.fences(sku, seller, node)
            .iter()
            .filter(|fence| !fence.admits(channel))
            .map(|fence| u64::from(fence.left))
            .sum()
    }

    /// The same cells as they were counted: those named have so many free units, and what is gone of any is held.
    pub(crate) fn recount(
        &mut self,
        there: &std::collections::BTreeMap<CellIx, u32>,
        gone: &[(CellIx, u32)],
    ) {
        for (cell, &units) in there {
            let row = &mut self.cells[cell.row()];
            (row.on_hand, row.held, row.safety) = (units, 0, 0);
        }
        for &(cell, units) in gone {
            let row = &mut self.cells[cell.row()];
            row.held = row.held.saturating_add(units);
        }
    }

    /// A cell as it is in other stock of the same rows, but dearer by some price for a unit and with so many units free at
    /// most.
    pub(crate) fn offer(&mut self, as_in: &Stock, cell: CellIx, dearer: i64, most: Option<u32>) {
        let (row, there) = (&mut self.cells[cell.row()], &as_in.cells[cell.row()]);
        let free = there.free();
        row.price = Money(there.price.0.saturating_add(dearer));
        row.held = there.held + most.map_or(0, |most| free.saturating_sub(most));
    }

    /// Gives shelves prices: a row names the first cell of a (seller, SKU, node, zone), the others follow. All other cells
    /// cost nothing.
    pub(crate) fn set_prices(&mut self, prices: impl Iterator<Item = (CellIx, Money)>) {
        self.cells.iter_mut().for_each(|cell| cell.price = Money::ZERO);
        for (first, price) in prices {
            let end = self.first[self.sku_of(first).row() + 1] as usize;
            let shelf = |cell: &Cell| (cell.node, cell.zone, cell.seller);
            let of = shelf(&self.cells[first.row()]);
            let most = crate::units::limits::MONEY_PER_UNIT;
            for cell in self.cells[first.row()..end].iter_mut().take_while(|cell| shelf(cell) == of) {
                cell.price = Money(price.0.clamp(-most, most));
            }
        }
    }

    /// Cells and fences of an SKU as they are in other stock of the same rows.
    pub(crate) fn copy_sku(&mut self, of: &Stock, sku: SkuIx) {
        let run = self.first[sku.row()] as usize..self.first[sku.row() + 1] as usize;
        self.cells[run.clone()].clone_from_slice(&of.cells[run]);
        let first = self.fences.partition_point(|fence| fence.sku < sku);
        let last = self.fences.partition_point(|fence| fence.sku <= sku);
        self.fences[first..last].clone_from_slice(&of.fences[first..last]);
    }

    /// Claims units of cells for a channel: all or, when any cell has fewer free, none. What a channel takes of a
    /// (seller, sku, node) that is fenced for it comes out of its fences first.
    ///
    /// # Errors
    /// The first cell that has fewer free units than claimed of it in all.
    pub fn take(&mut self, channel: ChannelIx, picks: &[(CellIx, u32)]) -> Result<(), CellIx> {
        for (done, &(cell, qty)) in picks.iter().enumerate() {
            let row = &mut self.cells[cell.row()];
            if row.free() < qty {
                for &(undone, qty) in &picks[..done] {
                    self.cells[undone.row()].held -= qty;
                }
                return Err(cell);
            }
            row.held += qty;
        }
        if !self.fences.is_empty() {
            for &(cell, qty) in picks {
                let (sku, row) = (self.sku_of(cell), &self.cells[cell.row()]);
                fence::use_up(&mut self.fences, (sku, row.seller, row.node), channel, qty);
            }
        }
        Ok(())
    }
}
