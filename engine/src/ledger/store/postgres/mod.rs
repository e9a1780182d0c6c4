//! The log in a database that speaks PostgreSQL's language, which several processes reach and others operate: one row for
//! each commit.
//!
//! An append is one statement and one round trip: it moves the end of the log, if epoch and end are the writer's, and adds
//! the row. A connection that breaks on the way leaves it open whether that was done. Then the same statement is sent again
//! on a new connection: if it changes nothing, either the row is there, byte for byte, or another writer has taken the
//! seat, and the old epoch can add nothing any more. Either way it is known.
//!
//! Calls block, on a runtime of the library's own: within an asynchronous runtime they belong on a thread that may block.

mod link;
mod tables;

pub use link::{Link, Patience, Try};

use super::{Row, Seat, SharedStore, Store, StoreError};
use postgres::error::SqlState;
use std::cell::{RefCell, RefMut};

/// Bytes of a snapshot in one row: a database copies a row several times on its way.
const PIECE: usize = 1 << 23;

/// A ledger in a database of PostgreSQL's kind. One database may hold several, by name.
#[derive(Debug)]
pub struct PostgresStore {
    link: RefCell<Link>,
    ledger: String,
    /// The number under which this handle writes; 0 as long as it only reads.
    epoch: u64,
}

impl PostgresStore {
    /// A handle that reads. Makes the tables where there are none. `address` is of the form
    /// `postgres://user:password@host/database` or `host=/var/run/postgresql user=volok dbname=stock`.
    ///
    /// Connections are not encrypted by this library: name a socket, a private network, or a proxy on the same machine.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the address cannot be read, or the database not be reached within the patience;
    /// [`StoreError::Format`] when a later version made the tables.
    pub fn connect(address: &str, ledger: &str, patience: Patience) -> Result<PostgresStore, StoreError> {
        let link = RefCell::new(Link::new(address, ledger, patience)?);
        let store = PostgresStore { link, ledger: ledger.to_owned(), epoch: 0 };
        let name = store.ledger.as_str();
        let format = store.link().again(|on| match on.client.query_opt(tables::FORMAT_OF, &[&name]) {
            Ok(Some(row)) => row.try_get::<_, i64>(0),
            Ok(None) => {
                on.client.execute(tables::REGISTER, &[&name, &tables::FORMAT])?;
                on.client.query_one(tables::FORMAT_OF, &[&name])?.try_get(0)
            }
            Err(cause) if cause.code() == Some(&SqlState::UNDEFINED_TABLE) => {
                for table in tables::CREATE {
                    on.client.execute(table, &[])?;
                }
                on.client.execute(tables::REGISTER, &[&name, &tables::FORMAT])?;
                on.client.query_one(tables::FORMAT_OF, &[&name])?.try_get(0)
            }
            Err(cause) => Err(cause),
        })?;
        match format == tables::FORMAT {
            true => Ok(store),
            false => {
                let place = store.place();
                Err(StoreError::Format { place, found: format, right: tables::FORMAT })
            }
        }
    }

    /// A handle that writes from now on, whoever wrote before. `writer` is a name that no other process has.
    ///
    /// # Errors
    /// As [`PostgresStore::connect`].
    pub fn open(
        address: &str,
        ledger: &str,
        writer: &str,
        patience: Patience,
    ) -> Result<PostgresStore, StoreError> {
        let mut store = PostgresStore::connect(address, ledger, patience)?;
        loop {
            // Someone who writes at this very moment moves the seat on between looking and taking.
            let seen = store.seat()?;
            if store.take(&seen, writer)? {
                return Ok(store);
            }
        }
    }

    fn link(&self) -> RefMut<'_, Link> {
        self.link.borrow_mut()
    }

    fn place(&self) -> String {
        self.link().place.clone()
    }

    fn fenced(&self, found: u64) -> StoreError {
        StoreError::Fenced { place: self.place(), epoch: self.epoch, found }
    }

    /// The epoch under which this handle changes something. One that never took the seat has none, not even of a ledger
    /// in which nobody ever sat.
    fn writing(&self) -> Result<i64, StoreError> {
        match self.epoch {
            0 => Err(self.fenced(self.seat()?.epoch)),
            epoch => Ok(signed(epoch)),
        }
    }

    /// Says that the seat is another's where a statement of the seat's changed nothing.
    fn seated(&self, changed: u64) -> Result<(), StoreError> {
        match changed {
            0 => Err(self.fenced(self.seat()?.epoch)),
            _ => Ok(()),
        }
    }

    /// Pieces of a snapshot, if they are all there: who writes may have replaced it meanwhile.
    fn pieces(&self, sequence: i64, long: usize) -> Result<Option<Vec<u8>>, StoreError> {
        let mut bytes = Vec::with_capacity(long);
        for piece in 0i64.. {
            let parameters: [&(dyn postgres::types::ToSql + Sync); 3] = [&self.ledger, &sequence, &piece];
            let row = self.link().again(|on| {
                let row = on.client.query_opt(tables::PIECES, &parameters)?;
                row.map(|row| row.try_get::<_, Vec<u8>>(0)).transpose()
            })?;
            match row {
                Some(row) => bytes.extend_from_slice(&row),
                None => break,
            }
            if bytes.len() >= long {
                break;
            }
        }
        Ok((bytes.len() == long).then_some(bytes))
    }
}

/// Operations are counted in 63 bits there.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Store for PostgresStore {
    fn append(&mut self, after: u64, last: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let (begins, ends, epoch) = (signed(after), signed(last), self.writing()?);
        let name = self.ledger.as_str();
        let is_there = self.link().again(|on| {
            let append = on.append()?;
            if on.client.execute(&append, &[&name, &begins, &ends, &epoch, &bytes])? == 1 {
                return Ok(true);
            }
            if !on.is_again {
                return Ok(false);
            }
            let row = on.client.query_opt(tables::APPENDED, &[&name, &begins])?;
            match row {
                None => Ok(false),
                Some(row) => Ok(row.try_get::<_, i64>(0)? == epoch && row.try_get::<_, &[u8]>(1)? == bytes),
            }
        })?;
        if is_there {
            return Ok(());
        }
        let seat = self.seat()?;
        match seat.epoch == self.epoch {
            true => Err(StoreError::NotTheLast { expected: after, found: seat.last }),
            false => Err(self.fenced(seat.epoch)),
        }
    }

    fn read(&self, after: u64, most: usize) -> Result<Vec<Row>, StoreError> {
        let (begins, most) = (signed(after), most.min(1 << 30) as i64);
        let name = self.ledger.as_str();
        self.link().again(|on| {
            let rows = on.client.query(tables::READ, &[&name, &begins, &most])?;
            rows.iter()
                .map(|row| {
                    let after = row.try_get::<_, i64>(0)?.unsigned_abs();
                    Ok(Row { after, bytes: row.try_get(1)? })
                })
                .collect()
        })
    }

    fn cut(&mut self, after: u64) -> Result<(), StoreError> {
        let (begins, epoch) = (signed(after), self.writing()?);
        let name = self.ledger.as_str();
        self.link().again(|on| on.client.execute(tables::CUT, &[&name, &begins, &epoch]))?;
        let found = self.seat()?.epoch;
        match found == self.epoch {
            true => Ok(()),
            false => Err(self.fenced(found)),
        }
    }

    fn put_snapshot(&mut self, sequence: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let (at, long, epoch) = (signed(sequence), signed(bytes.len() as u64), self.writing()?);
        let name = self.ledger.as_str();
        for (number, piece) in (0i64..).zip(bytes.chunks(PIECE)) {
            let put = self
                .link()
                .again(|on| on.client.execute(tables::PIECE, &[&name, &at, &number, &epoch, &piece]))?;
            self.seated(put)?;
        }
        let put = self.link().again(|on| on.client.execute(tables::PUBLISH, &[&name, &at, &long, &epoch]))?;
        self.seated(put)?;
        self.link().again(|on| on.client.execute(tables::OLD_PIECES, &[&name, &at]))?;
        Ok(())
    }

    fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        const TRIES: usize = 100;
        let name = self.ledger.as_str();
        for _ in 0..TRIES {
            let (at, long) = self.link().again(|on| {
                let row = on.client.query_one(tables::SNAPSHOT, &[&name])?;
                Ok((row.try_get::<_, i64>(0)?, row.try_get::<_, i64>(1)?))
            })?;
            if long == 0 {
                return Ok(None);
            }
            if let Some(bytes) = self.pieces(at, long.unsigned_abs() as usize)? {
                return Ok(Some((at.unsigned_abs(), bytes)));
            }
        }
        let cause = "a snapshot is announced and pieces of it are missing".to_owned();
        Err(StoreError::Failed { place: self.place(), cause })
    }
}

impl SharedStore for PostgresStore {
    fn seat(&self) -> Result<Seat, StoreError> {
        let name = self.ledger.as_str();
        self.link().again(|on| {
            let row = on.client.query_one(tables::SEAT, &[&name])?;
            Ok(Seat {
                epoch: row.try_get::<_, i64>(0)?.unsigned_abs(),
                beat: row.try_get::<_, i64>(1)?.unsigned_abs(),
                last: row.try_get::<_, i64>(2)?.unsigned_abs(),
                writer: row.try_get(3)?,
            })
        })
    }

    fn take(&mut self, seen: &Seat, writer: &str) -> Result<bool, StoreError> {
        let (epoch, beat, ends) = (signed(seen.epoch), signed(seen.beat), signed(seen.last));
        let name = self.ledger.as_str();
        let taken = self.link().again(|on| {
            if on.client.execute(tables::TAKE, &[&name, &epoch, &beat, &ends, &writer])? == 1 {
                return Ok(true);
            }
            if !on.is_again {
                return Ok(false);
            }
            // An earlier try may have taken it.
            let row = on.client.query_one(tables::SEAT, &[&name])?;
            Ok(row.try_get::<_, i64>(0)? == epoch + 1 && row.try_get::<_, &str>(3)? == writer)
        })?;
        if taken {
            self.epoch = seen.epoch + 1;
        }
        Ok(taken)
    }

    fn beat(&mut self) -> Result<(), StoreError> {
        let epoch = self.writing()?;
        let name = self.ledger.as_str();
        let changed = self.link().again(|on| on.client.execute(tables::BEAT, &[&name, &epoch]))?;
        self.seated(changed)
    }

    fn leave(&mut self) -> Result<(), StoreError> {
        let epoch = self.writing()?;
        let name = self.ledger.as_str();
        let changed = self.link().again(|on| on.client.execute(tables::LEAVE, &[&name, &epoch]))?;
        self.seated(changed)
    }

    fn second(&self) -> Result<Box<dyn Store>, StoreError> {
        let link = RefCell::new(self.link().other());
        Ok(Box::new(PostgresStore { link, ledger: self.ledger.clone(), epoch: self.epoch }))
    }

    fn shorten(&mut self, until: u64) -> Result<u64, StoreError> {
        let (until, epoch) = (signed(until), self.writing()?);
        let name = self.ledger.as_str();
        let gone = self.link().again(|on| on.client.execute(tables::SHORTEN, &[&name, &until, &epoch]))?;
        if gone == 0 {
            let found = self.seat()?.epoch;
            if found != self.epoch {
                return Err(self.fenced(found));
            }
        }
        Ok(gone)
    }
}
