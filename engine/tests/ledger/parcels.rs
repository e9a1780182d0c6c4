//! Scenes of parcels: packed, met, waited for, handed over, sent back.

use crate::stories::{Shop, held};
use crate::support::{ANY, hash, open};
use std::collections::{BTreeMap, BTreeSet};
use volok::ledger::*;
use volok::testkit::ledger::{Commands, World};

pub const PEN: CellNo = CellNo(0);
pub const PAN: CellNo = CellNo(5);
pub const SHOP: NodeNo = NodeNo(0);
pub const STORE: NodeNo = NodeNo(1);
pub const DOCK: NodeNo = NodeNo(2);
pub const POINT: NodeNo = NodeNo(3);
const WEB: ChannelNo = ChannelNo(0);

/// A shop, a store, a dock and a hand-over point; nine pens in the shop, nine pans in the store.
pub fn town() -> Shop {
    let mut shop = Shop::open();
    shop.ask(Body::Register(Kind::Node, vec!["dock".into(), "point".into()])).expect("new names");
    shop.ask(Body::Node(POINT, EntityNo(0))).expect("a node");
    shop.report(StockChange::Receipt(PEN, 9));
    shop.report(StockChange::Receipt(PAN, 9));
    shop
}

pub fn source(cell: CellNo, qty: u32, stops: &[NodeNo]) -> ParcelTerms {
    ParcelTerms { stops: stops.to_vec(), picks: vec![CellUnits { cell, qty }], ..Default::default() }
}

pub fn order(hold: HoldId, name: &str, together: bool, parcels: Vec<ParcelTerms>) -> Parcels {
    let labels = LabelTerms { prefix: "4600000".parse().expect("a prefix"), extension: 0 };
    Parcels { hold, version: None, order: name.into(), together, kept: 100, labels: Some(labels), parcels }
}

pub fn written(done: Done) -> OrderNo {
    match done {
        Done::Written { order, .. } => order,
        other => panic!("{other:?}"),
    }
}

/// Two pens and a pan that meet at the dock and go on to the point as one parcel.
pub fn met(shop: &mut Shop, name: &str, wait_until: Option<u32>) -> OrderNo {
    let hold = shop.hold(&[(PEN, 2), (PAN, 1)]);
    let whole = ParcelTerms {
        stops: vec![DOCK, POINT],
        parts: vec![0, 1],
        wait_until: wait_until.map(Second),
        ..Default::default()
    };
    let parcels = vec![source(PEN, 2, &[SHOP, DOCK]), source(PAN, 1, &[STORE, DOCK]), whole];
    written(shop.ask(Body::Parcels(order(hold, name, false, parcels))).expect("it is held"))
}

pub fn id(order: OrderNo, row: u16) -> ParcelId {
    ParcelId { order, row }
}

pub fn pack(order: OrderNo, row: u16) -> Body {
    Body::Pack(Handled { parcel: id(order, row), version: None })
}

pub fn arrive(order: OrderNo, row: u16, node: NodeNo) -> Body {
    Body::Arrive(Arrive { parcel: id(order, row), version: None, node })
}

pub fn send_on(order: OrderNo, row: u16) -> Body {
    Body::SendOn(Handled { parcel: id(order, row), version: None })
}

pub fn merge(order: OrderNo, row: u16, without_missing: bool) -> Body {
    Body::Merge(Merge { parcel: id(order, row), version: None, without_missing })
}

pub fn hand_over(order: OrderNo, row: u16, by: NodeNo, taken: &[(CellNo, u32)], rest: Rest) -> Body {
    let taken = taken.iter().map(|&(cell, qty)| CellUnits { cell, qty }).collect();
    Body::HandOver(HandOver { parcel: id(order, row), version: None, by, taken, rest })
}

pub fn back(order: OrderNo, row: u16, to: BackTo) -> Body {
    Body::Back(Back { parcel: id(order, row), version: None, units: Vec::new(), to })
}

/// Does steps one after the other.
pub fn walk(shop: &mut Shop, steps: Vec<Body>) {
    for step in steps {
        shop.ask(step.clone()).unwrap_or_else(|refusal| panic!("{step:?}: {refusal}"));
    }
}

pub fn parcel(shop: &Shop, id: ParcelId) -> ParcelView {
    let view = |state: &State| state.book(Tenant(0))?.parcel_at(id, state.at().second());
    shop.ledger.look(view).expect("it runs").expect("a parcel")
}

pub fn of_book<T>(shop: &Shop, look: impl FnOnce(&Book, Second) -> T) -> T {
    let look = |state: &State| state.book(Tenant(0)).map(|book| look(book, state.at().second()));
    shop.ledger.look(look).expect("it runs").expect("a book")
}

#[test]
fn pens_and_a_pan_meet_at_the_dock_and_half_of_it_is_taken() {
    let mut shop = town();
    let order = met(&mut shop, "1001", Some(500));
    assert_eq!(of_book(&shop, |book, _| book.order("W-1001")), Some(order));
    assert_eq!((shop.cell(PEN).held, shop.cell(PEN).on_hand), (2, 9));
    walk(&mut shop, vec![pack(order, 0), pack(order, 1), arrive(order, 0, DOCK)]);
    // Packed units are in no cell any more, and the hold has done its work.
    assert_eq!((shop.cell(PEN).held, shop.cell(PEN).on_hand, shop.cell(PAN).on_hand), (0, 7, 8));
    let waits = of_book(&shop, |book, at| book.waiting_at(DOCK, at).collect::<Vec<_>>());
    assert_eq!((waits.len(), waits[0].code.as_str(), waits[0].until), (1, "W-1001-A", Some(Second(500))));
    assert_eq!(waits[0].waits_for, [id(order, 1)]);
    walk(&mut shop, vec![arrive(order, 1, DOCK), merge(order, 2, false), send_on(order, 2)]);
    shop.at(20);
    walk(&mut shop, vec![arrive(order, 2, POINT)]);
    let whole = parcel(&shop, id(order, 2));
    assert_eq!((whole.stage, whole.until, whole.contents.len()), (Stage::Here, Some(Second(120)), 2));
    assert_eq!(whole.label.map(|code| code.to_string()).as_deref(), Some("046000000000000022"));

    // She takes one pen; the other and the pan go back to the store, in a parcel of their own.
    let rest = Rest::Back(BackTo::Parcel(STORE, None));
    let handed = shop.ask(hand_over(order, 2, POINT, &[(PEN, 1)], rest));
    let Ok(Done::HandedOver { stage, sale, back: returned, .. }) = handed else { panic!("{handed:?}") };
    assert_eq!((stage, returned), (Stage::HandedOver, Some(3)));
    let sale = shop.sale(sale);
    assert_eq!(
        (sale.origin, sale.by, sale.units, sale.receipt),
        (WEB, POINT, 1, Receipt::Online(EntityNo(0)))
    );
    assert_eq!(parcel(&shop, id(order, 3)).code, "W-1001-D");
    walk(&mut shop, vec![arrive(order, 3, STORE)]);
    // The store keeps pans of this owner, and opens a cell for pens.
    let facts = CellFacts { node: STORE, ..shop.cell(PEN).facts };
    let opened = shop.ask(Body::OpenCells(vec![facts])).expect("a new cell");
    let Done::Numbered { first } = opened else { panic!("{opened:?}") };
    let stock = BackTo::Stock(vec![PAN, CellNo(first)]);
    walk(&mut shop, vec![back(order, 3, stock)]);
    assert_eq!((shop.cell(PAN).on_hand, shop.cell(CellNo(first)).on_hand), (9, 1));
    assert_eq!(parcel(&shop, id(order, 3)).stage, Stage::Returned);
    assert_eq!(shop.ledger.look(State::audit), Ok(None));
}

#[test]
fn what_comes_too_late_for_the_merge_goes_on_by_itself() {
    let mut shop = town();
    let order = met(&mut shop, "1001", Some(30));
    walk(&mut shop, vec![pack(order, 0), pack(order, 1), arrive(order, 0, DOCK)]);
    shop.at(29).ask(merge(order, 2, true)).expect_err("the pan may still come in time");
    shop.at(30).ask(merge(order, 2, false)).expect_err("nobody said without");
    walk(&mut shop, vec![merge(order, 2, true), send_on(order, 2), arrive(order, 2, POINT)]);
    walk(&mut shop, vec![arrive(order, 1, DOCK), send_on(order, 1), arrive(order, 1, POINT)]);
    walk(&mut shop, vec![hand_over(order, 2, POINT, &[], Rest::Keep)]);
    walk(&mut shop, vec![hand_over(order, 1, POINT, &[], Rest::Keep)]);
    assert_eq!(parcel(&shop, id(order, 1)).stage, Stage::HandedOver);
}

#[test]
fn an_order_handed_over_together_waits_for_its_last_parcel_and_is_kept_from_then_on() {
    let mut shop = town();
    let hold = shop.hold(&[(PEN, 1), (PAN, 1)]);
    let parcels = vec![source(PEN, 1, &[SHOP, POINT]), source(PAN, 1, &[STORE, POINT])];
    let order = written(shop.ask(Body::Parcels(order(hold, "7", true, parcels))).expect("held"));
    walk(&mut shop, vec![pack(order, 0), pack(order, 1), arrive(order, 0, POINT)]);
    let refused =
        shop.at(200).ask(hand_over(order, 0, POINT, &[], Rest::Keep)).expect_err("the pan is missing");
    assert_eq!((refused.code, refused.asked), (Code::Incomplete, 1));
    assert_eq!(parcel(&shop, id(order, 0)).stage, Stage::Waiting);
    walk(&mut shop, vec![arrive(order, 1, POINT)]);
    assert_eq!(parcel(&shop, id(order, 0)).until, Some(Second(300)));
    walk(&mut shop, vec![hand_over(order, 0, POINT, &[], Rest::Keep)]);
    walk(&mut shop, vec![hand_over(order, 1, POINT, &[], Rest::Keep)]);
}

#[test]
fn nobody_came_for_it_so_it_goes_back_after_its_days() {
    let mut shop = town();
    let hold = shop.hold(&[(PEN, 2)]);
    let order = written(
        shop.ask(Body::Parcels(order(hold, "", false, vec![source(PEN, 2, &[SHOP])]))).expect("held"),
    );
    assert_eq!(parcel(&shop, id(order, 0)).code, "W-1-A");
    // Click and collect: it is packed where it is handed over, with the commands of any other parcel.
    walk(&mut shop, vec![pack(order, 0)]);
    let due = |shop: &Shop| of_book(shop, |book, at| book.due_back(at).len());
    shop.at(100).report(StockChange::Receipt(PAN, 1));
    assert_eq!((parcel(&shop, id(order, 0)).stage, due(&shop)), (Stage::Here, 0));
    // At its last second it is kept no longer, though nobody looked.
    shop.at(101).report(StockChange::Receipt(PAN, 1));
    assert_eq!((parcel(&shop, id(order, 0)).stage, due(&shop)), (Stage::Overdue, 1));
    let refused = shop.ask(hand_over(order, 0, SHOP, &[], Rest::Keep)).expect_err("too late");
    assert_eq!((refused.code, refused.asked, refused.there_is), (Code::NotKept, 101, 101));
    walk(&mut shop, vec![back(order, 0, BackTo::Stock(vec![PEN]))]);
    assert_eq!((shop.cell(PEN).on_hand, due(&shop)), (9, 0));
}

#[test]
fn what_was_never_packed_lapses_with_its_hold() {
    let mut shop = town();
    let order = met(&mut shop, "1001", None);
    walk(&mut shop, vec![pack(order, 0), arrive(order, 0, DOCK)]);
    shop.at(60).report(StockChange::Receipt(PAN, 1));
    assert_eq!(parcel(&shop, id(order, 1)).stage, Stage::Lapsed);
    assert_eq!(shop.cell(PAN).free(), 10);
    // The pens need not wait for ever.
    walk(&mut shop, vec![merge(order, 2, true), send_on(order, 2)]);
}

#[test]
fn a_place_in_the_buffer_is_free_again_when_the_parcel_leaves() {
    let mut shop = town();
    let claim =
        Claim::Buffer { node: DOCK, from: volok::Instant(10), until: volok::Instant(1_000), most: Some(1) };
    let place = |cell| {
        let lines = Lines::from_iter([Wanted { what: Want::Cell(cell), qty: 1 }]);
        let (customer, node) = (Some(Customer(1)), POINT);
        let (life, priority, instead_of, claims) = (50, 0, None, vec![claim]);
        Body::Place(Place { channel: WEB, customer, node, lines, life, priority, instead_of, claims })
    };
    let hold = held(shop.ask(place(PEN)).expect("the buffer is empty"));
    let parcels = vec![ParcelTerms { claims: vec![claim], ..source(PEN, 1, &[SHOP, DOCK, POINT]) }];
    let order = written(shop.ask(Body::Parcels(order(hold, "1", false, parcels))).expect("held"));
    walk(&mut shop, vec![pack(order, 0), arrive(order, 0, DOCK)]);
    // Long after the hold's life the parcel still stands there.
    assert_eq!(shop.at(70).ask(place(PAN)).expect_err("it is taken").code, Code::Full);
    walk(&mut shop, vec![send_on(order, 0)]);
    shop.ask(place(PAN)).expect("the parcel left early");
}

#[test]
fn a_ledger_opened_again_finds_every_parcel_where_it_was() {
    let mut shop = town();
    let order = met(&mut shop, "1001", Some(500));
    walk(&mut shop, vec![pack(order, 0), pack(order, 1), arrive(order, 0, DOCK)]);
    let before = of_book(&shop, |book, at| book.parcels_of(order, at));
    shop.ledger.snapshot().expect("memory does not fail");
    let again = open(shop.store.clone());
    let after =
        again.look(|state| state.book(Tenant(0)).map(|book| book.parcels_of(order, state.at().second())));
    assert_eq!((after, hash(&again)), (Ok(Some(before)), hash(&shop.ledger)));
}

#[test]
fn random_commands_meet_every_refusal_and_every_stage() {
    let (mut codes, mut stages) = (BTreeSet::new(), BTreeSet::new());
    let mut counts = BTreeMap::<(&str, &str), u32>::new();
    for seed in 1..=60 {
        let mut state = State::default();
        for command in World::opening(Tenant(0)).into_iter().chain(World::opening(Tenant(1))) {
            state.apply(&command, Stamp(0), ANY);
        }
        let mut commands = Commands::of_parcels(seed);
        for _ in 0..250 {
            let (command, now) = commands.next(&state);
            let outcome = state.apply(&command, now, ANY).outcome;
            commands.heard(&command, &outcome);
            let answer = outcome.result.as_ref().map_or_else(|refusal| refusal.code.code(), |_| "done");
            *counts.entry((command.body.name(), answer)).or_default() += 1;
            match outcome.result {
                Err(refusal) => drop(codes.insert(refusal.code)),
                Ok(Done::Parcel { stage, .. } | Done::WentBack { stage, .. }) => drop(stages.insert(stage)),
                Ok(Done::HandedOver { stage, .. }) => drop(stages.insert(stage)),
                Ok(_) => {}
            }
        }
    }
    let of_parcels = [
        Code::UnknownParcel,
        Code::OtherKind,
        Code::PackedAlready,
        Code::NotPacked,
        Code::MergedAlready,
        Code::HandedOverAlready,
        Code::WentBack,
        Code::ArrivedAlready,
        Code::NotExpectedHere,
        Code::NotHere,
        Code::GoesNoFurther,
        Code::NotForHandOver,
        Code::Incomplete,
        Code::NotKept,
        Code::NotInside,
        Code::CodesUsedUp,
    ];
    let missed: Vec<_> = of_parcels.iter().filter(|code| !codes.contains(code)).collect();
    assert!(missed.is_empty(), "never refused: {missed:?} in {counts:?}");
    let told = [Stage::UnderWay, Stage::Waiting, Stage::Here, Stage::HandedOver, Stage::Returned];
    let missed: Vec<_> = told.iter().filter(|stage| !stages.contains(stage)).collect();
    assert!(missed.is_empty(), "never reached: {missed:?} in {counts:?}");
}
