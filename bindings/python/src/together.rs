//! Orders that compete, decided together: plans that fit together, a bound on all of them, and how they were come by.

use crate::plans::Plans;
use crate::prices::Prices;
use crate::progress::Progress;
use crate::table::Table;
use crate::watch::{Watch, watched};
use crate::world::{Ground, budget};
use crate::writer::{Column, Kind};
use pyo3::prelude::*;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use volok::world::Order;
use volok::{BatchProgress, BatchTerms};

const PROGRESS: &[Column] = &[
    Column::of("milliseconds", Kind::Large, "since the beginning"),
    Column::of("orders", Kind::Large, "orders whose turn had come: those of higher priority come first"),
    Column::of("round", Kind::Count, "how often each of the present ones was planned, on average"),
    Column::of("cost", Kind::Int, "what the best answer so far costs, minor units"),
    Column::of("bound", Kind::Int, "proven by then: no answer costs less, minor units"),
];

/// Orders decided together.
#[pyclass(frozen, get_all, module = "volok")]
pub struct Batch {
    /// The plans: together they take no more of anything than there is.
    plans: Py<Plans>,
    /// Cost of all plans, minor units.
    cost: i64,
    /// Proven: no plans of these orders that fit together cost less in sum.
    bound: i64,
    /// By how many millionths of its cost the answer may miss the best, rounded up.
    gap: u64,
    /// How often each order was planned, on average.
    rounds: u32,
    /// What stock and room were worth.
    prices: Py<Prices>,
    /// How cost and bound came closer.
    progress: Py<Table>,
}

#[pymethods]
impl Batch {
    /// What stock was worth that was scarce.
    #[getter]
    fn cell_prices<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.prices.bind(py).getattr("cells")
    }

    /// What room was worth that was scarce.
    #[getter]
    fn room_prices<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.prices.bind(py).getattr("rooms")
    }

    fn __repr__(&self) -> String {
        format!("<volok.Batch: cost {}, bound {}, {} rounds>", self.cost, self.bound, self.rounds)
    }
}

/// How far orders are taken.
pub struct Asked<'p> {
    /// Millionths of the cost that are near enough.
    pub gap: u32,
    /// How often each order is planned at most, on average.
    pub rounds: u32,
    /// What chance does.
    pub seed: u64,
    /// Seconds after which the best answer so far stands.
    pub seconds: Option<f64>,
    /// Search steps for each order.
    pub steps: Option<u64>,
    /// Prices to begin with.
    pub prices: Option<&'p volok::Prices>,
}

/// Who hears how far a batch has come, and ends it.
pub type Hears<'h> = &'h mut dyn FnMut(&BatchProgress) -> ControlFlow<()>;

/// Decides under watch; tells the course of it too.
pub fn decided<T: Send>(
    py: Python<'_>,
    asked: &Asked<'_>,
    progress: Option<&Bound<'_, PyAny>>,
    decide: impl FnOnce(&BatchTerms<'_>, Hears<'_>) -> T + Send,
) -> PyResult<(T, Table)> {
    let total = asked.rounds as usize;
    let progress = Progress::of(py, progress, total)?;
    let limit = asked.seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let mut course: Vec<(u64, BatchProgress)> = Vec::new();
    let found = watched(py, total, progress.tell(), |watch: &Watch| {
        let (begin, stop) = (Instant::now(), || watch.is_stopped());
        let terms = BatchTerms {
            budget: budget(asked.steps, &stop),
            gap: asked.gap,
            rounds: asked.rounds,
            seed: asked.seed,
            prices: asked.prices,
        };
        decide(&terms, &mut |told| {
            let since = begin.elapsed();
            course.push((u64::try_from(since.as_millis()).unwrap_or(u64::MAX), *told));
            watch.done((told.round as usize).min(total));
            match watch.is_stopped() || limit.is_some_and(|limit| since >= limit) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })
    })?;
    let course = Table::of(PROGRESS, course.len(), |row| {
        for (milliseconds, told) in &course {
            row.large(*milliseconds);
            row.large(told.orders as u64);
            row.count(told.round);
            row.int(told.cost.0);
            row.int(told.bound.0);
        }
    });
    Ok((found, course))
}

/// Decides orders together.
pub fn batch(
    py: Python<'_>,
    ground: &Arc<Ground>,
    orders: Vec<Order>,
    asked: &Asked<'_>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Batch> {
    let (found, course) = decided(py, asked, progress, |terms, hears| ground.batch(&orders, terms, hears))?;
    told(py, ground, orders, found, course)
}

/// What was decided, as Python sees it.
pub fn told(
    py: Python<'_>,
    ground: &Arc<Ground>,
    orders: Vec<Order>,
    found: volok::Batch,
    course: Table,
) -> PyResult<Batch> {
    let (cost, gap) = (found.cost().0, found.gap());
    Ok(Batch {
        plans: Py::new(py, Plans::new(ground.clone(), orders, found.plans))?,
        cost,
        bound: found.bound.0,
        gap,
        rounds: found.rounds,
        prices: Py::new(py, Prices::new(ground.clone(), found.prices))?,
        progress: Py::new(py, course)?,
    })
}
