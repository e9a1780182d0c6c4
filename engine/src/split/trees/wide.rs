//! Problems too wide to walk: good plans of simple shape, and a bound.
//!
//! Plans tried: everything without a merge (known already); for each hub all that pays through it; for each hub the
//! best mix of parcels that end in it and parcels that go to the customer. Bound: a plan without a merge costs what
//! those cost at least; one with a merge pays for its parcels as if each paid for itself alone, and for the cheapest
//! hub once.

use super::flat;
use super::{SolveFlat, arrange, takes_of};
use crate::split::budget::Meter;
use crate::split::core::NEVER;
use crate::split::problem::{Merge, NO_GROUP, NO_HUB, Problem, Solution};
use crate::split::supply;

/// Improves `solution`, whose bound is that of plans without a merge; `known` is a bound on all plans.
pub fn solve(
    problem: &Problem<'_>,
    known: i64,
    meter: &mut Meter<'_>,
    flat: SolveFlat<'_>,
    solution: &mut Solution,
) {
    let mut copy = Problem::new(problem.staircases);
    let mut rows = Vec::new();
    let mut found = Solution::default();
    for hub in 0..problem.hubs.len() as u16 {
        if problem.hubs[usize::from(hub)].into != NO_HUB {
            continue;
        }
        for alone in [true, false] {
            let into = |way: u16| problem.yard_of(usize::from(way));
            let yard = problem.hubs[usize::from(hub)].yard;
            flat::restrict(
                problem,
                |way| into(way) == yard || (!alone && into(way) == NO_HUB),
                &mut copy,
                &mut rows,
            );
            for way in 0..copy.ways.len() {
                if into(way as u16) == NO_HUB {
                    copy.ways[way].fixed = copy.ways[way].fixed.saturating_add(problem.rules.parcel_penalty);
                }
            }
            copy.rules.parcel_penalty = 0;
            copy.rules.max_parcels = u32::MAX;
            flat::solve(&copy, meter, &mut *flat, &mut found);
            flat::translate(&rows, &mut found);
            found.merges.clear();
            let inside = |row: usize| into(found.parcels[row].way) == yard;
            let parcels: Vec<u32> =
                (0..found.parcels.len()).filter(|&row| inside(row)).map(|row| row as u32).collect();
            if parcels.len() < 2 {
                continue;
            }
            found.merges.push(Merge { hub, parcels, merges: Vec::new() });
            arrange(&mut found);
            if let Some(cost) = cost_of(problem, &found)
                && cost < solution.cost
            {
                let bound = solution.bound;
                *solution = found.clone();
                (solution.cost, solution.bound) = (cost, bound);
            }
        }
    }
    let merged = least(problem, meter, &mut *flat, &mut copy, &mut rows, &mut found);
    solution.bound = solution.bound.min(merged).max(known).min(solution.cost);
}

/// What no plan with a merge costs less than.
fn least<'p>(
    problem: &Problem<'p>,
    meter: &mut Meter<'_>,
    flat: SolveFlat<'_>,
    copy: &mut Problem<'p>,
    rows: &mut Vec<u32>,
    found: &mut Solution,
) -> i64 {
    flat::restrict(problem, |_| true, copy, rows);
    copy.rules.parcel_penalty = 0;
    copy.rules.max_parcels = u32::MAX;
    // Lines of a group may come in parcels that are merged.
    copy.lines.iter_mut().for_each(|line| line.group = NO_GROUP);
    flat::solve(copy, meter, flat, found);
    let hubs = (0..problem.hubs.len()).filter(|&hub| problem.hubs[hub].into == NO_HUB);
    let hub = hubs.filter_map(|hub| problem.onward(hub, 0, 0)?.checked_add(problem.hubs[hub].fixed)).min();
    hub.map_or(NEVER, |hub| found.bound.saturating_add(hub))
}

/// What a solution with its merges costs, or nothing when it breaks a rule.
pub fn cost_of(problem: &Problem<'_>, solution: &Solution) -> Option<i64> {
    let takes = takes_of(solution);
    if supply::shortfall(problem, &takes).is_some() {
        return None;
    }
    let mut cost = 0i64;
    let mut held: Vec<Held> = Vec::new();
    for parcel in &solution.parcels {
        let mut inside = Held::new(problem);
        for &(offer, units) in &parcel.takes {
            let offer = &problem.offers[offer as usize];
            inside.add(problem, offer.line, units);
            cost = cost
                .checked_add(offer.unit_cost.checked_mul(i64::from(units))?)?
                .checked_add(offer.line_cost)?;
        }
        let way = usize::from(parcel.way);
        cost = cost.checked_add(problem.ways[way].fixed)?;
        cost = cost.checked_add(problem.carriage(way, inside.grams, inside.cm3)?)?;
        held.push(inside);
    }
    let mut delivered: Vec<bool> =
        solution.parcels.iter().map(|parcel| problem.yard_of(usize::from(parcel.way)) == NO_HUB).collect();
    let parcels = held.len();
    for merge in &solution.merges {
        let mut inside = Held::new(problem);
        let rows = merge.parcels.iter().map(|&row| row as usize);
        for row in rows.chain(merge.merges.iter().map(|&row| parcels + row as usize)) {
            inside.join(&held[row]);
        }
        let hub = usize::from(merge.hub);
        let strange = |line: usize| {
            inside.units[line] > 0
                && 1u64.checked_shl(line as u32).is_some_and(|bit| problem.hubs[hub].lines & bit == 0)
        };
        if (0..problem.lines.len()).any(strange) {
            return None;
        }
        cost = cost.checked_add(problem.hubs[hub].fixed)?;
        cost = cost.checked_add(problem.onward(hub, inside.grams, inside.cm3)?)?;
        delivered.push(problem.hubs[hub].into == NO_HUB);
        held.push(inside);
    }
    if held.iter().any(|inside| inside.quarrels(problem)) {
        return None;
    }
    let whole = |line: usize| problem.lines[line].qty;
    let ends: Vec<&Held> =
        held.iter().zip(&delivered).filter(|(_, delivered)| **delivered).map(|(held, _)| held).collect();
    let torn = |inside: &Held| {
        (0..problem.lines.len()).any(|line| {
            let group = problem.lines[line].group;
            group != NO_GROUP
                && inside.units[line] > 0
                && (0..problem.lines.len())
                    .any(|other| problem.lines[other].group == group && inside.units[other] < whole(other))
        })
    };
    if ends.iter().any(|inside| torn(inside)) || ends.len() > problem.rules.max_parcels as usize {
        return None;
    }
    let extra = ends.len().saturating_sub(1) as i64;
    cost = cost.checked_add(problem.rules.parcel_penalty.checked_mul(extra)?)?;
    let missing = solution.skipped.iter().any(|&units| units > 0);
    if missing && !problem.rules.partial && !ends.is_empty() {
        return None;
    }
    for (line, &units) in problem.lines.iter().zip(&solution.skipped) {
        cost = cost.checked_add(line.skip.checked_mul(i64::from(units))?)?;
    }
    Some(cost)
}

/// What a parcel holds.
struct Held {
    units: Vec<u32>,
    grams: u64,
    cm3: u64,
}

impl Held {
    fn new(problem: &Problem<'_>) -> Held {
        Held { units: vec![0; problem.lines.len()], grams: 0, cm3: 0 }
    }

    fn add(&mut self, problem: &Problem<'_>, line: u16, units: u32) {
        let row = &problem.lines[usize::from(line)];
        self.units[usize::from(line)] += units;
        self.grams = self.grams.saturating_add(row.grams.saturating_mul(u64::from(units)));
        self.cm3 = self.cm3.saturating_add(row.cm3.saturating_mul(u64::from(units)));
    }

    fn join(&mut self, other: &Held) {
        for (mine, others) in self.units.iter_mut().zip(&other.units) {
            *mine += others;
        }
        self.grams = self.grams.saturating_add(other.grams);
        self.cm3 = self.cm3.saturating_add(other.cm3);
    }

    fn quarrels(&self, problem: &Problem<'_>) -> bool {
        let holds = |line: u16| self.units[usize::from(line)] > 0;
        problem.apart.iter().any(|&(one, other)| holds(one) && holds(other))
    }
}
