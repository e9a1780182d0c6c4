//! Moments as people at the hand-over node read them.

use crate::units::Instant;
use crate::world::Calendar;
use jiff::{Timestamp, tz};

/// A wall clock: UTC seconds in, local time out.
pub struct Wall {
    offsets: Vec<(i64, i32)>,
    name: String,
}

impl Wall {
    /// The clock of a calendar's zone; UTC without a calendar.
    pub fn of(calendar: Option<&Calendar>) -> Wall {
        match calendar {
            Some(calendar) => {
                Wall { offsets: calendar.zone.offsets.clone(), name: calendar.zone.name.to_string() }
            }
            None => Wall { offsets: Vec::new(), name: "UTC".to_owned() },
        }
    }

    /// Name of its zone.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds by which the wall clock is ahead of UTC.
    pub(in crate::plan) fn ahead(&self, at: Instant) -> i32 {
        let after = self.offsets.partition_point(|&(from, _)| from <= at.0);
        after.checked_sub(1).map_or(0, |row| self.offsets[row].1)
    }

    fn written(&self, at: Instant, pattern: &str) -> String {
        let moment = Timestamp::from_second(at.0).ok();
        let offset = tz::Offset::from_seconds(self.ahead(at)).ok();
        match moment.zip(offset) {
            Some((moment, offset)) => moment.to_zoned(offset.to_time_zone()).strftime(pattern).to_string(),
            None => "out of time".to_owned(),
        }
    }

    /// Day and time, as `Mon 2 Mar 10:15`.
    pub fn day_time(&self, at: Instant) -> String {
        self.written(at, "%a %-d %b %H:%M")
    }

    /// Day, year and time, as `Mon 2 Mar 2026 10:15`.
    pub fn date_time(&self, at: Instant) -> String {
        self.written(at, "%a %-d %b %Y %H:%M")
    }

    /// Time alone, as `10:15`.
    pub(in crate::plan) fn time(&self, at: Instant) -> String {
        self.written(at, "%H:%M")
    }

    /// Day alone, as `Mon 2 Mar`.
    pub(in crate::plan) fn day(&self, at: Instant) -> String {
        self.written(at, "%a %-d %b")
    }

    /// Time alone where `at` is on the day of `since`, else with its day.
    pub fn after(&self, since: Instant, at: Instant) -> String {
        const DAY: &str = "%F";
        if self.written(since, DAY) == self.written(at, DAY) {
            self.written(at, "%H:%M")
        } else {
            self.day_time(at)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Zone;

    #[test]
    fn wall_time_follows_the_zone() {
        // 2026-03-29T01:00:00Z: Berlin goes from one to two hours ahead.
        let change = 1_774_746_000;
        let zone = Zone { name: "Europe/Berlin".into(), offsets: vec![(i64::MIN, 3600), (change, 7200)] };
        let wall = Wall::of(Some(&Calendar { zone, weekly: None, closed: Vec::new(), shut: Vec::new() }));
        assert_eq!(wall.day_time(Instant(change - 60)), "Sun 29 Mar 01:59");
        assert_eq!(wall.after(Instant(change - 60), Instant(change)), "03:00");
        assert_eq!(Wall::of(None).date_time(Instant(0)), "Thu 1 Jan 1970 00:00");
        assert_eq!(wall.day_time(Instant(i64::MAX)), "out of time");
    }
}
