//! From rows of stock by keys to cells: those of a world document, or of any table.

use super::arrange::{NAMELESS, StockBuilder};
use super::{Announced, Cell, Fence, Row, Rows, Stock};
use crate::spec::{self, Moment};
use crate::units::{Index, Instant, Money, limits};
use crate::world::{
    ChannelIx, Defects, Inspection, Names, NodeIx, Place, SellerIx, SkuIx, World, ZoneIx, some_of,
};
use rayon::prelude::*;

const STOCK: u8 = 1;
const INBOUND: u8 = 2;
const FENCES: u8 = 3;

/// Builds the stock of a document whose world is already built.
///
/// # Errors
/// Every defect of the document's stock, inbound and ring-fence rows, in their order.
pub fn build(world: &World, document: &spec::World) -> Result<Stock, Defects> {
    let (stock, inbound) = (document.stock.as_slice(), document.inbound.as_slice());
    build_rows(world, &stock, &inbound, &document.ring_fences)
}

/// Builds the stock of rows that lie anywhere, checked as those of a document are. Rows may come in any order: the
/// stock does not show it. O(rows × log rows of one SKU), on all threads; memory: 64 bytes a row.
///
/// # Errors
/// Every defect of the rows, in their order, with the places they would have in a document: `stock[3].on_hand`,
/// `inbound[0].qty`, `ring_fences[1].channels`.
pub fn build_rows<'a>(
    world: &World,
    stock: &impl Rows<Row<'a>>,
    inbound: &impl Rows<Announced<'a>>,
    fences: &[spec::RingFence],
) -> Result<Stock, Defects> {
    let mut found = Inspection::default();
    let on_hand = stock.count();
    let mut rows = StockBuilder::with_capacity(on_hand + inbound.count());
    each(world, &ON_HAND, stock, |row| (row, None), &mut rows, &mut found);
    each(world, &AWAITED, inbound, |supply| (supply.row, Some(supply.available_at)), &mut rows, &mut found);
    self::fences(world, fences, &mut rows, &mut found);
    let stock = rows.arrange(world, &mut found, &|row| match row.checked_sub(on_hand) {
        None => (STOCK, "stock", row),
        Some(row) => (INBOUND, "inbound", row),
    });
    found.or(stock)
}

/// A list of rows in an input.
struct Section {
    rank: u8,
    name: &'static str,
    /// What the column of its units is called.
    units: &'static str,
}

const ON_HAND: Section = Section { rank: STOCK, name: "stock", units: "on_hand" };
const AWAITED: Section = Section { rank: INBOUND, name: "inbound", units: "qty" };

/// Rows that are read before they are laid down, so that all threads have something to read.
const SIDE_BY_SIDE: usize = 1 << 15;

/// Fewer rows than this are not worth a second thread.
const IN_A_ROW: usize = 1 << 11;

/// A row without a defect; its batch has no number yet.
#[derive(Clone)]
struct Sound<'a> {
    sku: SkuIx,
    cell: Cell,
    lot: Option<&'a str>,
}

/// Reads rows on all threads and lays them down in their order.
fn each<'a, R>(
    world: &World,
    section: &Section,
    rows: &impl Rows<R>,
    parts: impl Fn(R) -> (Row<'a>, Option<Moment<'a>>) + Sync,
    builder: &mut StockBuilder,
    found: &mut Inspection,
) {
    let list = Place::Document.at(section.name);
    let mut keys = Keys::of(world);
    let mut read: Vec<Option<Sound<'_>>> = Vec::new();
    for start in (0..rows.count()).step_by(SIDE_BY_SIDE) {
        let some = start..rows.count().min(start + SIDE_BY_SIDE);
        read.clear();
        read.resize(some.len(), None);
        read.par_chunks_mut(IN_A_ROW).enumerate().for_each(|(part, read)| {
            let some = start + part * IN_A_ROW..start + part * IN_A_ROW + read.len();
            let mut skus = vec![None; read.len()];
            world.sku_names().find_all(some.clone().map(|at| parts(rows.row(at)).0.sku), &mut skus);
            let (mut keys, mut trial) = (Keys::of(world), Inspection::trial());
            for ((at, sku), read) in some.zip(skus).zip(read) {
                let (row, due) = parts(rows.row(at));
                let sound = keys.read(&list.row(at), section.units, &row, due, sku, &mut trial);
                *read = if trial.was_sound() { sound } else { None };
            }
        });
        for (at, read) in some.zip(&read) {
            if let Some(Sound { sku, cell, lot }) = read {
                let lot = lot.map_or(NAMELESS, |lot| builder.lot(lot));
                builder.cell(*sku, Cell { lot, ..cell.clone() });
            } else {
                // Once more, to tell what is wrong with it.
                found.rank(section.rank, at);
                let (row, due) = parts(rows.row(at));
                let sku = world.sku_names().find(row.sku);
                keys.read(&list.row(at), section.units, &row, due, sku, found);
                builder.gap();
            }
        }
    }
}

/// Exports list rows by node or by seller: the keys of the row before are mostly those of this one.
struct Keys<'a, 'w> {
    world: &'w World,
    seller: Option<(&'a str, SellerIx)>,
    node: Option<(&'a str, NodeIx)>,
}

impl<'a, 'w> Keys<'a, 'w> {
    fn of(world: &'w World) -> Keys<'a, 'w> {
        Keys { world, seller: None, node: None }
    }

    /// A row whose SKU has been looked up. Everything in it is looked at, so that all its defects are noted.
    fn read(
        &mut self,
        place: &Place<'_>,
        units: &'static str,
        row: &Row<'a>,
        due: Option<Moment<'_>>,
        sku: Option<SkuIx>,
        found: &mut Inspection,
    ) -> Option<Sound<'a>> {
        let world = self.world;
        let sellers = world.seller_names();
        self.seller = again(self.seller, &place.at("seller"), sellers, row.seller, "seller", found);
        // One not found is looked for once more, to tell what it looks like.
        let sku = sku.or_else(|| found.find(&place.at("sku"), world.sku_names(), row.sku, "SKU"));
        self.node = again(self.node, &place.at("node"), world.node_names(), row.node, "node", found);
        let zone = self.node.and_then(|(_, node)| zone_of(world, place, node, row.zone, found));
        let available_at = due.map(|due| found.moment(&place.at("available_at"), due));
        if let Some(lot) = row.lot {
            found.key(&place.at("lot"), lot);
        }
        let expires = row.expires.map_or(Instant::NEVER, |said| found.moment(&place.at("expires"), said));
        let on_hand = self::units(&place.at(units), row.units, found);
        let held = self::units(&place.at("held"), row.held, found);
        let safety = self::units(&place.at("safety"), row.safety, found);
        let prices = -limits::MONEY_PER_UNIT..=limits::MONEY_PER_UNIT;
        let price = Money(found.number(&place.at("price"), row.price, prices));
        let cell = Cell {
            expires,
            available_at: available_at.unwrap_or(Instant::ALWAYS),
            price,
            seller: self.seller?.1,
            node: self.node?.1,
            zone: zone?,
            lot: NAMELESS,
            on_hand,
            held,
            safety,
        };
        Some(Sound { sku: sku?, cell, lot: row.lot })
    }
}

fn again<'a, I: Index>(
    before: Option<(&'a str, I)>,
    place: &Place<'_>,
    names: &Names<I>,
    key: &'a str,
    kind: &'static str,
    found: &mut Inspection,
) -> Option<(&'a str, I)> {
    before
        .filter(|&(same, _)| same == key)
        .or_else(|| found.find(place, names, key, kind).map(|index| (key, index)))
}

fn zone_of(
    world: &World,
    place: &Place<'_>,
    node: NodeIx,
    key: &str,
    found: &mut Inspection,
) -> Option<ZoneIx> {
    let zone = world.zone(node, key);
    if zone.is_none() {
        let name = world.node_names().of(node);
        let right = match &world.nodes()[node].stores {
            None => format!("a node that stores; {name:?} does not"),
            Some(stores) => {
                let zones: Vec<&str> = stores.zones().map(|zone| &*world.zones()[zone].name).collect();
                format!("a zone of {name:?}: {}", zones.join(", "))
            }
        };
        found.note(&place.at("zone"), "unknown", &format!("{key:?}"), right);
    }
    zone
}

fn units(place: &Place<'_>, units: i64, found: &mut Inspection) -> u32 {
    found.number(place, units, 0..=limits::STOCK) as u32
}

/// What tells fences apart.
type FenceKey = (SkuIx, SellerIx, NodeIx, Vec<ChannelIx>);

fn fences(world: &World, fences: &[spec::RingFence], rows: &mut StockBuilder, found: &mut Inspection) {
    let section = Place::Document.at("ring_fences");
    let mut seen: Vec<(FenceKey, usize)> = Vec::new();
    for (row, fence) in fences.iter().enumerate() {
        found.rank(FENCES, row);
        let place = section.row(row);
        let seller = found.find(&place.at("seller"), world.seller_names(), &fence.seller, "seller");
        let sku = found.find(&place.at("sku"), world.sku_names(), &fence.sku, "SKU");
        let node = found.find(&place.at("node"), world.node_names(), &fence.node, "node");
        if node.is_some_and(|node| world.nodes()[node].stores.is_none()) {
            found.note(&place.at("node"), "conflict", &format!("{:?}", fence.node), "a node that stores");
        }
        let names = world.channel_names();
        let channels = some_of(&place.at("channels"), &fence.channels, names, "channel", found);
        let channels: Vec<ChannelIx> = channels.into_iter().map(|(_, channel)| channel).collect();
        let left = units(&place.at("qty"), fence.qty, found);
        if let (Some(seller), Some(sku), Some(node)) = (seller, sku, node) {
            seen.push(((sku, seller, node, channels.clone()), row));
            rows.fence(Fence { sku, seller, node, channels, left });
        }
    }
    seen.sort_unstable();
    for same in seen.chunk_by(|one, other| one.0 == other.0) {
        for &(_, row) in &same[1..] {
            found.rank(FENCES, row);
            let right =
                format!("one fence for the same goods and channels; {} is the same", section.row(same[0].1));
            found.note(&section.row(row), "duplicate", "the same fence again", right);
        }
    }
}

#[cfg(test)]
mod tests;
