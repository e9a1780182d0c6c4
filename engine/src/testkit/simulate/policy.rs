//! What a policy is, and what it leaves behind.

use super::Stream;
use crate::check::{Violation, check_all};
use crate::engine::Engine;
use crate::plan::{Costs, Plan, Reason, ReasonCode, Unfilled};
use crate::split::Budget;
use crate::units::{Index, Money};
use crate::world::{LineIx, Order, World};
use std::ops::ControlFlow;

/// Orders planned in turn between two looks at whether anyone still waits: a stream's orders stand in their turn, so that
/// it changes no answer.
const AT_A_TIME: usize = 1_024;

/// A way to decide orders as they come in. See `docs/simulation.md` for how to write one.
pub trait Policy: Sync {
    /// Name for tables.
    fn name(&self) -> String;

    /// What of a world it cannot make use of, in words; nothing when it sees all there is.
    fn blind_to(&self, _world: &World) -> Option<&'static str> {
        None
    }

    /// Decides all orders of a stream, each with what was known when it was decided, on the stock that was left. The
    /// budget is that of one order. The same stream and budget in steps give the same plans.
    ///
    /// Once [`Budget::stop`] says so nobody waits for the answer: orders not decided by then are not served.
    fn play(&self, stream: &Stream, budget: Budget<'_>) -> Played;
}

/// What a policy decided.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    /// The stream's orders in their order, as they were decided: `placed_at` is the moment of the decision.
    pub orders: Vec<Order>,
    /// A plan for each; an order that was not served has one that says so.
    pub plans: Vec<Plan>,
    /// Proven: all orders together cost no less, whoever decides. Nothing where nothing was proven.
    pub bound: Option<Money>,
}

impl Played {
    /// Makes room for so many decisions.
    pub fn with_room(orders: usize) -> Played {
        Played { orders: Vec::with_capacity(orders), plans: Vec::with_capacity(orders), bound: None }
    }

    /// Notes the decision of the stream's next order.
    pub fn note(&mut self, order: Order, plan: Plan) {
        self.orders.push(order);
        self.plans.push(without_prices(plan));
    }

    /// Notes orders that are planned in turn, as long as someone waits for them.
    pub(super) fn play_in_turn(&mut self, engine: &mut Engine, orders: &[Order], budget: Budget<'_>) {
        for some in orders.chunks(AT_A_TIME) {
            if is_over(budget) {
                some.iter().for_each(|order| self.note(order.clone(), nothing(order)));
                continue;
            }
            for (order, plan) in some.iter().zip(engine.plan_in_turn(some, budget, &mut |_| ())) {
                self.note(order.clone(), plan.unwrap_or_else(|_| nothing(order)));
            }
        }
    }

    /// Every rule of the model that the plans break on the stream's stock, all of them together.
    pub fn judge(&self, stream: &Stream) -> Vec<Violation> {
        let pairs: Vec<(&Order, &Plan)> = self.orders.iter().zip(&self.plans).collect();
        check_all(stream.world(), stream.stock(), &pairs)
    }
}

/// Whether nobody waits for the answer any more.
pub(super) fn is_over(budget: Budget<'_>) -> bool {
    budget.stop.is_some_and(|stop| stop())
}

/// What a batch is told that asks whether it should go on.
pub(super) fn go_on(budget: Budget<'_>) -> ControlFlow<()> {
    if is_over(budget) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// The plan that delivers nothing of an order.
pub fn nothing(order: &Order) -> Plan {
    let mut costs = Costs::default();
    let mut unfilled = Vec::with_capacity(order.lines.len());
    for (line, wanted) in order.lines.iter().enumerate() {
        let penalty = wanted.unfilled_penalty.0.saturating_mul(i64::from(wanted.qty.0));
        costs.unfilled.0 = costs.unfilled.0.saturating_add(penalty);
        let reason =
            Reason { code: ReasonCode::NotEnough, node: None, lane: None, qty: u64::from(wanted.qty.0) };
        unfilled.push(Unfilled { line: LineIx::of(line), qty: wanted.qty, reasons: vec![reason] });
    }
    Plan { parcels: Default::default(), unfilled, costs, bound: Money::ZERO, steps: 0 }
}

/// The plan as it costs on stock without prices. What was proven with prices holds with them alone; without, no plan
/// costs less than nothing.
fn without_prices(mut plan: Plan) -> Plan {
    if plan.costs.stock != Money::ZERO {
        plan.costs.stock = Money::ZERO;
        plan.bound = Money::ZERO;
    }
    plan.bound = plan.bound.min(plan.cost());
    plan
}
