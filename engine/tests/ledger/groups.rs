//! Several commands as one. Random groups are held against the plain ledger with everything else: see `model`.

use crate::stories::{Shop, code, held, place};
use volok::ledger::*;
use volok::units::Instant;

const SHIRT_M: CellNo = CellNo(0);
const SCARF: CellNo = CellNo(4);
const WEB: ChannelNo = ChannelNo(0);

fn release(hold: HoldId) -> Body {
    Body::Release(Release { hold, version: None })
}

fn group(answer: Result<Done, Refusal>) -> Vec<Done> {
    match answer {
        Ok(Done::Group(each)) => each.to_vec(),
        other => panic!("{other:?}"),
    }
}

fn hash(shop: &Shop) -> Chain {
    shop.ledger.look(State::hash).expect("it runs")
}

#[test]
fn a_group_of_the_wrong_shape_leaves_no_trace_and_names_the_command() {
    let mut shop = Shop::open();
    let before = hash(&shop);
    let refused = |answer: Result<Done, Refusal>| {
        let refusal = answer.expect_err("it has no shape");
        (refusal.code, refusal.command, refusal.line)
    };
    let one = || place(WEB, &[(SHIRT_M, 1)], 50);
    assert_eq!(refused(shop.ask(Body::Group(Vec::new()))), (Code::Empty, None, 0));
    assert_eq!(refused(shop.ask(Body::Group(vec![one(); limits::GROUP + 1]))), (Code::TooMany, None, 0));
    for other in [Body::Group(vec![one()]), Body::ConfirmClock, Body::Register(Kind::Sku, vec!["hat".into()])]
    {
        assert_eq!(refused(shop.ask(Body::Group(vec![one(), other]))), (Code::Malformed, Some(1), 0));
    }
    let nothing = place(WEB, &[(SHIRT_M, 1), (SCARF, 0)], 50);
    assert_eq!(refused(shop.ask(Body::Group(vec![one(), one(), nothing]))), (Code::OutOfRange, Some(2), 1));
    assert_eq!(hash(&shop), before);
}

#[test]
fn a_refused_group_is_remembered_and_a_new_try_is_a_new_key() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 1));
    let both = || Body::Group(vec![place(WEB, &[(SHIRT_M, 1)], 50), place(WEB, &[(SCARF, 1)], 50)]);
    let refused = shop.send(7_000, both());
    assert_eq!(
        refused.clone().map_err(|refusal| (refusal.code, refusal.command)),
        Err((Code::NotEnough, Some(1)))
    );
    shop.report(StockChange::Receipt(SCARF, 1));
    assert_eq!(shop.send(7_000, both()), refused);
    assert_eq!(code(shop.send(7_000, release(HoldId(0)))).0, Code::KeyReused);
    shop.start_anew();
    assert_eq!(shop.send(7_000, both()), refused);
    let done = group(shop.send(8_000, both()));
    // The hold that was undone had a number nobody heard of: it is given to the first that stays.
    assert_eq!(done.iter().cloned().map(held).collect::<Vec<_>>(), [HoldId(0), HoldId(1)]);
    shop.start_anew();
    assert_eq!(group(shop.send(8_000, both())), done);
    assert_eq!((shop.cell(SHIRT_M).held, shop.cell(SCARF).held), (1, 1));
}

#[test]
fn each_command_of_a_group_sees_those_before_it_and_all_stand_at_one_moment() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 1));
    let hold = shop.hold(&[(SHIRT_M, 1)]);
    let sell = Fulfil { hold, version: None, lines: Lines::new(), remainder: Remainder::Keep, by: NodeNo(0) };
    // What is released is free for the next; what is sold twice is not.
    let swapped = group(shop.ask(Body::Group(vec![release(hold), place(WEB, &[(SHIRT_M, 1)], 50)])));
    let next = held(swapped[1].clone());
    let twice = Fulfil { hold: next, ..sell };
    let refused = shop.ask(Body::Group(vec![Body::Fulfil(twice.clone()), Body::Fulfil(twice.clone())]));
    assert_eq!(refused.map_err(|refusal| (refusal.code, refusal.command)), Err((Code::HoldEnded, Some(1))));
    assert_eq!((shop.view(next).state, shop.cell(SHIRT_M).on_hand), (HoldState::Active, 1));
    let Done::Sold { sale, .. } = group(shop.ask(Body::Group(vec![Body::Fulfil(twice)])))[0] else {
        panic!("it is sold")
    };
    // The sale that was undone left no gap.
    assert_eq!(sale, SaleNo(0));
}

#[test]
fn room_taken_by_a_refused_group_is_free_again_and_room_it_gave_back_is_taken() {
    let mut shop = Shop::open();
    shop.report(StockChange::Receipt(SHIRT_M, 9));
    let with_room = |qty| {
        let Body::Place(place) = place(WEB, &[(SHIRT_M, qty)], 50) else { panic!("a place") };
        let (node, from, until) = (NodeNo(0), Instant(100), Instant(200));
        Body::Place(Place { claims: vec![Claim::Buffer { node, from, until, most: Some(2) }], ..place })
    };
    let first = held(shop.ask(with_room(1)).expect("room for two"));
    // It gives its room back, two others take it, a third finds none: all is as it was.
    let refused = shop.ask(Body::Group(vec![release(first), with_room(1), with_room(1), with_room(1)]));
    assert_eq!(refused.map_err(|refusal| (refusal.code, refusal.command)), Err((Code::Full, Some(3))));
    held(shop.ask(with_room(1)).expect("room for one more"));
    assert_eq!(code(shop.ask(with_room(1))).0, Code::Full);
    group(shop.ask(Body::Group(vec![release(first), with_room(2)])));
    assert_eq!(code(shop.ask(with_room(1))).0, Code::Full);
    assert_eq!((shop.cell(SHIRT_M).held, shop.ledger.look(State::audit)), (3, Ok(None)));
}
