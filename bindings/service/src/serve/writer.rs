//! The one thread that writes: requests that wait together are one commit.
//!
//! A request comes as what it says in names. The thread turns the names of all who wait into commands in one look at the
//! books, submits them as one batch, and tells the answers in one more look. So nobody waits for a lock, and a name
//! means what it means when the command is done.

use super::clock;
use super::keeper::Keeper;
use super::limits::QUEUE;
use super::problem::Problem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{mpsc, oneshot};
use volok::ledger::{Body, Book, Command, Key, Ledger, Outcome, Second, SubmitError, Tenant, limits};

/// What a request asks for, in the numbers of its book.
type Build = Box<dyn FnOnce(&Book, Second) -> Result<Body, Problem> + Send>;
/// Who is told what became of it.
type Tell = Box<dyn FnOnce(Result<(&Book, &Outcome), Problem>) + Send>;

struct Ticket {
    tenant: Tenant,
    key: Key,
    build: Build,
    tell: Tell,
}

/// Operations after which a snapshot is written: what is read again when the service starts stays a matter of seconds.
const SNAPSHOT_EVERY: u64 = 2_000_000;

/// The door to the writing thread. Everyone has one.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Ticket>,
    stopped: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread, which ends once nobody can ask it any more.
    pub fn start(keeper: Arc<Keeper>) -> std::io::Result<Writer> {
        let (queue, tickets) = mpsc::channel(QUEUE);
        let stopped = Arc::new(AtomicBool::new(false));
        let flag = stopped.clone();
        let builder = std::thread::Builder::new().name("writer".to_owned());
        builder.spawn(move || write(&keeper, tickets, &flag))?;
        Ok(Writer { queue, stopped })
    }

    /// Whether the ledger has stopped.
    pub fn has_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Does what `build` makes of a request, and tells the answer with `told`, both with the tenant's book before them.
    /// It is in the queue when this returns, and is done then, whether or not anyone waits for the answer.
    pub fn submit<T: Send + 'static>(
        &self,
        tenant: Tenant,
        key: Key,
        build: impl FnOnce(&Book, Second) -> Result<Body, Problem> + Send + 'static,
        told: impl FnOnce(&Book, &Outcome) -> Result<T, Problem> + Send + 'static,
    ) -> impl Future<Output = Result<T, Problem>> + Send {
        let (answer, answered) = oneshot::channel();
        let tell = move |outcome: Result<(&Book, &Outcome), Problem>| {
            // Nobody waits any more where the client has gone.
            let _ = answer.send(outcome.and_then(|(book, outcome)| told(book, outcome)));
        };
        let ticket = Ticket { tenant, key, build: Box::new(build), tell: Box::new(tell) };
        let sent = self.queue.try_send(ticket);
        let full = || Problem::overloaded("too many requests wait to be written; come again");
        let sent = sent.map_err(|_| full());
        async move {
            sent?;
            answered.await.unwrap_or_else(|_| Err(Problem::internal()))
        }
    }
}

fn write(keeper: &Keeper, mut tickets: mpsc::Receiver<Ticket>, stopped: &AtomicBool) {
    let mut snapshot = 0;
    while let Some(first) = tickets.blocking_recv() {
        let mut waiting = vec![first];
        while waiting.len() < limits::BATCH
            && let Ok(next) = tickets.try_recv()
        {
            waiting.push(next);
        }
        let Some(ledger) = keeper.ledger() else {
            waiting.into_iter().for_each(|ticket| (ticket.tell)(Err(Problem::elsewhere())));
            continue;
        };
        let committed = std::time::Instant::now();
        let orders = waiting.len();
        let sequence = commit(keeper, &ledger, waiting);
        metrics::histogram!("volok_commit_seconds").record(committed.elapsed().as_secs_f64());
        metrics::counter!("volok_commands_total").increment(orders as u64);
        match sequence {
            Ok(sequence) => {
                metrics::gauge!("volok_sequence").set(sequence as f64);
                if snapshot == 0 && keeper.is_shared() {
                    // Whoever took over a moment ago does not let everyone wait for a snapshot.
                    snapshot = sequence;
                }
                if sequence.saturating_sub(snapshot) >= SNAPSHOT_EVERY {
                    match ledger.snapshot() {
                        Ok(at) => snapshot = at,
                        Err(error) => tracing::error!(%error, "no snapshot"),
                    }
                }
            }
            Err(error) => {
                // Where several processes write in turn, another one does from now on, or this one again.
                stopped.store(!keeper.is_shared(), Ordering::Relaxed);
                tracing::error!(%error, "the ledger has stopped");
            }
        }
    }
}

/// Builds, submits and tells; the number of the last operation.
fn commit(keeper: &Keeper, ledger: &Ledger, tickets: Vec<Ticket>) -> Result<u64, SubmitError> {
    let (mut commands, mut tells): (Vec<Command>, Vec<(Tenant, Tell)>) = (Vec::new(), Vec::new());
    let mut unbuilt: Vec<(Tell, Problem)> = Vec::new();
    let built = ledger.look(|state| {
        let at = clock::second(state.at());
        for Ticket { tenant, key, build, tell } in tickets {
            let body = match state.book(tenant) {
                Some(book) => build(book, at),
                None => Err(no_world()),
            };
            match body {
                Ok(body) => {
                    commands.push(Command { tenant, key, body });
                    tells.push((tenant, tell));
                }
                Err(problem) => unbuilt.push((tell, problem)),
            }
        }
    });
    unbuilt.into_iter().for_each(|(tell, problem)| tell(Err(problem)));
    let done = built.and_then(|()| match commands.is_empty() {
        true => Ok(Vec::new()),
        false => ledger.submit(commands, clock::now()),
    });
    let outcomes = match done {
        Ok(outcomes) => outcomes,
        Err(error) => {
            tells.into_iter().for_each(|(_, tell)| tell(Err(error.clone().into())));
            return Err(error);
        }
    };
    ledger.look(|state| {
        keeper.hear(state.sequence());
        for ((tenant, tell), outcome) in tells.into_iter().zip(&outcomes) {
            tell(state.book(tenant).map(|book| (book, outcome)).ok_or_else(no_world));
        }
        state.sequence()
    })
}

/// There is nothing to work on yet.
pub fn no_world() -> Problem {
    let detail = "there is no world yet: send one with PUT /v1/world, or start with --world FILE";
    Problem::new(axum::http::StatusCode::CONFLICT, "no_world", "No world yet", detail)
}
