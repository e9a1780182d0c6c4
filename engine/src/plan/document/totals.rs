//! What a plan's document says about the whole: whose plan it is, what it costs, when it is complete.

use crate::plan::{Costs, Plan};
use crate::spec;
use crate::units::{Money, limits};
use crate::world::{Inspection, Order, Place};

/// Version and order.
pub(super) fn head(order: &Order, document: &spec::Plan, found: &mut Inspection) {
    if document.volok != spec::VERSION {
        let right = format!("{}, the version this build reads", spec::VERSION);
        found.note(&Place::Document.at("volok"), "unknown", &document.volok.to_string(), right);
    }
    if *document.order != *order.id {
        let shown = format!("{:?}", document.order);
        found.note(
            &Place::Document.at("order"),
            "conflict",
            &shown,
            format!("{:?}, the order at hand", order.id),
        );
    }
}

/// An amount small enough for a dozen of them to be summed.
pub(super) fn money(place: &Place<'_>, amount: i64, found: &mut Inspection) -> Money {
    Money(found.number(place, amount, -limits::MONEY_PER_ORDER..=limits::MONEY_PER_ORDER))
}

/// The components of the cost, as stated.
pub(super) fn costs(place: &Place<'_>, document: &spec::Plan, found: &mut Inspection) -> Costs {
    let costs = &document.costs;
    let mut one = |name: &'static str, amount| money(&place.at(name), amount, found);
    Costs {
        pick_units: one("pick_units", costs.pick_units),
        pick_lines: one("pick_lines", costs.pick_lines),
        packing: one("packing", costs.packing),
        carriage: one("carriage", costs.carriage),
        handling: one("handling", costs.handling),
        merging: one("merging", costs.merging),
        hand_over: one("hand_over", costs.hand_over),
        extra_deliveries: one("extra_deliveries", costs.extra_deliveries),
        lateness: one("lateness", costs.lateness),
        unfilled: one("unfilled", costs.unfilled),
        stock: one("stock", costs.stock),
    }
}

/// What the document says twice must agree: a plan holds it once.
pub(super) fn summary(document: &spec::Plan, plan: &Plan, found: &mut Inspection) {
    let root = Place::Document;
    if document.cost != plan.cost().0 {
        let right = format!("the sum of `costs`, {}", plan.cost());
        found.note(&root.at("cost"), "conflict", &document.cost.to_string(), right);
    }
    let status = if plan.is_optimal() { spec::PlanStatus::Optimal } else { spec::PlanStatus::Gap };
    if document.status != status {
        let right = "`optimal` when `bound` equals `cost`, else `gap`";
        found.note(&root.at("status"), "conflict", &format!("{:?}", document.status), right);
    }
    let stated = document.completes_at.as_deref().map(|text| found.instant(&root.at("completes_at"), text));
    if stated != plan.completes_at() {
        let right = "the last `hand_over_at` of the parcels; absent when nothing is handed over";
        let shown = document.completes_at.as_deref().unwrap_or("nothing");
        found.note(&root.at("completes_at"), "conflict", shown, right);
    }
}
