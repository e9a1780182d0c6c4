//! One writer, many callers: whoever comes first commits for all who wait, in one append.
//!
//! The first caller becomes the leader. While it flushes, others queue up; the next leader takes them all. So the number
//! of flushes is set by the disk, and the work per flush by the load.

use super::command::Command;
use super::follow::Follower;
use super::limits;
use super::number::*;
use super::outcome::Outcome;
use super::recover::{RecoverError, Recovery, recover};
use super::state::{ClockTerms, State};
use super::store::{Store, StoreError};
use super::view::View;
use super::wire::{Chain, GroupWriter, write_snapshot};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Why commands have no outcome.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// Nothing was done.
    #[error("a batch has {found} commands; send at most {most}")]
    TooMany {
        /// How many were sent.
        found: usize,
        /// How many may be.
        most: usize,
    },
    /// The store failed while they were written: each is wholly done or not at all. Open the ledger again and ask for
    /// their keys.
    #[error("the outcome is not known: {0}; open the ledger again, and send the same keys")]
    OutcomeUnknown(StoreError),
    /// The ledger stopped, before or at one of them, because an invariant is broken: nothing of what was in flight is told. Of
    /// a batch too large for one row of the log, what the rows before say was done; their keys tell, once it is open again.
    #[error("the ledger has stopped: {0}")]
    Stopped(String),
}

/// A batch that waits.
struct Ticket {
    commands: Vec<Command>,
    now: Stamp,
    seat: Arc<Seat>,
}

impl Ticket {
    fn answer(&self, answer: Result<Vec<Outcome>, SubmitError>) {
        *lock(&self.seat.called) = Called::Answered(answer);
        self.seat.bell.notify_one();
    }
}

#[derive(Default)]
struct Seat {
    called: Mutex<Called>,
    bell: Condvar,
}

#[derive(Default)]
enum Called {
    #[default]
    Waits,
    Leads,
    Answered(Result<Vec<Outcome>, SubmitError>),
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Ticket>,
    led: bool,
}

struct Core {
    state: State,
    chain: Chain,
    store: Box<dyn Store>,
    group: GroupWriter,
    stopped: Option<String>,
}

/// An open ledger. Threads share it; a second one on the same store is refused by the store.
pub struct Ledger {
    queue: Mutex<Queue>,
    core: Mutex<Core>,
    clock: ClockTerms,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// A lock is held by someone who does not panic; if one did, what it protects has said so itself.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ledger {
    /// Opens the ledger of a store, and tells what was found there. O(snapshot + operations since).
    ///
    /// # Errors
    /// See [`RecoverError`]; a damaged log is never repaired in silence.
    pub fn open(mut store: Box<dyn Store>, clock: ClockTerms) -> Result<(Ledger, Recovery), RecoverError> {
        let (state, chain, recovery) = recover(store.as_mut())?;
        let core = Core { state, chain, store, group: GroupWriter::default(), stopped: None };
        Ok((Ledger { queue: Mutex::default(), core: Mutex::new(core), clock }, recovery))
    }

    /// The ledger of a store that a follower has read to its end, to which nobody but this one appends any more.
    pub(super) fn of(follower: Follower, store: Box<dyn Store>, clock: ClockTerms) -> Ledger {
        let (state, chain) = follower.into_parts();
        let core = Core { state, chain, store, group: GroupWriter::default(), stopped: None };
        Ledger { queue: Mutex::default(), core: Mutex::new(core), clock }
    }

    /// Does what is asked, in order, each seeing those before it; returns once it is safe. `now` is what the caller's
    /// clock shows.
    ///
    /// # Errors
    /// See [`SubmitError`]; refusals are no errors, they are outcomes.
    pub fn submit(&self, commands: Vec<Command>, now: Stamp) -> Result<Vec<Outcome>, SubmitError> {
        if commands.len() > limits::BATCH {
            return Err(SubmitError::TooMany { found: commands.len(), most: limits::BATCH });
        }
        let seat = Arc::new(Seat::default());
        let leads = {
            let mut queue = lock(&self.queue);
            queue.waiting.push(Ticket { commands, now, seat: seat.clone() });
            !std::mem::replace(&mut queue.led, true)
        };
        if leads {
            self.lead();
        }
        let mut called = lock(&seat.called);
        loop {
            match std::mem::take(&mut *called) {
                Called::Answered(answer) => return answer,
                Called::Waits => called = seat.bell.wait(called).unwrap_or_else(PoisonError::into_inner),
                Called::Leads => {
                    drop(called);
                    self.lead();
                    called = lock(&seat.called);
                }
            }
        }
    }

    /// Commits for all who wait now, then calls the next leader.
    fn lead(&self) {
        let mut turn = Turn { ledger: self, tickets: Vec::new() };
        let mut core = lock(&self.core);
        turn.tickets = {
            let mut queue = lock(&self.queue);
            let mut commands = 0;
            let fits = queue.waiting.iter().take_while(|ticket| {
                commands += ticket.commands.len();
                commands <= limits::BATCH
            });
            let fits = fits.count();
            queue.waiting.drain(..fits).collect()
        };
        let answers = core.commit(&turn.tickets, self.clock);
        drop(core);
        turn.end(answers);
    }

    /// What the state shows, as of the last commit. The writer waits while `look` looks: ask for little, or for a
    /// [`View`].
    ///
    /// # Errors
    /// [`SubmitError::Stopped`]: what a stopped ledger has in memory may not be in its log.
    pub fn look<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T, SubmitError> {
        let core = lock(&self.core);
        match &core.stopped {
            Some(why) => Err(SubmitError::Stopped(why.clone())),
            None => Ok(look(&core.state)),
        }
    }

    /// What a key was answered: how one finds out after a lost answer. O(1).
    ///
    /// # Errors
    /// [`SubmitError::Stopped`]: open the ledger again, and ask then.
    pub fn operation(&self, tenant: Tenant, key: Key) -> Result<Option<Outcome>, SubmitError> {
        self.look(|state| state.book(tenant)?.answered(key))
    }

    /// What is free and what is claimed in a book as of the last commit. The writer goes on meanwhile; pages of cells
    /// are copied only when it changes them. O(pages of cells + holds with capacity claims).
    ///
    /// # Errors
    /// [`SubmitError::Stopped`].
    pub fn view(&self, tenant: Tenant) -> Result<Option<View>, SubmitError> {
        self.look(|state| View::of(state, tenant))
    }

    /// Writes a snapshot, so that the next opening is short. The writer waits for it. O(state).
    ///
    /// # Errors
    /// When the store fails: then the ledger stops.
    pub fn snapshot(&self) -> Result<u64, SubmitError> {
        let mut core = lock(&self.core);
        if let Some(why) = &core.stopped {
            return Err(SubmitError::Stopped(why.clone()));
        }
        let (sequence, bytes) = (core.state.sequence(), write_snapshot(&core.state, &core.chain));
        match core.store.put_snapshot(sequence, &bytes) {
            Ok(()) => Ok(sequence),
            Err(failed) => {
                core.stopped = Some(failed.to_string());
                Err(SubmitError::OutcomeUnknown(failed))
            }
        }
    }

    /// Reads the store; the writer waits meanwhile.
    pub(super) fn with_store<T>(&self, read: impl FnOnce(&dyn Store) -> T) -> Result<T, SubmitError> {
        let core = lock(&self.core);
        match &core.stopped {
            Some(why) => Err(SubmitError::Stopped(why.clone())),
            None => Ok(read(core.store.as_ref())),
        }
    }

    /// The hash of the last group: of the whole log.
    pub fn chain(&self) -> Chain {
        lock(&self.core).chain
    }
}

/// The turn of a leader. However it ends, everyone is answered and the next one is called.
struct Turn<'a> {
    ledger: &'a Ledger,
    tickets: Vec<Ticket>,
}

impl Turn<'_> {
    fn end(mut self, answers: Vec<Result<Vec<Outcome>, SubmitError>>) {
        let tickets = std::mem::take(&mut self.tickets);
        // The next one first: it flushes while the others hear.
        drop(self);
        for (ticket, answer) in tickets.iter().zip(answers) {
            ticket.answer(answer);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.tickets.is_empty() {
            // It panicked: what it left in memory is not to be trusted, and what it wrote is not known.
            let place = "the ledger".to_owned();
            let failed = StoreError::Failed { place, cause: "its writer panicked".to_owned() };
            lock(&self.ledger.core).stopped.get_or_insert_with(|| failed.to_string());
            self.tickets
                .iter()
                .for_each(|ticket| ticket.answer(Err(SubmitError::OutcomeUnknown(failed.clone()))));
        }
        let mut queue = lock(&self.ledger.queue);
        match queue.waiting.first() {
            None => queue.led = false,
            Some(next) => {
                *lock(&next.seat.called) = Called::Leads;
                next.seat.bell.notify_one();
            }
        }
    }
}

impl Core {
    /// Applies all commands and appends them. An answer is an answer once it is safe.
    fn commit(&mut self, tickets: &[Ticket], clock: ClockTerms) -> Vec<Result<Vec<Outcome>, SubmitError>> {
        planted!(GoesOnAfterFailure => self.stopped = None);
        if let Some(why) = &self.stopped {
            return tickets.iter().map(|_| Err(SubmitError::Stopped(why.clone()))).collect();
        }
        let mut answers = Vec::with_capacity(tickets.len());
        let done = tickets.iter().try_for_each(|ticket| {
            answers.push(Ok(self.apply(ticket, clock)?));
            Ok(())
        });
        match done.and_then(|()| self.append()) {
            Ok(()) => answers,
            Err(failed) => {
                planted!(AnswersUnsafe => return answers);
                tickets.iter().map(|_| Err(failed.clone())).collect()
            }
        }
    }

    /// Applies the commands of a ticket, each seeing those before it.
    fn apply(&mut self, ticket: &Ticket, clock: ClockTerms) -> Result<Vec<Outcome>, SubmitError> {
        let mut outcomes = Vec::with_capacity(ticket.commands.len());
        for (row, command) in ticket.commands.iter().enumerate() {
            if row % limits::AHEAD == 0 && ticket.commands.len() > 1 {
                self.state.look_ahead(ticket.commands[row..].iter().take(limits::AHEAD));
            }
            let applied = self.state.apply(command, ticket.now, clock);
            if let Some(what) = self.state.poisoned() {
                // What was done since the last row is not told to anyone and not written: it never was.
                let why = format!("an invariant is broken ({what}); send us the log");
                self.stopped = Some(why.clone());
                return Err(SubmitError::Stopped(why));
            }
            if applied.is_new {
                self.group.push(command, self.state.form(), &applied.outcome);
                if self.group.bytes() >= limits::ROW_BYTES {
                    self.append()?;
                }
            }
            outcomes.push(applied.outcome);
        }
        Ok(outcomes)
    }

    /// Appends what was applied since the last row, as one.
    fn append(&mut self) -> Result<(), SubmitError> {
        if self.group.len() == 0 {
            return Ok(());
        }
        let last = self.state.sequence();
        let after = last - self.group.len();
        let (bytes, chain) = self.group.finish(after, &self.chain);
        self.store.append(after, last, &bytes).map_err(|failed| {
            self.stopped = Some(failed.to_string());
            SubmitError::OutcomeUnknown(failed)
        })?;
        self.chain = chain;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::*;
    use super::super::refusal::Code;
    use super::super::store::MemoryStore;
    use super::*;
    use crate::units::Instant;

    fn command(key: u128, body: Body) -> Command {
        Command { tenant: Tenant(0), key: Key(key), body }
    }

    /// A book with one cell, and one unit of it held.
    fn commands() -> Vec<Command> {
        let facts = CellFacts {
            sku: SkuNo(0),
            seller: SellerNo(0),
            node: NodeNo(0),
            zone: ZoneNo(0),
            lot: None,
            expires: Instant::NEVER,
            due: None,
        };
        let what = StockChange::Receipt(CellNo(0), 1);
        let place = Place {
            channel: ChannelNo(0),
            customer: None,
            node: NodeNo(0),
            lines: Lines::from_iter([Wanted { what: Want::Cell(CellNo(0)), qty: 1 }]),
            life: 60,
            priority: 0,
            instead_of: None,
            claims: Vec::new(),
        };
        let kinds = [Kind::Sku, Kind::Seller, Kind::Node, Kind::Zone, Kind::Channel, Kind::Source];
        let names = kinds.into_iter().map(|kind| Body::Register(kind, vec!["one".into()]));
        let rest = [
            Body::OpenCells(vec![facts]),
            Body::Stock(StockEvent { source: SourceNo(0), sequence: 1, what }),
            Body::Place(place),
        ];
        (0u128..).zip(names.chain(rest)).map(|(key, body)| command(key, body)).collect()
    }

    #[test]
    fn a_broken_invariant_is_told_and_stops_everything() {
        let store = MemoryStore::default();
        let clock = ClockTerms::default();
        let (ledger, _) = Ledger::open(Box::new(store.clone()), clock).expect("it is empty");
        let outcomes = ledger.submit(commands(), Stamp(1)).expect("memory does not fail");
        assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()), "{outcomes:?}");
        // Memory changes under it: the cell no longer holds what the hold says.
        let changed = lock(&ledger.core).state.books[0].as_mut().and_then(|book| {
            let cell = book.cells.settled(CellNo(0), Second(0))?;
            cell.give_back(1, Second(60))
        });
        assert_eq!(changed, Some(()));
        let release = || command(100, Body::Release(Release { hold: HoldId(0), version: None }));
        let stopped = ledger.submit(vec![release()], Stamp(2)).expect_err("it does not add up");
        assert!(stopped.to_string().contains("a cell holds less than its lines"), "{stopped}");
        // Nothing is done any more, by nobody, and nothing of it is in the log.
        let harmless = command(101, Body::Safety(CellNo(0), 1));
        assert!(matches!(ledger.submit(vec![harmless.clone()], Stamp(3)), Err(SubmitError::Stopped(_))));
        assert!(ledger.look(State::sequence).is_err());
        let refused = lock(&ledger.core).state.apply(&harmless, Stamp(3), clock);
        assert_eq!(refused.outcome.result.map_err(|refusal| refusal.code), Err(Code::Poisoned));
        let again = Ledger::open(Box::new(store), clock).expect("the log is whole").0;
        assert!(again.submit(vec![release()], Stamp(4)).expect("it adds up")[0].result.is_ok());
    }
}
