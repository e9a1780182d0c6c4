//! Parcels that change lanes and merge at cross-docks: plans that are right, all arithmetic done by hand.
//!
//! The world of `scene` with lanes from both warehouses to the hub, which merges, and from there to the shop. Two
//! cartons of milk leave `w1`, a pen leaves `w2`; at the hub they become one parcel.

use crate::scene::*;
use serde_json::{Value, json};
use smallvec::smallvec;
use volok::load::{Claim, Load};
use volok::plan::{Costs, Fiscal, HandOver, Leg, Parcel, Plan, claims};
use volok::units::{CubicCentimetres, Grams, Money, Temperatures};
use volok::world::{LaneIx, NodeIx};

/// Lanes by the order of keys, after `w1-p1` and `w2-p1`.
pub const W1_HUB: LaneIx = LaneIx(2);
pub const W2_HUB: LaneIx = LaneIx(3);
pub const HUB_P1: LaneIx = LaneIx(4);

fn lane(id: &str, from: &str, to: &str, schedule: Value, cut_off: i64, transit: i64) -> Value {
    json!({
        "id": id, "from": from, "to": to, "schedule": schedule, "cut_off_minutes": cut_off,
        "transit_minutes": transit, "tariff": "small",
        "compartments": [{"id": "chilled", "temperature": [2, 6]}, {"id": "dry", "temperature": [15, 25]}]
    })
}

/// Every capacity and limit is met exactly.
pub fn docked_world() -> Value {
    let mut world = world();
    world["max_legs"] = json!(2);
    world["nodes"][0]["cross_docks"] = json!({
        "calendar": "work", "handling_minutes": 20, "cost_per_parcel": 11, "merge_minutes": 15,
        "cost_per_merge": 13, "buffer_parcels": 2, "keeps": [
            {"id": "cold", "temperature": [2, 6], "longest_dwell_minutes": 90},
            {"id": "floor", "temperature": [15, 25], "longest_dwell_minutes": 165}]
    });
    world["nodes"][1]["hands_over"]["holds_parcels"] = json!(1);
    world["nodes"][1]["hands_over"]["expected_stay_days"] = json!(2);
    world["nodes"][2]["stores"]["parcels_per_day"] = json!(1);
    world["nodes"][2]["stores"]["lines_per_day"] = json!(1);
    let lanes = world["lanes"].as_array_mut().expect("lanes");
    lanes.push(lane("x1", "w1", "hub", json!({"every": {"minutes": 30}}), 0, 60));
    lanes.push(lane("x2", "w2", "hub", json!({"on_demand": {}}), 0, 30));
    let runs = json!({"weekly": {"zone": "Europe/Moscow", "at": {"mon": ["14:00", "16:00"]}}});
    lanes.push(lane("x3", "hub", "p1", runs, 30, 45));
    world["lanes"][2]["compartments"][0]["capacity"] = json!({"grams": 2000, "cm3": 2000, "parcels": 1});
    world["lanes"][4]["compartments"][0]["capacity"] = json!({"grams": 2010, "cm3": 2015, "parcels": 1});
    world
}

pub fn docked_order() -> Value {
    let mut order = order();
    order["lines"][1]["qty"] = json!(1);
    order
}

fn tolerated(lo: i8, hi: i8) -> Temperatures {
    Temperatures::new(lo, hi).expect("not empty")
}

pub fn docked_plan() -> Plan {
    let shop = shop(&built(&docked_world(), &docked_order()).world);
    // Ready 11:15, every half hour: 11:30, there at 12:30, handled at 12:50.
    let milk = Parcel {
        node: W1,
        picks: smallvec![pick(MILK, MILK_L1, 2)],
        parts: smallvec![],
        temperature: tolerated(2, 6),
        grams: Grams(2000),
        cm3: CubicCentimetres(2000),
        ready_at: at(2, "11:15:00"),
        legs: smallvec![leg(W1_HUB, 0, at(2, "11:30:00"), at(2, "12:30:00"), 150)],
        hand_over: None,
    };
    // Ready 10:45, on demand, there at 11:15, handled at 11:35. Its goods wait until 14:00: 165 minutes.
    let pen = Parcel {
        node: W2,
        picks: smallvec![pick(PEN, PEN_W2, 1)],
        parts: smallvec![],
        temperature: tolerated(-30, 40),
        grams: Grams(10),
        cm3: CubicCentimetres(15),
        ready_at: at(2, "10:45:00"),
        legs: smallvec![leg(W2_HUB, 1, at(2, "10:45:00"), at(2, "11:15:00"), 110)],
        hand_over: None,
    };
    // From 12:50 a quarter of an hour: 13:05; cut-off half an hour: 14:00. The milk has waited 90 minutes by then.
    let merged = Parcel {
        node: HUB,
        picks: smallvec![],
        parts: smallvec![0, 1],
        temperature: tolerated(2, 6),
        grams: Grams(2010),
        cm3: CubicCentimetres(2015),
        ready_at: at(2, "13:05:00"),
        legs: smallvec![leg(HUB_P1, 0, at(2, "14:00:00"), at(2, "14:45:00"), 150)],
        hand_over: Some(HandOver { at: at(2, "14:45:00"), storage: 0, fiscal: Fiscal::Online(shop) }),
    };
    let costs = Costs {
        pick_units: Money(2 + 2),
        pick_lines: Money(5 + 4),
        packing: Money(30 + 30),
        carriage: Money(150 + 110 + 150),
        handling: Money(11 + 11),
        merging: Money(13),
        hand_over: Money(25),
        // An hour and three quarters after the promise.
        lateness: Money(2 * 7),
        stock: Money(2 * 3 - 1),
        ..Costs::default()
    };
    let bound = costs.total();
    Plan { parcels: smallvec![milk, pen, merged], unfilled: Vec::new(), costs, bound, steps: 0 }
}

pub fn leg(
    lane: LaneIx,
    compartment: u8,
    departs_at: volok::Instant,
    arrives_at: volok::Instant,
    cost: i64,
) -> Leg {
    Leg { lane, compartment, departs_at, arrives_at, cost: Money(cost) }
}

pub fn docked() -> Scene {
    Scene { world: docked_world(), order: docked_order(), plan: docked_plan() }
}

#[test]
fn the_right_plan_with_a_merge_passes() {
    assert_eq!(docked().judged(), []);
}

#[test]
fn a_plan_claims_what_it_takes() {
    let built = built(&docked_world(), &docked_order());
    let plan = docked_plan();
    let taken = claims(&built.world, &built.order, &plan);
    let ride = |lane, departs, grams, cm3| Claim::Departure {
        lane,
        compartment: 0,
        departs,
        grams: Grams(grams),
        cm3: CubicCentimetres(cm3),
    };
    let wait = |from, until| Claim::Buffer { node: HUB, from: at(2, from), until: at(2, until) };
    let day = (at(2, "00:00:00").0 + 3 * 3600) / 86_400;
    assert_eq!(
        taken,
        [
            Claim::NodeDay { node: W1, date: day as i32, parcels: 1, lines: 1 },
            ride(W1_HUB, at(2, "11:30:00"), 2000, 2000),
            wait("12:30:00", "13:05:00"),
            wait("11:15:00", "13:05:00"),
            wait("13:05:00", "14:00:00"),
            ride(HUB_P1, at(2, "14:00:00"), 2010, 2015),
            Claim::Point { node: P1, from: at(2, "14:45:00"), until: at(4, "14:45:00") },
        ]
    );
    let mut load = Load::default();
    load.commit(&taken).expect("no overflow");
    assert_eq!(load.room_in_buffer(&built.world, HUB, at(2, "12:00:00"), at(2, "15:00:00")), Some(0));
    assert_eq!(load.room_at_point(&built.world, P1, at(4, "14:44:59"), at(9, "00:00:00")), Some(0));
    let full = load.room_on_departure(&built.world, HUB_P1, at(2, "14:00:00"), 0);
    assert!(!full.takes(Grams(0), CubicCentimetres(0)));
    load.release(&taken).expect("what was committed");
    assert!(load.is_empty());
}

/// The pen rides through the hub and is handed over on its own; the milk goes as ever.
#[test]
fn a_parcel_that_changes_lanes_is_handled_once() {
    let mut scene = scene();
    scene.world = docked_world();
    // Beside the pens' the milk's parcel: one more at the shop, and a line more of `w1`.
    scene.world["nodes"][1]["hands_over"]["holds_parcels"] = json!(2);
    scene.world["nodes"][2]["stores"]["lines_per_day"] = json!(2);
    let pen = &mut scene.plan.parcels[1];
    pen.legs[0] = leg(W2_HUB, 1, at(2, "10:45:00"), at(2, "11:15:00"), 110);
    pen.legs.push(leg(HUB_P1, 1, at(2, "14:00:00"), at(2, "14:45:00"), 110));
    pen.hand_over.as_mut().unwrap().at = at(2, "14:45:00");
    scene.plan.costs.carriage.0 += 110;
    scene.plan.costs.handling.0 += 11;
    scene.plan.costs.lateness.0 += 7;
    assert_eq!(scene.judged(), []);
    // Handled at 11:35.
    scene.world["lanes"][4]["cut_off_minutes"] = json!(145);
    assert_eq!(scene.judged(), []);
    scene.world["lanes"][4]["cut_off_minutes"] = json!(146);
    assert_eq!(scene.broken(), [volok::check::Rule::F6]);
}

/// Both ride to the shop, which merges them and hands them over: they do not wait there longer than that.
#[test]
fn a_merge_where_the_order_is_handed_over() {
    let mut scene = docked();
    let hub = scene.world["nodes"][0].as_object_mut().unwrap().remove("cross_docks").unwrap();
    scene.world["nodes"][1]["cross_docks"] = hub;
    for part in 0..2 {
        let lane = &mut scene.world["lanes"][2 + part];
        lane["to"] = json!("p1");
    }
    let merged = &mut scene.plan.parcels[2];
    merged.node = P1;
    merged.legs.clear();
    merged.hand_over.as_mut().unwrap().at = at(2, "13:05:00");
    scene.plan.costs.carriage.0 -= 150;
    scene.plan.costs.lateness.0 -= 7;
    scene.plan.bound = scene.plan.cost();
    // The milk 35 minutes, the pen 110.
    scene.world["nodes"][1]["cross_docks"]["keeps"][0]["longest_dwell_minutes"] = json!(35);
    scene.world["nodes"][1]["cross_docks"]["keeps"][1]["longest_dwell_minutes"] = json!(110);
    scene.world["max_legs"] = json!(1);
    assert_eq!(scene.judged(), []);
    scene.world["nodes"][1]["cross_docks"]["keeps"][1]["longest_dwell_minutes"] = json!(109);
    assert_eq!(scene.broken(), [volok::check::Rule::F6]);
}

/// The pen lies at the hub: it is not handled, takes no room before the merge, and waits where goods wait.
#[test]
fn a_part_packed_where_it_is_merged() {
    let mut scene = docked();
    let pens = scene.world["stock"].as_array_mut().unwrap().remove(3);
    scene.world["stock"].as_array_mut().unwrap().push(pens);
    scene.world["stock"][3]["node"] = json!("hub");
    scene.world["stock"][3]["zone"] = json!("any");
    scene.world["nodes"][0]["stores"] = json!({"calendar": "work", "cost_per_parcel": 30, "zones": [
        {"id": "any", "temperature": [15, 25], "lead_minutes": 45, "cost_per_line": 4, "cost_per_unit": 2}]});
    // One parcel at a time, for the pen takes no room; and it waits from 11:00 to 14:00.
    scene.world["nodes"][0]["cross_docks"]["buffer_parcels"] = json!(1);
    scene.world["nodes"][0]["cross_docks"]["keeps"][1]["longest_dwell_minutes"] = json!(180);
    let built = built(&scene.world, &scene.order);
    let (first, cells) = built.stock.of(volok::world::SkuIx(1));
    let row = cells.iter().position(|cell| cell.node == HUB).expect("pens at the hub");
    let pen = &mut scene.plan.parcels[1];
    pen.node = HUB;
    pen.picks[0].cell.0 = first.0 + row as u32;
    pen.ready_at = at(2, "11:00:00");
    pen.legs.clear();
    scene.plan.costs.carriage.0 -= 110;
    scene.plan.costs.handling.0 -= 11;
    scene.plan.bound = scene.plan.cost();
    assert_eq!(scene.judged(), []);
    let taken = claims(&built.world, &built.order, &scene.plan);
    let waits = taken.iter().filter(|claim| matches!(claim, Claim::Buffer { .. })).count();
    assert_eq!(waits, 2, "the milk and the merged parcel");
    scene.world["nodes"][0]["cross_docks"]["keeps"][1]["longest_dwell_minutes"] = json!(179);
    assert_eq!(scene.broken(), [volok::check::Rule::F6]);
}

/// What was merged at the hub is merged once more, at the shop, with a pen that came there.
#[test]
fn a_merged_parcel_is_merged_again_elsewhere() {
    let mut scene = docked();
    scene.order["lines"][1]["qty"] = json!(2);
    scene.world["nodes"][1]["cross_docks"] = json!({"cost_per_parcel": 3, "cost_per_merge": 17, "keeps": [
        {"id": "cold", "temperature": [2, 6]}]});
    let shop_end = scene.plan.parcels[2].hand_over.take();
    let mut pen = scene.plan.parcels[1].clone();
    // Direct: 11:00 to 14:00.
    pen.legs[0] = leg(W2_P1, 1, at(2, "11:00:00"), at(2, "14:00:00"), 110);
    let mut merged = scene.plan.parcels[2].clone();
    merged.node = P1;
    merged.parts = smallvec![2, 3];
    merged.ready_at = at(2, "14:45:00");
    merged.legs.clear();
    (merged.grams, merged.cm3) = (Grams(2020), CubicCentimetres(2030));
    merged.hand_over = shop_end;
    scene.plan.parcels.push(pen);
    scene.plan.parcels.push(merged);
    let costs = &mut scene.plan.costs;
    costs.pick_units.0 += 2;
    costs.pick_lines.0 += 4;
    costs.packing.0 += 30;
    costs.carriage.0 += 110;
    costs.handling.0 += 3 + 3;
    costs.merging.0 += 17;
    costs.stock.0 -= 1;
    assert_eq!(scene.judged(), []);
    scene.world["max_legs"] = json!(1);
    assert_eq!(scene.broken(), [volok::check::Rule::F6]);
}

/// Without handling and merge times nothing takes time, whatever the hours.
#[test]
fn no_time_is_no_time_outside_working_hours_too() {
    let mut scene = docked();
    scene.world["calendars"].as_array_mut().unwrap().push(json!({"id": "nights", "zone": "Europe/Moscow",
        "weekly": {"mon": [["22:00", "24:00"]]}}));
    let dock = &mut scene.world["nodes"][0]["cross_docks"];
    dock["calendar"] = json!("nights");
    dock["handling_minutes"] = json!(0);
    dock["merge_minutes"] = json!(0);
    assert_eq!(scene.broken(), [volok::check::Rule::F6], "it is ready as soon as the milk is there");
    scene.plan.parcels[2].ready_at = at(2, "12:30:00");
    assert_eq!(scene.judged(), []);
}

#[test]
fn a_later_departure_than_the_first_is_right() {
    let mut scene = docked();
    scene.plan.parcels[0].legs[0] = leg(W1_HUB, 0, at(2, "12:00:00"), at(2, "13:00:00"), 150);
    // Handled 13:20, merged 13:35, too late for 14:00 by nothing: the cut-off is half an hour.
    scene.plan.parcels[2].ready_at = at(2, "13:35:00");
    assert_eq!(scene.broken(), [volok::check::Rule::F6]);
    scene.world["lanes"][4]["cut_off_minutes"] = json!(25);
    assert_eq!(scene.judged(), []);
}

#[test]
fn rows_stand_where_the_constants_say() {
    let built = built(&docked_world(), &docked_order());
    let lane = |key| built.world.lane_names().find(key).expect("a lane");
    assert_eq!([lane("x1"), lane("x2"), lane("x3")], [W1_HUB, W2_HUB, HUB_P1]);
    assert_eq!(built.world.node_names().find("hub"), Some(NodeIx(HUB.0)));
}
