//! Each order as cheap as it can be, with no thought of the next.

use super::{Played, Policy, Stream, nothing};
use crate::split::Budget;

/// The cheapest plan of each order on the stock that the earlier ones left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Myopic;

impl Policy for Myopic {
    fn name(&self) -> String {
        "myopic exact".to_owned()
    }

    fn play(&self, stream: &Stream, budget: Budget<'_>) -> Played {
        let orders = stream.orders();
        let mut played = Played::with_room(orders.len());
        let plans = stream.engine().plan_in_turn(orders, budget, &mut |_| ());
        for (order, plan) in orders.iter().zip(plans) {
            played.note(order.clone(), plan.unwrap_or_else(|_| nothing(order)));
        }
        played
    }
}
