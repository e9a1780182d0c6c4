//! Rival rules hold every rule of the model, never beat the oracle, and differ where they should.

use super::Rule;
use crate::check::check;
use crate::testkit::generate::{self, Size, built, three_items};
use crate::testkit::oracle::cheapest;
use crate::transit::Transit;

#[test]
fn plans_of_every_rule_are_allowed_and_never_cheaper_than_the_oracle() {
    let (mut served, mut optimal) = ([0; 5], [0; 5]);
    for seed in 0..400 {
        let made = generate::small(seed);
        let (world, stock, orders) = built(&made).expect("no defects");
        let transit = Transit::new(&world);
        let best = cheapest(&world, &stock, &orders[0]).expect("small");
        for (row, rule) in Rule::ALL.into_iter().enumerate() {
            let plan = rule.plan(&world, &transit, &stock, &orders[0]);
            let wrong = check(&world, &stock, &orders[0], &plan);
            assert!(wrong.is_empty(), "seed {seed}, {}: {wrong:?}\n{plan:?}", rule.name());
            assert!(plan.cost() >= best.cost, "seed {seed}, {}: {plan:?} below {best:?}", rule.name());
            served[row] += u32::from(plan.deliveries() > 0);
            optimal[row] += u32::from(plan.cost() == best.cost && best.deliveries > 0);
        }
    }
    let varied = served.iter().all(|&count| count > 80) && optimal.iter().all(|&count| count > 25);
    assert!(varied, "served {served:?}, cheapest {optimal:?}");
}

#[test]
fn plans_of_the_other_presets_are_allowed_too() {
    let size = Some(Size { skus: 80, storing: 10, hand_over: 6, orders: 25, docks: 0, limited: false });
    for name in ["country", "grocery", "hostile"] {
        for seed in 0..3 {
            let made = generate::preset(name, seed, size).expect("a preset of the list");
            let (world, stock, orders) = built(&made).expect("no defects");
            let transit = Transit::new(&world);
            for order in &orders {
                for rule in Rule::ALL {
                    let plan = rule.plan(&world, &transit, &stock, order);
                    let wrong = check(&world, &stock, order, &plan);
                    assert!(wrong.is_empty(), "{name} {seed}, {}: {wrong:?}", rule.name());
                }
            }
        }
    }
}

#[test]
fn the_nearest_source_is_a_trap_in_the_world_of_three_items() {
    let (world, stock, orders) = built(&three_items()).expect("no defects");
    let transit = Transit::new(&world);
    let cost = |rule: Rule| rule.plan(&world, &transit, &stock, &orders[0]).cost().0;
    assert_eq!(cost(Rule::NearestSource), 27_750);
    assert_eq!(cost(Rule::PriorityWalk), 27_750);
    // Podolsk has most sour cream, Tver most pens and pasta.
    assert_eq!(cost(Rule::HighestStock), generate::CHEAPEST);
}
