//! F5 and F6, cross-docks: parcels that wait there stand where their goods may, and not for too long.

use super::case::Case;
use super::schedule::after_open;
use super::violation::{Notes, Rule};
use super::words::{moment, name};
use crate::plan::Parcel;
use crate::units::{Instant, Temperatures};
use crate::world::{CrossDocks, Keep, NodeIx};

/// A parcel's wait at a cross-dock.
pub(super) struct Stay {
    pub(super) node: NodeIx,
    pub(super) from: Instant,
    /// When the parcel is gone: it departs, or is merged.
    pub(super) until: Instant,
    /// When its goods are gone: the parcel they are in by then departs, or is handed over.
    goods_until: Instant,
    /// A part packed where it is merged takes no room before the merge.
    pub(super) takes_room: bool,
}

/// What a node can do with parcels that pass, if it can.
pub(super) fn dock<'a>(case: &Case<'a>, node: NodeIx) -> Option<&'a CrossDocks> {
    case.world.nodes().get(node)?.cross_docks.as_ref()
}

/// When a parcel that arrived by a lane can ride on or be merged. A node that does not cross-dock is for `route` and
/// `merge` to tell: there it can at once.
pub(super) fn handled(case: &Case<'_>, node: NodeIx, arrived: Instant) -> Option<Instant> {
    match dock(case, node) {
        Some(dock) => after_open(case.world, dock.calendar, arrived, dock.handling),
        None => Some(arrived),
    }
}

/// Where a parcel waits between its legs and before a merge, and, merged, before it departs.
pub(super) fn stays(case: &Case<'_>, row: usize) -> Vec<Stay> {
    let parcel = &case.plan.parcels[row];
    let mut stays = Vec::new();
    let mut wait = |node, from, until, goods_until, takes_room| {
        stays.push(Stay { node, from, until, goods_until, takes_room });
    };
    if !parcel.parts.is_empty() && (!parcel.legs.is_empty() || case.merged_into[row].is_none()) {
        let departs = leaves(parcel);
        wait(parcel.node, parcel.ready_at, departs, departs, true);
    }
    for legs in parcel.legs.windows(2) {
        if let Some(lane) = case.world.lanes().get(legs[0].lane) {
            wait(lane.to, legs[0].arrives_at, legs[1].departs_at, legs[1].departs_at, true);
        }
    }
    if let Some(whole) = case.merged_into[row] {
        let whole = &case.plan.parcels[whole];
        let arrived = parcel.legs.last().map(|leg| leg.arrives_at);
        let from = arrived.unwrap_or(parcel.ready_at);
        wait(whole.node, from, whole.ready_at, leaves(whole), arrived.is_some());
    }
    stays
}

/// When a merged parcel leaves the place of its merge; one that is handed over there leaves the dock at once.
fn leaves(parcel: &Parcel) -> Instant {
    parcel.legs.first().map_or(parcel.ready_at, |leg| leg.departs_at)
}

pub(super) fn check(case: &Case<'_>, notes: &mut Notes) {
    for (row, _) in case.parcels() {
        let Some(tolerated) = case.goods[row].temperature else { continue };
        for stay in stays(case, row) {
            if let Some(dock) = dock(case, stay.node) {
                check_stay(case, row, tolerated, (&stay, dock), notes);
            }
        }
    }
}

fn check_stay(
    case: &Case<'_>,
    row: usize,
    tolerated: Temperatures,
    (stay, dock): (&Stay, &CrossDocks),
    notes: &mut Notes,
) {
    let suit: Vec<&Keep> = dock.keeps.iter().filter(|keep| tolerated.tolerates(keep.temperature)).collect();
    let key = name(case.world.node_names(), stay.node);
    if suit.is_empty() {
        let kept: Vec<String> = dock.keeps.iter().map(|keep| keep.temperature.to_string()).collect();
        let text = format!("waits at {key}, which keeps {}; its goods tolerate {tolerated}", kept.join(", "));
        notes.parcel(Rule::F5, row, text);
        return;
    }
    let waits = i128::from(stay.goods_until.0) - i128::from(stay.from.0);
    let long_enough = |keep: &&Keep| keep.longest.is_none_or(|longest| waits <= i128::from(longest.0));
    if !suit.iter().any(long_enough) {
        let longest = suit.iter().filter_map(|keep| keep.longest).max().unwrap_or_default();
        let text = format!(
            "its goods wait {waits} s at {key}, from {} to {}; {longest} s is the longest they may",
            moment(stay.from),
            moment(stay.goods_until)
        );
        notes.parcel(Rule::F6, row, text);
    }
}
