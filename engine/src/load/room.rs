//! What capacities leave, after what is claimed.

use super::tally::Load;
use crate::units::{CubicCentimetres, Grams, Instant};
use crate::world::{LaneIx, NodeIx, World};

/// What a compartment of a departure still takes; no limit where absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Weight.
    pub grams: Option<Grams>,
    /// Volume.
    pub cm3: Option<CubicCentimetres>,
    /// Number of parcels.
    pub parcels: Option<u32>,
}

impl Room {
    /// Whether it takes anything.
    pub fn is_unlimited(&self) -> bool {
        *self == Room::default()
    }

    /// Whether it takes one more parcel of this weight and volume.
    pub fn takes(&self, grams: Grams, cm3: CubicCentimetres) -> bool {
        self.grams.is_none_or(|room| grams <= room)
            && self.cm3.is_none_or(|room| cm3 <= room)
            && self.parcels.is_none_or(|room| room > 0)
    }
}

/// What a node can still make ready on one date; no limit where absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayRoom {
    /// Source parcels.
    pub parcels: Option<u32>,
    /// Order lines in them.
    pub lines: Option<u32>,
}

impl Load {
    /// What a compartment of a departure still takes. Where the compartment has no capacity nothing is looked up.
    pub fn room_on_departure(&self, world: &World, lane: LaneIx, departs: Instant, compartment: u8) -> Room {
        let compartments = &world.lanes()[lane].compartments;
        let Some(capacity) = compartments.get(usize::from(compartment)).map(|kept| kept.capacity) else {
            return Room::default();
        };
        if capacity.is_unlimited() {
            return Room::default();
        }
        let taken = self.departure(lane, departs, compartment);
        Room {
            grams: capacity.grams.map(|most| Grams(most.0.saturating_sub(taken.grams.0))),
            cm3: capacity.cm3.map(|most| CubicCentimetres(most.0.saturating_sub(taken.cm3.0))),
            parcels: capacity.parcels.map(|most| most.saturating_sub(taken.parcels)),
        }
    }

    /// What a storing node can still make ready on one of its dates: see [`super::local_date`].
    pub fn room_on_day(&self, world: &World, node: NodeIx, date: i32) -> DayRoom {
        let Some(stores) = world.nodes()[node].stores.as_ref().filter(|stores| !stores.is_unlimited()) else {
            return DayRoom::default();
        };
        let taken = self.node_day(node, date);
        DayRoom {
            parcels: stores.parcels_per_day.map(|most| most.saturating_sub(taken.parcels)),
            lines: stores.lines_per_day.map(|most| most.saturating_sub(taken.lines)),
        }
    }

    /// How many more parcels can wait at a cross-dock from `from` to before `until`; nothing when any number can.
    pub fn room_in_buffer(&self, world: &World, node: NodeIx, from: Instant, until: Instant) -> Option<u32> {
        let most = world.nodes()[node].cross_docks.as_ref()?.buffer?;
        Some(most.saturating_sub(self.buffer_peak(node, from, until)))
    }

    /// How many more parcels can stay at a hand-over point from `from` to before `until`; nothing when any number can.
    pub fn room_at_point(&self, world: &World, node: NodeIx, from: Instant, until: Instant) -> Option<u32> {
        let most = world.nodes()[node].hands_over.as_ref()?.holds?;
        Some(most.saturating_sub(self.point_peak(node, from, until)))
    }

    /// The first arrival from a moment on after which one more parcel can wait at a cross-dock until another moment; that
    /// or later when none before it can.
    pub fn place_in_buffer(&self, world: &World, node: NodeIx, from: Instant, until: Instant) -> Instant {
        let docks = world.nodes()[node].cross_docks.as_ref();
        let Some(most) = docks.and_then(|docks| docks.buffer) else { return from };
        let Some(most) = most.checked_sub(1) else { return if from < until { until } else { from } };
        let present = self.buffers.get(&node);
        // What comes only as the others leave takes no place.
        let free = present.map_or(from, |present| present.first_with_at_most(most, from, |_| until));
        free.min(until.max(from))
    }

    /// The moments at which places in a buffer are taken or come free.
    pub(crate) fn moments_in_buffer(&self, node: NodeIx) -> impl Iterator<Item = Instant> {
        self.buffers.get(&node).into_iter().flat_map(|present| present.moments())
    }

    /// The first arrival from a moment on at which a hand-over point has a place for one more parcel;
    /// [`Instant::NEVER`] when it never has.
    pub fn place_at_point(&self, world: &World, node: NodeIx, from: Instant) -> Instant {
        let Some(point) = world.nodes()[node].hands_over.as_ref() else { return from };
        let Some((most, stay)) = point.holds.zip(point.stay) else { return from };
        let Some(most) = most.checked_sub(1) else { return Instant::NEVER };
        let until = |at: Instant| at.after(stay).unwrap_or(Instant::NEVER);
        self.points.get(&node).map_or(from, |present| present.first_with_at_most(most, from, until))
    }
}
