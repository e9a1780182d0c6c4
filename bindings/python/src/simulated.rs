//! Orders played again: policies side by side, and what-if.

use crate::documents;
use crate::watch::watched;
use crate::world::budget;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use volok::Engine;
use volok::testkit::rules::Rule;
use volok::testkit::simulate::{
    Greedy, Hindsight, Myopic, Policy, Priced, Refresh, Stream, Windowed, compare, what_if,
};
use volok::world::Order;

/// How orders are played.
pub struct Asked {
    /// Minutes of a window.
    pub window: u32,
    /// Hundredths of the orders that are the past.
    pub learn: u32,
    /// Scenarios drawn from the past.
    pub scenarios: usize,
    /// Orders between two forecasts.
    pub refresh: usize,
    /// Rounds of each batch and forecast.
    pub rounds: u32,
    /// What chance does.
    pub seed: u64,
    /// Search steps for each order.
    pub steps: Option<u64>,
}

/// Policies that tables have besides myopic and hindsight.
pub const POLICIES: [&str; 9] = [
    "priority-walk",
    "nearest-source",
    "highest-stock",
    "static-coverage",
    "recounted-coverage",
    "priced",
    "steered",
    "windowed",
    "windowed-priced",
];

impl Asked {
    fn policy(&self, name: &str) -> PyResult<Box<dyn Policy + Send>> {
        let between_sources = name == "steered";
        let refresh =
            Refresh { every: self.refresh.max(1), rounds: self.rounds, seed: self.seed, between_sources };
        let (minutes, rounds, seed) = (self.window.max(1), self.rounds, self.seed);
        Ok(match name {
            "priority-walk" => Box::new(Greedy(Rule::PriorityWalk)),
            "nearest-source" => Box::new(Greedy(Rule::NearestSource)),
            "highest-stock" => Box::new(Greedy(Rule::HighestStock)),
            "static-coverage" => Box::new(Greedy(Rule::StaticCoverage)),
            "recounted-coverage" => Box::new(Greedy(Rule::RecountedCoverage)),
            "myopic" => Box::new(Myopic),
            "priced" | "steered" => Box::new(Priced { refresh }),
            "windowed" => Box::new(Windowed { minutes, rounds, seed, refresh: None }),
            "windowed-priced" => Box::new(Windowed { minutes, rounds, seed, refresh: Some(refresh) }),
            "hindsight" => Box::new(self.hindsight()),
            _ => {
                let right = POLICIES.join(", ");
                let text = format!("found policy {name:?}; one of myopic, {right}, hindsight");
                return Err(PyValueError::new_err(text));
            }
        })
    }

    fn hindsight(&self) -> Hindsight {
        Hindsight { rounds: self.rounds.saturating_mul(6), seed: self.seed, ..Hindsight::default() }
    }

    fn stream(&self, engine: &Engine, orders: Vec<Order>) -> Stream {
        let stream = Stream::new(engine.world().clone(), engine.stock().clone(), orders);
        stream.learning(self.learn, self.scenarios, self.seed)
    }
}

/// Policies side by side.
pub fn simulate<'py>(
    py: Python<'py>,
    engine: &Engine,
    orders: Vec<Order>,
    policies: Option<Vec<String>>,
    asked: &Asked,
) -> PyResult<Bound<'py, PyAny>> {
    let all = || POLICIES.map(str::to_owned).to_vec();
    let always = ["myopic", "hindsight"];
    let names = policies.unwrap_or_else(all);
    let names = names.iter().filter(|name| !always.contains(&name.as_str()));
    let policies = names.map(|name| asked.policy(name)).collect::<PyResult<Vec<_>>>()?;
    let table = watched(py, 1, None, |watch| {
        let stop = || watch.is_stopped();
        let stream = asked.stream(engine, orders);
        let policies: Vec<&dyn Policy> = policies.iter().map(|policy| -> &dyn Policy { &**policy }).collect();
        compare(&stream, &policies, &asked.hindsight(), budget(asked.steps, &stop), &|_| {})
    })?;
    documents::loaded(py, &table)
}

/// The same orders in two worlds under one policy.
pub fn difference<'py>(
    py: Python<'py>,
    (base, changed): (&Engine, &Engine),
    (orders, again): (Vec<Order>, Vec<Order>),
    policy: &str,
    asked: &Asked,
) -> PyResult<Bound<'py, PyAny>> {
    let policy = asked.policy(policy)?;
    let difference = watched(py, 1, None, |watch| {
        let stop = || watch.is_stopped();
        let (base, changed) = ([asked.stream(base, orders)], [asked.stream(changed, again)]);
        what_if(&base, &changed, &*policy, budget(asked.steps, &stop))
    })?;
    let difference = difference.map_err(|error| PyValueError::new_err(error.to_string()))?;
    documents::loaded(py, &difference)
}
