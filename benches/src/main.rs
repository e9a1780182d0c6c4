//! Command line of the figures.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    suite: Suite,
}

#[derive(Subcommand)]
enum Suite {
    /// Published facility location problems: time to proof, answer against the known optimum.
    Ufl {
        /// Files or folders, in OR-Library or UflLib format, gzip or not [default: ../shared/data/ufl].
        files: Vec<PathBuf>,
        /// One line of JSON for each problem.
        #[arg(long)]
        json: bool,
        /// Known values [default: optima.csv in the default folder].
        #[arg(long)]
        optima: Option<PathBuf>,
        /// Longest time for one problem.
        #[arg(long, default_value_t = 60.0)]
        seconds: f64,
        /// Most steps for one problem.
        #[arg(long, default_value_t = u64::MAX)]
        steps: u64,
    },
    /// Generated order splits of four sizes.
    Split {
        /// One line of JSON for each figure.
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    let result: Result<(), Box<dyn std::error::Error>> = match Arguments::parse().suite {
        Suite::Ufl { files, json, optima, seconds, steps } => {
            let options = volok_bench::ufl::Options { files, optima, seconds, steps, json };
            volok_bench::ufl::run(&options, &mut out).map_err(Into::into)
        }
        Suite::Split { json } => volok_bench::split_sizes::run(json, &mut out).map_err(Into::into),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "volok-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
