//! A generated world of hubs: lanes to neighbours and some far away, weekly departures in three time zones, closed
//! dates, handling round the clock or in hours.

use serde_json::{Value, json};
use volok::testkit::Random;
use volok::{World, spec, world};

/// 2026-03-23, a Monday; the clocks of one zone go forward on the Sunday.
pub const FIRST: i64 = 1_774_224_000;

const ZONES: [&str; 3] = ["Europe/Berlin", "Europe/Moscow", "Asia/Yekaterinburg"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Lanes from each hub: to neighbours, and anywhere.
const NEAR: usize = 8;
const FAR: usize = 2;

/// The world.
///
/// # Errors
///
/// When a document cannot be built of it.
pub fn world(hubs: usize, departures: usize, seed: u64) -> Result<World, Box<dyn std::error::Error>> {
    let mut random = Random::part(seed, "hubs");
    // Kilometres on a plane.
    let places: Vec<(i64, i64)> =
        (0..hubs).map(|_| (random.between(0, 3_000), random.between(0, 2_000))).collect();
    let apart =
        |one: (i64, i64), other: (i64, i64)| ((one.0 - other.0).pow(2) + (one.1 - other.1).pow(2)).isqrt();
    let calendars: Vec<Value> = ZONES
        .iter()
        .map(|zone| {
            json!({
                "id": format!("hours-{zone}"), "zone": zone, "closed": ["2026-03-27"],
                "weekly": DAYS.iter().map(|day| ((*day).to_owned(), json!([["06:00", "22:00"]])))
                    .collect::<serde_json::Map<String, Value>>(),
            })
        })
        .collect();
    let nodes: Vec<Value> = (0..hubs)
        .map(|hub| {
            let mut docks = json!({"handling_minutes": random.between(15, 90), "keeps": [{"id": "floor", "temperature": [10, 25]}]});
            if random.percent(40) {
                docks["calendar"] = format!("hours-{}", zone(places[hub])).into();
            }
            json!({"id": format!("hub-{hub:03}"), "cross_docks": docks})
        })
        .collect();
    let lanes_in_all = hubs * (NEAR + FAR);
    let a_week = departures * 7;
    let mut lanes = Vec::with_capacity(lanes_in_all);
    for from in 0..hubs {
        let mut others: Vec<usize> = (0..hubs).filter(|&to| to != from).collect();
        others.sort_unstable_by_key(|&to| (apart(places[from], places[to]), to));
        let mut goals: Vec<usize> = others.iter().copied().take(NEAR).collect();
        while goals.len() < (NEAR + FAR).min(others.len()) {
            let to = others[random.row(others.len())];
            if !goals.contains(&to) {
                goals.push(to);
            }
        }
        for to in goals {
            let row = lanes.len();
            let runs = a_week * (row + 1) / lanes_in_all - a_week * row / lanes_in_all;
            let mut at = serde_json::Map::new();
            let mut times: Vec<Vec<i64>> = vec![Vec::new(); DAYS.len()];
            for run in 0..runs {
                // Two departures of one lane at one minute are one.
                let day = &mut times[run % DAYS.len()];
                let mut minute = random.between(0, 1_439);
                while day.contains(&minute) {
                    minute = random.between(0, 1_439);
                }
                day.push(minute);
            }
            for (day, mut minutes) in DAYS.iter().zip(times) {
                minutes.sort_unstable();
                let told = minutes.iter().map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60));
                at.insert((*day).to_owned(), told.collect());
            }
            let closed: &[&str] = if random.percent(20) { &["2026-03-25"] } else { &[] };
            lanes.push(json!({
                "id": format!("lane-{row:05}"), "from": format!("hub-{from:03}"), "to": format!("hub-{to:03}"),
                "compartments": [{"id": "body", "temperature": [10, 25]}],
                "schedule": {"weekly": {"zone": zone(places[from]), "at": at, "closed": closed}},
                "cut_off_minutes": random.between(0, 45), "transit_minutes": 20 + apart(places[from], places[to]),
            }));
        }
    }
    let document = json!({
        "volok": 1, "currency": "EUR", "max_legs": 8, "sellers": [], "skus": [], "calendars": calendars,
        "nodes": nodes, "lanes": lanes, "channels": [], "stock": [],
    });
    Ok(world::build(&spec::world_from_str(&document.to_string())?)?)
}

/// The time zone of a place.
fn zone(place: (i64, i64)) -> &'static str {
    ZONES[(place.0 / 1_001) as usize % ZONES.len()]
}
