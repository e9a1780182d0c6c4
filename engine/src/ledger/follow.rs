//! A second reader of a log: it does again what a writer did elsewhere, and shows the state as of the last operation it
//! has read.

use super::number::Stamp;
use super::recover::{ROWS, RecoverError, again, snapshot_of};
use super::state::State;
use super::store::{Row, Store};
use super::wire::{Chain, Record, read_group};

/// Sees operations of one row, and the state they lead to.
pub type SeesRow<'a> = dyn FnMut(&[Record], &State) -> Result<(), RecoverError> + 'a;

/// A state that follows a log. It is read from the snapshot where the log begins later than it should; else operation by
/// operation, each answer compared with what the log says was answered.
///
/// ```
/// use volok::ledger::store::{MemoryStore, Store};
/// use volok::ledger::*;
///
/// let store = MemoryStore::default();
/// let (writer, _) = Ledger::open(Box::new(store.clone()), ClockTerms::default())?;
/// let names = Body::Register(Kind::Sku, vec!["pen".into()]);
/// writer.submit(vec![Command { tenant: Tenant(0), key: Key(1), body: names }], Stamp(1)).expect("memory");
///
/// let mut follower = Follower::default();
/// assert_eq!(follower.catch_up(&store)?, 1);
/// assert_eq!(follower.state().hash(), writer.look(State::hash).expect("it runs"));
/// # Ok::<(), RecoverError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Follower {
    state: State,
    chain: Chain,
    /// What was read did not fit what was known: nothing is believed any more.
    broken: Option<RecoverError>,
    /// It begins at the first operation although there is a snapshot.
    sees_all: bool,
}

impl Follower {
    /// A follower that reads the log from its first operation, whatever snapshot there is: for one that wants to see each
    /// of them. O(operations) where others take O(state).
    pub fn from_start() -> Follower {
        Follower { sees_all: true, ..Follower::default() }
    }

    /// Reads what was appended since the last time; how many operations. O(those).
    ///
    /// # Errors
    /// See [`RecoverError`]. After one that is not of the store alone it stays broken; begin with another one.
    pub fn catch_up(&mut self, store: &dyn Store) -> Result<u64, RecoverError> {
        self.catch_up_each(store, &mut |_, _| Ok(()))
    }

    /// The same; `each` sees every row of operations once it is done, with the state it leads to. What was skipped by
    /// way of a snapshot it does not see.
    ///
    /// # Errors
    /// As [`Follower::catch_up`], or what `each` answers: then it stays broken, too.
    pub fn catch_up_each(&mut self, store: &dyn Store, each: &mut SeesRow<'_>) -> Result<u64, RecoverError> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        let first = self.state.sequence();
        if first == 0 && !self.sees_all {
            self.skip_to_snapshot(store)?;
        }
        let read = self.read(store, each);
        match read {
            // What is missing was removed from the log, because the snapshot has it.
            Err(RecoverError::Hole { .. }) if self.skip_to_snapshot(store)? => self.read(store, each)?,
            read => read?,
        }
        Ok(self.state.sequence() - first)
    }

    /// Does rows that were read elsewhere, in their order; the first begins where this one stands.
    ///
    /// # Errors
    /// As [`Follower::catch_up`]; at [`RecoverError::Hole`] nothing of the row was done, and it may go on.
    pub fn take_in(&mut self, rows: &[Row]) -> Result<(), RecoverError> {
        self.take_in_each(rows, &mut |_, _| Ok(()))
    }

    /// The same; `each` sees every row of operations once it is done, with the state it leads to.
    ///
    /// # Errors
    /// As [`Follower::take_in`], or what `each` answers: then it stays broken, too.
    pub fn take_in_each(&mut self, rows: &[Row], each: &mut SeesRow<'_>) -> Result<(), RecoverError> {
        rows.iter().try_for_each(|row| self.take_row(row, each))
    }

    fn read(&mut self, store: &dyn Store, each: &mut SeesRow<'_>) -> Result<(), RecoverError> {
        loop {
            let rows = store.read(self.state.sequence(), ROWS)?;
            if rows.is_empty() {
                return Ok(());
            }
            rows.iter().try_for_each(|row| self.take_row(row, each))?;
        }
    }

    fn take_row(&mut self, row: &Row, each: &mut SeesRow<'_>) -> Result<(), RecoverError> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        let after = self.state.sequence();
        if row.after != after {
            return Err(RecoverError::Hole { expected: after, found: row.after });
        }
        let mut take = || {
            // A store that several read shows whole rows only: what is not whole is damaged.
            let group = read_group(&row.bytes).map_err(|damage| RecoverError::Damaged { after, damage })?;
            if group.after != after || group.previous != self.chain {
                return Err(RecoverError::OtherLog { after });
            }
            again(&mut self.state, &group.records, &mut |_| {})?;
            self.chain = group.chain;
            each(&group.records, &self.state)
        };
        let taken = take();
        if let Err(broken) = &taken {
            self.broken = Some(broken.clone());
        }
        taken
    }

    /// Goes on from the snapshot if it is further.
    fn skip_to_snapshot(&mut self, store: &dyn Store) -> Result<bool, RecoverError> {
        match snapshot_of(store)? {
            Some((state, chain)) if state.sequence() > self.state.sequence() => {
                (self.state, self.chain) = (state, chain);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// The state as of the last operation read: [`State::sequence`] and [`State::at`] say which and when.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The last operation read.
    pub fn sequence(&self) -> u64 {
        self.state.sequence()
    }

    /// When it was.
    pub fn at(&self) -> Stamp {
        self.state.at()
    }

    /// The hash of the last group read: of the whole log up to it.
    pub fn chain(&self) -> Chain {
        self.chain
    }

    pub(super) fn into_parts(self) -> (State, Chain) {
        (self.state, self.chain)
    }
}
