//! Published problems whose facilities hold only so much, in one stage and in two: a proven bound and a checked answer from
//! the room `batch`, and of one stage also from the room `split`, beside the known optimum.
//!
//! - `facilities`, `depots`: a problem as bidders and goods; `market` runs them;
//! - `order`: a problem as one order;
//! - `check`: whether an answer is one and what it costs.

mod check;
mod cover;
mod depots;
mod facilities;
mod flow;
mod market;
mod order;
mod problem;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;

use crate::figure::Figure;
use crate::ufl_file::ReadError;
use check::{Fault, PARTS};
use depots::Depots;
use facilities::Facilities;
use market::{Effort, Found, solve};
use problem::{Sites, Stages};

/// Where the published problems are looked for, seen from the project's root.
pub const DEFAULT_FOLDER: &str = "../shared/data";

/// One stage: costs are counted in so many parts of the file's unit of cost, so that hardly anything of what a unit costs is
/// lost when it is rounded down.
const PARTS_OF_SITES: i64 = 10_000_000;

/// The same of two stages, whose costs of a unit are whole.
const PARTS_OF_STAGES: i64 = 1_000;

/// What is asked.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Folder with the folders `cfl` (and its `optima.csv`) and `tscfl` (and its `best_known.csv`).
    #[arg(long, default_value = DEFAULT_FOLDER)]
    pub folder: PathBuf,
    /// Times prices are sought at most, each time from the last.
    #[arg(long, default_value_t = 30)]
    pub searches: u32,
    /// Times an answer is sought.
    #[arg(long, default_value_t = 8)]
    pub tries: u64,
    /// How often each bidder is asked in a try, on average.
    #[arg(long, default_value_t = 150)]
    pub rounds: u32,
    /// Steps of the search when a problem of one stage is one order; none: it is not asked.
    #[arg(long, default_value_t = 5_000)]
    pub steps: u64,
    /// One line of JSON for each figure.
    #[arg(long)]
    pub json: bool,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum CflError {
    /// Nothing to measure.
    #[error("{0}: not there (the published problems are not part of the project)")]
    Absent(PathBuf),
    /// A problem cannot be read.
    #[error("{0}: {1}")]
    Read(PathBuf, ReadError),
    /// A table cannot be read.
    #[error("{0}: {1}")]
    Table(PathBuf, csv::Error),
    /// Figures could not be written.
    #[error("writing: {0}")]
    Write(#[from] std::io::Error),
    /// An answer is none.
    #[error("{0}: {1}")]
    Wrong(String, Fault),
    /// Bounds above the optimum or answers below it.
    #[error("{0} problems contradict the known values")]
    Contradiction(usize),
}

/// A published problem and what is known of it.
#[derive(Clone, Debug)]
struct Published {
    name: String,
    path: PathBuf,
    /// What the best known answer costs.
    best: f64,
    /// No answer costs less.
    least: f64,
}

/// Problems that a table names and that lie beside it; none when the table is not there.
fn published(table: &Path, best: &str, least: &str) -> Result<Vec<Published>, CflError> {
    if !table.exists() {
        return Ok(Vec::new());
    }
    let fault = |error| CflError::Table(table.to_owned(), error);
    let mut reader = csv::Reader::from_path(table).map_err(fault)?;
    let head = reader.headers().map_err(fault)?.clone();
    let column = |name: &str| head.iter().position(|cell| cell == name).unwrap_or(usize::MAX);
    let (best, least) = (column(best), column(least));
    let mut found = Vec::new();
    for row in reader.records() {
        let row = row.map_err(fault)?;
        let cell = |column: usize| row.get(column).and_then(|cell| cell.parse().ok());
        let name = row.get(column("instance")).unwrap_or_default().to_owned();
        let file = Path::new(row.get(column("file")).unwrap_or_default()).file_name();
        let path = table.with_file_name(file.unwrap_or_default());
        if let (Some(best), Some(least), true) = (cell(best), cell(least), path.is_file()) {
            found.push(Published { name, path, best, least });
        }
    }
    Ok(found)
}

fn of_one_stage(folder: &Path) -> Result<Vec<Published>, CflError> {
    published(&folder.join("cfl/optima.csv"), "optimum", "optimum")
}

fn of_two_stages(folder: &Path) -> Result<Vec<Published>, CflError> {
    published(&folder.join("tscfl/best_known.csv"), "best_known_solution", "lower_bound")
}

/// Runs the suite.
///
/// # Errors
/// See [`CflError`].
pub fn run(options: &Options, out: &mut dyn Write) -> Result<(), CflError> {
    let (one, two) = (of_one_stage(&options.folder)?, of_two_stages(&options.folder)?);
    if one.is_empty() && two.is_empty() {
        return Err(CflError::Absent(options.folder.clone()));
    }
    let effort = Effort { searches: options.searches, tries: options.tries, rounds: options.rounds };
    let mut wrong = 0;
    for known in &one {
        let sites = Sites::read(&known.path).map_err(|error| CflError::Read(known.path.clone(), error))?;
        let began = Instant::now();
        let found =
            in_one_stage(&sites, effort).map_err(|fault| CflError::Wrong(known.name.clone(), fault))?;
        wrong += told(known, "", found, sites.scale, began, options, out)?;
        if options.steps > 0 {
            let began = Instant::now();
            let found = order::solve(&sites, fine_of(&sites), options.steps)
                .map_err(|fault| CflError::Wrong(known.name.clone(), fault))?;
            wrong += told(known, ", one order", found, sites.scale, began, options, out)?;
        }
    }
    for known in &two {
        let stages = Stages::read(&known.path).map_err(|error| CflError::Read(known.path.clone(), error))?;
        let began = Instant::now();
        let found =
            in_two_stages(&stages, effort).map_err(|fault| CflError::Wrong(known.name.clone(), fault))?;
        wrong += told(known, "", found, 1, began, options, out)?;
    }
    match wrong {
        0 => Ok(()),
        count => Err(CflError::Contradiction(count)),
    }
}

fn fine_of(sites: &Sites) -> i64 {
    (PARTS_OF_SITES / sites.scale).max(1)
}

fn in_one_stage(sites: &Sites, effort: Effort) -> Result<Found, Fault> {
    solve(|dear| Facilities::new(sites, fine_of(sites), dear), effort)
}

fn in_two_stages(stages: &Stages, effort: Effort) -> Result<Found, Fault> {
    solve(|dear| Depots::new(stages, PARTS_OF_STAGES, dear), effort)
}

/// A cost in the file's unit.
#[allow(clippy::float_arithmetic)] // for people to read
fn plain(cost: i128, scale: i64) -> f64 {
    cost as f64 / PARTS as f64 / scale as f64
}

/// Published values are rounded to three decimals.
const ROUNDED: f64 = 0.000_6;

#[allow(clippy::float_arithmetic)] // times and shares for people to read
fn told(
    known: &Published,
    how: &str,
    found: Found,
    scale: i64,
    began: Instant,
    options: &Options,
    out: &mut dyn Write,
) -> Result<usize, CflError> {
    let value = began.elapsed().as_secs_f64() * 1e3;
    let over = |cost: f64, of: f64| (cost - of) * 100.0 / of;
    let bound = plain(found.bound, scale);
    let mut facts = vec![("bound", bound.into())];
    let mut agrees = bound <= known.best + ROUNDED;
    if let Some(answer) = found.best.map(|cost| plain(cost, scale)) {
        agrees &= answer >= known.least - ROUNDED;
        facts.push(("answer", answer.into()));
        facts.push(("gap_percent", over(answer, bound).into()));
        facts.push(("over_known_percent", over(answer, known.best).into()));
    }
    let as_bid = found.bid.map_or(Value::Null, |cost| over(plain(cost, scale), known.best).into());
    facts.push(("as_bid_over_known_percent", as_bid));
    facts.push(("bound_under_known_percent", (-over(bound, known.best)).into()));
    facts.push(("known", known.best.into()));
    facts.push(("agrees", agrees.into()));
    let case = format!("{}{how}", known.name);
    Figure { suite: "cfl", case, value: value.into(), unit: "ms", n: 1, facts }.write(options.json, out)?;
    out.flush()?;
    Ok(usize::from(!agrees))
}
