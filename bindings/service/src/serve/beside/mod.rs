//! What is kept beside the ledger: worlds, orders and plans of holds, what customers show, tokens. In the folder of a ledger
//! of one's own, or in the database of one that several processes share.

mod database;
mod folder;
mod pool;

use super::access::Scope;
use crate::failure::Failure;
pub use database::Database;
pub use folder::{Folder, TokenFile};
use serde::{Deserialize, Serialize};
use volok::ledger::{HoldId, Tenant};

/// Why something is not kept, or cannot be read, in words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(pub String);

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Trouble {
        Trouble(failure.to_string())
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        Failure::Other(trouble.0)
    }
}

/// What came of keeping or reading.
pub type Kept<T> = Result<T, Trouble>;

/// A world that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// Whose.
    pub tenant: Tenant,
    /// Hash of its document.
    pub version: String,
    /// The operation by which the book knows all of it.
    pub sequence: u64,
}

/// An order with its plan, both as JSON.
#[derive(Clone, Debug)]
pub struct Row {
    /// The order's key.
    pub order_id: String,
    /// The order.
    pub placed: String,
    /// The plan.
    pub plan: String,
}

/// What is kept beside a ledger. Calls block. Nothing of it decides what the ledger does.
pub trait Beside: Send + Sync {
    /// What digests of what customers show are made with.
    fn secret(&self) -> &[u8; 32];

    /// Notes what a key stands for, the first time, at a second; what it stands for.
    fn claim(&self, tenant: Tenant, key: u128, digest: &[u8], at: i64) -> Kept<Vec<u8>>;

    /// Forgets what keys stood for, and what was about to be held, before a second.
    fn forget(&self, before: i64) -> Kept<()>;

    /// Keeps order and plan that are about to be held under a key, at a second, in the place of those before: whoever goes on
    /// when this process ends has them.
    fn draft(&self, tenant: Tenant, key: u128, row: &Row, at: i64) -> Kept<()>;

    /// Order and plan that were about to be held under a key.
    fn drafted(&self, tenant: Tenant, key: u128) -> Kept<Option<Row>>;

    /// Keeps order and plan of a hold in the place of those before; those under a key are not wanted any more.
    fn keep(&self, tenant: Tenant, hold: HoldId, key: u128, row: &Row) -> Kept<()>;

    /// Order and plan of a hold.
    fn of_hold(&self, tenant: Tenant, hold: HoldId) -> Kept<Option<Row>>;

    /// Keys of orders of holds, in their order; nothing for those of which there is no paper. Does not wait for a database that
    /// cannot be reached.
    fn keys_of(&self, tenant: Tenant, holds: &[HoldId]) -> Kept<Vec<Option<String>>>;

    /// Holds of an order, by its key, the newest first.
    fn holds_of(&self, tenant: Tenant, order: &str) -> Kept<Vec<HoldId>>;

    /// Keeps digests of what is shown for a hold in the place of those before.
    fn prove(&self, tenant: Tenant, hold: HoldId, digests: &[Vec<u8>]) -> Kept<()>;

    /// Holds for which a digest is kept, the newest first.
    fn proven(&self, tenant: Tenant, digest: &[u8]) -> Kept<Vec<HoldId>>;

    /// Worlds, by tenant.
    fn worlds(&self) -> Kept<Vec<World>>;

    /// The document of a tenant's world.
    fn document(&self, tenant: Tenant) -> Kept<Option<Vec<u8>>>;

    /// Keeps a world in the place of the tenant's before; whether it did, which a writer does not whose epoch is over.
    fn put_world(&self, world: &World, epoch: u64, document: &[u8]) -> Kept<bool>;
}

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// What it is found by: the middle part of the token.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Hash of the whole token (BLAKE3): the secret has 256 random bits, so a fast hash gives nothing away.
    pub hash: String,
    /// Whose book.
    pub tenant: u16,
    /// The one seller whose goods it sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    /// What it may.
    pub scopes: Vec<Scope>,
}

/// Which state of the tokens was read.
pub type Mark = String;

/// Where tokens are kept. Calls block.
pub trait Tokens: Send + Sync {
    /// All tokens, if they are not those of a mark; nothing also as long as none was ever made.
    fn tokens(&self, seen: Option<&Mark>) -> Kept<Option<(Mark, Vec<Token>)>>;

    /// Keeps one more; whether it did, which is not done where one has its name.
    fn add(&self, token: &Token) -> Kept<bool>;

    /// Takes one away; whether there was one.
    fn remove(&self, name: &str) -> Kept<bool>;
}
