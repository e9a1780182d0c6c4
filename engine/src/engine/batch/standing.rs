//! Orders that were decided before: what was promised stays, and moving a parcel has a price.

use super::laid::note;
use super::market::Market;
use super::whole::take_rooms;
use crate::batch::{Bid, Goods, Left};
use crate::plan::{self, Plan};
use crate::stock::Stock;
use crate::units::{Index, Instant, Money, limits};
use crate::world::{Order, SkuIx};
use std::collections::BTreeMap;

/// How an order was decided before, and what was promised.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'p> {
    /// Its plan.
    pub plan: &'p Plan,
    /// All that the plan delivers is handed over by then.
    pub by: Instant,
}

/// As of when orders are decided again, and what it costs to change what was decided.
#[derive(Clone, Copy, Debug)]
pub struct RebatchTerms {
    /// Parcels whose first leg departs by then, or that are handed over where they are packed by then, have left; no
    /// other order is picked before.
    pub now: Instant,
    /// Price of each parcel of an old plan that does not stay as it was.
    pub change_price: Money,
}

/// An order with a plan that may be kept.
#[derive(Debug)]
pub(super) struct Stand<'p> {
    pub plan: &'p Plan,
    /// Units of each SKU it is promised.
    promised: BTreeMap<SkuIx, u64>,
    change_price: i64,
}

impl<'p> Stand<'p> {
    pub fn new(order: &Order, standing: &Standing<'p>, change_price: Money) -> Stand<'p> {
        let promised = units(order, standing.plan);
        Stand { plan: standing.plan, promised, change_price: change_price.0.max(0) }
    }

    /// Parcels of its plan that another plan changes, and what that costs.
    pub fn change(&self, plan: &Plan) -> (u32, i64) {
        let changed = plan::changed(self.plan, plan);
        (changed, self.change_price.saturating_mul(i64::from(changed)))
    }

    /// Whether another plan delivers what was promised; time is a matter of the order's deadline.
    pub fn is_kept_by(&self, order: &Order, plan: &Plan) -> bool {
        let units = units(order, plan);
        self.promised.iter().all(|(sku, &promised)| units.get(sku).is_some_and(|&units| units >= promised))
    }
}

/// Units of each SKU that a plan delivers.
fn units(order: &Order, plan: &Plan) -> BTreeMap<SkuIx, u64> {
    let mut units = BTreeMap::new();
    for pick in plan.parcels.iter().flat_map(|parcel| &parcel.picks) {
        *units.entry(order.lines[pick.line.row()].sku).or_default() += u64::from(pick.qty.0);
    }
    units
}

/// Whether anything of a plan has left.
pub(super) fn has_left(plan: &Plan, now: Instant) -> bool {
    plan.parcels.iter().any(|parcel| match (parcel.legs.first(), parcel.hand_over) {
        (Some(leg), _) => leg.departs_at <= now,
        (None, Some(end)) => end.at <= now,
        (None, None) => parcel.ready_at <= now,
    })
}

/// An order with what was promised: that is worth whatever it costs, and late is too late.
pub(super) fn promised(mut order: Order, standing: &Standing<'_>) -> Order {
    order.deadline = Some(order.latest().min(standing.by));
    let wanted: i64 = order.lines.iter().map(|line| i64::from(line.qty.0)).sum();
    let dear = limits::MONEY.min(limits::MONEY_PER_ORDER / 2 / wanted.max(1));
    for (row, line) in order.lines.iter_mut().enumerate() {
        // Of a line that is promised in part nobody says which units are dear: `Stand::is_kept_by` sees to it.
        if !standing.plan.unfilled.iter().any(|unfilled| unfilled.line.row() == row) {
            line.unfilled_penalty = Money(line.unfilled_penalty.0.saturating_add(dear));
        }
    }
    order
}

/// What keeping a plan takes of the goods of a market.
#[derive(Debug)]
pub(super) struct Keep<'o> {
    pub stand: &'o Stand<'o>,
    /// As a bid.
    pub bid: Bid,
    /// By parcel of the plan, the things of the stock it takes.
    parcels: Vec<Vec<(u32, u64)>>,
    /// By SKU promised, how much of which things counts for it.
    promised: Vec<(Vec<u32>, u64)>,
    /// Parcels at least that any other plan changes: beside parcels that deliver everything there can be no other, beside
    /// those that leave something out there can.
    least: i64,
}

impl<'o> Keep<'o> {
    pub fn new(market: &Market<'_, '_>, stock: &Stock, order: &Order, stand: &'o Stand<'o>) -> Keep<'o> {
        let mut bid = Bid { cost: stand.plan.cost().0, bound: stand.plan.cost().0, takes: Vec::new() };
        let mut parcels = Vec::new();
        for parcel in &stand.plan.parcels {
            let mut takes = Vec::new();
            for pick in &parcel.picks {
                note(market.shelves.thing_of[pick.cell.row()], u64::from(pick.qty.0), &mut takes);
                note(market.shelves.thing_of[pick.cell.row()], u64::from(pick.qty.0), &mut bid.takes);
            }
            parcels.push(takes);
        }
        take_rooms(market, order, stand.plan, &mut bid.takes);
        let cells = |sku: SkuIx| {
            let (first, cells) = stock.of(sku);
            (0..cells.len()).map(|row| market.shelves.thing_of[first.row() + row]).collect()
        };
        let promised = stand.promised.iter().map(|(&sku, &units)| (cells(sku), units)).collect();
        let least = i64::from(stand.plan.unfilled.is_empty());
        Keep { stand, bid, parcels, promised, least }
    }

    /// Makes of the bid for another plan the better of that and keeping the old one. A change is charged for each parcel
    /// whose goods the bid does not take, and for as many at least as any other plan changes; these are proven.
    pub fn or_other(
        &self,
        goods: &Goods,
        prices: &[i64],
        left: Option<&Left<'_>>,
        nothing: i64,
        bid: &mut Bid,
    ) {
        let of = |thing: u32| bid.takes.iter().find(|take| take.0 == thing).map_or(0, |take| take.1);
        let got =
            |(things, units): &(Vec<u32>, u64)| things.iter().map(|&thing| of(thing)).sum::<u64>() >= *units;
        if self.promised.iter().all(got) {
            let gone = |takes: &&Vec<(u32, u64)>| takes.iter().any(|&(thing, amount)| of(thing) < amount);
            let changed = self.parcels.iter().filter(gone).count() as i64;
            bid.cost =
                bid.cost.saturating_add(self.stand.change_price.saturating_mul(changed.max(self.least)));
        } else {
            (bid.cost, bid.takes) = (nothing, Vec::new());
        }
        bid.bound = bid.bound.saturating_add(self.stand.change_price.saturating_mul(self.least));
        if left.is_none_or(|left| self.bid.fits(left)) {
            let value = |bid: &Bid| bid.cost.saturating_add(bid.paid(goods, prices));
            let kept = value(&self.bid);
            let bound = bid.bound.min(kept);
            if kept <= value(bid) {
                bid.clone_from(&self.bid);
            }
            bid.bound = bound;
        }
    }

    /// Whether a bid is that of keeping the plan.
    pub fn is(&self, bid: &Bid) -> bool {
        bid.cost == self.bid.cost && bid.takes == self.bid.takes
    }
}
