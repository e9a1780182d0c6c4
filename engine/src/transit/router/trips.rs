//! What runs, as it is said: places, trips, walks, services on demand.

use super::{Days, Router, ServiceIx, StopIx, TripIx};
use crate::units::{Instant, Seconds, index_type};

index_type!(
    /// Open hours that changes or services on demand keep to.
    ShiftsIx
);

/// How one leaves a trip for another at a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Not at all: it is an end.
    Never,
    /// So much later.
    After(Seconds),
    /// When so much work within open hours is done.
    Within(ShiftsIx, Seconds),
}

/// A trip's call at a stop, in seconds from midnight of its service day; before it and past its end alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// Where.
    pub stop: StopIx,
    /// When it arrives.
    pub arrives: Seconds,
    /// When it departs.
    pub departs: Seconds,
    /// Whether one may get on.
    pub boards: bool,
    /// Whether one may get off.
    pub alights: bool,
}

/// Why something cannot run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TripsError {
    /// A stop, or hours, that were not announced.
    #[error("found stop or hours {0}, which were not announced; announce all of them first")]
    Unknown(u32),
    /// Fewer than two calls.
    #[error("found a trip with {0} calls; one that goes anywhere has two")]
    TooShort(usize),
    /// A call before the one ahead of it, or a departure before its arrival.
    #[error("found a time that falls at call {0}; times of a trip never do")]
    Falls(usize),
    /// A time, a span or a day past what is kept.
    #[error("found {0} where times stay within {most} days, and spans of time are not negative", most = DAYS)]
    OutOfRange(i64),
}

/// Most days a timetable and its longest trip may have together.
pub(super) const DAYS: i64 = 4_000;

#[derive(Debug)]
pub(super) struct Trip {
    pub(super) service: ServiceIx,
    pub(super) cut_off: i32,
    pub(super) calls: Vec<Call>,
    pub(super) days: Days,
}

/// A timetable as it is said; [`Trips::lay_out`] makes it ready for questions.
#[derive(Debug)]
pub struct Trips {
    pub(super) first: Instant,
    pub(super) days: u32,
    pub(super) changes: Vec<Change>,
    pub(super) shifts: Vec<Vec<(i64, i64)>>,
    pub(super) trips: Vec<Trip>,
    pub(super) walks: Vec<(u32, u32, i32)>,
    pub(super) shuttles: Vec<super::Shuttle>,
}

impl Trips {
    /// An empty timetable of so many days; `first` is midnight of the first one.
    ///
    /// # Errors
    ///
    /// When there are too many days.
    pub fn new(first: Instant, days: u32) -> Result<Trips, TripsError> {
        if i64::from(days) > DAYS / 2
            || first.0.unsigned_abs() > crate::units::limits::CALENDAR_REACH.unsigned_abs()
        {
            return Err(TripsError::OutOfRange(i64::from(days)));
        }
        Ok(Trips {
            first,
            days,
            changes: Vec::new(),
            shifts: Vec::new(),
            trips: Vec::new(),
            walks: Vec::new(),
            shuttles: Vec::new(),
        })
    }

    /// Announces open hours.
    pub fn shifts(&mut self, spans: impl IntoIterator<Item = (Instant, Instant)>) -> ShiftsIx {
        self.shifts.push(spans.into_iter().map(|(start, end)| (start.0, end.0)).collect());
        ShiftsIx(self.shifts.len() as u32 - 1)
    }

    /// Announces a place.
    ///
    /// # Errors
    ///
    /// When hours were not announced or a time is out of range.
    pub fn stop(&mut self, change: Change) -> Result<StopIx, TripsError> {
        match change {
            Change::Within(shifts, _) if shifts.0 as usize >= self.shifts.len() => {
                return Err(TripsError::Unknown(shifts.0));
            }
            Change::Within(_, seconds) | Change::After(seconds) => span(seconds)?,
            Change::Never => 0,
        };
        self.changes.push(change);
        Ok(StopIx(self.changes.len() as u32 - 1))
    }

    /// Adds a trip. One must be at a stop `cut_off` before it departs there.
    ///
    /// # Errors
    ///
    /// When a stop was not announced, a time falls or is out of range.
    pub fn trip(
        &mut self,
        service: ServiceIx,
        cut_off: Seconds,
        calls: Vec<Call>,
        days: Days,
    ) -> Result<TripIx, TripsError> {
        if calls.len() < 2 {
            return Err(TripsError::TooShort(calls.len()));
        }
        let mut before = i64::MIN;
        for (row, call) in calls.iter().enumerate() {
            self.known(call.stop)?;
            if call.arrives.0 < before || call.departs < call.arrives {
                return Err(TripsError::Falls(row));
            }
            before = call.departs.0;
            for time in [call.arrives.0, call.departs.0] {
                if time.abs() > DAYS / 8 * 86_400 {
                    return Err(TripsError::OutOfRange(time));
                }
            }
        }
        if let Some(day) = days.iter().find(|&day| day >= self.days) {
            return Err(TripsError::OutOfRange(i64::from(day)));
        }
        let cut_off = span(cut_off)?;
        self.trips.push(Trip { service, cut_off, calls, days });
        Ok(TripIx(self.trips.len() as u32 - 1))
    }

    /// Adds a way on foot: who got off at `from` may board at `to` so much later. Walks do not chain.
    ///
    /// # Errors
    ///
    /// When a stop was not announced or the time is out of range.
    pub fn walk(&mut self, from: StopIx, to: StopIx, time: Seconds) -> Result<(), TripsError> {
        self.known(from)?;
        self.known(to)?;
        self.walks.push((from.0, to.0, span(time)?));
        Ok(())
    }

    /// Adds a service on demand: it leaves at the first open moment at or after `cut_off` from when one is ready.
    ///
    /// # Errors
    ///
    /// When a stop or hours were not announced, or a time is out of range.
    pub fn on_demand(
        &mut self,
        service: ServiceIx,
        from: StopIx,
        to: StopIx,
        times: (Seconds, Seconds),
        hours: Option<ShiftsIx>,
    ) -> Result<(), TripsError> {
        self.known(from)?;
        self.known(to)?;
        if let Some(shifts) = hours.filter(|shifts| shifts.0 as usize >= self.shifts.len()) {
            return Err(TripsError::Unknown(shifts.0));
        }
        let (cut_off, transit) = (span(times.0)?, span(times.1)?);
        self.shuttles.push(super::Shuttle {
            from: from.0,
            to: to.0,
            service,
            cut_off,
            transit,
            shifts: hours,
        });
        Ok(())
    }

    /// Makes it ready for questions. O(calls × sets of trips that run on one day), and a shortest-way search from each
    /// place, side by side.
    pub fn lay_out(self) -> Router {
        super::lay::lay_out(self)
    }

    fn known(&self, stop: StopIx) -> Result<(), TripsError> {
        if (stop.0 as usize) < self.changes.len() { Ok(()) } else { Err(TripsError::Unknown(stop.0)) }
    }
}

/// A span of time that fits.
fn span(time: Seconds) -> Result<i32, TripsError> {
    match time.0 {
        seconds @ 0..=34_560_000 => Ok(seconds as i32),
        other => Err(TripsError::OutOfRange(other)),
    }
}
