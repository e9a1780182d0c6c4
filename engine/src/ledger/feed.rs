//! What was done, in its order: for those who follow.

use super::front::{Ledger, SubmitError};
use super::limits;
use super::recover::RecoverError;
use super::store::{Row, Store, StoreError};
use super::wire::{Record, read_group};

/// Why operations cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// The ledger has stopped.
    #[error(transparent)]
    Stopped(#[from] SubmitError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] RecoverError),
}

impl From<StoreError> for FeedError {
    fn from(error: StoreError) -> FeedError {
        FeedError::Log(error.into())
    }
}

impl Ledger {
    /// Up to `most` operations after the one with the number `after`, each with its number, from 1 on; fewer where the log
    /// ends, none at its end. All of them are safe. The writer waits for the reading. O(operations of the rows read).
    ///
    /// # Errors
    /// See [`FeedError`].
    pub fn records(&self, after: u64, most: usize) -> Result<Vec<(u64, Record)>, FeedError> {
        let last = self.look(|state| state.sequence())?;
        if after >= last || most == 0 {
            return Ok(Vec::new());
        }
        self.with_store(|store| read(store, after, most))?
    }
}

/// Up to `most` operations of a store after the one with the number `after`.
pub(super) fn read(store: &dyn Store, after: u64, most: usize) -> Result<Vec<(u64, Record)>, FeedError> {
    let mut found = Vec::new();
    let Some(mut row) = row_of(store, after)? else { return Ok(found) };
    loop {
        let damaged = |damage| RecoverError::Damaged { after: row.after, damage };
        let group = read_group(&row.bytes).map_err(damaged)?;
        let end = row.after + group.records.len() as u64;
        let numbered = (row.after + 1..).zip(group.records);
        found.extend(numbered.filter(|(number, _)| *number > after).take(most - found.len()));
        if found.len() == most {
            return Ok(found);
        }
        match store.read(end, 1)?.pop() {
            Some(next) => row = next,
            None => return Ok(found),
        }
    }
}

/// The row with the operation that follows `after`: a store finds rows by where they begin, and this one may begin
/// earlier, though by no more than a row has operations.
fn row_of(store: &dyn Store, after: u64) -> Result<Option<Row>, StoreError> {
    let (mut back, mut found) = (0, None);
    while found.is_none() {
        let from = after.saturating_sub(back);
        // Rows in between are read to the one that holds it.
        let rows = store.read(from, 1)?;
        found = rows.into_iter().next().filter(|row| row.after <= after);
        if found.is_none() && (from == 0 || back > limits::BATCH as u64 * 2) {
            return Ok(None);
        }
        back = (back * 2).max(1);
    }
    let Some(mut row) = found else { return Ok(None) };
    while let Some(next) = store.read(row.after + 1, 1)?.pop().filter(|next| next.after <= after) {
        row = next;
    }
    Ok(Some(row))
}
