//! Documents over the border: dicts cross it as JSON text, through the interpreter's own `json`, so that what Python and
//! the command line read and write is the same to the byte.

use pyo3::exceptions::{PyOverflowError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use serde::Serialize;
use volok::plan::Plan;
use volok::world::Order;
use volok::{Engine, PlanError, Scratch, spec};

/// The JSON text of a document: as it is, or dumped.
pub fn text(document: &Bound<'_, PyAny>) -> PyResult<String> {
    if document.is_instance_of::<PyString>() { document.extract() } else { dumped(document) }
}

/// `json.dumps`; mappings that are no dicts are made dicts first.
pub fn dumped(document: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = document.py();
    let dict = match document.cast::<PyDict>() {
        Ok(dict) => dict.clone(),
        Err(_) => py.get_type::<PyDict>().call1((document,))?.cast_into()?,
    };
    py.import("json")?.getattr("dumps")?.call1((dict,))?.extract()
}

/// A document as dicts, lists, strings and numbers.
pub fn loaded<'py>(py: Python<'py>, document: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    let text = serde_json::to_string(document).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    py.import("json")?.getattr("loads")?.call1((text,))
}

/// `OverflowError` of an order that has no plan at all.
pub fn refused(error: &PlanError) -> PyErr {
    PyOverflowError::new_err(error.to_string())
}

/// Why a plan is as it is.
pub fn explained(engine: &Engine, order: &Order, plan: &Plan) -> spec::Advice {
    engine.explain(order, plan, &mut Scratch::default())
}
