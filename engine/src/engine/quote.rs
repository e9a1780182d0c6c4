//! When, and at what cost? The pairs of completion and cost that nothing beats, with nothing taken.
//!
//! The cheapest plan is the first point. Each further one is planned with the deadline a second before the last
//! completion, so it is the cheapest of all that complete earlier: between two neighbours there is no plan worth
//! telling of. Lateness counts in every point as the order says.

use super::{Engine, PlanError, Scratch};
use crate::plan::Plan;
use crate::split::Budget;
use crate::units::{Instant, Money, Quantity, Seconds, limits};
use crate::world::{ChannelIx, Line, NodeIx, Order, Policy, SkuIx};

/// Points of one quote at most; each is a plan of its own.
const POINTS: usize = 8;

/// Points looked at for a product page, of which the first and the last are told.
const POINTS_OF_A_PROMISE: usize = 64;

/// What an order would cost and when it would arrive, with nothing taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Total cost.
    pub cost: Money,
    /// Proven: nothing costs less.
    pub bound: Money,
    /// When the last parcel would be handed over; nothing when none would.
    pub completes_at: Option<Instant>,
    /// Parcels that would be handed over.
    pub deliveries: usize,
    /// Units that would not be delivered.
    pub unfilled: u64,
    /// What each earlier completion costs: from the cheapest on, each dearer and earlier than the one before, at most
    /// eight. None leaves more units behind than the cheapest plan does. The first is the quote itself, but where a
    /// plan that costs as much completes earlier.
    pub frontier: Vec<Promise>,
}

/// One plan an order could have: what it costs and when it completes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Total cost.
    pub cost: Money,
    /// Proven: nothing that completes by then costs less.
    pub bound: Money,
    /// When the last parcel would be handed over; nothing when none would.
    pub completes_at: Option<Instant>,
    /// Parcels that would be handed over.
    pub deliveries: usize,
    /// Units that would not be delivered.
    pub unfilled: u64,
}

/// The two ends of what can be promised for one thing on a product page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promises {
    /// The cheapest hand-over.
    pub cheapest: Promise,
    /// The earliest hand-over.
    pub earliest: Promise,
}

impl Promise {
    fn of(plan: &Plan) -> Promise {
        Promise {
            cost: plan.cost(),
            bound: plan.bound,
            completes_at: plan.completes_at(),
            deliveries: plan.deliveries(),
            unfilled: plan.unfilled.iter().map(|unfilled| u64::from(unfilled.qty.0)).sum(),
        }
    }
}

impl Engine {
    /// What an order would cost and when it would arrive: the same way as [`Engine::plan`], with nothing taken. The
    /// budget is that of each point of the frontier.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub fn quote(
        &self,
        order: &Order,
        budget: Budget<'_>,
        scratch: &mut Scratch,
    ) -> Result<Quote, PlanError> {
        let (best, frontier) = self.frontier(order, POINTS, budget, scratch)?;
        let Promise { cost, bound, completes_at, deliveries, unfilled } = best;
        Ok(Quote { cost, bound, completes_at, deliveries, unfilled, frontier })
    }

    /// What can be promised for one thing on a product page: the cheapest hand-over and the earliest, carriage and all,
    /// as if ordered alone from any seller. Nothing when not all of it can be had there. The budget is that of each
    /// plan looked at.
    ///
    /// # Errors
    /// See [`PlanError`].
    #[allow(clippy::too_many_arguments)]
    pub fn promise(
        &self,
        sku: SkuIx,
        qty: Quantity,
        to: NodeIx,
        channel: ChannelIx,
        placed_at: Instant,
        budget: Budget<'_>,
        scratch: &mut Scratch,
    ) -> Result<Option<Promises>, PlanError> {
        if qty.0 == 0 || self.world.nodes()[to].hands_over.is_none() {
            return Ok(None);
        }
        let line = Line {
            sku,
            qty,
            sellers: None,
            min_life: Seconds::ZERO,
            unit_value: self.world.skus()[sku].value,
            // Whatever bringing it costs, leaving it out costs more.
            unfilled_penalty: Money(limits::MONEY.min(limits::MONEY_PER_ORDER / i64::from(qty.0))),
        };
        let order = Order {
            id: self.world.sku_names().of(sku).into(),
            channel,
            customer: None,
            placed_at,
            to,
            lines: std::iter::once(line).collect(),
            deadline: None,
            promise: None,
            late_per_hour: Money::ZERO,
            priority: 0,
            policy: Policy {
                partial: false,
                max_deliveries: None,
                delivery_penalty: Money::ZERO,
                together: Vec::new(),
                quantity_split: true,
                latest_useful: Seconds(limits::HORIZON_DAYS * 86_400),
            },
        };
        let (best, mut frontier) = self.frontier(&order, POINTS_OF_A_PROMISE, budget, scratch)?;
        if best.unfilled > 0 {
            return Ok(None);
        }
        let earliest = frontier.pop();
        let cheapest = frontier.into_iter().next().or_else(|| earliest.clone());
        Ok(cheapest.zip(earliest).map(|(cheapest, earliest)| Promises { cheapest, earliest }))
    }

    /// The cheapest plan, and the points from there on: each dearer and earlier than the one before.
    fn frontier(
        &self,
        order: &Order,
        most: usize,
        budget: Budget<'_>,
        scratch: &mut Scratch,
    ) -> Result<(Promise, Vec<Promise>), PlanError> {
        let best = Promise::of(&self.plan(order, budget, scratch)?);
        let mut frontier = vec![best.clone()];
        let mut sooner = order.clone();
        while frontier.len() < most {
            let completes = frontier.last().and_then(|last| last.completes_at);
            let Some(before) = completes.and_then(|at| at.before(Seconds(1))) else { break };
            sooner.deadline = Some(before);
            // The order itself has a plan; that there is none in time ends the row.
            let Ok(plan) = self.plan(&sooner, budget, scratch) else { break };
            let next = Promise::of(&plan);
            if next.unfilled > best.unfilled || next.completes_at.is_none() {
                break;
            }
            // What costs as much or more and completes later is beaten; unproven plans may be dearer by more.
            while frontier.last().is_some_and(|last| last.cost >= next.cost) {
                frontier.pop();
            }
            frontier.push(next);
        }
        Ok((best, frontier))
    }
}
