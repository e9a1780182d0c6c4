//! Orders of a generated world planned by the library alone, each against the stock as it is: the yardstick for whatever
//! stands around it. `benches/compare/columns.py` plans the same orders from Python.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use volok::testkit::generate::{self, Size};
use volok::{Budget, Engine};
use volok_bench::figure::Figure;
use volok_bench::sample::{Sample, nanoseconds_since, per_second};

#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Preset of the world, with 64 nodes that store and 80 that hand over.
    #[arg(long, default_value = "country")]
    preset: String,
    /// The same seed gives the same world and orders.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// SKUs of the catalogue.
    #[arg(long, default_value_t = 2_000)]
    skus: usize,
    /// Orders planned.
    #[arg(long, default_value_t = 100_000)]
    orders: usize,
    /// How often they are planned.
    #[arg(long, default_value_t = 5)]
    runs: usize,
}

fn main() -> ExitCode {
    let Arguments { preset, seed, skus, orders, runs } = Arguments::parse();
    let size = Size { skus, storing: 64, hand_over: 80, orders, docks: 0, limited: false };
    let figure = || -> Result<(), Box<dyn std::error::Error>> {
        let made = generate::preset(&preset, seed, Some(size)).ok_or("there is no such preset")?;
        let engine = Engine::from_document(&made.world)?;
        let orders = made.orders.iter().map(|order| engine.order(order)).collect::<Result<Vec<_>, _>>()?;
        let mut times = Sample::with_capacity(runs);
        for _ in 0..runs {
            let begin = Instant::now();
            let plans = engine.plan_each(&orders, Budget::default());
            times.push(nanoseconds_since(begin));
            drop(plans);
        }
        let median = times.median();
        let facts = vec![("milliseconds", (median / 1_000_000).into())];
        let value = per_second(orders.len(), median).into();
        let figure = Figure { suite: "alone", case: preset.clone(), value, unit: "orders/s", n: runs, facts };
        Ok(figure.write(true, &mut std::io::stdout().lock())?)
    };
    volok_bench::ended("volok-bench-alone", figure())
}
