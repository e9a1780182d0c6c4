//! Is it there, can it work, what did it count?

use crate::serve::access::Scope;
use crate::serve::operation::Operation;
use crate::serve::problem::Problem;
use crate::serve::service::Shared;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;
use volok::ledger::Role;

/// What there is to work with.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Ready {
    /// Whether requests can be answered.
    ready: bool,
    /// Tenants with a world.
    worlds: usize,
    /// Operations so far; of a replica that follows those it has read.
    sequence: u64,
    /// Of several replicas: whether this one writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    writes: Option<bool>,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            ("GET", "/healthz"),
            ("service", "health"),
            "Whether the process answers",
            None,
            get(async || "ok\n"),
        )
        .gives_text(200, "It answers.", "text/plain"),
        Operation::new(
            ("GET", "/readyz"),
            ("service", "ready"),
            "Whether requests are answered, and somebody writes",
            None,
            get(ready),
        )
        .gives::<Ready>(200, "It does.")
        .refuses(&[503]),
        Operation::new(
            ("GET", "/metrics"),
            ("service", "metrics"),
            "What was counted, as Prometheus reads it",
            Some(Scope::Operate),
            get(metrics),
        )
        .gives_text(200, "Counters, gauges and histograms.", "text/plain"),
    ]
}

async fn ready(State(service): State<Shared>) -> Result<Json<Ready>, Problem> {
    if service.writer.has_stopped() || *service.ending.borrow() {
        let detail = "the ledger has stopped, or the service is about to end: start it again";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "stopped", "Not ready", detail).retry(5));
    }
    let mut ready = Ready { ready: true, worlds: 0, sequence: *service.heard.borrow(), writes: None };
    if let Some(replicas) = &service.replicas {
        replicas.is_ready()?;
        ready.writes = Some(replicas.standing().role == Role::Writes);
    }
    ready.worlds = service.shops.read().unwrap_or_else(std::sync::PoisonError::into_inner).len();
    Ok(Json(ready))
}

async fn metrics(State(service): State<Shared>) -> String {
    metrics::gauge!("volok_places_free").set(service.places.available_permits() as f64);
    service.metrics.run_upkeep();
    service.metrics.render()
}
