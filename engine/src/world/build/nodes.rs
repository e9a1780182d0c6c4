//! What can be done at each place?

use super::carriage::{calendar_of, kept, parcel_limit};
use super::catalogue::entity;
use super::keys::Keys;
use super::section;
use crate::spec;
use crate::units::{Index, IndexVec, Money, Seconds, limits};
use crate::world::calendar::DAY;
use crate::world::{HandsOver, Inspection, Node, NodeIx, Place, Storage, StorageZone, Stores};

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
        zones: first as u32..zones.len() as u32,
    }
}

fn hands_over(
    hands_over: &spec::HandsOver,
    place: &Place<'_>,
    keys: &Keys,
    found: &mut Inspection,
) -> HandsOver {
    let storages = hands_over.storages.iter().map(|row| (row.id.as_str(), row.temperature)).collect();
    let days = |days, found: &mut Inspection| found.number(&place.at("kept_days"), days, 1..=limits::DAYS);
    HandsOver {
        calendar: calendar_of(place, hands_over.calendar.as_deref(), keys, found),
        storages: kept(&place.at("storages"), storages, "one storage", found)
            .into_iter()
            .map(|(name, temperature)| Storage { name, temperature })
            .collect(),
        largest: parcel_limit(&place.at("largest"), hands_over.largest.as_ref(), found),
        cost_per_parcel: found.money(&place.at("cost_per_parcel"), hands_over.cost_per_parcel),
        kept: hands_over.kept_days.map(|kept| Seconds(DAY * days(kept, found))),
    }
}
