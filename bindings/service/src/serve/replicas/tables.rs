//! The thread that keeps tables for people who ask in SQL, while this process writes: so one of several does, and the tables go on
//! where another one takes over.

use super::writes;
use std::time::Duration;
use tokio::sync::watch;
use volok::ledger::store::{Patience, PostgresStore};
use volok::ledger::{ReadModels, RecoverError, Standing};

/// What the thread works with.
pub struct Tables {
    /// The database of the ledger, and its name there.
    pub log: (String, String),
    /// The database of the tables.
    pub address: String,
    /// Who writes.
    pub told: watch::Receiver<Standing>,
}

/// A rest between two looks at the log.
const REST: Duration = Duration::from_millis(500);

impl Tables {
    /// Keeps the tables, for ever.
    pub fn run(self) {
        let mut is_told = false;
        loop {
            match self.keep() {
                Ok(()) => is_told = false,
                Err(error) if !std::mem::replace(&mut is_told, true) => {
                    tracing::error!(%error, "the tables for SQL are late");
                }
                Err(_) => {}
            }
            std::thread::sleep(REST);
        }
    }

    /// Keeps the tables as long as this process writes.
    fn keep(&self) -> Result<(), RecoverError> {
        if !writes(&self.told.borrow()) {
            return Ok(());
        }
        let (database, ledger) = &self.log;
        let store = PostgresStore::connect(database, ledger, Patience::default())?;
        let mut tables = ReadModels::connect(&self.address, ledger, Patience::default())?;
        while writes(&self.told.borrow()) {
            tables.keep(&store)?;
            metrics::gauge!("volok_tables_sequence").set(tables.position() as f64);
            std::thread::sleep(REST);
        }
        Ok(())
    }
}
