//! Hours and departures that do not take place although the week says so: a node closed out of turn.

use super::calendar::Hours;
use super::spans::Spans;
use crate::units::{Instant, Seconds};
use crate::world::Shut;

/// The first moment at or after one that none of the times holds; nothing when that is never.
pub(super) fn out_of(shut: &[Shut], at: Instant) -> Option<Instant> {
    let row = shut.partition_point(|&(_, until)| until <= at);
    match shut.get(row) {
        Some(&(from, until)) if from <= at => (until != Instant::NEVER).then_some(until),
        _ => Some(at),
    }
}

impl<'a> Hours<'a> {
    /// What the week says, whatever is shut.
    fn by_the_week(self) -> Hours<'a> {
        Hours { shut: &[], ..self }
    }

    /// [`Hours::next_open`] where something is shut.
    #[cold]
    pub(super) fn next_open_beside(self, t: Instant) -> Option<Instant> {
        let mut at = t;
        loop {
            let open = self.by_the_week().next_open(at)?;
            at = out_of(self.shut, open)?;
            if at == open {
                return Some(open);
            }
        }
    }

    /// [`Hours::open_end`] where something is shut.
    #[cold]
    pub(super) fn open_end_beside(self, t: Instant) -> Option<Instant> {
        if out_of(self.shut, t) != Some(t) {
            return None;
        }
        let end = self.by_the_week().open_end(t)?;
        let next = self.shut.iter().map(|&(from, _)| from).find(|&from| from > t);
        Some(next.map_or(end, |next| end.min(next)))
    }

    /// [`Hours::after_working`] where something is shut.
    #[cold]
    pub(super) fn after_working_beside(self, t: Instant, lead: Seconds) -> Option<Instant> {
        let week = self.by_the_week();
        let (mut at, mut left) = (t, lead.0);
        for &(from, until) in self.shut.iter().filter(|&&(_, until)| until > t) {
            if from > at {
                match week.after_working(at, Seconds(left)) {
                    Some(done) if done <= from => return Some(done),
                    _ => left -= week.worked(at, from).0,
                }
            }
            if until == Instant::NEVER {
                return None;
            }
            at = at.max(until);
        }
        week.after_working(at, Seconds(left))
    }

    /// Open time from one moment to a later one, whatever is shut. O(spans between them).
    pub fn worked(self, from: Instant, until: Instant) -> Seconds {
        if self.always {
            return Seconds(until.0 - from.0);
        }
        let (mut at, mut worked) = (from.0, 0);
        for span in Spans::ending_after(&self, from.0) {
            if span.start >= until.0 {
                break;
            }
            let (start, end) = (span.start.max(at), span.end.min(until.0));
            worked += (end - start).max(0);
            at = at.max(end);
        }
        Seconds(worked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Calendar, Zone};

    const HOUR: i64 = 3_600;

    /// Open 8 to 18 UTC each day; 1970-01-05 is a Monday. Shut on that Monday from 10 to 12 and from 17 on, to
    /// Tuesday 9.
    fn calendar() -> Calendar {
        let day = |day: u32| (day * 86_400 + 8 * 3_600, day * 86_400 + 18 * 3_600);
        Calendar {
            zone: Zone { name: "UTC".into(), offsets: vec![(i64::MIN, 0)] },
            weekly: Some((0..7).map(day).collect()),
            closed: Vec::new(),
            shut: vec![(at(0, 10), at(0, 12)), (at(0, 17), at(1, 9))],
        }
    }

    fn at(day: i64, hour: i64) -> Instant {
        Instant((4 + day) * 24 * HOUR + hour * HOUR)
    }

    #[test]
    fn what_is_shut_is_not_open() {
        let calendar = calendar();
        let hours = Hours::of(&calendar);
        assert_eq!(hours.next_open(at(0, 7)), Some(at(0, 8)));
        assert_eq!(hours.next_open(at(0, 10)), Some(at(0, 12)));
        assert_eq!(hours.next_open(at(0, 17)), Some(at(1, 9)));
        assert_eq!(hours.open_end(at(0, 9)), Some(at(0, 10)));
        assert_eq!(hours.open_end(at(0, 11)), None);
    }

    #[test]
    fn work_waits_while_it_is_shut() {
        let calendar = calendar();
        let hours = Hours::of(&calendar);
        let after = |from, hours_of_work: i64| hours.after_working(from, Seconds(hours_of_work * HOUR));
        assert_eq!(after(at(0, 8), 2), Some(at(0, 10)));
        assert_eq!(after(at(0, 8), 3), Some(at(0, 13)));
        assert_eq!(after(at(0, 11), 1), Some(at(0, 13)));
        assert_eq!(after(at(0, 9), 7), Some(at(1, 10)));
    }

    #[test]
    fn what_is_shut_for_good_never_opens() {
        let calendar = Calendar { shut: vec![(at(0, 10), Instant::NEVER)], ..calendar() };
        let hours = Hours::of(&calendar);
        assert_eq!(hours.next_open(at(0, 11)), None);
        assert_eq!(hours.after_working(at(0, 9), Seconds(HOUR)), Some(at(0, 10)));
        assert_eq!(hours.after_working(at(0, 9), Seconds(HOUR + 1)), None);
    }
}
