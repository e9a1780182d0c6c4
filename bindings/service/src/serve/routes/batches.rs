//! Many orders at once, as a job: start it, watch it, end it, read what came out.

use crate::serve::access::{Caller, Scope};
use crate::serve::body::{Json as Asked, Path};
use crate::serve::jobs::{Job, JobView};
use crate::serve::operation::{Operation, Pace};
use crate::serve::problem::Problem;
use crate::serve::service::{Service, Shared};
use crate::serve::shop::Shop;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::ops::ControlFlow;
use std::sync::Arc;
use volok::{BatchTerms, Budget, Engine, Order, Plan, PlanError, spec};

/// How orders of a batch see each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Mode {
    /// Each takes its stock before the next, by `placed_at` and key.
    #[default]
    InTurn,
    /// Each sees the stock as it is.
    Alone,
    /// All are decided together: the sum of their costs is to be least.
    Together,
}

/// Orders to be decided. Nothing is held.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BatchAsked {
    /// The orders.
    orders: Vec<spec::Order>,
    /// How they see each other.
    #[serde(default)]
    mode: Mode,
    /// Together: it is enough to be proven within so many millionths of the best.
    gap: Option<u32>,
    /// Together: it is enough to have planned each order so often, on average.
    rounds: Option<u32>,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    let plan = Some(Scope::Plan);
    vec![
        Operation::new(
            ("POST", "/v1/batches"),
            ("batch", "startBatch"),
            "Starts to decide many orders",
            plan,
            post(start),
        )
        .takes::<BatchAsked>(json!({"orders": [super::plans::order()]}))
        .paced(Pace::Bulk)
        .gives::<JobView>(202, "It has begun.")
        .with_headers(&["Location"])
        .refuses(&[409]),
        Operation::new(
            ("GET", "/v1/batches/{batch}"),
            ("batch", "watchBatch"),
            "How far a batch has come",
            plan,
            get(watch),
        )
        .gives::<JobView>(200, "How far it has come."),
        Operation::new(
            ("POST", "/v1/batches/{batch}/cancel"),
            ("batch", "cancelBatch"),
            "Ends a batch that runs",
            plan,
            post(cancel),
        )
        .gives::<JobView>(200, "As it stands; it ends soon."),
        Operation::new(
            ("GET", "/v1/batches/{batch}/plans"),
            ("batch", "batchPlans"),
            "What came out, a line for each order, in their order",
            plan,
            get(plans),
        )
        .gives_text(200, "A plan document or `{\"order\", \"problem\"}` a line.", "application/x-ndjson")
        .refuses(&[409]),
    ]
}

async fn start(
    State(service): State<Shared>,
    caller: Caller,
    Asked(asked): Asked<BatchAsked>,
) -> Result<impl IntoResponse, Problem> {
    let most = service.limits.batch_orders;
    if asked.orders.is_empty() || asked.orders.len() > most {
        let found = asked.orders.len().to_string();
        return Err(Problem::at("orders", "out_of_range", &found, format!("1 to {most} orders")));
    }
    let shop = service.shop(caller.tenant)?;
    let (batch, job) = service.jobs.start(caller.tenant, asked.orders.len(), service.limits.batches)?;
    let view = service.jobs.view(caller.tenant, &batch)?;
    let worker = service.clone();
    tokio::task::spawn_blocking(move || {
        let ended =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| decide(&worker, &shop, &job, &asked)));
        job.end(ended.unwrap_or_else(|_| Err(Problem::internal())));
    });
    // Of several replicas the one that took it decides it, and tells of it.
    let here = service.replicas.as_ref().map_or("", |replicas| replicas.address());
    let place = format!("{here}/v1/batches/{batch}");
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, place)], Json(view)))
}

/// Decides the orders; lines of JSON in their order.
fn decide(service: &Service, shop: &Shop, job: &Arc<Job>, asked: &BatchAsked) -> Result<Vec<u8>, Problem> {
    let read: Vec<Result<Order, Problem>> =
        asked.orders.iter().map(|order| shop.engine().order(order).map_err(Problem::from)).collect();
    let orders: Vec<Order> = read.iter().flatten().cloned().collect();
    let mut engine = shop.at_a_desk(|desk, _| {
        orders.iter().try_for_each(|order| desk.now(&service.ledger, order, None).map(drop))?;
        Ok::<Engine, volok::HoldError>(desk.engine().clone())
    })?;
    let stop = || job.is_cancelled();
    let budget = Budget { steps: service.steps, stop: Some(&stop), ..Budget::default() };
    let mut plans = decided(&mut engine, &orders, asked, budget, job).into_iter();
    let (mut lines, mut known) = (Vec::new(), orders.iter());
    for (read, order) in read.into_iter().zip(&asked.orders) {
        let planned = match read {
            Err(problem) => Err(problem),
            Ok(_) => match (plans.next(), known.next()) {
                (Some(Ok(plan)), Some(order)) => Ok(engine.document(order, &plan)),
                (Some(Err(error)), _) => Err(error.into()),
                _ => Err(Problem::internal()),
            },
        };
        let line = match planned {
            Ok(plan) => serde_json::to_vec(&plan),
            Err(problem) => serde_json::to_vec(&json!({"order": order.id, "problem": problem})),
        };
        lines.extend(line.map_err(|_| Problem::internal())?);
        lines.push(b'\n');
    }
    Ok(lines)
}

fn decided(
    engine: &mut Engine,
    orders: &[Order],
    asked: &BatchAsked,
    budget: Budget<'_>,
    job: &Arc<Job>,
) -> Vec<Result<Plan, PlanError>> {
    match asked.mode {
        Mode::InTurn => engine.plan_in_turn(orders, budget, &mut |done| {
            job.goes_on(done, None);
        }),
        Mode::Alone => engine.plan_each(orders, budget),
        Mode::Together => {
            let usual = BatchTerms::default();
            let terms = BatchTerms {
                budget,
                gap: asked.gap.unwrap_or(usual.gap),
                rounds: asked.rounds.unwrap_or(usual.rounds),
                ..usual
            };
            let batch = engine.batch(orders, &terms, &mut |progress| {
                let worth = Some((progress.cost.0, progress.bound.0));
                match job.goes_on(progress.round as usize, worth) {
                    true => ControlFlow::Continue(()),
                    false => ControlFlow::Break(()),
                }
            });
            batch.plans
        }
    }
}

async fn watch(
    State(service): State<Shared>,
    caller: Caller,
    Path(batch): Path<String>,
) -> Result<Json<JobView>, Problem> {
    service.jobs.view(caller.tenant, &batch).map(Json)
}

async fn cancel(
    State(service): State<Shared>,
    caller: Caller,
    Path(batch): Path<String>,
) -> Result<Json<JobView>, Problem> {
    service.jobs.cancel(caller.tenant, &batch).map(Json)
}

async fn plans(
    State(service): State<Shared>,
    caller: Caller,
    Path(batch): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let result = service.jobs.find(caller.tenant, &batch)?.result().ok_or_else(|| {
        let detail = "it is not done, or was ended before: watch it, or start another";
        Problem::new(StatusCode::CONFLICT, "not_done", "No plans yet", detail)
    })?;
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], result.to_vec()))
}
