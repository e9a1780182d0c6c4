//! The world everyone knows by heart: a pen, pasta and sour cream from three sellers, two warehouses, one pickup
//! point, one order.
//!
//! Order `1001`, placed on Monday 2026-03-02 at 10:15 in Moscow: one pen, two packs of pasta, one sour cream. Podolsk
//! is 40 km from the customer and has everything; Tver is 170 km away. Yet the cheapest plan has two parcels from two
//! warehouses. Sour cream is picked from a fridge at 2..6 °C and pens and pasta lie on shelves at 15..25 °C, which
//! pasta and sour cream do not both tolerate, so two parcels are needed whatever happens. Kopecks:
//!
//! | parcel | pick lines | pick units | packing | carriage | hand-over | sum |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | pen, 2 pasta from Tver, 912 g | 2 × 300 | 3 × 100 | 1500 | 4000 + 1500 | 1000 | **8900** |
//! | pen, 2 pasta from Podolsk | 2 × 900 | 3 × 250 | 2500 | 6500 + 1200 | 1000 | 13750 |
//! | pen alone from Podolsk, 12 g | 900 | 250 | 2500 | 6500 + 500 | 1000 | 11650 |
//! | sour cream from Podolsk, 315 g | 1200 | 300 | 2500 | 6500 + 500 | 1000 | **12000** |
//! | sour cream from Tver | 1000 | 300 | 1500 | 12000 + 1500 | 1000 | 17300 |
//!
//! Each parcel after the first costs 2000 more. So:
//! - shelf from Tver, fridge from Podolsk: 8900 + 12000 + 2000 = **22900**, the cheapest;
//! - everything from near Podolsk: 13750 + 12000 + 2000 = 27750;
//! - everything from Tver: 8900 + 17300 + 2000 = 28200;
//! - the pen from near Podolsk as well, a third parcel: pasta from Tver 8900 − 300 − 100 = 8500, and
//!   8500 + 11650 + 12000 + 4000 = 36150.
//!
//! Times: Podolsk needs an hour, 11:15; the van of 14:00 (parcels by 13:30) arrives at 15:30 and the point is open.
//! Tver needs three hours, 13:15; the truck of 21:00 (parcels by 20:00) arrives at 02:00; the point opens at 09:00.
//! The order is complete on Tuesday 2026-03-03 at 09:00 in Moscow, well before the promise.

use super::Generated;
use super::parts::{
    DAILY, cell, channel, hands_over, hours, lane, line, node, order, seller, sku, stores, tariff, weekly,
    world, zone,
};
use crate::spec::{Calendar, Policy, Temperature};

/// Cost of the cheapest plan of order `1001`, in kopecks.
pub const CHEAPEST: i64 = 22_900;
/// When its last parcel is handed over: Tuesday 09:00 in Moscow.
pub const COMPLETES_AT: &str = "2026-03-03T06:00:00Z";

const SHELF: Temperature = [15, 25];
const FRIDGE: Temperature = [2, 6];

/// The three-item world with its one order. It is the same for every seed: there is nothing to draw.
pub fn three_items() -> Generated {
    let moscow = "Europe/Moscow";
    let mut world = world();
    world.sellers = vec![seller("bakaleya"), seller("kantstovary"), seller("moloko")];
    world.skus = vec![
        sku("pasta", "Pasta, 450 g", 450, 1_200, Some([5, 30])),
        sku("pen", "Pen, blue", 12, 15, Some([-30, 40])),
        sku("sour-cream", "Sour cream 20 %, 315 g", 315, 330, Some(FRIDGE)),
    ];
    world.skus[2].shelf_life_days = Some(30);
    for (sku, value) in world.skus.iter_mut().zip([8_990, 4_500, 11_900]) {
        sku.value = value;
    }
    let open = |id: &str, from: &str, to: &str| Calendar {
        id: id.to_owned(),
        zone: moscow.to_owned(),
        weekly: Some(hours(DAILY, &[(from, to)])),
        closed: vec!["2026-01-01".to_owned()],
    };
    world.calendars = vec![
        open("shift", "08:00", "20:00"),
        open("long-shift", "08:00", "22:00"),
        open("point", "09:00", "21:00"),
    ];
    world.tariffs = vec![
        tariff("cold-trunk", 12_000, &[(1_000, 1_500), (5_000, 3_500)], Some(700)),
        tariff("suburb", 6_500, &[(500, 500), (1_000, 1_200), (5_000, 3_000)], Some(600)),
        tariff("trunk", 4_000, &[(1_000, 1_500), (5_000, 3_500)], Some(500)),
    ];

    let mut point = node("msk-tverskaya", "Moscow, Tverskaya 7");
    point.at = Some([55.7580, 37.6120]);
    // The point is the shop's own, so a prepaid order has its receipt online.
    point.legal_entity = Some("site".to_owned());
    point.hands_over = Some(hands_over(Some("point"), 1_000, &[("shelf", SHELF), ("fridge", FRIDGE)]));
    let mut podolsk = node("podolsk", "Podolsk");
    podolsk.at = Some([55.4242, 37.5547]);
    podolsk.stores = Some(stores(
        Some("long-shift"),
        2_500,
        vec![zone("shelf", SHELF, (60, 900, 250)), zone("fridge", FRIDGE, (60, 1_200, 300))],
    ));
    let mut tver = node("tver", "Tver");
    tver.at = Some([56.8584, 35.9006]);
    tver.stores = Some(stores(
        Some("shift"),
        1_500,
        vec![zone("shelf", SHELF, (180, 300, 100)), zone("fridge", FRIDGE, (180, 1_000, 300))],
    ));
    world.nodes = vec![point, podolsk, tver];

    let to = "msk-tverskaya";
    world.lanes = vec![
        lane(
            "podolsk-van",
            ("podolsk", to),
            &[("body", SHELF), ("cold", FRIDGE)],
            weekly(moscow, DAILY, &["08:00", "14:00"]),
            (30, 90),
            Some("suburb"),
        ),
        lane(
            "tver-cold-truck",
            ("tver", to),
            &[("cold", FRIDGE)],
            weekly(moscow, "mon wed fri", &["21:00"]),
            (60, 300),
            Some("cold-trunk"),
        ),
        lane(
            "tver-truck",
            ("tver", to),
            &[("body", SHELF)],
            weekly(moscow, DAILY, &["21:00"]),
            (60, 300),
            Some("trunk"),
        ),
    ];
    world.channels = vec![channel("site")];

    let mut fresh = cell("moloko", "sour-cream", ("podolsk", "fridge"), 20);
    fresh.lot = Some("2026-02-24".to_owned());
    fresh.expires = Some("2026-03-26T00:00:00+03:00".to_owned());
    let mut far = fresh.clone();
    far.node = "tver".to_owned();
    far.on_hand = 6;
    world.stock = vec![
        cell("bakaleya", "pasta", ("podolsk", "shelf"), 3),
        cell("bakaleya", "pasta", ("tver", "shelf"), 12),
        cell("kantstovary", "pen", ("podolsk", "shelf"), 5),
        cell("kantstovary", "pen", ("tver", "shelf"), 40),
        fresh,
        far,
    ];

    let mut cream = line("sour-cream", 1, 30_000);
    cream.min_shelf_life_days = Some(7);
    let lines = vec![line("pen", 1, 20_000), line("pasta", 2, 20_000), cream];
    let mut order = order("1001", "site", "2026-03-02T10:15:00+03:00".to_owned(), to, lines);
    order.customer = Some("anna".to_owned());
    order.promise = Some("2026-03-03T21:00:00+03:00".to_owned());
    order.late_per_hour = 500;
    order.policy = Policy { delivery_penalty: 2_000, ..Policy::default() };
    Generated { world, orders: vec![order] }
}
