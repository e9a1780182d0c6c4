//! From the world document's stock rows to cells.

use super::arrange::StockBuilder;
use super::{Cell, Fence, Stock};
use crate::spec;
use crate::units::{Index, Instant, Money, limits};
use crate::world::{
    ChannelIx, Defects, Inspection, Names, NodeIx, Place, SellerIx, SkuIx, World, ZoneIx, some_of,
};

const STOCK: u8 = 1;
const INBOUND: u8 = 2;
const FENCES: u8 = 3;

/// Builds the stock of a document whose world is already built.
///
/// # Errors
/// Every defect of the document's stock, inbound and ring-fence rows, in their order.
pub fn build(world: &World, document: &spec::World) -> Result<Stock, Defects> {
    let mut found = Inspection::default();
    let on_hand = document.stock.len();
    let mut rows = StockBuilder::with_capacity(on_hand + document.inbound.len());
    let mut keys = Keys::of(world);

    let section = Place::Document.at("stock");
    for (row, stock) in document.stock.iter().enumerate() {
        found.rank(STOCK, row);
        let place = section.row(row);
        let at = keys.of_row(&place, [&stock.seller, &stock.sku, &stock.node, &stock.zone], &mut found);
        let safety = units(&place.at("safety"), stock.safety, &mut found);
        let batch = (stock.lot.as_deref(), stock.expires.as_deref());
        let counts = [("on_hand", stock.on_hand), ("held", stock.held)];
        push(&mut rows, at, batch, counts, safety, stock.price, Instant::ALWAYS, &place, &mut found);
    }
    let section = Place::Document.at("inbound");
    for (row, inbound) in document.inbound.iter().enumerate() {
        found.rank(INBOUND, row);
        let place = section.row(row);
        let at =
            keys.of_row(&place, [&inbound.seller, &inbound.sku, &inbound.node, &inbound.zone], &mut found);
        let due = found.instant(&place.at("available_at"), &inbound.available_at);
        let batch = (inbound.lot.as_deref(), inbound.expires.as_deref());
        let counts = [("qty", inbound.qty), ("held", inbound.held)];
        push(&mut rows, at, batch, counts, 0, inbound.price, due, &place, &mut found);
    }
    fences(world, document, &mut rows, &mut found);
    let stock = rows.arrange(world, &mut found, &|row| match row.checked_sub(on_hand) {
        None => (STOCK, "stock", row),
        Some(row) => (INBOUND, "inbound", row),
    });
    found.or(stock)
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
        [seller, sku, node, zone]: [&'a String; 4],
        found: &mut Inspection,
    ) -> Option<Where> {
        let world = self.world;
        self.seller = again(self.seller, &place.at("seller"), world.seller_names(), seller, "seller", found);
        let sku = found.find(&place.at("sku"), world.sku_names(), sku, "SKU");
        self.node = again(self.node, &place.at("node"), world.node_names(), node, "node", found);
        let zone = zone_of(world, place, self.node?.1, zone, found);
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

#[allow(clippy::too_many_arguments)] // The fields of a row: naming them twice would say no more.
fn push(
    rows: &mut StockBuilder,
    at: Option<Where>,
    (lot, expires): (Option<&str>, Option<&str>),
    [(name, count), (held_name, held)]: [(&str, i64); 2],
    safety: u32,
    price: i64,
    available_at: Instant,
    place: &Place<'_>,
    found: &mut Inspection,
) {
    if let Some(lot) = lot {
        found.key(&place.at("lot"), lot);
    }
    let expires = expires.map_or(Instant::NEVER, |text| found.instant(&place.at("expires"), text));
    let on_hand = units(&place.at(name), count, found);
    let held = units(&place.at(held_name), held, found);
    let price = found.number(&place.at("price"), price, -limits::MONEY_PER_UNIT..=limits::MONEY_PER_UNIT);
    let Some((seller, sku, node, zone)) = at else { return rows.gap() };
    let lot = lot.map_or(u32::MAX, |lot| rows.lot(lot));
    let price = Money(price);
    rows.cell(sku, Cell { expires, available_at, price, seller, node, zone, lot, on_hand, held, safety });
}

/// What tells fences apart.
type FenceKey = (SkuIx, SellerIx, NodeIx, Vec<ChannelIx>);

fn fences(world: &World, document: &spec::World, rows: &mut StockBuilder, found: &mut Inspection) {
    let section = Place::Document.at("ring_fences");
    let mut seen: Vec<(FenceKey, usize)> = Vec::new();
    for (row, fence) in document.ring_fences.iter().enumerate() {
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
