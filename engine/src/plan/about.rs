//! Does a plan speak of this order, this world and this stock at all?

use super::Plan;
use crate::stock::Stock;
use crate::units::Index;
use crate::world::{Order, World};

/// Whether every number of a plan leads to what it says: its nodes and lanes are of the world, its lines of the order, its
/// cells of the stock and of the SKUs of their lines, parts stand before what they are merged into. Whether it is a good
/// plan is another matter.
pub(crate) fn is_about(world: &World, stock: &Stock, order: &Order, plan: &Plan) -> bool {
    let line = |line: crate::world::LineIx| order.lines.get(line.row());
    let parcels = plan.parcels.iter().enumerate().all(|(row, parcel)| {
        let legs = parcel.legs.iter().all(|leg| {
            let lane = world.lanes().get(leg.lane);
            lane.is_some_and(|lane| usize::from(leg.compartment) < lane.compartments.len())
        });
        let picks = parcel.picks.iter().all(|pick| {
            let sku = line(pick.line).map(|line| line.sku);
            pick.cell.row() < stock.len() && sku == Some(stock.sku_of(pick.cell))
        });
        world.nodes().get(parcel.node).is_some()
            && legs
            && picks
            && parcel.parts.iter().all(|&part| usize::from(part) < row)
    });
    parcels
        && world.nodes().get(order.to).is_some()
        && plan.unfilled.iter().all(|short| line(short.line).is_some())
}
