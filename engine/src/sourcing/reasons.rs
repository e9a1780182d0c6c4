//! Why units of a line stay behind: every filter that turned stock away, and what the rest was not enough for.
//!
//! Asked only when something is unfilled, so it reads the stock once more, plainly, and asks every filter of every
//! cell in the order of [`ReasonCode`]: the first filter that turns a cell away is told; where several routes lead from
//! its place, the first that each of them turns it away with (see [`super::refusal`]).

use super::refusal::{Asking, Refusal, routes};
use super::shelves::accepts;
use super::{Ground, Reason, ReasonCode, Sheet};
use crate::split::{NO_GROUP, Problem};
use crate::stock::Cell;
use crate::units::{Index, Instant};
use crate::world::{LaneIx, NodeIx, Order, SellerIx};

/// What stays behind when a rule of the order is lifted: units by line of the problem. Nothing where the order has
/// no such rule, or no answer was found without it.
#[derive(Clone, Debug, Default)]
pub struct Eased {
    /// With parts allowed.
    pub partial: Option<Vec<u32>>,
    /// With no lines that must come together.
    pub together: Option<Vec<u32>>,
    /// With any number of parcels.
    pub deliveries: Option<Vec<u32>>,
}

/// Everything that stood in the way of a line of the problem of which `skipped` units stay behind.
pub fn reasons(
    ground: Ground<'_>,
    order: &Order,
    sheet: &Sheet,
    problem: &Problem<'_>,
    skipped: &[u32],
    line: usize,
    eased: &Eased,
) -> Vec<Reason> {
    let (wanted, skips) = (&sheet.lines[line], skipped[line]);
    let mut asked =
        Asked { ground, order, line: wanted.line.row(), told: Vec::new(), reach: Vec::new(), tight: false };
    asked.ask();
    let Asked { mut told, reach, tight, .. } = asked;

    // What got through, per (node, seller), less what is fenced there.
    let mut by_node: Vec<(NodeIx, u64)> = Vec::new();
    for &(node, seller, units, start) in &reach {
        let promised = ground.stock.available(seller, wanted.sku, node, order.channel, start);
        if promised < units && ground.stock.fenced_for_others(wanted.sku, seller, node, order.channel) > 0 {
            tell(&mut told, ReasonCode::FencedForOthers, Some(node), None, units - promised);
        }
        match by_node.iter_mut().find(|known| known.0 == node) {
            Some(known) => known.1 += units.min(promised),
            None => by_node.push((node, units.min(promised))),
        }
    }
    let all: u64 = by_node.iter().map(|node| node.1).sum();
    let at_once = match order.policy.quantity_split {
        true => all,
        false => by_node.iter().map(|node| node.1).max().unwrap_or(0),
    };
    let same = |row: &usize| sheet.lines[*row].sku == wanted.sku;
    let of_sku: u64 = (0..sheet.lines.len()).filter(same).map(|row| u64::from(problem.lines[row].qty)).sum();
    let qty = u64::from(problem.lines[line].qty);
    let reachable = at_once.min(qty);
    if at_once > 0 && (at_once < qty || all < of_sku) {
        tell(
            &mut told,
            ReasonCode::NotEnough,
            None,
            None,
            (qty.saturating_sub(at_once)).max(of_sku.saturating_sub(all)),
        );
    }

    // More could come than does: a rule forbids it, or it costs too much.
    if reachable > qty - u64::from(skips) {
        let mut ruled = tight;
        let rules = [
            (ReasonCode::Together, &eased.together, problem.lines[line].group != NO_GROUP),
            (ReasonCode::NotPartial, &eased.partial, !order.policy.partial),
            (ReasonCode::MaxDeliveries, &eased.deliveries, order.policy.max_deliveries.is_some()),
        ];
        for (code, eased, applies) in rules {
            let gained = eased.as_ref().map_or(0, |skipped| skips.saturating_sub(skipped[line]));
            if applies && gained > 0 {
                tell(&mut told, code, None, None, u64::from(gained));
                ruled = true;
            }
        }
        // Where lifting one rule does not help another may stand behind it; money is the reason when none does.
        if !ruled {
            let others_short = all < of_sku && at_once >= qty;
            if !others_short {
                tell(&mut told, ReasonCode::NotWorthIt, None, None, u64::from(skips));
            }
        }
    }
    told.sort_unstable_by_key(|reason| (reason.code, reason.node, reason.lane));
    told
}

/// Adds units to a reason told before, or tells it.
fn tell(told: &mut Vec<Reason>, code: ReasonCode, node: Option<NodeIx>, lane: Option<LaneIx>, qty: u64) {
    let same = |reason: &&mut Reason| (reason.code, reason.node, reason.lane) == (code, node, lane);
    match told.iter_mut().find(same) {
        Some(reason) => reason.qty += qty,
        None => told.push(Reason { code, node, lane, qty }),
    }
}

/// One line asking all the stock of its SKU.
struct Asked<'a> {
    ground: Ground<'a>,
    order: &'a Order,
    line: usize,
    told: Vec<Reason>,
    /// Node, seller, units that got through, and the latest start of their picks.
    reach: Vec<(NodeIx, SellerIx, u64, Instant)>,
    /// Whether the departures of some cell have room for some of what is wanted only.
    tight: bool,
}

impl Asked<'_> {
    fn ask(&mut self) {
        let (_, cells) = self.ground.stock.of(self.order.lines[self.line].sku);
        if cells.iter().all(|cell| cell.on_hand == 0) {
            self.tell(ReasonCode::NoStock, None, None, u64::from(self.order.lines[self.line].qty.0));
        }
        for cell in cells.iter().filter(|cell| cell.on_hand > 0) {
            self.ask_cell(cell);
        }
    }

    fn tell(&mut self, code: ReasonCode, node: Option<NodeIx>, lane: Option<LaneIx>, qty: u64) {
        tell(&mut self.told, code, node, lane, qty);
    }

    fn ask_cell(&mut self, cell: &Cell) {
        let world = self.ground.world;
        let sku = &world.skus()[self.order.lines[self.line].sku];
        let (node, units) = (cell.node, u64::from(cell.free()));
        let here = Some(node);
        if !accepts(self.order, self.line, cell.seller) {
            return self.tell(ReasonCode::SellerNotAccepted, here, None, u64::from(cell.on_hand));
        }
        if !world.channels()[self.order.channel].may_be_served_by(node) {
            return self.tell(ReasonCode::NodeNotAllowed, here, None, u64::from(cell.on_hand));
        }
        if units == 0 {
            return self.tell(ReasonCode::AllClaimed, here, None, u64::from(cell.on_hand));
        }
        if !sku.temperature.tolerates(world.zones()[cell.zone].temperature) {
            return self.tell(ReasonCode::ZoneTemperature, here, None, units);
        }
        let routes = routes(self.ground, self.order, node);
        if routes.is_empty() {
            return self.tell(ReasonCode::NoWay, here, None, units);
        }
        let (mut refusals, mut rooms): (Vec<Refusal>, Vec<(Option<LaneIx>, u64)>) = (Vec::new(), Vec::new());
        for lanes in &routes {
            let asking = Asking { ground: self.ground, order: self.order, line: self.line, cell, lanes };
            match asking.judge() {
                Ok(room) => rooms.push((lanes.first().copied(), room)),
                Err(refusal) if refusals.contains(&refusal) => {}
                Err(refusal) => refusals.push(refusal),
            }
        }
        if rooms.is_empty() {
            for Refusal { code, node, lane } in refusals {
                match code {
                    // The storages are the hand-over node's, whatever lane leads there.
                    ReasonCode::StorageTemperature => self.tell_once(code, node, units),
                    ReasonCode::InboundTooLate => self.tell_once(code, node, units),
                    _ => self.tell(code, node, lane, units),
                }
            }
            return;
        }
        // Departures that have room for some of it only.
        let wanted = units.min(u64::from(self.order.lines[self.line].qty.0));
        let carried = rooms.iter().fold(0u64, |sum, room| sum.saturating_add(room.1));
        if carried < wanted {
            self.tight = true;
            for (lane, _) in rooms {
                self.tell(ReasonCode::DepartureFull, here, lane, wanted - carried);
            }
        }
        let start = cell.available_at.max(self.order.placed_at);
        match self.reach.iter_mut().find(|known| (known.0, known.1) == (node, cell.seller)) {
            Some(known) => {
                known.2 += units;
                known.3 = known.3.max(start);
            }
            None => self.reach.push((node, cell.seller, units, start)),
        }
    }

    /// Tells what several lanes have in common: counted once for the cell's place.
    fn tell_once(&mut self, code: ReasonCode, node: Option<NodeIx>, units: u64) {
        if !self.told.iter().any(|reason| (reason.code, reason.node) == (code, node)) {
            self.tell(code, node, None, units);
        }
    }
}
