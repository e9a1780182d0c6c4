//! Small problems against trying everything.

use super::*;

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

fn staircases(random: &mut Random) -> Vec<Staircase> {
    (0..3)
        .map(|_| {
            let mut staircase = Staircase { base: random.below(30) as i64, ..Staircase::default() };
            let (mut weight, mut price) = (0, 0);
            if random.chance(60) {
                for _ in 0..1 + random.below(3) {
                    weight += 1 + random.below(1500);
                    price += random.below(40) as i64;
                    staircase.steps.push((weight, price));
                }
            }
            if random.chance(40) {
                staircase.per_kg_above = Some(random.below(20) as i64);
            }
            if random.chance(40) {
                staircase.cm3_per_kg = Some(1 + random.below(5000) as u32);
            }
            staircase
        })
        .collect()
}

fn fill<'w>(random: &mut Random, staircases: &'w [Staircase]) -> Problem<'w> {
    let mut problem = Problem::new(staircases);
    let lines = 1 + random.below(4);
    let mut units = 0;
    for _ in 0..lines {
        let mut qty = 1 + if random.chance(40) { random.below(3) as u32 } else { 0 };
        if units + qty > 4 {
            qty = 1;
        }
        units += qty;
        problem.lines.push(Line {
            qty,
            skip: random.below(120) as i64,
            grams: random.below(1200),
            cm3: random.below(3000),
            group: NO_GROUP,
        });
    }
    if lines >= 2 && random.chance(20) {
        let other = 1 + random.below(lines - 1) as usize;
        problem.lines[0].group = 0;
        problem.lines[other].group = 0;
    }
    let ways = 1 + random.below(4);
    for _ in 0..ways {
        problem.ways.push(Way {
            fixed: random.below(60) as i64,
            staircase: random.below(staircases.len() as u64) as u32,
            max_grams: if random.chance(30) { 500 + random.below(3000) } else { u64::MAX },
            max_cm3: if random.chance(20) { 1000 + random.below(6000) } else { u64::MAX },
            origin: random.below(3) as u32,
            arrives: random.below(100) as i64,
        });
    }
    // A few pools, each of one or two cells; offers of a line by a way draw from one of them.
    for _ in 0..1 + random.below(4) {
        let first = problem.free.len() as u32;
        let cells = 1 + random.below(2) as u32;
        for _ in 0..cells {
            let most = if random.chance(50) { 3 } else { 9 };
            problem.free.push(1 + random.below(most) as u32);
        }
        problem.pools.push(Pool { first, cells });
    }
    for line in 0..lines as u16 {
        for way in 0..ways as u16 {
            for pool in 0..problem.pools.len() as u32 {
                if !random.chance(45) {
                    continue;
                }
                let cells = match problem.pools[pool as usize].cells {
                    1 => 1,
                    _ => 1 + random.below(3),
                };
                let there = problem.units_of(pool, cells).min(u64::from(u32::MAX)) as u32;
                problem.offers.push(Offer {
                    line,
                    way,
                    pool,
                    cells,
                    most: there.min(problem.lines[line as usize].qty),
                    unit_cost: random.below(50) as i64 - 10,
                    line_cost: if random.chance(30) { random.below(20) as i64 } else { 0 },
                });
            }
        }
    }
    if random.chance(15) && problem.offers.len() >= 2 {
        let mut offers: Vec<u32> = (0..problem.offers.len() as u32).filter(|_| random.chance(50)).collect();
        offers.dedup();
        problem.caps.push(Cap { most: random.below(4) as u32, offers });
    }
    if lines >= 2 && random.chance(30) {
        problem.apart.push((0, 1));
    }
    problem.rules = Rules {
        partial: random.chance(75),
        max_parcels: if random.chance(25) { 1 + random.below(2) as u32 } else { u32::MAX },
        parcel_penalty: if random.chance(50) { random.below(40) as i64 } else { 0 },
        several_origins: random.chance(80),
    };
    problem
}

/// Every way to put every unit somewhere.
struct Everything<'p> {
    problem: &'p Problem<'p>,
    parcels: Vec<(u16, Vec<(u32, u32)>)>,
    skipped: Vec<u32>,
    best: i64,
}

impl Everything<'_> {
    fn cheapest(problem: &Problem<'_>) -> i64 {
        let nothing = problem.lines.iter().map(|line| line.skip * i64::from(line.qty)).sum();
        let mut all =
            Everything { problem, parcels: Vec::new(), skipped: vec![0; problem.lines.len()], best: nothing };
        all.place(0, problem.lines[0].qty, (0, 0));
        all.best
    }

    /// Units of one line are alike: their places come in rising order.
    fn place(&mut self, line: usize, left: u32, least: (usize, u32)) {
        if left == 0 {
            if line + 1 < self.problem.lines.len() {
                return self.place(line + 1, self.problem.lines[line + 1].qty, (0, 0));
            }
            return self.judge();
        }
        for place in 0..=self.parcels.len() {
            for offer in 0..self.problem.offers.len() as u32 {
                let terms = &self.problem.offers[offer as usize];
                if terms.line as usize != line || (place, offer) < least {
                    continue;
                }
                let fresh = place == self.parcels.len();
                if fresh {
                    self.parcels.push((terms.way, Vec::new()));
                } else if self.parcels[place].0 != terms.way {
                    continue;
                }
                let known = self.parcels[place].1.iter().position(|take| take.0 == offer);
                match known {
                    Some(known) => self.parcels[place].1[known].1 += 1,
                    None => self.parcels[place].1.push((offer, 1)),
                }
                self.place(line, left - 1, (place, offer));
                match known {
                    Some(known) => self.parcels[place].1[known].1 -= 1,
                    None => {
                        self.parcels[place].1.pop();
                    }
                }
                if fresh {
                    self.parcels.pop();
                }
            }
        }
        self.skipped[line] += left;
        self.place(line, 0, least);
        self.skipped[line] -= left;
    }

    fn judge(&mut self) {
        if let Some(cost) = price(self.problem, &self.parcels, &self.skipped) {
            self.best = self.best.min(cost);
        }
    }
}

/// Cost of a solution by the plain rules, or nothing when it breaks one.
fn price(problem: &Problem<'_>, parcels: &[(u16, Vec<(u32, u32)>)], skipped: &[u32]) -> Option<i64> {
    let rules = &problem.rules;
    if parcels.len() > rules.max_parcels as usize {
        return None;
    }
    if !rules.partial && !parcels.is_empty() && skipped.iter().any(|&units| units > 0) {
        return None;
    }
    let mut cost = rules.parcel_penalty * (parcels.len() as i64 - 1).max(0);
    for (line, &units) in problem.lines.iter().zip(skipped) {
        cost += line.skip * i64::from(units);
        if line.group != NO_GROUP && units > 0 && units < line.qty {
            return None;
        }
    }
    let mut origins = vec![None; problem.lines.len()];
    let mut group_place = None;
    for (place, (way, takes)) in parcels.iter().enumerate() {
        let (mut grams, mut cm3) = (0, 0);
        for &(offer, units) in takes {
            let terms = &problem.offers[offer as usize];
            let line = &problem.lines[terms.line as usize];
            grams += line.grams * u64::from(units);
            cm3 += line.cm3 * u64::from(units);
            cost += terms.unit_cost * i64::from(units) + terms.line_cost;
            let origin = problem.ways[*way as usize].origin;
            if *origins[terms.line as usize].get_or_insert(origin) != origin && !rules.several_origins {
                return None;
            }
            if line.group != NO_GROUP && *group_place.get_or_insert(place) != place {
                return None;
            }
            for &(other, _) in takes {
                let other = problem.offers[other as usize].line;
                if problem.apart.contains(&(terms.line.min(other), terms.line.max(other))) {
                    return None;
                }
            }
        }
        cost += problem.ways[*way as usize].fixed + problem.carriage(*way as usize, grams, cm3)?;
    }
    if group_place.is_some()
        && problem.lines.iter().zip(skipped).any(|(line, &units)| line.group != NO_GROUP && units > 0)
    {
        return None;
    }
    for cap in &problem.caps {
        let taken: u32 = parcels
            .iter()
            .flat_map(|parcel| &parcel.1)
            .filter(|take| cap.offers.contains(&take.0))
            .map(|take| take.1)
            .sum();
        if taken > cap.most {
            return None;
        }
    }
    let units: Vec<u32> = parcels
        .iter()
        .flat_map(|parcel| &parcel.1)
        .flat_map(|&(offer, units)| std::iter::repeat_n(offer, units as usize))
        .collect();
    draw(problem, &units, &mut problem.free.clone()).then_some(cost)
}

/// Whether cells can be found for units, by trying each.
fn draw(problem: &Problem<'_>, units: &[u32], free: &mut Vec<u32>) -> bool {
    let Some((&offer, rest)) = units.split_first() else { return true };
    let terms = &problem.offers[offer as usize];
    let pool = &problem.pools[terms.pool as usize];
    (0..pool.cells).filter(|cell| terms.cells >> cell & 1 == 1).any(|cell| {
        let cell = (pool.first + cell) as usize;
        if free[cell] == 0 {
            return false;
        }
        free[cell] -= 1;
        let fine = draw(problem, rest, free);
        free[cell] += 1;
        fine
    })
}

fn compare(seed: u64) {
    let mut random = Random(seed);
    let staircases = staircases(&mut random);
    let problem = fill(&mut random, &staircases);
    let expected = Everything::cheapest(&problem);
    let mut solution = Solution::default();
    let budget = Budget { steps: 1_000_000, ..Budget::default() };
    solve(&problem, budget, &mut Scratch::default(), &mut solution).unwrap();
    let parcels: Vec<_> = solution.parcels.iter().map(|parcel| (parcel.way, parcel.takes.clone())).collect();
    let priced = price(&problem, &parcels, &solution.skipped);
    assert_eq!(
        priced,
        Some(solution.cost),
        "seed {seed}: a solution costs what it says\n{problem:?}\n{solution:?}"
    );
    assert_eq!(solution.cost, expected, "seed {seed}: nothing is cheaper\n{problem:?}\n{solution:?}");
    assert_eq!(solution.bound, solution.cost, "seed {seed}: small problems are proven\n{problem:?}");
    // A budget that ends early costs proof, never truth.
    let budget = Budget { steps: 2, ..Budget::default() };
    solve(&problem, budget, &mut Scratch::default(), &mut solution).unwrap();
    assert!(solution.bound <= expected && expected <= solution.cost, "seed {seed}: {solution:?} {expected}");
}

#[test]
fn small_problems_are_solved_to_the_last_unit() {
    let count = std::env::var("VOLOK_SPLIT_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(400);
    let first = std::env::var("VOLOK_SPLIT_FIRST").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    for seed in first..first + count {
        compare(seed);
    }
}

#[test]
fn tiers_agree_with_branching() {
    let mut compared = 0;
    for seed in 0..1500 {
        let mut random = Random(seed);
        let staircases = staircases(&mut random);
        let problem = fill(&mut random, &staircases);
        let lines: Vec<u16> = (0..problem.lines.len() as u16).collect();
        let mut core = core::Core::default();
        let whole = core.rebuild(&problem, &lines, !problem.rules.partial);
        if !whole || !problem.rules.several_origins {
            continue;
        }
        let (penalty, most) = (problem.rules.parcel_penalty, problem.rules.max_parcels);
        let budget = Budget { steps: 1_000_000, ..Budget::default() };
        let mut meter = budget::Meter::new(budget);
        let tiered = tiered::solve(&problem, &core, penalty, tiered::FULL, &mut meter);
        let Some(tiered) = tiered else { continue };
        let mut meter = budget::Meter::new(budget);
        let branched = branch::solve(&problem, &core, penalty, most, None, i64::MIN, &mut meter);
        assert_eq!((tiered.cost, tiered.bound), (branched.cost, branched.cost), "seed {seed}: {problem:?}");
        compared += 1;
    }
    assert!(compared > 300, "only {compared} problems are of the kind");
}

#[test]
fn packing_agrees_with_branching() {
    let (mut compared, mut short) = (0, 0);
    for seed in 0..3000 {
        let mut random = Random(seed);
        let staircases = staircases(&mut random);
        let problem = fill(&mut random, &staircases);
        let lines: Vec<u16> = (0..problem.lines.len() as u16).collect();
        let mut core = core::Core::default();
        let whole = core.rebuild(&problem, &lines, !problem.rules.partial);
        if !whole || !problem.rules.several_origins || problem.rules.max_parcels < u32::MAX {
            continue;
        }
        let penalty = problem.rules.parcel_penalty;
        let budget = Budget { steps: 1_000_000, ..Budget::default() };
        let mut packing = packing::Packing::default();
        let mut meter = budget::Meter::new(budget);
        let Some(laid) = packing.solve(&problem, &core, true, penalty, &mut meter) else { continue };
        let branched = branch::solve(&problem, &core, penalty, u32::MAX, None, i64::MIN, &mut meter);
        assert_eq!((laid.cost, laid.bound), (branched.cost, branched.cost), "seed {seed}: {problem:?}");
        compared += 1;
        short += u32::from(core.coupled);
    }
    assert!(compared > 1000 && short > 300, "only {compared} problems, {short} of them with short pools");
}

/// Where searches take long: steps by seed, most first. For looking, not for judging.
#[test]
#[ignore = "prints, judges nothing"]
#[allow(clippy::print_stderr)]
fn steps_of_small_problems() {
    let mut all: Vec<(u64, u64)> = (0..3000)
        .map(|seed| {
            let mut random = Random(seed);
            let staircases = staircases(&mut random);
            let problem = fill(&mut random, &staircases);
            let mut solution = Solution::default();
            let budget = Budget { steps: 1_000_000, ..Budget::default() };
            solve(&problem, budget, &mut Scratch::default(), &mut solution).unwrap();
            (solution.steps, seed)
        })
        .collect();
    all.sort_unstable_by(|one, other| other.cmp(one));
    eprintln!("{:?}", &all[..20]);
}
