//! Each order as cheap as it can be when what it takes is charged at what the orders to come would give for it.

use super::refresh::Pricing;
use super::{Played, Policy, Refresh, Stream};
use crate::split::Budget;

/// The cheapest plan of each order, stock prices counted: a forecast of the stream's scenarios says what a unit of each
/// cell is worth to orders still to come. Without scenarios it is [`super::Myopic`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Priced {
    /// When prices are made.
    pub refresh: Refresh,
}

impl Policy for Priced {
    fn name(&self) -> String {
        match self.refresh.between_sources {
            true => "exact, prices between sources".to_owned(),
            false => "exact with prices".to_owned(),
        }
    }

    fn play(&self, stream: &Stream, budget: Budget<'_>) -> Played {
        let mut engine = stream.engine();
        let mut pricing = Pricing::new(stream, self.refresh);
        let mut played = Played::with_room(stream.orders().len());
        for orders in stream.orders().chunks(self.refresh.every.max(1)) {
            pricing.before(&mut engine, orders.len(), orders[0].placed_at, budget);
            played.play_in_turn(&mut engine, orders, budget);
        }
        played
    }
}
