//! The plan document: what was decided, said with names.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::world::{Temperature, is_zero};

/// The decision for one order. `parcels` whose `parts` are empty are packed at a storing node; the others are merged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of this document; 1 today.
    pub volok: u32,
    /// The order's key.
    pub order: String,
    /// Whether nothing cheaper exists.
    pub status: PlanStatus,
    /// Total cost, minor units.
    pub cost: i64,
    /// Proven: no plan costs less than this.
    pub bound: i64,
    /// When the last parcel is handed over, RFC 3339 UTC; absent when nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completes_at: Option<String>,
    /// `cost`, by component.
    pub costs: Costs,
    /// Parcels, in the order of their codes.
    pub parcels: Vec<Parcel>,
    /// Units that are not delivered, with every reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfilled: Vec<Unfilled>,
    /// Search steps taken, within the budget.
    #[serde(default)]
    pub steps: u64,
}

/// Whether nothing cheaper exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanStatus {
    /// `bound` equals `cost`.
    Optimal,
    /// The budget ended first: `cost - bound` may still be saved.
    Gap,
}

/// Cost by component, minor units (the objective's terms in order).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// Units picked.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pick_units: i64,
    /// Lines picked.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pick_lines: i64,
    /// Parcels packed at their nodes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub packing: i64,
    /// Carriage by lanes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub carriage: i64,
    /// Handling at cross-docks.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub handling: i64,
    /// Merging at cross-docks.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub merging: i64,
    /// Handing parcels over.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hand_over: i64,
    /// Parcels after the first.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub extra_deliveries: i64,
    /// Started hours after the promise.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lateness: i64,
    /// Units not delivered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unfilled: i64,
    /// Stock prices of what was taken.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub stock: i64,
}

/// A physical unit of one order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parcel {
    /// Sub-order code, as `1001-A`.
    pub code: String,
    /// Where it is packed or merged.
    pub node: String,
    /// What is picked into it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub picks: Vec<Pick>,
    /// Codes of the parcels merged into it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// What all its contents tolerate.
    pub temperature: Temperature,
    /// Weight.
    pub grams: u64,
    /// Volume.
    pub cm3: u64,
    /// When it is ready to depart, RFC 3339 UTC.
    pub ready_at: String,
    /// How it travels; no legs when it is handed over where it is packed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<Leg>,
    /// When it is handed over, RFC 3339 UTC; absent for parcels that end in a merge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand_over_at: Option<String>,
    /// Where in the hand-over point it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<String>,
    /// The receipt that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal: Option<FiscalMode>,
}

/// Units of one line from one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    /// Line of the order, from 1.
    pub line: usize,
    /// What; must be the line's SKU.
    pub sku: String,
    /// Whose.
    pub seller: String,
    /// From which zone of the parcel's node.
    pub zone: String,
    /// From which batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Set when the units come from announced supply: when it is due, RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbound_at: Option<String>,
    /// How many.
    pub qty: i64,
}

/// One parcel's use of one departure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Leg {
    /// Which lane.
    pub lane: String,
    /// In which compartment.
    pub compartment: String,
    /// RFC 3339 UTC.
    pub departs_at: String,
    /// RFC 3339 UTC.
    pub arrives_at: String,
    /// Its tariff, minor units.
    pub cost: i64,
}

/// The receipt that goes with a parcel handed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FiscalMode {
    /// Issued online by this legal entity.
    Online(String),
    /// Issued at the counter by this legal entity.
    Counter(String),
    /// Handed over without one.
    None,
}

/// Units of one line that are not delivered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unfilled {
    /// Line of the order, from 1.
    pub line: usize,
    /// What.
    pub sku: String,
    /// How many.
    pub qty: i64,
    /// Everything that stood in the way, in the order of the filters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<UnfilledReason>,
}

/// One thing that stood in the way of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnfilledReason {
    /// Stable code, as `too_warm`.
    pub code: String,
    /// In plain words: where, what was found.
    pub text: String,
    /// What would lift it, in plain words.
    pub help: String,
    /// At which node, if at one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// On which lane, if on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<String>,
    /// Units it concerns, as far as they can be counted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub qty: i64,
}

/// A source that was possible and not chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejected {
    /// Line of the order, from 1.
    pub line: usize,
    /// Where it could have come from.
    pub node: String,
    /// Whose.
    pub seller: String,
    /// What the whole order would have cost with at least part of the line from there, at least; minor units.
    pub cost_at_least: i64,
    /// By how much it loses; what would have to fall for it to win.
    pub loses_by: i64,
    /// Why, in plain words.
    pub text: String,
}

/// A parcel that is merged, and what that saves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Merged {
    /// Code of the merged parcel.
    pub parcel: String,
    /// Where it is merged.
    pub node: String,
    /// What the order would cost more with nothing merged there, minor units.
    pub saves: i64,
    /// Why, in plain words.
    pub text: String,
}

/// Two parcels that pass the same cross-dock and are not merged there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Apart {
    /// Their codes.
    pub parcels: Vec<String>,
    /// Where they could be merged.
    pub node: String,
    /// What merging just these two there would cost more, minor units; absent when they cannot be handed over together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs_more: Option<i64>,
    /// How late the merged parcel would be for the departure one of them takes, in started minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_minutes: Option<i64>,
    /// Why, in plain words.
    pub text: String,
}

/// An earlier departure that a parcel was not ready for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Missed {
    /// Code of the parcel.
    pub parcel: String,
    /// Of which lane; the parcel took its next departure.
    pub lane: String,
    /// When it departed, RFC 3339 UTC.
    pub departed_at: String,
    /// How late the parcel was for it, cut-off and all, in started minutes.
    pub by_minutes: i64,
    /// The same in plain words.
    pub text: String,
}

/// An explanation of a plan, for people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// The order's key.
    pub order: String,
    /// Why these parcels: a sentence each, and one for each merge made or not made.
    pub because: Vec<String>,
    /// Sources that were possible and not chosen, best first.
    pub rejected: Vec<Rejected>,
    /// What each merge saves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<Merged>,
    /// Pairs of parcels that meet and are not merged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Apart>,
    /// Departures that were missed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missed: Vec<Missed>,
}
