//! A connection that comes back: what failed for a passing reason is asked again on a new one.

use super::super::StoreError;
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls, Statement};
use std::fmt;
use std::time::Duration;

/// How long a store tries to get through to its database before it says that it cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Tries of each call, the first included.
    pub tries: u32,
    /// Wait between two of them.
    pub pause: Duration,
}

impl Default for Patience {
    /// Five seconds: as long as a database takes to start anew.
    fn default() -> Self {
        Patience { tries: 51, pause: Duration::from_millis(100) }
    }
}

/// How long one try to connect may take where the address does not say.
const CONNECT: Duration = Duration::from_secs(2);

/// How long sent bytes may stay unanswered by the other machine before the connection counts as broken, where the
/// address does not say.
const UNANSWERED: Duration = Duration::from_secs(5);

/// A connection to a database that comes back by itself, for tables beside those of a ledger. Calls block.
pub struct Link {
    config: Config,
    pub(in crate::ledger) place: String,
    patience: Patience,
    open: Option<Open>,
}

/// A connection, and what is prepared on it.
struct Open {
    client: Client,
    append: Option<Statement>,
}

impl fmt::Debug for Link {
    // Never the address itself: it may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("place", &self.place).field("patience", &self.patience).finish()
    }
}

/// One try of a call.
pub struct Try<'a> {
    /// The connection.
    pub client: &'a mut Client,
    append: &'a mut Option<Statement>,
    /// Whether an earlier try of the same call failed: it may have done its work.
    pub is_again: bool,
}

impl fmt::Debug for Try<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Try").field("is_again", &self.is_again).finish_non_exhaustive()
    }
}

impl Try<'_> {
    /// The statement by which groups are appended, prepared once for each connection.
    pub(super) fn append(&mut self) -> Result<Statement, postgres::Error> {
        match self.append {
            Some(append) => Ok(append.clone()),
            None => Ok(self.append.insert(self.client.prepare(super::tables::APPEND)?).clone()),
        }
    }
}

impl Link {
    /// A connection that is not open yet. `address` is as for [`super::PostgresStore::connect`]; `ledger` is what the place is
    /// called where something fails.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the address cannot be read.
    pub fn new(address: &str, ledger: &str, patience: Patience) -> Result<Link, StoreError> {
        let mut config: Config = address.parse().map_err(|cause: postgres::Error| StoreError::Failed {
            place: format!("ledger `{ledger}` on PostgreSQL"),
            cause: format!("its address cannot be read ({cause}); write postgres://user@host/database"),
        })?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNANSWERED);
        }
        let hosts: Vec<String> = config.get_hosts().iter().map(|host| format!("{host:?}")).collect();
        let place = format!("ledger `{ledger}` on PostgreSQL at {}", hosts.join(", "));
        Ok(Link { config, place, patience, open: None })
    }

    /// Another connection to the same place.
    pub fn other(&self) -> Link {
        let (config, place) = (self.config.clone(), self.place.clone());
        Link { config, place, patience: self.patience, open: None }
    }

    /// Does a call, over again as long as it fails for a passing reason. What is done must bear being done twice.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the database says no, or cannot be reached within the patience.
    pub fn again<T>(
        &mut self,
        mut call: impl FnMut(&mut Try<'_>) -> Result<T, postgres::Error>,
    ) -> Result<T, StoreError> {
        let mut is_again = false;
        for left in (0..self.patience.tries.max(1)).rev() {
            let tried = self.connected().and_then(|open| {
                call(&mut Try { client: &mut open.client, append: &mut open.append, is_again })
            });
            match tried {
                Ok(done) => return Ok(done),
                Err(cause) if left > 0 && may_pass(&cause) => {
                    // Nobody knows what a broken connection still does: the next try has one of its own.
                    self.open = None;
                    is_again = true;
                    std::thread::sleep(self.patience.pause);
                }
                Err(cause) => {
                    self.open = None;
                    return Err(StoreError::Failed { place: self.place.clone(), cause: in_words(&cause) });
                }
            }
        }
        Err(StoreError::Failed { place: self.place.clone(), cause: "no try was left".to_owned() })
    }

    fn connected(&mut self) -> Result<&mut Open, postgres::Error> {
        let open = match self.open.take() {
            Some(open) if !open.client.is_closed() => open,
            _ => Open { client: self.config.connect(NoTls)?, append: None },
        };
        Ok(self.open.insert(open))
    }
}

/// The whole chain of causes: the outermost one says little.
fn in_words(cause: &postgres::Error) -> String {
    let mut words = cause.to_string();
    let mut inner = std::error::Error::source(cause);
    while let Some(cause) = inner {
        words.push_str(&format!(": {cause}"));
        inner = cause.source();
    }
    words
}

/// Whether a failure is of the connection, of a server that stops or starts, or of two that were in each other's way.
fn may_pass(cause: &postgres::Error) -> bool {
    const PASSING: [&str; 6] = ["08", "40", "53", "57P01", "57P02", "57P03"];
    // Tables that two made at the same moment.
    let of_two = [SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_TABLE];
    match cause.code() {
        None => true,
        Some(code) => PASSING.iter().any(|begins| code.code().starts_with(begins)) || of_two.contains(code),
    }
}
