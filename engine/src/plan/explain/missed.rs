//! Which earlier departure did a parcel miss, and by how much?

use super::Words;
use crate::plan::Plan;
use crate::sourcing::Ground;
use crate::spec::Missed;
use crate::units::{Instant, Seconds};
use crate::world::{LaneIx, Schedule};

/// Departures longer ago than this are told of no more.
const LONG_AGO: Seconds = Seconds(86_400);

/// Departures that a parcel's legs missed, in the order of travel: of each lane the one before the one it took, where
/// the parcel was not ready for it.
pub(super) fn missed(ground: Ground<'_>, words: &Words<'_>, plan: &Plan, row: usize) -> Vec<Missed> {
    let parcel = &plan.parcels[row];
    let mut ready = Some(parcel.ready_at);
    let mut told = Vec::new();
    for leg in &parcel.legs {
        let cut_off = ground.world.lanes()[leg.lane].cut_off;
        let by = ready.and_then(|ready| ready.after(cut_off)).zip(before(ground, leg.lane, leg.departs_at));
        if let Some((by, departs)) =
            by.map(|(could, departs)| (could.0 - departs.0, departs)).filter(|by| by.0 > 0)
        {
            told.push(Missed {
                parcel: words.code(row),
                lane: ground.world.lane_names().of(leg.lane).to_owned(),
                departed_at: crate::spec::instant_text(departs),
                by_minutes: started_minutes(by),
                text: format!(
                    "it missed {} at {} by {} min",
                    words.lane(leg.lane),
                    words.moment(departs),
                    started_minutes(by)
                ),
            });
        }
        ready = ground.transit.handled_at(ground.world.lanes()[leg.lane].to, leg.arrives_at);
    }
    told
}

/// The last departure of a lane before one of its departures, if it is not long ago.
fn before(ground: Ground<'_>, lane: LaneIx, departs: Instant) -> Option<Instant> {
    let timetable = ground.transit.timetable(lane);
    if matches!(ground.world.lanes()[lane].schedule, Schedule::OnDemand(_)) {
        return None;
    }
    let since = departs.before(LONG_AGO)?.before(timetable.cut_off())?;
    let earlier = timetable.departures_from(since).map(|departure| departure.departs);
    earlier.take_while(|&at| at < departs).last()
}

/// Minutes, a started one counted whole.
pub(super) fn started_minutes(seconds: i64) -> i64 {
    seconds.div_euclid(60) + i64::from(seconds.rem_euclid(60) != 0)
}
