//! F1, policy: how the order may be served.

use super::case::Case;
use super::violation::{Notes, Rule};
use super::words::name;
use crate::units::Index;
use crate::world::NodeIx;
use std::collections::BTreeSet;

pub(super) fn check(case: &Case<'_>, notes: &mut Notes) {
    check_partial(case, notes);
    check_together(case, notes);
    check_deliveries(case, notes);
    check_quantity_split(case, notes);
}

/// Without `partial`, every unit is delivered or none is.
fn check_partial(case: &Case<'_>, notes: &mut Notes) {
    if case.order.policy.partial {
        return;
    }
    let picked: u128 = case.lines().map(|(line, _)| case.picked(line)).sum();
    let ordered: u128 = case.lines().map(|(_, line)| u128::from(line.qty.0)).sum();
    if picked > 0 && picked < ordered {
        let text = format!("{picked} of {ordered} units are delivered of an order that takes all or nothing");
        notes.plan(Rule::F1, text);
    }
}

/// A group's lines are delivered whole in one parcel, or not at all.
fn check_together(case: &Case<'_>, notes: &mut Notes) {
    for group in &case.order.policy.together {
        let parcels: BTreeSet<usize> =
            group.iter().flat_map(|&line| case.picks_of(line)).map(|(parcel, _)| case.root[parcel]).collect();
        let whole = case.lines().filter(|(line, _)| group.contains(line));
        let whole = { whole }.all(|(line_ix, line)| case.picked(line_ix) >= u128::from(line.qty.0));
        let numbers: Vec<String> = group.iter().map(|line| (line.row() + 1).to_string()).collect();
        let numbers = numbers.join(", ");
        if parcels.len() > 1 {
            let text = format!(
                "lines {numbers} are spread over {} parcels; they are handed over in one or not at all",
                parcels.len()
            );
            notes.plan(Rule::F1, text);
        } else if parcels.len() == 1 && !whole {
            let text = format!("lines {numbers} are delivered in part; they come whole or not at all");
            notes.plan(Rule::F1, text);
        }
    }
}

fn check_deliveries(case: &Case<'_>, notes: &mut Notes) {
    let handed_over = case.parcels().filter(|(_, parcel)| parcel.hand_over.is_some()).count();
    if let Some(most) = case.order.policy.max_deliveries
        && handed_over > most as usize
    {
        notes.plan(Rule::F1, format!("{handed_over} parcels are handed over where {most} may be"));
    }
}

/// Without `quantity_split`, all units of a line come from one node.
fn check_quantity_split(case: &Case<'_>, notes: &mut Notes) {
    if case.order.policy.quantity_split {
        return;
    }
    for (line, _) in case.lines() {
        let nodes: BTreeSet<NodeIx> = case.picks_of(line).map(|(_, pick)| pick.cell.node).collect();
        if nodes.len() > 1 {
            let names: Vec<String> = nodes.iter().map(|&node| name(case.world.node_names(), node)).collect();
            notes.line(Rule::F1, line, format!("comes from {}; it comes from one node", names.join(", ")));
        }
    }
}
