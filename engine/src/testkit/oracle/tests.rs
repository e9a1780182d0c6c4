//! The oracle against arithmetic by hand.

use super::{Cheapest, cheapest, cheapest_forest};
use crate::spec;
use crate::testkit::Random;
use crate::testkit::generate::parts::{
    cell, channel, hands_over, lane, line, node, order, seller, sku, stores, tariff, world, zone,
};
use crate::testkit::generate::{self, Generated, built, three_items};
use crate::transit::Transit;
use crate::units::{Instant, Money};

fn solved(made: &Generated) -> Cheapest {
    let (world, stock, orders) = built(made).expect("no defects");
    cheapest(&world, &stock, &orders[0]).expect("small")
}

fn cost(made: &Generated) -> i64 {
    solved(made).cost.0
}

/// Two warehouses, `w0` and `w1`, packing at 10 and 25, each with a lane to `p`; `a` and `b` weigh 100 g and 250 g.
/// Stock: two of `a` in `w0`, three of `a` and two of `b` in `w1`. The order wants one of `a` and one of `b`.
fn two_warehouses() -> Generated {
    let mut world = world();
    world.sellers = vec![seller("s")];
    world.skus = vec![sku("a", "", 100, 0, None), sku("b", "", 250, 0, None)];
    world.tariffs = vec![tariff("t", 5, &[(200, 0), (400, 20)], None)];
    for (id, packing) in [("w0", 10), ("w1", 25)] {
        let mut place = node(id, "");
        place.stores = Some(stores(None, packing, vec![zone("z", [15, 25], (0, 2, 1))]));
        world.nodes.push(place);
    }
    let mut point = node("p", "");
    point.hands_over = Some(hands_over(None, 3, &[("shelf", [15, 25])]));
    world.nodes.push(point);
    for from in ["w0", "w1"] {
        let schedule = spec::Schedule::OnDemand { calendar: None };
        world.lanes.push(lane(from, (from, "p"), &[("body", [15, 25])], schedule, (0, 60), Some("t")));
    }
    world.channels = vec![channel("web")];
    world.stock =
        vec![cell("s", "a", ("w0", "z"), 2), cell("s", "a", ("w1", "z"), 3), cell("s", "b", ("w1", "z"), 2)];
    let lines = vec![line("a", 1, 1_000), line("b", 1, 1_000)];
    let order = order("1001", "web", "2026-03-02T00:00:00Z".to_owned(), "p", lines);
    Generated { world, orders: vec![order] }
}

#[test]
fn three_items_cost_what_the_table_says() {
    let done = solved(&three_items());
    assert_eq!(done.cost, Money(generate::CHEAPEST));
    let at = done.completes_at.map(|at| generate::parts::moment(at.0));
    assert_eq!((at.as_deref(), done.deliveries), (Some(generate::COMPLETES_AT), 2));
}

#[test]
fn one_parcel_from_the_dear_warehouse_beats_two() {
    // w1 alone, 350 g: lines 2 + 2, units 1 + 1, packing 25, carriage 5 + 20, hand-over 3 = 59.
    // w0 and w1: a 2 + 1 + 10 + 5 + 3 = 21, b (250 g) 2 + 1 + 25 + 25 + 3 = 56, together 77.
    assert_eq!(cost(&two_warehouses()), 59);
}

#[test]
fn a_parcel_above_the_last_step_is_not_carried() {
    // Two of b weigh 500 g: two parcels of 250 g at 56 each; a rides with one of them for its line and unit, 350 g.
    let mut made = two_warehouses();
    made.orders[0].lines[1].qty = 2;
    assert_eq!(cost(&made), 56 + 59);
    // Only one parcel allowed: one b stays unfilled.
    made.orders[0].policy.max_deliveries = Some(1);
    assert_eq!(cost(&made), 59 + 1_000);
    // All or nothing: nothing.
    made.orders[0].policy.partial = false;
    assert_eq!(cost(&made), 3_000);
    assert_eq!(solved(&made).completes_at, None);
}

#[test]
fn a_line_is_split_over_nodes_only_where_it_may_be() {
    // Four of a: two from w0 (200 g: 2 + 2 + 10 + 5 + 3 = 22), two from w1 (2 + 2 + 25 + 5 + 3 = 37).
    let mut made = two_warehouses();
    made.orders[0].lines = vec![line("a", 4, 1_000)];
    assert_eq!(cost(&made), 22 + 37);
    // From one node: three from w1 in one parcel of 300 g (2 + 3 + 25 + 25 + 3 = 58), one unfilled.
    made.orders[0].policy.quantity_split = false;
    assert_eq!(cost(&made), 58 + 1_000);
}

#[test]
fn a_negative_stock_price_pays_for_a_detour() {
    let mut made = two_warehouses();
    made.orders[0].lines = vec![line("a", 1, 1_000)];
    assert_eq!(cost(&made), 21);
    // w1 costs 2 + 1 + 25 + 5 + 3 = 36; sixteen for taking one makes it 20.
    made.world.stock[1].price = -16;
    assert_eq!(cost(&made), 20);
}

#[test]
fn lateness_counts_started_hours_and_the_deadline_is_hard() {
    let mut made = two_warehouses();
    made.orders[0].promise = Some("2026-03-02T00:59:59Z".to_owned());
    made.orders[0].late_per_hour = 7;
    assert_eq!(cost(&made), 59 + 7);
    made.orders[0].deadline = Some("2026-03-02T01:00:00Z".to_owned());
    assert_eq!(cost(&made), 59 + 7);
    made.orders[0].deadline = Some("2026-03-02T00:59:59Z".to_owned());
    assert_eq!(cost(&made), 2_000);
}

#[test]
fn fences_keep_units_for_others_until_more_comes() {
    let mut made = two_warehouses();
    made.world.channels.push(channel("app"));
    made.world.ring_fences.push(spec::RingFence {
        seller: "s".to_owned(),
        sku: "b".to_owned(),
        node: "w1".to_owned(),
        channels: vec!["app".to_owned()],
        qty: 2,
    });
    // b is all fenced: a alone from w0, b unfilled.
    assert_eq!(cost(&made), 21 + 1_000);
    made.orders[0].channel = "app".to_owned();
    assert_eq!(cost(&made), 59);
}

#[test]
fn lots_too_old_at_hand_over_do_not_count() {
    let mut made = two_warehouses();
    made.world.stock[2].lot = Some("old".to_owned());
    made.world.stock[2].expires = Some("2026-03-03T01:00:00Z".to_owned());
    made.orders[0].lines[1].min_shelf_life_days = Some(1);
    assert_eq!(cost(&made), 59);
    made.world.stock[2].expires = Some("2026-03-03T00:59:59Z".to_owned());
    assert_eq!(cost(&made), 21 + 1_000);
}

#[test]
fn groups_come_in_one_parcel_or_not_at_all() {
    let mut made = two_warehouses();
    made.orders[0].lines[0].qty = 2;
    // 2 × 100 + 250 g pass the last step, so they cannot ride together: a from w0 (2 + 2 + 10 + 5 + 3 = 22), b 56.
    assert_eq!(cost(&made), 22 + 56);
    made.orders[0].policy.together = vec![vec![1, 2]];
    assert_eq!(cost(&made), 3_000);
}

#[test]
fn both_clocks_agree() {
    for seed in 0..300 {
        let (world, _, orders) = built(&generate::small(seed)).expect("no defects");
        let (order, transit) = (&orders[0], Transit::new(&world));
        let clock = super::clock::Clock::around(&world, order);
        let end = order.latest().0;
        let mut random = Random::part(seed, "moments");
        // What one clock no longer sees because it is of no use, the other sees after the end.
        let useful = |at: Option<i64>| at.filter(|&at| at <= end);
        for _ in 0..20 {
            let step = random.of(&[1, 60, 3_600]);
            let t = random.between(order.placed_at.0, end) / step * step;
            let t = t.max(order.placed_at.0);
            for zone in world.zones().indices() {
                let theirs = transit.ready_at(zone, Instant(t)).map(|at| at.0);
                assert_eq!(useful(clock.ready(zone, t)), useful(theirs), "seed {seed}, {zone:?} at {t}");
            }
            for (ix, lane) in world.lanes().enumerated() {
                let theirs = transit.next_departure(ix, Instant(t)).map(|run| run.arrives.0);
                assert_eq!(useful(clock.arrival(ix, t)), useful(theirs), "seed {seed}, {ix:?} at {t}");
                let theirs = transit.hand_over_at(lane.to, Instant(t)).map(|at| at.0);
                assert_eq!(
                    useful(clock.hand_over(lane.to, t)),
                    useful(theirs),
                    "seed {seed}, {:?} at {t}",
                    lane.to
                );
            }
        }
    }
}

#[test]
fn small_worlds_are_small_and_varied() {
    let (mut served, mut parts) = (0, 0);
    const SEEDS: u64 = 1_000;
    for seed in 0..SEEDS {
        let made = generate::small(seed);
        let (world, stock, orders) = built(&made).expect("no defects");
        let best = cheapest(&world, &stock, &orders[0]).unwrap_or_else(|big| panic!("seed {seed}: {big}"));
        served += u64::from(best.deliveries > 0);
        parts += u64::from(best.deliveries > 1);
    }
    assert!(served * 2 > SEEDS && served < SEEDS && parts * 8 > SEEDS, "{served} served, {parts} in parts");
}

/// Two warehouses, `w0` with `a` and `w1` with `b`, each an hour from the cross-dock `d` for 10, and `d` an hour from
/// `p` for 100. Handling takes 30 minutes and 2, merging 30 minutes and 7, packing 10, handing over 3.
fn two_warehouses_and_a_dock() -> Generated {
    let mut made = two_warehouses();
    let world = &mut made.world;
    let schedule = || spec::Schedule::Every { minutes: 60, calendar: None };
    world.tariffs = vec![tariff("in", 10, &[], None), tariff("out", 100, &[], None)];
    world.nodes.iter_mut().flat_map(|node| &mut node.stores).for_each(|stores| stores.cost_per_parcel = 10);
    let mut dock = node("d", "");
    dock.cross_docks = Some(spec::CrossDocks {
        calendar: None,
        handling_minutes: 30,
        cost_per_parcel: 2,
        merge_minutes: 30,
        cost_per_merge: 7,
        keeps: vec![spec::Keep {
            id: "k".to_owned(),
            temperature: [15, 25],
            longest_dwell_minutes: Some(60),
        }],
        buffer_parcels: None,
    });
    world.nodes.push(dock);
    world.lanes = vec![lane("out", ("d", "p"), &[("body", [15, 25])], schedule(), (0, 60), Some("out"))];
    for from in ["w0", "w1"] {
        world.lanes.push(lane(from, (from, "d"), &[("body", [15, 25])], schedule(), (0, 60), Some("in")));
    }
    world.stock = vec![cell("s", "a", ("w0", "z"), 2), cell("s", "b", ("w1", "z"), 2)];
    made.orders[0].policy.latest_useful_hours = Some(24);
    made
}

fn cost_with_merges(made: &Generated) -> i64 {
    let (world, stock, orders) = built(made).expect("no defects");
    cheapest_forest(&world, &stock, &orders[0]).expect("small").0
}

#[test]
fn two_parcels_are_merged_where_that_is_worth_it() {
    // Each: line 2, unit 1, packing 10, carriage 10, handling 2 = 25. Merged: 2 × 25 + 7 + 100 + 3.
    let mut made = two_warehouses_and_a_dock();
    assert_eq!(cost_with_merges(&made), 160);
    // A merge that costs as much as the second carriage and hand-over and one more is not worth it.
    let dock = |made: &mut Generated, change: fn(&mut spec::CrossDocks)| {
        made.world.nodes.iter_mut().flat_map(|node| &mut node.cross_docks).for_each(change);
    };
    dock(&mut made, |dock| dock.cost_per_merge = 104);
    assert_eq!(cost_with_merges(&made), 2 * (25 + 100 + 3));
    made.world.max_legs = Some(1);
    assert_eq!(cost_with_merges(&made), 2_000);
}

#[test]
fn what_waits_too_long_is_not_merged() {
    // There at 1:00, handled at 1:30, merged at 2:00, gone at 2:00: an hour of waiting, which is the longest.
    let mut made = two_warehouses_and_a_dock();
    let dock = |made: &mut Generated, change: fn(&mut spec::CrossDocks)| {
        made.world.nodes.iter_mut().flat_map(|node| &mut node.cross_docks).for_each(change);
    };
    dock(&mut made, |dock| dock.merge_minutes = 60);
    // Merged at 2:30, gone at 3:00: too long; alone they leave at 2:00.
    assert_eq!(cost_with_merges(&made), 256);
    dock(&mut made, |dock| dock.keeps[0].longest_dwell_minutes = Some(119));
    assert_eq!(cost_with_merges(&made), 256);
    dock(&mut made, |dock| dock.keeps[0].longest_dwell_minutes = Some(120));
    assert_eq!(cost_with_merges(&made), 160);
}

#[test]
fn both_oracles_agree_where_nothing_is_merged() {
    const SEEDS: u64 = 600;
    let mut judged = 0;
    for seed in 0..SEEDS {
        let mut made = generate::small(seed);
        made.orders[0].policy.latest_useful_hours = Some(36);
        let (world, stock, orders) = built(&made).expect("no defects");
        let Ok(forest) = cheapest_forest(&world, &stock, &orders[0]) else { continue };
        judged += 1;
        let direct = cheapest(&world, &stock, &orders[0]).expect("small");
        assert_eq!(forest, direct.cost, "seed {seed}");
    }
    assert!(judged * 10 > SEEDS, "{judged} of {SEEDS}");
}
