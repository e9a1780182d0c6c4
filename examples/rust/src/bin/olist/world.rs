//! The marketplace as a world: sellers where they are, lanes to every city that could buy from them.

use crate::data::{Data, Place, Wish};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::collections::HashSet;
use volok::spec::{self, Policy, Schedule, Sku};
use volok_examples::Failure;
use volok_examples::parts::{
    cell, channel, hands_over, hours, lane, line, node, order, seller, stores, tariff, zone,
};

const CITY: &str = "America/Sao_Paulo";
const SHELF: (&str, [i64; 2]) = ("shelf", [10, 35]);

/// Distance bands: up to so many kilometres, base in centavos, price of a further kilogram, days on the road.
const BANDS: [(f64, i64, i64, i64); 8] = [
    (60.0, 790, 90, 1),
    (200.0, 1_090, 140, 2),
    (450.0, 1_390, 220, 3),
    (900.0, 1_690, 340, 5),
    (1_500.0, 1_990, 480, 7),
    (2_200.0, 2_390, 640, 10),
    (3_000.0, 2_890, 820, 14),
    (f64::INFINITY, 3_490, 990, 18),
];

/// Steps of chargeable weight: grams, and the share of a kilogram's price in a hundred.
const STEPS: [(i64, i64); 8] = [
    (300, 0),
    (500, 60),
    (1_000, 130),
    (2_000, 230),
    (5_000, 480),
    (10_000, 880),
    (20_000, 1_650),
    (30_000, 2_400),
];

/// Who may sell what.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Offers {
    /// Each line from the seller that sold it.
    Own,
    /// Each line from any seller that sold the product to anyone.
    Shared,
}

/// Network, catalogue and stock: each seller has twice what it sold.
pub fn world(data: &Data, offers: Offers) -> spec::World {
    let mut world =
        spec::World { volok: spec::VERSION, currency: Some("BRL".to_owned()), ..Default::default() };
    world.sellers = data.sellers.iter().map(|from| seller(&from.key)).collect();
    world.calendars = vec![
        hours("work", CITY, "mon tue wed thu fri", ("08:00", "18:00")),
        hours("point", CITY, "mon tue wed thu fri sat", ("09:00", "20:00")),
    ];
    for (band, &(_, base, per_kg, _)) in BANDS.iter().enumerate() {
        let steps = |share: i64| STEPS.map(|(up_to, price)| (up_to, per_kg * price * share / 10_000));
        world.tariffs.push(tariff(&format!("standard-{band}"), base, &steps(100), Some(per_kg)));
        let (base, per_kg) = (base * 3 / 4, per_kg * 7 / 10);
        world.tariffs.push(tariff(&format!("economy-{band}"), base, &steps(70), Some(per_kg)));
    }
    world.skus = data.products.iter().map(sku).collect();
    for from in &data.sellers {
        let mut place = node(&from.key);
        place.name = Some(from.name.clone());
        place.at = Some([from.at.0, from.at.1]);
        place.owner = Some(from.key.clone());
        place.stores = Some(stores(Some("work"), 150, vec![zone(SHELF.0, SHELF.1, (240, 100, 30))]));
        world.nodes.push(place);
    }
    for city in &data.cities {
        let mut place = node(&city.key);
        place.at = Some([city.at.0, city.at.1]);
        place.hands_over = Some(hands_over("point", 200, &[SHELF]));
        world.nodes.push(place);
    }
    stock(data, &mut world);
    lanes(data, offers, &mut world);
    world.channels = vec![channel("olist")];
    world
}

fn sku(product: &crate::data::Product) -> Sku {
    Sku {
        id: product.key.clone(),
        name: Some(product.category.clone()),
        grams: product.grams,
        size_mm: product.size_mm,
        cm3: None,
        temperature: None,
        class: None,
        ships_alone: false,
        shelf_life_days: None,
        value: product.price,
    }
}

/// Units sold by (product, seller).
fn sold(data: &Data) -> std::collections::BTreeMap<(usize, usize), i64> {
    let mut sold = std::collections::BTreeMap::new();
    for item in data.orders.iter().flat_map(|order| &order.items) {
        *sold.entry((item.product, item.seller)).or_insert(0) += item.qty;
    }
    sold
}

fn stock(data: &Data, world: &mut spec::World) {
    for ((product, from), qty) in sold(data) {
        let key = &data.sellers[from].key;
        world.stock.push(cell(key, &data.products[product].key, (key, SHELF.0), qty * 2));
    }
}

/// A seller has lanes to every city that could buy something of it: a standard one on every working day, and an
/// economy one that leaves twice a week and takes half as long again.
fn lanes(data: &Data, offers: Offers, world: &mut spec::World) {
    let mut by_product: Vec<Vec<usize>> = vec![Vec::new(); data.products.len()];
    for (product, from) in sold(data).into_keys() {
        by_product[product].push(from);
    }
    let mut served: HashSet<(usize, usize)> = HashSet::new();
    for order in &data.orders {
        for item in &order.items {
            match offers {
                Offers::Own => served.extend([(item.seller, order.city)]),
                Offers::Shared => {
                    served.extend(by_product[item.product].iter().map(|&from| (from, order.city)))
                }
            }
        }
    }
    let mut served: Vec<(usize, usize)> = served.into_iter().collect();
    served.sort_unstable();
    for (from, to) in served {
        let (from, to) = (&data.sellers[from], &data.cities[to]);
        let far = kilometres(from.at, to.at);
        let band = BANDS.iter().position(|band| far <= band.0).unwrap_or(BANDS.len() - 1);
        let minutes = BANDS[band].3 * 1_440;
        let carried = [("body", SHELF.1)];
        let on_demand = Schedule::OnDemand { calendar: Some("work".to_owned()) };
        let ends = |kind| (from.key.as_str(), to.key.as_str(), kind);
        world.lanes.push(lane(
            ends("standard"),
            &carried,
            on_demand,
            (60, minutes),
            &format!("standard-{band}"),
        ));
        let at = ["tue", "fri"].map(|day| (day.to_owned(), vec!["17:00".to_owned()]));
        let weekly =
            Schedule::Weekly { zone: CITY.to_owned(), at: at.into_iter().collect(), closed: Vec::new() };
        let slow = minutes * 3 / 2;
        world.lanes.push(lane(ends("economy"), &carried, weekly, (120, slow), &format!("economy-{band}")));
    }
}

/// Orders at their real times; the promise is the day that was promised.
pub fn orders(data: &Data, offers: Offers) -> Result<Vec<spec::Order>, Failure> {
    let zone = TimeZone::get(CITY)?;
    let moment = |text: &str| -> Result<String, Failure> {
        let local: DateTime = text.parse().map_err(|error| format!("{text:?}: {error}"))?;
        Ok(local.to_zoned(zone.clone())?.timestamp().to_string())
    };
    let wish = |wish: &Wish| -> Result<spec::Order, Failure> {
        let lines = wish.items.iter().map(|item| {
            let product = &data.products[item.product];
            // The sale is lost, and the customer with it.
            let mut wanted = line(&product.key, item.qty, product.price + 100_000);
            if offers == Offers::Own {
                wanted.sellers = Some(vec![data.sellers[item.seller].key.clone()]);
            }
            wanted
        });
        let mut lines: Vec<spec::Line> = lines.collect();
        if offers == Offers::Shared {
            join_lines(&mut lines);
        }
        let mut order = order(&wish.key, "olist", moment(&wish.placed)?, &data.cities[wish.city].key, lines);
        order.customer = Some(wish.customer.clone());
        order.promise = Some(moment(&wish.promised.replace("00:00:00", "20:00:00"))?);
        order.late_per_hour = 20;
        order.policy = Policy { delivery_penalty: 500, ..Policy::default() };
        Ok(order)
    };
    data.orders.iter().map(wish).collect()
}

/// A product bought of two sellers is one line when any seller may fill it.
fn join_lines(lines: &mut Vec<spec::Line>) {
    let mut joined: Vec<spec::Line> = Vec::with_capacity(lines.len());
    for line in lines.drain(..) {
        match joined.iter_mut().find(|other| other.sku == line.sku) {
            Some(other) => other.qty += line.qty,
            None => joined.push(line),
        }
    }
    *lines = joined;
}

/// Along the great circle.
fn kilometres(one: Place, other: Place) -> f64 {
    let [lat, lon, to_lat, to_lon] = [one.0, one.1, other.0, other.1].map(f64::to_radians);
    let half = |angle: f64| (angle / 2.0).sin().powi(2);
    let arc = half(to_lat - lat) + lat.cos() * to_lat.cos() * half(to_lon - lon);
    2.0 * 6_371.0 * arc.sqrt().asin()
}
