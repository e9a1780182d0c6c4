//! Every feature of the model decides some small world: taking it away changes the cheapest cost or its time.

use super::small;
use crate::spec::{Calendar, Order, ParcelLimit, World};
use crate::testkit::generate::{Generated, built};
use crate::testkit::oracle::{Cheapest, cheapest};

fn solved(made: &Generated) -> Cheapest {
    let (world, stock, orders) = built(made).expect("no defects");
    cheapest(&world, &stock, &orders[0]).expect("small")
}

type Change = (&'static str, fn(&mut World, &mut Order));

const CHANGES: [Change; 36] = [
    ("segregation", |world, _| world.segregation.clear()),
    ("ships_alone", |world, _| world.skus.iter_mut().for_each(|sku| sku.ships_alone = false)),
    ("temperature of goods", |world, _| world.skus.iter_mut().for_each(|sku| sku.temperature = None)),
    ("sides", |world, _| world.skus.iter_mut().for_each(|sku| sku.size_mm = None)),
    ("largest of a lane", |world, _| world.lanes.iter_mut().for_each(|lane| lane.largest = None)),
    ("largest of a desk", |world, _| limit(world, None)),
    ("a limit of volume", |world, _| volumes(world)),
    ("cut-off", |world, _| world.lanes.iter_mut().for_each(|lane| lane.cut_off_minutes = 0)),
    ("transit", |world, _| world.lanes.iter_mut().for_each(|lane| lane.transit_minutes = 0)),
    ("lead", |world, _| zones(world, |zone| zone.lead_minutes = 0)),
    ("cost of a line", |world, _| zones(world, |zone| zone.cost_per_line = 0)),
    ("cost of a unit", |world, _| zones(world, |zone| zone.cost_per_unit = 0)),
    ("packing", |world, _| {
        world.nodes.iter_mut().flat_map(|n| &mut n.stores).for_each(|s| s.cost_per_parcel = 0)
    }),
    ("cost of a desk", |world, _| {
        world.nodes.iter_mut().flat_map(|n| &mut n.hands_over).for_each(|d| d.cost_per_parcel = 0);
    }),
    ("hours", |world, _| calendars(world, |calendar| calendar.weekly = None)),
    ("closed dates", |world, _| calendars(world, |calendar| calendar.closed.clear())),
    ("time zones", |world, _| calendars(world, |calendar| calendar.zone = "UTC".to_owned())),
    ("steps", |world, _| world.tariffs.iter_mut().for_each(|tariff| tariff.steps.clear())),
    ("price above", |world, _| world.tariffs.iter_mut().for_each(|tariff| tariff.per_kg_above = Some(0))),
    ("weight of volume", |world, _| world.tariffs.iter_mut().for_each(|tariff| tariff.cm3_per_kg = None)),
    ("nodes of a channel", |world, _| world.channels.iter_mut().for_each(|channel| channel.nodes = None)),
    ("held", |world, _| world.stock.iter_mut().for_each(|row| row.held = 0)),
    ("safety", |world, _| world.stock.iter_mut().for_each(|row| row.safety = 0)),
    ("expiry", |world, _| world.stock.iter_mut().for_each(|row| row.expires = None)),
    ("stock price", |world, _| prices(world)),
    ("inbound", |world, _| world.inbound.clear()),
    ("ring-fences", |world, _| world.ring_fences.clear()),
    ("deadline", |_, order| order.deadline = None),
    ("lateness", |_, order| order.late_per_hour = 0),
    ("sellers of a line", |_, order| order.lines.iter_mut().for_each(|line| line.sellers = None)),
    ("min_shelf_life", |_, order| order.lines.iter_mut().for_each(|line| line.min_shelf_life_days = None)),
    ("partial", |_, order| order.policy.partial = true),
    ("max_deliveries", |_, order| order.policy.max_deliveries = None),
    ("delivery_penalty", |_, order| order.policy.delivery_penalty = 0),
    ("together", |_, order| order.policy.together.clear()),
    ("quantity_split", |_, order| order.policy.quantity_split = true),
];

fn zones(world: &mut World, change: fn(&mut crate::spec::Zone)) {
    world
        .nodes
        .iter_mut()
        .flat_map(|node| &mut node.stores)
        .flat_map(|stores| &mut stores.zones)
        .for_each(change);
}

fn calendars(world: &mut World, change: fn(&mut Calendar)) {
    world.calendars.iter_mut().for_each(change);
}

fn limit(world: &mut World, limit: Option<ParcelLimit>) {
    world
        .nodes
        .iter_mut()
        .flat_map(|node| &mut node.hands_over)
        .for_each(|desk| desk.largest.clone_from(&limit));
}

fn volumes(world: &mut World) {
    let lanes = world.lanes.iter_mut().flat_map(|lane| &mut lane.largest);
    let desks = world.nodes.iter_mut().flat_map(|node| &mut node.hands_over);
    lanes.chain(desks.flat_map(|desk| &mut desk.largest)).for_each(|limit| limit.cm3 = None);
}

fn prices(world: &mut World) {
    world.stock.iter_mut().for_each(|row| row.price = 0);
    world.inbound.iter_mut().for_each(|row| row.price = 0);
}

#[test]
fn every_feature_decides_some_small_world() {
    const SEEDS: u64 = 1_500;
    let mut undecided: Vec<&Change> = CHANGES.iter().collect();
    for seed in 0..SEEDS {
        let made = small(seed);
        let mut before = None;
        undecided.retain(|(_, change)| {
            let mut changed = made.clone();
            change(&mut changed.world, &mut changed.orders[0]);
            changed == made || solved(&changed) == *before.get_or_insert_with(|| solved(&made))
        });
        if undecided.is_empty() {
            return;
        }
    }
    let names: Vec<&str> = undecided.iter().map(|(name, _)| *name).collect();
    panic!("no world of {SEEDS} is decided by {names:?}");
}
