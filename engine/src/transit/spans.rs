//! The spans of a calendar as moments, one after another.

use super::calendar::Hours;
use crate::units::limits::LOOK_AHEAD_DAYS;
use crate::world::{DAY, WEEK};
use std::ops::Range;

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
pub(super) struct Spans<'h> {
    hours: &'h Hours<'h>,
    /// Monday 00:00 of the week the next span is in, on the wall.
    monday: i64,
    /// Its row in the weekly spans.
    row: usize,
    /// Row of the closed date that comes next.
    closed: usize,
    /// Row of the offset in force where the walk began.
    piece: usize,
    /// That offset, and the wall times that are moments by it alone.
    ahead: i64,
    plain: Range<i64>,
    /// No span that starts after this is given.
    until: i64,
}

impl<'h> Spans<'h> {
    /// Spans that end after `t`. O(log).
    #[inline]
    pub(super) fn ending_after(hours: &'h Hours<'h>, t: i64) -> Spans<'h> {
        let piece = hours.clock.piece(t);
        let over = hours.clock.over(t, piece);
        Spans::begin(hours, t, piece, over, |(_, end), in_week| i64::from(end) <= in_week)
    }

    /// Spans that start at or after `t`, after some that began earlier where the wall was turned back. O(log).
    #[inline]
    pub(super) fn starting_from(hours: &'h Hours<'h>, t: i64) -> Spans<'h> {
        // A wall time skipped just before `t` is the moment `t`, so what counts is the wall a second earlier.
        let piece = hours.clock.piece(t - 1);
        let wall = hours.clock.wall(t - 1, piece) + 1;
        Spans::begin(hours, t, piece, wall, |(start, _), in_week| i64::from(start) < in_week)
    }

    /// Spans from the week of `wall` on without those of it that are `past` its second of the week.
    #[inline]
    fn begin(
        hours: &'h Hours<'h>,
        t: i64,
        piece: usize,
        wall: i64,
        past: impl Fn((u32, u32), i64) -> bool,
    ) -> Spans<'h> {
        let in_week = (wall - FIRST_MONDAY).rem_euclid(WEEK);
        let date = wall.div_euclid(DAY);
        Spans {
            hours,
            monday: wall - in_week,
            row: hours.weekly.partition_point(|&span| past(span, in_week)),
            closed: hours.closed.partition_point(|&closed| i64::from(closed) < date),
            piece,
            ahead: hours.clock.ahead(piece),
            plain: hours.clock.plain(piece),
            until: t + LOOK_AHEAD,
        }
    }

    /// Whether the local date is closed. Dates asked about never fall.
    #[inline]
    fn closed_on(&mut self, date: i64) -> bool {
        while let Some(&closed) = self.hours.closed.get(self.closed) {
            if i64::from(closed) >= date {
                return i64::from(closed) == date;
            }
            self.closed += 1;
        }
        false
    }

    /// A span by its wall times, wherever they lie.
    #[cold]
    fn near_a_change(&self, start: i64, end: i64) -> Span {
        let clock = self.hours.clock;
        let first = clock.first(start, self.piece);
        Span { start: first, end: if start == end { first } else { clock.last(end, self.piece) } }
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

    #[inline]
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
            if self.closed_on(wall.div_euclid(DAY)) {
                continue;
            }
            let wall_end = self.monday + i64::from(end);
            let span = if wall >= self.plain.start && wall_end < self.plain.end {
                Span { start: wall - self.ahead, end: wall_end - self.ahead }
            } else {
                self.near_a_change(wall, wall_end)
            };
            return (span.start <= self.until).then_some(span);
        }
    }
}
