//! What is on its way: orders over several regions whose end nobody has written down yet.

use super::RegionalOrder;
use crate::ledger::number::*;
use crate::ledger::store::StoreError;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps orders from before their first step until after their last, so that recovery knows of them. Without it nothing is
/// sold twice and nothing is held for ever; but parts away from home would be held for their whole life.
pub trait Intents {
    /// Keeps an order, once, with the moment from which on it is given up rather than driven on: the first one it was kept
    /// with. That moment.
    ///
    /// # Errors
    /// When the system fails: then the order is not begun.
    fn begin(&self, order: &RegionalOrder, until: Stamp) -> Result<Stamp, StoreError>;

    /// Drops an order that has its fate.
    ///
    /// # Errors
    /// When the system fails: then recovery finds it again, and finds the same.
    fn end(&self, order: &RegionalOrder) -> Result<(), StoreError>;

    /// Orders that were begun and not ended, with their moments; at most so many.
    ///
    /// # Errors
    /// When the system fails, or what it keeps cannot be read.
    fn open(&self, most: usize) -> Result<Vec<(RegionalOrder, Stamp)>, StoreError>;
}

/// Intents in memory: for tests.
#[derive(Debug, Default)]
pub struct MemoryIntents {
    orders: Mutex<BTreeMap<Vec<u8>, (RegionalOrder, Stamp)>>,
}

impl MemoryIntents {
    fn orders(&self) -> MutexGuard<'_, BTreeMap<Vec<u8>, (RegionalOrder, Stamp)>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intents for MemoryIntents {
    fn begin(&self, order: &RegionalOrder, until: Stamp) -> Result<Stamp, StoreError> {
        Ok(self.orders().entry(order.to_bytes()).or_insert_with(|| (order.clone(), until)).1)
    }

    fn end(&self, order: &RegionalOrder) -> Result<(), StoreError> {
        self.orders().remove(&order.to_bytes());
        Ok(())
    }

    fn open(&self, most: usize) -> Result<Vec<(RegionalOrder, Stamp)>, StoreError> {
        Ok(self.orders().values().take(most).cloned().collect())
    }
}
