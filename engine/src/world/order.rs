//! An order on the world's indices.

use super::{ChannelIx, NodeIx, SellerIx, SkuIx};
use crate::units::{Instant, Money, Quantity, Seconds, index_type};
use smallvec::SmallVec;

index_type!(
    /// A line of an order, from 0 (people count from 1).
    LineIx
);

/// What a customer wants, where, by when, and what it costs to disappoint. Made by [`super::World::order`].
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Key.
    pub id: Box<str>,
    /// Where it came from.
    pub channel: ChannelIx,
    /// Who ordered.
    pub customer: Option<Box<str>>,
    /// When.
    pub placed_at: Instant,
    /// The node that hands over.
    pub to: NodeIx,
    /// What is wanted; at least one line.
    pub lines: SmallVec<[Line; 4]>,
    /// Nothing may be handed over after this.
    pub deadline: Option<Instant>,
    /// Handing over after this costs `late_per_hour`.
    pub promise: Option<Instant>,
    /// Cost of each started hour after the promise, per parcel handed over.
    pub late_per_hour: Money,
    /// Who goes first when orders compete; higher is earlier.
    pub priority: i64,
    /// How it may be served.
    pub policy: Policy,
}

impl Order {
    /// What delivering nothing of it costs.
    pub fn cost_of_nothing(&self) -> Money {
        let penalty = |line: &Line| line.unfilled_penalty.0.saturating_mul(i64::from(line.qty.0));
        Money(self.lines.iter().map(penalty).fold(0, i64::saturating_add))
    }

    /// The last moment at which handing over is allowed and of use.
    pub fn latest(&self) -> Instant {
        let useful = self.placed_at.after(self.policy.latest_useful).unwrap_or(Instant::NEVER);
        self.deadline.map_or(useful, |deadline| deadline.min(useful))
    }
}

impl Order {
    /// The same order as it is decided at a later moment: nothing of it is picked before, and what would have been too late
    /// still is.
    pub fn as_of(&self, now: Instant) -> Order {
        let (placed_at, deadline) = (self.placed_at.max(now), Some(self.latest()));
        Order { placed_at, deadline, ..self.clone() }
    }
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What.
    pub sku: SkuIx,
    /// How many base units; at least one.
    pub qty: Quantity,
    /// Acceptable owners, rising; any when absent.
    pub sellers: Option<Box<[SellerIx]>>,
    /// Life left at hand-over, at least.
    pub min_life: Seconds,
    /// What the customer pays for one unit; informative.
    pub unit_value: Money,
    /// Cost of each unit not delivered.
    pub unfilled_penalty: Money,
}

/// How an order may be served.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Whether part may go while the rest is reported unfilled; else all or nothing.
    pub partial: bool,
    /// Parcels handed over, at most.
    pub max_deliveries: Option<u32>,
    /// Cost of each parcel handed over after the first.
    pub delivery_penalty: Money,
    /// Groups of lines handed over in one parcel or not at all; rising, disjoint, each of two or more.
    pub together: Vec<Vec<LineIx>>,
    /// Whether units of one line may come from different nodes.
    pub quantity_split: bool,
    /// How long after placement handing over is of use.
    pub latest_useful: Seconds,
}
