//! A store that fails as disks do: calls that fail, power that goes while bytes are on their way.

use super::{MemoryStore, Row, Store, StoreError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The call, counted from 0, that fails, and, but for `once`, every one after it.
    pub fails_from: Option<u64>,
    /// Only that call fails; those after it work again.
    pub once: bool,
    /// A call that fails has done its work all the same.
    pub did_it: bool,
    /// Appends return before anything is safe: the negative control, a store that forgets to flush.
    pub forgets_to_flush: bool,
}

#[derive(Debug, Default)]
struct Disk {
    calls: u64,
    faults: Faults,
    /// Appended and not flushed.
    unsafe_rows: Vec<(u64, Row)>,
}

/// A store over another one in memory. A clone is the same store.
#[derive(Clone, Debug, Default)]
pub struct FaultyStore {
    safe: MemoryStore,
    disk: Arc<Mutex<Disk>>,
}

impl FaultyStore {
    /// A store with these faults.
    pub fn new(faults: Faults) -> FaultyStore {
        let store = FaultyStore::default();
        store.disk().faults = faults;
        store
    }

    /// The same over what is there already.
    pub fn over(safe: MemoryStore, faults: Faults) -> FaultyStore {
        FaultyStore { safe, ..FaultyStore::new(faults) }
    }

    /// What is safe, the snapshot too.
    pub fn safe(&self) -> MemoryStore {
        self.safe.clone()
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls so far.
    pub fn calls(&self) -> u64 {
        self.disk().calls
    }

    /// The power goes: of what was not flushed the first `kept` rows are there, and `torn` bytes of the next. What is
    /// found afterwards, without faults.
    pub fn after_power_loss(&self, kept: usize, torn: usize) -> MemoryStore {
        let mut rows = self.safe.rows();
        let disk = self.disk();
        rows.extend(disk.unsafe_rows.iter().take(kept).map(|(_, row)| row.clone()));
        if let Some((_, row)) = disk.unsafe_rows.get(kept).filter(|_| torn > 0) {
            let bytes = row.bytes[..torn.min(row.bytes.len())].to_vec();
            rows.push(Row { after: row.after, bytes });
        }
        MemoryStore::of_rows(rows)
    }

    /// What is found when only the process died: the system still writes what it was given.
    pub fn after_kill(&self) -> MemoryStore {
        self.after_power_loss(usize::MAX, 0)
    }

    /// Whether this call fails.
    fn fails(&self) -> bool {
        let mut disk = self.disk();
        let call = disk.calls;
        disk.calls += 1;
        let Faults { fails_from, once, .. } = disk.faults;
        fails_from.is_some_and(|first| call == first || (call > first && !once))
    }
}

fn failed() -> StoreError {
    StoreError::Failed { place: "the faulty store".to_owned(), cause: "input/output error".to_owned() }
}

impl Store for FaultyStore {
    fn append(&mut self, after: u64, last: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let fails = self.fails();
        let faults = self.disk().faults;
        if fails {
            // On its way when it failed: it may be there, in part or whole.
            let row = Row { after, bytes: bytes.to_vec() };
            match faults.did_it {
                true => self.safe.append(after, last, bytes)?,
                false => self.disk().unsafe_rows.push((last, row)),
            }
            return Err(failed());
        }
        if faults.forgets_to_flush || planted!(FlushDropped) {
            self.disk().unsafe_rows.push((last, Row { after, bytes: bytes.to_vec() }));
            return Ok(());
        }
        self.safe.append(after, last, bytes)
    }

    fn read(&self, after: u64, most: usize) -> Result<Vec<Row>, StoreError> {
        if self.fails() {
            return Err(failed());
        }
        self.safe.read(after, most)
    }

    fn cut(&mut self, after: u64) -> Result<(), StoreError> {
        let fails = self.fails();
        if !fails || self.disk().faults.did_it {
            self.safe.cut(after)?;
        }
        if fails { Err(failed()) } else { Ok(()) }
    }

    fn put_snapshot(&mut self, sequence: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let fails = self.fails();
        if !fails || self.disk().faults.did_it {
            self.safe.put_snapshot(sequence, bytes)?;
        }
        if fails { Err(failed()) } else { Ok(()) }
    }

    fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        if self.fails() {
            return Err(failed());
        }
        self.safe.snapshot()
    }
}
