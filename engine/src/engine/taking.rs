//! What a plan takes leaves stock and room: all of it or nothing.

use super::TakeError;
use crate::load::Load;
use crate::plan::{self, Plan};
use crate::stock::Stock;
use crate::world::{Order, World};

/// Takes what a plan picks, for the order's channel, and what it claims.
///
/// # Errors
/// See [`TakeError`]; then nothing is taken.
pub(super) fn take(
    world: &World,
    order: &Order,
    plan: &Plan,
    stock: &mut Stock,
    load: &mut Load,
) -> Result<(), TakeError> {
    if !plan::is_about(world, stock, order, plan) {
        return Err(TakeError::Stranger);
    }
    let claims = plan::claims(world, order, plan);
    if let Some(&claim) = load.too_much(world, &claims).first() {
        return Err(TakeError::Full(*claim));
    }
    stock.take(order.channel, &plan.takes()).map_err(TakeError::Short)?;
    // What fits is far below what a counter holds.
    let _ = load.commit(&claims);
    Ok(())
}
