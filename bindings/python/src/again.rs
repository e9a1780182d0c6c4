//! Decided again: one order after something went wrong, or all orders of a day with new ones.

use crate::plans::Plans;
use crate::table::Table;
use crate::together::{self, Asked, Batch};
use crate::watch::watched;
use crate::world::{Ground, World, budget};
use crate::writer::{Column, Kind};
use crate::{documents, drawing, errors};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};
use std::collections::HashMap;
use std::sync::Arc;
use volok::plan::{self, Plan};
use volok::world::Order;
use volok::{Instant, Money, PlanError, RebatchTerms, ReplanError, Scratch, Standing, spec};

/// A plan of an order, read from its document, with the codes of its parcels.
pub fn read(
    py: Python<'_>,
    ground: &Ground,
    order: &Order,
    document: &Bound<'_, PyAny>,
) -> PyResult<(Plan, Vec<String>)> {
    let document = spec::plan_from_str(&documents::text(document)?);
    let document = document.map_err(|error| errors::read(py, "plan", &error))?;
    let plan = plan::from_document(ground.world(), ground.stock(), order, &document);
    let plan =
        plan.map_err(|found| errors::defects(py, &errors::gathered(vec![("plan".to_owned(), found)])))?;
    Ok((plan, document.parcels.into_iter().map(|parcel| parcel.code).collect()))
}

/// An order planned again after something went wrong.
pub fn replan<'py>(
    py: Python<'py>,
    ground: &Arc<Ground>,
    order: Order,
    old: &Bound<'py, PyAny>,
    disruption: &Bound<'py, PyDict>,
    steps: Option<u64>,
) -> PyResult<Bound<'py, PyAny>> {
    let (old, codes) = read(py, ground, &order, old)?;
    disruption.set_item("volok", spec::VERSION)?;
    let happened = spec::disruption_from_str(&documents::dumped(disruption)?)
        .map_err(|error| errors::read(py, "", &error))?;
    let (world, stock) = (ground.world(), ground.stock());
    let disruption = plan::disruption_from_document(world, stock, &order, (&old, &codes), &happened)
        .map_err(|found| errors::defects(py, &found))?;
    let found = watched(py, 1, None, |watch| {
        let stop = || watch.is_stopped();
        ground.replan(&order, &old, &disruption, budget(steps, &stop), &mut Scratch::default())
    })?;
    let found = found.map_err(|error| match error {
        ReplanError::Plan(error) => documents::refused(&error),
        error @ ReplanError::Contradiction(_) => PyValueError::new_err(error.to_string()),
    })?;
    let written = ground.replanned_document(&order, (&old, &codes), &disruption, &found);
    let told = documents::loaded(py, &written)?;
    let plan = drawing::shown(py, told.get_item("plan")?, ground, order, found.plan)?;
    told.set_item("plan", plan)?;
    told.del_item("volok")?;
    Ok(told)
}

const CHANGES: &[Column] = &[
    Column::of("order", Kind::Text, "key of the order"),
    Column::of(
        "fate",
        Kind::Text,
        "`new`: it had no plan that delivers; `kept`; `changed`; `left`: something of it has, so it stays; `lost`: what it takes is not there",
    ),
    Column::of("changed", Kind::Count, "parcels of its old plan that do not stay as they were"),
];

/// Orders decided again.
#[pyclass(frozen, get_all, module = "volok")]
pub struct Rebatched {
    /// As if decided for the first time.
    batch: Py<Batch>,
    /// Cost of the plans and of the changes, minor units.
    cost: i64,
    /// Proven: no plans with their changes cost less.
    bound: i64,
    /// What the changes cost, minor units.
    changes: i64,
    /// What became of each order.
    fates: Py<Table>,
}

#[pymethods]
impl Rebatched {
    /// The plans: together they take no more of anything than there is.
    #[getter]
    fn plans<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.batch.bind(py).getattr("plans")
    }

    fn __repr__(&self) -> String {
        let Rebatched { cost, bound, changes, .. } = self;
        format!("<volok.Rebatched: cost {cost}, {changes} of it for changes, bound {bound}>")
    }
}

/// As of when orders are decided again, and at what price.
pub struct Again<'py> {
    /// Parcels that depart by then have left.
    pub now: &'py str,
    /// Price of each parcel that does not stay as it was.
    pub change_price: i64,
    /// By order, when it was promised.
    pub by: Option<Bound<'py, PyMapping>>,
}

fn moment(place: &str, text: &str) -> PyResult<Instant> {
    spec::instant(text).map_err(|right| PyValueError::new_err(format!("{place}: found {text:?}; {right}")))
}

/// Orders with the plans they have, decided again together with new ones.
pub fn rebatch(
    py: Python<'_>,
    ground: &Arc<Ground>,
    before: &Plans,
    new: Vec<Order>,
    again: &Again<'_>,
    asked: &Asked<'_>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Rebatched> {
    if !before.ground().is_kin(ground) {
        return Err(PyTypeError::new_err("plans to keep are those of this world, or of one made of it"));
    }
    let now = moment("now", again.now)?;
    let mut promised: HashMap<String, Instant> = HashMap::new();
    for pair in again.by.iter().map(|by| by.items()).collect::<PyResult<Vec<_>>>()? {
        for pair in pair {
            let (order, by): (String, String) = pair.extract()?;
            let by = moment(&format!("by[{order:?}]"), &by)?;
            promised.insert(order, by);
        }
    }
    let answers = before.answers();
    let standing: Vec<Option<Standing<'_>>> = answers
        .clone()
        .map(|(order, plan)| {
            let plan = plan.as_ref().ok()?;
            let by = promised.get(&*order.id).copied().or_else(|| plan.completes_at())?;
            Some(Standing { plan, by })
        })
        .collect();
    let was = standing.iter().map(Option::is_some).collect::<Vec<bool>>();
    let orders: Vec<Order> = answers.map(|(order, _)| order.clone()).chain(new).collect();
    crate::orders::without_repeats(py, &orders)?;
    // What has left is not there any more.
    let gone = World::changed(ground, |engine| {
        for (order, standing) in orders.iter().zip(&standing) {
            if let Some(Standing { plan, .. }) = standing.filter(|standing| has_left(standing.plan, now)) {
                // What cannot be taken was taken before: its plan stays either way.
                let _ = engine.take(order, plan);
            }
        }
    });
    let terms = RebatchTerms { now, change_price: Money(again.change_price) };
    let (found, course) = together::decided(py, asked, progress, |within, hears| {
        gone.ground().rebatch(&orders, &standing, &terms, within, hears)
    })?;
    let fates = Table::of(CHANGES, orders.len(), |row| {
        for (number, order) in orders.iter().enumerate() {
            row.text(&order.id);
            let fate = if found.left.contains(&number) {
                "left"
            } else if found.lost.contains(&number) {
                "lost"
            } else if !was.get(number).copied().unwrap_or(false) {
                "new"
            } else if found.changed[number] > 0 {
                "changed"
            } else {
                "kept"
            };
            row.text(fate);
            row.count(found.changed[number]);
        }
    });
    let (cost, bound, changes) = (found.cost().0, found.bound.0, found.changes.0);
    let batch = together::told(py, ground, found.orders, found.batch, course)?;
    Ok(Rebatched { batch: Py::new(py, batch)?, cost, bound, changes, fates: Py::new(py, fates)? })
}

/// Whether anything of a plan has left, as the engine sees it.
fn has_left(plan: &Plan, now: Instant) -> bool {
    plan.parcels.iter().any(|parcel| match (parcel.legs.first(), parcel.hand_over) {
        (Some(leg), _) => leg.departs_at <= now,
        (None, Some(end)) => end.at <= now,
        (None, None) => parcel.ready_at <= now,
    })
}

/// The world as it is once plans took their stock and room.
pub fn taken(ground: &Arc<Ground>, plans: &Plans) -> PyResult<World> {
    if !plans.ground().is_kin(ground) {
        return Err(PyTypeError::new_err("plans are those of this world, or of one made of it"));
    }
    let mut short: Option<PyErr> = None;
    let world = World::changed(ground, |engine| {
        for (order, plan) in plans.planned() {
            if let Err(error) = engine.take(order, plan) {
                short = Some(PyValueError::new_err(format!("order {}: {error}", order.id)));
                return;
            }
        }
    });
    match short {
        Some(error) => Err(error),
        None => Ok(world),
    }
}

/// Answers with their orders.
pub type Answers<'a> =
    std::iter::Zip<std::slice::Iter<'a, Order>, std::slice::Iter<'a, Result<Plan, PlanError>>>;
