//! Prices made better along what was wished for on average: the volume algorithm (Barahona and Anbil 2000).

#![allow(
    clippy::float_arithmetic,
    reason = "prices are sought in floats and rounded before anyone pays them"
)]

use super::dual::Dual;
use super::goods::Goods;
use super::seek::Ask;
use std::ops::ControlFlow;

/// Rounds without a better bound before steps become shorter, and by how much.
const POOR: u32 = 6;
const SHORTER: f64 = 0.7;

/// How much longer they become with a better one that points the same way.
const LONGER: f64 = 1.3;

/// The first step, of the distance to the best answer known; and the last that matters.
const FIRST: f64 = 0.03;
const LAST: f64 = 1e-4;

/// What a round counts for in what was wished for, at most and at least.
const SHARE: (f64, f64) = (0.2, 0.01);

/// Prices on their way up.
pub(super) struct Volume {
    /// The best prices, before they were rounded.
    best: Vec<f64>,
    /// By row, how much there is.
    most: Vec<f64>,
    /// By row, how much was wished for, later rounds counting more.
    wanted: Vec<f64>,
    stride: f64,
    poor: u32,
}

impl Volume {
    /// From the best prices known, which were asked last.
    pub fn new(dual: &Dual, goods: &Goods) -> Volume {
        Volume {
            best: dual.prices.iter().map(|&price| price as f64).collect(),
            most: in_steps(&dual.most, goods),
            wanted: in_steps(&dual.wished.amounts, goods),
            stride: FIRST,
            poor: 0,
        }
    }

    /// One more round; `known` is what some handing out costs. False when nothing more is to be had.
    pub fn round(
        &mut self,
        dual: &mut Dual,
        goods: &Goods,
        known: i128,
        ask: &mut Ask<'_>,
    ) -> ControlFlow<(), bool> {
        let pull = |wanted: f64, row: usize| {
            let short = wanted - self.most[row];
            if short < 0.0 && self.best[row] <= 0.0 { 0.0 } else { short }
        };
        let pulls: Vec<f64> =
            self.wanted.iter().enumerate().map(|(row, &wanted)| pull(wanted, row)).collect();
        let length: f64 = pulls.iter().map(|pull| pull * pull).sum();
        if length < 1e-9 || self.stride < LAST {
            return ControlFlow::Continue(false);
        }
        let distance = ((known - dual.bound) as f64).max(1.0);
        let step = self.stride * distance / length;
        let fine: Vec<f64> =
            self.best.iter().zip(&pulls).map(|(best, pull)| (best + step * pull).max(0.0)).collect();
        let prices: Vec<i64> = fine.iter().map(|fine| fine.round() as i64).collect();
        let better = ask(dual, &prices)?;
        let fresh = in_steps(&dual.wished.amounts, goods);
        if better {
            let along: f64 =
                fresh.iter().enumerate().map(|(row, &wanted)| pull(wanted, row) * pulls[row]).sum();
            if along > 0.0 {
                self.stride = (self.stride * LONGER).min(2.0);
            }
            self.best = fine;
            self.poor = 0;
        } else {
            self.poor += 1;
            if self.poor >= POOR {
                self.poor = 0;
                self.stride *= SHORTER;
            }
        }
        self.average(&fresh);
        ControlFlow::Continue(true)
    }

    /// Takes the last round into account, by the share that leaves least wanting.
    fn average(&mut self, fresh: &[f64]) {
        let (mut along, mut across) = (0.0, 0.0);
        for ((wanted, fresh), most) in self.wanted.iter().zip(fresh).zip(&self.most) {
            let change = fresh - wanted;
            along -= (wanted - most) * change;
            across += change * change;
        }
        let share = if across > 0.0 { (along / across).clamp(SHARE.1, SHARE.0) } else { SHARE.0 };
        for (wanted, fresh) in self.wanted.iter_mut().zip(fresh) {
            *wanted += share * (fresh - *wanted);
        }
    }
}

fn in_steps(amounts: &[u64], goods: &Goods) -> Vec<f64> {
    amounts.iter().zip(&goods.step).map(|(&amount, &step)| amount as f64 / step as f64).collect()
}
