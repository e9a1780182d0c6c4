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
    /// Orders on a country with cross-docks: whole plans a second with routes, merging and, if asked for, capacity.
    Routes(volok_bench::routes::Options),
    /// Orders that compete, decided together: cost, bound and gap as time passes.
    Batch(volok_bench::batch::Options),
    /// Published problems whose facilities hold only so much, in one stage and in two: bound and answer beside the optimum.
    Cfl(volok_bench::cfl::Options),
    /// What merging is worth: cost and parcels handed over of the same orders with it and without.
    Merging(volok_bench::merging::Options),
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
    /// A published timetable: earliest arrivals, the router beside a plain time-expanded Dijkstra, all answers compared.
    Gtfs {
        /// Folder or zip file of the feed; its tables may be packed with gzip.
        feed: PathBuf,
        /// First day, as 2026-11-23 [default: the Monday of the busiest week].
        #[arg(long)]
        from: Option<String>,
        /// Minutes to change where the feed does not say.
        #[arg(long, default_value_t = 2)]
        change_minutes: i64,
        #[command(flatten)]
        asked: Asked,
    },
    /// A generated network of hubs, asked and compared like a published timetable.
    Timetable {
        /// Hubs.
        #[arg(long, default_value_t = 500)]
        hubs: usize,
        /// Departures on a day.
        #[arg(long, default_value_t = 50_000)]
        departures: usize,
        #[command(flatten)]
        asked: Asked,
    },
}

/// How a timetable is asked.
#[derive(clap::Args)]
struct Asked {
    /// Days laid out; questions begin in the first week.
    #[arg(long, default_value_t = 14)]
    days: u32,
    /// Random questions.
    #[arg(long, default_value_t = 2_000)]
    queries: usize,
    /// Seed of the questions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Times all questions are asked; the best round is told.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// One line of JSON for each figure.
    #[arg(long)]
    json: bool,
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
        Suite::Routes(options) => volok_bench::routes::run(&options, &mut out).map_err(Into::into),
        Suite::Batch(options) => volok_bench::batch::run(&options, &mut out).map_err(Into::into),
        Suite::Cfl(options) => volok_bench::cfl::run(&options, &mut out).map_err(Into::into),
        Suite::Merging(options) => volok_bench::merging::run(&options, &mut out).map_err(Into::into),
        Suite::Quality { json, orders, plot } => {
            let options = volok_bench::quality::Options { orders, plot, json };
            volok_bench::quality::run(&options, &mut out).map_err(Into::into)
        }
        Suite::Gtfs { feed, from, change_minutes, asked } => {
            let Asked { days, queries, seed, rounds, json } = asked;
            let options =
                volok_bench::gtfs::Options { feed, from, days, change_minutes, queries, seed, rounds, json };
            volok_bench::gtfs::run(&options, &mut out)
        }
        Suite::Timetable { hubs, departures, asked } => {
            let Asked { days, queries, seed, rounds, json } = asked;
            let options =
                volok_bench::timetable::Options { hubs, departures, days, queries, seed, rounds, json };
            volok_bench::timetable::run(&options, &mut out)
        }
    };
    volok_bench::ended("volok-bench", result)
}
