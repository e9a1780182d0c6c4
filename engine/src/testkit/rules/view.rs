//! What a rule sees of an order: how many units of each line each source could deliver on its own, in time.

use super::Share;
use super::route::{Context, Pick};
use crate::stock::{CellIx, Stock};
use crate::transit::Transit;
use crate::units::{Index, Seconds};
use crate::world::{NodeIx, Order, World};

/// A cell that a line may use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer {
    pub(super) line: usize,
    pub(super) cell: CellIx,
}

/// An order before the eyes of a rule, with what is still wanted and still there.
pub(super) struct View<'a> {
    pub(super) context: Context<'a>,
    sources: Vec<NodeIx>,
    /// By source: cells a line may use.
    offers: Vec<Vec<Offer>>,
    /// By source, then line: units still there. Lines of one SKU look at the same units.
    there: Vec<Vec<u64>>,
    /// By line: units still wanted.
    wanted: Vec<u32>,
}

impl<'a> View<'a> {
    pub(super) fn of(world: &'a World, transit: &'a Transit, stock: &'a Stock, order: &'a Order) -> View<'a> {
        let context = Context { world, transit, stock, order };
        let mut found: Vec<(NodeIx, Offer)> = Vec::new();
        for line in 0..order.lines.len() {
            let (first, rows) = stock.of(order.lines[line].sku);
            for (offset, row) in rows.iter().enumerate() {
                let cell = CellIx::of(first.row() + offset);
                let pick = Pick { line, cell, qty: 1 };
                // What cannot go alone cannot go in company: company only adds weight, time and narrower bounds.
                if context.may_use(line, cell) && context.route(row.node, &[pick], None).is_some() {
                    found.push((row.node, Offer { line, cell }));
                }
            }
        }
        let mut sources: Vec<NodeIx> = found.iter().map(|(node, _)| *node).collect();
        sources.sort_unstable();
        sources.dedup();
        let offers: Vec<Vec<Offer>> = sources
            .iter()
            .map(|source| found.iter().filter(|(node, _)| node == source).map(|(_, offer)| *offer).collect())
            .collect();
        let there =
            sources.iter().zip(&offers).map(|(&node, offers)| units(&context, node, offers)).collect();
        let wanted = order.lines.iter().map(|line| line.qty.0).collect();
        View { context, sources, offers, there, wanted }
    }

    pub(super) fn sources(&self) -> usize {
        self.sources.len()
    }

    pub(super) fn lines(&self) -> usize {
        self.wanted.len()
    }

    pub(super) fn there(&self, source: usize, line: usize) -> u64 {
        self.there[source][line]
    }

    /// Cells at a node that a line may use.
    pub(super) fn offers(&self, node: NodeIx, line: usize) -> impl Iterator<Item = CellIx> {
        let source = self.sources.binary_search(&node).ok();
        let offers = source.map_or(&[][..], |source| &self.offers[source]);
        offers.iter().filter(move |offer| offer.line == line).map(|offer| offer.cell)
    }

    /// Time on the road of the fastest lane from a source; none when the customer collects there.
    pub(super) fn transit_time(&self, source: usize) -> Seconds {
        let Context { world, transit, order, .. } = self.context;
        if self.sources[source] == order.to {
            return Seconds::ZERO;
        }
        let ways = transit.ways_between(self.sources[source], order.to);
        ways.iter().map(|way| world.lanes()[way.lane].transit).min().unwrap_or(Seconds(i64::MAX))
    }

    /// Lines still wanted that a source has whole, and units of all lines it could give.
    pub(super) fn coverage(&self, source: usize) -> (usize, u64) {
        let pairs = || self.wanted.iter().zip(&self.there[source]).filter(|(wanted, _)| **wanted > 0);
        let whole = pairs().filter(|(wanted, there)| u64::from(**wanted) <= **there).count();
        (whole, pairs().map(|(&wanted, &there)| there.min(u64::from(wanted))).sum())
    }

    /// Walks sources and takes of each what it has.
    pub(super) fn walk(&mut self, sources: &[usize]) -> Vec<Share> {
        sources.iter().flat_map(|&source| self.take_all(source)).collect()
    }

    pub(super) fn take_all(&mut self, source: usize) -> Vec<Share> {
        (0..self.lines()).filter_map(|line| self.take(source, line)).collect()
    }

    /// Takes what a source has of a line. A line that may not be split waits for a source that has it whole, if there
    /// is one.
    pub(super) fn take(&mut self, source: usize, line: usize) -> Option<Share> {
        let Context { order, .. } = self.context;
        let wanted = u64::from(self.wanted[line]);
        let qty = self.there[source][line].min(wanted);
        if qty == 0 {
            return None;
        }
        let whole_elsewhere = || self.there.iter().any(|there| there[line] >= wanted);
        if !order.policy.quantity_split && qty < wanted && whole_elsewhere() {
            return None;
        }
        self.wanted[line] = if order.policy.quantity_split { (wanted - qty) as u32 } else { 0 };
        for other in 0..self.lines() {
            if order.lines[other].sku == order.lines[line].sku {
                self.there[source][other] = self.there[source][other].saturating_sub(qty);
            }
        }
        Some(Share { line, node: self.sources[source], qty: qty as u32 })
    }
}

/// Units of each line that a source could give.
fn units(context: &Context<'_>, node: NodeIx, offers: &[Offer]) -> Vec<u64> {
    let Context { stock, order, .. } = *context;
    let mut units = vec![0; order.lines.len()];
    for (line, units) in units.iter_mut().enumerate() {
        let cells = || offers.iter().filter(|offer| offer.line == line).map(|offer| stock.cell(offer.cell));
        let mut sellers: Vec<_> = cells().map(|cell| cell.seller).collect();
        sellers.sort_unstable();
        sellers.dedup();
        for seller in sellers {
            let free: u64 =
                cells().filter(|cell| cell.seller == seller).map(|cell| u64::from(cell.free())).sum();
            *units += free.min(context.promised(order.lines[line].sku, seller, node));
        }
    }
    units
}
