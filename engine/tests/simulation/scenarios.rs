//! Scenarios made of orders that came.

use crate::shop::{pen, stream, world};
use volok::testkit::simulate::{Stream, resampled, shifted};
use volok::units::{Instant, Seconds};
use volok::world::Order;

const DAY: i64 = 86_400;

/// One order an hour, from ten o'clock on, each promised two hours later.
fn past(hours: usize) -> Stream {
    let order = |hour: usize| {
        let mut order = pen(&format!("{hour}"), "town", &format!("{:02}:15", 10 + hour), 100);
        order.promise = Some(format!("2026-03-02T{:02}:15:00Z", 12 + hour));
        order
    };
    stream(&world(1, 1, 1), &(0..hours).map(order).collect::<Vec<_>>())
}

#[test]
fn last_week_as_a_scenario_of_this_week() {
    let stream = past(3);
    let moved = shifted(stream.orders(), Seconds(7 * DAY));
    for (one, other) in moved.iter().zip(stream.orders()) {
        assert_eq!(one.placed_at.0 - other.placed_at.0, 7 * DAY);
        assert_eq!(one.promise.map(|at| at.0 - one.placed_at.0), Some(2 * 3_600));
        assert_eq!((one.to, &one.lines), (other.to, &other.lines));
        assert_ne!(one.id, other.id);
    }
}

#[test]
fn drawn_orders_come_as_often_and_at_the_hours_they_came() {
    let stream = past(10);
    let first = stream.orders()[0].placed_at;
    let (from, until) = (Instant(first.0 + DAY), Instant(first.0 + 11 * DAY));
    let scenarios = resampled(stream.orders(), (from, until), 3, 5);
    assert_eq!(scenarios.len(), 3);
    for scenario in &scenarios {
        // Ten orders in nine hours and a second; ten days.
        let expected = 10 * 10 * DAY / (9 * 3_600 + 1);
        assert_eq!(scenario.len() as i64, expected);
        let mut keys: Vec<&str> = scenario.iter().map(|order| &*order.id).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), scenario.len(), "each has its own key");
        for order in scenario {
            assert!(from <= order.placed_at && order.placed_at < until);
            assert_eq!((order.placed_at.0 - first.0) % 3_600, 0, "whole days were added");
            assert_eq!(order.promise.map(|at| at.0 - order.placed_at.0), Some(2 * 3_600));
        }
    }
    assert_eq!(scenarios, resampled(stream.orders(), (from, until), 3, 5));
    assert_ne!(scenarios, resampled(stream.orders(), (from, until), 3, 6));
    assert_ne!(scenarios[0], scenarios[1]);
}

#[test]
fn a_period_shorter_than_a_day_is_still_filled() {
    let stream = past(10);
    let from = Instant(stream.orders()[0].placed_at.0 + 2 * DAY + 12 * 3_600);
    let scenario = &resampled(stream.orders(), (from, Instant(from.0 + 9 * 3_600 + 1)), 1, 1)[0];
    assert_eq!(scenario.len(), 10);
    assert!(scenario.iter().all(|order| order.placed_at >= from));
}

#[test]
fn the_first_orders_of_a_stream_teach_and_are_not_played() {
    let stream = past(10).learning(40, 2, 9);
    assert_eq!(
        stream.orders().iter().map(|order| &*order.id).collect::<Vec<_>>(),
        ["4", "5", "6", "7", "8", "9"]
    );
    assert_eq!(stream.scenarios().len(), 2);
    let (first, last) = (stream.orders()[0].placed_at, stream.orders()[5].placed_at);
    for order in stream.scenarios().iter().flatten() {
        assert!(first <= order.placed_at && order.placed_at <= last);
        assert!(["0~", "1~", "2~", "3~"].iter().any(|key| order.id.starts_with(key)), "{}", order.id);
    }
    // Four orders in three hours and a second, so six in the five hours and a second of the others.
    assert_eq!(stream.scenarios()[0].len(), 6);
    assert_eq!(past(2).learning(100, 2, 9).orders(), []);
}

#[test]
fn of_nothing_nothing_is_drawn() {
    let none: [Order; 0] = [];
    assert_eq!(resampled(&none, (Instant(0), Instant(DAY)), 2, 1), [vec![], vec![]]);
    let stream = past(2);
    assert_eq!(resampled(stream.orders(), (Instant(DAY), Instant(0)), 1, 1), [vec![]]);
}

#[test]
fn what_is_expected_shrinks_as_time_goes_on() {
    let stream = past(4);
    let scenario: Vec<Order> = stream.orders().iter().rev().cloned().collect();
    let third = stream.orders()[2].placed_at;
    let stream = stream.expecting(vec![scenario]);
    let left = stream.expected_after(third);
    assert_eq!(left[0].iter().map(|order| &*order.id).collect::<Vec<_>>(), ["3"]);
    assert_eq!(stream.expected_after(Instant::ALWAYS)[0].len(), 4);
}
