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
