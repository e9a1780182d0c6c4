//! The log in an SQLite file, which everyone can open: one row for each commit.

use super::{Row, Store, StoreError};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use std::path::{Path, PathBuf};

/// Says that a file is one of ours (`application_id`): "Vlok".
const OURS: i64 = 0x566c_6f6b;

/// The format of the tables (`user_version`).
const FORMAT: i64 = 1;

/// Bytes of a snapshot in one row: SQLite takes a gigabyte at the most, and a snapshot may be larger.
const PIECE: usize = 1 << 26;

/// Pages of the write-ahead log after which a commit also writes them into the file (`wal_autocheckpoint`): sixteen million
/// bytes. Everyone waits for that, so it is better seldom; more would make the wait long.
const CHECKPOINT: i64 = 4_000;

/// Flushed at each commit (`synchronous`).
const FULL: i64 = 2;

/// An SQLite file in write-ahead mode, flushed at each commit, open in one process at a time.
#[derive(Debug)]
pub struct SqliteStore {
    file: PathBuf,
    connection: Connection,
    /// The last operation in the log.
    last: u64,
}

impl SqliteStore {
    /// The file of a folder of data.
    pub fn file(folder: &Path) -> PathBuf {
        folder.join("ledger.sqlite")
    }

    /// Opens the log in a folder, or begins one.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another handle has it open; [`StoreError::Format`] when it is not a ledger's, or a
    /// later one's; [`StoreError::Failed`] when the folder or the file cannot be used.
    pub fn open(folder: &Path) -> Result<SqliteStore, StoreError> {
        let file = SqliteStore::file(folder);
        let failed = |cause: rusqlite::Error| failure(&file, &cause);
        let connection = Connection::open(&file).map_err(failed)?;
        connection.busy_timeout(std::time::Duration::ZERO).map_err(failed)?;
        // Locked from the first write to the end of the process: one ledger, one writer.
        let locking = if planted!(SecondOpens) { "NORMAL" } else { "EXCLUSIVE" };
        let flushing = if planted!(SynchronousOff) { "OFF" } else { "FULL" };
        connection.pragma_update(None, "locking_mode", locking).map_err(failed)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        connection.pragma_update(None, "synchronous", flushing).map_err(failed)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT).map_err(failed)?;
        let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        // What a file system does not allow stays as it was, and nothing is said of it.
        let journal: String =
            connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(failed)?;
        let synchronous = number("synchronous").map_err(failed)?;
        if (journal.as_str(), synchronous) != ("wal", FULL) {
            let cause = format!(
                "found journal `{journal}` and synchronous {synchronous}; a ledger wants `wal` and {FULL}, so that what \
                 it acknowledged is safe: name a folder on a local disk"
            );
            return Err(StoreError::Failed { place: file.display().to_string(), cause });
        }
        let (ours, format) =
            (number("application_id").map_err(failed)?, number("user_version").map_err(failed)?);
        match (ours, format) {
            (0, 0) => connection
                .execute_batch(&format!(
                    "BEGIN EXCLUSIVE;
                     CREATE TABLE log (after INTEGER PRIMARY KEY, last INTEGER NOT NULL, body BLOB NOT NULL);
                     CREATE TABLE snapshot (one INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, body BLOB NOT NULL);
                     PRAGMA application_id = {OURS};
                     PRAGMA user_version = {FORMAT};
                     COMMIT;"
                ))
                .map_err(failed)?,
            (OURS, FORMAT) => connection.execute_batch("BEGIN EXCLUSIVE; COMMIT;").map_err(failed)?,
            _ => {
                let place = file.display().to_string();
                return Err(StoreError::Format { place, found: format, right: FORMAT });
            }
        }
        let last = connection
            .query_row("SELECT last FROM log ORDER BY after DESC LIMIT 1", [], |row| row.get::<_, i64>(0))
            .optional()
            .map_err(failed)?;
        let last = last.map_or(0, i64::unsigned_abs);
        Ok(SqliteStore { file, connection, last })
    }

    fn failed(&self, cause: &rusqlite::Error) -> StoreError {
        failure(&self.file, cause)
    }
}

fn failure(file: &Path, cause: &rusqlite::Error) -> StoreError {
    let place = file.display().to_string();
    match cause.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::InUse { place },
        _ => StoreError::Failed { place, cause: cause.to_string() },
    }
}

/// Operations are counted in 63 bits there.
fn signed(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

impl Store for SqliteStore {
    fn append(&mut self, after: u64, last: u64, bytes: &[u8]) -> Result<(), StoreError> {
        if self.last != after && !planted!(AppendsAnywhere) {
            return Err(StoreError::NotTheLast { expected: after, found: self.last });
        }
        let insert =
            self.connection.prepare_cached("INSERT INTO log (after, last, body) VALUES (?1, ?2, ?3)");
        insert
            .and_then(|mut insert| insert.execute(params![signed(after), signed(last), bytes]))
            .map_err(|cause| self.failed(&cause))?;
        self.last = last;
        Ok(())
    }

    fn read(&self, after: u64, most: usize) -> Result<Vec<Row>, StoreError> {
        let read = || {
            let mut select = self
                .connection
                .prepare_cached("SELECT after, body FROM log WHERE after >= ?1 ORDER BY after LIMIT ?2")?;
            let rows = select.query_map(params![signed(after), most.min(1 << 30) as i64], |row| {
                Ok(Row { after: row.get::<_, i64>(0)?.unsigned_abs(), bytes: row.get(1)? })
            })?;
            rows.collect::<rusqlite::Result<Vec<Row>>>()
        };
        read().map_err(|cause| self.failed(&cause))
    }

    fn cut(&mut self, after: u64) -> Result<(), StoreError> {
        let cut = self.connection.execute("DELETE FROM log WHERE after >= ?1", params![signed(after)]);
        cut.map_err(|cause| self.failed(&cause))?;
        self.last = after;
        Ok(())
    }

    fn put_snapshot(&mut self, sequence: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let mut put = || {
            let transaction = self.connection.transaction()?;
            transaction.execute("DELETE FROM snapshot", [])?;
            for (row, piece) in (1i64..).zip(bytes.chunks(PIECE)) {
                transaction.execute(
                    "INSERT INTO snapshot (one, sequence, body) VALUES (?1, ?2, ?3)",
                    params![row, signed(sequence), piece],
                )?;
            }
            transaction.commit()
        };
        put().map_err(|cause| self.failed(&cause))
    }

    fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        let read = || {
            let mut select = self.connection.prepare("SELECT sequence, body FROM snapshot ORDER BY one")?;
            let mut rows = select.query([])?;
            let mut found: Option<(u64, Vec<u8>)> = None;
            while let Some(row) = rows.next()? {
                let sequence = row.get::<_, i64>(0)?.unsigned_abs();
                found.get_or_insert((sequence, Vec::new())).1.extend_from_slice(row.get_ref(1)?.as_blob()?);
            }
            Ok(found)
        };
        read().map_err(|cause| self.failed(&cause))
    }
}
