//! Prices by a clock that ticks for each thing at its own pace.
//!
//! Where more is wanted than there is the price rises, where less is it falls, by a step of its own that grows while the
//! direction holds and shrinks when it turns (resilient steps; Riedmiller and Braun 1993). Things that do for one another
//! have a price together too: a shortage of all of them would otherwise only be passed round among them.

#![allow(
    clippy::float_arithmetic,
    reason = "prices are sought in floats and rounded before anyone pays them"
)]

use super::dual::Dual;
use super::goods::Goods;

/// By how much a step grows while its direction holds, and shrinks when it turns.
const GROWS: f64 = 1.2;
const SHRINKS: f64 = 0.7;

/// First steps of a kind and of a row, as a share of what a unit costs on average.
const FIRST_OF_KIND: f64 = 0.5;
const FIRST: f64 = 0.05;

/// The largest steps of a kind and of a row, as multiples of what a unit costs on average.
const LARGEST_OF_KIND: f64 = 20.0;
const LARGEST: f64 = 1.0;

/// A price with its step.
#[derive(Clone, Copy, Debug)]
struct Hand {
    price: f64,
    step: f64,
    /// Which way it went last.
    way: i8,
}

impl Hand {
    /// Moves with a shortage, or against what is left over.
    fn tick(&mut self, short: i64, largest: f64) {
        let way = short.signum() as i8;
        if way == 0 {
            return;
        }
        if self.way != 0 {
            self.step = if way == self.way { (self.step * GROWS).min(largest) } else { self.step * SHRINKS };
        }
        self.way = way;
        self.price += self.step * f64::from(way);
    }
}

/// The clock.
pub(super) struct Clock {
    kinds: Vec<Hand>,
    rows: Vec<Hand>,
    /// What a unit costs on average.
    scale: f64,
}

impl Clock {
    /// Set to the prices asked last.
    pub fn new(dual: &Dual, goods: &Goods, prices: &[i64]) -> Clock {
        let wanted = |row: usize| dual.wished.amounts[row] as f64 / goods.step[row] as f64;
        let units: f64 = (0..goods.rows()).map(wanted).sum();
        let scale = (dual.wished.cost as f64 / units.max(1.0)).abs().max(1.0);
        let kinds = goods.kind.iter().max().map_or(0, |&most| most as usize + 1);
        let hand = |price: i64, first: f64| Hand { price: price as f64, step: scale * first, way: 0 };
        Clock {
            kinds: vec![hand(0, FIRST_OF_KIND); kinds],
            rows: prices.iter().map(|&price| hand(price, FIRST)).collect(),
            scale,
        }
    }

    /// The next prices, after what was wished for at the last.
    pub fn tick(&mut self, dual: &Dual, goods: &Goods, prices: &mut [i64]) {
        let short = |row: usize| dual.wished.amounts[row] as i64 - dual.most[row] as i64;
        let mut of_kind = vec![0i64; self.kinds.len()];
        for (row, &kind) in goods.kind.iter().enumerate() {
            of_kind[kind as usize] += short(row);
        }
        for (kind, short) in self.kinds.iter_mut().zip(of_kind) {
            kind.tick(short, self.scale * LARGEST_OF_KIND);
            kind.price = kind.price.max(0.0);
        }
        for (row, hand) in self.rows.iter_mut().enumerate() {
            hand.tick(short(row), self.scale * LARGEST);
            prices[row] = (self.kinds[goods.kind[row] as usize].price + hand.price).max(0.0).round() as i64;
        }
    }
}
