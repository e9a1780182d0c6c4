//! F2: nobody takes more than there is to promise, all plans together.

use super::case::{Case, cell};
use super::violation::{Notes, Rule};
use super::words::{moment, name, place};
use crate::stock::{Cell, CellIx, Fence};
use crate::units::{Index, Instant};
use crate::world::{ChannelIx, NodeIx, SellerIx, SkuIx};
use std::collections::{BTreeMap, BTreeSet};

/// With more fences than this on one (seller, sku, node), only each channel alone is asked, not every set: 2^8 sets
/// are still read plainly, and no one keeps more fences on one thing.
const FENCES_IN_EVERY_SET: usize = 8;

/// Units nobody has claimed: on hand less held less safety, or none.
pub(super) fn free(cell: &Cell) -> u128 {
    let kept = u64::from(cell.held) + u64::from(cell.safety);
    u128::from(u64::from(cell.on_hand).saturating_sub(kept))
}

/// Units all plans take, by cell.
pub(super) fn taken(cases: &[Case<'_>]) -> BTreeMap<CellIx, u128> {
    let mut taken = BTreeMap::new();
    for pick in cases.iter().flat_map(|case| case.picks.iter().flatten()) {
        *taken.entry(pick.cell_ix).or_insert(0) += u128::from(pick.qty);
    }
    taken
}

/// No cell gives more than it has; told of the order, parcel and line that first go past it.
pub(super) fn check_cells(cases: &[Case<'_>], notes: &mut [Notes]) {
    let mut taken: BTreeMap<CellIx, u128> = BTreeMap::new();
    for (case, notes) in cases.iter().zip(notes) {
        for (parcel, row) in case.parcels() {
            for pick in &row.picks {
                if cell(case.world, case.stock, pick.cell).is_none() {
                    let text = format!("takes from cell {}, which does not exist", pick.cell.row());
                    notes.pick(Rule::F2, parcel, pick.line, text);
                }
            }
        }
        for (parcel, picks) in case.picks.iter().enumerate() {
            for pick in picks {
                let before = taken.entry(pick.cell_ix).or_insert(0);
                let after = *before + u128::from(pick.qty);
                let free = free(pick.cell);
                if *before <= free && free < after {
                    let text = format!(
                        "takes {} of {} where {} are left of {free} free",
                        pick.qty,
                        place(case.world, case.stock.lot(pick.cell), pick),
                        free - *before,
                    );
                    notes.pick(Rule::F2, parcel, pick.line_ix, text);
                }
                *before = after;
            }
        }
    }
}

/// What one parcel takes of a (sku, seller, node) in picks that start together.
struct Taking {
    case: usize,
    parcel: usize,
    channel: ChannelIx,
    /// When these picks can start.
    at: Instant,
    /// Units by when their cell can be picked.
    units: Vec<(Instant, u128)>,
}

impl Taking {
    fn qty(&self) -> u128 {
        self.units.iter().map(|(_, qty)| qty).sum()
    }
}

type Kind = (SkuIx, SellerIx, NodeIx);

/// What is fenced for others is not taken.
///
/// For any set of fences and the channels none of them admits: what those channels take by a time is at most what is
/// free by then less what is fenced. A fence is used up by the channels it admits even when they take supply that
/// comes later, so what those take from later supply counts towards it; with that the condition follows from taking
/// in any sequence, and a plan that breaks it is wrong in every sequence.
pub(super) fn check_fences(cases: &[Case<'_>], notes: &mut [Notes]) {
    let Some(first) = cases.first() else { return };
    for (kind, takings) in takings(cases) {
        let fences = first.stock.fences(kind.0, kind.1, kind.2);
        if !fences.is_empty() {
            check_kind(first, kind, fences, &takings, notes);
        }
    }
}

fn takings(cases: &[Case<'_>]) -> BTreeMap<Kind, Vec<Taking>> {
    let mut takings: BTreeMap<Kind, Vec<Taking>> = BTreeMap::new();
    for (k, case) in cases.iter().enumerate() {
        for (parcel, picks) in case.picks.iter().enumerate() {
            for pick in picks {
                let of_kind = takings.entry((pick.sku_ix, pick.cell.seller, pick.cell.node)).or_default();
                let start = pick.start(case.order);
                let unit = (pick.cell.available_at, u128::from(pick.qty));
                match of_kind.last_mut() {
                    Some(last) if (last.case, last.parcel, last.at) == (k, parcel, start) => {
                        last.units.push(unit);
                    }
                    _ => of_kind.push(Taking {
                        case: k,
                        parcel,
                        channel: case.order.channel,
                        at: start,
                        units: vec![unit],
                    }),
                }
            }
        }
    }
    takings
}

fn check_kind(case: &Case<'_>, kind: Kind, fences: &[Fence], takings: &[Taking], notes: &mut [Notes]) {
    let cells = case.stock.of(kind.0).1.iter();
    let cells: Vec<&Cell> = cells.filter(|cell| (cell.seller, cell.node) == (kind.1, kind.2)).collect();
    for at in times(&cells, takings) {
        let free: u128 = cells.iter().filter(|cell| cell.available_at <= at).map(|cell| free(cell)).sum();
        for kept in sets(fences, takings) {
            let admitted =
                |taking: &Taking| kept.iter().any(|fence| fence.channels.contains(&taking.channel));
            let served_later: u128 = takings
                .iter()
                .filter(|taking| admitted(taking))
                .flat_map(|taking| &taking.units)
                .filter(|(available_at, _)| *available_at > at)
                .map(|(_, qty)| qty)
                .sum();
            let fenced: u128 = kept.iter().map(|fence| u128::from(fence.left)).sum();
            let fenced = fenced.saturating_sub(served_later);
            let most = free.saturating_sub(fenced);
            let mut taken = 0;
            // Told once of the one that first goes past it: those before it were right.
            let past = takings.iter().filter(|taking| !admitted(taking) && taking.at <= at).find(|taking| {
                taken += taking.qty();
                taken > most
            });
            if let Some(past) = past {
                let text = format!(
                    "takes {} of {} of {} at {}: {taken} in all by {}, where {free} are free and {fenced} of them \
                     fenced for other channels",
                    past.qty(),
                    name(case.world.sku_names(), kind.0),
                    name(case.world.seller_names(), kind.1),
                    name(case.world.node_names(), kind.2),
                    moment(at),
                );
                notes[past.case].parcel(Rule::F2, past.parcel, text);
                return;
            }
        }
    }
}

/// Times worth asking about: between two moments at which supply is due, the last at which anyone takes.
fn times(cells: &[&Cell], takings: &[Taking]) -> Vec<Instant> {
    let mut last: BTreeMap<usize, Instant> = BTreeMap::new();
    for taking in takings {
        let due = cells.iter().filter(|cell| cell.available_at <= taking.at).count();
        let known = last.entry(due).or_insert(taking.at);
        *known = taking.at.max(*known);
    }
    last.into_values().collect()
}

/// Sets of fences worth asking about: every set when they are few, else for each channel those that keep it out.
fn sets<'f>(fences: &'f [Fence], takings: &[Taking]) -> Vec<Vec<&'f Fence>> {
    if fences.len() <= FENCES_IN_EVERY_SET {
        let chosen = |set: usize| move |k: &usize| set >> k & 1 == 1;
        return (1..1usize << fences.len())
            .map(|set| (0..fences.len()).filter(chosen(set)).map(|k| &fences[k]).collect())
            .collect();
    }
    let channels: BTreeSet<ChannelIx> = takings.iter().map(|taking| taking.channel).collect();
    channels
        .iter()
        .map(|channel| fences.iter().filter(|fence| !fence.channels.contains(channel)).collect())
        .collect()
}
