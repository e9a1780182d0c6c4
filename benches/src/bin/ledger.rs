//! Command line of the figures on the ledger: holds a second, memory of a hold, expiry, durable holds.

// Rates of what was measured; no decision is made with them.
#![allow(clippy::float_arithmetic)]

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use volok::ledger::store::{Row, SqliteStore, Store, StoreError};
use volok::ledger::*;
use volok_bench::clients::{CLOCK, Client, NANO, book};
use volok_bench::figure::Figure;

#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Cells of the book.
    #[arg(long, default_value_t = 10_000_000)]
    cells: u32,
    /// Holds placed.
    #[arg(long, default_value_t = 3_000_000)]
    holds: u32,
    /// Folder for the durable figures.
    #[arg(long, default_value = "/tmp")]
    folder: PathBuf,
    /// Microseconds by which each flush of the durable figures is made longer, of ours and of the plain file: for disks that
    /// this machine does not have.
    #[arg(long, default_value_t = 0)]
    longer_flush: u64,
    /// Only the durable figures.
    #[arg(long)]
    durable: bool,
    /// One line of JSON for each figure.
    #[arg(long)]
    json: bool,
}

/// A store each of whose appends takes longer.
struct Slower {
    store: SqliteStore,
    by: Duration,
}

impl Store for Slower {
    fn append(&mut self, after: u64, last: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.store.append(after, last, bytes)?;
        if !self.by.is_zero() {
            std::thread::sleep(self.by);
        }
        Ok(())
    }

    fn read(&self, after: u64, most: usize) -> Result<Vec<Row>, StoreError> {
        self.store.read(after, most)
    }

    fn cut(&mut self, after: u64) -> Result<(), StoreError> {
        self.store.cut(after)
    }

    fn put_snapshot(&mut self, sequence: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.store.put_snapshot(sequence, bytes)
    }

    fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        self.store.snapshot()
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = run(&arguments, &mut std::io::stdout().lock());
    volok_bench::ended("volok-bench-ledger", result)
}

fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<(), Box<dyn std::error::Error>> {
    let mut tell = |case: &str, value: f64, unit, n: usize| {
        let value = (value as i64).into();
        Figure { suite: "ledger", case: case.to_owned(), value, unit, n, facts: Vec::new() }
            .write(arguments.json, out)
    };
    let longer = Duration::from_micros(arguments.longer_flush);
    if arguments.durable {
        return durable(&arguments.folder, longer, &mut tell);
    }
    let mut client = Client::new(1, arguments.cells);
    let mut state = State::default();
    let empty = resident();
    book(arguments.cells, &mut client, &mut |commands| {
        for command in commands {
            let outcome = state.apply(&command, Stamp(NANO), CLOCK).outcome;
            assert!(outcome.result.is_ok(), "{outcome:?}");
        }
    });
    let before = resident();
    let of_cell = (before - empty) as f64 / f64::from(arguments.cells);
    tell(
        "memory of a cell, a tenth of a name and the key of its receipt",
        of_cell,
        "B",
        arguments.cells as usize,
    )?;

    // Holds of an hour, a tenth of a millisecond apart; a million of them end in one second.
    let mut now = 2 * NANO;
    let mut spent = Duration::ZERO;
    let mut placed = Vec::new();
    for part in 0..arguments.holds.div_ceil(4_096) {
        let commands: Vec<Command> = (0..4_096).map(|_| client.place(3_600 + part % 60)).collect();
        let start = Instant::now();
        for (row, command) in commands.iter().enumerate() {
            ahead(&state, &commands, row);
            now += 100_000;
            if let Ok(Done::Held { hold, .. }) = state.apply(command, Stamp(now), CLOCK).outcome.result {
                placed.push(hold);
            }
        }
        spent += start.elapsed();
    }
    let count = placed.len();
    tell("place, 1 to 4 lines", count as f64 / spent.as_secs_f64(), "1/s", count)?;
    tell("memory of a live hold", (resident() - before) as f64 / count as f64, "B", count)?;
    let changes = 500_000.min(count);
    let commands: Vec<Command> = placed[..changes]
        .iter()
        .map(|&hold| client.command(Body::Release(Release { hold, version: Some(1) })))
        .collect();
    let start = Instant::now();
    for (row, command) in commands.iter().enumerate() {
        ahead(&state, &commands, row);
        state.apply(command, Stamp(now), CLOCK);
    }
    tell("release", changes as f64 / start.elapsed().as_secs_f64(), "1/s", changes)?;

    let hot: Vec<Command> = (0..1_000_000)
        .map(|_| client.hold(Lines::from_iter([Wanted { what: Want::Cell(CellNo(0)), qty: 3 }]), 600))
        .collect();
    let start = Instant::now();
    let granted =
        hot.iter().filter(|command| state.apply(command, Stamp(now), CLOCK).outcome.result.is_ok()).count();
    tell("attempts on one cell", hot.len() as f64 / start.elapsed().as_secs_f64(), "1/s", granted)?;

    // All that live end at once; then every operation is timed.
    now += 7_200 * NANO;
    let commands: Vec<Command> = (0..200_000).map(|_| client.place(60)).collect();
    let (mut worst, start) = (Duration::ZERO, Instant::now());
    for command in &commands {
        let one = Instant::now();
        state.apply(command, Stamp(now), CLOCK);
        worst = worst.max(one.elapsed());
    }
    tell("place after all have expired", 200_000.0 / start.elapsed().as_secs_f64(), "1/s", count)?;
    tell("longest of those", worst.as_nanos() as f64, "ns", 200_000)?;
    drop((state, placed, hot));
    durable(&arguments.folder, longer, &mut tell)
}

/// Reads ahead, as a ledger does for commands that are submitted together.
fn ahead(state: &State, commands: &[Command], row: usize) {
    if row.is_multiple_of(limits::AHEAD) {
        state.look_ahead(commands[row..].iter().take(limits::AHEAD));
    }
}

/// Commits of 512 holds on SQLite, beside the same bytes written and flushed to a plain file.
fn durable(
    folder: &Path,
    longer: Duration,
    tell: &mut dyn FnMut(&str, f64, &'static str, usize) -> std::io::Result<()>,
) -> Result<(), Box<dyn std::error::Error>> {
    let folder = folder.join(format!("volok-bench-ledger-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut client = Client::new(2, 100_000);
    let store = Slower { store: SqliteStore::open(&folder)?, by: longer };
    let (ledger, _) = Ledger::open(Box::new(store), CLOCK)?;
    let mut broken = None;
    book(100_000, &mut client, &mut |commands| {
        for part in commands.chunks(limits::BATCH) {
            broken = broken.take().or(ledger.submit(part.to_vec(), Stamp(NANO)).err());
        }
    });
    if let Some(broken) = broken {
        return Err(broken.into());
    }
    let groups: Vec<Vec<Command>> =
        (0..400).map(|_| (0..512).map(|_| client.place(3_600)).collect()).collect();
    let start = Instant::now();
    for group in groups {
        ledger.submit(group, Stamp(2 * NANO))?;
    }
    let ours = 400.0 * 512.0 / start.elapsed().as_secs_f64();
    let mut file = File::create(folder.join("raw"))?;
    let bytes = vec![7u8; 512 * 60];
    let start = Instant::now();
    for _ in 0..400 {
        file.write_all(&bytes)?;
        file.sync_data()?;
        if !longer.is_zero() {
            std::thread::sleep(longer);
        }
    }
    let raw = 400.0 * 512.0 / start.elapsed().as_secs_f64();
    tell("durable holds, 512 a commit", ours, "1/s", 400)?;
    tell("write and fdatasync of as much", raw, "1/s", 400)?;
    drop(ledger);
    let start = Instant::now();
    let (_, recovery) = Ledger::open(Box::new(SqliteStore::open(&folder)?), CLOCK)?;
    let replayed = recovery.replayed as usize;
    tell("operations recovered", replayed as f64 / start.elapsed().as_secs_f64(), "1/s", replayed)?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Bytes of memory this process has, or none where the system does not say.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4_096
}
