//! Cross-docks between warehouses and hand-over points: a network in which changing lanes and merging is often worth
//! it, and waiting is sometimes too long.
//!
//! All times but the ends of life and of use are multiples of half an hour after the order is placed, so that the
//! exhaustive oracle need not look at every second of an on-demand lane.

use super::network::{self, KEPT, TIME_ZONES};
use super::{Generated, Knobs, goods, ways, wishes};
use crate::spec::{self, CrossDocks, Keep, Schedule};
use crate::testkit::Random;
use crate::testkit::generate::parts::{
    DAILY, WORKDAYS, hands_over, lane, moment, node, seller, stores, tariff, world, zone,
};

const HALF_HOUR: i64 = 1_800;

/// Moments around which orders are placed, UTC: Mondays, the days before clocks change in Europe, and New Year.
const CLOCKS: [i64; 6] =
    [1_772_409_600, 1_772_409_600, 1_772_409_600, 1_774_656_000, 1_792_800_000, 1_767_052_800];

/// Ways to part sets of units, at most: what the exhaustive oracle looks at for each departure.
const SPLITS: u64 = 4_000;

/// Units of an order, at most.
const UNITS: i64 = 6;

pub(super) fn draw(seed: u64, orders: i64) -> Generated {
    let random = &mut Random::part(seed, "crossed");
    let ties = random.percent(10);
    let knobs =
        Knobs { skus: 5, storing: 3, points: 2, orders, lines: 4, cells: 4, ties, edges: random.percent(25) };
    let mut world: spec::World = world();
    world.currency = None;
    let placed = Random::part(seed, "clock").of(&CLOCKS);
    places(&mut world, &knobs, &mut Random::part(seed, "network"));
    lanes(&mut world, &mut Random::part(seed, "lanes"));
    goods::draw(&mut world, &knobs, &mut Random::part(seed, "goods"));
    goods::stock(&mut world, &knobs, placed, &mut Random::part(seed, "stock"));
    let mut orders = wishes::draw(&world, &knobs, placed, &mut Random::part(seed, "orders"));
    for order in &mut orders {
        adapt(&world, &knobs, order, random);
        let units = |order: &spec::Order| order.lines.iter().map(|line| line.qty).sum::<i64>();
        while (units(order) > UNITS || splits(&world, order) > SPLITS) && wishes::shrink(order) {}
    }
    for row in &mut world.inbound {
        row.available_at = rounded(&row.available_at);
    }
    if knobs.edges {
        network::tighten(&mut world, &orders, &mut Random::part(seed, "edges"));
    }
    Generated { world, orders }
}

/// Ways to part units of the order's lines in two, none left over or some.
pub(super) fn splits(world: &spec::World, order: &spec::Order) -> u64 {
    let cells = |sku: &str| {
        let stock = world.stock.iter().filter(|row| row.sku == sku && row.on_hand > 0).count();
        stock + world.inbound.iter().filter(|row| row.sku == sku).count()
    };
    order.lines.iter().map(|line| ways(line.qty.max(0) as u64, 2 * cells(&line.sku) as u64)).product()
}

fn rounded(text: &str) -> String {
    let seconds = text.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second);
    moment(seconds.div_euclid(HALF_HOUR) * HALF_HOUR)
}

/// The order within days, with what makes merging worth it.
fn adapt(world: &spec::World, knobs: &Knobs, order: &mut spec::Order, random: &mut Random) {
    order.placed_at = rounded(&order.placed_at);
    order.policy.latest_useful_hours = Some(random.of(&[30, 48, 60, 72, 96]));
    if random.percent(75) {
        order.policy.delivery_penalty = knobs.cost(random, 250);
    }
    for line in &mut order.lines {
        if random.percent(70) {
            line.unfilled_penalty += knobs.cost(random, 2_000);
        }
    }
    // Mostly to a point that lanes lead to.
    let points: Vec<&str> = world
        .nodes
        .iter()
        .filter(|node| node.hands_over.is_some() && world.lanes.iter().any(|lane| lane.to == node.id))
        .map(|node| node.id.as_str())
        .collect();
    if !points.is_empty() && random.percent(90) {
        order.to = random.one(&points).to_owned();
    }
}

fn places(world: &mut spec::World, knobs: &Knobs, random: &mut Random) {
    world.max_legs = random.percent(80).then(|| random.between(2, 4));
    world.sellers = (0..random.between(1, 2)).map(|k| seller(&format!("s{k}"))).collect();
    network::calendars(world, random);
    for calendar in &mut world.calendars {
        // A minute of opening is no multiple of half an hour.
        let odd =
            |span: &[String; 2]| span.iter().any(|time| !time.ends_with(":00") && !time.ends_with(":30"));
        for spans in calendar.weekly.iter_mut().flat_map(|weekly| weekly.values_mut()) {
            spans.retain(|span| !odd(span));
            if spans.is_empty() {
                spans.push(["07:00".to_owned(), "22:00".to_owned()]);
            }
        }
    }
    tariffs(world, knobs, random);
    let docks = random.between(1, 3);
    let storing = random.between(2, knobs.storing + 1);
    for k in 0..storing {
        let mut place = node(&format!("w{k}"), "");
        place.stores = Some(storage(world, knobs, random));
        if random.percent(8) {
            place.hands_over = Some(desk(world, knobs, random));
        }
        world.nodes.push(place);
    }
    for k in 0..docks {
        let mut place = node(&format!("d{k}"), "");
        place.cross_docks = Some(dock(world, knobs, random));
        if random.percent(25) && storing < 4 {
            place.stores = Some(storage(world, knobs, random));
        }
        if random.percent(25) {
            place.hands_over = Some(desk(world, knobs, random));
        }
        world.nodes.push(place);
    }
    for k in 0..random.between(1, knobs.points) {
        let mut place = node(&format!("p{k}"), "");
        place.hands_over = Some(desk(world, knobs, random));
        world.nodes.push(place);
    }
    network::channels(world, random);
}

/// Three for lanes to cross-docks, which are cheap, and three for the others, which are dear; each volume counts for
/// another weight.
fn tariffs(world: &mut spec::World, knobs: &Knobs, random: &mut Random) {
    for k in 0..6 {
        let dear = k >= 3;
        let mut price = 0;
        let mut up_to = 0;
        let steps: Vec<(i64, i64)> = (0..random.between(0, 3))
            .map(|_| {
                up_to += random.of(&[100, 250, 300, 700, 1_500]);
                price += knobs.cost(random, if dear { 80 } else { 30 });
                (up_to, price)
            })
            .collect();
        let above = random.percent(80).then(|| knobs.cost(random, 60));
        let base = knobs.cost(random, if dear { 250 } else { 40 });
        let mut tariff = tariff(&format!("t{k}"), base, &steps, above);
        tariff.cm3_per_kg = random.percent(50).then_some(random.of(&[5_000, 1_000, 3_333]));
        world.tariffs.push(tariff);
    }
}

fn storage(world: &spec::World, knobs: &Knobs, random: &mut Random) -> spec::Stores {
    let zones = network::kept(random, 1, 3)
        .into_iter()
        .map(|(id, keeps)| {
            let lead = random.of(&[0, 0, 30, 180, 600]);
            zone(id, keeps, (lead, knobs.cost(random, 20), knobs.cost(random, 10)))
        })
        .collect();
    stores(network::some_calendar(world, random).as_deref(), knobs.cost(random, 40), zones)
}

fn desk(world: &spec::World, knobs: &Knobs, random: &mut Random) -> spec::HandsOver {
    let calendar = network::some_calendar(world, random);
    let mut desk = hands_over(calendar.as_deref(), knobs.cost(random, 90), &network::kept(random, 2, 4));
    desk.largest = random.percent(15).then(|| network::limit(random));
    desk
}

fn dock(world: &spec::World, knobs: &Knobs, random: &mut Random) -> CrossDocks {
    let limited = random.percent(60);
    let kept = network::kept(random, 1, KEPT.len() as i64);
    let mut keep = |(id, temperature): (&str, spec::Temperature)| {
        let longest = random.of(&[0, 60, 180, 360, 720, 1_440, 2_880]);
        let longest_dwell_minutes = (limited && random.percent(60)).then_some(longest);
        Keep { id: id.to_owned(), temperature, longest_dwell_minutes }
    };
    let keeps = kept.into_iter().map(&mut keep).collect();
    CrossDocks {
        calendar: network::some_calendar(world, random),
        handling_minutes: random.of(&[0, 0, 30, 60, 240]),
        cost_per_parcel: knobs.cost(random, 25),
        merge_minutes: random.of(&[0, 0, 30, 120]),
        cost_per_merge: knobs.cost(random, 50),
        keeps,
        buffer_parcels: None,
    }
}

fn lanes(world: &mut spec::World, random: &mut Random) {
    let cyclic = random.percent(10);
    let mut rows = Vec::new();
    for from in &world.nodes {
        for to in world.nodes.iter().filter(|to| to.id != from.id) {
            let to_dock = to.cross_docks.is_some();
            let often = match (&from.cross_docks, to_dock) {
                (None, true) if from.stores.is_some() => 75,
                (None, false) if from.stores.is_some() && to.hands_over.is_some() => 35,
                (Some(_), true) if from.id < to.id || cyclic => 60,
                (Some(_), false) if to.hands_over.is_some() => 80,
                _ => continue,
            };
            let many = if !random.percent(often) { 0 } else { random.of(&[1, 1, 1, 1, 2]) };
            for k in 0..many {
                let schedule = schedule(world, random);
                let times = (random.of(&[0, 0, 30, 90]), random.of(&[0, 30, 60, 300, 720]));
                let tariff = if to_dock { ["t0", "t1", "t2"] } else { ["t3", "t4", "t5"] };
                let tariff = random.percent(90).then(|| random.one(&tariff));
                let kept = network::kept(random, 2, 4);
                let ends = (from.id.as_str(), to.id.as_str());
                let mut lane =
                    lane(&format!("{}>{}#{k}", from.id, to.id), ends, &kept, schedule, times, tariff);
                lane.largest = random.percent(12).then(|| network::limit(random));
                rows.push(lane);
            }
        }
    }
    world.lanes = rows;
}

fn schedule(world: &spec::World, random: &mut Random) -> Schedule {
    match random.below(20) {
        0..12 => {
            let times: &[&str] = random.of(&[
                &["18:00"],
                &["02:30", "14:00"],
                &["00:00", "23:30"],
                &["09:00", "12:00", "17:30"],
            ]);
            let days = random.of(&[DAILY, DAILY, DAILY, WORKDAYS, "mon wed", "tue sun"]);
            let times: Vec<String> = times.iter().map(|&time| time.to_owned()).collect();
            let closed = if random.percent(20) { vec!["2026-03-03".to_owned()] } else { Vec::new() };
            let at = days.split(' ').map(|day| (day.to_owned(), times.clone())).collect();
            Schedule::Weekly { zone: random.one(&TIME_ZONES).to_owned(), at, closed }
        }
        12..17 => Schedule::Every {
            minutes: random.of(&[120, 240, 360, 720]),
            calendar: network::spans_apart(world, random),
        },
        _ => Schedule::OnDemand { calendar: network::some_calendar(world, random) },
    }
}
