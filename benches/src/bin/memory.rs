//! Command line of the figures on memory: stock, and what a plan allocates.

use std::alloc::System;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use volok_bench::typical::{Counted, Options, memory};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// One line of JSON for each figure.
    #[arg(long)]
    json: bool,
    /// SKUs of each world.
    #[arg(long, value_delimiter = ',', default_value = "10000,100000,1000000")]
    skus: Vec<usize>,
    /// Warehouses.
    #[arg(long, default_value_t = 64)]
    nodes: usize,
    /// Orders planned in each world.
    #[arg(long, default_value_t = 20_000)]
    orders: usize,
}

fn main() -> ExitCode {
    let Arguments { json, skus, nodes, orders } = Arguments::parse();
    let options = Options { skus, nodes, orders, threads: vec![1], json };
    let counted = || {
        let stats = COUNTING.stats();
        Counted {
            allocations: stats.allocations + stats.reallocations,
            allocated: stats.bytes_allocated,
            freed: stats.bytes_deallocated,
        }
    };
    match memory(&options, &counted, &mut std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "volok-bench-memory: {error}");
            ExitCode::FAILURE
        }
    }
}
