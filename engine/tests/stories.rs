//! Every story of `examples/scenarios` comes true: the answer is the one written there, the judge finds nothing, and
//! it is proven to be the cheapest; where the order is small the exhaustive oracle says the same.
//!
//! `VOLOK_REWRITE=1 cargo test -p volok --features testkit --test stories` writes what came out into the files.

#![cfg(feature = "testkit")]

use std::path::Path;
use volok::testkit::generate::Generated;
use volok::testkit::oracle;
use volok::testkit::scenario::{self, Outcome};
use volok::units::Money;
use volok::world::Defects;
use volok::world::Order;
use volok::{Budget, Engine, Scratch, check};

/// What comes out of a story, and what is wrong with it whatever the file says.
fn told(made: &Generated) -> (Vec<Outcome>, Vec<String>) {
    let lines = |defects: &Defects| defects.0.iter().map(ToString::to_string).collect();
    let mut engine = match Engine::from_document(&made.world) {
        Ok(engine) => engine,
        Err(defects) => return (vec![Outcome::Error(lines(&defects))], Vec::new()),
    };
    let before = engine.stock().clone();
    let mut scratch = Scratch::default();
    let (mut outcomes, mut wrong, mut planned) = (Vec::new(), Vec::new(), Vec::new());
    for document in &made.orders {
        let order = match engine.order(document) {
            Ok(order) => order,
            Err(defects) => {
                outcomes.push(Outcome::Error(lines(&defects)));
                continue;
            }
        };
        let plan = match engine.plan(&order, Budget::default(), &mut scratch) {
            Ok(plan) => plan,
            Err(error) => {
                outcomes.push(Outcome::Error(vec![error.to_string()]));
                continue;
            }
        };
        if !plan.is_optimal() {
            wrong.push(format!("order {}: costs {}, bound {}", order.id, plan.cost(), plan.bound));
        }
        let violations = check::check(engine.world(), engine.stock(), &order, &plan);
        wrong.extend(violations.iter().map(ToString::to_string));
        if let Some(best) = cheapest(&engine, &order).filter(|&best| best != plan.cost()) {
            wrong.push(format!("order {}: costs {}, cheapest {best}", order.id, plan.cost()));
        }
        outcomes.push(Outcome::Plan(Box::new(engine.document(&order, &plan))));
        if let Err(cell) = engine.take(&order, &plan) {
            wrong.push(format!("order {}: cell {cell:?} has too little", order.id));
        }
        planned.push((order, plan));
    }
    let pairs: Vec<_> = planned.iter().map(|(order, plan)| (order, plan)).collect();
    let violations = check::check_all(engine.world(), &before, &pairs);
    wrong.extend(violations.iter().map(ToString::to_string));
    (outcomes, wrong)
}

/// What an oracle says, if there is one for such a world: none of them counts capacities.
fn cheapest(engine: &Engine, order: &Order) -> Option<Money> {
    let (world, stock) = (engine.world(), engine.stock());
    if !world.is_unlimited() {
        return None;
    }
    match world.nodes().iter().any(|node| node.cross_docks.is_some()) {
        true => oracle::cheapest_forest(world, stock, order).ok(),
        false => oracle::cheapest(world, stock, order).ok().map(|best| best.cost),
    }
}

#[test]
fn every_story_comes_true() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/scenarios"));
    let stories = scenario::read_all(folder).unwrap_or_else(|error| panic!("{error}"));
    assert!(stories.len() >= 45, "{} stories", stories.len());
    let mut wrong = Vec::new();
    for story in &stories {
        let made = story.documents().unwrap_or_else(|error| panic!("{error}"));
        let (outcomes, faults) = told(&made);
        wrong.extend(faults.iter().map(|fault| format!("{}: {fault}", story.path.display())));
        if let Err(error) = story.settle(outcomes, scenario::rewriting()) {
            wrong.push(error.to_string());
        }
    }
    assert!(
        wrong.is_empty(),
        "to accept what came out: VOLOK_REWRITE=1 cargo test -p volok --features testkit --test stories\n{}",
        wrong.join("\n")
    );
}
