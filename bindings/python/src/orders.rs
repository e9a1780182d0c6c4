//! Orders as they come: a table or two, a list of dicts or JSON texts, or one of them.

use crate::columns::Incoming;
use crate::{capsule, documents, errors, tables, workers};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PySequence, PyString};
use rayon::prelude::*;
use std::collections::HashMap;
use volok::world::{Defects, Order};
use volok::{Engine, spec};

/// What an order may be.
const RIGHT: &str = "an order is a dict or a JSON text; several are a list of them, or a table";

/// Whether this is one order and not several.
pub fn is_one(orders: &Bound<'_, PyAny>) -> PyResult<bool> {
    if capsule::is_table(orders)? {
        return Ok(false);
    }
    Ok(orders.is_instance_of::<PyString>() || orders.cast::<PyMapping>().is_ok())
}

/// One order.
pub fn one(py: Python<'_>, engine: &Engine, order: &Bound<'_, PyAny>) -> PyResult<Order> {
    let mut orders = of_texts(py, engine, &[(String::new(), documents::text(order)?)])?;
    orders.pop().ok_or_else(|| PyValueError::new_err(RIGHT))
}

/// Orders of tables, or of a list of documents.
pub fn several(
    py: Python<'_>,
    engine: &Engine,
    orders: &Bound<'_, PyAny>,
    lines: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<Order>> {
    if capsule::is_table(orders)? {
        let orders = Incoming::read("orders", orders)?;
        let lines = lines.map(|lines| Incoming::read("lines", lines)).transpose()?;
        let read = || workers::on_all_cores(|| tables::ordered(engine, &orders, lines.as_ref()));
        return py.detach(read).map_err(|found| errors::defects(py, &found));
    }
    if lines.is_some() {
        return Err(PyTypeError::new_err(
            "`lines` is a table of the lines of `orders`, which is a table too",
        ));
    }
    let Ok(list) = orders.cast::<PySequence>() else {
        let found = orders.get_type().name()?;
        return Err(PyTypeError::new_err(format!("found {found}; {RIGHT}")));
    };
    let texts: Vec<(String, String)> = list
        .try_iter()?
        .enumerate()
        .map(|(row, order)| Ok((format!("orders[{row}]"), documents::text(&order?)?)))
        .collect::<PyResult<_>>()?;
    of_texts(py, engine, &texts)
}

/// Orders of tables, or of a list of documents, each with a key of its own.
pub fn distinct(
    py: Python<'_>,
    engine: &Engine,
    orders: &Bound<'_, PyAny>,
    lines: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<Order>> {
    let found = several(py, engine, orders, lines)?;
    // Tables are read by key: repeats have been told.
    if !capsule::is_table(orders)? {
        without_repeats(py, &found)?;
    }
    Ok(found)
}

/// Notes orders whose key another one has: nothing would tell their plans apart.
pub fn without_repeats(py: Python<'_>, orders: &[Order]) -> PyResult<()> {
    let mut first: HashMap<&str, usize> = HashMap::with_capacity(orders.len());
    let mut found = Defects::default();
    for (row, order) in orders.iter().enumerate() {
        if let Some(before) = first.get(&*order.id) {
            let right = format!("an id of its own; orders[{before}] has this one");
            found.note(format!("orders[{row}].id"), "duplicate", &format!("{:?}", order.id), right);
        } else {
            first.insert(&order.id, row);
        }
    }
    found.or(()).map_err(|found| errors::defects(py, &found))
}

/// Orders of JSON texts, each with the place that leads what is wrong with it.
fn of_texts(py: Python<'_>, engine: &Engine, texts: &[(String, String)]) -> PyResult<Vec<Order>> {
    enum Wrong {
        Read(String, spec::ReadError),
        Defects(String, Defects),
    }
    let read = |(place, text): &(String, String)| {
        let document = spec::order_from_str(text).map_err(|error| Wrong::Read(place.clone(), error))?;
        engine.order(&document).map_err(|defects| Wrong::Defects(place.clone(), defects))
    };
    let read: Vec<Result<Order, Wrong>> = py.detach(|| match texts {
        [text] => vec![read(text)],
        texts => workers::on_all_cores(|| texts.par_iter().with_min_len(64).map(read).collect()),
    });
    let mut orders = Vec::with_capacity(read.len());
    let mut found = Vec::new();
    for order in read {
        match order {
            Ok(order) => orders.push(order),
            Err(Wrong::Read(place, error)) => return Err(errors::read(py, &place, &error)),
            Err(Wrong::Defects(place, defects)) => found.push((place, defects)),
        }
    }
    match found.is_empty() {
        true => Ok(orders),
        false => Err(errors::defects(py, &errors::gathered(found))),
    }
}
