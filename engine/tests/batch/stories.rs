//! What deciding together means, in worlds small enough for a hand.

use std::ops::ControlFlow;
use volok::plan::Leg;
use volok::plan::Plan;
use volok::stock::CellIx;
use volok::testkit::generate::parts::{
    DAILY, MONDAY, cell, channel, hands_over, lane, line, moment, node, order, seller, sku, stores, tariff,
    weekly, world, zone,
};
use volok::testkit::generate::{Generated, built};
use volok::units::{Index, Instant, Money};
use volok::world::{LaneIx, LineIx, NodeIx, Order};
use volok::{Batch, BatchTerms, Budget, Engine, RebatchTerms, Rebatched, Standing, TakeError, spec};

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
    assert_eq!(batch.prices.cells[0].wanted, [0, 1], "both would have taken it");
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

/// Decides again at some second of that Monday; a change costs so much.
fn again(engine: &Engine, orders: &[Order], plans: &[&Plan], now: i64, change: i64) -> Rebatched {
    let standing: Vec<Option<Standing<'_>>> =
        plans.iter().map(|&plan| plan.completes_at().map(|by| Standing { plan, by })).collect();
    let when = RebatchTerms { now: Instant(MONDAY + now), change_price: Money(change) };
    let terms = BatchTerms { gap: 0, ..BatchTerms::default() };
    engine.rebatch(orders, &standing, &when, &terms, &mut |_| ControlFlow::Continue(()))
}

/// The first order was alone and was given the near pen; then one comes that needs paper with it.
fn one_came_after() -> (Engine, Vec<Order>, Plan) {
    let (engine, orders) = two_houses(vec![wants("1", 0, &["pen"]), wants("2", 60, &["paper", "pen"])]);
    let first = engine.plan(&orders[0], Budget::default(), &mut volok::Scratch::default()).expect("a plan");
    assert_eq!(first.cost(), Money(100));
    (engine, orders, first)
}

#[test]
fn the_first_gives_the_near_pen_away_when_that_saves_more_than_moving_costs() {
    let (engine, orders, first) = one_came_after();
    // Moving saves 100: 300 and 100 instead of 100 and 400.
    let moved = again(&engine, &orders, &[&first], 3_600, 60);
    assert_eq!(costs(&moved.batch.plans), [300, 100]);
    assert_eq!((moved.changed, moved.changes), (vec![1, 0], Money(60)));
    assert_eq!((moved.bound, moved.batch.bound), (Money(460), Money(400)));
    let kept = again(&engine, &orders, &[&first], 3_600, 140);
    assert_eq!(costs(&kept.batch.plans), [100, 400]);
    assert_eq!((kept.changed, kept.changes, kept.bound), (vec![0, 0], Money(0), Money(500)));
    assert_eq!(kept.batch.plans[0].as_ref(), Ok(&first));
}

#[test]
fn what_has_left_stays_whatever_it_costs_the_others() {
    let (mut engine, orders, first) = one_came_after();
    engine.take(&orders[0], &first).expect("it is there");
    // At noon the near lane departs.
    let late = again(&engine, &orders, &[&first], 12 * 3_600, 0);
    assert_eq!((costs(&late.batch.plans), late.left), (vec![100, 400], vec![0]));
    assert_eq!((late.bound, late.changed), (Money(500), vec![0, 0]));
}

#[test]
fn a_promise_is_kept_though_the_new_order_pays_more_and_goes_first() {
    // One near pen and no other: the new order would pay 1,000 to have it and goes first by its priority.
    let mut new = wants("2", 60, &["pen"]);
    (new.priority, new.lines[0].unfilled_penalty) = (9, 900_000);
    let mut first = wants("1", 0, &["pen"]);
    first.lines[0].unfilled_penalty = 150;
    let (mut engine, orders) = two_houses(vec![first, new, wants("3", 0, &["pen"])]);
    let plan = |engine: &Engine, row: usize| {
        engine.plan(&orders[row], Budget::default(), &mut volok::Scratch::default()).expect("a plan")
    };
    // The far pen has gone.
    engine.take(&orders[2], &plan(&engine, 2)).expect("it is there");
    let plan = plan(&engine, 0);
    assert_eq!(plan.unfilled.len(), 1, "300 for the far pen is more than going without is worth");
    let (engine, orders) = (engine, orders);
    let found = again(&engine, &orders[..2], &[&plan], 3_600, 0);
    assert_eq!(costs(&found.batch.plans), [150, 300]);
}

#[test]
fn an_order_whose_time_has_passed_is_left_unfilled_and_one_that_lost_its_goods_is_decided_anew() {
    let mut late = wants("1", 0, &["paper"]);
    late.deadline = Some(moment(MONDAY + 13 * 3_600));
    let (mut engine, orders) = two_houses(vec![late, wants("2", 0, &["pen"]), wants("3", 60, &["pen"])]);
    let mut plan = |row: usize| {
        let plan =
            engine.plan(&orders[row], Budget::default(), &mut volok::Scratch::default()).expect("a plan");
        engine.take(&orders[row], &plan).expect("it is there");
        plan
    };
    // Somebody took the near pen that was planned for the second.
    let near = plan(1);
    let when = RebatchTerms { now: Instant(MONDAY + 14 * 3_600), change_price: Money(0) };
    let standing = [None, Some(Standing { plan: &near, by: Instant(MONDAY + 48 * 3_600) })];
    let (engine, terms) = (engine, BatchTerms { gap: 0, ..BatchTerms::default() });
    let early = RebatchTerms { now: Instant(MONDAY + 3_600), ..when };
    let found = engine.rebatch(&orders[..2], &standing, &early, &terms, &mut |_| ControlFlow::Continue(()));
    assert_eq!((costs(&found.batch.plans), found.lost), (vec![100, 300], vec![1]));
    let found = engine.rebatch(&orders[..1], &[], &when, &terms, &mut |_| ControlFlow::Continue(()));
    assert_eq!(costs(&found.batch.plans), [1_000], "the lane would arrive after its deadline");
}

#[test]
fn a_plan_of_another_world_is_neither_taken_nor_kept() {
    let (mut engine, orders) = two_houses(vec![wants("1", 0, &["pen"]), wants("2", 60, &["paper", "pen"])]);
    let right = decide(&engine, &orders).plans.remove(0).expect("a plan");
    let mut strangers: Vec<Plan> = Vec::new();
    let mut stranger = |spoil: &dyn Fn(&mut Plan)| {
        let mut plan = right.clone();
        spoil(&mut plan);
        strangers.push(plan);
    };
    stranger(&|plan| plan.parcels[0].node = NodeIx::of(9));
    stranger(&|plan| plan.parcels[0].legs[0] = Leg { lane: LaneIx::of(9), ..plan.parcels[0].legs[0] });
    stranger(&|plan| plan.parcels[0].legs[0].compartment = 9);
    stranger(&|plan| plan.parcels[0].picks[0].line = LineIx::of(9));
    stranger(&|plan| plan.parcels[0].picks[0].cell = CellIx::of(9));
    // The first cell is one of paper, the line wants a pen.
    stranger(&|plan| plan.parcels[0].picks[0].cell = CellIx::of(0));
    stranger(&|plan| plan.parcels[0].parts.push(9));
    for plan in &strangers {
        assert_eq!(engine.take(&orders[0], plan), Err(TakeError::Stranger));
        let again = again(&engine, &orders, &[plan], 0, 10);
        assert_eq!((again.lost, costs(&again.batch.plans)), (vec![0], vec![300, 100]));
        let _ = engine.release(&orders[0], plan);
    }
    assert_eq!(engine.take(&orders[0], &right), Ok(()));
}
