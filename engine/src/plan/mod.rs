//! What did we decide, and why?
//!
//! Plain data on the world's indices: parcels, picks, legs, costs, what stayed unfilled and the reasons. Explanation,
//! difference and drawing read it; nothing here decides.

mod about;
mod assemble;
mod change;
mod claims;
mod disruption;
mod document;
pub mod draw;
mod draws;
mod explain;
mod merges;
mod reason;
mod words;

pub use crate::sourcing::{Reason, ReasonCode};
pub(crate) use about::is_about;
pub use assemble::{Unfit, assemble};
pub(crate) use change::changed;
pub use claims::claims;
pub(crate) use claims::claims_by_parcel;
pub use disruption::{Disruption, MissedLeg, ShortPick, Shortage, disruption_from_document};
pub(crate) use document::letters;
pub use document::{code, from_document, to_document};
pub use draws::Draws;
pub use explain::explain;

use crate::stock::CellIx;
use crate::units::{CubicCentimetres, Grams, Instant, Money, Quantity, Temperatures};
use crate::world::{EntityIx, LaneIx, LineIx, NodeIx};
use smallvec::SmallVec;

/// The decision for one order.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Parcels by code; a merged parcel comes after its parts.
    pub parcels: SmallVec<[Parcel; 2]>,
    /// Units not delivered, by line.
    pub unfilled: Vec<Unfilled>,
    /// Total cost by component.
    pub costs: Costs,
    /// Proven: no plan costs less.
    pub bound: Money,
    /// Search steps taken.
    pub steps: u64,
}

/// Cost by component: the terms of the objective.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// Units picked.
    pub pick_units: Money,
    /// Lines picked.
    pub pick_lines: Money,
    /// Parcels packed at their nodes.
    pub packing: Money,
    /// Carriage by lanes.
    pub carriage: Money,
    /// Handling at cross-docks.
    pub handling: Money,
    /// Merging at cross-docks.
    pub merging: Money,
    /// Handing parcels over.
    pub hand_over: Money,
    /// Parcels after the first.
    pub extra_deliveries: Money,
    /// Started hours after the promise.
    pub lateness: Money,
    /// Units not delivered.
    pub unfilled: Money,
    /// Stock prices of what was taken.
    pub stock: Money,
}

impl Costs {
    /// The components with their names, in the order of the objective.
    pub fn components(&self) -> [(&'static str, Money); 11] {
        [
            ("pick_units", self.pick_units),
            ("pick_lines", self.pick_lines),
            ("packing", self.packing),
            ("carriage", self.carriage),
            ("handling", self.handling),
            ("merging", self.merging),
            ("hand_over", self.hand_over),
            ("extra_deliveries", self.extra_deliveries),
            ("lateness", self.lateness),
            ("unfilled", self.unfilled),
            ("stock", self.stock),
        ]
    }

    /// Their sum. Components of one order are bounded far below overflow by [`crate::units::limits`].
    pub fn total(&self) -> Money {
        Money(self.components().iter().map(|(_, cost)| cost.0).sum())
    }
}

impl Plan {
    /// Total cost.
    pub fn cost(&self) -> Money {
        self.costs.total()
    }

    /// Whether nothing cheaper exists, proven.
    pub fn is_optimal(&self) -> bool {
        self.bound == self.cost()
    }

    /// When the last parcel is handed over; nothing when none is.
    pub fn completes_at(&self) -> Option<Instant> {
        self.parcels.iter().filter_map(|parcel| parcel.hand_over.as_ref()).map(|end| end.at).max()
    }

    /// Units picked from each cell, parcel by parcel; a cell stands as often as it is picked from.
    pub fn takes(&self) -> Vec<(CellIx, u32)> {
        let picks = self.parcels.iter().flat_map(|parcel| &parcel.picks);
        picks.map(|pick| (pick.cell, pick.qty.0)).collect()
    }

    /// Parcels that reach the customer.
    pub fn deliveries(&self) -> usize {
        self.parcels.iter().filter(|parcel| parcel.hand_over.is_some()).count()
    }
}

/// A physical unit of one order.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    /// Where it is packed or merged.
    pub node: NodeIx,
    /// What is picked into it, by line, then by cell; empty for a merged parcel.
    pub picks: SmallVec<[Pick; 4]>,
    /// Parcels of the same plan merged into it (rows of [`Plan::parcels`]); empty for a source parcel.
    pub parts: SmallVec<[u16; 2]>,
    /// What all its contents tolerate.
    pub temperature: Temperatures,
    /// Weight.
    pub grams: Grams,
    /// Volume.
    pub cm3: CubicCentimetres,
    /// When it is ready to depart.
    pub ready_at: Instant,
    /// How it travels; none when it is handed over where it is packed.
    pub legs: SmallVec<[Leg; 1]>,
    /// How it ends at the customer; nothing for a parcel that ends in a merge.
    pub hand_over: Option<HandOver>,
}

/// Units of one line from one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Which line.
    pub line: LineIx,
    /// From where.
    pub cell: CellIx,
    /// How many; at least one.
    pub qty: Quantity,
}

/// One parcel's use of one departure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Which lane.
    pub lane: LaneIx,
    /// Which of its compartments.
    pub compartment: u8,
    /// When it departs.
    pub departs_at: Instant,
    /// When it arrives.
    pub arrives_at: Instant,
    /// Its tariff.
    pub cost: Money,
}

/// How a parcel ends at the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// When, at the earliest: arrival, or the next opening.
    pub at: Instant,
    /// In which of the node's storages it waits.
    pub storage: u8,
    /// The receipt that goes with it.
    pub fiscal: Fiscal,
}

/// The receipt that goes with a parcel handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fiscal {
    /// Issued online by this legal entity.
    Online(EntityIx),
    /// Issued at the counter by this legal entity.
    Counter(EntityIx),
    /// Handed over without one.
    None,
}

/// Units of one line that are not delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfilled {
    /// Which line.
    pub line: LineIx,
    /// How many; at least one.
    pub qty: Quantity,
    /// Everything that stood in the way.
    pub reasons: Vec<Reason>,
}
