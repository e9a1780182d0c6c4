//! Requests in names: what they say, and which numbers the book has for it.

use super::KINDS;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use volok::ledger::{
    Body, Book, CellNo, CellView, ChannelNo, HoldId, Kind, Lines, NodeNo, Second, SkuNo, SourceNo,
    StockChange, StockEvent, Want, Wanted,
};
use volok::spec;
use volok::world::Defects;

/// What a request says that the book cannot know.
pub struct Wrong(pub Defects);

fn wrong(place: impl Into<String>, code: &'static str, found: &str, right: impl Into<String>) -> Wrong {
    let mut defects = Defects::default();
    defects.note(place, code, found, right);
    Wrong(defects)
}

/// A request of dicts, lists, strings and numbers.
pub fn read<T: DeserializeOwned>(asked: &Bound<'_, PyAny>) -> PyResult<T> {
    let text: String = asked.py().import("json")?.getattr("dumps")?.call1((asked,))?.extract()?;
    serde_json::from_str(&text).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// A kind of names.
pub fn kind(name: &str) -> PyResult<Kind> {
    let known = KINDS.iter().find(|(known, _)| *known == name);
    let right = || KINDS.map(|(name, _)| name).join(", ");
    known
        .map(|&(_, kind)| kind)
        .ok_or_else(|| PyValueError::new_err(format!("found {name:?}; one of {}", right())))
}

/// A new hold.
#[derive(Deserialize)]
pub struct PlaceAsked {
    /// Where it comes from.
    pub channel: String,
    /// Which node hands over.
    pub node: String,
    /// What is held.
    pub lines: Vec<LineAsked>,
    /// Who holds.
    pub customer: Option<u64>,
    /// Seconds it lives.
    pub life: u32,
    /// Higher is earlier.
    pub priority: u8,
    /// A hold that ends in the same instant.
    pub instead_of: Option<u64>,
}

/// Units of a cell, or of an SKU at a node.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineAsked {
    qty: u32,
    cell: Option<u32>,
    sku: Option<String>,
    node: Option<String>,
}

/// Something happened to stock.
#[derive(Deserialize)]
pub struct StockAsked {
    source: String,
    sequence: u64,
    what: String,
    qty: u32,
    cell: CellAsked,
    into: Option<CellAsked>,
    due: Option<String>,
}

/// A cell by its number, or by what is in it and where.
#[derive(Deserialize)]
#[serde(untagged)]
enum CellAsked {
    Number(u32),
    Names(CellNames),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CellNames {
    seller: String,
    sku: String,
    node: String,
    zone: String,
    lot: Option<String>,
    due: Option<String>,
}

/// Words of requests in a book.
pub struct Words<'b>(pub &'b Book);

impl Words<'_> {
    fn number(&self, kind: Kind, name: &str, place: &str, what: &str) -> Result<u32, Wrong> {
        let number = self.0.number(kind, name);
        number.ok_or_else(|| {
            wrong(place, "unknown", &format!("{name:?}"), format!("{what} the ledger has heard of"))
        })
    }

    /// A node.
    pub fn node(&self, name: &str, place: &str) -> Result<NodeNo, Wrong> {
        self.number(Kind::Node, name, place, "a node").map(NodeNo)
    }

    /// A channel.
    pub fn channel(&self, name: &str) -> Result<ChannelNo, Wrong> {
        self.number(Kind::Channel, name, "channel", "a channel").map(ChannelNo)
    }

    /// The name of the node that hands a hold over.
    pub fn node_of(&self, hold: HoldId, at: Second) -> Option<String> {
        let node = self.0.hold_at(hold, at)?.node;
        self.0.name(Kind::Node, node.0).map(str::to_owned)
    }

    /// Lines of a request; an SKU is taken at the node that hands over unless a line names another.
    pub fn lines(&self, lines: &[LineAsked], node: Option<&str>, place: &str) -> Result<Lines, Wrong> {
        let line = |(row, line): (usize, &LineAsked)| {
            let at = |field: &str| format!("{place}[{row}].{field}");
            let what = match (line.cell, &line.sku) {
                (Some(cell), None) => Want::Cell(CellNo(cell)),
                (None, Some(sku)) => {
                    let sku = self.number(Kind::Sku, sku, &at("sku"), "an SKU")?;
                    let node = line.node.as_deref().or(node);
                    let node =
                        node.ok_or_else(|| wrong(at("node"), "missing", "", "where the SKU is taken"))?;
                    Want::Sku(SkuNo(sku), self.node(node, &at("node"))?)
                }
                _ => return Err(wrong(at("sku"), "conflict", "", "a `cell` or an `sku`, one of them")),
            };
            Ok(Wanted { what, qty: line.qty })
        };
        lines.iter().enumerate().map(line).collect()
    }

    /// A cell by its names.
    fn cell(&self, cell: &CellAsked, place: &str, at: Second) -> Result<CellNo, Wrong> {
        let names = match cell {
            CellAsked::Number(number) => return Ok(CellNo(*number)),
            CellAsked::Names(names) => names,
        };
        let sku = SkuNo(self.number(Kind::Sku, &names.sku, &format!("{place}.sku"), "an SKU")?);
        let seller = self.number(Kind::Seller, &names.seller, &format!("{place}.seller"), "a seller")?;
        let node = self.node(&names.node, &format!("{place}.node"))?;
        let due = names.due.as_deref().map(|due| second(due, &format!("{place}.due"))).transpose()?;
        let is = |view: &CellView| {
            let lot = view.facts.lot.and_then(|lot| self.0.name(Kind::Lot, lot.0));
            let due = if view.awaited { view.facts.due } else { None } == due;
            view.facts.seller.0 == seller
                && zone(self.0, view) == names.zone
                && lot == names.lot.as_deref()
                && due
        };
        let mut cells = self.0.cells_of(sku, node);
        let found = cells.find(|&cell| self.0.cell_at(cell, at).as_ref().is_some_and(is));
        found.ok_or_else(|| {
            wrong(place, "unknown", &names.sku, "a cell the ledger has; `Ledger.cells` lists them")
        })
    }
}

/// The key of a cell's zone within its node: a book names zones by node and key.
pub fn zone<'b>(book: &'b Book, cell: &CellView) -> &'b str {
    let name = book.name(Kind::Zone, cell.facts.zone.0).unwrap_or_default();
    name.split_once('\u{1f}').map_or(name, |(_, zone)| zone)
}

fn second(text: &str, place: &str) -> Result<Second, Wrong> {
    let moment =
        spec::instant(text).map_err(|right| wrong(place, "malformed", &format!("{text:?}"), right))?;
    let moment = u32::try_from(moment.0);
    moment.map(Second).map_err(|_| wrong(place, "out_of_range", text, "a moment before 2106"))
}

impl StockAsked {
    /// The event as the book knows it.
    pub fn body(&self, words: &Words<'_>, at: Second) -> Result<Body, Wrong> {
        let source = words.number(Kind::Source, &self.source, "source", "a source")?;
        let cell = words.cell(&self.cell, "cell", at)?;
        let what = match (self.what.as_str(), &self.into, &self.due) {
            ("receipt", None, None) => StockChange::Receipt(cell, self.qty),
            ("sale", None, None) => StockChange::Sale(cell, self.qty),
            ("return", None, None) => StockChange::Return(cell, self.qty),
            ("write_off", None, None) => StockChange::WriteOff(cell, self.qty),
            ("count", None, None) => StockChange::Count(cell, self.qty),
            ("arrived", None, None) => StockChange::Arrived(cell, self.qty),
            ("move", Some(into), None) => StockChange::Move(cell, words.cell(into, "into", at)?, self.qty),
            ("announced", None, Some(due)) => StockChange::Announced(cell, self.qty, second(due, "due")?),
            (what, ..) => {
                let right = "receipt, sale, return, write_off, count, arrived; move with `into`; announced with `due`";
                return Err(wrong("what", "unknown", &format!("{what:?}"), right));
            }
        };
        Ok(Body::Stock(StockEvent { source: SourceNo(source), sequence: self.sequence, what }))
    }
}
