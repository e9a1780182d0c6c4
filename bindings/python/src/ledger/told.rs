//! Answers of the ledger as dicts.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use volok::ledger::{Book, Done, HoldId, HoldState, Kind, Outcome, Receipt, Second};
use volok::spec::instant_text;

/// An answer of another kind than the request: a mistake of this program.
pub fn strange() -> PyErr {
    PyRuntimeError::new_err("the ledger answered another question; this is a mistake of volok")
}

/// The word for where a hold stands.
pub fn state(state: HoldState) -> &'static str {
    match state {
        HoldState::Active => "active",
        HoldState::Partial => "partial",
        HoldState::Fulfilled => "fulfilled",
        HoldState::Released => "released",
        HoldState::Expired => "expired",
    }
}

/// A second as documents say it.
pub fn moment(at: Second) -> String {
    instant_text(at.instant())
}

/// A hold as it is now.
pub fn held<'py>(py: Python<'py>, done: &Done) -> PyResult<Bound<'py, PyDict>> {
    let Done::Held { hold, version, expires, state } = done else { return Err(strange()) };
    let dict = PyDict::new(py);
    dict.set_item("hold", hold.0)?;
    dict.set_item("version", version)?;
    dict.set_item("state", self::state(*state))?;
    dict.set_item("expires_at", moment(*expires))?;
    Ok(dict)
}

/// What became of stock.
pub fn stocked<'py>(py: Python<'py>, done: &Done) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    match done {
        Done::Stocked { on_hand, short } => {
            dict.set_item("known", false)?;
            dict.set_item("on_hand", on_hand)?;
            dict.set_item("short", short)?;
        }
        Done::KnownReport => dict.set_item("known", true)?,
        _ => return Err(strange()),
    }
    Ok(dict)
}

/// Units sold.
pub struct Sold {
    hold: HoldId,
    version: u32,
    state: HoldState,
    sale: u64,
    units: Option<u64>,
    origin: Option<String>,
    by: Option<String>,
    receipt: Option<&'static str>,
    entity: Option<String>,
}

/// What a fulfilment was answered, with the names of its record; nothing for another answer.
pub fn sold(book: &Book, done: &Done) -> Option<Sold> {
    let Done::Sold { hold, version, state, sale } = done else { return None };
    let record = book.sale(*sale);
    let name = |kind, number: u32| book.name(kind, number).map(str::to_owned);
    let (receipt, entity) = match record.map(|record| record.receipt) {
        Some(Receipt::Online(by)) => (Some("online"), name(Kind::Entity, by.0)),
        Some(Receipt::Counter(by)) => (Some("counter"), name(Kind::Entity, by.0)),
        Some(Receipt::None) => (Some("none"), None),
        Some(Receipt::NotSaid) | None => (None, None),
    };
    Some(Sold {
        hold: *hold,
        version: *version,
        state: *state,
        sale: u64::from(sale.0),
        units: record.map(|record| record.units),
        origin: record.and_then(|record| name(Kind::Channel, record.origin.0)),
        by: record.and_then(|record| name(Kind::Node, record.by.0)),
        receipt,
        entity,
    })
}

impl Sold {
    /// As a dict.
    pub fn write<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("hold", self.hold.0)?;
        dict.set_item("version", self.version)?;
        dict.set_item("state", state(self.state))?;
        dict.set_item("sale", self.sale)?;
        dict.set_item("units", self.units)?;
        dict.set_item("origin_channel", &self.origin)?;
        dict.set_item("by", &self.by)?;
        dict.set_item("receipt", self.receipt)?;
        dict.set_item("entity", &self.entity)?;
        Ok(dict)
    }
}

/// What a key was answered.
pub fn outcome<'py>(py: Python<'py>, outcome: &Outcome) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("at_nanoseconds", outcome.at.0)?;
    let hold = match &outcome.result {
        Ok(Done::Held { hold, .. } | Done::Sold { hold, .. }) => Some(hold.0),
        _ => None,
    };
    dict.set_item("done", outcome.result.is_ok())?;
    dict.set_item("hold", hold)?;
    dict.set_item("refused", outcome.result.as_ref().err().map(|refusal| refusal.code.code()))?;
    Ok(dict)
}
