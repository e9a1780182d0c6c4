//! Small worlds: the cost is the exhaustive oracle's, and the judge finds nothing.
//!
//! `VOLOK_WORLDS=20000 cargo test --release --test oracle --features testkit` looks at as many worlds;
//! `VOLOK_SEED` says from which seed on.

#![cfg(feature = "testkit")]

use volok::testkit::{generate, oracle};
use volok::{Budget, Engine, Scratch, check};

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

#[test]
fn small_worlds_cost_what_the_oracle_says() {
    let (first, worlds) = (number("VOLOK_SEED", 1), number("VOLOK_WORLDS", 300));
    let mut scratch = Scratch::default();
    let (mut wrong, mut judged, mut unproven) = (Vec::new(), 0, 0);
    for seed in first..first + worlds {
        let made = generate::small(seed);
        let (world, stock, orders) = generate::built(&made).expect("no defects");
        let engine = Engine::new(world, stock);
        for order in &orders {
            let plan = match engine.plan(order, Budget::default(), &mut scratch) {
                Ok(plan) => plan,
                Err(error) => {
                    wrong.push(format!("seed {seed}: {error}"));
                    continue;
                }
            };
            for violation in check::check(engine.world(), engine.stock(), order, &plan) {
                wrong.push(format!("seed {seed}, order {}: {violation}", order.id));
            }
            let Ok(best) = oracle::cheapest(engine.world(), engine.stock(), order) else { continue };
            judged += 1;
            unproven += u64::from(!plan.is_optimal());
            if plan.cost() != best.cost || plan.bound > best.cost {
                let (cost, bound, right) = (plan.cost(), plan.bound, best.cost);
                wrong.push(format!(
                    "seed {seed}, order {}: costs {cost}, bound {bound}, cheapest {right}",
                    order.id
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {judged} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert!(judged > 0 && unproven * 100 <= judged, "{unproven} of {judged} unproven");
}
