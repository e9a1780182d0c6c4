//! Capacities in a world with cross-docks, so small that parcels are in one another's way.

use super::crossed;
use super::{Generated, wishes};
use crate::spec::{self, Capacity, Schedule};
use crate::testkit::Random;

/// Units of an order, and ways to part them, at most: the exhaustive oracle keeps every claim apart.
const UNITS: i64 = 4;
const SPLITS: u64 = 300;

pub(super) fn draw(seed: u64) -> Generated {
    let random = &mut Random::part(seed, "crowded");
    let mut made = crossed::draw(seed, random.of(&[1, 2, 2, 3]));
    for order in &mut made.orders {
        let units = |order: &spec::Order| order.lines.iter().map(|line| line.qty).sum::<i64>();
        while (units(order) > UNITS || crossed::splits(&made.world, order) > SPLITS) && wishes::shrink(order)
        {
        }
        // Orders that come one after another meet at the same point.
        if random.percent(70) {
            order.to.clone_from(&made.world.nodes[made.world.nodes.len() - 1].id);
        }
    }
    let heaviest = heaviest(&made);
    // One kind alone shows what it does; all together show what they do to one another.
    let kinds = random.of(&[1, 2, 4, 8, 1, 3, 9, 15]);
    if kinds & 1 > 0 {
        departures(&mut made.world, heaviest, random);
    }
    for node in &mut made.world.nodes {
        // Where goods are packed and wait for a merge, being made later could shorten the wait: no plan does that.
        let stores = node.stores.as_mut().filter(|_| kinds & 2 > 0 && node.cross_docks.is_none());
        if let Some(stores) = stores
            && random.percent(70)
        {
            stores.parcels_per_day = random.percent(70).then(|| random.of(&[1, 1, 2]));
            stores.lines_per_day = random.percent(40).then(|| random.of(&[1, 2, 3]));
        }
        if let Some(docks) = node.cross_docks.as_mut().filter(|_| kinds & 4 > 0 && random.percent(70)) {
            docks.buffer_parcels = Some(random.of(&[0, 1, 1, 1, 2, 2]));
        }
        if let Some(point) = node.hands_over.as_mut().filter(|_| kinds & 8 > 0 && random.percent(70)) {
            point.holds_parcels = Some(random.of(&[1, 1, 2]));
            point.expected_stay_days = Some(random.of(&[1, 1, 2]));
        }
    }
    made
}

/// What the heaviest order weighs.
fn heaviest(made: &Generated) -> i64 {
    let grams = |line: &spec::Line| {
        let sku = made.world.skus.iter().find(|sku| sku.id == line.sku);
        sku.map_or(0, |sku| sku.grams * line.qty)
    };
    made.orders.iter().map(|order| order.lines.iter().map(grams).sum()).max().unwrap_or(0)
}

/// Lanes that depart on demand take whatever comes: each second would be a departure of its own.
fn departures(world: &mut spec::World, heaviest: i64, random: &mut Random) {
    for lane in &mut world.lanes {
        if matches!(lane.schedule, Schedule::OnDemand { .. }) || random.percent(35) {
            continue;
        }
        for compartment in &mut lane.compartments {
            if random.percent(20) {
                continue;
            }
            let parcels = random.percent(70).then(|| random.of(&[1, 1, 1, 2]));
            let grams = random.percent(25).then(|| random.between(heaviest / 2, heaviest * 3 / 2).max(1));
            let cm3 = random.percent(15).then(|| random.of(&[300, 900, 2_000]));
            compartment.capacity = Some(Capacity { grams, cm3, parcels });
        }
    }
}
