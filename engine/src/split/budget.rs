//! How long a search may go on.

use std::fmt;

/// How long a search may go on.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    /// Search steps per order. Counting steps and not seconds keeps answers the same on every machine.
    pub steps: u64,
    /// Asked now and then; the search ends with its best answer and gap as soon as it says yes. The engine has no
    /// clock of its own: a limit in seconds is a closure of the caller's that looks at one.
    pub stop: Option<&'a (dyn Fn() -> bool + Sync)>,
}

impl Default for Budget<'_> {
    fn default() -> Self {
        Budget { steps: 50_000, stop: None }
    }
}

impl fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("steps", &self.steps).field("stop", &self.stop.is_some()).finish()
    }
}
