//! What a planner needs of whoever keeps books: to look at them, and to have something done.

use super::command::Command;
use super::front::{Ledger, SubmitError};
use super::number::Stamp;
use super::outcome::Outcome;
use super::state::State;
use std::sync::Arc;

/// Whoever keeps books: a ledger, or something that stands before one, as a replica does that follows another's writer.
pub trait Books {
    /// What the state shows. Whoever writes may wait while `look` looks: ask for little.
    ///
    /// # Errors
    /// When what is in memory may not be in the log.
    fn look<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T, SubmitError>;

    /// Does what is asked, in order, each seeing those before it; returns once it is safe. `now` is what the caller's
    /// clock shows.
    ///
    /// # Errors
    /// See [`SubmitError`].
    fn submit(&self, commands: Vec<Command>, now: Stamp) -> Result<Vec<Outcome>, SubmitError>;
}

impl Books for Ledger {
    fn look<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T, SubmitError> {
        Ledger::look(self, look)
    }

    fn submit(&self, commands: Vec<Command>, now: Stamp) -> Result<Vec<Outcome>, SubmitError> {
        Ledger::submit(self, commands, now)
    }
}

impl<B: Books> Books for Arc<B> {
    fn look<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T, SubmitError> {
        B::look(self, look)
    }

    fn submit(&self, commands: Vec<Command>, now: Stamp) -> Result<Vec<Outcome>, SubmitError> {
        B::submit(self, commands, now)
    }
}
