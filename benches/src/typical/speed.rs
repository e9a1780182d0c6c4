//! Orders a second, and the time of each.

use std::hint::black_box;
use std::time::Instant;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use volok::plan::Plan;
use volok::world::Order;
use volok::{Budget, Engine, PlanError, Scratch};

use crate::figure::Figure;
use crate::sample::{Sample, nanoseconds_since, per_second};

/// Passes over all orders; the middle one counts.
const PASSES: usize = 3;

/// What answers add up to, so that a faster wrong answer is seen.
#[derive(Default)]
struct Answers {
    planned: usize,
    proven: usize,
    parcels: usize,
    cost: i64,
}

impl Answers {
    fn add(&mut self, plan: &Result<Plan, PlanError>) {
        if let Ok(plan) = plan {
            self.planned += 1;
            self.proven += usize::from(plan.is_optimal());
            self.parcels += plan.deliveries();
            self.cost += plan.cost().0;
        }
    }

    fn of(plans: &[Result<Plan, PlanError>]) -> Answers {
        let mut answers = Answers::default();
        plans.iter().for_each(|plan| answers.add(plan));
        answers
    }

    fn figure(&self, case: String, rate: u64, n: usize) -> Figure {
        let facts = vec![
            ("planned", self.planned.into()),
            ("proven", self.proven.into()),
            ("parcels", self.parcels.into()),
            ("checksum", self.cost.into()),
        ];
        Figure { suite: "typical", case, value: rate.into(), unit: "orders/s", n, facts }
    }
}

/// Whole plans, order after order on this thread: the rate, then the time of each.
pub(super) fn one_by_one(engine: &Engine, orders: &[Order], case: &dyn Fn(&str) -> String) -> Vec<Figure> {
    let (budget, mut scratch) = (Budget::default(), Scratch::default());
    let mut answers = Answers::default();
    for order in orders {
        answers.add(&engine.plan(order, budget, &mut scratch));
    }
    let mut passes = Sample::with_capacity(PASSES);
    for _ in 0..PASSES {
        let begin = Instant::now();
        for order in orders {
            let _ = black_box(engine.plan(black_box(order), budget, &mut scratch));
        }
        passes.push(nanoseconds_since(begin));
    }
    // Each alone: in a pass of its own, since asking the clock takes time too.
    let mut times = Sample::with_capacity(orders.len());
    for order in orders {
        let begin = Instant::now();
        let _ = black_box(engine.plan(black_box(order), budget, &mut scratch));
        times.push(nanoseconds_since(begin));
    }
    let mut rate =
        answers.figure(case("plan, 1 core"), per_second(orders.len(), passes.median()), orders.len());
    rate.facts.push(("best", per_second(orders.len(), passes.quantile((0, 1))).into()));
    rate.facts.push(("cells", engine.stock().len().into()));
    let time = Figure {
        suite: "typical",
        case: case("plan, each"),
        value: times.median().into(),
        unit: "ns",
        n: times.len(),
        facts: times.facts(),
    };
    vec![rate, time]
}

fn pool(threads: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(threads).build()
}

/// All orders against the stock as it is.
pub(super) fn each(
    engine: &Engine,
    orders: &[Order],
    threads: usize,
    case: &dyn Fn(&str) -> String,
) -> Result<Figure, ThreadPoolBuildError> {
    let pool = pool(threads)?;
    let mut passes = Sample::with_capacity(PASSES);
    let mut answers = Answers::default();
    for _ in 0..PASSES {
        let begin = Instant::now();
        let plans = pool.install(|| engine.plan_each(orders, Budget::default()));
        passes.push(nanoseconds_since(begin));
        answers = Answers::of(&plans);
    }
    let rate = per_second(orders.len(), passes.median());
    Ok(answers.figure(case(&format!("plan_each, {threads} threads")), rate, orders.len()))
}

/// All orders in turn, each taking its stock.
pub(super) fn in_turn(
    engine: &mut Engine,
    orders: &[Order],
    threads: usize,
    case: &dyn Fn(&str) -> String,
) -> Result<Figure, ThreadPoolBuildError> {
    let pool = pool(threads)?;
    let begin = Instant::now();
    let plans = pool.install(|| engine.plan_in_turn(orders, Budget::default(), &mut |_| ()));
    let rate = per_second(orders.len(), nanoseconds_since(begin));
    let case = case(&format!("plan_in_turn, {threads} threads"));
    Ok(Answers::of(&plans).figure(case, rate, orders.len()))
}
