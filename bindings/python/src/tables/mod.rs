//! Tables as parts of documents: which columns a section has, row by row.

mod catalogue;
mod orders;
mod stock;

pub use catalogue::{ring_fences, sellers, skus};
pub use orders::ordered;
pub use stock::{Inbound, OnHand};
