//! The order's problem as it would be if time did not matter.
//!
//! Every lane leaves whenever it is asked to, nothing waits too long, nothing is late on its way through a merge, places
//! never run out. What is left is a small problem: all hubs of one cross-dock share their parts, and of the chains between
//! two nodes only the cheapest count. Its cheapest plan costs no more than any plan, so it bounds them all; and where its
//! merges can be had in time, they are the answer.

use super::onward::Onward;
use super::{Cost, Finder, Target};
use crate::sourcing::chains::{Chain, handling};
use crate::sourcing::sheet::Place;
use crate::sourcing::shelves::NONE;
use crate::sourcing::{Sheet, TooBig};
use crate::split::{Hub, NO_HUB, Offer, Pool, Problem, Way};
use crate::units::{Index, Temperatures};
use crate::world::NodeIx;

/// Chains of one order at most: a country's dozen of cross-docks has some hundreds before any is left out.
const CHAINS: usize = 4096;

/// A cross-dock where parcels may be merged that have so many legs left behind them.
struct Yard {
    node: NodeIx,
    legs_left: usize,
    depth: u64,
    least: Cost,
    another: Cost,
    /// Whether chains that end in it are still to be looked for.
    open: bool,
}

impl Yard {
    /// Parcels end in yards with more legs behind them: those stand later.
    fn key(&self) -> (usize, NodeIx) {
        (self.legs_left, self.node)
    }
}

impl Finder<'_> {
    /// Writes the problem; the chain of each of its hubs.
    ///
    /// # Errors
    /// When there are more chains or ways than a small problem has.
    pub(super) fn timeless(
        &mut self,
        sheet: &Sheet,
        problem: &Problem<'_>,
        copy: &mut Problem<'_>,
    ) -> Result<Vec<Onward>, TooBig> {
        let (mut yards, mut chains) = self.yards(sheet, problem)?;
        // Chains name the yard they end in by when it was found.
        let found: Vec<(usize, NodeIx)> = yards.iter().map(Yard::key).collect();
        yards.sort_unstable_by_key(Yard::key);
        let row = |key: (usize, NodeIx)| yards.partition_point(|yard| yard.key() < key) as u16;
        for chain in &mut chains {
            chain.into = found.get(usize::from(chain.into)).map_or(NO_HUB, |&key| row(key));
        }
        chains.sort_by_key(|chain| (chain.legs_left, chain.from));
        alone(problem, copy);
        self.keep_apart(sheet, copy);
        copy.hubs.extend(chains.iter().map(|chain| Hub {
            fixed: chain.fixed,
            staircase: chain.chain.staircase,
            max_grams: chain.chain.max_grams,
            max_cm3: chain.chain.max_cm3,
            arrives: 0,
            lines: self.ride(chain, sheet),
            yard: row((chain.legs_left, chain.from)),
            into: chain.into,
        }));
        self.write_parts(&yards, sheet, copy);
        if copy.ways.len() > usize::from(u16::MAX) {
            return Err(TooBig::Rows("ways"));
        }
        copy.offers.sort_by_key(|offer| (offer.line, offer.way, offer.pool));
        Ok(chains)
    }

    /// Goods that no storage of the hand-over node keeps together share no parcel, nor one that becomes part of one.
    fn keep_apart(&self, sheet: &Sheet, copy: &mut Problem<'_>) {
        for (row, one) in sheet.items.iter().enumerate() {
            for other in sheet.items[row + 1..].iter().filter(|other| other.storages & one.storages == 0) {
                for line in one.line..one.line + one.lines {
                    for another in other.line..other.line + other.lines {
                        let pair = (line.min(another), line.max(another));
                        if !copy.apart.contains(&pair) {
                            copy.apart.push(pair);
                        }
                    }
                }
            }
        }
    }

    /// Which lines can ride a chain and wait where it passes, a bit each.
    fn ride(&self, onward: &Onward, sheet: &Sheet) -> u64 {
        let world = self.ground.world;
        let kept = |node: NodeIx, goods: Temperatures| {
            let keeps = world.nodes()[node].cross_docks.as_ref().map_or(&[][..], |docks| &docks.keeps);
            keeps.iter().any(|keep| goods.tolerates(keep.temperature))
        };
        let rides = |goods: Temperatures| {
            kept(onward.from, goods)
                && onward.lanes.iter().enumerate().all(|(row, &lane)| {
                    let lane = &world.lanes()[lane];
                    let waits = row + 1 < onward.lanes.len() || onward.into != NO_HUB;
                    lane.compartments.iter().any(|compartment| goods.tolerates(compartment.temperature))
                        && (!waits || kept(lane.to, goods))
                })
        };
        let mut lines = u64::MAX;
        for item in &sheet.items {
            let sku = &world.skus()[item.sku];
            if !rides(sku.temperature) || !onward.chain.takes(sku, &self.ground.terms.staircases) {
                let rows = item.line..item.line + item.lines;
                rows.for_each(|line| lines &= !1u64.checked_shl(line.into()).unwrap_or(0));
            }
        }
        lines
    }

    /// Yards as they are found, and the chains on from them, that a plan that is of use may have.
    fn yards(&mut self, sheet: &Sheet, problem: &Problem<'_>) -> Result<(Vec<Yard>, Vec<Onward>), TooBig> {
        let mut yards: Vec<Yard> = Vec::new();
        let mut chains: Vec<Onward> = Vec::new();
        let mut found = self.to_customer((true, true), problem);
        loop {
            for onward in found.drain(..) {
                if self.least(&onward, sheet, problem).is_none_or(|least| least >= self.most) {
                    continue;
                }
                let Some(another) = self.known_parcel(onward.from, onward.legs_left, sheet, problem) else {
                    continue;
                };
                let Onward { from: node, legs_left, depth, least, .. } = onward;
                match yards.iter_mut().find(|yard| yard.key() == (legs_left, node)) {
                    Some(yard) => {
                        yard.depth = yard.depth.min(depth);
                        yard.least.whole = yard.least.whole.min(least.whole);
                        yard.least.beyond = yard.least.beyond.min(least.beyond);
                    }
                    None => yards.push(Yard { node, legs_left, depth, least, another, open: true }),
                }
                chains.push(onward);
                if chains.len() > CHAINS {
                    return Err(TooBig::Rows("chains of lanes"));
                }
            }
            // What ends in a yard has fewer legs left: that with the most has all its chains.
            let open = yards.iter_mut().enumerate().filter(|(_, yard)| yard.open);
            let Some((row, yard)) = open.max_by_key(|(_, yard)| yard.legs_left) else {
                return Ok((yards, chains));
            };
            yard.open = false;
            let &mut Yard { node, legs_left, depth, least, another, .. } = yard;
            let target = Target { row: row as u16, node, legs_left, depth, least, another, late: 0 };
            found = self.to_hub(target, problem);
        }
    }

    /// Writes the parcels that can end in each yard.
    fn write_parts(&self, yards: &[Yard], sheet: &Sheet, copy: &mut Problem<'_>) {
        let ground = self.ground;
        let (world, chains) = (ground.world, &ground.terms.chains);
        let regimes: Vec<Option<usize>> =
            sheet.items.iter().map(|item| chains.regime(world.skus()[item.sku].temperature)).collect();
        // Whatever is asked of it, it is there.
        let pool = copy.pools.len() as u32;
        copy.pools.push(Pool { first: copy.free.len() as u32, cells: 1 });
        copy.free.push(u32::MAX);
        for (row, yard) in yards.iter().enumerate() {
            let handled = handling(world, yard.node).0;
            for place in sheet.places.iter().filter(|place| place.open && place.last != NONE) {
                if place.node == yard.node {
                    self.write_part((row, pool), (place, chains.none(), 0), |_| true, sheet, copy);
                    continue;
                }
                for head in ground.transit.heads_between(place.node, yard.node) {
                    if chains.is_spared(head) || ground.transit.head(head).lanes.len() > yard.legs_left {
                        continue;
                    }
                    let chain = *chains.of(head);
                    let cost = chain.handling.saturating_add(handled);
                    let rides = |item: usize| chains.takes_regime(head, regimes[item]);
                    self.write_part((row, pool), (place, chain, cost), rides, sheet, copy);
                }
            }
        }
    }

    /// Writes what can ride one chain from a place to a yard.
    fn write_part(
        &self,
        (yard, pool): (usize, u32),
        (place, chain, cost): (&Place, Chain, i64),
        rides: impl Fn(usize) -> bool,
        sheet: &Sheet,
        copy: &mut Problem<'_>,
    ) {
        let way = copy.ways.len() as u16;
        let offers = copy.offers.len();
        let mut next = place.last;
        while next != NONE {
            let stand = &sheet.stands[next as usize];
            next = stand.before;
            let item = &sheet.items[usize::from(stand.item)];
            let pools = &sheet.sources[stand.pool as usize..(stand.pool + stand.pools) as usize];
            let unit = pools.iter().map(|source| source.unit_cost).min();
            let opening = pools.iter().map(|source| source.line_cost).min();
            let sku = &self.ground.world.skus()[item.sku];
            let Some((unit_cost, line_cost)) = unit.zip(opening) else { continue };
            if item.storages == 0 || !rides(usize::from(stand.item)) || !chain.takes(sku, copy.staircases) {
                continue;
            }
            let there = pools.iter().fold(0u64, |sum, source| sum.saturating_add(source.total));
            for line in item.line..item.line + item.lines {
                let most = copy.lines[usize::from(line)].qty.min(u32::try_from(there).unwrap_or(u32::MAX));
                copy.offers.push(Offer { line, way, pool, cells: 1, most, unit_cost, line_cost });
            }
        }
        if copy.offers.len() > offers {
            copy.ways.push(Way {
                fixed: place.packing.saturating_add(cost),
                staircase: chain.staircase,
                max_grams: chain.max_grams,
                max_cm3: chain.max_cm3,
                origin: place.node.row() as u32,
                arrives: 0,
            });
            copy.into.push(yard as u16);
        }
    }
}

/// Copies what goes to the customer alone; limits that reach over pools are left out.
fn alone(problem: &Problem<'_>, copy: &mut Problem<'_>) {
    let ways = problem.direct();
    copy.take_frame(problem);
    copy.ways.truncate(ways);
    copy.into.resize(ways, NO_HUB);
    copy.offers.extend(problem.offers.iter().filter(|offer| usize::from(offer.way) < ways));
}
