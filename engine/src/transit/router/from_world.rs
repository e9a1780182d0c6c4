//! A world's lanes as trips.

use super::lines::DAY;
use super::{Call, Change, Days, Router, ServiceIx, ShiftsIx, StopIx, Trips, TripsError};
use crate::transit::{Hours, Transit};
use crate::units::limits::LOOK_AHEAD_DAYS;
use crate::units::{Instant, Seconds};
use crate::world::{CalendarIx, Schedule, World};
use std::collections::BTreeMap;

impl Router {
    /// Lays out all departures of a world on so many days (of UTC) from the one of `from` on.
    ///
    /// Stops are the world's nodes and services its lanes, row for row; a trip is a lane's departure at one second of
    /// the day. Between legs a node's cross-docks handle in working time; a node without them is an end. Opening hours
    /// of hand-over points are not waited for.
    ///
    /// # Errors
    ///
    /// When there are more than [`LOOK_AHEAD_DAYS`] days, or a moment is out of range.
    pub fn of_world(
        world: &World,
        transit: &Transit,
        from: Instant,
        days: u32,
    ) -> Result<Router, TripsError> {
        if i64::from(days) > LOOK_AHEAD_DAYS {
            return Err(TripsError::OutOfRange(i64::from(days)));
        }
        let day = i64::from(DAY);
        let first = from.0.div_euclid(day).checked_mul(day).ok_or(TripsError::OutOfRange(from.0))?;
        let end = first.saturating_add(i64::from(days) * day);
        let mut trips = Trips::new(Instant(first), days)?;
        let mut known: BTreeMap<CalendarIx, ShiftsIx> = BTreeMap::new();
        let mut shifts = |trips: &mut Trips, calendar: CalendarIx| -> ShiftsIx {
            *known.entry(calendar).or_insert_with(|| trips.shifts(open(transit.hours(calendar), first, end)))
        };
        for node in world.nodes().iter() {
            let change = match &node.cross_docks {
                None => Change::Never,
                Some(docks) => match docks.calendar {
                    None => Change::After(docks.handling),
                    Some(calendar) => Change::Within(shifts(&mut trips, calendar), docks.handling),
                },
            };
            trips.stop(change)?;
        }
        for (row, lane) in world.lanes().enumerated() {
            let service = ServiceIx(row.0);
            let (from, to) = (StopIx(lane.from.0), StopIx(lane.to.0));
            if let Schedule::OnDemand(calendar) = lane.schedule {
                let hours = calendar.map(|calendar| shifts(&mut trips, calendar));
                trips.on_demand(service, from, to, (lane.cut_off, lane.transit), hours)?;
                continue;
            }
            // A departure that keeps its wall time moves in UTC with the seasons: it is then two trips.
            let mut times: BTreeMap<i64, Days> = BTreeMap::new();
            let begin = Instant(first - lane.cut_off.0);
            let departures = transit.timetable(row).departures_from(begin);
            for departure in departures.take_while(|departure| departure.departs.0 < end) {
                let since = departure.departs.0 - first;
                times.entry(since % day).or_default().add((since / day) as u32);
            }
            for (second, days) in times {
                let call = |stop, at: i64| Call {
                    stop,
                    arrives: Seconds(at),
                    departs: Seconds(at),
                    boards: true,
                    alights: true,
                };
                let calls = vec![call(from, second), call(to, second + lane.transit.0)];
                trips.trip(service, lane.cut_off, calls, days)?;
            }
        }
        Ok(trips.lay_out())
    }
}

/// The open spans of a calendar between two moments.
fn open(hours: Hours<'_>, first: i64, end: i64) -> Vec<(Instant, Instant)> {
    let mut spans = Vec::new();
    let mut at = Instant(first);
    while let Some(start) = hours.next_open(at).filter(|start| start.0 < end) {
        let Some(until) = hours.open_end(start) else { break };
        spans.push((start, until));
        if until == Instant::NEVER || until <= at {
            break;
        }
        at = until;
    }
    spans
}
