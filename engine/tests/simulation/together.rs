//! Streams worked out by hand, on which it pays to know what else is ordered, or will be.

use crate::shop::{expected, pen, stream, world};
use crate::stories::{play, the_last_pen, windowed};
use volok::Budget;
use volok::testkit::rules::Rule;
use volok::testkit::simulate::{Greedy, Hindsight, Myopic, Policy, Priced, Refresh, Table, compare};

#[test]
fn the_last_pen_of_the_near_warehouse_is_wanted_in_the_village() {
    let stream = the_last_pen();
    assert_eq!(play(&Myopic, &stream).cost, 1_100);
    // The town's pen from far, 150, the village's from near, 100.
    let best = Hindsight::default().play(&stream, Budget::default());
    assert_eq!(play(&Hindsight::default(), &stream).cost, 250);
    assert_eq!(best.bound.map(|bound| bound.0), Some(250));
}

#[test]
fn prices_keep_the_last_pen_for_the_village_that_is_expected_to_want_it() {
    let stream = the_last_pen();
    // Two pens wanted in the village and one to be had: near's is worth what the village would give, 900.
    let village = [pen("a", "village", "10:20", 1_000), pen("b", "village", "10:40", 1_000)];
    let scenario = expected(&stream, &village);
    assert_eq!(play(&Priced::default(), &stream.expecting(vec![scenario])).cost, 250);
}

#[test]
fn prices_between_sources_keep_the_last_pen_too_but_turn_nobody_away() {
    let steered = Priced { refresh: Refresh { between_sources: true, ..Refresh::default() } };
    let stream = the_last_pen();
    let village = [pen("a", "village", "10:20", 1_000), pen("b", "village", "10:40", 1_000)];
    let scenario = expected(&stream, &village);
    assert_eq!(play(&steered, &stream.expecting(vec![scenario])).cost, 250);
    // One pen in all, and a village that would pay 3,000 for it is expected and does not come.
    let alone = crate::shop::stream(&world(1, 0, 0), &[pen("1", "town", "10:05", 1_500)]);
    let dear = [pen("a", "village", "10:20", 3_000), pen("b", "village", "10:40", 3_000)];
    let scenario = expected(&alone, &dear);
    let alone = alone.expecting(vec![scenario]);
    assert_eq!(play(&Priced::default(), &alone).cost, 1_500);
    assert_eq!(play(&steered, &alone).cost, 100);
}

#[test]
fn what_is_expected_in_town_keeps_nothing_for_the_village() {
    let stream = the_last_pen();
    let town = expected(&stream, &[pen("a", "town", "10:20", 1_500)]);
    // One pen is expected to be wanted, and there is one for it: near's is worth nothing more.
    assert_eq!(play(&Priced::default(), &stream.expecting(vec![town])).cost, 1_100);
}

#[test]
fn orders_of_one_window_are_decided_together() {
    let stream = the_last_pen();
    assert_eq!(play(&windowed(60), &stream).cost, 250);
    // Ten minutes each: the village has not ordered yet when the town is decided.
    assert_eq!(play(&windowed(10), &stream).cost, 1_100);
}

#[test]
fn waiting_for_the_window_can_be_late() {
    let mut town = pen("1", "town", "10:05", 1_500);
    town.promise = Some("2026-03-02T12:30:00Z".to_owned());
    town.late_per_hour = 10;
    let stream = stream(&world(1, 1, 2), &[town, pen("2", "village", "10:35", 1_000)]);
    // Decided at eleven, from far it is there at one: one started hour late, 10.
    let score = play(&windowed(60), &stream);
    assert_eq!((score.cost, score.late_parcels, score.late_hours), (260, 1, 1));
    // In hindsight it leaves far at once and is there at five past twelve.
    let best = play(&Hindsight::default(), &stream);
    assert_eq!((best.cost, best.late_parcels, best.late_hours), (250, 0, 0));
}

#[test]
fn a_deadline_does_not_wait_for_the_window() {
    let mut village = pen("2", "village", "10:35", 1_000);
    village.deadline = Some("2026-03-02T11:45:00Z".to_owned());
    let stream = stream(&world(1, 1, 2), &[pen("1", "town", "10:05", 1_500), village]);
    // From near at eleven it would be there at twelve: too late. So the town has near's pen.
    let score = play(&windowed(60), &stream);
    assert_eq!((score.cost, score.unfilled), (1_100, 1));
    assert_eq!(play(&Hindsight::default(), &stream).cost, 250);
}

#[test]
fn the_table_tells_how_much_of_the_gap_each_policy_captures() {
    let stream = the_last_pen();
    let greedy = Greedy(Rule::NearestSource);
    let (wide, narrow) = (windowed(60), windowed(10));
    let policies: [&dyn Policy; 3] = [&greedy, &wide, &narrow];
    let table: Table = compare(&stream, &policies, &Hindsight::default(), Budget::default(), &|_| ());
    let captured: Vec<(&str, Option<i64>)> =
        table.rows.iter().map(|row| (row.policy.as_str(), row.captured)).collect();
    let gap = 1_100 - 250;
    assert_eq!(
        captured,
        [
            ("myopic exact", Some(0)),
            ("nearest source", Some(-200 * 1_000_000 / gap)),
            ("batched every 60 min", Some(1_000_000)),
            ("batched every 10 min", Some(0)),
            ("hindsight", Some(1_000_000)),
        ]
    );
    assert_eq!((table.bound, table.orders), (250, 2));
    let text = table.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("POLICY") && lines.len() == 7, "{text}");
    assert!(lines[2].contains("13.00") && lines[2].contains("-23.6 %"), "{text}");
    assert!(lines[6].ends_with(" 2.50"), "{text}");
}
