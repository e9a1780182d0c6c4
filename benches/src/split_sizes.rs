//! Generated order splits of four sizes: search alone, proven, time per problem.
//!
//! `uniform`: a source's fixed charge is drawn from 100 to 400 and every arc from 10 to 200. `plane`: sources and
//! the lines' preferred origins are points in a square of 1000 × 1000; an arc costs 10 plus 190/1414 of the
//! distance. In both a source stocks a line with a probability drawn from 0.4 to 0.6 for each problem, and a line
//! that no source stocks is given one.

use std::hint::black_box;
use std::time::Instant;

use volok::split::facility::{FORBIDDEN, Facilities, Limits, Workspace, solve};

use crate::figure::{Figure, quantile};
use crate::ufl_file::Problem;

/// SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, 2014).
#[derive(Clone, Debug)]
pub struct Draw(pub u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1).unsigned_abs()) as i64
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

/// Draws one problem.
#[must_use]
pub fn draw(variety: Variety, lines: usize, ways: usize, seed: u64) -> Problem {
    let mut draw = Draw(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ (lines * 1000 + ways) as u64);
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

/// The four sizes: lines, ways, and problems drawn.
pub const SIZES: [(usize, usize, usize); 4] = [(4, 12, 4000), (10, 20, 2000), (20, 50, 400), (40, 100, 60)];

/// Measures every size and variety.
///
/// # Errors
///
/// What the writer reports.
pub fn run(json: bool, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    for variety in [Variety::Uniform, Variety::Plane] {
        for (lines, ways, n) in SIZES {
            measure(variety, lines, ways, n).write(json, out)?;
        }
    }
    Ok(())
}

#[allow(clippy::float_arithmetic)] // times, for people to read
fn measure(variety: Variety, lines: usize, ways: usize, n: usize) -> Figure {
    let problems: Vec<Problem> = (0..n as u64).map(|seed| draw(variety, lines, ways, seed)).collect();
    let mut workspace = Workspace::new();
    let limits = Limits::default();
    let repeats = if lines <= 4 { 64 } else { 1 };
    let mut times = Vec::with_capacity(n);
    let (mut proven, mut steps, mut checksum) = (0_usize, 0, 0_i64);
    let mut once = |view: &Facilities<'_>| solve(view, &limits, &mut || false, &mut workspace);
    for problem in &problems {
        let view = problem.view();
        // The least of three, so that another process on the core does not count.
        let mut least = f64::INFINITY;
        for _ in 0..3 {
            let begin = Instant::now();
            for _ in 0..repeats {
                let _ = black_box(once(black_box(&view)));
            }
            least = least.min(begin.elapsed().as_secs_f64() * 1e6 / f64::from(repeats));
        }
        times.push(least);
        if let Ok(answer) = once(&view) {
            proven += usize::from(answer.proven);
            steps += answer.steps;
            checksum += answer.cost;
        }
    }
    let mean = times.iter().sum::<f64>() / n as f64;
    let name = match variety {
        Variety::Uniform => "uniform",
        Variety::Plane => "plane",
    };
    let p50 = quantile(&mut times, (1, 2));
    Figure {
        suite: "split",
        case: format!("{name} {lines}x{ways}"),
        value: p50,
        unit: "us",
        n,
        facts: vec![
            ("p50", p50.into()),
            ("p99", quantile(&mut times, (99, 100)).into()),
            ("max", quantile(&mut times, (1, 1)).into()),
            ("mean", mean.into()),
            ("proven", proven.into()),
            ("steps", steps.into()),
            ("checksum", checksum.into()),
        ],
    }
}
