//! The same orders by the rules that shops ship.

use rayon::prelude::*;
use std::time::Instant;
use volok::check::check_all;
use volok::plan::Plan;
use volok::stock::Stock;
use volok::testkit::rules::Rule;
use volok::transit::Transit;
use volok::world::{Order, World};

/// What plans of many orders come to.
#[derive(Clone, Debug)]
pub struct Score {
    /// Who planned.
    pub name: &'static str,
    /// Cost of all orders, minor units.
    pub cost: i64,
    /// Parcels handed over.
    pub parcels: usize,
    /// Units not delivered.
    pub unfilled: u64,
    /// Rules of the model that were broken.
    pub violations: usize,
    /// Seconds of one thread, as far as one rule had a thread of its own.
    pub seconds: f64,
}

impl Score {
    /// The score of plans.
    pub fn of<'a>(name: &'static str, plans: impl IntoIterator<Item = &'a Plan>) -> Score {
        let mut score = Score { name, cost: 0, parcels: 0, unfilled: 0, violations: 0, seconds: 0.0 };
        for plan in plans {
            score.cost += plan.cost().0;
            score.parcels += plan.deliveries();
            score.unfilled += plan.unfilled.iter().map(|row| u64::from(row.qty.0)).sum::<u64>();
        }
        score
    }
}

/// Every rule plans the orders in the order given, each order taking its stock before the next.
pub fn rivals(world: &World, stock: &Stock, orders: &[&Order]) -> Vec<Score> {
    let transit = Transit::new(world);
    Rule::ALL.into_par_iter().map(|rule| by_rule(rule, world, &transit, stock, orders)).collect()
}

fn by_rule(rule: Rule, world: &World, transit: &Transit, stock: &Stock, orders: &[&Order]) -> Score {
    let began = Instant::now();
    let mut left = stock.clone();
    let mut plans = Vec::with_capacity(orders.len());
    let mut refused = 0;
    for order in orders {
        let plan = rule.plan(world, transit, &left, order);
        refused += usize::from(left.take(order.channel, &plan.takes()).is_err());
        plans.push(plan);
    }
    let seconds = began.elapsed().as_secs_f64();
    let pairs: Vec<(&Order, &Plan)> = orders.iter().copied().zip(&plans).collect();
    let violations = refused + check_all(world, stock, &pairs).len();
    Score { violations, seconds, ..Score::of(rule.name(), &plans) }
}

/// Columns of the table that [`row`] fills.
pub const COLUMNS: [(&str, &str); 6] = [
    ("cost", "minor"),
    ("cost over, %", "%"),
    ("parcels", "parcels"),
    ("parcels over, %", "%"),
    ("units unfilled", "units"),
    ("broken rules", "violations"),
];

/// A row of the table of scores: each beside the first.
pub fn row(score: &Score, best: &Score) -> (String, Vec<f64>) {
    let over = |value: f64, base: f64| if base == 0.0 { 0.0 } else { (value / base - 1.0) * 100.0 };
    let values = vec![
        score.cost as f64,
        over(score.cost as f64, best.cost as f64),
        score.parcels as f64,
        over(score.parcels as f64, best.parcels as f64),
        score.unfilled as f64,
        score.violations as f64,
    ];
    (score.name.to_owned(), values)
}
