//! Nonsense at the doors: commands of any numbers, logs whose answers were changed, files with changed bytes. A typed
//! refusal, nothing changed, no panic.

use crate::support::{ANY, batches, hash, number, open, opened};
use smallvec::SmallVec;
use volok::ledger::store::MemoryStore;
use volok::ledger::*;
use volok::testkit::Random;
use volok::testkit::ledger::World;
use volok::units::{CubicCentimetres, Grams, Instant};

/// A number nobody would send on purpose, often enough one that is right.
fn any(random: &mut Random) -> u32 {
    random.of(&[0, 0, 1, 1, 2, 3, 8, 61, limits::UNITS, limits::UNITS + 1, u32::MAX - 1, u32::MAX])
}

fn moment(random: &mut Random) -> Instant {
    Instant(random.of(&[
        0,
        1,
        -1,
        60,
        i64::MIN,
        i64::MAX,
        Instant::NEVER.0,
        Instant::ALWAYS.0,
        u32::MAX.into(),
    ]))
}

fn lines(random: &mut Random) -> Lines {
    let count = random.of(&[0, 1, 1, 2, 3, limits::LINES, limits::LINES + 1]);
    let mut lines = SmallVec::new();
    for _ in 0..count {
        let what = match random.percent(60) {
            true => Want::Cell(CellNo(any(random))),
            false => Want::Sku(SkuNo(any(random)), NodeNo(any(random))),
        };
        lines.push(Wanted { what, qty: any(random) });
    }
    lines
}

fn claim(random: &mut Random) -> Claim {
    let most = random.percent(50).then(|| any(random));
    let node = NodeNo(any(random) % 3);
    match random.below(4) {
        0 => Claim::Departure {
            lane: LaneNo(any(random)),
            compartment: random.below(256) as u8,
            departs: moment(random),
            grams: Grams(any(random).into()),
            cm3: CubicCentimetres(u64::MAX),
            most_grams: None,
            most_cm3: None,
            most_parcels: most,
        },
        1 => Claim::NodeDay {
            node,
            date: random.of(&[0, i32::MIN, i32::MAX]),
            parcels: any(random),
            lines: any(random),
            most_parcels: most,
            most_lines: None,
        },
        2 => Claim::Buffer { node, from: moment(random), until: moment(random), most },
        _ => Claim::Point { node, from: moment(random), until: moment(random), most },
    }
}

fn change(random: &mut Random) -> StockChange {
    let (cell, qty) = (CellNo(any(random) % 9), any(random));
    match random.below(8) {
        0 => StockChange::Receipt(cell, qty),
        1 => StockChange::Sale(cell, qty),
        2 => StockChange::Return(cell, qty),
        3 => StockChange::Move(cell, CellNo(any(random) % 9), qty),
        4 => StockChange::WriteOff(cell, qty),
        5 => StockChange::Count(cell, qty),
        6 => StockChange::Announced(cell, qty, Second(any(random))),
        _ => StockChange::Arrived(cell, qty),
    }
}

fn body(random: &mut Random) -> Body {
    let hold = HoldId(random.of(&[0, 1, 2, 3, u64::from(u32::MAX), 1 << 32, u64::MAX]));
    let version = random.percent(30).then(|| any(random));
    match random.below(15) {
        0 => {
            let name = random.of(&["", "pen", "\0", "новое имя", "a name that goes on"]);
            let many = random.of(&[0, 1, 2, limits::AT_ONCE + 1]);
            let name = if random.percent(5) { name.repeat(limits::NAME_BYTES) } else { name.to_owned() };
            Body::Register(random.of(&Kind::ALL), vec![name.into(); many])
        }
        1 => Body::OpenCells(vec![
            CellFacts {
                sku: SkuNo(any(random)),
                seller: SellerNo(any(random)),
                node: NodeNo(any(random)),
                zone: ZoneNo(any(random)),
                lot: random.percent(50).then(|| LotNo(any(random))),
                expires: moment(random),
                due: random.percent(50).then(|| Second(any(random))),
            };
            random.of(&[0, 1, 2, limits::AT_ONCE + 1])
        ]),
        2 => {
            let rule = Rule {
                scope: random.of(&[Scope::CustomerSku, Scope::Customer, Scope::Sku]),
                measure: random.of(&[Measure::Unbought, Measure::Holds, Measure::Units]),
                window: any(random),
                limit: any(random),
            };
            let rules = vec![rule; random.of(&[0, 1, limits::RULES, limits::RULES + 1])];
            Body::Settings(Settings { longest_life: any(random), rules })
        }
        3 => Body::Channel(ChannelNo(any(random)), ChannelTerms::default()),
        4 => Body::Node(NodeNo(any(random)), EntityNo(any(random))),
        5 => Body::Safety(CellNo(any(random)), any(random)),
        6 => Body::Fence(FenceTerms {
            sku: SkuNo(any(random) % 3),
            seller: SellerNo(any(random) % 3),
            node: NodeNo(any(random) % 3),
            channels: (0..random.below(3)).map(|_| ChannelNo(any(random))).collect(),
            qty: any(random),
        }),
        7 | 8 => {
            let sequence = random.of(&[0, 1, 2, 3, 4, u64::MAX - 1, u64::MAX]);
            Body::Stock(StockEvent { source: SourceNo(any(random) % 3), sequence, what: change(random) })
        }
        9 | 10 => Body::Place(Place {
            channel: ChannelNo(any(random) % 4),
            customer: random.percent(50).then(|| Customer(random.bits())),
            node: NodeNo(any(random) % 3),
            lines: lines(random),
            life: any(random),
            priority: random.below(256) as u8,
            instead_of: random.percent(20).then_some(hold),
            claims: (0..random.of(&[0, 0, 1, 3])).map(|_| claim(random)).collect(),
        }),
        11 => Body::Adjust(Adjust { hold, version, drops: lines(random), adds: lines(random) }),
        12 => Body::Extend(Extend { hold, version, life: any(random) }),
        13 => Body::Fulfil(Fulfil {
            hold,
            version,
            lines: lines(random),
            remainder: random.of(&[Remainder::Keep, Remainder::Release]),
            by: NodeNo(any(random)),
        }),
        _ => Body::Forget(Forget { before: Second(any(random)), most: any(random) }),
    }
}

#[test]
fn commands_of_any_numbers_are_answered_and_nonsense_leaves_no_trace() {
    let (bodies, seed) = (number("VOLOK_LEDGER_BODIES", 2_000), number("VOLOK_SEED", 1));
    let mut random = Random::new(seed);
    let mut state = State::default();
    for command in World::opening(Tenant(0)) {
        state.apply(&command, Stamp(0), ANY);
    }
    let (mut before, mut without_trace) = (state.hash(), 0);
    for row in 0..bodies {
        let body = body(&mut random);
        let name = body.name();
        let tenant = Tenant(random.of(&[0, 0, 0, 1, u16::MAX]));
        let command = Command { tenant, key: Key(1_000 + u128::from(row)), body };
        let sequence = state.sequence();
        let applied = state.apply(&command, Stamp(i64::from(any(&mut random))), ANY);
        let refused = applied.outcome.result.err().map(|refusal| refusal.code);
        let remembered = refused.is_none_or(Code::is_remembered);
        let told = format!("seed {seed}, row {row}: {name} {refused:?}");
        assert_eq!(applied.is_new, remembered, "{told}");
        assert_eq!(state.sequence(), sequence + u64::from(remembered), "{told}");
        let after = state.hash();
        assert!(remembered || after == before, "{told}");
        without_trace += u64::from(!remembered);
        before = after;
        assert_eq!(state.audit(), None, "{told}");
    }
    println!("{bodies} commands, {without_trace} of them without a trace, seed {seed}");
    assert!(without_trace > bodies / 5);
}

#[test]
fn an_answer_that_comes_out_otherwise_than_it_was_is_refused() {
    let store = MemoryStore::default();
    let ledger = open(store.clone());
    ledger.submit(World::opening(Tenant(0)), Stamp(0)).expect("memory does not fail");
    let body = Body::Settings(Settings { longest_life: 60, rules: Vec::new() });
    let command = Command { tenant: Tenant(0), key: Key(100), body };
    ledger.submit(vec![command], Stamp(0)).expect("memory does not fail");
    let sequence = ledger.look(State::sequence).expect("it runs");
    let mut rows = store.rows();
    let last = rows.last_mut().expect("rows");
    let body = last.bytes.len() - 32;
    // Behind the body stands the answer: the number that says `set`, now one that says a report was known.
    assert_eq!(last.bytes[body - 1], 2);
    last.bytes[body - 1] = 4;
    let hash = blake3::hash(&last.bytes[..body]);
    last.bytes[body..].copy_from_slice(hash.as_bytes());
    let changed = MemoryStore::of_rows(rows);
    assert_eq!(opened(changed.clone()).map(|_| ()), Err(RecoverError::Diverged { sequence }));
    assert_eq!(verify(&changed).map(|_| ()), Err(RecoverError::Diverged { sequence }));
}

#[cfg(feature = "sqlite")]
#[test]
fn a_file_with_changed_bytes_is_refused_or_tells_what_was_and_nothing_else() {
    use crate::sqlite::Folder;
    use volok::ledger::store::SqliteStore;
    let (files, seed) = (number("VOLOK_LEDGER_FILES", 60), number("VOLOK_SEED", 1));
    let folder = Folder::new("changed");
    let ledger = open(SqliteStore::open(&folder.0).expect("the folder is there"));
    let mut states = vec![hash(&ledger)];
    for (row, (batch, now)) in batches(71, 30, 6).into_iter().enumerate() {
        ledger.submit(batch, now).expect("the file can be written");
        states.push(hash(&ledger));
        if row == 20 {
            ledger.snapshot().expect("the file can be written");
        }
    }
    drop(ledger);
    let file = SqliteStore::file(&folder.0);
    let whole = std::fs::read(&file).expect("it is there");
    let mut random = Random::new(seed);
    let mut refused = 0;
    for row in 0..files {
        let mut bytes = whole.clone();
        for _ in 0..random.between(1, 8) {
            let at = random.row(bytes.len());
            bytes[at] ^= 1 << random.below(8);
        }
        if random.percent(10) {
            bytes.truncate(random.row(bytes.len()));
        }
        std::fs::write(&file, bytes).expect("it can be written");
        let found = SqliteStore::open(&folder.0).map_err(RecoverError::from).and_then(opened);
        match found {
            Ok((ledger, _)) => assert!(states.contains(&hash(&ledger)), "seed {seed}, file {row}"),
            Err(_) => refused += 1,
        }
    }
    println!("{files} files, {refused} refused, seed {seed}");
    assert!(refused > 0);
}
