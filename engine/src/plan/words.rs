//! How do people call it? Names of goods and places, amounts of money, moments on a wall clock.
//!
//! Drawing, explanation and reasons speak through this one module, so that the same thing never has two names. Keys
//! and names come from documents that others wrote: control characters never leave it.

pub(super) mod letters;
mod local;

pub use letters::money;
pub use local::Wall;

use super::Fiscal;
use crate::units::{Instant, Money};
use crate::world::{LaneIx, LineIx, NodeIx, Order, World};
use letters::clean;

/// The words for one order in its world.
pub(super) struct Words<'a> {
    pub world: &'a World,
    pub order: &'a Order,
    /// The clock that people at the hand-over node read, if a calendar tells its zone; else UTC.
    pub wall: Wall,
}

impl<'a> Words<'a> {
    pub fn of(world: &'a World, order: &'a Order) -> Words<'a> {
        let opening = world.nodes()[order.to].hands_over.as_ref().and_then(|point| point.calendar);
        let wall = Wall::of(opening.and_then(|calendar| world.calendars().get(calendar)));
        Words { world, order, wall }
    }

    /// Sub-order code of a parcel by its row.
    pub fn code(&self, row: usize) -> String {
        clean(&super::code(self.world, self.order, row))
    }

    /// What people call a node: its name, or its key.
    pub fn place(&self, node: NodeIx) -> String {
        let label = self.world.nodes()[node].label.as_deref();
        clean(label.unwrap_or_else(|| self.world.node_names().of(node)))
    }

    /// What people call the goods of a line.
    pub fn goods(&self, line: LineIx) -> String {
        let line = self.order.lines.get(line.0 as usize);
        clean(line.map_or("?", |line| self.world.sku_label(line.sku)))
    }

    /// What people call a lane: its key.
    pub fn lane(&self, lane: LaneIx) -> String {
        clean(self.world.lane_names().of(lane))
    }

    /// Money without the currency's code.
    pub fn bare(&self, amount: Money) -> String {
        money(amount.0, self.world.currency())
    }

    /// Money with the currency's code, where the world has one.
    pub fn amount(&self, amount: Money) -> String {
        match self.world.currency() {
            "" => self.bare(amount),
            currency => format!("{} {}", self.bare(amount), clean(currency)),
        }
    }

    /// A difference of money with its sign, without the currency's code.
    pub fn difference(&self, amount: Money) -> String {
        let sign = if amount.0 > 0 { "+" } else { "" };
        format!("{sign}{}", self.bare(amount))
    }

    /// A moment, local; which zone that is must be said once beside it.
    pub fn moment(&self, at: Instant) -> String {
        self.wall.day_time(at)
    }

    /// Whose clock [`Words::moment`] reads.
    pub fn zone(&self) -> String {
        clean(self.wall.name())
    }

    /// Who gives the customer a receipt, and when.
    pub fn fiscal(&self, fiscal: Fiscal) -> String {
        let named = |entity| clean(self.world.entity_names().of(entity));
        match fiscal {
            Fiscal::Online(entity) => format!("receipt online by {}", named(entity)),
            Fiscal::Counter(entity) => format!("receipt at the counter by {}", named(entity)),
            Fiscal::None => "prepaid, no receipt due".to_owned(),
        }
    }
}
