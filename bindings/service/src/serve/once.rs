//! Reports that the service numbers itself: sent again they would get other numbers, so they are looked up first.

use super::access::Eyes;
use super::clock;
use super::problem::Problem;
use super::service::{Asks, Shared};
use serde::Serialize;
use volok::ledger::{Body, Book, Code, Key, Outcome, Second};

/// Does once what a request says. `told` hears whether it was done before.
pub async fn once<T: Send + 'static>(
    service: &Shared,
    asks: &Asks,
    key: Key,
    asked: &(impl Serialize + Sync),
    build: impl FnOnce(&Book, Second, Eyes) -> Result<Body, Problem> + Send + 'static,
    told: impl Fn(&Book, &Outcome, bool) -> Result<T, Problem> + Clone + Send + 'static,
) -> Result<T, Problem> {
    let text = serde_json::to_vec(asked).map_err(|_| Problem::internal())?;
    let (papers, tenant) = (service.clone(), asks.caller.tenant);
    let claimed = tokio::task::spawn_blocking(move || {
        let now = i64::from(clock::now().second().0);
        papers.papers.claim(tenant, key.0, blake3::hash(&text).as_bytes(), now)
    });
    claimed.await.map_err(|_| Problem::internal())??;
    if let Some(before) = answered(service, asks, key, told.clone()).await? {
        return Ok(before);
    }
    let now = told.clone();
    let first = move |book: &Book, outcome: &Outcome| match &outcome.result {
        // The same request was quicker on another connection, and was given other numbers.
        Err(refusal) if refusal.code == Code::KeyReused => Ok(None),
        _ => now(book, outcome, false).map(Some),
    };
    match service.ask(&asks.caller, key, build, first).await? {
        Some(done) => Ok(done),
        None => answered(service, asks, key, told).await?.ok_or_else(Problem::internal),
    }
}

async fn answered<T: Send + 'static>(
    service: &Shared,
    asks: &Asks,
    key: Key,
    told: impl Fn(&Book, &Outcome, bool) -> Result<T, Problem> + Send + 'static,
) -> Result<Option<T>, Problem> {
    let look = move |book: &Book, _, _| match book.answered(key) {
        Some(outcome) => told(book, &outcome, true).map(Some),
        None => Ok(None),
    };
    service.look(&asks.caller, look).await
}
