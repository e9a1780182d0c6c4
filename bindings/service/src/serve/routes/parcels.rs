//! Parcels on their way: written down once, then each step as it is reported.

use super::page_of;
use super::plans::plan_of;
use crate::serve::access::{Caller, Scope};
use crate::serve::body::{IfMatch, Json as Asked, Path, Query};
use crate::serve::operation::Operation;
use crate::serve::problem::Problem;
use crate::serve::service::{Asks, Shared};
use crate::serve::told::{self, Page, Parcel, Stepped, Tagged};
use crate::serve::words::{LabelsAsked, UnitsAsked, Words};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use volok::ledger::{
    Arrive, Back, BackTo, Body, Book, CellNo, Done, HandOver, Handled, HoldId, Kind, Labels, Merge, NodeNo,
    Outcome, ParcelId, ParcelPolicy, ParcelView, Rest, Second,
};

/// How the parcels of a held order are treated.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ParcelsAsked {
    /// Nothing is handed over before all parcels have come that still come; else each as it arrives.
    #[serde(default)]
    together: bool,
    /// Seconds parts wait for each other beyond the moment at which they should be merged; for ever when absent.
    patience: Option<u32>,
    /// Seconds a parcel is kept at a hand-over point that does not say how long it keeps parcels.
    #[serde(default = "week")]
    kept: u32,
    /// Which codes (SSCC) the parcels get.
    labels: Option<LabelsAsked>,
}

fn week() -> u32 {
    7 * 86_400
}

/// Parcels that are written down.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Written {
    /// In the order of their codes.
    parcels: Vec<Parcel>,
}

/// Which parcels.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ParcelsWanted {
    /// Those of an order, by its code with the channel's prefix.
    order: Option<String>,
    /// Those that stand at a node.
    node: Option<String>,
    /// Those at this stage, those first whose time ends first: `waiting`, `here`, `overdue` … With `order` or `node` only
    /// of those.
    stage: Option<String>,
    /// Those that have been kept as long as they are kept.
    due_back: Option<bool>,
    /// Rows, at most.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

/// A parcel came to a node.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ArriveAsked {
    /// Where.
    node: String,
}

/// Parts were merged into their parcel.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MergeAsked {
    /// Without parts that never come, or for which the others have waited long enough.
    #[serde(default)]
    without_missing: bool,
}

/// Where units go back to.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum BackAsked {
    /// Into cells of the node they are at.
    Stock {
        /// Numbers of cells; each unit goes into the first of its SKU, owner and batch.
        cells: Vec<u32>,
    },
    /// Into a parcel of their own.
    Parcel {
        /// Where it goes.
        node: String,
        /// The code it gets.
        labels: Option<LabelsAsked>,
    },
}

/// A parcel, or some of what is in it, was given to the customer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HandOverAsked {
    /// The node that handed it over.
    by: String,
    /// What the customer took; none means all that is in it.
    #[serde(default)]
    taken: Vec<UnitsAsked>,
    /// Where what was refused goes; it stays in the parcel when absent.
    refused: Option<BackAsked>,
}

/// Units go back: refused by the customer, or kept long enough.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReturnAsked {
    /// Which units; none means all that is in it.
    #[serde(default)]
    units: Vec<UnitsAsked>,
    /// Where to.
    to: BackAsked,
}

/// Codes for handling units that are no parcels of an order.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CodesAsked {
    /// Out of which range.
    labels: LabelsAsked,
    /// How many.
    count: u32,
}

/// Codes that were given.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Codes {
    /// In their order.
    labels: Vec<String>,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    let (own, read) = (Some(Scope::Parcel), Some(Scope::Read));
    let step = |path, id, summary, handler| {
        Operation::new(("POST", path), ("parcel", id), summary, own, handler)
            .gives::<Stepped>(200, "Where it stands now.")
            .with_headers(&["ETag"])
            .versioned()
    };
    let back = json!({"parcel": {"node": "tver"}});
    vec![
        Operation::new(
            ("POST", "/v1/holds/{hold}/parcels"),
            ("parcel", "writeParcels"),
            "Writes the parcels of a held order down, as its plan wants them",
            Some(Scope::Hold),
            post(write),
        )
        .takes::<ParcelsAsked>(json!({"together": true, "kept": 604_800}))
        .gives::<Written>(201, "They are written down.")
        .versioned(),
        Operation::new(
            ("GET", "/v1/parcels"),
            ("parcel", "listParcels"),
            "Parcels of an order, at a node, at a stage, or due to go back",
            read,
            get(list),
        )
        .queried::<ParcelsWanted>()
        .gives::<Page<Parcel>>(200, "The parcels.")
        .refuses(&[404, 409, 422]),
        Operation::new(
            ("GET", "/v1/parcels/{parcel}"),
            ("parcel", "getParcel"),
            "A parcel as it is now",
            read,
            get(one),
        )
        .gives::<Parcel>(200, "The parcel.")
        .with_headers(&["ETag"])
        .refuses(&[409]),
        step(
            "/v1/parcels/{parcel}/pack",
            "packParcel",
            "It was packed: its units leave their cells and the hold",
            post(pack),
        ),
        step("/v1/parcels/{parcel}/send-on", "sendParcelOn", "It left for its next stop", post(send_on)),
        step("/v1/parcels/{parcel}/arrive", "parcelArrived", "It came to a stop", post(arrive))
            .takes::<ArriveAsked>(json!({"node": "msk-tverskaya"})),
        step("/v1/parcels/{parcel}/merge", "mergeParcel", "Its parts were merged into it", post(merge))
            .takes::<MergeAsked>(json!({"without_missing": false})),
        step(
            "/v1/parcels/{parcel}/hand-over",
            "handParcelOver",
            "The customer took it, or some of what is in it",
            post(hand_over),
        )
        .takes::<HandOverAsked>(json!({"by": "msk-tverskaya", "refused": back.clone()})),
        step(
            "/v1/parcels/{parcel}/back",
            "takeParcelBack",
            "Units of it go back into stock, or in a parcel of their own",
            post(take_back),
        )
        .takes::<ReturnAsked>(json!({"to": back})),
        Operation::new(
            ("POST", "/v1/labels"),
            ("parcel", "giveLabels"),
            "The next codes (SSCC) for handling units",
            own,
            post(label),
        )
        .takes::<CodesAsked>(json!({"labels": {"prefix": "4601234"}, "count": 2}))
        .gives::<Codes>(201, "They are given, once.")
        .writes(),
    ]
}

async fn write(
    State(service): State<Shared>,
    asks: Asks,
    IfMatch(version): IfMatch,
    Path(hold): Path<u64>,
    Asked(asked): Asked<ParcelsAsked>,
) -> Result<(StatusCode, Json<Written>), Problem> {
    let tenant = asks.caller.tenant;
    let labels = asked.labels.as_ref().map(LabelsAsked::terms).transpose()?;
    let body = service.think(&asks.caller, move |service, shop, desk, _, _| {
        let paper =
            service.papers.of_hold(tenant, HoldId(hold)).ok_or_else(|| Problem::missing("planned hold"))?;
        let order = shop.engine().order(&paper.order)?;
        let plan = plan_of(desk.engine(), &order, &paper.plan)?;
        let policy = ParcelPolicy {
            hold: HoldId(hold),
            together: asked.together,
            patience: asked.patience,
            kept: asked.kept,
            labels,
        };
        Ok(match desk.parcels(&order, &plan, policy) {
            Body::Parcels(parcels) => Body::Parcels(volok::ledger::Parcels { version, ..parcels }),
            body => body,
        })
    });
    let body = body.await?;
    let told = |book: &Book, outcome: &Outcome| {
        let Done::Written { order, .. } = outcome.result.clone()? else { return Err(Problem::internal()) };
        let at = outcome.at.second();
        let words = Words { book, at, eyes: crate::serve::access::Eyes::All };
        let parcels = book.parcels_of(order, at);
        Ok(Written { parcels: parcels.iter().map(|view| told::parcel(&words, view)).collect() })
    };
    let written = service.ask(&asks.caller, asks.request.key, move |_, _, _| Ok(body), told).await?;
    Ok((StatusCode::CREATED, Json(written)))
}

async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<ParcelsWanted>,
) -> Result<Json<Page<Parcel>>, Problem> {
    let limit = page_of(wanted.limit)?;
    let page = service.look(&caller, move |book, at, eyes| {
        let words = Words { book, at, eyes };
        let found: Vec<ParcelView> = match (&wanted.order, &wanted.node, wanted.due_back) {
            (Some(order), None, None | Some(false)) => {
                let order = book.order(order).ok_or_else(|| Problem::missing("order"))?;
                let parcels = book.parcels_of(order, at);
                if !parcels.iter().any(|parcel| words.sees_some(parcel)) {
                    return Err(Problem::missing("order"));
                }
                parcels
            }
            (None, Some(node), None | Some(false)) => {
                book.standing_at(words.node(node, "node")?, at).collect()
            }
            (None, None, Some(true)) => book.due_back(at),
            (None, None, None | Some(false)) if wanted.stage.is_some() => {
                at_stage(book, wanted.stage.as_deref().unwrap_or_default(), at)
            }
            _ => {
                let right = "one of `order`, `node` and `due_back=true`, or a `stage` alone";
                return Err(Problem::at("order", "conflict", "", right));
            }
        };
        let stage = wanted.stage.as_deref();
        let items = found
            .iter()
            .filter(|parcel| {
                words.sees_some(parcel) && stage.is_none_or(|stage| parcel.stage.word() == stage)
            })
            .take(limit)
            .map(|parcel| told::parcel(&words, parcel));
        Ok(Page { items: items.collect(), next: None })
    });
    page.await.map(Json)
}

/// Parcels at a stage, those first whose time ends first. O(parcels that stand somewhere) for those that do, else O(parcels).
fn at_stage(book: &Book, stage: &str, at: Second) -> Vec<ParcelView> {
    let is_meant = |parcel: &ParcelView| parcel.stage.word() == stage;
    let mut found: Vec<ParcelView> = match stage {
        "waiting" | "here" | "overdue" => {
            let nodes = (0..).map(NodeNo).zip(book.names(Kind::Node)).map(|(node, _)| node);
            nodes.flat_map(|node| book.standing_at(node, at)).filter(is_meant).collect()
        }
        _ => book.orders().flat_map(|order| book.parcels_of(order, at)).filter(is_meant).collect(),
    };
    found.sort_by_key(|parcel| (parcel.until.is_none(), parcel.until, parcel.id));
    found
}

async fn one(
    State(service): State<Shared>,
    caller: Caller,
    Path(parcel): Path<String>,
) -> Result<Tagged<Parcel>, Problem> {
    let parcel = service.look(&caller, move |book, at, eyes| {
        let words = Words { book, at, eyes };
        Ok(told::parcel(&words, &words.parcel(&parcel)?))
    });
    let parcel = parcel.await?;
    Ok(Tagged(StatusCode::OK, parcel.version, parcel))
}

/// Reports a step of a parcel.
async fn step(
    service: &Shared,
    asks: &Asks,
    code: String,
    build: impl FnOnce(&Words<'_>, ParcelId) -> Result<Body, Problem> + Send + 'static,
) -> Result<Tagged<Stepped>, Problem> {
    let build = move |book: &Book, at, eyes| {
        let words = Words { book, at, eyes };
        build(&words, words.own_parcel(&code)?.id)
    };
    let stepped = service.ask(&asks.caller, asks.request.key, build, told::stepped).await?;
    Ok(Tagged(StatusCode::OK, stepped.version, stepped))
}

async fn pack(
    State(service): State<Shared>,
    asks: Asks,
    IfMatch(version): IfMatch,
    Path(code): Path<String>,
) -> Result<Tagged<Stepped>, Problem> {
    step(&service, &asks, code, move |_, parcel| Ok(Body::Pack(Handled { parcel, version }))).await
}

async fn send_on(
    State(service): State<Shared>,
    asks: Asks,
    IfMatch(version): IfMatch,
    Path(code): Path<String>,
) -> Result<Tagged<Stepped>, Problem> {
    step(&service, &asks, code, move |_, parcel| Ok(Body::SendOn(Handled { parcel, version }))).await
}

async fn arrive(
    State(service): State<Shared>,
    asks: Asks,
    IfMatch(version): IfMatch,
    Path(code): Path<String>,
    Asked(asked): Asked<ArriveAsked>,
) -> Result<Tagged<Stepped>, Problem> {
    step(&service, &asks, code, move |words, parcel| {
        Ok(Body::Arrive(Arrive { parcel, version, node: words.node(&asked.node, "node")? }))
    })
    .await
}

async fn merge(
    State(service): State<Shared>,
    asks: Asks,
    IfMatch(version): IfMatch,
    Path(code): Path<String>,
    Asked(asked): Asked<MergeAsked>,
) -> Result<Tagged<Stepped>, Problem> {
    let without_missing = asked.without_missing;
    step(&service, &asks, code, move |_, parcel| Ok(Body::Merge(Merge { parcel, version, without_missing })))
        .await
}

fn back_to(words: &Words<'_>, to: &BackAsked) -> Result<BackTo, Problem> {
    Ok(match to {
        BackAsked::Stock { cells } => {
            if let Some(strange) = cells.iter().find(|&&cell| !words.sees(CellNo(cell))) {
                let right = "a cell there is; GET /v1/stock lists them";
                return Err(Problem::at("stock.cells", "unknown", &strange.to_string(), right));
            }
            BackTo::Stock(cells.iter().copied().map(CellNo).collect())
        }
        BackAsked::Parcel { node, labels } => {
            let labels = labels.as_ref().map(LabelsAsked::terms).transpose()?;
            BackTo::Parcel(words.node(node, "parcel.node")?, labels)
        }
    })
}

async fn hand_over(
    State(service): State<Shared>,
    asks: Asks,
    IfMatch(version): IfMatch,
    Path(code): Path<String>,
    Asked(asked): Asked<HandOverAsked>,
) -> Result<Tagged<Stepped>, Problem> {
    step(&service, &asks, code, move |words, parcel| {
        let rest = match &asked.refused {
            None => Rest::Keep,
            Some(to) => Rest::Back(back_to(words, to)?),
        };
        let (by, taken) = (words.node(&asked.by, "by")?, words.units(&asked.taken));
        Ok(Body::HandOver(HandOver { parcel, version, by, taken, rest }))
    })
    .await
}

async fn take_back(
    State(service): State<Shared>,
    asks: Asks,
    IfMatch(version): IfMatch,
    Path(code): Path<String>,
    Asked(asked): Asked<ReturnAsked>,
) -> Result<Tagged<Stepped>, Problem> {
    step(&service, &asks, code, move |words, parcel| {
        let (units, to) = (words.units(&asked.units), back_to(words, &asked.to)?);
        Ok(Body::Back(Back { parcel, version, units, to }))
    })
    .await
}

/// Codes told in one answer, at most.
const CODES: u32 = 10_000;

async fn label(
    State(service): State<Shared>,
    asks: Asks,
    Asked(asked): Asked<CodesAsked>,
) -> Result<(StatusCode, Json<Codes>), Problem> {
    let (terms, count) = (asked.labels.terms()?, asked.count);
    if count > CODES {
        return Err(Problem::at("count", "out_of_range", &count.to_string(), format!("at most {CODES}")));
    }
    let told = |_: &Book, outcome: &Outcome| {
        let Done::Labelled { first, count } = outcome.result.clone()? else {
            return Err(Problem::internal());
        };
        let labels = (0..count).filter_map(|serial| first.later(serial)).map(|label| label.to_string());
        Ok(Codes { labels: labels.collect() })
    };
    let build = move |_: &Book, _, _| Ok(Body::Labels(Labels { terms, count }));
    let codes = service.ask(&asks.caller, asks.request.key, build, told).await?;
    Ok((StatusCode::CREATED, Json(codes)))
}
