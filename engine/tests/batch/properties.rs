//! What holds of every batch, on generated worlds of all kinds.

use std::ops::ControlFlow;
use volok::plan::Plan;
use volok::testkit::generate::{self, Generated, Size};
use volok::units::{Instant, Money};
use volok::world::Order;
use volok::{Batch, BatchTerms, Budget, Engine, RebatchTerms, Standing, check_all};

pub fn engine(made: &Generated) -> (Engine, Vec<Order>) {
    let (world, stock, orders) = generate::built(made).expect("no defects");
    (Engine::new(world, stock), orders)
}

pub fn decide(engine: &Engine, orders: &[Order], rounds: u32) -> Batch {
    let terms = BatchTerms { gap: 0, rounds, ..BatchTerms::default() };
    engine.batch(orders, &terms, &mut |_| ControlFlow::Continue(()))
}

pub fn judged(engine: &Engine, orders: &[Order], batch: &Batch) -> Vec<String> {
    let pairs: Vec<(&Order, &Plan)> = orders
        .iter()
        .zip(&batch.plans)
        .filter_map(|(order, plan)| Some((order, plan.as_ref().ok()?)))
        .collect();
    check_all(engine.world(), engine.stock(), &pairs).iter().map(ToString::to_string).collect()
}

/// What orders cost that are planned one after another.
fn in_turn(made: &Generated) -> i64 {
    let (mut engine, orders) = engine(made);
    let plans = engine.plan_in_turn(&orders, Budget::default(), &mut |_| {});
    plans.iter().flatten().map(|plan| plan.cost().0).sum()
}

pub fn worlds() -> impl Iterator<Item = (String, Generated)> {
    let size = |skus, orders, docks| {
        Some(Size { skus, storing: 8, hand_over: 3, orders, docks, limited: docks > 0 })
    };
    let of = |name: &'static str, seeds: std::ops::Range<u64>, size: Option<Size>| {
        seeds.map(move |seed| {
            (format!("{name} {seed}"), generate::preset(name, seed, size).expect("a preset"))
        })
    };
    of("competing", 1..4, size(12, 60, 0))
        .chain(of("country", 1..3, size(20, 40, 0)))
        .chain(of("country", 3..4, size(20, 12, 4)))
        .chain(of("grocery", 1..3, size(40, 20, 0)))
        .chain(of("hostile", 1..4, size(12, 30, 0)))
        .chain(of("small", 1..30, None))
        .chain(of("crossed", 1..10, None))
        .chain(of("crowded", 1..10, None))
}

#[test]
fn plans_fit_together_and_cost_no_less_than_the_bound() {
    let mut wrong = Vec::new();
    for (name, made) in worlds() {
        let (engine, orders) = engine(&made);
        let batch = decide(&engine, &orders, 30);
        assert_eq!(batch.plans.len(), orders.len());
        wrong.extend(judged(&engine, &orders, &batch).into_iter().map(|told| format!("{name}: {told}")));
        if batch.bound > batch.cost() {
            wrong.push(format!("{name}: bound {} above {}", batch.bound, batch.cost()));
        }
        // Whatever else fits together costs no less than the bound either.
        let beside = in_turn(&made);
        if orders.iter().all(|order| order.priority == orders[0].priority) && batch.bound.0 > beside {
            wrong.push(format!("{name}: bound {} above {beside}, one after another", batch.bound));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

#[test]
fn orders_that_compete_cost_less_together_than_one_after_another() {
    let size = Size { skus: 20, storing: 12, hand_over: 6, orders: 200, docks: 0, limited: false };
    for seed in 1..4 {
        let made = generate::competing(seed, size);
        let (engine, orders) = engine(&made);
        let batch = decide(&engine, &orders, 120);
        let alone = in_turn(&made);
        assert!(batch.cost().0 < alone, "seed {seed}: {} against {alone}", batch.cost());
        assert!(batch.gap() < 50_000, "seed {seed}: {} millionths", batch.gap());
        assert!(!batch.prices.cells.is_empty());
    }
}

#[test]
fn neither_threads_nor_the_order_of_rows_can_be_seen() {
    let size = Size { skus: 20, storing: 8, hand_over: 4, orders: 80, docks: 0, limited: false };
    let made = generate::competing(5, size);
    let (engine, orders) = engine(&made);
    let batch = decide(&engine, &orders, 40);
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let again = pool.install(|| decide(&engine, &orders, 40));
        assert_eq!(again.plans, batch.plans, "{threads} threads");
        assert_eq!((again.bound, again.prices), (batch.bound, batch.prices.clone()), "{threads} threads");
    }
    let mut turned = orders.clone();
    turned.reverse();
    let mut again = decide(&engine, &turned, 40).plans;
    again.reverse();
    assert_eq!(again, batch.plans);
}

#[test]
fn decided_again_nobody_loses_what_was_promised() {
    let (mut wrong, mut moved, mut left) = (Vec::new(), 0, 0);
    for (name, made) in worlds() {
        let (mut engine, orders) = engine(&made);
        let before = orders.len() * 2 / 3;
        let first = decide(&engine, &orders[..before], 20);
        let placed = orders[..before].iter().map(|order| order.placed_at).max().unwrap_or(Instant(0));
        // A few hours later some parcels have left; what their plans take is taken.
        let now = Instant(placed.0 + 6 * 3_600);
        let standing: Vec<Option<Standing<'_>>> = first
            .plans
            .iter()
            .map(|plan| plan.as_ref().ok().and_then(|plan| Some(Standing { plan, by: plan.completes_at()? })))
            .collect();
        let has_left = |plan: &Plan| {
            plan.parcels.iter().any(|parcel| match parcel.legs.first() {
                Some(leg) => leg.departs_at <= now,
                None => parcel.hand_over.is_none_or(|end| end.at <= now),
            })
        };
        let whole = Engine::new(engine.world().clone(), engine.stock().clone());
        for (order, standing) in orders.iter().zip(&standing) {
            if let Some(standing) = standing.filter(|standing| has_left(standing.plan)) {
                engine.take(order, standing.plan).expect("plans fit together");
            }
        }
        let when = RebatchTerms { now, change_price: Money(30) };
        let terms = BatchTerms { gap: 0, rounds: 20, prices: Some(&first.prices), ..BatchTerms::default() };
        let found = engine.rebatch(&orders, &standing, &when, &terms, &mut |_| ControlFlow::Continue(()));
        assert!(found.lost.is_empty(), "{name}");
        wrong.extend(
            judged(&whole, &found.orders, &found.batch).into_iter().map(|told| format!("{name}: {told}")),
        );
        if found.bound > found.cost() {
            wrong.push(format!("{name}: bound {} above {}", found.bound, found.cost()));
        }
        for (row, standing) in standing.iter().enumerate() {
            let Some(standing) = standing else { continue };
            let plan = found.batch.plans[row].as_ref().expect("a plan that may be kept");
            let units = |plan: &Plan| {
                let mut units = std::collections::BTreeMap::new();
                for pick in plan.parcels.iter().flat_map(|parcel| &parcel.picks) {
                    *units.entry(orders[row].lines[pick.line.0 as usize].sku).or_insert(0) += pick.qty.0;
                }
                units
            };
            let now = units(plan);
            let less =
                units(standing.plan).iter().any(|(sku, units)| now.get(sku).is_none_or(|now| now < units));
            if less || plan.completes_at() > Some(standing.by) {
                wrong.push(format!("{name}: order {row} does not get what it was promised"));
            }
            if found.changed[row] == 0 && plan != standing.plan {
                wrong.push(format!("{name}: order {row} is said to keep its plan and does not"));
            }
        }
        moved += found.changed.iter().filter(|&&changed| changed > 0).count();
        left += found.left.len();
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
    assert!(moved > 0 && left > 0, "{moved} moved, {left} left");
}
