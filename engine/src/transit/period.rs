//! After how long everything that concerns cross-docks repeats: departures to and from them, and their hours.

use super::tables::Transit;
use crate::units::{Instant, Seconds};
use crate::world::{CalendarIx, Schedule, World};

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

/// How far ahead the calendar must be without surprises: longer than waits and rides take.
const AHEAD: Seconds = Seconds(16 * DAY);

/// What repeats, and when it does not.
#[derive(Clone, Debug, Default)]
pub(super) struct Period {
    /// Nothing where some lane departs by no pattern of a day or a week.
    every: Option<Seconds>,
    /// Closed dates, as days since 1970 on the wall, rising.
    closed: Vec<i32>,
    /// Calendars concerned.
    calendars: Vec<CalendarIx>,
}

impl Period {
    /// Lays it out. O(lanes × spans).
    pub fn new(world: &World) -> Period {
        let mut period = Period { every: Some(Seconds(1)), ..Period::default() };
        let docks = |node| world.nodes()[node].cross_docks.is_some();
        for lane in world.lanes().iter().filter(|lane| docks(lane.from) || docks(lane.to)) {
            if !lane.shut.is_empty() {
                period.every = None;
            }
            match lane.schedule {
                Schedule::OnDemand(None) => {}
                Schedule::Every { every, calendar: None } => period.join(Some(every)),
                Schedule::Weekly(calendar) | Schedule::OnDemand(Some(calendar)) => {
                    period.join_calendar(world, calendar);
                }
                Schedule::Every { calendar: Some(_), .. } => period.every = None,
            }
        }
        for node in world.nodes().iter() {
            if let Some(calendar) = node.cross_docks.as_ref().and_then(|docks| docks.calendar) {
                period.join_calendar(world, calendar);
            }
        }
        period.closed.sort_unstable();
        period.closed.dedup();
        period.calendars.sort_unstable();
        period.calendars.dedup();
        period
    }

    fn join_calendar(&mut self, world: &World, calendar: CalendarIx) {
        let row = &world.calendars()[calendar];
        if !row.shut.is_empty() {
            self.every = None;
        }
        self.closed.extend(&row.closed);
        self.calendars.push(calendar);
        let spans = row.weekly.as_deref().unwrap_or(&[]);
        let a_day = spans.len() / 7;
        let moved = |moment: u32| i64::from(moment) + DAY;
        let daily = spans.len().is_multiple_of(7)
            && spans
                .iter()
                .zip(spans.iter().skip(a_day))
                .all(|(span, next)| (moved(span.0), moved(span.1)) == (i64::from(next.0), i64::from(next.1)));
        self.join(Some(Seconds(if daily { DAY } else { WEEK })));
    }

    fn join(&mut self, other: Option<Seconds>) {
        self.every = self.every.zip(other).and_then(|(one, other)| {
            [one, other, Seconds(DAY), Seconds(WEEK)]
                .into_iter()
                .find(|both| one.0 > 0 && other.0 > 0 && both.0 % one.0 == 0 && both.0 % other.0 == 0)
        });
    }
}

impl Transit {
    /// After how long departures to and from cross-docks and their hours repeat, for what begins at a moment. Nothing
    /// where they do not, or where in the two weeks after it a date is closed or an offset changes. O(calendars).
    pub fn period_of_docks(&self, from: Instant) -> Option<Seconds> {
        let period = &self.period;
        let (until, every) = (from.after(AHEAD)?, period.every?);
        let (first, last) = (from.0.div_euclid(DAY) - 2, until.0.div_euclid(DAY) + 2);
        let next = period.closed.partition_point(|&date| i64::from(date) < first);
        let is_open = period.closed.get(next).is_none_or(|&date| i64::from(date) > last);
        let steady = |&calendar: &CalendarIx| self.hours(calendar).clock.is_steady(from.0, until.0);
        (is_open && period.calendars.iter().all(steady)).then_some(every)
    }
}
