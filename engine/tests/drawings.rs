//! Plans drawn as SVG and HTML: pictures stand as they were looked at, and whatever others wrote stays text.
//!
//! `VOLOK_REWRITE=1 cargo test -p volok --features testkit --test drawings` writes what came out into the files; then
//! look at them.

#![cfg(feature = "testkit")]

use roxmltree::{Document, Node};
use std::fs;
use std::path::{Path, PathBuf};
use volok::plan::{Plan, draw};
use volok::testkit::generate::{self, Generated};
use volok::testkit::scenario;
use volok::world::Order;
use volok::{Budget, Engine, Scratch};

struct Planned {
    engine: Engine,
    order: Order,
    plan: Plan,
}

impl Planned {
    fn of(made: &Generated) -> Planned {
        let engine = Engine::from_document(&made.world).unwrap();
        let order = engine.order(&made.orders[0]).unwrap();
        let plan = engine.plan(&order, Budget::default(), &mut Scratch::default()).unwrap();
        Planned { engine, order, plan }
    }

    fn svg(&self) -> String {
        draw::svg(self.engine.world(), self.engine.stock(), &self.order, &self.plan)
    }
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn story(name: &str) -> Generated {
    let path = project().join("examples/scenarios").join(name);
    scenario::read(&path).unwrap().unwrap().documents().unwrap()
}

#[track_caller]
fn golden(path: &str, text: &str) {
    let path = project().join(path);
    if scenario::rewriting() {
        fs::write(&path, text).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "{} is drawn differently; VOLOK_REWRITE=1 accepts that", path.display());
}

/// A well-formed drawing that runs nothing, asks for nothing and says who it is.
#[track_caller]
fn sound(svg: &str) -> Document<'_> {
    let read = Document::parse(svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
    let root = read.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    assert!(root.attribute("viewBox").is_some() && root.attribute("aria-label").is_some());
    let known = ["svg", "title", "desc", "style", "g", "rect", "line", "circle", "path", "polygon", "text"];
    for node in read.descendants().filter(Node::is_element) {
        assert!(known.contains(&node.tag_name().name()), "{:?}", node.tag_name());
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on") && attribute.name() != "href", "{attribute:?}");
        }
    }
    read
}

/// Every text on the paper.
fn texts(read: &Document<'_>) -> Vec<String> {
    let texts = read.descendants().filter(|node| {
        node.has_tag_name("text") || node.has_tag_name(("http://www.w3.org/2000/svg", "text"))
    });
    texts.filter_map(|node| node.text().map(str::to_owned)).collect()
}

#[test]
fn the_three_item_order_is_drawn() {
    let planned = Planned::of(&generate::three_items());
    let svg = planned.svg();
    let read = sound(&svg);
    let texts = texts(&read);
    for wanted in [
        "1001-A",
        "1 × Sour cream 20 %, 315 g",
        "Podolsk",
        "podolsk-van",
        "Tue 3 Mar 09:00",
        "promise Tue 3 Mar 21:00",
    ] {
        assert!(texts.iter().any(|text| text.contains(wanted)), "{wanted} is missing: {texts:?}");
    }
    golden("engine/tests/drawings/three_items.svg", &svg);
}

#[test]
fn merges_are_drawn() {
    for (name, path) in [
        ("merged_at_the_centre.json", "engine/tests/drawings/merged_at_the_centre.svg"),
        ("two_merges_on_one_way.json", "docs/merged.svg"),
    ] {
        let planned = Planned::of(&story(name));
        let svg = planned.svg();
        let read = sound(&svg);
        let merges = planned.plan.parcels.iter().filter(|parcel| !parcel.parts.is_empty()).count();
        assert!(merges > 0, "{name} has no merge");
        let said = texts(&read).iter().filter(|text| text.starts_with("merges ")).count();
        assert_eq!(said, merges, "{name}");
        golden(path, &svg);
    }
}

#[test]
fn hostile_names_stay_text() {
    let mut made = generate::three_items();
    let hostile = "</text><script>alert('x')</script>&\"\u{0}\u{202e}\u{ffff}]]>";
    for node in &mut made.world.nodes {
        node.name = Some(format!("{hostile}{}", node.id));
    }
    for sku in &mut made.world.skus {
        sku.name = Some(hostile.to_owned());
    }
    made.orders[0].id = hostile.to_owned();
    let planned = Planned::of(&made);
    sound(&planned.svg());
    let (world, stock) = (planned.engine.world(), planned.engine.stock());
    let advice = planned.engine.explain(&planned.order, &planned.plan, &mut Scratch::default());
    let page = draw::html::begin(hostile)
        + &draw::html::order(world, stock, &planned.order, &planned.plan, Some(&advice))
        + draw::html::END;
    assert!(!page.contains("<script"), "{page}");
    let page = page.strip_prefix("<!DOCTYPE html>\n").unwrap();
    Document::parse(page).unwrap_or_else(|error| panic!("{error}\n{page}"));
}

#[test]
fn whatever_is_planned_can_be_drawn() {
    for preset in ["small", "crossed", "hostile", "grocery"] {
        for seed in 1..=8 {
            let Some(made) = generate::preset(preset, seed, None) else { panic!("{preset} is no preset") };
            let engine = Engine::from_document(&made.world).unwrap();
            for document in made.orders.iter().take(5) {
                let Ok(order) = engine.order(document) else { continue };
                let Ok(plan) = engine.plan(&order, Budget::default(), &mut Scratch::default()) else {
                    continue;
                };
                let svg = draw::svg(engine.world(), engine.stock(), &order, &plan);
                let read = sound(&svg);
                // Each parcel has its row.
                let texts = texts(&read);
                let rows = texts.iter().filter(|text| text.contains(" g") || text.contains(" kg")).count();
                assert!(rows >= plan.parcels.len(), "{preset} {seed}: {texts:?}");
            }
        }
    }
}
