//! What a book that is open lacks of a world: a catalogue that changed, in steps that can be broken off and begun again.

use super::bind::{due, zone_name};
use super::book::Book;
use super::command::*;
use super::limits;
use super::number::*;
use crate::stock::{Cell, Stock};
use crate::units::{Index, limits as widest};
use crate::world::{Payment, SkuIx, World};

/// The next commands that bring a book up to a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// Names the book has not heard of.
    Names(Vec<Body>),
    /// Cells it does not have, and for each what it counts.
    Cells(Vec<CellFacts>, Vec<u32>),
    /// All is there: how channels, nodes and fences are treated from now on.
    Terms(Vec<Body>),
}

/// The next step that brings a book up to a world and its stock: send its commands and ask again, until the step is
/// [`Update::Terms`]. What cells the book has already hold is the book's matter: the document's counts of them are not
/// looked at. O(world + stock).
pub fn missing(book: &Book, world: &World, stock: &Stock) -> Update {
    let names = names(book, world, stock);
    if !names.is_empty() {
        return Update::Names(names);
    }
    let mut facts = Vec::new();
    let mut counts = Vec::new();
    for sku in world.skus().indices() {
        for cell in stock.of(sku).1 {
            let Some(row) = facts_of(book, world, stock, sku, cell) else { continue };
            if facts.len() < limits::AT_ONCE && book.cells.find(&row).is_none() {
                facts.push(row);
                counts.push(cell.on_hand.min(limits::UNITS));
            }
        }
    }
    match facts.is_empty() {
        true => Update::Terms(terms(book, world, stock)),
        false => Update::Cells(facts, counts),
    }
}

fn names(book: &Book, world: &World, stock: &Stock) -> Vec<Body> {
    let mut bodies = Vec::new();
    let mut lacks = |kind, names: &mut dyn Iterator<Item = String>| {
        let names: Vec<Box<str>> =
            names.filter(|name| book.number(kind, name).is_none()).map(Into::into).collect();
        bodies.extend(names.chunks(limits::AT_ONCE).map(|part| Body::Register(kind, part.to_vec())));
    };
    let owned = str::to_owned;
    lacks(Kind::Source, &mut std::iter::once("world".to_owned()));
    lacks(Kind::Sku, &mut world.sku_names().iter().map(owned));
    lacks(Kind::Seller, &mut world.seller_names().iter().map(owned));
    lacks(Kind::Node, &mut world.node_names().iter().map(owned));
    lacks(Kind::Lane, &mut world.lane_names().iter().map(owned));
    lacks(Kind::Channel, &mut world.channel_names().iter().map(owned));
    lacks(Kind::Entity, &mut world.entity_names().iter().map(owned));
    lacks(Kind::Zone, &mut world.zones().indices().map(|zone| zone_name(world, zone)));
    lacks(Kind::Lot, &mut stock.lots().map(owned));
    bodies
}

fn facts_of(book: &Book, world: &World, stock: &Stock, sku: SkuIx, cell: &Cell) -> Option<CellFacts> {
    let lot = match (cell.lot as usize) < widest::ROWS {
        true => Some(LotNo(book.number(Kind::Lot, stock.lot(cell)?)?)),
        false => None,
    };
    Some(CellFacts {
        sku: SkuNo(book.number(Kind::Sku, world.sku_names().of(sku))?),
        seller: SellerNo(book.number(Kind::Seller, world.seller_names().of(cell.seller))?),
        node: NodeNo(book.number(Kind::Node, world.node_names().of(cell.node))?),
        zone: ZoneNo(book.number(Kind::Zone, &zone_name(world, cell.zone))?),
        lot,
        expires: cell.expires,
        due: due(cell),
    })
}

/// Channels, nodes and fences as the world has them.
fn terms(book: &Book, world: &World, stock: &Stock) -> Vec<Body> {
    let number = |kind, name: &str| book.number(kind, name).unwrap_or(u32::MAX);
    let entity = |row: crate::world::EntityIx| EntityNo(number(Kind::Entity, world.entity_names().of(row)));
    let node = |row: crate::world::NodeIx| NodeNo(number(Kind::Node, world.node_names().of(row)));
    let channel =
        |row: crate::world::ChannelIx| ChannelNo(number(Kind::Channel, world.channel_names().of(row)));
    let mut bodies = Vec::new();
    for (at, row) in world.channels().enumerated() {
        let known = book.channels.get(channel(at).row());
        let terms = ChannelTerms {
            mode: known.map(|known| known.mode).unwrap_or_default(),
            prefix: row.prefix.clone(),
            entity: Some(entity(row.entity)),
            prepaid: row.payment == Payment::Prepaid,
            without_receipt: row.hands_over_without_receipt,
        };
        if known != Some(&terms) {
            bodies.push(Body::Channel(channel(at), terms));
        }
    }
    for (at, row) in world.nodes().enumerated() {
        if book.entities.get(node(at).row()) != Some(&Some(entity(row.entity))) {
            bodies.push(Body::Node(node(at), entity(row.entity)));
        }
    }
    for fence in stock.all_fences() {
        let key = (
            SkuNo(number(Kind::Sku, world.sku_names().of(fence.sku))),
            SellerNo(number(Kind::Seller, world.seller_names().of(fence.seller))),
            node(fence.node),
        );
        let mut channels: Vec<ChannelNo> = fence.channels.iter().map(|&row| channel(row)).collect();
        channels.sort_unstable();
        // One that is there keeps what it has: holds have drawn on it.
        if book.fences.find(key, &channels).is_none() {
            let qty = fence.left.min(limits::UNITS);
            bodies.push(Body::Fence(FenceTerms { sku: key.0, seller: key.1, node: key.2, channels, qty }));
        }
    }
    bodies
}
