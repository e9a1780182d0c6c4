//! Many orders decided together: who gets the last units and places, proven to within a gap.

mod classes;
mod decide;
mod laid;
mod market;
mod prices;
mod realise;
mod standing;
mod whole;

use super::{Engine, PlanError};
use crate::batch::{self, Terms};
use crate::plan::Plan;
use crate::split::Budget;
use crate::units::Money;
use crate::world::Order;
use classes::decide_all;
use decide::{Class, take};
use market::Market;
use prices::Average;
pub use prices::{CellPrice, Prices, RoomPrice};
pub use standing::{RebatchTerms, Standing};
use standing::{Stand, has_left, promised};
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

/// Orders decided again.
#[derive(Clone, Debug)]
pub struct Rebatched {
    /// As if decided for the first time. Its bound is that of [`Rebatched::bound`] less what the changes cost: no plans
    /// with their changes cost less than these with theirs.
    pub batch: Batch,
    /// By order, the one its plan is of: as it was for plans that stay, [`Order::as_of`] now for the others. To be asked
    /// with the next time.
    pub orders: Vec<Order>,
    /// By order: parcels of its old plan that do not stay as they were.
    pub changed: Vec<u32>,
    /// What these changes cost.
    pub changes: Money,
    /// Orders (rows, rising) of whose plan something has left: they stay as they are.
    pub left: Vec<usize>,
    /// Orders (rows, rising) whose plan cannot be kept, since what it takes is not there: they were decided like new ones.
    pub lost: Vec<usize>,
    /// Proven: no plans with their changes cost less.
    pub bound: Money,
}

impl Rebatched {
    /// Cost of the plans and of the changes.
    pub fn cost(&self) -> Money {
        Money(self.batch.cost().0.saturating_add(self.changes.0))
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

    /// Decides orders again, together with new ones, as of some moment. What was promised is kept: an order with a plan
    /// gets all that its plan delivers, by the moment that was promised. Each parcel of it that does not stay as it was
    /// has a price. Orders of whose plan something has left stay as they are.
    ///
    /// Row by row, `standing` says which of the orders have a plan; where it is shorter, the others are new. What the plans
    /// of orders take of which something has left is taken in this engine ([`Engine::take`]); what the other plans take is
    /// not. With [`BatchTerms::prices`] of the last time most of the work is done already.
    ///
    /// The bound counts one changed parcel for each order that does not keep its plan.
    pub fn rebatch(
        &self,
        orders: &[Order],
        standing: &[Option<Standing<'_>>],
        again: &RebatchTerms,
        terms: &BatchTerms<'_>,
        watch: &mut dyn FnMut(&BatchProgress) -> ControlFlow<()>,
    ) -> Rebatched {
        let (mut stock, mut load) = (self.stock.clone(), self.load.clone());
        let (mut left, mut lost, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        let mut current: Vec<Order> = Vec::with_capacity(orders.len());
        let mut stands: Vec<Option<Stand<'_>>> = Vec::with_capacity(orders.len());
        for (row, order) in orders.iter().enumerate() {
            let standing = standing.get(row).copied().flatten();
            let gone = standing.is_some_and(|standing| has_left(standing.plan, again.now));
            let kept = standing.filter(|standing| {
                !gone && take(self.planner(), order, standing.plan, &mut stock, &mut load)
            });
            match (gone, standing, kept) {
                (true, ..) => left.push(row),
                (false, Some(_), None) => lost.push(row),
                _ => {}
            }
            if !gone {
                rows.push(row);
            }
            let now = order.as_of(again.now);
            current.push(kept.map_or_else(|| now.clone(), |standing| promised(now.clone(), &standing)));
            stands.push(kept.map(|standing| Stand::new(order, &standing, again.change_price)));
        }
        let mut found = decide_all(self.planner(), &current, &stands, rows, terms, watch);
        for &row in &left {
            if let Some(gone) = standing[row] {
                found.plans[row] = Some(Ok(gone.plan.clone()));
                found.bound = found.bound.saturating_add(gone.plan.cost().0);
            }
        }
        // A plan is of the order as it was when it was decided.
        let decided = |(row, order): (usize, &Order)| {
            let plan = found.plans[row].as_ref().and_then(|plan| plan.as_ref().ok());
            let standing = standing.get(row).copied().flatten();
            let kept = standing.is_some_and(|standing| plan == Some(standing.plan));
            if kept { order.clone() } else { order.as_of(again.now) }
        };
        let orders = orders.iter().enumerate().map(decided).collect();
        let (bound, changes) = (Money(found.bound), Money(found.changes));
        let batch = Batch {
            plans: found.plans.into_iter().flatten().collect(),
            bound: Money(bound.0.saturating_sub(changes.0)),
            prices: found.prices,
            rounds: found.rounds,
        };
        Rebatched { batch, orders, changed: found.changed, changes, left, lost, bound }
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
            let answer = batch::prices(&market, &market.goods, &within);
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
