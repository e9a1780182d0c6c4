//! Hours in civil time: a calendar walked day by day, from the name of its zone.

use crate::units::{Instant, Seconds};
use crate::world::Calendar;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};

const DAY: u32 = 86_400;

/// The last year that is walked: [`crate::units::limits::YEARS`] ends here, so no one has business beyond.
const LAST_YEAR: i16 = 2199;

/// A calendar with its zone found.
pub(super) struct Hours<'a> {
    zone: TimeZone,
    calendar: &'a Calendar,
}

impl<'a> Hours<'a> {
    /// Nothing when nobody knows the zone.
    pub(super) fn of(calendar: &'a Calendar) -> Option<Hours<'a>> {
        Some(Hours { zone: TimeZone::get(&calendar.zone.name).ok()?, calendar })
    }

    /// Local dates from the day before that of a moment: a day's last hour may repeat after midnight.
    pub(super) fn dates_from(&self, at: Instant) -> impl Iterator<Item = Date> + use<> {
        let date = Timestamp::from_second(at.0).ok().map(|at| self.zone.to_datetime(at).date());
        // Nothing happens before 1970: a stranger's moment of long ago must not make the walk long.
        let first = date.map(|date| date.max(Date::constant(1970, 1, 2)).yesterday().unwrap_or(date));
        std::iter::successors(first, |date| date.tomorrow().ok()).take_while(|date| date.year() <= LAST_YEAR)
    }

    /// Spans of one local date as moments, by start. In a repeated hour two of them may overlap.
    pub(super) fn spans(&self, date: Date) -> Vec<(Instant, Instant)> {
        let days = date.duration_since(Date::constant(1970, 1, 1)).as_secs() / i64::from(DAY);
        if self.calendar.closed.iter().any(|&closed| i64::from(closed) == days) {
            return Vec::new();
        }
        self.by_the_week(date).into_iter().flat_map(|span| without(span, &self.calendar.shut)).collect()
    }

    /// The same whatever is shut.
    fn by_the_week(&self, date: Date) -> Vec<(Instant, Instant)> {
        let Some(weekly) = &self.calendar.weekly else {
            return self.span(date, 0, DAY).into_iter().collect();
        };
        let monday = date.weekday().to_monday_zero_offset().unsigned_abs();
        let (from, to) = (u32::from(monday) * DAY, (u32::from(monday) + 1) * DAY);
        let on_date = weekly.iter().filter(|(start, _)| (from..to).contains(start));
        on_date.filter_map(|&(start, end)| self.span(date, start - from, end.checked_sub(from)?)).collect()
    }

    /// One span of a date, given in seconds of that date; its end may be the midnight after.
    fn span(&self, date: Date, start: u32, end: u32) -> Option<(Instant, Instant)> {
        let start = self.moment(wall(date, start)?, Twice::First)?;
        let end = self.moment(wall(date, end)?, Twice::Second)?;
        (start <= end).then_some((start, end))
    }

    /// A wall time as a moment: skipped ones are the moment of the change.
    fn moment(&self, wall: DateTime, twice: Twice) -> Option<Instant> {
        let at = match (self.zone.to_ambiguous_timestamp(wall).offset(), twice) {
            (AmbiguousOffset::Unambiguous { offset }, _) => offset.to_timestamp(wall).ok()?,
            (AmbiguousOffset::Fold { before, .. }, Twice::First) => before.to_timestamp(wall).ok()?,
            (AmbiguousOffset::Fold { after, .. }, Twice::Second) => after.to_timestamp(wall).ok()?,
            // Read with the offset that comes after, a skipped wall time lies just before the change.
            (AmbiguousOffset::Gap { after, .. }, _) => self
                .zone
                .following(after.to_timestamp(wall).ok()?)
                .find(|change| change.offset() == after)?
                .timestamp(),
        };
        Some(Instant(at.as_second()))
    }

    /// Whether there are spans at all.
    fn ever(&self) -> bool {
        self.calendar.weekly.as_ref().is_none_or(|weekly| weekly.iter().any(|(start, end)| start < end))
    }

    /// The first open moment at or after this one. A span includes its first and excludes its last second.
    pub(super) fn open_from(&self, at: Instant) -> Option<Instant> {
        if !self.ever() {
            return None;
        }
        self.dates_from(at)
            .flat_map(|date| self.spans(date))
            .find(|&(start, end)| start < end && at < end)
            .map(|(start, _)| start.max(at))
    }

    /// Open time from one moment to another, whatever is shut.
    pub(super) fn worked(&self, from: Instant, until: Instant) -> Seconds {
        let (mut at, mut worked) = (from.0, 0);
        for (start, end) in self.dates_from(from).flat_map(|date| self.by_the_week(date)) {
            if start >= until {
                break;
            }
            let end = end.min(until);
            worked += (end.0 - start.0.max(at)).max(0);
            at = at.max(end.0);
        }
        Seconds(worked)
    }

    /// The moment by which so many open seconds have passed since this one.
    pub(super) fn after_open(&self, at: Instant, span: Seconds) -> Option<Instant> {
        if span <= Seconds::ZERO {
            return Some(at);
        }
        if !self.ever() {
            return None;
        }
        let mut left = span;
        let mut passed = at;
        for (start, end) in self.dates_from(at).flat_map(|date| self.spans(date)) {
            let from = start.max(passed);
            let open = Seconds(end.0.checked_sub(from.0)?);
            if open <= Seconds::ZERO {
                continue;
            }
            if open >= left {
                return from.after(left);
            }
            left = left.checked_sub(open)?;
            passed = end;
        }
        None
    }
}

/// What is left of a span beside moments that are shut.
fn without((start, end): (Instant, Instant), shut: &[(Instant, Instant)]) -> Vec<(Instant, Instant)> {
    let mut left = Vec::new();
    let mut from = start;
    for &(shut_from, shut_until) in shut {
        if shut_until <= from || shut_from >= end {
            continue;
        }
        if shut_from > from {
            left.push((from, shut_from));
        }
        from = shut_until;
    }
    if from < end || start == end && from == start {
        left.push((from, end));
    }
    left
}

/// The local date of a moment in a calendar's zone, in UTC without one.
pub(super) fn date_of(calendar: Option<&Calendar>, at: Instant) -> Option<Date> {
    let zone = match calendar {
        Some(calendar) => TimeZone::get(&calendar.zone.name).ok()?,
        None => TimeZone::UTC,
    };
    Some(zone.to_datetime(Timestamp::from_second(at.0).ok()?).date())
}

/// Which of two occurrences of a repeated wall time is meant: spans lose no minute.
#[derive(Clone, Copy)]
enum Twice {
    First,
    Second,
}

/// A second of a date as wall time; the second after the last is the next midnight.
fn wall(date: Date, second: u32) -> Option<DateTime> {
    if second == DAY {
        return Some(date.tomorrow().ok()?.at(0, 0, 0, 0));
    }
    let part = |value: u32| i8::try_from(value).ok();
    Some(date.at(part(second / 3600)?, part(second / 60 % 60)?, part(second % 60)?, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Zone;

    const HOUR: u32 = 3600;

    fn calendar(zone: &str, weekly: Option<&[(u32, u32)]>, closed: &[Date]) -> Calendar {
        let day = |date: &Date| date.duration_since(Date::constant(1970, 1, 1)).as_secs() / i64::from(DAY);
        Calendar {
            // The table is left empty: this room reads names.
            zone: Zone { name: zone.into(), offsets: Vec::new() },
            weekly: weekly.map(<[_]>::to_vec),
            closed: closed.iter().map(|date| day(date) as i32).collect(),
            shut: Vec::new(),
        }
    }

    fn at(text: &str) -> Instant {
        Instant(text.parse::<Timestamp>().unwrap().as_second())
    }

    fn hours(from: u32, to: u32) -> Vec<(u32, u32)> {
        (0..7).map(|day| (day * DAY + from * HOUR, day * DAY + to * HOUR)).collect()
    }

    #[test]
    fn working_time_rests_at_night_and_on_closed_dates() {
        // 2026-03-06 is a Friday; Monday the 9th is closed.
        let week: Vec<(u32, u32)> = hours(9, 18)[..5].to_vec();
        let calendar = calendar("Europe/Moscow", Some(&week), &[Date::constant(2026, 3, 9)]);
        let hours = Hours::of(&calendar).unwrap();
        let ready = |from: &str, minutes: i64| hours.after_open(at(from), Seconds(minutes * 60));
        assert_eq!(ready("2026-03-06T17:30:00+03", 30), Some(at("2026-03-06T18:00:00+03")));
        assert_eq!(ready("2026-03-06T17:30:00+03", 31), Some(at("2026-03-10T09:01:00+03")));
        assert_eq!(ready("2026-03-07T12:00:00+03", 0), Some(at("2026-03-07T12:00:00+03")));
        assert_eq!(hours.open_from(at("2026-03-06T18:00:00+03")), Some(at("2026-03-10T09:00:00+03")));
        assert_eq!(hours.open_from(at("2026-03-06T17:59:59+03")), Some(at("2026-03-06T17:59:59+03")));
    }

    #[test]
    fn a_skipped_hour_is_no_working_time() {
        // Berlin, 2026-03-29: 02:00 becomes 03:00, so 01:00..04:00 has two hours.
        let calendar = calendar("Europe/Berlin", Some(&hours(1, 4)), &[]);
        let hours = Hours::of(&calendar).unwrap();
        let spans = hours.spans(Date::constant(2026, 3, 29));
        assert_eq!(spans, [(at("2026-03-29T01:00:00+01"), at("2026-03-29T04:00:00+02"))]);
        assert_eq!(spans[0].1.0 - spans[0].0.0, 2 * i64::from(HOUR));
    }

    #[test]
    fn a_skipped_wall_time_is_the_moment_of_the_change() {
        let half_past_two = (6 * DAY + 2 * HOUR + 1800, 6 * DAY + 2 * HOUR + 1800);
        let calendar = calendar("Europe/Berlin", Some(&[half_past_two]), &[]);
        let spans = Hours::of(&calendar).unwrap().spans(Date::constant(2026, 3, 29));
        assert_eq!(spans[0].0, at("2026-03-29T01:00:00Z"));
    }

    #[test]
    fn a_repeated_hour_counts_twice() {
        // Berlin, 2026-10-25: 03:00 becomes 02:00, so 02:00..03:00 is two hours long.
        let calendar = calendar("Europe/Berlin", Some(&hours(2, 3)), &[]);
        let hours = Hours::of(&calendar).unwrap();
        let spans = hours.spans(Date::constant(2026, 10, 25));
        assert_eq!(spans, [(at("2026-10-25T00:00:00Z"), at("2026-10-25T02:00:00Z"))]);
    }

    #[test]
    fn overlapping_spans_of_a_repeated_midnight_count_once() {
        // Havana, 2026-11-01: 01:00 becomes 00:00. Saturday runs to the second midnight, Sunday from the first.
        let calendar = calendar("America/Havana", None, &[]);
        let hours = Hours::of(&calendar).unwrap();
        let start = at("2026-10-31T23:00:00-04");
        assert_eq!(hours.after_open(start, Seconds(5 * 3600)), start.after(Seconds(5 * 3600)));
    }

    #[test]
    fn what_never_opens_is_never_waited_for() {
        let calendar = calendar("Europe/Moscow", Some(&[]), &[]);
        let hours = Hours::of(&calendar).unwrap();
        assert_eq!(hours.open_from(Instant(0)), None);
        assert_eq!(hours.after_open(Instant(0), Seconds(1)), None);
        assert_eq!(hours.open_from(Instant::NEVER), None);
    }

    #[test]
    fn a_date_begins_at_midnight_of_the_zone() {
        let moscow = calendar("Europe/Moscow", None, &[]);
        let midnight = at("2026-03-02T00:00:00+03");
        assert_eq!(date_of(Some(&moscow), midnight), Some(Date::constant(2026, 3, 2)));
        assert_eq!(date_of(None, midnight), Some(Date::constant(2026, 3, 1)));
        assert_eq!(date_of(None, Instant::NEVER), None);
    }

    #[test]
    fn an_unknown_zone_is_not_guessed() {
        assert!(Hours::of(&calendar("Mars/Olympus", None, &[])).is_none());
    }
}
