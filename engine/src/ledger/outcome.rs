//! What the ledger answers.

use super::number::*;
use super::parcels::Stage;
use super::refusal::Refusal;
use super::sscc::Sscc;
use std::sync::Arc;

/// The answer to one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Ledger time of the operation: all that it says was true then.
    pub at: Stamp,
    /// What was done, or why nothing was.
    pub result: Result<Done, Refusal>,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// Names or cells got numbers, from this one on in the order given.
    Numbered {
        /// The first of them.
        first: u32,
    },
    /// Settings, channel, node, safety stock or fence hold from now on.
    Set,
    /// Stock changed.
    Stocked {
        /// Units in the cell now (of a move: in the one they left).
        on_hand: u32,
        /// Units held beyond those: holds that cannot be served from the cell as it is.
        short: u32,
    },
    /// The report was known: nothing changed.
    KnownReport,
    /// A hold is as told.
    Held {
        /// Which.
        hold: HoldId,
        /// Its version now.
        version: u32,
        /// When it ends, inclusive: at this second it holds nothing any more.
        expires: Second,
        /// Its state now.
        state: State,
    },
    /// Units were handed over.
    Sold {
        /// Out of which hold.
        hold: HoldId,
        /// Its version now.
        version: u32,
        /// Its state now.
        state: State,
        /// The record.
        sale: SaleNo,
    },
    /// Something was forgotten.
    Forgotten {
        /// Keys with their outcomes.
        keys: u32,
        /// Ended holds.
        holds: u32,
        /// Sale records.
        sales: u32,
        /// Orders whose parcels were written down.
        orders: u32,
    },
    /// The clock is believed again.
    ClockConfirmed,
    /// Codes were given to handling units.
    Labelled {
        /// The first of them; the others follow it ([`Sscc::later`]).
        first: Sscc,
        /// How many.
        count: u32,
    },
    /// Parcels are written down, under the rows from 0 on.
    Written {
        /// Of which order.
        order: OrderNo,
        /// How many.
        parcels: u16,
        /// The code on the first one; the others follow it ([`Sscc::later`]).
        label: Option<Sscc>,
    },
    /// A parcel is as told.
    Parcel {
        /// Which.
        parcel: ParcelId,
        /// Its version now.
        version: u32,
        /// Where it stands now.
        stage: Stage,
    },
    /// Units of a parcel were handed over.
    HandedOver {
        /// Out of which.
        parcel: ParcelId,
        /// Its version now.
        version: u32,
        /// Where it stands now.
        stage: Stage,
        /// The record.
        sale: SaleNo,
        /// The parcel of the order in which the rest goes back, if it goes in one.
        back: Option<u16>,
    },
    /// Units of a parcel go back, or are back.
    WentBack {
        /// Out of which.
        parcel: ParcelId,
        /// Its version now.
        version: u32,
        /// Where it stands now.
        stage: Stage,
        /// The parcel of the order in which they go, if they go in one.
        into: Option<u16>,
    },
    /// All commands of a group were done: what each was answered, in their order.
    Group(Arc<[Done]>),
}

/// Where a hold stands. Which of them it is, is a function of ledger time: nobody needs to have looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Holds, nothing handed over yet.
    Active,
    /// Holds, part handed over.
    Partial,
    /// All of it handed over, or part and the rest given back then.
    Fulfilled,
    /// Given back.
    Released,
    /// Its time ran out.
    Expired,
}

impl State {
    /// The word for it in documents and tables.
    pub fn word(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Partial => "partial",
            State::Fulfilled => "fulfilled",
            State::Released => "released",
            State::Expired => "expired",
        }
    }

    /// Whether it holds something.
    pub fn is_live(self) -> bool {
        matches!(self, State::Active | State::Partial)
    }
}

/// Units sold out of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// When.
    pub at: Stamp,
    /// Out of which hold.
    pub hold: HoldId,
    /// The channel the hold came from: it is credited, whatever was adjusted since.
    pub origin: ChannelNo,
    /// The node that handed over: it is credited too.
    pub by: NodeNo,
    /// Who held.
    pub customer: Option<Customer>,
    /// Units of all lines together.
    pub units: u64,
    /// The receipt that is due.
    pub receipt: Receipt,
}

/// The receipt that goes with units handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// Issued online by this entity, which also hands over.
    Online(EntityNo),
    /// Issued at the counter by this entity.
    Counter(EntityNo),
    /// Handed over for another entity, without one.
    None,
    /// Nobody said who signs for the node.
    NotSaid,
}
