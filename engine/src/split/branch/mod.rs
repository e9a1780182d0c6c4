//! Branch and bound for everything the faster searches do not take: pools that are short, limits, staircases over
//! many atoms, pairs kept apart, units that must be split.
//!
//! A node is a domain: which slots (parcels) are open, what each pays at least and holds at most, how many units each
//! arc brings into each slot. Its relaxation is facility location with limited arcs ([`relax`]); its primal is judged
//! by the true rules ([`judge`]), pools that are short are priced ([`scarcity`]), and the search branches on what makes the truth dearer than the relaxation.

mod affine;
mod build;
mod domain;
mod judge;
mod relax;
mod scarcity;
mod search;
mod slots;

pub use search::{Wish, solve};
