//! When a parcel rides: the earliest departures of a chain of lanes that have room for it, with waits at cross-docks no
//! longer than they may be.
//!
//! Arriving later never makes what follows earlier. So of all rides the one whose every leg leaves as early as it can
//! arrives first; and where it waits too long at a cross-dock, only leaving later before it helps: the parcel waits
//! where it came from. The next departure looked at is the first that arrives late enough for the wait that is known
//! to be needed.

use super::Ground;
use super::stages::Selection;
use crate::transit::{Departure, Legs};
use crate::units::{CubicCentimetres, Grams, Instant, Seconds};
use crate::world::{LaneIx, NodeIx};

/// Departures looked at for one ride: beyond this it counts as not to be had.
const LOOKS: u32 = 512;

/// A chain of lanes as one parcel rides it.
#[derive(Clone, Copy)]
pub(super) struct Rides<'r> {
    pub ground: Ground<'r>,
    pub lanes: &'r [LaneIx],
    pub selection: &'r Selection,
    /// Which wait of the selection is the one after the first lane.
    pub first_wait: usize,
    /// The lightest parcel that is worth room.
    pub grams: u64,
    /// The smallest.
    pub cm3: u64,
    /// Nothing that leaves later is of use.
    pub latest: Instant,
    /// Nothing that arrives earlier is of use.
    pub arrives_from: Instant,
    /// Where it needs a place at its end.
    pub place: Place,
}

/// Where a parcel needs a place at the end of its ride.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Nowhere, but it arrives no earlier than this.
    From(Instant),
    /// At a hand-over point.
    Point(NodeIx),
    /// In the buffer of a cross-dock, until a departure at least.
    Buffer(NodeIx, Instant),
}

impl Place {
    /// From when on there is a place for what could arrive at a moment.
    pub fn free_from(self, ground: Ground<'_>, arrives: Instant) -> Instant {
        match self {
            Place::From(from) => arrives.max(from),
            Place::Point(node) => ground.load.place_at_point(ground.world, node, arrives),
            Place::Buffer(node, departs) => {
                // What leaves the moment it comes takes no place.
                ground.load.place_in_buffer(ground.world, node, arrives, departs.max(arrives))
            }
        }
    }
}

impl Rides<'_> {
    /// The earliest legs of a parcel that is ready at a moment. A parcel without lanes has none.
    pub fn earliest(&self, ready: Instant) -> Option<Legs> {
        let mut looks = LOOKS;
        let mut legs = self.onwards(0, ready, &mut looks)?;
        legs.reverse();
        Some(legs)
    }

    /// The same, where the first leg may not leave before a moment.
    pub fn leaving_from(&self, ready: Instant, not_before: Instant) -> Option<Legs> {
        let Some(&lane) = self.lanes.first() else { return self.earliest(ready) };
        let cut_off = self.ground.transit.timetable(lane).cut_off();
        self.earliest(ready.max(not_before.before(cut_off)?))
    }

    /// Legs from one of them on, the last first.
    fn onwards(&self, leg: usize, ready: Instant, looks: &mut u32) -> Option<Legs> {
        let Some(&lane) = self.lanes.get(leg) else { return Some(Legs::new()) };
        let transit = self.ground.transit;
        let timetable = transit.timetable(lane);
        let mut ready = ready;
        if leg + 1 == self.lanes.len() && self.arrives_from > ready {
            let departs = self.arrives_from.before(timetable.transit())?;
            ready = ready.max(departs.before(timetable.cut_off())?);
        }
        loop {
            let departure =
                timetable.next_departure(ready).filter(|departure| departure.departs <= self.latest)?;
            *looks = looks.checked_sub(1)?;
            let later =
                |departs: Instant| departs.after(Seconds(1)).and_then(|at| at.before(timetable.cut_off()));
            if !self.has_room(leg, lane, departure) {
                ready = later(departure.departs)?;
                continue;
            }
            if leg + 1 == self.lanes.len() {
                let place = self.place.free_from(self.ground, departure.arrives);
                if place > departure.arrives {
                    let departs = place.before(timetable.transit())?.before(timetable.cut_off())?;
                    ready = later(departure.departs)?.max(departs);
                    continue;
                }
                return Some(Legs::from_elem(departure, 1));
            }
            let dock = self.ground.world.lanes()[lane].to;
            let handled = transit.handled_at(dock, departure.arrives)?;
            let mut rest = self.onwards(leg + 1, handled, looks)?;
            let onward = rest.last()?.departs;
            match self.earliest_arrival(dock, leg, departure.arrives, onward) {
                None => {
                    rest.push(departure);
                    return Some(rest);
                }
                Some(not_before) => {
                    let ride = departure.arrives.0.checked_sub(departure.departs.0)?;
                    let departs = not_before.before(Seconds(ride))?.before(timetable.cut_off())?;
                    ready = later(departure.departs)?.max(departs);
                }
            }
        }
    }

    /// Nothing when a parcel may wait at a cross-dock from its arrival until it leaves; else the earliest arrival that
    /// would do.
    fn earliest_arrival(
        &self,
        dock: NodeIx,
        wait: usize,
        arrives: Instant,
        departs: Instant,
    ) -> Option<Instant> {
        if let Some(longest) = self.selection.longest.get(self.first_wait + wait).copied().flatten() {
            let not_before = departs.before(longest).unwrap_or(Instant::ALWAYS);
            if arrives < not_before {
                return Some(not_before);
            }
        }
        let place = self.ground.load.place_in_buffer(self.ground.world, dock, arrives, departs);
        (place > arrives).then_some(place)
    }

    fn has_room(&self, leg: usize, lane: LaneIx, departure: Departure) -> bool {
        let compartment = self.selection.compartments[leg];
        let room =
            self.ground.load.room_on_departure(self.ground.world, lane, departure.departs, compartment);
        room.takes(Grams(self.grams), CubicCentimetres(self.cm3))
    }

    /// Most grams and cubic centimetres that all legs have room for.
    pub fn room(&self, legs: &Legs) -> (u64, u64) {
        let mut most = (u64::MAX, u64::MAX);
        for (leg, (&lane, departure)) in self.lanes.iter().zip(legs).enumerate() {
            let compartment = self.selection.compartments[leg];
            let room =
                self.ground.load.room_on_departure(self.ground.world, lane, departure.departs, compartment);
            most.0 = most.0.min(room.grams.map_or(u64::MAX, |grams| grams.0));
            most.1 = most.1.min(room.cm3.map_or(u64::MAX, |cm3| cm3.0));
        }
        most
    }
}
