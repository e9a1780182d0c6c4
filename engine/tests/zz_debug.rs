#![cfg(feature = "testkit")]
use volok::testkit::{generate, oracle};
use volok::{Budget, Engine, Scratch, check};
#[test]
fn debug_seeds() {
    let seeds: Vec<u64> = std::env::var("SEEDS").unwrap_or_default().split(',').filter_map(|s| s.parse().ok()).collect();
    for seed in seeds {
        let made = generate::crossed(seed);
        let (world, stock, orders) = generate::built(&made).expect("no defects");
        let engine = Engine::new(world, stock);
        let order = &orders[0];
        let plan = std::panic::catch_unwind(|| engine.plan(order, Budget::default(), &mut Scratch::default()));
        let Ok(plan) = plan else { println!("seed {seed} panics"); continue };
        let plan = plan.unwrap();
        let right = oracle::cheapest_forest(engine.world(), engine.stock(), order);
        println!("seed {seed}: cost {} bound {} right {right:?}", plan.cost(), plan.bound);
        for v in check::check(engine.world(), engine.stock(), order, &plan) { println!("   {v}"); }
        if std::env::var("SHOW").is_ok() {
            println!("{}", serde_json::to_string(&made.world).unwrap());
            println!("{}", serde_json::to_string(&made.orders[0]).unwrap());
            println!("{}", serde_json::to_string(&engine.document(order, &plan)).unwrap());
        }
    }
}
