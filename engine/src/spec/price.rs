//! The price document: what something scarce was worth to orders that were decided together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one unit of some stock, or room somewhere, was worth to orders that competed for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Price {
    /// Of what.
    #[serde(flatten)]
    pub of: Priced,
    /// What one unit, parcel or line of it is worth, or a thousand grams or cubic centimetres: minor units.
    pub price: i64,
    /// How much of it there was: units, parcels, lines, grams or cubic centimetres.
    pub there: u64,
    /// Keys of orders that would take some if nobody else wanted anything.
    pub wanted: Vec<String>,
    /// Keys of orders that got some.
    pub got: Vec<String>,
}

/// What has a price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Priced {
    /// Units on a shelf, of all lots.
    Stock {
        /// Whose.
        seller: String,
        /// What.
        sku: String,
        /// Where.
        node: String,
        /// In which temperature zone.
        zone: String,
    },
    /// Room in a compartment of a departure.
    Departure {
        /// Of which lane.
        lane: String,
        /// Which compartment.
        compartment: String,
        /// When it departs, RFC 3339 UTC.
        departs_at: String,
        /// What of a parcel counts: `parcels`, `grams` or `cm3`.
        counts: String,
    },
    /// What a node makes ready on one of its days.
    Day {
        /// Where.
        node: String,
        /// Its local date.
        date: String,
        /// What of a parcel counts: `parcels` or `lines`.
        counts: String,
    },
    /// Places in the buffer of a cross-dock.
    Buffer {
        /// Where.
        node: String,
        /// At which moment, RFC 3339 UTC.
        at: String,
    },
    /// Places at a hand-over point.
    Point {
        /// Where.
        node: String,
        /// At which moment, RFC 3339 UTC.
        at: String,
    },
}
