//! In a folder: worlds and tokens as files, the rest in `papers.sqlite`. Without a folder nothing outlives the process.

use super::{Beside, Kept, Mark, Row, Token, Tokens, Trouble, World};
use crate::failure::Failure;
use crate::files;
use crate::serve::shop::version;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;
use volok::ledger::{HoldId, Tenant};

/// What is kept in a folder.
pub struct Folder {
    path: Option<PathBuf>,
    papers: Mutex<Connection>,
    /// It lies in a file of its own: whoever reads the papers alone learns no number.
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
    CREATE TABLE IF NOT EXISTS draft (
        tenant INTEGER NOT NULL, key BLOB NOT NULL, order_id TEXT NOT NULL, placed TEXT NOT NULL,
        plan TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (tenant, key)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS proof (
        tenant INTEGER NOT NULL, digest BLOB NOT NULL, hold INTEGER NOT NULL,
        PRIMARY KEY (tenant, digest, hold)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS proof_of_hold ON proof (tenant, hold);
";

impl Folder {
    /// Opens a folder; in memory without one.
    pub fn open(path: Option<&Path>) -> Result<Folder, Failure> {
        let place = path.map_or_else(|| "memory".into(), |path| path.join("papers.sqlite"));
        let failed = |cause: rusqlite::Error| Failure::Other(format!("{}: {cause}", place.display()));
        let connection = match path {
            Some(_) => Connection::open(&place),
            None => Connection::open_in_memory(),
        };
        let connection = connection.map_err(failed)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        // Safe when the process dies; what a power loss takes is not what anything is decided by.
        connection.pragma_update(None, "synchronous", "NORMAL").map_err(failed)?;
        connection.execute_batch(TABLES).map_err(failed)?;
        let secret = secret(path)?;
        Ok(Folder { path: path.map(PathBuf::from), papers: Mutex::new(connection), secret })
    }

    fn with<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Kept<T> {
        let connection = self.papers.lock().unwrap_or_else(PoisonError::into_inner);
        ask(&connection).map_err(|error| Trouble(format!("papers.sqlite: {error}")))
    }

    fn holds(&self, select: &str, tenant: Tenant, of: &dyn rusqlite::ToSql) -> Kept<Vec<HoldId>> {
        self.with(|papers| {
            let mut select = papers.prepare_cached(select)?;
            let rows = select.query_map(params![tenant.0, of], |row| row.get::<_, i64>(0))?;
            rows.map(|row| row.map(|hold| HoldId(hold.cast_unsigned()))).collect()
        })
    }
}

impl Beside for Folder {
    fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    fn claim(&self, tenant: Tenant, key: u128, digest: &[u8], at: i64) -> Kept<Vec<u8>> {
        self.with(|papers| {
            papers.execute(
                "INSERT OR IGNORE INTO request (tenant, key, digest, at) VALUES (?1, ?2, ?3, ?4)",
                params![tenant.0, key.to_be_bytes(), digest, at],
            )?;
            papers.query_row(
                "SELECT digest FROM request WHERE tenant = ?1 AND key = ?2",
                params![tenant.0, key.to_be_bytes()],
                |row| row.get(0),
            )
        })
    }

    fn forget(&self, before: i64) -> Kept<()> {
        self.with(|papers| {
            papers.execute("DELETE FROM draft WHERE at < ?1", params![before])?;
            papers.execute("DELETE FROM request WHERE at < ?1", params![before]).map(drop)
        })
    }

    fn draft(&self, tenant: Tenant, key: u128, row: &Row, at: i64) -> Kept<()> {
        self.with(|papers| {
            papers.execute(
                "INSERT OR REPLACE INTO draft (tenant, key, order_id, placed, plan, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![tenant.0, key.to_be_bytes(), row.order_id, row.placed, row.plan, at],
            )
        })
        .map(drop)
    }

    fn drafted(&self, tenant: Tenant, key: u128) -> Kept<Option<Row>> {
        let select = "SELECT order_id, placed, plan FROM draft WHERE tenant = ?1 AND key = ?2";
        self.with(|papers| papers.query_row(select, params![tenant.0, key.to_be_bytes()], row_of).optional())
    }

    fn keep(&self, tenant: Tenant, hold: HoldId, key: u128, row: &Row) -> Kept<()> {
        self.with(|papers| {
            papers.execute(
                "INSERT OR REPLACE INTO paper (tenant, hold, order_id, placed, plan) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![tenant.0, hold.0.cast_signed(), row.order_id, row.placed, row.plan],
            )?;
            papers.execute(
                "DELETE FROM draft WHERE tenant = ?1 AND key = ?2",
                params![tenant.0, key.to_be_bytes()],
            )
        })
        .map(drop)
    }

    fn of_hold(&self, tenant: Tenant, hold: HoldId) -> Kept<Option<Row>> {
        let select = "SELECT order_id, placed, plan FROM paper WHERE tenant = ?1 AND hold = ?2";
        self.with(|papers| {
            papers.query_row(select, params![tenant.0, hold.0.cast_signed()], row_of).optional()
        })
    }

    fn keys_of(&self, tenant: Tenant, holds: &[HoldId]) -> Kept<Vec<Option<String>>> {
        self.with(|papers| {
            let mut select =
                papers.prepare_cached("SELECT order_id FROM paper WHERE tenant = ?1 AND hold = ?2")?;
            let key = |hold: &HoldId| {
                select.query_row(params![tenant.0, hold.0.cast_signed()], |row| row.get(0)).optional()
            };
            holds.iter().map(key).collect()
        })
    }

    fn holds_of(&self, tenant: Tenant, order: &str) -> Kept<Vec<HoldId>> {
        let select = "SELECT hold FROM paper WHERE tenant = ?1 AND order_id = ?2 ORDER BY hold DESC";
        self.holds(select, tenant, &order)
    }

    fn prove(&self, tenant: Tenant, hold: HoldId, digests: &[Vec<u8>]) -> Kept<()> {
        let hold = hold.0.cast_signed();
        self.with(|papers| {
            papers.execute("DELETE FROM proof WHERE tenant = ?1 AND hold = ?2", params![tenant.0, hold])?;
            for digest in digests {
                papers.execute(
                    "INSERT OR IGNORE INTO proof (tenant, digest, hold) VALUES (?1, ?2, ?3)",
                    params![tenant.0, digest, hold],
                )?;
            }
            Ok(())
        })
    }

    fn proven(&self, tenant: Tenant, digest: &[u8]) -> Kept<Vec<HoldId>> {
        let select = "SELECT hold FROM proof WHERE tenant = ?1 AND digest = ?2 ORDER BY hold DESC";
        self.holds(select, tenant, &digest)
    }

    fn worlds(&self) -> Kept<Vec<World>> {
        let Some(folder) = &self.path else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|cause| Failure::read(folder, cause))?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let tenant = name.strip_prefix("world-").and_then(|name| name.strip_suffix(".json"));
            if let Some(tenant) = tenant.and_then(|tenant| tenant.parse().ok()).map(Tenant)
                && let Some(document) = self.document(tenant)?
            {
                found.push(World { tenant, version: version(&document), sequence: 0 });
            }
        }
        found.sort_by_key(|world| world.tenant);
        Ok(found)
    }

    fn document(&self, tenant: Tenant) -> Kept<Option<Vec<u8>>> {
        let Some(folder) = &self.path else { return Ok(None) };
        let file = world_file(folder, tenant);
        match std::fs::read(&file) {
            Ok(document) => Ok(Some(document)),
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(Failure::read(&file, cause).into()),
        }
    }

    fn put_world(&self, world: &World, _: u64, document: &[u8]) -> Kept<bool> {
        if let Some(folder) = &self.path {
            files::replace(&world_file(folder, world.tenant), document)?;
        }
        Ok(true)
    }
}

fn row_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row { order_id: row.get(0)?, placed: row.get(1)?, plan: row.get(2)? })
}

/// Where the world of a tenant is kept.
fn world_file(folder: &Path, tenant: Tenant) -> PathBuf {
    folder.join(format!("world-{}.json", tenant.0))
}

/// The secret of a folder, made the first time.
fn secret(folder: Option<&Path>) -> Result<[u8; 32], Failure> {
    let fresh = crate::serve::random::bytes().ok_or_else(no_random)?;
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

/// There is nothing that nobody can guess.
pub(super) fn no_random() -> Failure {
    Failure::Other("the system has no random bytes to give".to_owned())
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

/// Tokens in a file of a folder.
pub struct TokenFile(PathBuf);

impl TokenFile {
    /// The tokens of a folder.
    pub fn of(folder: &Path) -> TokenFile {
        TokenFile(folder.join("tokens.json"))
    }

    fn read(&self) -> Kept<Vec<Token>> {
        let TokenFile(file) = self;
        match std::fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| Trouble(format!("{}: {error}; it holds the tokens", file.display()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(cause) => Err(Failure::read(file, cause).into()),
        }
    }

    fn write(&self, tokens: &[Token]) -> Kept<()> {
        let text = serde_json::to_vec_pretty(tokens).map_err(|error| Trouble(error.to_string()))?;
        Ok(files::replace(&self.0, &text)?)
    }
}

impl Tokens for TokenFile {
    fn tokens(&self, seen: Option<&Mark>) -> Kept<Option<(Mark, Vec<Token>)>> {
        let Ok(changed) = std::fs::metadata(&self.0).and_then(|file| file.modified()) else {
            return Ok(None);
        };
        let mark = format!("{:?}", changed.duration_since(UNIX_EPOCH).unwrap_or_default());
        match seen == Some(&mark) {
            true => Ok(None),
            false => Ok(Some((mark, self.read()?))),
        }
    }

    fn add(&self, token: &Token) -> Kept<bool> {
        let mut tokens = self.read()?;
        if tokens.iter().any(|known| known.name == token.name) {
            return Ok(false);
        }
        tokens.push(token.clone());
        self.write(&tokens).map(|()| true)
    }

    fn remove(&self, name: &str) -> Kept<bool> {
        let mut tokens = self.read()?;
        let before = tokens.len();
        tokens.retain(|token| token.name != name);
        if tokens.len() < before {
            self.write(&tokens)?;
        }
        Ok(tokens.len() < before)
    }
}
