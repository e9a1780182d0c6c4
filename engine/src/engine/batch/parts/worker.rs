//! What a worker does with its part of the orders.

use super::super::decide::Class;
use super::super::market::{Market, Memory};
use super::super::realise::each_alone;
use crate::batch::{self, Bid, Bidders, Goods, Left, Terms};
use crate::engine::{Engine, Planner};
use crate::plan;
use crate::spec::{Given, PartAnswer, PartAsked, PartWork};
use crate::split::Budget;
use crate::stock::{CellIx, Stock};
use crate::world::Order;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Shelves told of what an order wishes for.
const DEAREST: usize = 4;

impl Engine {
    /// Answers questions about parts of these orders until none come. Orders are laid out when a question is about others
    /// than the one before, which takes as much memory as [`Engine::batch`] of them, and time. Orders that are not there
    /// are left out of the part, so that whoever asks sees it by the number of answers.
    pub fn answer_parts(
        &self,
        orders: &[Order],
        budget: Budget<'_>,
        next: &mut dyn FnMut() -> Option<PartAsked>,
        tell: &mut dyn FnMut(PartAnswer),
    ) {
        let mut waiting = next();
        while let Some(first) = waiting.take() {
            let (rows, taken) = (first.orders.clone(), first.taken.clone());
            let rest = (!taken.is_empty()).then(|| without(&self.stock, &taken));
            let mut class = Class::default();
            for &row in &rows {
                if let Some(order) = orders.get(row as usize) {
                    class.add(order, row as usize, None);
                }
            }
            let planner = Planner { stock: rest.as_ref().unwrap_or(&self.stock), ..self.planner() };
            let part = Part { market: Market::new(planner, &class, &[], budget), rows: &class.rows, budget };
            let mut asked = Some(first);
            while let Some(question) = asked.take() {
                if (&question.orders, &question.taken) != (&rows, &taken) {
                    waiting = Some(question);
                    break;
                }
                tell(part.answer(question.work));
                asked = next();
            }
        }
    }
}

/// Stock of which some was taken.
fn without(stock: &Stock, taken: &[(u32, u32)]) -> Stock {
    let mut rest = stock.clone();
    for &(cell, units) in taken {
        if (cell as usize) < stock.len() {
            let free = stock.cell(CellIx(cell)).free();
            rest.offer(stock, CellIx(cell), 0, Some(free.saturating_sub(units)));
        }
    }
    rest
}

/// Orders that are laid out.
struct Part<'e, 'o> {
    market: Market<'e, 'o>,
    rows: &'o [usize],
    budget: Budget<'e>,
}

impl Part<'_, '_> {
    fn answer(&self, work: PartWork) -> PartAnswer {
        match work {
            PartWork::Wishes { prices } => self.wishes(&self.by_row(&prices)),
            PartWork::HandOut { prices, share, has, rounds, seed } => {
                let prices = self.by_row(&prices);
                let terms = Terms { gap: 0, rounds, seed, prices: Some(&prices) };
                PartAnswer::Given(self.hand_out(&terms, &prices, &share, &has))
            }
            PartWork::Plans { given } => self.plans(&given),
            PartWork::Takers { shelves } => self.takers(&shelves),
        }
    }

    fn goods(&self) -> &Goods {
        self.market.goods()
    }

    fn by_row(&self, prices: &[(u32, i64)]) -> Vec<i64> {
        let mut rows = vec![0; self.goods().rows()];
        for &(cell, price) in prices {
            if let Some(row) = self.market.shelves.row(CellIx(cell)) {
                rows[row] = price.max(0);
            }
        }
        rows
    }

    /// What each order would take at prices of all there is.
    fn bids(&self, prices: &[i64]) -> Vec<Bid> {
        let ask = |memory: &mut Memory, order: usize| {
            let mut bid = Bid::default();
            self.market.bid(order, prices, None, memory, &mut bid);
            bid
        };
        let all = 0..self.market.count();
        all.into_par_iter().with_min_len(16).map_init(Memory::default, ask).collect()
    }

    fn wishes(&self, prices: &[i64]) -> PartAnswer {
        let mut by_thing = vec![0u64; self.goods().most.len()];
        let (mut least, mut cost) = (0i64, 0i64);
        for bid in self.bids(prices) {
            least = least.saturating_add(bid.bound);
            cost = cost.saturating_add(bid.cost);
            for (thing, amount) in bid.takes {
                by_thing[thing as usize] += amount;
            }
        }
        let wanted = self.market.shelves.cells.iter().zip(by_thing).filter(|(_, amount)| *amount > 0);
        PartAnswer::Wishes { least, cost, wanted: wanted.map(|(cell, amount)| (cell.0, amount)).collect() }
    }

    fn hand_out(&self, terms: &Terms<'_>, prices: &[i64], share: &[(u32, u32)], has: &[Given]) -> Vec<Given> {
        let mut goods = self.goods().clone();
        goods.most.fill(0);
        for &(cell, units) in share {
            if let Some(thing) = self.thing(cell) {
                goods.most[thing as usize] = u64::from(units);
            }
        }
        let answer = match has.is_empty() {
            true => batch::at_prices(&self.market, &goods, terms),
            false => {
                let has = has.iter().map(|given| self.bid(given)).collect();
                let sharing = Sharing { market: &self.market, has };
                batch::improved(&sharing, &goods, terms)
            }
        };
        let given = answer.bids.iter().zip(&answer.wishes);
        given.map(|(bid, wish)| self.given(bid, wish, prices)).collect()
    }

    fn thing(&self, cell: u32) -> Option<u32> {
        self.market.shelves.thing_of.get(cell as usize).copied().filter(|&thing| thing != u32::MAX)
    }

    fn bid(&self, given: &Given) -> Bid {
        let takes = given.takes.iter().filter_map(|&(cell, units)| Some((self.thing(cell)?, units.into())));
        Bid { cost: given.cost, bound: i64::MIN / 4, takes: takes.collect() }
    }

    fn given(&self, bid: &Bid, wish: &Bid, prices: &[i64]) -> Given {
        let units = |amount: u64| u32::try_from(amount).unwrap_or(u32::MAX);
        let cells = &self.market.shelves.cells;
        let takes = bid.takes.iter().map(|&(thing, amount)| (cells[thing as usize].0, units(amount)));
        let price = |thing: u32| prices[self.goods().row[thing as usize] as usize];
        let mut dear: Vec<u32> =
            wish.takes.iter().map(|&(thing, _)| thing).filter(|&thing| price(thing) > 0).collect();
        dear.sort_by_key(|&thing| (Reverse(price(thing)), thing));
        let firsts = dear.into_iter().map(|thing| self.first_of(thing)).take(DEAREST);
        Given { cost: bid.cost, takes: takes.collect(), wishes: firsts.collect() }
    }

    /// The first cell of the shelf that a thing is on.
    fn first_of(&self, thing: u32) -> u32 {
        let rows = &self.goods().row;
        let of = rows[thing as usize];
        let first = (0..=thing).rev().take_while(|&other| rows[other as usize] == of).last();
        self.market.shelves.cells[first.unwrap_or(thing) as usize].0
    }

    fn plans(&self, given: &[Given]) -> PartAnswer {
        let mut bids: Vec<Bid> = given.iter().map(|given| self.bid(given)).collect();
        bids.resize(self.market.count(), Bid::default());
        let (world, stock) = (self.market.planner.world, self.market.planner.stock);
        let document = |(plan, order): (&Result<plan::Plan, _>, &&Order)| {
            plan.as_ref().ok().map(|plan| plan::to_document(world, stock, order, plan))
        };
        let alone = each_alone(&self.market, &bids, self.budget);
        PartAnswer::Plans(alone.par_iter().zip(&self.market.orders).with_min_len(16).map(document).collect())
    }

    fn takers(&self, shelves: &[u32]) -> PartAnswer {
        let mut takers: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        let free = vec![0; self.goods().rows()];
        for (bid, &row) in self.bids(&free).iter().zip(self.rows) {
            for &(thing, _) in &bid.takes {
                let of = takers.entry(self.goods().row[thing as usize] as usize).or_default();
                if of.last() != Some(&(row as u32)) {
                    of.push(row as u32);
                }
            }
        }
        let of = |&cell: &u32| {
            let row = self.market.shelves.row(CellIx(cell));
            let mut takers = row.and_then(|row| takers.get(&row).cloned()).unwrap_or_default();
            takers.sort_unstable();
            takers
        };
        PartAnswer::Takers(shelves.iter().map(of).collect())
    }
}

/// Orders that have something already.
struct Sharing<'p, 'e, 'o> {
    market: &'p Market<'e, 'o>,
    has: Vec<Bid>,
}

impl Bidders for Sharing<'_, '_, '_> {
    type Memory = Memory;

    fn count(&self) -> usize {
        self.market.count()
    }

    fn bid(
        &self,
        bidder: usize,
        prices: &[i64],
        left: Option<&Left<'_>>,
        memory: &mut Memory,
        bid: &mut Bid,
    ) {
        self.market.bid(bidder, prices, left, memory, bid);
    }

    fn has(&self, bidder: usize) -> Option<Bid> {
        self.has.get(bidder).cloned()
    }
}
