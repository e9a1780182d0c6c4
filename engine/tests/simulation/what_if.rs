//! The same orders in a changed world: each usual change has the sign that it should.

use crate::shop::{lane, pen, stream, world};
use volok::Budget;
use volok::spec::{self, World};
use volok::testkit::generate::{self, Size};
use volok::testkit::rules::Rule;
use volok::testkit::simulate::change::{
    Unknown, add_node, changed, close_node, drop_lane, move_cut_off, scale_stock, set_tariff,
};
use volok::testkit::simulate::{Difference, Greedy, Myopic, Policy, Stream, Unpaired, what_if};

/// Forty pens for the town, one each ten minutes.
fn for_town() -> Vec<spec::Order> {
    let at = |k: usize| format!("{:02}:{:02}", 8 + k / 6, k % 6 * 10);
    (0..40).map(|k| pen(&format!("{k:02}"), "town", &at(k), 1_500)).collect()
}

fn told(base: &World, changed: &World, orders: &[spec::Order]) -> Difference {
    let (base, changed) = (stream(base, orders), stream(changed, orders));
    what_if(&[base], &[changed], &Myopic, Budget::default()).expect("the same orders")
}

/// Where each order costs so much more, no more and no less.
#[track_caller]
fn each_costs(difference: &Difference, more: f64) {
    let interval = difference.cost.per_order.expect("four blocks");
    assert_eq!((interval.low, interval.mean, interval.high), (more, more, more), "{difference}");
    assert_eq!(difference.cost.difference() as f64, more * 40.0);
}

#[test]
fn without_the_near_warehouse_each_pen_comes_from_far() {
    let base = world(99, 99, 99);
    let closed = changed(&base, |world| close_node(world, "near")).expect("it is there");
    let difference = told(&base, &closed, &for_town());
    each_costs(&difference, 50.0);
    assert_eq!((difference.units, difference.blocks, difference.orders), (4, true, 40));
    assert!(!difference.cost.per_order.expect("four blocks").spans_zero());
}

#[test]
fn a_closed_cross_dock_takes_away_what_only_it_reached() {
    let mut base = world(99, 0, 0);
    base.max_legs = Some(2);
    let dock = r#"{"id": "dock", "cross_docks": {"keeps": [{"id": "floor", "temperature": [15, 25]}]}}"#;
    base.nodes.push(serde_json::from_str(dock).expect("a node"));
    base.lanes.retain(|lane| lane.id != "near>town");
    for (from, to) in [("near", "dock"), ("dock", "town")] {
        base.lanes.push(serde_json::from_str(&lane(from, to, 30, "cheap")).expect("a lane"));
    }
    let closed = changed(&base, |world| close_node(world, "dock")).expect("it is there");
    let difference = told(&base, &closed, &for_town());
    each_costs(&difference, 1_300.0);
    assert_eq!((difference.unfilled.difference(), difference.parcels.difference()), (40, -40));
}

#[test]
fn a_lane_less_costs_the_way_round() {
    let base = world(99, 99, 99);
    let dropped = changed(&base, |world| drop_lane(world, "near>town")).expect("it is there");
    each_costs(&told(&base, &dropped, &for_town()), 50.0);
}

#[test]
fn a_dearer_tariff_costs_what_it_is_dearer() {
    let base = world(99, 99, 99);
    let tariff = spec::Tariff { base: 120, ..base.tariffs[0].clone() };
    let dearer = changed(&base, |world| set_tariff(world, tariff)).expect("it is there");
    each_costs(&told(&base, &dearer, &for_town()), 20.0);
}

#[test]
fn a_new_warehouse_next_door_saves_carriage() {
    let base = world(99, 99, 99);
    let opened = changed::<Unknown>(&base, |world| {
        let mut node = world.nodes[0].clone();
        node.id = "corner".to_owned();
        let mut way: spec::Lane = serde_json::from_str(&lane("corner", "town", 10, "")).expect("a lane");
        way.tariff = None;
        let cell = spec::Cell { node: "corner".to_owned(), ..world.stock[0].clone() };
        add_node(world, node, vec![way], vec![cell]);
        Ok(())
    });
    each_costs(&told(&base, &opened.expect("nothing can go wrong"), &for_town()), -100.0);
}

#[test]
fn an_earlier_cut_off_makes_the_day_s_parcels_late() {
    let mut base = world(99, 0, 0);
    let noon = r#"{"weekly": {"zone": "UTC", "at": {"mon": ["16:00"], "tue": ["16:00"]}}}"#;
    base.lanes[0].schedule = serde_json::from_str(noon).expect("a schedule");
    let mut orders = for_town();
    for order in &mut orders {
        order.promise = Some("2026-03-02T18:00:00Z".to_owned());
        order.late_per_hour = 1;
    }
    // With a cut-off at one in the afternoon those of eight to one (30 orders and the one of one) leave on Monday.
    let moved = changed(&base, |world| move_cut_off(world, "near>town", 180)).expect("it is there");
    let difference = told(&base, &moved, &orders);
    // There at five on Tuesday, promised by six on Monday: 23 hours, 9 times.
    assert_eq!((difference.late_parcels.difference(), difference.late_hours.difference()), (9, 9 * 23));
    assert_eq!(difference.cost.difference(), 9 * 23);
    // All of them in the last of four blocks: that is too little to know.
    assert!(difference.cost.per_order.expect("four blocks").spans_zero(), "{difference}");
}

#[test]
fn less_stock_costs_more() {
    let base = world(30, 30, 0);
    let mut scarce = base.clone();
    scale_stock(&mut scarce, 50);
    assert_eq!(scarce.stock.iter().map(|cell| cell.on_hand).collect::<Vec<_>>(), [15, 15, 0]);
    let difference = told(&base, &scarce, &for_town());
    // Thirty from near and ten from far; then fifteen from each and ten not at all.
    assert_eq!((difference.cost.base, difference.cost.changed), (4_500, 15 * 250 + 10 * 1_500));
    assert_eq!(difference.unfilled.difference(), 10);
}

#[test]
fn halves_of_units_add_up() {
    let mut world = world(1, 1, 1);
    scale_stock(&mut world, 50);
    assert_eq!(world.stock.iter().map(|cell| cell.on_hand).collect::<Vec<_>>(), [0, 1, 0]);
    world.stock[1].held = 1;
    scale_stock(&mut world, 0);
    assert_eq!(world.stock[1].on_hand, 1, "what is held stays");
}

#[test]
fn what_is_not_there_cannot_be_changed() {
    let base = world(1, 1, 1);
    let tariff = spec::Tariff { id: "free".to_owned(), ..base.tariffs[0].clone() };
    for (error, told) in [
        (changed(&base, |world| close_node(world, "nowhere")), "node \"nowhere\""),
        (changed(&base, |world| drop_lane(world, "a>b")), "lane \"a>b\""),
        (changed(&base, |world| move_cut_off(world, "a>b", 1)), "lane \"a>b\""),
        (changed(&base, |world| set_tariff(world, tariff.clone())), "tariff \"free\""),
    ] {
        let error = error.expect_err("it is not there");
        assert!(error.to_string().contains(told), "{error}");
    }
}

/// Streams of ten seeds, in the world as it is and without its first warehouse.
fn seeds() -> (Vec<Stream>, Vec<Stream>) {
    let size = Size { skus: 20, storing: 4, hand_over: 4, orders: 40, docks: 0, limited: false };
    (1..=10)
        .map(|seed| {
            let made = generate::country(seed, size);
            let first = made.world.nodes[0].id.clone();
            let closed = changed(&made.world, |world| close_node(world, &first)).expect("it is there");
            (stream(&made.world, &made.orders), stream(&closed, &made.orders))
        })
        .unzip()
}

#[test]
fn of_several_streams_each_is_a_unit() {
    let (base, closed) = seeds();
    for policy in [&Myopic as &dyn Policy, &Greedy(Rule::NearestSource)] {
        let difference = what_if(&base, &closed, policy, Budget::default()).expect("the same orders");
        assert_eq!((difference.units, difference.blocks, difference.orders), (10, false, 400));
        let interval = difference.cost.per_order.expect("ten streams");
        assert!(interval.low > 0.0, "without the warehouse of the capital it is dearer: {difference}");
        let total = difference.cost.difference() as f64;
        assert!((interval.mean * 400.0 - total).abs() < 0.01, "{difference}");
        assert!(difference.to_string().contains("paired by 10 streams"), "{difference}");
    }
}

#[test]
fn the_same_world_twice_makes_no_difference() {
    let (base, _) = seeds();
    let difference = what_if(&base, &base, &Myopic, Budget::default()).expect("the same orders");
    let figures = [&difference.cost, &difference.parcels, &difference.late_hours, &difference.unfilled];
    for paired in figures {
        assert_eq!((paired.difference(), paired.per_order.map(|interval| interval.high)), (0, Some(0.0)));
    }
}

#[test]
fn few_orders_have_no_interval() {
    let base = world(99, 99, 99);
    let difference = told(&base, &base, &for_town()[..15]);
    assert_eq!((difference.units, difference.cost.per_order), (1, None));
    assert!(difference.to_string().contains("too few orders"), "{difference}");
}

#[test]
fn streams_of_other_orders_cannot_be_paired() {
    let base = world(99, 99, 99);
    let (all, some) = (stream(&base, &for_town()), stream(&base, &for_town()[..7]));
    let pair = |base: &[Stream], changed: &[Stream]| what_if(base, changed, &Myopic, Budget::default());
    let error = pair(std::slice::from_ref(&all), &[some]).expect_err("33 orders are missing");
    assert_eq!(error, Unpaired::Orders { stream: 1, order: 8 });
    let error = pair(&[all.clone(), all.clone()], &[all]).expect_err("one has no partner");
    assert_eq!(error, Unpaired::Streams { base: 2, changed: 1 });
}
