//! An order that is planned anew each time it is asked.

use super::laid::{Counts, note};
use super::market::Market;
use crate::batch::{Bid, Left};
use crate::engine::Scratch;
use crate::engine::planner::Planner;
use crate::load::{Claim, Scarce};
use crate::plan::{self, Plan};
use crate::split::Budget;
use crate::stock::CellIx;
use crate::units::Index;
use crate::world::Order;

/// What an order takes at prices. Room on departures, at docks and points has no price for it.
pub(super) fn bid(
    market: &Market<'_, '_>,
    order: &Order,
    prices: &[i64],
    left: Option<&Left<'_>>,
    budget: Budget<'_>,
    scratch: &mut Scratch,
    bid: &mut Bid,
) {
    let planner = market.planner;
    let gone = |thing: u32| left.is_some_and(|left| left.of(thing) == 0);
    let full: Vec<Scarce> = market.all_rooms().filter(|room| gone(room.0)).map(|(_, of, _)| of).collect();
    let full = market.without(planner.load, &full);
    let load = full.as_ref().unwrap_or(planner.load);
    (bid.cost, bid.bound) = (order.cost_of_nothing().0, i64::MIN / 4);
    bid.takes.clear();
    let plan = market.with_stock(|stock| {
        for line in &order.lines {
            let (first, cells) = planner.stock.of(line.sku);
            for row in 0..cells.len() {
                let cell = CellIx::of(first.row() + row);
                let thing = market.thing_of[cell.row()];
                let price = prices[market.goods.row[thing as usize] as usize];
                let free = left.map(|left| u32::try_from(left.of(thing)).unwrap_or(u32::MAX));
                stock.offer(planner.stock, cell, price, free);
            }
        }
        Planner { stock, load, ..planner }.plan(order, budget, scratch)
    });
    let Ok(plan) = plan else { return };
    bid.bound = plan.bound.0;
    let mut paid = 0i64;
    for (cell, units) in plan.takes() {
        let thing = market.thing_of[cell.row()];
        let price = prices[market.goods.row[thing as usize] as usize];
        paid = paid.saturating_add(price.saturating_mul(i64::from(units)));
        note(thing, u64::from(units), &mut bid.takes);
    }
    take_rooms(market, order, &plan, &mut bid.takes);
    if left.is_none_or(|left| bid.fits(left)) {
        bid.cost = plan.cost().0.saturating_sub(paid);
    } else {
        bid.takes.clear();
    }
}

/// Notes what of scarce rooms a plan takes.
pub(super) fn take_rooms(market: &Market<'_, '_>, order: &Order, plan: &Plan, takes: &mut Vec<(u32, u64)>) {
    if market.rooms.is_empty() {
        return;
    }
    for claim in plan::claims(market.planner.world, order, plan) {
        for (thing, of, counts) in market.all_rooms() {
            let amount = amount(of, counts, &claim);
            if amount > 0 {
                note(thing, amount, takes);
            }
        }
    }
}

/// How much of a scarce thing a claim takes.
fn amount(thing: Scarce, counts: Counts, claim: &Claim) -> u64 {
    let parcels = |is: bool| u64::from(is && counts == Counts::Parcels);
    match (thing, *claim) {
        (
            Scarce::Departure { lane, compartment, departs },
            Claim::Departure { lane: by, compartment: inside, departs: at, grams, cm3 },
        ) if (lane, compartment, departs) == (by, inside, at) => match counts {
            Counts::Parcels => 1,
            Counts::Grams => grams.0,
            Counts::Cm3 => cm3.0,
            Counts::Lines => 0,
        },
        (Scarce::Day { node, date }, Claim::NodeDay { node: at, date: on, parcels, lines })
            if (node, date) == (at, on) =>
        {
            match counts {
                Counts::Parcels => u64::from(parcels),
                Counts::Lines => u64::from(lines),
                Counts::Grams | Counts::Cm3 => 0,
            }
        }
        (Scarce::Buffer { node, at }, Claim::Buffer { node: of, from, until })
        | (Scarce::Point { node, at }, Claim::Point { node: of, from, until }) => {
            parcels(node == of && from <= at && at < until)
        }
        _ => 0,
    }
}
