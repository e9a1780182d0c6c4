//! Errors of the engine as the exceptions that `volok._errors` defines.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use volok::spec::ReadError;
use volok::world::Defects;

/// `volok.DefectsError` with every defect as a dict; `place` leads each of its places.
pub fn defects(py: Python<'_>, found: &[(String, Defects)]) -> PyErr {
    let raise = || -> PyResult<PyErr> {
        let list = PyList::empty(py);
        for (before, defects) in found {
            for defect in &defects.0 {
                let dict = PyDict::new(py);
                dict.set_item("place", joined(before, &defect.place))?;
                dict.set_item("code", defect.code)?;
                dict.set_item("found", &defect.found)?;
                dict.set_item("right", &defect.right)?;
                list.append(dict)?;
            }
        }
        let class = py.import("volok._errors")?.getattr("DefectsError")?;
        Ok(PyErr::from_value(class.call1((list,))?))
    };
    raise().unwrap_or_else(|error| error)
}

/// `volok.ReadError`; `before` leads its place.
pub fn read(py: Python<'_>, before: &str, error: &ReadError) -> PyErr {
    let raise = || -> PyResult<PyErr> {
        let class = py.import("volok._errors")?.getattr("ReadError")?;
        let place = if error.place == "." && !before.is_empty() {
            before.to_owned()
        } else {
            joined(before, &error.place)
        };
        Ok(PyErr::from_value(class.call1((error.line, error.column, place, error.text.as_str()))?))
    };
    raise().unwrap_or_else(|error| error)
}

fn joined(before: &str, place: &str) -> String {
    if before.is_empty() || place.is_empty() {
        format!("{before}{place}")
    } else {
        format!("{before}.{place}")
    }
}
