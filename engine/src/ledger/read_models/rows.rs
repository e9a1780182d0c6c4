//! What the rows of the tables say.

use super::column::{Batch, Value};
use super::tables;
use super::touched::{OfBook, Touched};
use crate::ledger::book::Book;
use crate::ledger::command::Kind;
use crate::ledger::number::*;
use crate::ledger::outcome::{Receipt, State as Stands};
use crate::ledger::parcels::Spot;
use crate::ledger::state::State;
use crate::plan;
use crate::units::{Index, Instant};

impl Touched {
    /// The rows as the state has them. What the state has forgotten stays as it was written.
    pub fn rows(&self, state: &State) -> Vec<Batch> {
        let mut batches = tables::ALL.map(Batch::of);
        for (&tenant, rows) in &self.books {
            if let Some(book) = state.book(tenant) {
                rows.write(u32::from(tenant.0), book, &mut batches);
            }
        }
        batches.into()
    }
}

impl Touched {
    /// Orders of each tenant whose parcels' lines are written anew: those that the state has not forgotten.
    pub fn orders(&self, state: &State) -> Vec<(i64, Vec<i64>)> {
        let orders = self.books.iter().filter_map(|(tenant, rows)| {
            let known = &state.book(*tenant)?.orders.all;
            let orders = rows.orders.iter().filter(|order| known.contains_key(order));
            Some((i64::from(tenant.0), orders.map(|order| i64::from(order.0)).collect()))
        });
        orders.filter(|(_, orders): &(i64, Vec<i64>)| !orders.is_empty()).collect()
    }
}

fn name(book: &Book, kind: Kind, number: u32) -> Value {
    book.name(kind, number).map(str::to_owned).into()
}

fn customer(customer: Option<Customer>) -> Value {
    customer.map(|customer| customer.0.to_string()).into()
}

fn seconds(at: Option<Second>) -> Value {
    at.map(|at| i64::from(at.0)).into()
}

impl OfBook {
    fn write(&self, tenant: u32, book: &Book, batches: &mut [Batch; 6]) {
        let [cells, holds, lines, parcels, contents, sales] = batches;
        for &cell in &self.cells {
            write_cell(tenant, book, cell, cells);
        }
        for &hold in &self.holds {
            write_hold(tenant, book, hold, holds, lines);
        }
        for &order in &self.orders {
            write_order(tenant, book, order, parcels, contents);
        }
        for &sale in &self.sales {
            write_sale(tenant, book, sale, sales);
        }
    }
}

fn write_cell(tenant: u32, book: &Book, cell: CellNo, to: &mut Batch) {
    let Some((spot, balance)) = book.cells.spot(cell).zip(book.cells.balance(cell)) else { return };
    let facts = &spot.facts;
    to.push([
        tenant.into(),
        cell.0.into(),
        name(book, Kind::Sku, facts.sku.0),
        name(book, Kind::Seller, facts.seller.0),
        name(book, Kind::Node, facts.node.0),
        book.zone_key(facts.zone).map(str::to_owned).into(),
        facts.lot.and_then(|lot| book.name(Kind::Lot, lot.0)).map(str::to_owned).into(),
        Some(facts.expires).filter(|expires| *expires != Instant::NEVER).map(|expires| expires.0).into(),
        seconds(facts.due),
        spot.is_awaited().into(),
        balance.on_hand.into(),
        balance.safety.into(),
    ]);
}

fn write_hold(tenant: u32, book: &Book, id: HoldId, to: &mut Batch, lines: &mut Batch) {
    let Some(hold) = book.holds.get(id) else { return };
    // As last reported: whether its time has run out is a matter of the views.
    let state = match hold.stored {
        Some(Stands::Active) => "active",
        Some(Stands::Partial) => "partial",
        Some(Stands::Fulfilled) => "fulfilled",
        Some(Stands::Released) => "released",
        Some(Stands::Expired) => "expired",
        None => return,
    };
    to.push([
        tenant.into(),
        id.0.into(),
        name(book, Kind::Channel, hold.channel.0),
        customer(hold.customer),
        name(book, Kind::Node, hold.node.0),
        u32::from(hold.priority).into(),
        state.into(),
        hold.version.into(),
        hold.created.0.into(),
        hold.expires.0.into(),
    ]);
    for (row, line) in (0u32..).zip(book.holds.lines(hold)) {
        lines.push([
            tenant.into(),
            id.0.into(),
            row.into(),
            line.cell.0.into(),
            line.requested.into(),
            line.fulfilled.into(),
            line.released.into(),
        ]);
    }
}

fn write_order(tenant: u32, book: &Book, number: OrderNo, to: &mut Batch, contents: &mut Batch) {
    let Some(order) = book.orders.all.get(&number) else { return };
    for (row, parcel) in order.parcels.iter().enumerate() {
        let state = match parcel.spot {
            Spot::Expected => "expected",
            Spot::UnderWay => "under_way",
            Spot::Here => "here",
            Spot::Merged => "merged",
            Spot::HandedOver => "handed_over",
            Spot::Returned => "returned",
        };
        to.push([
            tenant.into(),
            number.0.into(),
            (row as u32).into(),
            format!("{}-{}", order.code, plan::letters(row)).into(),
            parcel.label.map(|label| label.to_string()).into(),
            order.hold.0.into(),
            state.into(),
            parcel.version.into(),
            name(book, Kind::Node, parcel.node().0),
            name(book, Kind::Node, parcel.last_node().0),
            parcel.since.0.into(),
            parcel.into.map(i64::from).into(),
            parcel.is_return.into(),
            order.kept.into(),
        ]);
        for content in &parcel.contents {
            contents.push([
                tenant.into(),
                number.0.into(),
                (row as u32).into(),
                content.cell.0.into(),
                content.inside.into(),
                content.handed.into(),
                content.back.into(),
            ]);
        }
    }
}

fn write_sale(tenant: u32, book: &Book, number: SaleNo, to: &mut Batch) {
    let Some(sale) = book.sale(number) else { return };
    let (receipt, entity) = match sale.receipt {
        Receipt::Online(entity) => ("online", Some(entity)),
        Receipt::Counter(entity) => ("counter", Some(entity)),
        Receipt::None => ("none", None),
        Receipt::NotSaid => ("not_said", None),
    };
    to.push([
        tenant.into(),
        (number.row() as u32).into(),
        sale.at.second().0.into(),
        sale.hold.0.into(),
        name(book, Kind::Channel, sale.origin.0),
        name(book, Kind::Node, sale.by.0),
        customer(sale.customer),
        sale.units.into(),
        receipt.into(),
        entity.and_then(|entity| book.name(Kind::Entity, entity.0)).map(str::to_owned).into(),
    ]);
}
