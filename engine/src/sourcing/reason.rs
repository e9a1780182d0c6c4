//! What can stand in the way of a line.

use crate::world::{LaneIx, NodeIx};

/// One thing that stood in the way of a line: code, where, and the numbers that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What kind of thing.
    pub code: ReasonCode,
    /// At which node, if at one.
    pub node: Option<NodeIx>,
    /// On which lane, if on one.
    pub lane: Option<LaneIx>,
    /// Units it concerns.
    pub qty: u64,
}

/// Kinds of things that stand in the way of a line, in the order in which the filters meet them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReasonCode {
    /// Nobody has any.
    NoStock,
    /// Stock belongs to sellers the line does not accept.
    SellerNotAccepted,
    /// The channel may not be served from there.
    NodeNotAllowed,
    /// All of it is held, kept as safety stock, or taken.
    AllClaimed,
    /// What is left is fenced for other channels.
    FencedForOthers,
    /// Its zone keeps temperatures the goods do not tolerate.
    ZoneTemperature,
    /// No way leads from there to the hand-over node.
    NoWay,
    /// No compartment of the lane keeps temperatures the goods tolerate.
    CompartmentTemperature,
    /// No place to wait at a cross-dock keeps temperatures the goods tolerate.
    CrossDockTemperature,
    /// No storage of the hand-over node keeps temperatures the goods tolerate.
    StorageTemperature,
    /// One unit is larger or heavier than the lane or the hand-over node takes.
    TooLarge,
    /// The announced supply comes too late.
    InboundTooLate,
    /// It would arrive after the deadline or when it is of no use any more.
    TooLate,
    /// It would wait at a cross-dock longer than it may.
    WaitsTooLong,
    /// The place takes no more parcels or lines on the days that would be in time.
    DayFull,
    /// Departures that would be in time have too little room.
    DepartureFull,
    /// No more parcels can wait at a cross-dock.
    BufferFull,
    /// The hand-over node holds no more parcels.
    HandOverFull,
    /// Too little life would be left at hand-over.
    TooShortLife,
    /// The whole is worth less than it costs to bring: paying the penalty is cheaper.
    NotWorthIt,
    /// There is not enough for all that was asked.
    NotEnough,
    /// The lines that must come together cannot.
    Together,
    /// The order may not be served in part.
    NotPartial,
    /// More parcels would be needed than are allowed.
    MaxDeliveries,
}
