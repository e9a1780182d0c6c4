//! Pictures in letters: a plan for the terminal, and Graphviz DOT.
//!
//! Control characters never reach the terminal (see `words`), and DOT strings are escaped.

mod dot;
mod reasons;
mod text;

pub use super::words::{Wall, money};
pub use dot::dot;
pub use reasons::reasons;
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

/// Names of the parts of a merged parcel.
fn parts(words: &Words<'_>, plan: &Plan, parcel: &Parcel) -> String {
    let codes = parcel.parts.iter().filter(|&&row| usize::from(row) < plan.parcels.len());
    codes.map(|&row| words.code(usize::from(row))).collect::<Vec<_>>().join(", ")
}

#[cfg(all(test, feature = "testkit"))]
mod tests;
