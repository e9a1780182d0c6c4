//! Nodes, calendars, tariffs, lanes and channels of a mixed world.

use super::Knobs;
use crate::spec::{self, Calendar, ParcelLimit, Payment, Schedule, Temperature};
use crate::testkit::Random;
use crate::testkit::generate::parts::{
    DAILY, WORKDAYS, channel, hands_over, hours, lane, node, seller, stores, tariff, zone,
};

/// What zones, compartments and storages keep.
pub(super) const KEPT: [(&str, Temperature); 4] =
    [("shelf", [15, 25]), ("fridge", [2, 6]), ("freezer", [-22, -18]), ("cellar", [4, 12])];

pub(super) const TIME_ZONES: [&str; 6] =
    ["Europe/Moscow", "Asia/Yekaterinburg", "Asia/Vladivostok", "America/New_York", "Europe/Berlin", "UTC"];

pub(super) fn draw(world: &mut spec::World, knobs: &Knobs, random: &mut Random) {
    world.sellers = (0..random.between(1, 3)).map(|k| seller(&format!("s{k}"))).collect();
    calendars(world, random);
    tariffs(world, knobs, random);
    let storing = random.between(1, knobs.storing).max(random.between(1, knobs.storing));
    let points = random.between(1, knobs.points);
    for k in 0..storing {
        let mut place = node(&format!("w{k}"), "");
        place.stores = Some(storage(world, knobs, random));
        place.owner = random.percent(15).then(|| "s0".to_owned());
        // Click and collect: it stores and hands over.
        if random.percent(15) {
            place.hands_over = Some(desk(world, knobs, random));
        }
        world.nodes.push(place);
    }
    for k in 0..points {
        let mut place = node(&format!("p{k}"), "");
        place.legal_entity = random.percent(50).then(|| "volok".to_owned());
        place.hands_over = Some(desk(world, knobs, random));
        world.nodes.push(place);
    }
    lanes(world, random);
    channels(world, random);
}

pub(super) fn calendars(world: &mut spec::World, random: &mut Random) {
    let spans: [&[(&str, &str)]; 5] = [
        &[("09:00", "18:00")],
        &[("08:00", "12:00"), ("13:00", "20:30")],
        &[("00:00", "24:00")],
        &[("00:00", "02:45"), ("22:00", "24:00")],
        &[("10:07", "10:08")],
    ];
    for k in 0..3 {
        let days = random.of(&[DAILY, DAILY, DAILY, WORKDAYS, WORKDAYS, "sat sun", "tue"]);
        // Most hours are ordinary, so that most orders can be served.
        let spans = if random.percent(70) { spans[0] } else { random.of(&spans) };
        let closed = if random.percent(30) {
            vec!["2026-03-03".to_owned(), "2026-10-25".to_owned(), "2026-01-01".to_owned()]
        } else {
            Vec::new()
        };
        world.calendars.push(Calendar {
            id: format!("c{k}"),
            zone: random.one(&TIME_ZONES).to_owned(),
            weekly: random.percent(85).then(|| hours(days, spans)),
            closed,
        });
    }
}

pub(super) fn some_calendar(world: &spec::World, random: &mut Random) -> Option<String> {
    random.percent(45).then(|| world.calendars[random.row(world.calendars.len())].id.clone())
}

fn tariffs(world: &mut spec::World, knobs: &Knobs, random: &mut Random) {
    for k in 0..3 {
        let mut price = 0;
        let steps: Vec<(i64, i64)> = (1..=random.between(0, 3))
            .map(|step| {
                price += knobs.cost(random, 60);
                (step * random.of(&[100, 300, 500]) * 3, price)
            })
            .collect();
        let mut rising: Vec<(i64, i64)> = Vec::new();
        for step in steps {
            if rising.last().is_none_or(|last| last.0 < step.0) {
                rising.push(step);
            }
        }
        let above = random.percent(75).then(|| knobs.cost(random, 40));
        let mut tariff = tariff(&format!("t{k}"), knobs.cost(random, 90), &rising, above);
        tariff.cm3_per_kg = random.percent(40).then_some(random.of(&[5_000, 1_000, 3_333]));
        world.tariffs.push(tariff);
    }
}

pub(super) fn kept(random: &mut Random, least: i64, most: i64) -> Vec<(&'static str, Temperature)> {
    let mut kinds = KEPT;
    // Shelf and fridge come first most of the time: otherwise too few ways would fit.
    if random.percent(25) {
        random.shuffle(&mut kinds);
    }
    kinds[..random.between(least, most) as usize].to_vec()
}

fn storage(world: &spec::World, knobs: &Knobs, random: &mut Random) -> spec::Stores {
    let zones = kept(random, 1, 3)
        .into_iter()
        .map(|(id, keeps)| {
            let lead = random.of(&[0, 0, 1, 45, 180, 600]);
            zone(id, keeps, (lead, knobs.cost(random, 30), knobs.cost(random, 15)))
        })
        .collect();
    stores(some_calendar(world, random).as_deref(), knobs.cost(random, 60), zones)
}

fn desk(world: &spec::World, knobs: &Knobs, random: &mut Random) -> spec::HandsOver {
    let mut desk =
        hands_over(some_calendar(world, random).as_deref(), knobs.cost(random, 20), &kept(random, 2, 4));
    desk.largest = random.percent(20).then(|| limit(random));
    desk
}

/// A limit that some baskets pass and some do not.
pub(super) fn limit(random: &mut Random) -> ParcelLimit {
    ParcelLimit {
        grams: random.percent(60).then_some(random.of(&[100, 300, 900, 2_000])),
        cm3: random.percent(40).then_some(random.of(&[200, 900, 2_000])),
        size_mm: random.percent(30).then_some(random.of(&[[300, 200, 100], [1_000, 60, 400]])),
    }
}

fn lanes(world: &mut spec::World, random: &mut Random) {
    let ids = |which: fn(&spec::Node) -> bool| -> Vec<String> {
        world.nodes.iter().filter(|&node| which(node)).map(|node| node.id.clone()).collect()
    };
    let (starts, ends) = (ids(|node| node.stores.is_some()), ids(|node| node.hands_over.is_some()));
    let mut rows = Vec::new();
    for from in &starts {
        for to in ends.iter().filter(|&to| to != from) {
            let many = random.of(&[0, 1, 1, 1, 1, 1, 2, 2]);
            for k in 0..many {
                let schedule = schedule(world, random);
                let times = (random.of(&[0, 0, 30, 90]), random.of(&[0, 15, 60, 300, 1_500]));
                let tariff = random.percent(85).then(|| random.one(&["t0", "t1", "t2"]));
                let mut lane = lane(
                    &format!("{from}>{to}#{k}"),
                    (from, to),
                    &kept(random, 2, 4),
                    schedule,
                    times,
                    tariff,
                );
                lane.largest = random.percent(15).then(|| limit(random));
                rows.push(lane);
            }
        }
    }
    world.lanes = rows;
}

fn schedule(world: &spec::World, random: &mut Random) -> Schedule {
    match random.below(10) {
        0..4 => {
            let times: &[&str] = random.of(&[
                &["18:00"],
                &["02:30", "14:00"],
                &["00:00", "23:59"],
                &["09:00", "12:00", "17:45"],
            ]);
            let days = random.of(&[DAILY, DAILY, WORKDAYS, "mon thu", "sun"]);
            let zone = random.one(&TIME_ZONES).to_owned();
            let at = days
                .split(' ')
                .map(|day| (day.to_owned(), times.iter().map(|&time| time.to_owned()).collect()))
                .collect();
            let closed = if random.percent(20) { vec!["2026-03-03".to_owned()] } else { Vec::new() };
            Schedule::Weekly { zone, at, closed }
        }
        4..7 => {
            Schedule::Every { minutes: random.of(&[1, 7, 60, 240]), calendar: spans_apart(world, random) }
        }
        _ => Schedule::OnDemand { calendar: some_calendar(world, random) },
    }
}

/// A calendar with hours of its own on every open day: "from the start of each open span" leaves no question where
/// spans do not touch.
pub(super) fn spans_apart(world: &spec::World, random: &mut Random) -> Option<String> {
    let apart = |calendar: &&Calendar| {
        calendar.weekly.as_ref().is_some_and(|weekly| {
            weekly.values().flatten().all(|[from, to]| from != "00:00" && to != "24:00")
        })
    };
    let fit: Vec<&Calendar> = world.calendars.iter().filter(apart).collect();
    if fit.is_empty() || random.percent(40) {
        return None;
    }
    Some(fit[random.row(fit.len())].id.clone())
}

pub(super) fn channels(world: &mut spec::World, random: &mut Random) {
    let mut web = channel("web");
    web.hands_over_without_receipt = random.percent(50);
    web.legal_entity = random.percent(50).then(|| "volok".to_owned());
    web.payment = random.of(&[Payment::Prepaid, Payment::Partly, Payment::OnDelivery]);
    if random.percent(15) {
        let storing = world.nodes.iter().filter(|node| node.stores.is_some());
        web.nodes = Some(storing.filter(|_| random.percent(70)).map(|node| node.id.clone()).collect());
        if web.nodes.as_ref().is_some_and(Vec::is_empty) {
            web.nodes = None;
        }
    }
    let mut app = channel("app");
    app.prefix = "APP-".to_owned();
    world.channels = vec![web, app];
}

/// Puts limits and steps exactly on what the orders weigh, or one gram below.
pub(super) fn tighten(world: &mut spec::World, orders: &[spec::Order], random: &mut Random) {
    let weights: Vec<i64> = orders
        .iter()
        .map(|order| {
            let line_grams = |line: &spec::Line| {
                let thing = world.skus.iter().find(|thing| thing.id == line.sku);
                thing.map_or(0, |thing| thing.grams * line.qty)
            };
            order.lines.iter().map(line_grams).sum()
        })
        .filter(|&grams| grams > 1)
        .collect();
    if weights.is_empty() {
        return;
    }
    for lane in &mut world.lanes {
        if !random.percent(25) {
            continue;
        }
        let grams = Some(random.of(&weights) - random.between(0, 1));
        lane.largest = Some(ParcelLimit { grams, ..lane.largest.clone().unwrap_or_default() });
    }
    for tariff in &mut world.tariffs {
        if !random.percent(50) {
            continue;
        }
        let up_to_grams = random.of(&weights) - random.between(0, 1);
        tariff.steps.retain(|step| step.up_to_grams < up_to_grams);
        let price = tariff.steps.last().map_or(0, |step| step.price) + random.between(0, 10);
        tariff.steps.push(spec::Step { up_to_grams, price });
    }
}
