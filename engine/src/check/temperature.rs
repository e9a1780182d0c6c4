//! F5: wherever a parcel stands, what is kept there is what its goods tolerate.

use super::case::Case;
use super::violation::{Notes, Rule};
use super::words::name;
use crate::units::Temperatures;

pub(super) fn check(case: &Case<'_>, notes: &mut Notes) {
    for (row, parcel) in case.parcels() {
        let Some(tolerated) = case.goods[row].temperature else {
            let text = "its goods have no temperature in common; they may not share a parcel".to_owned();
            notes.parcel(Rule::F5, row, text);
            continue;
        };
        // What a parcel of unknown contents tolerates is not known either: the missing rows are told elsewhere.
        if case.is_known(row) && parcel.temperature != tolerated {
            let text = format!("is said to tolerate {}; its goods tolerate {tolerated}", parcel.temperature);
            notes.parcel(Rule::F5, row, text);
        }
        check_zones(case, row, tolerated, notes);
        for leg in &parcel.legs {
            let Some(lane) = case.world.lanes().get(leg.lane) else { continue };
            let key = name(case.world.lane_names(), leg.lane);
            match lane.compartments.get(usize::from(leg.compartment)) {
                None => {
                    let text = format!(
                        "rides lane {key} in compartment {}; it has {}",
                        leg.compartment,
                        lane.compartments.len()
                    );
                    notes.parcel(Rule::F5, row, text);
                }
                Some(compartment) => {
                    let at = format!("compartment {} of lane {key}", compartment.name);
                    inside(row, tolerated, compartment.temperature, &at, notes);
                }
            }
        }
        check_storage(case, row, tolerated, notes);
    }
}

fn check_zones(case: &Case<'_>, row: usize, tolerated: Temperatures, notes: &mut Notes) {
    for pick in &case.picks[row] {
        let kept = pick.zone.temperature;
        if !tolerated.tolerates(kept) {
            let node = name(case.world.node_names(), pick.cell.node);
            let text = format!(
                "stands in zone {} of {node}, which keeps {kept}; its goods tolerate {tolerated}",
                pick.zone.name
            );
            notes.pick(Rule::F5, row, pick.line_ix, text);
        }
    }
}

fn check_storage(case: &Case<'_>, row: usize, tolerated: Temperatures, notes: &mut Notes) {
    let Some(end) = &case.plan.parcels[row].hand_over else { return };
    let Some(hands_over) = &case.world.nodes()[case.order.to].hands_over else { return };
    match hands_over.storages.get(usize::from(end.storage)) {
        None => {
            let text = format!(
                "waits in storage {} of the hand-over node; it has {}",
                end.storage,
                hands_over.storages.len()
            );
            notes.parcel(Rule::F5, row, text);
        }
        Some(storage) => {
            let at = format!("storage {} of the hand-over node", storage.name);
            inside(row, tolerated, storage.temperature, &at, notes);
        }
    }
}

fn inside(row: usize, tolerated: Temperatures, kept: Temperatures, at: &str, notes: &mut Notes) {
    if !tolerated.tolerates(kept) {
        let text = format!("stands in {at}, which keeps {kept}; its goods tolerate {tolerated}");
        notes.parcel(Rule::F5, row, text);
    }
}
