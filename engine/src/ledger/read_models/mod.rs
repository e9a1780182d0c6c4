//! What does a book show to people who ask in SQL? Stock, holds, parcels and sales as tables of a database of PostgreSQL's
//! kind, kept by a follower of the log.
//!
//! The tables hold what was reported, and the position in the log up to which it was. Both change in one transaction, so
//! the tables always show the state after some operation, and a follower that stopped anywhere goes on where they stand.
//! What follows from time (whether a hold has expired, what is free) is not stored: views work it out as of the ledger's
//! own time at that position.
//!
//! What a book forgets stays in the tables.

mod column;
mod rows;
mod tables;
mod touched;

use super::follow::Follower;
use super::number::*;
use super::recover::RecoverError;
use super::state::State;
use super::store::{Link, Patience, Store, StoreError};
use super::wire::Record;
use column::Batch;
use touched::Touched;

/// Tables of one ledger, and the follower that keeps them. One process at a time keeps them; a second one is told so.
#[derive(Debug)]
pub struct ReadModels {
    kept: Kept,
    follower: Option<Follower>,
}

/// The tables, and where they stand.
#[derive(Debug)]
struct Kept {
    link: Link,
    ledger: String,
    position: u64,
}

impl ReadModels {
    /// The tables of a ledger; makes them where there are none. `address` as for
    /// [`PostgresStore::connect`](super::store::PostgresStore::connect); it may be another database than the log's.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the address cannot be read, or the database not be reached within the patience.
    pub fn connect(address: &str, ledger: &str, patience: Patience) -> Result<ReadModels, StoreError> {
        let mut link = Link::new(address, ledger, patience)?;
        let position = link.again(|on| {
            tables::create().iter().try_for_each(|statement| on.client.batch_execute(statement))?;
            on.client.execute(tables::BEGIN, &[&ledger])?;
            on.client.query_one(tables::POSITION, &[&ledger])?.try_get::<_, i64>(0)
        })?;
        let kept = Kept { link, ledger: ledger.to_owned(), position: position.unsigned_abs() };
        Ok(ReadModels { kept, follower: None })
    }

    /// The operation as of which the tables are.
    pub fn position(&self) -> u64 {
        self.kept.position
    }

    /// Brings the tables up to the end of the log; how many operations that were. O(those, and the rows they touch). To be
    /// called again and again.
    ///
    /// The first call reads the log up to where the tables stand: from the snapshot where that is not further, else from
    /// its start. Where the log was shortened beyond, all that the snapshot shows is written.
    ///
    /// # Errors
    /// When the log or the database fails, or another process keeps the same tables. Call it again: it begins from where
    /// the tables stand.
    pub fn keep(&mut self, store: &dyn Store) -> Result<u64, RecoverError> {
        let first = self.kept.position;
        let mut follower = match self.follower.take() {
            Some(follower) => follower,
            None => self.kept.follower(store)?,
        };
        let kept = &mut self.kept;
        follower.catch_up_each(store, &mut |records, state| Ok(kept.write(records, state)?))?;
        if follower.sequence() > kept.position {
            // A snapshot was skipped to, and nothing followed it.
            kept.write(&[], follower.state())?;
        }
        self.follower = Some(follower);
        Ok(self.kept.position - first)
    }

    /// Empties the tables, to be written anew from the log by the next [`ReadModels::keep`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        let ledger = self.kept.ledger.clone();
        self.kept.link.again(|on| {
            let mut transaction = on.client.transaction()?;
            for statement in tables::clear() {
                transaction.execute(&statement, &[&ledger])?;
            }
            transaction.commit()
        })?;
        (self.kept.position, self.follower) = (0, None);
        Ok(())
    }
}

impl Kept {
    /// A follower that comes by the position of the tables, if the log allows it.
    fn follower(&self, store: &dyn Store) -> Result<Follower, StoreError> {
        let has_start = store.read(0, 1)?.first().is_some_and(|row| row.after == 0);
        let snapshot = store.snapshot()?.map_or(0, |snapshot| snapshot.0);
        Ok(match snapshot > self.position && has_start {
            true => Follower::from_start(),
            false => Follower::default(),
        })
    }

    /// Writes what operations changed, and the position after them. The tables stand before them, or further: then
    /// nothing is written.
    fn write(&mut self, records: &[Record], state: &State) -> Result<(), StoreError> {
        let sequence = state.sequence();
        if sequence <= self.position {
            return Ok(());
        }
        let begins = sequence - records.len() as u64;
        let touched = match begins == self.position {
            true => Touched::by(records, state),
            false => Touched::all(state),
        };
        let (rows, orders) = (touched.rows(state), touched.orders(state));
        self.commit(&rows, &orders, sequence, state.at())?;
        self.position = sequence;
        Ok(())
    }

    fn commit(
        &mut self,
        batches: &[Batch],
        orders: &[(i64, Vec<i64>)],
        sequence: u64,
        at: Stamp,
    ) -> Result<(), StoreError> {
        let (from, to) = (self.position as i64, sequence as i64);
        let (ledger, second) = (self.ledger.as_str(), i64::from(at.second().0));
        let found = self.link.again(|on| {
            let mut transaction = on.client.transaction()?;
            // The position first: whoever else keeps the tables waits here, and then finds it moved.
            if transaction.execute(tables::MOVE, &[&ledger, &from, &to, &second])? == 0 {
                let row = transaction.query_opt(tables::POSITION, &[&ledger])?;
                return row.map_or(Ok(-1), |row| row.try_get::<_, i64>(0));
            }
            // What went out of a parcel is no longer among its lines.
            for (tenant, numbers) in orders {
                transaction.execute(tables::UNPACK, &[&ledger, tenant, numbers])?;
            }
            for batch in batches.iter().filter(|batch| !batch.is_empty()) {
                batch.write(&mut transaction, ledger)?;
            }
            transaction.commit()?;
            Ok(to)
        })?;
        // A try before may have committed it; then it stands where it should.
        match found == to {
            true => Ok(()),
            false => {
                let cause = format!(
                    "the tables were as of operation {from} and are as of {found} now; let one process keep them"
                );
                Err(StoreError::Failed { place: self.link.place.clone(), cause })
            }
        }
    }
}
