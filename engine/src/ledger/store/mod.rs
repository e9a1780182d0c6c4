//! Where does the log stand? A store keeps rows of bytes and the newest snapshot, and knows nothing of what they mean.

mod faulty;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod shared;
mod shared_memory;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use faulty::{Faults, FaultyStore};
pub use memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use postgres::{Link, Patience, PostgresStore, Try};
pub use shared::{Seat, SharedStore};
pub use shared_memory::SharedMemory;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

/// Why a store did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The log goes on from elsewhere: somebody else writes to it.
    #[error("the log ends after operation {found}, not {expected}; one ledger writes to one store")]
    NotTheLast {
        /// The last operation the writer knows.
        expected: u64,
        /// The last one in the store.
        found: u64,
    },
    /// Another process has it open.
    #[error("{place} is in use; end the process that has it open, or name another place")]
    InUse {
        /// Which store.
        place: String,
    },
    /// Another writer took the seat: this one must not write any more.
    #[error(
        "{place}: another writer took over as number {found}, this one was number {epoch}; send the same keys to the new writer"
    )]
    Fenced {
        /// Which store.
        place: String,
        /// The number under which this one wrote; 0 for one that never took the seat.
        epoch: u64,
        /// The number of the writer there is now.
        found: u64,
    },
    /// The system failed. Whether the last append is there is not known.
    #[error("{place}: {cause}; open the ledger again once that is put right")]
    Failed {
        /// Which store.
        place: String,
        /// What the system said.
        cause: String,
    },
    /// It was made by a version this one does not read.
    #[error("{place}: found format {found}; this version reads format {right}")]
    Format {
        /// Which store.
        place: String,
        /// Its format.
        found: i64,
        /// The format that can be read.
        right: i64,
    },
}

/// A row of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Operations before it.
    pub after: u64,
    /// The group, as it was appended, or what is left of it.
    pub bytes: Vec<u8>,
}

/// A log of rows, and a snapshot.
///
/// An append that returned is there after any crash. An append that did not return, or failed, is there as a whole or
/// not at all, or, where the store can tear, as a part at the very end.
pub trait Store: Send {
    /// Appends a row that goes from operation `after` to operation `last`, if the log ends after `after`.
    ///
    /// # Errors
    /// See [`StoreError`]. After [`StoreError::Failed`] nobody knows whether the row is there.
    fn append(&mut self, after: u64, last: u64, bytes: &[u8]) -> Result<(), StoreError>;

    /// Up to `most` rows in their order that begin at operation `after` or later.
    ///
    /// # Errors
    /// When the system fails.
    fn read(&self, after: u64, most: usize) -> Result<Vec<Row>, StoreError>;

    /// Removes the row that begins at operation `after`, and whatever follows it. Only recovery does this, to a torn end.
    ///
    /// # Errors
    /// When the system fails.
    fn cut(&mut self, after: u64) -> Result<(), StoreError>;

    /// Keeps a snapshot as of an operation instead of the one before it. The log stays whole.
    ///
    /// # Errors
    /// When the system fails; then the one before it is still there.
    fn put_snapshot(&mut self, sequence: u64, bytes: &[u8]) -> Result<(), StoreError>;

    /// The newest snapshot, with the operation it is as of.
    ///
    /// # Errors
    /// When the system fails.
    fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError>;
}
