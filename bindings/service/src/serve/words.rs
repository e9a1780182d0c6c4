//! Requests in names, and which numbers the book has for them.

use super::access::Eyes;
use super::problem::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use volok::ledger::{
    Book, CellFacts, CellNo, CellUnits, CellView, ChannelNo, HoldId, HoldView, Kind, LabelTerms, Lines,
    LotNo, NodeNo, ParcelId, ParcelView, Second, SellerNo, SkuNo, SourceNo, StockChange, StockEvent, Want,
    Wanted,
};
use volok::spec;
use volok::units::Instant;

/// Units of a cell, or of an SKU at a node.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineAsked {
    /// How many units.
    pub qty: u32,
    /// Number of a stock cell.
    pub cell: Option<u32>,
    /// Instead of a cell: what, from the batches that expire first.
    pub sku: Option<String>,
    /// Where the SKU is taken; where the hold is handed over when absent.
    pub node: Option<String>,
}

/// A stock cell by its names.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CellNames {
    /// Whose.
    pub seller: String,
    /// What.
    pub sku: String,
    /// Where.
    pub node: String,
    /// In which temperature zone.
    pub zone: String,
    /// Which batch; the nameless one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// For announced supply: when it is due, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
}

/// A stock cell to be opened.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CellAsked {
    /// Whose.
    pub seller: String,
    /// What.
    pub sku: String,
    /// Where.
    pub node: String,
    /// In which temperature zone.
    pub zone: String,
    /// Which batch; the nameless one when absent.
    #[serde(default)]
    pub lot: Option<String>,
    /// When the batch expires, RFC 3339; never when absent.
    #[serde(default)]
    pub expires: Option<String>,
    /// For announced supply: when it is due, RFC 3339.
    #[serde(default)]
    pub due: Option<String>,
}

/// A cell by its number, or by what is in it and where.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CellSaid {
    /// Its number.
    Number(u32),
    /// Its names.
    Names(CellNames),
}

/// What happened to stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// Units came in.
    Receipt,
    /// Units were sold at a till, without a hold.
    Sale,
    /// Units came back from a customer.
    Return,
    /// Units are broken, stolen or spoiled.
    WriteOff,
    /// So many were counted.
    Count,
    /// Units went to another cell of the same SKU and owner: see `into`.
    Move,
    /// So many are announced in all: see `due`.
    Announced,
    /// So many of what was announced came in.
    Arrived,
}

/// A report of stock. Each source counts its own reports from 1 without gaps; each is taken once.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StockAsked {
    /// Which system reports: a name of kind `source`.
    pub source: String,
    /// The number of the report.
    pub sequence: u64,
    /// What happened.
    pub what: Happened,
    /// How many units.
    pub qty: u32,
    /// To which cell.
    pub cell: CellSaid,
    /// Of a move: where they went.
    pub into: Option<CellSaid>,
    /// Of what is announced: when it is due, RFC 3339.
    pub due: Option<String>,
}

/// Units of a cell.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitsAsked {
    /// The cell they were packed from.
    pub cell: u32,
    /// How many units.
    pub qty: u32,
}

/// A range of codes for handling units (SSCC).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelsAsked {
    /// GS1 company prefix, 7 to 10 digits.
    pub prefix: String,
    /// Extension digit, 0 to 9.
    #[serde(default)]
    #[schemars(range(max = 9))]
    pub extension: u8,
}

impl LabelsAsked {
    /// As the ledger knows it.
    pub fn terms(&self) -> Result<LabelTerms, Problem> {
        let prefix = self.prefix.parse();
        let prefix = prefix.map_err(|error: volok::ledger::SsccError| {
            Problem::at("labels.prefix", "malformed", &self.prefix, error.to_string())
        })?;
        Ok(LabelTerms { prefix, extension: self.extension })
    }
}

/// A moment as the ledger counts it.
pub fn second(text: &str, place: &str) -> Result<Second, Problem> {
    let moment = spec::instant(text).map_err(|right| Problem::at(place, "malformed", text, right))?;
    let moment = u32::try_from(moment.0);
    moment.map(Second).map_err(|_| Problem::at(place, "out_of_range", text, "a moment before 2106"))
}

/// Words of requests in a book, as far as someone sees it.
#[derive(Clone, Copy)]
pub struct Words<'b> {
    /// The book.
    pub book: &'b Book,
    /// As of when.
    pub at: Second,
    /// Whose goods are seen.
    pub eyes: Eyes,
}

impl<'b> Words<'b> {
    /// The number of a name.
    pub fn number(&self, kind: Kind, name: &str, place: &str, what: &str) -> Result<u32, Problem> {
        let number = self.book.number(kind, name);
        number.ok_or_else(|| Problem::at(place, "unknown", name, format!("{what} the ledger has heard of")))
    }

    /// A node.
    pub fn node(&self, name: &str, place: &str) -> Result<NodeNo, Problem> {
        self.number(Kind::Node, name, place, "a node").map(NodeNo)
    }

    /// A channel.
    pub fn channel(&self, name: &str) -> Result<ChannelNo, Problem> {
        self.number(Kind::Channel, name, "channel", "a channel").map(ChannelNo)
    }

    /// A hold that the caller may see: one with goods it sees.
    pub fn hold(&self, hold: u64) -> Result<HoldView, Problem> {
        let view = self.book.hold_at(HoldId(hold), self.at).ok_or_else(|| Problem::missing("hold"))?;
        let seen = self.eyes == Eyes::All || view.lines.iter().any(|line| self.sees(line.cell));
        seen.then_some(view).ok_or_else(|| Problem::missing("hold"))
    }

    /// A hold that is shown whole, with what was planned for it: all its goods must be the caller's.
    pub fn own_hold(&self, hold: u64) -> Result<HoldView, Problem> {
        let view = self.hold(hold)?;
        let owns = self.eyes == Eyes::All || view.lines.iter().all(|line| self.sees(line.cell));
        owns.then_some(view).ok_or_else(|| Problem::missing("hold"))
    }

    /// Whether the caller sees goods of a cell.
    pub fn sees(&self, cell: CellNo) -> bool {
        self.book.cell_at(cell, self.at).is_some_and(|view| self.eyes.see(&view.facts))
    }

    /// Whether all that is, or is to be, in a parcel is the caller's; for those who see all: always.
    pub fn owns(&self, parcel: &ParcelView) -> bool {
        match self.eyes {
            Eyes::All => true,
            _ => {
                let mut cells = cells_of(parcel).peekable();
                cells.peek().is_some() && cells.all(|cell| self.sees(cell))
            }
        }
    }

    /// Whether something that is, or is to be, in a parcel is the caller's.
    pub fn sees_some(&self, parcel: &ParcelView) -> bool {
        self.eyes == Eyes::All || cells_of(parcel).any(|cell| self.sees(cell))
    }

    /// A parcel by its code, as `WB-1001-A`.
    pub fn parcel(&self, code: &str) -> Result<ParcelView, Problem> {
        let missing = || Problem::missing("parcel");
        let (order, letters) = code.rsplit_once('-').ok_or_else(missing)?;
        let row = row_of(letters).ok_or_else(missing)?;
        let order = self.book.order(order).ok_or_else(missing)?;
        let view = self.book.parcel_at(ParcelId { order, row }, self.at).ok_or_else(missing)?;
        self.sees_some(&view).then_some(view).ok_or_else(missing)
    }

    /// A parcel to be changed: all in it must be the caller's.
    pub fn own_parcel(&self, code: &str) -> Result<ParcelView, Problem> {
        let parcel = self.parcel(code)?;
        self.owns(&parcel).then_some(parcel).ok_or_else(|| Problem::missing("parcel"))
    }

    /// Lines of a request; an SKU is taken at `node` unless a line names another.
    pub fn lines(&self, lines: &[LineAsked], node: Option<NodeNo>, place: &str) -> Result<Lines, Problem> {
        let line = |(row, line): (usize, &LineAsked)| {
            let at = |field: &str| format!("{place}[{row}].{field}");
            let what = match (line.cell, &line.sku) {
                (Some(cell), None) => Want::Cell(CellNo(cell)),
                (None, Some(sku)) => {
                    let sku = self.number(Kind::Sku, sku, &at("sku"), "an SKU")?;
                    let named = line.node.as_deref().map(|node| self.node(node, &at("node"))).transpose()?;
                    let node = named.or(node);
                    let missing = || Problem::at(at("node"), "missing", "", "where the SKU is taken");
                    Want::Sku(SkuNo(sku), node.ok_or_else(missing)?)
                }
                _ => return Err(Problem::at(at("sku"), "conflict", "", "a `cell` or an `sku`, one of them")),
            };
            Ok(Wanted { what, qty: line.qty })
        };
        lines.iter().enumerate().map(line).collect()
    }

    /// Units of cells.
    pub fn units(&self, units: &[UnitsAsked]) -> Vec<CellUnits> {
        units.iter().map(|units| CellUnits { cell: CellNo(units.cell), qty: units.qty }).collect()
    }

    /// A cell that the caller sees.
    pub fn cell(&self, cell: &CellSaid, place: &str) -> Result<CellNo, Problem> {
        let unknown =
            |found: &str| Problem::at(place, "unknown", found, "a cell there is; GET /v1/stock lists them");
        let names = match cell {
            CellSaid::Number(number) => {
                let seen = self.sees(CellNo(*number)) || (self.eyes == Eyes::All);
                return seen.then_some(CellNo(*number)).ok_or_else(|| unknown(&number.to_string()));
            }
            CellSaid::Names(names) => names,
        };
        let sku = SkuNo(self.number(Kind::Sku, &names.sku, &format!("{place}.sku"), "an SKU")?);
        let seller = self.number(Kind::Seller, &names.seller, &format!("{place}.seller"), "a seller")?;
        let node = self.node(&names.node, &format!("{place}.node"))?;
        let due = names.due.as_deref().map(|due| second(due, &format!("{place}.due"))).transpose()?;
        let is = |view: &CellView| {
            let lot = view.facts.lot.and_then(|lot| self.book.name(Kind::Lot, lot.0));
            let due = view.facts.due.filter(|_| view.awaited) == due;
            view.facts.seller.0 == seller
                && self.book.zone_key(view.facts.zone) == Some(&names.zone)
                && lot == names.lot.as_deref()
                && due
                && self.eyes.see(&view.facts)
        };
        let mut cells = self.book.cells_of(sku, node);
        let found = cells.find(|&cell| self.book.cell_at(cell, self.at).as_ref().is_some_and(is));
        found.ok_or_else(|| unknown(&names.sku))
    }

    /// A report as the book knows it.
    pub fn event(&self, asked: &StockAsked) -> Result<StockEvent, Problem> {
        let source = self.number(Kind::Source, &asked.source, "source", "a source")?;
        let (cell, qty) = (self.cell(&asked.cell, "cell")?, asked.qty);
        let what = match (asked.what, &asked.into, &asked.due) {
            (Happened::Receipt, None, None) => StockChange::Receipt(cell, qty),
            (Happened::Sale, None, None) => StockChange::Sale(cell, qty),
            (Happened::Return, None, None) => StockChange::Return(cell, qty),
            (Happened::WriteOff, None, None) => StockChange::WriteOff(cell, qty),
            (Happened::Count, None, None) => StockChange::Count(cell, qty),
            (Happened::Arrived, None, None) => StockChange::Arrived(cell, qty),
            (Happened::Move, Some(into), None) => StockChange::Move(cell, self.cell(into, "into")?, qty),
            (Happened::Announced, None, Some(due)) => StockChange::Announced(cell, qty, second(due, "due")?),
            _ => {
                return Err(Problem::at(
                    "what",
                    "conflict",
                    "",
                    "`into` of a move and `due` of what is announced, there alone",
                ));
            }
        };
        Ok(StockEvent { source: SourceNo(source), sequence: asked.sequence, what })
    }

    /// A cell to be opened, as the book knows it; all its names must be known.
    pub fn facts(&self, cell: &CellAsked, place: &str) -> Result<CellFacts, Problem> {
        let at = |field: &str| format!("{place}.{field}");
        let seller = SellerNo(self.number(Kind::Seller, &cell.seller, &at("seller"), "a seller")?);
        let unknown_zone = || {
            let right = format!("a zone of {:?} the ledger has heard of", cell.node);
            Problem::at(at("zone"), "unknown", &cell.zone, right)
        };
        let lot = |lot: &String| self.number(Kind::Lot, lot, &at("lot"), "a lot").map(LotNo);
        let expires = cell.expires.as_deref().map(|text| {
            spec::instant(text).map_err(|right| Problem::at(at("expires"), "malformed", text, right))
        });
        let facts = CellFacts {
            sku: SkuNo(self.number(Kind::Sku, &cell.sku, &at("sku"), "an SKU")?),
            seller,
            node: self.node(&cell.node, &at("node"))?,
            zone: self.book.zone(&cell.node, &cell.zone).ok_or_else(unknown_zone)?,
            lot: cell.lot.as_ref().map(lot).transpose()?,
            expires: expires.transpose()?.unwrap_or(Instant::NEVER),
            due: cell.due.as_deref().map(|due| second(due, &at("due"))).transpose()?,
        };
        let strange =
            || Problem::at(at("seller"), "unknown", &cell.seller, "a seller the ledger has heard of");
        self.eyes.see(&facts).then_some(facts).ok_or_else(strange)
    }
}

/// Cells whose goods are in a parcel, or are to be packed into it.
fn cells_of(parcel: &ParcelView) -> impl Iterator<Item = CellNo> {
    let packed = parcel.contents.iter().map(|content| content.cell);
    packed.chain(parcel.picks.iter().map(|pick| pick.cell))
}

/// The row of a parcel by the letters of its code: A, B … Z, AA.
pub fn row_of(letters: &str) -> Option<u16> {
    let mut row: u32 = 0;
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    for letter in letters.bytes() {
        let digit = letter.checked_sub(b'A').filter(|digit| *digit < 26)?;
        row = row * 26 + u32::from(digit) + 1;
    }
    u16::try_from(row - 1).ok()
}

#[cfg(test)]
mod tests {
    use super::row_of;

    #[test]
    fn letters_count_as_codes_do() {
        for (letters, row) in [("A", 0), ("Z", 25), ("AA", 26), ("AB", 27), ("ZZ", 701)] {
            assert_eq!(row_of(letters), Some(row), "{letters}");
        }
        for wrong in ["", "a", "A1", "AAAA", "Ä"] {
            assert_eq!(row_of(wrong), None, "{wrong}");
        }
    }
}
