//! The order's problem as it would be if time did not matter.
//!
//! Every lane leaves whenever it is asked to, nothing waits too long, nothing is late on its way through a merge, places
//! never run out. What is left is a small problem: all hubs of one cross-dock share their parts, and of the chains between
//! two nodes only the cheapest count. Its cheapest plan costs no more than any plan, so it bounds them all; and where its
//! merges can be had in time, they are the answer.

use super::onward::Onward;
use super::{Cost, Finder, Target};
use crate::sourcing::Sheet;
use crate::sourcing::chains::{Chain, handling};
use crate::sourcing::sheet::Place;
use crate::sourcing::shelves::NONE;
use crate::split::{Hub, NO_HUB, Offer, Pool, Problem, Way};
use crate::units::{Index, Temperatures};
use crate::world::NodeIx;

/// A cross-dock where parcels may be merged that have so many legs left behind them.
struct Yard {
    node: NodeIx,
    legs_left: usize,
    depth: u64,
    least: Cost,
    another: Cost,
}

impl Finder<'_> {
    /// Writes the problem; the chain of each of its hubs.
    pub(super) fn timeless(
        &mut self,
        sheet: &Sheet,
        problem: &Problem<'_>,
        copy: &mut Problem<'_>,
    ) -> Vec<Onward> {
        let (mut yards, mut chains) = self.yards(sheet, problem);
        // Parcels end in yards with more legs behind them: those stand later.
        let mut order: Vec<usize> = (0..yards.len()).collect();
        order.sort_by_key(|&yard| (yards[yard].legs_left, yards[yard].node));
        let mut row = vec![0u16; yards.len()];
        for (new, &old) in order.iter().enumerate() {
            row[old] = new as u16;
        }
        for (yard, chain) in &mut chains {
            *yard = usize::from(row[*yard]);
            chain.into = row.get(usize::from(chain.into)).copied().unwrap_or(NO_HUB);
        }
        yards.sort_by_key(|yard| (yard.legs_left, yard.node));
        chains.sort_by_key(|&(yard, _)| yard);
        alone(problem, copy);
        self.keep_apart(sheet, copy);
        for (yard, chain) in &chains {
            copy.hubs.push(Hub {
                fixed: chain.fixed,
                staircase: chain.chain.staircase,
                max_grams: chain.chain.max_grams,
                max_cm3: chain.chain.max_cm3,
                arrives: 0,
                lines: self.ride(chain, sheet),
                yard: *yard as u16,
                into: chain.into,
            });
        }
        self.write_parts(&yards, sheet, copy);
        copy.offers.sort_by_key(|offer| (offer.line, offer.way, offer.pool));
        chains.into_iter().map(|(_, chain)| chain).collect()
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

    /// Yards, and the chains on from each, that a plan that is of use may have.
    fn yards(&mut self, sheet: &Sheet, problem: &Problem<'_>) -> (Vec<Yard>, Vec<(usize, Onward)>) {
        let mut yards: Vec<Yard> = Vec::new();
        let mut chains: Vec<(usize, Onward)> = Vec::new();
        let mut found = self.to_customer((true, true), problem);
        let mut open: Vec<bool> = Vec::new();
        loop {
            for onward in found.drain(..) {
                if self.least(&onward, sheet, problem).is_none_or(|least| least >= self.most) {
                    continue;
                }
                let Some(another) = self.known_parcel(onward.from, onward.legs_left, sheet, problem) else {
                    continue;
                };
                let (node, legs_left, depth, least) =
                    (onward.from, onward.legs_left, onward.depth, onward.least);
                let known =
                    yards.iter_mut().position(|yard| (yard.node, yard.legs_left) == (node, legs_left));
                let yard = known.unwrap_or_else(|| {
                    yards.push(Yard { node, legs_left, depth, least, another });
                    open.push(true);
                    yards.len() - 1
                });
                let row = &mut yards[yard];
                row.depth = row.depth.min(depth);
                row.least.whole = row.least.whole.min(least.whole);
                row.least.beyond = row.least.beyond.min(least.beyond);
                chains.push((yard, onward));
            }
            // What ends in a yard has fewer legs left: that with the most has all its chains.
            let next = (0..yards.len()).filter(|&yard| open[yard]).max_by_key(|&yard| yards[yard].legs_left);
            let Some(next) = next else { return (yards, chains) };
            open[next] = false;
            let &Yard { node, legs_left, depth, least, another } = &yards[next];
            found = self.to_hub(
                Target { row: next as u16, node, legs_left, depth, least, another, late: 0 },
                problem,
            );
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
    let ways = (0..problem.ways.len()).take_while(|&way| problem.yard_of(way) == NO_HUB).count();
    copy.clear();
    copy.lines.extend_from_slice(&problem.lines);
    copy.ways.extend_from_slice(&problem.ways[..ways]);
    copy.into.resize(ways, NO_HUB);
    copy.pools.extend_from_slice(&problem.pools);
    copy.free.extend_from_slice(&problem.free);
    copy.apart.extend_from_slice(&problem.apart);
    copy.rules = problem.rules;
    copy.offers.extend(problem.offers.iter().filter(|offer| usize::from(offer.way) < ways));
}
