//! From the world document to the world: every defect collected, nothing half built.

use super::{Defects, World};
use crate::spec;

/// Builds the world of a document.
///
/// # Errors
/// Every defect of the document, in its order.
pub fn build(_document: &spec::World) -> Result<World, Defects> {
    Err(Defects::default())
}
