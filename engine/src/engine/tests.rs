//! The sequence as a whole.

use super::*;
use crate::plan::Unfit;
use crate::testkit::generate::{self, Size};
use crate::world::fixture;

#[test]
fn defects_of_world_and_stock_come_together_in_the_order_of_the_document() {
    let mut document = fixture::world();
    document.skus[0].grams = -1;
    document.nodes[0].id = document.nodes[1].id.clone();
    document.channels[0].id = String::new();
    document.stock[0].on_hand = -1;
    document.stock[1].sku = "unheard of".to_owned();
    document.inbound[0].available_at = "tomorrow".to_owned();
    let defects = Engine::from_document(&document).expect_err("there are defects");
    let places: Vec<&str> = defects.0.iter().map(|defect| &*defect.place).collect();
    let place = |wanted: &str| places.iter().position(|place| *place == wanted);
    let wanted = ["skus[0].grams", "stock[0].on_hand", "stock[1].sku", "inbound[0].available_at"];
    assert!(wanted.iter().all(|wanted| place(wanted).is_some()), "{places:?}");
    assert!(wanted.is_sorted_by_key(|wanted| place(wanted)), "{places:?}");
}

/// The plan of an order with all ways written.
fn with_all_ways(engine: &Engine, order: &Order, budget: Budget<'_>) -> Result<Plan, Unfit> {
    let (mut sheet, mut draws, mut solution) = (Sheet::default(), Draws::default(), Solution::default());
    let mut problem = Problem::new(&engine.terms.staircases);
    sourcing::source(
        engine.planner().ground(),
        order,
        Fences::ByTime,
        Breadth::All,
        &mut sheet,
        &mut problem,
    )
    .expect("a problem");
    split::solve(&problem, budget, &mut split::Scratch::default(), &mut solution).expect("small costs");
    plan::assemble(engine.planner().ground(), order, &sheet, &problem, &solution, &mut draws)
}

#[test]
fn plans_without_beaten_places_are_the_ones_with_them() {
    let budget = Budget { steps: 2_000, ..Budget::default() };
    let size = Size { skus: 60, storing: 20, hand_over: 4, orders: 80, docks: 0, limited: false };
    let (mut compared, mut left_out) = (0, 0);
    let worlds = ["country", "grocery", "hostile"]
        .into_iter()
        .flat_map(|name| (1..4).map(move |seed| generate::preset(name, seed, Some(size)).expect("a preset")));
    for made in worlds.chain((1..120).map(generate::small)) {
        let (world, stock, orders) = generate::built(&made).expect("no defects");
        let engine = Engine::new(world, stock);
        let mut scratch = Scratch::default();
        for order in &orders {
            let (Ok(plan), Ok(all)) =
                (engine.plan(order, budget, &mut scratch), with_all_ways(&engine, order, budget))
            else {
                continue;
            };
            if !all.is_optimal() {
                assert!(plan.bound <= all.cost(), "order {}", order.id);
                continue;
            }
            let mut problem = Problem::new(&engine.terms.staircases);
            let _ = sourcing::source(
                engine.planner().ground(),
                order,
                Fences::ByTime,
                Breadth::Useful,
                &mut scratch.sheet,
                &mut problem,
            );
            compared += 1;
            left_out += usize::from(scratch.sheet.left_out);
            assert_eq!(plan.costs, all.costs, "order {}", order.id);
            // Among plans that cost the same, a long search takes the one it meets first.
            if order.lines.len() <= 4 {
                assert_eq!(plan.parcels, all.parcels, "order {}", order.id);
            }
            assert!(plan.is_optimal(), "order {}", order.id);
        }
    }
    assert!(left_out * 4 > compared, "only {left_out} of {compared} orders had a place to leave out");
}
