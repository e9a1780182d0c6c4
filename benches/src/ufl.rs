//! Published facility location problems: time to proof, and the answer against the known optimum.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use volok::split::facility::{Limits, Workspace, solve};

use crate::figure::Figure;
use crate::ufl_file::{Problem, ReadError};

/// Where the published problems are looked for when no file is named, seen from the project's root.
pub const DEFAULT_FOLDER: &str = "../shared/data/ufl";

/// What to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Files and folders; [`DEFAULT_FOLDER`] when empty.
    pub files: Vec<PathBuf>,
    /// Known values: a table with the columns `instance`, `value` and `kind`.
    pub optima: Option<PathBuf>,
    /// Longest time for one problem.
    pub seconds: f64,
    /// Most steps for one problem.
    pub steps: u64,
    /// One line of JSON for each problem.
    pub json: bool,
}

/// Why the suite cannot run.
#[derive(Debug, thiserror::Error)]
pub enum UflError {
    /// A file or folder that is not there.
    #[error("{path}: not there (the published problems are not part of the project)")]
    Absent {
        /// The path.
        path: PathBuf,
    },
    /// A file that cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// The output cannot be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Answers that contradict the known values.
    #[error("{count} problems contradict the known values")]
    Contradiction {
        /// How many.
        count: usize,
    },
}

/// Runs the suite.
///
/// # Errors
///
/// [`UflError`] when a file is absent or unreadable, or when an answer contradicts a known optimum.
pub fn run(options: &Options, out: &mut dyn Write) -> Result<(), UflError> {
    let folder = PathBuf::from(DEFAULT_FOLDER);
    let roots = if options.files.is_empty() { std::slice::from_ref(&folder) } else { &options.files };
    let mut files = Vec::new();
    for root in roots {
        collect(root, &mut files)?;
    }
    let beside = folder.join("optima.csv");
    let optima = match options.optima.as_deref().or_else(|| beside.exists().then_some(beside.as_path())) {
        Some(path) => known_values(path)?,
        None => HashMap::new(),
    };
    let mut workspace = Workspace::new();
    let mut wrong = 0;
    for path in files {
        let problem = Problem::read(&path).map_err(|source| UflError::Read { path: path.clone(), source })?;
        let known = optima.get(stem(&path).as_str());
        let (figure, fault) = one(&path, &problem, known, options, &mut workspace);
        wrong += usize::from(fault);
        figure.write(options.json, out)?;
        out.flush()?;
    }
    if wrong > 0 {
        return Err(UflError::Contradiction { count: wrong });
    }
    Ok(())
}

/// A known value.
#[derive(Clone, Debug)]
struct Known {
    value: f64,
    /// Decimals it is printed with.
    decimals: i32,
    optimal: bool,
}

fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.strip_suffix(".txt").unwrap_or(name).to_owned()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), UflError> {
    if !path.exists() {
        return Err(UflError::Absent { path: path.to_owned() });
    }
    if path.is_dir() {
        let mut inside: Vec<PathBuf> =
            std::fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(|e| e.path()).collect();
        inside.sort();
        for path in inside {
            if path.extension().is_none_or(|extension| extension != "csv") {
                collect(&path, files)?;
            }
        }
    } else {
        files.push(path.to_owned());
    }
    Ok(())
}

fn known_values(path: &Path) -> Result<HashMap<String, Known>, UflError> {
    if !path.exists() {
        return Err(UflError::Absent { path: path.to_owned() });
    }
    let text = std::fs::read_to_string(path)?;
    let mut rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = rows.next().unwrap_or_default();
    let column = |name: &str| head.iter().position(|&cell| cell == name).unwrap_or(usize::MAX);
    let (name, value, kind) = (column("instance"), column("value"), column("kind"));
    let mut known = HashMap::new();
    for row in rows {
        let (Some(name), Some(cell)) = (row.get(name), row.get(value)) else { continue };
        let Ok(value) = cell.parse() else { continue };
        let decimals = cell.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
        let optimal = row.get(kind).is_none_or(|&kind| kind == "optimal");
        known.insert(stem(Path::new(name)), Known { value, decimals, optimal });
    }
    Ok(known)
}

#[allow(clippy::float_arithmetic)] // times and printed values only
fn one(
    path: &Path,
    problem: &Problem,
    known: Option<&Known>,
    options: &Options,
    workspace: &mut Workspace,
) -> (Figure, bool) {
    let limits = Limits { steps: options.steps, ..Limits::default() };
    let begin = Instant::now();
    let end = begin + Duration::from_secs_f64(options.seconds.min(1e6));
    let solved = solve(&problem.view(), &limits, &mut || Instant::now() >= end, workspace);
    let value = begin.elapsed().as_secs_f64() * 1e3;
    let mut facts = vec![("ways", problem.ways.into()), ("lines", problem.lines.into())];
    let mut fault = false;
    match solved {
        Ok(answer) => {
            let scale = problem.scale as f64;
            let (cost, bound) = (answer.cost as f64 / scale, answer.bound as f64 / scale);
            facts.push(("proven", answer.proven.into()));
            facts.push(("cost", cost.into()));
            facts.push(("bound", bound.into()));
            facts.push(("gap_percent", ((cost - bound) * 100.0 / cost).into()));
            facts.push(("steps", answer.steps.into()));
            if let Some(known) = known {
                // Published values are rounded: to the decimals printed, and to about eight digits.
                let printed = if known.decimals > 0 { 0.5 * 0.1_f64.powi(known.decimals) } else { 0.0 };
                let room = known.value.abs() * 2e-7 + printed;
                let bad_bound = bound > known.value + room;
                let bad_cost = known.optimal && cost < known.value - room;
                fault =
                    bad_bound || bad_cost || (answer.proven && known.optimal && cost > known.value + room);
                facts.push(("known", known.value.into()));
                facts.push(("over_percent", ((cost - known.value) * 100.0 / known.value).into()));
                facts.push(("agrees", (!fault).into()));
            }
        }
        Err(error) => {
            fault = true;
            facts.push(("error", error.to_string().into()));
        }
    }
    (Figure { suite: "ufl", case: stem(path), value: value.into(), unit: "ms", n: 1, facts }, fault)
}
