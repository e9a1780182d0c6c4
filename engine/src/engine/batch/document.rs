//! Prices as documents: names for indices.

use super::{CellPrice, Prices, RoomPrice};
use crate::engine::Engine;
use crate::load::Scarce;
use crate::spec::{self, Priced};
use crate::stock::Stock;
use crate::units::Money;
use crate::world::{Order, World};

impl Engine {
    /// Prices with names, ready to be written; `orders` are those that were decided. Stock first.
    pub fn price_documents(&self, prices: &Prices, orders: &[Order]) -> Vec<spec::Price> {
        let named = |rows: &[u32]| -> Vec<String> {
            rows.iter()
                .filter_map(|&row| orders.get(row as usize))
                .map(|order| order.id.to_string())
                .collect()
        };
        let priced = |of, price: Money, there, wanted, got| spec::Price {
            of,
            price: price.0,
            there,
            wanted: named(wanted),
            got: named(got),
        };
        let stock = prices.cells.iter().map(|row| {
            priced(shelf(&self.world, &self.stock, row), row.price, row.there, &row.wanted, &row.got)
        });
        let rooms = prices
            .rooms
            .iter()
            .map(|row| priced(room(&self.world, row), row.price, row.there, &row.wanted, &row.got));
        stock.chain(rooms).collect()
    }
}

fn shelf(world: &World, stock: &Stock, price: &CellPrice) -> Priced {
    let cell = stock.cell(price.cell);
    Priced::Stock {
        seller: world.seller_names().of(cell.seller).to_owned(),
        sku: world.sku_names().of(stock.sku_of(price.cell)).to_owned(),
        node: world.node_names().of(cell.node).to_owned(),
        zone: world.zones()[cell.zone].name.to_string(),
    }
}

fn room(world: &World, price: &RoomPrice) -> Priced {
    let name = |node| world.node_names().of(node).to_owned();
    let counts = price.counts.to_owned();
    match price.thing {
        Scarce::Departure { lane, compartment, departs } => Priced::Departure {
            lane: world.lane_names().of(lane).to_owned(),
            compartment: world.lanes()[lane].compartments[usize::from(compartment)].name.to_string(),
            departs_at: spec::instant_text(departs),
            counts,
        },
        Scarce::Day { node, date } => Priced::Day { node: name(node), date: spec::date_text(date), counts },
        Scarce::Buffer { node, at } => Priced::Buffer { node: name(node), at: spec::instant_text(at) },
        Scarce::Point { node, at } => Priced::Point { node: name(node), at: spec::instant_text(at) },
    }
}
