//! What the fuzzer runs, also run by the engine's tests on a few inputs.

mod ledger;

pub use ledger::ledger;

use volok::testkit::generate;
use volok::{Budget, Engine, Scratch, check, plan, spec};

/// What parts the documents of one input.
pub const BETWEEN: u8 = 0x1e;

/// Search steps of one order: enough to enter every room, few enough to try many.
const STEPS: u64 = 200;

/// Bytes as a world, an order and a plan: read, built, resolved and judged without a panic.
pub fn parse(bytes: &[u8]) {
    let mut parts = bytes.splitn(3, |&byte| byte == BETWEEN).map(String::from_utf8_lossy);
    let (world, order, plan) = (parts.next(), parts.next(), parts.next());
    let built =
        world.and_then(|text| spec::world_from_str(&text).ok()).map(|world| Engine::from_document(&world));
    let known = generate::three_items().world;
    let Some(engine) = built.and_then(Result::ok).or_else(|| Engine::from_document(&known).ok()) else {
        return;
    };
    let read = order.and_then(|text| spec::order_from_str(&text).ok());
    let Some(order) = read.and_then(|order| engine.order(&order).ok()) else { return };
    let read = plan.and_then(|text| spec::plan_from_str(&text).ok());
    let stated = read.map(|plan| plan::from_document(engine.world(), engine.stock(), &order, &plan));
    if let Some(Ok(stated)) = stated {
        check::check(engine.world(), engine.stock(), &order, &stated);
    }
}

/// A small world with numbers of the fuzzer's choosing: its plans are right and bounded by what they cost.
pub fn plan_then_check(bytes: &[u8]) {
    let (seed, changes) = bytes.split_at(bytes.len().min(4));
    let seed = seed.iter().fold(0, |seed, &byte| seed << 8 | u64::from(byte));
    let mut made = generate::small(seed);
    for change in changes.chunks_exact(3) {
        let (row, value) = (usize::from(change[1]), i64::from(change[2]));
        change_one(&mut made, change[0], row, value);
    }
    let Ok(engine) = Engine::from_document(&made.world) else { return };
    let mut scratch = Scratch::default();
    for document in &made.orders {
        let Ok(order) = engine.order(document) else { continue };
        let budget = Budget { steps: STEPS, ..Budget::default() };
        let Ok(plan) = engine.plan(&order, budget, &mut scratch) else { continue };
        let violations = check::check(engine.world(), engine.stock(), &order, &plan);
        assert!(violations.is_empty(), "order {}: {}", order.id, violations[0]);
        assert!(plan.bound <= plan.cost(), "order {}: {} above {}", order.id, plan.bound, plan.cost());
        let document = engine.document(&order, &plan);
        let again = plan::from_document(engine.world(), engine.stock(), &order, &document);
        assert!(again.is_ok_and(|again| again.cost() == plan.cost()), "order {}", order.id);
    }
}

fn at<T>(rows: &mut [T], row: usize) -> Option<&mut T> {
    let len = rows.len().max(1);
    rows.get_mut(row % len)
}

fn change_one(made: &mut generate::Generated, what: u8, row: usize, value: i64) {
    let world = &mut made.world;
    let line = made.orders.first_mut().and_then(|order| at(&mut order.lines, row));
    match what % 10 {
        0 => at(&mut world.stock, row).into_iter().for_each(|cell| cell.on_hand = value % 8),
        1 => at(&mut world.stock, row).into_iter().for_each(|cell| cell.held = value % 8),
        2 => at(&mut world.stock, row).into_iter().for_each(|cell| cell.safety = value % 8),
        3 => at(&mut world.inbound, row).into_iter().for_each(|cell| cell.qty = value % 8),
        4 => at(&mut world.ring_fences, row).into_iter().for_each(|fence| fence.qty = value % 8),
        5 => line.into_iter().for_each(|line| line.qty = value % 6),
        6 => line.into_iter().for_each(|line| line.unfilled_penalty = value * value),
        7 => at(&mut world.skus, row).into_iter().for_each(|sku| sku.grams = value * 37),
        8 => at(&mut world.lanes, row).into_iter().for_each(|lane| lane.cut_off_minutes = value * 7),
        _ => {
            if let Some(order) = made.orders.first_mut() {
                order.policy.delivery_penalty = value;
                order.policy.max_deliveries = (!row.is_multiple_of(4)).then_some(row as i64 % 4);
            }
        }
    }
}
