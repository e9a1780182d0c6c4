//! Streams worked out by hand, order after order.

use crate::shop::{pen, stream, world};
use volok::Budget;
use volok::spec;
use volok::testkit::rules::Rule;
use volok::testkit::simulate::{Greedy, Hindsight, Myopic, Policy, Priced, Score, Stream, Windowed, compare};

/// What a policy comes to, its plans judged.
pub fn play(policy: &dyn Policy, stream: &Stream) -> Score {
    let played = policy.play(stream, Budget::default());
    assert_eq!(played.judge(stream), [], "{}", policy.name());
    played.orders.iter().zip(&played.plans).map(|(order, plan)| Score::of(order, plan)).sum()
}

pub fn windowed(minutes: u32) -> Windowed {
    Windowed { minutes, ..Windowed::default() }
}

/// Town at five past ten, village half an hour later; near, the only source of the village, has one pen.
pub fn the_last_pen() -> Stream {
    let orders = [pen("1", "town", "10:05", 1_500), pen("2", "village", "10:35", 1_000)];
    stream(&world(1, 1, 2), &orders)
}

#[test]
fn rules_and_the_cheapest_plan_differ_on_the_last_pen() {
    let stream = the_last_pen();
    // The nearest by time is express, 1,200; near is left for the village, 100.
    assert_eq!(play(&Greedy(Rule::NearestSource), &stream).cost, 1_300);
    // Near is cheapest for the town, 100; nobody else serves the village, 1,000.
    let score = play(&Myopic, &stream);
    assert_eq!((score.cost, score.unfilled), (1_100, 1));
    // Without a forecast there are no prices.
    assert_eq!(play(&Priced::default(), &stream).cost, 1_100);
}

#[test]
fn of_no_use_after_an_hour_counts_from_the_order_and_not_from_the_window() {
    let mut village = pen("2", "village", "10:35", 1_000);
    village.policy.latest_useful_hours = Some(1);
    let stream = stream(&world(1, 0, 0), &[village]);
    assert_eq!(play(&Myopic, &stream).cost, 100);
    assert_eq!(play(&windowed(60), &stream).unfilled, 1);
}

#[test]
fn prices_that_the_document_gives_are_not_paid() {
    let mut world = world(1, 1, 2);
    world.stock[0].price = 70;
    let stream = stream(&world, &[pen("1", "town", "10:05", 1_500)]);
    assert_eq!(play(&Myopic, &stream).cost, 100);
}

/// A warehouse, a cross-dock, a point; parcels go through the dock, or straight where a lane does.
fn docked(straight: bool) -> spec::World {
    let mut world = world(2, 0, 0);
    world.max_legs = Some(2);
    let dock = r#"{"id": "dock", "cross_docks": {"keeps": [{"id": "floor", "temperature": [15, 25]}]}}"#;
    world.nodes.push(serde_json::from_str(dock).expect("a node"));
    if !straight {
        world.lanes.retain(|lane| lane.id != "near>town");
    }
    for (from, to) in [("near", "dock"), ("dock", "town")] {
        let lane = crate::shop::lane(from, to, 30, "cheap");
        world.lanes.push(serde_json::from_str(&lane).expect("a lane"));
    }
    world
}

#[test]
fn rules_know_no_cross_docks_and_say_so() {
    let order = [pen("1", "town", "10:05", 1_500)];
    let greedy = Greedy(Rule::PriorityWalk);
    let stream = stream(&docked(false), &order);
    assert_eq!(greedy.blind_to(stream.world()), Some("cross-docks"));
    assert_eq!(play(&greedy, &stream).unfilled, 1);
    assert_eq!(play(&Myopic, &stream).cost, 200);
    assert_eq!(Myopic.blind_to(stream.world()), None);
    let stream = crate::shop::stream(&docked(true), &order);
    assert_eq!(play(&greedy, &stream).cost, 100);
    assert_eq!(greedy.blind_to(the_last_pen().world()), None);
}

#[test]
fn rules_do_not_count_capacities_and_what_finds_no_room_is_not_served() {
    let mut world = world(2, 0, 0);
    let daily = r#"{"weekly": {"zone": "UTC", "at": {"mon": ["12:00"], "tue": ["12:00"]}}}"#;
    world.lanes[0].schedule = serde_json::from_str(daily).expect("a schedule");
    world.lanes[0].compartments[0].capacity =
        Some(spec::Capacity { parcels: Some(1), ..spec::Capacity::default() });
    let stream = stream(&world, &[pen("1", "town", "10:00", 500), pen("2", "town", "10:01", 500)]);
    let greedy = Greedy(Rule::PriorityWalk);
    assert_eq!(greedy.blind_to(stream.world()), Some("capacities"));
    assert_eq!(play(&greedy, &stream).cost, 100 + 500);
    // The second rides on Tuesday.
    assert_eq!(play(&Myopic, &stream).cost, 200);
}

#[test]
fn where_hindsight_saves_nothing_nothing_can_be_captured() {
    let stream = stream(&world(2, 0, 0), &[pen("1", "town", "10:05", 1_500)]);
    let table = compare(&stream, &[], &Hindsight::default(), Budget::default(), &|_| ());
    assert!(table.rows.iter().all(|row| row.captured.is_none() && row.score.cost == 100), "{table}");
}
