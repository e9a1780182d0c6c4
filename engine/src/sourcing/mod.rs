//! Which ways are worth considering for this order?
//!
//! The last room that sees logistics. From the world, its transit, the stock and an order it writes the flat
//! [`split::Problem`](crate::split::Problem), and beside it the [`Sheet`] that says what each of its rows stands for.
//!
//! 1. `lines`: the order's lines in a canonical order, so that the order in which they were written cannot be seen.
//! 2. `shelves`: what the stock has of each, in pools of cells that only expiry and due time tell apart.
//! 3. `beaten`: places that no cheapest plan uses are left out.
//! 4. `roads`: from each place with such pools the ways to the customer, one for each departure and each set of goods
//!    that can share a parcel on it; ways that another serves as well or better are dropped.
//! 5. `offers`: which way brings which line from which pool, and what fences allow of it.
//!
//! Memory is reused: in steady state nothing is allocated. Work depends on the order and on what the stock has of its
//! SKUs, not on the size of the world.
//!
//! This room does not know which parcels are cheapest (that is [`crate::split`]).

mod beaten;
mod chains;
mod gaps;
mod hubs;
mod join;
mod lines;
mod offers;
mod put_off;
mod reason;
mod reasons;
mod refusal;
mod relays;
mod rides;
mod roads;
mod sheet;
mod shelves;
mod stages;
mod terms;
mod times;
mod variants;

pub use crate::transit::Legs;
pub use hubs::{Merging, Round, least_with_a_merge, sooner};
pub use join::{Passing, SCARCE, join};
pub(crate) use put_off::can_be_ready_at;
pub use reason::{Reason, ReasonCode};
pub use reasons::{Eased, reasons};
pub(crate) use relays::has_place;
pub use relays::ride_of;
pub(crate) use roads::lateness;
pub(crate) use sheet::When;
pub use sheet::{
    Class, Fenced, HubRow, Item, NO_RIDE, NO_STOPS, Place, Route, Sheet, Source, Stand, Supply, Wanted,
    WayRow,
};
pub use terms::{Road, Terms};
pub(crate) use times::leave;

use crate::load::Load;
use crate::split::{Problem, Rules, Staircase};
use crate::stock::Stock;
use crate::transit::Transit;
use crate::units::Instant;
use crate::world::{LaneIx, NodeIx, Order, Stores, World};

/// Everything that stands still while an order is sourced.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'w> {
    /// The network and catalogue.
    pub world: &'w World,
    /// Its times.
    pub transit: &'w Transit,
    /// Its limits and prices.
    pub terms: &'w Terms,
    /// What can be promised.
    pub stock: &'w Stock,
    /// What is taken of departures, days, buffers and hand-over points.
    pub load: &'w Load,
    /// Where, and for which moment, an answer counted on goods that are ready at another. No part may come so early to
    /// such a merge that the whole waits too long; goods handed over where they lie are ready when there is a place; no
    /// pick of such a node counts on being in a parcel with later ones.
    pub strict: &'w [(NodeIx, Instant)],
    /// Whether a way stays that another serves as well: it may leave room where the other does not.
    pub apart: bool,
}

impl Ground<'_> {
    /// Whether goods of an order may come by a node: they end there, or something leads on from there.
    pub fn may_come_by(&self, order: &Order, node: NodeIx) -> bool {
        let dock = |lane: &LaneIx| self.world.lanes()[*lane].from;
        node == order.to
            || self.transit.ways_to(order.to).iter().any(|way| way.from == node)
            || self
                .terms
                .chains
                .tails(order.to)
                .iter()
                .any(|lane| dock(lane) == node || !self.transit.heads_between(node, dock(lane)).is_empty())
    }

    /// Whether a lane and the hand-over node take whatever comes.
    fn has_room_for_all(&self, lane: LaneIx, to: NodeIx) -> bool {
        self.world.is_unlimited()
            || (self.world.lanes()[lane].compartments.iter().all(|kept| kept.capacity.is_unlimited())
                && self.takes_any_number(to))
    }

    /// Whether a storing node makes any number of parcels ready on any date.
    fn takes_any_day(&self, node: NodeIx) -> bool {
        self.world.nodes()[node].stores.as_ref().is_none_or(Stores::is_unlimited)
    }

    /// Whether a hand-over node holds any number of parcels.
    fn takes_any_number(&self, to: NodeIx) -> bool {
        self.world.nodes()[to].hands_over.as_ref().is_none_or(|point| point.holds.is_none())
    }
}

/// Why an order cannot be written as a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooBig {
    /// A cost left its range.
    #[error("{0} passes what 64 bits hold")]
    Cost(&'static str),
    /// More rows of a kind than a problem can have.
    #[error("{0} pass what one order's problem can hold")]
    Rows(&'static str),
}

/// How fences that several due times share are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fences {
    /// Each due time has its limit, for every set of offers that draw from the same cells. Exact while few different
    /// runs of cells lie under one fence; beyond that an answer may turn out to be more than fences leave.
    ByTime,
    /// Only what is promised at once counts: feasible unless lots forbid it, may miss supply.
    AtOnce,
    /// Goods of which some are fenced for others are left alone: always feasible, may miss supply.
    Untouched,
}

/// Which ways are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// All but those that another from the same place serves as well.
    All,
    /// Without places that no cheapest plan uses.
    Useful,
    /// All, and parcels that are merged on the way, as far as a plan with them could cost less than this.
    Merging(i64),
}

/// The same memory, over other staircases.
pub fn over<'w>(memory: Problem<'_>, staircases: &'w [Staircase]) -> Problem<'w> {
    memory.over(staircases)
}

/// Reads one word of each row this order needs of the two big tables. Loads that do not wait for one another are
/// fetched side by side; in the work that follows each would be waited for alone.
fn touch(ground: Ground<'_>, order: &Order) {
    let mut words = 0;
    for line in &order.lines {
        words ^= ground.world.skus()[line.sku].grams ^ ground.stock.of(line.sku).0.0;
    }
    std::hint::black_box(words);
    for line in &order.lines {
        words = ground.stock.of(line.sku).1.iter().fold(words, |words, cell| words ^ cell.on_hand);
    }
    std::hint::black_box(words);
}

/// Writes an order as a problem, and what its rows stand for.
///
/// # Errors
/// See [`TooBig`].
pub fn source(
    ground: Ground<'_>,
    order: &Order,
    fences: Fences,
    breadth: Breadth,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
    touch(ground, order);
    sheet.clear();
    sheet.times.belong_to(ground.terms);
    problem.clear();
    problem.rules = Rules {
        partial: order.policy.partial,
        max_parcels: order.policy.max_deliveries.unwrap_or(u32::MAX),
        parcel_penalty: order.policy.delivery_penalty.0,
        several_origins: order.policy.quantity_split,
    };
    lines::write(ground.world, order, sheet, problem);
    shelves::read(ground, order, sheet, problem)?;
    // Where capacity counts or parcels share ways, a place that is beaten alone may still be wanted.
    let alone = ground.world.is_unlimited() && ground.terms.chains.tails(order.to).is_empty();
    sheet.left_out = breadth == Breadth::Useful && alone && beaten::leave_out(ground, order, sheet, problem);
    roads::find(ground, order, sheet, problem)?;
    offers::write(ground, order, fences, sheet, problem)?;
    if let Breadth::Merging(most) = breadth {
        let mut merging = Merging::new(ground, order, sheet, problem);
        merging.look(Round::Near, most, fences, sheet, problem)?;
        merging.look(Round::Far, most, fences, sheet, problem)?;
        sheet.unseen = merging.unseen();
    }
    Ok(())
}
