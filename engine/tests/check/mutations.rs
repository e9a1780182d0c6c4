//! One planted mistake at a time, and the rules that catch it: exactly these.

use crate::scene::*;
use serde_json::json;
use volok::check::Rule::{self, *};
use volok::plan::{Fiscal, Plan, Unfilled};
use volok::stock::CellIx;
use volok::units::{Instant, Money, Quantity, Temperatures};
use volok::world::{EntityIx, LaneIx, LineIx, NodeIx};

pub type Mistake = (&'static str, &'static [Rule], fn(&mut Scene));

pub fn later(at: &mut Instant, seconds: i64) {
    *at = Instant(at.0 + seconds);
}

fn report(plan: &mut Plan, line: u32, qty: u32) {
    plan.unfilled.push(Unfilled { line: LineIx(line), qty: Quantity(qty), reasons: Vec::new() });
}

fn tolerated(lo: i8, hi: i8) -> Temperatures {
    Temperatures::new(lo, hi).expect("not empty")
}

/// Each mistake alone, planted in a scene that is right, breaks exactly its rules.
pub fn caught(right: fn() -> Scene, mistakes: &[Mistake]) {
    let mut wrong = Vec::new();
    for (name, rules, plant) in mistakes {
        let mut scene = right();
        plant(&mut scene);
        if scene.broken() != *rules {
            let said: Vec<String> = scene.judged().iter().map(ToString::to_string).collect();
            wrong.push(format!("{name}: {rules:?} expected, found\n  {}", said.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn units_and_policy() {
    caught(
        scene,
        &[
            ("a line that is not there", &[F1], |s| s.plan.parcels[0].picks[1].line = LineIx(9)),
            ("a pick of nothing", &[F1], |s| s.plan.parcels[0].picks.push(pick(PEN, PEN_W1, 0))),
            ("more reported than missing", &[F1], |s| s.plan.unfilled[0].qty = Quantity(2)),
            ("a missing unit not reported", &[F1], |s| s.plan.unfilled.clear()),
            ("a report for a line that is not there", &[F1], |s| report(&mut s.plan, 9, 1)),
            ("a report of nothing", &[F1], |s| report(&mut s.plan, 1, 0)),
            ("another SKU than the line asks for", &[F1], |s| s.order["lines"][0]["sku"] = json!("soap")),
            ("a seller the line does not accept", &[F1], |s| {
                s.order["lines"][0]["sellers"] = json!(["books"])
            }),
            ("part of an order that takes all", &[F1], |s| s.order["policy"]["partial"] = json!(false)),
            ("a group spread over parcels", &[F1], |s| s.order["policy"]["together"] = json!([[1, 2]])),
            ("too many parcels", &[F1], |s| s.order["policy"]["max_deliveries"] = json!(1)),
            ("a line from two nodes", &[F1], |s| s.order["policy"]["quantity_split"] = json!(false)),
            ("more picked than ordered", &[F1, F10], |s| s.order["lines"][1]["qty"] = json!(1)),
        ],
    );
}

#[test]
fn stock_and_life() {
    caught(
        scene,
        &[
            ("a cell that is not there", &[F2], |s| s.plan.parcels[0].picks[1].cell = CellIx(999)),
            ("too little on hand", &[F2], |s| s.world["stock"][0]["on_hand"] = json!(1)),
            ("held by others", &[F2], |s| s.world["stock"][0]["held"] = json!(4)),
            ("kept as safety stock", &[F2], |s| s.world["stock"][0]["safety"] = json!(4)),
            ("fenced for others", &[F2], |s| {
                let fence = json!({"seller": "dairy", "sku": "milk", "node": "w1", "channels": ["partner"], "qty": 9});
                s.world["ring_fences"] = json!([fence]);
            }),
            ("too little life left", &[F3], |s| {
                s.world["stock"][0]["expires"] = json!("2026-03-06T09:59:59+03:00");
            }),
            ("expired, and nobody asked for life", &[F3], |s| {
                s.order["lines"][0]["min_shelf_life_days"] = json!(null);
                s.world["stock"][0]["expires"] = json!("2026-03-03T09:59:59+03:00");
            }),
            ("the later lot first", &[F3], |s| s.plan.parcels[0].picks[0].cell = MILK_L2),
            ("one unit of the later lot while some of the first are left", &[F3], |s| {
                s.plan.parcels[0].picks[0].qty = Quantity(1);
                s.plan.parcels[0].picks.push(pick(MILK, MILK_L2, 1));
            }),
        ],
    );
}

#[test]
fn what_shares_a_parcel() {
    caught(
        scene,
        &[
            ("classes kept apart", &[F4], |s| s.world["skus"][1]["class"] = json!("chemistry")),
            ("a class kept apart from itself", &[F4], |s| {
                s.world["skus"][1]["class"] = json!("food");
                s.world["segregation"] = json!([["chemistry", "food"], ["food", "food"]]);
            }),
            ("one that ships alone", &[F4], |s| s.world["skus"][1]["ships_alone"] = json!(true)),
            ("a stated interval too wide", &[F5], |s| s.plan.parcels[0].temperature = tolerated(2, 7)),
            ("a stated interval too narrow", &[F5], |s| s.plan.parcels[1].temperature = tolerated(-29, 40)),
            ("a zone too warm", &[F5], |s| {
                s.world["nodes"][2]["stores"]["zones"][0]["temperature"] = json!([2, 7]);
            }),
            ("a compartment too warm", &[F5], |s| s.plan.parcels[0].legs[0].compartment = 1),
            ("a compartment that is not there", &[F5], |s| s.plan.parcels[0].legs[0].compartment = 2),
            ("milk on the shelf", &[F5], |s| s.plan.parcels[0].hand_over.as_mut().unwrap().storage = 1),
            ("a storage that is not there", &[F5], |s| {
                s.plan.parcels[1].hand_over.as_mut().unwrap().storage = 2;
            }),
            ("goods with no temperature in common", &[F5], |s| {
                s.world["skus"][1]["temperature"] = json!([15, 40]);
                s.plan.parcels[1].temperature = tolerated(15, 40);
            }),
        ],
    );
}

#[test]
fn places_and_times() {
    caught(
        scene,
        &[
            ("ready too early", &[F6], |s| later(&mut s.plan.parcels[0].ready_at, -1)),
            ("ready too late", &[F6], |s| later(&mut s.plan.parcels[0].ready_at, 1)),
            ("a longer lead", &[F6], |s| {
                s.world["nodes"][2]["stores"]["zones"][0]["lead_minutes"] = json!(61);
            }),
            ("a departure that does not exist", &[F6], |s| {
                later(&mut s.plan.parcels[0].legs[0].departs_at, -60);
                later(&mut s.plan.parcels[0].legs[0].arrives_at, -60);
            }),
            ("a departure before the cut-off", &[F6], |s| {
                s.plan.parcels[0].legs[0].departs_at = at(2, "12:00:00");
                s.plan.parcels[0].legs[0].arrives_at = at(2, "14:00:00");
            }),
            ("a later departure and the hand-over of the first", &[F6], |s| {
                s.plan.parcels[1].legs[0].departs_at = at(2, "12:00:00");
                s.plan.parcels[1].legs[0].arrives_at = at(2, "15:00:00");
            }),
            ("lanes changed where nothing is handled", &[F6, F10], |s| {
                s.world["lanes"][1]["to"] = json!("w1");
                let leg = s.plan.parcels[0].legs[0];
                s.plan.parcels[1].legs.push(leg);
                s.plan.parcels[1].hand_over.as_mut().unwrap().at = at(3, "10:00:00");
                s.plan.costs.carriage.0 += 110;
                s.plan.parcels[1].legs[1].cost = Money(110);
                s.plan.parcels[1].legs[1].compartment = 1;
            }),
            ("a longer cut-off", &[F6], |s| s.world["lanes"][0]["cut_off_minutes"] = json!(406)),
            ("a longer ride", &[F6], |s| s.world["lanes"][1]["transit_minutes"] = json!(181)),
            ("a date without departures", &[F6], |s| {
                s.world["lanes"][0]["schedule"]["weekly"]["closed"] = json!(["2026-03-02"]);
            }),
            ("another rhythm", &[F6], |s| s.world["lanes"][1]["schedule"]["every"]["minutes"] = json!(45)),
            ("arrival a second early", &[F6], |s| later(&mut s.plan.parcels[0].legs[0].arrives_at, -1)),
            ("handed over before the shop opens", &[F6], |s| {
                later(&mut s.plan.parcels[0].hand_over.as_mut().unwrap().at, -1);
            }),
            ("handed over while the shop is closed", &[F6], |s| {
                s.world["calendars"][0]["closed"] = json!(["2026-03-03"]);
            }),
            ("after the deadline", &[F6], |s| s.order["deadline"] = json!("2026-03-03T09:59:59+03:00")),
            ("when it is of no use", &[F6], |s| s.order["policy"]["latest_useful_hours"] = json!(23)),
            ("a lane from elsewhere", &[F6], |s| s.plan.parcels[0].legs[0].lane = W2_P1),
            ("a lane that is not there", &[F6], |s| s.plan.parcels[0].legs[0].lane = LaneIx(9)),
            ("a lane to elsewhere", &[F6], |s| s.world["lanes"][1]["to"] = json!("hub")),
            ("no way at all", &[F6, F10], |s| s.plan.parcels[1].legs.clear()),
            ("a way with a gap", &[F6, F10], |s| {
                let again = s.plan.parcels[0].legs[0];
                s.plan.parcels[0].legs.push(again);
            }),
            ("packed at no node", &[F6], |s| s.plan.parcels[0].node = NodeIx(9)),
            ("packed where nothing is stored", &[F6], |s| s.plan.parcels[0].node = P1),
            ("packed elsewhere than it lies", &[F6], |s| s.plan.parcels[0].node = W2),
            ("neither handed over nor merged", &[F6, F10], |s| s.plan.parcels[1].hand_over = None),
            ("merged where nothing merges", &[F5, F6, F8, F10], |s| s.plan.parcels[1].parts.push(0)),
            ("merged from itself", &[F6, F10], |s| s.plan.parcels[1].parts.push(1)),
            ("merged from what is not there", &[F6, F10], |s| s.plan.parcels[1].parts.push(7)),
            ("ready when the calendar ends", &[F6], |s| s.plan.parcels[0].ready_at = Instant::NEVER),
        ],
    );
}

#[test]
fn size_and_weight() {
    caught(
        scene,
        &[
            ("a gram too much", &[F8], |s| s.plan.parcels[0].grams.0 += 1),
            ("a cubic centimetre too little", &[F8], |s| s.plan.parcels[1].cm3.0 -= 1),
            ("too heavy for the lane", &[F8], |s| s.world["lanes"][0]["largest"] = json!({"grams": 2009})),
            ("too large for the lane", &[F8], |s| s.world["lanes"][0]["largest"] = json!({"cm3": 2014})),
            ("too long for the lane", &[F8], |s| {
                s.world["lanes"][1]["largest"] = json!({"size_mm": [100, 149, 100]});
            }),
            ("too heavy for the shop", &[F8], |s| {
                s.world["nodes"][1]["hands_over"]["largest"] = json!({"grams": 2009});
            }),
            ("too thick for the shop", &[F8], |s| {
                s.world["nodes"][1]["hands_over"]["largest"] = json!({"size_mm": [400, 400, 99]});
            }),
        ],
    );
}

#[test]
fn channel_and_receipt() {
    caught(
        scene,
        &[
            ("a node that may not serve", &[F9], |s| s.world["channels"][1]["nodes"] = json!(["w1"])),
            ("no receipt", &[F9], |s| s.plan.parcels[0].hand_over.as_mut().unwrap().fiscal = Fiscal::None),
            ("a receipt by another", &[F9], |s| {
                let end = s.plan.parcels[0].hand_over.as_mut().unwrap();
                end.fiscal = Fiscal::Online(EntityIx(77));
            }),
            ("a receipt at the counter", &[F9], |s| {
                let end = s.plan.parcels[1].hand_over.as_mut().unwrap();
                let Fiscal::Online(shop) = end.fiscal else { return };
                end.fiscal = Fiscal::Counter(shop);
            }),
            ("paid at hand-over", &[F9], |s| s.world["channels"][1]["payment"] = json!("on_delivery")),
            ("paid in part", &[F9], |s| s.world["channels"][1]["payment"] = json!("partly")),
        ],
    );
}

#[test]
fn each_component_of_the_cost() {
    caught(
        scene,
        &[
            ("pick_units", &[F10], |s| s.plan.costs.pick_units.0 += 1),
            ("pick_lines", &[F10], |s| s.plan.costs.pick_lines.0 += 1),
            ("packing", &[F10], |s| s.plan.costs.packing.0 += 1),
            ("carriage", &[F10], |s| s.plan.costs.carriage.0 += 1),
            ("handling", &[F10], |s| s.plan.costs.handling.0 += 1),
            ("merging", &[F10], |s| s.plan.costs.merging.0 += 1),
            ("hand_over", &[F10], |s| s.plan.costs.hand_over.0 += 1),
            ("extra_deliveries", &[F10], |s| s.plan.costs.extra_deliveries.0 += 1),
            ("lateness", &[F10], |s| s.plan.costs.lateness.0 += 1),
            ("unfilled", &[F10], |s| s.plan.costs.unfilled.0 += 1),
            ("stock", &[F10], |s| s.plan.costs.stock.0 += 1),
            ("a leg's tariff", &[F10], |s| s.plan.parcels[0].legs[0].cost = Money(149)),
            ("a bound above the cost", &[F10], |s| s.plan.bound.0 += 1),
            ("more than money can say", &[F10], |s| s.plan.costs.packing = Money(i64::MAX)),
            ("no price for the weight", &[F10], |s| {
                s.world["tariffs"][0]["per_kg_above"] = json!(null);
                s.world["tariffs"][0]["steps"] = json!([{"up_to_grams": 2009, "price": 10}]);
            }),
            ("a dearer line", &[F10], |s| {
                s.world["nodes"][2]["stores"]["zones"][0]["cost_per_line"] = json!(6);
            }),
            ("a promise an hour earlier", &[F10], |s| {
                s.order["promise"] = json!("2026-03-02T12:59:59+03:00")
            }),
        ],
    );
}

#[test]
fn a_parcel_of_nothing() {
    let mut scene = scene();
    scene.plan.parcels[1].picks.clear();
    scene.plan.unfilled[0].qty = Quantity(2);
    assert!(scene.broken().contains(&F1));
}

#[test]
fn words_say_what_where_and_what_would_be_right() {
    let mut scene = scene();
    scene.plan.parcels[0].legs[0].departs_at = at(2, "12:00:00");
    scene.plan.parcels[0].legs[0].arrives_at = at(2, "14:00:00");
    let said: Vec<String> = scene.judged().iter().map(ToString::to_string).collect();
    assert_eq!(
        said[1],
        "F6: order 1001, parcel A: misses the cut-off of lane w1-p1 at 2026-03-02T09:00:00Z: ready at \
         2026-03-02T08:15:00Z, 3600 s are needed"
    );
}
