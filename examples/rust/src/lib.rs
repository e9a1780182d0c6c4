//! What the examples on real data share: reading tables, saying worlds briefly, comparing with rival rules, reporting.

// Seconds, shares and kilometres are for people to read; no decision is made with them.
#![allow(clippy::float_arithmetic)]

pub mod compare;
pub mod parts;
pub mod plot;
pub mod policies;
pub mod report;
pub mod rows;

/// What may go wrong in an example.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
