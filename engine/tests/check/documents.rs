//! Plans with merges as documents and as drawings.

use crate::docks::*;
use crate::scene::*;
use volok::plan::{draw, from_document, to_document};
use volok::spec;

#[test]
fn a_merged_parcel_comes_back_from_its_text() {
    let built = built(&docked_world(), &docked_order());
    let plan = docked_plan();
    let document = to_document(&built.world, &built.stock, &built.order, &plan);
    let codes: Vec<&str> = document.parcels.iter().map(|parcel| &*parcel.code).collect();
    assert_eq!(codes, ["1001-A", "1001-B", "1001-C"]);
    let merged = &document.parcels[2];
    assert_eq!((&*merged.node, merged.picks.len()), ("hub", 0));
    assert_eq!(merged.parts, ["1001-A", "1001-B"]);
    assert_eq!(merged.hand_over_at.as_deref(), Some("2026-03-02T11:45:00Z"));
    assert_eq!(document.parcels[0].hand_over_at, None);
    assert_eq!((document.costs.handling, document.costs.merging), (22, 13));
    let text = serde_json::to_string(&document).expect("a document");
    let read = spec::plan_from_str(&text).expect("a plan");
    assert_eq!(from_document(&built.world, &built.stock, &built.order, &read), Ok(plan));
}

#[test]
fn parts_stand_further_in_and_before_their_whole() {
    let built = built(&docked_world(), &docked_order());
    let plan = docked_plan();
    let text = draw::text(&built.world, &built.stock, &built.order, &plan, 72);
    let at = |start: &str| {
        let row = text.lines().position(|line| line.starts_with(start));
        row.unwrap_or_else(|| panic!("no line begins with {start:?}:\n{text}"))
    };
    let rows = [
        "  ┌ 1001-A ─",
        "    ▼ hub, merged into 1001-C",
        "  ┌ 1001-B ─",
        "┌ 1001-C ─",
        "│   merged from 1001-A, 1001-B",
        "  │ x3, chilled",
        "  ▼ p1, fridge",
    ]
    .map(at);
    assert!(rows.is_sorted(), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 72), "{text}");
}

#[test]
fn a_graph_leads_through_the_merge() {
    let built = built(&docked_world(), &docked_order());
    let graph = draw::dot(&built.world, &built.stock, &built.order, &docked_plan());
    for edge in ["p0 -> p2 [label=\"x1", "p1 -> p2 [label=\"x2", "p2 -> to [label=\"x3"] {
        assert!(graph.contains(edge), "{edge}: {graph}");
    }
}
