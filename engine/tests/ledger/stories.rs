//! Scenes that are told in code: they look at tenants, claims, restarts. All others stand in files: see `scenes`.

use crate::support::open;
use volok::ledger::store::{MemoryStore, Store};
use volok::ledger::*;
use volok::testkit::ledger::World;
use volok::units::Instant;

const SHIRT_M: CellNo = CellNo(0);
const SCARF: CellNo = CellNo(4);
const WEB: ChannelNo = ChannelNo(0);
const TILL: ChannelNo = ChannelNo(2);
const ANNA: Option<Customer> = Some(Customer(1));
const OUR_SHOP: NodeNo = NodeNo(0);

/// A shop with a ledger; each call is a request of its own at a second of its own choosing.
pub struct Shop {
    pub ledger: Ledger,
    pub store: MemoryStore,
    key: u128,
    sequence: u64,
    now: i64,
}

impl Shop {
    pub fn open() -> Shop {
        let store = MemoryStore::default();
        let ledger = open(store.clone());
        ledger.submit(World::opening(Tenant(0)), Stamp(0)).expect("memory does not fail");
        Shop { ledger, store, key: 1_000, sequence: 0, now: 1 }
    }

    /// Goes on from a snapshot alone.
    pub fn start_anew(&mut self) {
        self.ledger.snapshot().expect("memory does not fail");
        let (sequence, bytes) = self.store.snapshot().expect("memory does not fail").expect("a snapshot");
        self.store = MemoryStore::default();
        self.store.put_snapshot(sequence, &bytes).expect("memory does not fail");
        self.ledger = open(self.store.clone());
    }

    pub fn at(&mut self, second: i64) -> &mut Shop {
        self.now = second;
        self
    }

    pub fn ask(&mut self, body: Body) -> Result<Done, Refusal> {
        self.key += 1;
        self.send(self.key, body)
    }

    pub fn send(&self, key: u128, body: Body) -> Result<Done, Refusal> {
        let command = Command { tenant: Tenant(0), key: Key(key), body };
        let now = Stamp(self.now * 1_000_000_000);
        self.ledger.submit(vec![command], now).expect("memory does not fail").remove(0).result
    }

    pub fn report(&mut self, what: StockChange) -> Done {
        self.sequence += 1;
        let event = StockEvent { source: SourceNo(0), sequence: self.sequence, what };
        self.ask(Body::Stock(event)).expect("a true report")
    }

    pub fn place(&mut self, channel: ChannelNo, lines: &[(CellNo, u32)], life: u32) -> Result<Done, Refusal> {
        self.ask(place(channel, lines, life))
    }

    pub fn hold(&mut self, lines: &[(CellNo, u32)]) -> HoldId {
        held(self.place(WEB, lines, 50).expect("it is free"))
    }

    pub fn view(&self, hold: HoldId) -> HoldView {
        let view = self
            .ledger
            .look(|state| state.book(Tenant(0)).and_then(|book| book.hold_at(hold, state.at().second())));
        view.expect("it runs").expect("a hold")
    }

    pub fn cell(&self, cell: CellNo) -> CellView {
        let view = self
            .ledger
            .look(|state| state.book(Tenant(0)).and_then(|book| book.cell_at(cell, state.at().second())));
        view.expect("it runs").expect("a cell")
    }

    pub fn sale(&self, sale: SaleNo) -> Sale {
        let sale = self.ledger.look(|state| state.book(Tenant(0)).and_then(|book| book.sale(sale).copied()));
        sale.expect("it runs").expect("a sale")
    }
}

fn lines(lines: &[(CellNo, u32)]) -> Lines {
    lines.iter().map(|&(cell, qty)| Wanted { what: Want::Cell(cell), qty }).collect()
}

pub fn place(channel: ChannelNo, wanted: &[(CellNo, u32)], life: u32) -> Body {
    Body::Place(Place {
        channel,
        customer: ANNA,
        node: OUR_SHOP,
        lines: lines(wanted),
        life,
        priority: 0,
        instead_of: None,
        claims: Vec::new(),
    })
}

pub fn held(done: Done) -> HoldId {
    match done {
        Done::Held { hold, .. } => hold,
        other => panic!("{other:?}"),
    }
}

fn adjust(hold: HoldId, drops: &[(CellNo, u32)], adds: &[(CellNo, u32)]) -> Body {
    Body::Adjust(Adjust { hold, version: None, drops: lines(drops), adds: lines(adds) })
}

pub fn code(answer: Result<Done, Refusal>) -> (Code, u64, u64) {
    let refusal = answer.expect_err("a refusal");
    (refusal.code, refusal.asked, refusal.there_is)
}

#[test]
fn simple_and_multi_reserve_live_side_by_side() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 5));
    shop.report(StockChange::Receipt(SCARF, 5));
    assert_eq!(code(shop.place(TILL, &[(SHIRT_M, 1), (SCARF, 1)], 50)), (Code::SimpleOnly, 2, 1));
    let simple = held(shop.place(TILL, &[(SHIRT_M, 1)], 50).expect("one item"));
    assert_eq!(code(shop.ask(adjust(simple, &[], &[(SCARF, 1)]))).0, Code::SimpleOnly);
    let multi = shop.hold(&[(SHIRT_M, 1)]);
    shop.ask(adjust(multi, &[], &[(SCARF, 1)])).expect("another channel, another mode");
}

#[test]
fn ones_own_hold_stands_in_nobodys_way_least_of_all_ones_own() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 1));
    let hold = shop.hold(&[(SHIRT_M, 1)]);
    let Body::Place(mut purchase) = place(WEB, &[(SHIRT_M, 1)], 50) else { panic!("a place") };
    purchase.instead_of = Some(hold);
    let other = Place { customer: Some(Customer(2)), ..purchase.clone() };
    assert_eq!(code(shop.ask(Body::Place(other))).0, Code::OtherCustomer);
    let bought = held(shop.ask(Body::Place(purchase)).expect("her own unit"));
    assert_eq!((shop.view(hold).state, shop.view(bought).state), (HoldState::Released, HoldState::Active));
    assert_eq!(shop.cell(SHIRT_M).held, 1);
}

#[test]
fn what_is_fenced_for_the_app_is_not_the_webs_and_comes_back_by_itself() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 5));
    let app = ChannelNo(1);
    let fence =
        FenceTerms { sku: SkuNo(0), seller: SellerNo(0), node: OUR_SHOP, channels: vec![app], qty: 3 };
    shop.ask(Body::Fence(fence)).expect("a fence");
    assert_eq!(code(shop.place(WEB, &[(SHIRT_M, 3)], 50)), (Code::Fenced, 3, 2));
    // The app holds two of its own three; the web still has its two, and no more once those have expired.
    shop.place(app, &[(SHIRT_M, 2)], 10).expect("its own");
    assert_eq!(code(shop.place(WEB, &[(SHIRT_M, 3)], 50)), (Code::Fenced, 3, 2));
    shop.at(30).place(WEB, &[(SHIRT_M, 2)], 20).expect("what is not fenced");
    assert_eq!(code(shop.place(WEB, &[(SHIRT_M, 1)], 20)), (Code::Fenced, 1, 0));
    shop.place(app, &[(SHIRT_M, 3)], 10).expect("all three came back");
}

#[test]
fn what_one_tenant_does_another_cannot_see() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 5));
    let hold = shop.hold(&[(SHIRT_M, 1)]);
    shop.ledger.submit(World::opening(Tenant(1)), Stamp(0)).expect("memory does not fail");
    let foreign = Body::Release(Release { hold, version: None });
    let command = Command { tenant: Tenant(1), key: Key(9), body: place(WEB, &[(SHIRT_M, 1)], 50) };
    let asked = Command { tenant: Tenant(1), key: Key(10_000), body: foreign };
    let answers = shop.ledger.submit(vec![Command { key: Key(10_001), ..command }, asked], Stamp(0));
    let answers: Vec<_> = answers.expect("it runs").into_iter().map(|outcome| outcome.result).collect();
    assert_eq!(code(answers[0].clone()), (Code::NotEnough, 1, 0));
    assert_eq!(code(answers[1].clone()).0, Code::UnknownHold);
}

#[test]
fn the_number_of_a_forgotten_hold_opens_nothing() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 1));
    let old = shop.hold(&[(SHIRT_M, 1)]);
    shop.ask(Body::Release(Release { hold: old, version: None })).expect("it lives");
    let forget = Body::Forget(Forget { before: Second(86_400), most: 10 });
    assert!(matches!(shop.at(5 * 86_400).ask(forget), Ok(Done::Forgotten { holds: 1, .. })));
    // The next hold stands where the old one stood; the old number is not its number.
    let new = shop.hold(&[(SHIRT_M, 1)]);
    assert_eq!(code(shop.ask(Body::Release(Release { hold: old, version: None }))).0, Code::UnknownHold);
    assert_eq!((shop.view(new).state, shop.cell(SHIRT_M).held), (HoldState::Active, 1));
}

#[test]
fn of_those_on_a_short_cell_whoever_goes_first_is_served_from_it() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 4));
    let early = shop.hold(&[(SHIRT_M, 2)]);
    let Body::Place(urgent) = place(WEB, &[(SHIRT_M, 2)], 50) else { panic!("a place") };
    shop.ask(Body::Place(Place { priority: 1, ..urgent })).expect("it is free");
    shop.report(StockChange::Count(SHIRT_M, 3));
    let hit = shop.ledger.look(|state| {
        state.book(Tenant(0)).map(|book| book.hit(SHIRT_M, state.at().second())).unwrap_or_default()
    });
    assert_eq!(hit.expect("it runs"), [Hit { hold: early, held: 2, lacks: 1 }]);
}

#[test]
fn the_one_place_at_the_counter_is_given_once_and_comes_back() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 9));
    let claim = Claim::Point { node: OUR_SHOP, from: Instant(1_000), until: Instant(2_000), most: Some(1) };
    let claiming = |life| match place(WEB, &[(SHIRT_M, 1)], life) {
        Body::Place(hold) => Body::Place(Place { claims: vec![claim], ..hold }),
        other => other,
    };
    let first = held(shop.at(10).ask(claiming(50)).expect("there is room"));
    assert_eq!(code(shop.ask(claiming(50))), (Code::Full, 1, 0));
    // The shop's computer was started anew, and still knows.
    shop.start_anew();
    assert_eq!(code(shop.ask(claiming(50))), (Code::Full, 1, 0));
    shop.ask(Body::Release(Release { hold: first, version: None })).expect("it lives");
    shop.ask(claiming(5)).expect("it was given back");
    assert_eq!(code(shop.at(14).ask(claiming(50))), (Code::Full, 1, 0));
    shop.at(15).ask(claiming(50)).expect("the second one ran out");
}

fn settings(longest_life: u32, rules: &[Rule]) -> Body {
    Body::Settings(Settings { longest_life, rules: rules.to_vec() })
}

#[test]
fn a_key_is_kept_as_long_as_the_hold_it_placed_even_if_holds_live_shorter_now() {
    // Anna's hold lives thirty days. A day later the shop lets no hold live longer than a day; five days later it forgets
    // what is old. Her client asks once more: it must not hold a second shirt.
    const DAY: u32 = 86_400;
    let mut shop = Shop::open();
    shop.ask(settings(30 * DAY, &[])).expect("a month");
    shop.report(StockChange::Receipt(SHIRT_M, 2));
    let asked = place(WEB, &[(SHIRT_M, 1)], 30 * DAY);
    let placed = shop.send(77, asked.clone());
    let hold = held(placed.expect("it is free"));
    shop.at(i64::from(DAY)).ask(settings(DAY, &[])).expect("shorter");
    shop.start_anew();
    let forget = |before: u32| Body::Forget(Forget { before: Second(before), most: 1_000 });
    let refused = shop.at(i64::from(6 * DAY)).ask(forget(2 * DAY));
    assert_eq!(code(refused), (Code::TooYoung, u64::from(2 * DAY), 0));
    assert_eq!(
        shop.send(77, asked),
        Ok(Done::Held { hold, version: 1, expires: Second(30 * DAY + 1), state: HoldState::Active })
    );
    assert_eq!(shop.cell(SHIRT_M).held, 1);
    // Once no hold of those days can live any more, three days are enough.
    shop.at(i64::from(31 * DAY)).ask(forget(28 * DAY)).expect("old enough");
}

#[test]
fn customers_who_never_come_back_are_not_remembered_for_ever() {
    // With a rule in force each customer's holds are noted. Those who came once were noted for ever.
    let rule = Rule { scope: Scope::Customer, measure: Measure::Holds, window: 1_000, limit: 3 };
    let size = |rules: &[Rule]| {
        let mut shop = Shop::open();
        shop.ask(settings(60, rules)).expect("rules");
        shop.report(StockChange::Receipt(SHIRT_M, 100));
        for customer in 0..100 {
            let Body::Place(place) = place(WEB, &[(SHIRT_M, 1)], 50) else { panic!("a place") };
            shop.ask(Body::Place(Place { customer: Some(Customer(customer)), ..place })).expect("free");
        }
        let year = i64::from(limits::WINDOW);
        for later in 0..4 {
            let forget = Forget { before: Second(limits::WINDOW), most: 40 };
            shop.at(year + 300_000 + later).ask(Body::Forget(forget)).expect("old enough");
        }
        shop.ledger.snapshot().expect("memory does not fail");
        shop.store.snapshot().expect("memory does not fail").expect("a snapshot").1.len()
    };
    let (with, without) = (size(&[rule]), size(&[]));
    assert!(with < without + 20, "{with} bytes with a rule, {without} without");
}

#[test]
fn of_several_reasons_the_one_that_is_looked_for_first_is_told() {
    // A hold that is wrong in every way there is, put right a step at a time: docs/ledger.md names the order.
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 3));
    let rule = Rule { scope: Scope::Customer, measure: Measure::Units, window: 1_000, limit: 3 };
    shop.ask(settings(60, &[rule])).expect("rules");
    let hers = shop.hold(&[(SHIRT_M, 1)]);
    let Body::Place(fine) = place(TILL, &[(SHIRT_M, 9), (CellNo(99), 1)], 61) else { panic!("a place") };
    let mut wrong = Place {
        channel: ChannelNo(9),
        node: NodeNo(9),
        customer: Some(Customer(2)),
        instead_of: Some(HoldId(77)),
        ..fine
    };
    let mut told = |wrong: &Place| {
        let refusal = shop.ask(Body::Place(wrong.clone())).expect_err("it is wrong");
        (refusal.code, refusal.line, refusal.asked)
    };
    assert_eq!(told(&wrong), (Code::Unknown, 0, 9));
    wrong.channel = TILL;
    assert_eq!(told(&wrong), (Code::Unknown, 0, 9));
    wrong.node = OUR_SHOP;
    assert_eq!(told(&wrong), (Code::UnknownHold, 0, 77));
    wrong.instead_of = Some(hers);
    assert_eq!(told(&wrong), (Code::OtherCustomer, 0, 0));
    wrong.customer = ANNA;
    assert_eq!(told(&wrong), (Code::SimpleOnly, 0, 2));
    wrong.channel = WEB;
    assert_eq!(told(&wrong), (Code::LifeCapped, 0, 61));
    wrong.life = 60;
    assert_eq!(told(&wrong), (Code::Unknown, 1, 99));
    wrong.lines[1].what = Want::Cell(SCARF);
    assert_eq!(told(&wrong), (Code::LimitReached, 0, 10));
    wrong.lines[0].qty = 2;
    assert_eq!(told(&wrong), (Code::NotEnough, 1, 1));
    wrong.lines.pop();
    shop.ask(Body::Place(wrong)).expect("nothing is wrong with it any more");
}
