//! Random worlds, random plans, random things that go wrong.

use super::disrupt::{disruption, moment};
use volok::testkit::Random;
use volok::testkit::generate::{self, Generated};
use volok::{Budget, Disruption, Engine, Money, Scratch, check};

pub fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

fn judged(worlds: u64, generate: fn(u64) -> Generated) {
    let first = number("VOLOK_SEED", 1);
    let mut scratch = Scratch::default();
    let (mut wrong, mut replans, mut unproven) = (Vec::new(), 0u64, 0u64);
    for seed in first..first + number("VOLOK_WORLDS", worlds) {
        let made = generate(seed);
        let (world, stock, orders) = generate::built(&made).expect("no defects");
        let engine = Engine::new(world, stock);
        let mut random = Random::new(seed);
        for order in &orders {
            let Ok(plan) = engine.plan(order, Budget::default(), &mut scratch) else { continue };
            let disruption = disruption(&mut random, engine.world(), order, &plan);
            let mut tell = |what: String| wrong.push(format!("seed {seed}: {what}"));
            let again = match engine.replan(order, &plan, &disruption, Budget::default(), &mut scratch) {
                Ok(again) => again,
                Err(error) => {
                    tell(error.to_string());
                    continue;
                }
            };
            replans += 1;
            unproven += u64::from(!again.is_optimal());
            for violation in check::check_replanned(
                engine.world(),
                engine.stock(),
                order,
                (&plan, &disruption),
                (&again.plan, &again.stranded),
            ) {
                tell(violation.to_string());
            }
            if again.bound > again.cost() {
                tell(format!("bound {} above cost {}", again.bound, again.cost()));
            }
        }
    }
    let told = wrong[..wrong.len().min(20)].join("\n");
    assert!(wrong.is_empty(), "{} of {replans} wrong:\n{told}", wrong.len());
    assert!(unproven * 20 <= replans, "{unproven} of {replans} unproven");
}

#[test]
fn small_worlds_are_planned_again_by_the_rules() {
    judged(150, generate::small);
}

#[test]
fn crossed_worlds_are_planned_again_by_the_rules() {
    judged(250, generate::crossed);
}

#[test]
fn crowded_worlds_are_planned_again_by_the_rules() {
    judged(100, generate::crowded);
}

/// Nothing went wrong: what was the best when the order was placed is the best at any later moment, and nothing of it
/// changes if that has a price.
fn steady(worlds: u64, generate: fn(u64) -> Generated) {
    let first = number("VOLOK_SEED", 1);
    let mut scratch = Scratch::default();
    let (mut wrong, mut judged) = (Vec::new(), 0u64);
    for seed in first..first + number("VOLOK_WORLDS", worlds) {
        let made = generate(seed);
        let (world, stock, orders) = generate::built(&made).expect("no defects");
        let engine = Engine::new(world, stock);
        let mut random = Random::new(seed);
        for order in &orders {
            let Ok(plan) = engine.plan(order, Budget::default(), &mut scratch) else { continue };
            if !plan.is_optimal() {
                continue;
            }
            let now = moment(&mut random, order, &plan);
            for price in [0, 70] {
                let disruption = Disruption { now, change_price: Money(price), ..Disruption::default() };
                let again = engine.replan(order, &plan, &disruption, Budget::default(), &mut scratch);
                judged += 1;
                let right = again.as_ref().is_ok_and(|again| {
                    again.cost() == plan.cost()
                        && (price == 0 || again.changed == 0)
                        && again.stranded.is_empty()
                });
                if !right {
                    let came = again.map(|again| (again.cost(), again.bound, again.changed, again.stranded));
                    wrong.push(format!("seed {seed}, price {price}: {} planned, {came:?}", plan.cost()));
                }
            }
        }
    }
    let told = wrong[..wrong.len().min(20)].join("\n");
    assert!(wrong.is_empty(), "{} of {judged} wrong:\n{told}", wrong.len());
    assert!(judged > worlds / 2, "{judged} judged");
}

#[test]
fn where_nothing_went_wrong_nothing_changes() {
    steady(100, generate::small);
    steady(100, generate::crossed);
    steady(60, generate::crowded);
}

/// A higher price never makes the whole cheaper, nor changes more.
#[test]
fn a_higher_price_changes_no_more() {
    let first = number("VOLOK_SEED", 1);
    let mut scratch = Scratch::default();
    let mut wrong = Vec::new();
    for seed in first..first + number("VOLOK_WORLDS", 200) {
        let made = generate::crossed(seed);
        let (world, stock, orders) = generate::built(&made).expect("no defects");
        let engine = Engine::new(world, stock);
        let mut random = Random::new(seed);
        for order in &orders {
            let Ok(plan) = engine.plan(order, Budget::default(), &mut scratch) else { continue };
            let mut disruption = disruption(&mut random, engine.world(), order, &plan);
            let mut before: Option<(i64, u32)> = None;
            for price in [0, 10, 150, 3_000] {
                disruption.change_price = Money(price);
                let again = engine.replan(order, &plan, &disruption, Budget::default(), &mut scratch);
                let Ok(again) = again.map_err(|error| wrong.push(format!("seed {seed}: {error}"))) else {
                    continue;
                };
                if !again.is_optimal() {
                    break;
                }
                let (cost, changed) = (again.cost().0, again.changed);
                if before.is_some_and(|(least, most)| cost < least || changed > most) {
                    wrong.push(format!("seed {seed}, price {price}: {before:?}, then {cost} and {changed}"));
                }
                before = Some((cost, changed));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong[..wrong.len().min(20)].join("\n"));
}
