//! Each order by a rule that shops ship.

use super::policy::is_over;
use super::{Played, Policy, Stream, nothing};
use crate::plan::claims;
use crate::split::Budget;
use crate::testkit::rules::Rule;
use crate::transit::Transit;
use crate::world::World;

/// Each order by a rule that shops ship, as it comes.
///
/// These rules send parcels straight from where they are packed: they know no cross-docks, and what can only be reached
/// through one stays unfilled. They do not count capacities either: an order whose parcels would not fit beside those
/// before it is not served at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greedy(pub Rule);

impl Policy for Greedy {
    fn name(&self) -> String {
        self.0.name().to_owned()
    }

    fn blind_to(&self, world: &World) -> Option<&'static str> {
        let docks = world.nodes().iter().any(|node| node.cross_docks.is_some());
        match (docks, world.is_unlimited()) {
            (true, true) => Some("cross-docks"),
            (true, false) => Some("cross-docks and capacities"),
            (false, false) => Some("capacities"),
            (false, true) => None,
        }
    }

    fn play(&self, stream: &Stream, budget: Budget<'_>) -> Played {
        let world = stream.world();
        let transit = Transit::new(world);
        let mut stock = stream.stock().clone();
        let mut load = crate::load::Load::default();
        let mut played = Played::with_room(stream.orders().len());
        for order in stream.orders() {
            if is_over(budget) {
                played.note(order.clone(), nothing(order));
                continue;
            }
            let mut plan = self.0.plan(world, &transit, &stock, order);
            let claimed = claims(world, order, &plan);
            if !load.too_much(world, &claimed).is_empty() {
                plan = nothing(order);
            }
            if stock.take(order.channel, &plan.takes()).is_err() {
                plan = nothing(order);
            } else if !plan.parcels.is_empty() {
                // What fits is far below what a counter holds.
                let _ = load.commit(&claimed);
            }
            played.note(order.clone(), plan);
        }
        played
    }
}
