//! Each order as cheap as it can be, with no thought of the next.

use super::{Played, Policy, Stream};
use crate::split::Budget;

/// The cheapest plan of each order on the stock that the earlier ones left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Myopic;

impl Policy for Myopic {
    fn name(&self) -> String {
        "myopic exact".to_owned()
    }

    fn play(&self, stream: &Stream, budget: Budget<'_>) -> Played {
        let orders = stream.orders();
        let mut played = Played::with_room(orders.len());
        played.play_in_turn(&mut stream.engine(), orders, budget);
        played
    }
}
