//! The state machine: one function from what was and what is asked to what is and what is answered.

use super::book::{Book, No};
use super::command::{Body, Command};
use super::digest::digest;
use super::keys::Answered;
use super::number::*;
use super::outcome::{Done, Outcome};
use super::refusal::{Code, Refusal};
use super::wire::{Chain, Writer, write_body, write_state};

/// Everything the ledger knows.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub(super) books: Vec<Option<Box<Book>>>,
    /// Time of the last operation.
    pub(super) last: Stamp,
    /// Operations so far.
    pub(super) sequence: u64,
    poisoned: Option<&'static str>,
    /// The form of the body at hand: the digest is taken of it, and the log writes it.
    form: Vec<u8>,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The answer.
    pub outcome: Outcome,
    /// Whether it is an operation that must be in the log before anyone hears of it; else nothing changed.
    pub is_new: bool,
}

/// How a ledger reads clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockTerms {
    /// A clock that jumps forward by more seconds than this between two operations is not believed, and nothing
    /// expires, until [`Body::ConfirmClock`].
    pub longest_jump: u32,
}

impl Default for ClockTerms {
    fn default() -> Self {
        ClockTerms { longest_jump: super::limits::USUAL_JUMP }
    }
}

impl State {
    /// Does what is asked at the time a clock shows. Ledger time is that time, but always later than before.
    pub fn apply(&mut self, command: &Command, now: Stamp, clock: ClockTerms) -> Applied {
        match self.known(command, now) {
            Ok(digest) => {
                let at = self.tick(command, now, clock);
                Applied { outcome: self.operate(command, digest, at), is_new: self.poisoned.is_none() }
            }
            Err(outcome) => {
                planted!(ReplayCounts => super::planted::count_again(&mut self.books, command));
                Applied { outcome, is_new: false }
            }
        }
    }

    /// Does again what a log says was done at a time; nothing when it cannot have been an operation then.
    pub(super) fn again(&mut self, command: &Command, at: Stamp) -> Option<Outcome> {
        if at <= self.last {
            return None;
        }
        let digest = self.known(command, at).ok()?;
        let outcome = self.operate(command, digest, at);
        self.poisoned.is_none().then_some(outcome)
    }

    /// What is answered without an operation; else the digest of what is asked.
    fn known(&mut self, command: &Command, now: Stamp) -> Result<u64, Outcome> {
        let refused = |code, asked: u64, there_is: u64| Outcome {
            at: self.last,
            result: Err(Refusal::new(code, asked, there_is)),
        };
        if self.poisoned.is_some() && !planted!(PoisonIgnored) {
            return Err(refused(Code::Poisoned, 0, 0));
        }
        if now < Stamp(0) || now > Stamp::LAST {
            return Err(refused(Code::ClockOutOfRange, now.0.unsigned_abs(), Stamp::LAST.0.unsigned_abs()));
        }
        if let Err(refusal) = command.body.inspect() {
            return Err(Outcome { at: self.last, result: Err(refusal) });
        }
        let opens = matches!(command.body, Body::Register(..));
        let book = self.books.get(usize::from(command.tenant.0)).and_then(Option::as_ref);
        if book.is_none() && !opens {
            return Err(refused(Code::UnknownTenant, u64::from(command.tenant.0), 0));
        }
        let mut form = Writer(std::mem::take(&mut self.form));
        form.0.clear();
        write_body(&command.body, &mut form);
        self.form = form.0;
        let digest = digest(&self.form);
        planted!(KeysShared => if let Some(known) = super::planted::any(&self.books, command.key) {
            return Err(known);
        });
        let book = self.books.get(usize::from(command.tenant.0)).and_then(Option::as_ref);
        match book.and_then(|book| book.keys.get(command.key)) {
            None => Ok(digest),
            Some(answered) if answered.digest == digest || planted!(AnyBodyUnderKey) => {
                Err(answered.outcome.clone())
            }
            Some(_) => Err(Outcome { at: self.last, result: Err(Refusal::new(Code::KeyReused, 0u32, 0u32)) }),
        }
    }

    /// Ledger time of the next operation.
    fn tick(&self, command: &Command, now: Stamp, clock: ClockTerms) -> Stamp {
        let next = Stamp(self.last.0 + 1);
        planted!(TimeFollowsBack => return now);
        planted!(JumpBelieved => return now.max(next));
        let jump = i64::from(clock.longest_jump) * 1_000_000_000;
        let believed = self.sequence == 0
            || now.0.saturating_sub(self.last.0) <= jump
            || command.body == Body::ConfirmClock;
        if believed { now.max(next) } else { next }
    }

    /// An operation: its effect, its answer and the memory of both are one.
    fn operate(&mut self, command: &Command, digest: u64, at: Stamp) -> Outcome {
        let tenant = usize::from(command.tenant.0);
        if self.books.len() <= tenant {
            self.books.resize(tenant + 1, None);
        }
        let book = self.books[tenant].get_or_insert_default();
        let result: Result<Done, Refusal> = match book.run(&command.body, at) {
            Ok(done) => Ok(done),
            Err(No::Refused(refusal)) => Err(refusal),
            Err(No::Broken(what)) => {
                self.poisoned = Some(what);
                return Outcome { at: self.last, result: Err(Refusal::new(Code::Poisoned, 0u32, 0u32)) };
            }
        };
        let outcome = Outcome { at, result };
        self.last = at;
        self.sequence += 1;
        planted!(KeyForgotten => return outcome);
        planted!(RefusalForgotten => if outcome.result.is_err() { return outcome });
        book.keys.push(Answered { key: command.key, digest, outcome: outcome.clone() });
        outcome
    }

    /// Operations so far.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Time of the last operation: what the state says, it says of this moment.
    pub fn at(&self) -> Stamp {
        self.last
    }

    /// The book of a tenant, if it has one.
    pub fn book(&self, tenant: Tenant) -> Option<&Book> {
        self.books.get(usize::from(tenant.0)).and_then(Option::as_deref)
    }

    /// Tenants that have a book, rising.
    pub fn tenants(&self) -> impl Iterator<Item = Tenant> {
        self.books.iter().enumerate().filter(|(_, book)| book.is_some()).map(|(row, _)| Tenant(row as u16))
    }

    /// Which invariant was found broken, if one was: then nothing is done any more.
    pub fn poisoned(&self) -> Option<&'static str> {
        self.poisoned
    }

    /// A hash of everything the state means, the same for the same log whatever was looked at, and wherever it was
    /// recovered. O(state).
    pub fn hash(&self) -> Chain {
        let mut form = Writer::default();
        write_state(self, &mut form);
        blake3::hash(&form.0).into()
    }

    /// The form of the body applied last.
    pub(super) fn form(&self) -> &[u8] {
        &self.form
    }
}
