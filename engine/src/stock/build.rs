//! From the world document's stock rows to cells.

use super::Stock;
use crate::spec;
use crate::world::{Defects, World};

/// Builds the stock of a document whose world is already built.
///
/// # Errors
/// Every defect of the document's stock, inbound and ring-fence rows, in their order.
pub fn build(_world: &World, _document: &spec::World) -> Result<Stock, Defects> {
    Err(Defects::default())
}
