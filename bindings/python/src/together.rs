//! Orders that compete, decided together: plans that fit together, a bound on all of them, and what was scarce.

use crate::plans::Plans;
use crate::progress::Progress;
use crate::table::Table;
use crate::watch::watched;
use crate::world::budget;
use crate::writer::{Column, Kind, Writer};
use pyo3::prelude::*;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use volok::load::Scarce;
use volok::world::Order;
use volok::{BatchTerms, Engine, Prices};

const CELLS: &[Column] = &[
    Column::of("seller", Kind::Text, "whose stock"),
    Column::of("sku", Kind::Text, "key of the SKU"),
    Column::of("node", Kind::Text, "where it lies"),
    Column::of("zone", Kind::Text, "in which of the node's zones"),
    Column::of("price", Kind::Int, "what one unit more would have saved, about, minor units"),
    Column::of("there", Kind::Large, "units there were"),
    Column::of("wanted", Kind::Count, "orders that would take some if nobody else wanted anything"),
    Column::of("got", Kind::Count, "orders that got some"),
];

const ROOMS: &[Column] = &[
    Column::of("kind", Kind::Text, "`departure`, `day`, `buffer` or `point`"),
    Column::maybe("lane", Kind::Text, "of a departure: key of the lane"),
    Column::maybe("compartment", Kind::Text, "of a departure: in which compartment"),
    Column::maybe("node", Kind::Text, "of a day, a buffer or a hand-over point: key of the node"),
    Column::maybe("at", Kind::Moment, "when it departs, or when it is full, UTC; the day in UTC of a date"),
    Column::of("counts", Kind::Text, "what of a parcel counts: parcels, lines, grams or cubic centimetres"),
    Column::of(
        "price",
        Kind::Int,
        "what one parcel, line, kilogram or litre more would have saved, about, minor units",
    ),
    Column::of("there", Kind::Large, "how much there was: parcels, lines, grams, cubic centimetres"),
    Column::of("wanted", Kind::Count, "orders that would take some if nobody else wanted anything"),
    Column::of("got", Kind::Count, "orders that got some"),
];

/// Orders decided together.
#[pyclass(frozen, get_all, module = "volok")]
pub struct Batch {
    /// The plans: together they take no more of anything than there is.
    plans: Py<Plans>,
    /// Cost of all plans, minor units.
    cost: i64,
    /// Proven: no plans of these orders that fit together cost less in sum.
    bound: i64,
    /// By how many millionths of its cost the answer may miss the best, rounded up.
    gap: u64,
    /// How often each order was planned, on average.
    rounds: u32,
    /// What stock was worth that was scarce.
    cell_prices: Py<Table>,
    /// What room was worth that was scarce.
    room_prices: Py<Table>,
}

#[pymethods]
impl Batch {
    fn __repr__(&self) -> String {
        format!("<volok.Batch: cost {}, bound {}, {} rounds>", self.cost, self.bound, self.rounds)
    }
}

/// How far orders are taken.
pub struct Asked {
    /// Millionths of the cost that are near enough.
    pub gap: u32,
    /// How often each order is planned at most, on average.
    pub rounds: u32,
    /// What chance does.
    pub seed: u64,
    /// Seconds after which the best answer so far stands.
    pub seconds: Option<f64>,
    /// Search steps for each order.
    pub steps: Option<u64>,
}

/// Decides orders together.
pub fn batch(
    py: Python<'_>,
    engine: &Arc<Engine>,
    orders: Vec<Order>,
    asked: &Asked,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Batch> {
    let total = asked.rounds as usize;
    let progress = Progress::of(py, progress, total)?;
    let limit = asked.seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let decided = watched(py, total, progress.tell(), |watch| {
        let (begin, stop) = (Instant::now(), || watch.is_stopped());
        let terms = BatchTerms {
            budget: budget(asked.steps, &stop),
            gap: asked.gap,
            rounds: asked.rounds,
            seed: asked.seed,
            prices: None,
        };
        engine.batch(&orders, &terms, &mut |told| {
            watch.done((told.round as usize).min(total));
            match watch.is_stopped() || limit.is_some_and(|limit| begin.elapsed() >= limit) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })
    })?;
    let (cost, gap) = (decided.cost().0, decided.gap());
    Ok(Batch {
        cell_prices: Py::new(py, cells(engine, &decided.prices))?,
        room_prices: Py::new(py, rooms(engine, &decided.prices))?,
        plans: Py::new(py, Plans::new(engine.clone(), orders, decided.plans))?,
        cost,
        bound: decided.bound.0,
        gap,
        rounds: decided.rounds,
    })
}

fn cells(engine: &Engine, prices: &Prices) -> Table {
    let (world, stock) = (engine.world(), engine.stock());
    let mut row = Writer::of(CELLS, prices.cells.len());
    for price in &prices.cells {
        let cell = stock.cell(price.cell);
        row.text(world.seller_names().of(cell.seller));
        row.text(world.sku_names().of(stock.sku_of(price.cell)));
        row.text(world.node_names().of(cell.node));
        row.text(&world.zones()[cell.zone].name);
        row.int(price.price.0);
        row.large(price.there);
        row.count(price.wanted.len() as u32);
        row.count(price.got.len() as u32);
    }
    Table::new(CELLS, row.finish().into_iter().collect())
}

fn rooms(engine: &Engine, prices: &Prices) -> Table {
    const DAY: i64 = 86_400;
    let world = engine.world();
    let mut row = Writer::of(ROOMS, prices.rooms.len());
    for price in &prices.rooms {
        let (kind, lane, node, at) = match price.thing {
            Scarce::Departure { lane, compartment, departs } => {
                ("departure", Some((lane, compartment)), None, departs)
            }
            Scarce::Day { node, date } => ("day", None, Some(node), volok::Instant(i64::from(date) * DAY)),
            Scarce::Buffer { node, at } => ("buffer", None, Some(node), at),
            Scarce::Point { node, at } => ("point", None, Some(node), at),
        };
        row.text(kind);
        row.maybe_text(lane.map(|(lane, _)| world.lane_names().of(lane)));
        let compartment = lane.and_then(|(lane, at)| world.lanes()[lane].compartments.get(usize::from(at)));
        row.maybe_text(compartment.map(|compartment| &*compartment.name));
        row.maybe_text(node.map(|node| world.node_names().of(node)));
        row.moment(Some(at));
        row.text(price.counts);
        row.int(price.price.0);
        row.large(price.there);
        row.count(price.wanted.len() as u32);
        row.count(price.got.len() as u32);
    }
    Table::new(ROOMS, row.finish().into_iter().collect())
}
