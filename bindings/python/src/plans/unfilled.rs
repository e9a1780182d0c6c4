//! What stays behind, and why.

use super::Answer;
use crate::writer::{Column, Kind, Writer};
use volok::units::Index;

pub(super) const UNFILLED: &[Column] = &[
    Column::of("order", Kind::Text, "key of the order"),
    Column::of("line", Kind::Count, "number of the order's line, from 1"),
    Column::of("sku", Kind::Text, "key of the SKU"),
    Column::of("qty", Kind::Count, "units not delivered"),
];

pub(super) const REASONS: &[Column] = &[
    Column::of("order", Kind::Text, "key of the order"),
    Column::of("line", Kind::Count, "number of the order's line, from 1"),
    Column::of("code", Kind::Text, "what kind of thing stood in the way, as `no_stock`: see docs/reasons.md"),
    Column::maybe("node", Kind::Text, "at which node, if at one"),
    Column::maybe("lane", Kind::Text, "on which lane, if on one"),
    Column::of("qty", Kind::Int, "units it concerns, as far as they can be counted; 0 when they cannot"),
    Column::of("text", Kind::Text, "where, and what was found, in plain words"),
    Column::of("help", Kind::Text, "what would lift it, in plain words"),
];

pub(super) fn unfilled(answer: Answer<'_>, row: &mut Writer) {
    let Ok(plan) = answer.plan else { return };
    for line in &plan.unfilled {
        row.text(&answer.order.id);
        row.count(line.line.row() as u32 + 1);
        row.text(answer.engine.world().sku_names().of(answer.order.lines[line.line.row()].sku));
        row.count(line.qty.0);
    }
}

pub(super) fn reasons(answer: Answer<'_>, row: &mut Writer) {
    let Ok(plan) = answer.plan else { return };
    if plan.unfilled.is_empty() {
        return;
    }
    // Words for reasons are found by the one who writes documents.
    for line in answer.engine.document(answer.order, plan).unfilled {
        for reason in line.reasons {
            row.text(&answer.order.id);
            row.count(line.line as u32);
            row.text(&reason.code);
            row.maybe_text(reason.node.as_deref());
            row.maybe_text(reason.lane.as_deref());
            row.int(reason.qty);
            row.text(&reason.text);
            row.text(&reason.help);
        }
    }
}
