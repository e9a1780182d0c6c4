//! What can be done at each place?

use super::carriage::{calendar_of, count, kept, parcel_limit};
use super::catalogue::entity;
use super::keys::Keys;
use super::section;
use crate::spec;
use crate::units::{Index, IndexVec, Money, Seconds, limits};
use crate::world::calendar::DAY;
use crate::world::{
    CrossDocks, HandsOver, Inspection, Keep, Node, NodeIx, Place, Storage, StorageZone, Stores,
};

/// Nodes in the order of their keys, and their zones.
pub(super) fn nodes(
    world: &spec::World,
    keys: &Keys,
    found: &mut Inspection,
) -> (IndexVec<NodeIx, Node>, Vec<StorageZone>) {
    let section = Place::Document.at("nodes");
    let mut zones = Vec::new();
    let mut rows = Vec::with_capacity(keys.nodes.rows.len());
    for (index, &row) in keys.nodes.rows.iter().enumerate() {
        found.rank(section::NODES, row as usize);
        let (node, place) = (&world.nodes[row as usize], section.row(row as usize));
        position(&place.at("at"), node.at, found);
        let owner = node.owner.as_deref();
        rows.push(Node {
            label: node.name.as_deref().map(Into::into),
            at: node.at,
            entity: entity(keys, &place, &node.id, node.legal_entity.as_deref(), found),
            owner: owner.and_then(|key| found.find(&place.at("owner"), &keys.sellers.names, key, "seller")),
            stores: node.stores.as_ref().map(|stores| {
                self::stores(stores, &place.at("stores"), NodeIx::of(index), keys, &mut zones, found)
            }),
            cross_docks: node
                .cross_docks
                .as_ref()
                .map(|cross_docks| self::cross_docks(cross_docks, &place.at("cross_docks"), keys, found)),
            hands_over: node
                .hands_over
                .as_ref()
                .map(|hands_over| self::hands_over(hands_over, &place.at("hands_over"), keys, found)),
        });
    }
    (IndexVec::new(rows), zones)
}

fn position(place: &Place<'_>, at: Option<[f64; 2]>, found: &mut Inspection) {
    if let Some([latitude, longitude]) = at
        && !((-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude))
    {
        let right = "latitude from -90 to 90, then longitude from -180 to 180";
        found.note(place, "out_of_range", &format!("[{latitude}, {longitude}]"), right);
    }
}

fn stores(
    stores: &spec::Stores,
    place: &Place<'_>,
    node: NodeIx,
    keys: &Keys,
    zones: &mut Vec<StorageZone>,
    found: &mut Inspection,
) -> Stores {
    let at_zones = place.at("zones");
    let names = stores.zones.iter().map(|zone| (zone.id.as_str(), zone.temperature)).collect();
    let first = zones.len();
    zones.extend(kept(&at_zones, names, "one temperature zone", found).into_iter().map(
        |(name, temperature)| StorageZone {
            node,
            name,
            temperature,
            lead: Seconds::ZERO,
            cost_per_line: Money::ZERO,
            cost_per_unit: Money::ZERO,
        },
    ));
    for (k, zone) in stores.zones.iter().enumerate() {
        let place = at_zones.row(k);
        let lead = found.minutes(&place.at("lead_minutes"), zone.lead_minutes, 0);
        let cost_per_line = found.money(&place.at("cost_per_line"), zone.cost_per_line);
        let cost_per_unit = found.money_per_unit(&place.at("cost_per_unit"), zone.cost_per_unit);
        if let Some(built) = zones[first..].iter_mut().find(|built| *built.name == *zone.id) {
            (built.lead, built.cost_per_line, built.cost_per_unit) = (lead, cost_per_line, cost_per_unit);
        }
    }
    Stores {
        calendar: calendar_of(place, stores.calendar.as_deref(), keys, found),
        cost_per_parcel: found.money(&place.at("cost_per_parcel"), stores.cost_per_parcel),
        parcels_per_day: count(&place.at("parcels_per_day"), stores.parcels_per_day, found),
        lines_per_day: count(&place.at("lines_per_day"), stores.lines_per_day, found),
        zones: first as u32..zones.len() as u32,
    }
}

fn cross_docks(
    dock: &spec::CrossDocks,
    place: &Place<'_>,
    keys: &Keys,
    found: &mut Inspection,
) -> CrossDocks {
    let at_keeps = place.at("keeps");
    let named = dock.keeps.iter().map(|row| (row.id.as_str(), row.temperature)).collect();
    let mut keeps: Vec<Keep> = kept(&at_keeps, named, "one row", found)
        .into_iter()
        .map(|(name, temperature)| Keep { name, temperature, longest: None })
        .collect();
    for (k, row) in dock.keeps.iter().enumerate() {
        let Some(minutes) = row.longest_dwell_minutes else { continue };
        let longest = found.minutes(&at_keeps.row(k).at("longest_dwell_minutes"), minutes, 0);
        if let Some(built) = keeps.iter_mut().find(|built| *built.name == *row.id) {
            built.longest = Some(longest);
        }
    }
    CrossDocks {
        calendar: calendar_of(place, dock.calendar.as_deref(), keys, found),
        handling: found.minutes(&place.at("handling_minutes"), dock.handling_minutes, 0),
        cost_per_parcel: found.money(&place.at("cost_per_parcel"), dock.cost_per_parcel),
        merging: found.minutes(&place.at("merge_minutes"), dock.merge_minutes, 0),
        cost_per_merge: found.money(&place.at("cost_per_merge"), dock.cost_per_merge),
        keeps,
        buffer: count(&place.at("buffer_parcels"), dock.buffer_parcels, found),
    }
}

fn hands_over(
    hands_over: &spec::HandsOver,
    place: &Place<'_>,
    keys: &Keys,
    found: &mut Inspection,
) -> HandsOver {
    let storages = hands_over.storages.iter().map(|row| (row.id.as_str(), row.temperature)).collect();
    let mut days = |field, days: Option<i64>| {
        days.map(|days| Seconds(DAY * found.number(&place.at(field), days, 1..=limits::DAYS)))
    };
    let kept_for = days("kept_days", hands_over.kept_days);
    let stay = days("expected_stay_days", hands_over.expected_stay_days).or(kept_for);
    let holds = count(&place.at("holds_parcels"), hands_over.holds_parcels, found);
    if holds.is_some() && stay.is_none() {
        let right = "`kept_days` or `expected_stay_days` beside it: how long each of them stays";
        found.note(&place.at("holds_parcels"), "missing", "no days", right);
    }
    HandsOver {
        calendar: calendar_of(place, hands_over.calendar.as_deref(), keys, found),
        storages: kept(&place.at("storages"), storages, "one storage", found)
            .into_iter()
            .map(|(name, temperature)| Storage { name, temperature })
            .collect(),
        largest: parcel_limit(&place.at("largest"), hands_over.largest.as_ref(), found),
        cost_per_parcel: found.money(&place.at("cost_per_parcel"), hands_over.cost_per_parcel),
        kept: kept_for,
        holds,
        stay,
    }
}
