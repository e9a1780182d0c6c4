//! How do goods get from node to node, and what does it cost?

use super::catalogue::{cubic_millimetres, sides_mm};
use super::hours::Hours;
use super::keys::Keys;
use super::section;
use crate::spec;
use crate::units::{CubicCentimetres, Grams, IndexVec, limits};
use crate::world::{
    CalendarIx, Capacity, Compartment, Inspection, Lane, NodeIx, ParcelLimit, Place, Schedule, Step, Tariff,
    TariffIx,
};

pub(super) fn tariffs(
    world: &spec::World,
    keys: &Keys,
    found: &mut Inspection,
) -> IndexVec<TariffIx, Tariff> {
    let section = Place::Document.at("tariffs");
    let build = |&row: &u32| {
        found.rank(section::TARIFFS, row as usize);
        tariff(&world.tariffs[row as usize], &section.row(row as usize), found)
    };
    keys.tariffs.rows.iter().map(build).collect()
}

fn tariff(tariff: &spec::Tariff, place: &Place<'_>, found: &mut Inspection) -> Tariff {
    let at_steps = place.at("steps");
    if tariff.steps.len() > limits::TARIFF_STEPS {
        let right = format!("at most {} steps", limits::TARIFF_STEPS);
        found.note(&at_steps, "too_many", &tariff.steps.len().to_string(), right);
    }
    let mut steps: Vec<Step> = Vec::with_capacity(tariff.steps.len().min(limits::TARIFF_STEPS));
    for (k, step) in tariff.steps.iter().enumerate().take(limits::TARIFF_STEPS) {
        let place = at_steps.row(k);
        let up_to = found.number(&place.at("up_to_grams"), step.up_to_grams, 1..=limits::GRAMS_PER_PARCEL);
        let next = Step { up_to: Grams(up_to as u64), price: found.money(&place.at("price"), step.price) };
        if let Some(before) = steps.last() {
            if next.up_to <= before.up_to {
                let right = format!("more than the step before, {}", before.up_to);
                found.note(&place.at("up_to_grams"), "conflict", &step.up_to_grams.to_string(), right);
            }
            if next.price < before.price {
                let right = format!("a price not below the step before, {}", before.price);
                found.note(&place.at("price"), "conflict", &step.price.to_string(), right);
            }
        }
        steps.push(next);
    }
    let divisor = |cm3, found: &mut Inspection| {
        found.number(&place.at("cm3_per_kg"), cm3, 1..=limits::CUBIC_CENTIMETRES_PER_UNIT) as u32
    };
    Tariff {
        base: found.money(&place.at("base"), tariff.base),
        steps,
        per_kg_above: tariff.per_kg_above.map(|price| found.money(&place.at("per_kg_above"), price)),
        cm3_per_kg: tariff.cm3_per_kg.map(|cm3| divisor(cm3, found)),
    }
}

/// Lanes in the order of their keys; calendars of weekly departures still carry the numbers `hours` gave them.
pub(super) fn lanes(
    world: &spec::World,
    keys: &Keys,
    hours: &mut Hours,
    found: &mut Inspection,
) -> Vec<Lane> {
    let section = Place::Document.at("lanes");
    let build = |&row: &u32| {
        found.rank(section::LANES, row as usize);
        lane(&world.lanes[row as usize], &section.row(row as usize), keys, hours, found)
    };
    keys.lanes.rows.iter().map(build).collect()
}

fn lane(
    lane: &spec::Lane,
    place: &Place<'_>,
    keys: &Keys,
    hours: &mut Hours,
    found: &mut Inspection,
) -> Lane {
    let from = found.find(&place.at("from"), &keys.nodes.names, &lane.from, "node");
    let to = found.find(&place.at("to"), &keys.nodes.names, &lane.to, "node");
    if lane.from == lane.to {
        let right = "another node than `from`: goods that stay need no lane";
        found.note(&place.at("to"), "conflict", &format!("{:?}", lane.to), right);
    }
    let compartments = compartments(&lane.compartments, &place.at("compartments"), found);
    let tariff = lane.tariff.as_deref();
    Lane {
        from: from.unwrap_or(NodeIx(0)),
        to: to.unwrap_or(NodeIx(0)),
        compartments,
        schedule: schedule(&lane.schedule, &place.at("schedule"), keys, hours, found),
        cut_off: found.minutes(&place.at("cut_off_minutes"), lane.cut_off_minutes, 0),
        transit: found.minutes(&place.at("transit_minutes"), lane.transit_minutes, 0),
        tariff: tariff.and_then(|key| found.find(&place.at("tariff"), &keys.tariffs.names, key, "tariff")),
        largest: parcel_limit(&place.at("largest"), lane.largest.as_ref(), found),
        shut: Vec::new(),
    }
}

fn compartments(rows: &[spec::Compartment], place: &Place<'_>, found: &mut Inspection) -> Vec<Compartment> {
    let named = rows.iter().map(|row| (row.id.as_str(), row.temperature)).collect();
    let mut built: Vec<Compartment> = kept(place, named, "a compartment", found)
        .into_iter()
        .map(|(name, temperature)| Compartment { name, temperature, capacity: Capacity::default() })
        .collect();
    for (k, row) in rows.iter().enumerate() {
        let Some(stated) = &row.capacity else { continue };
        let place = place.row(k);
        let stated = capacity(stated, &place.at("capacity"), found);
        if let Some(built) = built.iter_mut().find(|built| *built.name == *row.id) {
            built.capacity = stated;
        }
    }
    built
}

fn capacity(capacity: &spec::Capacity, place: &Place<'_>, found: &mut Inspection) -> Capacity {
    let grams =
        capacity.grams.map(|grams| found.number(&place.at("grams"), grams, 0..=limits::GRAMS_PER_DEPARTURE));
    let cm3 = capacity
        .cm3
        .map(|cm3| found.number(&place.at("cm3"), cm3, 0..=limits::CUBIC_CENTIMETRES_PER_DEPARTURE));
    Capacity {
        grams: grams.map(|grams| Grams(grams as u64)),
        cm3: cm3.map(|cm3| CubicCentimetres(cm3 as u64)),
        parcels: count(&place.at("parcels"), capacity.parcels, found),
    }
}

/// A number of parcels or lines that something takes; none is a number too.
pub(super) fn count(place: &Place<'_>, stated: Option<i64>, found: &mut Inspection) -> Option<u32> {
    stated.map(|count| found.number(place, count, 0..=limits::PARCELS) as u32)
}

fn schedule(
    schedule: &spec::Schedule,
    place: &Place<'_>,
    keys: &Keys,
    hours: &mut Hours,
    found: &mut Inspection,
) -> Schedule {
    match schedule {
        spec::Schedule::Weekly { zone, at, closed } => {
            Schedule::Weekly(hours.departures(&place.at("weekly"), (zone, at, closed), found))
        }
        spec::Schedule::Every { minutes, calendar } => {
            let place = place.at("every");
            Schedule::Every {
                every: found.minutes(&place.at("minutes"), *minutes, 1),
                calendar: calendar_of(&place, calendar.as_deref(), keys, found),
            }
        }
        spec::Schedule::OnDemand { calendar } => {
            Schedule::OnDemand(calendar_of(&place.at("on_demand"), calendar.as_deref(), keys, found))
        }
    }
}

/// The calendar a row refers to, if it does.
pub(super) fn calendar_of(
    place: &Place<'_>,
    key: Option<&str>,
    keys: &Keys,
    found: &mut Inspection,
) -> Option<CalendarIx> {
    key.and_then(|key| found.find(&place.at("calendar"), &keys.calendars.names, key, "calendar"))
}

pub(super) fn parcel_limit(
    place: &Place<'_>,
    limit: Option<&spec::ParcelLimit>,
    found: &mut Inspection,
) -> ParcelLimit {
    let Some(limit) = limit else { return ParcelLimit::default() };
    let grams =
        limit.grams.map(|grams| found.number(&place.at("grams"), grams, 1..=limits::GRAMS_PER_PARCEL));
    let size_mm = limit.size_mm.map(|sides| sides_mm(&place.at("size_mm"), sides, found));
    let cm3 = match limit.cm3 {
        Some(cm3) => {
            Some(found.number(&place.at("cm3"), cm3, 1..=limits::CUBIC_CENTIMETRES_PER_PARCEL) as u64)
        }
        None => size_mm.map(|sides| cubic_millimetres(sides) / 1000),
    };
    ParcelLimit { grams: grams.map(|grams| Grams(grams as u64)), cm3: cm3.map(CubicCentimetres), size_mm }
}

/// Places within a node or a vehicle that keep temperatures, in the order of their keys.
pub(super) fn kept(
    place: &Place<'_>,
    rows: Vec<(&str, spec::Temperature)>,
    kind: &'static str,
    found: &mut Inspection,
) -> Vec<(Box<str>, crate::units::Temperatures)> {
    if rows.is_empty() {
        found.note(place, "empty", "[]", format!("at least {kind}"));
    } else if rows.len() > limits::TEMPERATURE_ZONES {
        let right = format!("at most {}", limits::TEMPERATURE_ZONES);
        found.note(place, "too_many", &rows.len().to_string(), right);
        return Vec::new();
    }
    let mut kept: Vec<(Box<str>, crate::units::Temperatures)> = Vec::with_capacity(rows.len());
    for (k, &(id, temperature)) in rows.iter().enumerate() {
        let place = place.row(k);
        found.key(&place.at("id"), id);
        if kept.iter().any(|(other, _)| **other == *id) {
            found.note(&place.at("id"), "duplicate", &format!("{id:?}"), "an id of its own");
        }
        kept.push((id.into(), found.temperature(&place.at("temperature"), temperature)));
    }
    kept.sort_unstable();
    kept
}
