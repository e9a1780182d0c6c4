//! SKUs and stock of a mixed world.

use super::Knobs;
use crate::spec::{self, Temperature};
use crate::testkit::Random;
use crate::testkit::generate::parts::{cell, moment, sku};

const TOLERATED: [Option<Temperature>; 10] = [
    None,
    None,
    None,
    Some([-30, 40]),
    Some([-30, 40]),
    Some([10, 30]),
    Some([2, 6]),
    Some([0, 12]),
    Some([-30, -18]),
    Some([-25, 25]),
];

const DAY: i64 = 86_400;

pub(super) fn draw(world: &mut spec::World, knobs: &Knobs, random: &mut Random) {
    for k in 0..random.between(1, knobs.skus) {
        let grams = if knobs.ties { 100 } else { random.of(&[1, 50, 100, 250, 300, 700]) };
        let cm3 = random.of(&[0, 10, 200, 450, 2_000]);
        let mut thing = sku(&format!("k{k}"), "", grams, cm3, random.of(&TOLERATED));
        thing.ships_alone = random.percent(10);
        thing.class =
            random.percent(35).then(|| random.one(&["chemistry", "food", "paint", "food"]).to_owned());
        thing.size_mm = random.percent(20).then_some(random.of(&[[90, 200, 300], [50, 50, 900], [1, 1, 1]]));
        world.skus.push(thing);
    }
    if random.percent(60) {
        world.segregation.push(["chemistry".to_owned(), "food".to_owned()]);
        if random.percent(50) {
            world.segregation.push(["paint".to_owned(), "paint".to_owned()]);
        }
    }
    // Only classes that some SKU has may be paired, lest a document name what it does not know.
    let known = |class: &String| world.skus.iter().any(|sku| sku.class.as_ref() == Some(class));
    world.segregation.retain(|[one, other]| known(one) && known(other));
}

/// Stock, announced supply and fences around the moment orders are placed.
pub(super) fn stock(world: &mut spec::World, knobs: &Knobs, placed: i64, random: &mut Random) {
    let mut places: Vec<(String, String, Temperature)> = Vec::new();
    for node in &world.nodes {
        for zone in node.stores.iter().flat_map(|stores| &stores.zones) {
            places.push((node.id.clone(), zone.id.clone(), zone.temperature));
        }
    }
    for thing in world.skus.clone() {
        let mut rows = places.clone();
        random.shuffle(&mut rows);
        let mut cells = 0;
        for (node, zone, keeps) in rows {
            let fits = thing.temperature.is_none_or(|[lo, hi]| lo <= keeps[0] && keeps[1] <= hi);
            // Misplaced goods lie somewhere now and then; they can only stay there.
            if !random.percent(if fits { 85 } else { 5 }) {
                continue;
            }
            for seller in world.sellers.iter().map(|seller| seller.id.clone()).collect::<Vec<_>>() {
                if cells >= knobs.cells || !random.percent(75) {
                    continue;
                }
                // One price for all lots of a (seller, sku, node, zone), as the model has it.
                let price = if random.percent(25) { random.between(-20, 30) } else { 0 };
                cells += batches(world, (&seller, &thing.id, &node, &zone), price, placed, random);
            }
        }
    }
    fences(world, random);
}

/// One or two lots on hand, sometimes announced supply; how many cells that made.
fn batches(
    world: &mut spec::World,
    (seller, sku, node, zone): (&str, &str, &str, &str),
    price: i64,
    placed: i64,
    random: &mut Random,
) -> usize {
    let expires = |random: &mut Random| {
        random.percent(60).then(|| {
            let days = random.between(0, 12);
            moment(placed + days * DAY + random.of(&[0, 1, 9 * 3_600, 40_000]))
        })
    };
    let lots = if random.percent(25) { 2 } else { 1 };
    for lot in 0..lots {
        let mut row = cell(seller, sku, (node, zone), random.of(&[0, 1, 1, 2, 2, 3, 3, 5]));
        row.price = price;
        row.lot = (lots > 1 || random.percent(20)).then(|| format!("lot{lot}"));
        row.expires = row.lot.as_ref().and_then(|_| expires(random));
        if random.percent(10) {
            row.held = random.between(0, row.on_hand);
        }
        if random.percent(10) {
            row.safety = random.between(0, 2);
        }
        world.stock.push(row);
    }
    if !random.percent(20) {
        return lots;
    }
    let lot = random.percent(50).then(|| "next".to_owned());
    world.inbound.push(spec::Inbound {
        seller: seller.to_owned(),
        sku: sku.to_owned(),
        node: node.to_owned(),
        zone: zone.to_owned(),
        expires: lot.as_ref().and_then(|_| expires(random)),
        lot,
        qty: random.between(1, 4),
        held: random.of(&[0, 0, 0, 1]),
        available_at: moment(placed + random.of(&[-3_600, 3_600, 20_000, DAY, 4 * DAY])),
        price,
    });
    lots + 1
}

fn fences(world: &mut spec::World, random: &mut Random) {
    let mut fenced: Vec<(String, String, String)> = Vec::new();
    for row in world.stock.clone() {
        let key = (row.seller.clone(), row.sku.clone(), row.node.clone());
        if fenced.contains(&key) || !random.percent(8) {
            continue;
        }
        fenced.push(key);
        let channels: &[&[&str]] = &[&["web"], &["app"], &["app"], &["web", "app"]];
        world.ring_fences.push(spec::RingFence {
            seller: row.seller,
            sku: row.sku,
            node: row.node,
            channels: random.of(channels).iter().map(|&channel| channel.to_owned()).collect(),
            qty: random.between(1, 3),
        });
    }
}
