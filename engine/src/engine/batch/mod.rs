//! Many orders decided together: who gets the last units and places, proven to within a gap.

mod laid;
mod market;
mod prices;
mod realise;
mod whole;

use super::planner::Planner;
use super::{Engine, PlanError, Scratch};
use crate::batch::{self, Terms};
use crate::load::{Load, Scarce};
use crate::plan::{self, Plan};
use crate::split::Budget;
use crate::units::Money;
use crate::world::Order;
use market::Market;
use prices::Average;
pub use prices::{CellPrice, Prices, RoomPrice};
use rayon::prelude::*;
use realise::realise;
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

/// How often room that turns out to be missing gets a price and all is decided again.
const AGAIN: usize = 6;

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
        let mut rows: Vec<usize> = (0..orders.len()).collect();
        // Rows of orders cannot be seen in the answer.
        rows.sort_by(|&one, &other| {
            let key = |row: usize| {
                (std::cmp::Reverse(orders[row].priority), orders[row].placed_at, &orders[row].id)
            };
            key(one).cmp(&key(other))
        });
        let (mut stock, mut load) = (self.stock.clone(), self.load.clone());
        let mut plans: Vec<Option<Result<Plan, PlanError>>> = orders.iter().map(|_| None).collect();
        let (mut cost, mut bound, mut decided, mut rounds) = (0i64, 0i64, 0, 0);
        let mut prices = Prices::default();
        let mut ended = false;
        for class in rows.chunk_by(|&one, &other| orders[one].priority == orders[other].priority) {
            let these: Vec<&Order> = class.iter().map(|&row| &orders[row]).collect();
            decided += these.len();
            let planner = Planner { stock: &stock, load: &load, ..self.planner() };
            let mut told = |progress: &batch::Progress| {
                let money = |sum: i128, more: i64| Money(clamp(sum).saturating_add(more));
                let heard = watch(&BatchProgress {
                    orders: decided,
                    round: progress.rounds,
                    cost: money(progress.cost, cost),
                    bound: money(progress.bound, bound),
                });
                ended |= heard.is_break();
                if ended { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let found = decide(planner, &these, class, terms, &mut told);
            for (&row, plan) in class.iter().zip(found.plans) {
                if let Ok(plan) = &plan {
                    cost = cost.saturating_add(plan.cost().0);
                }
                plans[row] = Some(plan);
            }
            bound = bound.saturating_add(found.bound.0);
            rounds = rounds.max(found.rounds);
            prices.add(found.prices);
            for &row in class {
                if let Some(Ok(plan)) = &plans[row] {
                    let taken = stock.take(orders[row].channel, &plan.takes());
                    debug_assert!(taken.is_ok(), "plans fit together");
                    // What fits is far below what a counter holds.
                    let _ = load.commit(&plan::claims(&self.world, &orders[row], plan));
                }
            }
        }
        Batch { plans: plans.into_iter().flatten().collect(), bound: Money(bound), prices, rounds }
    }

    /// What the stock is worth to orders still to come: prices, averaged over scenarios of what those may be. Each scenario
    /// is a list of orders, say those of the same weekday in earlier weeks; all of them are looked at beside the stock as it
    /// is. Of the terms, budget, rounds and prices to begin with count.
    ///
    /// Orders that are planned with these prices ([`Engine::set_prices`]) leave to others what those need more.
    pub fn forecast(&self, scenarios: &[Vec<Order>], terms: &BatchTerms<'_>) -> Prices {
        let mut average = Average::default();
        for orders in scenarios {
            let orders: Vec<&Order> = orders.iter().collect();
            let rows: Vec<usize> = (0..orders.len()).collect();
            let market = Market::new(self.planner(), &orders, &[], terms.budget);
            let start = terms.prices.map(|prices| prices.rows(&market));
            let within = Terms { gap: 0, rounds: terms.rounds, seed: terms.seed, prices: start.as_deref() };
            let answer = batch::prices(&market, &market.goods, &within);
            average.add(&Prices::of(&market, &rows, &answer));
        }
        average.over(scenarios.len())
    }

    /// From now on plans pay these prices for stock; cells of which the table says nothing cost nothing. Plans say what they
    /// paid ([`Costs::stock`](crate::plan::Costs)).
    pub fn set_prices(&mut self, prices: &Prices) {
        self.stock.set_prices(prices.cells.iter().map(|row| (row.cell, row.price)));
    }
}

/// Decides orders of one priority; `rows` are their numbers among all.
fn decide<'e>(
    planner: Planner<'e>,
    orders: &[&Order],
    rows: &[usize],
    terms: &BatchTerms<'e>,
    watch: &mut dyn FnMut(&batch::Progress) -> ControlFlow<()>,
) -> Batch {
    let mut scarce = crowded(planner, orders, terms.budget);
    let mut best: Option<Batch> = None;
    let mut known = terms.prices.cloned();
    let mut bound = i64::MIN;
    let mut ended = false;
    for _ in 0..AGAIN {
        let market = Market::new(planner, orders, &scarce, terms.budget);
        let start = known.as_ref().map(|prices| prices.rows(&market));
        let within =
            Terms { gap: terms.gap, rounds: terms.rounds, seed: terms.seed, prices: start.as_deref() };
        let answer = batch::run(&market, &market.goods, &within, &mut |progress| {
            let heard = watch(progress);
            ended |= heard.is_break();
            heard
        });
        let realised = realise(&market, &answer.bids, terms.budget);
        bound = bound.max(clamp(answer.bound));
        let prices = Prices::of(&market, rows, &answer);
        let found = Batch {
            plans: realised.plans,
            bound: Money(bound),
            prices: prices.clone(),
            rounds: answer.rounds,
        };
        known = Some(prices);
        if best.as_ref().is_none_or(|best| found.cost() < best.cost()) {
            best = Some(found);
        }
        let before = scarce.len();
        scarce.extend(realised.missing);
        scarce.sort_unstable();
        scarce.dedup();
        if scarce.len() == before || ended {
            break;
        }
    }
    let mut best = best.unwrap_or_else(|| Batch {
        plans: Vec::new(),
        bound: Money::ZERO,
        prices: Prices::default(),
        rounds: 0,
    });
    best.bound = Money(bound).min(best.cost());
    best
}

/// Room that orders together pass if each is planned alone.
fn crowded(planner: Planner<'_>, orders: &[&Order], budget: Budget<'_>) -> Vec<Scarce> {
    if planner.world.is_unlimited() {
        return Vec::new();
    }
    let claims = |scratch: &mut Scratch, order: &&Order| {
        planner.plan(order, budget, scratch).map(|plan| plan::claims(planner.world, order, &plan))
    };
    let claims: Vec<_> =
        orders.par_iter().with_min_len(16).map_init(Scratch::default, claims).flatten().collect();
    let mut load: Load = planner.load.clone();
    for claims in &claims {
        // A counter that would overflow is full already.
        let _ = load.commit(claims);
    }
    load.beyond(planner.world)
}

fn clamp(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}
