//! Orders decided again, together with new ones.

use super::classes::decide_all;
use super::standing::{Stand, has_left, promised};
use super::{Batch, BatchProgress, BatchTerms, RebatchTerms, Standing};
use crate::engine::Engine;
use crate::engine::taking::take;
use crate::plan;
use crate::units::Money;
use crate::world::Order;
use std::ops::ControlFlow;

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
    /// Orders (rows, rising) whose plan cannot be kept, since what it takes is not there or it is of another
    /// world: they were decided like new ones.
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
    /// Decides orders again, together with new ones, as of some moment. What was promised is kept: an order with a plan
    /// gets all that its plan delivers, by the moment that was promised. Each parcel of it that does not stay as it was
    /// has a price. Orders of whose plan something has left stay as they are.
    ///
    /// Row by row, `standing` says which of the orders have a plan; where it is shorter, the others are new. What the plans
    /// of orders take of which something has left is taken in this engine ([`Engine::take`]); what the other plans take is
    /// not. With [`BatchTerms::prices`] of the last time most of the work is done already.
    ///
    /// The bound counts one changed parcel for each order that does not keep a plan that delivers everything.
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
            let known =
                |standing: &Standing<'_>| plan::is_about(&self.world, &self.stock, order, standing.plan);
            let gone =
                standing.is_some_and(|standing| known(&standing) && has_left(standing.plan, again.now));
            let kept = standing.filter(|standing| {
                !gone && take(&self.world, order, standing.plan, &mut stock, &mut load).is_ok()
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
            current.push(match &kept {
                Some(standing) => promised(now, standing),
                None => now,
            });
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
}
