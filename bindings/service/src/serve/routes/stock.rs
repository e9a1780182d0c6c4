//! Stock: what there is, and what happens to it.

use super::page_of;
use crate::serve::access::{Caller, Scope};
use crate::serve::body::{Json as Asked, Path, Query, Raw, json as read, key_within};
use crate::serve::operation::{Operation, Pace};
use crate::serve::problem::Problem;
use crate::serve::service::{Asks, Shared};
use crate::serve::told::{self, CellName, Page};
use crate::serve::words::{CellAsked, Happened, StockAsked, Words};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use volok::ledger::{Body, Book, CellNo, Code, Done, Kind, Outcome, SourceNo, Stamp, limits};
use volok::units::Instant;

/// Which cells, and which page of them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StockWanted {
    /// Of which SKU.
    sku: Option<String>,
    /// At which node.
    node: Option<String>,
    /// Of which seller.
    seller: Option<String>,
    /// `next` of the page before.
    after: Option<u32>,
    /// Rows of the page, at most.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

/// A stock cell.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Cell {
    /// Which.
    #[serde(flatten)]
    cell: CellName,
    /// When the batch expires, RFC 3339 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    /// For announced supply that is not there yet: when it is due, RFC 3339 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    /// Units there, or announced.
    on_hand: u32,
    /// Units held.
    held: u32,
    /// Units never promised.
    safety: u32,
    /// Units that may be held, fences apart.
    free: u32,
    /// Units held beyond those there.
    short: u32,
}

/// What became of a report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Stocked {
    /// The report was taken before: nothing changed.
    known: bool,
    /// Units in the cell now; of a move, in the one they left.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_hand: Option<u32>,
    /// Units held beyond those: see `GET /v1/shortages`.
    #[serde(skip_serializing_if = "Option::is_none")]
    short: Option<u32>,
    /// Ledger time, nanoseconds since 1970.
    ledger_time: i64,
}

/// What became of a line.
#[derive(Clone, Debug, Serialize)]
struct LineDone {
    /// From 1; blank lines count too.
    line: usize,
    /// What became of the report.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    stocked: Option<Stocked>,
    /// Why it was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// Cells to be opened, empty.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CellsAsked {
    /// The cells.
    #[schemars(length(min = 1, max = 4_096))]
    cells: Vec<CellAsked>,
}

/// Cells that were opened.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Opened {
    /// Their numbers, in the order in which they were named.
    cells: Vec<u32>,
}

/// A system that reports.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SourceAsked {
    /// Its name.
    #[schemars(length(min = 1, max = 600))]
    source: String,
}

/// How far a source has come.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Source {
    /// Its name.
    source: String,
    /// The number of its last report that was taken; the next one is one more.
    reported: u64,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    let (own, read) = (Some(Scope::Stock), Some(Scope::Read));
    let cell = json!({"seller": "kantstovary", "sku": "pen", "node": "tver", "zone": "shelf"});
    let event = json!({"source": "wms", "sequence": 1, "what": "receipt", "qty": 10, "cell": cell});
    vec![
        Operation::new(("GET", "/v1/stock"), ("stock", "listStock"), "Stock cells by number", read, get(list))
            .queried::<StockWanted>()
            .gives::<Page<Cell>>(200, "A page of them.")
            .refuses(&[409, 422]),
        Operation::new(("POST", "/v1/stock/cells"), ("stock", "openCells"), "Opens empty cells, say for a new batch or for announced supply", own, post(open))
            .takes::<CellsAsked>(json!({"cells": [{"seller": "kantstovary", "sku": "pen", "node": "tver", "zone": "shelf", "lot": "L7"}]}))
            .paced(Pace::Bulk)
            .gives::<Opened>(201, "They are open, and can be planned with.")
            .writes(),
        Operation::new(("POST", "/v1/stock/events"), ("stock", "reportStock"), "Something happened to stock", own, post(report))
            .takes::<StockAsked>(event.clone())
            .gives::<Stocked>(200, "It is taken.")
            .writes(),
        Operation::new(("POST", "/v1/stock/events/bulk"), ("stock", "reportStockInBulk"), "Reports in their order, a line of JSON each", own, post(bulk))
            .takes_as::<serde_json::Value>("application/x-ndjson", event.to_string().into())
            .paced(Pace::Bulk)
            .gives_text(200, "For each line what became of it, a line of JSON each.", "application/x-ndjson")
            .writes(),
        Operation::new(("POST", "/v1/sources"), ("stock", "addSource"), "Makes a reporting system known; one that is known stays as it is", own, post(add_source))
            .takes::<SourceAsked>(json!({"source": "wms"}))
            .gives::<Source>(200, "It is known.")
            .writes(),
        Operation::new(("GET", "/v1/sources/{source}"), ("stock", "getSource"), "How far a reporting system has come", read, get(source))
            .gives::<Source>(200, "How far it has come.")
            .refuses(&[409]),
    ]
}

async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<StockWanted>,
) -> Result<Json<Page<Cell>>, Problem> {
    let limit = page_of(wanted.limit)?;
    let page = service.look(&caller, move |book, at, eyes| {
        let words = Words { book, at, eyes };
        let number = |kind, name: &Option<String>, place: &str| {
            name.as_ref().map(|name| words.number(kind, name, place, "a name")).transpose()
        };
        let sku = number(Kind::Sku, &wanted.sku, "sku")?;
        let node = number(Kind::Node, &wanted.node, "node")?;
        let seller = number(Kind::Seller, &wanted.seller, "seller")?;
        let first = wanted.after.map_or(0, |after| after.saturating_add(1));
        let cells = (first..book.cells() as u32).map(CellNo);
        let found =
            cells.filter_map(|cell| book.cell_at(cell, at).map(|view| (cell, view))).filter(|(_, view)| {
                let is = |wanted: Option<u32>, number: u32| wanted.is_none_or(|wanted| wanted == number);
                let facts = view.facts;
                is(sku, facts.sku.0)
                    && is(node, facts.node.0)
                    && is(seller, facts.seller.0)
                    && eyes.see(&facts)
            });
        let mut found: Vec<_> = found.take(limit + 1).collect();
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|(cell, _)| cell.0.to_string());
        let item = |(cell, view): &(CellNo, volok::ledger::CellView)| Cell {
            cell: told::cell(book, *cell, at),
            expires: Some(view.facts.expires)
                .filter(|&expires| expires != Instant::NEVER)
                .map(volok::spec::instant_text),
            due: view.facts.due.filter(|_| view.awaited).map(told::moment),
            on_hand: view.on_hand,
            held: view.held,
            safety: view.safety,
            free: view.free(),
            short: view.short(),
        };
        Ok(Page { items: found.iter().map(item).collect(), next })
    });
    page.await.map(Json)
}

fn stocked(_: &Book, outcome: &Outcome) -> Result<Stocked, Problem> {
    let ledger_time = outcome.at.0;
    match outcome.result.clone()? {
        Done::Stocked { on_hand, short } => {
            Ok(Stocked { known: false, on_hand: Some(on_hand), short: Some(short), ledger_time })
        }
        Done::KnownReport => Ok(Stocked { known: true, on_hand: None, short: None, ledger_time }),
        _ => Err(Problem::internal()),
    }
}

async fn report(
    State(service): State<Shared>,
    asks: Asks,
    Asked(asked): Asked<StockAsked>,
) -> Result<Json<Stocked>, Problem> {
    let is_moved = moves_supply(&asked);
    let build = move |book: &Book, at, eyes| Ok(Body::Stock(Words { book, at, eyes }.event(&asked)?));
    let stocked = service.ask(&asks.caller, asks.request.key, build, stocked).await?;
    if is_moved {
        service.renew(asks.caller.tenant, Stamp(stocked.ledger_time)).await?;
    }
    Ok(Json(stocked))
}

/// Whether it changes from when on goods can be picked, not only how many there are.
fn moves_supply(asked: &StockAsked) -> bool {
    matches!(asked.what, Happened::Arrived | Happened::Announced)
}

/// Lines that are in the writer's queue at a time.
const LINES: usize = 1_024;

async fn bulk(
    State(service): State<Shared>,
    asks: Asks,
    Raw(body): Raw,
) -> Result<impl IntoResponse, Problem> {
    let numbered: Vec<(usize, &[u8])> = (1..).zip(body.split(|&byte| byte == b'\n')).collect();
    if body.trim_ascii().is_empty() {
        return Err(Problem::malformed(".", "nothing", "a report a line"));
    }
    let (mut answer, mut renewed) = (Vec::new(), None);
    for part in numbered.chunks(LINES) {
        let mut waiting = Vec::with_capacity(part.len());
        for &(line, text) in part.iter().filter(|(_, text)| !text.trim_ascii().is_empty()) {
            let caller = asks.caller.clone();
            let sent = read::<StockAsked>(text).map(|asked| {
                let is_moved = moves_supply(&asked);
                let key = key_within(&asks.request.name, &line.to_string());
                let build = move |book: &Book, at| {
                    let words = Words { book, at, eyes: caller.eyes(book) };
                    Ok(Body::Stock(words.event(&asked)?))
                };
                (is_moved, service.writer.submit(asks.caller.tenant, key, build, stocked))
            });
            waiting.push((line, sent));
        }
        for (line, sent) in waiting {
            let done = match sent {
                Ok((is_moved, sent)) => sent.await.inspect(|stocked| {
                    renewed = renewed.max(is_moved.then_some(Stamp(stocked.ledger_time)));
                }),
                Err(problem) => Err(problem),
            };
            let done = match done {
                Ok(stocked) => LineDone { line, stocked: Some(stocked), problem: None },
                Err(problem) => LineDone { line, stocked: None, problem: Some(problem) },
            };
            serde_json::to_writer(&mut answer, &done).map_err(|_| Problem::internal())?;
            answer.push(b'\n');
        }
    }
    if let Some(by) = renewed {
        service.renew(asks.caller.tenant, by).await?;
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], answer))
}

async fn open(
    State(service): State<Shared>,
    asks: Asks,
    Asked(asked): Asked<CellsAsked>,
) -> Result<(StatusCode, Json<Opened>), Problem> {
    if asked.cells.is_empty() || asked.cells.len() > limits::AT_ONCE {
        let found = asked.cells.len().to_string();
        return Err(Problem::at("cells", "out_of_range", &found, format!("1 to {} cells", limits::AT_ONCE)));
    }
    register(&service, &asks, Kind::Lot, asked.cells.iter().filter_map(|cell| cell.lot.clone()).collect())
        .await?;
    let count = asked.cells.len() as u32;
    let build = move |book: &Book, at, eyes| {
        let words = Words { book, at, eyes };
        let facts =
            asked.cells.iter().enumerate().map(|(row, cell)| words.facts(cell, &format!("cells[{row}]")));
        Ok(Body::OpenCells(facts.collect::<Result<_, _>>()?))
    };
    let told = move |_: &Book, outcome: &Outcome| match outcome.result.clone()? {
        Done::Numbered { first } => Ok((Opened { cells: (first..first + count).collect() }, outcome.at)),
        _ => Err(Problem::internal()),
    };
    let (opened, by) = service.ask(&asks.caller, asks.request.key, build, told).await?;
    service.renew(asks.caller.tenant, by).await?;
    Ok((StatusCode::CREATED, Json(opened)))
}

/// Makes names known that are not.
pub async fn register(
    service: &Shared,
    asks: &Asks,
    kind: Kind,
    mut names: Vec<String>,
) -> Result<(), Problem> {
    names.sort_unstable();
    names.dedup();
    let lacking = service.look(&asks.caller, move |book, _, _| {
        names.retain(|name| book.number(kind, name).is_none());
        Ok(names)
    });
    let names = lacking.await?;
    if names.is_empty() {
        return Ok(());
    }
    let key = key_within(&asks.request.name, &names.join("\u{1f}"));
    let build = move |_: &Book, _, _| Ok(Body::Register(kind, names.into_iter().map(Into::into).collect()));
    let told = |_: &Book, outcome: &Outcome| match &outcome.result {
        // Someone was quicker.
        Err(refusal) if refusal.code == Code::AlreadyKnown => Ok(()),
        Err(refusal) => Err((*refusal).into()),
        Ok(_) => Ok(()),
    };
    service.ask(&asks.caller, key, build, told).await
}

async fn add_source(
    State(service): State<Shared>,
    asks: Asks,
    Asked(asked): Asked<SourceAsked>,
) -> Result<Json<Source>, Problem> {
    register(&service, &asks, Kind::Source, vec![asked.source.clone()]).await?;
    find_source(&service, &asks.caller, asked.source).await
}

async fn source(
    State(service): State<Shared>,
    caller: Caller,
    Path(source): Path<String>,
) -> Result<Json<Source>, Problem> {
    find_source(&service, &caller, source).await
}

async fn find_source(service: &Shared, caller: &Caller, source: String) -> Result<Json<Source>, Problem> {
    let found = service.look(caller, move |book, _, _| {
        let number = book.number(Kind::Source, &source).ok_or_else(|| Problem::missing("source"))?;
        Ok(Source { reported: book.reported(SourceNo(number)).unwrap_or(0), source })
    });
    found.await.map(Json)
}
