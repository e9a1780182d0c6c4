//! Command line of the figures on the ledger: holds a second, memory of a hold, expiry, durable holds.

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
use volok::testkit::Random;
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
    /// One line of JSON for each figure.
    #[arg(long)]
    json: bool,
}

const HOT: u32 = 1_000;
const NANO: i64 = 1_000_000_000;
const CLOCK: ClockTerms = ClockTerms { longest_jump: u32::MAX };
const TENANT: Tenant = Tenant(0);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = run(&arguments, &mut std::io::stdout().lock());
    volok_bench::ended("volok-bench-ledger", result)
}

/// Makes commands with keys that never repeat.
struct Client {
    random: Random,
    key: u128,
    cells: u32,
}

impl Client {
    fn command(&mut self, body: Body) -> Command {
        // Digests of requests are spread over all keys.
        self.key += 1;
        Command {
            tenant: TENANT,
            key: Key(self.key.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)),
            body,
        }
    }

    /// A hold of one to four lines, a fifth of them on hot cells.
    fn place(&mut self, life: u32) -> Command {
        let lines = (0..self.random.between(1, 4)).map(|_| {
            let hot = self.random.percent(20);
            let cell = self.random.below(u64::from(if hot { HOT.min(self.cells) } else { self.cells }));
            Wanted { what: Want::Cell(CellNo(cell as u32)), qty: 1 }
        });
        let lines = lines.collect();
        self.hold(lines, life)
    }

    fn hold(&mut self, lines: Lines, life: u32) -> Command {
        let customer = Some(Customer(self.random.below(1 << 20)));
        self.command(Body::Place(Place {
            channel: ChannelNo(0),
            customer,
            node: NodeNo(0),
            lines,
            life,
            priority: 0,
            instead_of: None,
            claims: Vec::new(),
        }))
    }
}

/// A book of so many cells, each with a million units.
fn book(cells: u32, client: &mut Client, each: &mut dyn FnMut(Vec<Command>)) {
    let names = |client: &mut Client, kind, count: u32, each: &mut dyn FnMut(Vec<Command>)| {
        let all: Vec<u32> = (0..count).collect();
        for part in all.chunks(limits::AT_ONCE) {
            let names = part.iter().map(|number| number.to_string().into()).collect();
            let command = client.command(Body::Register(kind, names));
            each(vec![command]);
        }
    };
    for kind in [Kind::Seller, Kind::Zone, Kind::Channel, Kind::Source] {
        names(client, kind, 1, each);
    }
    let skus = cells.div_ceil(10).max(1);
    names(client, Kind::Sku, skus, each);
    names(client, Kind::Node, 10, each);
    let all: Vec<u32> = (0..cells).collect();
    let mut sequence = 0;
    for part in all.chunks(limits::AT_ONCE) {
        let facts = |&number: &u32| CellFacts {
            sku: SkuNo(number % skus),
            seller: SellerNo(0),
            node: NodeNo(number / skus),
            zone: ZoneNo(0),
            lot: None,
            expires: volok::Instant::NEVER,
            due: None,
        };
        let command = client.command(Body::OpenCells(part.iter().map(facts).collect()));
        each(vec![command]);
        let receipts = part.iter().map(|&number| {
            sequence += 1;
            let what = StockChange::Receipt(CellNo(number), 1_000_000);
            client.command(Body::Stock(StockEvent { source: SourceNo(0), sequence, what }))
        });
        let receipts = receipts.collect();
        each(receipts);
    }
}

fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<(), Box<dyn std::error::Error>> {
    let mut tell = |case: &str, value: f64, unit, n: usize| {
        let value = (value as i64).into();
        Figure { suite: "ledger", case: case.to_owned(), value, unit, n, facts: Vec::new() }
            .write(arguments.json, out)
    };
    let mut client = Client { random: Random::new(1), key: 0, cells: arguments.cells };
    let mut state = State::default();
    book(arguments.cells, &mut client, &mut |commands| {
        for command in commands {
            let outcome = state.apply(&command, Stamp(NANO), CLOCK).outcome;
            assert!(outcome.result.is_ok(), "{outcome:?}");
        }
    });
    let before = resident();

    // Holds of an hour, a tenth of a millisecond apart; a million of them end in one second.
    let mut now = 2 * NANO;
    let mut spent = Duration::ZERO;
    let mut placed = Vec::new();
    for part in 0..arguments.holds.div_ceil(4_096) {
        let commands: Vec<Command> = (0..4_096).map(|_| client.place(3_600 + part % 60)).collect();
        let start = Instant::now();
        for command in &commands {
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
    commands.iter().for_each(|command| {
        state.apply(command, Stamp(now), CLOCK);
    });
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
    durable(&arguments.folder, &mut tell)
}

/// Commits of 512 holds on SQLite, beside the same bytes written and flushed to a plain file.
fn durable(
    folder: &Path,
    tell: &mut dyn FnMut(&str, f64, &'static str, usize) -> std::io::Result<()>,
) -> Result<(), Box<dyn std::error::Error>> {
    let folder = folder.join(format!("volok-bench-ledger-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut client = Client { random: Random::new(2), key: 0, cells: 100_000 };
    let (ledger, _) = Ledger::open(Box::new(SqliteStore::open(&folder)?), CLOCK)?;
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
