//! The problem laid out for search: every line's arcs by rising cost, every way's arcs by line.

use super::problem::{FORBIDDEN, Facilities, Measure};

/// A slack or cost that nothing reaches. Sums of a few of them stay within the range.
pub(super) const NEVER: i64 = 1 << 61;

/// Scaled sums of an answer stay below this.
const ROOM: i64 = 1 << 59;

/// Finest division of the unit of cost.
const FINEST: i64 = 1 << 8;

/// One arc, seen from its line or from its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arc {
    /// Scaled cost.
    pub cost: i64,
    /// The way (in a line's list) or the line (in a way's list).
    pub end: u32,
}

/// Sorted arcs of a problem. Ways may be fewer than in the problem: `name` gives the first number of each.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub ways: usize,
    pub lines: usize,
    /// Scaled units in one unit of cost.
    pub scale: i64,
    /// All costs are multiples of this (scaled).
    pub grain: i64,
    /// What has been added to every fixed charge.
    pub shift: i64,
    /// Scaled fixed charge of each way.
    pub fixed: Vec<i64>,
    /// Number of each way in the problem.
    pub name: Vec<u32>,
    start: Vec<u32>,
    arcs: Vec<Arc>,
    way_start: Vec<u32>,
    way_arcs: Vec<Arc>,
    keys: Vec<u64>,
    renamed: Vec<u32>,
}

const NUMBER_BITS: u32 = 16;

impl Sorted {
    /// The arcs of a line by rising cost, equal costs by way.
    #[inline]
    pub fn line(&self, line: usize) -> &[Arc] {
        &self.arcs[self.start[line] as usize..self.start[line + 1] as usize]
    }

    /// The arcs of a way, by line.
    #[inline]
    pub fn way(&self, way: usize) -> &[Arc] {
        &self.way_arcs[self.way_start[way] as usize..self.way_start[way + 1] as usize]
    }

    /// Lays out a checked problem.
    ///
    /// With `trim`, arcs that some best answer does without are left out: an arc no cheaper than opening
    /// another way for this line alone. Not to be used when ways will be closed from outside.
    pub fn build(&mut self, problem: &Facilities<'_>, measure: Measure, trim: bool) {
        let (ways, lines) = (problem.ways, problem.lines);
        (self.ways, self.lines) = (ways, lines);
        self.scale = FINEST;
        while self.scale > 1 && measure.total > ROOM / self.scale {
            self.scale /= 2;
        }
        let scale = self.scale;
        self.shift = 0;
        self.fixed.clear();
        self.fixed.extend(problem.fixed.iter().map(|fixed| fixed * scale));
        self.name.clear();
        self.name.extend(0..ways as u32);
        self.start.clear();
        self.start.push(0);
        self.arcs.clear();
        let mut grain = 0;
        for line in 0..lines {
            let row = problem.row(line);
            let mut cap = FORBIDDEN;
            let mut alone = 0;
            if trim {
                for (way, (&cost, &fixed)) in row.iter().zip(problem.fixed).enumerate() {
                    let sum = cost + fixed;
                    if sum < cap {
                        (cap, alone) = (sum, way);
                    }
                }
            }
            self.keys.clear();
            for (way, &cost) in row.iter().enumerate() {
                if cost < cap || (way == alone && cost < FORBIDDEN) {
                    self.keys.push((cost as u64) << NUMBER_BITS | way as u64);
                }
            }
            self.keys.sort_unstable();
            for &key in &self.keys {
                let cost = (key >> NUMBER_BITS) as i64;
                grain = common(grain, cost);
                self.arcs.push(Arc { cost: cost * scale, end: (key & ((1 << NUMBER_BITS) - 1)) as u32 });
            }
            self.start.push(self.arcs.len() as u32);
        }
        for &fixed in problem.fixed {
            grain = common(grain, fixed);
        }
        self.grain = grain.max(1) * scale;
        self.index_ways();
    }

    /// Keeps the ways that `keep` names and the arcs that `useful(line, arc)` accepts.
    pub fn shrink(&mut self, keep: impl Fn(usize) -> bool, useful: impl Fn(usize, &Arc) -> bool) {
        self.renamed.clear();
        let mut ways = 0;
        for way in 0..self.ways {
            if keep(way) {
                self.fixed[ways] = self.fixed[way];
                self.name[ways] = self.name[way];
                self.renamed.push(ways as u32);
                ways += 1;
            } else {
                self.renamed.push(u32::MAX);
            }
        }
        self.fixed.truncate(ways);
        self.name.truncate(ways);
        let mut to = 0;
        let mut from = 0;
        for line in 0..self.lines {
            let end = self.start[line + 1] as usize;
            for at in from..end {
                let arc = self.arcs[at];
                let way = self.renamed[arc.end as usize];
                if way != u32::MAX && useful(line, &arc) {
                    self.arcs[to] = Arc { cost: arc.cost, end: way };
                    to += 1;
                }
            }
            from = end;
            self.start[line + 1] = to as u32;
        }
        self.arcs.truncate(to);
        self.ways = ways;
        self.index_ways();
    }

    /// Adds the same to every fixed charge, in place of what was added before.
    pub fn set_shift(&mut self, shift: i64) {
        for fixed in &mut self.fixed {
            *fixed += shift - self.shift;
        }
        self.shift = shift;
    }

    /// Lists every way's arcs by line, by counting.
    fn index_ways(&mut self) {
        self.way_start.clear();
        self.way_start.resize(self.ways + 2, 0);
        for arc in &self.arcs {
            self.way_start[arc.end as usize + 2] += 1;
        }
        for way in 2..self.way_start.len() {
            self.way_start[way] += self.way_start[way - 1];
        }
        self.way_arcs.clear();
        self.way_arcs.resize(self.arcs.len(), Arc { cost: 0, end: 0 });
        for line in 0..self.lines {
            for at in self.start[line]..self.start[line + 1] {
                let arc = self.arcs[at as usize];
                let place = &mut self.way_start[arc.end as usize + 1];
                self.way_arcs[*place as usize] = Arc { cost: arc.cost, end: line as u32 };
                *place += 1;
            }
        }
        self.way_start.truncate(self.ways + 1);
    }
}

/// Greatest common divisor; 0 divides into everything.
fn common(mut a: i64, mut b: i64) -> i64 {
    if a == 1 {
        return 1;
    }
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
