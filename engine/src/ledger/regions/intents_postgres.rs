//! Intents in a table of a database of PostgreSQL's kind.

use super::{Intents, RegionalOrder};
use crate::ledger::number::*;
use crate::ledger::store::{Link, Patience, StoreError};
use std::sync::{Mutex, MutexGuard, PoisonError};

const CREATE: &str = "CREATE TABLE IF NOT EXISTS volok_intent (
    regions TEXT NOT NULL,
    digest BYTEA NOT NULL,
    until BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (regions, digest))";
const BEGIN: &str = "INSERT INTO volok_intent (regions, digest, until, body) VALUES ($1, $2, $3, $4)
    ON CONFLICT (regions, digest) DO NOTHING";
const UNTIL: &str = "SELECT until FROM volok_intent WHERE regions = $1 AND digest = $2";
const END: &str = "DELETE FROM volok_intent WHERE regions = $1 AND digest = $2";
const OPEN: &str = "SELECT body, until FROM volok_intent WHERE regions = $1 ORDER BY until, digest LIMIT $2";

/// Intents of one set of regions, by name.
#[derive(Debug)]
pub struct PostgresIntents {
    link: Mutex<Link>,
    regions: String,
}

impl PostgresIntents {
    /// Makes the table where there is none; `address` as for [`crate::ledger::store::PostgresStore::connect`].
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the address cannot be read, or the database not be reached within the patience.
    pub fn connect(address: &str, regions: &str, patience: Patience) -> Result<PostgresIntents, StoreError> {
        let mut link = Link::new(address, regions, patience)?;
        link.again(|on| on.client.execute(CREATE, &[]))?;
        Ok(PostgresIntents { link: Mutex::new(link), regions: regions.to_owned() })
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(body: &[u8]) -> Vec<u8> {
    blake3::hash(body).as_bytes().to_vec()
}

impl Intents for PostgresIntents {
    fn begin(&self, order: &RegionalOrder, until: Stamp) -> Result<Stamp, StoreError> {
        let body = order.to_bytes();
        let digest = digest(&body);
        self.link().again(|on| {
            on.client.execute(BEGIN, &[&self.regions, &digest, &until.0, &body])?;
            // Another driver may have ended it in between: then this one's moment counts.
            let row = on.client.query_opt(UNTIL, &[&self.regions, &digest])?;
            row.map_or(Ok(until), |row| Ok(Stamp(row.try_get(0)?)))
        })
    }

    fn end(&self, order: &RegionalOrder) -> Result<(), StoreError> {
        let digest = digest(&order.to_bytes());
        self.link().again(|on| on.client.execute(END, &[&self.regions, &digest])).map(|_| ())
    }

    fn open(&self, most: usize) -> Result<Vec<(RegionalOrder, Stamp)>, StoreError> {
        let most = most.min(1 << 30) as i64;
        let rows = self.link().again(|on| {
            let rows = on.client.query(OPEN, &[&self.regions, &most])?;
            rows.iter()
                .map(|row| Ok((row.try_get::<_, Vec<u8>>(0)?, Stamp(row.try_get(1)?))))
                .collect::<Result<Vec<_>, postgres::Error>>()
        })?;
        let place = self.link().place.clone();
        let read = |(body, until): (Vec<u8>, Stamp)| match RegionalOrder::from_bytes(&body) {
            Ok(order) => Ok((order, until)),
            Err(damage) => Err(StoreError::Failed { place: place.clone(), cause: damage.to_string() }),
        };
        rows.into_iter().map(read).collect()
    }
}
