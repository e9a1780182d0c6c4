//! What deciding together means, in worlds small enough for a hand.

use std::ops::ControlFlow;
use volok::plan::Plan;
use volok::testkit::generate::parts::{
    DAILY, MONDAY, cell, channel, hands_over, lane, line, moment, node, order, seller, sku, stores, tariff,
    weekly, world, zone,
};
use volok::testkit::generate::{Generated, built};
use volok::units::Money;
use volok::world::Order;
use volok::{Batch, BatchTerms, Budget, Engine, spec};

/// A near warehouse from which a parcel costs 100, and a far one from which it costs 300; a pen in both, one each, and
/// paper only near.
fn two_houses(orders: Vec<spec::Order>) -> (Engine, Vec<Order>) {
    let mut all = world();
    all.sellers = vec![seller("s")];
    all.channels = vec![channel("web")];
    all.skus = vec![sku("pen", "", 10, 10, None), sku("paper", "", 10, 10, None)];
    for (id, price) in [("near", 100), ("far", 300)] {
        let mut place = node(id, "");
        place.stores = Some(stores(None, 0, vec![zone("shelf", [15, 25], (0, 0, 0))]));
        all.nodes.push(place);
        all.tariffs.push(tariff(id, price, &[], None));
        let daily = weekly("UTC", DAILY, &["12:00"]);
        all.lanes.push(lane(id, (id, "point"), &[("body", [15, 25])], daily, (0, 60), Some(id)));
        all.stock.push(cell("s", "pen", (id, "shelf"), 1));
    }
    all.stock.push(cell("s", "paper", ("near", "shelf"), 5));
    let mut point = node("point", "");
    point.hands_over = Some(hands_over(None, 0, &[("shelf", [15, 25])]));
    all.nodes.push(point);
    let (world, stock, orders) = built(&Generated { world: all, orders }).expect("no defects");
    (Engine::new(world, stock), orders)
}

fn wants(id: &str, placed: i64, skus: &[&str]) -> spec::Order {
    let lines = skus.iter().map(|sku| line(sku, 1, 1_000)).collect();
    order(id, "web", moment(MONDAY + placed), "point", lines)
}

fn decide(engine: &Engine, orders: &[Order]) -> Batch {
    engine.batch(orders, &BatchTerms { gap: 0, ..BatchTerms::default() }, &mut |_| ControlFlow::Continue(()))
}

fn costs(plans: &[Result<Plan, volok::PlanError>]) -> Vec<i64> {
    plans.iter().map(|plan| plan.as_ref().expect("a plan").cost().0).collect()
}

#[test]
fn who_came_first_leaves_the_near_pen_to_the_one_who_needs_paper_with_it() {
    // One after another: the first takes the near pen for 100, the second needs two parcels, 400. Together: the first
    // takes the far pen for 300, the second has both in one parcel for 100.
    let (mut engine, orders) = two_houses(vec![wants("1", 0, &["pen"]), wants("2", 60, &["paper", "pen"])]);
    let batch = decide(&engine, &orders);
    assert_eq!(costs(&batch.plans), [300, 100]);
    assert_eq!((batch.bound, batch.gap()), (Money(400), 0));
    let one_by_one = engine.plan_in_turn(&orders, Budget::default(), &mut |_| {});
    assert_eq!(costs(&one_by_one), [100, 400]);
}

#[test]
fn the_near_pen_has_a_price_and_the_paper_has_none() {
    let (engine, orders) = two_houses(vec![wants("1", 0, &["pen"]), wants("2", 60, &["paper", "pen"])]);
    let batch = decide(&engine, &orders);
    let priced: Vec<(&str, i64)> = batch
        .prices
        .cells
        .iter()
        .map(|row| {
            let cell = engine.stock().cell(row.cell);
            (engine.world().node_names().of(cell.node), row.price.0)
        })
        .collect();
    // Worth at least what the far one costs more, and no more than what going without would save the other.
    assert_eq!(priced.len(), 1, "{priced:?}");
    assert!(priced[0].0 == "near" && (200..=300).contains(&priced[0].1), "{priced:?}");
    assert_eq!(batch.prices.cells[0].got, [1], "the second order got it");
}

#[test]
fn higher_priority_chooses_first_whatever_it_costs_the_others() {
    let mut first = wants("1", 0, &["pen"]);
    first.priority = 5;
    let (engine, orders) = two_houses(vec![wants("2", 60, &["paper", "pen"]), first]);
    assert_eq!(costs(&decide(&engine, &orders).plans), [400, 100]);
}

#[test]
fn prices_of_what_is_to_come_keep_the_near_pen_for_it() {
    let (mut engine, orders) = two_houses(vec![wants("1", 0, &["pen"]), wants("2", 60, &["paper", "pen"])]);
    // It is known that someone will want both.
    let prices = engine.forecast(std::slice::from_ref(&orders), &BatchTerms::default());
    engine.set_prices(&prices);
    let plan = engine.plan(&orders[0], Budget::default(), &mut volok::Scratch::default()).expect("a plan");
    assert_eq!(engine.world().node_names().of(plan.parcels[0].node), "far");
    assert_eq!((plan.cost(), plan.costs.stock), (Money(300), Money(0)));
}

#[test]
fn it_ends_when_told_to_and_what_it_has_fits_together() {
    let (engine, orders) = two_houses(vec![wants("1", 0, &["pen"]), wants("2", 60, &["paper", "pen"])]);
    let mut heard = 0;
    let batch = engine.batch(&orders, &BatchTerms { gap: 0, ..BatchTerms::default() }, &mut |progress| {
        heard += 1;
        assert!(progress.bound <= progress.cost);
        ControlFlow::Break(())
    });
    assert_eq!(heard, 1);
    let pairs: Vec<(&Order, &Plan)> = orders
        .iter()
        .zip(&batch.plans)
        .map(|(order, plan)| (order, plan.as_ref().expect("a plan")))
        .collect();
    assert!(volok::check_all(engine.world(), engine.stock(), &pairs).is_empty());
    assert!(batch.bound <= batch.cost());
}

#[test]
fn no_orders_cost_nothing() {
    let (engine, _) = two_houses(Vec::new());
    let batch = decide(&engine, &[]);
    assert!(batch.plans.is_empty());
    assert_eq!((batch.cost(), batch.bound, batch.gap()), (Money(0), Money(0), 0));
}
