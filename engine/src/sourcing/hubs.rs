//! Where parcels of an order can become one: cross-docks, the ways on from there, and the parcels that can be there in
//! time.
//!
//! A *hub* is a cross-dock, a chain of lanes from there to the customer (or to another hub), and one departure. For each
//! hub the ways of each place that end in it are written as those to the customer are, with the merge in the place of the
//! hand-over.
//!
//! Hubs that cannot pay are left out. The order is solved as if time did not matter ([`timeless`]), which tells for each
//! chain of lanes what a plan with a merge before it costs at least; where it is too large for that, a coarser count
//! ([`least`]) does: two parcels, their cheapest way to the hub, the merge and the way on. Only what could cost less than
//! a plan already known is looked at: in a first round along the answer without time, then everything, from the chain that
//! may cost least on. Where a coarse count is all there is, a round at the last cross-docks before the customer comes in
//! between. Orders so large that there are too many hubs keep those looked at, and the least of the others is part of the
//! bound.
//!
//! Which departures matter: [`leaving`].

mod admission;
mod finish;
mod known;
mod least;
mod leaving;
mod onward;
mod parts;
mod rounds;
mod sooner;
mod timeless;

pub use least::least_with_a_merge;
pub use rounds::{Merging, Round};
pub use sooner::sooner;

use super::relays::has_place;
use super::sheet::{HubRow, Sheet, WayRow, last_until};
use super::stages::{Selection, select};
use super::{Ground, TooBig};
use crate::split::{Hub, Merge, NO_HUB, Problem, Solution, Way};
use crate::transit::Legs;
use crate::units::{Instant, Seconds};
use crate::world::{LaneIx, NodeIx, Order};
use known::Known;
use least::Floor;
use onward::Onward;
use smallvec::SmallVec;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

/// A hub as it is found: before the hub it ends in is known by its row.
#[derive(Clone)]
struct Found {
    hub: Hub,
    row: HubRow,
    /// By item whether goods of it can be in its parcels; nothing when goods of all can.
    items: Option<Box<[bool]>>,
    /// A merge done by then is in time for its departure.
    by: Instant,
    /// When it departs.
    departs: Instant,
    /// Legs that parcels that end in it may have had.
    legs_left: usize,
    /// How many hubs its goods pass from here, itself too.
    depth: u64,
    /// What any plan with it costs at least beyond its lines and the parcels that end in it.
    least: Cost,
    /// What one parcel that ends in it costs at least: beside a merged parcel that does there is another.
    another: Cost,
    /// What any plan with a merge before its chain costs at least where time does not matter.
    through: i64,
    /// What its goods pay for being late.
    late: i64,
}

/// Where chains from other cross-docks may end: what they have to know of a hub.
#[derive(Clone, Copy, Debug)]
struct Target {
    /// Its row.
    row: u16,
    node: NodeIx,
    legs_left: usize,
    depth: u64,
    least: Cost,
    another: Cost,
    /// What its goods pay for being late.
    late: i64,
}

impl Found {
    fn target(&self, row: u16) -> Target {
        let (legs_left, depth, least, another) = (self.legs_left, self.depth, self.least, self.another);
        Target { row, node: self.row.node, legs_left, depth, least, another, late: self.late }
    }
}

/// A part of what plans cost at least, in two ways of counting; see [`Floor`].
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    /// All of it.
    whole: i64,
    /// What of it is beyond what lines pay for their parcels anyway.
    beyond: i64,
}

impl Cost {
    fn of(both: i64) -> Cost {
        Cost { whole: both, beyond: both }
    }

    fn and(self, other: Cost) -> Cost {
        Cost {
            whole: self.whole.saturating_add(other.whole),
            beyond: self.beyond.saturating_add(other.beyond),
        }
    }
}

/// The hubs of one order, being found.
struct Finder<'f> {
    ground: Ground<'f>,
    order: &'f Order,
    /// Plans that cost this or more are of no use.
    most: i64,
    /// What all lines cost at least.
    floor: Floor,
    /// Units ordered.
    units: u64,
    /// Whether some goods of the order may wait only so long at some cross-dock.
    dwells: bool,
    /// After how long departures at cross-docks repeat, where goods may wait only so long.
    period: Option<Seconds>,
    /// Hubs at most.
    hubs: usize,
    found: Vec<Found>,
    /// Ways that end in hubs: the hub, the place, the way.
    parts: Vec<(u16, u16, Way, WayRow)>,
    /// By cross-dock.
    known: Vec<(NodeIx, Known<'f>)>,
    /// Whether merges elsewhere may end in these.
    far: bool,
    /// Whether hubs are looked for that are likely, not all that matter.
    guided: bool,
    /// What plans that were not looked at cost at least.
    unseen: i64,
    /// Chains with what plans with a merge before each cost at least where time does not matter; nothing when not known.
    priced: Option<Rc<[Onward]>>,
}

impl<'f> Finder<'f> {
    /// Looks at chains, from the one that may cost least on, until none could be part of a plan that is of use.
    fn search(&mut self, sheet: &mut Sheet, problem: &mut Problem<'_>) -> Result<(), TooBig> {
        let mut chains: Vec<Option<Onward>> = Vec::new();
        let mut next: BinaryHeap<Reverse<(i64, usize)>> = BinaryHeap::new();
        let (near, far) = (!self.far || self.dwells || self.priced.is_some(), self.far);
        let mut found = self.to_customer((near, far), problem);
        if self.far {
            // Parcels that are merged again: each hub found may be where other hubs end.
            for hub in 0..self.found.len() {
                found.extend(self.to_hub(self.found[hub].target(hub as u16), problem));
            }
        }
        loop {
            for onward in found.drain(..) {
                if let Some(least) = self.least(&onward, sheet, problem).filter(|&least| least < self.most) {
                    next.push(Reverse((least, chains.len())));
                    chains.push(Some(onward));
                }
            }
            let Some(Reverse((least, row))) = next.pop() else { return Ok(()) };
            if self.found.len() >= self.hubs {
                self.unseen = self.unseen.min(least);
                return Ok(());
            }
            let Some(onward) = chains[row].take() else { continue };
            let first = self.found.len();
            self.find(&onward, sheet, problem)?;
            if self.far {
                for hub in first..self.found.len() {
                    found.extend(self.to_hub(self.found[hub].target(hub as u16), problem));
                }
            }
        }
    }

    /// Finds the hubs of a merge of a solution without time, and of the merges in it.
    fn follow(
        &mut self,
        onward: &Onward,
        merge: &Merge,
        guide: &Solution,
        chains: &[Onward],
        sheet: &mut Sheet,
        problem: &mut Problem<'_>,
    ) -> Result<(), TooBig> {
        let first = self.found.len();
        if first >= self.hubs {
            return Ok(());
        }
        self.find(onward, sheet, problem)?;
        for hub in first..self.found.len() {
            for &inner in &merge.merges {
                let inner = &guide.merges[inner as usize];
                let chain = &chains[usize::from(inner.hub)];
                let mut ends = self.to_hub(self.found[hub].target(hub as u16), problem);
                ends.retain(|end| end.from == chain.from && end.lanes == chain.lanes);
                for end in ends {
                    self.follow(&end, inner, guide, chains, sheet, problem)?;
                }
            }
        }
        Ok(())
    }

    /// What any plan with a hub of a chain costs at least; nothing where nothing can be merged.
    fn least(&mut self, onward: &Onward, sheet: &Sheet, problem: &Problem<'_>) -> Option<i64> {
        // What is cheap to know is asked first.
        if self.units <= onward.depth || self.floor.with(onward.least) >= self.most {
            return None;
        }
        let parcel = self.known_parcel(onward.from, onward.legs_left, sheet, problem)?;
        Some(self.floor.with(onward.least.and(parcel).and(parcel)).max(onward.through))
    }

    /// What any plan with a merge before a chain costs at least where time does not matter; nothing when there is none
    /// that is of use.
    fn through(&self, from: NodeIx, lanes: &[LaneIx], end: Option<(NodeIx, usize)>) -> Option<i64> {
        let Some(priced) = &self.priced else { return Some(i64::MIN) };
        let of = |chain: &&Onward| chain.from == from && chain.end == end && chain.lanes[..] == *lanes;
        priced.iter().find(of).map(|chain| chain.through)
    }

    /// What a plan with a departure of a chain costs at least.
    fn least_of(&self, terms: &Found, lateness: i64) -> i64 {
        let least = terms.least.and(terms.another).and(terms.another).and(Cost::of(lateness));
        self.floor.with(least).max(terms.through.saturating_add(lateness))
    }

    /// Writes the hubs of one chain, and the ways that end in them.
    fn find(&mut self, onward: &Onward, sheet: &mut Sheet, problem: &mut Problem<'_>) -> Result<(), TooBig> {
        let another = self.known_parcel(onward.from, onward.legs_left, sheet, problem);
        let Some(another) = another else { return Ok(()) };
        for (selection, items) in self.selections(onward, sheet, problem) {
            let terms = Found {
                hub: Hub {
                    fixed: onward.fixed,
                    staircase: onward.chain.staircase,
                    max_grams: onward.chain.max_grams,
                    max_cm3: onward.chain.max_cm3,
                    arrives: 0,
                    lines: u64::MAX,
                    yard: 0,
                    into: onward.into,
                },
                row: HubRow {
                    node: onward.from,
                    lanes: onward.lanes.iter().copied().collect(),
                    compartments: selection.compartments.iter().copied().collect(),
                    storage: selection.storage,
                    legs: Legs::new(),
                    hand_over: Instant::NEVER,
                    lateness: 0,
                    longest: selection.longest[0],
                    selection: sheet.selections.len() as u32,
                },
                items,
                by: Instant::NEVER,
                departs: Instant::NEVER,
                legs_left: onward.legs_left,
                depth: onward.depth,
                least: onward.least,
                another,
                through: onward.through,
                late: onward.late,
            };
            sheet.selections.push(selection.clone());
            self.depart(onward, &selection, terms, sheet, problem)?;
        }
        Ok(())
    }

    /// What a merged parcel may stand in on a chain, and by item what then can be in it (nothing: all of them).
    #[allow(clippy::type_complexity)]
    fn selections(
        &self,
        onward: &Onward,
        sheet: &Sheet,
        problem: &Problem<'_>,
    ) -> SmallVec<[(Selection, Option<Box<[bool]>>); 1]> {
        // It waits where it is merged, then between its lanes, then where it ends if that is a hub.
        let world = self.ground.world;
        let target = self.found.get(usize::from(onward.into));
        let docks = self.docks_of(onward, target.map(|target| target.row.node));
        let customer = (onward.into == NO_HUB).then_some(self.order.to);
        let goes_on = |item: usize| {
            target.and_then(|target| target.items.as_ref()).is_none_or(|items| items[item])
                && onward.chain.takes(&world.skus()[sheet.items[item].sku], problem.staircases)
        };
        let taken: SmallVec<[usize; 8]> = (0..sheet.items.len()).filter(|&item| goes_on(item)).collect();
        let goods: SmallVec<[_; 8]> =
            taken.iter().map(|&item| world.skus()[sheet.items[item].sku].temperature).collect();
        let mut found = SmallVec::new();
        select(self.ground, &onward.lanes, (&docks, customer), &goods, |selection, takes| {
            let all = taken.len() == sheet.items.len() && (0..taken.len()).all(takes);
            let mut items = vec![false; if all { 0 } else { sheet.items.len() }];
            if !all {
                for (row, &item) in taken.iter().enumerate() {
                    items[item] = takes(row);
                }
            }
            found.push((selection, (!all).then(|| items.into_boxed_slice())));
        });
        found
    }

    /// Writes a hub for each departure that can matter.
    fn depart(
        &mut self,
        onward: &Onward,
        selection: &Selection,
        terms: Found,
        sheet: &mut Sheet,
        problem: &mut Problem<'_>,
    ) -> Result<(), TooBig> {
        for leaving in self.leavings(onward, selection, &terms, sheet, problem)? {
            if self.found.len() >= self.hubs {
                self.unseen = self.unseen.min(self.least_of(&terms, 0));
                break;
            }
            let world = self.ground.world;
            let least = terms.least.and(Cost::of(leaving.lateness));
            if self.least_of(&terms, leaving.lateness) >= self.most || self.has(&terms, leaving.departs) {
                continue;
            }
            // The merged parcel is there from when it has to be ready until it leaves: what leaves at that very moment
            // takes no place.
            let waits = !onward.lanes.is_empty() && leaving.by < leaving.departs;
            let place = self.ground.load.room_in_buffer(world, onward.from, leaving.by, leaving.departs);
            if waits && place == Some(0) {
                continue;
            }
            let arrives = leaving.legs.last().map_or(leaving.departs, |leg| leg.arrives);
            if onward.into == NO_HUB && !has_place(self.ground, self.order, arrives) {
                continue;
            }
            let room = self.rides(onward, selection, Instant::ALWAYS).room(&leaving.legs);
            let fixed = terms.hub.fixed.checked_add(leaving.lateness);
            let hub = Hub {
                fixed: fixed.ok_or(TooBig::Cost("the cost of a merged parcel"))?,
                max_grams: terms.hub.max_grams.min(room.0),
                max_cm3: terms.hub.max_cm3.min(room.1),
                arrives: leaving.hand_over.0,
                ..terms.hub
            };
            let row = HubRow {
                legs: leaving.legs,
                hand_over: leaving.hand_over,
                lateness: leaving.lateness,
                ..terms.row.clone()
            };
            let number = self.found.len() as u16;
            let (by, departs, items) = (leaving.by, leaving.departs, terms.items.clone());
            let (legs_left, depth, another) = (terms.legs_left, terms.depth, terms.another);
            let (through, late) =
                (terms.through.saturating_add(leaving.lateness), terms.late.saturating_add(leaving.lateness));
            self.found.push(Found {
                hub,
                row,
                items,
                by,
                departs,
                legs_left,
                depth,
                least,
                another,
                through,
                late,
            });
            let before = self.parts.len();
            self.parts_of(number, sheet, problem)?;
            if self.parts.len() == before && legs_left == 0 {
                // Nothing ends here, and nothing could end in another hub first.
                self.found.pop();
            }
        }
        Ok(())
    }

    /// Whether a hub was found before.
    fn has(&self, terms: &Found, departs: Instant) -> bool {
        let same = |found: &Found| {
            found.departs == departs
                && found.hub.into == terms.hub.into
                && found.row.node == terms.row.node
                && found.row.lanes == terms.row.lanes
                && found.row.compartments == terms.row.compartments
                && (found.row.storage, found.row.longest) == (terms.row.storage, terms.row.longest)
                && found.items == terms.items
        };
        self.found.iter().any(same)
    }
}

/// Whether some lot lasts long enough when handed over at one moment and not at a later one.
fn lots_end(sheet: &Sheet, from: Instant, to: Instant) -> bool {
    sheet.sources.iter().any(|source| {
        source.expires != Instant::NEVER && {
            let item = &sheet.items[usize::from(sheet.stands[source.stand as usize].item)];
            let supplies = &sheet.supplies[source.first as usize..(source.first + source.cells) as usize];
            let lines = &sheet.lines[usize::from(item.line)..usize::from(item.line + item.lines)];
            supplies.iter().any(|supply| {
                lines.iter().any(|line| {
                    supply.expires < last_until(to, line.min_life)
                        && (from == Instant::ALWAYS || supply.expires >= last_until(from, line.min_life))
                })
            })
        }
    })
}
