//! Plan and hold: plans of a world that become holds of a ledger, and are planned again when stock turns out short.

use super::asked::{self, Wrong};
use super::commands::LabelsAsked;
use super::{Ledger, refused, told};
use crate::again;
use crate::drawing;
use crate::watch::watched;
use crate::world::{Ground, World, budget};
use crate::{documents, errors, orders};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use volok::ledger::{Customer, HoldId, Key, ParcelPolicy};
use volok::plan::Plan;
use volok::world::Order;
use volok::{Engine, HeldPlan, HoldFate, HoldTerms, Instant, Money, ReplanTerms, Replanned, Scratch, spec};

/// Where plans of a world become holds of a ledger.
#[pyclass(frozen, name = "DeskCore", module = "volok._volok")]
pub struct Desk {
    ledger: Py<Ledger>,
    ground: Arc<Ground>,
    desk: Mutex<volok::Desk>,
}

/// How what is planned is held.
#[derive(Deserialize)]
struct HoldAsked {
    customer: Option<u64>,
    life: u32,
    instead_of: Option<u64>,
    tries: u32,
}

/// How the parcels of a plan are treated.
#[derive(Deserialize)]
struct ParcelsAsked {
    hold: u64,
    together: bool,
    patience: Option<u32>,
    kept: u32,
    labels: Option<LabelsAsked>,
}

#[pymethods]
impl Desk {
    /// Plans an order on the ledger's newest state, and holds the plan.
    #[pyo3(signature = (order, terms, steps, *, key))]
    fn plan_and_hold<'py>(
        &self,
        py: Python<'py>,
        order: &Bound<'py, PyAny>,
        terms: &Bound<'py, PyDict>,
        steps: Option<u64>,
        key: u128,
    ) -> PyResult<Bound<'py, PyAny>> {
        let order = orders::one(py, &self.ground, order)?;
        let asked: HoldAsked = asked::read(terms.as_any())?;
        let terms = HoldTerms {
            key: Key(key),
            customer: asked.customer.map(Customer),
            life: asked.life,
            instead_of: asked.instead_of.map(HoldId),
            tries: asked.tries.max(1),
        };
        let ledger = self.ledger.get();
        let (core, now) = (ledger.core()?, ledger.stamp(py)?);
        let held = watched(py, 1, None, |watch| {
            let stop = || watch.is_stopped();
            let mut desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
            let budget = budget(steps, &stop);
            desk.plan_and_hold(&core, &order, terms, now, budget, &mut Scratch::default())
        })?;
        let held = held.map_err(|error| refused::unheld(py, &error))?;
        let done = held.outcome.result.map_err(|refusal| refused::refused(py, &refusal))?;
        let answer = ledger.look(py, |book, at| Ok(told::done(book, &done, at)))?;
        let answer = documents::loaded(py, &answer)?;
        let plan = held.plan.map(|plan| drawing::plan(py, &self.ground, order, plan)).transpose()?;
        answer.set_item("plan", plan)?;
        Ok(answer)
    }

    /// Plans again the orders of holds that short cells cannot serve, and adjusts the holds.
    #[pyo3(signature = (held, now, change_price, tries, steps, *, key))]
    #[allow(clippy::too_many_arguments)]
    fn replan_and_hold<'py>(
        &self,
        py: Python<'py>,
        held: Vec<(u64, Bound<'py, PyAny>, Bound<'py, PyAny>)>,
        now: &str,
        change_price: i64,
        tries: u32,
        steps: Option<u64>,
        key: u128,
    ) -> PyResult<Bound<'py, PyList>> {
        let as_of = moment(py, now)?;
        let mut rows: Vec<(HoldId, Order, Plan)> = Vec::with_capacity(held.len());
        for (hold, order, plan) in &held {
            let order = orders::one(py, &self.ground, order)?;
            let (plan, _) = again::read(py, &self.ground, &order, plan)?;
            rows.push((HoldId(*hold), order, plan));
        }
        let plans: Vec<HeldPlan<'_>> =
            rows.iter().map(|(hold, order, plan)| HeldPlan { hold: *hold, order, plan }).collect();
        let terms =
            ReplanTerms { now: as_of, change_price: Money(change_price), key: Key(key), tries: tries.max(1) };
        let ledger = self.ledger.get();
        let (core, stamp) = (ledger.core()?, ledger.stamp(py)?);
        let fates = watched(py, 1, None, |watch| {
            let stop = || watch.is_stopped();
            let mut desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
            let budget = budget(steps, &stop);
            desk.replan_and_hold(&core, &plans, terms, stamp, budget, &mut Scratch::default())
        })?;
        let fates = fates.map_err(|error| refused::unheld(py, &error))?;
        let told = PyList::empty(py);
        for ((hold, order, _), fate) in rows.iter().zip(fates) {
            told.append(self.fate(py, *hold, order, fate)?)?;
        }
        Ok(told)
    }

    /// Writes the parcels of a plan that is held into the ledger.
    #[pyo3(signature = (order, plan, policy, *, key))]
    fn parcels<'py>(
        &self,
        py: Python<'py>,
        order: &Bound<'py, PyAny>,
        plan: &Bound<'py, PyAny>,
        policy: &Bound<'py, PyDict>,
        key: u128,
    ) -> PyResult<Bound<'py, PyAny>> {
        let order = orders::one(py, &self.ground, order)?;
        let (plan, _) = again::read(py, &self.ground, &order, plan)?;
        let asked: ParcelsAsked = asked::read(policy.as_any())?;
        let labels = asked.labels.as_ref().map(LabelsAsked::terms).transpose();
        let labels = labels.map_err(|Wrong(found)| errors::defects(py, &found))?;
        let policy = ParcelPolicy {
            hold: HoldId(asked.hold),
            together: asked.together,
            patience: asked.patience,
            kept: asked.kept,
            labels,
        };
        let body = py.detach(|| {
            let desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
            desk.parcels(&order, &plan, policy)
        });
        let ledger = self.ledger.get();
        let done = ledger.done(py, key, body)?;
        let told = ledger.look(py, |book, at| Ok(told::done(book, &done, at)))?;
        documents::loaded(py, &told)
    }
}

fn moment(py: Python<'_>, text: &str) -> PyResult<Instant> {
    spec::instant(text).map_err(|right| {
        let Wrong(found) = asked::wrong("now", "malformed", &format!("{text:?}"), right);
        errors::defects(py, &found)
    })
}

impl Desk {
    /// A desk of a ledger for a world it has heard of.
    pub fn new(ledger: &Bound<'_, Ledger>, world: &World) -> PyResult<Desk> {
        let py = ledger.py();
        let (own, ground) = (ledger.get(), world.ground().clone());
        let (core, tenant) = (own.core()?, own.tenant);
        let desk = py.detach(|| volok::Desk::new(Engine::clone(&ground), &core, tenant));
        let desk = desk.map_err(|error| refused::unheld(py, &error))?;
        Ok(Desk { ledger: ledger.clone().unbind(), ground, desk: Mutex::new(desk) })
    }

    fn fate<'py>(
        &self,
        py: Python<'py>,
        hold: HoldId,
        order: &Order,
        fate: HoldFate,
    ) -> PyResult<Bound<'py, PyDict>> {
        let told = PyDict::new(py);
        told.set_item("hold", hold.0)?;
        told.set_item("order", &*order.id)?;
        let (word, replanned): (&str, Option<Box<Replanned>>) = match fate {
            HoldFate::Untouched => ("untouched", None),
            HoldFate::Adjusted { replanned, .. } => ("adjusted", Some(replanned)),
            HoldFate::SameUnits(replanned) => ("same_units", Some(replanned)),
            HoldFate::Nothing(replanned) => ("nothing", Some(replanned)),
            HoldFate::OtherClaims(replanned) => ("other_claims", Some(replanned)),
            HoldFate::NotAsPlanned => ("not_as_planned", None),
            HoldFate::Failed(error) => {
                told.set_item("error", refused::unheld(py, &error))?;
                ("failed", None)
            }
        };
        told.set_item("fate", word)?;
        if let Some(replanned) = replanned {
            told.set_item("changed", replanned.changed)?;
            told.set_item("cost", replanned.cost().0)?;
            told.set_item("bound", replanned.bound.0)?;
            told.set_item("plan", drawing::plan(py, &self.ground, order.clone(), replanned.plan)?)?;
        }
        Ok(told)
    }
}
