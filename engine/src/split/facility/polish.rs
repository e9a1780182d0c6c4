//! Better prices by following subgradients of the Lagrangian dual.
//!
//! Any prices bound the optimum by their sum plus every free way's slack where that is negative. The direction is
//! a subgradient smoothed by earlier ones (P. M. Camerini, L. Fratta and F. Maffioli, 1975), the step length
//! that of B. T. Polyak (1969) towards the best known cost; M. Held, P. Wolfe and H. P. Crowder (1974) halve it when
//! progress ends. Whole numbers throughout. At the end the prices are lowered until no slack is negative, which
//! costs nothing of the bound, and raised again.

use super::dual::{Dual, Scratch, WayState};
use super::sorted::{NEVER, Sorted};

/// Directions are kept in sixteenths.
const SHARE: i64 = 16;

/// Passes that count as one step.
const PASSES_PER_STEP: u32 = 16;

/// Scratch of the polishing.
#[derive(Debug, Default)]
pub(super) struct Polish {
    price: Vec<i64>,
    best: Vec<i64>,
    cap: Vec<i64>,
    slack: Vec<i64>,
    direction: Vec<i64>,
}

/// How far to go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passes {
    /// Most passes.
    pub most: u32,
    /// First step length, in sixteenths of Polyak's.
    pub stride: i64,
    /// Passes without progress before it is halved.
    pub patience: u32,
}

impl Polish {
    /// Improves the prices of `dual`. Stops early when the bound is above `enough`. Returns the steps that the passes
    /// count as.
    pub fn run(
        &mut self,
        sorted: &Sorted,
        dual: &mut Dual,
        scratch: &mut Scratch,
        passes: Passes,
        enough: i64,
    ) -> u64 {
        let before = dual.bound();
        self.price.clear();
        self.price.extend_from_slice(&dual.price);
        self.best.clear();
        self.best.extend_from_slice(&dual.price);
        self.direction.clear();
        self.direction.resize(sorted.lines, 0);
        self.cap.clear();
        for line in 0..sorted.lines {
            // No line need offer more than the cheapest way of serving it alone.
            let mut cap = i64::MAX;
            for arc in sorted.line(line) {
                let way = arc.end as usize;
                if arc.cost >= cap {
                    break;
                }
                match dual.state[way] {
                    WayState::Free => cap = cap.min(arc.cost + sorted.fixed[way]),
                    WayState::Open => cap = cap.min(arc.cost),
                    WayState::Closed => {}
                }
            }
            self.cap.push(cap);
        }
        let caps = self.cap.iter().fold(0_i64, |sum, &cap| sum.saturating_add(cap));
        if caps > NEVER / 2 {
            // Offers could add up beyond the range of numbers.
            return 0;
        }
        let mut best = before;
        let mut stride = passes.stride;
        let mut idle = 0;
        let mut done = 0;
        while done < passes.most {
            done += 1;
            let (bound, norm) = self.evaluate(sorted, dual);
            if bound > best {
                // Small gains count as none, or the stride would never fall.
                idle = if bound - best > (enough - best) / 256 { 0 } else { idle + 1 };
                best = bound;
                self.best.clear();
                self.best.extend_from_slice(&self.price);
                if best > enough {
                    break;
                }
            } else {
                idle += 1;
            }
            if idle >= passes.patience {
                idle = 0;
                stride /= 2;
                if stride == 0 {
                    break;
                }
                let (price, best) = (&mut self.price, &self.best);
                price.clear();
                price.extend_from_slice(best);
                self.direction.fill(0);
                continue;
            }
            if norm == 0 {
                break;
            }
            let step = ((enough + sorted.grain).saturating_sub(bound) / norm).max(1).saturating_mul(stride);
            for line in 0..sorted.lines {
                let arcs = sorted.line(line);
                let low = arcs.first().map_or(0, |arc| arc.cost);
                let change = i128::from(step) * i128::from(self.direction[line]) / i128::from(SHARE * SHARE);
                // Far out is far enough: the price is kept between its limits.
                let change = change.clamp(-i128::from(NEVER), i128::from(NEVER)) as i64;
                self.price[line] = (self.price[line] + change).max(low).min(self.cap[line]);
            }
        }
        if best > before {
            self.settle(sorted, dual);
            dual.raise(sorted, scratch, enough);
        }
        u64::from(done / PASSES_PER_STEP)
    }

    /// Bound at the current prices; sets the direction and returns the square of its length.
    fn evaluate(&mut self, sorted: &Sorted, dual: &Dual) -> (i64, i64) {
        self.slack.clear();
        self.slack.extend_from_slice(&sorted.fixed);
        let mut bound = i128::from(dual.paid);
        for line in 0..sorted.lines {
            let price = self.price[line];
            bound += i128::from(price);
            for arc in sorted.line(line) {
                if arc.cost >= price {
                    break;
                }
                self.slack[arc.end as usize] -= price - arc.cost;
            }
        }
        for (slack, &state) in self.slack.iter_mut().zip(&dual.state) {
            if state == WayState::Free {
                bound += i128::from((*slack).min(0));
            } else {
                *slack = 0;
            }
        }
        let mut norm = 0;
        for line in 0..sorted.lines {
            let price = self.price[line];
            let mut gradient = 1;
            for arc in sorted.line(line) {
                if arc.cost >= price {
                    break;
                }
                gradient -= i64::from(self.slack[arc.end as usize] < 0);
            }
            if gradient > 0 && price >= self.cap[line] {
                gradient = 0;
            }
            let direction = gradient * SHARE + self.direction[line] * 11 / SHARE;
            self.direction[line] = direction;
            norm += direction * direction;
        }
        let bound = bound.max(-i128::from(NEVER)) as i64;
        (bound, norm / (SHARE * SHARE))
    }

    /// Gives `dual` the best prices, lowered where a slack is negative.
    fn settle(&mut self, sorted: &Sorted, dual: &mut Dual) {
        dual.set_prices(sorted, &self.best);
        for way in 0..sorted.ways {
            if dual.state[way] != WayState::Free {
                continue;
            }
            for arc in sorted.way(way) {
                let lack = -dual.slack[way];
                if lack <= 0 {
                    break;
                }
                let line = arc.end as usize;
                let offer = dual.price[line] - arc.cost;
                if offer > 0 {
                    let to = dual.price[line] - offer.min(lack);
                    dual.lower(sorted, line, to);
                }
            }
        }
    }
}
