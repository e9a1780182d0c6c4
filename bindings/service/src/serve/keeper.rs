//! Who keeps the books: a ledger of this process's own, or a replica of one that several processes share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use volok::ledger::store::PostgresStore;
use volok::ledger::{
    Body, Books, Command, FeedError, Forget, Ledger, Outcome, Record, Replica, ReplicaError, Second, Stamp,
    State, SubmitError, Tenant,
};

/// Who keeps the books. Calls block.
pub struct Keeper {
    books: Kind,
    /// The latest operation that anyone was shown: nobody is shown an earlier state.
    shown: AtomicU64,
    /// The latest one by which books and shops are.
    heard: watch::Sender<u64>,
}

enum Kind {
    Own(Arc<Ledger>),
    Shared(Arc<Replica<PostgresStore>>),
}

/// How long who looks waits for a replica that reads the log again.
const READS_AGAIN: Duration = Duration::from_secs(5);

impl Keeper {
    /// A ledger that nobody else writes.
    pub fn own(ledger: Ledger) -> Keeper {
        Keeper::of(Kind::Own(Arc::new(ledger)))
    }

    /// One of several processes.
    pub fn shared(replica: Arc<Replica<PostgresStore>>) -> Keeper {
        Keeper::of(Kind::Shared(replica))
    }

    fn of(books: Kind) -> Keeper {
        Keeper { books, shown: AtomicU64::new(0), heard: watch::Sender::new(0) }
    }

    /// Whether other processes may write.
    pub fn is_shared(&self) -> bool {
        matches!(self.books, Kind::Shared(_))
    }

    /// The ledger, if this process writes it.
    pub fn ledger(&self) -> Option<Arc<Ledger>> {
        match &self.books {
            Kind::Own(ledger) => Some(ledger.clone()),
            Kind::Shared(replica) => replica.ledger(),
        }
    }

    /// The number under which this process writes, where several may.
    pub fn epoch(&self) -> u64 {
        match &self.books {
            Kind::Own(_) => 0,
            Kind::Shared(replica) => replica.standing().epoch,
        }
    }

    /// The last operation that anyone was shown.
    pub fn sequence(&self) -> u64 {
        self.shown.load(Ordering::SeqCst)
    }

    /// Notes that books and shops are by an operation.
    pub fn hear(&self, sequence: u64) {
        self.shown.fetch_max(sequence, Ordering::SeqCst);
        self.heard.send_if_modified(|heard| sequence > std::mem::replace(heard, sequence.max(*heard)));
    }

    /// The last operation by which books and shops are.
    pub fn heard(&self) -> watch::Receiver<u64> {
        self.heard.subscribe()
    }

    /// Operations after one, as [`Ledger::records`] tells them.
    pub fn records(&self, after: u64, most: usize) -> Result<Vec<(u64, Record)>, FeedError> {
        match &self.books {
            Kind::Own(ledger) => ledger.records(after, most),
            Kind::Shared(replica) => replica.records(after, most),
        }
    }

    /// Writes something that changes nothing (it forgets what is older than all there is), so that those who follow read on, and look at what changed beside the log.
    pub fn mark(&self, key: volok::ledger::Key, now: Stamp) -> Result<(), SubmitError> {
        let body = Body::Forget(Forget { before: Second(0), most: 1 });
        let tenant = self.look(|state| state.tenants().next())?.unwrap_or(Tenant(0));
        let outcomes = self.submit(vec![Command { tenant, key, body }], now)?;
        let refused = outcomes.into_iter().find_map(|outcome| outcome.result.err());
        refused.map_or(Ok(()), |refusal| Err(SubmitError::Stopped(refusal.to_string())))
    }

    fn show<T>(&self, state: &State, look: impl FnOnce(&State) -> T) -> T {
        self.shown.fetch_max(state.sequence(), Ordering::SeqCst);
        look(state)
    }
}

impl Books for Keeper {
    fn look<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T, SubmitError> {
        let replica = match &self.books {
            Kind::Own(ledger) => return ledger.look(|state| self.show(state, look)),
            Kind::Shared(replica) => replica,
        };
        let (mut look, begin) = (Some(look), Instant::now());
        loop {
            // One that wrote until now reads the log again: what it was an instant ago is not shown.
            match replica.look(self.sequence(), |state| look.take().map(|look| self.show(state, look))) {
                Ok(Some(seen)) => return Ok(seen),
                Err(ReplicaError::Submit(error)) if !replica_moves_on(&error, begin) => return Err(error),
                Err(error) if begin.elapsed() > READS_AGAIN => {
                    return Err(SubmitError::Stopped(error.to_string()));
                }
                Ok(None) | Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }

    fn submit(&self, commands: Vec<Command>, now: Stamp) -> Result<Vec<Outcome>, SubmitError> {
        let Some(ledger) = self.ledger() else {
            return Err(SubmitError::Stopped("another process writes".to_owned()));
        };
        let outcomes = ledger.submit(commands, now)?;
        self.hear(ledger.look(State::sequence)?);
        Ok(outcomes)
    }
}

/// Whether a ledger that stopped is about to be replaced by one that follows.
fn replica_moves_on(error: &SubmitError, begin: Instant) -> bool {
    matches!(error, SubmitError::Stopped(_)) && begin.elapsed() < READS_AGAIN
}
