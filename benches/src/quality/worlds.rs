//! Worlds to compare in.

use volok::spec;
use volok::testkit::Random;
use volok::testkit::generate::{Generated, Size, country, grocery};

/// Every world with its name.
pub(super) fn all(orders: usize) -> [(&'static str, Generated); 3] {
    [
        ("five warehouses", five_warehouses(orders)),
        (
            "country",
            country(3, Size { skus: 2_000, storing: 64, hand_over: 80, orders, docks: 0, limited: false }),
        ),
        (
            "grocery",
            grocery(3, Size { skus: 3_000, storing: 12, hand_over: 24, orders, docks: 0, limited: false }),
        ),
    ]
}

/// Orders of four goods, one unit each, and five warehouses that each have a good with even chance; nothing else
/// constrains, so that only the choice of sources counts.
fn five_warehouses(orders: usize) -> Generated {
    let mut made =
        country(5, Size { skus: 400, storing: 5, hand_over: 20, orders, docks: 0, limited: false });
    let mut random = Random::part(5, "five warehouses");
    for sku in &mut made.world.skus {
        (sku.temperature, sku.class, sku.grams, sku.cm3) = (None, None, 400, Some(800));
    }
    let stores: Vec<(String, String)> = made
        .world
        .nodes
        .iter()
        .filter_map(|node| Some((node.id.clone(), node.stores.as_ref()?.zones[0].id.clone())))
        .collect();
    let seller = made.world.sellers[0].id.clone();
    made.world.stock.clear();
    for sku in &made.world.skus {
        let spare = random.row(stores.len());
        let mut has: Vec<bool> = stores.iter().map(|_| random.percent(50)).collect();
        if !has.contains(&true) {
            has[spare] = true;
        }
        for (k, (node, zone)) in stores.iter().enumerate().filter(|(k, _)| has[*k]) {
            let on_hand = random.between(10, 200) + k as i64;
            made.world.stock.push(spec::Cell {
                seller: seller.clone(),
                sku: sku.id.clone(),
                node: node.clone(),
                zone: zone.clone(),
                lot: None,
                expires: None,
                on_hand,
                held: 0,
                safety: 0,
                price: 0,
            });
        }
    }
    for order in &mut made.orders {
        let Some(pattern) = order.lines.first().cloned() else { continue };
        let mut rows: Vec<usize> = Vec::new();
        while rows.len() < 4 {
            let row = random.row(made.world.skus.len());
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        let line = |row: usize| spec::Line {
            sku: made.world.skus[row].id.clone(),
            qty: 1,
            unfilled_penalty: 10_000_000,
            ..pattern.clone()
        };
        order.lines = rows.into_iter().map(line).collect();
        (order.promise, order.late_per_hour, order.policy.delivery_penalty) = (None, 0, 0);
    }
    made
}
