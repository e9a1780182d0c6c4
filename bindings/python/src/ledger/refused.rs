//! Why the ledger says no, as exceptions: one class for each code, and those of a ledger that cannot answer.

use crate::documents;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use volok::ledger::store::StoreError;
use volok::ledger::{Code, RecoverError, Refusal, SubmitError};
use volok::{HoldError, RefusedHold};

fn raised<A>(py: Python<'_>, class: &str, arguments: A) -> PyErr
where
    A: for<'py> pyo3::call::PyCallArgs<'py>,
{
    let raise = || -> PyResult<PyErr> {
        let class = py.import("volok._ledger_errors")?.getattr(class)?;
        Ok(PyErr::from_value(class.call1(arguments)?))
    };
    raise().unwrap_or_else(|error| error)
}

/// The exception of a refusal's code.
pub fn refused(py: Python<'_>, refusal: &Refusal) -> PyErr {
    let Refusal { code, command, line, asked, there_is } = *refusal;
    raised(py, "_refused", (code.code(), line, asked, there_is, code.advice(), command))
}

/// `UnknownHold` for a question, as for a command.
pub fn unknown_hold(py: Python<'_>, hold: u64) -> PyErr {
    let code = Code::UnknownHold;
    raised(py, "_refused", (code.code(), 0, hold, 0, code.advice(), None::<u16>))
}

/// `UnknownTenant`.
pub fn no_book(py: Python<'_>) -> PyErr {
    let code = Code::UnknownTenant;
    raised(py, "_refused", (code.code(), 0, 0, 0, code.advice(), None::<u16>))
}

/// Why a request has no outcome.
pub fn unsubmitted(py: Python<'_>, error: &SubmitError) -> PyErr {
    let class = match error {
        SubmitError::TooMany { .. } => "LedgerError",
        SubmitError::OutcomeUnknown(_) => "OutcomeUnknown",
        SubmitError::Stopped(_) => "LedgerStopped",
    };
    raised(py, class, (error.to_string(),))
}

/// Why a ledger cannot be opened.
pub fn unopened(py: Python<'_>, error: &RecoverError) -> PyErr {
    let class = match error {
        RecoverError::Store(StoreError::InUse { .. }) => "LedgerInUse",
        RecoverError::Store(_) => "LedgerError",
        _ => "LedgerDamaged",
    };
    raised(py, class, (error.to_string(),))
}

/// Why an order is not held.
pub fn unheld(py: Python<'_>, error: &HoldError) -> PyErr {
    match error {
        HoldError::Plan(error) => documents::refused(error),
        HoldError::Contradiction(_) => PyValueError::new_err(error.to_string()),
        HoldError::Refused(RefusedHold(refusal)) => refused(py, refusal),
        HoldError::Ledger(error) => unsubmitted(py, error),
        HoldError::Nothing { .. } => raised(py, "NothingToHold", (error.to_string(),)),
        HoldError::StockChanged { .. } => raised(py, "StockChanged", (error.to_string(),)),
        HoldError::Unbound(_) => raised(py, "Unbound", (error.to_string(),)),
        HoldError::Stock(_) => raised(py, "LedgerError", (error.to_string(),)),
    }
}

/// A child of the process that opened the ledger uses it.
pub fn forked(process: u32) -> PyErr {
    Python::attach(|py| raised(py, "LedgerForked", (process,)))
}

/// Every code a refusal can have, with what would help.
#[pyfunction]
pub fn refusal_codes() -> Vec<(&'static str, &'static str)> {
    Code::ALL.iter().map(|code| (code.code(), code.advice())).collect()
}
