//! What is a number here?
//!
//! Every quantity that takes part in a decision is an integer in a stated unit, and units that must not be
//! mixed are different types. Dense indices are types too, so that a node number cannot open a drawer of SKUs.
//!
//! This room does not know what an order is; it imports nothing from the others.

mod index;
pub mod limits;
mod measure;
mod temperature;

pub use index::{Index, IndexVec, index_type};
pub use measure::{CubicCentimetres, Grams, Instant, Money, Quantity, Seconds};
pub use temperature::Temperatures;
