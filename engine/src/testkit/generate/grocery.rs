//! Groceries around one city: three temperatures, dark stores and two distribution centres, lots that expire soon,
//! baskets of 10.5 lines on average and up to 80, couriers and vans by weight steps. With cross-docks, vans bring goods
//! to them and couriers go from there; only near dark stores still have couriers of their own.

use super::country::{FREEZER, FRIDGE, SHELF};
use super::parts::{
    DAILY, MONDAY, cell, channel, hands_over, hours, lane, line, moment, node, order, popular_rows, seller,
    sku, stores, tariff, world, zone,
};
use super::{Generated, Size, spokes};
use crate::spec::{self, Calendar, ParcelLimit, Policy, Schedule};
use crate::testkit::Random;

const KINDS: [(&str, spec::Temperature, spec::Temperature); 3] =
    [("shelf", SHELF, [5, 30]), ("fridge", FRIDGE, [1, 7]), ("freezer", FREEZER, [-30, -17])];

/// A grocery network: the first two of `size.storing` nodes (at least eight) are distribution centres that have
/// almost everything a day later and cheaply; the others are dark stores that have the popular half, within hours.
pub fn grocery(seed: u64, size: Size) -> Generated {
    let storing = size.storing.clamp(8, 500);
    let districts = size.hand_over.clamp(1, 2_000);
    let mut world = network(storing, districts, size.docks == 0, &mut Random::part(seed, "network"));
    if size.docks > 0 {
        let docks = size.docks.min(100);
        cross(&mut world, (storing, districts, docks), &mut Random::part(seed, "spokes"));
    }
    if size.limited {
        spokes::limit(&mut world);
    }
    catalogue(&mut world, size.skus.max(1), &mut Random::part(seed, "catalogue"));
    stock(&mut world, storing, &mut Random::part(seed, "stock"));
    let orders = orders(&world, storing, &mut Random::part(seed, "orders"), size.orders);
    Generated { world, orders }
}

/// Cross-docks, and the lanes of a network that has them.
fn cross(world: &mut spec::World, (storing, districts, docks): (usize, usize, usize), random: &mut Random) {
    world.max_legs = Some(spokes::LEGS);
    world.tariffs.push(tariff("haul", 2_500, &[(10_000, 0), (20_000, 1_500), (40_000, 3_000)], Some(100)));
    for k in 0..docks {
        let mut place = node(&format!("cross-{:02}", k + 1), "");
        place.cross_docks = Some(spokes::dock(6 * 60));
        world.nodes.push(place);
    }
    let compartments = KINDS.map(|(id, keeps, _)| (id, keeps));
    let often = |minutes| Schedule::Every { minutes, calendar: Some("courier".to_owned()) };
    let mut add = |from: usize, to: usize, schedule: Schedule, times: (i64, i64), tariff: &str| {
        let ends = (world.nodes[from].id.as_str(), world.nodes[to].id.as_str());
        let id = format!("{}>{}", ends.0, ends.1);
        world.lanes.push(lane(&id, ends, &compartments, schedule, times, Some(tariff)));
    };
    let dock = |k: usize| storing + districts + k % docks;
    for from in 0..storing {
        // Distribution centres send everywhere, dark stores to the two cross-docks beside them.
        let near = if from < 2 { docks } else { docks.min(2) };
        for k in 0..near {
            let times = (15, random.between(20, 60));
            add(from, dock(from + k), often(if from < 2 { 120 } else { 60 }), times, "haul");
        }
    }
    for from in 0..docks {
        for to in (0..docks).filter(|&to| to != from) {
            add(dock(from), dock(to), often(180), (15, random.between(30, 60)), "haul");
        }
    }
    for to in storing..storing + districts {
        for k in 0..random.between(1, 2).min(docks as i64) as usize {
            add(dock(to + k), to, often(60), (10, random.between(20, 50)), "courier-near");
        }
        for from in (2..storing).filter(|from| from % docks == to % docks) {
            add(
                from,
                to,
                Schedule::OnDemand { calendar: Some("courier".to_owned()) },
                (0, 25),
                "courier-near",
            );
        }
    }
}

fn network(storing: usize, districts: usize, direct: bool, random: &mut Random) -> spec::World {
    let mut world = world();
    let zone_name = "Europe/Moscow";
    let open = |id: &str, from: &str, to: &str| Calendar {
        id: id.to_owned(),
        zone: zone_name.to_owned(),
        weekly: Some(hours(DAILY, &[(from, to)])),
        closed: Vec::new(),
    };
    world.sellers = vec![seller("chain"), seller("farm"), seller("importer")];
    world.calendars = vec![open("courier", "07:00", "23:00"), open("doorstep", "08:00", "22:00")];
    world.tariffs = vec![
        tariff("courier-far", 14_900, &[(5_000, 0), (10_000, 5_000), (15_000, 9_000)], None),
        tariff("courier-near", 9_900, &[(5_000, 0), (10_000, 4_000), (15_000, 7_500)], None),
        tariff("van", 7_900, &[(10_000, 0), (20_000, 2_500), (40_000, 6_000)], Some(200)),
    ];
    for k in 0..storing {
        let centre = k < 2;
        let id = if centre { format!("dc-{}", k + 1) } else { format!("dark-{:03}", k - 1) };
        let mut place = node(&id, "");
        let lead = if centre { 180 } else { random.between(15, 40) };
        let (line, unit) = if centre { (150, 80) } else { (250, 120) };
        let zones = KINDS.iter().map(|&(id, keeps, _)| zone(id, keeps, (lead, line, unit))).collect();
        let packing = if centre { 1_200 } else { 900 };
        place.stores = Some(stores((!centre).then_some("courier"), packing, zones));
        world.nodes.push(place);
    }
    for k in 0..districts {
        let mut place = node(&format!("district-{k:04}"), "");
        let storages = KINDS.map(|(id, keeps, _)| (id, keeps));
        let mut desk = hands_over(Some("doorstep"), 500, &storages);
        desk.largest = Some(ParcelLimit { grams: Some(40_000), ..ParcelLimit::default() });
        place.hands_over = Some(desk);
        world.nodes.push(place);
    }
    let compartments = KINDS.map(|(id, keeps, _)| (id, keeps));
    for from in 0..if direct { storing } else { 0 } {
        for to in 0..districts {
            let (start, end) = (world.nodes[from].id.clone(), world.nodes[storing + to].id.clone());
            let near = random.percent(35);
            let (schedule, times, tariff) = match (from < 2, near) {
                (true, _) => (
                    Schedule::Every { minutes: 240, calendar: Some("courier".to_owned()) },
                    (60, random.between(90, 180)),
                    "van",
                ),
                (false, true) => {
                    (Schedule::OnDemand { calendar: Some("courier".to_owned()) }, (0, 25), "courier-near")
                }
                (false, false) => (
                    Schedule::Every { minutes: 30, calendar: Some("courier".to_owned()) },
                    (5, 60),
                    "courier-far",
                ),
            };
            let id = format!("{start}>{end}");
            world.lanes.push(lane(&id, (&start, &end), &compartments, schedule, times, Some(tariff)));
        }
    }
    world.channels = vec![channel("app"), channel("site")];
    world
}

fn catalogue(world: &mut spec::World, skus: usize, random: &mut Random) {
    for k in 0..skus {
        let (kind, life) = match random.below(100) {
            0..50 => (0, random.between(60, 400)),
            50..85 => (1, random.between(3, 30)),
            _ => (2, random.between(90, 300)),
        };
        let grams = random.of(&[100, 180, 200, 250, 315, 400, 450, 500, 900, 1_000, 1_500]);
        let mut thing = sku(&format!("food-{k:06}"), "", grams, grams * 3 / 2, Some(KINDS[kind].2));
        thing.shelf_life_days = Some(life);
        thing.value = random.between(3_000, 90_000);
        if kind == 0 && random.percent(12) {
            thing.class = Some("chemistry".to_owned());
            thing.shelf_life_days = None;
        } else {
            thing.class = Some("food".to_owned());
        }
        world.skus.push(thing);
    }
    world.segregation = vec![["chemistry".to_owned(), "food".to_owned()]];
}

fn stock(world: &mut spec::World, storing: usize, random: &mut Random) {
    for (row, thing) in world.skus.iter().enumerate() {
        let kind = KINDS.iter().find(|kind| Some(kind.2) == thing.temperature).unwrap_or(&KINDS[0]);
        let popular = row * 2 < world.skus.len();
        let owner = world.sellers[random.popular(world.sellers.len())].id.clone();
        for (k, node) in world.nodes[..storing].iter().enumerate() {
            let chance = if k < 2 {
                92
            } else if popular {
                70
            } else {
                20
            };
            if !random.percent(chance) {
                continue;
            }
            // Two batches where goods expire: the older one has part of its life behind it.
            let lots = if thing.shelf_life_days.is_some() { random.between(1, 2) } else { 1 };
            for lot in 0..lots {
                let mut batch = cell(&owner, &thing.id, (&node.id, kind.0), random.count(80, 60));
                if let Some(life) = thing.shelf_life_days {
                    let age = random.between(0, life / 2) + lot * (life / 3);
                    let days = (life - age).max(0);
                    batch.lot = Some(format!("lot-{lot}"));
                    batch.expires = Some(moment(MONDAY + days * 86_400));
                }
                batch.safety = random.between(0, 2);
                world.stock.push(batch);
            }
        }
    }
}

fn orders(world: &spec::World, storing: usize, random: &mut Random, many: usize) -> Vec<spec::Order> {
    let districts: Vec<&spec::Node> =
        world.nodes[storing..].iter().filter(|node| node.hands_over.is_some()).collect();
    (0..many)
        .map(|k| {
            let basket = random.count(105, 80);
            let rows = popular_rows(random, basket, world.skus.len());
            let lines = rows
                .iter()
                .map(|&row| {
                    let thing = &world.skus[row];
                    let mut line = line(&thing.id, random.count(16, 12), thing.value / 2 + 20_000);
                    line.min_shelf_life_days = thing.shelf_life_days.map(|life| (life / 6).min(14));
                    line
                })
                .collect();
            let placed = MONDAY + 6 * 3_600 + (k as i64 * 86_400) / many.max(1) as i64;
            let to = &districts[random.row(districts.len())].id;
            let mut order = order(&format!("g{}", 1_001 + k), "app", moment(placed), to, lines);
            order.promise = Some(moment(placed + 3_600 * random.between(3, 30)));
            order.late_per_hour = 1_000;
            order.policy = Policy { delivery_penalty: 9_900, ..Policy::default() };
            order.policy.latest_useful_hours = Some(72);
            order
        })
        .collect()
}
