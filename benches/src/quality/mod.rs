//! The engine beside five rules that shops ship, on the same orders and the same stock: cost and parcels.
//!
//! How many parcels an order needs is asked of the engine too: parcels are made so dear that the cheapest plan is the
//! one that fills as many units as any and then sends fewest. Every plan goes before the judge (`volok::check`).

mod compare;
mod worlds;

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use volok::PlanError;
use volok::world::Defects;

pub use compare::{Row, Setting};

use crate::bars::{self, Block, Picture};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Orders of each world.
    pub orders: usize,
    /// Where to draw.
    pub plot: Option<PathBuf>,
    /// Lines of JSON, not a table.
    pub json: bool,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum QualityError {
    /// A generated world has a defect.
    #[error("generated world: {0}")]
    World(#[from] Defects),
    /// An order has no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Figures could not be written.
    #[error("writing: {0}")]
    Write(#[from] std::io::Error),
    /// A plan breaks a rule of the model.
    #[error("{0} plans break a rule of the model")]
    Broken(usize),
}

/// Compares in every world.
///
/// # Errors
///
/// See [`QualityError`].
pub fn run(options: &Options, out: &mut dyn Write) -> Result<(), QualityError> {
    let mut settings = Vec::new();
    for (name, made) in worlds::all(options.orders) {
        let setting = compare::compare(name, &made)?;
        for row in &setting.rows {
            row.figure(name).write(options.json, out)?;
        }
        out.flush()?;
        settings.push(setting);
    }
    if let Some(path) = &options.plot {
        fs::write(path, bars::svg(&picture(&settings)))?;
    }
    let broken = settings.iter().flat_map(|setting| &setting.rows).map(|row| row.broken).sum();
    if broken > 0 { Err(QualityError::Broken(broken)) } else { Ok(()) }
}

fn picture(settings: &[Setting]) -> Picture<'_> {
    let blocks = settings.iter().map(|setting| Block {
        name: setting.name,
        orders: setting.rows.first().map_or(0, |row| row.orders),
        bars: setting.rows.iter().map(|row| (row.planner, [row.above(), row.excess_share()])).collect(),
    });
    Picture {
        title: "Rules that shops ship, beside the exact split",
        note: "The same orders against the same stock; each bar is one rule. Shorter is better.",
        panels: ["Cost above the engine's, %", "Orders with more parcels than needed, %"],
        blocks: blocks.collect(),
    }
}
