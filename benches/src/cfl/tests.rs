//! Bounds and answers against every answer there is, and against published values where those are there.

use super::check::{of_sites, of_stages};
use super::*;
use volok::testkit::Random;

const SHORT: Effort = Effort { searches: 5, tries: 3, rounds: 60 };

/// All ways to part so many units among so many places.
fn parts(units: u64, places: usize) -> Vec<Vec<u64>> {
    if places == 1 {
        return vec![vec![units]];
    }
    let with = |first: u64| {
        parts(units - first, places - 1).into_iter().map(move |rest| [vec![first], rest].concat())
    };
    (0..=units).flat_map(with).collect()
}

/// For each customer, how its units come by each of so many routes, in every way.
fn every(demand: &[u32], routes: usize, told: &mut dyn FnMut(&[Vec<u64>])) {
    fn more(left: &[u32], routes: usize, chosen: &mut Vec<Vec<u64>>, told: &mut dyn FnMut(&[Vec<u64>])) {
        let Some((&first, rest)) = left.split_first() else { return told(chosen) };
        for part in parts(first.into(), routes) {
            chosen.push(part);
            more(rest, routes, chosen, told);
            chosen.pop();
        }
    }
    more(demand, routes, &mut Vec::new(), told);
}

fn sites(random: &mut Random) -> Sites {
    let (places, customers) = (2 + random.below(2) as usize, 1 + random.below(3) as usize);
    let mut some = |many: usize, low: i64, high: i64| -> Vec<i64> {
        (0..many).map(|_| random.between(low, high)).collect()
    };
    let units = |values: Vec<i64>| -> Vec<u32> { values.into_iter().map(|value| value as u32).collect() };
    Sites {
        room: units(some(places, 1, 5)),
        fixed: some(places, 0, 60),
        demand: units(some(customers, 1, 3)),
        cost: some(places * customers, 1, 40),
        scale: 1,
    }
}

fn best_of_sites(sites: &Sites) -> Option<i128> {
    let mut best: Option<i128> = None;
    every(&sites.demand, sites.room.len(), &mut |chosen| {
        let flows: Vec<_> = chosen
            .iter()
            .enumerate()
            .flat_map(|(customer, part)| {
                part.iter().enumerate().map(move |(site, &units)| (site, customer, units))
            })
            .collect();
        if let Ok(cost) = of_sites(sites, &flows) {
            best = Some(best.map_or(cost, |best| best.min(cost)));
        }
    });
    best
}

fn stages(random: &mut Random) -> Stages {
    let places = |random: &mut Random| -> Vec<(u32, i64)> {
        (0..2).map(|_| (random.between(2, 6) as u32, random.between(0, 60))).collect()
    };
    let (plants, depots) = (places(random), places(random));
    let customers = 1 + random.below(2) as usize;
    Stages {
        plants,
        depots,
        demand: (0..customers).map(|_| random.between(1, 4) as u32).collect(),
        inward: (0..4).map(|_| random.between(1, 20)).collect(),
        outward: (0..2 * customers).map(|_| random.between(1, 20)).collect(),
    }
}

/// Four routes: by each plant and each depot.
fn best_of_stages(stages: &Stages) -> Option<i128> {
    let mut best: Option<i128> = None;
    every(&stages.demand, 4, &mut |chosen| {
        let (mut inward, mut outward) = (Vec::new(), Vec::new());
        for (customer, part) in chosen.iter().enumerate() {
            for (route, &units) in part.iter().enumerate() {
                inward.push((route / 2, route % 2, units));
                outward.push((route % 2, customer, units));
            }
        }
        if let Ok(cost) = of_stages(stages, &inward, &outward) {
            best = Some(best.map_or(cost, |best| best.min(cost)));
        }
    });
    best
}

/// Parts that rounding can make of equal answers: what is less than a part counts as one in each of at most nine flows.
const ALIKE: i128 = 9;

/// Whether the best lies between bound and answer, and is the answer.
fn holds(seed: u64, found: Found, best: Option<i128>) -> bool {
    let Some(best) = best else {
        assert!(found.best.is_none(), "seed {seed}: an answer where there is none, {found:?}");
        return false;
    };
    assert!(found.bound <= best, "seed {seed}: {found:?} but {best}");
    assert!(found.best.is_none_or(|answer| answer >= best), "seed {seed}: {found:?} but {best}");
    found.best.is_some_and(|answer| answer <= best + ALIKE)
}

#[test]
fn the_best_of_small_problems_lies_between_bound_and_answer() {
    let (mut equal, mut any, mut equal_in_two, mut any_in_two) = (0, 0, 0, 0);
    for seed in 0..150 {
        let sites = sites(&mut Random::part(seed, "sites"));
        let best = best_of_sites(&sites);
        any += u32::from(best.is_some());
        let found = in_one_stage(&sites, SHORT).expect("an answer is one");
        equal += u32::from(holds(seed, found, best));
        let found = order::solve(&sites, fine_of(&sites), 5_000).expect("an answer is one");
        assert_eq!(holds(seed, found, best), best.is_some(), "seed {seed}: one order, {found:?}, {best:?}");
        let stages = stages(&mut Random::part(seed, "stages"));
        let best = best_of_stages(&stages);
        any_in_two += u32::from(best.is_some());
        let found = in_two_stages(&stages, SHORT).expect("an answer is one");
        equal_in_two += u32::from(holds(seed, found, best));
    }
    assert!(any >= 60 && equal * 10 >= any * 9, "{equal} of {any} answers are the best");
    assert!(
        any_in_two >= 60 && equal_in_two * 10 >= any_in_two * 8,
        "{equal_in_two} of {any_in_two} answers in two stages are the best"
    );
}

#[test]
fn published_optima_lie_between_bound_and_answer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(DEFAULT_FOLDER);
    let one = of_one_stage(&folder).expect("a table");
    let two = of_two_stages(&folder).expect("a table");
    let effort = Effort { searches: 2, tries: 1, rounds: 20 };
    let between = |known: &Published, found: Found, scale: i64| {
        assert!(plain(found.bound, scale) <= known.best + ROUNDED, "{known:?}: {found:?}");
        let answer = plain(found.best.expect("room for all"), scale);
        assert!(answer >= known.least - ROUNDED, "{known:?}: {found:?}");
    };
    for known in &one {
        let sites = Sites::read(&known.path).expect("well formed");
        between(known, in_one_stage(&sites, effort).expect("an answer is one"), sites.scale);
    }
    for known in &two {
        let stages = Stages::read(&known.path).expect("well formed");
        between(known, in_two_stages(&stages, effort).expect("an answer is one"), 1);
    }
    // Beside the made problems, which the other test asks in any case.
    if one.is_empty() || two.is_empty() {
        let _ = writeln!(std::io::stderr(), "{}: published problems are not all there", folder.display());
    }
}
