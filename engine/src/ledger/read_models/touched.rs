//! Which rows may an operation have changed? More may be named than changed, never fewer.

use crate::ledger::book::Book;
use crate::ledger::command::*;
use crate::ledger::number::*;
use crate::ledger::outcome::Done;
use crate::ledger::state::State;
use crate::ledger::wire::Record;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one book.
#[derive(Debug, Default)]
pub(super) struct OfBook {
    pub cells: BTreeSet<CellNo>,
    pub holds: BTreeSet<HoldId>,
    /// Holds that units were taken out of: their cells have fewer.
    emptied: BTreeSet<HoldId>,
    pub orders: BTreeSet<OrderNo>,
    pub sales: BTreeSet<SaleNo>,
}

/// Rows of all books.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub books: BTreeMap<Tenant, OfBook>,
}

impl Touched {
    /// What operations touched; `state` is as after them.
    pub fn by(records: &[Record], state: &State) -> Touched {
        let mut touched = Touched::default();
        for Record { command, outcome } in records {
            if let Ok(done) = &outcome.result {
                touched.books.entry(command.tenant).or_default().touch(&command.body, done);
            }
        }
        for (&tenant, rows) in &mut touched.books {
            if let Some(book) = state.book(tenant) {
                rows.spread(book);
            }
        }
        touched
    }

    /// Everything that a state shows.
    pub fn all(state: &State) -> Touched {
        let mut touched = Touched::default();
        for tenant in state.tenants() {
            let Some(book) = state.book(tenant) else { continue };
            let rows = touched.books.entry(tenant).or_default();
            rows.cells.extend((0..book.cells() as u32).map(CellNo));
            rows.holds.extend(book.holds_at(state.at().second()).map(|hold| hold.id));
            rows.orders.extend(book.orders());
            rows.sales.extend((book.first_sale..).take(book.sales.len()).map(SaleNo));
        }
        touched
    }
}

impl OfBook {
    fn touch(&mut self, body: &Body, done: &Done) {
        match (body, done) {
            (Body::Group(bodies), Done::Group(each)) => {
                bodies.iter().zip(each.iter()).for_each(|(body, done)| self.touch(body, done));
            }
            (Body::OpenCells(cells), Done::Numbered { first }) => {
                self.cells.extend((*first..).take(cells.len()).map(CellNo));
            }
            (Body::Safety(cell, _), _) => drop(self.cells.insert(*cell)),
            (Body::Stock(event), _) => self.touch_stock(&event.what),
            (Body::Place(place), Done::Held { hold, .. }) => {
                self.holds.insert(*hold);
                self.holds.extend(place.instead_of);
            }
            (Body::Adjust(Adjust { hold, .. }), _)
            | (Body::Extend(Extend { hold, .. }), _)
            | (Body::Release(Release { hold, .. }), _) => drop(self.holds.insert(*hold)),
            (Body::Fulfil(fulfil), done) => {
                self.holds.insert(fulfil.hold);
                self.emptied.insert(fulfil.hold);
                if let Done::Sold { sale, .. } = done {
                    self.sales.insert(*sale);
                }
            }
            (Body::Parcels(_), Done::Written { order, .. }) => drop(self.orders.insert(*order)),
            (Body::Pack(Handled { parcel, .. }), _)
            | (Body::Arrive(Arrive { parcel, .. }), _)
            | (Body::SendOn(Handled { parcel, .. }), _)
            | (Body::Merge(Merge { parcel, .. }), _) => drop(self.orders.insert(parcel.order)),
            (Body::HandOver(hand), done) => {
                self.orders.insert(hand.parcel.order);
                if let Rest::Back(to) = &hand.rest {
                    self.touch_back(to);
                }
                if let Done::HandedOver { sale, .. } = done {
                    self.sales.insert(*sale);
                }
            }
            (Body::Back(back), _) => {
                self.orders.insert(back.parcel.order);
                self.touch_back(&back.to);
            }
            // Names and terms are not shown by themselves; what is forgotten stays in the tables.
            (
                Body::Register(..)
                | Body::Settings(_)
                | Body::Channel(..)
                | Body::Node(..)
                | Body::Fence(_)
                | Body::Forget(_)
                | Body::ConfirmClock
                | Body::Labels(_),
                _,
            ) => {}
            // A body is answered with what is done for it, and nothing else.
            (Body::Group(_) | Body::OpenCells(_) | Body::Place(_) | Body::Parcels(_), _) => {}
        }
    }

    fn touch_stock(&mut self, what: &StockChange) {
        self.cells.insert(what.cell());
        if let StockChange::Move(_, to, _) = what {
            self.cells.insert(*to);
        }
    }

    fn touch_back(&mut self, to: &BackTo) {
        if let BackTo::Stock(cells) = to {
            self.cells.extend(cells);
        }
    }

    /// Packing changes the hold of an order; whatever takes units out of a hold changes its cells. What is only held does
    /// not: the views add it up.
    fn spread(&mut self, book: &Book) {
        for order in &self.orders {
            if let Some(order) = book.orders.all.get(order) {
                self.holds.insert(order.hold);
                self.emptied.insert(order.hold);
            }
        }
        for &hold in &self.emptied {
            if let Some(hold) = book.holds.get(hold) {
                self.cells.extend(book.holds.lines(hold).iter().map(|line| line.cell));
            }
        }
    }
}
