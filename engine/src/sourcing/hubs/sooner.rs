//! The earliest departures that serve the merges of a solution as well as those it was found with.
//!
//! Of departures at one price only some stand in the problem, since they take whatever the others take. What one of them
//! takes in the end may be there long before.

use super::known::must_dwell;
use super::lots_end;
use crate::sourcing::relays::{self, End, ride};
use crate::sourcing::rides::{Place, Rides};
use crate::sourcing::roads::lateness;
use crate::sourcing::{Ground, Sheet};
use crate::split::{Merge, NO_HUB, Problem, Solution};
use crate::transit::Legs;
use crate::units::{Instant, Seconds};
use crate::world::Order;

/// Departures looked at for one merge: those of a month of two a day.
const DEPARTURES: usize = 64;

/// Lets merged parcels of a solution leave as early as what is in them allows, at no higher cost. Where lots would not
/// last or room is limited, departures were chosen one by one and stay; so they do where goods may wait only so long and
/// parcels are merged again.
pub fn sooner(
    ground: Ground<'_>,
    order: &Order,
    sheet: &mut Sheet,
    problem: &Problem<'_>,
    solution: &Solution,
) {
    if solution.merges.is_empty() || !ground.world.is_unlimited() {
        return;
    }
    let dwells = must_dwell(ground, sheet);
    let again = dwells && solution.merges.iter().any(|merge| !merge.merges.is_empty());
    let once = |row: usize| {
        let hub = solution.merges[row].hub;
        solution.merges.iter().filter(|merge| merge.hub == hub).count() == 1
    };
    for (_, merge) in solution.merges.iter().enumerate().filter(|&(row, _)| !again && once(row)) {
        if lots_end(sheet, Instant::ALWAYS, sheet.hubs[usize::from(merge.hub)].hand_over) {
            continue;
        }
        let Some(mut ready) = merged(ground, sheet, solution, merge) else { continue };
        for _ in 0..if dwells { DEPARTURES } else { 1 } {
            match leave(ground, order, sheet, problem, solution, merge, (ready, dwells)) {
                Tried::Later(at) => ready = at,
                Tried::Done => break,
            }
        }
    }
    // What is merged on the way is handed over with its whole.
    for merge in solution.merges.iter().rev() {
        let hand_over = sheet.hubs[usize::from(merge.hub)].hand_over;
        for &earlier in &merge.merges {
            sheet.hubs[usize::from(solution.merges[earlier as usize].hub)].hand_over = hand_over;
        }
    }
}

enum Tried {
    /// It left, or nothing leaves sooner.
    Done,
    /// Something would have waited too long: from then on the next departure.
    Later(Instant),
}

/// When the parts of a merge could be merged at the earliest.
fn merged(ground: Ground<'_>, sheet: &Sheet, solution: &Solution, merge: &Merge) -> Option<Instant> {
    let node = sheet.hubs[usize::from(merge.hub)].node;
    let parcels = merge.parcels.iter().map(|&parcel| {
        let (row, _, _) = sheet.way(solution.parcels[parcel as usize].way);
        let class = &sheet.classes[row.class as usize];
        let lanes = &sheet.selections.get(row.stops as usize)?.lanes;
        match lanes.is_empty() {
            true => ground.transit.merged_at(node, class.ready_by),
            false => ground.transit.mergeable_after(node, lanes, class.ready_by),
        }
    });
    let merges = merge.merges.iter().map(|&earlier| {
        let row = &sheet.hubs[usize::from(solution.merges[earlier as usize].hub)];
        row.legs.last().and_then(|leg| ground.transit.mergeable_at(node, leg.arrives))
    });
    parcels.chain(merges).try_fold(Instant::ALWAYS, |last, at| Some(last.max(at?)))
}

/// Lets a merged parcel that is ready at a moment leave by its next departure, if that is sooner and serves.
fn leave(
    ground: Ground<'_>,
    order: &Order,
    sheet: &mut Sheet,
    problem: &Problem<'_>,
    solution: &Solution,
    merge: &Merge,
    (ready, dwells): (Instant, bool),
) -> Tried {
    let mut row = sheet.hubs[usize::from(merge.hub)].clone();
    let selection = &sheet.selections[row.selection as usize];
    let (lanes, latest, arrives_from) = (&row.lanes[..], order.latest(), Instant::ALWAYS);
    let (first_wait, place) = (1, Place::From(Instant::ALWAYS));
    let rides = Rides { ground, lanes, selection, first_wait, grams: 0, cm3: 0, latest, arrives_from, place };
    let Some(legs) = rides.earliest(ready) else { return Tried::Done };
    let departs = legs.first().map_or(ready, |leg| leg.departs);
    let arrives = legs.last().map_or(ready, |leg| leg.arrives);
    if row.legs.first().map_or(departs >= row.hand_over, |leg| departs >= leg.departs) {
        return Tried::Done;
    }
    let cut_off = lanes.first().map_or(Seconds::ZERO, |&lane| ground.transit.timetable(lane).cut_off());
    let by = departs.before(cut_off).unwrap_or(ready);
    let later = departs.after(Seconds(1)).and_then(|at| at.before(cut_off));
    let later = || later.map_or(Tried::Done, Tried::Later);
    if problem.hubs[usize::from(merge.hub)].into == NO_HUB {
        let Some(hand_over) = ground.transit.hand_over_at(order.to, arrives) else { return Tried::Done };
        match lateness(order, hand_over) {
            Ok(late) if late <= row.lateness && hand_over <= row.hand_over => {
                (row.hand_over, row.lateness) = (hand_over, late);
            }
            _ => return Tried::Done,
        }
    }
    if dwells {
        let end = relays::Merge { node: row.node, by, departs, longest: None, hand_over: row.hand_over };
        let Some(parts) = parts_in_time(ground, order, sheet, solution, merge, end) else { return later() };
        let merged = parts.iter().map(|part| part.2).max().unwrap_or(ready);
        if row.longest.and_then(|longest| merged.after(longest)).is_some_and(|until| until < departs) {
            return later();
        }
        for (class, legs, _) in parts {
            let class = &mut sheet.classes[class as usize];
            class.departs = legs.first().map_or(class.departs, |leg| leg.departs);
            class.arrives = legs.last().map_or(class.arrives, |leg| leg.arrives);
            class.ride = sheet.rides.len() as u32;
            sheet.rides.push(legs);
        }
    }
    row.legs = legs;
    sheet.hubs[usize::from(merge.hub)] = row;
    Tried::Done
}

/// Classes of the parts of a merge with the rides that bring them in time and no earlier than they may wait, and when
/// each could be merged.
fn parts_in_time(
    ground: Ground<'_>,
    order: &Order,
    sheet: &Sheet,
    solution: &Solution,
    merge: &Merge,
    end: relays::Merge,
) -> Option<Vec<(u32, Legs, Instant)>> {
    let part = |&parcel: &u32| {
        let (row, _, _) = sheet.way(solution.parcels[parcel as usize].way);
        let selection = sheet.selections.get(row.stops as usize)?;
        let ready = sheet.classes[row.class as usize].ready_by;
        let longest = selection.longest.last().copied().flatten();
        let arrives_from = longest.and_then(|longest| end.departs.before(longest)).unwrap_or(Instant::ALWAYS);
        let (lanes, latest, first_wait) = (&selection.lanes[..], order.latest(), 0);
        let place = End::Merge(end).place(order);
        let rides =
            Rides { ground, lanes, selection, first_wait, grams: 0, cm3: 0, latest, arrives_from, place };
        if lanes.is_empty() && sheet.classes[row.class as usize].ready_from < arrives_from {
            // What is packed here was picked so that it does not wait longer than it may.
            return None;
        }
        let (legs, _) = ride(ground, order, &rides, End::Merge(end), ready, Instant::ALWAYS)?;
        let merged = match legs.last() {
            Some(leg) => ground.transit.mergeable_at(end.node, leg.arrives)?,
            None => ground.transit.merged_at(end.node, ready)?,
        };
        Some((row.class, legs, merged))
    };
    merge.parcels.iter().map(part).collect()
}
