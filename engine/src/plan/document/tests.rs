//! Stories of plans written and read.

use super::{from_document, to_document};
use crate::plan::{Costs, Fiscal, HandOver, Leg, Parcel, Pick, Plan, Reason, ReasonCode, Unfilled};
use crate::spec;
use crate::stock::{self, Stock};
use crate::units::{CubicCentimetres, Grams, Instant, Money, Quantity, Temperatures};
use crate::world::{self, Defects, LineIx, Order, World, fixture};
use proptest::prelude::*;
use smallvec::smallvec;

struct Scene {
    world: World,
    stock: Stock,
    order: Order,
    plan: Plan,
}

/// Two pens go from Tver; the milk stays behind, for every reason there is.
fn scene() -> Scene {
    let document = fixture::world();
    let world = world::build(&document).unwrap();
    let stock = stock::build(&world, &document).unwrap();
    let mut order = fixture::order();
    order.policy.together = vec![vec![1, 2]];
    let order = world.order(&order).unwrap();
    let node = world.node_names().find("tver").unwrap();
    let lane = world.lane_names().find("tver-pickup").unwrap();
    let (pens, _) = stock.of(world.sku_names().find("pen").unwrap());
    let legal = world.entity_names().find("pickup").unwrap();
    let parcel = Parcel {
        node,
        picks: smallvec![Pick { line: LineIx(0), cell: pens, qty: Quantity(2) }],
        parts: smallvec![],
        temperature: Temperatures::new(-30, 40).unwrap(),
        grams: Grams(20),
        cm3: CubicCentimetres(32),
        ready_at: Instant(1_772_439_300),
        legs: smallvec![Leg {
            lane,
            compartment: 1,
            departs_at: Instant(1_772_463_600),
            arrives_at: Instant(1_772_478_000),
            cost: Money(10_000),
        }],
        hand_over: Some(HandOver { at: Instant(1_772_478_000), storage: 1, fiscal: Fiscal::Counter(legal) }),
    };
    let reasons = ReasonCode::all()
        .flat_map(|code| {
            let nowhere = Reason { code, node: None, lane: None, qty: 0 };
            [Reason { node: Some(node), lane: Some(lane), qty: 3, ..nowhere.clone() }, nowhere]
        })
        .collect();
    let plan = Plan {
        parcels: smallvec![parcel],
        unfilled: vec![Unfilled { line: LineIx(1), qty: Quantity(1), reasons }],
        costs: Costs {
            carriage: Money(10_000),
            unfilled: Money(9_000),
            stock: Money(-5),
            ..Costs::default()
        },
        bound: Money(18_000),
        steps: 7,
    };
    Scene { world, stock, order, plan }
}

fn refused(change: impl FnOnce(&mut spec::Plan)) -> Vec<(String, &'static str)> {
    let Scene { world, stock, order, plan } = scene();
    let mut document = to_document(&world, &stock, &order, &plan);
    change(&mut document);
    let Defects(found) = from_document(&world, &stock, &order, &document).unwrap_err();
    found.into_iter().map(|defect| (defect.place, defect.code)).collect()
}

fn one(place: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(place.to_owned(), code)]
}

#[test]
fn a_plan_comes_back_from_its_text() {
    let Scene { world, stock, order, plan } = scene();
    let document = to_document(&world, &stock, &order, &plan);
    assert_eq!(document.parcels[0].code, "MK-1001-A");
    assert_eq!(document.completes_at.as_deref(), Some("2026-03-02T19:00:00Z"));
    assert_eq!(document.parcels[0].legs[0].compartment, "van");
    let text = serde_json::to_string(&document).unwrap();
    let read = spec::plan_from_str(&text).unwrap();
    assert_eq!(read, document);
    assert_eq!(from_document(&world, &stock, &order, &read).unwrap(), plan);
}

#[test]
fn every_reason_says_where_what_and_what_would_help() {
    let Scene { world, stock, order, plan } = scene();
    let document = to_document(&world, &stock, &order, &plan);
    for reason in &document.unfilled[0].reasons {
        assert!(reason.text.len() > 20 && reason.help.len() > 10, "{reason:?}");
        assert_eq!(ReasonCode::of_code(&reason.code).unwrap().code(), reason.code);
        assert!(!reason.text.contains("  "), "{reason:?}");
    }
    let told = |code: &str| {
        document.unfilled[0].reasons.iter().find(|reason| reason.code == code).unwrap().text.clone()
    };
    assert_eq!(
        told("zone_temperature"),
        "3 units at tver lie where the temperature leaves 2..6 °C, which milk tolerates"
    );
    assert_eq!(told("together"), "lines 1, 2 must come in one parcel, and no single parcel can hold them");
    assert_eq!(
        told("too_late"),
        "3 units at tver would be handed over after Sun 8 Mar 19:00 (Europe/Berlin), the order's deadline"
    );
}

#[test]
fn wrong_numbers_are_carried_for_the_judge() {
    let Scene { world, stock, order, plan } = scene();
    let mut document = to_document(&world, &stock, &order, &plan);
    document.parcels[0].grams = 21;
    document.parcels[0].legs[0].cost = 1;
    document.parcels[0].ready_at = "2030-01-01T00:00:00Z".to_owned();
    let read = from_document(&world, &stock, &order, &document).unwrap();
    assert_eq!(read.parcels[0].grams, Grams(21));
    assert_eq!(read.parcels[0].legs[0].cost, Money(1));
}

#[test]
fn unknown_names_and_contradictions_are_all_found() {
    let found = refused(|plan| {
        plan.order = "1002".to_owned();
        plan.cost += 1;
        plan.parcels[0].picks[0].zone = "attic".to_owned();
        plan.parcels[0].legs[0].compartment = "roof".to_owned();
        plan.parcels[0].storage = None;
        plan.unfilled[0].line = 3;
        plan.unfilled[0].reasons.truncate(1);
        plan.unfilled[0].reasons[0].code = "bad_luck".to_owned();
        plan.completes_at = None;
    });
    let wanted = [
        ("order", "conflict"),
        ("parcels[0].picks[0].zone", "unknown"),
        ("parcels[0].legs[0].compartment", "unknown"),
        ("parcels[0]", "missing"),
        ("unfilled[0].line", "out_of_range"),
        ("unfilled[0].reasons[0].code", "unknown"),
        ("cost", "conflict"),
    ];
    assert_eq!(found, wanted.map(|(place, code)| (place.to_owned(), code)));
}

#[test]
fn a_cell_that_is_not_in_stock_is_found() {
    assert_eq!(
        refused(|plan| plan.parcels[0].picks[0].lot = Some("b".to_owned())),
        one("parcels[0].picks[0]", "unknown")
    );
    let bleach = |plan: &mut spec::Plan| plan.parcels[0].picks[0].sku = "bleach".to_owned();
    assert_eq!(refused(bleach), one("parcels[0].picks[0].sku", "conflict"));
    let twice = refused(|plan| {
        let again = plan.parcels[0].picks[0].clone();
        plan.parcels[0].picks.push(again);
    });
    assert_eq!(twice, one("parcels[0].picks[1]", "duplicate"));
}

#[test]
fn a_merged_parcel_comes_after_its_parts() {
    let merged = |plan: &mut spec::Plan, row: usize, parts: &[&str]| {
        let mut parcel = plan.parcels[0].clone();
        parcel.code = "M".to_owned();
        parcel.picks.clear();
        parcel.parts = parts.iter().map(|part| part.to_string()).collect();
        plan.parcels.insert(row, parcel);
    };
    assert_eq!(refused(|plan| merged(plan, 0, &["MK-1001-A"])), one("parcels[0].parts[0]", "conflict"));
    assert_eq!(refused(|plan| merged(plan, 1, &["M"])), one("parcels[1].parts[0]", "conflict"));
    assert_eq!(refused(|plan| merged(plan, 1, &["X"])), one("parcels[1].parts[0]", "unknown"));
    assert_eq!(refused(|plan| merged(plan, 1, &[])), one("parcels[1]", "empty"));
    let twice = refused(|plan| merged(plan, 1, &["MK-1001-A", "MK-1001-A"]));
    assert_eq!(twice, one("parcels[1].parts[1]", "duplicate"));
}

#[test]
fn sums_that_would_overflow_are_refused() {
    let found = refused(|plan| {
        plan.costs.carriage = i64::MAX;
        plan.costs.stock = i64::MAX;
    });
    assert!(found.contains(&("costs.carriage".to_owned(), "out_of_range")), "{found:?}");
}

#[test]
fn a_prefix_stands_once() {
    let Scene { world, stock, mut order, plan } = scene();
    order.id = "MK-7".into();
    assert_eq!(to_document(&world, &stock, &order, &plan).parcels[0].code, "MK-7-A");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(400), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_spoilt_plan_is_read_or_refused(
        acts in prop::collection::vec((any::<usize>(), any::<u8>(), prop_oneof![
            any::<i64>(), -2i64..100, Just(i64::MIN), Just(i64::MAX),
        ], prop_oneof![Just("tver".to_owned()), Just("MK-1001-A".to_owned()), ".{0,12}"]), 1..6),
    ) {
        let Scene { world, stock, order, plan } = scene();
        let mut document = serde_json::to_value(to_document(&world, &stock, &order, &plan)).unwrap();
        for (pick, act, number, text) in &acts {
            fixture::spoil(&mut document, *pick, *act, *number, text);
        }
        if let Ok(document) = spec::plan_from_str(&document.to_string())
            && let Ok(plan) = from_document(&world, &stock, &order, &document)
        {
            let again = to_document(&world, &stock, &order, &plan);
            prop_assert_eq!(from_document(&world, &stock, &order, &again), Ok(plan));
        }
    }
}
