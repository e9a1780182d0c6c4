//! Orders as they came in, the world and the stock they came to, and what was expected of them beforehand.

use super::resampled;
use crate::engine::Engine;
use crate::spec;
use crate::stock::{self, Stock};
use crate::units::{Instant, Money};
use crate::world::{self, Defects, Order, World};

/// A world, its stock, orders in the order in which they are placed, and scenarios of orders that were expected.
#[derive(Clone, Debug)]
pub struct Stream {
    world: World,
    stock: Stock,
    orders: Vec<Order>,
    scenarios: Vec<Vec<Order>>,
}

/// Puts orders into the order in which they are decided.
fn in_turn(mut orders: Vec<Order>) -> Vec<Order> {
    orders.sort_by(|one, other| (one.placed_at, &one.id).cmp(&(other.placed_at, &other.id)));
    orders
}

impl Stream {
    /// A stream of orders, given in any order. Stock prices of the cells are left out.
    pub fn new(world: World, mut stock: Stock, orders: Vec<Order>) -> Stream {
        for cell in &mut stock.cells {
            cell.price = Money::ZERO;
        }
        Stream { world, stock, orders: in_turn(orders), scenarios: Vec::new() }
    }

    /// A stream of documents.
    ///
    /// # Errors
    /// Every defect of the world, of its stock, or of the first order that has any.
    pub fn from_documents(world: &spec::World, orders: &[spec::Order]) -> Result<Stream, Defects> {
        let document = world;
        let world = world::build(document)?;
        let stock = stock::build(&world, document)?;
        let orders = orders.iter().map(|order| world.order(order)).collect::<Result<_, _>>()?;
        Ok(Stream::new(world, stock, orders))
    }

    /// The same stream with scenarios of what is expected: each a list of orders that could come while the stream
    /// lasts, on the stream's world, say from [`super::resampled`]. They stand in place of those given before.
    #[must_use]
    pub fn expecting(mut self, scenarios: Vec<Vec<Order>>) -> Stream {
        self.scenarios = scenarios.into_iter().map(in_turn).collect();
        self
    }

    /// The stream without its first so many hundredths of orders: these are the past, of which as many scenarios of the
    /// rest are drawn as asked for (see [`super::resampled`]). Nothing of the stock is taken for them.
    #[must_use]
    pub fn learning(mut self, percent: u32, scenarios: usize, seed: u64) -> Stream {
        let known = self.orders.len() * percent.min(100) as usize / 100;
        let to_come = self.orders.split_off(known);
        let past = std::mem::replace(&mut self.orders, to_come);
        self.drawing(&past, scenarios, seed)
    }

    /// The same stream with scenarios of its period drawn from past orders of its world (see [`super::resampled`]).
    #[must_use]
    pub fn drawing(self, past: &[Order], scenarios: usize, seed: u64) -> Stream {
        let Some((first, last)) = self.orders.first().zip(self.orders.last()) else { return self };
        let until = Instant(last.placed_at.0.saturating_add(1));
        let drawn = resampled(past, (first.placed_at, until), scenarios, seed);
        self.expecting(drawn)
    }

    /// The network and catalogue.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The stock before the first order.
    pub fn stock(&self) -> &Stock {
        &self.stock
    }

    /// The orders, by `placed_at`, then key.
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// What is expected, a list of orders a scenario.
    pub fn scenarios(&self) -> &[Vec<Order>] {
        &self.scenarios
    }

    /// The orders of each scenario that are still to come after a moment.
    pub fn expected_after(&self, at: Instant) -> Vec<Vec<Order>> {
        let rest = |scenario: &Vec<Order>| {
            let come = scenario.partition_point(|order| order.placed_at <= at);
            scenario[come..].to_vec()
        };
        self.scenarios.iter().map(rest).collect()
    }

    /// An engine on the stream's world with all its stock. Costs a copy of both and the tables made of them.
    pub fn engine(&self) -> Engine {
        Engine::new(self.world.clone(), self.stock.clone())
    }
}
