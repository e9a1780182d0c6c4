//! Every story of `examples/scenarios` comes true: the answer is the one written there, the judge finds nothing, and
//! it is proven to be the cheapest; where the order is small the exhaustive oracle says the same.
//!
//! `VOLOK_REWRITE=1 cargo test -p volok --features testkit --test stories` writes what came out into the files.

#![cfg(feature = "testkit")]

use std::path::Path;
use volok::plan::disruption_from_document;
use volok::testkit::generate::Generated;
use volok::testkit::oracle;
use volok::testkit::scenario::{self, Outcome};
use volok::units::Money;
use volok::world::Defects;
use volok::world::Order;
use volok::{Budget, Engine, Scratch, check, spec};

/// What comes out of a story, and what is wrong with it whatever the file says.
fn told(made: &Generated, disruption: Option<&spec::Disruption>) -> (Vec<Outcome>, Vec<String>) {
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
        let last = made.orders.last().is_some_and(|last| last.id == document.id);
        if let Some(disruption) = disruption.filter(|_| last) {
            outcomes.push(again(&engine, (&order, &plan), disruption, &mut wrong));
        }
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

/// What comes of planning an order again.
fn again(
    engine: &Engine,
    (order, plan): (&Order, &volok::Plan),
    document: &spec::Disruption,
    wrong: &mut Vec<String>,
) -> Outcome {
    let (world, stock) = (engine.world(), engine.stock());
    let codes: Vec<String> =
        engine.document(order, plan).parcels.into_iter().map(|parcel| parcel.code).collect();
    let disruption = match disruption_from_document(world, stock, order, (plan, &codes), document) {
        Ok(disruption) => disruption,
        Err(defects) => return Outcome::Error(defects.0.iter().map(ToString::to_string).collect()),
    };
    match engine.replan(order, plan, &disruption, Budget::default(), &mut Scratch::default()) {
        Ok(again) => {
            let new = (&again.plan, &again.stranded[..]);
            let violations = check::check_replanned(world, stock, order, (plan, &disruption), new);
            wrong.extend(violations.iter().map(ToString::to_string));
            if !again.is_optimal() {
                wrong.push(format!("order {} again: {}, bound {}", order.id, again.cost(), again.bound));
            }
            let document = engine.replanned_document(order, (plan, &codes), &disruption, &again);
            Outcome::Replanned(Box::new(document))
        }
        Err(error) => Outcome::Error(vec![error.to_string()]),
    }
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
        let (outcomes, faults) = told(&made, story.scenario.disruption.as_ref());
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

/// A story's documents, changed.
fn changed(name: &str, change: impl FnOnce(&mut Generated)) -> (Engine, Vec<Order>) {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/scenarios"));
    let path = folder.join(format!("{name}.json"));
    let told = scenario::read(&path).unwrap_or_else(|error| panic!("{error}")).expect("a story");
    let mut made = told.documents().unwrap_or_else(|error| panic!("{error}"));
    change(&mut made);
    let engine = Engine::from_document(&made.world).expect("no defects");
    let orders = made.orders.iter().map(|order| engine.order(order).expect("no defects")).collect();
    (engine, orders)
}

/// Codes of what stood in the way of the last order, after those before it have taken what they need.
fn why_not(name: &str, change: impl FnOnce(&mut Generated)) -> Vec<&'static str> {
    let (mut engine, orders) = changed(name, change);
    let mut scratch = Scratch::default();
    let mut codes = Vec::new();
    for order in &orders {
        let plan = engine.plan(order, Budget::default(), &mut scratch).expect("a plan");
        engine.take(order, &plan).expect("room");
        let reasons = plan.unfilled.iter().flat_map(|unfilled| &unfilled.reasons);
        codes = reasons.map(|reason| reason.code.code()).collect();
    }
    codes.dedup();
    codes
}

#[test]
fn what_is_full_or_too_warm_on_the_way_is_told() {
    let by = |deadline: &'static str| {
        move |made: &mut Generated| {
            made.orders.last_mut().expect("an order").deadline = Some(deadline.to_owned());
        }
    };
    let docks = |made: &mut Generated, change: &dyn Fn(&mut spec::CrossDocks)| {
        made.world.nodes.iter_mut().flat_map(|node| &mut node.cross_docks).for_each(change);
    };
    assert_eq!(why_not("full_departure_so_the_next", by("2026-03-02T20:00:00Z")), ["departure_full"]);
    assert_eq!(why_not("pickup_point_full", by("2026-03-03T00:00:00Z")), ["hand_over_full"]);
    assert_eq!(why_not("day_full_at_the_warehouse", by("2026-03-03T00:00:00Z")), ["day_full"]);
    let part = |made: &mut Generated| {
        made.orders.truncate(1);
        made.orders[0].lines[0].qty = 3;
        made.orders[0].deadline = Some("2026-03-02T12:00:00Z".to_owned());
    };
    assert_eq!(why_not("departure_has_room_for_one_only", part), ["departure_full"]);
    let warm = |made: &mut Generated| made.world.lanes.retain(|lane| lane.id != "north>point");
    assert_eq!(why_not("cross_dock_without_a_fridge", warm), ["cross_dock_temperature"]);
    let hasty = |made: &mut Generated| {
        docks(made, &|docks| docks.keeps.iter_mut().for_each(|keep| keep.longest_dwell_minutes = Some(60)));
    };
    assert_eq!(why_not("dwell_too_long_so_it_waits_at_its_origin", hasty), ["waits_too_long"]);
    let narrow = |made: &mut Generated| {
        docks(made, &|docks| docks.buffer_parcels = Some(1));
        made.orders[0].deadline = Some("2026-03-02T23:00:00Z".to_owned());
    };
    assert_eq!(why_not("merge_too_dear", narrow), ["buffer_full"]);
    let soon = by("2026-03-02T12:00:00Z");
    assert_eq!(why_not("merged_at_the_centre", soon), ["too_late"]);
}

#[test]
fn merges_made_and_not_made_are_explained() {
    let advice = |name: &str| {
        let (engine, orders) = changed(name, |_| ());
        let mut scratch = Scratch::default();
        let plan = engine.plan(&orders[0], Budget::default(), &mut scratch).expect("a plan");
        let advice = engine.explain(&orders[0], &plan, &mut scratch);
        for text in advice
            .merged
            .iter()
            .map(|merged| &merged.text)
            .chain(advice.apart.iter().map(|apart| &apart.text))
        {
            assert!(advice.because.contains(text), "{text}");
        }
        for rejected in &advice.rejected {
            assert!(rejected.cost_at_least >= plan.bound.0, "{rejected:?}");
        }
        advice
    };
    let merged = advice("merged_at_the_centre");
    assert_eq!((merged.merged.len(), merged.merged[0].saves, merged.apart.len()), (1, 450, 0), "{merged:?}");

    let dear = advice("merge_too_dear");
    assert!(dear.merged.is_empty());
    assert_eq!((dear.apart[0].costs_more, dear.apart[0].late_minutes), (Some(100), None), "{dear:?}");

    let late = advice("merge_would_miss_the_promise");
    assert_eq!((late.apart[0].costs_more, late.apart[0].late_minutes), (Some(1_850), Some(50)), "{late:?}");
    let text = &late.apart[0].text;
    assert!(text.contains("would miss centre>point at Mon 2 Mar 18:00 by 50 min"), "{text}");
    assert!(text.contains("miss the promise of Mon 2 Mar 20:00, which costs 23.00"), "{text}");

    let missed = advice("cut_off_missed_by_a_minute");
    assert_eq!(missed.missed[0].by_minutes, 1, "{missed:?}");
    assert!(missed.because[0].contains(&missed.missed[0].text), "{missed:?}");
}
