//! Whoever follows the log hears every operation once, in order, from wherever they begin.

use crate::support::{ANY, batches, open};
use volok::ledger::store::MemoryStore;
use volok::ledger::*;

#[test]
fn every_operation_is_told_from_wherever_one_begins() {
    let ledger = open(MemoryStore::default());
    // Rows of one command and rows of many.
    let mut told: Vec<(Command, Outcome)> = Vec::new();
    for (commands, now) in batches(3, 6, 40) {
        let outcomes = ledger.submit(commands.clone(), now).expect("memory does not fail");
        for (command, outcome) in commands.into_iter().zip(outcomes) {
            // No two operations share a moment: what was answered before, and nonsense, is no operation.
            if told.last().is_none_or(|(_, last)| outcome.at > last.at) {
                told.push((command, outcome));
            }
        }
    }
    let last = told.len() as u64;
    assert_eq!(ledger.look(State::sequence), Ok(last));
    for after in (0..last).step_by(7).chain([last - 1]) {
        let records = ledger.records(after, 25).expect("it runs");
        assert_eq!(records.len() as u64, (last - after).min(25));
        for (number, record) in records {
            let (command, outcome) = &told[number as usize - 1];
            assert_eq!((&record.command, &record.outcome), (command, outcome), "operation {number}");
        }
    }
    assert_eq!(ledger.records(last, 25), Ok(Vec::new()));
    assert_eq!(ledger.records(last + 1_000, 25), Ok(Vec::new()));
    assert_eq!(ledger.records(0, 0), Ok(Vec::new()));
}

#[test]
fn it_is_told_also_where_a_snapshot_stands_for_the_beginning() {
    let store = MemoryStore::default();
    let (ledger, _) = Ledger::open(Box::new(store.clone()), ANY).expect("it opens");
    for (commands, now) in batches(4, 3, 30) {
        ledger.submit(commands, now).expect("memory does not fail");
    }
    let before = ledger.records(0, 1_000).expect("it runs");
    ledger.snapshot().expect("memory does not fail");
    drop(ledger);
    let again = open(store);
    assert_eq!(again.records(0, 1_000), Ok(before));
}
