//! What is larger than a number, a row of the log, or a row of a file: it is taken all the same.

use crate::stories::{Shop, held};
use crate::support::{hash, open, opened};
use volok::ledger::store::{MemoryStore, Row, Store, StoreError};
use volok::ledger::*;

fn register(key: u128, kind: Kind, name: impl Fn(usize) -> String) -> Command {
    let names = (0..limits::AT_ONCE).map(|row| name(row).into()).collect();
    Command { tenant: Tenant(0), key: Key(key), body: Body::Register(kind, names) }
}

#[test]
fn five_thousand_million_units_are_sold_at_once() {
    // A warehouse of screws sells five cells of a thousand million each in one hold. The sum once passed what its number
    // could say, and the ledger stopped.
    let mut shop = Shop::open();
    let cells = [0, 1, 2, 3, 4].map(CellNo);
    for cell in cells {
        shop.report(StockChange::Receipt(cell, limits::UNITS));
    }
    let hold = shop.hold(&cells.map(|cell| (cell, limits::UNITS)));
    let all = Fulfil { hold, version: None, lines: Lines::new(), remainder: Remainder::Keep, by: NodeNo(0) };
    let Ok(Done::Sold { sale, .. }) = shop.ask(Body::Fulfil(all)) else { panic!("it is all there") };
    assert_eq!(shop.sale(sale).units, 5 * u64::from(limits::UNITS));
    // It stands so in the snapshot too, and the ledger goes on.
    shop.start_anew();
    assert_eq!(shop.sale(sale).units, 5 * u64::from(limits::UNITS));
    shop.report(StockChange::Receipt(CellNo(0), 1));
    held(shop.place(ChannelNo(0), &[(CellNo(0), 1)], 50).expect("one came in"));
}

#[test]
fn a_batch_too_large_for_one_row_stands_in_several() {
    // Long names, as many as a command takes, nine times: 22 million bytes. A batch of such commands once made one row of
    // the log, and a store that takes a gigabyte at the most would have failed, and stopped the ledger.
    let store = MemoryStore::default();
    let ledger = open(store.clone());
    let long = "x".repeat(limits::NAME_BYTES - 10);
    let batch =
        (0..9u128).map(|key| register(key, Kind::ALL[key as usize], |row| format!("{row:0>10}{long}")));
    let outcomes = ledger.submit(batch.collect(), Stamp(0)).expect("memory does not fail");
    assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()));
    let rows = store.rows();
    assert!(rows.len() > 3 && rows.iter().all(|row| row.bytes.len() < 2 * limits::ROW_BYTES));
    assert_eq!(hash(&opened(store).expect("it is whole").0), hash(&ledger));
}

#[test]
fn a_broken_disk_under_a_large_batch_leaves_what_its_rows_say() {
    // The second of several rows does not reach the disk: the first one does, and its keys say so.
    #[derive(Clone, Default)]
    struct Breaks(MemoryStore);
    impl Store for Breaks {
        fn append(&mut self, after: u64, last: u64, bytes: &[u8]) -> Result<(), StoreError> {
            match after {
                0 => self.0.append(after, last, bytes),
                _ => Err(StoreError::Failed { place: "here".to_owned(), cause: "no room".to_owned() }),
            }
        }
        fn read(&self, after: u64, most: usize) -> Result<Vec<Row>, StoreError> {
            self.0.read(after, most)
        }
        fn cut(&mut self, after: u64) -> Result<(), StoreError> {
            self.0.cut(after)
        }
        fn put_snapshot(&mut self, sequence: u64, bytes: &[u8]) -> Result<(), StoreError> {
            self.0.put_snapshot(sequence, bytes)
        }
        fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
            self.0.snapshot()
        }
    }
    let store = Breaks::default();
    let ledger = open(store.clone());
    let long = "x".repeat(limits::NAME_BYTES - 10);
    let batch =
        (0..9u128).map(|key| register(key, Kind::ALL[key as usize], |row| format!("{row:0>10}{long}")));
    assert!(matches!(ledger.submit(batch.collect(), Stamp(0)), Err(SubmitError::OutcomeUnknown(_))));
    let again = open(store.0);
    let known = |key| again.operation(Tenant(0), Key(key)).expect("it runs").is_some();
    assert!(known(0) && !known(8));
}

#[test]
fn a_writer_that_panics_leaves_nobody_waiting() {
    // Whoever leads writes for all. A store that panicked under the leader once left every other caller, and every later
    // one, waiting for ever.
    struct Panics;
    impl Store for Panics {
        fn append(&mut self, _: u64, _: u64, _: &[u8]) -> Result<(), StoreError> {
            panic!("the disk driver is not well")
        }
        fn read(&self, _: u64, _: usize) -> Result<Vec<Row>, StoreError> {
            Ok(Vec::new())
        }
        fn cut(&mut self, _: u64) -> Result<(), StoreError> {
            Ok(())
        }
        fn put_snapshot(&mut self, _: u64, _: &[u8]) -> Result<(), StoreError> {
            Ok(())
        }
        fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
            Ok(None)
        }
    }
    let ledger = open(Panics);
    let answers: Vec<Result<Result<Vec<Outcome>, SubmitError>, _>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4u128)
            .map(|key| {
                let ledger = &ledger;
                let command = register(key, Kind::ALL[key as usize], |row| row.to_string());
                scope.spawn(move || ledger.submit(vec![command], Stamp(0)))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1, "one led, and panicked");
    assert!(answers.iter().flatten().all(Result::is_err));
    let later = ledger.submit(vec![register(9, Kind::Lane, |row| row.to_string())], Stamp(0));
    assert!(matches!(later, Err(SubmitError::Stopped(_))), "{later:?}");
    assert!(ledger.look(State::sequence).is_err());
}

#[test]
fn who_holds_a_cell_is_known_however_often_holds_changed_and_ended() {
    // Two hundred holds come and go, some swap their shirt for another and back, some run out unseen. Then a shelf breaks:
    // those hit are those that hold, each once, and a chain of all that ever held is not walked for it.
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(CellNo(0), 40));
    shop.report(StockChange::Receipt(CellNo(4), 40));
    let one = |cell| Lines::from_iter([Wanted { what: Want::Cell(CellNo(cell)), qty: 1 }]);
    let mut live = Vec::new();
    for round in 0..200u32 {
        let life = if round % 3 == 0 { 5 } else { 59 };
        let hold =
            held(shop.at(i64::from(round)).place(ChannelNo(0), &[(CellNo(0), 1)], life).expect("free"));
        if round % 4 == 0 {
            for (from, to) in [(0, 4), (4, 0), (0, 4)] {
                let swap = Adjust { hold, version: None, drops: one(from), adds: one(to) };
                shop.ask(Body::Adjust(swap)).expect("both are there");
            }
        }
        if round % 5 == 0 {
            shop.ask(Body::Release(Release { hold, version: None })).expect("it is held");
        } else if round % 4 != 0 && round + life > 199 {
            live.push(hold);
        }
    }
    shop.report(StockChange::Count(CellNo(0), 0));
    let hits =
        shop.ledger.look(|state| state.book(Tenant(0)).map(|book| book.hit(CellNo(0), state.at().second())));
    let hit: Vec<HoldId> = hits.expect("it runs").expect("a book").iter().map(|hit| hit.hold).collect();
    assert_eq!(hit, live);
}
