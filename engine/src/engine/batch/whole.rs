//! An order that is planned anew when it is asked something new.

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
use crate::world::{Order, SkuIx};
use std::sync::{Mutex, PoisonError};

/// An order that is planned anew when it is asked, and what it answered lately: of most orders most things cost nothing
/// and there is enough of them, so they are asked the same again and again.
pub(super) struct Whole {
    /// What it could take: each cell, its thing, and more of it than this is all the same.
    cells: Vec<(CellIx, u32, u32)>,
    /// Rooms it may pass, with their things.
    rooms: Vec<(u32, Scarce)>,
    /// Whatever may be said of it beside these, it is the same answer.
    known: Mutex<Known>,
}

/// What was asked and answered: of each cell its price and what is left, of each room whether anything is.
#[derive(Default)]
struct Known {
    answers: Vec<(Vec<i64>, Bid)>,
    /// Where the next one stands.
    next: usize,
}

/// Answers of one order that are kept.
const KEPT: usize = 16;

impl Whole {
    pub fn new(market: &Market<'_, '_>, order: &Order) -> Whole {
        let stock = market.planner.stock;
        let mut skus: Vec<SkuIx> = order.lines.iter().map(|line| line.sku).collect();
        skus.sort_unstable();
        skus.dedup();
        let mut cells = Vec::new();
        for sku in skus {
            let wanted = order.lines.iter().filter(|line| line.sku == sku).map(|line| line.qty.0);
            let wanted = wanted.fold(0, u32::saturating_add);
            // What is fenced for others is counted off what is free, so there all of it matters.
            let most = if stock.has_fences() { u32::MAX } else { wanted };
            let (first, of_sku) = stock.of(sku);
            for row in 0..of_sku.len() {
                let cell = CellIx::of(first.row() + row);
                cells.push((cell, market.shelves.thing_of[cell.row()], most));
            }
        }
        let passed = market.all_that_is_near(order);
        let rooms = market.all_rooms().filter(|(_, of, _)| passed.contains(of));
        let rooms = rooms.map(|(thing, of, _)| (thing, of)).collect();
        Whole { cells, rooms, known: Mutex::default() }
    }

    /// What it takes at prices. Room on departures, at docks and points has no price for it.
    pub fn bid(
        &self,
        (market, order): (&Market<'_, '_>, &Order),
        prices: &[i64],
        left: Option<&Left<'_>>,
        budget: Budget<'_>,
        scratch: &mut Scratch,
        bid: &mut Bid,
    ) {
        let mut asked: Vec<i64> = Vec::with_capacity(2 * self.cells.len() + self.rooms.len());
        for &(cell, thing, most) in &self.cells {
            let free = match left {
                Some(left) => u32::try_from(left.of(thing)).unwrap_or(u32::MAX),
                None => market.planner.stock.cell(cell).free(),
            };
            asked.push(prices[market.goods().row[thing as usize] as usize]);
            asked.push(i64::from(free.min(most)));
        }
        let gone = |thing: u32| left.is_some_and(|left| left.of(thing) == 0);
        asked.extend(self.rooms.iter().map(|&(thing, _)| i64::from(gone(thing))));
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known().answers.iter().find(|(before, _)| *before == asked).map(|(_, bid)| bid.clone());
        *bid = match before {
            Some(answer) => answer,
            None => {
                let answer = self.answer((market, order), &asked, budget, scratch);
                known().note(asked, answer.clone());
                answer
            }
        };
        if left.is_some_and(|left| !bid.fits(left)) {
            (bid.cost, bid.takes) = (order.cost_of_nothing().0, Vec::new());
        }
    }

    fn answer(
        &self,
        (market, order): (&Market<'_, '_>, &Order),
        asked: &[i64],
        budget: Budget<'_>,
        scratch: &mut Scratch,
    ) -> Bid {
        let planner = market.planner;
        let (of_cells, of_rooms) = asked.split_at(2 * self.cells.len());
        let gone = self.rooms.iter().zip(of_rooms).filter(|(_, gone)| **gone != 0);
        let full: Vec<Scarce> = gone.map(|(&(_, of), _)| of).collect();
        let full = market.without(planner.load, &full);
        let load = full.as_ref().unwrap_or(planner.load);
        let plan = market.with_stock(|stock| {
            for (&(cell, ..), of_cell) in self.cells.iter().zip(of_cells.chunks_exact(2)) {
                stock.offer(planner.stock, cell, of_cell[0], u32::try_from(of_cell[1]).ok());
            }
            Planner { stock, load, ..planner }.plan(order, budget, scratch)
        });
        let Ok(plan) = plan else {
            return Bid { cost: order.cost_of_nothing().0, bound: i64::MIN / 4, takes: Vec::new() };
        };
        let mut bid = Bid { cost: plan.cost().0, bound: plan.bound.0, takes: Vec::new() };
        for (cell, units) in plan.takes() {
            let row = self.cells.iter().position(|known| known.0 == cell);
            let price = row.map_or(0, |row| of_cells[2 * row]);
            bid.cost = bid.cost.saturating_sub(price.saturating_mul(i64::from(units)));
            note(market.shelves.thing_of[cell.row()], u64::from(units), &mut bid.takes);
        }
        take_rooms(market, order, &plan, &mut bid.takes);
        bid
    }
}

impl Known {
    fn note(&mut self, asked: Vec<i64>, answer: Bid) {
        if self.answers.len() < KEPT {
            self.answers.push((asked, answer));
        } else {
            self.answers[self.next] = (asked, answer);
            self.next = (self.next + 1) % KEPT;
        }
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
