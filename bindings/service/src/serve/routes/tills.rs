//! Tills: what was sold without a hold, and what came back.

use super::notices::group;
use super::stock::register;
use crate::serve::access::Scope;
use crate::serve::body::{Json as Asked, key_within};
use crate::serve::once::once;
use crate::serve::operation::Operation;
use crate::serve::problem::Problem;
use crate::serve::service::{Asks, Shared};
use crate::serve::told::{self, CellName};
use crate::serve::words::Words;
use axum::Json;
use axum::extract::State;
use axum::routing::post;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::{Arc, OnceLock};
use volok::ledger::{Book, CellNo, CellView, Done, Kind, Outcome, SkuNo, SourceNo, StockChange};

/// What was done at a till.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Deal {
    /// Goods went to a customer.
    Sale,
    /// Goods came back from one.
    Return,
}

/// A receipt of a till.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TillAsked {
    /// Which till: it reports as the source of this name, which becomes known with its first receipt.
    #[schemars(length(min = 1, max = 600))]
    till: String,
    /// The receipt's number: each is taken once, however often it is sent.
    #[schemars(length(min = 1, max = 200))]
    receipt: String,
    /// In which shop.
    node: String,
    /// What was done.
    what: Deal,
    /// Its lines.
    #[schemars(length(min = 1, max = 40))]
    lines: Vec<TillLine>,
}

/// A line of a receipt.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TillLine {
    /// What.
    sku: String,
    /// Whose; whoever's there is when absent.
    seller: Option<String>,
    /// How many units.
    qty: u32,
}

/// What a receipt did.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Rung {
    /// The receipt was taken before: nothing changed, and its cells are not told again.
    known: bool,
    /// Out of which cells units went, or into which: each cell once.
    moved: Vec<Moved>,
    /// Ledger time, nanoseconds since 1970.
    ledger_time: i64,
}

/// Units of one cell.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Moved {
    /// Which cell.
    #[serde(flatten)]
    cell: CellName,
    /// Units in it now.
    on_hand: u32,
    /// Units held beyond those there: see `GET /v1/shortages`.
    short: u32,
}

/// Lines of a receipt, at most: each may take from several cells.
const LINES: usize = 40;

/// Cells of one receipt, at most: what the ledger does as one.
const CELLS: usize = 100;

/// The operations.
pub fn operations() -> Vec<Operation> {
    let lines = json!([{"sku": "pen", "qty": 1}]);
    let example =
        json!({"till": "tver-1", "receipt": "000017", "node": "tver", "what": "sale", "lines": lines});
    vec![
        Operation::new(
            ("POST", "/v1/till-receipts"),
            ("edge", "ringUp"),
            "A till sold goods, or took goods back; the number of the receipt makes it once",
            Some(Scope::Stock),
            post(ring_up),
        )
        .takes::<TillAsked>(example)
        .gives::<Rung>(200, "It is taken.")
        .writes(),
    ]
}

async fn ring_up(
    State(service): State<Shared>,
    asks: Asks,
    Asked(asked): Asked<TillAsked>,
) -> Result<Json<Rung>, Problem> {
    if !(1..=LINES).contains(&asked.lines.len()) {
        let right = format!("1 to {LINES} lines");
        return Err(Problem::at("lines", "out_of_range", &asked.lines.len().to_string(), right));
    }
    register(&service, &asks, Kind::Source, vec![asked.till.clone()]).await?;
    let key = key_within(&format!("till {}", asked.till), &asked.receipt);
    let (chosen, said): (Arc<OnceLock<Vec<CellNo>>>, _) = (Arc::default(), asked.clone());
    let choice = chosen.clone();
    let build = move |book: &Book, at, eyes| {
        let words = Words { book, at, eyes };
        let source = SourceNo(words.number(Kind::Source, &asked.till, "till", "a source")?);
        let node = words.node(&asked.node, "node")?;
        // Lines that name a seller choose first: the others may take what those leave.
        let mut lines: Vec<(usize, &TillLine)> = asked.lines.iter().enumerate().collect();
        lines.sort_by_key(|(_, line)| line.seller.is_none());
        let mut moved = Vec::new();
        for (row, line) in lines {
            let place = |field: &str| format!("lines[{row}].{field}");
            let sku = SkuNo(words.number(Kind::Sku, &line.sku, &place("sku"), "an SKU")?);
            let seller = |name: &String| words.number(Kind::Seller, name, &place("seller"), "a seller");
            let seller = line.seller.as_ref().map(seller).transpose()?;
            let is_meant = |view: &CellView| {
                !view.awaited
                    && eyes.see(&view.facts)
                    && seller.is_none_or(|seller| view.facts.seller.0 == seller)
            };
            let cells = book.cells_of(sku, node).filter_map(|cell| Some((cell, book.cell_at(cell, at)?)));
            let cells: Vec<(CellNo, CellView)> = cells.filter(|(_, view)| is_meant(view)).collect();
            if cells.is_empty() || line.qty == 0 {
                let right = "an SKU with a cell at the node, and at least one unit";
                return Err(Problem::at(place("sku"), "no_cell", &line.sku, right));
            }
            spread(asked.what, &cells, line.qty, &mut moved);
        }
        if moved.len() > CELLS {
            let right = format!("at most {CELLS} cells in one receipt");
            return Err(Problem::at("lines", "too_many", &moved.len().to_string(), right));
        }
        let _ = choice.set(moved.iter().map(|(cell, _)| *cell).collect());
        let change = |(cell, units)| match asked.what {
            Deal::Sale => StockChange::Sale(cell, units),
            Deal::Return => StockChange::Return(cell, units),
        };
        Ok(group(book, source, moved.into_iter().map(change)))
    };
    let told = move |book: &Book, outcome: &Outcome, known: bool| {
        let Done::Group(each) = outcome.result.clone()? else { return Err(Problem::internal()) };
        let moved = |(&cell, done): (&CellNo, &Done)| {
            let Done::Stocked { on_hand, short } = *done else { return None };
            Some(Moved { cell: told::cell(book, cell, outcome.at.second()), on_hand, short })
        };
        let cells = chosen.get().into_iter().flatten();
        Ok(Rung {
            known,
            moved: cells.zip(each.iter()).filter_map(moved).collect(),
            ledger_time: outcome.at.0,
        })
    };
    once(&service, &asks, key, &said, build, told).await.map(Json)
}

/// Spreads units of a line over cells, with what lines before it took: what expires first is sold first; what comes back
/// goes where most is.
fn spread(what: Deal, cells: &[(CellNo, CellView)], qty: u32, moved: &mut Vec<(CellNo, u32)>) {
    let mut left = qty;
    match what {
        Deal::Return => {
            let home = cells.iter().max_by_key(|(cell, view)| (view.on_hand, std::cmp::Reverse(*cell)));
            home.into_iter().for_each(|(cell, _)| add(moved, *cell, qty));
        }
        Deal::Sale => {
            let mut order: Vec<&(CellNo, CellView)> = cells.iter().collect();
            // Units nobody holds first, then by expiry.
            order.sort_by_key(|(cell, view)| (view.facts.expires, *cell));
            for held_too in [false, true] {
                for (cell, view) in &order {
                    let there = if held_too { view.on_hand } else { view.on_hand.saturating_sub(view.held) };
                    let before = moved.iter().find(|(other, _)| other == cell).map_or(0, |(_, units)| *units);
                    let units = left.min(there.saturating_sub(before));
                    left -= units;
                    add(moved, *cell, units);
                }
            }
            // What is sold was there, whatever the book says: the ledger tells that it is not.
            if let Some((cell, _)) = order.first() {
                add(moved, *cell, left);
            }
        }
    }
}

/// Adds units to those moved of a cell; those no ledger could have stay as many as it can count.
fn add(moved: &mut Vec<(CellNo, u32)>, cell: CellNo, units: u32) {
    match moved.iter_mut().find(|(other, _)| *other == cell) {
        Some((_, more)) => *more = more.saturating_add(units),
        None if units > 0 => moved.push((cell, units)),
        None => {}
    }
}
