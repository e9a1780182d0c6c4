//! F6, merging: parts exist, come before their whole, and end in it alone.
//!
//! No node can merge yet, so that every merged parcel is wrong; its shape is held to account all the same.

use super::case::Case;
use super::violation::{Notes, Rule};
use super::words::{letters, moment, name};

pub(super) fn check(case: &Case<'_>, notes: &mut Notes) {
    for (row, parcel) in case.parcels() {
        if parcel.parts.is_empty() {
            continue;
        }
        let node = name(case.world.node_names(), parcel.node);
        notes.parcel(Rule::F6, row, format!("is merged at {node}; the node does not merge"));
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
    let (part, whole_parcel) = (&case.plan.parcels[part], &case.plan.parcels[whole]);
    if part.hand_over.is_some() {
        let text = format!("is merged from {code}, which is handed over on its own");
        notes.parcel(Rule::F6, whole, text);
    }
    let arrives = part.legs.last().map_or(part.ready_at, |leg| leg.arrives_at);
    if whole_parcel.ready_at < arrives {
        let text = format!(
            "is ready at {}, before its part {code} arrives at {}",
            moment(whole_parcel.ready_at),
            moment(arrives)
        );
        notes.parcel(Rule::F6, whole, text);
    }
}
