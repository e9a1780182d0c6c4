//! Departures against the plain model.

use super::naive::{hours_and_moment, joined, spans, starts_and_moment};
use super::worlds::{lane, world};
use crate::transit::{Departure, Timetable, Transit};
use crate::units::{Instant, Seconds};
use crate::world::{Calendar, CalendarIx, LaneIx, Schedule};
use proptest::prelude::*;

const DAYS: i64 = 30;

/// Compares one lane with the departures (rising) the plain model expects up to about `DAYS` after `ready`.
fn agree(
    calendar: Calendar,
    schedule: Schedule,
    ready: i64,
    cut_off: i64,
    expected: &[i64],
) -> Result<(), TestCaseError> {
    let world = world(2, vec![calendar], vec![lane(1, 0, schedule, cut_off, 3_600)]);
    let transit = Transit::new(&world);
    let timetable = Timetable::of(&world, LaneIx(0)).unwrap();
    let leg = |&departs: &i64| Departure { departs: Instant(departs), arrives: Instant(departs + 3_600) };
    let expected: Vec<Departure> =
        expected.iter().filter(|&&departs| departs >= ready + cut_off).map(leg).collect();
    let next = timetable.next_departure(Instant(ready));
    match expected.first() {
        Some(first) => prop_assert_eq!(next.as_ref(), Some(first)),
        None => prop_assert!(next.is_none_or(|next| next.departs.0 > ready + cut_off + (DAYS - 3) * 86_400)),
    }
    prop_assert_eq!(transit.next_departure(LaneIx(0), Instant(ready)), next);
    let count = expected.len().min(20);
    let several: Vec<Departure> = timetable.departures_from(Instant(ready)).take(count).collect();
    prop_assert_eq!(&several[..], &expected[..count]);
    for leg in &several {
        prop_assert!(timetable.is_departure(leg.departs));
        let beside = Instant(leg.departs.0 + 1);
        prop_assert_eq!(timetable.is_departure(beside), expected.iter().any(|leg| leg.departs == beside));
        prop_assert_eq!(timetable.next_departure(Instant(leg.departs.0 - cut_off)), Some(*leg));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(2_000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn weekly_departures_are_those_of_the_plain_model(
        (calendar, ready) in starts_and_moment(),
        cut_off in 0..200_000i64,
    ) {
        let mut expected: Vec<i64> = spans(&calendar, ready, DAYS).iter().map(|span| span.0).collect();
        expected.sort_unstable();
        expected.dedup();
        agree(calendar, Schedule::Weekly(CalendarIx(0)), ready, cut_off, &expected)?;
    }

    #[test]
    fn departures_every_so_often_are_those_of_the_plain_model(
        (calendar, ready) in hours_and_moment(),
        every in prop_oneof![1..60i64, 60..600i64].prop_map(|minutes| minutes * 60),
        cut_off in 0..20_000i64,
    ) {
        let mut expected: Vec<i64> = spans(&calendar, ready, DAYS)
            .into_iter()
            .flat_map(|(start, end)| (start..=end).step_by(every as usize))
            .collect();
        expected.sort_unstable();
        expected.dedup();
        let schedule = Schedule::Every { every: Seconds(every), calendar: Some(CalendarIx(0)) };
        agree(calendar, schedule, ready, cut_off, &expected)?;
    }

    #[test]
    fn vans_on_demand_leave_at_the_first_open_moment(
        (calendar, ready) in hours_and_moment(),
        cut_off in 0..20_000i64,
    ) {
        let earliest = ready + cut_off;
        let open = joined(&calendar, ready, DAYS).into_iter().find(|span| span.1 > earliest);
        let expected: Vec<i64> = open.into_iter().map(|span| span.0.max(earliest)).collect();
        let world = world(2, vec![calendar], vec![lane(1, 0, Schedule::OnDemand(Some(CalendarIx(0))), cut_off, 60)]);
        let timetable = Timetable::of(&world, LaneIx(0)).unwrap();
        let all: Vec<i64> = timetable.departures_from(Instant(ready)).map(|leg| leg.departs.0).collect();
        if !expected.is_empty() {
            prop_assert_eq!(all, expected);
        }
    }

    #[test]
    fn endless_departures_are_counted_from_1970(
        ready in -4_000_000_000..4_000_000_000i64,
        every in 60..100_000i64,
        cut_off in 0..20_000i64,
    ) {
        let world = world(2, vec![], vec![lane(1, 0, Schedule::Every { every: Seconds(every), calendar: None }, cut_off, 60)]);
        let timetable = Timetable::of(&world, LaneIx(0)).unwrap();
        let next = timetable.next_departure(Instant(ready)).unwrap().departs.0;
        prop_assert_eq!(next.rem_euclid(every), 0);
        prop_assert!((0..every).contains(&(next - ready - cut_off)));
    }

    #[test]
    fn who_is_ready_later_never_departs_earlier(
        (calendar, ready) in hours_and_moment(),
        later in 0..1_000_000i64,
        every in 60..10_000i64,
    ) {
        let schedules = [
            Schedule::Weekly(CalendarIx(0)),
            Schedule::Every { every: Seconds(every), calendar: Some(CalendarIx(0)) },
            Schedule::OnDemand(Some(CalendarIx(0))),
        ];
        let lanes = schedules.into_iter().map(|schedule| lane(1, 0, schedule, 900, 60)).collect();
        let world = world(2, vec![calendar], lanes);
        let transit = Transit::new(&world);
        for row in 0..3 {
            let first = transit.next_departure(LaneIx(row), Instant(ready));
            if let Some(second) = transit.next_departure(LaneIx(row), Instant(ready + later)) {
                prop_assert!(first.is_none_or(|first| first <= second));
                prop_assert!(first.is_some() || later > 0);
            }
        }
    }

    #[test]
    fn no_moment_however_far_panics(
        (calendar, _) in hours_and_moment(),
        ready in prop_oneof![any::<i64>(), -(1 << 41)..(1i64 << 41)],
        every in any::<i64>(),
        cut_off in any::<i64>(),
    ) {
        let every = Seconds(every);
        let schedules = [
            Schedule::Weekly(CalendarIx(0)),
            Schedule::Every { every, calendar: Some(CalendarIx(0)) },
            Schedule::Every { every, calendar: None },
            Schedule::OnDemand(None),
        ];
        let lanes = schedules.into_iter().map(|schedule| lane(1, 0, schedule, cut_off, cut_off)).collect();
        let world = world(2, vec![calendar], lanes);
        for row in 0..4 {
            let timetable = Timetable::of(&world, LaneIx(row)).unwrap();
            let _ = (timetable.departures_from(Instant(ready)).take(3).count(), timetable.is_departure(Instant(ready)));
        }
    }
}
