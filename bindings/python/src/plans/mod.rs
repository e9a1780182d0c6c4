//! Plans of many orders, as tables.

mod parcels;
mod summary;
mod unfilled;

use crate::again::Answers;
use crate::table::Table;
use crate::world::Ground;
use crate::writer::{Column, Writer};
use crate::{documents, drawing, watch, workers};
use pyo3::exceptions::{PyIndexError, PyKeyError};
use pyo3::prelude::*;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use volok::plan::Plan;
use volok::world::Order;
use volok::{Engine, PlanError};

/// Orders of one batch of a table: batches are filled side by side.
const TOGETHER: usize = 8_192;

/// One order of many, with its answer.
#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    engine: &'a Engine,
    order: &'a Order,
    plan: &'a Result<Plan, PlanError>,
}

/// Which rows a table has of an answer.
type Rows = fn(Answer<'_>, &mut Writer);

/// The plans of many orders, in the order of the orders. Each property is a table that any library which reads Arrow
/// takes as it is; it is made when it is first asked for.
#[pyclass(frozen, module = "volok")]
pub struct Plans {
    ground: Arc<Ground>,
    orders: Vec<Order>,
    plans: Vec<Result<Plan, PlanError>>,
    tables: [OnceLock<Py<Table>>; 7],
    by_id: OnceLock<HashMap<Box<str>, usize>>,
}

impl Plans {
    /// Answers of an engine to orders.
    pub fn new(ground: Arc<Ground>, orders: Vec<Order>, plans: Vec<Result<Plan, PlanError>>) -> Plans {
        Plans { ground, orders, plans, tables: Default::default(), by_id: OnceLock::new() }
    }

    /// What planned: its stock is as it was before.
    pub fn ground(&self) -> &Arc<Ground> {
        &self.ground
    }

    /// All orders with their answers.
    pub fn answers(&self) -> Answers<'_> {
        self.orders.iter().zip(&self.plans)
    }

    /// Orders that have a plan, with their plans.
    pub fn planned(&self) -> impl Iterator<Item = (&Order, &Plan)> {
        self.orders.iter().zip(&self.plans).filter_map(|(order, plan)| Some((order, plan.as_ref().ok()?)))
    }

    fn table(
        &self,
        py: Python<'_>,
        which: usize,
        columns: &'static [Column],
        rows: Rows,
    ) -> PyResult<Py<Table>> {
        if let Some(table) = self.tables[which].get() {
            return Ok(table.clone_ref(py));
        }
        let batch = |first: usize| {
            let end = self.orders.len().min(first + TOGETHER);
            let mut writer = Writer::of(columns, end - first);
            for at in first..end {
                let (engine, order, plan) = (&**self.ground, &self.orders[at], &self.plans[at]);
                rows(Answer { engine, order, plan }, &mut writer);
            }
            writer.finish()
        };
        let batches = py.detach(|| {
            let firsts: Vec<usize> = (0..self.orders.len()).step_by(TOGETHER).collect();
            workers::on_all_cores(|| firsts.into_par_iter().filter_map(batch).collect())
        });
        let table = Py::new(py, Table::new(columns, batches))?;
        Ok(self.tables[which].get_or_init(|| table).clone_ref(py))
    }

    /// The row of an order by its number or its key.
    fn row(&self, which: &Bound<'_, PyAny>) -> PyResult<usize> {
        if let Ok(key) = which.extract::<String>() {
            let rows =
                || self.orders.iter().enumerate().map(|(row, order)| (order.id.clone(), row)).collect();
            let known = self.by_id.get_or_init(rows).get(&*key).copied();
            return known.ok_or_else(|| PyKeyError::new_err(key));
        }
        let row = which.extract::<isize>()?;
        let row = if row < 0 { row + self.orders.len() as isize } else { row };
        let row = usize::try_from(row).ok().filter(|&row| row < self.orders.len());
        row.ok_or_else(|| PyIndexError::new_err("there are not so many orders"))
    }

    fn at(&self, which: &Bound<'_, PyAny>) -> PyResult<(&Order, &Plan)> {
        let row = self.row(which)?;
        let plan = self.plans[row].as_ref().map_err(documents::refused)?;
        Ok((&self.orders[row], plan))
    }
}

#[pymethods]
impl Plans {
    /// One row an order: cost, bound, status, when it completes, cost by component.
    #[getter]
    fn plans(&self, py: Python<'_>) -> PyResult<Py<Table>> {
        self.table(py, 0, summary::PLANS, summary::plan)
    }

    /// One row a parcel, merged ones too.
    #[getter]
    fn parcels(&self, py: Python<'_>) -> PyResult<Py<Table>> {
        self.table(py, 1, parcels::PARCELS, parcels::parcels)
    }

    /// One row a parcel and departure it uses.
    #[getter]
    fn legs(&self, py: Python<'_>) -> PyResult<Py<Table>> {
        self.table(py, 2, parcels::LEGS, parcels::legs)
    }

    /// One row a line and stock cell it is picked from.
    #[getter]
    fn picks(&self, py: Python<'_>) -> PyResult<Py<Table>> {
        self.table(py, 3, parcels::PICKS, parcels::picks)
    }

    /// One row a parcel that is merged into another.
    #[getter]
    fn merges(&self, py: Python<'_>) -> PyResult<Py<Table>> {
        self.table(py, 4, parcels::MERGES, parcels::merges)
    }

    /// One row a line of which units stay behind.
    #[getter]
    fn unfilled(&self, py: Python<'_>) -> PyResult<Py<Table>> {
        self.table(py, 5, unfilled::UNFILLED, unfilled::unfilled)
    }

    /// One row a reason why units of a line stay behind.
    #[getter]
    fn reasons(&self, py: Python<'_>) -> PyResult<Py<Table>> {
        self.table(py, 6, unfilled::REASONS, unfilled::reasons)
    }

    /// The plan document of one order, by its number or its key.
    fn __getitem__<'py>(&self, py: Python<'py>, order: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let (order, plan) = self.at(order)?;
        drawing::plan(py, &self.ground, order.clone(), plan.clone())
    }

    /// Why the plan of one order (by its number or its key) is as it is.
    fn explain<'py>(&self, py: Python<'py>, order: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let (order, plan) = self.at(order)?;
        let advice = watch::watched(py, 1, None, |_| documents::explained(&self.ground, order, plan))?;
        documents::loaded(py, &advice)
    }

    fn __len__(&self) -> usize {
        self.orders.len()
    }

    fn __repr__(&self) -> String {
        let proven = self.planned().filter(|(_, plan)| plan.is_optimal()).count();
        let cost: i128 = self.planned().map(|(_, plan)| i128::from(plan.cost().0)).sum();
        format!("<volok.Plans: {} orders, {proven} proven optimal, cost {cost}>", self.orders.len())
    }
}
