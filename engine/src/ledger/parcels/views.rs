//! What can be read of parcels. Everything is told as of a moment.

use super::{Order, Stage, ids};
use crate::ledger::book::Book;
use crate::ledger::command::CellUnits;
use crate::ledger::number::*;
use crate::ledger::sscc::Sscc;
use crate::plan;

/// A parcel as of a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelView {
    /// Which.
    pub id: ParcelId,
    /// Its sub-order code: the order's, and a letter.
    pub code: String,
    /// The code on its label.
    pub label: Option<Sscc>,
    /// The hold its units came out of.
    pub hold: HoldId,
    /// Where it stands.
    pub stage: Stage,
    /// Changes so far, writing down included.
    pub version: u32,
    /// The node where it stands, or goes to next.
    pub node: NodeNo,
    /// Where it ends.
    pub last_node: NodeNo,
    /// Since when it is under way, or stands there, or has ended.
    pub since: Second,
    /// What is packed into it, or was.
    pub picks: Vec<CellUnits>,
    /// What came into it.
    pub contents: Vec<ContentView>,
    /// Parcels that are merged into it.
    pub parts: Vec<ParcelId>,
    /// The parcel it is merged into where it ends.
    pub into: Option<ParcelId>,
    /// What it waits for.
    pub waits_for: Vec<ParcelId>,
    /// Until when at most: a part for other parts, a parcel to be handed over for its customer. Nothing: no limit.
    pub until: Option<Second>,
    /// It goes back.
    pub is_return: bool,
}

/// Units of one cell that came into a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentView {
    /// The cell they were packed from.
    pub cell: CellNo,
    /// Units in it now.
    pub inside: u32,
    /// Units handed over out of it.
    pub handed_over: u32,
    /// Units that went out of it back into a cell.
    pub gone_back: u32,
}

impl Order {
    fn view(&self, id: ParcelId, is_held: bool, at: Second) -> Option<ParcelView> {
        let parcel = self.parcels.get(usize::from(id.row))?;
        let named = |row: u16| ParcelId { order: id.order, row };
        let whole = parcel.into.and_then(|into| self.parcels.get(usize::from(into)));
        let until = match whole {
            Some(whole) if self.is_there(id.row) => whole.wait_until,
            _ => self.kept_until(id.row, is_held),
        };
        let contents = parcel.contents.iter().map(|content| ContentView {
            cell: content.cell,
            inside: content.inside,
            handed_over: content.handed,
            gone_back: content.back,
        });
        Some(ParcelView {
            id,
            code: format!("{}-{}", self.code, plan::letters(usize::from(id.row))),
            label: parcel.label,
            hold: self.hold,
            stage: self.stage(id.row, is_held, at),
            version: parcel.version,
            node: parcel.node(),
            last_node: parcel.last_node(),
            since: parcel.since,
            picks: parcel.picks.iter().map(|&(cell, qty)| CellUnits { cell, qty }).collect(),
            contents: contents.collect(),
            parts: parcel.parts.iter().copied().map(named).collect(),
            into: parcel.into.map(named),
            waits_for: self.missing(id.row, is_held).into_iter().map(named).collect(),
            until,
            is_return: parcel.is_return,
        })
    }
}

impl Book {
    /// A parcel as of a moment. O(parcels of its order).
    pub fn parcel_at(&self, id: ParcelId, at: Second) -> Option<ParcelView> {
        let order = self.orders.all.get(&id.order)?;
        order.view(id, self.is_held(order, at), at)
    }

    /// The number of an order with its code, prefix included, if its parcels are written down. O(log orders).
    pub fn order(&self, code: &str) -> Option<OrderNo> {
        self.orders.by_code(code)
    }

    /// Orders whose parcels are written down and not forgotten, rising.
    pub fn orders(&self) -> impl Iterator<Item = OrderNo> {
        self.orders.all.keys().copied()
    }

    /// Orders whose parcels hold what a hold held, rising. O(orders whose parcels are written down).
    pub fn orders_of(&self, hold: HoldId) -> impl Iterator<Item = OrderNo> {
        self.orders.all.iter().filter(move |(_, order)| order.hold == hold).map(|(&number, _)| number)
    }

    /// Parcels of an order, by letter; returns come last. O(parcels²).
    pub fn parcels_of(&self, order: OrderNo, at: Second) -> Vec<ParcelView> {
        let Some(found) = self.orders.all.get(&order) else { return Vec::new() };
        let is_held = self.is_held(found, at);
        ids(order, found).filter_map(|(id, _)| found.view(id, is_held, at)).collect()
    }

    /// Parcels that stand at a node, by order. O(those).
    pub fn standing_at(&self, node: NodeNo, at: Second) -> impl Iterator<Item = ParcelView> {
        self.orders.standing_at(node).filter_map(move |id| self.parcel_at(id, at))
    }

    /// Parcels that wait at a node, with what for and until when. O(parcels that stand there).
    pub fn waiting_at(&self, node: NodeNo, at: Second) -> impl Iterator<Item = ParcelView> {
        self.standing_at(node, at).filter(|parcel| parcel.stage == Stage::Waiting)
    }

    /// Parcels that have been kept as long as they are kept, those first that are due longest. O(those that have stood that
    /// long).
    pub fn due_back(&self, at: Second) -> Vec<ParcelView> {
        let due = self.orders.kept_by(at).filter_map(|id| self.parcel_at(id, at));
        let mut due: Vec<ParcelView> = due.filter(|parcel| parcel.stage == Stage::Overdue).collect();
        due.sort_by_key(|parcel| (parcel.until, parcel.id));
        due
    }
}
