//! Worlds of the tests.

use serde_json::{Value, json};

/// Three sellers, three warehouses, a distribution centre that merges, a point that hands over. Pens are in the north and,
/// dearer, in the west; tea comes to the south; ice cream goes by a van of its own.
pub fn town() -> Value {
    let hall = json!({"id": "hall", "temperature": [15, 25], "lead_minutes": 60});
    let freezer = json!({"id": "freezer", "temperature": [-30, -18]});
    let storing = |id: &str, zones: Value| json!({"id": id, "stores": {"zones": zones}});
    let lane = |from: &str, to: &str, tariff: &str, body: Value| {
        json!({"id": format!("{from}>{to}"), "from": from, "to": to, "transit_minutes": 60, "tariff": tariff,
            "compartments": [{"id": "body", "temperature": body}], "schedule": {"on_demand": {}}})
    };
    json!({
        "volok": 1, "currency": "RUB",
        "sellers": [{"id": "anna"}, {"id": "boris"}, {"id": "vera"}],
        "skus": [
            {"id": "pen", "grams": 20}, {"id": "tea", "grams": 100},
            {"id": "ice-cream", "grams": 500, "temperature": [-30, -18]},
        ],
        "tariffs": [{"id": "local", "base": 100}, {"id": "far", "base": 150}, {"id": "last", "base": 300}],
        "nodes": [
            storing("north", json!([hall])), storing("west", json!([hall])),
            storing("south", json!([hall, freezer])),
            {"id": "centre", "cross_docks": {"handling_minutes": 30, "merge_minutes": 30, "cost_per_merge": 10,
                "keeps": [{"id": "floor", "temperature": [15, 25]}]}},
            {"id": "point", "hands_over": {"storages": [{"id": "shelf", "temperature": [15, 25]}, freezer]}},
        ],
        "lanes": [
            lane("north", "centre", "local", json!([15, 25])), lane("west", "centre", "far", json!([15, 25])),
            lane("south", "centre", "local", json!([15, 25])), lane("centre", "point", "last", json!([15, 25])),
            lane("south", "point", "last", json!([-30, -18])), lane("point", "centre", "last", json!([15, 25])),
        ],
        "channels": [{"id": "web", "prefix": "WB-"}, {"id": "site"}],
        "stock": [
            {"seller": "anna", "sku": "pen", "node": "north", "zone": "hall", "on_hand": 5},
            {"seller": "anna", "sku": "pen", "node": "west", "zone": "hall", "on_hand": 5},
            {"seller": "vera", "sku": "ice-cream", "node": "south", "zone": "freezer", "on_hand": 5},
        ],
    })
}

/// A shop with a shelf of pens that hands over itself.
pub fn shop(pens: u32) -> Value {
    json!({
        "volok": 1, "currency": "EUR", "sellers": [{"id": "anna"}, {"id": "boris"}],
        "skus": [{"id": "pen", "grams": 12}, {"id": "pan", "grams": 900}],
        "nodes": [{"id": "shop",
            "stores": {"zones": [{"id": "shelf", "temperature": [15, 25]}]},
            "hands_over": {"storages": [{"id": "shelf", "temperature": [15, 25]}]}}],
        "channels": [{"id": "site"}],
        "stock": [
            {"seller": "anna", "sku": "pen", "node": "shop", "zone": "shelf", "on_hand": pens},
            {"seller": "boris", "sku": "pan", "node": "shop", "zone": "shelf", "on_hand": 7},
        ],
    })
}

/// Pens held in the shop.
pub fn pens(qty: u32) -> Value {
    json!({"channel": "site", "node": "shop", "life": 3600, "lines": [{"sku": "pen", "qty": qty}]})
}

/// An order of pens in the shop.
pub fn order(id: &str, qty: u32) -> Value {
    json!({
        "id": id, "channel": "site", "placed_at": "2026-03-02T10:00:00Z", "to": "shop",
        "lines": [{"sku": "pen", "qty": qty, "unfilled_penalty": 5000}],
    })
}
