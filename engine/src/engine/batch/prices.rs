//! What stock and room were worth to orders that competed for them, and to which.

use super::market::{Market, Memory};
use crate::batch::{Answer, Bid, Bidders};
use crate::load::Scarce;
use crate::stock::{Cell, CellIx, Stock};
use crate::units::{Index, Money};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Prices of what was scarce: what one more unit or place would have saved, about. What has no row is worth nothing more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices {
    /// Of stock: one row for each (seller, SKU, node, zone), rising.
    pub cells: Vec<CellPrice>,
    /// Of departures, days, buffers and hand-over points, rising.
    pub rooms: Vec<RoomPrice>,
}

/// The price of the stock of one (seller, SKU, node, zone).
#[derive(Clone, Debug, PartialEq)]
pub struct CellPrice {
    /// The first of its cells; the others follow it.
    pub cell: CellIx,
    /// What one unit is worth.
    pub price: Money,
    /// Units there were.
    pub there: u64,
    /// Orders (rows of those decided) that would take some if nobody else wanted anything, rising.
    pub wanted: Vec<u32>,
    /// Orders that got some, rising.
    pub got: Vec<u32>,
}

/// The price of room somewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct RoomPrice {
    /// Where.
    pub thing: Scarce,
    /// What one parcel, one line, a thousand grams or a thousand cubic centimetres of it are worth.
    pub price: Money,
    /// How much there was: parcels, lines, grams, cubic centimetres.
    pub there: u64,
    /// What of a parcel counts.
    pub counts: &'static str,
    /// Orders (rows of those decided) that would take some if nobody else wanted anything, rising.
    pub wanted: Vec<u32>,
    /// Orders that got some, rising.
    pub got: Vec<u32>,
}

impl Prices {
    /// Prices of an answer; `rows` are the numbers of the market's orders among all.
    pub(super) fn of(market: &Market<'_, '_>, rows: &[usize], answer: &Answer) -> Prices {
        let mut got = takers(market, rows, answer, &answer.bids);
        let mut there = vec![0u64; market.goods().rows()];
        for (thing, &most) in market.goods().most.iter().enumerate() {
            there[market.goods().row[thing] as usize] += most;
        }
        let mut prices = Prices::default();
        let mut seen = vec![false; market.goods().rows()];
        for (thing, &row) in market.goods().row.iter().enumerate() {
            let row = row as usize;
            if std::mem::replace(&mut seen[row], true) || answer.prices[row] == 0 {
                continue;
            }
            let (price, there) = (Money(answer.prices[row]), there[row]);
            let (wanted, got) = (Vec::new(), std::mem::take(&mut got[row]));
            match market.cell(thing as u32) {
                Some(cell) => prices.cells.push(CellPrice { cell, price, there, wanted, got }),
                None => {
                    let (thing, counts) = market.rooms[thing - market.shelves.cells.len()];
                    let counts = counts.word();
                    prices.rooms.push(RoomPrice { thing, price, there, counts, wanted, got });
                }
            }
        }
        prices.cells.sort_by_key(|row| row.cell);
        prices
    }

    /// Notes who would take some if nobody else wanted anything: every order is asked once more.
    pub(super) fn tell_who_wanted(&mut self, market: &Market<'_, '_>, rows: &[usize], answer: &Answer) {
        if self.cells.is_empty() && self.rooms.is_empty() {
            return;
        }
        let free = vec![0i64; market.goods().rows()];
        let wish = |memory: &mut Memory, order: usize| {
            let mut bid = Bid::default();
            market.bid(order, &free, None, memory, &mut bid);
            bid
        };
        let wishes: Vec<Bid> =
            (0..rows.len()).into_par_iter().with_min_len(16).map_init(Memory::default, wish).collect();
        let mut wanted = takers(market, rows, answer, &wishes);
        let row = |thing: u32| market.goods().row[thing as usize] as usize;
        for price in &mut self.cells {
            price.wanted = std::mem::take(&mut wanted[row(market.shelves.thing_of[price.cell.row()])]);
        }
        for price in &mut self.rooms {
            let same = market.rooms_of(price.thing).find(|(_, counts)| counts.word() == price.counts);
            price.wanted = same.map(|(thing, _)| std::mem::take(&mut wanted[row(thing)])).unwrap_or_default();
        }
    }

    /// Prices of stock that steer between the sources of an SKU and turn no order away: of each price the least of all
    /// shelves of its SKU that have free units is taken off. Rooms stay as they are.
    pub fn between_sources(&self, stock: &Stock) -> Prices {
        let mut prices = self.clone();
        for of_sku in
            prices.cells.chunk_by_mut(|one, other| stock.sku_of(one.cell) == stock.sku_of(other.cell))
        {
            let (first, cells) = stock.of(stock.sku_of(of_sku[0].cell));
            let shelf = |cell: &Cell| (cell.node, cell.zone, cell.seller);
            let (mut row, mut least) = (0, i64::MAX);
            for cells in cells.chunk_by(|one, other| shelf(one) == shelf(other)) {
                let start = CellIx::of(first.row() + row);
                row += cells.len();
                if cells.iter().any(|cell| cell.free() > 0) {
                    let price =
                        of_sku.iter().find(|price| price.cell == start).map_or(0, |price| price.price.0);
                    least = least.min(price);
                }
            }
            for price in of_sku {
                price.price = Money(price.price.0.saturating_sub(least).max(0));
            }
        }
        prices.cells.retain(|row| row.price > Money::ZERO);
        prices
    }

    /// By row of a market's prices.
    pub(super) fn rows(&self, market: &Market<'_, '_>) -> Vec<i64> {
        let mut rows = market.shelves.rows(self);
        for row in &self.rooms {
            for (thing, counts) in market.rooms_of(row.thing) {
                if counts.word() == row.counts {
                    rows[market.goods().row[thing as usize] as usize] = row.price.0.max(0);
                }
            }
        }
        rows
    }

    /// Adds prices of another class of orders: where both have one, the higher.
    pub(super) fn add(&mut self, other: Prices) {
        for row in other.cells {
            match self.cells.binary_search_by_key(&row.cell, |known| known.cell) {
                Ok(at) => {
                    let known = &mut self.cells[at];
                    known.price = known.price.max(row.price);
                    known.there = known.there.max(row.there);
                    join(&mut known.wanted, row.wanted);
                    join(&mut known.got, row.got);
                }
                Err(at) => self.cells.insert(at, row),
            }
        }
        for row in other.rooms {
            let same = |known: &&mut RoomPrice| (known.thing, known.counts) == (row.thing, row.counts);
            match self.rooms.iter_mut().find(same) {
                Some(known) => {
                    known.price = known.price.max(row.price);
                    known.there = known.there.max(row.there);
                    join(&mut known.wanted, row.wanted);
                    join(&mut known.got, row.got);
                }
                None => self.rooms.push(row),
            }
        }
        self.rooms.sort_by_key(|row| (row.thing, row.counts));
    }
}

/// By row of a market's prices that is not nothing, which orders take some, rising.
fn takers(market: &Market<'_, '_>, rows: &[usize], answer: &Answer, bids: &[Bid]) -> Vec<Vec<u32>> {
    let mut takers: Vec<Vec<u32>> = vec![Vec::new(); market.goods().rows()];
    for (bid, &row) in bids.iter().zip(rows) {
        for &(thing, _) in &bid.takes {
            let price = market.goods().row[thing as usize] as usize;
            if answer.prices[price] > 0 {
                takers[price].push(row as u32);
            }
        }
    }
    for takers in &mut takers {
        takers.sort_unstable();
        takers.dedup();
    }
    takers
}

fn join(known: &mut Vec<u32>, more: Vec<u32>) {
    known.extend(more);
    known.sort_unstable();
}

/// A mean of prices.
#[derive(Debug, Default)]
pub(super) struct Average {
    cells: BTreeMap<CellIx, (i128, u64)>,
}

impl Average {
    /// Adds prices of stock; room somewhere at one moment is not there in another scenario.
    pub fn add(&mut self, prices: &Prices) {
        for row in &prices.cells {
            let sum = self.cells.entry(row.cell).or_default();
            sum.0 += i128::from(row.price.0);
            sum.1 = sum.1.max(row.there);
        }
    }

    /// The mean over so many tables, rounded to the nearest.
    pub fn over(self, tables: usize) -> Prices {
        let tables = (tables as i128).max(1);
        let mean = |sum: i128| i64::try_from((sum + tables / 2) / tables).unwrap_or(i64::MAX);
        let row = |(cell, (sum, there))| {
            let (wanted, got) = (Vec::new(), Vec::new());
            CellPrice { cell, price: Money(mean(sum)), there, wanted, got }
        };
        let mut prices = Prices { cells: self.cells.into_iter().map(row).collect(), rooms: Vec::new() };
        prices.cells.retain(|row| row.price > Money::ZERO);
        prices
    }
}
