//! Prices of lines whose sum is a lower bound, and how to raise them.
//!
//! The condensed dual of the location problem: a price for every line such that no way's lines together offer
//! more than its fixed charge, Σ max(0, price − cost) ≤ fixed. Raising and adjusting follow D. Erlenkotter, "A
//! dual-based procedure for uncapacitated facility location", Operations Research 26 (1978), 992–1009.

use super::sorted::{Arc, NEVER, Sorted};

/// What has been decided about a way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WayState {
    /// Nothing yet.
    #[default]
    Free,
    /// It is open and paid for, used or not.
    Open,
    /// It may not be used.
    Closed,
}

/// Prices, and what they leave of every way's fixed charge.
///
/// Always: a free way's slack is its fixed charge less the offers of its lines, and not negative; an open way's
/// slack is 0 and no line's price is above its arc to it; a closed way's slack is [`NEVER`] less its offers.
#[derive(Clone, Debug, Default)]
pub(super) struct Dual {
    pub price: Vec<i64>,
    pub slack: Vec<i64>,
    pub state: Vec<WayState>,
    /// Fixed charges of the open ways.
    pub paid: i64,
    /// Sum of the prices.
    pub sum: i64,
}

/// Scratch of the raising and adjusting.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    active: Vec<u32>,
    undo: Vec<(u32, i64)>,
}

impl Dual {
    /// The lower bound, scaled.
    #[inline]
    pub fn bound(&self) -> i64 {
        self.paid + self.sum
    }

    /// Every line at the cost of its cheapest arc, every way free.
    pub fn reset(&mut self, sorted: &Sorted) {
        self.slack.clear();
        self.slack.extend_from_slice(&sorted.fixed);
        self.state.clear();
        self.state.resize(sorted.ways, WayState::Free);
        self.price.clear();
        self.price
            .extend((0..sorted.lines).map(|line| sorted.line(line).first().map_or(NEVER, |arc| arc.cost)));
        self.paid = 0;
        self.sum = self.price.iter().sum();
    }

    /// Takes over another's values without giving up memory.
    pub fn copy_from(&mut self, other: &Dual) {
        self.price.clear();
        self.price.extend_from_slice(&other.price);
        self.slack.clear();
        self.slack.extend_from_slice(&other.slack);
        self.state.clear();
        self.state.extend_from_slice(&other.state);
        (self.paid, self.sum) = (other.paid, other.sum);
    }

    /// Takes on prices as they are; the caller then lowers some until no slack is negative.
    pub fn set_prices(&mut self, sorted: &Sorted, prices: &[i64]) {
        self.price.clear();
        self.price.extend_from_slice(prices);
        self.sum = prices.iter().sum();
        for (way, slack) in self.slack.iter_mut().enumerate() {
            *slack = match self.state[way] {
                WayState::Free => sorted.fixed[way],
                WayState::Open => 0,
                WayState::Closed => NEVER,
            };
        }
        for (line, &price) in prices.iter().enumerate() {
            for arc in sorted.line(line) {
                if arc.cost >= price {
                    break;
                }
                self.slack[arc.end as usize] -= price - arc.cost;
            }
        }
    }

    /// Closes a free way. Prices stay good; they may now be raised.
    pub fn close(&mut self, sorted: &Sorted, way: usize) {
        self.state[way] = WayState::Closed;
        self.slack[way] += NEVER - sorted.fixed[way];
    }

    /// Opens a free way: the bound grows by its slack, and lines that offered it something ask for less of
    /// other ways.
    pub fn open(&mut self, sorted: &Sorted, way: usize) {
        self.state[way] = WayState::Open;
        self.paid += sorted.fixed[way];
        for arc in sorted.way(way) {
            let line = arc.end as usize;
            if self.price[line] > arc.cost {
                self.lower(sorted, line, arc.cost);
            }
        }
        self.slack[way] = 0;
    }

    /// Lowers a line's price.
    #[inline]
    pub fn lower(&mut self, sorted: &Sorted, line: usize, to: i64) {
        let from = self.price[line];
        for arc in sorted.line(line) {
            if arc.cost >= from {
                break;
            }
            // No open way is among them: their arcs are never below the price.
            self.slack[arc.end as usize] += from - arc.cost.max(to);
        }
        self.price[line] = to;
        self.sum -= from - to;
    }

    /// Raises a line's price to the cost of its next arc, or as far as the slacks allow when that is less.
    /// Returns true when it can go no further.
    #[inline]
    fn step(&mut self, arcs: &[Arc], line: usize) -> bool {
        let price = self.price[line];
        let mut room = NEVER;
        let mut next = NEVER;
        let mut near = 0;
        for arc in arcs {
            if arc.cost > price {
                next = arc.cost - price;
                break;
            }
            near += 1;
            room = room.min(self.slack[arc.end as usize]);
        }
        let up = room.min(next);
        if up <= 0 {
            return true;
        }
        if up >= NEVER / 2 {
            // No way is left for this line: nothing can serve it.
            self.price[line] += NEVER / 4;
            self.sum = self.sum.saturating_add(NEVER / 4);
            return true;
        }
        for arc in &arcs[..near] {
            self.slack[arc.end as usize] -= up;
        }
        self.price[line] = price + up;
        self.sum += up;
        room <= next
    }

    /// Raises a line's price as far as the slacks allow.
    #[inline]
    fn fill(&mut self, arcs: &[Arc], line: usize) -> i64 {
        let price = self.price[line];
        let mut to = NEVER;
        for arc in arcs {
            if arc.cost >= to {
                break;
            }
            to = to.min(self.slack[arc.end as usize].saturating_add(arc.cost.max(price)));
        }
        let up = to - price;
        if up <= 0 || to >= NEVER / 2 {
            return 0;
        }
        for arc in arcs {
            if arc.cost >= to {
                break;
            }
            self.slack[arc.end as usize] -= to - arc.cost.max(price);
        }
        self.price[line] = to;
        self.sum += up;
        up
    }

    /// Raises all prices in turn, one arc at a time, until none can rise or the bound is above `enough`.
    pub fn raise(&mut self, sorted: &Sorted, scratch: &mut Scratch, enough: i64) {
        scratch.active.clear();
        scratch.active.extend(0..sorted.lines as u32);
        self.raise_active(sorted, scratch, enough);
    }

    /// Raises the prices of one way's lines.
    pub fn raise_near(&mut self, sorted: &Sorted, scratch: &mut Scratch, way: usize, enough: i64) {
        scratch.active.clear();
        scratch.active.extend(
            sorted.way(way).iter().filter(|arc| arc.cost <= self.price[arc.end as usize]).map(|arc| arc.end),
        );
        self.raise_active(sorted, scratch, enough);
    }

    fn raise_active(&mut self, sorted: &Sorted, scratch: &mut Scratch, enough: i64) {
        while !scratch.active.is_empty() && self.bound() <= enough {
            scratch.active.retain(|&line| !self.step(sorted.line(line as usize), line as usize));
        }
    }

    /// Dual adjustment: lowers a line that pays into two or more used-up ways and lets others take the room.
    /// A change that does not help is taken back. Returns the gain of one round over all lines.
    pub fn adjust(&mut self, sorted: &Sorted, scratch: &mut Scratch, enough: i64) -> i64 {
        let before = self.sum;
        for line in 0..sorted.lines {
            let price = self.price[line];
            let arcs = sorted.line(line);
            let (mut full, mut below) = (0, 0);
            for arc in arcs {
                if arc.cost >= price {
                    break;
                }
                full += usize::from(self.slack[arc.end as usize] == 0);
                if self.state[arc.end as usize] != WayState::Closed {
                    below = arc.cost;
                }
            }
            if full < 2 {
                continue;
            }
            let sum = self.sum;
            scratch.undo.clear();
            self.lower(sorted, line, below);
            for arc in arcs {
                if arc.cost >= price {
                    break;
                }
                let way = arc.end as usize;
                if self.state[way] != WayState::Free {
                    continue;
                }
                for other in sorted.way(way) {
                    let other_line = other.end as usize;
                    if self.slack[way] == 0 {
                        break;
                    }
                    let from = self.price[other_line];
                    if other_line == line || other.cost > from {
                        continue;
                    }
                    if self.fill(sorted.line(other_line), other_line) > 0 {
                        scratch.undo.push((other_line as u32, from));
                    }
                }
            }
            self.fill(arcs, line);
            if self.sum < sum {
                // Take it back: the line itself first, down to where it was lowered, then the others.
                let now = self.price[line];
                if now > below {
                    self.lower(sorted, line, below);
                }
                while let Some((other, from)) = scratch.undo.pop() {
                    self.lower(sorted, other as usize, from);
                }
                let filled = self.lift(arcs, line, price);
                debug_assert!(filled);
                debug_assert_eq!(self.sum, sum);
            }
            if self.bound() > enough {
                break;
            }
        }
        self.sum - before
    }

    /// Sets a line's price back up to a value known to fit.
    fn lift(&mut self, arcs: &[Arc], line: usize, to: i64) -> bool {
        let price = self.price[line];
        let mut fits = true;
        for arc in arcs {
            if arc.cost >= to {
                break;
            }
            let slack = &mut self.slack[arc.end as usize];
            *slack -= to - arc.cost.max(price);
            fits &= *slack >= 0;
        }
        self.price[line] = to;
        self.sum += to - price;
        fits
    }
}
