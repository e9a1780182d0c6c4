//! The order document: one JSON object a line.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::world::is_zero;

/// What a customer wants, where, by when, and what it costs to disappoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Key; parcels are coded after it (`1001-A`).
    pub id: String,
    /// Where the order came from.
    pub channel: String,
    /// Who ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// RFC 3339, as `2026-03-02T10:15:00+03:00`.
    pub placed_at: String,
    /// The node that hands over.
    pub to: String,
    /// What is wanted.
    pub lines: Vec<Line>,
    /// Nothing may be handed over after this, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// Handing over after this costs `late_per_hour`, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<String>,
    /// Cost of each started hour after the promise, per parcel handed over, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub late_per_hour: i64,
    /// Who goes first when orders compete; higher is earlier.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub priority: i64,
    /// How it may be served.
    #[serde(default)]
    pub policy: Policy,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What.
    pub sku: String,
    /// How many base units.
    pub qty: i64,
    /// Acceptable owners; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sellers: Option<Vec<String>>,
    /// Days of life left at hand-over, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_shelf_life_days: Option<i64>,
    /// What the customer pays for one unit, minor units; the SKU's value when absent. Informative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_value: Option<i64>,
    /// Cost of each unit not delivered, minor units.
    pub unfilled_penalty: i64,
}

/// How an order may be served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Whether part of the order may go while the rest is reported unfilled; else all or nothing.
    #[serde(default = "yes")]
    pub partial: bool,
    /// Parcels handed over, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_deliveries: Option<i64>,
    /// Cost of each parcel handed over after the first, minor units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub delivery_penalty: i64,
    /// Groups of lines (numbered from 1) that are handed over in one parcel or not at all; no line in two groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<Vec<i64>>,
    /// Whether units of one line may come from different nodes.
    #[serde(default = "yes")]
    pub quantity_split: bool,
    /// Hours after placement beyond which handing over is useless; the engine's horizon when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_useful_hours: Option<i64>,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            partial: true,
            max_deliveries: None,
            delivery_penalty: 0,
            together: Vec::new(),
            quantity_split: true,
            latest_useful_hours: None,
        }
    }
}

fn yes() -> bool {
    true
}
