//! The benchmark mix on a country with cross-docks: whole plans with chains of lanes, merging and, if asked for,
//! departures and points that take so many parcels only.

mod orders;
mod speed;

use std::io::Write;

use volok::Engine;
use volok::testkit::generate::{Size, typical};
use volok::world::{self, Defects};

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
    /// Cross-docks.
    #[arg(long, default_value_t = 12)]
    pub docks: usize,
    /// Hand-over points.
    #[arg(long, default_value_t = 500)]
    pub points: usize,
    /// Typical orders planned in each world; a tenth as many of ten lines, and of six lines from six warehouses.
    #[arg(long, default_value_t = 20_000)]
    pub orders: usize,
    /// Last lanes and points take so many parcels only.
    #[arg(long)]
    pub limited: bool,
    /// Steps of one search.
    #[arg(long, default_value_t = volok::Budget::default().steps)]
    pub steps: u64,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum RoutesError {
    /// A generated world has a defect.
    #[error("generated world: {0}")]
    World(#[from] Defects),
    /// Figures could not be written.
    #[error("writing: {0}")]
    Write(#[from] std::io::Error),
}

/// Seed of all worlds.
const SEED: u64 = 4;

/// Measures every world: typical orders, orders of ten lines, orders of six warehouses.
///
/// # Errors
///
/// See [`RoutesError`].
pub fn run(options: &Options, out: &mut dyn Write) -> Result<(), RoutesError> {
    for &skus in &options.skus {
        let Options { nodes: storing, docks, points: hand_over, limited, .. } = *options;
        let mix = typical(SEED, Size { skus, storing, hand_over, orders: 0, docks, limited });
        let world = world::build(&mix.world)?;
        let stock = mix.stock(&world)?;
        let engine = Engine::new(world, stock);
        let typical = mix.orders(engine.world(), options.orders);
        let many = (options.orders / 10).max(1);
        let ten = orders::of_ten_lines(&engine, &typical, many);
        let six = orders::of_six_sources(&engine, &typical, many);
        for (what, orders) in [("typical", &typical), ("10 lines", &ten), ("6 sources", &six)] {
            let case = |part: &str| format!("{skus}x{storing}x{docks} {what}{part}");
            for figure in speed::measure(&engine, orders, options.steps, &case) {
                figure.write(options.json, out)?;
            }
            out.flush()?;
        }
    }
    Ok(())
}
