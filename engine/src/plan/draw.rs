//! Pictures in letters: a plan for the terminal, and Graphviz DOT.
//!
//! Keys and names come from documents that others wrote: control characters never reach the terminal, and DOT strings
//! are escaped.

mod dot;
mod letters;
mod local;
mod reasons;
mod text;

pub use dot::dot;
pub use letters::money;
pub use local::Wall;
pub use reasons::reasons;
pub use text::text;

use super::{Fiscal, Parcel, Plan};
use crate::stock::Stock;
use crate::world::{LineIx, NodeIx, Order, World};
use letters::clean;

/// Sub-order code of a parcel by its row.
fn code(world: &World, order: &Order, row: usize) -> String {
    clean(&super::code(world, order, row))
}

/// What people call a node: its name, or its key.
fn place(world: &World, node: NodeIx) -> String {
    clean(world.nodes()[node].label.as_deref().unwrap_or_else(|| world.node_names().of(node)))
}

/// What people call the goods of a line.
fn goods(world: &World, order: &Order, line: LineIx) -> String {
    clean(order.lines.get(line.0 as usize).map_or("?", |line| world.sku_label(line.sku)))
}

fn fiscal(world: &World, fiscal: Fiscal) -> String {
    let named = |entity| clean(world.entity_names().of(entity));
    match fiscal {
        Fiscal::Online(entity) => format!("receipt online by {}", named(entity)),
        Fiscal::Counter(entity) => format!("receipt at the counter by {}", named(entity)),
        Fiscal::None => "no receipt at hand-over".to_owned(),
    }
}

/// The picks of a parcel as people read them: goods with quantity, owner, zone and lot. Picks of one line from one
/// seller and zone are one row, however many lots they are drawn from.
fn contents(world: &World, stock: &Stock, order: &Order, parcel: &Parcel) -> Vec<Row> {
    let mut rows: Vec<(LineIx, crate::world::SellerIx, crate::world::ZoneIx, Row)> = Vec::new();
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
                    goods: goods(world, order, pick.line),
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

/// The zone whose wall clock people at the hand-over node read, if a calendar tells.
fn wall(world: &World, order: &Order) -> Wall {
    let opening = world.nodes()[order.to].hands_over.as_ref().and_then(|point| point.calendar);
    Wall::of(opening.and_then(|calendar| world.calendars().get(calendar)))
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
fn parts(world: &World, order: &Order, plan: &Plan, parcel: &Parcel) -> String {
    let codes = parcel.parts.iter().filter(|&&row| usize::from(row) < plan.parcels.len());
    codes.map(|&row| code(world, order, usize::from(row))).collect::<Vec<_>>().join(", ")
}

#[cfg(all(test, feature = "testkit"))]
mod tests;
