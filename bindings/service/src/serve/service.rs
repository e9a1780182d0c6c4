//! All that requests share.

use super::access::{Caller, Eyes};
use super::beside::Beside;
use super::body::Idempotency;
use super::clock;
use super::jobs::Jobs;
use super::keeper::Keeper;
use super::limits::Limits;
use super::papers::Papers;
use super::problem::Problem;
use super::replicas::Replicas;
use super::shop::Shop;
use super::tokens::Keyring;
use super::writer::{Writer, no_world};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use metrics_exporter_prometheus::PrometheusHandle;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Semaphore, watch};
use volok::ledger::{Body, Book, Books, Key, Outcome, Second, Tenant};
use volok::{Budget, Desk, Scratch};

/// All that requests share.
pub struct Service {
    /// Who keeps the only state.
    pub ledger: Arc<Keeper>,
    /// The other processes, where several share a ledger.
    pub replicas: Option<Replicas>,
    /// The thread that writes it.
    pub writer: Writer,
    /// Worlds, by tenant.
    pub shops: RwLock<BTreeMap<Tenant, Arc<Shop>>>,
    /// Tokens.
    pub keyring: Keyring,
    /// What one client may ask.
    pub limits: Limits,
    /// Where worlds are kept.
    pub beside: Arc<dyn Beside>,
    /// Orders and plans of holds.
    pub papers: Papers,
    /// Batches under way.
    pub jobs: Jobs,
    /// Search steps for each order.
    pub steps: u64,
    /// What was counted.
    pub metrics: PrometheusHandle,
    /// The number of the last operation by which books and shops are.
    pub heard: watch::Receiver<u64>,
    /// Whether the service is about to end.
    pub ending: watch::Receiver<bool>,
    /// Places for those who think at one time: a core each.
    pub thinking: Arc<Semaphore>,
    /// Places for requests.
    pub places: Arc<Semaphore>,
    /// One world changes at a time.
    pub changing: tokio::sync::Mutex<()>,
}

/// The service, as handlers get it.
pub type Shared = Arc<Service>;

impl Service {
    /// The shop of a tenant as it is now.
    pub fn shop(&self, tenant: Tenant) -> Result<Arc<Shop>, Problem> {
        let shops = self.shops.read().unwrap_or_else(PoisonError::into_inner);
        shops.get(&tenant).cloned().ok_or_else(no_world)
    }

    /// Puts another shop in the place of a tenant's.
    pub fn swap(&self, tenant: Tenant, shop: Shop) {
        let mut shops = self.shops.write().unwrap_or_else(PoisonError::into_inner);
        shops.insert(tenant, Arc::new(shop));
    }

    /// Works at a desk of the caller's shop, away from the threads that answer the network. The search ends with its best
    /// answer once the request's time is over, because nobody waits for it any more.
    pub async fn think<T: Send + 'static>(
        self: &Arc<Self>,
        caller: &Caller,
        work: impl FnOnce(&Service, &Shop, &mut Desk, Budget<'_>, &mut Scratch) -> Result<T, Problem>
        + Send
        + 'static,
    ) -> Result<T, Problem> {
        let place = self.thinking.clone().acquire_owned().await.map_err(|_| Problem::internal())?;
        let (service, shop) = (self.clone(), self.shop(caller.tenant)?);
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            let end = std::time::Instant::now() + service.limits.deadline();
            let stop = || std::time::Instant::now() >= end;
            let budget = Budget { steps: service.steps, stop: Some(&stop), ..Budget::default() };
            shop.at_a_desk(|desk, scratch| work(&service, &shop, desk, budget, scratch))
        });
        done.await.unwrap_or_else(|_| Err(Problem::internal()))
    }

    /// Looks at the caller's book as of now, away from the threads that answer the network.
    pub async fn look<T: Send + 'static>(
        self: &Arc<Self>,
        caller: &Caller,
        look: impl FnOnce(&Book, Second, Eyes) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (ledger, caller) = (self.ledger.clone(), caller.clone());
        let seen = tokio::task::spawn_blocking(move || {
            ledger.look(|state| {
                let book = state.book(caller.tenant).ok_or_else(no_world)?;
                look(book, clock::second(state.at()), caller.eyes(book))
            })
        });
        seen.await.map_err(|_| Problem::internal())?.map_err(Problem::from)?
    }

    /// Does what a request asks of the ledger; `told` makes the answer of it.
    pub async fn ask<T: Send + 'static>(
        &self,
        caller: &Caller,
        key: Key,
        build: impl FnOnce(&Book, Second, Eyes) -> Result<Body, Problem> + Send + 'static,
        told: impl FnOnce(&Book, &Outcome) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let asks = caller.clone();
        let build = move |book: &Book, at| build(book, at, asks.eyes(book));
        self.writer.submit(caller.tenant, key, build, told).await
    }
}

/// Who asks for something to be done, and what the request is called.
pub struct Asks {
    /// Who.
    pub caller: Caller,
    /// What the request is called.
    pub request: Idempotency,
}

impl FromRequestParts<Shared> for Asks {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Asks, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let request = Idempotency::from_request_parts(parts, state).await?;
        Ok(Asks { caller, request })
    }
}
