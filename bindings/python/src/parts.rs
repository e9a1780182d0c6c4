//! A batch whose orders are laid out elsewhere: the one who asks, and those who answer.

use crate::orders;
use crate::together::{self, Asked, Batch};
use crate::world::{Ground, World};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use std::cell::Cell;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use volok::spec::{PartAnswer, PartAsked};
use volok::world::Order;
use volok::{BatchTerms, Budget, PartsError, Workers};

/// A question, and where its answer goes.
type Question = (PartAsked, SyncSender<PartAnswer>);

/// Orders that are laid out here, for a batch that is decided elsewhere.
#[pyclass(frozen, module = "volok")]
pub struct Part {
    /// To the thread that keeps them laid out.
    ask: Mutex<SyncSender<Question>>,
    /// A forked child has none of its parent's threads.
    process: u32,
}

#[pymethods]
impl Part {
    #[new]
    #[pyo3(signature = (world, orders, lines = None, *, steps = None, threads = None))]
    fn new(
        py: Python<'_>,
        world: &Bound<'_, World>,
        orders: &Bound<'_, PyAny>,
        lines: Option<&Bound<'_, PyAny>>,
        steps: Option<u64>,
        threads: Option<usize>,
    ) -> PyResult<Part> {
        let ground = world.get().ground().clone();
        let orders = orders::distinct(py, &ground, orders, lines)?;
        // Threads of its own: those of the process serve others, and here one waits for questions most of the time.
        let failed = |error: &dyn std::fmt::Display| PyRuntimeError::new_err(error.to_string());
        let pool = ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build();
        let pool = pool.map_err(|error| failed(&error))?;
        let (ask, questions) = sync_channel(0);
        let work = move || pool.install(move || answer_all(&ground, &orders, steps, &questions));
        let named = std::thread::Builder::new().name("volok-part".to_owned());
        named.spawn(work).map_err(|error| failed(&error))?;
        Ok(Part { ask: Mutex::new(ask), process: std::process::id() })
    }

    /// The answer to a question of `World.batch_in_parts`.
    fn answer<'py>(&self, py: Python<'py>, question: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let asked = PartAsked::from_bytes(question)
            .ok_or_else(|| PyValueError::new_err("this is no question of `World.batch_in_parts`"))?;
        if self.process != std::process::id() {
            return Err(PyRuntimeError::new_err(
                "a part answers in the process that made it: make one after the fork",
            ));
        }
        let answer = py.detach(|| {
            let (tell, told) = sync_channel(1);
            let asking = self.ask.lock().unwrap_or_else(PoisonError::into_inner);
            asking.send((asked, tell)).ok()?;
            drop(asking);
            told.recv().ok().map(|answer| answer.to_bytes())
        });
        let bytes = answer.ok_or_else(|| PyRuntimeError::new_err("this part has ended"))?;
        Ok(PyBytes::new(py, &bytes))
    }
}

/// Until nobody can ask any more.
fn answer_all(ground: &Ground, orders: &[Order], steps: Option<u64>, questions: &Receiver<Question>) {
    let usual = Budget::default();
    let budget = Budget { steps: steps.unwrap_or(usual.steps), ..usual };
    let waiting: Cell<Option<SyncSender<PartAnswer>>> = Cell::new(None);
    let mut next = || {
        let (asked, tell) = questions.recv().ok()?;
        waiting.set(Some(tell));
        Some(asked)
    };
    let mut tell = |answer| {
        // Whoever asked may have gone.
        let _ = waiting.take().map(|waiting| waiting.send(answer));
    };
    ground.answer_parts(orders, budget, &mut next, &mut tell);
}

/// Workers that a function of Python asks.
struct Asking {
    ask: Py<PyAny>,
    count: usize,
}

impl Workers for Asking {
    type Lost = PyErr;

    fn count(&self) -> usize {
        self.count
    }

    fn ask(&mut self, questions: Vec<PartAsked>) -> PyResult<Vec<PartAnswer>> {
        let questions: Vec<Vec<u8>> = questions.par_iter().map(PartAsked::to_bytes).collect();
        let answers: Vec<Vec<u8>> = Python::attach(|py| {
            let questions = questions.iter().map(|question| PyBytes::new(py, question));
            let answers = self.ask.bind(py).call1((PyList::new(py, questions)?,))?;
            answers
                .try_iter()?
                .map(|answer| Ok(answer?.cast::<PyBytes>()?.as_bytes().to_vec()))
                .collect::<PyResult<_>>()
        })?;
        let read: Option<Vec<PartAnswer>> =
            answers.par_iter().map(|answer| PartAnswer::from_bytes(answer)).collect();
        read.ok_or_else(|| PyValueError::new_err("`ask` gave something that is no answer of a `Part`"))
    }
}

/// Decides orders together whose problems are laid out elsewhere.
pub fn batch(
    py: Python<'_>,
    ground: &Arc<Ground>,
    orders: Vec<Order>,
    (ask, count): (&Bound<'_, PyAny>, usize),
    asked: &Asked<'_>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Batch> {
    if count == 0 {
        return Err(PyValueError::new_err("`count` is the number of parts: at least 1"));
    }
    let mut workers = Asking { ask: ask.clone().unbind(), count };
    let decide = |terms: &BatchTerms<'_>, hears: together::Hears<'_>| {
        ground.batch_in_parts(&orders, terms, &mut workers, hears)
    };
    let (found, course) = together::decided(py, asked, progress, decide)?;
    let found = found.map_err(|error| match error {
        PartsError::Lost(raised) => raised,
        strange @ PartsError::Strange { .. } => PyRuntimeError::new_err(strange.to_string()),
    })?;
    together::told(py, ground, orders, found, course)
}
