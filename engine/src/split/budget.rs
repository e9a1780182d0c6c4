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
    /// Whether a general mixed-integer solver is asked about what the search left open. It takes as long as it takes:
    /// neither steps nor `stop` end it. Feature `last-resort`.
    #[cfg(feature = "last-resort")]
    pub last_resort: bool,
}

impl Default for Budget<'_> {
    fn default() -> Self {
        Budget {
            steps: 5_000,
            stop: None,
            #[cfg(feature = "last-resort")]
            last_resort: false,
        }
    }
}

impl fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = f.debug_struct("Budget");
        told.field("steps", &self.steps).field("stop", &self.stop.is_some());
        #[cfg(feature = "last-resort")]
        told.field("last_resort", &self.last_resort);
        told.finish()
    }
}

/// Steps left of a budget while a search runs.
#[derive(Debug)]
pub struct Meter<'a> {
    budget: Budget<'a>,
    spent: u64,
    stopped: bool,
}

/// How many steps pass between two questions to [`Budget::stop`].
const ASK_EVERY: u64 = 64;

impl<'a> Meter<'a> {
    /// A meter at zero.
    pub fn new(budget: Budget<'a>) -> Meter<'a> {
        Meter { budget, spent: 0, stopped: budget.steps == 0 }
    }

    /// Counts one step; whether the search may go on.
    pub fn step(&mut self) -> bool {
        self.spent += 1;
        if self.spent >= self.budget.steps {
            self.stopped = true;
        } else if self.spent.is_multiple_of(ASK_EVERY)
            && let Some(stop) = self.budget.stop
            && stop()
        {
            self.stopped = true;
        }
        !self.stopped
    }

    /// Counts several steps taken elsewhere.
    pub fn add(&mut self, steps: u64) {
        self.spent = self.spent.saturating_add(steps);
        self.stopped |= self.spent >= self.budget.steps;
    }

    /// Steps taken.
    pub fn spent(&self) -> u64 {
        self.spent
    }

    /// Steps left.
    pub fn left(&self) -> u64 {
        self.budget.steps.saturating_sub(self.spent)
    }

    /// The question of [`Budget::stop`], asked at once.
    pub fn stop_now(&self) -> bool {
        self.stopped || self.budget.stop.is_some_and(|stop| stop())
    }
}
