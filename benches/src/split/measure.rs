//! Time to proof of one size, problem by problem.

use std::hint::black_box;
use std::time::Instant;

use serde_json::Value;
use volok::Budget;
use volok::split::facility::{self, Facilities, Limits, Workspace};
use volok::split::{Scratch, Solution, solve};

use super::draw::{Variety, draw};
use super::kinds::Kind;
use crate::figure::Figure;
use crate::sample::{Sample, nanoseconds_since, thousandths};
use crate::ufl_file;

/// Small problems are solved so many times in one measurement, so that the clock does not count.
const REPEATS: u64 = 32;

/// Beyond this a problem is measured once, not three times.
const LONG: u64 = 50_000_000;

/// The least of three times, so that another process on the core does not count.
fn least(repeats: u64, once: &mut dyn FnMut()) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..3 {
        let begin = Instant::now();
        for _ in 0..repeats {
            once();
        }
        least = least.min(nanoseconds_since(begin) / repeats);
        if least > LONG {
            break;
        }
    }
    least
}

fn repeats(lines: usize) -> u64 {
    if lines <= 4 { REPEATS } else { 1 }
}

/// What all answers of a row add up to.
#[derive(Default)]
struct Tally {
    proven: usize,
    steps: u64,
    cost: i64,
    bound: i64,
}

impl Tally {
    fn add(&mut self, proven: bool, steps: u64, cost: i64, bound: i64) {
        self.proven += usize::from(proven);
        self.steps += steps;
        self.cost += cost;
        self.bound += bound;
    }

    fn figure(&self, case: String, mut times: Sample) -> Figure {
        let mut facts = times.facts();
        let more: [(&str, Value); 4] = [
            ("proven", self.proven.into()),
            ("gap_thousandths", thousandths(self.cost - self.bound, self.cost).into()),
            ("steps", self.steps.into()),
            ("checksum", self.cost.into()),
        ];
        facts.extend(more);
        Figure { suite: "split", case, value: times.median().into(), unit: "ns", n: times.len(), facts }
    }
}

/// Facility location alone.
pub(super) fn search(variety: Variety, (lines, ways): (usize, usize), many: usize) -> Figure {
    let problems: Vec<ufl_file::Problem> =
        (0..many as u64).map(|seed| draw(variety, lines, ways, seed)).collect();
    let (mut workspace, limits) = (Workspace::new(), Limits::default());
    let (mut times, mut tally) = (Sample::with_capacity(many), Tally::default());
    let mut once = |view: &Facilities<'_>| facility::solve(view, &limits, &mut || false, &mut workspace);
    for problem in &problems {
        let view = problem.view();
        times.push(least(repeats(lines), &mut || {
            let _ = black_box(once(black_box(&view)));
        }));
        if let Ok(answer) = once(&view) {
            tally.add(answer.proven, answer.steps, answer.cost, answer.bound);
        }
    }
    tally.figure(format!("{} {lines}x{ways} search", variety.name()), times)
}

/// The whole split.
pub(super) fn whole(variety: Variety, kind: Kind, size: (usize, usize), many: usize) -> Figure {
    let staircases = kind.staircases();
    let (mut scratch, mut solution) = (Scratch::default(), Solution::default());
    let (mut times, mut tally) = (Sample::with_capacity(many), Tally::default());
    for seed in 0..many as u64 {
        let problem = kind.problem(variety, size, seed, &staircases);
        times.push(least(repeats(size.0), &mut || {
            let _ = black_box(solve(black_box(&problem), Budget::default(), &mut scratch, &mut solution));
        }));
        let Solution { cost, bound, steps, .. } = solution;
        tally.add(cost == bound, steps, cost, bound);
    }
    tally.figure(format!("{} {}x{} {}", variety.name(), size.0, size.1, kind.name()), times)
}
