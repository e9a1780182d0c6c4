//! What a document calls things, whatever else is wrong with it: a world of its sound keys and nothing more, so that
//! rows which refer to them can be looked at although the world itself cannot be built.

use crate::spec::{Channel, HandsOver, Node, Seller, Sku, Storage, Stores, World, Zone};
use crate::units::limits;
use hashbrown::HashSet;

/// Rows whose keys are sound, the first of those that share one.
fn sound<'a, T>(rows: &'a [T], key: impl Fn(&'a T) -> &'a str) -> Vec<&'a T> {
    let mut seen: HashSet<&str, foldhash::fast::FixedState> = HashSet::default();
    let fits = |id: &str| !id.is_empty() && id.len() <= limits::IDENTIFIER_BYTES;
    rows.iter().filter(|row| fits(key(row)) && seen.insert(key(row))).collect()
}

/// The document with sellers, SKUs, nodes, their zones and channels by name alone.
pub(crate) fn outline(document: &World) -> World {
    let seller = |row: &Seller| Seller { id: row.id.clone(), legal_entity: None };
    let channel = |row: &Channel| Channel {
        id: row.id.clone(),
        prefix: String::new(),
        legal_entity: None,
        payment: row.payment,
        nodes: None,
        hands_over_without_receipt: false,
    };
    World {
        volok: crate::spec::VERSION,
        sellers: sound(&document.sellers, |row| &row.id).into_iter().map(seller).collect(),
        skus: sound(&document.skus, |row| &row.id).into_iter().map(sku).collect(),
        nodes: sound(&document.nodes, |row| &row.id).into_iter().map(node).collect(),
        channels: sound(&document.channels, |row| &row.id).into_iter().map(channel).collect(),
        ..World::default()
    }
}

fn sku(row: &Sku) -> Sku {
    Sku {
        id: row.id.clone(),
        name: None,
        grams: 1,
        size_mm: None,
        cm3: None,
        temperature: None,
        class: None,
        ships_alone: false,
        shelf_life_days: None,
        value: 0,
    }
}

fn node(row: &Node) -> Node {
    let zone = |zone: &Zone| Zone {
        id: zone.id.clone(),
        temperature: [0, 0],
        lead_minutes: 0,
        cost_per_line: 0,
        cost_per_unit: 0,
    };
    let stores = row.stores.as_ref().map(|stores| Stores {
        calendar: None,
        cost_per_parcel: 0,
        parcels_per_day: None,
        lines_per_day: None,
        zones: sound(&stores.zones, |zone| &zone.id).into_iter().map(zone).collect(),
    });
    // A node can do something, so one that keeps no stock hands over.
    let shelf = Storage { id: "shelf".to_owned(), temperature: [0, 0] };
    let hands_over = HandsOver {
        calendar: None,
        storages: vec![shelf],
        largest: None,
        cost_per_parcel: 0,
        kept_days: None,
        holds_parcels: None,
        expected_stay_days: None,
    };
    Node {
        id: row.id.clone(),
        name: None,
        at: None,
        legal_entity: None,
        owner: None,
        cross_docks: None,
        hands_over: stores.is_none().then_some(hands_over),
        stores,
    }
}
