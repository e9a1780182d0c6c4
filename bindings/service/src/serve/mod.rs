//! `volok serve`: the engine and a ledger over HTTP.
//!
//! Thin: a handler reads what a request says, asks the engine or the ledger, and writes the answer. Whatever decides is in
//! the crate `volok`. Operations are listed once, in [`routes`]; the router and the OpenAPI document are made of that list.

mod access;
mod beside;
mod body;
mod called;
mod clock;
mod gate;
mod jobs;
mod keeper;
mod limits;
mod listen;
mod once;
mod open;
mod operation;
mod page;
mod papers;
mod problem;
mod proofs;
mod random;
mod replicas;
mod routes;
mod service;
mod shop;
mod start;
mod store;
pub mod tokens;
mod told;
mod words;
mod writer;

use crate::failure::Failure;
pub use access::Scope;
use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use limits::Limits;
use problem::Problem;
use replicas::ReplicaArguments;
use service::{Service, Shared};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, RwLock};
use std::time::Duration;
pub use store::StoreArguments;
use tokio::sync::{Semaphore, watch};
use tower_http::catch_panic::CatchPanicLayer;
use volok::Budget;
use volok::ledger::Tenant;

/// What to serve, and where.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder of the ledger, the worlds, the tokens; made when absent. Without one nothing is kept, and the three-item
    /// story of `volok demo` is there to play with.
    #[arg(long, value_name = "DIR", conflicts_with = "store")]
    data: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    replicas: ReplicaArguments,
    /// A world document for tenant 0, taken where there is none yet.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// Address and port; port 0 takes a free one. Others than this machine are answered once there is a token.
    #[arg(long, visible_alias = "address", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Search steps per order.
    #[arg(long, value_name = "N", default_value_t = Budget::default().steps)]
    steps: u64,
    /// What is told on standard error, a line of JSON each.
    #[arg(long, value_enum, default_value_t = Level::Info)]
    log: Level,
    #[command(flatten)]
    limits: Limits,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Level {
    /// What broke.
    Error,
    /// Also answers that are our fault.
    Warn,
    /// Also starts, ends, worlds.
    Info,
    /// Also each request.
    Debug,
}

impl From<Level> for tracing::Level {
    fn from(level: Level) -> tracing::Level {
        match level {
            Level::Error => tracing::Level::ERROR,
            Level::Warn => tracing::Level::WARN,
            Level::Info => tracing::Level::INFO,
            Level::Debug => tracing::Level::DEBUG,
        }
    }
}

/// Threads that wait for locks and disks; those that think are as many as there are cores.
const BLOCKING: usize = 32;

/// How long a replica waits, before it listens, until somebody writes and worlds are read.
const FIRST: Duration = Duration::from_secs(10);

/// Serves until interrupted; requests under way are answered first.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::from(arguments.log))
        .with_writer(std::io::stderr)
        .finish();
    // A second service in one process goes on with the log of the first.
    let _ = tracing::subscriber::set_global_default(subscriber);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let failed = |cause| Failure::Listen { address: arguments.listen, cause };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores)
        .max_blocking_threads(cores + BLOCKING)
        .enable_all()
        .build()
        .map_err(failed)?;
    runtime.block_on(serve(arguments, cores))
}

async fn serve(arguments: &Arguments, cores: usize) -> Result<ExitCode, Failure> {
    let failed = |cause| Failure::Listen { address: arguments.listen, cause };
    let listener = tokio::net::TcpListener::bind(arguments.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let opened = tokio::task::block_in_place(|| open::open(arguments, address))?;
    let open::Opened { keeper, replicas, beside, keyring } = opened;
    let buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new()
        .set_buckets(&buckets)
        .map_err(|error| Failure::Other(error.to_string()))?
        .build_recorder();
    let metrics = recorder.handle();
    let _ = metrics::set_global_recorder(recorder);
    let (ends, ending) = watch::channel(false);
    let (replicas, work) = replicas.unzip();
    let service: Shared = Arc::new(Service {
        writer: writer::Writer::start(keeper.clone()).map_err(failed)?,
        heard: keeper.heard(),
        ledger: keeper,
        replicas,
        shops: RwLock::default(),
        keyring,
        papers: papers::Papers::of(beside.clone()),
        beside,
        jobs: jobs::Jobs::default(),
        steps: arguments.steps,
        metrics,
        ending,
        thinking: Arc::new(Semaphore::new(cores)),
        places: Arc::new(Semaphore::new(arguments.limits.concurrent)),
        changing: tokio::sync::Mutex::default(),
        limits: arguments.limits.clone(),
    });
    match (&service.replicas, work) {
        (Some(replicas), Some(work)) => {
            work.start(&service).map_err(failed)?;
            replicas.first(FIRST).await;
        }
        _ => open::worlds(&service, arguments)?,
    }
    if service.shop(Tenant(0)).is_err() {
        tracing::info!("there is no world yet: PUT /v1/world takes one");
    }
    let interrupted = listen::interrupted().map_err(failed)?;
    let _ = writeln!(std::io::stderr(), "listening on http://{address}");
    let leaving = service.clone();
    let end = async move {
        interrupted.await;
        tracing::info!("told to end");
        // Those who wait for something to happen need not wait any more.
        ends.send_replace(true);
        // Another one writes at once; what is under way here is answered there.
        tokio::task::spawn_blocking(move || leaving.replicas.as_ref().map(replicas::Replicas::retire));
    };
    let keeping = tokio::spawn(routes::upkeep(service.clone()));
    listen::listen(listener, router(&service), &service.limits, end).await;
    keeping.abort();
    let _ = keeping.await;
    service.jobs.cancel_all();
    // The next start is short. Of several processes the one that writes does it, now and then.
    if !service.ledger.is_shared()
        && let Some(ledger) = service.ledger.ledger()
        && let Err(error) = ledger.snapshot()
    {
        tracing::error!(%error, "no snapshot");
    }
    Ok(ExitCode::SUCCESS)
}

fn router(service: &Shared) -> Router {
    let operations = routes::all();
    let openapi = operation::openapi(&operations);
    operation::router(&operations, service)
        .merge(routes::documents(&openapi))
        .merge(page::routes())
        .fallback(async || {
            let detail = "GET /openapi.json lists what there is, /docs shows it; / is a page for people";
            Problem::new(StatusCode::NOT_FOUND, "not_found", "No such place", detail)
        })
        .method_not_allowed_fallback(async || {
            let detail = "the place is there, and takes other methods: see Allow";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "Not this method", detail)
        })
        .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()))
        .with_state(service.clone())
}
