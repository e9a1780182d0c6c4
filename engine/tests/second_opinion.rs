//! The split against a solver that works quite differently: problems too large for trying everything, written as
//! mixed-integer programmes and solved by microlp, or by HiGHS with feature `highs`. Costs agree to the unit.
//!
//! `VOLOK_OPINIONS=500 cargo test --release -p volok --features testkit --test second_opinion` asks about as many
//! problems; `VOLOK_SEED` says from which seed on.
//!
//! The programme here is not the one of the engine's last resort: what judges the search is written apart from it. The
//! last resort is held against the search in its turn, on problems that ask for every rule.

#![cfg(feature = "testkit")]
// The other solver reckons in floating point; what it says is rounded to whole units before it is compared.
#![allow(clippy::float_arithmetic)]

#[cfg(feature = "highs")]
use good_lp::highs as solver;
#[cfg(not(feature = "highs"))]
use good_lp::microlp as solver;
use good_lp::{Expression, Solution as _, SolverModel, Variable, WithMipGap, variable, variables};
use volok::split::{self, Line, NO_GROUP, Offer, Pool, Problem, Rules, Scratch, Solution, Staircase, Way};
use volok::testkit::Random;
use volok::{Budget, Money};

/// Steps whose prices stay below [`LEAST_FIXED`] in all: a second parcel by the same way never pays, so that the
/// programme needs one parcel a way.
fn staircases(random: &mut Random) -> Vec<Staircase> {
    (0..3)
        .map(|_| {
            let steps = 1 + random.below(4);
            let (mut weight, mut price) = (0, 0);
            let steps = (0..steps)
                .map(|k| {
                    weight += 300 + random.below(2_000);
                    price += random.below(60) as i64;
                    // The last step holds everything.
                    (if k + 1 == steps { 1_000_000 } else { weight }, price)
                })
                .collect();
            Staircase { base: random.below(30) as i64, steps, ..Staircase::default() }
        })
        .collect()
}

const LEAST_FIXED: i64 = 240;

fn problem<'w>(random: &mut Random, staircases: &'w [Staircase]) -> Problem<'w> {
    let mut problem = Problem::new(staircases);
    let (lines, ways) = (8 + random.below(5) as u16, 6 + random.below(5) as u16);
    for _ in 0..lines {
        problem.lines.push(Line {
            qty: 1 + random.below(3) as u32,
            skip: 150 + random.below(400) as i64,
            grams: 50 + random.below(900),
            cm3: 0,
            group: NO_GROUP,
        });
    }
    for way in 0..ways {
        problem.ways.push(Way {
            fixed: LEAST_FIXED + random.below(300) as i64,
            staircase: random.below(staircases.len() as u64) as u32,
            max_grams: u64::MAX,
            max_cm3: u64::MAX,
            // Two ways leave from each place: they draw from the same pools.
            origin: u32::from(way / 2),
            arrives: 0,
        });
    }
    // By line and place a pool of two cells at most; some are short, some lines share one.
    for line in 0..lines {
        for origin in 0..ways.div_ceil(2) {
            if !random.percent(60) {
                continue;
            }
            let shared = problem.offers.iter().rev().find(|offer| {
                offer.line + 1 == line && problem.ways[offer.way as usize].origin == u32::from(origin)
            });
            let pool = match shared {
                Some(offer) if random.percent(30) => offer.pool,
                _ => {
                    let (first, cells) = (problem.free.len() as u32, 1 + random.below(2) as u32);
                    for _ in 0..cells {
                        let most = if random.percent(40) { 2 } else { 8 };
                        problem.free.push(1 + random.below(most) as u32);
                    }
                    problem.pools.push(Pool { first, cells });
                    problem.pools.len() as u32 - 1
                }
            };
            let both = (1 << problem.pools[pool as usize].cells) - 1;
            let cells = if random.percent(70) { both } else { 1 };
            for way in (origin * 2)..(origin * 2 + 2).min(ways) {
                problem.offers.push(Offer {
                    line,
                    way,
                    pool,
                    cells,
                    most: (problem.units_of(pool, cells) as u32).min(problem.lines[line as usize].qty),
                    unit_cost: random.below(60) as i64,
                    line_cost: if random.percent(30) { random.below(25) as i64 } else { 0 },
                });
            }
        }
    }
    problem.offers.sort_by_key(|offer| (offer.line, offer.way, offer.pool));
    problem.rules = Rules {
        partial: true,
        max_parcels: if random.percent(30) { 2 + random.below(2) as u32 } else { u32::MAX },
        parcel_penalty: if random.percent(50) { random.below(80) as i64 } else { 0 },
        several_origins: true,
    };
    problem
}

/// The cheapest cost as a mixed-integer programme says.
fn other_cost(problem: &Problem<'_>) -> Money {
    let mut all = variables!();
    let binary = || variable().binary();
    let used: Vec<Variable> = problem.ways.iter().map(|_| all.add(binary())).collect();
    let units: Vec<Variable> = problem
        .offers
        .iter()
        .map(|offer| all.add(variable().integer().min(0).max(f64::from(offer.most))))
        .collect();
    let picked: Vec<Variable> = problem.offers.iter().map(|_| all.add(binary())).collect();
    // The first parcel pays no penalty, when there is one.
    let first = all.add(variable().min(0).max(1));
    let steps: Vec<Vec<Variable>> = problem
        .ways
        .iter()
        .map(|way| {
            let steps = &problem.staircases[way.staircase as usize].steps;
            steps.iter().map(|_| all.add(binary())).collect()
        })
        .collect();

    let mut cost = Expression::from(0);
    let mut rules = Vec::new();
    let penalty = problem.rules.parcel_penalty as f64;
    let mut parcels = Expression::from(0);
    for (k, way) in problem.ways.iter().enumerate() {
        let staircase = &problem.staircases[way.staircase as usize];
        cost += (way.fixed + staircase.base) as f64 * used[k] + penalty * used[k];
        parcels += used[k];
        let (mut stands, mut room, mut load) =
            (Expression::from(0), Expression::from(0), Expression::from(0));
        for (&step, &(up_to, price)) in steps[k].iter().zip(&staircase.steps) {
            cost += price as f64 * step;
            stands += step;
            room += up_to.min(40_000) as f64 * step;
        }
        for (offer, &units) in problem.offers.iter().zip(&units) {
            if offer.way as usize == k {
                load += problem.lines[offer.line as usize].grams as f64 * units;
            }
        }
        rules.push(stands.eq(used[k]));
        rules.push(load.leq(room));
    }
    cost -= penalty * first;
    rules.push(Expression::from(first).leq(parcels.clone()));
    if problem.rules.max_parcels < u32::MAX {
        rules.push(parcels.leq(f64::from(problem.rules.max_parcels)));
    }
    for (k, offer) in problem.offers.iter().enumerate() {
        let most = f64::from(offer.most);
        cost += offer.unit_cost as f64 * units[k] + offer.line_cost as f64 * picked[k];
        rules.push(Expression::from(units[k]).leq(most * picked[k]));
        rules.push(Expression::from(picked[k]).leq(used[offer.way as usize]));
    }
    for (row, line) in problem.lines.iter().enumerate() {
        let mut brought = Expression::from(0);
        for (offer, &units) in problem.offers.iter().zip(&units) {
            if offer.line as usize == row {
                brought += units;
            }
        }
        cost += line.skip as f64 * (f64::from(line.qty) - brought.clone());
        rules.push(brought.leq(f64::from(line.qty)));
    }
    for (row, pool) in problem.pools.iter().enumerate() {
        // Whatever a set of cells can give, the offers that draw from it alone ask no more.
        for cells in 1u64..1 << pool.cells {
            let mut asked = Expression::from(0);
            for (offer, &units) in problem.offers.iter().zip(&units) {
                if offer.pool as usize == row && offer.cells & !cells == 0 {
                    asked += units;
                }
            }
            rules.push(asked.leq(problem.units_of(row as u32, cells) as f64));
        }
    }
    let model = all.minimise(cost.clone()).using(solver);
    let mut model = model.with_mip_gap(0.0).expect("no gap is a gap");
    for rule in rules {
        model.add_constraint(rule);
    }
    let found = model.solve().expect("leaving everything out is a plan");
    Money(found.eval(&cost).round() as i64)
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

#[test]
fn another_solver_says_the_same() {
    let (first, count) = (number("VOLOK_SEED", 1), number("VOLOK_OPINIONS", 60));
    let (mut scratch, mut solution) = (Scratch::default(), Solution::default());
    let (mut wrong, mut unproven) = (Vec::new(), 0);
    for seed in first..first + count {
        let mut random = Random::new(seed);
        let staircases = staircases(&mut random);
        let problem = problem(&mut random, &staircases);
        let budget = Budget { steps: 200_000, ..Budget::default() };
        split::solve(&problem, budget, &mut scratch, &mut solution).expect("costs are small");
        unproven += u64::from(solution.bound < solution.cost);
        let other = other_cost(&problem).0;
        if solution.cost != other || solution.bound > other {
            let (cost, bound) = (solution.cost, solution.bound);
            wrong.push(format!("seed {seed}: costs {cost}, bound {bound}, the other solver says {other}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(unproven, 0, "each of {count} is proven");
}

/// What the programme above does not know: weight limits, groups, quarrels, caps, all or nothing, one origin.
#[cfg(feature = "last-resort")]
fn harder<'w>(random: &mut Random, staircases: &'w [Staircase]) -> Problem<'w> {
    let mut problem = problem(random, staircases);
    problem.lines.truncate(6);
    let lines = problem.lines.len() as u16;
    problem.offers.retain(|offer| offer.line < lines);
    // Pools that only the lines left out drew from stay: nobody asks them.
    for way in &mut problem.ways {
        // Cheaper than above, so that second parcels by the same way pay.
        way.fixed = 20 + random.below(200) as i64;
        if random.percent(50) {
            way.max_grams = 1_000 + random.below(2_000);
        }
    }
    if random.percent(30) {
        (problem.lines[0].group, problem.lines[1].group) = (0, 0);
    }
    if random.percent(40) {
        problem.apart.push((1, 3));
    }
    if random.percent(30) && problem.offers.len() > 4 {
        let offers: Vec<u32> = (0..problem.offers.len() as u32).step_by(3).collect();
        problem.caps.push(split::Cap { most: 1 + random.below(3) as u32, offers });
    }
    problem.rules.partial = random.percent(80);
    problem.rules.several_origins = random.percent(70);
    problem
}

/// With a single step the search proves next to nothing; what it leaves open the last resort closes.
#[cfg(feature = "last-resort")]
#[test]
fn the_last_resort_closes_what_the_search_leaves_open() {
    let (first, count) = (number("VOLOK_SEED", 1), number("VOLOK_OPINIONS", 60));
    let (mut scratch, mut solution, mut searched) =
        (Scratch::default(), Solution::default(), Solution::default());
    let (mut wrong, mut open) = (Vec::new(), 0);
    for seed in first..first + count {
        let mut random = Random::new(seed);
        let staircases = staircases(&mut random);
        let problem =
            if seed % 2 == 0 { problem(&mut random, &staircases) } else { harder(&mut random, &staircases) };
        let budget = Budget { steps: 100_000, ..Budget::default() };
        split::solve(&problem, budget, &mut scratch, &mut searched).expect("costs are small");
        let hasty = Budget { steps: 1, ..Budget::default() };
        split::solve(&problem, hasty, &mut scratch, &mut solution).expect("costs are small");
        open += u64::from(solution.bound < solution.cost);
        let asked = Budget { last_resort: true, ..hasty };
        split::solve(&problem, asked, &mut scratch, &mut solution).expect("costs are small");
        let (cost, bound) = (solution.cost, solution.bound);
        let (known, least) = (searched.cost, searched.bound);
        // Where the search proved nothing, the last resort stands between what it found and what it proved.
        if cost != bound || cost > known || cost < least {
            wrong.push(format!("seed {seed}: {bound}..{cost}, the search says {least}..{known}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(open * 4 > count, "{open} of {count} were left open: too few to tell");
}
