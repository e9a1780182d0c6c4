//! Rows of a world document with everything optional left out: a preset says only what it means.

use crate::spec::{
    Cell, Channel, Compartment, HandsOver, Lane, Line, Node, Order, Payment, Policy, Schedule, Seller, Sku,
    Step, Storage, Stores, Tariff, Temperature, Weekly, World, Zone,
};

/// Seconds since 1970 at 2026-03-02T00:00:00Z, a Monday: generated orders are placed around it.
pub const MONDAY: i64 = 1_772_409_600;

/// A moment as documents say it.
pub fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

/// A world of nothing.
pub fn world() -> World {
    World { volok: crate::spec::VERSION, currency: Some("RUB".to_owned()), ..World::default() }
}

/// A seller that signs for itself.
pub fn seller(id: &str) -> Seller {
    Seller { id: id.to_owned(), legal_entity: None }
}

/// An SKU that tolerates a temperature.
pub fn sku(id: &str, name: &str, grams: i64, cm3: i64, temperature: Option<Temperature>) -> Sku {
    Sku {
        id: id.to_owned(),
        name: (!name.is_empty()).then(|| name.to_owned()),
        grams,
        size_mm: None,
        cm3: Some(cm3),
        temperature,
        class: None,
        ships_alone: false,
        shelf_life_days: None,
        value: 0,
    }
}

/// The same hours on some weekdays, as `("mon tue", &[("09:00", "18:00")])`.
pub fn hours(days: &str, spans: &[(&str, &str)]) -> Weekly {
    let spans: Vec<[String; 2]> = spans.iter().map(|&(from, to)| [from.to_owned(), to.to_owned()]).collect();
    days.split(' ').map(|day| (day.to_owned(), spans.clone())).collect()
}

/// All weekdays.
pub const DAILY: &str = "mon tue wed thu fri sat sun";
/// Monday to Friday.
pub const WORKDAYS: &str = "mon tue wed thu fri";

/// Departures at local times of some weekdays.
pub fn weekly(zone: &str, days: &str, times: &[&str]) -> Schedule {
    let times: Vec<String> = times.iter().map(|&time| time.to_owned()).collect();
    Schedule::Weekly {
        zone: zone.to_owned(),
        at: days.split(' ').map(|day| (day.to_owned(), times.clone())).collect(),
        closed: Vec::new(),
    }
}

/// Steps `(up to grams, price)` on a base.
pub fn tariff(id: &str, base: i64, steps: &[(i64, i64)], per_kg_above: Option<i64>) -> Tariff {
    let steps = steps.iter().map(|&(up_to_grams, price)| Step { up_to_grams, price }).collect();
    Tariff { id: id.to_owned(), base, steps, per_kg_above, cm3_per_kg: None }
}

/// A node without capabilities yet.
pub fn node(id: &str, name: &str) -> Node {
    Node {
        id: id.to_owned(),
        name: (!name.is_empty()).then(|| name.to_owned()),
        at: None,
        legal_entity: None,
        owner: None,
        stores: None,
        cross_docks: None,
        hands_over: None,
    }
}

/// The capability to keep stock in zones.
pub fn stores(calendar: Option<&str>, cost_per_parcel: i64, zones: Vec<Zone>) -> Stores {
    Stores {
        calendar: calendar.map(str::to_owned),
        cost_per_parcel,
        parcels_per_day: None,
        lines_per_day: None,
        zones,
    }
}

/// A temperature zone; minutes of lead, cost of a line, cost of a unit.
pub fn zone(id: &str, temperature: Temperature, (lead_minutes, line, unit): (i64, i64, i64)) -> Zone {
    Zone { id: id.to_owned(), temperature, lead_minutes, cost_per_line: line, cost_per_unit: unit }
}

/// The capability to give parcels to customers from some storages.
pub fn hands_over(
    calendar: Option<&str>,
    cost_per_parcel: i64,
    storages: &[(&str, Temperature)],
) -> HandsOver {
    HandsOver {
        calendar: calendar.map(str::to_owned),
        storages: storages
            .iter()
            .map(|&(id, temperature)| Storage { id: id.to_owned(), temperature })
            .collect(),
        largest: None,
        cost_per_parcel,
        kept_days: None,
        holds_parcels: None,
        expected_stay_days: None,
    }
}

/// A lane; minutes of cut-off and of transit.
pub fn lane(
    id: &str,
    (from, to): (&str, &str),
    compartments: &[(&str, Temperature)],
    schedule: Schedule,
    (cut_off_minutes, transit_minutes): (i64, i64),
    tariff: Option<&str>,
) -> Lane {
    Lane {
        id: id.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        compartments: compartments
            .iter()
            .map(|&(id, temperature)| Compartment { id: id.to_owned(), temperature, capacity: None })
            .collect(),
        schedule,
        cut_off_minutes,
        transit_minutes,
        tariff: tariff.map(str::to_owned),
        largest: None,
    }
}

/// A prepaid channel that every node may serve.
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

/// Stock on hand of the nameless batch.
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

/// A line that any seller may serve.
pub fn line(sku: &str, qty: i64, unfilled_penalty: i64) -> Line {
    Line {
        sku: sku.to_owned(),
        qty,
        sellers: None,
        min_shelf_life_days: None,
        unit_value: None,
        unfilled_penalty,
    }
}

/// An order without deadline, promise or special policy.
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

/// `many` different rows of `rows`, rising, popular ones more often; all of them when there are no more.
pub fn popular_rows(random: &mut crate::testkit::Random, many: i64, rows: usize) -> Vec<usize> {
    let many = usize::try_from(many).unwrap_or(0).min(rows);
    let mut chosen = std::collections::BTreeSet::new();
    while chosen.len() < many {
        let mut row = random.popular(rows);
        // A row drawn twice gives its place to the next one still free, so that the number of lines stays as drawn.
        while !chosen.insert(row) {
            row = (row + 1) % rows;
        }
    }
    chosen.into_iter().collect()
}
