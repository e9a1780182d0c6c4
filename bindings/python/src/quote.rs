//! When, and at what cost, with nothing taken.

use crate::watch::watched;
use crate::world::budget;
use crate::{documents, errors};
use pyo3::prelude::*;
use serde::Serialize;
use volok::spec::{self, instant_text};
use volok::units::{Quantity, limits};
use volok::world::{Defects, Order};
use volok::{Engine, Scratch};

/// One plan an order could have.
#[derive(Serialize)]
struct Point {
    cost: i64,
    bound: i64,
    completes_at: Option<String>,
    deliveries: usize,
    unfilled: u64,
}

impl Point {
    fn of(promise: &volok::Promise) -> Point {
        Point {
            cost: promise.cost.0,
            bound: promise.bound.0,
            completes_at: promise.completes_at.map(instant_text),
            deliveries: promise.deliveries,
            unfilled: promise.unfilled,
        }
    }
}

/// What an order would cost, as a document: the same as the HTTP service answers.
#[derive(Serialize)]
struct Quote {
    order: String,
    cost: i64,
    bound: i64,
    completes_at: Option<String>,
    deliveries: usize,
    unfilled: u64,
    frontier: Vec<Point>,
}

/// The quote of an order.
pub fn quote<'py>(
    py: Python<'py>,
    engine: &Engine,
    order: &Order,
    steps: Option<u64>,
) -> PyResult<Bound<'py, PyAny>> {
    let quote = watched(py, 1, None, |watch| {
        let stop = || watch.is_stopped();
        engine.quote(order, budget(steps, &stop), &mut Scratch::default())
    })?;
    let quote = quote.map_err(|error| documents::refused(&error))?;
    let document = Quote {
        order: order.id.to_string(),
        cost: quote.cost.0,
        bound: quote.bound.0,
        completes_at: quote.completes_at.map(instant_text),
        deliveries: quote.deliveries,
        unfilled: quote.unfilled,
        frontier: quote.frontier.iter().map(Point::of).collect(),
    };
    documents::loaded(py, &document)
}

/// What a product page asks for.
pub struct Asked<'a> {
    /// What.
    pub sku: &'a str,
    /// How many base units.
    pub qty: i64,
    /// Where it is handed over.
    pub to: &'a str,
    /// Where the order would come from.
    pub channel: &'a str,
    /// RFC 3339.
    pub placed_at: &'a str,
}

/// The two ends of what can be promised for one thing.
#[derive(Serialize)]
struct Promises {
    cheapest: Point,
    earliest: Point,
}

/// The cheapest and the earliest hand-over of one thing; nothing when not all of it can be had there.
pub fn promise<'py>(
    py: Python<'py>,
    engine: &Engine,
    asked: &Asked<'_>,
    steps: Option<u64>,
) -> PyResult<Bound<'py, PyAny>> {
    let world = engine.world();
    let mut found = Defects::default();
    let (sku, to) = (world.sku_names().find(asked.sku), world.node_names().find(asked.to));
    let channel = world.channel_names().find(asked.channel);
    let mut unknown = |place: &str, is_known: bool, key: &str, right: &str| {
        if !is_known {
            found.note(place, "unknown", &format!("{key:?}"), right);
        }
    };
    unknown("sku", sku.is_some(), asked.sku, "the id of an SKU");
    unknown("to", to.is_some(), asked.to, "the id of a node");
    unknown("channel", channel.is_some(), asked.channel, "the id of a channel");
    let placed_at = spec::instant(asked.placed_at).map_err(|right| {
        found.note("placed_at", "malformed", &format!("{:?}", asked.placed_at), right);
    });
    let qty = u32::try_from(asked.qty).ok().filter(|&qty| (1..=limits::QUANTITY).contains(&i64::from(qty)));
    if qty.is_none() {
        let right = format!("a whole number from 1 to {}", limits::QUANTITY);
        found.note("qty", "out_of_range", &asked.qty.to_string(), right);
    }
    let (Some(sku), Some(to), Some(channel), Ok(placed_at), Some(qty)) = (sku, to, channel, placed_at, qty)
    else {
        return Err(errors::defects(py, &found));
    };
    let promises = watched(py, 1, None, |watch| {
        let stop = || watch.is_stopped();
        let scratch = &mut Scratch::default();
        engine.promise(sku, Quantity(qty), to, channel, placed_at, budget(steps, &stop), scratch)
    })?;
    let promises = promises.map_err(|error| documents::refused(&error))?.map(|promises| Promises {
        cheapest: Point::of(&promises.cheapest),
        earliest: Point::of(&promises.earliest),
    });
    documents::loaded(py, &promises)
}
