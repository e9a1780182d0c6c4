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
        let mut rows: Vec<u32> = (0..self.cells.len() as u32).collect();
        let crowded = by_sku(&mut self.cells, &mut rows, std::mem::take(&mut self.skus), &first);
        // Rows never read are behind the end.
        self.cells.truncate(first[first.len() - 1] as usize);
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

/// SKUs whose cells one thread sorts at a time: mostly few enough for its cache.
const AT_ONCE: usize = 1 << 12;

/// Heads of parts that move on side by side, at most: more would not stay in the cache either.
const PARTS: usize = 1 << 10;

/// Cells of some SKUs that follow each other, with the rows they came from.
struct Part<'a> {
    cells: &'a mut [Cell],
    rows: &'a mut [u32],
    skus: &'a [u32],
    /// The first SKU, and where the cells of each begin in the whole stock.
    begin: u32,
    first: &'a [u32],
}

/// Sorts cells, with the rows they came from, by SKU and then by [`key`]; gives back which SKUs (rising) have several
/// cells in one place, the only ones that can contradict each other. What was not read comes last.
///
/// Cells go into parts of neighbouring SKUs first, in place (American flag sort: McIlroy, Bostic and McIlroy, 1993), and
/// all threads sort the parts: neither jumps about in more memory than a cache holds.
fn by_sku(cells: &mut [Cell], rows: &mut [u32], mut skus: Vec<u32>, first: &[u32]) -> Vec<u32> {
    let count = first.len() - 1;
    let width = AT_ONCE.max(count.div_ceil(PARTS));
    into_parts(cells, rows, &mut skus, first, width);
    let (mut cells, mut rows, mut skus) = (cells, rows, &*skus);
    let mut parts = Vec::with_capacity(count.div_ceil(width));
    for begin in (0..count).step_by(width) {
        let first = &first[begin..=count.min(begin + width)];
        let many = (first[first.len() - 1] - first[0]) as usize;
        let (of_part, of_others) = cells.split_at_mut(many);
        let (rows_of_part, rows_of_others) = rows.split_at_mut(many);
        let (skus_of_part, skus_of_others) = skus.split_at(many);
        (cells, rows, skus) = (of_others, rows_of_others, skus_of_others);
        parts.push(Part {
            cells: of_part,
            rows: rows_of_part,
            skus: skus_of_part,
            begin: begin as u32,
            first,
        });
    }
    parts.into_par_iter().map(Part::sorted).collect::<Vec<Vec<u32>>>().concat()
}

/// Brings cells into the part of their SKU, within it in any order.
fn into_parts(cells: &mut [Cell], rows: &mut [u32], skus: &mut [u32], first: &[u32], width: usize) {
    let count = first.len() - 1;
    let start = |part: usize| first[count.min(part * width)] as usize;
    let unread = count.div_ceil(width);
    let mut heads: Vec<usize> = (0..=unread).map(start).collect();
    for part in 0..unread {
        while heads[part] < start(part + 1) {
            let at = heads[part];
            let right = if skus[at] == UNREAD { unread } else { skus[at] as usize / width };
            if right != part {
                let to = heads[right];
                cells.swap(at, to);
                rows.swap(at, to);
                skus.swap(at, to);
            }
            heads[right] += 1;
        }
    }
}

impl Part<'_> {
    /// Sorts the part; which of its SKUs have several cells in one place.
    fn sorted(self) -> Vec<u32> {
        let mut next: Vec<u32> = self.first.iter().map(|start| start - self.first[0]).collect();
        let mut order = vec![0; self.cells.len()];
        for (at, &sku) in self.skus.iter().enumerate() {
            let next = &mut next[(sku - self.begin) as usize];
            order[*next as usize] = at as u32;
            *next += 1;
        }
        permute(self.cells, self.rows, order);
        let (mut crowded, mut scratch) = (Vec::new(), Vec::new());
        for (sku, pair) in (self.begin..).zip(self.first.windows(2)) {
            let run = (pair[0] - self.first[0]) as usize..(pair[1] - self.first[0]) as usize;
            if run.len() < 2 {
                continue;
            }
            let (cells, rows) = (&mut self.cells[run.clone()], &mut self.rows[run]);
            sort_run(cells, rows, &mut scratch);
            if cells.windows(2).any(|pair| spot(&pair[0]) == spot(&pair[1])) {
                crowded.push(sku);
            }
        }
        crowded
    }
}

/// Sorts the cells of one SKU.
fn sort_run(cells: &mut [Cell], rows: &mut [u32], scratch: &mut Vec<(Cell, u32)>) {
    scratch.clear();
    scratch.extend(cells.iter().cloned().zip(rows.iter().copied()));
    scratch.sort_unstable_by(|(one, row), (other, other_row)| {
        spot(one).cmp(&spot(other)).then_with(|| key(one).cmp(&key(other))).then(row.cmp(other_row))
    });
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
fn permute(cells: &mut [Cell], rows: &mut [u32], mut order: Vec<u32>) {
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let from = order[at] as usize;
            order[at] = at as u32;
            if from == start || from == at {
                break;
            }
            cells.swap(at, from);
            rows.swap(at, from);
            at = from;
        }
    }
}
