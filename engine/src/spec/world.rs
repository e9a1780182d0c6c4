//! The world document: network, catalogue and stock.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that is true before an order comes in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// Version of this document; 1 today.
    pub volok: u32,
    /// ISO 4217 code of the world's one currency; all money is in its minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Legs on one parcel's route from packing to hand-over, at most, counting all parcels its goods ride in; 4 when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_legs: Option<i64>,
    /// Who owns stock.
    pub sellers: Vec<Seller>,
    /// What can be ordered.
    pub skus: Vec<Sku>,
    /// Pairs of segregation classes that may not share a parcel; a class may be paired with itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segregation: Vec<[String; 2]>,
    /// Working hours that nodes and schedules refer to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendars: Vec<Calendar>,
    /// What carriage costs; lanes refer to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tariffs: Vec<Tariff>,
    /// Places goods pass.
    pub nodes: Vec<Node>,
    /// Standing services from node to node.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<Lane>,
    /// Where orders come from.
    pub channels: Vec<Channel>,
    /// Stock on hand, a row per (seller, sku, node, zone, lot).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stock: Vec<Cell>,
    /// Announced supply that may be promised from its time on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inbound: Vec<Inbound>,
    /// Quantities kept for a set of channels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ring_fences: Vec<RingFence>,
}

/// A closed interval of whole degrees Celsius, `[lo, hi]`.
pub type Temperature = [i64; 2];

/// An owner of stock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seller {
    /// Key.
    pub id: String,
    /// Who signs for it; the seller's own id when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_entity: Option<String>,
}

/// A thing that can be ordered, described per base unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sku {
    /// Key.
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Weight of one base unit.
    pub grams: i64,
    /// Three sides of one base unit in millimetres, in any order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_mm: Option<[i64; 3]>,
    /// Volume of one base unit in cubic centimetres; from `size_mm` (rounded up) when absent, else 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cm3: Option<i64>,
    /// Temperatures it tolerates; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<Temperature>,
    /// Segregation class; none when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Shares a parcel with no other SKU.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ships_alone: bool,
    /// Days from production to expiry. Informative: what counts is each lot's `expires`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf_life_days: Option<i64>,
    /// Value of one base unit, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub value: i64,
}

/// Working hours: weekly local hours less closed dates, in an IANA zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Key.
    pub id: String,
    /// IANA time zone, as `Europe/Moscow`.
    pub zone: String,
    /// Hours by weekday; a weekday that is absent is closed. Absent altogether: open round the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly: Option<Weekly>,
    /// Local dates without any hours, as `2026-01-01`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<String>,
}

/// Weekday (`mon` … `sun`) to spans `["09:00", "21:00"]`; a span that ends at `24:00` runs to midnight.
pub type Weekly = BTreeMap<String, Vec<[String; 2]>>;

/// What one parcel's carriage costs: `base` + the price of the first step that holds its chargeable weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    /// Key.
    pub id: String,
    /// Price of any parcel, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub base: i64,
    /// Steps by rising weight; prices never fall.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Price of each started kilogram above the last step (above nothing when there are no steps). Absent: a parcel
    /// heavier than the last step is not carried; with no steps either, carriage costs `base` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_kg_above: Option<i64>,
    /// Cubic centimetres that count as one kilogram (often 5000). Absent: volume does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cm3_per_kg: Option<i64>,
}

/// One step of a tariff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The step holds chargeable weights up to and with this.
    pub up_to_grams: i64,
    /// Price on top of `base`, minor units.
    pub price: i64,
}

/// A place goods pass: any combination of capabilities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Key.
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Latitude and longitude in degrees, for drawing only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<[f64; 2]>,
    /// Who signs for what is handed over here; the node's own id when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_entity: Option<String>,
    /// The seller whose own warehouse this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// It keeps stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stores: Option<Stores>,
    /// It passes parcels on, and merges them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross_docks: Option<CrossDocks>,
    /// It gives parcels to customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hands_over: Option<HandsOver>,
}

/// The capability to keep stock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stores {
    /// Working hours in which lead times run; round the clock when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// Cost of packing one parcel here, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cost_per_parcel: i64,
    /// Parcels that can become ready here on one local date; any number when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcels_per_day: Option<i64>,
    /// Order lines in the parcels that become ready here on one local date, at most; any number when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines_per_day: Option<i64>,
    /// Temperature zones.
    pub zones: Vec<Zone>,
}

/// A temperature zone of a storing node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Key within its node.
    pub id: String,
    /// Temperatures it keeps.
    pub temperature: Temperature,
    /// Working minutes from release to ready to depart.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lead_minutes: i64,
    /// Cost of one order line picked from this zone into one parcel, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cost_per_line: i64,
    /// Cost of one base unit picked, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cost_per_unit: i64,
}

/// The capability to pass parcels on to the next lane, and to merge parcels of one order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CrossDocks {
    /// Hours in which handling and merging run; round the clock when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// Working minutes from a parcel's arrival until it can ride on or be merged.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub handling_minutes: i64,
    /// Cost of handling one parcel, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cost_per_parcel: i64,
    /// Working minutes of one merge, from when its last part is handled.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub merge_minutes: i64,
    /// Cost of one merge, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cost_per_merge: i64,
    /// Where parcels wait.
    pub keeps: Vec<Keep>,
    /// Parcels that can wait here at a time; any number when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buffer_parcels: Option<i64>,
}

/// One kind of place where parcels wait at a cross-dock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// Key within its node.
    pub id: String,
    /// Temperatures it keeps.
    pub temperature: Temperature,
    /// Longest wait; as long as need be when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_dwell_minutes: Option<i64>,
}

/// The capability to give parcels to customers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandsOver {
    /// Opening hours; round the clock when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// What its shelf, fridge, freezer keep.
    pub storages: Vec<Storage>,
    /// Largest parcel it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest: Option<ParcelLimit>,
    /// Cost of handing over one parcel, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cost_per_parcel: i64,
    /// Days a parcel is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_days: Option<i64>,
    /// Parcels it can hold at a time; any number when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds_parcels: Option<i64>,
    /// Days a parcel is expected to stay before it is fetched; `kept_days` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_stay_days: Option<i64>,
}

/// One kind of storage of a hand-over point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// Key within its node.
    pub id: String,
    /// Temperatures it keeps.
    pub temperature: Temperature,
}

/// Largest parcel. An item fits when its sorted sides fit the sorted sides; a parcel fits when all its items do and
/// its weight and summed volume do not pass the limits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParcelLimit {
    /// Weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grams: Option<i64>,
    /// Volume; from `size_mm` (rounded down) when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cm3: Option<i64>,
    /// Sides in millimetres, in any order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_mm: Option<[i64; 3]>,
}

/// A standing service from node to node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    /// Key.
    pub id: String,
    /// Where it departs.
    pub from: String,
    /// Where it arrives.
    pub to: String,
    /// What it carries goods in.
    pub compartments: Vec<Compartment>,
    /// When it departs.
    pub schedule: Schedule,
    /// A parcel is ready at least this long before departure.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cut_off_minutes: i64,
    /// From departure to arrival.
    pub transit_minutes: i64,
    /// What it costs; nothing when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff: Option<String>,
    /// Largest parcel it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest: Option<ParcelLimit>,
}

/// Where in the vehicle goods stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compartment {
    /// Key within its lane.
    pub id: String,
    /// Temperatures it keeps.
    pub temperature: Temperature,
    /// What it takes on each departure; anything when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Capacity>,
}

/// What a compartment takes on one departure, of all orders together; no limit where absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grams: Option<i64>,
    /// Volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cm3: Option<i64>,
    /// Number of parcels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcels: Option<i64>,
}

/// When a lane departs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Schedule {
    /// At local times of weekdays: `{"zone": "Europe/Moscow", "at": {"mon": ["18:00"]}, "closed": ["2026-01-01"]}`.
    Weekly {
        /// IANA zone of the times.
        zone: String,
        /// Weekday to times.
        at: BTreeMap<String, Vec<String>>,
        /// Local dates without departures.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        closed: Vec<String>,
    },
    /// Every so many minutes from the start of each open span of a calendar, to its end.
    Every {
        /// Minutes between departures, at least 1.
        minutes: i64,
        /// The hours; round the clock from local midnight in UTC when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        calendar: Option<String>,
    },
    /// Whenever a parcel is ready, within a calendar's hours.
    OnDemand {
        /// The hours; round the clock when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        calendar: Option<String>,
    },
}

/// Where orders come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Key.
    pub id: String,
    /// Order-code prefix, as `WB-`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// Who holds the contract; the channel's own id when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_entity: Option<String>,
    /// When the customer pays.
    #[serde(default)]
    pub payment: Payment,
    /// Storing nodes that may serve it; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodes: Option<Vec<String>>,
    /// A node of another legal entity may hand a prepaid parcel over without a fiscal receipt.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hands_over_without_receipt: bool,
}

/// When the customer pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// Before hand-over, whole.
    #[default]
    Prepaid,
    /// Part before, the rest at hand-over.
    Partly,
    /// At hand-over.
    OnDelivery,
}

/// A stock record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Owner.
    pub seller: String,
    /// What.
    pub sku: String,
    /// Where.
    pub node: String,
    /// In which temperature zone.
    pub zone: String,
    /// Batch; one nameless batch when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// When the batch expires, RFC 3339; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Units physically there.
    pub on_hand: i64,
    /// Units claimed by holds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held: i64,
    /// Units never promised.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub safety: i64,
    /// What taking one unit is worth to orders still to come, minor units; may be negative to clear stock.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub price: i64,
}

/// Announced supply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inbound {
    /// Owner.
    pub seller: String,
    /// What.
    pub sku: String,
    /// Where.
    pub node: String,
    /// In which temperature zone.
    pub zone: String,
    /// Batch; one nameless batch when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// When the batch expires, RFC 3339; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Units announced.
    pub qty: i64,
    /// Units of them already claimed by holds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held: i64,
    /// When they can be picked, RFC 3339.
    pub available_at: String,
    /// As in [`Cell::price`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub price: i64,
}

/// A quantity of a (seller, sku, node) kept for a set of channels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RingFence {
    /// Owner.
    pub seller: String,
    /// What.
    pub sku: String,
    /// Where.
    pub node: String,
    /// For whom.
    pub channels: Vec<String>,
    /// Units kept.
    pub qty: i64,
}

pub(super) fn is_zero(value: &i64) -> bool {
    *value == 0
}
