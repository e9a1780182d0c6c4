//! One order: a facility is a way with its fixed charge and a pool of as many units as it has room for, a customer is a line.

use volok::split::{
    Budget, Line, NO_GROUP, Offer, Pool, Problem, Rules, Scratch, Solution, Staircase, Way, solve as search,
};

use super::check::{Fault, Flow, PARTS, of_sites};
use super::market::Found;
use super::problem::Sites;

/// Solves the problem as one order, in at most so many steps. Costs are counted `fine` times as finely as the problem's; what
/// a unit costs is rounded down, so that no bound is too high. Where costs are too large to be summed nothing is found.
///
/// # Errors
/// [`Fault`] when the answer is none.
pub fn solve(sites: &Sites, fine: i64, steps: u64) -> Result<Found, Fault> {
    let free = [Staircase { base: 0, steps: Vec::new(), per_kg_above: None, cm3_per_kg: None, and: None }];
    let problem = order(sites, fine, &free);
    let mut solution = Solution::default();
    let budget = Budget { steps, ..Budget::default() };
    if search(&problem, budget, &mut Scratch::default(), &mut solution).is_err() {
        return Ok(Found { bound: 0, bid: None, best: None });
    }
    let flows: Vec<Flow> = solution
        .parcels
        .iter()
        .flat_map(|parcel| parcel.takes.iter().map(|&(offer, units)| (parcel.way, offer, units)))
        .map(|(way, offer, units)| {
            (usize::from(way), usize::from(problem.offers[offer as usize].line), u64::from(units))
        })
        .collect();
    // All customers are left out rather than some of them not served; then there is no answer.
    let answer = if flows.is_empty() { None } else { Some(of_sites(sites, &flows)?) };
    let bound = (i128::from(solution.bound) * PARTS).div_euclid(i128::from(fine));
    Ok(Found { bound, bid: answer, best: answer })
}

fn order<'w>(sites: &Sites, fine: i64, staircases: &'w [Staircase]) -> Problem<'w> {
    let mut problem = Problem::new(staircases);
    // Dearer than opening a facility for one unit.
    let skip = sites.fixed.iter().max().copied().unwrap_or(0) * fine;
    for (customer, &demand) in sites.demand.iter().enumerate() {
        let unit = |site: usize| fine * sites.cost_of(customer, site) / i64::from(demand);
        let dearest = (0..sites.room.len()).map(unit).max().unwrap_or(0);
        problem.lines.push(Line { qty: demand, skip: skip + dearest, grams: 0, cm3: 0, group: NO_GROUP });
        for (site, &room) in sites.room.iter().enumerate() {
            problem.offers.push(Offer {
                line: customer as u16,
                way: site as u16,
                pool: site as u32,
                cells: 1,
                most: demand.min(room),
                unit_cost: unit(site),
                line_cost: 0,
            });
        }
    }
    for (site, (&room, &fixed)) in sites.room.iter().zip(&sites.fixed).enumerate() {
        problem.ways.push(Way {
            fixed: fixed * fine,
            staircase: 0,
            max_grams: u64::MAX,
            max_cm3: u64::MAX,
            origin: site as u32,
            arrives: 0,
        });
        problem.pools.push(Pool { first: site as u32, cells: 1 });
        problem.free.push(room);
    }
    problem.rules = Rules { partial: false, ..problem.rules };
    problem
}
