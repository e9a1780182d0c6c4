//! Where is what was packed?
//!
//! The parcels of a held order are written down once, with their codes, as the plan wants them: where each is packed or
//! merged, where it comes through, where it ends. Then each step is a fact that someone reports: packed, arrived, sent on,
//! merged, handed over, taken back. Packing takes units out of their cells and out of the hold; from then on they are in
//! exactly one parcel until they are handed over or back in a cell.
//!
//! Waiting and being kept are functions of ledger time, as a hold's end is: nobody has to look.

mod audit;
mod back;
mod hand_over;
mod route;
mod stage;
mod views;
mod write_down;

pub use stage::Stage;
pub use views::{ContentView, ParcelView};

use super::before::Before;
use super::book::No;
use super::command::Claim;
use super::number::*;
use super::sscc::Sscc;
use std::collections::{BTreeMap, BTreeSet};

/// Units of one cell in a parcel. Every unit that ever came into it is inside, handed over, gone back, or in another parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Content {
    /// The cell the units were packed from; a parcel's contents stand by it.
    pub cell: CellNo,
    pub inside: u32,
    pub handed: u32,
    pub back: u32,
}

/// What was last reported of a parcel. What follows from the time and from other parcels is in [`Stage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// Nothing yet.
    Expected,
    /// It left for the stop.
    UnderWay,
    /// It stands at the stop.
    Here,
    /// What was in it is in the parcel it went into.
    Merged,
    /// Empty, something of it was handed over.
    HandedOver,
    /// Empty, all of it went back.
    Returned,
}

/// A parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parcel {
    pub label: Option<Sscc>,
    pub version: u32,
    pub spot: Spot,
    /// Since when it is so.
    pub since: Second,
    /// Where it is packed or merged, where it comes through, where it ends.
    pub stops: Vec<NodeNo>,
    /// The stop it stands at or goes to.
    pub stop: u16,
    /// What is packed into it.
    pub picks: Vec<(CellNo, u32)>,
    /// Parcels of the order that are merged into it.
    pub parts: Vec<u16>,
    /// The parcel it is merged into at its last stop.
    pub into: Option<u16>,
    /// Until when its parts wait for each other.
    pub wait_until: Option<Second>,
    pub contents: Vec<Content>,
    /// What it takes of capacities on its way.
    pub claims: Vec<Claim>,
    /// The claims are its own; before, they are the hold's.
    pub owns_claims: bool,
    /// It goes back, and is not handed over.
    pub is_return: bool,
}

impl Parcel {
    /// Where it stands or goes to.
    pub fn node(&self) -> NodeNo {
        self.stops.get(usize::from(self.stop)).copied().unwrap_or(NodeNo(u32::MAX))
    }

    /// Where it ends.
    pub fn last_node(&self) -> NodeNo {
        self.stops.last().copied().unwrap_or(NodeNo(u32::MAX))
    }

    pub fn is_at_last_stop(&self) -> bool {
        usize::from(self.stop) + 1 == self.stops.len()
    }

    /// Whether it goes to the customer as it is.
    pub fn is_delivery(&self) -> bool {
        self.into.is_none() && !self.is_return
    }

    pub fn count_change(&mut self) -> Result<(), No> {
        self.version = self.version.checked_add(1).ok_or("a parcel changed too often")?;
        Ok(())
    }

    pub fn inside(&self) -> u64 {
        self.contents.iter().map(|content| u64::from(content.inside)).sum()
    }
}

/// A held order whose parcels are written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub hold: HoldId,
    pub channel: ChannelNo,
    pub customer: Option<Customer>,
    /// Its code: the channel's prefix and the order's name.
    pub code: Box<str>,
    /// Nothing is handed over before everything has come that still comes.
    pub together: bool,
    /// Seconds a parcel is kept where it is handed over.
    pub kept: u32,
    /// When something last changed.
    pub changed: Second,
    pub parcels: Vec<Parcel>,
}

/// All orders of a book whose parcels are written down, and what finds them.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    pub all: BTreeMap<OrderNo, Order>,
    /// The number of the next one.
    pub next: u32,
    /// Where the next forgetting looks.
    pub cursor: u32,
    by_code: BTreeMap<Box<str>, OrderNo>,
    /// Parcels that stand at a node.
    standing: BTreeSet<(NodeNo, ParcelId)>,
    /// Parcels at their hand-over point, by when they have been kept long enough if nothing else is waited for.
    kept: BTreeSet<(Second, ParcelId)>,
    before: Before<OrderNo, Option<Order>>,
}

impl Orders {
    pub fn by_code(&self, code: &str) -> Option<OrderNo> {
        self.by_code.get(code).copied()
    }

    /// A parcel with its order.
    pub fn parcel(&self, id: ParcelId) -> Option<(&Order, &Parcel)> {
        let order = self.all.get(&id.order)?;
        Some((order, order.parcels.get(usize::from(id.row))?))
    }

    /// Adds an order under its number.
    pub fn add(&mut self, number: OrderNo, order: Order) {
        self.before.note(number, || None);
        self.by_code.insert(order.code.clone(), number);
        self.all.insert(number, order);
        self.note(number);
    }

    /// Forgets an order.
    pub fn forget(&mut self, number: OrderNo) {
        self.unnote(number);
        if let Some(order) = self.all.remove(&number) {
            self.by_code.remove(&order.code);
        }
    }

    /// Changes parcels of an order, and keeps up what finds them. O(parcels of the order).
    pub fn change<T>(
        &mut self,
        number: OrderNo,
        at: Second,
        change: impl FnOnce(&mut Order) -> Result<T, No>,
    ) -> Result<T, No> {
        self.unnote(number);
        let order = self.all.get_mut(&number).ok_or("an order is not there")?;
        self.before.note(number, || Some(order.clone()));
        order.changed = at;
        let changed = change(order);
        self.note(number);
        changed
    }

    pub fn begin_group(&mut self) {
        self.before.begin();
    }

    pub fn keep_group(&mut self) {
        self.before.end();
    }

    pub fn undo_group(&mut self) {
        for (number, order) in self.before.end() {
            self.forget(number);
            if let Some(order) = order {
                self.add(number, order);
            }
        }
    }

    fn note(&mut self, number: OrderNo) {
        let Some(order) = self.all.get(&number) else { return };
        for (id, parcel) in ids(number, order).filter(|(_, parcel)| parcel.spot == Spot::Here) {
            self.standing.insert((parcel.node(), id));
            if parcel.is_delivery() && parcel.is_at_last_stop() {
                self.kept.insert((parcel.since.later(order.kept), id));
            }
        }
    }

    fn unnote(&mut self, number: OrderNo) {
        let Some(order) = self.all.get(&number) else { return };
        for (id, parcel) in ids(number, order).filter(|(_, parcel)| parcel.spot == Spot::Here) {
            self.standing.remove(&(parcel.node(), id));
            self.kept.remove(&(parcel.since.later(order.kept), id));
        }
    }

    /// Parcels that stand at a node.
    fn standing_at(&self, node: NodeNo) -> impl Iterator<Item = ParcelId> {
        let (first, last) = (ParcelId::of(OrderNo(0), 0), ParcelId::of(OrderNo(u32::MAX), u16::MAX));
        self.standing.range((node, first)..=(node, last)).map(|known| known.1)
    }

    /// Parcels that have stood at their hand-over point as long as they are kept.
    fn kept_by(&self, at: Second) -> impl Iterator<Item = ParcelId> {
        let last = ParcelId::of(OrderNo(u32::MAX), u16::MAX);
        self.kept.range(..=(at, last)).map(|known| known.1)
    }

    /// Capacity claims that are parcels' own.
    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        let parcels = self.all.values().flat_map(|order| &order.parcels);
        parcels.filter(|parcel| parcel.owns_claims).flat_map(|parcel| &parcel.claims)
    }
}

/// Parcels of an order with their numbers.
fn ids(number: OrderNo, order: &Order) -> impl Iterator<Item = (ParcelId, &Parcel)> {
    let rows = order.parcels.iter().enumerate();
    rows.map(move |(row, parcel)| (ParcelId::of(number, row as u16), parcel))
}
