//! Answers: what the book shows, with names.

use super::problem::Problem;
use super::words::Words;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use volok::ledger::{
    Book, CellNo, Done, HoldView, Kind, Outcome, ParcelId, ParcelView, Receipt, SaleNo, Second, Stamp,
};
use volok::spec::instant_text;

/// A second as documents say it.
pub fn moment(at: Second) -> String {
    instant_text(at.instant())
}

/// A change of a hold.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Held {
    /// Number of the hold.
    pub hold: u64,
    /// Its version now.
    pub version: u32,
    /// Where it stands now: `active`, `partial`, `fulfilled`, `released` or `expired`.
    pub state: &'static str,
    /// Its order code: the channel's prefix and the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// When it ends, inclusive, RFC 3339 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// The record of what was sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sale: Option<Sale>,
    /// Ledger time, nanoseconds since 1970: no two operations share one.
    pub ledger_time: i64,
}

/// Units sold.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Sale {
    /// Number of the record.
    pub sale: u64,
    /// Out of which hold.
    pub hold: u64,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// The channel the hold came from: it is credited.
    pub origin_channel: Option<String>,
    /// The node that handed over: it is credited too.
    pub by: Option<String>,
    /// Who held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<u64>,
    /// Units of all lines together.
    pub units: u64,
    /// The receipt that is due: `online`, `counter`, `none` or `not_said`.
    pub receipt: &'static str,
    /// The legal entity that issues it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
}

/// A hold.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Hold {
    /// Its number.
    pub hold: u64,
    /// Its order code.
    pub code: Option<String>,
    /// The code of the order it was planned for: the channel's prefix and the shop's own key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Where it stands: `active`, `partial`, `fulfilled`, `released` or `expired`.
    pub state: &'static str,
    /// Changes so far, placing included: its ETag.
    pub version: u32,
    /// Where it came from; credited for ever.
    pub origin_channel: Option<String>,
    /// Who holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<u64>,
    /// Which node hands over.
    pub node: Option<String>,
    /// Who goes first; higher is earlier.
    pub priority: u8,
    /// When it was placed, RFC 3339 UTC.
    pub created_at: String,
    /// When its time runs out, or ran out, RFC 3339 UTC.
    pub expires_at: String,
    /// Its lines.
    pub lines: Vec<HoldLine>,
}

/// A line of a hold: `requested = held + fulfilled + released + expired`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HoldLine {
    /// Which cell, and what it is.
    #[serde(flatten)]
    pub cell: CellName,
    /// Units ever asked for.
    pub requested: u32,
    /// Units held now.
    pub held: u32,
    /// Units handed over, or packed into parcels.
    pub fulfilled: u32,
    /// Units given back.
    pub released: u32,
    /// Units still held when time ran out.
    pub expired: u32,
}

/// What a cell is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CellName {
    /// Its number.
    pub cell: u32,
    /// Whose.
    pub seller: Option<String>,
    /// What.
    pub sku: Option<String>,
    /// Where.
    pub node: Option<String>,
    /// In which zone.
    pub zone: Option<String>,
    /// Which batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
}

/// A parcel.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Parcel {
    /// Its code, as `WB-1001-A`.
    pub parcel: String,
    /// The code on its label (SSCC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The hold its units came out of.
    pub hold: u64,
    /// Where it stands: `expected`, `lapsed`, `under_way`, `waiting`, `here`, `overdue`, `merged`, `handed_over` or
    /// `returned`.
    pub stage: &'static str,
    /// Changes so far: its ETag.
    pub version: u32,
    /// The node where it stands, or goes to next.
    pub node: Option<String>,
    /// Where it ends.
    pub last_node: Option<String>,
    /// Since when, RFC 3339 UTC.
    pub since: String,
    /// Until when at most: a part for other parts, a parcel to be handed over for its customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What is packed into it, or was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub picks: Vec<Pick>,
    /// What came into it.
    pub contents: Vec<Content>,
    /// Parcels that are merged into it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// The parcel it is merged into where it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub into: Option<String>,
    /// What it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
    /// It goes back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_return: bool,
}

/// Units of one cell that are packed into a parcel.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Pick {
    /// From which cell.
    #[serde(flatten)]
    pub cell: CellName,
    /// How many.
    pub qty: u32,
}

/// Units of one cell that came into a parcel.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Content {
    /// The cell they were packed from.
    #[serde(flatten)]
    pub cell: CellName,
    /// Units in it now.
    pub inside: u32,
    /// Units handed over out of it.
    pub handed_over: u32,
    /// Units that went out of it back into a cell.
    pub gone_back: u32,
}

/// A step of a parcel.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Stepped {
    /// Its code.
    pub parcel: String,
    /// Its version now.
    pub version: u32,
    /// Where it stands now.
    pub stage: &'static str,
    /// The record of what was sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sale: Option<Sale>,
    /// The parcel in which units go back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back: Option<String>,
    /// Ledger time, nanoseconds since 1970.
    pub ledger_time: i64,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page begins: send it as `after`. Absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

fn name(book: &Book, kind: Kind, number: u32) -> Option<String> {
    book.name(kind, number).map(str::to_owned)
}

/// What a cell is.
pub fn cell(book: &Book, cell: CellNo, at: Second) -> CellName {
    let view = book.cell_at(cell, at);
    let facts = view.map(|view| view.facts);
    CellName {
        cell: cell.0,
        seller: facts.and_then(|facts| name(book, Kind::Seller, facts.seller.0)),
        sku: facts.and_then(|facts| name(book, Kind::Sku, facts.sku.0)),
        node: facts.and_then(|facts| name(book, Kind::Node, facts.node.0)),
        zone: view.as_ref().and_then(|view| Some(book.zone_key(view.facts.zone)?.to_owned())),
        lot: facts.and_then(|facts| name(book, Kind::Lot, facts.lot?.0)),
    }
}

/// A hold, as far as the caller sees its lines.
pub fn hold(words: &Words<'_>, view: &HoldView) -> Hold {
    let book = words.book;
    let lines =
        view.lines.iter().filter(|line| words.eyes == super::access::Eyes::All || words.sees(line.cell));
    Hold {
        hold: view.id.0,
        code: book.code(view.id),
        order: None,
        state: view.state.word(),
        version: view.version,
        origin_channel: name(book, Kind::Channel, view.origin.0),
        customer: view.customer.map(|customer| customer.0),
        node: name(book, Kind::Node, view.node.0),
        priority: view.priority,
        created_at: moment(view.created),
        expires_at: moment(view.expires),
        lines: lines
            .map(|line| HoldLine {
                cell: cell(book, line.cell, words.at),
                requested: line.requested,
                held: line.held,
                fulfilled: line.fulfilled,
                released: line.released,
                expired: line.expired,
            })
            .collect(),
    }
}

/// A record of units sold.
pub fn sale(book: &Book, number: SaleNo) -> Option<Sale> {
    let record = book.sale(number)?;
    let entity = |entity: volok::ledger::EntityNo| name(book, Kind::Entity, entity.0);
    let (receipt, entity) = match record.receipt {
        Receipt::Online(by) => ("online", entity(by)),
        Receipt::Counter(by) => ("counter", entity(by)),
        Receipt::None => ("none", None),
        Receipt::NotSaid => ("not_said", None),
    };
    Some(Sale {
        sale: u64::from(number.0),
        hold: record.hold.0,
        at: moment(record.at.second()),
        origin_channel: name(book, Kind::Channel, record.origin.0),
        by: name(book, Kind::Node, record.by.0),
        customer: record.customer.map(|customer| customer.0),
        units: record.units,
        receipt,
        entity,
    })
}

/// What became of a hold; a refusal is a problem.
pub fn held(book: &Book, outcome: &Outcome) -> Result<Held, Problem> {
    let ledger_time = outcome.at.0;
    match outcome.result.clone()? {
        Done::Held { hold, version, expires, state: now } => Ok(Held {
            hold: hold.0,
            version,
            state: now.word(),
            code: book.code(hold),
            expires_at: Some(moment(expires)),
            sale: None,
            ledger_time,
        }),
        Done::Sold { hold, version, state: now, sale: number } => Ok(Held {
            hold: hold.0,
            version,
            state: now.word(),
            code: book.code(hold),
            expires_at: None,
            sale: sale(book, number),
            ledger_time,
        }),
        _ => Err(Problem::internal()),
    }
}

/// The code of a parcel.
pub fn code(book: &Book, id: ParcelId, at: Stamp) -> Option<String> {
    book.parcel_at(id, at.second()).map(|view| view.code)
}

/// A parcel, as far as the caller sees what is in it.
pub fn parcel(words: &Words<'_>, view: &ParcelView) -> Parcel {
    let book = words.book;
    let code = |id: ParcelId| code(book, id, Stamp::at(words.at)).unwrap_or_default();
    let seen = |cell: CellNo| words.eyes == super::access::Eyes::All || words.sees(cell);
    Parcel {
        parcel: view.code.clone(),
        label: view.label.map(|label| label.to_string()),
        hold: view.hold.0,
        stage: view.stage.word(),
        version: view.version,
        node: name(book, Kind::Node, view.node.0),
        last_node: name(book, Kind::Node, view.last_node.0),
        since: moment(view.since),
        until: view.until.map(moment),
        picks: view
            .picks
            .iter()
            .filter(|pick| seen(pick.cell))
            .map(|pick| Pick { cell: cell(book, pick.cell, words.at), qty: pick.qty })
            .collect(),
        contents: view
            .contents
            .iter()
            .filter(|content| seen(content.cell))
            .map(|content| Content {
                cell: cell(book, content.cell, words.at),
                inside: content.inside,
                handed_over: content.handed_over,
                gone_back: content.gone_back,
            })
            .collect(),
        parts: view.parts.iter().map(|&id| code(id)).collect(),
        into: view.into.map(code),
        waits_for: view.waits_for.iter().map(|&id| code(id)).collect(),
        is_return: view.is_return,
    }
}

/// What became of a parcel; a refusal is a problem.
pub fn stepped(book: &Book, outcome: &Outcome) -> Result<Stepped, Problem> {
    let (id, version, now, sold, back) = match outcome.result.clone()? {
        Done::Parcel { parcel, version, stage } => (parcel, version, stage, None, None),
        Done::HandedOver { parcel, version, stage, sale, back } => (parcel, version, stage, Some(sale), back),
        Done::WentBack { parcel, version, stage, into } => (parcel, version, stage, None, into),
        _ => return Err(Problem::internal()),
    };
    let named = |row| code(book, ParcelId { order: id.order, row }, outcome.at);
    Ok(Stepped {
        parcel: code(book, id, outcome.at).unwrap_or_default(),
        version,
        stage: now.word(),
        sale: sold.and_then(|number| sale(book, number)),
        back: back.and_then(named),
        ledger_time: outcome.at.0,
    })
}

/// An answer with the version of what it tells.
pub struct Tagged<T>(pub StatusCode, pub u32, pub T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", self.1)) {
            headers.insert(header::ETAG, tag);
        }
        (self.0, headers, Json(self.2)).into_response()
    }
}
