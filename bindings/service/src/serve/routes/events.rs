//! What was done, in its order: for an OMS, a WMS, an ERP that follow.

use super::page_of;
use crate::serve::access::{Caller, Eyes, Scope};
use crate::serve::body::Query;
use crate::serve::clock;
use crate::serve::limits::WAIT_SECONDS;
use crate::serve::operation::{Operation, Pace};
use crate::serve::problem::Problem;
use crate::serve::service::{Service, Shared};
use crate::serve::told::{self, CellName};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use volok::ledger::{
    Body, Book, Books, CellNo, Done, HoldId, Kind, ParcelId, Record, Second, Stamp, StockChange, Want, Wanted,
};

/// From where on.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct From {
    /// Events after the one with this number; from the first on when absent. `next` of the page before.
    from: Option<u64>,
    /// Events of the page, at most.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
    /// Seconds to wait for an event where there is none yet.
    #[schemars(range(min = 0, max = 30))]
    wait: Option<u64>,
}

/// Something was done. What was refused changed nothing, and is not told.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Event {
    /// Its number: rising, with gaps.
    seq: u64,
    /// When, RFC 3339 UTC.
    at: String,
    /// Ledger time, nanoseconds since 1970.
    ledger_time: i64,
    /// What.
    #[serde(flatten)]
    what: What,
}

/// What was done.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
struct What {
    /// `place`, `adjust`, `extend`, `fulfil`, `release`, `stock`, `parcels`, `pack`, `send_on`, `arrive`, `merge`,
    /// `hand_over`, `back`, `group`, `register`, `open_cells` …
    kind: &'static str,
    /// Of stock: what happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
    /// Which hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<u64>,
    /// Its order code.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Which parcel.
    #[serde(skip_serializing_if = "Option::is_none")]
    parcel: Option<String>,
    /// Where the hold or the parcel stood then.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    /// The version then.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    /// The record of what was sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    sale: Option<u64>,
    /// At which node.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    /// Who reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// Units of cells that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    units: Vec<Units>,
    /// Of a group: its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<What>,
}

/// Units of a cell.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Units {
    /// Which cell.
    #[serde(flatten)]
    cell: CellName,
    /// How many units.
    qty: u32,
}

/// A page of the feed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Feed {
    /// In their order.
    events: Vec<Event>,
    /// Send it as `from` to go on.
    next: u64,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            ("GET", "/v1/events"),
            ("record", "events"),
            "What was done, in its order; with `Accept: text/event-stream` as a stream that goes on",
            Some(Scope::Read),
            get(events),
        )
        .queried::<From>()
        .paced(Pace::Waits)
        .gives::<Feed>(200, "A page of events.")
        .refuses(&[409, 422]),
    ]
}

async fn events(
    State(service): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Query(asked): Query<From>,
) -> Result<Response, Problem> {
    let limit = page_of(asked.limit)?;
    let streams = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/event-stream"));
    if streams {
        let resumed =
            headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
        let from = resumed.or(asked.from).unwrap_or(0);
        return Ok(stream(service, caller, from, limit).into_response());
    }
    let wait = asked.wait.unwrap_or(0);
    if wait > WAIT_SECONDS {
        return Err(Problem::at(
            "wait",
            "out_of_range",
            &wait.to_string(),
            format!("at most {WAIT_SECONDS}"),
        ));
    }
    let wait = Duration::from_secs(wait);
    let end = tokio::time::Instant::now() + wait;
    let mut from = asked.from.unwrap_or(0);
    loop {
        let mut heard = service.heard.clone();
        heard.mark_unchanged();
        let page = feed(&service, &caller, from, limit).await?;
        let is_over =
            !page.events.is_empty() || tokio::time::Instant::now() >= end || *service.ending.borrow();
        if is_over {
            return Ok(Json(page).into_response());
        }
        from = page.next;
        let mut ending = service.ending.clone();
        tokio::select! {
            _ = tokio::time::sleep_until(end) => {}
            _ = heard.changed() => {}
            _ = ending.wait_for(|ending| *ending) => {}
        }
    }
}

fn stream(
    service: Shared,
    caller: Caller,
    from: u64,
    limit: usize,
) -> Sse<impl futures_util::Stream<Item = Result<Message, Infallible>>> {
    let state = (service, caller, from, Vec::<Event>::new().into_iter());
    let messages =
        futures_util::stream::unfold(state, move |(service, caller, mut from, mut waiting)| async move {
            loop {
                if let Some(event) = waiting.next() {
                    let event: Event = event;
                    let message = Message::default().id(event.seq.to_string()).event(event.what.kind);
                    let message = message.json_data(&event).unwrap_or_default();
                    return Some((Ok(message), (service, caller, from, waiting)));
                }
                if *service.ending.borrow() {
                    return None;
                }
                let mut heard = service.heard.clone();
                heard.mark_unchanged();
                let page = feed(&service, &caller, from, limit).await.ok()?;
                let goes_on = page.next > from;
                from = page.next;
                waiting = page.events.into_iter();
                if waiting.len() == 0 && !goes_on {
                    let mut ending = service.ending.clone();
                    tokio::select! {
                        changed = heard.changed() => changed.ok()?,
                        _ = ending.wait_for(|ending| *ending) => {}
                    }
                }
            }
        });
    Sse::new(messages).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

/// A page of the feed, as far as the caller sees it.
async fn feed(service: &Shared, caller: &Caller, from: u64, limit: usize) -> Result<Feed, Problem> {
    let (service, caller): (Arc<Service>, Caller) = (service.clone(), caller.clone());
    let page = tokio::task::spawn_blocking(move || {
        let records = service.ledger.records(from, limit)?;
        let next = records.last().map_or(from, |(number, _)| *number);
        let events = service.ledger.look(|state| {
            let Some(book) = state.book(caller.tenant) else { return Vec::new() };
            let reader = Reader { book, eyes: caller.eyes(book), at: clock::second(state.at()) };
            let own = records.iter().filter(|(_, record)| record.command.tenant == caller.tenant);
            own.filter_map(|(seq, record)| reader.event(*seq, record)).collect()
        })?;
        Ok(Feed { events, next })
    });
    page.await.map_err(|_| Problem::internal())?
}

struct Reader<'b> {
    book: &'b Book,
    eyes: Eyes,
    at: Second,
}

impl Reader<'_> {
    fn event(&self, seq: u64, record: &Record) -> Option<Event> {
        let done = record.outcome.result.as_ref().ok()?;
        if matches!(done, Done::KnownReport | Done::Forgotten { .. }) {
            return None;
        }
        let at = record.outcome.at;
        let what = self.what(&record.command.body, done, at)?;
        Some(Event { seq, at: told::moment(at.second()), ledger_time: at.0, what })
    }

    /// What was done, as far as it is seen.
    fn what(&self, body: &Body, done: &Done, at: Stamp) -> Option<What> {
        let mut what = What { kind: body.name(), ..What::default() };
        let seen_before = self.of_done(done, at, &mut what);
        let mut units = self.of_body(body, &mut what);
        let has_goods = seen_before || !units.is_empty();
        if self.eyes != Eyes::All {
            units.retain(|(cell, _)| self.sees(*cell));
        }
        what.units = units
            .into_iter()
            .map(|(cell, qty)| Units { cell: told::cell(self.book, cell, self.at), qty })
            .collect();
        if let (Body::Group(bodies), Done::Group(dones)) = (body, done) {
            let parts = bodies.iter().zip(&**dones).filter_map(|(body, done)| self.what(body, done, at));
            what.parts = parts.collect();
        }
        let is_seen = self.eyes == Eyes::All
            || !what.units.is_empty()
            || !what.parts.is_empty()
            || (has_goods && self.sees_some(done));
        is_seen.then_some(what)
    }

    fn sees(&self, cell: CellNo) -> bool {
        self.book.cell_at(cell, self.at).is_some_and(|view| self.eyes.see(&view.facts))
    }

    /// Whether goods of the hold or the parcel are seen.
    fn sees_some(&self, done: &Done) -> bool {
        match done {
            Done::Held { hold, .. } | Done::Sold { hold, .. } => {
                self.of_hold(*hold).any(|cell| self.sees(cell))
            }
            Done::Parcel { parcel, .. } | Done::HandedOver { parcel, .. } | Done::WentBack { parcel, .. } => {
                self.of_parcel(*parcel).any(|cell| self.sees(cell))
            }
            _ => false,
        }
    }

    fn of_hold(&self, hold: HoldId) -> impl Iterator<Item = CellNo> {
        let view = self.book.hold_at(hold, self.at);
        view.into_iter().flat_map(|view| view.lines).map(|line| line.cell)
    }

    fn of_parcel(&self, parcel: ParcelId) -> impl Iterator<Item = CellNo> {
        let view = self.book.parcel_at(parcel, self.at);
        view.into_iter().flat_map(|view| {
            let packed: Vec<CellNo> = view.contents.iter().map(|content| content.cell).collect();
            packed.into_iter().chain(view.picks.into_iter().map(|pick| pick.cell))
        })
    }

    /// What the answer says; whether it is about goods.
    fn of_done(&self, done: &Done, at: Stamp, what: &mut What) -> bool {
        match *done {
            Done::Held { hold, version, state, .. } => {
                what.hold = Some(hold.0);
                what.code = self.book.code(hold);
                (what.version, what.state) = (Some(version), Some(state.word()));
            }
            Done::Sold { hold, version, state, sale } => {
                what.hold = Some(hold.0);
                what.code = self.book.code(hold);
                (what.version, what.state) = (Some(version), Some(state.word()));
                what.sale = Some(u64::from(sale.0));
            }
            Done::Written { order, .. } => {
                let first = self.book.parcel_at(ParcelId { order, row: 0 }, self.at);
                what.hold = first.as_ref().map(|view| view.hold.0);
                what.code =
                    first.and_then(|view| view.code.rsplit_once('-').map(|(order, _)| order.to_owned()));
            }
            Done::Parcel { parcel, version, stage } | Done::WentBack { parcel, version, stage, .. } => {
                what.parcel = told::code(self.book, parcel, at);
                (what.version, what.state) = (Some(version), Some(stage.word()));
            }
            Done::HandedOver { parcel, version, stage, sale, .. } => {
                what.parcel = told::code(self.book, parcel, at);
                (what.version, what.state) = (Some(version), Some(stage.word()));
                what.sale = Some(u64::from(sale.0));
            }
            _ => return false,
        }
        true
    }

    /// What the request says; the units it is about.
    fn of_body(&self, body: &Body, what: &mut What) -> Vec<(CellNo, u32)> {
        let node = |node: volok::ledger::NodeNo| self.book.name(Kind::Node, node.0).map(str::to_owned);
        let of_cells = |lines: &[Wanted]| {
            let cell = |line: &Wanted| match line.what {
                Want::Cell(cell) => Some((cell, line.qty)),
                Want::Sku(..) => None,
            };
            lines.iter().filter_map(cell).collect::<Vec<_>>()
        };
        match body {
            Body::Place(place) => {
                what.node = node(place.node);
                match of_cells(&place.lines) {
                    named if named.len() == place.lines.len() => named,
                    _ => what.hold.map_or_else(Vec::new, |hold| self.first_units(HoldId(hold))),
                }
            }
            Body::Adjust(adjust) => of_cells(&adjust.adds),
            Body::Fulfil(fulfil) => {
                what.node = node(fulfil.by);
                of_cells(&fulfil.lines)
            }
            Body::Stock(event) => {
                what.source = self.book.name(Kind::Source, event.source.0).map(str::to_owned);
                let (change, cell, qty) = match event.what {
                    StockChange::Receipt(cell, qty) => ("receipt", cell, qty),
                    StockChange::Sale(cell, qty) => ("sale", cell, qty),
                    StockChange::Return(cell, qty) => ("return", cell, qty),
                    StockChange::WriteOff(cell, qty) => ("write_off", cell, qty),
                    StockChange::Count(cell, qty) => ("count", cell, qty),
                    StockChange::Move(cell, _, qty) => ("move", cell, qty),
                    StockChange::Announced(cell, qty, _) => ("announced", cell, qty),
                    StockChange::Arrived(cell, qty) => ("arrived", cell, qty),
                };
                what.change = Some(change);
                vec![(cell, qty)]
            }
            Body::Arrive(arrive) => {
                what.node = node(arrive.node);
                Vec::new()
            }
            Body::HandOver(hand) => {
                what.node = node(hand.by);
                hand.taken.iter().map(|units| (units.cell, units.qty)).collect()
            }
            Body::Back(back) => back.units.iter().map(|units| (units.cell, units.qty)).collect(),
            _ => Vec::new(),
        }
    }

    /// Units a hold asked for, of the cells they were found in.
    fn first_units(&self, hold: HoldId) -> Vec<(CellNo, u32)> {
        let view = self.book.hold_at(hold, self.at);
        view.into_iter().flat_map(|view| view.lines).map(|line| (line.cell, line.requested)).collect()
    }
}
