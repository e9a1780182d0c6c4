//! Orders of higher priority choose first: class by class, each of what those above it left.

use super::decide::{Class, decide};
use super::prices::Prices;
use super::standing::Stand;
use super::{BatchProgress, BatchTerms, clamp};
use crate::batch;
use crate::engine::PlanError;
use crate::engine::planner::Planner;
use crate::engine::taking::take;
use crate::plan::Plan;
use crate::units::Money;
use crate::world::Order;
use std::cmp::Reverse;
use std::ops::ControlFlow;

/// How all classes were decided.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// By order; nothing for those that were not to be decided.
    pub plans: Vec<Option<Result<Plan, PlanError>>>,
    /// By order, parcels that do not stay as they were.
    pub changed: Vec<u32>,
    /// What these changes cost.
    pub changes: i64,
    /// Proven of plans and changes together.
    pub bound: i64,
    pub prices: Prices,
    pub rounds: u32,
}

/// Decides some rows of orders; those of them that have a plan may keep it.
pub(super) fn decide_all<'e>(
    planner: Planner<'e>,
    orders: &[Order],
    stands: &[Option<Stand<'_>>],
    mut rows: Vec<usize>,
    terms: &BatchTerms<'e>,
    watch: &mut dyn FnMut(&BatchProgress) -> ControlFlow<()>,
) -> Found {
    // Rows of orders cannot be seen in the answer.
    rows.sort_by(|&one, &other| {
        let key = |row: usize| (Reverse(orders[row].priority), orders[row].placed_at, &orders[row].id);
        key(one).cmp(&key(other))
    });
    let stand = |row: usize| stands.get(row).and_then(Option::as_ref);
    let mut found = Found {
        plans: orders.iter().map(|_| None).collect(),
        changed: vec![0; orders.len()],
        ..Found::default()
    };
    let (mut stock, mut load) = (planner.stock.clone(), planner.load.clone());
    let (mut cost, mut decided, mut ended) = (0i64, 0, false);
    let mut rest = &rows[..];
    while let Some(&first) = rest.first() {
        let many = rest.partition_point(|&row| orders[row].priority == orders[first].priority);
        let (these, lower) = rest.split_at(many);
        rest = lower;
        let mut class = Class::default();
        these.iter().for_each(|&row| class.add(&orders[row], row, stand(row)));
        decided += these.len();
        // Nobody above takes what was promised to those below.
        let (mut free, mut room) = (stock.clone(), load.clone());
        for &row in lower {
            if let Some(stand) = stand(row) {
                let kept = take(planner.world, &orders[row], stand.plan, &mut free, &mut room);
                debug_assert!(kept.is_ok(), "what all have fits together");
            }
        }
        let bound = found.bound;
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
        let answer = decide(Planner { stock: &free, load: &room, ..planner }, &class, terms, &mut told);
        cost = cost.saturating_add(answer.cost());
        found.bound = found.bound.saturating_add(answer.bound);
        found.changes = found.changes.saturating_add(answer.changes);
        found.rounds = found.rounds.max(answer.rounds);
        found.prices.add(answer.prices);
        for ((&row, plan), changed) in these.iter().zip(answer.plans).zip(answer.changed) {
            if let Ok(plan) = &plan {
                let taken = take(planner.world, &orders[row], plan, &mut stock, &mut load);
                debug_assert!(taken.is_ok(), "plans fit together");
            }
            (found.plans[row], found.changed[row]) = (Some(plan), changed);
        }
    }
    found
}
