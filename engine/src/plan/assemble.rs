//! From a solution on arrays to a plan: parcels with their cells, times and costs.
//!
//! The search chooses ways and units. What is left is decided here by rules: each parcel takes the earliest departure
//! its contents allow, and within a pool lots go out first-expiry-first-out among those with life enough.

use super::draws::{Draws, Spent, Take};
use super::merges;
use super::{Costs, Fiscal, HandOver, Leg, Parcel, Pick, Plan, Unfilled};
use crate::sourcing::{
    Class, Ground, NO_STOPS, Sheet, When, can_be_ready_at, has_place, lateness, leave, ride_of,
};
use crate::split::{NO_HUB, Problem, Solution};
use crate::units::{CubicCentimetres, Grams, Index, Instant, Money, Quantity, Temperatures};
use crate::world::{NodeIx, Order, World};
use smallvec::SmallVec;

/// Why a solution cannot become a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Fences and expiry together forbid what each alone allows.
    Fences,
    /// Parcels of the plan are in one another's way.
    Full,
    /// At a node, what should be ready for one moment is ready at another: a merge so early that it waits too long, a
    /// parcel to be handed over so early that there is no place, or on a date on which the node makes no more ready.
    Waits(NodeIx, Instant),
    /// A cost left its range.
    Cost(&'static str),
}

/// Makes a solution a plan. Reasons for what is unfilled are left to be filled in.
///
/// # Errors
/// See [`Unfit`].
pub fn assemble(
    ground: Ground<'_>,
    order: &Order,
    sheet: &Sheet,
    problem: &Problem<'_>,
    solution: &Solution,
    draws: &mut Draws,
) -> Result<Plan, Unfit> {
    draws.settle(sheet, problem, solution)?;
    let fiscal = fiscal(ground.world, order);
    let mut costs = Costs::default();
    let mut parcels: SmallVec<[Parcel; 2]> = SmallVec::new();
    let mut spent = Spent::default();
    for number in 0..solution.parcels.len() {
        let parcel = parcel(ground, order, sheet, problem, draws, number, fiscal, &mut spent, &mut costs)?;
        parcels.push(parcel);
    }
    if solution.merges.is_empty() {
        // Ways stand by node and parcels by way and contents, so a stable sort settles the rest.
        if parcels.len() > 1 {
            parcels.sort_by_key(|parcel| (parcel.hand_over.map(|end| end.at), parcel.node));
        }
    } else {
        merges::join(ground, order, sheet, problem, solution, fiscal, &mut parcels, &mut costs)?;
    }

    let mut unfilled: Vec<Unfilled> = Vec::new();
    for (wanted, &units) in sheet.lines.iter().zip(&solution.skipped) {
        if units > 0 {
            let penalty = order.lines[wanted.line.row()].unfilled_penalty;
            add(&mut costs.unfilled, penalty.0.checked_mul(i64::from(units)), "unfilled penalties")?;
            unfilled.push(Unfilled { line: wanted.line, qty: Quantity(units), reasons: Vec::new() });
        }
    }
    unfilled.sort_unstable_by_key(|unfilled| unfilled.line);
    let delivered = parcels.iter().filter(|parcel| parcel.hand_over.is_some()).count();
    let extra = delivered.saturating_sub(1) as i64;
    add(
        &mut costs.extra_deliveries,
        order.policy.delivery_penalty.0.checked_mul(extra),
        "delivery penalties",
    )?;
    let total = costs.components().iter().try_fold(0i64, |sum, (_, cost)| sum.checked_add(cost.0));
    let total = total.ok_or(Unfit::Cost("the cost of the plan"))?;
    debug_assert!(total <= solution.cost, "a plan costs what its solution does: {total}, {}", solution.cost);
    Ok(Plan { parcels, unfilled, costs, bound: Money(solution.bound.min(total)), steps: solution.steps })
}

pub(super) fn add(sum: &mut Money, cost: Option<i64>, what: &'static str) -> Result<(), Unfit> {
    sum.0 = cost.and_then(|cost| sum.0.checked_add(cost)).ok_or(Unfit::Cost(what))?;
    Ok(())
}

#[allow(clippy::too_many_arguments)]
fn parcel(
    ground: Ground<'_>,
    order: &Order,
    sheet: &Sheet,
    problem: &Problem<'_>,
    draws: &Draws,
    number: usize,
    fiscal: Fiscal,
    spent: &mut Spent,
    costs: &mut Costs,
) -> Result<Parcel, Unfit> {
    let way = draws.way(number);
    let (row, route, place) = sheet.way(way);
    let world = ground.world;
    let mut picks: SmallVec<[Pick; 4]> = SmallVec::new();
    let (mut grams, mut cm3) = (0u64, 0u64);
    let (mut temperature, mut ready, mut own) = (Temperatures::ANY, Instant::ALWAYS, Instant::ALWAYS);
    for take in draws.takes_of(number) {
        let offer = &problem.offers[take.offer as usize];
        let source = &sheet.sources[offer.pool as usize];
        let wanted = &sheet.lines[usize::from(offer.line)];
        let line = &problem.lines[usize::from(offer.line)];
        let zone = &world.zones()[source.zone];
        let units = i64::from(take.qty);
        grams = grams.saturating_add(line.grams.saturating_mul(u64::from(take.qty)));
        cm3 = cm3.saturating_add(line.cm3.saturating_mul(u64::from(take.qty)));
        temperature = temperature.intersect(world.skus()[wanted.sku].temperature).unwrap_or(temperature);
        let price = source.unit_cost - zone.cost_per_unit.0;
        add(&mut costs.pick_units, zone.cost_per_unit.0.checked_mul(units), "the cost of picks")?;
        add(&mut costs.pick_lines, Some(source.line_cost), "the cost of picks")?;
        add(&mut costs.stock, price.checked_mul(units), "stock prices")?;
        for draw in draws.of(take) {
            let supply = &sheet.supplies[draw.supply as usize];
            let When { at, along } = sheet.when(way, draw.supply);
            ready = ready.max(at);
            own = if along { own } else { own.max(at) };
            spent.take(ground.stock, draw, supply, |cell, qty| {
                picks.push(Pick { line: wanted.line, cell, qty: Quantity(qty) });
            });
        }
    }
    picks.sort_unstable_by_key(|pick| (pick.line, pick.cell));
    let ready_then = |take: &Take| {
        let zone = sheet.sources[problem.offers[take.offer as usize].pool as usize].zone;
        let starts = draws.of(take).iter().map(|draw| sheet.supplies[draw.supply as usize].start);
        starts.into_iter().any(|start| can_be_ready_at(ground, place.node, zone, start, ready))
    };
    if own < ready && !draws.takes_of(number).iter().any(ready_then) {
        // Nothing in it is ready as late as its date needs.
        return Err(Unfit::Waits(place.node, ready));
    }

    let class = class_of(sheet, route.class, route.classes, ready);
    let hub = problem.yard_of(usize::from(way));
    let node = &world.nodes()[place.node];
    add(&mut costs.packing, node.stores.as_ref().map(|stores| stores.cost_per_parcel.0), "packing")?;
    let mut legs = SmallVec::new();
    if row.stops != NO_STOPS {
        let kept = ride_of(ground, order, sheet, (way, hub), ready, (grams, cm3));
        let (lanes, departures) = kept.unwrap_or_default();
        legs = merges::legs_of(ground, problem, &lanes, &departures, (grams, cm3), hub != NO_HUB, costs)?;
    } else if let Some(lane) = route.lane {
        let (departs, arrives) = match ready <= class.departs_if {
            true => (class.departs, class.arrives),
            false => leave(ground, route.lane, ready).unwrap_or((class.departs, class.arrives)),
        };
        let carriage = problem.carriage(usize::from(way), grams, cm3);
        add(&mut costs.carriage, carriage, "carriage")?;
        legs.push(Leg {
            lane,
            compartment: row.compartment,
            departs_at: departs,
            arrives_at: arrives,
            cost: Money(carriage.unwrap_or(0)),
        });
    }
    let (mut at, mut late) = (class.hand_over, class.lateness);
    if hub == NO_HUB && legs.is_empty() && ready < class.ready_by {
        // It is there as soon as it is ready, whatever its way could have waited for.
        if !has_place(ground, order, ready) {
            return Err(Unfit::Waits(order.to, class.ready_by));
        }
        at = ground.transit.hand_over_at(order.to, ready).unwrap_or(at);
        late = lateness(order, at).map_err(|_| Unfit::Cost("lateness"))?;
    }
    let hand_over = (hub == NO_HUB).then_some(HandOver { at, storage: row.storage, fiscal });
    if hub == NO_HUB {
        let point = world.nodes()[order.to].hands_over.as_ref();
        add(&mut costs.hand_over, point.map(|point| point.cost_per_parcel.0), "hand-over")?;
        add(&mut costs.lateness, Some(late), "lateness")?;
    }
    Ok(Parcel {
        node: place.node,
        picks,
        parts: SmallVec::new(),
        temperature,
        grams: Grams(grams),
        cm3: CubicCentimetres(cm3),
        ready_at: ready,
        legs,
        hand_over,
    })
}

/// The first class of a route that waits for what is ready then.
fn class_of(sheet: &Sheet, first: u32, count: u32, ready: Instant) -> &Class {
    let classes = &sheet.classes[first as usize..(first + count) as usize];
    let row = classes.partition_point(|class| class.ready_by < ready);
    &classes[row.min(classes.len() - 1)]
}

/// The receipt that goes with parcels of an order: see the table in `docs/model.md`.
fn fiscal(world: &World, order: &Order) -> Fiscal {
    let channel = &world.channels()[order.channel];
    let here = world.nodes()[order.to].entity;
    match channel.payment {
        crate::spec::Payment::Prepaid if here == channel.entity => Fiscal::Online(here),
        crate::spec::Payment::Prepaid if channel.hands_over_without_receipt => Fiscal::None,
        _ => Fiscal::Counter(here),
    }
}
