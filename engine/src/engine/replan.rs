//! Plan an order again after something went wrong: what has left stays, the rest is decided anew, and each parcel that
//! does not stay as it was has a price.
//!
//! Of each parcel of the old plan it is settled whether it is taken over with all its legs, taken over as it is with its
//! onward way open, or not packed after all (`choices`). With that settled, what remains is an order like any other, in a
//! world in which what is taken over lies on its way (`scene`, `rest`): so it is planned by the very search that plans
//! every order, with its proof. All choices are looked at, but for those that can cost no less than what is known.

mod back;
mod bundle;
mod choices;
mod happened;
mod rest;
mod scene;
mod told;

use super::{Engine, PlanError, Scratch};
use crate::load::Load;
use crate::plan::{self, Disruption, Plan};
use crate::sourcing::Terms;
use crate::split::Budget;
use crate::stock::CellIx;
use crate::stock::Stock;
use crate::transit::Transit;
use crate::units::{Index, Money};
use crate::world::{Closing, Order, World};
use back::Whole;
use choices::Choices;
use happened::Happened;
use rest::{Choice, Rest};
use scene::{Clock, Scene};
use std::sync::Arc;

/// An order planned again.
#[derive(Clone, Debug, PartialEq)]
pub struct Replanned {
    /// The new plan. Its bound is that of [`Replanned::bound`] less what the changes made cost: no plan with its changes
    /// costs less than this one with the changes made.
    pub plan: Plan,
    /// By parcel of the new plan: which parcel of the old plan it is.
    pub was: Vec<Option<u16>>,
    /// Parcels of the old plan that have left and cannot reach the customer as the order allows; with what is merged into
    /// them.
    pub stranded: Vec<u16>,
    /// Parcels of the old plan that do not stay as they were.
    pub changed: u32,
    /// What the changes cost.
    pub changes: Money,
    /// Proven: no plan with its changes costs less.
    pub bound: Money,
}

impl Replanned {
    /// Cost of the plan and of the changes.
    pub fn cost(&self) -> Money {
        Money(self.plan.cost().0.saturating_add(self.changes.0))
    }

    /// Whether nothing cheaper exists, proven, changes counted.
    pub fn is_optimal(&self) -> bool {
        self.bound == self.cost()
    }
}

/// Why an order is not planned again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplanError {
    /// What is said to have happened cannot have happened to this plan.
    #[error("what happened does not fit the plan: {0}")]
    Contradiction(&'static str),
    /// There is no plan of the rest.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

impl Engine {
    /// Plans an order again as of [`Disruption::now`]. Stock and capacities are those in which the old plan's own claims
    /// are free: what it takes stands in nobody's way.
    ///
    /// Costs laying the world out anew, and then a plan for each way to take parcels over.
    ///
    /// # Errors
    /// See [`ReplanError`].
    pub fn replan(
        &self,
        order: &Order,
        plan: &Plan,
        disruption: &Disruption,
        budget: Budget<'_>,
        scratch: &mut Scratch,
    ) -> Result<Replanned, ReplanError> {
        let closed = self.closed(disruption);
        let transit = Transit::new(&closed);
        let happened = {
            let hours = (&closed, (&*self.transit, &*self.world), &transit);
            Happened::read(hours, &self.stock, order, plan, disruption)?
        };
        let fixed = choices::fixed(&happened);
        // As few parcels as can be are stranded: none, one, two …
        let mut bound = None;
        for count in 0..=fixed.len() {
            let mut best: Option<(Whole, Vec<usize>)> = None;
            let mut least: Option<i64> = bound;
            for stranded in subsets(&fixed, count) {
                let mut attempt = Attempt {
                    engine: self,
                    order,
                    disruption,
                    happened: &happened,
                    closed: &closed,
                    choices: Choices::find((&closed, &self.stock, order), &happened, &stranded),
                    best: None,
                    bound: None,
                };
                attempt.run(budget, scratch)?;
                least = [least, attempt.bound].into_iter().flatten().min();
                let cost = |whole: &Whole| whole.value(&happened, disruption);
                if let Some(found) = attempt.best
                    && best.as_ref().is_none_or(|(known, _)| cost(&found) < cost(known))
                {
                    best = Some((found, stranded));
                }
            }
            bound = least;
            if let Some((whole, stranded)) = best {
                return Ok(told(whole, &stranded, &happened, disruption, bound));
            }
        }
        Err(PlanError::Full { order: order.id.clone() }.into())
    }

    /// The world with its nodes closed as they are from now on.
    fn closed(&self, disruption: &Disruption) -> World {
        let later = |closing: &Closing| Closing { from: closing.from.max(disruption.now), ..*closing };
        let closings: Vec<Closing> = disruption.closed.iter().map(later).collect();
        self.world.closing(&closings)
    }
}

fn told(
    whole: Whole,
    stranded: &[usize],
    happened: &Happened<'_>,
    disruption: &Disruption,
    bound: Option<i64>,
) -> Replanned {
    let changed = whole.changed(happened);
    let changes = Money(i64::from(changed).saturating_mul(disruption.change_price.0));
    let Whole { mut plan, was } = whole;
    let cost = plan.cost().0.saturating_add(changes.0);
    let bound = Money(bound.map_or(cost, |bound| bound.min(cost)));
    plan.bound = Money(bound.0.saturating_sub(changes.0));
    let stranded = stranded.iter().flat_map(|&row| happened.within(row)).map(|row| row as u16).collect();
    Replanned { plan, was, stranded, changed, changes, bound }
}

impl Whole {
    /// Parcels of the old plan that do not stay as they were; what was merged is where its whole is.
    fn changed(&self, happened: &Happened<'_>) -> u32 {
        let rows = 0..happened.plan.parcels.len();
        rows.filter(|&row| !happened.stands[row].merged && !back::stays(happened, self, row)).count() as u32
    }

    /// Cost of the plan and of its changes.
    fn value(&self, happened: &Happened<'_>, disruption: &Disruption) -> i64 {
        let changes = i64::from(self.changed(happened)).saturating_mul(disruption.change_price.0);
        self.plan.cost().0.saturating_add(changes)
    }
}

/// All sets of so many of some rows.
fn subsets(rows: &[usize], count: usize) -> Vec<Vec<usize>> {
    match (rows, count) {
        (_, 0) => vec![Vec::new()],
        ([], _) => Vec::new(),
        ([first, others @ ..], count) => {
            let with = subsets(others, count - 1).into_iter();
            let with = with.map(|set| [&[*first][..], &set].concat());
            with.chain(subsets(others, count)).collect()
        }
    }
}

/// All choices in which certain parcels are stranded.
struct Attempt<'a> {
    engine: &'a Engine,
    order: &'a Order,
    disruption: &'a Disruption,
    happened: &'a Happened<'a>,
    closed: &'a World,
    choices: Choices,
    best: Option<Whole>,
    /// No plan with its changes costs less.
    bound: Option<i64>,
}

/// With as few choices as this, what all of them cost at least is not asked first.
const FEW: usize = 4;

/// Below whatever a plan costs.
const NOTHING_KNOWN: i64 = i64::MIN / 4;

impl Attempt<'_> {
    fn run(&mut self, budget: Budget<'_>, scratch: &mut Scratch) -> Result<(), ReplanError> {
        // By when what is fenced for others may go is not the same for both.
        let fenced = self.engine.stock.has_fences();
        let many = (self.choices.all.len() > FEW || self.choices.left_out.is_some()) && !fenced;
        // What any choice costs at least, changes apart: what could have been done when the order was placed.
        let floor = match many {
            true => {
                let mut then = self.stage(Clock::AtPlacing)?;
                let least = self.choices.least.clone();
                self.solve(&mut then, &least, budget, scratch)?.map(|(_, bound)| bound)
            }
            false => None,
        };
        let mut stage = self.stage(Clock::Now)?;
        let choices = std::mem::take(&mut self.choices.all);
        for choice in &choices {
            let changes = i64::from(choice.changed).saturating_mul(self.disruption.change_price.0);
            let known = self.best.as_ref().map(|best| best.value(self.happened, self.disruption));
            if let Some((floor, known)) = floor.zip(known)
                && floor.saturating_add(changes) >= known
            {
                // Neither this one nor any after it is better.
                self.lower(floor.saturating_add(changes));
                return Ok(());
            }
            let Some((whole, bound)) = self.solve(&mut stage, choice, budget, scratch)? else { continue };
            if bound != i64::MAX {
                self.lower(bound.saturating_add(changes));
            }
            let value = |whole: &Whole| whole.value(self.happened, self.disruption);
            if let Some(whole) = whole
                && self.best.as_ref().is_none_or(|best| value(&whole) < value(best))
            {
                self.best = Some(whole);
            }
        }
        if let Some(changed) = self.choices.left_out {
            let changes = i64::from(changed).saturating_mul(self.disruption.change_price.0);
            self.lower(floor.unwrap_or(NOTHING_KNOWN).saturating_add(changes));
        }
        Ok(())
    }

    fn lower(&mut self, bound: i64) {
        self.bound = Some(self.bound.map_or(bound, |known| known.min(bound)));
    }

    fn stage(&self, clock: Clock) -> Result<Stage, ReplanError> {
        let stock = &self.engine.stock;
        let scene = Scene::new(self.closed, stock, self.order, self.disruption, &self.choices.bundles, clock);
        let too_big = || PlanError::TooBig { order: self.order.id.clone(), what: "parcels on their way" };
        let (scene, world, transit) = scene.ok_or_else(too_big)?;
        let terms = Arc::new(Terms::new(&world, &transit));
        let (world, transit) = (Arc::new(world), Arc::new(transit));
        let engine = Engine { world, transit, terms, stock: Stock::default(), load: Load::default() };
        Ok(Stage { scene, engine })
    }

    /// The best plan of a choice, if it has one, and what all plans of it cost at least, changes apart (more than any
    /// number where it has none, proven). Nothing where there is nothing to say.
    fn solve(
        &self,
        stage: &mut Stage,
        choice: &Choice,
        budget: Budget<'_>,
        scratch: &mut Scratch,
    ) -> Result<Option<(Option<Whole>, i64)>, ReplanError> {
        let (happened, bundles) = (self.happened, &self.choices.bundles[..]);
        let rest = Rest::new(self.order, happened, &stage.scene, bundles, choice);
        let free = rest::free(&self.engine.stock, happened, bundles, choice);
        let given = |cell: CellIx| match free.get(&cell) {
            Some(&(there, _)) => there,
            None => self.engine.stock.cell(cell).free(),
        };
        let (stock, cells) =
            stage.scene.stock(&self.engine.stock, self.disruption, (bundles, &choice.bundles), given);
        stage.engine.stock = stock;
        let taken: Vec<(CellIx, u32)> = cells
            .iter()
            .enumerate()
            .filter_map(|(row, cell)| {
                let &(_, taken) = free.get(&(*cell)?)?;
                (taken > 0).then_some((CellIx::of(row), taken))
            })
            .collect();
        // Each cell was given what is taken of it.
        let took = stage.engine.stock.take(self.order.channel, &taken);
        debug_assert!(took.is_ok(), "a cell has what parcels taken over take of it");
        stage.engine.load = self.engine.load.clone();
        for &bundle in &choice.bundles {
            // What is settled counts whether or not there is room for it.
            let _ = stage.engine.load.commit(&bundles[bundle].claims);
        }
        let settled: i64 = choice.bundles.iter().map(|&bundle| bundles[bundle].costs.total().0).sum();
        if rest.order.lines.is_empty() {
            return Ok(None);
        }
        let plan = stage.engine.plan(&rest.order, budget, scratch)?;
        let bound = plan.bound.0.saturating_add(settled);
        let whole = back::whole(&plan, &rest, &stage.scene, happened, (bundles, choice), &cells);
        Ok(Some(match whole {
            Some(whole) if self.has_room(&whole) => (Some(whole), bound),
            // A parcel that stands somewhere took room that another took too.
            Some(_) => (None, bound),
            None if plan.is_optimal() => (None, i64::MAX),
            None => (None, bound),
        }))
    }

    /// Whether the plan and all others keep within what departures, days, buffers and points hold, as far as it is not
    /// settled.
    fn has_room(&self, whole: &Whole) -> bool {
        let world = &self.engine.world;
        if world.is_unlimited() {
            return true;
        }
        let claims = plan::claims(world, self.order, &whole.plan);
        self.engine.load.too_much(world, &claims).is_empty()
    }
}

/// Where the rest is planned.
struct Stage {
    scene: Scene,
    engine: Engine,
}
