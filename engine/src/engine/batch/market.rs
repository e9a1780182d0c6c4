//! Orders as bidders: what they want, what there is of it, and how each is asked.

use super::decide::Class;
use super::laid::{self, Counts, Laid, Pass};
use super::shelves::Shelves;
use super::standing::Keep;
use super::whole::Whole;
use crate::batch::{Bid, Bidders, Goods, Left};
use crate::engine::Scratch;
use crate::engine::planner::Planner;
use crate::load::{Load, Scarce};
use crate::plan::Plan;
use crate::sourcing::{self, Breadth, Fences, Ground, Passing, SCARCE};
use crate::split::Budget;
use crate::stock::{CellIx, Stock};
use crate::units::{Index, Instant, Seconds};
use crate::world::Order;
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};

/// Grams or cubic centimetres that cost the price.
const BY_THE: u64 = 1000;

/// Ways and hubs of a problem worth laying out once; larger ones are planned anew each time.
const WAYS: usize = 4_000;
const HUBS: usize = 256;

/// Orders and what they compete for.
pub(super) struct Market<'e, 'o> {
    pub planner: Planner<'e>,
    pub orders: Vec<&'o Order>,
    /// Things that are stock; of all their goods, those that are room stand after them.
    pub shelves: Shelves,
    /// Room: what, and what of it counts.
    pub rooms: Vec<(Scarce, Counts)>,
    /// What of all that has limited room has a price.
    scarce: Vec<Scarce>,
    budget: Budget<'e>,
    agents: Vec<Agent<'e>>,
    /// By order, what it has already.
    keeps: Vec<Option<Keep<'o>>>,
    /// Copies of the stock that nobody uses now.
    stocks: Mutex<Vec<Stock>>,
}

/// How an order is asked.
enum Agent<'e> {
    Laid(Box<Laid<'e>>),
    Whole(Box<Whole>),
}

/// What is laid out of an order before things have numbers.
struct Draft<'e> {
    problem: crate::split::Problem<'e>,
    cells: Vec<CellIx>,
    passing: Vec<Passing>,
}

impl<'e, 'o> Market<'e, 'o> {
    /// Lays orders out, with prices for stock and for the scarce things given.
    pub fn new(
        planner: Planner<'e>,
        class: &Class<'o>,
        scarce: &[Scarce],
        budget: Budget<'e>,
    ) -> Market<'e, 'o> {
        let orders = &class.orders;
        let draft = |scratch: &mut Scratch, order: &&Order| draft(planner, order, scarce, scratch);
        let drafts: Vec<Option<Draft<'e>>> =
            orders.par_iter().with_min_len(16).map_init(Scratch::default, draft).collect();
        let mut market = Market {
            planner,
            orders: orders.clone(),
            shelves: Shelves::of(planner.stock, orders.iter().copied()),
            rooms: Vec::new(),
            scarce: scarce.to_vec(),
            budget,
            agents: Vec::with_capacity(orders.len()),
            keeps: Vec::new(),
            stocks: Mutex::default(),
        };
        market.number_rooms(scarce);
        for (draft, order) in drafts.into_iter().zip(orders) {
            let agent = match draft {
                None => Agent::Whole(Box::new(Whole::new(&market, order))),
                Some(draft) => {
                    let things = draft.cells.iter().map(|cell| market.shelves.thing_of[cell.row()]).collect();
                    let passes = market.passes(&draft.passing);
                    let nothing = order.cost_of_nothing().0;
                    Agent::Laid(Box::new(Laid::new(draft.problem, things, passes, nothing)))
                }
            };
            market.agents.push(agent);
        }
        let keep = |(&order, stand): (&&'o Order, &Option<_>)| {
            stand.map(|stand| Keep::new(&market, planner.stock, order, stand))
        };
        market.keeps = orders.iter().zip(&class.stands).map(keep).collect();
        market
    }

    /// Whether a bid is that of keeping the plan an order has.
    pub fn is_kept(&self, row: usize, bid: &Bid) -> bool {
        self.kept(row, bid).is_some()
    }

    /// The plan an order has already, if this is the bid of who keeps it.
    pub fn kept(&self, row: usize, bid: &Bid) -> Option<&'o Plan> {
        self.keeps[row].as_ref().filter(|keep| keep.is(bid)).map(|keep| keep.stand.plan)
    }

    fn number_rooms(&mut self, scarce: &[Scarce]) {
        for thing in scarce {
            for (counts, room) in rooms(self.planner, thing) {
                let step = if matches!(counts, Counts::Parcels | Counts::Lines) { 1 } else { BY_THE };
                let row = self.shelves.goods.add_row(step, self.shelves.kinds);
                self.shelves.kinds += 1;
                self.shelves.goods.add(room, row);
                self.rooms.push((*thing, counts));
            }
        }
    }

    fn passes(&self, passing: &[Passing]) -> Vec<Pass> {
        let mut passes = Vec::new();
        for Passing { thing, ways, hubs } in passing {
            if ways.is_empty() && hubs.is_empty() {
                continue;
            }
            for (thing, counts) in self.rooms_of(*thing) {
                passes.push(Pass { thing, counts, ways: ways.clone(), hubs: hubs.clone() });
            }
        }
        passes
    }

    /// The scarce things an order may pass, however many.
    pub fn all_that_is_near(&self, order: &Order) -> Vec<Scarce> {
        let (mut others, points) = passed(self.planner, order, &self.scarce);
        others.extend(points);
        others
    }

    /// The scarce things an order may pass; of many the first.
    pub fn near(&self, order: &Order) -> Vec<Scarce> {
        near(self.planner, order, &self.scarce)
    }

    /// What there is, and what it is priced by.
    pub fn goods(&self) -> &Goods {
        &self.shelves.goods
    }

    /// The stock cell that a thing is, if it is one.
    pub fn cell(&self, thing: u32) -> Option<CellIx> {
        self.shelves.cells.get(thing as usize).copied()
    }

    /// Things that are room somewhere: where, and what of it counts.
    pub fn all_rooms(&self) -> impl Iterator<Item = (u32, Scarce, Counts)> {
        (self.shelves.cells.len() as u32..).zip(&self.rooms).map(|(thing, &(of, counts))| (thing, of, counts))
    }

    /// The things of a scarce resource and what of them counts.
    pub fn rooms_of(&self, of: Scarce) -> impl Iterator<Item = (u32, Counts)> {
        self.all_rooms().filter(move |room| room.1 == of).map(|(thing, _, counts)| (thing, counts))
    }

    /// A load in which nothing is left of some things; nothing when there are none.
    pub fn without(&self, load: &Load, things: &[Scarce]) -> Option<Load> {
        (!things.is_empty()).then(|| {
            let mut load = load.clone();
            things.iter().for_each(|thing| thing.used_up(self.planner.world, &mut load));
            load
        })
    }

    /// Lends a copy of the stock, in which cells of other SKUs than the borrower set may be anything. There are no more
    /// copies than borrow at one time: a copy for each order would cost more than its plan.
    pub fn with_stock<T>(&self, use_it: impl FnOnce(&mut Stock) -> T) -> T {
        let spare = || self.stocks.lock().unwrap_or_else(PoisonError::into_inner);
        let lent = spare().pop();
        let mut stock = lent.unwrap_or_else(|| self.planner.stock.clone());
        let used = use_it(&mut stock);
        spare().push(stock);
        used
    }
}

/// Memory of one asking thread.
#[derive(Default)]
pub(super) struct Memory {
    laid: laid::Memory,
    whole: Scratch,
}

impl Bidders for Market<'_, '_> {
    type Memory = Memory;

    fn count(&self) -> usize {
        self.orders.len()
    }

    fn bid(
        &self,
        bidder: usize,
        prices: &[i64],
        left: Option<&Left<'_>>,
        memory: &mut Memory,
        bid: &mut Bid,
    ) {
        match &self.agents[bidder] {
            Agent::Laid(laid) => laid.bid((self.goods(), prices), left, self.budget, &mut memory.laid, bid),
            Agent::Whole(whole) => {
                let order = self.orders[bidder];
                whole.bid((self, order), prices, left, self.budget, &mut memory.whole, bid);
            }
        }
        if let Some(keep) = &self.keeps[bidder] {
            let nothing = self.orders[bidder].cost_of_nothing().0;
            keep.or_other(self.goods(), prices, left, nothing, bid);
        }
    }

    fn has(&self, bidder: usize) -> Option<Bid> {
        self.keeps[bidder].as_ref().map(|keep| keep.bid.clone())
    }
}

/// An order's problem with all that could matter at any prices; nothing when it is too large or cannot be laid out.
fn draft<'e>(
    planner: Planner<'e>,
    order: &Order,
    scarce: &[Scarce],
    scratch: &mut Scratch,
) -> Option<Draft<'e>> {
    let ground = planner.ground();
    let Scratch { sheet, problem: memory, .. } = scratch;
    let mut problem = sourcing::over(std::mem::take(memory), &planner.terms.staircases);
    let mut laid_out = || {
        sourcing::source(ground, order, Fences::ByTime, Breadth::All, sheet, &mut problem).ok()?;
        let merges = sourcing::least_with_a_merge(ground, order, sheet, &problem).is_some();
        let near = near(planner, order, scarce);
        let mut passing = Vec::new();
        if !near.is_empty() {
            // Any plan is dearer than delivering nothing, or it is not made.
            let most = order.cost_of_nothing().0.saturating_add(1);
            let breadth = if merges { Breadth::Merging(most) } else { Breadth::All };
            let ground = Ground { apart: true, ..ground };
            passing =
                sourcing::join(ground, order, Fences::ByTime, breadth, &near, sheet, &mut problem).ok()??;
            if sheet.unseen != i64::MAX || problem.ways.len() > WAYS || problem.hubs.len() > HUBS {
                return None;
            }
        } else if merges {
            return None;
        }
        let one_each = sheet.supplies.iter().all(|supply| supply.cells == 1);
        one_each
            .then(|| sheet.supplies.iter().map(|supply| supply.cell).collect::<Vec<CellIx>>())
            .zip(Some(passing))
    };
    let found = laid_out();
    let draft = found.map(|(cells, passing)| Draft { problem: problem.clone(), cells, passing });
    *memory = sourcing::over(problem, &[]);
    draft
}

/// The scarce things an order may pass; of many the first.
fn near(planner: Planner<'_>, order: &Order, scarce: &[Scarce]) -> Vec<Scarce> {
    let (mut others, points) = passed(planner, order, scarce);
    others.truncate(SCARCE);
    others.extend(points);
    others
}

/// The scarce things an order may pass; hand-over points apart.
fn passed(planner: Planner<'_>, order: &Order, scarce: &[Scarce]) -> (Vec<Scarce>, Vec<Scarce>) {
    let (ground, latest) = (planner.ground(), order.latest());
    let stored = |node| {
        order.lines.iter().any(|line| planner.stock.of(line.sku).1.iter().any(|cell| cell.node == node))
    };
    let may_pass = |thing: &&Scarce| match **thing {
        Scarce::Departure { lane, departs, .. } => {
            let row = &planner.world.lanes()[lane];
            departs >= order.placed_at && departs <= latest && ground.may_come_by(order, row.to)
        }
        Scarce::Day { node, date } => {
            let first = crate::load::local_date(planner.world, node, order.placed_at);
            date >= first && stored(node)
        }
        Scarce::Buffer { node, at } => order.placed_at <= at && ground.may_come_by(order, node),
        Scarce::Point { node, at } => {
            let stay = planner.world.nodes()[node].hands_over.as_ref().and_then(|point| point.stay);
            let end = latest.after(stay.unwrap_or(Seconds::ZERO)).unwrap_or(Instant::NEVER);
            node == order.to && order.placed_at <= at && at <= end
        }
    };
    scarce.iter().filter(may_pass).partition(|thing| !matches!(thing, Scarce::Point { .. }))
}

/// What there is of something scarce.
fn rooms(planner: Planner<'_>, thing: &Scarce) -> Vec<(Counts, u64)> {
    let Planner { world, load, .. } = planner;
    let once = |at: Instant| at.after(Seconds(1)).unwrap_or(Instant::NEVER);
    let parcels = |room: Option<u32>| room.map(|room| (Counts::Parcels, u64::from(room)));
    let found: Vec<Option<(Counts, u64)>> = match *thing {
        Scarce::Departure { lane, compartment, departs } => {
            let room = load.room_on_departure(world, lane, departs, compartment);
            vec![
                parcels(room.parcels),
                room.grams.map(|grams| (Counts::Grams, grams.0)),
                room.cm3.map(|cm3| (Counts::Cm3, cm3.0)),
            ]
        }
        Scarce::Day { node, date } => {
            let room = load.room_on_day(world, node, date);
            vec![parcels(room.parcels), room.lines.map(|lines| (Counts::Lines, u64::from(lines)))]
        }
        Scarce::Buffer { node, at } => vec![parcels(load.room_in_buffer(world, node, at, once(at)))],
        Scarce::Point { node, at } => vec![parcels(load.room_at_point(world, node, at, once(at)))],
    };
    found.into_iter().flatten().collect()
}
