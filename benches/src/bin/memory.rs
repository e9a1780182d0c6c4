//! Command line of the figures on memory: stock, and what a plan allocates.

use std::alloc::System;
use std::process::ExitCode;

use clap::Parser;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use volok_bench::typical::{Counted, Options, memory};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    let options = Arguments::parse().options;
    let counted = || {
        let stats = COUNTING.stats();
        Counted {
            allocations: stats.allocations + stats.reallocations,
            allocated: stats.bytes_allocated,
            freed: stats.bytes_deallocated,
        }
    };
    let result = memory(&options, &counted, &mut std::io::stdout().lock());
    volok_bench::ended("volok-bench-memory", result.map_err(Into::into))
}
