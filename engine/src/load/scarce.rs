//! What is it of which some claims together take too much?

use super::claim::Claim;
use super::tally::Load;
use crate::units::{CubicCentimetres, Grams, Instant, Seconds};
use crate::world::{LaneIx, NodeIx, World};

/// Something that takes only so much, at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scarce {
    /// A compartment of a departure.
    Departure {
        /// Of which lane.
        lane: LaneIx,
        /// Which of its compartments.
        compartment: u8,
        /// When it departs.
        departs: Instant,
    },
    /// A storing node on one of its dates.
    Day {
        /// Which node.
        node: NodeIx,
        /// Which date.
        date: i32,
    },
    /// A cross-dock's buffer at one moment.
    Buffer {
        /// Which node.
        node: NodeIx,
        /// When.
        at: Instant,
    },
    /// A hand-over point at one moment.
    Point {
        /// Which node.
        node: NodeIx,
        /// When.
        at: Instant,
    },
}

impl Scarce {
    /// The same load with none of it left.
    pub fn used_up(&self, world: &World, load: &mut Load) {
        let moment = |at: Instant| (at, at.after(Seconds(1)).unwrap_or(Instant::NEVER));
        let claim = match *self {
            Scarce::Departure { lane, compartment, departs } => {
                let (grams, cm3) = (Grams::default(), CubicCentimetres::default());
                Claim::Departure { lane, compartment, departs, grams, cm3 }
            }
            Scarce::Day { node, date } => Claim::NodeDay { node, date, parcels: 0, lines: 0 },
            Scarce::Buffer { node, at } => {
                let (from, until) = moment(at);
                Claim::Buffer { node, from, until }
            }
            Scarce::Point { node, at } => {
                let (from, until) = moment(at);
                Claim::Point { node, from, until }
            }
        };
        load.fill(world, &claim);
    }
}

impl Load {
    /// What some claims together, beside all that is claimed already, take too much of: each thing once, and
    /// places for stays at the moment at which they are most short.
    pub fn short_of(&self, world: &World, claims: &[Claim]) -> Vec<Scarce> {
        let mut short: Vec<Scarce> = self
            .too_much(world, claims)
            .into_iter()
            .filter_map(|claim| match *claim {
                Claim::Departure { lane, compartment, departs, .. } => {
                    Some(Scarce::Departure { lane, compartment, departs })
                }
                Claim::NodeDay { node, date, .. } => Some(Scarce::Day { node, date }),
                Claim::Buffer { node, from, until } => {
                    let stays = claims.iter().filter_map(|claim| match *claim {
                        Claim::Buffer { node: at, from, until } if at == node => Some((from, until)),
                        _ => None,
                    });
                    let room = |from, until| self.room_in_buffer(world, node, from, until);
                    self.fullest(&stays.collect::<Vec<_>>(), (from, until), room)
                        .map(|at| Scarce::Buffer { node, at })
                }
                Claim::Point { node, from, until } => {
                    let stays = claims.iter().filter_map(|claim| match *claim {
                        Claim::Point { node: at, from, until } if at == node => Some((from, until)),
                        _ => None,
                    });
                    let room = |from, until| self.room_at_point(world, node, from, until);
                    self.fullest(&stays.collect::<Vec<_>>(), (from, until), room)
                        .map(|at| Scarce::Point { node, at })
                }
            })
            .collect();
        short.sort_unstable();
        short.dedup();
        short
    }

    /// The moment of a span at which stays pass the room there is by most, if they ever do.
    pub(super) fn fullest(
        &self,
        stays: &[(Instant, Instant)],
        (from, until): (Instant, Instant),
        room: impl Fn(Instant, Instant) -> Option<u32>,
    ) -> Option<Instant> {
        room(from, until)?;
        let mut moments: Vec<Instant> = stays.iter().map(|stay| stay.0).collect();
        let all = self.buffers.values().chain(self.points.values());
        moments.extend(all.flat_map(|present| present.moments()));
        moments.retain(|&at| from <= at && at < until);
        moments.sort_unstable();
        moments.dedup();
        let beyond = |at: Instant| {
            let present = stays.iter().filter(|stay| stay.0 <= at && at < stay.1).count() as u32;
            let room = room(at, at.after(Seconds(1)).unwrap_or(Instant::NEVER))?;
            present.checked_sub(room).filter(|&beyond| beyond > 0)
        };
        let passed = moments.into_iter().filter_map(|at| Some((beyond(at)?, at)));
        let (most, first) = passed.max_by_key(|&(beyond, at)| (beyond, std::cmp::Reverse(at)))?;
        // Until the first of them goes it is the same; whoever comes instead of one of them comes later still.
        let together = stays.iter().filter(|stay| stay.0 <= first && first < stay.1);
        let last = together.filter_map(|stay| stay.1.before(Seconds(1))).min();
        Some(last.filter(|&at| beyond(at) == Some(most)).unwrap_or(first))
    }
}

impl Load {
    /// What more of is claimed than there is, whoever committed it: each thing once, and places for stays at the moment at
    /// which they are most short.
    pub fn beyond(&self, world: &World) -> Vec<Scarce> {
        let departures = self.departures.iter().filter_map(|(&(lane, compartment, departs), taken)| {
            let room = world.lanes()[lane].compartments.get(usize::from(compartment))?.capacity;
            let beyond = room.grams.is_some_and(|most| taken.grams > most)
                || room.cm3.is_some_and(|most| taken.cm3 > most)
                || room.parcels.is_some_and(|most| taken.parcels > most);
            beyond.then_some(Scarce::Departure { lane, compartment, departs })
        });
        let days = self.days.iter().filter_map(|(&(node, date), taken)| {
            let stores = world.nodes()[node].stores.as_ref()?;
            let beyond = stores.parcels_per_day.is_some_and(|most| taken.parcels > most)
                || stores.lines_per_day.is_some_and(|most| taken.lines > most);
            beyond.then_some(Scarce::Day { node, date })
        });
        let buffers = self.buffers.iter().filter_map(|(&node, present)| {
            let most = world.nodes()[node].cross_docks.as_ref()?.buffer?;
            present.fullest_beyond(most).map(|at| Scarce::Buffer { node, at })
        });
        let points = self.points.iter().filter_map(|(&node, present)| {
            let most = world.nodes()[node].hands_over.as_ref()?.holds?;
            present.fullest_beyond(most).map(|at| Scarce::Point { node, at })
        });
        let mut beyond: Vec<Scarce> = departures.chain(days).chain(buffers).chain(points).collect();
        beyond.sort_unstable();
        beyond
    }
}
