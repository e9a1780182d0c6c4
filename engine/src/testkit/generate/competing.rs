//! Orders that compete: of nearly every article less is there than they want together, in a few of many warehouses.
//!
//! The network is that of [`super::country`] without cross-docks; carriage costs what the distance says, whatever a parcel
//! weighs, so that other solvers can be given the same problem, but for the rule of what may not share a parcel. Orders have 3.5 lines on average; each article lies
//! in two to six warehouses, and all that is there of it is nineteen twentieths of what is wanted.

use super::country::country_network;
use super::parts::{MONDAY, cell, line, moment, order};
use super::{Generated, Size};
use crate::spec::{self, Policy};
use crate::testkit::Random;

/// Share of the demand that is there, of a hundred.
const SUPPLY: i64 = 95;

/// Orders that compete in a country of `size.storing` warehouses, `size.hand_over` points and `size.skus` articles.
pub fn competing(seed: u64, size: Size) -> Generated {
    let mut world = country_network(seed, size);
    for tariff in &mut world.tariffs {
        tariff.steps.clear();
        (tariff.per_kg_above, tariff.cm3_per_kg) = (None, None);
    }
    for zone in
        world.nodes.iter_mut().filter_map(|node| node.stores.as_mut()).flat_map(|stores| &mut stores.zones)
    {
        zone.cost_per_line = 0;
    }
    for point in world.nodes.iter_mut().filter_map(|node| node.hands_over.as_mut()) {
        point.largest = None;
    }
    let orders = orders(&world, &mut Random::part(seed, "competing orders"), size.orders);
    stock(&mut world, &orders, &mut Random::part(seed, "competing stock"));
    Generated { world, orders }
}

/// Dry articles: what may lie anywhere.
fn is_dry(thing: &spec::Sku) -> bool {
    thing.temperature.is_none_or(|[lo, hi]| lo <= 15 && hi >= 25)
}

fn orders(world: &spec::World, random: &mut Random, many: usize) -> Vec<spec::Order> {
    let points: Vec<&spec::Node> = world.nodes.iter().filter(|node| node.hands_over.is_some()).collect();
    let things: Vec<&spec::Sku> = world.skus.iter().filter(|thing| is_dry(thing)).collect();
    (0..many)
        .map(|k| {
            let basket = (random.count(35, 12) as usize).min(things.len());
            let mut lines: Vec<spec::Line> = Vec::with_capacity(basket);
            while lines.len() < basket {
                let thing = things[random.row(things.len())];
                if lines.iter().all(|line| line.sku != thing.id) {
                    lines.push(line(&thing.id, random.count(13, 6), thing.value / 2 + 100_000));
                }
            }
            let placed = MONDAY + (k as i64 * 86_400) / many.max(1) as i64;
            let to = &points[random.row(points.len())].id;
            let mut order = order(&format!("{:07}", k + 1), "marketplace", moment(placed), to, lines);
            order.policy = Policy { delivery_penalty: 3_000, ..Policy::default() };
            order
        })
        .collect()
}

fn stock(world: &mut spec::World, orders: &[spec::Order], random: &mut Random) {
    let mut wanted: std::collections::BTreeMap<&str, i64> = std::collections::BTreeMap::new();
    for line in orders.iter().flat_map(|order| &order.lines) {
        *wanted.entry(&line.sku).or_default() += line.qty;
    }
    let storing: Vec<String> =
        world.nodes.iter().filter(|node| node.stores.is_some()).map(|node| node.id.clone()).collect();
    let mut owed = 0;
    for (sku, qty) in wanted {
        let places = random.between(2, 6).min(storing.len() as i64) as usize;
        let mut rows: Vec<usize> = (0..storing.len()).collect();
        random.shuffle(&mut rows);
        // What does not divide is given to the next article.
        owed += qty * SUPPLY;
        let there = owed / 100;
        owed -= there * 100;
        let mut left = there;
        let seller = &world.sellers[random.popular(world.sellers.len())].id;
        for (k, &row) in rows[..places].iter().enumerate() {
            let rest = (places - k) as i64;
            let here = if rest == 1 { left } else { random.between(0, (2 * left / rest).min(left)) };
            left -= here;
            if here > 0 {
                world.stock.push(cell(seller, sku, (&storing[row], "shelf"), here));
            }
        }
    }
}
