//! Other plans that are right: what the judge must let pass.

use crate::scene::*;
use serde_json::json;
use smallvec::smallvec;
use volok::plan::{Costs, Fiscal, Leg, Plan, Unfilled};
use volok::units::{CubicCentimetres, Grams, Money, Quantity};

#[test]
fn an_empty_plan_costs_its_penalties() {
    let mut scene = scene();
    let costs = Costs { unfilled: Money(2 * 500 + 3 * 100), ..Costs::default() };
    let unfilled =
        [(MILK, 2), (PEN, 3)].map(|(line, qty)| Unfilled { line, qty: Quantity(qty), reasons: Vec::new() });
    scene.plan = Plan { parcels: smallvec![], unfilled: unfilled.to_vec(), costs, bound: Money(0), steps: 0 };
    scene.order["policy"] = json!({"partial": false, "together": [[1, 2]], "max_deliveries": 1});
    assert_eq!(scene.judged(), []);
}

#[test]
fn a_lower_bound_and_any_number_of_steps_are_right() {
    let mut scene = scene();
    scene.plan.bound = Money(i64::MIN);
    scene.plan.steps = u64::MAX;
    assert_eq!(scene.judged(), []);
}

#[test]
fn limits_met_exactly_are_kept() {
    let mut scene = scene();
    scene.order["deadline"] = json!("2026-03-03T10:00:00+03:00");
    scene.order["policy"]["max_deliveries"] = json!(2);
    scene.world["stock"][0]["on_hand"] = json!(2);
    scene.world["stock"][0]["expires"] = json!("2026-03-06T10:00:00+03:00");
    scene.world["lanes"][0]["largest"] = json!({"grams": 2010, "cm3": 2015, "size_mm": [150, 100, 100]});
    // 18:00 less 11:15.
    scene.world["lanes"][0]["cut_off_minutes"] = json!(405);
    assert_eq!(scene.judged(), []);
}

#[test]
fn what_is_fenced_for_the_channel_or_not_needed_may_be_taken() {
    let mut scene = scene();
    let fence = |channels: &[&str], qty: i64| json!({"seller": "dairy", "sku": "milk", "node": "w1", "channels": channels, "qty": qty});
    scene.world["ring_fences"] = json!([fence(&["partner"], 8), fence(&["partner", "web"], 2)]);
    assert_eq!(scene.judged(), []);
}

#[test]
fn a_later_lot_is_right_when_the_first_has_too_little_life() {
    let mut scene = scene();
    scene.world["stock"][0]["expires"] = json!("2026-03-06T09:59:59+03:00");
    scene.plan.parcels[0].picks[0].cell = MILK_L2;
    assert_eq!(scene.judged(), []);
}

#[test]
fn a_later_lot_is_right_when_the_first_is_used_up() {
    let mut scene = scene();
    scene.world["stock"][0]["on_hand"] = json!(1);
    scene.plan.parcels[0].picks[0].qty = Quantity(1);
    scene.plan.parcels[0].picks.insert(1, pick(MILK, MILK_L2, 1));
    // Two lots of one zone are one line picked: no cost changes.
    assert_eq!(scene.judged(), []);
}

#[test]
fn announced_supply_is_picked_when_it_is_due() {
    let mut scene = scene();
    scene.world["inbound"] = json!([{"seller": "dairy", "sku": "milk", "node": "w1", "zone": "cold", "lot": "L1",
        "expires": "2026-03-10T10:00:00+03:00", "qty": 5, "price": 3, "available_at": "2026-03-02T15:30:00+03:00"}]);
    scene.world["stock"].as_array_mut().unwrap().drain(..2);
    // The inbound row is the only milk cell now: cell 0, then the pens.
    for pick in scene.plan.parcels.iter_mut().flat_map(|parcel| &mut parcel.picks).filter(|p| p.line == PEN) {
        pick.cell.0 -= 1;
    }
    // 15:30 and an hour of work: 16:30, in time for 18:00.
    scene.plan.parcels[0].ready_at = at(2, "16:30:00");
    assert_eq!(scene.judged(), []);
    scene.plan.parcels[0].ready_at = at(2, "11:15:00");
    assert_eq!(scene.broken(), [volok::check::Rule::F6]);
}

#[test]
fn receipts_follow_the_table() {
    let partner = |edit: fn(&mut Scene)| {
        let mut scene = scene();
        scene.order["channel"] = json!("partner");
        edit(&mut scene);
        scene
    };
    let with = |scene: &mut Scene, fiscal: Fiscal| {
        for parcel in &mut scene.plan.parcels {
            parcel.hand_over.as_mut().unwrap().fiscal = fiscal;
        }
        scene.judged()
    };
    let shop = shop(&built(&world(), &order()).world);
    assert_eq!(with(&mut partner(|_| {}), Fiscal::Counter(shop)), []);
    let mut silent = partner(|s| s.world["channels"][0]["hands_over_without_receipt"] = json!(true));
    assert_eq!(with(&mut silent, Fiscal::None), []);
    silent.world["channels"][0]["payment"] = json!("on_delivery");
    assert_eq!(with(&mut silent, Fiscal::Counter(shop)), []);
}

#[test]
fn a_later_departure_is_right() {
    let mut scene = scene();
    let pen = &mut scene.plan.parcels[1];
    pen.legs[0].departs_at = at(2, "12:00:00");
    pen.legs[0].arrives_at = at(2, "15:00:00");
    pen.hand_over.as_mut().unwrap().at = at(2, "15:00:00");
    scene.plan.costs.lateness.0 += 7;
    assert_eq!(scene.judged(), []);
}

/// The pen rides on demand to the hub, which passes it on at once, and from there to the shop.
#[test]
fn a_way_of_two_legs_connects() {
    let mut scene = scene();
    scene.world["lanes"][1]["to"] = json!("hub");
    scene.world["nodes"][0]["cross_docks"] = json!({"keeps": [{"id": "any", "temperature": [0, 30]}]});
    scene.world["lanes"][1]["schedule"] = json!({"on_demand": {"calendar": "work"}});
    scene.world["lanes"].as_array_mut().unwrap().push(json!({
        "id": "x-hub-p1", "from": "hub", "to": "p1", "transit_minutes": 10, "cut_off_minutes": 5,
        "schedule": {"every": {"minutes": 40, "calendar": "work"}},
        "compartments": [{"id": "dry", "temperature": [0, 30]}]
    }));
    let pen = &mut scene.plan.parcels[1];
    // On demand at 10:45, there at 13:45; every 40 minutes from 9:00: 13:40 is missed, 14:20 is not.
    pen.legs[0].departs_at = at(2, "10:45:00");
    pen.legs[0].arrives_at = at(2, "13:45:00");
    pen.legs.push(Leg {
        lane: volok::world::LaneIx(2),
        compartment: 0,
        departs_at: at(2, "14:20:00"),
        arrives_at: at(2, "14:30:00"),
        cost: Money(0),
    });
    pen.hand_over.as_mut().unwrap().at = at(2, "14:30:00");
    // An hour and a half late: two started hours, one more than before.
    scene.plan.costs.lateness.0 += 7;
    assert_eq!(scene.judged(), []);
}

#[test]
fn a_group_comes_whole_or_not_at_all() {
    let mut scene = scene();
    // The pen of parcel B stays away: one parcel with the milk and one of three pens.
    scene.plan.parcels.pop();
    scene.plan.unfilled[0].qty = Quantity(2);
    scene.plan.costs = Costs {
        pick_units: Money(3),
        pick_lines: Money(10),
        packing: Money(30),
        carriage: Money(150),
        hand_over: Money(25),
        lateness: Money(21 * 7),
        unfilled: Money(200),
        stock: Money(6),
        ..Costs::default()
    };
    scene.plan.bound = Money(0);
    assert_eq!(scene.judged(), []);
    scene.order["policy"]["together"] = json!([[1, 2]]);
    assert_eq!(scene.broken(), [volok::check::Rule::F1]);

    // With all three pens in it the group is whole: 20 g, 30 cm³ and two units more.
    scene.plan.parcels[0].picks[1].qty = Quantity(3);
    scene.plan.parcels[0].grams = Grams(2030);
    scene.plan.parcels[0].cm3 = CubicCentimetres(2045);
    scene.plan.unfilled.clear();
    scene.plan.costs.pick_units = Money(5);
    scene.plan.costs.unfilled = Money(0);
    assert_eq!(scene.judged(), []);
}
