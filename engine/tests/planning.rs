//! Whole plans: the judge finds nothing, the order of rows and lines cannot be seen, and many threads answer as one.

#![cfg(feature = "testkit")]

use volok::plan::Plan;
use volok::testkit::generate::{self, Generated, Size};
use volok::units::Index;
use volok::world::{LineIx, Order};
use volok::{Budget, Engine, Scratch, check};

const SIZE: Size = Size { skus: 40, storing: 7, hand_over: 3, orders: 60, docks: 0, limited: false };

/// Few steps, so that searches end in time without a clock: answers must be the same all the same.
fn budget() -> Budget<'static> {
    Budget { steps: 1_000, ..Budget::default() }
}

fn engine(made: &Generated) -> (Engine, Vec<Order>) {
    let (world, stock, orders) = generate::built(made).expect("no defects");
    (Engine::new(world, stock), orders)
}

fn presets() -> impl Iterator<Item = (&'static str, Generated)> {
    ["country", "grocery", "hostile"].into_iter().flat_map(|name| {
        (1..3).map(move |seed| (name, generate::preset(name, seed, Some(SIZE)).expect("a preset")))
    })
}

/// The order with its lines turned round, and where each line went.
fn turned(order: &Order) -> Order {
    let mut turned = order.clone();
    turned.lines.reverse();
    for group in &mut turned.policy.together {
        for line in group.iter_mut() {
            *line = LineIx::of(order.lines.len() - 1 - line.row());
        }
        group.sort_unstable();
    }
    turned.policy.together.sort_unstable();
    turned
}

fn turned_back(plan: &Plan, lines: usize) -> Plan {
    let mut plan = plan.clone();
    let back = |line: LineIx| LineIx::of(lines - 1 - line.row());
    for parcel in &mut plan.parcels {
        parcel.picks.iter_mut().for_each(|pick| pick.line = back(pick.line));
        parcel.picks.sort_unstable_by_key(|pick| (pick.line, pick.cell));
    }
    plan.unfilled.iter_mut().for_each(|unfilled| unfilled.line = back(unfilled.line));
    plan.unfilled.sort_unstable_by_key(|unfilled| unfilled.line);
    plan
}

#[test]
fn the_judge_finds_nothing() {
    let mut scratch = Scratch::default();
    for (name, made) in presets() {
        let (engine, orders) = engine(&made);
        for order in &orders {
            let plan = engine.plan(order, budget(), &mut scratch).expect("a plan");
            let violations = check::check(engine.world(), engine.stock(), order, &plan);
            assert!(violations.is_empty(), "{name}, order {}: {}", order.id, violations[0]);
            for unfilled in &plan.unfilled {
                assert!(!unfilled.reasons.is_empty(), "{name}, order {}: {unfilled:?}", order.id);
            }
        }
    }
}

#[test]
fn the_order_of_lines_cannot_be_seen() {
    let mut scratch = Scratch::default();
    for (name, made) in presets() {
        let (engine, orders) = engine(&made);
        for order in &orders {
            let plan = engine.plan(order, budget(), &mut scratch).expect("a plan");
            let other = engine.plan(&turned(order), budget(), &mut scratch).expect("a plan");
            // Lines that are alike in everything may change places.
            let alike = |line: usize| order.lines[..line].iter().any(|other| *other == order.lines[line]);
            if (0..order.lines.len()).any(alike) {
                assert_eq!(plan.cost(), other.cost(), "{name}, order {}", order.id);
            } else {
                assert_eq!(plan, turned_back(&other, order.lines.len()), "{name}, order {}", order.id);
            }
        }
    }
}

#[test]
fn the_order_of_rows_cannot_be_seen() {
    for (name, made) in presets() {
        let mut other = made.clone();
        other.world.stock.reverse();
        other.world.inbound.reverse();
        other.world.ring_fences.reverse();
        other.world.nodes.reverse();
        other.world.lanes.reverse();
        other.world.skus.reverse();
        other.world.sellers.reverse();
        other.world.tariffs.reverse();
        let documents = |made: &Generated| -> Vec<String> {
            let (engine, orders) = engine(made);
            let plans = engine.plan_each(&orders, budget());
            let written = |(order, plan): (&Order, Result<Plan, _>)| {
                let plan = plan.expect("a plan");
                serde_json::to_string(&engine.document(order, &plan)).expect("JSON")
            };
            orders.iter().zip(plans).map(written).collect()
        };
        assert_eq!(documents(&made), documents(&other), "{name}");
    }
}

#[test]
fn orders_in_turn_are_planned_as_one_after_the_other() {
    for (name, made) in presets() {
        let (mut one, orders) = engine(&made);
        let mut turn: Vec<&Order> = orders.iter().collect();
        turn.sort_by_key(|order| (order.placed_at, order.id.clone()));
        let mut scratch = Scratch::default();
        let alone: Vec<Plan> = turn
            .iter()
            .map(|order| {
                let plan = one.plan(order, budget(), &mut scratch).expect("a plan");
                one.take(order, &plan).expect("stock");
                plan
            })
            .collect();
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            let (mut many, _) = engine(&made);
            let mut heard = 0;
            let plans = pool.install(|| many.plan_in_turn(&orders, budget(), &mut |done| heard = done));
            assert_eq!(heard, orders.len());
            assert_eq!(many.stock(), one.stock(), "{name}");
            let plans: Vec<Plan> = plans.into_iter().map(|plan| plan.expect("a plan")).collect();
            for (order, plan) in turn.iter().zip(&alone) {
                let row = orders.iter().position(|known| known.id == order.id).expect("the order");
                assert_eq!(&plans[row], plan, "{name}, order {}", order.id);
            }
            let (before, _) = engine(&made);
            let pairs: Vec<(&Order, &Plan)> = orders.iter().zip(&plans).collect();
            let violations = check::check_all(before.world(), before.stock(), &pairs);
            assert!(violations.is_empty(), "{name}: {}", violations[0]);
        }
    }
}

#[test]
fn explanations_tell_of_every_parcel_and_no_rejected_source_beats_the_plan() {
    let mut scratch = Scratch::default();
    for (name, made) in presets() {
        let (engine, orders) = engine(&made);
        for order in orders.iter().take(20) {
            let plan = engine.plan(order, budget(), &mut scratch).expect("a plan");
            let advice = engine.explain(order, &plan, &mut scratch);
            assert_eq!(advice.because.len(), plan.parcels.len() + 1);
            for rejected in &advice.rejected {
                assert!(rejected.cost_at_least >= plan.bound.0, "{name}, order {}: {rejected:?}", order.id);
                assert!(rejected.loses_by >= 0);
            }
        }
    }
}

#[test]
fn orders_that_fight_for_the_same_goods_get_the_answers_of_one_thread() {
    let size = Size { skus: 6, storing: 4, hand_over: 3, orders: 250, docks: 0, limited: false };
    for (name, seed) in [("country", 1), ("country", 2), ("grocery", 1), ("grocery", 2), ("hostile", 1)] {
        let made = generate::preset(name, seed, Some(size)).expect("a preset");
        let (mut one, orders) = engine(&made);
        let mut turn: Vec<usize> = (0..orders.len()).collect();
        turn.sort_by_key(|&row| (orders[row].placed_at, orders[row].id.clone()));
        let mut scratch = Scratch::default();
        let mut alone: Vec<Option<Plan>> = vec![None; orders.len()];
        for row in turn {
            let plan = one.plan(&orders[row], budget(), &mut scratch).expect("a plan");
            one.take(&orders[row], &plan).expect("stock");
            alone[row] = Some(plan);
        }
        let ran_out = alone.iter().flatten().filter(|plan| !plan.unfilled.is_empty()).count();
        assert!(ran_out > 0 || name == "hostile", "{name}: nobody went without, so nobody fought");
        let (mut many, _) = engine(&made);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads");
        let plans = pool.install(|| many.plan_in_turn(&orders, budget(), &mut |_| ()));
        let plans: Vec<Option<Plan>> = plans.into_iter().map(Result::ok).collect();
        for (row, plan) in plans.iter().enumerate() {
            assert_eq!(plan, &alone[row], "{name} {seed}, order {}", orders[row].id);
        }
        assert_eq!(many.stock(), one.stock(), "{name} {seed}");
    }
}

/// Milk in a hundred lots of three units, of so many dates in turn, and two orders: 150 units, and 100 in two lines.
fn lots(dates: usize) -> (Engine, Vec<Order>) {
    let mut document: volok::spec::World = serde_json::from_str(
        r#"{"volok": 1, "sellers": [{"id": "shop"}], "skus": [{"id": "milk", "grams": 500}],
            "nodes": [
              {"id": "w", "stores": {"zones": [{"id": "hall", "temperature": [15, 25]}]}},
              {"id": "p", "hands_over": {"storages": [{"id": "shelf", "temperature": [15, 25]}]}}],
            "lanes": [{"id": "l", "from": "w", "to": "p", "compartments": [{"id": "van", "temperature": [15, 25]}],
              "schedule": {"on_demand": {}}, "transit_minutes": 60}],
            "channels": [{"id": "web"}],
            "stock": [{"seller": "shop", "sku": "milk", "node": "w", "zone": "hall", "on_hand": 3}]}"#,
    )
    .expect("a document");
    let row = document.stock.remove(0);
    document.stock.extend((0..100).map(|lot| {
        let mut row = row.clone();
        row.lot = Some(format!("lot-{lot:03}"));
        let date = lot % dates;
        row.expires = Some(format!("2026-{:02}-{:02}T00:00:00Z", 4 + date / 28, 1 + date % 28));
        row.held = i64::from(lot % 9 == 0) * 3;
        row
    }));
    let engine = Engine::from_document(&document).expect("no defects");
    let order = |id: &str, lines: &str| {
        let text = format!(
            r#"{{"id": "{id}", "channel": "web", "placed_at": "2026-03-02T10:00:00Z", "to": "p", "lines": [{lines}]}}"#
        );
        engine.order(&serde_json::from_str(&text).expect("an order")).expect("no defects")
    };
    let one = order("one", r#"{"sku": "milk", "qty": 150, "unfilled_penalty": 1000}"#);
    let two = order(
        "two",
        r#"{"sku": "milk", "qty": 40, "unfilled_penalty": 1000, "min_shelf_life_days": 35},
           {"sku": "milk", "qty": 60, "unfilled_penalty": 1000}"#,
    );
    (engine, vec![one, two])
}

#[test]
fn a_hundred_lots_that_share_dates_are_drawn_from_first_expiry_first() {
    let (engine, orders) = lots(10);
    let mut scratch = Scratch::default();
    for order in &orders {
        let plan = engine.plan(order, budget(), &mut scratch).expect("a plan");
        assert!(plan.unfilled.is_empty(), "order {}", order.id);
        let violations = check::check(engine.world(), engine.stock(), order, &plan);
        assert!(violations.is_empty(), "order {}: {}", order.id, violations[0]);
    }
    let plan = engine.plan(&orders[0], budget(), &mut scratch).expect("a plan");
    let cells: Vec<_> = plan.parcels.iter().flat_map(|parcel| &parcel.picks).collect();
    // 150 units are the 50 lots that expire first and are not held: each is emptied.
    assert_eq!(cells.len(), 50);
    assert!(cells.iter().all(|pick| pick.qty.0 == 3));
}

#[test]
fn more_dates_than_a_pool_holds_are_told() {
    let (engine, orders) = lots(100);
    let error = engine.plan(&orders[0], budget(), &mut Scratch::default()).expect_err("too many dates");
    assert!(matches!(error, volok::PlanError::TooBig { .. }), "{error}");
}

#[test]
fn promises_for_one_thing_are_those_of_an_order_for_it() {
    let mut scratch = Scratch::default();
    let (mut promised, mut faster) = (0, 0);
    for (name, made) in presets() {
        let (engine, orders) = engine(&made);
        for order in orders.iter().take(20) {
            let line = &order.lines[0];
            let (placed_at, channel, to) = (order.placed_at, order.channel, order.to);
            let promises = engine
                .promise(line.sku, line.qty, to, channel, placed_at, budget(), &mut scratch)
                .expect("an answer");
            let Some(promises) = promises else { continue };
            promised += 1;
            let (cheapest, earliest) = (&promises.cheapest, &promises.earliest);
            assert!(cheapest.cost <= earliest.cost && cheapest.completes_at >= earliest.completes_at);
            faster += u64::from(cheapest != earliest);
            let mut alone = order.clone();
            alone.lines.truncate(1);
            alone.lines[0].sellers = None;
            alone.lines[0].min_life = volok::units::Seconds::ZERO;
            alone.lines[0].unfilled_penalty = volok::Money(1_000_000_000);
            alone.policy.together.clear();
            alone.policy.max_deliveries = None;
            alone.policy.delivery_penalty = volok::Money::ZERO;
            alone.policy.quantity_split = true;
            alone.policy.latest_useful = volok::units::Seconds(60 * 86_400);
            (alone.deadline, alone.promise) = (earliest.completes_at, None);
            let plan = engine.plan(&alone, budget(), &mut scratch).expect("a plan");
            assert!(plan.unfilled.is_empty(), "{name}, order {}: {promises:?}", order.id);
            assert!(!plan.is_optimal() || plan.cost() <= earliest.cost, "{name}, order {}", order.id);
            alone.deadline = earliest.completes_at.and_then(|at| at.before(volok::units::Seconds(1)));
            let plan = engine.plan(&alone, budget(), &mut scratch).expect("a plan");
            assert!(
                !plan.unfilled.is_empty(),
                "{name}, order {}: {promises:?} is not the earliest",
                order.id
            );
        }
    }
    assert!(promised > 20 && faster > 0, "{promised} promises, {faster} with a choice");
}
