//! F7: what rides, is made ready, waits and stays is no more than there is room for, all plans together.
//!
//! Plans are counted in the sequence of their orders. Whoever finds no room is told and not counted, so that those
//! after it are judged by what is truly left.

use super::case::Case;
use super::civil::date_of;
use super::cross_dock::{dock, stays};
use super::violation::{Notes, Rule};
use super::words::{moment, name};
use crate::units::{Instant, Seconds};
use crate::world::{Capacity, LaneIx, LineIx, NodeIx};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(cases: &[Case<'_>], notes: &mut [Notes]) {
    check_departures(cases, notes);
    check_days(cases, notes);
    check_buffers(cases, notes);
    check_points(cases, notes);
}

/// What rides together: a parcel adds below 2^64 for each unit it holds, and 128 bits hold the sum of any memory.
#[derive(Clone, Copy, Default)]
struct Riding {
    grams: u128,
    cm3: u128,
    parcels: u128,
}

/// Nothing when it fits, else what it passes: how much with it, how much there may be, of what.
fn passed(riding: Riding, capacity: &Capacity) -> Option<(u128, u128, &'static str)> {
    let limits = [
        (riding.grams, capacity.grams.map(|most| u128::from(most.0)), "g"),
        (riding.cm3, capacity.cm3.map(|most| u128::from(most.0)), "cm³"),
        (riding.parcels, capacity.parcels.map(u128::from), "parcels"),
    ];
    limits.into_iter().find_map(|(all, most, of)| most.filter(|&most| all > most).map(|most| (all, most, of)))
}

fn check_departures(cases: &[Case<'_>], notes: &mut [Notes]) {
    let mut riding: BTreeMap<(LaneIx, u8, Instant), Riding> = BTreeMap::new();
    for (case, notes) in cases.iter().zip(notes) {
        for (row, parcel) in case.parcels() {
            for leg in &parcel.legs {
                let lane = case.world.lanes().get(leg.lane);
                let kept = lane.and_then(|lane| lane.compartments.get(usize::from(leg.compartment)));
                let Some(kept) = kept else { continue };
                let there = riding.entry((leg.lane, leg.compartment, leg.departs_at)).or_default();
                let with = Riding {
                    grams: there.grams + case.goods[row].grams,
                    cm3: there.cm3 + case.goods[row].cm3,
                    parcels: there.parcels + 1,
                };
                let Some((all, most, of)) = passed(with, &kept.capacity) else {
                    *there = with;
                    continue;
                };
                let key = name(case.world.lane_names(), leg.lane);
                let text = format!(
                    "rides lane {key} at {} in compartment {}: {all} {of} with it, where {most} {of} go",
                    moment(leg.departs_at),
                    kept.name
                );
                notes.parcel(Rule::F7, row, text);
            }
        }
    }
}

/// Source parcels, and the lines in them, that become ready at a node on one of its dates.
fn check_days(cases: &[Case<'_>], notes: &mut [Notes]) {
    let mut days: BTreeMap<(NodeIx, Date), (u128, u128)> = BTreeMap::new();
    for (case, notes) in cases.iter().zip(notes) {
        for (row, parcel) in case.parcels().filter(|(_, parcel)| parcel.parts.is_empty()) {
            let node = case.world.nodes().get(parcel.node);
            let Some(stores) = node.and_then(|node| node.stores.as_ref()) else { continue };
            let calendar = stores.calendar.and_then(|calendar| case.world.calendars().get(calendar));
            let Some(date) = date_of(calendar, parcel.ready_at) else { continue };
            let lines: BTreeSet<LineIx> = parcel.picks.iter().map(|pick| pick.line).collect();
            let day = days.entry((parcel.node, date)).or_default();
            let with = (day.0 + 1, day.1 + lines.len() as u128);
            let past = |all: u128, most: Option<u32>| most.filter(|&most| all > u128::from(most));
            let key = name(case.world.node_names(), parcel.node);
            if let Some(most) = past(with.0, stores.parcels_per_day) {
                let text = format!(
                    "is made ready at {key} as parcel {} of {date}, where {most} a day can be",
                    with.0
                );
                notes.parcel(Rule::F7, row, text);
            } else if let Some(most) = past(with.1, stores.lines_per_day) {
                let text = format!(
                    "is made ready at {key} with line {} of {date}, where {most} a day can be",
                    with.1
                );
                notes.parcel(Rule::F7, row, text);
            } else {
                *day = with;
            }
        }
    }
}

/// One parcel present somewhere: which order's, which of its parcels, from when, until when.
type Present = (Instant, Instant, (usize, usize));

fn check_buffers(cases: &[Case<'_>], notes: &mut [Notes]) {
    let mut present: BTreeMap<NodeIx, Vec<Present>> = BTreeMap::new();
    for (k, case) in cases.iter().enumerate() {
        for (row, _) in case.parcels() {
            for stay in stays(case, row).into_iter().filter(|stay| stay.takes_room) {
                present.entry(stay.node).or_default().push((stay.from, stay.until, (k, row)));
            }
        }
    }
    for (node, present) in present {
        let Some(most) = cases.first().and_then(|case| dock(case, node)?.buffer) else { continue };
        for ((k, row), at) in turned_away(present, most) {
            let key = name(cases[k].world.node_names(), node);
            let text = format!("finds no room in the buffer of {key} at {}: it holds {most}", moment(at));
            notes[k].parcel(Rule::F7, row, text);
        }
    }
}

fn check_points(cases: &[Case<'_>], notes: &mut [Notes]) {
    let mut present: BTreeMap<NodeIx, Vec<Present>> = BTreeMap::new();
    for (k, case) in cases.iter().enumerate() {
        let Some(point) = &case.world.nodes()[case.order.to].hands_over else { continue };
        for (row, parcel) in case.parcels().filter(|(_, parcel)| parcel.hand_over.is_some()) {
            let from = parcel.legs.last().map_or(parcel.ready_at, |leg| leg.arrives_at);
            let until = from.after(point.stay.unwrap_or(Seconds::ZERO)).unwrap_or(Instant::NEVER);
            present.entry(case.order.to).or_default().push((from, until, (k, row)));
        }
    }
    for (node, present) in present {
        let most = cases.first().and_then(|case| case.world.nodes()[node].hands_over.as_ref()?.holds);
        let Some(most) = most else { continue };
        for ((k, row), at) in turned_away(present, most) {
            let key = name(cases[k].world.node_names(), node);
            let text = format!("finds no room at {key} at {}: it holds {most} parcels", moment(at));
            notes[k].parcel(Rule::F7, row, text);
        }
    }
}

/// Walks through time; whenever one more is present than there may be, the last of them in sequence is turned away.
fn turned_away(mut arrivals: Vec<Present>, most: u32) -> Vec<((usize, usize), Instant)> {
    arrivals.retain(|(from, until, _)| from < until);
    arrivals.sort_unstable();
    let mut present: BTreeSet<((usize, usize), Instant)> = BTreeSet::new();
    let mut leaving: BTreeSet<(Instant, (usize, usize))> = BTreeSet::new();
    let mut away = Vec::new();
    for (from, until, who) in arrivals {
        while let Some(&(gone, other)) = leaving.first().filter(|(gone, _)| *gone <= from) {
            leaving.pop_first();
            present.remove(&(other, gone));
        }
        present.insert((who, until));
        leaving.insert((until, who));
        if present.len() > most as usize
            && let Some((last, until)) = present.pop_last()
        {
            leaving.remove(&(until, last));
            away.push((last, from));
        }
    }
    away
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_in_sequence_is_turned_away_whenever_it_came() {
        let stay = |who: usize, from: i64, until: i64| (Instant(from), Instant(until), (who, 0));
        let away = |stays: Vec<Present>, most| -> Vec<(usize, i64)> {
            turned_away(stays, most).into_iter().map(|((who, _), at)| (who, at.0)).collect()
        };
        // The later order came first and has to go when the earlier one comes.
        assert_eq!(away(vec![stay(1, 0, 9), stay(0, 5, 7)], 1), [(1, 5)]);
        // One leaves as the other comes; and nobody is present for no time at all.
        assert_eq!(away(vec![stay(0, 0, 5), stay(1, 5, 9), stay(2, 3, 3)], 1), []);
        // Who was turned away takes no room from those after it.
        assert_eq!(away(vec![stay(2, 0, 9), stay(0, 1, 2), stay(1, 3, 4)], 1), [(2, 1)]);
        assert_eq!(away(vec![stay(0, 0, 9)], 0), [(0, 0)]);
    }
}
