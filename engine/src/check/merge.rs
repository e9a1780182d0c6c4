//! F6, merging: parts exist, come before their whole, end in it alone, and are there when it is made.

use super::case::Case;
use super::cross_dock::{dock, handled};
use super::schedule::after_open;
use super::violation::{Notes, Rule};
use super::words::{letters, moment, moment_or_never, name};
use crate::plan::Parcel;
use crate::units::Instant;

pub(super) fn check(case: &Case<'_>, notes: &mut Notes) {
    for (row, parcel) in case.parcels() {
        if parcel.parts.is_empty() {
            continue;
        }
        if dock(case, parcel.node).is_none() {
            let node = name(case.world.node_names(), parcel.node);
            notes.parcel(Rule::F6, row, format!("is merged at {node}; the node does not merge"));
        }
        if !parcel.picks.is_empty() {
            let text =
                "is both picked and merged; what is picked at the place of a merge is a part of its own";
            notes.parcel(Rule::F6, row, text.to_owned());
        }
        if parcel.parts.len() < 2 {
            notes.parcel(Rule::F6, row, "is merged from one part; a merge joins at least two".to_owned());
        }
        for (k, &part) in parcel.parts.iter().enumerate() {
            check_part(case, row, usize::from(part), parcel.parts[..k].contains(&part), notes);
        }
        check_ready(case, row, parcel, notes);
    }
}

fn check_part(case: &Case<'_>, whole: usize, part: usize, twice: bool, notes: &mut Notes) {
    let code = letters(part);
    if part >= whole {
        let text = format!("is merged from {code}, which does not come before it");
        notes.parcel(Rule::F6, whole, text);
        return;
    }
    if twice || case.merged_into[part] != Some(whole) {
        let text = format!("is merged from {code}, which is merged already");
        notes.parcel(Rule::F6, whole, text);
    }
    let part = &case.plan.parcels[part];
    if part.hand_over.is_some() {
        let text = format!("is merged from {code}, which is handed over on its own");
        notes.parcel(Rule::F6, whole, text);
    }
    if !part.parts.is_empty() && part.legs.is_empty() {
        let text =
            format!("is merged from {code}, which was merged on the spot; one merge joins all its parts");
        notes.parcel(Rule::F6, whole, text);
    }
}

/// Merging starts when the last part is handled, or ready where it was packed, and runs in working time.
fn check_ready(case: &Case<'_>, row: usize, parcel: &Parcel, notes: &mut Notes) {
    let Some(dock) = dock(case, parcel.node) else { return };
    let mut there = Some(Instant::ALWAYS);
    for &part in &parcel.parts {
        let Some(part) = case.plan.parcels[..row].get(usize::from(part)) else { return };
        let ready = match part.legs.last() {
            Some(leg) => handled(case, parcel.node, leg.arrives_at),
            None => Some(part.ready_at),
        };
        there = there.zip(ready).map(|(latest, ready)| latest.max(ready));
    }
    let done = |from: Instant| after_open(case.world, dock.calendar, from, dock.merging);
    let ready = match case.history {
        // What is merged otherwise than planned is not merged before that is decided.
        Some(history) if history.follows[row].is_none() || there.and_then(done) != Some(parcel.ready_at) => {
            there.and_then(|there| done(there.max(history.now)))
        }
        _ => there.and_then(done),
    };
    // Some merges were put off when they were decided: they are no earlier for being kept.
    let planned = case.history.and_then(|history| history.planned_ready(row));
    let kept = planned
        .is_some_and(|planned| there.and_then(done).is_some_and(|done| done.max(planned) == parcel.ready_at));
    if ready != Some(parcel.ready_at) && !kept {
        let text = format!(
            "is said to be ready at {}; its last part can be merged from {}, and it is ready at {}",
            moment(parcel.ready_at),
            moment_or_never(there),
            moment_or_never(ready)
        );
        notes.parcel(Rule::F6, row, text);
    }
}
