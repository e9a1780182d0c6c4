//! The same orders for another solver: what there is, then a line for each order.

use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::json;
use volok::Load;
use volok::sourcing::{Breadth, Fences, Ground, Sheet, Terms, source};
use volok::split::Problem;
use volok::stock::Stock;
use volok::transit::Transit;
use volok::units::Index;
use volok::world::{Order, World};

use super::BatchError;

/// Writes what the orders may take of what, and what it costs. Worlds whose parcels cost the same whatever they weigh: a
/// parcel by a way is a fixed charge. What may not share a parcel is left out, so that the other solver's problem is a little
/// easier: its optimum is no dearer.
///
/// # Errors
/// When the file cannot be written or an order's problem is too large.
pub fn export(world: &World, stock: &Stock, orders: &[Order], file: &Path) -> Result<(), BatchError> {
    let transit = Transit::new(world);
    let terms = Terms::new(world, &transit);
    let load = Load::default();
    let ground =
        Ground { world, transit: &transit, terms: &terms, stock, load: &load, strict: &[], apart: false };
    let mut sheet = Sheet::default();
    let mut out = BufWriter::new(std::fs::File::create(file)?);
    let most: Vec<u32> =
        (0..stock.len()).map(|row| stock.cell(volok::stock::CellIx::of(row)).free()).collect();
    writeln!(out, "{}", json!({ "most": most }))?;
    for order in orders {
        let mut problem = Problem::new(&terms.staircases);
        source(ground, order, Fences::ByTime, Breadth::All, &mut sheet, &mut problem)
            .map_err(|_| BatchError::TooBig(order.id.clone()))?;
        let ways: Vec<i64> = (0..problem.ways.len())
            .map(|way| problem.ways[way].fixed + problem.carriage(way, 0, 0).unwrap_or(0))
            .collect();
        let offers: Vec<[i64; 5]> = problem
            .offers
            .iter()
            .map(|offer| {
                let first = problem.pools[offer.pool as usize].first as usize;
                let thing = i64::from(sheet.supplies[first].cell.0);
                [offer.line.into(), offer.way.into(), thing, offer.most.into(), offer.unit_cost]
            })
            .collect();
        let lines: Vec<[i64; 2]> = problem.lines.iter().map(|line| [line.qty.into(), line.skip]).collect();
        let penalty = problem.rules.parcel_penalty;
        writeln!(out, "{}", json!({ "ways": ways, "offers": offers, "lines": lines, "penalty": penalty }))?;
    }
    Ok(out.flush()?)
}
