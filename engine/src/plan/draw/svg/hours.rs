//! When is work done that begins only in working hours? For drawing: plans tell when handling can end, not when it does.

use crate::units::{Instant, Seconds};
use crate::world::{Calendar, DAY};

/// No longer than this is looked for hours to work in.
const DAYS: i64 = 400;

/// When work of some time begins and ends that may begin `from`; round the clock without a calendar, and where a
/// calendar has no hours for it.
pub fn worked(calendar: Option<&Calendar>, from: Instant, time: Seconds) -> (Instant, Instant) {
    let plain = (from, from.after(time.max(Seconds::ZERO)).unwrap_or(from));
    let Some(calendar) = calendar.filter(|_| time.0 > 0) else { return plain };
    let (mut left, mut begins) = (time.0, None);
    let today = (from.0.saturating_add(i64::from(ahead(calendar, from.0)))).div_euclid(DAY);
    for date in today - 1..today + DAYS {
        if i32::try_from(date).is_ok_and(|date| calendar.closed.binary_search(&date).is_ok()) {
            continue;
        }
        for (start, end) in spans(calendar, date) {
            let opens = moment(calendar, start, true).max(from.0);
            let closes = moment(calendar, end, false);
            if closes <= opens {
                continue;
            }
            let begun = *begins.get_or_insert(opens);
            if left <= closes - opens {
                return (Instant(begun), Instant(opens + left));
            }
            left -= closes - opens;
        }
    }
    plain
}

/// Spans of a local date, in local seconds.
fn spans(calendar: &Calendar, date: i64) -> impl Iterator<Item = (i64, i64)> {
    // 1970-01-01 was a Thursday.
    let weekday = (date + 3).rem_euclid(7);
    let (monday, whole) = ((date - weekday) * DAY, weekday * DAY..(weekday + 1) * DAY);
    let round_the_clock = calendar.weekly.is_none().then_some((date * DAY, (date + 1) * DAY));
    let weekly = calendar.weekly.iter().flatten().map(|&(start, end)| (i64::from(start), i64::from(end)));
    let weekly = weekly.filter(move |(start, _)| whole.contains(start));
    round_the_clock.into_iter().chain(weekly.map(move |(start, end)| (monday + start, monday + end)))
}

fn row(calendar: &Calendar, at: i64) -> usize {
    calendar.zone.offsets.partition_point(|&(from, _)| from <= at).saturating_sub(1)
}

fn ahead(calendar: &Calendar, at: i64) -> i32 {
    calendar.zone.offsets.get(row(calendar, at)).map_or(0, |&(_, ahead)| ahead)
}

/// The moment of a local time: of two the first or the last, of none that of the change which skips it.
fn moment(calendar: &Calendar, local: i64, first: bool) -> i64 {
    let near = row(calendar, local - DAY)..=row(calendar, local + DAY);
    let offsets = calendar.zone.offsets.get(near).unwrap_or(&[]);
    let fitting = offsets
        .iter()
        .map(|&(_, o)| local - i64::from(o))
        .filter(|&at| ahead(calendar, at) as i64 == local - at);
    let found = if first { fitting.min() } else { fitting.max() };
    let skipped = || {
        offsets
            .iter()
            .skip(1)
            .map(|&(from, _)| from)
            .find(|&from| from + i64::from(ahead(calendar, from)) > local)
    };
    found.or_else(skipped).unwrap_or(local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Zone;

    const HOUR: i64 = 3600;
    /// 2026-03-30T00:00:00Z, a Monday, the day after Berlin went from one to two hours ahead.
    const MONDAY: i64 = 1_774_828_800;

    fn berlin(weekly: Option<Vec<(u32, u32)>>, closed: Vec<i32>) -> Calendar {
        let offsets = vec![(i64::MIN, 3600), (1_774_746_000, 7200)];
        Calendar { zone: Zone { name: "Europe/Berlin".into(), offsets }, weekly, closed, shut: Vec::new() }
    }

    fn hours(calendar: &Calendar, from: i64, hours: i64) -> (i64, i64) {
        let (begins, ends) = worked(Some(calendar), Instant(MONDAY + from * HOUR), Seconds(hours * HOUR));
        ((begins.0 - MONDAY) / HOUR, (ends.0 - MONDAY) / HOUR)
    }

    #[test]
    fn work_waits_for_its_hours_and_goes_on_in_the_next() {
        // Monday and Tuesday from nine to twelve, local time: seven to ten in UTC.
        let nine_to_twelve = |day: u32| (day * 86_400 + 9 * 3600, day * 86_400 + 12 * 3600);
        let calendar = berlin(Some(vec![nine_to_twelve(0), nine_to_twelve(1)]), vec![]);
        assert_eq!(hours(&calendar, 5, 2), (7, 9));
        assert_eq!(hours(&calendar, 8, 2), (8, 10));
        assert_eq!(hours(&calendar, 8, 3), (8, 24 + 8));
        assert_eq!(hours(&calendar, 10, 1), (24 + 7, 24 + 8));
        assert_eq!(hours(&calendar, 48, 1), (7 * 24 + 7, 7 * 24 + 8), "a week later");
        let monday = (MONDAY / DAY) as i32;
        let closed = berlin(calendar.weekly.clone(), vec![monday]);
        assert_eq!(hours(&closed, 5, 2), (24 + 7, 24 + 9));
    }

    #[test]
    fn a_skipped_hour_is_not_worked() {
        // Sunday, when the clock goes from two to three: one hour of work from half past one ends at half past three.
        let calendar = berlin(Some(vec![(6 * 86_400, 7 * 86_400)]), vec![]);
        let from = Instant(1_774_746_000 - 1800);
        assert_eq!(worked(Some(&calendar), from, Seconds(HOUR)), (from, Instant(from.0 + HOUR)));
        assert_eq!(
            moment(&calendar, 1_774_746_000 + 2 * HOUR - 1800, true),
            1_774_746_000,
            "half past two is not"
        );
    }

    #[test]
    fn without_hours_work_goes_on_round_the_clock() {
        let never = berlin(Some(vec![]), vec![]);
        assert_eq!(hours(&never, 5, 2), (5, 7));
        assert_eq!(hours(&berlin(None, vec![]), 5, 30), (5, 35));
        assert_eq!(worked(None, Instant(5), Seconds(7)), (Instant(5), Instant(12)));
    }
}
