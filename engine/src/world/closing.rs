//! Nodes that do nothing for a while: the same world with them closed.

use super::{Calendar, NodeIx, Shut, World, Zone};
use crate::units::{Index, IndexVec, Instant};

/// A node does nothing: nothing is picked, handled, merged or handed over there, nothing departs from it and no vehicle
/// that would arrive in that time sets out for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Which node.
    pub node: NodeIx,
    /// From when.
    pub from: Instant,
    /// Until before when; [`Instant::NEVER`] for good.
    pub until: Instant,
}

impl World {
    /// The same world on the same indices with nodes closed. O(size of the world).
    pub fn closing(&self, closings: &[Closing]) -> World {
        let mut world = self.clone();
        world.close(closings);
        world
    }

    /// Closes nodes.
    pub(crate) fn close(&mut self, closings: &[Closing]) {
        let mut calendars: Vec<Calendar> = self.calendars.iter().cloned().collect();
        for (ix, node) in self.nodes.enumerated_mut() {
            let times: Vec<Shut> = joined(
                closings
                    .iter()
                    .filter(|closing| closing.node == ix)
                    .map(|closing| (closing.from, closing.until)),
            );
            if times.is_empty() {
                continue;
            }
            let own = [
                node.stores.as_mut().map(|stores| &mut stores.calendar),
                node.cross_docks.as_mut().map(|dock| &mut dock.calendar),
                node.hands_over.as_mut().map(|point| &mut point.calendar),
            ];
            for calendar in own.into_iter().flatten() {
                let mut closed = match *calendar {
                    Some(known) => calendars[known.row()].clone(),
                    None => round_the_clock(),
                };
                closed.shut = joined(closed.shut.iter().copied().chain(times.iter().copied()));
                *calendar = Some(Index::of(calendars.len()));
                calendars.push(closed);
            }
        }
        self.calendars = IndexVec::new(calendars);
        for (_, lane) in self.lanes.enumerated_mut() {
            let left = closings.iter().filter(|closing| closing.node == lane.from);
            let left = left.map(|closing| (closing.from, closing.until));
            let reached = closings.iter().filter(|closing| closing.node == lane.to).map(|closing| {
                let departs = |arrives: Instant| match arrives {
                    Instant::NEVER => Instant::NEVER,
                    arrives => arrives.before(lane.transit).unwrap_or(Instant::ALWAYS),
                };
                (departs(closing.from), departs(closing.until))
            });
            lane.shut = joined(lane.shut.iter().copied().chain(left).chain(reached));
        }
    }
}

/// Hours of what has none.
fn round_the_clock() -> Calendar {
    let zone = Zone { name: "UTC".into(), offsets: vec![(i64::MIN, 0)] };
    Calendar { zone, weekly: None, closed: Vec::new(), shut: Vec::new() }
}

/// Times in the order of their beginnings, those that touch or cross as one.
pub(crate) fn joined(times: impl Iterator<Item = Shut>) -> Vec<Shut> {
    let mut all: Vec<Shut> = times.filter(|(from, until)| from < until).collect();
    all.sort_unstable();
    let mut apart: Vec<Shut> = Vec::with_capacity(all.len());
    for (from, until) in all {
        match apart.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => apart.push((from, until)),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_touch_are_one() {
        let at = |from, until| (Instant(from), Instant(until));
        let times = [at(5, 9), at(1, 2), at(2, 4), at(8, 12), at(20, 20)];
        assert_eq!(joined(times.into_iter()), [at(1, 4), at(5, 12)]);
    }
}
