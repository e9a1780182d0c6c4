//! `volok serve`: one world, answered over HTTP. Nothing is taken: every order is planned against the stock as loaded.

use crate::failure::Failure;
use crate::files;
use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use volok::world::Order;
use volok::{Budget, Engine, Scratch, spec, testkit};

/// Largest body of a request: an order of 500 lines with the longest keys stays below.
const BODY_BYTES: usize = 1 << 20;

/// What to serve, and where.
#[derive(clap::Args)]
pub struct Arguments {
    /// The world document; the three-item story of `volok demo` when absent.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// Address and port; port 0 takes a free one. Only this machine can reach the default: there is no login.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Search steps per order.
    #[arg(long, value_name = "N", default_value_t = Budget::default().steps)]
    steps: u64,
}

struct Service {
    engine: Engine,
    steps: u64,
}

/// Serves until interrupted; requests under way are answered first.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let engine = match &arguments.world {
        Some(path) => files::engine(path)?,
        None => Engine::from_document(&testkit::generate::three_items().world)
            .map_err(|defects| Failure::Other(format!("the built-in story is broken: {defects}")))?,
    };
    // Planning is work for a core each; more threads than cores would only share them.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores)
        .max_blocking_threads(cores)
        .enable_all()
        .build()
        .map_err(|cause| Failure::Listen { address: arguments.listen, cause })?;
    let service = Arc::new(Service { engine, steps: arguments.steps });
    runtime
        .block_on(listen(arguments.listen, router(service)))
        .map_err(|cause| Failure::Listen { address: arguments.listen, cause })?;
    Ok(ExitCode::SUCCESS)
}

fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/v1/plan", post(plan))
        .route("/v1/quote", post(quote))
        .route("/healthz", get(async || "ok\n"))
        .fallback(async || {
            let detail = "there are POST /v1/plan, POST /v1/quote and GET /healthz";
            Problem::new(StatusCode::NOT_FOUND, "urn:volok:not-found", "No such place", detail)
        })
        .method_not_allowed_fallback(async || {
            let detail = "POST to /v1/plan and /v1/quote, GET /healthz";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "urn:volok:method", "Not this method", detail)
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(CatchPanicLayer::custom(|_| axum::response::IntoResponse::into_response(Problem::internal())))
        .with_state(service)
}

async fn listen(address: SocketAddr, router: Router) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(address).await?;
    let interrupted = interrupted()?;
    let _ = writeln!(std::io::stderr(), "listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router).with_graceful_shutdown(interrupted).await
}

/// Ends at Ctrl-C, or at the signal with which services are told to end; heard from the call on, awaited or not.
fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut end) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = end.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

type Body = Result<Bytes, BytesRejection>;
type Answer<T> = Result<Json<T>, Problem>;

async fn plan(State(service): State<Arc<Service>>, body: Body) -> Answer<spec::Plan> {
    answer(service, body, |service, order, scratch| {
        let plan = service.engine.plan(&order, service.budget(), scratch)?;
        Ok(service.engine.document(&order, &plan))
    })
    .await
}

async fn quote(State(service): State<Arc<Service>>, body: Body) -> Answer<Quote> {
    answer(service, body, |service, order, scratch| {
        let quote = service.engine.quote(&order, service.budget(), scratch)?;
        Ok(Quote::of(&order, &quote))
    })
    .await
}

/// Reads the order of a body and does `work` on it, away from the threads that answer the network.
async fn answer<T: Send + 'static>(
    service: Arc<Service>,
    body: Body,
    work: impl FnOnce(&Service, Order, &mut Scratch) -> Result<T, Problem> + Send + 'static,
) -> Answer<T> {
    let body = body.map_err(|rejection| {
        let detail = format!("{rejection}; an order document has at most {BODY_BYTES} bytes");
        Problem::new(rejection.status(), "urn:volok:body", "The body cannot be read", detail)
    })?;
    let done = tokio::task::spawn_blocking(move || {
        let text = std::str::from_utf8(&body).map_err(|error| {
            let detail = format!("byte {} is not UTF-8; JSON is written in UTF-8", error.valid_up_to() + 1);
            Problem::new(StatusCode::BAD_REQUEST, "urn:volok:malformed", "Not an order document", detail)
        })?;
        let order = service.engine.order(&spec::order_from_str(text)?)?;
        work(&service, order, &mut Scratch::default())
    });
    done.await.unwrap_or_else(|_| Err(Problem::internal())).map(Json)
}

impl Service {
    fn budget(&self) -> Budget<'static> {
        Budget { steps: self.steps, ..Budget::default() }
    }
}

/// What an order would cost and when it would arrive.
#[derive(serde::Serialize)]
struct Quote {
    order: String,
    cost: i64,
    bound: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    completes_at: Option<String>,
    deliveries: usize,
    unfilled: u64,
    /// What each earlier completion costs, cheapest first.
    frontier: Vec<Promise>,
}

/// One point of the frontier.
#[derive(serde::Serialize)]
struct Promise {
    cost: i64,
    bound: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    completes_at: Option<String>,
    deliveries: usize,
    unfilled: u64,
}

impl Promise {
    fn of(promise: &volok::Promise) -> Promise {
        Promise {
            cost: promise.cost.0,
            bound: promise.bound.0,
            completes_at: promise.completes_at.map(spec::instant_text),
            deliveries: promise.deliveries,
            unfilled: promise.unfilled,
        }
    }
}

impl Quote {
    fn of(order: &Order, quote: &volok::Quote) -> Quote {
        Quote {
            order: order.id.to_string(),
            cost: quote.cost.0,
            bound: quote.bound.0,
            completes_at: quote.completes_at.map(spec::instant_text),
            deliveries: quote.deliveries,
            unfilled: quote.unfilled,
            frontier: quote.frontier.iter().map(Promise::of).collect(),
        }
    }
}
