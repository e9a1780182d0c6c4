//! What went wrong with a plan, and what became of it, said with names.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan::{Plan, PlanStatus};

/// What went wrong after a plan was made, and what changing it is worth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disruption {
    /// Version of this document; 1 today.
    pub volok: u32,
    /// The moment as of which is planned again, RFC 3339 UTC: legs that depart by then have left.
    pub now: String,
    /// Price of each parcel of the old plan that does not stay as it was, minor units.
    #[serde(default)]
    pub change_price: i64,
    /// Picks for which fewer units were found than planned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub short_picks: Vec<ShortPick>,
    /// Nodes that do nothing for a while.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<Closed>,
    /// Departures that left without a parcel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missed: Vec<MissedLeg>,
    /// Cells that have less than the plan takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shortages: Vec<Shortage>,
}

/// Fewer units of a line were found for a parcel than were planned. Its cells have no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShortPick {
    /// Code of the parcel, as `1001-A`.
    pub parcel: String,
    /// Line of the order, from 1.
    pub line: usize,
    /// Units found.
    pub found: i64,
}

/// A node does nothing: no picking, handling, merging or handing over, and no departure from it or arrival at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// Which node.
    pub node: String,
    /// From when, RFC 3339 UTC; from now on when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until when, RFC 3339 UTC; for good when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A departure left without the parcel: it stands where that leg begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MissedLeg {
    /// Code of the parcel.
    pub parcel: String,
    /// Which of its legs, from 1; its first when absent.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub leg: usize,
}

fn first() -> usize {
    1
}

fn is_first(leg: &usize) -> bool {
    *leg == 1
}

/// A cell has less than the parcels take that have not left. It is served in the order of their codes, and has no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shortage {
    /// Whose.
    pub seller: String,
    /// What.
    pub sku: String,
    /// Where.
    pub node: String,
    /// In which zone.
    pub zone: String,
    /// Which batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// For announced supply: when it is due, RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbound_at: Option<String>,
    /// Units of the plan that are not there.
    pub missing: i64,
}

/// An order planned again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replanned {
    /// Version of this document; 1 today.
    pub volok: u32,
    /// The new plan. What stays of the old one keeps its codes.
    pub plan: Plan,
    /// Parcels of the old plan that do not stay as they were.
    pub changed: u32,
    /// Cost of the plan and of the changes, minor units.
    pub cost: i64,
    /// Proven: no plan with its changes costs less than this.
    pub bound: i64,
    /// Whether nothing cheaper exists, changes included.
    pub status: PlanStatus,
    /// What became of each parcel, the old ones first.
    pub parcels: Vec<Fate>,
}

/// What became of a parcel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fate {
    /// Its code.
    pub parcel: String,
    /// What became of it.
    pub fate: FateCode,
    /// Why, in plain words.
    pub text: String,
}

/// What can become of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FateCode {
    /// It has left, or was merged, and stays as it was planned.
    Left,
    /// It has not left, and stays as it was planned.
    Kept,
    /// It goes on with other goods, other legs or other parts.
    Changed,
    /// It is not packed, or not merged; its goods go otherwise.
    Dropped,
    /// It has left and cannot reach the customer as the order allows.
    Stranded,
    /// It was not there before.
    New,
}
