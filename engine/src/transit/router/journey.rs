//! What came out: rides one after another.

use super::{ServiceIx, StopIx, TripIx};
use crate::units::{Instant, Money};

/// One ride on one trip, from where it is boarded to where it is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ride {
    /// Of which service.
    pub service: ServiceIx,
    /// Which trip; nothing of a service on demand.
    pub trip: Option<TripIx>,
    /// Where it begins.
    pub from: StopIx,
    /// Where it ends.
    pub to: StopIx,
    /// When it leaves.
    pub departs: Instant,
    /// When it arrives.
    pub arrives: Instant,
}

/// A way from a place to a place. Where a ride does not begin where the one before it ended, one walks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Journey {
    /// When one is there.
    pub arrives: Instant,
    /// What it costs.
    pub cost: Money,
    /// By which rides; none when one is there already, or walks.
    pub rides: Vec<Ride>,
}
