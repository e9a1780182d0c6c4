//! One planted mistake at a time in a plan that merges, and the rules that catch it: exactly these.

use crate::docks::*;
use crate::mutations::{Mistake, caught, later};
use crate::scene::*;
use serde_json::json;
use smallvec::smallvec;
use volok::check::Rule::*;
use volok::units::{Quantity, Temperatures};

fn caught_in_docks(mistakes: &[Mistake]) {
    caught(docked, mistakes);
}

#[test]
fn what_shares_a_merged_parcel() {
    caught_in_docks(&[
        ("classes kept apart until they are merged", &[F4], |s| {
            s.world["skus"][1]["class"] = json!("chemistry")
        }),
        ("one that ships alone", &[F4], |s| s.world["skus"][1]["ships_alone"] = json!(true)),
        ("no temperature in common once merged", &[F5], |s| {
            s.world["skus"][1]["temperature"] = json!([15, 40]);
            s.plan.parcels[1].temperature = Temperatures::new(15, 40).unwrap();
        }),
        ("a stated interval of one part alone", &[F5], |s| {
            s.plan.parcels[2].temperature = s.plan.parcels[1].temperature;
        }),
        ("milk rides dry after the merge", &[F5], |s| s.plan.parcels[2].legs[0].compartment = 1),
        ("nowhere cold to wait", &[F5], |s| {
            s.world["nodes"][0]["cross_docks"]["keeps"][0]["temperature"] = json!([2, 7]);
        }),
        ("the weight of one part alone", &[F8], |s| s.plan.parcels[2].grams = s.plan.parcels[0].grams),
        ("too heavy once merged", &[F8], |s| s.world["lanes"][4]["largest"] = json!({"grams": 2009})),
        ("too large once merged", &[F8], |s| {
            s.world["nodes"][1]["hands_over"]["largest"] = json!({"cm3": 2014});
        }),
    ]);
}

#[test]
fn times_of_a_merge() {
    caught_in_docks(&[
        ("ready before the merge is done", &[F6], |s| later(&mut s.plan.parcels[2].ready_at, -1)),
        ("ready too late", &[F6], |s| later(&mut s.plan.parcels[2].ready_at, 1)),
        ("longer handling", &[F6], |s| {
            s.world["nodes"][0]["cross_docks"]["handling_minutes"] = json!(21);
        }),
        ("a longer merge", &[F6], |s| s.world["nodes"][0]["cross_docks"]["merge_minutes"] = json!(16)),
        ("nobody at the dock that day", &[F6], |s| {
            let mut hours = s.world["calendars"][1].clone();
            hours["id"] = json!("other");
            hours["closed"] = json!(["2026-03-02"]);
            s.world["calendars"].as_array_mut().unwrap().push(hours);
            s.world["nodes"][0]["cross_docks"]["calendar"] = json!("other");
        }),
        ("a cut-off missed after the merge", &[F6], |s| {
            s.world["lanes"][4]["cut_off_minutes"] = json!(56);
        }),
        ("milk that waits too long", &[F6], |s| {
            s.world["nodes"][0]["cross_docks"]["keeps"][0]["longest_dwell_minutes"] = json!(89);
        }),
        ("a pen that waits too long, merged meanwhile", &[F6], |s| {
            s.world["nodes"][0]["cross_docks"]["keeps"][1]["longest_dwell_minutes"] = json!(164);
        }),
        ("too many legs one after another", &[F6], |s| s.world["max_legs"] = json!(1)),
    ]);
}

#[test]
fn places_of_a_merge() {
    caught_in_docks(&[
        ("a place that does not cross-dock", &[F6], |s| s.world["nodes"][0]["cross_docks"] = json!(null)),
        ("a part that ends elsewhere", &[F6, F10], |s| {
            s.plan.parcels[1].legs[0] = leg(W2_P1, 1, at(2, "11:00:00"), at(2, "14:00:00"), 110);
            s.plan.costs.packing.0 += 1;
        }),
        ("a part that stayed at home", &[F6, F10], |s| s.plan.parcels[1].legs.clear()),
        ("a part handed over on its own", &[F6, F7, F10], |s| {
            s.plan.parcels[0].hand_over = s.plan.parcels[2].hand_over;
        }),
        ("a merge of one", &[F5, F6, F8, F10], |s| s.plan.parcels[2].parts = smallvec![1]),
        ("a part merged twice", &[F6], |s| s.plan.parcels[2].parts = smallvec![0, 1, 1]),
        ("picked and merged", &[F1, F5, F6, F7, F8, F10], |s| {
            s.plan.parcels[2].picks.push(pick(PEN, PEN_W2, 1));
        }),
        ("merged again on the spot", &[F5, F6, F8, F10], |s| {
            let mut again = s.plan.parcels[2].clone();
            s.plan.parcels[2].legs.clear();
            s.plan.parcels[2].hand_over = None;
            again.parts = smallvec![2, 0];
            later(&mut again.ready_at, 900);
            s.plan.parcels.push(again);
        }),
    ]);
}

#[test]
fn capacities() {
    caught_in_docks(&[
        ("a gram too much in the compartment", &[F7], |s| {
            s.world["lanes"][2]["compartments"][0]["capacity"]["grams"] = json!(1999);
        }),
        ("a cubic centimetre too much", &[F7], |s| {
            s.world["lanes"][4]["compartments"][0]["capacity"]["cm3"] = json!(2014);
        }),
        ("no parcel at all", &[F7], |s| {
            s.world["lanes"][4]["compartments"][0]["capacity"]["parcels"] = json!(0);
        }),
        ("no parcel that day", &[F7], |s| s.world["nodes"][2]["stores"]["parcels_per_day"] = json!(0)),
        ("no line that day", &[F7], |s| s.world["nodes"][2]["stores"]["lines_per_day"] = json!(0)),
        ("two wait where one can", &[F7], |s| {
            s.world["nodes"][0]["cross_docks"]["buffer_parcels"] = json!(1);
        }),
        ("a full shop", &[F7], |s| s.world["nodes"][1]["hands_over"]["holds_parcels"] = json!(0)),
    ]);
}

#[test]
fn costs_of_cross_docks() {
    caught_in_docks(&[
        ("handling not paid", &[F10], |s| s.plan.costs.handling.0 -= 11),
        ("the merge not paid", &[F10], |s| s.plan.costs.merging.0 = 0),
        ("dearer handling", &[F10], |s| s.world["nodes"][0]["cross_docks"]["cost_per_parcel"] = json!(12)),
        ("a dearer merge", &[F10], |s| s.world["nodes"][0]["cross_docks"]["cost_per_merge"] = json!(14)),
        ("one parcel is no extra delivery", &[F10], |s| s.plan.costs.extra_deliveries.0 = 40),
    ]);
}

#[test]
fn a_stranger_in_a_part_is_not_weighed_in_the_whole() {
    let mut scene = docked();
    scene.plan.parcels[1].picks[0].qty = Quantity(1);
    scene.plan.parcels[1].picks[0].line = volok::world::LineIx(9);
    // Weight and temperature of the whole are not known either: only the line and the units are told.
    assert_eq!(scene.broken(), [F1]);
}

#[test]
fn words_say_where_it_waits() {
    let mut scene = docked();
    scene.world["nodes"][0]["cross_docks"]["keeps"][0]["longest_dwell_minutes"] = json!(89);
    let said: Vec<String> = scene.judged().iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        ["F6: order 1001, parcel A: its goods wait 5400 s at hub, from 2026-03-02T09:30:00Z to \
          2026-03-02T11:00:00Z; 5340 s is the longest they may"]
    );
    scene.world["nodes"][0]["cross_docks"]["keeps"][0]["longest_dwell_minutes"] = json!(null);
    scene.world["nodes"][0]["cross_docks"]["buffer_parcels"] = json!(1);
    let said: Vec<String> = scene.judged().iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        ["F7: order 1001, parcel B: finds no room in the buffer of hub at 2026-03-02T09:30:00Z: it holds 1"]
    );
}
