//! Orders a second on one core, the time of each, and what the plans are like.

use std::hint::black_box;
use std::time::Instant;

use volok::plan::Plan;
use volok::world::Order;
use volok::{Budget, Engine, Scratch};

use crate::figure::Figure;
use crate::sample::{Sample, nanoseconds_since, per_second, thousandths};

/// Orders by how many lines they have: name, most lines.
const LINES: [(&str, usize); 6] = [
    (", 1 line", 1),
    (", 2 lines", 2),
    (", 3 lines", 3),
    (", 4 lines", 4),
    (", 5 to 8 lines", 8),
    (", 9 or more lines", usize::MAX),
];

/// Source parcels of a plan that joins many.
const MANY_SOURCES: usize = 6;

/// What plans are like, so that a faster wrong answer is seen.
#[derive(Default)]
struct Seen {
    planned: usize,
    proven: usize,
    merged: usize,
    many_sources: usize,
    parcels: usize,
    unfilled: u64,
    cost: i64,
}

impl Seen {
    fn add(&mut self, plan: &Plan) {
        self.planned += 1;
        self.proven += usize::from(plan.is_optimal());
        self.merged += usize::from(merges(plan));
        self.many_sources += usize::from(sources(plan) >= MANY_SOURCES);
        self.parcels += plan.deliveries();
        self.unfilled += plan.unfilled.iter().map(|unfilled| u64::from(unfilled.qty.0)).sum::<u64>();
        self.cost += plan.cost().0;
    }
}

fn merges(plan: &Plan) -> bool {
    plan.parcels.iter().any(|parcel| !parcel.parts.is_empty())
}

fn sources(plan: &Plan) -> usize {
    plan.parcels.iter().filter(|parcel| parcel.parts.is_empty()).count()
}

/// Whole plans, order after order on this thread: all of them once to warm up, once for the rate, once for each time.
pub(super) fn measure(
    engine: &Engine,
    orders: &[Order],
    steps: u64,
    case: &dyn Fn(&str) -> String,
) -> Vec<Figure> {
    let (budget, mut scratch) = (Budget { steps, ..Budget::default() }, Scratch::default());
    let mut seen = Seen::default();
    let mut joins = Vec::with_capacity(orders.len());
    for order in orders {
        let plan = engine.plan(order, budget, &mut scratch).ok();
        if let Some(plan) = &plan {
            seen.add(plan);
        }
        joins.push(plan.is_some_and(|plan| merges(&plan) && sources(&plan) >= MANY_SOURCES));
    }
    let begin = Instant::now();
    for order in orders {
        let _ = black_box(engine.plan(black_box(order), budget, &mut scratch));
    }
    let whole = nanoseconds_since(begin);
    let mut times = Sample::with_capacity(orders.len());
    let (mut by_lines, mut joined) = (LINES.map(|_| Sample::default()), Sample::default());
    for (order, joins) in orders.iter().zip(joins) {
        let begin = Instant::now();
        let _ = black_box(engine.plan(black_box(order), budget, &mut scratch));
        let time = nanoseconds_since(begin);
        times.push(time);
        if joins {
            joined.push(time);
        }
        if let Some(row) = LINES.iter().position(|&(_, most)| order.lines.len() <= most) {
            by_lines[row].push(time);
        }
    }
    let share = |many: usize| thousandths(many as i64, orders.len() as i64);
    let facts = vec![
        ("planned", seen.planned.into()),
        ("proven_thousandths", share(seen.proven).into()),
        ("merged_thousandths", share(seen.merged).into()),
        ("six_sources_thousandths", share(seen.many_sources).into()),
        ("parcels", seen.parcels.into()),
        ("unfilled", seen.unfilled.into()),
        ("checksum", seen.cost.into()),
    ];
    let rate = per_second(orders.len(), whole).into();
    let rate =
        Figure { suite: "routes", case: case(""), value: rate, unit: "orders/s", n: orders.len(), facts };
    let all = times.sum();
    let row = |what: &str, times: &mut Sample| {
        let mut facts = times.facts();
        facts.push(("share_of_time_thousandths", thousandths(times.sum(), all).into()));
        let (value, n) = (times.median().into(), times.len());
        Figure { suite: "routes", case: case(what), value, unit: "ns", n, facts }
    };
    let mut figures = vec![rate, row(", each", &mut times)];
    let named = LINES.into_iter().zip(&mut by_lines).filter(|(_, times)| !times.is_empty());
    figures.extend(named.map(|((name, _), times)| row(name, times)));
    if !joined.is_empty() {
        figures.push(row(", merged of 6 or more", &mut joined));
    }
    figures
}
