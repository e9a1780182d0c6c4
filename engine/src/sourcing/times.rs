//! Answers about time that hold for a while, kept from order to order.
//!
//! Orders come close together in time: the next one mostly finds the same shift at work and the same departure next.
//! Kept is only what [`Transit`] answered, with the span of moments for which it answers the same, in tables of fixed
//! size; whether something was kept changes no answer. Answers belong to one world's terms and are forgotten when
//! others come.

use super::{Ground, Terms};
use crate::transit::Transit;
use crate::units::{Index, Instant, Seconds};
use crate::world::{CalendarIx, LaneIx, NodeIx, ZoneIx};
use std::sync::Arc;

/// Rows kept of each kind: powers of two that fit the cache nearest to a core.
const LANES: usize = 8192;
const ZONES: usize = 256;

/// A departure with its hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trip {
    pub departs: Instant,
    pub arrives: Instant,
    pub hand_over: Instant,
}

/// For a lane: what is ready from `from` to `to` takes this trip, or none.
#[derive(Clone, Copy, Debug)]
struct Next {
    lane: u32,
    from: Instant,
    to: Instant,
    trip: Trip,
}

/// For a zone: picks that start from `from` to `to` are ready so long after their start, or all at one moment.
#[derive(Clone, Copy, Debug)]
struct Shift {
    zone: u32,
    together: bool,
    from: Instant,
    to: Instant,
    value: i64,
}

const NEXT: Next = {
    let never = Instant::NEVER;
    let trip = Trip { departs: never, arrives: never, hand_over: never };
    Next { lane: u32::MAX, from: never, to: Instant::ALWAYS, trip }
};
const SHIFT: Shift =
    Shift { zone: u32::MAX, together: false, from: Instant::NEVER, to: Instant::ALWAYS, value: 0 };

/// What is kept.
#[derive(Debug, Default)]
pub(super) struct Times {
    of: Option<Arc<()>>,
    lanes: Vec<Next>,
    zones: Vec<Shift>,
}

impl Times {
    /// Forgets answers of other worlds.
    pub fn belong_to(&mut self, terms: &Terms) {
        if !self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, &terms.identity)) {
            self.of = Some(Arc::clone(&terms.identity));
            self.lanes.clear();
            self.lanes.resize(LANES, NEXT);
            self.zones.clear();
            self.zones.resize(ZONES, SHIFT);
        }
    }

    /// [`Transit::next_departure`] and [`Transit::hand_over_at`] in one.
    pub fn trip(&mut self, transit: &Transit, lane: LaneIx, to: NodeIx, ready: Instant) -> Option<Trip> {
        let kept = &mut self.lanes[lane.row() % LANES];
        if kept.lane == lane.0 && kept.from <= ready && ready <= kept.to {
            return Some(kept.trip);
        }
        let timetable = transit.timetable(lane);
        let departure = timetable.next_departure(ready)?;
        let hand_over = transit.hand_over_at(to, departure.arrives)?;
        let trip = Trip { departs: departure.departs, arrives: departure.arrives, hand_over };
        // No departure lies between what was asked for and what was found.
        let last = departure.departs.before(timetable.cut_off()).unwrap_or(ready);
        // Asked before for a later moment with the same answer, it is the same in between.
        let known = kept.lane == lane.0 && kept.trip == trip && ready < kept.from;
        let to = if known { kept.to } else { last };
        *kept = Next { lane: lane.0, from: ready, to, trip };
        Some(trip)
    }

    /// [`Transit::ready_at`].
    pub fn ready(
        &mut self,
        transit: &Transit,
        (calendar, lead): (Option<CalendarIx>, Seconds),
        zone: ZoneIx,
        start: Instant,
    ) -> Option<Instant> {
        let Some(calendar) = calendar.filter(|_| lead.0 > 0) else { return transit.ready_at(zone, start) };
        let kept = &mut self.zones[zone.row() % ZONES];
        if kept.zone == zone.0 && kept.from <= start && start <= kept.to {
            return match kept.together {
                true => Some(Instant(kept.value)),
                false => start.after(lead),
            };
        }
        let ready = transit.ready_at(zone, start)?;
        let hours = transit.hours(calendar);
        let opens = hours.next_open(start)?;
        if opens > start {
            // Whatever starts while it is closed starts when it opens.
            *kept = Shift { zone: zone.0, together: true, from: start, to: opens, value: ready.0 };
        } else if let Some(last) = hours.open_end(start).and_then(|end| end.before(lead))
            && last >= start
        {
            // Whatever ends before closing takes its time and no more.
            *kept = Shift { zone: zone.0, together: false, from: start, to: last, value: 0 };
        }
        Some(ready)
    }
}

/// When a parcel that is ready leaves and arrives.
pub(crate) fn leave(ground: Ground<'_>, lane: Option<LaneIx>, ready: Instant) -> Option<(Instant, Instant)> {
    match lane {
        None => Some((ready, ready)),
        Some(lane) => {
            let departure = ground.transit.next_departure(lane, ready)?;
            Some((departure.departs, departure.arrives))
        }
    }
}

#[cfg(test)]
mod tests;
