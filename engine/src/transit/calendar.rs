//! Opening hours: open now, open next, open until, and so many open seconds later.

use super::clock::Clock;
use super::spans::{LOOK_AHEAD, Spans};
use crate::units::limits::CALENDAR_REACH;
use crate::units::{Instant, Seconds};
use crate::world::{Calendar, DAY, Shut, WEEK};

/// The weekly spans of a calendar that names none: each local date from its beginning to its end.
pub(super) const EACH_DATE: &[(u32, u32)] = &{
    let day = DAY as u32;
    let mut dates = [(0, 0); 7];
    let mut row = 0;
    while row < 7 {
        dates[row] = (row as u32 * day, (row as u32 + 1) * day);
        row += 1;
    }
    dates
};

/// The hours of a calendar, ready to be asked.
///
/// Spans that touch or cross in time are one: `… 24:00` and `00:00 …` of the next date do not part the night. An empty
/// span opens nothing. Nothing further than [`LOOK_AHEAD_DAYS`](crate::units::limits::LOOK_AHEAD_DAYS) from the
/// moment asked about is seen, and moments outside [`CALENDAR_REACH`] have no hours.
#[derive(Clone, Copy, Debug)]
pub struct Hours<'a> {
    pub(super) clock: Clock<'a>,
    pub(super) weekly: &'a [(u32, u32)],
    pub(super) closed: &'a [i32],
    /// Moments that are not open whatever the week says.
    pub(super) shut: &'a [Shut],
    /// Open at every moment, but for those.
    pub(super) always: bool,
}

impl<'a> Hours<'a> {
    /// The hours of a calendar. O(spans). [`Transit::hours`](super::Transit::hours) answers the same, faster.
    pub fn of(calendar: &'a Calendar) -> Hours<'a> {
        let weekly = calendar.weekly.as_deref().unwrap_or(EACH_DATE);
        Hours {
            clock: Clock::new(&calendar.zone.offsets, &[]),
            weekly,
            closed: &calendar.closed,
            shut: &calendar.shut,
            always: calendar.closed.is_empty() && fills_the_week(weekly),
        }
    }

    /// Whether it is open at `t`. O(log).
    pub fn is_open(self, t: Instant) -> bool {
        self.next_open(t) == Some(t)
    }

    /// The first open moment at or after `t`. O(log), and O(1) for each closed date passed.
    pub fn next_open(self, t: Instant) -> Option<Instant> {
        let at = reachable(t)?;
        if !self.shut.is_empty() {
            return self.next_open_beside(t);
        }
        if self.always {
            return Some(t);
        }
        // Ends never fall, so the first span that is not over is also the one that starts first.
        let next = Spans::ending_after(&self, at).find(|span| span.start < span.end && span.end > at)?;
        Some(Instant(next.start.max(at)))
    }

    /// The end of the span open at `t`, touching spans counted as one; nothing when closed at `t`.
    ///
    /// [`Instant::NEVER`] when it stays open for as far as is looked. O(log), and O(1) for each span joined.
    pub fn open_end(self, t: Instant) -> Option<Instant> {
        let at = reachable(t)?;
        if !self.shut.is_empty() {
            return self.open_end_beside(t);
        }
        if self.always {
            return Some(Instant::NEVER);
        }
        let mut open_until = at;
        let mut opened = false;
        for span in Spans::ending_after(&self, at).filter(|span| span.start < span.end && span.end > at) {
            if span.start > open_until {
                return opened.then_some(Instant(open_until));
            }
            open_until = open_until.max(span.end);
            opened = true;
        }
        match opened {
            true if open_until - at >= LOOK_AHEAD => Some(Instant::NEVER),
            true => Some(Instant(open_until)),
            false => None,
        }
    }

    /// The moment at which `lead` open seconds counted from `t` have passed.
    ///
    /// No lead is `t` itself, open or not; a positive lead ends when its last open second does. Nothing when that is
    /// too far ahead. O(log) for leads within a few spans; longer ones pass whole weeks between changes of offset
    /// and closed dates at once.
    pub fn after_working(self, t: Instant, lead: Seconds) -> Option<Instant> {
        if lead.0 <= 0 {
            return Some(t);
        }
        let begun = reachable(t)?;
        let until = begun + LOOK_AHEAD;
        let mut left = lead.0;
        if left > LOOK_AHEAD {
            return None;
        }
        if !self.shut.is_empty() {
            return self.after_working_beside(t, lead);
        }
        if self.always {
            return Some(Instant(begun + left));
        }
        let mut at = begun;
        let mut spans = Spans::ending_after(&self, at);
        loop {
            // One week span by span, which is all that most leads need …
            for _ in 0..self.weekly.len().max(1) {
                let span = spans.next()?;
                let open_from = span.start.max(at);
                if open_from >= until {
                    return None;
                }
                let open = (span.end - open_from).max(0);
                if left <= open {
                    return Some(open_from + left).filter(|&done| done <= until).map(Instant);
                }
                left -= open;
                at = at.max(span.end);
            }
            // … and then as many weeks at once as are all alike.
            let open_in_week =
                self.weekly.iter().map(|&(start, end)| i64::from(end) - i64::from(start)).sum();
            let weeks = spans.skip_weeks(at, left, open_in_week);
            at += weeks * WEEK;
            left -= weeks * open_in_week;
        }
    }
}

/// Whether weekly spans leave no moment of the week out.
pub(super) fn fills_the_week(weekly: &[(u32, u32)]) -> bool {
    let covered =
        weekly.iter().try_fold(0, |covered, &(start, end)| (start <= covered).then_some(end.max(covered)));
    covered.is_some_and(|covered| i64::from(covered) >= WEEK)
}

/// The moment in seconds, when calendars reach it.
pub(super) fn reachable(t: Instant) -> Option<i64> {
    (-CALENDAR_REACH..=CALENDAR_REACH).contains(&t.0).then_some(t.0)
}
