//! Errors of the engine as the exceptions that `volok._errors` defines.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use volok::spec::ReadError;
use volok::world::Defects;

/// `volok.DefectsError` with every defect as a dict.
pub fn defects(py: Python<'_>, found: &Defects) -> PyErr {
    let raise = || -> PyResult<PyErr> {
        let list = PyList::empty(py);
        for defect in &found.0 {
            let dict = PyDict::new(py);
            let (row, column) = row_and_column(&defect.place);
            dict.set_item("place", &defect.place)?;
            dict.set_item("row", row)?;
            dict.set_item("column", column)?;
            dict.set_item("code", defect.code)?;
            dict.set_item("found", &defect.found)?;
            dict.set_item("right", &defect.right)?;
            list.append(dict)?;
        }
        let class = py.import("volok._errors")?.getattr("DefectsError")?;
        Ok(PyErr::from_value(class.call1((list,))?))
    };
    raise().unwrap_or_else(|error| error)
}

/// Defects of several documents, each with what leads its places.
pub fn gathered(found: Vec<(String, Defects)>) -> Defects {
    let mut all = Defects::default();
    for (before, defects) in found {
        all.0.extend(defects.0.into_iter().map(|mut defect| {
            defect.place = joined(&before, &defect.place);
            defect
        }));
    }
    all
}

/// The row of a section or table, and the column or field of that row: `stock[3].on_hand` is about row 3 of `on_hand`,
/// `stock.on_hand` about the column as a whole.
fn row_and_column(place: &str) -> (Option<usize>, Option<&str>) {
    let Some((head, column)) = place.split_once('.') else { return (None, None) };
    let row =
        head.split_once('[').and_then(|(_, row)| row.strip_suffix(']')).and_then(|row| row.parse().ok());
    (row, Some(column))
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
