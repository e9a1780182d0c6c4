//! What a plan takes of departures, working days, buffers and hand-over points.

use super::{Parcel, Plan};
use crate::load::{Claim, local_date};
use crate::units::{Instant, Seconds};
use crate::world::{NodeIx, Order, World};

/// Everything a plan takes of what has a capacity: by parcel, in the order of its way. Empty in a world without
/// capacities.
///
/// The plan is right as far as places and times go: what a wrong one claims is of no use to anyone, and places that are
/// not there are passed over.
pub fn claims(world: &World, order: &Order, plan: &Plan) -> Vec<Claim> {
    claims_by_parcel(world, order, plan).into_iter().flatten().collect()
}

/// The same, a list for each parcel of the plan.
pub(crate) fn claims_by_parcel(world: &World, order: &Order, plan: &Plan) -> Vec<Vec<Claim>> {
    if world.is_unlimited() {
        return vec![Vec::new(); plan.parcels.len()];
    }
    let mut all = Vec::with_capacity(plan.parcels.len());
    let mut whole_of: Vec<Option<&Parcel>> = vec![None; plan.parcels.len()];
    for whole in &plan.parcels {
        for &part in &whole.parts {
            if let Some(row) = whole_of.get_mut(usize::from(part)) {
                *row = Some(whole);
            }
        }
    }
    for (parcel, whole) in plan.parcels.iter().zip(whole_of) {
        let mut claims = Vec::new();
        let is_merged = !parcel.parts.is_empty();
        if !is_merged {
            claims.extend(node_day(world, parcel));
        }
        // A merged parcel waits from when it is ready; a source parcel stands in its zone until it departs.
        let mut waits = is_merged.then_some((parcel.node, parcel.ready_at));
        for leg in &parcel.legs {
            claims.extend(waits.and_then(|(node, from)| buffer(world, node, from, leg.departs_at)));
            let Some(lane) = world.lanes().get(leg.lane) else { continue };
            let compartment = lane.compartments.get(usize::from(leg.compartment));
            if compartment.is_some_and(|compartment| !compartment.capacity.is_unlimited()) {
                claims.push(Claim::Departure {
                    lane: leg.lane,
                    compartment: leg.compartment,
                    departs: leg.departs_at,
                    grams: parcel.grams,
                    cm3: parcel.cm3,
                });
            }
            waits = Some((lane.to, leg.arrives_at));
        }
        match whole {
            // A part that was packed where it is merged takes no room before the merge.
            Some(whole) if !parcel.legs.is_empty() => {
                claims.extend(waits.and_then(|(node, from)| buffer(world, node, from, whole.ready_at)));
            }
            Some(_) => {}
            None => claims.extend(point(world, order, waits.map_or(parcel.ready_at, |(_, from)| from))),
        }
        all.push(claims);
    }
    all
}

fn node_day(world: &World, parcel: &Parcel) -> Option<Claim> {
    world.nodes().get(parcel.node)?.stores.as_ref().filter(|stores| !stores.is_unlimited())?;
    // Picks stand by line.
    let lines = parcel.picks.chunk_by(|one, other| one.line == other.line).count();
    Some(Claim::NodeDay {
        node: parcel.node,
        date: local_date(world, parcel.node, parcel.ready_at),
        parcels: 1,
        lines: lines as u32,
    })
}

fn buffer(world: &World, node: NodeIx, from: Instant, until: Instant) -> Option<Claim> {
    world.nodes().get(node)?.cross_docks.as_ref()?.buffer?;
    (from < until).then_some(Claim::Buffer { node, from, until })
}

fn point(world: &World, order: &Order, from: Instant) -> Option<Claim> {
    let point = world.nodes().get(order.to)?.hands_over.as_ref()?;
    point.holds?;
    let until = from.after(point.stay.unwrap_or(Seconds::ZERO)).unwrap_or(Instant::NEVER);
    Some(Claim::Point { node: order.to, from, until })
}
