//! Many orders decided together: who gets the last units and places, proven to within a gap.

mod classes;
mod decide;
mod document;
mod laid;
mod market;
mod parts;
mod prices;
mod realise;
mod rebatch;
mod shelves;
mod standing;
mod whole;

use super::{Engine, PlanError};
use crate::batch::{self, Terms};
use crate::plan::Plan;
use crate::split::Budget;
use crate::units::Money;
use crate::world::Order;
use classes::decide_all;
use decide::Class;
use market::Market;
pub use parts::{PartsError, Workers};
use prices::Average;
pub use prices::{CellPrice, Prices, RoomPrice};
pub use rebatch::Rebatched;
pub use standing::{RebatchTerms, Standing};
use std::ops::ControlFlow;

/// How far many orders are taken.
#[derive(Clone, Copy, Debug)]
pub struct BatchTerms<'b> {
    /// Search for one order, each time it is planned.
    pub budget: Budget<'b>,
    /// It is enough to be proven within so many millionths of the best.
    pub gap: u32,
    /// It is enough to have planned each order so often, on average. Counting this and not seconds keeps answers the same
    /// on every machine; a limit in seconds is in the hands of whoever is told of the progress.
    pub rounds: u32,
    /// What chance does where orders are drawn to be planned anew.
    pub seed: u64,
    /// Prices to begin with, say those of the last time.
    pub prices: Option<&'b Prices>,
}

impl Default for BatchTerms<'_> {
    fn default() -> Self {
        BatchTerms { budget: Budget::default(), gap: 1_000, rounds: 400, seed: 1, prices: None }
    }
}

/// How far orders have been decided together. Numbers are of all orders whose turn has come: those of higher priority
/// come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchProgress {
    /// How many orders these are.
    pub orders: usize,
    /// How often each of the present ones was planned, on average.
    pub round: u32,
    /// What the best answer so far costs.
    pub cost: Money,
    /// Proven: no answer costs less.
    pub bound: Money,
}

/// Orders decided together.
#[derive(Clone, Debug)]
pub struct Batch {
    /// By order. Together they take no more of anything than there is.
    pub plans: Vec<Result<Plan, PlanError>>,
    /// Proven: no plans of these orders that fit together cost less in sum. With several priorities: of each class beside
    /// what those above it took.
    pub bound: Money,
    /// What stock and room were worth to these orders.
    pub prices: Prices,
    /// How often each order was planned, on average.
    pub rounds: u32,
}

impl Batch {
    /// Cost of all plans.
    pub fn cost(&self) -> Money {
        Money(self.plans.iter().flatten().map(|plan| plan.cost().0).sum())
    }

    /// By how many millionths of its cost the answer may miss the best, rounded up.
    pub fn gap(&self) -> u64 {
        let (cost, bound) = (i128::from(self.cost().0), i128::from(self.bound.0));
        if cost <= bound {
            return 0;
        }
        let missed = ((cost - bound) * 1_000_000 + cost.abs() - 1) / cost.abs().max(1);
        u64::try_from(missed).unwrap_or(u64::MAX)
    }
}

impl Engine {
    /// Decides orders together against the stock and the capacities as they are: the sum of their costs is to be least,
    /// and plans fit together. Orders of higher priority choose first; among orders of one priority nobody is before
    /// another. Nothing is taken. The same orders, terms and world give the same plans, whatever the number of threads.
    ///
    /// `watch` hears how far it has come, and ends it when it breaks: then the best answer so far stands with its bound.
    ///
    /// Takes as much memory as the problems of all orders, some two kilobytes each.
    pub fn batch(
        &self,
        orders: &[Order],
        terms: &BatchTerms<'_>,
        watch: &mut dyn FnMut(&BatchProgress) -> ControlFlow<()>,
    ) -> Batch {
        let found = decide_all(self.planner(), orders, &[], (0..orders.len()).collect(), terms, watch);
        let (bound, prices, rounds) = (Money(found.bound), found.prices, found.rounds);
        Batch { plans: found.plans.into_iter().flatten().collect(), bound, prices, rounds }
    }

    /// What the stock is worth to orders still to come: prices, averaged over scenarios of what those may be. Each scenario
    /// is a list of orders, say those of the same weekday in earlier weeks; all of them are looked at beside the stock as it
    /// is. Of the terms, budget, rounds and prices to begin with count.
    ///
    /// Orders that are planned with these prices ([`Engine::set_prices`]) leave to others what those need more.
    pub fn forecast(&self, scenarios: &[Vec<Order>], terms: &BatchTerms<'_>) -> Prices {
        let mut average = Average::default();
        for orders in scenarios {
            let mut class = Class::default();
            orders.iter().enumerate().for_each(|(row, order)| class.add(order, row, None));
            let market = Market::new(self.planner(), &class, &[], terms.budget);
            let start = terms.prices.map(|prices| prices.rows(&market));
            let within = Terms { gap: 0, rounds: terms.rounds, seed: terms.seed, prices: start.as_deref() };
            let answer = batch::prices(&market, market.goods(), &within);
            average.add(&Prices::of(&market, &class.rows, &answer));
        }
        average.over(scenarios.len())
    }

    /// From now on plans pay these prices for stock; cells of which the table says nothing cost nothing. Plans say what they
    /// paid ([`Costs::stock`](crate::plan::Costs)).
    pub fn set_prices(&mut self, prices: &Prices) {
        self.stock.set_prices(prices.cells.iter().map(|row| (row.cell, row.price)));
    }
}

fn clamp(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}
