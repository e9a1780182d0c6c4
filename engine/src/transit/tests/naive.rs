//! The plain model: every span of every date turned into moments by civil arithmetic, sorted, joined, walked.

use super::worlds::{ZONES, changes, tz, zone};
use crate::world::Calendar;
use jiff::civil::{Date, date};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

const EPOCH: Date = date(1970, 1, 1);

/// A wall time as a moment: its first or last occurrence, or the change that skips it.
fn moment(zone: &TimeZone, on: Date, second: i64, last: bool) -> i64 {
    let wall = on.at(0, 0, 0, 0).checked_add(second.seconds()).unwrap();
    let less = |offset: jiff::tz::Offset| offset.to_timestamp(wall).unwrap();
    match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => less(offset).as_second(),
        AmbiguousOffset::Fold { before, after } => less(if last { after } else { before }).as_second(),
        AmbiguousOffset::Gap { before, .. } => {
            let after_change = less(before).checked_add(1.seconds()).unwrap();
            zone.preceding(after_change).next().unwrap().timestamp().as_second()
        }
    }
}

/// Spans of the dates from two before that of `t` to `days` after it, one by one.
pub(super) fn spans(calendar: &Calendar, t: i64, days: i64) -> Vec<(i64, i64)> {
    let zone = tz(&calendar.zone.name);
    let today = Timestamp::from_second(t).unwrap().to_zoned(zone.clone()).date();
    let mut spans = Vec::new();
    for ahead in -2..=days {
        let on = today.checked_add(ahead.days()).unwrap();
        let number = EPOCH.until(on).unwrap().get_days();
        if calendar.closed.contains(&number) {
            continue;
        }
        let midnight = i64::from(on.weekday().to_monday_zero_offset()) * 86_400;
        let all_day = vec![(midnight as u32, midnight as u32 + 86_400)];
        for &(start, end) in calendar.weekly.as_ref().unwrap_or(&all_day) {
            let (start, end) = (i64::from(start) - midnight, i64::from(end) - midnight);
            if (0..86_400).contains(&start) {
                let first = moment(&zone, on, start, false);
                spans.push((first, if start == end { first } else { moment(&zone, on, end, true) }));
            }
        }
    }
    spans
}

/// The same without empty ones, spans that touch or cross joined.
pub(super) fn joined(calendar: &Calendar, t: i64, days: i64) -> Vec<(i64, i64)> {
    let mut all = spans(calendar, t, days);
    all.retain(|span| span.0 < span.1);
    all.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (start, end) in all {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

pub(super) fn after_working(joined: &[(i64, i64)], t: i64, lead: i64) -> Option<i64> {
    let mut left = lead;
    for &(start, end) in joined.iter().filter(|span| span.1 > t) {
        let from = start.max(t);
        if left <= end - from {
            return Some(from + left);
        }
        left -= end - from;
    }
    None
}

/// A zone of the list by its row.
fn zone_name() -> impl Strategy<Value = &'static str> {
    (0..ZONES.len()).prop_map(|row| ZONES[row])
}

/// Moments, half of them within four days of a change of offset, and half of those within hours.
fn moment_in(name: &'static str) -> impl Strategy<Value = i64> {
    let changes: Vec<i64> = changes(name).into_iter().filter(|&change| change > 631_152_000).collect();
    let off = prop_oneof![-4 * 86_400..4 * 86_400i64, -9_000..9_000i64];
    let near = (any::<prop::sample::Index>(), off);
    let near = near.prop_map(move |(which, off)| match changes.is_empty() {
        true => 1_700_000_000 + off,
        false => changes[which.index(changes.len())] + off,
    });
    prop_oneof![near, 631_152_000..3_000_000_000i64].prop_flat_map(|t| {
        // Whole minutes and seconds beside them are where mistakes live.
        prop_oneof![Just(t), Just(t - t.rem_euclid(600)), Just(t - t.rem_euclid(600) - 1)]
    })
}

/// Spans of one weekday in steps of ten minutes; beginning and end of the date are common.
fn spans_of_day() -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop::collection::btree_set(0..168u32, 0..5).prop_map(|slots| {
        let mut edges: Vec<u32> = slots.into_iter().map(|slot| slot.clamp(12, 156) - 12).collect();
        edges.dedup();
        edges.chunks_exact(2).map(|pair| (pair[0] * 600, pair[1] * 600)).collect()
    })
}

fn weekly_spans() -> impl Strategy<Value = Option<Vec<(u32, u32)>>> {
    let days = prop::collection::vec(spans_of_day(), 7).prop_map(|days| {
        let on = |(day, spans): (usize, Vec<(u32, u32)>)| {
            let midnight = day as u32 * 86_400;
            spans.into_iter().map(move |(start, end)| (midnight + start, midnight + end))
        };
        Some(days.into_iter().enumerate().flat_map(on).collect())
    });
    prop_oneof![9 => days, 1 => Just(None)]
}

fn calendar_around(
    weekly: impl Strategy<Value = Option<Vec<(u32, u32)>>>,
) -> impl Strategy<Value = (Calendar, i64)> {
    let near = |name| (Just(name), moment_in(name), prop::collection::btree_set(-3..30i32, 0..6));
    (zone_name().prop_flat_map(near), weekly).prop_map(|((name, t, closed), weekly)| {
        let today = t.div_euclid(86_400) as i32;
        let closed = closed.into_iter().map(|off| today + off).collect();
        (Calendar { zone: zone(name), weekly, closed, shut: Vec::new() }, t)
    })
}

/// A calendar of hours and a moment to ask about.
pub(super) fn hours_and_moment() -> impl Strategy<Value = (Calendar, i64)> {
    calendar_around(weekly_spans())
}

/// A calendar of single departures and a moment to ask about.
pub(super) fn starts_and_moment() -> impl Strategy<Value = (Calendar, i64)> {
    let starts = prop::collection::btree_set(0..1_008u32, 1..15)
        .prop_map(|slots| Some(slots.into_iter().map(|slot| (slot * 600, slot * 600)).collect()));
    calendar_around(starts)
}
