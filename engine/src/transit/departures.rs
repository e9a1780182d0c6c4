//! Departures of one lane: the next, those after it, and whether there is one.

use super::calendar::{Hours, reachable};
use super::shut::out_of;
use super::spans::{LOOK_AHEAD, Spans};
use crate::units::{Instant, Seconds};
use crate::world::{Calendar, LaneIx, Schedule, Shut, World};

/// One dated run of a lane, as the times it gives a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Departure {
    /// When it leaves.
    pub departs: Instant,
    /// When it arrives.
    pub arrives: Instant,
}

/// When a lane departs, with its hours looked up.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rhythm<'a> {
    /// At each start of a span.
    Starts(Hours<'a>),
    /// Every so many seconds from each start, to the end.
    Every(i64, Hours<'a>),
    /// At multiples of so many seconds.
    Endless(i64),
    /// At any open moment.
    OnDemand(Option<Hours<'a>>),
}

impl<'a> Rhythm<'a> {
    pub(super) fn of(
        schedule: &Schedule,
        hours: impl Fn(crate::world::CalendarIx) -> Hours<'a>,
    ) -> Rhythm<'a> {
        match *schedule {
            Schedule::Weekly(calendar) => Rhythm::Starts(hours(calendar)),
            Schedule::Every { every, calendar: Some(calendar) } => Rhythm::Every(every.0, hours(calendar)),
            Schedule::Every { every, calendar: None } => Rhythm::Endless(every.0),
            Schedule::OnDemand(calendar) => Rhythm::OnDemand(calendar.map(hours)),
        }
    }

    /// The first departure at or after `t`.
    fn from(self, t: Instant) -> Option<Instant> {
        let at = reachable(t)?;
        let departs = match self {
            Rhythm::Starts(hours) => Spans::starting_from(&hours, at).find(|span| span.start >= at)?.start,
            Rhythm::Every(every, hours) => first_of_every(every, hours, at)?,
            Rhythm::Endless(every) if every > 0 => at + (-at).rem_euclid(every),
            Rhythm::Endless(_) => return None,
            Rhythm::OnDemand(None) => at,
            Rhythm::OnDemand(Some(hours)) => hours.next_open(t)?.0,
        };
        (departs - at <= LOOK_AHEAD).then_some(Instant(departs))
    }
}

/// The first moment at or after `at` that is a multiple of `every` from the start of a span, not after its end.
fn first_of_every(every: i64, hours: Hours<'_>, at: i64) -> Option<i64> {
    if every <= 0 {
        return None;
    }
    let mut first: Option<i64> = None;
    // A departure may stand on the end itself, so a span that ends at `at` counts.
    for span in Spans::ending_after(&hours, at - 1) {
        // Where the wall is turned back spans may cross, and a later one may have the earlier departure.
        if first.is_some_and(|first| span.start >= first) {
            break;
        }
        let departs = span.start + ((at - span.start).max(0) + every - 1) / every * every;
        if departs >= at && departs <= span.end && first.is_none_or(|first| departs < first) {
            first = Some(departs);
        }
    }
    first
}

/// When parcels leave on a lane and when they arrive. A small copy, to be asked as often as one likes.
///
/// A lane that departs every so often starts anew with each span its calendar lists, also with one that touches the
/// span before it, and on a calendar without weekly hours with each local date: a row of the calendar then means the
/// same whatever its neighbours are. Within a span real time counts, so a change of offset bends no interval.
#[derive(Clone, Copy, Debug)]
pub struct Timetable<'a> {
    pub(super) rhythm: Rhythm<'a>,
    pub(super) cut_off: Seconds,
    pub(super) transit: Seconds,
    /// Departures that do not take place.
    pub(super) shut: &'a [Shut],
}

impl<'a> Timetable<'a> {
    /// The timetable of a lane, nothing when the world has no such lane. O(spans of its calendar).
    /// [`Transit::timetable`](super::Transit::timetable) answers the same, faster.
    pub fn of(world: &'a World, lane: LaneIx) -> Option<Timetable<'a>> {
        let lane = world.lanes().get(lane)?;
        let hours = |calendar| -> Hours<'a> {
            let calendar: &'a Calendar = &world.calendars()[calendar];
            Hours::of(calendar)
        };
        let rhythm = Rhythm::of(&lane.schedule, hours);
        Some(Timetable { rhythm, cut_off: lane.cut_off, transit: lane.transit, shut: &lane.shut })
    }

    /// How long before departure a parcel must be ready.
    pub fn cut_off(self) -> Seconds {
        self.cut_off
    }

    /// The longest time from one departure to the next, whatever the week, a change of offset included; nothing where
    /// dates are closed, departures do not take place or there are none. O(spans of its calendar).
    pub fn longest_gap(self) -> Option<Seconds> {
        const WEEK: i64 = 7 * 86_400;
        const CHANGE_OF_OFFSET: i64 = 3_600;
        if !self.shut.is_empty() {
            return None;
        }
        match self.rhythm {
            Rhythm::OnDemand(None) => Some(Seconds(0)),
            Rhythm::Endless(every) => Some(Seconds(every)),
            Rhythm::Starts(hours) if hours.closed.is_empty() => {
                let starts = || hours.weekly.iter().map(|span| i64::from(span.0));
                let first = starts().next()?;
                let next = starts().skip(1).chain([first + WEEK]);
                let longest = starts().zip(next).map(|(start, next)| next - start).max()?;
                Some(Seconds(longest + CHANGE_OF_OFFSET))
            }
            _ => None,
        }
    }

    /// How long a ride takes.
    pub fn transit(self) -> Seconds {
        self.transit
    }

    /// The earliest departure a parcel that is ready at `ready` still makes: `departs − cut-off ≥ ready`.
    ///
    /// Nothing when there is none within
    /// [`LOOK_AHEAD_DAYS`](crate::units::limits::LOOK_AHEAD_DAYS) of `ready + cut-off`. O(log).
    pub fn next_departure(self, ready: Instant) -> Option<Departure> {
        self.leaving_from(ready.after(self.cut_off)?)
    }

    /// All departures that parcel makes, earliest first, looking as far as
    /// [`Timetable::next_departure`]. O(log) each.
    ///
    /// An on-demand lane has one: nobody waits for a van that is there.
    pub fn departures_from(self, ready: Instant) -> Departures<'a> {
        let next = ready.after(self.cut_off);
        let until = next.and_then(|next| next.after(Seconds(LOOK_AHEAD)));
        Departures { timetable: self, next, until: until.unwrap_or(Instant::NEVER) }
    }

    /// Whether there is a departure at exactly `at`; an on-demand lane departs at any open moment. O(log).
    pub fn is_departure(self, at: Instant) -> bool {
        self.takes_place_from(at) == Some(at)
    }

    /// The first departure at or after a moment that takes place.
    fn takes_place_from(self, t: Instant) -> Option<Instant> {
        let mut departs = self.rhythm.from(t)?;
        while !self.shut.is_empty() {
            let at = out_of(self.shut, departs)?;
            if at == departs {
                break;
            }
            departs = self.rhythm.from(at)?;
        }
        Some(departs)
    }

    fn leaving_from(self, t: Instant) -> Option<Departure> {
        let departs = self.takes_place_from(t)?;
        Some(Departure { departs, arrives: departs.after(self.transit)? })
    }
}

/// Departures of a lane in the order of time; see [`Timetable::departures_from`].
#[derive(Clone, Debug)]
pub struct Departures<'a> {
    timetable: Timetable<'a>,
    next: Option<Instant>,
    until: Instant,
}

impl Iterator for Departures<'_> {
    type Item = Departure;

    fn next(&mut self) -> Option<Departure> {
        let departure = self.timetable.leaving_from(self.next.take()?)?;
        if departure.departs > self.until {
            return None;
        }
        if !matches!(self.timetable.rhythm, Rhythm::OnDemand(_)) {
            self.next = departure.departs.after(Seconds(1));
        }
        Some(departure)
    }
}
