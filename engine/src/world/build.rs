//! From the world document to the world: every defect collected, nothing half built.

mod carriage;
mod catalogue;
mod channels;
mod hours;
mod keys;
mod nodes;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use super::{Defects, Inspection, Lane, LaneIx, Names, Node, NodeIx, Place, World};
use crate::spec;
use crate::units::{Index, IndexVec, limits};
pub(crate) use channels::some_of;
use hours::Hours;
use keys::Keys;

/// Sections of the document, in its order.
mod section {
    pub(super) const HEAD: u8 = 0;
    pub(super) const SELLERS: u8 = 1;
    pub(super) const SKUS: u8 = 2;
    pub(super) const SEGREGATION: u8 = 3;
    pub(super) const CALENDARS: u8 = 4;
    pub(super) const TARIFFS: u8 = 5;
    pub(super) const NODES: u8 = 6;
    pub(super) const LANES: u8 = 7;
    pub(super) const CHANNELS: u8 = 8;
}

/// Builds the world of a document. Its stock rows are not looked at: see [`crate::stock::build`].
///
/// # Errors
/// Every defect of the document, in its order.
pub fn build(document: &spec::World) -> Result<World, Defects> {
    let mut found = Inspection::default();
    let max_legs = head(document, &mut found);
    let keys = Keys::of(document, &mut found);

    let sellers = catalogue::sellers(document, &keys, &mut found);
    let skus = catalogue::skus(document, &keys, &mut found);
    let sku_labels = catalogue::labels(document, &keys);
    let segregated = catalogue::segregated(document, &keys, &mut found);
    let mut hours = Hours::default();
    let named = hours.named(document, &keys, &mut found);
    let tariffs = carriage::tariffs(document, &keys, &mut found);
    let (nodes, zones) = nodes::nodes(document, &keys, &mut found);
    let mut lanes = carriage::lanes(document, &keys, &mut hours, &mut found);
    let channels = channels::channels(document, &keys, &nodes, &mut found);
    found.or(())?;

    let calendars = hours.with_generated(named, &mut lanes);
    let (lanes_to, lanes_to_start) = lanes_to(&lanes, nodes.len());
    Ok(World {
        currency: document.currency.as_deref().unwrap_or_default().into(),
        max_legs,
        limited: is_limited(&nodes, &lanes),
        seller_names: keys.sellers.names,
        sku_names: keys.skus.names,
        node_names: keys.nodes.names,
        lane_names: keys.lanes.names,
        channel_names: keys.channels.names,
        entity_names: keys.entities,
        class_names: keys.classes,
        sellers,
        skus,
        sku_labels,
        nodes,
        zones: IndexVec::new(zones),
        lanes: IndexVec::new(lanes),
        tariffs,
        calendars,
        channels,
        segregated,
        lanes_to,
        lanes_to_start,
    })
}

/// The head of the document; the most legs a route may have.
fn head(document: &spec::World, found: &mut Inspection) -> u32 {
    found.rank(section::HEAD, 0);
    let place = Place::Document;
    if document.volok != spec::VERSION {
        let right = format!("{}, the version this build reads", spec::VERSION);
        found.note(&place.at("volok"), "unknown", &document.volok.to_string(), right);
    }
    if let Some(currency) = &document.currency
        && !(currency.len() == 3 && currency.bytes().all(|letter| letter.is_ascii_uppercase()))
    {
        found.note(&place.at("currency"), "malformed", currency, "an ISO 4217 code, as RUB");
    }
    document.max_legs.map_or(limits::USUAL_LEGS_PER_ROUTE, |legs| {
        found.number(&place.at("max_legs"), legs, 1..=limits::LEGS_PER_ROUTE as i64) as u32
    })
}

/// Whether anything has a capacity.
fn is_limited(nodes: &IndexVec<NodeIx, Node>, lanes: &[Lane]) -> bool {
    let of_node = |node: &Node| {
        node.stores.as_ref().is_some_and(|stores| !stores.is_unlimited())
            || node.cross_docks.as_ref().is_some_and(|dock| dock.buffer.is_some())
            || node.hands_over.as_ref().is_some_and(|point| point.holds.is_some())
    };
    let carried = lanes.iter().flat_map(|lane| &lane.compartments);
    nodes.iter().any(of_node) || { carried }.any(|compartment| !compartment.capacity.is_unlimited())
}

/// Lanes by the node they arrive at, then by the node they depart from, and where each node's run begins.
pub(crate) fn lanes_to(lanes: &[Lane], nodes: usize) -> (Vec<LaneIx>, Vec<u32>) {
    let mut by_arrival: Vec<LaneIx> = (0..lanes.len()).map(LaneIx::of).collect();
    by_arrival.sort_unstable_by_key(|&lane| (lanes[lane.row()].to, lanes[lane.row()].from, lane));
    let start =
        |node: usize| by_arrival.partition_point(|&lane| lanes[lane.row()].to < NodeIx::of(node)) as u32;
    let starts = (0..=nodes).map(start).collect();
    (by_arrival, starts)
}

/// Names of texts in any order, with repeats.
fn names_of<I: Index>(mut texts: Vec<&str>) -> Option<Names<I>> {
    texts.sort_unstable();
    texts.dedup();
    Names::from_sorted(texts.into_iter())
}
