//! Command line of the figures.

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
    /// Generated order splits of four sizes: search alone and whole, linear, with step tariffs, with scarce pools.
    Split {
        /// One line of JSON for each figure.
        #[arg(long)]
        json: bool,
        /// Write the problems there for other solvers and measure nothing.
        #[arg(long, value_name = "DIR")]
        export: Option<PathBuf>,
        /// Problems in each exported file.
        #[arg(long, default_value_t = 20)]
        problems: usize,
    },
    /// The benchmark mix: whole plans a second, time of each, all threads. Memory: volok-bench-memory.
    Typical {
        #[command(flatten)]
        options: volok_bench::typical::Options,
        /// Numbers of threads.
        #[arg(long, value_delimiter = ',', default_value = "1,2")]
        threads: Vec<usize>,
    },
    /// The engine beside five rules that shops ship: cost, parcels, parcels more than needed.
    Quality {
        /// One line of JSON for each figure.
        #[arg(long)]
        json: bool,
        /// Orders of each world.
        #[arg(long, default_value_t = 1_000)]
        orders: usize,
        /// Draw the figures into this SVG file.
        #[arg(long, value_name = "FILE")]
        plot: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    let result: Result<(), volok_bench::Failure> = match Arguments::parse().suite {
        Suite::Ufl { files, json, optima, seconds, steps } => {
            let options = volok_bench::ufl::Options { files, optima, seconds, steps, json };
            volok_bench::ufl::run(&options, &mut out).map_err(Into::into)
        }
        Suite::Split { json: _, export: Some(folder), problems } => {
            volok_bench::split::export(&folder, problems).map_err(Into::into)
        }
        Suite::Split { json, .. } => volok_bench::split::run(json, &mut out).map_err(Into::into),
        Suite::Typical { options, threads } => {
            volok_bench::typical::run(&options, &threads, &mut out).map_err(Into::into)
        }
        Suite::Quality { json, orders, plot } => {
            let options = volok_bench::quality::Options { orders, plot, json };
            volok_bench::quality::run(&options, &mut out).map_err(Into::into)
        }
    };
    volok_bench::ended("volok-bench", result)
}
