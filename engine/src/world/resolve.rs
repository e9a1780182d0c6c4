//! From the order document to an order on the world's indices.

use super::{Defects, Order, World};
use crate::spec;

impl World {
    /// Resolves an order document: keys to indices, local times to UTC, every number within its limits.
    ///
    /// # Errors
    /// Every defect of the document, in its order.
    pub fn order(&self, _document: &spec::Order) -> Result<Order, Defects> {
        Err(Defects::default())
    }
}
