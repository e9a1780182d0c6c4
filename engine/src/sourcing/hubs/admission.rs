//! What a departure from a cross-dock waits for: which goods can be merged for it without waiting too long anywhere.

use super::{Finder, Found};
use crate::sourcing::Sheet;
use crate::sourcing::relays::{End, Merge, ride};
use crate::sourcing::rides::Rides;
use crate::split::Problem;
use crate::units::Instant;
use crate::world::NodeIx;
use smallvec::SmallVec;

/// A departure, as parcels that end in its merge see it.
#[derive(Clone, Copy)]
pub(super) struct Wait {
    /// Where.
    pub node: NodeIx,
    /// A merge done by then is in time.
    pub by: Instant,
    /// When it departs.
    pub departs: Instant,
}

/// What a departure waits for.
#[derive(Clone, Debug, Default)]
pub(super) struct Admission {
    /// By ride that leads there, whether it is in time; rides stand as the reaches of the cross-dock do.
    rides: SmallVec<[bool; 16]>,
    /// Whether all are in time that can be in time for any later departure: nothing is gained by those.
    pub complete: bool,
    /// Whether other merges may end there.
    merges: bool,
}

impl Admission {
    /// Whether whatever another departure waits for can go with this one.
    pub fn covers(&self, other: &Admission) -> bool {
        !self.merges && self.rides.iter().zip(&other.rides).all(|(mine, others)| *mine || !*others)
    }
}

impl<'f> Finder<'f> {
    /// What a departure waits for; `merges` says that merges elsewhere may end there. O(rides that lead there).
    pub(super) fn admission(
        &mut self,
        wait: Wait,
        merges: bool,
        terms: &Found,
        sheet: &mut Sheet,
        problem: &Problem<'_>,
    ) -> Admission {
        let Wait { node, by, departs } = wait;
        let mut admission = Admission { rides: SmallVec::new(), complete: true, merges };
        let reaches = self.reaches(node, sheet, problem);
        let never = Instant::NEVER;
        let merge = Merge { node, by, departs, longest: None, hand_over: never };
        for reach in reaches.iter().filter(|reach| self.is_useful(reach, terms)) {
            for laden in &reach.laden {
                let selection = &sheet.selections[laden.selection as usize];
                let arrives_from = selection
                    .longest
                    .last()
                    .copied()
                    .flatten()
                    .and_then(|longest| departs.before(longest))
                    .unwrap_or(Instant::ALWAYS);
                let (ground, order, lanes) = (self.ground, self.order, reach.track.lanes);
                let (latest, first_wait, place) = (order.latest(), 0, End::Merge(merge).place(order));
                let rides = Rides {
                    ground,
                    lanes,
                    selection,
                    first_wait,
                    grams: 0,
                    cm3: 0,
                    latest,
                    arrives_from,
                    place,
                };
                let waits = selection.longest.iter().rev().skip(1).any(Option::is_some);
                for known in &reach.rides {
                    let early = known.arrives < arrives_from;
                    let in_time = known.merged <= by
                        && ((!waits && !early)
                            || (!lanes.is_empty()
                                && ride(
                                    ground,
                                    order,
                                    &rides,
                                    End::Merge(merge),
                                    known.ready,
                                    Instant::ALWAYS,
                                )
                                .is_some()));
                    let over = lanes.is_empty() && early;
                    admission.rides.push(in_time);
                    admission.complete &= in_time || over;
                }
            }
        }
        admission
    }
}
