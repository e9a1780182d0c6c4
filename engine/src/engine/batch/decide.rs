//! Orders of one priority: prices, a handing out and plans, again as long as room turns out to be missing.

use super::market::Market;
use super::prices::Prices;
use super::realise::realise;
use super::standing::Stand;
use super::{BatchTerms, clamp};
use crate::batch::{self, Terms};
use crate::engine::planner::Planner;
use crate::engine::taking::take;
use crate::engine::{PlanError, Scratch};
use crate::load::{Load, Scarce};
use crate::plan::{self, Plan};
use crate::split::Budget;
use crate::world::Order;
use rayon::prelude::*;
use std::ops::ControlFlow;

/// How often room that turns out to be missing gets a price and all is decided again.
const AGAIN: usize = 6;

/// Orders of one priority.
#[derive(Debug, Default)]
pub(super) struct Class<'o> {
    pub orders: Vec<&'o Order>,
    /// By order, its number among all.
    pub rows: Vec<usize>,
    /// By order, what it has already.
    pub stands: Vec<Option<&'o Stand<'o>>>,
}

impl<'o> Class<'o> {
    /// Adds an order.
    pub fn add(&mut self, order: &'o Order, row: usize, stand: Option<&'o Stand<'o>>) {
        self.orders.push(order);
        self.rows.push(row);
        self.stands.push(stand);
    }
}

/// How a class was decided.
#[derive(Debug)]
pub(super) struct Decided {
    /// By order.
    pub plans: Vec<Result<Plan, PlanError>>,
    /// By order, parcels that do not stay as they were.
    pub changed: Vec<u32>,
    /// What these changes cost.
    pub changes: i64,
    /// Proven of plans and changes together.
    pub bound: i64,
    pub prices: Prices,
    pub rounds: u32,
}

impl Decided {
    fn nothing() -> Decided {
        let prices = Prices::default();
        Decided { plans: Vec::new(), changed: Vec::new(), changes: 0, bound: i64::MIN, prices, rounds: 0 }
    }

    /// What plans and changes cost.
    pub fn cost(&self) -> i64 {
        self.plans.iter().flatten().fold(self.changes, |sum, plan| sum.saturating_add(plan.cost().0))
    }
}

/// Decides orders of one priority.
pub(super) fn decide<'e>(
    planner: Planner<'e>,
    class: &Class<'_>,
    terms: &BatchTerms<'e>,
    watch: &mut dyn FnMut(&batch::Progress) -> ControlFlow<()>,
) -> Decided {
    let mut scarce = crowded(planner, &class.orders, terms.budget);
    let mut best: Option<Decided> = None;
    let mut known = terms.prices.cloned();
    let mut bound = i64::MIN;
    let mut ended = false;
    for _ in 0..AGAIN {
        let market = Market::new(planner, class, &scarce, terms.budget);
        let start = known.as_ref().map(|prices| prices.rows(&market));
        let within =
            Terms { gap: terms.gap, rounds: terms.rounds, seed: terms.seed, prices: start.as_deref() };
        let answer = batch::run(&market, market.goods(), &within, &mut |progress| {
            let heard = watch(progress);
            ended |= heard.is_break();
            heard
        });
        let realised = realise(&market, &answer.bids, terms.budget);
        bound = bound.max(clamp(answer.bound));
        let before = scarce.len();
        scarce.extend(realised.missing);
        scarce.sort_unstable();
        scarce.dedup();
        let again = scarce.len() > before && !ended;
        let mut prices = Prices::of(&market, &class.rows, &answer);
        if again {
            known = Some(prices.clone());
        }
        if let Some((changed, changes)) = changes(class, &realised.plans) {
            let (plans, rounds) = (realised.plans, answer.rounds);
            let mut found = Decided { plans, changed, changes, bound, prices: Prices::default(), rounds };
            if best.as_ref().is_none_or(|best| found.cost() < best.cost()) {
                prices.tell_who_wanted(&market, &class.rows, &answer);
                found.prices = prices;
                best = Some(found);
            }
        }
        if !again {
            break;
        }
    }
    let mut best = best.unwrap_or_else(|| decide_the_new(planner, class, terms, watch));
    best.bound = bound.min(best.cost());
    best
}

/// What plans change and what that costs; nothing when they break a promise.
fn changes(class: &Class<'_>, plans: &[Result<Plan, PlanError>]) -> Option<(Vec<u32>, i64)> {
    let (mut changed, mut cost) = (vec![0; plans.len()], 0i64);
    for (row, stand) in class.stands.iter().enumerate() {
        let Some(stand) = stand else { continue };
        let plan = plans[row].as_ref().ok().filter(|plan| stand.is_kept_by(class.orders[row], plan))?;
        let (count, price) = stand.change(plan);
        changed[row] = count;
        cost = cost.saturating_add(price);
    }
    Some((changed, cost))
}

/// All that has a plan keeps it, and the others are decided beside it.
fn decide_the_new<'e>(
    planner: Planner<'e>,
    class: &Class<'_>,
    terms: &BatchTerms<'e>,
    watch: &mut dyn FnMut(&batch::Progress) -> ControlFlow<()>,
) -> Decided {
    let (mut stock, mut load) = (planner.stock.clone(), planner.load.clone());
    let mut new = Class::default();
    for (row, &order) in class.orders.iter().enumerate() {
        match class.stands[row] {
            Some(stand) => {
                let taken = take(planner.world, order, stand.plan, &mut stock, &mut load);
                debug_assert!(taken.is_ok(), "what all have fits together");
            }
            None => new.add(order, class.rows[row], None),
        }
    }
    let terms = BatchTerms { prices: None, ..*terms };
    let found = match new.orders.is_empty() {
        true => Decided::nothing(),
        false => decide(Planner { stock: &stock, load: &load, ..planner }, &new, &terms, watch),
    };
    let mut others = found.plans.into_iter();
    let plans = class.stands.iter().map(|stand| match stand {
        Some(stand) => Some(Ok(stand.plan.clone())),
        None => others.next(),
    });
    let plans: Vec<_> = plans.flatten().collect();
    Decided { changed: vec![0; plans.len()], plans, ..found }
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
