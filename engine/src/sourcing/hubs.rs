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

mod finish;
mod known;
mod least;

pub use least::least_with_a_merge;

use super::chains::{Chain, handling};
use super::relays::{End, Merge, Track, follow, has_place};
use super::rides::Rides;
use super::roads::{lateness, what_tolerates, when_ready};
use super::sheet::{HubRow, Sheet, WayRow};
use super::stages::{Selection, Stages, Tolerated};
use super::{Ground, TooBig};
use crate::split::{Hub, NO_HUB, Problem, Way};
use crate::units::{Instant, Seconds};
use crate::world::{LaneIx, NodeIx, Order, Schedule};
use known::{Known, Reach};
use least::lines_at_least;
use smallvec::SmallVec;

/// Hubs of one order at most; cheaper ones come first.
const HUBS: usize = 2_048;

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
    /// A merge done by then is in time for its departure.
    by: Instant,
    /// When it departs.
    departs: Instant,
    /// Legs that parcels that end in it may have had.
    legs_left: usize,
    /// What any plan with it costs at least beyond its lines and the parcels that end in it.
    least: i64,
    /// What one parcel that ends in it costs at least: beside a merged parcel that does there is another.
    another: i64,
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

/// Adds hubs, and the ways that end in them, to a problem; only those that a plan cheaper than `most` could have.
///
/// # Errors
/// See [`TooBig`].
pub fn write(
    ground: Ground<'_>,
    order: &Order,
    most: i64,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
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
        // What finds no room on one departure takes a later one.
        let dwells =
            !world.is_unlimited() || self.anything_dwells(onward.from) && self.must_dwell(items, sheet);
        let first = onward.lanes.first().map(|&lane| &world.lanes()[lane].schedule);
        let scheduled = first.is_some_and(|schedule| !matches!(schedule, Schedule::OnDemand(_)));
        let merges = self.known_merges(onward.from, legs_left, sheet);
        let latest = self.order.latest();
        let own = riding.longest.last().copied().flatten();
        let arrives_from = self.found.get(usize::from(into)).and_then(|target| {
            let waits = [own, target.row.longest].into_iter().flatten();
            waits.filter_map(|longest| target.departs.before(longest)).max()
        });
        let arrives_from = arrives_from.unwrap_or(Instant::ALWAYS);
        let (ground, lanes) = (self.ground, &onward.lanes[..]);
        let place = |arrives| match into {
            NO_HUB => ground.load.place_at_point(world, self.order.to, arrives),
            _ => arrives,
        };
        let rides = Rides {
            ground,
            lanes,
            selection: &riding,
            grams: 0,
            cm3: 0,
            latest,
            arrives_from,
            place: &place,
        };
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
                    let merged = transit.mergeable_at(target.row.node, arrives);
                    merged.filter(|&merged| merged <= target.by).map(|_| (target.row.hand_over, Ok(0)))
                }
            };
            let Some((hand_over, late)) = ended else { break };
            // The merged parcel is there at least when it leaves.
            let there = departs.before(Seconds(1)).unwrap_or(departs);
            let waits = !onward.lanes.is_empty();
            if waits && self.ground.load.room_in_buffer(world, onward.from, there, departs) == Some(0) {
                continue;
            }
            if into == NO_HUB && !has_place(ground, self.order, arrives) {
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
            let row = HubRow {
                node: onward.from,
                lanes: onward.lanes.iter().copied().collect(),
                compartments: selection.compartments.iter().copied().collect(),
                storage: selection.storage,
                legs,
                hand_over,
                lateness: late,
                longest: selection.longest[0],
            };
            let number = self.found.len() as u16;
            let (items, another) = (items.to_vec(), parcels / 2);
            self.found.push(Found { hub, row, items, by, departs, legs_left, least, another });
            let before = self.parts.len();
            self.parts_of(number, sheet, problem)?;
            if self.parts.len() == before && world.max_legs() <= 2 {
                // Nothing ends here, and nothing could end in another hub first.
                self.found.pop();
            }
        }
        Ok(())
    }

    /// Writes the ways of every place that end in a hub.
    fn parts_of(&mut self, hub: u16, sheet: &mut Sheet, problem: &mut Problem<'_>) -> Result<(), TooBig> {
        let Ground { world, transit, terms, .. } = self.ground;
        let reaches = self.reaches(self.found[usize::from(hub)].row.node, sheet);
        let found = &self.found[usize::from(hub)];
        let (by, departs, node, legs_left) = (found.by, found.departs, found.row.node, found.legs_left);
        // What no parcel can ride in time need not be looked at.
        let in_time =
            |reach: &&Reach| reach.merged <= by && transit.head(reach.head).lanes.len() <= legs_left;
        // One part that comes late makes the merged parcel ready late enough. Only where none did, each has to.
        let longest = found.row.longest.filter(|_| self.ground.strict.contains(&(node, departs)));
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
}
