//! The spans of a calendar as moments, one after another.

use super::calendar::Hours;
use crate::units::limits::LOOK_AHEAD_DAYS;
use crate::world::{DAY, WEEK};

/// Monday of the week of 1970-01-01, a Thursday.
const FIRST_MONDAY: i64 = -3 * DAY;

/// Furthest a question asked at some moment looks, in seconds.
pub(super) const LOOK_AHEAD: i64 = LOOK_AHEAD_DAYS * DAY;

/// An open span `[start, end)` in UTC seconds, or a single departure where both are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: i64,
    pub(super) end: i64,
}

/// Walks the spans of a calendar forward. Starts never fall, and neither do ends.
#[derive(Clone, Debug)]
pub(super) struct Spans<'a> {
    hours: Hours<'a>,
    /// Monday 00:00 of the week the next span is in, on the wall.
    monday: i64,
    /// Its row in the weekly spans.
    row: usize,
    /// Row of an offset near it.
    piece: usize,
    /// No span that starts after this is given.
    until: i64,
}

impl<'a> Spans<'a> {
    /// Spans that end after `t`. O(log).
    pub(super) fn ending_after(hours: Hours<'a>, t: i64) -> Spans<'a> {
        let piece = hours.clock.piece(t);
        let over = hours.clock.over(t, piece);
        let in_week = (over - FIRST_MONDAY).rem_euclid(WEEK);
        let row = hours.weekly.partition_point(|&(_, end)| i64::from(end) <= in_week);
        Spans { hours, monday: over - in_week, row, piece, until: t + LOOK_AHEAD }
    }

    /// Spans that start at or after `t`. O(log).
    pub(super) fn starting_from(hours: Hours<'a>, t: i64) -> Spans<'a> {
        let piece = hours.clock.piece(t);
        let unseen = hours.clock.unseen(t);
        let in_week = (unseen - FIRST_MONDAY).rem_euclid(WEEK);
        let row = hours.weekly.partition_point(|&(start, _)| i64::from(start) < in_week);
        Spans { hours, monday: unseen - in_week, row, piece, until: t + LOOK_AHEAD }
    }

    /// Skips whole weeks that are all alike and open less than `left` seconds together: gives how many.
    ///
    /// `at` is where the walk stands. Weeks are alike where no change of offset and no closed date is near; two days
    /// are kept clear of a change because the wall is never more than about a day off.
    pub(super) fn skip_weeks(&mut self, at: i64, left: i64, open_in_week: i64) -> i64 {
        let piece = self.hours.clock.piece(at);
        let (begins, ends) = self.hours.clock.bounds(piece);
        if open_in_week <= 0 || at.saturating_sub(begins) < 2 * DAY {
            return 0;
        }
        let wall = self.hours.clock.wall(at, piece);
        let today = wall.div_euclid(DAY);
        let closed = self.hours.closed;
        let to_closed = match closed.get(closed.partition_point(|&date| i64::from(date) < today - 1)) {
            Some(&date) => i64::from(date) * DAY - DAY - wall,
            None => i64::MAX,
        };
        let to_change = ends.saturating_sub(at).saturating_sub(2 * DAY);
        let clear = to_closed.min(to_change).min(self.until - at).div_euclid(WEEK);
        let weeks = clear.min((left - 1) / open_in_week).max(0);
        self.monday += weeks * WEEK;
        weeks
    }
}

impl Iterator for Spans<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        if self.hours.weekly.is_empty() {
            return None;
        }
        loop {
            if self.row >= self.hours.weekly.len() {
                self.row = 0;
                self.monday += WEEK;
            }
            let (start, end) = self.hours.weekly[self.row];
            self.row += 1;
            let wall = self.monday + i64::from(start);
            // The wall is never two days off, so this ends the walk over dates that are all closed.
            if wall > self.until + 2 * DAY {
                return None;
            }
            if self.hours.closed_on(wall.div_euclid(DAY)) {
                continue;
            }
            let clock = self.hours.clock;
            let first = clock.first(wall, self.piece);
            if first > self.until {
                return None;
            }
            let last =
                if start == end { first } else { clock.last(self.monday + i64::from(end), self.piece) };
            return Some(Span { start: first, end: last });
        }
    }
}
