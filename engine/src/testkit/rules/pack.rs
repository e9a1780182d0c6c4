//! From shares to a plan: units go into parcels one cell after another, each where it costs least just then.

use super::route::{Context, Pick, Routed};
use super::view::View;
use super::{Share, bill};
use crate::plan::Plan;
use crate::stock::CellIx;
use crate::units::{Index, Instant};
use crate::world::{LineIx, NodeIx};

/// A parcel being filled.
pub(super) struct Open {
    pub(super) node: NodeIx,
    pub(super) picks: Vec<Pick>,
    pub(super) routed: Routed,
}

/// Where some units could go.
struct Choice {
    /// What that adds to the cost, and when that parcel is handed over.
    rank: (i64, Instant),
    /// Which open parcel, or a new one.
    place: Option<usize>,
    picks: Vec<Pick>,
    routed: Routed,
    qty: u32,
}

/// Parcels being filled, and what was taken for them.
struct Packer<'v, 'a> {
    view: &'v View<'a>,
    open: Vec<Open>,
    taken: Vec<(CellIx, u32)>,
}

/// The plan of these shares. Groups that do not come whole in one parcel are left out, and so is everything when an
/// order may not be served in part.
pub(super) fn pack(view: &View<'_>, shares: &[Share]) -> Plan {
    let policy = &view.context.order.policy;
    let mut shares = shares.to_vec();
    loop {
        let mut packer = Packer { view, open: Vec::new(), taken: Vec::new() };
        // Heavy groups first: their lines must find each other in one parcel.
        let (grouped, free): (Vec<Share>, Vec<Share>) = shares
            .iter()
            .partition(|share| policy.together.iter().flatten().any(|line| line.row() == share.line));
        for share in grouped.iter().chain(&free) {
            packer.serve(*share);
        }
        let broken: Vec<usize> = policy
            .together
            .iter()
            .filter(|group| !packer.together(group))
            .flatten()
            .map(|line| line.row())
            .filter(|line| shares.iter().any(|share| share.line == *line))
            .collect();
        if broken.is_empty() {
            return bill::plan(&view.context, packer.open);
        }
        shares.retain(|share| !broken.contains(&share.line));
    }
}

impl Packer<'_, '_> {
    /// Puts a share into parcels as far as it goes: as much at once as fits, else unit by unit.
    fn serve(&mut self, share: Share) {
        let mut left = share.qty;
        while left > 0 {
            let put = self.put(share.line, share.node, left).or_else(|| self.put(share.line, share.node, 1));
            let Some(put) = put else { return };
            left -= put;
        }
    }

    /// Adds up to `most` units of a line where that costs least; how many.
    fn put(&mut self, line: usize, node: NodeIx, most: u32) -> Option<u32> {
        let context = self.view.context;
        let mut best: Option<Choice> = None;
        for cell in self.view.offers(node, line) {
            let qty = most.min(self.left(line, cell));
            if qty == 0 {
                continue;
            }
            let places = (0..self.open.len()).filter(|&row| self.open[row].node == node).map(Some);
            for place in places.chain([None]) {
                let before = place.map(|row| &self.open[row]);
                let mut picks = before.map_or_else(Vec::new, |open| open.picks.clone());
                picks.push(Pick { line, cell, qty });
                let not_before = before.map(|open| open.routed.hand_over.at);
                let Some(routed) = context.route(node, &picks, not_before) else { continue };
                if !self.first_expired_first(&picks, routed.hand_over.at) || (place.is_none() && self.full())
                {
                    continue;
                }
                let fixed = if place.is_none() { self.parcel_cost(node) } else { 0 };
                let old = before.map_or(0, |open| open.routed.cost());
                let cost = fixed.saturating_add(routed.cost()).saturating_sub(old).saturating_add(
                    self.pick_cost(before.map_or(&[], |open| &open.picks), picks[picks.len() - 1]),
                );
                let rank = (cost, routed.hand_over.at);
                if best.as_ref().is_none_or(|best| rank < best.rank) {
                    best = Some(Choice { rank, place, picks, routed, qty });
                }
            }
        }
        let Choice { place, picks, routed, qty, .. } = best?;
        self.taken.push((picks[picks.len() - 1].cell, qty));
        match place {
            Some(row) => {
                self.open[row].picks = picks;
                self.open[row].routed = routed;
            }
            None => self.open.push(Open { node, picks, routed }),
        }
        Some(qty)
    }

    fn full(&self) -> bool {
        let most = self.view.context.order.policy.max_deliveries;
        most.is_some_and(|most| self.open.len() >= most as usize)
    }

    /// Units of a cell a line may still take.
    fn left(&self, line: usize, cell: CellIx) -> u32 {
        let Context { stock, order, .. } = self.view.context;
        let (sku, row) = (order.lines[line].sku, stock.cell(cell));
        let of = |keep: &dyn Fn(CellIx) -> bool| -> u64 {
            self.taken.iter().filter(|(taken, _)| keep(*taken)).map(|(_, qty)| u64::from(*qty)).sum()
        };
        let same_kind = |taken: CellIx| {
            let other = stock.cell(taken);
            (other.seller, other.node) == (row.seller, row.node) && stock.sku_of(taken) == sku
        };
        let free = u64::from(row.free()).saturating_sub(of(&|taken| taken == cell));
        let promised = self.view.context.promised(sku, row.seller, row.node);
        // Both are bounded by the cell's free units, which are 32 bits wide.
        free.min(promised.saturating_sub(of(&same_kind))) as u32
    }

    /// Whether no cell that should go before the last pick still has units after it.
    fn first_expired_first(&self, picks: &[Pick], at: Instant) -> bool {
        let Context { stock, order, .. } = self.view.context;
        let Some(pick) = picks.last() else { return true };
        let row = stock.cell(pick.cell);
        let (first, cells) = stock.of(order.lines[pick.line].sku);
        cells.iter().enumerate().all(|(other, cell)| {
            let ix = CellIx::of(first.row() + other);
            let taken: u32 = self.taken.iter().filter(|(taken, _)| *taken == ix).map(|(_, qty)| qty).sum();
            let before = (cell.seller, cell.zone) == (row.seller, row.zone)
                && cell.expires < row.expires
                && cell.available_at <= row.available_at
                && self.view.context.lives(pick, cell, at);
            !before || cell.free() <= taken
        })
    }

    fn parcel_cost(&self, node: NodeIx) -> i64 {
        let Context { world, order, .. } = self.view.context;
        let packing = world.nodes()[node].stores.as_ref().map_or(0, |stores| stores.cost_per_parcel.0);
        let desk = world.nodes()[order.to].hands_over.as_ref().map_or(0, |desk| desk.cost_per_parcel.0);
        let extra = if self.open.is_empty() { 0 } else { order.policy.delivery_penalty.0 };
        packing.saturating_add(desk).saturating_add(extra)
    }

    /// What a pick adds: units, stock price, and its line when that is new there.
    fn pick_cost(&self, before: &[Pick], pick: Pick) -> i64 {
        let Context { world, stock, .. } = self.view.context;
        let row = stock.cell(pick.cell);
        let zone = &world.zones()[row.zone];
        let known = before.iter().any(|other| {
            let cell = stock.cell(other.cell);
            other.line == pick.line && (cell.seller, cell.zone) == (row.seller, row.zone)
        });
        let line = if known { 0 } else { zone.cost_per_line.0 };
        (zone.cost_per_unit.0.saturating_add(row.price.0))
            .saturating_mul(i64::from(pick.qty))
            .saturating_add(line)
    }

    /// Whether a group's lines are whole in one parcel, or absent.
    fn together(&self, group: &[LineIx]) -> bool {
        let lines = &self.view.context.order.lines;
        let units = |open: &Open, line: &LineIx| -> u32 {
            open.picks.iter().filter(|pick| pick.line == line.row()).map(|pick| pick.qty).sum()
        };
        self.open.iter().all(|open| {
            group.iter().all(|line| units(open, line) == 0)
                || group.iter().all(|line| units(open, line) == lines[line.row()].qty.0)
        })
    }
}
