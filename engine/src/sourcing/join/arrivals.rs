//! From when on can a parcel arrive where it is handed over?
//!
//! A parcel stays there from its arrival for as long as any other. When the first possible arrival finds no place, only a
//! later one does: the next of some lane, or, by a lane that departs on demand, the moment at which another parcel goes.

use crate::load::{Claim, Load};
use crate::sourcing::Sheet;
use crate::split::{NO_HUB, Problem};
use crate::units::{Instant, Seconds};
use crate::world::{Order, Schedule, World};
use std::collections::BTreeSet;

/// Moments from which on parcels may arrive, each asked once, rising.
pub(super) struct Moments {
    open: BTreeSet<Instant>,
    /// Whether there are any but the first.
    many: bool,
}

impl Moments {
    /// `many` says that places at the point are scarce.
    pub fn new(many: bool) -> Moments {
        Moments { open: BTreeSet::from([Instant::ALWAYS]), many }
    }

    pub fn next(&mut self) -> Option<Instant> {
        self.open.pop_first()
    }

    /// Notes after which arrivals of a sourcing to ask again.
    pub fn note(
        &mut self,
        world: &World,
        order: &Order,
        not_before: Instant,
        sheet: &Sheet,
        problem: &Problem<'_>,
    ) {
        let point = world.nodes()[order.to].hands_over.as_ref();
        let Some(stay) = point.and_then(|point| point.stay).filter(|_| self.many) else { return };
        let on_demand = |lane| matches!(world.lanes()[lane].schedule, Schedule::OnDemand(_));
        let ways = (0..problem.ways.len()).filter(|&way| problem.yard_of(way) == NO_HUB).map(|way| {
            let (_, route, _) = sheet.way(way as u16);
            let at = sheet.classes[route.class as usize].arrives;
            (at, route.lane.is_some_and(on_demand))
        });
        let hubs = sheet.hubs.iter().zip(&problem.hubs).filter(|(_, hub)| hub.into == NO_HUB);
        let hubs = hubs.filter_map(|(row, _)| {
            let at = row.legs.last()?.arrives;
            Some((at, row.lanes.last().is_some_and(|&lane| on_demand(lane))))
        });
        for (at, anytime) in ways.chain(hubs).collect::<Vec<_>>() {
            let next = if anytime { None } else { at.after(Seconds(1)) };
            let later = next.into_iter().chain(at.after(stay));
            self.open.extend(later.filter(|&at| at > not_before && at <= order.latest()));
        }
    }
}

/// Leaves no place at the hand-over point before a moment.
pub(super) fn close_until(world: &World, order: &Order, until: Instant, load: &mut Load) {
    let holds = world.nodes()[order.to].hands_over.as_ref().and_then(|point| point.holds);
    let (node, from) = (order.to, order.placed_at);
    if let Some(holds) = holds.filter(|_| from < until) {
        // What is claimed beside it does not matter: no place is left either way.
        let _ = load.commit(&vec![Claim::Point { node, from, until }; holds as usize]);
    }
}
