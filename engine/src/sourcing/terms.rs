//! What sourcing reads of the network again and again, laid out once: limits and prices of each road.

use super::chains::Chains;
use super::gaps::Gaps;
use crate::split::Staircase;
use crate::transit::Transit;
use crate::units::limits::TEMPERATURE_ZONES;
use crate::units::{CubicCentimetres, Grams, Index, IndexVec, Temperatures};
use crate::world::{LaneIx, NodeIx, ParcelLimit, Sku, Tariff, World};
use std::sync::Arc;

/// A way to the customer's hands seen from a parcel: a lane together with the limits of the node it arrives at, or a
/// hand-over where the parcel was packed. One row of the cache.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub struct Road {
    /// Most grams in one parcel.
    pub max_grams: u64,
    /// Most cubic centimetres in one parcel.
    pub max_cm3: u64,
    /// Longest sides of one unit, rising.
    pub sides: [u32; 3],
    /// Which of [`Terms::staircases`] prices its carriage.
    pub staircase: u32,
    /// Most chargeable grams its tariff carries.
    heaviest: u64,
    keeps: [Temperatures; TEMPERATURE_ZONES],
    compartments: u8,
}

impl Road {
    fn new(staircase: u32, limits: &[&ParcelLimit]) -> Road {
        let mut road = Road {
            max_grams: u64::MAX,
            max_cm3: u64::MAX,
            sides: [u32::MAX; 3],
            staircase,
            heaviest: u64::MAX,
            keeps: [Temperatures::ANY; TEMPERATURE_ZONES],
            compartments: 0,
        };
        for limit in limits {
            road.max_grams = road.max_grams.min(limit.grams.unwrap_or(Grams(u64::MAX)).0);
            road.max_cm3 = road.max_cm3.min(limit.cm3.unwrap_or(CubicCentimetres(u64::MAX)).0);
            // Both limits have rising sides, so fitting each is fitting the smaller of each pair.
            if let Some(sides) = limit.size_mm {
                for (most, side) in road.sides.iter_mut().zip(sides) {
                    *most = side.min(*most);
                }
            }
        }
        road
    }

    /// Whether one unit fits by its sides, weight and volume, and the tariff carries it.
    pub fn takes(&self, sku: &Sku, staircases: &[Staircase]) -> bool {
        let (grams, cm3) = (u64::from(sku.grams), u64::from(sku.cm3));
        grams <= self.max_grams
            && cm3 <= self.max_cm3
            && sku.size_mm.iter().zip(self.sides).all(|(&side, most)| side <= most)
            && (self.heaviest == u64::MAX
                || staircases[self.staircase as usize].chargeable(grams, cm3) <= self.heaviest)
    }

    /// Which compartments goods tolerate, a bit each. A road without compartments has one that is tolerated by all.
    pub fn tolerated_by(&self, goods: Temperatures) -> u8 {
        if self.compartments == 0 {
            return 1;
        }
        let kept = self.keeps[..usize::from(self.compartments)].iter().enumerate();
        kept.fold(0, |mask, (bit, &kept)| mask | u8::from(goods.tolerates(kept)) << bit)
    }
}

/// What sourcing computes once for a world.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Prices of carriage: one for each tariff, and after them one that is free.
    pub staircases: Vec<Staircase>,
    /// Tells these terms from those of other worlds.
    pub(super) identity: Arc<()>,
    lanes: IndexVec<LaneIx, Road>,
    points: IndexVec<NodeIx, Option<Road>>,
    gaps: Gaps,
    pub(super) chains: Chains,
    /// By node the cheapest carriage of an empty parcel to a cross-dock, and being handled there; nothing to pay where it
    /// is one.
    cheapest_legs: IndexVec<NodeIx, i64>,
}

impl Terms {
    /// Lays out the terms of a world. O(lanes + nodes + tariffs).
    pub fn new(world: &World, transit: &Transit) -> Terms {
        let mut staircases: Vec<Staircase> = world.tariffs().iter().map(staircase).collect();
        let free = staircases.len() as u32;
        staircases.push(Staircase::default());
        let lane = |lane: &crate::world::Lane| {
            let point = world.nodes()[lane.to].hands_over.as_ref();
            let priced = lane.tariff.map_or(free, |tariff| tariff.row() as u32);
            let mut road = match point {
                Some(point) => Road::new(priced, &[&lane.largest, &point.largest]),
                None => Road::new(priced, &[&lane.largest]),
            };
            for (slot, compartment) in road.keeps.iter_mut().zip(&lane.compartments) {
                *slot = compartment.temperature;
            }
            road.heaviest = staircases[priced as usize].heaviest();
            road.compartments = lane.compartments.len().min(TEMPERATURE_ZONES) as u8;
            road
        };
        let priced = |lane: LaneIx| world.lanes()[lane].tariff.map_or(free, |tariff| tariff.row() as u32);
        let lanes = world.lanes().iter().map(lane).collect();
        let mut chains = Chains::new(world, transit, free, &priced, &mut staircases);
        let gaps = Gaps::new(&staircases);
        chains.spare(world, transit, &gaps);
        let cheapest = |node: NodeIx| {
            let legs = transit.heads_from(node).filter_map(|head| {
                let first = *transit.head(head).lanes.first()?;
                let docks = world.nodes()[world.lanes()[first].to].cross_docks.as_ref();
                let handled = docks.map_or(0, |docks| docks.cost_per_parcel.0);
                staircases[priced(first) as usize].price(0, 0)?.checked_add(handled)
            });
            let here = world.nodes()[node].cross_docks.is_some().then_some(0);
            legs.chain(here).min().unwrap_or(i64::MAX / 4)
        };
        Terms {
            cheapest_legs: world.nodes().indices().map(cheapest).collect(),
            chains,
            lanes,
            points: world
                .nodes()
                .iter()
                .map(|node| node.hands_over.as_ref().map(|point| Road::new(free, &[&point.largest])))
                .collect(),
            gaps,
            staircases,
            identity: Arc::new(()),
        }
    }

    /// Most that carriage by one staircase costs above carriage by another, for any parcel that the other carries;
    /// nothing when that is not known.
    pub fn dearer_by(&self, one: u32, other: u32) -> Option<i64> {
        self.gaps.of(one, other)
    }

    /// The cheapest carriage of an empty parcel from a node to a cross-dock, and being handled there.
    pub(super) fn cheapest_leg(&self, from: NodeIx) -> i64 {
        self.cheapest_legs[from]
    }

    /// The road of a lane, or of a hand-over on the spot.
    pub fn road(&self, lane: Option<LaneIx>, to: NodeIx) -> Option<&Road> {
        match lane {
            Some(lane) => self.lanes.get(lane),
            None => self.points[to].as_ref(),
        }
    }
}

fn staircase(tariff: &Tariff) -> Staircase {
    Staircase {
        base: tariff.base.0,
        steps: tariff.steps.iter().map(|step| (step.up_to.0, step.price.0)).collect(),
        per_kg_above: tariff.per_kg_above.map(|rate| rate.0),
        cm3_per_kg: tariff.cm3_per_kg,
        and: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Money;
    use crate::world::Step;

    #[test]
    fn a_staircase_prices_as_the_tariff_does() {
        let step = |up_to, price| Step { up_to: Grams(up_to), price: Money(price) };
        let tariff = Tariff {
            base: Money(100),
            steps: vec![step(1_000, 50), step(5_000, 90)],
            per_kg_above: Some(Money(20)),
            cm3_per_kg: Some(5_000),
        };
        for tariff in [tariff.clone(), Tariff { per_kg_above: None, ..tariff }] {
            for (grams, cm3) in
                [(0, 0), (1_000, 4_000), (1_001, 0), (10, 5_001), (5_000, 0), (5_001, 0), (6_001, 9)]
            {
                let right = crate::transit::price(&tariff, Grams(grams), CubicCentimetres(cm3));
                assert_eq!(staircase(&tariff).price(grams, cm3).map(Money), right);
            }
        }
    }
}
