//! How is an order held that takes from several ledgers, each with some of the nodes: whole, or not at all?
//!
//! Nothing spans two ledgers but the order's key. One of the regions is the order's home: the one of its first part. There
//! the order is held for a short time only, then everywhere else for its whole life and a little longer; when all of it is
//! held, the hold at home is extended. That one operation of one ledger decides: before it the order is not held, after it
//! all of it is.
//!
//! | who dies, when | what becomes of the order |
//! | --- | --- |
//! | whoever drives it, before the decision | the hold at home ends by itself; recovery gives the others back |
//! | whoever drives it, after the decision | nothing is left to do |
//! | a region, at any step | whoever drives it asks again under the same key; past the order's time it is given up |
//! | driver and recovery for good | the hold at home ends by itself, the others at the end of their life |
//!
//! Each step is a command under a key derived from the order's, so any number of drivers, one after the other or at
//! once, get the same answers and come to the same end. What gives an order up uses up the keys of parts that were not
//! placed, so that a slow driver cannot place them later.

mod drive;
mod intents;
#[cfg(feature = "postgres")]
mod intents_postgres;
mod order;

pub use drive::{Fate, Recovered, Regions};
pub use intents::{Intents, MemoryIntents};
#[cfg(feature = "postgres")]
pub use intents_postgres::PostgresIntents;
pub use order::{Part, RegionNo, RegionalOrder};

use super::command::Command;
use super::front::{Ledger, SubmitError};
use super::number::*;
use super::outcome::Outcome;
use super::replica::{Replica, ReplicaError};
use super::store::{SharedStore, StoreError};

/// Why an order over several regions has no fate yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// A region did not answer: whether it did what was asked is not known. Ask again with the same order, or leave it to
    /// [`Regions::recover`].
    #[error("region {} did not answer: {cause}; ask again with the same order, or let recovery finish it", region.0)]
    Unreachable {
        /// Which.
        region: RegionNo,
        /// What was said.
        cause: String,
    },
    /// What was to be done cannot be written down, or what was written down not be read.
    #[error("intents: {0}")]
    Intents(#[from] StoreError),
    /// The order makes no sense.
    #[error("{0}")]
    Malformed(&'static str),
}

/// A ledger of some of the nodes, wherever it runs.
pub trait Region {
    /// Does what is asked; returns once it is safe.
    ///
    /// # Errors
    /// In words, when there is no answer; then it may have been done.
    fn ask(&self, command: Command, now: Stamp) -> Result<Outcome, String>;

    /// What a key was answered.
    ///
    /// # Errors
    /// In words, when there is no answer.
    fn answered(&self, tenant: Tenant, key: Key) -> Result<Option<Outcome>, String>;
}

impl Region for Ledger {
    fn ask(&self, command: Command, now: Stamp) -> Result<Outcome, String> {
        let outcomes = self.submit(vec![command], now).map_err(|error: SubmitError| error.to_string())?;
        outcomes.into_iter().next().ok_or_else(|| "no outcome came back".to_owned())
    }

    fn answered(&self, tenant: Tenant, key: Key) -> Result<Option<Outcome>, String> {
        self.operation(tenant, key).map_err(|error| error.to_string())
    }
}

impl<S: SharedStore> Region for Replica<S> {
    fn ask(&self, command: Command, now: Stamp) -> Result<Outcome, String> {
        let outcomes = self.submit(vec![command], now).map_err(|error: ReplicaError| error.to_string())?;
        outcomes.into_iter().next().ok_or_else(|| "no outcome came back".to_owned())
    }

    fn answered(&self, tenant: Tenant, key: Key) -> Result<Option<Outcome>, String> {
        match self.ledger() {
            Some(ledger) => ledger.answered(tenant, key),
            None => Err(ReplicaError::Elsewhere { writer: self.writer() }.to_string()),
        }
    }
}
