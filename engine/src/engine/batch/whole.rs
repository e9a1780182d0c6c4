//! An order that is planned anew each time it is asked.

use super::laid::{Counts, note};
use super::market::Market;
use crate::batch::{Bid, Left};
use crate::engine::Scratch;
use crate::engine::planner::Planner;
use crate::load::{Claim, Scarce};
use crate::plan::{self, Plan};
use crate::split::Budget;
use crate::stock::{CellIx, Stock};
use crate::units::Index;
use crate::world::{Order, World};

/// Memory for planning.
#[derive(Default)]
pub(super) struct Memory {
    scratch: Scratch,
    /// The stock with prices and with what is left, as far as the order asked last is concerned.
    stock: Option<Stock>,
}

/// What an order takes at prices. Room on departures, at docks and points has no price for it.
pub(super) fn bid(
    market: &Market<'_, '_>,
    order: &Order,
    prices: &[i64],
    left: Option<&Left<'_>>,
    budget: Budget<'_>,
    memory: &mut Memory,
    bid: &mut Bid,
) {
    let planner = market.planner;
    let stock = memory.stock.get_or_insert_with(|| planner.stock.clone());
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
    let mut full;
    let mut load = planner.load;
    if let Some(left) = left
        && market.rooms.iter().enumerate().any(|(row, _)| left.of((market.cells.len() + row) as u32) == 0)
    {
        full = load.clone();
        for (row, (thing, _)) in market.rooms.iter().enumerate() {
            if left.of((market.cells.len() + row) as u32) == 0 {
                thing.used_up(planner.world, &mut full);
            }
        }
        load = &full;
    }
    let nothing =
        order.lines.iter().map(|line| line.unfilled_penalty.0.saturating_mul(i64::from(line.qty.0)));
    (bid.cost, bid.bound) = (nothing.fold(0, i64::saturating_add), i64::MIN / 4);
    bid.takes.clear();
    let Ok(plan) = (Planner { stock, load, ..planner }).plan(order, budget, &mut memory.scratch) else {
        return;
    };
    bid.bound = plan.bound.0;
    let mut paid = 0i64;
    for pick in plan.parcels.iter().flat_map(|parcel| &parcel.picks) {
        let thing = market.thing_of[pick.cell.row()];
        let price = prices[market.goods.row[thing as usize] as usize];
        paid = paid.saturating_add(price.saturating_mul(i64::from(pick.qty.0)));
        note(thing, u64::from(pick.qty.0), &mut bid.takes);
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
        for (row, &(thing, counts)) in market.rooms.iter().enumerate() {
            let amount = amount(market.planner.world, thing, counts, &claim);
            if amount > 0 {
                note((market.cells.len() + row) as u32, amount, takes);
            }
        }
    }
}

/// How much of a scarce thing a claim takes.
fn amount(_world: &World, thing: Scarce, counts: Counts, claim: &Claim) -> u64 {
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
