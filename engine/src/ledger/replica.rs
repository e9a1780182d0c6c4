//! One of several processes on one log: it writes, or it follows whoever writes and takes over when nobody does.
//!
//! Two facts keep the log right, whatever clocks and networks do. A writer appends under the epoch under which it took the
//! seat, and the store takes no append under an earlier one. And a row is appended only where the log ends. So of two who
//! both believe that they write, one is refused, and what either acknowledged is in the log that both read.
//!
//! A replica has no clock. Whoever runs it calls [`Replica::turn`] a few times a second and says what its own clock shows:
//! only differences of that one clock count, and a clock that is wrong makes a takeover early or late, never wrong.

use super::command::Command;
use super::feed::{self, FeedError};
use super::follow::{Follower, SeesRow};
use super::front::{Ledger, SubmitError};
use super::number::*;
use super::outcome::Outcome;
use super::recover::{ROWS, RecoverError};
use super::state::{ClockTerms, State};
use super::store::{Seat, SharedStore, StoreError};
use super::wire::Record;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

/// Why a replica did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplicaError {
    /// Another one writes. Nothing was done.
    #[error("this replica follows; send it to {}", writer.as_deref().unwrap_or("the writer, once there is one"))]
    Elsewhere {
        /// Who writes, as far as this one knows.
        writer: Option<String>,
    },
    /// The state is not as far as was asked. Nothing was looked at.
    #[error("this replica has read {found} operations, not {asked} yet; ask again, or ask the writer")]
    Behind {
        /// The operation that was asked for.
        asked: u64,
        /// The last one it has read.
        found: u64,
    },
    /// See [`SubmitError`]; after [`SubmitError::OutcomeUnknown`] send the same keys again, to whoever writes then.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The log cannot be read.
    #[error(transparent)]
    Recover(#[from] RecoverError),
}

impl From<StoreError> for ReplicaError {
    fn from(failed: StoreError) -> ReplicaError {
        ReplicaError::Recover(RecoverError::Store(failed))
    }
}

/// What a replica does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It has the seat, or believes so.
    Writes,
    /// It reads.
    Follows,
}

/// How a replica stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it does.
    pub role: Role,
    /// The epoch of the writer, as far as it knows.
    pub epoch: u64,
    /// Who writes, as far as it knows.
    pub writer: Option<String>,
    /// The last operation it has done or read.
    pub sequence: u64,
    /// The last one in the log when it last looked.
    pub last: u64,
}

enum Part {
    Writes(Arc<Ledger>),
    Follows(Box<Follower>),
}

struct Watch<S> {
    store: S,
    seat: Seat,
    /// When the seat was first seen as it is, by the caller's clock.
    since: Option<Stamp>,
    /// The epoch under which this one took the seat, until it has read the log to its end.
    taken: Option<u64>,
    /// Whether this one never takes the seat again.
    retired: bool,
}

/// One of several processes on one log. Threads share it.
///
/// ```
/// use std::time::Duration;
/// use volok::ledger::store::SharedMemory;
/// use volok::ledger::*;
///
/// let shared = SharedMemory::default();
/// let second = 1_000_000_000;
/// let (clock, patience) = (ClockTerms::default(), Duration::from_secs(1));
/// let one = Replica::new(shared.other(), "one", patience, clock);
/// let two = Replica::new(shared.other(), "two", patience, clock);
///
/// // Nobody ever wrote: the first to come writes, the second follows.
/// assert_eq!(one.turn(Stamp(0))?.role, Role::Writes);
/// assert_eq!(two.turn(Stamp(0))?.role, Role::Follows);
/// let command = || Command { tenant: Tenant(0), key: Key(1), body: Body::Register(Kind::Sku, vec!["pen".into()]) };
/// let answered = one.submit(vec![command()], Stamp(1))?;
/// let elsewhere = ReplicaError::Elsewhere { writer: Some("one".to_owned()) };
/// assert_eq!(two.submit(vec![command()], Stamp(1)), Err(elsewhere));
/// two.turn(Stamp(1))?;
/// assert_eq!(two.look(1, |state| state.sequence())?, 1);
///
/// // The first one falls silent; after a second the other takes over. The key has its answer.
/// two.turn(Stamp(2 * second))?;
/// assert_eq!(two.turn(Stamp(3 * second))?.role, Role::Writes);
/// assert_eq!(two.submit(vec![command()], Stamp(3 * second))?, answered);
///
/// // What the first one still tries comes too late.
/// let late = Command { key: Key(2), ..command() };
/// assert!(matches!(one.submit(vec![late], Stamp(4)), Err(ReplicaError::Submit(_))));
/// assert_eq!(one.turn(Stamp(5))?.role, Role::Follows);
/// # Ok::<(), ReplicaError>(())
/// ```
pub struct Replica<S> {
    name: String,
    patience: Duration,
    clock: ClockTerms,
    watch: Mutex<Watch<S>>,
    part: RwLock<Part>,
    known: Mutex<Seat>,
}

impl<S> std::fmt::Debug for Replica<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replica")
            .field("name", &self.name)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S: SharedStore> Replica<S> {
    /// A replica that follows at first. `name` is what others are told when they ask where to write: an address, and one
    /// that no other process has, not even the same one started anew while its last call may be on its way. `patience` is
    /// how long the seat must not move before this one takes it: several turns, and longer than the database is ever
    /// slow.
    pub fn new(store: S, name: &str, patience: Duration, clock: ClockTerms) -> Replica<S> {
        Replica {
            name: name.to_owned(),
            patience,
            clock,
            watch: Mutex::new(Watch {
                store,
                seat: Seat::default(),
                since: None,
                taken: None,
                retired: false,
            }),
            part: RwLock::new(Part::Follows(Box::default())),
            known: Mutex::default(),
        }
    }

    /// What is due: a writer shows that it lives, a follower reads what was appended, and takes the seat if nothing moved
    /// for as long as its patience lasts. `now` is what the caller's clock shows. Blocks as long as the store does.
    ///
    /// # Errors
    /// When the store fails, or the log cannot be read. Call it again: what passes, passes.
    pub fn turn(&self, now: Stamp) -> Result<Standing, ReplicaError> {
        self.turn_each(now, &mut |_, _| Ok(()))
    }

    /// The same; where this one follows, `each` sees every row of operations that is read once it is done, with the state
    /// it leads to. What is skipped by way of a snapshot it does not see. Readers wait meanwhile.
    ///
    /// # Errors
    /// As [`Replica::turn`], or what `each` answers: then everything is read again.
    pub fn turn_each(&self, now: Stamp, each: &mut SeesRow<'_>) -> Result<Standing, ReplicaError> {
        let mut watch = lock(&self.watch);
        let writes = match &*self.part.read().unwrap_or_else(PoisonError::into_inner) {
            Part::Writes(ledger) => Some(ledger.clone()),
            Part::Follows(_) => None,
        };
        match writes {
            Some(ledger) => self.write_on(&mut watch, &ledger, now, each)?,
            None => self.follow_on(&mut watch, now, each)?,
        }
        drop(watch);
        Ok(self.standing())
    }

    fn write_on(
        &self,
        watch: &mut Watch<S>,
        ledger: &Ledger,
        now: Stamp,
        each: &mut SeesRow<'_>,
    ) -> Result<(), ReplicaError> {
        let lives = match ledger.look(|_| ()) {
            // Another one took over, or an append failed: what is in memory may not be in the log.
            Err(_) => Ok(false),
            Ok(()) => match watch.store.beat() {
                Ok(()) => Ok(true),
                Err(StoreError::Fenced { .. }) => Ok(false),
                Err(failed) => Err(failed),
            },
        }?;
        if !lives {
            self.change(Part::Follows(Box::default()));
            watch.since = None;
            return self.follow_on(watch, now, each);
        }
        self.know(watch.store.seat()?);
        Ok(())
    }

    fn follow_on(
        &self,
        watch: &mut Watch<S>,
        now: Stamp,
        each: &mut SeesRow<'_>,
    ) -> Result<(), ReplicaError> {
        let last = std::mem::take(&mut watch.since);
        // While the database is away nobody can show that he lives: the wait begins anew.
        let seat = watch.store.seat()?;
        watch.since = Some(last.filter(|_| seat == watch.seat).unwrap_or(now));
        watch.seat = seat;
        self.know(watch.seat.clone());
        self.read_on(&watch.store, each)?;
        let waited = i128::from(now.0) - i128::from(watch.since.map_or(now.0, |since| since.0));
        let is_over = waited >= i128::try_from(self.patience.as_nanos()).unwrap_or(i128::MAX);
        if watch.taken != Some(watch.seat.epoch) {
            watch.taken = None;
            let is_free = !watch.retired && (watch.seat.is_vacant() || is_over);
            if !is_free || !watch.store.take(&watch.seat, &self.name)? {
                return Ok(());
            }
            watch.taken = Some(watch.seat.epoch + 1);
        }
        // Nobody else appends any more: what the last writer appended meanwhile is read, and this one writes.
        self.read_on(&watch.store, each)?;
        let (store, seat) = (watch.store.second()?, watch.store.seat()?);
        watch.taken = None;
        let mut part = self.part.write().unwrap_or_else(PoisonError::into_inner);
        if let Part::Follows(follower) = &mut *part {
            let follower = std::mem::take(&mut **follower);
            *part = Part::Writes(Arc::new(Ledger::of(follower, store, self.clock)));
        }
        drop(part);
        self.know(seat);
        Ok(())
    }

    /// Reads what was appended. Readers are waited for row by row, and wait only while rows are done.
    fn read_on(&self, store: &S, each: &mut SeesRow<'_>) -> Result<(), ReplicaError> {
        loop {
            let begins = self.look(0, State::sequence)?;
            let rows = store.read(begins, ROWS)?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut part = self.part.write().unwrap_or_else(PoisonError::into_inner);
            let Part::Follows(follower) = &mut *part else { return Ok(()) };
            let taken = match begins {
                0 => follower.catch_up_each(store, each).map(|_| ()),
                _ => match follower.take_in_each(&rows, each) {
                    Err(RecoverError::Hole { .. }) => follower.catch_up_each(store, each).map(|_| ()),
                    taken => taken,
                },
            };
            match taken {
                Ok(()) => {}
                Err(RecoverError::Store(failed)) => return Err(failed.into()),
                Err(broken) => {
                    // The next turn reads everything again.
                    *part = Part::Follows(Box::default());
                    return Err(broken.into());
                }
            }
        }
    }

    fn change(&self, part: Part) {
        *self.part.write().unwrap_or_else(PoisonError::into_inner) = part;
    }

    fn know(&self, seat: Seat) {
        *lock(&self.known) = seat;
    }

    /// Does what is asked if this one writes; see [`Ledger::submit`].
    ///
    /// # Errors
    /// [`ReplicaError::Elsewhere`] when it follows: nothing was done. [`ReplicaError::Submit`] where it wrote: whatever that
    /// says, the same keys sent to the writer get the outcome, or have their effect then.
    pub fn submit(&self, commands: Vec<Command>, now: Stamp) -> Result<Vec<Outcome>, ReplicaError> {
        match self.ledger() {
            Some(ledger) => Ok(ledger.submit(commands, now)?),
            None => Err(ReplicaError::Elsewhere { writer: self.writer() }),
        }
    }

    /// The ledger, if this one writes: to plan on it, say. It stops when another one takes over.
    pub fn ledger(&self) -> Option<Arc<Ledger>> {
        match &*self.part.read().unwrap_or_else(PoisonError::into_inner) {
            Part::Writes(ledger) => Some(ledger.clone()),
            Part::Follows(_) => None,
        }
    }

    /// What the state shows, as of operation `at_least` or later: [`State::sequence`] says of which. A follower's is as of
    /// its last turn. Whoever looks is waited for: ask for little.
    ///
    /// # Errors
    /// [`ReplicaError::Behind`] when it is not as far; [`ReplicaError::Submit`] of a writer that has stopped.
    pub fn look<T>(&self, at_least: u64, look: impl FnOnce(&State) -> T) -> Result<T, ReplicaError> {
        let seen = |state: &State| match state.sequence() {
            found if found < at_least => Err(ReplicaError::Behind { asked: at_least, found }),
            _ => Ok(look(state)),
        };
        match &*self.part.read().unwrap_or_else(PoisonError::into_inner) {
            Part::Follows(follower) => seen(follower.state()),
            Part::Writes(ledger) => ledger.look(seen)?,
        }
    }

    /// Writes a snapshot and, where the log is not needed further back, removes what is older than `kept` operations
    /// before it; see [`SharedStore::shorten`]. Only a writer does; nothing of a follower's.
    ///
    /// # Errors
    /// When the store fails, or another one took over.
    pub fn snapshot(&self, kept: Option<u64>) -> Result<Option<u64>, ReplicaError> {
        let Some(ledger) = self.ledger() else { return Ok(None) };
        let sequence = ledger.snapshot()?;
        if let Some(kept) = kept {
            lock(&self.watch).store.shorten(sequence.saturating_sub(kept))?;
        }
        Ok(Some(sequence))
    }

    /// Leaves the seat, so that another one takes it at its next turn: before a process is ended on purpose. What is in
    /// flight is finished or fenced; this one follows from then on, and takes the seat again only as the others may.
    ///
    /// # Errors
    /// When the store fails: then the others wait as long as their patience lasts.
    pub fn leave(&self) -> Result<(), ReplicaError> {
        let mut watch = lock(&self.watch);
        if self.ledger().is_none() {
            return Ok(());
        }
        self.change(Part::Follows(Box::default()));
        watch.since = None;
        match watch.store.leave() {
            Ok(()) | Err(StoreError::Fenced { .. }) => Ok(()),
            Err(failed) => Err(failed.into()),
        }
    }

    /// Leaves the seat, as [`Replica::leave`] does, and never takes it again: before a process ends that goes on to answer
    /// for a while, and wants to know who writes meanwhile.
    ///
    /// # Errors
    /// As [`Replica::leave`]; it does not take the seat again all the same.
    pub fn retire(&self) -> Result<(), ReplicaError> {
        lock(&self.watch).retired = true;
        self.leave()
    }

    /// Up to `most` operations after the one with the number `after`, as [`Ledger::records`] tells them, and none that is
    /// later than what [`Replica::look`] shows. Waits for a turn that is under way.
    ///
    /// # Errors
    /// See [`FeedError`].
    pub fn records(&self, after: u64, most: usize) -> Result<Vec<(u64, Record)>, FeedError> {
        let last = match &*self.part.read().unwrap_or_else(PoisonError::into_inner) {
            Part::Writes(_) => None,
            Part::Follows(follower) => Some(follower.sequence()),
        };
        match (last, self.ledger()) {
            (None, Some(ledger)) => ledger.records(after, most),
            (Some(last), _) if after < last && most > 0 => {
                let mut found = feed::read(&lock(&self.watch).store, after, most)?;
                found.retain(|(number, _)| *number <= last);
                Ok(found)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Who writes, as far as this one knows.
    pub fn writer(&self) -> Option<String> {
        let known = lock(&self.known);
        (!known.is_vacant()).then(|| known.writer.clone())
    }

    /// How it stands, as of its last turn.
    pub fn standing(&self) -> Standing {
        let seat = lock(&self.known).clone();
        let (role, sequence) = match &*self.part.read().unwrap_or_else(PoisonError::into_inner) {
            Part::Follows(follower) => (Role::Follows, follower.sequence()),
            Part::Writes(ledger) => (Role::Writes, ledger.look(State::sequence).unwrap_or(0)),
        };
        let writer = (!seat.is_vacant()).then_some(seat.writer);
        Standing { role, epoch: seat.epoch, writer, sequence, last: seat.last }
    }
}
