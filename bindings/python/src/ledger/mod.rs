//! The native side of `volok.Ledger`: what becomes of a request in names, on its way to a book of numbers and back.

mod asked;
mod commands;
mod desk;
mod history;
mod parcels;
mod refused;
mod told;
mod views;

use crate::table::Table;
use crate::world::World;
use crate::{documents, errors, workers};
use asked::Words;
use commands::Asked;
pub use desk::Desk;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
pub use refused::refusal_codes;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};
use volok::ledger::store::{MemoryStore, SqliteStore, Store};
use volok::ledger::{
    Body, Book, ClockTerms, Command, Done, HoldId, Key, Kind, Outcome, Second, SellerNo, SkuNo, Stamp, State,
    Tenant, Trial, opening, verify,
};
use volok::ledger::{Ledger as Core, RecoverError};

/// The one state there is: stock, holds on it, and the keys of requests that were answered, in a log on disk. One process
/// has it open at a time; threads share it.
#[pyclass(frozen, name = "LedgerCore", module = "volok._volok")]
pub struct Ledger {
    core: RwLock<Option<Arc<Core>>>,
    tenant: Tenant,
    /// The process that opened it: a child must not write to its parent's log.
    process: u32,
    clock: Option<Py<PyAny>>,
}

impl Drop for Ledger {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            // Closing would touch files that are the parent's.
            let core = self.core.get_mut().unwrap_or_else(PoisonError::into_inner).take();
            std::mem::forget(core);
        }
    }
}

#[pymethods]
impl Ledger {
    #[new]
    #[pyo3(signature = (path, *, world = None, tenant = 0, clock = None))]
    fn new(
        py: Python<'_>,
        path: Option<PathBuf>,
        world: Option<&Bound<'_, World>>,
        tenant: u16,
        clock: Option<Py<PyAny>>,
    ) -> PyResult<Ledger> {
        let tenant = Tenant(tenant);
        let opened = py.detach(|| -> Result<Core, RecoverError> {
            let store: Box<dyn Store> = match &path {
                Some(folder) => Box::new(SqliteStore::open(folder)?),
                None => Box::new(MemoryStore::default()),
            };
            Ok(Core::open(store, ClockTerms::default())?.0)
        });
        let core = Arc::new(opened.map_err(|error| refused::unopened(py, &error))?);
        let process = std::process::id();
        let ledger = Ledger { core: RwLock::new(Some(core)), tenant, process, clock };
        if let Some(world) = world {
            ledger.begin(py, world.get())?;
        }
        Ok(ledger)
    }

    /// Whether a log is whole: everything is done again and compared. Nothing is changed; no process may have it open.
    #[staticmethod]
    fn verify<'py>(py: Python<'py>, path: PathBuf) -> PyResult<Bound<'py, PyAny>> {
        let verified = py
            .detach(|| SqliteStore::open(&path).map_err(RecoverError::from).and_then(|store| verify(&store)));
        let verified = verified.map_err(|error| refused::unopened(py, &error))?;
        let dict = PyDict::new(py);
        let hex = |hash: &[u8]| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        dict.set_item("operations", verified.operations)?;
        dict.set_item("log", hex(&verified.chain))?;
        dict.set_item("state", hex(&verified.state))?;
        dict.set_item("snapshot", verified.snapshot)?;
        dict.set_item("torn", verified.torn.is_some())?;
        dict.set_item("broken", verified.broken)?;
        Ok(dict.into_any())
    }

    /// Does what a document asks; a refusal is an exception.
    #[pyo3(signature = (command, *, key))]
    fn submit<'py>(
        &self,
        py: Python<'py>,
        command: &Bound<'py, PyDict>,
        key: u128,
    ) -> PyResult<Bound<'py, PyAny>> {
        let asked: Asked = asked::read(command.as_any())?;
        let body = match &asked {
            // The first names open the book.
            Asked::Register { .. } => match asked.body(&Words(&Book::default()), Second(0)) {
                Ok(body) => body,
                Err(asked::Wrong(found)) => return Err(errors::defects(py, &found)),
            },
            asked => self.look(py, |book, at| asked.body(&Words(book), at))?,
        };
        let done = self.done(py, key, body)?;
        let told = self.look(py, |book, at| Ok(told::done(book, &done, at)))?;
        documents::loaded(py, &told)
    }

    /// A desk at which plans of a world become holds.
    fn desk(slf: &Bound<'_, Ledger>, world: &Bound<'_, World>) -> PyResult<Desk> {
        Desk::new(slf, world.get())
    }

    /// A hold as it is now.
    fn get<'py>(&self, py: Python<'py>, hold: u64) -> PyResult<Bound<'py, PyAny>> {
        let now = self.now(py)?;
        let view = self.look(py, |book, at| Ok(views::hold(book, HoldId(hold), at.max(now))))?;
        match view {
            Some(view) => documents::loaded(py, &view),
            None => Err(refused::unknown_hold(py, hold)),
        }
    }

    /// What a key was answered; None when the ledger has not heard of it, or has forgotten.
    fn operation<'py>(&self, py: Python<'py>, key: u128) -> PyResult<Option<Bound<'py, PyAny>>> {
        let core = self.core()?;
        let outcome = py.detach(|| core.operation(self.tenant, Key(key)));
        let Some(outcome) = outcome.map_err(|error| refused::unsubmitted(py, &error))? else {
            return Ok(None);
        };
        let told = self.look(py, |book, at| Ok(told::outcome(book, &outcome, at)))?;
        documents::loaded(py, &told).map(Some)
    }

    /// What a rule would have refused of the holds there were.
    fn trial<'py>(&self, py: Python<'py>, rule: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let rule: commands::RuleAsked = asked::read(rule.as_any())?;
        let now = self.now(py)?;
        let tried = self.look(py, |book, at| {
            let rule = rule.rule("rule")?;
            Ok(book.trial(&rule, Second(0), Second(u32::MAX), at.max(now)))
        })?;
        let Trial { holds, refused, units, unit_seconds, bought, bought_units } =
            tried.map_err(|refusal| refused::refused(py, &refusal))?;
        let told = serde_json::json!({
            "holds": holds,
            "refused": refused,
            "units": units,
            "unit_seconds": unit_seconds,
            "bought": bought,
            "bought_units": bought_units,
        });
        documents::loaded(py, &told)
    }

    /// Units that a fence keeps for its channels; None where there is no such fence.
    fn fenced(
        &self,
        py: Python<'_>,
        sku: &str,
        seller: &str,
        node: &str,
        channels: Vec<String>,
    ) -> PyResult<Option<u32>> {
        let now = self.now(py)?;
        self.look(py, |book, at| {
            let words = Words(book);
            let mut numbers = Vec::with_capacity(channels.len());
            for (row, channel) in channels.iter().enumerate() {
                numbers.push(words.channel(channel, &format!("channels[{row}]"))?);
            }
            numbers.sort_unstable();
            let sku = SkuNo(words.number(Kind::Sku, sku, "sku", "an SKU")?);
            let seller = SellerNo(words.number(Kind::Seller, seller, "seller", "a seller")?);
            let key = (sku, seller, words.node(node, "node")?);
            Ok(book.fenced(key, &numbers, at.max(now)))
        })
    }

    /// Every operation of a log, in its order. No process may have it open.
    #[staticmethod]
    fn history(py: Python<'_>, path: PathBuf) -> PyResult<Table> {
        let read = py.detach(|| {
            SqliteStore::open(&path).map_err(RecoverError::from).and_then(|store| history::read(&store))
        });
        read.map_err(|error| refused::unopened(py, &error))
    }

    /// All holds not forgotten.
    #[getter]
    fn holds(&self, py: Python<'_>) -> PyResult<Table> {
        let now = self.now(py)?;
        self.look(py, |book, at| Ok(views::holds(book, at.max(now))))
    }

    /// Lines of all holds not forgotten.
    #[getter]
    fn lines(&self, py: Python<'_>) -> PyResult<Table> {
        let now = self.now(py)?;
        self.look(py, |book, at| Ok(views::lines(book, at.max(now))))
    }

    /// All stock cells.
    #[getter]
    fn cells(&self, py: Python<'_>) -> PyResult<Table> {
        let now = self.now(py)?;
        self.look(py, |book, at| Ok(views::cells(book, at.max(now))))
    }

    /// All parcels not forgotten.
    #[getter]
    fn parcels(&self, py: Python<'_>) -> PyResult<Table> {
        let now = self.now(py)?;
        self.look(py, |book, at| Ok(parcels::parcels(book, at.max(now))))
    }

    /// What came into parcels.
    #[getter]
    fn contents(&self, py: Python<'_>) -> PyResult<Table> {
        let now = self.now(py)?;
        self.look(py, |book, at| Ok(parcels::contents(book, at.max(now))))
    }

    /// Units sold, not forgotten.
    #[getter]
    fn sales(&self, py: Python<'_>) -> PyResult<Table> {
        self.look(py, |book, _| Ok(parcels::sales(book)))
    }

    /// Counts of what there is.
    fn metrics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let now = self.now(py)?;
        let tenant = self.tenant;
        let metrics = self.state(py, |state| {
            let book = state.book(tenant)?;
            Some(views::metrics(book, state.sequence(), state.at().second().max(now)))
        })?;
        documents::loaded(py, &metrics.unwrap_or_default())
    }

    /// A hash of everything the ledger knows, the same for the same log wherever it was recovered.
    fn hash(&self, py: Python<'_>) -> PyResult<String> {
        let hash = self.state(py, State::hash)?;
        Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Writes a snapshot, so that the next opening is short; the operation it is as of.
    fn snapshot(&self, py: Python<'_>) -> PyResult<u64> {
        let core = self.core()?;
        py.detach(|| core.snapshot()).map_err(|error| refused::unsubmitted(py, &error))
    }

    /// Closes the log once calls of other threads have ended.
    fn close(&self) -> PyResult<()> {
        self.is_ours()?;
        let core = self.core.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(core);
        Ok(())
    }

    /// Whether it was closed.
    #[getter]
    fn closed(&self) -> bool {
        self.core.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

impl Ledger {
    fn is_ours(&self) -> PyResult<()> {
        match self.process == std::process::id() {
            true => Ok(()),
            false => Err(refused::forked(self.process)),
        }
    }

    fn core(&self) -> PyResult<Arc<Core>> {
        self.is_ours()?;
        let core = self.core.read().unwrap_or_else(PoisonError::into_inner).clone();
        core.ok_or_else(|| PyValueError::new_err("the ledger is closed"))
    }

    fn state<T: Send>(&self, py: Python<'_>, look: impl FnOnce(&State) -> T + Send) -> PyResult<T> {
        let core = self.core()?;
        py.detach(|| core.look(look)).map_err(|error| refused::unsubmitted(py, &error))
    }

    /// What the tenant's book shows, with the second of the last operation.
    fn look<T: Send>(
        &self,
        py: Python<'_>,
        look: impl FnOnce(&Book, Second) -> Result<T, asked::Wrong> + Send,
    ) -> PyResult<T> {
        let tenant = self.tenant;
        let seen = self.state(py, |state| state.book(tenant).map(|book| look(book, state.at().second())))?;
        match seen {
            Some(Ok(seen)) => Ok(seen),
            Some(Err(asked::Wrong(found))) => Err(errors::defects(py, &found)),
            None => Err(refused::no_book(py)),
        }
    }

    fn stamp(&self, py: Python<'_>) -> PyResult<Stamp> {
        if let Some(clock) = &self.clock {
            return Ok(Stamp(clock.call0(py)?.extract(py)?));
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Stamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)))
    }

    fn now(&self, py: Python<'_>) -> PyResult<Second> {
        self.stamp(py).map(Stamp::second)
    }

    /// What was done; a refusal is an exception.
    fn done(&self, py: Python<'_>, key: u128, body: Body) -> PyResult<Done> {
        let mut outcomes = self.write(py, vec![Command { tenant: self.tenant, key: Key(key), body }])?;
        match outcomes.pop() {
            Some(Outcome { result: Ok(done), .. }) => Ok(done),
            Some(Outcome { result: Err(refusal), .. }) => Err(refused::refused(py, &refusal)),
            None => Err(told::strange()),
        }
    }

    fn write(&self, py: Python<'_>, commands: Vec<Command>) -> PyResult<Vec<Outcome>> {
        let (core, now) = (self.core()?, self.stamp(py)?);
        py.detach(|| core.submit(commands, now)).map_err(|error| refused::unsubmitted(py, &error))
    }

    /// Writes a world and its stock into the tenant's book, where it has none yet. Broken off in the middle it goes on
    /// where it was: the same keys say the same.
    fn begin(&self, py: Python<'_>, world: &World) -> PyResult<()> {
        let (tenant, engine) = (self.tenant, world.ground());
        let bodies = py.detach(|| workers::on_all_cores(|| opening(engine.world(), engine.stock())));
        let last = Key(begun(bodies.len()));
        let core = self.core()?;
        let known = py.detach(|| core.operation(tenant, last));
        if known.map_err(|error| refused::unsubmitted(py, &error))?.is_some() {
            return Ok(());
        }
        let is_open = self.state(py, |state| {
            let first = state.book(tenant).map(|book| book.answered(Key(begun(1))).is_some());
            first == Some(false)
        })?;
        if is_open {
            // Its keys are long forgotten, or it was opened by another program.
            return Ok(());
        }
        let commands =
            bodies.into_iter().zip(1..).map(|(body, row)| Command { tenant, key: Key(begun(row)), body });
        let mut commands = commands.collect::<Vec<Command>>();
        while !commands.is_empty() {
            py.check_signals()?;
            let rest = commands.split_off(commands.len().min(volok::ledger::limits::BATCH));
            for outcome in self.write(py, std::mem::replace(&mut commands, rest))? {
                if let Err(refusal) = outcome.result {
                    return Err(refused::refused(py, &refusal));
                }
            }
        }
        Ok(())
    }
}

/// Keys of what begins a book: "begin" in letters, then the row.
fn begun(row: usize) -> u128 {
    (0x62_6567_696e_u128 << 64) | row as u128
}

/// Names of the kinds that can be registered.
pub(crate) const KINDS: [(&str, Kind); 9] = [
    ("sku", Kind::Sku),
    ("seller", Kind::Seller),
    ("node", Kind::Node),
    ("zone", Kind::Zone),
    ("lot", Kind::Lot),
    ("channel", Kind::Channel),
    ("lane", Kind::Lane),
    ("entity", Kind::Entity),
    ("source", Kind::Source),
];
