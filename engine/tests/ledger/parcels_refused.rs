//! What cannot be with parcels, told as precisely as it can be.

use crate::parcels::*;
use crate::stories::{Shop, code};
use volok::ledger::*;

/// A refusal's code, what was asked and what there is.
fn refused(shop: &mut Shop, body: Body) -> (Code, u64, u64) {
    code(shop.ask(body))
}

#[test]
fn a_parcel_is_packed_once_and_arrives_once_where_it_belongs() {
    let mut shop = town();
    let order = met(&mut shop, "1", None);
    assert_eq!(refused(&mut shop, arrive(order, 0, DOCK)).0, Code::NotPacked);
    assert_eq!(refused(&mut shop, pack(order, 2)).0, Code::OtherKind);
    walk(&mut shop, vec![pack(order, 0)]);
    assert_eq!(refused(&mut shop, pack(order, 0)).0, Code::PackedAlready);
    assert_eq!(refused(&mut shop, send_on(order, 0)).0, Code::NotHere);
    assert_eq!(refused(&mut shop, arrive(order, 0, POINT)), (Code::NotExpectedHere, 3, 2));
    assert_eq!(refused(&mut shop, merge(order, 2, false)), (Code::Incomplete, 2, 0));
    shop.at(5);
    walk(&mut shop, vec![arrive(order, 0, DOCK)]);
    assert_eq!(refused(&mut shop, arrive(order, 0, DOCK)), (Code::ArrivedAlready, 2, 5));
    assert_eq!(refused(&mut shop, send_on(order, 0)).0, Code::GoesNoFurther);
    assert_eq!(refused(&mut shop, merge(order, 2, false)), (Code::Incomplete, 2, 1));
    assert_eq!(refused(&mut shop, merge(order, 0, false)).0, Code::OtherKind);
    let early = hand_over(order, 0, DOCK, &[], Rest::Keep);
    assert_eq!(refused(&mut shop, early).0, Code::NotForHandOver);
    assert_eq!(refused(&mut shop, pack(order, 7)).0, Code::UnknownParcel);
    let seen = Body::SendOn(Handled { parcel: id(order, 0), version: Some(1) });
    assert_eq!(refused(&mut shop, seen), (Code::VersionConflict, 1, 3));
}

#[test]
fn what_has_ended_says_how() {
    let mut shop = town();
    let order = met(&mut shop, "1", None);
    walk(&mut shop, vec![pack(order, 0), pack(order, 1), arrive(order, 0, DOCK), arrive(order, 1, DOCK)]);
    walk(&mut shop, vec![merge(order, 2, false), send_on(order, 2), arrive(order, 2, POINT)]);
    assert_eq!(refused(&mut shop, arrive(order, 0, DOCK)), (Code::MergedAlready, 2, 2));
    let elsewhere = hand_over(order, 2, SHOP, &[], Rest::Keep);
    assert_eq!(refused(&mut shop, elsewhere), (Code::NotExpectedHere, 0, 3));
    let too_many = hand_over(order, 2, POINT, &[(PEN, 3)], Rest::Keep);
    assert_eq!(refused(&mut shop, too_many), (Code::NotInside, 3, 2));
    // Pens do not go into a cell of pans: nothing is handed over either.
    let wrong = Rest::Back(BackTo::Stock(vec![PAN]));
    let half = hand_over(order, 2, POINT, &[(PAN, 1)], wrong);
    assert_eq!(refused(&mut shop, half).0, Code::Mismatch);
    assert_eq!(parcel(&shop, id(order, 2)).contents.iter().map(|content| content.inside).sum::<u32>(), 3);
    walk(&mut shop, vec![hand_over(order, 2, POINT, &[], Rest::Keep)]);
    let again = hand_over(order, 2, POINT, &[], Rest::Keep);
    assert_eq!(refused(&mut shop, again).0, Code::HandedOverAlready);

    let other = met(&mut shop, "2", None);
    walk(&mut shop, vec![pack(other, 0), arrive(other, 0, DOCK), back(other, 0, BackTo::Parcel(SHOP, None))]);
    assert_eq!(refused(&mut shop, arrive(other, 0, DOCK)).0, Code::WentBack);
}

#[test]
fn parcels_are_written_down_once_and_only_for_what_is_held() {
    let mut shop = town();
    let first = met(&mut shop, "1001", None);
    let hold = shop.hold(&[(PEN, 1)]);
    let one = |name, qty, node| Body::Parcels(order(hold, name, false, vec![source(PEN, qty, &[node])]));
    assert_eq!(refused(&mut shop, one("W-1001", 1, SHOP)), (Code::AlreadyKnown, 0, u64::from(first.0)));
    assert_eq!(refused(&mut shop, one("2", 2, SHOP)), (Code::NotHeld, 2, 1));
    assert_eq!(refused(&mut shop, one("2", 1, STORE)).0, Code::Mismatch);
    let lone = ParcelTerms { stops: vec![SHOP], ..Default::default() };
    let nothing = Body::Parcels(order(hold, "2", false, vec![lone]));
    assert_eq!(refused(&mut shop, nothing).0, Code::Malformed);
    // A part must end where it is merged.
    let whole = ParcelTerms { stops: vec![DOCK], parts: vec![0], ..Default::default() };
    let apart = Body::Parcels(order(hold, "2", false, vec![source(PEN, 1, &[SHOP]), whole]));
    assert_eq!(refused(&mut shop, apart).0, Code::Malformed);
    let order = written(shop.ask(one("2", 1, SHOP)).expect("it is held"));
    shop.ask(Body::Release(Release { hold, version: None })).expect("a live hold");
    assert_eq!(refused(&mut shop, pack(order, 0)).0, Code::HoldEnded);
}
