//! Buses caught and missed.

use crate::transit::router::{
    Call, Change, Days, Labels, Prices, Router, Search, ServiceIx, StopIx, Trips, TripsError,
};
use crate::units::{Instant, Money, Seconds};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

fn calls(stops: &[(StopIx, i64)]) -> Vec<Call> {
    let call = |&(stop, at): &(StopIx, i64)| Call {
        stop,
        arrives: Seconds(at),
        departs: Seconds(at),
        boards: true,
        alights: true,
    };
    stops.iter().map(call).collect()
}

/// Villages A, B, C; ten minutes to change. A–B at 8:00 and 20:00 for an hour, B–C at 9:10 and 10:00 for an hour on the
/// first, second and fourth day, and one slow bus all the way from A at 8:00 to C at 14:00.
fn villages() -> (Router, [StopIx; 3]) {
    let mut trips = Trips::new(Instant(0), 4).unwrap();
    let [a, b, c] = [0; 3].map(|_| trips.stop(Change::After(Seconds(10 * MINUTE))).unwrap());
    for hour in [8, 20] {
        let run = calls(&[(a, hour * HOUR), (b, (hour + 1) * HOUR)]);
        trips.trip(ServiceIx(0), Seconds(0), run, Days::first(4)).unwrap();
    }
    for at in [9 * HOUR + 10 * MINUTE, 10 * HOUR] {
        let days = [0, 1, 3].into_iter().collect();
        trips.trip(ServiceIx(1), Seconds(0), calls(&[(b, at), (c, at + HOUR)]), days).unwrap();
    }
    let slow = calls(&[(a, 8 * HOUR), (c, 14 * HOUR)]);
    trips.trip(ServiceIx(2), Seconds(0), slow, Days::first(4)).unwrap();
    (trips.lay_out(), [a, b, c])
}

fn earliest(router: &Router, from: StopIx, at: i64, to: StopIx) -> Option<i64> {
    router.earliest(from, Instant(at), to, &mut Search::default()).map(|arrives| arrives.0)
}

#[test]
fn a_change_is_made_to_the_minute_or_missed() {
    let (router, [a, b, c]) = villages();
    assert_eq!(earliest(&router, a, 8 * HOUR, c), Some(10 * HOUR + 10 * MINUTE), "9:00, ten minutes, 9:10");
    // Who starts at B has nothing to change.
    assert_eq!(earliest(&router, b, 9 * HOUR + 10 * MINUTE, c), Some(10 * HOUR + 10 * MINUTE));
    assert_eq!(earliest(&router, b, 9 * HOUR + 11 * MINUTE, c), Some(11 * HOUR));
    let mut trips = Trips::new(Instant(0), 1).unwrap();
    let [a, b, c] = [0; 3].map(|_| trips.stop(Change::After(Seconds(11 * MINUTE))).unwrap());
    let first = calls(&[(a, 8 * HOUR), (b, 9 * HOUR)]);
    trips.trip(ServiceIx(0), Seconds(0), first, Days::first(1)).unwrap();
    let next = calls(&[(b, 9 * HOUR + 10 * MINUTE), (c, 10 * HOUR)]);
    trips.trip(ServiceIx(0), Seconds(0), next, Days::first(1)).unwrap();
    assert_eq!(earliest(&trips.lay_out(), a, 0, c), None, "missed by a minute");
}

#[test]
fn when_the_last_bus_has_gone_one_waits_for_the_day_it_runs_again() {
    let (router, [_, b, c]) = villages();
    assert_eq!(earliest(&router, b, 10 * HOUR + 1, c), Some(DAY + 10 * HOUR + 10 * MINUTE));
    assert_eq!(
        earliest(&router, b, DAY + 10 * HOUR + 1, c),
        Some(3 * DAY + 10 * HOUR + 10 * MINUTE),
        "no bus on the third day"
    );
    assert_eq!(earliest(&router, b, 3 * DAY + 10 * HOUR + 1, c), None, "the timetable ends");
}

#[test]
fn a_night_bus_belongs_to_the_day_before() {
    let mut trips = Trips::new(Instant(0), 3).unwrap();
    let [a, b] = [0; 2].map(|_| trips.stop(Change::Never).unwrap());
    // 25:30 of the first day is 1:30 of the second.
    let night = calls(&[(a, 25 * HOUR + 30 * MINUTE), (b, 26 * HOUR)]);
    trips.trip(ServiceIx(0), Seconds(0), night, Days::first(1)).unwrap();
    let router = trips.lay_out();
    assert_eq!(earliest(&router, a, DAY + 90 * MINUTE, b), Some(DAY + 2 * HOUR));
    assert_eq!(earliest(&router, a, DAY + 90 * MINUTE + 1, b), None);
}

#[test]
fn fewer_legs_or_sooner_there() {
    let (router, [a, _, c]) = villages();
    let mut labels = Labels::default();
    let journeys = router.undominated((a, c), Instant(0), 4, &Prices::legs(&router), &mut labels);
    let told: Vec<_> = journeys.iter().map(|j| (j.arrives.0, j.cost.0, j.rides.len())).collect();
    assert_eq!(told, [(10 * HOUR + 10 * MINUTE, 2, 2), (14 * HOUR, 1, 1)]);
    let one = router.undominated((a, c), Instant(0), 1, &Prices::free(), &mut labels);
    assert_eq!(one.iter().map(|j| j.arrives.0).collect::<Vec<_>>(), [14 * HOUR]);
    let prices = Prices { legs: vec![Some(Money(3)), Some(Money(4)), None], changes: vec![Money(5); 3] };
    let paid = router.undominated((a, c), Instant(0), 4, &prices, &mut labels);
    assert_eq!(paid.iter().map(|j| j.cost.0).collect::<Vec<_>>(), [12], "two legs and a change");
}

#[test]
fn the_journey_is_told_ride_by_ride() {
    let (router, [a, b, c]) = villages();
    let mut search = Search::default();
    router.earliest(a, Instant(8 * HOUR), c, &mut search);
    let journey = router.journey(&search).unwrap();
    let told: Vec<_> = journey.rides.iter().map(|ride| (ride.from, ride.departs.0, ride.to)).collect();
    assert_eq!(told, [(a, 8 * HOUR, b), (b, 9 * HOUR + 10 * MINUTE, c)]);
    assert_eq!(router.earliest(c, Instant(0), a, &mut search), None);
    assert_eq!(router.journey(&search), None, "no journey is left from the question before");
}

#[test]
fn what_cannot_run_is_told() {
    let mut trips = Trips::new(Instant(0), 3).unwrap();
    let [a, b] = [0; 2].map(|_| trips.stop(Change::Never).unwrap());
    let mut run = |calls, days| trips.trip(ServiceIx(0), Seconds(0), calls, days).unwrap_err();
    assert_eq!(run(calls(&[(a, 0)]), Days::first(1)), TripsError::TooShort(1));
    assert_eq!(run(calls(&[(a, 5), (b, 4)]), Days::first(1)), TripsError::Falls(1));
    assert_eq!(run(calls(&[(a, 5), (StopIx(2), 6)]), Days::first(1)), TripsError::Unknown(2));
    assert_eq!(run(calls(&[(a, 5), (b, 6)]), Days::first(4)), TripsError::OutOfRange(3));
}
