//! Requests in names: what they say, and which numbers the book has for it.

use super::KINDS;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use volok::ledger::{
    Book, CellNo, CellUnits, CellView, ChannelNo, HoldId, Kind, Lines, NodeNo, OrderNo, ParcelId, Second,
    SkuNo, Want, Wanted,
};
use volok::spec;
use volok::world::Defects;

/// What a request says that the book cannot know.
pub struct Wrong(pub Defects);

/// One thing that is wrong with a request.
pub fn wrong(place: impl Into<String>, code: &'static str, found: &str, right: impl Into<String>) -> Wrong {
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
pub fn kind(name: &str) -> Option<Kind> {
    KINDS.iter().find(|(known, _)| *known == name).map(|&(_, kind)| kind)
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

/// A cell by its number, or by what is in it and where.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum CellAsked {
    /// Its number.
    Number(u32),
    /// What is in it, and where.
    Names(CellNames),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellNames {
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
    /// The number of a name.
    pub fn number(&self, kind: Kind, name: &str, place: &str, what: &str) -> Result<u32, Wrong> {
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
    pub fn channel(&self, name: &str, place: &str) -> Result<ChannelNo, Wrong> {
        self.number(Kind::Channel, name, place, "a channel").map(ChannelNo)
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

    /// A parcel by its code. One that nobody has heard of gets a number that was never given: the ledger refuses it.
    pub fn parcel(&self, code: &str, at: Second) -> ParcelId {
        let order = code.rsplit_once('-').and_then(|(order, _)| self.0.order(order));
        let found = order.and_then(|order| {
            self.0
                .parcels_of(order, at)
                .into_iter()
                .find(|parcel| parcel.code == code)
                .map(|parcel| parcel.id)
        });
        found.unwrap_or(ParcelId { order: OrderNo(u32::MAX), row: 0 })
    }

    /// Units of a parcel: those of a cell they were packed from, or of an SKU, out of one cell after another.
    pub fn units(&self, units: &[LineAsked], parcel: ParcelId, at: Second) -> Result<Vec<CellUnits>, Wrong> {
        let view = self.0.parcel_at(parcel, at);
        let contents = view.iter().flat_map(|view| &view.contents);
        let mut found = Vec::new();
        for (row, line) in units.iter().enumerate() {
            let place = |field: &str| format!("units[{row}].{field}");
            match (line.cell, &line.sku) {
                (Some(cell), None) => found.push(CellUnits { cell: CellNo(cell), qty: line.qty }),
                (None, Some(sku)) => {
                    let sku = self.number(Kind::Sku, sku, &place("sku"), "an SKU")?;
                    let mut left = line.qty;
                    for content in contents.clone() {
                        let is_it =
                            self.0.cell_at(content.cell, at).is_some_and(|cell| cell.facts.sku.0 == sku);
                        let qty = left.min(content.inside);
                        if is_it && qty > 0 {
                            found.push(CellUnits { cell: content.cell, qty });
                            left -= qty;
                        }
                    }
                    if left > 0 {
                        let right = format!("units that are in the parcel: {left} of these are not");
                        return Err(wrong(place("qty"), "conflict", &line.qty.to_string(), right));
                    }
                }
                _ => return Err(wrong(place("sku"), "conflict", "", "a `cell` or an `sku`, one of them")),
            }
        }
        Ok(found)
    }

    /// A cell by its names.
    pub fn cell(&self, cell: &CellAsked, place: &str, at: Second) -> Result<CellNo, Wrong> {
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
                && self.0.zone_key(view.facts.zone) == Some(&names.zone)
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

/// A moment as the book counts.
pub fn second(text: &str, place: &str) -> Result<Second, Wrong> {
    let moment =
        spec::instant(text).map_err(|right| wrong(place, "malformed", &format!("{text:?}"), right))?;
    let moment = u32::try_from(moment.0);
    moment.map(Second).map_err(|_| wrong(place, "out_of_range", text, "a moment before 2106"))
}
