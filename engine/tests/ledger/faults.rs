//! Crashes in the recovery of a recovery, and clocks that jump.

use crate::support::{batches, hash, number, open, opened};
use volok::ledger::store::{Faults, FaultyStore, MemoryStore, Store};
use volok::ledger::*;
use volok::testkit::Random;
use volok::testkit::ledger::World;

/// A store of its own with the same content.
fn copy(store: &MemoryStore) -> MemoryStore {
    let mut copy = MemoryStore::of_rows(store.rows());
    if let Some((sequence, bytes)) = store.snapshot().expect("memory does not fail") {
        copy.put_snapshot(sequence, &bytes).expect("memory does not fail");
    }
    copy
}

/// How many calls of its store a recovery makes.
fn calls(store: &MemoryStore) -> u64 {
    let probe = FaultyStore::over(copy(store), Faults::default());
    opened(probe.clone()).unwrap_or_else(|error| panic!("{error}"));
    probe.calls()
}

/// What is found after the power went while the last of some batches was on its way, with a snapshot somewhere or
/// none; and sequence and hash of the state that must come out of it.
fn interrupted(random: &mut Random, all: &[(Vec<Command>, Stamp)]) -> (MemoryStore, (u64, Chain)) {
    let whole = MemoryStore::default();
    let ledger = open(whole.clone());
    let mut states = Vec::new();
    for (batch, now) in all {
        ledger.submit(batch.clone(), *now).expect("memory does not fail");
        states.push((ledger.look(State::sequence).expect("it runs"), hash(&ledger)));
    }
    let mut rows = whole.rows();
    let last = rows.pop().expect("rows");
    let before = rows.split_off(random.row(rows.len()));
    let mut found = MemoryStore::of_rows(rows);
    if random.percent(50) {
        open(found.clone()).snapshot().expect("memory does not fail");
    }
    let ends = before.iter().skip(1).map(|row| row.after).chain([last.after]);
    for (row, end) in before.iter().zip(ends) {
        found.append(row.after, end, &row.bytes).expect("memory does not fail");
    }
    let there = random.below(last.bytes.len() as u64 + 1) as usize;
    if there > 0 {
        found.append(last.after, u64::MAX, &last.bytes[..there]).expect("memory does not fail");
    }
    let after = if there == last.bytes.len() { states[states.len() - 1].0 } else { last.after };
    let right = states.iter().rev().find(|state| state.0 == after).expect("a state");
    (found, *right)
}

#[test]
fn a_recovery_that_crashes_five_times_over_comes_to_the_same_state() {
    let (first, runs) = (number("VOLOK_SEED", 1), number("VOLOK_LEDGER_RECOVERIES", 40));
    println!("{runs} recoveries, each crashed five times, seeds {first}..{}", first + runs);
    for seed in first..first + runs {
        let mut random = Random::new(seed);
        let all = batches(seed, 10, 3);
        let (found, right) = interrupted(&mut random, &all);
        for depth in 0..5 {
            let (call, did_it) = (random.below(calls(&found)), random.percent(50));
            let faults = Faults { fails_from: Some(call), did_it, ..Faults::default() };
            let crashed = opened(FaultyStore::over(found.clone(), faults));
            assert!(
                matches!(crashed, Err(RecoverError::Store(_))),
                "seed {seed}, depth {depth}, call {call}"
            );
        }
        let ledger = open(found);
        let came_to = (ledger.look(State::sequence).expect("it runs"), hash(&ledger));
        assert_eq!(came_to, right, "seed {seed}");
        // And it goes on as if nothing had been: the last batch is sent again.
        let (batch, now) = all.last().expect("batches");
        let straight = open(MemoryStore::default());
        all.iter().for_each(|(batch, now)| {
            straight.submit(batch.clone(), *now).expect("memory does not fail");
        });
        ledger.submit(batch.clone(), *now).expect("memory does not fail");
        assert_eq!(hash(&ledger), hash(&straight), "seed {seed}");
    }
}

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3_600 * SECOND;

/// What the clock of some client shows after this moment.
fn shown(random: &mut Random, last: i64) -> i64 {
    match random.below(10) {
        0..4 => last + random.between(0, 5 * SECOND),
        4..6 => last - random.between(0, 240 * HOUR),
        6 => last + HOUR,
        7 => last + HOUR + 1,
        8 => last + random.between(HOUR, 9_000 * HOUR),
        _ => random.of(&[
            last,
            last + 1,
            last - 1,
            0,
            -1,
            i64::MIN,
            i64::MAX,
            Stamp::LAST.0,
            Stamp::LAST.0 + 1,
        ]),
    }
}

#[test]
fn whatever_clocks_show_time_rises_and_nothing_ends_before_its_second() {
    let (jumps, seed) = (number("VOLOK_LEDGER_JUMPS", 3_000), number("VOLOK_SEED", 1));
    println!("{jumps} jumps, seed {seed}");
    let terms = ClockTerms { longest_jump: 3_600 };
    let mut random = Random::new(seed);
    let store = MemoryStore::default();
    let mut ledger = Ledger::open(Box::new(store.clone()), terms).expect("it is empty").0;
    let mut opening = World::opening(Tenant(0));
    let what = StockChange::Receipt(CellNo(0), limits::UNITS);
    let body = Body::Stock(StockEvent { source: SourceNo(0), sequence: 1, what });
    opening.push(Command { tenant: Tenant(0), key: Key(500), body });
    let body = Body::Settings(Settings { longest_life: 86_400, rules: Vec::new() });
    opening.push(Command { tenant: Tenant(0), key: Key(501), body });
    let opened = ledger.submit(opening, Stamp(SECOND)).expect("memory does not fail");
    let mut last = opened.last().expect("answers").at.0;
    let mut live: Vec<(HoldId, Second)> = Vec::new();
    for jump in 0..jumps {
        let now = shown(&mut random, last);
        let body = match random.below(100) {
            0..35 => Body::Place(Place {
                channel: ChannelNo(0),
                customer: None,
                node: NodeNo(0),
                lines: Lines::from_iter([Wanted { what: Want::Cell(CellNo(0)), qty: 1 }]),
                life: random.between(1, 7_200) as u32,
                priority: 0,
                instead_of: None,
                claims: Vec::new(),
            }),
            // Someone looked at the clock: at one that is less than a year ahead at most, or time would end too soon.
            35..37 if now < last + 300 * HOUR => Body::ConfirmClock,
            _ => Body::Safety(CellNo(1), 0),
        };
        let confirms = body == Body::ConfirmClock;
        let command = Command { tenant: Tenant(0), key: Key(1_000 + u128::from(jump)), body };
        let outcome = ledger.submit(vec![command], Stamp(now)).expect("memory does not fail").remove(0);
        if !(0..=Stamp::LAST.0).contains(&now) {
            let code = outcome.result.map_err(|refusal| refusal.code);
            assert_eq!((outcome.at.0, code), (last, Err(Code::ClockOutOfRange)), "seed {seed}, jump {jump}");
            continue;
        }
        let believed = confirms || now - last <= HOUR;
        let right = if believed { now.max(last + 1) } else { last + 1 };
        assert_eq!(outcome.at.0, right, "seed {seed}, jump {jump}: the clock showed {now} after {last}");
        last = right;
        if let Ok(Done::Held { hold, expires, .. }) = outcome.result {
            live.push((hold, expires));
        }
        let at = Second(u32::try_from(last / SECOND).expect("before 2106"));
        if random.percent(1) {
            // Time goes on where it was after the process was started anew.
            ledger.snapshot().expect("memory does not fail");
            ledger = Ledger::open(Box::new(store.clone()), terms).expect("it is whole").0;
            assert_eq!(ledger.look(|state| state.at().0), Ok(last), "seed {seed}, jump {jump}");
        }
        let held = ledger.look(|state| state.book(Tenant(0)).and_then(|book| book.cell_at(CellNo(0), at)));
        live.retain(|hold| hold.1 > at);
        assert_eq!(
            held.expect("it runs").map(|cell| cell.held as usize),
            Some(live.len()),
            "seed {seed}, jump {jump}"
        );
    }
}
