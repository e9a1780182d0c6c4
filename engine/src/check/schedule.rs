//! When a lane departs, read from its schedule day by day.

use super::civil::Hours;
use crate::units::{Instant, Seconds};
use crate::world::{CalendarIx, Schedule, World};

/// Hours, if a place has any: without a calendar it is open round the clock.
enum When<'a> {
    Always,
    Within(Hours<'a>),
}

/// Nothing when the calendar or its zone is not to be found.
fn when(world: &World, calendar: Option<CalendarIx>) -> Option<When<'_>> {
    match calendar {
        None => Some(When::Always),
        Some(calendar) => Hours::of(world.calendars().get(calendar)?).map(When::Within),
    }
}

/// The first open moment at or after this one.
pub(super) fn open_from(world: &World, calendar: Option<CalendarIx>, at: Instant) -> Option<Instant> {
    match when(world, calendar)? {
        When::Always => Some(at),
        When::Within(hours) => hours.open_from(at),
    }
}

/// The moment by which so much working time has passed.
pub(super) fn after_open(
    world: &World,
    calendar: Option<CalendarIx>,
    at: Instant,
    span: Seconds,
) -> Option<Instant> {
    match when(world, calendar)? {
        When::Always => at.after(span.max(Seconds::ZERO)),
        When::Within(hours) => hours.after_open(at, span),
    }
}

/// Working time from one moment to another, whatever is shut.
pub(super) fn worked(
    world: &World,
    calendar: Option<CalendarIx>,
    from: Instant,
    until: Instant,
) -> Option<Seconds> {
    match when(world, calendar)? {
        When::Always => until.0.checked_sub(from.0).map(Seconds),
        When::Within(hours) => Some(hours.worked(from, until)),
    }
}

/// The first departure at or after this moment.
pub(super) fn departure_from(world: &World, schedule: &Schedule, at: Instant) -> Option<Instant> {
    match *schedule {
        Schedule::OnDemand(calendar) => open_from(world, calendar, at),
        Schedule::Weekly(calendar) => {
            let hours = Hours::of(world.calendars().get(calendar)?)?;
            earliest(&hours, at, |start, _| (start >= at).then_some(start))
        }
        Schedule::Every { every, calendar } => match when(world, calendar)? {
            When::Always => step_from(Instant(0), every, at),
            When::Within(hours) => earliest(&hours, at, |start, end| {
                let first = if start >= at { Some(start) } else { step_from(start, every, at) };
                first.filter(|&departure| departure <= end)
            }),
        },
    }
}

/// The earliest departure any span offers. The day after the first that offers one is asked too: where an hour
/// repeats at midnight, its spans may begin before the last of the day before have ended.
fn earliest(
    hours: &Hours<'_>,
    at: Instant,
    offer: impl Fn(Instant, Instant) -> Option<Instant>,
) -> Option<Instant> {
    let mut best: Option<Instant> = None;
    for date in hours.dates_from(at) {
        let known = best;
        for (start, end) in hours.spans(date) {
            if let Some(departure) = offer(start, end) {
                best = Some(best.map_or(departure, |best| best.min(departure)));
            }
        }
        if known.is_some() {
            return best;
        }
    }
    best
}

/// The first of `start`, `start + every`, `start + 2 every` … (and backwards) that is at or after this moment.
fn step_from(start: Instant, every: Seconds, at: Instant) -> Option<Instant> {
    let since = at.0.checked_sub(start.0)?;
    let past = since.checked_rem_euclid(every.0)?;
    if past == 0 { Some(at) } else { at.0.checked_add(every.0.checked_sub(past)?).map(Instant) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Calendar, Zone};
    use jiff::Timestamp;

    fn at(text: &str) -> Instant {
        Instant(text.parse::<Timestamp>().unwrap().as_second())
    }

    #[test]
    fn a_rhythm_without_hours_counts_from_the_beginning_of_time() {
        let from = |at: i64| step_from(Instant(0), Seconds(600), Instant(at));
        assert_eq!([from(0), from(1), from(600)], [0, 600, 600].map(|at| Some(Instant(at))));
        assert_eq!([from(-600), from(-1)], [-600, 0].map(|at| Some(Instant(at))));
        assert_eq!(from(i64::MAX), None);
        assert_eq!(step_from(Instant(0), Seconds(0), Instant(1)), None);
    }

    #[test]
    fn a_rhythm_begins_anew_with_each_span_and_includes_its_end() {
        // Mondays 09:00 to 10:00 and 10:30 to 11:00, every 25 minutes: 9:00, 9:25, 9:50, 10:30, 10:55.
        let calendar = Calendar {
            zone: Zone { name: "Europe/Moscow".into(), offsets: Vec::new() },
            weekly: Some(vec![(9 * 3600, 10 * 3600), (10 * 3600 + 1800, 11 * 3600)]),
            closed: Vec::new(),
            shut: Vec::new(),
        };
        let hours = Hours::of(&calendar).unwrap();
        let next = |every: i64, time: &str| {
            let at = at(&format!("2026-03-02T{time}+03:00"));
            earliest(&hours, at, |start, end| {
                let first = if start >= at { Some(start) } else { step_from(start, Seconds(every), at) };
                first.filter(|&departure| departure <= end)
            })
        };
        assert_eq!(next(1500, "09:26:00"), Some(at("2026-03-02T09:50:00+03:00")));
        assert_eq!(next(1500, "09:51:00"), Some(at("2026-03-02T10:30:00+03:00")));
        assert_eq!(next(1500, "10:56:00"), Some(at("2026-03-09T09:00:00+03:00")));
        assert_eq!(next(1800, "09:31:00"), Some(at("2026-03-02T10:00:00+03:00")));
    }
}
