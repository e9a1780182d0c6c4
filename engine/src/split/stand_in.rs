//! A plain search over at most one parcel a way, until the exact one lands.

use super::{Budget, Parcel, Problem, Solution};

/// A cost left its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

/// Memory of the search.
#[derive(Clone, Debug, Default)]
pub struct Scratch {}

/// The cheapest of all choices of at most three ways, each line filled cheapest first.
///
/// # Errors
/// A cost left its range.
pub fn solve(
    problem: &Problem<'_>,
    _budget: Budget<'_>,
    _scratch: &mut Scratch,
    solution: &mut Solution,
) -> Result<(), Overflow> {
    let ways = problem.ways.len();
    let mut best: Option<Solution> = None;
    for a in 0..=ways {
        for b in a..=ways {
            for c in b..=ways {
                let mut open = vec![a, b, c];
                open.retain(|&way| way < ways);
                open.dedup();
                if let Some(found) = fill(problem, &open)
                    && best.as_ref().is_none_or(|best| found.cost < best.cost)
                {
                    best = Some(found);
                }
            }
        }
    }
    *solution = best.ok_or(Overflow)?;
    solution.bound = solution.cost;
    Ok(())
}

fn fill(problem: &Problem<'_>, open: &[usize]) -> Option<Solution> {
    if open.len() > problem.rules.max_parcels as usize {
        return None;
    }
    let mut free = problem.free.clone();
    let mut parcels: Vec<Parcel> = Vec::new();
    for &way in open {
        parcels.push(Parcel { way: way as u16, takes: Vec::new() });
    }
    let mut load = vec![(0u64, 0u64); open.len()];
    let mut skipped = Vec::new();
    let mut cost: i64 = 0;
    for (row, line) in problem.lines.iter().enumerate() {
        let mut left = line.qty;
        let mut offers: Vec<usize> = (0..problem.offers.len())
            .filter(|&offer| {
                usize::from(problem.offers[offer].line) == row
                    && open.contains(&usize::from(problem.offers[offer].way))
            })
            .collect();
        offers.sort_by_key(|&offer| problem.offers[offer].unit_cost);
        for row in offers {
            let offer = &problem.offers[row];
            let pool = problem.pools[offer.pool as usize];
            let slot = open.iter().position(|&way| way == usize::from(offer.way))?;
            let mut taken = 0;
            for cell in 0..pool.cells {
                if offer.cells >> cell & 1 == 1 {
                    let units = free[(pool.first + cell) as usize].min(left).min(offer.most - taken);
                    free[(pool.first + cell) as usize] -= units;
                    taken += units;
                    left -= units;
                }
            }
            if taken > 0 {
                cost += offer.unit_cost * i64::from(taken) + offer.line_cost;
                load[slot].0 += line.grams * u64::from(taken);
                load[slot].1 += line.cm3 * u64::from(taken);
                parcels[slot].takes.push((row as u32, taken));
            }
        }
        cost += line.skip * i64::from(left);
        skipped.push(left);
    }
    if !problem.rules.partial && skipped.iter().any(|&units| units > 0) && !open.is_empty() {
        return None;
    }
    for (slot, &way) in open.iter().enumerate() {
        if parcels[slot].takes.is_empty() {
            return None;
        }
        cost += problem.ways[way].fixed + problem.carriage(way, load[slot].0, load[slot].1)?;
    }
    cost += problem.rules.parcel_penalty * (open.len() as i64 - 1).max(0);
    Some(Solution { parcels, skipped, cost, bound: cost, steps: 0 })
}
