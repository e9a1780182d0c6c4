//! A problem without its hubs, and the least that any plan with a merge costs.

use super::SolveFlat;
use super::wide::cost_of;
use crate::split::Staircase;
use crate::split::budget::Meter;
use crate::split::core::NEVER;
use crate::split::problem::{Cap, NO_HUB, Problem, Solution};

/// Solves a problem without hubs. Where staircases are stacked they are lowered first: the bound holds, and the plan
/// is priced as it is, or dropped when it is not one.
pub fn solve(problem: &Problem<'_>, meter: &mut Meter<'_>, flat: SolveFlat<'_>, solution: &mut Solution) {
    if !problem.ways.iter().any(|way| problem.staircases[way.staircase as usize].is_stacked()) {
        return flat(problem, meter, solution);
    }
    let lowered: Vec<Staircase> = problem.staircases.iter().map(Staircase::lowered).collect();
    flat(&problem.clone().over(&lowered), meter, solution);
    match cost_of(problem, solution) {
        Some(cost) => solution.cost = cost,
        None => {
            let bound = solution.bound;
            super::send_nothing(problem, solution);
            solution.bound = bound;
        }
    }
    solution.bound = solution.bound.min(solution.cost);
}

/// Copies what goes to the customer without being merged. `rows` says which offer each of its offers was.
pub fn without_hubs(problem: &Problem<'_>, direct: &mut Problem<'_>, rows: &mut Vec<u32>) {
    let ways = problem.direct();
    restrict(problem, |way| usize::from(way) < ways, direct, rows);
    direct.ways.truncate(ways);
}

/// Copies a problem with only the offers of some ways, all of them to the customer. `rows` says which offer each was.
pub fn restrict(
    problem: &Problem<'_>,
    keep: impl Fn(u16) -> bool,
    copy: &mut Problem<'_>,
    rows: &mut Vec<u32>,
) {
    copy.take_frame(problem);
    rows.clear();
    for (row, offer) in problem.offers.iter().enumerate().filter(|(_, offer)| keep(offer.way)) {
        copy.offers.push(*offer);
        rows.push(row as u32);
    }
    for cap in &problem.caps {
        let kept = cap.offers.iter().filter_map(|offer| rows.binary_search(offer).ok());
        let offers: Vec<u32> = kept.map(|row| row as u32).collect();
        if !offers.is_empty() {
            copy.caps.push(Cap { most: cap.most, offers });
        }
    }
}

/// Gives a solution of a copy the offers of the whole.
pub fn translate(rows: &[u32], solution: &mut Solution) {
    for parcel in &mut solution.parcels {
        for take in &mut parcel.takes {
            take.0 = rows[take.0 as usize];
        }
    }
}

/// What no plan with a merged parcel costs less than: each line at its cheapest, two parcels that end in hubs, and the
/// cheapest hub. [`NEVER`] when nothing can be merged.
pub fn least_with_a_merge(problem: &Problem<'_>) -> i64 {
    // Two parcels into hubs, each with the carriage of nothing at least.
    let (mut first, mut second) = (NEVER, NEVER);
    for (way, terms) in problem.ways.iter().enumerate().filter(|&(way, _)| problem.yard_of(way) != NO_HUB) {
        let Some(carriage) = problem.carriage(way, 0, 0) else { continue };
        let cost = terms.fixed.saturating_add(carriage);
        if cost < first {
            (first, second) = (cost, first);
        } else {
            second = second.min(cost);
        }
    }
    if first >= NEVER {
        return NEVER;
    }
    // The same way may be used twice.
    let sources = first.saturating_mul(2);
    let hubs = (0..problem.hubs.len()).filter(|&hub| problem.hubs[hub].into == NO_HUB);
    let hub =
        hubs.filter_map(|hub| Some(problem.hubs[hub].fixed.saturating_add(problem.onward(hub, 0, 0)?))).min();
    let Some(hub) = hub else { return NEVER };
    let mut least = sources.saturating_add(hub);
    let mut at = 0;
    for (row, line) in problem.lines.iter().enumerate() {
        let start = at;
        let (mut unit, mut opening) = (i64::MAX, i64::MAX);
        while at < problem.offers.len() && usize::from(problem.offers[at].line) == row {
            unit = unit.min(problem.offers[at].unit_cost);
            opening = opening.min(problem.offers[at].line_cost);
            at += 1;
        }
        // Some units brought and some skipped is dearer than the better of the two.
        let skipped = line.skip.saturating_mul(i64::from(line.qty));
        let brought = match at > start {
            true => unit.saturating_mul(i64::from(line.qty)).saturating_add(opening),
            false => skipped,
        };
        least = least.saturating_add(brought.min(skipped));
    }
    least.min(NEVER)
}
