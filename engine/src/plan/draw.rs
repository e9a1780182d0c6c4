//! Pictures in letters: a plan for the terminal, and Graphviz DOT.

use super::Plan;
use crate::stock::Stock;
use crate::world::{Order, World};

/// A plan as lines of text for a terminal of `width` columns.
pub fn text(_world: &World, _stock: &Stock, _order: &Order, _plan: &Plan, _width: usize) -> String {
    String::new()
}

/// A plan as a Graphviz DOT graph.
pub fn dot(_world: &World, _stock: &Stock, _order: &Order, _plan: &Plan) -> String {
    String::new()
}
