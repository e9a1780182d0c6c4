//! One service of several processes on one ledger: who writes, how far this one is, and how a request gets to who writes.
//!
//! One thread takes the turns of the replica ([`turns`]): it reads what others wrote, or shows that this one lives. A second
//! one follows with what costs time: it opens worlds anew, renews shops whose cells changed, reads tokens ([`shops`]).

mod forward;
mod shops;
mod stale;
mod tables;
mod turns;
mod writing;

use super::problem::Problem;
use super::random;
use super::service::Shared;
use crate::failure::Failure;
use forward::Forwarder;
use stale::Stale;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use volok::ledger::store::PostgresStore;
use volok::ledger::{Replica, Role, Standing};
pub use writing::SPARE;

/// How this process gets along with the others.
#[derive(clap::Args)]
pub struct ReplicaArguments {
    /// With --store: where the other processes of the service reach this one; http://ADDRESS:PORT of --listen when absent.
    #[arg(long, value_name = "http://HOST:PORT", requires = "store")]
    advertise: Option<String>,
    /// With --store: milliseconds for which the process that writes may show no sign of life before another one takes over;
    /// longer than the database is ever slow.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 2_000)]
    takeover: u64,
    /// With --store: a PostgreSQL database with tables of stock, holds, parcels and sales for people who ask in SQL; the process that
    /// writes keeps them up, so say it to all. @FILE as with --store.
    #[arg(long, value_name = "ADDRESS", requires = "store")]
    read_models: Option<String>,
}

/// How often a replica takes its turn, where nothing makes it take one earlier.
const TURN: Duration = Duration::from_millis(100);

/// The other processes, as this one sees them.
pub struct Replicas {
    replica: Arc<Replica<PostgresStore>>,
    /// How others reach this one.
    address: String,
    takeover: Duration,
    told: watch::Receiver<Standing>,
    turned: Arc<Mutex<Option<Instant>>>,
    passes: watch::Receiver<u64>,
    pokes: SyncSender<()>,
    forwarder: Forwarder,
}

/// What the threads work with.
pub struct Work {
    replica: Arc<Replica<PostgresStore>>,
    told: watch::Sender<Standing>,
    turned: Arc<Mutex<Option<Instant>>>,
    passes: watch::Sender<u64>,
    poked: Receiver<()>,
    stale: Arc<Stale>,
    first_world: Option<Vec<u8>>,
    tables: Option<tables::Tables>,
}

/// Where others reach a process that listens there.
fn address(arguments: &ReplicaArguments, listens: std::net::SocketAddr) -> Result<String, Failure> {
    let wrong = |said: &str, right: &str| Failure::Other(format!("--advertise {said}: {right}"));
    let Some(said) = &arguments.advertise else {
        return match listens.ip().is_unspecified() {
            true => Err(wrong(
                "is missing",
                "say where the other processes reach this one, as http://10.0.0.7:8080",
            )),
            false => Ok(format!("http://{listens}")),
        };
    };
    let right = said.parse::<axum::http::Uri>().ok().is_some_and(|uri| {
        uri.scheme_str() == Some("http") && uri.authority().is_some() && matches!(uri.path(), "" | "/")
    });
    match right {
        true => Ok(said.trim_end_matches('/').to_owned()),
        false => Err(wrong(
            said,
            "write http://HOST:PORT and nothing behind it; between processes TLS is a proxy's matter",
        )),
    }
}

impl Replicas {
    /// One of several processes on a store, the log of which is in a database under a name; a world for tenant 0 is taken where there is none yet.
    pub fn new(
        store: PostgresStore,
        log: (&str, &str),
        arguments: &ReplicaArguments,
        listens: std::net::SocketAddr,
        first_world: Option<Vec<u8>>,
    ) -> Result<(Arc<Replica<PostgresStore>>, Replicas, Work), Failure> {
        let address = address(arguments, listens)?;
        let takeover = Duration::from_millis(arguments.takeover.max(1));
        let none = || Failure::Other("the system has no random numbers to give".to_owned());
        // No other process has the name, not even the next one on this address.
        let name = format!("{address}#{}", random::hex::<8>().ok_or_else(none)?);
        let replica = Arc::new(Replica::new(store, &name, takeover, volok::ledger::ClockTerms::default()));
        let (tells, told) = watch::channel(replica.standing());
        let (pass, passes) = watch::channel(0);
        let (pokes, poked) = sync_channel(1);
        let turned: Arc<Mutex<Option<Instant>>> = Arc::default();
        let tables =
            arguments.read_models.as_deref().map(super::store::address).transpose()?.map(|address| {
                tables::Tables { log: (log.0.to_owned(), log.1.to_owned()), address, told: told.clone() }
            });
        let replicas = Replicas {
            replica: replica.clone(),
            address,
            takeover,
            told,
            turned: turned.clone(),
            passes,
            pokes,
            forwarder: Forwarder::new(&name),
        };
        let work = Work {
            replica: replica.clone(),
            told: tells,
            turned,
            passes: pass,
            poked,
            stale: Arc::default(),
            first_world,
            tables,
        };
        Ok((replica, replicas, work))
    }

    /// How others reach this one.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// How it stands, as of its last turn.
    pub fn standing(&self) -> Standing {
        self.told.borrow().clone()
    }

    /// Takes a turn now.
    fn poke(&self) {
        // Where one is due already, that one is it.
        let _ = self.pokes.try_send(());
    }

    /// Whether what is read here is as the database has it, and somebody writes; else why not.
    pub fn is_ready(&self) -> Result<(), Problem> {
        let turned = *self.turned.lock().unwrap_or_else(PoisonError::into_inner);
        let status = axum::http::StatusCode::SERVICE_UNAVAILABLE;
        if turned.is_none_or(|turned| turned.elapsed() > self.takeover + TURN) {
            let detail = "the database has not answered for a while: what is read here may be old";
            return Err(Problem::new(status, "cut_off", "Cut off", detail).retry(1));
        }
        match self.standing().writer {
            Some(_) => Ok(()),
            None => Err(Problem::no_writer()),
        }
    }

    /// Waits until books and shops are as the database has them and somebody writes, or for so long.
    pub async fn first(&self, most: Duration) {
        let mut passes = self.passes.clone();
        if tokio::time::timeout(most, passes.wait_for(|pass| *pass > 0)).await.is_err() {
            tracing::warn!("nobody writes yet, or worlds cannot be read");
        }
    }

    /// Waits until books and shops of this one are by an operation, until `end` at the latest; not for one that is not in the
    /// log.
    pub async fn reached(
        &self,
        mut heard: watch::Receiver<u64>,
        asked: u64,
        end: tokio::time::Instant,
    ) -> Result<(), Problem> {
        if *heard.borrow() >= asked {
            return Ok(());
        }
        let arrived = Instant::now();
        loop {
            self.poke();
            let soon = end.min(tokio::time::Instant::now() + TURN);
            if tokio::time::timeout_at(soon, heard.wait_for(|heard| *heard >= asked)).await.is_ok() {
                return Ok(());
            }
            let turned = *self.turned.lock().unwrap_or_else(PoisonError::into_inner);
            let was_never = turned.is_some_and(|turned| turned > arrived) && self.told.borrow().last < asked;
            if was_never || tokio::time::Instant::now() >= end {
                return Err(Problem::behind(asked, *heard.borrow()));
            }
        }
    }

    /// Lets another one write from now on. Blocks.
    pub fn retire(&self) {
        if let Err(error) = self.replica.retire() {
            tracing::warn!(%error, "the others wait until they believe that nobody writes");
        }
        self.poke();
    }
}

impl Work {
    /// Begins.
    pub fn start(self, service: &Shared) -> std::io::Result<()> {
        let Work { replica, told, turned, passes, poked, stale, first_world, tables } = self;
        let turns = turns::Turns { replica, told, turned, poked, stale: stale.clone() };
        let (one, other) = (service.clone(), service.clone());
        std::thread::Builder::new().name("turns".to_owned()).spawn(move || turns.run(&one.ledger))?;
        let shops = shops::Shops { stale, passes, first_world };
        std::thread::Builder::new().name("shops".to_owned()).spawn(move || shops.run(&other))?;
        if let Some(tables) = tables {
            std::thread::Builder::new().name("tables".to_owned()).spawn(move || tables.run())?;
        }
        Ok(())
    }
}

/// Whether a standing is that of who writes.
fn writes(standing: &Standing) -> bool {
    standing.role == Role::Writes
}
