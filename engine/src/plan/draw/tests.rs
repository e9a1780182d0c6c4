//! The three-item story, drawn: what a newcomer sees first.

use super::{dot, reasons, text};
use crate::plan::{Costs, Fiscal, HandOver, Leg, Parcel, Pick, Plan, Reason, ReasonCode, Unfilled};
use crate::spec;
use crate::testkit::generate::three_items;
use crate::units::{CubicCentimetres, Grams, Index, Instant, Money, Quantity, Temperatures};
use crate::world::{LineIx, Order};
use crate::{Engine, stock::CellIx};
use smallvec::smallvec;

/// 2026-03-02T00:00:00+03:00.
const MONDAY: i64 = 1_772_398_800;

fn at(day: i64, hour: i64, minute: i64) -> Instant {
    Instant(MONDAY + (day * 24 + hour) * 3600 + minute * 60)
}

fn story(change: impl FnOnce(&mut spec::World, &mut spec::Order)) -> (Engine, Order) {
    let mut story = three_items();
    change(&mut story.world, &mut story.orders[0]);
    let engine = Engine::from_document(&story.world).unwrap();
    let order = engine.order(&story.orders[0]).unwrap();
    (engine, order)
}

/// The cheapest plan, as the story works it out by hand.
fn cheapest(engine: &Engine, order: &Order) -> Plan {
    let world = engine.world();
    let node = |key: &str| world.node_names().find(key).unwrap();
    let pick = |line: u32, from: &str| {
        let sku = order.lines[line as usize].sku;
        let (first, cells) = engine.stock().of(sku);
        let row = cells.iter().position(|cell| cell.node == node(from)).unwrap();
        Pick { line: LineIx(line), cell: CellIx::of(first.row() + row), qty: order.lines[line as usize].qty }
    };
    let leg = |lane: &str, departs_at, arrives_at, cost| Leg {
        lane: world.lane_names().find(lane).unwrap(),
        compartment: u8::from(lane == "podolsk-van"),
        departs_at,
        arrives_at,
        cost: Money(cost),
    };
    let entity = world.channels()[order.channel].entity;
    let point = world.nodes()[order.to].hands_over.as_ref().unwrap();
    let storage = |name: &str| point.storages.iter().position(|kept| &*kept.name == name).unwrap() as u8;
    let hand_over = |at, kept| Some(HandOver { at, storage: storage(kept), fiscal: Fiscal::Online(entity) });
    let shelf = Parcel {
        node: node("tver"),
        picks: smallvec![pick(0, "tver"), pick(1, "tver")],
        parts: smallvec![],
        temperature: Temperatures::new(5, 30).unwrap(),
        grams: Grams(912),
        cm3: CubicCentimetres(2_415),
        ready_at: at(0, 13, 15),
        legs: smallvec![leg("tver-truck", at(0, 21, 0), at(1, 2, 0), 5_500)],
        hand_over: hand_over(at(1, 9, 0), "shelf"),
    };
    let fridge = Parcel {
        node: node("podolsk"),
        picks: smallvec![pick(2, "podolsk")],
        temperature: Temperatures::new(2, 6).unwrap(),
        grams: Grams(315),
        cm3: CubicCentimetres(330),
        ready_at: at(0, 11, 15),
        legs: smallvec![leg("podolsk-van", at(0, 14, 0), at(0, 15, 30), 7_000)],
        hand_over: hand_over(at(0, 15, 30), "fridge"),
        ..shelf.clone()
    };
    let costs = Costs {
        pick_units: Money(600),
        pick_lines: Money(1_800),
        packing: Money(4_000),
        carriage: Money(12_500),
        hand_over: Money(2_000),
        extra_deliveries: Money(2_000),
        ..Costs::default()
    };
    Plan { parcels: smallvec![shelf, fridge], unfilled: vec![], costs, bound: costs.total(), steps: 7 }
}

#[test]
fn the_three_item_story_is_drawn() {
    let (engine, order) = story(|_, _| ());
    let plan = cheapest(&engine, &order);
    let picture = text(engine.world(), engine.stock(), &order, &plan, 80);
    assert!(picture.lines().all(|line| line.chars().count() <= 80), "{picture}");
    assert_eq!(picture, include_str!("three_items.txt"), "\n{picture}");
}

#[test]
fn hostile_names_stay_in_their_places() {
    let (engine, order) = story(|world, _| {
        let podolsk = world.nodes.iter_mut().find(|node| node.id == "podolsk").unwrap();
        podolsk.name = Some("\u{1b}[2J\"];\n{ 酸奶油仓库 \\".repeat(9));
    });
    let mut plan = cheapest(&engine, &order);
    plan.bound = Money(20_000);
    plan.parcels.truncate(1);
    plan.parcels[0].node = engine.world().node_names().find("podolsk").unwrap();
    let reason = Reason { code: ReasonCode::TooLate, node: Some(plan.parcels[0].node), lane: None, qty: 1 };
    plan.unfilled = vec![Unfilled { line: LineIx(2), qty: Quantity(1), reasons: vec![reason] }];
    let picture = text(engine.world(), engine.stock(), &order, &plan, 60);
    assert!(picture.lines().all(|line| crate::plan::words::letters::width(line) <= 60), "{picture}");
    assert!(!picture.contains('\u{1b}'));
    assert!(picture.contains("Not proven: no plan costs less than"), "{picture}");
    let graph = dot(engine.world(), engine.stock(), &order, &plan);
    assert!(!graph.contains('\u{1b}') && graph.contains("\\\"];·{"), "{graph}");
    for line in graph.lines() {
        let quotes = line.replace("\\\\", "").replace("\\\"", "").matches('"').count();
        assert_eq!(quotes % 2, 0, "{line}");
    }
}

#[test]
fn reasons_name_what_lost_and_by_how_much() {
    let (engine, order) = story(|_, _| ());
    let rejected = spec::Rejected {
        line: 1,
        node: "podolsk".to_owned(),
        seller: "kantstovary".to_owned(),
        cost_at_least: 36_150,
        loses_by: 13_250,
        text: "it would be a third parcel".to_owned(),
    };
    let because = vec!["1001-A comes from Tver.".to_owned()];
    let advice = spec::Advice {
        order: "1001".to_owned(),
        because,
        rejected: vec![rejected; 14],
        ..Default::default()
    };
    let text = reasons(engine.world(), &order, &advice, 80);
    assert!(text.contains("• Pen, blue from Podolsk, of kantstovary"), "{text}");
    assert!(text.contains("361.50  +132.50"), "{text}");
    assert!(text.contains("… and 2 more"), "{text}");
}

/// Reads a graph with a parser of the language: its numbers of nodes and edges.
fn parsed(graph: &str) -> (usize, usize) {
    use petgraph::dot::dot_parser::{DotAttrList, DotNodeWeight, ParseFromDot};
    use petgraph::graph::DiGraph;
    let read: DiGraph<DotNodeWeight<'_>, DotAttrList<'_>> =
        ParseFromDot::try_from(graph).unwrap_or_else(|error| panic!("{error}\n{graph}"));
    (read.node_count(), read.edge_count())
}

#[test]
fn graphs_are_written_in_the_language_of_graphviz() {
    let (engine, order) = story(|_, _| ());
    let plan = cheapest(&engine, &order);
    // Two places, two parcels and where they go; each parcel from its place and on.
    assert_eq!(parsed(&dot(engine.world(), engine.stock(), &order, &plan)), (5, 4));
    let (engine, order) = story(|world, order| {
        let podolsk = world.nodes.iter_mut().find(|node| node.id == "podolsk").unwrap();
        // No backslash at its end: Graphviz reads one there, this parser does not.
        podolsk.name = Some("\\\"];\n{ -> x".to_owned());
        order.id = "1001\"\\ subgraph {".to_owned();
    });
    let plan = cheapest(&engine, &order);
    assert_eq!(parsed(&dot(engine.world(), engine.stock(), &order, &plan)), (5, 4));
    let nothing = Plan { parcels: smallvec![], ..plan };
    assert_eq!(parsed(&dot(engine.world(), engine.stock(), &order, &nothing)), (1, 0));
}
