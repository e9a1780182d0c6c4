//! What could have been done, had all orders been known from the start.

use super::policy::{go_on, is_over};
use super::{Played, Policy, Stream, nothing};
use crate::engine::BatchTerms;
use crate::split::Budget;
use crate::world::Order;

/// All orders decided together, as if every one had been known at the start: its bound is what no policy undercuts, its
/// answer the best that was found. Each order is still picked no earlier than it was placed. Priorities do not count: what
/// is sought is the least sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hindsight {
    /// Rounds of the batch at most.
    pub rounds: u32,
    /// The batch ends when answer and bound are so near: parts per million of the cost.
    pub gap: u32,
    /// Seed of whatever a batch draws.
    pub seed: u64,
}

impl Default for Hindsight {
    fn default() -> Hindsight {
        Hindsight { rounds: 300, gap: 100, seed: 1 }
    }
}

impl Policy for Hindsight {
    fn name(&self) -> String {
        "hindsight".to_owned()
    }

    fn play(&self, stream: &Stream, budget: Budget<'_>) -> Played {
        let orders = stream.orders();
        let mut played = Played::with_room(orders.len());
        if is_over(budget) {
            // Laying out the problems of all orders takes long, too.
            orders.iter().for_each(|order| played.note(order.clone(), nothing(order)));
            return played;
        }
        let terms = BatchTerms {
            budget,
            gap: self.gap,
            rounds: self.rounds,
            seed: self.seed,
            ..BatchTerms::default()
        };
        let equal: Vec<Order> = orders.iter().map(|order| Order { priority: 0, ..order.clone() }).collect();
        let answer = stream.engine().batch(&equal, &terms, &mut |_| go_on(budget));
        played.bound = Some(answer.bound);
        for (order, plan) in orders.iter().zip(answer.plans) {
            played.note(order.clone(), plan.unwrap_or_else(|_| nothing(order)));
        }
        played
    }
}
