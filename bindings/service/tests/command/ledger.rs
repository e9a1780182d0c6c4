//! `volok ledger`: a log is whole, what is in it, what was held and not bought.

use crate::shell::{directory, run};
use volok::ledger::store::SqliteStore;
use volok::ledger::{
    Body, CellNo, ChannelNo, ClockTerms, Command, Customer, Key, Ledger, Lines, NodeNo, Place, SourceNo,
    Stamp, StockChange, StockEvent, Tenant, Want, Wanted,
};
use volok::testkit::ledger::World;

fn place(life: u32) -> Body {
    Body::Place(Place {
        channel: ChannelNo(0),
        customer: Some(Customer(7)),
        node: NodeNo(0),
        lines: Lines::from_iter([Wanted { what: Want::Cell(CellNo(0)), qty: 3 }]),
        life,
        priority: 0,
        instead_of: None,
        claims: Vec::new(),
    })
}

#[test]
fn inspect_tells_who_holds_and_does_not_buy_and_what_a_rule_would_change() {
    let directory = directory("ledger_inspect");
    {
        let store = SqliteStore::open(&directory).unwrap();
        let terms = ClockTerms { longest_jump: u32::MAX };
        let (ledger, _) = Ledger::open(Box::new(store), terms).unwrap();
        ledger.submit(World::opening(Tenant(0)), Stamp(0)).unwrap();
        let receipt =
            StockEvent { source: SourceNo(0), sequence: 1, what: StockChange::Receipt(CellNo(0), 9) };
        let steps = [(1, Body::Stock(receipt)), (10, place(60)), (100, place(60)), (7_300, place(1))];
        for (key, (second, body)) in (1_000..).zip(steps) {
            let command = Command { tenant: Tenant(0), key: Key(key), body };
            let outcomes = ledger.submit(vec![command], Stamp(second * 1_000_000_000)).unwrap();
            assert!(outcomes[0].result.is_ok(), "{outcomes:?}");
        }
    }
    let arguments = ["ledger", "inspect", "--data", ".", "--rule", "customer:unbought:86400:1"];
    let text = run(&directory, &arguments).well();
    // Two holds of three units ran out after a minute each; the third lives still. With the rule only the first had been placed.
    for part in [
        "3  place, done",
        "tenant 0: held and not bought, of holds not forgotten: placed from 1970-01-01T00:00:10Z on",
        "customer 7",
        "SKU pen",
        "the rule would have refused 2 of 3 holds, 6 units",
        "whole",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let nonsense = run(&directory, &["ledger", "inspect", "--data", ".", "--rule", "nobody"]);
    assert_eq!(nonsense.code, Some(2), "{}", nonsense.err);
}
