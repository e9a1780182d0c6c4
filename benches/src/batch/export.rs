//! The same orders for another solver: what there is, then a line for each order.

use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::json;
use volok::Load;
use volok::sourcing::{Breadth, Fences, Ground, Sheet, Terms, source};
use volok::split::{Offer, Problem};
use volok::stock::Stock;
use volok::transit::Transit;
use volok::units::Index;
use volok::world::{Order, World};

use super::BatchError;

/// Writes what the orders may take of what, and what it costs. Worlds whose parcels cost the same whatever they weigh: a
/// parcel by a way is a fixed charge. Where lines may not share a parcel a way stands there several times, once for each
/// largest choice of lines that may: so nothing is left out.
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
        let together = together(problem.lines.len(), &problem.apart);
        let mut ways: Vec<i64> = Vec::new();
        let mut offers: Vec<[i64; 5]> = Vec::new();
        for (way, row) in problem.ways.iter().enumerate() {
            let of_way: Vec<&Offer> =
                problem.offers.iter().filter(|offer| usize::from(offer.way) == way).collect();
            let all = of_way.iter().fold(0u64, |all, offer| all | 1 << offer.line);
            let mut sets: Vec<u64> = together.iter().map(|set| set & all).collect();
            largest(&mut sets);
            for set in sets {
                let parcel = ways.len() as i64;
                ways.push(row.fixed + problem.carriage(way, 0, 0).unwrap_or(0));
                for offer in of_way.iter().filter(|offer| set >> offer.line & 1 == 1) {
                    let first = problem.pools[offer.pool as usize].first as usize;
                    let thing = i64::from(sheet.supplies[first].cell.0);
                    offers.push([offer.line.into(), parcel, thing, offer.most.into(), offer.unit_cost]);
                }
            }
        }
        let lines: Vec<[i64; 2]> = problem.lines.iter().map(|line| [line.qty.into(), line.skip]).collect();
        let penalty = problem.rules.parcel_penalty;
        writeln!(out, "{}", json!({ "ways": ways, "offers": offers, "lines": lines, "penalty": penalty }))?;
    }
    Ok(out.flush()?)
}

/// The largest sets of lines, a bit each, of which no two stand apart.
fn together(lines: usize, apart: &[(u16, u16)]) -> Vec<u64> {
    let mut sets = vec![u64::MAX >> (64 - lines.clamp(1, 64))];
    for &(one, other) in apart {
        let (one, other) = (1u64 << one, 1u64 << other);
        let both = |set: &u64| set & one != 0 && set & other != 0;
        let (mixed, kept): (Vec<u64>, Vec<u64>) = sets.into_iter().partition(both);
        sets = kept;
        sets.extend(mixed.into_iter().flat_map(|set| [set & !one, set & !other]));
        largest(&mut sets);
    }
    sets
}

/// Leaves the sets that lie in no other, each once.
fn largest(sets: &mut Vec<u64>) {
    sets.sort_unstable();
    sets.dedup();
    let all = sets.clone();
    sets.retain(|&set| set != 0 && !all.iter().any(|&other| other != set && other & set == set));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_stand_apart_are_in_no_set_together_and_each_is_in_one() {
        assert_eq!(together(3, &[]), [0b111]);
        assert_eq!(together(3, &[(0, 1)]), [0b101, 0b110]);
        assert_eq!(together(4, &[(0, 1), (0, 2), (1, 2)]), [0b1001, 0b1010, 0b1100]);
    }
}
