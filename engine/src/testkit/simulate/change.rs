//! Usual changes of a world document, for [`super::what_if`]. Any other change is a closure over [`World`].

use crate::spec::{Cell, Lane, Node, Tariff, World};
use std::collections::BTreeMap;

/// A change of something that the world does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the world has no {what} {key:?}; give the key of one it has")]
pub struct Unknown {
    /// Of which kind.
    pub what: &'static str,
    /// Its key.
    pub key: String,
}

/// The world with changes made; the one given stays.
///
/// # Errors
/// Whatever a change says.
pub fn changed<E>(world: &World, change: impl FnOnce(&mut World) -> Result<(), E>) -> Result<World, E> {
    let mut world = world.clone();
    change(&mut world)?;
    Ok(world)
}

fn known<'r, T>(
    rows: &'r mut [T],
    what: &'static str,
    key: &str,
    of: impl Fn(&T) -> &str,
) -> Result<&'r mut T, Unknown> {
    rows.iter_mut().find(|row| of(row) == key).ok_or_else(|| Unknown { what, key: key.to_owned() })
}

/// Closes a node, a warehouse or a cross-dock: its stock, on hand and announced, is out of reach, and nothing departs from
/// it or arrives. Orders that are to be handed over there stay unfilled.
///
/// # Errors
/// When there is no such node.
pub fn close_node(world: &mut World, node: &str) -> Result<(), Unknown> {
    known(&mut world.nodes, "node", node, |row| &row.id)?;
    world.lanes.retain(|lane| lane.from != node && lane.to != node);
    world.stock.retain(|cell| cell.node != node);
    world.inbound.retain(|cell| cell.node != node);
    world.ring_fences.retain(|fence| fence.node != node);
    Ok(())
}

/// Takes a lane out of service.
///
/// # Errors
/// When there is no such lane.
pub fn drop_lane(world: &mut World, lane: &str) -> Result<(), Unknown> {
    known(&mut world.lanes, "lane", lane, |row| &row.id)?;
    world.lanes.retain(|row| row.id != lane);
    Ok(())
}

/// Moves a lane's cut-off to so many minutes before departure.
///
/// # Errors
/// When there is no such lane.
pub fn move_cut_off(world: &mut World, lane: &str, minutes: i64) -> Result<(), Unknown> {
    known(&mut world.lanes, "lane", lane, |row| &row.id)?.cut_off_minutes = minutes;
    Ok(())
}

/// Puts a tariff in the place of the one with its key.
///
/// # Errors
/// When there is no tariff of that key.
pub fn set_tariff(world: &mut World, tariff: Tariff) -> Result<(), Unknown> {
    let key = tariff.id.clone();
    *known(&mut world.tariffs, "tariff", &key, |row| &row.id)? = tariff;
    Ok(())
}

/// Opens a node with its lanes and its stock.
pub fn add_node(world: &mut World, node: Node, lanes: Vec<Lane>, stock: Vec<Cell>) {
    world.nodes.push(node);
    world.lanes.extend(lanes);
    world.stock.extend(stock);
}

/// Leaves so many hundredths of all stock, on hand and announced: of each SKU in all, rounded down as it adds up from row
/// to row, and never less in a row than is held.
pub fn scale_stock(world: &mut World, percent: u32) {
    let mut rests: BTreeMap<String, i64> = BTreeMap::new();
    let mut scale = |sku: &str, units: i64, held: i64| {
        let rest = rests.entry(sku.to_owned()).or_default();
        let due = rest.saturating_add(units.saturating_mul(i64::from(percent)));
        let units = due.div_euclid(100);
        *rest = due.rem_euclid(100);
        units.max(held)
    };
    for cell in &mut world.stock {
        cell.on_hand = scale(&cell.sku, cell.on_hand, cell.held);
    }
    for cell in &mut world.inbound {
        cell.qty = scale(&cell.sku, cell.qty, cell.held);
    }
}
