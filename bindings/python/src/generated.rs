//! Worlds and orders to play with, from a seed.

use crate::documents;
use crate::table::Table;
use crate::world::World;
use crate::writer::{Column, Kind, Writer};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::sync::OnceLock;
use volok::spec::{self, Order};
use volok::testkit::generate::{self as presets, PRESETS, Size};
use volok::units::Instant;

const ORDERS: &[Column] = &[
    Column::of("id", Kind::Text, "key of the order"),
    Column::of("channel", Kind::Text, "where it came from"),
    Column::maybe("customer", Kind::Text, "who ordered"),
    Column::of("placed_at", Kind::Moment, "when, UTC"),
    Column::of("to", Kind::Text, "the node that hands over"),
    Column::maybe("deadline", Kind::Moment, "nothing may be handed over after this, UTC"),
    Column::maybe("promise", Kind::Moment, "handing over after this costs `late_per_hour`, UTC"),
    Column::of("late_per_hour", Kind::Int, "cost of each started hour after the promise, minor units"),
    Column::of("priority", Kind::Int, "who goes first when orders compete; higher is earlier"),
    Column::of("partial", Kind::Flag, "whether part of the order may go"),
    Column::maybe("max_deliveries", Kind::Int, "parcels handed over, at most"),
    Column::of("delivery_penalty", Kind::Int, "cost of each parcel after the first, minor units"),
    Column::of("quantity_split", Kind::Flag, "whether units of one line may come from different nodes"),
    Column::maybe(
        "latest_useful_hours",
        Kind::Int,
        "hours after placement beyond which handing over is useless",
    ),
];

const LINES: &[Column] = &[
    Column::of("order", Kind::Text, "key of the order"),
    Column::of("sku", Kind::Text, "what"),
    Column::of("qty", Kind::Int, "how many base units"),
    Column::maybe("sellers", Kind::Texts, "acceptable owners; any when null"),
    Column::maybe("min_shelf_life_days", Kind::Int, "days of life left at hand-over, at least"),
    Column::maybe("unit_value", Kind::Int, "what the customer pays for one unit, minor units"),
    Column::of("unfilled_penalty", Kind::Int, "cost of each unit not delivered, minor units"),
    Column::maybe("together", Kind::Int, "lines of an order with one number are handed over in one parcel"),
];

/// A world and orders that fit it: the same for the same seed and size.
#[pyclass(frozen, module = "volok")]
pub struct Generated {
    made: presets::Generated,
    world: OnceLock<Py<World>>,
}

/// A world and orders to play with.
#[pyfunction]
#[pyo3(signature = (preset, seed = 1, *, orders = None, skus = None, storing = None, hand_over = None, docks = None, limited = false))]
#[allow(clippy::too_many_arguments)]
pub fn generate(
    py: Python<'_>,
    preset: &str,
    seed: u64,
    orders: Option<usize>,
    skus: Option<usize>,
    storing: Option<usize>,
    hand_over: Option<usize>,
    docks: Option<usize>,
    limited: bool,
) -> PyResult<Generated> {
    let unknown = || {
        let right = PRESETS.join(", ");
        PyValueError::new_err(format!("preset: found {preset:?}; one of {right}"))
    };
    let made = py.detach(|| {
        let usual = presets::preset(preset, seed, None)?;
        let asked = [orders, skus, storing, hand_over, docks];
        if asked.iter().all(Option::is_none) && !limited {
            return Some(usual);
        }
        let stores = || usual.world.nodes.iter().filter(|node| node.stores.is_some()).count();
        let points = || usual.world.nodes.iter().filter(|node| node.hands_over.is_some()).count();
        let size = Size {
            skus: skus.unwrap_or(usual.world.skus.len()),
            storing: storing.unwrap_or_else(stores),
            hand_over: hand_over.unwrap_or_else(points),
            orders: orders.unwrap_or(usual.orders.len()),
            docks: docks.unwrap_or(0),
            limited,
        };
        presets::preset(preset, seed, Some(size))
    });
    Ok(Generated { made: made.ok_or_else(unknown)?, world: OnceLock::new() })
}

#[pymethods]
impl Generated {
    /// The world.
    #[getter]
    fn world(&self, py: Python<'_>) -> PyResult<Py<World>> {
        if let Some(world) = self.world.get() {
            return Ok(world.clone_ref(py));
        }
        let world = Py::new(py, World::of_document(py, &self.made.world)?)?;
        Ok(self.world.get_or_init(|| world).clone_ref(py))
    }

    /// The document of the world.
    #[getter]
    fn document<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        documents::loaded(py, &self.made.world)
    }

    /// The documents of the orders, in the order in which they are placed.
    #[getter]
    fn orders<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        documents::loaded(py, &self.made.orders)
    }

    /// The orders as a table: one row an order.
    #[getter]
    fn order_table(&self, py: Python<'_>) -> Table {
        self.table(py, ORDERS, head)
    }

    /// The lines of the orders as a table: one row a line.
    #[getter]
    fn line_table(&self, py: Python<'_>) -> Table {
        self.table(py, LINES, lines)
    }

    fn __repr__(&self) -> String {
        let spec::World { nodes, skus, .. } = &self.made.world;
        let orders = self.made.orders.len();
        format!("<volok.Generated: {} nodes, {} SKUs, {orders} orders>", nodes.len(), skus.len())
    }
}

impl Generated {
    fn table(&self, py: Python<'_>, columns: &'static [Column], write: fn(&Order, &mut Writer)) -> Table {
        let orders = &self.made.orders;
        py.detach(|| {
            Table::of(columns, orders.len(), |rows| orders.iter().for_each(|order| write(order, rows)))
        })
    }
}

/// A moment of a generated document, which has no defects.
fn moment(text: &str) -> Option<Instant> {
    spec::instant(text).ok()
}

fn head(order: &Order, row: &mut Writer) {
    row.text(&order.id);
    row.text(&order.channel);
    row.maybe_text(order.customer.as_deref());
    row.moment(moment(&order.placed_at));
    row.text(&order.to);
    row.moment(order.deadline.as_deref().and_then(moment));
    row.moment(order.promise.as_deref().and_then(moment));
    row.int(order.late_per_hour);
    row.int(order.priority);
    row.flag(order.policy.partial);
    row.maybe_int(order.policy.max_deliveries);
    row.int(order.policy.delivery_penalty);
    row.flag(order.policy.quantity_split);
    row.maybe_int(order.policy.latest_useful_hours);
}

fn lines(order: &Order, row: &mut Writer) {
    for (number, line) in (1..).zip(&order.lines) {
        let group = order.policy.together.iter().position(|group| group.contains(&number));
        row.text(&order.id);
        row.text(&line.sku);
        row.int(line.qty);
        row.maybe_texts(line.sellers.as_deref());
        row.maybe_int(line.min_shelf_life_days);
        row.maybe_int(line.unit_value);
        row.int(line.unfilled_penalty);
        row.maybe_int(group.map(|group| group as i64));
    }
}
