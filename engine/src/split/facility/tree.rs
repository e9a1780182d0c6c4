//! Branch and bound over ways: each node closes or opens one way and raises the prices it inherits.

use super::dual::{Dual, Scratch, WayState};
use super::polish::{Passes, Polish};
use super::primal::Primal;
use super::sorted::Sorted;

/// Nodes between two looks at the stop flag.
const STOP_EVERY: u64 = 64;

/// Share of the gap, in 1024ths, that polishing must close at a node to be done at every node.
const WORTH: i64 = 512;

/// Otherwise it is tried when the number of steps is a multiple of this.
const SAMPLE: u64 = 32;

/// What the search keeps between nodes.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub levels: Vec<Dual>,
    frames: Vec<Frame>,
    pub scratch: Scratch,
    pub polish: Polish,
    pub primal: Primal,
    weight: Vec<i64>,
    /// Scaled cost of the best answer so far.
    pub best: i64,
    /// Its way for every line, numbered as in the problem.
    pub best_way_of: Vec<u32>,
    pub steps: u64,
    /// Number of open ways to which shifted charges are measured.
    pub count: i64,
    /// Whether the last search was ended by its limits.
    pub stopped: bool,
    /// Share of the gap that polishing has lately closed at a node, in 1024ths.
    yields: i64,
    /// Prices of the root, kept for the next stage.
    pub root: Dual,
}

/// A node whose second child is still to come.
#[derive(Clone, Copy, Debug)]
struct Frame {
    way: u32,
    /// Whether the first child, with the way open, has been taken: the second closes it.
    second: bool,
}

/// How much to do at a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    pub passes: Passes,
    /// The search ends when the tree's steps come to this many.
    pub steps: u64,
    /// No search follows when they come to this many.
    pub most: u64,
    /// End as soon as a better answer is found.
    pub until_better: bool,
}

impl Tree {
    /// Highest bound that still leaves room for a better answer.
    #[inline]
    pub fn enough(&self, sorted: &Sorted) -> i64 {
        self.best - sorted.grain + sorted.shift * self.count
    }

    /// Takes over the answer in `primal` when it is better.
    pub fn offer(&mut self, sorted: &Sorted, cost: i64) {
        let cost = if sorted.shift == 0 { cost } else { cost - sorted.shift * self.primal.count() };
        if cost < self.best {
            self.best = cost;
            self.best_way_of.clear();
            self.best_way_of.extend(self.primal.way_of.iter().map(|&way| sorted.name[way as usize]));
        }
    }

    /// Closes every free way that no better answer opens.
    fn fix(&mut self, sorted: &Sorted, level: usize) {
        let enough = self.enough(sorted);
        let dual = &mut self.levels[level];
        let room = enough - dual.bound();
        for way in 0..sorted.ways {
            if dual.state[way] == WayState::Free && dual.slack[way] > room {
                dual.close(sorted, way);
            }
        }
    }

    /// Bounds the node held in `level`. Returns the way to branch on, or `None` when it is done with.
    fn node(&mut self, sorted: &Sorted, level: usize, effort: Effort) -> Option<Frame> {
        self.steps += 1;
        let mut enough = self.enough(sorted);
        if self.levels[level].bound() > enough {
            return None;
        }
        if effort.passes.most > 0 && (self.yields >= WORTH || self.steps.is_multiple_of(SAMPLE)) {
            let dual = &mut self.levels[level];
            let before = dual.bound();
            self.steps += self.polish.run(sorted, dual, &mut self.scratch, effort.passes, enough);
            let gain = (dual.bound() - before).min(enough - before + 1);
            let share = i64::try_from(i128::from(gain) * 1024 / i128::from(enough - before + 1)).unwrap_or(0);
            self.yields += (share - self.yields) / 8;
            if dual.bound() > enough {
                return None;
            }
        }
        let cost = self.primal.construct(sorted, &self.levels[level]);
        if cost <= enough {
            self.offer(sorted, cost);
            enough = self.enough(sorted);
            if self.levels[level].bound() > enough {
                return None;
            }
        }
        self.fix(sorted, level);
        self.choose(sorted, level)
    }

    /// The free way whose lines pay most into more than one open way of the answer.
    fn choose(&mut self, sorted: &Sorted, level: usize) -> Option<Frame> {
        let dual = &self.levels[level];
        self.weight.clear();
        self.weight.resize(sorted.ways, 0);
        for line in 0..sorted.lines {
            let price = dual.price[line];
            let (mut count, mut far) = (0, 0);
            for arc in sorted.line(line) {
                if arc.cost >= price {
                    break;
                }
                if self.primal.open[arc.end as usize] {
                    count += 1;
                    far = arc.cost;
                }
            }
            if count < 2 {
                continue;
            }
            for arc in sorted.line(line) {
                if arc.cost > far {
                    break;
                }
                if self.primal.open[arc.end as usize] {
                    self.weight[arc.end as usize] += price - arc.cost;
                }
            }
        }
        let mut best: Option<usize> = None;
        for (way, &weight) in self.weight.iter().enumerate() {
            if weight > best.map_or(0, |best| self.weight[best]) && dual.state[way] == WayState::Free {
                best = Some(way);
            }
        }
        if best.is_none() && sorted.shift != 0 {
            // The answer is the node's best by shifted charges, which need not be its best.
            best = (0..sorted.ways)
                .filter(|&way| dual.state[way] == WayState::Free)
                .min_by_key(|&way| (!self.primal.open[way], dual.slack[way]));
        }
        best.map(|way| Frame { way: way as u32, second: false })
    }

    /// Searches below the root held in level 0, whose prices have been raised. Returns a scaled lower bound:
    /// the best cost itself when the search came to its end.
    pub fn search(&mut self, sorted: &Sorted, effort: Effort, stop: &mut dyn FnMut() -> bool) -> i64 {
        self.frames.clear();
        self.yields = 1024;
        self.stopped = false;
        let first = self.best;
        let mut turns = 0_u64;
        let Some(frame) = self.node(sorted, 0, effort) else { return self.best };
        self.frames.push(frame);
        while let Some(frame) = self.frames.last().copied() {
            let depth = self.frames.len() - 1;
            turns += 1;
            let asked = turns % STOP_EVERY == 1 && stop();
            let better = effort.until_better && self.best < first;
            if asked || better || self.steps >= effort.steps {
                self.stopped = asked || self.steps >= effort.most;
                // Every node on the path still has its second child or both to come.
                let open = self.levels[..=depth].iter().map(Dual::bound).min().unwrap_or(self.best);
                return open.min(self.best);
            }
            let level = if frame.second {
                // The second child takes the place of its parent.
                self.frames.pop();
                depth
            } else {
                self.frames[depth].second = true;
                if self.levels.len() <= depth + 1 {
                    self.levels.push(Dual::default());
                }
                let (before, after) = self.levels.split_at_mut(depth + 1);
                after[0].copy_from(&before[depth]);
                depth + 1
            };
            if self.child(sorted, level, frame)
                && let Some(next) = self.node(sorted, level, effort)
            {
                self.frames.push(next);
            }
        }
        self.best
    }

    /// Takes the branch and raises the prices. Returns false when nothing below can be better.
    fn child(&mut self, sorted: &Sorted, level: usize, frame: Frame) -> bool {
        let enough = self.enough(sorted);
        let way = frame.way as usize;
        let dual = &mut self.levels[level];
        if dual.bound() > enough {
            return false;
        }
        if !frame.second {
            let slack = dual.slack[way];
            if dual.bound() + slack > enough {
                return false;
            }
            dual.open(sorted, way);
            if dual.bound() <= enough {
                dual.raise(sorted, &mut self.scratch, enough);
            }
        } else {
            dual.close(sorted, way);
            dual.raise_near(sorted, &mut self.scratch, way, enough);
        }
        dual.bound() <= enough
    }
}
