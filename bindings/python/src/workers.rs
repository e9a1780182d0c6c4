//! Threads that compute. A forked child has none of its parent's, so each process makes its own.

use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::{Arc, Mutex, PoisonError};

static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// Does work whose parallel parts run on the threads of this process, as many as there are cores (or as
/// `RAYON_NUM_THREADS` says).
pub fn on_all_cores<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match pool() {
        Some(pool) => pool.install(work),
        // The system has no threads left to give: the pool everyone has does it.
        None => work(),
    }
}

fn pool() -> Option<Arc<ThreadPool>> {
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    match &*pool {
        Some((of, pool)) if *of == process => Some(pool.clone()),
        _ => {
            let made = Arc::new(ThreadPoolBuilder::new().build().ok()?);
            // The parent's threads are not here: waiting for their end would never end.
            std::mem::forget(pool.replace((process, made.clone())));
            Some(made)
        }
    }
}
