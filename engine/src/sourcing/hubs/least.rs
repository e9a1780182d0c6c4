//! What plans with a merge cost at least: enough to see that most merges need not be looked for.

use super::Finder;
use crate::sourcing::chains::handling;
use crate::sourcing::shelves::NONE;
use crate::sourcing::{Ground, Sheet};
use crate::split::Problem;
use crate::world::{NodeIx, Order};

/// What a plan with a merge costs at least; nothing when nothing can be merged on the way to the customer.
pub fn least_with_a_merge(
    ground: Ground<'_>,
    order: &Order,
    sheet: &Sheet,
    problem: &Problem<'_>,
) -> Option<i64> {
    let mut onward = ground.terms.chains.tails(order.to).iter().filter_map(|&lane| {
        let docks = ground.world.nodes()[ground.world.lanes()[lane].from].cross_docks.as_ref()?;
        let road = ground.terms.road(Some(lane), order.to)?;
        let carriage = problem.staircases[road.staircase as usize].price(0, 0)?;
        docks.cost_per_merge.0.checked_add(carriage)
    });
    let here = ground.world.nodes()[order.to].cross_docks.as_ref().map(|docks| docks.cost_per_merge.0);
    let onward = here.into_iter().chain(&mut onward).min()?;
    let point = ground.world.nodes()[order.to].hands_over.as_ref()?;
    let packing = sheet
        .places
        .iter()
        .filter(|place| place.last != NONE)
        .map(|place| place.packing.saturating_add(ground.terms.cheapest_leg(place.node)));
    let parcels = packing.min()?.saturating_mul(2);
    let rest = onward.checked_add(point.cost_per_parcel.0)?.checked_add(parcels)?;
    rest.checked_add(lines_at_least(sheet, problem))
}

/// What the order's lines cost at least, each served from where it is cheapest or left out.
pub(super) fn lines_at_least(sheet: &Sheet, problem: &Problem<'_>) -> i64 {
    let mut sum = 0i64;
    for item in &sheet.items {
        let stands = &sheet.stands[item.stand as usize..(item.stand + item.stands) as usize];
        let pools = stands.iter().flat_map(|stand| stand.pool..stand.pool + stand.pools);
        let sources = || pools.clone().map(|pool| &sheet.sources[pool as usize]);
        let unit = sources().map(|source| source.unit_cost).min();
        let opening = sources().map(|source| source.line_cost).min();
        for line in &problem.lines[usize::from(item.line)..usize::from(item.line + item.lines)] {
            let qty = i64::from(line.qty);
            let skipped = line.skip.saturating_mul(qty);
            let brought =
                unit.zip(opening).map(|(unit, opening)| unit.saturating_mul(qty).saturating_add(opening));
            sum = sum.saturating_add(brought.map_or(skipped, |brought| brought.min(skipped)));
        }
    }
    sum
}

impl Finder<'_> {
    /// What the two cheapest parcels that end at a cross-dock cost at least, lines apart.
    pub(super) fn two_parcels(
        &self,
        dock: NodeIx,
        legs: usize,
        sheet: &Sheet,
        problem: &Problem<'_>,
    ) -> Option<i64> {
        let cheapest = sheet
            .places
            .iter()
            .filter(|place| place.last != NONE)
            .filter_map(|place| place.packing.checked_add(self.cheapest_to(place.node, dock, legs, problem)?))
            .min()?;
        cheapest.checked_mul(2)
    }

    /// The cheapest carriage and handling of an empty parcel from a node to a cross-dock.
    fn cheapest_to(&self, from: NodeIx, dock: NodeIx, legs: usize, problem: &Problem<'_>) -> Option<i64> {
        if from == dock {
            return Some(0);
        }
        let Ground { world, transit, terms, .. } = self.ground;
        let heads = transit.heads_between(from, dock).filter(|&head| transit.head(head).lanes.len() <= legs);
        let prices = heads.filter_map(|head| {
            let chain = terms.chains.of(head);
            problem.staircases[chain.staircase as usize].price(0, 0)?.checked_add(chain.handling)
        });
        prices.min()?.checked_add(handling(world, dock).0)
    }
}
