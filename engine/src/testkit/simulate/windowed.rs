//! Orders of the last so many minutes decided together.

use super::policy::{go_on, is_over};
use super::refresh::Pricing;
use super::{Played, Policy, Refresh, Stream, nothing};
use crate::engine::BatchTerms;
use crate::split::Budget;
use crate::units::{Instant, Seconds};
use crate::world::Order;

/// Orders wait for the end of their window of so many minutes by the clock, and those of one window are decided
/// together. An order is picked no earlier than it is decided; promise, deadline and the moment after which it is of no
/// use stay what they were, so waiting can make it late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windowed {
    /// Minutes of a window; at least one.
    pub minutes: u32,
    /// Rounds of each batch at most.
    pub rounds: u32,
    /// Seed of whatever a batch draws.
    pub seed: u64,
    /// Stock prices by what is expected after the window, as [`super::Priced`] has them; none when absent.
    pub refresh: Option<Refresh>,
}

impl Default for Windowed {
    fn default() -> Windowed {
        Windowed { minutes: 60, rounds: 50, seed: 1, refresh: None }
    }
}

impl Windowed {
    /// The end of the window that a moment is in.
    fn decided_at(&self, placed_at: Instant) -> Instant {
        let long = i64::from(self.minutes.max(1)) * 60;
        let end = (placed_at.0.div_euclid(long) + 1).checked_mul(long);
        end.map_or(placed_at, Instant)
    }
}

/// The order as it stands when it is decided later than it was placed.
fn decided(order: &Order, at: Instant) -> Order {
    let mut order = order.clone();
    let waited = at.0.saturating_sub(order.placed_at.0);
    order.policy.latest_useful = Seconds(order.policy.latest_useful.0.saturating_sub(waited).max(0));
    order.placed_at = at;
    order
}

impl Policy for Windowed {
    fn name(&self) -> String {
        let prices = if self.refresh.is_some() { ", with prices" } else { "" };
        format!("batched every {} min{prices}", self.minutes.max(1))
    }

    fn play(&self, stream: &Stream, budget: Budget<'_>) -> Played {
        let mut engine = stream.engine();
        let mut pricing = self.refresh.map(|refresh| Pricing::new(stream, refresh));
        let terms = BatchTerms { budget, rounds: self.rounds, seed: self.seed, ..BatchTerms::default() };
        let mut played = Played::with_room(stream.orders().len());
        let end = |order: &Order| self.decided_at(order.placed_at);
        for window in stream.orders().chunk_by(|one, other| end(one) == end(other)) {
            let now = end(&window[0]);
            if let Some(pricing) = &mut pricing {
                pricing.before(&mut engine, window.len(), now, budget);
            }
            let orders: Vec<Order> = window.iter().map(|order| decided(order, now)).collect();
            if is_over(budget) {
                orders.iter().for_each(|order| played.note(order.clone(), nothing(order)));
                continue;
            }
            let answer = engine.batch(&orders, &terms, &mut |_| go_on(budget));
            for (order, plan) in orders.into_iter().zip(answer.plans) {
                // Plans of one batch fit together; one that did not would be told by the judge as not served.
                let plan = plan.ok().filter(|plan| engine.take(&order, plan).is_ok());
                let plan = plan.unwrap_or_else(|| nothing(&order));
                played.note(order, plan);
            }
        }
        played
    }
}
