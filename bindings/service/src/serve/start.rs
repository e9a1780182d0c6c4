//! From a folder to a service: the ledger, its books and their worlds; and a new world for a book that is open.

use super::beside::World;
use super::body::key_within;
use super::clock;
use super::problem::Problem;
use super::service::Service;
use super::shop::{Shop, engine_of, version};
use crate::failure::Failure;
use axum::http::StatusCode;
use std::path::Path;
use std::sync::Arc;
use volok::Engine;
use volok::ledger::store::{MemoryStore, SqliteStore, Store};
use volok::ledger::{
    Body, Books, ClockTerms, Command, Key, Kind, Ledger, SourceNo, Stamp, StockChange, StockEvent, Tenant,
    Update, limits, missing, opening,
};

/// Opens the ledger of a folder, or one in memory.
pub fn ledger(folder: Option<&Path>) -> Result<Ledger, Failure> {
    let store: Box<dyn Store> = match folder {
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .map_err(|cause| Failure::write(folder.display().to_string(), cause))?;
            Box::new(SqliteStore::open(folder).map_err(|error| Failure::Other(error.to_string()))?)
        }
        None => Box::new(MemoryStore::default()),
    };
    let opened = Ledger::open(store, ClockTerms::default());
    let (ledger, recovery) = opened.map_err(|error| Failure::Other(error.to_string()))?;
    if let Some(cut) = &recovery.cut {
        tracing::warn!(after = cut.after, bytes = cut.bytes, "the end of the log was torn and is cut");
    }
    tracing::info!(snapshot = recovery.snapshot, replayed = recovery.replayed, "the ledger is open");
    Ok(ledger)
}

/// Brings a tenant's book up to a world, and opens a shop on it.
pub fn open_shop(ledger: &impl Books, tenant: Tenant, document: &[u8]) -> Result<Shop, Problem> {
    let engine = engine_of(document)?;
    let version = version(document);
    let is_open = ledger.look(|state| {
        // The last name that is registered when a book is begun.
        state.book(tenant).is_some_and(|book| book.number(Kind::Source, SERVICE).is_some())
    })?;
    if is_open {
        bring_up(ledger, tenant, &engine, &version)?;
    } else {
        begin(ledger, tenant, &engine, &version)?;
    }
    Ok(Shop::open(document.into(), engine, ledger, tenant)?)
}

/// The source that this service reports as.
const SERVICE: &str = "service";

fn submit(
    ledger: &impl Books,
    tenant: Tenant,
    bodies: impl Iterator<Item = (Key, Body)>,
) -> Result<(), Problem> {
    let mut commands: Vec<Command> = bodies.map(|(key, body)| Command { tenant, key, body }).collect();
    while !commands.is_empty() {
        let rest = commands.split_off(commands.len().min(limits::BATCH));
        for outcome in ledger.submit(std::mem::replace(&mut commands, rest), clock::now())? {
            outcome.result?;
        }
    }
    Ok(())
}

/// Writes a world and its stock into an empty book. Broken off in the middle it goes on where it was: the keys of the same
/// world say the same.
fn begin(ledger: &impl Books, tenant: Tenant, engine: &Engine, version: &str) -> Result<(), Problem> {
    let other = ledger.look(|state| {
        let book = state.book(tenant)?;
        Some(book.answered(key_within(version, "0")).is_none())
    })?;
    if other == Some(true) {
        let detail =
            "another world was being written into this book, and was not finished: send that one again first";
        return Err(Problem::new(StatusCode::CONFLICT, "other_world", "Another world was begun", detail));
    }
    let bodies = opening(engine.world(), engine.stock()).into_iter().enumerate();
    let numbered = bodies.map(|(row, body)| (key_within(version, &row.to_string()), body));
    submit(ledger, tenant, numbered)?;
    let done = Body::Register(Kind::Source, vec![SERVICE.into()]);
    submit(ledger, tenant, std::iter::once((key_within(version, "done"), done)))
}

/// Tells a book what a later world has that it does not know.
fn bring_up(ledger: &impl Books, tenant: Tenant, engine: &Engine, version: &str) -> Result<(), Problem> {
    loop {
        let (step, first, source, reported, sequence) = ledger
            .look(|state| {
                let book = state.book(tenant)?;
                let source = SourceNo(book.number(Kind::Source, "world").unwrap_or_default());
                let step = missing(book, engine.world(), engine.stock());
                Some((
                    step,
                    book.cells() as u32,
                    source,
                    book.reported(source).unwrap_or(0),
                    state.sequence(),
                ))
            })?
            .ok_or_else(super::writer::no_world)?;
        // Keys of their own each time: what was told before is not missing any more.
        let key = |row: usize| key_within(version, &format!("{sequence} {row}"));
        match step {
            Update::Names(bodies) => {
                submit(ledger, tenant, bodies.into_iter().enumerate().map(|(row, body)| (key(row), body)))?;
            }
            Update::Cells(facts, counts) => {
                let awaited: Vec<_> = facts.iter().map(|facts| facts.due).collect();
                let opened = std::iter::once(Body::OpenCells(facts));
                let counted = counts.into_iter().zip(awaited).enumerate().map(|(row, (qty, due))| {
                    let cell = volok::ledger::CellNo(first + row as u32);
                    let what = match due {
                        Some(due) => StockChange::Announced(cell, qty, due),
                        None => StockChange::Count(cell, qty),
                    };
                    Body::Stock(StockEvent { source, sequence: reported + 1 + row as u64, what })
                });
                let bodies = opened.chain(counted).enumerate();
                submit(ledger, tenant, bodies.map(|(row, body)| (key(row), body)))?;
            }
            Update::Terms(bodies) => {
                return submit(
                    ledger,
                    tenant,
                    bodies.into_iter().enumerate().map(|(row, body)| (key(row), body)),
                );
            }
        }
    }
}

impl Service {
    /// Takes a tenant's new world: the book first, then the document is kept, then the shop is there. Whoever plans goes on
    /// in the shop of before.
    pub fn take_world(&self, tenant: Tenant, document: &[u8]) -> Result<Arc<Shop>, Problem> {
        let epoch = self.ledger.epoch();
        let shop = open_shop(&self.ledger, tenant, document)?;
        // Whoever can still append is of the epoch that was read: one that was replaced, and heard of it only in between,
        // would keep the world under its successor's.
        self.mark()?;
        let world = World { tenant, version: shop.version.clone(), sequence: self.ledger.sequence() };
        match self.beside.put_world(&world, epoch, document) {
            Ok(true) => {}
            // Another replica took over meanwhile, and knows nothing of this world.
            Ok(false) => return Err(Problem::outcome_unknown()),
            Err(error) => {
                tracing::error!(%error, "the world is not kept");
                return Err(Problem::internal());
            }
        }
        self.swap(tenant, shop);
        self.mark()?;
        self.shop(tenant)
    }

    /// Appends something that changes nothing, where others follow.
    fn mark(&self) -> Result<(), Problem> {
        if self.ledger.is_shared() {
            let key = super::random::bytes().map(|bytes| Key(u128::from_be_bytes(bytes)));
            self.ledger.mark(key.ok_or_else(Problem::internal)?, clock::now())?;
        }
        Ok(())
    }

    /// Puts cells that were opened, or came to be on hand, by some ledger time into the shop of a tenant, if they are not in
    /// it; O(cells).
    pub async fn renew(self: &Arc<Self>, tenant: Tenant, by: Stamp) -> Result<(), Problem> {
        let service = self.clone();
        // Goes on when the client has gone.
        let renewed = tokio::spawn(async move {
            let _one = service.changing.lock().await;
            let worker = service.clone();
            tokio::task::spawn_blocking(move || {
                let shop = worker.shop(tenant)?;
                if shop.as_of < by {
                    worker.swap(tenant, shop.renewed(&worker.ledger, tenant)?);
                }
                Ok(())
            })
            .await
        });
        renewed.await.map_err(|_| Problem::internal())?.map_err(|_| Problem::internal())?
    }
}
