//! F1, units: each one ordered is picked once or reported unfilled, of what was asked and of an accepted seller.

use super::case::Case;
use super::violation::{Notes, Rule};
use super::words::name;
use crate::units::Index;

pub(super) fn check(case: &Case<'_>, notes: &mut Notes) {
    check_rows(case, notes);
    for (parcel, picks) in case.picks.iter().enumerate() {
        for pick in picks {
            if pick.sku_ix != pick.line.sku {
                let text = format!(
                    "takes {} where the line asks for {}",
                    name(case.world.sku_names(), pick.sku_ix),
                    name(case.world.sku_names(), pick.line.sku),
                );
                notes.pick(Rule::F1, parcel, pick.line_ix, text);
            }
            if pick.line.sellers.as_ref().is_some_and(|accepted| !accepted.contains(&pick.cell.seller)) {
                let text = format!(
                    "takes from seller {}, whom the line does not accept",
                    name(case.world.seller_names(), pick.cell.seller),
                );
                notes.pick(Rule::F1, parcel, pick.line_ix, text);
            }
        }
    }
    check_sums(case, notes);
}

/// Every row that is there means something: lines exist, quantities are at least one, parcels hold something.
fn check_rows(case: &Case<'_>, notes: &mut Notes) {
    let lines = case.order.lines.len();
    for (row, parcel) in case.parcels() {
        if parcel.picks.is_empty() && parcel.parts.is_empty() {
            notes.parcel(Rule::F1, row, "holds nothing; a parcel holds at least one unit".to_owned());
        }
        for pick in &parcel.picks {
            if pick.line.row() >= lines {
                let text = format!("picks for a line the order does not have; it has {lines}");
                notes.pick(Rule::F1, row, pick.line, text);
            }
            if pick.qty.0 == 0 {
                notes.pick(Rule::F1, row, pick.line, "picks no units; a pick has at least one".to_owned());
            }
        }
    }
    for unfilled in &case.plan.unfilled {
        if unfilled.line.row() >= lines {
            let text = format!("is reported unfilled, but the order has {lines} lines");
            notes.line(Rule::F1, unfilled.line, text);
        }
        if unfilled.qty.0 == 0 {
            let text = "reports no units unfilled; a report has at least one".to_owned();
            notes.line(Rule::F1, unfilled.line, text);
        }
    }
}

fn check_sums(case: &Case<'_>, notes: &mut Notes) {
    for (line_ix, line) in case.lines() {
        let picked = case.picked(line_ix);
        let reports = case.plan.unfilled.iter().filter(|unfilled| unfilled.line == line_ix);
        let unfilled: u128 = reports.map(|unfilled| u128::from(unfilled.qty.0)).sum();
        if picked + unfilled != u128::from(line.qty.0) {
            let text = format!(
                "{picked} units are picked and {unfilled} reported unfilled; together they are the {} ordered",
                line.qty
            );
            notes.line(Rule::F1, line_ix, text);
        }
    }
}
