//! Answers: from the used-up ways of a dual, and by adding, dropping and exchanging ways.

use super::dual::{Dual, WayState};
use super::sorted::{NEVER, Sorted};

/// A set of ways and what it costs when every line takes its cheapest way of the set.
#[derive(Debug, Default)]
pub(super) struct Primal {
    pub open: Vec<bool>,
    pub way_of: Vec<u32>,
    near: Vec<Near>,
    loss: Vec<i64>,
    alone: Vec<u32>,
    relief: Vec<i64>,
    relief_alone: Vec<u32>,
    used: Vec<bool>,
    kept: Vec<bool>,
}

/// The two cheapest open ways of a line.
#[derive(Clone, Copy, Debug)]
struct Near {
    first: u32,
    cost: i64,
    second: i64,
}

/// One change of the open set.
#[derive(Clone, Copy, Debug)]
struct Change {
    gain: i64,
    add: u32,
    drop: u32,
}

/// Kicks between two looks at the stop flag.
const KICKS_BETWEEN_STOPS: usize = 16;

const NONE: u32 = u32::MAX;

impl Primal {
    /// A small set of used-up ways within whose reach every line is (Erlenkotter, 1978): first those without
    /// which some line has none, then the cheapest for each line still without. Returns its scaled cost.
    pub fn construct(&mut self, sorted: &Sorted, dual: &Dual) -> i64 {
        self.open.clear();
        self.open.extend(dual.state.iter().map(|&state| state == WayState::Open));
        for line in 0..sorted.lines {
            let price = dual.price[line];
            let (mut only, mut count) = (0, 0);
            for arc in sorted.line(line) {
                if arc.cost > price {
                    break;
                }
                let way = arc.end as usize;
                if dual.slack[way] == 0 {
                    only = way;
                    count += 1;
                }
            }
            if count == 1 {
                self.open[only] = true;
            }
        }
        for line in 0..sorted.lines {
            let price = dual.price[line];
            let mut first = None;
            let mut served = false;
            for arc in sorted.line(line) {
                let way = arc.end as usize;
                if arc.cost > price {
                    break;
                }
                if self.open[way] {
                    served = true;
                    break;
                }
                if first.is_none() && dual.slack[way] == 0 {
                    first = Some(way);
                }
            }
            if !served {
                let any = |arc: &&super::sorted::Arc| dual.state[arc.end as usize] != WayState::Closed;
                let first = first.or_else(|| sorted.line(line).iter().find(any).map(|arc| arc.end as usize));
                if let Some(way) = first {
                    self.open[way] = true;
                }
            }
        }
        self.assign(sorted)
    }

    /// Gives every line its cheapest open way; ways that no line takes are closed. [`NEVER`] when some line
    /// has none.
    pub fn assign(&mut self, sorted: &Sorted) -> i64 {
        self.used.clear();
        self.used.resize(sorted.ways, false);
        self.way_of.clear();
        let mut cost = 0;
        for line in 0..sorted.lines {
            let Some(arc) = sorted.line(line).iter().find(|arc| self.open[arc.end as usize]) else {
                return NEVER;
            };
            let way = arc.end as usize;
            cost += arc.cost;
            if !self.used[way] {
                self.used[way] = true;
                cost += sorted.fixed[way];
            }
            self.way_of.push(arc.end);
        }
        cost
    }

    /// Fixed charges of the assignment made last.
    pub fn charges(&self, sorted: &Sorted) -> i64 {
        self.used.iter().zip(&sorted.fixed).map(|(&used, &fixed)| if used { fixed } else { 0 }).sum()
    }

    /// Number of ways used by the assignment made last.
    pub fn count(&self) -> i64 {
        self.used.iter().map(|&used| i64::from(used)).sum()
    }

    /// Cost of the assignment made last, every open way of the dual paid for even when no line takes it.
    pub fn cost_with(&self, sorted: &Sorted, dual: &Dual) -> i64 {
        let arcs: i64 = (0..sorted.lines)
            .map(|line| {
                let arc = sorted.line(line).iter().find(|arc| arc.end == self.way_of[line]);
                arc.map_or(NEVER, |arc| arc.cost)
            })
            .sum();
        let paid = |way: &usize| self.used[*way] || dual.state[*way] == WayState::Open;
        arcs + (0..sorted.ways).filter(paid).map(|way| sorted.fixed[way]).sum::<i64>()
    }

    /// Adds, drops and exchanges ways, the best change first, until none helps. Returns the scaled cost.
    ///
    /// The exchange of one open way for one closed costs no more to look at than the opening alone, by keeping
    /// each line's two cheapest ways (R. A. Whitaker, 1983; M. G. C. Resende and R. F. Werneck, 2006).
    pub fn improve(&mut self, sorted: &Sorted) -> i64 {
        self.climb(sorted, NONE)
    }

    /// As [`improve`](Primal::improve), but leaves one way as it is.
    fn climb(&mut self, sorted: &Sorted, kept: u32) -> i64 {
        let mut cost = self.assign(sorted);
        if cost >= NEVER {
            return cost;
        }
        self.open.clone_from(&self.used);
        loop {
            self.measure(sorted);
            let change = self.best_change(sorted, kept);
            if change.gain <= 0 {
                break;
            }
            if change.add != NONE {
                self.open[change.add as usize] = true;
            }
            if change.drop != NONE {
                self.open[change.drop as usize] = false;
            }
            let now = self.assign(sorted);
            debug_assert!(now <= cost - change.gain);
            cost = now;
            self.open.clone_from(&self.used);
        }
        cost
    }

    /// Turns every way in turn the other way round, holds it there while the rest is improved, then lets go:
    /// a local search whose kicks are every way once, not drawn. Goes round until a whole round brings nothing
    /// or `rounds` are over. Starts from the set left by [`improve`](Primal::improve), whose cost is given.
    pub fn kick(
        &mut self,
        sorted: &Sorted,
        mut cost: i64,
        rounds: u32,
        stop: &mut dyn FnMut() -> bool,
    ) -> i64 {
        self.kept.clear();
        self.kept.extend_from_slice(&self.open);
        let mut last = 0;
        for turn in 0..rounds as usize * sorted.ways {
            if turn % KICKS_BETWEEN_STOPS == 0 && stop() {
                break;
            }
            let way = turn % sorted.ways;
            self.open[way] = !self.open[way];
            self.climb(sorted, way as u32);
            let now = self.climb(sorted, NONE);
            if now < cost {
                (cost, last) = (now, turn);
                self.kept.clone_from(&self.open);
            } else {
                self.open.clone_from(&self.kept);
                if turn >= last + sorted.ways {
                    break;
                }
            }
        }
        self.assign(sorted)
    }

    /// Takes on a set of ways.
    pub fn set(&mut self, sorted: &Sorted, way_of: &[u32]) -> i64 {
        self.open.clear();
        self.open.extend(sorted.name.iter().map(|name| way_of.contains(name)));
        self.assign(sorted)
    }

    /// Finds every line's two cheapest ways, and what dropping each open way would cost.
    fn measure(&mut self, sorted: &Sorted) {
        let ways = sorted.ways;
        self.loss.clear();
        self.loss.extend(sorted.fixed.iter().map(|fixed| -fixed));
        self.alone.clear();
        self.alone.resize(ways, 0);
        self.near.clear();
        for line in 0..sorted.lines {
            let mut open = sorted.line(line).iter().filter(|arc| self.open[arc.end as usize]);
            let first = open.next().map_or((NONE, NEVER), |arc| (arc.end, arc.cost));
            let second = open.next().map_or(NEVER, |arc| arc.cost);
            if first.0 != NONE {
                if second == NEVER {
                    self.alone[first.0 as usize] += 1;
                } else {
                    self.loss[first.0 as usize] += second - first.1;
                }
            }
            self.near.push(Near { first: first.0, cost: first.1, second });
        }
    }

    fn best_change(&mut self, sorted: &Sorted, kept: u32) -> Change {
        let mut best = Change { gain: 0, add: NONE, drop: NONE };
        for way in 0..sorted.ways {
            if self.open[way] && way as u32 != kept && self.alone[way] == 0 && -self.loss[way] > best.gain {
                best = Change { gain: -self.loss[way], add: NONE, drop: way as u32 };
            }
        }
        self.relief.clear();
        self.relief.resize(sorted.ways, 0);
        self.relief_alone.clear();
        self.relief_alone.resize(sorted.ways, 0);
        for add in 0..sorted.ways {
            if self.open[add] || add as u32 == kept {
                continue;
            }
            let mut gain = -sorted.fixed[add];
            for arc in sorted.way(add) {
                let near = self.near[arc.end as usize];
                let first = near.first as usize;
                if near.second == NEVER {
                    self.relief_alone[first] += 1;
                    // Without the first way the line would move here: that much worse than now.
                    self.relief[first] -= (arc.cost - near.cost).max(0);
                } else if arc.cost < near.second {
                    self.relief[first] += near.second - arc.cost.max(near.cost);
                }
                gain += (near.cost - arc.cost).max(0);
            }
            if gain > best.gain {
                best = Change { gain, add: add as u32, drop: NONE };
            }
            for drop in 0..sorted.ways {
                if !self.open[drop] {
                    continue;
                }
                let with = gain - self.loss[drop] + self.relief[drop];
                if with > best.gain && drop as u32 != kept && self.relief_alone[drop] == self.alone[drop] {
                    best = Change { gain: with, add: add as u32, drop: drop as u32 };
                }
                self.relief[drop] = 0;
                self.relief_alone[drop] = 0;
            }
        }
        best
    }
}
