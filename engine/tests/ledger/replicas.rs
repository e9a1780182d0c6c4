//! Several replicas on one shared store in memory, cut off and slowed down by chance, each with a clock of its own: one log
//! comes of it, with everything that was acknowledged, once.

use crate::support::{ANY, hash, number};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use volok::ledger::store::{Seat, SharedMemory, SharedStore, Store, StoreError};
use volok::ledger::*;
use volok::testkit::Random;
use volok::testkit::ledger::World;

const SECOND: i64 = 1_000_000_000;
const PATIENCE: Duration = Duration::from_secs(1);

fn place(key: u128) -> Command {
    let lines = Lines::from_iter([Wanted { what: Want::Cell(CellNo(0)), qty: 1 }]);
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

/// A shared store with a book in it, and the seat free.
fn stocked() -> SharedMemory {
    let shared = SharedMemory::default();
    let mut writer = shared.other();
    assert_eq!(writer.take(&Seat::default(), "stocked"), Ok(true));
    let mut commands = World::opening(Tenant(0));
    let what = StockChange::Receipt(CellNo(0), 1_000_000);
    let body = Body::Stock(StockEvent { source: SourceNo(0), sequence: 1, what });
    commands.push(Command { tenant: Tenant(0), key: Key(500), body });
    open_seated(&writer).submit(commands, Stamp(0)).expect("memory does not fail");
    writer.leave().expect("it has the seat");
    shared
}

fn open_seated(store: &SharedMemory) -> Ledger {
    Ledger::open(store.second().expect("memory does not fail"), ANY).expect("it is whole").0
}

/// A replica, and what can go wrong with it.
struct One {
    replica: Replica<SharedMemory>,
    is_cut_off: Arc<AtomicBool>,
    loses_answers: Arc<AtomicBool>,
    /// How far its clock is from everyone's.
    ahead: i64,
}

impl One {
    fn new(shared: &SharedMemory, name: &str, ahead: i64) -> One {
        let store = shared.other();
        let (is_cut_off, loses_answers) = (store.cut_off(), store.lose_answers());
        One { replica: Replica::new(store, name, PATIENCE, ANY), is_cut_off, loses_answers, ahead }
    }
}

#[test]
fn whatever_is_cut_off_one_log_comes_of_it_with_all_that_was_acknowledged_once() {
    let (runs, first) = (number("VOLOK_LEDGER_RUNS", 5) * 4, number("VOLOK_SEED", 1));
    println!("{runs} runs of three replicas, seeds {first}..{}", first + runs);
    let mut epochs = 0;
    for seed in first..first + runs {
        let (mut random, shared) = (Random::new(seed), stocked());
        let mut ones: Vec<One> = (0..3)
            .map(|row| One::new(&shared, &format!("{row}"), random.between(-9, 9) * 1_000 * SECOND))
            .collect();
        let (mut time, mut named) = (20_000 * SECOND, 3);
        // Requests under way, and what was answered.
        let mut waiting: Vec<u128> = Vec::new();
        let mut heard: BTreeMap<u128, Outcome> = BTreeMap::new();
        for step in 0..600u128 {
            time += random.between(0, SECOND / 5);
            let row = random.row(ones.len());
            let one = &mut ones[row];
            match random.below(100) {
                0..2 => one.is_cut_off.store(true, Ordering::Relaxed),
                2..8 => one.is_cut_off.store(false, Ordering::Relaxed),
                8..10 => one.loses_answers.store(true, Ordering::Relaxed),
                10..14 => one.loses_answers.store(false, Ordering::Relaxed),
                // The process dies, and another one is started.
                14 => {
                    named += 1;
                    *one = One::new(&shared, &format!("{named}"), one.ahead);
                }
                15 => drop(one.replica.leave()),
                16 => drop(one.replica.snapshot(Some(random.below(50)))),
                17..60 => drop(one.replica.turn(Stamp(time + one.ahead))),
                _ => {
                    let again = random.percent(40) && !waiting.is_empty();
                    let key = if again { waiting[random.row(waiting.len())] } else { 1_000 + step };
                    if !again {
                        waiting.push(key);
                    }
                    if let Ok(outcomes) = one.replica.submit(vec![place(key)], Stamp(time + one.ahead)) {
                        let outcome = outcomes[0].clone();
                        assert_eq!(
                            *heard.entry(key).or_insert(outcome.clone()),
                            outcome,
                            "seed {seed}: {key}"
                        );
                    }
                }
            }
        }
        // Calm again: one writes, all come to the same state, and every key has its answer.
        for one in &ones {
            one.is_cut_off.store(false, Ordering::Relaxed);
            one.loses_answers.store(false, Ordering::Relaxed);
        }
        for _ in 0..40 {
            time += SECOND / 10;
            for one in &ones {
                one.replica.turn(Stamp(time + one.ahead)).expect("memory does not fail");
            }
        }
        let writers: Vec<&One> =
            ones.iter().filter(|one| one.replica.standing().role == Role::Writes).collect();
        assert_eq!(writers.len(), 1, "seed {seed}");
        let sequence = writers[0].replica.standing().sequence;
        let state = writers[0].replica.look(sequence, State::hash).expect("it runs");
        for one in &ones {
            assert_eq!(one.replica.look(sequence, State::hash), Ok(state), "seed {seed}");
        }
        for (key, outcome) in &heard {
            let told = writers[0].replica.submit(vec![place(*key)], Stamp(time)).expect("it writes");
            assert_eq!(told[0], *outcome, "seed {seed}: {key}");
        }
        let broken = writers[0].replica.look(sequence, |state| state.audit());
        assert_eq!(broken, Ok(None), "seed {seed}");
        epochs += shared.other().seat().expect("memory does not fail").epoch;
    }
    println!("the seat was taken {epochs} times");
    assert!(epochs > runs * 4, "the seat changed hands {epochs} times only");
}

#[test]
fn a_follower_says_as_of_which_operation_it_answers() {
    let shared = stocked();
    let (one, two) = (One::new(&shared, "one", 0).replica, One::new(&shared, "two", 0).replica);
    assert_eq!(one.turn(Stamp(0)).expect("memory does not fail").role, Role::Writes);
    let standing = two.turn(Stamp(0)).expect("memory does not fail");
    assert_eq!((standing.role, standing.writer.as_deref(), standing.epoch), (Role::Follows, Some("one"), 2));
    one.submit(vec![place(1_000)], Stamp(1)).expect("it writes");
    let sequence = one.standing().sequence;
    assert_eq!(
        two.look(sequence, State::sequence),
        Err(ReplicaError::Behind { asked: sequence, found: sequence - 1 })
    );
    two.turn(Stamp(1)).expect("memory does not fail");
    assert_eq!(two.look(sequence, State::sequence), Ok(sequence));
    assert!(two.ledger().is_none() && two.snapshot(None) == Ok(None));
    assert_eq!(two.leave(), Ok(()));
}

#[test]
fn a_writer_that_is_only_slow_keeps_the_seat_and_one_that_leaves_is_followed_at_once() {
    let shared = stocked();
    let (one, two) = (One::new(&shared, "one", 0).replica, One::new(&shared, "two", 0).replica);
    for turn in 0..20 {
        // One turn in each second but a little: the seat moves before the other's patience ends.
        let now = turn * (SECOND - SECOND / 10);
        assert_eq!(one.turn(Stamp(now)).expect("memory does not fail").role, Role::Writes);
        assert_eq!(two.turn(Stamp(now)).expect("memory does not fail").role, Role::Follows);
    }
    one.leave().expect("memory does not fail");
    let standing = two.turn(Stamp(18 * SECOND)).expect("memory does not fail");
    assert_eq!((standing.role, standing.writer.as_deref()), (Role::Writes, Some("two")));
}

#[test]
fn a_wait_begins_anew_while_nobody_reaches_the_store() {
    let shared = stocked();
    let (one, two) = (One::new(&shared, "one", 0), One::new(&shared, "two", 0));
    one.replica.turn(Stamp(0)).expect("memory does not fail");
    two.replica.turn(Stamp(0)).expect("memory does not fail");
    // The database is away for nine seconds: no writer could show that it lives.
    two.is_cut_off.store(true, Ordering::Relaxed);
    assert!(matches!(
        two.replica.turn(Stamp(5 * SECOND)),
        Err(ReplicaError::Recover(RecoverError::Store(StoreError::Failed { .. })))
    ));
    two.is_cut_off.store(false, Ordering::Relaxed);
    assert_eq!(two.replica.turn(Stamp(9 * SECOND)).expect("memory does not fail").role, Role::Follows);
    assert_eq!(two.replica.turn(Stamp(10 * SECOND)).expect("memory does not fail").role, Role::Writes);
    // The state of the one that had the seat is not asked for anything any more.
    let late = one.replica.submit(vec![place(1_000)], Stamp(11 * SECOND));
    assert!(
        matches!(late, Err(ReplicaError::Submit(SubmitError::OutcomeUnknown(StoreError::Fenced { .. })))),
        "{late:?}"
    );
    assert_eq!(one.replica.turn(Stamp(11 * SECOND)).expect("memory does not fail").role, Role::Follows);
}

#[test]
fn a_follower_that_met_what_it_cannot_read_says_so_and_stays_so() {
    let shared = stocked();
    let mut writer = shared.other();
    let seen = writer.seat().expect("memory does not fail");
    assert_eq!(writer.take(&seen, "writer"), Ok(true));
    let mut follower = Follower::default();
    follower.catch_up(&writer).expect("it is whole");
    let (sequence, state) = (follower.sequence(), follower.state().hash());
    writer.append(sequence, sequence + 1, b"no group").expect("it has the seat");
    let broken = follower.catch_up(&writer);
    assert!(matches!(broken, Err(RecoverError::Damaged { after, .. }) if after == sequence), "{broken:?}");
    // The damage is gone; what it knows is not trusted any more. Another one reads it all.
    writer.cut(sequence).expect("it has the seat");
    assert_eq!(follower.catch_up(&writer), broken);
    let mut another = Follower::default();
    another.catch_up(&writer).expect("it is whole");
    assert_eq!(another.state().hash(), state);
    assert_eq!(hash(&open_seated(&writer)), state);
}

#[test]
fn one_that_retires_reads_on_and_never_writes_again() {
    let shared = stocked();
    let [one, two] = ["one", "two"].map(|name| Replica::new(shared.other(), name, PATIENCE, ANY));
    let role = |replica: &Replica<SharedMemory>, at: i64| replica.turn(Stamp(at)).expect("memory").role;
    assert_eq!(role(&one, 0), Role::Writes);
    one.retire().expect("memory");
    // The seat is free, and stays so until somebody else comes.
    assert_eq!([role(&one, 1), role(&one, 90 * SECOND)], [Role::Follows; 2]);
    assert_eq!(role(&two, 91 * SECOND), Role::Writes);
    two.submit(vec![place(1_000)], Stamp(92 * SECOND)).expect("it writes");
    let mut seen = Vec::new();
    let read = one.turn_each(Stamp(93 * SECOND), &mut |records, state| {
        seen.extend(records.iter().map(|record| (state.sequence(), record.command.key)));
        Ok(())
    });
    let last = read.expect("memory").sequence;
    assert_eq!(seen, [(last, Key(1_000))]);
    // What was done is told alike by whoever writes and whoever follows, also from the middle of a row.
    for (after, most) in [(0, 1_000), (2, 3), (last - 1, 9), (last, 9)] {
        let told = one.records(after, most).expect("memory");
        assert_eq!(told, two.records(after, most).expect("memory"), "{after}, {most}");
        assert_eq!(told.len() as u64, (last - after).min(most as u64));
    }
}
