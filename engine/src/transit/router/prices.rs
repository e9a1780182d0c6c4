//! What legs and changes cost.

use super::Router;
use crate::transit::price;
use crate::units::{CubicCentimetres, Grams, Money};
use crate::world::World;

/// A price for each service and each change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Price of one leg by the row of its service; nothing when it does not carry. Services past the end are free.
    pub legs: Vec<Option<Money>>,
    /// Price of changing at a stop, by its row. Stops past the end are free.
    pub changes: Vec<Money>,
}

impl Prices {
    /// Everything is free: only arrival counts.
    pub fn free() -> Prices {
        Prices { legs: Vec::new(), changes: Vec::new() }
    }

    /// Each leg costs one: cost counts legs.
    pub fn legs(router: &Router) -> Prices {
        Prices { legs: vec![Some(Money(1)); router.services()], changes: Vec::new() }
    }

    /// What one parcel pays: tariffs of lanes, handling at cross-docks.
    pub fn of_parcel(world: &World, grams: Grams, cm3: CubicCentimetres) -> Prices {
        let leg = |lane: &crate::world::Lane| match lane.tariff {
            Some(tariff) => price(&world.tariffs()[tariff], grams, cm3),
            None => Some(Money::ZERO),
        };
        let change = |node: &crate::world::Node| {
            node.cross_docks.as_ref().map_or(Money::ZERO, |docks| docks.cost_per_parcel)
        };
        Prices {
            legs: world.lanes().iter().map(leg).collect(),
            changes: world.nodes().iter().map(change).collect(),
        }
    }

    pub(super) fn leg(&self, service: super::ServiceIx) -> Option<Money> {
        self.legs.get(service.0 as usize).copied().unwrap_or(Some(Money::ZERO))
    }

    pub(super) fn change(&self, stop: u32) -> Money {
        self.changes.get(stop as usize).copied().unwrap_or(Money::ZERO)
    }
}
