//! What is asked of a cross-dock again and again while hubs are found: when merges could be done there, which ways of
//! places lead there, what a parcel to it costs at least.

use super::least::parcel_by;
use super::{Cost, Finder, Found};
use crate::sourcing::chains::handling;
use crate::sourcing::relays::{End, Laden, Merge, Ride, Track, lade};
use crate::sourcing::roads::{what_tolerates, when_ready};
use crate::sourcing::{Ground, Sheet};
use crate::split::Problem;
use crate::transit::Legs;
use crate::units::{Instant, Seconds};
use crate::world::{NodeIx, Schedule};
use smallvec::SmallVec;
use std::rc::Rc;

/// Departures of one parcel at most that could be what a merge waits for.
const LATER: usize = 16;

/// A way of a place to a cross-dock, with what can ride it.
#[derive(Clone, Debug)]
pub(super) struct Reach<'f> {
    pub track: Track<'f>,
    /// One for each selection that can matter where everything may be merged.
    pub laden: SmallVec<[Laden; 1]>,
    /// By moment at which goods are ready the earliest ride of all; at least one.
    pub rides: SmallVec<[Ride; 1]>,
    /// What a parcel that takes it costs at least.
    pub cost: Cost,
}

impl Reach<'_> {
    /// When what rides it as early as anything can could be merged.
    pub fn merged(&self) -> Instant {
        self.rides.first().map_or(Instant::NEVER, |ride| ride.merged)
    }
}

/// What is asked of a cross-dock again and again.
#[derive(Default)]
pub(super) struct Known<'f> {
    /// By legs, what a parcel that ends there costs at least.
    parcel: Vec<(usize, Option<Cost>)>,
    /// By legs, when merges could be done.
    merges: Vec<(usize, Rc<[Instant]>)>,
    /// Ways of places to it, by place in the order in which they are served.
    reaches: Option<Rc<[Reach<'f>]>>,
}

impl<'f> Finder<'f> {
    fn known(&mut self, dock: NodeIx) -> &mut Known<'f> {
        let row = self.known.iter().position(|(known, _)| *known == dock).unwrap_or_else(|| {
            self.known.push((dock, Known::default()));
            self.known.len() - 1
        });
        &mut self.known[row].1
    }

    pub(super) fn known_parcel(
        &mut self,
        dock: NodeIx,
        legs: usize,
        sheet: &Sheet,
        problem: &Problem<'_>,
    ) -> Option<Cost> {
        if let Some(known) = self.known(dock).parcel.iter().find(|known| known.0 == legs) {
            return known.1;
        }
        let parcel = self.parcel(dock, legs, sheet, problem);
        self.known(dock).parcel.push((legs, parcel));
        parcel
    }

    pub(super) fn known_merges(
        &mut self,
        dock: NodeIx,
        legs: usize,
        sheet: &mut Sheet,
        problem: &Problem<'_>,
    ) -> Rc<[Instant]> {
        if let Some(known) = self.known(dock).merges.iter().find(|known| known.0 == legs) {
            return known.1.clone();
        }
        let merges: Rc<[Instant]> = self.merges(dock, legs, sheet, problem).into();
        self.known(dock).merges.push((legs, merges.clone()));
        merges
    }

    /// Ways of places to a cross-dock.
    pub(super) fn reaches(
        &mut self,
        dock: NodeIx,
        sheet: &mut Sheet,
        problem: &Problem<'_>,
    ) -> Rc<[Reach<'f>]> {
        if let Some(known) = &self.known(dock).reaches {
            return known.clone();
        }
        let mut reaches = Vec::new();
        for row in 0..sheet.serving.len() {
            let place = sheet.serving[row];
            when_ready(place, sheet);
            what_tolerates(self.ground, place, sheet);
            let first = reaches.len();
            self.reach_from(place, dock, sheet, problem, &mut reaches);
            self.drop_dearer(first, dock, sheet, &mut reaches);
        }
        let reaches: Rc<[Reach<'f>]> = reaches.into();
        self.known(dock).reaches = Some(reaches.clone());
        reaches
    }

    /// Ways of one place to a cross-dock: none where it is the place itself.
    fn reach_from(
        &self,
        place: u16,
        dock: NodeIx,
        sheet: &mut Sheet,
        problem: &Problem<'_>,
        reaches: &mut Vec<Reach<'f>>,
    ) {
        let Ground { world, transit, terms, .. } = self.ground;
        let from = sheet.places[usize::from(place)].node;
        if from == dock {
            let track = Track { place, lanes: &[], chain: terms.chains.none(), cost: 0 };
            self.add_reach(track, dock, sheet, problem, reaches);
            return;
        }
        for head in transit.heads_between(from, dock) {
            let lanes = &transit.head(head).lanes[..];
            if lanes.len() <= world.max_legs() {
                let chain = *terms.chains.of(head);
                let cost = chain.handling.saturating_add(handling(world, dock).0);
                let track = Track { place, lanes, chain, cost };
                self.add_reach(track, dock, sheet, problem, reaches);
            }
        }
    }

    fn add_reach(
        &self,
        track: Track<'f>,
        dock: NodeIx,
        sheet: &mut Sheet,
        problem: &Problem<'_>,
        reaches: &mut Vec<Reach<'f>>,
    ) {
        let transit = self.ground.transit;
        let mut rides: SmallVec<[Ride; 1]> = SmallVec::new();
        for row in 0..sheet.readies.len() {
            let ready = sheet.readies[row];
            let legs =
                if track.lanes.is_empty() { Some(Legs::new()) } else { transit.legs(track.lanes, ready) };
            let Some(legs) = legs else { break };
            let departs = legs.first().map_or(ready, |leg| leg.departs);
            let arrives = legs.last().map_or(ready, |leg| leg.arrives);
            let merged = if track.lanes.is_empty() {
                transit.merged_at(dock, ready)
            } else {
                transit.mergeable_at(dock, arrives)
            };
            let Some(merged) = merged else { break };
            rides.push(Ride { ready, legs: sheet.rides.len() as u32, departs, arrives, merged });
            sheet.rides.push(legs);
        }
        if rides.is_empty() {
            return;
        }
        let never = Instant::NEVER;
        let anything = Merge { node: dock, by: never, departs: never, longest: None, hand_over: never };
        let laden = lade(self.ground, self.order, track, End::Merge(anything), |_| true, sheet, problem);
        let place = &sheet.places[usize::from(track.place)];
        let carriage = problem.staircases[track.chain.staircase as usize].price(0, 0);
        if let Some(carriage) = carriage.filter(|_| !laden.is_empty()) {
            let way = carriage.saturating_add(track.cost);
            let cost = parcel_by(self.ground, self.order, place, way, problem);
            reaches.push(Reach { track, laden, rides, cost });
        }
    }

    /// Drops ways of a place, the last ones found, for which another is in time whenever they are, takes all they take
    /// and costs no more whatever it weighs.
    fn drop_dearer(&self, first: usize, dock: NodeIx, sheet: &Sheet, reaches: &mut Vec<Reach<'f>>) {
        let Ground { world, strict, .. } = self.ground;
        if reaches.len() < first + 2 || !world.is_unlimited() || !strict.is_empty() {
            return;
        }
        let mut kept = first;
        for row in first..reaches.len() {
            let mut others = (first..kept).chain(row + 1..reaches.len());
            let beaten = others.any(|by| {
                let (one, other) = (&reaches[by], &reaches[row]);
                self.serves(one, other, dock, sheet) && (by < row || !self.serves(other, one, dock, sheet))
            });
            if !beaten {
                reaches.swap(kept, row);
                kept += 1;
            }
        }
        reaches.truncate(kept);
    }

    /// Whether one way to a cross-dock serves whatever another does, at no higher cost.
    fn serves(&self, one: &Reach<'_>, other: &Reach<'_>, dock: NodeIx, sheet: &Sheet) -> bool {
        let Ground { transit, terms, .. } = self.ground;
        let (mine, its) = (&one.track.chain, &other.track.chain);
        let gap = terms.dearer_by(mine.staircase, its.staircase);
        let dearer = gap.and_then(|gap| gap.checked_add(one.track.cost)?.checked_sub(other.track.cost));
        let costs_no_more = dearer.is_some_and(|dearer| dearer <= 0);
        if !costs_no_more
            || mine.max_grams < its.max_grams
            || mine.max_cm3 < its.max_cm3
            || mine.sides.iter().zip(its.sides).any(|(&mine, its)| mine < its)
            || one.track.lanes.len() > other.track.lanes.len()
            || one.rides.len() < other.rides.len()
            || one.rides.iter().zip(&other.rides).any(|(one, other)| one.merged > other.merged)
        {
            return false;
        }
        let [laden] = &one.laden[..] else { return false };
        let [zones] = laden.zones[..] else { return false };
        let takes = |theirs: &Laden| {
            theirs.zones.iter().all(|set| set & !zones == 0)
                && theirs.goods.iter().all(|goods| laden.goods.iter().any(|mine| mine.stand == goods.stand))
        };
        if !other.laden.iter().all(takes) {
            return false;
        }
        // What may wait only so long must find a ride that comes late enough, whenever the other way has one.
        let waits = &sheet.selections[laden.selection as usize].longest;
        if waits.iter().all(Option::is_none) {
            return true;
        }
        let (&[lane], Some(longest)) = (one.track.lanes, waits.last().copied().flatten()) else {
            return false;
        };
        let window = transit.least_window(dock, longest);
        let gap = transit.timetable(lane).longest_gap();
        gap.zip(window).is_some_and(|(gap, window)| gap <= window)
    }

    /// Whether a plan that is of use may have a parcel that takes a way and ends in a hub.
    pub(super) fn is_useful(&self, reach: &Reach<'_>, hub: &Found) -> bool {
        reach.track.lanes.len() <= hub.legs_left
            && self.floor.with(hub.least.and(hub.another).and(reach.cost)) < self.most
    }

    /// Whether goods may wait at a cross-dock only so long.
    pub(super) fn anything_dwells(&self, dock: NodeIx) -> bool {
        let docks = self.ground.world.nodes()[dock].cross_docks.as_ref();
        docks.is_some_and(|docks| docks.keeps.iter().any(|keep| keep.longest.is_some()))
    }

    /// The moments at which a merge could be done, rising: after each parcel of each place that rides as early as it
    /// can.
    fn merges(
        &mut self,
        dock: NodeIx,
        legs: usize,
        sheet: &mut Sheet,
        problem: &Problem<'_>,
    ) -> Vec<Instant> {
        let Ground { transit, terms, .. } = self.ground;
        let mut merges = Vec::new();
        // Where nothing may wait long, what comes first may have to come later.
        let limited = !self.ground.world.is_unlimited();
        let looks = if limited || self.dwells && self.anything_dwells(dock) { LATER } else { 1 };
        let reaches = self.reaches(dock, sheet, problem);
        for reach in reaches.iter().filter(|reach| reach.track.lanes.len() <= legs) {
            merges.extend(reach.rides.iter().map(|ride| ride.merged));
            let Some(&lane) = reach.track.lanes.first() else { continue };
            let anytime = matches!(self.ground.world.lanes()[lane].schedule, Schedule::OnDemand(_));
            let cut_off = transit.timetable(lane).cut_off();
            for ride in &reach.rides {
                let mut departs = ride.departs;
                let mut onward = sheet.rides[ride.legs as usize].get(1).map(|leg| leg.departs);
                if anytime && onward.is_none() {
                    // It comes when it is wanted: see below.
                    continue;
                }
                for _ in 1..looks {
                    let mut later = departs.after(Seconds(1));
                    if let Some(onward) = onward.filter(|_| anytime) {
                        // In between it would only wait for the same vehicle.
                        later = later.max(onward.before(transit.timetable(lane).transit()));
                    }
                    let later = later.and_then(|later| later.before(cut_off));
                    let legs = later.and_then(|later| transit.legs(reach.track.lanes, later));
                    let Some((first, last)) = legs.as_ref().and_then(|legs| legs.first().zip(legs.last()))
                    else {
                        break;
                    };
                    merges.extend(transit.mergeable_at(dock, last.arrives));
                    departs = first.departs;
                    onward = legs.as_ref().and_then(|legs| legs.get(1)).map(|leg| leg.departs);
                }
            }
        }
        if limited {
            // What comes when it is wanted comes when there is a place.
            let free = self.ground.load.moments_in_buffer(dock).filter(|&at| at > self.order.placed_at);
            merges.extend(free.filter_map(|at| transit.mergeable_at(dock, at)));
        }
        // What is merged elsewhere first may come later still.
        if self.units > 2 {
            for &from in terms.chains.docks().iter().filter(|&&from| from != dock) {
                for head in transit.heads_between(from, dock) {
                    let lanes = &transit.head(head).lanes;
                    let Some(left) = legs.checked_sub(lanes.len()) else { continue };
                    let earlier = self.known_merges(from, left, sheet, problem);
                    merges.extend(
                        earlier.iter().filter_map(|&merged| transit.mergeable_after(dock, lanes, merged)),
                    );
                }
            }
        }
        merges.sort_unstable();
        merges.dedup();
        merges
    }
}

/// Whether some cross-dock has no place where all goods of the order that may wait there can wait as long as they like.
/// Where none of them has, no parcel need leave later than it can, unless for want of room.
pub(super) fn must_dwell(ground: Ground<'_>, sheet: &Sheet) -> bool {
    let Ground { world, terms, .. } = ground;
    let goods = || sheet.items.iter().map(|item| world.skus()[item.sku].temperature);
    let short = |&dock: &NodeIx| {
        let keeps = world.nodes()[dock].cross_docks.as_ref().map_or(&[][..], |docks| &docks.keeps);
        let waiting = || goods().filter(|goods| keeps.iter().any(|keep| goods.tolerates(keep.temperature)));
        !keeps
            .iter()
            .any(|keep| keep.longest.is_none() && waiting().all(|goods| goods.tolerates(keep.temperature)))
    };
    terms.chains.docks().iter().any(short)
}
