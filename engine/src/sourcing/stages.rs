//! What a parcel passes on a chain of lanes: compartments, places where it waits, storages.
//!
//! Every *stage* offers several places, and all goods of a parcel must tolerate the one it stands in. A *selection*
//! names one place for each stage. Only selections that can matter are looked at: a place is left out where another of
//! the same stage takes all the goods that it takes, keeps them as long and is as roomy.

use super::Ground;
use crate::units::limits::LEGS_PER_ROUTE;
use crate::units::{Seconds, Temperatures};
use crate::world::{LaneIx, NodeIx};
use smallvec::SmallVec;

/// Stages of the longest route: a compartment and a place to wait for each leg, and a storage.
const STAGES: usize = 2 * LEGS_PER_ROUTE + 1;

/// Places of a stage: a bit each.
const SPOTS: usize = 8;

/// Selections of one chain at most.
const SELECTIONS: usize = 256;

/// One place of a stage.
#[derive(Clone, Copy, Debug)]
struct Spot {
    keeps: Temperatures,
    /// How long goods may stay; nothing: as long as they like.
    longest: Option<Seconds>,
    /// Whether there is room for any number of parcels.
    roomy: bool,
}

/// What a chain's goods stand in, one after another.
#[derive(Clone, Debug, Default)]
pub(super) struct Stages {
    spots: SmallVec<[SmallVec<[Spot; 3]>; 5]>,
}

/// One spot a stage: compartments by leg, then places to wait by cross-dock, then the storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    /// By which lanes.
    pub lanes: SmallVec<[LaneIx; 4]>,
    /// Compartment of each leg.
    pub compartments: SmallVec<[u8; 4]>,
    /// Where it waits at each cross-dock.
    pub keeps: SmallVec<[u8; 4]>,
    /// Storage of the hand-over node.
    pub storage: u8,
    /// How long it may wait at each cross-dock.
    pub longest: SmallVec<[Option<Seconds>; 4]>,
}

/// Spots that goods tolerate, a bit each, by stage.
pub(super) type Tolerated = SmallVec<[u8; 6]>;

/// The selections that can matter for some goods on some lanes, in a fixed order, each with the goods it takes (by row).
/// `docks` are the cross-docks where the parcel waits, `customer` the node it is handed over at, if it is.
///
/// Mostly one selection serves everything: that is asked first, and costs a few comparisons a stage.
pub(super) fn select(
    ground: Ground<'_>,
    lanes: &[LaneIx],
    (docks, customer): (&[NodeIx], Option<NodeIx>),
    goods: &[Temperatures],
    mut emit: impl FnMut(Selection, &dyn Fn(usize) -> bool),
) {
    let Some((first, others)) = goods.split_first() else { return };
    let all = others.iter().try_fold(*first, |all, &goods| all.intersect(goods));
    if let Some(selection) = all.and_then(|all| serves_all(ground, lanes, (docks, customer), all)) {
        return emit(selection, &|_| true);
    }
    let stages = Stages::of(ground, lanes, docks, customer);
    let tolerated: SmallVec<[Option<Tolerated>; 8]> =
        goods.iter().map(|&goods| stages.tolerated_by(goods)).collect();
    let some: SmallVec<[Tolerated; 8]> = tolerated.iter().flatten().cloned().collect();
    if some.is_empty() {
        return;
    }
    for selection in stages.selections(&some, lanes, docks.len()) {
        let takes: SmallVec<[bool; 8]> = tolerated
            .iter()
            .map(|goods| goods.as_ref().is_some_and(|goods| selection.takes(goods)))
            .collect();
        emit(selection, &|row| takes[row]);
    }
}

/// The selection that takes all goods everywhere, lets them wait as long as they like and has room for any number of
/// parcels, if there is one: then no other can matter.
fn serves_all(
    ground: Ground<'_>,
    lanes: &[LaneIx],
    (docks, customer): (&[NodeIx], Option<NodeIx>),
    goods: Temperatures,
) -> Option<Selection> {
    let Ground { world, .. } = ground;
    let mut selection = Selection { lanes: SmallVec::from_slice(lanes), ..Selection::default() };
    for &lane in lanes {
        let compartments = &world.lanes()[lane].compartments;
        let serves = compartments.iter().take(SPOTS).position(|compartment| {
            goods.tolerates(compartment.temperature) && compartment.capacity.is_unlimited()
        });
        selection.compartments.push(serves? as u8);
    }
    for &dock in docks {
        let keeps = &world.nodes()[dock].cross_docks.as_ref()?.keeps;
        let serves = keeps
            .iter()
            .take(SPOTS)
            .position(|keep| goods.tolerates(keep.temperature) && keep.longest.is_none());
        selection.keeps.push(serves? as u8);
        selection.longest.push(None);
    }
    if let Some(to) = customer {
        let storages = &world.nodes()[to].hands_over.as_ref()?.storages;
        let serves = storages.iter().take(SPOTS).position(|storage| goods.tolerates(storage.temperature));
        selection.storage = serves? as u8;
    }
    Some(selection)
}

impl Stages {
    /// The stages of some lanes; `docks` are the cross-docks where the parcel waits, `customer` the node it is handed
    /// over at, if it is.
    pub fn of(ground: Ground<'_>, lanes: &[LaneIx], docks: &[NodeIx], customer: Option<NodeIx>) -> Stages {
        let mut stages = Stages::default();
        for &lane in lanes {
            let spots = ground.world.lanes()[lane].compartments.iter().take(SPOTS).map(|compartment| Spot {
                keeps: compartment.temperature,
                longest: None,
                roomy: compartment.capacity.is_unlimited(),
            });
            stages.spots.push(spots.collect());
        }
        for &dock in docks {
            let keeps = ground.world.nodes()[dock].cross_docks.as_ref().map_or(&[][..], |docks| &docks.keeps);
            let spots = keeps.iter().take(SPOTS).map(|keep| Spot {
                keeps: keep.temperature,
                longest: keep.longest,
                roomy: true,
            });
            stages.spots.push(spots.collect());
        }
        if let Some(to) = customer {
            let point = ground.world.nodes()[to].hands_over.as_ref();
            let storages = point.map_or(&[][..], |point| &point.storages);
            let spots = storages.iter().take(SPOTS).map(|storage| Spot {
                keeps: storage.temperature,
                longest: None,
                roomy: true,
            });
            stages.spots.push(spots.collect());
        }
        debug_assert!(stages.spots.len() <= STAGES, "a route has no more legs than the limit says");
        stages
    }

    /// Which spots goods tolerate; nothing when some stage has none.
    pub fn tolerated_by(&self, goods: Temperatures) -> Option<Tolerated> {
        self.spots
            .iter()
            .map(|spots| {
                let bits = spots.iter().enumerate();
                let mask =
                    bits.fold(0, |mask, (bit, spot)| mask | u8::from(goods.tolerates(spot.keeps)) << bit);
                (mask != 0).then_some(mask)
            })
            .collect()
    }

    /// The selections that can matter for some goods, in a fixed order. `lanes` and `docks` are those the
    /// stages were made of.
    pub fn selections(&self, goods: &[Tolerated], lanes: &[LaneIx], docks: usize) -> Vec<Selection> {
        let legs = lanes.len();
        let mut rows: Vec<SmallVec<[u8; 6]>> = vec![SmallVec::new()];
        for (stage, spots) in self.spots.iter().enumerate() {
            let kept: SmallVec<[u8; 3]> = (0..spots.len())
                .filter(|&spot| goods.iter().any(|goods| goods[stage] >> spot & 1 == 1))
                .filter(|&spot| !(0..spots.len()).any(|other| self.covers(goods, stage, other, spot)))
                .map(|spot| spot as u8)
                .collect();
            rows = rows
                .iter()
                .flat_map(|row| {
                    kept.iter().map(move |&spot| {
                        let mut row = row.clone();
                        row.push(spot);
                        row
                    })
                })
                // Goods that tolerate the whole row: others' rows lead nowhere.
                .filter(|row| goods.iter().any(|goods| takes(row, goods)))
                .take(SELECTIONS)
                .collect();
        }
        rows.into_iter()
            .map(|row| Selection {
                lanes: lanes.iter().copied().collect(),
                compartments: row[..legs].iter().copied().collect(),
                keeps: row[legs..legs + docks].iter().copied().collect(),
                storage: row.get(legs + docks).copied().unwrap_or(0),
                longest: (0..docks)
                    .map(|dock| self.spots[legs + dock][usize::from(row[legs + dock])].longest)
                    .collect(),
            })
            .collect()
    }

    /// Whether a spot of a stage serves whatever another serves.
    fn covers(&self, goods: &[Tolerated], stage: usize, spot: usize, other: usize) -> bool {
        if spot == other {
            return false;
        }
        let (one, two) = (&self.spots[stage][spot], &self.spots[stage][other]);
        let takes_all = goods.iter().all(|goods| goods[stage] >> other & 1 <= goods[stage] >> spot & 1);
        let as_long = match (one.longest, two.longest) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(one), Some(two)) => one >= two,
        };
        if !takes_all || !as_long || !one.roomy {
            return false;
        }
        // Of spots that are alike the first stays.
        let back = goods.iter().all(|goods| goods[stage] >> spot & 1 <= goods[stage] >> other & 1);
        let alike = back && one.longest == two.longest && two.roomy;
        !alike || spot < other
    }
}

impl Selection {
    /// Whether goods tolerate every spot of it.
    pub fn takes(&self, goods: &Tolerated) -> bool {
        let spots = self.compartments.iter().chain(&self.keeps).chain([&self.storage]);
        spots.zip(goods).all(|(&spot, &mask)| mask >> spot & 1 == 1)
    }
}

fn takes(row: &[u8], goods: &Tolerated) -> bool {
    row.iter().zip(goods).all(|(&spot, &mask)| mask >> spot & 1 == 1)
}
