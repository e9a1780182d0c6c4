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
use volok::ledger::store::SqliteStore;
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
    let (ledger, _) = Ledger::open(Box::new(SqliteStore::open(&folder)?), CLOCK)?;
    let mut broken = None;
    book(arguments.cells, &mut Client::new(0, arguments.cells), &mut |commands| {
        for part in commands.chunks(limits::BATCH) {
            broken = broken.take().or(ledger.submit(part.to_vec(), Stamp(NANO)).err());
        }
    });
    if let Some(broken) = broken {
        return Err(broken.into());
    }
    for (run, &clients) in arguments.clients.iter().enumerate() {
        let long = Duration::from_secs(arguments.seconds);
        let mut all = Sample::default();
        let begin = Instant::now();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..clients)
                .map(|number| {
                    let client = Client::new(1 + run as u32 * 1_000 + number, arguments.cells);
                    let ledger = &ledger;
                    scope.spawn(move || serve(ledger, client, long))
                })
                .collect();
            for thread in threads {
                let sample = thread.join().map_err(|_| "a client panicked")??;
                sample.into_iter().for_each(|nanoseconds| all.push(nanoseconds));
            }
            Ok::<(), Failure>(())
        })?;
        let a_second = all.len() as f64 / begin.elapsed().as_secs_f64();
        figure(format!("{clients} clients"), a_second as u64, "1/s", all.len(), all.facts())
            .write(arguments.json, out)?;
    }
    drop(ledger);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
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
