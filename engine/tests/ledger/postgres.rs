//! The log in PostgreSQL: what every store does, who may write, and what a broken connection leaves.

#[cfg(feature = "sqlite")]
use crate::sqlite::Folder;
use crate::support::{batches, hash, number, open, opened};
use volok::ledger::regions::{
    Fate, Intents, Part, PostgresIntents, Recovered, Region, RegionNo, RegionalOrder, Regions,
};
#[cfg(feature = "sqlite")]
use volok::ledger::store::SqliteStore;
use volok::ledger::store::{MemoryStore, Patience, SharedStore, Store, StoreError};
use volok::ledger::*;
use volok::testkit::ledger::World;
use volok::testkit::postgres::Server;

#[test]
fn the_same_commands_come_to_the_same_on_every_store() {
    let Some(server) = Server::start("same") else { return };
    for seed in 1..=number("VOLOK_LEDGER_RUNS", 5) {
        let name = format!("seed {seed}");
        let (memory, shared) = (open(MemoryStore::default()), open(server.store(&name)));
        #[cfg(feature = "sqlite")]
        let folder = Folder::new(&format!("same-{seed}"));
        #[cfg(feature = "sqlite")]
        let file = open(SqliteStore::open(&folder.0).expect("the folder is there"));
        for (batch, now) in batches(seed, 40, 5) {
            let outcomes = memory.submit(batch.clone(), now).expect("memory does not fail");
            #[cfg(feature = "sqlite")]
            assert_eq!(file.submit(batch.clone(), now).as_ref(), Ok(&outcomes), "seed {seed}");
            assert_eq!(shared.submit(batch, now), Ok(outcomes), "seed {seed}");
        }
        assert_eq!((hash(&shared), shared.chain()), (hash(&memory), memory.chain()), "seed {seed}");
        #[cfg(feature = "sqlite")]
        assert_eq!((hash(&file), file.chain()), (hash(&memory), memory.chain()), "seed {seed}");
        let verified = verify(&server.reader(&name)).expect("it is whole");
        assert_eq!((verified.state, verified.chain, verified.broken), (hash(&memory), memory.chain(), None));
    }
}

#[test]
fn what_it_was_given_it_gives_back_to_whoever_opens_it_next() {
    let Some(server) = Server::start("back") else { return };
    let all = batches(41, 30, 4);
    let (mut state, mut chain) = Default::default();
    for (row, half) in all.chunks(16).enumerate() {
        let (ledger, recovery) = opened(server.store("back")).expect("it is whole");
        assert_eq!((recovery.snapshot > 0, recovery.cut), (row > 0, None));
        if row > 0 {
            assert_eq!((hash(&ledger), ledger.chain()), (state, chain));
        }
        for (batch, now) in half {
            ledger.submit(batch.clone(), *now).expect("the database is there");
        }
        ledger.snapshot().expect("the database is there");
        (state, chain) = (hash(&ledger), ledger.chain());
    }
    // Several ledgers share the tables, and nothing else.
    let (other, _) = opened(server.store("other")).expect("it is empty");
    let (batch, now) = batches(1, 0, 0).remove(0);
    other.submit(batch, now).expect("the database is there");
    let verified = verify(&server.reader("back")).expect("it is whole");
    assert_eq!((verified.state, verified.chain, verified.broken), (state, chain, None));

    // A torn row cannot come about here; where one is all the same, it is cut as everywhere.
    let mut store = server.store("torn");
    store.append(0, 1, b"vlk").expect("it can be written");
    let (ledger, recovery) = opened(store).expect("nothing is lost");
    assert_eq!(recovery.cut.map(|cut| (cut.after, cut.bytes)), Some((0, 3)));
    let (batch, now) = batches(1, 0, 0).remove(0);
    assert!(ledger.submit(batch, now).is_ok());

    // A snapshot of many rows comes back whole, and a smaller one takes its place.
    let mut store = server.store("pieces");
    let bytes: Vec<u8> = (0..30_000_000u32).map(|row| (row >> 13) as u8).collect();
    store.put_snapshot(7, &bytes).expect("it fits");
    assert!(server.reader("pieces").snapshot().expect("it is read") == Some((7, bytes)));
    store.put_snapshot(8, b"small").expect("it fits");
    assert_eq!(store.snapshot().expect("it is read"), Some((8, b"small".to_vec())));
}

#[test]
fn who_lost_the_seat_changes_nothing_any_more() {
    let Some(server) = Server::start("fence") else { return };
    let mut never = server.reader("fence");
    assert!(matches!(never.append(0, 1, b"x"), Err(StoreError::Fenced { epoch: 0, found: 0, .. })));
    let mut first = server.store("fence");
    first.append(0, 2, b"first").expect("it has the seat");
    assert_eq!(first.append(1, 3, b"elsewhere"), Err(StoreError::NotTheLast { expected: 1, found: 2 }));
    assert_eq!(first.append(0, 2, b"first"), Err(StoreError::NotTheLast { expected: 0, found: 2 }));
    first.put_snapshot(2, b"as of 2").expect("it has the seat");

    // Taking goes by what was seen: one who saw it move, or saw it before another took it, does not get it.
    let (mut second, mut third) = (server.reader("fence"), server.reader("fence"));
    let seen = second.seat().expect("it can be read");
    assert_eq!((seen.epoch, seen.last, seen.writer.as_str()), (1, 2, "test"));
    first.beat().expect("it has the seat");
    assert_eq!(second.take(&seen, "second"), Ok(false));
    let seen = second.seat().expect("it can be read");
    assert_eq!(second.take(&seen, "second"), Ok(true));
    assert_eq!(third.take(&seen, "third"), Ok(false));

    // Whatever the first one tries is refused, under a place that is free as well.
    let fenced = |result: Result<(), StoreError>| {
        assert!(matches!(result, Err(StoreError::Fenced { epoch: 1, found: 2, .. })), "{result:?}");
    };
    fenced(first.append(2, 3, b"late"));
    fenced(first.cut(0));
    fenced(first.put_snapshot(9, b"late"));
    fenced(first.beat());
    fenced(first.leave());
    fenced(first.shorten(2).map(|_| ()));
    second.append(2, 3, b"second").expect("it has the seat");
    let rows = third.read(0, 9).expect("it can be read");
    let bytes: Vec<&[u8]> = rows.iter().map(|row| row.bytes.as_slice()).collect();
    assert_eq!(bytes, [b"first".as_slice(), b"second"]);
    assert_eq!(third.snapshot().expect("it can be read"), Some((2, b"as of 2".to_vec())));

    // A seat that was left is free for the next.
    second.leave().expect("it has the seat");
    assert!(third.seat().expect("it can be read").is_vacant());
}

#[test]
fn a_shortened_log_opens_from_its_snapshot_and_a_follower_skips_to_it() {
    let Some(server) = Server::start("short") else { return };
    let ledger = open(server.store("short"));
    let (mut late, mut early) = (Follower::default(), Follower::default());
    let all = batches(7, 40, 4);
    for (row, (batch, now)) in all.iter().enumerate() {
        ledger.submit(batch.clone(), *now).expect("the database is there");
        if row == 5 {
            early.catch_up(&server.reader("short")).expect("it is whole");
        }
    }
    let sequence = ledger.snapshot().expect("the database is there");
    let mut store = server.store("short");
    // Never more than the snapshot has.
    let before = store.read(0, 1_000).expect("it can be read").len();
    let gone = store.shorten(u64::MAX).expect("it has the seat");
    assert_eq!((gone as usize, store.read(0, 9).expect("it can be read").len()), (before, 0));
    let (again, recovery) = opened(store).expect("it is whole");
    assert_eq!((recovery.snapshot, recovery.replayed, hash(&again)), (sequence, 0, hash(&ledger)));
    let (mut more, now) = batches(7, 41, 4).pop().expect("batches");
    more.truncate(2);
    again.submit(more, now).expect("the database is there");
    for follower in [&mut late, &mut early] {
        follower.catch_up(&server.reader("short")).expect("what is missing is in the snapshot");
        assert_eq!((follower.state().hash(), follower.chain()), (hash(&again), again.chain()));
    }
    assert!(matches!(verify(&server.reader("short")), Err(RecoverError::Hole { expected: 0, .. })));
}

#[test]
fn a_database_that_comes_back_is_found_again_and_one_that_does_not_stops_the_ledger() {
    let Some(server) = Server::start("gone") else { return };
    let ledger = open(server.store("gone"));
    let mut all = batches(9, 12, 3).into_iter();
    for (batch, now) in all.by_ref().take(6) {
        ledger.submit(batch, now).expect("the database is there");
        server.crash();
        server.begin();
    }
    let before = hash(&ledger);
    assert_eq!(hash(&opened(server.reader("gone")).expect("it is whole").0), before);
    // It does not come back while the store tries.
    server.crash();
    let (batch, now) = all.next().expect("batches");
    let unknown = ledger.submit(batch.clone(), now);
    assert!(matches!(unknown, Err(SubmitError::OutcomeUnknown(StoreError::Failed { .. }))), "{unknown:?}");
    assert!(matches!(ledger.submit(Vec::new(), now), Err(SubmitError::Stopped(_))));
    server.begin();
    let again = open(server.store("gone"));
    assert_eq!(hash(&again), before);
    again.submit(batch, now).expect("the database is there");
}

#[test]
fn an_order_over_three_ledgers_of_one_database_survives_its_restart() {
    let Some(server) = Server::start("regions") else { return };
    let intents = || {
        let intents = PostgresIntents::connect(&server.address(), "three", Patience::default());
        intents.unwrap_or_else(|error| panic!("{error}"))
    };
    let second = 1_000_000_000;
    let stocked = |name: &str| {
        let ledger = open(server.store(name));
        let mut commands = World::opening(Tenant(0));
        let what = StockChange::Receipt(CellNo(0), 5);
        let body = Body::Stock(StockEvent { source: SourceNo(0), sequence: 1, what });
        commands.push(Command { tenant: Tenant(0), key: Key(500), body });
        let settings = Settings { longest_life: 86_400, rules: Vec::new() };
        commands.push(Command { tenant: Tenant(0), key: Key(501), body: Body::Settings(settings) });
        ledger.submit(commands, Stamp(0)).expect("the database is there");
        ledger
    };
    let ledgers = ["north", "east", "south"].map(stocked);
    let part = |region: u16| {
        let lines = Lines::from_iter([Wanted { what: Want::Cell(CellNo(0)), qty: 2 }]);
        let (channel, node, claims) = (ChannelNo(0), NodeNo(0), Vec::new());
        let place =
            Place { channel, customer: None, node, lines, life: 0, priority: 0, instead_of: None, claims };
        Part { region: RegionNo(region), place }
    };
    let order = |key| RegionalOrder {
        tenant: Tenant(0),
        key: Key(key),
        life: 3_600,
        parts: vec![part(2), part(0), part(1)],
    };
    let first = intents();
    let until = first.begin(&order(7), Stamp(60 * second)).expect("the database is there");
    // A second driver, in another process, has the moment of the first.
    assert_eq!((until, intents().begin(&order(7), Stamp(99 * second))), (until, Ok(until)));
    assert_eq!(first.open(9), Ok(vec![(order(7), until)]));
    server.crash();
    server.begin();
    let regions =
        |intents| Regions::new(ledgers.iter().map(|ledger| ledger as &dyn Region).collect(), intents, 60);
    let recovered = regions(&first).recover(9, Stamp(2 * second)).expect("the database is there");
    assert!(matches!(&recovered[..], [Recovered { fate: Ok(Fate::Held(holds)), .. }] if holds.len() == 3));
    assert_eq!(first.open(9), Ok(Vec::new()));
    // Each has room for two such orders; of a third nothing is held.
    assert!(matches!(regions(&first).hold(&order(8), Stamp(3 * second)), Ok(Fate::Held(_))));
    let refused = regions(&first).hold(&order(9), Stamp(4 * second));
    assert!(matches!(refused, Ok(Fate::Refused { region: RegionNo(2), .. })), "{refused:?}");
    for ledger in &ledgers {
        let view = ledger.view(Tenant(0)).expect("it runs").expect("a book");
        assert_eq!(view.cell(CellNo(0)), Some([5, 4, 0]));
    }
}
