//! What a scene calls by name, found in the book.

use super::{Cell, HoldState, Line, Receipt};
use crate::ledger::{self, Book, CellNo, Kind, Second, Want, Wanted};

/// A moment as a scene writes it.
pub(super) fn moment(text: &str) -> Result<Second, String> {
    let at: jiff::Timestamp = text.parse().map_err(|broken| format!("{text}: {broken}"))?;
    u32::try_from(at.as_second()).map(Second).map_err(|_| format!("{text}: no second of the ledger"))
}

/// A moment as a scene writes it.
pub(super) fn written(at: Second) -> String {
    jiff::Timestamp::from_second(i64::from(at.0)).map(|at| at.to_string()).unwrap_or_default()
}

pub(super) fn number(book: &Book, kind: Kind, name: &str) -> Result<u32, String> {
    book.number(kind, name).ok_or_else(|| format!("the shop has no {kind:?} called {name:?}"))
}

pub(super) fn name(book: &Book, kind: Kind, number: u32) -> String {
    book.name(kind, number).unwrap_or_default().to_owned()
}

/// The one cell that is meant.
pub(super) fn cell(book: &Book, meant: &Cell) -> Result<CellNo, String> {
    let due = meant.available_at.as_deref().map(moment).transpose()?;
    let is_meant = |view: &ledger::CellView| {
        let facts = view.facts;
        let names = [
            (Some(&meant.sku), name(book, Kind::Sku, facts.sku.0)),
            (meant.seller.as_ref(), name(book, Kind::Seller, facts.seller.0)),
            (meant.node.as_ref(), name(book, Kind::Node, facts.node.0)),
            (meant.zone.as_ref(), book.zone_key(facts.zone).unwrap_or_default().to_owned()),
            (meant.lot.as_ref(), facts.lot.map_or(String::new(), |lot| name(book, Kind::Lot, lot.0))),
        ];
        names.iter().all(|(meant, is)| meant.is_none_or(|meant| meant == is)) && facts.due == due
    };
    let rows = 0..book.cells() as u32;
    let found =
        rows.map(CellNo).filter(|&cell| book.cell_at(cell, Second(0)).is_some_and(|view| is_meant(&view)));
    match found.collect::<Vec<_>>()[..] {
        [one] => Ok(one),
        [] => Err(format!("the shop has no cell {meant:?}")),
        _ => Err(format!("the shop has several cells {meant:?}; say more of it")),
    }
}

pub(super) fn lines(book: &Book, lines: &[Line]) -> Result<ledger::Lines, String> {
    let wanted = |line: &Line| {
        let what = match (&line.cell, &line.sku, &line.node) {
            (Some(meant), None, None) => Want::Cell(cell(book, meant)?),
            (None, Some(sku), Some(node)) => Want::Sku(
                ledger::SkuNo(number(book, Kind::Sku, sku)?),
                ledger::NodeNo(number(book, Kind::Node, node)?),
            ),
            _ => return Err(format!("a line names a cell, or an SKU and a node: {line:?}")),
        };
        Ok(Wanted { what, qty: line.qty })
    };
    lines.iter().map(wanted).collect()
}

pub(super) fn state(state: ledger::HoldState) -> HoldState {
    match state {
        ledger::HoldState::Active => HoldState::Active,
        ledger::HoldState::Partial => HoldState::Partial,
        ledger::HoldState::Fulfilled => HoldState::Fulfilled,
        ledger::HoldState::Released => HoldState::Released,
        ledger::HoldState::Expired => HoldState::Expired,
    }
}

pub(super) fn receipt(book: &Book, receipt: ledger::Receipt) -> Receipt {
    let entity = |entity: ledger::EntityNo| name(book, Kind::Entity, entity.0);
    match receipt {
        ledger::Receipt::Online(by) => Receipt::Online(entity(by)),
        ledger::Receipt::Counter(by) => Receipt::Counter(entity(by)),
        ledger::Receipt::None => Receipt::None,
        ledger::Receipt::NotSaid => Receipt::NotSaid,
    }
}
