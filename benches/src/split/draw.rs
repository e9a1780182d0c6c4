//! Order splits from a seed, as facility location: fixed charge plus linear prices.
//!
//! `uniform`: a source's fixed charge is drawn from 100 to 400 and every arc from 10 to 200. `plane`: sources and
//! the lines' preferred origins are points in a square of 1000 × 1000; an arc costs 10 plus 190/1414 of the
//! distance. In both a source stocks a line with a probability drawn from 0.4 to 0.6 for each problem, and a line
//! that no source stocks is given one.

use volok::split::facility::FORBIDDEN;
use volok::testkit::Random;

use crate::ufl_file::Problem;

/// Draws of the published figures: the remainder of the generator's bits, so that a seed keeps its problem.
#[derive(Clone, Debug)]
pub struct Draw(Random);

impl Draw {
    /// The draws of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Draw {
        Draw(Random::new(seed))
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.0.bits() % (high - low + 1).unsigned_abs()) as i64
    }
}

/// How arcs are priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variety {
    /// Every arc on its own.
    Uniform,
    /// By distance in a square.
    Plane,
}

impl Variety {
    /// Both.
    pub const ALL: [Variety; 2] = [Variety::Uniform, Variety::Plane];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Variety::Uniform => "uniform",
            Variety::Plane => "plane",
        }
    }
}

/// Draws one problem.
#[must_use]
pub fn draw(variety: Variety, lines: usize, ways: usize, seed: u64) -> Problem {
    let mut draw = Draw::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ (lines * 1000 + ways) as u64);
    let share = draw.between(40, 60);
    let fixed = (0..ways).map(|_| draw.between(100, 400)).collect();
    let mut points = |n: usize| -> Vec<(i64, i64)> {
        (0..n).map(|_| (draw.between(0, 1000), draw.between(0, 1000))).collect()
    };
    let (sources, origins) = (points(ways), points(lines));
    let mut cost = Vec::with_capacity(ways * lines);
    for &origin in &origins {
        let spare = draw.between(0, ways as i64 - 1) as usize;
        let begin = cost.len();
        let price = |way: usize, draw: &mut Draw| match variety {
            Variety::Uniform => draw.between(10, 200),
            Variety::Plane => {
                let (x, y) = (sources[way].0 - origin.0, sources[way].1 - origin.1);
                10 + 190 * (x * x + y * y).isqrt() / 1414
            }
        };
        for way in 0..ways {
            let stocked = draw.between(1, 100) <= share;
            cost.push(if stocked { price(way, &mut draw) } else { FORBIDDEN });
        }
        if cost[begin..].iter().all(|&cost| cost == FORBIDDEN) {
            cost[begin + spare] = price(spare, &mut draw);
        }
    }
    Problem { ways, lines, fixed, cost, scale: 1 }
}
