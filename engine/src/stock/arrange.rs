//! From rows in any order to cells by SKU: sorted in place, repeats and contradictions found.

use super::contradictions::{contradictions, note};
use super::{Cell, Fence, Stock};
use crate::units::{Index, Instant, limits};
use crate::world::{Defects, Inspection, Place, SkuIx, World};
use hashbrown::HashTable;
use rayon::prelude::*;
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
/// Rows may come in any order; the stock built does not show it. The peak of memory is 64 bytes a row and the lots'
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
        let mut rows = by_sku(&self.skus, &first);
        drop(std::mem::take(&mut self.skus));
        let read = rows.len();
        // Rows never read go behind the end, so that the order is a permutation.
        rows.extend(self.unread(&rows));
        permute(&mut self.cells, rows.clone());
        self.cells.truncate(read);
        rows.truncate(read);
        let crowded = sort_runs(&mut self.cells, &mut rows, &first);
        let runs =
            || crowded.iter().map(|&sku| first[sku as usize] as usize..first[sku as usize + 1] as usize);
        let mut scratch = Vec::new();
        for run in runs() {
            let mut start = run.start;
            for place in self.cells[run].chunk_by(|one, other| spot(one) == spot(other)) {
                let of_place = &rows[start..start + place.len()];
                contradictions(place, of_place, &mut scratch, found, origin);
                start += place.len();
            }
        }
        let mut merged: Vec<usize> = Vec::new();
        for run in runs() {
            let mut into = run.start;
            for (at, &row) in (run.start..).zip(&rows[run]).skip(1) {
                if self.is_same_supply(into, at) {
                    self.merge(into, (at, row), found, origin);
                    merged.push(at);
                } else {
                    into = at;
                }
            }
        }
        remove(&mut self.cells, &mut first, &merged);
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

    /// Whether two cells announce the same batch for the same moment: two papers, one supply.
    fn is_same_supply(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.cells[one], &self.cells[other]);
        let batch = |cell: &Cell| (spot(cell), cell.expires, cell.available_at, cell.lot, cell.price);
        one.available_at != Instant::ALWAYS && batch(one) == batch(other)
    }

    fn merge(&mut self, into: usize, (from, row): (usize, u32), found: &mut Inspection, origin: Origin<'_>) {
        let from_cell = self.cells[from].clone();
        let cell = &mut self.cells[into];
        let sums = (
            cell.on_hand.checked_add(from_cell.on_hand),
            cell.held.checked_add(from_cell.held),
            cell.safety.checked_add(from_cell.safety),
        );
        if let (Some(on_hand), Some(held), Some(safety)) = sums {
            (cell.on_hand, cell.held, cell.safety) = (on_hand, held, safety);
        } else {
            let right = format!("at most {} units of one batch at one moment", limits::STOCK);
            note(found, origin, row, "qty", "out_of_range", &from_cell.on_hand.to_string(), right);
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

/// SKUs sorted at once by one thread.
const AT_ONCE: usize = 1 << 12;

/// Sorts the cells of each SKU, with the rows they came from, on all threads; gives back which SKUs (rising) have several
/// cells in one place, the only ones that can contradict each other.
fn sort_runs(mut cells: &mut [Cell], mut rows: &mut [u32], first: &[u32]) -> Vec<u32> {
    let mut parts = Vec::with_capacity(first.len() / AT_ONCE + 1);
    for (number, starts) in first[..first.len() - 1].chunks(AT_ONCE).enumerate() {
        let begin = number * AT_ONCE;
        let starts = &first[begin..=begin + starts.len()];
        let many = (starts[starts.len() - 1] - starts[0]) as usize;
        let (of_part, of_others) = cells.split_at_mut(many);
        let (rows_of_part, rows_of_others) = rows.split_at_mut(many);
        (cells, rows) = (of_others, rows_of_others);
        parts.push((begin as u32, starts, of_part, rows_of_part));
    }
    let sort = |(begin, starts, cells, rows): (u32, &[u32], &mut [Cell], &mut [u32])| -> Vec<u32> {
        let (mut crowded, mut scratch) = (Vec::new(), Vec::new());
        for (sku, pair) in (begin..).zip(starts.windows(2)) {
            let run = (pair[0] - starts[0]) as usize..(pair[1] - starts[0]) as usize;
            if run.len() < 2 {
                continue;
            }
            let (cells, rows) = (&mut cells[run.clone()], &mut rows[run]);
            sort_run(cells, rows, &mut scratch);
            if cells.windows(2).any(|pair| spot(&pair[0]) == spot(&pair[1])) {
                crowded.push(sku);
            }
        }
        crowded
    };
    parts.into_par_iter().map(sort).collect::<Vec<Vec<u32>>>().concat()
}

fn sort_run(cells: &mut [Cell], rows: &mut [u32], scratch: &mut Vec<(Cell, u32)>) {
    // Within an SKU rows stand as in the input, so equal ones may stay as they are.
    if cells.is_sorted_by_key(key) {
        return;
    }
    scratch.clear();
    scratch.extend(cells.iter().cloned().zip(rows.iter().copied()));
    scratch.sort_unstable_by_key(|(cell, row)| (key(cell), *row));
    for (at, (cell, row)) in scratch.drain(..).enumerate() {
        (cells[at], rows[at]) = (cell, row);
    }
}

/// Takes cells out, by their rising rows.
fn remove(cells: &mut Vec<Cell>, first: &mut [u32], gone: &[usize]) {
    if gone.is_empty() {
        return;
    }
    let (mut at, mut next) = (0, gone.iter().copied().peekable());
    cells.retain(|_| {
        at += 1;
        next.next_if_eq(&(at - 1)).is_none()
    });
    for start in first {
        *start -= gone.partition_point(|&row| row < *start as usize) as u32;
    }
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
