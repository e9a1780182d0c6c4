//! F3: enough life left at hand-over, and what expires first goes first.

use super::available::free;
use super::case::{Case, Picked};
use super::violation::{Notes, Rule};
use super::words::{moment, place};
use crate::stock::{Cell, CellIx};
use crate::units::{Index, Instant, Seconds};
use std::collections::BTreeMap;

/// Whether a lot that expires then may be handed over at that time for this pick's line. Nothing goes out expired,
/// whatever the line says.
fn lives(expires: Instant, at: Instant, pick: &Picked<'_>) -> bool {
    let wanted = pick.line.min_life.max(Seconds::ZERO);
    expires == Instant::NEVER || at.after(wanted).is_some_and(|least| expires >= least)
}

/// No lot is past its minimum life when it is handed over.
pub(super) fn check_life(case: &Case<'_>, notes: &mut Notes) {
    for (parcel, picks) in case.picks.iter().enumerate() {
        let Some(end) = case.hand_over(parcel) else { continue };
        for pick in picks {
            if !lives(pick.cell.expires, end.at, pick) {
                let text = format!(
                    "{} expires at {} and is handed over at {}; {} s of life must be left then",
                    place(case.world, case.stock.lot(pick.cell), pick),
                    moment(pick.cell.expires),
                    moment(end.at),
                    pick.line.min_life,
                );
                notes.pick(Rule::F3, parcel, pick.line_ix, text);
            }
        }
    }
}

/// No lot is passed over: of the same (seller, sku, node, zone), expiring earlier, due no later, with enough life,
/// and with units left after all plans that are not all fenced for others.
pub(super) fn check_first_expiry(cases: &[Case<'_>], taken: &BTreeMap<CellIx, u128>, notes: &mut [Notes]) {
    for (case, notes) in cases.iter().zip(notes) {
        for (parcel, picks) in case.picks.iter().enumerate() {
            let Some(end) = case.hand_over(parcel) else { continue };
            if case.history.is_some_and(|history| history.follows[parcel].is_some()) {
                continue;
            }
            for pick in picks {
                let (first, cells) = case.stock.of(pick.sku_ix);
                let passed_over = cells.iter().enumerate().find(|(row, other)| {
                    let left = free(other)
                        .saturating_sub(taken.get(&CellIx::of(first.row() + row)).copied().unwrap_or(0));
                    (other.seller, other.node, other.zone)
                        == (pick.cell.seller, pick.cell.node, pick.cell.zone)
                        && other.expires < pick.cell.expires
                        && other.available_at <= pick.cell.available_at
                        && lives(other.expires, end.at, pick)
                        && left > 0
                        && could_take(case, pick, other, taken)
                });
                if let Some((_, other)) = passed_over {
                    let text = format!(
                        "takes {}, which expires at {}, while units that expire at {} are left; those go first",
                        place(case.world, case.stock.lot(pick.cell), pick),
                        moment(pick.cell.expires),
                        moment(other.expires),
                    );
                    notes.pick(Rule::F3, parcel, pick.line_ix, text);
                }
            }
        }
    }
}

/// Whether anything of the goods of a cell could be promised to the order's channel when a pick of the cell starts,
/// after all plans.
fn could_take(case: &Case<'_>, pick: &Picked<'_>, other: &Cell, taken: &BTreeMap<CellIx, u128>) -> bool {
    let start = case.order.placed_at.max(other.available_at);
    let (first, cells) = case.stock.of(pick.sku_ix);
    let there = cells.iter().enumerate().filter(|(_, cell)| {
        (cell.seller, cell.node) == (other.seller, other.node) && cell.available_at <= start
    });
    let left: u128 = there
        .map(|(row, cell)| {
            let taken = taken.get(&CellIx::of(first.row() + row)).copied().unwrap_or(0);
            free(cell).saturating_sub(taken)
        })
        .sum();
    let fences = case.stock.fences(pick.sku_ix, other.seller, other.node).iter();
    let others = fences.filter(|fence| !fence.channels.contains(&case.order.channel));
    left > others.map(|fence| u128::from(fence.left)).sum()
}
