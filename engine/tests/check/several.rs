//! Plans of several orders that share cells and fences.

use crate::scene::*;
use serde_json::{Value, json};
use smallvec::smallvec;
use volok::check::{Rule, Violation, check, check_all};
use volok::plan::{Costs, Fiscal, HandOver, Leg, Parcel, Plan};
use volok::stock::CellIx;
use volok::units::{CubicCentimetres, Grams, Money, Temperatures};
use volok::world::Order;

/// Cells and the units taken from them.
pub type Cells = &'static [(CellIx, u32)];

/// An order of some milk, placed at so many minutes past eleven on Monday.
pub fn wish(id: &str, channel: &str, minutes: u32, qty: u32, days: i64) -> Value {
    json!({
        "id": id, "channel": channel, "placed_at": format!("2026-03-02T11:{minutes:02}:00+03:00"), "to": "p1",
        "lines": [{"sku": "milk", "qty": qty, "min_shelf_life_days": days, "unfilled_penalty": 500}]
    })
}

/// Its plan: all from these cells, picked when the last of them can be, by the 18:00 lane.
pub fn served(built: &Built, order: &Order, cells: &[(CellIx, u32)]) -> Plan {
    let qty: u32 = cells.iter().map(|(_, qty)| qty).sum();
    let grams = 1000 * u64::from(qty);
    let start = cells
        .iter()
        .map(|&(cell, _)| built.stock.cell(cell).available_at)
        .fold(order.placed_at, |latest, due| latest.max(due));
    let shop = shop(&built.world);
    let web = built.world.channel_names().of(order.channel) == "web";
    let carriage = if grams > 1000 { 150 } else { 110 };
    let costs = Costs {
        pick_units: Money(i64::from(qty)),
        pick_lines: Money(5),
        packing: Money(30),
        carriage: Money(carriage),
        hand_over: Money(25),
        stock: Money(3 * i64::from(qty)),
        ..Costs::default()
    };
    let parcel = Parcel {
        node: W1,
        picks: cells.iter().map(|&(cell, qty)| pick(MILK, cell, qty)).collect(),
        parts: smallvec![],
        temperature: Temperatures::new(2, 6).expect("not empty"),
        grams: Grams(grams),
        cm3: CubicCentimetres(grams),
        ready_at: start.after(volok::units::Seconds(3600)).expect("in time"),
        legs: smallvec![Leg {
            lane: W1_P1,
            compartment: 0,
            departs_at: at(2, "18:00:00"),
            arrives_at: at(2, "20:00:00"),
            cost: Money(carriage),
        }],
        hand_over: Some(HandOver {
            at: at(3, "10:00:00"),
            storage: 0,
            fiscal: if web { Fiscal::Online(shop) } else { Fiscal::Counter(shop) },
        }),
    };
    Plan { parcels: smallvec![parcel], unfilled: Vec::new(), costs, bound: costs.total(), steps: 0 }
}

/// What is wrong with these orders together, each given with the cells it takes from.
fn judged(world: &Value, wishes: &[(Value, Cells)]) -> Vec<Violation> {
    let builts: Vec<Built> = wishes.iter().map(|(order, _)| built(world, order)).collect();
    let pairs: Vec<(&Order, Plan)> = builts
        .iter()
        .zip(wishes)
        .map(|(built, (_, cells))| (&built.order, served(built, &built.order, cells)))
        .collect();
    let pairs: Vec<(&Order, &Plan)> = pairs.iter().map(|(order, plan)| (*order, plan)).collect();
    let first = &builts[0];
    let backwards: Vec<(&Order, &Plan)> = pairs.iter().rev().copied().collect();
    let found = check_all(&first.world, &first.stock, &pairs);
    assert_eq!(
        found,
        check_all(&first.world, &first.stock, &backwards),
        "the sequence of rows cannot be seen"
    );
    found
}

fn told(found: &[Violation]) -> Vec<(Rule, &str)> {
    found.iter().map(|violation| (violation.rule, &*violation.order)).collect()
}

pub fn fenced(fences: &[(&[&str], i64)]) -> Value {
    let mut world = world();
    let fence = |(channels, qty): &(&[&str], i64)| json!({"seller": "dairy", "sku": "milk", "node": "w1", "channels": channels, "qty": qty});
    world["ring_fences"] = fences.iter().map(fence).collect();
    world["channels"].as_array_mut().unwrap().push(json!({"id": "yard"}));
    world
}

#[test]
fn nothing_is_judged_when_there_is_nothing() {
    let built = built(&world(), &order());
    assert_eq!(check_all(&built.world, &built.stock, &[]), []);
}

#[test]
fn each_alone_is_right_and_both_take_too_much() {
    let (early, late) = (wish("b", "web", 0, 3, 3), wish("a", "web", 5, 3, 3));
    let cells: Cells = &[(MILK_L1, 3)];
    assert_eq!(told(&judged(&world(), &[(early.clone(), cells)])), []);
    assert_eq!(told(&judged(&world(), &[(late.clone(), cells)])), []);
    assert_eq!(told(&judged(&world(), &[(early.clone(), cells), (late.clone(), cells)])), [(Rule::F2, "a")]);
    // The later one does right with what is left.
    let rest: Cells = &[(MILK_L1, 2), (MILK_L2, 1)];
    assert_eq!(told(&judged(&world(), &[(early, cells), (late, rest)])), []);
}

#[test]
fn a_lot_passed_over_is_told_only_when_some_of_it_is_left_after_all() {
    let (early, late) = (wish("a", "web", 0, 2, 3), wish("b", "web", 5, 5, 3));
    let skips: Cells = &[(MILK_L2, 2)];
    assert_eq!(told(&judged(&world(), &[(early.clone(), skips)])), [(Rule::F3, "a")]);
    let empties: Cells = &[(MILK_L1, 5)];
    assert_eq!(told(&judged(&world(), &[(early, skips), (late, empties)])), []);
}

#[test]
fn channels_share_what_is_not_fenced() {
    // 10 on hand, 6 kept for the partner: 4 for the others together.
    let world = fenced(&[(&["partner"], 6)]);
    let (web, yard) = (wish("a", "web", 0, 2, 3), wish("b", "yard", 5, 3, 3));
    let (two, three): (Cells, Cells) = (&[(MILK_L1, 2)], &[(MILK_L1, 3)]);
    assert_eq!(told(&judged(&world, &[(web.clone(), two)])), []);
    assert_eq!(told(&judged(&world, &[(yard.clone(), three)])), []);
    assert_eq!(told(&judged(&world, &[(web.clone(), two), (yard, three)])), [(Rule::F2, "b")]);
    let partner = wish("b", "partner", 5, 3, 3);
    assert_eq!(told(&judged(&world, &[(web, two), (partner, three)])), []);
}

#[test]
fn channels_admitted_by_different_fences_share_the_rest() {
    // 10 on hand; 4 for the web, 4 for the yard, 2 for the partner or the yard.
    let world = fenced(&[(&["web"], 4), (&["yard"], 4), (&["partner", "yard"], 2)]);
    let take = |id, channel, minutes, qty| wish(id, channel, minutes, qty, 3);
    let all = [
        (take("a", "web", 0, 4), &[(MILK_L1, 4u32)] as Cells),
        (take("b", "partner", 1, 2), &[(MILK_L1, 1), (MILK_L2, 1)]),
        (take("c", "yard", 2, 4), &[(MILK_L2, 4)]),
    ];
    assert_eq!(told(&judged(&world, &all)), []);
    let greedy = [(take("a", "partner", 0, 3), &[(MILK_L1, 3u32)] as Cells)];
    assert_eq!(told(&judged(&world, &greedy)), [(Rule::F2, "a")]);
}

#[test]
fn a_fence_served_from_later_supply_frees_what_is_on_hand() {
    // L1 is on hand, L2 announced; all of 5 is kept for the partner, who takes the later lot for its longer life.
    let mut world = fenced(&[(&["partner"], 5)]);
    let l2 = world["stock"].as_array_mut().unwrap().remove(1);
    world["inbound"] = json!([{"seller": "dairy", "sku": "milk", "node": "w1", "zone": "cold", "lot": "L2",
        "expires": l2["expires"], "qty": 5, "price": 3, "available_at": "2026-03-02T12:00:00+03:00"}]);
    let partner = (wish("a", "partner", 0, 5, 10), &[(MILK_L2, 5u32)] as Cells);
    let web = (wish("b", "web", 5, 5, 3), &[(MILK_L1, 5u32)] as Cells);
    assert_eq!(told(&judged(&world, &[partner, web.clone()])), []);
    assert_eq!(told(&judged(&world, &[web])), [(Rule::F2, "b")]);
}

#[test]
fn more_fences_than_sets_are_asked_for_are_still_held() {
    let mut fences: Vec<(&[&str], i64)> = vec![(&["partner"], 1); 9];
    fences[0].1 = 2;
    let mut world = fenced(&fences);
    // Nine sets of channels that differ.
    for k in 0..9 {
        let other = format!("other{k}");
        world["channels"].as_array_mut().unwrap().push(json!({"id": other}));
        world["ring_fences"][k]["channels"] = json!(["partner", other]);
    }
    let one = (wish("a", "web", 0, 1, 3), &[(MILK_L1, 1u32)] as Cells);
    assert_eq!(told(&judged(&world, &[one])), [(Rule::F2, "a")]);
}

#[test]
fn an_order_of_another_world_is_told_and_the_others_are_judged() {
    let here = built(&world(), &order());
    let mut stranger = here.order.clone();
    stranger.id = "0999".into();
    stranger.to = volok::world::NodeIx(99);
    let mut wrong = plan();
    wrong.costs.packing.0 += 1;
    let found = check_all(&here.world, &here.stock, &[(&here.order, &wrong), (&stranger, &plan())]);
    assert_eq!(told(&found), [(Rule::F1, "0999"), (Rule::F10, "1001")]);
    assert_eq!(check(&here.world, &here.stock, &stranger, &plan()).len(), 1);
}
