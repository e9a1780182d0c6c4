//! Which prices prove most: by the clock, and then along what was wished for on average.

use super::clock::Clock;
use super::dual::{Dual, Wished};
use super::goods::Goods;
use super::volume::Volume;
use std::ops::ControlFlow;

/// Asks everyone at prices, and tells it to the dual; whether that proves more than any before. Breaks where it is enough.
pub(super) type Ask<'a> = dyn FnMut(&mut Dual, &[i64]) -> ControlFlow<(), bool> + 'a;

/// Rounds of the clock, and of the volume algorithm after it, at most; and shares of all rounds, of a hundred.
const CLOCK: (u32, u32) = (100, 40);
const VOLUME: (u32, u32) = (60, 3);

/// Rounds of the clock after which it has to have proven more, by at least so many millionths.
const LOOK_BACK: u32 = 20;
const MORE: i128 = 200;

fn share((most, share): (u32, u32), rounds: u32) -> u32 {
    most.min(rounds.saturating_mul(share) / 100)
}

/// From the prices asked last, until the clock proves little more.
pub(super) fn by_clock(dual: &mut Dual, goods: &Goods, rounds: u32, ask: &mut Ask<'_>) -> ControlFlow<()> {
    let mut prices = dual.prices.clone();
    let mut clock = Clock::new(dual, goods, &prices);
    let mut before = dual.bound;
    for round in 1..=share(CLOCK, rounds) {
        clock.tick(dual, goods, &mut prices);
        ask(dual, &prices)?;
        if round.is_multiple_of(LOOK_BACK) {
            if (dual.bound - before) * 1_000_000 < MORE * dual.bound.abs() {
                break;
            }
            before = dual.bound;
        }
    }
    ControlFlow::Continue(())
}

/// From the best prices, which were asked last; `known` is what some handing out costs.
pub(super) fn by_volume(
    dual: &mut Dual,
    goods: &Goods,
    rounds: u32,
    known: i128,
    ask: &mut Ask<'_>,
) -> ControlFlow<()> {
    let mut volume = Volume::new(dual, goods);
    for _ in 0..share(VOLUME, rounds) {
        if !volume.round(dual, goods, known, ask)? {
            break;
        }
    }
    ControlFlow::Continue(())
}

/// Prices for bidders that are asked elsewhere: whoever asks them tells their wishes.
#[derive(Debug)]
pub struct Seek<'g> {
    goods: &'g Goods,
    dual: Dual,
    rounds: u32,
}

impl<'g> Seek<'g> {
    /// Nothing asked yet; everyone is to be asked about so often in all.
    pub fn new(goods: &'g Goods, rounds: u32) -> Seek<'g> {
        Seek { goods, dual: Dual::new(goods), rounds }
    }

    /// Hears what everyone wished for at prices; whether that proves more than any before.
    pub fn hear(&mut self, prices: &[i64], wished: Wished) -> bool {
        self.dual.hear(self.goods, prices, wished)
    }

    /// Goes on by the clock from the prices heard of last.
    pub fn by_clock<W: Wishes>(&mut self, wishes: &mut W) -> ControlFlow<()> {
        by_clock(&mut self.dual, self.goods, self.rounds, &mut asking(self.goods, wishes))
    }

    /// Goes on by the volume algorithm from the best prices; `known` is what some handing out costs.
    pub fn by_volume<W: Wishes>(&mut self, known: i128, wishes: &mut W) -> ControlFlow<()> {
        let best = self.dual.prices.clone();
        let mut ask = asking(self.goods, wishes);
        ask(&mut self.dual, &best)?;
        by_volume(&mut self.dual, self.goods, self.rounds, known, &mut ask)
    }

    /// The best prices, by row.
    pub fn prices(&self) -> &[i64] {
        &self.dual.prices
    }

    /// Proven by them: no handing out costs less.
    pub fn bound(&self) -> i128 {
        self.dual.bound
    }

    /// How often everyone was asked.
    pub fn asked(&self) -> u32 {
        self.dual.rounds
    }
}

/// Who asks bidders that are elsewhere.
pub trait Wishes {
    /// What everyone wishes for at prices; breaks where nobody can be asked any more.
    fn at(&mut self, prices: &[i64]) -> ControlFlow<(), Wished>;

    /// Hears what is proven after so many times of asking, and whether the last proved more than those before; breaks where
    /// that is enough.
    fn proven(&mut self, bound: i128, asked: u32, better: bool) -> ControlFlow<()>;
}

fn asking<W: Wishes>(
    goods: &Goods,
    wishes: &mut W,
) -> impl FnMut(&mut Dual, &[i64]) -> ControlFlow<(), bool> {
    move |dual, prices| {
        let wished = wishes.at(prices)?;
        let better = dual.hear(goods, prices, wished);
        wishes.proven(dual.bound, dual.rounds, better)?;
        ControlFlow::Continue(better)
    }
}
