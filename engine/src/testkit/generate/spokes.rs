//! Cross-docks in a generated network: warehouses send to near ones, these to one another and to the hand-over points
//! around them. Only neighbours have a lane of their own, so most goods change lanes, and parcels of one order meet.

use super::cities::{City, kilometres};
use super::country::{BANDS, FREEZER, FRIDGE, SHELF, band_of, degrees, place};
use super::parts::{DAILY, node, tariff, weekly};
use crate::spec::{self, Capacity, CrossDocks, Keep};
use crate::testkit::Random;

/// Legs of a route: to a cross-dock, to another, to the customer.
pub(super) const LEGS: i64 = 3;

/// Trunk lanes are this long at most, but those to and from the first cross-dock.
const TRUNK_KILOMETRES: i64 = 2_200;

/// Parcels of one compartment that a last lane takes on one departure, where room is limited.
const PARCELS: i64 = 400;

/// A tariff for each band of distance, for parcels that ride with many others: a third of what the last lane costs.
pub(super) fn hauls() -> impl Iterator<Item = spec::Tariff> {
    (0..BANDS.len() as i64).map(|band| {
        let steps: Vec<(i64, i64)> = [1_000, 5_000, 10_000, 20_000]
            .iter()
            .map(|&grams| (grams, (grams / 100) * (15 + 12 * band) + 200 * band))
            .collect();
        let mut haul = tariff(&format!("haul-{band}"), 1_500 + 500 * band, &steps, Some(300 + 150 * band));
        haul.cm3_per_kg = Some(5_000);
        haul
    })
}

/// What a cross-dock does and costs; cold goods wait there so many minutes at most.
pub(super) fn dock(chilled_minutes: i64) -> CrossDocks {
    let keep = |id: &str, temperature, longest_dwell_minutes| Keep {
        id: id.to_owned(),
        temperature,
        longest_dwell_minutes,
    };
    CrossDocks {
        calendar: None,
        handling_minutes: 30,
        cost_per_parcel: 1_500,
        merge_minutes: 45,
        cost_per_merge: 2_500,
        keeps: vec![
            keep("warm", SHELF, None),
            keep("chilled", FRIDGE, Some(chilled_minutes)),
            keep("frozen", FREEZER, None),
        ],
        buffer_parcels: None,
    }
}

/// A cross-dock in each of the biggest cities.
pub(super) fn nodes(world: &mut spec::World, docks: usize) {
    for k in 0..docks {
        let (city, _) = place(k);
        let mut place = node(&format!("xd-{}", city.key), &format!("{}, cross-dock", city.name));
        place.at = Some(degrees(city));
        place.cross_docks = Some(dock(24 * 60));
        world.nodes.push(place);
    }
}

/// Where room is limited: on every lane to a hand-over point, and at the points.
pub(super) fn limit(world: &mut spec::World) {
    for node in &mut world.nodes {
        if let Some(point) = &mut node.hands_over {
            (point.holds_parcels, point.expected_stay_days) = (Some(5 * PARCELS), Some(2));
        }
    }
    let points: std::collections::BTreeSet<&str> =
        world.nodes.iter().filter(|node| node.hands_over.is_some()).map(|node| node.id.as_str()).collect();
    for lane in world.lanes.iter_mut().filter(|lane| points.contains(lane.to.as_str())) {
        for compartment in &mut lane.compartments {
            compartment.capacity = Some(Capacity { parcels: Some(PARCELS), ..Capacity::default() });
        }
    }
}

/// The lanes of a country whose nodes are `storing` warehouses, `points` hand-over points and then `docks` cross-docks.
pub(super) fn lanes(
    world: &mut spec::World,
    (storing, points, docks): (usize, usize, usize),
    random: &mut Random,
) {
    let first_dock = storing + points;
    for from in 0..storing {
        let many = if from % 3 == 0 { 3 } else { 2 };
        for to in nearest(place(from).0, docks, many) {
            let times: &[&str] = &["10:00", "16:00", "22:00"];
            haul(world, (from, place(from).0), (first_dock + to, place(to).0), (30, times));
        }
    }
    for from in 0..docks {
        for to in (0..docks).filter(|&to| to != from) {
            let far = kilometres(place(from).0, place(to).0);
            if far <= TRUNK_KILOMETRES || from.min(to) == 0 {
                let times: &[&str] = random.of(&[&["19:30"], &["23:30"], &["02:00"]]);
                haul(world, (first_dock + from, place(from).0), (first_dock + to, place(to).0), (60, times));
            }
        }
    }
    for to in 0..points {
        let city = place(to).0;
        let many = if random.percent(50) { 2 } else { 1 };
        for from in nearest(city, docks, many) {
            last(world, (first_dock + from, place(from).0), (storing + to, city));
        }
        // Its own city's warehouses, and those of the next city that has any.
        let next = nearest(city, storing, storing)
            .into_iter()
            .map(|from| kilometres(place(from).0, city))
            .find(|&far| far > 0)
            .unwrap_or(0);
        for from in (0..storing).filter(|&from| kilometres(place(from).0, city) <= next) {
            last(world, (from, place(from).0), (storing + to, city));
        }
    }
}

/// The `many` nearest of the first `places` places, nearest first.
fn nearest(city: &City, places: usize, many: usize) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..places).collect();
    rows.sort_by_key(|&row| (kilometres(place(row).0, city), row));
    rows.truncate(many);
    rows
}

/// A lane to a cross-dock, with many parcels on it.
fn haul(
    world: &mut spec::World,
    (from, start): (usize, &City),
    (to, end): (usize, &City),
    (cut_off, times): (i64, &[&str]),
) {
    lane(world, (from, start), (to, end), ("haul", cut_off), times);
}

/// A lane to a hand-over point: twice a day to near ones.
fn last(world: &mut spec::World, (from, start): (usize, &City), (to, end): (usize, &City)) {
    let times: &[&str] = if band_of(kilometres(start, end)) <= 1 { &["06:00", "15:00"] } else { &["05:00"] };
    lane(world, (from, start), (to, end), ("band", 60), times);
}

fn lane(
    world: &mut spec::World,
    (from, start): (usize, &City),
    (to, end): (usize, &City),
    (tariff, cut_off): (&str, i64),
    times: &[&str],
) {
    let far = kilometres(start, end);
    let band = band_of(far);
    let compartments = [("body", SHELF), ("cold", FRIDGE), ("frozen", FREEZER)];
    // Cold goods do not ride across the continent.
    let kinds = if band <= 5 { 3 } else { 1 };
    let ends = (world.nodes[from].id.as_str(), world.nodes[to].id.as_str());
    let row = super::parts::lane(
        &format!("{}>{}", ends.0, ends.1),
        ends,
        &compartments[..kinds],
        weekly(start.zone, DAILY, times),
        // Sixty kilometres an hour, and an hour to unload.
        (cut_off, 60 + far),
        Some(&format!("{tariff}-{band}")),
    );
    world.lanes.push(row);
}
