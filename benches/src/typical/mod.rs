//! The benchmark mix: orders of 2.2 lines on a world of 5.7 cells an SKU and 64 warehouses, at several sizes.
//!
//! [`run`] times whole plans; [`memory`] counts what they allocate and what the stock weighs.

mod allocations;
mod speed;

use std::io::Write;

use volok::Engine;
use volok::testkit::generate::{Size, Typical, typical};
use volok::world::{self, Defects, Order};

pub use allocations::{Counted, memory};

/// How big, how many.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// One line of JSON for each figure.
    #[arg(long)]
    pub json: bool,
    /// SKUs of each world.
    #[arg(long, value_delimiter = ',', default_value = "10000,100000,1000000")]
    pub skus: Vec<usize>,
    /// Warehouses.
    #[arg(long, default_value_t = 64)]
    pub nodes: usize,
    /// Orders planned in each world.
    #[arg(long, default_value_t = 20_000)]
    pub orders: usize,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum TypicalError {
    /// A generated world has a defect.
    #[error("generated world: {0}")]
    World(#[from] Defects),
    /// Threads could not be started.
    #[error("threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// Figures could not be written.
    #[error("writing: {0}")]
    Write(#[from] std::io::Error),
}

/// Seed of all worlds.
const SEED: u64 = 4;

/// Points that orders go to.
const POINTS: usize = 80;

fn mix(skus: usize, nodes: usize) -> Typical {
    typical(SEED, Size { skus, storing: nodes, hand_over: POINTS, orders: 0, docks: 0, limited: false })
}

fn engine(mix: &Typical) -> Result<Engine, Defects> {
    let world = world::build(&mix.world)?;
    let stock = mix.stock(&world)?;
    Ok(Engine::new(world, stock))
}

/// Measures speed in every world, with each number of threads.
///
/// # Errors
///
/// See [`TypicalError`].
pub fn run(options: &Options, threads: &[usize], out: &mut dyn Write) -> Result<(), TypicalError> {
    for &skus in &options.skus {
        let mix = mix(skus, options.nodes);
        let mut engine = engine(&mix)?;
        let orders: Vec<Order> = mix.orders(engine.world(), options.orders);
        let case = |what: &str| format!("{skus}x{} {what}", options.nodes);
        speed::one_by_one(&engine, &orders, &case)
            .into_iter()
            .try_for_each(|row| row.write(options.json, out))?;
        out.flush()?;
        for &threads in threads {
            speed::each(&engine, &orders, threads, &case)?.write(options.json, out)?;
        }
        for (row, &threads) in threads.iter().enumerate() {
            // Orders planned in turn take their stock: every number of threads begins with all of it.
            if row > 0 {
                engine = self::engine(&mix)?;
            }
            speed::in_turn(&mut engine, &orders, threads, &case)?.write(options.json, out)?;
        }
        out.flush()?;
    }
    Ok(())
}
