//! From rows of stock by keys to cells: those of a world document, or of any table.

use super::arrange::StockBuilder;
use super::{Announced, Cell, Fence, Row, Rows, Stock};
use crate::spec;
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
/// stock does not show it. O(rows × log rows of one SKU), keys looked up on all threads; memory: 64 bytes a row.
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
    let mut keys = Keys::of(world);

    let section = Place::Document.at("stock");
    each(
        world,
        stock,
        |row| row.sku,
        |at, row, sku| {
            found.rank(STOCK, at);
            let place = section.row(at);
            let at = keys.of_row(&place, &row, sku, &mut found);
            push(&mut rows, at, &row, "on_hand", Instant::ALWAYS, &place, &mut found);
        },
    );
    let section = Place::Document.at("inbound");
    each(
        world,
        inbound,
        |supply| supply.row.sku,
        |at, supply, sku| {
            found.rank(INBOUND, at);
            let place = section.row(at);
            let at = keys.of_row(&place, &supply.row, sku, &mut found);
            let due = found.moment(&place.at("available_at"), supply.available_at);
            push(&mut rows, at, &supply.row, "qty", due, &place, &mut found);
        },
    );
    self::fences(world, fences, &mut rows, &mut found);
    let stock = rows.arrange(world, &mut found, &|row| match row.checked_sub(on_hand) {
        None => (STOCK, "stock", row),
        Some(row) => (INBOUND, "inbound", row),
    });
    found.or(stock)
}

/// Rows whose SKUs are looked up side by side, so that several threads wait for memory at once.
const SIDE_BY_SIDE: usize = 1 << 15;

/// Fewer rows than this are not worth a second thread.
const IN_A_ROW: usize = 1 << 11;

/// Goes through rows in their order, with the SKU of each.
fn each<'a, R>(
    world: &World,
    rows: &impl Rows<R>,
    sku: impl Fn(&R) -> &'a str + Sync,
    mut to: impl FnMut(usize, R, Option<SkuIx>),
) {
    let mut skus: Vec<Option<SkuIx>> = Vec::new();
    for start in (0..rows.count()).step_by(SIDE_BY_SIDE) {
        let some = start..rows.count().min(start + SIDE_BY_SIDE);
        skus.clear();
        skus.resize(some.len(), None);
        skus.par_chunks_mut(IN_A_ROW).enumerate().for_each(|(part, found)| {
            let first = start + part * IN_A_ROW;
            let keys = (first..first + found.len()).map(|at| sku(&rows.row(at)));
            world.sku_names().find_all(keys, found);
        });
        for (at, &sku) in some.zip(&skus) {
            to(at, rows.row(at), sku);
        }
    }
}

type Where = (SellerIx, SkuIx, NodeIx, ZoneIx);

/// Exports list rows by node or by seller: the keys of the row before are mostly those of this one.
struct Keys<'a> {
    world: &'a World,
    seller: Option<(&'a str, SellerIx)>,
    node: Option<(&'a str, NodeIx)>,
}

impl<'a> Keys<'a> {
    fn of(world: &'a World) -> Keys<'a> {
        Keys { world, seller: None, node: None }
    }

    fn of_row(
        &mut self,
        place: &Place<'_>,
        row: &Row<'a>,
        sku: Option<SkuIx>,
        found: &mut Inspection,
    ) -> Option<Where> {
        let world = self.world;
        let sellers = world.seller_names();
        self.seller = again(self.seller, &place.at("seller"), sellers, row.seller, "seller", found);
        // Those not found are looked for once more, to tell what they look like.
        let sku = sku.or_else(|| found.find(&place.at("sku"), world.sku_names(), row.sku, "SKU"));
        self.node = again(self.node, &place.at("node"), world.node_names(), row.node, "node", found);
        let zone = zone_of(world, place, self.node?.1, row.zone, found);
        Some((self.seller?.1, sku?, self.node?.1, zone?))
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

fn push(
    rows: &mut StockBuilder,
    at: Option<Where>,
    row: &Row<'_>,
    count: &'static str,
    available_at: Instant,
    place: &Place<'_>,
    found: &mut Inspection,
) {
    if let Some(lot) = row.lot {
        found.key(&place.at("lot"), lot);
    }
    let expires = row.expires.map_or(Instant::NEVER, |said| found.moment(&place.at("expires"), said));
    let on_hand = units(&place.at(count), row.units, found);
    let held = units(&place.at("held"), row.held, found);
    let safety = units(&place.at("safety"), row.safety, found);
    let price = found.number(&place.at("price"), row.price, -limits::MONEY_PER_UNIT..=limits::MONEY_PER_UNIT);
    let Some((seller, sku, node, zone)) = at else { return rows.gap() };
    let lot = row.lot.map_or(u32::MAX, |lot| rows.lot(lot));
    let price = Money(price);
    rows.cell(sku, Cell { expires, available_at, price, seller, node, zone, lot, on_hand, held, safety });
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
