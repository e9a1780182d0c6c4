//! Uncapacitated facility location, solved exactly: which ways to open, and which open way serves each line.
//!
//! Opening a way costs its fixed charge, serving a line by a way the cost of that arc, in whole units. There is no
//! limit on what a way can serve.
//!
//! - [`solve`] finds a best answer and proves it, or stops at its limits with the best found and a bound;
//! - [`Bounder`] is the bounding alone, for a search of its own with ways held open or closed.
//!
//! Up to six lines are settled by sets of lines (`subset`). Otherwise the arcs are sorted (`sorted`), prices of
//! lines are raised and adjusted (`dual`) and, where that does not suffice, polished (`polish`); they bound
//! the cost from below and suggest answers (`primal`), and a search over open and closed ways (`tree`) settles
//! the rest. `stages` says what is tried in which order.
//!
//! Same input and same number of steps, same answer: whole numbers only, no clock, nothing drawn. Of equal
//! costs the lower index is preferred wherever a choice is made.
//!
//! ```
//! use volok::split::facility::{FORBIDDEN, Facilities, Limits, Workspace, solve};
//!
//! // Two lines; way 0 serves both, ways 1 and 2 one each and more cheaply.
//! let problem =
//!     Facilities { ways: 3, lines: 2, fixed: &[10, 8, 9], cost: &[4, 1, FORBIDDEN, 4, FORBIDDEN, 1] };
//! let mut workspace = Workspace::new();
//! let answer = solve(&problem, &Limits::default(), &mut || false, &mut workspace)?;
//! assert_eq!((answer.cost, answer.proven), (18, true));
//! assert_eq!(workspace.way_of(), [0, 0]);
//! # Ok::<(), volok::split::facility::FacilityError>(())
//! ```

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
