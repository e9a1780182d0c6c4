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
