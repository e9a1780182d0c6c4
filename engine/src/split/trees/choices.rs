//! What parcels of a way can hold, and what that costs before carriage.

use super::grid::{Grid, Limit};
use crate::split::problem::{Offer, Problem};
use smallvec::SmallVec;

/// Some units of one line by one way, drawn in one manner.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What it adds to a state's number.
    pub adds: u32,
    /// The same, packed.
    pub packed: u64,
    /// Its cost.
    pub cost: i64,
    /// Units by offer.
    pub takes: SmallVec<[(u32, u32); 1]>,
}

/// Choices by way and line.
#[derive(Debug, Default)]
pub struct Choices {
    rows: Vec<Choice>,
    /// By way, then line: runs of `rows`.
    arms: Vec<(u16, u32, u32)>,
    /// By way the first of its arms.
    starts: Vec<u32>,
    by_way: Vec<(u16, u32)>,
}

/// A content of a parcel.
#[derive(Clone, Copy, Debug)]
pub struct Content {
    /// The state it is.
    pub state: u32,
    packed: u64,
    /// Its cost before carriage.
    pub cost: i64,
}

impl Choices {
    /// Works out the choices of every way. `origins` restricts lines to one origin each, where given.
    pub fn write(&mut self, problem: &Problem<'_>, grid: &Grid, limits: &[Limit], origins: &[Option<u32>]) {
        self.by_way.clear();
        self.by_way.extend(problem.offers.iter().enumerate().map(|(row, offer)| (offer.way, row as u32)));
        // Offers stand by line, so that a stable order by way keeps lines together.
        self.by_way.sort_unstable();
        self.rows.clear();
        self.arms.clear();
        self.starts.clear();
        let mut at = 0;
        for way in 0..problem.ways.len() {
            self.starts.push(self.arms.len() as u32);
            while at < self.by_way.len() && usize::from(self.by_way[at].0) == way {
                let line = problem.offers[self.by_way[at].1 as usize].line;
                let mut offers: SmallVec<[u32; 4]> = SmallVec::new();
                while at < self.by_way.len()
                    && usize::from(self.by_way[at].0) == way
                    && problem.offers[self.by_way[at].1 as usize].line == line
                {
                    offers.push(self.by_way[at].1);
                    at += 1;
                }
                let origin = problem.ways[way].origin;
                if origins[usize::from(line)].is_some_and(|only| only != origin) {
                    continue;
                }
                let first = self.rows.len() as u32;
                self.write_line(problem, grid, limits, usize::from(line), &offers);
                if self.rows.len() as u32 > first {
                    self.arms.push((line, first, self.rows.len() as u32));
                }
            }
        }
        self.starts.push(self.arms.len() as u32);
    }

    /// Every number of units of a line by some offers, each number as cheaply as can be for what it uses of limits.
    fn write_line(
        &mut self,
        problem: &Problem<'_>,
        grid: &Grid,
        limits: &[Limit],
        line: usize,
        offers: &[u32],
    ) {
        let first = self.rows.len();
        let per = grid.units[line];
        let digits = grid.radix[line] - 1;
        for &row in offers {
            let offer = &problem.offers[row as usize];
            // What offers before this one give stands still while this one is added to it.
            let before: SmallVec<[Choice; 4]> = self.rows[first..].iter().cloned().collect();
            for digit in 1..=digits {
                let units = digit * per;
                if units <= offer.most {
                    let takes = SmallVec::from_buf([(row, units)]);
                    self.note(grid, limits, line, digit, offer_cost(offer, units), takes, first);
                }
            }
            for before in before {
                let has: u32 = before.takes.iter().map(|take| take.1).sum();
                for units in 1..=offer.most.min(digits * per - has) {
                    if (has + units).is_multiple_of(per) {
                        let mut takes = before.takes.clone();
                        takes.push((row, units));
                        let cost = before.cost + offer_cost(offer, units);
                        self.note(grid, limits, line, (has + units) / per, cost, takes, first);
                    }
                }
            }
        }
        if per > 1 && offers.iter().any(|&row| problem.offers[row as usize].most < per) {
            self.note_short(problem, grid, limits, line, offers, first);
        }
    }

    /// A line that does not part, of which no single offer has all: offers are joined from the cheapest on.
    fn note_short(
        &mut self,
        problem: &Problem<'_>,
        grid: &Grid,
        limits: &[Limit],
        line: usize,
        offers: &[u32],
        first: usize,
    ) {
        let wanted = grid.units[line];
        let mut by_cost: SmallVec<[u32; 4]> = SmallVec::from_slice(offers);
        by_cost.sort_by_key(|&row| (problem.offers[row as usize].unit_cost, row));
        let (mut takes, mut cost, mut left) = (SmallVec::new(), 0i64, wanted);
        for row in by_cost {
            let offer = &problem.offers[row as usize];
            let units = offer.most.min(left);
            if units > 0 {
                takes.push((row, units));
                cost += offer_cost(offer, units);
                left -= units;
            }
        }
        if left == 0 {
            takes.sort_unstable();
            self.note(grid, limits, line, 1, cost, takes, first);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn note(
        &mut self,
        grid: &Grid,
        limits: &[Limit],
        line: usize,
        digit: u32,
        cost: i64,
        takes: SmallVec<[(u32, u32); 1]>,
        first: usize,
    ) {
        let mut adds = grid.stride[line] * digit;
        let mut packed = grid.pack(line, digit);
        for (row, limit) in limits.iter().enumerate() {
            let used: u32 = takes
                .iter()
                .filter(|(offer, _)| limit.offers.binary_search(offer).is_ok())
                .map(|take| take.1)
                .sum();
            if used > limit.most {
                return;
            }
            adds += grid.stride[grid.lines + row] * used;
            packed += grid.pack(grid.lines + row, used);
        }
        match self.rows[first..].iter_mut().find(|known| known.packed == packed) {
            Some(known) if known.cost <= cost => {}
            Some(known) => *known = Choice { adds, packed, cost, takes },
            None => self.rows.push(Choice { adds, packed, cost, takes }),
        }
    }

    /// Every content of a parcel of a way that keeps within `full`, its costs summed; the empty one first. False when
    /// there are more than `most`.
    pub fn contents(
        &self,
        grid: &Grid,
        way: usize,
        full: u64,
        most: usize,
        found: &mut Vec<Content>,
    ) -> bool {
        found.clear();
        found.push(Content { state: 0, packed: 0, cost: 0 });
        for &(_, first, end) in &self.arms[self.starts[way] as usize..self.starts[way + 1] as usize] {
            let known = found.len();
            for choice in &self.rows[first as usize..end as usize] {
                for row in 0..known {
                    let before = found[row];
                    if grid.holds(full - before.packed, choice.packed) {
                        found.push(Content {
                            state: before.state + choice.adds,
                            packed: before.packed + choice.packed,
                            cost: before.cost + choice.cost,
                        });
                    }
                }
            }
            if found.len() > most {
                return false;
            }
        }
        true
    }

    /// Units by offer of a content of a way, as cheap as [`Choices::contents`] has it.
    pub fn takes(&self, grid: &Grid, way: usize, state: usize) -> Vec<(u32, u32)> {
        let arms = &self.arms[self.starts[way] as usize..self.starts[way + 1] as usize];
        let mut best: Option<(i64, Vec<u32>)> = None;
        self.pick(grid, arms, grid.packed[state], 0, &mut Vec::new(), &mut best);
        let chosen = best.map_or(Vec::new(), |best| best.1);
        let mut takes: Vec<(u32, u32)> =
            chosen.iter().flat_map(|&row| self.rows[row as usize].takes.iter().copied()).collect();
        takes.sort_unstable();
        takes
    }

    /// The cheapest choice of each arm that together are `left`.
    fn pick(
        &self,
        grid: &Grid,
        arms: &[(u16, u32, u32)],
        left: u64,
        cost: i64,
        chosen: &mut Vec<u32>,
        best: &mut Option<(i64, Vec<u32>)>,
    ) {
        if left == 0 {
            if best.as_ref().is_none_or(|best| cost < best.0) {
                *best = Some((cost, chosen.clone()));
            }
            return;
        }
        let Some((&(_, first, end), rest)) = arms.split_first() else { return };
        self.pick(grid, rest, left, cost, chosen, best);
        for row in first..end {
            let choice = &self.rows[row as usize];
            if grid.holds(left, choice.packed) {
                chosen.push(row);
                self.pick(grid, rest, left - choice.packed, cost + choice.cost, chosen, best);
                chosen.pop();
            }
        }
    }
}

fn offer_cost(offer: &Offer, units: u32) -> i64 {
    offer.unit_cost * i64::from(units) + offer.line_cost
}
