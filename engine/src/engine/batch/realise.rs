//! From what orders were given to plans, each made of what there really is.

use super::market::Market;
use crate::batch::Bid;
use crate::engine::planner::Planner;
use crate::engine::taking;
use crate::engine::{PlanError, Scratch};
use crate::load::{Load, Scarce};
use crate::plan::{self, Plan};
use crate::split::Budget;
use crate::stock::{CellIx, Stock};
use crate::units::Index;
use crate::world::Order;
use rayon::prelude::*;

/// Plans that fit together.
pub(super) struct Realised {
    /// By order.
    pub plans: Vec<Result<Plan, PlanError>>,
    /// Room that orders counted on and that was not there: it has no price yet.
    pub missing: Vec<Scarce>,
}

/// How often orders that pass over a lot are put off before all are planned one after another.
pub(super) const TIMES: usize = 6;

/// Plans each order from what it was given. Orders that get less than was thought, say because a departure is full, and
/// orders that would pass over a lot that nobody takes, are put off and planned after the others, of what is there then.
pub(super) fn realise(market: &Market<'_, '_>, bids: &[Bid], budget: Budget<'_>) -> Realised {
    let alone = each_alone(market, bids, budget);
    let mut put_off: Vec<bool> = alone.iter().map(Result::is_err).collect();
    for _ in 0..TIMES {
        let (realised, stock) = Taking::new(market, bids, budget).all(&alone, &mut put_off);
        let over = |plan: &Plan| passes_over(&stock, plan);
        let passing: Vec<usize> = (0..put_off.len())
            .filter(|&row| !put_off[row] && !market.is_kept(row, &bids[row]))
            .filter(|&row| realised.plans[row].as_ref().is_ok_and(over))
            .collect();
        if passing.is_empty() {
            return realised;
        }
        passing.into_iter().for_each(|row| put_off[row] = true);
    }
    for (row, put_off) in put_off.iter_mut().enumerate() {
        *put_off = !market.is_kept(row, &bids[row]);
    }
    Taking::new(market, bids, budget).all(&alone, &mut put_off).0
}

/// The plan of each order from exactly what it was given.
pub(super) fn each_alone(
    market: &Market<'_, '_>,
    bids: &[Bid],
    budget: Budget<'_>,
) -> Vec<Result<Plan, PlanError>> {
    let planner = market.planner;
    let alone = |scratch: &mut Scratch, row: usize| {
        let (order, bid) = (market.orders[row], &bids[row]);
        if let Some(kept) = market.kept(row, bid) {
            return Ok(kept.clone());
        }
        let load = with_room_given(market, order, bid, planner.load);
        let load = load.as_ref().unwrap_or(planner.load);
        market.with_stock(|stock| {
            only_given(market, order, bid, stock);
            Planner { stock, load, ..planner }.plan(order, budget, scratch)
        })
    };
    (0..bids.len()).into_par_iter().with_min_len(16).map_init(Scratch::default, alone).collect()
}

/// Orders that take one after another.
struct Taking<'m, 'e, 'o, 'b> {
    market: &'m Market<'e, 'o>,
    bids: &'m [Bid],
    budget: Budget<'b>,
    stock: Stock,
    load: Load,
    missing: Vec<Scarce>,
    scratch: Scratch,
    /// The stock as the order planned last saw it, as far as that one is concerned.
    seen: Stock,
}

impl<'m, 'e, 'o, 'b> Taking<'m, 'e, 'o, 'b> {
    fn new(market: &'m Market<'e, 'o>, bids: &'m [Bid], budget: Budget<'b>) -> Self {
        let planner = market.planner;
        let (stock, load) = (planner.stock.clone(), planner.load.clone());
        let (scratch, seen) = (Scratch::default(), stock.clone());
        Taking { market, bids, budget, stock, load, missing: Vec::new(), scratch, seen }
    }

    /// Those that are not put off take what they planned; who finds no room is put off with the others.
    fn all(mut self, alone: &[Result<Plan, PlanError>], put_off: &mut [bool]) -> (Realised, Stock) {
        let market = self.market;
        let mut plans: Vec<Option<Result<Plan, PlanError>>> = alone.iter().map(|_| None).collect();
        let is_kept = |&row: &usize| market.is_kept(row, &self.bids[row]);
        // What is kept was there first.
        let (mut turn, others): (Vec<usize>, Vec<usize>) =
            (0..plans.len()).filter(|&row| !put_off[row]).partition(is_kept);
        turn.extend(others);
        for row in turn {
            let order = market.orders[row];
            if let Ok(plan) = &alone[row]
                && plan.cost().0 <= self.bids[row].cost
                && self.has_room(order, plan)
            {
                self.take(order, plan);
                plans[row] = Some(alone[row].clone());
            }
        }
        // What the others were given stays for them, until each has had its turn.
        let mut reserved = vec![0u64; market.shelves.cells.len()];
        let waiting: Vec<usize> = (0..plans.len()).filter(|&row| plans[row].is_none()).collect();
        for &row in &waiting {
            put_off[row] = true;
            self.reserve(row, &mut reserved, u64::saturating_add);
        }
        let mut last = Vec::new();
        for row in waiting {
            self.reserve(row, &mut reserved, u64::saturating_sub);
            let load = with_room_given(market, market.orders[row], &self.bids[row], &self.load);
            let plan = self.plan(row, &reserved, load.as_ref());
            match plan {
                Ok(plan) if plan.cost().0 <= self.bids[row].cost => {
                    self.take(market.orders[row], &plan);
                    plans[row] = Some(Ok(plan));
                }
                _ => last.push(row),
            }
        }
        reserved.fill(0);
        for row in last {
            let plan = self.plan(row, &reserved, None);
            if let Ok(plan) = &plan {
                self.take(market.orders[row], plan);
            }
            plans[row] = Some(plan);
        }
        self.missing.sort_unstable();
        self.missing.dedup();
        (Realised { plans: plans.into_iter().flatten().collect(), missing: self.missing }, self.stock)
    }

    /// Whether there is room for a plan; what there is none of is noted.
    fn has_room(&mut self, order: &Order, plan: &Plan) -> bool {
        let world = self.market.planner.world;
        let short = self.load.short_of(world, &plan::claims(world, order, plan));
        self.missing.extend_from_slice(&short);
        short.is_empty()
    }

    fn take(&mut self, order: &Order, plan: &Plan) {
        let world = self.market.planner.world;
        let taken = taking::take(world, order, plan, &mut self.stock, &mut self.load);
        debug_assert!(taken.is_ok(), "a plan picks what is free");
    }

    fn reserve(&self, row: usize, reserved: &mut [u64], change: impl Fn(u64, u64) -> u64) {
        for &(thing, amount) in &self.bids[row].takes {
            if let Some(reserved) = reserved.get_mut(thing as usize) {
                *reserved = change(*reserved, amount);
            }
        }
    }

    /// Plans an order of what is there and not reserved for others; beside what is taken, or a load that takes more.
    fn plan(&mut self, row: usize, reserved: &[u64], load: Option<&Load>) -> Result<Plan, PlanError> {
        let (market, order) = (self.market, self.market.orders[row]);
        for line in &order.lines {
            self.seen.copy_sku(&self.stock, line.sku);
            let (first, cells) = self.stock.of(line.sku);
            for (row, cell) in cells.iter().enumerate() {
                let ix = CellIx::of(first.row() + row);
                let kept = reserved[market.shelves.thing_of[ix.row()] as usize];
                let free = u64::from(cell.free()).saturating_sub(kept);
                self.seen.offer(&self.stock, ix, 0, u32::try_from(free).ok());
            }
        }
        let load = load.unwrap_or(&self.load);
        Planner { stock: &self.seen, load, ..market.planner }.plan(order, self.budget, &mut self.scratch)
    }
}

/// Whether a plan takes of a lot while units of one that expires earlier are left.
pub(super) fn passes_over(stock: &Stock, plan: &Plan) -> bool {
    plan.parcels.iter().flat_map(|parcel| &parcel.picks).any(|pick| {
        let (first, cells) = stock.of(stock.sku_of(pick.cell));
        let at = pick.cell.row() - first.row();
        let shelf = |row: usize| (cells[row].seller, cells[row].node, cells[row].zone);
        (0..at).rev().take_while(|&row| shelf(row) == shelf(at)).any(|row| cells[row].free() > 0)
    })
}

fn amount(bid: &Bid, thing: u32) -> u64 {
    bid.takes.iter().find(|take| take.0 == thing).map_or(0, |take| take.1)
}

fn only_given(market: &Market<'_, '_>, order: &Order, bid: &Bid, stock: &mut Stock) {
    for line in &order.lines {
        let (first, cells) = market.planner.stock.of(line.sku);
        for row in 0..cells.len() {
            let cell = CellIx::of(first.row() + row);
            let free = amount(bid, market.shelves.thing_of[cell.row()]);
            stock.offer(market.planner.stock, cell, 0, u32::try_from(free).ok());
        }
    }
}

/// The load as one order sees it that has no room where it was given none; nothing when that is all the same to it.
fn with_room_given(market: &Market<'_, '_>, order: &Order, bid: &Bid, load: &Load) -> Option<Load> {
    let none = |thing: &Scarce| market.rooms_of(*thing).all(|(room, _)| amount(bid, room) == 0);
    let shut: Vec<Scarce> = market.near(order).into_iter().filter(none).collect();
    market.without(load, &shut)
}
