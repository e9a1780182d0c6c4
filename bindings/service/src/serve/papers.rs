//! Orders and plans of holds, as they were sent and answered: what is needed to plan again, to write parcels down and to show.
//!
//! They decide nothing: the ledger is the only state that does. Losing this file loses explanations, never stock.

use crate::failure::Failure;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use volok::ledger::{HoldId, Tenant};
use volok::spec;

/// An order with its plan.
#[derive(Clone, Debug)]
pub struct Paper {
    /// What was wanted.
    pub order: spec::Order,
    /// What is held.
    pub plan: spec::Plan,
}

/// A key was used for another order.
#[derive(Debug)]
pub struct OtherRequest;

/// All papers of a service.
pub struct Papers {
    connection: Mutex<Connection>,
    /// What digests of what customers show are made with; it lies in a file of its own.
    secret: [u8; 32],
}

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS paper (
        tenant INTEGER NOT NULL, hold INTEGER NOT NULL, order_id TEXT NOT NULL, placed TEXT NOT NULL,
        plan TEXT NOT NULL, PRIMARY KEY (tenant, hold)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS paper_of_order ON paper (tenant, order_id);
    CREATE TABLE IF NOT EXISTS request (
        tenant INTEGER NOT NULL, key BLOB NOT NULL, digest BLOB NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (tenant, key)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS request_at ON request (at);
    CREATE TABLE IF NOT EXISTS proof (
        tenant INTEGER NOT NULL, digest BLOB NOT NULL, hold INTEGER NOT NULL,
        PRIMARY KEY (tenant, digest, hold)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS proof_of_hold ON proof (tenant, hold);
";

/// Seconds for which a request is remembered: as long as the ledger remembers keys, and a day more.
const KEPT: i64 = volok::ledger::limits::LONGEST_LIFE as i64 + 86_400;

impl Papers {
    /// Opens the papers of a folder; in memory without one.
    pub fn open(folder: Option<&Path>) -> Result<Papers, Failure> {
        let place = folder.map_or_else(|| "memory".into(), |folder| folder.join("papers.sqlite"));
        let failed = |cause: rusqlite::Error| Failure::Other(format!("{}: {cause}", place.display()));
        let connection = match folder {
            Some(_) => Connection::open(&place),
            None => Connection::open_in_memory(),
        };
        let connection = connection.map_err(failed)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        // Safe when the process dies; what a power loss takes is not what anything is decided by.
        connection.pragma_update(None, "synchronous", "NORMAL").map_err(failed)?;
        connection.execute_batch(TABLES).map_err(failed)?;
        Ok(Papers { connection: Mutex::new(connection), secret: secret(folder)? })
    }

    /// What digests of what customers show are made with.
    pub(super) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    pub(super) fn with<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Option<T> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        ask(&connection).inspect_err(|error| tracing::error!(%error, "papers")).ok()
    }

    /// Notes what a key stands for, the first time; tells when it stood for something else.
    pub fn claim(&self, tenant: Tenant, key: u128, digest: &[u8], at: i64) -> Result<(), OtherRequest> {
        let known = self.with(|papers| {
            papers.execute(
                "INSERT OR IGNORE INTO request (tenant, key, digest, at) VALUES (?1, ?2, ?3, ?4)",
                params![tenant.0, key.to_be_bytes(), digest, at],
            )?;
            papers.execute("DELETE FROM request WHERE at < ?1", params![at - KEPT])?;
            papers.query_row(
                "SELECT digest FROM request WHERE tenant = ?1 AND key = ?2",
                params![tenant.0, key.to_be_bytes()],
                |row| row.get::<_, Vec<u8>>(0),
            )
        });
        match known {
            Some(known) if known != digest => Err(OtherRequest),
            _ => Ok(()),
        }
    }

    /// Keeps the paper of a hold.
    pub fn keep(&self, tenant: Tenant, hold: HoldId, order: &spec::Order, plan: &spec::Plan) {
        let (Ok(placed), Ok(planned)) = (serde_json::to_string(order), serde_json::to_string(plan)) else {
            return;
        };
        self.with(|papers| {
            papers.execute(
                "INSERT OR REPLACE INTO paper (tenant, hold, order_id, placed, plan) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![tenant.0, hold.0.cast_signed(), order.id, placed, planned],
            )
        });
    }

    /// The paper of a hold.
    pub fn of_hold(&self, tenant: Tenant, hold: HoldId) -> Option<Paper> {
        let row = self.with(|papers| {
            papers
                .query_row(
                    "SELECT placed, plan FROM paper WHERE tenant = ?1 AND hold = ?2",
                    params![tenant.0, hold.0.cast_signed()],
                    |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
                )
                .optional()
        });
        let (order, plan) = row.flatten()?;
        Some(Paper { order: serde_json::from_str(&order).ok()?, plan: serde_json::from_str(&plan).ok()? })
    }

    /// Shop's keys of orders of holds; nothing for those that were not planned.
    pub fn keys_of(&self, tenant: Tenant, holds: &[HoldId]) -> Vec<Option<String>> {
        let found = self.with(|papers| {
            let mut select =
                papers.prepare_cached("SELECT order_id FROM paper WHERE tenant = ?1 AND hold = ?2")?;
            let key = |hold: &HoldId| {
                select.query_row(params![tenant.0, hold.0.cast_signed()], |row| row.get(0)).optional()
            };
            holds.iter().map(key).collect()
        });
        found.unwrap_or_default()
    }

    /// Holds of an order by the shop's key, the newest first.
    pub fn holds_of(&self, tenant: Tenant, order: &str) -> Vec<HoldId> {
        let found = self.with(|papers| {
            let mut select = papers.prepare_cached(
                "SELECT hold FROM paper WHERE tenant = ?1 AND order_id = ?2 ORDER BY hold DESC",
            )?;
            let rows = select.query_map(params![tenant.0, order], |row| row.get::<_, i64>(0))?;
            rows.map(|row| row.map(|hold| HoldId(hold.cast_unsigned()))).collect()
        });
        found.unwrap_or_default()
    }
}

/// The secret of a folder, made the first time.
fn secret(folder: Option<&Path>) -> Result<[u8; 32], Failure> {
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh)
        .map_err(|error| Failure::Other(format!("the system has no random bytes: {error}")))?;
    let Some(path) = folder.map(|folder| folder.join("papers.key")) else { return Ok(fresh) };
    match std::fs::read(&path) {
        Ok(known) => known.try_into().map_err(|_| {
            Failure::Other(format!(
                "{}: 32 bytes are wanted; without it proofs of before are lost",
                path.display()
            ))
        }),
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => {
            write_secret(&path, &fresh).map_err(|cause| Failure::write(path.display().to_string(), cause))?;
            Ok(fresh)
        }
        Err(cause) => Err(Failure::read(&path, cause)),
    }
}

/// Readable by whoever runs the service, and nobody else.
fn write_secret(path: &Path, secret: &[u8; 32]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(secret)?;
    file.sync_all()
}
