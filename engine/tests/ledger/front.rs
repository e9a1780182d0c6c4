//! Many threads, one writer.

use crate::support::{hash, number, open, opened};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use volok::ledger::store::MemoryStore;
use volok::ledger::*;
use volok::testkit::Random;
use volok::testkit::ledger::World;

/// A book with so many units in its first cell.
fn stocked(units: u32) -> (Ledger, MemoryStore) {
    let store = MemoryStore::default();
    let ledger = open(store.clone());
    let mut commands = World::opening(Tenant(0));
    let what = StockChange::Receipt(CellNo(0), units);
    let body = Body::Stock(StockEvent { source: SourceNo(0), sequence: 1, what });
    commands.push(Command { tenant: Tenant(0), key: Key(500), body });
    ledger.submit(commands, Stamp(0)).expect("memory does not fail");
    (ledger, store)
}

fn place(key: u128, qty: u32) -> Command {
    let lines = Lines::from_iter([Wanted { what: Want::Cell(CellNo(0)), qty }]);
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

#[test]
fn many_threads_on_one_cell_never_hold_more_than_there_is() {
    let (ledger, store) = stocked(1_000);
    let (held, done) = (AtomicU64::new(0), AtomicU32::new(0));
    let attempts = number("VOLOK_LEDGER_ATTEMPTS", 2_000);
    std::thread::scope(|scope| {
        for thread in 0..8u128 {
            let (ledger, held, done) = (&ledger, &held, &done);
            scope.spawn(move || {
                let mut random = Random::new(thread as u64);
                for attempt in 0..u128::from(attempts) {
                    let qty = random.between(1, 3) as u32;
                    let command = place(1_000 + (thread << 64) + attempt, qty);
                    let outcome = ledger.submit(vec![command], Stamp(1)).expect("memory does not fail");
                    if outcome[0].result.is_ok() {
                        held.fetch_add(u64::from(qty), Ordering::Relaxed);
                    }
                }
                done.fetch_add(1, Ordering::Relaxed);
            });
        }
        // A reader looks on: what it sees adds up, at every commit.
        while done.load(Ordering::Relaxed) < 8 {
            let view = ledger.view(Tenant(0)).expect("it runs").expect("a book");
            let [on_hand, held, _] = view.cell(CellNo(0)).expect("a cell");
            assert!(held <= on_hand && on_hand == 1_000);
        }
    });
    assert_eq!(held.into_inner(), 1_000);
    assert_eq!(hash(&ledger), hash(&opened(store).expect("it is whole").0));
    assert_eq!(ledger.look(State::audit), Ok(None));
}

#[test]
fn one_key_sent_by_all_at_once_has_one_effect() {
    let (ledger, _) = stocked(100);
    for round in 0..number("VOLOK_LEDGER_KEYS", 200) {
        let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
            let send = || ledger.submit(vec![place(9_000 + u128::from(round), 1)], Stamp(1));
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(send)).collect();
            let answers = threads.into_iter().map(|thread| thread.join().expect("no panic"));
            answers.map(|answer| answer.expect("memory does not fail")[0]).collect()
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
    ledger.submit(vec![place(1_000, 4)], Stamp(1)).expect("memory does not fail");
    let after = ledger.view(Tenant(0)).expect("it runs").expect("a book");
    assert_eq!((before.cell(CellNo(0)), after.cell(CellNo(0))), (Some([10, 0, 0]), Some([10, 4, 0])));
    assert_eq!(before.sequence() + 1, after.sequence());
}

#[test]
fn a_batch_is_answered_in_order_and_one_too_long_not_at_all() {
    let (ledger, _) = stocked(3);
    let batch: Vec<Command> = (0..4).map(|key| place(1_000 + key, 1)).collect();
    let outcomes = ledger.submit(batch, Stamp(1)).expect("memory does not fail");
    let granted: Vec<bool> = outcomes.iter().map(|outcome| outcome.result.is_ok()).collect();
    assert_eq!(granted, [true, true, true, false]);
    let long = vec![place(2_000, 1); limits::BATCH + 1];
    assert!(matches!(ledger.submit(long, Stamp(1)), Err(SubmitError::TooMany { .. })));
}
