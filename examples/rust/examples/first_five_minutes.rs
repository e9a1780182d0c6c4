//! The first five minutes: a world of three items, one order, its cheapest plan, why, and whether it is allowed.

use std::io::Write;
use volok::check::check;
use volok::{Budget, Engine, Scratch, plan::draw, spec};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let world = spec::world_from_str(include_str!("../../first_steps/world.json"))?;
    let engine = Engine::from_document(&world)?;
    let order = spec::order_from_str(include_str!("../../first_steps/order.json"))?;
    let order = engine.order(&order)?;

    let mut scratch = Scratch::default();
    let plan = engine.plan(&order, Budget::default(), &mut scratch)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", draw::text(engine.world(), engine.stock(), &order, &plan, 100))?;

    let advice = engine.explain(&order, &plan, &mut scratch);
    writeln!(out, "{}", draw::reasons(engine.world(), &order, &advice, 100))?;

    let document = engine.document(&order, &plan);
    writeln!(
        out,
        "The plan as a document has {} parcels and costs {}.",
        document.parcels.len(),
        document.cost
    )?;
    let wrong = check(engine.world(), engine.stock(), &order, &plan);
    writeln!(out, "Rules broken: {}.", wrong.len())?;
    Ok(())
}
