//! What of a plan happened before it was planned again, read from the old plan and from what went wrong alone.

use crate::plan::{Disruption, Leg, Parcel, Pick, Plan};
use crate::stock::{CellIx, Stock};
use crate::units::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// The old plan, as far as it binds the new one.
pub(super) struct History<'a> {
    pub(super) now: Instant,
    old: &'a Plan,
    /// By old parcel: what was found of its picks.
    found: Vec<Vec<Pick>>,
    /// By old parcel: legs it has departed on.
    pub(super) gone: Vec<usize>,
    /// By old parcel: it has left, was merged or handed over.
    pub(super) fixed: Vec<bool>,
    /// By old parcel: the leg it missed.
    missed: Vec<Option<usize>>,
    /// By new parcel: the old parcel it is, with what was found of it.
    pub(super) follows: Vec<Option<usize>>,
}

impl<'a> History<'a> {
    pub(super) fn new(old: &'a Plan, disruption: &Disruption, new: &Plan) -> History<'a> {
        let now = disruption.now;
        let count = old.parcels.len();
        let mut missed: Vec<Option<usize>> = vec![None; count];
        for leg in &disruption.missed {
            if let Some(slot) = missed.get_mut(usize::from(leg.parcel)) {
                *slot = Some(slot.map_or(usize::from(leg.leg), |known| known.min(usize::from(leg.leg))));
            }
        }
        let mut gone = Vec::with_capacity(count);
        let mut there: Vec<bool> = Vec::with_capacity(count);
        let mut fixed = vec![false; count];
        for (row, parcel) in old.parcels.iter().enumerate() {
            let parts: Vec<usize> =
                parcel.parts.iter().map(|&part| usize::from(part)).filter(|&part| part < row).collect();
            let merged = !parts.is_empty()
                && parcel.ready_at <= now
                && parts.iter().all(|&part| there[part] && gone[part] == old.parcels[part].legs.len());
            there.push(parts.is_empty() || merged);
            let departed = parcel.legs.iter().filter(|leg| leg.departs_at <= now).count();
            let departed = if there[row] { departed.min(missed[row].unwrap_or(departed)) } else { 0 };
            gone.push(departed);
            let ended = parcel.hand_over.is_some_and(|end| end.at <= now) && departed == parcel.legs.len();
            fixed[row] = departed > 0 || merged || there[row] && ended;
            if merged {
                parts.into_iter().for_each(|part| fixed[part] = true);
            }
        }
        let mut history = History { now, old, found: Vec::new(), gone, fixed, missed, follows: Vec::new() };
        history.found = history.what_was_found(disruption);
        for parcel in &new.parcels {
            let follows = history.followed(parcel);
            history.follows.push(follows);
        }
        history
    }

    fn what_was_found(&self, disruption: &Disruption) -> Vec<Vec<Pick>> {
        let mut found: Vec<Vec<Pick>> = self.old.parcels.iter().map(|parcel| parcel.picks.to_vec()).collect();
        for short in &disruption.short_picks {
            let mut left = short.found;
            let picks = found.get_mut(usize::from(short.parcel)).into_iter().flatten();
            for pick in picks.filter(|pick| pick.line == short.line) {
                pick.qty.0 = pick.qty.0.min(left);
                left -= pick.qty.0;
            }
        }
        for shortage in &disruption.shortages {
            // The last parcels go without.
            let mut missing = shortage.missing;
            let waiting = found.iter_mut().zip(&self.fixed).filter(|(_, fixed)| !**fixed);
            for (picks, _) in waiting.rev() {
                for pick in picks.iter_mut().rev().filter(|pick| pick.cell == shortage.cell) {
                    let lacks = pick.qty.0.min(missing);
                    pick.qty.0 -= lacks;
                    missing -= lacks;
                }
            }
        }
        found.iter_mut().for_each(|picks| picks.retain(|pick| pick.qty.0 > 0));
        found
    }

    /// The old parcel that a new one is: from the same node with what was found of its goods, or merged from its parts.
    fn followed(&self, parcel: &Parcel) -> Option<usize> {
        let sorted = |picks: &[Pick]| {
            let mut picks: Vec<_> = picks.iter().map(|pick| (pick.line, pick.cell, pick.qty)).collect();
            picks.sort_unstable();
            picks
        };
        let parts: Option<BTreeSet<usize>> =
            parcel.parts.iter().map(|&part| *self.follows.get(usize::from(part))?).collect();
        let parts = parts?;
        let is = |&row: &usize| {
            let old = &self.old.parcels[row];
            let old_parts: BTreeSet<usize> = old.parts.iter().map(|&part| usize::from(part)).collect();
            !self.follows.contains(&Some(row))
                && old.node == parcel.node
                && old_parts == parts
                && (!parts.is_empty() || sorted(&self.found[row]) == sorted(&parcel.picks))
        };
        // Of several with the same goods it is the one whose legs it rides, one that has left before others.
        let same = |row: usize| {
            let same = same_legs(&self.old.parcels[row], parcel);
            same.min(self.missed[row].unwrap_or(same))
        };
        let fits = |row: usize| same(row) >= self.gone[row];
        (0..self.old.parcels.len())
            .filter(is)
            .max_by_key(|&row| (fits(row) && self.fixed[row], same(row), std::cmp::Reverse(row)))
    }

    /// How many of a new parcel's first legs are those of the old parcel it is.
    pub(super) fn kept_legs(&self, row: usize, parcel: &Parcel) -> usize {
        let Some(old) = self.follows.get(row).copied().flatten() else { return 0 };
        let kept = same_legs(&self.old.parcels[old], parcel);
        kept.min(self.missed[old].unwrap_or(kept))
    }

    /// When the old parcel that a new one is was to be ready.
    pub(super) fn planned_ready(&self, row: usize) -> Option<Instant> {
        let old = self.follows.get(row).copied().flatten()?;
        Some(self.old.parcels[old].ready_at)
    }

    /// Legs of a new parcel that have departed.
    pub(super) fn departed(&self, row: usize) -> usize {
        self.follows.get(row).copied().flatten().map_or(0, |old| self.gone[old])
    }

    /// The stock as it turned out to be: what was found short has what was found, and what is stranded is gone.
    pub(super) fn stock(&self, stock: &Stock, disruption: &Disruption, stranded: &[u16]) -> Stock {
        let mut empty: BTreeSet<CellIx> = disruption.shortages.iter().map(|shortage| shortage.cell).collect();
        for short in &disruption.short_picks {
            let picks = self.old.parcels.get(usize::from(short.parcel)).map_or(&[][..], |old| &old.picks);
            empty.extend(picks.iter().filter(|pick| pick.line == short.line).map(|pick| pick.cell));
        }
        let mut there: BTreeMap<CellIx, u32> = empty.into_iter().map(|cell| (cell, 0)).collect();
        let mut gone: Vec<(CellIx, u32)> = Vec::new();
        for (row, picks) in self.found.iter().enumerate() {
            for pick in picks {
                if let Some(there) = there.get_mut(&pick.cell) {
                    *there += pick.qty.0;
                }
                if stranded.contains(&(row as u16)) {
                    gone.push((pick.cell, pick.qty.0));
                }
            }
        }
        let mut stock = stock.clone();
        stock.recount(&there, &gone);
        stock
    }
}

/// How many of their first legs two parcels share.
fn same_legs(one: &Parcel, other: &Parcel) -> usize {
    let rides = |leg: &Leg| (leg.lane, leg.compartment, leg.departs_at);
    one.legs.iter().zip(&other.legs).take_while(|(one, other)| rides(one) == rides(other)).count()
}
