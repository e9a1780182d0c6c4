//! The class `volok.World`.

use crate::errors;
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyMapping, PySequence, PyString};
use std::fs::File;
use std::path::PathBuf;
use volok::world::{Defects, Order};
use volok::{Budget, Engine, PlanError, spec};

/// A network with its catalogue and stock. Threads may share one: planning changes nothing.
#[pyclass(frozen, module = "volok")]
pub struct World {
    engine: Engine,
}

#[pymethods]
impl World {
    /// The world of a JSON file.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<World> {
        let file = File::open(&path).map_err(|error| {
            let error = PyErr::from(error);
            // The path belongs to the message as in Python's own `open`.
            let _ = error.value(py).setattr("filename", path.as_os_str());
            error
        })?;
        World::of(py, py.detach(|| spec::world_from_reader(file)))
    }

    /// The world of a JSON text.
    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str) -> PyResult<World> {
        World::of(py, py.detach(|| spec::world_from_str(text)))
    }

    /// The world of a document made of dicts, lists, strings and numbers.
    #[staticmethod]
    fn from_dict(py: Python<'_>, document: &Bound<'_, PyMapping>) -> PyResult<World> {
        World::from_json(py, &dumped(document.as_any())?)
    }

    /// The cheapest plan of an order, or of each order of a list, as documents.
    ///
    /// An order is a dict or a JSON text. Each order is planned alone against the stock as it is: nothing is taken.
    /// A list is planned on all cores, and other Python threads run meanwhile. `steps` bounds the search of each order.
    ///
    /// Raises `ReadError` for a text that is no order and `DefectsError` with every defect of all orders.
    #[pyo3(signature = (orders, *, steps = None))]
    fn plan<'py>(
        &self,
        py: Python<'py>,
        orders: &Bound<'py, PyAny>,
        steps: Option<u64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let usual = Budget::default();
        let budget = Budget { steps: steps.unwrap_or(usual.steps), ..usual };
        if orders.is_instance_of::<PyString>() || orders.cast::<PyMapping>().is_ok() {
            let plans = self.plans(py, &[(String::new(), text(orders)?)], budget)?;
            return loaded(py, plans.first().map_or("null", String::as_str));
        }
        let Ok(list) = orders.cast::<PySequence>() else {
            let found = orders.get_type().name()?;
            let right = "an order is a dict or a JSON text; several are a list of them";
            return Err(PyTypeError::new_err(format!("found {found}; {right}")));
        };
        let texts: Vec<(String, String)> = list
            .try_iter()?
            .enumerate()
            .map(|(row, order)| Ok((format!("orders[{row}]"), text(&order?)?)))
            .collect::<PyResult<_>>()?;
        let plans = PyList::empty(py);
        for plan in self.plans(py, &texts, budget)? {
            plans.append(loaded(py, &plan)?)?;
        }
        Ok(plans.into_any())
    }

    fn __repr__(&self) -> String {
        let world = self.engine.world();
        format!(
            "<volok.World: {} nodes, {} SKUs, {} stock cells>",
            world.nodes().len(),
            world.skus().len(),
            self.engine.stock().len()
        )
    }
}

/// Why a list of orders has no plans.
enum Refusal {
    Read(String, spec::ReadError),
    Defects(Vec<(String, Defects)>),
    Plan(PlanError),
    Unwritable(serde_json::Error),
}

impl World {
    fn of(py: Python<'_>, document: Result<spec::World, spec::ReadError>) -> PyResult<World> {
        let document = document.map_err(|error| errors::read(py, "", &error))?;
        let engine = py.detach(|| Engine::from_document(&document));
        let engine = engine.map_err(|defects| errors::defects(py, &[(String::new(), defects)]))?;
        Ok(World { engine })
    }

    /// Plan documents of order documents, with the interpreter released.
    fn plans(&self, py: Python<'_>, texts: &[(String, String)], budget: Budget<'_>) -> PyResult<Vec<String>> {
        py.detach(|| self.plan_texts(texts, budget)).map_err(|refusal| match refusal {
            Refusal::Read(place, error) => errors::read(py, &place, &error),
            Refusal::Defects(found) => errors::defects(py, &found),
            Refusal::Plan(error) => PyOverflowError::new_err(error.to_string()),
            Refusal::Unwritable(error) => {
                PyErr::new::<pyo3::exceptions::PyRuntimeError, _>(error.to_string())
            }
        })
    }

    fn plan_texts(&self, texts: &[(String, String)], budget: Budget<'_>) -> Result<Vec<String>, Refusal> {
        let mut orders: Vec<Order> = Vec::with_capacity(texts.len());
        let mut found = Vec::new();
        for (place, text) in texts {
            let document = spec::order_from_str(text).map_err(|error| Refusal::Read(place.clone(), error))?;
            match self.engine.order(&document) {
                Ok(order) => orders.push(order),
                Err(defects) => found.push((place.clone(), defects)),
            }
        }
        if !found.is_empty() {
            return Err(Refusal::Defects(found));
        }
        let plans = self.engine.plan_each(&orders, budget);
        let written = orders.iter().zip(plans).map(|(order, plan)| {
            let plan = plan.map_err(Refusal::Plan)?;
            serde_json::to_string(&self.engine.document(order, &plan)).map_err(Refusal::Unwritable)
        });
        written.collect()
    }
}

/// The JSON text of an order: as it is, or dumped.
fn text(order: &Bound<'_, PyAny>) -> PyResult<String> {
    if order.is_instance_of::<PyString>() { order.extract() } else { dumped(order) }
}

/// `json.dumps`; mappings that are no dicts are made dicts first.
fn dumped(document: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = document.py();
    let dict = match document.cast::<pyo3::types::PyDict>() {
        Ok(dict) => dict.clone(),
        Err(_) => py.get_type::<pyo3::types::PyDict>().call1((document,))?.cast_into()?,
    };
    py.import("json")?.getattr("dumps")?.call1((dict,))?.extract()
}

fn loaded<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.getattr("loads")?.call1((text,))
}
