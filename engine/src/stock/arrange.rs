//! From rows in any order to cells by SKU: sorted in place, repeats and contradictions found.

use super::contradictions::{contradictions, note};
use super::{Cell, Fence, Stock};
use crate::units::{Index, Instant, limits};
use crate::world::{Defects, Inspection, Place, SkuIx, World};
use hashbrown::HashTable;
use rayon::slice::ParallelSliceMut;
use std::hash::BuildHasher;

/// The nameless batch.
pub(super) const NAMELESS: u32 = u32::MAX;
/// Stands for the SKU of a row that could not be read, so that rows keep their numbers.
const UNREAD: u32 = u32::MAX;
const HASHER: foldhash::fast::FixedState = foldhash::fast::FixedState::with_seed(0x6c6f_7473);

/// Where a row stood in the input: section for the order of defects, name of the list, row in it.
pub(super) type Origin<'a> = &'a dyn Fn(usize) -> (u8, &'static str, usize);

/// Collects rows that already carry indices, for those who make stock without documents.
///
/// Rows may come in any order; the stock built does not show it. The peak of memory is 60 bytes a row and the lots'
/// names.
#[derive(Default)]
pub struct StockBuilder {
    cells: Vec<Cell>,
    skus: Vec<u32>,
    lots: Vec<Box<str>>,
    /// Hash and row of each lot: growing the table reads no names again.
    lot_rows: HashTable<(u64, u32)>,
    fences: Vec<Fence>,
}

impl StockBuilder {
    /// A builder with room for so many cells.
    pub fn with_capacity(cells: usize) -> StockBuilder {
        StockBuilder {
            cells: Vec::with_capacity(cells),
            skus: Vec::with_capacity(cells),
            ..StockBuilder::default()
        }
    }

    /// The number of a batch's name, for [`Cell::lot`]; the same name has the same number.
    pub fn lot(&mut self, name: &str) -> u32 {
        let (lots, next) = (&self.lots, self.lots.len() as u32);
        let hash = HASHER.hash_one(name);
        let same = |&(other, lot): &(u64, u32)| other == hash && *lots[lot as usize] == *name;
        if let Some(&(_, known)) = self.lot_rows.find(hash, same) {
            return known;
        }
        self.lot_rows.insert_unique(hash, (hash, next), |&(hash, _)| hash);
        self.lots.push(name.into());
        next
    }

    /// Adds a cell. Its lot is a number from [`StockBuilder::lot`] or `u32::MAX`.
    pub fn cell(&mut self, sku: SkuIx, cell: Cell) {
        self.skus.push(sku.0);
        self.cells.push(cell);
    }

    /// Adds a ring-fence.
    pub fn fence(&mut self, fence: Fence) {
        self.fences.push(fence);
    }

    /// Keeps the number of a row that could not be read.
    pub(super) fn gap(&mut self) {
        let nothing = Cell {
            expires: Instant::NEVER,
            available_at: Instant::ALWAYS,
            price: crate::units::Money::ZERO,
            seller: Index::of(0),
            node: Index::of(0),
            zone: Index::of(0),
            lot: NAMELESS,
            on_hand: 0,
            held: 0,
            safety: 0,
        };
        self.skus.push(UNREAD);
        self.cells.push(nothing);
    }

    /// The stock of these rows.
    ///
    /// # Errors
    /// Every row whose indices the world does not have or that contradicts another, as `cells[3]` or `fences[0]`.
    pub fn finish(self, world: &World) -> Result<Stock, Defects> {
        let mut found = Inspection::default();
        self.indices(world, &mut found);
        found.or(())?;
        let mut found = Inspection::default();
        let stock = self.arrange(world, &mut found, &|row| (0, "cells", row));
        found.or(stock)
    }

    /// Checks that every index opens a row of the world.
    fn indices(&self, world: &World, found: &mut Inspection) {
        let section = Place::Document.at("cells");
        for (row, (cell, &sku)) in self.cells.iter().zip(&self.skus).enumerate() {
            let zone = world.zones().get(cell.zone).filter(|zone| zone.node == cell.node);
            let lot = cell.lot == NAMELESS || (cell.lot as usize) < self.lots.len();
            let known = (sku as usize) < world.skus().len() && world.sellers().get(cell.seller).is_some();
            if zone.is_none() || !lot || !known {
                let right = "indices of this world, a zone of the cell's node and a lot of this builder";
                found.note(&section.row(row), "unknown", &format!("{cell:?}"), right);
            }
            if cell.price.0.unsigned_abs() > limits::MONEY_PER_UNIT.unsigned_abs() {
                let right = format!("a price of at most {} either way", limits::MONEY_PER_UNIT);
                found.note(&section.row(row).at("price"), "out_of_range", &cell.price.to_string(), right);
            }
        }
        let section = Place::Document.at("fences");
        for (row, fence) in self.fences.iter().enumerate() {
            let known = world.sellers().get(fence.seller).is_some()
                && world.nodes().get(fence.node).is_some()
                && fence.sku.row() < world.skus().len()
                && fence.channels.iter().all(|&channel| world.channels().get(channel).is_some());
            if !known || !fence.channels.is_sorted() {
                let right = "indices of this world, the channels rising";
                found.note(&section.row(row), "unknown", &format!("{fence:?}"), right);
            }
        }
    }

    /// Sorts everything; notes rows that repeat or contradict others.
    pub(super) fn arrange(mut self, world: &World, found: &mut Inspection, origin: Origin<'_>) -> Stock {
        if self.cells.len() > limits::ROWS {
            let right = format!("at most {} cells", limits::ROWS);
            found.note(&Place::Document.at("stock"), "too_many", &self.cells.len().to_string(), right);
            return Stock::default();
        }
        self.name_lots();
        let mut first = starts(&self.skus, world.skus().len());
        let mut order = by_sku(&self.skus, &first);
        drop(std::mem::take(&mut self.skus));
        let mut merged: Vec<u32> = Vec::new();
        let (mut written, mut scratch) = (0, Vec::new());
        for sku in 0..world.skus().len() {
            let (start, end) = (first[sku] as usize, first[sku + 1] as usize);
            let run = &mut order[start..end];
            run.sort_unstable_by_key(|&row| (key(&self.cells[row as usize]), row));
            first[sku] = written as u32;
            for place in run
                .chunk_by(|&one, &other| spot(&self.cells[one as usize]) == spot(&self.cells[other as usize]))
            {
                contradictions(&self.cells, place, &mut scratch, found, origin);
            }
            for at in start..end {
                let row = order[at];
                let before = (at > start && written > first[sku] as usize).then(|| order[written - 1]);
                if let Some(before) = before.filter(|&before| self.is_same_supply(before, row)) {
                    self.merge(before, row, found, origin);
                    merged.push(row);
                } else {
                    order[written] = row;
                    written += 1;
                }
            }
        }
        if let Some(end) = first.last_mut() {
            *end = written as u32;
        }
        // Rows merged away and rows never read go behind the end, so that the order stays a permutation.
        order.truncate(written);
        order.extend(merged);
        order.extend(self.unread(&order));
        permute(&mut self.cells, order);
        self.cells.truncate(written);
        self.cells.shrink_to_fit();
        self.fences.sort_unstable_by(|one, other| fence_key(one).cmp(&fence_key(other)));
        Stock { cells: self.cells, first, lots: self.lots, fences: self.fences }
    }

    /// Rows that `order` lacks.
    fn unread(&self, order: &[u32]) -> Vec<u32> {
        if order.len() == self.cells.len() {
            return Vec::new();
        }
        let mut seen = vec![false; self.cells.len()];
        for &row in order {
            seen[row as usize] = true;
        }
        (0..self.cells.len() as u32).filter(|&row| !seen[row as usize]).collect()
    }

    /// Numbers lots by the order of their names.
    fn name_lots(&mut self) {
        self.lot_rows = HashTable::new();
        let mut by_name: Vec<(Box<str>, u32)> = std::mem::take(&mut self.lots).into_iter().zip(0..).collect();
        by_name.par_sort_unstable();
        let mut number = vec![0; by_name.len()];
        for (rank, &(_, lot)) in by_name.iter().enumerate() {
            number[lot as usize] = rank as u32;
        }
        self.lots = by_name.into_iter().map(|(name, _)| name).collect();
        for cell in &mut self.cells {
            if cell.lot != NAMELESS {
                cell.lot = number[cell.lot as usize];
            }
        }
    }

    /// Whether two rows announce the same batch for the same moment: two papers, one supply.
    fn is_same_supply(&self, one: u32, other: u32) -> bool {
        let (one, other) = (&self.cells[one as usize], &self.cells[other as usize]);
        let batch = |cell: &Cell| (spot(cell), cell.expires, cell.available_at, cell.lot, cell.price);
        one.available_at != Instant::ALWAYS && batch(one) == batch(other)
    }

    fn merge(&mut self, into: u32, from: u32, found: &mut Inspection, origin: Origin<'_>) {
        let from_cell = self.cells[from as usize].clone();
        let cell = &mut self.cells[into as usize];
        let sums = (
            cell.on_hand.checked_add(from_cell.on_hand),
            cell.held.checked_add(from_cell.held),
            cell.safety.checked_add(from_cell.safety),
        );
        if let (Some(on_hand), Some(held), Some(safety)) = sums {
            (cell.on_hand, cell.held, cell.safety) = (on_hand, held, safety);
        } else {
            let right = format!("at most {} units of one batch at one moment", limits::STOCK);
            note(found, origin, from, "qty", "out_of_range", &from_cell.on_hand.to_string(), right);
        }
    }
}

/// Where the goods of a cell lie, and whose they are.
fn spot(cell: &Cell) -> (u32, u32, u32) {
    (cell.node.0, cell.zone.0, cell.seller.0)
}

/// The order of cells within an SKU. Whole, so that the rows' order in the input decides nothing.
type Key = ((u32, u32, u32), Instant, Instant, u32, i64, [u32; 3]);

fn key(cell: &Cell) -> Key {
    let counts = [cell.on_hand, cell.held, cell.safety];
    (spot(cell), cell.expires, cell.available_at, cell.lot, cell.price.0, counts)
}

fn fence_key(fence: &Fence) -> (u32, u32, u32, usize, &[crate::world::ChannelIx], u32) {
    (fence.sku.0, fence.seller.0, fence.node.0, fence.channels.len(), &fence.channels, fence.left)
}

/// Where each SKU's rows begin once sorted; one longer than the SKUs.
fn starts(skus: &[u32], count: usize) -> Vec<u32> {
    let mut first = vec![0; count + 1];
    for &sku in skus.iter().filter(|&&sku| sku != UNREAD) {
        first[sku as usize + 1] += 1;
    }
    for sku in 0..count {
        first[sku + 1] += first[sku];
    }
    first
}

/// Rows by SKU, within one in the order of the input (counting sort).
fn by_sku(skus: &[u32], first: &[u32]) -> Vec<u32> {
    let mut next = first.to_vec();
    let mut order = vec![0; first.last().map_or(0, |&end| end as usize)];
    for (row, &sku) in skus.iter().enumerate().filter(|&(_, &sku)| sku != UNREAD) {
        order[next[sku as usize] as usize] = row as u32;
        next[sku as usize] += 1;
    }
    order
}

/// Moves `order[k]` to `k` for all k, cycle by cycle, without a second copy of the cells.
fn permute(cells: &mut [Cell], mut order: Vec<u32>) {
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let from = order[at] as usize;
            order[at] = at as u32;
            if from == start || from == at {
                break;
            }
            cells.swap(at, from);
            at = from;
        }
    }
}
