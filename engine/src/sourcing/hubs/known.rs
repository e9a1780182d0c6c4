//! What is asked of a cross-dock again and again while hubs are found: when merges could be done there, which ways of
//! places lead there, what two parcels to it cost at least.

use super::Finder;
use crate::sourcing::roads::when_ready;
use crate::sourcing::{Ground, Sheet};
use crate::split::Problem;
use crate::units::{Instant, Seconds};
use crate::world::NodeIx;
use std::rc::Rc;

/// Departures of one parcel at most that could be what a merge waits for.
const LATER: usize = 16;

/// A way of a place to a cross-dock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub place: u16,
    pub head: u32,
    /// When what rides it as early as anything can could be merged.
    pub merged: Instant,
}

/// What is asked of a cross-dock again and again.
#[derive(Default)]
pub(super) struct Known {
    /// By legs, what two parcels that end there cost at least.
    two_parcels: Vec<(usize, Option<i64>)>,
    /// By legs, when merges could be done.
    merges: Vec<(usize, Rc<[Instant]>)>,
    /// Ways of places to it, by place in the order in which they are served.
    reaches: Option<Rc<[Reach]>>,
}

impl Finder<'_> {
    fn known(&mut self, dock: NodeIx) -> &mut Known {
        let row = self.known.iter().position(|(known, _)| *known == dock).unwrap_or_else(|| {
            self.known.push((dock, Known::default()));
            self.known.len() - 1
        });
        &mut self.known[row].1
    }

    pub(super) fn known_two_parcels(
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

    pub(super) fn known_merges(&mut self, dock: NodeIx, legs: usize, sheet: &mut Sheet) -> Rc<[Instant]> {
        if let Some(known) = self.known(dock).merges.iter().find(|known| known.0 == legs) {
            return known.1.clone();
        }
        let merges: Rc<[Instant]> = self.merges(dock, legs, sheet).into();
        self.known(dock).merges.push((legs, merges.clone()));
        merges
    }

    /// Ways of places to a cross-dock.
    pub(super) fn reaches(&mut self, dock: NodeIx, sheet: &mut Sheet) -> Rc<[Reach]> {
        if let Some(known) = &self.known(dock).reaches {
            return known.clone();
        }
        let transit = self.ground.transit;
        let mut reaches = Vec::new();
        for row in 0..sheet.serving.len() {
            let place = sheet.serving[row];
            let from = sheet.places[usize::from(place)].node;
            when_ready(place, sheet);
            let Some(&ready) = sheet.readies.first() else { continue };
            reaches.extend(transit.heads_between(from, dock).filter_map(|head| {
                let merged = transit.mergeable_after(dock, &transit.head(head).lanes, ready)?;
                Some(Reach { place, head, merged })
            }));
        }
        let reaches: Rc<[Reach]> = reaches.into();
        self.known(dock).reaches = Some(reaches.clone());
        reaches
    }

    /// Whether goods may wait at a cross-dock only so long.
    pub(super) fn anything_dwells(&self, dock: NodeIx) -> bool {
        let docks = self.ground.world.nodes()[dock].cross_docks.as_ref();
        docks.is_some_and(|docks| docks.keeps.iter().any(|keep| keep.longest.is_some()))
    }

    /// Whether some cross-dock has no place where all of these goods that may wait there can wait as long as they like.
    /// Where none of them has, no parcel need leave later than it can, unless for want of room.
    pub(super) fn must_dwell(&self, items: &[bool], sheet: &Sheet) -> bool {
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
        let Ground { transit, terms, .. } = self.ground;
        let mut merges = Vec::new();
        // Where nothing may wait long, what comes first may have to come later.
        let limited = !self.ground.world.is_unlimited();
        let looks = if limited || self.anything_dwells(dock) { LATER } else { 1 };
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
                        let Some(legs) = ready.and_then(|ready| transit.legs(lanes, ready)) else { break };
                        let (Some(first), Some(last)) = (legs.first(), legs.last()) else { break };
                        merges.extend(transit.mergeable_at(dock, last.arrives));
                        let cut_off = transit.timetable(lanes[0]).cut_off();
                        ready = first.departs.after(Seconds(1)).and_then(|later| later.before(cut_off));
                    }
                }
            }
        }
        // What is merged elsewhere first may come later still.
        for &from in terms.chains.docks().iter().filter(|&&from| from != dock) {
            for head in transit.heads_between(from, dock) {
                let lanes = &transit.head(head).lanes;
                let Some(left) = legs.checked_sub(lanes.len()) else { continue };
                let earlier = self.known_merges(from, left, sheet);
                merges.extend(
                    earlier.iter().filter_map(|&merged| transit.mergeable_after(dock, lanes, merged)),
                );
            }
        }
        merges.sort_unstable();
        merges.dedup();
        merges
    }
}
