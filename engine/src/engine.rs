//! Quote, plan, take: the whole sequence, written once, top to bottom.

mod batch;
mod desk;
mod merging;
mod planner;
mod quote;
mod replan;
mod scarce;
mod taking;
mod touched;

use crate::load::{Claim, Load, LoadError};
use crate::plan::{self, Draws, Plan};
use crate::sourcing::{self, Breadth, Fences, Merging, Round, Sheet, Terms};
use crate::spec;
use crate::split::{self, Budget, Problem, Solution};
use crate::stock::{self, Announced, CellIx, Rows, Stock};
use crate::transit::Transit;
use crate::units::Money;
use crate::world::{self, Defects, Order, World};
pub use batch::{
    Batch, BatchProgress, BatchTerms, CellPrice, PartsError, Prices, RebatchTerms, Rebatched, RoomPrice,
    Standing, Workers,
};
pub use desk::{
    Desk, Draft, HeldPlan, HoldError, HoldFate, HoldTerms, PlannedHold, RefusedHold, ReplanTerms, Settled,
};
use planner::Planner;
pub use quote::{Promise, Promises, Quote};
use rayon::prelude::*;
pub use replan::{ReplanError, Replanned};
use std::sync::Arc;
use touched::Touched;

/// Why an order has no plan at all (an order that cannot be filled has one: it says what is unfilled and why).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A number left its range on the way.
    #[error("order {order}: {what} passes what 64 bits hold; smaller costs or quantities would do")]
    Overflow {
        /// The order's key.
        order: Box<str>,
        /// Which number.
        what: &'static str,
    },
    /// The order has more of something than a problem can hold.
    #[error("order {order}: {what} pass what one order's problem can hold; two smaller orders would do")]
    TooBig {
        /// The order's key.
        order: Box<str>,
        /// Of what.
        what: &'static str,
    },
    /// Parcels of one order were always in one another's way.
    #[error(
        "order {order}: its parcels together pass what departures, days, buffers or the hand-over node take"
    )]
    Full {
        /// The order's key.
        order: Box<str>,
    },
    /// What the search found cannot be picked.
    #[error("order {order}: fences, due times and expiry together forbid what each alone allows")]
    Fences {
        /// The order's key.
        order: Box<str>,
    },
}

/// Why a plan cannot be taken any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TakeError {
    /// A cell has too little left.
    #[error("stock cell {} has fewer units left than the plan picks", .0.0)]
    Short(CellIx),
    /// A departure, a day, a buffer or a hand-over point has too little room left.
    #[error("what the plan claims has no room left: {0:?}")]
    Full(Claim),
    /// It names a node, lane, line or cell that is not there, or a cell with something else in it.
    #[error("the plan is of another order, world or stock")]
    Stranger,
}

/// A world, its stock, and everything worth computing once. Planning takes `&self`: threads share one engine.
///
/// A clone shares the world and what was computed for it, and has a stock and a load of its own.
#[derive(Clone, Debug)]
pub struct Engine {
    world: Arc<World>,
    transit: Arc<Transit>,
    terms: Arc<Terms>,
    stock: Stock,
    load: Load,
}

/// Memory one thread plans with, order after order, without asking the system for more.
#[derive(Debug, Default)]
pub struct Scratch {
    sheet: Sheet,
    problem: Problem<'static>,
    timeless: Problem<'static>,
    search: split::Scratch,
    solution: Solution,
    guide: Solution,
    draws: Draws,
}

/// Orders planned side by side before what they take is taken.
const SIDE_BY_SIDE: usize = 256;

/// Orders one thread plans before it looks for more work.
const IN_A_ROW: usize = 16;

impl Engine {
    /// From a world and its stock.
    pub fn new(world: World, stock: Stock) -> Engine {
        let transit = Transit::new(&world);
        let terms = Terms::new(&world, &transit);
        Engine {
            world: Arc::new(world),
            transit: Arc::new(transit),
            terms: Arc::new(terms),
            stock,
            load: Load::default(),
        }
    }

    /// From a world document.
    ///
    /// # Errors
    /// Every defect of the document, its stock rows' too as far as the world's keys allow to look at them.
    pub fn from_document(document: &spec::World) -> Result<Engine, Defects> {
        Engine::from_rows(document, &document.stock.as_slice(), &document.inbound.as_slice())
    }

    /// From a world document and rows of stock that lie elsewhere, say in the columns of a table. The document's own
    /// stock and announced supply are not looked at; its ring-fences are.
    ///
    /// # Errors
    /// As [`Engine::from_document`], with the same places: `stock[3].on_hand`.
    pub fn from_rows<'a>(
        document: &spec::World,
        stock: &impl Rows<stock::Row<'a>>,
        inbound: &impl Rows<Announced<'a>>,
    ) -> Result<Engine, Defects> {
        let fences = &document.ring_fences;
        let world = world::build(document).map_err(|defects| {
            let named = world::build(&world::outline(document));
            match named.and_then(|named| stock::build_rows(&named, stock, inbound, fences)) {
                Err(of_stock) if of_stock.0.iter().all(|defect| is_of_stock(&defect.place)) => {
                    defects.and(of_stock)
                }
                _ => defects,
            }
        })?;
        let stock = stock::build_rows(&world, stock, inbound, fences)?;
        Ok(Engine::new(world, stock))
    }

    /// The network and catalogue.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What can still be promised.
    pub fn stock(&self) -> &Stock {
        &self.stock
    }

    fn planner(&self) -> Planner<'_> {
        let Engine { world, transit, terms, stock, load } = self;
        Planner { world, transit, terms, stock, load }
    }

    /// An order document on the world's indices.
    ///
    /// # Errors
    /// Every defect of the document.
    pub fn order(&self, document: &spec::Order) -> Result<Order, Defects> {
        self.world.order(document)
    }

    /// The cheapest plan of one order against the stock as it is; nothing is taken.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub fn plan(&self, order: &Order, budget: Budget<'_>, scratch: &mut Scratch) -> Result<Plan, PlanError> {
        self.planner().plan(order, budget, scratch)
    }

    /// Takes what a plan picks out of the stock, for the order's channel, and what it claims of departures, days,
    /// buffers and hand-over points: all of it or nothing.
    ///
    /// # Errors
    /// See [`TakeError`].
    pub fn take(&mut self, order: &Order, plan: &Plan) -> Result<(), TakeError> {
        taking::take(&self.world, order, plan, &mut self.stock, &mut self.load)
    }

    /// Gives back what a plan claimed of departures, days, buffers and hand-over points, say because its order was
    /// cancelled; stock is given back by whoever counts it.
    ///
    /// # Errors
    /// When it was not claimed: then nothing is given back.
    pub fn release(&mut self, order: &Order, plan: &Plan) -> Result<(), LoadError> {
        self.load.release(&plan::claims(&self.world, order, plan))
    }

    /// What is claimed of departures, days, buffers and hand-over points.
    pub fn load(&self) -> &Load {
        &self.load
    }

    /// Plans orders on all threads, each alone against the stock as it is; nothing is taken. Answers stand in the
    /// order of the orders.
    pub fn plan_each(&self, orders: &[Order], budget: Budget<'_>) -> Vec<Result<Plan, PlanError>> {
        let plan = |scratch: &mut Scratch, order: &Order| self.plan(order, budget, scratch);
        orders.par_iter().with_min_len(IN_A_ROW).map_init(Scratch::default, plan).collect()
    }

    /// Plans orders in turn (by `placed_at`, then key), each taking its stock before the next; on all threads, with
    /// the very answers of one thread. Answers stand in the order of the orders. `done` hears how many are finished.
    pub fn plan_in_turn(
        &mut self,
        orders: &[Order],
        budget: Budget<'_>,
        done: &mut dyn FnMut(usize),
    ) -> Vec<Result<Plan, PlanError>> {
        let mut turn: Vec<usize> = (0..orders.len()).collect();
        turn.sort_by(|&one, &other| {
            let key = |order: usize| (orders[order].placed_at, &orders[order].id);
            key(one).cmp(&key(other))
        });
        let mut answers: Vec<Option<Result<Plan, PlanError>>> = orders.iter().map(|_| None).collect();
        let mut scratch = Scratch::default();
        let mut touched = Touched::default();
        let mut finished = 0;
        // Where capacity counts, each plan leaves less room for the next.
        let many = if self.world.is_unlimited() { SIDE_BY_SIDE } else { 1 };
        for side_by_side in turn.chunks(many) {
            let plan = |scratch: &mut Scratch, &row: &usize| self.plan(&orders[row], budget, scratch);
            let early: Vec<_> =
                side_by_side.par_iter().with_min_len(IN_A_ROW).map_init(Scratch::default, plan).collect();
            touched.clear();
            for (&row, early) in side_by_side.iter().zip(early) {
                let order = &orders[row];
                let answer = match touched.leaves(&self.stock, order, &early) {
                    true => early,
                    false => self.plan(order, budget, &mut scratch),
                };
                if let Ok(plan) = &answer {
                    touched.note(&self.stock, order, plan);
                    let taken = self.take(order, plan);
                    debug_assert!(taken.is_ok(), "a plan picks what is free");
                }
                answers[row] = Some(answer);
            }
            finished += side_by_side.len();
            done(finished);
        }
        answers.into_iter().flatten().collect()
    }

    /// Why a plan is as it is: a sentence a parcel, what each merge saves and why others were not made, which departures
    /// were missed, and for each source not chosen what it would have cost.
    pub fn explain(&self, order: &Order, plan: &Plan, scratch: &mut Scratch) -> spec::Advice {
        let Scratch { sheet, problem: memory, search, .. } = scratch;
        let ground = self.planner().ground();
        let mut problem = sourcing::over(std::mem::take(memory), &self.terms.staircases);
        let source = |breadth, sheet: &mut Sheet, problem: &mut Problem<'_>| {
            sourcing::source(ground, order, Fences::ByTime, breadth, sheet, problem)
        };
        let mut sourced = source(Breadth::All, sheet, &mut problem);
        // Plans with merges matter as long as they cost no more than twice as much; no other one costs less than this.
        let mut complete_below = None;
        if let Some(least) =
            sourced.map(|()| sourcing::least_with_a_merge(ground, order, sheet, &problem)).ok().flatten()
        {
            let cost = plan.cost().0;
            let most = cost.saturating_add(cost.saturating_abs()).saturating_add(1);
            complete_below = Some(Money(most.max(least)));
            let mut merging = Merging::new(ground, order, sheet, &problem);
            let mut merge = |sheet: &mut Sheet, problem: &mut Problem<'_>| {
                merging.look(Round::Near, most, Fences::ByTime, sheet, problem)?;
                merging.look(Round::Far, most, Fences::ByTime, sheet, problem)
            };
            if least < most && merge(sheet, &mut problem).is_err() {
                complete_below = Some(Money(least));
                sourced = source(Breadth::All, sheet, &mut problem);
            }
        }
        let advice = match sourced {
            Ok(()) => plan::explain(ground, order, plan, sheet, (&problem, complete_below), search),
            // There is no plan of such an order, so there is nothing to explain.
            Err(_) => spec::Advice { order: order.id.to_string(), ..spec::Advice::default() },
        };
        *memory = sourcing::over(problem, &[]);
        advice
    }

    /// A plan with names, ready to be written.
    pub fn document(&self, order: &Order, plan: &Plan) -> spec::Plan {
        plan::to_document(&self.world, &self.stock, order, plan)
    }
}

/// Whether a place of the document is among its stock rows, or says that more of them are wrong.
fn is_of_stock(place: &str) -> bool {
    ["stock", "inbound", "ring_fences"].iter().any(|section| place.starts_with(section)) || place.is_empty()
}

#[cfg(test)]
mod tests;
