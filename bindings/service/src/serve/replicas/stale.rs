//! What the log says that a shop does not show yet.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;
use volok::ledger::{Body, StockChange, Tenant};

/// What changed.
#[derive(Debug, Default)]
pub struct Changed {
    /// Perhaps a world.
    pub worlds: bool,
    /// Perhaps the cells of every tenant: what was read was not seen row by row.
    pub all: bool,
    /// Cells of these tenants.
    pub tenants: BTreeSet<Tenant>,
}

impl Changed {
    /// Notes what an operation changes for a shop.
    pub fn note(&mut self, tenant: Tenant, body: &Body) {
        match body {
            Body::OpenCells(_) => {
                self.tenants.insert(tenant);
            }
            Body::Stock(event) => {
                if matches!(event.what, StockChange::Announced(..) | StockChange::Arrived(..)) {
                    self.tenants.insert(tenant);
                }
            }
            Body::Group(bodies) => bodies.iter().for_each(|body| self.note(tenant, body)),
            // See `Keeper::mark`.
            Body::Forget(_) => self.worlds = true,
            _ => {}
        }
    }

    fn is_nothing(&self) -> bool {
        !self.worlds && !self.all && self.tenants.is_empty()
    }

    fn merge(&mut self, other: Changed) {
        self.worlds |= other.worlds;
        self.all |= other.all;
        self.tenants.extend(other.tenants);
    }
}

#[derive(Debug, Default)]
struct Waiting {
    changed: Changed,
    /// Whether some of what changed is being seen to.
    is_busy: bool,
    /// The last operation that was read.
    read: u64,
}

/// What is to be seen to, between the one who reads and the one who sees to it.
#[derive(Debug, Default)]
pub struct Stale {
    waiting: Mutex<Waiting>,
    bell: Condvar,
}

impl Stale {
    /// Notes how far the log is read and what changed; the operation by which shops are, too, if nothing did.
    pub fn read(&self, sequence: u64, changed: Changed) -> Option<u64> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.read = sequence;
        if changed.is_nothing() && waiting.changed.is_nothing() && !waiting.is_busy {
            return Some(sequence);
        }
        waiting.changed.merge(changed);
        self.bell.notify_one();
        None
    }

    /// Waits for changes, so long at most; what there is, and how far the log was read.
    pub fn take(&self, most: Duration) -> (Changed, u64) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let calm = |waiting: &mut Waiting| waiting.changed.is_nothing();
        let waited = self.bell.wait_timeout_while(waiting, most, calm);
        let (mut waiting, _) = waited.unwrap_or_else(PoisonError::into_inner);
        waiting.is_busy = true;
        (std::mem::take(&mut waiting.changed), waiting.read)
    }

    /// It was seen to; else it comes back.
    pub fn done(&self, left: Option<Changed>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.is_busy = false;
        if let Some(left) = left {
            waiting.changed.merge(left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Changed, Stale};
    use std::time::Duration;
    use volok::ledger::{Body, Forget, HoldId, Release, Second, Tenant};

    #[test]
    fn shops_are_by_what_was_read_once_all_that_changed_is_seen_to() {
        let (stale, at_once) = (Stale::default(), Duration::ZERO);
        assert_eq!(stale.read(3, Changed::default()), Some(3));
        let mut changed = Changed::default();
        let release = Body::Release(Release { hold: HoldId(1), version: None });
        changed.note(Tenant(1), &Body::Group(vec![release]));
        assert_eq!(stale.read(4, changed), Some(4));
        let mut changed = Changed::default();
        changed.note(Tenant(1), &Body::Forget(Forget { before: Second(0), most: 1 }));
        assert_eq!(stale.read(5, changed), None);
        let (changed, read) = stale.take(at_once);
        assert_eq!((changed.worlds, read), (true, 5));
        // While it is seen to nobody says that shops are further.
        assert_eq!(stale.read(6, Changed::default()), None);
        stale.done(Some(changed));
        assert_eq!(stale.read(6, Changed::default()), None);
        assert!(stale.take(at_once).0.worlds);
        stale.done(None);
        assert_eq!(stale.read(6, Changed::default()), Some(6));
    }
}
