//! F6, places: a parcel goes without a gap from where its goods lie to where they are merged or handed over, changes
//! lanes only where that can be done, and not too often.

use super::case::Case;
use super::cross_dock::dock;
use super::violation::{Notes, Rule};
use super::words::name;
use crate::plan::Parcel;
use crate::world::NodeIx;

pub(super) fn check(case: &Case<'_>, notes: &mut Notes) {
    if !case.plan.parcels.is_empty() && case.world.nodes()[case.order.to].hands_over.is_none() {
        let to = name(case.world.node_names(), case.order.to);
        notes.plan(Rule::F6, format!("parcels go to {to}, which hands nothing over"));
    }
    for (row, parcel) in case.parcels() {
        check_start(case, row, parcel, notes);
        check_legs(case, row, parcel, notes);
    }
    check_length(case, notes);
}

/// Packed at a storing node, from what lies there.
fn check_start(case: &Case<'_>, row: usize, parcel: &Parcel, notes: &mut Notes) {
    let key = name(case.world.node_names(), parcel.node);
    match case.world.nodes().get(parcel.node) {
        None => notes.parcel(Rule::F6, row, format!("is packed at node {key}, which does not exist")),
        Some(node) if node.stores.is_none() && parcel.parts.is_empty() => {
            notes.parcel(Rule::F6, row, format!("is packed at {key}, which stores nothing"));
        }
        Some(_) => {}
    }
    for pick in case.picks[row].iter().filter(|pick| pick.cell.node != parcel.node) {
        let lies = name(case.world.node_names(), pick.cell.node);
        let text = format!("is packed at {key} from units that lie at {lies}");
        notes.pick(Rule::F6, row, pick.line_ix, text);
    }
}

/// Each leg departs where the one before arrived; the last arrives where the parcel ends.
fn check_legs(case: &Case<'_>, row: usize, parcel: &Parcel, notes: &mut Notes) {
    let mut at = Some(parcel.node);
    let said = |node: NodeIx| name(case.world.node_names(), node);
    for (k, leg) in parcel.legs.iter().enumerate() {
        let key = name(case.world.lane_names(), leg.lane);
        let Some(lane) = case.world.lanes().get(leg.lane) else {
            notes.parcel(Rule::F6, row, format!("rides lane {key}, which does not exist"));
            at = None;
            continue;
        };
        if let Some(at) = at.filter(|&at| at != lane.from) {
            let text = format!("is at {} and departs from {} by lane {key}", said(at), said(lane.from));
            notes.parcel(Rule::F6, row, text);
        }
        at = Some(lane.to);
        if k + 1 < parcel.legs.len() && dock(case, lane.to).is_none() {
            let text = format!("changes lanes at {}, which does not cross-dock", said(lane.to));
            notes.parcel(Rule::F6, row, text);
        }
    }
    let end = match (case.merged_into[row], &parcel.hand_over) {
        (Some(whole), _) => case.plan.parcels[whole].node,
        (None, Some(_)) => case.order.to,
        (None, None) => {
            notes.parcel(Rule::F6, row, "is neither handed over nor merged".to_owned());
            return;
        }
    };
    if let Some(at) = at.filter(|&at| at != end) {
        notes.parcel(Rule::F6, row, format!("ends at {}; it must reach {}", said(at), said(end)));
    }
}

/// Legs of each parcel that ends, and of the longest chain of parts before it.
fn check_length(case: &Case<'_>, notes: &mut Notes) {
    let most = case.world.max_legs();
    let mut legs: Vec<usize> = Vec::with_capacity(case.plan.parcels.len());
    for (row, parcel) in case.parcels() {
        let parts = parcel.parts.iter().filter_map(|&part| legs.get(usize::from(part)));
        let all = parts.max().copied().unwrap_or(0) + parcel.legs.len();
        legs.push(all);
        if case.merged_into[row].is_none() && all > most {
            let text = format!("some of its goods ride {all} legs; a route has at most {most}");
            notes.parcel(Rule::F6, row, text);
        }
    }
}
