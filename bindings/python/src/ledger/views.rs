//! What a book shows, as documents and tables.

use super::told;
use crate::table::Table;
use crate::writer::{Column, Kind as In};
use serde::Serialize;
use std::collections::BTreeMap;
use volok::ledger::{Book, CellNo, CellView, HoldId, HoldView, Kind, Second};
use volok::units::Instant;

/// A hold as a document.
#[derive(Serialize)]
pub struct Hold {
    hold: u64,
    code: Option<String>,
    state: &'static str,
    version: u32,
    origin_channel: Option<String>,
    customer: Option<u64>,
    node: Option<String>,
    priority: u8,
    created_at: String,
    expires_at: String,
    lines: Vec<Line>,
}

/// A line of a hold.
#[derive(Serialize)]
struct Line {
    cell: u32,
    sku: Option<String>,
    seller: Option<String>,
    node: Option<String>,
    zone: Option<String>,
    lot: Option<String>,
    requested: u32,
    held: u32,
    fulfilled: u32,
    released: u32,
    expired: u32,
}

/// A hold by its number.
pub fn hold(book: &Book, id: HoldId, at: Second) -> Option<Hold> {
    let view = book.hold_at(id, at)?;
    let name = |kind, number: u32| book.name(kind, number).map(str::to_owned);
    let lines = view.lines.iter().map(|line| {
        let cell = book.cell_at(line.cell, at);
        let facts = cell.as_ref().map(|cell| cell.facts);
        Line {
            cell: line.cell.0,
            sku: facts.and_then(|facts| name(Kind::Sku, facts.sku.0)),
            seller: facts.and_then(|facts| name(Kind::Seller, facts.seller.0)),
            node: facts.and_then(|facts| name(Kind::Node, facts.node.0)),
            zone: cell.as_ref().and_then(|cell| Some(book.zone_key(cell.facts.zone)?.to_owned())),
            lot: facts.and_then(|facts| name(Kind::Lot, facts.lot?.0)),
            requested: line.requested,
            held: line.held,
            fulfilled: line.fulfilled,
            released: line.released,
            expired: line.expired,
        }
    });
    Some(Hold {
        hold: id.0,
        code: book.code(id),
        state: view.state.word(),
        version: view.version,
        origin_channel: name(Kind::Channel, view.origin.0),
        customer: view.customer.map(|customer| customer.0),
        node: name(Kind::Node, view.node.0),
        priority: view.priority,
        created_at: told::moment(view.created),
        expires_at: told::moment(view.expires),
        lines: lines.collect(),
    })
}

const HOLDS: &[Column] = &[
    Column::of("hold", In::Large, "number of the hold"),
    Column::maybe("code", In::Text, "order code: the channel's prefix and the number"),
    Column::of("state", In::Text, "`active`, `partial`, `fulfilled`, `released` or `expired`, as of now"),
    Column::of("version", In::Count, "changes so far, placing included"),
    Column::maybe("origin_channel", In::Text, "where it came from; credited for ever"),
    Column::maybe("customer", In::Large, "who holds"),
    Column::maybe("node", In::Text, "which node hands over"),
    Column::of("priority", In::Count, "who goes first; higher is earlier"),
    Column::of("created_at", In::Moment, "when it was placed, UTC"),
    Column::of("expires_at", In::Moment, "when its time runs out, or ran out, UTC"),
    Column::of("held", In::Large, "units held now"),
    Column::of("fulfilled", In::Large, "units handed over"),
];

/// All holds.
pub fn holds(book: &Book, at: Second) -> Table {
    Table::of(HOLDS, 0, |row| {
        for view in book.holds_at(at) {
            let HoldView { id, origin, customer, node, priority, state, version, created, expires, lines } =
                &view;
            row.large(id.0);
            row.maybe_text(book.code(*id).as_deref());
            row.text(state.word());
            row.count(*version);
            row.maybe_text(book.name(Kind::Channel, origin.0));
            row.maybe_large(customer.map(|customer| customer.0));
            row.maybe_text(book.name(Kind::Node, node.0));
            row.count(u32::from(*priority));
            row.moment(Some(created.instant()));
            row.moment(Some(expires.instant()));
            row.large(lines.iter().map(|line| u64::from(line.held)).sum());
            row.large(lines.iter().map(|line| u64::from(line.fulfilled)).sum());
        }
    })
}

const LINES: &[Column] = &[
    Column::of("hold", In::Large, "number of the hold"),
    Column::of("cell", In::Count, "number of the stock cell"),
    Column::maybe("sku", In::Text, "key of the SKU"),
    Column::maybe("seller", In::Text, "whose stock"),
    Column::maybe("node", In::Text, "where it lies"),
    Column::of("requested", In::Count, "units ever asked for: held + fulfilled + released + expired"),
    Column::of("held", In::Count, "units held now"),
    Column::of("fulfilled", In::Count, "units handed over, or packed into parcels"),
    Column::of("released", In::Count, "units given back"),
    Column::of("expired", In::Count, "units still held when time ran out"),
];

/// Lines of all holds.
pub fn lines(book: &Book, at: Second) -> Table {
    Table::of(LINES, 0, |row| {
        for view in book.holds_at(at) {
            for line in &view.lines {
                let facts = book.cell_at(line.cell, at).map(|cell| cell.facts);
                row.large(view.id.0);
                row.count(line.cell.0);
                row.maybe_text(facts.and_then(|facts| book.name(Kind::Sku, facts.sku.0)));
                row.maybe_text(facts.and_then(|facts| book.name(Kind::Seller, facts.seller.0)));
                row.maybe_text(facts.and_then(|facts| book.name(Kind::Node, facts.node.0)));
                [line.requested, line.held, line.fulfilled, line.released, line.expired]
                    .into_iter()
                    .for_each(|units| row.count(units));
            }
        }
    })
}

const CELLS: &[Column] = &[
    Column::of("cell", In::Count, "number of the cell"),
    Column::maybe("seller", In::Text, "whose stock"),
    Column::maybe("sku", In::Text, "key of the SKU"),
    Column::maybe("node", In::Text, "where it lies"),
    Column::of("zone", In::Text, "in which of the node's zones"),
    Column::maybe("lot", In::Text, "batch; null for the nameless one"),
    Column::maybe("expires", In::Moment, "when the batch expires, UTC; null when it does not"),
    Column::maybe("due", In::Moment, "when announced supply is due, UTC; null for stock on hand"),
    Column::of("on_hand", In::Count, "units there, or announced"),
    Column::of("held", In::Count, "units held"),
    Column::of("safety", In::Count, "units never promised"),
    Column::of("free", In::Count, "units that may be held, fences apart"),
    Column::of("short", In::Count, "units held beyond those there"),
];

fn each_cell(book: &Book, at: Second, mut to: impl FnMut(CellNo, CellView)) {
    for number in 0..book.cells() as u32 {
        if let Some(view) = book.cell_at(CellNo(number), at) {
            to(CellNo(number), view);
        }
    }
}

/// All cells.
pub fn cells(book: &Book, at: Second) -> Table {
    Table::of(CELLS, book.cells(), |row| {
        each_cell(book, at, |number, view| {
            row.count(number.0);
            row.maybe_text(book.name(Kind::Seller, view.facts.seller.0));
            row.maybe_text(book.name(Kind::Sku, view.facts.sku.0));
            row.maybe_text(book.name(Kind::Node, view.facts.node.0));
            row.text(book.zone_key(view.facts.zone).unwrap_or_default());
            row.maybe_text(view.facts.lot.and_then(|lot| book.name(Kind::Lot, lot.0)));
            row.moment(Some(view.facts.expires).filter(|&expires| expires != Instant::NEVER));
            row.moment(view.facts.due.filter(|_| view.awaited).map(Second::instant));
            [view.on_hand, view.held, view.safety, view.free(), view.short()]
                .into_iter()
                .for_each(|units| row.count(units));
        })
    })
}

/// Counts of what there is.
#[derive(Default, Serialize)]
pub struct Metrics {
    operations: u64,
    at: Option<String>,
    holds: BTreeMap<&'static str, u64>,
    units_held: u64,
    cells: u64,
    cells_short: u64,
    units_on_hand: u64,
}

/// Counts of a book.
pub fn metrics(book: &Book, operations: u64, at: Second) -> Metrics {
    let mut metrics = Metrics { operations, at: Some(told::moment(at)), ..Metrics::default() };
    for view in book.holds_at(at) {
        *metrics.holds.entry(view.state.word()).or_default() += 1;
    }
    each_cell(book, at, |_, view| {
        metrics.cells += 1;
        metrics.cells_short += u64::from(view.short() > 0);
        metrics.units_held += u64::from(view.held);
        metrics.units_on_hand += u64::from(view.on_hand);
    });
    metrics
}
