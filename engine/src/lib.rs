//! Volok decides where each unit of an order comes from and in which parcels it travels.

pub mod check;
mod engine;
pub mod plan;
pub mod sourcing;
pub mod spec;
pub mod split;
pub mod stock;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod transit;
pub mod units;
pub mod world;

pub use engine::{Engine, PlanError, Quote, Scratch};
pub use split::Budget;
