//! Rows of a world document with everything optional left out.

use jiff::Timestamp;
use volok::spec::{
    Calendar, Cell, Channel, Compartment, HandsOver, Lane, Line, Node, Order, Payment, Policy, Schedule,
    Seller, Step, Storage, Stores, Tariff, Temperature, Zone,
};

/// A moment as documents say it.
pub fn moment(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// A seller that signs for itself.
pub fn seller(id: &str) -> Seller {
    Seller { id: id.to_owned(), legal_entity: None }
}

/// A place that can do nothing yet.
pub fn node(id: &str) -> Node {
    Node {
        id: id.to_owned(),
        name: None,
        at: None,
        legal_entity: None,
        owner: None,
        stores: None,
        cross_docks: None,
        hands_over: None,
    }
}

/// Storage with zones.
pub fn stores(calendar: Option<&str>, cost_per_parcel: i64, zones: Vec<Zone>) -> Stores {
    Stores {
        calendar: calendar.map(str::to_owned),
        cost_per_parcel,
        parcels_per_day: None,
        lines_per_day: None,
        zones,
    }
}

/// A zone: its lead time in minutes and its cost per line and per unit.
pub fn zone(id: &str, temperature: Temperature, (lead, line, unit): (i64, i64, i64)) -> Zone {
    Zone { id: id.to_owned(), temperature, lead_minutes: lead, cost_per_line: line, cost_per_unit: unit }
}

/// A hand-over point with its storages.
pub fn hands_over(calendar: &str, cost: i64, storages: &[(&str, Temperature)]) -> HandsOver {
    let storage = |&(id, temperature): &(&str, Temperature)| Storage { id: id.to_owned(), temperature };
    HandsOver {
        calendar: Some(calendar.to_owned()),
        storages: storages.iter().map(storage).collect(),
        largest: None,
        cost_per_parcel: cost,
        kept_days: Some(7),
        holds_parcels: None,
        expected_stay_days: None,
    }
}

/// Hours of some weekdays, written as `"mon tue"`.
pub fn hours(id: &str, zone: &str, days: &str, (open, close): (&str, &str)) -> Calendar {
    let span = || vec![[open.to_owned(), close.to_owned()]];
    let weekly = days.split(' ').map(|day| (day.to_owned(), span())).collect();
    Calendar { id: id.to_owned(), zone: zone.to_owned(), weekly: Some(weekly), closed: Vec::new() }
}

/// A tariff by steps of grams and price; above the last step so much a kilogram, if anything.
pub fn tariff(id: &str, base: i64, steps: &[(i64, i64)], per_kg_above: Option<i64>) -> Tariff {
    let steps = steps.iter().map(|&(up_to_grams, price)| Step { up_to_grams, price }).collect();
    Tariff { id: id.to_owned(), base, steps, per_kg_above, cm3_per_kg: Some(5_000) }
}

/// A lane with its compartments; `times` are cut-off and transit in minutes.
pub fn lane(
    (from, to, kind): (&str, &str, &str),
    compartments: &[(&str, Temperature)],
    schedule: Schedule,
    (cut_off_minutes, transit_minutes): (i64, i64),
    tariff: &str,
) -> Lane {
    let part = |&(id, temperature): &(&str, Temperature)| Compartment {
        id: id.to_owned(),
        temperature,
        capacity: None,
    };
    Lane {
        id: format!("{from}>{to} {kind}"),
        from: from.to_owned(),
        to: to.to_owned(),
        compartments: compartments.iter().map(part).collect(),
        schedule,
        cut_off_minutes,
        transit_minutes,
        tariff: Some(tariff.to_owned()),
        largest: None,
    }
}

/// A channel paid in advance that any node may serve.
pub fn channel(id: &str) -> Channel {
    Channel {
        id: id.to_owned(),
        prefix: String::new(),
        legal_entity: None,
        payment: Payment::Prepaid,
        nodes: None,
        hands_over_without_receipt: true,
    }
}

/// Stock without a batch.
pub fn cell(seller: &str, sku: &str, (node, zone): (&str, &str), on_hand: i64) -> Cell {
    Cell {
        seller: seller.to_owned(),
        sku: sku.to_owned(),
        node: node.to_owned(),
        zone: zone.to_owned(),
        lot: None,
        expires: None,
        on_hand,
        held: 0,
        safety: 0,
        price: 0,
    }
}

/// A line that any seller may fill.
pub fn line(sku: &str, qty: i64, unfilled_penalty: i64) -> Line {
    let sku = sku.to_owned();
    Line { sku, qty, sellers: None, min_shelf_life_days: None, unit_value: None, unfilled_penalty }
}

/// An order to a place.
pub fn order(id: &str, channel: &str, placed_at: String, to: &str, lines: Vec<Line>) -> Order {
    Order {
        id: id.to_owned(),
        channel: channel.to_owned(),
        customer: None,
        placed_at,
        to: to.to_owned(),
        lines,
        deadline: None,
        promise: None,
        late_per_hour: 0,
        priority: 0,
        policy: Policy::default(),
    }
}
