//! A city's grocery network around the baskets: two distribution centres, dark stores, pickup points.

use crate::data::Data;
use crate::goods::{ZONES, sku, zone_of};
use volok::spec::{self, ParcelLimit, Policy, Schedule};
use volok::testkit::Random;
use volok_examples::parts::{
    cell, channel, hands_over, hours, lane, line, moment, node, order, seller, stores, tariff, zone,
};

/// 2026-03-02T00:00:00+03:00, a Monday: the first of the days on which baskets are ordered.
const MONDAY: i64 = 1_772_398_800;
const DAILY: &str = "mon tue wed thu fri sat sun";
const CITY: &str = "Europe/Moscow";

/// How big the network is.
#[derive(Clone, Copy)]
pub struct Shape {
    pub seed: u64,
    pub sources: usize,
    pub points: usize,
    /// Days over which the baskets are spread.
    pub days: i64,
}

/// Baskets as orders: spread evenly over the opening hours of some days.
pub fn orders(data: &Data, shape: Shape, world: &spec::World) -> Vec<spec::Order> {
    let mut random = Random::part(shape.seed, "orders");
    let open = 15 * 3_600;
    let many = data.baskets.len().max(1) as i64;
    let wish = |(k, basket): (usize, &crate::data::Basket)| {
        let after = k as i64 * (shape.days * open) / many;
        let placed = MONDAY + after / open * 86_400 + 7 * 3_600 + after % open;
        let mut lines: Vec<spec::Line> = Vec::with_capacity(basket.products.len());
        for &product in &basket.products {
            let thing = &world.skus[product];
            let mut wanted = line(&thing.id, random.count(13, 6), thing.value / 2 + 20_000);
            wanted.min_shelf_life_days = thing.shelf_life_days.map(|life| (life / 6).min(14));
            lines.push(wanted);
        }
        let to = format!("point-{:02}", random.row(shape.points) + 1);
        let mut order = order(&basket.key, "app", moment(placed), &to, lines);
        order.promise = Some(moment(placed + 3_600 * random.between(3, 30)));
        order.late_per_hour = 1_000;
        order.policy = Policy { delivery_penalty: 9_900, latest_useful_hours: Some(72), ..Policy::default() };
        order
    };
    data.baskets.iter().enumerate().map(wish).collect()
}

/// Network and catalogue.
pub fn network(data: &Data, shape: Shape) -> spec::World {
    let mut random = Random::part(shape.seed, "network");
    let mut world =
        spec::World { volok: spec::VERSION, currency: Some("RUB".to_owned()), ..Default::default() };
    world.sellers = vec![seller("chain")];
    world.calendars = vec![
        hours("courier", CITY, DAILY, ("07:00", "23:00")),
        hours("point", CITY, DAILY, ("08:00", "22:00")),
    ];
    world.tariffs = vec![
        tariff("courier-far", 14_900, &[(5_000, 0), (10_000, 5_000), (15_000, 9_000)], None),
        tariff("courier-near", 9_900, &[(5_000, 0), (10_000, 4_000), (15_000, 7_500)], None),
        tariff("van", 7_900, &[(10_000, 0), (20_000, 2_500), (40_000, 6_000)], Some(200)),
    ];
    for source in 0..shape.sources {
        let mut place = node(&name_of(source));
        let centre = source < CENTRES;
        let lead = if centre { 180 } else { random.between(15, 40) };
        let (per_line, per_unit) = if centre { (150, 80) } else { (250, 120) };
        let zones = ZONES.iter().map(|&(id, keeps, _)| zone(id, keeps, (lead, per_line, per_unit))).collect();
        place.stores = Some(stores((!centre).then_some("courier"), if centre { 1_200 } else { 900 }, zones));
        world.nodes.push(place);
    }
    let kept = ZONES.map(|(id, keeps, _)| (id, keeps));
    for point in 1..=shape.points {
        let mut place = node(&format!("point-{point:02}"));
        let mut desk = hands_over("point", 500, &kept);
        desk.largest = Some(ParcelLimit { grams: Some(40_000), ..ParcelLimit::default() });
        place.hands_over = Some(desk);
        world.nodes.push(place);
    }
    for source in 0..shape.sources {
        for point in 1..=shape.points {
            let (from, to) = (name_of(source), format!("point-{point:02}"));
            let near = random.percent(35);
            let calendar = Some("courier".to_owned());
            let (schedule, times, tariff) = if source < CENTRES {
                (Schedule::Every { minutes: 240, calendar }, (60, random.between(90, 180)), "van")
            } else if near {
                (Schedule::OnDemand { calendar }, (0, 25), "courier-near")
            } else {
                (Schedule::Every { minutes: 30, calendar }, (5, 60), "courier-far")
            };
            world.lanes.push(lane((&from, &to, tariff), &kept, schedule, times, tariff));
        }
    }
    world.channels = vec![channel("app")];
    let mut random = Random::part(shape.seed, "catalogue");
    world.skus = data.products.iter().map(|product| sku(product, &mut random)).collect();
    world.segregation = vec![["chemistry".to_owned(), "food".to_owned()]];
    world
}

/// Distribution centres come first, the rest are dark stores.
const CENTRES: usize = 2;

fn name_of(source: usize) -> String {
    if source < CENTRES {
        format!("centre-{}", source + 1)
    } else {
        format!("dark-{:02}", source + 1 - CENTRES)
    }
}

/// Stock: each source has a part of the assortment of its own; of each product together about one and a half times
/// what all baskets want, in one or two batches a source.
pub fn stock(data: &Data, shape: Shape, orders: &[spec::Order], world: &mut spec::World) {
    let mut random = Random::part(shape.seed, "stock");
    let rows: std::collections::HashMap<&str, usize> =
        data.products.iter().enumerate().map(|(row, product)| (product.key.as_str(), row)).collect();
    let mut wanted = vec![0i64; data.products.len()];
    for line in orders.iter().flat_map(|order| &order.lines) {
        wanted[rows[line.sku.as_str()]] += line.qty;
    }
    let kept: Vec<u64> =
        (0..shape.sources).map(|k| if k < CENTRES { 80 } else { random.between(60, 78) as u64 }).collect();
    for (row, product) in data.products.iter().enumerate() {
        let life = world.skus[row].shelf_life_days;
        let zone = ZONES[zone_of(product.cold)].0;
        let mut sources: Vec<usize> = (0..shape.sources).filter(|&k| random.percent(kept[k])).collect();
        if sources.is_empty() {
            sources.push(random.row(CENTRES));
        }
        for &source in &sources {
            let share = (wanted[row] * random.between(80, 220)) / (100 * sources.len() as i64);
            let lots = if life.is_some() { random.between(1, 2) } else { 1 };
            for lot in 0..lots {
                let mut batch = cell(
                    "chain",
                    &product.key,
                    (&name_of(source), zone),
                    share / lots + random.between(3, 8),
                );
                if let Some(life) = life {
                    // The first batch is the older one.
                    let age = if lot + 1 < lots {
                        random.between(life / 4, life / 2)
                    } else {
                        random.between(0, life / 5)
                    };
                    batch.lot = Some(format!("lot-{lot}"));
                    batch.expires = Some(moment(MONDAY + (life - age) * 86_400));
                }
                world.stock.push(batch);
            }
        }
    }
}
