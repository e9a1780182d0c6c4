//! Long work, watched: the interpreter runs meanwhile, Ctrl-C ends it, and progress is told.

use crate::workers;
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How long Ctrl-C and the bar wait at most.
const GLANCE: Duration = Duration::from_millis(50);

/// What the work and the one who watches it tell each other.
#[derive(Default)]
pub struct Watch {
    stop: AtomicBool,
    done: AtomicUsize,
}

impl Watch {
    /// Whether the work should end as it is: its result is not wanted any more.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// One more is done.
    pub fn one_more(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// So much is done, in all.
    pub fn done(&self, done: usize) {
        self.done.store(done, Ordering::Relaxed);
    }
}

/// Does work on all cores, without the interpreter's lock. `progress` is called with (done, total) now and then, and with
/// (total, total) at the end.
///
/// # Errors
/// What a signal handler or `progress` raises; then the work has ended early.
pub fn watched<T: Send>(
    py: Python<'_>,
    total: usize,
    progress: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&Watch) -> T + Send,
) -> PyResult<T> {
    let watch = Watch::default();
    let progress = progress.map(|progress| progress.clone().unbind());
    let tell = |done: usize| match &progress {
        Some(progress) => Python::attach(|py| progress.call1(py, (done, total)).map(drop)),
        None => Ok(()),
    };
    let glance = |told: &mut usize| {
        Python::attach(|py| py.check_signals())?;
        let done = watch.done.load(Ordering::Relaxed);
        if done != *told {
            *told = done;
            tell(done)?;
        }
        Ok(())
    };
    let result: PyResult<T> = py.detach(|| {
        let (ended, end) = channel();
        let done = std::thread::scope(|scope| {
            let worker = scope.spawn(|| {
                let result = workers::on_all_cores(|| work(&watch));
                drop(ended);
                result
            });
            let (mut told, mut raised) = (0, None);
            while end.recv_timeout(GLANCE) == Err::<(), _>(RecvTimeoutError::Timeout) {
                if raised.is_none()
                    && let Err(error) = glance(&mut told)
                {
                    watch.stop.store(true, Ordering::Relaxed);
                    raised = Some(error);
                }
            }
            (worker.join(), raised)
        });
        match done {
            (_, Some(raised)) => Err(raised),
            (Ok(result), None) => Ok(result),
            (Err(panic), None) => std::panic::resume_unwind(panic),
        }
    });
    let result = result?;
    tell(total)?;
    Ok(result)
}
