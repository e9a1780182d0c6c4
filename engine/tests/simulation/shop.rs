//! A shop of pens, small enough to be planned by hand.
//!
//! `near` serves town (100) and village (100) in an hour, `far` only town (150) in two hours, `express` only town (1,200)
//! in half an hour. Nothing else costs anything, and everything is open round the clock.

use volok::spec::{self, World};
use volok::testkit::simulate::Stream;
use volok::world::Order;

/// The world with so many pens in each warehouse.
pub fn world(near: u32, far: u32, express: u32) -> World {
    let store = |id: &str| {
        format!(r#"{{"id": "{id}", "stores": {{"zones": [{{"id": "shelf", "temperature": [15, 25]}}]}}}}"#)
    };
    let point = |id: &str| {
        format!(
            r#"{{"id": "{id}", "hands_over": {{"storages": [{{"id": "shelf", "temperature": [15, 25]}}]}}}}"#
        )
    };
    let lanes = [
        lane("near", "town", 60, "cheap"),
        lane("near", "village", 60, "cheap"),
        lane("far", "town", 120, "middling"),
        lane("express", "town", 30, "dear"),
    ];
    let cell = |node: &str, units: u32| {
        format!(
            r#"{{"seller": "anna", "sku": "pen", "node": "{node}", "zone": "shelf", "on_hand": {units}}}"#
        )
    };
    let text = format!(
        r#"{{"volok": 1, "currency": "EUR", "sellers": [{{"id": "anna"}}], "skus": [{{"id": "pen", "grams": 12}}],
        "tariffs": [{{"id": "cheap", "base": 100}}, {{"id": "middling", "base": 150}}, {{"id": "dear", "base": 1200}}],
        "nodes": [{}, {}, {}, {}, {}], "lanes": [{}], "channels": [{{"id": "site"}}], "stock": [{}, {}, {}]}}"#,
        store("near"),
        store("far"),
        store("express"),
        point("town"),
        point("village"),
        lanes.join(", "),
        cell("near", near),
        cell("far", far),
        cell("express", express),
    );
    spec::world_from_str(&text).expect("the shop is a world")
}

/// A lane that departs whenever a parcel is ready.
pub fn lane(from: &str, to: &str, minutes: u32, tariff: &str) -> String {
    format!(
        r#"{{"id": "{from}>{to}", "from": "{from}", "to": "{to}", "tariff": "{tariff}", "transit_minutes": {minutes},
        "compartments": [{{"id": "body", "temperature": [15, 25]}}], "schedule": {{"on_demand": {{}}}}}}"#
    )
}

/// One pen for a place, ordered on 2 March 2026 at a time as `10:05`; not to deliver it costs the penalty.
pub fn pen(id: &str, to: &str, at: &str, penalty: i64) -> spec::Order {
    let text = format!(
        r#"{{"id": "{id}", "channel": "site", "placed_at": "2026-03-02T{at}:00Z", "to": "{to}",
        "lines": [{{"sku": "pen", "qty": 1, "unfilled_penalty": {penalty}}}]}}"#
    );
    spec::order_from_str(&text).expect("a pen is an order")
}

/// A stream of documents without defects.
pub fn stream(world: &World, orders: &[spec::Order]) -> Stream {
    Stream::from_documents(world, orders).expect("no defects")
}

/// Orders of a stream's world.
pub fn expected(stream: &Stream, orders: &[spec::Order]) -> Vec<Order> {
    orders.iter().map(|order| stream.world().order(order).expect("no defects")).collect()
}
