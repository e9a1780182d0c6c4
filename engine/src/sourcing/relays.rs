//! Ways through cross-docks, and by lanes whose capacity counts: from a place along a chain of lanes to the customer,
//! or to where parcels are merged.

use super::chains::{Chain, handling};
use super::rides::Rides;
use super::roads::{drop_dominated, lateness, write_masks};
use super::sheet::{Class, Route, Sheet, WayRow};
use super::shelves::NONE;
use super::stages::{Selection, Stages, Tolerated};
use super::variants::{Goods, Variant, common_parts};
use super::{Ground, TooBig};
use crate::split::{NO_HUB, Problem, Way};
use crate::transit::Legs;
use crate::units::{Instant, Seconds};
use crate::world::{LaneIx, NodeIx, Order};
use smallvec::SmallVec;

/// Where parcels of a chain end.
#[derive(Clone, Copy)]
pub(super) enum End<'e> {
    /// With the customer.
    Customer,
    /// In a merge.
    Merge(&'e Merge<'e>),
}

/// A merge that parcels can end in.
#[derive(Clone, Copy)]
pub(super) struct Merge<'e> {
    /// Where.
    pub node: NodeIx,
    /// The merged parcel is ready by then, or misses its departure.
    pub by: Instant,
    /// When it departs.
    pub departs: Instant,
    /// How long each of its parts may wait until then, beside what their own places allow.
    pub longest: Option<Seconds>,
    /// When its goods are handed over.
    pub hand_over: Instant,
    /// By item, whether it takes it.
    pub items: &'e [bool],
}

/// A chain of lanes from a place.
#[derive(Clone, Copy)]
pub(super) struct Track<'t> {
    /// From which place.
    pub place: u16,
    /// By which lanes; none for what is packed where it ends.
    pub lanes: &'t [LaneIx],
    /// Limits and prices of all lanes.
    pub chain: Chain,
    /// Cost of each parcel beside packing, carriage and lateness.
    pub cost: i64,
}

/// Departures tried for one moment at which goods are ready, while those before have little room.
const DEPARTURES: usize = 16;

/// Looks at later departures for one that arrives late enough.
const LATER: usize = 64;

/// Writes the ways of a place to the customer through cross-docks.
pub(super) fn find(
    ground: Ground<'_>,
    order: &Order,
    number: u16,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
    let world = ground.world;
    let from = sheet.places[usize::from(number)].node;
    for &lane in ground.terms.chains.tails(order.to) {
        let dock = world.lanes()[lane].from;
        let Some(road) = ground.terms.road(Some(lane), order.to) else { continue };
        for head in ground.transit.heads_between(from, dock) {
            let lanes = &ground.transit.head(head).lanes;
            if lanes.len() + 1 > world.max_legs() {
                continue;
            }
            let chain = *ground.terms.chains.of(head);
            let Some(chain) = ground.terms.chains.to_customer(chain, lane, road, world) else { continue };
            let mut all: SmallVec<[LaneIx; 4]> = lanes.iter().copied().collect();
            all.push(lane);
            let handled = chain.handling.saturating_add(handling(world, dock).0);
            let track = Track { place: number, lanes: &all, chain, cost: handled };
            follow(ground, order, track, End::Customer, sheet, problem)?;
        }
    }
    Ok(())
}

/// Writes the ways of a place by a lane whose room counts.
pub(super) fn direct(
    ground: Ground<'_>,
    order: &Order,
    number: u16,
    lane: LaneIx,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
    let Some(road) = ground.terms.road(Some(lane), order.to) else { return Ok(()) };
    let chains = &ground.terms.chains;
    let Some(chain) = chains.to_customer(chains.none(), lane, road, ground.world) else { return Ok(()) };
    let track = Track { place: number, lanes: &[lane], chain, cost: 0 };
    follow(ground, order, track, End::Customer, sheet, problem)
}

/// Writes the ways of a place that hands over itself, where it holds only so many parcels.
pub(super) fn on_the_spot(
    ground: Ground<'_>,
    order: &Order,
    number: u16,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
    let Some(point) = &ground.world.nodes()[order.to].hands_over else { return Ok(()) };
    let chain = ground.terms.chains.none().within(&point.largest);
    let track = Track { place: number, lanes: &[], chain, cost: 0 };
    follow(ground, order, track, End::Customer, sheet, problem)
}

/// Cross-docks a parcel waits at: between its lanes, and where it is merged.
pub(super) fn docks(ground: Ground<'_>, lanes: &[LaneIx], end: End<'_>) -> SmallVec<[NodeIx; 4]> {
    let between = lanes.iter().take(lanes.len().saturating_sub(1)).map(|&lane| ground.world.lanes()[lane].to);
    let merged = match end {
        End::Merge(merge) => Some(merge.node),
        End::Customer => None,
    };
    between.chain(merged).collect()
}

/// Writes the ways of one chain of lanes from a place. Needs what [`super::roads`] notes of the place before.
pub(super) fn follow(
    ground: Ground<'_>,
    order: &Order,
    track: Track<'_>,
    end: End<'_>,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
    let docks = docks(ground, track.lanes, end);
    let customer = matches!(end, End::Customer).then_some(order.to);
    let stages = Stages::of(ground, track.lanes, &docks, customer);
    let mut goods: SmallVec<[(Goods, Tolerated); 8]> = SmallVec::new();
    let mut next = sheet.places[usize::from(track.place)].last;
    while next != NONE {
        let stand = sheet.stands[next as usize];
        let item = usize::from(stand.item);
        let sku = &ground.world.skus()[sheet.items[item].sku];
        let taken = match end {
            End::Merge(merge) => merge.items[item],
            End::Customer => true,
        };
        if taken
            && track.chain.takes(sku, problem.staircases)
            && let Some(tolerated) = stages.tolerated_by(sku.temperature)
        {
            let (has, tolerates) = (stand.has, stand.tolerates);
            goods.push((Goods { stand: next, has, tolerates, compartments: 1, storages: 1 }, tolerated));
        }
        next = stand.before;
    }
    if goods.is_empty() {
        return Ok(());
    }
    let tolerated: SmallVec<[Tolerated; 8]> = goods.iter().map(|goods| goods.1.clone()).collect();
    for selection in stages.selections(&tolerated, track.lanes, docks.len()) {
        sheet.variants.goods.clear();
        let taken = goods.iter().filter(|goods| selection.takes(&goods.1)).map(|goods| goods.0);
        sheet.variants.goods.extend(taken);
        follow_selection(ground, order, track, end, selection, sheet, problem)?;
    }
    Ok(())
}

fn follow_selection(
    ground: Ground<'_>,
    order: &Order,
    track: Track<'_>,
    end: End<'_>,
    selection: Selection,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
    let place = sheet.places[usize::from(track.place)];
    let route = sheet.routes.len() as u32;
    let first_class = sheet.classes.len();
    let mut rooms: SmallVec<[(u64, u64); 4]> = SmallVec::new();
    classes(ground, order, track, end, &selection, sheet, problem, &mut rooms)?;
    if sheet.classes.len() == first_class {
        return Ok(());
    }
    let used = sheet.variants.goods.iter().fold(0, |used, goods| used | goods.has);
    let all = sheet.variants.goods.iter().fold(u8::MAX, |all, goods| all & goods.tolerates);
    let zones: SmallVec<[u8; 4]> = match all & used == used {
        true => SmallVec::from_slice(&[used]),
        false => {
            SmallVec::from_vec(common_parts(sheet.variants.goods.iter().map(|goods| goods.tolerates & used)))
        }
    };
    let point = ground.world.nodes()[order.to].hands_over.as_ref();
    let handing = match end {
        End::Customer => point.map_or(0, |point| point.cost_per_parcel.0),
        End::Merge(_) => 0,
    };
    let (stops, first_way) = (sheet.selections.len() as u32, problem.ways.len());
    let lane = track.lanes.last().copied();
    let mut limited = false;
    for zones in zones {
        let variant = Variant { zones, compartment: 0, storage: 0 };
        for class in first_class..sheet.classes.len() {
            let masks = sheet.masks.len();
            if !write_masks(order, variant, class, place.slots, sheet) {
                sheet.masks.truncate(masks);
                continue;
            }
            let Class { hand_over, lateness, .. } = sheet.classes[class];
            let room = rooms[class - first_class];
            limited |= room != (u64::MAX, u64::MAX);
            let costs = [place.packing, track.cost, handing, lateness];
            let fixed = costs.iter().try_fold(0i64, |sum, &cost| sum.checked_add(cost));
            problem.ways.push(Way {
                fixed: fixed.ok_or(TooBig::Cost("the cost of a parcel"))?,
                staircase: track.chain.staircase,
                max_grams: track.chain.max_grams.min(room.0),
                max_cm3: track.chain.max_cm3.min(room.1),
                origin: place.node.0,
                arrives: hand_over.0,
            });
            sheet.ways.push(WayRow {
                route: route + (class - first_class) as u32,
                class: class as u32,
                masks: masks as u32,
                zones,
                compartment: selection.compartments.last().copied().unwrap_or(0),
                storage: selection.storage,
                stops,
            });
        }
    }
    if problem.ways.len() == first_way {
        sheet.classes.truncate(first_class);
        return Ok(());
    }
    // Each class is a route of its own: a parcel keeps the departures it was priced with.
    for class in first_class..sheet.classes.len() {
        sheet.routes.push(Route { place: track.place, lane, class: class as u32, classes: 1 });
    }
    sheet.selections.push(selection);
    if !limited && !ground.apart && problem.ways.len() > first_way + 1 {
        drop_dominated(first_way, place.slots as usize, sheet, problem);
    }
    Ok(())
}

/// Writes the rides that serve the moments at which goods of the place are ready, with the room they have.
#[allow(clippy::too_many_arguments)]
fn classes(
    ground: Ground<'_>,
    order: &Order,
    track: Track<'_>,
    end: End<'_>,
    selection: &Selection,
    sheet: &mut Sheet,
    problem: &Problem<'_>,
    rooms: &mut SmallVec<[(u64, u64); 4]>,
) -> Result<(), TooBig> {
    let latest = order.latest();
    let least = |of: &dyn Fn(&crate::split::Line) -> u64| problem.lines.iter().map(of).min().unwrap_or(0);
    let whole = |of: &dyn Fn(&crate::split::Line) -> u64| {
        problem
            .lines
            .iter()
            .fold(0u64, |sum, line| sum.saturating_add(of(line).saturating_mul(line.qty.into())))
    };
    let rides = Rides {
        ground,
        lanes: track.lanes,
        selection,
        grams: least(&|line| line.grams),
        cm3: least(&|line| line.cm3),
        latest,
        arrives_from: arrives_from(selection, end),
        place: &|arrives| place_at_end(ground, order, end, arrives),
    };
    let (grams, cm3) = (whole(&|line| line.grams), whole(&|line| line.cm3));
    let first = sheet.classes.len();
    for row in 0..sheet.readies.len() {
        let ready = sheet.readies[row];
        let mut not_before = Instant::ALWAYS;
        for _ in 0..DEPARTURES {
            let Some((legs, hand_over)) = ride(ground, order, &rides, end, ready, not_before) else { break };
            let arrives = legs.last().map_or(ready, |leg| leg.arrives);
            let departs = legs.first().map_or(ready, |leg| leg.departs);
            let room = rides.room(&legs);
            // A parcel that takes all there is needs no more room than the order weighs.
            let room = (
                if room.0 >= grams { u64::MAX } else { room.0 },
                if room.1 >= cm3 { u64::MAX } else { room.1 },
            );
            let same = sheet.classes[first..].iter().zip(&*rooms).position(|(class, known)| {
                (class.hand_over, class.departs, known) == (hand_over, departs, &room)
            });
            match same {
                Some(row) => {
                    let class = &mut sheet.classes[first + row];
                    class.ready_by = class.ready_by.max(ready);
                    sheet.rides[class.ride as usize] = legs;
                }
                None => {
                    let late = match end {
                        End::Customer => lateness(order, hand_over)?,
                        End::Merge(_) => 0,
                    };
                    let ride = sheet.rides.len() as u32;
                    sheet.rides.push(legs);
                    rooms.push(room);
                    sheet.classes.push(Class {
                        ready_by: ready,
                        // What is packed where it is merged cannot wait anywhere else.
                        ready_from: if track.lanes.is_empty() { rides.arrives_from } else { Instant::ALWAYS },
                        departs_if: ready,
                        departs,
                        arrives,
                        hand_over,
                        lateness: late,
                        ride,
                    });
                }
            }
            if room == (u64::MAX, u64::MAX) || track.lanes.is_empty() {
                break;
            }
            let Some(later) = departs.after(Seconds(1)) else { break };
            not_before = later;
        }
    }
    // Goods that could ride earlier can ride with each later class.
    let count = sheet.classes.len();
    for row in first..count {
        let departs = sheet.classes[row].departs;
        let readies = sheet.classes[first..count].iter().filter(|class| class.departs <= departs);
        let ready_by = readies.map(|class| class.ready_by).max().unwrap_or(sheet.classes[row].ready_by);
        sheet.classes[row].ready_by = ready_by;
    }
    Ok(())
}

/// The earliest arrival that does not wait too long for a merge.
fn arrives_from(selection: &Selection, end: End<'_>) -> Instant {
    let End::Merge(merge) = end else { return Instant::ALWAYS };
    let own = selection.longest.last().copied().flatten();
    let waits = [own, merge.longest].into_iter().flatten();
    waits.filter_map(|longest| merge.departs.before(longest)).max().unwrap_or(Instant::ALWAYS)
}

/// The first ride that ends in time, and when its goods are handed over.
pub(super) fn ride(
    ground: Ground<'_>,
    order: &Order,
    rides: &Rides<'_>,
    end: End<'_>,
    ready: Instant,
    not_before: Instant,
) -> Option<(Legs, Instant)> {
    let mut not_before = not_before;
    for _ in 0..LATER {
        let legs = match not_before {
            Instant::ALWAYS => rides.earliest(ready)?,
            _ => rides.leaving_from(ready, not_before)?,
        };
        let arrives = legs.last().map_or(ready, |leg| leg.arrives);
        let fits = match end {
            End::Customer => {
                let hand_over = ground.transit.hand_over_at(order.to, arrives)?;
                if hand_over > order.latest() {
                    return None;
                }
                has_place(ground, order, arrives).then_some(hand_over)
            }
            End::Merge(merge) => {
                let handled = match legs.is_empty() {
                    true => arrives,
                    false => ground.transit.handled_at(merge.node, arrives)?,
                };
                if ground.transit.merged_at(merge.node, handled)? > merge.by {
                    return None;
                }
                let in_time = arrives >= rides.arrives_from;
                let place = legs.is_empty() || place_at_end(ground, order, end, arrives) == arrives;
                (in_time && place).then_some(merge.hand_over)
            }
        };
        if let Some(hand_over) = fits {
            return Some((legs, hand_over));
        }
        // Waiting helps only where it came from.
        not_before = legs.first()?.departs.after(Seconds(1))?;
    }
    None
}

/// Lanes with the compartment used of each.
pub type Lanes = SmallVec<[(LaneIx, u8); 3]>;

/// The lanes, compartments and departures of a way with stops, for a parcel that is ready at a moment: the earliest that
/// serve as the way does.
pub fn ride_of(
    ground: Ground<'_>,
    order: &Order,
    sheet: &Sheet,
    (way, hub): (u16, u16),
    ready: Instant,
    (grams, cm3): (u64, u64),
) -> Option<(Lanes, Legs)> {
    let (row, route, _) = sheet.way(way);
    let selection = sheet.selections.get(row.stops as usize)?;
    let class = &sheet.classes[route.class as usize];
    let kept = sheet.rides.get(class.ride as usize)?;
    if sheet.is_joined() {
        let lanes = selection.lanes.iter().copied().zip(selection.compartments.iter().copied());
        return Some((lanes.collect(), kept.clone()));
    }
    let latest = order.latest();
    let arrives_from = Instant::ALWAYS;
    let lanes = &selection.lanes;
    let place = |arrives| match hub {
        NO_HUB => ground.load.place_at_point(ground.world, order.to, arrives),
        _ if ground.world.is_unlimited() => arrives,
        _ => class.arrives.max(arrives),
    };
    let rides = Rides { ground, lanes, selection, grams, cm3, latest, arrives_from, place: &place };
    let early = rides.earliest(ready).filter(|legs| {
        let Some(arrives) = legs.last().map(|leg| leg.arrives) else { return true };
        match sheet.hubs.get(usize::from(hub)) {
            None => ground.transit.hand_over_at(order.to, arrives) == Some(class.hand_over),
            // Whoever comes earlier waits longer.
            Some(hub) => {
                let docks = ground.world.nodes()[hub.node].cross_docks.as_ref();
                arrives == class.arrives
                    || docks.is_some_and(|docks| docks.keeps.iter().all(|keep| keep.longest.is_none()))
            }
        }
    });
    let lanes = selection.lanes.iter().copied().zip(selection.compartments.iter().copied());
    Some((lanes.collect(), early.unwrap_or_else(|| kept.clone())))
}

/// From when on there is a place where it ends for what could arrive there by a lane at a moment.
fn place_at_end(ground: Ground<'_>, order: &Order, end: End<'_>, arrives: Instant) -> Instant {
    match end {
        End::Customer => ground.load.place_at_point(ground.world, order.to, arrives),
        // It or the whole it becomes is there until that departs.
        End::Merge(merge) => {
            let until = arrives.after(Seconds(1)).unwrap_or(Instant::NEVER).max(merge.departs);
            ground.load.place_in_buffer(ground.world, merge.node, arrives, until)
        }
    }
}

/// Whether the hand-over node has a place for one more parcel that arrives at a moment.
pub(super) fn has_place(ground: Ground<'_>, order: &Order, arrives: Instant) -> bool {
    let stay = ground.world.nodes()[order.to].hands_over.as_ref().and_then(|point| point.stay);
    let until = stay.and_then(|stay| arrives.after(stay)).unwrap_or(Instant::NEVER);
    ground.load.room_at_point(ground.world, order.to, arrives, until) != Some(0)
}
