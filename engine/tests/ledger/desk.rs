//! Plans become holds: a shop with five pens, many who want them.

use crate::support::open;
use volok::ledger::store::MemoryStore;
use volok::ledger::*;
use volok::{
    Budget, Desk, Engine, HeldPlan, HoldError, HoldFate, HoldTerms, Order, ReplanTerms, Scratch, spec,
};

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
fn a_plan_is_explained_as_it_was_made_when_its_units_have_left() {
    let ledger = ledger();
    let mut desk = Desk::new(engine(), &ledger, Tenant(0)).expect("the book knows it all");
    let order = order(desk.engine(), "1001", 4);
    let mut scratch = Scratch::default();
    let held =
        desk.plan_and_hold(&ledger, &order, terms(1_000, None), Stamp(2), Budget::default(), &mut scratch);
    let held = held.expect("four of five");
    let (Some(plan), Ok(Done::Held { hold, .. })) = (held.plan, held.outcome.result) else {
        panic!("it is held")
    };
    let before = desk.explain(&ledger, hold, (&order, &plan), &mut scratch).expect("a book");
    assert!(before.because.iter().any(|sentence| sentence.contains("that is proven")), "{before:?}");
    let remainder = Remainder::Release;
    let sold = Body::Fulfil(Fulfil { hold, version: None, lines: Lines::new(), remainder, by: NodeNo(0) });
    let sold = ledger.submit(vec![Command { tenant: Tenant(0), key: Key(5_000), body: sold }], Stamp(3));
    assert!(sold.expect("memory does not fail")[0].result.is_ok());
    assert_eq!(desk.explain(&ledger, hold, (&order, &plan), &mut scratch), Ok(before));
    // And who plans next at this desk finds the one pen that is left.
    let left = desk.now(&ledger, &order, None).expect("a book").stock().cell(volok::stock::CellIx(0)).free();
    assert_eq!(left, 1);
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

/// Two shops with pens: the near one has five, the far one is dearer.
const TWO_SHOPS: &str = r#"{
  "volok": 1, "currency": "EUR",
  "sellers": [{"id": "anna"}],
  "skus": [{"id": "pen", "grams": 12}],
  "tariffs": [{"id": "long", "base": 700}],
  "nodes": [
    {"id": "far", "stores": {"zones": [{"id": "shelf", "temperature": [15, 25]}]}},
    {"id": "shop", "stores": {"zones": [{"id": "shelf", "temperature": [15, 25]}]},
     "hands_over": {"storages": [{"id": "shelf", "temperature": [15, 25]}]}}
  ],
  "lanes": [{"id": "far>shop", "from": "far", "to": "shop", "tariff": "long", "transit_minutes": 60,
    "compartments": [{"id": "body", "temperature": [15, 25]}], "schedule": {"on_demand": {}}}],
  "channels": [{"id": "site"}],
  "stock": [{"seller": "anna", "sku": "pen", "node": "far", "zone": "shelf", "on_hand": 4},
    {"seller": "anna", "sku": "pen", "node": "shop", "zone": "shelf", "on_hand": 5}]
}"#;

#[test]
fn of_two_holds_a_shortage_moves_the_one_that_does_not_go_first() {
    let engine =
        || Engine::from_document(&spec::world_from_str(TWO_SHOPS).expect("a world")).expect("no defects");
    let (ledger, bare) = (open(MemoryStore::default()), engine());
    let bodies = opening(bare.world(), bare.stock()).into_iter().enumerate();
    let commands = bodies.map(|(key, body)| Command { tenant: Tenant(0), key: Key(key as u128), body });
    ledger.submit(commands.collect(), Stamp(1)).expect("memory does not fail");
    let mut desk = Desk::new(engine(), &ledger, Tenant(0)).expect("the book knows it all");
    let budget = Budget::default();
    let mut scratch = Scratch::default();
    let mut usual = order(desk.engine(), "1001", 2);
    // Pens are picked at ten, and found to be too few a moment before.
    usual.placed_at = volok::Instant(1_000_000_000);
    let first = Order { id: "1002".into(), priority: 7, ..usual.clone() };
    let (mut held, mut plans) = (Vec::new(), Vec::new());
    for (key, order) in [(1_000, &usual), (2_000, &first)] {
        let placed = desk
            .plan_and_hold(&ledger, order, terms(key, None), Stamp(2), budget, &mut scratch)
            .expect("pens for both");
        let Ok(Done::Held { hold, .. }) = placed.outcome.result else { panic!("{placed:?}") };
        held.push(hold);
        plans.push(placed.plan.expect("a plan"));
    }
    let shop = CellNo(1);
    let counted = StockEvent { source: SourceNo(1), sequence: 1, what: StockChange::Count(shop, 2) };
    let names = Body::Register(Kind::Source, vec!["count".into()]);
    for (key, body) in [(3_000, names), (3_001, Body::Stock(counted))] {
        let command = Command { tenant: Tenant(0), key: Key(key), body };
        let outcomes = ledger.submit(vec![command], Stamp(3)).expect("memory does not fail");
        assert!(outcomes[0].result.is_ok(), "{outcomes:?}");
    }
    let both = [
        HeldPlan { hold: held[0], order: &usual, plan: &plans[0] },
        HeldPlan { hold: held[1], order: &first, plan: &plans[1] },
    ];
    let again = ReplanTerms {
        now: volok::Instant(1_000_000_000 - 60),
        change_price: volok::Money(10),
        key: Key(4_000),
        tries: 3,
    };
    let fates = desk
        .replan_and_hold(&ledger, &both, again, Stamp(4), budget, &mut scratch)
        .expect("the ledger answers");
    assert_eq!(fates[1], HoldFate::Untouched, "who goes first keeps the two that are left");
    let HoldFate::Adjusted { replanned, outcome } = &fates[0] else { panic!("{:?}", fates[0]) };
    assert!(outcome.result.is_ok() && replanned.is_optimal());
    assert_eq!((replanned.changed, replanned.changes.0), (1, 10));
    assert_eq!(replanned.plan.cost().0, 700, "both come from the far shop in one parcel");
    let view = ledger.view(Tenant(0)).expect("it runs").expect("a book");
    assert_eq!((view.cell(CellNo(0)), view.cell(shop)), (Some([4, 2, 0]), Some([2, 2, 0])));
    assert_eq!(ledger.look(State::audit), Ok(None));
    // Nobody is short any more, so nothing is left to do.
    let now = HeldPlan { plan: &replanned.plan, ..both[0] };
    let after = desk.replan_and_hold(&ledger, &[now, both[1]], again, Stamp(5), budget, &mut scratch);
    assert_eq!(after.expect("the ledger answers"), [HoldFate::Untouched, HoldFate::Untouched]);
}

#[test]
fn a_hold_that_holds_something_else_is_left_alone() {
    let (ledger, mut scratch) = (ledger(), Scratch::default());
    let mut desk = Desk::new(engine(), &ledger, Tenant(0)).expect("the book knows it all");
    let order = order(desk.engine(), "1001", 4);
    let placed = desk
        .plan_and_hold(&ledger, &order, terms(1_000, None), Stamp(2), Budget::default(), &mut scratch)
        .expect("four of five");
    let Ok(Done::Held { hold, .. }) = placed.outcome.result else { panic!("{placed:?}") };
    let plan = placed.plan.expect("a plan");
    let drops = Lines::from_iter([Wanted { what: Want::Cell(CellNo(0)), qty: 1 }]);
    let adjust = Body::Adjust(Adjust { hold, version: None, drops, adds: Lines::new() });
    let names = Body::Register(Kind::Source, vec!["count".into()]);
    let what = StockChange::Count(CellNo(0), 1);
    let count = Body::Stock(StockEvent { source: SourceNo(1), sequence: 1, what });
    for (key, body) in [(3_000, adjust), (3_001, names), (3_002, count)] {
        let command = Command { tenant: Tenant(0), key: Key(key), body };
        let outcomes = ledger.submit(vec![command], Stamp(3)).expect("memory does not fail");
        assert!(outcomes[0].result.is_ok(), "{outcomes:?}");
    }
    let held = [HeldPlan { hold, order: &order, plan: &plan }];
    let terms =
        ReplanTerms { now: order.placed_at, change_price: volok::Money(0), key: Key(4_000), tries: 1 };
    let fates = desk.replan_and_hold(&ledger, &held, terms, Stamp(4), Budget::default(), &mut scratch);
    assert_eq!(fates.expect("the ledger answers"), [HoldFate::NotAsPlanned]);
}

#[test]
fn what_is_short_after_its_parcel_has_left_leaves_the_hold_as_it_is() {
    let engine =
        || Engine::from_document(&spec::world_from_str(TWO_SHOPS).expect("a world")).expect("no defects");
    let (ledger, bare) = (open(MemoryStore::default()), engine());
    let bodies = opening(bare.world(), bare.stock()).into_iter().enumerate();
    let commands = bodies.map(|(key, body)| Command { tenant: Tenant(0), key: Key(key as u128), body });
    ledger.submit(commands.collect(), Stamp(1)).expect("memory does not fail");
    let (mut desk, mut scratch) =
        (Desk::new(engine(), &ledger, Tenant(0)).expect("the book knows it all"), Scratch::default());
    // Eight pens: five of the shop, three that ride from far.
    let mut order = order(desk.engine(), "1001", 8);
    order.placed_at = volok::Instant(1_000_000_000);
    let placed = desk
        .plan_and_hold(&ledger, &order, terms(1_000, None), Stamp(2), Budget::default(), &mut scratch)
        .expect("pens enough");
    let Ok(Done::Held { hold, .. }) = placed.outcome.result else { panic!("{placed:?}") };
    let plan = placed.plan.expect("a plan");
    let names = Body::Register(Kind::Source, vec!["count".into()]);
    let what = StockChange::Count(CellNo(0), 0);
    let count = Body::Stock(StockEvent { source: SourceNo(1), sequence: 1, what });
    for (key, body) in [(3_001, names), (3_002, count)] {
        let command = Command { tenant: Tenant(0), key: Key(key), body };
        let outcomes = ledger.submit(vec![command], Stamp(3)).expect("memory does not fail");
        assert!(outcomes[0].result.is_ok(), "{outcomes:?}");
    }
    let held = [HeldPlan { hold, order: &order, plan: &plan }];
    let now = plan.completes_at().expect("it is handed over");
    let terms = ReplanTerms { now, change_price: volok::Money(10), key: Key(4_000), tries: 1 };
    let fates = desk.replan_and_hold(&ledger, &held, terms, Stamp(4), Budget::default(), &mut scratch);
    let fates = fates.expect("the ledger answers");
    assert!(matches!(&fates[..], [HoldFate::SameUnits(same)] if same.changed == 0), "{fates:?}");
    assert!(
        ledger
            .look(|state| state.book(Tenant(0)).is_some_and(|book| book.answered(Key(4_000)).is_none()))
            .expect("it runs")
    );
}
