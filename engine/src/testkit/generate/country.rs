//! A marketplace in a country with real cities: warehouses in the big ones, pickup points in all.
//!
//! Every warehouse has a lane to every point, unless there are cross-docks: see [`super::spokes`]. Near ones go often, far ones a few times a week, with a tariff by
//! distance and weight and a transit time by distance. Most goods are dry; some are chilled or frozen and lie only
//! where there are such zones. Sellers, popularity of goods and sizes of baskets have long tails.

use super::cities::{CITIES, City, kilometres};
use super::parts::{
    DAILY, MONDAY, WORKDAYS, cell, channel, hands_over, hours, lane, line, moment, node, order, popular_rows,
    seller, sku, stores, tariff, weekly, world, zone,
};
use super::{Generated, Size, spokes};
use crate::spec::{self, Calendar, ParcelLimit, Payment, Policy, Schedule, Temperature};
use crate::testkit::Random;

pub(super) const SHELF: Temperature = [15, 25];
pub(super) const FRIDGE: Temperature = [2, 6];
pub(super) const FREEZER: Temperature = [-22, -18];

/// Upper ends of the distance bands in kilometres; each band has its tariff.
pub(super) const BANDS: [i64; 10] = [60, 200, 500, 900, 1_500, 2_200, 3_200, 4_500, 6_500, i64::MAX];

/// A country: `size.storing` warehouses, `size.hand_over` points, `size.skus` goods in 5.7 cells each on average,
/// orders of 2.2 lines on average.
pub fn country(seed: u64, size: Size) -> Generated {
    let mut world = country_network(seed, size);
    stock(&mut world, &mut Random::part(seed, "stock"));
    let orders = orders(&world, &mut Random::part(seed, "orders"), size.orders);
    Generated { world, orders }
}

/// The same without stock: network and catalogue alone.
pub fn country_network(seed: u64, size: Size) -> spec::World {
    let mut world = world();
    let storing = size.storing.clamp(1, 1_000);
    let points = size.hand_over.clamp(1, 20_000);
    world.sellers = (0..40).map(|k| seller(&format!("seller-{k:02}"))).collect();
    calendars(&mut world);
    world.tariffs = BANDS.iter().enumerate().map(|(band, _)| band_tariff(band as i64)).collect();
    nodes(&mut world, storing, points);
    match size.docks.min(CITIES.len()) {
        0 => lanes(&mut world, storing, points, &mut Random::part(seed, "lanes")),
        docks => {
            world.max_legs = Some(spokes::LEGS);
            world.tariffs.extend(spokes::hauls());
            spokes::nodes(&mut world, docks);
            spokes::lanes(&mut world, (storing, points, docks), &mut Random::part(seed, "spokes"));
        }
    }
    if size.limited {
        spokes::limit(&mut world);
    }
    catalogue(&mut world, size.skus.max(1), &mut Random::part(seed, "catalogue"));
    let mut marketplace = channel("marketplace");
    marketplace.prefix = "MP-".to_owned();
    let mut store = channel("store");
    store.payment = Payment::OnDelivery;
    world.channels = vec![marketplace, channel("site"), store];
    world
}

fn calendars(world: &mut spec::World) {
    let mut zones: Vec<&str> = CITIES.iter().map(|city| city.zone).collect();
    zones.sort_unstable();
    zones.dedup();
    let closed = vec!["2026-01-01".to_owned(), "2026-01-02".to_owned(), "2026-03-09".to_owned()];
    for zone in zones {
        let tail = zone.rsplit('/').next().unwrap_or(zone).to_lowercase();
        for (kind, weekly, closed) in [
            ("shift", hours(DAILY, &[("08:00", "13:00"), ("14:00", "22:00")]), closed.clone()),
            ("point", hours(DAILY, &[("09:00", "21:00")]), closed[..1].to_vec()),
            ("office", hours(WORKDAYS, &[("10:00", "19:00")]), closed.clone()),
        ] {
            let id = format!("{kind}-{tail}");
            world.calendars.push(Calendar { id, zone: zone.to_owned(), weekly: Some(weekly), closed });
        }
    }
}

fn calendar(kind: &str, city: &City) -> String {
    format!("{kind}-{}", city.zone.rsplit('/').next().unwrap_or(city.zone).to_lowercase())
}

fn band_tariff(band: i64) -> spec::Tariff {
    let steps: Vec<(i64, i64)> = [500, 1_000, 2_000, 5_000, 10_000, 20_000]
        .iter()
        .map(|&grams| (grams, (grams / 100) * (60 + 45 * band) + 500 * band))
        .collect();
    let mut tariff = tariff(&format!("band-{band}"), 4_900 + 1_700 * band, &steps, Some(900 + 500 * band));
    tariff.cm3_per_kg = Some(5_000);
    tariff
}

/// The band of a distance.
pub(super) fn band_of(far: i64) -> usize {
    BANDS.iter().position(|&most| far <= most).unwrap_or(BANDS.len() - 1)
}

/// City and number of the `k`-th place: big cities first, then round again for a second place in each.
pub(super) fn place(k: usize) -> (&'static City, usize) {
    (&CITIES[k % CITIES.len()], k / CITIES.len() + 1)
}

#[allow(clippy::float_arithmetic, reason = "coordinates for drawing only; no decision reads them")]
pub(super) fn degrees(city: &City) -> [f64; 2] {
    [city.lat as f64 / 100_000.0, city.lon as f64 / 100_000.0]
}

fn nodes(world: &mut spec::World, storing: usize, points: usize) {
    for k in 0..storing {
        let (city, number) = place(k);
        let mut place =
            node(&format!("wh-{}-{number}", city.key), &format!("{}, warehouse {number}", city.name));
        place.at = Some(degrees(city));
        place.legal_entity = Some("volok-logistics".to_owned());
        let mut zones = vec![zone("shelf", SHELF, (90 + 30 * (k as i64 % 5), 700, 150))];
        if k % 2 == 0 {
            zones.push(zone("fridge", FRIDGE, (60, 900, 250)));
        }
        if k % 4 == 0 {
            zones.push(zone("freezer", FREEZER, (60, 1_100, 300)));
        }
        place.stores = Some(stores(Some(&calendar("shift", city)), 2_000 + 100 * (k as i64 % 7), zones));
        world.nodes.push(place);
    }
    for k in 0..points {
        let (city, number) = place(k);
        let mut place = node(&format!("pp-{}-{number}", city.key), &format!("{}, point {number}", city.name));
        place.at = Some(degrees(city));
        let storages = [("shelf", SHELF), ("fridge", FRIDGE), ("freezer", FREEZER)];
        let kinds = if k % 8 == 0 { 3 } else { 1 + usize::from(k % 2 == 0) };
        let kind = if k % 5 == 4 { "office" } else { "point" };
        let mut desk = hands_over(Some(&calendar(kind, city)), 1_500, &storages[..kinds]);
        desk.largest = Some(ParcelLimit { grams: Some(25_000), cm3: Some(300_000), size_mm: None });
        desk.kept_days = Some(7);
        place.hands_over = Some(desk);
        world.nodes.push(place);
    }
}

fn lanes(world: &mut spec::World, storing: usize, points: usize, random: &mut Random) {
    let compartments = [("body", SHELF), ("cold", FRIDGE), ("frozen", FREEZER)];
    for from in 0..storing {
        for to in 0..points {
            let ((start, _), (end, _)) = (place(from), place(to));
            let far = kilometres(start, end);
            let band = band_of(far);
            let schedule = match band {
                0 if random.percent(30) => Schedule::OnDemand { calendar: Some(calendar("shift", start)) },
                0 => Schedule::Every { minutes: 120, calendar: Some(calendar("office", start)) },
                1..=4 => weekly(start.zone, DAILY, random.of(&[&["21:00"], &["23:30"], &["06:15"]])),
                5 | 6 => weekly(start.zone, WORKDAYS, &["20:00"]),
                _ => weekly(start.zone, random.of(&["mon thu", "tue fri", "wed sat"]), &["19:00"]),
            };
            // Sixty kilometres an hour, and two hours to unload.
            let transit = 120 + far;
            // Cold goods do not ride across the continent.
            let kinds = if band <= 3 { 3 } else { 1 };
            world.lanes.push(lane(
                &format!("{}>{}", world.nodes[from].id, world.nodes[storing + to].id),
                (&world.nodes[from].id, &world.nodes[storing + to].id),
                &compartments[..kinds],
                schedule,
                (random.of(&[30, 60, 120]), transit),
                Some(&format!("band-{band}")),
            ));
        }
    }
}

fn catalogue(world: &mut spec::World, skus: usize, random: &mut Random) {
    for k in 0..skus {
        let grams = 20 * random.count(350, 900);
        let temperature = match random.below(100) {
            0..90 => random.of(&[None, Some([-30, 40]), Some([0, 30]), Some([5, 30])]),
            90..97 => Some(FRIDGE),
            _ => Some([-30, -18]),
        };
        let mut thing = sku(&format!("sku-{k:07}"), "", grams, grams * random.between(1, 6), temperature);
        thing.value = 5_000 * random.count(200, 2_000);
        thing.class = match random.below(100) {
            0..5 => Some("chemistry".to_owned()),
            5..30 => Some("food".to_owned()),
            _ => None,
        };
        world.skus.push(thing);
    }
    world.segregation = vec![["chemistry".to_owned(), "food".to_owned()]];
}

fn stock(world: &mut spec::World, random: &mut Random) {
    let storing: Vec<usize> =
        (0..world.nodes.len()).filter(|&row| world.nodes[row].stores.is_some()).collect();
    for thing in &world.skus {
        let fits = |node: &spec::Node| {
            let zones = node.stores.iter().flat_map(|stores| &stores.zones);
            zones
                .clone()
                .find(|zone| {
                    thing
                        .temperature
                        .is_none_or(|[lo, hi]| lo <= zone.temperature[0] && zone.temperature[1] <= hi)
                })
                .map(|zone| zone.id.clone())
        };
        let mut rows = storing.clone();
        random.shuffle(&mut rows);
        let many = random.count(57, rows.len() as i64) as usize;
        let owner = random.popular(world.sellers.len());
        let places =
            rows.iter().filter_map(|&row| fits(&world.nodes[row]).map(|zone| (row, zone))).take(many);
        for (row, zone) in places {
            let owner = if random.percent(85) { owner } else { random.popular(world.sellers.len()) };
            world.stock.push(cell(
                &world.sellers[owner].id,
                &thing.id,
                (&world.nodes[row].id, &zone),
                random.count(120, 200),
            ));
        }
    }
}

fn orders(world: &spec::World, random: &mut Random, many: usize) -> Vec<spec::Order> {
    let points: Vec<&spec::Node> = world.nodes.iter().filter(|node| node.hands_over.is_some()).collect();
    (0..many)
        .map(|k| {
            let basket = random.count(22, 30);
            let skus = popular_rows(random, basket, world.skus.len());
            let lines = skus
                .iter()
                .map(|&row| {
                    let thing = &world.skus[row];
                    line(&thing.id, random.count(13, 10), thing.value / 2 + 100_000)
                })
                .collect();
            // A week of orders, one after another.
            let placed = MONDAY + (k as i64 * 7 * 86_400) / many.max(1) as i64;
            let to = &points[random.popular(points.len())].id;
            let channel = &world.channels[random.row(world.channels.len())].id;
            let mut order = order(&format!("{}", 1_001 + k), channel, moment(placed), to, lines);
            order.promise = Some(moment(placed + 86_400 * random.between(2, 6)));
            order.late_per_hour = 50;
            order.policy = Policy { delivery_penalty: 3_000, ..Policy::default() };
            order
        })
        .collect()
}
