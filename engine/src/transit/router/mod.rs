//! Earliest arrival over scheduled trips, and the undominated pairs of arrival and cost.
//!
//! [`Trips`] collects what runs: places, trips as sequences of calls on service days, walks, services on demand.
//! [`Router`] is that laid out for questions. Trips with the same calls in an order none overtakes stand together as a
//! *line*; its departures are columns of seconds of the day, one block for each set of trips that ever runs on one day,
//! so a timetable that repeats weekly is laid out once and not for each date. A question looks one day up and searches
//! one column.
//!
//! [`Router::earliest`] settles places in the order of when one could still be at the goal: the moment at the place plus
//! the shortest ride from there, known for all pairs beforehand. [`Router::undominated`] goes leg by leg and keeps, at
//! each place, what is neither dearer nor later than something else. Memory is the caller's [`Search`]: in steady state
//! no question allocates.
//!
//! A lane of a world is a line of two calls: [`Router::of_world`].

mod bounds;
mod days;
mod earliest;
mod from_world;
mod journey;
mod lay;
mod lines;
mod prices;
mod shifts;
#[cfg(test)]
mod tests;
mod trips;
mod undominated;

pub use days::Days;
pub use earliest::Search;
pub use journey::{Journey, Ride};
pub use prices::Prices;
pub use trips::{Call, Change, ShiftsIx, Trips, TripsError};
pub use undominated::Labels;

use crate::units::{Instant, index_type};
use bounds::Bounds;
use lines::Lines;
use shifts::Shifts;

index_type!(
    /// A place where trips call.
    StopIx
);
index_type!(
    /// What a trip is a run of, and what a leg is paid by: a lane, a bus route.
    ServiceIx
);
index_type!(
    /// A trip, in the order in which they were added.
    TripIx
);

/// A timetable laid out for questions; see the module.
#[derive(Debug)]
pub struct Router {
    /// Moment from which seconds are counted.
    base: i64,
    lines: Lines,
    changes: Vec<Change>,
    shifts: Vec<Shifts>,
    walks_start: Vec<u32>,
    walks: Vec<Walk>,
    shuttles_start: Vec<u32>,
    shuttles: Vec<Shuttle>,
    /// No service on demand leaves at or after this.
    ends: i32,
    bounds: Bounds,
}

/// A way on foot.
#[derive(Clone, Copy, Debug)]
struct Walk {
    to: u32,
    seconds: i32,
}

/// A service that leaves whenever somebody is ready.
#[derive(Clone, Copy, Debug)]
struct Shuttle {
    from: u32,
    to: u32,
    service: ServiceIx,
    cut_off: i32,
    transit: i32,
    shifts: Option<ShiftsIx>,
}

impl Router {
    /// How many places there are.
    pub fn stops(&self) -> usize {
        self.changes.len()
    }

    /// How many lines the trips were laid out as.
    pub fn lines(&self) -> usize {
        self.lines.lines.len()
    }

    /// One more than the last service.
    pub fn services(&self) -> usize {
        let lines = self.lines.lines.iter().map(|line| line.service);
        let all = lines.chain(self.shuttles.iter().map(|shuttle| shuttle.service));
        all.max().map_or(0, |last| last.0 as usize + 1)
    }

    fn walks(&self, stop: u32) -> &[Walk] {
        &self.walks[self.walks_start[stop as usize] as usize..self.walks_start[stop as usize + 1] as usize]
    }

    fn shuttles(&self, stop: u32) -> &[Shuttle] {
        let starts = &self.shuttles_start[stop as usize..];
        &self.shuttles[starts[0] as usize..starts[1] as usize]
    }

    /// Seconds since the base; moments before it count as the base, and nothing leaves after the far end.
    fn seconds(&self, at: Instant) -> i32 {
        at.0.saturating_sub(self.base).clamp(0, i64::from(lines::NEVER)) as i32
    }

    fn instant(&self, seconds: i32) -> Instant {
        Instant(self.base + i64::from(seconds))
    }

    /// When one that arrives at a stop by a trip can leave by another.
    #[inline]
    fn changed(&self, stop: u32, arrives: i32) -> i32 {
        match self.changes[stop as usize] {
            Change::Never => lines::NEVER,
            Change::After(seconds) => arrives.saturating_add(seconds.0 as i32),
            Change::Within(shifts, seconds) => {
                self.shifts[shifts.0 as usize].worked(arrives, seconds.0 as i32)
            }
        }
    }

    /// When a shuttle leaves with one who is ready, nothing when not any more.
    #[inline]
    fn shuttle_leaves(&self, shuttle: &Shuttle, ready: i32) -> Option<i32> {
        let ready = ready.saturating_add(shuttle.cut_off);
        let leaves = match shuttle.shifts {
            None => ready,
            Some(shifts) => self.shifts[shifts.0 as usize].open_from(ready),
        };
        (leaves < self.ends).then_some(leaves)
    }
}
