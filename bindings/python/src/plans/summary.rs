//! A plan in one row.

use super::Answer;
use crate::writer::{Column, Kind, Writer};

pub(super) const PLANS: &[Column] = &[
    Column::of("order", Kind::Text, "key of the order"),
    Column::of(
        "status",
        Kind::Text,
        "`optimal`, `gap`, or `none` where there is no plan at all: see `error`",
    ),
    Column::maybe("cost", Kind::Int, "total cost, minor units"),
    Column::maybe("bound", Kind::Int, "proven: no plan costs less, minor units"),
    Column::maybe(
        "completes_at",
        Kind::Moment,
        "when the last parcel is handed over, UTC; null when none is",
    ),
    Column::maybe("deliveries", Kind::Count, "parcels handed over"),
    Column::maybe("unfilled", Kind::Large, "units not delivered"),
    Column::maybe("pick_units", Kind::Int, "cost of units picked, minor units"),
    Column::maybe("pick_lines", Kind::Int, "cost of lines picked, minor units"),
    Column::maybe("packing", Kind::Int, "cost of parcels packed at their nodes, minor units"),
    Column::maybe("carriage", Kind::Int, "cost of carriage by lanes, minor units"),
    Column::maybe("handling", Kind::Int, "cost of handling at cross-docks, minor units"),
    Column::maybe("merging", Kind::Int, "cost of merging at cross-docks, minor units"),
    Column::maybe("hand_over", Kind::Int, "cost of handing parcels over, minor units"),
    Column::maybe("extra_deliveries", Kind::Int, "cost of parcels after the first, minor units"),
    Column::maybe("lateness", Kind::Int, "cost of started hours after the promise, minor units"),
    Column::maybe("unfilled_cost", Kind::Int, "cost of units not delivered, minor units"),
    Column::maybe("stock", Kind::Int, "stock prices of what was taken, minor units"),
    Column::maybe("steps", Kind::Large, "search steps taken"),
    Column::maybe("error", Kind::Text, "why there is no plan; null when there is one"),
];

pub(super) fn plan(answer: Answer<'_>, row: &mut Writer) {
    row.text(&answer.order.id);
    let plan = answer.plan.as_ref().ok();
    row.text(match plan {
        Some(plan) if plan.is_optimal() => "optimal",
        Some(_) => "gap",
        None => "none",
    });
    row.maybe_int(plan.map(|plan| plan.cost().0));
    row.maybe_int(plan.map(|plan| plan.bound.0));
    row.moment(plan.and_then(|plan| plan.completes_at()));
    row.maybe_count(plan.map(|plan| plan.deliveries() as u32));
    row.maybe_large(plan.map(|plan| plan.unfilled.iter().map(|line| u64::from(line.qty.0)).sum()));
    match plan {
        Some(plan) => plan.costs.components().iter().for_each(|(_, cost)| row.int(cost.0)),
        None => (0..11).for_each(|_| row.maybe_int(None)),
    }
    row.maybe_large(plan.map(|plan| plan.steps));
    row.maybe_text(answer.plan.as_ref().err().map(ToString::to_string).as_deref());
}
