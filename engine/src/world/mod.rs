//! What is true?
//!
//! The network and the catalogue on dense indices: immutable, built once, every defect of the input collected.
//! Because nothing here changes, everything that comes after is a pure function that threads may share.
//!
//! Rows stand in the order of their keys, so the order in which they came in cannot be seen. String keys and local
//! times end here: the rooms to the right know indices and UTC seconds.
//!
//! This room does not know what can still be promised (that is [`crate::stock`]) nor when things depart (that is
//! `transit`).

mod build;
mod calendar;
mod closing;
mod defect;
#[cfg(test)]
pub(crate) mod fixture;
mod inspection;
mod map;
mod names;
mod network;
mod order;
mod outline;
mod place;
mod resolve;

pub use crate::spec::Payment;
pub use build::build;
pub(crate) use build::{lanes_to, some_of};
pub use calendar::{Calendar, Shut, Zone};
pub(crate) use calendar::{DAY, WEEK};
pub use closing::Closing;
pub(crate) use closing::joined;
pub use defect::{Defect, Defects};
pub(crate) use inspection::Inspection;
pub use names::Names;
pub use network::{
    Capacity, Channel, ChannelSet, Compartment, CrossDocks, HandsOver, Keep, Lane, Node, ParcelLimit,
    Schedule, Seller, Sku, Step, Storage, StorageZone, Stores, Tariff,
};
pub use order::{Line, LineIx, Order, Policy};
pub(crate) use outline::outline;
pub(crate) use place::Place;

use crate::units::{Index, IndexVec, index_type};
use hashbrown::HashMap;

index_type!(
    /// A seller of a world.
    SellerIx
);
index_type!(
    /// An SKU of a world.
    SkuIx
);
index_type!(
    /// A node of a world.
    NodeIx
);
index_type!(
    /// A temperature zone of a storing node; zones of one node are adjacent.
    ZoneIx
);
index_type!(
    /// A lane of a world.
    LaneIx
);
index_type!(
    /// A tariff of a world.
    TariffIx
);
index_type!(
    /// A calendar of a world.
    CalendarIx
);
index_type!(
    /// A channel of a world.
    ChannelIx
);
index_type!(
    /// A segregation class of a world.
    ClassIx
);
index_type!(
    /// A legal entity of a world.
    EntityIx
);

/// The network and the catalogue. See the module for what it is and is not.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) currency: Box<str>,
    pub(crate) max_legs: u32,
    /// Whether anything in the network has a capacity.
    pub(crate) limited: bool,
    pub(crate) seller_names: Names<SellerIx>,
    pub(crate) sku_names: Names<SkuIx>,
    pub(crate) node_names: Names<NodeIx>,
    pub(crate) lane_names: Names<LaneIx>,
    pub(crate) channel_names: Names<ChannelIx>,
    pub(crate) entity_names: Names<EntityIx>,
    pub(crate) class_names: Names<ClassIx>,
    pub(crate) sellers: IndexVec<SellerIx, Seller>,
    pub(crate) skus: IndexVec<SkuIx, Sku>,
    pub(crate) sku_labels: HashMap<SkuIx, Box<str>, foldhash::fast::FixedState>,
    pub(crate) nodes: IndexVec<NodeIx, Node>,
    pub(crate) zones: IndexVec<ZoneIx, StorageZone>,
    pub(crate) lanes: IndexVec<LaneIx, Lane>,
    pub(crate) tariffs: IndexVec<TariffIx, Tariff>,
    pub(crate) calendars: IndexVec<CalendarIx, Calendar>,
    pub(crate) channels: IndexVec<ChannelIx, Channel>,
    /// Symmetric matrix of classes that may not share a parcel, row-major, `classes × classes`.
    pub(crate) segregated: Vec<bool>,
    /// Lanes by the node they arrive at, and within it by the node they depart from.
    pub(crate) lanes_to: Vec<LaneIx>,
    /// Where each node's run in `lanes_to` begins; one longer than the nodes.
    pub(crate) lanes_to_start: Vec<u32>,
}

impl World {
    /// ISO 4217 code of the one currency, or nothing said.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// Legs on one parcel's route, at most, counting all parcels its goods ride in.
    pub fn max_legs(&self) -> usize {
        self.max_legs as usize
    }

    /// Whether no departure, no day, no buffer and no hand-over point has a capacity: then plans can only compete for
    /// stock.
    pub fn is_unlimited(&self) -> bool {
        !self.limited
    }

    /// Sellers in the order of their keys.
    pub fn sellers(&self) -> &IndexVec<SellerIx, Seller> {
        &self.sellers
    }

    /// SKUs in the order of their keys.
    pub fn skus(&self) -> &IndexVec<SkuIx, Sku> {
        &self.skus
    }

    /// Nodes in the order of their keys.
    pub fn nodes(&self) -> &IndexVec<NodeIx, Node> {
        &self.nodes
    }

    /// Temperature zones by node, then in the order of their keys.
    pub fn zones(&self) -> &IndexVec<ZoneIx, StorageZone> {
        &self.zones
    }

    /// Lanes in the order of their keys.
    pub fn lanes(&self) -> &IndexVec<LaneIx, Lane> {
        &self.lanes
    }

    /// Tariffs in the order of their keys.
    pub fn tariffs(&self) -> &IndexVec<TariffIx, Tariff> {
        &self.tariffs
    }

    /// Calendars in the order of their keys.
    pub fn calendars(&self) -> &IndexVec<CalendarIx, Calendar> {
        &self.calendars
    }

    /// Channels in the order of their keys.
    pub fn channels(&self) -> &IndexVec<ChannelIx, Channel> {
        &self.channels
    }

    /// Keys of sellers.
    pub fn seller_names(&self) -> &Names<SellerIx> {
        &self.seller_names
    }

    /// Keys of SKUs.
    pub fn sku_names(&self) -> &Names<SkuIx> {
        &self.sku_names
    }

    /// Keys of nodes.
    pub fn node_names(&self) -> &Names<NodeIx> {
        &self.node_names
    }

    /// Keys of lanes.
    pub fn lane_names(&self) -> &Names<LaneIx> {
        &self.lane_names
    }

    /// Keys of channels.
    pub fn channel_names(&self) -> &Names<ChannelIx> {
        &self.channel_names
    }

    /// Keys of legal entities.
    pub fn entity_names(&self) -> &Names<EntityIx> {
        &self.entity_names
    }

    /// Keys of segregation classes.
    pub fn class_names(&self) -> &Names<ClassIx> {
        &self.class_names
    }

    /// What people call an SKU: its name, or its key.
    pub fn sku_label(&self, sku: SkuIx) -> &str {
        match self.sku_labels.get(&sku) {
            Some(label) => label,
            None => self.sku_names.of(sku),
        }
    }

    /// Whether two classes may not share a parcel.
    pub fn segregated(&self, one: ClassIx, other: ClassIx) -> bool {
        self.segregated[one.row() * self.class_names.len() + other.row()]
    }

    /// Lanes that arrive at a node, by the node they depart from.
    pub fn lanes_to(&self, node: NodeIx) -> &[LaneIx] {
        let start = self.lanes_to_start[node.row()] as usize;
        let end = self.lanes_to_start[node.row() + 1] as usize;
        &self.lanes_to[start..end]
    }
}
