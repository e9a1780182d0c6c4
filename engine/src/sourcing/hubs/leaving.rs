//! Which departures of a chain from a cross-dock matter.
//!
//! Each moment at which a merge could be done takes the first departure after it. Of departures at the same price the
//! last takes whatever an earlier one takes, unless lots would not last or goods may wait only so long. So where nothing
//! spoils the first that waits for everything is the only one if it is not late, and else there is one for each price.
//! ([`sooner`](super::sooner()) looks for the earliest that serves the plan that was found.)
//!
//! Where goods may wait only so long, what could be there in time for one departure can leave a day later and be there in
//! time for the same departure a day later, if all lanes run by the day (or a week later, if by the week). So of those
//! that are not late the last day's are enough, and of these, and of each late one, only those that wait for something
//! the others do not wait for.

use super::admission::{Admission, Wait};
use super::{Finder, Found, Onward, lots_end};
use crate::sourcing::rides::{Place, Rides};
use crate::sourcing::roads::lateness;
use crate::sourcing::stages::Selection;
use crate::sourcing::{Ground, Sheet, TooBig};
use crate::split::{NO_HUB, Problem};
use crate::transit::Legs;
use crate::units::{Instant, Seconds};
use crate::world::{NodeIx, Schedule};
use smallvec::SmallVec;

/// Departures of one chain at most that are looked at.
const DEPARTURES: usize = 64;

/// Merges elsewhere that may end in one, for which its departures are still told apart.
const INNER: usize = 8;

/// The same, where the parcel leaves whenever it is ready.
const MERGES: usize = 512;

/// A departure of a chain on from a cross-dock.
pub(super) struct Leaving {
    pub departs: Instant,
    /// A merge done by then is in time.
    pub by: Instant,
    pub legs: Legs,
    pub hand_over: Instant,
    pub lateness: i64,
}

impl<'f> Finder<'f> {
    /// Cross-docks where a merged parcel waits: where it is merged, between its lanes, and where it is merged again.
    pub(super) fn docks_of(&self, onward: &Onward, target: Option<NodeIx>) -> SmallVec<[NodeIx; 4]> {
        let between = onward.lanes.iter().take(onward.lanes.len().saturating_sub(1));
        let between = between.map(|&lane| self.ground.world.lanes()[lane].to);
        [onward.from].into_iter().chain(between).chain(target).collect()
    }

    /// Rides on from a cross-dock. The first wait of a selection is at the merge itself; those of a ride begin after
    /// its first lane.
    pub(super) fn rides<'r>(
        &self,
        onward: &'r Onward,
        selection: &'r Selection,
        arrives_from: Instant,
    ) -> Rides<'r>
    where
        'f: 'r,
    {
        let place = match onward.into {
            NO_HUB => Place::Point(self.order.to),
            _ => Place::From(Instant::ALWAYS),
        };
        Rides {
            ground: self.ground,
            lanes: &onward.lanes,
            selection,
            first_wait: 1,
            grams: 0,
            cm3: 0,
            latest: self.order.latest(),
            arrives_from,
            place,
        }
    }

    /// The departures of a chain that can matter, rising.
    pub(super) fn leavings(
        &mut self,
        onward: &Onward,
        selection: &Selection,
        terms: &Found,
        sheet: &mut Sheet,
        problem: &Problem<'_>,
    ) -> Result<Vec<Leaving>, TooBig> {
        let world = self.ground.world;
        let own = selection.longest.iter().skip(1).next_back().copied().flatten();
        let arrives_from = self.found.get(usize::from(terms.hub.into)).and_then(|target| {
            let waits = [own, target.row.longest].into_iter().flatten();
            waits.filter_map(|longest| target.departs.before(longest)).max()
        });
        let rides = self.rides(onward, selection, arrives_from.unwrap_or(Instant::ALWAYS));
        let free = !self.dwells && world.is_unlimited();
        let mut found: Vec<Leaving> = Vec::new();
        if free
            && let Some(last) = self.last_there(onward.from, terms, sheet, problem)
            && let Some(leaving) = self.leaving(onward, &rides, last, terms)?
            && leaving.lateness == 0
            && !lots_end(sheet, Instant::ALWAYS, leaving.hand_over)
        {
            // It waits for everything, at no higher price than any other.
            found.push(leaving);
            return Ok(found);
        }
        let first = onward.lanes.first().map(|&lane| &world.lanes()[lane].schedule);
        let scheduled = first.is_some_and(|schedule| !matches!(schedule, Schedule::OnDemand(_)));
        // What waited too long for one departure, or found no room on it, takes a later one.
        let dwells = scheduled && (!world.is_unlimited() || self.dwells && self.anything_dwells(onward.from));
        // Where room is limited, or goods are known to wait too long, each departure is a case of its own.
        let merges = self.known_merges(onward.from, terms.legs_left, sheet, problem);
        if dwells && world.is_unlimited() && self.ground.strict.is_empty() {
            let Some(&ready) = merges.first() else { return Ok(found) };
            return self.choose(onward, &rides, terms, ready, sheet, problem);
        }
        let most = if scheduled { DEPARTURES } else { MERGES };
        let (mut next, mut looked) = (0, 0);
        let mut ready = Instant::ALWAYS;
        while next < merges.len() {
            if looked >= most {
                self.leave_unseen(terms, 0);
                break;
            }
            looked += 1;
            ready = ready.max(merges[next]);
            let Some(leaving) = self.leaving(onward, &rides, ready, terms)? else { break };
            // Goods that are merged by then take this departure too.
            while next < merges.len() && merges[next] <= leaving.by {
                next += 1;
            }
            if dwells {
                // What waited too long for this one may still be in time for the very next.
                next = next.saturating_sub(1);
                ready = later(self.ground, onward, &leaving);
            }
            // Where it is handed over as soon as it is merged, it moves back only if no lot is lost at all.
            let since = found.last().filter(|_| !onward.lanes.is_empty());
            let since = since.map_or(Instant::ALWAYS, |last| last.hand_over);
            match found.last_mut() {
                Some(last) if last.departs == leaving.departs => {}
                Some(last)
                    if free
                        && last.lateness == leaving.lateness
                        && !lots_end(sheet, since, leaving.hand_over) =>
                {
                    *last = leaving;
                }
                _ => found.push(leaving),
            }
        }
        Ok(found)
    }

    /// Of the departures of a chain from a moment on those that wait for something that no other at the same price waits
    /// for, where goods may wait only so long.
    fn choose(
        &mut self,
        onward: &Onward,
        rides: &Rides<'_>,
        terms: &Found,
        mut ready: Instant,
        sheet: &mut Sheet,
        problem: &Problem<'_>,
    ) -> Result<Vec<Leaving>, TooBig> {
        let inner = if self.far { self.to_hub(terms.target(0), problem) } else { Vec::new() };
        let spoils =
            self.spoils(onward.from, sheet, problem) || (!inner.is_empty() && self.spoils_anywhere(sheet));
        let settled = match self.period.filter(|_| !spoils) {
            Some(period) => self.settled(onward.from, terms, &inner, sheet, problem).zip(Some(period)),
            None => None,
        };
        // Where many merges elsewhere may end here, departures are told apart by the parcels of places alone, and what
        // another departure could be worth to those merges is part of the bound.
        let (many, least_inner) = (
            self.guided || inner.len() > INNER,
            inner.iter().map(|inner| self.floor.with(inner.least).max(inner.through)).min(),
        );
        let inner = !inner.is_empty() && !many;
        let mut in_time: Vec<Leaving> = Vec::new();
        let mut found: Vec<(Leaving, Admission)> = Vec::new();
        let mut looked = 0;
        while let Some(leaving) = self.leaving(onward, rides, ready, terms)? {
            ready = later(self.ground, onward, &leaving);
            if self.least_of(terms, leaving.lateness) >= self.most {
                // What leaves later is no less late.
                break;
            }
            looked += 1;
            if looked > DEPARTURES {
                self.leave_unseen(terms, leaving.lateness);
                break;
            }
            // Once all departures are alike, one period of them is enough.
            let all = settled.is_some_and(|(from, period)| {
                from.after(period).is_some_and(|until| leaving.departs >= until)
            });
            if settled.is_some() && leaving.lateness == 0 {
                in_time.push(leaving);
                if all {
                    break;
                }
                continue;
            }
            let before = std::mem::take(&mut in_time);
            if self.weigh(before, spoils, inner, onward, terms, &mut found, sheet, problem)
                || self.weigh(vec![leaving], spoils, inner, onward, terms, &mut found, sheet, problem)
                || all
            {
                break;
            }
        }
        self.weigh(in_time, spoils, inner, onward, terms, &mut found, sheet, problem);
        if many && looked > found.len() {
            self.unseen = self.unseen.min(least_inner.unwrap_or(i64::MAX));
        }
        Ok(found.into_iter().map(|found| found.0).collect())
    }

    /// Adds those of some departures that wait for something the others do not wait for. Says whether later ones wait for
    /// nothing new.
    #[allow(clippy::too_many_arguments)]
    fn weigh(
        &mut self,
        leavings: Vec<Leaving>,
        spoils: bool,
        inner: bool,
        onward: &Onward,
        terms: &Found,
        found: &mut Vec<(Leaving, Admission)>,
        sheet: &mut Sheet,
        problem: &Problem<'_>,
    ) -> bool {
        let lost = |one: &Leaving, other: &Leaving| {
            let (from, to) = (one.hand_over.min(other.hand_over), one.hand_over.max(other.hand_over));
            lots_end(sheet, from, to)
        };
        let mut from = Instant::ALWAYS;
        if let (Some(period), Some((first, last))) = (self.period, leavings.first().zip(leavings.last()))
            && !spoils
            && !lost(first, last)
        {
            // Those of the last period take what the same ones of earlier periods take.
            from =
                last.departs.before(period).map_or(from, |before| before.after(Seconds(1)).unwrap_or(before));
        }
        for leaving in leavings.into_iter().filter(|leaving| leaving.departs >= from) {
            let Leaving { departs, by, hand_over, .. } = leaving;
            let wait = Wait { node: onward.from, by, departs };
            let admission = self.admission(wait, inner, terms, sheet, problem);
            let stop = admission.complete && !lots_end(sheet, Instant::ALWAYS, hand_over);
            let serves = |one: &(Leaving, Admission), other: &(Leaving, Admission)| {
                let (from, to) =
                    (one.0.hand_over.min(other.0.hand_over), one.0.hand_over.max(other.0.hand_over));
                one.0.lateness <= other.0.lateness && one.1.covers(&other.1) && !lots_end(sheet, from, to)
            };
            let next = (leaving, admission);
            if !found.iter().any(|known| serves(known, &next)) {
                found.retain(|known| !serves(&next, known));
                found.push(next);
            }
            if stop && !inner {
                return true;
            }
        }
        false
    }

    /// From when on departures are all alike, but for the time of day: everything that can ever be in time for one has
    /// been there before, and can be there again.
    fn settled(
        &mut self,
        dock: NodeIx,
        terms: &Found,
        inner: &[Onward],
        sheet: &mut Sheet,
        problem: &Problem<'_>,
    ) -> Option<Instant> {
        let Ground { transit, terms: prices, world, .. } = self.ground;
        let docks = prices.chains.docks().iter().filter_map(|&dock| world.nodes()[dock].cross_docks.as_ref());
        let dwell = docks.flat_map(|docks| docks.keeps.iter().filter_map(|keep| keep.longest)).max()?;
        let mut from = self.all_there(dock, terms, sheet, problem);
        for inner in inner {
            if inner.legs_left > 0 && self.units > inner.depth + 1 {
                // Merges of merges of merges: not worth telling.
                let deeper = self.ground.terms.chains.docks().iter().any(|&deeper| {
                    let heads = transit.heads_between(deeper, inner.from);
                    deeper != inner.from
                        && heads.into_iter().any(|head| transit.head(head).lanes.len() <= inner.legs_left)
                });
                if deeper {
                    return None;
                }
            }
            let another = self.known_parcel(inner.from, inner.legs_left, sheet, problem)?;
            let hub = Found { legs_left: inner.legs_left, least: inner.least, another, ..terms.clone() };
            let first = self.all_there(inner.from, &hub, sheet, problem);
            let first = first.max(self.order.placed_at).after(dwell)?;
            from = from.max(transit.mergeable_after(dock, &inner.lanes, first)?);
        }
        from.max(self.order.placed_at).after(dwell)
    }

    /// When the last that can end in a hub has been there once, where anything can: also what is merged elsewhere first.
    fn last_there(
        &mut self,
        dock: NodeIx,
        hub: &Found,
        sheet: &mut Sheet,
        problem: &Problem<'_>,
    ) -> Option<Instant> {
        let inner = self.units > hub.depth + 1 && !self.to_hub(hub.target(0), problem).is_empty();
        let last = match inner {
            true => self.known_merges(dock, hub.legs_left, sheet, problem).last().copied(),
            false => Some(self.all_there(dock, hub, sheet, problem)),
        };
        last.filter(|&last| last != Instant::ALWAYS)
    }

    /// When all that can end in a hub has been there once.
    fn all_there(&mut self, dock: NodeIx, hub: &Found, sheet: &mut Sheet, problem: &Problem<'_>) -> Instant {
        let reaches = self.reaches(dock, sheet, problem);
        let reaches = reaches.iter().filter(|reach| self.is_useful(reach, hub));
        let merged = reaches.flat_map(|reach| reach.rides.iter().map(|ride| ride.merged)).max();
        merged.unwrap_or(Instant::ALWAYS)
    }

    /// Notes that departures of a chain from one on were not looked at.
    fn leave_unseen(&mut self, terms: &Found, lateness: i64) {
        self.unseen = self.unseen.min(self.least_of(terms, lateness));
    }

    /// Whether goods packed at a cross-dock itself may wait there only so long.
    fn spoils(&mut self, dock: NodeIx, sheet: &mut Sheet, problem: &Problem<'_>) -> bool {
        let reaches = self.reaches(dock, sheet, problem);
        reaches.iter().filter(|reach| reach.track.lanes.is_empty()).any(|reach| {
            let selections = reach.laden.iter().map(|laden| &sheet.selections[laden.selection as usize]);
            selections.into_iter().any(|selection| selection.longest.iter().any(Option::is_some))
        })
    }

    /// Whether any goods of the order lie at a cross-dock.
    fn spoils_anywhere(&self, sheet: &Sheet) -> bool {
        let nodes = self.ground.world.nodes();
        sheet.serving.iter().any(|&place| nodes[sheet.places[usize::from(place)].node].cross_docks.is_some())
    }

    /// The first departure of a chain for what is merged at a moment, if its goods are handed over in time.
    fn leaving(
        &self,
        onward: &Onward,
        rides: &Rides<'_>,
        merged: Instant,
        terms: &Found,
    ) -> Result<Option<Leaving>, TooBig> {
        let transit = self.ground.transit;
        let Some(legs) = rides.earliest(merged) else { return Ok(None) };
        let departs = legs.first().map_or(merged, |leg| leg.departs);
        let arrives = legs.last().map_or(merged, |leg| leg.arrives);
        let cut_off = onward.lanes.first().map_or(Seconds::ZERO, |&lane| transit.timetable(lane).cut_off());
        let by = departs.before(cut_off).unwrap_or(merged);
        let (hand_over, late) = match self.found.get(usize::from(terms.hub.into)) {
            None => match transit.hand_over_at(self.order.to, arrives) {
                Some(at) if at <= self.order.latest() => (at, lateness(self.order, at)?),
                _ => return Ok(None),
            },
            Some(target) => match transit.mergeable_at(target.row.node, arrives) {
                Some(merged) if merged <= target.by => (target.row.hand_over, 0),
                _ => return Ok(None),
            },
        };
        Ok(Some(Leaving { departs, by, legs, hand_over, lateness: late }))
    }
}

/// From when on a parcel is too late for a departure.
fn later(ground: Ground<'_>, onward: &Onward, leaving: &Leaving) -> Instant {
    let cut_off =
        onward.lanes.first().map_or(Seconds::ZERO, |&lane| ground.transit.timetable(lane).cut_off());
    leaving.departs.after(Seconds(1)).and_then(|at| at.before(cut_off)).unwrap_or(Instant::NEVER)
}
