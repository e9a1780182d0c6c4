//! All operations, a module for each kind of thing. To add one, write its module and name it in [`all`].

mod batches;
mod events;
mod health;
mod holds;
mod kept;
mod notices;
mod parcels;
mod pickups;
mod plans;
mod records;
mod replans;
mod shipments;
mod stock;
mod tills;
mod worlds;

use super::limits::PAGE;
use super::operation::Operation;
use super::problem::Problem;
use super::service::Shared;
use axum::Router;
use axum::routing::get;
use serde_json::Value;
use std::time::Duration;
use volok::ledger::{Body, Books, Command, Forget, Second, limits};

/// Every operation.
pub fn all() -> Vec<Operation> {
    let lists = [
        plans::operations(),
        batches::operations(),
        holds::operations(),
        kept::operations(),
        replans::operations(),
        parcels::operations(),
        stock::operations(),
        shipments::operations(),
        notices::operations(),
        tills::operations(),
        pickups::operations(),
        worlds::operations(),
        records::operations(),
        events::operations(),
        health::operations(),
    ];
    lists.into_iter().flatten().collect()
}

/// The OpenAPI document, and a page that shows it and asks with it; all of it is in the binary.
pub fn documents(openapi: &Value) -> Router<Shared> {
    let text: std::sync::Arc<str> = openapi.to_string().into();
    let served = async move || ([(axum::http::header::CONTENT_TYPE, "application/json")], text.to_string());
    let docs: Router = swagger_ui_dist::generate_routes(swagger_ui_dist::ApiDefinition {
        uri_prefix: "/docs",
        api_definition: swagger_ui_dist::OpenApiSource::Uri("/openapi.json"),
        title: Some("Volok"),
    });
    Router::new().route("/openapi.json", get(served)).merge(docs.with_state(()))
}

/// Rows of a page as they were asked for.
pub fn page_of(limit: Option<usize>) -> Result<usize, Problem> {
    let limit = limit.unwrap_or(100);
    match (1..=PAGE).contains(&limit) {
        true => Ok(limit),
        false => Err(Problem::at("limit", "out_of_range", &limit.to_string(), format!("1 to {PAGE}"))),
    }
}

/// How often old keys, sales and ended holds are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(600);

/// Keeps memory flat: what is older than anyone may ask for is forgotten, some at a time.
pub async fn upkeep(service: Shared) {
    loop {
        tokio::time::sleep(FORGET_EVERY).await;
        let (service, ledger, keys) = (service.clone(), service.ledger.clone(), super::random::hex::<16>());
        let forgotten = tokio::task::spawn_blocking(move || {
            if ledger.ledger().is_none() {
                // Who writes does it.
                return Ok(Vec::new());
            }
            let now = super::clock::now();
            service.papers.forget(i64::from(now.second().0));
            let tenants = ledger.look(|state| state.tenants().collect::<Vec<_>>()).unwrap_or_default();
            // Older than any hold that settings of the usual life let live.
            let before = Second(now.second().0.saturating_sub(limits::USUAL_LIFE + limits::KEPT));
            let forget = Forget { before, most: limits::FORGET_AT_ONCE };
            let name = keys.unwrap_or_else(|| now.0.to_string());
            let commands = tenants.into_iter().map(|tenant| Command {
                tenant,
                key: super::body::key_within(&name, "forget"),
                body: Body::Forget(forget),
            });
            ledger.submit(commands.collect(), now)
        });
        if let Ok(Err(error)) = forgotten.await {
            tracing::error!(%error, "nothing is forgotten");
        }
    }
}
