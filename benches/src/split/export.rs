//! The same problems in files, a line of JSON each, for other solvers.

use std::fs::{self, File};
use std::io::{BufWriter, Result, Write};
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};
use volok::Budget;
use volok::split::{Problem, Scratch, Solution, solve};

use super::draw::Variety;
use super::kinds::Kind;
use super::{SIZES, file_name};
use crate::sample::nanoseconds_since;

/// Writes `many` linear and scarce problems of every size and variety into a folder, each with the answer found here
/// and the nanoseconds it took.
///
/// # Errors
///
/// What the file system reports.
pub fn export(folder: &Path, many: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    let (mut scratch, mut solution) = (Scratch::default(), Solution::default());
    for kind in [Kind::Linear, Kind::Scarce] {
        let staircases = kind.staircases();
        for variety in Variety::ALL {
            for (lines, ways, ..) in SIZES {
                let path = file_name(folder, variety, kind, (lines, ways));
                let mut out = BufWriter::new(File::create(path)?);
                for seed in 0..many as u64 {
                    let problem = kind.problem(variety, (lines, ways), seed, &staircases);
                    let mut least = u64::MAX;
                    for _ in 0..3 {
                        let begin = Instant::now();
                        solve(&problem, Budget::default(), &mut scratch, &mut solution)
                            .map_err(std::io::Error::other)?;
                        least = least.min(nanoseconds_since(begin));
                    }
                    writeln!(out, "{}", row(&problem, seed, &solution, least))?;
                }
                out.flush()?;
            }
        }
    }
    Ok(())
}

fn row(problem: &Problem<'_>, seed: u64, solution: &Solution, nanoseconds: u64) -> Value {
    let fixed: Vec<i64> = problem.ways.iter().map(|way| way.fixed).collect();
    let lines: Vec<Value> = problem.lines.iter().map(|line| json!([line.qty, line.skip])).collect();
    let offers: Vec<Value> = problem
        .offers
        .iter()
        .map(|offer| json!([offer.line, offer.way, offer.most, offer.unit_cost]))
        .collect();
    json!({
        "seed": seed,
        "fixed": fixed,
        "lines": lines,
        "offers": offers,
        "volok": { "cost": solution.cost, "bound": solution.bound, "ns": nanoseconds },
    })
}
