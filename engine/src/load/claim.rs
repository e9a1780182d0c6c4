//! What one parcel takes of one thing that has a capacity.

use crate::units::{CubicCentimetres, Grams, Instant};
use crate::world::{DAY, LaneIx, NodeIx, World};

/// A part of a capacity that a plan takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// One parcel in one compartment of one departure.
    Departure {
        /// Which lane.
        lane: LaneIx,
        /// Which of its compartments.
        compartment: u8,
        /// When it departs.
        departs: Instant,
        /// Weight of the parcel.
        grams: Grams,
        /// Its volume.
        cm3: CubicCentimetres,
    },
    /// Parcels that become ready at a storing node on one of its dates.
    NodeDay {
        /// Which node.
        node: NodeIx,
        /// Its local date, as days since 1970-01-01: see [`local_date`].
        date: i32,
        /// Source parcels.
        parcels: u32,
        /// Order lines in them, each counted in each parcel.
        lines: u32,
    },
    /// One parcel's wait at a cross-dock, from its first moment to before its last.
    Buffer {
        /// Which node.
        node: NodeIx,
        /// From when.
        from: Instant,
        /// Until when.
        until: Instant,
    },
    /// One parcel's stay at a hand-over point, from its first moment to before its last.
    Point {
        /// Which node.
        node: NodeIx,
        /// From when.
        from: Instant,
        /// Until when.
        until: Instant,
    },
}

/// The local date of a moment at a storing node, as days since 1970-01-01: in the zone of the calendar its lead times
/// run in, in UTC without one.
pub fn local_date(world: &World, node: NodeIx, at: Instant) -> i32 {
    let days = at.0.saturating_add(ahead_of_utc(world, node, at)).div_euclid(DAY);
    i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX })
}

/// The first moment of the next local date at a storing node.
pub fn next_date(world: &World, node: NodeIx, at: Instant) -> Instant {
    let date = i64::from(local_date(world, node, at)) + 1;
    let midnight = date.saturating_mul(DAY);
    // The offset may change between now and then.
    let early = Instant(midnight.saturating_sub(ahead_of_utc(world, node, at)));
    let late = Instant(midnight.saturating_sub(ahead_of_utc(world, node, early)));
    let is_next = |moment: Instant| i64::from(local_date(world, node, moment)) >= date;
    if is_next(early.min(late)) { early.min(late) } else { early.max(late) }
}

fn ahead_of_utc(world: &World, node: NodeIx, at: Instant) -> i64 {
    let stores = world.nodes()[node].stores.as_ref();
    let Some(calendar) = stores.and_then(|stores| stores.calendar) else { return 0 };
    let offsets = &world.calendars()[calendar].zone.offsets;
    let row = offsets.partition_point(|&(from, _)| from <= at.0);
    row.checked_sub(1).map_or(0, |row| i64::from(offsets[row].1))
}
