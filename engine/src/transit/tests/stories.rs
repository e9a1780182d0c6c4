//! Stories whose arithmetic can be done by hand.

use super::worlds::{at, day, lane, weekly, world, zone};
use crate::transit::{Hours, Timetable, Transit, Way};
use crate::units::{IndexVec, Instant, Money, Seconds, Temperatures};
use crate::world::{Calendar, CalendarIx, LaneIx, NodeIx, Schedule, StorageZone, Stores, ZoneIx};

const WORKDAYS: &[u32] = &[0, 1, 2, 3, 4];
const ALL_DAYS: &[u32] = &[0, 1, 2, 3, 4, 5, 6];
const HOUR: u32 = 60;

fn calendar(name: &str, weekly: Option<Vec<(u32, u32)>>, closed: &[i32]) -> Calendar {
    Calendar { zone: zone(name), weekly, closed: closed.to_vec(), shut: Vec::new() }
}

/// Asks when so many open minutes counted from a moment have passed.
fn done(calendar: &Calendar, from: &str, minutes: i64) -> Option<i64> {
    Hours::of(calendar).after_working(Instant(at(from)), Seconds(minutes * 60)).map(|done| done.0)
}

fn departs(calendar: Calendar, schedule: Schedule, cut_off: i64, ready: &str) -> Option<i64> {
    let world = world(2, vec![calendar], vec![lane(1, 0, schedule, cut_off * 60, 3_600)]);
    let leg = Transit::new(&world).next_departure(LaneIx(0), Instant(at(ready)))?;
    assert_eq!(leg.arrives.0, leg.departs.0 + 3_600);
    Some(leg.departs.0)
}

#[test]
fn a_minute_late_for_the_cut_off_is_a_day_late() {
    // Daily at 18:00 in Moscow, parcels ready by 16:30. 2026-03-02 is a Monday.
    let daily = || calendar("Europe/Moscow", weekly(ALL_DAYS, &[(18 * HOUR, 18 * HOUR)]), &[]);
    let schedule = || Schedule::Weekly(CalendarIx(0));
    assert_eq!(
        departs(daily(), schedule(), 90, "2026-03-02T16:30+03:00"),
        Some(at("2026-03-02T18:00+03:00"))
    );
    assert_eq!(
        departs(daily(), schedule(), 90, "2026-03-02T16:31+03:00"),
        Some(at("2026-03-03T18:00+03:00"))
    );
}

#[test]
fn nothing_leaves_on_a_holiday() {
    let daily = calendar("Europe/Moscow", weekly(WORKDAYS, &[(540, 540)]), &[day(2026, 3, 9)]);
    // Friday's van is gone; Monday is a holiday.
    let ready = "2026-03-06T09:01+03:00";
    let next = departs(daily, Schedule::Weekly(CalendarIx(0)), 0, ready);
    assert_eq!(next, Some(at("2026-03-10T09:00+03:00")));
}

#[test]
fn picking_stops_for_the_night_the_weekend_and_the_holiday() {
    let shop = calendar("Europe/Moscow", weekly(WORKDAYS, &[(540, 1080)]), &[day(2026, 3, 9)]);
    // Friday 17:00: one hour on Friday, the second on Tuesday.
    assert_eq!(done(&shop, "2026-03-06T17:00+03:00", 120), Some(at("2026-03-10T10:00+03:00")));
    // The last open second of Friday ends it on Friday.
    assert_eq!(done(&shop, "2026-03-06T17:00+03:00", 60), Some(at("2026-03-06T18:00+03:00")));
    // No lead is ready at once, also at night.
    assert_eq!(done(&shop, "2026-03-07T03:00+03:00", 0), Some(at("2026-03-07T03:00+03:00")));
    assert_eq!(done(&shop, "2026-03-07T03:00+03:00", 1), Some(at("2026-03-10T09:01+03:00")));
}

#[test]
fn ten_weeks_of_work_take_ten_weeks_and_the_holiday() {
    let shop = calendar("Europe/Moscow", weekly(WORKDAYS, &[(540, 1080)]), &[day(2026, 3, 9)]);
    // 50 days of nine hours from Monday 2026-03-02 on, one of them lost: until Monday 2026-05-11, 18:00.
    assert_eq!(done(&shop, "2026-03-02T00:00+03:00", 50 * 540), Some(at("2026-05-11T18:00+03:00")));
}

#[test]
fn the_night_of_spring_has_an_hour_less_of_work() {
    // Berlin, 2026-03-29: at 02:00 it is 03:00.
    let night = calendar("Europe/Berlin", weekly(ALL_DAYS, &[(0, 6 * HOUR)]), &[]);
    assert_eq!(done(&night, "2026-03-29T00:00+01:00", 5 * 60), Some(at("2026-03-29T06:00+02:00")));
    // Hours and a van that begin at a wall time that is skipped begin at the change.
    let early = calendar("Europe/Berlin", weekly(ALL_DAYS, &[(150, 300)]), &[]);
    let opens = Hours::of(&early).next_open(Instant(at("2026-03-29T00:00+01:00")));
    assert_eq!(opens, Some(Instant(at("2026-03-29T01:00Z"))));
    let van = calendar("Europe/Berlin", weekly(ALL_DAYS, &[(150, 150)]), &[]);
    let next = departs(van, Schedule::Weekly(CalendarIx(0)), 0, "2026-03-29T00:00+01:00");
    assert_eq!(next, Some(at("2026-03-29T01:00Z")));
}

#[test]
fn the_night_of_autumn_has_an_hour_more_of_work() {
    // Berlin, 2026-10-25: at 03:00 it is 02:00 again.
    let night = calendar("Europe/Berlin", weekly(ALL_DAYS, &[(0, 6 * HOUR)]), &[]);
    assert_eq!(done(&night, "2026-10-25T00:00+02:00", 7 * 60), Some(at("2026-10-25T06:00+01:00")));
    // 02:30 starts when it is first 02:30, and ends when it is last 02:30.
    let late = calendar("Europe/Berlin", weekly(ALL_DAYS, &[(150, 180)]), &[]);
    let opens = Hours::of(&late).next_open(Instant(at("2026-10-25T00:00+02:00"))).unwrap();
    assert_eq!(opens.0, at("2026-10-25T02:30+02:00"));
    assert_eq!(Hours::of(&late).open_end(opens), Some(Instant(at("2026-10-25T03:00+01:00"))));
    let until = calendar("Europe/Berlin", weekly(ALL_DAYS, &[(0, 150)]), &[]);
    let end = Hours::of(&until).open_end(Instant(at("2026-10-25T00:00+02:00")));
    assert_eq!(end, Some(Instant(at("2026-10-25T02:30+01:00"))));
    // A van leaves once, at the first of the two.
    let van = || calendar("Europe/Berlin", weekly(ALL_DAYS, &[(150, 150)]), &[]);
    let next = |ready| departs(van(), Schedule::Weekly(CalendarIx(0)), 0, ready);
    assert_eq!(next("2026-10-25T02:30+02:00"), Some(at("2026-10-25T02:30+02:00")));
    assert_eq!(next("2026-10-25T02:31+02:00"), Some(at("2026-10-26T02:30+01:00")));
}

#[test]
fn hours_over_midnight_are_one_and_a_closed_date_parts_them() {
    let spans = [(0, 2 * HOUR), (22 * HOUR, 24 * HOUR)];
    let bar = calendar("Asia/Kolkata", weekly(ALL_DAYS, &spans), &[day(2026, 3, 4)]);
    let hours = Hours::of(&bar);
    let end = |from| hours.open_end(Instant(at(from))).map(|end| end.0);
    assert_eq!(end("2026-03-02T23:00+05:30"), Some(at("2026-03-03T02:00+05:30")));
    assert_eq!(end("2026-03-03T23:00+05:30"), Some(at("2026-03-04T00:00+05:30")));
    assert_eq!(done(&bar, "2026-03-02T23:00+05:30", 120), Some(at("2026-03-03T01:00+05:30")));
}

#[test]
fn a_shuttle_runs_up_to_and_with_closing_time() {
    let every =
        |minutes: i64| Schedule::Every { every: Seconds(minutes * 60), calendar: Some(CalendarIx(0)) };
    let shop = || calendar("Europe/Moscow", weekly(WORKDAYS, &[(540, 1080)]), &[]);
    let next = |minutes, ready| departs(shop(), every(minutes), 0, ready);
    assert_eq!(next(30, "2026-03-02T09:00+03:00"), Some(at("2026-03-02T09:00+03:00")));
    assert_eq!(next(30, "2026-03-02T17:31+03:00"), Some(at("2026-03-02T18:00+03:00")));
    assert_eq!(next(30, "2026-03-02T18:01+03:00"), Some(at("2026-03-03T09:00+03:00")));
    // Nine hours hold five runs of every two hours: the last at 17:00.
    assert_eq!(next(120, "2026-03-02T17:01+03:00"), Some(at("2026-03-03T09:00+03:00")));
}

#[test]
fn where_spans_cross_in_autumn_the_earlier_shuttle_is_taken() {
    // Berlin, 2026-10-25: 00:00–02:20 lasts until the second 02:20 (01:20Z), 02:30–05:00 starts at the first 02:30
    // (00:30Z). Every 100 minutes from 22:00Z: 23:40Z, 01:20Z; and from 00:30Z: 02:10Z, 03:50Z.
    let every = Schedule::Every { every: Seconds(6_000), calendar: Some(CalendarIx(0)) };
    let night = calendar("Europe/Berlin", weekly(ALL_DAYS, &[(0, 140), (150, 300)]), &[]);
    let world = world(2, vec![night], vec![lane(1, 0, every, 0, 0)]);
    let legs = Timetable::of(&world, LaneIx(0)).unwrap().departures_from(Instant(at("2026-10-24T23:41Z")));
    let departs: Vec<i64> = legs.take(4).map(|leg| leg.departs.0).collect();
    let expected = ["2026-10-25T00:30Z", "2026-10-25T01:20Z", "2026-10-25T02:10Z", "2026-10-25T03:50Z"];
    assert_eq!(departs, expected.map(at));
}

#[test]
fn round_the_clock_is_round_the_clock_but_for_closed_dates() {
    let locker = calendar("Europe/Moscow", None, &[]);
    let hours = Hours::of(&locker);
    let t = Instant(at("2026-01-01T03:00+03:00"));
    assert!(hours.is_open(t));
    assert_eq!(hours.open_end(t), Some(Instant::NEVER));
    assert_eq!(done(&locker, "2026-01-01T03:00+03:00", 60), Some(at("2026-01-01T04:00+03:00")));
    let rests = calendar("Europe/Moscow", None, &[day(2026, 1, 1)]);
    assert_eq!(Hours::of(&rests).next_open(t), Some(Instant(at("2026-01-02T00:00+03:00"))));
    assert_eq!(done(&rests, "2025-12-31T23:00+03:00", 120), Some(at("2026-01-02T01:00+03:00")));
}

#[test]
fn a_skipped_date_has_no_hours() {
    // Samoa went from the end of Thursday 2011-12-29 to the beginning of Saturday 2011-12-31.
    let shop = calendar("Pacific/Apia", weekly(ALL_DAYS, &[(540, 1080)]), &[]);
    let opens = Hours::of(&shop).next_open(Instant(at("2011-12-29T18:00-10:00")));
    assert_eq!(opens, Some(Instant(at("2011-12-31T09:00+14:00"))));
}

#[test]
fn what_never_opens_says_so() {
    let never = calendar("Europe/Moscow", Some(Vec::new()), &[]);
    let t = Instant(at("2026-03-02T00:00Z"));
    let hours = Hours::of(&never);
    assert_eq!((hours.next_open(t), hours.open_end(t)), (None, None));
    assert_eq!(hours.after_working(t, Seconds(1)), None);
    let points = calendar("Europe/Moscow", weekly(WORKDAYS, &[(540, 540)]), &[]);
    assert_eq!(Hours::of(&points).next_open(t), None);
    assert_eq!(Hours::of(&points).after_working(t, Seconds(1)), None);
    let world = world(1, vec![never], Vec::new());
    assert_eq!(Transit::new(&world).hand_over_at(NodeIx(0), t), None);
    assert!(Timetable::of(&world, LaneIx(0)).is_none());
}

#[test]
fn ways_to_a_node_stand_by_where_they_come_from() {
    let van = |from, to| lane(from, to, Schedule::OnDemand(None), 0, 60);
    let world = world(4, vec![], vec![van(3, 0), van(1, 0), van(0, 2), van(1, 0)]);
    let transit = Transit::new(&world);
    let way = |from, lane| Way { from: NodeIx(from), lane: LaneIx(lane) };
    assert_eq!(transit.ways_to(NodeIx(0)), [way(1, 1), way(1, 3), way(3, 0)]);
    assert_eq!(transit.ways_between(NodeIx(1), NodeIx(0)), [way(1, 1), way(1, 3)]);
    assert_eq!(transit.ways_between(NodeIx(2), NodeIx(0)), []);
    assert_eq!(transit.ways_to(NodeIx(3)), []);
    let earliest = transit.timetable(LaneIx(0)).departures_from(Instant(7)).collect::<Vec<_>>();
    assert_eq!(earliest.iter().map(|leg| (leg.departs.0, leg.arrives.0)).collect::<Vec<_>>(), [(7, 67)]);
}

#[test]
fn a_zone_is_ready_its_own_lead_later_in_its_nodes_hours() {
    let shop = calendar("Europe/Moscow", weekly(WORKDAYS, &[(540, 1080)]), &[]);
    let mut world = world(2, vec![shop], vec![]);
    let zone = |node, minutes: i64| StorageZone {
        node: NodeIx(node),
        name: "shelf".into(),
        temperature: Temperatures::ANY,
        lead: Seconds(minutes * 60),
        cost_per_line: Money::ZERO,
        cost_per_unit: Money::ZERO,
    };
    world.zones = IndexVec::new(vec![zone(0, 120), zone(0, 0), zone(1, 120)]);
    for (node, calendar, zones) in [(0, Some(CalendarIx(0)), 0..2), (1, None, 2..3)] {
        world.nodes[NodeIx(node)].stores = Some(Stores {
            calendar,
            cost_per_parcel: Money::ZERO,
            parcels_per_day: None,
            lines_per_day: None,
            zones,
        });
    }
    let transit = Transit::new(&world);
    // A Monday, an hour before closing.
    let start = Instant(at("2026-03-02T17:00+03:00"));
    let ready = |zone| transit.ready_at(ZoneIx(zone), start).map(|ready| ready.0);
    assert_eq!(ready(0), Some(at("2026-03-03T10:00+03:00")));
    assert_eq!(ready(1), Some(start.0));
    assert_eq!(ready(2), Some(at("2026-03-02T19:00+03:00")));
}
