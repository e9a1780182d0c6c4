//! Scenes from shops, told command by command.

use crate::support::open;
use volok::ledger::store::MemoryStore;
use volok::ledger::*;
use volok::testkit::ledger::World;

const SHIRT_M: CellNo = CellNo(0);
const SHIRT_L: CellNo = CellNo(2);
const SCARF: CellNo = CellNo(4);
const INBOUND: CellNo = CellNo(6);
const WEB: ChannelNo = ChannelNo(0);
const TILL: ChannelNo = ChannelNo(2);
const ANNA: Option<Customer> = Some(Customer(1));
const OUR_SHOP: NodeNo = NodeNo(0);
const PARTNER: NodeNo = NodeNo(1);

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

    pub fn at(&mut self, second: i64) -> &mut Shop {
        self.now = second;
        self
    }

    pub fn ask(&mut self, body: Body) -> Result<Done, Refusal> {
        self.key += 1;
        self.send(self.key, body)
    }

    fn send(&self, key: u128, body: Body) -> Result<Done, Refusal> {
        let command = Command { tenant: Tenant(0), key: Key(key), body };
        let now = Stamp(self.now * 1_000_000_000);
        self.ledger.submit(vec![command], now).expect("memory does not fail")[0].result
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

fn place(channel: ChannelNo, wanted: &[(CellNo, u32)], life: u32) -> Body {
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

fn fulfil(hold: HoldId, wanted: &[(CellNo, u32)], remainder: Remainder, by: NodeNo) -> Body {
    Body::Fulfil(Fulfil { hold, version: None, lines: lines(wanted), remainder, by })
}

pub fn code(answer: Result<Done, Refusal>) -> (Code, u64, u64) {
    let refusal = answer.expect_err("a refusal");
    (refusal.code, refusal.asked, refusal.there_is)
}

#[test]
fn two_sizes_for_a_day_one_swapped_a_scarf_added_one_left() {
    let mut shop = Shop::open();
    for cell in [SHIRT_M, SHIRT_L, SCARF] {
        shop.report(StockChange::Receipt(cell, 2));
    }
    // At home she holds two of size M: one for herself, one for her sister.
    let hold = shop.hold(&[(SHIRT_M, 2)]);
    // At the counter one M becomes an L, and a scarf goes with it: one request, all or nothing.
    shop.at(20).ask(adjust(hold, &[(SHIRT_M, 1)], &[(SHIRT_L, 1), (SCARF, 1)])).expect("all of it is there");
    assert_eq!((shop.cell(SHIRT_M).free(), shop.cell(SHIRT_L).free(), shop.cell(SCARF).free()), (1, 1, 1));
    // She takes the L and the scarf and leaves the M.
    let sold = shop.ask(fulfil(hold, &[(SHIRT_L, 1), (SCARF, 1)], Remainder::Release, OUR_SHOP));
    let Ok(Done::Sold { sale, state, version, .. }) = sold else { panic!("{sold:?}") };
    assert_eq!((state, version), (HoldState::Fulfilled, 3));
    // The sale is the web shop's and the store's.
    let sale = shop.sale(sale);
    assert_eq!((sale.origin, sale.by, sale.units, sale.customer), (WEB, OUR_SHOP, 2, ANNA));
    assert_eq!(sale.receipt, Receipt::Online(EntityNo(0)));
    assert_eq!((shop.cell(SHIRT_M).free(), shop.cell(SHIRT_L).on_hand, shop.cell(SCARF).on_hand), (2, 1, 1));
    let left = shop.view(hold).lines[0];
    assert_eq!((left.requested, left.fulfilled, left.released, left.held), (2, 0, 2, 0));
    let code = shop.ledger.look(|state| state.book(Tenant(0)).and_then(|book| book.code(hold)));
    assert_eq!(code.expect("it runs").as_deref(), Some("W-1"));
}

#[test]
fn two_lines_of_one_thing_are_asked_for_as_their_sum() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 3));
    let asked = shop.place(WEB, &[(SHIRT_M, 2), (SHIRT_M, 2)], 50);
    assert_eq!(code(asked), (Code::NotEnough, 2, 1));
    assert_eq!(shop.cell(SHIRT_M).held, 0);
}

#[test]
fn when_the_other_size_is_gone_the_hold_stays_whole() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 1));
    let hold = shop.hold(&[(SHIRT_M, 1)]);
    let before = shop.view(hold);
    assert_eq!(code(shop.ask(adjust(hold, &[(SHIRT_M, 1)], &[(SHIRT_L, 1)]))), (Code::NotEnough, 1, 0));
    assert_eq!(shop.view(hold), before);
    assert_eq!(code(shop.place(WEB, &[(SHIRT_M, 1)], 50)), (Code::NotEnough, 1, 0));
}

#[test]
fn a_count_below_what_is_held_names_the_holds_it_hits() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 5));
    let first = shop.hold(&[(SHIRT_M, 2)]);
    let second = shop.hold(&[(SHIRT_M, 2)]);
    assert_eq!(shop.report(StockChange::Count(SHIRT_M, 3)), Done::Stocked { on_hand: 3, short: 1 });
    // Whoever came first is served from what is there.
    let hit = shop.ledger.look(|state| {
        state.book(Tenant(0)).map(|book| book.hit(SHIRT_M, state.at().second())).unwrap_or_default()
    });
    assert_eq!(hit.expect("it runs"), [Hit { hold: second, held: 2, lacks: 1 }]);
    // Nothing new is held on it, and what is there can be handed over.
    assert_eq!(code(shop.place(WEB, &[(SHIRT_M, 1)], 50)), (Code::CellShort, 1, 0));
    shop.ask(fulfil(first, &[], Remainder::Keep, OUR_SHOP)).expect("two of three");
    let wants = shop.ask(fulfil(second, &[], Remainder::Keep, OUR_SHOP));
    assert_eq!(code(wants), (Code::NotOnHand, 2, 1));
    shop.ask(fulfil(second, &[(SHIRT_M, 1)], Remainder::Release, OUR_SHOP)).expect("the last one");
    assert_eq!((shop.cell(SHIRT_M).on_hand, shop.cell(SHIRT_M).held), (0, 0));
}

#[test]
fn at_its_last_second_a_hold_is_over_and_nobody_had_to_look() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 1));
    let hold = held(shop.at(10).place(WEB, &[(SHIRT_M, 1)], 10).expect("it is free"));
    shop.at(19).ask(Body::Extend(Extend { hold, version: Some(1), life: 6 })).expect("it lives");
    assert_eq!(code(shop.at(25).ask(adjust(hold, &[(SHIRT_M, 1)], &[]))), (Code::HoldEnded, 25, 25));
    assert_eq!((shop.view(hold).state, shop.cell(SHIRT_M).free()), (HoldState::Expired, 1));
    // A clock that goes back revives nothing.
    assert_eq!(code(shop.at(11).ask(Body::Release(Release { hold, version: None }))).0, Code::HoldEnded);
}

#[test]
fn one_key_has_one_effect_and_another_body_is_told_so() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 5));
    let first = shop.send(7_000, place(WEB, &[(SHIRT_M, 1)], 50));
    assert_eq!(shop.at(30).send(7_000, place(WEB, &[(SHIRT_M, 1)], 50)), first);
    assert_eq!(code(shop.send(7_000, place(WEB, &[(SHIRT_M, 2)], 50))).0, Code::KeyReused);
    assert_eq!(shop.cell(SHIRT_M).held, 1);
    // A refusal is remembered too: more stock does not change what the key was told.
    let refused = shop.send(7_001, place(WEB, &[(SHIRT_M, 9)], 50));
    shop.report(StockChange::Receipt(SHIRT_M, 50));
    assert_eq!(shop.send(7_001, place(WEB, &[(SHIRT_M, 9)], 50)), refused);
}

#[test]
fn supply_that_was_promised_and_then_cut_is_short_before_it_comes() {
    let mut shop = Shop::open();
    shop.report(StockChange::Announced(INBOUND, 10, Second(40)));
    let hold = shop.hold(&[(INBOUND, 6)]);
    assert_eq!(
        shop.report(StockChange::Announced(INBOUND, 4, Second(45))),
        Done::Stocked { on_hand: 4, short: 2 }
    );
    assert_eq!(code(shop.ask(fulfil(hold, &[], Remainder::Keep, OUR_SHOP))), (Code::NotArrived, 6, 0));
    shop.report(StockChange::Arrived(INBOUND, 5));
    assert_eq!(code(shop.ask(fulfil(hold, &[], Remainder::Keep, OUR_SHOP))), (Code::NotOnHand, 6, 5));
    shop.ask(fulfil(hold, &[(INBOUND, 5)], Remainder::Release, OUR_SHOP)).expect("what came");
}

#[test]
fn after_three_unbought_holds_the_fourth_waits() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 9));
    let rule = Rule { scope: Scope::Customer, measure: Measure::Unbought, window: 1_000, limit: 3 };
    shop.ask(Body::Settings(Settings { longest_life: 60, rules: vec![rule] })).expect("a rule");
    for at in [10, 20, 30] {
        shop.at(at).place(WEB, &[(SHIRT_M, 1)], 5).expect("not yet");
    }
    assert_eq!(code(shop.at(40).place(WEB, &[(SHIRT_M, 1)], 5)), (Code::LimitReached, 4, 3));
    shop.at(1_015).place(WEB, &[(SHIRT_M, 1)], 5).expect("the first one is long ago");
}

#[test]
fn a_partner_hands_over_for_another_entity_without_a_receipt() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 2));
    let hold = shop.hold(&[(SHIRT_M, 1)]);
    let sold = shop.ask(fulfil(hold, &[], Remainder::Keep, PARTNER));
    let Ok(Done::Sold { sale, .. }) = sold else { panic!("{sold:?}") };
    assert_eq!((shop.sale(sale).by, shop.sale(sale).receipt), (PARTNER, Receipt::None));
    // The till's own channel did not agree to that: the partner gives a receipt.
    let hold = held(shop.place(TILL, &[(SHIRT_M, 1)], 50).expect("it is free"));
    let sold = shop.ask(fulfil(hold, &[], Remainder::Keep, PARTNER));
    let Ok(Done::Sold { sale, .. }) = sold else { panic!("{sold:?}") };
    assert_eq!(shop.sale(sale).receipt, Receipt::Counter(EntityNo(1)));
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
    let answers: Vec<_> = answers.expect("it runs").iter().map(|outcome| outcome.result).collect();
    assert_eq!(code(answers[0]), (Code::NotEnough, 1, 0));
    assert_eq!(code(answers[1]).0, Code::UnknownHold);
}
