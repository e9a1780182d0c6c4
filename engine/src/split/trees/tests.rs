//! Held against every forest there is, unit by unit.

use super::super::problem::{Cap, Hub, Line, NO_HUB, Offer, Pool, Rules, Way};
use super::super::{Budget, NO_GROUP, Problem, Scratch, Solution, Staircase, relax, solve};
use super::{NEVER, supply, wide};
use proptest::prelude::*;

/// A unit of a line and the offer it comes by; nothing when it is left out.
#[derive(Clone, Debug)]
struct Unit {
    line: u16,
    offer: Option<u32>,
}

/// The cheapest cost of all forests: every unit gets an offer or none, units of one way are put into parcels in every
/// manner, parcels that end in one hub into merged parcels in every manner, and so on.
fn cheapest(problem: &Problem<'_>) -> i64 {
    cheapest_of_each(problem).all
}

/// The cheapest of all forests, and by hub the cheapest of those with a merge there.
struct Best {
    all: i64,
    by_hub: Vec<i64>,
}

fn cheapest_of_each(problem: &Problem<'_>) -> Best {
    let mut units = Vec::new();
    for (line, wanted) in problem.lines.iter().enumerate() {
        units.extend((0..wanted.qty).map(|_| Unit { line: line as u16, offer: None }));
    }
    let all = problem.lines.iter().map(|line| line.skip * i64::from(line.qty)).sum();
    let mut best = Best { all, by_hub: vec![NEVER; problem.hubs.len()] };
    give(problem, &mut units, 0, &mut best);
    best
}

fn give(problem: &Problem<'_>, units: &mut Vec<Unit>, at: usize, best: &mut Best) {
    if at == units.len() {
        return pack(problem, units, best);
    }
    // Units of one line are alike: their offers rise.
    let from = match at.checked_sub(1).map(|before| units[before].clone()) {
        Some(before) if before.line == units[at].line => before.offer,
        _ => None,
    };
    if from.is_none() {
        units[at].offer = None;
        give(problem, units, at + 1, best);
    }
    for (row, _) in problem.offers_of(units[at].line).filter(|&(row, _)| from.is_none_or(|from| row >= from))
    {
        units[at].offer = Some(row);
        give(problem, units, at + 1, best);
    }
    units[at].offer = None;
}

/// One parcel on its way: what is in it, what it cost, and where it ends.
#[derive(Clone, Debug)]
struct Vessel {
    units: Vec<usize>,
    cost: i64,
    yard: u16,
    /// Hubs its contents have passed, a bit each.
    hubs: u64,
}

fn pack(problem: &Problem<'_>, units: &[Unit], best: &mut Best) {
    let taken: Vec<(u32, u32)> = {
        let mut rows: Vec<u32> = units.iter().filter_map(|unit| unit.offer).collect();
        rows.sort_unstable();
        rows.iter().map(|&row| (row, 1)).collect()
    };
    if supply::shortfall(problem, &taken).is_some() || taken.is_empty() {
        return;
    }
    let missing: Vec<&Unit> = units.iter().filter(|unit| unit.offer.is_none()).collect();
    if !missing.is_empty() && !problem.rules.partial {
        return;
    }
    if !problem.rules.several_origins {
        for line in 0..problem.lines.len() as u16 {
            let mut origins: Vec<u32> = units
                .iter()
                .filter(|unit| unit.line == line)
                .filter_map(|unit| unit.offer)
                .map(|row| problem.ways[usize::from(problem.offers[row as usize].way)].origin)
                .collect();
            origins.dedup();
            if origins.len() > 1 {
                return;
            }
        }
    }
    let skipped: i64 = missing.iter().map(|unit| problem.lines[usize::from(unit.line)].skip).sum();
    let given: Vec<usize> = (0..units.len()).filter(|&unit| units[unit].offer.is_some()).collect();
    partitions(&given, &mut Vec::new(), &mut |blocks| {
        let mut vessels = Vec::new();
        for block in blocks {
            let offer = |unit: &usize| problem.offers[units[*unit].offer.expect("given") as usize];
            let way = offer(&block[0]).way;
            if block.iter().any(|unit| offer(unit).way != way) || quarrels(problem, units, block) {
                return;
            }
            let (grams, cm3) = weight(problem, units, block);
            let Some(carriage) = problem.carriage(usize::from(way), grams, cm3) else { return };
            let mut cost = problem.ways[usize::from(way)].fixed + carriage;
            let mut rows: Vec<u32> = block.iter().map(|&unit| units[unit].offer.expect("given")).collect();
            cost += rows.iter().map(|&row| problem.offers[row as usize].unit_cost).sum::<i64>();
            rows.sort_unstable();
            rows.dedup();
            cost += rows.iter().map(|&row| problem.offers[row as usize].line_cost).sum::<i64>();
            let per_line = |row: u32| {
                let of = problem.offers[row as usize];
                block.iter().filter(|&&unit| units[unit].offer == Some(row)).count() as u32 <= of.most
            };
            if !rows.iter().all(|&row| per_line(row)) {
                return;
            }
            vessels.push(Vessel {
                units: block.clone(),
                cost,
                yard: problem.yard_of(usize::from(way)),
                hubs: 0,
            });
        }
        join(problem, units, vessels, 0, skipped, best);
    });
}

/// Merges what ends in a yard, yard by yard, in every manner.
fn join(
    problem: &Problem<'_>,
    units: &[Unit],
    vessels: Vec<Vessel>,
    yard: u16,
    skipped: i64,
    best: &mut Best,
) {
    if usize::from(yard) == problem.yards() {
        let torn = |vessel: &Vessel| {
            problem.lines.iter().enumerate().any(|(line, wanted)| {
                let of = |line: usize| {
                    vessel.units.iter().filter(|&&unit| usize::from(units[unit].line) == line).count() as u32
                };
                wanted.group != NO_GROUP
                    && of(line) > 0
                    && problem
                        .lines
                        .iter()
                        .enumerate()
                        .any(|(other, row)| row.group == wanted.group && of(other) < row.qty)
            })
        };
        if vessels.iter().any(torn) || vessels.len() > problem.rules.max_parcels as usize {
            return;
        }
        let cost: i64 = vessels.iter().map(|vessel| vessel.cost).sum();
        let extra = vessels.len() as i64 - 1;
        let cost = cost + skipped + extra * problem.rules.parcel_penalty;
        best.all = best.all.min(cost);
        for (hub, known) in best.by_hub.iter_mut().enumerate() {
            if vessels.iter().any(|vessel| vessel.hubs >> hub & 1 == 1) {
                *known = (*known).min(cost);
            }
        }
        return;
    }
    let (here, others): (Vec<Vessel>, Vec<Vessel>) =
        vessels.into_iter().partition(|vessel| vessel.yard == yard);
    let rows: Vec<usize> = (0..here.len()).collect();
    partitions(&rows, &mut Vec::new(), &mut |blocks| {
        let merged: Option<Vec<Vec<Vessel>>> =
            blocks.iter().map(|block| merged(problem, units, &here, block, yard)).collect();
        let Some(merged) = merged else { return };
        let mut chosen = vec![others.clone()];
        for hubs in merged {
            let with = |vessels: &Vec<Vessel>| {
                let vessels = vessels.clone();
                hubs.clone()
                    .into_iter()
                    .map(move |merged| [&vessels[..], &[merged]].concat())
                    .collect::<Vec<_>>()
            };
            chosen = chosen.iter().flat_map(with).collect();
        }
        for vessels in chosen {
            join(problem, units, vessels, yard + 1, skipped, best);
        }
    });
}

/// What some vessels become that are merged in a yard: one for each of its hubs that takes them.
fn merged(
    problem: &Problem<'_>,
    units: &[Unit],
    here: &[Vessel],
    block: &[usize],
    yard: u16,
) -> Option<Vec<Vessel>> {
    let inside: Vec<usize> = block.iter().flat_map(|&row| here[row].units.iter().copied()).collect();
    let (grams, cm3) = weight(problem, units, &inside);
    if block.len() < 2 || quarrels(problem, units, &inside) {
        return None;
    }
    let hubs = problem.hubs.iter().enumerate().filter(|(_, hub)| hub.yard == yard);
    let vessel = |(row, terms): (usize, &Hub)| {
        let strange = |&unit: &usize| terms.lines >> units[unit].line & 1 == 0;
        if inside.iter().any(strange) {
            return None;
        }
        let cost = block.iter().map(|&row| here[row].cost).sum::<i64>() + terms.fixed;
        let cost = cost + problem.onward(row, grams, cm3)?;
        let passed = block.iter().fold(1 << row, |hubs, &part| hubs | here[part].hubs);
        Some(Vessel { units: inside.clone(), cost, yard: terms.into, hubs: passed })
    };
    Some(hubs.filter_map(vessel).collect())
}

fn weight(problem: &Problem<'_>, units: &[Unit], block: &[usize]) -> (u64, u64) {
    let line = |unit: &usize| &problem.lines[usize::from(units[*unit].line)];
    (block.iter().map(|unit| line(unit).grams).sum(), block.iter().map(|unit| line(unit).cm3).sum())
}

fn quarrels(problem: &Problem<'_>, units: &[Unit], block: &[usize]) -> bool {
    let holds = |line: u16| block.iter().any(|&unit| units[unit].line == line);
    problem.apart.iter().any(|&(one, other)| holds(one) && holds(other))
}

/// Every partition of some rows.
fn partitions(rows: &[usize], blocks: &mut Vec<Vec<usize>>, each: &mut dyn FnMut(&[Vec<usize>])) {
    let Some((&first, rest)) = rows.split_first() else { return each(blocks) };
    for block in 0..blocks.len() {
        blocks[block].push(first);
        partitions(rest, blocks, each);
        blocks[block].pop();
    }
    blocks.push(vec![first]);
    partitions(rest, blocks, each);
    blocks.pop();
}

fn staircases() -> Vec<Staircase> {
    let steps = |steps: &[(u64, i64)]| steps.to_vec();
    vec![
        Staircase { base: 5, ..Staircase::default() },
        Staircase {
            base: 2,
            steps: steps(&[(100, 3), (250, 9)]),
            per_kg_above: Some(4),
            ..Staircase::default()
        },
        Staircase {
            base: 0,
            steps: steps(&[(150, 4), (400, 6)]),
            cm3_per_kg: Some(5000),
            ..Staircase::default()
        },
    ]
}

/// A number below, drawn from a seed.
fn draw(seed: &mut u64, below: u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    (*seed >> 11) % below
}

/// A small problem with hubs, drawn from a seed.
fn problem_of(seed: u64, staircases: &[Staircase]) -> Problem<'_> {
    let mut seed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for _ in 0..4 {
        draw(&mut seed, 2);
    }
    let mut problem = Problem::new(staircases);
    let lines = 1 + draw(&mut seed, 3);
    let mut units = 4;
    for _ in 0..lines {
        let qty = 1 + draw(&mut seed, 2).min(units - lines.min(units - 1));
        units = units.saturating_sub(qty).max(1);
        let skip = [0, 12, 60, 400][draw(&mut seed, 4) as usize];
        let (grams, cm3) = (40 * draw(&mut seed, 6), 100 * draw(&mut seed, 8));
        problem.lines.push(Line { qty: qty as u32, skip, grams, cm3, group: NO_GROUP });
    }
    if lines > 1 && draw(&mut seed, 5) == 0 {
        problem.lines[0].group = 0;
        problem.lines[1].group = 0;
    }
    if lines > 1 && draw(&mut seed, 5) == 0 && problem.lines[0].group == NO_GROUP {
        problem.apart.push((0, 1));
    }
    let limit = |seed: &mut u64| if draw(seed, 5) == 0 { 100 + 50 * draw(seed, 6) } else { u64::MAX };
    let hubs = 1 + draw(&mut seed, 2);
    let shared = draw(&mut seed, 3) == 0;
    for hub in 0..hubs {
        let yard = if shared { 0 } else { hub as u16 };
        let into = if !shared && hub + 1 < hubs && draw(&mut seed, 3) == 0 { yard + 1 } else { NO_HUB };
        problem.hubs.push(Hub {
            fixed: draw(&mut seed, 8) as i64,
            staircase: draw(&mut seed, 3) as u32,
            max_grams: limit(&mut seed),
            max_cm3: u64::MAX,
            arrives: draw(&mut seed, 3) as i64,
            lines: if draw(&mut seed, 4) == 0 { !1 } else { u64::MAX },
            yard,
            into,
        });
    }
    let yards = problem.yards();
    let (direct, feeding) = (draw(&mut seed, 3), 1 + draw(&mut seed, 3));
    for way in 0..direct + feeding {
        problem.into.push(if way < direct { NO_HUB } else { draw(&mut seed, yards as u64) as u16 });
        problem.ways.push(Way {
            fixed: draw(&mut seed, if way < direct { 40 } else { 12 }) as i64,
            staircase: draw(&mut seed, 3) as u32,
            max_grams: limit(&mut seed),
            max_cm3: u64::MAX,
            origin: draw(&mut seed, 3) as u32,
            arrives: draw(&mut seed, 3) as i64,
        });
    }
    // A pool for each line and origin, so that ways of one origin share what there is.
    let short = draw(&mut seed, 2) == 0;
    for line in 0..lines as u16 {
        let qty = problem.lines[usize::from(line)].qty;
        let pools: Vec<u32> = (0..3)
            .map(|_| {
                let first = problem.free.len() as u32;
                problem.free.push(if short { 1 + draw(&mut seed, 2) as u32 } else { 9 });
                problem.pools.push(Pool { first, cells: 1 });
                problem.pools.len() as u32 - 1
            })
            .collect();
        for way in 0..problem.ways.len() {
            if draw(&mut seed, 4) == 0 {
                continue;
            }
            let pool = pools[problem.ways[way].origin as usize];
            let most = problem.units_of(pool, 1).min(u64::from(qty)) as u32;
            let (unit_cost, line_cost) = (draw(&mut seed, 6) as i64, draw(&mut seed, 4) as i64);
            problem.offers.push(Offer { line, way: way as u16, pool, cells: 1, most, unit_cost, line_cost });
        }
    }
    pass_alone(&mut problem, direct as usize);
    if draw(&mut seed, 6) == 0 && problem.offers.len() > 1 {
        problem.caps.push(Cap { most: 1, offers: (0..problem.offers.len() as u32 / 2).collect() });
    }
    problem.rules = Rules {
        partial: draw(&mut seed, 4) > 0,
        max_parcels: if draw(&mut seed, 5) == 0 { 1 + draw(&mut seed, 2) as u32 } else { u32::MAX },
        parcel_penalty: draw(&mut seed, 12) as i64,
        several_origins: draw(&mut seed, 4) > 0,
    };
    problem
}

/// Whatever ends in a yard can pass its first hub alone, no dearer than if it were merged with nothing.
fn pass_alone(problem: &mut Problem<'_>, direct: usize) {
    let (mut ways, mut into) = (problem.ways.clone(), problem.into.clone());
    let mut twins: Vec<(u16, u16)> = Vec::new();
    for way in direct..problem.ways.len() {
        let terms = problem.ways[way];
        let of =
            |staircase: u32| problem.staircases[staircase as usize].price(0, 0).expect("nothing is carried");
        let mut twin = Way { fixed: terms.fixed + of(terms.staircase), max_grams: u64::MAX, ..terms };
        let mut yard = into[way];
        while let Some(terms) = problem.hubs.iter().find(|hub| hub.yard == yard) {
            (twin.fixed, twin.staircase) = (twin.fixed + terms.fixed, terms.staircase);
            yard = terms.into;
            if yard != NO_HUB {
                twin.fixed += of(terms.staircase);
            }
        }
        twins.push((way as u16, (direct + twins.len()) as u16));
        ways.insert(direct + twins.len() - 1, twin);
        into.insert(direct + twins.len() - 1, NO_HUB);
    }
    let moved = twins.len() as u16;
    let mut offers = Vec::new();
    for offer in &problem.offers {
        match twins.iter().find(|twin| twin.0 == offer.way) {
            Some(&(way, twin)) => {
                offers.push(Offer { way: twin, ..*offer });
                offers.push(Offer { way: way + moved, ..*offer });
            }
            None => offers.push(*offer),
        }
    }
    offers.sort_by_key(|offer| (offer.line, offer.way));
    (problem.ways, problem.into, problem.offers) = (ways, into, offers);
}

fn agrees(seed: u64) {
    let staircases = staircases();
    let problem = problem_of(seed, &staircases);
    let mut solution = Solution::default();
    solve(&problem, Budget::default(), &mut Scratch::default(), &mut solution).expect("small costs");
    let right = cheapest(&problem);
    assert_eq!((solution.cost, solution.bound), (right, right), "seed {seed}: {problem:#?}\n{solution:#?}");
    assert_eq!(wide::cost_of(&problem, &solution), Some(right), "seed {seed}: {problem:#?}\n{solution:#?}");
}

#[test]
fn small_problems_with_hubs_are_solved_as_trying_everything_does() {
    let cases = std::env::var("VOLOK_SPLIT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(600);
    (0..cases).for_each(agrees);
}

#[test]
fn through_a_hub_leads_the_cheapest_plan_with_it() {
    let staircases = staircases();
    let (mut led, mut scratch) = (0, Scratch::default());
    for seed in 0..300 {
        let mut problem = problem_of(seed, &staircases);
        // What is left out of a relaxed problem is left out here too.
        problem.free.fill(99);
        for offer in &mut problem.offers {
            offer.most = problem.lines[usize::from(offer.line)].qty;
        }
        problem.caps.clear();
        problem.rules = Rules { max_parcels: u32::MAX, several_origins: true, ..problem.rules };
        let (mut solution, mut through) = (Solution::default(), Vec::new());
        let small = relax(&problem, true, &mut scratch, &mut solution, &mut through).expect("small costs");
        let right = cheapest_of_each(&problem);
        assert!(small && solution.cost == right.all, "seed {seed}: {problem:#?}\n{solution:#?}");
        assert_eq!(wide::cost_of(&problem, &solution), Some(right.all), "seed {seed}");
        let told: Vec<i64> = through.iter().map(|&cost| cost.min(NEVER)).collect();
        assert_eq!(told, right.by_hub, "seed {seed}: {problem:#?}");
        led += right.by_hub.iter().filter(|&&cost| cost < NEVER).count();
    }
    assert!(led > 200, "only {led} hubs were of any use");
}

proptest! {
    #[test]
    fn wide_problems_keep_their_bound(seed in 0u64..1_000_000) {
        let staircases = staircases();
        let problem = problem_of(seed, &staircases);
        let mut scratch = Scratch::default();
        let right = cheapest(&problem);
        // Without any walk: what is found is a plan, and the bound holds.
        let mut solution = Solution::default();
        let budget = Budget { steps: 1, ..Budget::default() };
        solve(&problem, budget, &mut scratch, &mut solution).expect("small costs");
        prop_assert!(solution.bound <= right && right <= solution.cost, "{problem:#?}\n{solution:#?}");
        prop_assert_eq!(wide::cost_of(&problem, &solution), Some(solution.cost));
    }
}
