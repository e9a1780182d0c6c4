//! Rules that shops ship, to compare with: each decides which node supplies which units, and nothing else.
//!
//! All of them share one packer (`pack`) that puts what was chosen into parcels on the cheapest lane, keeps every
//! rule of the model and counts the same costs, so that what differs is the choice of sources alone. Their plans pass
//! `check`; they prove nothing, so their bound is only what no plan can undercut.

mod bill;
mod highest_stock;
mod nearest;
mod pack;
mod priority;
mod recounted_coverage;
mod route;
mod static_coverage;
mod view;

#[cfg(test)]
mod tests;

use crate::plan::Plan;
use crate::stock::Stock;
use crate::transit::Transit;
use crate::world::{NodeIx, Order, World};
use view::View;

/// A rule for choosing sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Sources in a fixed order, each line from the first that has any (Magento's source priority).
    PriorityWalk,
    /// Sources by how soon their fastest lane arrives.
    NearestSource,
    /// Each line from the source that has most of it.
    HighestStock,
    /// Sources ranked once by how much of the whole order they cover (Spree's packer).
    StaticCoverage,
    /// The source that covers most of what is still missing, counted anew after each pick.
    RecountedCoverage,
}

impl Rule {
    /// All of them, in the order in which tables list them.
    pub const ALL: [Rule; 5] = [
        Rule::PriorityWalk,
        Rule::NearestSource,
        Rule::HighestStock,
        Rule::StaticCoverage,
        Rule::RecountedCoverage,
    ];

    /// Name for tables.
    pub fn name(self) -> &'static str {
        match self {
            Rule::PriorityWalk => "priority walk",
            Rule::NearestSource => "nearest source",
            Rule::HighestStock => "highest stock",
            Rule::StaticCoverage => "static coverage",
            Rule::RecountedCoverage => "recounted coverage",
        }
    }

    /// The plan this rule makes of an order on the stock as it is.
    pub fn plan(self, world: &World, transit: &Transit, stock: &Stock, order: &Order) -> Plan {
        let mut view = View::of(world, transit, stock, order);
        let shares = match self {
            Rule::PriorityWalk => priority::choose(&mut view),
            Rule::NearestSource => nearest::choose(&mut view),
            Rule::HighestStock => highest_stock::choose(&mut view),
            Rule::StaticCoverage => static_coverage::choose(&mut view),
            Rule::RecountedCoverage => recounted_coverage::choose(&mut view),
        };
        pack::pack(&view, &shares)
    }
}

/// Units of a line that a rule wants from a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Share {
    line: usize,
    node: NodeIx,
    qty: u32,
}
