//! Plans become holds: a shop with five pens, many who want them.

use crate::support::open;
use volok::ledger::store::MemoryStore;
use volok::ledger::*;
use volok::{Budget, Desk, Engine, HoldError, HoldTerms, Order, Scratch, spec};

const WORLD: &str = r#"{
  "volok": 1, "currency": "EUR",
  "sellers": [{"id": "anna"}],
  "skus": [{"id": "pen", "grams": 12}],
  "nodes": [
    {"id": "shop", "stores": {"cost_per_parcel": 50, "parcels_per_day": 3,
      "zones": [{"id": "shelf", "temperature": [15, 25], "lead_minutes": 30}]},
     "hands_over": {"storages": [{"id": "shelf", "temperature": [15, 25]}]}}
  ],
  "channels": [{"id": "site"}],
  "stock": [{"seller": "anna", "sku": "pen", "node": "shop", "zone": "shelf", "on_hand": 5}]
}"#;

fn engine() -> Engine {
    Engine::from_document(&spec::world_from_str(WORLD).expect("a world")).expect("no defects")
}

fn order(engine: &Engine, id: &str, qty: u32) -> Order {
    let text = format!(
        r#"{{"id": "{id}", "channel": "site", "placed_at": "2026-03-02T10:00:00Z", "to": "shop",
             "lines": [{{"sku": "pen", "qty": {qty}, "unfilled_penalty": 5000}}]}}"#
    );
    engine.order(&spec::order_from_str(&text).expect("an order")).expect("no defects")
}

fn ledger() -> Ledger {
    let (ledger, engine) = (open(MemoryStore::default()), engine());
    let bodies = opening(engine.world(), engine.stock()).into_iter().enumerate();
    let commands = bodies.map(|(key, body)| Command { tenant: Tenant(0), key: Key(key as u128), body });
    let outcomes = ledger.submit(commands.collect(), Stamp(1)).expect("memory does not fail");
    assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()), "{outcomes:?}");
    ledger
}

fn terms(key: u128, instead_of: Option<HoldId>) -> HoldTerms {
    HoldTerms { key: Key(key), customer: Some(Customer(1)), life: 3_600, instead_of, tries: 3 }
}

fn hold(desk: &mut Desk, ledger: &Ledger, order: &Order, terms: HoldTerms) -> Result<HoldId, HoldError> {
    let mut scratch = Scratch::default();
    let held = desk.plan_and_hold(ledger, order, terms, Stamp(2), Budget::default(), &mut scratch)?;
    match held.outcome.result {
        Ok(Done::Held { hold, .. }) => Ok(hold),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plan_is_held_once_whatever_is_sent_again() {
    let ledger = ledger();
    let mut desk = Desk::new(engine(), &ledger, Tenant(0)).expect("the book knows it all");
    let order = order(desk.engine(), "1001", 4);
    let first = hold(&mut desk, &ledger, &order, terms(1_000, None)).expect("four of five");
    assert_eq!(hold(&mut desk, &ledger, &order, terms(1_000, None)), Ok(first));
    // The same customer orders anew in its place: the four are no obstacle.
    let second = hold(&mut desk, &ledger, &order, terms(2_000, Some(first))).expect("the same four");
    assert_ne!(first, second);
    let view = ledger.view(Tenant(0)).expect("it runs").expect("a book");
    assert_eq!((view.cell(CellNo(0)), view.claims().len()), (Some([5, 4, 0]), 1));
}

#[test]
fn a_held_plan_becomes_parcels_with_the_plans_codes_and_claims() {
    let ledger = ledger();
    let mut desk = Desk::new(engine(), &ledger, Tenant(0)).expect("the book knows it all");
    let order = order(desk.engine(), "1001", 4);
    let mut scratch = Scratch::default();
    let held =
        desk.plan_and_hold(&ledger, &order, terms(1_000, None), Stamp(2), Budget::default(), &mut scratch);
    let held = held.expect("four of five");
    let (Some(plan), Ok(Done::Held { hold, .. })) = (held.plan, held.outcome.result) else {
        panic!("not held")
    };
    let policy = ParcelPolicy { hold, together: false, patience: None, kept: 3_600, labels: None };
    let command = |key, body| Command { tenant: Tenant(0), key: Key(key), body };
    let written = ledger.submit(vec![command(5_000, desk.parcels(&order, &plan, policy))], Stamp(3));
    let Ok(Done::Written { order: number, parcels: 1, .. }) = written.expect("it runs")[0].result else {
        panic!("one parcel")
    };
    let parcel = ParcelId { order: number, row: 0 };
    let packed = ledger.submit(vec![command(5_001, Body::Pack(Handled { parcel, version: None }))], Stamp(4));
    assert!(matches!(packed.expect("it runs")[0].result, Ok(Done::Parcel { stage: Stage::Here, .. })));
    let document = volok::plan::to_document(desk.engine().world(), desk.engine().stock(), &order, &plan);
    let view = ledger.look(|state| state.book(Tenant(0))?.parcel_at(parcel, state.at().second()));
    assert_eq!(view.expect("it runs").map(|view| view.code), Some(document.parcels[0].code.clone()));
    // The day's work is still counted, for the parcel instead of the hold.
    let view = ledger.view(Tenant(0)).expect("it runs").expect("a book");
    assert_eq!((view.cell(CellNo(0)), view.claims().len()), (Some([1, 0, 0]), 1));
}

#[test]
fn of_five_pens_many_threads_hold_five_three_parcels_a_day() {
    let ledger = ledger();
    let held: Vec<Result<HoldId, HoldError>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8u32)
            .map(|thread| {
                let ledger = &ledger;
                scope.spawn(move || {
                    let mut desk = Desk::new(engine(), ledger, Tenant(0)).expect("the book knows it all");
                    let order = order(desk.engine(), &thread.to_string(), 1);
                    let terms = HoldTerms { tries: 50, ..terms(10_000 * u128::from(thread + 1), None) };
                    hold(&mut desk, ledger, &order, terms)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(ledger.look(State::audit), Ok(None));
    let granted = held.iter().filter(|held| held.is_ok()).count();
    let view = ledger.view(Tenant(0)).expect("it runs").expect("a book");
    assert_eq!((granted, view.cell(CellNo(0))), (5, Some([5, 5, 0])), "{held:?}");
    // The shop makes three parcels ready a day, so two of the five are made ready on the next.
    let mut dates = std::collections::BTreeMap::<i32, u32>::new();
    for claim in view.claims() {
        if let Claim::NodeDay { date, parcels, .. } = claim {
            *dates.entry(*date).or_default() += parcels;
        }
    }
    assert_eq!(dates.into_values().collect::<Vec<u32>>(), [3, 2]);
}

#[test]
fn a_book_that_lacks_something_says_what() {
    let ledger = open(MemoryStore::default());
    let nobody = Desk::new(engine(), &ledger, Tenant(0)).expect_err("there is no book");
    assert_eq!(nobody.to_string(), "the ledger knows no book of tenant \"0\"; register it first");
    let names = Body::Register(Kind::Sku, vec!["pan".into()]);
    let command = Command { tenant: Tenant(0), key: Key(1), body: names };
    ledger.submit(vec![command], Stamp(1)).expect("memory does not fail");
    let lacks = Desk::new(engine(), &ledger, Tenant(0)).expect_err("it knows no pens");
    assert_eq!(lacks.to_string(), "the ledger knows no SKU \"pen\"; register it first");
}
