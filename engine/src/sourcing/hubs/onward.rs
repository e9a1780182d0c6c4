//! Chains of lanes on from cross-docks, and what a merge before each costs at least.

use super::{Cost, Finder, Target};
use crate::sourcing::Ground;
use crate::sourcing::chains::{Chain, handling};
use crate::split::{NO_HUB, Problem};
use crate::world::{LaneIx, NodeIx};
use smallvec::SmallVec;

/// A chain of lanes on from a cross-dock.
#[derive(Clone, Debug)]
pub(super) struct Onward {
    /// Where it begins.
    pub from: NodeIx,
    /// By which lanes; none where goods are merged at the hand-over node itself.
    pub lanes: SmallVec<[LaneIx; 4]>,
    /// Limits and prices of all lanes.
    pub chain: Chain,
    /// The hub it ends in.
    pub into: u16,
    /// Cost of a merged parcel that rides it, beside carriage and lateness.
    pub fixed: i64,
    /// Legs that parcels that are merged before it may have had.
    pub legs_left: usize,
    /// How many hubs its goods pass from here, the first too.
    pub depth: u64,
    /// What a plan with it costs at least beyond its lines and the parcels that are merged before it.
    pub least: Cost,
    /// The cross-dock it ends in, and the legs that parcels which end there may have had; nothing for the customer.
    pub end: Option<(NodeIx, usize)>,
    /// What any plan with a merge before it costs at least, as far as the order without time tells.
    pub through: i64,
    /// What its goods pay for being late where it ends.
    pub late: i64,
}

impl Finder<'_> {
    /// Chains to the customer: `near` those of one lane at most, `far` those of more.
    pub(super) fn to_customer(&self, (near, far): (bool, bool), problem: &Problem<'_>) -> Vec<Onward> {
        let Ground { world, transit, terms, .. } = self.ground;
        let mut found = Vec::new();
        let to = self.order.to;
        if near && world.nodes()[to].cross_docks.is_some() && world.nodes()[to].hands_over.is_some() {
            let limit = world.nodes()[to].hands_over.as_ref().map(|point| &point.largest);
            let chain = limit.map_or(terms.chains.none(), |limit| terms.chains.none().within(limit));
            found.extend(self.onward(to, &[], &[], (chain, 0), None, problem));
        }
        for &lane in terms.chains.tails(to) {
            let dock = world.lanes()[lane].from;
            let Some(road) = terms.road(Some(lane), to) else { continue };
            let whole = |chain| terms.chains.to_customer(chain, lane, road, world);
            if let Some(chain) = whole(terms.chains.none()).filter(|_| near) {
                found.extend(self.onward(dock, &[], &[lane], (chain, 0), None, problem));
            }
            for &from in terms.chains.docks().iter().filter(|&&from| far && from != dock) {
                for head in transit.heads_between(from, dock) {
                    let lanes = &transit.head(head).lanes;
                    let chain = *terms.chains.of(head);
                    let handled = chain.handling.saturating_add(handling(world, dock).0);
                    if let Some(chain) = whole(chain) {
                        found.extend(self.onward(from, lanes, &[lane], (chain, handled), None, problem));
                    }
                }
            }
        }
        found
    }

    /// Chains from other cross-docks to a hub.
    pub(super) fn to_hub(&self, hub: Target, problem: &Problem<'_>) -> Vec<Onward> {
        let Ground { world, transit, terms, .. } = self.ground;
        let mut found = Vec::new();
        let node = hub.node;
        // Each merge has two parts, so that one unit more is needed for each hub on the way.
        if hub.legs_left == 0 || self.units < hub.depth + 2 {
            return found;
        }
        for &from in terms.chains.docks().iter().filter(|&&from| from != node) {
            for head in transit.heads_between(from, node) {
                let chain = *terms.chains.of(head);
                let handled = chain.handling.saturating_add(handling(world, node).0);
                let lanes = &transit.head(head).lanes;
                found.extend(self.onward(from, lanes, &[], (chain, handled), Some(hub), problem));
            }
        }
        found
    }

    /// A chain, if it may be part of a plan that is of use, at a glance. `handled` is what being handled on the way
    /// costs, and where it ends if that is a hub.
    fn onward(
        &self,
        from: NodeIx,
        lanes: &[LaneIx],
        last: &[LaneIx],
        (chain, handled): (Chain, i64),
        into: Option<Target>,
        problem: &Problem<'_>,
    ) -> Option<Onward> {
        let world = self.ground.world;
        let legs_left = into.map_or(world.max_legs(), |hub| hub.legs_left);
        let legs_left = legs_left.checked_sub(lanes.len() + last.len())?;
        let carriage = problem.staircases[chain.staircase as usize].price(0, 0)?;
        let docks = world.nodes()[from].cross_docks.as_ref()?;
        let point = world.nodes()[self.order.to].hands_over.as_ref().filter(|_| into.is_none());
        let handing = point.map_or(0, |point| point.cost_per_parcel.0);
        let fixed = docks.cost_per_merge.0.saturating_add(handled).saturating_add(handing);
        let own = Cost::of(fixed.saturating_add(carriage));
        let least = into.map_or(own, |hub| hub.least.and(hub.another).and(own));
        if self.floor.with(least) >= self.most {
            return None;
        }
        let lanes: SmallVec<[LaneIx; 4]> = lanes.iter().chain(last).copied().collect();
        let end = into.map(|hub| (hub.node, hub.legs_left));
        let late = into.map_or(0, |hub| hub.late);
        let through = self.through(from, &lanes, end)?.saturating_add(late);
        if through >= self.most {
            return None;
        }
        Some(Onward {
            from,
            lanes,
            chain,
            end,
            through,
            into: into.map_or(NO_HUB, |hub| hub.row),
            fixed,
            legs_left,
            depth: into.map_or(0, |hub| hub.depth) + 1,
            least,
            late,
        })
    }
}
