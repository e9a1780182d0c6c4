//! The class `volok.World`.

use crate::again::{self, Again, Rebatched};
use crate::columns::{Found, Incoming};
pub use crate::ground::Ground;
use crate::plans::Plans;
use crate::prices::{self, Prices};
use crate::progress::Progress;
use crate::quote::{self, Asked};
use crate::table::Table;
use crate::tables::{self, Inbound, OnHand};
use crate::together::{self, Batch};
use crate::watch::{Watch, watched};
use crate::{check, documents, drawing, errors, orders, parts, simulated, workers};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping};
use rayon::prelude::*;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use volok::plan::Plan;
use volok::world::{Defects, Order};
use volok::{Budget, Engine, PlanError, Scratch, spec};

/// Orders that one thread plans before it looks for more work.
const IN_A_ROW: usize = 16;

/// A network with its catalogue and stock. Threads may share one: planning changes nothing.
#[pyclass(frozen, module = "volok")]
pub struct World {
    ground: Arc<Ground>,
}

#[pymethods]
impl World {
    /// The world of a JSON file.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<World> {
        let file = File::open(&path).map_err(|error| {
            let error = PyErr::from(error);
            // The path belongs to the message as in Python's own `open`.
            let _ = error.value(py).setattr("filename", path.as_os_str());
            error
        })?;
        World::of(py, py.detach(|| spec::world_from_reader(file)))
    }

    /// The world of a JSON text.
    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str) -> PyResult<World> {
        World::of(py, py.detach(|| spec::world_from_str(text)))
    }

    /// The world of a document made of dicts, lists, strings and numbers; its large sections may come as tables instead.
    #[staticmethod]
    #[pyo3(signature = (document, *, sellers = None, skus = None, stock = None, inbound = None, ring_fences = None))]
    fn from_dict(
        py: Python<'_>,
        document: &Bound<'_, PyMapping>,
        sellers: Option<&Bound<'_, PyAny>>,
        skus: Option<&Bound<'_, PyAny>>,
        stock: Option<&Bound<'_, PyAny>>,
        inbound: Option<&Bound<'_, PyAny>>,
        ring_fences: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<World> {
        let given = [
            ("sellers", sellers),
            ("skus", skus),
            ("stock", stock),
            ("inbound", inbound),
            ("ring_fences", ring_fences),
        ];
        if given.iter().all(|(_, table)| table.is_none()) {
            return World::from_json(py, &documents::dumped(document.as_any())?);
        }
        let whole: Bound<'_, PyDict> = py.get_type::<PyDict>().call1((document,))?.cast_into()?;
        let mut found = Found::default();
        let mut came: [Option<Incoming>; 5] = Default::default();
        for ((name, table), came) in given.into_iter().zip(&mut came) {
            let Some(table) = table else { continue };
            *came = Some(Incoming::read(name, table)?);
            let rows = whole.get_item(name)?.map_or(Ok(0), |rows| rows.len())?;
            if rows > 0 {
                let right = format!("rows in the document or in the table `{name}`, not in both");
                found.note(name.to_owned(), "conflict", &format!("{rows} rows in the document"), right);
            }
            whole.set_item(name, PyList::empty(py))?;
        }
        let text = documents::dumped(whole.as_any())?;
        let document = spec::world_from_str(&text).map_err(|error| errors::read(py, "", &error))?;
        let engine = py.detach(|| workers::on_all_cores(|| with_tables(document, &came, found)));
        World::of_engine(py, engine)
    }

    /// The cheapest plan of an order, or of each order of a list, as documents.
    ///
    /// An order is a dict or a JSON text. Each order is planned alone against the stock as it is: nothing is taken.
    /// A list is planned on all cores, and other Python threads run meanwhile. `steps` bounds the search of each order.
    ///
    /// Raises `ReadError` for a text that is no order and `DefectsError` with every defect of all orders.
    #[pyo3(signature = (orders, *, steps = None))]
    fn plan<'py>(
        &self,
        py: Python<'py>,
        orders: &Bound<'py, PyAny>,
        steps: Option<u64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if orders::is_one(orders)? {
            let order = orders::one(py, &self.ground, orders)?;
            let plan = self.alone(py, &order, steps)?;
            return drawing::plan(py, &self.ground, order, plan);
        }
        let orders = orders::several(py, &self.ground, orders, None)?;
        let plans = self.each(py, &orders, steps, None)?;
        let written = PyList::empty(py);
        for (order, plan) in orders.into_iter().zip(plans) {
            let plan = plan.map_err(|error| documents::refused(&error))?;
            written.append(drawing::plan(py, &self.ground, order, plan)?)?;
        }
        Ok(written.into_any())
    }

    /// A plan document from elsewhere, held against this world and its order.
    fn read_plan<'py>(
        &self,
        py: Python<'py>,
        order: &Bound<'py, PyAny>,
        plan: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let order = orders::one(py, &self.ground, order)?;
        let (plan, _) = again::read(py, &self.ground, &order, plan)?;
        drawing::plan(py, &self.ground, order, plan)
    }

    /// An order planned again after something went wrong with its plan.
    #[pyo3(signature = (order, plan, *, now, change_price = 0, steps = None, **happened))]
    #[allow(clippy::too_many_arguments)]
    fn replan<'py>(
        &self,
        py: Python<'py>,
        order: &Bound<'py, PyAny>,
        plan: &Bound<'py, PyAny>,
        now: &str,
        change_price: i64,
        steps: Option<u64>,
        happened: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let order = orders::one(py, &self.ground, order)?;
        let disruption = happened.map_or_else(|| Ok(PyDict::new(py)), |happened| happened.copy())?;
        disruption.set_item("now", now)?;
        disruption.set_item("change_price", change_price)?;
        again::replan(py, &self.ground, order, plan, &disruption, steps)
    }

    /// The cheapest plans of many orders, as tables.
    #[pyo3(signature = (orders, lines = None, *, in_turn = false, steps = None, progress = None))]
    fn plan_many(
        &self,
        py: Python<'_>,
        orders: &Bound<'_, PyAny>,
        lines: Option<&Bound<'_, PyAny>>,
        in_turn: bool,
        steps: Option<u64>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Plans> {
        let orders = orders::distinct(py, &self.ground, orders, lines)?;
        let plans = match in_turn {
            true => self.in_turn(py, &orders, steps, progress)?,
            false => self.each(py, &orders, steps, progress)?,
        };
        Ok(Plans::new(self.ground.clone(), orders, plans))
    }

    /// What an order would cost and when it would arrive, with nothing taken; what each earlier completion costs.
    #[pyo3(signature = (order, *, steps = None))]
    fn quote<'py>(
        &self,
        py: Python<'py>,
        order: &Bound<'py, PyAny>,
        steps: Option<u64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        quote::quote(py, &self.ground, &orders::one(py, &self.ground, order)?, steps)
    }

    /// What can be promised for one thing on a product page: the cheapest hand-over and the earliest.
    #[pyo3(signature = (sku, qty, *, to, channel, placed_at, steps = None))]
    #[allow(clippy::too_many_arguments)]
    fn promise<'py>(
        &self,
        py: Python<'py>,
        sku: &str,
        qty: i64,
        to: &str,
        channel: &str,
        placed_at: &str,
        steps: Option<u64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        quote::promise(py, &self.ground, &Asked { sku, qty, to, channel, placed_at }, steps)
    }

    /// Why the cheapest plan of an order, or a plan of it that is given, is as it is.
    #[pyo3(signature = (order, plan = None, *, steps = None))]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        order: &Bound<'py, PyAny>,
        plan: Option<&Bound<'py, PyAny>>,
        steps: Option<u64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let order = orders::one(py, &self.ground, order)?;
        let plan = match plan {
            Some(document) => again::read(py, &self.ground, &order, document)?.0,
            None => self.alone(py, &order, steps)?,
        };
        let advice = watched(py, 1, None, |_| documents::explained(&self.ground, &order, &plan))?;
        documents::loaded(py, &advice)
    }

    /// Everything that plans do that they may not, as a table: nothing when they are right.
    #[pyo3(signature = (plans, orders = None, lines = None, *, alone = false))]
    fn check(
        &self,
        py: Python<'_>,
        plans: &Bound<'_, PyAny>,
        orders: Option<&Bound<'_, PyAny>>,
        lines: Option<&Bound<'_, PyAny>>,
        alone: bool,
    ) -> PyResult<Table> {
        check::check(py, &self.ground, plans, orders, lines, alone)
    }

    /// Orders that compete, decided together: the sum of their costs is to be least, and plans fit together.
    #[pyo3(signature = (orders, lines = None, *, gap = 1_000, rounds = 400, seed = 1, seconds = None, steps = None, prices = None, progress = None))]
    #[allow(clippy::too_many_arguments)]
    fn batch(
        &self,
        py: Python<'_>,
        orders: &Bound<'_, PyAny>,
        lines: Option<&Bound<'_, PyAny>>,
        gap: u32,
        rounds: u32,
        seed: u64,
        seconds: Option<f64>,
        steps: Option<u64>,
        prices: Option<&Bound<'_, Prices>>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Batch> {
        let orders = orders::distinct(py, &self.ground, orders, lines)?;
        let prices = prices::begun(prices, &self.ground)?;
        let asked = together::Asked { gap, rounds, seed, seconds, steps, prices };
        together::batch(py, &self.ground, orders, &asked, progress)
    }

    /// Orders decided together whose problems are laid out elsewhere, in parts.
    #[pyo3(signature = (
        orders, lines = None, *, ask, count, gap = 1_000, rounds = 400, seed = 1, seconds = None, steps = None,
        prices = None, progress = None
    ))]
    #[allow(clippy::too_many_arguments)]
    fn batch_in_parts(
        &self,
        py: Python<'_>,
        orders: &Bound<'_, PyAny>,
        lines: Option<&Bound<'_, PyAny>>,
        ask: &Bound<'_, PyAny>,
        count: usize,
        gap: u32,
        rounds: u32,
        seed: u64,
        seconds: Option<f64>,
        steps: Option<u64>,
        prices: Option<&Bound<'_, Prices>>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Batch> {
        let orders = orders::distinct(py, &self.ground, orders, lines)?;
        let prices = prices::begun(prices, &self.ground)?;
        let asked = together::Asked { gap, rounds, seed, seconds, steps, prices };
        parts::batch(py, &self.ground, orders, (ask, count), &asked, progress)
    }

    /// Orders decided again, together with new ones, as of some moment.
    #[pyo3(signature = (plans, orders = None, lines = None, *, now, change_price = 0, by = None, gap = 1_000, rounds = 400, seed = 1, seconds = None, steps = None, prices = None, progress = None))]
    #[allow(clippy::too_many_arguments)]
    fn rebatch(
        &self,
        py: Python<'_>,
        plans: &Bound<'_, Plans>,
        orders: Option<&Bound<'_, PyAny>>,
        lines: Option<&Bound<'_, PyAny>>,
        now: &str,
        change_price: i64,
        by: Option<Bound<'_, PyMapping>>,
        gap: u32,
        rounds: u32,
        seed: u64,
        seconds: Option<f64>,
        steps: Option<u64>,
        prices: Option<&Bound<'_, Prices>>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Rebatched> {
        let new = orders.map_or(Ok(Vec::new()), |orders| orders::several(py, &self.ground, orders, lines))?;
        let prices = prices::begun(prices, &self.ground)?;
        let asked = together::Asked { gap, rounds, seed, seconds, steps, prices };
        let again = Again { now, change_price, by };
        again::rebatch(py, &self.ground, plans.get(), new, &again, &asked, progress)
    }

    /// What the stock is worth to orders still to come, averaged over scenarios of them.
    #[pyo3(signature = (scenarios, *, rounds = 400, seed = 1, steps = None, prices = None))]
    fn forecast(
        &self,
        py: Python<'_>,
        scenarios: &Bound<'_, PyAny>,
        rounds: u32,
        seed: u64,
        steps: Option<u64>,
        prices: Option<&Bound<'_, Prices>>,
    ) -> PyResult<Prices> {
        let prices = prices::begun(prices, &self.ground)?;
        let asked = together::Asked { gap: 0, rounds, seed, seconds: None, steps, prices };
        prices::forecast(py, &self.ground, scenarios, &asked)
    }

    /// The same world, in which plans pay prices for stock.
    fn with_prices(&self, prices: &Bound<'_, Prices>) -> PyResult<World> {
        prices::priced(&self.ground, prices.get())
    }

    /// The world as it is once plans took their stock and room.
    fn take(&self, plans: &Bound<'_, Plans>) -> PyResult<World> {
        again::taken(&self.ground, plans.get())
    }

    /// The same orders played again under policies, side by side.
    #[pyo3(signature = (orders, lines = None, *, policies = None, window = 60, learn = 30, scenarios = 4, refresh = 500, rounds = 50, seed = 1, steps = None))]
    #[allow(clippy::too_many_arguments)]
    fn simulate<'py>(
        &self,
        py: Python<'py>,
        orders: &Bound<'py, PyAny>,
        lines: Option<&Bound<'py, PyAny>>,
        policies: Option<Vec<String>>,
        window: u32,
        learn: u32,
        scenarios: usize,
        refresh: usize,
        rounds: u32,
        seed: u64,
        steps: Option<u64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let orders = orders::several(py, &self.ground, orders, lines)?;
        let asked = simulated::Asked { window, learn, scenarios, refresh, rounds, seed, steps };
        simulated::simulate(py, &self.ground, orders, policies, &asked)
    }

    /// What the same orders cost in another world under one policy: paired differences with confidence intervals.
    #[pyo3(signature = (changed, orders, lines = None, *, policy = "myopic", window = 60, learn = 30, scenarios = 4, refresh = 500, rounds = 50, seed = 1, steps = None))]
    #[allow(clippy::too_many_arguments)]
    fn what_if<'py>(
        &self,
        py: Python<'py>,
        changed: &Bound<'py, World>,
        orders: &Bound<'py, PyAny>,
        lines: Option<&Bound<'py, PyAny>>,
        policy: &str,
        window: u32,
        learn: u32,
        scenarios: usize,
        refresh: usize,
        rounds: u32,
        seed: u64,
        steps: Option<u64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (base, changed): (&Engine, &Engine) = (&self.ground, &changed.get().ground);
        let both = (orders::several(py, base, orders, lines)?, orders::several(py, changed, orders, lines)?);
        let asked = simulated::Asked { window, learn, scenarios, refresh, rounds, seed, steps };
        simulated::difference(py, (base, changed), both, policy, &asked)
    }

    fn __repr__(&self) -> String {
        let world = self.ground.world();
        format!(
            "<volok.World: {} nodes, {} SKUs, {} stock cells>",
            world.nodes().len(),
            world.skus().len(),
            self.ground.stock().len()
        )
    }
}

impl World {
    /// What this world stands on.
    pub fn ground(&self) -> &Arc<Ground> {
        &self.ground
    }

    /// A world of the same family, changed.
    pub fn changed(ground: &Ground, change: impl FnOnce(&mut Engine)) -> World {
        World { ground: Arc::new(ground.changed(change)) }
    }

    fn of(py: Python<'_>, document: Result<spec::World, spec::ReadError>) -> PyResult<World> {
        let document = document.map_err(|error| errors::read(py, "", &error))?;
        World::of_document(py, &document)
    }

    /// The world of a document.
    pub fn of_document(py: Python<'_>, document: &spec::World) -> PyResult<World> {
        let engine = py.detach(|| workers::on_all_cores(|| Engine::from_document(document)));
        World::of_engine(py, engine)
    }

    fn of_engine(py: Python<'_>, engine: Result<Engine, Defects>) -> PyResult<World> {
        let engine = engine.map_err(|defects| errors::defects(py, &defects))?;
        Ok(World { ground: Arc::new(Ground::new(engine)) })
    }

    /// The plan of one order.
    fn alone(&self, py: Python<'_>, order: &Order, steps: Option<u64>) -> PyResult<Plan> {
        let plan = watched(py, 1, None, |watch| {
            let stop = || watch.is_stopped();
            self.ground.plan(order, budget(steps, &stop), &mut Scratch::default())
        })?;
        plan.map_err(|error| documents::refused(&error))
    }

    /// Each order alone against the stock as it is.
    fn each(
        &self,
        py: Python<'_>,
        orders: &[Order],
        steps: Option<u64>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Result<Plan, PlanError>>> {
        let progress = Progress::of(py, progress, orders.len())?;
        watched(py, orders.len(), progress.tell(), |watch| {
            let stop = || watch.is_stopped();
            let plan = |scratch: &mut Scratch, order: &Order| {
                if watch.is_stopped() {
                    // Nobody sees it: what stopped the work is raised.
                    return Err(PlanError::Full { order: order.id.clone() });
                }
                let plan = self.ground.plan(order, budget(steps, &stop), scratch);
                watch.one_more();
                plan
            };
            orders.par_iter().with_min_len(IN_A_ROW).map_init(Scratch::default, plan).collect()
        })
    }

    /// Each order taking its stock before the next; the world itself stays as it is.
    fn in_turn(
        &self,
        py: Python<'_>,
        orders: &[Order],
        steps: Option<u64>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Result<Plan, PlanError>>> {
        let progress = Progress::of(py, progress, orders.len())?;
        watched(py, orders.len(), progress.tell(), |watch: &Watch| {
            let stop = || watch.is_stopped();
            let mut engine = Engine::clone(&self.ground);
            engine.plan_in_turn(orders, budget(steps, &stop), &mut |done| watch.done(done))
        })
    }
}

/// A budget that ends when nobody waits any more.
pub fn budget<'a>(steps: Option<u64>, stop: &'a (dyn Fn() -> bool + Sync)) -> Budget<'a> {
    let usual = Budget::default();
    Budget { steps: steps.unwrap_or(usual.steps), stop: Some(stop), ..usual }
}

/// The engine of a document some of whose sections came as tables.
fn with_tables(
    mut document: spec::World,
    [sellers, skus, stock, inbound, ring_fences]: &[Option<Incoming>; 5],
    mut found: Found,
) -> Result<Engine, Defects> {
    if let Some(table) = sellers {
        document.sellers = tables::sellers(table, &mut found);
    }
    if let Some(table) = skus {
        document.skus = tables::skus(table, &mut found);
    }
    let stock = stock.as_ref().map(|table| OnHand::of(table, &mut found));
    let inbound = inbound.as_ref().map(|table| Inbound::of(table, &mut found));
    if let Some(table) = ring_fences {
        document.ring_fences = tables::ring_fences(table, &mut found);
    }
    if found.is_unreadable() {
        return Err(found.and(Defects::default()));
    }
    let (rows, supply) = (document.stock.as_slice(), document.inbound.as_slice());
    let engine = match (&stock, &inbound) {
        (Some(stock), Some(inbound)) => Engine::from_rows(&document, stock, inbound),
        (Some(stock), None) => Engine::from_rows(&document, stock, &supply),
        (None, Some(inbound)) => Engine::from_rows(&document, &rows, inbound),
        (None, None) => Engine::from_rows(&document, &rows, &supply),
    };
    match engine {
        Ok(engine) if found.is_empty() => Ok(engine),
        Ok(_) => Err(found.and(Defects::default())),
        Err(defects) => Err(found.and(defects)),
    }
}
