//! Command line of the figures on durable holds of many clients at once: each places a hold, waits until it is on disk,
//! and fulfils it. The same is asked of other stores by `compare/holds.sh`.

// Rates of what was measured; no decision is made with them.
#![allow(clippy::float_arithmetic)]

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use volok::ledger::store::{Patience, PostgresStore, SqliteStore, Store};
use volok::ledger::*;
use volok_bench::Failure;
use volok_bench::clients::{CLOCK, Client, NANO, book};
use volok_bench::figure::Figure;
use volok_bench::sample::{Sample, nanoseconds_since};

#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Clients at once; one run for each number.
    #[arg(long, value_delimiter = ',', default_value = "1,8,32")]
    clients: Vec<u32>,
    /// Seconds of each run.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Cells of the book.
    #[arg(long, default_value_t = 100_000)]
    cells: u32,
    /// Folder for the ledger.
    #[arg(long, default_value = "/tmp")]
    folder: PathBuf,
    /// Address of a PostgreSQL database: the same is asked of a ledger in it, and holds in groups.
    #[arg(long)]
    postgres: Option<String>,
    /// Only what is asked of PostgreSQL.
    #[arg(long, requires = "postgres")]
    only_postgres: bool,
    /// One line of JSON for each figure.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    volok_bench::ended("volok-bench-holds", run(&arguments, &mut std::io::stdout().lock()))
}

fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let folder = arguments.folder.join(format!("volok-bench-holds-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let figure = |case: String, value: u64, unit, n, facts| Figure {
        suite: "holds",
        case,
        value: value.into(),
        unit,
        n,
        facts,
    };
    let mut flushes = flushes(&folder)?;
    let flush = flushes.median();
    figure("write and fdatasync of 64 bytes".to_owned(), flush, "ns", flushes.len(), flushes.facts())
        .write(arguments.json, out)?;
    let mut tell = |case: String, value: u64, n: usize, facts| {
        figure(case, value, "1/s", n, facts).write(arguments.json, out)
    };
    if !arguments.only_postgres {
        let ledger = stocked(Box::new(SqliteStore::open(&folder)?), arguments)?;
        for (run, &clients) in arguments.clients.iter().enumerate() {
            let (a_second, mut all) = clients_at_once(&ledger, run, clients, arguments)?;
            tell(format!("SQLite, {clients} clients"), a_second, all.len(), all.facts())?;
        }
    }
    if let Some(address) = &arguments.postgres {
        let name = format!("bench {}", std::process::id());
        let store = PostgresStore::open(address, &name, &name, Patience::default())?;
        let ledger = stocked(Box::new(store), arguments)?;
        for (run, &clients) in arguments.clients.iter().enumerate() {
            let (a_second, mut all) = clients_at_once(&ledger, run, clients, arguments)?;
            tell(format!("PostgreSQL, {clients} clients"), a_second, all.len(), all.facts())?;
        }
        for (run, senders) in [1, 2, 8].into_iter().enumerate() {
            for again in 0..3 {
                let (a_second, mut all) = groups_at_once(&ledger, run * 3 + again, senders, arguments)?;
                let case = format!("PostgreSQL, {senders} senders of groups of {GROUP} holds");
                tell(case, a_second * GROUP as u64, all.len(), all.facts())?;
            }
        }
        let (a_second, operations) = kept_as_tables(address, arguments)?;
        tell("PostgreSQL, operations kept as tables for SQL".to_owned(), a_second, operations, Vec::new())?;
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// How fast a follower writes what was done into tables for SQL: operations a second, and how many those were.
fn kept_as_tables(address: &str, arguments: &Arguments) -> Result<(u64, usize), Failure> {
    let name = format!("bench tables {}", std::process::id());
    let store = PostgresStore::open(address, &name, &name, Patience::default())?;
    let ledger = stocked(Box::new(store), arguments)?;
    let reader = PostgresStore::connect(address, &name, Patience::default())?;
    let mut tables = ReadModels::connect(address, &name, Patience::default())?;
    tables.keep(&reader)?;
    let mut client = Client::new(2_000_000, arguments.cells);
    for _ in 0..KEPT / GROUP {
        ledger.submit((0..GROUP).map(|_| client.place(3_600)).collect(), Stamp(2 * NANO))?;
    }
    let begin = Instant::now();
    let kept = tables.keep(&reader)?;
    Ok(((kept as f64 / begin.elapsed().as_secs_f64()) as u64, kept as usize))
}

/// Holds that are kept as tables.
const KEPT: usize = 100 * GROUP;

/// Holds of one group.
const GROUP: usize = 512;

/// A ledger with a book of so many cells.
fn stocked(store: Box<dyn Store>, arguments: &Arguments) -> Result<Ledger, Failure> {
    let (ledger, _) = Ledger::open(store, CLOCK)?;
    let mut broken = None;
    book(arguments.cells, &mut Client::new(0, arguments.cells), &mut |commands| {
        for part in commands.chunks(limits::BATCH) {
            broken = broken.take().or(ledger.submit(part.to_vec(), Stamp(NANO)).err());
        }
    });
    match broken {
        Some(broken) => Err(broken.into()),
        None => Ok(ledger),
    }
}

/// Clients that place and fulfil at once: operations a second, and the time of each.
fn clients_at_once(
    ledger: &Ledger,
    run: usize,
    clients: u32,
    arguments: &Arguments,
) -> Result<(u64, Sample), Failure> {
    let first = 1 + run as u32 * 1_000;
    at_once(clients, arguments, &|number, long| {
        serve(ledger, Client::new(first + number, arguments.cells), long)
    })
}

/// Senders of groups of holds at once: groups a second, and the time of each.
fn groups_at_once(
    ledger: &Ledger,
    run: usize,
    senders: u32,
    arguments: &Arguments,
) -> Result<(u64, Sample), Failure> {
    let first = 1_000_000 + run as u32 * 1_000;
    at_once(senders, arguments, &|number, long| {
        send(ledger, Client::new(first + number, arguments.cells), long)
    })
}

fn at_once(
    threads: u32,
    arguments: &Arguments,
    work: &(dyn Fn(u32, Duration) -> Result<Vec<u64>, String> + Sync),
) -> Result<(u64, Sample), Failure> {
    let long = Duration::from_secs(arguments.seconds);
    let mut all = Sample::default();
    let begin = Instant::now();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|number| scope.spawn(move || work(number, long))).collect();
        for thread in threads {
            let sample = thread.join().map_err(|_| "a client panicked")??;
            sample.into_iter().for_each(|nanoseconds| all.push(nanoseconds));
        }
        Ok::<(), Failure>(())
    })?;
    let a_second = all.len() as f64 / begin.elapsed().as_secs_f64();
    Ok((a_second as u64, all))
}

/// Places holds in groups, one group after the other; the time of each in nanoseconds.
fn send(ledger: &Ledger, mut client: Client, long: Duration) -> Result<Vec<u64>, String> {
    let begin = Instant::now();
    let mut times = Vec::new();
    while begin.elapsed() < long {
        let group = (0..GROUP).map(|_| client.place(3_600)).collect();
        let asked = Instant::now();
        let outcomes = ledger.submit(group, Stamp(2 * NANO)).map_err(|error| error.to_string())?;
        times.push(nanoseconds_since(asked));
        if let Some(refused) = outcomes.into_iter().find_map(|outcome| outcome.result.err()) {
            return Err(format!("{refused:?}"));
        }
    }
    Ok(times)
}

/// Places holds and fulfils them, one after the other; the time of each in nanoseconds.
fn serve(ledger: &Ledger, mut client: Client, long: Duration) -> Result<Vec<u64>, String> {
    let begin = Instant::now();
    let mut times = Vec::new();
    let mut ask = |command: Command| -> Result<Done, String> {
        let asked = Instant::now();
        let outcomes = ledger.submit(vec![command], Stamp(2 * NANO)).map_err(|error| error.to_string())?;
        times.push(nanoseconds_since(asked));
        outcomes[0].result.clone().map_err(|refusal| format!("{refusal:?}"))
    };
    while begin.elapsed() < long {
        let Done::Held { hold, .. } = ask(client.place(3_600))? else { return Err("no hold".to_owned()) };
        let fulfil =
            Fulfil { hold, version: None, lines: Lines::new(), remainder: Remainder::Release, by: NodeNo(0) };
        ask(client.command(Body::Fulfil(fulfil)))?;
    }
    Ok(times)
}

/// How long a small write and its flush take.
fn flushes(folder: &Path) -> Result<Sample, Failure> {
    let mut file = File::create(folder.join("raw"))?;
    let mut times = Sample::default();
    for _ in 0..2_000 {
        let begin = Instant::now();
        file.write_all(&[7; 64])?;
        file.sync_data()?;
        times.push(nanoseconds_since(begin));
    }
    Ok(times)
}
