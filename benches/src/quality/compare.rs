//! Plans of the engine and of every rule for the same orders.

use serde_json::Value;
use volok::check::check;
use volok::plan::Plan;
use volok::testkit::generate::{Generated, built};
use volok::testkit::rules::Rule;
use volok::transit::Transit;
use volok::units::Money;
use volok::world::Order;
use volok::{Budget, Engine, Scratch};

use super::QualityError;
use crate::figure::Figure;
use crate::sample::{Sample, thousandths};

/// Who plans.
const ENGINE: &str = "volok";

/// What one planner did with all orders of a world.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who planned.
    pub planner: &'static str,
    /// Orders.
    pub orders: usize,
    /// Cost of all plans.
    pub cost: i64,
    /// The same for the engine.
    pub least: i64,
    /// Cost of each in thousandths of the engine's.
    pub ratios: Sample,
    /// Parcels handed over.
    pub parcels: usize,
    /// Orders with more parcels than they need.
    pub excess: usize,
    /// Units not delivered.
    pub unfilled: u64,
    /// Plans proven to be cheapest.
    pub proven: usize,
    /// Plans that break a rule of the model.
    pub broken: usize,
}

/// What all planners did in one world.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// The engine first, then the rules.
    pub rows: Vec<Row>,
}

impl Row {
    fn new(planner: &'static str) -> Row {
        Row {
            planner,
            orders: 0,
            cost: 0,
            least: 0,
            ratios: Sample::default(),
            parcels: 0,
            excess: 0,
            unfilled: 0,
            proven: 0,
            broken: 0,
        }
    }

    fn add(&mut self, plan: &Plan, least: i64, needed: usize, broken: bool) {
        let cost = plan.cost().0;
        self.orders += 1;
        self.cost += cost;
        self.least += least;
        self.ratios.push(thousandths(cost, least).unsigned_abs());
        self.parcels += plan.deliveries();
        self.excess += usize::from(plan.deliveries() > needed);
        self.unfilled += plan.unfilled.iter().map(|unfilled| u64::from(unfilled.qty.0)).sum::<u64>();
        self.proven += usize::from(plan.is_optimal());
        self.broken += usize::from(broken);
    }

    /// Cost above the engine's, in thousandths of it.
    pub fn above(&self) -> i64 {
        thousandths(self.cost - self.least, self.least)
    }

    /// Orders with more parcels than needed, in thousandths of all.
    pub fn excess_share(&self) -> i64 {
        thousandths(self.excess as i64, self.orders as i64)
    }

    /// As a figure.
    pub fn figure(&self, setting: &str) -> Figure {
        let mut ratios = self.ratios.clone();
        let many = self.orders.max(1);
        let facts: Vec<(&'static str, Value)> = vec![
            ("cost_thousandths", thousandths(self.cost, self.least).into()),
            ("p50", ratios.median().into()),
            ("p99", ratios.quantile((99, 100)).into()),
            ("parcels_of_1000_orders", (self.parcels * 1_000 / many).into()),
            ("more_than_needed_thousandths", self.excess_share().into()),
            ("unfilled", self.unfilled.into()),
            ("proven", self.proven.into()),
            ("broken", self.broken.into()),
        ];
        let value = (self.cost / many as i64).into();
        let case = format!("{setting}: {}", self.planner);
        Figure { suite: "quality", case, value, unit: "cost", n: self.orders, facts }
    }
}

/// The same order, where a unit left behind is the worst and then a parcel.
fn fewest_parcels(order: &Order) -> Order {
    let mut order = order.clone();
    order.policy.delivery_penalty = Money(100_000_000);
    for line in &mut order.lines {
        line.unfilled_penalty = Money(100_000_000_000);
    }
    order
}

/// Plans all orders of a world with the engine and every rule, each alone against the whole stock.
pub(super) fn compare(name: &'static str, made: &Generated) -> Result<Setting, QualityError> {
    let (world, stock, orders) = built(made)?;
    let engine = Engine::new(world, stock);
    let (world, stock) = (engine.world(), engine.stock());
    let transit = Transit::new(world);
    let (budget, mut scratch) = (Budget::default(), Scratch::default());
    let mut rows = vec![Row::new(ENGINE)];
    rows.extend(Rule::ALL.map(|rule| Row::new(rule.name())));
    for order in &orders {
        let needed = engine.plan(&fewest_parcels(order), budget, &mut scratch)?.deliveries();
        let best = engine.plan(order, budget, &mut scratch)?;
        let least = best.cost().0;
        let broken = |plan: &Plan| !check(world, stock, order, plan).is_empty();
        rows[0].add(&best, least, needed, broken(&best));
        for (row, rule) in rows[1..].iter_mut().zip(Rule::ALL) {
            let plan = rule.plan(world, &transit, stock, order);
            row.add(&plan, least, needed, broken(&plan));
        }
    }
    Ok(Setting { name, rows })
}
