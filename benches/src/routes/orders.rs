//! Orders by construction: so many lines, or goods that lie so far apart that a plan must join many sources.

use volok::Engine;
use volok::testkit::Random;
use volok::testkit::generate::parts::popular_rows;
use volok::units::{Index, Money, Quantity, Seconds};
use volok::world::{Line, NodeIx, Order, SkuIx};

use super::SEED;

/// Lines of a long order.
const LINES: i64 = 10;

/// Warehouses of an order of many sources.
const SOURCES: usize = 6;

/// Looks for goods of an order of many sources.
const LOOKS: usize = 100_000;

/// Orders of ten lines, otherwise like typical ones in turn.
pub(super) fn of_ten_lines(engine: &Engine, typical: &[Order], many: usize) -> Vec<Order> {
    let mut random = Random::part(SEED, "ten lines");
    let skus = engine.world().skus().len();
    typical
        .iter()
        .cycle()
        .take(many)
        .map(|order| {
            let rows = popular_rows(&mut random, LINES, skus);
            with(engine, order, rows.into_iter().map(SkuIx::of))
        })
        .collect()
}

/// Orders of six goods each of which lies in one warehouse only, no two in the same.
pub(super) fn of_six_sources(engine: &Engine, typical: &[Order], many: usize) -> Vec<Order> {
    let mut random = Random::part(SEED, "six sources");
    let skus = engine.world().skus().len();
    let alone = |sku: SkuIx| -> Option<NodeIx> {
        let cells = engine.stock().of(sku).1;
        let first = cells.first()?.node;
        (cells.iter().all(|cell| cell.node == first) && cells.iter().any(|cell| cell.free() > 0))
            .then_some(first)
    };
    typical
        .iter()
        .cycle()
        .take(many)
        .map(|order| {
            let mut chosen: Vec<(NodeIx, SkuIx)> = Vec::new();
            for _ in 0..LOOKS {
                if chosen.len() == SOURCES {
                    break;
                }
                let sku = SkuIx::of(random.row(skus));
                if let Some(node) = alone(sku)
                    && chosen.iter().all(|&(other, _)| other != node)
                {
                    chosen.push((node, sku));
                }
            }
            with(engine, order, chosen.into_iter().map(|(_, sku)| sku))
        })
        .collect()
}

/// The order with one unit of each of these goods instead of its own.
fn with(engine: &Engine, order: &Order, skus: impl Iterator<Item = SkuIx>) -> Order {
    let line = |sku: SkuIx| {
        let value = engine.world().skus()[sku].value;
        Line {
            sku,
            qty: Quantity(1),
            sellers: None,
            min_life: Seconds(0),
            unit_value: value,
            unfilled_penalty: Money(value.0 / 2 + 100_000),
        }
    };
    Order { lines: skus.map(line).collect(), ..order.clone() }
}
