//! A shared store in memory, for tests of who writes: its handles can be cut off as a network cuts processes off.

use super::{Row, Seat, SharedStore, Store, StoreError};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
struct Content {
    rows: Vec<Row>,
    snapshot: Option<(u64, Vec<u8>)>,
    seat: Seat,
}

/// A handle on rows in memory that several handles share.
#[derive(Debug, Default)]
pub struct SharedMemory {
    content: Arc<Mutex<Content>>,
    epoch: u64,
    is_cut_off: Arc<AtomicBool>,
    loses_answers: Arc<AtomicBool>,
}

impl SharedMemory {
    /// Another handle on the same rows, as another process would have one: without the seat.
    pub fn other(&self) -> SharedMemory {
        SharedMemory { content: self.content.clone(), ..SharedMemory::default() }
    }

    /// From now on every call of this handle, and of those made with [`SharedStore::second`], fails and does nothing; or
    /// does something again.
    pub fn cut_off(&self) -> Arc<AtomicBool> {
        self.is_cut_off.clone()
    }

    /// From now on appends of this handle and its seconds are done, and fail all the same; or no longer.
    pub fn lose_answers(&self) -> Arc<AtomicBool> {
        self.loses_answers.clone()
    }

    fn reach(&self) -> Result<MutexGuard<'_, Content>, StoreError> {
        match self.is_cut_off.load(Ordering::Relaxed) {
            true => Err(failed()),
            false => Ok(self.content.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    fn seated(&self) -> Result<MutexGuard<'_, Content>, StoreError> {
        let content = self.reach()?;
        match content.seat.epoch == self.epoch && self.epoch > 0 {
            true => Ok(content),
            false => {
                let place = "memory".to_owned();
                Err(StoreError::Fenced { place, epoch: self.epoch, found: content.seat.epoch })
            }
        }
    }
}

fn failed() -> StoreError {
    StoreError::Failed { place: "memory".to_owned(), cause: "cut off".to_owned() }
}

impl Store for SharedMemory {
    fn append(&mut self, after: u64, last: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let mut content = self.seated()?;
        if content.seat.last != after {
            return Err(StoreError::NotTheLast { expected: after, found: content.seat.last });
        }
        content.rows.push(Row { after, bytes: bytes.to_vec() });
        content.seat.last = last;
        content.seat.beat += 1;
        match self.loses_answers.load(Ordering::Relaxed) {
            true => Err(failed()),
            false => Ok(()),
        }
    }

    fn read(&self, after: u64, most: usize) -> Result<Vec<Row>, StoreError> {
        let content = self.reach()?;
        let first = content.rows.partition_point(|row| row.after < after);
        Ok(content.rows[first..].iter().take(most).cloned().collect())
    }

    fn cut(&mut self, after: u64) -> Result<(), StoreError> {
        let mut content = self.seated()?;
        content.rows.retain(|row| row.after < after);
        content.seat.last = after;
        Ok(())
    }

    fn put_snapshot(&mut self, sequence: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.seated()?.snapshot = Some((sequence, bytes.to_vec()));
        Ok(())
    }

    fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        Ok(self.reach()?.snapshot.clone())
    }
}

impl SharedStore for SharedMemory {
    fn seat(&self) -> Result<Seat, StoreError> {
        Ok(self.reach()?.seat.clone())
    }

    fn take(&mut self, seen: &Seat, writer: &str) -> Result<bool, StoreError> {
        let mut content = self.reach()?;
        if content.seat != *seen {
            return Ok(false);
        }
        content.seat.epoch += 1;
        content.seat.beat += 1;
        content.seat.writer = writer.to_owned();
        let epoch = content.seat.epoch;
        drop(content);
        self.epoch = epoch;
        Ok(true)
    }

    fn beat(&mut self) -> Result<(), StoreError> {
        self.seated()?.seat.beat += 1;
        Ok(())
    }

    fn leave(&mut self) -> Result<(), StoreError> {
        self.seated()?.seat.writer.clear();
        Ok(())
    }

    fn second(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(SharedMemory {
            content: self.content.clone(),
            epoch: self.epoch,
            is_cut_off: self.is_cut_off.clone(),
            loses_answers: self.loses_answers.clone(),
        }))
    }

    fn shorten(&mut self, until: u64) -> Result<u64, StoreError> {
        let mut content = self.seated()?;
        let kept = until.min(content.snapshot.as_ref().map_or(0, |snapshot| snapshot.0));
        let last = content.seat.last;
        let ends: Vec<u64> = content.rows.iter().skip(1).map(|row| row.after).chain([last]).collect();
        let gone = ends.iter().take_while(|&&end| end <= kept).count();
        content.rows.drain(..gone);
        Ok(gone as u64)
    }
}
