//! F6, times: each moment a plan states is the one that follows from what came before.

use super::case::Case;
use super::cross_dock::handled;
use super::schedule::{after_open, departure_from, open_from, worked};
use super::violation::{Notes, Rule};
use super::words::{moment, moment_or_never, name};
use crate::plan::{HandOver, Parcel};
use crate::units::Instant;

pub(super) fn check(case: &Case<'_>, notes: &mut Notes) {
    for (row, parcel) in case.parcels() {
        check_ready(case, row, parcel, notes);
        let arrived = check_legs(case, row, parcel, notes);
        if let Some(end) = &parcel.hand_over {
            check_hand_over(case, row, arrived, end, notes);
        }
    }
}

/// A source parcel is ready when its last pick is. Merged parcels are asked about in `merge`.
fn check_ready(case: &Case<'_>, row: usize, parcel: &Parcel, notes: &mut Notes) {
    let Some(stores) = case.world.nodes().get(parcel.node).and_then(|node| node.stores.as_ref()) else {
        return;
    };
    if case.picks[row].is_empty() || !case.is_known(row) {
        return;
    }
    // A pick that never gets ready keeps its parcel from it.
    let ready = case.picks[row]
        .iter()
        .map(|pick| after_open(case.world, stores.calendar, pick.start(case.order), pick.zone.lead))
        .try_fold(Instant::ALWAYS, |latest, ready| Some(latest.max(ready?)));
    // Where a date takes only so much, a parcel may be made later than it could.
    let later = !stores.is_unlimited() && ready.is_some_and(|ready| parcel.ready_at > ready);
    // What the old plan packs, too, goes on as it began, or begins anew when that is decided.
    let again = case.history.is_some_and(|history| {
        let own = case.picks[row].iter().map(|pick| {
            let start = pick.start(case.order).max(history.now);
            after_open(case.world, stores.calendar, start, pick.zone.lead)
        });
        let anew = own.into_iter().try_fold(Instant::ALWAYS, |latest, ready| Some(latest.max(ready?)));
        let goes_on = history.planned_ready(row).and_then(|planned| match planned > history.now {
            true => {
                let left = worked(case.world, stores.calendar, history.now, planned)?;
                Some(after_open(case.world, stores.calendar, history.now, left)?.max(planned))
            }
            false => Some(planned),
        });
        anew == Some(parcel.ready_at) || goes_on == Some(parcel.ready_at)
    });
    if ready != Some(parcel.ready_at) && !later && !again {
        let text = format!(
            "is said to be ready at {}; its picks are ready at {}",
            moment(parcel.ready_at),
            moment_or_never(ready)
        );
        notes.parcel(Rule::F6, row, text);
    }
}

/// Each leg uses a departure its goods can reach, and takes as long as its lane does. Returns when the parcel is said
/// to be where its legs lead.
fn check_legs(case: &Case<'_>, row: usize, parcel: &Parcel, notes: &mut Notes) -> Instant {
    let mut arrived = parcel.ready_at;
    // From when it can ride on: nothing when handling never ends.
    let mut ready = Some(arrived);
    let kept = case.history.map_or(0, |history| history.kept_legs(row, parcel));
    let departed = case.history.map_or(0, |history| history.departed(row));
    for (number, leg) in parcel.legs.iter().enumerate() {
        arrived = leg.arrives_at;
        let Some(lane) = case.world.lanes().get(leg.lane) else {
            ready = Some(arrived);
            continue;
        };
        let key = name(case.world.lane_names(), leg.lane);
        let departs = moment(leg.departs_at);
        let not_before = ready.and_then(|ready| ready.after(lane.cut_off));
        if departure_from(case.world, &lane.schedule, leg.departs_at) != Some(leg.departs_at) {
            let first = not_before.and_then(|at| departure_from(case.world, &lane.schedule, at));
            let text = format!(
                "lane {key} does not depart at {departs}; the first it can take is {}",
                moment_or_never(first)
            );
            notes.parcel(Rule::F6, row, text);
        } else if not_before.is_none_or(|at| leg.departs_at < at) {
            let text = format!(
                "misses the cut-off of lane {key} at {departs}: ready at {}, {} s are needed",
                moment_or_never(ready),
                lane.cut_off
            );
            notes.parcel(Rule::F6, row, text);
        }
        let shut = lane.shut.iter().any(|&(from, until)| from <= leg.departs_at && leg.departs_at < until);
        if shut && number >= departed {
            notes.parcel(Rule::F6, row, format!("lane {key} does not depart at {departs}: a node is closed"));
        }
        if let Some(history) = case.history.filter(|_| number >= kept) {
            let first = history.now.after(lane.cut_off);
            if first.is_none_or(|first| leg.departs_at < first) {
                let text = format!(
                    "takes lane {key} at {departs}, for which the cut-off had passed at {}",
                    moment(history.now)
                );
                notes.parcel(Rule::F6, row, text);
            }
        }
        let arrives = leg.departs_at.after(lane.transit);
        if arrives != Some(leg.arrives_at) {
            let text = format!(
                "is said to arrive by lane {key} at {}; the ride that departs at {departs} arrives at {}",
                moment(leg.arrives_at),
                moment_or_never(arrives)
            );
            notes.parcel(Rule::F6, row, text);
        }
        ready = handled(case, lane.to, arrived);
    }
    arrived
}

/// At the first opening after arrival, and not too late.
fn check_hand_over(case: &Case<'_>, row: usize, arrived: Instant, end: &HandOver, notes: &mut Notes) {
    if let Some(hands_over) = &case.world.nodes()[case.order.to].hands_over {
        let opens = open_from(case.world, hands_over.calendar, arrived);
        if opens != Some(end.at) {
            let text = format!(
                "is handed over at {}; there since {}, it can first be at {}",
                moment(end.at),
                moment(arrived),
                moment_or_never(opens)
            );
            notes.parcel(Rule::F6, row, text);
        }
    }
    if let Some(deadline) = case.order.deadline.filter(|&deadline| end.at > deadline) {
        let text = format!("is handed over at {}, after the deadline {}", moment(end.at), moment(deadline));
        notes.parcel(Rule::F6, row, text);
    }
    let useful = case.order.placed_at.after(case.order.policy.latest_useful).unwrap_or(Instant::NEVER);
    if end.at > useful {
        let text = format!("is handed over at {}; after {} it is of no use", moment(end.at), moment(useful));
        notes.parcel(Rule::F6, row, text);
    }
}
