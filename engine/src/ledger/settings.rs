//! Settings of a book, and how long what happened under earlier ones must be remembered.

use super::book::Book;
use super::command::Settings;
use super::limits;
use super::number::Second;
use super::outcome::Done;

/// A longest life that was shortened since: holds placed before may live that long still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outlived {
    /// Seconds.
    pub life: u32,
    /// When the last hold placed under it has ended.
    pub until: Second,
}

impl Book {
    pub(super) fn set(&mut self, settings: &Settings, at: Second) -> Done {
        if settings.rules != self.settings.rules {
            // Counts stand under the numbers of their rules.
            self.history.skus.clear();
        }
        let life = self.settings.longest_life;
        if settings.longest_life < life && self.holds.rows.len() > 0 {
            let until = at.later(life);
            // A longer life that ends later says it for a shorter one that ended sooner.
            self.outlived.retain(|old| old.until > at && old.life > life);
            self.outlived.push(Outlived { life, until });
        }
        self.settings = settings.clone();
        Done::Set
    }

    /// Seconds for which keys, sales and ended holds are kept: as long as a hold may live whose key they answer.
    pub(super) fn kept(&self, at: Second) -> u32 {
        let outlived = self.outlived.iter().filter(|old| old.until > at).map(|old| old.life);
        outlived.chain([limits::KEPT, self.settings.longest_life]).max().unwrap_or(limits::KEPT)
    }
}
