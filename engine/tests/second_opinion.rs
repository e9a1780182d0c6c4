//! The split against a solver that works quite differently: problems too large for trying everything, written as
//! mixed-integer programmes and solved by microlp. Costs agree to the unit.
//!
//! `VOLOK_OPINIONS=500 cargo test --release -p volok --test second_opinion` asks about as many problems;
//! `VOLOK_SEED` says from which seed on.

// The other solver reckons in floating point; what it says is rounded to whole units before it is compared.
#![allow(clippy::float_arithmetic)]

use good_lp::{Expression, Solution as _, SolverModel, Variable, microlp, variable, variables};
use volok::split::{self, Line, NO_GROUP, Offer, Pool, Problem, Rules, Scratch, Solution, Staircase, Way};
use volok::{Budget, Money};

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

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
            if !random.chance(60) {
                continue;
            }
            let shared = problem.offers.iter().rev().find(|offer| {
                offer.line + 1 == line && problem.ways[offer.way as usize].origin == u32::from(origin)
            });
            let pool = match shared {
                Some(offer) if random.chance(30) => offer.pool,
                _ => {
                    let (first, cells) = (problem.free.len() as u32, 1 + random.below(2) as u32);
                    for _ in 0..cells {
                        let most = if random.chance(40) { 2 } else { 8 };
                        problem.free.push(1 + random.below(most) as u32);
                    }
                    problem.pools.push(Pool { first, cells });
                    problem.pools.len() as u32 - 1
                }
            };
            let both = (1 << problem.pools[pool as usize].cells) - 1;
            let cells = if random.chance(70) { both } else { 1 };
            for way in (origin * 2)..(origin * 2 + 2).min(ways) {
                problem.offers.push(Offer {
                    line,
                    way,
                    pool,
                    cells,
                    most: (problem.units_of(pool, cells) as u32).min(problem.lines[line as usize].qty),
                    unit_cost: random.below(60) as i64,
                    line_cost: if random.chance(30) { random.below(25) as i64 } else { 0 },
                });
            }
        }
    }
    problem.offers.sort_by_key(|offer| (offer.line, offer.way, offer.pool));
    problem.rules = Rules {
        partial: true,
        max_parcels: if random.chance(30) { 2 + random.below(2) as u32 } else { u32::MAX },
        parcel_penalty: if random.chance(50) { random.below(80) as i64 } else { 0 },
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
    let mut model = all.minimise(cost.clone()).using(microlp);
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
        let mut random = Random(seed);
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
