//! Many threads, one writer.

use crate::support::{hash, number, open, opened};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use volok::ledger::store::MemoryStore;
use volok::ledger::*;
use volok::testkit::Random;
use volok::testkit::ledger::World;

/// A book with so many units in each of its first cells.
fn stocked(units: u32) -> (Ledger, MemoryStore) {
    let store = MemoryStore::default();
    let ledger = open(store.clone());
    let mut commands = World::opening(Tenant(0));
    for cell in 0..CELLS {
        let what = StockChange::Receipt(CellNo(cell), units);
        let body = Body::Stock(StockEvent { source: SourceNo(0), sequence: u64::from(cell) + 1, what });
        commands.push(Command { tenant: Tenant(0), key: Key(500 + u128::from(cell)), body });
    }
    ledger.submit(commands, Stamp(0)).expect("memory does not fail");
    (ledger, store)
}

fn place(key: u128, cell: CellNo, qty: u32) -> Command {
    let lines = Lines::from_iter([Wanted { what: Want::Cell(cell), qty }]);
    let body = Body::Place(Place {
        channel: ChannelNo(0),
        customer: None,
        node: NodeNo(0),
        lines,
        life: 60,
        priority: 0,
        instead_of: None,
        claims: Vec::new(),
    });
    Command { tenant: Tenant(0), key: Key(key), body }
}

/// Attempts of one ledger, so that memory suffices for any number of them.
const ATTEMPTS: u64 = 1_000_000;
const CELLS: u32 = 3;

/// What eight threads did to the cells: units that came in and units sold, by cell.
#[derive(Default)]
struct Moved {
    came: [AtomicU64; CELLS as usize],
    sold: [AtomicU64; CELLS as usize],
}

/// One thread: places, fulfils and releases; the first one also reports what comes in.
fn attempt(ledger: &Ledger, thread: u64, attempts: u64, moved: &Moved) {
    let mut random = Random::new(thread);
    let (mut mine, mut reports) = (Vec::new(), 0);
    for attempt in 0..attempts {
        let cell = random.below(u64::from(CELLS)) as u32;
        let qty = random.between(1, 3) as u32;
        let turn = random.below(100);
        let body = match mine.is_empty() {
            _ if turn < 5 && thread == 0 => {
                let what = StockChange::Receipt(CellNo(cell), qty);
                Body::Stock(StockEvent { source: SourceNo(1), sequence: reports + 1, what })
            }
            false if turn < 35 => {
                let (hold, _, _) = mine[random.row(mine.len())];
                Body::Release(Release { hold, version: None })
            }
            false if turn < 40 => {
                let (hold, _, _) = mine[random.row(mine.len())];
                let (version, lines, by) = (None, Lines::new(), NodeNo(0));
                Body::Fulfil(Fulfil { hold, version, lines, remainder: Remainder::Release, by })
            }
            _ => place(0, CellNo(cell), qty).body,
        };
        let key = Key(1_000 + (u128::from(thread) << 64) + u128::from(attempt));
        let command = Command { tenant: Tenant(0), key, body };
        let outcomes = ledger.submit(vec![command.clone()], Stamp(1)).expect("memory does not fail");
        match (&command.body, outcomes[0].result.clone()) {
            (Body::Place(_), Ok(Done::Held { hold, .. })) => mine.push((hold, cell, qty)),
            (Body::Place(_), Err(refusal)) => assert_eq!(refusal.code, Code::NotEnough),
            (Body::Stock(_), Ok(Done::Stocked { .. })) => {
                reports += 1;
                moved.came[cell as usize].fetch_add(u64::from(qty), Ordering::Relaxed);
            }
            (Body::Release(Release { hold, .. }) | Body::Fulfil(Fulfil { hold, .. }), Ok(done)) => {
                let row = mine.iter().position(|held| held.0 == *hold).expect("it was its own");
                let (_, cell, qty) = mine.swap_remove(row);
                if matches!(done, Done::Sold { .. }) {
                    moved.sold[cell as usize].fetch_add(u64::from(qty), Ordering::Relaxed);
                }
            }
            (body, other) => panic!("{body:?}: {other:?}"),
        }
    }
}

#[test]
fn many_threads_on_few_cells_never_hold_more_than_there_is() {
    let mut left = number("VOLOK_LEDGER_ATTEMPTS", 16_000);
    println!("{left} attempts");
    while left > 0 {
        let attempts = left.min(ATTEMPTS);
        left -= attempts;
        let (ledger, store) = stocked(100);
        let (moved, done) = (Moved::default(), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (ledger, moved, done) = (&ledger, &moved, &done);
                scope.spawn(move || {
                    attempt(ledger, thread, attempts.div_ceil(8), moved);
                    done.fetch_add(1, Ordering::Relaxed);
                });
            }
            // A reader looks on: what it sees adds up, at every commit.
            while done.load(Ordering::Relaxed) < 8 {
                let view = ledger.view(Tenant(0)).expect("it runs").expect("a book");
                for cell in 0..CELLS {
                    let [on_hand, held, _] = view.cell(CellNo(cell)).expect("a cell");
                    assert!(held <= on_hand, "cell {cell}: {held} of {on_hand} are held");
                }
            }
        });
        let view = ledger.view(Tenant(0)).expect("it runs").expect("a book");
        for cell in 0..CELLS {
            let of = |units: &[AtomicU64]| units[cell as usize].load(Ordering::Relaxed);
            let right = 100 + of(&moved.came) - of(&moved.sold);
            assert_eq!(view.cell(CellNo(cell)).map(|units| u64::from(units[0])), Some(right), "cell {cell}");
        }
        assert_eq!(ledger.look(State::audit), Ok(None));
        assert_eq!(hash(&ledger), hash(&opened(store).expect("it is whole").0));
    }
}

#[test]
fn one_key_sent_by_all_at_once_has_one_effect() {
    let (ledger, _) = stocked(100);
    for round in 0..number("VOLOK_LEDGER_KEYS", 200) {
        let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
            let send = || ledger.submit(vec![place(9_000 + u128::from(round), CellNo(0), 1)], Stamp(1));
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(send)).collect();
            let answers = threads.into_iter().map(|thread| thread.join().expect("no panic"));
            answers.map(|answer| answer.expect("memory does not fail").remove(0)).collect()
        });
        assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]), "round {round}: {outcomes:?}");
    }
    let held = ledger.view(Tenant(0)).expect("it runs").expect("a book").cell(CellNo(0)).expect("a cell")[1];
    assert_eq!(u64::from(held), number("VOLOK_LEDGER_KEYS", 200).min(100));
}

#[test]
fn a_view_stays_as_it_was_while_the_writer_goes_on() {
    let (ledger, _) = stocked(10);
    let before = ledger.view(Tenant(0)).expect("it runs").expect("a book");
    ledger.submit(vec![place(1_000, CellNo(0), 4)], Stamp(1)).expect("memory does not fail");
    let after = ledger.view(Tenant(0)).expect("it runs").expect("a book");
    assert_eq!((before.cell(CellNo(0)), after.cell(CellNo(0))), (Some([10, 0, 0]), Some([10, 4, 0])));
    assert_eq!(before.sequence() + 1, after.sequence());
}

#[test]
fn a_batch_is_answered_in_order_and_one_too_long_not_at_all() {
    let (ledger, _) = stocked(3);
    let batch: Vec<Command> = (0..4).map(|key| place(1_000 + key, CellNo(0), 1)).collect();
    let outcomes = ledger.submit(batch, Stamp(1)).expect("memory does not fail");
    let granted: Vec<bool> = outcomes.iter().map(|outcome| outcome.result.is_ok()).collect();
    assert_eq!(granted, [true, true, true, false]);
    let long = vec![place(2_000, CellNo(0), 1); limits::BATCH + 1];
    assert!(matches!(ledger.submit(long, Stamp(1)), Err(SubmitError::TooMany { .. })));
}

/// Requests of a thread, sent in batches, and what they were answered.
fn send(ledger: &Ledger, requests: &[Command], seed: u64) -> Vec<(Command, Outcome)> {
    let (mut random, mut answered) = (Random::new(seed), Vec::new());
    let mut left = requests;
    while !left.is_empty() {
        let (batch, rest) = left.split_at(left.len().min(random.between(1, 9) as usize));
        let outcomes = ledger.submit(batch.to_vec(), Stamp(1)).expect("memory does not fail");
        answered.extend(batch.iter().cloned().zip(outcomes));
        left = rest;
    }
    answered
}

#[test]
fn requests_sent_again_out_of_order_and_changed_have_one_effect_a_key() {
    // Each key comes six times from four threads, once of those with another body, in an order of chance.
    let (keys, seed) = (number("VOLOK_LEDGER_REQUESTS", 6_000).div_ceil(6), number("VOLOK_SEED", 1));
    println!("{} requests, seed {seed}", keys * 6);
    let (ledger, store) = stocked(1_000);
    let mut random = Random::new(seed);
    let mut sent: [Vec<Command>; 4] = Default::default();
    for key in 0..u128::from(keys) {
        for copy in 0..6 {
            let command = place(9_000 + key, CellNo(0), if copy == 0 { 2 } else { 1 });
            let thread = &mut sent[random.row(4)];
            // Not far from where it belongs, so that copies of a key meet.
            let at = thread.len() - random.row(thread.len().min(40) + 1);
            thread.insert(at, command);
        }
    }
    let answered: Vec<(Command, Outcome)> = std::thread::scope(|scope| {
        let (ledger, threads) = (&ledger, sent.iter().zip(seed..));
        let threads: Vec<_> =
            threads.map(|(sent, seed)| scope.spawn(move || send(ledger, sent, seed))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    let (mut held, mut told_otherwise) = (0, 0);
    let mut by_key: BTreeMap<Key, Vec<(Command, Outcome)>> = BTreeMap::new();
    answered
        .into_iter()
        .for_each(|(command, outcome)| by_key.entry(command.key).or_default().push((command, outcome)));
    for (key, answers) in &by_key {
        let effect = ledger.operation(Tenant(0), *key).expect("it runs").expect("it was answered");
        let is_reused =
            |outcome: &Outcome| outcome.result.as_ref().is_err_and(|refusal| refusal.code == Code::KeyReused);
        let taken: Vec<&Command> =
            answers.iter().filter(|(_, outcome)| !is_reused(outcome)).map(|(command, _)| command).collect();
        // One body was first; all its copies got its answer, and every other body was told so.
        assert!(taken.iter().all(|command| command.body == taken[0].body), "{key:?}");
        assert!(answers.iter().all(|(command, outcome)| match command.body == taken[0].body {
            true => *outcome == effect,
            false => is_reused(outcome),
        }));
        told_otherwise += answers.len() - taken.len();
        if let (Body::Place(place), Ok(_)) = (&taken[0].body, effect.result) {
            held += place.lines[0].qty;
        }
    }
    assert!(by_key.len() as u64 == keys && told_otherwise >= by_key.len());
    let view = ledger.view(Tenant(0)).expect("it runs").expect("a book");
    assert_eq!(view.cell(CellNo(0)).map(|units| units[1]), Some(held));
    assert_eq!(hash(&ledger), hash(&opened(store).expect("it is whole").0));
}

#[test]
fn a_view_shows_as_free_what_has_run_out_although_nobody_looked() {
    let (ledger, _) = stocked(10);
    ledger.submit(vec![place(1_000, CellNo(0), 4)], Stamp(1)).expect("memory does not fail");
    // A minute later something else happens.
    let elsewhere = Command { tenant: Tenant(0), key: Key(1_001), body: Body::Safety(CellNo(1), 0) };
    ledger.submit(vec![elsewhere], Stamp::at(Second(60))).expect("memory does not fail");
    let view = ledger.view(Tenant(0)).expect("it runs").expect("a book");
    assert_eq!(view.cell(CellNo(0)), Some([10, 0, 0]));
}
