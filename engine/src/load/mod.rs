//! How much of what carries is already taken?
//!
//! Departures, working days of warehouses, buffers of cross-docks and hand-over points take only so much, of all
//! orders together. A [`Load`] holds what plans have claimed of them: what one order commits, the next one sees, until
//! it is released. Only what has a capacity is claimed: in a world without any, a load stays empty.
//!
//! This room does not know orders, plans or stock, and it refuses nobody: it counts, and says what is left.

mod claim;
mod fits;
mod occupancy;
mod room;
mod scarce;
mod tally;
#[cfg(test)]
mod tests;

pub use claim::{Claim, local_date, next_date};
pub use room::{DayRoom, Room};
pub use scarce::Scarce;
pub use tally::{Day, Load, LoadError, Taken};
