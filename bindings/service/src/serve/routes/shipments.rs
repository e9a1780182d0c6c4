//! What a warehouse has to pack, as a warehouse system reads it, and what it reports back.

use super::notices::group;
use super::page_of;
use crate::serve::access::{Caller, Scope};
use crate::serve::body::{Json as Asked, Path, Query};
use crate::serve::once::once;
use crate::serve::operation::Operation;
use crate::serve::problem::Problem;
use crate::serve::service::{Asks, Shared};
use crate::serve::told::{self, CellName, Page};
use crate::serve::words::{UnitsAsked, Words, second};
use axum::Json;
use axum::extract::State;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use volok::ledger::{
    Arrive, Body, Book, CellNo, CellUnits, Done, HandOver, Handled, HoldId, Kind, Outcome, ParcelView, Rest,
    Second, SourceNo, Stage, Stamp, StockChange,
};
use volok::spec;
use volok::units::Instant;
use volok::world::World;

/// Which shipments.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Packed at which node.
    node: String,
    /// Only those at this stage: `expected` is to be packed, `under_way` has left.
    stage: Option<String>,
    /// Only those that are to be ready by then, RFC 3339.
    ready_by: Option<String>,
    /// Rows, at most.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

/// A parcel to be packed at a warehouse.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Shipment {
    /// Its code, which is that of the parcel: what the warehouse reports about.
    shipment: String,
    /// The customer's order, prefix included.
    order: String,
    /// The code on its label (SSCC).
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// The hold its units are kept by.
    hold: u64,
    /// Where it stands: `expected`, `under_way`, `handed_over` …
    stage: &'static str,
    /// Where it is packed.
    node: String,
    /// Where it goes next.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// By which lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    lane: Option<String>,
    /// When it is to be ready, RFC 3339 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_by: Option<String>,
    /// When it departs, RFC 3339 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    departs_at: Option<String>,
    /// What goes into it.
    lines: Vec<Line>,
}

/// Units to be picked.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Line {
    /// From which cell.
    #[serde(flatten)]
    cell: CellName,
    /// When the batch expires, RFC 3339 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    /// How many.
    qty: u32,
}

/// What a warehouse, a carrier or a point reports of a shipment.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
enum Report {
    /// All of it was packed, and leaves for its next stop.
    Packed {},
    /// Fewer units were found than it wants: the cells are counted anew, and the hold can be planned again.
    PickedShort {
        /// The system that reports: a name of kind `source`.
        source: String,
        /// By cell, how many units were there at all.
        found: Vec<UnitsAsked>,
    },
    /// It left a stop for the next one; of one that was just packed that is known.
    Shipped {},
    /// It came to a stop: a distribution centre, or the point where the customer takes it.
    Arrived {
        /// Where.
        node: String,
    },
    /// The customer took it, or some of it.
    HandedOver {
        /// Who handed it over.
        by: String,
        /// What was taken; none means all that is in it. The rest stays in it.
        #[serde(default)]
        taken: Vec<UnitsAsked>,
    },
}

/// What became of a report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Reported {
    /// The shipment.
    shipment: String,
    /// Where it stands now.
    stage: &'static str,
    /// Cells of which more is held now than is there: `POST /v1/holds/{hold}/replan` serves the holds elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    short: Vec<CellName>,
    /// The hold its units are kept by.
    hold: u64,
    /// Ledger time, nanoseconds since 1970.
    ledger_time: i64,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    let short = json!({"event": "picked_short", "source": "wms", "found": [{"cell": 3, "qty": 0}]});
    vec![
        Operation::new(
            ("GET", "/v1/shipments"),
            ("edge", "listShipments"),
            "What a warehouse has to pack, the earliest first",
            Some(Scope::Read),
            get(list),
        )
        .queried::<Wanted>()
        .gives::<Page<Shipment>>(200, "Its shipments.")
        .refuses(&[409, 422]),
        Operation::new(
            ("POST", "/v1/shipments/{shipment}/events"),
            ("edge", "reportShipment"),
            "A warehouse, a carrier or a point reports",
            Some(Scope::Parcel),
            post(report),
        )
        .takes::<Report>(short)
        .gives::<Reported>(200, "Where it stands now.")
        .writes(),
    ]
}

async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page<Shipment>>, Problem> {
    let limit = page_of(wanted.limit)?;
    let ready_by = wanted.ready_by.as_deref().map(|text| second(text, "ready_by")).transpose()?;
    let seen = service.look(&caller, move |book, at, eyes| {
        let words = Words { book, at, eyes };
        words.node(&wanted.node, "node")?;
        let is_wanted = |view: &ParcelView| {
            let stage = wanted.stage.as_deref().is_none_or(|stage| view.stage.word() == stage);
            stage && !view.is_return && words.sees_some(view)
        };
        let parcels = book.orders().flat_map(|order| book.parcels_of(order, at)).filter(is_wanted);
        let shipments =
            parcels.filter_map(|view| shipment(&words, &view)).filter(|of| of.node == wanted.node);
        Ok(shipments.collect::<Vec<_>>())
    });
    let (tenant, shop, mut found) = (caller.tenant, service.shop(caller.tenant)?, seen.await?);
    let items = tokio::task::spawn_blocking(move || {
        for shipment in &mut found {
            if let Some(paper) = service.papers.of_hold(tenant, HoldId(shipment.hold)) {
                shipment.planned(&paper.plan, shop.engine().world());
            }
        }
        let late = |shipment: &Shipment| {
            let said = shipment.ready_by.as_deref().and_then(|text| spec::instant(text).ok());
            ready_by.is_none_or(|by: Second| said.is_some_and(|said| said <= by.instant()))
        };
        found.retain(late);
        found.sort_by(|one, other| (&one.ready_by, &one.shipment).cmp(&(&other.ready_by, &other.shipment)));
        found.truncate(limit);
        found
    });
    let items = items.await.map_err(|_| Problem::internal())?;
    Ok(Json(Page { items, next: None }))
}

/// A parcel as a shipment; nothing for one that is made of others.
fn shipment(words: &Words<'_>, view: &ParcelView) -> Option<Shipment> {
    let line = |pick: &CellUnits| {
        let expires = words.book.cell_at(pick.cell, words.at).map(|cell| cell.facts.expires);
        Line {
            cell: told::cell(words.book, pick.cell, words.at),
            expires: expires.filter(|&expires| expires != Instant::NEVER).map(spec::instant_text),
            qty: pick.qty,
        }
    };
    let lines: Vec<Line> = view.picks.iter().map(line).collect();
    let node = lines.first()?.cell.node.clone()?;
    let (order, _) = view.code.rsplit_once('-')?;
    Some(Shipment {
        shipment: view.code.clone(),
        order: order.to_owned(),
        label: view.label.map(|label| label.to_string()),
        hold: view.hold.0,
        stage: view.stage.word(),
        node,
        to: None,
        lane: None,
        ready_by: None,
        departs_at: None,
        lines,
    })
}

impl Shipment {
    /// What the plan says of its way.
    fn planned(&mut self, plan: &spec::Plan, world: &World) {
        let letters = |code: &str| code.rsplit_once('-').map_or(code, |(_, letters)| letters).to_owned();
        let own = letters(&self.shipment);
        let Some(parcel) = plan.parcels.iter().find(|parcel| letters(&parcel.code) == own) else { return };
        self.ready_by = Some(parcel.ready_at.clone());
        if let Some(leg) = parcel.legs.first() {
            let lane = world.lane_names().find(&leg.lane).map(|lane| world.lanes()[lane].to);
            self.to = lane.map(|node| world.node_names().of(node).to_owned());
            self.lane = Some(leg.lane.clone());
            self.departs_at = Some(leg.departs_at.clone());
        }
    }
}

async fn report(
    State(service): State<Shared>,
    asks: Asks,
    Path(code): Path<String>,
    Asked(report): Asked<Report>,
) -> Result<Json<Reported>, Problem> {
    if matches!(report, Report::Shipped {})
        && let Some(leaving) = under_way(&service, &asks.caller, code.clone()).await?
    {
        return Ok(Json(leaving));
    }
    let (said, asked) = (code.clone(), (code.clone(), report.clone()));
    let build = move |book: &Book, at, eyes| {
        let words = Words { book, at, eyes };
        let view = words.own_parcel(&said)?;
        let handled = Handled { parcel: view.id, version: None };
        Ok(match &report {
            Report::Packed {} => Body::Pack(handled),
            Report::Shipped {} => Body::SendOn(handled),
            Report::Arrived { node } => {
                Body::Arrive(Arrive { parcel: view.id, version: None, node: words.node(node, "node")? })
            }
            Report::HandedOver { by, taken } => Body::HandOver(HandOver {
                parcel: view.id,
                version: None,
                by: words.node(by, "by")?,
                taken: words.units(taken),
                rest: Rest::Keep,
            }),
            Report::PickedShort { source, found } => counted(&words, &view, source, found)?,
        })
    };
    let told = move |book: &Book, outcome: &Outcome, _| {
        let short = match outcome.result.clone()? {
            Done::Group(each) => {
                each.iter().any(|done| matches!(done, Done::Stocked { short, .. } if *short > 0))
            }
            _ => false,
        };
        let at = outcome.at.second();
        let words = Words { book, at, eyes: crate::serve::access::Eyes::All };
        let view = words.parcel(&code)?;
        let lacks = |pick: &&CellUnits| book.cell_at(pick.cell, at).is_some_and(|cell| cell.short() > 0);
        let cells = view.picks.iter().filter(lacks).map(|pick| told::cell(book, pick.cell, at));
        Ok(Reported {
            shipment: view.code.clone(),
            stage: view.stage.word(),
            short: if short { cells.collect() } else { Vec::new() },
            hold: view.hold.0,
            ledger_time: outcome.at.0,
        })
    };
    once(&service, &asks, asks.request.key, &asked, build, told).await.map(Json)
}

/// A shipment that left when it was packed: warehouses report both, the ledger knows one.
async fn under_way(service: &Shared, caller: &Caller, code: String) -> Result<Option<Reported>, Problem> {
    let look = move |book: &Book, at: Second, eyes| {
        let view = Words { book, at, eyes }.own_parcel(&code)?;
        let reported = Reported {
            shipment: view.code,
            stage: view.stage.word(),
            short: Vec::new(),
            hold: view.hold.0,
            ledger_time: Stamp::at(at).0,
        };
        Ok((view.stage == Stage::UnderWay).then_some(reported))
    };
    service.look(caller, look).await
}

/// Cells of a shipment counted by whoever picked: what was found is all there is.
fn counted(
    words: &Words<'_>,
    view: &ParcelView,
    source: &str,
    found: &[UnitsAsked],
) -> Result<Body, Problem> {
    let source = SourceNo(words.number(Kind::Source, source, "source", "a source")?);
    if found.is_empty() {
        return Err(Problem::at("found", "empty", "", "the cells that were short"));
    }
    let count = |(row, units): (usize, &UnitsAsked)| {
        let cell = CellNo(units.cell);
        if !view.picks.iter().any(|pick| pick.cell == cell) {
            let right = "a cell this shipment is picked from";
            return Err(Problem::at(format!("found[{row}].cell"), "unknown", &units.cell.to_string(), right));
        }
        Ok(StockChange::Count(cell, units.qty))
    };
    let counts = found.iter().enumerate().map(count).collect::<Result<Vec<_>, _>>()?;
    Ok(group(words.book, source, counts.into_iter()))
}
