//! A plan's parcels, as a book writes them down.

use super::bind::Binding;
use super::command::*;
use super::number::*;
use crate::plan::{self, Plan};
use crate::units::Instant;
use crate::world::{Order, World};

/// How the parcels of a held plan are treated: what plan and world do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParcelPolicy {
    /// The hold of the plan.
    pub hold: HoldId,
    /// Nothing is handed over before all parcels have come that still come; else each as it arrives.
    pub together: bool,
    /// Seconds parts wait for each other beyond the moment at which they should be merged; nothing: for ever.
    pub patience: Option<u32>,
    /// Seconds a parcel is kept at a hand-over point that does not say how long it keeps parcels.
    pub kept: u32,
    /// Which codes the parcels get.
    pub labels: Option<LabelTerms>,
}

fn second(at: Instant) -> Second {
    Second(u32::try_from(at.0.max(0)).unwrap_or(u32::MAX))
}

impl Binding {
    /// The parcels of a plan, with the claims of each; their codes in the book are those of the plan. O(plan).
    pub fn parcels(&self, world: &World, order: &Order, plan: &Plan, policy: ParcelPolicy) -> Parcels {
        let claims = plan::claims_by_parcel(world, order, plan);
        let parcels = plan.parcels.iter().zip(claims).map(|(parcel, claims)| {
            let through = parcel.legs.iter().map(|leg| world.lanes()[leg.lane].to);
            ParcelTerms {
                stops: std::iter::once(parcel.node).chain(through).map(|node| self.node(node)).collect(),
                picks: parcel
                    .picks
                    .iter()
                    .map(|pick| CellUnits { cell: self.cell(pick.cell), qty: pick.qty.0 })
                    .collect(),
                parts: parcel.parts.to_vec(),
                wait_until: policy
                    .patience
                    .filter(|_| !parcel.parts.is_empty())
                    .map(|patience| second(parcel.ready_at).later(patience)),
                claims: claims.into_iter().map(|claim| self.claim(world, claim)).collect(),
            }
        });
        let point = world.nodes().get(order.to).and_then(|node| node.hands_over.as_ref());
        let kept = point.and_then(|point| point.kept).and_then(|kept| u32::try_from(kept.0).ok());
        Parcels {
            hold: policy.hold,
            version: None,
            order: order.id.clone(),
            together: policy.together,
            kept: kept.filter(|&kept| kept > 0).unwrap_or(policy.kept),
            labels: policy.labels,
            parcels: parcels.collect(),
        }
    }
}
