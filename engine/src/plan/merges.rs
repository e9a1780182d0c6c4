//! Parcels that become one: merged parcels of a plan, their times and costs.

use super::assemble::{Unfit, add};
use super::{Costs, Fiscal, HandOver, Leg, Parcel};
use crate::sourcing::{Ground, Legs, Sheet, lateness};
use crate::split::{Merge, NO_HUB, Problem, Solution};
use crate::units::{CubicCentimetres, Grams, Instant, Money, Temperatures};
use crate::world::{LaneIx, Order};
use smallvec::SmallVec;

/// Puts source parcels in their order and adds the merged ones after them, parts before their wholes.
#[allow(clippy::too_many_arguments)]
pub(super) fn join(
    ground: Ground<'_>,
    order: &Order,
    sheet: &Sheet,
    problem: &Problem<'_>,
    solution: &Solution,
    fiscal: Fiscal,
    parcels: &mut SmallVec<[Parcel; 2]>,
    costs: &mut Costs,
) -> Result<(), Unfit> {
    // Source parcels by when their goods are handed over, then by node.
    let ends = |row: usize| {
        let way = usize::from(solution.parcels[row].way);
        match problem.yard_of(way) {
            NO_HUB => parcels[row].hand_over.map(|end| end.at),
            hub => Some(sheet.hubs[usize::from(hub)].hand_over),
        }
    };
    let mut order_of: Vec<usize> = (0..parcels.len()).collect();
    order_of.sort_by_key(|&row| (ends(row), parcels[row].node));
    let mut place = vec![0u16; parcels.len()];
    for (at, &row) in order_of.iter().enumerate() {
        place[row] = at as u16;
    }
    *parcels = order_of.iter().map(|&row| parcels[row].clone()).collect();

    let sources = parcels.len();
    for merge in &solution.merges {
        let earlier = merge.merges.iter().map(|&row| (sources + row as usize) as u16);
        let mut parts: SmallVec<[u16; 2]> = merge.parcels.iter().map(|&row| place[row as usize]).collect();
        parts.extend(earlier);
        parts.sort_unstable();
        let parcel = merged(ground, order, sheet, problem, merge, parts, parcels, fiscal, costs)?;
        parcels.push(parcel);
    }
    Ok(())
}

#[allow(clippy::too_many_arguments)]
fn merged(
    ground: Ground<'_>,
    order: &Order,
    sheet: &Sheet,
    problem: &Problem<'_>,
    merge: &Merge,
    parts: SmallVec<[u16; 2]>,
    parcels: &[Parcel],
    fiscal: Fiscal,
    costs: &mut Costs,
) -> Result<Parcel, Unfit> {
    let (row, hub) = (&sheet.hubs[usize::from(merge.hub)], &problem.hubs[usize::from(merge.hub)]);
    let (mut grams, mut cm3, mut temperature) = (0u64, 0u64, Temperatures::ANY);
    let mut handled = Instant::ALWAYS;
    for &part in &parts {
        let part = &parcels[usize::from(part)];
        grams = grams.saturating_add(part.grams.0);
        cm3 = cm3.saturating_add(part.cm3.0);
        temperature = temperature.intersect(part.temperature).unwrap_or(temperature);
        let at = match part.legs.last() {
            Some(leg) => ground.transit.handled_at(row.node, leg.arrives_at).unwrap_or(leg.arrives_at),
            None => part.ready_at,
        };
        handled = handled.max(at);
    }
    let ready = ground.transit.merged_at(row.node, handled).unwrap_or(handled);
    if let (Some(longest), Some(leg)) = (row.longest, row.legs.first())
        && ready.after(longest).is_some_and(|until| until < leg.departs)
    {
        return Err(Unfit::Waits(row.node, leg.departs));
    }
    let docks = ground.world.nodes()[row.node].cross_docks.as_ref();
    add(&mut costs.merging, docks.map(|docks| docks.cost_per_merge.0), "merging")?;
    let lanes: SmallVec<[(LaneIx, u8); 3]> =
        row.lanes.iter().copied().zip(row.compartments.iter().copied()).collect();
    let legs = legs_of(ground, problem, &lanes, &row.legs, (grams, cm3), hub.into != NO_HUB, costs)?;
    let customer = hub.into == NO_HUB;
    let (mut hand_over, mut late) = (row.hand_over, row.lateness);
    if let Some(at) =
        ground.transit.hand_over_at(order.to, ready).filter(|_| customer && row.lanes.is_empty())
    {
        // Merged where it is handed over: as soon as it is.
        hand_over = at;
        late = lateness(order, at).map_err(|_| Unfit::Cost("lateness"))?;
    }
    if customer {
        let point = ground.world.nodes()[order.to].hands_over.as_ref();
        add(&mut costs.hand_over, point.map(|point| point.cost_per_parcel.0), "hand-over")?;
        add(&mut costs.lateness, Some(late), "lateness")?;
    }
    Ok(Parcel {
        node: row.node,
        picks: SmallVec::new(),
        parts,
        temperature,
        grams: Grams(grams),
        cm3: CubicCentimetres(cm3),
        ready_at: ready,
        legs,
        hand_over: customer.then_some(HandOver { at: hand_over, storage: row.storage, fiscal }),
    })
}

/// The legs of a parcel, with what they and being handled after them cost. `ends_in_merge` says that it is handled
/// after its last leg too.
pub(super) fn legs_of(
    ground: Ground<'_>,
    problem: &Problem<'_>,
    lanes: &[(LaneIx, u8)],
    departures: &Legs,
    (grams, cm3): (u64, u64),
    ends_in_merge: bool,
    costs: &mut Costs,
) -> Result<SmallVec<[Leg; 1]>, Unfit> {
    let mut legs = SmallVec::new();
    for (row, (&(lane, compartment), departure)) in lanes.iter().zip(departures).enumerate() {
        let to = ground.world.lanes()[lane].to;
        let road = ground.terms.road(Some(lane), to).ok_or(Unfit::Cost("carriage"))?;
        let cost = problem.staircases[road.staircase as usize].price(grams, cm3);
        add(&mut costs.carriage, cost, "carriage")?;
        if row + 1 < lanes.len() || ends_in_merge {
            let docks = ground.world.nodes()[to].cross_docks.as_ref();
            add(&mut costs.handling, docks.map(|docks| docks.cost_per_parcel.0), "handling")?;
        }
        legs.push(Leg {
            lane,
            compartment,
            departs_at: departure.departs,
            arrives_at: departure.arrives,
            cost: Money(cost.unwrap_or(0)),
        });
    }
    Ok(legs)
}
