//! F10: every component of the cost equals its definition, and the bound does not pass the cost.
//!
//! Sums are formed in 128 bits: a price times a count is below 2^95, and no memory holds 2^32 of them. Only a
//! stranger's hours late could pass that, so these stop at the largest number, which no plan can state.

use super::case::Case;
use super::cross_dock::dock;
use super::tariff::price;
use super::violation::{Notes, Rule};
use super::words::name;
use crate::units::{Instant, Money};
use crate::world::LaneIx;
use std::collections::BTreeSet;

pub(super) fn check(case: &Case<'_>, notes: &mut Notes) {
    let carriage = check_carriage(case, notes);
    let costs = &case.plan.costs;
    let known = (0..case.picks.len()).all(|parcel| case.is_known(parcel));
    let components = [
        ("pick_units", costs.pick_units, known.then(|| pick_units(case))),
        ("pick_lines", costs.pick_lines, known.then(|| pick_lines(case))),
        ("packing", costs.packing, packing(case)),
        ("carriage", costs.carriage, carriage),
        ("handling", costs.handling, handling(case)),
        ("merging", costs.merging, merging(case)),
        ("hand_over", costs.hand_over, hand_over(case)),
        ("extra_deliveries", costs.extra_deliveries, Some(extra_deliveries(case))),
        ("lateness", costs.lateness, Some(lateness(case))),
        ("unfilled", costs.unfilled, known.then(|| unfilled(case))),
        ("stock", costs.stock, known.then(|| stock(case))),
    ];
    for (component, stated, right) in components {
        if let Some(right) = right.filter(|&right| right != i128::from(stated.0)) {
            notes.plan(Rule::F10, format!("{component} is said to cost {stated}; it costs {right}"));
        }
    }
    let total: i128 = components.iter().map(|(_, stated, _)| i128::from(stated.0)).sum();
    if i64::try_from(total).is_err() {
        notes.plan(Rule::F10, format!("the cost adds up to {total}, which is more than money can say"));
    }
    if i128::from(case.plan.bound.0) > total {
        notes.plan(Rule::F10, format!("the bound {} is above the cost {total}", case.plan.bound));
    }
}

fn times(cost: Money, count: u32) -> i128 {
    i128::from(cost.0) * i128::from(count)
}

fn pick_units(case: &Case<'_>) -> i128 {
    case.picks.iter().flatten().map(|pick| times(pick.zone.cost_per_unit, pick.qty)).sum()
}

/// Once for each (parcel, line, seller, zone), however many lots it is drawn from.
fn pick_lines(case: &Case<'_>) -> i128 {
    let mut counted = BTreeSet::new();
    let mut sum = 0;
    for (parcel, picks) in case.picks.iter().enumerate() {
        for pick in picks {
            if counted.insert((parcel, pick.line_ix, pick.cell.seller, pick.cell.zone)) {
                sum += i128::from(pick.zone.cost_per_line.0);
            }
        }
    }
    sum
}

/// Nothing when a parcel is packed where nothing can be: that is for F6 to tell.
fn packing(case: &Case<'_>) -> Option<i128> {
    let sources = case.plan.parcels.iter().filter(|parcel| parcel.parts.is_empty());
    sources
        .map(|parcel| {
            let stores = case.world.nodes().get(parcel.node)?.stores.as_ref()?;
            Some(i128::from(stores.cost_per_parcel.0))
        })
        .sum()
}

/// Each leg costs its tariff. Their sum, or nothing when some lane does not exist or has no price.
fn check_carriage(case: &Case<'_>, notes: &mut Notes) -> Option<i128> {
    let mut sum = Some(0i128);
    for (row, parcel) in case.parcels() {
        for leg in &parcel.legs {
            let right = leg_price(case, row, leg.lane, notes);
            if let Some(right) = right.filter(|&right| right != i128::from(leg.cost.0)) {
                let key = name(case.world.lane_names(), leg.lane);
                let text = format!("lane {key} is said to cost {}; it costs {right}", leg.cost);
                notes.parcel(Rule::F10, row, text);
            }
            sum = sum.zip(right).and_then(|(sum, right)| sum.checked_add(right));
        }
    }
    sum
}

fn leg_price(case: &Case<'_>, row: usize, lane_ix: LaneIx, notes: &mut Notes) -> Option<i128> {
    let lane = case.world.lanes().get(lane_ix)?;
    if !case.is_known(row) {
        return None;
    }
    let Some(tariff) = lane.tariff else { return Some(0) };
    let goods = &case.goods[row];
    let right = price(case.world.tariffs().get(tariff)?, goods.grams, goods.cm3);
    if right.is_none() {
        let key = name(case.world.lane_names(), lane_ix);
        let text = format!("lane {key} has no price for {} g and {} cm³", goods.grams, goods.cm3);
        notes.parcel(Rule::F10, row, text);
    }
    right
}

/// Once for each parcel and arrival by a lane from where it rides on or is merged. Nothing when it arrives where
/// nothing is handled: that is for F6 to tell.
fn handling(case: &Case<'_>) -> Option<i128> {
    let mut sum = 0;
    for (row, parcel) in case.parcels() {
        let passed = match case.merged_into[row] {
            Some(_) => parcel.legs.len(),
            None => parcel.legs.len().saturating_sub(1),
        };
        for leg in &parcel.legs[..passed] {
            let node = case.world.lanes().get(leg.lane)?.to;
            sum += i128::from(dock(case, node)?.cost_per_parcel.0);
        }
    }
    Some(sum)
}

/// Once for each merged parcel. Nothing when it is merged where nothing merges: that is for F6 to tell.
fn merging(case: &Case<'_>) -> Option<i128> {
    let merged = case.plan.parcels.iter().filter(|parcel| !parcel.parts.is_empty());
    merged.map(|parcel| Some(i128::from(dock(case, parcel.node)?.cost_per_merge.0))).sum()
}

fn handed_over<'a>(case: &Case<'a>) -> impl Iterator<Item = Instant> + use<'a> {
    case.plan.parcels.iter().filter_map(|parcel| parcel.hand_over.as_ref()).map(|end| end.at)
}

/// Nothing when the node hands nothing over: that is for F6 to tell.
fn hand_over(case: &Case<'_>) -> Option<i128> {
    let each = case.world.nodes()[case.order.to].hands_over.as_ref().map(|node| node.cost_per_parcel.0);
    handed_over(case).map(|_| each.map(i128::from)).sum()
}

fn extra_deliveries(case: &Case<'_>) -> i128 {
    handed_over(case).skip(1).map(|_| i128::from(case.order.policy.delivery_penalty.0)).sum()
}

/// Each parcel's started hours after the promise.
fn lateness(case: &Case<'_>) -> i128 {
    let Some(promise) = case.order.promise else { return 0 };
    handed_over(case).fold(0, |sum: i128, at| {
        let late = (i128::from(at.0) - i128::from(promise.0)).max(0);
        let started_hours = (late + 3599) / 3600;
        sum.saturating_add(started_hours.saturating_mul(i128::from(case.order.late_per_hour.0)))
    })
}

/// Of what is not picked, reported or not: whether the report is right is for F1 to tell.
fn unfilled(case: &Case<'_>) -> i128 {
    case.lines()
        .map(|(line_ix, line)| {
            let missing = i128::from(line.qty.0).saturating_sub_unsigned(case.picked(line_ix)).max(0);
            i128::from(line.unfilled_penalty.0) * missing
        })
        .sum()
}

fn stock(case: &Case<'_>) -> i128 {
    case.picks.iter().flatten().map(|pick| times(pick.cell.price, pick.qty)).sum()
}
