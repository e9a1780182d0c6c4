//! Who writes, where several processes reach one store? A seat that one of them has at a time.
//!
//! No two clocks are ever compared. Who has the seat shows that it lives by counting on; who watches measures, by a clock
//! of its own, for how long nothing moved, and may then take the seat. What keeps the log right is not that measure but
//! the epoch: each taking raises it, and an append under an earlier one does nothing.

use super::{Store, StoreError};

/// The writer's seat as of one look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seat {
    /// How often it was taken so far; 0 where nobody ever wrote.
    pub epoch: u64,
    /// Counts on with every append and every sign of life.
    pub beat: u64,
    /// The last operation in the log.
    pub last: u64,
    /// Who has it, in the words in which it was taken, so that callers find the writer; empty where it was left.
    pub writer: String,
}

impl Seat {
    /// Whether nobody claims it: it may be taken at once.
    pub fn is_vacant(&self) -> bool {
        self.writer.is_empty()
    }
}

/// A store that several processes reach, of which one writes.
///
/// A handle reads as long as it has not taken the seat. [`Store::append`], [`Store::cut`] and [`Store::put_snapshot`] of a
/// handle whose epoch is over change nothing and answer [`StoreError::Fenced`].
pub trait SharedStore: Store {
    /// The seat as it is now.
    ///
    /// # Errors
    /// When the system fails.
    fn seat(&self) -> Result<Seat, StoreError>;

    /// Takes the seat if it still is as it was `seen`, beat included; whether it did. From then on nobody appends under an
    /// earlier epoch, and this handle appends under the new one. `writer` is a name that no other process has, and not empty.
    ///
    /// # Errors
    /// When the system fails: then it may have been taken, and nobody writes until somebody takes it again.
    fn take(&mut self, seen: &Seat, writer: &str) -> Result<bool, StoreError>;

    /// Shows that who has the seat lives.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when the seat is another's; or when the system fails.
    fn beat(&mut self) -> Result<(), StoreError>;

    /// Leaves the seat, so that the next one need not wait until it is believed that nobody has it. Appends under this
    /// epoch go on to be taken until somebody sits down.
    ///
    /// # Errors
    /// As [`SharedStore::beat`].
    fn leave(&mut self) -> Result<(), StoreError>;

    /// A second handle, which writes under the epoch of this one.
    ///
    /// # Errors
    /// When the system fails.
    fn second(&self) -> Result<Box<dyn Store>, StoreError>;

    /// Removes rows that end at operation `until` or before, and that the snapshot makes superfluous; how many. Whoever
    /// reads the log from its first operation needs them: a copy of them elsewhere, say.
    ///
    /// # Errors
    /// As [`SharedStore::beat`].
    fn shorten(&mut self, until: u64) -> Result<u64, StoreError>;
}
