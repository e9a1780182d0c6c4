//! A book's cells as the stock of a world: whatever was opened since the world was written, without what the world has no
//! names for.

use super::bind::zone_name;
use super::book::Book;
use super::command::{CellFacts, Kind};
use super::number::*;
use super::views::CellView;
use crate::stock::{Cell, CellIx, Stock, StockBuilder};
use crate::units::{Index, Instant, Money};
use crate::world::{Defects, NodeIx, SellerIx, SkuIx, World, ZoneIx};
use std::collections::{BTreeMap, BTreeSet};

/// A cell as stock tells it from others: SKU, node, zone, owner, from when, batch.
type Spot = (SkuIx, NodeIx, ZoneIx, SellerIx, Instant, Option<String>);

/// The cells of a book as stock, and for each of its cells the book's number. Prices and ring-fences are those of `terms`;
/// the units in fences are not: whoever plans follows the book. O(cells × log cells).
///
/// What was announced for a batch and came in stays a cell of its own in a book. Where stock would have two such cells of
/// one batch, the later one is of a batch with the second at which it was due in its name, as `L7+1772431200`.
///
/// # Errors
/// Where cells contradict each other: two expiries of one batch.
pub fn shown(book: &Book, world: &World, terms: &Stock, at: Second) -> Result<(Stock, Vec<CellNo>), Defects> {
    let names = Rows::of(book, world);
    let mut builder = StockBuilder::with_capacity(book.cells());
    let (mut numbers, mut seen) = (BTreeMap::<Spot, CellNo>::new(), BTreeSet::new());
    for number in (0..book.cells()).map(CellNo::of) {
        let Some(view) = book.cell_at(number, at) else { continue };
        let Some((sku, mut cell)) = names.cell(&view) else { continue };
        let lot = view.facts.lot.and_then(|lot| book.name(Kind::Lot, lot.0)).map(str::to_owned);
        let mut spot = (sku, cell.node, cell.zone, cell.seller, cell.available_at, lot);
        if !seen.insert(spot.clone()) {
            let due = view.facts.due.map_or(0, |due| due.0);
            spot.5 = Some(format!("{}+{due}", spot.5.unwrap_or_default()));
            seen.insert(spot.clone());
        }
        cell.lot = spot.5.as_deref().map_or(u32::MAX, |lot| builder.lot(lot));
        cell.price = price(terms, sku, &cell);
        builder.cell(sku, cell);
        numbers.insert(spot, number);
    }
    terms.all_fences().iter().for_each(|fence| builder.fence(fence.clone()));
    let stock = builder.finish(world)?;
    let number = |row: usize| {
        let cell = stock.cell(CellIx::of(row));
        let lot = stock.lot(cell).map(str::to_owned);
        let sku = stock.sku_of(CellIx::of(row));
        let spot = (sku, cell.node, cell.zone, cell.seller, cell.available_at, lot);
        numbers.get(&spot).copied().unwrap_or(CellNo(u32::MAX))
    };
    let cells = (0..stock.len()).map(number).collect();
    Ok((stock, cells))
}

/// What taking a unit from a shelf costs, as the terms say it of the shelf.
fn price(terms: &Stock, sku: SkuIx, cell: &Cell) -> Money {
    let shelf = |row: &&Cell| (row.node, row.zone, row.seller) == (cell.node, cell.zone, cell.seller);
    terms.of(sku).1.iter().find(shelf).map_or(Money::ZERO, |row| row.price)
}

/// A world's rows by a book's numbers.
struct Rows {
    skus: Vec<Option<SkuIx>>,
    sellers: Vec<Option<SellerIx>>,
    nodes: Vec<Option<NodeIx>>,
    zones: Vec<Option<ZoneIx>>,
}

impl Rows {
    fn of(book: &Book, world: &World) -> Rows {
        let zones: BTreeMap<String, ZoneIx> =
            world.zones().indices().map(|zone| (zone_name(world, zone), zone)).collect();
        Rows {
            skus: book.names(Kind::Sku).map(|name| world.sku_names().find(name)).collect(),
            sellers: book.names(Kind::Seller).map(|name| world.seller_names().find(name)).collect(),
            nodes: book.names(Kind::Node).map(|name| world.node_names().find(name)).collect(),
            zones: book.names(Kind::Zone).map(|name| zones.get(name).copied()).collect(),
        }
    }

    fn cell(&self, view: &CellView) -> Option<(SkuIx, Cell)> {
        let CellFacts { sku, seller, node, zone, expires, due, .. } = view.facts;
        let due = due.filter(|_| view.awaited);
        let cell = Cell {
            expires,
            available_at: due.map_or(Instant::ALWAYS, Second::instant),
            price: Money::ZERO,
            seller: (*self.sellers.get(seller.row())?)?,
            node: (*self.nodes.get(node.row())?)?,
            zone: (*self.zones.get(zone.row())?)?,
            lot: u32::MAX,
            on_hand: view.on_hand,
            held: view.held,
            safety: view.safety,
        };
        Some(((*self.skus.get(sku.row())?)?, cell))
    }
}
