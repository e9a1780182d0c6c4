//! Which parcels are cheapest?
//!
//! Exact search on arrays. This room has never heard of a warehouse: it sees lines that want units, ways that carry
//! parcels at a fixed charge plus a staircase of prices, options that bring units of a line by a way, and pools that
//! options draw from. Every answer carries a proven lower bound.
//!
//! Read [`Problem`] first, then `solve`.

mod branch;
mod budget;
mod components;
mod core;
pub mod facility;
#[cfg(feature = "last-resort")]
mod last_resort;
mod lattice;
mod located;
mod packing;
mod problem;
mod solve;
mod stacked;
mod staircase;
mod supply;
mod tiered;
mod trees;

pub use budget::Budget;
pub use problem::{
    Cap, Hub, Line, Measure, Merge, NO_GROUP, NO_HUB, Neck, Offer, Parcel, Pool, Problem, Rules, Solution,
    Way,
};
pub use solve::{Overflow, Scratch, relax, solve};
pub use staircase::Staircase;

#[cfg(test)]
mod tests;
