//! Is it allowed? The judge's findings as a table.

use crate::plans::Plans;
use crate::table::Table;
use crate::watch::{Watch, watched};
use crate::world::Ground;
use crate::writer::{Column, Kind};
use crate::{documents, errors, orders};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PySequence, PyString};
use rayon::prelude::*;
use std::collections::HashMap;
use volok::check::{self, Violation};
use volok::plan::{self, Plan};
use volok::units::Index;
use volok::world::{Defects, Order};
use volok::{Engine, spec};

const VIOLATIONS: &[Column] = &[
    Column::of("rule", Kind::Text, "which rule of docs/model.md: `F1` to `F10`"),
    Column::of("order", Kind::Text, "key of the order"),
    Column::maybe("parcel", Kind::Text, "code of the parcel, if it is about one"),
    Column::maybe("line", Kind::Count, "number of the order's line, from 1, if it is about one"),
    Column::of("text", Kind::Text, "what was found, and what would be right"),
];

/// Plans judged between two looks at whether anyone still waits.
const AT_A_TIME: usize = 1_024;

/// Everything that is wrong with plans: those of `plan_many`, or documents with their orders.
pub fn check(
    py: Python<'_>,
    engine: &Ground,
    plans: &Bound<'_, PyAny>,
    orders: Option<&Bound<'_, PyAny>>,
    lines: Option<&Bound<'_, PyAny>>,
    alone: bool,
) -> PyResult<Table> {
    if let Ok(made) = plans.cast::<Plans>() {
        if orders.is_some() {
            return Err(PyTypeError::new_err(
                "plans of `plan_many` know their orders; `orders` is for documents",
            ));
        }
        let made = made.get();
        if !made.ground().is_kin(engine) {
            let right =
                "judge plans by the world that made them, or one made of it; documents can be judged by any";
            return Err(PyTypeError::new_err(right));
        }
        let pairs: Vec<(&Order, &Plan)> = made.planned().collect();
        return judged(py, engine, &pairs, alone);
    }
    let Some(orders) = orders else {
        return Err(PyTypeError::new_err("documents of plans are judged with the `orders` they are of"));
    };
    let orders = match orders::is_one(orders)? {
        true => vec![orders::one(py, engine, orders)?],
        false => orders::distinct(py, engine, orders, lines)?,
    };
    let pairs = paired(py, engine, plans, &orders)?;
    let pairs: Vec<(&Order, &Plan)> = pairs.iter().map(|(order, plan)| (*order, plan)).collect();
    judged(py, engine, &pairs, alone)
}

/// Documents of plans with the orders they are of.
fn paired<'o>(
    py: Python<'_>,
    engine: &Engine,
    plans: &Bound<'_, PyAny>,
    orders: &'o [Order],
) -> PyResult<Vec<(&'o Order, Plan)>> {
    let one = plans.is_instance_of::<PyString>() || plans.cast::<PyMapping>().is_ok();
    let texts = match (one, plans.cast::<PySequence>()) {
        (true, _) => vec![documents::text(plans)?],
        (false, Ok(list)) => {
            list.try_iter()?.map(|plan| documents::text(&plan?)).collect::<PyResult<Vec<String>>>()?
        }
        (false, Err(_)) => {
            let found = plans.get_type().name()?;
            let right = "plans are those of `plan_many`, a dict, a JSON text, or a list of them";
            return Err(PyTypeError::new_err(format!("found {found}; {right}")));
        }
    };
    let by_id: HashMap<&str, &Order> = orders.iter().map(|order| (&*order.id, order)).collect();
    let mut first: HashMap<&str, usize> = HashMap::new();
    let (mut pairs, mut found) = (Vec::with_capacity(texts.len()), Vec::new());
    for (row, text) in texts.iter().enumerate() {
        let place = if one { String::new() } else { format!("plans[{row}]") };
        let document = spec::plan_from_str(text).map_err(|error| errors::read(py, &place, &error))?;
        let mut wrong = Defects::default();
        match by_id.get(document.order.as_str()) {
            None => wrong.note("order", "unknown", &format!("{:?}", document.order), "the id of an order"),
            Some(&order) => match first.insert(&order.id, row) {
                Some(before) => {
                    let right = format!("one plan an order; plans[{before}] is of this one");
                    wrong.note("order", "duplicate", &format!("{:?}", document.order), right);
                }
                None => match plan::from_document(engine.world(), engine.stock(), order, &document) {
                    Ok(plan) => pairs.push((order, plan)),
                    Err(defects) => wrong = defects,
                },
            },
        }
        if !wrong.0.is_empty() {
            found.push((place, wrong));
        }
    }
    match found.is_empty() {
        true => Ok(pairs),
        false => Err(errors::defects(py, &errors::gathered(found))),
    }
}

fn judged(py: Python<'_>, engine: &Engine, pairs: &[(&Order, &Plan)], alone: bool) -> PyResult<Table> {
    let (world, stock) = (engine.world(), engine.stock());
    let judge = |watch: &Watch| -> Vec<Violation> {
        if !alone {
            return check::check_all(world, stock, pairs);
        }
        let mut found = Vec::new();
        for some in pairs.chunks(AT_A_TIME).take_while(|_| !watch.is_stopped()) {
            let each = |&(order, plan): &(&Order, &Plan)| check::check(world, stock, order, plan);
            found.extend(some.par_iter().flat_map_iter(each).collect::<Vec<Violation>>());
        }
        found
    };
    let violations = watched(py, pairs.len(), None, judge)?;
    let by_id: HashMap<&str, &Order> = pairs.iter().map(|(order, _)| (&*order.id, *order)).collect();
    Ok(Table::of(VIOLATIONS, violations.len(), |row| {
        for violation in &violations {
            row.text(&violation.rule.to_string());
            row.text(&violation.order);
            let order = violation.parcel.zip(by_id.get(&*violation.order));
            row.maybe_text(order.map(|(parcel, order)| plan::code(world, order, parcel)).as_deref());
            row.maybe_count(violation.line.map(|line| line.row() as u32 + 1));
            row.text(&violation.text);
        }
    }))
}
