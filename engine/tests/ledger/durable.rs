//! What was acknowledged is there after anything: faults of the store, cuts, flipped bits, snapshots.

use crate::support::{batches, hash, number, open, opened};
use volok::ledger::store::{Faults, FaultyStore, MemoryStore, Row, Store};
use volok::ledger::*;

/// A store with batches of a seed in it, and hash and sequence after each.
fn written(seed: u64, count: usize, size: usize) -> (MemoryStore, Vec<(u64, Chain)>) {
    let store = MemoryStore::default();
    let ledger = open(store.clone());
    let mut states = vec![(0, hash(&ledger))];
    for (batch, now) in batches(seed, count, size) {
        ledger.submit(batch, now).expect("memory does not fail");
        states.push((ledger.look(State::sequence).expect("it runs"), hash(&ledger)));
    }
    (store, states)
}

#[test]
fn a_log_read_again_gives_the_same_state_with_and_without_a_snapshot() {
    for seed in 1..=number("VOLOK_LEDGER_RUNS", 5) {
        let store = MemoryStore::default();
        let ledger = open(store.clone());
        let all = batches(seed, 60, 5);
        for (row, (batch, now)) in all.iter().enumerate() {
            ledger.submit(batch.clone(), *now).expect("memory does not fail");
            if row == 30 {
                ledger.snapshot().expect("memory does not fail");
            }
        }
        let (state, chain) = (hash(&ledger), ledger.chain());
        let (again, recovery) = opened(store.clone()).expect("it is whole");
        assert!(recovery.snapshot > 0 && recovery.replayed > 0 && recovery.cut.is_none(), "{recovery:?}");
        assert_eq!((hash(&again), again.chain()), (state, chain), "seed {seed}");
        let whole = verify(&store).expect("it is whole");
        assert_eq!((whole.state, whole.chain, whole.broken), (state, chain, None), "seed {seed}");
        let full = opened(MemoryStore::of_rows(store.rows())).expect("it is whole").0;
        assert_eq!(hash(&full), state, "seed {seed}");
    }
}

#[test]
fn a_ledger_goes_on_after_a_recovery_as_if_nothing_had_been() {
    let all = batches(11, 40, 4);
    let (straight, stopped) = (open(MemoryStore::default()), MemoryStore::default());
    for (batch, now) in &all {
        let one = straight.submit(batch.clone(), *now);
        let ledger = open(stopped.clone());
        assert_eq!(ledger.submit(batch.clone(), *now), one);
        if ledger.look(State::sequence).expect("it runs").is_multiple_of(3) {
            ledger.snapshot().expect("memory does not fail");
        }
    }
    assert_eq!(hash(&open(stopped)), hash(&straight));
}

/// What a store of these rows comes to.
fn came_to(rows: Vec<Row>) -> Result<(u64, Chain, bool), RecoverError> {
    let (ledger, recovery) = opened(MemoryStore::of_rows(rows))?;
    Ok((ledger.look(State::sequence).expect("it runs"), hash(&ledger), recovery.cut.is_some()))
}

#[test]
fn an_end_torn_at_any_byte_is_cut_and_told() {
    let (store, states) = written(3, 6, 3);
    let rows = store.rows();
    let last = rows.last().expect("rows").clone();
    let before = states.iter().rev().find(|state| state.0 == last.after).expect("a state").1;
    for end in 0..last.bytes.len() {
        let mut torn = rows.clone();
        torn.last_mut().expect("rows").bytes.truncate(end);
        assert_eq!(came_to(torn), Ok((last.after, before, true)), "cut at byte {end}");
    }
}

#[test]
fn any_flipped_bit_before_the_last_commit_is_refused_where_it_stands() {
    let (store, _) = written(4, number("VOLOK_LEDGER_GROUPS", 8) as usize, 2);
    let rows = store.rows();
    let mut flipped = 0;
    for row in rows.len().saturating_sub(64)..rows.len() {
        for bit in 0..rows[row].bytes.len() * 8 {
            let mut damaged = rows.clone();
            damaged[row].bytes[bit / 8] ^= 1 << (bit % 8);
            let found = came_to(damaged);
            flipped += 1;
            match row + 1 == rows.len() {
                // Nobody can tell a commit cut short from one that was changed; either way it is told.
                true => assert!(matches!(found, Ok((_, _, true))), "row {row}, bit {bit}"),
                false => assert!(
                    matches!(&found, Err(RecoverError::Damaged { after, .. }) if *after == rows[row].after),
                    "row {row}, bit {bit}: {found:?}"
                ),
            }
        }
    }
    println!("{flipped} bits flipped");
}

#[test]
fn a_missing_or_foreign_group_is_refused() {
    let (store, _) = written(5, 6, 3);
    let rows = store.rows();
    for missing in 0..rows.len() - 1 {
        let mut holed = rows.clone();
        holed.remove(missing);
        assert!(matches!(came_to(holed), Err(RecoverError::Hole { .. })), "without row {missing}");
    }
    // A whole group of another log, at the very place of one of this.
    let other = written(6, 6, 3).0.rows();
    let mut mixed = rows.clone();
    let at = rows.iter().zip(&other).position(|(one, other)| one != other).expect("they differ") + 1;
    let foreign = other.iter().find(|row| row.after == rows[at].after).expect("both have gone as far");
    mixed[at] = foreign.clone();
    assert_eq!(came_to(mixed), Err(RecoverError::OtherLog { after: rows[at].after }));
}

#[test]
fn a_ledger_read_from_its_snapshot_alone_answers_as_the_one_that_wrote_it() {
    // The hash of a state is the hash of its snapshot: what a snapshot left out, only later answers would show.
    for seed in 101..101 + 6 * number("VOLOK_LEDGER_RUNS", 5) {
        let straight = open(MemoryStore::default());
        let mut store = MemoryStore::default();
        let mut ledger = open(store.clone());
        for (row, (batch, now)) in batches(seed, 120, 4).into_iter().enumerate() {
            let right = straight.submit(batch.clone(), now);
            assert_eq!(ledger.submit(batch, now), right, "seed {seed}, batch {row}");
            if row % 4 == 3 {
                ledger.snapshot().expect("memory does not fail");
                let (sequence, bytes) = store.snapshot().expect("memory does not fail").expect("a snapshot");
                store = MemoryStore::default();
                store.put_snapshot(sequence, &bytes).expect("memory does not fail");
                ledger = open(store.clone());
            }
        }
        assert_eq!((hash(&ledger), ledger.look(State::audit)), (hash(&straight), Ok(None)), "seed {seed}");
    }
}

#[test]
fn a_damaged_snapshot_is_refused_and_not_passed_over() {
    let (store, _) = written(7, 5, 3);
    open(store.clone()).snapshot().expect("memory does not fail");
    store.change_snapshot(|bytes| bytes[60] ^= 1);
    assert!(matches!(opened(store), Err(RecoverError::Snapshot { .. })));
}

/// Whether all that was acknowledged is there, as a prefix of what was sent, after a power loss during some append that
/// left so much of what was on its way.
fn survives(seed: u64, forgets_to_flush: bool, kept: usize, torn: usize) -> Result<(), String> {
    let right = written(seed, 8, 3).1;
    let fails_from = (!forgets_to_flush).then_some(3 + seed % 9);
    let store = FaultyStore::new(Faults { forgets_to_flush, fails_from, ..Faults::default() });
    let ledger = open(store.clone());
    let mut acknowledged = 0;
    for (batch, now) in batches(seed, 8, 3) {
        if ledger.submit(batch, now).is_err() {
            break;
        }
        acknowledged = ledger.look(State::sequence).map_err(|error| error.to_string())?;
    }
    let found = came_to(store.after_power_loss(kept, torn).rows()).map_err(|error| error.to_string())?;
    if found.0 < acknowledged {
        return Err(format!("seed {seed}: {acknowledged} operations acknowledged, {} there", found.0));
    }
    let right = right.iter().find(|known| known.0 == found.0).map(|known| known.1);
    if right == Some(found.1) { Ok(()) } else { Err(format!("seed {seed}: another state after {}", found.0)) }
}

#[test]
fn power_may_go_at_any_time() {
    let first = number("VOLOK_SEED", 1);
    for seed in first..first + number("VOLOK_LEDGER_LOSSES", 50) {
        let (kept, torn) = ((seed % 3 / 2) as usize, (seed * 37 % 500) as usize);
        survives(seed, false, kept, torn).unwrap_or_else(|broken| panic!("{broken}"));
    }
}

#[test]
fn a_store_that_forgets_to_flush_loses_what_was_acknowledged() {
    // The negative control: were this to pass, the test above would test nothing.
    let lost = (1..=20).filter(|&seed| survives(seed, true, (seed % 9) as usize, 0).is_err()).count();
    assert!(lost >= 15, "{lost} of 20 power losses were noticed");
}

#[test]
fn whichever_call_fails_first_nothing_acknowledged_is_lost_and_the_keys_tell_the_rest() {
    let all = batches(21, 10, 3);
    for (did_it, once) in [(false, false), (false, true), (true, false), (true, true)] {
        for call in 0.. {
            let faults = Faults { fails_from: Some(call), once, did_it, ..Faults::default() };
            let store = FaultyStore::new(faults);
            let Ok((ledger, _)) = opened(store.clone()) else { continue };
            let (mut acknowledged, mut unknown) = (Vec::new(), None);
            for (row, (batch, now)) in all.iter().enumerate() {
                if row % 4 == 3 && ledger.snapshot().is_err() {
                    unknown = Some(Vec::new());
                    break;
                }
                match ledger.submit(batch.clone(), *now) {
                    Ok(outcomes) => acknowledged.extend(batch.iter().cloned().zip(outcomes)),
                    Err(SubmitError::OutcomeUnknown(_)) => {
                        unknown = Some(batch.clone());
                        break;
                    }
                    Err(other) => panic!("call {call}: {other}"),
                }
            }
            let Some(unknown) = unknown else { break };
            // From then on it does nothing and shows nothing, whether or not the store works again.
            assert!(matches!(ledger.submit(unknown.clone(), Stamp(0)), Err(SubmitError::Stopped(_))));
            assert!(ledger.operation(Tenant(0), Key(0)).is_err());
            let again = open(store.safe());
            for (command, outcome) in &acknowledged {
                let told = again.operation(command.tenant, command.key).expect("it runs");
                let remembered = outcome.result.as_ref().map_or_else(|no| no.code.is_remembered(), |_| true);
                if let (true, Some(told)) = (remembered, told) {
                    assert_eq!(told, *outcome, "call {call}");
                }
            }
            // All of the unknown batch, or none of it.
            let fresh =
                unknown.iter().filter(|command| !acknowledged.iter().any(|(old, _)| old.key == command.key));
            let told: Vec<bool> = fresh
                .map(|command| again.operation(command.tenant, command.key).expect("it runs").is_some())
                .collect();
            assert!(told.iter().all(|&there| there == did_it) || told.is_empty(), "call {call}: {told:?}");
        }
    }
}

#[test]
fn a_second_writer_is_noticed() {
    let store = MemoryStore::default();
    let (one, other) = (open(store.clone()), open(store));
    let mut all = batches(1, 1, 1).into_iter();
    let (first, now) = all.next().expect("an opening");
    one.submit(first.clone(), now).expect("the first one writes");
    let refused = other.submit(first, now);
    assert!(matches!(
        refused,
        Err(SubmitError::OutcomeUnknown(store::StoreError::NotTheLast { expected: 0, found: 15 }))
    ));
}

#[test]
fn recovery_may_be_interrupted_and_begun_again() {
    for depth in 0..6 {
        let (store, states) = written(31 + depth, 6, 3);
        let mut rows = store.rows();
        let last = rows.last_mut().expect("rows");
        last.bytes.truncate(40);
        let after = last.after;
        let right = states.iter().rev().find(|state| state.0 == after).expect("a state").1;
        // Every call of the recovery fails once, then it is begun again on what is there.
        for call in 0..4 {
            let store =
                FaultyStore::new(Faults { fails_from: Some(call + rows.len() as u64), ..Faults::default() });
            let mut filled = store.clone();
            for (row, next) in rows.iter().zip(rows.iter().skip(1).map(|row| row.after).chain([u64::MAX])) {
                filled.append(row.after, next, &row.bytes).expect("not yet");
            }
            let _ = opened(store.clone());
            assert_eq!(came_to(store.after_kill().rows()), Ok((after, right, true)), "call {call}");
        }
    }
}

#[test]
fn clocks_that_jump_are_not_believed() {
    let ledger = Ledger::open(Box::new(MemoryStore::default()), ClockTerms { longest_jump: 3_600 });
    let ledger = ledger.expect("an empty store").0;
    let (opening, _) = batches(1, 0, 0).remove(0);
    ledger.submit(opening, Stamp(1_000)).expect("memory does not fail");
    let at = |body: Body, key, now| {
        let command = Command { tenant: Tenant(0), key: Key(key), body };
        ledger.submit(vec![command], Stamp(now)).expect("memory does not fail")[0].at
    };
    let hour = 3_600_000_000_000;
    let set = || Body::Safety(CellNo(0), 0);
    let before = at(set(), 900, 2_000);
    // Backwards: time goes on by the least there is.
    assert_eq!(at(set(), 901, 0), Stamp(before.0 + 1));
    // Far forward: the same, until someone says that the clock is right.
    assert_eq!(at(set(), 902, before.0 + 2 * hour), Stamp(before.0 + 2));
    assert_eq!(at(Body::ConfirmClock, 903, before.0 + 2 * hour), Stamp(before.0 + 2 * hour));
    assert_eq!(at(set(), 904, before.0 + 3 * hour), Stamp(before.0 + 3 * hour));
}
