//! F7 over several orders: all of them together find room, or the later ones are told.

use crate::scene::*;
use crate::several::{Cells, served, wish};
use serde_json::{Value, json};
use volok::check::{Rule, check_all};
use volok::load::{Claim, Load};
use volok::plan::{Plan, claims};
use volok::world::Order;

/// Three orders of a carton each, placed one after another: all ride at 18:00 and are at the shop at 20:00.
fn three(change: impl FnOnce(&mut Value)) -> Vec<(Rule, String)> {
    let mut world = world();
    change(&mut world);
    let orders = [("c", 0), ("a", 1), ("b", 2)].map(|(id, minutes)| wish(id, "web", minutes, 1, 3));
    let cells: Cells = &[(MILK_L1, 1)];
    let builts: Vec<Built> = orders.iter().map(|order| built(&world, order)).collect();
    let plans: Vec<(&Order, Plan)> =
        builts.iter().map(|built| (&built.order, served(built, &built.order, cells))).collect();
    let pairs: Vec<(&Order, &Plan)> = plans.iter().map(|(order, plan)| (*order, plan)).collect();
    let backwards: Vec<(&Order, &Plan)> = pairs.iter().rev().copied().collect();
    let first = &builts[0];
    let found = check_all(&first.world, &first.stock, &pairs);
    assert_eq!(found, check_all(&first.world, &first.stock, &backwards));

    // What each claims when it is its turn finds room exactly when nobody is told of it.
    let mut load = Load::default();
    for (order, plan) in &pairs {
        let taken = claims(&first.world, order, plan);
        let room = taken.iter().all(|claim| has_room(first, &load, claim));
        let told = found.iter().any(|violation| violation.order == order.id);
        assert_eq!(room, !told, "{}", order.id);
        if room {
            load.commit(&taken).expect("no overflow");
        }
    }
    found.into_iter().map(|violation| (violation.rule, violation.order.to_string())).collect()
}

fn has_room(built: &Built, load: &Load, claim: &Claim) -> bool {
    let world = &built.world;
    match *claim {
        Claim::Departure { lane, compartment, departs, grams, cm3 } => {
            load.room_on_departure(world, lane, departs, compartment).takes(grams, cm3)
        }
        Claim::NodeDay { node, date, parcels, lines } => {
            let room = load.room_on_day(world, node, date);
            room.parcels.is_none_or(|left| parcels <= left) && room.lines.is_none_or(|left| lines <= left)
        }
        Claim::Buffer { node, from, until } => {
            load.room_in_buffer(world, node, from, until).is_none_or(|left| left > 0)
        }
        Claim::Point { node, from, until } => {
            load.room_at_point(world, node, from, until).is_none_or(|left| left > 0)
        }
    }
}

fn told(orders: &[&str]) -> Vec<(Rule, String)> {
    orders.iter().map(|order| (Rule::F7, (*order).to_owned())).collect()
}

#[test]
fn a_departure_takes_so_much_of_all_orders() {
    let capacity = |capacity: Value| {
        move |world: &mut Value| world["lanes"][0]["compartments"][0]["capacity"] = capacity
    };
    assert_eq!(three(|_| {}), []);
    assert_eq!(three(capacity(json!({"parcels": 3, "grams": 3000, "cm3": 3000}))), []);
    assert_eq!(three(capacity(json!({"parcels": 2}))), told(&["b"]));
    assert_eq!(three(capacity(json!({"grams": 2999}))), told(&["b"]));
    assert_eq!(three(capacity(json!({"cm3": 1999}))), told(&["a", "b"]));
    let other = |world: &mut Value| world["lanes"][0]["compartments"][1]["capacity"] = json!({"parcels": 0});
    assert_eq!(three(other), [], "nobody rides there");
}

#[test]
fn a_warehouse_makes_so_much_ready_in_a_day() {
    let stores = |field: &'static str, most: i64| {
        move |world: &mut Value| world["nodes"][2]["stores"][field] = json!(most)
    };
    assert_eq!(three(stores("parcels_per_day", 3)), []);
    assert_eq!(three(stores("parcels_per_day", 2)), told(&["b"]));
    assert_eq!(three(stores("lines_per_day", 1)), told(&["a", "b"]));
}

#[test]
fn a_shop_holds_so_many_parcels() {
    let holds = |most: i64, days: i64| {
        move |world: &mut Value| {
            world["nodes"][1]["hands_over"]["holds_parcels"] = json!(most);
            world["nodes"][1]["hands_over"]["kept_days"] = json!(days);
        }
    };
    assert_eq!(three(holds(3, 7)), []);
    assert_eq!(three(holds(2, 1)), told(&["b"]));
    assert_eq!(three(holds(0, 1)), told(&["c", "a", "b"]));
}
