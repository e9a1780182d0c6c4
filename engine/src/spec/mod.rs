//! How is it said outside?
//!
//! The only room that knows JSON. Here everything has a string key, times are local or carry an offset, and numbers
//! are as wide as JSON writes them, so that a negative weight reaches the builder and is reported with all other
//! defects instead of stopping the reader at the first.
//!
//! This room does not know what is true: it checks shape, never meaning. Meaning begins in [`crate::world`].

mod disruption;
mod map;
mod order;
mod part;
mod plan;
mod price;
mod read;
mod time;
mod world;

pub use disruption::{Closed, Disruption, Fate, FateCode, MissedLeg, Replanned, ShortPick, Shortage};
pub use map::{Feature, Geometry, Map, Properties};
pub use order::{Line, Order, Policy};
pub use part::{Given, PartAnswer, PartAsked, PartWork};
pub use plan::{
    Advice, Apart, Costs, FiscalMode, Leg, Merged, Missed, Parcel, Pick, Plan, PlanStatus, Rejected,
    Unfilled, UnfilledReason,
};
pub use price::{Price, Priced};
pub use read::{
    ReadError, disruption_from_str, order_from_str, orders, plan_from_str, schema, world_from_reader,
    world_from_str,
};
pub use time::{Moment, date, date_text, instant, instant_text, wall_time};
pub use world::{
    Calendar, Capacity, Cell, Channel, Compartment, CrossDocks, HandsOver, Inbound, Keep, Lane, Node,
    ParcelLimit, Payment, RingFence, Schedule, Seller, Sku, Step, Storage, Stores, Tariff, Temperature,
    Weekly, World, Zone,
};

/// The version of the documents this build reads and writes.
pub const VERSION: u32 = 1;
