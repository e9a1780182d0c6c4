//! A store in memory, for tests and for ledgers that need not survive.

use super::{Row, Store, StoreError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Clone, Debug, Default)]
struct Content {
    rows: Vec<Row>,
    /// The last operation, once one was appended here.
    last: Option<u64>,
    snapshot: Option<(u64, Vec<u8>)>,
}

/// Rows in memory. A clone is the same store, as a second handle on a file would be.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    content: Arc<Mutex<Content>>,
}

impl MemoryStore {
    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All rows, to be looked at or damaged.
    pub fn rows(&self) -> Vec<Row> {
        self.content().rows.clone()
    }

    /// A store of these rows.
    pub fn of_rows(rows: Vec<Row>) -> MemoryStore {
        let store = MemoryStore::default();
        store.content().rows = rows;
        store
    }

    /// Changes the snapshot's bytes, to damage it.
    pub fn change_snapshot(&self, change: impl FnOnce(&mut Vec<u8>)) {
        if let Some((_, bytes)) = &mut self.content().snapshot {
            change(bytes);
        }
    }
}

impl Store for MemoryStore {
    fn append(&mut self, after: u64, last: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let mut content = self.content();
        if let Some(last) = content.last.filter(|&last| last != after && !planted!(AppendsAnywhere)) {
            return Err(StoreError::NotTheLast { expected: after, found: last });
        }
        content.rows.push(Row { after, bytes: bytes.to_vec() });
        content.last = Some(last);
        Ok(())
    }

    fn read(&self, after: u64, most: usize) -> Result<Vec<Row>, StoreError> {
        let content = self.content();
        let first = content.rows.partition_point(|row| row.after < after);
        Ok(content.rows[first..].iter().take(most).cloned().collect())
    }

    fn cut(&mut self, after: u64) -> Result<(), StoreError> {
        let mut content = self.content();
        content.rows.retain(|row| row.after < after);
        content.last = Some(after);
        Ok(())
    }

    fn put_snapshot(&mut self, sequence: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.content().snapshot = Some((sequence, bytes.to_vec()));
        Ok(())
    }

    fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        Ok(self.content().snapshot.clone())
    }
}
