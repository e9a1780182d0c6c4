//! What plans with a merge cost at least: enough to see that most merges need not be looked for.
//!
//! Two ways of counting, of which the greater holds. *Apart*: each line is picked where that is cheapest, and the
//! parcels that a merge must have are paid on top. *Shared*: each line pays beside its pick a share of the cheapest
//! parcel it can be in, the share it would have if all lines there were in it; parcels then pay only for what takes them
//! farther than the nearest cross-dock.

use super::{Cost, Finder};
use crate::sourcing::chains::handling;
use crate::sourcing::sheet::Place;
use crate::sourcing::shelves::NONE;
use crate::sourcing::{Ground, Sheet};
use crate::split::Problem;
use crate::world::{NodeIx, Order};

/// What all lines of an order cost at least, or their penalties.
#[derive(Clone, Copy, Debug)]
pub(super) struct Floor {
    apart: i64,
    shared: i64,
}

impl Floor {
    pub(super) fn of(ground: Ground<'_>, order: &Order, sheet: &Sheet, problem: &Problem<'_>) -> Floor {
        let mut floor = Floor { apart: 0, shared: 0 };
        for item in &sheet.items {
            let stands = &sheet.stands[item.stand as usize..(item.stand + item.stands) as usize];
            let (mut unit, mut opening, mut share) = (None, None, None);
            for stand in stands {
                let place = &sheet.places[usize::from(stand.place)];
                let pools = &sheet.sources[stand.pool as usize..(stand.pool + stand.pools) as usize];
                unit = least(unit, pools.iter().map(|source| source.unit_cost).min());
                opening = least(opening, pools.iter().map(|source| source.line_cost).min());
                let parcel = any_parcel(ground, order, place, problem);
                share = least(share, Some(parcel.max(0) / lines_at(place, sheet).max(1)));
            }
            for line in &problem.lines[usize::from(item.line)..usize::from(item.line + item.lines)] {
                let qty = i64::from(line.qty);
                let skipped = line.skip.saturating_mul(qty);
                let brought =
                    unit.zip(opening).map(|(unit, opening)| unit.saturating_mul(qty).saturating_add(opening));
                let brought = brought.unwrap_or(skipped);
                let shared = brought.saturating_add(share.unwrap_or(0));
                floor.apart = floor.apart.saturating_add(brought.min(skipped));
                floor.shared = floor.shared.saturating_add(shared.min(skipped));
            }
        }
        floor
    }

    /// What a plan costs at least that pays this too.
    pub(super) fn with(&self, cost: Cost) -> i64 {
        self.apart.saturating_add(cost.whole).max(self.shared.saturating_add(cost.beyond))
    }
}

fn least(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
}

/// How many lines of the order a place has goods of.
fn lines_at(place: &Place, sheet: &Sheet) -> i64 {
    let (mut lines, mut next) = (0, place.last);
    while next != NONE {
        let stand = &sheet.stands[next as usize];
        lines += i64::from(sheet.items[usize::from(stand.item)].lines);
        next = stand.before;
    }
    lines
}

/// What any parcel from a place costs at least, wherever it goes: packing and its first lane.
fn any_parcel(ground: Ground<'_>, order: &Order, place: &Place, problem: &Problem<'_>) -> i64 {
    let ways = &ground.transit.ways_to(order.to)[place.lane as usize..(place.lane + place.lanes) as usize];
    let direct = ways.iter().filter_map(|way| {
        let road = ground.terms.road(Some(way.lane), order.to)?;
        problem.staircases[road.staircase as usize].price(0, 0)
    });
    let here = place.hands_over.then_some(0);
    let first = direct.chain(here).chain([ground.terms.cheapest_leg(place.node)]).min();
    place.packing.saturating_add(first.unwrap_or(0))
}

/// What a plan with a merge costs at least; nothing when nothing can be merged on the way to the customer.
pub fn least_with_a_merge(
    ground: Ground<'_>,
    order: &Order,
    sheet: &Sheet,
    problem: &Problem<'_>,
) -> Option<i64> {
    if problem.lines.iter().map(|line| u64::from(line.qty)).sum::<u64>() < 2 {
        return None;
    }
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
    let onward = onward.checked_add(point.cost_per_parcel.0)?;
    let cost = Cost { whole: onward.checked_add(parcels)?, beyond: onward };
    Some(Floor::of(ground, order, sheet, problem).with(cost))
}

/// What a parcel from a place costs at least by a way that costs so much.
pub(super) fn parcel_by(
    ground: Ground<'_>,
    order: &Order,
    place: &Place,
    way: i64,
    problem: &Problem<'_>,
) -> Cost {
    let whole = place.packing.saturating_add(way);
    let any = any_parcel(ground, order, place, problem).max(0);
    Cost { whole, beyond: whole.saturating_sub(any).max(0) }
}

impl Finder<'_> {
    /// What a parcel that ends at a cross-dock costs at least, lines apart.
    pub(super) fn parcel(
        &self,
        dock: NodeIx,
        legs: usize,
        sheet: &Sheet,
        problem: &Problem<'_>,
    ) -> Option<Cost> {
        let mut cheapest: Option<Cost> = None;
        for place in sheet.places.iter().filter(|place| place.last != NONE) {
            let Some(way) = self.cheapest_to(place.node, dock, legs, problem) else { continue };
            let Cost { whole, beyond } = parcel_by(self.ground, self.order, place, way, problem);
            cheapest = Some(cheapest.map_or(Cost { whole, beyond }, |known| Cost {
                whole: known.whole.min(whole),
                beyond: known.beyond.min(beyond),
            }));
        }
        cheapest
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
