//! The cheapest plan of one small order with cross-docks and merges, by looking at all of them.
//!
//! Derived from `docs/model.md` alone, like its sister for direct parcels, with which it shares the clock and the
//! rules about the contents of one parcel. What it looks at:
//! - every set of units that may share a parcel, each unit with the cell it comes from ([`goods`]);
//! - for each of them, leg by leg, every departure it could ride, coming from where it is packed, from another ride,
//!   or from every merge of every way to part it ([`rides`]);
//! - every number of units of every line from every cell, put into handed-over parcels in every way ([`whole`]).
//!
//! The only things it uses to look at less are that
//! - parcels have nothing to do with each other but where they are merged, so what counts of a parcel that rides a
//!   departure is what is in it, how many legs lie behind it and what it cost so far, the least of all ways;
//! - all lengths of time and all moments at which something begins have a common measure, so an on-demand departure
//!   can be moved to a multiple of it, or to the last second of a span.
//!
//! Capacities are not looked at here: a world that has any is for [`crowd`].

mod crowd;
mod goods;
mod rides;
mod whole;

use super::clock::Clock;
use super::node::Node;
use super::{LINES, TooBig};
use crate::stock::Stock;
use crate::units::{Index, Money};
use crate::world::{NodeIx, Order, World};
pub use crowd::cheapest_in_crowd;

/// A cost that is none: no way there.
const NO_WAY: i64 = i64::MAX / 4;

/// The sum of two costs, or none where one of them is none.
fn sum(one: i64, other: i64) -> i64 {
    if one >= NO_WAY || other >= NO_WAY { NO_WAY } else { one + other }
}

/// An order, where it is looked at.
struct Scene<'a> {
    world: &'a World,
    order: &'a Order,
    clock: &'a Clock<'a>,
    nodes: Vec<Node<'a>>,
}

impl Scene<'_> {
    /// Rows of (node, item) over all nodes.
    fn items(&self) -> Vec<(usize, usize)> {
        let of = |node: usize| (0..self.nodes[node].items.len()).map(move |item| (node, item));
        (0..self.nodes.len()).flat_map(of).collect()
    }
}

/// The cost of the cheapest plan of an order on the stock as it is, parcels changing lanes and being merged.
///
/// # Errors
/// When the order is too big to enumerate, or the world has capacities.
pub fn cheapest_forest(world: &World, stock: &Stock, order: &Order) -> Result<Money, TooBig> {
    if order.lines.len() > LINES || !world.is_unlimited() {
        return Err(TooBig);
    }
    let clock = Clock::around(world, order);
    let nodes =
        (0..world.nodes().len()).map(|at| Node::new(world, stock, order, &clock, NodeIx::of(at))).collect();
    let scene = Scene { world, order, clock: &clock, nodes };
    let sets = goods::sets(&scene)?;
    let roots = rides::Rides::new(&scene, &sets)?.roots();
    whole::cheapest(&scene, &sets, &roots).map(Money)
}
