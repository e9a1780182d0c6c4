//! Rows of the world: what each kind of thing carries.

use super::{CalendarIx, ClassIx, EntityIx, NodeIx, SellerIx, Shut, TariffIx, ZoneIx};
use crate::units::{CubicCentimetres, Grams, Money, Seconds, Temperatures};
use std::ops::Range;

/// An owner of stock.
#[derive(Clone, Debug, PartialEq)]
pub struct Seller {
    /// Who signs for it.
    pub entity: EntityIx,
}

/// A thing that can be ordered; per base unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Sku {
    /// Value, informative.
    pub value: Money,
    /// Weight, grams.
    pub grams: u32,
    /// Volume, cubic centimetres.
    pub cm3: u32,
    /// Sides in millimetres, rising; zeros when not known.
    pub size_mm: [u32; 3],
    /// What it tolerates.
    pub temperature: Temperatures,
    /// Shares a parcel with no other SKU.
    pub ships_alone: bool,
    /// Segregation class.
    pub class: Option<ClassIx>,
}

/// A place goods pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Name for people.
    pub label: Option<Box<str>>,
    /// Latitude and longitude, for drawing only.
    pub at: Option<[f64; 2]>,
    /// Who signs for what is handed over here.
    pub entity: EntityIx,
    /// The seller whose own warehouse this is.
    pub owner: Option<SellerIx>,
    /// It keeps stock.
    pub stores: Option<Stores>,
    /// It passes parcels on, and merges them.
    pub cross_docks: Option<CrossDocks>,
    /// It gives parcels to customers.
    pub hands_over: Option<HandsOver>,
}

/// The capability to keep stock.
#[derive(Clone, Debug, PartialEq)]
pub struct Stores {
    /// Hours in which lead times run; round the clock when absent.
    pub calendar: Option<CalendarIx>,
    /// Cost of packing one parcel.
    pub cost_per_parcel: Money,
    /// Source parcels that can become ready on one local date of its calendar (of UTC without one).
    pub parcels_per_day: Option<u32>,
    /// Order lines in those parcels, each counted in each of them.
    pub lines_per_day: Option<u32>,
    /// Its rows in the world's zones.
    pub zones: Range<u32>,
}

impl Stores {
    /// Whether any number of parcels and lines can become ready on one date.
    pub fn is_unlimited(&self) -> bool {
        self.parcels_per_day.is_none() && self.lines_per_day.is_none()
    }

    /// Its zones.
    pub fn zones(&self) -> impl ExactSizeIterator<Item = ZoneIx> + use<> {
        let zones = self.zones.clone();
        (zones.start as usize..zones.end as usize).map(|row| ZoneIx(row as u32))
    }
}

/// A temperature zone of a storing node.
#[derive(Clone, Debug, PartialEq)]
pub struct StorageZone {
    /// Whose.
    pub node: NodeIx,
    /// Key within its node.
    pub name: Box<str>,
    /// What it keeps.
    pub temperature: Temperatures,
    /// Working time from release to ready to depart.
    pub lead: Seconds,
    /// Cost of one order line picked from it into one parcel.
    pub cost_per_line: Money,
    /// Cost of one base unit picked.
    pub cost_per_unit: Money,
}

/// The capability to pass parcels on to the next lane, and to merge parcels of one order.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossDocks {
    /// Hours in which handling and merging run; round the clock when absent.
    pub calendar: Option<CalendarIx>,
    /// Working time from a parcel's arrival until it can ride on or be merged.
    pub handling: Seconds,
    /// Cost of handling one parcel.
    pub cost_per_parcel: Money,
    /// Working time of one merge, from when its last part is handled.
    pub merging: Seconds,
    /// Cost of one merge.
    pub cost_per_merge: Money,
    /// Where parcels wait; at least one.
    pub keeps: Vec<Keep>,
    /// Parcels that can wait here at a time.
    pub buffer: Option<u32>,
}

/// One kind of place where parcels wait at a cross-dock.
#[derive(Clone, Debug, PartialEq)]
pub struct Keep {
    /// Key within its node.
    pub name: Box<str>,
    /// What it keeps.
    pub temperature: Temperatures,
    /// Longest wait.
    pub longest: Option<Seconds>,
}

/// The capability to give parcels to customers.
#[derive(Clone, Debug, PartialEq)]
pub struct HandsOver {
    /// Opening hours; round the clock when absent.
    pub calendar: Option<CalendarIx>,
    /// What its shelf, fridge, freezer keep.
    pub storages: Vec<Storage>,
    /// Largest parcel it takes.
    pub largest: ParcelLimit,
    /// Cost of handing over one parcel.
    pub cost_per_parcel: Money,
    /// How long a parcel is kept.
    pub kept: Option<Seconds>,
    /// Parcels it can hold at a time.
    pub holds: Option<u32>,
    /// How long a parcel is expected to stay: what the document says, else as long as it is kept. Always there when
    /// `holds` is.
    pub stay: Option<Seconds>,
}

/// One kind of storage of a hand-over point.
#[derive(Clone, Debug, PartialEq)]
pub struct Storage {
    /// Key within its node.
    pub name: Box<str>,
    /// What it keeps.
    pub temperature: Temperatures,
}

/// Largest parcel; no limit where absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParcelLimit {
    /// Weight.
    pub grams: Option<Grams>,
    /// Volume.
    pub cm3: Option<CubicCentimetres>,
    /// Sides in millimetres, rising.
    pub size_mm: Option<[u32; 3]>,
}

impl ParcelLimit {
    /// Whether one unit with these sides (rising, zeros when not known) fits.
    pub fn takes(&self, size_mm: [u32; 3]) -> bool {
        self.size_mm.is_none_or(|limit| size_mm.iter().zip(limit).all(|(&side, most)| side <= most))
    }
}

/// A standing service from node to node.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Where it departs.
    pub from: NodeIx,
    /// Where it arrives.
    pub to: NodeIx,
    /// What it carries goods in; at least one.
    pub compartments: Vec<Compartment>,
    /// When it departs.
    pub schedule: Schedule,
    /// A parcel is ready at least this long before departure.
    pub cut_off: Seconds,
    /// From departure to arrival.
    pub transit: Seconds,
    /// What it costs; nothing when absent.
    pub tariff: Option<TariffIx>,
    /// Largest parcel it carries.
    pub largest: ParcelLimit,
    /// Departures in `[from, until)` do not take place: rising, apart. Empty in a world as documents describe it; see
    /// [`World::closing`](super::World::closing).
    pub shut: Vec<Shut>,
}

/// Where in the vehicle goods stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Compartment {
    /// Key within its lane.
    pub name: Box<str>,
    /// What it keeps.
    pub temperature: Temperatures,
    /// What it takes on each departure.
    pub capacity: Capacity,
}

/// What a compartment takes on one departure, of all orders together; no limit where absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// Weight.
    pub grams: Option<Grams>,
    /// Volume.
    pub cm3: Option<CubicCentimetres>,
    /// Number of parcels.
    pub parcels: Option<u32>,
}

impl Capacity {
    /// Whether it takes anything.
    pub fn is_unlimited(&self) -> bool {
        *self == Capacity::default()
    }
}

/// When a lane departs.
#[derive(Clone, Debug, PartialEq)]
pub enum Schedule {
    /// At the start of each span of a calendar whose spans are single departures (see [`super::Calendar`]).
    Weekly(CalendarIx),
    /// Every so often from the start of each open span, up to and with its end.
    Every {
        /// Time between departures, at least a minute.
        every: Seconds,
        /// The hours; when absent, counted from 1970-01-01T00:00:00Z without end.
        calendar: Option<CalendarIx>,
    },
    /// Whenever a parcel is ready, within a calendar's hours.
    OnDemand(Option<CalendarIx>),
}

/// What carriage of one parcel costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tariff {
    /// Price of any parcel.
    pub base: Money,
    /// Steps by rising weight, prices never falling.
    pub steps: Vec<Step>,
    /// Price of each started kilogram above the last step.
    pub per_kg_above: Option<Money>,
    /// Cubic centimetres that count as one kilogram.
    pub cm3_per_kg: Option<u32>,
}

/// One step of a tariff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// It holds chargeable weights up to and with this.
    pub up_to: Grams,
    /// Price on top of the base.
    pub price: Money,
}

/// Where orders come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// Order-code prefix.
    pub prefix: Box<str>,
    /// Who holds the contract.
    pub entity: EntityIx,
    /// When the customer pays.
    pub payment: crate::spec::Payment,
    /// Storing nodes that may serve it, rising; all when absent.
    pub nodes: Option<Vec<NodeIx>>,
    /// A node of another legal entity may hand a prepaid parcel over without a receipt.
    pub hands_over_without_receipt: bool,
}

impl Channel {
    /// Whether a storing node may serve this channel.
    pub fn may_be_served_by(&self, node: NodeIx) -> bool {
        self.nodes.as_ref().is_none_or(|nodes| nodes.binary_search(&node).is_ok())
    }
}

/// Channels for whom something is kept, rising.
pub type ChannelSet = Vec<super::ChannelIx>;
