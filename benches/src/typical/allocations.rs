//! What plans allocate and what the stock weighs, whatever the size of the world.

use std::hint::black_box;
use std::io::Write;

use serde_json::Value;
use volok::stock::Cell;
use volok::world::{self, Order};
use volok::{Budget, Engine, Scratch};

use super::{Options, TypicalError, mix};
use crate::figure::Figure;

/// What the allocator has done since the program began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted {
    /// Blocks allocated, those that grew among them.
    pub allocations: usize,
    /// Bytes allocated in all.
    pub allocated: usize,
    /// Bytes given back in all.
    pub freed: usize,
}

/// Measures memory in every world; `counted` asks the allocator.
///
/// # Errors
///
/// See [`TypicalError`].
pub fn memory(
    options: &Options,
    counted: &dyn Fn() -> Counted,
    out: &mut dyn Write,
) -> Result<(), TypicalError> {
    for &skus in &options.skus {
        let mix = mix(skus, options.nodes);
        let world = world::build(&mix.world)?;
        let before = counted();
        let stock = mix.stock(&world)?;
        let after = counted();
        let (cells, bytes) = (stock.len(), held(after) - held(before));
        let case = |what: &str| format!("{skus}x{} {what}", options.nodes);
        let facts: Vec<(&'static str, Value)> = vec![
            ("cells", cells.into()),
            ("bytes_a_cell", size_of::<Cell>().into()),
            ("bytes_of_5_700_000", (bytes * 5_700_000 / cells.max(1)).into()),
        ];
        let row = |case, value: usize, unit, n, facts| Figure {
            suite: "typical",
            case,
            value: value.into(),
            unit,
            n,
            facts,
        };
        row(case("stock"), bytes, "bytes", 1, facts).write(options.json, out)?;
        let engine = Engine::new(world, stock);
        let orders: Vec<Order> = mix.orders(engine.world(), options.orders);
        let (allocations, bytes, idle) = planning(&engine, &orders, counted);
        let n = orders.len().max(1);
        let facts = vec![
            ("of_1000_plans", (allocations * 1_000 / n).into()),
            ("bytes_a_plan", (bytes / n).into()),
            ("left_after_all", idle.into()),
        ];
        row(case("allocations a plan"), allocations / n, "blocks", n, facts).write(options.json, out)?;
        out.flush()?;
    }
    Ok(())
}

fn held(counted: Counted) -> usize {
    counted.allocated.saturating_sub(counted.freed)
}

/// Blocks and bytes that plans took, and bytes still held when all were dropped; memory is warmed first.
fn planning(engine: &Engine, orders: &[Order], counted: &dyn Fn() -> Counted) -> (usize, usize, usize) {
    let mut scratch = Scratch::default();
    let mut pass = || {
        for order in orders {
            let _ = black_box(engine.plan(order, Budget::default(), &mut scratch));
        }
    };
    pass();
    let before = counted();
    pass();
    let after = counted();
    let took = (after.allocations - before.allocations, after.allocated - before.allocated);
    (took.0, took.1, held(after).saturating_sub(held(before)))
}
