//! Ways through cross-docks, and by lanes whose capacity counts: from a place along a chain of lanes to the customer,
//! or to where parcels are merged.

use super::chains::{Chain, handling};
use super::rides::{Place, Rides};
use super::roads::{drop_dominated, lateness, write_masks};
use super::sheet::{Class, Route, Sheet, WayRow};
use super::shelves::NONE;
use super::stages::{Selection, select};
use super::variants::{Goods, Variant, common_parts};
use super::{Ground, TooBig};
use crate::split::{NO_HUB, Problem, Way};
use crate::transit::Legs;
use crate::units::{Instant, Seconds, Temperatures};
use crate::world::{LaneIx, NodeIx, Order};
use smallvec::SmallVec;

/// Where parcels of a chain end.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// With the customer.
    Customer,
    /// In a merge.
    Merge(Merge),
}

impl End {
    /// Where parcels need a place.
    pub fn place(self, order: &Order) -> Place {
        match self {
            End::Customer => Place::Point(order.to),
            // It or the whole it becomes is there until that departs.
            End::Merge(merge) => Place::Buffer(merge.node, merge.departs),
        }
    }
}

/// A merge that parcels can end in.
#[derive(Clone, Copy)]
pub(super) struct Merge {
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
}

/// A chain of lanes from a place.
#[derive(Clone, Copy, Debug)]
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
            follow(ground, order, track, End::Customer, |_| true, sheet, problem)?;
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
    follow(ground, order, track, End::Customer, |_| true, sheet, problem)
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
    follow(ground, order, track, End::Customer, |_| true, sheet, problem)
}

/// Cross-docks a parcel waits at: between its lanes, and where it is merged.
pub(super) fn docks(ground: Ground<'_>, lanes: &[LaneIx], end: End) -> SmallVec<[NodeIx; 4]> {
    let between = lanes.iter().take(lanes.len().saturating_sub(1)).map(|&lane| ground.world.lanes()[lane].to);
    let merged = match end {
        End::Merge(merge) => Some(merge.node),
        End::Customer => None,
    };
    between.chain(merged).collect()
}

/// A chain of lanes from a place with what it stands in and what of the place can ride it: all that does not depend on
/// departures.
#[derive(Clone, Debug)]
pub(super) struct Laden {
    /// Row of the sheet's selections.
    pub selection: u32,
    /// What rides it.
    pub goods: SmallVec<[Goods; 4]>,
    /// Sets of zones whose goods can share a parcel.
    pub zones: SmallVec<[u8; 2]>,
}

/// What can ride a chain of lanes from a place, one row for each selection that can matter. `taken` says of items
/// whether where the chain ends takes them. Needs what [`super::roads`] notes of the place before.
pub(super) fn lade(
    ground: Ground<'_>,
    order: &Order,
    track: Track<'_>,
    end: End,
    taken: impl Fn(usize) -> bool,
    sheet: &mut Sheet,
    problem: &Problem<'_>,
) -> SmallVec<[Laden; 1]> {
    let docks = docks(ground, track.lanes, end);
    let customer = matches!(end, End::Customer).then_some(order.to);
    let mut goods: SmallVec<[Goods; 8]> = SmallVec::new();
    let mut temperatures: SmallVec<[Temperatures; 8]> = SmallVec::new();
    let mut next = sheet.places[usize::from(track.place)].last;
    while next != NONE {
        let stand = sheet.stands[next as usize];
        let item = usize::from(stand.item);
        let sku = &ground.world.skus()[sheet.items[item].sku];
        if taken(item) && track.chain.takes(sku, problem.staircases) {
            let (has, tolerates) = (stand.has, stand.tolerates);
            goods.push(Goods { stand: next, has, tolerates, compartments: 1, storages: 1 });
            temperatures.push(sku.temperature);
        }
        next = stand.before;
    }
    let mut laden = SmallVec::new();
    select(ground, track.lanes, (&docks, customer), &temperatures, |selection, takes| {
        let taken = goods.iter().enumerate().filter(|&(row, _)| takes(row)).map(|(_, goods)| *goods);
        let goods: SmallVec<[Goods; 4]> = taken.collect();
        let used = goods.iter().fold(0, |used, goods| used | goods.has);
        let all = goods.iter().fold(u8::MAX, |all, goods| all & goods.tolerates);
        let zones = match all & used == used {
            true => SmallVec::from_slice(&[used]),
            false => SmallVec::from_vec(common_parts(goods.iter().map(|goods| goods.tolerates & used))),
        };
        laden.push(Laden { selection: sheet.selections.len() as u32, goods, zones });
        sheet.selections.push(selection);
    });
    laden
}

/// Writes the ways of one chain of lanes from a place; `taken` says of items whether where it ends takes them. Needs what
/// [`super::roads`] notes of the place before.
pub(super) fn follow(
    ground: Ground<'_>,
    order: &Order,
    track: Track<'_>,
    end: End,
    taken: impl Fn(usize) -> bool,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
    for laden in lade(ground, order, track, end, taken, sheet, problem) {
        ride_with(ground, order, track, end, &laden, &[], sheet, problem)?;
    }
    Ok(())
}

/// Writes the ways of what can ride a chain of lanes together. `known` are rides worked out before, if any.
#[allow(clippy::too_many_arguments)]
pub(super) fn ride_with(
    ground: Ground<'_>,
    order: &Order,
    track: Track<'_>,
    end: End,
    laden: &Laden,
    known: &[Ride],
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
    let place = sheet.places[usize::from(track.place)];
    let route = sheet.routes.len() as u32;
    let first_class = sheet.classes.len();
    let mut rooms: SmallVec<[(u64, u64); 4]> = SmallVec::new();
    let selection = std::mem::take(&mut sheet.selections[laden.selection as usize]);
    let compartment = selection.compartments.last().copied().unwrap_or(0);
    let storage = selection.storage;
    let laid_out = match known_classes(ground, track, end, &selection, known, sheet, &mut rooms) {
        true => Ok(()),
        false => classes(ground, order, track, end, &selection, sheet, problem, &mut rooms),
    };
    sheet.selections[laden.selection as usize] = selection;
    laid_out?;
    if sheet.classes.len() == first_class {
        return Ok(());
    }
    let point = ground.world.nodes()[order.to].hands_over.as_ref();
    let handing = match end {
        End::Customer => point.map_or(0, |point| point.cost_per_parcel.0),
        End::Merge(_) => 0,
    };
    let (stops, first_way) = (laden.selection, problem.ways.len());
    let lane = track.lanes.last().copied();
    let mut limited = false;
    for &zones in &laden.zones {
        let variant = Variant { zones, compartment: 0, storage: 0 };
        for class in first_class..sheet.classes.len() {
            let masks = sheet.masks.len();
            if !write_masks(order, variant, &laden.goods, class, place.slots, sheet) {
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
                compartment,
                storage,
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
    if !limited && !ground.apart && problem.ways.len() > first_way + 1 {
        drop_dominated(first_way, place.slots as usize, sheet, problem);
    }
    Ok(())
}

/// A ride worked out before it was asked for: the earliest of what is ready at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ride {
    /// When goods are ready.
    pub ready: Instant,
    /// Row of the sheet's rides.
    pub legs: u32,
    /// When it leaves.
    pub departs: Instant,
    /// When it arrives.
    pub arrives: Instant,
    /// When it could be merged.
    pub merged: Instant,
}

/// Writes the classes of rides that are known, where they serve: they end in a merge where they need not arrive later
/// than they can. False when they do not.
fn known_classes(
    ground: Ground<'_>,
    track: Track<'_>,
    end: End,
    selection: &Selection,
    known: &[Ride],
    sheet: &mut Sheet,
    rooms: &mut SmallVec<[(u64, u64); 4]>,
) -> bool {
    let End::Merge(merge) = end else { return false };
    let arrives_from = arrives_from(selection, end);
    let waits = selection.longest.iter().rev().skip(1).any(Option::is_some);
    if known.is_empty() || !ground.world.is_unlimited() || waits || known[0].arrives < arrives_from {
        return false;
    }
    let first = sheet.classes.len();
    let in_time = known.iter().take_while(|ride| ride.merged <= merge.by);
    for ride in in_time {
        match sheet.classes[first..].last_mut() {
            Some(class) if class.departs == ride.departs => class.ready_by = ride.ready,
            _ => {
                rooms.push((u64::MAX, u64::MAX));
                sheet.classes.push(Class {
                    ready_by: ride.ready,
                    ready_from: if track.lanes.is_empty() { arrives_from } else { Instant::ALWAYS },
                    departs_if: ride.ready,
                    departs: ride.departs,
                    arrives: ride.arrives,
                    hand_over: merge.hand_over,
                    lateness: 0,
                    ride: ride.legs,
                });
            }
        }
    }
    true
}

/// Writes the rides that serve the moments at which goods of the place are ready, with the room they have.
#[allow(clippy::too_many_arguments)]
fn classes(
    ground: Ground<'_>,
    order: &Order,
    track: Track<'_>,
    end: End,
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
        first_wait: 0,
        grams: least(&|line| line.grams),
        cm3: least(&|line| line.cm3),
        latest,
        arrives_from: arrives_from(selection, end),
        place: end.place(order),
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
                        ready_from: match track.lanes.is_empty() {
                            true => rides.arrives_from.max(ready_from(ground, order, end, sheet, ready)),
                            false => Instant::ALWAYS,
                        },
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

/// From when on goods may be ready that are handed over where they lie with what is ready at a moment: any time, as far
/// as is known; else since there was no place for them alone the last time.
fn ready_from(ground: Ground<'_>, order: &Order, end: End, sheet: &Sheet, ready: Instant) -> Instant {
    if matches!(end, End::Merge(_)) || !ground.strict.contains(&(order.to, ready)) {
        return Instant::ALWAYS;
    }
    let before = sheet.readies.iter().filter(|&&at| at <= ready).rev();
    before.take_while(|&&at| has_place(ground, order, at)).last().copied().unwrap_or(ready)
}

/// The earliest arrival that does not wait too long for a merge.
fn arrives_from(selection: &Selection, end: End) -> Instant {
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
    end: End,
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
                let place = legs.is_empty() || end.place(order).free_from(ground, arrives) == arrives;
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
    let (latest, arrives_from, first_wait) = (order.latest(), Instant::ALWAYS, 0);
    let lanes = &selection.lanes;
    let place = match hub {
        NO_HUB => Place::Point(order.to),
        _ if ground.world.is_unlimited() => Place::From(Instant::ALWAYS),
        _ => Place::From(class.arrives),
    };
    let rides = Rides { ground, lanes, selection, first_wait, grams, cm3, latest, arrives_from, place };
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

/// Whether the hand-over node has a place for one more parcel that arrives at a moment.
pub(crate) fn has_place(ground: Ground<'_>, order: &Order, arrives: Instant) -> bool {
    let stay = ground.world.nodes()[order.to].hands_over.as_ref().and_then(|point| point.stay);
    let until = stay.and_then(|stay| arrives.after(stay)).unwrap_or(Instant::NEVER);
    ground.load.room_at_point(ground.world, order.to, arrives, until) != Some(0)
}
