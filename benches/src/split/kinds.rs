//! The same sizes as problems of the whole split: linear, with step tariffs, with scarce pools.

use volok::split::facility::FORBIDDEN;
use volok::split::{Line, NO_GROUP, Offer, Pool, Problem, Staircase, Way};

use super::draw::{Draw, Variety, draw};

/// What is asked of the split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One unit a line, ample pools, carriage at one price.
    Linear,
    /// One unit a line, ample pools, carriage by steps of weight.
    Steps,
    /// Two to six units a line, pools of one to four, carriage at one price.
    Scarce,
}

/// Cost of a unit left behind: more than any way to bring it.
const SKIP: i64 = 100_000;

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Linear, Kind::Steps, Kind::Scarce];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Linear => "linear",
            Kind::Steps => "steps",
            Kind::Scarce => "scarce",
        }
    }

    /// Tariffs that problems of this kind refer to: the first is free, the others climb ever more steeply.
    pub fn staircases(self) -> Vec<Staircase> {
        let climbing = |k: i64| {
            let steps = [(500, 0), (1_000, 20), (2_000, 55), (5_000, 130), (10_000, 240)];
            let steps = steps.iter().map(|&(grams, price)| (grams, price * (2 + k) / 3)).collect();
            Staircase { base: 0, steps, per_kg_above: Some(20 + 10 * k), ..Staircase::default() }
        };
        match self {
            Kind::Linear | Kind::Scarce => vec![Staircase::default()],
            Kind::Steps => (0..4).map(climbing).collect(),
        }
    }

    /// The problem of a seed: fixed charges and prices are those of [`draw`].
    pub fn problem(
        self,
        variety: Variety,
        (lines, ways): (usize, usize),
        seed: u64,
        staircases: &[Staircase],
    ) -> Problem<'_> {
        let drawn = draw(variety, lines, ways, seed);
        let mut more = Draw::new(seed ^ 0x5eed_0000 ^ (lines as u64) << 8);
        let mut problem = Problem::new(staircases);
        for (way, &fixed) in drawn.fixed.iter().enumerate() {
            problem.ways.push(Way {
                fixed,
                staircase: more.between(0, staircases.len() as i64 - 1) as u32,
                max_grams: u64::MAX,
                max_cm3: u64::MAX,
                origin: way as u32,
                arrives: 0,
            });
        }
        for line in 0..lines {
            let scarce = self == Kind::Scarce;
            let qty = if scarce { more.between(2, 6) } else { 1 } as u32;
            let grams = if self == Kind::Steps { more.between(100, 3_000) } else { 0 } as u64;
            problem.lines.push(Line { qty, skip: SKIP, grams, cm3: 0, group: NO_GROUP });
            let row = &drawn.cost[line * ways..(line + 1) * ways];
            for (way, &cost) in row.iter().enumerate().filter(|(_, cost)| **cost < FORBIDDEN) {
                let free = if scarce { more.between(1, 4) as u32 } else { 1_000 };
                // A line's price is for all of it: dear units would make fixed charges vanish beside them.
                let unit_cost = cost / i64::from(qty);
                let pool = problem.pools.len() as u32;
                problem.pools.push(Pool { first: problem.free.len() as u32, cells: 1 });
                problem.free.push(free);
                let most = free.min(qty);
                let (line, way) = (line as u16, way as u16);
                problem.offers.push(Offer { line, way, pool, cells: 1, most, unit_cost, line_cost: 0 });
            }
        }
        problem
    }
}
