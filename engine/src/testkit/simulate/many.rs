//! Stands in for deciding many orders together until the engine does that itself: each order in turn, the bound that of
//! each order alone. What it offers is named as the engine will name it, so that this file goes and nothing else changes.

use crate::engine::{Engine, PlanError};
use crate::plan::Plan;
use crate::split::Budget;
use crate::units::Money;
use crate::world::Order;
use std::ops::ControlFlow;

#[derive(Clone, Debug)]
pub struct Prices;
#[allow(dead_code, reason = "what the engine will read")]
pub struct BatchTerms<'b> {
    pub budget: Budget<'b>,
    pub gap: u32,
    pub rounds: u32,
    pub seed: u64,
    pub prices: Option<&'b Prices>,
}
impl Default for BatchTerms<'_> {
    fn default() -> Self {
        BatchTerms {
            budget: Budget::default(),
            gap: 0,
            rounds: 1,
            seed: 1,
            prices: None,
        }
    }
}
pub struct BatchProgress;
pub struct Batch {
    pub plans: Vec<Result<Plan, PlanError>>,
    pub bound: Money,
}

pub trait Many {
    fn batch(
        &self,
        orders: &[Order],
        terms: &BatchTerms<'_>,
        watch: &mut dyn FnMut(&BatchProgress) -> ControlFlow<()>,
    ) -> Batch;
    fn forecast(&self, scenarios: &[Vec<Order>], terms: &BatchTerms<'_>) -> Prices;
    fn set_prices(&mut self, prices: &Prices);
}

impl Many for Engine {
    fn batch(
        &self,
        orders: &[Order],
        terms: &BatchTerms<'_>,
        _: &mut dyn FnMut(&BatchProgress) -> ControlFlow<()>,
    ) -> Batch {
        let bound = self
            .plan_each(orders, terms.budget)
            .iter()
            .flatten()
            .map(|plan| plan.bound.0)
            .sum();
        let mut copy = Engine::new(self.world().clone(), self.stock().clone());
        Batch {
            plans: copy.plan_in_turn(orders, terms.budget, &mut |_| ()),
            bound: Money(bound),
        }
    }
    fn forecast(&self, _: &[Vec<Order>], _: &BatchTerms<'_>) -> Prices {
        Prices
    }
    fn set_prices(&mut self, _: &Prices) {}
}
