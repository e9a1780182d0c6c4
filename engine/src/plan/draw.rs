//! Pictures of a plan: letters for the terminal, Graphviz DOT, SVG, and an HTML page of several orders.
//!
//! Control characters never reach the terminal (see `words`), and strings of DOT and XML are escaped.

mod dot;
pub mod html;
mod reasons;
mod svg;
mod text;

pub use super::words::{Wall, money};
pub use dot::dot;
pub use reasons::reasons;
pub use svg::svg;
pub use text::text;

use super::words::Words;
use super::words::letters::clean;
use super::{Parcel, Plan};
use crate::stock::Stock;
use crate::world::{LineIx, SellerIx, ZoneIx};

/// The picks of a parcel as people read them: goods with quantity, owner, zone and lot. Picks of one line from one
/// seller and zone are one row, however many lots they are drawn from.
fn contents(words: &Words<'_>, stock: &Stock, parcel: &Parcel) -> Vec<Row> {
    let world = words.world;
    let mut rows: Vec<(LineIx, SellerIx, ZoneIx, Row)> = Vec::new();
    for pick in &parcel.picks {
        let cell = stock.cell(pick.cell);
        let lot = stock.lot(cell).map(clean);
        match rows.iter_mut().find(|row| (row.0, row.1, row.2) == (pick.line, cell.seller, cell.zone)) {
            Some((.., row)) => {
                row.qty += u64::from(pick.qty.0);
                row.lots.extend(lot);
            }
            None => {
                let row = Row {
                    qty: u64::from(pick.qty.0),
                    goods: words.goods(pick.line),
                    seller: clean(world.seller_names().of(cell.seller)),
                    zone: clean(&world.zones()[cell.zone].name),
                    lots: lot.into_iter().collect(),
                };
                rows.push((pick.line, cell.seller, cell.zone, row));
            }
        }
    }
    rows.into_iter().map(|(.., row)| row).collect()
}

/// Units of one line from one seller and zone.
struct Row {
    qty: u64,
    goods: String,
    seller: String,
    zone: String,
    lots: Vec<String>,
}

/// Parcels as a drawing walks through them: parts before their whole, each with how many merges are still before it.
fn tree(plan: &Plan) -> Vec<(usize, usize)> {
    let count = plan.parcels.len();
    let mut whole: Vec<Option<usize>> = vec![None; count];
    for (row, parcel) in plan.parcels.iter().enumerate() {
        for part in parcel.parts.iter().map(|&part| usize::from(part)).filter(|&part| part < row) {
            whole[part] = Some(row);
        }
    }
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (row, whole) in whole.into_iter().enumerate() {
        match whole {
            Some(whole) => parts[whole].push(row),
            None => open.push((row, 0)),
        }
    }
    // Backwards from the last whole to its parts; turned round, parts come first.
    let mut walked = Vec::with_capacity(count);
    while let Some((row, merges)) = open.pop() {
        walked.push((row, merges));
        open.extend(parts[row].iter().map(|&part| (part, merges + 1)));
    }
    walked.reverse();
    walked
}

/// The parcel another is merged into.
fn whole_of(plan: &Plan, row: usize) -> Option<usize> {
    plan.parcels.iter().rposition(|parcel| parcel.parts.iter().any(|&part| usize::from(part) == row))
}

/// Names of the parts of a merged parcel.
fn parts(words: &Words<'_>, plan: &Plan, parcel: &Parcel) -> String {
    let codes = parcel.parts.iter().filter(|&&row| usize::from(row) < plan.parcels.len());
    codes.map(|&row| words.code(usize::from(row))).collect::<Vec<_>>().join(", ")
}

#[cfg(all(test, feature = "testkit"))]
mod tests;
