//! Codes on handling units: once given, never given again.

use crate::support::open;
use volok::ledger::store::MemoryStore;
use volok::ledger::*;
use volok::testkit::ledger::World;

fn terms(extension: u8) -> LabelTerms {
    LabelTerms { prefix: "0614141234".parse().expect("a prefix"), extension }
}

fn ask(ledger: &Ledger, tenant: u16, key: u128, extension: u8, count: u32) -> Result<Done, Refusal> {
    let body = Body::Labels(Labels { terms: terms(extension), count });
    let command = Command { tenant: Tenant(tenant), key: Key(key), body };
    ledger.submit(vec![command], Stamp(1)).expect("memory does not fail").remove(0).result
}

fn first(answer: Result<Done, Refusal>) -> String {
    match answer {
        Ok(Done::Labelled { first, .. }) => first.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_code_is_given_once_and_the_same_request_gets_it_again() {
    let store = MemoryStore::default();
    let ledger = open(store.clone());
    for tenant in 0..2 {
        ledger.submit(World::opening(Tenant(tenant)), Stamp(0)).expect("memory does not fail");
    }
    let pallet = first(ask(&ledger, 0, 1_000, 1, 3));
    assert_eq!(pallet, "106141412340000001");
    assert_eq!(first(ask(&ledger, 0, 1_000, 1, 3)), pallet);
    assert_eq!(first(ask(&ledger, 0, 1_001, 1, 1)), "106141412340000032");
    // A snapshot remembers how far it came; another extension digit, or tenant, counts by itself.
    ledger.snapshot().expect("memory does not fail");
    let ledger = open(store);
    assert_eq!(first(ask(&ledger, 0, 1_002, 1, 1)), "106141412340000049");
    assert_eq!(first(ask(&ledger, 0, 1_003, 2, 1)), "206141412340000008");
    assert_eq!(first(ask(&ledger, 1, 1_004, 1, 1)), pallet);
}

#[test]
fn a_range_that_is_used_up_says_what_is_left() {
    let ledger = open(MemoryStore::default());
    ledger.submit(World::opening(Tenant(0)), Stamp(0)).expect("memory does not fail");
    first(ask(&ledger, 0, 1_000, 9, 999_998));
    let refused = ask(&ledger, 0, 1_001, 9, 3).expect_err("there are two");
    assert_eq!((refused.code, refused.asked, refused.there_is), (Code::CodesUsedUp, 3, 2));
    assert_eq!(refused.code.advice(), "use another extension digit, or another company prefix");
    let last = first(ask(&ledger, 0, 1_002, 9, 2));
    assert_eq!(last.parse::<Sscc>().expect("a code").parts(10), Ok((9, terms(9).prefix, 999_998)));
    assert_eq!(ask(&ledger, 0, 1_003, 9, 1).expect_err("there is none").there_is, 0);
    assert_eq!(ask(&ledger, 0, 1_004, 10, 1).expect_err("no digit").code, Code::OutOfRange);
    let left = ledger.look(|state| state.book(Tenant(0)).map(|book| book.labels_left(terms(9))));
    assert_eq!(left, Ok(Some(0)));
}
