//! The thread that sees to what changed: worlds, cells of shops, tokens.

use super::stale::{Changed, Stale};
use crate::serve::beside::Trouble;
use crate::serve::problem::Problem;
use crate::serve::service::{Service, Shared};
use crate::serve::shop::{Shop, engine_of};
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use volok::ledger::{Books, State, Tenant};

/// What the thread works with.
pub struct Shops {
    /// What shops do not show yet.
    pub stale: Arc<Stale>,
    /// How often it was seen to while somebody wrote.
    pub passes: watch::Sender<u64>,
    /// A world for tenant 0 where there is none yet.
    pub first_world: Option<Vec<u8>>,
}

/// How often tokens and worlds are looked at where nothing says that they changed.
const LOOK: Duration = Duration::from_millis(700);

/// A rest after it could not be seen to.
const REST: Duration = Duration::from_millis(100);

impl Shops {
    /// Sees to what changed, for ever.
    pub fn run(self, service: &Shared) {
        let mut is_told = false;
        loop {
            let (changed, read) = self.stale.take(LOOK);
            service.keyring.look();
            let has_writer =
                service.replicas.as_ref().is_some_and(|replicas| replicas.standing().writer.is_some());
            match self.pass(service, &changed) {
                Ok(()) => {
                    self.stale.done(None);
                    service.ledger.hear(read);
                    self.passes.send_modify(|passes| *passes += u64::from(has_writer));
                    is_told = false;
                }
                Err(error) => {
                    if !std::mem::replace(&mut is_told, true) {
                        tracing::warn!(%error, "shops stay as they were");
                    }
                    self.stale.done(Some(Changed { worlds: true, ..changed }));
                    std::thread::sleep(REST);
                }
            }
        }
    }

    fn pass(&self, service: &Service, changed: &Changed) -> Result<(), Trouble> {
        let told = |problem: Problem| Trouble(problem.to_string());
        // One world changes at a time, here as where a request brings one.
        let _one = service.changing.blocking_lock();
        let mut fresh = BTreeSet::new();
        let worlds = service.beside.worlds()?;
        for world in &worlds {
            let tenant = world.tenant;
            if service.shop(tenant).is_ok_and(|shop| shop.version == world.version) {
                continue;
            }
            let read = service.ledger.look(State::sequence).map_err(|error| Trouble(error.to_string()))?;
            if read < world.sequence {
                return Err(Trouble(format!(
                    "the world of tenant {} is of operation {}",
                    tenant.0, world.sequence
                )));
            }
            let Some(document) = service.beside.document(tenant)? else { continue };
            let engine = engine_of(&document).map_err(told)?;
            let shop = Shop::open(document.into(), engine, &service.ledger, tenant);
            service.swap(tenant, shop.map_err(|error| Trouble(error.to_string()))?);
            fresh.insert(tenant);
            tracing::info!(tenant = tenant.0, version = world.version, "a new world");
        }
        let known: Vec<Tenant> = {
            let shops = service.shops.read().unwrap_or_else(PoisonError::into_inner);
            shops.keys().copied().collect()
        };
        for tenant in known {
            if fresh.contains(&tenant) || !(changed.all || changed.tenants.contains(&tenant)) {
                continue;
            }
            let renewed = service.shop(tenant).map_err(told)?.renewed(&service.ledger, tenant);
            service.swap(tenant, renewed.map_err(|error| Trouble(error.to_string()))?);
        }
        let is_first = worlds.iter().all(|world| world.tenant != Tenant(0));
        if let Some(document) = self.first_world.as_ref().filter(|_| is_first)
            && service.ledger.ledger().is_some()
        {
            service.take_world(Tenant(0), document).map_err(told)?;
        }
        Ok(())
    }
}
