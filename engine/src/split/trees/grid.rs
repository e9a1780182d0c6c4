//! States of the search: how many units of each line, and how much of each limit.
//!
//! A state is a vector of digits, numbered in a mixed radix. The first digits count units of the lines (of a line that
//! does not part: all or none), the others what may be used of the limits at hand. Beside its number each state has a
//! packed form in which "no digit is greater" is one subtraction: each digit has a bit of its own that is borrowed from
//! when it is not.

use crate::split::core::NEVER;
use crate::split::problem::{Measure, NO_GROUP, Neck, Problem};
use smallvec::SmallVec;

/// States at most.
pub const STATES: usize = 1 << 13;

/// No line is wanted.
pub const NONE: u8 = u8::MAX;

/// A limit on what several offers, or parcels of several ways and hubs, take together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How much, at most.
    pub most: u32,
    /// Which offers, rising; their units count.
    pub offers: Vec<u32>,
    /// Which parcels count.
    pub neck: Option<Neck>,
}

impl Limit {
    /// A limit on units.
    pub fn of_offers(most: u32, offers: Vec<u32>) -> Limit {
        Limit { most, offers, neck: None }
    }

    /// A limit on parcels.
    pub fn of_parcels(neck: &Neck) -> Limit {
        Limit { most: neck.most, offers: Vec::new(), neck: Some(neck.clone()) }
    }

    /// What counts of a way's parcels, if they do.
    pub fn of_way(&self, way: u16) -> Option<Measure> {
        self.neck.as_ref().filter(|neck| neck.ways.binary_search(&way).is_ok()).map(|neck| neck.measure)
    }

    /// What counts of a hub's parcels, if they do.
    pub fn of_hub(&self, hub: u16) -> Option<Measure> {
        self.neck.as_ref().filter(|neck| neck.hubs.binary_search(&hub).is_ok()).map(|neck| neck.measure)
    }
}

/// Digits of limits in which parcels of one kind count, each with what counts of them.
pub type Counted = SmallVec<[(usize, Measure); 4]>;

/// States and what each comes to.
#[derive(Debug, Default)]
pub struct Grid {
    /// Lines: the first digits.
    pub lines: usize,
    /// By digit how many values it has.
    pub radix: Vec<u32>,
    /// By digit what one of it adds to a state's number.
    pub stride: Vec<u32>,
    /// By line the units one of its digit stands for.
    pub units: Vec<u32>,
    /// By digit where it begins in the packed form.
    shift: Vec<u32>,
    guards: u64,
    /// Whether every digit is none or all, and there are no limits: then a state's number is a set of lines.
    pub sets: bool,
    /// By state its packed form.
    pub packed: Vec<u64>,
    /// By state its first line wanted, or [`NONE`].
    pub low: Vec<u8>,
    /// By state its lines, a bit each for the first 64.
    pub held: Vec<u64>,
    /// By state its weight.
    pub grams: Vec<u64>,
    /// By state its volume.
    pub cm3: Vec<u64>,
    /// By state whether two of its lines may not share a parcel.
    pub barred: Vec<bool>,
    /// By state whether it holds part of a group.
    pub torn: Vec<bool>,
}

impl Grid {
    /// Lays out the states of a problem; `parts` says that units of one line may part. False when there are too many.
    pub fn lay_out(&mut self, problem: &Problem<'_>, parts: bool, limits: &[Limit]) -> bool {
        self.lines = problem.lines.len();
        self.radix.clear();
        self.units.clear();
        for line in &problem.lines {
            self.radix.push(if parts { line.qty.saturating_add(1) } else { 2 });
            self.units.push(if parts { 1 } else { line.qty });
        }
        self.radix.extend(limits.iter().map(|limit| limit.most.saturating_add(1)));
        self.sets = limits.is_empty() && self.radix.iter().all(|&radix| radix == 2);
        self.stride.clear();
        self.shift.clear();
        let (mut states, mut bits) = (1usize, 0u32);
        self.guards = 0;
        for &radix in &self.radix {
            self.stride.push(states as u32);
            self.shift.push(bits);
            states = states.saturating_mul(radix as usize);
            bits += 32 - (radix - 1).leading_zeros() + 1;
            if states > STATES || bits > 64 || self.lines >= usize::from(NONE) {
                return false;
            }
            self.guards |= 1 << (bits - 1);
        }
        self.fill(problem, states);
        true
    }

    fn fill(&mut self, problem: &Problem<'_>, states: usize) {
        for column in [&mut self.packed, &mut self.grams, &mut self.cm3, &mut self.held] {
            column.clear();
            column.resize(states, 0);
        }
        self.low.clear();
        self.low.resize(states, NONE);
        self.barred.clear();
        self.barred.resize(states, false);
        self.torn.clear();
        self.torn.resize(states, false);
        for state in 1..states {
            // The highest digit that is not zero: without one of it the state is known.
            let mut digit = self.radix.len() - 1;
            while self.stride[digit] as usize > state {
                digit -= 1;
            }
            let less = state - self.stride[digit] as usize;
            self.packed[state] = self.packed[less] + (1 << self.shift[digit]);
            self.low[state] = self.low[less];
            (self.grams[state], self.cm3[state]) = (self.grams[less], self.cm3[less]);
            self.held[state] = self.held[less];
            if digit < self.lines {
                let line = &problem.lines[digit];
                let units = u64::from(self.units[digit]);
                self.held[state] |= 1u64.checked_shl(digit as u32).unwrap_or(0);
                self.grams[state] = self.grams[less].saturating_add(line.grams.saturating_mul(units));
                self.cm3[state] = self.cm3[less].saturating_add(line.cm3.saturating_mul(units));
                if self.low[state] == NONE {
                    self.low[state] = digit as u8;
                }
            }
        }
        if !problem.apart.is_empty() {
            for state in 1..states {
                let holds = |line: u16| self.digit(state, usize::from(line)) > 0;
                self.barred[state] = problem.apart.iter().any(|&(one, other)| holds(one) && holds(other));
            }
        }
        if problem.lines.iter().any(|line| line.group != NO_GROUP) {
            for state in 1..states {
                self.torn[state] = (0..self.lines).any(|line| {
                    let group = problem.lines[line].group;
                    group != NO_GROUP
                        && self.digit(state, line) > 0
                        && (0..self.lines).any(|other| {
                            problem.lines[other].group == group
                                && self.digit(state, other) + 1 < self.radix[other]
                        })
                });
            }
        }
    }

    /// How many states there are.
    pub fn states(&self) -> usize {
        self.packed.len()
    }

    /// One digit of a state.
    pub fn digit(&self, state: usize, digit: usize) -> u32 {
        state as u32 / self.stride[digit] % self.radix[digit]
    }

    /// By how much a parcel with the lines of a state raises its number in the digits in which it counts.
    pub fn counts(&self, counted: &Counted, state: usize) -> u64 {
        let raises = counted.iter().map(|&(digit, measure)| {
            self.amount(measure, state).saturating_mul(u64::from(self.stride[digit]))
        });
        raises.fold(0, u64::saturating_add)
    }

    /// The state with such a parcel in it, if limits leave room for it.
    pub fn counted(&self, counted: &Counted, state: usize) -> Option<usize> {
        let fits = counted.iter().all(|&(digit, measure)| {
            let amount = self.amount(measure, state).saturating_add(u64::from(self.digit(state, digit)));
            amount < u64::from(self.radix[digit])
        });
        fits.then(|| state + self.counts(counted, state) as usize)
    }

    fn amount(&self, measure: Measure, state: usize) -> u64 {
        match measure {
            Measure::Parcels => 1,
            Measure::Lines => (0..self.lines).filter(|&line| self.digit(state, line) > 0).count() as u64,
            Measure::Grams(per) => self.grams[state] / per.max(1),
            Measure::Cm3(per) => self.cm3[state] / per.max(1),
        }
    }

    /// Units of a line in a state.
    pub fn units_in(&self, state: usize, line: usize) -> u32 {
        self.digit(state, line) * self.units[line]
    }

    /// Whether no digit of `inner` is greater than that of `outer`, both packed.
    pub fn holds(&self, outer: u64, inner: u64) -> bool {
        ((outer | self.guards) - inner) & self.guards == self.guards
    }

    /// The packed form of some of a digit.
    pub fn pack(&self, digit: usize, many: u32) -> u64 {
        u64::from(many) << self.shift[digit]
    }

    /// What leaving out the first line of a state means: the states' difference and its cost. A group is left out as a
    /// whole; [`NEVER`] when the line must be delivered or part of its group is gone.
    pub fn skip(&self, problem: &Problem<'_>, state: usize) -> (usize, i64) {
        let low = usize::from(self.low[state]);
        let line = &problem.lines[low];
        if !problem.rules.partial {
            return (0, NEVER);
        }
        if line.group == NO_GROUP {
            return (self.stride[low] as usize, line.skip.saturating_mul(i64::from(self.units[low])));
        }
        if self.torn[state] {
            return (0, NEVER);
        }
        let (mut less, mut cost) = (0usize, 0i64);
        for (row, other) in problem.lines.iter().enumerate().filter(|(_, other)| other.group == line.group) {
            less += (self.stride[row] * (self.radix[row] - 1)) as usize;
            cost = cost.saturating_add(other.skip.saturating_mul(i64::from(other.qty)));
        }
        (less, cost.min(NEVER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::problem::Line;

    #[test]
    fn packed_states_compare_digit_by_digit() {
        let mut problem = Problem::new(&[]);
        for qty in [2, 1, 3] {
            problem.lines.push(Line { qty, skip: 1, grams: 10, cm3: 1, group: NO_GROUP });
        }
        let mut grid = Grid::default();
        assert!(grid.lay_out(&problem, true, &[Limit::of_offers(2, Vec::new())]));
        assert_eq!(grid.states(), 3 * 2 * 4 * 3);
        for outer in 0..grid.states() {
            for inner in 0..grid.states() {
                let right = (0..4).all(|digit| grid.digit(inner, digit) <= grid.digit(outer, digit));
                assert_eq!(grid.holds(grid.packed[outer], grid.packed[inner]), right, "{inner} in {outer}");
            }
            let grams: u32 = (0..3).map(|line| 10 * grid.digit(outer, line)).sum();
            assert_eq!(grid.grams[outer], u64::from(grams));
        }
    }
}
