//! Goods that are announced (ASN) and come in: what was announced, what came, the difference.

use super::stock::register;
use crate::serve::access::Scope;
use crate::serve::body::{Json as Asked, key_within};
use crate::serve::once::once;
use crate::serve::operation::Operation;
use crate::serve::problem::Problem;
use crate::serve::service::{Asks, Shared};
use crate::serve::told::{self, CellName};
use crate::serve::words::{CellAsked, Words, second};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::{Arc, OnceLock};
use volok::ledger::{
    Body, Book, CellNo, CellView, Done, Kind, Outcome, Second, SourceNo, StockChange, StockEvent,
};

/// Lines of a notice: no more than the ledger does as one.
const LINES: usize = 100;

/// Goods that are announced.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NoticeAsked {
    /// The system that announces them; it becomes known with its first notice.
    #[schemars(length(min = 1, max = 600))]
    source: String,
    /// Where they come to.
    node: String,
    /// When they can be picked, RFC 3339.
    due: String,
    /// What is announced.
    #[schemars(length(min = 1, max = 100))]
    lines: Vec<NoticeLine>,
}

/// Units of one batch that are announced.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NoticeLine {
    /// Whose.
    seller: String,
    /// What.
    sku: String,
    /// Into which zone.
    zone: String,
    /// Which batch; the nameless one when absent.
    lot: Option<String>,
    /// When the batch expires, RFC 3339; never when absent.
    expires: Option<String>,
    /// How many units.
    qty: u32,
}

/// A notice that can be promised from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Noticed {
    /// By line, the cell its units are announced in: what came in is reported of it.
    cells: Vec<u32>,
    /// Ledger time, nanoseconds since 1970.
    ledger_time: i64,
}

/// What came in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReceiptAsked {
    /// The system that counted: a name of kind `source`.
    source: String,
    /// By cell of the notice, how many units came.
    #[schemars(length(min = 1, max = 100))]
    lines: Vec<ReceivedAsked>,
}

/// Units that came in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReceivedAsked {
    /// The cell they were announced in.
    cell: u32,
    /// How many came.
    received: u32,
}

/// What came in, held against what was announced.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Received {
    /// It was reported before: nothing changed.
    known: bool,
    /// By line.
    lines: Vec<Difference>,
    /// Ledger time, nanoseconds since 1970.
    ledger_time: i64,
}

/// A line of a receipt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Difference {
    /// Which cell.
    #[serde(flatten)]
    cell: CellName,
    /// Units that were announced; not told again of what is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    announced: Option<u32>,
    /// Units that came.
    received: u32,
    /// Received less announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<i64>,
    /// Units held beyond those that came: see `GET /v1/shortages`.
    short: u32,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    let line = json!({"seller": "kantstovary", "sku": "pen", "zone": "shelf", "lot": "L7", "qty": 40});
    let notice = json!({"source": "asn", "node": "tver", "due": "2026-03-01T06:00:00Z", "lines": [line]});
    vec![
        Operation::new(
            ("POST", "/v1/notices"),
            ("edge", "announce"),
            "Goods are on their way (ASN): they can be promised from when they are due",
            Some(Scope::Stock),
            post(announce),
        )
        .takes::<NoticeAsked>(notice)
        .gives::<Noticed>(201, "They are announced.")
        .writes(),
        Operation::new(
            ("POST", "/v1/notices/receipts"),
            ("edge", "receive"),
            "What came in of goods that were announced, and what did not",
            Some(Scope::Stock),
            post(receive),
        )
        .takes::<ReceiptAsked>(json!({"source": "wms", "lines": [{"cell": 7, "received": 38}]}))
        .gives::<Received>(200, "It is there; the differences are told.")
        .writes(),
    ]
}

fn sized(lines: usize) -> Result<(), Problem> {
    let right = format!("1 to {LINES} lines");
    (1..=LINES)
        .contains(&lines)
        .then_some(())
        .ok_or_else(|| Problem::at("lines", "out_of_range", &lines.to_string(), right))
}

async fn announce(
    State(service): State<Shared>,
    asks: Asks,
    Asked(asked): Asked<NoticeAsked>,
) -> Result<(StatusCode, Json<Noticed>), Problem> {
    sized(asked.lines.len())?;
    let due = second(&asked.due, "due")?;
    register(&service, &asks, Kind::Source, vec![asked.source.clone()]).await?;
    register(&service, &asks, Kind::Lot, asked.lines.iter().filter_map(|line| line.lot.clone()).collect())
        .await?;
    let count = asked.lines.len() as u32;
    let (source, said) = (asked.source.clone(), asked.clone());
    let quantities: Vec<u32> = asked.lines.iter().map(|line| line.qty).collect();
    let open = move |book: &Book, at, eyes| {
        let words = Words { book, at, eyes };
        let facts = asked.lines.iter().enumerate().map(|(row, line)| {
            let cell = CellAsked {
                seller: line.seller.clone(),
                sku: line.sku.clone(),
                node: asked.node.clone(),
                zone: line.zone.clone(),
                lot: line.lot.clone(),
                expires: line.expires.clone(),
                due: Some(asked.due.clone()),
            };
            words.facts(&cell, &format!("lines[{row}]"))
        });
        Ok(Body::OpenCells(facts.collect::<Result<_, _>>()?))
    };
    let opened = |_: &Book, outcome: &Outcome| match outcome.result.clone()? {
        Done::Numbered { first } => Ok(first),
        _ => Err(Problem::internal()),
    };
    // The same request again opens no cells again, and announces nothing again.
    let first = service.ask(&asks.caller, key_within(&asks.request.name, "cells"), open, opened).await?;
    let build = move |book: &Book, at, eyes| {
        let words = Words { book, at, eyes };
        let source = SourceNo(words.number(Kind::Source, &source, "source", "a source")?);
        let change =
            |(row, &qty): (usize, &u32)| StockChange::Announced(CellNo(first + row as u32), qty, due);
        Ok(group(book, source, quantities.iter().enumerate().map(change)))
    };
    let told = move |_: &Book, outcome: &Outcome, _| {
        outcome.result.clone()?;
        Ok((Noticed { cells: (first..first + count).collect(), ledger_time: outcome.at.0 }, outcome.at))
    };
    let (noticed, by) = once(&service, &asks, asks.request.key, &said, build, told).await?;
    service.renew(asks.caller.tenant, by).await?;
    Ok((StatusCode::CREATED, Json(noticed)))
}

/// Changes of stock as one, reported by a source after all it reported before.
pub fn group(book: &Book, source: SourceNo, changes: impl Iterator<Item = StockChange>) -> Body {
    let next = book.reported(source).unwrap_or(0) + 1;
    let event = |(sequence, what)| Body::Stock(StockEvent { source, sequence, what });
    Body::Group((next..).zip(changes).map(event).collect())
}

async fn receive(
    State(service): State<Shared>,
    asks: Asks,
    Asked(asked): Asked<ReceiptAsked>,
) -> Result<Json<Received>, Problem> {
    sized(asked.lines.len())?;
    // What was announced is gone once it is there.
    let announced: Arc<OnceLock<Vec<u32>>> = Arc::default();
    let (seen, lines, said) = (announced.clone(), asked.lines.clone(), asked.clone());
    let build = move |book: &Book, at: Second, eyes| {
        let words = Words { book, at, eyes };
        let source = SourceNo(words.number(Kind::Source, &asked.source, "source", "a source")?);
        let of = |(row, line): (usize, &ReceivedAsked)| {
            let view = book.cell_at(CellNo(line.cell), at).filter(|view: &CellView| eyes.see(&view.facts));
            view.ok_or_else(|| {
                let place = format!("lines[{row}].cell");
                Problem::at(place, "unknown", &line.cell.to_string(), "a cell that a notice answered")
            })
        };
        let views = asked.lines.iter().enumerate().map(of).collect::<Result<Vec<_>, _>>()?;
        let _ = seen.set(views.iter().map(|view| if view.awaited { view.on_hand } else { 0 }).collect());
        let change = |line: &ReceivedAsked| StockChange::Arrived(CellNo(line.cell), line.received);
        Ok(group(book, source, asked.lines.iter().map(change)))
    };
    let told = move |book: &Book, outcome: &Outcome, known: bool| {
        let Done::Group(each) = outcome.result.clone()? else { return Err(Problem::internal()) };
        let short = |done: &Done| if let Done::Stocked { short, .. } = done { *short } else { 0 };
        let before = announced.get();
        let difference = |(row, line): (usize, &ReceivedAsked)| {
            let announced = before.and_then(|before| before.get(row).copied());
            Difference {
                cell: told::cell(book, CellNo(line.cell), outcome.at.second()),
                announced,
                received: line.received,
                difference: announced.map(|announced| i64::from(line.received) - i64::from(announced)),
                short: each.get(row).map_or(0, short),
            }
        };
        let lines = lines.iter().enumerate().map(difference).collect();
        Ok((Received { known, lines, ledger_time: outcome.at.0 }, outcome.at))
    };
    let (received, by) = once(&service, &asks, asks.request.key, &said, build, told).await?;
    service.renew(asks.caller.tenant, by).await?;
    Ok(Json(received))
}
