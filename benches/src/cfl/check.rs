//! Is an answer one? Knows the problem as the file tells it and what flows where, and nothing of how that was found.

use std::collections::BTreeSet;

use super::problem::{Sites, Stages};

/// Units from one place to another.
pub type Flow = (usize, usize, u64);

/// What an answer costs is told in so many parts of the file's unit of cost.
pub const PARTS: i128 = 1_000;

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A flow from or to a place that there is not.
    #[error("{units} units flow from {from} to {to}, of which one is not there")]
    Nowhere {
        /// From.
        from: usize,
        /// To.
        to: usize,
        /// How many.
        units: u64,
    },
    /// A place gives more than it has room for.
    #[error("{what} {place} gives {given} units and has room for {room}")]
    Full {
        /// Facility, plant or depot.
        what: &'static str,
        /// Which.
        place: usize,
        /// What flows out of it.
        given: u64,
        /// What it has room for.
        room: u64,
    },
    /// A customer or a depot gets other than what it wants or passes on.
    #[error("{what} {place} gets {got} units instead of {wanted}")]
    Amount {
        /// Customer or depot.
        what: &'static str,
        /// Which.
        place: usize,
        /// What flows into it.
        got: u64,
        /// What should.
        wanted: u64,
    },
}

/// What flows out of each place, or into it.
fn sums(flows: &[Flow], places: usize, end: impl Fn(&Flow) -> usize) -> Vec<u64> {
    let mut sums = vec![0; places];
    for flow in flows {
        sums[end(flow)] += flow.2;
    }
    sums
}

fn are_there(flows: &[Flow], from: usize, to: usize) -> Result<(), Fault> {
    match flows.iter().find(|flow| flow.0 >= from || flow.1 >= to) {
        Some(&(from, to, units)) => Err(Fault::Nowhere { from, to, units }),
        None => Ok(()),
    }
}

fn have_room(what: &'static str, given: &[u64], room: impl Fn(usize) -> u32) -> Result<(), Fault> {
    match given.iter().enumerate().find(|&(place, &given)| given > u64::from(room(place))) {
        Some((place, &given)) => Err(Fault::Full { what, place, given, room: u64::from(room(place)) }),
        None => Ok(()),
    }
}

fn are_served(what: &'static str, got: &[u64], wanted: impl Fn(usize) -> u64) -> Result<(), Fault> {
    match got.iter().enumerate().find(|&(place, &got)| got != wanted(place)) {
        Some((place, &got)) => Err(Fault::Amount { what, place, got, wanted: wanted(place) }),
        None => Ok(()),
    }
}

/// Places that anything flows from; each is open and pays for it.
fn open(flows: &[Flow]) -> BTreeSet<usize> {
    flows.iter().filter(|flow| flow.2 > 0).map(|flow| flow.0).collect()
}

/// What flows from facilities to customers cost, in [`PARTS`] of the numbers of the problem; parts of a part count as one.
///
/// # Errors
/// [`Fault`] when it is no answer.
pub fn of_sites(sites: &Sites, flows: &[Flow]) -> Result<i128, Fault> {
    let (places, customers) = (sites.room.len(), sites.demand.len());
    are_there(flows, places, customers)?;
    have_room("facility", &sums(flows, places, |flow| flow.0), |place| sites.room[place])?;
    are_served("customer", &sums(flows, customers, |flow| flow.1), |place| u64::from(sites.demand[place]))?;
    let carried: i128 = flows
        .iter()
        .map(|&(from, to, units)| {
            let all = PARTS * i128::from(sites.cost[to * places + from]) * i128::from(units);
            let demand = i128::from(sites.demand[to]);
            (all + demand - 1) / demand
        })
        .sum();
    let opened: i128 = open(flows).into_iter().map(|place| PARTS * i128::from(sites.fixed[place])).sum();
    Ok(carried + opened)
}

/// What flows from plants to depots and from depots to customers cost, in [`PARTS`] of the numbers of the problem.
///
/// # Errors
/// [`Fault`] when it is no answer.
pub fn of_stages(stages: &Stages, inward: &[Flow], outward: &[Flow]) -> Result<i128, Fault> {
    let (plants, depots) = (stages.plants.len(), stages.depots.len());
    let customers = stages.demand.len();
    are_there(inward, plants, depots)?;
    are_there(outward, depots, customers)?;
    have_room("plant", &sums(inward, plants, |flow| flow.0), |place| stages.plants[place].0)?;
    let passed = sums(outward, depots, |flow| flow.0);
    have_room("depot", &passed, |place| stages.depots[place].0)?;
    are_served("depot", &sums(inward, depots, |flow| flow.1), |place| passed[place])?;
    are_served("customer", &sums(outward, customers, |flow| flow.1), |place| {
        u64::from(stages.demand[place])
    })?;
    let carried = |flows: &[Flow], unit: &[i64], wide: usize| -> i128 {
        flows.iter().map(|flow| i128::from(unit[flow.0 * wide + flow.1]) * i128::from(flow.2)).sum()
    };
    let opened = |flows: &[Flow], places: &[(u32, i64)]| -> i128 {
        open(flows).into_iter().map(|place| i128::from(places[place].1)).sum()
    };
    let cost = carried(inward, &stages.inward, depots)
        + carried(outward, &stages.outward, customers)
        + opened(inward, &stages.plants)
        + opened(outward, &stages.depots);
    Ok(PARTS * cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sites() -> Sites {
        Sites {
            room: vec![5, 4],
            fixed: vec![100, 7],
            demand: vec![3, 2],
            cost: vec![30, 10, 8, 9],
            scale: 1,
        }
    }

    #[test]
    fn an_answer_costs_what_is_open_and_what_flows() {
        let flows = [(0, 0, 1), (1, 0, 2), (1, 1, 2)];
        // 100 and 7; a third of 30, two thirds of 10, rounded up in the last thousandth; 9.
        assert_eq!(of_sites(&sites(), &flows), Ok(107_000 + 10_000 + 6_667 + 9_000));
    }

    #[test]
    fn each_way_to_be_wrong_is_told() {
        let of = |flows: &[Flow]| of_sites(&sites(), flows).expect_err("no answer");
        assert_eq!(of(&[(2, 0, 3)]), Fault::Nowhere { from: 2, to: 0, units: 3 });
        let full = Fault::Full { what: "facility", place: 1, given: 5, room: 4 };
        assert_eq!(of(&[(1, 0, 3), (1, 1, 2)]), full);
        let short = Fault::Amount { what: "customer", place: 1, got: 1, wanted: 2 };
        assert_eq!(of(&[(0, 0, 3), (0, 1, 1)]), short);
        let twice = Fault::Amount { what: "customer", place: 0, got: 4, wanted: 3 };
        assert_eq!(of(&[(0, 0, 3), (1, 0, 1), (1, 1, 2)]), twice);
    }

    #[test]
    fn what_a_depot_passes_on_has_come_to_it() {
        let stages = Stages {
            plants: vec![(9, 50)],
            depots: vec![(6, 20), (6, 30)],
            demand: vec![5],
            inward: vec![1, 2],
            outward: vec![3, 4],
        };
        let right = of_stages(&stages, &[(0, 0, 5)], &[(0, 0, 5)]);
        assert_eq!(right, Ok(1_000 * (50 + 20 + 5 + 15)));
        let elsewhere = of_stages(&stages, &[(0, 1, 5)], &[(0, 0, 5)]);
        assert_eq!(elsewhere, Err(Fault::Amount { what: "depot", place: 0, got: 0, wanted: 5 }));
    }
}
