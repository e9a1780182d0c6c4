//! What stock and room were worth to orders that competed for them.

use crate::orders;
use crate::table::Table;
use crate::together;
use crate::watch::watched;
use crate::world::{Ground, World, budget};
use crate::writer::{Column, Kind, Writer};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::sync::Arc;
use volok::load::Scarce;
use volok::world::Order;
use volok::{BatchTerms, Engine};

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

/// What stock and room were worth to orders that competed for them.
#[pyclass(frozen, module = "volok")]
pub struct Prices {
    ground: Arc<Ground>,
    prices: volok::Prices,
}

#[pymethods]
impl Prices {
    /// What stock was worth that was scarce.
    #[getter]
    fn cells(&self) -> Table {
        Table::of(CELLS, self.prices.cells.len(), |row| cells(&self.ground, &self.prices, row))
    }

    /// What room was worth that was scarce.
    #[getter]
    fn rooms(&self) -> Table {
        Table::of(ROOMS, self.prices.rooms.len(), |row| rooms(&self.ground, &self.prices, row))
    }

    /// Prices that only steer between the sources of an SKU.
    fn between_sources(&self) -> Prices {
        let prices = self.prices.between_sources(self.ground.stock());
        Prices { ground: self.ground.clone(), prices }
    }

    fn __repr__(&self) -> String {
        let volok::Prices { cells, rooms } = &self.prices;
        format!("<volok.Prices: {} of stock, {} of room>", cells.len(), rooms.len())
    }
}

impl Prices {
    /// Prices of a ground.
    pub fn new(ground: Arc<Ground>, prices: volok::Prices) -> Prices {
        Prices { ground, prices }
    }

    /// The prices, for a ground that counts cells as theirs does.
    pub fn on(&self, ground: &Ground) -> PyResult<&volok::Prices> {
        match self.ground.is_kin(ground) {
            true => Ok(&self.prices),
            false => {
                Err(PyTypeError::new_err("prices are for the world they were made in, and those made of it"))
            }
        }
    }
}

/// Prices to begin with, if any were given.
pub fn begun<'p>(
    prices: Option<&'p Bound<'_, Prices>>,
    ground: &Ground,
) -> PyResult<Option<&'p volok::Prices>> {
    prices.map(|prices| prices.get().on(ground)).transpose()
}

/// What the stock is worth to orders still to come.
pub fn forecast(
    py: Python<'_>,
    ground: &Arc<Ground>,
    scenarios: &Bound<'_, PyAny>,
    asked: &together::Asked<'_>,
) -> PyResult<Prices> {
    let mut read: Vec<Vec<Order>> = Vec::new();
    for scenario in scenarios.try_iter()? {
        let scenario = scenario?;
        // A pair is a table of orders and one of their lines.
        read.push(match scenario.cast::<PyTuple>() {
            Ok(pair) if pair.len() == 2 => {
                orders::several(py, ground, &pair.get_item(0)?, Some(&pair.get_item(1)?))?
            }
            _ => orders::several(py, ground, &scenario, None)?,
        });
    }
    let prices = watched(py, 1, None, |watch| {
        let stop = || watch.is_stopped();
        let terms = BatchTerms {
            budget: budget(asked.steps, &stop),
            rounds: asked.rounds,
            seed: asked.seed,
            prices: asked.prices,
            ..BatchTerms::default()
        };
        ground.forecast(&read, &terms)
    })?;
    Ok(Prices::new(ground.clone(), prices))
}

/// The same world, whose stock has these prices.
pub fn priced(ground: &Arc<Ground>, prices: &Prices) -> PyResult<World> {
    let prices = prices.on(ground)?;
    Ok(World::changed(ground, |engine| engine.set_prices(prices)))
}

/// What is told of a scarce thing, whatever it is.
fn tail(row: &mut Writer, price: i64, there: u64, wanted: &[u32], got: &[u32]) {
    row.int(price);
    row.large(there);
    row.count(wanted.len() as u32);
    row.count(got.len() as u32);
}

fn cells(engine: &Engine, prices: &volok::Prices, row: &mut Writer) {
    let (world, stock) = (engine.world(), engine.stock());
    for price in &prices.cells {
        let cell = stock.cell(price.cell);
        row.text(world.seller_names().of(cell.seller));
        row.text(world.sku_names().of(stock.sku_of(price.cell)));
        row.text(world.node_names().of(cell.node));
        row.text(&world.zones()[cell.zone].name);
        tail(row, price.price.0, price.there, &price.wanted, &price.got);
    }
}

fn rooms(engine: &Engine, prices: &volok::Prices, row: &mut Writer) {
    const DAY: i64 = 86_400;
    let world = engine.world();
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
        tail(row, price.price.0, price.there, &price.wanted, &price.got);
    }
}
