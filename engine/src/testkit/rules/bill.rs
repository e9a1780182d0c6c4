//! Parcels of a rival rule written out as a plan, with the costs the model defines.

use super::pack::Open;
use super::route::Context;
use crate::plan::{Costs, Parcel, Pick, Plan, Reason, ReasonCode, Unfilled};
use crate::units::{Index, Money, Quantity};
use crate::world::{LineIx, SellerIx, SkuIx, ZoneIx};
use smallvec::SmallVec;

/// The plan of these parcels: nothing when an order that takes all or nothing would come in part.
pub(super) fn plan(context: &Context<'_>, mut open: Vec<Open>) -> Plan {
    let Context { order, .. } = context;
    let delivered = |open: &[Open], line: usize| -> u32 {
        let picks = open.iter().flat_map(|open| &open.picks);
        picks.filter(|pick| pick.line == line).map(|pick| pick.qty).sum()
    };
    let short = order.lines.iter().enumerate().any(|(line, wish)| delivered(&open, line) < wish.qty.0);
    if short && !order.policy.partial {
        open.clear();
    }
    let mut unfilled = Vec::new();
    for (line, wish) in order.lines.iter().enumerate() {
        let qty = wish.qty.0.saturating_sub(delivered(&open, line));
        if qty > 0 {
            let reason = Reason { code: ReasonCode::NotEnough, node: None, lane: None, qty: u64::from(qty) };
            unfilled.push(Unfilled { line: LineIx::of(line), qty: Quantity(qty), reasons: vec![reason] });
        }
    }
    let costs = costs(context, &open, &unfilled);
    let parcels: SmallVec<[Parcel; 2]> = open.into_iter().map(parcel).collect();
    Plan { parcels, unfilled, costs, bound: floor(context), steps: 0 }
}

fn costs(context: &Context<'_>, parcels: &[Open], unfilled: &[Unfilled]) -> Costs {
    let Context { world, stock, order, .. } = context;
    let mut costs = Costs::default();
    let add = |sum: &mut Money, cost: i64| sum.0 = sum.0.saturating_add(cost);
    for open in parcels {
        let mut lines: Vec<(usize, SellerIx, ZoneIx)> = Vec::new();
        for pick in &open.picks {
            let row = stock.cell(pick.cell);
            let zone = &world.zones()[row.zone];
            add(&mut costs.pick_units, zone.cost_per_unit.0.saturating_mul(i64::from(pick.qty)));
            add(&mut costs.stock, row.price.0.saturating_mul(i64::from(pick.qty)));
            let line = (pick.line, row.seller, row.zone);
            if !lines.contains(&line) {
                lines.push(line);
                add(&mut costs.pick_lines, zone.cost_per_line.0);
            }
        }
        let packing = world.nodes()[open.node].stores.as_ref().map_or(0, |stores| stores.cost_per_parcel.0);
        let desk = world.nodes()[order.to].hands_over.as_ref().map_or(0, |desk| desk.cost_per_parcel.0);
        add(&mut costs.packing, packing);
        add(&mut costs.hand_over, desk);
        add(&mut costs.carriage, open.routed.leg.map_or(0, |leg| leg.cost.0));
        add(&mut costs.lateness, open.routed.lateness.0);
    }
    let extra = parcels.len().saturating_sub(1) as i64;
    costs.extra_deliveries = Money(order.policy.delivery_penalty.0.saturating_mul(extra));
    for row in unfilled {
        let penalty = order.lines[row.line.row()].unfilled_penalty.0;
        add(&mut costs.unfilled, penalty.saturating_mul(i64::from(row.qty.0)));
    }
    costs
}

fn parcel(open: Open) -> Parcel {
    let mut picks: SmallVec<[Pick; 4]> = SmallVec::new();
    let mut rows = open.picks;
    rows.sort_unstable();
    for row in rows {
        match picks.last_mut() {
            Some(last) if last.line.row() == row.line && last.cell == row.cell => {
                last.qty = Quantity(last.qty.0.saturating_add(row.qty))
            }
            _ => picks.push(Pick { line: LineIx::of(row.line), cell: row.cell, qty: Quantity(row.qty) }),
        }
    }
    Parcel {
        node: open.node,
        picks,
        parts: SmallVec::new(),
        temperature: open.routed.temperature,
        grams: open.routed.grams,
        cm3: open.routed.cm3,
        ready_at: open.routed.ready,
        legs: open.routed.leg.into_iter().collect(),
        hand_over: Some(open.routed.hand_over),
    }
}

/// What no plan undercuts: every other cost is at least zero, and each unit gains at most the best stock price.
fn floor(context: &Context<'_>) -> Money {
    let Context { stock, order, .. } = context;
    let gain = |sku: SkuIx| stock.of(sku).1.iter().map(|cell| cell.price.0.min(0)).min().unwrap_or(0);
    let gains = order.lines.iter().map(|line| gain(line.sku).saturating_mul(i64::from(line.qty.0)));
    Money(gains.fold(0, i64::saturating_add))
}
