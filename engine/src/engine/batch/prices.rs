//! What stock and room were worth to orders that competed for them, and to which.

use super::market::Market;
use crate::batch::Answer;
use crate::load::Scarce;
use crate::stock::CellIx;
use crate::units::{Index, Money};
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
    /// Orders (rows of those decided) that got some, rising.
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
    /// Orders (rows of those decided) that got some, rising.
    pub got: Vec<u32>,
}

impl Prices {
    /// Prices of an answer; `rows` are the numbers of the market's orders among all.
    pub(super) fn of(market: &Market<'_, '_>, rows: &[usize], answer: &Answer) -> Prices {
        let mut got: Vec<Vec<u32>> = vec![Vec::new(); market.goods.rows()];
        for (bid, &row) in answer.bids.iter().zip(rows) {
            for &(thing, _) in &bid.takes {
                let price = market.goods.row[thing as usize] as usize;
                if answer.prices[price] > 0 {
                    got[price].push(row as u32);
                }
            }
        }
        let mut there = vec![0u64; market.goods.rows()];
        for (thing, &most) in market.goods.most.iter().enumerate() {
            there[market.goods.row[thing] as usize] += most;
        }
        let mut prices = Prices::default();
        let mut seen = vec![false; market.goods.rows()];
        for (thing, &row) in market.goods.row.iter().enumerate() {
            let row = row as usize;
            if std::mem::replace(&mut seen[row], true) || answer.prices[row] == 0 {
                continue;
            }
            let (price, there, mut got) =
                (Money(answer.prices[row]), there[row], std::mem::take(&mut got[row]));
            got.sort_unstable();
            got.dedup();
            match market.cell(thing as u32) {
                Some(cell) => prices.cells.push(CellPrice { cell, price, there, got }),
                None => {
                    let (thing, counts) = market.rooms[thing - market.cells.len()];
                    prices.rooms.push(RoomPrice { thing, price, there, counts: counts.word(), got });
                }
            }
        }
        prices.cells.sort_by_key(|row| row.cell);
        prices
    }

    /// By row of a market's prices.
    pub(super) fn rows(&self, market: &Market<'_, '_>) -> Vec<i64> {
        let mut rows = vec![0i64; market.goods.rows()];
        for row in &self.cells {
            let thing = market.thing_of.get(row.cell.row()).copied().unwrap_or(u32::MAX);
            if let Some(&price) = market.goods.row.get(thing as usize) {
                rows[price as usize] = row.price.0.max(0);
            }
        }
        for row in &self.rooms {
            for (thing, counts) in market.rooms_of(row.thing) {
                if counts.word() == row.counts {
                    rows[market.goods.row[thing as usize] as usize] = row.price.0.max(0);
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
                    known.got.extend(row.got);
                    known.got.sort_unstable();
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
                    known.got.extend(row.got);
                    known.got.sort_unstable();
                }
                None => self.rooms.push(row),
            }
        }
        self.rooms.sort_by_key(|row| (row.thing, row.counts));
    }
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
        let row = |(cell, (sum, there))| CellPrice { cell, price: Money(mean(sum)), there, got: Vec::new() };
        let mut prices = Prices { cells: self.cells.into_iter().map(row).collect(), rooms: Vec::new() };
        prices.cells.retain(|row| row.price > Money::ZERO);
        prices
    }
}
