//! Where parcels of an order can become one: cross-docks, the ways on from there, and the parcels that can be there in
//! time.
//!
//! A *hub* is a cross-dock, a chain of lanes from there to the customer (or to another hub), and one departure. Which
//! departures matter follows from when goods can be there: each moment at which a merge could be done takes the first
//! departure after it. For each hub the ways of each place that end in it are written as those to the customer are,
//! with the merge in the place of the hand-over.
//!
//! Hubs that cannot pay are left out: a merged parcel needs two parcels, their cheapest way to the hub, the merge and
//! the way on; what that costs at least must be less than a plan already known.

use super::chains::{Chain, handling};
use super::relays::{End, Merge, Track, follow};
use super::rides::Rides;
use super::roads::{lateness, what_tolerates, when_ready};
use super::sheet::{HubRow, Sheet, WayRow};
use super::stages::{Selection, Stages, Tolerated};
use super::{Ground, TooBig};
use crate::split::{Hub, NO_HUB, Problem, Way};
use crate::units::{Instant, Seconds};
use crate::world::{LaneIx, NodeIx, Order, Schedule};
use smallvec::SmallVec;
use std::rc::Rc;

/// Hubs of one order at most; cheaper ones come first.
const HUBS: usize = 2_048;

/// Departures of one parcel at most that could be what a merge waits for.
const LATER: usize = 16;

/// Departures of one chain at most that are looked at from one cross-dock.
const DEPARTURES: usize = 32;

/// The same, where the parcel leaves whenever it is ready.
const MERGES: usize = 512;

/// A chain of lanes on from a cross-dock.
#[derive(Clone, Debug)]
struct Onward {
    from: NodeIx,
    lanes: SmallVec<[LaneIx; 4]>,
    chain: Chain,
    /// Cost of being handled on the way, at its end too if that is another hub.
    handled: i64,
}

/// A hub as it is found: before the hub it ends in is known by its row.
struct Found {
    hub: Hub,
    row: HubRow,
    /// By item whether goods of it can be in its parcels.
    items: Vec<bool>,
    merge: (Instant, Instant, Option<Seconds>),
    /// Legs that parcels that end in it may have had.
    legs_left: usize,
    /// What any plan with it costs at least beyond its lines and the parcels that end in it.
    least: i64,
    /// What one parcel that ends in it costs at least: beside a merged parcel that does there is another.
    another: i64,
}

/// A way of a place to a cross-dock.
#[derive(Clone, Copy, Debug)]
struct Reach {
    place: u16,
    head: u32,
    /// When what rides it as early as anything can could be merged.
    merged: Instant,
}

/// What is asked of a cross-dock again and again.
#[derive(Default)]
struct Known {
    /// By legs, what two parcels that end there cost at least.
    two_parcels: Vec<(usize, Option<i64>)>,
    /// By legs, when merges could be done.
    merges: Vec<(usize, Rc<[Instant]>)>,
    /// Ways of places to it, by place in the order in which they are served.
    reaches: Option<Rc<[Reach]>>,
}

/// The hubs of one order, being found.
struct Finder<'f> {
    ground: Ground<'f>,
    order: &'f Order,
    /// Plans that cost this or more are of no use.
    most: i64,
    /// What all lines cost at least.
    lines: i64,
    found: Vec<Found>,
    /// Ways that end in hubs: the hub, the place, the way.
    parts: Vec<(u16, u16, Way, WayRow)>,
    /// By cross-dock.
    known: Vec<(NodeIx, Known)>,
}

/// What a plan with a merge costs at least; nothing when nothing can be merged on the way to the customer.
pub fn least_with_a_merge(
    ground: Ground<'_>,
    order: &Order,
    sheet: &Sheet,
    problem: &Problem<'_>,
) -> Option<i64> {
    let mut onward = ground.terms.chains.tails(order.to).iter().filter_map(|&lane| {
        let docks = ground.world.nodes()[ground.world.lanes()[lane].from].cross_docks.as_ref()?;
        let road = ground.terms.road(Some(lane), order.to)?;
        let carriage = problem.staircases[road.staircase as usize].price(0, 0)?;
        docks.cost_per_merge.0.checked_add(carriage)
    });
    let here = ground.world.nodes()[order.to].cross_docks.as_ref().map(|docks| docks.cost_per_merge.0);
    let onward = here.into_iter().chain(&mut onward).min()?;
    let point = ground.world.nodes()[order.to].hands_over.as_ref()?;
    let packing = sheet
        .places
        .iter()
        .filter(|place| place.last != super::shelves::NONE)
        .map(|place| place.packing.saturating_add(ground.terms.cheapest_leg(place.node)));
    let parcels = packing.min()?.saturating_mul(2);
    let rest = onward.checked_add(point.cost_per_parcel.0)?.checked_add(parcels)?;
    rest.checked_add(lines_at_least(sheet, problem))
}

/// What the order's lines cost at least, each served from where it is cheapest or left out.
fn lines_at_least(sheet: &Sheet, problem: &Problem<'_>) -> i64 {
    let mut sum = 0i64;
    for item in &sheet.items {
        let stands = &sheet.stands[item.stand as usize..(item.stand + item.stands) as usize];
        let pools = stands.iter().flat_map(|stand| stand.pool..stand.pool + stand.pools);
        let sources = || pools.clone().map(|pool| &sheet.sources[pool as usize]);
        let unit = sources().map(|source| source.unit_cost).min();
        let opening = sources().map(|source| source.line_cost).min();
        for line in &problem.lines[usize::from(item.line)..usize::from(item.line + item.lines)] {
            let qty = i64::from(line.qty);
            let skipped = line.skip.saturating_mul(qty);
            let brought =
                unit.zip(opening).map(|(unit, opening)| unit.saturating_mul(qty).saturating_add(opening));
            sum = sum.saturating_add(brought.map_or(skipped, |brought| brought.min(skipped)));
        }
    }
    sum
}

/// Adds hubs, and the ways that end in them, to a problem; only those that a plan cheaper than `most` could have. Says
/// whether there are any.
///
/// # Errors
/// See [`TooBig`].
pub fn write(
    ground: Ground<'_>,
    order: &Order,
    most: i64,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<bool, TooBig> {
    let lines = lines_at_least(sheet, problem);
    let mut finder =
        Finder { ground, order, most, lines, found: Vec::new(), parts: Vec::new(), known: Vec::new() };
    for onward in finder.to_customer() {
        finder.find(&onward, NO_HUB, sheet, problem)?;
    }
    // Parcels that are merged again: each hub found may be where other hubs end.
    let mut at = 0;
    while at < finder.found.len() {
        for onward in finder.to_hub(at, problem) {
            finder.find(&onward, at as u16, sheet, problem)?;
        }
        at += 1;
    }
    finder.keep_useful();
    finder.finish(sheet, problem)
}

impl Finder<'_> {
    /// Chains of lanes from cross-docks to the customer.
    fn to_customer(&self) -> Vec<Onward> {
        let Ground { world, transit, terms, .. } = self.ground;
        let mut found = Vec::new();
        let to = self.order.to;
        if world.nodes()[to].cross_docks.is_some() && world.nodes()[to].hands_over.is_some() {
            let limit = world.nodes()[to].hands_over.as_ref().map(|point| &point.largest);
            let chain = limit.map_or(terms.chains.none(), |limit| terms.chains.none().within(limit));
            found.push(Onward { from: to, lanes: SmallVec::new(), chain, handled: 0 });
        }
        for &lane in terms.chains.tails(to) {
            let dock = world.lanes()[lane].from;
            let Some(road) = terms.road(Some(lane), to) else { continue };
            if let Some(chain) = terms.chains.to_customer(terms.chains.none(), lane, road, world) {
                found.push(Onward { from: dock, lanes: SmallVec::from_slice(&[lane]), chain, handled: 0 });
            }
            for &from in terms.chains.docks().iter().filter(|&&from| from != dock) {
                for head in transit.heads_between(from, dock) {
                    let mut lanes: SmallVec<[LaneIx; 4]> = transit.head(head).lanes.iter().copied().collect();
                    lanes.push(lane);
                    let chain = *terms.chains.of(head);
                    let handled = chain.handling.saturating_add(handling(world, dock).0);
                    if lanes.len() <= world.max_legs()
                        && let Some(chain) = terms.chains.to_customer(chain, lane, road, world)
                    {
                        found.push(Onward { from, lanes, chain, handled });
                    }
                }
            }
        }
        found
    }

    /// Chains of lanes from other cross-docks to a hub.
    fn to_hub(&self, hub: usize, problem: &Problem<'_>) -> Vec<Onward> {
        let Ground { world, transit, terms, .. } = self.ground;
        let Found { row, legs_left, .. } = &self.found[hub];
        let mut found = Vec::new();
        for &from in terms.chains.docks().iter().filter(|&&from| from != row.node) {
            for head in transit.heads_between(from, row.node) {
                let lanes: SmallVec<[LaneIx; 4]> = transit.head(head).lanes.iter().copied().collect();
                let chain = *terms.chains.of(head);
                let handled = chain.handling.saturating_add(handling(world, row.node).0);
                let carries = problem.staircases[chain.staircase as usize].price(0, 0).is_some();
                if lanes.len() <= *legs_left && carries {
                    found.push(Onward { from, lanes, chain, handled });
                }
            }
        }
        found
    }

    /// Writes the hubs of one chain, and the ways that end in them.
    fn find(
        &mut self,
        onward: &Onward,
        into: u16,
        sheet: &mut Sheet,
        problem: &mut Problem<'_>,
    ) -> Result<(), TooBig> {
        let Ground { world, .. } = self.ground;
        if self.found.len() >= HUBS {
            return Ok(());
        }
        let Some(docks) = world.nodes()[onward.from].cross_docks.as_ref() else { return Ok(()) };
        let target = self.found.get(usize::from(into));
        let legs_left =
            target.map_or(world.max_legs(), |target| target.legs_left).saturating_sub(onward.lanes.len());
        let carriage = problem.staircases[onward.chain.staircase as usize].price(0, 0);
        let point = world.nodes()[self.order.to].hands_over.as_ref();
        let handing = point.filter(|_| into == NO_HUB).map_or(0, |point| point.cost_per_parcel.0);
        let costs = [docks.cost_per_merge.0, onward.handled, handing];
        let fixed = costs.iter().try_fold(0i64, |sum, &cost| sum.checked_add(cost));
        let fixed = fixed.ok_or(TooBig::Cost("the cost of a merged parcel"))?;
        let beyond = target.map_or(0, |target| target.least.saturating_add(target.another));
        let Some(least) = carriage.map(|carriage| beyond.saturating_add(fixed).saturating_add(carriage))
        else {
            return Ok(());
        };
        // What is cheap to know is asked first.
        if least.saturating_add(self.lines) >= self.most {
            return Ok(());
        }
        let Some(parcels) = self.known_two_parcels(onward.from, legs_left, sheet, problem) else {
            return Ok(());
        };
        if least.saturating_add(parcels).saturating_add(self.lines) >= self.most {
            return Ok(());
        }
        for (selection, items) in self.selections(onward, into, sheet, problem) {
            self.depart(
                onward,
                into,
                (fixed, least, legs_left),
                parcels,
                &selection,
                &items,
                sheet,
                problem,
            )?;
        }
        Ok(())
    }

    fn known(&mut self, dock: NodeIx) -> &mut Known {
        let row = self.known.iter().position(|(known, _)| *known == dock).unwrap_or_else(|| {
            self.known.push((dock, Known::default()));
            self.known.len() - 1
        });
        &mut self.known[row].1
    }

    fn known_two_parcels(
        &mut self,
        dock: NodeIx,
        legs: usize,
        sheet: &Sheet,
        problem: &Problem<'_>,
    ) -> Option<i64> {
        if let Some(known) = self.known(dock).two_parcels.iter().find(|known| known.0 == legs) {
            return known.1;
        }
        let parcels = self.two_parcels(dock, legs, sheet, problem);
        self.known(dock).two_parcels.push((legs, parcels));
        parcels
    }

    fn known_merges(&mut self, dock: NodeIx, legs: usize, sheet: &mut Sheet) -> Rc<[Instant]> {
        if let Some(known) = self.known(dock).merges.iter().find(|known| known.0 == legs) {
            return known.1.clone();
        }
        let merges: Rc<[Instant]> = self.merges(dock, legs, sheet).into();
        self.known(dock).merges.push((legs, merges.clone()));
        merges
    }

    /// Ways of places to a cross-dock.
    fn reaches(&mut self, dock: NodeIx, sheet: &mut Sheet) -> Rc<[Reach]> {
        if let Some(known) = &self.known(dock).reaches {
            return known.clone();
        }
        let Ground { world, transit, .. } = self.ground;
        let to = |lane: LaneIx| world.lanes()[lane].to;
        let mut reaches = Vec::new();
        for row in 0..sheet.serving.len() {
            let place = sheet.serving[row];
            let from = sheet.places[usize::from(place)].node;
            when_ready(place, sheet);
            let Some(&ready) = sheet.readies.first() else { continue };
            reaches.extend(transit.heads_between(from, dock).filter_map(|head| {
                let arrives = transit.legs(&transit.head(head).lanes, &to, ready)?.last()?.arrives;
                let merged = transit.merged_at(dock, transit.handled_at(dock, arrives)?)?;
                Some(Reach { place, head, merged })
            }));
        }
        let reaches: Rc<[Reach]> = reaches.into();
        self.known(dock).reaches = Some(reaches.clone());
        reaches
    }

    /// What the two cheapest parcels that end at a cross-dock cost at least, lines apart.
    fn two_parcels(&self, dock: NodeIx, legs: usize, sheet: &Sheet, problem: &Problem<'_>) -> Option<i64> {
        let cheapest = sheet
            .places
            .iter()
            .filter(|place| place.last != super::shelves::NONE)
            .filter_map(|place| place.packing.checked_add(self.cheapest_to(place.node, dock, legs, problem)?))
            .min()?;
        cheapest.checked_mul(2)
    }

    /// The cheapest carriage and handling of an empty parcel from a node to a cross-dock.
    fn cheapest_to(&self, from: NodeIx, dock: NodeIx, legs: usize, problem: &Problem<'_>) -> Option<i64> {
        if from == dock {
            return Some(0);
        }
        let Ground { world, transit, terms, .. } = self.ground;
        let heads = transit.heads_between(from, dock).filter(|&head| transit.head(head).lanes.len() <= legs);
        let prices = heads.filter_map(|head| {
            let chain = terms.chains.of(head);
            problem.staircases[chain.staircase as usize].price(0, 0)?.checked_add(chain.handling)
        });
        prices.min()?.checked_add(handling(world, dock).0)
    }

    /// What a merged parcel may stand in on a chain, and by item what then can be in it.
    fn selections(
        &self,
        onward: &Onward,
        into: u16,
        sheet: &Sheet,
        problem: &Problem<'_>,
    ) -> Vec<(Selection, Vec<bool>)> {
        // It waits where it is merged, then between its lanes, then where it ends if that is a hub.
        let world = self.ground.world;
        let mut docks: SmallVec<[NodeIx; 4]> = SmallVec::from_slice(&[onward.from]);
        let between = onward.lanes.iter().take(onward.lanes.len().saturating_sub(1));
        docks.extend(between.map(|&lane| world.lanes()[lane].to));
        let target = self.found.get(usize::from(into));
        docks.extend(target.map(|target| target.row.node));
        let customer = (into == NO_HUB).then_some(self.order.to);
        let stages = Stages::of(self.ground, &onward.lanes, &docks, customer);
        let tolerated: Vec<Option<Tolerated>> = sheet
            .items
            .iter()
            .enumerate()
            .map(|(item, wanted)| {
                let sku = &world.skus()[wanted.sku];
                let goes_on = target.is_none_or(|target| target.items[item]);
                let fits = goes_on && onward.chain.takes(sku, problem.staircases);
                stages.tolerated_by(sku.temperature).filter(|_| fits)
            })
            .collect();
        let goods: Vec<Tolerated> = tolerated.iter().flatten().cloned().collect();
        if goods.is_empty() {
            return Vec::new();
        }
        let selections = stages.selections(&goods, &onward.lanes, docks.len()).into_iter();
        let with_items = selections.map(|selection| {
            let takes =
                |goods: &Option<Tolerated>| goods.as_ref().is_some_and(|goods| selection.takes(goods));
            let items = tolerated.iter().map(takes).collect();
            (selection, items)
        });
        with_items.collect()
    }

    /// Writes a hub for each departure that can matter.
    #[allow(clippy::too_many_arguments)]
    fn depart(
        &mut self,
        onward: &Onward,
        into: u16,
        (fixed, least, legs_left): (i64, i64, usize),
        parcels: i64,
        selection: &Selection,
        items: &[bool],
        sheet: &mut Sheet,
        problem: &mut Problem<'_>,
    ) -> Result<(), TooBig> {
        let Ground { world, transit, .. } = self.ground;
        // The first wait is at the merge itself; those of the ride begin after its first lane.
        let riding = Selection {
            longest: selection.longest[1..].iter().copied().collect(),
            keeps: selection.keeps[1..].iter().copied().collect(),
            ..selection.clone()
        };
        let dwells = self.anything_dwells(onward.from) && self.must_dwell(items, sheet);
        let first = onward.lanes.first().map(|&lane| &world.lanes()[lane].schedule);
        let scheduled = first.is_some_and(|schedule| !matches!(schedule, Schedule::OnDemand(_)));
        let merges = self.known_merges(onward.from, legs_left, sheet);
        let latest = self.order.latest();
        let own = riding.longest.last().copied().flatten();
        let arrives_from = self.found.get(usize::from(into)).and_then(|target| {
            let (_, departs, longest) = target.merge;
            [own, longest].into_iter().flatten().filter_map(|longest| departs.before(longest)).max()
        });
        let arrives_from = arrives_from.unwrap_or(Instant::ALWAYS);
        let (ground, lanes) = (self.ground, &onward.lanes[..]);
        let rides = Rides { ground, lanes, selection: &riding, grams: 0, cm3: 0, latest, arrives_from };
        let (mut departures, mut last): (usize, Option<Instant>) = (0, None);
        let mut next = 0;
        let mut not_before = Instant::ALWAYS;
        let most = if scheduled { DEPARTURES } else { MERGES };
        while next < merges.len() && departures < most && self.found.len() < HUBS {
            let merged = merges[next];
            let Some(legs) = rides.leaving_from(merged, not_before.max(merged)) else { break };
            let departs = legs.first().map_or(merged, |leg| leg.departs);
            let arrives = legs.last().map_or(merged, |leg| leg.arrives);
            let cut_off =
                onward.lanes.first().map_or(Seconds::ZERO, |&lane| transit.timetable(lane).cut_off());
            let by = departs.before(cut_off).unwrap_or(merged);
            // Goods that are merged by then take this departure too.
            while next < merges.len() && merges[next] <= by {
                next += 1;
            }
            if dwells && scheduled {
                // What waited too long for this one may still be in time for the very next.
                next = 0;
                not_before = departs.after(Seconds(1)).unwrap_or(Instant::NEVER);
            }
            departures += 1;
            if last == Some(departs) {
                continue;
            }
            last = Some(departs);
            let ended = match self.found.get(usize::from(into)) {
                None => transit
                    .hand_over_at(self.order.to, arrives)
                    .filter(|&at| at <= latest)
                    .map(|at| (at, lateness(self.order, at))),
                Some(target) => {
                    let handled = transit.handled_at(target.row.node, arrives);
                    let merged = handled.and_then(|handled| transit.merged_at(target.row.node, handled));
                    merged.filter(|&merged| merged <= target.merge.0).map(|_| (target.row.hand_over, Ok(0)))
                }
            };
            let Some((hand_over, late)) = ended else { break };
            // The merged parcel is there at least when it leaves.
            let there = departs.before(Seconds(1)).unwrap_or(departs);
            let waits = !onward.lanes.is_empty();
            if waits && self.ground.load.room_in_buffer(world, onward.from, there, departs) == Some(0) {
                continue;
            }
            let (late, room) = (late?, rides.room(&legs));
            let fixed = fixed.checked_add(late).ok_or(TooBig::Cost("the cost of a merged parcel"))?;
            let least = least.saturating_add(late);
            if least.saturating_add(parcels).saturating_add(self.lines) >= self.most {
                // What leaves later is no less late.
                break;
            }
            let hub = Hub {
                fixed,
                staircase: onward.chain.staircase,
                max_grams: onward.chain.max_grams.min(room.0),
                max_cm3: onward.chain.max_cm3.min(room.1),
                arrives: hand_over.0,
                into,
            };
            let longest = selection.longest[0];
            let row = HubRow {
                node: onward.from,
                lanes: onward.lanes.iter().copied().collect(),
                compartments: selection.compartments.iter().copied().collect(),
                storage: selection.storage,
                legs,
                hand_over,
                lateness: late,
                longest,
            };
            let merge = (by, departs, longest);
            let number = self.found.len() as u16;
            let another = parcels / 2;
            self.found.push(Found { hub, row, items: items.to_vec(), merge, legs_left, least, another });
            let before = self.parts.len();
            self.parts_of(number, sheet, problem)?;
            if self.parts.len() == before && world.max_legs() <= 2 {
                // Nothing ends here, and nothing could end in another hub first.
                self.found.pop();
            }
        }
        Ok(())
    }

    /// Whether goods may wait at a cross-dock only so long.
    fn anything_dwells(&self, dock: NodeIx) -> bool {
        let docks = self.ground.world.nodes()[dock].cross_docks.as_ref();
        docks.is_some_and(|docks| docks.keeps.iter().any(|keep| keep.longest.is_some()))
    }

    /// Whether some cross-dock has no place where all of these goods that may wait there can wait as long as they like.
    /// Where none of them has, no parcel need leave later than it can, unless for want of room.
    fn must_dwell(&self, items: &[bool], sheet: &Sheet) -> bool {
        let Ground { world, terms, .. } = self.ground;
        let goods = || {
            let taken = sheet.items.iter().zip(items).filter(|(_, taken)| **taken);
            taken.map(|(item, _)| world.skus()[item.sku].temperature)
        };
        let short = |&dock: &NodeIx| {
            let keeps = world.nodes()[dock].cross_docks.as_ref().map_or(&[][..], |docks| &docks.keeps);
            let waiting =
                || goods().filter(|goods| keeps.iter().any(|keep| goods.tolerates(keep.temperature)));
            !keeps.iter().any(|keep| {
                keep.longest.is_none() && waiting().all(|goods| goods.tolerates(keep.temperature))
            })
        };
        !world.is_unlimited() || terms.chains.docks().iter().any(short)
    }

    /// The moments at which a merge could be done, rising: after each parcel of each place that rides as early as it
    /// can.
    fn merges(&mut self, dock: NodeIx, legs: usize, sheet: &mut Sheet) -> Vec<Instant> {
        let Ground { world, transit, terms, .. } = self.ground;
        let to = |lane: LaneIx| world.lanes()[lane].to;
        let mut merges = Vec::new();
        // Where nothing may wait long, what comes first may have to come later.
        let looks = if self.anything_dwells(dock) { LATER } else { 1 };
        for row in 0..sheet.serving.len() {
            let number = sheet.serving[row];
            let from = sheet.places[usize::from(number)].node;
            when_ready(number, sheet);
            for &ready in &sheet.readies {
                if from == dock {
                    merges.extend(transit.merged_at(dock, ready));
                    continue;
                }
                for head in transit.heads_between(from, dock) {
                    let lanes = &transit.head(head).lanes;
                    if lanes.len() > legs {
                        continue;
                    }
                    let mut ready = Some(ready);
                    for _ in 0..looks {
                        let Some(legs) = ready.and_then(|ready| transit.legs(lanes, &to, ready)) else {
                            break;
                        };
                        let arrives = legs.last().map(|leg| leg.arrives);
                        let handled = arrives.and_then(|arrives| transit.handled_at(dock, arrives));
                        merges.extend(handled.and_then(|handled| transit.merged_at(dock, handled)));
                        let cut_off = transit.timetable(lanes[0]).cut_off();
                        let later = legs.first().and_then(|leg| leg.departs.after(Seconds(1)));
                        ready = later.and_then(|later| later.before(cut_off));
                    }
                }
            }
        }
        // What is merged elsewhere first may come later still.
        for &from in terms.chains.docks().iter().filter(|&&from| from != dock) {
            for head in transit.heads_between(from, dock) {
                let lanes = &transit.head(head).lanes;
                let Some(left) = legs.checked_sub(lanes.len()) else { continue };
                for &merged in &*self.known_merges(from, left, sheet) {
                    let ridden = transit.legs(lanes, &to, merged);
                    let arrives = ridden.and_then(|legs| Some(legs.last()?.arrives));
                    let handled = arrives.and_then(|arrives| transit.handled_at(dock, arrives));
                    merges.extend(handled.and_then(|handled| transit.merged_at(dock, handled)));
                }
            }
        }
        merges.sort_unstable();
        merges.dedup();
        merges
    }

    /// Writes the ways of every place that end in a hub.
    fn parts_of(&mut self, hub: u16, sheet: &mut Sheet, problem: &mut Problem<'_>) -> Result<(), TooBig> {
        let Ground { world, transit, terms, .. } = self.ground;
        let reaches = self.reaches(self.found[usize::from(hub)].row.node, sheet);
        let found = &self.found[usize::from(hub)];
        let (by, departs, longest) = found.merge;
        let (node, legs_left) = (found.row.node, found.legs_left);
        // What no parcel can ride in time need not be looked at.
        let in_time =
            |reach: &&Reach| reach.merged <= by && transit.head(reach.head).lanes.len() <= legs_left;
        // One part that comes late makes the merged parcel ready late enough. Only where none did, each has to.
        let longest = longest.filter(|_| self.ground.strict.contains(&(node, departs)));
        let merge = Merge { node, by, departs, longest, hand_over: found.row.hand_over, items: &found.items };
        let ways = problem.ways.len();
        for row in 0..sheet.serving.len() {
            let number = sheet.serving[row];
            let from = sheet.places[usize::from(number)].node;
            let mut reaches = reaches.iter().filter(|reach| reach.place == number).filter(in_time).peekable();
            if from != node && reaches.peek().is_none() {
                continue;
            }
            when_ready(number, sheet);
            what_tolerates(self.ground, number, sheet);
            if from == node {
                let chain = terms.chains.none();
                let track = Track { place: number, lanes: &[], chain, cost: 0 };
                follow(self.ground, self.order, track, End::Merge(&merge), sheet, problem)?;
            }
            for &Reach { head, .. } in reaches {
                let lanes = &transit.head(head).lanes;
                let chain = *terms.chains.of(head);
                let cost = chain.handling.saturating_add(handling(world, node).0);
                let track = Track { place: number, lanes, chain, cost };
                follow(self.ground, self.order, track, End::Merge(&merge), sheet, problem)?;
            }
            // Written as ways of the problem, they wait here until all are known.
            for way in ways..problem.ways.len() {
                self.parts.push((hub, number, problem.ways[way], sheet.ways[way]));
            }
            problem.ways.truncate(ways);
            sheet.ways.truncate(ways);
        }
        Ok(())
    }

    /// Drops hubs in which nothing ends.
    fn keep_useful(&mut self) {
        let mut used = vec![false; self.found.len()];
        for part in &self.parts {
            used[usize::from(part.0)] = true;
        }
        // Hubs that end in another stand after it here.
        for hub in (0..self.found.len()).rev() {
            if used[hub] && self.found[hub].hub.into != NO_HUB {
                used[usize::from(self.found[hub].hub.into)] = true;
            }
        }
        let mut rows = vec![NO_HUB; self.found.len()];
        let kept = rows.iter_mut().zip(&used).filter(|(_, used)| **used);
        for (next, (row, _)) in kept.enumerate() {
            *row = next as u16;
        }
        let mut used = used.into_iter();
        self.found.retain(|_| used.next().unwrap_or(false));
        for found in &mut self.found {
            if found.hub.into != NO_HUB {
                found.hub.into = rows[usize::from(found.hub.into)];
            }
        }
        for part in &mut self.parts {
            part.0 = rows[usize::from(part.0)];
        }
    }

    /// Writes what was found: hubs before those they end in, ways by place.
    fn finish(mut self, sheet: &mut Sheet, problem: &mut Problem<'_>) -> Result<bool, TooBig> {
        if self.parts.is_empty() || self.found.is_empty() {
            return Ok(false);
        }
        let last = self.found.len() as u16 - 1;
        let turned = |hub: u16| if hub == NO_HUB { NO_HUB } else { last - hub };
        self.found.reverse();
        for found in self.found {
            problem.hubs.push(Hub { into: turned(found.hub.into), ..found.hub });
            sheet.hubs.push(found.row);
        }
        problem.into.clear();
        problem.into.resize(problem.ways.len(), NO_HUB);
        self.parts.sort_by_key(|part| (sheet.places[usize::from(part.1)].node, turned(part.0)));
        for (hub, number, way, row) in self.parts {
            let place = &mut sheet.places[usize::from(number)];
            if place.parts == 0 {
                place.part = problem.ways.len() as u32;
            }
            place.parts += 1;
            problem.ways.push(way);
            problem.into.push(turned(hub));
            sheet.ways.push(row);
        }
        if problem.ways.len() > usize::from(u16::MAX) {
            return Err(TooBig::Rows("ways"));
        }
        Ok(true)
    }
}
