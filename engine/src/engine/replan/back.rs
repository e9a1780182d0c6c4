//! From a plan of the rest to the plan of the order: bundles are parcels again.

use super::bundle::Bundle;
use super::happened::Happened;
use super::rest::{Choice, Rest, Stands};
use super::scene::Scene;
use crate::plan::{Costs, Parcel, Pick, Plan, Reason, Unfilled};
use crate::stock::CellIx;
use crate::units::{Index, Money};
use smallvec::SmallVec;

/// A plan of the order, and which parcel of the old plan each of its parcels is.
#[derive(Clone, Debug)]
pub(super) struct Whole {
    pub plan: Plan,
    pub was: Vec<Option<u16>>,
}

/// Nothing where a bundle stays behind, or a sum leaves its range.
pub(super) fn whole(
    plan: &Plan,
    rest: &Rest,
    scene: &Scene,
    happened: &Happened<'_>,
    (bundles, choice): (&[Bundle], &Choice),
    cells: &[Option<CellIx>],
) -> Option<Whole> {
    let mut parcels: SmallVec<[Parcel; 2]> = SmallVec::new();
    let mut was: Vec<Option<u16>> = Vec::new();
    // Where each parcel of the rest stands now.
    let mut rows: Vec<u16> = Vec::with_capacity(plan.parcels.len());
    for parcel in &plan.parcels {
        let bundle = parcel.picks.first().and_then(|pick| rest.bundle(pick.line));
        match bundle {
            Some(number) => {
                let bundle = &bundles[number];
                let first = parcels.len() as u16;
                for (inner, &row) in bundle.parcels.iter().zip(&bundle.rows) {
                    let mut inner = inner.clone();
                    inner.parts.iter_mut().for_each(|part| *part += first);
                    parcels.push(inner);
                    was.push(Some(row as u16));
                }
                let top = parcels.last_mut()?;
                let own = scene.spots[number].lanes;
                let legs = parcel.legs.get(own..)?.iter();
                for leg in legs {
                    top.legs.push(crate::plan::Leg { lane: scene.lane(leg.lane)?, ..*leg });
                }
                top.hand_over = parcel.hand_over;
            }
            None => {
                let mut own = parcel.clone();
                for leg in &mut own.legs {
                    leg.lane = scene.lane(leg.lane)?;
                }
                let picks = parcel.picks.iter().map(|pick| match rest.lines[pick.line.row()] {
                    Stands::Line(line) => Some(Pick { line, cell: cells[pick.cell.row()]?, qty: pick.qty }),
                    Stands::Bundle(_) => None,
                });
                own.picks = picks.collect::<Option<_>>()?;
                own.picks.sort_unstable_by_key(|pick| (pick.line, pick.cell));
                for part in &mut own.parts {
                    *part = *rows.get(usize::from(*part))?;
                }
                parcels.push(own);
                was.push(None);
            }
        }
        rows.push(parcels.len() as u16 - 1);
    }
    let mut unfilled: Vec<Unfilled> = Vec::new();
    for short in &plan.unfilled {
        let Stands::Line(line) = rest.lines[short.line.row()] else { return None };
        let reasons = short.reasons.iter().filter_map(|reason| told(reason, scene)).collect();
        unfilled.push(Unfilled { line, qty: short.qty, reasons });
    }
    unfilled.sort_unstable_by_key(|unfilled| unfilled.line);
    let mut costs = plan.costs;
    for &bundle in &choice.bundles {
        costs = sum(&costs, &bundles[bundle].costs)?;
    }
    recognise(happened, &parcels, &mut was);
    let plan = Plan { parcels, unfilled, costs, bound: Money::ZERO, steps: plan.steps };
    Some(Whole { plan, was })
}

/// A reason about the scene, where it speaks of what the world has, too.
fn told(reason: &Reason, scene: &Scene) -> Option<Reason> {
    let lane = match reason.lane {
        Some(lane) => Some(scene.lane(lane)?),
        None => None,
    };
    let known = reason.node.is_none_or(|node| !scene.spots.iter().any(|spot| spot.node <= node));
    known.then(|| Reason { lane, ..reason.clone() })
}

fn sum(one: &Costs, other: &Costs) -> Option<Costs> {
    let add = |one: Money, other: Money| one.checked_add(other);
    Some(Costs {
        pick_units: add(one.pick_units, other.pick_units)?,
        pick_lines: add(one.pick_lines, other.pick_lines)?,
        packing: add(one.packing, other.packing)?,
        carriage: add(one.carriage, other.carriage)?,
        handling: add(one.handling, other.handling)?,
        merging: add(one.merging, other.merging)?,
        stock: add(one.stock, other.stock)?,
        ..*one
    })
}

/// Parcels planned anew that are the very ones of the old plan.
fn recognise(happened: &Happened<'_>, parcels: &[Parcel], was: &mut [Option<u16>]) {
    for row in 0..parcels.len() {
        if was[row].is_some() {
            continue;
        }
        let same = |old: &usize| {
            let (parcel, then) = (&parcels[row], &happened.plan.parcels[*old]);
            let number = *old as u16;
            let parts = |parts: &[u16]| {
                let mut parts = parts.to_vec();
                parts.sort_unstable();
                parts
            };
            let now: Option<Vec<u16>> = parcel.parts.iter().map(|&part| was[usize::from(part)]).collect();
            !was.contains(&Some(number))
                && !happened.stands[*old].fixed
                && parcel.node == then.node
                && parcel.picks == then.picks
                && now.is_some_and(|now| parts(&now) == parts(&then.parts))
        };
        let old = (0..happened.plan.parcels.len()).find(same);
        was[row] = old.map(|old| old as u16);
    }
}

/// Whether a parcel of the old plan stays as it was: the same goods and parts, the legs it was to ride, and the customer
/// at their end if it was to be handed over.
pub(super) fn stays(happened: &Happened<'_>, whole: &Whole, old: usize) -> bool {
    let Some(row) = whole.was.iter().position(|was| *was == Some(old as u16)) else { return false };
    let (then, now) = (&happened.plan.parcels[old], &whole.plan.parcels[row]);
    let rides = |one: &crate::plan::Leg| (one.lane, one.compartment, one.departs_at);
    let parts = then.parts.iter().all(|&part| stays(happened, whole, usize::from(part)));
    let legs = now.legs.len() >= then.legs.len()
        && then.legs.iter().zip(&now.legs).all(|(then, now)| rides(then) == rides(now));
    let ends = then.hand_over.is_none() || now.hand_over.is_some() && now.legs.len() == then.legs.len();
    now.picks == then.picks && parts && legs && ends && now.parts.len() == then.parts.len()
}
