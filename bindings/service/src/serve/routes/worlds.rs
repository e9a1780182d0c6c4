//! The world of a tenant: read it, put another in its place; and the clock.

use crate::serve::access::{Caller, Scope};
use crate::serve::body::{Raw, if_match};
use crate::serve::operation::{Operation, Pace};
use crate::serve::problem::Problem;
use crate::serve::service::{Asks, Shared};
use crate::serve::shop::Shop;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post, put};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use volok::ledger::{Body, Book, Outcome};
use volok::spec;

/// A world that is planned on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Taken {
    /// Its version: hash of the document, and its ETag.
    version: String,
    /// SKUs of the catalogue.
    skus: usize,
    /// Nodes of the network.
    nodes: usize,
    /// Lanes of the network.
    lanes: usize,
    /// Stock cells that can be planned with.
    cells: usize,
}

/// The clock is believed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Confirmed {
    /// Ledger time, nanoseconds since 1970.
    ledger_time: i64,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    let world = Some(Scope::World);
    let small = json!({
        "volok": 1, "currency": "EUR", "sellers": [{"id": "anna"}], "skus": [{"id": "pen", "grams": 12}],
        "nodes": [{"id": "shop",
            "stores": {"zones": [{"id": "shelf", "temperature": [15, 25]}]},
            "hands_over": {"storages": [{"id": "shelf", "temperature": [15, 25]}]}}],
        "channels": [{"id": "site"}],
        "stock": [{"seller": "anna", "sku": "pen", "node": "shop", "zone": "shelf", "on_hand": 5}],
    });
    vec![
        Operation::new(("PUT", "/v1/world"), ("world", "putWorld"), "A new world takes the place of the one before, whole; orders in flight finish on that. What is on hand in cells the ledger knows stays as it is", world, put(take))
            .takes::<spec::World>(small)
            .paced(Pace::Bulk)
            .by_writer()
            .gives::<Taken>(200, "It is planned on from now on.")
            .with_headers(&["ETag"])
            .refuses(&[409, 412]),
        Operation::new(("GET", "/v1/world"), ("world", "getWorld"), "The world as it was sent", Some(Scope::Plan), get(one))
            .gives::<spec::World>(200, "The document.")
        .echoed()
            .with_headers(&["ETag"])
            .refuses(&[409]),
        Operation::new(("POST", "/v1/clock/confirm"), ("world", "confirmClock"), "The machine's clock is right although it jumped by more than an hour", world, post(confirm))
            .gives::<Confirmed>(200, "It is believed.")
            .writes(),
    ]
}

fn tag(shop: &Shop) -> [(header::HeaderName, String); 1] {
    [(header::ETAG, format!("\"{}\"", shop.version))]
}

async fn take(
    State(service): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Raw(document): Raw,
) -> Result<impl IntoResponse, Problem> {
    let seen = if_match(&headers);
    let changing = service.clone();
    let taken = tokio::spawn(async move {
        let _one = changing.changing.lock().await;
        let now = changing.shop(caller.tenant).ok();
        if let Some(seen) =
            seen.filter(|seen| seen != "*" && now.as_ref().map(|shop| &shop.version) != Some(seen))
        {
            let detail = format!("If-Match says {seen}; read the world, and decide again");
            let status = StatusCode::PRECONDITION_FAILED;
            return Err(Problem::new(status, "version_conflict", "Another world is there", detail));
        }
        let worker = changing.clone();
        let taken = tokio::task::spawn_blocking(move || worker.take_world(caller.tenant, &document));
        taken.await.unwrap_or_else(|_| Err(Problem::internal()))
    });
    let shop = taken.await.map_err(|_| Problem::internal())??;
    let (engine, version) = (shop.engine(), shop.version.clone());
    let world = engine.world();
    let (skus, nodes, lanes) = (world.skus().len(), world.nodes().len(), world.lanes().len());
    Ok((tag(&shop), Json(Taken { version, skus, nodes, lanes, cells: engine.stock().len() })))
}

async fn one(State(service): State<Shared>, caller: Caller) -> Result<impl IntoResponse, Problem> {
    let shop = service.shop(caller.tenant)?;
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((tag(&shop), kind, shop.document.to_vec()))
}

async fn confirm(State(service): State<Shared>, asks: Asks) -> Result<Json<Confirmed>, Problem> {
    let told = |_: &Book, outcome: &Outcome| {
        outcome.result.clone()?;
        Ok(Confirmed { ledger_time: outcome.at.0 })
    };
    let build = |_: &Book, _, _| Ok(Body::ConfirmClock);
    service.ask(&asks.caller, asks.request.key, build, told).await.map(Json)
}
