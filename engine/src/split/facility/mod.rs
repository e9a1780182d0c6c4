//! Uncapacitated facility location.

mod bounder;
mod dual;
mod polish;
mod primal;
mod problem;
mod solve;
mod sorted;
mod stages;
mod subset;
mod tree;

pub use bounder::{Bounder, NodeBound};
pub use dual::WayState;
pub use problem::{FORBIDDEN, Facilities, FacilityError, LARGEST_COST, LARGEST_TOTAL, MOST_ARCS, MOST_WAYS};
pub use solve::{Answer, Limits, Workspace, solve};

#[cfg(test)]
mod tests;
